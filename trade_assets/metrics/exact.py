"""Quotients of printed sums and the range that the print leaves them: exact integers until the last step, then one float.

The arithmetic is that of ``docs/arithmetic.md``. A bound is rounded outwards, so that the interval never loses a value
that true figures can give.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np


class Rounded(NamedTuple):
    """A sum of printed figures and by how much rounding may have moved it, as integers of one measure."""

    total: int
    half: int

    def __neg__(self) -> Rounded:
        return Rounded(-self.total, self.half)

    def plus(self, other: Rounded) -> Rounded:
        """The sum of both."""
        return Rounded(self.total + other.total, self.half + other.half)

    @property
    def sign(self) -> int:
        """1 or −1 where it surely has that sign before rounding, else 0."""
        return (self.total - self.half > 0) - (self.total + self.half < 0)


NOTHING = Rounded(0, 0)


class Interval(NamedTuple):
    """A value as the float next to it, with the floats around the exact bounds."""

    value: float
    low: float
    high: float


class Quotient(NamedTuple):
    """Two sums of which one is divided by the other, and a third one that is added to both."""

    above: Rounded
    below: Rounded
    both: Rounded = NOTHING


def power_of_product(factors: Sequence[Quotient], scale: Fraction, power: int, minus: int) -> Interval | None:
    """``scale · ((Π (above + both) / (below + both))^power − minus)`` and its range; ``None`` where a divisor may be zero.

    The range is exact, not only safe, if no two of the sums have a figure in common.

    Raises:
        OverflowError: a float cannot hold it.
    """
    ranges = [found for factor in factors if (found := _range(*factor)) is not None]
    if len(ranges) < len(factors):
        return None
    printed, lowest, highest = functools.reduce(_times, ranges)
    low, high = lowest[0], highest[0]
    if power % 2 == 0 and low < 0:
        # Squares fall where the quotient is negative, and are least where it is zero.
        lowest, highest = (highest if high <= 0 else (0, 1)), max(lowest, highest, key=lambda pair: abs(Fraction(*pair)))
    value, *bounds = (_scaled(*pair, scale, power, minus) for pair in (printed, lowest, highest))
    return Interval(value[0] / value[1], _outwards(*bounds[0], -math.inf), _outwards(*bounds[1], math.inf))


class _Range(NamedTuple):
    """What is printed and what is least and greatest, each as numerator and positive denominator."""

    printed: tuple[int, int]
    least: tuple[int, int]
    greatest: tuple[int, int]


def _range(above: Rounded, below: Rounded, both: Rounded) -> _Range | None:
    sign = below.plus(both).sign
    if sign == 0:
        return None
    if sign < 0:
        above, below, both = -above, -below, -both
    return _Range((above.total + both.total, below.total + both.total), _least(above, below, both), _greatest(above, below, both))


def _times(one: _Range, other: _Range) -> _Range:
    """A product is linear in each factor, so that its ends are products of ends."""
    ends = [(a * c, b * d) for a, b in one[1:] for c, d in other[1:]]
    printed = (one.printed[0] * other.printed[0], one.printed[1] * other.printed[1])
    return _Range(printed, min(ends, key=lambda pair: Fraction(*pair)), max(ends, key=lambda pair: Fraction(*pair)))


def _greatest(above: Rounded, below: Rounded, both: Rounded) -> tuple[int, int]:
    """The greatest of ``(above + both) / (below + both)`` for a positive divisor, as numerator and denominator.

    The quotient is monotone in each of the three while the others stay, so that it is at a corner. It differs from 1 by
    ``(above − below) / (below + both)``: a greater ``both`` brings it closer to 1.
    """
    top, low, high = above.total + above.half, below.total - below.half, below.total + below.half
    shared = both.total + (-both.half if top >= low else both.half)
    return top + shared, shared + (low if top + shared >= 0 else high)


def _least(above: Rounded, below: Rounded, both: Rounded) -> tuple[int, int]:
    """The least of ``(above + both) / (below + both)``, as ``_greatest``."""
    top, low, high = above.total - above.half, below.total - below.half, below.total + below.half
    shared = both.total + (both.half if top > high else -both.half)
    return top + shared, shared + (high if top + shared >= 0 else low)


def _scaled(above: int, below: int, scale: Fraction, power: int, minus: int) -> tuple[int, int]:
    """``scale · ((above / below)^power − minus)`` as numerator and denominator."""
    divisor = below**power
    return scale.numerator * (above**power - minus * divisor), scale.denominator * divisor


def _outwards(above: int, below: int, towards: float) -> float:
    """The float next to ``above / below`` on one side; the quotient itself if it is a float."""
    found = above / below  # Python rounds a quotient of integers correctly
    numerator, denominator = found.as_integer_ratio()
    difference = numerator * below - above * denominator
    is_inside = difference < 0 if towards > 0 else difference > 0
    return math.nextafter(found, towards) if is_inside else found


class Intervals(NamedTuple):
    """Many intervals at once, as arrays of floats; without a value where the divisor may be zero."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    is_defined: np.ndarray


