"""What localisation finds: suspects, explanations, and findings, one per root cause; and how findings are told apart."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from trade_assets.identities.evaluate import Verdict
from trade_assets.identities.forms import Printed
from trade_assets.identities.network import Allowed

Certainty = Literal["certain", "likely", "ambiguous"]


@dataclass(frozen=True)
class Suspect:
    """A cell that may be wrong.

    Attributes:
        explains: the violated identities that it takes part in, as positions in the finding's ``violated``.
        allowed: the values that would satisfy all its identities; ``None`` if that depends on other suspects.
        proposal: what it probably should read, and the slip that turned it into the print.
    """

    cell: int
    explains: tuple[int, ...]
    allowed: Allowed | None
    proposal: Printed | None = None
    slip: str | None = None


@dataclass(frozen=True)
class Finding:
    """One root cause behind violated identities.

    Attributes:
        violated: the violated identities.
        suspects: ranked, the likeliest first; those of the first explanation lead.
        explanations: sets of suspects (as positions) that, changed together, make every identity hold; ranked.
        cleared: cells of the violated identities that cannot be the single wrong one, each with the identity that
            holds and would not, whatever the cell read; ``None`` where it is no part of some violated identity. Where a
            mark is wrong and no figure is suspected: the figure beside the mark, with the rule that proves it.
        pattern: what happened to more than one cell at once, such as a shifted row.
        is_cut: whether the search ended before all explanations were tried.
    """

    violated: tuple[Verdict, ...]
    suspects: tuple[Suspect, ...]
    explanations: tuple[tuple[int, ...], ...]
    certainty: Certainty
    cleared: tuple[tuple[int, str | None], ...] = ()
    pattern: str | None = None
    is_cut: bool = False

    @property
    def suspected(self) -> frozenset[int]:
        """The cells that may be wrong."""
        return frozenset(suspect.cell for suspect in self.suspects)

    @property
    def singles(self) -> tuple[Suspect, ...]:
        """The suspects that each explain everything alone."""
        return tuple(self.suspects[each[0]] for each in self.explanations if len(each) == 1)


@dataclass
class Explanation:
    """Cells that, changed, make everything hold; with proposals and a log likelihood."""

    suspects: list[Suspect]
    score: float
    pattern: str | None = None

    @property
    def rank(self) -> tuple[bool, float]:
        """The order of explanations: those by slips first, then by likelihood."""
        return not all(suspect.slip for suspect in self.suspects), -self.score


def uncertain(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, none of them certain."""
    return [replace(each, certainty="likely") if each.certainty == "certain" else each for each in findings]


def share(explanations: Sequence[Explanation]) -> float:
    """The first explanation's share of the likelihood of all."""
    top = max(explanation.score for explanation in explanations)
    return math.exp(explanations[0].score - top) / sum(math.exp(explanation.score - top) for explanation in explanations)


def explains(cell: int, group: Sequence[Verdict]) -> tuple[int, ...]:
    """The violated identities of a group that a cell takes part in, as positions."""
    return tuple(place for place, verdict in enumerate(group) if cell in verdict.cells)


def connected(violated: Sequence[Verdict]) -> list[list[Verdict]]:
    """Groups of violated identities linked by shared cells."""
    of_cell: dict[int, list[int]] = defaultdict(list)
    for number, verdict in enumerate(violated):
        for cell in verdict.cells:
            of_cell[cell].append(number)
    seen: set[int] = set()
    groups = []
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
        groups.append([violated[number] for number in sorted(group)])
    return groups
