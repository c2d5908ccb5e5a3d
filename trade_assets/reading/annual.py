"""The annual table of goods and services since 1960, as a workbook or as a page: one row per year."""

from __future__ import annotations

import datetime as dt
import re

from trade_assets.facts.periods import month_number
from trade_assets.reading.cells import Reading
from trade_assets.reading.grid import GridDocument
from trade_assets.reading.headed import HeadedTable

FAMILY = "ft900"
PRODUCT = "annual"
PUBLISHER = "U.S. Census Bureau, Economic Indicator Division"
SOURCE = "www.census.gov/foreign-trade/statistics/historical"
_TITLE_TEXT = "U.S. Trade in Goods and Services - Balance of Payments (BOP) Basis"
RECOGNISED_BY = f"a workbook or page with the title '{_TITLE_TEXT}'"
TABLE = "goods_and_services"
TABLES = (TABLE,)

_TITLE = re.compile(re.escape(_TITLE_TEXT))
_YEARS = re.compile(r"([0-9]{4}) through ([0-9]{4})")
_NAMED_DAY = re.compile(r"([A-Z][a-z]+) (\d{1,2}), (\d{4})")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CLOSING = re.compile(r"(?:U\.S\. Census Bureau|NOTE)\b.*")


def recognises(document: GridDocument) -> bool:
    """Whether a cell, or a line of a page, is the table's title."""
    return _TITLE_TEXT in document.texts


def read(document: GridDocument) -> Reading:
    """Read the table.

    Raises:
        ReadError: a heading or label is not as the table prints it, a year is missing, twice or out of order, a figure
            is missing or none, the table is cut, or what stands above it contradicts itself or the table.
    """
    return _AnnualReader(document).read()


class _AnnualReader(HeadedTable):
    """Walks the rows once."""

    def __init__(self, document: GridDocument) -> None:
        super().__init__(document, Reading(FAMILY, PUBLISHER, "", PRODUCT), TABLE, _TITLE)

    def read(self) -> Reading:
        first, last = self.years()
        self.reading.published_date = day = self.day(f"{last}-12-31")
        self.reading.release_month = day[:7] if day else None
        for year in range(first, last + 1):
            if self.label() != str(year):
                self.fail(f"the year {year} of {first} through {last}")
            self.add(self.figures(str(year)), self.label(), str(year))
            self.at += 1
        self.closing(_CLOSING, f"the name of the Census Bureau that closes the table after {last}")
        self.add_series(None)
        self.add_unread()
        return self.reading

    def years(self) -> tuple[int, int]:
        """The first and the last year of the table, as the line above the headings says."""
        said = {field.plain: found for field in self.preamble if (found := _YEARS.fullmatch(field.plain))}
        if len(said) != 1:
            self.fail("one line 'YYYY through YYYY' above the headings", "; ".join(said or (field.plain for field in self.preamble)))
        (years,) = said.values()
        first, last = int(years[1]), int(years[2])
        if first > last:
            self.fail("a first year that is not after the last", repr(years[0]))
        return first, last

    def day(self, end: str) -> str | None:
        """The day that is stated above the headings, if any; no day before the end of the table's last year."""
        dated = [(day, field) for field in self.preamble if (day := _day(field.plain))]
        self.is_read.update((field.line, field.start) for _, field in dated)
        days = sorted({day for day, _ in dated})
        if len(days) > 1:
            self.fail("one day of publication above the headings", " and ".join(days))
        if days and days[0] < end:
            self.fail(f"a day of publication after the last year of the table, {end} or later", days[0])
        return days[0] if days else None


def _day(text: str) -> str | None:
    """``February 5, 2016`` or ``2016-02-05`` as the latter; ``None`` for any other text."""
    named = _NAMED_DAY.fullmatch(text)
    number = month_number(named[1]) if named else None
    try:
        if named is not None and number is not None:
            return dt.date(int(named[3]), number, int(named[2])).isoformat()
        return dt.date.fromisoformat(text).isoformat() if _DAY.fullmatch(text) else None
    except ValueError:
        return None
