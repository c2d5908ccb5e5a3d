"""Bytes to cells: one module per family, one per file format, and the order in which families are tried.

``read_document`` is the room's door. It decodes, recognises the family from the content, and returns a
``Reading``: columns of located cells, never one object per cell.
"""

from __future__ import annotations

from types import ModuleType

from trade_assets.reading import ft900, kei, mxp, uscc
from trade_assets.reading.cells import Reading
from trade_assets.reading.errors import ReadError
from trade_assets.reading.text import MAX_BYTES, TextDocument, decode, read_bounded

FAMILIES: dict[str, ModuleType] = {module.FAMILY: module for module in (ft900, mxp, uscc, kei)}

__all__ = ["FAMILIES", "MAX_BYTES", "ReadError", "Reading", "TextDocument", "read_bounded", "read_document", "recognise"]


def recognise(document: TextDocument) -> str:
    """The family of a document, from its content alone.

    Raises:
        ReadError: if no family recognises it, or more than one does.
    """
    names = [name for name, module in FAMILIES.items() if module.recognises(document)]
    if len(names) == 1:
        return names[0]
    titles = "; ".join(f"{name}: {module.RECOGNISED_BY}" for name, module in FAMILIES.items())
    raise ReadError(
        document.name,
        expected=f"a document of exactly one known family ({titles})",
        found="none of them" if not names else " and ".join(names),
        todo="check that this is the publisher's text, whole; for a new family add a reader in trade_assets/reading",
    )


def read_document(data: bytes, name: str) -> Reading:
    """Read every figure of one document.

    Args:
        data: the document's bytes as published.
        name: how errors call the document; never used as a path.

    Raises:
        ReadError: empty, too large, binary, of no known family, or not laid out as its family is.
    """
    document = decode(data, name)
    family = recognise(document)
    reading: Reading = FAMILIES[family].read(document)
    return reading
