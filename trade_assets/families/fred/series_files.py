"""Series files of FRED: an observation date and a value, by month, or by quarter as the average of its months.

A file names its series in the header of the values, one of ALFRED also the day of the vintage (``BOPGSTB_20250507``).
Downloads through some programs say ``value`` there instead; then the series is the one of the catalogue whose known figures
the file prints. What a name claims is tested against them too. Files of several series or vintages are bundles of such files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from trade_assets.facts import catalogue
from trade_assets.facts.known import printed_decimal
from trade_assets.facts.label_judgement import AVERAGE, recognised
from trade_assets.facts.periods import add_months, is_month, months_apart, span
from trade_assets.reading.cells import Reading
from trade_assets.reading.delimited import NUMBERING, header_of, read_delimited
from trade_assets.reading.label_proof import prove_labels
from trade_assets.reading.series_file import Observation, SeriesFile, day_of
from trade_assets.reading.text import TextDocument

FAMILY = "fred"
READS = TextDocument
PUBLISHER = "Federal Reserve Bank of St. Louis"
SOURCE = "fred.stlouisfed.org"
RECOGNISED_BY = "a header with 'observation_date' (or 'date') and a series id of FRED (or 'value')"
TABLE = "fred_observations"
TABLES = {TABLE: ("value_musd", "index")}
"""The printed tables that it reads, with the columns of figures that it can give."""
QUARTERLY = ".quarterly"
"""How the product ends that is a series at quarterly frequency."""

DATES = ("observation_date", "date")
VALUE = "value"
SPAN = ("realtime_start", "realtime_end")
"""The columns of FRED's API in which an observation says from when to when it was in force."""
MISSING = frozenset({"."})
_OF_BLS = {"year", "period"}
_VINTAGE = re.compile(r"([a-z0-9]+)_([0-9]{4})([0-9]{2})([0-9]{2})")


def recognises(document: TextDocument) -> bool:
    """Whether the header has FRED's dates beside one column, beside values, or beside a series of FRED."""
    names = header_of(document)
    others = [name for name in names if name not in NUMBERING and name not in DATES]
    if not set(DATES) & set(names) or set(names) >= _OF_BLS:
        return False
    return len(names) == 2 or len(others) == 1 or DATES[0] in names or VALUE in others or any(map(entry_of, others))


def vintage_of(name: str) -> tuple[str, str | None]:
    """The series that a column's name says, in small letters, and the day of the vintage if it says one."""
    found = _VINTAGE.fullmatch(name)
    day = day_of("-".join(found.groups()[1:])) if found is not None else None
    return (found[1], day) if found is not None and day is not None else (name, None)


def entry_of(name: str) -> dict[str, str] | None:
    """The line of the catalogue for a column's name, in small letters; ``None`` if it has none."""
    series, _ = vintage_of(name)
    return next((entry for entry in catalogue.records(FAMILY) if entry["id"].lower() == series), None)


def dates_column(file: SeriesFile) -> str:
    """The name of the column of dates; where a file has both, the other one is no observation's."""
    return next(name for name in DATES if name in file.columns)


