"""Dagster's history through connections that stay open: the same history, in far fewer of them, and never into a file that is gone."""

import os
import shutil

import dagster as dg
import pytest
import sqlalchemy
from sqlalchemy.engine import Engine

from trade_assets.defs.instance import instance_of
from trade_assets.defs.kept_connections import KeptEventLogStorage, storage_of
from trade_assets.warehouse.root import DataRoot


@pytest.fixture
def opened():
    """The databases that are connected to, in order."""
    files = []

    def note(connection, record):
        files.append(connection.execute("PRAGMA database_list").fetchall()[0][2].rpartition("/")[2])

    sqlalchemy.event.listen(Engine, "connect", note)
    yield files
    sqlalchemy.event.remove(Engine, "connect", note)


@dg.op
def first():
    """Nothing."""


@dg.op
def second(first):
    """Nothing, later."""


@dg.job
def two_steps():
    """Two steps."""
    second(first())


QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def _run(instance):
    return two_steps.execute_in_process(instance=instance, run_config=QUIET).run_id


def _events(home, run_id):
    """What the stock storage reads, as any other process does."""
    with dg.DagsterInstance.from_config(str(home)) as instance:
        return [event.dagster_event_type.value for event in instance.all_logs(run_id) if event.is_dagster_event]


def test_a_run_is_in_the_history_and_opens_each_database_of_events_once(tmp_path, opened):
    with instance_of(DataRoot.of(tmp_path)) as instance:
        assert isinstance(instance.event_log_storage, KeptEventLogStorage)
        run_id = _run(instance)
        # One made the tables, one is kept.
        assert opened.count(f"{run_id}.db") == 2
        before = len(opened)
        instance.report_engine_event("once more", instance.get_run_by_id(run_id))
        assert opened[before:] == []
        told = [event.dagster_event_type.value for event in instance.all_logs(run_id) if event.is_dagster_event]
    assert _events(tmp_path / "dagster", run_id) == told
    assert told[0] == "PIPELINE_START" and told[-2:] == ["PIPELINE_SUCCESS", "ENGINE_EVENT"] and told.count("STEP_SUCCESS") == 2


def test_of_many_runs_a_few_stay_open_and_all_are_whole(tmp_path, opened):
    with instance_of(DataRoot.of(tmp_path)) as instance:
        runs = [_run(instance) for _ in range(6)]
        assert len(instance.event_log_storage._engines.kept) == 4
        assert all(opened.count(f"{run_id}.db") == 2 for run_id in runs)
        # One that was closed is opened again.
        assert len(instance.all_logs(runs[0])) == len(instance.all_logs(runs[-1])) > 10


def test_what_comes_after_a_history_was_taken_away_is_in_the_new_one(tmp_path):
    with instance_of(DataRoot.of(tmp_path)) as instance:
        storage = instance.event_log_storage
        run_id = _run(instance)
        before = len(instance.all_logs(run_id))
        shutil.copytree(tmp_path / "dagster" / "history" / "runs", tmp_path / "kept")
        (tmp_path / "dagster" / "history" / "runs" / f"{run_id}.db").unlink()
        for rest in (tmp_path / "dagster" / "history" / "runs").glob(f"{run_id}.db-*"):
            rest.unlink()
        assert instance.all_logs(run_id) == [], "not what is kept of a file that is gone"
        shutil.copyfile(tmp_path / "kept" / f"{run_id}.db", storage.path_for_shard(run_id))
        for rest in (tmp_path / "kept").glob(f"{run_id}.db-*"):
            shutil.copyfile(rest, tmp_path / "dagster" / "history" / "runs" / rest.name)
        assert len(instance.all_logs(run_id)) in (0, before), "a copy in its place is read as it is"


def test_a_forked_process_opens_its_own(tmp_path):
    with instance_of(DataRoot.of(tmp_path)) as instance:
        run_id = _run(instance)
        before = len(instance.all_logs(run_id))
        child = os.fork()
        if child == 0:
            status = 1
            try:
                run = instance.get_run_by_id(run_id)
                instance.report_engine_event("from the child", run)
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        instance.report_engine_event("from the parent", instance.get_run_by_id(run_id))
        said = [event.message for event in instance.all_logs(run_id)]
        assert len(said) == before + 2 and said[-2:] == ["from the child", "from the parent"]


@pytest.mark.parametrize("named", ["storage", "event_log_storage", "run_storage", "schedule_storage", "instance_class"])
def test_a_storage_that_the_settings_name_is_left_alone(tmp_path, named):
    assert storage_of(tmp_path, {"telemetry": {"enabled": False}, named: {"module": "x", "class": "Y"}}) == {}
    assert sorted(storage_of(tmp_path, {"telemetry": {"enabled": False}})) == ["event_log_storage", "run_storage"]
