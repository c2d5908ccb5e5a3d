"""The Census/BEA goods-and-services table (FT-900): one cell per line, header block repeated at page breaks."""

from __future__ import annotations

import re
from typing import NoReturn

from trade_assets.facts.periods import MONTH_NAMES, month, month_number, span
from trade_assets.reading.cells import Reading
from trade_assets.reading.errors import ReadError
from trade_assets.reading.marks import NOT_YET_RELEASED, Mark, parse
from trade_assets.reading.printing import Column, flag_irregular
from trade_assets.reading.text import TextDocument

FAMILY = "ft900"
READS = TextDocument
PUBLISHER = "U.S. Census Bureau, Foreign Trade Division"
SOURCE = "www.census.gov/foreign-trade"
RECOGNISED_BY = "the title line 'U.S. International Trade in Goods and Services'"
TABLE = "goods_and_services"

_TITLE_WORDS = "International Trade in Goods and Services"
_TITLE = re.compile(rf"U\.S\. {_TITLE_WORDS}\b.*")
_PREAMBLE = (
    ("the unit 'In millions of dollars. Seasonally adjusted'", re.compile(r"In millions of dollars\. Seasonally adjusted\b.*")),
    ("the basis of goods, '... Balance of Payments (BOP) Basis'", re.compile(r"Goods\b.*Balance of Payments \(BOP\) Basis\b.*")),
    ("the source's name", re.compile(r"U\.S\. Census Bureau\b.*")),
)
_FLOWS = ("Balance", "Exports", "Imports")
_KINDS = ("Total", "Goods", "Services")
_COLUMNS = [f"{flow}_{kind}_musd".lower() for flow in _FLOWS for kind in _KINDS]
_SERIES = [f"{flow}.{kind}".lower() for flow in _FLOWS for kind in _KINDS]
COLUMNS = dict.fromkeys(_COLUMNS, Column(decimals=0))
TABLES = {TABLE: tuple(_COLUMNS)}
"""The printed tables that it reads, with the columns of figures that it can give."""
_SINCE = re.compile(r", (\d{4}) - Present\b")
_YEAR = re.compile(r"\d{4}")
_RANGE = re.compile(r"Jan\.\s*-\s*([A-Z][a-z]{2})\.?\s*(\(R\))?")
_MONTH = re.compile(r"([A-Z][a-z]+)\s*(\(R\))?")
_CLOSING = re.compile(r"\(1\) .*")


def recognises(document: TextDocument) -> bool:
    """Whether a line of the document is the table's title."""
    return any(_TITLE.fullmatch(line.strip()) for line in document.lines if _TITLE_WORDS in line)


def read(document: TextDocument) -> Reading:
    """Read the table.

    Raises:
        ReadError: a header block, a row's label or number of figures, or the order of years and months is
            not as the table prints it, or the document ends inside the table.
    """
    reading = _TableReader(document).read()
    flag_irregular(reading, COLUMNS)
    return reading


