"""BLS import and export price index releases: Table A and Tables 1 to 8, rows between vertical bars.

The tables carry no number in the text. Their header names the classification, their place in the release
says whether they hold imports or exports, and their rows must agree with that: the release is refused when
order and content contradict each other.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import NoReturn

from trade_assets.facts import catalogue
from trade_assets.facts.periods import add_months, month, month_number, named_month, span
from trade_assets.reading.cells import Reading
from trade_assets.reading.errors import ReadError
from trade_assets.reading.marks import Mark, parse
from trade_assets.reading.text import TextDocument

FAMILY = "mxp"
PUBLISHER = "U.S. Bureau of Labor Statistics"
SOURCE = "www.bls.gov/mxp"
RECOGNISED_BY = "the title line 'U.S. IMPORT AND EXPORT PRICE INDEXES - <MONTH YEAR>'"

TABLE_A = "price_changes"
# The order of a release. None: the header names no classification.
DETAIL_TABLES: dict[str, str | None] = {
    "imports_by_end_use": "End Use",
    "exports_by_end_use": "End Use",
    "imports_by_naics": "NAICS",
    "exports_by_naics": "NAICS",
    "imports_by_harmonized_system": "Harmonized system",
    "exports_by_harmonized_system": "Harmonized system",
    "imports_by_locality": None,
    "transportation_services": None,
}
TABLES = (TABLE_A, *DETAIL_TABLES)
TABLE_A_COLUMNS = {
    "All imports": ("imports_all_pct", "imports.end_use.all_commodities"),
    "Fuel imports": ("imports_fuel_pct", "imports.end_use.10"),
    "Nonfuel imports": ("imports_nonfuel_pct", "imports.end_use.all_imports_excluding_fuels"),
    "All exports": ("exports_all_pct", "exports.end_use.all_commodities"),
    "Agricultural exports": ("exports_agricultural_pct", "exports.end_use.agricultural_commodities"),
    "Nonagricultural exports": ("exports_nonagricultural_pct", "exports.end_use.nonagricultural_commodities"),
}
DETAIL_COLUMNS = (
    "relative_importance_pct", "index_previous_month", "index_latest_month", "change_12_months_pct",
    "change_month_minus_3_pct", "change_month_minus_2_pct", "change_month_minus_1_pct", "change_latest_month_pct",
)  # fmt: skip
_MEASURES = ["relative_importance", "index", "index", *["percent_change"] * 5]
_UNITS = ["percent", "index", "index", *["percent"] * 5]

_TITLE = re.compile(r"U\.S\. IMPORT AND EXPORT PRICE INDEXES - ([A-Z]+ \d{4})")
_EMBARGO = re.compile(r"\d{1,2}:\d\d [ap]\.m\. \(E[DS]T\) [A-Z][a-z]+day, ([A-Z][a-z]+) (\d{1,2}), (\d{4})")
_IMPORTANCE = re.compile(r"Relative importance ([A-Z][a-z]+\.? \d{4})(?:\(\d\))?")
_FOOTNOTE_MARKS = re.compile(r"(?:\s*\(\d\))+$")
_BASE = re.compile(r"\s*\(([A-Z][a-z]+\.? \d{4}|\d{4})=100\)$")
_CHANGE = re.compile(r"([A-Z][a-z]+\.? \d{4}) to ([A-Z][a-z]+\.? \d{4})")
_TWELVE_MONTHS = re.compile(r"([A-Z][a-z]+) (\d{4}) to (\d{4})")
_DEFAULT_BASE = "2000"  # technical note of the releases: "base year of 2000=100 where possible"
_COMPARE = "compare the document with the publisher's; it may be cut or altered"


def recognises(document: TextDocument) -> bool:
    """Whether a line of the document is the release's title."""
    return any(_TITLE.fullmatch(line.strip()) for line in document.lines)


def read(document: TextDocument) -> Reading:
    """Read Table A and Tables 1 to 8.

    Raises:
        ReadError: a table is missing, cut, or out of order; a header, label, code or figure is not one that
            the release prints; order and content disagree on what is imports and what is exports.
    """
    return _ReleaseReader(document).read()


@dataclass
class _Row:
    """A printed row: its line, its label as printed and without marks, and its figures."""

    at: int
    printed_label: str
    label: str
    base: str
    code: str
    marks: list[Mark]
    starts: list[int]
    texts: list[str]


@dataclass
class _Detail:
    """One of Tables 1 to 8 as printed, before it is known which."""

    at: int
    classification: str | None
    periods: list[str]
    rows: list[_Row] = field(default_factory=list)


