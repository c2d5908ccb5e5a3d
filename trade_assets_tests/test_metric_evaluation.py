"""A formula over a few figures by hand: which series and periods have it, its value, and the reasons of its gaps."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest

from trade_assets.metrics.evaluation import Evaluation, Reason, evaluated
from trade_assets.metrics.formulas import Case, Definition, Operand, Window
from trade_assets.metrics.timelines import Setting, number_of, timelines_of
from trade_assets_tests.known_by_hand import known

SA, NSA = "seasonally adjusted", "not seasonally adjusted"
CHANGE = Case(".+", (Operand(1, "{series}"), Operand(-1, "{series}", Window(1))))
PERCENT = Case(".+", (Operand(1, "{series}"),), (Operand(1, "{series}", Window(1)),), minus=1)


def definition(*cases: Case, **others: Any) -> Definition:
    return Definition("m", "", "{unit}", "ours", "", cases, **others).of_family("f")


def evaluations(*cases: Case, of: tuple[tuple[Any, ...], ...], frequencies: Any = ("month",), **others: Any) -> list[Evaluation]:
    return list(evaluated(definition(*cases, **others), frequencies, timelines_of(known(*of))))


def months(series: str, *figures: str | None, **of_all: Any) -> tuple[tuple[Any, ...], ...]:
    """The figures of a series from 2001-01 on."""
    return tuple((f"2001-{at:02d}", said, {"series": series, **of_all}) for at, said in enumerate(figures, 1))


def values(evaluation: Evaluation) -> list[float | None]:
    return [None if interval is None else interval.value for interval, _ in evaluation.outcomes()]


def is_around(interval: Any, low: Fraction, high: Fraction) -> bool:
    """Whether the bounds are the floats next to these, from outside."""
    return Fraction(interval.low) <= low < Fraction(math.nextafter(interval.low, math.inf)) and Fraction(
        math.nextafter(interval.high, -math.inf)
    ) < high <= Fraction(interval.high)


def at(month: int) -> int:
    return number_of(f"2001-{month:02d}")


# Which series and periods


def test_a_case_is_of_the_series_that_match_it_whole_and_have_all_operands() -> None:
    ratio = Case(
        r"exports\.(?P<kind>.+)", (Operand(1, "exports.{kind}"),), (Operand(1, "imports.{kind}"),), named="ratio.{kind}"
    )  # fmt: skip
    of = months("exports.goods", "6") + months("imports.goods", "3") + months("exports.services", "5") + months("re.exports.goods", "7")
    found = evaluations(ratio, of=of)
    assert [(each.named, each.family, each.frequency, values(each)) for each in found] == [("ratio.goods", "f", "month", [2.0])]


def test_the_series_of_a_metric_is_that_of_its_figures_unless_it_is_named_otherwise() -> None:
    assert [each.named for each in evaluations(CHANGE, of=months("b", "1", "2") + months("a", "1", "2"))] == ["a", "b"]


def test_every_case_is_asked_at_every_frequency() -> None:
    of = (*months("a", "1", "2"), ("2001", "3", {"series": "a"}), ("2002", "5", {"series": "a"}))
    found = evaluations(CHANGE, PERCENT, of=of, frequencies=("year", "month"))
    assert [(each.case.minus, each.frequency, values(each)) for each in found] == [
        (0, "year", [2.0]), (0, "month", [1.0]), (1, "year", [2 / 3]), (1, "month", [1.0]),
    ]  # fmt: skip


def test_an_operand_may_stand_in_another_line_of_time() -> None:
    """A month beside the year to date that ends with it."""
    share = Case(".+", (Operand(1, "{series}"),), (Operand(1, "{series}", frequency="year_to_date"),))
    found = evaluations(share, of=(*months("a", "1", "2"), ("2001-01/2001-02", "8", {"series": "a"})))
    assert [values(each) for each in found] == [[0.25]] and found[0].numbers.tolist() == [at(2)]


def test_a_metric_begins_where_all_windows_lie_within_the_series_and_ends_with_the_leading_one() -> None:
    assert evaluations(CHANGE, of=months("a", "1", "2", "3"))[0].numbers.tolist() == [at(2), at(3)]
    before = Case(".+", (Operand(1, "{series}", Window(2)),))
    assert evaluations(before, of=months("a", "1", "2"))[0].numbers.tolist() == [at(3), at(4)]
    other = Case("a", (Operand(1, "a"),), (Operand(1, "b", Window(1)),))
    assert evaluations(other, of=months("a", "1", "2") + months("b", "1", "2", "3", "4"))[0].numbers.tolist() == [at(2)]


def test_only_adjusted_periods_have_a_metric_that_needs_it() -> None:
    of = tuple(
        (f"2001-{month:02d}", "5", {"series": "a", "seasonal_adjustment": said}) for month, said in enumerate((SA, NSA, SA, None), 1)
    )
    own = Case(".+", (Operand(1, "{series}"),))
    assert evaluations(own, of=of, needs_seasonal_adjustment=True)[0].numbers.tolist() == [at(1), at(3)]
    assert evaluations(own, of=of)[0].numbers.tolist() == [at(1), at(2), at(3), at(4)]


# Values


def test_a_difference_is_uncertain_by_both_roundings() -> None:
    (found,) = evaluations(CHANGE, of=months("a", "5", "7.25"))
    ((interval, reasons),) = found.outcomes()
    assert interval is not None
    assert reasons == () and is_around(interval, Fraction("1.745"), Fraction("2.755")) and interval.value == 2.25


def test_a_percent_change_within_its_interval() -> None:
    (found,) = evaluations(PERCENT, of=months("a", "100", "110"), scale=Fraction(100))
    ((interval, reasons),) = found.outcomes()
    assert interval is not None
    assert reasons == () and interval.value == 10.0
    assert is_around(interval, 100 * (Fraction(219, 201) - 1), 100 * (Fraction(221, 199) - 1))


def test_powers_and_second_quotients() -> None:
    ratio: dict[str, Any] = {"above": (Operand(1, "a"),), "below": (Operand(1, "b"),)}
    of = months("a", "6") + months("b", "3") + months("c", "5") + months("d", "4")
    assert [values(each) for each in evaluations(Case("a", **ratio), of=of, power=2)] == [[4.0]]
    assert [values(each) for each in evaluations(Case("a", **ratio, times=(Operand(1, "c"),)), of=of)] == [[10.0]]
    assert [values(each) for each in evaluations(Case("a", **ratio, times=(Operand(1, "c"),), over=(Operand(1, "d"),)), of=of)] == [[2.5]]
    plain = Case("a", (Operand(1, "a"),), times=(Operand(1, "c"),), over=(Operand(1, "d"),))
    assert [values(each) for each in evaluations(plain, of=of)] == [[7.5]]
    shared = Case("a", (Operand(1, "a"),), (Operand(1, "b"),), both=(Operand(1, "c"),), minus=1)
    assert [values(each) for each in evaluations(shared, of=of, scale=Fraction(16))] == [[16 * (11 / 8 - 1)]]


def test_weights_and_decimals_of_different_series() -> None:
    mean = Case("a", (Operand(2, "a"), Operand(-3, "b", Window(0, 2))))
    (found,) = evaluations(mean, of=months("a", "1", "10.25") + months("b", "1.5", "2"))
    # 2 · 10.25 − 3 · 3.5, each by so much times half a unit of its last place.
    ((interval, _),) = found.outcomes()
    assert interval is not None
    assert interval.value == 10.0 and is_around(interval, Fraction("8.34"), Fraction("11.66"))


# Gaps


def test_a_gap_has_the_reason_of_every_figure_that_is_missing() -> None:
    mean = Case("a", (Operand(1, "a", Window(0, 2)), Operand(1, "b")))
    (found,) = evaluations(mean, of=months("a", "1", "suppressed", "3", "4") + months("b", "1", "withheld", "3"))
    missing = [reasons for _, reasons in found.outcomes()]
    assert missing == [
        [Reason("suppressed", "a", at(2)), Reason("withheld", "b", at(2))], [Reason("suppressed", "a", at(2))],
        [Reason("not_yet_released", "b", at(4))],
    ]  # fmt: skip
    assert values(found) == [None, None, None]


def test_a_missing_figure_is_told_before_another_base() -> None:
    of = (*months("a", "1", "suppressed"), ("2001-03", "3", {"series": "a", "base_period": "2000"}))
    (found,) = evaluations(Case("a", (Operand(1, "a", Window(0, 3)),)), of=of)
    assert found.outcomes() == [(None, [Reason("suppressed", "a", at(2))])]


def test_figures_that_differ_from_the_latest_are_the_reason() -> None:
    of = tuple((f"2001-{month:02d}", "4", {"series": "a", "base_period": base}) for month, base in enumerate("xxyy", 1))
    (found,) = evaluations(Case("a", (Operand(1, "a", Window(0, 3)),)), of=of)
    assert found.outcomes() == [
        (None, [Reason("other_base", "a", at(2)), Reason("other_base", "a", at(1))]), (None, [Reason("other_base", "a", at(2))]),
    ]  # fmt: skip
    (found,) = evaluations(PERCENT, of=of)
    assert [reasons for _, reasons in found.outcomes()] == [(), [Reason("other_base", "a", at(2))], ()]
    assert values(found) == [0.0, None, 0.0]


@pytest.mark.parametrize(
    ("adjustments", "differing"),
    [
        ((SA, None, NSA), [1]),
        ((SA, NSA, None), [1]),
        ((None, SA, NSA), [2]),
        ((SA, None, SA), []),
        ((None, None, SA), []),
        ((SA, NSA, NSA), [1]),
    ],
)
def test_an_adjustment_that_is_not_said_is_that_of_the_next_that_says_it(adjustments: tuple[Any, ...], differing: list[int]) -> None:
    of = tuple((f"2001-{month:02d}", "4", {"series": "a", "seasonal_adjustment": said}) for month, said in enumerate(adjustments, 1))
    (found,) = evaluations(Case("a", (Operand(1, "a", Window(0, 3)),)), of=of)
    ((_, reasons),) = found.outcomes()
    assert [reason.number for reason in reasons] == [at(month) for month in differing]


def test_series_on_different_bases_are_compared_unless_the_metric_asks_for_one() -> None:
    ratio = Case("a", (Operand(1, "a"),), (Operand(1, "b", Window(1)),))
    of = months("a", "4", "6", base_period="2000") + months("b", "2", "3", base_period="1990")
    assert [values(each) for each in evaluations(ratio, of=of)] == [[3.0]]
    (found,) = evaluations(ratio, of=of, has_one_base=True)
    assert found.outcomes() == [(None, [Reason("other_base", "b", at(1))])]
    same = months("a", "4", "6", base_period="2000") + months("b", "2", "3", base_period="2000")
    assert [values(each) for each in evaluations(ratio, of=same, has_one_base=True)] == [[3.0]]


def test_a_divisor_that_may_be_zero_is_the_reason_with_all_that_stands_below() -> None:
    case = Case("a", (Operand(1, "a"),), (Operand(1, "b"),), both=(Operand(1, "c"),), times=(Operand(1, "d"),), over=(Operand(1, "e"),))
    of = months("a", "5") + months("b", "-3") + months("c", "3") + months("d", "7") + months("e", "2")
    (found,) = evaluations(case, of=of)
    assert found.outcomes() == [(None, [Reason("divisor_may_be_zero", series, at(1)) for series in ("b", "c", "e")])]
    (plain,) = evaluations(PERCENT, of=months("a", "0.4", "3"))
    assert values(plain) == [6.5]
    (zero,) = evaluations(PERCENT, of=months("a", "0", "3"))
    assert zero.outcomes() == [(None, [Reason("divisor_may_be_zero", "a", at(1))])]


@pytest.mark.parametrize(
    ("figures", "value"),
    [
        (("5", "6"), 0.2),
        (("-5", "-6"), 0.2),
        (("-5", "6"), None),
        (("5", "-6"), None),
        (("5", "0"), None),
        (("0", "5"), None),
        (("1", "2"), 1.0),
    ],
)
def test_a_percent_change_of_a_balance_is_of_one_sign(figures: tuple[str, ...], value: float | None) -> None:
    (found,) = evaluations(PERCENT, of=months("balance.goods", *figures), is_of_signed=False)
    assert values(found) == [value]
    if value is None:
        assert found.outcomes() == [(None, [Reason("other_sign", "balance.goods", at(2)), Reason("other_sign", "balance.goods", at(1))])]


def test_the_sign_is_asked_of_balances_only_and_where_the_metric_is_not_of_signed_figures() -> None:
    (of_any,) = evaluations(PERCENT, of=months("balance.goods", "-5", "6"))
    (of_exports,) = evaluations(PERCENT, of=months("exports.goods", "-5", "6"), is_of_signed=False)
    assert values(of_any) == values(of_exports) == [-2.2]


def test_the_sign_is_that_of_the_sums_with_what_stands_in_both() -> None:
    case = Case("balance.a", (Operand(1, "balance.a"),), (Operand(1, "balance.b"),), both=(Operand(1, "balance.c"),))
    of = months("balance.a", "-5") + months("balance.b", "-4") + months("balance.c", "8")
    (found,) = evaluations(case, of=of, is_of_signed=False)
    assert values(found) == [0.75]
    of = months("balance.a", "-9") + months("balance.b", "-4") + months("balance.c", "8")
    (found,) = evaluations(case, of=of, is_of_signed=False)
    assert found.outcomes() == [(None, [Reason("other_sign", "balance.a", at(1)), Reason("other_sign", "balance.b", at(1))])]


def test_what_no_float_holds_is_too_large() -> None:
    case = Case("a", (Operand(1, "a"),), (Operand(1, "b"),))
    (found,) = evaluations(case, of=months("a", "900000") + months("b", "0.6", decimals=1), power=99)
    assert found.outcomes() == [(None, [Reason("too_large", "a", at(1)), Reason("too_large", "b", at(1))])]


def test_one_series_that_changes_its_base_is_enough() -> None:
    other = tuple((f"2001-0{month}", "1", {"series": "b", "base_period": base}) for month, base in ((1, "x"), (2, "y")))
    ratio = Case("a", (Operand(1, "a", Window(0, 2)),), (Operand(1, "b", Window(0, 2)),))
    (found,) = evaluations(ratio, of=(*months("a", "1", "2"), *other))
    assert found.outcomes() == [(None, [Reason("other_base", "b", at(1))])]


# Unit, base and adjustment


def test_periods_have_the_setting_of_their_figures() -> None:
    (found,) = evaluations(CHANGE, of=months("a", "1", "2", "3"))
    assert found.settings() == [Setting("musd", "adjusted", None)] * 2
    of = tuple((f"2001-{month:02d}", "4", {"series": "a", "base_period": base}) for month, base in enumerate("xxy", 1))
    (found,) = evaluations(CHANGE, of=of)
    assert [setting.base_period for setting in found.settings()] == ["x", "y"]


def test_a_metric_of_two_series_has_the_unit_of_its_own_and_mixed_adjustments() -> None:
    ratio = Case("a", (Operand(1, "a"),), (Operand(1, "b"),))

    def setting(first: Setting, second: Setting) -> Setting:
        of = [months(name, "2", **each._asdict()) for name, each in (("a", first), ("b", second))]
        ((found,),) = [each.settings() for each in evaluations(ratio, of=of[0] + of[1])]
        return found

    assert setting(Setting("musd", SA, None), Setting("index", SA, "2000")) == Setting("musd", SA, "2000")
    assert setting(Setting("musd", SA, None), Setting("index", NSA, "2000")) == Setting("musd", "mixed", "2000")
    assert setting(Setting("musd", SA, "1990"), Setting("musd", SA, "2000")) == Setting("musd", SA, "1990")
    assert setting(Setting("musd", None, None), Setting("musd", SA, None)) == Setting("musd", "mixed", None)
