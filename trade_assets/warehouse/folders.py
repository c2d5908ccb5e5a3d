"""A folder of files under a data root that is replaced as a whole."""

from __future__ import annotations

import ctypes
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

from trade_assets.warehouse.root import DataRoot

_TEMPORARY = ".tmp-"
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


def replace_folder(root: DataRoot, files: Mapping[str, bytes], *parts: str) -> bool:
    """Make a folder hold exactly these files; False if it does already, and nothing was touched.

    On a local disk the files are written beside it and the folder is exchanged: readers see the former files or the
    new ones. Object storage has no folders: files are put one by one in the order given, so that one which describes the
    others comes last, and what no longer belongs is removed after that.
    """
    if root.names(*parts) == sorted(files) and all(_holds(root, data, *parts, name) for name, data in files.items()):
        return False
    if root.is_local:
        _replace_local(Path(root.path(*parts)), files)
        return True
    for name, data in files.items():
        root.write(data, *parts, name)
    for name in set(root.names(*parts)) - set(files):
        root.filesystem.rm(root.path(*parts, name), recursive=True)
    return True


def _holds(root: DataRoot, data: bytes, *parts: str) -> bool:
    try:
        return root.size(*parts) == len(data) and root.read(*parts) == data
    except (FileNotFoundError, IsADirectoryError):
        return False


def _replace_local(target: Path, files: Mapping[str, bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{_TEMPORARY}{uuid.uuid4().hex}")
    temporary.mkdir()
    try:
        for name, data in files.items():
            with (temporary / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        if target.exists():
            _exchange(temporary, target)
        else:
            temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


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
