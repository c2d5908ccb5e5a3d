"""BLS import and export price index releases: Table A and Tables 1 to 8, rows between vertical bars.

The tables carry no number in the text. Their header names the classification, their place in the release
says whether they hold imports or exports, and their rows must agree with that: the release is refused when
order and content contradict each other.

Longer than 400 lines: one reader of one layout, whose parts share its place in the text and what the header said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import accumulate, chain, repeat
from operator import add, sub
from typing import NamedTuple, NoReturn, TypeVar

from trade_assets.facts import catalogue
from trade_assets.facts.periods import add_months, month, month_number, named_month, span
from trade_assets.reading.cells import Reading
from trade_assets.reading.errors import ReadError
from trade_assets.reading.marks import Mark, parse
from trade_assets.reading.printing import Column, flag_irregular
from trade_assets.reading.text import TextDocument

FAMILY = "mxp"
READS = TextDocument
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
TABLE_A_COLUMNS = {
    "All imports": "imports_all_pct",
    "Fuel imports": "imports_fuel_pct",
    "Nonfuel imports": "imports_nonfuel_pct",
    "All exports": "exports_all_pct",
    "Agricultural exports": "exports_agricultural_pct",
    "Nonagricultural exports": "exports_nonagricultural_pct",
}
DETAIL_COLUMNS = (
    "relative_importance_pct",
    "index_previous_month",
    "index_latest_month",
    "change_12_months_pct",
    "change_month_minus_3_pct",
    "change_month_minus_2_pct",
    "change_month_minus_1_pct",
    "change_latest_month_pct",
)
TABLES = {TABLE_A: tuple(TABLE_A_COLUMNS.values()), **dict.fromkeys(DETAIL_TABLES, DETAIL_COLUMNS)}
"""The printed tables that it reads, with the columns of figures that it can give."""
_MEASURES = ["relative_importance", "index", "index", *["percent_change"] * 5]
_UNITS = ["percent", "index", "index", *["percent"] * 5]

# BLS prints a dash for what it cannot give, such as the change of an index that is younger than the change is long.
COLUMNS = {
    "relative_importance_pct": Column(decimals=3, has_gaps=True),
    **dict.fromkeys((*DETAIL_COLUMNS[1:], *TABLE_A_COLUMNS.values()), Column(decimals=1, has_gaps=True)),
}

_TITLE_WORDS = "IMPORT AND EXPORT PRICE INDEXES"
_TITLE = re.compile(rf"U\.S\. {_TITLE_WORDS} - ([A-Z]+ \d{{4}})")
_EMBARGO = re.compile(r"\d{1,2}:\d\d [ap]\.m\. \(E[DS]T\) [A-Z][a-z]+day, ([A-Z][a-z]+) (\d{1,2}), (\d{4})")
_IMPORTANCE = re.compile(r"Relative importance ([A-Z][a-z]+\.? \d{4})(?:\(\d\))?")
_FOOTNOTE = re.compile(r"\((\d{1,2})\)")
_BASE = re.compile(r"\(([A-Z][a-z]+\.? \d{4}|\d{4})=100\)")
_CHANGE = re.compile(r"([A-Z][a-z]+\.? \d{4}) to ([A-Z][a-z]+\.? \d{4})")
_TWELVE_MONTHS = re.compile(r"([A-Z][a-z]+) (\d{4}) to (\d{4})")
_DEFAULT_BASE = "2000"  # technical note of the releases: "base year of 2000=100 where possible"
_COMPARE = "compare the document with the publisher's; it may be cut or altered"
_T = TypeVar("_T")


def recognises(document: TextDocument) -> bool:
    """Whether a line of the document is the release's title."""
    return any(_TITLE.fullmatch(line.strip()) for line in document.lines if _TITLE_WORDS in line)


def read(document: TextDocument) -> Reading:
    """Read Table A and Tables 1 to 8.

    Raises:
        ReadError: a table is missing, cut, or out of order; a header, label, code or figure is not one that
            the release prints; order and content disagree on what is imports and what is exports.
    """
    reading = _ReleaseReader(document).read()
    flag_irregular(reading, COLUMNS)
    return reading


class _Row(NamedTuple):
    """A printed row: its line, its label as printed and without marks, and whether figures follow."""

    at: int
    printed_label: str
    label: str
    base: str
    code: str
    has_figures: bool


