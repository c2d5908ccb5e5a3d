"""Exact evaluation: printed figures as integers scaled by their printed decimals, tolerances from the print.

A figure printed with resolution u lies within u/2 of its true value, so figures with weights w can miss a
linear identity by at most the sum of |w|·u/2 (design of rounding bounds: see docs/arithmetic.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from trade_assets.identities.binding import MISSING, Places, arrays, bind
from trade_assets.identities.rules import Rule

HOLDS, VIOLATED, NOT_EVALUABLE = 0, 1, 2
_SAFE = 2.0**62  # beyond it sums and products may leave 64 bits; then Python's integers take over


@dataclass(frozen=True)
class Verdict:
    """A violated identity at one place.

    Attributes:
        cells: positions of the cells that take part, the total (or change) first.
        gap, allowed: how far it misses, and how far rounding alone could make it miss, in the unit of the
            first cell.
    """

    rule: Rule
    cells: tuple[int, ...]
    gap: Fraction
    allowed: Fraction


@dataclass(frozen=True)
class Evaluation:
    """All verdicts on one document's facts.

    Attributes:
        counts: per identity: holds, violated, not evaluable.
        violated: the violated places.
    """

    counts: dict[str, tuple[int, int, int]]
    violated: tuple[Verdict, ...]


class Figures:
    """Printed figures as exact integers.

    Attributes:
        scaled: value times 10 to the printed decimals; 0 for gaps.
        decimals: printed decimals; 0 for gaps.
        is_missing: whether the cell is a gap.
    """

    def __init__(self, value: np.ndarray, decimals: np.ndarray) -> None:
        self.is_missing = np.isnan(value)
        self.decimals = np.where(self.is_missing, 0, decimals).astype(np.int64)
        scaled = np.rint(np.where(self.is_missing, 0.0, value) * 10.0**self.decimals)
        self.digits = int(self.decimals.max(initial=0))
        largest = float(np.abs(scaled).max(initial=0.0)) * 10.0**self.digits
        # The largest number that a sum of weights or a percent change multiplied out can reach.
        reach = 2 * largest * max(200.0 * 10.0**self.digits + largest, float(len(value)))
        kind = np.int64 if reach < _SAFE else object
        # From float to Python's integers without a detour over 64 bits.
        self.scaled = scaled.astype(np.int64) if kind is np.int64 else np.array([int(x) for x in scaled], dtype=object)
        factor = np.array([10 ** (self.digits - d) for d in self.decimals.tolist()], dtype=kind)
        self.common = self.scaled * factor
        """The figures at the same number of decimals, ``digits``."""
        self.resolution = factor
        """One unit of the last printed place, at ``digits`` decimals."""


def evaluate(rules: tuple[Rule, ...], facts: pd.DataFrame) -> Evaluation:
    """Evaluate rules on facts.

    Args:
        rules: rules of the facts' family.
        facts: columns series, measure, period, value (missing for gaps), decimals; one row per cell or gap.
    """
    figures = Figures(facts["value"].to_numpy(dtype="float64", na_value=np.nan), facts["decimals"].to_numpy(dtype="float64", na_value=0))
    columns = (facts[name].astype(object).where(facts[name].notna(), None) for name in ("series", "measure", "period"))
    keys = list(zip(*columns, strict=True))
    counts = {}
    violated: list[Verdict] = []
    for places in bind(rules, keys):
        outcome = outcomes(places, figures)
        totals = np.bincount(outcome, minlength=3)
        counts[places.rule.name] = (int(totals[HOLDS]), int(totals[VIOLATED]), int(totals[NOT_EVALUABLE]))
        violated.extend(_verdict(places, int(place), figures) for place in np.flatnonzero(outcome == VIOLATED))
    return Evaluation(counts, tuple(violated))


def outcomes(places: Places, figures: Figures) -> np.ndarray:
    """``HOLDS``, ``VIOLATED`` or ``NOT_EVALUABLE`` of every place."""
    members, weights, offsets = arrays(places)
    if not len(places):
        return np.zeros(0, dtype=np.int64)
    starts = offsets[:-1]
    absent = members == MISSING
    missing = np.logical_or.reduceat(absent | figures.is_missing[np.where(absent, 0, members)], starts)
    if places.kind == "change":
        change, earlier, later = (members.reshape(-1, 3)[:, k] for k in range(3))
        missing |= figures.scaled[earlier] == 0
        misses = _change_misses(figures, change, earlier, later)
    else:
        common = np.where(absent, 0, figures.common[members])
        resolution = np.where(absent, 0, figures.resolution[members])
        gap = np.add.reduceat(weights * common, starts)
        allowed = np.add.reduceat(np.abs(weights) * resolution, starts)
        if places.kind == "agree":
            # The same figure, printed with the same decimals, was rounded once: then it is the same text.
            first, second = (resolution[starts + k] for k in (0, 1))
            allowed = np.where(first == second, 0, allowed)
        misses = 2 * np.abs(gap) > allowed
    return np.where(missing, NOT_EVALUABLE, np.where(misses.astype(bool), VIOLATED, HOLDS))


def _change_misses(figures: Figures, change: np.ndarray, earlier: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Whether |100·(C/P − 1) − t| exceeds half a unit of t's last place, without a division.

    Both sides are multiplied by 2·P·10^d, with d the printed decimals of t.
    """
    previous, current = figures.common[earlier], figures.common[later]
    ten_to_d = 10 ** figures.decimals[change].astype(previous.dtype)
    misses: np.ndarray = 2 * np.abs(100 * ten_to_d * (current - previous) - figures.scaled[change] * previous) > np.abs(previous)
    return misses


def exact(figures: Figures, cell: int) -> Fraction:
    """A printed figure as a rational number."""
    return Fraction(int(figures.scaled[cell]), 10 ** int(figures.decimals[cell]))


def _verdict(places: Places, place: int, figures: Figures) -> Verdict:
    cells = tuple(places.at(place))
    values = [exact(figures, cell) for cell in cells]
    halves = [Fraction(1, 2 * 10 ** int(figures.decimals[cell])) for cell in cells]
    if places.kind == "change":
        change, earlier, later = values
        gap, allowed = 100 * (later / earlier - 1) - change, halves[0]
    else:
        weights = places.weights[places.offsets[place] : places.offsets[place + 1]]
        gap = sum((w * v for w, v in zip(weights, values, strict=True)), Fraction(0))
        is_same_print = places.kind == "agree" and halves[0] == halves[1]
        allowed = Fraction(0) if is_same_print else sum((abs(w) * h for w, h in zip(weights, halves, strict=True)), Fraction(0))
    return Verdict(places.rule, cells, gap, allowed)
