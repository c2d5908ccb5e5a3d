"""What is taken for granted of FRED's files."""

from __future__ import annotations

from trade_assets.facts.declared import REFUSED, Assumption

ASSUMED: tuple[Assumption, ...] = (
    Assumption(
        statement="a date of FRED is the first day of the month, or of the quarter, that the figure is of",
        where="families/fred/series_files.py",
        authority="published",
        source="FRED Help, Understanding the Data, read 2026-11-29: all dates are shown as days",
        guard=REFUSED,
    ),
    Assumption(
        statement="a quarter of FRED is the average of its months",
        where="families/fred/series_files.py",
        authority="inferred",
        source="average is what FRED gives if nothing else is asked for (API documentation, series/observations, read 2026-11-29); a file "
        "does not say how it was made",
        guard="a quarter of known months that is not their average is refused",
    ),
    Assumption(
        statement="the day in the header of an ALFRED column is the day on which FRED published the vintage",
        where="families/fred/series_files.py",
        authority="inferred",
        source="columns of 2025-05-07 and 2025-06-05, of the FT-900 of 2025-05-06 and 2025-06-05; where a day was asked for, the vintage "
        "is as old or older",
        guard="none: its figures would count as known too late",
    ),
    Assumption(
        statement="an observation that begins to be in force within the days asked for was published on that day",
        where="families/fred/bundles.py",
        authority="inferred",
        source="the words realtime_start and realtime_end of FRED's API; no answer of several vintages is at hand",
        guard="none; the first day, which the question cuts, is not taken so",
    ),
)
