"""A month's record: what it names, what a commit keeps, replaces and refuses, and what readers and the sweep make of it."""

import json
import os
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trade_assets.facts.schemas import Column, Table
from trade_assets.warehouse import commits, database, sweep
from trade_assets.warehouse.commits import GRACE, DamagedError, NewerError, OvertakenError, adopted, commit_of, committed_months
from trade_assets.warehouse.partitions import (
    Draft,
    existing_months,
    location,
    parquet_bytes,
    partition_path,
    partition_stamps,
    read_partition,
    write_partition,
)
from trade_assets.warehouse.root import DataRoot

MONTH = "2021-02"
COLUMNS = (Column("release_month", "string", "the month"), Column("series", "string", "the series"), Column("value", "int", "the value"))
ONE, TWO, THREE = (Table("metrics", name, f"{name}.", COLUMNS, key=("series",)) for name in ("one", "two", "three"))


def rows(*values, month=MONTH):
    frame = pd.DataFrame({"release_month": month, "series": "s", "value": list(values)})
    return frame.astype(ONE.dtypes)


def values(root, table, month=MONTH):
    return read_partition(root, table, month)["value"].tolist()


def record(root, month=MONTH):
    return Path(root.path("warehouse", "commits", f"{month}.json"))


def files(root):
    return sorted(path.name for path in Path(root.url).rglob("*.parquet"))


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path / "data")


def test_nothing_of_a_draft_is_seen_before_it_is_committed(root):
    write_partition(root, ONE, MONTH, rows(1))
    draft = Draft.of_month(root, MONTH)
    write_partition(draft, ONE, MONTH, rows(2))
    write_partition(draft, TWO, MONTH, rows(3))
    draft.write(b"page", "reports", "2021-02.html")
    assert (values(draft, ONE), values(draft, TWO)) == ([2], [3])
    assert (values(root, ONE), values(root, TWO), root.exists("reports", "2021-02.html")) == ([1], [], False)
    with database.connect(draft, [ONE]) as connection:
        assert connection.execute("SELECT value FROM metrics.one").fetchall() == [(2,)]
    draft.commit("inputs", "9.9")
    assert (values(root, ONE), values(root, TWO), root.read("reports", "2021-02.html")) == ([2], [3], b"page")
    found = commit_of(root, MONTH)
    assert (found.inputs, found.program, sorted(found.tables)) == ("inputs", "9.9", ["metrics.one", "metrics.two"])
    assert [each.rows for each in found.tables.values()] == [1, 1]


def test_a_commit_that_changes_nothing_writes_nothing(root):
    write_partition(root, ONE, MONTH, rows(1))
    before = record(root).stat(), files(root)
    draft = Draft.of_month(root, MONTH)
    write_partition(draft, ONE, MONTH, rows(1))
    draft.commit()
    now = record(root).stat()
    assert (now.st_ino, now.st_mtime_ns, files(root)) == (before[0].st_ino, before[0].st_mtime_ns, before[1])
    assert Draft.of_month(root, MONTH).begun.generation == commit_of(root, MONTH).generation


def test_what_a_whole_run_was_made_of_is_kept_forgotten_or_left(root):
    for inputs, kept in ((None, None), ("a", "a"), (None, "a"), ("", None)):
        draft = Draft.of_month(root, MONTH)
        write_partition(draft, ONE, MONTH, rows(1))
        draft.commit(inputs)
        assert commit_of(root, MONTH).inputs == kept


def test_a_former_file_stays_for_who_reads_it_and_goes_once_nobody_can(root, monkeypatch):
    write_partition(root, ONE, MONTH, rows(1))
    former = Path(partition_path(root, ONE, MONTH))
    now = [1_000_000_000.0]
    monkeypatch.setattr(commits.time, "time", lambda: now[0])
    monkeypatch.setattr(sweep.time, "time", lambda: now[0])
    write_partition(root, ONE, MONTH, rows(2))
    os.utime(former, (now[0] - 10 * GRACE,) * 2)
    assert sweep.sweep(root) == [] and former.exists(), "it is old, and was replaced just now"
    now[0] += GRACE
    assert sweep.sweep(root) == [] and former.exists()
    now[0] += 1
    assert sweep.sweep(root) == [] and not former.exists() and values(root, ONE) == [2]


