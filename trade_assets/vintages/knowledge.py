"""What was known in a release month: all that was published until then, and nothing that was published later.

Only the partitions of that month and of earlier ones are opened, so that a month that is rebuilt years later comes out
as it did.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from trade_assets.facts.frames import WITHHELD, conform, empty
from trade_assets.facts.periods import add_months, is_month
from trade_assets.facts.schemas import Column, Table
from trade_assets.facts.tables import PRINTS
from trade_assets.warehouse.catalogue import connect
from trade_assets.warehouse.partitions import existing_months, read_partition
from trade_assets.warehouse.root import DataRoot

NOT_READ = "not_read"
"""The gap of the month that a document was to print which could not be read."""

_TOLD = ("family", "series", "measure", "period", "value", "decimals", "unit", "seasonal_adjustment", "base_period", "gap")
KNOWLEDGE = Table(
    "vintages", "knowledge", "Each fact as known at the end of a release month; not kept, computed where it is needed.",
    (*(PRINTS.by_name[name] for name in ("release_month", *_TOLD)),
     Column("published_in", "string", "release month of the print", is_nullable=False)),
    key=("family", "series", "measure", "period"),
)  # fmt: skip

# As the history orders prints: of a release month the main document speaks, of the months the one known last.
_KNOWN = """
WITH main AS (
    SELECT * FROM vintages.prints WHERE is_current
    QUALIFY 1 = row_number() OVER (
        PARTITION BY family, series, measure, period, release_month, edition ORDER BY value IS NULL, known_from, product, sha256
    )
)
SELECT * FROM main
QUALIFY 1 = row_number() OVER (
    PARTITION BY family, series, measure, period ORDER BY known_from DESC, release_month DESC, edition DESC
)
ORDER BY family, series, measure, period
"""

# One print a release month, numbered: an issue replaced within its month is no vintage of its own.
_NUMBERED = """
WITH latest AS (
    SELECT sha256, max(period) AS month FROM vintages.prints
    WHERE measure IN ('value', 'index') AND value IS NOT NULL AND length(period) = 7 GROUP BY sha256
), one_a_month AS (
    SELECT * FROM vintages.prints WHERE is_current AND gap IS DISTINCT FROM 'not_yet_released'
    QUALIFY 1 = row_number() OVER (
        PARTITION BY family, series, measure, period, release_month ORDER BY edition DESC, value IS NULL, known_from, product, sha256
    )
)
SELECT family, series, measure, period, release_month, unit, base_period,
    CASE WHEN held_by IS NULL THEN coalesce(corrected_value, value) END AS value,
    row_number() OVER fact AS print,
    coalesce(first_value(period = latest.month) OVER fact, false) AS is_first_estimate
FROM one_a_month LEFT JOIN latest USING (sha256)
WINDOW fact AS (PARTITION BY family, series, measure, period ORDER BY release_month)
ORDER BY family, series, measure, period, print
"""


def knowledge(root: DataRoot, release_month: str, unread: Collection[str] = ()) -> pd.DataFrame:
    """Each fact as known at the end of a release month, by the schema ``KNOWLEDGE``.

    Withheld figures are missing with their issue as the gap; corrected ones are as decided.

    Args:
        unread: families of which a current document of the month could not be read; the month after the last known one
            of each of their series is a gap, ``not_read``.
    """
    known = _asked(root, release_month, _KNOWN)
    if known.empty:
        return empty(KNOWLEDGE)
    is_held, is_corrected = known["held_by"].notna(), known["corrected_value"].notna()
    known["gap"] = known["gap"].mask(is_held, WITHHELD + known["held_by"].fillna(""))
    for name in ("value", "decimals"):
        known[name] = known[name].mask(is_corrected, known[f"corrected_{name}"]).mask(is_held, pd.NA)
    known["published_in"] = known["release_month"]
    frame = conform(known.drop(columns="release_month"), KNOWLEDGE, release_month=release_month)
    missing = _not_read(frame, unread)
    return pd.concat([frame, missing], ignore_index=True) if len(missing) else frame


def release_knowledge(root: DataRoot, release_month: str, unread: Collection[str] = ()) -> pd.DataFrame:
    """``knowledge`` of a month with a release; empty without one: what follows from the knowledge of the month before still stands."""
    return knowledge(root, release_month, unread) if _has_release(root, release_month) else empty(KNOWLEDGE)


def numbered_prints(root: DataRoot, release_month: str) -> pd.DataFrame:
    """All prints until a release month, one per fact and month; empty for a month without a release, which adds none.

    Returns:
        Columns family, series, measure, period, release_month, unit, base_period, value (as published: withheld ones
        missing), print (1 for the first), is_first_estimate: whether its first print in the store can be the first that was
        published, the month being the latest that its document has.
    """
    return _asked(root, release_month, _NUMBERED if _has_release(root, release_month) else f"{_NUMBERED} LIMIT 0")


def _has_release(root: DataRoot, release_month: str) -> bool:
    return len(read_partition(root, PRINTS, release_month)) > 0


def _asked(root: DataRoot, release_month: str, question: str) -> pd.DataFrame:
    if not any(month <= release_month for month in existing_months(root, PRINTS)):
        return empty(PRINTS).assign(print=pd.Series([], dtype="int64"), is_first_estimate=pd.Series([], dtype="bool"))
    with connect(root, [PRINTS], until=release_month) as connection:
        frame = connection.execute(question).df()
    return frame.astype({name: dtype for name, dtype in PRINTS.dtypes.items() if name in frame.columns})


def _not_read(known: pd.DataFrame, families: Collection[str]) -> pd.DataFrame:
    """The month after the last known one of each monthly series of families whose document could not be read."""
    is_monthly = pd.Series([is_month(str(period)) for period in known["period"]], index=known.index, dtype=bool)
    monthly = known[known["family"].isin(families) & is_monthly]
    last = monthly.sort_values("period").drop_duplicates(["family", "series", "measure"], keep="last")
    missing = last.assign(period=[add_months(period, 1) for period in last["period"]], gap=NOT_READ)
    missing[["value", "decimals"]] = pd.NA
    return conform(missing, KNOWLEDGE)
