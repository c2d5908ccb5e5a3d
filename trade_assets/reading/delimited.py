"""Delimited text (CSV): fields between commas or tabs, each with its line and offset; quotes and headers."""

from __future__ import annotations

import re

from trade_assets.reading.errors import ReadError
from trade_assets.reading.grid import Field, GridDocument, GridRow
from trade_assets.reading.text import TextDocument

MAX_COLUMNS = 100
_QUOTED = r'"(?P<quoted>(?:[^"]|"")*)"'
_FIELDS = {delimiter: re.compile(rf"[ ]*{_QUOTED}[ ]*|(?P<bare>[^{delimiter}\"]*)") for delimiter in (",", "\t")}


def header_of(document: TextDocument) -> list[str]:
    """The names of the columns in the first line that is not blank, in small letters; empty if it has no two."""
    line = next((line for line in document.printed if line.strip()), "")
    delimiter = _delimiter(line)
    names = [name.strip().strip('"').strip().lower() for name in line[:1000].split(delimiter)]
    return names if len(names) > 1 else []


def _delimiter(header: str) -> str:
    return "\t" if "\t" in header else ","


def read_delimited(document: TextDocument) -> GridDocument:
    """The records below each other, the header first; a record is one line. Blank fields are left out, the columns kept.

    Raises:
        ReadError: a column of the header has no name, a quote is not closed in its line or stands inside a field, or a record
            has not as many fields as the header.
    """
    rows: list[GridRow] = []
    delimiter, columns = "", 0
    for number, line in enumerate(document.printed, start=1):
        if not line.strip():
            continue
        if not delimiter:
            delimiter = _delimiter(line)
        fields, count = _record(document.name, number, line, delimiter)
        if not columns and count != len(fields):
            raise ReadError(
                document.name, number, expected="a name for every column of the header", found=f"{count - len(fields)} without: {line!r}",
                todo="name the columns in a copy of the file, or fetch it again",
            )  # fmt: skip
        columns = columns or count
        if count != columns:
            raise ReadError(
                document.name, number, expected=f"{columns} fields, as in the header", found=f"{count}: {line!r}",
                todo="correct the record in the file, or fetch it again",
            )  # fmt: skip
        rows.append(GridRow(number, tuple(fields)))
    return GridDocument(document.name, "delimited", document.printed, rows)


def _record(name: str, number: int, line: str, delimiter: str) -> tuple[list[Field], int]:
    """The fields of a line that are not blank, and how many it has in all."""
    fields: list[Field] = []
    at, column = 0, 0
    while True:
        found = _FIELDS[delimiter].match(line, at)
        end = at if found is None else found.end()
        if found is None or column >= MAX_COLUMNS or not (end == len(line) or line[end] == delimiter):
            raise ReadError(
                name, number, expected=f"at most {MAX_COLUMNS} fields, quotes around whole fields and closed in their line",
                found=repr(line[at:]), todo="correct the record in the file, or fetch it again",
            )  # fmt: skip
        kind = "quoted" if found["quoted"] is not None else "bare"
        text = found[kind]
        if text.strip():
            start = found.start(kind) + len(text) - len(text.lstrip())
            fields.append(Field(column, text.strip(), number, start))
        column += 1
        if end == len(line):
            return fields, column
        at = end + 1
