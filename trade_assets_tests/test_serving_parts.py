"""``trade-assets ui`` without its processes: what is started and with which settings, how it ends, and what stands before the pages."""

import asyncio
import io
import os
import signal
import sys
import types
from contextlib import nullcontext

import pytest

from trade_assets import serving
from trade_assets.serving import front, webserver
from trade_assets.serving.pages import answer
from trade_assets.warehouse.root import SETTING, DataRoot
from trade_assets_tests.served import free_ports

PORT = 3000


# The end


class _Machine:
    """Processes that end so many tenths of a second after they are asked to, and children of theirs that end later still."""

    def __init__(self, monkeypatch, *processes):
        self.now, self.sent, self.processes = 0, [], [_Process(self, at, *told) for at, told in enumerate(processes, start=1)]
        monkeypatch.setattr(serving.time, "monotonic", lambda: self.now / 10)
        monkeypatch.setattr(serving.time, "sleep", self._sleep)
        monkeypatch.setattr(os, "killpg", self._group)

    def _sleep(self, seconds):
        assert seconds == 0.1
        self.now += 1

    def _group(self, group, number):
        """A process that has ended is in its group until somebody asks for its status."""
        process = self.processes[group - 1]
        if process.returncode is not None and process.children <= self.now:
            raise ProcessLookupError
        if number == signal.SIGKILL:
            process.ends, process.children = self.now, 0
        if number:
            self.sent.append((self.now, "group", group, number))


class _Process:
    def __init__(self, machine, pid, ends, children=0):
        self.machine, self.pid, self.after, self.children = machine, pid, ends, children
        self.ends = 0 if ends == 0 else None
        self.returncode = None

    def poll(self):
        if self.ends is not None and self.ends <= self.machine.now:
            self.returncode = 0
        return self.returncode

    def send_signal(self, number):
        self.machine.sent.append((self.machine.now, "process", self.pid, number))
        self.ends = self.machine.now + self.after

    def wait(self):
        assert self.ends is not None and self.ends <= self.machine.now
        self.returncode = 0


KILL, INTERRUPT = signal.SIGKILL, signal.SIGINT


@pytest.mark.parametrize(
    ("processes", "sent", "ended"),
    [
        # Both end in time, the later one after two seconds: nobody is left whom a signal could reach.
        ([(5,), (20,)], [(0, "process", 1, INTERRUPT), (0, "process", 2, INTERRUPT)], 20),
        ([(20,), (5,)], [(0, "process", 1, INTERRUPT), (0, "process", 2, INTERRUPT)], 20),
        # One has ended by itself, and is not asked to; a run that it began is, and ends in its turn.
        ([(0, 30), (20,)], [(0, "process", 2, INTERRUPT), (20, "group", 1, INTERRUPT)], 30),
        # What is left after ten seconds more is killed.
        ([(0, 1000), (20,)], [(0, "process", 2, INTERRUPT), (20, "group", 1, INTERRUPT), (120, "group", 1, KILL)], 120),
        # So is what does not end within thirty seconds, and ten more.
        ([(5000,), (10,)],
         [(0, "process", 1, INTERRUPT), (0, "process", 2, INTERRUPT), (300, "group", 1, INTERRUPT), (300, "group", 2, INTERRUPT),
          (400, "group", 1, KILL)], 400),
        # A process that ends in that time is seen to have.
        ([(5, 0), (310,)], [(0, "process", 1, INTERRUPT), (0, "process", 2, INTERRUPT), (300, "group", 2, INTERRUPT)], 310),
    ],
)  # fmt: skip
def test_dagster_is_asked_to_end_then_what_it_left_and_at_last_killed(monkeypatch, capsys, processes, sent, ended):
    machine = _Machine(monkeypatch, *processes)
    serving._end(machine.processes)
    assert machine.sent == sent
    assert machine.now == ended
    assert [process.poll() for process in machine.processes] == [0, 0]
    assert capsys.readouterr().out == "Ending Dagster ...\n"


