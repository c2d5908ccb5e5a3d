"""The DuckDB database: one view per table over its Parquet partitions, or parts, in a schema named after the layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trade_assets.facts.schemas import SQL_TYPES, Table
from trade_assets.warehouse.commits import FOLDER, Commit, folder_of, name_of
from trade_assets.warehouse.locks import settled
from trade_assets.warehouse.partitions import PART, files_of, is_written, location, schema_of, snapshot
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


def view_script(root: DataRoot, tables: Sequence[Table], until: str | None = None, since: str = "") -> str:
    """The statements that create schemas, views and macros for all tables that have a partition, and for those that show one of these.

    Only names from the schemas and the data root enter it, never text of a document.

    Args:
        until: the last release month to see; files of later ones are not named at all.
        since: the first one, where there is a last.
    """
    lines = [f"CREATE SCHEMA IF NOT EXISTS {layer};" for layer in dict.fromkeys(t.layer for t in tables)]
    months = snapshot(root)
    # What a table shows comes before it.
    for table in dict.fromkeys((*(table.over for table in tables if table.over is not None), *tables)):
        sources = _sources(root, table.over or table, months, until, since)
        if not sources:
            continue
        if table.over is not None:
            lines.append(f'CREATE OR REPLACE VIEW {table.layer}."{table.name}" AS {table.shown};')
        else:
            rows = " UNION ALL BY NAME ".join(f"SELECT * FROM {source}" for source in sources)  # noqa: S608  # paths of the data root
            # All columns of the files, and those of the schema: a partition written before a column was added lacks it, and comes
            # back as missing, also where no partition has it yet.
            lines.append(
                f'CREATE OR REPLACE VIEW {table.layer}."{table.name}" AS SELECT *{_upgraded(table)} '  # noqa: S608  # names of the schemas only
                f"FROM ({rows} UNION ALL BY NAME SELECT {_no_row(table)} WHERE false);"
            )
        lines += [f"{statement};" for statement in table.macros]
    return "\n".join(lines) + "\n"


def _sources(root: DataRoot, table: Table, months: Mapping[str, Commit], until: str | None, since: str) -> list[str]:
    """What reads the files of a table: those of today's columns, of which one tells the columns of all, and those of earlier versions."""
    if not table.is_partitioned:
        if not is_written(root, table):
            return []
        # In parts, of which its one file names those that hold.
        parts = f"{_literal(root.path(FOLDER, table.layer, table.name))}/*/*.parquet"
        named = f"(SELECT {PART} FROM {_read([root.path(*location(table))], 'false')})"  # noqa: S608  # a path of the data root
        every = f"read_parquet([{_quoted(parts)}], union_by_name = true, hive_partitioning = false)"
        return [f"(SELECT * EXCLUDE ({PART}) FROM {every} WHERE {PART} IN {named})"]  # noqa: S608  # as above
    current, earlier = list[str](), list[str]()
    now = schema_of(table)
    for month, stored in files_of(root, table, months).items():
        if since <= month and (until is None or month <= until):
            path = root.path(*folder_of(name_of(table), month), stored.file)
            (current if stored.schema == now else earlier).append(path)
    # The month is that of the folder, so that a query of one month reads the rows of no other.
    by_month = "true, hive_types = {release_month: VARCHAR}"
    return [
        *([_read(current, by_month)] if current else []),
        *([_read(earlier, f"{by_month}, union_by_name = true")] if earlier else []),
    ]


def _read(paths: Sequence[str], options: str) -> str:
    return f"read_parquet([{', '.join(_quoted(_literal(path)) for path in paths)}], hive_partitioning = {options})"


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


def connect(root: DataRoot, tables: Sequence[Table], until: str | None = None, since: str = "") -> duckdb.DuckDBPyConnection:
    """A connection in memory with the same views, for a data root of any kind, up to a release month if one is given, and from one.

    The caller closes it.
    """
    import duckdb

    connection = duckdb.connect()
    if not root.is_local:
        connection.register_filesystem(root.filesystem)
    connection.execute(view_script(root, tables, until, since))
    return connection
