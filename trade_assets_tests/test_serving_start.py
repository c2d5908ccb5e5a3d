"""Before anything is served, and what every answer carries: ports, addresses, headers and refusals, word by word."""

import io
import socket
import threading
import types
from contextlib import nullcontext

import pytest

from trade_assets import serving
from trade_assets.serving import front
from trade_assets.serving.front import PagesServer
from trade_assets.serving.guard import HOST, NAMES, PROTECTING, Headers, Refusal, refusal
from trade_assets.serving.pages import POLICY, Answer, answer, is_page
from trade_assets.warehouse.root import SETTING, DataRoot

PORT = 3000


@pytest.fixture
def holder():
    """A port that somebody listens on."""
    with socket.socket() as holding:
        holding.bind((HOST, 0))
        holding.listen()
        yield holding.getsockname()[1]


@pytest.fixture
def free():
    """A port that nobody listens on."""
    with socket.socket() as asking:
        asking.bind((HOST, 0))
        return asking.getsockname()[1]


@pytest.fixture
def root(tmp_path):
    made = DataRoot.of(tmp_path / "data")
    made.write(b"a report", "reports", "2016-11.html")
    made.write(b"<svg/>", "reports", "deep", "a.svg")
    return made


# Ports


def test_two_servers_have_two_ports(free):
    assert serving._complaint(free, free) == f"--port and --docs-port are both {free}; give two different ones"


@pytest.mark.parametrize("option", ["--port", "--docs-port"])
def test_a_port_that_is_taken_is_named_with_its_option(holder, free, option):
    ports = (holder, free) if option == "--port" else (free, holder)
    why = f"port {holder} on 127.0.0.1 cannot be used (Address already in use)"
    assert serving._complaint(*ports) == f"{why}; end what listens there, or choose another with {option}"


def test_free_ports_are_no_reason_to_complain_and_are_left_free(free, holder):
    other = socket.socket()
    other.bind((HOST, 0))
    number = other.getsockname()[1]
    other.close()
    assert serving._complaint(free, number) is None is serving._complaint(number, free)
    assert (serving._is_up(free), serving._is_up(number), serving._is_up(holder)) == (False, False, True)


def test_nothing_is_started_where_a_port_cannot_be_used(monkeypatch, capsys, root, free):
    monkeypatch.setattr(serving, "sweep", lambda root: pytest.fail("nothing is done"))
    assert serving.serve(root, free, free) == 2 == serving.COULD_NOT_START
    said = f"trade-assets: --port and --docs-port are both {free}; give two different ones\n"
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize("place", ["a folder", "a URL"])
def test_dagsters_history_is_kept_with_the_root_or_as_long_as_the_command(monkeypatch, capsys, tmp_path, free, place):
    """Of a root that is a URL it goes with the folder of the session, where the workspace stands too."""
    from trade_assets.defs import instance
    from trade_assets.expectations import data_docs

    root = DataRoot.of(tmp_path / "data" if place == "a folder" else "memory://of-serving")
    told, order = {}, []

    class Pages:
        def __init__(self, root, port):
            order.append(("pages", root, port))
            self.ended = threading.Event()

        def serve_forever(self):
            order.append("served")
            self.ended.set()

        def shutdown(self):
            self.ended.wait(5)
            order.append("shut down")

        def __enter__(self):
            return self

        def __exit__(self, *_):
            order.append("closed")

    def dagster(port, workspace, environment, home):
        told.update(port=port, environment=environment, home=home, is_there=home.parent.is_dir(), session=workspace.parent)
        return 5

    monkeypatch.setattr(serving, "_complaint", lambda *ports: None)
    monkeypatch.setattr(serving, "PagesServer", Pages)
    monkeypatch.setattr(serving, "_dagster", dagster)
    monkeypatch.setattr(serving, "sweep", lambda root: ["one was damaged", "another too"])
    monkeypatch.setattr(instance, "instance_of", lambda given: order.append(("instance", given)) or nullcontext())
    monkeypatch.setattr(data_docs, "write_index", lambda given: order.append(("index", given)))
    assert serving._serve(root, free, free + 1) == 5
    assert order[:3] == [("instance", root), ("index", root), ("pages", root, free + 1)]
    assert order[-2:] == ["shut down", "closed"]
    assert told["port"] == free and told["home"].is_absolute()
    if place == "a folder":
        assert str(told["home"]) == f"{root.url}/dagster"
    else:
        assert told["home"].parent == told["session"] and told["home"].name == "dagster" and told["is_there"]
    assert told["session"].name.startswith("trade-assets-ui-") and not told["session"].exists()
    environment = {SETTING: root.url, "DAGSTER_HOME": str(told["home"]), "DAGSTER_DISABLE_TELEMETRY": "yes"}
    assert environment.items() <= told["environment"].items()
    assert capsys.readouterr().out.splitlines() == [
        "note: one was damaged", "note: another too", f"Data root: {root.url}", f"Reports:   http://127.0.0.1:{free}/reports/",
        f"Data Docs: http://127.0.0.1:{free}/data-docs/",
    ]  # fmt: skip


