"""What a reader returns: the document's own description and columns of rows, cells and series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Any

from trade_assets.reading.marks import Mark

CELL_COLUMNS = (
    "table", "row", "column", "series", "measure", "period",
    "value", "decimals", "unit", "flags", "gap", "line", "start", "end", "text",
)  # fmt: skip
ROW_COLUMNS = ("table", "row", "line", "label", "period", "series", "gap")
SERIES_COLUMNS = (
    "series", "flow", "classification", "code", "label", "base_period", "unit", "seasonal_adjustment", "basis",
)  # fmt: skip


def _columns(names: tuple[str, ...]) -> dict[str, list[Any]]:
    return {name: [] for name in names}


@dataclass
class Reading:
    """One document, read.

    Attributes:
        family, publisher, title: what it is, from its content.
        published_date: ``YYYY-MM-DD`` if the document states it.
        release_month: ``YYYY-MM`` if the document states it; never inferred from its periods.
        cells: one entry per printed mark, by ``CELL_COLUMNS``; ``line`` from 1, ``start``/``end`` half-open
            offsets into that line, ``text`` exactly what stands there.
        rows: one entry per printed row of a table, by ``ROW_COLUMNS``; a row without figures has a ``gap``.
        series: one entry per series that a cell prints, by ``SERIES_COLUMNS``.
    """

    family: str
    publisher: str
    title: str
    published_date: str | None = None
    release_month: str | None = None
    cells: dict[str, list[Any]] = field(default_factory=lambda: _columns(CELL_COLUMNS))
    rows: dict[str, list[Any]] = field(default_factory=lambda: _columns(ROW_COLUMNS))
    series: dict[str, list[Any]] = field(default_factory=lambda: _columns(SERIES_COLUMNS))

    def add_row(
        self,
        table: str,
        line: int,
        label: str,
        *,
        period: str | None = None,
        series: str | None = None,
        gap: str | None = None,
    ) -> int:
        """Append a printed row and return its number (one count for the whole document, from 0)."""
        return self.add_rows(table, lines=[line], labels=[label], periods=[period], series=[series], gaps=[gap])[0]

    def add_rows(
        self,
        table: str,
        *,
        lines: Sequence[int],
        labels: Sequence[str],
        periods: Sequence[str | None],
        series: Sequence[str | None],
        gaps: Sequence[str | None],
    ) -> range:
        """Append printed rows and return their numbers; all sequences have one entry per row."""
        count, first = len(lines), len(self.rows["row"])
        numbers = range(first, first + count)
        for name, entries in zip(ROW_COLUMNS, ([table] * count, numbers, lines, labels, periods, series, gaps), strict=True):
            self.rows[name].extend(entries)
        return numbers

    def add_cells(
        self,
        table: str,
        rows: Sequence[int],
        *,
        columns: Sequence[str],
        series: Sequence[str],
        measures: Sequence[str],
        periods: Sequence[str | None],
        units: Sequence[str],
        marks: Sequence[Mark],
        lines: Sequence[int],
        starts: Sequence[int],
        texts: Sequence[str],
    ) -> None:
        """Append the cells of one printed row, or of many; all sequences have one entry per cell."""
        count = len(marks)
        values, decimals, flags, gaps = zip(*marks, strict=True)
        ends = list(map(add, starts, map(len, texts)))
        cells = self.cells
        for name, entries in zip(
            CELL_COLUMNS,
            ([table] * count, rows, columns, series, measures, periods,
             values, decimals, units, flags, gaps, lines, starts, ends, texts),
            strict=True,
        ):  # fmt: skip
            cells[name].extend(entries)

    def add_series(self, **attributes: str | None) -> None:
        """Append a series by ``SERIES_COLUMNS``; missing attributes are ``None``."""
        self.add_all_series(**{name: [attributes.get(name)] for name in SERIES_COLUMNS})

    def add_all_series(self, **columns: Sequence[str | None]) -> None:
        """Append many series, given as their columns."""
        for name in SERIES_COLUMNS:
            self.series[name].extend(columns[name])
