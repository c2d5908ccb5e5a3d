"""Which fact or metric each figure of a wide table is: its series, measure and period, in a row of November 2012."""

import pytest

from trade_assets.facts import completeness
from trade_assets.facts.families import families, parts

ROW, CHANGE, TO_DATE = "2012-11", "2012-10/2012-11", "2012-01/2012-11"
ALL, TECHNOLOGY, OUTBOUND = "end_use.all_commodities", "china.advanced_technology.{code}", "china.outbound_investment"
FLOWS = ("balance", "exports", "imports")
KINDS = ("total", "reinvested_profits", "first_time")

FACTS = {
    "goods_and_services": {
        f"{flow}_{kind}_musd": (f"{flow}.{kind}", "value", ROW) for flow in FLOWS for kind in ("total", "goods", "services")
    },
    "goods_on_two_bases": {
        f"{flow}_{basis}_musd": (f"{flow}.goods_{basis}_nsa", "value", ROW)
        for flow in FLOWS for basis in ("bop", "census", *(("adjustments",) if flow != "balance" else ()))
    },
    "annual_changes": {
        "dollar_change_musd": ("{series}", "change_on_year", ROW), "percent_change_pct": ("{series}", "percent_change_on_year", ROW),
    },
    "price_indexes": {
        "relative_importance_pct": ("{series}", "relative_importance", "2012-10"), "index_previous_month": ("{series}", "index", "2012-10"),
        "index_latest_month": ("{series}", "index", ROW), "change_12_months_pct": ("{series}", "percent_change", "2011-11/2012-11"),
        "change_month_minus_3_pct": ("{series}", "percent_change", "2012-07/2012-08"),
        "change_month_minus_2_pct": ("{series}", "percent_change", "2012-08/2012-09"),
        "change_month_minus_1_pct": ("{series}", "percent_change", "2012-09/2012-10"),
        "change_latest_month_pct": ("{series}", "percent_change", CHANGE),
    },
    "index_levels": {"index": ("{series}", "index", ROW)},
    "price_changes": {
        "imports_all_pct": (f"imports.{ALL}", "percent_change", ROW), "imports_fuel_pct": ("imports.end_use.10", "percent_change", ROW),
        "imports_nonfuel_pct": ("imports.end_use.all_imports_excluding_fuels", "percent_change", ROW),
        "exports_all_pct": (f"exports.{ALL}", "percent_change", ROW),
        "exports_agricultural_pct": ("exports.end_use.agricultural_commodities", "percent_change", ROW),
        "exports_nonagricultural_pct": ("exports.end_use.nonagricultural_commodities", "percent_change", ROW),
    },
    "fred_observations": {"value_musd": ("{series}", None, ROW), "index": ("{series}", None, ROW)},
    "china_trade_growth": {
        **{f"{flow}_month_on_month_pct": (f"{flow}.china.total", "percent_change", CHANGE) for flow in FLOWS[1:]},
        **{f"{flow}_year_to_date_pct": (f"{flow}.china.total", "percent_change_year_to_date", TO_DATE) for flow in FLOWS[1:]},
    },
    "china_top_five": {
        "value_musd": ("{series}", "value", ROW), "share_pct": ("{series}", "share", ROW),
        "change_12_months_pct": ("{series}", "percent_change", "2011-11/2012-11"),
    },
    "china_advanced_technology": {
        **{f"{flow}_month_musd": (f"{flow}.{TECHNOLOGY}", "value", ROW) for flow in FLOWS},
        **{f"{flow}_year_to_date_musd": (f"{flow}.{TECHNOLOGY}", "value", TO_DATE) for flow in FLOWS},
        "balance_year_earlier_to_date_musd": (f"balance.{TECHNOLOGY}", "value", "2011-01/2011-11"),
    },
    "china_outbound_investment": {
        **{f"month_{kind}_busd": (f"{OUTBOUND}.{kind}", "value", ROW) for kind in KINDS},
        **{f"cumulative_{kind}_busd": (f"{OUTBOUND}.{kind}", "value", TO_DATE) for kind in KINDS},
        "cumulative_enterprises": (f"{OUTBOUND}.enterprises", "count", TO_DATE),
    },
    "china_purchasing_manager_surveys": {"companies_surveyed": ("{series}", "companies_surveyed", None)},
}  # fmt: skip
UNITS = {"_musd": "million_usd", "_busd": "billion_usd", "_pct": "percent"}


