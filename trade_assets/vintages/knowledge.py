"""What was known in a release month: all that was published until then, and nothing that was published later.

Only the partitions of that month and of earlier ones are opened, so that a month that is rebuilt years later comes out
as it did.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pandas as pd

from trade_assets.facts.frames import WITHHELD, conform, empty
from trade_assets.facts.periods import add_months, is_month
from trade_assets.facts.schemas import Column, Table
from trade_assets.facts.tables import PRINTS
from trade_assets.vintages.ordering import Prints, begins, prints_in_order
from trade_assets.vintages.years import FACT, stamps_until
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot

NOT_READ = "not_read"
"""The gap of the month that a document was to print which could not be read."""

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


def knowledge(root: DataRoot, release_month: str, unread: Collection[str] = ()) -> pd.DataFrame:
    """Each fact as each release of a month left it known, by the schema ``KNOWLEDGE``.

    A family has the facts once per release in the month, under its reference month; one without a release in the month has them
    once, under that of its last release. Withheld figures are missing with their issue as the gap; corrected ones are as decided.

    Args:
        unread: families of which a current document of the month could not be read; the month after the last known one
            of each of their series is a gap, ``not_read``.
    """
    known = _after_each_release(root, release_month, _known)
    if known is None:
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
    numbered = _after_each_release(root, release_month, _numbered) if _has_release(root, release_month) else None
    if numbered is None:
        return empty(PRINTS).assign(print=pd.Series([], dtype="int64"), is_first_estimate=pd.Series([], dtype="bool"))
    return numbered


def _has_release(root: DataRoot, release_month: str) -> bool:
    _require_month(release_month)
    return len(read_partition(root, PRINTS, release_month)) > 0


def _require_month(text: str) -> None:
    """What is no month would stand, as text, before or after some month, and be answered."""
    if not is_month(text):
        raise ValueError(f"{text!r} is no release month; expected YYYY-MM")


def _after_each_release(root: DataRoot, release_month: str, answer: Callable[[Prints], pd.DataFrame]) -> pd.DataFrame | None:
    """The answers to a question after each release of each family, under the release's reference month; nothing without a print.

    A family that has several releases in the last month in which it has one is asked after each of them.

    Args:
        answer: asks it of the prints that were out by then.
    """
    _require_month(release_month)
    prints = prints_in_order(root, stamps_until(root, release_month))
    if not len(prints):
        return None
    told = prints.documents.sort_values(["family", "release_month", "release_number"])
    told = told[told["release_month"] == told.groupby("family")["release_month"].transform("max")]
    labels = told.groupby(["family", "release_number"])["reference_month"].max().fillna("").reset_index()
    is_last = ~labels.duplicated("family", keep="last")
    # All families after their last releases at once; the earlier releases of the month, which few have, one by one.
    frames = [_labelled(answer(prints), dict(labels.loc[is_last, ["family", "reference_month"]].itertuples(index=False)))]
    for family, number, reference_month in labels[~is_last].itertuples(index=False):
        is_out = (prints.of_documents("release_month") < release_month) | (prints.of_documents("release_number") <= number)
        of_family = (prints.facts["family"] == family).to_numpy(dtype=bool)[prints.fact]
        frames.append(_labelled(answer(prints.only(is_out & of_family)), {family: reference_month}))
    return pd.concat(frames, ignore_index=True)


def _labelled(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    return frame.assign(reference_month=frame["family"].map(labels))


def _known(prints: Prints) -> pd.DataFrame:
    """Of each fact what the main document says in the last release that prints it; of its issues, the last that does."""
    place = prints.of_documents("place")
    latest = np.full(len(prints.facts), -1)
    np.maximum.at(latest, prints.fact, place)
    last = prints.only(place == latest[prints.fact])
    order, mains = last.in_order("place")
    last = last.only(order[mains])
    told = [last.facts.take(last.fact), last.said.take(last.said_at), last.documents[["release_month"]].take(last.document)]
    frame = pd.concat([each.reset_index(drop=True) for each in told], axis="columns")
    value, decimals = pd.Series(last.value, dtype="Float64"), pd.Series(last.decimals, dtype="Int64")
    return frame.assign(value=value.mask(np.isnan(last.value)), decimals=decimals.mask(last.decimals < 0))


def _numbered(prints: Prints) -> pd.DataFrame:
    """One print a release, numbered: an issue replaced within its month is no vintage of its own.

    The texts are categories: there are few of them, and a million rows.
    """
    prints = prints.only(~prints.is_ahead()) if prints.is_ahead().any() else prints
    order, releases = prints.in_order("release", last_edition_first=True)
    prints = prints.only(order[releases])
    starts = np.flatnonzero(begins(prints.fact))
    counts = np.diff(starts, append=len(prints))
    columns: dict[str, Any] = {
        "value": prints.value,
        "print": np.arange(len(prints)) - np.repeat(starts, counts) + 1,
        "is_first_estimate": np.repeat(prints.is_earliest()[starts], counts),
        "release_number": prints.of_documents("release_number"),
    }
    for names, of, at in (
        (FACT, prints.facts, prints.fact),
        (("release_month",), prints.documents, prints.document),
        (("unit", "base_period"), prints.said, prints.said_at),
    ):
        for name in names:
            columns[name] = of[name].astype("string").astype("category").array.take(at)
    return pd.DataFrame(columns)


def _not_read(known: pd.DataFrame, families: Collection[str]) -> pd.DataFrame:
    """The month after the last known one of each monthly series of families whose document could not be read."""
    is_monthly = pd.Series([is_month(str(period)) for period in known["period"]], index=known.index, dtype=bool)
    monthly = known[known["family"].isin(families) & is_monthly]
    last = monthly.sort_values(["reference_month", "period"]).drop_duplicates(["family", "series", "measure"], keep="last")
    missing = last.assign(period=[add_months(period, 1) for period in last["period"]], gap=NOT_READ)
    missing[["value", "decimals"]] = pd.NA
    return conform(missing, KNOWLEDGE)
