"""Exact evaluation: printed figures as integers scaled by their printed decimals, tolerances from the print.

A figure printed with resolution u lies within u/2 of its true value, so figures with weights w can miss a
linear identity by at most the sum of |w|·u/2 (docs/arithmetic.md). Linear forms and changes of rounded figures are
decided in integers, a group of places at a time; all other forms place by place, in rationals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from trade_assets.identities import forms
from trade_assets.identities.binding import MISSING, Places, bind
from trade_assets.identities.kinds import Rule
from trade_assets.identities.printed import Facts, Figures

HOLDS, VIOLATED, NOT_EVALUABLE = 0, 1, 2


@dataclass(frozen=True)
class Verdict:
    """A violated identity at one place.

    Attributes:
        form: its arithmetic.
        cells: positions of the cells that take part, the total (or change) first.
        gap, allowed: how far it misses, and the most by which rounding alone could make figures printed like these
            miss, in the unit of the first cell.
    """

    rule: Rule
    form: forms.Form
    cells: tuple[int, ...]
    gap: Fraction
    allowed: Fraction


@dataclass(frozen=True)
class Evaluation:
    """All verdicts on one document's facts.

    Attributes:
        counts: per identity: holds, violated, not evaluable.
        violated: the violated places.
        bound: all places, for localisation.
    """

    counts: dict[str, tuple[int, int, int]]
    violated: tuple[Verdict, ...]
    bound: tuple[Places, ...]


def evaluate(rules: Sequence[Rule], facts: Facts) -> Evaluation:
    """Evaluate rules on the facts of one document."""
    return verdicts(bind(rules, facts), facts.figures)


def verdicts(bound: Sequence[Places], figures: Figures) -> Evaluation:
    """Evaluate bound places on figures."""
    counts: dict[str, tuple[int, int, int]] = {}
    violated: list[Verdict] = []
    for places in bound:
        outcome = outcomes(places, figures)
        totals = np.bincount(outcome, minlength=3)
        holds, misses, unknown = counts.get(places.rule.name, (0, 0, 0))
        counts[places.rule.name] = (holds + int(totals[HOLDS]), misses + int(totals[VIOLATED]), unknown + int(totals[NOT_EVALUABLE]))
        if totals[VIOLATED]:
            violated.extend(_verdict(places, int(place), figures) for place in np.flatnonzero(outcome == VIOLATED))
    return Evaluation(counts, tuple(violated), tuple(bound))


def outcomes(places: Places, figures: Figures) -> np.ndarray:
    """``HOLDS``, ``VIOLATED`` or ``NOT_EVALUABLE`` of every place."""
    members, form = places.members, places.form
    if not len(places):
        return np.zeros(0, dtype=np.int64)
    missing = (figures.is_missing[members] | (members == MISSING)).any(axis=0)
    if form is forms.CHANGE_OF_ROUNDED:
        missing |= figures.scaled[members[1]] == 0
        misses = _change_misses(figures, *members)
    elif form.weights is not None:
        misses = _linear_misses(form, form.weights, members, figures)
    else:
        return _each_place(places, missing, figures)
    return np.where(missing, NOT_EVALUABLE, np.where(misses.astype(bool), VIOLATED, HOLDS))


def _linear_misses(form: forms.Form, weights: Sequence[int], members: np.ndarray, figures: Figures) -> np.ndarray:
    """Whether the weighted members miss, in halves of the last place of all figures."""
    unit = 10**figures.digits
    double_gap = np.full(members.shape[1], int(2 * form.constant * unit), dtype=figures.common.dtype)
    allowed = np.full(members.shape[1], int(2 * form.slack * unit), dtype=figures.common.dtype)
    for position, weight in enumerate(weights):
        double_gap += 2 * weight * figures.common[members[position]]
        if position not in form.exact:
            allowed += abs(weight) * figures.resolution[members[position]]
    if form.is_same_print:
        first, second = figures.resolution[members[0]], figures.resolution[members[1]]
        allowed = np.where(first == second, 0, allowed)
    if form.sense == "below":
        return double_gap >= allowed
    return (np.abs(double_gap) if form.sense == "equal" else double_gap) > allowed


def _change_misses(figures: Figures, change: np.ndarray, earlier: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Whether |100·(C/P − 1) − t| exceeds half a unit of t's last place, without a division.

    Multiplied by 2·|P|·10^d, with d the decimals of t: |2·100·10^d·(C − P) − 2·t·10^d·P| > |P|.
    """
    previous, current = figures.common[earlier], figures.common[later]
    ten_to_d = 10 ** figures.decimals[change].astype(previous.dtype)
    misses: np.ndarray = 2 * np.abs(100 * ten_to_d * (current - previous) - figures.scaled[change] * previous) > np.abs(previous)
    return misses


def _each_place(places: Places, missing: np.ndarray, figures: Figures) -> np.ndarray:
    outcome = np.full(len(places), NOT_EVALUABLE)
    for place in np.flatnonzero(~missing):
        found = forms.holds(places.form, printed(places.at(int(place)), figures))
        if found is not None:
            outcome[place] = HOLDS if found else VIOLATED
    return outcome


def printed(cells: Sequence[int], figures: Figures) -> list[forms.Printed]:
    """The figures of cells, exactly."""
    return [forms.Printed(int(figures.scaled[cell]), int(figures.decimals[cell])) for cell in cells]


def _verdict(places: Places, place: int, figures: Figures) -> Verdict:
    cells = places.at(place)
    members = printed(cells, figures)
    gap, allowed = forms.gap(places.form, members)
    if places.form.weights is not None:
        # Printed figures miss a sum by whole units of their finest last place, and by no more than rounding allows.
        unit = 10 ** max(member.decimals for member in members)
        allowed = Fraction(int(allowed * unit), unit)
    return Verdict(places.rule, places.form, cells, gap, allowed)
