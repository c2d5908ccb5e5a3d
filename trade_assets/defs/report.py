"""The report: a page per release month that a reviewer reads, and the index over them."""

import os
from collections.abc import Iterator
from typing import Any

import dagster as dg

from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.publication import DATA_DOCS_LATER, DATA_DOCS_URL
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.specs import asset_deps, asset_out
from trade_assets.facts.tables import METRICS, REPORTS, VALIDATED
from trade_assets.review.month import FOLDER, write_index, write_page
from trade_assets.review.report import INDEX_PAGE, month_page_name
from trade_assets.warehouse.root import DataRoot


@dg.multi_asset(
    name="report",
    outs={REPORTS.name: asset_out(REPORTS)},
    deps=asset_deps(*VALIDATED, *METRICS),
    partitions_def=RELEASE_MONTHS,
)
def report(context: dg.AssetExecutionContext, data_root: DataRootResource) -> Iterator[Any]:
    """Write the month's page; the index too, unless a run of many months does it at its end."""
    root, month = data_root.root, context.partition_key
    frame = write_page(root, month)
    yield dg.Output(frame, output_name=REPORTS.name, metadata=report_link(root, month) if len(frame) else {})
    if DATA_DOCS_LATER not in context.run.tags:
        write_index(root)


def report_link(root: DataRoot, release_month: str | None = None) -> dict[str, Any]:
    """The report as http link where it is served, else as path: a page may not open ``file://``."""
    name = month_page_name(release_month) if release_month else INDEX_PAGE
    url = os.environ.get(DATA_DOCS_URL)
    link = dg.MetadataValue.url(f"{url.rstrip('/')}/{FOLDER}/{name}") if url else dg.MetadataValue.path(root.path(FOLDER, name))
    return {"report": link}