# Who may ask

OWN_HOST = ("Host", f"127.0.0.1:{PORT}")
OWN_PAGES = Refusal(403, "this server answers its own pages only")
NO_NAME = Refusal(403, "this server answers to 127.0.0.1:3000 and localhost:3000 only")
BY_POST, NO_METHOD = Refusal(405, "GraphQL is asked by POST"), Refusal(405, "expected GET, HEAD or POST")
NO_JSON = Refusal(415, "expected application/json")


@pytest.mark.parametrize(
    ("method", "path", "headers", "why"),
    [
        ("GET", "/", [], NO_NAME), ("GET", "/", [("Host", "evil.example:3000")], NO_NAME), ("GET", "/", [("Host", "localhost")], NO_NAME),
        ("GET", "/", [("host", "LocalHost:3000")], None),
        ("GET", "/", [OWN_HOST, ("Origin", "http://127.0.0.1:3000")], None),
        ("GET", "/", [OWN_HOST, ("Origin", "http://localhost:3000")], OWN_PAGES),
        ("GET", "/", [OWN_HOST, ("Origin", "https://127.0.0.1:3000")], OWN_PAGES),
        ("GET", "/", [OWN_HOST, ("Origin", "http://127.0.0.1:3000"), ("Origin", "http://evil.example")], OWN_PAGES),
        ("GET", "/", [OWN_HOST, ("Sec-Fetch-Site", "same-site")], OWN_PAGES),
        ("GET", "/", [OWN_HOST, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")], OWN_PAGES),
        ("GET", "/", [OWN_HOST, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "document")], OWN_PAGES),
        ("PUT", "/", [OWN_HOST], NO_METHOD), ("get", "/", [OWN_HOST], NO_METHOD), ("OPTIONS", "/graphql", [OWN_HOST], NO_METHOD),
        ("GET", "/graphql", [OWN_HOST], BY_POST), ("HEAD", "/graphql/", [OWN_HOST, ("Accept", "*/*")], BY_POST),
        ("GET", "/graphql", [OWN_HOST, ("Accept", "text/html")], None), ("GET", "/graphqls", [OWN_HOST], None),
        ("POST", "/graphql", [OWN_HOST], NO_JSON), ("POST", "/x", [OWN_HOST, ("Content-Type", "text/plain; application/json")], NO_JSON),
        ("POST", "/graphql", [OWN_HOST, ("Content-Type", " APPLICATION/json ; charset=utf-8")], None),
    ],
)  # fmt: skip
def test_each_refusal_has_a_status_and_a_reason(method, path, headers, why):
    assert refusal(PORT, method, path, Headers(headers)) == why


@pytest.mark.parametrize("path", ["/graphql", "/graphql/", "/graphql//"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_of_another_page_may_be_followed_but_asks_nothing_of_graphql(method, path):
    link = [OWN_HOST, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"),
            ("Accept", "text/html"), ("Content-Type", "application/json")]  # fmt: skip
    assert refusal(PORT, method, path, Headers(link)) == OWN_PAGES
    assert refusal(PORT, method, "/runs", Headers(link)) == (None if method == "GET" else OWN_PAGES)


def test_a_header_that_stands_twice_is_two_values():
    headers = Headers([("Accept", " a "), ("ACCEPT", "b"), ("Host", "c")])
    assert (headers.all("accept"), headers.one("accept"), headers.all("host"), headers.one("host")) == (["a", "b"], "a, b", ["c"], "c")
    assert (headers.all("origin"), headers.one("origin")) == ([], "")
    assert NAMES == ("127.0.0.1", "localhost") and HOST == "127.0.0.1"


# Pages


@pytest.mark.parametrize(
    ("path", "is_one"),
    [("/reports/", True), ("/reports", True), ("reports/x", True), ("/reports?x=/y", True), ("/data-docs/a/b", True), ("/reports2/", False),
     ("/", False), ("", False), ("/graphql", False), ("//reports/", False), ("/x/reports", False)],
)  # fmt: skip
def test_paths_of_pages_are_told_from_dagsters(path, is_one):
    assert is_page(path) is is_one


@pytest.mark.parametrize(
    "path", ["deep/.tmp-a.svg", "deep/../2016-11.html", "deep/./a.svg", "deep//a.svg", ".deep/a.svg", "deep/.more/a.svg"]
)
def test_no_part_of_a_path_is_hidden_or_leads_elsewhere(root, path):
    for parts in (("deep", ".tmp-a.svg"), (".deep", "a.svg"), ("deep", ".more", "a.svg")):
        root.write(b"unfinished", "reports", *parts)
    assert answer(root, "/reports/deep/a.svg").status == 200
    assert answer(root, f"/reports/{path}").status == 404


POLICY_TOLD = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/reports/2016-11.html",
         Answer(200, b"a report", {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY_TOLD})),
        ("/reports/deep/a.svg", Answer(200, b"<svg/>", {"Content-Type": "image/svg+xml", "Content-Security-Policy": POLICY_TOLD})),
        ("/reports", Answer(308, b"", {"Location": "/reports/"})),
        ("data-docs?x", Answer(308, b"", {"Location": "/data-docs/"})),
    ],
)  # fmt: skip
def test_a_page_has_its_type_and_may_run_nothing(root, path, expected):
    assert answer(root, path) == expected
    assert POLICY == POLICY_TOLD


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [("/reports/", 404, "There is no such page."), ("/x", 404, "There is no such page."), ("/reports/%07", 400, "This is no address.")],
)  # fmt: skip
def test_an_error_is_a_page_that_leads_on(root, path, status, said):
    found = answer(root, path)
    assert found.body.decode() == (
        f"<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>{status}</title><p>{said}<ul>"
        '<li><a href="/reports/">Reports</a><li><a href="/data-docs/">Data Docs</a></ul>'
    )
    assert (found.status, found.headers) == (status, {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY_TOLD})


