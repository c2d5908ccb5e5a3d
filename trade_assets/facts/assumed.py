"""What readers, calendars and comparisons take for granted of publishers' files, each with who says so and what guards it.

Rules, lists of parts, revision windows, metrics and licences are declared where they stand; this is the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from trade_assets.facts.cited import PRICE_REVISIONS
from trade_assets.facts.declared import Declared


@dataclass(frozen=True, kw_only=True, eq=False)
class Assumption(Declared):
    """A statement about a publisher's files or habits that code relies on.

    Attributes:
        where: the module that relies on it, below ``trade_assets``.
        guard: what happens where it does not hold.
    """

    statement: str
    where: str
    guard: str


_REFUSED = "the document is refused, with line and what was expected"

FT900_DAY = Assumption(
    statement="a release of the FT-900 has appeared by the 9th of a month", where="defs/calendar.py", authority="inferred",
    source="of 50 release days from 2018-12-06 to 2026-10-06 the 9th or earlier are 45; the other five are of 2025-11 to 2026-03, after a "
           "lapse in appropriations",
    guard="a warning that it is awaited, too early or too late",
)  # fmt: skip
MXP_DAY = Assumption(
    statement="import and export prices have appeared by the 17th of a month", where="defs/calendar.py", authority="inferred",
    source="of 35 release days from 2024-01-17 to 2026-12-17 the 17th or earlier are 32; later are 2025-03-18, 2026-03-25 and 2026-08-18",
    guard="a warning that it is awaited, too early or too late",
)  # fmt: skip

SAME_RELEASE = Assumption(
    statement="documents of one month that print the same fact are of one release, unless they print other months",
    where="vintages/revisions.py", authority="inferred",
    source="Exhibit 1 of 2025-12 and FRED's copy of 2026-02-22 agree in 36 months; copies of other days may be of the release before",
    guard="documents_of_a_month_agree",
)  # fmt: skip

ASSUMED: tuple[Assumption, ...] = (
    Assumption(
        statement="the long table of FT-900 prints a heading block per page, and per row a label and nine figures, a line each",
        where="reading/ft900.py", authority="inferred", source="the table of 2016-11, the only one at hand", guard=_REFUSED,
    ),
    Assumption(
        statement="Exhibits 1 and 12 print three years, each with its year or years to date above twelve months; months to come are blank",
        where="reading/exhibits.py", authority="inferred", source="Exhibits 1 and 12 of 2021-03, 2021-05, 2021-08, 2021-12 and 2025-12",
        guard=_REFUSED,
    ),
    Assumption(
        statement="'Jan. -' without a second month is the year to date of January", where="reading/exhibits.py", authority="inferred",
        source="the form of the other ranges; no Exhibit of a January is at hand", guard="the rule on years and months is violated",
    ),
    Assumption(
        statement="the figures below an Exhibit are those of the month before the latest, as the release before published them",
        where="reading/exhibits.py", authority="published", source="FT-900, the line above them, Exhibits 1 and 12 of 2021-03 to 2025-12",
        guard="figures_published_last_month_match",
    ),
    Assumption(
        statement="the day above the annual table is the one on which it appeared", where="reading/annual.py", authority="inferred",
        source="the table of 1960 to 2015 is dated 2016-02-05, on which day the FT-900 of December 2015 appeared",
        guard="a day before the end of the last year is refused",
    ),
    Assumption(
        statement="a date of FRED is the first day of the month, or of the quarter, that the figure is of", where="reading/fred.py",
        authority="published", source="FRED Help, Understanding the Data, read 2026-11-29: all dates are shown as days", guard=_REFUSED,
    ),
    Assumption(
        statement="a quarter of FRED is the average of its months", where="reading/fred.py", authority="inferred",
        source="average is what FRED gives if nothing else is asked for (API documentation, series/observations, read 2026-11-29); a file "
               "does not say how it was made",
        guard="a quarter of known months that is not their average is refused",
    ),
    Assumption(
        statement="the day in the header of an ALFRED column is the day on which FRED published the vintage", where="reading/fred.py",
        authority="inferred",
        source="columns of 2025-05-07 and 2025-06-05, of the FT-900 of 2025-05-06 and 2025-06-05; where a day was asked for, the vintage "
               "is as old or older",
        guard="none: its figures would count as known too late",
    ),
    Assumption(
        statement="an observation that begins to be in force within the days asked for was published on that day",
        where="reading/fred_bundle.py", authority="inferred",
        source="the words realtime_start and realtime_end of FRED's API; no answer of several vintages is at hand",
        guard="none; the first day, which the question cuts, is not taken so",
    ),
    Assumption(
        statement="another vintage of a series prints its known figures within their margins, the totals of early 1992 unchanged",
        where="facts/known.py", authority="inferred",
        source="margins are about twice what any two vintages at hand, 2012-08 to 2026-03, differ by (docs/vintages.md)",
        guard="the label of a file is contradicted: an issue, or a refusal",
    ),
    Assumption(
        statement="series files of BLS have two or four observations a year at first, and twelve from some year on",
        where="reading/bls_series.py", authority="inferred", source="EIUIR of 1982 to 2024",
        guard="a step of three months or more is no gap, unless single months stand on both sides of it",
    ),
    Assumption(
        statement="a series file of BLS is on the base that the releases print, 2000=100, and does not say so",
        where="reading/bls_series.py", authority="inferred",
        source="BLS, technical note of the 2018-08 release: 2000=100 where possible; files of 2016-12 and 2024-12",
        guard="figures on another base are compared as if they were on this one",
    ),
    Assumption(
        statement="a price release prints Table A and Tables 1 to 8 in this order, indexes on 2000=100 if a label names no other base",
        where="reading/mxp.py", authority="published", guard=_REFUSED,
        source="BLS, release of 2018-08: the numbering until then, and the base year of 2000=100 where possible in the technical note",
    ),
    Assumption(
        statement="the bulletin's five tables have these headings, rows and closing titles", where="reading/uscc.py", authority="inferred",
        source="the bulletin of 2013-01, the only one at hand", guard=_REFUSED,
    ),
    Assumption(
        statement="posts of the Korea Economic Institute have no tables", where="reading/kei.py", authority="inferred",
        source="the post of 2018-09, the only one at hand", guard=_REFUSED,
    ),
    Assumption(
        statement="an index that a release prints three months before its latest is final", where="metrics/from_vintages.py",
        authority="published", source=PRICE_REVISIONS, guard="revisions_follow_the_policy",
    ),
    SAME_RELEASE,
    Assumption(
        statement="a series that the catalogue expects is printed by every release", where="vintages/observations.py", authority="inferred",
        source="the series that both price releases, 2012-08 and 2018-08, print, and those of the bulletin of 2013-01",
        guard="a warning of publication_is_as_expected",
    ),
    Assumption(
        statement="a late release of the FT-900 keeps the windows of the month in which it was due", where="vintages/policy.py",
        authority="inferred", guard="revisions_follow_the_policy",
        source="the release of October 2025, due in December, came on 2026-01-08 and moved the deficit of September from 52.8 to 48.1 "
               "billion",
    ),
    FT900_DAY,
    MXP_DAY,
)  # fmt: skip
