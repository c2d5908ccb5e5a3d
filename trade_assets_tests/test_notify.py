"""Telling people of open issues: off by default, and by e-mail through a real server on loopback."""

import email
import socketserver
import threading
from types import SimpleNamespace

import dagster as dg
import pandas as pd
import pytest

from trade_assets.defs import notify
from trade_assets.documents.ingest import ingest
from trade_assets.facts.frames import conform
from trade_assets.facts.tables import ISSUES
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.core_runs import core_assets


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


def test_no_hook_without_a_setting(monkeypatch):
    for name in (notify.SLACK_CHANNEL, notify.EMAIL_TO):
        monkeypatch.delenv(name, raising=False)
    assert notify.hooks() == set()
    monkeypatch.setenv(notify.SLACK_CHANNEL, "#trade")
    assert len(notify.hooks()) == 2


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
def test_a_failed_step_is_told_in_one_line_of_bounded_length(monkeypatch, length, is_cut):
    sent = []
    monkeypatch.setattr(notify, "_send", sent.append)
    text = "x\ny " + "z" * (length - 4)
    for error in (dg.Failure(text), ValueError(text)):
        notify.tell_of_failed_steps.decorated_fn(
            SimpleNamespace(op_exception=error, job_name="release_month", op=SimpleNamespace(name="proof"))
        )
    shown = f"x y {'z' * (length - 4)}"
    said = f"{shown[:600]}… ({length} characters)" if is_cut else shown
    assert sent == [f"release_month: proof failed\n{said}"] * 2


def test_a_month_without_open_issues_sends_nothing(tmp_path):
    assert notify.message(DataRoot.of(tmp_path), "2021-02") is None


@pytest.mark.slow
def test_open_issues_and_failures_arrive_by_mail(tmp_path, monkeypatch, mailbox):
    from trade_assets.definitions import defs

    monkeypatch.setenv(notify.EMAIL_TO, "desk@example.org")
    monkeypatch.setenv(notify.SMTP, f"127.0.0.1:{mailbox.server_address[1]}")
    root = DataRoot.of(tmp_path / "data")
    ingest(root, shipped_document("uscc", "2013-01"), release_month="2013-01")
    job = defs.resolve_job_def("release_month").with_hooks(notify.hooks())
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            partition_key="2013-01", instance=instance, raise_on_error=False, asset_selection=core_assets(root, "2013-01"),
            run_config={"resources": {"data_root": {"config": {"url": root.url}}}},
        )  # fmt: skip
    assert result.success
    (mail,) = mailbox.mails
    assert (mail["To"], mail["Subject"]) == ("desk@example.org", "2013-01: 1 to review")
    said = mail.get_payload(decode=True).decode()
    assert "uscc, line 247: 14.4 (china.outbound_investment.reinvested_profits 2011) may be wrong" in said