def test_a_second_interrupt_does_not_wait(monkeypatch):
    machine = _Machine(monkeypatch, (5000,), (5000,))

    def interrupted(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(serving.time, "sleep", interrupted)
    serving._end(machine.processes)
    assert machine.sent[2:] == [(0, "group", 1, KILL), (0, "group", 2, KILL)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_that_means_end_interrupts_and_is_what_it_was_afterwards(number):
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, signal.SIG_IGN) for each in numbers}
    try:
        with pytest.raises(KeyboardInterrupt), serving._interruptible():
            os.kill(os.getpid(), number)
        assert [signal.getsignal(each) for each in numbers] == [signal.SIG_IGN] * 3
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


# The start


@pytest.mark.parametrize(
    ("ends", "status"),
    [([None, 0], 1), ([0, None], 1), ([3, None], 3), ([None, 7], 7), ([0, 5], 1), ([-9, None], -9)],
)
def test_the_status_is_that_of_whoever_ended_first_and_never_well(monkeypatch, tmp_path, capsys, ends, status):
    started, ended = [], []

    def start(command, **options):
        started.append((command, options))
        code = ends[len(started) - 1]
        return types.SimpleNamespace(returncode=code, poll=lambda: code)

    monkeypatch.setattr(serving.subprocess, "Popen", start)
    monkeypatch.setattr(serving, "_end", lambda processes: ended.append(len(processes)))
    assert serving._dagster(PORT, tmp_path / "workspace.yaml", {"A": "b"}, tmp_path) == status
    assert ended == [2]
    assert [command[1:] for command, _ in started] == [
        ["-m", "trade_assets.serving.webserver", "3000", str(tmp_path / "workspace.yaml")],
        ["-m", "dagster._daemon", "run", "-w", str(tmp_path / "workspace.yaml")],
    ]
    assert {command[0] for command, _ in started} == {sys.executable}
    for _, options in started:
        assert (options["env"], options["cwd"], options["start_new_session"]) == ({"A": "b"}, tmp_path, True)
    assert capsys.readouterr().out == ""


def test_dagsters_address_is_said_once_when_it_is_up(monkeypatch, tmp_path, capsys):
    asked, waited = [False, False, True, True], []
    process = types.SimpleNamespace(returncode=None, poll=lambda: None if len(waited) < 5 else setattr(process, "returncode", 4) or 4)
    monkeypatch.setattr(serving.subprocess, "Popen", lambda command, **options: process)
    monkeypatch.setattr(serving, "_end", lambda processes: None)
    monkeypatch.setattr(serving, "_is_up", lambda port: port == PORT and asked.pop(0))
    monkeypatch.setattr(serving.time, "sleep", waited.append)
    assert serving._dagster(PORT, tmp_path, {}, tmp_path) == 4
    assert capsys.readouterr().out == "Dagster:   http://127.0.0.1:3000   (Ctrl-C ends it)\n"
    assert waited == [0.3] * 5 and asked == [True]


def test_what_is_started_and_with_which_settings(monkeypatch, tmp_path, capsys):
    """The pages are up while Dagster runs, and gone when it has ended; its workspace is in a folder of the session."""
    from trade_assets.defs import instance
    from trade_assets.expectations import data_docs

    root, (port, docs_port), told = DataRoot.of(tmp_path / "data"), free_ports(2), {}
    root.write(b"a report", "reports", "2016-11.html")
    monkeypatch.setenv("TRADE_ASSETS_OF_MINE", "kept")
    monkeypatch.setattr(instance, "instance_of", lambda root: nullcontext())
    monkeypatch.setattr(data_docs, "write_index", lambda root: told.update(index_of=root))

    def dagster(port, workspace, environment, home):
        told.update(port=port, workspace=workspace, said=workspace.read_text(encoding="utf-8"), environment=environment, home=home)
        told["is_up"] = serving._is_up(docs_port)
        return 7

    monkeypatch.setattr(serving, "_dagster", dagster)
    assert serving.serve(root, port, docs_port) == 7
    assert (told["port"], told["index_of"], told["is_up"], serving._is_up(docs_port)) == (port, root, True, False)
    assert told["said"] == instance.WORKSPACE and told["workspace"].name == "workspace.yaml" and not told["workspace"].parent.exists()
    assert told["home"] == tmp_path / "data" / "dagster"
    settings = {SETTING: root.url, "DAGSTER_HOME": str(told["home"]), "DAGSTER_DISABLE_TELEMETRY": "yes", "TRADE_ASSETS_OF_MINE": "kept"}
    assert {name: told["environment"].get(name) for name in settings} == settings
    assert capsys.readouterr().out.splitlines() == [
        f"Data root: {root.url}", f"Reports:   http://127.0.0.1:{port}/reports/", f"Data Docs: http://127.0.0.1:{port}/data-docs/",
    ]  # fmt: skip


