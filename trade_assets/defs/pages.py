"""The pages of the reports as steps need them: where they are served, and that none is older than what it shows."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg

from trade_assets.defs.calendar import awaited_since
from trade_assets.defs.parts import Asked
from trade_assets.facts.tables import DOCUMENTS, FACTS, REPORTS, UNREAD
from trade_assets.review.pages import FOLDER, month_page_name
from trade_assets.warehouse.partitions import read_partition, write_partition
from trade_assets.warehouse.root import DataRoot

DATA_DOCS_URL = "TRADE_ASSETS_DATA_DOCS_URL"
"""Setting: where reports and Data Docs are served over http; by default beside Dagster by ``trade-assets ui``."""


def report_link(root: DataRoot, release_month: str) -> dict[str, Any]:
    """The report as link, since a page may not open ``file://``, and as path for whom nothing serves it."""
    name = month_page_name(release_month)
    path = {"report_file": dg.MetadataValue.path(root.path(FOLDER, name))}
    return {"report": dg.MetadataValue.url(served(name)), **path} if root.is_local else path


def served(name: str) -> str:
    """The address of one of the report's files: ``trade-assets ui`` serves it on whatever port and host shows the link."""
    return f"{os.environ.get(DATA_DOCS_URL, '').rstrip('/')}/{FOLDER}/{name}"


def awaited_families(root: DataRoot, month: str, tags: Mapping[str, str]) -> dict[str, str]:
    """Per family that should have a document by now and has none in the month, since when it is awaited."""
    present = {family for table in (DOCUMENTS, UNREAD) for family in read_partition(root, table, month)["family"]}
    awaited = {family: awaited_since(family, month, tags) for family in FACTS if family not in present}
    return {family: since for family, since in awaited.items() if since is not None}


@contextmanager
def page_of_failure(context: Asked, root: DataRoot) -> Iterator[None]:
    """Write the month's page also if a step fails that the report waits for: the former page is not about today's documents."""
    from trade_assets.review.month import write_page

    month = context.partition_key
    try:
        yield
    except Exception:
        try:
            write_partition(root, REPORTS, month, write_page(root, month, {}, awaited_families(root, month, context.run.tags)))
        except Exception as error:  # the step's own failure is what is to be seen
            context.log.error(f"the page of {month} could not be written: {type(error).__name__}: {error}")
        raise
