"""Partitions and database: whole or not at all, for one process and for many."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import fsspec
import pandas as pd
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from trade_assets.facts.dictionary import markdown
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import ALL_TABLES, CELLS
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES, TRADE_RATIOS
from trade_assets.warehouse import database
from trade_assets.warehouse.partitions import existing_months, partition_path, read_months, read_partition, write_partition
from trade_assets.warehouse.root import SETTING, DataRoot
from trade_assets_tests.conftest import REPOSITORY, SHIPPED


def _ratios(month, value):
    return conform(
        pd.DataFrame({"period": ["2001-01"], "exports_to_imports_pct": [value], "services_share_of_exports_pct": [1.0]}),
        TRADE_RATIOS,
        release_month=month,
        reference_month="2001-01",
        gaps="",
    )


@pytest.fixture(params=["local", "memory"])
def root(request, tmp_path):
    made = DataRoot.of(tmp_path / "data" if request.param == "local" else f"memory://{tmp_path.name}")
    yield made
    if not made.is_local and made.exists():
        made.filesystem.rm(made.url, recursive=True)


def test_partition_comes_back_as_it_was_written(root):
    frame = _ratios("2018-08", 81.5)
    write_partition(root, TRADE_RATIOS, "2018-08", frame)
    pd.testing.assert_frame_equal(read_partition(root, TRADE_RATIOS, "2018-08"), frame)
    assert existing_months(root, TRADE_RATIOS) == ["2018-08"]
    assert read_partition(root, TRADE_RATIOS, "2018-09").empty


class _Remembering(MemoryFileSystem):
    """Storage that remembers listings, as those of the big providers do, in the way fsspec provides for it."""

    protocol = "remembering"
    cachable = False  # an instance per process there, one per data root here

    @classmethod
    def _strip_protocol(cls, path):
        return MemoryFileSystem._strip_protocol(path.removeprefix("remembering:/"))

    def ls(self, path, detail=True, **kwargs):
        path = self._strip_protocol(path)
        self.dircache[path] = listed = super().ls(path, detail=True)
        return listed if detail else [each["name"] for each in listed]

    def info(self, path, **kwargs):
        listed = self._ls_from_cache(self._strip_protocol(path))
        return listed[0] if listed else super().info(path)


@pytest.mark.parametrize("remembers", [True, False])
def test_what_another_process_writes_is_seen_after_a_listing(tmp_path, remembers):
    fsspec.register_implementation("remembering", _Remembering, clobber=True)
    root, another = DataRoot.of(f"remembering://{tmp_path.name}"), _Remembering()
    mine = _Remembering() if remembers else root.filesystem
    another.pipe_file(root.path("reviews", "a"), b"short")
    mine.ls(root.path("reviews"))
    another.pipe_file(root.path("reviews", "a"), b"longer than before")
    another.pipe_file(root.path("reviews", "b"), b"new")
    # That it would not be seen in storage left as it is shows that the test can fail.
    assert mine.exists(root.path("reviews", "b")) is not remembers
    assert mine.info(root.path("reviews", "a"))["size"] == (len(b"short") if remembers else len(b"longer than before"))


def test_empty_partition_keeps_its_types(root):
    write_partition(root, TRADE_RATIOS, "2018-08", empty(TRADE_RATIOS))
    write_partition(root, TRADE_RATIOS, "2018-09", _ratios("2018-09", 80.0))
    with database.connect(root, ALL_TABLES) as connection:
        types = dict(
            connection.execute("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'trade_ratios'").fetchall()
        )
    assert types["exports_to_imports_pct"] == "DOUBLE" and types["period"] == "VARCHAR"
    assert len(read_months(root, TRADE_RATIOS, ["2018-08", "2018-09"])) == 1


def test_same_rows_give_the_same_bytes_and_are_not_written_again(tmp_path):
    root = DataRoot.of(tmp_path)
    path = Path(write_partition(root, TRADE_RATIOS, "2018-08", _ratios("2018-08", 81.5)))
    before = path.stat()
    write_partition(root, TRADE_RATIOS, "2018-08", _ratios("2018-08", 81.5))
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    write_partition(root, TRADE_RATIOS, "2018-08", _ratios("2018-08", 81.6))
    assert path.stat().st_ino == before.st_ino, "who reads the former one has it whole"
    assert len(list(path.parent.iterdir())) == 2 and partition_path(root, TRADE_RATIOS, "2018-08") != str(path)


def test_columns_carry_their_description_and_unit(tmp_path):
    path = write_partition(DataRoot.of(tmp_path), TRADE_RATIOS, "2018-08", _ratios("2018-08", 81.5))
    metadata = pq.read_schema(path).field("exports_to_imports_pct").metadata
    assert metadata[b"unit"] == b"percent" and b"percentage of total imports" in metadata[b"description"]


def test_rows_of_another_month_are_refused(tmp_path):
    root = DataRoot.of(tmp_path)
    with pytest.raises(ValueError, match=r"2018-07.*partition 2018-08"):
        write_partition(root, TRADE_RATIOS, "2018-08", _ratios("2018-07", 1.0))
    with pytest.raises(KeyError, match="period"):
        write_partition(root, TRADE_RATIOS, "2018-08", _ratios("2018-08", 1.0).drop(columns="period"))
    assert existing_months(root, TRADE_RATIOS) == []


def test_partition_of_an_older_schema_lacks_newer_columns_and_reads_all_the_same(tmp_path):
    root = DataRoot.of(tmp_path)
    path = write_partition(root, TRADE_RATIOS, "2018-08", _ratios("2018-08", 1.0))
    pq.write_table(pq.ParquetFile(path).read().drop_columns(["services_share_of_exports_pct"]), path)
    assert read_partition(root, TRADE_RATIOS, "2018-08")["services_share_of_exports_pct"].isna().all()


@pytest.mark.parametrize("part", ["../outside", "/etc", "a/../../b"])
def test_nothing_leaves_the_data_root(tmp_path, part):
    with pytest.raises(ValueError, match="not inside"):
        DataRoot.of(tmp_path).path(part)


def test_data_root_setting(tmp_path, monkeypatch):
    assert DataRoot.of().url == str(REPOSITORY / "data")
    monkeypatch.setenv(SETTING, str(tmp_path))
    assert DataRoot.of().url == str(tmp_path)
    assert DataRoot.of("memory://bucket/prefix/").url == "memory://bucket/prefix"
    assert not DataRoot.of("memory://bucket").is_local
    for none, said in (("memory://", "names no place"), ("foo://x", "not known"), ("what?", "question mark")):
        with pytest.raises(ValueError, match=said):
            DataRoot.of(none)
    monkeypatch.chdir(tmp_path)
    assert DataRoot.of("here").url == str(tmp_path / "here")


def test_failed_write_leaves_the_former_file(tmp_path, monkeypatch):
    root = DataRoot.of(tmp_path)
    root.write(b"former", "a", "b")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        root.write(b"latter", "a", "b")
    assert root.read("a", "b") == b"former"
    assert root.names("a") == ["b"]


def test_database_is_replaced_only_when_its_views_change(tmp_path):
    root = DataRoot.of(tmp_path)
    write_partition(root, TRADE_RATIOS, "2018-08", _ratios("2018-08", 1.0))
    assert database.refresh(root, ALL_TABLES) is True
    write_partition(root, TRADE_RATIOS, "2018-09", _ratios("2018-09", 2.0))
    assert database.refresh(root, ALL_TABLES) is True
    write_partition(root, TRADE_RATIOS, "2018-09", _ratios("2018-09", 2.0))
    assert database.refresh(root, ALL_TABLES) is False
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as reader:
        assert reader.execute("SELECT count(*) FROM metrics.trade_ratios").fetchall() == [(2,)]
        # A new table arrives while somebody reads: the reader keeps its file, the next one sees both.
        write_partition(root, GOODS_AND_SERVICES, "2018-08", empty(GOODS_AND_SERVICES))
        assert database.refresh(root, ALL_TABLES) is True
        assert reader.execute("SELECT count(*) FROM metrics.trade_ratios").fetchall() == [(2,)]
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as reader:
        assert reader.execute("SELECT count(*) FROM validated.goods_and_services").fetchall() == [(0,)]


def test_a_query_of_one_month_reads_the_rows_of_no_other(tmp_path):
    """By DuckDB's own account of what it read."""
    root = DataRoot.of(tmp_path)
    for number in range(1, 9):
        write_partition(root, TRADE_RATIOS, f"2018-{number:02d}", _ratios(f"2018-{number:02d}", float(number)))
    with database.connect(root, ALL_TABLES) as connection:
        query = "SELECT exports_to_imports_pct FROM metrics.trade_ratios WHERE release_month = '2018-05'"
        assert connection.execute(query).fetchall() == [(5.0,)]
        told = connection.execute(f"EXPLAIN ANALYZE {query}").fetchall()[0][1]
        assert "Total Files Read: 1 " in " ".join(told.split()) and "release_month=2018-05" in told
        # The month stands where it stood, as text.
        assert connection.execute("DESCRIBE metrics.trade_ratios").fetchall()[0][:2] == ("release_month", "VARCHAR")


