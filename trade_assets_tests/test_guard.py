"""The guard before the servers, and the pages that they give: requests as browsers and others send them, one by one."""

import asyncio
import http.client
import threading
from contextlib import contextmanager

import pytest

from trade_assets.expectations.data_docs import FOLDER as DATA_DOCS
from trade_assets.serving.front import Front, PagesServer
from trade_assets.serving.guard import Headers, refusal
from trade_assets.serving.pages import answer
from trade_assets.warehouse.root import DataRoot

PORT = 3000
OWN = [("Host", f"127.0.0.1:{PORT}")]
JSON = [("Content-Type", "application/json")]


def _fetch(site, mode="cors", dest="empty", origin=None):
    """The headers that a browser adds, by what the request is for."""
    told = [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)]
    return told if origin is None else [*told, ("Origin", origin)]


OWN_ORIGIN = f"http://127.0.0.1:{PORT}"
LINK = _fetch("cross-site", "navigate", "document")


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", OWN),
        ("GET", "/", [("Host", f"LOCALHOST:{PORT}")]),
        ("HEAD", "/reports/", OWN),
        ("GET", "/runs/abc", [*OWN, *_fetch("none", "navigate", "document")]),
        ("GET", "/runs/abc", [*OWN, *LINK]),  # a link in a chat or a wiki
        ("GET", "/vendor/app.js", [*OWN, *_fetch("same-origin", "no-cors", "script")]),
        ("GET", "/graphql", [*OWN, ("Accept", "text/html,application/xhtml+xml"), *_fetch("none", "navigate", "document")]),
        ("POST", "/graphql", [*OWN, *JSON, *_fetch("same-origin", origin=OWN_ORIGIN)]),
        ("POST", "/graphql", [*OWN, ("Content-Type", "Application/JSON; charset=utf-8")]),  # a program on this machine
    ],
)
def test_the_persons_own_requests_pass(method, path, headers):
    assert refusal(PORT, method, path, Headers(headers)) is None


@pytest.mark.parametrize(
    ("status", "method", "path", "headers"),
    [
        # A name that is not this machine's, however it is dressed.
        (403, "GET", "/", []),
        (403, "GET", "/", [("Host", f"evil.example:{PORT}")]),
        (403, "GET", "/", [("Host", f"127.0.0.1.evil.example:{PORT}")]),
        (403, "GET", "/", [("Host", f"localhost.:{PORT}")]),
        (403, "GET", "/", [("Host", "127.0.0.1")]),
        (403, "GET", "/", [("Host", "127.0.0.1:3001")]),
        (403, "GET", "/", [("Host", f"127.0.0.1:{PORT}"), ("Host", f"evil.example:{PORT}")]),
        (403, "POST", "/graphql", [("Host", f"evil.example:{PORT}"), *JSON, *_fetch("same-origin", origin=f"http://evil.example:{PORT}")]),
        # Another origin.
        (403, "POST", "/graphql", [*OWN, *JSON, ("Origin", "http://evil.example")]),
        (403, "POST", "/graphql", [*OWN, *JSON, ("Origin", "null")]),
        (403, "POST", "/graphql", [*OWN, *JSON, ("Origin", "http://127.0.0.1:8000")]),
        (403, "POST", "/graphql", [*OWN, *JSON, ("Origin", f"http://localhost:{PORT}")]),
        (403, "POST", "/graphql", [*OWN, *JSON, ("Origin", f"https://127.0.0.1:{PORT}")]),
        (403, "POST", "/graphql", [*OWN, *JSON, ("Origin", OWN_ORIGIN), ("Origin", "http://evil.example")]),
        (403, "GET", "/reports/2016-11.html", [*OWN, *_fetch("cross-site")]),
        (403, "GET", "/reports/2016-11-trade.svg", [*OWN, *_fetch("same-site", "no-cors", "image")]),
        (403, "GET", "/reports/2016-11.html", [*OWN, *_fetch("cross-site", "navigate", "iframe")]),
        (403, "GET", "/graphql", [*OWN, ("Accept", "text/html"), *LINK]),
        (403, "GET", "/graphql/", [*OWN, ("Accept", "text/html"), *LINK]),
        (403, "POST", "/runs", [*OWN, *JSON, *LINK]),
        (403, "GET", "/", [*OWN, *_fetch("something-new")]),
        # What a form, or a page that need not ask first, can send.
        (405, "GET", "/graphql", OWN),
        (405, "HEAD", "/graphql", OWN),
        (405, "GET", "/graphql", [*OWN, ("Accept", "application/json"), *_fetch("same-origin")]),
        (415, "POST", "/graphql", OWN),
        (415, "POST", "/graphql", [*OWN, ("Content-Type", "text/plain")]),
        (415, "POST", "/graphql", [*OWN, ("Content-Type", "text/plain; application/json")]),
        (415, "POST", "/graphql", [*OWN, ("Content-Type", "application/x-www-form-urlencoded")]),
        (415, "POST", "/graphql", [*OWN, ("Content-Type", "application/graphql")]),
        (415, "POST", "/report_asset_materialization/parsed/cells", [*OWN, ("Content-Type", "multipart/form-data; boundary=x")]),
        (415, "POST", "/graphql", [*OWN, ("Content-Type", "text/plain"), *JSON]),
        (405, "OPTIONS", "/graphql", [*OWN, ("Access-Control-Request-Method", "POST")]),
        (405, "PUT", "/graphql", [*OWN, *JSON]),
        (405, "TRACE", "/", OWN),
    ],
)
def test_all_others_are_refused(status, method, path, headers):
    assert refusal(PORT, method, path, Headers(headers)).status == status


