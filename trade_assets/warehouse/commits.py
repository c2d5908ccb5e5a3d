"""What a release month consists of: one small record, written last, that names the file of each of its tables.

Files are named by their content and never overwritten, so that whoever reads sees the month as one record has it: the former one or
the next. What a record no longer names stays for a while, for who began to read before.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from trade_assets.facts.periods import is_month
from trade_assets.facts.schemas import Table
from trade_assets.warehouse.locks import locked
from trade_assets.warehouse.root import DataRoot

FOLDER = "warehouse"
COMMITS = "commits"
GRACE = 24 * 3600.0
"""Seconds for which the files that a record no longer names are kept: a notebook may have them open."""

EARLIER_FILE = "data.parquet"
"""The file of each table and month in stores of earlier versions, which had no records."""

_FORMAT = 1
_HEX = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(rf"[0-9a-f]{{16}}\.parquet|{re.escape(EARLIER_FILE)}")
_NAME = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")


class DamagedError(OSError):
    """A file of the warehouse that cannot be read; the message says which, and how it is made again."""


class NewerError(OSError):
    """The store is of a newer version of the program, and nothing in it is touched."""


class OvertakenError(Exception):
    """Another run committed the month meanwhile, and this one made only some of its tables, or made them from other documents."""


class Stored(NamedTuple):
    """The file of a table in a month.

    Attributes:
        file: its name in the folder of table and month.
        sha256: of its bytes.
        size: in bytes.
        rows: how many it has; missing for a file of earlier versions.
        schema: of which columns; missing for a file of earlier versions.
    """

    file: str
    sha256: str
    size: int
    rows: int | None = None
    schema: str | None = None


class Replaced(NamedTuple):
    """A file that the record no longer names.

    Attributes:
        path: within the warehouse.
        at: when it was replaced, in seconds since 1970.
    """

    path: str
    at: float


@dataclass(frozen=True)
class Commit:
    """A month as it stands.

    Attributes:
        tables: by ``layer.name``.
        inputs: what the documents and decisions were that its last whole run began with; ``None`` if there was none.
        program: the version that made it.
        replaced: former files that may still be read.
    """

    release_month: str
    tables: Mapping[str, Stored] = field(default_factory=dict)
    inputs: str | None = None
    program: str | None = None
    replaced: tuple[Replaced, ...] = ()

    @property
    def generation(self) -> str:
        """What tells two states of the month's tables apart: a hash of the names and contents of all its tables."""
        return self.generation_without()

    def generation_without(self, *left_out: Table) -> str:
        """The generation but for some tables: those that also tell what former runs of the same store knew."""
        names = sorted(set(self.tables) - {name_of(table) for table in left_out})
        told = [self.release_month, *(f"{name} {self.tables[name].sha256}" for name in names)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]

    def of(self, table: Table) -> Stored | None:
        """The file of a table."""
        return self.tables.get(name_of(table))


def name_of(table: Table) -> str:
    """``layer.name``; of a table that shows another, that of the other, whose files they are."""
    stored = table.over or table
    return f"{stored.layer}.{stored.name}"


def folder_of(name: str, release_month: str) -> tuple[str, ...]:
    """The folder of a table and month within the data root."""
    layer, _, table = name.partition(".")
    return FOLDER, layer, table, f"release_month={release_month}"


def path_of(name: str, release_month: str, stored: Stored) -> str:
    """The path of a table's file within the warehouse."""
    return "/".join((*folder_of(name, release_month)[1:], stored.file))


def _place(release_month: str) -> tuple[str, ...]:
    return FOLDER, COMMITS, f"{release_month}.json"


_read: dict[str, tuple[object, Commit]] = {}
"""Records as they were read last, with what tells whether they have changed since."""


