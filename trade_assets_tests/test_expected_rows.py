"""Which rows and series a document of each family must have: of every table, in their order, each found by what it prints."""

from itertools import groupby

import pytest

from trade_assets.facts.rows import ExpectedRow, expected_rows
from trade_assets.families.ft900 import rules as of_trade
from trade_assets.families.mxp import rules as of_prices
from trade_assets.families.uscc import rules as of_china

A = (
    "imports.end_use.all_commodities", "imports.end_use.10", "imports.end_use.all_imports_excluding_fuels",
     "exports.end_use.all_commodities",
    "exports.end_use.agricultural_commodities", "exports.end_use.nonagricultural_commodities",
)  # fmt: skip
TRADED = ("exports", "imports")


def test_table_a_has_thirteen_months_and_two_years():
    rows = [row for row in expected_rows("mxp", "2018-07") if row.table == "price_changes"]
    assert [(row.said, row.period) for row in rows] == [
        ("of 2017-07", "2017-06/2017-07"), ("of 2017-08", "2017-07/2017-08"), ("of 2017-09", "2017-08/2017-09"),
        ("of 2017-10", "2017-09/2017-10"), ("of 2017-11", "2017-10/2017-11"), ("of 2017-12", "2017-11/2017-12"),
        ("of 2018-01", "2017-12/2018-01"), ("of 2018-02", "2018-01/2018-02"), ("of 2018-03", "2018-02/2018-03"),
        ("of 2018-04", "2018-03/2018-04"), ("of 2018-05", "2018-04/2018-05"), ("of 2018-06", "2018-05/2018-06"),
        ("of 2018-07", "2018-06/2018-07"), ("of the twelve months to 2017-07", "2016-07/2017-07"),
        ("of the twelve months to 2018-07", "2017-07/2018-07"),
    ]  # fmt: skip
    assert {(row.series, row.measure, row.least) for row in rows} == {(frozenset(A), None, 1)}


def test_detail_tables_have_the_rows_of_their_month():
    rows = [row for row in expected_rows("mxp", "2018-07") if row.table != "price_changes"]
    assert [table for table, _ in groupby(row.table for row in rows)] == [
        "imports_by_end_use", "exports_by_end_use", "imports_by_naics", "exports_by_naics", "imports_by_harmonized_system",
        "exports_by_harmonized_system", "imports_by_locality", "transportation_services",
    ]  # fmt: skip
    series = [series for row in rows for series in row.series]
    assert len(series) == len(set(series)) == len(rows)
    assert {(row.measure, row.period, row.least) for row in rows} == {(None, None, 1)}
    by_series = {next(iter(row.series)): row for row in rows}
    assert by_series["imports.end_use.41"] == ExpectedRow(
        "imports_by_end_use", "'Durables, manufactured' (41)", frozenset({"imports.end_use.41"})
    )
    assert "imports.end_use.all_commodities" in by_series


def _said(latest, table):
    return [row for row in expected_rows("uscc", latest) if row.table == table]


def test_growth_has_four_rows():
    assert _said("2012-11", "china_trade_growth") == [
        ExpectedRow("china_trade_growth", f"'{flow.capitalize()}' of growth {over}", frozenset({f"{flow}.china.total"}), measure)
        for measure, over in (("percent_change", "on the month"), ("percent_change_year_to_date", "to date"))
        for flow in TRADED
    ]


def test_the_top_five_have_five_products_others_and_a_total():
    rows = _said("2012-11", "china_top_five")
    assert [(row.said, row.period, row.least) for row in rows] == [
        found
        for period, name in (("2012-11", "2012-11"), ("2012-01/2012-11", "2012 to date"))
        for flow in TRADED
        for found in (
            (f"of a product of {flow}, {name},", period, 5), (f"'Other' of {flow}, {name},", period, 1), (f"'Total' of {flow}, {name},",
            period, 1)
        )
    ]  # fmt: skip
    assert {row.measure for row in rows} == {"value"}
    products = rows[0].series
    assert "exports.china.top_five.chemicals" in products and len(products) >= 9
    assert not products & {"exports.china.top_five.other", "exports.china.total"}
    assert [row.series for row in rows[1:3]] == [frozenset({"exports.china.top_five.other"}), frozenset({"exports.china.total"})]
    assert rows[3].series == frozenset(each.replace("exports", "imports") for each in products)