def _upgraded(*more, host=f"127.0.0.1:{PORT}"):
    return refusal(PORT, "GET", "/graphql", Headers([("Host", host), ("Upgrade", "websocket"), *more]), is_websocket=True)


def test_a_websocket_is_the_persons_own():
    assert _upgraded(("Origin", OWN_ORIGIN)) is None
    assert _upgraded() is None, "a program on this machine"
    assert _upgraded(("Origin", "http://evil.example")).status == 403
    assert _upgraded(("Origin", "http://127.0.0.1:8000")).status == 403
    assert _upgraded(("Origin", "null")).status == 403
    assert _upgraded(*_fetch("cross-site", "navigate", "document")).status == 403
    assert _upgraded(("Origin", f"http://evil.example:{PORT}"), host=f"evil.example:{PORT}").status == 403


@pytest.fixture
def root(tmp_path):
    """A data root with a report, Data Docs, a document, and links that lead out of the pages."""
    made = DataRoot.of(tmp_path / "data")
    made.write(b"a report", "reports", "2016-11.html")
    made.write(b"<svg/>", "reports", "2016-11-trade.svg")
    made.write(b"all reports", "reports", "index.html")
    made.write(b"unfinished", "reports", ".tmp-1.html")
    made.write(b"no page", "reports", "secret.txt")
    made.write(b"a document", "raw", "2016-11", "page.html")
    made.write(b"all Data Docs", DATA_DOCS, "index.html")
    made.write(b"a month", DATA_DOCS, "2016-11.html")
    outside = tmp_path / "outside.html"
    outside.write_bytes(b"outside")
    reports = tmp_path / "data" / "reports"
    (reports / "out.html").symlink_to(outside)
    (reports / "raw").symlink_to(tmp_path / "data" / "raw" / "2016-11")
    (reports / "up").symlink_to(tmp_path)
    (reports / "loop.html").symlink_to("loop.html")
    (reports / "own.html").symlink_to("2016-11.html")
    (reports / "folder.html").mkdir()
    return made


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/reports/2016-11.html", 200, b"a report"),
        ("/reports/2016-11.html?month=1#x", 200, b"a report"),
        ("/reports/2016%2D11.html", 200, b"a report"),
        ("/reports/own.html", 200, b"a report"),
        ("/reports/", 200, b"all reports"),
        ("/reports/2016-11-trade.svg", 200, b"<svg/>"),
        ("/data-docs/", 200, b"all Data Docs"),
        ("/data-docs/2016-11.html", 200, b"a month"),
        ("/reports", 308, b""),
        ("/reports/%00", 400, None),
        ("/reports/%00.html", 400, None),
        ("/reports/2016-11.html%00", 400, None),
        ("/reports/%0a.html", 400, None),
        ("/reports/%ff.html", 400, None),
        ("/reports/%e2%80%ae.html", 400, None),
        ("/reports/" + "a" * 5000 + ".html", 404, None),
        ("/reports/" + "a/" * 3000 + "x.html", 404, None),
        ("/reports/2018-08.html", 404, None),
        ("/reports/../raw/2016-11/page.html", 404, None),
        ("/reports/%2e%2e/raw/2016-11/page.html", 404, None),
        ("/reports/..%2fraw%2f2016-11%2fpage.html", 404, None),
        ("/reports//2016-11.html", 404, None),
        ("/reports/./2016-11.html", 404, None),
        ("/reports/out.html", 404, None),
        ("/reports/raw/page.html", 404, None),
        ("/reports/up/outside.html", 404, None),
        ("/reports/loop.html", 404, None),
        ("/reports/folder.html", 404, None),
        ("/reports/2016-11.html/", 404, None),
        ("/reports/2016-11.html/x.html", 404, None),
        ("/reports/.tmp-1.html", 404, None),
        ("/reports/secret.txt", 404, None),
        ("/data-docs/../raw/2016-11/page.html", 404, None),
        ("/raw/2016-11/page.html", 404, None),
        ("/", 404, None),
    ],
)
def test_pages_are_given_and_nothing_else(root, path, status, body):
    found = answer(root, path)
    assert found.status == status
    if body is not None:
        assert found.body == body
    assert b"outside" not in found.body and b"document" not in found.body