def test_a_root_with_a_quote_in_its_name_is_quoted(tmp_path):
    root = DataRoot.of(tmp_path / "it's")
    write_partition(root, TRADE_RATIOS, "2018-08", _ratios("2018-08", 1.0))
    assert database.refresh(root, ALL_TABLES) is True
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as reader:
        assert reader.execute("SELECT count(*) FROM metrics.trade_ratios").fetchall() == [(1,)]


@pytest.mark.parametrize("name", ["a[bc]d", "a*b"])
def test_a_root_with_wildcards_in_its_name_is_taken_literally(tmp_path, name):
    root = DataRoot.of(tmp_path / name)
    write_partition(root, TRADE_RATIOS, "2018-08", _ratios("2018-08", 1.0))
    assert database.refresh(root, ALL_TABLES) is True
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as reader:
        assert reader.execute("SELECT count(*) FROM metrics.trade_ratios").fetchall() == [(1,)]


def test_a_column_that_no_partition_has_yet_does_not_break_the_database(tmp_path):
    root = DataRoot.of(tmp_path)
    columns = tuple(column for column in TRADE_RATIOS.columns if column.name != "services_share_of_exports_pct")
    write_partition(root, replace(TRADE_RATIOS, columns=columns, by_name={}), "2018-08", _ratios("2018-08", 1.0))
    assert database.refresh(root, ALL_TABLES) is True
    write_partition(root, TRADE_RATIOS, "2018-09", _ratios("2018-09", 2.0))
    assert database.refresh(root, ALL_TABLES) is True
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as reader:
        reader.execute("SELECT release_month, period FROM metrics.trade_ratios ORDER BY 1")
        assert reader.fetchall() == [("2018-08", "2001-01"), ("2018-09", "2001-01")]