def commit_of(root: DataRoot, release_month: str) -> Commit | None:
    """The month's record; ``None`` if it has none.

    Raises:
        DamagedError: it is not one of ours any more.
    """
    path = root.path(*_place(release_month))
    if not root.is_local:
        try:
            return _of_bytes(root.read(*_place(release_month)), release_month)
        except FileNotFoundError:
            return None
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        _read.pop(path, None)
        return None
    # A record is never written over but replaced, by another file.
    identity = found.st_ino, found.st_mtime_ns, found.st_size
    known = _read.get(path)
    if known is None or known[0] != identity:
        try:
            known = _read[path] = identity, _of_bytes(root.read(*_place(release_month)), release_month)
        except FileNotFoundError:
            return None
    return known[1]


def committed_at(root: DataRoot, release_month: str) -> int:
    """When the month's record was written, in nanoseconds since 1970, on a local disk; 0 if it has none."""
    try:
        return Path(root.path(*_place(release_month))).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def committed_months(root: DataRoot) -> list[str]:
    """The months that have a record, in order."""
    months = [name.removesuffix(".json") for name in root.names(FOLDER, COMMITS) if name.endswith(".json")]
    return [month for month in months if is_month(month)]


def commits(root: DataRoot) -> Iterator[Commit]:
    """All records, in the order of months."""
    for month in committed_months(root):
        found = commit_of(root, month)
        if found is not None:
            yield found


def adopted(root: DataRoot, release_month: str) -> Commit:
    """The month's record; where it has none, what earlier versions left of it."""
    from trade_assets.facts.tables import ALL_TABLES  # which are declared with every family

    found = commit_of(root, release_month)
    if found is not None:
        return found
    # What this version only shows has no file of its own any more.
    shown = {f"{table.layer}.{table.name}" for table in ALL_TABLES if table.over is not None}
    tables = {}
    for layer in root.names(FOLDER):
        for table in root.names(FOLDER, layer) if layer != COMMITS else ():
            name = f"{layer}.{table}"
            earlier = None if name in shown else stored_earlier(root, name, release_month)
            if earlier is not None:
                tables[name] = earlier
    return Commit(release_month, tables)


def stored_earlier(root: DataRoot, name: str, release_month: str) -> Stored | None:
    """The file that earlier versions left of a table, by ``layer.name``, in a month that has no record."""
    place = (*folder_of(name, release_month), EARLIER_FILE)
    try:
        # Not of a draft, which would be kept with all its rows.
        return Stored(EARLIER_FILE, _hash_of(DataRoot(root.url), place, root.stamp(*place)), root.size(*place))
    except (FileNotFoundError, NotADirectoryError):
        return None


@lru_cache(maxsize=4096)
def _hash_of(root: DataRoot, place: tuple[str, ...], stamp: str) -> str:
    """The SHA-256 of a file that no record names, which changes only with its stamp."""
    return hashlib.sha256(root.read(*place)).hexdigest()


def commit(
    root: DataRoot,
    begun: Commit,
    made: Mapping[str, Stored],
    *,
    inputs: str | None = None,
    program: str | None = None,
    first: Callable[[], None] = lambda: None,
    is_latest: Callable[[], bool] = lambda: True,
) -> Commit:
    """Let a month consist of what was made, and of what it had of other tables; as it is if that is the same.

    Args:
        begun: the month as it stood when the making began.
        inputs: as in ``Commit``; what it was built from so far by default.
        first: what is written before the record, so that a month never counts as built without it; what it raises stops the commit.
        is_latest: whether what was made is of the documents and decisions that stand there now; asked if another run came first.

    Raises:
        OvertakenError: the month has changed since, and has tables that were not made anew, or others' documents.
        LockedError: another process holds the month's lock for too long.
        FileNotFoundError: a file that was made is not there any more.
    """
    month = begun.release_month
    with locked(root, FOLDER, COMMITS, name=f".{month}.lock"):
        now = adopted(root, month)
        if now.generation != begun.generation and (set(now.tables) - set(made) or not is_latest()):
            raise OvertakenError(f"another run has committed {month} since this one began. To do: 'trade-assets run --month {month}'")
        for name, stored in made.items():
            root.size(*folder_of(name, month), stored.file)
        first()
        tables = {**now.tables, **made}
        inputs, program = now.inputs if inputs is None else inputs or None, program or now.program
        at = time.time()
        kept = {path_of(name, month, stored) for name, stored in tables.items()}
        former = [Replaced(path_of(name, month, stored), at) for name, stored in now.tables.items()]
        replaced = tuple(each for each in (*now.replaced, *former) if each.path not in kept and at - each.at <= GRACE)
        made_now = Commit(month, dict(sorted(tables.items())), inputs, program, replaced)
        gone = {each.path for each in (*now.replaced, *former)} - kept - {each.path for each in replaced}
        if replace(now, replaced=()) != replace(made_now, replaced=()) or commit_of(root, month) is None:
            root.write(_bytes_of(made_now), *_place(month))
        # On a local disk the sweep removes them; on object storage nothing else would name them any more.
        for path in gone if not root.is_local else ():
            with suppress(FileNotFoundError):
                root.filesystem.rm_file(root.path(FOLDER, *path.split("/")))
        return made_now


