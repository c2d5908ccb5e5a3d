"""Where Dagster's instance is, what its folder holds, how it is opened, and what is said if it is not."""

import datetime as dt
import sqlite3
from types import SimpleNamespace

import dagster as dg
import pytest
import yaml
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from trade_assets.defs import instance as opening
from trade_assets.defs.instance import InstanceError, history_error, home_of, instance_of, settle
from trade_assets.warehouse.locks import LockedError
from trade_assets.warehouse.root import DataRoot


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path / "data")


def test_the_instance_is_in_the_data_root_unless_a_setting_names_a_folder(root, tmp_path, monkeypatch):
    assert home_of(root) == tmp_path / "data" / "dagster"
    assert (tmp_path / "data" / "dagster" / "dagster.yaml").read_text() == opening.SETTINGS
    assert home_of(DataRoot.of("memory://made")) is None, "of a URL there is no history on this machine"
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "own"))
    assert home_of(root) == home_of(DataRoot.of("memory://made")) == tmp_path / "own"
    assert not (tmp_path / "own").exists(), "a person's own folder is a person's own to make"
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "dagster.yaml").write_text("\0\0")
    assert home_of(root) == tmp_path / "own" and (tmp_path / "own" / "dagster.yaml").read_text() == opening.SETTINGS
    (tmp_path / "own" / "dagster.yaml").write_text("telemetry: {enabled: true}")
    assert home_of(root) == tmp_path / "own" and (tmp_path / "own" / "dagster.yaml").read_text() == "telemetry: {enabled: true}"


KEPT = {"module": "trade_assets.defs.kept_connections"}
OF_EARLIER_VERSIONS = b"telemetry:\n  enabled: false\nnux:\n  enabled: false\n"


@pytest.mark.parametrize("left", [None, b"", b"\0", b" ", b"\t\r\n", OF_EARLIER_VERSIONS])
def test_a_folder_gets_our_settings_where_it_has_none(tmp_path, left):
    home = tmp_path / "a" / "home"
    if left is not None:
        home.mkdir(parents=True)
        (home / "dagster.yaml").write_bytes(left)
    assert settle(home) == home
    assert yaml.safe_load((home / "dagster.yaml").read_text()) == {
        "telemetry": {"enabled": False}, "nux": {"enabled": False},
        "run_storage": KEPT | {"class": "KeptRunStorage"}, "event_log_storage": KEPT | {"class": "KeptEventLogStorage"},
    }  # fmt: skip


def test_a_relative_folder_counts_from_where_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settle(opening.Path("home"))
    assert (tmp_path / "home" / "dagster.yaml").exists()


def test_the_ui_knows_our_runs_and_definitions_by_one_name():
    assert opening.code_location_tag() == {".dagster/repository": "__repository__@trade_assets"}
    assert yaml.safe_load(opening.WORKSPACE) == {
        "load_from": [{"python_module": {"module_name": "trade_assets.definitions", "location_name": "trade_assets"}}]
    }


def test_the_errors_of_a_history_are_dagster_s_and_those_of_its_database():
    for error in (dg.DagsterInvariantViolationError("x"), OperationalError("s", None, ValueError()), sqlite3.OperationalError("x")):
        assert isinstance(error, opening.history_errors())
    assert not isinstance(OSError(), opening.history_errors()) and SQLAlchemyError in opening.history_errors()


@pytest.mark.parametrize(
    ("home", "root", "place"),
    [(None, "/data", "/data/dagster"), ("/own", "/data", "/own"), ("/own", "memory://made", "/own"), (None, "memory://made", "memory")],
)
def test_why_a_history_cannot_be_used_is_said_without_its_database_s_own_lines(monkeypatch, home, root, place):
    if home:
        monkeypatch.setenv("DAGSTER_HOME", home)
    error = OperationalError("SELECT 1", None, sqlite3.OperationalError("disk I/O error"))
    assert " [SQL: SELECT 1]" in str(error).replace("\n", " ") and "Background on" in str(error)
    rest = (
        ". To do: move its folder away, unless its settings, the disk or your rights are what is wrong; "
        "Dagster begins a new history, and no document, table or decision is in the old one"
    )
    said = history_error(DataRoot(root), error)
    assert said == f"Dagster's history under {place} cannot be used: OperationalError: (sqlite3.OperationalError) disk I/O error{rest}"
    alone = history_error(DataRoot(root), ValueError("bad (Background on this error at: x)"), "opened")
    assert alone == f"Dagster's history under {place} cannot be opened: ValueError: bad{rest}"


# Opening


@pytest.fixture
def opened(monkeypatch):
    """What opening does, in order; the instance is the word ``instance``."""
    did = []
    monkeypatch.setattr(opening, "_opened", lambda home: did.append(("opened", home)) or "instance")
    monkeypatch.setattr(opening, "_end_lost_runs", lambda instance: did.append(("ended", instance)))
    return did


def test_runs_that_were_killed_are_ended_where_there_is_a_history_on_disk(root, tmp_path, opened):
    home = tmp_path / "data" / "dagster"
    assert instance_of(root) == "instance" and opened == [("opened", home)]
    (home / "history").mkdir()
    (home / "history" / "runs.db").touch()
    assert instance_of(root) == "instance" and opened[1:] == [("opened", home), ("ended", "instance")]
    assert (home / ".lock").exists(), "one after the other"


