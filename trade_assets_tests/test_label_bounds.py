"""What a label's claim is worth at the edge: half of the figures, half of the last place, three figures, either sign."""

from decimal import Decimal

import pytest

from trade_assets.facts.known import Known
from trade_assets.facts.label_judgement import Label, judge, recognised

MONTHS = [f"2020-{number:02d}" for number in range(1, 13)]
VALUES = ("1013", "2467", "1789", "3011", "1297", "2203", "3449", "1601", "2887", "1123", "2657", "1907")
OTHER = ("7901", "5527", "8839", "6113", "9677", "5051", "8209", "6971", "9343", "5783", "7019", "6427")
"""Figures of two series that no unit, sign, change or constant makes of each other."""


def _known(values, margin="0", months=MONTHS):
    return {month: Known(Decimal(value), Decimal(margin)) for month, value in zip(months, values, strict=False)}


def _figures(*values):
    return {month: Decimal(value) for month, value in zip(MONTHS, values, strict=False)}


def _judged(figures, **known):
    return judge("own", "value", figures, known)


@pytest.mark.parametrize(("right", "is_contradicted"), [(4, False), (3, False), (2, False), (1, True), (0, True)])
def test_a_claim_of_which_half_agrees_is_not_contradicted(right, is_contradicted):
    label = _judged(_figures(*VALUES[:right], *OTHER[right:4]), own=_known(VALUES[:4]))
    assert (label.compared, label.agreeing, label.instead, label.is_contradicted) == (4, right, None, is_contradicted)


@pytest.mark.parametrize(("right", "instead"), [(3, None), (2, None), (1, "the figures of other"), (0, "the figures of other")])
def test_what_half_prints_as_it_is_known_needs_no_other_explanation(right, instead):
    """The other series is known of all eight months, its own of four."""
    figures = _figures(*VALUES[:right], *OTHER[right:8])
    assert _judged(figures, own=_known(VALUES[:4]), other=_known(OTHER[:8])).instead == instead


@pytest.mark.parametrize(("fitting", "known", "instead"), [(3, 6, True), (3, 7, False), (2, 4, False), (4, 8, True), (4, 9, False)])
def test_another_series_explains_by_at_least_three_figures_and_half_of_those_known(fitting, known, instead):
    """Of the series that is claimed nothing is known, so that the claim is as good as any."""
    label = _judged(_figures(*OTHER[:fitting], *VALUES[fitting:known]), other=_known(OTHER[:known]))
    assert label.instead == ("the figures of other" if instead else None)


@pytest.mark.parametrize(("agreeing", "instead"), [(1, "the figures of other"), (2, None)])
def test_two_figures_of_another_series_refute_only_what_is_not_plausible(agreeing, instead):
    """Of four figures two or one may be of another vintage of the series: they lie within the margin, and none is exact."""
    near = [str(int(value) + 5) for value in VALUES[:agreeing]]
    figures = _figures(*near, *OTHER[agreeing:4])
    label = _judged(figures, own=_known(VALUES[:4], margin="9"), other=_known(OTHER[2:4], months=MONTHS[2:4]))
    assert (label.agreeing, label.instead) == (agreeing, instead)


@pytest.mark.parametrize(
    ("known", "printed", "agrees"),
    [
        ("1250.5", "1250", True), ("1250.5", "1251", True), ("1250.51", "1250", False), ("1250.5", "1250.4", False),
        ("1250.45", "1250.4", True), ("-1250.5", "-1250", True), ("-1250.5", "-1251", True), ("-1250.51", "-1250", False),
    ],
)  # fmt: skip
def test_a_figure_is_right_to_half_of_its_last_place(known, printed, agrees):
    assert _judged(_figures(printed), own=_known([known])).agreeing == agrees
    # With a margin that much more.
    assert _judged(_figures(printed), own=_known([known], margin="0.02")).agreeing == (agrees or known.endswith("51"))


@pytest.mark.parametrize(("printed", "is_evidence"), [("10", True), ("9", False), ("-10", True), ("-9", False)])
def test_a_figure_of_fewer_than_twenty_half_units_is_no_evidence(printed, is_evidence):
    """Three such figures of another series prove nothing, whatever their sign."""
    label = _judged(_figures(*[printed] * 3), other=_known([printed] * 3))
    assert (label.instead is not None) is is_evidence