@dataclass
class _Figures:
    """The fields with figures of a table, row after row, and for each row its line and the offset of its first."""

    fields: list[str] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)

    def extend(self, at: int, line: str, fields: list[str], first: int, last: int) -> None:
        """Take in ``fields[first:last]`` of a line."""
        self.fields += fields[first:last]
        self.at.append(at)
        self.begins.append(line.index("|") + first + 1 + len("".join(fields[:first])))


@dataclass
class _Detail:
    """One of Tables 1 to 8 as printed, before it is known which."""

    at: int
    classification: str | None
    rows: list[_Row] = field(default_factory=list)
    figures: _Figures = field(default_factory=_Figures)


@lru_cache(maxsize=256)
def _plain(text: str) -> str:
    """A heading with its line-break hyphens closed: ``Agri- cultural exports``."""
    return " ".join(text.split()).replace("- ", "")


# The same fields come again and again, within a release and from one to the next; so do the labels.
@lru_cache(maxsize=16_384)
def _field(field: str) -> tuple[Mark | None, str, int, int]:
    """What stands in a field between bars: its mark, its text, the blanks before it, and the width with the bar."""
    text = field.strip()
    return parse(text), text, field.index(text), len(field) + 1


@lru_cache(maxsize=256)
def _period(heading: str) -> str | None:
    """The month that a heading names, or the change from one month to another."""
    change = _CHANGE.fullmatch(heading)
    return span(str(named_month(change[1])), str(named_month(change[2]))) if change else named_month(heading)


@lru_cache(maxsize=4096)
def _bare(label: str) -> tuple[str, str]:
    """A label without footnote marks and base period, and its base period."""
    base = None
    while label.endswith(")"):
        at = label.rfind("(")
        found = _BASE.fullmatch(label, at) if base is None else None
        if found is None and _FOOTNOTE.fullmatch(label, at) is None:
            break
        base = found[1] if found else base
        label = label[:at].rstrip()
    return label, base or _DEFAULT_BASE


def _each(values: Iterable[_T], count: int) -> list[_T]:
    """Every value ``count`` times: those of rows as those of cells."""
    return list(chain.from_iterable(repeat(value, count) for value in values))


@cache
def _catalogue(table: str) -> dict[tuple[str, str, str], catalogue.Entry]:
    """The catalogue of a table by code, label and, where labels need it because no codes are printed, parent."""
    has_codes = DETAIL_TABLES[table] is not None
    return {(e.code, e.label, "" if has_codes else e.parent): e for e in catalogue.entries(FAMILY) if e.table == table}


@cache
def _known(table: str) -> frozenset[tuple[str, str]]:
    """The codes and labels that a table may print."""
    return frozenset((code, label) for code, label, _ in _catalogue(table))


