"""Metric assets: derived series of each family, a reason beside every metric that an open issue withholds."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from trade_assets.defs.pages import served
from trade_assets.defs.parts import Asked, Part, Source, part
from trade_assets.defs.specs import KEPT_WITH, asset_key
from trade_assets.facts.frames import WITHHELD
from trade_assets.facts.schemas import Table
from trade_assets.metrics.registry import Metrics, metrics_declared
from trade_assets.review.pages import FOLDER, plot_name
from trade_assets.warehouse.root import DataRoot


def _metrics(family: str, declared: Metrics) -> Part:
    @part(f"metrics_{family}", tables=[table for table in declared.tables if not table.kept_with], needs=declared.sources)
    def metrics_of_family(context: Asked, data_root: Source) -> Iterator[Any]:
        from trade_assets.metrics.wide import metrics_of

        found = metrics_of(family, {table.name: data_root.read(table, context.partition_key) for table in declared.sources})
        for table in (table for table in declared.tables if not table.kept_with):
            kept = {other.name: found[other.name] for other in (table, *KEPT_WITH[asset_key(table)])}
            withheld = sum(int(frame["gaps"].str.contains(WITHHELD, regex=False).sum()) for frame in kept.values())
            shown = _plot(data_root.root, context.partition_key, table, found[table.name])
            yield dg.Output(kept, output_name=table.name, metadata={"rows_with_withheld_metrics": withheld, **shown})

    return metrics_of_family


def _plot(root: DataRoot, month: str, table: Table, frame: pd.DataFrame) -> dict[str, Any]:
    """The plot of a table that has one, as a picture beside the report: the UI shows no drawing of its own in metadata."""
    from trade_assets.review.month import price_categories, trade_months
    from trade_assets.review.report import plots

    if frame.empty or not root.is_local:
        return {}
    name = table.plot
    if name == "trade":
        plot = plots.trade_plot(list(trade_months(frame)), "trade")
    elif name == "prices":
        top = [(each.label, each.change_pct, each.contribution_pct_points) for each in price_categories(frame) if each.is_top_level]
        plot = plots.contribution_plot(top, "prices")
    else:
        return {}
    file = plot_name(month, name)
    root.write(plots.standalone(plot).encode(), FOLDER, file)
    return {"plot": dg.MetadataValue.md(f"![{name}]({served(file)})"), "plot_file": dg.MetadataValue.path(root.path(FOLDER, file))}


metrics = [_metrics(family, declared) for family, declared in metrics_declared().items() if declared.tables]
