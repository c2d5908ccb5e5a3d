"""Months that follow each other are one run: each is committed, told and recorded by itself, and a bad one spoils no other."""

import os
import signal
import tempfile
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value

from trade_assets import cli
from trade_assets.definitions import defs
from trade_assets.defs import instance as of_instance
from trade_assets.defs import ranges, raw, shared
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.ranges import ranges_of, run_months, run_together
from trade_assets.facts.tables import DOCUMENTS
from trade_assets.warehouse.commits import commit_of
from trade_assets.warehouse.partitions import existing_months
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.made_store import put_posts

MONTHS = ["2016-11", "2016-12", "2017-01", "2017-02"]
KEPT = dg.AssetKey(["raw", "documents"]), dg.AssetKey(["parsed", "cells"])


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Months with a document each that has no figures, of which few assets are built."""
    monkeypatch.setattr(shared, "build_data_docs", lambda root: None)
    monkeypatch.setattr(ranges, "assets_of", lambda *_: list(KEPT))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = DataRoot.of(tmp_path / "data")
    put_posts(made, tmp_path, MONTHS)
    return made


@pytest.fixture
def history(root):
    """The instance that the command line opens."""
    with of_instance.instance_of(root) as opened:
        yield opened


def _at(monkeypatch, month, what):
    """Let something happen while a month is read."""
    sound = raw.survey

    def survey(root, release_month):
        if release_month == month:
            what()
        return sound(root, release_month)

    monkeypatch.setattr(raw, "survey", survey)


def _fails():
    raise KeyError("slip")


def _statuses(history, key):
    """The months of an asset that the UI shows as there, and as failed."""
    found = get_and_update_asset_status_cache_value(history, key, RELEASE_MONTHS)
    subsets = found.deserialize_materialized_partition_subsets(RELEASE_MONTHS), found.deserialize_failed_partition_subsets(RELEASE_MONTHS)
    return tuple(sorted(subset.get_partition_keys()) for subset in subsets)


@pytest.mark.parametrize(
    ("months", "runs"),
    [
        ([], []),
        (["2020-12"], [["2020-12"]]),
        (["2020-12", "2021-01", "2021-02"], [["2020-12", "2021-01", "2021-02"]]),
        (["2020-11", "2021-01", "2021-02", "2021-04"], [["2020-11"], ["2021-01", "2021-02"], ["2021-04"]]),
        (["2021-02", "2021-01"], [["2021-02"], ["2021-01"]]),
        (["2021-01", "2021-01"], [["2021-01"], ["2021-01"]]),
    ],
)
def test_months_that_follow_each_other_are_one_run(months, runs):
    assert ranges_of(months) == runs


def test_each_month_of_a_run_is_told_when_it_is_built_and_recorded_for_its_partition(root, history):
    told = []
    for done in run_months(root, MONTHS, history):
        told.append((done.release_month, done.is_success, existing_months(root, DOCUMENTS)))
    assert told == [(month, True, MONTHS[: at + 1]) for at, month in enumerate(MONTHS)]
    (run,) = history.get_runs()
    assert run.status == dg.DagsterRunStatus.SUCCESS
    assert (run.tags["dagster/asset_partition_range_start"], run.tags["dagster/asset_partition_range_end"]) == (MONTHS[0], MONTHS[-1])
    for key in KEPT:
        assert _statuses(history, key) == (MONTHS, [])
    checks = history.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey(["parsed", "cells"]), "every_document_is_read"), limit=50
    )
    assert sorted((check.partition, check.status.value) for check in checks) == [(month, "SUCCEEDED") for month in MONTHS]
    assert all(commit_of(root, month).tables for month in MONTHS)


def test_a_bad_month_is_red_by_itself_and_the_others_are_built(root, history, monkeypatch):
    _at(monkeypatch, MONTHS[1], _fails)
    done = list(run_months(root, MONTHS, history))
    assert [(each.release_month, each.is_success) for each in done] == [(month, month != MONTHS[1]) for month in MONTHS]
    assert done[1].failures == (("raw_documents", "KeyError: 'slip'"),) and "in _fails" in done[1].trace
    (run,) = history.get_runs()
    assert run.status == dg.DagsterRunStatus.FAILURE
    good = [month for month in MONTHS if month != MONTHS[1]]
    for key in KEPT:
        assert _statuses(history, key) == (good, [MONTHS[1]])
    assert existing_months(root, DOCUMENTS) == good
    (failed,) = [event for event in history.all_logs(run.run_id) if event.is_dagster_event and event.dagster_event.is_step_failure]
    said = failed.dagster_event.step_failure_data.user_failure_data.description
    assert said.split("\n") == ["1 of 4 months could not be built as a whole", "2016-12: raw_documents: KeyError: 'slip'"]


def test_a_month_that_was_bad_is_green_once_it_is_built(root, history, monkeypatch):
    with monkeypatch.context() as patched:
        _at(patched, MONTHS[1], _fails)
        list(run_months(root, MONTHS, history))
    (done,) = run_months(root, [MONTHS[1]], history)
    assert done.is_success and _statuses(history, KEPT[0]) == (MONTHS, [])


def test_a_run_that_builds_nothing_new_writes_no_file(root, history):
    list(run_months(root, MONTHS, history))
    folder = Path(root.path("warehouse"))
    before = {path: path.stat().st_mtime_ns for path in _all(folder)}
    list(run_months(root, MONTHS, history))
    assert {path: path.stat().st_mtime_ns for path in _all(folder)} == before


def _all(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


@pytest.mark.parametrize("where", ["while a month is read", "after a month is told"])
def test_an_interrupt_keeps_the_months_that_are_built_and_begins_no_other(root, history, monkeypatch, where):
    if where == "while a month is read":
        _at(monkeypatch, MONTHS[2], lambda: os.kill(os.getpid(), signal.SIGINT))
    runs = run_months(root, MONTHS, history)
    assert [next(runs).release_month for _ in range(2)] == MONTHS[:2]
    if where != "while a month is read":
        os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        next(runs)
    assert existing_months(root, DOCUMENTS) == MONTHS[:2]
    assert root.exists("warehouse", "trade.duckdb"), "what months share is brought up to date"
    (run,) = history.get_runs()
    assert run.status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    monkeypatch.undo()
    assert [done.is_success for done in run_months(root, MONTHS, history)] == [True] * 4


def test_a_root_that_is_none_fails_every_month_in_its_words(tmp_path, monkeypatch):
    monkeypatch.setattr(ranges, "assets_of", lambda *_: list(KEPT))
    with dg.DagsterInstance.ephemeral() as history:
        done = list(run_together(DataRoot(f"{tmp_path}/nowhere"), MONTHS[:2], history))
    assert [(each.release_month, each.is_success) for each in done] == [(month, False) for month in MONTHS[:2]]
    assert all("there is no such folder" in message for each in done for _, message in each.failures)


def test_the_job_of_a_month_takes_a_range_as_the_ui_launches_it(root, monkeypatch):
    """As a single-run backfill: by the tags that Dagster gives such a run."""
    tags = {"dagster/asset_partition_range_start": MONTHS[0], "dagster/asset_partition_range_end": MONTHS[2]}
    job = defs.resolve_job_def("release_month")
    with dg.DagsterInstance.ephemeral() as history:
        result = job.execute_in_process(
            instance=history, tags=tags, asset_selection=list(KEPT),
            run_config={"resources": {"data_root": {"config": {"url": root.url}}}},
        )  # fmt: skip
        assert result.success and existing_months(root, DOCUMENTS) == MONTHS[:3]
        assert sorted(event.partition for event in result.asset_materializations_for_node("build_months")) == sorted(MONTHS[:3] * 2)
    assert root.exists("reports", "index.html") and root.exists("warehouse", "trade.duckdb")


def test_a_damaged_record_stops_no_month_and_its_own_is_built_again(root, history, monkeypatch):
    """From the command line, which looks at all months first, and as the UI runs a month."""
    list(run_months(root, MONTHS, history))
    record = Path(root.path("warehouse", "commits", f"{MONTHS[2]}.json"))
    sound = commit_of(root, MONTHS[2]).generation
    record.write_text("{")
    monkeypatch.setattr(of_instance, "instance_of", lambda root: dg.DagsterInstance.ephemeral())
    result = CliRunner().invoke(cli.main, ["--data-root", root.url, "run", "--month", MONTHS[0]])
    assert result.exit_code == 0, result.output
    assert f"warehouse/commits/{MONTHS[2]}.json was damaged and is set aside" in result.stdout
    record.write_text("{")
    job = defs.resolve_job_def("release_month")
    for month in (MONTHS[0], MONTHS[2]):
        done = job.execute_in_process(
            partition_key=month, instance=history, asset_selection=list(KEPT),
            run_config={"resources": {"data_root": {"config": {"url": root.url}}}},
        )  # fmt: skip
        assert done.success
    assert commit_of(root, MONTHS[2]).generation == sound
