"""The bitemporal store: which figure was current from which day until which, asked for by day, release month or print.

``vintages.prints`` remembers what each release month published, ``vintages.history`` puts the prints of all months in
order. Where a print ends is never recorded by its month: it is the day on which the next print of the same fact begins, so that
there can be neither overlap nor hole. The rows stand in parts, one for each year of release months, and one small file, written
last, names those that hold. A part is never changed: a year of which a row is another one gets a new part. So a new month costs its
year, and a kill leaves the former history whole.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import operator
from collections.abc import Collection
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import HISTORY, PRINTS
from trade_assets.vintages.ordering import Prints, prints_in_order
from trade_assets.vintages.validity import OPEN, Validity, validity
from trade_assets.vintages.years import DOCUMENT, FACT, by_year, joined, stamps_until
from trade_assets.warehouse.commits import GRACE
from trade_assets.warehouse.database import connect
from trade_assets.warehouse.parquet import arrow_of, metadata_of, parquet_of, table_of
from trade_assets.warehouse.partitions import PART, PARTS, arrow_schema, location, partition_stamps
from trade_assets.warehouse.root import DataRoot

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

FILE = location(HISTORY)
_FOLDER = (*FILE[:-1], PARTS)
_MADE_OF = b"made_of"
_OLD = dt.timedelta(seconds=GRACE)
"""After that nobody still reads a part that was replaced, and nobody is about to name one."""


def refresh_history(root: DataRoot) -> bool:
    """Bring the history up to date with the prints; False if it was.

    No lock is needed: whoever writes looks afterwards whether a partition came in meanwhile, and if so writes again,
    so that the last one to write has seen them all.
    """
    is_remade = False
    while is_stale(root):
        _remake(root)
        is_remade = True
    if is_remade:
        _remove_replaced(root)
    return is_remade


def months_behind(root: DataRoot, before: str, run: Collection[str] = ()) -> list[str]:
    """The months that were built from prints of earlier months as these are no more.

    Args:
        before: ``partition_stamps`` of the prints before something was built.
        run: the months that were built since, in order of time.
    """
    former, now = (dict(line.split(" ", 1) for line in stamps.split("\n") if line) for stamps in (before, partition_stamps(root, PRINTS)))
    changed = [month for month in {*former, *now} if former.get(month) != now.get(month)]
    return sorted(month for month in now if changed and month > min(changed) and month not in run)


def is_stale(root: DataRoot) -> bool:
    """Whether a partition of the prints came, changed or went since the history was made, or a part of it is gone."""
    stamps = partition_stamps(root, PRINTS)
    if not root.exists(*FILE):
        return bool(stamps)
    made_of, parts = _named(root)
    return made_of != stamps.encode() or not parts <= _there(root)


def _there(root: DataRoot) -> set[str]:
    return {name.removesuffix(".parquet") for name in root.names(*_FOLDER)}


def _named(root: DataRoot) -> tuple[bytes | None, set[str]]:
    """What the history was made of, and the parts that hold; nothing where the file is damaged, and made again."""
    import pyarrow as pa

    try:
        data = root.read(*FILE)
        return metadata_of(data).get(_MADE_OF), set(table_of(data)[PART].to_pylist())
    except (pa.ArrowException, OSError, KeyError):
        return None, set()


def _remake(root: DataRoot) -> None:
    """Write the parts that are not there, then the file that names all of them."""
    import pyarrow as pa

    # The stamps first: a partition that comes in while the others are read makes the file stale, not wrong.
    stamps = stamps_until(root)
    prints, there, parts = prints_in_order(root, stamps), _there(root), []
    if len(prints):
        found, of_years = validity(prints), by_year(stamps)
        # The prints stand year by year.
        ends = np.searchsorted(prints.of_documents("year"), [int(year) for year in of_years], side="right")
        for (year, lines), start, end in zip(of_years.items(), [0, *ends], ends, strict=False):
            rows = slice(start, end)
            parts.append(f"{year}-{_digest(lines, found, rows)}")
            if parts[-1] not in there:
                _write(root, parts[-1], _rows(root, lines, prints, found, rows))
    else:
        parts.append("empty")
        _write(root, "empty", arrow_of(empty(HISTORY), arrow_schema(HISTORY)))
    named = pa.table({PART: pa.array(parts, pa.string())})
    root.write(parquet_of(named.replace_schema_metadata({"description": HISTORY.description, _MADE_OF: "\n".join(stamps).encode()})), *FILE)


def _digest(stamps: tuple[str, ...], found: Validity, rows: slice) -> str:
    """What tells a part from another one of its year: its columns, its partitions, and what the order of all prints says of its rows."""
    digest = hashlib.blake2b("\n".join([*HISTORY.dtypes, *stamps]).encode(), digest_size=8)
    for told in (found.print, found.is_first_published, found.is_main, found.valid_until):
        digest.update(told[rows].tobytes())
    return digest.hexdigest()


def _rows(root: DataRoot, stamps: tuple[str, ...], prints: Prints, found: Validity, rows: slice) -> pa.Table:
    """The rows of a year, with what the order of all prints says of them."""
    import pyarrow as pa

    until = found.valid_until[rows]
    is_open = until == OPEN
    told = pa.table(
        {
            "rank": found.rank[rows],
            "fact": pa.DictionaryArray.from_arrays(prints.fact[rows], pa.array(prints.facts.index)),
            "document": pa.DictionaryArray.from_arrays(prints.document[rows], pa.array(prints.documents.index)),
            "print": found.print[rows],
            "is_first_published": found.is_first_published[rows],
            "is_main": found.is_main[rows],
            "valid_until": pa.array(np.where(is_open, 0, until).astype("datetime64[D]").astype(str), mask=is_open),
        }
    )
    with connect(root, [PRINTS], since=stamps[0][:7], until=stamps[-1][:7]) as connection:
        connection.register("told", told)
        return connection.sql(_TOLD).to_arrow_table()


_TOLD = f"""
SELECT prints.*, told.print, told.is_first_published, told.is_main, told.valid_until
FROM (SELECT *, {joined(FACT)} AS fact, {joined(DOCUMENT)} AS document FROM vintages.prints) AS prints JOIN told USING (fact, document)
ORDER BY told.rank
"""  # noqa: S608 - made of constants of this package


def _write(root: DataRoot, part: str, rows: pa.Table) -> None:
    import pyarrow as pa

    content = rows.select(list(HISTORY.dtypes)).cast(arrow_schema(HISTORY))
    content = content.append_column(PART, pa.array([part] * len(content), pa.string()))
    root.write(parquet_of(content.replace_schema_metadata({"description": HISTORY.description})), *_FOLDER, f"{part}.parquet")


def _remove_replaced(root: DataRoot) -> None:
    """Remove the parts that no longer hold, a day after they were written: whoever still reads them, or wrote them, is through."""
    now = dt.datetime.now(dt.UTC)
    _, named = _named(root)
    for part in _there(root) - named:
        place = root.path(*_FOLDER, f"{part}.parquet")
        # What another process removed meanwhile is gone.
        with suppress(FileNotFoundError):
            if now - root.filesystem.modified(place) > _OLD:
                root.filesystem.rm_file(place)


class UnknownVintageError(LookupError):
    """What was asked for was not known then, or not published."""


class Vintages:
    """The vintages of a data root, in Python: each question one call, each answer a frame by ``vintages.history``.

    ``with Vintages(root) as vintages: vintages.as_known("2016-12-01", "ft900")``. Opening brings the history up to
    date. ``value`` is the figure that holds: missing while the issue ``held_by`` withholds it, as corrected where a decision
    corrects it; ``printed_value`` is what is printed.
    """

    def __init__(self, root: DataRoot) -> None:
        self._place = root.url
        refresh_history(root)
        self._connection: duckdb.DuckDBPyConnection = connect(root, [PRINTS, HISTORY])

    def __enter__(self) -> Vintages:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def as_published(self, release_month: str, family: str | None = None) -> pd.DataFrame:
        """What the current documents of a release month print, each of them whole.

        Raises:
            UnknownVintageError: nothing (of the family) was published in the month.
        """
        return self._asked("SELECT * FROM vintages.as_published(?, of_family := ?)", [release_month, family])

    def as_known(self, day: str | dt.date, family: str | None = None) -> pd.DataFrame:
        """Each fact as it was known at the end of a day.

        Raises:
            UnknownVintageError: the day lies before the first release (of the family), or in no year of four digits.
            ValueError: it is no day.
        """
        return self._asked("SELECT * FROM vintages.as_known(?, of_family := ?)", [str(day), family])

    def latest(self, family: str | None = None) -> pd.DataFrame:
        """Each fact as last printed.

        Raises:
            UnknownVintageError: nothing (of the family) was ever printed.
        """
        return self._asked("SELECT * FROM vintages.latest(of_family := ?)", [family])

    def nth_print(self, number: int, family: str | None = None) -> pd.DataFrame:
        """Each fact as printed for the n-th time in the store; facts with fewer prints are left out.

        The first print in the store is the first that was published only where ``is_first_published``.

        Raises:
            UnknownVintageError: nothing (of the family) was printed so many times.
            TypeError: the number is no whole one.
        """
        return self._asked("SELECT * FROM vintages.nth_print(?, of_family := ?)", [operator.index(number), family])

    def first_published(self, family: str | None = None) -> pd.DataFrame:
        """Each fact as first published, where the store is known to have that print.

        Raises:
            UnknownVintageError: of no print (of the family) that is known.
        """
        return self._asked("SELECT * FROM vintages.first_published(of_family := ?)", [family])

    def revision_triangle(self, series: str, measure: str = "value", period: str | None = None, family: str | None = None) -> pd.DataFrame:
        """All prints of a series, or of one of its periods, in order.

        Raises:
            UnknownVintageError: there is none.
        """
        question = "SELECT * FROM vintages.revision_triangle(?, of_measure := ?, of_period := ?, of_family := ?)"
        return self._asked(question, [series, measure, period, family])

    def _asked(self, question: str, values: list[Any], table: Table = HISTORY) -> pd.DataFrame:
        return answer(self._connection, self._place, question, values, table)


def answer(connection: duckdb.DuckDBPyConnection, place: str, question: str, values: list[Any], table: Table) -> pd.DataFrame:
    """What a macro answers, by the schema of a table.

    Args:
        place: the data root, for people.

    Raises:
        UnknownVintageError: what was asked for was not known, as the macro says it, or nothing is.
        ValueError: the first value is asked for as a day, and is none.
    """
    import duckdb

    try:
        return conform(connection.execute(question, values).df(), table)
    except (duckdb.InvalidInputException, duckdb.CatalogException) as error:
        # A database without the macros is one without prints.
        missing = isinstance(error, duckdb.CatalogException)
        nothing = f"no release is known under {place}; 'trade-assets run' builds what is in the store"
        raise UnknownVintageError(nothing if missing else str(error).removeprefix("Invalid Input Error: ")) from None
    except duckdb.ConversionException:
        raise ValueError(f"{values[0]!r} is no day; expected YYYY-MM-DD") from None
