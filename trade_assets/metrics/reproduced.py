"""Which of the derived figures that a release prints follow from other figures: a standing proof of the reading.

A derived figure is one that its publisher computed from others: a total, a balance, a year, a change, a share. Its kind
follows from what it measures, or from the rule of which it is the total; a figure may be of several kinds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from trade_assets.facts.frames import conform, empty, period_kind, together
from trade_assets.facts.periods import is_month, months_apart
from trade_assets.facts.tables import REPRODUCED
from trade_assets.identities.binding import MISSING, bind
from trade_assets.identities.document_facts import Fact, Facts
from trade_assets.identities.evaluate import outcomes
from trade_assets.identities.kinds import Change, Compound, OnYearBefore, PartsSum, PeriodSum, Rule, Running, Share, Sum, TopSum, Whole
from trade_assets.identities.rules import rules_of
from trade_assets.metrics.from_vintages import KnownOperands

OUTCOMES = ("reproduced", "reproduced_from_vintages", "consistent", "not_evaluable", "exceptions", "exceptions_from_vintages")
"""What may become of a derived figure: exactly one of these."""
CLOSED = ("decided", "gone")
"""The states of issues that wait for no decision."""


class _Judged(NamedTuple):
    """A rule that could be evaluated on a derived figure.

    Attributes:
        cell: where the figure is printed.
    """

    rule: Rule
    is_violated: bool
    cell: int


class _Derived(NamedTuple):
    """A derived figure: where it is first printed, and the rules that could be evaluated on it."""

    cell: int
    judged: list[_Judged]


def reproduced(facts: pd.DataFrame, family: str, violations: pd.DataFrame, issues: pd.DataFrame, knowledge: pd.DataFrame) -> pd.DataFrame:
    """The derived figures of a release by kind, and how many of them follow from other figures.

    Reproduced is what an exact identity gives to the print from figures of the document; violated in any identity it is an
    exception, whose issue says the rest. Of other figures the operands may be known from other documents
    (``from_vintages``). Else a figure of which only an interval identity can be evaluated is consistent, and one of which
    none can is not evaluable.

    Args:
        facts: the tidy facts of the family's current documents, by its parsed table.
        violations: by the schema ``validated.violations``: which issue each violated place belongs to.
        issues: by the schema ``review.issues``: which of them are open.
        knowledge: by the schema ``vintages.knowledge``: what the release month knew.

    Returns:
        ``metrics.reproduced``, without the kinds of which nothing is printed.
    """
    releases = [
        _of_release(of_release, family, violations, issues, _known_after(str(month), knowledge[knowledge["family"] == family]))
        for month, of_release in facts.groupby("reference_month", sort=True)
    ]
    return together(releases, REPRODUCED)


def _known_after(reference_month: str, knowledge: pd.DataFrame) -> pd.DataFrame:
    """What the family knew after the release of a document: the first that ends no earlier than it."""
    releases = sorted(knowledge["reference_month"].fillna("").unique())
    after = next((month for month in releases if month >= reference_month), releases[-1] if releases else "")
    return knowledge[knowledge["reference_month"].fillna("") == after]


def _of_release(facts: pd.DataFrame, family: str, violations: pd.DataFrame, issues: pd.DataFrame, knowledge: pd.DataFrame) -> pd.DataFrame:
    """The derived figures of the documents of one reference month."""
    issue_of, open_issues = _issues(violations), set(issues.loc[~issues["state"].isin(CLOSED), "issue"])
    known = KnownOperands(knowledge, family)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    identities: dict[str, set[str]] = defaultdict(set)
    behind: dict[str, set[str]] = defaultdict(set)
    for sha256, document in facts.groupby("sha256", sort=False):
        of_document = Facts.of_frame(document)
        places = list(zip(of_document.place["line"], of_document.place["start"], strict=True))
        base_of = dict(
            zip(document["series"], document["base_period"].astype(object).where(document["base_period"].notna(), None), strict=True)
        )
        for (fact, kind), derived in _derived(family, of_document).items():
            outcome: str = _outcome(derived.judged)
            if outcome in ("consistent", "not_evaluable"):
                outcome = known.outcome(fact, of_document.printed(derived.cell), base_of[fact[0]]) or outcome
            counts[kind][outcome] += 1
            identities[kind] |= {each.rule.name for each in derived.judged}
            behind[kind] |= {
                issue
                for each in derived.judged
                if each.is_violated and (issue := issue_of.get((str(sha256), each.rule.name, *places[each.cell]))) is not None
            }
    rows = [
        {
            "kind": kind,
            "printed": sum(found.values()),
            **{name: found[name] for name in OUTCOMES},
            "identities": ", ".join(sorted(identities[kind])),
            "issues": ", ".join(sorted(behind[kind])),
            "open_issues": ", ".join(sorted(behind[kind] & open_issues)),
        }
        for kind, found in sorted(counts.items())
    ]
    constants = {"family": family, **{name: facts[name].iloc[0] for name in ("release_month", "reference_month")}}
    return conform(pd.DataFrame(rows), REPRODUCED, **constants) if rows else empty(REPRODUCED)


def _derived(family: str, facts: Facts) -> dict[tuple[Fact, str], _Derived]:
    """Every derived fact with a figure, by kind, with the rules that could be evaluated on it."""
    found: dict[tuple[Fact, str], _Derived] = {}
    for cell, fact in enumerate(facts.keys):
        kind = _kind_of_fact(fact)
        if kind is not None and not facts.figures.is_missing[cell]:
            found.setdefault((fact, kind), _Derived(cell, []))
    for places in bind(rules_of(family), facts):
        if not len(places.members):
            continue
        is_violated, is_unknown = outcomes(places, facts.figures)
        for place, cell in enumerate(places.members[0].tolist()):
            kind = None if cell == MISSING or facts.figures.is_missing[cell] else _kind_by_rule(places.rule, facts.keys[cell])
            if kind is not None:
                derived = found.setdefault((facts.keys[cell], kind), _Derived(cell, []))
                if not is_unknown[place]:
                    derived.judged.append(_Judged(places.rule, bool(is_violated[place]), cell))
    return found


_BY_MEASURE = {
    "share": "share",
    "percent_change_year_to_date": "change_year_to_date",
    "average": "average",
    "change_on_year": "change_on_year",
    "percent_change_on_year": "change_on_year",
}


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
        case PeriodSum() | Running() | Change() | OnYearBefore() | Compound() | Share():
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


class Said(NamedTuple):
    """What is said of the derived figures of a month.

    Attributes:
        is_explained: whether no issue behind an exception waits, and nothing contradicts other documents.
        counts: ``printed`` and each of ``OUTCOMES``.
    """

    description: str
    is_explained: bool
    counts: dict[str, int]


def said_of(found: pd.DataFrame) -> Said:
    """The derived figures of a month in a sentence or two.

    Args:
        found: by the schema ``metrics.reproduced``.
    """
    counts = {name: int(found[name].sum()) for name in ("printed", *OUTCOMES)}
    open_ = _named(found["open_issues"])
    rest = f"{counts['consistent']} within their interval, {counts['not_evaluable']} not evaluable"
    if counts["reproduced_from_vintages"]:
        rest = f"{counts['reproduced_from_vintages']} from other documents, {rest}"
    exceptions = ""
    if counts["exceptions"]:
        exceptions = f" Exceptions by kind: {_by_kind(found, 'exceptions')}. Open issues: {', '.join(open_) or 'none'}."
    if counts["exceptions_from_vintages"]:
        exceptions += f" Against final figures of other documents, by kind: {_by_kind(found, 'exceptions_from_vintages')}."
    has_issues = counts["exceptions"] == 0 or bool(_named(found["issues"]))
    return Said(
        f"{counts['reproduced']} of {counts['printed']} derived figures reproduced, {rest}.{exceptions}",
        not open_ and has_issues and counts["exceptions_from_vintages"] == 0,
        counts,
    )


def _named(issues: pd.Series) -> list[str]:
    """The issues that the rows name."""
    return sorted({issue for each in issues for issue in str(each).replace(",", " ").split()})


def _by_kind(found: pd.DataFrame, outcome: str) -> str:
    counts = found[found[outcome] > 0].groupby(["family", "kind"], sort=False)[outcome].sum().reset_index()
    return "; ".join(f"{row['family']} {row['kind']}: {row[outcome]}" for row in counts.to_dict("records"))
