"""Metrics of shipped documents and samples, against plain fractions and the publishers' own figures."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from trade_assets.facts.frames import wide
from trade_assets.facts.periods import months_between
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.metrics.definitions import BY_METRIC
from trade_assets.metrics.figures import figures
from trade_assets.metrics.wide import metrics_of
from trade_assets.reading import read_document
from trade_assets_tests.facts_by_schema import shipped_facts, shipped_knowledge
from trade_assets_tests.plain_formulas import FORMULAS, is_in_range, known_from
from trade_assets_tests.printed_knowledge import EXPORT_PRICES, Places, by_place, computed
from trade_assets_tests.shared_documents import shared_sample


@pytest.fixture(scope="module")
def trade() -> tuple[pd.DataFrame, dict[tuple[str, str, str], dict[str, Any]]]:
    known = shipped_knowledge("ft900", "2016-11")
    return known, by_place(figures(known))


def test_metrics_of_the_shipped_trade_release(trade: Any, thinned: Any, is_whole: bool) -> None:
    """Every month of the printed table, or every seventh, which are all twelve in turn, computed again from its cells."""
    known, found = trade
    figures_known = known[known["value"].notna() & known["period"].str.fullmatch(r"\d{4}-\d\d")]
    printed = {
        (series, period): Fraction(int(value))
        for series, period, value in zip(figures_known["series"], figures_known["period"], figures_known["value"], strict=True)
    }
    true, months = known_from(printed), months_between("1992-01", "2016-09")
    first, months, checked = months[0], thinned(months, 7), 0
    for (metric, series), formula in FORMULAS.items():
        for month in months if BY_METRIC[metric].cases[0].above[0].family != "mxp" and metric != "deflated_goods" else ():
            if is_in_range(formula, first, month):
                row = found[metric, series, month]
                assert (row["value"], row["gap"]) == (float(formula(true, month)), None), (metric, series, month)
                checked += 1
    assert checked > (47_000 if is_whole else 6_700)
    assert {row["release_month"] for row in found.values()} == {"2016-11"}
    assert max(period for _, _, period in found if len(period) == 7) == "2016-09"
    # No balance changes its sign in it, so that nothing at all is missing.
    assert not any(row["gap"] for row in found.values())
    # By hand: total exports of September, August and July 2016 as printed.
    assert found["average_3_months", "exports.total", "2016-09"]["value"] == float(Fraction(189_195 + 188_159 + 186_381, 3))


def test_printed_years_and_years_to_date_lie_in_the_interval(trade: Any) -> None:
    """An independent source: the publisher's sums of unrounded months, each within half a million of its print."""
    known, found = trade
    sums = known[known["value"].notna() & ~known["period"].str.fullmatch(r"\d{4}-\d\d")]
    assert len(sums) == 9 * 25
    for series, period, value in zip(sums["series"], sums["period"], sums["value"], strict=True):
        row = found["year_to_date", series, f"{period}-12" if len(period) == 4 else period[-7:]]
        assert row["low"] - 0.5 <= value <= row["high"] + 0.5, (series, period)


def test_the_figures_agree_with_the_wide_table_of_changes(trade: Any) -> None:
    facts, _ = shipped_facts("ft900", "2016-11")
    changes = metrics_of("ft900", {"goods_and_services": wide(facts, GOODS_AND_SERVICES)})["trade_changes"]
    names = {"change_1_month": "_musd", "change_12_months": "_musd", "average_3_months": "_musd", "year_to_date": "_musd",
             "change_1_month_pct": "", "change_12_months_pct": ""}  # fmt: skip
    compared = 0
    for row in changes.to_dict("records"):
        for metric, suffix in names.items():
            other = trade[1].get((metric, f"{row['flow']}.{row['kind']}", row["period"]))
            value = row[f"{metric}{suffix}"]
            if row["flow"] == "balance" and metric.endswith("_pct"):
                assert pd.isna(value)
                continue
            assert pd.isna(value) == (other is None or other["value"] is None)
            if other is not None and other["value"] is not None:
                assert value == other["value"]
                compared += 1
    assert compared > 14_000


def test_price_changes_round_to_the_printed_ones() -> None:
    """An independent source: BLS prints the change of the latest month of all 274 series that print two indexes."""
    known = shipped_knowledge("mxp", "2018-08")
    found = by_place(figures(known))
    changes = known[(known["measure"] == "percent_change") & (known["period"] == "2018-06/2018-07") & known["value"].notna()]
    printed = dict(zip(changes["series"], changes["value"], strict=True))
    computed_changes = {series: row for (metric, series, _), row in found.items() if metric == "index_change_1_month_pct"}
    assert len(computed_changes) == 274
    for series, row in computed_changes.items():
        assert abs(row["value"] - printed[series]) <= 0.05 + 1e-9, series
        assert row["low"] < row["value"] < row["high"] and row["period"] == "2018-07"
    assert found["export_over_import_prices", EXPORT_PRICES, "2018-07"]["value"] == float(Fraction(100 * 1274, 1281))
    # Exports by destination are not in these releases, so that there are no terms of trade.
    assert not [key for key in found if key[0] == "terms_of_trade"]


def test_the_average_of_november_2021_as_the_release_says() -> None:
    """Exhibit 1 of reference month 2021-12: average exports of 2021-11 up by 3,779; the release of November said 3.7 billion, before
    the revision of its latest months."""
    path = shared_sample("ft900-exhibit-1/exh1_2021-12.xlsx")
    reading = read_document(path.read_bytes(), path.name)
    cells = pd.DataFrame(reading.cells)
    of_exports = cells[(cells["series"] == "exports.total") & (cells["measure"] == "value") & cells["value"].notna()]
    places: Places = {
        ("exports.total", period): str(int(value))
        for period, value in zip(of_exports["period"], of_exports["value"], strict=True)
        if len(period) == 7
    }
    row = computed(places)["average_3_months_change", "exports.total", "2021-11"]
    assert round(row["value"]) == 3779
    # Two of the four months that two averages hold are in both, so that only the two others round: each by half a million.
    assert (row["low"], row["high"]) == (pytest.approx(row["value"] - 1 / 3), pytest.approx(row["value"] + 1 / 3))
