"""Exhibits 1 and 12 of the FT-900 as workbooks: three years by month, with years and years to date.

A row prints figures of the month that the release before published, ``February data as published last month:``. They are
that release's facts, not this one's, and stand in a table and a measure of their own.
"""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from trade_assets.facts.periods import MONTH_NAMES, add_months, month, month_number, span
from trade_assets.reading.cells import Reading
from trade_assets.reading.grid import GridDocument
from trade_assets.reading.headed import HeadedTable, Layout, columns_of
from trade_assets.reading.marks import NOT_YET_RELEASED
from trade_assets.reading.sheets import Places, Sheet, note_unread, read_once, sheets_of

FAMILY = "ft900"
READS = GridDocument
PUBLISHER = "U.S. Census Bureau and U.S. Bureau of Economic Analysis"
SOURCE = "www.census.gov/foreign-trade"
RECOGNISED_BY = "a workbook with the title 'Exhibit 1. U.S. International Trade in Goods and Services' or 'Exhibit 12. U.S. Trade in Goods'"


class _Exhibit(NamedTuple):
    layout: Layout
    is_adjusted: bool


_EXHIBITS = {
    "exhibit_1": _Exhibit(Layout("goods_and_services", re.compile(r"Exhibit 1\. U\.S\. International Trade in Goods and Services")), True),
    "exhibit_12": _Exhibit(Layout("goods_on_two_bases", re.compile(r"Exhibit 12\. U\.S\. Trade in Goods")), False),
}
LAST_MONTH = "_last_month"
"""How the tables, and the measure, of figures of the release before end."""
TABLES = {
    f"{exhibit.layout.table}{ending}": columns_of(exhibit.layout.table) for exhibit in _EXHIBITS.values() for ending in ("", LAST_MONTH)
}
"""The printed tables that it reads, with the columns of figures that it can give."""
UNSHOWN = dict.fromkeys(
    (table for table in TABLES if table.endswith(LAST_MONTH)),
    "figures of the release before, with which they are compared",
)
"""The tables that no validated table shows, with the reason."""

_YEAR = re.compile(r"(?:19|20)\d\d")
_REVISED = r"\s*(?P<revised>\(R\))?"
_RANGE = re.compile(rf"Jan(?:\.|uary)?\s*-\s*(?P<last>[A-Z][a-z]+)?\.?{_REVISED}")
_MONTH = re.compile(rf"(?P<name>[A-Z][a-z]+){_REVISED}")
_PUBLISHED = re.compile(r"(?P<name>[A-Z][a-z]+) data as published last month:?")
_CLOSING = re.compile(r"(?:\(\d\)|NOTE\b).*")
_ADJUSTED = re.compile(r".*\bSeasonally Adjusted\b.*", re.IGNORECASE)
_NOT_ADJUSTED = re.compile(r".*\bNot Seasonally Adjusted\b.*", re.IGNORECASE)


def recognises(document: GridDocument) -> bool:
    """Whether a cell is an exhibit's title."""
    return bool(_products(document))


def _products(document: GridDocument) -> list[str]:
    found = _EXHIBITS.items()
    return [product for product, exhibit in found if any(exhibit.layout.title.fullmatch(text) for text in document.texts)]


def read(document: GridDocument) -> Reading:
    """Read the exhibit, or both, sheet by sheet; a workbook of both is a product of its own.

    Raises:
        ReadError: a heading, a label, or the order of years and months is not as the exhibit prints it; a figure is
            missing or none; the table is cut; or two sheets print an exhibit of different periods.
    """
    products = _products(document)
    reading = Reading(FAMILY, PUBLISHER, "", "_and_".join((products[0], *(each.removeprefix("exhibit_") for each in products[1:]))))
    held: list[Sheet] = []
    is_read: Places = set()
    for product in products:
        exhibit = _EXHIBITS[product]
        sheets = [sheet for sheet in sheets_of(document) if sheet.titled(exhibit.layout.title)]
        held += sheets
        is_read |= read_once(reading, document, sheets, partial(_read_exhibit, document, exhibit))
    note_unread(reading, document, held, is_read)
    return reading


