"""What a month's tables were built from: a hash of its documents and decisions, which the month's record keeps once they are committed."""

from __future__ import annotations

import datetime as dt
import hashlib

from trade_assets.documents.store import FOLDER as DOCUMENTS
from trade_assets.review.decisions import FOLDER as DECISIONS
from trade_assets.review.decisions import read_decisions
from trade_assets.warehouse.commits import DamagedError, commit_of
from trade_assets.warehouse.root import DataRoot


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


def inputs_now(root: DataRoot, release_month: str) -> str:
    """``inputs_of`` a month today."""
    return inputs_of(root, release_month, dt.datetime.now(dt.UTC).date())


def _content(root: DataRoot, *parts: str) -> bytes:
    """The bytes of a file; of one that cannot be read, why: it is the month's own run that says so, and other months go on."""
    try:
        return root.read(*parts)
    except OSError as error:
        return type(error).__name__.encode()


def built_from(root: DataRoot, release_month: str) -> str | None:
    """What the last whole run of the month found when it began; ``None`` if there was none, or its record is damaged."""
    try:
        found = commit_of(root, release_month)
    except DamagedError:  # the next run sets it aside
        return None
    return None if found is None else found.inputs
