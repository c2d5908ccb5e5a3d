"""Decision files: nothing that was reported as written is ever lost, whoever else writes, is killed, or wrote by hand."""

import multiprocessing
import os
import signal
import threading
from pathlib import Path

import fsspec
import pytest
import yaml
from fsspec.implementations.memory import MemoryFileSystem

from trade_assets.review import decisions
from trade_assets.review.decisions import DecidedCell, Decision, DecisionError, read_decisions, write_decision
from trade_assets.warehouse import locks
from trade_assets.warehouse.locks import LockedError, locked
from trade_assets.warehouse.root import DataRoot

ISSUE = "0123456789ab"
MONTH = "2016-11"


def _decision(reason, issue=ISSUE):
    return Decision("", 1, issue, "accept", reason, "ada", "2026-11-24", "0" * 64, (DecidedCell(44, 0, "36,845"),))


def _reasons(root, month=MONTH, issue=ISSUE):
    """What stands in an issue's file, read without our own reader."""
    with fsspec.open(root.path("reviews", month, f"{issue}.yaml")) as file:
        return [entry["reason"] for entry in yaml.safe_load(file)]


def _write_many(url, barrier, writer, count):
    """Half of the decisions on one issue that all writers decide, the others each on an issue that two writers share."""
    barrier.wait(60)
    for number in range(count):
        issue = ISSUE if number % 2 else f"{writer // 2:012x}"
        write_decision(DataRoot(url), MONTH, _decision(f"writer {writer} number {number}", issue))


