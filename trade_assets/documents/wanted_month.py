"""A release month as somebody asks for it: what to say where the store has nothing of it."""

from __future__ import annotations

from trade_assets.documents.store import FOLDER, release_months
from trade_assets.warehouse.root import SETTING, DataRoot


class NothingError(Exception):
    """There is no document of what was asked for; the message says what to do."""


def require_documents(root: DataRoot, release_month: str | None = None) -> None:
    """See that the store has a document, or one of the month: a mistyped month must not look like one without a fault.

    Raises:
        NothingError: it has none.
    """
    known = release_months(root)
    if known and release_month in (None, *known):
        return
    todo = f"'trade-assets ingest FILE...', or correct {SETTING} or --data-root"
    what = "there is no document"
    if release_month is not None:
        what = f"there is no document of {release_month}"
        todo = f"correct the month, or {todo}"
    some = f"; {len(known)} months have some, {known[0]} to {known[-1]}" if known else ""
    raise NothingError(f"{what} under {root.url}/{FOLDER}{some}. To do: {todo}")
