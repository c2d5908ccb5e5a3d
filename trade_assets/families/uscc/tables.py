"""The tables of the bulletins on trade with China as people query them, and that of their metrics."""

from __future__ import annotations

from trade_assets.facts.columns import (
    CODE,
    CORRECTIONS,
    GAPS,
    KEY_PERIOD,
    LABEL,
    MONTH_PATTERN,
    OF_RELEASE,
    RELEASE_MONTH,
    SERIES,
    figure,
    metric,
    text,
)
from trade_assets.facts.period_rules import CUMULATIVE, NONE, OWN, YEAR_EARLIER, PeriodRule, change, year_to_date
from trade_assets.facts.schemas import Fact, Table


def _technology(flow: str, period: PeriodRule) -> Fact:
    return Fact(f"{flow}.china.advanced_technology.{{code}}", "value", period, blank="total")


CHINA_TRADE_GROWTH = Table(
    "validated",
    "china_trade_growth",
    "Growth of U.S. trade with China, month on month and year to date.",
    (
        RELEASE_MONTH,
        KEY_PERIOD,
        *figure(
            "exports_month_on_month_pct",
            "exports on the month before",
            "percent",
            Fact("exports.china.total", "percent_change", change()),
            -100,
        ),
        *figure(
            "imports_month_on_month_pct",
            "imports on the month before",
            "percent",
            Fact("imports.china.total", "percent_change", change()),
            -100,
        ),
        *figure(
            "exports_year_to_date_pct",
            "exports from January on the same months a year earlier",
            "percent",
            Fact("exports.china.total", "percent_change_year_to_date", year_to_date()),
            -100,
        ),
        *figure(
            "imports_year_to_date_pct",
            "imports from January on the same months a year earlier",
            "percent",
            Fact("imports.china.total", "percent_change_year_to_date", year_to_date()),
            -100,
        ),
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "period"),
    family="uscc",
    source_tables=("china_trade_growth",),
)

CHINA_TOP_FIVE = Table(
    "validated",
    "china_top_five",
    "Top five U.S. exports to and imports from China, month and year to date.",
    (
        RELEASE_MONTH,
        SERIES,
        text("flow", "exports or imports", is_nullable=False, one_of=("exports", "imports")),
        CODE,
        LABEL,
        KEY_PERIOD,
        *figure("value_musd", "value", "million_usd", Fact("{series}", "value", OWN), 0),
        *figure("share_pct", "share of the flow's total", "percent", Fact("{series}", "share", OWN), 0, 100),
        *figure(
            "change_12_months_pct",
            "change on the same month a year earlier",
            "percent",
            Fact("{series}", "percent_change", YEAR_EARLIER),
            -100,
        ),
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "series", "period"),
    family="uscc",
    source_tables=("china_top_five",),
)

CHINA_ADVANCED_TECHNOLOGY = Table(
    "validated",
    "china_advanced_technology",
    "U.S. trade with China in advanced technology products.",
    (
        RELEASE_MONTH,
        text("period", "the month; year to date runs from January to it", is_nullable=False, pattern=MONTH_PATTERN),
        CODE,
        LABEL,
        *figure("exports_month_musd", "exports of the month", "million_usd", _technology("exports", OWN), 0),
        *figure("imports_month_musd", "imports of the month", "million_usd", _technology("imports", OWN), 0),
        *figure("balance_month_musd", "balance of the month", "million_usd", _technology("balance", OWN)),
        *figure("exports_year_to_date_musd", "exports, year to date", "million_usd", _technology("exports", year_to_date()), 0),
        *figure("imports_year_to_date_musd", "imports, year to date", "million_usd", _technology("imports", year_to_date()), 0),
        *figure("balance_year_to_date_musd", "balance, year to date", "million_usd", _technology("balance", year_to_date())),
        *figure(
            "balance_year_earlier_to_date_musd",
            "balance of the same months a year earlier",
            "million_usd",
            _technology("balance", year_to_date(1)),
        ),
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "label"),
    family="uscc",
    source_tables=("china_advanced_technology",),
)

CHINA_OUTBOUND_INVESTMENT = Table(
    "validated",
    "china_outbound_investment",
    "China's outbound non-financial investment, month and cumulative.",
    (
        RELEASE_MONTH,
        KEY_PERIOD,
        *figure("month_total_busd", "investment of the month", "billion_usd", Fact("china.outbound_investment.total", "value", OWN), 0),
        *figure(
            "month_reinvested_profits_busd",
            "of it re-investment of overseas profits",
            "billion_usd",
            Fact("china.outbound_investment.reinvested_profits", "value", OWN),
            0,
        ),
        *figure(
            "month_first_time_busd",
            "of it first-time outbound investment",
            "billion_usd",
            Fact("china.outbound_investment.first_time", "value", OWN),
            0,
        ),
        *figure(
            "cumulative_total_busd",
            "from January, or of the year",
            "billion_usd",
            Fact("china.outbound_investment.total", "value", CUMULATIVE),
            0,
        ),
        *figure(
            "cumulative_reinvested_profits_busd",
            "of it re-investment of overseas profits",
            "billion_usd",
            Fact("china.outbound_investment.reinvested_profits", "value", CUMULATIVE),
            0,
        ),
        *figure(
            "cumulative_first_time_busd",
            "of it first-time outbound investment",
            "billion_usd",
            Fact("china.outbound_investment.first_time", "value", CUMULATIVE),
            0,
        ),
        *figure(
            "cumulative_enterprises",
            "enterprises invested in",
            "count",
            Fact("china.outbound_investment.enterprises", "count", CUMULATIVE),
            0,
        ),
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "period"),
    family="uscc",
    source_tables=("china_outbound_investment",),
)

CHINA_PURCHASING_MANAGER_SURVEYS = Table(
    "validated",
    "china_purchasing_manager_surveys",
    "How many companies China's purchasing-manager surveys ask.",
    (
        RELEASE_MONTH,
        SERIES,
        LABEL,
        *figure("companies_surveyed", "companies surveyed", "count", Fact("{series}", "companies_surveyed", NONE), 0),
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "series"),
    family="uscc",
    source_tables=("china_purchasing_manager_surveys",),
)

CHINA_BALANCES = Table(
    "metrics",
    "china_balances",
    "Trade balance with China by product group, and its share of the deficit in advanced technology.",
    (
        RELEASE_MONTH,
        KEY_PERIOD,
        text("classification", "top_five or advanced_technology", is_nullable=False, one_of=("top_five", "advanced_technology")),
        text("group", "product group", is_nullable=False),
        metric("exports_musd", "exports", "million_usd", "printed_value", "exports.{group_series}"),
        metric("imports_musd", "imports", "million_usd", "printed_value", "imports.{group_series}"),
        metric("balance_musd", "exports minus imports", "million_usd", "exports_less_imports", "exports.{group_series}"),
        metric(
            "share_of_deficit_pct",
            "balance in percent of that of all advanced technology products; only for these",
            "percent",
            "share_of_deficit",
            "exports.{group_series}",
            {r"exports\.china\.(?!advanced_technology\.).+": "no_parts_of_one_balance"},
        ),
        GAPS,
        OF_RELEASE,
    ),
    key=("reference_month", "period", "classification", "group"),
    family="uscc",
)

TABLES = (
    CHINA_TRADE_GROWTH,
    CHINA_TOP_FIVE,
    CHINA_ADVANCED_TECHNOLOGY,
    CHINA_OUTBOUND_INVESTMENT,
    CHINA_PURCHASING_MANAGER_SURVEYS,
)
"""The validated tables, with the fact behind every figure."""

METRIC_TABLES = (CHINA_BALANCES,)
