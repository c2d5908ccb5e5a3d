"""Delimited text (CSV): fields between commas, tabs, semicolons or bars, each with its line and offset; quotes and headers.

What programs leave beside the fields holds nothing and is passed over: delimiters at the end of lines, records of nothing but
delimiters, and a first column without a name that numbers the records.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from trade_assets.reading.errors import ReadError
from trade_assets.reading.grid import Field, GridDocument, GridRow
from trade_assets.reading.text import TextDocument

MAX_COLUMNS = 2_100
"""FRED gives at most 2,000 vintages at once, each a column."""
DELIMITERS = "\t,;|"
NUMBERING = frozenset({"", "index", "unnamed: 0"})
"""What programs call the column in which they number the records."""

_BEGINNING = 1000  # characters of a line
_QUOTED = r'"(?P<quoted>(?:[^"]|"")*)"'
_FIELDS = {delimiter: re.compile(rf"[ ]*{_QUOTED}[ ]*|(?P<bare>[^{re.escape(delimiter)}\"]*)") for delimiter in DELIMITERS}
_IN_QUOTES = re.compile(r'"[^"]*"')
_WHOLE = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Delimited(GridDocument):
    """A grid that was read from delimited text.

    Attributes:
        delimiter: what stands between its fields.
    """

    delimiter: str = ","


def header_of(document: TextDocument) -> list[str]:
    """The names of the columns in the first line that is not blank, in small letters; empty if it has no two.

    Of a line that is no record, what its beginning resembles: reading it says what is wrong.
    """
    line = next((line for line in document.printed if line.strip()), "")
    delimiter = _delimiter(line)
    try:
        fields, count = _record(document.name, 1, line, delimiter)
    except ReadError:
        names = [name.strip().strip('"').strip().lower() for name in line[:_BEGINNING].split(delimiter)]
        return names if len(names) > 1 else []
    names = [""] * count
    for field in fields:
        names[field.column] = field.plain.lower()
    return names if count > 1 else []


def _delimiter(header: str) -> str:
    """What separates the names of a header: a tab if it has one, else the first of the others outside quotes."""
    bare = _IN_QUOTES.sub("", header)
    return "\t" if "\t" in bare else next((char for char in bare if char in DELIMITERS), ",")


def read_delimited(document: TextDocument) -> Delimited:
    """The records below each other, the header first; a record is one line. Blank fields are left out, the columns kept.

    Raises:
        ReadError: a column that holds something has no name, a quote is not closed in its line or stands inside a field, or a
            record has not as many fields as the header.
    """
    rows: list[GridRow] = []
    delimiter, columns, named = "", 0, 0
    for number, line in enumerate(document.printed, start=1):
        if not line.strip():
            continue
        if not delimiter:
            delimiter = _delimiter(line)
        fields, count = _record(document.name, number, line, delimiter)
        if not columns:
            columns, named = count, 1 + max((field.column for field in fields), default=0)
        if not fields:
            continue
        # Delimiters behind the last name, or missing there, say nothing.
        if count < named or 1 + fields[-1].column > columns:
            raise ReadError(
                document.name,
                number,
                expected=f"{columns} fields, as in the header",
                found=f"{count}: {line!r}",
                todo="correct the record in the file, or fetch it again",
            )
        rows.append(GridRow(number, tuple(fields)))
    rows, notes = _without_numbers(rows)
    _require_names(document, rows)
    return Delimited(document.name, "delimited", document.printed, rows, notes, delimiter=delimiter)


def _without_numbers(rows: list[GridRow]) -> tuple[list[GridRow], tuple[str, ...]]:
    """The rows without a first column that only counts them, and what is to be said of it."""
    if len(rows) < 2:
        return rows, ()
    first = rows[0].fields[0]
    name = first.plain if first.column == 0 else ""
    texts = [row.fields[0].plain if row.fields[0].column == 0 else "" for row in rows[1:]]
    if name.lower() not in NUMBERING or not _counts(texts):
        return rows, ()
    kept = [GridRow(row.line, tuple(field for field in row.fields if field.column)) for row in rows]
    return kept, (f"the first column {f'({name}) ' if name else ''}numbers the records and is read past",)


def _counts(texts: Sequence[str]) -> bool:
    """Whether texts count the records, upwards, where pieces were put together anew from 0 or 1, or downwards."""
    if not all(map(_WHOLE.fullmatch, texts)):
        return False
    numbers = list(map(int, texts))
    if len(numbers) == 1:
        return numbers[0] in (0, 1)
    is_upward = all(after == before + 1 or (after in (0, 1) and before > 1) for before, after in pairwise(numbers))
    return is_upward or all(after == before - 1 for before, after in pairwise(numbers))


def _require_names(document: TextDocument, rows: list[GridRow]) -> None:
    if not rows:
        return
    names = {field.column for field in rows[0].fields}
    nameless = {field.column for row in rows[1:] for field in row.fields} - names
    if nameless:
        line = document.printed[rows[0].line - 1]
        raise ReadError(
            document.name,
            rows[0].line,
            expected="a name for every column of the header",
            found=f"{len(nameless)} without: {line!r}",
            todo="name the columns in a copy of the file, or fetch it again",
        )


def _record(name: str, number: int, line: str, delimiter: str) -> tuple[list[Field], int]:
    """The fields of a line that are not blank, and how many it has in all."""
    fields: list[Field] = []
    at, column = 0, 0
    while True:
        found = _FIELDS[delimiter].match(line, at)
        end = at if found is None else found.end()
        if found is None or column >= MAX_COLUMNS or not (end == len(line) or line[end] == delimiter):
            raise ReadError(
                name,
                number,
                expected=f"at most {MAX_COLUMNS:,} fields, quotes around whole fields and closed in their line",
                found=repr(line[at:]),
                todo="correct the record in the file, or fetch it again",
            )
        kind = "quoted" if found["quoted"] is not None else "bare"
        text = found[kind]
        if text.strip():
            start = found.start(kind) + len(text) - len(text.lstrip())
            fields.append(Field(column, text.strip(), number, start))
        column += 1
        if end == len(line):
            return fields, column
        at = end + 1
