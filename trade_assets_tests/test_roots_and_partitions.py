"""The data root and its tables: which setting names which place, what a write does, how a partition is found, read and stamped."""

import hashlib
import os
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trade_assets.facts.frames import empty
from trade_assets.facts.schemas import Column, Table
from trade_assets.warehouse import parquet, partitions, root, sweep
from trade_assets.warehouse.partitions import (
    PARTS,
    DamagedError,
    arrow_schema,
    existing_months,
    is_month_written,
    is_written,
    location,
    parquet_bytes,
    partition_path,
    partition_place,
    partition_stamps,
    read_months,
    read_partition,
    write_partition,
)
from trade_assets.warehouse.root import DataRoot, RootError, temporary_name

COLUMNS = (
    Column("release_month", "string", "the month"), Column("series", "string", "the series"),
    Column("share_pct", "float", "a share", "percent"), Column("count", "int", "how many"), Column("is_good", "bool", "whether it is"),
)  # fmt: skip
TABLE = Table("metrics", "shares", "Shares of goods.", COLUMNS, key=("series",))
WHOLE = Table("vintages", "all", "All of them.", COLUMNS, key=("series",), is_partitioned=False)


def rows(month, *series):
    frame = pd.DataFrame({"release_month": month, "series": list(series), "share_pct": 1.5, "count": 2, "is_good": True})
    return frame.astype(TABLE.dtypes)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def place(tmp_path):
    return DataRoot.of(tmp_path)


# Which place a setting names


@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("/a/b", "/a/b"), ("/a/b/", "/a/b"), ("file:///a/b", "/a/b"),
        ("~/data", "{home}/data"), ("here", "{here}/here"), (Path("/a"), "/a"),
        ("memory://a/b", "memory://a/b"), ("memory://a/b//", "memory://a/b"), ("memory:///a", "memory:///a"),
    ],
)  # fmt: skip
def test_a_setting_names_a_folder_or_a_url(tmp_path, monkeypatch, setting, url):
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.chdir(tmp_path)
    assert DataRoot.of(setting).url == url.format(home="/home/ada", here=tmp_path)
    monkeypatch.setenv("TRADE_ASSETS_DATA", os.fspath(setting))
    assert DataRoot.of() == DataRoot.of(None) == DataRoot.of(setting)


TO_DO = "correct TRADE_ASSETS_DATA or --data-root"


@pytest.mark.parametrize(
    ("setting", "why", "todo"),
    [
        ("", "it names no place", "name a folder or a URL in TRADE_ASSETS_DATA or --data-root, or leave both out"),
        (" \t", "it names no place", "name a folder or a URL in TRADE_ASSETS_DATA or --data-root, or leave both out"),
        ("memory://", "it names no place behind memory://", TO_DO), ("memory:///", "it names no place behind memory://", TO_DO),
        ("nosuch://x", "Protocol not known: nosuch", TO_DO),
        ("/a?b", "it has a question mark, behind which DuckDB looks for options", TO_DO),
    ],
)  # fmt: skip
def test_a_setting_that_names_none_is_said_with_what_to_do(setting, why, todo):
    with pytest.raises(RootError) as failed:
        DataRoot.of(setting)
    assert failed.value.why == why
    assert str(failed.value) == f"the data root {setting!r} cannot be used: {why}. To do: {todo}"


def test_without_a_setting_it_is_the_checkout_s_or_the_user_s(tmp_path, monkeypatch):
    monkeypatch.setattr(root, "_PROJECT", tmp_path)
    monkeypatch.setattr(root.platformdirs, "user_data_dir", lambda name, appauthor: f"/of-user/{name}/{appauthor}")
    assert DataRoot.of().url == "/of-user/trade-assets/False" and DataRoot.of_user() == DataRoot.of()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "another"\n')
    assert not root._is_checkout() and DataRoot.of_user() == DataRoot("/of-user/trade-assets/False")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "trade-assets"\n')
    assert root._is_checkout() and DataRoot.of().url == f"{tmp_path}/data" and DataRoot.of_user() is None
    (tmp_path / "pyproject.toml").unlink()
    monkeypatch.setenv("TRADE_ASSETS_DATA", "/set")
    assert DataRoot.of_user() is None and DataRoot.of().url == "/set"


