"""Workbooks, .xlsx and .xls: every cell as text with its sheet and address; nothing is evaluated.

Cells that hold numbers are read as numbers, whatever number format shows them; their text is the shortest decimal form.
Numbers with the format of a day or a time are read as such, ``YYYY-MM-DD``, and are no figures. Errors are texts, ``#N/A``.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, NoReturn
from xml.parsers import expat

from trade_assets.reading import confined
from trade_assets.reading.cells import Where
from trade_assets.reading.errors import ReadError
from trade_assets.reading.grid import GridDocument, rendered
from trade_assets.reading.marks import entered
from trade_assets.reading.text import MAX_BYTES

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the two formats begin."""

MAX_INFLATED = 64 * 1024 * 1024
MAX_MEMBERS = 1000
MAX_SHEETS = 64
MAX_AREA = 1_000_000
"""Cells of the smallest rectangle around a sheet's cells, and around those of all sheets together."""
MAX_SHARED = 64 * 1024 * 1024
"""Characters of the longest shared text, times the cells that refer to one."""
_UNUSED = "xl/externalLinks/"  # other workbooks' figures, kept for formulas; often larger than the workbook's own

# An error in an old workbook: a cell's own, or the result of its formula; and how each sheet begins.
_OLD_ERROR = re.compile(
    rb"(?:\x05\x02\x08\x00(?P<cell>.{4})..(?P<error>[\x00\x07\x0f\x17\x1d\x24\x2a])\x01"
    rb"|\x06\x00..(?P<formula>.{4})..\x02.(?P<result>[\x00\x07\x0f\x17\x1d\x24\x2a])...\xff\xff)",
    re.DOTALL,
)
_OLD_SHEET = re.compile(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06][\x10\x20\x40]\x00")
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_ERROR_TYPE = re.compile(rb"""(\st\s*=\s*)(["'])e\2""")

_EXPECTED = "a workbook, .xlsx or .xls, whole and without protection"
_TODO = "fetch the file again from the publisher; save it anew without macros and protection"

Sheet = tuple[str, list[list[str]]]
"""A sheet's name and its rows of texts, from A1."""


def read_workbook(data: bytes, name: str) -> GridDocument:
    """All sheets of a workbook, below each other; a row of the first sheet is the line of the same number.

    Raises:
        ReadError: damaged, encrypted, with macros, of another office format, or larger than a workbook may be.
    """
    if len(data) > MAX_BYTES:
        raise _error(name, f"{len(data):,} bytes, more than {MAX_BYTES:,}")
    if data.startswith(OLE):
        sheets: list[Sheet] = confined.parsed("old_workbook", data, name, expected=_EXPECTED)
    else:
        try:
            sheets = _sheets(_checked(data))
        except ValueError as error:
            raise _error(name, str(error)) from None
    return rendered(name, "workbook", _rows(sheets), " | ", is_aligned=True)


def _error(name: str, found: str) -> ReadError:
    return ReadError(name, expected=_EXPECTED, found=found, todo=_TODO)


def _rows(sheets: list[Sheet]) -> Iterator[list[tuple[int, str, Where]]]:
    letters = [_letters(column) for column in range(max((len(row) for _, rows in sheets for row in rows), default=0))]
    for sheet, rows in sheets:
        for number, row in enumerate(rows, start=1):
            yield [(column, text, Where(sheet, f"{letters[column]}{number}")) for column, text in enumerate(row) if text]


def _letters(column: int) -> str:
    """``A`` for column 0, ``AA`` for 26."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def parse(data: bytes) -> list[Sheet]:
    """The sheets of an old workbook (.xls); to be called in a confined process.

    Raises:
        ValueError: it is none, or encrypted, with macros, or too large.
    """
    # Names of streams stand in the container's directory, two bytes a letter.
    for stream, found in (("EncryptedPackage", "an encrypted workbook"), ("_VBA_PROJECT_CUR", "a workbook with macros")):
        if stream.encode("utf-16-le") in data:
            raise ValueError(found)
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
        rows = sheets[sheet][1] if len(starts) == len(sheets) and sheet >= 0 else []
        if not (row < len(rows) and column < len(rows[row]) and not rows[row][column]):
            raise ValueError(f"an error, {error}, in a cell {_letters(column)}{row + 1} that cannot be told from a blank one")
        rows[row][column] = error


def _sheets(data: bytes) -> list[Sheet]:
    """The sheets as texts. Raises ValueError for what is no readable workbook."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    sheets: list[Sheet] = []
    area = 0
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            if len(workbook.sheet_names) > MAX_SHEETS:
                raise ValueError(f"{len(workbook.sheet_names)} sheets, more than {MAX_SHEETS}")
            for name in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(name)
                area += sheet.total_height * sheet.total_width
                _bound_area(area)
                sheets.append((name, [list(map(text_of, row)) for row in sheet.to_python(skip_empty_area=False)]))
    except PasswordError:
        raise ValueError("an encrypted workbook") from None
    except (CalamineError, OSError) as error:
        raise ValueError(f"a damaged workbook ({' '.join(str(error).split())})") from None
    except BaseException as error:
        # A panic of the parser is no Exception, and means the same.
        if type(error).__name__ == "PanicException":
            raise ValueError("a damaged workbook (its parser gave up)") from None
        raise
    return sheets