def test_pages_of_a_root_that_is_a_url_are_given_too(tmp_path):
    root = DataRoot.of(f"memory://{tmp_path.name}")
    root.write(b"a report", "reports", "2016-11.html")
    root.write(b"a document", "raw", "page.html")
    assert answer(root, "/reports/2016-11.html").body == b"a report"
    assert [answer(root, path).status for path in ("/reports/2018-08.html", "/reports/../raw/page.html", "/reports/")] == [404] * 3


def test_a_page_runs_nothing(root):
    policy = answer(root, "/reports/2016-11.html").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "frame-ancestors 'none'" in policy and "form-action 'none'" in policy


@contextmanager
def _pages_server(root):
    with PagesServer(root, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _asked(port, method, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    # As they are, also what the client would not send by itself.
    connection.putrequest(method, path, skip_host=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    got = connection.getresponse()
    return got.status, got.read()


def test_the_reports_server_answers_the_person_and_survives_the_rest(root):
    with _pages_server(root) as port:
        own = {"Host": f"127.0.0.1:{port}"}
        assert _asked(port, "GET", "/reports/2016-11.html", **own) == (200, b"a report")
        assert _asked(port, "GET", "/", **own) == (200, b"all Data Docs")
        assert _asked(port, "GET", "/2016-11.html", **own) == (200, b"a month")
        assert _asked(port, "HEAD", "/reports/2016-11.html", **own) == (200, b"")
        assert _asked(port, "GET", "/reports/%00", **own)[0] == 400
        assert _asked(port, "GET", "/%00", **own)[0] == 400
        assert _asked(port, "GET", "/reports/out.html", **own)[0] == 404
        assert _asked(port, "GET", "/reports/2016-11.html", Host=f"evil.example:{port}")[0] == 403
        assert _asked(port, "GET", "/reports/2016-11.html")[0] == 403
        assert _asked(port, "GET", "/reports/2016-11.html", **own, Origin="http://evil.example")[0] == 403
        assert _asked(port, "POST", "/reports/2016-11.html", **own)[0] == 415
        assert _asked(port, "POST", "/reports/2016-11.html", **own, **{"Content-Type": "application/json"})[0] == 405
        assert _asked(port, "GET", "/reports/2016-11.html", **own) == (200, b"a report"), "it is still there"


def _through_front(root, scope_type, path, headers, method="GET"):
    """What a request through the ASGI front brings: the messages sent, and whether the application behind was reached."""
    sent, reached = [], []

    async def behind(scope, receive, send):
        reached.append(scope["path"])
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
            await send({"type": "http.response.body", "body": b"behind"})

    async def send(message):
        sent.append(message)

    scope = {
        "type": scope_type, "method": method, "path": path, "raw_path": path.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }  # fmt: skip
    asyncio.run(Front(behind, root, PORT)(scope, None, send))
    return sent, reached


def test_every_request_and_every_websocket_passes_the_guard(root):
    for kind in ("http", "websocket"):
        assert _through_front(root, kind, "/graphql", [*OWN, *JSON, ("Origin", OWN_ORIGIN)], "POST")[1] == ["/graphql"]
    refused, reached = _through_front(root, "http", "/graphql", [*OWN, *JSON, ("Origin", "http://evil.example")], "POST")
    assert (refused[0]["status"], reached) == (403, [])
    closed, reached = _through_front(root, "websocket", "/graphql", [*OWN, ("Origin", "http://evil.example")])
    assert (closed, reached) == ([{"type": "websocket.close", "code": 1008}], [])
    page, reached = _through_front(root, "http", "/reports/2016-11.html", OWN)
    assert (page[0]["status"], page[1]["body"], reached) == (200, b"a report", [])
    page, reached = _through_front(root, "http", "/reports/2016-11.html", [("Host", f"evil.example:{PORT}")])
    assert (page[0]["status"], reached) == (403, [])
    own, _ = _through_front(root, "http", "/runs", OWN)
    added = {(b"x-frame-options", b"SAMEORIGIN"), (b"cross-origin-resource-policy", b"same-origin")}
    assert {(b"x-own", b"1"), *added} <= set(own[0]["headers"])
