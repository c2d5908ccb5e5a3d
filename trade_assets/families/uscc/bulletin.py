"""USCC trade bulletins: five tables in the reading order of a PDF's text.

Titles, column headings, rows and group titles stand apart from each other, headings wrap over many lines,
two tables may share a line, and cells are parted by single spaces while labels contain spaces. So a table is
found by its column headings, and its rows by their shape: words, then marks. Blank lines mean nothing.

Longer than 400 lines: one reader of five tables between prose, which hand on the place where each ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import NoReturn

from trade_assets.facts import catalogue
from trade_assets.facts.periods import MONTH_NAMES, add_months, month, month_number, named_month, span
from trade_assets.families.uscc.printed_tables import (
    COLUMNS,
    GROWTH,
    INVESTMENT,
    INVESTMENT_COLUMNS,
    INVESTMENT_SERIES,
    SURVEYS,
    TABLES,
    TECHNOLOGY,
    TECHNOLOGY_COLUMNS,
    TOP_FIVE,
)
from trade_assets.reading.cells import Reading
from trade_assets.reading.errors import ReadError
from trade_assets.reading.marks import Mark, parse
from trade_assets.reading.printing import flag_irregular
from trade_assets.reading.text import TextDocument

__all__ = ["COLUMNS", "FAMILY", "PUBLISHER", "RECOGNISED_BY", "SOURCE", "TABLES", "TITLE", "read", "recognises"]

FAMILY = "uscc"
READS = TextDocument
PUBLISHER = "U.S.-China Economic and Security Review Commission"
SOURCE = "www.uscc.gov"
TITLE = "The U.S. Balance of Trade with China"
RECOGNISED_BY = f"the title line '{TITLE}' with the Commission's name"

_THROUGH = r"through ([A-Z][a-z]+ \d{4})"
_TITLES = {
    GROWTH: re.compile(rf"Growth in U\.S\. Trade with China {_THROUGH}"),
    TOP_FIVE: re.compile(rf"Top Exports and Imports {_THROUGH}"),
    TECHNOLOGY: re.compile(rf"U\.S\. Trade with China in Advanced Technology Products \(ATP\) {_THROUGH}"),
    INVESTMENT: re.compile(rf"China.s Outbound FDI Flows {_THROUGH}"),
}
_UNITS = {
    TOP_FIVE: (re.compile(r"\(in US\$ millions\)"), "million_usd"),
    TECHNOLOGY: (re.compile(r"\(in US\$ millions\)"), "million_usd"),
    INVESTMENT: (re.compile(r"\(in US\$ billions\)"), "billion_usd"),
}
_COMPARE = "compare the document with the publisher's; it may be cut or altered"

_TOP_FIVE_HALF = r"{} Share of total \(%\) Change over ([A-Z][a-z]{{2}}'\d{{2}}) \(%\)"
_TOP_FIVE_HEADINGS = re.compile(f"{_TOP_FIVE_HALF.format('Exports')} {_TOP_FIVE_HALF.format('Imports')}")
_TECHNOLOGY_HEADINGS = re.compile(
    r"Exports Imports Balance ([A-Z][a-z]{2}'\d{2}) Exports Imports"
    r" YTD Balance ([A-Z][a-z]{2}'\d{2}) YTD Balance ([A-Z][a-z]{2}'\d{2})"
)
_INVESTMENT_PARTS = "Total Re-investment of overseas profits First-Time Outbound Investment"
_INVESTMENT_HEADINGS = re.compile(f"{_INVESTMENT_PARTS} {_INVESTMENT_PARTS} No\\. of enterprises")
_SURVEY_HEADINGS = re.compile(r"PMI survey China Federation of Logistics and Purchasing HSBC Markit")

_WORD = re.compile(r"\S+")


def recognises(document: TextDocument) -> bool:
    """Whether the bulletin's title stands on a line of its own and the Commission is named."""
    return any(line.strip() == TITLE for line in document.lines if TITLE in line) and any(PUBLISHER in line for line in document.lines)


def read(document: TextDocument) -> Reading:
    """Read the five tables.

    Raises:
        ReadError: a title, a table's column headings, its rows or its closing group titles are missing or
            not as the bulletin prints them, or a label is not in the catalogue.
    """
    reading = _BulletinReader(document).read()
    flag_irregular(reading, COLUMNS)
    return reading


