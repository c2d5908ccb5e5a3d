"""Who may ask the servers on loopback: the person's own browser on their own pages, and programs on this machine.

A browser lets any page send requests to 127.0.0.1, and a page whose name its owner points there (DNS rebinding) read the
answers. Dagster's ``/graphql`` takes mutations by plain GET and by POST from anywhere. What tells such requests from the
person's own are headers that a page cannot forge: Host, Origin (https://www.rfc-editor.org/rfc/rfc6454) and Sec-Fetch-*
(https://www.w3.org/TR/fetch-metadata/).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
"""What this machine may be called; a name that somebody else may own is none of them."""

PROTECTING: Mapping[str, str] = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every answer: no other origin embeds it, frames it, or takes it for another type."""

_GRAPHQL = "/graphql"
_READING = ("GET", "HEAD")


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered; ``status`` as HTTP has it."""

    status: int
    why: str


class Headers:
    """The headers of a request; a name may stand more than once."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name.lower(), []).append(value.strip())

    def all(self, name: str) -> list[str]:
        """All values of a header."""
        return self._values.get(name, [])

    def one(self, name: str) -> str:
        """The value of a header, empty if it is not there; of several, which no browser sends, all of them joined."""
        return ", ".join(self.all(name))


def refusal(port: int, method: str, path: str, headers: Headers, *, is_websocket: bool = False) -> Refusal | None:
    """Why a request must not be answered, or ``None``.

    Args:
        port: the one that the server listens on.
        path: with percent signs decoded.
        is_websocket: it asks for a websocket. Browsers send Origin with it, and let any page ask.
    """
    host = headers.one("host").lower()
    if host not in {f"{name}:{port}" for name in NAMES}:
        return Refusal(403, f"this server answers to {' and '.join(f'{name}:{port}' for name in NAMES)} only")
    if any(origin != f"http://{host}" for origin in headers.all("origin")):
        return Refusal(403, "this server answers its own pages only")
    is_read = not is_websocket and method in _READING
    is_graphql = path.rstrip("/") == _GRAPHQL
    # A link in another page may be followed to one of ours, in a window of its own; nothing else may be asked from there.
    is_followed = headers.one("sec-fetch-mode") == "navigate" and headers.one("sec-fetch-dest") == "document"
    if headers.one("sec-fetch-site") not in ("", "none", "same-origin") and not (is_read and is_followed and not is_graphql):
        return Refusal(403, "this server answers its own pages only")
    if is_websocket:
        return None
    if not is_read and method != "POST":
        return Refusal(405, "expected GET, HEAD or POST")
    if is_read and is_graphql and "text/html" not in headers.one("accept"):
        return Refusal(405, "GraphQL is asked by POST")
    # Forms, and pages without asking first, can send any other type, also one that merely contains this one.
    if not is_read and headers.one("content-type").partition(";")[0].strip().lower() != "application/json":
        return Refusal(415, "expected application/json")
    return None
