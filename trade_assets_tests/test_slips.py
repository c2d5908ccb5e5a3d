"""Slips: what a misprinted figure was before is among the originals that are thought of."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.planting import KINDS, misprint
from trade_assets.identities import slips
from trade_assets.identities.forms import Printed
from trade_assets.reading.marks import parse

EXAMPLES = settings(max_examples=4 * settings.default.max_examples)
SLIP_OF = {
    "sign": slips.SIGN,
    "transposed": slips.TRANSPOSED,
    "wrong": slips.WRONG,
    "lost": slips.LOST,
    "doubled": slips.DOUBLED,
}

_figures = st.builds(Printed, st.integers(-99_999_999, 99_999_999) | st.integers(-999, 999), st.integers(0, 3))


def _text(figure, *, is_grouped):
    digits = str(abs(figure.scaled)).rjust(figure.decimals + 1, "0")
    whole, rest = digits[: len(digits) - figure.decimals], digits[len(digits) - figure.decimals :]
    return ("-" if figure.scaled < 0 else "") + (f"{int(whole):,}" if is_grouped else whole) + (f".{rest}" if rest else "")


def _read(text):
    """The figure that the reader sees; ``None`` if it sees none."""
    mark = parse(text)
    return None if mark is None or mark.value is None else Printed(round(mark.value * 10**mark.decimals), mark.decimals)


@pytest.mark.parametrize("kind", KINDS)
@EXAMPLES
@given(figure=_figures, is_grouped=st.booleans(), flag=st.sampled_from(("", "(r)")), rng=st.randoms())
def test_original_of_every_misprint_is_found(kind, figure, is_grouped, flag, rng):
    text = misprint(flag + _text(figure, is_grouped=is_grouped), kind, rng)
    assume(text is not None)
    printed = _read(text)
    assume(printed is not None and printed != figure)
    found = slips.originals(printed, {figure.decimals}, text)
    assert figure in found
    assert found[figure].figure == figure
    assert found[figure].chance <= 1


@pytest.mark.parametrize(("was", "now"), [("-0.1", "-0.0"), ("-70", "-0")])
def test_sign_printed_before_a_zero_is_that_of_the_original(was, now):
    before = _read(was)
    assert before in slips.originals(_read(now), {before.decimals}, now)


def test_slip_is_named():
    """The likeliest slip of each kind, where no other slip gives the same."""
    for kind, was, now in (
        ("sign", "36,845", "-36,845"),
        ("transposed", "36,845", "36,854"),
        ("wrong", "128.1", "123.1"),
        ("lost", "36,845", "3,845"),
        ("doubled", "128.1", "1228.1"),
    ):
        before = _read(was)
        assert slips.originals(_read(now), {before.decimals}, now)[before].slip == SLIP_OF[kind]


def test_figure_itself_and_other_decimals_are_no_originals():
    printed = Printed(1281, 1)
    found = slips.originals(printed, {1}, "128.1")
    assert printed not in found
    assert {figure.decimals for figure in found} == {1}
    assert slips.originals(printed, set(), "128.1") == {}


@EXAMPLES
@given(_figures, st.sets(st.integers(0, 4)))
def test_chances_are_chances(printed, decimals):
    found = slips.originals(printed, decimals)
    assert all(figure == original.figure and figure.decimals in decimals for figure, original in found.items())
    assert all(0 < original.chance <= 1 for original in found.values())
