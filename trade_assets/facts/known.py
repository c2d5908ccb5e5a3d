"""Figures that are known of a series beforehand: from the catalogue, or from a document that is already in the store.

``catalogue/known.csv`` has a line per series and quarter: months with their figures; ``margin``, how far another vintage
may print them, in the unit of the figures; ``source``, where they come from. Margins are twice what any two vintages at
hand differ by (docs/vintages.md): 6 percent of imports for totals (3.4 seen), 3 percent for goods (1.7), 12 percent of
exports of services for services (6.9), 3 percent of itself for trade with China (0.8), 1 for indexes (0.4). Totals of
early 1992 have none: every vintage at hand prints them alike. Of series with seasons all quarters are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from trade_assets.facts import catalogue
from trade_assets.facts.families import families
from trade_assets.facts.periods import is_month

OF_ANOTHER_VINTAGE = Decimal("0.25")
"""How far, as a share of a figure, another document of the same series may print it, where no margin is declared."""


class Known(NamedTuple):
    """A known figure and how far another vintage may print it."""

    value: Decimal
    margin: Decimal


Months = Mapping[str, Known]
"""What is known of a series, by month."""


@cache
def known_figures() -> Mapping[str, Months]:
    """The known figures of the catalogue, by series."""
    found: dict[str, dict[str, Known]] = {}
    for line in catalogue.records("known"):
        months = found.setdefault(line["series"], {})
        for figure in line["figures"].split():
            month, _, value = figure.partition("=")
            months[month] = Known(Decimal(value), Decimal(line["margin"]))
    return found


def known_from(printed: Mapping[tuple[str, str], Mapping[str, Decimal]]) -> dict[str, Months]:
    """What a document lets us know: the figures of its months, by series.

    Args:
        printed: its figures by series and measure, and by period.
    """
    found: dict[str, Months] = {}
    for (series, _), figures in printed.items():
        months = {period: Known(figure, abs(figure) * OF_ANOTHER_VINTAGE) for period, figure in figures.items() if is_month(period)}
        if months:
            found[series] = months
    return found


def printed_decimal(value: float, decimals: int) -> Decimal:
    """A figure exactly as printed, its decimals kept."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals))


@cache
def names() -> Mapping[str, str]:
    """What users call each series: its id at BLS, else at FRED."""
    found: dict[str, str] = {}
    for family in families().values():
        for line in (line for file in family.named_in for line in catalogue.records(file) if "series" in line):
            found.setdefault(line["series"], line["id"])
    return found


def name_of(series: str) -> str:
    """What users call a series; its own name, if no publisher has an id for it."""
    return names().get(series, series)


def is_index(series: str) -> bool:
    """Whether the series is a price index, not an amount."""
    return ".end_use." in series
