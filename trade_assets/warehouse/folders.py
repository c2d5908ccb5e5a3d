"""A folder of files under a data root that is replaced as a whole."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

from trade_assets.warehouse.root import TEMPORARY, DataRoot, temporary_name

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


class NotOursError(Exception):
    """Something in the place of a folder, or in the folder, that must not be removed; the message says what, as a predicate."""


def entries(root: DataRoot, *parts: str) -> dict[str, bool]:
    """Everything in a folder by name, what is hidden too: whether it is a regular file. Empty if there is no such folder.

    Raises:
        NotOursError: something else than a folder stands there.
    """
    if root.is_local:
        path = Path(root.path(*parts))
        if path.is_symlink():
            raise NotOursError("is a link to another place")
        if path.exists() and not path.is_dir():
            raise NotOursError("is no folder")
        if not path.exists():
            return {}
        with os.scandir(path) as found:
            return {entry.name: entry.is_file(follow_symlinks=False) for entry in found}
    url = root.path(*parts)
    if root.filesystem.isfile(url):
        raise NotOursError("is no folder")
    try:
        told = root.filesystem.ls(url, detail=True, refresh=True)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    own = root.filesystem._strip_protocol(url).rstrip("/")
    # Some object stores list an empty object that stands for the folder itself.
    listed = {each["name"].rstrip("/"): each["type"] == "file" for each in told if each["name"].rstrip("/") != own}
    return {PurePosixPath(name).name: is_file for name, is_file in listed.items()}


def replace_folder(root: DataRoot, files: Mapping[str, bytes], *parts: str, ours: Collection[str]) -> bool:
    """Make a folder hold exactly these files; False if it does already, and nothing was touched.

    On a local disk the files are written beside it and the folder is exchanged: readers see the former files or the
    new ones. Object storage has no folders: files are put one by one in the order given, so that one which describes the
    others comes last, and what no longer belongs is removed after that.

    Args:
        ours: the names of files that may be replaced or removed.

    Raises:
        NotOursError: the folder holds anything else; nothing was touched.
        OSError: the place cannot be written to.
    """
    present = entries(root, *parts)
    for name in sorted(present):
        if name not in ours or not present[name]:
            raise NotOursError(f"holds {name}, which {'is none of its files' if present[name] else 'is no plain file'}")
    if sorted(present) == sorted(files) and all(_holds(root, data, *parts, name) for name, data in files.items()):
        return False
    if root.is_local:
        _replace_local(Path(root.path(*parts)), files, present)
        return True
    for name, data in files.items():
        root.write(data, *parts, name)
    for name in set(present) - set(files):
        root.filesystem.rm_file(root.path(*parts, name))
    return True


def _holds(root: DataRoot, data: bytes, *parts: str) -> bool:
    try:
        return root.size(*parts) == len(data) and root.read(*parts) == data
    except FileNotFoundError:
        return False


def _replace_local(target: Path, files: Mapping[str, bytes], present: Collection[str]) -> None:
    """Exchange a folder, and remove of the former one what was seen in it: what came since stays, under a hidden name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(temporary_name())
    temporary.mkdir()
    try:
        for name, data in files.items():
            with (temporary / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        if not target.exists():
            temporary.rename(target)
            return
        _exchange(temporary, target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    for name in present:
        (temporary / name).unlink(missing_ok=True)
    try:
        temporary.rmdir()
    except OSError:
        # Under a name that nobody takes for a leftover.
        temporary.rename(target.with_name(f".kept-{temporary.name.removeprefix(TEMPORARY)}"))


def _exchange(new: Path, former: Path) -> None:
    """Let two folders change places: in one step on Linux, elsewhere in steps that leave the former one whole beside it."""
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if os.name == "posix" else None
    if swap is not None and swap(_HERE, os.fsencode(new), _HERE, os.fsencode(former), _EXCHANGE) == 0:
        return
    aside = former.with_name(f"{new.name}-former")
    former.rename(aside)
    try:
        new.rename(former)
    except BaseException:
        aside.rename(former)
        raise
    aside.rename(new)
