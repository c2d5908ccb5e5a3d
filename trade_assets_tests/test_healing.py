"""What is derived heals, whatever a kill or a bad disk left of it; what is not derived is named, and only its month suffers."""

import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path

import duckdb
import pytest

from trade_assets.defs.ranges import run_months
from trade_assets.facts.tables import IN_DATABASE, ISSUES, PRINTS
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.review.decisions import read_decisions
from trade_assets.vintages.history import FILE, Vintages, refresh_history
from trade_assets.warehouse import database, sweep
from trade_assets.warehouse.partitions import DamagedError, partition_place, read_partition
from trade_assets.warehouse.root import DataRoot, temporary_name
from trade_assets_tests.conftest import SHIPPED, SHIPPED_MONTHS

MONTH = "2016-11"
DAMAGES = {
    "emptied": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "cut at the end": lambda data: data[:-1],
    "zeros": lambda data: bytes(len(data)),
    "another file": lambda data: b"PK\x03\x04 no table" * 20,
    "magic and nothing": lambda data: b"PAR1PAR1",
    "a footer longer than the file": lambda data: data[:-8] + b"\xff\xff\xff\x7fPAR1",
}


@pytest.fixture
def root(built_root, tmp_path):
    """A copy of the built root, with views that lead into it."""
    shutil.copytree(built_root.url, tmp_path / "data")
    made = DataRoot.of(tmp_path / "data")
    database.refresh(made, IN_DATABASE)
    return made


def _damage(root, how, *parts):
    """Damage a file behind the data root's back."""
    path = Path(root.path(*parts))
    path.write_bytes(DAMAGES[how](path.read_bytes()))
    return path


def _tables(root):
    return {path.relative_to(root.url): path.read_bytes() for path in Path(root.path("warehouse")).rglob("*.parquet")}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_table_is_told_from_a_whole_one(root, how):
    for table in (PRINTS, GOODS_AND_SERVICES):
        place = partition_place(root, table, MONTH)
        assert sweep.is_whole(Path(root.path(*place)))
        assert not sweep.is_whole(_damage(root, how, *place))


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_table_is_removed_and_said(root, how):
    whole = _tables(root)
    place = partition_place(root, GOODS_AND_SERVICES, MONTH)
    path = _damage(root, how, *place)
    with pytest.raises(DamagedError, match=rf"{'/'.join(place)} is damaged: .*run --month {MONTH}'"):
        read_partition(root, GOODS_AND_SERVICES, MONTH)
    said = f"{'/'.join(place)} was damaged and is removed; "
    assert sweep.sweep(root) == [said + f"'trade-assets run --month {MONTH}' makes it again"]
    assert not path.exists()
    assert read_partition(root, GOODS_AND_SERVICES, MONTH).empty
    assert sweep.sweep(root) == []
    assert _tables(root) == {name: data for name, data in whole.items() if Path(root.url, name) != path}


def test_a_table_that_another_process_makes_meanwhile_stays(root, monkeypatch):
    path = _damage(root, "zeros", *partition_place(root, GOODS_AND_SERVICES, MONTH))
    found = sweep.is_whole
    sound = Path(root.path(*partition_place(root, PRINTS, MONTH))).read_bytes()

    def replaced_after_the_look(looked_at):
        is_whole = found(looked_at)
        if looked_at == path and not is_whole:
            path.unlink()
            path.write_bytes(sound)
        return is_whole

    monkeypatch.setattr(sweep, "is_whole", replaced_after_the_look)
    assert sweep.sweep(root) == []
    assert path.read_bytes() == sound
    assert not list(Path(root.url).rglob(".tmp-*"))


def _writes_forever(url):
    root, at = DataRoot(url), 0
    while True:
        at += 1
        root.write(bytes([at % 256]) * 4_000_000, "warehouse", "large.bin")


def test_temporary_files_of_killed_processes_are_removed_and_of_living_ones_are_not(tmp_path):
    root, fork = DataRoot.of(tmp_path), multiprocessing.get_context("fork")
    left = []
    for _ in range(40):
        writer = fork.Process(target=_writes_forever, args=(root.url,), daemon=True)
        writer.start()
        deadline = time.monotonic() + 30
        while not list(tmp_path.rglob(".tmp-*")) and time.monotonic() < deadline:
            pass
        os.kill(writer.pid, signal.SIGKILL)
        writer.join(30)
        left = list(tmp_path.rglob(".tmp-*"))
        if left:
            break
    assert left, "no kill hit a write"
    folder = tmp_path / "publications" / left[0].name
    folder.mkdir(parents=True)
    (folder / "data.csv").write_text("half")
    own = tmp_path / "raw" / temporary_name()
    own.parent.mkdir()
    own.write_bytes(b"being written")
    nameless, old = tmp_path / "raw" / ".tmp-0123", tmp_path / "raw" / ".tmp-4567"
    elsewhere = tmp_path / "raw" / ".tmp-anothermachine-1-89ab"
    for path in (nameless, old, elsewhere):
        path.write_bytes(b"of another version, or machine")
    os.utime(old, (time.time() - 2 * 24 * 3600,) * 2)
    assert sweep.sweep(root) == []
    assert sorted(tmp_path.rglob(".tmp-*")) == sorted([own, nameless, elsewhere])
    assert not folder.exists()


