"""What is asked of the vintages, in SQL: one macro per question, kept in the catalogue behind the view of the history.

``day`` is a date or ``YYYY-MM-DD``, ``month`` a release month ``YYYY-MM``. What was asked before anything was known, or
of a month without a release, is an error: an empty answer, or the earliest figure, would be taken for what was known.
"""

from __future__ import annotations

_OF_FAMILY = "(of_family IS NULL OR family = of_family)"


def _macro(name: str, parameters: str, select: str) -> str:
    return f"CREATE OR REPLACE MACRO vintages.{name}({parameters}) AS TABLE\n{select}"


MACROS = (
    _macro(
        "as_published", "month, of_family := NULL",
        f"""WITH asked AS (
    SELECT CASE WHEN count(*) > 0 THEN any_value(release_month)
           ELSE error('no release of ' || coalesce(of_family, 'any family') || ' in ' || "month") END AS found
    FROM vintages.history WHERE release_month = "month" AND {_OF_FAMILY}
)
SELECT * FROM vintages.history WHERE release_month = (SELECT found FROM asked) AND is_current AND {_OF_FAMILY}""",
    ),
    _macro(
        "as_known", "day, of_family := NULL",
        f"""WITH asked AS (
    SELECT CASE WHEN coalesce(CAST("day" AS VARCHAR) >= min(known_from), false) THEN CAST(CAST("day" AS DATE) AS VARCHAR)
           ELSE error('nothing of ' || coalesce(of_family, 'any family') || ' was known on ' || CAST("day" AS VARCHAR)
                      || coalesce('; the first release is of ' || min(known_from), '')) END AS found
    FROM vintages.history WHERE {_OF_FAMILY}
)
SELECT * FROM vintages.history
WHERE known_from <= (SELECT found FROM asked) AND (valid_until IS NULL OR (SELECT found FROM asked) < valid_until) AND {_OF_FAMILY}""",
    ),
    _macro("latest", "of_family := NULL", f"SELECT * FROM vintages.history WHERE valid_until IS NULL AND {_OF_FAMILY}"),
    _macro("nth_print", "number, of_family := NULL", f"SELECT * FROM vintages.history WHERE print = number AND is_main AND {_OF_FAMILY}"),
    _macro(
        "revision_triangle", "of_series, of_measure := 'value', of_period := NULL, of_family := NULL",
        f"""SELECT * FROM vintages.history
WHERE is_main AND series = of_series AND measure = of_measure AND (of_period IS NULL OR period = of_period) AND {_OF_FAMILY}
ORDER BY family, period, print""",
    ),
)  # fmt: skip