def forget(root: DataRoot, release_month: str, names: set[str]) -> None:
    """Take tables out of a month's record, whose files are damaged or gone."""
    with locked(root, FOLDER, COMMITS, name=f".{release_month}.lock"):
        now = adopted(root, release_month)
        tables = {name: stored for name, stored in now.tables.items() if name not in names}
        root.write(_bytes_of(replace(now, tables=tables, inputs=None)), *_place(release_month))


def set_aside_damaged(root: DataRoot, release_month: str) -> bool:
    """Set a record aside that cannot be read, under a name that none has; whether there was one."""
    try:
        commit_of(root, release_month)
    except DamagedError:
        with suppress(FileNotFoundError):
            root.write(root.read(*_place(release_month)), FOLDER, COMMITS, f".{release_month}.damaged")
            root.filesystem.rm_file(root.path(*_place(release_month)))
        return True
    return False


def _bytes_of(commit: Commit) -> bytes:
    tables = {name: stored._asdict() for name, stored in commit.tables.items()}
    told: dict[str, Any] = {
        "format": _FORMAT,
        "release_month": commit.release_month,
        "generation": commit.generation,
        "inputs": commit.inputs,
        "program": commit.program,
        "tables": tables,
        "replaced": [each._asdict() for each in commit.replaced],
    }
    return (json.dumps(told, indent=1) + "\n").encode()


def _of_bytes(data: bytes, release_month: str) -> Commit:
    place = "/".join(_place(release_month))
    try:
        told = json.loads(data)
        if isinstance(told["format"], int) and told["format"] > _FORMAT:
            raise NewerError(f"{place} was written by a newer version of trade-assets. To do: use that one, or another data root")
        if told["format"] != _FORMAT or told["release_month"] != release_month:
            raise ValueError("another format, or another month")
        tables = {_name(name): _stored(each) for name, each in told["tables"].items()}
        replaced = tuple(Replaced(_path(each["path"], release_month), float(each["at"])) for each in told["replaced"])
        found = Commit(release_month, tables, told["inputs"], told["program"], replaced)
        if found.generation != told["generation"]:
            raise ValueError("its tables are not those of its generation")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = f"{place} is damaged: {error}. To do: 'trade-assets run --month {release_month}' makes it again"
        raise DamagedError(said) from None
    return found


def _name(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no table")
    return text


def _path(text: str, release_month: str) -> str:
    """A path within the warehouse, of a file of the month."""
    *folder, file = text.split("/")
    if len(folder) != 3 or folder[2] != f"release_month={release_month}" or _FILE.fullmatch(file) is None:
        raise ValueError(f"{text!r} is no file of a table")
    _name(".".join(folder[:2]))
    return text


def _stored(told: Mapping[str, Any]) -> Stored:
    stored = Stored(**told)
    if _FILE.fullmatch(stored.file) is None or _HEX.fullmatch(stored.sha256) is None or not isinstance(stored.size, int):
        raise ValueError(f"{stored.file!r} is no file of a table")
    return stored
