"""Parquet partitions: one file per table and release month, of which the month's record tells the name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.schemas import Table
from trade_assets.warehouse.commits import (
    EARLIER_FILE,
    FOLDER,
    Commit,
    DamagedError,
    Stored,
    adopted,
    commit,
    commit_of,
    commits,
    folder_of,
    name_of,
    stored_earlier,
)
from trade_assets.warehouse.parquet import arrow_of, arrow_types, frame_of, parquet_of
from trade_assets.warehouse.root import DataRoot

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FOLDER", "DamagedError"]

PAGES = "reports"
"""The folder of the pages that show a month."""

PARTS = "parts"
"""The folder of the parts of a table without partitions; its one file names those that hold, in the column ``PART`` that each has too."""
PART = "part"


@dataclass(frozen=True)
class Draft(DataRoot):
    """The data root as the run of a month sees it: with the tables that it has made, of which nobody else knows yet.

    Attributes:
        begun: the month as it stood when the run began.
        made: the tables made since, by ``layer.name``.
        later: the pages that are written when they are committed, by place: they must not speak of another state of the month.
    """

    begun: Commit = field(default_factory=lambda: Commit(""), compare=False)
    made: dict[str, Stored] = field(default_factory=dict, compare=False)
    later: dict[tuple[str, ...], bytes] = field(default_factory=dict, compare=False, repr=False)
    _frames: dict[str, pd.DataFrame] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of_month(cls, root: DataRoot, release_month: str) -> Draft:
        """One with nothing made yet. Raises DamagedError: the month's record cannot be read."""
        return cls(root.url, adopted(root, release_month))

    @property
    def release_month(self) -> str:
        """The month that is made."""
        return self.begun.release_month

    @property
    def committed(self) -> DataRoot:
        """The data root as all others see it."""
        return DataRoot(self.url)

    def commit(self, inputs: str | None = None, program: str | None = None, is_latest: Callable[[], bool] = lambda: True) -> Commit:
        """Let the month consist of what was made, and write what goes with it; raises as ``commits.commit``, and OSError."""
        return commit(self.committed, self.begun, self.made, inputs=inputs, program=program, first=self._write_later, is_latest=is_latest)

    def _write_later(self) -> None:
        for place, data in self.later.items():
            self.committed.write(data, *place)

    def write(self, data: bytes, *parts: str) -> bool:
        """Put a file in place; keep a page for later."""
        if parts[0] != PAGES:
            return super().write(data, *parts)
        self.later[parts] = data
        return True

    def frame(self, name: str) -> pd.DataFrame | None:
        """The rows of a table made in this run, without another look into its file."""
        kept = self._frames.get(name)
        return None if kept is None else kept.copy(deep=False)

    def keep(self, name: str, stored: Stored, frame: pd.DataFrame) -> None:
        """Note a table that was made."""
        self.made[name] = stored
        self._frames[name] = frame.copy(deep=False)


def arrow_schema(table: Table) -> pa.Schema:
    """The table's Parquet types, with the columns' descriptions and units as field metadata."""
    import pyarrow as pa

    types = arrow_types()
    return pa.schema(
        [
            pa.field(c.name, types[c.kind], metadata={"description": c.description} | ({"unit": c.unit} if c.unit else {}))
            for c in table.columns
        ],
        metadata={"description": table.description},
    )


def parquet_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """The rows as Parquet, with descriptions and units as metadata: the same rows give the same bytes.

    Args:
        frame: by the schema.
    """
    content = arrow_of(frame, arrow_schema(table))
    # Without pandas' own note on versions and index the bytes are the same on any pandas.
    return parquet_of(content.replace_schema_metadata({"description": table.description}))


def schema_of(table: Table) -> str:
    """What tells the columns of a table from those of earlier versions."""
    return hashlib.sha256(" ".join(f"{column.name}:{column.kind}" for column in table.columns).encode()).hexdigest()[:8]


def write_partition(root: DataRoot, table: Table, release_month: str, frame: pd.DataFrame) -> str:
    """Write the table's partition of a month, and return its path.

    In a draft of the month it is seen by others once the draft is committed, else at once.

    Raises:
        KeyError: the frame lacks a column of the table.
        ValueError: the frame has rows of another release month, or the table only shows another one.
    """
    _require_stored(table)
    other = set(frame["release_month"].unique()) - {release_month}
    if other:
        raise ValueError(f"rows of {sorted(map(str, other))} in the partition {release_month} of {table.layer}.{table.name}")
    draft = root if isinstance(root, Draft) and root.release_month == release_month else Draft.of_month(root, release_month)
    rows = conform(frame, table)
    data = parquet_bytes(rows, table)
    sha256 = hashlib.sha256(data).hexdigest()
    stored = Stored(f"{sha256[:16]}.parquet", sha256, len(data), len(rows), schema_of(table))
    place = (*folder_of(name_of(table), release_month), stored.file)
    is_named = draft.begun.of(table) == stored
    if not root.write(data, *place) and root.is_local and not is_named:
        # One that a killed run left, or that was replaced: young again, so that nobody takes it for a leftover before it is committed.
        os.utime(root.path(*place))
    draft.keep(name_of(table), stored, rows)
    if draft is not root:
        draft.commit()
    return root.path(*place)


