"""What a document is that no reader reads, so that its refusal can say so.

Formats are told by their first bytes, or by the names in an archive; documents by the words at their head, which
``facts/catalogue/not_read.csv`` declares: ``kind`` of document, ``words`` as a regular expression, ``what`` it then is, with the
groups of the expression, and what is ``todo``. The first line that fits says it. The Exhibits of the FT-900 and of its
supplement stand in ``ft900_exhibits.csv``, by their titles.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import NamedTuple

from trade_assets.facts import catalogue
from trade_assets.reading.errors import printable

_HEAD_LINES = 400
_HEAD = 20_000  # characters at the head of a document in which its words are looked for
_SHOWN = 60  # characters of what an expression's group found
_FILES = 3  # names of an archive that are shown


class NotRead(NamedTuple):
    """What a document is, with an article, and what a person can do."""

    what: str
    todo: str


_UNPACK = "unpack it, and give what is inside"
_PLAIN = "save it as the publisher's own text, workbook or page of text"
_FORMATS = (
    (0, b"\x1f\x8b", "a gzip archive", _UNPACK),
    (0, b"BZh", "a bzip2 archive", _UNPACK),
    (0, b"\xfd7zXZ\0", "an xz archive", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (257, b"ustar", "a tar archive", _UNPACK),
    (0, b"PK\x05\x06", "an empty archive", "fetch it again from the publisher"),
    (0, b"PK\x07\x08", "an archive in several parts", _UNPACK),
    (0, b"\x89PNG\r\n", "an image (PNG)", _PLAIN),
    (0, b"\xff\xd8\xff", "an image (JPEG)", _PLAIN),
    (0, b"GIF8", "an image (GIF)", _PLAIN),
    (0, b"II*\0", "an image (TIFF)", _PLAIN),
    (0, b"MM\0*", "an image (TIFF)", _PLAIN),
    (8, b"WEBP", "an image (WebP)", _PLAIN),
    (4, b"ftyp", "an image or a video", _PLAIN),
    (0, b"{\\rtf", "a text in Rich Text Format", "save it as plain text"),
    (0, b"%!PS", "a PostScript file", "make it a PDF, or plain text"),
    (0, b"SQLite format 3\0", "a SQLite database", "export the publisher's figures as they were published"),
    (0, b"PAR1", "a Parquet file", "export the publisher's figures as they were published"),
    (0, b"ARROW1", "an Arrow file", "export the publisher's figures as they were published"),
    (0, b"\x89HDF\r\n", "an HDF5 file", "export the publisher's figures as they were published"),
)
"""Where a format's mark stands, its mark, what it is and what is to do."""

_MEMBERS = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)", "save it as .xlsx"),
    ("word/document.xml", "a Word document", _PLAIN),
    ("ppt/presentation.xml", "a presentation", _PLAIN),
    ("Index/Document.iwa", "a Numbers or Pages document", "export it as .xlsx or PDF"),
    ("content.xml", "an OpenDocument file, such as .ods", "save it as .xlsx"),
)
"""A member of an archive that tells what the archive is."""

_STREAMS = (
    ("EncryptedPackage", "an encrypted workbook or document", "save it without a password"),
    ("WordDocument", "a Word document", _PLAIN),
    ("PowerPoint Document", "a presentation", _PLAIN),
    ("__substg1.0_", "an e-mail message of Outlook", "save what is attached to it"),
)
"""Streams of an OLE container, by their names in its directory, two bytes a letter."""


_EXHIBITS = "of the FT-900's workbooks give Exhibits 1 and 12"


def format_of(data: bytes) -> NotRead | None:
    """The format of a file's bytes, if it is told by them and is none that is read."""
    for at, mark, what, todo in _FORMATS:
        if data.startswith(mark, at):
            return NotRead(what, todo)
    if data.startswith(b"PK\x03\x04"):
        return _archive(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return next((NotRead(what, todo) for name, what, todo in _STREAMS if name.encode("utf-16-le") in data), None)
    return None


def _archive(data: bytes) -> NotRead | None:
    """What a ZIP archive is by its members; ``None`` for an .xlsx, and for one whose directory cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
    except Exception:
        # Each damage fails in a way of its own; the workbook's reader says which.
        return None
    for member, what, todo in _MEMBERS:
        if member in names:
            return NotRead(what, todo)
    if {"xl/workbook.xml", "[Content_Types].xml"} & set(names):
        return None  # an .xlsx, or what is left of one
    shown = ", ".join(name.rpartition("/")[2] for name in names[:_FILES]) + (", …" if len(names) > _FILES else "")
    is_of_workbooks = any(name.lower().endswith((".xlsx", ".xls", ".xlsm")) for name in names)
    return NotRead(f"an archive of {'workbooks' if is_of_workbooks else 'files'} ({len(names):,}: {printable(shown, 2 * _SHOWN)})", _UNPACK)


@cache
def _declared(kind: str) -> tuple[tuple[re.Pattern[str], str, str], ...]:
    found = [(line["words"], line["what"], line["todo"]) for line in catalogue.records("not_read") if kind in line["kind"].split("|")]
    if kind == "workbook":
        for line in catalogue.records("ft900_exhibits"):
            # A title may go on with what the exhibit is not told by: the year, or the adjustment.
            words = rf"^{re.escape(line['title'])}(?:[,:].*)?$"
            supplement = " supplement" if line["exhibit"].endswith("s") else ""
            found.insert(0, (words, f"Exhibit {line['exhibit']} of the FT-900{supplement}, which is not read: {line['about']}", _EXHIBITS))
    return tuple((re.compile(words, re.IGNORECASE | re.MULTILINE), what, todo) for words, what, todo in found)


def document_of(kind: str, texts: Iterable[str]) -> NotRead | None:
    """The document that the words at its head tell, if they are declared.

    Args:
        kind: ``text``, ``workbook`` or ``pages``.
        texts: lines of text, or the fields of a grid, in their order, with plain spaces.
    """
    head = "\n".join(filter(None, map(str.strip, islice(texts, _HEAD_LINES))))[:_HEAD]
    for words, what, todo in _declared(kind):
        found = words.search(head)
        if found is not None:
            groups = [printable(" ".join((group or "").split()), _SHOWN) for group in found.groups()]
            return NotRead(what.format(*groups), todo)
    return None


def beginning_of(kind: str, texts: Iterable[str]) -> str:
    """What a document of no declared kind is, by how it begins."""
    first = next((text.strip() for text in texts if text.strip()), "")
    called = {"text": "a text", "workbook": "a workbook", "pages": "a PDF"}[kind]
    return f"{called} that begins {printable(first, _SHOWN)!r}" if first else f"{called} without any text or figure"
