"""Columns to frames: a reading as the parsed tables, tidy facts, and the wide tables that people query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from trade_assets.facts.notes import notes_of
from trade_assets.facts.periods import months_apart
from trade_assets.facts.schemas import PANDAS_DTYPES, Table, decimals_of
from trade_assets.facts.tables import CELLS, FACTS, ROWS, SERIES

_DTYPES = {kind: pd.api.types.pandas_dtype(name) for kind, name in PANDAS_DTYPES.items()}

WITHHELD = "withheld_by_issue_"
"""How the gap of a withheld figure begins; the issue's id follows."""


def conform(frame: pd.DataFrame, table: Table, **constants: Any) -> pd.DataFrame:
    """The frame with exactly the table's columns, in order and dtype; ``constants`` fill whole columns.

    Raises:
        KeyError: a column of the table is neither in the frame nor given.
    """
    frame, columns = frame.reset_index(drop=True), {}
    for name, dtype in ((column.name, _DTYPES[column.kind]) for column in table.columns):
        if name in constants:
            columns[name] = pd.Series([constants[name]] * len(frame), index=frame.index, dtype=dtype)
        else:
            # A month asks for it a hundred times, mostly of what a table was read as.
            columns[name] = frame[name] if frame[name].dtype == dtype else frame[name].astype(dtype)
    # With the index given, pandas does not look for one that fits all columns.
    return pd.DataFrame(columns, index=frame.index)


def empty(table: Table) -> pd.DataFrame:
    """The table without rows, in its dtypes."""
    return _empty(tuple(table.dtypes.items())).copy()


@cache
def _empty(dtypes: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """A month asks a hundred times for frames without rows, and making one takes milliseconds."""
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in dtypes})


