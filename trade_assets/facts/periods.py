"""Reference periods as text: months, years, ranges of months, and how they relate.

A month is ``1997-05``, a year ``1997``, a range ``2016-01/2016-09``. A range stands for the months from
its first to its last (year to date) or for the change from the first to the last; the measure says which.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_NUMBER_OF_MONTH = {name[:3].lower(): number for number, name in enumerate(MONTH_NAMES, start=1)}
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def month_number(name: str) -> int | None:
    """1 to 12 for ``Jan``, ``Jan.`` or ``January`` (also ``Sept.``), ``None`` for any other text."""
    bare = name.strip().rstrip(".").lower()
    number = _NUMBER_OF_MONTH.get(bare[:3])
    if number is None or not (bare == bare[:3] or MONTH_NAMES[number - 1].lower().startswith(bare)):
        return None
    return number


def month(year: int, number: int) -> str:
    """The month as text: ``month(1997, 5) == "1997-05"``."""
    return f"{year:04d}-{number:02d}"


def named_month(text: str) -> str | None:
    """``July 2018`` or ``Mar. 2018`` as ``2018-07``, ``2018-03``; ``None`` if it is not one."""
    name, _, year = text.strip().rpartition(" ")
    number = month_number(name)
    if number is None or not re.fullmatch(r"\d{4}", year):
        return None
    return month(int(year), number)


def is_month(text: str) -> bool:
    """Whether the text is a month, ``YYYY-MM``."""
    return _MONTH.fullmatch(text) is not None


def add_months(period: str, count: int) -> str:
    """The month ``count`` months later (earlier when negative). Raises ValueError if it is no month."""
    found = _MONTH.fullmatch(period)
    if found is None:
        raise ValueError(f"{period!r} is no month; expected YYYY-MM")
    index = int(found[1]) * 12 + int(found[2]) - 1 + count
    return month(index // 12, index % 12 + 1)


def last_day(period: str) -> str:
    """The last day of a month, ``YYYY-MM-DD``. Raises ValueError if it is no month."""
    return (dt.date.fromisoformat(f"{add_months(period, 1)}-01") - dt.timedelta(days=1)).isoformat()


def span(first: str, last: str) -> str:
    """The range from one month to another, ``2016-01/2016-09``."""
    return f"{first}/{last}"


def months_between(first: str, last: str) -> list[str]:
    """All months from the first to the last, both included; empty if the last comes before the first."""
    months = []
    while first <= last:
        months.append(first)
        first = add_months(first, 1)
    return months


def months_apart(first: str, last: str) -> int:
    """How many months the last lies after the first."""
    year_first, year_last = int(first[:4]), int(last[:4])
    return (year_last - year_first) * 12 + int(last[5:]) - int(first[5:])


def months_of(period: str) -> list[str]:
    """The months that a month, a year or a year to date consists of."""
    if len(period) == 4:
        return [month(int(period), number) for number in range(1, 13)]
    first, _, last = period.partition("/")
    return months_between(first, last or first)


CHANGES = ("percent_change", "percent_change_year_to_date")
"""Measures whose periods are no length of what is measured: the months that are compared."""


def step_of(periods: Iterable[str], last: str) -> int:
    """By how many months what prints these periods goes on: the shortest of those that end with a month; 1 without any.

    Inferred from the layout: what prints months appears by month, what prints only quarters or years by quarter or year.
    """
    lengths = [len(months) for period in set(periods) if (months := months_of(period))[-1] == last]
    return min(lengths, default=1)
