"""What an identity says of its cells, as exact arithmetic on the intervals that printed figures stand for.

A form is a sum of terms, each a product of cells over a product of cells, in which every cell appears once. Then
interval arithmetic gives the exact range of the gap (no dependency widens it), and the form can be solved for any
one of its cells. All numbers are integers or rationals. How the intervals follow from print: docs/arithmetic.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from math import ceil, floor
from typing import Literal, NamedTuple

Sense = Literal["equal", "at_most", "below"]
"""What the gap must be: zero, not above zero, or below zero."""


class Range(NamedTuple):
    """A closed interval; ``None`` is no bound."""

    low: Fraction | None
    high: Fraction | None


@dataclass(frozen=True)
class Term:
    """``coefficient · Π (x + shift) / Π (x + shift)`` over members of a place, given by their position in it."""

    coefficient: Fraction
    above: tuple[tuple[int, int], ...] = ()
    below: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)  # each form is made once and told apart by identity, which is quick
class Form:
    """An identity's arithmetic: the sum of its terms is the gap.

    Attributes:
        exact: members whose printed figure is itself what the identity is about (basis: rounded figures).
        is_same_print: members printed with the same decimals were rounded once, so that all are taken as printed.
        slack: how far the gap may lie from zero beside what rounding allows (half the distance of two bounds).
        said: why a place of the form is violated whatever its figures are, in words; empty for arithmetic.
        about: facts that such a place is about and that no cell prints, as (series, measure, period).
    """

    terms: tuple[Term, ...]
    sense: Sense = "equal"
    exact: frozenset[int] = frozenset()
    is_same_print: bool = False
    slack: Fraction = Fraction(0)
    said: str = ""
    about: tuple[tuple[str, str, str | None], ...] = ()

    @cached_property
    def weights(self) -> tuple[int, ...] | None:
        """The weights of a linear form, member by member, without its constant; ``None`` for any other form."""
        weights: list[int] = []
        for term in self.terms:
            if term.above or term.below:
                if term.below or term.above != ((len(weights), 0),) or term.coefficient.denominator != 1:
                    return None
                weights.append(int(term.coefficient))
        return tuple(weights)

    @cached_property
    def constant(self) -> Fraction:
        """The sum of the terms without members."""
        return sum((term.coefficient for term in self.terms if not term.above and not term.below), Fraction(0))

    @cached_property
    def term_of(self) -> dict[int, Term]:
        """The term in which each member stands."""
        return {member: term for term in self.terms for member, _ in (*term.above, *term.below)}


def _linear(weights: Sequence[int]) -> tuple[Term, ...]:
    return tuple(Term(Fraction(weight), ((position, 0),)) for position, weight in enumerate(weights))


@cache
def total(weights: tuple[int, ...], sense: Sense = "equal", *, is_exact: bool = False) -> Form:
    """The weighted members sum to zero (or to at most zero)."""
    return Form(_linear(weights), sense, frozenset(range(len(weights))) if is_exact else frozenset())


AGREE = Form(_linear((1, -1)), is_same_print=True)
"""Members: two prints of one fact."""

_CHANGE = (Term(Fraction(100), ((2, 0),), ((1, 0),)), Term(Fraction(-1), ((0, 100),)))
CHANGE_OF_ROUNDED = Form(_CHANGE, exact=frozenset({1, 2}))
"""Members: percent change, earlier figure, later figure; the change derives from the figures as printed."""
CHANGE_OF_UNROUNDED = Form(_CHANGE)
"""The same, but the change derives from the figures before they were rounded."""

SHARE = Form((Term(Fraction(100), ((1, 0),), ((2, 0),)), Term(Fraction(-1), ((0, 0),))))
"""Members: share in percent, part, whole; derived from the figures before they were rounded."""


@cache
def compound(months: int) -> Form:
    """Members: the change over all months, then that of each month: their growth factors multiply to it."""
    product = Term(Fraction(1, 100 ** (months - 1)), tuple((month, 100) for month in range(1, months + 1)))
    return Form((product, Term(Fraction(-1), ((0, 100),))))


@cache
def weighted_change(parts: int) -> Form:
    """Members, in threes of weight, earlier index and later index: the whole's, then each part's.

    The weights are those of the earlier month, so ``Σ weight · later / earlier`` of the parts is that of the whole.
    """
    terms = [Term(Fraction(1 if first else -1), ((first, 0), (first + 2, 0)), ((first + 1, 0),)) for first in range(0, 3 * (parts + 1), 3)]
    return Form(tuple(terms))


@cache
def limit(low: int | None, high: int | None, *, is_low_excluded: bool = False, is_print: bool = False) -> Form:
    """One member lies within bounds, as far as its print can tell; with equal bounds it is that number.

    Args:
        is_print: the printed figure itself lies within them.

    Raises:
        ValueError: no bound, or an excluded bound beside another one.
    """
    one, exact = Term(Fraction(1), ((0, 0),)), frozenset({0} if is_print else ())
    if low is not None and high is not None and not is_low_excluded:
        return Form((one, Term(-Fraction(low + high, 2))), exact=exact, slack=Fraction(high - low, 2))
    if low is not None and high is None:
        return Form((Term(Fraction(-1), ((0, 0),)), Term(Fraction(low))), "below" if is_low_excluded else "at_most", exact)
    if high is not None and low is None:
        return Form((one, Term(Fraction(-high))), "at_most", exact)
    raise ValueError(f"no form for the bounds {low} and {high}")


ALWAYS = Form((Term(Fraction(-1)),), "at_most")
"""One member whose figure decides nothing: what is proven is decided where the place is found (a mark, say)."""


@cache
def never(said: str, about: tuple[tuple[str, str, str | None], ...] = ()) -> Form:
    """The same, where it was found to be wrong: ``said`` is why, ``about`` the facts that are missing."""
    return Form((Term(Fraction(1)),), "at_most", said=said, about=about)


def contradicted() -> Form:
    """A form like ``never`` for a place of its own: places of a form have equally many members."""
    return Form((Term(Fraction(1)),), "at_most")


ROUNDED_BY = 1
"""By how many halves of a unit of its last printed place a figure may lie from the true one: what every tolerance follows from."""


class Printed(NamedTuple):
    """A printed figure: the integer that its digits make, and its decimals."""

    scaled: int
    decimals: int

    @property
    def value(self) -> Fraction:
        return Fraction(self.scaled, 10**self.decimals)

    @property
    def half(self) -> Fraction:
        """By how much it may have been rounded."""
        return Fraction(ROUNDED_BY, 2 * 10**self.decimals)


def _intervals(form: Form, members: Sequence[Printed]) -> list[tuple[Fraction, Fraction]]:
    is_exact = form.is_same_print and len({member.decimals for member in members}) == 1
    intervals = []
    for position, member in enumerate(members):
        value = member.value
        half = Fraction(0) if is_exact or position in form.exact else member.half
        intervals.append((value - half, value + half))
    return intervals


def _product(term: Term, intervals: Sequence[tuple[Fraction, Fraction]], without: int | None = None) -> tuple[Fraction, Fraction] | None:
    """The range of a term (without one of its members); ``None`` where a divisor may be zero."""
    low = high = term.coefficient
    for member, shift in term.above:
        if member != without:
            a, b = intervals[member]
            corners = (low * (a + shift), low * (b + shift), high * (a + shift), high * (b + shift))
            low, high = min(corners), max(corners)
    for member, shift in term.below:
        if member != without:
            a, b = intervals[member][0] + shift, intervals[member][1] + shift
            if a <= 0 <= b:
                return None
            corners = (low / a, low / b, high / a, high / b)
            low, high = min(corners), max(corners)
    return low, high


def _bounds_of_any_sign(form: Form, members: Sequence[Printed]) -> tuple[Fraction, Fraction] | None:
    """``bounds``, whatever the signs of the factors."""
    intervals = _intervals(form, members)
    low, high = -form.slack, form.slack
    for term in form.terms:
        found = _product(term, intervals)
        if found is None:
            return None
        low, high = low + found[0], high + found[1]
    return low, high


def _ends(form: Form, members: Sequence[Printed], *, is_exact: bool = False) -> tuple[int, int, int, int] | None:
    """The ends of the gap's range as integers over positive integers: low, its divisor, high, its divisor.

    ``None`` where a factor of a product or quotient may be zero or negative: among positive ones each end of an
    interval belongs to one end of the term. Divisors are multiplied up and never reduced; at these sizes that takes a
    thirtieth of the time of rationals.

    Args:
        is_exact: members are what is printed, not what may have been rounded to it.
    """
    is_exact = is_exact or (form.is_same_print and len({decimals for _, decimals in members}) == 1)
    intervals = []  # from, to, over
    for position, (scaled, decimals) in enumerate(members):
        half = 0 if is_exact or position in form.exact else ROUNDED_BY
        intervals.append((2 * scaled - half, 2 * scaled + half, 2 * 10**decimals))
    low, high = -form.slack.numerator, form.slack.numerator
    under_low = under_high = form.slack.denominator
    for term in form.terms:
        a = b = 1
        under_a = under_b = term.coefficient.denominator
        is_alone = len(term.above) == 1 and not term.below
        for member, shift in term.above:
            x, y, unit = intervals[member]
            x, y = x + shift * unit, y + shift * unit
            if x <= 0 and not is_alone:
                return None
            a, b, under_a, under_b = a * x, b * y, under_a * unit, under_b * unit
        for member, shift in term.below:
            x, y, unit = intervals[member]
            x, y = x + shift * unit, y + shift * unit
            if x <= 0:
                return None
            a, b, under_a, under_b = a * unit, b * unit, under_a * y, under_b * x
        coefficient = term.coefficient.numerator
        if coefficient < 0:
            a, b, under_a, under_b = b, a, under_b, under_a
        low, under_low = low * under_a + coefficient * a * under_low, under_low * under_a
        high, under_high = high * under_b + coefficient * b * under_high, under_high * under_b
    return low, under_low, high, under_high


def bounds(form: Form, members: Sequence[Printed]) -> tuple[Fraction, Fraction] | None:
    """The range of the gap over all values that print as the members do; ``None`` where a divisor may be zero."""
    ends = _ends(form, members)
    if ends is None:
        return _bounds_of_any_sign(form, members)
    low, under_low, high, under_high = ends
    return Fraction(low, under_low), Fraction(high, under_high)


def holds(form: Form, members: Sequence[Printed]) -> bool | None:
    """Whether some values that print as the members do satisfy the form; ``None`` if it has no value."""
    ends = _ends(form, members)
    low: int | Fraction
    high: int | Fraction
    if ends is not None:
        low, _, high, _ = ends  # only the signs matter
    else:
        found = _bounds_of_any_sign(form, members)
        if found is None:
            return None
        low, high = found
    if form.sense == "below":
        return low < 0
    return low <= 0 and (form.sense == "at_most" or high >= 0)


def gap(form: Form, members: Sequence[Printed]) -> tuple[Fraction, Fraction]:
    """How far the printed figures miss the form, and how far rounding alone could make them miss it on that side.

    Raises:
        ZeroDivisionError: a divisor is zero.
    """
    ends = _ends(form, members, is_exact=True)
    printed = _printed_gap(form, members) if ends is None else Fraction(ends[0], ends[1]) + form.slack
    found = bounds(form, members)
    if found is None:
        return printed, Fraction(0)
    return printed, printed - found[0] if printed >= 0 else found[1] - printed


def _printed_gap(form: Form, members: Sequence[Printed]) -> Fraction:
    total = Fraction(0)
    for term in form.terms:
        value = term.coefficient
        for member, shift in term.above:
            value *= members[member].value + shift
        for member, shift in term.below:
            value /= members[member].value + shift
        total += value
    return total


def solve(form: Form, position: int, members: Sequence[Printed], decimals: int) -> Range | None:
    """For which printed values of one member the form holds, all other members as they are.

    Args:
        members: all members; of the one sought only the place matters.
        decimals: the decimals with which the sought figure would be printed.

    Returns:
        The closed range of values, not yet cut to the printed grid; ``None`` if there is no such value. A divisor
        of which both signs would do is positive. A form that has no value because of another member restricts nothing.
    """
    sought = Printed(members[position].scaled, decimals)
    members = [*members[:position], sought, *members[position + 1 :]]
    intervals = _intervals(form, members)
    mine = form.term_of.get(position)
    if mine is None:
        return Range(None, None) if holds(form, members) else None
    rest_low, rest_high = -form.slack, form.slack
    for term in form.terms:
        if term is not mine:
            found = _product(term, intervals)
            if found is None:
                return Range(None, None)
            rest_low, rest_high = rest_low + found[0], rest_high + found[1]
    factor = _product(mine, intervals, without=position)
    if factor is None or factor[0] <= 0 <= factor[1]:
        return Range(None, None)
    # The member's term must lie in [low, high]; no lower bound where the gap may be below zero.
    low: Fraction | None = -rest_high if form.sense == "equal" else None
    high: Fraction | None = -rest_low
    if factor[1] < 0:
        factor = (-factor[1], -factor[0])
        low, high = rest_low, None if low is None else -low
    shift = next((s for m, s in (*mine.above, *mine.below) if m == position), 0)
    is_above = any(member == position for member, _ in mine.above)
    found_range = _quotients(low, high, factor) if is_above else _divisors(low, high, factor)
    if found_range is None:
        return None
    half = intervals[position][1] - sought.value
    return Range(
        None if found_range.low is None else found_range.low - shift - half,
        None if found_range.high is None else found_range.high - shift + half,
    )


def _quotients(low: Fraction | None, high: Fraction | None, factor: tuple[Fraction, Fraction]) -> Range:
    """All y with ``y · f`` in [low, high] for some f of a positive range."""
    small, large = factor
    return Range(
        None if low is None else min(low / small, low / large),
        None if high is None else max(high / small, high / large),
    )


def _divisors(low: Fraction | None, high: Fraction | None, factor: tuple[Fraction, Fraction]) -> Range | None:
    """All y of one sign with ``f / y`` in [low, high] for some f of a positive range; negative ones if only these do."""
    if high is not None and high <= 0:
        if low == high == 0:
            return None
        return Range(None if high == 0 else factor[1] / high, Fraction(0) if low is None else factor[0] / low)
    return Range(
        Fraction(0) if high is None else factor[0] / high,
        factor[1] / low if low is not None and low > 0 else None,
    )


def grid(found: Range, decimals: int, *, is_low_excluded: bool = False) -> tuple[int | None, int | None]:
    """The first and the last printed value in a range, as integers at so many decimals; ``None`` is no bound."""
    unit = 10**decimals
    low = None if found.low is None else ceil(found.low * unit)
    if low is not None and is_low_excluded and found.low is not None and low == found.low * unit:
        low += 1
    return low, None if found.high is None else floor(found.high * unit)
