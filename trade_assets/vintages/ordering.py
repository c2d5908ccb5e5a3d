"""In which order prints follow each other, which of them is one print, and which was the first: SQL that all questions share."""

from __future__ import annotations

FACT_OF_FAMILY = "family, series, measure, period"

IN_ORDER = "release_month, release_number, edition"
"""The order of the prints of a fact: releases by month and within it by what they print, the issues of a release as they appeared."""

LATEST_FIRST = "release_month DESC, release_number DESC, edition DESC"

OF_RELEASE = f"{FACT_OF_FAMILY}, {IN_ORDER}"
"""What documents of one release, of whichever product, have in common: together they print a fact once."""

# A month of the store may hold bytes that an earlier one holds too; ingest refuses them today, earlier versions did not.
EACH_ONCE = """
SELECT * FROM vintages.prints QUALIFY release_month = min(release_month) OVER (PARTITION BY sha256, product)
"""
"""The prints, each document once."""

_ENDS = "CASE WHEN length(period) = 4 THEN period || '-12' ELSE right(period, 7) END"

GATHERING = ("annual",)
"""Products whose documents gather what documents of other products of the family have published before."""

IS_FIRST_PUBLISHED = f"""coalesce(
    print = 1 AND edition = 1 AND product NOT IN ({", ".join(f"'{product}'" for product in GATHERING)}) AND {_ENDS} = coalesce(
        reference_month, max(CASE WHEN printed_value IS NOT NULL THEN {_ENDS} END) OVER (PARTITION BY sha256, product)
    ), false)"""
"""Whether a print is known to be the first published: the first issue of the release whose latest month the period ends with."""
