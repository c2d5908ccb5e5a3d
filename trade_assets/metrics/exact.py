"""Quotients of printed sums and the range that the print leaves them: exact integers until the last step, then one float.

The arithmetic is that of ``docs/arithmetic.md``. A bound is rounded outwards, so that the interval never loses a value
that true figures can give.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple


class Rounded(NamedTuple):
    """A sum of printed figures and by how much rounding may have moved it, as integers of one measure."""

    total: int
    half: int


class Interval(NamedTuple):
    """A value as the float next to it, with the floats around the exact bounds."""

    value: float
    low: float
    high: float


def power_of_quotient(above: Rounded, below: Rounded, scale: Fraction, power: int, minus: int) -> Interval | None:
    """``scale · ((above / below)^power − minus)`` and its range; ``None`` where the divisor may be zero or negative.

    The range is exact, not only safe, if the two sums have no figure in common.

    Raises:
        OverflowError: a float cannot hold it.
    """
    divisor_low, divisor_high = below.total - below.half, below.total + below.half
    if divisor_low <= 0:
        return None
    low, high = above.total - above.half, above.total + above.half
    lowest = (low, divisor_high if low >= 0 else divisor_low)
    highest = (high, divisor_low if high >= 0 else divisor_high)
    if power % 2 == 0 and low < 0:
        # Squares fall where the quotient is negative, and are least where it is zero.
        lowest, highest = (highest if high <= 0 else (0, 1)), max(lowest, highest, key=lambda pair: abs(Fraction(*pair)))
    value, *bounds = (_scaled(*pair, scale, power, minus) for pair in ((above.total, below.total), lowest, highest))
    return Interval(value[0] / value[1], _outwards(*bounds[0], -math.inf), _outwards(*bounds[1], math.inf))


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