def test_a_series_of_balances_is_recognised_by_its_figures():
    """The first that the catalogue knows of the total balance, which are negative: three prove it, two do not."""
    figures = {"1992-01": Decimal(-2026), "1992-02": Decimal(-831), "1992-03": Decimal(-2641)}
    assert recognised("value", figures) == ["balance.total"]
    assert recognised("value", dict(list(figures.items())[:2])) == []


@pytest.mark.parametrize(("place", "words"), [(0, "first"), (1, "second"), (2, "last")])
def test_a_month_of_each_quarter_is_told_in_another_unit_too(place, words):
    quarters = ["2020-01/2020-03", "2020-04/2020-06", "2020-07/2020-09", "2020-10/2020-12"]
    figures = {quarter: Decimal(VALUES[3 * number + place]) * Decimal("7.3") for number, quarter in enumerate(quarters)}
    label = judge("own", "average", figures, {"own": _known(VALUES)})
    assert label.instead == f"every third month, the {words} of each quarter, of own on another base or in another unit, times 7.3"


_TWO_YEARS = (
    1013, 1047, 1029, 1061, 1097, 1071, 1109, 1123, 1103, 1151, 1163, 1129,
    1181, 1217, 1193, 1231, 1249, 1213, 1277, 1291, 1259, 1301, 1321, 1289,
)  # fmt: skip
LEVELS = {f"{2019 + at // 12}-{at % 12 + 1:02d}": value for at, value in enumerate(_TWO_YEARS)}
"""Two years of a series that is known to the last digit."""
CHANGES = {
    "percent changes from the period before of": (1, lambda before, now: 100 * now / before - 100),
    "percent changes from a year before of": (12, lambda before, now: 100 * now / before - 100),
    "annual rates of change of": (1, lambda before, now: ((now / before) ** 12 - 1) * 100),
    "changes from the period before of": (1, lambda before, now: now - before),
    "changes from a year before of": (12, lambda before, now: now - before),
}


@pytest.mark.parametrize("words", CHANGES)
def test_changes_of_a_series_are_told_by_their_kind(words):
    """Each as a publisher prints it, to three decimals, of months whose predecessor is known."""
    lag, change = CHANGES[words]
    months, values = list(LEVELS), list(map(Decimal, LEVELS.values()))
    figures = {months[at]: round(change(values[at - lag], values[at]), 3) for at in range(12, 24)}
    assert _judged(figures, own=_known(LEVELS.values(), months=months)).instead == f"{words} own"
    one_more = {**figures, "2020-06": figures["2020-06"] + Decimal("0.001")}
    label = judge("own", "value", one_more, {"other": _known(LEVELS.values(), months=months)})
    assert label.instead == f"{words} other", "eleven of twelve are enough"


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        ("0.001", " in billions of dollars"), ("1000", " in thousands of dollars"), ("1000000", " in dollars"), ("12", " at annual rates"),
        ("-1", " with the opposite sign"), ("-0.001", " in billions of dollars with the opposite sign"),
        ("-12", " at annual rates with the opposite sign"),
    ],
)  # fmt: skip
def test_another_unit_is_told_by_its_name(factor, words):
    figures = {month: value * Decimal(factor) for month, value in _figures(*VALUES).items()}
    assert _judged(figures, own=_known(VALUES)).instead == f"the figures of own{words}"


@pytest.mark.parametrize(
    ("compared", "agreeing", "far", "around", "is_final", "is_contradicted"),
    [
        # Fewer than three figures to compare with: three or more, and more than half, are of another size.
        (2, 2, 2, 3, False, False), (2, 2, 3, 5, False, True), (2, 2, 3, 6, False, False), (2, 2, 4, 6, False, True),
        (0, 0, 3, 3, False, True), (0, 0, 2, 2, False, False), (0, 0, 0, 0, False, False), (2, 0, 2, 9, False, False),
        # Three to compare with: most of them cannot be of it; what lies around says no more.
        (3, 2, 9, 9, False, False), (3, 1, 0, 9, False, True), (4, 2, 9, 9, False, False), (4, 1, 0, 9, False, True),
        # Where no vintage prints them otherwise, fewer are enough.
        (1, 1, 9, 9, True, False), (1, 0, 0, 9, True, True), (2, 1, 9, 9, True, False), (2, 0, 0, 9, True, True),
    ],
)  # fmt: skip
def test_what_contradicts_a_claim(compared, agreeing, far, around, is_final, is_contradicted):
    bounds = {f"{2000 + number}-01": (1, 2) for number in range(around)}
    assert Label(compared, agreeing, None, bounds, far, is_final).is_contradicted is is_contradicted
    assert Label(compared, agreeing, "another's", bounds, far, is_final).is_contradicted, "whatever agrees"


