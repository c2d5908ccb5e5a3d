"""Sheet by sheet: which sheets of a workbook hold a table, which are copies of each other, and what no table read holds.

The pages of a page format are one sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from trade_assets.reading.cells import Reading
from trade_assets.reading.errors import ReadError
from trade_assets.reading.grid import GridDocument, GridRow, head_of
from trade_assets.reading.marks import resembles_figure
from trade_assets.reading.not_read import document_of

_ABOVE = 8  # rows that may stand above the figures of a table

Places = set[tuple[int, int]]
"""Line and offset of the fields that were read."""


class Sheet(NamedTuple):
    """The rows of a sheet that are not blank.

    Attributes:
        name: ``None`` for pages.
    """

    name: str | None
    is_hidden: bool
    rows: list[GridRow]

    def titled(self, title: re.Pattern[str]) -> list[GridRow]:
        """The rows that print a table's title."""
        return [row for row in self.rows if any(title.fullmatch(field.plain) for field in row.fields)]

    def says(self, words: re.Pattern[str]) -> bool:
        """Whether one of the first rows says so."""
        return any(words.fullmatch(field.plain) for row in self.rows[:_ABOVE] for field in row.fields)

    @property
    def called(self) -> str:
        """How notes and errors call it."""
        return "the pages" if self.name is None else f"the {'hidden ' if self.is_hidden else ''}sheet {self.name!r}"


def sheets_of(document: GridDocument) -> list[Sheet]:
    """The sheets with a row that is not blank, in the order of the document."""
    found = groupby(document.rows, key=lambda row: row.fields[0].where.sheet)
    return [Sheet(name, name in document.hidden, list(rows)) for name, rows in found]


def read_once(reading: Reading, document: GridDocument, sheets: Sequence[Sheet], read: Callable[[Sheet, Reading], Places]) -> Places:
    """Read a table from the sheets that hold it: once where they print the same, from all where figures differ.

    Figures that differ are prints of one fact, which a rule compares; the visible sheets come first.

    Args:
        read: reads one of the sheets into a reading and returns what it read.

    Raises:
        ReadError: a sheet cannot be read, or two of them print the table of different periods.
    """
    first, *others = sorted(sheets, key=lambda sheet: sheet.is_hidden)
    its = reading.blank()
    is_read = read(first, its)
    reading.extend(its)
    if first.is_hidden:
        reading.notes.append(f"a table is read from {first.called}")
    printed = _facts(its)
    for other in others:
        its = reading.blank()
        is_read |= read(other, its)
        found = _facts(its)
        if found.keys() != printed.keys():
            only = " ".join(each for each in min(found.keys() ^ printed.keys(), key=str) if each)
            raise ReadError(
                document.name,
                other.rows[0].line,
                expected=f"in {other.called} the periods of {first.called}, which prints the same table",
                found=f"{only} in one of them only",
                todo="remove the sheet that is not current in a copy of the workbook",
            )
        differing = sum(found[fact] != printed[fact] for fact in printed)
        if differing:
            reading.notes.append(f"{other.called} prints {differing:,} figures otherwise than {first.called}; both are read")
            reading.extend(its)
        else:
            reading.notes.append(f"{other.called} is a copy of {first.called} and read once")
    return is_read


def _facts(reading: Reading) -> dict[tuple[str | None, ...], Any]:
    """What is printed of each fact, gaps of whole rows included."""
    cells, rows = reading.cells, reading.rows
    facts = zip(*(cells[name] for name in ("table", "series", "measure", "period")), strict=True)
    printed = zip(*(cells[name] for name in ("value", "decimals", "flags", "gap")), strict=True)
    gaps = zip(rows["table"], rows["period"], rows["gap"], strict=True)
    return {**{(table, period): gap for table, period, gap in gaps}, **dict(zip(facts, printed, strict=True))}


def note_unread(reading: Reading, document: GridDocument, sheets: Iterable[Sheet], is_read: Places) -> None:
    """Note every figure that is not read, and what a person could take for one, with the reason; and sheets without a table.

    A sheet of which nothing is read is listed by its first field where no other one could be a figure.

    Args:
        sheets: those from which a table was read.
    """
    names = {sheet.name for sheet in sheets}
    for sheet in sheets_of(document):
        reason = "beside the columns of the table" if sheet.name in names else "in no table that is read"
        if sheet.name not in names:
            named = document_of(document.kind, head_of(document.kind, sheet.rows))
            reading.notes.append(f"{sheet.called} {'holds no table that is read' if named is None else f'is {named.what}'}")
        fields = [field for row in sheet.rows for field in row.fields if (field.line, field.start) not in is_read]
        figures = [field for field in fields if resembles_figure(field.plain)]
        for field in figures or (fields[:1] if sheet.name not in names else ()):
            reading.add_unread(field.line, field.start, field.text, field.where, reason)