@pytest.mark.parametrize("how", DAMAGES)
def test_a_broken_history_is_made_again(root, how):
    before = root.read(*FILE)
    _damage(root, how, *FILE)
    assert refresh_history(root)
    assert root.read(*FILE) == before
    _damage(root, how, *FILE)
    with Vintages(root) as vintages:
        assert len(vintages.latest("ft900")) > 2000


def _views(root):
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as connection:
        return sorted(connection.execute("SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal").fetchall())


@pytest.mark.parametrize("damage", ["removed", "emptied", "zeros", "another file", "of other views"])
def test_the_database_heals_whatever_became_of_it(root, damage):
    before, path = _views(root), Path(root.path("warehouse", "trade.duckdb"))
    assert len(before) > 20
    assert not database.refresh(root, IN_DATABASE), "nothing to do"
    if damage == "of other views":
        # A slower process that saw fewer tables put its database behind the script of a faster one.
        path.unlink()
        duckdb.connect(str(path)).close()
    elif damage == "removed":
        path.unlink()
    else:
        _damage(root, damage, "warehouse", "trade.duckdb")
    assert database.refresh(root, IN_DATABASE)
    assert _views(root) == before


@pytest.mark.slow
def test_a_broken_table_in_a_copied_root_stops_no_other_month(root, instance):
    """Views are bound to the files when they are made, all of them, and in a copied root they are made again."""
    Path(root.path("warehouse", "trade.sql")).unlink()
    _damage(root, "cut", *partition_place(root, PRINTS, MONTH))
    _damage(root, "emptied", *partition_place(root, ISSUES, MONTH))
    (run,) = run_months(root, ["2012-08"], instance)
    assert run.is_success, run.failures
    assert "vintages.prints" in {name for (name,) in _views(root)}


@pytest.mark.slow
def test_a_run_makes_every_damaged_table_again(root, tmp_path, instance):
    """Of each table one partition is damaged, by turns in each way; after a run of all months nothing tells it from a sound one."""
    sound = DataRoot.of(tmp_path / "sound")
    shutil.copytree(root.url, sound.url)
    assert all(run.is_success for run in run_months(sound, SHIPPED_MONTHS, instance))
    damaged = 0
    for folder in sorted(Path(root.path("warehouse")).glob("*/*")):
        files = sorted(folder.rglob("*.parquet"))
        if files and folder.name != ISSUES.name:  # whether an issue is new is known from its former table alone
            path = files[damaged % len(files)]
            path.write_bytes(list(DAMAGES.values())[damaged % len(DAMAGES)](path.read_bytes()))
            damaged += 1
    assert damaged > 30
    _damage(root, "emptied", *partition_place(root, ISSUES, "2013-01"))
    runs = list(run_months(root, SHIPPED_MONTHS, instance))
    assert [run.release_month for run in runs if not run.is_success] == []
    assert len(read_partition(root, ISSUES, "2013-01")) == len(read_partition(sound, ISSUES, "2013-01")) == 1
    expected, found = _tables(sound), _tables(root)
    assert sorted(found) == sorted(expected)
    differ = {name.parts[2] for name, data in found.items() if data != expected[name]}
    assert differ <= {"issues", "reports", "decisions", "history"}, "the state of the issue, new or known before"


def _twins(root, month, name, content):
    folder = Path(root.path("reviews", month))
    folder.mkdir(parents=True, exist_ok=True)
    if content is None:
        (folder / name).mkdir()
    else:
        (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "a list of decisions"), (b"\0" * 50, "YAML"), (b"- action: acc", "a decision with"), (None, "a file that can be read"),
     (b'- "\\UFFFFFFFF"', "YAML"), (b"\xff\xfe", "YAML"), (b"- &a [*a]", "key: value")],
)  # fmt: skip
def test_a_damaged_decision_file_is_named_and_only_its_issue_suffers(tmp_path, content, said):
    root = DataRoot.of(tmp_path)
    _twins(root, MONTH, "0123456789ab.yaml", content)
    good = (
        b"- {action: reopen, reason: why, reviewer: ada, decided_on: 2026-11-24, sha256: '" + b"0" * 64 + b"', cells: []}\n"
    )  # fmt: skip
    _twins(root, MONTH, "ffffffffffff.yaml", good)
    found, errors = read_decisions(root, MONTH)
    assert list(found) == ["ffffffffffff"]
    assert [said in str(error) and f"reviews/{MONTH}/0123456789ab.yaml" in str(error) for error in errors] == [True]


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["document", "sidecar", "sidecar as folder", "decision as folder"])
def test_what_is_not_derived_is_named_and_only_its_month_suffers(tmp_path, instance, damage):
    shutil.copytree(SHIPPED, tmp_path / "data" / "raw")
    root = DataRoot.of(tmp_path / "data")
    document = next((tmp_path / "data" / "raw" / "2012-08").glob("mxp-*.txt"))
    sidecar = document.with_suffix(".yaml")
    if damage == "document":
        document.write_bytes(document.read_bytes()[:1000])
    elif damage == "sidecar":
        sidecar.write_bytes(b"")
    elif damage == "sidecar as folder":
        sidecar.unlink()
        sidecar.mkdir()
    else:
        _twins(root, "2012-08", "0123456789ab.yaml", None)
    bad, good = run_months(root, ["2012-08", "2018-08"], instance)
    told = " ".join([*(said for _, said in bad.failures), *(description for *_, description in bad.red)])
    assert document.stem in told or "0123456789ab" in told
    assert good.is_success, good.failures
