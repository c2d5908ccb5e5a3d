"""Identities written out, kind by kind, and how far each misses, over made places: the words a reviewer reads."""

from fractions import Fraction

import pytest

from trade_assets.identities.evaluate import Verdict
from trade_assets.identities.forms import CHANGE_OF_ROUNDED, SHARE, compound, contradicted, limit, never, total, weighted_change
from trade_assets.identities.kinds import (
    Agree,
    Change,
    Compound,
    Includes,
    Limit,
    Marks,
    NeverFalls,
    Regular,
    Rows,
    Share,
    Sum,
    WeightedChange,
    Whole,
)
from trade_assets.review.equations import equation, gap_sentence
from trade_assets_tests.made_rules import DECLARED, LABEL, SUM


def _verdict(rule, form, texts=(), gap=9, allowed=1, **more):
    return Verdict(rule, form, tuple(range(len(texts))), Fraction(gap), Fraction(allowed), **more)


def _bounds(kind=Limit, **bounds):
    return kind(measure="share", **bounds, **DECLARED)


WRITTEN = [
    (Agree(measures=("value",), **DECLARED), total((1, -1)), ["5", "6"], "5 = 6"),
    (SUM, total((-1, 1, -1)), ["9", "4", "5"], "9 = 4 - 5"),
    (SUM, total((-1, -1, 1)), ["9", "4", "5"], "9 = - 4 + 5"),
    # A sign beside a sign is kept from it; the first part has no sign before it.
    (SUM, total((-1, 1, 1)), ["9", "-4", "-5"], "9 = -4 + (-5)"),
    (SUM, total((-1, -1, -1)), ["9", "-4", "5"], "9 = - (-4) - 5"),
    (SUM, total((-1, 0, 1)), ["9", "4", "5"], "9 = 4 + 5"),
    (SUM, total((-1, 1, 1), "at_most"), ["9", "4", "5"], "9 >= 4 + 5"),
    (Change(level="index", basis="rounded", **DECLARED), CHANGE_OF_ROUNDED, ["2.0", "50", "51"], "2.0 = 100 * (51 / 50 - 1)"),
    (Share(whole="all", prefix="part.", **DECLARED), SHARE, ["30", "3", "8"], "30 = 100 * 3 / 8"),
    (_bounds(Whole, low=100, high=100), limit(100, 100), ["99.0"], "99.0 = 100"),
    (Compound(**DECLARED), compound(2), ["3.0", "1.0", "2.0"], "1 + 3.0% = (1 + 1.0%) * (1 + 2.0%)"),
    (WeightedChange(level="index", weight="weight", **DECLARED), weighted_change(2), list("abcdefghi"),
     "a * c / b = d * f / e + g * i / h"),
    (_bounds(low=100, high=100), limit(100, 100), ["99"], "99 = 100"),
    (_bounds(low=0, high=100), limit(0, 100), ["103"], "0 <= 103 <= 100"),
    (_bounds(low=0, high=0), limit(0, 0), ["3"], "3 = 0"),
    (_bounds(high=100), limit(None, 100), ["103"], "103 <= 100"),
    (_bounds(high=0), limit(None, 0), ["3"], "3 <= 0"),
    (_bounds(low=0), limit(0, None), ["-3"], "0 <= -3"),
    (_bounds(low=0, is_low_excluded=True), limit(0, None, is_low_excluded=True), ["-3"], "0 < -3"),
    (NeverFalls(measure="count", **DECLARED), total((-1, 1), "at_most"), ["5", "7"], "5 >= 7"),
    (Includes(prefixes=("exports.",), **DECLARED), total((-1, 1), "at_most"), ["5", "7"], "5 >= 7"),
    (Marks(flag="r", months=3, **DECLARED), never("no revision is open there"), ["(r)5", "6"], "(r)5"),
    (Regular(flags={"odd": "it has other decimals"}, **DECLARED), never("it has other decimals"), ["5.00", "6"], "5.00"),
    (Rows(**DECLARED), never("a row is missing"), ["5", "6"], "the row of 5 stands where it is missing"),
    (LABEL, limit(10, 20), ["25"], "10 <= 25 <= 20"),
    (LABEL, limit(-5, 6), ["25"], "-5 <= 25 <= 6"),
    (LABEL, contradicted(), ["1", "2"], "1, 2"),
    (LABEL, contradicted(), [str(at) for at in range(1, 15)], ", ".join(str(at) for at in range(1, 15))),
    (LABEL, contradicted(), [str(at) for at in range(1, 16)], ", ".join(str(at) for at in range(1, 15)) + ", and 1 more"),
    (LABEL, contradicted(), [str(at) for at in range(1, 21)], ", ".join(str(at) for at in range(1, 15)) + ", and 6 more"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "form", "texts", "written"), WRITTEN)
