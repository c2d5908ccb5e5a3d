"""Whom open issues and failures are told: of which part of a month, to which channel and address, through which server."""

import logging
import sys
from types import SimpleNamespace

import dagster as dg
import pytest

from trade_assets.defs import notify
from trade_assets.defs.building import Built
from trade_assets.defs.notify import told_people

LOG = logging.getLogger(__name__)
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


def test_without_a_setting_nobody_is_told(sent, monkeypatch):
    notify._send("2021-02: 1 to review\nmore")
    monkeypatch.setattr(notify, "message", lambda *_: "not even looked for")
    told_people("root", _proven(), LOG)
    assert sent == []


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


def _proven(*failures):
    """A month whose issues are known anew."""
    from trade_assets.defs.validated import proof

    return Built("2021-02", [dg.AssetMaterialization(key, partition="2021-02") for key in proof.keys], list(failures))


@pytest.mark.parametrize(("setting", "way"), [("TRADE_ASSETS_SLACK_CHANNEL", "slack"), ("TRADE_ASSETS_EMAIL_TO", "mail")])
def test_either_address_is_told_of_open_issues_and_of_each_failure(sent, monkeypatch, setting, way):
    monkeypatch.setenv(setting, "x")
    monkeypatch.setenv("TRADE_ASSETS_SLACK_TOKEN", "xoxb")
    monkeypatch.setattr(notify, "message", lambda root, month: TEXT if (root, month) == ("root", "2021-02") else "wrong")
    told_people("root", _proven(("metrics_mxp", "its own\nwords"), ("report", "no page")), LOG)
    told = [said for said in sent if said[0] == way]
    failed = ["2021-02: metrics_mxp failed\nits own words", "2021-02: report failed\nno page"]
    assert [said[2]["text"] if way == "slack" else said[-1].rstrip("\n") for said in told] == [TEXT, *failed]
    assert {said[0] for said in sent} <= {way, "closed"}


@pytest.mark.parametrize("asset", [("review", "reports"), ("parsed", "cells"), ("validated", "publication")])
def test_issues_are_told_by_the_run_that_proves_the_month_and_by_no_other(sent, monkeypatch, asset):
    monkeypatch.setenv("TRADE_ASSETS_EMAIL_TO", "desk@x")
    monkeypatch.setattr(notify, "message", lambda *_: TEXT)
    checked = dg.AssetCheckEvaluation(asset_key=dg.AssetKey(["review", "issues"]), check_name="c", passed=True)
    told_people("root", Built("2021-02", [dg.AssetMaterialization(dg.AssetKey(asset)), checked]), LOG)
    assert sent == []


def test_a_failure_is_told_in_its_own_words_or_by_its_kind_and_without_what_a_terminal_would_obey(sent, monkeypatch):
    monkeypatch.setenv("TRADE_ASSETS_EMAIL_TO", "desk@x")
    built = Built("2021-02")
    built.fail("proof", dg.Failure("its own\nwords"), LOG)
    built.fail("prints", KeyError("series"), LOG)
    built.fail("report", OSError(28, "No space left on device"), LOG)
    built.fail("raw_documents", dg.Failure("a name with \x1b[2J"), LOG)
    told_people("root", built, LOG)
    assert [said[-1].rstrip("\n") for said in sent if said[0] == "mail"] == [
        "2021-02: proof failed\nits own words", "2021-02: prints failed\nKeyError: 'series'",
        "2021-02: report failed\nNo space left on device", "2021-02: raw_documents failed\na name with \\x1b[2J",
    ]  # fmt: skip


def test_issues_that_cannot_be_read_stop_nothing_and_are_logged(sent, monkeypatch, caplog):
    def damaged(*_):
        raise OSError("review.issues is damaged")

    monkeypatch.setenv("TRADE_ASSETS_EMAIL_TO", "desk@x")
    monkeypatch.setattr(notify, "message", damaged)
    told_people("root", _proven(), LOG)
    assert [record.getMessage() for record in caplog.records] == ["nobody could be told of 2021-02: OSError: review.issues is damaged"]


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
