"""The readings of stored documents: each is opened and parsed once, whoever of a run asks for it.

A month's proof, its page and its decisions all need what its documents print, and reading is most of what a document costs.
"""

from __future__ import annotations

from functools import lru_cache

from trade_assets.reading import Reading, read_document

_KEPT = 32


@lru_cache(maxsize=_KEPT)
def reading_of(data: bytes, path: str) -> Reading:
    """Read a stored document, or give what was read of the same bytes before; nobody changes it. Raises as ``read_document``."""
    return read_document(data, path)
