"""The tables of the FT-900 as people query them, and those of its metrics."""

from __future__ import annotations

from trade_assets.facts.columns import (
    CORRECTIONS,
    FLOW3,
    GAPS,
    KEY_PERIOD,
    KIND,
    LABEL,
    MONTH_PATTERN,
    OF_RELEASE,
    RELEASE_MONTH,
    SERIES,
    figure,
    metric,
    text,
)
from trade_assets.facts.period_rules import OWN
from trade_assets.facts.schemas import Column, Fact, Table

_GANDS = tuple(
    column
    for flow in ("balance", "exports", "imports")
    for kind in ("total", "goods", "services")
    for column in figure(
        f"{flow}_{kind}_musd", f"{flow}, {kind}", "million_usd", Fact(f"{flow}.{kind}", "value", OWN), low=None if flow == "balance" else 0
    )
)

_ROW = (
    RELEASE_MONTH,
    KEY_PERIOD,
    text("period_kind", "month, year or year_to_date", is_nullable=False, one_of=("month", "year", "year_to_date")),
    Column("is_revised", "bool", "whether the row carries the mark (R)", is_nullable=False),
)
"""What a printed row is of: a month, a year, or a year to date."""

GOODS_AND_SERVICES = Table(
    "validated",
    "goods_and_services",
    "U.S. trade in goods and services, seasonally adjusted, balance-of-payments basis: months, years, year to date.",
    (
        *_ROW,
        *_GANDS,
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "period"),
    family="ft900",
    source_tables=("goods_and_services",),
)

GOODS_ON_TWO_BASES = Table(
    "validated",
    "goods_on_two_bases",
    "U.S. trade in goods, not seasonally adjusted, on balance-of-payments and Census basis: months, years, year to date.",
    (
        *_ROW,
        *figure("balance_bop_musd", "balance, balance-of-payments basis", "million_usd", Fact("balance.goods_bop_nsa", "value", OWN)),
        *figure("balance_census_musd", "balance, Census basis", "million_usd", Fact("balance.goods_census_nsa", "value", OWN)),
        *figure("exports_bop_musd", "exports, balance-of-payments basis", "million_usd", Fact("exports.goods_bop_nsa", "value", OWN), 0),
        *figure(
            "exports_adjustments_musd",
            "exports, net adjustments from Census to balance-of-payments basis",
            "million_usd",
            Fact("exports.goods_adjustments_nsa", "value", OWN),
        ),
        *figure("exports_census_musd", "exports, Census basis", "million_usd", Fact("exports.goods_census_nsa", "value", OWN), 0),
        *figure("imports_bop_musd", "imports, balance-of-payments basis", "million_usd", Fact("imports.goods_bop_nsa", "value", OWN), 0),
        *figure(
            "imports_adjustments_musd",
            "imports, net adjustments from Census to balance-of-payments basis",
            "million_usd",
            Fact("imports.goods_adjustments_nsa", "value", OWN),
        ),
        *figure("imports_census_musd", "imports, Census basis", "million_usd", Fact("imports.goods_census_nsa", "value", OWN), 0),
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "period"),
    family="ft900",
    source_tables=("goods_on_two_bases",),
)

ANNUAL_CHANGES = Table(
    "validated",
    "annual_changes",
    "Changes of goods and services on the year before, as the annual workbook prints them on sheets of their own.",
    (
        RELEASE_MONTH,
        SERIES,
        LABEL,
        text("period", "the later year", is_nullable=False, pattern=r"\d{4}"),
        *figure(
            "dollar_change_musd", "the year's figure less that of the year before", "million_usd", Fact("{series}", "change_on_year", OWN)
        ),
        *figure(
            "percent_change_pct",
            "change in percent of the year before; of a balance, in percent of its signed figure",
            "percent",
            Fact("{series}", "percent_change_on_year", OWN),
        ),
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "series", "period"),
    family="ft900",
    source_tables=("annual_dollar_change", "annual_percent_change"),
)

_BALANCE = {r"balance\..+": "may_change_sign"}
"""A balance has no change in percent where all rows have one: its sign may change."""

TRADE_CHANGES = Table(
    "metrics",
    "trade_changes",
    "Goods and services by month: changes, three-month average, year to date.",
    (
        RELEASE_MONTH,
        text("period", "month", is_nullable=False, pattern=MONTH_PATTERN),
        FLOW3,
        KIND,
        metric("value_musd", "the published figure", "million_usd", "printed_value"),
        metric("change_1_month_musd", "value minus the value one month earlier", "million_usd", "change_1_month"),
        metric("change_1_month_pct", "change on the month before; not for balances", "percent", "change_1_month_pct", unless=_BALANCE),
        metric("change_12_months_musd", "value minus the value twelve months earlier", "million_usd", "change_12_months"),
        metric(
            "change_12_months_pct",
            "change on the same month a year earlier; not for balances",
            "percent",
            "change_12_months_pct",
            unless=_BALANCE,
        ),
        metric("average_3_months_musd", "mean of the month and the two before it", "million_usd", "average_3_months"),
        metric("year_to_date_musd", "sum from January to the month", "million_usd", "year_to_date"),
        GAPS,
        OF_RELEASE,
    ),
    key=("reference_month", "period", "flow", "kind"),
    family="ft900",
    plot="trade",
)

TRADE_RATIOS = Table(
    "metrics",
    "trade_ratios",
    "Ratios of exports and imports, by month, year and year to date.",
    (
        RELEASE_MONTH,
        KEY_PERIOD,
        metric(
            "exports_to_imports_pct", "total exports as a percentage of total imports", "percent", "exports_to_imports", "exports.total"
        ),
        metric(
            "services_share_of_exports_pct", "services as a percentage of total exports", "percent", "services_share", "exports.services"
        ),
        GAPS,
        OF_RELEASE,
    ),
    key=("reference_month", "period"),
    family="ft900",
    kept_with="metrics.trade_changes",
)

TABLES = (
    GOODS_AND_SERVICES,
    GOODS_ON_TWO_BASES,
    ANNUAL_CHANGES,
)
"""The validated tables, with the fact behind every figure."""

METRIC_TABLES = (TRADE_CHANGES, TRADE_RATIOS)
