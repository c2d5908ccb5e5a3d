"""What figures are if not what their label claims: each explanation by itself, on two made series of known months."""

from decimal import Decimal
from itertools import pairwise

import pytest

from trade_assets.facts.known import Known
from trade_assets.facts.label_judgement import Expected, Label, judge
from trade_assets.facts.periods import add_months

START = "2018-01"
MONTHS = [add_months(START, count) for count in range(27)]
OWN = [1013, 2467, 1789, 3011, 1297, 2203, 3449, 1601, 2887, 1123, 2657, 1907, 2081, 3323, 1459, 2741, 1181, 2393, 3541, 1693, 2969, 1231,
       2551, 1873, 2017, 3253, 1429]  # fmt: skip
OTHER = [7901, 5527, 8839, 6113, 9677, 5051, 8209, 6971, 9343, 5783, 7019, 6427, 7643, 5281, 8971, 6359, 9439, 5417, 8297, 6829, 9151, 5869,
         7237, 6547, 7723, 5101, 8681]  # fmt: skip


def _known(values, margin="0"):
    return {month: Known(Decimal(value), Decimal(margin)) for month, value in zip(MONTHS, values, strict=True)}


def _judged(figures, measure="value", series="own", own=OWN, other=OTHER, margin="0"):
    known = {"own": _known(own, margin), "other": _known(other, margin)}
    return judge(series, measure, {period: Decimal(str(value)) for period, value in figures.items()}, known)


def _months(values, first=0):
    return dict(zip(MONTHS[first:], values, strict=False))


def _quarters(values):
    return {f"{MONTHS[at]}/{MONTHS[at + 2]}": value for at, value in zip(range(0, 24, 3), values, strict=False)}


def _rounded(values, decimals=3):
    return [f"{value:.{decimals}f}" for value in values]


def test_figures_as_known_are_of_the_series():
    label = _judged(_months(OWN[:5]))
    assert (label.compared, label.agreeing, label.instead, label.far, label.is_final, label.is_contradicted) == (5, 5, None, 0, True, False)
    assert label.bounds == {month: (value, value) for month, value in zip(MONTHS, OWN[:5], strict=False)}
    assert label.sentence == "0 of 5 known figures differ"
    assert label.allows(MONTHS[0], 1013.0) and label.allows(MONTHS[0], None) and label.allows("1900-01", 7.0)
    assert not label.allows(MONTHS[0], 1014.0) and not label.allows(MONTHS[0], 1012.0)


def test_margins_widen_the_bounds_outward():
    label = _judged(_months([1013, 2471]), margin="2.5")
    assert (label.compared, label.agreeing, label.is_final) == (2, 1, False)
    assert label.bounds == {MONTHS[0]: (1010, 1016), MONTHS[1]: (2464, 2470)}


QUARTERS = {
    "averages of quarters of": [sum(OTHER[at : at + 3]) / 3 for at in range(0, 24, 3)],
    "sums of quarters of": [sum(OTHER[at : at + 3]) for at in range(0, 24, 3)],
    "every third month, the first of each quarter, of": OTHER[0:24:3],
    "every third month, the second of each quarter, of": OTHER[1:24:3],
    "every third month, the last of each quarter, of": OTHER[2:24:3],
}


@pytest.mark.parametrize("words", QUARTERS)
def test_what_a_file_of_quarters_may_be(words):
    assert _judged(_quarters(_rounded(QUARTERS[words])), "average").instead == f"{words} other"


def test_a_file_of_quarters_claims_averages():
    averages = [sum(OWN[at : at + 3]) / 3 for at in range(0, 24, 3)]
    label = _judged(_quarters(_rounded(averages)), "average")
    assert (label.compared, label.agreeing, label.instead) == (8, 8, None)
    # A quarter of which a month is not known is not compared.
    known = {month: each for month, each in _known(OWN).items() if month != MONTHS[4]}
    label = judge("own", "average", {p: Decimal(f) for p, f in _quarters(_rounded(averages)).items()}, {"own": known})
    assert (label.compared, label.agreeing) == (7, 7)


UNITS = {
    " in billions of dollars": Decimal("0.001"), " in thousands of dollars": Decimal(1000), " in dollars": Decimal(1_000_000),
    " at annual rates": Decimal(12),
}  # fmt: skip


@pytest.mark.parametrize("of", ["own", "other"])
@pytest.mark.parametrize("words", UNITS)
@pytest.mark.parametrize("sign", [1, -1])
def test_another_unit_or_sign(of, words, sign):
    values = [sign * value * UNITS[words] for value in (OWN if of == "own" else OTHER)[:6]]
    assert _judged(_months(values)).instead == f"the figures of {of}{words}{' with the opposite sign' if sign < 0 else ''}"