def _table(name):
    """A validated table of a family that is declared whole."""
    family = next(each for each, of in parts("tables").items() if any(table.name == name for table in of))
    assert list(completeness._missing(families()[family])) == []
    return next(table for table in parts("tables")[family] if table.name == name)


@pytest.mark.parametrize("name", FACTS)
def test_each_figure_is_a_fact(name):
    table = _table(name)
    holds = {column.name: column.holds for column in table.columns if column.holds is not None}
    assert {each: (fact.series, fact.measure, fact.period.of_figure(ROW)) for each, fact in holds.items()} == FACTS[name]
    assert set(table.figures) == set(holds)
    for each in holds:
        ending = next((ending for ending in UNITS if each.endswith(ending)), None)
        assert table.by_name[each].unit == (UNITS[ending] if ending else "count" if table.family == "uscc" else "index")


def test_an_amount_and_an_index_stand_in_columns_of_their_own():
    table = _table("fred_observations")
    of = [table.by_name[name].holds.is_of for name in ("value_musd", "index")]
    assert [[is_of(series) for is_of in of] for series in ("balance.total", "imports.end_use.all_commodities")] == [
        [True, False], [False, True],
    ]  # fmt: skip


def test_a_group_without_a_code_is_the_total():
    fact = _table("china_advanced_technology").by_name["exports_month_musd"].holds
    assert fact.series_of({"code": None}) == "exports.china.advanced_technology.total"
    assert fact.series_of({"code": "01"}) == "exports.china.advanced_technology.01"


GROUP = "{group_series}"
METRICS = {
    "trade_changes": {
        "value_musd": ("printed_value", "{series}"), "change_1_month_musd": ("change_1_month", "{series}"),
        "change_1_month_pct": ("change_1_month_pct", "{series}"), "change_12_months_musd": ("change_12_months", "{series}"),
        "change_12_months_pct": ("change_12_months_pct", "{series}"), "average_3_months_musd": ("average_3_months", "{series}"),
        "year_to_date_musd": ("year_to_date", "{series}"),
    },
    "trade_ratios": {
        "exports_to_imports_pct": ("exports_to_imports", "exports.total"),
        "services_share_of_exports_pct": ("services_share", "exports.services"),
    },
    "price_contributions": {
        "relative_importance_pct": ("printed_importance", "{series}"), "change_latest_month_pct": ("printed_change_1_month", "{series}"),
        "contribution_pct_points": ("contribution_to_change", "{series}"),
    },
    "price_ratios": {
        "export_over_import_prices": ("export_over_import_prices", "{series}"),
        "change_1_month_pct": ("export_over_import_prices_change", "{series}"),
    },
    "fuel_and_nonfuel": {
        "relative_importance_pct": ("printed_importance", "{series}"), "change_latest_month_pct": ("printed_change_1_month", "{series}"),
        "change_12_months_pct": ("printed_change_12_months", "{series}"), "contribution_pct_points": ("contribution_to_change", "{series}"),
    },
    "china_balances": {
        "exports_musd": ("printed_value", f"exports.{GROUP}"), "imports_musd": ("printed_value", f"imports.{GROUP}"),
        "balance_musd": ("exports_less_imports", f"exports.{GROUP}"), "share_of_deficit_pct": ("share_of_deficit", f"exports.{GROUP}"),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", METRICS)
def test_each_metric_of_a_wide_table_is_of_a_series(name):
    table = next(table for of in parts("tables", "METRIC_TABLES").values() for table in of if table.name == name)
    assert {each: (computed.metric, computed.series) for each, computed in table.metrics.items()} == METRICS[name]
    signed = [each for each, computed in table.metrics.items() if computed.without("balance.total") is not None]
    assert signed == (["change_1_month_pct", "change_12_months_pct"] if name == "trade_changes" else [])
    for each, computed in table.metrics.items():
        reason = computed.without("exports.china.top_five.chemicals")
        assert reason == ("no_parts_of_one_balance" if each == "share_of_deficit_pct" else None)
        assert computed.without("exports.china.advanced_technology.01") is None
