"""From table declarations to asset and check declarations, with owner, kinds, group, columns and units."""

import warnings
from collections.abc import Iterable

import dagster as dg

from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import ALL_TABLES

OWNERS = ["team:trade-statistics"]
KINDS = {"parquet", "pandas"}


def asset_key(table: Table) -> dg.AssetKey:
    """``layer/name`` of the table, or of the one with which it is kept."""
    return dg.AssetKey((table.kept_with or f"{table.layer}.{table.name}").split("."))


KEPT_WITH: dict[dg.AssetKey, tuple[Table, ...]] = {
    asset_key(table): tuple(other for other in ALL_TABLES if other.kept_with and asset_key(other) == asset_key(table))
    for table in ALL_TABLES
    if not table.kept_with
}
"""The tables of bookkeeping that are written with each asset."""


def column_schema(table: Table) -> dg.TableSchema:
    """The table's columns with types, units and descriptions, for the UI."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                type=column.kind,
                description=column.description + (f" [{column.unit}]" if column.unit else ""),
                constraints=dg.TableColumnConstraints(nullable=column.is_nullable, unique=table.key_of_all == (column.name,)),
            )
            for column in table.columns
        ]
    )


def asset_spec(table: Table, needs: Iterable[Table]) -> dg.AssetSpec:
    """The asset of a table, of a release month, which may be left out.

    Args:
        needs: the tables of the same month that it is made from.
    """
    return dg.AssetSpec(
        key=asset_key(table),
        deps=list(dict.fromkeys(map(asset_key, needs))),
        description=table.description,
        group_name=table.layer,
        owners=OWNERS,
        kinds=KINDS,
        skippable=True,
        partitions_def=RELEASE_MONTHS,
        metadata={
            "dagster/column_schema": column_schema(table),
            "dagster/table_name": f"trade.{table.layer}.{table.name}",
            "key": ", ".join(table.key_of_all),
            **{f"with {other.layer}.{other.name}": other.description for other in KEPT_WITH[asset_key(table)]},
        },
    )


def check_spec(name: str, table: Table, description: str) -> dg.AssetCheckSpec:
    """A check of a table, one result per release month."""
    with warnings.catch_warnings():
        # Partitioned checks are a preview of Dagster; they are used here only.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.AssetCheckSpec(name, asset=asset_key(table), description=description, partitions_def=RELEASE_MONTHS)
