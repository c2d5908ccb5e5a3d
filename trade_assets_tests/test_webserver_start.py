"""What Dagster's webserver is made of and started with, and that its end is no error."""

import asyncio
import types
from contextlib import nullcontext

import pytest

from trade_assets.serving import webserver
from trade_assets.serving.front import Front
from trade_assets.warehouse.root import SETTING, DataRoot


@pytest.fixture
def started(monkeypatch, tmp_path):
    """What was asked for when the webserver was started for a workspace on a port, in order."""
    asked = []
    instance = types.SimpleNamespace(optimize_for_webserver=lambda *given: asked.append(("storage", given)))

    def workspace(*given, **told):
        asked.append(("workspace", given, told))
        return nullcontext("a workspace")

    def application(*given, **told):
        asked.append(("application", given, told))
        return "an application"

    monkeypatch.setenv(SETTING, str(tmp_path))
    monkeypatch.setattr(webserver.dg.DagsterInstance, "get", lambda: nullcontext(instance))
    monkeypatch.setattr(webserver, "WorkspaceFileTarget", lambda files: ("target", files))
    monkeypatch.setattr(webserver, "WorkspaceProcessContext", workspace)
    monkeypatch.setattr(webserver, "create_app_from_workspace_process_context", application)
    monkeypatch.setattr(webserver.uvicorn, "run", lambda *given, **told: asked.append(("run", given, told)))
    webserver.main(4000, "workspace.yaml")
    return instance, asked


def test_the_webserver_is_made_as_dagsters_own_command_makes_it(started, tmp_path):
    instance, (storage, workspace, application, run) = started
    assert storage == ("storage", (15_000, 3_600, 20))
    told = {"version": webserver.__version__, "code_server_log_level": "warning"}
    assert workspace == ("workspace", (instance, ("target", ["workspace.yaml"])), told)
    told = {"live_data_poll_rate": 2_000, "lifespan": webserver._lifespan}
    assert application == ("application", ("a workspace",), told)
    assert run == (
        "run", (Front("an application", DataRoot.of(tmp_path), 4000),),
        {"host": "127.0.0.1", "port": 4000, "log_level": "warning", "proxy_headers": False, "timeout_graceful_shutdown": 3},
    )  # fmt: skip


@pytest.mark.parametrize(("raised", "is_passed_on"), [(None, False), (asyncio.CancelledError(), False), (ValueError("odd"), True)])
def test_websockets_that_are_open_at_the_end_are_no_error(raised, is_passed_on):
    async def lived():
        async with webserver._lifespan(None):
            if raised is not None:
                raise raised
        return "ended"

    if is_passed_on:
        with pytest.raises(ValueError, match="odd"):
            asyncio.run(lived())
    else:
        assert asyncio.run(lived()) == "ended"


# What stands before the application


def _through(front, scope):
    """What an application is asked behind the front, and the messages that come out."""
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(front(scope, "receive", send))
    return sent


def test_an_answer_of_dagster_is_given_with_our_headers_and_its_own(tmp_path):
    asked = []

    async def dagster(scope, receive, send):
        asked.append((scope["path"], receive))
        await send({"type": "http.response.start", "status": 201, "headers": [(b"x-own", b"1")]})
        await send({"type": "http.response.body", "body": b"of Dagster"})

    headers = [(b"host", b"localhost:4000"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "raw_path": b"/graphql", "headers": headers}
    start, body = _through(Front(dagster, DataRoot.of(tmp_path), 4000), scope)
    assert asked == [("/graphql", "receive")]
    assert start == {"type": "http.response.start", "status": 201, "headers": [
        (b"x-own", b"1"), (b"cross-origin-resource-policy", b"same-origin"), (b"x-frame-options", b"SAMEORIGIN"),
        (b"x-content-type-options", b"nosniff"),
    ]}  # fmt: skip
    assert body == {"type": "http.response.body", "body": b"of Dagster"}


def test_a_page_and_a_refusal_are_whole_answers(tmp_path):
    async def dagster(*_):
        pytest.fail("nothing of this is Dagster's")

    root = DataRoot.of(tmp_path)
    root.write(b"a report", "reports", "a b.html")
    front = Front(dagster, root, 4000)
    usual = [
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"x-frame-options", b"SAMEORIGIN"),
        (b"x-content-type-options", b"nosniff"),
    ]
    scope = {"type": "http", "method": "GET", "path": "/reports/a b.html", "raw_path": b"/reports/a%20b.html"}
    start, body = _through(front, scope | {"headers": [(b"host", b"localhost:4000")]})
    assert (start["type"], start["status"], start["headers"][2:]) == ("http.response.start", 200, [*usual, (b"content-length", b"8")])
    assert start["headers"][0] == (b"content-type", b"text/html; charset=utf-8")
    assert body == {"type": "http.response.body", "body": b"a report"}
    start, body = _through(front, scope | {"headers": [(b"host", b"evil.example")]})
    said = b"Refused: this server answers to 127.0.0.1:4000 and localhost:4000 only.\n"
    assert (start["status"], body["body"]) == (403, said)
    assert start["headers"] == [(b"content-type", b"text/plain; charset=utf-8"), *usual, (b"content-length", str(len(said)).encode())]
