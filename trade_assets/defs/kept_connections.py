"""Dagster's history in SQLite with its connections kept open: the stock storage opens an engine and a connection for each access.

Files and tables are Dagster's own, so that any other process reads and writes the same history by the stock storage meanwhile.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import Field, StringSource
from dagster._core.errors import DagsterHomeNotSetError
from dagster._core.events import DagsterEventType
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

_KEPT = 4
"""Databases of events that stay open: their index, and those of the runs under way."""


def storage_of(home: Path, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that make an instance in a folder keep its connections; none where its own name a storage.

    Args:
        settings: what the instance's ``dagster.yaml`` says.
    """
    others = (settings.get(name) for name in ("storage", "schedule_storage", "instance_class", "event_log_storage", "run_storage"))
    if any(other is not None and not (isinstance(other, dict) and other.get("module") == __name__) for other in others):
        return {}

    def kept(storage: type, folder: Path) -> dict[str, Any]:
        return {"module": __name__, "class": storage.__name__, "config": {"base_dir": str(folder)}}

    return {"run_storage": kept(KeptRunStorage, home / _RUNS), "event_log_storage": kept(KeptEventLogStorage, home / _EVENTS)}


_RUNS, _EVENTS = "history", "history/runs"
"""Where Dagster keeps them in an instance's folder."""


def _config() -> dict[str, Any]:
    return {"base_dir": Field(StringSource, is_required=False)}


def _base_dir(config_value: Mapping[str, Any], place: str) -> str:
    """Where settings say the history stands; by default in the folder of the instance, as ``DAGSTER_HOME`` names it."""
    home = os.environ.get("DAGSTER_HOME")
    if not (config_value.get("base_dir") or home):
        raise DagsterHomeNotSetError("no base_dir is set for Dagster's history, and DAGSTER_HOME is not set either")
    return str(config_value.get("base_dir") or Path(str(home)) / place)


class _Engines:
    """Engines by the URL of their database, each with one connection that stays open."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.kept: OrderedDict[str, tuple[Engine, tuple[int, ...]]] = OrderedDict()

    def of(self, url: str, prepare: Callable[[Engine], None] = lambda engine: None) -> Engine:
        """The engine of a database: that of last time, if the file and this process are the same, else a new one.

        Args:
            prepare: what a new one needs before it is kept.
        """
        path = url.removeprefix("sqlite:///")
        engine, identity = self.kept.pop(url, (None, ()))
        if engine is not None and identity != _identity(path):
            # A connection of a parent process is not this one's to close.
            engine.dispose(close=identity[:1] == (os.getpid(),))
            engine = None
        if engine is None:
            waits = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
            engine = create_engine(url, poolclass=QueuePool, pool_size=1, connect_args=waits)
            prepare(engine)
        self.kept[url] = engine, _identity(path)
        while len(self.kept) > self.most:
            _, (oldest, _) = self.kept.popitem(last=False)
            oldest.dispose()
        return engine

    def close(self) -> None:
        """Close all."""
        for engine, _ in self.kept.values():
            engine.dispose()
        self.kept.clear()


def _identity(path: str) -> tuple[int, ...]:
    """This process and the file at a path; the process alone where there is none."""
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        return (os.getpid(),)
    return os.getpid(), found.st_dev, found.st_ino


class KeptEventLogStorage(SqliteEventLogStorage):
    """The events of runs, each run in a database of its own beside their index.

    What a run only plans is kept more sparingly than Dagster does. A check that is planned is no result: most families publish nothing
    in most months, and a check that has nothing to judge would stand there as skipped, in place of what it last found. And of the
    months of a run a table is planned once for all of them, not once for each: one that is not built is reported by its own step.
    """

    supports_partition_subset_in_asset_materialization_planned_events = True

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines = _Engines(_KEPT)
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What settings may say."""
        return _config()

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "KeptEventLogStorage":
        """As Dagster makes storages from settings."""
        return cls(inst_data=inst_data, base_dir=_base_dir(config_value, _EVENTS))

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engines.of(self.conn_string_for_shard(shard), self._initdb)
            with engine.connect() as connection, connection.begin():
                yield connection

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event; a planned check in the run's own database only."""
        if event.dagster_event is None or event.dagster_event_type != DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED:
            super().store_event(event)
        else:
            with self.run_connection(event.run_id) as connection:
                connection.execute(self.prepare_insert_event(event))
        # A page that follows the run looks when the database's file changes, which while a connection stays open its log alone does.
        os.utime(self.path_for_shard(event.run_id))

    def dispose(self) -> None:
        """Close what is open."""
        with self._db_lock:
            self._engines.close()
        super().dispose()


class KeptRunStorage(SqliteRunStorage):
    """The runs, in one database."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines, self._opening = _Engines(1), threading.Lock()
        super().__init__(conn_string, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What settings may say."""
        return _config()

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "KeptRunStorage":
        """As Dagster makes storages from settings."""
        return cls.from_local(inst_data=inst_data, base_dir=_base_dir(config_value, _RUNS))

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection within a transaction."""
        with self._opening:
            engine = self._engines.of(self._conn_string)
        with engine.connect() as connection, connection.begin():
            yield connection

    def dispose(self) -> None:
        """Close what is open."""
        self._engines.close()
        super().dispose()