def read(document: TextDocument) -> Reading:
    """Read the series.

    Raises:
        ReadError: the series is not in the catalogue or not named, a date is none, twice, missing or out of order,
            a value is no figure, or known figures contradict the name.
    """
    file = SeriesFile(read_delimited(document))
    dates = dates_column(file)
    named = {name: column for name, column in file.columns.items() if name != dates}
    values = [VALUE] if VALUE in named else [name for name in named if len(named) == 1 or file.fields_of(named[name])]
    if len(values) != 1:
        file.fail(file.header, "one column of values beside the dates", f"{len(values)}")
    name, vintage = values[0], vintage_of(values[0])[1]
    file.further = {each: column for each, column in named.items() if each != name}
    file.columns = {"date": file.columns[dates], "value": named[name]}
    observations = []
    for row in file.records:
        text = file.text(row, "date")
        day = day_of(text) or _of_month_and_day(text)
        if day is None or not (day.endswith("-01") and is_month(day[:7])):
            file.fail(row, "the first day of a month, YYYY-MM-01", repr(text))
        mark = file.figure(row, "value", MISSING)
        observations.append(Observation(row, text, day[:7], file.field(row, "value"), mark))
    is_quarterly = _is_quarterly(file, observations)
    if is_quarterly:
        observations = [each._replace(period=span(each.period, add_months(each.period, 2))) for each in observations]
    known = _series(file, name, observations, is_quarterly=is_quarterly)
    frequency, ending = ("quarterly, averages of months", QUARTERLY) if is_quarterly else ("monthly", "")
    is_index = known["unit"] == "index"
    measure = AVERAGE if is_quarterly else "index" if is_index else "value"
    title = f"{known['label']} ({known['id']}, {frequency})"
    reading = Reading(FAMILY, PUBLISHER, title, known["id"] + ending)
    if vintage is not None:
        reading.published_date, reading.release_month = vintage, vintage[:7]
    file.add(reading, TABLE, "index" if is_index else "value_musd", known["series"], measure, known["unit"], observations)
    reading.add_series(
        series=known["series"],
        flow=known["series"].partition(".")[0],
        label=known["label"],
        **{name: known[name] or None for name in ("classification", "code", "base_period", "unit", "seasonal_adjustment", "basis")},
    )
    reading.notes += file.document.notes
    file.pass_over(reading)
    prove_labels(reading, document.name)
    return reading


_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?:[ T]0?0:00(?::00)?)?")


def _of_month_and_day(text: str) -> str | None:
    """The day of ``2/1/1992``: all of FRED's dates are first days, so that either order of month and day gives one month.

    ``1/2/1992`` is the first of February where days stand first, and no first day where months do.
    """
    found = _SLASHED.fullmatch(text)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[2]), found[3]
    month = first if second == 1 else second if first == 1 else 0
    return f"{year}-{month:02d}-01" if 1 <= month <= 12 else None


def _is_quarterly(file: SeriesFile, observations: list[Observation]) -> bool:
    """Whether dates lie three months apart; they must lie as far from each other everywhere."""
    if len(observations) == 1:
        file.fail(observations[0].row, "two observations or more, which say the frequency", "one")
    step = months_apart(observations[0].period, observations[1].period)
    if step not in (1, 3) or (step == 3 and int(observations[0].period[5:]) % 3 != 1):
        file.fail(observations[1].row, "the month, or the quarter, that follows the one before")
    for before, after in pairwise(observations):
        if after.period != add_months(before.period, step):
            file.fail(after.row, f"{add_months(before.period, step)}-01 after {before.label}, each once and in order")
    return step == 3


def _series(file: SeriesFile, name: str, observations: list[Observation], *, is_quarterly: bool) -> dict[str, str]:
    """The line of the catalogue that the file's series is, by its name or by its figures."""
    entries = catalogue.records(FAMILY)
    if vintage_of(name)[0] != VALUE:
        named = entry_of(name)
        found = [named] if named is not None else []
    else:
        marks = {each.period: each.mark for each in observations if each.mark is not None}
        printed = {period: printed_decimal(mark.value, mark.decimals or 0) for period, mark in marks.items() if mark.value is not None}
        found = by_figures(printed, is_quarterly=is_quarterly)
    if len(found) == 1:
        return found[0]
    todo = f"add the series to {catalogue.location(FAMILY)}"
    if name == VALUE:
        todo = f"put the id of the series in place of 'value' in a copy of the file; if it is a new one, {todo}"
    file.fail(
        file.header,
        f"a known series ({', '.join(entry['id'] for entry in entries)}) in the header, or by its known figures",
        repr(file.document.printed[file.header.line - 1]),
        todo=todo,
    )


def by_figures(printed: Mapping[str, Decimal], *, is_quarterly: bool) -> list[dict[str, str]]:
    """The lines of the catalogue whose known figures are among those of a file, by period."""
    names = recognised(AVERAGE if is_quarterly else "value", printed)
    return [entry for entry in catalogue.records(FAMILY) if entry["series"] in names]