def test_an_interrupted_start_ends_well(monkeypatch, tmp_path):
    def interrupted(root, port, docs_port):
        raise KeyboardInterrupt

    monkeypatch.setattr(serving, "_serve", interrupted)
    assert serving.serve(DataRoot.of(tmp_path), 1, 2) == 0


# Before the pages


@pytest.fixture
def root(tmp_path):
    made = DataRoot.of(tmp_path / "data")
    made.write(b"a report", "reports", "2016-11.html")
    return made


class _Connection:
    """What a request handler is given as a connection."""

    def __init__(self, asked):
        self.asked, self.sent = asked, b""

    def settimeout(self, seconds):
        assert seconds == 30

    def makefile(self, *_):
        return io.BytesIO(self.asked)

    def sendall(self, data):
        self.sent += data


def _asked(root, method, path, host=f"127.0.0.1:{PORT}", *headers):
    """Status, headers and body that the server of the pages answers with."""
    lines = [f"{method} {path} HTTP/1.0", f"Host: {host}", *headers, "", ""]
    connection = _Connection("\r\n".join(lines).encode())
    front._PagesHandler(connection, ("127.0.0.1", 50000), types.SimpleNamespace(root=root, server_port=PORT))
    head, _, body = connection.sent.partition(b"\r\n\r\n")
    status, *told = head.decode().split("\r\n")
    return int(status.split()[1]), dict(line.split(": ", 1) for line in told), body


JSON = "Content-Type: application/json"


@pytest.mark.parametrize(
    ("method", "path", "host", "headers", "status", "body"),
    [
        ("GET", "/reports/2016-11.html", f"127.0.0.1:{PORT}", (), 200, b"a report"),
        ("GET", "/reports/2016-11.html?x=1", f"localhost:{PORT}", (), 200, b"a report"),
        ("HEAD", "/reports/2016-11.html", f"127.0.0.1:{PORT}", (), 200, b""),
        ("GET", "/reports/2016-12.html", f"127.0.0.1:{PORT}", (), 404, None),
        ("GET", "/reports/2016-11.html", f"evil.example:{PORT}", (), 403,
         b"Refused: this server answers to 127.0.0.1:3000 and localhost:3000 only.\n"),
        ("HEAD", "/reports/2016-11.html", f"evil.example:{PORT}", (), 403, b""),
        ("GET", "/reports/2016-11.html", f"127.0.0.1:{PORT}", ("Origin: http://evil.example",), 403,
         b"Refused: this server answers its own pages only.\n"),
        ("POST", "/reports/2016-11.html", f"127.0.0.1:{PORT}", (JSON,), 405, b"Refused: expected GET or HEAD.\n"),
        ("POST", "/reports/2016-11.html", f"127.0.0.1:{PORT}", (), 415, b"Refused: expected application/json.\n"),
    ],
)  # fmt: skip
def test_the_server_of_the_pages_answers_the_person_alone(root, method, path, host, headers, status, body):
    found, told, content = _asked(root, method, path, host, *headers)
    assert found == status
    assert body is None or content == body
    protecting = ("Cross-Origin-Resource-Policy", "X-Frame-Options", "X-Content-Type-Options")
    assert [told[name] for name in protecting] == ["same-origin", "SAMEORIGIN", "nosniff"]
    if method == "GET":
        assert int(told["Content-Length"]) == len(content)
    if status in (200, 404):
        assert told["Content-Type"] == "text/html; charset=utf-8" and told["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("path", "status", "said"), [("/reports/x.html", 404, "There is no such page."), ("/%00", 400, "This is no address.")]
)
def test_an_error_is_a_page_with_links_that_runs_nothing(root, path, status, said):
    found = answer(root, path)
    assert found.status == status
    assert found.headers["Content-Type"] == "text/html; charset=utf-8"
    assert found.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:;")
    text = found.body.decode()
    assert f"<title>{status}</title><p>{said}<ul>" in text
    assert '<li><a href="/reports/">Reports</a>' in text and '<li><a href="/data-docs/">Data Docs</a>' in text


