"""The parts of a release month: what each builds, from what, and which checks it answers. One step of Dagster does them all in order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import dagster as dg
import pandas as pd

from trade_assets.defs.specs import asset_key
from trade_assets.facts.schemas import Table
from trade_assets.warehouse.commits import name_of
from trade_assets.warehouse.partitions import Draft
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.shown import read_rows

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """What a part is asked for, and by which run.

    Attributes:
        partition_key: the release month.
        run: the run of Dagster.
        log: its log.
        selected_output_names: the tables of the part that are to be built, by name.
        selected_asset_check_keys: the checks that are to be answered.
    """

    partition_key: str
    run: dg.DagsterRun
    log: Any
    selected_output_names: frozenset[str] = frozenset()
    selected_asset_check_keys: frozenset[dg.AssetCheckKey] = frozenset()


@dataclass(frozen=True)
class Source:
    """Where a part reads: the month as the run has made it so far, and other months as they stand."""

    root: DataRoot
    _kept: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is made of the month's tables by a part, and asked for by others too; an error is raised to each of them."""
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def is_made(self, table: Table) -> bool:
        """Whether the run has made the table of its month."""
        return isinstance(self.root, Draft) and name_of(table) in self.root.made

    def read(self, table: Table, release_month: str) -> pd.DataFrame:
        """A table's rows of a month."""
        return read_rows(self.root, table, release_month)


Build = Callable[[Asked, Source], Iterator[Any]]
"""Yields an ``Output`` per table, with the frame of that table, or with the frames by name where others are kept with it; and an
``AssetCheckResult`` per check that has something to say."""


@dataclass(frozen=True)
class Part:
    """A part of a month.

    Attributes:
        tables: the assets that it builds.
        needs: the tables that it reads of the month; it is left out where one of them should have been built in the run and was not.
        checks: those that it answers.
    """

    name: str
    tables: tuple[Table, ...]
    needs: tuple[Table, ...]
    checks: tuple[dg.AssetCheckSpec, ...]
    build: Build

    @property
    def keys(self) -> list[dg.AssetKey]:
        """The keys of its assets."""
        return [asset_key(table) for table in self.tables]

    @property
    def check_keys(self) -> list[dg.AssetCheckKey]:
        """The keys of its checks."""
        return [spec.key for spec in self.checks]


def part(
    name: str, *, tables: Sequence[Table], needs: Sequence[Table] = (), checks: Sequence[dg.AssetCheckSpec] = ()
) -> Callable[[Build], Part]:
    """Declare what a function builds."""
    return lambda build: Part(name, tuple(tables), tuple(needs), tuple(checks), build)
