"""Series files of FRED: an observation date and a value, by month, or by quarter as the average of its months.

A file names its series in the header of the values. Downloads through some programs say ``value`` there instead; then
the series is the one of the catalogue whose known figures the file prints. What a name claims is tested against them too.
"""

from __future__ import annotations

import re
from itertools import pairwise

from trade_assets.facts import catalogue
from trade_assets.facts.known import printed_decimal
from trade_assets.facts.labels import AVERAGE, recognised
from trade_assets.facts.periods import add_months, is_month, months_apart, span
from trade_assets.reading.cells import Reading
from trade_assets.reading.delimited import header_of
from trade_assets.reading.labels import prove_labels
from trade_assets.reading.series_file import Observation, SeriesFile
from trade_assets.reading.text import TextDocument

FAMILY = "fred"
PUBLISHER = "Federal Reserve Bank of St. Louis"
SOURCE = "fred.stlouisfed.org"
RECOGNISED_BY = "a header of two columns, 'observation_date' (or 'date') and a series id of FRED (or 'value')"
TABLE = "fred_observations"
TABLES = (TABLE,)
QUARTERLY = ".quarterly"
"""How the product ends that is a series at quarterly frequency."""

_DATES = ("observation_date", "date")
_UNNAMED = "value"
_MISSING = frozenset({"."})
_DAY = re.compile(r"(\d{4}-\d\d)-01")


def recognises(document: TextDocument) -> bool:
    """Whether the header has two columns and the first is that of FRED's dates."""
    header = header_of(document)
    return len(header) == 2 and header[0] in _DATES


def read(document: TextDocument) -> Reading:
    """Read the series.

    Raises:
        ReadError: the series is not in the catalogue or not named, a date is none, twice, missing or out of order,
            a value is no figure, or known figures contradict the name.
    """
    file = SeriesFile(document)
    if len(file.columns) != 2:
        file.fail(file.header, "two columns", f"{len(file.columns)}")
    dates, name = file.columns
    file.columns = {"date": file.columns[dates], "value": file.columns[name]}
    observations = []
    for row in file.records:
        found = _DAY.fullmatch(file.text(row, "date"))
        if found is None or not is_month(found[1]):
            file.fail(row, "the first day of a month, YYYY-MM-01", repr(file.text(row, "date")))
        mark = file.figure(row, "value", _MISSING)
        observations.append(Observation(row, file.text(row, "date"), found[1], file.field(row, "value"), mark))
    is_quarterly = _is_quarterly(file, observations)
    if is_quarterly:
        observations = [each._replace(period=span(each.period, add_months(each.period, 2))) for each in observations]
    known = _series(file, name, observations, is_quarterly=is_quarterly)
    frequency, measure, ending = ("quarterly, averages of months", AVERAGE, QUARTERLY) if is_quarterly else ("monthly", "value", "")
    title = f"{known['label']} ({known['id']}, {frequency})"
    reading = Reading(FAMILY, PUBLISHER, title, known["id"] + ending)
    file.add(reading, TABLE, "value_musd", known["series"], measure, known["unit"], observations)
    flow, _, code = known["series"].partition(".")
    reading.add_series(
        series=known["series"], flow=flow, classification="goods_and_services", code=code, label=known["label"], unit=known["unit"],
        seasonal_adjustment=known["seasonal_adjustment"], basis="balance of payments",
    )  # fmt: skip
    prove_labels(reading, document.name)
    return reading


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
    if name != _UNNAMED:
        found = [entry for entry in entries if entry["id"].lower() == name]
    else:
        marks = {each.period: each.mark for each in observations if each.mark is not None}
        printed = {period: printed_decimal(mark.value, mark.decimals or 0) for period, mark in marks.items() if mark.value is not None}
        names = recognised(AVERAGE if is_quarterly else "value", printed)
        found = [entry for entry in entries if entry["series"] in names]
    if len(found) == 1:
        return found[0]
    todo = f"add the series to {catalogue.location(FAMILY)}"
    if name == _UNNAMED:
        todo = f"put the id of the series in place of 'value' in a copy of the file; if it is a new one, {todo}"
    file.fail(
        file.header, f"a known series ({', '.join(entry['id'] for entry in entries)}) in the header, or by its known figures",
        repr(file.document.printed[file.header.line - 1]), todo=todo,
    )  # fmt: skip
