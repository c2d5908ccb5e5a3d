"""Resources: the data root, and the IO manager that keeps frames as Parquet partitions."""

from collections.abc import Mapping

import dagster as dg
import pandas as pd

from trade_assets.defs.specs import KEPT_WITH
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import ALL_TABLES, IN_DATABASE
from trade_assets.warehouse import database, partitions
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.shown import read_rows

SHARED_LATER = "trade_assets/shared_later"
"""Run tag of a run that is one of many: who started them brings what all months share up to date, the database after each month, the
history, the Data Docs and the index of pages at the end."""

TABLES: dict[tuple[str, ...], Table] = {(table.layer, table.name): table for table in ALL_TABLES}


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

    def read(self, table: Table, release_month: str) -> pd.DataFrame:
        """A table's rows of a month. Steps read several tables; as inputs each would cost two events a run."""
        return read_rows(self.root, table, release_month)


def _select(table: Table, release_month: str) -> str:
    """SQL for a person to copy; names of the schemas and a partition key only."""
    return f"SELECT * FROM {table.layer}.{table.name} WHERE release_month = '{release_month}'"  # noqa: S608  # shown, not run


class WarehouseIOManager(dg.ConfigurableIOManager):
    """Frames as Parquet partitions of the table that the asset key names, one per release month.

    An output is the frame of that table, or, where tables are kept with it, their frames too, by name.
    """

    data_root: dg.ResourceDependency[DataRootResource]

    def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame | Mapping[str, pd.DataFrame]) -> None:
        """Replace each partition in one step; a table's first one also enters the DuckDB database, unless that comes later."""
        table, root, month = TABLES[tuple(context.asset_key.path)], self.data_root.root, context.partition_key
        frames = {table.name: obj} if isinstance(obj, pd.DataFrame) else obj
        # What the asset is called after comes last, or what it shows: where it is there, the others are.
        written = (*KEPT_WITH[context.asset_key], table) if table.over is None else KEPT_WITH[context.asset_key]
        tables = [other for other in written if other.name in frames]
        is_new = SHARED_LATER not in context.step_context.run_tags and not all(partitions.is_written(root, each) for each in tables)
        for each in tables:
            partitions.write_partition(root, each, month, frames[each.name])
        if is_new:
            database.refresh(root, IN_DATABASE)
        context.add_output_metadata(
            {
                "dagster/partition_row_count": len(frames[table.name]),
                "path": dg.MetadataValue.path(partitions.partition_path(root, table, month)),
                "sql": dg.MetadataValue.text(_select(table, month)),
                **{f"rows of {each.layer}.{each.name}": len(frames[each.name]) for each in tables if each is not table},
            }
        )

    def load_input(self, context: dg.InputContext) -> pd.DataFrame:
        """The table's rows of the partition."""
        return read_rows(self.data_root.root, TABLES[tuple(context.asset_key.path)], context.partition_key)
