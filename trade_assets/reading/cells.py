"""What a reader returns: the document's own description and columns of rows, cells and series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Any, NamedTuple

from trade_assets.facts.periods import months_of
from trade_assets.reading.marks import Mark

CELL_COLUMNS = (
    "table",
    "row",
    "column",
    "series",
    "measure",
    "period",
    "value",
    "decimals",
    "unit",
    "flags",
    "gap",
    "line",
    "start",
    "end",
    "text",
    "sheet",
    "cell",
    "page",
    "box",
)
ROW_COLUMNS = ("table", "row", "line", "label", "period", "series", "gap")
SERIES_COLUMNS = (
    "series",
    "flow",
    "classification",
    "code",
    "label",
    "base_period",
    "unit",
    "seasonal_adjustment",
    "basis",
    "known_figures",
    "agreeing_figures",
)
UNREAD_COLUMNS = ("line", "start", "end", "text", "sheet", "cell", "page", "box", "reason")


class Where(NamedTuple):
    """Where a mark stands in a format that has more than lines; ``None`` where the format has no such thing.

    Attributes:
        sheet, cell: of a workbook, ``B8``.
        page: of a page format, from 1.
        box: left, top, right and bottom of the mark on its page, in points from the top left corner.
    """

    sheet: str | None = None
    cell: str | None = None
    page: int | None = None
    box: str | None = None


IN_LINES = Where()
"""A format of lines: line and offsets say all."""


def _columns(names: tuple[str, ...]) -> dict[str, list[Any]]:
    return {name: [] for name in names}


@dataclass
class Reading:
    """One document, read.

    Attributes:
        family, publisher, title: what it is, from its content.
        product: which of the family's documents it is, empty for its main one; a re-issue has the same product.
        source: where the publisher offers it.
        published_date: ``YYYY-MM-DD`` if the document states it.
        release_month: ``YYYY-MM`` if the document states it; never inferred from its periods.
        cells: one entry per printed mark, by ``CELL_COLUMNS``; ``line`` from 1, ``start``/``end`` half-open
            offsets into that line, ``text`` exactly what stands there: ``printed[line - 1][start:end] == text``. In
            workbooks and page formats also ``sheet`` and ``cell``, or ``page`` and ``box``.
        rows: one entry per printed row of a table, by ``ROW_COLUMNS``; a row without figures has a ``gap``.
        series: one entry per series that a cell prints, by ``SERIES_COLUMNS``; where a label is all that describes it,
            ``known_figures`` of it that the document prints, and how many of them agree; else ``None``.
        unread: one entry per figure that stands in the document and in no table read, by ``UNREAD_COLUMNS``.
        printed: the document as lines of text: a text document's own, a row of a workbook's sheet, a line of a page.
        notes: what a person must know of the document beside its figures, a sentence each.
    """

    family: str
    publisher: str
    title: str
    product: str = ""
    source: str = ""
    published_date: str | None = None
    release_month: str | None = None
    cells: dict[str, list[Any]] = field(default_factory=lambda: _columns(CELL_COLUMNS))
    rows: dict[str, list[Any]] = field(default_factory=lambda: _columns(ROW_COLUMNS))
    series: dict[str, list[Any]] = field(default_factory=lambda: _columns(SERIES_COLUMNS))
    unread: dict[str, list[Any]] = field(default_factory=lambda: _columns(UNREAD_COLUMNS))
    printed: list[str] = field(default_factory=list, repr=False)
    notes: list[str] = field(default_factory=list)

    def blank(self) -> Reading:
        """A reading of the same document without anything read."""
        return Reading(self.family, self.publisher, self.title, self.product)

    def extend(self, other: Reading) -> None:
        """Append what another reading of the same document read; a series that is known is not described again."""
        first = len(self.rows["row"])
        known = set(self.series["series"])
        for name in ("title", "published_date", "release_month"):
            setattr(self, name, getattr(self, name) or getattr(other, name))
        for mine, its in ((self.rows, other.rows), (self.cells, other.cells), (self.unread, other.unread)):
            for name, entries in its.items():
                mine[name].extend([entry + first for entry in entries] if name == "row" else entries)
        for number, series in enumerate(other.series["series"]):
            if series not in known:
                self.add_series(**{name: other.series[name][number] for name in SERIES_COLUMNS})
        self.notes += other.notes

    @property
    def reference_month(self) -> str | None:
        """The latest month that a figure is about, which tells the release; ``None`` where no figure has a period."""
        printed = zip(self.cells["period"], self.cells["value"], strict=True)
        periods = {period for period, value in printed if value is not None and period is not None}
        return max((months_of(period)[-1] for period in periods), default=None)

    @property
    def is_labelled(self) -> bool:
        """Whether names are all that describes its series."""
        return any(known is not None for known in self.series["known_figures"])

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
        where: Sequence[Where] | None = None,
    ) -> None:
        """Append the cells of one printed row, or of many; all sequences have one entry per cell."""
        count = len(marks)
        values, decimals, flags, gaps = zip(*marks, strict=True)
        ends = list(map(add, starts, map(len, texts)))
        places: Sequence[Sequence[Any]] = [[None] * count] * len(IN_LINES) if where is None else list(zip(*where, strict=True))
        cells = self.cells
        for name, entries in zip(
            CELL_COLUMNS,
            (
                [table] * count,
                rows,
                columns,
                series,
                measures,
                periods,
                values,
                decimals,
                units,
                flags,
                gaps,
                lines,
                starts,
                ends,
                texts,
                *places,
            ),
            strict=True,
        ):
            cells[name].extend(entries)

    def add_unread(self, line: int, start: int, text: str, where: Where, reason: str) -> None:
        """Append a figure that no table read holds, with the reason."""
        for name, entry in zip(UNREAD_COLUMNS, (line, start, start + len(text), text, *where, reason), strict=True):
            self.unread[name].append(entry)

    def add_series(self, **attributes: str | int | None) -> None:
        """Append a series by ``SERIES_COLUMNS``; missing attributes are ``None``."""
        self.add_all_series(**{name: [attributes.get(name)] for name in SERIES_COLUMNS})

    def add_all_series(self, **columns: Sequence[str | int | None]) -> None:
        """Append many series, given as their columns; a column that is not given is ``None``."""
        for name in SERIES_COLUMNS:
            self.series[name].extend(columns.get(name, [None] * len(columns["series"])))
