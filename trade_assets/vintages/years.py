"""The prints of a year in one small table, so that a month need not read hundreds of partitions to know what came before it.

A row per print, with as little as puts prints in order and says what is known of a fact; what repeats itself is one text each, which
occurs once in the file. A year that is over seldom changes: its table is kept, with the stamps of the partitions that it was made
of, and made again when they are others. The months of the year under way are read as they are. So nothing of a later month is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from trade_assets.facts.tables import PRINTS
from trade_assets.warehouse.database import connect
from trade_assets.warehouse.parquet import metadata_of, parquet_of, table_of
from trade_assets.warehouse.partitions import FOLDER, partition_stamps
from trade_assets.warehouse.root import DataRoot

if TYPE_CHECKING:
    import pyarrow as pa

FACT = ("family", "series", "measure", "period")
DOCUMENT = ("sha256", "product", "family", "release_month", "release_number", "edition", "known_from", "reference_month")
SAID = ("unit", "seasonal_adjustment", "base_period", "gap", "held_by")
_TEXTS = {"fact": FACT, "document": DOCUMENT, "said": SAID}

_BETWEEN, _MISSING = "\x1f", "\x7f"
"""What stands between the parts of a text, and for a part that is missing. The first comes before all that is printed and the second
after, so that the texts of facts are in the order of their parts, those that are missing last."""

_MADE_OF, _VERSION = b"made_of", "1"


def joined(columns: tuple[str, ...]) -> str:
    """The SQL of the text of several columns."""
    return f"concat_ws('{_BETWEEN}', {', '.join(f'''coalesce({name}::VARCHAR, '{_MISSING}')''' for name in columns)})"


def parts(text: str) -> list[str | None]:
    """The columns of a text."""
    return [None if part == _MISSING else part for part in text.split(_BETWEEN)]


_ROWS = f"""
SELECT {", ".join(f"{joined(columns)} AS {name}" for name, columns in _TEXTS.items())},
    value, decimals::TINYINT AS decimals, printed_value IS NULL AS is_empty
FROM vintages.prints
"""  # noqa: S608 - made of constants of this package


def stamps_until(root: DataRoot, release_month: str | None = None) -> tuple[str, ...]:
    """The partitions of a release month and of all before it, or of all months, with what changes when one is written anew."""
    stamps = filter(None, partition_stamps(root, PRINTS).split("\n"))
    return tuple(line for line in stamps if release_month is None or line[:7] <= release_month)


def prints_of(root: DataRoot, stamps: Sequence[str]) -> list[pa.Table]:
    """The prints of the partitions of ``stamps_until``: a table for each year that has some.

    Returns:
        Columns ``fact``, ``document`` and ``said``, texts as dictionaries; value, decimals and is_empty (nothing is printed), as of
        ``vintages.prints``.
    """
    of_years = by_year(stamps)
    return [
        _read(root, of_year) if year == max(of_years) else _kept(DataRoot(root.url), year, of_year) for year, of_year in of_years.items()
    ]


def by_year(stamps: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The stamps of each year."""
    return {year: tuple(of_year) for year, of_year in groupby(stamps, key=lambda line: line[:4])}


@lru_cache(maxsize=128)
def _kept(root: DataRoot, year: str, stamps: tuple[str, ...]) -> pa.Table:
    """The table of a year that is over, made where it is not kept as its partitions are now.

    A process that runs many months reads it once: the same stamps are the same table.
    """
    import pyarrow as pa

    place = (FOLDER, "vintages", "years", f"{year}.parquet")
    made_of = "\n".join([_VERSION, *stamps]).encode()
    # One that is not there, or damaged, is made again.
    with suppress(FileNotFoundError, pa.ArrowException, OSError):
        data = root.read(*place)
        if metadata_of(data).get(_MADE_OF) == made_of:
            return table_of(data, dictionaries=list(_TEXTS))
    table = _read(root, stamps)
    # Where nothing can be written the next one reads the partitions again.
    with suppress(OSError):
        root.write(parquet_of(table.replace_schema_metadata({_MADE_OF: made_of})), *place)
    return table


def _read(root: DataRoot, stamps: tuple[str, ...]) -> pa.Table:
    """The table of a year's months, from their partitions."""
    import pyarrow as pa

    with connect(root, [PRINTS], since=stamps[0][:7], until=stamps[-1][:7]) as connection:
        table = connection.sql(_ROWS).to_arrow_table()
    texts = {name: pa.chunked_array([table[name].combine_chunks().dictionary_encode()]) for name in _TEXTS}
    return pa.table(texts | {name: table[name] for name in table.column_names if name not in texts})