class _ReleaseReader:
    def __init__(self, document: TextDocument) -> None:
        self.document = document
        self.lines = document.lines
        title = next(found for line in self.lines if (found := _TITLE.fullmatch(line.strip())))
        self.reading = Reading(FAMILY, PUBLISHER, title[0])
        reference = named_month(title[1].capitalize())
        if reference is None:
            self.fail(next(i for i, line in enumerate(self.lines) if title[0] in line), "a month and year in the title")
        self.reference, previous = reference, add_months(reference, -1)
        self.periods = [previous, previous, reference, span(add_months(reference, -12), reference)]
        self.periods += [span(add_months(reference, -lag - 1), add_months(reference, -lag)) for lag in (3, 2, 1, 0)]

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
        self.describe_table_a()
        return self.reading

    def describe_table_a(self) -> None:
        """Table A's series, where Tables 1 and 2 do not print their row."""
        printed = set(self.reading.series["series"])
        entries = {entry.series: entry for entry in catalogue.entries(FAMILY)}
        for series in catalogue.TABLE_A_SERIES.values():
            if series not in printed:
                entry = entries[series]
                self.reading.add_series(
                    series=series,
                    flow=series.partition(".")[0],
                    classification="end_use",
                    code=entry.code or None,
                    label=entry.label,
                    unit="index",
                    seasonal_adjustment="not seasonally adjusted",
                )

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

    def fields(self, at: int) -> list[str]:
        """The texts between the bars of a row."""
        parts = self.lines[at].split("|")
        if parts[-1].strip():
            self.fail(at, "a bar at the end of the row", repr(parts[-1].strip()))
        return parts[1:-1]

    def located(self, figures: _Figures) -> tuple[Sequence[Mark], list[int], Sequence[str]]:
        """Marks, offsets and printed texts of a table's figures; as many in each row."""
        marks, texts, blanks, widths = zip(*map(_field, figures.fields), strict=True)
        count = len(marks) // len(figures.at)
        if not all(marks):
            wrong = marks.index(None)
            self.fail(
                figures.at[wrong // count], "a figure between the bars", repr(texts[wrong]), "correct the figure or its row in the document"
            )
        # The widths add up over the whole table; from each row on they are moved to where the row begins.
        offsets = list(accumulate(widths, initial=0))
        moves = map(sub, figures.begins, offsets[::count])
        starts = list(map(add, map(add, offsets, blanks), _each(moves, count)))
        lines, printed = self.lines, self.document.printed
        if any(lines[at] != printed[at] for at in figures.at):
            places = zip(_each(figures.at, count), starts, texts, strict=True)
            texts = tuple(printed[at][start : start + len(text)] for at, start, text in places)
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
        texts = [_plain(text) for text in self.fields(at)]
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
        columns = tuple(TABLE_A_COLUMNS[heading] for heading in headings)
        series = tuple(catalogue.TABLE_A_SERIES[column] for column in columns)
        rows, end = self.body(at + 3)
        year: int | None = None
        last: str | None = None
        lines, labels, periods, figures = [], [], [], _Figures()
        for line in rows:
            fields = self.fields(line)
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
                before = add_months(this, -1)
                if last not in (None, before):
                    self.fail(line, f"the month after {last}", f"{this} in {self.lines[line].strip()!r}")
                last, period = this, span(before, this)
            if len(fields) != len(headings) + 1:
                self.fail(line, f"{len(headings)} figures", f"{len(fields) - 1} in {self.lines[line].strip()!r}")
            if period in periods:
                self.fail(line, "each period of Table A once", f"a second {period}")
            figures.extend(line, self.lines[line], fields, 1, len(fields))
            lines.append(line + 1)
            labels.append(label)
            periods.append(period)
        if last != self.reference:
            self.fail(at, f"months up to {self.reference}, the month of the title", f"months up to {last}")
        count = len(lines)
        self.add(
            TABLE_A,
            lines,
            labels,
            periods=periods,
            row_series=[None] * count,
            columns=columns * count,
            series=series * count,
            measures=["percent_change"] * len(figures.fields),
            cell_periods=_each(periods, len(columns)),
            units=["percent"] * len(figures.fields),
            figures=figures,
        )
        return end

    def add(
        self,
        table: str,
        lines: list[int],
        labels: list[str],
        *,
        periods: Sequence[str],
        row_series: Sequence[str | None],
        columns: Sequence[str],
        series: Sequence[str],
        measures: Sequence[str],
        cell_periods: Sequence[str],
        units: Sequence[str],
        figures: _Figures,
    ) -> None:
        """Append a table's rows and their cells, of which each row has as many."""
        numbers = self.reading.add_rows(table, lines=lines, labels=labels, periods=periods, series=row_series, gaps=[None] * len(lines))
        marks, starts, texts = self.located(figures)
        width = len(marks) // len(lines)
        self.reading.add_cells(
            table,
            _each(numbers, width),
            columns=columns,
            series=series,
            measures=measures,
            periods=cell_periods,
            units=units,
            marks=marks,
            lines=_each(lines, width),
            starts=starts,
            texts=texts,
        )

    # Tables 1 to 8

    def detail(self, at: int, details: list[_Detail]) -> int:
        table = self.detail_header(at)
        rows, end = self.body(at + 4)
        has_codes = table.classification is not None
        expected = len(DETAIL_COLUMNS)
        for line in rows:
            fields = self.fields(line)
            printed_label, code = fields[0].strip(), ""
            has_figures = any(map(str.strip, fields[1:]))
            if has_figures:
                # A row without a code has one field fewer; a blank last field keeps the row's width.
                first, last = (2, len(fields)) if has_codes and fields[-1].strip() else (1, len(fields) - has_codes)
                if last - first != expected:
                    self.fail(line, f"{expected} figures", f"{last - first} in {self.lines[line].strip()!r}")
                if first == 2:
                    code = fields[1].strip()
                table.figures.extend(line, self.lines[line], fields, first, last)
            label, base = _bare(printed_label)
            table.rows.append(_Row(line, printed_label, label, base, code, has_figures))
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
        if len(third) != 5:
            self.fail(at + 3, "five periods of change, such as 'Mar. 2018 to Apr. 2018'")
        for what, text, wanted in zip(DETAIL_COLUMNS, (importance[1], *second[:2], *third), self.periods, strict=True):
            if _period(text) != wanted:
                self.fail(at, f"the column {what} to be of {wanted}, as the title's month says", repr(text))
        return _Detail(at, classification)

    def check_order(self, details: list[_Detail]) -> None:
        """Refuse tables that are out of order: by header, by labels, by what only imports or exports print."""
        for (name, classification), detail in zip(DETAIL_TABLES.items(), details, strict=True):
            if detail.classification != classification:
                self.fail(
                    detail.at,
                    f"the table {name} ({classification or 'without codes'}) at this place",
                    detail.classification or "a table without codes",
                )
        names = list(DETAIL_TABLES)
        for name, detail in zip(names, details, strict=True):
            rows = {(row.code, row.label) for row in detail.rows}
            if rows <= _known(name):
                continue
            for other in names:
                if rows <= _known(other):
                    self.fail(
                        detail.at, f"the table {name} at this place", f"the rows of {other}", "restore the order of the release's tables"
                    )
            self.fail_unknown(next(row for row in detail.rows if (row.code, row.label) not in _known(name)), name)
        for first in range(0, len(names), 2):
            pair = names[first : first + 2]
            telling = (
                (row.code, row.label) in _known(pair[own]) and (row.code, row.label) not in _known(pair[1 - own])
                for own in (0, 1)
                for row in details[first + own].rows
            )
            if not any(telling):
                self.fail(
                    details[first].at,
                    f"rows that only {pair[0]} or only {pair[1]} prints",
                    "none, so order alone would decide",
                    "compare with the release; if it is right, add the new rows to " + catalogue.location(FAMILY),
                )

    def fail_unknown(self, row: _Row, name: str, above: str = "") -> NoReturn:
        self.fail(
            row.at,
            f"a row of {name} that the catalogue knows" + (f" below {above}" if above else ""),
            f"code {row.code!r}, label {row.label!r}",
            f"if the publisher prints it so, add a line to {catalogue.location(FAMILY)}",
        )

    def store(self, name: str, detail: _Detail) -> None:
        """Give every row its series by the catalogue and append its cells."""
        entries, rows, above = _catalogue(name), {}, ""
        for row in detail.rows:
            entry = entries.get((row.code, row.label, "")) or entries.get((row.code, row.label, above))
            if entry is None:
                self.fail_unknown(row, name, above)
            if bool(entry.series) != row.has_figures:
                self.fail(row.at, "figures" if entry.series else "a group heading without figures")
            if entry.series in rows:
                self.fail(row.at, f"each row of {name} once", f"a second {entry.series}")
            if entry.series:
                rows[entry.series] = row
            if not entry.parent:
                above = entry.series
        if detail.classification is None:
            self.check_rows_above(name, detail, rows)
        count, series = len(rows), list(rows)
        self.add(
            name,
            [row.at + 1 for row in rows.values()],
            [row.printed_label for row in rows.values()],
            periods=[self.reference] * count,
            row_series=series,
            columns=DETAIL_COLUMNS * count,
            series=_each(series, len(DETAIL_COLUMNS)),
            measures=_MEASURES * count,
            cell_periods=self.periods * count,
            units=_UNITS * count,
            figures=detail.figures,
        )
        flow = name.partition("_")[0] if name != "transportation_services" else "transportation"
        classification = series[0].split(".")[1] if flow != "transportation" else flow
        self.reading.add_all_series(
            series=series,
            flow=[flow] * count,
            classification=[classification] * count,
            code=[row.code or None for row in rows.values()],
            label=[row.label for row in rows.values()],
            base_period=[row.base for row in rows.values()],
            unit=["index"] * count,
            seasonal_adjustment=["not seasonally adjusted"] * count,
            basis=[None] * count,
        )

    def check_rows_above(self, name: str, detail: _Detail, rows: Container[str]) -> None:
        """Refuse a table that has lost rows which say what the rows below them are.

        Where no codes are printed, 'Manufacturing' is that of the country above it. With the country's row lost, it
        would be that of the country before.
        """
        above = {entry.parent for entry in _catalogue(name).values() if entry.parent}
        for entry in _catalogue(name).values():
            if entry.series in above and entry.is_expected_in(self.reference) and entry.series not in rows:
                self.fail(
                    detail.at,
                    f"the row {entry.label!r} in {name}",
                    "none, so that rows below it could be taken for those of another",
                    f"{_COMPARE}; if it is no longer published, write so (until) in {catalogue.location(FAMILY)}",
                )
        highest = 1  # (1) stands in the header
        for row in detail.rows:
            for mark in map(int, _FOOTNOTE.findall(row.printed_label)):
                if mark > highest + 1:
                    self.fail(row.at, f"footnote ({highest + 1}) before ({mark}); a row above may be missing")
                highest = max(highest, mark)
