"""Exact evaluation: printed figures as integers scaled by their printed decimals, tolerances from the print.

A figure printed with resolution u lies within u/2 of its true value, so figures with weights w can miss a
linear identity by at most the sum of |w|·u/2 (docs/arithmetic.md). Linear forms and changes of rounded figures are
decided a group of places at a time; all other forms place by place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from trade_assets.identities import forms
from trade_assets.identities.binding import Places, bind
from trade_assets.identities.document_facts import Fact, Facts, Figures
from trade_assets.identities.kinds import Rule


@dataclass(frozen=True)
class Verdict:
    """A violated identity at one place.

    Attributes:
        form: its arithmetic.
        cells: positions of the cells that take part, the total (or change) first.
        gap, allowed: how far it misses, and the most by which rounding alone could make figures printed like these
            miss, in the unit of the first cell.
        sought: the cell that prints a dash for a figure which all others of the place determine. Then the place is not
            evaluable; ``gap`` is the figure that it asks for, and ``allowed`` how far that is uncertain.
        said, about: what is wrong where it is no arithmetic, and the facts that no cell prints, as the form has them.
    """

    rule: Rule
    form: forms.Form
    cells: tuple[int, ...]
    gap: Fraction
    allowed: Fraction
    sought: int | None = None
    said: str = ""
    about: tuple[Fact, ...] = ()


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
        is_violated, is_unknown = outcomes(places, figures)
        misses, unknown = int(np.count_nonzero(is_violated)), int(np.count_nonzero(is_unknown))
        before = counts.get(places.rule.name, (0, 0, 0))
        counts[places.rule.name] = (before[0] + len(places) - misses - unknown, before[1] + misses, before[2] + unknown)
        if misses:
            violated.extend(_verdict(places, place, figures) for place in np.flatnonzero(is_violated).tolist())
    return Evaluation(counts, tuple(violated), tuple(bound))


def outcomes(places: Places, figures: Figures) -> tuple[np.ndarray, np.ndarray]:
    """For every place, whether it is violated, and whether it cannot be evaluated."""
    members, form = places.members, places.form
    is_unknown = np.logical_or.reduce(figures.gaps.take(members))
    if form.said:  # what was found wrong already is so without any figure
        is_unknown = np.zeros_like(is_unknown)
    if form is forms.CHANGE_OF_ROUNDED:
        is_unknown |= figures.common.take(members[1]) == 0
        is_violated = _change_misses(members, figures)
    elif form.weights is not None:
        is_violated = linear_misses(form, members, figures)
    else:
        return _each_place(form, members, is_unknown, figures)
    return is_violated & ~is_unknown, is_unknown


@cache
def _in_halves(form: forms.Form, digits: int) -> tuple[np.ndarray, int, np.ndarray, int]:
    """Weights and constant of a linear form, and by what each member's resolution and the slack widen its gap."""
    weights = form.weights or ()
    allowances = [0 if member in form.exact else forms.ROUNDED_BY * abs(weight) for member, weight in enumerate(weights)]
    constant, slack = (int(2 * number * 10**digits) for number in (form.constant, form.slack))
    return 2 * np.array(weights, dtype=np.int64), constant, np.array(allowances, dtype=np.int64), slack


def linear_misses(form: forms.Form, members: np.ndarray, figures: Figures, moved: tuple[int, np.ndarray] | None = None) -> np.ndarray:
    """For every place of a linear form whether its weighted members miss, in halves of the last place of all figures.

    Args:
        members: positions of cells, a row per member and a column per place.
        moved: a member that is taken for higher by so much at each place, at the decimals of ``figures.common``.
    """
    weights, constant, allowances, slack = _in_halves(form, figures.digits)
    members = members[: len(weights)]  # a form may say nothing of a member
    resolution = figures.resolution.take(members)
    double_gap = weights.dot(figures.common.take(members)) + constant
    if moved is not None:
        double_gap = double_gap + int(weights[moved[0]]) * moved[1]
    allowed = allowances.dot(resolution) + slack
    if form.is_same_print:
        allowed[resolution[0] == resolution[1]] = 0
    if form.sense == "equal":
        double_gap = np.abs(double_gap)
    misses: np.ndarray = double_gap >= allowed if form.sense == "below" else double_gap > allowed
    return misses


def _change_misses(members: np.ndarray, figures: Figures) -> np.ndarray:
    """Whether |100·(C/P − 1) − t| exceeds half a unit of t's last place, without a division.

    Multiplied by 2·|P|, all at the same decimals: |2·100·(C − P) − 2·t·P| > |P| units of t's last place.
    """
    change, earlier, later = figures.common.take(members)
    resolution = figures.resolution.take(members[0])
    gap = 100 * 10**figures.digits * (later - earlier) - change * earlier
    misses: np.ndarray = 2 * np.abs(gap) > forms.ROUNDED_BY * np.abs(earlier) * resolution
    return misses


def _each_place(form: forms.Form, members: np.ndarray, is_unknown: np.ndarray, figures: Figures) -> tuple[np.ndarray, np.ndarray]:
    is_violated, is_unknown = np.zeros_like(is_unknown), is_unknown.copy()
    scaled, decimals = (column.take(members).T.tolist() for column in (figures.scaled, figures.decimals))
    for place in np.flatnonzero(~is_unknown).tolist():
        found = forms.holds(form, list(map(forms.Printed, scaled[place], decimals[place])))
        is_violated[place], is_unknown[place] = found is False, found is None
    return is_violated, is_unknown


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
    return Verdict(places.rule, places.form, cells, gap, allowed, said=places.form.said, about=places.form.about)
