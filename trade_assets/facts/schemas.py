"""What a table declaration is: columns with type, unit and bounds, a key, and where the table stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from trade_assets.facts.period_rules import PeriodRule

Kind = Literal["string", "int", "float", "bool"]

PANDAS_DTYPES: dict[Kind, str] = {"string": "string", "int": "Int64", "float": "Float64", "bool": "boolean"}


SQL_TYPES: dict[Kind, str] = {"string": "VARCHAR", "int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN"}


@dataclass(frozen=True)
class Fact:
    """The fact that a figure's column holds in each row.

    Attributes:
        series: what is measured, with the names of columns of the row in braces; ``{series}`` is the row's own.
        measure: which measure of it; ``None`` where the row says it.
        period: how its period follows from the row's.
        is_of: whether a row of that series can have a figure in the column, where only some can.
        blank: what stands for a column that is empty in the row.
    """

    series: str
    measure: str | None
    period: PeriodRule
    is_of: Callable[[str], bool] = lambda series: True
    blank: str = ""

    def series_of(self, row: Mapping[Hashable, object]) -> str:
        """The series in a row, by column."""
        return _BRACES.sub(lambda name: _filled(row[name[1]], self.blank), self.series)


@dataclass(frozen=True)
class Computed:
    """The metric that a column of a wide table holds in each row.

    Attributes:
        metric: its name in ``metrics.definitions``, or among those that a family has of one release.
        series: of which series, with the names of the row's fields in braces.
        unless: why rows of other series do not have it, by pattern of their series.
    """

    metric: str
    series: str = "{series}"
    unless: Mapping[str, str] = field(default_factory=dict)

    def series_of(self, row: Mapping[Hashable, object]) -> str:
        """The series in a row, by field."""
        return _BRACES.sub(lambda name: str(row[name[1]]), self.series)

    def without(self, series: str) -> str | None:
        """Why a series does not have it; ``None`` if it may."""
        return next((reason for pattern, reason in self.unless.items() if re.fullmatch(pattern, series)), None)


_BRACES = re.compile(r"\{(\w+)\}")


def _filled(value: object, blank: str) -> str:
    return blank if pd.isna(value) else str(value)  # type: ignore[call-overload]  # a field of a row


@dataclass(frozen=True)
class Column:
    """A column: name (with its unit as suffix where it has one), type, what a person must know of it, and which fact or metric it is."""

    name: str
    kind: Kind
    description: str
    unit: str | None = None
    is_nullable: bool = True
    low: float | None = None
    high: float | None = None
    pattern: str | None = None
    one_of: tuple[str, ...] | None = None
    holds: Fact | None = field(default=None, compare=False, repr=False)
    computes: Computed | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Table:
    """A table of the warehouse.

    Attributes:
        layer, name: where it stands: ``layer.name`` in SQL, ``layer/name`` as asset key.
        family: the family whose documents it is built from, ``None`` for all.
        key: the columns that identify a row of a release month, or of a table without partitions.
        source_tables: the printed tables that it is built from.
        is_partitioned: whether it has a partition per release month; else it stands in parts, and one file names those that hold.
        upgraded: SQL for columns of which a partition of an earlier version says something else, or nothing, by column.
        macros: statements that define, behind its view, what is asked of it by name.
        over, shown: the table whose rows it shows, and the SQL of what it shows of them, where it is no file of its own.
        kept_with: ``layer.name`` of the table with which it is written, where it is bookkeeping of that one and nothing by itself.
        plot: which plot of ``review.report.plots`` shows it on the page of a month and in Dagster, if one does.
    """

    layer: str
    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    family: str | None = None
    source_tables: tuple[str, ...] = ()
    is_partitioned: bool = True
    macros: tuple[str, ...] = ()
    kept_with: str = ""
    plot: Literal["trade", "prices"] | None = None
    over: Table | None = None
    shown: str = ""
    upgraded: Mapping[str, str] = field(default_factory=dict, compare=False)
    by_name: dict[str, Column] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.by_name.update({column.name: column for column in self.columns})
        if len(self.by_name) < len(self.columns):
            raise ValueError(f"two columns of {self.layer}.{self.name} have one name; give each figure a name of its own, unit aside")

    @property
    def dtypes(self) -> dict[str, str]:
        """pandas dtypes by column, in order."""
        return {column.name: PANDAS_DTYPES[column.kind] for column in self.columns}

    @property
    def key_of_all(self) -> tuple[str, ...]:
        """The columns that identify a row of the table as people see it, with all its release months."""
        return tuple(dict.fromkeys(("release_month", *self.key))) if self.is_partitioned else self.key

    @property
    def metrics(self) -> dict[str, Computed]:
        """The metrics that its columns hold, by column."""
        return {column.name: column.computes for column in self.columns if column.computes is not None}

    @property
    def figures(self) -> tuple[str, ...]:
        """The columns that hold printed figures: those with a column of printed decimals beside them."""
        return tuple(c.name for c in self.columns if decimals_of(c.name) in self.by_name)


UNIT_SUFFIXES = {"million_usd": "_musd", "billion_usd": "_busd", "percent": "_pct"}


def decimals_of(figure: str) -> str:
    """The column that holds the printed decimals of a figure's column."""
    for suffix in UNIT_SUFFIXES.values():
        figure = figure.removesuffix(suffix)
    return f"{figure}_decimals"
