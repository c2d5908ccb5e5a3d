"""Tables under two lines of headings in a grid: flows, and below them what is shown of each flow.

Which column of which table a heading is stands in ``facts/catalogue/ft900_headings.csv``; their order in a file is the
file's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from trade_assets.facts import catalogue
from trade_assets.reading.cells import Reading
from trade_assets.reading.errors import ReadError, printable
from trade_assets.reading.grid import Field, GridDocument, GridRow
from trade_assets.reading.marks import MISSING, FigureError, Mark, parse, plain_figure, resembles_figure, whole
from trade_assets.reading.sheets import Places, Sheet
from trade_assets.reading.workbook import number_behind

HEADINGS = "ft900_headings"
PERIOD = "Period"
IN_MILLIONS = re.compile(r".*\bin millions of dollars\b.*", re.IGNORECASE)

_FOOTNOTE = re.compile(r"\s*\(\d\)$")
_SHOWN = 40  # characters of a field, so that its place and the reason are shown too
_COMPARE = "compare the document with the publisher's; it may be cut or altered"


def columns_of(table: str) -> tuple[str, ...]:
    """The columns of figures of a table, as the catalogue of headings has them."""
    return tuple(line["column"] for line in catalogue.records(HEADINGS) if line["table"] == table)


class Column(NamedTuple):
    """A column of figures: its name in the table, its series, and its headings."""

    name: str
    series: str
    flow: str
    heading: str


class Figures(NamedTuple):
    """The figures of a row, by column, from left to right."""

    columns: Sequence[Column]
    fields: Sequence[Field]
    marks: Sequence[Mark]


class Layout(NamedTuple):
    """A table under headings, as its publisher prints it.

    Attributes:
        table: its name.
        title: how its title reads.
        said: what a line between the title and the headings says, and how errors call that.
        headings: the table of ``ft900_headings.csv`` whose headings it has; its own by default.
        measure, unit: of its figures.
        column: of the table in which each of its series has a row of its own; by default each has a column.
    """

    table: str
    title: re.Pattern[str]
    said: re.Pattern[str] = IN_MILLIONS
    said_as: str = "the unit 'in millions of dollars'"
    headings: str = ""
    measure: str = "value"
    unit: str = "million_usd"
    column: str = ""


class HeadedTable:
    """One table of a grid document, read from its title down.

    Attributes:
        at: index of the row to be read next.
        rows: the rows of the sheet that holds the title.
        preamble: what stands in the rows from the first to the headings.
        columns: the columns of figures, by position.
        is_read: line and offset of what was read.
    """

    def __init__(self, document: GridDocument, reading: Reading, layout: Layout, sheet: Sheet) -> None:
        self.document, self.reading, self.layout, self.table = document, reading, layout, layout.table
        self.rows = sheet.rows
        title, *again = sheet.titled(layout.title)
        self.at = self.rows.index(again[0] if again else title)
        if again:
            self.fail("the table's title once in a sheet", f"it again, in {again[0].fields[0].place}")
        reading.title = next(field.plain for field in title.fields if layout.title.fullmatch(field.plain))
        self.preamble: list[Field] = [field for row in self.rows[: self.at + 1] for field in row.fields]
        self.at += 1
        self.columns: dict[int, Column] = {}
        self.period_column = 0
        self.is_read: Places = set()
        self._headings()
        if not any(field.column in self.columns and resembles_figure(field.plain) for row in self.rows[self.at :] for field in row.fields):
            self.fail("figures below the headings", "none: an empty template", todo="fetch the publisher's own file")

    def fail(self, expected: str, found: str | None = None, field: Field | None = None, todo: str = _COMPARE, reason: str = "") -> NoReturn:
        """Raise for the row at hand, or for one of its fields, with what it is or the reason why it is not what was expected."""
        is_past = self.at >= len(self.rows)
        row = self.rows[min(self.at, len(self.rows) - 1)]
        if field is not None:
            shown = repr(printable(field.plain, _SHOWN))
            place = f"{shown} in {field.place}" if found is None else f"{found} in {field.place.removeprefix('cell ')}: {shown}"
            raise ReadError(self.document.name, row.line, expected=expected, found=f"{place}{f' ({reason})' if reason else ''}", todo=todo)
        if found is None:
            found = "the end of the table's sheet" if is_past else repr(" | ".join(each.plain for each in row.fields))
        if not is_past and row.fields[0].where.sheet is not None:
            found = f"{found} from {row.fields[0].place}"
        raise ReadError(self.document.name, row.line, expected=expected, found=found, todo=todo)

    @property
    def row(self) -> GridRow | None:
        """The row at hand; ``None`` behind the last."""
        return self.rows[self.at] if self.at < len(self.rows) else None

    # Headings

    def _headings(self) -> None:
        known: dict[str, dict[str, dict[str, str]]] = {}
        for line in catalogue.records(HEADINGS):
            if line["table"] == (self.layout.headings or self.table):
                known.setdefault(line["flow"], {})[line["heading"]] = line
        self._preamble(set(known))
        flows = self._titles()
        self.at += 1
        while (row := self.row) is not None and {field.plain for field in row.fields} == {PERIOD}:
            self._titles()
            self.at += 1
        headings = self._titles()
        if sorted(name for _, name in flows) != sorted(known):
            self.at -= 1
            self.fail(f"the headings {', '.join(known)}, each once")
        left = list(headings)
        for position, flow in flows:
            wanted = {line["column"] for line in known[flow].values()}
            mine, left = left[: len(wanted)], left[len(wanted) :]
            found = [known[flow].get(_FOOTNOTE.sub("", name)) for _, name in mine]
            if {line["column"] for line in found if line is not None} != wanted or None in found:
                self.fail(
                    f"below {flow} one column each of {', '.join(known[flow])}",
                    ", ".join(name for _, name in mine) or "none",
                    todo=f"if the publisher now prints it so, add a line to {catalogue.location(HEADINGS)}",
                )
            if not mine[0][0] <= position <= mine[-1][0]:
                self.fail(f"the columns of {flow} below their heading")
            for (column, name), heading in zip(mine, found, strict=True):
                if heading is not None:
                    self.columns[column] = Column(self.layout.column or heading["column"], heading["series"], flow, name)
        if left or len(self.columns) != len(headings):
            self.fail(f"{len(headings) - len(left)} columns of figures, each in a place of its own", f"{len(headings)}")
        self.at += 1

    def _preamble(self, flows: set[str]) -> None:
        """The rows between the title and the headings, which must say what the figures are."""
        while (row := self.row) is not None and flows.isdisjoint(field.plain for field in row.fields):
            self.preamble += row.fields
            self.at += 1
        if self.row is None:
            self.fail(f"the headings {', '.join(sorted(flows))} below the title")
        if not any(self.layout.said.fullmatch(field.plain) for field in self.preamble):
            self.fail(f"{self.layout.said_as} above the headings", "none")

    def _titles(self) -> list[tuple[int, str]]:
        """The headings of the row at hand by position, without that of the periods."""
        titles: list[tuple[int, str]] = []
        for field in self.row.fields if self.row is not None else ():
            if field.plain == PERIOD:
                self.period_column = field.column
            else:
                titles.append((field.column, field.plain))
        return titles

    # Rows

    def label(self) -> str:
        """What stands in the column of periods, and only there if the row has no figures; empty for nothing."""
        labels = [field for field in self.row.fields if field.column == self.period_column] if self.row is not None else []
        if len(labels) > 1:
            self.fail("one label in the column of periods", field=labels[1])
        self.is_read.update((field.line, field.start) for field in labels)
        return whole(labels[0].plain) if labels else ""

    def has_figures(self) -> bool:
        """Whether anything stands under the headings in the row at hand."""
        return self.row is not None and any(field.column in self.columns for field in self.row.fields)

    def closing(self, closing: re.Pattern[str], expected: str) -> None:
        """The notes below the table, and no figure under its headings any more."""
        if self.row is None or not closing.fullmatch(self.row.fields[0].plain):
            self.fail(expected)
        while self.row is not None:
            for field in self.row.fields:
                if field.column in self.columns and (field.plain in MISSING or resembles_figure(field.plain)):
                    self.fail("no figures below the notes that close the table", field=field)
            self.at += 1

    def figures(self, what: str) -> Figures:
        """The figures of the row at hand, one in each column.

        Raises:
            ReadError: a column has none, or something that is no figure.
        """
        fields: dict[int, Field] = {}
        for field in self.row.fields if self.row is not None else ():
            if field.column in self.columns:
                if field.column in fields:
                    self.fail(f"one figure of {what} in each column", field=field)
                fields[field.column] = field
        missing = [column for column in self.columns if column not in fields]
        if missing:
            lacking = ", ".join(f"{self.columns[column].flow} {self.columns[column].heading}" for column in missing)
            self.fail(f"{len(self.columns)} figures of {what}", f"{len(fields)}; nothing under {lacking}")
        order = sorted(fields)
        marks = []
        for column in order:
            marks.append(self.figure(fields[column], what))
        return Figures([self.columns[column] for column in order], [fields[column] for column in order], marks)

    def figure(self, field: Field, what: str) -> Mark:
        """One figure, or a mark for a missing one."""
        gap = parse(field.plain) if field.plain in MISSING else None
        if gap is not None:
            return gap
        if field.plain.startswith("="):
            todo = "open the workbook in a program that computes it and save it there, or fetch the publisher's own"
            self.fail(f"a figure of {what}", "a formula without its value", field, todo)
        try:
            return plain_figure(field.plain)
        except FigureError as error:
            number = number_behind(field.plain)
            reason = f"{error}" if number is None else f"{error}; as a number, from 1900: {number}"
            todo = "compare it with the publisher's; correct the figure, or its format, in a copy of the document"
            self.fail(f"a figure of {what}", field=field, todo=todo, reason=reason)

    def add(self, figures: Figures, label: str, period: str, *, ending: str = "", is_revised: bool = False) -> None:
        """Append a row with its cells.

        Args:
            ending: of the names of another table and measure, for a row that is of none of the table's own periods.
        """
        columns, fields, marks = figures
        table, count, line = self.table + ending, len(fields), fields[0].line
        number = self.reading.add_row(table, line, label, period=period)
        if is_revised:
            marks = [mark._replace(flags=f"r {mark.flags}".strip()) for mark in marks]
        self.reading.add_cells(
            table,
            [number] * count,
            columns=[column.name for column in columns],
            series=[column.series for column in columns],
            measures=[self.layout.measure + ending] * count,
            periods=[period] * count,
            units=[self.layout.unit] * count,
            marks=marks,
            lines=[line] * count,
            starts=[field.start for field in fields],
            texts=[field.text for field in fields],
            where=[field.where for field in fields],
        )
        self.is_read.update((field.line, field.start) for field in fields)

    def add_series(self, seasonal_adjustment: str | None) -> None:
        """Note the series of all columns."""
        for column in self.columns.values():
            flow, _, code = column.series.partition(".")
            self.reading.add_series(
                series=column.series,
                flow=flow,
                classification="goods_and_services",
                code=code,
                label=f"{column.flow}, {_FOOTNOTE.sub('', column.heading).lower()}",
                unit="million_usd",
                seasonal_adjustment=seasonal_adjustment,
                basis="Census" if "census" in code else "balance of payments",
            )