def in_text_order(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows by a column of text, so that ``first`` and ``last`` of a group are its least and greatest.

    Grouped ``min`` and ``max`` of text go through a pool of pyarrow's threads, which can abort a process as it ends
    (``warehouse.parquet``); these do not.
    """
    return frame.sort_values(column, kind="stable")


def together(frames: Iterable[pd.DataFrame], table: Table) -> pd.DataFrame:
    """Frames of one table below each other, sorted by its key."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return empty(table)
    return pd.concat(filled, ignore_index=True).sort_values(list(table.key), ignore_index=True, kind="stable")


def parsed_tables(columns: Mapping[str, Mapping[str, list[Any]]], **constants: str | bool | None) -> dict[str, pd.DataFrame]:
    """One reading as the tables ``cells``, ``rows`` and ``series``.

    Args:
        columns: ``cells``, ``rows`` and ``series`` of the reading, by column.
        constants: what is said of the document in every row: release_month, family, product, reference_month, sha256, is_current.
    """
    return {table.name: conform(pd.DataFrame(columns[table.name]), table, **constants) for table in (CELLS, ROWS, SERIES)}


def tidy(cells: pd.DataFrame, rows: pd.DataFrame, series: pd.DataFrame, family: str) -> pd.DataFrame:
    """Every fact that one document of a family prints, with what is known of its row and series.

    A row without figures gives a gap for each column of its table, so that what is missing is a fact too.

    Args:
        cells, rows, series: the parsed tables of one document.

    Returns:
        The columns of the family's parsed table, one row per cell or gap.
    """
    table = FACTS[family]
    gaps = rows.loc[rows["gap"].notna(), ["table", "row", "line", "period", "gap"]]
    layout = cells[["table", "column", "series", "measure", "unit"]].drop_duplicates()
    missing = gaps.merge(layout, on="table")
    missing["flags"] = ""
    facts = pd.concat([cells, missing], ignore_index=True) if len(missing) else cells
    facts = facts.merge(rows[["row", "label", "period"]].rename(columns={"period": "row_period"}), on="row", validate="many_to_one").merge(
        series[["series", "flow", "classification", "code", "base_period", "label"]].rename(columns={"label": "series_label"}),
        on="series",
        validate="many_to_one",
    )
    if len(facts) != len(cells) + len(missing):
        raise ValueError(f"{len(cells) + len(missing) - len(facts)} facts of {family} have no row or no series")
    facts = facts.sort_values(["line", "start"], kind="stable", na_position="last")
    if cells.empty:
        return empty(table)
    constants = {name: cells[name].iloc[0] for name in ("release_month", "sha256", "product")}
    month = cells["reference_month"].iloc[0]
    return conform(facts, table, **constants, reference_month="" if pd.isna(month) else month)


def wide(facts: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The validated table of the facts: one row per key, one column per figure, with its printed decimals.

    ``gaps`` says of every missing figure why it is missing. Columns that the table does not print in a row
    at all (a year has no monthly investment) are no gaps.

    Args:
        facts: tidy facts, ``value`` empty for gaps; an optional column ``reason`` replaces ``gap``, and one
            ``correction`` says of corrected figures what was printed.
    """
    facts = facts[facts["table"].isin(table.source_tables)]
    if facts.empty:
        return empty(table)
    attributes = _attributes(facts, table)
    key = list(table.key)
    figures = pd.concat([attributes, facts[["column", "value", "decimals"]]], axis=1)
    reason = facts["reason"] if "reason" in facts else facts["gap"]
    once = _shown_once(figures.assign(sha256=facts["sha256"]), key)
    facts, attributes, figures, reason = facts.loc[once], attributes.loc[once], figures.loc[once], reason.loc[once]
    first = attributes.drop_duplicates(key).set_index(key)
    values = figures.pivot(index=key, columns="column", values=["value", "decimals"])
    result = first.copy()
    for name in table.figures:
        has = ("value", name) in values.columns
        result[name] = values["value", name].reindex(first.index) if has else pd.NA
        result[decimals_of(name)] = values["decimals", name].reindex(first.index) if has else pd.NA
    correction = facts["correction"] if "correction" in facts else pd.Series(pd.NA, index=facts.index, dtype="string")
    for name, said in (("gaps", reason), ("corrections", correction)):
        filled = figures.assign(said=said)[said.notna()]
        result[name] = _notes(filled, key, table.figures).reindex(first.index).fillna("") if len(filled) else ""
    frame = conform(result.reset_index(), table)
    return frame.sort_values(key, ignore_index=True, kind="stable")


def _shown_once(figures: pd.DataFrame, key: list[str]) -> pd.Index:
    """Which prints a wide table shows: of what is printed twice, in two documents or in one, the first that is no gap.

    Raises:
        ValueError: one document prints two figures for one place of the table, and neither is withheld.
    """
    if not figures.duplicated([*key, "column"]).any():
        return figures.index
    printed = figures[figures["value"].notna()]
    differing = printed.groupby(["sha256", *key, "column"], sort=False)["value"].nunique()
    if (differing > 1).any():
        place = differing[differing > 1].index[0]
        raise ValueError(f"two figures for {', '.join(map(str, place[1:]))} in the document {place[0]}, and no rule compares them")
    first = figures.assign(is_gap=figures["value"].isna()).sort_values("is_gap", kind="stable")
    return first.drop_duplicates([*key, "column"]).index.sort_values()


def period_kind(period: str) -> str:
    """``month``, ``year`` or ``year_to_date``."""
    return "year" if len(period) == 4 else "year_to_date" if "/" in period else "month"


def _attributes(facts: pd.DataFrame, table: Table) -> pd.DataFrame:
    """What identifies and describes the wide row of each fact: all columns that are no figures."""
    row_period = _row_periods(facts, table)
    derived = {
        "period": lambda: row_period,
        "period_kind": lambda: row_period.map(period_kind),
        "months": lambda: facts["period"].map(_length_of_change),
        "is_revised": lambda: facts["flags"].str.split().map(lambda flags: "r" in flags),
        "label": lambda: facts["series_label"],
    }
    figures = {*table.figures, *map(decimals_of, table.figures), "gaps", "corrections"}
    return pd.DataFrame(
        {c.name: derived[c.name]() if c.name in derived else facts[c.name] for c in table.columns if c.name not in figures},
        index=facts.index,
    )


def _row_periods(facts: pd.DataFrame, table: Table) -> pd.Series:
    """The period of each fact's row. A printed row may hold several (growth by month): then the figure's own says which, by its rule."""
    rules = {column.name: column.holds.period for column in table.columns if column.holds is not None}
    is_open = facts["row_period"].isna() & facts["period"].notna() & facts["column"].isin(list(rules))
    own = [rules[column].of_row(period) for column, period in zip(facts.loc[is_open, "column"], facts.loc[is_open, "period"], strict=True)]
    found = facts["row_period"].copy()
    found[is_open] = own
    return found


def _length_of_change(period: str) -> int:
    return months_apart(*period.split("/"))


def _notes(filled: pd.DataFrame, keys: list[str], figures: Sequence[str]) -> pd.Series:
    """Per row, what is said of its figures."""
    texts = {
        place: notes_of(dict(zip(group["column"], group["said"], strict=True)), figures)
        for place, group in filled.groupby(keys, sort=False)
    }
    index = pd.MultiIndex.from_tuples(list(texts), names=keys)
    return pd.Series(list(texts.values()), index=index if len(keys) > 1 else index.get_level_values(0), dtype="string")
