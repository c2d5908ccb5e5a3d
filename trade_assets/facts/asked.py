"""What is asked of the vintages, in SQL: one macro per question, kept in the catalogue behind the view of the history.

``day`` is a date or ``YYYY-MM-DD``, ``month`` a release month ``YYYY-MM``. What was asked before anything was known, of a
month without a release, or of a family, number or series of which there is no print is an error: an empty answer, or the
earliest figure, would be taken for what was known.
"""

from __future__ import annotations

_OF_FAMILY = "(of_family IS NULL OR family = of_family)"
_FAMILY_SAID = "coalesce(of_family, 'any family')"


def _macro(name: str, parameters: str, *, found: str, refused: str, where: str, order: str = "") -> str:
    """A table macro that raises an error unless something is found.

    A missing argument is compared as an empty one: a condition that is always missing would be planned away, and the error with it.

    Args:
        found: an aggregate over the history of the family, true if the question can be answered.
        refused: the message if not, as an expression of text; never missing, or the error would be none.
        where: which rows of the history answer.
    """
    return f"""CREATE OR REPLACE MACRO vintages.{name}({parameters}) AS TABLE
WITH asked AS (
    SELECT CASE WHEN coalesce({found}, false) THEN true ELSE error({refused}) END AS is_known FROM vintages.history WHERE {_OF_FAMILY}
)
SELECT * FROM vintages.history WHERE (SELECT is_known FROM asked) AND {_OF_FAMILY} AND {where}{order}"""


_DAY = 'CAST(CAST("day" AS DATE) AS VARCHAR)'
_OF_SERIES = "series = coalesce(of_series, '') AND measure = coalesce(of_measure, '') AND (of_period IS NULL OR period = of_period)"

MACROS = (
    _macro(
        "as_published", "month, of_family := NULL",
        found='bool_or(release_month = "month")',
        refused=f"""'no release of ' || {_FAMILY_SAID} || ' in ' || coalesce(CAST("month" AS VARCHAR), 'NULL')""",
        where="""release_month = coalesce("month", '') AND is_current""",
    ),
    _macro(
        "as_known", "day, of_family := NULL",
        found=f"{_DAY} >= min(known_from)",
        refused=f"""'nothing of ' || {_FAMILY_SAID} || ' was known on ' || coalesce({_DAY}, 'NULL')
        || coalesce('; the first release is of ' || min(known_from), '')""",
        where=f"known_from <= coalesce({_DAY}, '') AND (valid_until IS NULL OR coalesce({_DAY}, '') < valid_until)",
    ),
    _macro(
        "latest", "of_family := NULL",
        found="count(*) > 0", refused=f"'no release of ' || {_FAMILY_SAID} || ' is known'", where="valid_until IS NULL",
    ),
    _macro(
        "nth_print", "number, of_family := NULL",
        found="count(*) > 0 AND number >= 1",
        refused=f"'no print ' || coalesce(CAST(number AS VARCHAR), 'NULL') || ' of ' || {_FAMILY_SAID} || '; prints count from 1'",
        where="print = coalesce(number, -1) AND is_main",
    ),
    _macro(
        "revision_triangle", "of_series, of_measure := 'value', of_period := NULL, of_family := NULL",
        found=f"bool_or({_OF_SERIES})",
        refused="'no print of ' || coalesce(of_series, 'NULL') || ' ' || coalesce(of_measure, 'NULL') || coalesce(' ' || of_period, '')",
        where=f"is_main AND {_OF_SERIES}",
        order="\nORDER BY family, period, known_from, print",
    ),
)  # fmt: skip
