"""The data root as a resource of Dagster."""

import dagster as dg

from trade_assets.facts.tables import ALL_TABLES
from trade_assets.warehouse import partitions
from trade_assets.warehouse.root import DataRoot

SHARED_LATER = "trade_assets/shared_later"
"""Run tag of a run that is one of several: who started them brings what all months share up to date at the end, the database, the
history, the Data Docs and the index of pages."""


def is_family_built(root: DataRoot, family: str, release_month: str) -> bool:
    """Whether any table of the family has a partition of the month, which a run without its document must empty."""
    return any(partitions.is_month_written(root, table, release_month) for table in ALL_TABLES if table.family == family)


class DataRootResource(dg.ConfigurableResource):  # type: ignore[type-arg]  # Dagster's own generic is not for users
    """Where documents and tables are kept; empty for the setting TRADE_ASSETS_DATA, else ``data``."""

    url: str = ""

    @property
    def root(self) -> DataRoot:
        """The data root."""
        return DataRoot.of(self.url or None)
