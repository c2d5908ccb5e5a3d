"""Posts of the Korea Economic Institute: prose without a table; kept as documents, no figure is in a table."""

from __future__ import annotations

import re

from trade_assets.reading.cells import Reading
from trade_assets.reading.errors import ReadError
from trade_assets.reading.text import TextDocument

FAMILY = "kei"
READS = TextDocument
PUBLISHER = "Korea Economic Institute of America"
SOURCE = "The Peninsula, blog of the Korea Economic Institute"
RECOGNISED_BY = "a title line that ends in 'Trade Imbalance ...' with the name 'Korea Economic Institute'"
TABLES: dict[str, tuple[str, ...]] = {}
"""The printed tables that it reads, with the columns of figures that it can give."""

_NAME = re.compile(r"\bKorea Economic Institute\b")
_TITLE_WORDS = "Korea Trade Imbalance"
_TITLE = re.compile(rf"U\.S\.-{_TITLE_WORDS}\b.{{0,120}}")


def recognises(document: TextDocument) -> bool:
    """Whether the institute is named and a line of its own is a title on the U.S.-Korea trade imbalance."""
    return any(_TITLE.fullmatch(line.strip()) for line in document.lines if _TITLE_WORDS in line) and any(
        _NAME.search(line) for line in document.lines
    )


def read(document: TextDocument) -> Reading:
    """The post's title; it has no cells.

    Raises:
        ReadError: a line looks like a row of a table, which this reader would otherwise drop.
    """
    title = next(line.strip() for line in document.lines if _TITLE.fullmatch(line.strip()))
    for number, line in enumerate(document.lines, start=1):
        if line.count("|") > 2:
            raise ReadError(
                document.name,
                number,
                expected="prose only in a post of the Korea Economic Institute",
                found=repr(line.strip()),
                todo="if the publisher now prints tables, add a reader for them",
            )
    return Reading(FAMILY, PUBLISHER, title)