NEW = "correct TRADE_ASSETS_DATA or --data-root; 'trade-assets ingest FILE...' makes a new one"


def test_a_root_that_is_required_must_be_there_unless_it_is_new(tmp_path):
    there, gone = DataRoot.of(tmp_path), DataRoot.of(tmp_path / "gone")
    assert there.require() is there and there.require(is_new=True) is there and gone.require(is_new=True) is gone
    (tmp_path / "file").write_text("f")
    file = DataRoot.of(tmp_path / "file")
    for of, is_new, why in ((gone, False, "there is no such folder"), (file, False, "it is a file, no folder"),
                            (file, True, "it is a file, no folder")):  # fmt: skip
        with pytest.raises(RootError) as failed:
            of.require(is_new=is_new)
        assert str(failed.value) == f"the data root {of.url!r} cannot be used: {why}. To do: {NEW}"


def test_a_url_that_is_required_must_hold_something(tmp_path, monkeypatch):
    made = DataRoot.of(f"memory://{tmp_path.name}")
    assert made.require(is_new=True) is made
    with pytest.raises(RootError) as failed:
        made.require()
    assert failed.value.why == "nothing is there" and str(failed.value).endswith(f"To do: {NEW}")
    made.write(b"a", "a")
    assert made.require() is made
    made.filesystem.rm(made.url, recursive=True)

    def away(*_):
        raise ConnectionError("no route")

    monkeypatch.setattr(DataRoot, "exists", away)
    with pytest.raises(RootError) as failed:
        made.require()
    assert failed.value.why == "it cannot be reached, ConnectionError: no route"
    assert str(failed.value).endswith(f"To do: see to the connection, or {TO_DO}") and made.require(is_new=True) is made


@pytest.mark.parametrize(("parts", "path"), [((), ""), (("a",), "/a"), (("a/b", "c"), "/a/b/c"), (("a", "./b"), "/a/b")])
def test_a_part_stands_within_the_root(parts, path):
    assert DataRoot("/data").path(*parts) == f"/data{path}" and DataRoot("s3://bucket").path(*parts) == f"s3://bucket{path}"


@pytest.mark.parametrize("parts", [("/etc",), ("a", "/etc"), ("..",), ("a", "..", "..", "b"), ("a/../b",)])
def test_a_part_that_would_leave_the_root_is_refused(parts):
    with pytest.raises(ValueError, match="is not inside the data root"):
        DataRoot("/data").path(*parts)


# Files


@pytest.mark.parametrize("kind", ["disk", "storage"])
def test_bytes_are_written_once_and_come_back(tmp_path, kind):
    place = DataRoot.of(tmp_path if kind == "disk" else f"memory://{tmp_path.name}")
    assert not place.exists("deep", "a") and place.names("deep") == []
    assert [place.write(data, "deep", "a") for data in (b"one", b"one", b"two", b"longer", b"", b"")] == [
        True,
        False,
        True,
        True,
        True,
        False,
    ]
    assert place.write(b"xyz", "deep", "b") is True
    assert (place.read("deep", "b"), place.size("deep", "b"), place.size("deep", "a")) == (b"xyz", 3, 0)
    place.write(b"h", "deep", ".hidden")
    place.write(b"c", "deep", "0", "c")
    assert place.names("deep") == ["0", "a", "b"] and place.names("deep", "b") in ([], ["b"])
    for ask in (place.read, place.size, place.stamp):
        with pytest.raises(FileNotFoundError):
            ask("deep", "gone")


