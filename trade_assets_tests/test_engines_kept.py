"""Which engines of Dagster's history stay open: one per database, while file and process are the same, and no more than so many."""

import os
from types import SimpleNamespace

import pytest
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy.pool import QueuePool

from trade_assets.defs import kept_connections
from trade_assets.defs.kept_connections import KeptEventLogStorage, KeptRunStorage, _Engines, _identity, storage_of


class _Engine:
    def __init__(self, url, **options):
        self.url, self.options, self.disposed = url, options, []

    def dispose(self, close=True):
        self.disposed.append(close)


@pytest.fixture
def made(monkeypatch):
    """The engines that are made, in order."""
    engines = []
    monkeypatch.setattr(kept_connections, "create_engine", lambda url, **options: engines.append(_Engine(url, **options)) or engines[-1])
    return engines


@pytest.fixture
def database(tmp_path):
    def named(name):
        (tmp_path / name).touch()
        return f"sqlite:///{tmp_path}/{name}"

    return named


def test_an_engine_is_made_and_prepared_once(made, database):
    engines, prepared = _Engines(4), []
    first = engines.of(database("a"), prepared.append)
    assert engines.of(database("a"), prepared.append) is first and made == prepared == [first]
    assert engines.of(database("b")) is not first and len(made) == 2 and len(prepared) == 1
    assert first.options == {
        "poolclass": QueuePool, "pool_size": 1, "connect_args": {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
    }  # fmt: skip
    assert first.disposed == []


def test_what_was_asked_for_longest_ago_is_closed_first(made, database):
    engines = _Engines(2)
    a, b = engines.of(database("a")), engines.of(database("b"))
    engines.of(database("a"))
    assert (a.disposed, b.disposed) == ([], [])
    c = engines.of(database("c"))
    assert list(engines.kept) == [database("a"), database("c")]
    assert (a.disposed, b.disposed, c.disposed) == ([], [True], [])
    engines.close()
    assert (a.disposed, b.disposed, c.disposed, dict(engines.kept)) == ([True], [True], [True], {})


def test_a_database_that_was_taken_away_or_made_anew_gets_a_new_engine(made, database, tmp_path):
    engines, prepared = _Engines(4), []
    first = engines.of(database("a"), prepared.append)
    (tmp_path / "a").rename(tmp_path / "aside")
    second = engines.of(database("a"), prepared.append)
    assert (first.disposed, prepared) == ([True], [first, second]) and second is not first
    (tmp_path / "a").unlink()
    third = engines.of(f"sqlite:///{tmp_path}/a", lambda engine: (tmp_path / "a").touch())
    assert engines.of(f"sqlite:///{tmp_path}/a") is third, "known by the file that was made in preparing it"


def test_a_connection_of_a_parent_process_is_not_closed_by_its_child(made, database, monkeypatch):
    engines, url = _Engines(4), database("a")
    first = engines.of(url)
    with monkeypatch.context() as child:
        child.setattr(kept_connections.os, "getpid", lambda: 1)
        second = engines.of(url)
    assert second is not first and first.disposed == [False]


def test_a_file_is_known_by_its_place_on_disk_and_by_the_process(tmp_path):
    path = tmp_path / "a"
    assert _identity(str(path)) == (os.getpid(),)
    path.touch()
    told = path.stat()
    assert _identity(str(path)) == (os.getpid(), told.st_dev, told.st_ino)


def test_an_instance_keeps_runs_and_events_where_dagster_keeps_them(tmp_path):
    module = "trade_assets.defs.kept_connections"
    assert storage_of(tmp_path, {}) == {
        "run_storage": {"module": module, "class": "KeptRunStorage", "config": {"base_dir": f"{tmp_path}/history"}},
        "event_log_storage": {"module": module, "class": "KeptEventLogStorage", "config": {"base_dir": f"{tmp_path}/history/runs"}},
    }


@pytest.mark.parametrize("storage", [KeptRunStorage, KeptEventLogStorage])
def test_a_storage_that_is_disposed_of_closes_its_engines_and_all_that_dagster_s_own_has_open(monkeypatch, storage):
    closed, of = [], storage.__new__(storage)
    monkeypatch.setattr(storage.__mro__[1], "dispose", lambda self: closed.append("dagster's own"))
    of._engines = SimpleNamespace(close=lambda: closed.append("engines"))
    of._db_lock = kept_connections.threading.Lock()
    of.dispose()
    assert closed == ["engines", "dagster's own"]
