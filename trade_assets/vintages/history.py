"""The bitemporal store: which figure was current from which day until which, asked for by day, release month or print.

``vintages.prints`` remembers what each release month published, ``vintages.history`` puts the prints of all months in
order. Where a print ends is never recorded: it is the day on which the next print of the same fact begins, so that
there can be neither overlap nor hole. The file is remade whenever a partition of the prints is newer than it.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Collection
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pandas as pd

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import HISTORY, PRINTS
from trade_assets.vintages.ordering import EACH_ONCE, FACT_OF_FAMILY, PLACED, same
from trade_assets.warehouse.database import connect
from trade_assets.warehouse.parquet import arrow_of, metadata_of, parquet_of
from trade_assets.warehouse.partitions import arrow_schema, location, partition_stamps
from trade_assets.warehouse.root import DataRoot

if TYPE_CHECKING:
    import duckdb

FILE = location(HISTORY)
_MADE_OF = b"made_of"

# Documents of one release print a fact once: the main document's figure speaks, another's only where that one has none. A later
# release of the month, or a later edition, is a print of its own. The empty row of a month that is not yet released is no print
# of it: the first is the one that brings the figure, or says that there is none. A print ends when the first of those that follow
# it, in the order of releases, begins: what is issued again once a later release is out is never the current figure.
# One number of both: by two, all prints of a fact might be joined with each other.
_OF_PRINT = "(({}::BIGINT << 32) + {})"

_ORDERED = f"""
WITH prints AS ({EACH_ONCE}), {", ".join(f"{name} AS MATERIALIZED ({query})" for name, query in PLACED.items())},
chosen AS (
    SELECT *, 1 = row_number() OVER (PARTITION BY fact, place ORDER BY is_empty, document) AS is_main FROM numbers
), numbered AS (
    SELECT *,
        CASE WHEN is_main AND NOT is_ahead THEN row_number() OVER (PARTITION BY fact, is_main, is_ahead ORDER BY place) END AS own_number,
        min(known_from) OVER (
            PARTITION BY fact, is_main ORDER BY place ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS next_from
    FROM chosen
), counted AS (
    SELECT *, coalesce(CASE WHEN NOT is_ahead THEN max(own_number) OVER (PARTITION BY fact, place) END, 0) AS print,
        CASE WHEN NOT is_main OR next_from < known_from THEN known_from ELSE next_from END AS valid_until
    FROM numbered
), told AS (
    SELECT *, bool_or(print = 1 AND is_earliest) OVER (PARTITION BY fact, place) AS is_first_published FROM counted
)
SELECT prints.*, print, is_first_published, is_main, valid_until
FROM prints JOIN facts ON {same(FACT_OF_FAMILY, "prints", "facts")} JOIN documents USING (sha256, product)
JOIN (SELECT * RENAME (fact AS of_fact, document AS of_document, place AS placed, known_from AS begins) FROM told) AS told
    ON {_OF_PRINT.format("fact", "document")} = {_OF_PRINT.format("of_fact", "of_document")}
ORDER BY of_fact, placed, is_main DESC, product, sha256
"""  # noqa: S608 - made of constants of this package


def refresh_history(root: DataRoot) -> bool:
    """Bring the history up to date with the prints; False if it was.

    No lock is needed: whoever writes looks afterwards whether a partition came in meanwhile, and if so writes again,
    so that the last one to write has seen them all.
    """
    if not is_stale(root):
        return False
    while is_stale(root):
        root.write(_remade(root), *FILE)
    return True


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
    """Whether a partition of the prints came, changed or went since the history was made."""
    import pyarrow as pa

    stamps = partition_stamps(root, PRINTS)
    if not root.exists(*FILE):
        return bool(stamps)
    try:
        made_of = metadata_of(root.read(*FILE)).get(_MADE_OF, b"")
    except (pa.ArrowException, OSError):  # damaged, and made again
        return True
    return bool(made_of != stamps.encode())


def _remade(root: DataRoot) -> bytes:
    # The stamps first: a partition that comes in while the others are read makes the file stale, not wrong.
    stamps = partition_stamps(root, PRINTS)
    if not stamps:
        content = arrow_of(empty(HISTORY), arrow_schema(HISTORY))
    else:
        with connect(root, [PRINTS]) as connection:
            content = connection.sql(_ORDERED).to_arrow_table()
        content = content.select(list(HISTORY.dtypes)).cast(arrow_schema(HISTORY))
    content = content.replace_schema_metadata({"description": HISTORY.description, _MADE_OF: stamps.encode()})
    return parquet_of(content, row_group_size=1 << 17)


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