def test_a_file_comes_whole_into_its_place_and_nothing_is_left_beside_it(place, tmp_path, monkeypatch):
    did, fsync, replace = [], os.fsync, Path.replace

    def flushed(number):
        did.append(Path(f"/proc/self/fd/{number}").read_bytes())
        fsync(number)

    monkeypatch.setattr(root.os, "fsync", flushed)
    monkeypatch.setattr(
        Path, "replace", lambda self, to: did.append((self.name[:5], self.parent == to.parent, to.name)) or replace(self, to)
    )
    place.write(b"data", "deep", "a")
    assert did == [b"data", (".tmp-", True, "a")] and names_in(tmp_path / "deep") == ["a"]

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        place.write(b"other", "deep", "a")
    assert names_in(tmp_path / "deep") == ["a"] and place.read("deep", "a") == b"data"


def test_a_stamp_changes_with_the_size_and_the_time_of_change(place, tmp_path, monkeypatch):
    place.write(b"one", "a")
    os.utime(tmp_path / "a", (1_600_000_000, 1_600_000_000))
    assert place.stamp("a") == "3 1600000000.0"
    with pytest.raises(FileNotFoundError):
        place.stamp("b")

    class Storage:
        def __init__(self, told):
            self.info = lambda path: {"size": 7, **told}

    for told, said in (({"ETag": "x"}, "7 x"), ({"ETag": "x", "LastModified": "monday"}, "7 monday"),
                       ({"updated": "u", "created": "c"}, "7 u"),
                       ({"last_modified": "l", "updated": "u"}, "7 l"), ({"created": "c"}, "7 c"), ({}, "7 ")):  # fmt: skip
        monkeypatch.setattr(DataRoot, "filesystem", property(lambda self, told=told: Storage(told)))
        assert DataRoot("s3://bucket").stamp("a") == said


def test_a_temporary_name_tells_machine_and_process_without_further_dashes(monkeypatch):
    monkeypatch.setattr(root.socket, "gethostname", lambda: "my-host.example 2")
    assert re.fullmatch(rf"\.tmp-my_host_example_2-{os.getpid()}-[0-9a-f]{{32}}", temporary_name())
    assert temporary_name() != temporary_name()


# Partitions


def test_a_table_s_types_descriptions_and_units_are_in_its_file():
    schema = arrow_schema(TABLE)
    assert schema.names == [column.name for column in COLUMNS] and schema.metadata == {b"description": b"Shares of goods."}
    assert schema.types == [pa.string(), pa.string(), pa.float64(), pa.int64(), pa.bool_()]
    assert schema.field("share_pct").metadata == {b"description": b"a share", b"unit": b"percent"}
    assert schema.field("count").metadata == {b"description": b"how many"}
    data = parquet_bytes(rows("2021-02", "a", "b"), TABLE)
    assert parquet.metadata_of(data) == {b"description": b"Shares of goods."}, "and no note of a version"
    assert pq.read_schema(pa.BufferReader(data)).equals(schema, check_metadata=True)
    assert data == parquet_bytes(rows("2021-02", "a", "b").set_index(pd.Index([7, 8])), TABLE)
    pd.testing.assert_frame_equal(parquet.frame_of(data).astype(TABLE.dtypes), rows("2021-02", "a", "b"))


def test_the_index_of_a_frame_is_no_column_and_not_noted():
    frame = rows("2021-02", "a", "b").set_index(pd.Index([7, 8], name="number"))
    table = parquet.arrow_of(frame, arrow_schema(TABLE))
    assert table.column_names == list(TABLE.dtypes) and table.schema.pandas_metadata["index_columns"] == []


def test_files_are_compressed_and_have_the_options_asked_for():
    table = pa.table({"a": [1] * 1000})
    groups = [pq.ParquetFile(pa.BufferReader(parquet.parquet_of(table, **options))) for options in ({}, {"row_group_size": 100})]
    assert [each.metadata.num_row_groups for each in groups] == [1, 10]
    assert groups[0].metadata.row_group(0).column(0).compression == "ZSTD"
    assert parquet.metadata_of(parquet.parquet_of(table)) == {}


