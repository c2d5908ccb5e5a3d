"""Series files of BLS price indexes: a year, a period code and a value per record, in either order of time.

Records of quarters, half-years and years (``M13``, ``S01``) are no month's figure: they are listed as unread. Further columns are
read past, and that is said. Early years have two or four observations; a file may hold the records of a year twice. A month
without a figure has a footnote if it will never have one; where months follow each other, one that has no record is missing too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from trade_assets.facts import catalogue
from trade_assets.facts.periods import MONTH_NAMES, add_months, month, month_number, months_apart
from trade_assets.reading.cells import Reading
from trade_assets.reading.delimited import header_of, read_delimited
from trade_assets.reading.grid import Field, GridRow
from trade_assets.reading.label_proof import prove_labels
from trade_assets.reading.marks import MISSING, NOT_PUBLISHED, SUPPRESSED, whole
from trade_assets.reading.series_file import Observation, SeriesFile, day_of
from trade_assets.reading.text import TextDocument

FAMILY = "mxp"
READS = TextDocument
PUBLISHER = "U.S. Bureau of Labor Statistics"
SOURCE = "data.bls.gov/timeseries"
RECOGNISED_BY = "a header with the columns series_id, year, period and value"
TABLE = "index_series"
TABLES = {TABLE: ("index",)}
"""The printed tables that it reads, with the columns of figures that it can give."""

_NAMES = {
    "series_id": "series",
    "series id": "series",
    "seriesid": "series",
    "series": "series",
    "year": "year",
    "period": "period",
    "periodname": "month",
    "period_name": "month",
    "period name": "month",
    "value": "value",
    "latest": "latest",
    "footnotes": "footnotes",
    "footnote_codes": "footnotes",
}
_ALSO_MONTH = "month"
"""What some programs call the name of the period, or its number."""
_REQUIRED = ("series", "year", "period", "value")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_QUARTER = 3  # months between the observations of the early years, or more
_PERIOD = re.compile(r"M(0[1-9]|1[0-2])")
_LONGER = (
    (re.compile(r"M13|A01|S03|Q05"), "of the year {}"),
    (re.compile(r"S0[12]"), "of a half of {}"),
    (re.compile(r"Q0[1-4]"), "of a quarter of {}"),
)
"""Codes of periods that are no month, and what a figure of them is."""
_CODES = re.compile(r"(?:[A-Za-z0-9]{1,3}(?:\s*,\s*|$))+")
# One footnote of a list, as JSON or as Python writes it; the list may hold empty ones.
_QUOTED = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_NOTE = re.compile(rf"\{{\s*(?:['\"]code['\"]\s*:\s*(?P<code>{_QUOTED})\s*(?:,\s*['\"]text['\"]\s*:\s*(?P<text>{_QUOTED})\s*)?)?\}}")
_NOTES = re.compile(r"\[\s*(?:\{[^{}]*\}\s*(?:,\s*\{[^{}]*\}\s*)*)?\]")
_UNAVAILABLE = re.compile(r"\b(?:unavailable|not (?:available|published)|suppressed)\b", re.IGNORECASE)


def recognises(document: TextDocument) -> bool:
    """Whether the header has the columns of a series file."""
    return set(_REQUIRED) <= {_NAMES.get(name) for name in header_of(document)}


def read(document: TextDocument) -> Reading:
    """Read the series.

    Raises:
        ReadError: a column is missing, a period or a footnote's code is unknown, the file holds another series than one of the
            catalogue, or more than one, a value is no figure, records contradict each other or their footnotes, or known
            figures contradict the series.
    """
    file = named_columns(SeriesFile(read_delimited(document)))
    name = file.text(file.records[0], "series")
    known = next((entry for entry in catalogue.records("bls_series") if entry["id"] == name), None)
    if known is None:
        file.fail(file.records[0], "a series of the catalogue", repr(name), todo=f"add the series to {catalogue.location('bls_series')}")
    observations = []
    longer: list[tuple[Field, str]] = []
    for row in file.records:
        if file.text(row, "series") != name:
            todo = "give each series as a file of its own"
            file.fail(row, f"the series {name} in every record", repr(file.text(row, "series")), todo=todo)
        year, code = whole(file.text(row, "year")), file.text(row, "period")
        period, of_longer = _PERIOD.fullmatch(code), next((said for codes, said in _LONGER if codes.fullmatch(code)), None)
        if (period is None and of_longer is None) or not _YEAR.fullmatch(year):
            file.fail(row, "a year and a month, M01 to M12")
        if period is None:
            figure = file.field(row, "value")
            if of_longer is not None and figure is not None and file.figure(row, "value", MISSING) is not None:
                longer.append((figure, of_longer.format(year)))
            continue
        if _other_month(file.text(row, "month"), int(period[1])):
            file.fail(row, f"{MONTH_NAMES[int(period[1]) - 1]} as the name of {period[0]}", repr(file.text(row, "month")))
        flags, is_suppressed = _footnotes(file, row)
        mark = file.figure(row, "value", MISSING)
        if is_suppressed and mark is not None:
            file.fail(row, "no figure beside a footnote that says it is unavailable", repr(file.text(row, "value")))
        observations.append(
            Observation(
                row,
                f"{year} {period[0]}",
                month(int(year), int(period[1])),
                file.field(row, "value"),
                mark,
                flags,
                SUPPRESSED if is_suppressed else None,
            )
        )
    if not observations:
        file.fail(file.records[0], "a record of a month, M01 to M12", "only records of longer periods")
    first: dict[str, Observation] = {}
    for each in observations:
        if (first.setdefault(each.period, each).mark is None) is not (each.mark is None):
            found = f"one in this record or in that of line {first[each.period].row.line}, not in both"
            file.fail(each.row, f"a figure of {each.label} in every record of it, or in none", found)
    # A hole has no line of its own; it stands at that of the month that follows.
    holes = _holes(sorted(first))
    observations += [Observation(first[after].row, f"{hole[:4]} M{hole[5:]}", hole, None, None, gap=NOT_PUBLISHED) for hole, after in holes]
    reading = Reading(FAMILY, PUBLISHER, f"{known['label']} ({name})", name)
    file.add(reading, TABLE, "index", known["series"], "index", "index", observations)
    flow, classification, code = known["series"].split(".")
    reading.add_series(
        series=known["series"],
        flow=flow,
        classification=classification,
        code=code,
        label=known["label"],
        base_period=known["base_period"],
        unit="index",
        seasonal_adjustment=known["seasonal_adjustment"],
    )
    _say_unread(file, reading, longer)
    prove_labels(reading, document.name)
    return reading


def named_columns(file: SeriesFile) -> SeriesFile:
    """The file with its columns called by what they are.

    Raises:
        ReadError: one is missing, or two are the same.
    """
    has_names = any(_NAMES.get(name) == "month" for name in file.columns)
    file.rename(_NAMES if has_names else _NAMES | {_ALSO_MONTH: "month"}, _REQUIRED)
    return file


def _other_month(said: str, number: int) -> bool:
    """Whether what a record says of its month beside the code is another month, by name or by number."""
    return said != "" and month_number(said) != number and whole(said).lstrip("0") != str(number)


def _say_unread(file: SeriesFile, reading: Reading, longer: Sequence[tuple[Field, str]]) -> None:
    """What the file holds beside the months: figures of longer periods, further columns, and numbers of records."""
    for field, of in longer:
        reading.add_unread(field.line, field.start, field.text, field.where, f"a figure {of}, not of a month")
    if longer:
        reading.notes.append(f"{len(longer)} figures of quarters, half-years or years are in no table; they are listed as unread")
    months = [f"{whole(file.text(row, 'year'))}-{file.text(row, 'period')[1:]}" for row in file.records]
    reading.notes += file.document.notes
    file.pass_over(reading, repeats=lambda text, row: (day_of(text) or "")[:7] == months[row] or whole(text) == str(int(months[row][5:])))


def _holes(periods: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each month that is missing where the series is monthly, with the next one that is not.

    Args:
        periods: the months that have a record, each once and in order.
    """
    steps = [months_apart(before, after) for before, after in pairwise(periods)]
    for number, (before, after) in enumerate(pairwise(periods)):
        around = (*steps[max(number - 1, 0) : number], *steps[number + 1 : number + 2])
        # At an end of the file there is one neighbour, which proves a single month only; of two records nobody can say.
        if around and max(around) < _QUARTER and (steps[number] < _QUARTER or len(around) > 1):
            for count in range(1, steps[number]):
                yield add_months(before, count), after