@pytest.mark.parametrize(
    ("period", "margin", "bounds"),
    [
        # Known is 1000 in January 2020 only; around it half of that, or ten margins if they are more.
        ("2020-01", "7.5", (992, 1008)), ("2020-02", "7.5", (500, 1500)), ("2020-02", "50", (500, 1500)), ("2020-02", "51", (490, 1510)),
        ("2019-12", "0", (500, 1500)), ("2021-01", "0", (500, 1500)), ("2019-01", "0", (500, 1500)), ("2021-02", "0", None),
        ("2018-12", "0", None),
    ],
)  # fmt: skip
def test_a_series_keeps_its_size_for_a_year_around_what_is_known(period, margin, bounds):
    label = judge("own", "value", {period: Decimal(10**6)}, {"own": _known(["1000"], margin=margin, months=["2020-01"])})
    assert label.bounds == ({} if bounds is None else {period: bounds})
    assert label.far == (bounds is not None)


@pytest.mark.parametrize(("value", "is_far"), [("499", True), ("500", False), ("1500", False), ("1501", True), ("-1000", True)])
def test_a_figure_is_of_another_size_beyond_half_of_the_nearest(value, is_far):
    known = {"own": _known(["1000", "4000"], months=["2020-01", "2020-12"])}
    label = judge("own", "value", {"2020-02": Decimal(value)}, known)
    assert (label.far, label.allows("2020-02", float(value))) == (is_far, not is_far)
    assert label.allows("2020-02", None) and label.allows("2030-02", 9.0), "a gap, and what is not held against any"


@pytest.mark.parametrize(
    ("factor", "count", "times"),
    [
        ("1.002", 12, None), ("0.998", 12, None), ("1.003", 12, "1.003"), ("0.997", 12, "0.997"), ("-1.002", 12, None), ("2.5", 12, "2.5"),
        ("-2.5", 12, "-2.5"), ("2.5", 4, "2.5"), ("2.5", 3, None),
    ],
)  # fmt: skip
def test_another_base_is_told_from_four_figures_on_and_beyond_what_rounding_may_do(factor, count, times):
    known = {"own": _known([f"{value}000" for value in VALUES])}
    figures = {month: Decimal(value) * 1000 * Decimal(factor) for month, value in zip(MONTHS, VALUES[:count], strict=False)}
    said = f"the figures of own on another base or in another unit, times {times}" if times else None
    assert judge("own", "value", figures, known).instead == said


def test_quarters_are_told_from_their_averages():
    """Sums, and months that stand for their quarters, beside the averages that a label of quarters claims."""
    values = list(map(Decimal, VALUES))
    quarters = {f"2020-{at + 1:02d}/2020-{at + 3:02d}": values[at : at + 3] for at in (0, 3, 6, 9)}
    known = {"own": _known(VALUES)}
    averages = {quarter: round(sum(of_quarter) / 3, 3) for quarter, of_quarter in quarters.items()}
    label = judge("own", "average", averages, known)
    assert (label.compared, label.agreeing, label.instead) == (4, 4, None)
    for words, how in (
        ("sums of quarters of own", sum), ("every third month, the first of each quarter, of own", lambda three: three[0]),
        ("every third month, the second of each quarter, of own", lambda three: three[1]),
        ("every third month, the last of each quarter, of own", lambda three: three[2]),
    ):  # fmt: skip
        figures = {quarter: how(of_quarter) for quarter, of_quarter in quarters.items()}
        assert judge("own", "average", figures, known).instead == words
