"""Which wide tables of metrics each family has, of one release each, and what they are computed from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from trade_assets.facts.families import families, parts
from trade_assets.facts.schemas import Table
from trade_assets.metrics.formulas import Definition


@dataclass(frozen=True)
class WideMetrics:
    """A wide table of metrics: its columns say which metric of which series they hold, and this which rows it has.

    Attributes:
        rows: from the validated tables of one release, in the order of ``Metrics.sources``, the fields of each row: the columns of
            the table that are no metrics, period among them, and what the series of its columns name in braces.
    """

    table: Table
    rows: Callable[..., pd.DataFrame]


@dataclass(frozen=True)
class Metrics:
    """The wide tables of metrics of a family.

    Attributes:
        sources: the validated tables that they come from.
        wide: the tables.
        definitions: the metrics that only they have, besides those of ``metrics.definitions``.
    """

    sources: tuple[Table, ...] = ()
    wide: tuple[WideMetrics, ...] = ()
    definitions: tuple[Definition, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The schemas of the wide tables."""
        return tuple(each.table for each in self.wide)


@cache
def metrics_declared() -> Mapping[str, Metrics]:
    """By family; a family without metrics has none of each."""
    declared = parts("metrics")
    return {family: declared.get(family, Metrics()) for family in families()}
