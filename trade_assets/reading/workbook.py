"""Workbooks, .xlsx and .xls: every cell as text with its sheet and address; nothing is evaluated.

Cells that hold numbers are read as numbers, whatever their format shows; their text is the shortest decimal form.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn
from xml.parsers import expat

from trade_assets.reading import confined
from trade_assets.reading.cells import Where
from trade_assets.reading.errors import ReadError
from trade_assets.reading.grid import GridDocument, rendered
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
_SIGNIFICANT = 15  # digits that a workbook keeps of a number; what a float shows beyond them was never entered

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
    return _sheets(data)


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


def number_text(value: float) -> str:
    """The shortest decimal form: ``-576865``, ``0.1``; no exponent, no zero behind the last digit."""
    text = repr(value)
    if isinstance(value, float):
        if sum(map(str.isdigit, text.partition("e")[0].strip("-0."))) > _SIGNIFICANT:
            text = format(value, f".{_SIGNIFICANT}g")
        number = Decimal(text)
        if not number.is_finite():
            return text
        text = format(number, "f")
        if "." in text:
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
    _Bounds().look_through(parts)
    checked = io.BytesIO()
    with zipfile.ZipFile(checked, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return checked.getvalue()


class _Bounds:
    """How large the sheets are by the addresses of their cells, before anything allocates that much."""

    def __init__(self) -> None:
        self.row = self.column = self.rows = self.columns = self.area = 0
        self.characters = self.longest = self.references = 0

    def look_through(self, parts: dict[str, bytes]) -> None:
        """Raises ValueError at the first bound that is crossed, or part that is no XML or declares entities."""
        for name, content in parts.items():
            parser = expat.ParserCreate()
            parser.StartElementHandler = self.start
            parser.EndElementHandler = self.end
            parser.CharacterDataHandler = self.text
            parser.StartDoctypeDeclHandler = self.doctype
            self.row = self.column = self.rows = self.columns = 0
            try:
                parser.Parse(content, True)
            except expat.ExpatError as error:
                raise ValueError(f"a damaged workbook ({name}: {error})") from None
            self.area += self.rows * self.columns
            _bound_area(self.area)
        if self.longest * self.references > MAX_SHARED:
            raise ValueError(f"{self.references:,} cells that refer to texts of up to {self.longest:,} characters")

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
        elif kind == "si":
            self.characters = 0
        self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
        _bound_area(self.rows * self.columns)

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "si":
            self.longest = max(self.longest, self.characters)

    def text(self, text: str) -> None:
        self.characters += len(text)


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
