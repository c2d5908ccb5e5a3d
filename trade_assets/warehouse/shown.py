"""Tables that show the rows of another one: read through the view that people query, so that both say the same."""

from __future__ import annotations

from typing import Any

import pandas as pd

from trade_assets.facts.frames import conform, empty, together
from trade_assets.facts.schemas import Table
from trade_assets.warehouse.database import connect
from trade_assets.warehouse.partitions import DamagedError, existing_months, read_partition
from trade_assets.warehouse.root import DataRoot


def read_shown(root: DataRoot, table: Table, release_month: str) -> pd.DataFrame:
    """The rows of a month, sorted by the key; empty if it was never written. Files of later months are not opened.

    Raises:
        DamagedError: a file of the month or of an earlier one is damaged, or does not follow from the one before it.
    """
    name = f"{table.layer}.{table.name}"
    return ask_shown(root, table, release_month, f"SELECT * FROM {name} WHERE release_month = ?", [release_month])  # noqa: S608  # a schema's name


def ask_shown(root: DataRoot, table: Table, until: str, question: str, values: list[Any]) -> pd.DataFrame:
    """The rows that answer a question about the months until one, sorted by the key; empty where none of them was written.

    Raises:
        DamagedError: as ``read_shown``.
    """
    import duckdb

    stored = table.over or table
    months = [month for month in existing_months(root, stored) if month <= until]
    if not months:
        return empty(table)
    try:
        with connect(root, [stored, table], until) as connection:
            return together([conform(connection.execute(question, values).df(), table)], table)
    except duckdb.InvalidInputException as error:
        for month in months:
            read_partition(root, stored, month)  # which of them is no Parquet file, if one is
        raise DamagedError(str(error).removeprefix("Invalid Input Error: ")) from None