_WHOLE = 2**53
"""Below it every integer is a float."""


def quotients(above: Sums, below: Sums, both: Sums, scale: Fraction, minus: int) -> Intervals | None:
    """``power_of_product`` of one quotient at power 1, for many sums at once; ``None`` where they are too large for it.

    Floats hold the integers exactly, so that IEEE 754's division rounds each quotient correctly, as Python's does.

    Args:
        above, below, both: totals and halves as arrays of Python's integers.
    """
    reach = sum(_largest(total) + _largest(half) for total, half in (above, below, both))
    if 2 * reach * max(scale.numerator * (1 + abs(minus)), scale.denominator) >= _WHOLE:
        return None
    a, ah, b, bh, s, sh = (each.astype(np.int64) for pair in (above, below, both) for each in pair)
    divisor, divisor_half = b + s, bh + sh
    is_negative = divisor + divisor_half < 0
    is_defined = is_negative | (divisor - divisor_half > 0)
    a, b, s = (np.where(is_negative, -each, each) for each in (a, b, s))
    top, low, high = a + ah, b - bh, b + bh
    shared = s + np.where(top >= low, -sh, sh)
    greatest = top + shared, shared + np.where(top + shared >= 0, low, high)
    top = a - ah
    shared = s + np.where(top > high, sh, -sh)
    least = top + shared, shared + np.where(top + shared >= 0, high, low)
    ends = [
        (scale.numerator * (up - minus * down), scale.denominator * np.where(is_defined, down, 1))
        for up, down in ((a + s, b + s), least, greatest)
    ]
    value, lowest, highest = ((up / down, up, down) for up, down in ends)
    return Intervals(value[0], _outwards_at(*lowest, -np.inf), _outwards_at(*highest, np.inf), is_defined)


Sums = tuple[np.ndarray, np.ndarray]
"""Totals and by how much rounding may have moved each, in one measure."""


def _largest(numbers: np.ndarray) -> int:
    return int(np.abs(numbers).max(initial=0))


def _outwards_at(found: np.ndarray, above: np.ndarray, below: np.ndarray, towards: float) -> np.ndarray:
    """The floats next to ``above / below`` on one side; the quotients themselves where they are floats."""
    # Dekker's product: found · below is exactly product + rest, and product − above is exact since the two are neighbours.
    product, divisor = found * below, below.astype(np.float64)
    (one_high, one_low), (two_high, two_low) = _halves(found), _halves(divisor)
    rest = ((one_high * two_high - product) + one_high * two_low + one_low * two_high) + one_low * two_low
    difference = (product - above) + rest
    is_inside = difference < 0 if towards > 0 else difference > 0
    return np.where(is_inside, np.nextafter(found, towards), found)


def _halves(number: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A float as the sum of two with half of its digits each (Veltkamp)."""
    split = number * 134217729.0  # 2^27 + 1
    high = split - (split - number)
    return high, number - high
