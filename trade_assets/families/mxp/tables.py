"""The tables of import and export prices as people query them, and those of their metrics."""

from __future__ import annotations

from trade_assets.facts.columns import (
    BASE_PERIOD,
    CLASSIFICATION,
    CODE,
    CORRECTIONS,
    FLOW,
    GAPS,
    KEY_PERIOD,
    LABEL,
    MONTH_PATTERN,
    OF_RELEASE,
    RELEASE_MONTH,
    SERIES,
    TABLE,
    figure,
    metric,
    text,
)
from trade_assets.facts.period_rules import MONTH_BEFORE, OWN, change
from trade_assets.facts.schemas import Column, Fact, Table

_PRICE_TABLES = (
    "imports_by_end_use",
    "exports_by_end_use",
    "imports_by_naics",
    "exports_by_naics",
    "imports_by_harmonized_system",
    "exports_by_harmonized_system",
    "imports_by_locality",
    "transportation_services",
)
PRICE_INDEXES = Table(
    "validated",
    "price_indexes",
    "BLS import and export price indexes, relative importances and changes, Tables 1 to 8.",
    (
        RELEASE_MONTH,
        TABLE,
        SERIES,
        FLOW,
        CLASSIFICATION,
        CODE,
        LABEL,
        BASE_PERIOD,
        text("period", "latest index month; other columns are named by their distance from it", is_nullable=False, pattern=MONTH_PATTERN),
        *figure(
            "relative_importance_pct",
            "share in all imports or exports in the month before",
            "percent",
            Fact("{series}", "relative_importance", MONTH_BEFORE),
            0,
            100,
        ),
        *figure("index_previous_month", "index one month earlier", "index", Fact("{series}", "index", MONTH_BEFORE), 0),
        *figure("index_latest_month", "index of the period", "index", Fact("{series}", "index", OWN), 0),
        *figure(
            "change_12_months_pct",
            "change on the same month a year earlier",
            "percent",
            Fact("{series}", "percent_change", change(0, 12)),
            -100,
        ),
        *figure(
            "change_month_minus_3_pct",
            "change in the month three months earlier",
            "percent",
            Fact("{series}", "percent_change", change(3)),
            -100,
        ),
        *figure(
            "change_month_minus_2_pct",
            "change in the month two months earlier",
            "percent",
            Fact("{series}", "percent_change", change(2)),
            -100,
        ),
        *figure("change_month_minus_1_pct", "change in the month before", "percent", Fact("{series}", "percent_change", change(1)), -100),
        *figure("change_latest_month_pct", "change in the period", "percent", Fact("{series}", "percent_change", change()), -100),
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "series"),
    family="mxp",
    source_tables=_PRICE_TABLES,
)

INDEX_LEVELS = Table(
    "validated",
    "index_levels",
    "BLS import and export price indexes by month, from BLS's series files.",
    (
        RELEASE_MONTH,
        SERIES,
        LABEL,
        BASE_PERIOD,
        text("period", "month", is_nullable=False, pattern=MONTH_PATTERN),
        *figure("index", "index", "index", Fact("{series}", "index", OWN), 0),
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "series", "period"),
    family="mxp",
    source_tables=("index_series",),
)

PRICE_CHANGES = Table(
    "validated",
    "price_changes",
    "BLS Table A: percent changes of selected categories, twelve months back.",
    (
        RELEASE_MONTH,
        KEY_PERIOD,
        Column("months", "int", "length of the change: 1 or 12", unit="months", is_nullable=False, low=1, high=12),
        *figure("imports_all_pct", "all imports", "percent", Fact("imports.end_use.all_commodities", "percent_change", OWN), -100),
        *figure("imports_fuel_pct", "fuel imports", "percent", Fact("imports.end_use.10", "percent_change", OWN), -100),
        *figure(
            "imports_nonfuel_pct",
            "nonfuel imports",
            "percent",
            Fact("imports.end_use.all_imports_excluding_fuels", "percent_change", OWN),
            -100,
        ),
        *figure("exports_all_pct", "all exports", "percent", Fact("exports.end_use.all_commodities", "percent_change", OWN), -100),
        *figure(
            "exports_agricultural_pct",
            "agricultural exports",
            "percent",
            Fact("exports.end_use.agricultural_commodities", "percent_change", OWN),
            -100,
        ),
        *figure(
            "exports_nonagricultural_pct",
            "nonagricultural exports",
            "percent",
            Fact("exports.end_use.nonagricultural_commodities", "percent_change", OWN),
            -100,
        ),
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "period"),
    family="mxp",
    source_tables=("price_changes",),
)

PRICE_CONTRIBUTIONS = Table(
    "metrics",
    "price_contributions",
    "Contribution of each End Use category to the change of all imports and all exports.",
    (
        RELEASE_MONTH,
        text("period", "latest index month", is_nullable=False, pattern=MONTH_PATTERN),
        SERIES,
        FLOW,
        CODE,
        LABEL,
        Column("is_top_level", "bool", "whether the category is one of those that add up to all commodities", is_nullable=False),
        metric("relative_importance_pct", "share in the month before", "percent", "printed_importance"),
        metric("change_latest_month_pct", "published change in the period", "percent", "printed_change_1_month"),
        metric("contribution_pct_points", "relative importance times change", "percentage points", "contribution_to_change"),
        GAPS,
        OF_RELEASE,
    ),
    key=("reference_month", "series"),
    family="mxp",
    plot="prices",
)

PRICE_RATIOS = Table(
    "metrics",
    "price_ratios",
    "Export prices over import prices, all commodities. Our ratio, not a published terms-of-trade index.",
    (
        RELEASE_MONTH,
        text("period", "index month", is_nullable=False, pattern=MONTH_PATTERN),
        metric(
            "export_over_import_prices",
            "index of all exports over index of all imports, times 100; ours",
            "index",
            "export_over_import_prices",
        ),
        metric("change_1_month_pct", "change of the ratio on the month before; ours", "percent", "export_over_import_prices_change"),
        GAPS,
        OF_RELEASE,
    ),
    key=("reference_month", "period"),
    family="mxp",
    kept_with="metrics.price_contributions",
)

FUEL_AND_NONFUEL = Table(
    "metrics",
    "fuel_and_nonfuel",
    "Import prices split into fuel and nonfuel.",
    (
        RELEASE_MONTH,
        text("period", "latest index month", is_nullable=False, pattern=MONTH_PATTERN),
        text("component", "fuel or nonfuel", is_nullable=False, one_of=("fuel", "nonfuel")),
        SERIES,
        metric("relative_importance_pct", "share of all imports in the month before", "percent", "printed_importance"),
        metric("change_latest_month_pct", "published change in the period", "percent", "printed_change_1_month"),
        metric("change_12_months_pct", "published change on a year earlier", "percent", "printed_change_12_months"),
        metric("contribution_pct_points", "relative importance times change in the period", "percentage points", "contribution_to_change"),
        GAPS,
        OF_RELEASE,
    ),
    key=("reference_month", "component"),
    family="mxp",
    kept_with="metrics.price_contributions",
)

TABLES = (
    PRICE_INDEXES,
    INDEX_LEVELS,
    PRICE_CHANGES,
)
"""The validated tables, with the fact behind every figure."""

METRIC_TABLES = (PRICE_CONTRIBUTIONS, PRICE_RATIOS, FUEL_AND_NONFUEL)
