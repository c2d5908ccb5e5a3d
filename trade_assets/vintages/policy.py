"""Which figures a publisher's own rules let a release revise, and how it marks them, declared with their sources.

A release is known by its latest month L, the last for which it prints a figure. What a release may revise is a set of
windows; between two releases of which others are not in the store, those of all releases in between count too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from trade_assets.facts.cited import CENSUS_REVISIONS, PRICE_MONTHS_OPEN, PRICE_REVISIONS, TRADE_REVISIONS
from trade_assets.facts.declared import Authority, Declared
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


def _back(count: int) -> Callable[[str, str], bool]:
    """The months before L, so many of them."""
    return lambda latest, found: found >= add_months(latest, -count)


def _three_years(latest: str, found: str) -> bool:
    """From January of the third year before that of L."""
    return int(found[:4]) >= int(latest[:4]) - 3


def _year_of_month_before(latest: str, found: str) -> bool:
    """The year of the month before L: all of it in the December release, the year just ended in the January release."""
    return found[:4] == add_months(latest, -1)[:4]


_MONTHLY = Window(
    kind="monthly", months="the month before L", opens=_back(1), authority="published",
    source=f"{TRADE_REVISIONS}: each month the one before",
)  # fmt: skip
_QUARTERLY = Window(
    kind="quarterly", months="releases of March, June, September, December: the six months before L", opens=_back(6),
    due_in=(3, 6, 9, 12), authority="published",
    source=f"{TRADE_REVISIONS}: goods on BOP basis and services, the releases of these months revise the six before",
)  # fmt: skip
_HISTORY = Window(
    kind="annual", months="release of June: every earlier month", opens=lambda latest, found: True, due_in=(6,), authority="published",
    source=f"{TRADE_REVISIONS}: goods on BOP basis and services, each June the history, from no year that is named (BEA, Annual Revision "
           "for 2009: from 1999)",
)  # fmt: skip
_THREE_YEARS = Window(
    kind="annual", months="release of June: from January of the third year before", opens=_three_years, due_in=(6,),
    authority="published",
    source=f"{TRADE_REVISIONS}: goods on Census basis, each June the three years before; Census Bureau and BEA, Annual Revision for 2016, "
           "2017-06-02: January 2014 to March 2017, so that the months of the year at hand are among them",
)  # fmt: skip
_END_OF_YEAR = Window(
    kind="annual", months="releases of February and March: the year of the month before L", opens=_year_of_month_before, due_in=(2, 3),
    authority="inferred",
    source="Exhibit 1 of 2021-12 against 2021-08: the goods of January to March moved, all by the same amount, services did not; Exhibit 1 "
           "of 2025-12 marks all months of the year; FRED's copy of the release of 2026-01 changed all twelve months of 2025",
)  # fmt: skip

_NOTHING_ELSE = f"{TRADE_REVISIONS}: after the first revision none until the releases of March, June, September and December"
_TRADE = (
    Line(
        name="goods and totals, seasonally adjusted", series=re.compile(r"(?:balance|exports|imports)\.(?:total|goods)"),
        windows=(_MONTHLY, _QUARTERLY, _HISTORY, _END_OF_YEAR), source=_NOTHING_ELSE, authority="published",
    ),
    Line(
        name="services; goods on BOP basis and adjustments, not seasonally adjusted",
        series=re.compile(r"(?:balance|exports|imports)\.(?:services|goods_(?:bop|adjustments)_nsa)"),
        windows=(_MONTHLY, _QUARTERLY, _HISTORY), source=_NOTHING_ELSE, authority="published",
    ),
    Line(
        name="goods on Census basis, not seasonally adjusted", series=re.compile(r"(?:balance|exports|imports)\.goods_census_nsa"),
        windows=(_MONTHLY, _THREE_YEARS), authority="inferred",
        source=f"{TRADE_REVISIONS}, and {CENSUS_REVISIONS}: both name these two windows, and neither says that there are no others",
    ),
)  # fmt: skip
_PRICES = Line(
    name="import and export price indexes",
    series=re.compile(r"(?:exports|imports)\.(?:end_use|naics|harmonized|locality)\..+|transportation\..+"),
    windows=(
        Window(
            kind="monthly", months="the three months before L", opens=_back(PRICE_MONTHS_OPEN), source=PRICE_REVISIONS,
            authority="published",
        ),
    ),
    source=PRICE_REVISIONS, authority="published",
)  # fmt: skip
_MARKED_ROWS = Marks(
    of="row", tables=("goods_and_services", "goods_on_two_bases"), authority="inferred",
    source="Exhibits 1 and 12 print what (R) means, revised, and not where it stands; in those of 2021-03, 2021-05, 2021-08, 2021-12 and "
           "2025-12, and in the table of 2016-11, it stands at the month before the latest, in Exhibit 1 of a December at all of the year",
)  # fmt: skip
_MARKED_FIGURES = Marks(
    of="figure", tables=("price_changes", "index_series"), authority="inferred",
    source="BLS's footnote R says what it means, revised, and not that every revised figure has it; so it is in Table A of 2012-08 and "
           "2018-08, and in the series files of 2024-12-08 and 2024-12-13",
)  # fmt: skip

# Annual files print years only, and no document says when one of them is final. FRED's series are copies of the agencies'.
POLICIES: dict[str, Policy] = {
    "ft900": Policy(_TRADE, _MARKED_ROWS),
    "mxp": Policy((_PRICES,), _MARKED_FIGURES),
    "fred": Policy((*_TRADE, _PRICES)),
}
"""By family; where a family has none, or a document prints no months, no revision can be judged."""


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
