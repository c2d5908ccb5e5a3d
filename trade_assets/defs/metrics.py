"""Metric assets: derived series of each family, a reason beside every metric that an open issue withholds."""

from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg
import pandas as pd

from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.report import served
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.specs import asset_deps, asset_out
from trade_assets.facts.frames import WITHHELD
from trade_assets.facts.schemas import Table
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
from trade_assets.metrics.withheld import Frames, with_gaps
from trade_assets.review.pages import FOLDER, plot_name
from trade_assets.warehouse.root import DataRoot

_Compute = Callable[..., pd.DataFrame]

METRICS_OF: dict[str, tuple[tuple[Table, ...], tuple[tuple[Table, _Compute], ...]]] = {
    "ft900": ((GOODS_AND_SERVICES,), ((TRADE_CHANGES, trade.trade_changes), (TRADE_RATIOS, trade.trade_ratios))),
    "mxp": (
        (PRICE_INDEXES,),
        (
            (PRICE_CONTRIBUTIONS, prices.price_contributions),
            (PRICE_RATIOS, prices.price_ratios),
            (FUEL_AND_NONFUEL, prices.fuel_and_nonfuel),
        ),
    ),
    "uscc": ((CHINA_TOP_FIVE, CHINA_ADVANCED_TECHNOLOGY), ((CHINA_BALANCES, china.china_balances),)),
}
"""Per family: the validated tables that its metrics come from, and each metric's table with its function of them."""


def _metrics(family: str) -> dg.AssetsDefinition:
    sources, computed = METRICS_OF[family]
    named = {table.name: table for table in sources}

    @dg.multi_asset(
        name=f"metrics_{family}",
        outs={table.name: asset_out(table) for table, _ in computed},
        deps=asset_deps(*sources),
        partitions_def=RELEASE_MONTHS,
    )
    def metrics_of_family(context: dg.AssetExecutionContext, data_root: DataRootResource) -> Iterator[Any]:
        frames = {name: data_root.read(table, context.partition_key) for name, table in named.items()}
        for table, compute in computed:
            frame = with_gaps(table, _by_name(compute, named), frames, named)
            withheld = int(frame["gaps"].str.contains(WITHHELD, regex=False).sum())
            shown = _plot(data_root.root, context.partition_key, table, frame)
            yield dg.Output(frame, output_name=table.name, metadata={"rows_with_withheld_metrics": withheld, **shown})

    return metrics_of_family


def _by_name(compute: _Compute, sources: dict[str, Table]) -> Callable[[Frames], pd.DataFrame]:
    return lambda frames: compute(*(frames[name] for name in sources))


def _plot(root: DataRoot, month: str, table: Table, frame: pd.DataFrame) -> dict[str, Any]:
    """The plot of a table that has one, as a picture beside the report: the UI shows no drawing of its own in metadata."""
    from trade_assets.review.month import price_categories, trade_months
    from trade_assets.review.report import plots

    if frame.empty or not root.is_local:
        return {}
    if table is TRADE_CHANGES:
        name, plot = "trade", plots.trade_plot(list(trade_months(frame)), "trade")
    elif table is PRICE_CONTRIBUTIONS:
        top = [(each.label, each.change_pct, each.contribution_pct_points) for each in price_categories(frame) if each.is_top_level]
        name, plot = "prices", plots.contribution_plot(top, "prices")
    else:
        return {}
    file = plot_name(month, name)
    root.write(plots.standalone(plot).encode(), FOLDER, file)
    return {"plot": dg.MetadataValue.md(f"![{name}]({served(file)})"), "plot_file": dg.MetadataValue.path(root.path(FOLDER, file))}


metrics = [_metrics(family) for family in METRICS_OF]
