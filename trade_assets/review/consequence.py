"""What an issue does to the figures that are reported first: by how much, and whether their sign would flip."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from fractions import Fraction

from trade_assets.facts.families import parts
from trade_assets.facts.headline import Headline
from trade_assets.facts.periods import add_months, is_month
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.findings import Certainty, Finding
from trade_assets.identities.forms import Printed
from trade_assets.review.decimals import decimal_text

WEIGHTS: Mapping[Certainty, int] = {"certain": 3, "likely": 2, "ambiguous": 1}
"""How much the certainty of an error counts when issues are ordered."""


HEADLINES: Mapping[str, tuple[Headline, ...]] = parts("headlines")
"""By family."""


@dataclass(frozen=True)
class Consequence:
    """What an issue does to the headlines of its release.

    Attributes:
        effect: the largest relative change of a headline: 1 doubles it, or takes all of it away; at least 1 if a sign flips, comes or goes.
        sentences: one for each headline that changes, or that rests on a figure without a proposal.
    """

    effect: float
    sentences: tuple[str, ...]


def consequence(finding: Finding, facts: Facts, family: str) -> Consequence:
    """The headlines with the likeliest cells as they print, and as they are proposed."""
    first = [finding.suspects[at] for at in next(iter(finding.explanations), ())]
    proposed = {suspect.cell: suspect.proposal for suspect in first if suspect.proposal is not None}
    suspected = {suspect.cell for suspect in first} or {suspect.cell for suspect in finding.suspects}
    cells = _cells_by_fact(facts, suspected)
    effect, sentences = 0.0, []
    for headline in HEADLINES.get(family, ()):
        operands = _operands(headline, cells)
        if operands is None or all(suspected.isdisjoint(prints) for prints in operands):
            continue
        period = facts.keys[operands[0][0]][2]
        touched = [prints for prints in operands if not suspected.isdisjoint(prints)]
        if not all(any(cell in proposed for cell in prints) for prints in touched):
            effect = max(effect, 1.0)
            sentences.append(f"{headline.name} in {_month(period)} rests on a figure in doubt")
            continue
        after = _value(operands, facts, proposed)
        if any(facts.figures.is_missing[prints[0]] for prints in operands):
            effect = max(effect, 1.0)
            sentences.append(f"{headline.name} in {_month(period)} would read {decimal_text(after)}, where a figure is not printed")
            continue
        before = _value(operands, facts, {})
        if before == after:
            continue
        is_flipped = _word(headline, before) != _word(headline, after)
        relative = float(abs(after - before) / abs(before)) if before else 1.0
        effect = max(effect, relative, 1.0 if is_flipped else 0.0)
        said = f"{headline.name} in {_month(period)} would read {decimal_text(after)} instead of {decimal_text(before)}"
        if is_flipped:
            said += f": {_word(headline, after)}, where the print says {_word(headline, before)}"
        sentences.append(said)
    return Consequence(effect, tuple(sentences))


def _cells_by_fact(facts: Facts, suspected: Set[int]) -> dict[tuple[str, str], dict[str, list[int]]]:
    """The figures by what they print, and the dashes that should be figures."""
    found: dict[tuple[str, str], dict[str, list[int]]] = {}
    for cell, (series, measure, period) in enumerate(facts.keys):
        if period is not None and (cell in suspected or not facts.figures.is_missing[cell]):
            found.setdefault((series, measure), {}).setdefault(period, []).append(cell)
    return found


def _operands(headline: Headline, cells: Mapping[tuple[str, str], Mapping[str, list[int]]]) -> list[list[int]] | None:
    """The prints of the headline's figure in its latest period, and for a change those of the month before."""
    periods = cells.get((headline.series, headline.measure), {})
    if headline.measure == "percent_change":
        ends = {period[-7:]: period for period in periods if _length(period) == headline.months}
        return [periods[ends[max(ends)]]] if ends else None
    months = [period for period in periods if is_month(period)]
    if not months:
        return None
    latest = max(months)
    if not headline.is_change:
        return [periods[latest]]
    before = add_months(latest, -1)
    return [periods[latest], periods[before]] if before in periods else None


def _length(period: str) -> int | None:
    first, _, last = period.partition("/")
    return None if not last else (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])


def _value(operands: list[list[int]], facts: Facts, proposed: Mapping[int, Printed]) -> Fraction:
    """The headline's figure; where a fact is printed twice, the first print, or the proposed one."""
    values = []
    for prints in operands:
        changed = next((proposed[cell] for cell in prints if cell in proposed), None)
        values.append((changed or facts.printed(prints[0])).value)
    return values[0] - values[1] if len(values) == 2 else values[0]


def _month(period: str | None) -> str:
    return (period or "")[-7:]


def _word(headline: Headline, value: Fraction) -> str:
    return "is unchanged" if value == 0 else headline.up if value > 0 else headline.down
