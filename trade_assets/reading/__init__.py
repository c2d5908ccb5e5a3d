"""Bytes to cells: one module per kind of document, one per file format, and the order in which kinds are tried.

``read_document`` is the room's door. It opens the format that the bytes have, recognises the kind of document from the
content, and returns a ``Reading``: columns of located cells, never one object per cell. ``documents_in`` opens files that hold
several documents as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from trade_assets.facts.families import parts
from trade_assets.reading import answers, not_read, pages, workbook
from trade_assets.reading.bundle import Packer, Part, Unpacked, Unpacker
from trade_assets.reading.cells import Reading
from trade_assets.reading.delimited import read_delimited
from trade_assets.reading.errors import ReadError, about
from trade_assets.reading.grid import GridDocument
from trade_assets.reading.text import MAX_BYTES, TextDocument, decode, read_bounded


def readers(kind: type[TextDocument] | type[GridDocument]) -> list[ModuleType]:
    """The readers of text, or of workbooks and pages; a family may have several, each for some of its products."""
    return [reader for of_family in parts("readers").values() for reader in of_family if reader.READS is kind]


@cache
def _unpackers() -> tuple[Unpacker, ...]:
    return tuple(unpacker for of_family in parts("readers", "UNPACKERS").values() for unpacker in of_family)


def _known() -> str:
    return f"a document of a known family ({', '.join(parts('readers'))})"


_FORMATS = {
    workbook.ZIP: ("xlsx", workbook.read_workbook),
    workbook.OLE: ("xls", workbook.read_workbook),
    pages.PDF: ("pdf", pages.read_pages),
}
"""How the bytes of a format begin; all others are text."""

__all__ = [
    "MAX_BYTES",
    "Found",
    "GridDocument",
    "Part",
    "ReadError",
    "Reading",
    "TextDocument",
    "documents_in",
    "only",
    "open_document",
    "read_bounded",
    "read_document",
    "readers",
    "recognise",
    "render",
    "suffix_of",
    "unpack",
]


@contextmanager
def _of(name: str, expected: str, module: str) -> Iterator[None]:
    """Whatever is raised about a document stays with it, as a ReadError: the others of the month are still read."""
    todo = f"compare the document with the publisher's; if it is whole, report it with the error for {module.replace('.', '/')}.py"
    with about(name, expected=expected, found="one that its reader does not foresee", todo=todo):
        yield


def open_document(data: bytes, name: str) -> TextDocument | GridDocument:
    """A document in the format that its bytes have, whatever its name says.

    Raises:
        ReadError: empty, too large, damaged, protected, or of no format that is read.
    """
    named = not_read.format_of(data)
    if named is not None:
        raise ReadError(name, expected="text, a workbook (.xlsx, .xls) or pages (PDF)", found=named.what, todo=named.todo)
    for magic, (suffix, opened) in _FORMATS.items():
        if data.startswith(magic):
            with _of(name, f"a file that can be opened as .{suffix}", opened.__module__):
                return opened(data, name)
    with _of(name, "a file that can be opened as text", decode.__module__):
        try:
            return decode(data, name)
        except ReadError:
            named = not_read.document_of("text", data.decode("utf-8", "replace").splitlines())
            if named is None:
                raise
            raise ReadError(name, expected=_known(), found=named.what, todo=named.todo) from None


def render(data: bytes, name: str) -> list[str]:
    """A document as lines of text, to which the ``line`` and offsets of its cells refer. Raises as ``open_document``."""
    return open_document(data, name).printed


def suffix_of(data: bytes) -> str:
    """The ending for files of the format that the bytes have: xlsx, xls, pdf, csv for delimited series, else txt.

    Raises:
        ReadError: the bytes are no text and of no other format that is read.
    """
    for magic, (suffix, _) in _FORMATS.items():
        if data.startswith(magic):
            return suffix
    document = open_document(data, "document")
    return "csv" if any(_recognises(each.reader, document) for each in _unpackers()) else "txt"


def _recognises(reader: ModuleType, document: TextDocument | GridDocument) -> bool:
    with _of(document.name, f"a document that can be looked through for the marks of the family {reader.FAMILY}", reader.__name__):
        return bool(reader.recognises(document))


def recognise(document: TextDocument | GridDocument) -> ModuleType:
    """The reader for a document, from its content alone.

    Raises:
        ReadError: no reader recognises it, or more than one does.
    """
    candidates = readers(type(document))
    # A page of markup may show a document's title, but no reader reads markup.
    is_markup = isinstance(document, TextDocument) and next(filter(None, map(str.strip, document.head)), "").startswith("<")
    found = [] if is_markup else [reader for reader in candidates if _recognises(reader, document)]
    if len(found) == 1:
        return found[0]
    named = not_read.document_of(document.kind, document.head) if not found else None
    if named is not None:
        raise ReadError(document.name, expected=_known(), found=named.what, todo=named.todo)
    titles = "; ".join(f"{reader.FAMILY}: {reader.RECOGNISED_BY}" for reader in candidates)
    raise ReadError(
        document.name,
        expected=f"a document of exactly one known family ({titles})",
        found=" and ".join(map(_called, found)) if found else f"none of them: {not_read.beginning_of(document.kind, document.head)}",
        todo="check that this is the publisher's document, whole; for a new family add a folder in trade_assets/families",
    )


def _called(reader: ModuleType) -> str:
    """A family, with the reader where it has several."""
    if parts("readers")[reader.FAMILY][0] is reader:
        return str(reader.FAMILY)
    return f"{reader.FAMILY} ({reader.__name__.rpartition('.')[2]})"


def unpack(data: bytes, name: str, series: str | None = None) -> Unpacked | None:
    """The documents of a file that holds several, or that is an answer of an API; ``None`` for any other file.

    Args:
        series: the id of the series, where whoever gives the file says it and the file may not.

    Raises:
        ReadError: it is such a file, and none of its documents can be told.
    """
    if any(data.startswith(magic) for magic in _FORMATS) or not_read.format_of(data) is not None:
        return None
    with _of(name, "a file that can be looked through for several documents", Packer.__module__):
        if answers.resembles_answer(data):
            answer = answers.answer_of(decode(data, name, MAX_BYTES))
            if answer is None:
                return None
            packer = Packer(answer.grid, keeps_lines=False)
            unpacker = next(each for each in _unpackers() if each.api == answer.api)
            unpacker.unpack(answer.grid, packer, answer.titles, answer.notes, is_answer=True, called=series)
            return packer.unpacked
        document = open_document(data, name)
        if not isinstance(document, TextDocument):
            return None
        found = next((each for each in _unpackers() if each.reader.recognises(document)), None)
        if found is None:
            return None
        grid = read_delimited(document)
        packer = Packer(grid, grid.delimiter)
        is_bundle = found.unpack(grid, packer, {}, grid.notes, is_answer=False, called=series)
        return packer.unpacked if is_bundle else None


@dataclass(frozen=True)
class Found:
    """A document that was found in a file.

    Attributes:
        data: its bytes: the file's, or those of the part.
        reading: what was read; lines and offsets are those of the file as received.
        part: which part of the file it is; ``None`` if the file is the document.
    """

    data: bytes
    reading: Reading
    part: Part | None = None

    @property
    def which(self) -> str | None:
        """What its part is called for people; ``None`` if the file is the document."""
        return None if self.part is None else self.part.what


def documents_in(data: bytes, name: str, series: str | None = None) -> list[Found | ReadError]:
    """Read every document of a file, each with what is wrong with it.

    Args:
        data: the file's bytes as received.
        name: how errors call the file; never used as a path.
        series: the id of the series, where whoever gives the file says it and the file may not.
    """
    try:
        unpacked = unpack(data, name, series)
        found: list[Found | ReadError]
        found = [Found(data, _read_alone(data, name))] if unpacked is None else [*map(_read_part, unpacked.parts), *unpacked.errors]
    except ReadError as error:
        return [error]
    return found if series is None else [_of_series(each, name, series) for each in found]


def _of_series(found: Found | ReadError, name: str, series: str) -> Found | ReadError:
    """A document, or what is wrong with it if it is another series than was said."""
    if isinstance(found, ReadError) or found.reading.product.partition(".")[0].lower() == series.lower():
        return found
    called = name if found.part is None else found.part.name
    what = f"{found.reading.family} {found.reading.product}".rstrip()
    return ReadError(called, 1, expected=f"the series {series}, as given for the file", found=what, todo="correct the one that is wrong")


def _read_part(part: Part) -> Found | ReadError:
    try:
        reading = _read_alone(part.data, part.name)
    except ReadError as error:
        error.line = None if error.line is None else part.received_line(error.line)
        return error
    part.relocate(reading)
    reading.notes += part.notes
    return Found(part.data, reading, part)


def read_document(data: bytes, name: str) -> Reading:
    """Read every figure of one document.

    Args:
        data: the document's bytes as published.
        name: how errors call the document; never used as a path.

    Raises:
        ReadError: empty, too large, damaged, of no known family, not laid out as its family is, or a file of several documents.
    """
    return only(documents_in(data, name), name).reading


def only(documents: list[Found | ReadError], name: str) -> Found:
    """The one document of a file.

    Raises:
        ReadError: what is wrong with one of them, or that there are several.
    """
    found = list[Found]()
    for each in documents:
        if isinstance(each, ReadError):
            raise each
        found.append(each)
    if len(found) == 1:
        return found[0]
    parts = ", ".join(each.part.what for each in found if each.part is not None)
    todo = "give the file to 'check', 'cells' or 'ingest', which unpack it"
    raise ReadError(name, 1, expected="one document", found=f"{len(found)}: {parts}", todo=todo)


def _read_alone(data: bytes, name: str) -> Reading:
    """Read a file as the one document that it is. Raises as ``read_document``."""
    document = open_document(data, name)
    reader = recognise(document)
    with _of(document.name, f"a document laid out as the family {reader.FAMILY} is", reader.__name__):
        reading: Reading = reader.read(document)
    reading.source = reading.source or reader.SOURCE
    reading.printed = document.printed
    reading.notes = [*document.notes, *reading.notes]
    return reading
