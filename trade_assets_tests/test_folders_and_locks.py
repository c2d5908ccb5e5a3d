"""Folders that are replaced as a whole, and locks that keep two writers apart: on a disk, and on storage without either."""

import os
import re
import socket
from pathlib import Path

import pytest

from trade_assets.warehouse import folders, locks
from trade_assets.warehouse.folders import NotOursError, entries, replace_folder
from trade_assets.warehouse.locks import LockedError, locked, locked_file, settled
from trade_assets.warehouse.root import DataRoot


@pytest.fixture
def disk(tmp_path):
    return DataRoot.of(tmp_path)


@pytest.fixture
def storage(tmp_path):
    made = DataRoot.of(f"memory://{tmp_path.name}")
    yield made
    if made.exists():
        made.filesystem.rm(made.url, recursive=True)


# What a folder holds


def test_everything_in_a_folder_is_told_and_what_is_a_plain_file(disk, tmp_path):
    assert entries(disk, "there") == {}
    folder = tmp_path / "there"
    (folder / "deep").mkdir(parents=True)
    (folder / ".hidden").write_text("h")
    (folder / "a.csv").write_text("a")
    (folder / "link").symlink_to(folder / "a.csv")
    assert entries(disk, "there") == {"deep": False, ".hidden": True, "a.csv": True, "link": False}


def test_what_stands_in_place_of_a_folder_is_said(disk, tmp_path):
    (tmp_path / "file").write_text("f")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    for name, said in (("file", "is no folder"), ("link", "is a link to another place"), ("nowhere", "is a link to another place")):
        with pytest.raises(NotOursError, match=f"^{said}$"):
            entries(disk, name)


def test_the_same_of_storage(storage):
    assert entries(storage, "there") == {}
    storage.write(b"a", "there", "a.csv")
    storage.write(b"b", "there", "deep", "b.csv")
    assert entries(storage, "there") == {"a.csv": True, "deep": False}
    with pytest.raises(NotOursError, match=r"^is no folder$"):
        entries(storage, "there", "a.csv")


class _Listing:
    """Storage that lists what it is told to."""

    def __init__(self, *listed):
        self.listed = listed

    def isfile(self, path):
        return False

    def _strip_protocol(self, url):
        return url.removeprefix("s3://")

    def ls(self, path, detail, refresh):
        assert (detail, refresh) == (True, True)
        if not self.listed:
            raise FileNotFoundError(path)
        return [{"name": name, "type": "directory" if name.endswith("/") else "file"} for name in self.listed]


def test_an_object_that_stands_for_the_folder_is_none_in_it(monkeypatch):
    for listed, expected in (
        ((), {}),
        (("bucket/there/",), {}),
        (("bucket/there", "bucket/there/a", "bucket/there/b/"), {"a": True, "b": False}),
    ):
        monkeypatch.setattr(DataRoot, "filesystem", property(lambda self, listed=listed: _Listing(*listed)))
        assert entries(DataRoot("s3://bucket"), "there") == expected


# Replacing


OURS = {"a", "b", "c"}


@pytest.mark.parametrize("kind", ["disk", "storage"])
def test_a_folder_holds_exactly_what_it_was_made_of_and_is_not_written_again(request, kind):
    root = request.getfixturevalue(kind)
    assert replace_folder(root, {"a": b"1", "b": b"2"}, "far", "there", ours=OURS) is True
    assert replace_folder(root, {"b": b"2", "a": b"1"}, "far", "there", ours=OURS) is False
    for files in ({"a": b"1", "b": b"3"}, {"a": b"12", "b": b"3"}, {"a": b"12"}, {"c": b"4"}, {"b": b"5", "c": b"4"}):
        assert replace_folder(root, files, "far", "there", ours=OURS) is True
        assert {name: root.read("far", "there", name) for name in entries(root, "far", "there")} == files
        assert replace_folder(root, files, "far", "there", ours=OURS) is False


@pytest.mark.parametrize("kind", ["disk", "storage"])
def test_a_folder_with_anything_else_is_left_as_it_is(request, kind):
    root = request.getfixturevalue(kind)
    root.write(b"1", "there", "a")
    root.write(b"mine", "there", "z")
    with pytest.raises(NotOursError, match=r"^holds z, which is none of its files$"):
        replace_folder(root, {"b": b"2"}, "there", ours=OURS)
    root.filesystem.rm_file(root.path("there", "z"))
    root.write(b"mine", "there", "b", "thesis")
    with pytest.raises(NotOursError, match=r"^holds b, which is no plain file$"):
        replace_folder(root, {"b": b"2"}, "there", ours=OURS)
    assert root.read("there", "a") == b"1" and root.read("there", "b", "thesis") == b"mine"