def test_a_file_that_is_made_again_is_no_former_one_any_more(root):
    for value in (1, 2, 1):
        write_partition(root, ONE, MONTH, rows(value))
    named = {each.path.rpartition("/")[2] for each in commit_of(root, MONTH).replaced}
    assert len(files(root)) == 2 and named == set(files(root)) - {commit_of(root, MONTH).of(ONE).file}


def test_files_of_a_killed_run_go_when_they_are_old_and_not_while_they_may_be_committed(root):
    write_partition(root, TWO, MONTH, rows(0))
    draft = Draft.of_month(root, MONTH)
    path = Path(write_partition(draft, ONE, MONTH, rows(7)))
    assert sweep.sweep(root) == [] and path.exists()
    os.utime(path, (path.stat().st_mtime - GRACE - 5,) * 2)
    again = Draft.of_month(root, MONTH)
    write_partition(again, ONE, MONTH, rows(7))
    assert sweep.sweep(root) == [] and path.exists(), "another run makes the same file, and has not committed it yet"
    os.utime(path, (path.stat().st_mtime - GRACE - 5,) * 2)
    assert sweep.sweep(root) == [] and not path.exists()
    with pytest.raises(FileNotFoundError):
        again.commit()
    assert values(root, ONE) == [] and values(root, TWO) == [0]


def test_a_run_that_another_overtook_is_refused_unless_it_made_all_of_the_month(root):
    for table in (ONE, TWO):
        write_partition(root, table, MONTH, rows(1))
    part, whole = Draft.of_month(root, MONTH), Draft.of_month(root, MONTH)
    write_partition(part, ONE, MONTH, rows(2))
    for table in (ONE, TWO):
        write_partition(whole, table, MONTH, rows(3))
    other = Draft.of_month(root, MONTH)
    write_partition(other, TWO, MONTH, rows(4))
    other.commit()
    with pytest.raises(OvertakenError, match="another run has committed 2021-02"):
        part.commit()
    assert (values(root, ONE), values(root, TWO)) == ([1], [4])
    whole.commit()
    assert (values(root, ONE), values(root, TWO)) == ([3], [3])


def test_two_runs_that_make_the_same_both_commit(root):
    drafts = [Draft.of_month(root, MONTH) for _ in range(2)]
    for draft in drafts:
        write_partition(draft, ONE, MONTH, rows(5))
    made = [draft.commit("a").generation for draft in drafts]
    assert made[0] == made[1] and values(root, ONE) == [5]


def test_a_store_of_an_earlier_version_is_read_and_taken_over(root):
    for table, value in ((ONE, 1), (TWO, 2)):
        root.write(parquet_bytes(rows(value), table), *location(table, MONTH))
    assert (values(root, ONE), existing_months(root, TWO), committed_months(root)) == ([1], [MONTH], [])
    with database.connect(root, [ONE, TWO]) as connection:
        assert connection.execute("SELECT value, release_month FROM metrics.two").fetchall() == [(2, MONTH)]
    write_partition(root, THREE, MONTH, rows(3))
    assert {name: each.file for name, each in commit_of(root, MONTH).tables.items()}["metrics.one"] == "data.parquet"
    assert [values(root, table) for table in (ONE, TWO, THREE)] == [[1], [2], [3]]
    write_partition(root, ONE, MONTH, rows(9))
    assert [values(root, table) for table in (ONE, TWO, THREE)] == [[9], [2], [3]]
    assert sweep.sweep(root) == [] and Path(root.path(*location(ONE, MONTH))).exists(), "a notebook may still read it"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda told: "{",
        lambda told: "[]",
        lambda told: json.dumps(told | {"release_month": "2021-03"}),
        lambda told: json.dumps(told | {"format": 0}),
        lambda told: json.dumps(told | {"format": "2"}),
        lambda told: json.dumps(told | {"generation": "0" * 16}),
        lambda told: json.dumps(told | {"tables": {"metrics.one": told["tables"]["metrics.one"] | {"file": "../../../../etc/passwd"}}}),
        lambda told: json.dumps(told | {"tables": {"metrics/../x.one": told["tables"]["metrics.one"]}}),
        lambda told: json.dumps(told | {"replaced": [{"path": "../raw/2021-02/a.txt", "at": 1.0}]}),
        lambda told: json.dumps(told | {"replaced": [{"path": "metrics/one/release_month=2021-03/data.parquet", "at": 1.0}]}),
        lambda told: json.dumps({name: value for name, value in told.items() if name != "tables"}),
    ],
)
def test_a_record_that_is_not_ours_is_named_and_the_next_run_begins_anew(root, wrong):
    write_partition(root, ONE, MONTH, rows(1))
    write_partition(root, ONE, "2021-03", rows(4, month="2021-03"))
    record(root).write_text(wrong(json.loads(record(root).read_text())))
    with pytest.raises(DamagedError, match=r"warehouse/commits/2021-02.json is damaged: .*'trade-assets run --month 2021-02'"):
        commit_of(root, MONTH)
    assert sweep.sweep_month(root, MONTH) == [
        "warehouse/commits/2021-02.json was damaged and is set aside; 'trade-assets run --month 2021-02' makes it again"
    ]
    assert record(root).with_name(".2021-02.damaged").exists()
    assert (values(root, ONE), values(root, ONE, "2021-03")) == ([], [4])


