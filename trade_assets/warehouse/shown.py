"""Rows of a month of any table; of one that shows another, by the SQL of the view that people query, so that both say the same."""

from __future__ import annotations

import pandas as pd

from trade_assets.facts.frames import conform, empty, together
from trade_assets.facts.schemas import Table
from trade_assets.warehouse.database import connect
from trade_assets.warehouse.partitions import DamagedError, existing_months, is_month_written, read_partition
from trade_assets.warehouse.root import DataRoot


def read_rows(root: DataRoot, table: Table, release_month: str) -> pd.DataFrame:
    """The rows of a month, empty if it was never written; dtypes by the schema, and of a table that shows another sorted by the key.

    Files of later months are not opened.

    Raises:
        DamagedError: the month's file is damaged; of a table that shows another also one of an earlier month, or a month does not follow
            from the one before it.
    """
    if table.over is None:
        return read_partition(root, table, release_month)
    if not is_month_written(root, table, release_month):
        return empty(table)
    import duckdb

    name = f"{table.over.layer}.{table.over.name}"
    # Each file is opened once; the view over them opens it as often as it names them.
    once = f"CREATE TEMP TABLE kept AS SELECT * FROM {name}; CREATE OR REPLACE VIEW {name} AS SELECT * FROM kept"  # noqa: S608  # as below: names of the schemas only
    question = f"SELECT * FROM ({table.shown}) WHERE release_month = ?"  # noqa: S608
    try:
        with connect(root, [table.over], until=release_month) as connection:
            connection.execute(once)
            return together([conform(connection.execute(question, [release_month]).df(), table)], table)
    except duckdb.Error as error:
        for month in existing_months(root, table):
            if month <= release_month:
                read_partition(root, table.over, month)  # which of them cannot be read, if one cannot
        if not isinstance(error, duckdb.InvalidInputException):
            raise
        raise DamagedError(str(error).removeprefix("Invalid Input Error: ")) from None
