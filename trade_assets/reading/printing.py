"""How the columns of a table print their figures, declared beside each reader; what is printed otherwise is flagged.

A lost decimal point, a strange unit sign or a dash in place of a figure is a mark like any other to whoever reads one cell.
Beside the other figures of its column it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from trade_assets.reading.cells import Reading

DECIMALS, SIGN, GAP = "irregular_decimals", "irregular_sign", "irregular_gap"
"""Flags: other decimals than the column's, another unit sign, no figure where the column always has one."""


class Column(NamedTuple):
    """How a column prints its figures.

    Attributes:
        decimals: how many.
        sign: the unit sign that every figure has, ``%`` or none.
        has_gaps: whether a row may print a dash instead; or the series that may.
        of_years: other decimals that figures of a whole year may have, where the publisher leaves out their last zero.
    """

    decimals: int
    sign: str = ""
    has_gaps: bool | frozenset[str] = False
    of_years: tuple[int, ...] = ()


def flag_irregular(reading: Reading, columns: Mapping[str, Column]) -> None:
    """Add a flag to every mark that is not printed as its column is.

    Args:
        columns: every column of the reading's tables by name.

    Raises:
        KeyError: a column of a table is not declared.
    """
    cells = reading.cells
    for at, name in enumerate(cells["column"]):
        series, period, unit, decimals, text = (cells[each][at] for each in ("series", "period", "unit", "decimals", "text"))
        found = irregular(columns[name], series=series, period=period, unit=unit, decimals=decimals, text=text)
        if found:
            cells["flags"][at] = " ".join(filter(None, [cells["flags"][at], *found]))


def irregular(column: Column, *, series: str, period: str | None, unit: str, decimals: int | None, text: str) -> list[str]:
    """The flags of one mark: how it differs from what its column prints.

    Args:
        decimals: of its figure; ``None`` if the mark is a dash.
    """
    if decimals is None:
        may_be_missing = column.has_gaps if isinstance(column.has_gaps, bool) else series in column.has_gaps
        return [] if may_be_missing else [GAP]
    is_year = period is not None and len(period) == 4
    found = [] if decimals == column.decimals or (is_year and decimals in column.of_years) else [DECIMALS]
    # A dollar sign before an amount in dollars says nothing new.
    dollar = "$" if "$" in text and not unit.endswith("usd") else ""
    return found if dollar + ("%" if text.endswith("%") else "") == column.sign else [*found, SIGN]
