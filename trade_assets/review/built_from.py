"""What a month's tables were built from: a hash of its documents and decisions, recorded with the month once its run is over."""

from __future__ import annotations

import datetime as dt
import hashlib

from trade_assets.documents.store import FOLDER as DOCUMENTS
from trade_assets.review.decisions import FOLDER as DECISIONS
from trade_assets.review.decisions import read_decisions
from trade_assets.warehouse.partitions import FOLDER as WAREHOUSE
from trade_assets.warehouse.root import DataRoot

_BUILT = "built"


def inputs_of(root: DataRoot, release_month: str, today: dt.date) -> str:
    """A hash of the bytes of a month's documents and decisions, and of which decisions have expired today."""
    digest = hashlib.sha256()
    for folder in (DOCUMENTS, DECISIONS):
        for name in root.names(folder, release_month):
            digest.update(name.encode() + b"\0" + hashlib.sha256(_content(root, folder, release_month, name)).digest())
    for entries in read_decisions(root, release_month)[0].values():
        expires = entries[-1].expires_on
        if expires is not None and expires <= today.isoformat():
            digest.update(entries[-1].path.encode())
    return digest.hexdigest()[:16]


def _content(root: DataRoot, *parts: str) -> bytes:
    """The bytes of a file; of one that cannot be read, why: it is the month's own run that says so, and other months go on."""
    try:
        return root.read(*parts)
    except OSError as error:
        return type(error).__name__.encode()


def record_begun(root: DataRoot, release_month: str) -> None:
    """Forget what the month was built from: until a run ends, its tables may be of two."""
    root.write(b"", *_place(release_month))


def record_built(root: DataRoot, release_month: str, inputs: str) -> None:
    """Keep what a run of the month found when it began; it has ended since."""
    root.write(inputs.encode(), *_place(release_month))


def built_from(root: DataRoot, release_month: str) -> str | None:
    """What the month's last run found when it began; ``None`` if there was none, or it did not come to its end."""
    try:
        return root.read(*_place(release_month)).decode("ascii", "replace") or None
    except FileNotFoundError:
        return None


def _place(release_month: str) -> tuple[str, ...]:
    return WAREHOUSE, _BUILT, f"release_month={release_month}", "inputs.txt"
