"""Which figures a publisher's own rules let a release revise, and how it marks them, as families declare it with their sources.

A release is known by its latest month L, the last for which it prints a figure. What a release may revise is a set of
windows; between two releases of which others are not in the store, those of all releases in between count too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from trade_assets.facts.declared import Authority, Declared
from trade_assets.facts.families import parts
from trade_assets.facts.periods import add_months, months_between, months_of

Kind = Literal["monthly", "quarterly", "annual"]
RESTATED: tuple[Kind, ...] = ("quarterly", "annual")
"""Windows of which nobody says that what they change is marked."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Window(Declared):
    """Months that a release may revise.

    Attributes:
        kind: ``monthly``, or a restatement of more than the month before.
        opens: whether the window of the release whose latest month is the first argument has the month.
        due_in: the calendar months in which the releases that have the window are due; ``None`` for every release.
        months: the same for people.
    """

    kind: Kind
    months: str
    opens: Callable[[str, str], bool]
    due_in: tuple[int, ...] | None = None

    def has(self, latest: str, month: str) -> bool:
        """Whether the release whose latest month is ``latest`` may revise the month."""
        is_due = self.due_in is None or int(add_months(latest, DUE_AFTER)[5:]) in self.due_in
        return is_due and month < latest and self.opens(latest, month)


@dataclass(frozen=True, kw_only=True, eq=False)
class Line(Declared):
    """The windows of some of a publisher's series. Source and authority say who says that nothing else is revised.

    Attributes:
        name: what the series are, for people.
        series: pattern of the series.
    """

    name: str
    series: re.Pattern[str]
    windows: tuple[Window, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Marks(Declared):
    """That what was revised is marked, and what is marked was revised.

    Attributes:
        of: what a mark speaks for: a printed row, or a figure.
        tables: the printed tables that carry marks.
    """

    of: Literal["row", "figure"]
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """What a publisher revises, and how it marks it; ``marks`` is ``None`` where its documents carry none."""

    lines: tuple[Line, ...] = ()
    marks: Marks | None = None

    def line_of(self, series: str) -> Line | None:
        """The line that says what may become of a series; ``None`` where none is declared."""
        return next((line for line in self.lines if line.series.fullmatch(series)), None)


DUE_AFTER = 2
"""By how many months an FT-900 release is due after its latest month: about 35 days after that month ends (export.gov, 2016-07-21), so
that the releases of March, June, September and December are those of January, April, July and October."""


def months_back(count: int) -> Callable[[str, str], bool]:
    """The months before L, so many of them."""
    return lambda latest, found: found >= add_months(latest, -count)


@cache
def policies() -> Mapping[str, Policy]:
    """By family; where a family has none, or a document prints no months, no revision can be judged."""
    return parts("policy")


class Said(NamedTuple):
    """What a policy says of a change, and who says that."""

    window: Kind | Literal["outside"]
    authority: Authority


_ORDER: tuple[Kind, ...] = ("annual", "monthly", "quarterly")
"""Which window is named where several are open: the month before L stays a monthly revision in a quarterly release."""


def said_of(line: Line | None, releases: Iterable[str], measure: str, period: str | None) -> Said | None:
    """What the line of its series says of a change of a fact between two releases.

    A sum over months is open if one of its months is, a change if one of the two figures that it compares is.

    Args:
        releases: the latest months of the releases since the former one, the later one included.

    Returns:
        A window that is open there, one that a publisher states first, then ``annual``, ``monthly``, ``quarterly``; if there is
        none, ``outside``. ``None`` without a line or a period.
    """
    if line is None or period is None:
        return None
    months = [period[:7], period[-7:]] if measure == "percent_change" else months_of(period)
    opened = [window for window in line.windows if any(window.has(latest, month) for latest in releases for month in months)]
    if not opened:
        return Said("outside", line.authority)
    first = min(opened, key=lambda window: (window.is_inferred, _ORDER.index(window.kind)))
    return Said(first.kind, first.authority)


def releases_since(former: str, latest: str) -> list[str]:
    """The latest months of all monthly releases after the one of ``former`` up to that of ``latest``.

    Two releases with the same latest month are a re-issue: the later one may revise what the former might.
    """
    return months_between(add_months(former, 1), latest) or [latest]