def test_each_kind_of_identity_is_written_with_its_figures_in_place(rule, form, texts, written):
    assert equation(_verdict(rule, form, texts), texts) == written


def test_of_a_long_sum_thirteen_parts_are_written_with_the_count_of_the_others():
    texts = ["0", *(str(at) for at in range(1, 19))]
    first = " + ".join(texts[1:14])
    assert equation(_verdict(SUM, total((-1, *[1] * 18)), texts), texts) == f"0 = {first} + 5 more"
    assert equation(_verdict(SUM, total((-1, *[1] * 14)), texts[:15]), texts[:15]) == f"0 = {first} + 14"


MISSED = [
    # A sum says what rounding allows; its gap has no sign.
    (_verdict(SUM, total((-1, 1)), gap=-9, allowed=1), "misses by 9, rounding allows 1"),
    (_verdict(SUM, total((-1, 1)), gap=Fraction(1, 8), allowed=Fraction(1, 10)), "misses by 0.125, rounding allows 0.1"),
    # What was found beside the arithmetic is said as it was found, whatever the kind.
    (_verdict(SUM, total((-1, 1)), said="it is odd"), "it is odd"),
    (_verdict(LABEL, contradicted(), said="it is odd"), "it is odd"),
    # A dash: the figure that is asked for, with its sign.
    (_verdict(SUM, total((-1, 1)), gap=-309, allowed=Fraction(3, 2), sought=0), "asks for -309, within 1.5"),
    (_verdict(SUM, total((-1, 1)), gap=0, allowed=1, sought=0), "asks for a figure"),
    (_verdict(_bounds(low=0), limit(0, None), gap=5, sought=2), "asks for 5, within 1"),
    # A bound is exceeded; two equal bounds are a figure that is missed.
    (_verdict(_bounds(low=0), limit(0, None), gap=3), "lies 3 outside"),
    (_verdict(_bounds(high=0), limit(None, 0), gap=3), "lies 3 outside"),
    (_verdict(_bounds(low=0, high=100), limit(0, 100), gap=53), "lies 3 outside"),
    (_verdict(_bounds(low=0, high=100), limit(0, 100), gap=-53), "lies 3 outside"),
    (_verdict(_bounds(low=100, high=100), limit(100, 100), gap=-1), "misses by 1"),
    (_verdict(LABEL, limit(10, 20), gap=10), "lies 5 outside"),
    (_verdict(LABEL, limit(15, 15), gap=10), "lies 10 outside"),
    (_verdict(LABEL, contradicted(), gap=1), "the figures are not of the series that the file names"),
    (_verdict(NeverFalls(measure="count", **DECLARED), total((-1, 1), "at_most"), gap=2), "falls by 2"),
    (_verdict(NeverFalls(measure="count", **DECLARED), total((-1, 1), "at_most"), gap=-2), "falls by 2"),
    (_verdict(Includes(prefixes=("e.",), **DECLARED), total((-1, 1), "at_most"), gap=2), "misses by 2, rounding allows 1"),
]  # fmt: skip


@pytest.mark.parametrize(("verdict", "said"), MISSED)
def test_how_far_an_identity_misses_is_said_in_the_words_of_its_kind(verdict, said):
    assert gap_sentence(verdict) == said


def test_the_gap_of_a_sum_is_written_as_the_caller_writes_numbers_and_those_of_bounds_are_not():
    def in_brackets(number: Fraction) -> str:
        return f"<{number}>"

    assert gap_sentence(_verdict(SUM, total((-1, 1)), gap=-9), in_brackets) == "misses by <9>, rounding allows <1>"
    assert gap_sentence(_verdict(_bounds(low=0), limit(0, None), gap=3), in_brackets) == "lies 3 outside"


def test_a_rule_that_nobody_states_is_said_to_be_ours():
    ours = Sum(total="t", parts={"a": 1}, **{**DECLARED, "authority": "inferred"})
    assert gap_sentence(_verdict(ours, total((-1, 1)))) == ("misses by 9, rounding allows 1 (inferred: no publisher states the rule)")
    assert gap_sentence(_verdict(ours, total((-1, 1)), said="it is odd")) == "it is odd (inferred: no publisher states the rule)"
