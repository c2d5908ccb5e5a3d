"""What a person says of files that they give: ``MONTH=FILE``, and a table with a line per file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trade_assets.documents.sidecars import TOLD, is_day
from trade_assets.facts.periods import is_month
from trade_assets.reading import ReadError, read_bounded

_LARGEST_TABLE = 4 * 1024 * 1024  # bytes
_FILE = "file"
_DAYS = {"published_date": "the day of publication", "seen_on": "a day on which the file was seen"}


@dataclass(frozen=True)
class Given:
    """A file, and what is said of it.

    Attributes:
        release_month: in which it was published.
        told: more, by the keys of sidecars.
    """

    path: Path
    release_month: str | None = None
    told: Mapping[str, str] = field(default_factory=dict)


def given(argument: str) -> Given:
    """A file, or its release month before it: ``2025-12=exh1.xlsx``. A file of just that name is that file.

    Raises:
        ReadError: what stands before a file is no month.
    """
    month, is_said, file = argument.partition("=")
    if not is_said or Path(argument).exists() or not (is_month(month) or Path(file).exists()):
        return Given(Path(argument))
    if not is_month(month):
        raise ReadError(argument, expected="YYYY-MM=FILE", found=repr(month), todo="correct the month, or leave it and the sign out")
    return Given(Path(file), month)


def given_in(table: Path) -> Iterator[Given | ReadError]:
    """The files that a table names, or what is wrong with its line; a relative name counts from the table's folder.

    The table is CSV or TSV (or has semicolons) with a line of headings: ``file``, and any of the keys of sidecars
    (``release_month``, ``published_date``, ``seen_on``, ...). An empty field says nothing.

    Raises:
        ReadError: it is no such table.
    """
    name = table.name
    try:
        text = read_bounded(table, _LARGEST_TABLE).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ReadError(name, expected="a table in UTF-8", found="other bytes", todo="save it as CSV in UTF-8") from None
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        headings = [heading.strip() for heading in next(lines, [])]
        _require_headings(name, headings)
        for fields in lines:
            if any(each.strip() for each in fields):
                yield _of_line(table, lines.line_num, headings, [each.strip() for each in fields])
    except csv.Error as error:
        raise ReadError(name, lines.line_num, expected="a line of CSV", found=str(error), todo="correct its quotes") from None


def _delimiter(text: str) -> str:
    """What separates the headings: the one of the three that they have most."""
    headings = next(iter(text.splitlines()), "")
    return max("\t;,", key=headings.count)


def _require_headings(name: str, headings: Sequence[str]) -> None:
    known = (_FILE, *TOLD)
    wrong = [heading for heading in headings if heading not in known or headings.count(heading) > 1]
    if wrong or _FILE not in headings:
        raise ReadError(
            name,
            1,
            expected=f"headings, each once: {_FILE}, and any of {', '.join(TOLD)}",
            found=", ".join(headings) or "none",
            todo="name the columns so; a column that is not one of them has no place in the store",
        )


def _of_line(table: Path, number: int, headings: Sequence[str], fields: Sequence[str]) -> Given | ReadError:
    def wrong(expected: str, found: str) -> ReadError:
        return ReadError(table.name, number, expected=expected, found=found, todo="correct the line; the others are taken")

    if len(fields) != len(headings):
        return wrong(f"{len(headings)} fields, as there are headings", f"{len(fields)}")
    told = {heading: text for heading, text in zip(headings, fields, strict=True) if text}
    file, month = told.pop(_FILE, None), told.pop("release_month", None)
    if file is None:
        return wrong("the name of a file", "an empty field")
    if month is not None and not is_month(month):
        return wrong("a release month, YYYY-MM", repr(month))
    for key, what in _DAYS.items():
        if key in told and not is_day(told[key]):
            return wrong(f"{what}, YYYY-MM-DD", repr(told[key]))
    return Given(table.parent / file, month, told)
