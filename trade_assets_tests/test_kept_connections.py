"""Dagster's history through connections that stay open: the same history, in far fewer of them, and never into a file that is gone."""

import os
import shutil
import sqlite3
from contextlib import closing

import dagster as dg
import pytest
import sqlalchemy
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG
from sqlalchemy.engine import Engine

from trade_assets.defs.building import Built, report_not_built
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
    """What the stock storage reads, as any process does that has settings of its own."""
    with dg.DagsterInstance.from_config(str(home), "settings-of-another.yaml") as instance:
        assert not isinstance(instance.event_log_storage, KeptEventLogStorage)
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


# What a run plans


MONTHS = dg.MonthlyPartitionsDefinition(start_date="2021-01", end_date="2021-07", fmt="%Y-%m")
TOLD, CHECK = dg.AssetKey("told"), dg.AssetCheckKey(dg.AssetKey("told"), "holds")


@pytest.fixture
def run_months(tmp_path):
    """Run a step over months, which makes those that it is told to, checks some of them and reports some as not built.

    Gives the instance and the run.
    """
    with instance_of(DataRoot.of(tmp_path)) as instance:

        def called(first, last, made=(), checked=(), not_built=()):
            @dg.multi_asset(
                specs=[dg.AssetSpec(TOLD, partitions_def=MONTHS, skippable=True)],
                check_specs=[dg.AssetCheckSpec("holds", asset=TOLD, partitions_def=MONTHS)],
                backfill_policy=dg.BackfillPolicy.single_run(), can_subset=True,
            )  # fmt: skip
            def told(context):
                for month in made:
                    yield dg.AssetMaterialization(TOLD, partition=month)
                for month in checked:
                    yield dg.AssetCheckEvaluation(asset_key=TOLD, check_name="holds", passed=True, partition=month)
                for month in not_built:
                    report_not_built(context, Built(month, not_built=[TOLD]))
                if not_built:
                    raise dg.Failure("some could not be built")

            tags = {ASSET_PARTITION_RANGE_START_TAG: first, ASSET_PARTITION_RANGE_END_TAG: last}
            return dg.materialize([told], instance=instance, tags=tags, run_config=QUIET, raise_on_error=False).run_id

        called.instance = instance
        yield called


def _planned(instance, run_id, kind):
    return [event.dagster_event for event in instance.all_logs(run_id) if event.is_dagster_event and kind in event.dagster_event_type.value]


def test_a_table_is_planned_once_for_all_months_of_a_run(run_months):
    run_id = run_months("2021-01", "2021-06", made=["2021-02"])
    (planned,) = _planned(run_months.instance, run_id, "ASSET_MATERIALIZATION_PLANNED")
    data = planned.event_specific_data
    assert (data.asset_key, data.partition) == (TOLD, None)
    assert sorted(data.partitions_subset.get_partition_keys()) == [f"2021-0{number}" for number in range(1, 7)]
    assert run_months.instance.get_materialized_partitions(TOLD) == {"2021-02"}


def test_a_planned_check_is_in_the_history_of_its_run_and_in_no_other_place(tmp_path, run_months):
    instance = run_months.instance
    first = run_months("2021-01", "2021-03", made=["2021-01"], checked=["2021-01"])
    later = run_months("2021-01", "2021-03", made=["2021-02"])
    assert (
        len(_planned(instance, first, "ASSET_CHECK_EVALUATION_PLANNED"))
        == 1
        == len(_planned(instance, later, "ASSET_CHECK_EVALUATION_PLANNED"))
    )
    with closing(sqlite3.connect(tmp_path / "dagster" / "history" / "runs" / "index.db")) as index:
        # Dagster's own storage has a row of each check that is planned, which it fills in once the check is evaluated.
        rows = index.execute("SELECT run_id, partition, execution_status FROM asset_check_executions").fetchall()
        kinds = {kind for (kind,) in index.execute("SELECT dagster_event_type FROM event_logs")}
    assert rows == [(first, "2021-01", "SUCCEEDED")]
    assert "ASSET_CHECK_EVALUATION_PLANNED" not in kinds and "ASSET_CHECK_EVALUATION" in kinds


def test_a_check_that_had_nothing_to_judge_shows_what_it_last_found(run_months):
    instance = run_months.instance
    first = run_months("2021-01", "2021-03", made=["2021-01"], checked=["2021-01", "2021-02"])
    run_months("2021-01", "2021-03", made=["2021-01"])
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key([CHECK])[CHECK]
    assert (latest.run_id, latest.status.value) == (first, "SUCCEEDED")
    # One that judged again is the one that shows, with its partition, and stands there once.
    last = run_months("2021-02", "2021-02", checked=["2021-02"])
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key([CHECK])[CHECK]
    assert (latest.run_id, latest.event.dagster_event.asset_check_evaluation_data.partition) == (last, "2021-02")
    assert len(instance.event_log_storage.get_asset_check_execution_history(CHECK, limit=10)) == 3


def test_only_what_should_have_been_built_and_was_not_shows_as_failed(run_months):
    """Of a run over months that fails: a month that was made, one that has nothing, and one that could not be made."""
    run_months("2021-01", "2021-03", made=["2021-01"], not_built=["2021-03"])
    found = _status(run_months.instance)
    assert found == ({"2021-01"}, {"2021-03"})
    run_months("2021-03", "2021-03", made=["2021-03"])
    assert _status(run_months.instance) == ({"2021-01", "2021-03"}, set()), "made again, it has not failed any more"


def _status(instance):
    """The months that Dagster's UI shows as made, and as failed."""
    told = get_and_update_asset_status_cache_value(instance, TOLD, MONTHS)
    made, failed = told.deserialize_materialized_partition_subsets(MONTHS), told.deserialize_failed_partition_subsets(MONTHS)
    return set(made.get_partition_keys()), set(failed.get_partition_keys())