def test_a_root_without_a_folder_keeps_no_history(opened, monkeypatch):
    monkeypatch.setattr(opening.dg.DagsterInstance, "ephemeral", lambda: "in memory")
    assert instance_of(DataRoot.of("memory://made")) == "in memory" and opened == []


def test_where_nobody_may_write_no_lock_is_asked_for(root, tmp_path, opened, monkeypatch):
    asked = []
    monkeypatch.setattr(opening.os, "access", lambda *said: asked.append(said) or False)
    assert instance_of(root) == "instance" and not (tmp_path / "data" / "dagster" / ".lock").exists()
    assert asked == [(tmp_path / "data" / "dagster", opening.os.W_OK)]


def test_a_folder_that_is_not_there_is_named(root, tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "own"))
    with pytest.raises(InstanceError) as failed:
        instance_of(root)
    assert str(failed.value) == f"DAGSTER_HOME is {tmp_path}/own, and there is no such folder; make it, or unset DAGSTER_HOME"


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (LockedError("it is locked"), InstanceError, "it is locked"), (PermissionError(13, "denied"), PermissionError, "denied"),
        (ValueError("no such storage"), InstanceError, "dagster cannot be opened: ValueError: no such storage. To do"),
    ],
)  # fmt: skip
def test_what_keeps_it_from_being_opened_is_said(root, monkeypatch, error, kind, said):
    def failing(_):
        raise error

    monkeypatch.setattr(opening, "_opened", failing)
    with pytest.raises(kind, match=said) as failed:
        instance_of(root)
    assert type(failed.value) is kind and (failed.value is error or failed.value.__cause__ is error)


@pytest.mark.parametrize(
    ("settings", "told"), [(None, {}), ("", {}), ("- a list", {}), ("run_storage: {a: 1}", {"run_storage": {"a": 1}})]
)  # fmt: skip
def test_an_instance_is_opened_with_kept_connections_as_its_settings_allow(tmp_path, monkeypatch, settings, told):
    asked = []
    monkeypatch.setattr("trade_assets.defs.kept_connections.storage_of", lambda *said: asked.append(said) or {"event_log_storage": "kept"})
    monkeypatch.setattr(opening.InstanceRef, "from_dir", lambda *said, **more: asked.append((*said, more)) or "ref")
    monkeypatch.setattr(opening.dg.DagsterInstance, "from_ref", lambda ref: f"instance of {ref}")
    if settings is not None:
        (tmp_path / "dagster.yaml").write_text(settings)
    assert opening._opened(tmp_path) == "instance of ref"
    assert asked == [(tmp_path, told), (str(tmp_path), {"overrides": {"event_log_storage": "kept"}})]


# Runs that were killed


def test_every_run_under_way_is_looked_at_and_each_by_its_own_processes(monkeypatch):
    began = dt.datetime(2021, 2, 17, tzinfo=dt.UTC)
    pids = {"a": 7, "b": 8, "c": 7, "d": None}

    def records(wanted):
        assert wanted.statuses == [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
        return [
            SimpleNamespace(dagster_run=SimpleNamespace(run_id=name), start_time=float(at), create_timestamp=began)
            for at, name in enumerate(pids, start=1)
        ]

    def all_logs(run_id, of_type):
        assert of_type == dg.DagsterEventType.ENGINE_EVENT
        named = {} if pids[run_id] is None else {"pid": SimpleNamespace(value=str(pids[run_id]))}
        data = SimpleNamespace(metadata=named | {"other": SimpleNamespace(value="9")})
        return [SimpleNamespace(dagster_event=SimpleNamespace(engine_event_data=data)), SimpleNamespace(dagster_event=None)]

    asked, failed = [], []
    monkeypatch.setattr(opening, "_is_alive", lambda pid, since: asked.append((pid, since)) or pid == 8)
    monkeypatch.setattr(opening.time, "time", lambda: 304.0)
    opening._end_lost_runs(
        SimpleNamespace(get_run_records=records, all_logs=all_logs, report_run_failed=lambda run, said: failed.append((run.run_id, said)))
    )
    said = "The process that ran it is gone: it was killed. Run the month again."
    assert failed == [("a", said), ("c", said)] and asked == [(7, 1.0), (8, 2.0), (7, 3.0)]


@pytest.mark.parametrize("told", ["", "77 (name", "77 (name) S 1 2 3", "77 (name) S " + "x " * 30])
def test_a_process_whose_beginning_cannot_be_told_is_taken_for_alive(tmp_path, monkeypatch, told):
    (tmp_path / "proc" / "77").mkdir(parents=True)
    (tmp_path / "proc" / "77" / "stat").write_text(told)
    (tmp_path / "proc" / "uptime").write_text("1000.00 3999.25\n")
    monkeypatch.setattr(opening, "Path", lambda path: tmp_path / path.lstrip("/"))
    monkeypatch.setattr(opening, "is_running", lambda pid: pid == 77)
    assert opening._is_alive(77, 0.0) and not opening._is_alive(78, 0.0)
