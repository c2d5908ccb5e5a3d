"""The XML parts of an .xlsx before its parser sees them: inflated within bounds, looked through, made plain.

The parser cuts a value at a comment, an instruction or a reference (``<v>26<!-- -->6057</v>`` is 26 to it), takes an error
or a formula without its value for a blank cell, and allocates what an address asks for. It gets parts without such things.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Collection
from typing import Any, NamedTuple, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

MAX_INFLATED = 64 * 1024 * 1024
MAX_MEMBERS = 1000
MAX_AREA = 1_000_000
"""Cells of the smallest rectangle around a sheet's cells, and around those of all sheets together."""
MAX_SHARED = 64 * 1024 * 1024
"""Characters of the longest shared text, times the cells that refer to one."""
_UNUSED = "xl/externalLinks/"  # other workbooks' figures, kept for formulas; often larger than the workbook's own
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_MACROS, _MACRO_SHEETS = "vbaProject", "macrosheets/"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Damaged(ValueError):
    """What makes a workbook unreadable, in a few words."""


class Package(NamedTuple):
    """The parts as a new archive of just these, and whether the received one holds macros."""

    data: bytes
    has_macros: bool


def checked(data: bytes) -> Package:
    """An .xlsx as its parser may see it.

    Raises:
        Damaged: no .xlsx, damaged, encrypted, or larger than a workbook may be.
    """
    try:
        parts, names = _inflated(data)
    except Damaged:
        raise
    except Exception as error:
        # Each method of compression fails in a way of its own, and a password with RuntimeError.
        raise Damaged(f"a damaged or protected archive ({str(error) or type(error).__name__})") from None
    if _WORKBOOK not in parts:
        raise Damaged("an archive that is no .xlsx workbook")
    look = _Look()
    plain = {name: content if look.through(name, content) else _plain(content) for name, content in parts.items()}
    if look.longest * look.references > MAX_SHARED:
        raise Damaged(f"{look.references:,} cells that refer to texts of up to {look.longest:,} characters")
    if any(_MACRO_SHEETS in name for name in names):
        plain[_WORKBOOK] = _plain(plain[_WORKBOOK], without=_macro_sheets(plain.get(_RELATIONS, b"<none/>")))
    archived = io.BytesIO()
    with zipfile.ZipFile(archived, "w") as archive:
        for name, content in plain.items():
            archive.writestr(name, content)
    return Package(archived.getvalue(), any(mark in name for name in names for mark in (_MACROS, _MACRO_SHEETS)))


def _inflated(data: bytes) -> tuple[dict[str, bytes], list[str]]:
    """The XML parts by name, and the names of all members."""
    parts: dict[str, bytes] = {}
    left = MAX_INFLATED
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise Damaged(f"an archive of {len(members)} members, more than {MAX_MEMBERS}")
        for member in members:
            name = member.filename
            if name in parts:
                raise Damaged(f"a damaged workbook (its member {name} stands in it twice)")
            if name.endswith((".xml", ".rels")) and not name.startswith(_UNUSED):
                with archive.open(member) as stream:
                    parts[name] = stream.read(left + 1)
                left -= len(parts[name])
                if left < 0:
                    raise Damaged(f"more than {MAX_INFLATED:,} bytes when inflated")
    return parts, [member.filename for member in members]


def bound_area(area: int) -> None:
    """Refuse sheets that span more than a workbook's may."""
    if area > MAX_AREA:
        raise Damaged(f"sheets that span {area:,} cells, more than {MAX_AREA:,}")


def _kind(name: str) -> str:
    """An element's name without its prefix."""
    return name.rpartition(":")[2]


def _is_unvalued(kind: str | None, has_formula: bool, value: str) -> bool:
    """Whether a cell has a formula and no value; a text may be empty."""
    return has_formula and kind not in {"str", "inlineStr"} and not value.strip()


