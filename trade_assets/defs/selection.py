"""What a run of a release month has to do: the shared tables, and those of the families that have something there.

A run that also selected the other families would skip them, and Dagster would then show their checks as
"Skipped" in place of what they last found in a month that has their document.
"""

from collections.abc import Mapping

import dagster as dg

from trade_assets.defs.calendar import awaited_since
from trade_assets.defs.resources import is_family_built
from trade_assets.defs.specs import asset_key
from trade_assets.documents.store import release_months, survey
from trade_assets.facts.tables import ALL_TABLES, DOCUMENTS, FACTS, ISSUES, REPORTS
from trade_assets.reading import ReadError
from trade_assets.warehouse.partitions import existing_months, read_partition
from trade_assets.warehouse.root import DataRoot


def months_of(root: DataRoot) -> list[str]:
    """The release months that have documents, and those whose documents are gone and whose tables are still to be emptied."""
    documented = release_months(root)
    gone = [month for month in existing_months(root, DOCUMENTS) if month not in documented and _holds_rows(root, month)]
    return sorted([*documented, *gone])


def _holds_rows(root: DataRoot, release_month: str) -> bool:
    """Whether any table has a row of the month; what is left of a month that is gone counts for none: its issues, and its page."""
    kept = (table for table in ALL_TABLES if table.over is None and table not in (ISSUES, REPORTS))
    return any(len(read_partition(root, table, release_month)) for table in kept)


def assets_of(root: DataRoot, release_month: str, tags: Mapping[str, str]) -> list[dg.AssetKey]:
    """The assets of the shared tables and of each family that has a document, has tables to replace, or is awaited.

    All assets where the store cannot be read; the run then says why.
    """
    try:
        sound, damaged = survey(root, release_month)
        published = {document.family for document, _ in sound} | {found.family for found in damaged}
    except ReadError:
        published = set(FACTS)
    families = {
        family
        for family in FACTS
        if family in published or is_family_built(root, family, release_month) or awaited_since(family, release_month, tags)
    }
    return list(dict.fromkeys(asset_key(table) for table in ALL_TABLES if table.family is None or table.family in families))
