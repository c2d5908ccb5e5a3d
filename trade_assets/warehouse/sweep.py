"""What kills and damage leave under a local data root, put in order before the next run begins.

Temporary files of processes that are gone are removed, and files that no month's record names any more. So are tables that are not
whole: they are derived, and one that is not there is made again, where a broken one would stop whoever reads it, also for other
months. What is not derived, documents and decisions, is never touched here; whoever reads it names it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from trade_assets.warehouse.commits import (
    COMMITS,
    EARLIER_FILE,
    GRACE,
    commit_of,
    commits,
    committed_at,
    committed_months,
    folder_of,
    forget,
    path_of,
    set_aside_damaged,
)
from trade_assets.warehouse.commits import FOLDER as WAREHOUSE
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
    healed = set_aside(root)
    if not root.is_local:
        return healed
    top = Path(root.path())
    left, files = _looked_through(top)
    for path in left:
        with suppress(OSError):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    months = committed_months(root)
    found = [sentence for month in months for sentence in _of_month(root, month)]
    _remove_unnamed(root, files)
    return [*healed, *found, *_without_damaged(root, _of_no_record(root, files, months))]


def set_aside(root: DataRoot) -> list[str]:
    """Set the records of months aside that cannot be read, which would stop whoever looks at any month; a sentence for each."""
    return [_record_said(month) for month in committed_months(root) if set_aside_damaged(root, month)]


def _record_said(release_month: str) -> str:
    place = Path(WAREHOUSE, COMMITS, f"{release_month}.json")
    return f"{place.as_posix()} was damaged and is set aside; 'trade-assets run --month {release_month}' makes it again"


def sweep_month(root: DataRoot, release_month: str) -> list[str]:
    """Remove the tables of a month that are damaged, and those of all months, for a run of the month; a sentence for each."""
    healed = [_record_said(release_month)] if set_aside_damaged(root, release_month) else []
    if not root.is_local:
        return healed
    warehouse = Path(root.path(WAREHOUSE))
    files = [*warehouse.glob(f"*/*/release_month={release_month}/*"), *warehouse.glob("*/*/*.parquet")]
    damaged = _without_damaged(root, _of_no_record(root, files, committed_months(root)))
    return [*healed, *_of_month(root, release_month), *damaged]


def _of_month(root: DataRoot, release_month: str) -> list[str]:
    """Take the tables out of a month's record whose files are gone or damaged, and remove these.

    Only the content of files that are younger than the record is looked into: who wrote it had them all before.
    """
    found, since = commit_of(root, release_month), committed_at(root, release_month)
    damaged = {}
    for name, stored in found.tables.items() if found is not None else ():
        place = (*folder_of(name, release_month), stored.file)
        path = Path(root.path(*place))
        try:
            told = path.stat()
            is_sound = told.st_size == stored.size and (told.st_mtime_ns <= since or is_whole(path))
        except FileNotFoundError:
            is_sound = False
        if not is_sound and (_removed(path) or not path.exists()):
            damaged[name] = Path(*place)
    if damaged:
        forget(root, release_month, set(damaged))
    return [_sentence(place, release_month) for place in damaged.values()]


def _of_no_record(root: DataRoot, files: Iterable[Path], committed: Collection[str]) -> Iterator[Path]:
    """The files that no record could tell of: those of tables without months, and those of months that earlier versions left."""
    for path in files:
        month = _month_of(path)
        if month is None or (month not in committed and path.name == EARLIER_FILE):
            yield path


def _month_of(path: Path) -> str | None:
    name, _, month = path.parent.name.partition("=")
    return month if name == "release_month" else None


def _remove_unnamed(root: DataRoot, files: Iterable[Path]) -> None:
    """Remove the files that no record names any more, once nobody reads them; and those of runs that were killed, once they are old."""
    warehouse, now = Path(root.path(WAREHOUSE)), time.time()
    named: dict[str, set[str]] = {}
    for commit in commits(root):
        names = {path_of(name, commit.release_month, stored) for name, stored in commit.tables.items()}
        named[commit.release_month] = names | {each.path for each in commit.replaced if now - each.at <= GRACE}
    for path in files:
        month = _month_of(path)
        # Of a month without a record nobody knows what is needed: it goes once the month is built again.
        if month is None or month not in named:
            continue
        with suppress(OSError):
            if path.relative_to(warehouse).as_posix() not in named[month] and now - path.stat().st_mtime > GRACE:
                path.unlink()


def _without_damaged(root: DataRoot, files: Iterable[Path]) -> list[str]:
    """Remove files of tables that are damaged."""
    damaged = [path for path in files if path.suffix == ".parquet" and not is_whole(path) and _removed(path)]
    return [_sentence(path.relative_to(root.path()), _month_of(path)) for path in damaged]


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


def _looked_through(top: Path) -> tuple[list[Path], list[Path]]:
    """Temporary files and folders that nobody will move into place any more; and the files of the warehouse's tables."""
    now, left, tables = time.time(), list[Path](), list[Path]()
    for folder, folders, files in os.walk(top):
        if Path(folder) == top:
            folders[:] = [name for name in folders if name not in _PASSED_OVER]
        left += [path for name in (*folders, *files) if name.startswith(TEMPORARY) and _is_left(path := Path(folder, name), now)]
        tables += [path for name in files if name.endswith(".parquet") and (path := Path(folder, name)).is_relative_to(top / WAREHOUSE)]
        folders[:] = [name for name in folders if not name.startswith(TEMPORARY)]
    return left, tables


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


def _sentence(place: Path, release_month: str | None) -> str:
    again = f"'trade-assets run --month {release_month}'" if release_month else "the next run"
    return f"{place.as_posix()} was damaged and is removed; {again} makes it again"
