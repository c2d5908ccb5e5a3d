"""What was known in a release month: all that was published until then, and nothing that was published later.

Only the partitions of that month and of earlier ones are opened, so that a month that is rebuilt years later comes out
as it did.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import pandas as pd

from trade_assets.facts.frames import WITHHELD, conform, empty
from trade_assets.facts.periods import add_months, is_month
from trade_assets.facts.schemas import Column, Table
from trade_assets.facts.tables import PRINTS
from trade_assets.vintages.ordering import EACH_ONCE, FACT_OF_FAMILY, IN_ORDER, PLACED, same
from trade_assets.warehouse.database import connect
from trade_assets.warehouse.partitions import existing_months, read_partition
from trade_assets.warehouse.root import DataRoot

if TYPE_CHECKING:
    import duckdb

NOT_READ = "not_read"
"""The gap of the month that a document was to print which could not be read."""

_ALL = 1 << 30
"""More releases than a family has in a month."""

_TOLD = ("family", "series", "measure", "period", "value", "decimals", "unit", "seasonal_adjustment", "base_period", "gap")
KNOWLEDGE = Table(
    "vintages",
    "knowledge",
    "Each fact as known at the end of a release month; not kept, computed where it is needed.",
    (
        *(PRINTS.by_name[name] for name in ("release_month", "reference_month", *_TOLD)),
        Column("published_in", "string", "release month of the print", is_nullable=False),
    ),
    key=("family", "reference_month", "series", "measure", "period"),
)

# As the history orders prints: of a release the main document speaks, of the releases the last one. What a later issue leaves out
# stays known from the one before. The releases of one family in the last month may be taken one by one: ``number`` is the last.
_PRINTS = f"""
SELECT * FROM ({EACH_ONCE}), asked
WHERE coalesce(family = asked_family, true) AND (release_month < asked_month OR release_number <= asked_number)
"""  # noqa: S608 - made of constants of this package
_KNOWN = f"""
WITH placed AS (
    SELECT *, row({IN_ORDER}) AS place FROM prints
), last AS (
    SELECT {FACT_OF_FAMILY}, max(place) AS place FROM placed GROUP BY ALL
)
SELECT {", ".join(f"placed.{name}" for name in PRINTS.by_name)}
FROM placed JOIN last ON {same(FACT_OF_FAMILY, "placed", "last")} AND placed.place = last.place
QUALIFY 1 = row_number() OVER (
    PARTITION BY placed.family, placed.series, placed.measure, placed.period ORDER BY printed_value IS NULL, known_from, product, sha256
)
ORDER BY placed.family, placed.series, placed.measure, placed.period
"""  # noqa: S608 - made of constants of this package

# One print a release, numbered: an issue replaced within its month is no vintage of its own.
_NUMBERED = f"""
WITH one_a_release AS (
    SELECT * FROM numbers WHERE NOT is_ahead
    QUALIFY 1 = row_number() OVER (PARTITION BY fact, release ORDER BY edition DESC, is_empty, document)
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY fact ORDER BY release) AS print FROM one_a_release
)
SELECT fact, document, value, print, setting, bool_or(print = 1 AND is_earliest) OVER (PARTITION BY fact) AS is_first_estimate
FROM numbered JOIN settings ON {same("unit, base_period", "numbered", "settings")}
ORDER BY fact, print
"""  # noqa: S608 - made of constants of this package
_DIMENSIONS = {
    "facts": ("fact", ("family", "series", "measure", "period")),
    "documents": ("document", ("release_month", "release_number")),
    "settings": ("setting", ("unit", "base_period")),
}
_SETTINGS = "SELECT *, row_number() OVER (ORDER BY unit, base_period) AS setting FROM (SELECT DISTINCT unit, base_period FROM numbers)"

# The releases of each family in the last month that has one, in order.
_RELEASES = """
WITH last AS (SELECT family, max(release_month) AS release_month FROM vintages.prints GROUP BY family)
SELECT family, release_number, coalesce(max(reference_month), '') FROM vintages.prints JOIN last USING (family, release_month)
GROUP BY family, release_number ORDER BY family, release_number
"""


def knowledge(root: DataRoot, release_month: str, unread: Collection[str] = ()) -> pd.DataFrame:
    """Each fact as each release of a month left it known, by the schema ``KNOWLEDGE``.

    A family has the facts once per release in the month, under its reference month; one without a release in the month has them
    once, under that of its last release. Withheld figures are missing with their issue as the gap; corrected ones are as decided.

    Args:
        unread: families of which a current document of the month could not be read; the month after the last known one
            of each of their series is a gap, ``not_read``.
    """
    known = _after_each_release(root, release_month, _known)
    if known.empty:
        return empty(KNOWLEDGE)
    known["gap"] = known["gap"].mask(known["held_by"].notna(), WITHHELD + known["held_by"].fillna(""))
    known["published_in"] = known["release_month"]
    frame = conform(known.drop(columns="release_month"), KNOWLEDGE, release_month=release_month)
    missing = _not_read(frame, unread)
    return pd.concat([frame, missing], ignore_index=True) if len(missing) else frame


def release_knowledge(root: DataRoot, release_month: str, unread: Collection[str] = ()) -> pd.DataFrame:
    """``knowledge`` of a month with a release; empty without one: what follows from the knowledge of the month before still stands."""
    return knowledge(root, release_month, unread) if _has_release(root, release_month) else empty(KNOWLEDGE)


def numbered_prints(root: DataRoot, release_month: str) -> pd.DataFrame:
    """All prints until each release of a month, one per fact and release; empty for a month without a release, which adds none.

    Returns:
        Columns reference_month (of the release until which they go), family, series, measure, period, release_month,
        release_number, unit, base_period, value (as published: withheld ones missing), print (1 for the first),
        is_first_estimate: whether its first print in the store is known to be the first that was published.
    """
    if not _has_release(root, release_month):
        return empty(PRINTS).assign(print=pd.Series([], dtype="int64"), is_first_estimate=pd.Series([], dtype="bool"))
    return _after_each_release(root, release_month, _numbered)


def _has_release(root: DataRoot, release_month: str) -> bool:
    _require_month(release_month)
    return len(read_partition(root, PRINTS, release_month)) > 0


def _require_month(text: str) -> None:
    """What is no month would stand, as text, before or after some month, and be answered."""
    if not is_month(text):
        raise ValueError(f"{text!r} is no release month; expected YYYY-MM")


def _after_each_release(root: DataRoot, release_month: str, answer: Callable[[duckdb.DuckDBPyConnection], pd.DataFrame]) -> pd.DataFrame:
    """The answers to a question after each release of each family, under the release's reference month.

    Args:
        answer: asks it of ``prints``, the prints that were out by then.
    """
    _require_month(release_month)
    if not any(month <= release_month for month in existing_months(root, PRINTS)):
        return empty(PRINTS)
    with connect(root, [PRINTS], until=release_month) as connection:
        releases = connection.execute(_RELEASES).fetchall()
        last = {family: (number, reference_month) for family, number, reference_month in releases}
        # All families after their last releases at once; the earlier releases of the month, which few have, one by one.
        asked = [(None, _ALL, None), *(each for each in releases if each[1] != last[each[0]][0])]
        connection.execute("CREATE TEMP TABLE asked (asked_family VARCHAR, asked_month VARCHAR, asked_number BIGINT)")
        connection.execute(f"CREATE TEMP VIEW prints AS {_PRINTS}")
        frames = []
        for family, number, reference_month in asked:
            connection.execute("DELETE FROM asked").execute("INSERT INTO asked VALUES (?, ?, ?)", [family, release_month, number])
            labels = {name: label for name, (_, label) in last.items()} if family is None else {family: reference_month}
            frame = answer(connection)
            frames.append(frame.assign(reference_month=frame["family"].map(labels).astype("string")))
    return pd.concat(frames, ignore_index=True)


def _known(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    return connection.execute(_KNOWN).df().astype(PRINTS.dtypes)


def _numbered(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The numbered prints, their texts as categories: there are few of them, and a million rows."""
    for name, query in (PLACED | {"settings": _SETTINGS}).items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
    found = connection.execute(_NUMBERED).df()
    columns: dict[str, Any] = {name: found[name].to_numpy() for name in ("value", "print", "is_first_estimate")}
    for name, (key, described) in _DIMENSIONS.items():
        of_key = connection.execute(f"SELECT * FROM {name} ORDER BY {key}").df()  # noqa: S608 - names of this module
        at = found[key].to_numpy() - 1
        for column in described:
            is_text = PRINTS.by_name[column].kind == "string"
            columns[column] = (of_key[column].astype("string").astype("category") if is_text else of_key[column]).take(at).array
    return pd.DataFrame(columns)


def _not_read(known: pd.DataFrame, families: Collection[str]) -> pd.DataFrame:
    """The month after the last known one of each monthly series of families whose document could not be read."""
    is_monthly = pd.Series([is_month(str(period)) for period in known["period"]], index=known.index, dtype=bool)
    monthly = known[known["family"].isin(families) & is_monthly]
    last = monthly.sort_values(["reference_month", "period"]).drop_duplicates(["family", "series", "measure"], keep="last")
    missing = last.assign(period=[add_months(period, 1) for period in last["period"]], gap=NOT_READ)
    missing[["value", "decimals"]] = pd.NA
    return conform(missing, KNOWLEDGE)
