"""What is taken for granted of documents and days of import and export prices."""

from __future__ import annotations

from trade_assets.facts.cited import PRICE_REVISIONS
from trade_assets.facts.declared import REFUSED, Assumption

BY = 17
"""The day of a month by which the release has usually appeared."""
DAY = Assumption(
    statement=f"import and export prices have appeared by the {BY}th of a month",
    where="facts/families.py",
    authority="inferred",
    source="of 35 release days from 2024-01-17 to 2026-12-17 the 17th or earlier are 32; later are 2025-03-18, 2026-03-25 and 2026-08-18",
    guard="a warning that it is awaited, too early or too late",
)

ASSUMED: tuple[Assumption, ...] = (
    Assumption(
        statement="series files of BLS have two or four observations a year at first, and twelve from some year on",
        where="families/mxp/series_files.py",
        authority="inferred",
        source="EIUIR of 1982 to 2024",
        guard="a step of three months or more is no gap, unless single months stand on both sides of it",
    ),
    Assumption(
        statement="a series file of BLS is on the base that the releases print, 2000=100, and does not say so",
        where="families/mxp/series_files.py",
        authority="inferred",
        source="BLS, technical note of the 2018-08 release: 2000=100 where possible; files of 2016-12 and 2024-12",
        guard="figures on another base are compared as if they were on this one",
    ),
    Assumption(
        statement="a price release prints Table A and Tables 1 to 8 in this order, indexes on 2000=100 if a label names no other base",
        where="families/mxp/release.py",
        authority="published",
        guard=REFUSED,
        source="BLS, release of 2018-08: the numbering until then, and the base year of 2000=100 where possible in the technical note",
    ),
    Assumption(
        statement="an index that a release prints three months before its latest is final",
        where="metrics/from_vintages.py",
        authority="published",
        source=PRICE_REVISIONS,
        guard="revisions_follow_the_policy",
    ),
    DAY,
)
