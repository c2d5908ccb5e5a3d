"""Quotients of printed sums and their ranges, worked out by hand, one at a time and many at once."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from trade_assets.metrics.exact import NOTHING, Interval, Quotient, Rounded, power_of_product, quotients

F = Fraction


ONE = F(1)


def interval(*factors: Any, scale: Fraction = ONE, power: int = 1, minus: int = 0) -> Interval | None:
    made = [Quotient(*(Rounded(*each) for each in factor)) for factor in factors]
    return power_of_product(made, scale, power, minus)


@pytest.mark.parametrize(
    ("total", "half", "sign"),
    [(1, 0, 1), (-1, 0, -1), (0, 0, 0), (2, 1, 1), (-2, 1, -1), (1, 1, 0), (-1, 1, 0), (0, 1, 0), (1, 2, 0)],
)
def test_a_sum_has_a_sign_if_rounding_leaves_it_one(total: int, half: int, sign: int) -> None:
    assert Rounded(total, half).sign == sign


def test_sums_are_added_and_turned_with_their_rounding() -> None:
    assert Rounded(5, 2).plus(Rounded(-7, 3)) == Rounded(-2, 5)
    assert -Rounded(5, 2) == Rounded(-5, 2)
    assert Rounded(0, 0) == NOTHING and Quotient(Rounded(1, 0), Rounded(2, 0)).both == NOTHING


@pytest.mark.parametrize(
    ("factor", "value", "low", "high"),
    [
        (((6, 0), (3, 0)), 2, 2, 2),
        (((6, 1), (3, 1)), 2, F(5, 4), F(7, 2)),
        (((6, 1), (-3, 1)), -2, F(-7, 2), F(-5, 4)),
        (((-6, 1), (3, 1)), -2, F(-7, 2), F(-5, 4)),
        (((-6, 1), (-3, 1)), 2, F(5, 4), F(7, 2)),
        (((0, 1), (3, 1)), 0, F(-1, 2), F(1, 2)),
        (((1, 2), (4, 2)), F(1, 4), F(-1, 2), F(3, 2)),
        # A third sum in both: a greater one brings the quotient closer to 1.
        (((6, 1), (3, 1), (10, 2)), F(16, 13), F(17, 16), F(15, 10)),
        (((3, 1), (6, 1), (10, 2)), F(13, 16), F(10, 15), F(16, 17)),
        (((3, 1), (3, 1), (10, 2)), 1, F(10, 12), F(12, 10)),
        (((6, 0), (3, 0), (10, 0)), F(16, 13), F(16, 13), F(16, 13)),
        (((-3, 1), (2, 1), (10, 2)), F(7, 12), F(4, 11), F(10, 13)),
    ],
)
def test_a_quotient_lies_between_its_corners(factor: Any, value: Fraction, low: Fraction, high: Fraction) -> None:
    found = interval(factor)
    assert found is not None and found.value == float(value)
    assert is_next_outside(found, F(low), F(high))
    (above, below), both = factor[:2], factor[2] if len(factor) > 2 else (0, 0)
    sums = tuple((np.array([total], dtype=object), np.array([half], dtype=object)) for total, half in (above, below, both))
    many = quotients(sums[0], sums[1], sums[2], F(1), 0)
    assert many is not None and many.is_defined.tolist() == [True]
    assert (many.value[0], many.low[0], many.high[0]) == found


def is_next_outside(found: Interval, low: Fraction, high: Fraction) -> bool:
    return F(found.low) <= low < F(math.nextafter(found.low, math.inf)) and F(math.nextafter(found.high, -math.inf)) < high <= F(found.high)


@pytest.mark.parametrize("below", [(0, 0), (2, 2), (-2, 2), (1, 3)])
def test_nothing_is_divided_by_what_may_be_zero(below: tuple[int, int]) -> None:
    assert interval(((6, 1), below)) is None
    assert interval(((6, 1), (3, 1)), ((1, 0), below)) is None
    assert interval(((6, 1), (1, 0), (below[0] - 1, below[1]))) is None
    sums = (
        np.array([[6, 6], [1, 1]], dtype=object),
        np.array([[below[0], 3], [below[1], 1]], dtype=object),
        np.zeros((2, 2), dtype=object),
    )
    above, divisor, both = ((each[0], each[1]) for each in sums)
    many = quotients(above, divisor, both, F(1), 0)
    assert many is not None and many.is_defined.tolist() == [False, True]
    assert (many.value[1], many.low[1], many.high[1]) == (2.0, 1.25, 3.5)


@pytest.mark.parametrize(
    ("above", "low", "high"),
    [
        ((6, 1), F(25, 16), F(49, 4)),
        ((-6, 1), F(25, 16), F(49, 4)),
        ((0, 1), 0, F(1, 4)),
        ((1, 2), 0, F(9, 4)),
        ((-1, 2), 0, F(9, 4)),
        ((-1, 1), 0, 1),
    ],
)
def test_squares_are_least_at_zero(above: tuple[int, int], low: Fraction, high: Fraction) -> None:
    found = interval((above, (3, 1)), power=2)
    assert found is not None and is_next_outside(found, F(low), F(high)) and found.value == float(F(above[0] ** 2, 9))


def test_cubes_rise_as_their_bases_do() -> None:
    found = interval(((-6, 1), (3, 1)), power=3)
    assert found is not None and found.value == -8 and is_next_outside(found, F(-343, 8), F(-125, 64))


def test_a_change_is_scaled_after_one_is_taken_off() -> None:
    found = interval(((6, 1), (4, 1)), scale=F(100), minus=1)
    assert found is not None and found.value == 50 and is_next_outside(found, F(0), 100 * (F(7, 3) - 1))
    third = interval(((6, 0), (4, 0)), scale=F(1, 3), power=2, minus=2)
    assert third is not None and third.value == float(F(1, 3) * (F(9, 4) - 2))


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        (((6, 1), (3, 1)), ((8, 2), (5, 1)), F(5, 4), F(35, 4)),
        (((-6, 1), (3, 1)), ((8, 2), (5, 1)), F(-35, 4), F(-5, 4)),
        (((1, 2), (4, 2)), ((8, 2), (5, 1)), F(-5, 4), F(15, 4)),
        (((1, 2), (4, 2)), ((-8, 2), (5, 1)), F(-15, 4), F(5, 4)),
    ],
)
def test_a_product_lies_between_products_of_ends(one: Any, other: Any, low: Fraction, high: Fraction) -> None:
    found = interval(one, other)
    assert found is not None and is_next_outside(found, low, high)
    assert found.value == float(F(one[0][0], one[1][0]) * F(other[0][0], other[1][0])) and interval(other, one) == found


def test_a_bound_that_no_float_is_lies_outside() -> None:
    for above in (1, -1, 2, 10):
        found = interval(((above, 0), (3, 0)))
        assert found is not None and found.value == above / 3 and F(found.low) < F(above, 3) < F(found.high)
        assert found.high == math.nextafter(found.low, math.inf) and found.value in (found.low, found.high)
    exact = interval(((3, 0), (8, 0)))
    assert exact == Interval(0.375, 0.375, 0.375)


def test_what_no_float_holds_is_said() -> None:
    with pytest.raises(OverflowError):
        interval(((10**30, 0), (1, 0)), power=12)


@pytest.mark.parametrize(
    ("above", "scale", "minus", "is_made"),
    # Twice the reach of all sums, by the scale and once more for what is taken off, must stay below 2^53.
    [
        (2**52 - 2, F(1), 0, True), (2**52 - 1, F(1), 0, False), (2**51 - 2, F(1), 1, True), (2**51 - 1, F(1), 1, False),
        (-(2**52 - 1), F(1), 0, False), (2**51 - 2, F(2), 0, True), (2**51 - 1, F(2), 0, False), (2**51 - 1, F(1, 2), 0, False),
        (2**51 - 2, F(1, 2), 0, True),
    ],
)  # fmt: skip
def test_sums_too_large_for_floats_are_not_made_at_once(above: int, scale: Fraction, minus: int, is_made: bool) -> None:
    def sums(total: int) -> tuple[Any, Any]:
        return np.array([total], dtype=object), np.array([0], dtype=object)

    found = quotients(sums(above), sums(1), sums(0), scale, minus)
    assert (found is not None) is is_made
    if found is not None:
        plain = interval(((above, 0), (1, 0)), scale=scale, minus=minus)
        assert (found.value[0], found.low[0], found.high[0]) == plain


def test_no_sums_at_all() -> None:
    nothing = (np.array([], dtype=object), np.array([], dtype=object))
    found = quotients(nothing, nothing, nothing, F(1), 0)
    assert found is not None and [len(each) for each in found] == [0, 0, 0, 0]
