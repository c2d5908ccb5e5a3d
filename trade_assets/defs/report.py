"""The report: a page per release month that a reviewer reads, and the index over them."""

import os
from collections.abc import Iterator
from typing import Any

import dagster as dg

from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.publication import DATA_DOCS_LATER, DATA_DOCS_URL
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.specs import asset_deps, asset_out
from trade_assets.facts.tables import DECISIONS, ISSUES, METRICS, REPORTS
from trade_assets.review.pages import FOLDER, month_page_name
from trade_assets.warehouse.root import DataRoot


@dg.multi_asset(
    name="report",
    outs={REPORTS.name: asset_out(REPORTS)},
    deps=asset_deps(ISSUES, DECISIONS, *METRICS),
    partitions_def=RELEASE_MONTHS,
)
def report(context: dg.AssetExecutionContext, data_root: DataRootResource) -> Iterator[Any]:
    """Write the month's page; the index too, unless a run of many months does it at its end."""
    from trade_assets.review.month import write_index, write_page

    root, month = data_root.root, context.partition_key
    frame = write_page(root, month)
    yield dg.Output(frame, output_name=REPORTS.name, metadata=report_link(root, month) if len(frame) else {})
    if DATA_DOCS_LATER not in context.run.tags:
        write_index(root)


def report_link(root: DataRoot, release_month: str) -> dict[str, Any]:
    """The report as http link, since a page may not open ``file://``, and as path for whom nothing serves it."""
    name = month_page_name(release_month)
    path = {"report_file": dg.MetadataValue.path(root.path(FOLDER, name))}
    return {"report": dg.MetadataValue.url(served(name)), **path} if root.is_local else path


def served(name: str) -> str:
    """The address of one of the report's files: ``trade-assets ui`` serves it on whatever port and host shows the link."""
    return f"{os.environ.get(DATA_DOCS_URL, '').rstrip('/')}/{FOLDER}/{name}"
