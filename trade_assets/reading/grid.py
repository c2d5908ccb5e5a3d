"""Rows and columns, whatever file they came in: workbooks, pages, delimited text. Every mark keeps its place.

A grid also has a rendition as lines of text, in which each mark stands at its line and offset, so that whatever
shows or compares lines works for every format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from trade_assets.reading.cells import IN_LINES, Where
from trade_assets.reading.errors import ReadError
from trade_assets.reading.text import MAX_LINE, plain

# What would break a line of the rendition; one character for one character.
_BREAKS = str.maketrans(dict.fromkeys(map(chr, (*range(0x20), 0x7F, 0x85, 0x2028, 0x2029)), " "))
_BREAKS |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # halves of characters, which no file can be written with


class Field(NamedTuple):
    """What stands in one place of a row.

    Attributes:
        column: from 0, by position in the file.
        text: as it stands in the rendition: ``printed[line - 1][start:start + len(text)]``.
        line: line of the rendition, from 1.
    """

    column: int
    text: str
    line: int
    start: int
    where: Where = IN_LINES

    @property
    def plain(self) -> str:
        """The text with every kind of space and minus made plain, and single spaces."""
        return " ".join(plain(self.text).split())

    @property
    def place(self) -> str:
        """How errors call it."""
        if self.where.cell is not None:
            return f"cell {self.where.cell} of sheet {self.where.sheet!r}"
        return f"page {self.where.page}, box {self.where.box}" if self.where.page is not None else f"column {self.column + 1}"


class GridRow(NamedTuple):
    """A row that is not blank: its fields that are not blank, from left to right."""

    line: int
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class GridDocument:
    """A document of rows and columns.

    Attributes:
        name: how errors call it.
        kind: ``workbook``, ``pages`` or ``delimited``.
        printed: its rendition as lines.
        rows: the rows that are not blank.
        notes: what a person must know of the file beside its figures, a sentence each.
        hidden: the sheets of a workbook that are not shown.
    """

    name: str
    kind: str
    printed: list[str]
    rows: list[GridRow]
    notes: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()

    @property
    def head(self) -> Iterator[str]:
        """The texts in their order, plain, to look for what the document is; of pages each row at once."""
        return head_of(self.kind, self.rows)

    @cached_property
    def texts(self) -> frozenset[str]:
        """All texts, plain, to look titles up in."""
        return frozenset(field.plain for row in self.rows for field in row.fields)


def head_of(kind: str, rows: Iterable[GridRow]) -> Iterator[str]:
    """The texts of some rows of a document of that kind, as ``GridDocument.head``."""
    if kind == "pages":
        return (" ".join(field.plain for field in row.fields) for row in rows)
    return (field.plain for row in rows for field in row.fields)


def rendered(
    name: str,
    kind: str,
    rows: Iterable[Iterable[tuple[int, str, Where]]],
    separator: str,
    *,
    is_aligned: bool,
    notes: tuple[str, ...] = (),
    hidden: frozenset[str] = frozenset(),
) -> GridDocument:
    """A grid with a rendition made from its rows: one line each, blank rows included.

    Args:
        rows: for each row the column, text and place of its entries, by ascending column.
        separator: what stands between entries.
        is_aligned: whether there is one for each column passed over, so that columns can be counted in the line.

    Raises:
        ReadError: a line of the rendition is longer than a line may be.
    """
    printed: list[str] = []
    found: list[GridRow] = []
    for number, entries in enumerate(rows, start=1):
        line, at = "", 0
        fields: list[Field] = []
        for column, text, where in entries:
            shown = text.translate(_BREAKS).strip()
            if shown:
                line += separator * (column - at if is_aligned else min(len(fields), 1))
                at = column
                fields.append(Field(column, shown, number, len(line), where))
                line += shown
        if len(line) > MAX_LINE:
            raise ReadError(
                name,
                number,
                expected=f"rows of at most {MAX_LINE:,} characters",
                found=f"one of {len(line):,}",
                todo="check that this is the publisher's file",
            )
        printed.append(line)
        if fields:
            found.append(GridRow(number, tuple(fields)))
    return GridDocument(name, kind, printed, found, notes, hidden)
