"""What a release changes in the published tables against the former documents of its products; losses first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from trade_assets.facts.frames import in_text_order
from trade_assets.facts.notes import noted
from trade_assets.facts.periods import months_of
from trade_assets.facts.schemas import Table
from trade_assets.publication.earlier_releases import Distance, Former, Months
from trade_assets.publication.files import decimals_column, figure_text

Kind = Literal["table", "series", "period", "figure"]
"""What there is no more, or for the first time: a whole table, all rows of a series, a row of a series, a figure of a row."""
_KINDS: tuple[Kind, ...] = ("table", "series", "period", "figure")

UNSAID = "no reason is stated"
_SAME = 1e-9  # of computed numbers, relative: sums of the same figures in another order differ by less
_PERCENT = ("percent", "percentage points")


@dataclass(frozen=True)
class Group:
    """Figures that were lost, or that came, together.

    Attributes:
        table: ``layer.name``.
        series: what identifies their rows but the period; empty where that is the period alone.
        column: the column, where only one is concerned.
        figures: how many there are.
        first, last: their periods, by when they end; ``None`` where rows have none.
        reason: why a lost figure is missing; of one that came, why it was missing.
        is_routine: whether it left with time, by the publisher's own layout, and nothing was lost.
        release: the reference month of the release, where the month has several.
    """

    kind: Kind
    table: str
    series: str
    column: str | None
    figures: int
    first: str | None
    last: str | None
    reason: str | None = None
    is_routine: bool = False
    release: str = ""


@dataclass(frozen=True)
class Change:
    """A figure that reads otherwise now.

    Attributes:
        size_pct: the change in percent of the former figure, ``None`` if that is 0; of percentages in percentage points.
        is_in_points: whether it is in percentage points.
        release: the reference month of the release, where the month has several.
    """

    table: str
    series: str
    period: str | None
    column: str
    former: str
    now: str
    size_pct: float | None
    is_in_points: bool = False
    release: str = ""


@dataclass(frozen=True)
class Difference:
    """A release against the former documents of its products, table by table.

    Attributes:
        compared_with: by table, the products that print it and the release months of their former documents; ``None`` without one.
        losses, additions: whole tables first, single figures last, the most figures first.
        rolled_off: what left with time: a year to date that gave way to the next one of its year, or to the year; what lies before
            the first period of its series.
        changes: the largest first.
        moved_on: by table, figures whose row stands for another period now, so that they are no change.
        not_released: products without a document in the month, with the last release month that has one.
        distant: products whose release before is not in the store, with the last one that is, and how far back it lies: a figure
            that is gone may have gone in any release between, so that they are not compared.
        not_compared: published tables with figures that are not compared.
    """

    release_month: str
    compared_with: Mapping[str, Months]
    losses: tuple[Group, ...]
    rolled_off: tuple[Group, ...]
    changes: tuple[Change, ...]
    additions: tuple[Group, ...]
    moved_on: dict[str, int]
    not_released: Mapping[str, str]
    distant: Mapping[str, Distance]
    not_compared: tuple[str, ...] = ()


def difference(
    release_month: str, tables: Sequence[Table], frames: Mapping[str, pd.DataFrame], former: Former, not_compared: Sequence[Table] = ()
) -> Difference:
    """Compare the tables of a release month with what the former documents of the same products gave.

    Args:
        tables: those to compare; of these, the ones with figures are that a product of the month prints, or printed before.
        frames: their rows by name, by the schemas.
        not_compared: published tables that are only named.
    """
    losses: list[Group] = []
    additions: list[Group] = []
    changes: list[Change] = []
    moved_on: dict[str, int] = {}
    compared: dict[str, Months] = {}
    for table in tables:
        name = f"{table.layer}.{table.name}"
        if not _figures(table) or name not in former.compared:
            continue
        compared[name] = former.compared[name]
        for release, before, after in _releases(former.frames[table.name], frames[table.name], table):
            losses += (replace(group, release=release) for group in _absent(before, after, name))
            additions += (replace(group, release=release, is_routine=False) for group in _absent(after, before, name))
            both = before.merge(after, on=_PLACE, suffixes=("_before", "_after"), how="inner")
            both = both[both["value_before"].notna() & both["value_after"].notna()]
            has_moved = both["of_before"] != both["of_after"]
            if has_moved.any():
                moved_on[name] = moved_on.get(name, 0) + int(has_moved.sum())
            changes += (replace(change, release=release) for change in _changes(both[~has_moved], table))
    in_order = sorted(losses, key=_gravity)
    return Difference(
        release_month,
        compared,
        tuple(group for group in in_order if not group.is_routine),
        tuple(group for group in in_order if group.is_routine),
        tuple(sorted(changes, key=_weight)),
        tuple(sorted(additions, key=_gravity)),
        moved_on,
        former.not_released,
        former.distant,
        tuple(f"{table.layer}.{table.name}" for table in not_compared if _figures(table) and len(frames[table.name])),
    )


def _releases(before: pd.DataFrame, after: pd.DataFrame, table: Table) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """The two frames of each release, tall, with its reference month; without that if there is only one."""
    months = sorted({str(month) for frame in (before, after) for month in frame["reference_month"].fillna("")})
    for month in months:
        former, now = (_tall(frame[frame["reference_month"].fillna("") == month], table) for frame in (before, after))
        yield month if len(months) > 1 else "", former, now


def _gravity(group: Group) -> tuple[int, bool, int, str, str, str, str]:
    return (
        _KINDS.index(group.kind),
        group.is_routine,
        -group.figures,
        group.table,
        group.series,
        group.column or "",
        group.reason or "",
    )


def _weight(change: Change) -> tuple[float, str, str, str, str]:
    size = float("inf") if change.size_pct is None else change.size_pct
    return -size, change.table, change.series, change.period or "", change.column


def _figures(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.kind == "float"]


_PLACE = ["series", "period", "column"]


def _tall(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """One row per figure: where it stands, its value as number and text, or why there is none.

    Returns:
        Columns series, period (empty where the key has none), column, of (the row's period, where it is not in the key),
        value, text, unit, reason.
    """
    figures, keys = _figures(table), [name for name in table.key if name not in ("period", "reference_month")]
    pieces = []
    said = _reasons(frame, table, figures)
    blank = pd.Series("", index=frame.index, dtype=object)
    series = frame[keys].astype("string").fillna("").agg(" ".join, axis=1) if keys and len(frame) else blank
    period = frame["period"].astype(object).where(frame["period"].notna(), "") if "period" in table.by_name else blank
    for column in figures:
        decimals = decimals_column(table, column)
        unit = table.by_name[column].unit or ""
        pieces.append(
            pd.DataFrame(
                {
                    "series": series,
                    "period": period if "period" in table.key else "",
                    "column": column,
                    "of": "" if "period" in table.key else period,
                    "value": frame[column],
                    "decimals": frame[decimals] if decimals else pd.array([pd.NA] * len(frame), dtype="Int64"),
                    "unit": frame["unit"] if unit.startswith("see") and "unit" in frame else unit,
                    "reason": [each.get(column) for each in said],
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)


def _reasons(frame: pd.DataFrame, table: Table, figures: Sequence[str]) -> list[dict[str, str]]:
    """Per row, why each figure is missing, as far as the row says."""
    if "gaps" in table.by_name:
        return [noted(str(notes), figures) for notes in frame["gaps"]]
    if "gap" in table.by_name:
        return [{} if pd.isna(gap) else dict.fromkeys(figures, str(gap)) for gap in frame["gap"]]
    return [{}] * len(frame)


def _absent(there: pd.DataFrame, here: pd.DataFrame, table: str) -> Iterator[Group]:
    """What stands in the first of two releases and not in the second."""
    figures = there[there["value"].notna()]
    if figures.empty:
        return
    if here.empty:
        yield _group("table", table, figures)
        return
    is_gone = ~figures["series"].isin(here["series"])
    for series, group in figures[is_gone].groupby("series"):
        yield _group("series", table, group, series=str(series))
    figures = figures[~is_gone].merge(here[["series", "period"]].drop_duplicates(), on=["series", "period"], how="left", indicator="row")
    gone = figures[figures["row"] != "both"]
    begins = in_text_order(here.assign(end=here["period"].map(_ends)), "end").groupby("series")["end"].first().to_dict()
    present = zip(here["series"], here["period"], strict=True)
    to_date = {(name, period[:4], _ends(period)) for name, period in present if _is_to_date(period)}
    why = [
        _EARLIER.format(begins[name]) if _ends(period) < begins[name] else _GAVE_WAY if _gave_way(name, period, to_date) else ""
        for name, period in zip(gone["series"], gone["period"], strict=True)
    ]
    for (name, reason), group in gone.groupby([gone["series"], pd.Series(why, index=gone.index, dtype="string")]):
        yield _group("period", table, group, series=str(name), reason=str(reason) or None, is_routine=bool(reason))
    missing = here.loc[here["value"].isna(), [*_PLACE, "reason"]].rename(columns={"reason": "why"})
    emptied = figures[figures["row"] == "both"].merge(missing, on=_PLACE, how="inner")
    for (name, column, reason), group in emptied.groupby(["series", "column", emptied["why"].fillna(UNSAID)]):
        yield _group("figure", table, group, series=str(name), column=str(column), reason=str(reason))


_EARLIER = "they end before {}, with which the series begins"
_GAVE_WAY = "a later year to date, or the year, stands in their place"


def _is_to_date(period: str) -> bool:
    """Whether a period is a year, or a year to date."""
    return len(period) == 4 or period[4:8] == "-01/"


def _gave_way(series: str, period: str, to_date: Collection[tuple[str, str, str]]) -> bool:
    """Whether a year to date is gone because the series has a later one of its year, or the year; as ``vintages.revisions`` says."""
    if len(period) == 4 or not _is_to_date(period):
        return False
    return any(name == series and year == period[:4] and end > _ends(period) for name, year, end in to_date)


def _group(
    kind: Kind,
    table: str,
    figures: pd.DataFrame,
    *,
    series: str = "",
    column: str | None = None,
    reason: str | None = None,
    is_routine: bool = False,
) -> Group:
    standing = {str(period) for period in figures["period"].where(figures["period"] != "", figures["of"]) if period}
    periods = sorted(standing, key=lambda period: (_ends(period), period))
    first, last = (periods[0], periods[-1]) if periods else (None, None)
    return Group(kind, table, series, column, len(figures), first, last, reason, is_routine)


def _ends(period: str) -> str:
    """The last month of a period; empty for none."""
    return months_of(period)[-1] if period else ""


def _changes(both: pd.DataFrame, table: Table) -> Iterator[Change]:
    """The figures that stand in both releases for the same period, and differ."""
    size = (both["value_after"] - both["value_before"]).abs()
    largest = both[["value_after", "value_before"]].abs().max(axis=1)
    is_printed = both["column"].map({name: decimals_column(table, name) is not None for name in _figures(table)})
    differs = (size > 0).where(is_printed, size > _SAME * largest)
    for row in both[differs.astype(bool)].to_dict("records"):
        before, after = float(row["value_before"]), float(row["value_after"])
        points = abs(after - before)
        relative = 100 * points / abs(before) if before else None
        period, is_in_points = row["period"] or row["of_after"] or None, row["unit_after"] in _PERCENT
        yield Change(
            f"{table.layer}.{table.name}",
            row["series"],
            period,
            row["column"],
            figure_text(before, row["decimals_before"]),
            figure_text(after, row["decimals_after"]),
            points if is_in_points else relative,
            is_in_points,
        )
