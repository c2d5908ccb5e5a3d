"""The annual table of goods and services since 1960, as a workbook or as a page: one row per year.

A workbook may have sheets of the changes on the year before, in dollars and in percent: facts of a measure of their own.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import partial

from trade_assets.facts.periods import month_number
from trade_assets.reading.cells import Reading
from trade_assets.reading.grid import GridDocument
from trade_assets.reading.headed import Figures, HeadedTable, Layout, columns_of
from trade_assets.reading.marks import NOT_PUBLISHED, Mark
from trade_assets.reading.sheets import Places, Sheet, note_unread, read_once, sheets_of

FAMILY = "ft900"
READS = GridDocument
PRODUCT = "annual"
PUBLISHER = "U.S. Census Bureau, Economic Indicator Division"
SOURCE = "www.census.gov/foreign-trade/statistics/historical"
_TITLE_TEXT = "U.S. Trade in Goods and Services - Balance of Payments (BOP) Basis"
RECOGNISED_BY = f"a workbook or page with the title '{_TITLE_TEXT}'"
_TITLE = re.compile(re.escape(_TITLE_TEXT))
_LEVELS = Layout("goods_and_services", _TITLE)
_CHANGES = (
    Layout(
        "annual_dollar_change",
        _TITLE,
        re.compile("Dollar Change"),
        "the words 'Dollar Change'",
        _LEVELS.table,
        "change_on_year",
        column="dollar_change_musd",
    ),
    Layout(
        "annual_percent_change",
        _TITLE,
        re.compile("Percent Change"),
        "the words 'Percent Change'",
        _LEVELS.table,
        "percent_change_on_year",
        "percent",
        "percent_change_pct",
    ),
)
"""Sheets of changes on the year before, under the title of the table itself."""
TABLES = {_LEVELS.table: columns_of(_LEVELS.table)} | {layout.table: (layout.column,) for layout in _CHANGES}
"""The printed tables that it reads, with the columns of figures that it can give."""

_YEARS = re.compile(r"([0-9]{4}) through ([0-9]{4})")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_NAMED_DAY = re.compile(r"([A-Z][a-z]+) (\d{1,2}), (\d{4})")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CLOSING = re.compile(r"(?:U\.S\. Census Bureau|NOTE)\b.*")


def recognises(document: GridDocument) -> bool:
    """Whether a cell, or a line of a page, is the table's title."""
    return _TITLE_TEXT in document.texts


def read(document: GridDocument) -> Reading:
    """Read the table, and its changes on the year before where other sheets print them.

    Raises:
        ReadError: a heading or label is not as the table prints it, a year is missing, twice or out of order, a figure
            is missing or none, the table is cut, or what stands above it contradicts itself or the table.
    """
    titled = [sheet for sheet in sheets_of(document) if sheet.titled(_TITLE)]
    changes = {layout: [sheet for sheet in titled if sheet.says(layout.said)] for layout in _CHANGES}
    others = [sheet for sheet in titled if not any(sheet in found for found in changes.values())]
    levels = [sheet for sheet in others if sheet.says(_LEVELS.said)] or others or titled[:1]
    reading = Reading(FAMILY, PUBLISHER, "", PRODUCT)
    is_read = read_once(reading, document, levels, lambda sheet, its: _AnnualReader(document, its, _LEVELS, sheet).read())
    held, last = list(levels), reading.cells["period"][-1]
    for layout, sheets in changes.items():
        if sheets:
            is_read |= read_once(reading, document, sheets, partial(_read_changes, document, layout, last))
            held += sheets
    note_unread(reading, document, held, is_read)
    return reading


def _read_changes(document: GridDocument, layout: Layout, last: str, sheet: Sheet, reading: Reading) -> Places:
    return _ChangesReader(document, reading, layout, sheet).read(last)


class _AnnualReader(HeadedTable):
    """Walks the rows once."""

    def read(self) -> Places:
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
        return self.is_read

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


class _ChangesReader(HeadedTable):
    """Walks the rows once: a year each, the first of which has no change."""

    def read(self, last: str) -> Places:
        """Read the changes; percentages, which a workbook keeps as fractions, become percent.

        Args:
            last: the last year of the table.
        """
        rows: list[tuple[str, Figures]] = []
        year = self.label()
        if not _YEAR.fullmatch(year):
            self.fail("a year below the headings")
        if self.row is not None and not self.has_figures():
            self.reading.add_row(self.table, self.row.line, year, period=year, gap=NOT_PUBLISHED)
            year = str(int(year) + 1)
            self.at += 1
        while self.row is not None and self.label() == year:
            rows.append((year, self.figures(f"the change to {year}")))
            year = str(int(year) + 1)
            self.at += 1
        if not rows:
            self.fail("changes below the headings")
        if self.row is not None:
            self.closing(_CLOSING, f"the year {year}, or the notes that close the table")
        self.at = len(self.rows)
        is_percent = self.layout.unit == "percent"
        decimals = max(mark.decimals or 0 for _, figures in rows for mark in figures.marks)
        for year, figures in rows:
            marks = [_percent(mark, decimals) for mark in figures.marks] if is_percent else figures.marks
            self.add(figures._replace(marks=marks), year, year)
        if year != last:
            sheet = figures.fields[0].where.sheet
            self.reading.notes.append(f"the sheet {sheet!r} ends with the change to {year}, the table itself with {last}")
        self.add_series(None)
        return self.is_read


def _percent(mark: Mark, decimals: int) -> Mark:
    """A fraction as percent, with as many decimals as any fraction beside it: a workbook does not keep zeros at the end."""
    if mark.value is None:
        return mark
    places = max(decimals - 2, 0)
    return mark._replace(value=float(round(100 * Decimal(f"{mark.value:.{decimals}f}"), places)), decimals=places)


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
