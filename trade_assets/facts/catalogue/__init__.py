"""The series catalogue: which labels a family's tables print, and which series each label is.

One CSV per family, so that a renamed or new label is a line of data, not a branch of code. Columns:
``table``; ``series``; ``code`` as printed, empty for a row without one; ``label`` without footnote marks and
base period; ``parent``, the series of which the row is a part; ``is_expected``, whether a release without it
deserves a look; ``since`` and ``until``, the first and the last reference month of which it is expected, where known
releases print it only from then on or only till then (*inferred* from the shipped ones). A series that was renamed has
a line for each of its labels.

Other files say what stands in files of columns and series: ``ft900_headings``, which column of which table a heading
is; ``fred`` and ``bls_series``, which series an id is; ``bls_footnotes``, what a footnote's code says of a figure;
``ft900_exhibits`` and ``not_read``, how documents are told that no reader reads.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from trade_assets.facts.declared import Authority, Declared

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

WITHOUT_CODES = ("imports_by_locality", "transportation_services")
"""BLS tables whose rows are places and services, each of which is 100 percent of itself."""


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue."""

    table: str
    series: str
    code: str
    label: str
    parent: str
    is_expected: bool
    since: str = ""
    until: str = ""

    def is_expected_in(self, reference_month: str | None) -> bool:
        """Whether a release of a reference month is expected to print the row; of no known month, if one of any month is."""
        if not self.is_expected or reference_month is None:
            return self.is_expected and not (self.since or self.until)
        return self.since <= reference_month and (not self.until or reference_month <= self.until)


@cache
def entries(family: str) -> tuple[Entry, ...]:
    """The catalogue of a family. Raises FileNotFoundError for a family without one."""
    with (_FOLDER / f"{family}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Entry(**{name: text for name, text in line.items() if name != "is_expected"}, is_expected=line["is_expected"] == "yes")
            for line in csv.DictReader(file)
        )


def row_name(family: str, entry: Entry) -> str:
    """A row as people find it: its label and code, or of what it is a row where no code tells."""
    if entry.code:
        return f"{entry.label!r} ({entry.code})"
    above = next((each.label for each in entries(family) if each.series and each.series == entry.parent), None)
    return f"{entry.label!r} of {above!r}" if above else repr(entry.label)


@cache
def records(name: str) -> tuple[dict[str, str], ...]:
    """The lines of another file of the catalogue, by column. Raises FileNotFoundError if there is none."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def location(name: str) -> str:
    """The catalogue file of a family, or of another name, as named in messages."""
    return f"trade_assets/facts/catalogue/{name}.csv"


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts(Declared):
    """A total and its parts by a classification, whether printed or not.

    Attributes:
        is_whole: whether the parts are all that the total consists of, by the classification.
    """

    family: str
    total: str
    parts: tuple[str, ...]
    is_whole: bool


@cache
def parts_of(family: str) -> tuple[Parts, ...]:
    """The totals of a family with all their parts, from ``parts.csv``; ``{flow}`` there stands for exports and imports."""
    found = []
    with (_FOLDER / "parts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for flow in ("exports", "imports") if "{flow}" in row["total"] else ("",):
                total, prefix = (row[name].replace("{flow}", flow) for name in ("total", "prefix"))
                parts = tuple(prefix + part for part in row["parts"].split())
                found.append(
                    Parts(
                        family=row["family"],
                        total=total,
                        parts=parts,
                        is_whole=row["is_whole"] == "yes",
                        source=row["source"],
                        authority=cast(Authority, row["authority"]),
                    )
                )
    return tuple(parts for parts in found if parts.family == family)
