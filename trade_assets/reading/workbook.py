"""Workbooks, .xlsx and .xls: every cell as text with its sheet and address; nothing is evaluated.

Cells that hold numbers are read as numbers, whatever number format shows them; their text is the shortest decimal form.
Numbers with the format of a day or a time are read as such, ``YYYY-MM-DD``, and are no figures. Errors are texts, ``#N/A``.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from trade_assets.reading import confined
from trade_assets.reading.cells import Where
from trade_assets.reading.errors import ReadError
from trade_assets.reading.grid import GridDocument, rendered
from trade_assets.reading.marks import entered
from trade_assets.reading.package import Damaged, bound_area, checked, column_letters
from trade_assets.reading.text import MAX_BYTES

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the two formats begin."""

MAX_SHEETS = 64

# An error in an old workbook: a cell's own, or the result of its formula; and how each sheet begins.
_OLD_ERROR = re.compile(
    rb"(?:\x05\x02\x08\x00(?P<cell>.{4})..(?P<error>[\x00\x07\x0f\x17\x1d\x24\x2a])\x01"
    rb"|\x06\x00..(?P<formula>.{4})..\x02.(?P<result>[\x00\x07\x0f\x17\x1d\x24\x2a])...\xff\xff)",
    re.DOTALL,
)
_OLD_SHEET = re.compile(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06][\x10\x20\x40]\x00")
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}

_EXPECTED = "a workbook, .xlsx or .xls, whole and without protection"
_TODO = "fetch the file again from the publisher, or save it anew without protection"
_MACROS = "the workbook holds macros; nothing of them is run, or read"
_PROJECT = "_VBA_PROJECT_CUR".encode("utf-16-le")  # a stream of an OLE container, as its directory names it


class Sheet(NamedTuple):
    """A sheet: its name, whether a person sees it, and its rows of texts, from A1."""

    name: str
    is_hidden: bool
    rows: list[list[str]]


def read_workbook(data: bytes, name: str) -> GridDocument:
    """All sheets of a workbook, below each other; a row of the first sheet is the line of the same number.

    Raises:
        ReadError: damaged, encrypted, of another office format, or larger than a workbook may be.
    """
    if len(data) > MAX_BYTES:
        raise _error(name, f"{len(data):,} bytes, more than {MAX_BYTES:,}")
    if data.startswith(OLE):
        sheets = [Sheet(*each) for each in confined.parsed("old_workbook", data, name, expected=_EXPECTED)]
        has_macros = _PROJECT in data
    else:
        try:
            package = checked(data)
            sheets, has_macros = _sheets(package.data), package.has_macros
        except ValueError as error:
            raise _error(name, str(error)) from None
    return rendered(
        name,
        "workbook",
        _rows(sheets),
        " | ",
        is_aligned=True,
        notes=(_MACROS,) if has_macros else (),
        hidden=frozenset(sheet.name for sheet in sheets if sheet.is_hidden),
    )


def _error(name: str, found: str) -> ReadError:
    return ReadError(name, expected=_EXPECTED, found=found, todo=_TODO)


def _rows(sheets: list[Sheet]) -> Iterator[list[tuple[int, str, Where]]]:
    letters = [column_letters(column) for column in range(max((len(row) for sheet in sheets for row in sheet.rows), default=0))]
    for sheet in sheets:
        for number, row in enumerate(sheet.rows, start=1):
            yield [(column, text, Where(sheet.name, f"{letters[column]}{number}")) for column, text in enumerate(row) if text]


def parse(data: bytes) -> list[Sheet]:
    """The sheets of an old workbook (.xls); to be called in a confined process.

    Raises:
        ValueError: it is none, or encrypted, or too large.
    """
    sheets = _sheets(data)
    _put_errors(data, sheets)
    return sheets


def _put_errors(data: bytes, sheets: list[Sheet]) -> None:
    """Put the errors of an old workbook where its parser leaves blanks. Raises ValueError where one has no such place."""
    starts = [found.start() for found in _OLD_SHEET.finditer(data)]
    for found in _OLD_ERROR.finditer(data):
        row, column = struct.unpack("<HH", found["cell"] or found["formula"])
        error = _ERRORS[(found["error"] or found["result"])[0]]
        sheet = sum(start < found.start() for start in starts) - 1
        rows = sheets[sheet].rows if len(starts) == len(sheets) and sheet >= 0 else []
        if not (row < len(rows) and column < len(rows[row]) and not rows[row][column]):
            raise ValueError(f"an error, {error}, in a cell {column_letters(column)}{row + 1} that cannot be told from a blank one")
        rows[row][column] = error


def _sheets(data: bytes) -> list[Sheet]:
    """The sheets as texts. Raises ValueError for what is no readable workbook."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    sheets: list[Sheet] = []
    area = 0
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            names = [about.name for about in workbook.sheets_metadata]
            if len(names) > MAX_SHEETS:
                raise Damaged(f"{len(names)} sheets, more than {MAX_SHEETS}")
            if len(set(names)) < len(names):
                raise Damaged("a damaged workbook (two sheets of one name)")
            for number, about in enumerate(workbook.sheets_metadata):
                sheet = workbook.get_sheet_by_index(number)
                row, column = sheet.end or (-1, -1)  # total_height and total_width count one row and one column too few
                area += (row + 1) * (column + 1)
                bound_area(area)
                rows = [list(map(text_of, row)) for row in sheet.to_python(skip_empty_area=False)]
                sheets.append(Sheet(about.name, about.visible != SheetVisibleEnum.Visible, rows))
    except PasswordError:
        raise ValueError("an encrypted workbook") from None
    except Damaged:
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise ValueError(f"a damaged workbook ({' '.join(str(error).split())})") from None
    except BaseException as error:
        # A panic of the parser is no Exception, and means the same.
        if type(error).__name__ == "PanicException":
            raise ValueError("a damaged workbook (its parser gave up)") from None
        raise
    return sheets


def text_of(value: Any) -> str:
    """A cell's value as text: numbers in their shortest decimal form, days as ``YYYY-MM-DD``."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def number_behind(text: str) -> str | None:
    """The number that a workbook keeps for a day, ``YYYY-MM-DD``, where days count from 1900; ``None`` for any other text."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    # A workbook knows a 29 February 1900, so days before it are counted from a day later.
    epoch = dt.date(1899, 12, 31) if day < dt.date(1900, 3, 1) else dt.date(1899, 12, 30)
    return str((day - epoch).days)


def number_text(value: float) -> str:
    """The shortest decimal form: ``-576865``, ``0.1``; no exponent, no zero behind the last digit; ``#NUM!`` for no number."""
    text = entered(repr(value))
    if not text.strip("-").replace(".", "").isdecimal():
        return "#NUM!"
    if isinstance(value, float) and "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
