"""The table of FRED's series as people query it."""

from __future__ import annotations

from trade_assets.facts.columns import (
    BASE_PERIOD,
    CORRECTIONS,
    GAPS,
    KEY_PERIOD,
    LABEL,
    MEASURE,
    OF_RELEASE,
    RELEASE_MONTH,
    SERIES,
    figure,
)
from trade_assets.facts.known import is_index
from trade_assets.facts.period_rules import OWN
from trade_assets.facts.schemas import Fact, Table

FRED_OBSERVATIONS = Table(
    "validated",
    "fred_observations",
    "Series of U.S. trade as FRED offers them: months, and quarters, read as averages of their months.",
    (
        RELEASE_MONTH,
        SERIES,
        LABEL,
        MEASURE,
        KEY_PERIOD,
        *figure("value_musd", "value of an amount", "million_usd", Fact("{series}", None, OWN, lambda series: not is_index(series))),
        *figure("index", "value of a price index", "index", Fact("{series}", None, OWN, is_index), 0),
        BASE_PERIOD,
        GAPS,
        CORRECTIONS,
        OF_RELEASE,
    ),
    key=("reference_month", "series", "measure", "period"),
    family="fred",
    source_tables=("fred_observations",),
)

TABLES = (FRED_OBSERVATIONS,)
"""The validated tables, with the fact behind every figure."""

METRIC_TABLES: tuple[Table, ...] = ()
