"""Files and answers of FRED and ALFRED with several series or vintages: each vintage of a series as a file of its own.

Series stand beside each other, a column each, or below each other, with the id in each record. Vintages stand beside each
other too (``BOPGSTB_20250507``), or each observation says from when to when it was in force. Of such spans each day on which
one begins is a vintage: of all observations in force on it. The first is cut by what was asked for, so that it is only the day
on which the vintage was seen; the others are the days on which FRED published them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from trade_assets.facts import catalogue
from trade_assets.facts.known import printed_decimal
from trade_assets.facts.periods import add_months, months_apart, span
from trade_assets.families.fred.series_files import DATES, FAMILY, MISSING, SPAN, VALUE, by_figures, dates_column, entry_of, vintage_of
from trade_assets.reading.bundle import Packer
from trade_assets.reading.grid import Field, GridDocument, GridRow
from trade_assets.reading.marks import FigureError, plain_figure
from trade_assets.reading.series_file import SeriesFile, day_of

_SERIES = ("series_id", "series id", "seriesid", "series", "id")
MAX_LOOKED_AT = 20_000_000
"""Observations of a series times its vintages: each is looked at for each."""
_TODO = f"give a series of {catalogue.location(FAMILY)}, or add it there"


def unpack(
    document: GridDocument, packer: Packer, titles: Mapping[str, str], notes: tuple[str, ...], *, is_answer: bool, called: str | None
) -> bool:
    """Make a part of each vintage of each series of the catalogue; whether there are several, spans, or it is an answer.

    Args:
        called: the id of the series, where whoever gives the file says it; one that the file names counts instead.

    Raises:
        ReadError: a column stands twice, a day is none, or there are too many parts.
    """
    file = SeriesFile(document)
    if not set(DATES) & set(file.columns):
        file.fail(file.header, f"a column called {' or '.join(DATES)}")
    dates = dates_column(file)
    others = {name: column for name, column in file.columns.items() if name != dates}
    if VALUE in others:
        series = next((name for name in _SERIES if name in others), None)
        if not is_answer and called is None and series is None and not set(SPAN) <= set(others):
            return False
        _below_each_other(file, packer, dates, series, called, notes)
        return True
    columns = {name: column for name, column in others.items() if file.fields_of(column)}
    if len(columns) < 2 and not is_answer:
        return False
    _beside_each_other(file, packer, dates, columns, notes)
    return True


def _beside_each_other(file: SeriesFile, packer: Packer, dates: str, columns: dict[str, int], notes: tuple[str, ...]) -> None:
    headings = {field.column: field for field in file.header.fields}
    rows = [(row.line, {field.column: field for field in row.fields}) for row in file.records]
    unknown: dict[str, Field] = {}
    for name, column in columns.items():
        entry, (_, day) = entry_of(name), vintage_of(name)
        if entry is None:
            unknown[headings[column].plain] = headings[column]
            continue
        at = file.columns[dates]
        records = [(line, (fields.get(at), fields.get(column))) for line, fields in rows]
        what = entry["id"] + (f" as of {day}" if day is not None else "")
        packer.add(what, [headings[at].text, headings[column].text], _trimmed(records), notes=notes)
    packer.refuse(unknown, [entry["id"] for entry in catalogue.records(FAMILY)], _TODO)


_Pair = tuple[int, tuple[Field | None, Field | None]]


def _trimmed(records: Sequence[_Pair]) -> Sequence[_Pair]:
    """The records from the first to the last figure: a series that begins later, or ends earlier, has no others alone."""
    figures = [number for number, (_, (_, value)) in enumerate(records) if value is not None and value.plain not in MISSING]
    return records[figures[0] : figures[-1] + 1] if figures else records


class _InForce(NamedTuple):
    """An observation and the days between which it was in force; empty where the file does not say."""

    row: GridRow
    date: Field | None
    value: Field | None
    start: str
    end: str


def _below_each_other(  # noqa: PLR0917 - what is known of the file, in the order in which it is found
    file: SeriesFile, packer: Packer, dates: str, series: str | None, called: str | None, notes: tuple[str, ...]
) -> None:
    has_spans = set(SPAN) <= set(file.columns)
    read = {dates, VALUE, *(SPAN if has_spans else ()), *([series] if series is not None else [])}
    further = [name for name, column in file.columns.items() if name not in read and file.fields_of(column)]
    if further:
        notes = (*notes, f"columns of the received file that are not read: {', '.join(map(repr, further))[:200]}")
    found: dict[str, list[_InForce]] = {}
    names: dict[str, Field] = {}
    for row in file.records:
        start, end = (_day(file, row, name) for name in SPAN) if has_spans else ("", "")
        if start > end:
            file.fail(row, "a span that ends no earlier than it begins", f"{start} to {end}")
        name = file.field(row, series) if series is not None else file.header.fields[0]
        if name is None:
            file.fail(row, "the id of a series")
        key = name.plain.lower() if series is not None else called.lower() if called is not None else VALUE
        names.setdefault(key, name)
        found.setdefault(key, []).append(_InForce(row, file.field(row, dates), file.field(row, VALUE), start, end))
    unknown: dict[str, Field] = {}
    for key, records in found.items():
        entry = _by_figures(records) if key == VALUE else entry_of(key)
        if entry is None and key != VALUE:
            unknown[names[key].plain if series is not None else key] = names[key]
            continue
        if entry is None:
            known = ", ".join(each["id"] for each in catalogue.records(FAMILY))
            todo = "say which series it is with --series, or with series in a sidecar; or give it as CSV, where its header names it"
            packer.fail(f"a known series ({known}), by its known figures", "values without the id of their series", todo)
        _vintages(packer, entry["id"], records, notes)
    packer.refuse(unknown, [entry["id"] for entry in catalogue.records(FAMILY)], _TODO)


def _day(file: SeriesFile, row: GridRow, name: str) -> str:
    day = day_of(file.text(row, name))
    if day is None:
        file.fail(row, f"a day as {name}, YYYY-MM-DD", repr(file.text(row, name)))
    return day


def _vintages(packer: Packer, name: str, records: Sequence[_InForce], notes: tuple[str, ...]) -> None:
    """A part for each day on which an observation begins to be in force."""
    starts = sorted({each.start for each in records})
    if len(starts) * len(records) > MAX_LOOKED_AT:
        found = f"{len(records):,} of {len(starts):,} vintages"
        packer.fail("fewer observations and vintages in a file", found, "give them in several files")
    for number, start in enumerate(starts):
        heading = f"{name}_{start.replace('-', '')}" if number else name
        fields = ((each.row.line, (each.date, each.value)) for each in records if each.start <= start <= each.end)
        what = f"{name} as of {start}" if start else name
        packer.add(what, [DATES[0], heading], fields, {} if number or not start else {"seen_on": start}, notes)


def _by_figures(records: Sequence[_InForce]) -> dict[str, str] | None:
    """The line of the catalogue whose known figures the latest vintage prints; ``None`` if there is no such line."""
    latest = max(each.start for each in records)
    printed = dict(_figures([each for each in records if each.start <= latest <= each.end]))
    steps = {months_apart(before, after) for before, after in pairwise(sorted(printed))}
    is_quarterly = bool(steps) and min(steps) == 3
    if is_quarterly:
        printed = {span(month, add_months(month, 2)): number for month, number in printed.items()}
    found = by_figures(printed, is_quarterly=is_quarterly)
    return found[0] if len(found) == 1 else None


def _figures(records: Sequence[_InForce]) -> Iterator[tuple[str, Decimal]]:
    for each in records:
        day = day_of(each.date.plain) if each.date is not None else None
        if day is None or each.value is None:
            continue
        try:
            mark = plain_figure(each.value.plain)
        except FigureError:
            continue
        if mark.value is not None:
            yield day[:7], printed_decimal(mark.value, mark.decimals or 0)
