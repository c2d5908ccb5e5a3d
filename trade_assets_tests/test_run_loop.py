"""Many months, one after the other: a month's fault is named and stops no other, an interrupt stops all that are left."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import dagster as dg
import pytest
from click.testing import CliRunner

from trade_assets import cli
from trade_assets.definitions import defs
from trade_assets.defs import ranges, shared
from trade_assets.defs.ranges import RunError, run_months
from trade_assets.defs.selection import assets_of
from trade_assets.facts.tables import DOCUMENTS
from trade_assets.faults import Fault
from trade_assets.warehouse.partitions import existing_months
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import REPOSITORY, SHIPPED
from trade_assets_tests.made_store import put_posts

MONTHS = ["2016-01", "2017-01", "2018-01"]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Three months with a document each that has no figures; without Great Expectations, and Dagster's history in memory."""
    from trade_assets.defs import instance

    monkeypatch.setattr(shared, "build_data_docs", lambda root: None)
    # What the loop does of a month is the same for few assets: those that the documents are read into.
    sound = ranges.assets_of
    monkeypatch.setattr(ranges, "assets_of", lambda *given: [key for key in sound(*given) if key.path[0] in ("raw", "parsed")])
    monkeypatch.setattr(instance, "instance_of", lambda root: dg.DagsterInstance.ephemeral())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = DataRoot.of(tmp_path / "data")
    put_posts(made, tmp_path, MONTHS)
    return made


def _run(root):
    return CliRunner().invoke(cli.main, ["--data-root", root.url, "run"])


def _signal_at(monkeypatch, month, where, number=signal.SIGINT):
    """Let a signal come while a month is run: in a step, or when the run is over and Dagster drops it."""
    if where == "in a step":
        from trade_assets.defs import raw

        sound = raw.survey

        def survey(root, release_month):
            if release_month == month:
                os.kill(os.getpid(), number)
                time.sleep(0.01)
            return sound(root, release_month)

        monkeypatch.setattr(raw, "survey", survey)
        return
    sound_event = dg.DagsterInstance.handle_new_event

    def handle(self, event, **options):
        run = self.get_run_by_id(event.run_id)
        if event.is_dagster_event and event.dagster_event.is_job_success and run and run.tags.get("dagster/partition") == month:
            os.kill(os.getpid(), number)
        return sound_event(self, event, **options)

    monkeypatch.setattr(dg.DagsterInstance, "handle_new_event", handle)


@pytest.mark.parametrize("where", ["in a step", "after the last step"])
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)], ids=["SIGINT", "SIGTERM"])
def test_an_interrupt_ends_the_months(root, instance, monkeypatch, where, number):
    def ended(*_):
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGTERM, ended)
    try:
        _signal_at(monkeypatch, MONTHS[1], where, number)
        runs = run_months(root, MONTHS, instance)
        built = [next(runs).release_month]
        with pytest.raises(KeyboardInterrupt):
            built += [done.release_month for done in runs if done.is_success]
        assert MONTHS[2] not in built
        assert signal.getsignal(signal.SIGTERM) is ended  # Dagster sets its own, and leaves that of Ctrl-C
    finally:
        signal.signal(signal.SIGTERM, former)
    assert MONTHS[0] in existing_months(root, DOCUMENTS) and MONTHS[2] not in existing_months(root, DOCUMENTS)
    assert root.exists("warehouse", "trade.duckdb"), "what months share is brought up to date"
    assert signal.set_wakeup_fd(-1) == -1


def test_an_interrupted_command_ends_with_130_and_names_the_month(root, monkeypatch):
    _signal_at(monkeypatch, MONTHS[1], "in a step")
    result = _run(root)
    assert (result.exit_code, result.stdout) == (130, "2016-01  kei: 0 figures; built\n")
    assert result.stderr == "trade-assets: interrupted by SIGINT; 1 of 3 months are built; 2017-01 was being built: run it again\n"


