"""What comparisons take for granted of publishers' files, each with who says so and what guards it.

What readers and calendars take for granted is declared with their families. Rules, lists of parts, revision windows, metrics and
licences are declared where they stand.
"""

from __future__ import annotations

from trade_assets.facts.declared import Assumption
from trade_assets.facts.families import parts

SAME_RELEASE = Assumption(
    statement="documents of one month that print the same fact are of one release, unless they print other months",
    where="vintages/revisions.py",
    authority="inferred",
    source="Exhibit 1 of 2025-12 and FRED's copy of 2026-02-22 agree in 36 months; copies of other days may be of the release before",
    guard="documents_of_a_month_agree",
)

ASSUMED: tuple[Assumption, ...] = (
    *(assumption for assumed in parts("assumed").values() for assumption in assumed),
    SAME_RELEASE,
    Assumption(
        statement="another vintage of a series prints its known figures within their margins, the totals of early 1992 unchanged",
        where="facts/known.py",
        authority="inferred",
        source="margins are about twice what any two vintages at hand, 2012-08 to 2026-03, differ by (docs/vintages.md)",
        guard="the label of a file is contradicted: an issue, or a refusal",
    ),
    Assumption(
        statement="a series that the catalogue expects is printed by every release",
        where="expectations/observations.py",
        authority="inferred",
        source="the series that both price releases, 2012-08 and 2018-08, print, and those of the bulletin of 2013-01",
        guard="a warning of publication_is_as_expected",
    ),
)
