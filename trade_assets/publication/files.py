"""Tables to the bytes of published files: the same rows give the same bytes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pandas as pd

from trade_assets.facts.schemas import Column, Table, decimals_of
from trade_assets.reading.marks import parse

_RUN = r"""(?=[\s']*[=+\-@＝＋－＠])"""
_STARTS_FORMULA = re.compile(rf"(^|[;\t\r\n]){_RUN}")
_KEPT_FROM_RUNNING = re.compile(rf"(^|[;\t\r\n])'{_RUN}")


def inert(text: str) -> str:
    """Text as it stands in a CSV file: what a spreadsheet would take for a formula has an apostrophe in front.

    A spreadsheet runs a cell that begins with ``= + - @``, also behind blanks; and one that is set to another delimiter
    cuts cells at semicolons, tabs and line ends. Printed figures and marks (``-5``, ``+0.3%``, ``--``) are no formula and stay
    as they are. ``as_read`` gives the text back.
    """
    return text if parse(text) is not None else _STARTS_FORMULA.sub(r"\1'", text)


def as_read(text: str) -> str:
    """The text that ``inert`` was given."""
    return _KEPT_FROM_RUNNING.sub(r"\1", text)


def decimals_column(table: Table, figure: str) -> str | None:
    """The column with the printed decimals of a figure, in wide tables and in tidy ones; ``None`` for a computed number."""
    names = (decimals_of(figure), re.sub(r"value$", "decimals", figure))
    return next((name for name in names if name != figure and name in table.by_name), None)


def sorted_rows(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The rows in the order of the table's key.

    Raises:
        ValueError: two rows have one key.
    """
    if frame.duplicated(list(table.key)).any():
        first = frame[frame.duplicated(list(table.key))].iloc[0][list(table.key)]
        raise ValueError(f"{table.layer}.{table.name} has two rows of the key {', '.join(map(str, first))}")
    return frame.sort_values(list(table.key), ignore_index=True, kind="stable")


def csv_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """The rows as CSV: UTF-8, lines end at LF, text in quotes, missing values empty.

    Figures have their printed decimals; computed numbers the shortest text that gives the same number back.

    Args:
        frame: by the schema.

    Raises:
        ValueError: a figure does not have the decimals that it is said to be printed with, or is not finite.
    """
    columns = [_texts(frame, table, column) for column in table.columns]
    lines = [",".join(map(_quoted, table.by_name)), *(",".join(row) for row in zip(*columns, strict=True))]
    return "".join(f"{line}\n" for line in lines).encode()


def _texts(frame: pd.DataFrame, table: Table, column: Column) -> list[str]:
    values = frame[column.name].astype(object)
    decimals = decimals_column(table, column.name) if column.kind == "float" else None
    if decimals is not None:
        return ["" if pd.isna(value) else figure_text(value, places) for value, places in zip(values, frame[decimals], strict=True)]
    written = _WRITTEN[column.kind]
    return ["" if pd.isna(value) else written(value) for value in values]


@lru_cache(maxsize=16_384)  # ids, labels and hashes stand in row after row
def _quoted(text: str) -> str:
    return '"' + inert(text).replace('"', '""') + '"'


def figure_text(value: float, places: Any) -> str:
    """A figure with its printed decimals; a computed number, which has none, as the shortest text that gives it back.

    Raises:
        ValueError: it does not have the decimals that it is said to be printed with, or is not finite.
    """
    if pd.isna(places):
        return _shortest(value)
    text = f"{value:.{int(places)}f}"
    if float(text) != value:
        raise ValueError(f"{value!r} cannot have been printed with {places} decimals")
    return text


def _shortest(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is no number to publish")
    return repr(float(value)).removesuffix(".0")


_WRITTEN: dict[str, Callable[[Any], str]] = {
    "string": _quoted,
    "int": str,
    "bool": lambda value: "true" if value else "false",
    "float": _shortest,
}
