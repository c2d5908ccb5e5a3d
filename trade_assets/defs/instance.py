"""The Dagster instance that keeps a data root's history: under ``dagster/`` in the root, unless DAGSTER_HOME says else."""

import os
import sqlite3
import time
from contextlib import nullcontext
from pathlib import Path

import dagster as dg
from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.tags import REPOSITORY_LABEL_TAG

from trade_assets.faults import said
from trade_assets.warehouse.locks import NAME, LockedError, locked_file
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.sweep import is_running

_QUIET = "telemetry:\n  enabled: false\nnux:\n  enabled: false\n"
SETTINGS = f"""{_QUIET}run_storage:
  module: trade_assets.defs.kept_connections
  class: KeptRunStorage
event_log_storage:
  module: trade_assets.defs.kept_connections
  class: KeptEventLogStorage
"""
"""As in the project's dagster.yaml: no telemetry, no dialog over the first page, and a history whose connections stay open. No place
is named, so that a copied folder keeps its history in itself."""
_OF_EARLIER_VERSIONS = (_QUIET.encode(),)
_SETTINGS_FILE = "dagster.yaml"

_OPENED_WITHIN = 300.0
"""Seconds to wait for others who open the instance; the first one makes its tables, and many may start at once."""
_STARTED_WITHIN = 300.0
"""Seconds after which a run that has named no process will not."""
_CLOCKS_DIFFER = 2.0
_UNDER_WAY = (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)

CODE_LOCATION = "trade_assets"
"""The name by which the UI knows our definitions; switches of schedules and lists of runs are keyed by it."""
WORKSPACE = f"load_from:\n  - python_module:\n      module_name: trade_assets.definitions\n      location_name: {CODE_LOCATION}\n"
"""As in the project's workspace.yaml, which an installed package does not have."""


def home_of(root: DataRoot) -> Path | None:
    """The folder of the instance, made if it is not there; ``None`` for a root that is a URL without DAGSTER_HOME."""
    given = os.environ.get("DAGSTER_HOME")
    if given:
        # A person's own; an emptied file would turn telemetry on.
        return settle(Path(given)) if (Path(given) / _SETTINGS_FILE).is_file() else Path(given)
    if not root.is_local:
        return None
    return settle(Path(root.path("dagster")))


def settle(home: Path) -> Path:
    """Make a folder one of an instance, with our settings unless it has others; an empty file, as a kill leaves it, is none."""
    settings = DataRoot(str(home.absolute()))
    found = settings.read(_SETTINGS_FILE) if settings.exists(_SETTINGS_FILE) else b""
    if not found.strip(b"\0 \t\r\n") or found in _OF_EARLIER_VERSIONS:
        settings.write(SETTINGS.encode(), _SETTINGS_FILE)
    return home


def code_location_tag() -> dict[str, str]:
    """The tag by which the UI counts a run among those of the location's jobs; a run that is started in a process has none by itself."""
    return {REPOSITORY_LABEL_TAG: f"{SINGLETON_REPOSITORY_NAME}@{CODE_LOCATION}"}


class InstanceError(Exception):
    """The instance cannot be opened; the message says why."""


def history_errors() -> tuple[type[Exception], ...]:
    """What Dagster raises where it cannot read or write its history: then no month can be run."""
    from sqlalchemy.exc import SQLAlchemyError

    return dg.DagsterError, SQLAlchemyError, sqlite3.Error


def history_error(root: DataRoot, error: Exception, what: str = "used") -> str:
    """Why Dagster's history cannot be used, in one line."""
    why = said(error).partition(" [SQL:")[0].partition(" (Background on")[0]
    place = os.environ.get("DAGSTER_HOME") or (root.path("dagster") if root.is_local else "memory")
    todo = "move its folder away, unless its settings, the disk or your rights are what is wrong"
    new = "Dagster begins a new history, and no document, table or decision is in the old one"
    return f"Dagster's history under {place} cannot be {what}: {why}. To do: {todo}; {new}"


def instance_of(root: DataRoot) -> dg.DagsterInstance:
    """The instance, opened; its tables are made before anybody else can start on them, and runs that were killed are ended.

    Raises:
        InstanceError: its settings are wrong or its storage cannot be reached.
    """
    home = home_of(root)
    if home is None:
        return dg.DagsterInstance.ephemeral()
    if not home.is_dir():
        raise InstanceError(f"DAGSTER_HOME is {home}, and there is no such folder; make it, or unset DAGSTER_HOME")
    try:
        # Two that make its tables at once spoil them for both. Where nobody may write, there are no tables to make.
        with locked_file(home / NAME, _OPENED_WITHIN) if os.access(home, os.W_OK) else nullcontext():
            instance = _opened(home)
            if (home / "history" / "runs.db").exists():
                _end_lost_runs(instance)
            return instance
    except LockedError as error:
        raise InstanceError(said(error)) from error
    except OSError:
        raise
    except Exception as error:  # whatever its settings name is loaded here
        raise InstanceError(history_error(root, error, "opened")) from error


def _opened(home: Path) -> dg.DagsterInstance:
    """The instance of a folder, whose connections stay open if it keeps its history as Dagster does by itself."""
    import yaml

    from trade_assets.defs.kept_connections import storage_of

    settings = yaml.safe_load((home / _SETTINGS_FILE).read_bytes()) if (home / _SETTINGS_FILE).is_file() else None
    overrides = storage_of(home, settings if isinstance(settings, dict) else {})
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides=overrides))


def _end_lost_runs(instance: dg.DagsterInstance) -> None:
    """Mark runs as failed that were killed: they stand as started, and no process of theirs is alive.

    Their events name their processes. Meant for a history on this machine's disk: on another one the numbers mean nothing.
    """
    for record in instance.get_run_records(dg.RunsFilter(statuses=list(_UNDER_WAY))):
        run = record.dagster_run
        events = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
        told = [event.dagster_event.engine_event_data.metadata.get("pid") for event in events if event.dagster_event is not None]
        pids = [int(str(pid.value)) for pid in told if pid is not None]
        since = record.start_time or record.create_timestamp.timestamp()
        # A run that is only being started has named no process yet.
        is_lost = not any(_is_alive(pid, since) for pid in pids) if pids else time.time() - since > _STARTED_WITHIN
        if is_lost:
            instance.report_run_failed(run, "The process that ran it is gone: it was killed. Run the month again.")


def _is_alive(pid: int, since: float) -> bool:
    """Whether a process that ran at an instant is still there; one of the same number that began later is another."""
    if not is_running(pid):
        return False
    try:
        began = int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
        uptime = float(Path("/proc/uptime").read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return True  # it ended just now, or the system does not tell
    age = uptime - began / os.sysconf("SC_CLK_TCK")
    return time.time() - age <= since + _CLOCKS_DIFFER
