"""What stands before the pages and before Dagster's webserver: the guard, once as an ASGI application, once as a plain server."""

from __future__ import annotations

import asyncio
import http.server
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from trade_assets.serving.guard import HOST, PROTECTING, Headers, Refusal, refusal
from trade_assets.serving.pages import DATA_DOCS_AT, Answer, answer, is_page
from trade_assets.warehouse.root import DataRoot

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def _refused(why: Refusal) -> Answer:
    return Answer(why.status, f"Refused: {why.why}.\n".encode(), {"Content-Type": "text/plain; charset=utf-8"})


@dataclass(frozen=True)
class Front:
    """An ASGI application behind the guard, with the pages beside it; every request and every websocket passes here."""

    behind: Application
    root: DataRoot
    port: int

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "lifespan":
            await self.behind(scope, receive, send)
            return
        headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        is_websocket = scope["type"] == "websocket"
        method = "GET" if is_websocket else scope["method"]
        why = refusal(self.port, method, scope["path"], headers, is_websocket=is_websocket)
        asked = scope["raw_path"].decode("latin-1")
        if why is not None and is_websocket:
            # Closed before it was accepted: the server answers 403.
            await send({"type": "websocket.close", "code": 1008})
        elif why is not None:
            await _send(_refused(why), method, send)
        elif not is_websocket and is_page(asked):
            await _send(await asyncio.to_thread(answer, self.root, asked), method, send)
        else:
            await self.behind(scope, receive, _protecting(send))


def _protecting(send: Send) -> Send:
    async def protected(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_encoded(PROTECTING.items())]
        await send(message)

    return protected


def _encoded(pairs: Any) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in pairs]


async def _send(what: Answer, method: str, send: Send) -> None:
    headers = _encoded([*what.headers.items(), *PROTECTING.items(), ("Content-Length", str(len(what.body)))])
    await send({"type": "http.response.start", "status": what.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else what.body})


class PagesServer(http.server.ThreadingHTTPServer):
    """The pages on a port of their own: the Data Docs at its top, the reports under ``/reports/``."""

    daemon_threads = True

    def __init__(self, root: DataRoot, port: int) -> None:
        self.root = root
        super().__init__((HOST, port), _PagesHandler)


class _PagesHandler(http.server.BaseHTTPRequestHandler):
    server: PagesServer
    timeout = 30

    def do_GET(self) -> None:
        """Answer with a page."""
        asked = self.path if is_page(self.path) else f"/{DATA_DOCS_AT}/{self.path.removeprefix('/')}"
        path = self.path.partition("?")[0]
        why = refusal(self.server.server_port, self.command, path, Headers(self.headers.items()))
        if why is None and self.command not in ("GET", "HEAD"):
            why = Refusal(405, "expected GET or HEAD")
        what = answer(self.server.root, asked) if why is None else _refused(why)
        self.send_response(what.status)
        for name, value in (*what.headers.items(), *PROTECTING.items(), ("Content-Length", str(len(what.body)))):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(what.body)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not worth a line each."""
