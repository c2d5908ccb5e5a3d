"""The files that the servers give: the reports and the Data Docs of a data root, and nothing else of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

from trade_assets.expectations.data_docs import FOLDER as DATA_DOCS
from trade_assets.review.pages import FOLDER as REPORTS
from trade_assets.review.pages import INDEX_PAGE
from trade_assets.warehouse.root import DataRoot

REPORTS_AT, DATA_DOCS_AT = "reports", "data-docs"
"""The first part of the paths under which both are served."""

_FOLDERS = {REPORTS_AT: REPORTS, DATA_DOCS_AT: DATA_DOCS}
_TYPES = {".html": "text/html; charset=utf-8", ".svg": "image/svg+xml"}

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Pages run nothing, whatever a document may have brought into them: here they have Dagster's own origin."""


@dataclass(frozen=True)
class Answer:
    """What is answered to a request for a file."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def is_page(path: str) -> bool:
    """Whether a path, as asked for, is one of those under which pages are served."""
    return path.partition("?")[0].removeprefix("/").partition("/")[0] in _FOLDERS


def answer(root: DataRoot, path: str) -> Answer:
    """The file that a path names: 400 for what is no path, 404 for what is none of the pages.

    Args:
        path: as asked for, percent signs and all.
    """
    text = unquote_to_bytes(path.partition("?")[0].partition("#")[0])
    try:
        first, *below = text.decode("utf-8").removeprefix("/").split("/")
    except UnicodeDecodeError:
        return _error(400)
    if not all(part.isprintable() for part in (first, *below)):
        return _error(400)
    if first not in _FOLDERS:
        return _error(404)
    if not below:
        return Answer(308, b"", {"Location": f"/{first}/"})
    if below[-1] == "":
        below[-1] = INDEX_PAGE
    kind = _TYPES.get(Path(below[-1]).suffix)
    # Hidden files are unfinished ones; a part of dots alone leads elsewhere.
    if kind is None or any(not part or part.startswith(".") for part in below):
        return _error(404)
    data = _content(root, _FOLDERS[first], *below)
    return _error(404) if data is None else Answer(200, data, {"Content-Type": kind, "Content-Security-Policy": POLICY})


def _content(root: DataRoot, *parts: str) -> bytes | None:
    """The bytes of a file, unless there is none or a link leads out of its folder."""
    try:
        if root.is_local:
            file, folder = Path(os.path.realpath(root.path(*parts), strict=True)), Path(os.path.realpath(root.path()), parts[0])
            if not file.is_relative_to(folder) or not file.is_file():
                return None
        return root.read(*parts)
    except (OSError, ValueError):
        return None


def _error(status: int) -> Answer:
    said = {400: "This is no address.", 404: "There is no such page."}[status]
    links = "".join(f'<li><a href="/{at}/">{what}</a>' for at, what in ((REPORTS_AT, "Reports"), (DATA_DOCS_AT, "Data Docs")))
    body = f"<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>{status}</title><p>{said}<ul>{links}</ul>"
    return Answer(status, body.encode(), {"Content-Type": _TYPES[".html"], "Content-Security-Policy": POLICY})
