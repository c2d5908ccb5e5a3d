"""Parquet partitions: one file per table and release month, replaced in one step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.schemas import Table
from trade_assets.warehouse.parquet import arrow_of, arrow_types, frame_of, parquet_of
from trade_assets.warehouse.root import DataRoot

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "warehouse"
_FILE = "data.parquet"


class DamagedError(OSError):
    """A table's file that cannot be read; the message says which, and how it is made again."""


def _month_folder(release_month: str) -> str:
    return f"release_month={release_month}"


def arrow_schema(table: Table) -> pa.Schema:
    """The table's Parquet types, with the columns' descriptions and units as field metadata."""
    import pyarrow as pa

    types = arrow_types()
    return pa.schema(
        [
            pa.field(c.name, types[c.kind], metadata={"description": c.description} | ({"unit": c.unit} if c.unit else {}))
            for c in table.columns
        ],
        metadata={"description": table.description},
    )


def parquet_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """The rows as Parquet, with descriptions and units as metadata: the same rows give the same bytes.

    Args:
        frame: by the schema.
    """
    content = arrow_of(frame, arrow_schema(table))
    # Without pandas' own note on versions and index the bytes are the same on any pandas.
    return parquet_of(content.replace_schema_metadata({"description": table.description}))


def write_partition(root: DataRoot, table: Table, release_month: str, frame: pd.DataFrame) -> str:
    """Replace the table's partition of a month and return its path.

    Raises:
        KeyError: the frame lacks a column of the table.
        ValueError: the frame has rows of another release month, or the table only shows another one.
    """
    _require_stored(table)
    other = set(frame["release_month"].unique()) - {release_month}
    if other:
        raise ValueError(f"rows of {sorted(map(str, other))} in the partition {release_month} of {table.layer}.{table.name}")
    root.write(parquet_bytes(conform(frame, table), table), *location(table, release_month))
    return partition_path(root, table, release_month)


def _require_stored(table: Table) -> None:
    if table.over is not None:
        raise ValueError(f"{table.layer}.{table.name} shows {table.over.layer}.{table.over.name}, and has no rows of its own")


def partition_path(root: DataRoot, table: Table, release_month: str) -> str:
    """Where the table's partition of a month stands, written or not."""
    return root.path(*location(table, release_month))


def location(table: Table, release_month: str | None = None) -> tuple[str, ...]:
    """The file of a month's partition within the data root, or the one file of a table without partitions; of the table that one shows."""
    stored = table.over or table
    return FOLDER, stored.layer, stored.name, *([] if release_month is None else [_month_folder(release_month)]), _FILE


def read_partition(root: DataRoot, table: Table, release_month: str) -> pd.DataFrame:
    """The table's rows of a month, empty if the month was never written; dtypes by the schema.

    Raises:
        DamagedError: the file is not one of ours any more.
        ValueError: the table only shows another one; ``shown.read_rows`` reads it.
    """
    import pyarrow as pa

    _require_stored(table)
    try:
        data = root.read(*location(table, release_month))
    except FileNotFoundError:
        return empty(table)
    try:
        frame = frame_of(data)
    except (pa.ArrowException, OSError) as error:
        place = "/".join(location(table, release_month))
        said = " ".join(str(error).split())
        raise DamagedError(f"{place} is damaged: {said}. To do: 'trade-assets run --month {release_month}' makes it again") from None
    # A partition of an older schema lacks the newer columns.
    missing: dict[str, Any] = {name: pd.NA for name in table.dtypes if name not in frame}
    return conform(frame, table, **missing)


def written_months(root: DataRoot, table: Table) -> list[str]:
    """The months that have a partition, in order."""
    *folder, _ = location(table)
    return [name.partition("=")[2] for name in root.names(*folder) if name.startswith("release_month=")]


def is_month_written(root: DataRoot, table: Table, release_month: str) -> bool:
    """Whether the table has a partition of the month."""
    return root.exists(*location(table, release_month))


def is_written(root: DataRoot, table: Table) -> bool:
    """Whether the table has any partition, or its file; a folder whose first file is still under way is none."""
    if not table.is_partitioned:
        return root.exists(*location(table))
    return any(is_month_written(root, table, month) for month in written_months(root, table))


def existing_months(root: DataRoot, table: Table) -> list[str]:
    """The months whose partition is there, in order."""
    return [month for month in written_months(root, table) if is_month_written(root, table, month)]


def partition_stamps(root: DataRoot, table: Table) -> str:
    """The table's partitions with what changes when one is written anew; empty without any."""
    return "\n".join(f"{month} {root.stamp(*location(table, month))}" for month in existing_months(root, table))


def read_months(root: DataRoot, table: Table, months: Iterable[str]) -> pd.DataFrame:
    """The table's rows of several months below each other."""
    frames = [frame for month in months if len(frame := read_partition(root, table, month))]
    return pd.concat(frames, ignore_index=True) if frames else empty(table)