# Dagster's webserver


def test_dagsters_webserver_runs_behind_the_guard_on_loopback(monkeypatch, root):
    """Requests and websockets of other pages reach nothing of Dagster, the person's own do."""
    ran, reached = {}, []

    async def dagster(scope, receive, send):
        reached.append(scope["type"])
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200})

    of_dagster = types.SimpleNamespace(optimize_for_webserver=lambda *settings: ran.update(storage=settings))
    monkeypatch.setenv(SETTING, root.url)
    monkeypatch.setattr(webserver.dg.DagsterInstance, "get", lambda: nullcontext(of_dagster))
    monkeypatch.setattr(webserver, "WorkspaceProcessContext", lambda instance, target, **told: nullcontext((instance, target)))
    monkeypatch.setattr(webserver, "create_app_from_workspace_process_context", lambda workspace, **told: ran.update(told) or dagster)
    monkeypatch.setattr(webserver.uvicorn, "run", lambda app, **told: ran.update(told, app=app))
    webserver.main(PORT, "workspace.yaml")
    assert (ran["host"], ran["port"], ran["proxy_headers"], ran["timeout_graceful_shutdown"]) == ("127.0.0.1", PORT, False, 3)
    assert (ran["storage"], ran["live_data_poll_rate"], ran["log_level"]) == ((15_000, 3_600, 20), 2_000, "warning")

    def asked(kind, path="/graphql", method="POST", origin=f"http://127.0.0.1:{PORT}", host=f"127.0.0.1:{PORT}"):
        """The messages that are sent, and what reached Dagster."""
        sent, told = [], {"host": host, "content-type": "application/json", "origin": origin}
        reached.clear()

        async def send(message):
            sent.append(message)

        scope = {"type": kind, "path": path, "raw_path": path.encode()}
        scope |= {"headers": [(name.encode(), value.encode()) for name, value in told.items()]}
        asyncio.run(ran["app"](scope | ({"method": method} if kind == "http" else {}), None, send))
        return sent, list(reached)

    assert asked("websocket") == ([], ["websocket"])
    assert asked("websocket", origin="http://evil.example") == ([{"type": "websocket.close", "code": 1008}], [])
    assert asked("websocket", host="evil.example") == ([{"type": "websocket.close", "code": 1008}], [])
    assert asked("websocket", "/reports/2016-11.html") == ([], ["websocket"])
    assert asked("lifespan") == ([], ["lifespan"])
    (start,), through = asked("http")
    assert (start["status"], through) == (200, ["http"])
    assert (b"x-frame-options", b"SAMEORIGIN") in start["headers"]
    (start, body), through = asked("http", origin="http://evil.example")
    assert (start["status"], body["body"], through) == (403, b"Refused: this server answers its own pages only.\n", [])
    (start, body), through = asked("http", method="GET", path="/reports/2016-11.html")
    assert (start["status"], body["body"], through) == (200, b"a report", [])
    assert (b"content-length", b"8") in start["headers"]
    (start, body), through = asked("http", method="HEAD", path="/reports/2016-11.html")
    assert (start["status"], body["body"], through) == (200, b"", [])
