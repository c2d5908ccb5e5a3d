"""What is taken for granted of the FT-900's documents and days."""

from __future__ import annotations

from trade_assets.facts.declared import REFUSED, Assumption

BY = 9
"""The day of a month by which the release has usually appeared."""
DAY = Assumption(
    statement=f"a release of the FT-900 has appeared by the {BY}th of a month",
    where="facts/families.py",
    authority="inferred",
    source="of 50 release days from 2018-12-06 to 2026-10-06 the 9th or earlier are 45; the other five are of 2025-11 to 2026-03, after a "
    "lapse in appropriations",
    guard="a warning that it is awaited, too early or too late",
)

ASSUMED: tuple[Assumption, ...] = (
    Assumption(
        statement="the long table of FT-900 prints a heading block per page, and per row a label and nine figures, a line each",
        where="families/ft900/long_table.py",
        authority="inferred",
        source="the table of 2016-11, the only one at hand",
        guard=REFUSED,
    ),
    Assumption(
        statement="Exhibits 1 and 12 print three years, each with its year or years to date above twelve months; months to come are blank",
        where="families/ft900/exhibits.py",
        authority="inferred",
        source="Exhibits 1 and 12 of 2021-03, 2021-05, 2021-08, 2021-12 and 2025-12",
        guard=REFUSED,
    ),
    Assumption(
        statement="'Jan. -' without a second month is the year to date of January",
        where="families/ft900/exhibits.py",
        authority="inferred",
        source="the form of the other ranges; no Exhibit of a January is at hand",
        guard="the rule on years and months is violated",
    ),
    Assumption(
        statement="the figures below an Exhibit are those of the month before the latest, as the release before published them",
        where="families/ft900/exhibits.py",
        authority="published",
        source="FT-900, the line above them, Exhibits 1 and 12 of 2021-03 to 2025-12",
        guard="figures_published_last_month_match",
    ),
    Assumption(
        statement="the day above the annual table is the one on which it appeared",
        where="families/ft900/annual.py",
        authority="inferred",
        source="the table of 1960 to 2015 is dated 2016-02-05, on which day the FT-900 of December 2015 appeared",
        guard="a day before the end of the last year is refused",
    ),
    Assumption(
        statement="a late release of the FT-900 keeps the windows of the month in which it was due",
        where="vintages/policy.py",
        authority="inferred",
        guard="revisions_follow_the_policy",
        source="the release of October 2025, due in December, came on 2026-01-08 and moved the deficit of September from 52.8 to 48.1 "
        "billion",
    ),
    DAY,
)
