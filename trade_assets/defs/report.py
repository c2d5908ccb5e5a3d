"""The report: a page per release month that a reviewer reads, and the index over them."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from trade_assets.defs.metrics import wide_metrics
from trade_assets.defs.pages import awaited_families, report_link
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.raw import INPUTS
from trade_assets.defs.resources import SHARED_LATER, DataRootResource
from trade_assets.defs.specs import asset_deps, asset_out
from trade_assets.documents.parse import Parsed, readable_facts
from trade_assets.facts.tables import CELLS, CORRECTIONS, DECISIONS, DOCUMENTS, IN_DOUBT, ISSUES, REPORTS, ROWS, SERIES, UNREAD
from trade_assets.metrics.registry import metrics_declared
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot


@dg.multi_asset(
    name="report",
    outs={REPORTS.name: asset_out(REPORTS)},
    # Only what every month has: a step is skipped when a table above it was not written, and a month without its page looks like one
    # without issues. What a family may not have is made from the facts.
    deps=asset_deps(DOCUMENTS, UNREAD, ISSUES, DECISIONS, CORRECTIONS),
    partitions_def=RELEASE_MONTHS,
)
def report(context: dg.AssetExecutionContext, data_root: DataRootResource) -> Iterator[Any]:
    """Write the month's page; the index too, unless a run of many months does it at its end."""
    from trade_assets.review.month import write_index, write_page

    root, month = data_root.root, context.partition_key
    frame = write_page(root, month, _metrics(context, root, month), awaited_families(root, month, context.run.tags))
    yield dg.Output(frame, output_name=REPORTS.name, metadata=report_link(root, month))
    if SHARED_LATER not in context.run.tags:
        write_index(root)
    _record(context, root, month)


def _record(context: dg.AssetExecutionContext, root: DataRoot, month: str) -> None:
    """Record what the run began with, so that the sensor does not ask for it again; a run of some tables only records nothing."""
    from trade_assets.review.built_from import record_built

    run = context.instance.get_run_by_id(context.run.run_id)
    if run is not None and INPUTS in run.tags:
        record_built(root, month, run.tags[INPUTS])


def _metrics(context: dg.AssetExecutionContext, root: DataRoot, month: str) -> dict[str, pd.DataFrame]:
    """The metrics of each family whose documents can be read."""
    from trade_assets.identities.publish import publish

    parsed = Parsed(*(read_partition(root, table, month) for table in (CELLS, ROWS, SERIES, UNREAD)))
    doubt, corrections = (read_partition(root, table, month) for table in (IN_DOUBT, CORRECTIONS))
    found: dict[str, pd.DataFrame] = {}
    for family, facts in readable_facts(parsed)[0].items():
        try:
            sources = metrics_declared()[family].sources
            found |= wide_metrics(family, {table.name: publish(facts, doubt, corrections, table) for table in sources})
        except Exception as error:  # the step of the metrics fails by itself; here they are only not shown
            context.log.error(f"no metrics of {family} on the page: {type(error).__name__}: {error}")
    return found
