"""Forms against brute force over the true values that printed figures may stand for.

Each identity is written out once more, as a sum of terms that share no member. Every term is monotone in each of its
members, so that the extremes of the gap stand at corners of the intervals; between the two corners a witness is found.
"""

import itertools
from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from trade_assets.identities import forms
from trade_assets.identities.forms import Printed

EXAMPLES = settings(max_examples=4 * settings.default.max_examples)


class Identity(NamedTuple):
    """An identity written out: members by position, the first of them follows from the others.

    Attributes:
        terms: members and what they add to the gap.
        first: the first member's true value, given those of the others.
        sizes: for each other member, the least and the greatest figure drawn, in units of its last place.
        divisors: members that something is divided by.
        exact: members that are taken as printed.
        shift: what is added to members before they are multiplied.
    """

    form: forms.Form
    terms: list[tuple[tuple[int, ...], Callable[..., Fraction]]]
    first: Callable[..., Fraction]
    sizes: list[tuple[int, int]]
    divisors: tuple[int, ...] = ()
    exact: tuple[int, ...] = ()
    shift: int = 0

    def gap(self, values):
        return sum((term(*(values[member] for member in members)) for members, term in self.terms), Fraction(0))

    def intervals(self, members):
        return [
            (member.value, member.value) if position in self.exact else (member.value - member.half, member.value + member.half)
            for position, member in enumerate(members)
        ]

    def is_divided_by_zero(self, members):
        return any(low <= 0 <= high for low, high in (self.intervals(members)[divisor] for divisor in self.divisors))

    def corners(self, members):
        """True values that make the gap least, and greatest."""
        intervals = self.intervals(members)
        least, greatest = [low for low, _ in intervals], [high for _, high in intervals]
        for positions, term in self.terms:
            corners = [(term(*corner), corner) for corner in itertools.product(*(intervals[position] for position in positions))]
            for at, position in enumerate(positions):
                least[position], greatest[position] = min(corners)[1][at], max(corners)[1][at]
        return least, greatest


def _total(weights, sense="equal", is_exact=False):
    return Identity(
        forms.total((-1, *weights), sense, is_exact=is_exact),
        [((0,), lambda total: -total), *(((at,), lambda part, weight=weight: weight * part) for at, weight in enumerate(weights, 1))],
        lambda *parts: sum((weight * part for weight, part in zip(weights, parts, strict=True)), Fraction(0)),
        [(-2000, 2000)] * len(weights),
        exact=tuple(range(1 + len(weights))) if is_exact else (),
    )


def _change(form, exact):
    return Identity(
        form,
        [((0,), lambda change: -change - 100), ((1, 2), lambda earlier, later: 100 * later / earlier)],
        lambda earlier, later: 100 * (later / earlier - 1),
        [(-20, 2000), (-20, 2000)],
        divisors=(1,),
        exact=exact,
    )


def _compound(months):
    return Identity(
        forms.compound(months),
        [((0,), lambda change: -change - 100), (tuple(range(1, months + 1)), lambda *steps: 100 * prod(1 + step / 100 for step in steps))],
        lambda *steps: 100 * (prod((1 + step / 100 for step in steps), start=Fraction(1)) - 1),
        [(-300, 300)] * months,
        shift=100,
    )


def _weighted_change(parts):
    def term(sign, at):
        return (at, at + 1, at + 2), lambda weight, earlier, later: sign * weight * later / earlier

    def weight_of_whole(earlier, later, *others):
        of_parts = sum((w * after / before for w, before, after in zip(*[iter(others)] * 3, strict=True)), Fraction(0))
        return of_parts * earlier / later

    return Identity(
        forms.weighted_change(parts),
        [term(1, 0), *(term(-1, 3 * part) for part in range(1, parts + 1))],
        weight_of_whole,
        [(1, 2000), (1, 2000), *[(0, 300), (1, 2000), (1, 2000)] * parts],
        divisors=tuple(range(1, 3 * (parts + 1), 3)),
    )


_weights = st.lists(st.sampled_from((1, -1, 2, -3)), min_size=1, max_size=4).map(tuple)
KINDS = {
    "linear": st.builds(_total, _weights, st.sampled_from(("equal", "at_most"))) | st.just(_total((1,), "at_most", is_exact=True)),
    "change": st.sampled_from([_change(forms.CHANGE_OF_UNROUNDED, ()), _change(forms.CHANGE_OF_ROUNDED, (1, 2))]),
    "share": st.just(
        Identity(
            forms.SHARE,
            [((0,), lambda share: -share), ((1, 2), lambda part, whole: 100 * part / whole)],
            lambda part, whole: 100 * part / whole,
            [(-20, 2000), (-20, 2000)],
            divisors=(2,),
        )
    ),
    "compound": st.integers(2, 4).map(_compound),
    "weighted change": st.integers(1, 2).map(_weighted_change),
}
of_each_kind = pytest.mark.parametrize("identities", KINDS.values(), ids=KINDS.keys())

