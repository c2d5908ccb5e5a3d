"""Whom open issues and failed steps are told: which step is told of, to which channel and address, through which server."""

import sys
from types import SimpleNamespace

import pytest

from trade_assets.defs import notify

NAMES = ("TRADE_ASSETS_SLACK_CHANNEL", "TRADE_ASSETS_SLACK_TOKEN", "TRADE_ASSETS_EMAIL_TO", "TRADE_ASSETS_EMAIL_FROM", "TRADE_ASSETS_SMTP")


@pytest.fixture
def sent(monkeypatch):
    """What is sent, by way and in order, with no setting set; nothing leaves this process."""
    told = []

    class Server:
        def __init__(self, host, port, timeout):
            self.place = host, port, timeout

        def __enter__(self):
            return self

        def __exit__(self, *_):
            told.append(("closed",))

        def send_message(self, mail):
            told.append(("mail", *self.place, mail["To"], mail["From"], mail["Subject"], mail.get_content()))

    class Slack:
        def __init__(self, token):
            self.token = token

        def get_client(self):
            return SimpleNamespace(chat_postMessage=lambda **said: told.append(("slack", self.token, said)))

    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(notify.smtplib, "SMTP", Server)
    monkeypatch.setitem(sys.modules, "dagster_slack", SimpleNamespace(SlackResource=Slack))
    return told


def test_without_a_setting_nobody_is_told(sent):
    notify._send("2021-02: 1 to review\nmore")
    assert sent == [] and notify.hooks() == set()


TEXT = "2021-02: 1 to review\nan issue"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("localhost", 25, 20, "desk@x", "desk@x")), ({"EMAIL_FROM": "us@x"}, ("localhost", 25, 20, "desk@x", "us@x")),
        ({"SMTP": "mail.x:587"}, ("mail.x", 587, 20, "desk@x", "desk@x")), ({"SMTP": "::1:26"}, ("::1", 26, 20, "desk@x", "desk@x")),
    ],
)  # fmt: skip
def test_a_mail_goes_through_the_server_that_is_set(sent, monkeypatch, settings, expected):
    for name, value in {"EMAIL_TO": "desk@x", **settings}.items():
        monkeypatch.setenv(f"TRADE_ASSETS_{name}", value)
    notify._send(TEXT)
    assert sent == [("mail", *expected, "2021-02: 1 to review", f"{TEXT}\n"), ("closed",)]


def test_a_channel_is_told_in_plain_text(sent, monkeypatch):
    monkeypatch.setenv("TRADE_ASSETS_SLACK_CHANNEL", "#trade")
    monkeypatch.setenv("TRADE_ASSETS_SLACK_TOKEN", "xoxb")
    notify._send(TEXT)
    assert sent == [("slack", "xoxb", {"channel": "#trade", "text": TEXT, "mrkdwn": False})]
    monkeypatch.setenv("TRADE_ASSETS_EMAIL_TO", "desk@x")
    notify._send(TEXT)
    assert [said[0] for said in sent] == ["slack", "slack", "mail", "closed"], "both, where both are set"


@pytest.mark.parametrize("setting", ["TRADE_ASSETS_SLACK_CHANNEL", "TRADE_ASSETS_EMAIL_TO"])
def test_either_address_sets_both_hooks(sent, monkeypatch, setting):
    monkeypatch.setenv(setting, "x")
    assert notify.hooks() == {notify.tell_of_open_issues, notify.tell_of_failed_steps}
    assert {hook.name for hook in notify.hooks()} == {"tell_of_open_issues", "tell_of_failed_steps"}
    assert notify.tell_of_open_issues.required_resource_keys == {"data_root"}


@pytest.mark.parametrize(("step", "text", "expected"), [("proof", "open", ["open"]), ("proof", None, []), ("report", "open", [])])
def test_issues_are_told_once_the_month_is_proven(monkeypatch, step, text, expected):
    told = []
    monkeypatch.setattr(notify, "message", lambda root, month: text if (root, month) == ("root", "2021-02") else "wrong")
    monkeypatch.setattr(notify, "_send", told.append)
    context = SimpleNamespace(
        op=SimpleNamespace(name=step), resources=SimpleNamespace(data_root=SimpleNamespace(root="root")),
        _step_execution_context=SimpleNamespace(partition_key="2021-02"),
    )  # fmt: skip
    notify.tell_of_open_issues.decorated_fn(context)
    assert told == expected


def test_the_step_that_is_waited_for_is_the_one_that_proves():
    from trade_assets.defs.validated import proof

    assert proof.op.name == "proof" == notify._STEP


def test_a_step_without_words_of_its_own_is_told_by_its_error(monkeypatch):
    told = []
    monkeypatch.setattr(notify, "_send", told.append)
    for error in (SimpleNamespace(description="its own\nwords"), SimpleNamespace(description=None, __str__=None), None):
        context = SimpleNamespace(op_exception=error, job_name="release_month", op=SimpleNamespace(name="proof"))
        notify.tell_of_failed_steps.decorated_fn(context)
    assert told[0] == "release_month: proof failed\nits own words"
    assert told[1].startswith("release_month: proof failed\nnamespace(") and told[2] == "release_month: proof failed\nNone"


def test_issues_are_told_by_family_and_rank_with_what_a_terminal_would_obey_made_plain(tmp_path, monkeypatch):
    from trade_assets.facts.tables import ISSUES
    from trade_assets_tests.steps_called import made

    rows = [
        {"issue": "b", "family": "mxp", "state": "open", "rank": 1, "line": 7, "title": "x" * 301, "certainty": "likely"},
        {"issue": "c", "family": "ft900", "state": "new", "rank": 2, "line": 8, "title": "two", "certainty": "certain"},
        {"issue": "a", "family": "ft900", "state": "open", "rank": 1, "line": 9, "title": "one\x1b[2J", "certainty": "likely"},
        {"issue": "d", "family": "ft900", "state": "decided", "rank": 3, "line": 9, "title": "three", "certainty": "likely"},
    ]
    monkeypatch.setattr(notify, "read_partition", lambda *said: made(ISSUES, *rows) if said == ("root", ISSUES, "2021-02") else None)
    assert notify.message("root", "2021-02").split("\n") == [
        "2021-02: 3 to review", "a ft900, line 9: one\\x1b[2J [likely]", "c ft900, line 8: two [certain]",
        f"b mxp, line 7: {'x' * 300}… (301 characters) [likely]",
    ]  # fmt: skip
