"""A run over many months is killed at any instant: each month is what it was or what it is to be, whole, for who reads meanwhile too."""

import multiprocessing
import os
import random
import shutil
import signal
import threading
import time
from pathlib import Path

import dagster as dg
import pytest

from trade_assets.defs import shared
from trade_assets.defs.ranges import run_months
from trade_assets.documents.ingest import ingest
from trade_assets.facts.tables import CELLS, DOCUMENTS, IN_DATABASE, PRINTS
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.warehouse import database
from trade_assets.warehouse.commits import commit_of
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.made_release import release

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MONTHS = ["2021-02", "2021-03", "2021-04"]
KILLS = 40
FORK = multiprocessing.get_context("fork")
POLLED = (CELLS, GOODS_AND_SERVICES, PRINTS)


def _put(root, folder, changed):
    for month in MONTHS:
        file = folder / f"{month}.made.txt"
        file.write_text(release(changed))
        ingest(root, file)


def _run(url):
    """All months, as the command line runs them; Dagster's history is in memory, which a kill takes away."""
    shared.build_data_docs = lambda root: None
    with dg.DagsterInstance.ephemeral() as instance:
        assert [run.failures for run in run_months(DataRoot(url), MONTHS, instance) if not run.is_success] == []


def _in_child(url):
    child = FORK.Process(target=_run, args=(url,), daemon=True)
    child.start()
    return child


def _built(url):
    child = _in_child(url)
    child.join(300)
    assert child.exitcode == 0
    return DataRoot(url)


def _bytes(root):
    """The files of each month by table, and its record's generation."""
    found = {}
    for month in MONTHS:
        commit = commit_of(root, month)
        files = {name: Path(root.path("warehouse", *name.split("."), f"release_month={month}", each.file)) for name, each in commit.tables.items()}
        found[month] = commit.generation, {name: path.read_bytes() for name, path in files.items()}
    return found


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """The root before its documents were issued again, with the new documents in it, and one that was built of them in peace."""
    folder = tmp_path_factory.mktemp("ranges")
    root = DataRoot.of(folder / "former")
    _put(root, folder, {})
    former = _bytes(_built(root.url))
    _put(root, folder, CHANGED)
    sound = DataRoot.of(folder / "sound")
    shutil.copytree(root.url, sound.url)
    now = _bytes(_built(sound.url))
    assert all(former[month][0] != now[month][0] for month in MONTHS)
    return root, former, now


def _answers(root):
    """What a query tells of each month: rows and their files, of three tables in one look."""
    parts = " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, release_month, filename FROM read_parquet([{_files(root, table)}], filename = true)"  # noqa: S608
        for table in POLLED
    )
    return parts


def _files(root, table):
    raise NotImplementedError


class Reader(threading.Thread):
    """Polls three tables, each time in a session of its own, and notes which documents they speak of together in each month."""

    def __init__(self, root):
        super().__init__(daemon=True)
        self.root, self.seen, self.errors, self.is_over = root, set(), [], threading.Event()

    def run(self):
        tables = " UNION ALL ".join(
            f"SELECT '{table.name}' AS name, release_month, max(sha256) AS sha256 FROM {table.layer}.{table.name} GROUP BY ALL"  # noqa: S608
            for table in (DOCUMENTS, CELLS, PRINTS)
        )
        asked = f"SELECT release_month, count(DISTINCT sha256) FROM ({tables}) GROUP BY ALL"  # noqa: S608
        while not self.is_over.is_set():
            try:
                with database.connect(self.root, IN_DATABASE) as connection:
                    self.seen |= set(connection.execute(asked).fetchall())
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {error}")


CHANGED = {}