_nudges = st.tuples(st.integers(0, 8), st.integers(-3, 3))
_ties = st.booleans()
_places = st.integers(0, 2)


def _print(value, decimals, is_tie_up):
    """A true value as printed; at a tie, up or down."""
    scaled = value * 10**decimals
    below = scaled.numerator // scaled.denominator
    rest = scaled - below
    return Printed(below + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and is_tie_up)), decimals)


@st.composite
def _true(draw, identities):
    """An identity and figures printed from true values that satisfy it exactly."""
    identity = draw(identities)
    drawn = draw(st.tuples(*(st.tuples(st.integers(*size), _places, st.integers(-4, 4)) for size in identity.sizes)))
    members = [Printed(scaled, decimals) for scaled, decimals, _ in drawn]
    # A true value stands up to half a unit from the figure, ends included.
    truth = [
        member.value if at in identity.exact else member.value + member.half * Fraction(quarters, 4)
        for at, (member, (_, _, quarters)) in enumerate(zip(members, drawn, strict=True), 1)
    ]
    try:
        first = identity.first(*truth)
    except ZeroDivisionError:
        assume(False)
    if identity.form.sense == "at_most":
        first += draw(st.integers(0, 3))
    decimals = draw(_places)
    return identity, [Printed(int(first * 100), 2) if 0 in identity.exact else _print(first, decimals, draw(_ties)), *members]


@st.composite
def _nearly_true(draw, identities):
    """The same, one figure perhaps printed a few units off."""
    identity, members = draw(_true(identities))
    at, units = draw(_nudges)
    at %= len(members)
    return identity, [*members[:at], Printed(members[at].scaled + units, members[at].decimals), *members[at + 1 :]]


@of_each_kind
@EXAMPLES
@given(data=st.data())
def test_figures_that_true_values_print_are_never_rejected(identities, data):
    identity, members = data.draw(_true(identities))
    assert forms.holds(identity.form, members) is (None if identity.is_divided_by_zero(members) else True)


@of_each_kind
@EXAMPLES
@given(data=st.data())
def test_figures_that_no_true_values_print_are_never_accepted(identities, data):
    identity, members = data.draw(_nearly_true(identities))
    holds = forms.holds(identity.form, members)
    assert (holds is None) is identity.is_divided_by_zero(members)
    if holds is None:
        return
    least, greatest = identity.corners(members)
    if not holds:
        assert identity.gap(least) > 0 or (identity.form.sense == "equal" and identity.gap(greatest) < 0)
        return
    witness = _between(identity, least, greatest) if identity.form.sense == "equal" else least
    assert identity.gap(witness) == 0 or (identity.form.sense == "at_most" and identity.gap(witness) < 0)
    assert all(low <= value <= high for value, (low, high) in zip(witness, identity.intervals(members), strict=True))


def _between(identity, least, greatest):
    """True values with no gap: members go from the one corner to the other in turn until the gap is no longer below zero."""
    values = list(least)
    for position, target in enumerate(greatest):
        start = list(values)
        values[position] = target
        if identity.gap(start) <= 0 <= identity.gap(values):
            return _root(identity, start, values, position)
    raise AssertionError("the gap has the same sign at both corners")


def _root(identity, start, end, position):
    """Where the gap is zero, one member moving: the gap is linear in it, or in its reciprocal."""
    a, b = identity.gap(start), identity.gap(end)
    share = a / (a - b) if a != b else Fraction(0)
    x, y = start[position], end[position]
    linear, reciprocal = x + share * (y - x), 1 / (1 / x + share * (1 / y - 1 / x)) if position in identity.divisors else x
    for value in (linear, reciprocal):
        found = [*start[:position], value, *start[position + 1 :]]
        if identity.gap(found) == 0:
            return found
    raise AssertionError(f"the gap is neither linear in member {position} nor in its reciprocal")


@of_each_kind
@EXAMPLES
@given(data=st.data())
def test_solved_range_holds_the_values_with_which_the_form_holds_and_no_others(identities, data):
    identity, members = data.draw(_nearly_true(identities))
    position = data.draw(st.integers(0, len(members) - 1))
    decimals = data.draw(_places)
    found = forms.solve(identity.form, position, members, decimals)
    low, high = (None, None) if found is None else forms.grid(found, decimals)
    ends = [end for end in (low, high, int(members[position].value * 10**decimals)) if end is not None]
    value = Printed(data.draw(st.sampled_from(ends)) + data.draw(st.integers(-2, 2)), decimals)
    changed = [*members[:position], value, *members[position + 1 :]]
    intervals = identity.intervals(changed)
    assume(not identity.is_divided_by_zero(changed) and (position not in identity.divisors or intervals[position][0] > 0))
    is_inside = found is not None and (low is None or low <= value.scaled) and (high is None or value.scaled <= high)
    if _may_vanish(identity, position, intervals):
        assert is_inside or not forms.holds(identity.form, changed)
    else:
        assert is_inside is forms.holds(identity.form, changed)