@pytest.mark.slow
def test_a_month_that_was_interrupted_is_built_by_the_next_run(root, monkeypatch, tmp_path):
    with monkeypatch.context() as patched:
        _signal_at(patched, MONTHS[1], "in a step")
        _run(root)
    result = _run(root)
    assert result.exit_code == 0 and [line[:7] for line in result.stdout.split("\n")[:3]] == MONTHS
    other = DataRoot.of(tmp_path / "other")
    shutil.copytree(root.path("raw"), other.path("raw"))
    assert _run(other).exit_code == 0
    for path in sorted(tmp_path.glob("data/warehouse/*/*/release_month=*/*.parquet")):
        if "report" not in str(path):
            twin = tmp_path / "other" / path.relative_to(tmp_path / "data")
            assert path.read_bytes() == twin.read_bytes(), path


@pytest.mark.slow
def test_a_page_that_cannot_be_written_names_its_month_and_stops_no_other(root, instance, monkeypatch):
    import trade_assets.review.month as pages

    sound = pages.write_page

    def write_page(root, month, *arguments):
        if month == MONTHS[0]:
            error = KeyError("series")
            error.add_note(f"in raw/{month}/kei.txt")
            raise error
        return sound(root, month, *arguments)

    monkeypatch.setattr(pages, "write_page", write_page)
    monkeypatch.setattr(ranges, "assets_of", assets_of)  # with all assets again, the page among them
    first, *others = run_months(root, MONTHS, instance)
    assert not first.is_success and [(run.release_month, run.is_success) for run in others] == [(month, True) for month in MONTHS[1:]]
    ((step, said),) = first.failures
    assert (step, " ".join(said.split())) == ("report", f"KeyError: 'series' (in raw/{MONTHS[0]}/kei.txt)")
    assert "in write_page" in first.trace


def test_what_nobody_foresaw_about_a_month_stops_no_other_and_is_70(root, monkeypatch):
    sound = ranges.assets_of

    def assets_of(root, month, tags):
        if month == MONTHS[1]:
            raise ZeroDivisionError("no assets")
        return sound(root, month, tags)

    monkeypatch.setattr(ranges, "assets_of", assets_of)
    result = _run(root)
    assert (result.exit_code, result.stderr) == (cli.FAULT, "")
    assert [line for line in result.stdout.split("\n") if "kei" in line or "no documents" in line] == [
        "2016-01  kei: 0 figures; built", "2017-01  no documents: 0 figures; NOT BUILT", "2018-01  kei: 0 figures; built",
    ]  # fmt: skip
    assert "FAILED run: ZeroDivisionError: no assets\n" in result.stdout
    trace = result.stdout.split("its trace is in ")[1].split(". To do")[0]
    assert "in assets_of" in open(trace, encoding="utf-8").read()  # noqa: SIM115, PTH123


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ZeroDivisionError("odd"), 70, "ZeroDivisionError: odd"),
        pytest.param(OSError(28, "No space left on device"), 2, "No space left on device", marks=pytest.mark.slow),
    ],
    ids=["fault", "disk"],
)
def test_a_step_that_fails_by_a_fault_is_70_and_by_the_disk_2(root, monkeypatch, error, status, said):
    from trade_assets.defs import raw

    sound = raw.survey

    def survey(root, month):
        if month == MONTHS[0]:
            raise error
        return sound(root, month)

    monkeypatch.setattr(raw, "survey", survey)
    result = _run(root)
    assert result.exit_code == status
    assert f"FAILED raw_documents: {said}" in result.stdout
    assert ("a fault of the program, its trace is in" in result.stdout) == (status == 70)
    assert result.stdout.count("; built") == 2


def test_without_its_history_dagster_runs_no_month_and_the_month_is_named(root, monkeypatch):
    from sqlalchemy.exc import OperationalError

    sound = dg.DagsterInstance.create_run_for_job
    made = []

    def create(self, *arguments, **options):
        made.append(1)
        if len(made) == 2:
            raise OperationalError("INSERT", {}, Exception("database or disk is full"))
        return sound(self, *arguments, **options)

    monkeypatch.setattr(dg.DagsterInstance, "create_run_for_job", create)
    result = _run(root)
    assert (result.exit_code, len(made)) == (2, 2)
    assert result.stdout.startswith("2016-01  kei: 0 figures; built\nSomething could not be built, see above; ")
    assert result.stderr.startswith("trade-assets: 2017-01 could not be run: Dagster's history under ")
    assert "database or disk is full" in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.slow