def location(table: Table, release_month: str | None = None) -> tuple[str, ...]:
    """The one file of a table without partitions, which names its parts; of others the file that earlier versions kept of a month."""
    folder = (FOLDER, *name_of(table).split(".")) if release_month is None else folder_of(name_of(table), release_month)
    return *folder, EARLIER_FILE


def stored(root: DataRoot, table: Table, release_month: str) -> Stored | None:
    """The file of a table in a month, as a draft or the month's record has it; ``None`` if it has none.

    Raises:
        DamagedError: the record cannot be read.
    """
    if isinstance(root, Draft) and root.release_month == release_month:
        return root.made.get(name_of(table)) or root.begun.of(table)
    found = commit_of(root, release_month)
    return stored_earlier(root, name_of(table), release_month) if found is None else found.of(table)


def partition_place(root: DataRoot, table: Table, release_month: str) -> tuple[str, ...] | None:
    """Where the table's partition of a month stands within the data root; ``None`` if it is not written."""
    found = stored(root, table, release_month)
    return None if found is None else (*folder_of(name_of(table), release_month), found.file)


def partition_path(root: DataRoot, table: Table, release_month: str) -> str:
    """The full path of the table's partition of a month; of one that is not written, that of its folder."""
    return root.path(*(partition_place(root, table, release_month) or folder_of(name_of(table), release_month)))


def _require_stored(table: Table) -> None:
    if table.over is not None:
        raise ValueError(f"{table.layer}.{table.name} shows {table.over.layer}.{table.over.name}, and has no rows of its own")


def read_partition(root: DataRoot, table: Table, release_month: str) -> pd.DataFrame:
    """The table's rows of a month, empty if the month was never written; dtypes by the schema.

    Raises:
        DamagedError: the file is not one of ours any more, or is gone.
        ValueError: the table only shows another one; ``shown.read_rows`` reads it.
    """
    import pyarrow as pa

    _require_stored(table)

    if isinstance(root, Draft) and root.release_month == release_month and (made := root.frame(name_of(table))) is not None:
        return made
    place = partition_place(root, table, release_month)
    if place is None:
        return empty(table)
    try:
        frame = frame_of(_bytes(root, table, release_month, place))
    except (pa.ArrowException, OSError) as error:
        said = " ".join(str(error).split())
        todo = f"To do: 'trade-assets run --month {release_month}' makes it again"
        raise DamagedError(f"{'/'.join(place)} is damaged: {said}. {todo}") from None
    # A partition of an older schema lacks the newer columns.
    missing: dict[str, Any] = {name: pd.NA for name in table.dtypes if name not in frame}
    return conform(frame, table, **missing)


def _bytes(root: DataRoot, table: Table, release_month: str, place: tuple[str, ...]) -> bytes:
    """The bytes of a partition. One that was replaced long ago and removed while it was looked up is that of the record of now."""
    try:
        return root.read(*place)
    except FileNotFoundError:
        now = partition_place(root, table, release_month)
        if now is None or now == place:
            raise
        return root.read(*now)


def existing_months(root: DataRoot, table: Table) -> list[str]:
    """The months that have a partition of the table, in order."""
    return list(files_of(root, table, snapshot(root)))


def snapshot(root: DataRoot) -> dict[str, Commit]:
    """What each month that has a record consists of, in order, all read at once: tables that are looked up in it are of one state.

    Raises:
        DamagedError: a record cannot be read.
    """
    found = {commit.release_month: commit for commit in commits(root)}
    if isinstance(root, Draft):
        found[root.release_month] = replace(root.begun, tables={**root.begun.tables, **root.made})
    return dict(sorted(found.items()))


def files_of(root: DataRoot, table: Table, months: Mapping[str, Commit]) -> dict[str, Stored]:
    """The file of a table in each month that has one, in order.

    Args:
        months: a ``snapshot``.
    """
    found = {month: stored for month, commit in months.items() if (stored := commit.of(table)) is not None}
    for name in root.names(FOLDER, *name_of(table).split(".")):
        month = name.partition("=")[2]
        if month and month not in months and (earlier := stored_earlier(root, name_of(table), month)) is not None:
            found[month] = earlier
    return dict(sorted(found.items()))


def is_month_written(root: DataRoot, table: Table, release_month: str) -> bool:
    """Whether the table has a partition of the month."""
    return stored(root, table, release_month) is not None


def is_written(root: DataRoot, table: Table) -> bool:
    """Whether the table has any partition, or the file that names its parts, and one of these."""
    if not table.is_partitioned:
        return root.exists(*location(table)) and bool(root.names(*location(table)[:-1], PARTS))
    return bool(existing_months(root, table))


def partition_stamps(root: DataRoot, table: Table) -> str:
    """The table's partitions with what changes when one is another; empty without any."""
    return "\n".join(f"{month} {found.sha256}" for month, found in files_of(root, table, snapshot(root)).items())


def read_months(root: DataRoot, table: Table, months: Iterable[str]) -> pd.DataFrame:
    """The table's rows of several months below each other."""
    frames = [frame for month in months if len(frame := read_partition(root, table, month))]
    return pd.concat(frames, ignore_index=True) if frames else empty(table)
