"""Which figures fall into doubt when identities are violated, and why each is withheld."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

import pandas as pd

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import IN_DOUBT
from trade_assets.identities.evaluate import Evaluation, Verdict

WITHHELD = "withheld"


def cells_in_doubt(violated: Sequence[Verdict]) -> dict[int, list[Verdict]]:
    """The cells to withhold, each with the violated identities that it takes part in.

    Violated identities that share cells are one place; of a place, the cells that most of its violated
    identities have in common are in doubt, then those of what these leave unexplained, until no violated
    identity is without a withheld cell. (Localisation will take over this step.)
    """
    doubtful: dict[int, list[Verdict]] = {}
    for place in _connected(violated):
        unexplained = place
        while unexplained:
            count = Counter(cell for verdict in unexplained for cell in set(verdict.cells))
            most = max(count.values())
            for cell, times in count.items():
                if times == most:
                    doubtful[cell] = [verdict for verdict in place if cell in verdict.cells]
            unexplained = [verdict for verdict in unexplained if doubtful.keys().isdisjoint(verdict.cells)]
    return doubtful


def _connected(violated: Sequence[Verdict]) -> Iterable[list[Verdict]]:
    """Groups of identities linked by shared cells."""
    of_cell: dict[int, list[int]] = defaultdict(list)
    for number, verdict in enumerate(violated):
        for cell in verdict.cells:
            of_cell[cell].append(number)
    seen: set[int] = set()
    for start in range(len(violated)):
        if start in seen:
            continue
        seen.add(start)
        group, waiting = [], [start]
        while waiting:
            number = waiting.pop()
            group.append(number)
            for cell in violated[number].cells:
                for other in of_cell[cell]:
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
        yield [violated[number] for number in sorted(group)]


def in_doubt(facts: pd.DataFrame, evaluation: Evaluation, *, family: str) -> pd.DataFrame:
    """The withheld figures with place and reason, by the schema ``validated.in_doubt``.

    Args:
        facts: the tidy facts that were evaluated, in the same order.
    """
    doubtful = cells_in_doubt(evaluation.violated)
    if not doubtful:
        return empty(IN_DOUBT)
    frame = facts.iloc[sorted(doubtful)].copy()
    frame["identities"] = ["; ".join(_sentence(verdict) for verdict in doubtful[cell]) for cell in sorted(doubtful)]
    return conform(frame, IN_DOUBT, family=family)


def _sentence(verdict: Verdict) -> str:
    return f"{verdict.rule.name} misses by {decimal_text(abs(verdict.gap))}, rounding allows {decimal_text(verdict.allowed)}"


def decimal_text(number: Fraction, places: int = 4) -> str:
    """A rational number for people: exact if it is short, else rounded to ``places`` decimals."""
    scaled = round(number * 10**places)
    text = f"{'-' if scaled < 0 else ''}{abs(scaled) // 10**places}.{abs(scaled) % 10**places:0{places}d}"
    return text.rstrip("0").rstrip(".")


def withhold(facts: pd.DataFrame, doubt: pd.DataFrame) -> pd.DataFrame:
    """The facts with the figures in doubt emptied; ``reason`` says why any value is missing."""
    places = ["line", "start"]
    held = pd.MultiIndex.from_frame(facts[places]).isin(pd.MultiIndex.from_frame(doubt[places])) & facts["line"].notna()
    result = facts.copy()
    result["reason"] = facts["gap"].mask(held, WITHHELD)
    result.loc[held, ["value", "decimals"]] = pd.NA
    return result
