"""Files of one series, a record per observation: which field of a record is what, and gaps by where they stand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import NamedTuple, NoReturn

from trade_assets.reading.cells import Reading
from trade_assets.reading.delimited import Delimited
from trade_assets.reading.errors import ReadError, printable
from trade_assets.reading.grid import Field, GridDocument, GridRow
from trade_assets.reading.marks import NOT_PUBLISHED, NOT_YET_RELEASED, FigureError, Mark, plain_figure

_DAY = re.compile(r"([0-9]{4})[-/]([0-9]{2})[-/]([0-9]{2})(?:[ T]00:00(?::00(?:\.0+)?)?(?:Z|\+00:?00)?)?")
_SHOWN = 60
_COLUMNS = 12  # that a note names
_COMPARE = "compare the file with the publisher's; it may be cut or altered"


def day_of(text: str) -> str | None:
    """The day that a text says, as ``YYYY-MM-DD``, whether or not a program wrote midnight behind it; else ``None``."""
    found = _DAY.fullmatch(text)
    try:
        return None if found is None else dt.date(*map(int, found.groups())).isoformat()
    except ValueError:
        return None


class Observation(NamedTuple):
    """A record as read.

    Attributes:
        field: where its figure stands, or what stands for a missing one; ``None`` if nothing does.
        mark: the figure; ``None`` for a missing one.
        flags: what the record says of the figure beside it.
        gap: why it is missing, where the record says so.
    """

    row: GridRow
    label: str
    period: str
    field: Field | None
    mark: Mark | None
    flags: str = ""
    gap: str | None = None


class SeriesFile:
    """The records of a file.

    Attributes:
        header: the first record.
        records: the others, in the order of the file.
        columns: the position of each column, by its name in small letters.
        further: those of the columns that are none of the family's.
    """

    def __init__(self, document: GridDocument) -> None:
        self.document = document
        self.header, *self.records = document.rows
        self.columns: dict[str, int] = {}
        self.further: dict[str, int] = {}
        for field in self.header.fields:
            name = field.plain.lower()
            if name in self.columns:
                self.fail(self.header, "each column once", f"a second {field.plain!r}")
            self.columns[name] = field.column
        if not self.records:
            self.fail(self.header, "records below the header", "none")
        # Between semicolons a comma may group thousands, or be a decimal point.
        self._is_grouped = not (isinstance(document, Delimited) and document.delimiter == ";")

    def fail(self, row: GridRow, expected: str, found: str | None = None, todo: str = _COMPARE) -> NoReturn:
        """Raise for a record."""
        if found is None:
            found = repr(self.document.printed[row.line - 1])
        raise ReadError(self.document.name, row.line, expected=expected, found=found, todo=todo)

    def rename(self, names: Mapping[str, str], required: Collection[str]) -> None:
        """Call the columns by other names; those that have none are further ones.

        Raises:
            ReadError: two columns have the same, or a required one is missing.
        """
        renamed: dict[str, int] = {}
        for name, column in self.columns.items():
            if name not in names:
                self.further[name] = column
                continue
            if names[name] in renamed:
                self.fail(self.header, f"one column of {names[name]}", f"a second, {name!r}")
            renamed[names[name]] = column
        self.columns = renamed
        missing = [name for name in required if name not in renamed]
        if missing:
            self.fail(self.header, f"a column of {', '.join(missing)}")

    @cached_property
    def _by_column(self) -> dict[int, list[Field]]:
        found: dict[int, list[Field]] = {}
        for row in self.records:
            for field in row.fields:
                found.setdefault(field.column, []).append(field)
        return found

    def fields_of(self, column: int) -> list[Field]:
        """What stands in a column, without what is blank."""
        return self._by_column.get(column, [])

    def field(self, row: GridRow, name: str) -> Field | None:
        """A record's field; ``None`` if it is blank, or the file has no such column."""
        column = self.columns.get(name, -1)
        return next((field for field in row.fields if field.column == column), None)

    def text(self, row: GridRow, name: str) -> str:
        """A record's field as plain text, empty if blank."""
        field = self.field(row, name)
        return "" if field is None else field.plain

    def figure(self, row: GridRow, name: str, missing: Collection[str]) -> Mark | None:
        """The figure of a record, ``None`` if blank or one of the marks for a missing one.

        Raises:
            ReadError: it is no figure, or has something beside it.
        """
        text = self.text(row, name)
        if not text or text in missing:
            return None
        try:
            return plain_figure(text, is_grouped=self._is_grouped)
        except FigureError as error:
            if not self._is_grouped and "," in text:
                todo = "write the figures with a decimal point, and without commas, in a copy of the file"
                self.fail(row, "a figure", f"{printable(text, 60)!r} (a comma between semicolons: a decimal point, or not?)", todo=todo)
            todo = "compare it with the publisher's; correct the figure in a copy of the file"
            self.fail(row, "a figure", f"{printable(text, 60)!r} ({error})", todo=todo)

    def add(  # noqa: PLR0917 - what all cells have in common, in the order of the cells' columns
        self,
        reading: Reading,
        table: str,
        column: str,
        series: str,
        measure: str,
        unit: str,
        observations: list[Observation],
    ) -> None:
        """Append the observations, one row each; what is missing after the latest figure will still be released.

        Raises:
            ReadError: there is no figure at all.
        """
        figures = [each.period for each in observations if each.mark is not None]
        if not figures:
            self.fail(self.records[0], "figures", "none in any record")
        latest = max(figures)
        for each in observations:
            gap = None if each.mark is not None else each.gap or (NOT_YET_RELEASED if each.period > latest else NOT_PUBLISHED)
            row, field = each.row, each.field
            # A gap that nothing marks is the row's, one that a mark prints is a cell's.
            number = reading.add_row(table, row.line, each.label, period=each.period, gap=gap if field is None else None)
            if field is not None:
                mark = Mark(None, None, "", gap) if each.mark is None else each.mark
                reading.add_cells(
                    table,
                    [number],
                    columns=[column],
                    series=[series],
                    measures=[measure],
                    periods=[each.period],
                    units=[unit],
                    marks=[mark._replace(flags=" ".join(filter(None, (each.flags, mark.flags))))],
                    lines=[field.line],
                    starts=[field.start],
                    texts=[field.text],
                )

    def pass_over(self, reading: Reading, repeats: Callable[[str, int], bool] = lambda text, row: False) -> None:
        """Say what further columns hold that is not read, and list their figures as unread.

        A column that is blank, that says the same in every record, or that only repeats what the records say, tells nothing
        that could be lost. Of any other, each text with a digit in it is listed.

        Args:
            repeats: whether a text only says again what its record says, the first record being 0.
        """
        passed: list[str] = []
        for name, column in self.further.items():
            shown, found = printable(repr(name), _SHOWN), self.fields_of(column)
            texts = [field.plain for field in found]
            if not found:
                passed.append(f"{shown} (blank in every record)")
            elif len(texts) == len(self.records) > 1 and len(set(texts)) == 1:
                passed.append(f"{shown} ({printable(repr(texts[0]), _SHOWN)} in every record)")
            elif len(texts) == len(self.records) and all(map(repeats, texts, range(len(texts)))):
                passed.append(f"{shown} (repeats the period)")
            else:
                figures = [field for field in found if any(map(str.isdigit, field.plain))]
                reason = f"in the column {shown}, which is not read"
                for field in figures:
                    reading.add_unread(field.line, field.start, field.text, field.where, reason)
                said = f"{len(figures)} figures, listed as unread" if figures else f"texts such as {printable(repr(texts[0]), _SHOWN)}"
                passed.append(f"{shown} ({said})")
        if passed:
            more = f" and {len(passed) - _COLUMNS} more" if len(passed) > _COLUMNS else ""
            reading.notes.append(f"columns that are not read: {', '.join(passed[:_COLUMNS])}{more}")