def test_no_thread_but_the_caller_s_reads_or_writes(monkeypatch):
    asked, read = [], pq.ParquetFile.read
    frame = rows("2021-02", "a")
    data = parquet_bytes(frame, TABLE)

    class File(pq.ParquetFile):
        def __init__(self, source, **options):
            asked.append(options)
            super().__init__(source, **options)

        def read(self, **options):
            asked.append(options)
            return read(self, **options)

    monkeypatch.setattr(pq, "ParquetFile", File)
    assert len(parquet.frame_of(data)) == 1 and asked == [{"read_dictionary": (), "pre_buffer": False}, {"use_threads": False}]

    def began(*_, **__):
        raise AssertionError("a pool of threads")

    monkeypatch.setattr("concurrent.futures.ThreadPoolExecutor", began)
    assert parquet_bytes(frame, TABLE) == data


def test_a_partition_stands_under_layer_table_and_month(place):
    assert location(TABLE, "2021-02") == ("warehouse", "metrics", "shares", "release_month=2021-02", "data.parquet")
    assert location(WHOLE) == ("warehouse", "vintages", "all", "data.parquet")
    folder = f"{place.url}/warehouse/metrics/shares/release_month=2021-02"
    assert partition_path(place, TABLE, "2021-02") == folder and partition_place(place, TABLE, "2021-02") is None
    path = write_partition(place, TABLE, "2021-02", rows("2021-02", "a"))
    sha256 = hashlib.sha256(parquet_bytes(rows("2021-02", "a"), TABLE)).hexdigest()
    assert path == f"{folder}/{sha256[:16]}.parquet" == partition_path(place, TABLE, "2021-02")
    assert Path(path).exists()


def test_what_is_no_partition_of_the_month_is_refused(place):
    frame = pd.concat([rows("2021-02", "a"), rows("2021-01", "b"), rows("2020-12", "c")])
    with pytest.raises(ValueError, match=re.escape("rows of ['2020-12', '2021-01'] in the partition 2021-02 of metrics.shares")):
        write_partition(place, TABLE, "2021-02", frame)
    assert existing_months(place, TABLE) == []
    write_partition(place, TABLE, "2021-02", empty(TABLE))
    assert len(read_partition(place, TABLE, "2021-02")) == 0 and existing_months(place, TABLE) == ["2021-02"]


def test_months_are_those_whose_record_or_whose_file_of_earlier_versions_is_there(place):
    assert (existing_months(place, TABLE), is_written(place, TABLE)) == ([], False)
    place.write(b"", "warehouse", "metrics", "shares", "notes.txt")
    place.write(b"", "warehouse", "metrics", "shares", "release_month=2021-03", "0123456789abcdef.parquet")
    assert (existing_months(place, TABLE), is_written(place, TABLE)) == ([], False), "a file that no record names is nobody's"
    for month in ("2021-02", "2020-12"):
        write_partition(place, TABLE, month, rows(month, "a"))
    assert existing_months(place, TABLE) == ["2020-12", "2021-02"] and is_written(place, TABLE)
    assert [is_month_written(place, TABLE, month) for month in ("2020-12", "2021-03", "2021-04")] == [True, False, False]
    hashes = [hashlib.sha256(parquet_bytes(rows(month, "a"), TABLE)).hexdigest() for month in ("2020-12", "2021-02")]
    assert partition_stamps(place, TABLE) == f"2020-12 {hashes[0]}\n2021-02 {hashes[1]}"
    place.write(parquet_bytes(rows("2019-01", "old"), TABLE), *location(TABLE, "2019-01"))
    assert existing_months(place, TABLE) == ["2019-01", "2020-12", "2021-02"]
    old = hashlib.sha256(parquet_bytes(rows("2019-01", "old"), TABLE)).hexdigest()
    assert partition_stamps(place, TABLE).startswith(f"2019-01 {old}\n2020-12 ")
    assert read_partition(place, TABLE, "2019-01")["series"].tolist() == ["old"]
    assert read_months(place, TABLE, ["2021-02", "2021-04", "2020-12"])["release_month"].tolist() == ["2021-02", "2020-12"]
    pd.testing.assert_frame_equal(read_months(place, TABLE, ["2021-04"]), empty(TABLE))
    assert list(read_months(place, TABLE, ["2021-02", "2020-12"]).index) == [0, 1]


