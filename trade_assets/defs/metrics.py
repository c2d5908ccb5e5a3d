"""Metric assets: derived series of each family."""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.specs import asset_in, asset_out
from trade_assets.facts.tables import (
    CHINA_ADVANCED_TECHNOLOGY,
    CHINA_BALANCES,
    CHINA_TOP_FIVE,
    FUEL_AND_NONFUEL,
    GOODS_AND_SERVICES,
    PRICE_CONTRIBUTIONS,
    PRICE_INDEXES,
    PRICE_RATIOS,
    TRADE_CHANGES,
    TRADE_RATIOS,
)
from trade_assets.metrics import china, prices, trade

_Frames = Iterator[dg.Output[pd.DataFrame]]


@dg.multi_asset(
    name="metrics_ft900",
    outs={table.name: asset_out(table) for table in (TRADE_CHANGES, TRADE_RATIOS)},
    ins={"goods_and_services": asset_in(GOODS_AND_SERVICES)},
    partitions_def=RELEASE_MONTHS,
)
def metrics_ft900(goods_and_services: pd.DataFrame) -> _Frames:
    """Changes, averages, year to date and ratios of goods and services."""
    yield dg.Output(trade.trade_changes(goods_and_services), output_name="trade_changes")
    yield dg.Output(trade.trade_ratios(goods_and_services), output_name="trade_ratios")


@dg.multi_asset(
    name="metrics_mxp",
    outs={table.name: asset_out(table) for table in (PRICE_CONTRIBUTIONS, PRICE_RATIOS, FUEL_AND_NONFUEL)},
    ins={"price_indexes": asset_in(PRICE_INDEXES)},
    partitions_def=RELEASE_MONTHS,
)
def metrics_mxp(price_indexes: pd.DataFrame) -> _Frames:
    """Contributions and ratios of import and export prices."""
    yield dg.Output(prices.price_contributions(price_indexes), output_name="price_contributions")
    yield dg.Output(prices.price_ratios(price_indexes), output_name="price_ratios")
    yield dg.Output(prices.fuel_and_nonfuel(price_indexes), output_name="fuel_and_nonfuel")


@dg.multi_asset(
    name="metrics_uscc",
    outs={"china_balances": asset_out(CHINA_BALANCES)},
    ins={"china_top_five": asset_in(CHINA_TOP_FIVE), "china_advanced_technology": asset_in(CHINA_ADVANCED_TECHNOLOGY)},
    partitions_def=RELEASE_MONTHS,
)
def metrics_uscc(china_top_five: pd.DataFrame, china_advanced_technology: pd.DataFrame) -> _Frames:
    """Balances with China by product group."""
    yield dg.Output(china.china_balances(china_top_five, china_advanced_technology), output_name="china_balances")


metrics = [metrics_ft900, metrics_mxp, metrics_uscc]
