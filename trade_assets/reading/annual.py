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
_YEARS = re.compile(r"(\d{4}) through (\d{4})")
_YEAR = re.compile(r"\d{4}")
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
            is missing or none, or the table is cut.
    """
    return _AnnualReader(document).read()


class _AnnualReader(HeadedTable):
    """Walks the rows once."""

    def __init__(self, document: GridDocument) -> None:
        super().__init__(document, Reading(FAMILY, PUBLISHER, "", PRODUCT), TABLE, _TITLE)

    def read(self) -> Reading:
        self.reading.published_date = day = next((day for text in self.preamble if (day := _day(text))), None)
        self.reading.release_month = day[:7] if day else None
        years = next((found for text in self.preamble if (found := _YEARS.fullmatch(text))), None)
        if years is None:
            self.fail("the line 'YYYY through YYYY' above the headings", "; ".join(self.preamble))
        for year in range(int(years[1]), int(years[2]) + 1):
            if self.label() != str(year):
                self.fail(f"the year {year} of {years[0]}")
            self.add(self.figures(str(year)), self.label(), str(year))
            self.at += 1
        self.closing(_CLOSING, f"the name of the Census Bureau that closes the table after {years[2]}")
        self.add_series(None)
        self.add_unread()
        return self.reading


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
