"""The series catalogue: which labels a family's tables print, and which series each label is.

One CSV per family, so that a renamed or new label is a line of data, not a branch of code. Columns:
``table``; ``series``; ``code`` as printed, empty for a row without one; ``label`` without footnote marks and
base period; ``parent``, the series of which the row is a part; ``is_expected``, whether a release without it
deserves a warning. A series that was renamed has a line for each of its labels.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


TABLE_A_SERIES = {
    "imports_all_pct": "imports.end_use.all_commodities",
    "imports_fuel_pct": "imports.end_use.10",
    "imports_nonfuel_pct": "imports.end_use.all_imports_excluding_fuels",
    "exports_all_pct": "exports.end_use.all_commodities",
    "exports_agricultural_pct": "exports.end_use.agricultural_commodities",
    "exports_nonagricultural_pct": "exports.end_use.nonagricultural_commodities",
}
"""Which series of Tables 1 and 2 each column of BLS Table A prints again."""


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue."""

    table: str
    series: str
    code: str
    label: str
    parent: str
    is_expected: bool


@cache
def entries(family: str) -> tuple[Entry, ...]:
    """The catalogue of a family. Raises FileNotFoundError for a family without one."""
    with (_FOLDER / f"{family}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Entry(r["table"], r["series"], r["code"], r["label"], r["parent"], r["is_expected"] == "yes") for r in csv.DictReader(file)
        )


def location(family: str) -> str:
    """The catalogue file as named in messages."""
    return f"trade_assets/facts/catalogue/{family}.csv"