def test_data_dictionary_is_up_to_date():
    assert (REPOSITORY / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == markdown(), "run 'make docs'"


def test_every_column_is_declared_once_and_described():
    for table in ALL_TABLES:
        assert len(set(table.dtypes)) == len(table.columns), table.name
        assert set(table.key) <= set(table.dtypes), table.name
        assert all(column.description for column in table.columns)
        units = {"_musd": "million_usd", "_busd": "billion_usd", "_pct": "percent"}
        for column in table.columns:
            for suffix, unit in units.items():
                assert not column.name.endswith(suffix) or column.unit == unit, column.name


_OVERWRITE = """
import sys, pandas as pd
from trade_assets_tests.test_warehouse import _ratios
from trade_assets.families.ft900.tables import TRADE_RATIOS
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot
root, month = DataRoot.of(sys.argv[1]), sys.argv[2]
for count in range(int(sys.argv[3])):
    write_partition(root, TRADE_RATIOS, month, _ratios(month, float(count)))
"""


@pytest.mark.slow
def test_processes_write_side_by_side_and_readers_never_see_half_a_file(tmp_path):
    root = DataRoot.of(tmp_path)
    months = ["2018-01", "2018-02", "2018-03", "2018-03"]
    for month in months:
        write_partition(root, TRADE_RATIOS, month, _ratios(month, -1.0))
    writers = [subprocess.Popen([sys.executable, "-c", _OVERWRITE, str(tmp_path), month, "150"], cwd=REPOSITORY) for month in months]
    reads = 0
    while any(writer.poll() is None for writer in writers):
        for month in existing_months(root, TRADE_RATIOS):
            assert len(read_partition(root, TRADE_RATIOS, month)) == 1
            reads += 1
    assert [writer.wait() for writer in writers] == [0] * 4
    assert reads > 50
    assert {month: float(read_partition(root, TRADE_RATIOS, month)["exports_to_imports_pct"].iloc[0]) for month in months} == dict.fromkeys(
        months, 149.0
    )


@pytest.mark.slow
def test_killed_runs_leave_the_former_data_whole(built_root, tmp_path):
    """A run is killed at ten moments; every partition stays readable and complete, and the next run mends nothing but goes through."""
    root = DataRoot.of(tmp_path / "data")
    shutil.copytree(built_root.url, root.url)
    stored = [table for table in ALL_TABLES if table.over is None]
    expected = {table.name: read_partition(built_root, table, "2018-08") for table in stored}
    # Another figure in the store, so that every table of the month is to be replaced.
    rng = random.Random(20181)  # noqa: S311  # moments to kill at, not secrets
    command = [sys.executable, "-m", "trade_assets", "--data-root", root.url, "run", "--month", "2018-08"]
    for _ in range(10):
        for table in stored:
            Path(partition_path(root, table, "2018-08")).unlink(missing_ok=True)
            write_partition(root, table, "2018-08", expected[table.name].iloc[:1])
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(2.5 + 3 * rng.random())
        process.send_signal(signal.SIGKILL)
        process.wait()
        for table in stored:
            found = read_partition(root, table, "2018-08")
            assert len(found) in (min(1, len(expected[table.name])), len(expected[table.name])), table.name
    assert subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True).returncode == 0
    for table in stored:
        pd.testing.assert_frame_equal(read_partition(root, table, "2018-08"), expected[table.name])


def test_shipped_documents_are_as_their_sidecars_say():
    from trade_assets.documents.store import documents_of

    root = DataRoot.of(SHIPPED.parent)
    documents = [document for month in sorted(folder.name for folder in SHIPPED.iterdir()) for document, _ in documents_of(root, month)]
    assert [(d.release_month, d.family) for d in documents] == [
        ("2012-08", "mxp"), ("2013-01", "uscc"), ("2016-11", "ft900"), ("2018-08", "mxp"), ("2018-09", "kei"),
    ]  # fmt: skip
    assert [(d.published_date, d.release_month_from) for d in documents] == [
        ("2012-08-10", "document"), (None, "file_name"), (None, "file_name"), ("2018-08-14", "document"), (None, "file_name"),
    ]  # fmt: skip
    assert all(document.note and document.source and document.publisher for document in documents)


def test_cells_table_has_no_path_or_clock(built_root):
    """What the warehouse holds does not depend on when or where it was built."""
    text = read_partition(built_root, CELLS, "2018-08").astype("string").to_csv()
    assert built_root.url not in text
