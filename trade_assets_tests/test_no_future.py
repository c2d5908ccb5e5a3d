"""A run of a release month cannot see the future: later months are poisoned, and nothing of it arrives."""

from __future__ import annotations

import hashlib
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from trade_assets.defs.ranges import run_months
from trade_assets.documents.ingest import ingest
from trade_assets.facts.periods import add_months
from trade_assets.facts.tables import ALL_TABLES, METRIC_CHANGES, METRICS, PRINTS, REVISIONS, VINTAGES
from trade_assets.vintages.history import Vintages
from trade_assets.vintages.knowledge import knowledge
from trade_assets.warehouse.partitions import is_month_written, read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.shown import read_rows
from trade_assets_tests.made_files import exhibit_1, xlsx

SENTINEL = 666013.0
LATEST = ("2020-07", "2020-08", "2020-09")
MONTHS = [add_months(latest, 2) for latest in LATEST]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """Three consecutive releases of Exhibit 1, built in order."""
    folder = tmp_path_factory.mktemp("releases")
    root = DataRoot(str(folder / "data"))
    for latest, release_month in zip(LATEST, MONTHS, strict=True):
        file = folder / f"{release_month}.exhibit.xlsx"
        file.write_bytes(xlsx(exhibit_1(2018, (int(latest[:4]), int(latest[5:])))))
        ingest(root, file)
    _run(root, MONTHS)
    return root


def _run(root: DataRoot, months: list[str]) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert [run.failures for run in run_months(root, months, instance) if not run.is_success] == []


def _bytes_of(root: DataRoot, release_month: str) -> dict[str, str]:
    files = [*Path(root.url).rglob(f"*{release_month}*/*.parquet"), *Path(root.url, "reports").glob(f"*{release_month}*")]
    return {str(file.relative_to(root.url)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _poisoned(frame: pd.DataFrame) -> pd.DataFrame:
    """Every number is the sentinel, every figure claims to have been known since 1990."""
    floats = {name: SENTINEL for name, dtype in frame.dtypes.items() if str(dtype) == "Float64"}
    return frame.assign(**floats, **({"known_from": "1990-01-01", "gap": pd.NA} if "known_from" in frame and "gap" in frame else {}))


def test_later_releases_leave_no_trace(root: DataRoot) -> None:
    month, later = MONTHS[1], MONTHS[2:]
    before = _bytes_of(root, month)
    assert len(before) > 20
    poisoned = set()
    stored = [table for table in ALL_TABLES if table.over is None]
    for table in stored:
        for other in later:
            if is_month_written(root, table, other) and len(frame := read_partition(root, table, other)):
                write_partition(root, table, other, _poisoned(frame))
                poisoned.add(table)
    assert len(poisoned) > 10 and METRIC_CHANGES in poisoned
    _run(root, [month])
    assert _bytes_of(root, month) == before
    for table in ALL_TABLES:
        if is_month_written(root, table, month):
            frame = read_rows(root, table, month)
            assert not frame.select_dtypes("number").eq(SENTINEL).any().any(), table.name
    assert not knowledge(root, month)["value"].eq(SENTINEL).any()
    with Vintages(root) as vintages:
        assert not vintages.as_published(month)["value"].eq(SENTINEL).any()
        assert vintages.latest()["value"].eq(SENTINEL).any()  # the poison is there, for whoever asks later


def test_what_is_looked_at_is_there(root: DataRoot) -> None:
    month = MONTHS[1]
    written = {table.name for table in (*VINTAGES, *METRICS) if len(read_partition(root, table, month))}
    assert {"prints", "revisions", "trade_changes"} <= written
    assert (
        read_partition(root, REVISIONS, month)["kind"].tolist().count("added")
        + read_partition(root, REVISIONS, month)["kind"].tolist().count("filled")
        >= 9
    )
    assert set(read_partition(root, PRINTS, month)["known_from"]) == {"2020-10-31"}