class _TableReader:
    """Walks the lines once; ``at`` is the index of the line to be read next."""

    def __init__(self, document: TextDocument) -> None:
        self.document = document
        self.lines = [line.strip() for line in document.lines]
        self.at = next(i for i, line in enumerate(self.lines) if _TITLE.fullmatch(line))
        self.reading = Reading(FAMILY, PUBLISHER, self.lines[self.at])
        self.unreleased = False

    def fail(self, expected: str, todo: str = "compare the document with the publisher's; it may be cut or altered") -> NoReturn:
        ended = self.at >= len(self.lines)
        found = "the end of the document" if ended else repr(self.lines[self.at])
        raise ReadError(self.document.name, min(self.at, len(self.lines) - 1) + 1, expected=expected, found=found, todo=todo)

    def peek(self) -> str:
        """The next line that is not blank, or an empty text at the end."""
        while self.at < len(self.lines) and not self.lines[self.at]:
            self.at += 1
        return self.lines[self.at] if self.at < len(self.lines) else ""

    def read(self) -> Reading:
        since = _SINCE.search(self.reading.title)
        year = int(since[1]) - 1 if since else None
        self.header()
        while not _CLOSING.fullmatch(self.next_row()):
            year = self.year(year)
        if not self.reading.rows["row"]:
            self.fail("a year after the table's header")
        if self.reading.title in self.lines[self.at :]:
            self.at = self.lines.index(self.reading.title, self.at)
            self.fail("no further page of the table after the closing note '(1) ...'")
        for flow in _FLOWS:
            for kind in _KINDS:
                self.reading.add_series(
                    series=f"{flow}.{kind}".lower(),
                    flow=flow.lower(),
                    classification="goods_and_services",
                    code=kind.lower(),
                    label=f"{flow}, {kind.lower()}",
                    unit="million_usd",
                    seasonal_adjustment="seasonally adjusted",
                    basis="balance of payments",
                )
        return self.reading

    def header(self) -> None:
        """A header block: title, unit, basis, source, the groups, and the columns of each group."""
        if not _TITLE.fullmatch(self.peek()):
            self.fail("the table's title")
        self.at += 1
        for what, pattern in _PREAMBLE:
            if not pattern.fullmatch(self.peek()):
                self.fail(what)
            self.at += 1
        for name in (*_FLOWS, "Period", *_KINDS * len(_FLOWS)):
            if self.peek() != name:
                self.fail(f"the column heading '{name}'")
            self.at += 1

    def next_row(self) -> str:
        """The next line of the table's rows, past a page break."""
        while _TITLE.fullmatch(self.peek()):
            self.header()
        return self.peek()

    def year(self, previous: int | None) -> int:
        """One year: its heading, the row of the year (or year to date), and its twelve months."""
        expected = f"{'a year' if previous is None else f'the year {previous + 1}'}, or the closing note '(1) ...'"
        if not _YEAR.fullmatch(self.next_row()):
            self.fail(expected)
        year = int(self.lines[self.at])
        if previous is not None and (year != previous + 1 or self.unreleased):
            self.fail(expected if not self.unreleased else "the closing note '(1) ...' after months without figures")
        self.at += 1

        found = _RANGE.fullmatch(self.next_row())
        last = month_number(found[1]) if found else None
        if found is None or last is None:
            self.fail(f"the row 'Jan. - Dec.' of {year}, or its year to date")
        period = str(year) if last == 12 else span(month(year, 1), month(year, last))
        if not self.row(period, is_revised=found[2] is not None):
            self.fail(f"nine figures for {period}")

        for number, name in enumerate(MONTH_NAMES, start=1):
            found = _MONTH.fullmatch(self.next_row())
            if found is None or found[1] != name:
                self.fail(f"the row '{name}' of {year}")
            line = self.at
            released = self.row(month(year, number), is_revised=found[2] is not None)
            if released and (self.unreleased or number > last):
                self.at = line
                self.fail(f"no figures after {month(year, last)}, the last month of the row '{period}'")
            if not released and number <= last:
                self.at = line
                self.fail(f"nine figures for {month(year, number)}, which the row '{period}' includes")
            self.unreleased = not released
        return year

    def row(self, period: str, *, is_revised: bool) -> bool:
        """The label on the current line and the figures below it; False if the row has no figures."""
        label_at = self.at
        self.at += 1
        marks: list[tuple[int, Mark]] = []
        while len(marks) < len(_COLUMNS):
            line = self.peek()
            mark = parse(line)
            if mark is None:
                if marks or not any(pattern.fullmatch(line) for pattern in (_MONTH, _TITLE, _YEAR, _CLOSING)):
                    self.fail(f"figure {len(marks) + 1} of {len(_COLUMNS)} ({_COLUMNS[len(marks)]}) of {period}")
                break
            marks.append((self.at, mark))
            self.at += 1
        reading = self.reading
        number = reading.add_row(TABLE, label_at + 1, self.lines[label_at], period=period, gap=None if marks else NOT_YET_RELEASED)
        if not marks:
            return False
        if is_revised:
            marks = [(at, mark._replace(flags=f"r {mark.flags}".strip())) for at, mark in marks]
        count = len(marks)
        starts = [self.document.lines[at].index(self.lines[at]) for at, _ in marks]
        reading.add_cells(
            TABLE,
            [number] * count,
            columns=_COLUMNS,
            series=_SERIES,
            measures=["value"] * count,
            periods=[period] * count,
            units=["million_usd"] * count,
            marks=[mark for _, mark in marks],
            lines=[at + 1 for at, _ in marks],
            starts=starts,
            texts=[self.document.printed[at][start : start + len(self.lines[at])] for (at, _), start in zip(marks, starts, strict=True)],
        )
        return True
