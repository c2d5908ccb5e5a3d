"""In which order prints follow each other, which of them is one print, and which was the first: SQL that all questions share."""

from __future__ import annotations

FACT_OF_FAMILY = "family, series, measure, period"

IN_ORDER = "release_month, release_number, edition"
"""The order of the prints of a fact: releases by month and within it by what they print, the issues of a release as they appeared."""

# A month of the store may hold bytes that an earlier one holds too; ingest refuses them today, earlier versions did not.
# Found per document and joined, here as below: to sort all prints, as a window over them does, takes many times as long.
EACH_ONCE = """
SELECT prints.* FROM vintages.prints
JOIN (SELECT sha256, product, min(release_month) AS release_month FROM vintages.prints GROUP BY ALL) USING (sha256, product, release_month)
"""
"""The prints, each document once."""

_ENDS = "CASE WHEN length(period) = 4 THEN period || '-12' ELSE right(period, 7) END"

GATHERING = ("annual",)
"""Products whose documents gather what documents of other products of the family have published before."""


def same(columns: str, one: str, other: str) -> str:
    """The condition that rows of two tables agree in columns, also where both have nothing, as facts without a period do."""
    return " AND ".join(f"{one}.{name} IS NOT DISTINCT FROM {other}.{name}" for name in columns.split(", "))


PLACED = {
    "facts": f"""
SELECT *, {_ENDS} AS ends, row_number() OVER (ORDER BY {FACT_OF_FAMILY}) AS fact FROM (SELECT DISTINCT {FACT_OF_FAMILY} FROM prints)""",  # noqa: S608  # here as below: names of this package
    "documents": f"""
SELECT *, dense_rank() OVER (ORDER BY {IN_ORDER}) AS place, dense_rank() OVER (ORDER BY release_month, release_number) AS release,
    row_number() OVER (ORDER BY known_from, product, sha256) AS document, max(printed) OVER (PARTITION BY sha256, product) AS latest
FROM (
    SELECT sha256, product, release_month, release_number, edition, known_from, reference_month,
        max(CASE WHEN printed_value IS NOT NULL THEN {_ENDS} END) AS printed
    FROM prints GROUP BY ALL
)""",  # noqa: S608
    "numbers": f"""
SELECT fact, document, place, release, documents.edition, documents.known_from, prints.printed_value IS NULL AS is_empty,
    coalesce(prints.gap = 'not_yet_released', false) AS is_ahead, prints.value, prints.unit, prints.base_period,
    documents.edition = 1 AND documents.product NOT IN ({", ".join(f"'{product}'" for product in GATHERING)})
        AND coalesce(ends = coalesce(documents.reference_month, latest), false) AS is_earliest
FROM prints JOIN facts ON {same(FACT_OF_FAMILY, "prints", "facts")} JOIN documents USING (sha256, product)""",  # noqa: S608
}
"""Prints put in order by numbers, of a query ``prints`` that has each document once: to sort a million rows of text takes many times as
long. By name and in their order:

``facts`` has a number per fact; ``documents`` one per document, in the order in which those of one release speak, ``release``, and
``place``, which orders releases and their issues. ``numbers`` has a row per print: fact, document, place, what its order hangs on,
its figure, and whether its document is the first that could print the fact, by the first issue of the release whose latest month the
period ends with.
"""