def _bound_area(area: int) -> None:
    if area > MAX_AREA:
        raise ValueError(f"sheets that span {area:,} cells, more than {MAX_AREA:,}")


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


# What stands in an .xlsx before its parser sees it


def _checked(data: bytes) -> bytes:
    """The XML parts of an .xlsx, inflated within bounds and looked through, as a new archive of just these.

    The parser sees what was checked, not the archive that was received.

    Raises:
        ValueError: no .xlsx, damaged, encrypted, with macros, or larger than a workbook may be.
    """
    parts: dict[str, bytes] = {}
    left = MAX_INFLATED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise ValueError(f"an archive of {len(members)} members, more than {MAX_MEMBERS}")
            for member in members:
                name = member.filename
                if "vbaProject" in name or "/macrosheets/" in name:
                    raise ValueError("a workbook with macros")
                if name in parts:
                    raise ValueError(f"a damaged workbook (its member {name} stands in it twice)")
                if name.endswith((".xml", ".rels")) and not name.startswith(_UNUSED):
                    with archive.open(member) as stream:
                        parts[name] = stream.read(left + 1)
                    left -= len(parts[name])
                    if left < 0:
                        raise ValueError(f"more than {MAX_INFLATED:,} bytes when inflated")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        # RuntimeError is what zipfile raises for a member with a password.
        raise ValueError(f"a damaged or protected archive ({error})") from None
    if "xl/workbook.xml" not in parts:
        raise ValueError("an archive that is no .xlsx workbook")
    parts |= _Bounds().look_through(parts)
    checked = io.BytesIO()
    with zipfile.ZipFile(checked, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return checked.getvalue()


class _Bounds:
    """How large the sheets are by the addresses of their cells, before anything allocates that much; and which are errors."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.errors: list[int] = []
        self.is_error = False
        self.row = self.column = self.rows = self.columns = self.area = 0
        self.characters = self.longest = self.references = 0

    def look_through(self, parts: dict[str, bytes]) -> dict[str, bytes]:
        """The parts that hold errors, with the errors as texts: the workbook's parser takes an error for a blank cell.

        Raises:
            ValueError: a bound is crossed, or a part is no XML or declares entities.
        """
        changed: dict[str, bytes] = {}
        for name, content in parts.items():
            self.parser = parser = expat.ParserCreate()
            self.errors = []
            parser.StartElementHandler = self.start
            parser.EndElementHandler = self.end
            parser.CharacterDataHandler = self.text
            parser.StartDoctypeDeclHandler = self.doctype
            self.row = self.column = self.rows = self.columns = 0
            try:
                parser.Parse(content, True)
            except expat.ExpatError as error:
                raise ValueError(f"a damaged workbook ({name}: {error})") from None
            if self.errors:
                changed[name] = _with_texts(content, self.errors, name)
            self.area += self.rows * self.columns
            _bound_area(self.area)
        if self.longest * self.references > MAX_SHARED:
            raise ValueError(f"{self.references:,} cells that refer to texts of up to {self.longest:,} characters")
        return changed

    @staticmethod
    def doctype(*_: Any) -> NoReturn:
        raise ValueError("a workbook whose XML declares a document type")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            self.row, self.column = _number(attributes.get("r"), self.row + 1), 0
        elif kind == "c":
            address = attributes.get("r", "")
            digits = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
            self.row = _number(digits or None, max(self.row, 1))
            self.column = _column(address.removesuffix(digits)) or self.column + 1
            self.references += attributes.get("t") == "s"
            self.is_error = attributes.get("t") == "e"
            if self.is_error:
                self.errors.append(self.parser.CurrentByteIndex)
                self.characters = 0
        elif kind == "si":
            self.characters = 0
        self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
        _bound_area(self.rows * self.columns)

    def end(self, name: str) -> None:
        kind = name.rpartition(":")[2]
        if kind == "si":
            self.longest = max(self.longest, self.characters)
        elif kind == "c" and self.is_error and not self.characters:
            raise ValueError("a damaged workbook (a cell whose error has no name)")

    def text(self, text: str) -> None:
        self.characters += len(text)


def _with_texts(content: bytes, errors: list[int], name: str) -> bytes:
    """A sheet whose cells with an error, by the offsets of their tags, are cells with a text."""
    pieces, at = [], 0
    for start in errors:
        end = content.find(b">", start)
        tag, count = _ERROR_TYPE.subn(rb"\1\2str\2", content[start:end])
        if count != 1:
            raise ValueError(f"a damaged workbook ({name}: a cell with an error that cannot be read)")
        pieces += [content[at:start], tag]
        at = end
    return b"".join((*pieces, content[at:]))


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not (text.isdecimal() and len(text) <= 7):
        raise ValueError(f"a damaged workbook (a row numbered {text[:20]!r})")
    return int(text)


def _column(letters: str) -> int:
    """1 for ``A``; 0 for no letters."""
    if len(letters) > 3:
        raise ValueError(f"a damaged workbook (a column called {letters[:20]!r})")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column
