"""Metrics of which an operand is missing, or may not be divided by or compared: no figure, and the reason why."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from trade_assets.facts.periods import months_between
from trade_assets.metrics.exact import Quotient, Rounded, power_of_product
from trade_assets.metrics.figures import figures, unsound
from trade_assets_tests.printed_knowledge import EXPORT_PRICES, IMPORT_PRICES, NSA, Places, by_place, computed, knowledge_of


def october_suppressed() -> Places:
    places: Places = {}
    for number, month in enumerate(months_between("2024-01", "2026-12")):
        places["exports.goods", month] = str(100_000 + 37 * number * number)
        places[IMPORT_PRICES, month] = f"{100 + number / 10:.1f}"
    for series in ("exports.goods", IMPORT_PRICES):
        places[series, "2025-10"] = b"suppressed"
    return places


def test_october_2025_suppressed() -> None:
    """No change for a month of which one end is missing, and the reason of each; all others are there."""
    found = computed(october_suppressed())
    reason = "suppressed: 2025-10"
    expected = {
        "change_1_month": ["2025-10", "2025-11"],
        "change_1_month_pct": ["2025-10", "2025-11"],
        "change_12_months": ["2025-10", "2026-10"],
        "change_12_months_pct": ["2025-10", "2026-10"],
        "average_3_months": ["2025-10", "2025-11", "2025-12"],
        "average_3_months_change": months_between("2025-10", "2026-01"),
        "average_3_months_change_pct": months_between("2025-10", "2026-01"),
        "average_3_months_change_3_months": months_between("2025-10", "2026-03"),
        "average_3_months_change_12_months": [*months_between("2025-10", "2025-12"), *months_between("2026-10", "2026-12")],
        "year_to_date": months_between("2025-10", "2025-12"),
        "year_to_date_change": [*months_between("2025-10", "2025-12"), *months_between("2026-10", "2026-12")],
        "annualised_change_1_month": ["2025-10", "2025-11"],
        "annualised_average_3_months_change": months_between("2025-10", "2026-03"),
    }
    for metric, months in expected.items():
        missing = {period: row["gap"] for (name, series, period), row in found.items() if name == metric and row["value"] is None}
        assert missing == dict.fromkeys(months, reason), metric
    indexes = {
        "index_change_1_month_pct": ["2025-10", "2025-11"],
        "index_change_3_months_pct": ["2025-10", "2026-01"],
        "index_change_12_months_pct": ["2025-10", "2026-10"],
    }
    for metric, months in indexes.items():
        missing = {period: row["gap"] for (name, _, period), row in found.items() if name == metric and row["value"] is None}
        assert missing == dict.fromkeys(months, reason), metric
    assert found["change_1_month", "exports.goods", "2025-12"]["value"] == 37 * (23**2 - 22**2)


def test_reasons_are_joined_and_name_the_series_of_another_operand() -> None:
    places = october_suppressed()
    del places["exports.goods", "2025-11"]
    places["exports.goods", "2026-01"] = b"withheld_by_issue_0123456789ab"
    places |= {(EXPORT_PRICES, month): "120.5" for month in months_between("2024-01", "2026-11")}
    places[EXPORT_PRICES, "2026-01"] = b"not_published"
    found = computed(places)
    assert found["average_3_months", "exports.goods", "2025-12"]["gap"] == "suppressed: 2025-10; not_published: 2025-11"
    assert found["change_1_month", "exports.goods", "2026-01"]["gap"] == "withheld_by_issue_0123456789ab: 2026-01"
    assert found["deflated_goods", "exports.goods", "2026-01"]["gap"] == (
        f"withheld_by_issue_0123456789ab: 2026-01; not_published: {EXPORT_PRICES} 2026-01"
    )
    # The index of the latest month is still to come, and the metric has a row that says so.
    assert found["deflated_goods", "exports.goods", "2026-12"]["gap"] == f"not_yet_released: {EXPORT_PRICES} 2026-12"
    assert found["deflated_goods", "exports.goods", "2026-11"]["gap"] is None


def test_nothing_is_said_of_months_that_are_yet_to_be_released() -> None:
    places: Places = {("exports.goods", month): "100" for month in months_between("2020-01", "2020-06")}
    places |= {("exports.goods", month): b"not_yet_released" for month in months_between("2020-07", "2020-12")}
    places["exports.services", "2020-01"] = b"not_yet_released"
    found = computed(places)
    assert {period for _, _, period in found} == set(months_between("2020-01", "2020-06"))
    assert {series for _, series, _ in found} == {"exports.goods"}


def test_a_year_to_date_begins_with_a_january_that_is_known() -> None:
    places: Places = {("exports.goods", month): "100" for month in months_between("2019-03", "2021-02")}
    found = computed(places)
    to_date = {period: row["value"] for (metric, _, period), row in found.items() if metric == "year_to_date"}
    assert to_date == {month: 100 * int(month[5:]) for month in months_between("2020-01", "2021-02")}
    assert [period for metric, _, period in found if metric == "year_to_date_change"] == ["2021-01", "2021-02"]


def test_a_document_that_could_not_be_read_is_a_gap_of_its_month() -> None:
    places: Places = {("exports.goods", month): "100" for month in months_between("2020-01", "2020-06")}
    places["exports.goods", "2020-07"] = b"not_read"
    row = computed(places)["change_1_month", "exports.goods", "2020-07"]
    assert (row["value"], row["gap"]) == (None, "not_read: 2020-07")


def test_a_percent_change_of_a_balance_is_there_where_the_sign_surely_stays() -> None:
    """Positive where the deficit, or the surplus, grew; between a deficit and a surplus there is none."""
    deficit, surplus = months_between("2018-01", "2018-12"), months_between("2019-01", "2019-12")
    for series in ("balance.total", "exports.goods_adjustments_nsa"):
        places: Places = {(series, month): "-500" for month in deficit} | {(series, month): "400" for month in surplus}
        places |= {(series, "2018-06"): "-600", (series, "2019-06"): "500"}
        found = computed(places)
        grown = found["change_1_month_pct", series, "2018-06"]
        assert (grown["value"], grown["low"], grown["high"]) == (
            20, pytest.approx(100 * (599.5 / 500.5 - 1)), pytest.approx(100 * (600.5 / 499.5 - 1))
        )  # fmt: skip
        assert found["change_1_month", series, "2018-06"]["value"] == -100
        assert found["change_1_month_pct", series, "2019-06"]["value"] == 25
        assert found["change_1_month_pct", series, "2019-01"]["gap"] == "other_sign: 2018-12; other_sign: 2019-01"
        assert found["change_1_month", series, "2019-01"]["value"] == 900
        assert found["year_to_date_change_pct", series, "2019-06"]["gap"] == "other_sign: 2018-06; other_sign: 2019-06"


def test_a_balance_that_may_be_zero_has_no_percent_change() -> None:
    places: Places = {("balance.total", month): said for month, said in (("2020-01", "-9"), ("2020-02", "-0.4"), ("2020-03", "0"))}
    found = computed(places)
    assert found["change_1_month_pct", "balance.total", "2020-02"]["value"] == pytest.approx(100 * (0.4 / 9 - 1))
    assert found["change_1_month_pct", "balance.total", "2020-03"]["gap"] == "other_sign: 2020-02; other_sign: 2020-03"
    # A divisor that is surely negative divides.
    assert power_of_product([Quotient(Rounded(6, 1), Rounded(-4, 1))], Fraction(1), 1, 0) == (-1.5, -7 / 3, -1.0)


def test_a_month_that_no_document_read_prints_is_not_read() -> None:
    """Only a document with months before and after it says that a month is not published."""
    months = months_between("2020-01", "2020-12")
    places: Places = {("exports.goods", month): "100" for month in months if month not in ("2020-03", "2020-07", "2020-08")}
    known = knowledge_of(places)
    known["published_in"] = ["2020-07" if period < "2020-07" else "2021-01" for period in known["period"]]
    found = by_place(figures(known))
    gaps = {period: row["gap"] for (metric, _, period), row in found.items() if metric == "average_3_months" and row["gap"]}
    assert gaps == {
        **dict.fromkeys(("2020-03", "2020-04", "2020-05"), "not_published: 2020-03"), "2020-07": "not_read: 2020-07",
        "2020-08": "not_read: 2020-07; not_read: 2020-08", "2020-09": "not_read: 2020-07; not_read: 2020-08",
        "2020-10": "not_read: 2020-08",
    }  # fmt: skip


def test_a_month_said_to_come_while_later_ones_are_known_is_not_read() -> None:
    places: Places = {("exports.goods", month): "100" for month in months_between("2020-01", "2020-09")}
    places |= {("exports.goods", month): b"not_yet_released" for month in ("2020-10", "2020-11")}
    places |= {("exports.goods", month): "100" for month in months_between("2020-12", "2021-02")}
    known = knowledge_of(places)
    known["published_in"] = ["2020-11" if period < "2020-12" else "2021-04" for period in known["period"]]
    found = by_place(figures(known))
    assert found["change_1_month", "exports.goods", "2020-10"]["gap"] == "not_read: 2020-10"
    assert found["change_1_month", "exports.goods", "2020-12"]["gap"] == "not_read: 2020-11"
    # One that a document could not be read of does not span the months before it.
    places = {("exports.goods", month): "100" for month in ("2020-01", "2020-02")} | {("exports.goods", "2020-04"): b"not_read"}
    assert computed(places)["average_3_months", "exports.goods", "2020-04"]["gap"] == "not_read: 2020-03; not_read: 2020-04"


def test_figures_on_two_bases_are_not_compared() -> None:
    places: Places = {
        (series, month): "150.0" for series in (EXPORT_PRICES, IMPORT_PRICES) for month in months_between("2020-01", "2020-06")
    }
    known = knowledge_of(places)
    known.loc[(known["series"] == IMPORT_PRICES) & (known["period"] < "2020-03"), "base_period"] = "1995"
    found = by_place(figures(known))
    assert found["index_change_1_month_pct", IMPORT_PRICES, "2020-02"]["value"] == 0
    assert found["index_change_1_month_pct", IMPORT_PRICES, "2020-03"]["gap"] == "other_base: 2020-02"
    assert found["index_change_1_month_pct", IMPORT_PRICES, "2020-04"]["value"] == 0
    assert found["export_over_import_prices", EXPORT_PRICES, "2020-02"]["gap"] == f"other_base: {IMPORT_PRICES} 2020-02"
    assert found["export_over_import_prices", EXPORT_PRICES, "2020-03"]["value"] == 100
    assert found["index_change_3_months_pct", IMPORT_PRICES, "2020-04"]["gap"] == "other_base: 2020-01"


def test_adjusted_and_unadjusted_figures_are_a_gap_and_no_change() -> None:
    """Until February the series is not seasonally adjusted; in April the document does not say, and is taken for no other."""
    known = knowledge_of({("exports.goods", month): "100" for month in months_between("2020-01", "2020-06")})
    known.loc[known["period"] <= "2020-02", "seasonal_adjustment"] = NSA
    known.loc[known["period"] == "2020-04", "seasonal_adjustment"] = None
    found = by_place(figures(known))
    changes = {period: (row["value"], row["gap"]) for (metric, _, period), row in found.items() if metric == "change_1_month_pct"}
    assert changes == {
        "2020-02": (0.0, None), "2020-03": (None, "other_base: 2020-02"), "2020-04": (0.0, None), "2020-05": (0.0, None),
        "2020-06": (0.0, None),
    }  # fmt: skip
    average = {period: row["gap"] for (metric, _, period), row in found.items() if metric == "average_3_months"}
    assert average == {
        "2020-03": "other_base: 2020-01; other_base: 2020-02", "2020-04": "other_base: 2020-02", "2020-05": None, "2020-06": None,
    }  # fmt: skip


def test_nothing_is_divided_by_what_may_be_zero() -> None:
    found = computed({("exports.goods", "2020-01"): "0", ("exports.goods", "2020-02"): "7", ("exports.goods", "2020-03"): "0"})
    assert found["change_1_month_pct", "exports.goods", "2020-02"]["gap"] == "divisor_may_be_zero: 2020-01"
    # Fallen to what prints as zero: by 100 percent, or by somewhat less or more.
    fallen = found["change_1_month_pct", "exports.goods", "2020-03"]
    assert (fallen["value"], fallen["low"] < -100 < fallen["high"]) == (-100, True)
    assert found["annualised_change_1_month", "exports.goods", "2020-03"]["low"] == -100
    huge = computed({("exports.goods", "2020-01"): "0.00000000000001", ("exports.goods", "2020-02"): "999999999999999"})
    assert huge["annualised_change_1_month", "exports.goods", "2020-02"]["gap"] == "too_large: 2020-01; too_large: 2020-02"


def test_unsound_rows_are_found() -> None:
    frame = figures(knowledge_of(october_suppressed()))
    at = {name: frame.index[frame["value"].isna() if name == "gap" else frame["value"].notna()][0] for name in ("value", "gap")}
    assert unsound(frame).empty and len(frame)
    for row, column, wrong in (
        (at["value"], "value", pd.NA), (at["value"], "gap", "suppressed: 2025-10"),
        (at["value"], "low", frame.loc[at["value"], "high"] + 1),
        (at["value"], "high", pd.NA), (at["gap"], "gap", pd.NA), (at["gap"], "value", 1.0), (at["gap"], "low", 1.0),
        (at["value"], "metric", "no_such_metric"),
    ):  # fmt: skip
        broken = frame.copy()
        broken.loc[row, column] = wrong
        assert unsound(broken).index.tolist() == [row], (column, wrong)


def test_each_release_of_a_month_has_its_metrics() -> None:
    """After the first the balance of June was 10, after the second it is 12, and July is known."""
    places: Places = {("balance.total", "2020-05"): "4", ("balance.total", "2020-06"): "10"}
    later: Places = places | {("balance.total", "2020-06"): "12", ("balance.total", "2020-07"): "15"}
    known = [knowledge_of(places, reference_month="2020-06"), knowledge_of(later, reference_month="2020-07")]
    found = figures(pd.concat(known, ignore_index=True))
    changes = found[(found["metric"] == "change_1_month") & (found["series"] == "balance.total")]
    assert changes[["reference_month", "period", "value"]].to_numpy().tolist() == [
        ["2020-06", "2020-06", 6.0], ["2020-07", "2020-06", 8.0], ["2020-07", "2020-07", 3.0],
    ]  # fmt: skip


def test_what_was_published_later_is_refused() -> None:
    known = knowledge_of({("balance.total", "2020-05"): "4", ("balance.total", "2020-06"): "10"}, "2020-08")
    known.loc[1, "published_in"] = "2020-09"
    with pytest.raises(ValueError, match=r"^balance\.total 2020-06 was published in 2020-09, which 2020-08 could not know$"):
        figures(known)