def _may_vanish(identity, position, intervals):
    """Whether a factor beside the member may be zero: then the member may be anything, or almost."""
    mine = next(positions for positions, _ in identity.terms if position in positions)
    factors = [intervals[other] for other in mine if other not in (position, *identity.divisors)]
    return any(low + identity.shift <= 0 <= high + identity.shift for low, high in factors)


@EXAMPLES
@given(_nearly_true(KINDS["weighted change"]), st.integers(0, 8), _places)
def test_form_without_a_value_restricts_nothing(drawn, position, decimals):
    identity, members = drawn
    position %= len(members)
    divisor = next(at for at in identity.divisors if at != position)
    members[divisor] = Printed(0, 1)
    assert forms.holds(identity.form, members) is None
    assert forms.solve(identity.form, position, members, decimals) == (None, None)


@settings(max_examples=50, deadline=None)
@given(st.integers(-20, 20).filter(bool), st.integers(-20, 20).filter(bool), st.integers(0, 4))
def test_the_earlier_level_of_a_change_may_be_negative(earlier, later, decimals):
    """A balance turns from one sign to the other, or stays below zero; brute force over the levels that are printed near."""
    form = forms.CHANGE_OF_ROUNDED
    change = Printed(round(Fraction(100 * (later - earlier), earlier) * 10**decimals), decimals)
    assume(change.scaled != -(10 ** (2 + decimals)))  # 100 percent less: every level, of either sign, has that change
    holding = [level for level in range(-25, 26) if level and forms.holds(form, [change, Printed(level, 0), Printed(later, 0)])]
    assert earlier in holding
    low, high = forms.grid(forms.solve(form, 1, [change, Printed(earlier, 0), Printed(later, 0)], 0), 0)
    inside = [level for level in range(-25, 26) if level and (low is None or low <= level) and (high is None or level <= high)]
    if len({level > 0 for level in holding}) == 1:
        assert inside == holding


# Forms of one member, and two prints of one fact


@EXAMPLES
@given(st.integers(-3, 3), st.integers(0, 5), st.integers(-900, 900), _places)
def test_limits_hold_where_a_value_within_them_prints_so(low, width, scaled, decimals):
    figure = Printed(scaled, decimals)
    least, most = figure.value - figure.half, figure.value + figure.half
    assert forms.holds(forms.limit(low, low + width), [figure]) is (most >= low and least <= low + width)
    assert forms.holds(forms.limit(low, None), [figure]) is (most >= low)
    assert forms.holds(forms.limit(None, low), [figure]) is (least <= low)
    assert forms.holds(forms.limit(low, None, is_low_excluded=True), [figure]) is (most > low)
    bounds = ((low, low + width, False), (low, None, False), (None, low, False), (low, None, True))
    for form in (forms.limit(first, last, is_low_excluded=is_excluded) for first, last, is_excluded in bounds):
        first, last = forms.grid(forms.solve(form, 0, [figure], decimals), decimals, is_low_excluded=form.sense == "below")
        is_inside = (first is None or first <= scaled) and (last is None or scaled <= last)
        assert is_inside is forms.holds(form, [figure])


@EXAMPLES
@given(st.integers(-900, 900), st.integers(-4, 4), _places, _places, _ties, st.integers(-2, 2))
def test_two_prints_agree_where_one_value_prints_both(scaled, quarters, decimals, other_decimals, is_tie_up, units):
    first = Printed(scaled, decimals)
    truth = first.value + first.half * Fraction(quarters, 4)
    second = first if decimals == other_decimals else _print(truth, other_decimals, is_tie_up)
    assert forms.holds(forms.AGREE, [first, second]) is True
    second = Printed(second.scaled + units, other_decimals)
    # Printed with the same decimals the figure was rounded once, else the intervals must meet.
    expected = first == second if decimals == other_decimals else abs(first.value - second.value) <= first.half + second.half
    assert forms.holds(forms.AGREE, [first, second]) is expected
    low, high = forms.grid(forms.solve(forms.AGREE, 1, [first, second], other_decimals), other_decimals)
    assert (low <= second.scaled <= high) is expected


def test_limits_without_a_form_are_refused():
    with pytest.raises(ValueError, match="no form"):
        forms.limit(None, None)
    with pytest.raises(ValueError, match="no form"):
        forms.limit(0, 100, is_low_excluded=True)