class _Look:
    """Looks through parts: how large sheets are by the addresses of their cells, and what their parser would misread.

    Attributes:
        is_plain: whether the part at hand holds nothing that its parser would misread.
        row, column: of the cell at hand.
        rows, columns: of the part at hand; ``area`` is that of all parts.
        places: the cells of the part at hand.
        longest, references: of texts that cells share.
    """

    def __init__(self) -> None:
        self.area = self.longest = self.references = 0

    def through(self, name: str, content: bytes) -> bool:
        """Whether the part is plain.

        Raises:
            Damaged: a bound is crossed, a cell stands twice or has two values, or the part is no XML or declares entities.
        """
        self.row = self.column = self.rows = self.columns = self.characters = 0
        self.places: set[tuple[int, int]] = set()
        self.cell_kind: str | None = None
        self.has_formula = self.is_in_cell = self.is_in_value = False
        self.value: str | None = None
        self.is_plain = b"&#" not in content
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = self.start, self.end, self.text
        parser.StartDoctypeDeclHandler = self.doctype
        parser.CommentHandler = parser.ProcessingInstructionHandler = parser.StartCdataSectionHandler = self.not_plain
        parser.XmlDeclHandler = self.declaration
        try:
            parser.Parse(content, True)
        except Damaged as error:
            raise Damaged(f"{error} in {name}" if "damaged" in str(error) else str(error)) from None
        except (expat.ExpatError, LookupError, ValueError) as error:
            # LookupError and ValueError are about the encoding that the part declares.
            raise Damaged(f"a damaged workbook ({name}: {error})") from None
        self.area += self.rows * self.columns
        bound_area(self.area)
        return self.is_plain and not content.startswith((b"\xff\xfe", b"\xfe\xff"))

    @staticmethod
    def doctype(*_: Any) -> NoReturn:
        raise Damaged("a workbook whose XML declares a document type")

    def not_plain(self, *_: Any) -> None:
        self.is_plain = False

    def declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        self.is_plain &= encoding is None or encoding.lower() == "utf-8"

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = _kind(name)
        if self.is_in_value:
            raise Damaged(f"a damaged workbook (a value that is more than text in {self.place})")
        if kind == "row":
            self.row, self.column = _number(attributes.get("r"), self.row + 1), 0
        elif kind == "c":
            address = attributes.get("r", "")
            digits = address.lstrip(_LETTERS)
            self.row = _number(digits or None, max(self.row, 1))
            self.column = column_number(address.removesuffix(digits)) or self.column + 1
            if (self.row, self.column) in self.places:
                raise Damaged(f"a damaged workbook (a second cell {self.place})")
            self.places.add((self.row, self.column))
            self.is_in_cell = True
            self.cell_kind, self.has_formula, self.value = attributes.get("t"), False, None
            self.references += self.cell_kind == "s"
            self.is_plain &= self.cell_kind != "e"
        elif kind == "v" and self.is_in_cell:
            if self.value is not None:
                raise Damaged(f"a damaged workbook (a second value in {self.place})")
            self.value, self.is_in_value = "", True
        elif kind == "f":
            self.has_formula = True
        elif kind == "si":
            self.characters = 0
        self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
        bound_area(self.rows * self.columns)

    @property
    def place(self) -> str:
        return f"{column_letters(self.column - 1)}{self.row}"

    def end(self, name: str) -> None:
        kind = _kind(name)
        if kind == "v":
            self.is_in_value = False
        elif kind == "si":
            self.longest = max(self.longest, self.characters)
        elif kind == "c":
            self.is_in_cell = False
            if self.cell_kind == "e" and not self.value:
                raise Damaged(f"a damaged workbook (an error without a name in {self.place})")
            self.is_plain &= not _is_unvalued(self.cell_kind, self.has_formula, self.value or "")

    def text(self, text: str) -> None:
        self.characters += len(text)
        if self.is_in_value:
            self.value = f"{self.value}{text}"


def _macro_sheets(relations: bytes) -> set[str]:
    """The ids of the sheets of macros, which the parser does not know; nothing of them is read."""
    found: set[str] = set()

    def start(_: str, attributes: dict[str, str]) -> None:
        if _MACRO_SHEETS in attributes.get("Target", ""):
            found.add(attributes.get("Id", ""))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(relations, True)
    return found


def _plain(content: bytes, without: Collection[str] = ()) -> bytes:
    """A part that was looked through, in UTF-8, without comments, instructions and references.

    A cell with an error is one with its name as text, one with a formula and no value is one with the formula as text, ``=A1``.

    Args:
        without: ids of sheets to leave out of the workbook's list of them.
    """
    written: list[str] = []
    cell: dict[str, str] = {}
    at, is_left_out = 0, False  # where the cell or sheet at hand begins in what is written
    texts = {"f": "", "v": ""}  # of the cell at hand
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal at, cell, is_left_out
        kind = _kind(name)
        inside.append(kind)
        if kind == "sheet":
            at, is_left_out = len(written), any(_kind(key) == "id" and value in without for key, value in attributes.items())
        elif kind == "c":
            at, cell = len(written), dict(attributes)
            texts.update(f="", v="")
        elif kind == "f":
            texts["f"] = "="
        written.append(_tag(name, attributes))

    def text(text: str) -> None:
        if inside and inside[-1] in texts:
            texts[inside[-1]] += text
        written.append(escape(text))

    def end(name: str) -> None:
        inside.pop()
        written.append(f"</{name}>")
        if _kind(name) == "sheet" and is_left_out:
            del written[at:]
        elif _kind(name) == "c":
            kind = cell.get("t")
            shown = texts["v"] if kind == "e" else texts["f"] if _is_unvalued(kind, bool(texts["f"]), texts["v"]) else None
            if shown is not None:
                prefix = name.removesuffix("c")
                value = f"<{prefix}v>{escape(shown)}</{prefix}v>"
                written[at:] = [_tag(name, {**cell, "t": "str"}), value, f"</{name}>"]

    parser = expat.ParserCreate()
    parser.buffer_text = True
    handlers: tuple[Callable[..., Any], ...] = (start, text, end)
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = handlers
    parser.Parse(content, True)
    return "".join(written).encode("utf-8")


def _tag(name: str, attributes: dict[str, str]) -> str:
    return f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in attributes.items())}>"


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not (text.isdecimal() and len(text) <= 7):
        raise Damaged(f"a damaged workbook (a row numbered {text[:20]!r})")
    return int(text)


def column_number(letters: str) -> int:
    """1 for ``A``; 0 for no letters. Raises Damaged for more letters than a workbook's columns have."""
    if len(letters) > 3:
        raise Damaged(f"a damaged workbook (a column called {letters[:20]!r})")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def column_letters(column: int) -> str:
    """``A`` for column 0, ``AA`` for 26."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name
