"""From table declarations to asset and check declarations, with owner, kinds, group, columns and units."""

import warnings

import dagster as dg

from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.facts.schemas import Table

OWNERS = ["team:trade-statistics"]
KINDS = {"parquet", "pandas"}


def asset_key(table: Table) -> dg.AssetKey:
    """``layer/name``."""
    return dg.AssetKey([table.layer, table.name])


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


def asset_out(table: Table) -> dg.AssetOut:
    """The output of a step that builds the table."""
    return dg.AssetOut(
        key=asset_key(table),
        description=table.description,
        group_name=table.layer,
        owners=OWNERS,
        kinds=KINDS,
        metadata={
            "dagster/column_schema": column_schema(table),
            "dagster/table_name": f"trade.{table.layer}.{table.name}",
            "key": ", ".join(table.key_of_all),
        },
        is_required=False,
    )


def asset_deps(*tables: Table) -> list[dg.AssetDep]:
    """Dependencies on the same month of tables that the step reads by itself."""
    return [dg.AssetDep(asset_key(table)) for table in tables]


def check_spec(name: str, table: Table, description: str) -> dg.AssetCheckSpec:
    """A check of a table, one result per release month."""
    with warnings.catch_warnings():
        # Partitioned checks are a preview of Dagster; they are used here only.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.AssetCheckSpec(name, asset=asset_key(table), description=description, partitions_def=RELEASE_MONTHS)
