"""What releases of the FT-900 may revise, and how they mark it."""

from __future__ import annotations

import re

from trade_assets.facts.cited import CENSUS_REVISIONS, TRADE_REVISIONS
from trade_assets.facts.periods import add_months
from trade_assets.vintages.policy import Line, Marks, Policy, Window, months_back


def _three_years(latest: str, found: str) -> bool:
    """From January of the third year before that of L."""
    return int(found[:4]) >= int(latest[:4]) - 3


def _year_of_month_before(latest: str, found: str) -> bool:
    """The year of the month before L: all of it in the December release, the year just ended in the January release."""
    return found[:4] == add_months(latest, -1)[:4]


_MONTHLY = Window(
    kind="monthly",
    months="the month before L",
    opens=months_back(1),
    authority="published",
    source=f"{TRADE_REVISIONS}: each month the one before",
)
_QUARTERLY = Window(
    kind="quarterly",
    months="releases of March, June, September, December: the six months before L",
    opens=months_back(6),
    due_in=(3, 6, 9, 12),
    authority="published",
    source=f"{TRADE_REVISIONS}: goods on BOP basis and services, the releases of these months revise the six before",
)
_HISTORY = Window(
    kind="annual",
    months="release of June: every earlier month",
    opens=lambda latest, found: True,
    due_in=(6,),
    authority="published",
    source=f"{TRADE_REVISIONS}: goods on BOP basis and services, each June the history, from no year that is named (BEA, Annual Revision "
    "for 2009: from 1999)",
)
_THREE_YEARS = Window(
    kind="annual",
    months="release of June: from January of the third year before",
    opens=_three_years,
    due_in=(6,),
    authority="published",
    source=f"{TRADE_REVISIONS}: goods on Census basis, each June the three years before; Census Bureau and BEA, Annual Revision for 2016, "
    "2017-06-02: January 2014 to March 2017, so that the months of the year at hand are among them",
)
_END_OF_YEAR = Window(
    kind="annual",
    months="releases of February and March: the year of the month before L",
    opens=_year_of_month_before,
    due_in=(2, 3),
    authority="inferred",
    source="Exhibit 1 of 2021-12 against 2021-08: the goods of January to March moved, all by the same amount, services did not; Exhibit 1 "
    "of 2025-12 marks all months of the year; FRED's copy of the release of 2026-01 changed all twelve months of 2025",
)

_NOTHING_ELSE = f"{TRADE_REVISIONS}: after the first revision none until the releases of March, June, September and December"
_TRADE = (
    Line(
        name="goods and totals, seasonally adjusted",
        series=re.compile(r"(?:balance|exports|imports)\.(?:total|goods)"),
        windows=(_MONTHLY, _QUARTERLY, _HISTORY, _END_OF_YEAR),
        source=_NOTHING_ELSE,
        authority="published",
    ),
    Line(
        name="services; goods on BOP basis and adjustments, not seasonally adjusted",
        series=re.compile(r"(?:balance|exports|imports)\.(?:services|goods_(?:bop|adjustments)_nsa)"),
        windows=(_MONTHLY, _QUARTERLY, _HISTORY),
        source=_NOTHING_ELSE,
        authority="published",
    ),
    Line(
        name="goods on Census basis, not seasonally adjusted",
        series=re.compile(r"(?:balance|exports|imports)\.goods_census_nsa"),
        windows=(_MONTHLY, _THREE_YEARS),
        authority="inferred",
        source=f"{TRADE_REVISIONS}, and {CENSUS_REVISIONS}: both name these two windows, and neither says that there are no others",
    ),
)
_MARKED_ROWS = Marks(
    of="row",
    tables=("goods_and_services", "goods_on_two_bases"),
    authority="inferred",
    source="Exhibits 1 and 12 print what (R) means, revised, and not where it stands; in those of 2021-03, 2021-05, 2021-08, 2021-12 and "
    "2025-12, and in the table of 2016-11, it stands at the month before the latest, in Exhibit 1 of a December at all of the year",
)

# Annual files print years only, and no document says when one of them is final.
POLICY = Policy(_TRADE, _MARKED_ROWS)