def test_a_table_whose_file_is_gone_is_taken_out_of_the_record(root):
    write_partition(root, ONE, MONTH, rows(1))
    draft = Draft.of_month(root, MONTH)
    write_partition(draft, TWO, MONTH, rows(2))
    draft.commit("inputs")
    Path(partition_path(root, ONE, MONTH)).unlink()
    with pytest.raises(DamagedError, match="run --month 2021-02"):
        read_partition(root, ONE, MONTH)
    (said,) = sweep.sweep(root)
    assert said.startswith("warehouse/metrics/one/release_month=2021-02/")
    assert (values(root, ONE), values(root, TWO), commit_of(root, MONTH).inputs) == ([], [2], None), "it is to be built again"


def test_a_record_is_read_again_when_another_stands_there(root):
    write_partition(root, ONE, MONTH, rows(1))
    first = commit_of(root, MONTH)
    assert commit_of(root, MONTH) is first
    copied = record(root).read_bytes()
    write_partition(root, ONE, MONTH, rows(2))
    assert commit_of(root, MONTH).generation != first.generation
    record(root).write_bytes(copied)
    assert commit_of(root, MONTH).generation == first.generation
    record(root).unlink()
    assert commit_of(root, MONTH) is None


def test_an_open_database_keeps_the_former_month_whole(root):
    import duckdb

    for table in (ONE, TWO):
        write_partition(root, table, MONTH, rows(1))
    database.refresh(root, [ONE, TWO])
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as session:
        asked = "SELECT (SELECT sum(value) FROM metrics.one), (SELECT sum(value) FROM metrics.two)"
        assert session.execute(asked).fetchall() == [(1, 1)]
        draft = Draft.of_month(root, MONTH)
        for table in (ONE, TWO):
            write_partition(draft, table, MONTH, rows(2))
        draft.commit()
        assert database.refresh(root, [ONE, TWO])
        assert session.execute(asked).fetchall() == [(1, 1)]
        with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as other:
            assert other.execute(asked).fetchall() == [(1, 1)], "one process has one instance of a database"
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as other:
        assert other.execute(asked).fetchall() == [(2, 2)]


def test_a_copied_folder_is_noticed_by_the_next_command(root, tmp_path):
    import duckdb

    write_partition(root, ONE, MONTH, rows(1))
    database.refresh(root, [ONE])
    other = DataRoot.of(tmp_path / "copy")
    shutil.copytree(root.url, other.url)
    write_partition(other, ONE, MONTH, rows(2))
    assert database.refresh(other, [ONE])
    shutil.rmtree(root.url)
    with duckdb.connect(other.path("warehouse", "trade.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT value FROM metrics.one").fetchall() == [(2,)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(0, 2), st.booleans()), max_size=12))