def _read_exhibit(document: GridDocument, exhibit: _Exhibit, sheet: Sheet, reading: Reading) -> Places:
    return _ExhibitReader(document, reading, exhibit, sheet).read()


class _ExhibitReader(HeadedTable):
    """Walks the rows once.

    Attributes:
        latest: the last month with figures.
        is_unreleased: whether rows of months without figures were read.
        periods: what was read, to refuse a row printed twice.
    """

    def __init__(self, document: GridDocument, reading: Reading, exhibit: _Exhibit, sheet: Sheet) -> None:
        super().__init__(document, reading, exhibit.layout, sheet)
        self.is_adjusted = exhibit.is_adjusted
        self.latest = ""
        self.is_unreleased = False
        self.periods: set[str] = set()

    def read(self) -> Places:
        wanted = "seasonally adjusted" if self.is_adjusted else "not seasonally adjusted"
        said = [field.plain for field in self.preamble]
        is_adjusted = any(_ADJUSTED.fullmatch(text) for text in said)
        is_not = any(_NOT_ADJUSTED.fullmatch(text) for text in said)
        if not is_adjusted or is_not is self.is_adjusted:
            self.fail(f"a line above the headings that says '{wanted}'", "; ".join(said))
        year = None
        while _YEAR.fullmatch(self.label()) and not self.has_figures():
            year = self.year(int(self.label()), year)
        if year is None:
            self.fail("a year below the headings")
        if _PUBLISHED.fullmatch(self.label()):
            self.last_month()
        self.closing(_CLOSING, "the next year, the figures as published last month, or the notes that close the table")
        self.add_series(wanted)
        return self.is_read

    def year(self, year: int, previous: int | None) -> int:
        """One year: its heading, the rows of the year and of years to date, and its twelve months."""
        if previous is not None and (year != previous + 1 or self.is_unreleased):
            self.fail(f"the year {previous + 1}" if not self.is_unreleased else "no further year after months without figures")
        self.at += 1
        last = 0
        while found := _RANGE.fullmatch(self.label()):
            # 'Jan. -' of a January release is the year to date of one month.
            number = month_number(found["last"]) if found["last"] else 1
            if number is None:
                self.fail(f"a range of months of {year}")
            period = str(year) if number == 12 else span(month(year, 1), month(year, number))
            self.dated(period, is_revised=found["revised"] is not None)
            last = max(last, number)
        if not last:
            self.fail(f"the row 'Jan. - Dec.' of {year}, or its year to date")
        for number, name in enumerate(MONTH_NAMES, start=1):
            named = _MONTH.fullmatch(self.label())
            if named is None or named["name"] != name:
                self.fail(f"the row '{name}' of {year}")
            period = month(year, number)
            if not self.has_figures():
                if number <= last:
                    self.fail(f"figures of {period}, which a row above includes")
                self.is_unreleased = True
                self.reading.add_row(self.table, self.rows[self.at].line, self.label(), period=period, gap=NOT_YET_RELEASED)
                self.at += 1
            else:
                if number > last:
                    self.fail(f"no figures after {month(year, last)}, the last month of the rows above")
                self.dated(period, is_revised=named["revised"] is not None)
                self.latest = period
        return year

    def dated(self, period: str, *, is_revised: bool) -> None:
        """The row at hand as that of a period."""
        if period in self.periods:
            self.fail(f"one row of {period}", "a second one")
        self.periods.add(period)
        self.add(self.figures(period), self.label(), period, is_revised=is_revised)
        self.at += 1

    def last_month(self) -> None:
        """The figures that the release before printed; in a January release, of December of the year before."""
        label, named = self.label(), _PUBLISHED.fullmatch(self.label())
        period = add_months(self.latest, -1)
        if self.has_figures() or named is None or named["name"] != MONTH_NAMES[int(period[5:]) - 1]:
            self.fail(f"the line '{MONTH_NAMES[int(period[5:]) - 1]} data as published last month:', before {self.latest}")
        self.at += 1
        if self.label():
            self.fail(f"the figures of {period} in a row without a label")
        figures = self.figures(f"{period} as published last month")
        self.add(figures, label, period, ending=LAST_MONTH)
        self.at += 1
