"""Page formats (PDF): words with their boxes, put together to lines of text and to columns of figures.

A page has no columns of its own: figures that end at the same place from the left stand in one.
"""

from __future__ import annotations

import io
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypedDict

from trade_assets.reading import confined
from trade_assets.reading.cells import Where
from trade_assets.reading.errors import ReadError
from trade_assets.reading.grid import GridDocument, rendered
from trade_assets.reading.marks import parse as parse_mark
from trade_assets.reading.not_read import NotRead, document_of
from trade_assets.reading.text import plain

PDF = b"%PDF-"
"""How the format begins."""

MAX_PDF_BYTES = 8 * 1024 * 1024
MAX_PAGES = 50
MAX_WORDS = 100_000

_EXPECTED = "a PDF of text, whole and without protection"
_ONE_LINE = 0.4  # words whose middles lie closer, in heights of the line, stand in one line
_ONE_FIELD = 0.7  # words closer to each other, in heights, belong to one field; a space takes about 0.3
_ONE_EDGE = 2.0  # points by which right edges of one column's figures may differ
_COLUMN = 3  # figures that make a column


class _Word(NamedTuple):
    text: str
    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def read_pages(data: bytes, name: str) -> GridDocument:
    """All pages of a PDF, below each other, one row per line of text.

    Raises:
        ReadError: damaged, encrypted, without text (a scan), or larger than such a document may be.
    """
    if len(data) > MAX_PDF_BYTES:
        raise ReadError(
            name,
            expected=f"a PDF of at most {MAX_PDF_BYTES:,} bytes",
            found=f"{len(data):,} bytes",
            todo="give the publisher's file of this table alone, no scan",
        )
    parsed = confined.parsed("pages", data, name, expected=_EXPECTED)
    document = rendered(name, "pages", _rows([[_Word(*word) for word in page] for page in parsed["words"]]), "  ", is_aligned=False)
    if parsed["pages"] > MAX_PAGES:
        named = document_of(document.kind, document.head) or NotRead("a PDF", "give the publisher's file of the table alone")
        raise ReadError(
            name,
            expected=f"a PDF of at most {MAX_PAGES} pages",
            found=f"{named.what} ({parsed['pages']:,} pages, more than {MAX_PAGES})",
            todo=named.todo,
        )
    return document


class _Parsed(TypedDict):
    """How many pages a PDF has, and the words of the first of them, each with left, top, right and bottom."""

    pages: int
    words: list[list[tuple[str, float, float, float, float]]]


def parse(data: bytes) -> _Parsed:
    """The words of the pages, or of the first if there are too many; to be called in a confined process.

    Raises:
        ValueError: it is no PDF that can be read, or has too many words, or none.
    """
    import logging

    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    logging.disable(logging.CRITICAL)  # the library's remarks on fonts are nobody's concern here
    pages: list[list[tuple[str, float, float, float, float]]] = []
    words = 0
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            count = len(document.pages)
            for page in document.pages[: 1 if count > MAX_PAGES else MAX_PAGES]:
                found = page.extract_words()
                pages.append([(word["text"], *(float(word[side]) for side in ("x0", "top", "x1", "bottom"))) for word in found])
                words += len(found)
                if words > MAX_WORDS:
                    raise ValueError(f"more than {MAX_WORDS:,} words")
                page.close()
    except (PDFException, PdfminerException) as error:
        is_encrypted = isinstance(error, PDFPasswordIncorrect) or any(isinstance(each, PDFPasswordIncorrect) for each in error.args)
        raise ValueError("an encrypted PDF" if is_encrypted else f"a damaged PDF ({type(error).__name__})") from None
    if not words and count <= MAX_PAGES:
        raise ValueError("pages without text: a scan, or an empty document")
    return {"pages": count, "words": pages}


def _rows(pages: Sequence[Sequence[_Word]]) -> Iterator[list[tuple[int, str, Where]]]:
    for number, words in enumerate(pages, start=1):
        lines = [list(_fields(line)) for line in _lines(words)]
        edges = _edges([field for line in lines for field in line])
        for line in lines:
            # Several fields of one column stay apart: none of them is a figure of it.
            yield [(bisect_left(edges, (field.x0 + field.x1) / 2), field.text, Where(page=number, box=_box(field))) for field in line]


def _box(field: _Word) -> str:
    return f"{field.x0:.1f} {field.top:.1f} {field.x1:.1f} {field.bottom:.1f}"


def _lines(words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """The words of each line of text, from top to bottom and left to right."""
    line: list[_Word] = []
    for word in sorted(words, key=lambda word: word.middle):
        if line and word.middle - line[0].middle > _ONE_LINE * line[0].height:
            yield sorted(line, key=lambda word: word.x0)
            line = []
        line.append(word)
    if line:
        yield sorted(line, key=lambda word: word.x0)


def _fields(line: Sequence[_Word]) -> Iterator[_Word]:
    """Words of a line that belong together, as one."""
    field = line[0]
    for word in line[1:]:
        if word.x0 - field.x1 < _ONE_FIELD * field.height:
            text = f"{field.text} {word.text}"
            field = _Word(text, field.x0, min(field.top, word.top), max(field.x1, word.x1), max(field.bottom, word.bottom))
        else:
            yield field
            field = word
    yield field


def _edges(fields: Sequence[_Word]) -> list[float]:
    """Where the columns of figures end, from left to right."""
    ends = sorted(field.x1 for field in fields if parse_mark(plain(field.text)) is not None)
    columns: list[list[float]] = []
    for end in ends:
        if columns and end - columns[-1][0] <= _ONE_EDGE:
            columns[-1].append(end)
        else:
            columns.append([end])
    return [column[-1] for column in columns if len(column) >= _COLUMN]