def test_a_table_without_partitions_is_written_if_its_file_and_a_part_are_there(place):
    assert not is_written(place, WHOLE)
    write_partition(place, Table("vintages", "all", "All.", COLUMNS, key=("series",)), "2021-02", rows("2021-02", "a"))
    assert not is_written(place, WHOLE)
    place.write(b"names", *location(WHOLE))
    assert not is_written(place, WHOLE)  # as earlier versions left it: one file with all rows
    place.write(b"rows", *location(WHOLE)[:-1], PARTS, "a.parquet")
    assert is_written(place, WHOLE)


def test_a_partition_that_is_damaged_is_named_with_how_it_is_made_again(place):
    place.write(b"PAR1 no  table\nPAR1", *location(TABLE, "2021-02"))
    with pytest.raises(DamagedError) as failed:
        read_partition(place, TABLE, "2021-02")
    said = str(failed.value)
    assert said.startswith("warehouse/metrics/shares/release_month=2021-02/data.parquet is damaged: ") and "\n" not in said
    assert said.endswith(". To do: 'trade-assets run --month 2021-02' makes it again")


def test_a_column_that_is_newer_than_the_partition_is_empty(place):
    write_partition(place, Table("metrics", "shares", "Shares.", COLUMNS[:2], key=("series",)), "2021-02", rows("2021-02", "a"))
    frame = read_partition(place, TABLE, "2021-02")
    assert dict(frame.dtypes.astype(str)) == TABLE.dtypes
    assert frame["series"].tolist() == ["a"] and frame[["share_pct", "count", "is_good"]].isna().all(axis=None)
    assert partitions.FOLDER == "warehouse"


# What is left over


GARBAGE = b"garbage of some length"


def _table(place, *parts, data=GARBAGE):
    place.write(data, "warehouse", *parts)
    return Path(place.path("warehouse", *parts))


def test_damaged_tables_are_removed_and_named_with_who_makes_them_again(place):
    whole = parquet_bytes(rows("2021-02", "a"), TABLE)
    damaged = [
        _table(place, "metrics", "shares", "release_month=2021-02", "data.parquet"),
        _table(place, "vintages", "all", "data.parquet"),
    ]
    kept = [
        _table(place, "metrics", "shares", "release_month=2021-03", "data.parquet", data=whole),
        _table(place, "metrics", "shares", "a.txt"),
    ]  # fmt: skip
    place.write(GARBAGE, "raw", "2021-02", "a.parquet")
    assert sorted(sweep.sweep(place)) == [
        "warehouse/metrics/shares/release_month=2021-02/data.parquet was damaged and is removed; "
        "'trade-assets run --month 2021-02' makes it again",
        "warehouse/vintages/all/data.parquet was damaged and is removed; the next run makes it again",
    ]
    assert not any(path.exists() for path in damaged) and all(path.exists() for path in kept)
    assert place.exists("raw", "2021-02", "a.parquet"), "what is not derived is never touched"
    assert sweep.sweep(place) == []


def test_a_run_of_a_month_looks_at_its_own_tables_and_those_of_all_months(place):
    own = _table(place, "metrics", "shares", "release_month=2021-02", "data.parquet")
    other = _table(place, "metrics", "shares", "release_month=2021-03", "data.parquet")
    of_all = _table(place, "vintages", "all", "data.parquet")
    left = _table(place, "metrics", "shares", "release_month=2021-02", "note.txt")
    said = sweep.sweep_month(place, "2021-02")
    assert [sentence.partition(" was damaged")[0] for sentence in said] == [
        "warehouse/metrics/shares/release_month=2021-02/data.parquet", "warehouse/vintages/all/data.parquet",
    ]  # fmt: skip
    assert [path.exists() for path in (own, other, of_all, left)] == [False, True, False, True]


def test_of_storage_nothing_is_swept(tmp_path):
    made = DataRoot.of(f"memory://{tmp_path.name}")
    made.write(GARBAGE, "warehouse", "metrics", "shares", "release_month=2021-02", "data.parquet")
    assert sweep.sweep(made) == sweep.sweep_month(made, "2021-02") == []
    made.filesystem.rm(made.url, recursive=True)


