"""What kills and damage leave under a local data root, put in order before the next run begins.

Temporary files of processes that are gone are removed. So are tables that are not whole: they are derived, and one that is not
there is made again, where a broken one would stop whoever reads it, also for other months. What is not derived, documents and
decisions, is never touched here; whoever reads it names it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from trade_assets.warehouse.partitions import FOLDER as WAREHOUSE
from trade_assets.warehouse.root import TEMPORARY, DataRoot, temporary_name

_MAGIC = b"PAR1"
_LEAST = 12
"""A Parquet file begins and ends with the magic bytes; before the last ones stands the length of its footer, in four bytes
(https://parquet.apache.org/docs/file-format/)."""

_OLD = 24 * 3600.0
"""Seconds after which nobody writes on."""

_PASSED_OVER = ("dagster",)
"""Dagster's own: many files, and none of ours."""


def sweep(root: DataRoot) -> list[str]:
    """Remove what is left over, everywhere; a sentence for each table that was damaged."""
    if not root.is_local:
        return []
    top = Path(root.path())
    for path in _left(top):
        with suppress(OSError):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    return _without_damaged(root, (Path(folder, name) for folder, _, files in os.walk(top / WAREHOUSE) for name in files))


def sweep_month(root: DataRoot, release_month: str) -> list[str]:
    """Remove the tables of a month that are damaged, and those of all months, for a run of the month; a sentence for each."""
    if not root.is_local:
        return []
    warehouse = Path(root.path(WAREHOUSE))
    return _without_damaged(root, (*warehouse.glob(f"*/*/release_month={release_month}/*"), *warehouse.glob("*/*/*.parquet")))


def _without_damaged(root: DataRoot, files: Iterable[Path]) -> list[str]:
    damaged = [path for path in files if path.suffix == ".parquet" and not is_whole(path) and _removed(path)]
    return [_sentence(path.relative_to(root.path())) for path in damaged]


def is_whole(path: Path) -> bool:
    """Whether a Parquet file has its beginning, its end and a footer that fits between them. What others removed meanwhile is no damage."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _LEAST or file.read(4) != _MAGIC:
                return False
            file.seek(-8, os.SEEK_END)
            end = file.read()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return end[4:] == _MAGIC and int.from_bytes(end[:4], "little") <= size - _LEAST


def _left(top: Path) -> Iterator[Path]:
    """Temporary files and folders that nobody will move into place any more."""
    now = time.time()
    for folder, folders, files in os.walk(top):
        if Path(folder) == top:
            folders[:] = [name for name in folders if name not in _PASSED_OVER]
        for name in (*folders, *files):
            if name.startswith(TEMPORARY) and _is_left(path := Path(folder, name), now):
                yield path
        folders[:] = [name for name in folders if not name.startswith(TEMPORARY)]


def is_running(pid: int) -> bool:
    """Whether a process of this machine runs; one that has ended, and that its parent has not asked about yet, does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, OverflowError):
        return False
    except (OSError, IndexError):
        return True  # somebody else's, or a system that does not tell


def _is_left(path: Path, now: float) -> bool:
    """Whether the process that its name tells is gone; of one of another machine, or of no name, whether it is a day old."""
    try:
        host, pid, *_ = path.name.split("-")[1:]
        if host == temporary_name().split("-")[1] and not is_running(int(pid)):
            return True
    except ValueError:
        pass
    try:
        return now - path.lstat().st_mtime > _OLD
    except FileNotFoundError:
        return False


def _removed(path: Path) -> bool:
    """Take a damaged file out of its place; False if another process has put a whole one there meanwhile, which stays."""
    aside = path.with_name(temporary_name())
    try:
        path.rename(aside)
        if is_whole(aside):
            with suppress(FileExistsError):
                path.hardlink_to(aside)
            return False
    except FileNotFoundError:
        return False
    finally:
        aside.unlink(missing_ok=True)
    return True


def _sentence(table: Path) -> str:
    month = next((part.partition("=")[2] for part in table.parts if part.startswith("release_month=")), None)
    again = f"'trade-assets run --month {month}'" if month else "the next run"
    return f"{table.as_posix()} was damaged and is removed; {again} makes it again"
