"""Telling people of open issues: off by default, and by e-mail through a real server on loopback."""

import email
import logging
import socketserver
import threading

import dagster as dg
import pandas as pd
import pytest

from trade_assets.defs import notify
from trade_assets.defs.building import Built
from trade_assets.defs.notify import told_people
from trade_assets.defs.release_month import month_job
from trade_assets.defs.specs import asset_key
from trade_assets.documents.ingest import ingest
from trade_assets.facts.frames import conform
from trade_assets.facts.tables import CELLS, ISSUES
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.core_runs import core_assets

LOG = logging.getLogger(__name__)


class _Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as one message needs."""

    def handle(self):
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.mails.append(email.message_from_bytes(b"".join(lines)))
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def mailbox():
    with socketserver.TCPServer(("127.0.0.1", 0), _Mailbox) as server:
        server.mails = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def sent(monkeypatch):
    """What is sent, in order, with an address set."""
    told = []
    monkeypatch.delenv(notify.SLACK_CHANNEL, raising=False)
    monkeypatch.setenv(notify.EMAIL_TO, "desk@example.org")
    monkeypatch.setattr(notify, "_send", told.append)
    monkeypatch.setattr(notify, "message", lambda root, month: f"issues of {month} in {root}")
    return told


def _built(*tables, failures=()):
    """A month of which these tables were built."""
    events = [dg.AssetMaterialization(asset_key(table), partition="2021-02") for table in tables]
    check = dg.AssetCheckEvaluation(
        asset_key=asset_key(ISSUES), check_name="no_issue_waits_for_a_decision", passed=False, partition="2021-02"
    )
    return Built("2021-02", events=[*events, check], failures=list(failures))


def test_nobody_is_told_without_a_setting(sent, monkeypatch):
    monkeypatch.delenv(notify.EMAIL_TO)
    told_people("root", _built(ISSUES, failures=[("proof", "no proof")]), LOG)
    assert sent == []
    monkeypatch.setenv(notify.SLACK_CHANNEL, "#trade")
    told_people("root", _built(ISSUES), LOG)
    assert sent == ["issues of 2021-02 in root"]


def test_issues_are_told_of_a_month_that_was_proven_and_failures_of_any(sent, monkeypatch):
    told_people("root", _built(CELLS, ISSUES, failures=[("report", "no\npage"), ("metrics_mxp", "no metrics")]), LOG)
    failed = ["2021-02: report failed\nno page", "2021-02: metrics_mxp failed\nno metrics"]
    assert sent == ["issues of 2021-02 in root", *failed]
    sent.clear()
    told_people("root", _built(CELLS, failures=[("report", "no page")]), LOG)
    assert sent == failed[:1], "issues of a former run were told by that one"
    sent.clear()
    monkeypatch.setattr(notify, "message", lambda *_: None)
    told_people("root", _built(ISSUES), LOG)
    assert sent == []


def test_whoever_cannot_be_told_stops_nothing(sent, monkeypatch, caplog):
    def refused(_):
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr(notify, "_send", refused)
    told_people("root", _built(ISSUES), LOG)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "nobody could be told of 2021-02: ConnectionRefusedError: nobody listens")
    ]


@pytest.mark.parametrize(
    ("waiting", "shown", "more"), [(1, 1, []), (9, 9, []), (10, 10, []), (11, 10, ["and 1 more"]), (13, 10, ["and 3 more"])]
)
def test_the_first_ten_issues_that_wait_are_told_by_rank(tmp_path, waiting, shown, more):
    root = DataRoot.of(tmp_path)
    states = {**{rank: ("new", "open")[rank % 2] for rank in range(1, waiting + 1)}, waiting + 1: "decided", waiting + 2: "gone"}
    rows = [
        dict.fromkeys(ISSUES.by_name) | {
            "issue": f"{rank:012d}", "sha256": "0" * 64, "family": "uscc", "state": state, "rank": rank, "certainty": "likely",
            "title": f"figure {rank}", "where": "", "line": rank, "last_line": rank, "violated": 1, "suspects": 1, "withheld": 0,
            "is_cut": False,
        }
        for rank, state in reversed(states.items())
    ]  # fmt: skip
    write_partition(root, ISSUES, "2021-02", conform(pd.DataFrame(rows), ISSUES, release_month="2021-02"))
    lines = [f"{rank:012d} uscc, line {rank}: figure {rank} [likely]" for rank in range(1, shown + 1)]
    assert notify.message(root, "2021-02").split("\n") == [f"2021-02: {waiting} to review", *lines, *more]


@pytest.mark.parametrize(("length", "is_cut"), [(599, False), (600, False), (601, True)])
def test_a_failure_is_told_in_one_line_of_bounded_length(sent, length, is_cut):
    told_people("root", _built(failures=[("proof", "x\ny " + "z" * (length - 4))]), LOG)
    shown = f"x y {'z' * (length - 4)}"
    assert sent == [f"2021-02: proof failed\n{f'{shown[:600]}… ({length} characters)' if is_cut else shown}"]


def test_a_month_without_open_issues_sends_nothing(tmp_path):
    assert notify.message(DataRoot.of(tmp_path), "2021-02") is None


@pytest.mark.slow
def test_the_open_issues_of_a_month_arrive_by_mail(tmp_path, monkeypatch, mailbox):
    monkeypatch.setenv(notify.EMAIL_TO, "desk@example.org")
    monkeypatch.setenv(notify.SMTP, f"127.0.0.1:{mailbox.server_address[1]}")
    root = DataRoot.of(tmp_path / "data")
    ingest(root, shipped_document("uscc", "2013-01"), release_month="2013-01")
    with dg.DagsterInstance.ephemeral() as instance:
        result = month_job().execute_in_process(
            partition_key="2013-01", instance=instance, asset_selection=core_assets(root, "2013-01"),
            run_config={"resources": {"data_root": {"config": {"url": root.url}}}},
        )  # fmt: skip
    assert result.success
    (mail,) = mailbox.mails
    assert (mail["To"], mail["Subject"]) == ("desk@example.org", "2013-01: 1 to review")
    said = mail.get_payload(decode=True).decode()
    assert "uscc, line 247: 14.4 (china.outbound_investment.reinvested_profits 2011) may be wrong" in said