def test_whatever_is_written_the_record_has_the_last_of_each(tmp_path_factory, written):
    root = DataRoot.of(tmp_path_factory.mktemp("commits"))
    expected, tables = {}, (ONE, TWO, THREE)
    for which, value, is_swept in written:
        write_partition(root, tables[which], MONTH, rows(value))
        expected[tables[which].name] = [value]
        if is_swept:
            assert sweep.sweep(root) == []
    assert {table.name: values(root, table) for table in tables if values(root, table)} == expected
    found = adopted(root, MONTH)
    assert {each.file for each in found.tables.values()} <= set(files(root))
    assert all(Path(root.path("warehouse", each.path)).exists() for each in found.replaced)


def test_a_record_of_a_newer_version_is_left_alone(root):
    write_partition(root, ONE, MONTH, rows(1))
    record(root).write_text(json.dumps(json.loads(record(root).read_text()) | {"format": 2}))
    before = record(root).read_bytes()
    for look in (lambda: sweep.sweep(root), lambda: values(root, ONE), lambda: write_partition(root, ONE, MONTH, rows(2))):
        with pytest.raises(NewerError, match=r"2021-02.json was written by a newer version"):
            look()
    assert record(root).read_bytes() == before


def test_of_a_month_without_a_record_no_file_is_removed(root):
    write_partition(root, ONE, MONTH, rows(1))
    (path,) = Path(root.url).rglob("*.parquet")
    os.utime(path, (path.stat().st_mtime - 10 * GRACE,) * 2)
    record(root).write_text("{")
    assert len(sweep.sweep(root)) == 1 and sweep.sweep(root) == []
    assert path.exists() and values(root, ONE) == []


def test_a_file_that_is_made_again_is_not_swept_before_it_is_committed(root, monkeypatch):
    for value in (1, 2):
        write_partition(root, ONE, MONTH, rows(value))
    later = time.time() + 2 * GRACE
    for path in Path(root.url).rglob("*.parquet"):
        os.utime(path, (path.stat().st_mtime,) * 2)
    draft = Draft.of_month(root, MONTH)
    monkeypatch.setattr(sweep.time, "time", lambda: later)
    path = Path(write_partition(draft, ONE, MONTH, rows(1)))
    os.utime(path, (later, later))
    assert sweep.sweep(root) == [] and path.exists()
    draft.commit()
    assert values(root, ONE) == [1]


def test_a_run_of_former_documents_does_not_commit_over_one_of_those_that_are_there(root):
    for table in (ONE, TWO):
        write_partition(root, table, MONTH, rows(1))
    older, newer = Draft.of_month(root, MONTH), Draft.of_month(root, MONTH)
    for draft, value in ((older, 2), (newer, 3)):
        for table in (ONE, TWO):
            write_partition(draft, table, MONTH, rows(value))
    newer.commit("new")
    with pytest.raises(OvertakenError, match="another run has committed 2021-02"):
        older.commit("old", is_latest=lambda: False)
    assert (values(root, ONE), values(root, TWO), commit_of(root, MONTH).inputs) == ([3], [3], "new")


def test_on_object_storage_records_heal_and_former_files_go_with_a_commit(monkeypatch):
    root = DataRoot("memory://commits")
    try:
        now = [1_000_000_000.0]
        monkeypatch.setattr(commits.time, "time", lambda: now[0])
        for value in (1, 2):
            write_partition(root, ONE, MONTH, rows(value))
        assert len(root.names("warehouse", "metrics", "one", f"release_month={MONTH}")) == 2
        now[0] += GRACE + 1
        write_partition(root, ONE, MONTH, rows(3))
        names = root.names("warehouse", "metrics", "one", f"release_month={MONTH}")
        assert len(names) == 2 and values(root, ONE) == [3], "the one before it is still there"
        root.write(b"{", "warehouse", "commits", f"{MONTH}.json")
        (said,) = sweep.sweep(root)
        assert said.startswith("warehouse/commits/2021-02.json was damaged") and sweep.sweep(root) == []
        assert committed_months(root) == []
    finally:
        root.filesystem.rm(root.url, recursive=True)


def test_what_was_kept_before_there_were_records_is_the_same_once_there_is_one(root):
    root.write(parquet_bytes(rows(1), ONE), *location(ONE, MONTH))
    before = partition_stamps(root, ONE)
    write_partition(root, TWO, MONTH, rows(2))
    assert partition_stamps(root, ONE) == before