def test_each_thing_that_months_share_is_tried_and_what_fails_is_named(root, instance, monkeypatch):
    from trade_assets.vintages import history

    def broken(_):
        raise OSError(5, "Input/output error", "data.parquet")

    monkeypatch.setattr(history, "refresh_history", broken)
    runs = run_months(root, MONTHS[:1], instance)
    assert next(runs).release_month == MONTHS[0]
    said = r"warehouse/vintages/history/data\.parquet could not be brought up to date: data\.parquet: Input/output error"
    with pytest.raises(RunError, match=said):
        next(runs)
    assert root.exists("warehouse", "trade.duckdb") and root.exists("reports", "index.html")
    monkeypatch.setattr(history, "refresh_history", lambda _: {}["series"])
    with pytest.raises(Fault, match="could not be brought up to date: KeyError: 'series'"):
        list(run_months(root, MONTHS[:1], instance))


def _range(root, instance):
    return defs.resolve_job_def("release_range").execute_in_process(
        instance=instance, raise_on_error=False, run_config={"resources": {"data_root": {"config": {"url": root.url}}}}
    )


def _said(result):
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    return failed.step_failure_data.user_failure_data.description


def test_the_job_over_a_range_names_the_month_and_what_was_wrong(root, instance, monkeypatch):
    sound = ranges.assets_of
    monkeypatch.setattr(ranges, "assets_of", lambda root, month, tags: sound(root, {MONTHS[1]: None}.get(month, month), tags))
    result = _range(root, instance)
    assert not result.success
    assert _said(result).startswith("1 of 3 months failed: 2017-01 (run: ")
    assert existing_months(root, DOCUMENTS) == [MONTHS[0], MONTHS[2]]


def test_an_interrupt_ends_the_job_over_a_range_too(root, instance, monkeypatch):
    _signal_at(monkeypatch, MONTHS[1], "in a step")
    assert not _range(root, instance).success
    assert existing_months(root, DOCUMENTS)[0] == MONTHS[0] and MONTHS[2] not in existing_months(root, DOCUMENTS)
    assert [run.tags["dagster/partition"] for run in instance.get_runs() if run.job_name == "release_month"] == MONTHS[1::-1]


@pytest.mark.slow
def test_an_interrupt_after_a_decision_leaves_the_decision_and_is_130(tmp_path, monkeypatch):
    from trade_assets.review.decisions import read_decisions

    root = DataRoot.of(tmp_path / "data")
    shutil.copytree(SHIPPED / "2013-01", tmp_path / "data" / "raw" / "2013-01")
    assert _run(root).exit_code == 1
    _signal_at(monkeypatch, "2013-01", "in a step")
    decide = ["--data-root", root.url, "review", "accept", "6aef", "--reason", "as printed", "--reviewer", "Ada"]
    result = CliRunner().invoke(cli.main, decide)
    assert result.exit_code == 130 and "written to" in result.stdout
    assert result.stderr.endswith("0 of 1 months are built; 2013-01 was being built: run it again\n")
    assert [entry.action for entry in read_decisions(root, "2013-01")[0]["6aefbff643a0"]] == ["accept"]
    monkeypatch.undo()
    listed = CliRunner().invoke(cli.main, ["--data-root", root.url, "review", "list", "--json"])
    assert [row["issue"] for row in json.loads(listed.stdout)] == ["6aefbff643a0"]
    assert _run(root).exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_process_that_is_interrupted_ends_with_130_in_one_line(root, number):
    command = [sys.executable, "-m", "trade_assets", "--data-root", root.url, "run"]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = process.stdout.readline()
    process.send_signal(number)
    out, said = process.communicate(timeout=120)
    assert (process.returncode, said.count("\n")) == (130, 1), said
    assert said.startswith(f"trade-assets: interrupted by {number.name}") and "Traceback" not in first + out
    assert MONTHS[2] not in existing_months(root, DOCUMENTS)
