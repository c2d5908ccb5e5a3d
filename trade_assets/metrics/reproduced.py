"""Which of the derived figures that a release prints follow from its other figures: a standing proof of the reading.

A derived figure is one that its publisher computed from others: a total, a balance, a year, a change, a share. Its kind
follows from what it measures, or from the rule of which it is the total; a figure may be of several kinds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from trade_assets.facts.frames import conform, empty, period_kind
from trade_assets.facts.periods import is_month, months_apart
from trade_assets.facts.tables import REPRODUCED
from trade_assets.identities.binding import MISSING, bind
from trade_assets.identities.evaluate import outcomes
from trade_assets.identities.kinds import Change, Compound, PartsSum, PeriodSum, Rule, Running, Share, Sum, TopSum, Whole
from trade_assets.identities.printed import Fact, Facts
from trade_assets.identities.rules import rules_of

OUTCOMES = ("reproduced", "consistent", "not_evaluable", "exceptions")


class _Judged(NamedTuple):
    """A rule that could be evaluated on a derived figure.

    Attributes:
        cell: where the figure is printed.
    """

    rule: Rule
    is_violated: bool
    cell: int


def reproduced(facts: pd.DataFrame, family: str, violations: pd.DataFrame) -> pd.DataFrame:
    """The derived figures of a release by kind, and how many of them follow from other figures of their document.

    Reproduced is what an exact identity gives to the print. Where only an interval identity can be evaluated the figure is
    consistent, where none can it is not evaluable; violated in any of them it is an exception, whose issue says the rest.

    Args:
        facts: the tidy facts of the family's current documents, by its parsed table.
        violations: by the schema ``validated.violations``: which issue each violated place belongs to.

    Returns:
        ``metrics.reproduced``, without the kinds of which nothing is printed.
    """
    if facts.empty:
        return empty(REPRODUCED)
    issue_of = _issues(violations)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    identities: dict[str, set[str]] = defaultdict(set)
    issues: dict[str, set[str]] = defaultdict(set)
    for sha256, document in facts.groupby("sha256", sort=False):
        of_document = Facts.of_frame(document)
        places = list(zip(of_document.place["line"], of_document.place["start"], strict=True))
        for (_, kind), judged in _derived(family, of_document).items():
            counts[kind][_outcome(judged)] += 1
            identities[kind] |= {each.rule.name for each in judged}
            issues[kind] |= {
                issue
                for each in judged
                if each.is_violated and (issue := issue_of.get((str(sha256), each.rule.name, *places[each.cell]))) is not None
            }
    rows = [
        {
            "kind": kind, "printed": sum(found.values()), **{name: found[name] for name in OUTCOMES},
            "identities": ", ".join(sorted(identities[kind])), "issues": ", ".join(sorted(issues[kind])),
        }
        for kind, found in sorted(counts.items())
    ]  # fmt: skip
    constants = {"release_month": facts["release_month"].iloc[0], "family": family}
    return conform(pd.DataFrame(rows), REPRODUCED, **constants) if rows else empty(REPRODUCED)


def _derived(family: str, facts: Facts) -> dict[tuple[Fact, str], list[_Judged]]:
    """Every derived fact with a figure, by kind, with the rules that could be evaluated on it."""
    found: dict[tuple[Fact, str], list[_Judged]] = {}
    for cell, fact in enumerate(facts.keys):
        kind = _kind_of_fact(fact)
        if kind is not None and not facts.figures.is_missing[cell]:
            found.setdefault((fact, kind), [])
    for places in bind(rules_of(family), facts):
        if not len(places.members):
            continue
        is_violated, is_unknown = outcomes(places, facts.figures)
        for place, cell in enumerate(places.members[0].tolist()):
            kind = None if cell == MISSING or facts.figures.is_missing[cell] else _kind_by_rule(places.rule, facts.keys[cell])
            if kind is not None:
                judged = found.setdefault((facts.keys[cell], kind), [])
                if not is_unknown[place]:
                    judged.append(_Judged(places.rule, bool(is_violated[place]), cell))
    return found


_BY_MEASURE = {"share": "share", "percent_change_year_to_date": "change_year_to_date"}


def _kind_of_fact(fact: Fact) -> str | None:
    """The kind of a figure that is derived whether or not a rule finds its operands; ``None`` of any other."""
    _, measure, period = fact
    if measure == "percent_change" and period is not None:
        months = months_apart(*period.split("/"))
        return f"change_{months}_month{'' if months == 1 else 's'}"
    if measure in ("value", "count") and period is not None and not is_month(period):
        return period_kind(period)
    return _BY_MEASURE.get(measure)


def _kind_by_rule(rule: Rule, fact: Fact) -> str | None:
    """The kind of a rule's total, as this rule derives it; ``None`` where the rule derives nothing."""
    match rule:
        case PeriodSum() | Running() | Change() | Compound() | Share():
            return _kind_of_fact(fact)
        case Sum():
            return "balance" if min(rule.parts.values()) < 0 else "total"
        case TopSum() | PartsSum() | Whole():
            return "share" if fact[1] == "share" else None if isinstance(rule, Whole) else "total"
        case _:
            return None


def _outcome(judged: Sequence[_Judged]) -> str:
    if any(each.is_violated for each in judged):
        return "exceptions"
    strengths = {each.rule.strength for each in judged}
    return "reproduced" if "exact" in strengths else "consistent" if strengths else "not_evaluable"


def _issues(violations: pd.DataFrame) -> dict[tuple[str, str, int, int], str]:
    """The issue of each violated place, by document, identity and where its total is printed."""
    totals = violations[violations["is_total"].fillna(False)]
    places = (totals[name].tolist() for name in ("sha256", "identity", "line", "start"))
    return dict(zip(zip(*places, strict=True), totals["issue"], strict=True))