def _fields(line: str) -> list[str]:
    """The texts between the bars of a line; what follows the last bar counts only if it is not blank."""
    parts = line.split("|")
    return parts[1:] if parts[-1].strip() else parts[1:-1]


def _plain(text: str) -> str:
    """A heading with its line-break hyphens closed: ``Agri- cultural exports``."""
    return " ".join(text.split()).replace("- ", "")


class _ReleaseReader:
    def __init__(self, document: TextDocument) -> None:
        self.document = document
        self.lines = document.lines
        self.is_ascii = document.printed is document.lines
        self.seen: dict[str, Mark | None] = {}
        title = next(found for line in self.lines if (found := _TITLE.fullmatch(line.strip())))
        self.reading = Reading(FAMILY, PUBLISHER, title[0])
        reference = named_month(title[1].capitalize())
        if reference is None:
            self.fail(next(i for i, line in enumerate(self.lines) if title[0] in line), "a month and year in the title")
        self.reference = reference

    def fail(self, at: int, expected: str, found: str | None = None, todo: str = _COMPARE) -> NoReturn:
        if at >= len(self.lines):
            at, found = len(self.lines) - 1, "the end of the document"
        shown = repr(self.lines[at].strip()) if found is None else found
        raise ReadError(self.document.name, at + 1, expected=expected, found=shown, todo=todo)

    def read(self) -> Reading:
        self.publication_date()
        details: list[_Detail] = []
        has_table_a = False
        at = 0
        while at < len(self.lines):
            line = self.lines[at].strip()
            if line.startswith("| Month |"):
                if has_table_a:
                    self.fail(at, "one Table A")
                has_table_a = True
                at = self.table_a(at)
            elif line.startswith("| Description |"):
                at = self.detail(at, details)
            elif line.startswith("|") and line != "|":
                self.fail(at, "table rows only below a header '| Description |' or '| Month |'")
            else:
                at += 1
        if not has_table_a:
            self.fail(len(self.lines), "Table A, '| Month | IMPORTS | EXPORTS |'")
        if len(details) != len(DETAIL_TABLES):
            self.fail(len(self.lines), f"{len(DETAIL_TABLES)} tables with a column 'Description'", f"{len(details)} of them")
        self.check_order(details)
        for name, detail in zip(DETAIL_TABLES, details, strict=True):
            self.store(name, detail)
        return self.reading

    def publication_date(self) -> None:
        for at, line in enumerate(self.lines):
            found = _EMBARGO.search(line)
            if found:
                number = month_number(found[1])
                try:
                    date = dt.date(int(found[3]), number or 0, int(found[2]))
                except ValueError:
                    self.fail(at, "the date of publication")
                self.reading.published_date = date.isoformat()
                self.reading.release_month = month(date.year, date.month)
                return
        self.fail(0, "the date of publication, such as '8:30 a.m. (EDT) Tuesday, August 14, 2018'", "no such line")

    # Rows and figures

    def mark(self, at: int, text: str) -> Mark:
        mark = self.seen.get(text)
        if mark is None:
            mark = parse(text)
            if mark is None:
                self.fail(at, "a figure between the bars", repr(text), "correct the figure or its row in the document")
            self.seen[text] = mark
        return mark

    def figures(self, at: int, fields: list[str], first: int, last: int) -> tuple[list[Mark], list[int], list[str]]:
        """Marks, offsets and printed texts of ``fields[first:last]``."""
        line = self.lines[at]
        offset = line.index("|") + 1 + sum(map(len, fields[:first])) + first
        marks, starts, texts = [], [], []
        mark = self.mark
        for part in fields[first:last]:
            text = part.strip()
            marks.append(mark(at, text))
            starts.append(offset + part.index(text))
            texts.append(text)
            offset += len(part) + 1
        if not self.is_ascii:
            printed = self.document.printed[at]
            texts = [printed[start : start + len(text)] for start, text in zip(starts, texts, strict=True)]
        return marks, starts, texts

    def body(self, at: int) -> tuple[range, int]:
        """The lines of a table's rows from ``at`` on, and the line after the 'Footnotes' that closes it."""
        end = at
        while end < len(self.lines) and self.lines[end].lstrip().startswith("|") and self.lines[end].strip() != "|":
            end += 1
        close = end
        while close < len(self.lines) and self.lines[close].strip() in ("", "|"):
            close += 1
        if close >= len(self.lines) or not self.lines[close].strip().startswith("Footnotes"):
            self.fail(close, "the line 'Footnotes' that closes a table")
        return range(at, end), close + 1

    def heading(self, at: int) -> list[str]:
        """The headings of a header line, without the blank fields after them."""
        if at >= len(self.lines) or not self.lines[at].lstrip().startswith("|"):
            self.fail(at, "a line of the table's header")
        texts = [_plain(text) for text in _fields(self.lines[at])]
        while texts and not texts[-1]:
            texts.pop()
        return texts

    def separator(self, at: int) -> None:
        if at >= len(self.lines) or not re.fullmatch(r"\|(?:-+\|)+", self.lines[at].strip()):
            self.fail(at, "the line '|---|---|' of the table's header")

    # Table A

    def table_a(self, at: int) -> int:
        if self.heading(at) != ["Month", "IMPORTS", "EXPORTS"]:
            self.fail(at, "the header '| Month | IMPORTS | EXPORTS |'")
        self.separator(at + 1)
        headings = self.heading(at + 2)
        if sorted(headings) != sorted(TABLE_A_COLUMNS):
            self.fail(at + 2, f"the columns {', '.join(TABLE_A_COLUMNS)}")
        columns, series = zip(*(TABLE_A_COLUMNS[heading] for heading in headings), strict=True)
        rows, end = self.body(at + 3)
        year: int | None = None
        last: str | None = None
        for line in rows:
            fields = _fields(self.lines[line])
            label = fields[0].strip()
            if not any(field.strip() for field in fields[1:]):
                if not re.fullmatch(r"\d{4}", label):
                    self.fail(line, "a year, or a month with its figures")
                year = int(label)
                continue
            twelve = _TWELVE_MONTHS.fullmatch(label)
            if twelve:
                number = month_number(twelve[1])
                if number is None or int(twelve[3]) != int(twelve[2]) + 1:
                    self.fail(line, "twelve months, such as 'July 2017 to 2018'")
                period = span(month(int(twelve[2]), number), month(int(twelve[3]), number))
            else:
                number = month_number(label)
                if number is None or year is None:
                    self.fail(line, "the name of a month below its year")
                this = month(year, number)
                if last is not None and this != add_months(last, 1):
                    self.fail(line, f"the month {add_months(last, 1)} after {last}")
                last = this
                period = span(add_months(this, -1), this)
            if len(fields) != len(headings) + 1:
                self.fail(line, f"{len(headings)} figures", f"{len(fields) - 1} in {self.lines[line].strip()!r}")
            marks, starts, texts = self.figures(line, fields, 1, len(fields))
            count = len(marks)
            row = self.reading.add_row(TABLE_A, line + 1, label, period=period)
            self.reading.add_cells(
                TABLE_A, row, columns=columns, series=series, measures=["percent_change"] * count,
                periods=[period] * count, units=["percent"] * count, marks=marks,
                lines=[line + 1] * count, starts=starts, texts=texts,
            )  # fmt: skip
        if last != self.reference:
            self.fail(at, f"months up to {self.reference}, the month of the title", f"months up to {last}")
        return end

    # Tables 1 to 8

    def detail(self, at: int, details: list[_Detail]) -> int:
        table = self.detail_header(at)
        rows, end = self.body(at + 4)
        has_codes = table.classification is not None
        expected = len(DETAIL_COLUMNS)
        for line in rows:
            fields = _fields(self.lines[line])
            label = fields[0].strip()
            code = ""
            if not any(field.strip() for field in fields[1:]):
                first = last = 1
            else:
                # A row without a code has one field fewer; a blank last field keeps the row's width.
                first, last = (2, len(fields)) if has_codes and fields[-1].strip() else (1, len(fields) - has_codes)
                if last - first != expected:
                    self.fail(line, f"{expected} figures", f"{last - first} in {self.lines[line].strip()!r}")
                code = fields[1].strip() if first == 2 else ""
            marks, starts, texts = self.figures(line, fields, first, last)
            bare = _FOOTNOTE_MARKS.sub("", label)
            base = _BASE.search(bare)
            table.rows.append(
                _Row(line, label, _FOOTNOTE_MARKS.sub("", bare[: base.start()]) if base else bare,
                     base[1] if base else _DEFAULT_BASE, code, marks, starts, texts)
            )  # fmt: skip
        if not table.rows:
            self.fail(at, "rows below the table's header", "none")
        details.append(table)
        return end

    def detail_header(self, at: int) -> _Detail:
        headings = self.heading(at)
        classification = headings[1] if len(headings) == 5 else None
        if classification is not None and classification not in DETAIL_TABLES.values():
            self.fail(at, f"one of the classifications {', '.join(filter(None, dict.fromkeys(DETAIL_TABLES.values())))}")
        importance = _IMPORTANCE.fullmatch(headings[-3]) if len(headings) in (4, 5) else None
        if importance is None or headings[0] != "Description" or headings[-2:] != ["Index", "Percent change"]:
            self.fail(at, "the columns Description, a classification, Relative importance, Index, Percent change")
        self.separator(at + 1)
        second, third = self.heading(at + 2), self.heading(at + 3)
        if len(second) != 4 or second[2:] != ["Annual", "Monthly"]:
            self.fail(at + 2, "two index months, 'Annual' and 'Monthly'")
        changes = [_CHANGE.fullmatch(text) for text in third]
        if len(changes) != 5 or not all(changes):
            self.fail(at + 3, "five periods of change, such as 'Mar. 2018 to Apr. 2018'")
        latest, previous = self.reference, add_months(self.reference, -1)
        found = [named_month(importance[1]), named_month(second[0]), named_month(second[1])]
        found += [f"{named_month(c[1])}/{named_month(c[2])}" for c in changes if c]
        expected = [previous, previous, latest, span(add_months(latest, -12), latest)]
        expected += [span(add_months(latest, -lag - 1), add_months(latest, -lag)) for lag in (3, 2, 1, 0)]
        for what, period, wanted in zip(DETAIL_COLUMNS, found, expected, strict=True):
            if period != wanted:
                self.fail(at, f"the column {what} to be of {wanted}, as the title's month says", str(period))
        return _Detail(at, classification, expected)

    def check_order(self, details: list[_Detail]) -> None:
        """Refuse tables that are out of order: by header, by labels, by what only imports or exports print."""
        for (name, classification), detail in zip(DETAIL_TABLES.items(), details, strict=True):
            if detail.classification != classification:
                self.fail(detail.at, f"the table {name} ({classification or 'without codes'}) at this place", detail.classification or "a table without codes")
        names = list(DETAIL_TABLES)
        known = {name: {(e.code, e.label) for e in catalogue.entries(FAMILY) if e.table == name} for name in names}
        for name, detail in zip(names, details, strict=True):
            rows = {(row.code, row.label) for row in detail.rows}
            for other in names:
                if other != name and not rows <= known[name] and rows <= known[other]:
                    self.fail(detail.at, f"the table {name} at this place", f"the rows of {other}", "restore the order of the release's tables")
        for first in range(0, len(names), 2):
            pair = names[first : first + 2]
            telling = [
                (row.code, row.label) in known[pair[own]] - known[pair[1 - own]]
                for own in (0, 1)
                for row in details[first + own].rows
            ]
            if not any(telling):
                self.fail(
                    details[first].at, f"rows that only {pair[0]} or only {pair[1]} prints", "none, so order alone would decide",
                    "compare with the release; if it is right, add the new rows to " + catalogue.location(FAMILY),
                )  # fmt: skip

    def store(self, name: str, detail: _Detail) -> None:
        """Give every row its series by the catalogue and append its cells."""
        entries = [entry for entry in catalogue.entries(FAMILY) if entry.table == name]
        by_label = {(e.code, e.label, e.parent if detail.classification is None else ""): e for e in entries}
        reading, count = self.reading, len(DETAIL_COLUMNS)
        flow = name.partition("_")[0] if name != "transportation_services" else "transportation"
        stored: set[str] = set()
        above = ""
        for row in detail.rows:
            entry = by_label.get((row.code, row.label, "")) or by_label.get((row.code, row.label, above))
            if entry is None:
                self.fail(
                    row.at, f"a row of {name} that the catalogue knows" + (f" below {above}" if above else ""),
                    f"code {row.code!r}, label {row.label!r}",
                    f"if the publisher prints it so, add a line to {catalogue.location(FAMILY)}",
                )  # fmt: skip
            if bool(entry.series) != bool(row.marks):
                self.fail(row.at, "figures" if entry.series else "a group heading without figures")
            if not entry.series:
                above = ""
                continue
            if entry.series in stored:
                self.fail(row.at, f"each row of {name} once", f"a second {entry.series}")
            stored.add(entry.series)
            if not entry.parent:
                above = entry.series
            number = reading.add_row(name, row.at + 1, row.printed_label, period=self.reference, series=entry.series)
            reading.add_cells(
                name, number, columns=DETAIL_COLUMNS, series=[entry.series] * count, measures=_MEASURES,
                periods=detail.periods, units=_UNITS, marks=row.marks,
                lines=[row.at + 1] * count, starts=row.starts, texts=row.texts,
            )  # fmt: skip
            reading.add_series(
                series=entry.series, flow=flow, classification=entry.series.split(".")[1] if flow != "transportation" else flow,
                code=row.code or None, label=row.label, base_period=row.base, unit="index",
                seasonal_adjustment="not seasonally adjusted", basis=None,
            )  # fmt: skip