def test_the_pages_of_a_url_are_read_from_there():
    root = DataRoot.of("memory://of-pages")
    root.write(b"all", "reports", "index.html")
    try:
        assert answer(root, "/reports/").body == b"all" and answer(root, "/reports/x.html").status == 404
    finally:
        root.filesystem.rm(root.url, recursive=True)


# The server of the pages


class _Connection:
    def __init__(self, asked):
        self.asked, self.sent = asked, b""

    def settimeout(self, seconds):
        assert seconds == 30, "somebody who says nothing is waited for half a minute"

    def makefile(self, *_):
        return io.BytesIO(self.asked)

    def sendall(self, data):
        self.sent += data


@pytest.fixture
def asked(root, capsys):
    """What the server of the pages answers: status line, headers in order, and body; it says nothing of it."""

    def ask(method, path, *headers):
        lines = [f"{method} {path} HTTP/1.0", f"Host: 127.0.0.1:{PORT}", *headers, "", ""]
        connection = _Connection("\r\n".join(lines).encode())
        front._PagesHandler(connection, (HOST, 50000), types.SimpleNamespace(root=root, server_port=PORT))
        head, _, body = connection.sent.partition(b"\r\n\r\n")
        status, *told = head.decode().split("\r\n")
        assert capsys.readouterr() == ("", "")
        return int(status.split()[1]), dict(line.split(": ", 1) for line in told if line[:4] not in ("Serv", "Date")), body

    return ask


PROTECTED = {"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "SAMEORIGIN", "X-Content-Type-Options": "nosniff"}


def test_every_answer_is_protected_and_says_how_long_it_is(asked):
    page = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY_TOLD}
    assert asked("GET", "/reports/2016-11.html") == (200, {**page, **PROTECTED, "Content-Length": "8"}, b"a report")
    assert asked("HEAD", "/reports/2016-11.html") == (200, {**page, **PROTECTED, "Content-Length": "8"}, b"")
    assert asked("GET", "/reports") == (308, {"Location": "/reports/", **PROTECTED, "Content-Length": "0"}, b"")
    assert dict(PROTECTING) == PROTECTED


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_pages_are_only_read(asked, method):
    plain = {"Content-Type": "text/plain; charset=utf-8", **PROTECTED}
    said = b"Refused: expected GET or HEAD.\n" if method == "POST" else b"Refused: expected GET, HEAD or POST.\n"
    found = asked(method, "/reports/2016-11.html", "Content-Type: application/json")
    assert found == (405, {**plain, "Content-Length": str(len(said))}, said)


def test_the_data_docs_stand_at_the_top(root, asked):
    from trade_assets.expectations.data_docs import FOLDER

    root.write(b"all Data Docs", FOLDER, "index.html")
    root.write(b"a month", FOLDER, "deep", "2016-11.html")
    for path, body in (("/", b"all Data Docs"), ("/deep/2016-11.html?x=1", b"a month"), ("/data-docs/", b"all Data Docs")):
        assert asked("GET", path)[::2] == (200, body)
    assert asked("GET", "/raw/x.html")[0] == 404


def test_the_server_listens_on_loopback_and_ends_with_its_process(root):
    with PagesServer(root, 0) as server:
        assert (server.server_address[0], server.root, server.daemon_threads) == ("127.0.0.1", root, True)
