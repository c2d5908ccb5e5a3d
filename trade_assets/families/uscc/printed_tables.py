"""The tables of a bulletin on trade with China: their columns, and how each prints its figures."""

from __future__ import annotations

from trade_assets.reading.printing import Column

GROWTH = "china_trade_growth"
TOP_FIVE = "china_top_five"
TECHNOLOGY = "china_advanced_technology"
SURVEYS = "china_purchasing_manager_surveys"
INVESTMENT = "china_outbound_investment"
INVESTMENT_SERIES = ("total", "reinvested_profits", "first_time")
TECHNOLOGY_COLUMNS = (
    *(f"{flow}_{name}_musd" for name in ("month", "year_to_date") for flow in ("exports", "imports", "balance")),
    "balance_year_earlier_to_date_musd",
)
INVESTMENT_COLUMNS = (
    *(f"{kind}_{name}_busd" for kind in ("month", "cumulative") for name in INVESTMENT_SERIES),
    "cumulative_enterprises",
)
_NO_PRODUCTS = frozenset(f"{flow}.china.{name}" for flow in ("exports", "imports") for name in ("top_five.other", "total"))
_GROWTH_COLUMNS = tuple(f"{flow}_{change}_pct" for flow in ("exports", "imports") for change in ("month_on_month", "year_to_date"))
TABLES = {
    GROWTH: _GROWTH_COLUMNS,
    TOP_FIVE: ("value_musd", "share_pct", "change_12_months_pct"),
    TECHNOLOGY: TECHNOLOGY_COLUMNS,
    SURVEYS: ("companies_surveyed",),
    INVESTMENT: INVESTMENT_COLUMNS,
}
"""The printed tables that it reads, with the columns of figures that it can give."""
COLUMNS = {
    **dict.fromkeys(_GROWTH_COLUMNS, Column(1, "%")),
    "value_musd": Column(2),
    "share_pct": Column(1, "%"),
    "change_12_months_pct": Column(1, "%", has_gaps=_NO_PRODUCTS),
    **dict.fromkeys(TECHNOLOGY_COLUMNS, Column(0)),
    "companies_surveyed": Column(0),
    # The Ministry has not told every part of every month, and the bulletin prints 14.4 for a year's 14.40.
    **dict.fromkeys(INVESTMENT_COLUMNS, Column(2, has_gaps=True, of_years=(1,))),
    "cumulative_enterprises": Column(0, has_gaps=True),
}