def _expected(writers, count):
    said = [(writer, number) for writer in range(writers) for number in range(count)]
    return {
        ISSUE: {f"writer {w} number {n}" for w, n in said if n % 2},
        **{f"{pair:012x}": {f"writer {w} number {n}" for w, n in said if not n % 2 and w // 2 == pair} for pair in range(writers // 2)},
    }


def _assert_all_there(root, expected):
    assert sorted(read_decisions(root, MONTH)[0]) == sorted(expected)
    for issue, reasons in expected.items():
        found = _reasons(root, issue=issue)
        assert len(found) == len(reasons)
        assert set(found) == reasons


@pytest.mark.parametrize("each", [5, pytest.param(25, marks=pytest.mark.slow)])
def test_decisions_of_eight_processes_at_once_are_all_there(tmp_path, each):
    root = DataRoot.of(tmp_path)
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(8)
    writers = [fork.Process(target=_write_many, args=(root.url, barrier, writer, each)) for writer in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * 8
    expected = _expected(8, each)
    assert sum(map(len, expected.values())) == 8 * each
    _assert_all_there(root, expected)
    assert not list(tmp_path.rglob(".tmp-*"))


def test_decisions_at_once_on_object_storage_are_all_there(tmp_path):
    root, barrier = DataRoot.of(f"memory://{tmp_path.name}"), threading.Barrier(4)
    writers = [threading.Thread(target=_write_many, args=(root.url, barrier, writer, 6)) for writer in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    _assert_all_there(root, _expected(4, 6))
    assert not root.exists("reviews", locks.NAME)


def _hold(url, is_held):
    with locked(DataRoot(url), "reviews"):
        is_held.set()
        signal.pause()


def test_a_killed_writer_leaves_no_lock(tmp_path, monkeypatch):
    root, fork = DataRoot.of(tmp_path), multiprocessing.get_context("fork")
    is_held = fork.Event()
    holder = fork.Process(target=_hold, args=(root.url, is_held), daemon=True)
    holder.start()
    assert is_held.wait(30)
    monkeypatch.setattr(locks, "WITHIN", 0.2)
    with pytest.raises(LockedError, match=r"reviews/\.lock has been locked by another process for 0\.2 s"):
        write_decision(root, MONTH, _decision("too early"))
    assert not root.exists("reviews", MONTH)
    os.kill(holder.pid, signal.SIGKILL)
    holder.join(30)
    write_decision(root, MONTH, _decision("after the kill"))
    assert _reasons(root) == ["after the kill"]


def test_a_lock_that_a_killed_writer_left_on_object_storage_is_named(tmp_path, monkeypatch):
    root = DataRoot.of(f"memory://{tmp_path.name}")
    root.write(b"cluster-7 4711 0f", "reviews", locks.NAME)
    monkeypatch.setattr(locks, "WITHIN", 0.2)
    with pytest.raises(LockedError, match=r"reviews/\.lock says that another process, 4711 on cluster-7, .* remove that object"):
        write_decision(root, MONTH, _decision("never"))
    assert not root.exists("reviews", MONTH)
    root.filesystem.rm_file(root.path("reviews", locks.NAME))
    write_decision(root, MONTH, _decision("once it is removed"))
    assert _reasons(root) == ["once it is removed"]


class _Careless(MemoryFileSystem):
    """Storage that promises to create an object only once, and does not keep it."""

    protocol = "careless"
    store = {}  # noqa: RUF012  # as in its parent
    pseudo_dirs = [""]  # noqa: RUF012  # as in its parent

    @classmethod
    def _strip_protocol(cls, path):
        return MemoryFileSystem._strip_protocol(path.removeprefix("careless:/"))

    def pipe_file(self, path, value, mode="overwrite", **kwargs):
        super().pipe_file(path, value, **kwargs)


def test_storage_that_keeps_no_two_writers_apart_is_refused(tmp_path):
    fsspec.register_implementation("careless", _Careless, clobber=True)
    root = DataRoot.of(f"careless://{tmp_path.name}")
    with pytest.raises(LockedError, match="cannot keep two writers apart"):
        write_decision(root, MONTH, _decision("never"))
    assert not root.exists("reviews", MONTH)


_FLOW = """[{{action: accept, reason: {reason}, reviewer: ada, decided_on: 2026-11-24, sha256: '{sha}',
  cells: [{{line: 44, start: 0, text: '1'}}]}}]
"""


@pytest.mark.parametrize(
    "text",
    [
        _FLOW.format(reason="as printed", sha="0" * 64),
        decisions.entry_text(_decision("indented")).replace("\n", "\n  ").rstrip().replace("- action", "  - action", 1),
        decisions.entry_text(_decision("ends the document")) + "...\n",
    ],
)
def test_a_list_in_another_form_is_not_broken_by_an_entry_behind_it(tmp_path, text):
    root = DataRoot.of(tmp_path)
    root.write(text.encode(), "reviews", MONTH, f"{ISSUE}.yaml")
    before = read_decisions(root, MONTH)[0][ISSUE]
    with pytest.raises(DecisionError):
        write_decision(root, MONTH, _decision("behind it"))
    assert read_decisions(root, MONTH)[0][ISSUE] == before
    assert Path(root.path("reviews", MONTH, f"{ISSUE}.yaml")).read_text(encoding="utf-8") == text


def test_an_entry_that_would_make_the_file_unreadable_is_refused(tmp_path, monkeypatch):
    root = DataRoot.of(tmp_path)
    write_decision(root, MONTH, _decision("first"))
    monkeypatch.setattr(decisions, "MAX_BYTES", root.size("reviews", MONTH, f"{ISSUE}.yaml") + 20)
    with pytest.raises(DecisionError, match="with the new entry"):
        write_decision(root, MONTH, _decision("second"))
    assert [entry.reason for entry in read_decisions(root, MONTH)[0][ISSUE]] == ["first"]


def test_both_endings_of_a_file_name_are_one_issue(tmp_path):
    root = DataRoot.of(tmp_path)
    root.write(decisions.entry_text(_decision("by hand")).encode(), "reviews", MONTH, f"{ISSUE}.yml")
    assert write_decision(root, MONTH, _decision("by command")) == f"reviews/{MONTH}/{ISSUE}.yml"
    found, errors = read_decisions(root, MONTH)
    assert [entry.reason for entry in found[ISSUE]] == ["by hand", "by command"]
    assert errors == []


def test_two_files_of_an_issue_are_named_and_none_is_passed_over(tmp_path):
    root = DataRoot.of(tmp_path)
    for ending, reason in ((".yaml", "one"), (".yml", "other")):
        root.write(decisions.entry_text(_decision(reason)).encode(), "reviews", MONTH, f"{ISSUE}{ending}")
    _, errors = read_decisions(root, MONTH)
    assert [f"reviews/{MONTH}/{ISSUE}.yml: expected one file for an issue" in str(error) for error in errors] == [True]
    with pytest.raises(DecisionError, match="one file for an issue"):
        write_decision(root, MONTH, _decision("which one"))