def _footnotes(file: SeriesFile, row: GridRow) -> tuple[str, bool]:
    """The flags that a record's footnotes give its figure, and whether they say that there never will be one."""
    said = file.text(row, "footnotes")
    if not said or said == "[]":
        return "", False
    # A quoted field doubles the quotes in it.
    said = said.replace('""', '"')
    notes: list[tuple[str, str]] = []
    if _CODES.fullmatch(said):
        notes = [(code.strip(), "") for code in said.split(",")]
    elif _NOTES.fullmatch(said):
        for part in re.findall(r"\{[^{}]*\}", said):
            found = _NOTE.fullmatch(part)
            if found is None:
                file.fail(row, "footnotes with code and text", repr(part))
            if found["code"] is not None:
                notes.append((found["code"][1:-1], (found["text"] or "''")[1:-1]))
    else:
        file.fail(row, "footnotes as a list, or as codes", repr(said))
    flags, is_suppressed = list[str](), False
    for code, text in notes:
        entry = next((each for each in catalogue.records("bls_footnotes") if each["code"] == code), None)
        is_unavailable = _UNAVAILABLE.search(text) is not None
        if entry is None and not is_unavailable:
            known = ", ".join(each["code"] for each in catalogue.records("bls_footnotes"))
            file.fail(
                row, f"a footnote's code of {known}", repr(f"{code}: {text}"), todo=f"add the code to {catalogue.location('bls_footnotes')}"
            )
        if entry is not None:
            flags.append(entry["flag"])
        is_suppressed |= is_unavailable or (entry is not None and entry["is_suppressed"] == "yes")
    return " ".join(flags), is_suppressed