def test_in_storage_the_files_come_in_their_order_and_what_is_left_goes_last(storage, monkeypatch):
    for name in OURS:
        storage.write(b"1", "there", name)
    did, filesystem = [], type(storage.filesystem)
    pipe_file, rm_file = filesystem.pipe_file, filesystem.rm_file
    monkeypatch.setattr(filesystem, "pipe_file", lambda self, path, *of, **more: did.append(path[-1]) or pipe_file(self, path, *of, **more))
    monkeypatch.setattr(filesystem, "rm_file", lambda self, path: did.append(f"-{path[-1]}") or rm_file(self, path))
    replace_folder(storage, {"c": b"2", "b": b"3"}, "there", ours=OURS)
    assert did == ["c", "b", "-a"]


def test_files_are_on_the_disk_before_the_folder_changes_places(disk, tmp_path, monkeypatch):
    did, fsync, exchange = [], os.fsync, folders._exchange

    def flushed(number):
        did.append(Path(f"/proc/self/fd/{number}").readlink().name)
        fsync(number)

    def exchanged(new, former):
        did.append((new.name[:5], former.name))
        exchange(new, former)

    monkeypatch.setattr(folders.os, "fsync", flushed)
    monkeypatch.setattr(folders, "_exchange", exchanged)
    replace_folder(disk, {"a": b"1"}, "there", ours=OURS)
    replace_folder(disk, {"a": b"2", "b": b"3"}, "there", ours=OURS)
    assert did == ["a", "a", "b", (".tmp-", "there")], "the first time there is nothing to change places with"
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_folder_that_cannot_be_written_whole_leaves_nothing_beside_the_former_one(disk, tmp_path, monkeypatch):
    replace_folder(disk, {"a": b"1"}, "there", ours=OURS)

    def full(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(folders.os, "fsync", full)
    with pytest.raises(KeyboardInterrupt):
        replace_folder(disk, {"a": b"2"}, "there", ours=OURS)
    assert disk.read("there", "a") == b"1" and [path.name for path in tmp_path.iterdir()] == ["there"]


def test_what_came_meanwhile_is_kept_under_a_name_that_nobody_sweeps(disk, tmp_path, monkeypatch):
    exchange = folders._exchange
    monkeypatch.setattr(folders, "_exchange", lambda new, former: (former / "mine").write_text("m") and exchange(new, former))
    disk.write(b"1", "there", "a")
    replace_folder(disk, {"b": b"2"}, "there", ours=OURS)
    (kept,) = (path for path in tmp_path.iterdir() if path.name != "there")
    assert re.fullmatch(rf"\.kept-\w+-{os.getpid()}-[0-9a-f]{{32}}", kept.name)
    assert [path.name for path in kept.iterdir()] == ["mine"], "what was seen in it is gone"


@pytest.mark.parametrize("swaps", ["none", "refused", "another system"])
def test_without_an_exchange_the_former_folder_stands_aside_meanwhile(tmp_path, monkeypatch, swaps):
    moved, rename = [], Path.rename

    class Library:
        renameat2 = staticmethod(lambda *said: moved.append(said) or -1)

    for name in ("new", "former"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    monkeypatch.setattr(folders.ctypes, "CDLL", lambda *_, **__: object() if swaps == "none" else Library())
    if swaps == "another system":
        monkeypatch.setattr(folders.os, "name", "nt")
    monkeypatch.setattr(Path, "rename", lambda self, to: moved.append((self.name, to.name)) or rename(self, to))
    folders._exchange(tmp_path / "new", tmp_path / "former")
    monkeypatch.undo()
    call = [(-100, os.fsencode(tmp_path / "new"), -100, os.fsencode(tmp_path / "former"), 2)] if swaps == "refused" else []
    assert moved == [*call, ("former", "new-former"), ("new", "former"), ("new-former", "new")]
    assert (tmp_path / "new" / "former").exists() and (tmp_path / "former" / "new").exists()


def test_an_exchange_is_one_step_of_the_system_where_it_has_one(tmp_path, monkeypatch):
    asked = []

    class Library:
        renameat2 = staticmethod(lambda *said: asked.append(said) or 0)

    def refused(*_):
        raise AssertionError

    monkeypatch.setattr(folders.ctypes, "CDLL", lambda *said, **more: asked.append((*said, more)) or Library())
    monkeypatch.setattr(Path, "rename", refused)
    folders._exchange(tmp_path / "new", tmp_path / "former")
    assert asked == [
        (None, {"use_errno": True}), (-100, os.fsencode(tmp_path / "new"), -100, os.fsencode(tmp_path / "former"), 2),
    ]  # fmt: skip


# Without a lock


@pytest.mark.parametrize(("changes", "writes"), [(0, 1), (1, 2), (19, 20), (20, 20), (99, 20)])
def test_who_writes_looks_again_until_it_stays_or_twenty_times(changes, writes):
    written = []

    def write():
        written.append(1)
        assert len(written) < 100
        return len(written) <= changes

    settled(write)
    assert len(written) == writes


# Locks on a disk


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on only while somebody sleeps; what was slept."""
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        assert len(slept) < 100, "who waits in vain gives up"

    monkeypatch.setattr(locks.time, "monotonic", lambda: 100.0 + sum(slept))
    monkeypatch.setattr(locks.time, "sleep", sleep)
    return slept


def test_a_lock_is_had_by_one_and_then_by_the_next(disk, tmp_path, clock):
    with locked(disk, "reviews", "2021-02"):
        assert (tmp_path / "reviews" / "2021-02" / ".lock").exists()
        with pytest.raises(LockedError), locked(disk, "reviews", "2021-02", within=0):
            pass
        with locked(disk, "reviews", "2021-03", within=0):
            pass
    with locked(disk, "reviews", "2021-02", within=0):
        pass
    assert clock == []


@pytest.mark.parametrize(("within", "said", "pauses"), [(0, "0 s", 0), (0.025, "0.025 s", 3), (0.5, "0.5 s", 50), (None, "0.125 s", 13)])
def test_who_waits_in_vain_says_for_whom_and_how_long(tmp_path, monkeypatch, clock, within, said, pauses):
    monkeypatch.setattr(locks, "WITHIN", 0.125)
    path = tmp_path / "a" / ".lock"
    with locked_file(path):
        with pytest.raises(LockedError) as failed, locked_file(path, within):
            pass
        assert str(failed.value) == f"{path} has been locked by another process for {said}. To do: wait for it, or end it"
        assert clock == pytest.approx([0.01] * pauses)


def test_a_lock_that_becomes_free_in_time_is_had(tmp_path, monkeypatch):
    path, other = tmp_path / ".lock", locked_file(tmp_path / ".lock")
    other.__enter__()
    monkeypatch.setattr(locks.time, "sleep", lambda _: other.__exit__(None, None, None))
    with locked_file(path, 5):
        assert path.exists()
    assert path.exists(), "whoever removed it would let a second writer in"


def test_minutes_are_waited_for_who_opens_and_a_minute_for_others():
    assert (locks.WITHIN, locks.NAME) == (60.0, ".lock")


# Locks in storage


def test_in_storage_a_lock_is_an_object_that_says_whose_it_is(storage, clock):
    with locked(storage, "reviews"):
        host, pid, number = storage.read("reviews", ".lock").decode().split()
        assert (host, pid) == (socket.gethostname(), str(os.getpid())) and len(number) == 32
        with pytest.raises(LockedError) as failed, locked(storage, "reviews", within=0.2):
            pass
    assert str(failed.value) == (
        f"{storage.url}/reviews/.lock says that another process, {pid} on {host}, is writing, for 0.2 s. "
        "To do: wait for it; if it was killed, remove that object"
    )
    assert clock == pytest.approx([0.1, 0.1]) and not storage.exists("reviews", ".lock")


def test_a_lock_in_storage_is_given_back_whatever_happens(storage):
    with pytest.raises(ValueError, match="slip"), locked(storage, "reviews"):
        raise ValueError("slip")
    with locked(storage, "reviews", within=0):
        assert storage.exists("reviews", ".lock")


def test_a_lock_of_nobody_known_is_said_so(storage):
    assert locks._owner(storage, "reviews", ".lock") == "unknown"
    for left in (b"", b"one two", b"one two three four"):
        storage.write(left, "reviews", ".lock")
        assert locks._owner(storage, "reviews", ".lock") == "unknown"
    storage.write(b"host 77 abc", "reviews", ".lock")
    assert locks._owner(storage, "reviews", ".lock") == "77 on host"


@pytest.mark.parametrize("how", ["twice", "another's"])
def test_storage_that_keeps_no_two_writers_apart_is_refused(storage, monkeypatch, how):
    created = locks._is_created

    def careless(root, path, token):
        is_created = created(root, path, token)
        if how == "another's":
            root.filesystem.pipe_file(path, b"other 1 x")
        return is_created or how == "twice"

    monkeypatch.setattr(locks, "_is_created", careless)
    with pytest.raises(LockedError) as failed, locked(storage, "reviews"):
        pass
    assert str(failed.value) == (
        f"{storage.url}/reviews/.lock was created twice: this storage cannot keep two writers apart. To do: write from a local data root"
    )
    assert not storage.exists("reviews", ".lock")