def test_the_opposite_sign_alone():
    assert _judged(_months([-value for value in OWN[:6]])).instead == "the figures of own with the opposite sign"
    assert _judged(_months(OTHER[:6])).instead == "the figures of other"


CHANGES = {
    "percent changes from the period before of": (1, lambda before, now: 100 * (now / before - 1)),
    "percent changes from a year before of": (12, lambda before, now: 100 * (now / before - 1)),
    "annual rates of change of": (1, lambda before, now: 100 * ((now / before) ** 12 - 1)),
    "changes from the period before of": (1, lambda before, now: now - before),
    "changes from a year before of": (12, lambda before, now: now - before),
}


@pytest.mark.parametrize("words", CHANGES)
def test_changes_of_a_series(words):
    lag, change = CHANGES[words]
    values = _rounded([change(OTHER[at - lag], OTHER[at]) for at in range(lag, lag + 8)])
    assert _judged(_months(values, lag)).instead == f"{words} other"


def test_changes_of_quarters_are_on_the_quarter_before():
    averages = QUARTERS["averages of quarters of"]
    figures = dict(list(_quarters([0.0, *(now - before for before, now in pairwise(averages))]).items())[1:])
    label = _judged({period: f"{value:.4f}" for period, value in figures.items()}, "average")
    assert label.instead == "changes from the period before of other"


def test_another_base_is_told_by_its_constant():
    values = _rounded([1.25 * value for value in OTHER[:6]], 2)
    assert _judged(_months(values)).instead == "the figures of other on another base or in another unit, times 1.25"


def test_figures_near_another_series_are_of_its_other_vintage():
    """All within the margin, none exact; of two such series it is the nearer one."""
    near = [value + 40 for value in OTHER[:4]]
    label = judge(
        "own", "value", {m: Decimal(v) for m, v in _months(near).items()},
        {"own": _known(OWN, "50"), "other": _known(OTHER, "50"), "another": _known([value + 75 for value in OTHER], "50")},
    )  # fmt: skip
    assert label.instead == "near the figures of another"
    closer = [value + 30 for value in OTHER[:4]]
    label = judge(
        "own", "value", {m: Decimal(v) for m, v in _months(closer).items()},
        {"own": _known(OWN, "50"), "other": _known(OTHER, "50"), "another": _known([value + 75 for value in OTHER], "50")},
    )  # fmt: skip
    assert label.instead == "near the figures of other"
    assert label.sentence == "these are near the figures of other"


def test_what_is_of_another_size_than_the_months_around():
    """Nothing is known of these months themselves: the nearest known month within a year tells the size."""
    after = [add_months(MONTHS[-1], count) for count in (1, 12, 13)]
    known = {"own": _known([1000] * 27, "10")}
    label = judge("own", "value", dict.fromkeys(after, Decimal(5000)), known)
    assert label.bounds == {after[0]: (500, 1500), after[1]: (500, 1500)}
    assert (label.compared, label.far, label.is_contradicted) == (0, 2, False)
    assert label.sentence == "no figure is known to compare with"
    before = [add_months(START, -count) for count in (1, 2, 3)]
    label = judge("own", "value", dict.fromkeys(before, Decimal(1501)), known)
    assert (label.far, label.is_contradicted) == (3, True)
    assert label.sentence == "3 of 3 figures are of another size than those known of the months around"
    assert judge("own", "value", dict.fromkeys(before, Decimal(1500)), known).far == 0
    # Ten margins, where that is more than half.
    wide = judge("own", "value", {before[0]: Decimal(1)}, {"own": _known([1000] * 27, "60")})
    assert wide.bounds == {before[0]: (400, 1600)}


@pytest.mark.parametrize(
    ("compared", "agreeing", "instead", "far", "is_final", "said"),
    [
        (4, 1, None, 0, False, "3 of 4 known figures differ; what these are was not found"), (4, 2, None, 0, False,
        "2 of 4 known figures differ"),
        (1, 0, None, 0, True, "1 of 1 known figures differ; what these are was not found"), (4, 4, "x", 0, False, "these are x"),
        (0, 0, None, 0, False, "no figure is known to compare with"), (2, 0, None, 3, False,
         "3 of 4 figures are of another size than those known of the months around"),
    ],
)  # fmt: skip
def test_what_was_found_in_words(compared, agreeing, instead, far, is_final, said):
    bounds = dict.fromkeys("abcd", (0, 1))
    assert Label(compared, agreeing, instead, bounds, far, is_final).sentence == said


def test_what_is_expected_is_multiplied_with_its_margins():
    assert Expected(3, 2, 1).times(-2) == Expected(-6, 4, 2)
