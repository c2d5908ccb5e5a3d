"""A run over months is killed at any instant: each month is what it was or what it is to be, whole, for who reads meanwhile too."""

import multiprocessing
import random
import shutil
import threading
import time
from pathlib import Path

import dagster as dg
import pytest

from trade_assets.defs import shared
from trade_assets.defs.ranges import run_months
from trade_assets.documents.ingest import ingest
from trade_assets.facts.tables import CELLS, DOCUMENTS, IN_DATABASE, METRIC_FIGURES, PRINTS
from trade_assets.warehouse import database
from trade_assets.warehouse.commits import commit_of
from trade_assets.warehouse.partitions import parquet_bytes
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.shown import read_rows
from trade_assets_tests.made_release import release

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

MONTHS = ["2021-02", "2021-03", "2021-04"]
KILLS = 40
FORK = multiprocessing.get_context("fork")
POLLED = (DOCUMENTS, CELLS, PRINTS)
"""Each has one document in a month, and two once it is issued again."""


def _put(root, folder, changed):
    """Give each month a document that no other has."""
    for at, month in enumerate(MONTHS):
        file = folder / f"{month}.made.txt"
        file.write_text(release({5: f"{900 + at:,}", **changed}))
        ingest(root, file)


def _run(url, began):
    """All months, as the command line runs them; Dagster's history is in memory, which a kill takes away."""
    shared.build_data_docs = lambda root: None
    began.set()
    with dg.DagsterInstance.ephemeral() as instance:
        assert [run.failures for run in run_months(DataRoot(url), MONTHS, instance) if not run.is_success] == []


def _begun(url):
    began = FORK.Event()
    child = FORK.Process(target=_run, args=(url, began), daemon=True)
    child.start()
    assert began.wait(60)
    return child


def _built(root):
    """How long a run takes that nobody kills, in seconds."""
    at = time.monotonic()
    child = _begun(root.url)
    child.join(300)
    assert child.exitcode == 0
    return time.monotonic() - at


def _bytes(root, month):
    """The bytes of each table, as the month's record names them."""
    tables = commit_of(root, month).tables
    return {
        name: Path(root.path("warehouse", *name.split("."), f"release_month={month}", each.file)).read_bytes()
        for name, each in tables.items()
        # How they are kept also says on what a month beside it rests; what they show is looked at by its rows.
        if name != "metrics.changes"
    } | {"metrics.figures": parquet_bytes(read_rows(root, METRIC_FIGURES, month), METRIC_FIGURES)}


class Reader(threading.Thread):
    """Polls three tables, each time in a session of its own, and notes how many documents each of them has in each month."""

    def __init__(self, root):
        super().__init__(daemon=True)
        self.root, self.seen, self.errors, self.is_over = root, set(), [], False

    def run(self):
        counted = ", ".join(
            f"(SELECT count(DISTINCT sha256) FROM {table.layer}.{table.name} AS t WHERE t.release_month = months.release_month)"
            for table in POLLED
        )
        asked = f"SELECT {counted} FROM (SELECT DISTINCT release_month FROM raw.documents) AS months"
        while not self.is_over:
            try:
                with database.connect(self.root, IN_DATABASE) as connection:
                    self.seen |= set(connection.execute(asked).fetchall())
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {error}")
            time.sleep(0.1)


def test_a_killed_range_leaves_each_month_former_or_new_and_the_next_run_ends_it(tmp_path):
    former, sound, folder = DataRoot.of(tmp_path / "former"), DataRoot.of(tmp_path / "sound"), tmp_path / "killed"
    _put(former, tmp_path, {})
    _built(former)
    before = {month: _bytes(former, month) for month in MONTHS}
    _put(former, tmp_path, {30: "1"})
    shutil.copytree(former.url, sound.url)
    takes = _built(sound)
    after = {month: _bytes(sound, month) for month in MONTHS}
    assert all(before[month]["parsed.cells"] != after[month]["parsed.cells"] for month in MONTHS)

    rng = random.Random(14)  # noqa: S311  # moments to kill at, not secrets
    states, killed = set(), 0
    root = DataRoot.of(folder)
    for number in range(KILLS):
        # Every eighth time from the former state again, else on where the last kill left it, until all months are new.
        if number % 8 == 0 or all(_bytes(root, month) == after[month] for month in MONTHS):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(former.url, folder)
        child = _begun(root.url)
        reader = Reader(root)
        reader.start()
        child.join(takes * rng.uniform(0.2, 1.5))
        killed += child.is_alive()
        child.kill()
        child.join(60)
        reader.is_over = True
        reader.join(60)
        assert reader.errors == [] and reader.seen <= {(1, 1, 1), (2, 2, 2)}, (number, reader.seen, reader.errors[:1])
        found = {month: _bytes(root, month) for month in MONTHS}
        assert all(found[month] in (before[month], after[month]) for month in MONTHS), number
        states.add(tuple(found[month] == after[month] for month in MONTHS))
    assert killed >= KILLS // 2 and len(states) >= 2, (killed, states)
    _built(root)
    assert {month: _bytes(root, month) for month in MONTHS} == after
    assert [commit_of(root, month).generation for month in MONTHS] == [commit_of(sound, month).generation for month in MONTHS]
    assert not [path for path in folder.rglob(".tmp-*") if "dagster" not in path.parts]