@dataclass(frozen=True)
class _Part:
    """A label and the marks after it; a line holds one or, where two tables share it, two."""

    label: str
    marks: list[Mark]
    starts: list[int]
    texts: list[str]


class _BulletinReader:
    """``order`` holds the indexes of the lines that are not blank; ``at`` is a place in it."""

    def __init__(self, document: TextDocument) -> None:
        self.document = document
        self.lines = [line.strip() for line in document.lines]
        self.order = [i for i, line in enumerate(self.lines) if line]
        self.at = 0
        self.reading = Reading(FAMILY, PUBLISHER, TITLE)
        self.entries = {(e.table, e.label): e for e in catalogue.entries(FAMILY)}
        self.stored: set[str] = set()
        self.printed: set[tuple[str, str, str | None]] = set()

    def read(self) -> Reading:
        growth = self.title(GROWTH)
        top_five = self.title(TOP_FIVE)
        technology = self.title(TECHNOLOGY)
        investment = self.title(INVESTMENT)
        self.growth(growth)
        self.top_five(top_five)
        self.technology(technology)
        self.surveys()
        self.investment(investment)
        self.nothing_left()
        return self.reading

    def nothing_left(self) -> None:
        """Refuse a row that no table took, such as one after the titles that close its table."""
        taken = set(self.reading.cells["line"])
        for place, index in enumerate(self.order):
            first, *words = self.lines[index].split()
            if len(words) > 2 and index + 1 not in taken and not parse(first) and all(map(parse, words[-3:])):
                self.at = place
                self.fail("this row in the place of its table", todo=_COMPARE)

    # Finding things

    def fail(self, expected: str, found: str | None = None, todo: str = _COMPARE) -> NoReturn:
        if self.at < len(self.order):
            line = self.order[self.at]
            shown = repr(self.lines[line]) if found is None else found
        else:
            line, shown = len(self.lines) - 1, "the end of the document"
        raise ReadError(self.document.name, line + 1, expected=expected, found=shown, todo=todo)

    def text(self) -> str:
        """The current line, or an empty text at the end."""
        return self.lines[self.order[self.at]] if self.at < len(self.order) else ""

    def title(self, table: str) -> str:
        """The month through which a table runs, from its title; the unit below it is checked."""
        for place, index in enumerate(self.order):
            found = _TITLES[table].fullmatch(self.lines[index])
            if found:
                self.at = place
                through = named_month(found[1])
                if through is None:
                    self.fail("the month of the title")
                if table in _UNITS:
                    self.at += 1
                    if not _UNITS[table][0].fullmatch(self.text()):
                        self.fail(f"the unit of {table}, {_UNITS[table][0].pattern}")
                return through
        self.at = len(self.order)
        self.fail(f"the title of the table {table}")

    def headings(self, table: str, pattern: re.Pattern[str], words: int) -> re.Match[str]:
        """Go to the line after the wrapped headings that match ``pattern``, wherever they stand."""
        first = pattern.pattern.partition(" ")[0]  # each begins with a plain word
        for place, index in enumerate(self.order):
            if not self.lines[index].startswith(first):
                continue
            joined = ""
            for end in range(place, min(place + words, len(self.order))):
                joined = f"{joined} {self.lines[self.order[end]]}".strip()
                found = pattern.fullmatch(joined)
                if found:
                    self.at = end + 1
                    return found
        self.at = len(self.order)
        self.fail(f"the column headings of the table {table}")

    def short_month(self, text: str) -> str:
        """``Nov'12`` as 2012-11."""
        number = month_number(text[:3])
        if number is None:
            self.fail("a month such as Nov'12", repr(text))
        return month(2000 + int(text[4:]), number)

    def closing(self, *titles: str) -> None:
        """The group titles that come after a table's rows."""
        joined = ""
        wanted = " ".join(titles)
        while joined != wanted:
            if self.at >= len(self.order) or not wanted.startswith(joined):
                self.fail(f"a row of the table or its closing titles '{wanted}'")
            joined = f"{joined} {self.text()}".strip()
            self.at += 1
        # A cut document ends here at the latest; a longer title is another table's.

    def parts(self) -> list[_Part]:
        """The current line as labels and marks. A line without marks has none.

        Only a word that starts like a figure must be one; others belong to a label.
        """
        index = self.order[self.at]
        line, printed = self.document.lines[index], self.document.printed[index]
        parts: list[_Part] = []
        for found in _WORD.finditer(line):
            word = found[0]
            mark = parse(word)
            if mark is None and re.match(r"[-+$]?[\d.,]", word):
                self.fail("a figure", repr(word), "correct the figure in the document")
            if mark is None:
                if not parts or parts[-1].marks:
                    parts.append(_Part(word, [], [], []))
                else:
                    parts[-1] = _Part(f"{parts[-1].label} {word}", [], [], [])
            else:
                if not parts:
                    parts.append(_Part("", [], [], []))
                parts[-1].marks.append(mark)
                parts[-1].starts.append(found.start())
                parts[-1].texts.append(printed[found.start() : found.end()])
        return parts

    def entry(self, table: str, label: str) -> catalogue.Entry:
        found = self.entries.get((table, label))
        if found is None:
            self.fail(
                f"a row of {table} that the catalogue knows",
                f"label {label!r}",
                f"if the publisher prints it so, add a line to {catalogue.location(FAMILY)}",
            )
        return found

    def add(  # noqa: PLR0917 - the columns of a row, in the order of the cells' columns
        self,
        table: str,
        part: _Part,
        period: str | None,
        columns: list[str],
        series: list[str],
        measures: list[str],
        periods: list[str | None],
        units: list[str],
    ) -> None:
        """Append one row and its cells; the series of its columns are noted once."""
        if len(part.marks) != len(columns):
            self.fail(f"{len(columns)} figures after {part.label!r}", f"{len(part.marks)}: {' '.join(part.texts)}")
        for fact in zip(columns, series, periods, strict=True):
            if fact in self.printed:
                self.fail(f"each row of {table} once", f"a second {part.label!r}")
            self.printed.add(fact)
        line = self.order[self.at] + 1
        row = self.reading.add_row(table, line, part.label, period=period)
        self.reading.add_cells(
            table,
            [row] * len(columns),
            columns=columns,
            series=series,
            measures=measures,
            periods=periods,
            units=units,
            marks=part.marks,
            lines=[line] * len(columns),
            starts=part.starts,
            texts=part.texts,
        )
        for name, unit in zip(series, units, strict=True):
            if name not in self.stored:
                self.stored.add(name)
                self.add_series(name, part.label, unit)

    def add_series(self, name: str, label: str, unit: str) -> None:
        flow, _, rest = name.partition(".")
        classification, _, code = rest.rpartition(".")
        titles = {e.series: e for e in catalogue.entries(FAMILY)}
        known = titles.get(name.removeprefix(f"{flow}.")) or titles.get(name)
        self.reading.add_series(
            series=name,
            flow=flow,
            classification=classification or rest,
            code=known.code if known and known.code else code,
            label=known.label if known else label,
            unit=unit,
            seasonal_adjustment="not seasonally adjusted" if flow != "china" else None,
            basis="exports f.a.s., imports customs value" if flow != "china" else None,
        )

    # The five tables

    def growth(self, through: str) -> None:
        """Exports and imports by month, twice: the group titles after the rows say what each pair is."""
        months: list[str] = []
        for place, index in enumerate(self.order):
            numbers = [month_number(word) for word in self.lines[index].split()]
            if len(numbers) > 1 and all(numbers):
                self.at = place
                months = [month(int(through[:4]), number) for number in numbers if number]
                break
        if not months:
            self.at = len(self.order)
            self.fail("a line of months, such as 'Feb Mar Apr', above the growth of exports and imports")
        if months[-1] != through or any(b != add_months(a, 1) for a, b in pairwise(months)):
            self.fail(f"consecutive months up to {through}")
        self.at += 1
        groups: list[dict[str, tuple[int, _Part]]] = []
        while self.text().startswith(("Exports", "Imports")) and len(self.text().split()) > 2:
            part, *others = self.parts()
            if others or part.label not in ("Exports", "Imports"):
                self.fail("the growth of 'Exports' or 'Imports' by month")
            flow = part.label.lower()
            # A new pair begins with Exports, or where a flow would stand twice in the same pair.
            if not groups or flow == "exports" or flow in groups[-1]:
                groups.append({})
            groups[-1][flow] = (self.at, part)
            self.at += 1
        end = self.at
        year = int(through[:4])
        if len(groups) != 2:
            self.fail("two groups of rows 'Exports', 'Imports' of growth", f"{len(groups)}")
        self.closing("Month-on-month growth", f"Year-to-date {year - 1}-{year}")
        after = self.at
        names = ("month_on_month", "year_to_date")
        for name, group in zip(names, groups, strict=True):
            for flow, (place, part) in group.items():
                self.at = place
                periods: list[str | None] = [span(add_months(m, -1) if name == "month_on_month" else month(year, 1), m) for m in months]
                self.add(
                    GROWTH,
                    part,
                    None,
                    [f"{flow}_{name}_pct"] * len(months),
                    [f"{flow}.china.total"] * len(months),
                    ["percent_change" if name == "month_on_month" else "percent_change_year_to_date"] * len(months),
                    periods,
                    ["percent"] * len(months),
                )
        self.at = max(end, after)

    def top_five(self, through: str) -> None:
        """Two tables side by side; a title before each block says month or year to date."""
        found = self.headings(TOP_FIVE, _TOP_FIVE_HEADINGS, 24)
        earlier = self.short_month(found[1])
        if found[1] != found[2] or earlier != add_months(through, -12):
            self.fail(f"changes over {add_months(through, -12)} in both halves", f"{found[1]}, {found[2]}")
        name = f"{MONTH_NAMES[int(through[5:]) - 1]} {through[:4]}"
        blocks = ((f"Monthly ({name})", through), (f"Year-to-date (thru {name})", span(month(int(through[:4]), 1), through)))
        for title, period in blocks:
            if self.text() != title:
                self.fail(f"the title '{title}'")
            self.at += 1
            rows = 0
            while self.at < len(self.order) and not self.text().startswith(("Monthly (", "Year-to-date (")):
                parts = self.parts()
                if len(parts) != 2:
                    self.fail("a product of exports and one of imports, each with its figures")
                for flow, part in zip(("exports", "imports"), parts, strict=True):
                    self.top_five_part(flow, part, period, earlier, through)
                rows += 1
                self.at += 1
            if not rows:
                self.fail(f"rows below '{title}'")
        self.closing(*(title for title, _ in blocks))

    def top_five_part(self, flow: str, part: _Part, period: str, earlier: str, through: str) -> None:
        entry = self.entry(TOP_FIVE, part.label)
        is_month = period == through
        columns = ["value_musd", "share_pct", "change_12_months_pct"]
        measures = ["value", "share", "percent_change" if is_month else "percent_change_year_to_date"]
        periods: list[str | None] = [period, period, span(earlier, through) if is_month else period]
        count = len(part.marks)
        # Only the products have a change, and only in the month; '-' stands for none. A lost figure shows in the signs.
        has_change = is_month and entry.parent != ""
        shape = "".join("%" if text.endswith("%") else "-" if mark.gap else "n" for text, mark in zip(part.texts, part.marks, strict=True))
        if shape not in (("n%%", "n%-") if has_change else ("n%", "n%-")):
            wanted = "a value, its share (%) and its change (%)" if has_change else "a value and its share (%)"
            self.fail(f"{wanted} after {part.label!r}", " ".join(part.texts))
        self.add(
            TOP_FIVE,
            part,
            period,
            columns[:count],
            [f"{flow}.{entry.series}"] * count,
            measures[:count],
            periods[:count],
            ["million_usd", "percent", "percent"][:count],
        )

    def technology(self, through: str) -> None:
        """Trade by technology group; month, year to date, and the balance a year earlier."""
        found = self.headings(TECHNOLOGY, _TECHNOLOGY_HEADINGS, 16)
        ends = [self.short_month(text) for text in found.groups()]
        if ends != [through, through, add_months(through, -12)]:
            self.fail(f"balances of {through} and of a year earlier", ", ".join(found.groups()))
        to_date, earlier = (span(month(int(end[:4]), 1), end) for end in ends[1:])
        columns = list(TECHNOLOGY_COLUMNS)
        flows = ["exports", "imports", "balance"] * 2 + ["balance"]
        periods: list[str | None] = [*[through] * 3, *[to_date] * 3, earlier]
        rows = 0
        while self.text() and not self.text().startswith("Monthly"):
            parts = self.parts()
            if len(parts) != 1:
                self.fail("a technology group and its figures")
            entry = self.entry(TECHNOLOGY, parts[0].label)
            count = len(columns)
            self.add(
                TECHNOLOGY,
                parts[0],
                through,
                columns,
                [f"{flow}.{entry.series}" for flow in flows],
                ["value"] * count,
                periods,
                ["million_usd"] * count,
            )
            rows += 1
            self.at += 1
        if not rows:
            self.fail(f"rows of the table {TECHNOLOGY}")
        self.closing("Monthly Cumulative year-to-date")

    def surveys(self) -> None:
        """How many companies each purchasing-manager survey asks; the bulletin names no period."""
        self.headings(SURVEYS, _SURVEY_HEADINGS, 4)
        institution = re.compile(r"Institution\b.*")
        if not institution.fullmatch(self.text()):
            self.fail("the row 'Institution'")
        self.at += 1
        line = self.order[self.at] if self.at < len(self.order) else 0
        words = list(_WORD.finditer(self.document.lines[line]))
        label = "# of companies surveyed"
        if not self.text().startswith(label):
            self.fail(f"the row '{label}'")
        figures = words[len(label.split()) :]
        marks = [parse(word[0]) for word in figures]
        if len(marks) != 2 or None in marks:
            self.fail("two figures after '# of companies surveyed'")
        printed = self.document.printed[line]
        part = _Part(
            label,
            [mark for mark in marks if mark],
            [word.start() for word in figures],
            [printed[word.start() : word.end()] for word in figures],
        )
        names = ["China Federation of Logistics and Purchasing", "HSBC Markit"]
        series = [self.entry(SURVEYS, name).series for name in names]
        self.add(
            SURVEYS,
            part,
            None,
            ["companies_surveyed"] * 2,
            series,
            ["companies_surveyed"] * 2,
            [None, None],
            ["count"] * 2,
        )
        self.at += 1
        if not self.text().startswith("Type of companies"):
            self.fail("the row 'Type of companies' that closes the table")

    def investment(self, through: str) -> None:
        """Outbound investment by month, cumulative, and the years before, which have cumulative figures only."""
        self.headings(INVESTMENT, _INVESTMENT_HEADINGS, 24)
        year = int(through[:4])
        if self.text() != str(year):
            self.fail(f"the year {year} above its months")
        self.at += 1
        columns = list(INVESTMENT_COLUMNS)
        series = [f"china.outbound_investment.{name}" for name in (*INVESTMENT_SERIES * 2, "enterprises")]
        measures = ["value"] * 6 + ["count"]
        units = ["billion_usd"] * 6 + ["count"]
        previous = ""
        while self.text() and not self.text().startswith("Monthly"):
            parts = self.row_of_period()
            number = month_number(parts.label)
            if number is not None:
                period = month(year, number)
                if not previous < period <= through:
                    self.fail(f"a month after {previous or 'the heading'} and up to {through}")
                previous = period
                first, cumulative = 0, span(month(year, 1), period)
            elif re.fullmatch(r"\d{4}", parts.label) and int(parts.label) < year:
                period = cumulative = parts.label
                first = 3  # a year's figures stand under the cumulative columns
            else:
                self.fail("a month, or an earlier year")
            periods: list[str | None] = [*[period] * 3, *[cumulative] * 4]
            self.add(
                INVESTMENT,
                parts,
                period,
                columns[first:],
                series[first:],
                measures[first:],
                periods[first:],
                units[first:],
            )
            self.at += 1
        if previous != through:
            self.fail(f"the months of {year} up to {through}", f"none after {previous or 'the heading'}")
        self.closing("Monthly Cumulative year-to-date")

    def row_of_period(self) -> _Part:
        """A row whose first word is its label, even where that word is a year."""
        parts = self.parts()
        if len(parts) != 1:
            self.fail("a month or year and its figures")
        part = parts[0]
        if part.label:
            return part
        return _Part(part.texts[0], part.marks[1:], part.starts[1:], part.texts[1:])
