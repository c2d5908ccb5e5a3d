"""One writer at a time, where a file is read, added to and written again, or made by many at once.

On a local disk it is the kernel's lock on a file: a killed process cannot keep it. On object storage it is an object that only
one can create: a killed process leaves it, and whoever comes next is told so, because nothing tells its owner from a slow one.
"""

from __future__ import annotations

import fcntl
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trade_assets.warehouse.root import DataRoot

NAME = ".lock"
WITHIN = 60.0
"""Seconds to wait for others; each of them holds a lock for a few milliseconds, the first opening of an instance for seconds."""

_PAUSE = 0.01
_AT_MOST = 20


class LockedError(OSError):
    """Others held the lock for too long, or the storage knows no lock; nothing was written."""


def settled(write: Callable[[], bool]) -> None:
    """Write what is made of files that others write too, without a lock.

    Whoever writes looks afterwards whether it would come out otherwise by now, and if so writes again: the last of them has then
    seen all there is.

    Args:
        write: makes the thing and writes it; False if it stood there already.
    """
    for _ in range(_AT_MOST):
        if not write():
            return


@contextmanager
def locked(root: DataRoot, *parts: str, within: float | None = None, name: str = NAME) -> Iterator[None]:
    """Hold the lock of a folder under the data root; it is made if it is not there.

    Args:
        name: of the lock, where a folder has several.

    Raises:
        LockedError: it is not to be had within the time, or the storage does not keep two writers apart.
    """
    within = WITHIN if within is None else within
    if root.is_local:
        with locked_file(Path(root.path(*parts)) / name, within):
            yield
    else:
        with _locked_object(root, *parts, name, within=within):
            yield


@contextmanager
def locked_file(path: Path, within: float | None = None) -> Iterator[None]:
    """Hold the lock that a file on a local disk stands for. The file stays where it is:
    it says nothing, and whoever removed it would let a second writer in.

    Raises:
        LockedError: others hold it for longer than the time given.
    """
    within = WITHIN if within is None else within
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + within
    while True:
        with path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    said = f"{path} has been locked by another process for {within:g} s. To do: wait for it, or end it"
                    raise LockedError(said) from None
            else:
                yield
                return
        time.sleep(_PAUSE)


@contextmanager
def _locked_object(root: DataRoot, *parts: str, within: float) -> Iterator[None]:
    path, token = root.path(*parts), f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex}".encode()
    deadline = time.monotonic() + within
    while not _is_created(root, path, token):
        if time.monotonic() >= deadline:
            raise LockedError(
                f"{path} says that another process, {_owner(root, *parts)}, is writing, for {within:g} s. "
                "To do: wait for it; if it was killed, remove that object"
            )
        time.sleep(_PAUSE * 10)
    try:
        if _is_created(root, path, token) or root.read(*parts) != token:
            raise LockedError(f"{path} was created twice: this storage cannot keep two writers apart. To do: write from a local data root")
        yield
    finally:
        root.filesystem.rm_file(path)


def _is_created(root: DataRoot, path: str, token: bytes) -> bool:
    try:
        root.filesystem.pipe_file(path, token, mode="create")
    except FileExistsError:
        return False
    return True


def _owner(root: DataRoot, *parts: str) -> str:
    try:
        host, pid, _ = root.read(*parts).decode().split()
    except (FileNotFoundError, ValueError):
        return "unknown"
    return f"{pid} on {host}"