def test_technology_has_ten_groups_and_their_total():
    rows = _said("2012-11", "china_advanced_technology")
    assert [row.said for row in rows][:2] + [row.said for row in rows][-1:] == [
        "'TOTAL'",
        "'(01) Biotechnology'",
        "'(10) Nuclear Technology'",
    ]
    assert len(rows) == 11
    assert rows[1].series == {f"{flow}.china.advanced_technology.01" for flow in ("balance", "exports", "imports")}
    assert {(row.measure, row.period, row.least) for row in rows} == {(None, None, 1)}


@pytest.mark.parametrize(
    ("latest", "periods"),
    [
        ("2012-11", [*(f"2012-{month:02}" for month in range(1, 12)), "2011", "2010"]), ("2013-01", ["2013-01", "2012", "2011"]),
        ("2012-12", [*(f"2012-{month:02}" for month in range(1, 13)), "2011", "2010"]),
    ],
)  # fmt: skip
def test_investment_has_the_months_of_its_year_and_two_years(latest, periods):
    rows = _said(latest, "china_outbound_investment")
    assert [(row.said, row.period) for row in rows] == [(f"of {period}", period) for period in periods]
    assert {(row.series, row.measure, row.least) for row in rows} == {
        (
            frozenset(f"china.outbound_investment.{name}" for name in ("total", "reinvested_profits", "first_time", "enterprises")),
            "value",
            1,
        )
    }


def test_the_rows_of_a_bulletin_stand_in_its_order():
    assert [table for table, _ in groupby(row.table for row in expected_rows("uscc", "2012-11"))] == [
        "china_trade_growth", "china_top_five", "china_advanced_technology", "china_outbound_investment",
    ]  # fmt: skip


@pytest.mark.parametrize("family", ["ft900", "fred", "kei"])
def test_other_families_expect_no_rows(family):
    assert list(expected_rows(family, "2018-07")) == []


# Series


def test_goods_and_services_are_nine_series():
    nine = [f"{flow}.{kind}" for flow in ("balance", "exports", "imports") for kind in ("total", "goods", "services")]
    assert of_trade.expected_series(["goods_and_services"], "2020-01") == nine
    assert of_trade.expected_series(["goods_on_two_bases", "annual_changes"], "2020-01") == []


def test_prices_are_those_of_the_tables_that_a_publication_has():
    services = of_prices.expected_series(["transportation_services"], "2018-07")
    assert services and all(series.startswith("transportation.") for series in services)
    assert len(services) == len(set(services))
    both = of_prices.expected_series(["imports_by_end_use", "transportation_services"], "2018-07")
    assert set(services) < set(both) and both[0].startswith("imports.end_use.")
    assert of_prices.expected_series([], "2018-07") == []


def test_trade_with_china_is_of_each_flow():
    assert of_china.expected_series(["china_top_five"], "2012-11") == [
        f"{flow}.china.{name}" for name in ("top_five.other", "total") for flow in TRADED
    ]
    groups = ["total", *(f"{number:02}" for number in range(1, 11))]
    assert of_china.expected_series(["china_advanced_technology"], "2012-11") == [
        f"{flow}.china.advanced_technology.{group}" for group in groups for flow in (*TRADED, "balance")
    ]
    assert of_china.expected_series(["china_outbound_investment"], None)[0] == "china.outbound_investment.total"
    assert of_china.expected_series(["other"], "2012-11") == []
