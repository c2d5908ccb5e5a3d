"""The figures that one slip turns into a print: all of them for a small figure, each with its chance, worked out by hand."""

import pytest

from trade_assets.identities.forms import Printed
from trade_assets.identities.slips import DECIMAL_POINT, DOUBLED, LOST, SIGN, THOUSANDS, TRANSPOSED, WRONG, originals


def _found(printed, decimals, text=""):
    return {(figure.scaled, figure.decimals): (each.slip, each.chance) for figure, each in originals(printed, decimals, text).items()}


def test_all_that_a_whole_number_of_two_digits_may_have_been():
    """12: of 18 wrong digits one; of three digits any one lost, two alike either way; exchanged, they are 21."""
    wrong = {first * 10 + 2 for first in range(2, 10)} | {10 + last for last in range(10)} - {12}
    lost = {first * 100 + 12 for first in range(1, 10)} | {102 + 10 * middle for middle in range(10)} | {120 + last for last in range(10)}
    expected = {
        -12: (SIGN, 1.0), 21: (TRANSPOSED, 1.0), 12_000: (THOUSANDS, 0.1),
        **{scaled: (WRONG, pytest.approx(1 / 18)) for scaled in wrong},
        **{scaled: (LOST, pytest.approx((2 if scaled in (112, 122) else 1) / 3)) for scaled in lost},
    }  # fmt: skip
    assert _found(Printed(12, 0), {0}) == {(scaled, 0): said for scaled, said in expected.items()}
    negative = _found(Printed(-12, 0), {0})
    assert negative == {(-scaled, 0): said for scaled, said in expected.items()}


@pytest.mark.parametrize(
    ("printed", "original", "slip", "chance"),
    [
        # Digits behind and before a point.
        ((10, 1), (1, 1), TRANSPOSED, 1.0),  # 0.1 as 1.0
        ((10, 1), (0, 1), WRONG, 1 / 18),
        ((10, 1), (110, 1), LOST, 2 / 3),  # 11.0
        ((10, 1), (210, 1), LOST, 1 / 3),
        ((10, 1), (120, 1), LOST, 1 / 3),  # 12.0
        ((10, 1), (120, 2), LOST, 1 / 3),  # 1.20
        ((10, 1), (103, 2), LOST, 1 / 3),  # 1.03
        ((10, 1), (100, 2), LOST, 2 / 3),
        ((10, 1), (10, 0), DECIMAL_POINT, 0.1),
        ((10, 1), (10, 2), DECIMAL_POINT, 0.1),
        ((10, 1), (10, 3), DECIMAL_POINT, 0.1),
        ((10, 1), (10_000, 1), THOUSANDS, 0.1),
        ((123, 2), (123, 0), DECIMAL_POINT, 0.1),  # two places
        ((123, 2), (12300, 2), DECIMAL_POINT, 0.1),
        ((123, 2), (1230, 2), DECIMAL_POINT, 0.1),  # 12.30; no digit lost of it leaves 1.23
        ((123, 2), (1230, 3), LOST, 1 / 4),
        ((1234, 2), (2134, 2), TRANSPOSED, 1 / 3),
        ((1123, 0), (1213, 0), TRANSPOSED, 1 / 2),  # of two pairs that differ
        # Doubled digits, those behind the point with one decimal fewer.
        ((11, 0), (1, 0), DOUBLED, 1.0),
        ((55, 1), (5, 0), DOUBLED, 1.0),
        ((1122, 1), (122, 1), DOUBLED, 1 / 3),
        ((1122, 1), (112, 0), DOUBLED, 1 / 3),
        ((1000, 0), (100, 0), DOUBLED, 2 / 3),  # likelier than a point
        ((1000, 0), (10, 0), DECIMAL_POINT, 0.1),
        ((1000, 0), (1, 0), THOUSANDS, 0.1),
        ((12_000, 0), (12, 0), THOUSANDS, 0.1),
        # A point that was lost.
        ((1234, 0), (1234, 1), DECIMAL_POINT, 0.1),
        ((1234, 0), (1234, 2), DECIMAL_POINT, 0.1),
        ((1234, 0), (1234, 3), DECIMAL_POINT, 0.1),
        # Zeros before the first digit, as every figure below one is printed.
        ((5, 2), (105, 2), WRONG, 1 / 27),
        ((5, 2), (50, 2), TRANSPOSED, 1.0),
    ],
)  # fmt: skip
def test_what_a_figure_may_have_been(printed, original, slip, chance):
    assert _found(Printed(*printed), range(4))[original] == (slip, pytest.approx(chance))


@pytest.mark.parametrize(
    ("printed", "never"),
    [
        ((12, 0), (2, 0)),  # no slip adds a digit, but the same again
        ((12, 0), (1234, 0)),
        ((12, 0), (12, 4)),
        ((12, 1), (12, 4)),
        ((10, 1), (100, 0)),
        ((1234, 1), (1234, 4)),
        ((1200, 0), (1, 0)),
        ((1201, 0), (12, 0)),
        ((-12, 0), (21, 0)),
        ((11, 0), (11, 0)),
        ((0, 2), (0, 0)),  # a zero has no size that a point could change
    ],
)
def test_what_no_single_slip_makes_of_a_figure(printed, never):
    assert never not in _found(Printed(*printed), range(5))


def test_zeros_that_the_mark_shows_are_digits():
    assert _found(Printed(5, 0), {0}, "05")[50, 0] == (TRANSPOSED, 1.0)
    assert (50, 0) in _found(Printed(5, 0), {0}) and _found(Printed(5, 0), {0})[50, 0][0] == LOST
    # Another figure's digits beside it, or too few of them, say nothing.
    assert _found(Printed(12, 0), {0}, "12 (1)") == _found(Printed(12, 0), {0}, "12") == _found(Printed(12, 0), {0})
    assert _found(Printed(5, 2), {2}, ".05") == _found(Printed(5, 2), {2}, "0.05") == _found(Printed(5, 2), {2})


def test_the_mark_of_a_zero_shows_its_sign():
    assert (-7, 0) in _found(Printed(0, 0), {0}, "-0") and (7, 0) not in _found(Printed(0, 0), {0}, "-0")
    assert (7, 0) in _found(Printed(0, 0), {0}, "0") and (-7, 0) not in _found(Printed(0, 0), {0}, "0")
    assert (17, 0) in _found(Printed(7, 0), {0}, "7-") and (-17, 0) not in _found(Printed(7, 0), {0}, "7-"), "a range, not a sign"
