"""The DuckDB database: one view per table over its Parquet partitions, in a schema named after the layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trade_assets.facts.schemas import SQL_TYPES, Table
from trade_assets.warehouse.locks import settled
from trade_assets.warehouse.partitions import FOLDER, existing_months, is_written, location
from trade_assets.warehouse.root import DataRoot, temporary_name

if TYPE_CHECKING:
    import duckdb

_DATABASE = "trade.duckdb"
_SCRIPT = "trade.sql"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _literal(path: str) -> str:
    """A path in which a glob finds no wildcards."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in path)


def _no_row(table: Table) -> str:
    """The columns of a table as missing values of their types."""
    return ", ".join(f'CAST(NULL AS {SQL_TYPES[column.kind]}) AS "{column.name}"' for column in table.columns)


def _upgraded(table: Table) -> str:
    """What replaces columns that partitions of earlier versions have otherwise."""
    if not table.upgraded:
        return ""
    return f" REPLACE ({', '.join(f'{sql} AS {_named(name)}' for name, sql in table.upgraded.items())})"


def _named(name: str) -> str:
    return f'"{name}"'


def view_script(root: DataRoot, tables: Sequence[Table], until: str | None = None) -> str:
    """The statements that create schemas, views and macros for all tables that have a partition, and for those that show one of these.

    Only names from the schemas and the data root enter it, never text of a document.

    Args:
        until: the last release month to see; files of later ones are not named at all.
    """
    lines = [f"CREATE SCHEMA IF NOT EXISTS {layer};" for layer in dict.fromkeys(t.layer for t in tables)]
    # What a table shows comes before it.
    for table in dict.fromkeys((*(table.over for table in tables if table.over is not None), *tables)):
        if not is_written(root, table):
            continue
        months = [] if until is None else [month for month in existing_months(root, table) if month <= until]
        if table.is_partitioned and until is not None and not months:
            continue
        if table.over is not None:
            lines.append(f'CREATE OR REPLACE VIEW {table.layer}."{table.name}" AS {table.shown};')
        else:
            files = [f"{_literal(root.path(FOLDER, table.layer, table.name))}/*/*.parquet"]
            if not table.is_partitioned:
                files = [_literal(root.path(*location(table)))]
            elif until is not None:
                files = [_literal(root.path(*location(table, month))) for month in months]
            # All columns of the files, and those of the schema: a partition written before a column was added lacks it, and comes
            # back as missing, also where no partition has it yet.
            # The month is that of the folder, so that a query of one month reads the rows of no other.
            of_folder = "true, hive_types = {release_month: VARCHAR}" if table.is_partitioned else "false"
            source = f"read_parquet([{', '.join(map(_quoted, files))}], union_by_name = true, hive_partitioning = {of_folder})"
            lines.append(
                f'CREATE OR REPLACE VIEW {table.layer}."{table.name}" AS SELECT *{_upgraded(table)} '  # noqa: S608  # names of the schemas only
                f"FROM (SELECT * FROM {source} UNION ALL BY NAME SELECT {_no_row(table)} WHERE false);"
            )
        lines += [f"{statement};" for statement in table.macros]
    return "\n".join(lines) + "\n"


def refresh(root: DataRoot, tables: Sequence[Table]) -> bool:
    """Bring ``trade.duckdb`` up to date; False if its set of views did not change, and it was not touched.

    The file is made anew and renamed over the old one, so whoever holds the old one open keeps it, and no
    lock is needed. The script beside it tells whether anything changed without opening the database: also that
    the database is still the one that was made of it, and not emptied, damaged or another's. On a
    URL there is no database file; ``connect`` gives the same views.
    """
    if not root.is_local or not _written(root, tables):
        return False
    settled(lambda: _written(root, tables))
    return True


def _written(root: DataRoot, tables: Sequence[Table]) -> bool:
    script = view_script(root, tables)
    database = Path(root.path(FOLDER, _DATABASE))
    try:
        if root.read(FOLDER, _SCRIPT) == _with_stamp(root, script):
            return False
    except FileNotFoundError:
        pass
    import duckdb

    temporary = database.with_name(f"{temporary_name()}.duckdb")
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Written so that clients of older versions open it too.
        with duckdb.connect(str(temporary), config={"storage_compatibility_version": "v1.0.0"}) as connection:
            connection.execute(script)
        temporary.replace(database)
    finally:
        temporary.unlink(missing_ok=True)
        temporary.with_name(temporary.name + ".wal").unlink(missing_ok=True)
    root.write(_with_stamp(root, script), FOLDER, _SCRIPT)
    return True


def _with_stamp(root: DataRoot, script: str) -> bytes:
    """A script with what tells the database that stands beside it now. Raises FileNotFoundError."""
    return f"{script}-- trade.duckdb: {root.stamp(FOLDER, _DATABASE)}\n".encode()


def connect(root: DataRoot, tables: Sequence[Table], until: str | None = None) -> duckdb.DuckDBPyConnection:
    """A connection in memory with the same views, for a data root of any kind, up to a release month if one is given.

    The caller closes it.
    """
    import duckdb

    connection = duckdb.connect()
    if not root.is_local:
        connection.register_filesystem(root.filesystem)
    connection.execute(view_script(root, tables, until))
    return connection