def test_a_folder_that_is_called_like_a_url_is_not_swept_for_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = DataRoot.of(tmp_path / "memory:" / "made")
    for name in ("warehouse/metrics/shares/release_month=2021-02/data.parquet", ".tmp-elsewhere-1-x"):
        own.write(GARBAGE, *name.split("/"))
    monkeypatch.setattr(sweep, "_is_left", lambda *_: True)
    assert sweep.sweep(DataRoot("memory://made")) == sweep.sweep_month(DataRoot("memory://made"), "2021-02") == []
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2


def test_leftovers_are_looked_for_everywhere_but_among_dagster_s_own_and_within_each_other(place, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(sweep, "_is_left", lambda path, now: asked.append(str(path.relative_to(tmp_path))) or True)
    for name in ("dagster/.tmp-a", "raw/2021-02/.tmp-b", "raw/dagster/.tmp-c", ".tmp-d/.tmp-e/f", "raw/.tmpx", "raw/a.tmp-"):
        place.write(b"1", *name.split("/"))
    assert sweep.sweep(place) == []
    assert sorted(asked) == [".tmp-d", "raw/2021-02/.tmp-b", "raw/dagster/.tmp-c"]
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["dagster/.tmp-a", "raw/.tmpx", "raw/a.tmp-"]


def test_a_leftover_that_cannot_be_removed_stops_nothing(place, tmp_path, monkeypatch):
    for name in (".tmp-a", ".tmp-b"):
        place.write(b"1", name)
    monkeypatch.setattr(sweep, "_is_left", lambda *_: True)
    unlink = Path.unlink

    def refused(self, missing_ok=False):
        if self.name == ".tmp-a":
            raise PermissionError(13, "denied")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)
    assert sweep.sweep(place) == [] and sorted(path.name for path in tmp_path.iterdir()) == [".tmp-a"]


def test_a_whole_table_that_came_meanwhile_stays(tmp_path, monkeypatch):
    path, whole = tmp_path / "data.parquet", parquet_bytes(rows("2021-02", "a"), TABLE)
    path.write_bytes(whole)
    assert sweep._removed(path) is False and path.read_bytes() == whole
    # A third one put another there before it could be put back: that one stays.
    is_whole = sweep.is_whole

    def and_a_third(aside):
        path.write_bytes(b"third")
        return is_whole(aside)

    monkeypatch.setattr(sweep, "is_whole", and_a_third)
    assert sweep._removed(path) is False and path.read_bytes() == b"third"
    assert [each.name for each in tmp_path.iterdir()] == ["data.parquet"]
    path.unlink()
    assert sweep._removed(path) is False, "it is gone"


def test_a_damaged_table_is_taken_out_of_its_place(tmp_path):
    path = tmp_path / "data.parquet"
    path.write_bytes(GARBAGE)
    assert sweep._removed(path) is True and list(tmp_path.iterdir()) == []


def test_a_process_runs_or_not(tmp_path, monkeypatch):
    assert sweep.is_running(os.getpid()) and not sweep.is_running(2**70)
    told = {}

    def kill(pid, number):
        assert number == 0
        if pid in told and isinstance(told[pid], Exception):
            raise told[pid]

    monkeypatch.setattr(sweep.os, "kill", kill)
    monkeypatch.setattr(sweep, "Path", lambda path: tmp_path / path.replace("/", "_"))
    told |= {1: ProcessLookupError(), 2: PermissionError()}
    for pid, stat in ((3, "3 (a Z) b) S 1"), (4, "4 (a) Z 1"), (5, "5 (a)"), (6, None)):
        if stat is not None:
            (tmp_path / f"_proc_{pid}_stat").write_text(stat)
    assert [sweep.is_running(pid) for pid in (1, 2, 3, 4, 5, 6)] == [False, True, True, False, True, True]


def test_a_leftover_that_went_meanwhile_is_none(tmp_path):
    assert sweep._is_left(tmp_path / ".tmp-elsewhere-1-x", 1e12) is False
