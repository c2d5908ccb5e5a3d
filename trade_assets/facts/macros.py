"""What is asked of the vintages, in SQL: one macro per question, kept in the database behind the view of the history.

``day`` is a date or ``YYYY-MM-DD``, ``month`` a release month ``YYYY-MM``. What no print answers is an error: a day before
anything was known, a month without a release, a number, family or series of which there is no print. An empty answer, or the
earliest figure, would be taken for what was known.
"""

from __future__ import annotations

from collections.abc import Sequence

from trade_assets.facts.schemas import SQL_TYPES, Column

PRINTS_UPGRADED = {
    "value": "CASE WHEN held_by IS NULL THEN coalesce(corrected_value, value) END",
    "decimals": "CASE WHEN held_by IS NULL THEN coalesce(corrected_decimals, decimals) END",
    "printed_value": "coalesce(printed_value, value)",
    "printed_decimals": "coalesce(printed_decimals, decimals)",
    "release_number": "coalesce(release_number, 1)",
}
"""Prints of earlier versions have what is printed as their value, whatever was decided, and know no releases within a month."""


def text_of(argument: str) -> str:
    """An argument as text, a missing one as an empty one: what is compared with a missing one is neither true nor false."""
    return f"coalesce(CAST({argument} AS VARCHAR), '')"


def said_of(argument: str, missing: str = "NULL") -> str:
    return f"coalesce(CAST({argument} AS VARCHAR), '{missing}')"


OF_FAMILY = "(of_family IS NULL OR family = CAST(of_family AS VARCHAR))"
FAMILY_SAID = said_of("of_family", "any family")


def refusal(columns: Sequence[Column], asked: str) -> str:
    """A branch of a query that never has a row, and raises what ``is_known`` of its one row raises.

    Its columns are made of that: were they surely missing, a condition on one of them that is put behind the query would plan the
    branch away.
    """
    missing = (f"CAST(nullif(CAST(is_known AS VARCHAR), 'true') AS {SQL_TYPES[column.kind]}) AS \"{column.name}\"" for column in columns)
    return f"SELECT {', '.join(missing)} FROM {asked} WHERE NOT is_known"


def refusing(name: str, parameters: str, *, of: str, where: str, refused: str, answer: str, columns: Sequence[Column]) -> str:
    """A table macro that raises an error where it would answer with nothing.

    The error stands in a branch of its own: a condition that no row can meet is planned away, and with it whatever else it is joined to
    by AND.

    Args:
        name: with its schema.
        of: the rows that are looked at, behind FROM; a condition follows.
        where: which of them answer; false, not missing, for arguments that make no sense.
        refused: the message if none does, as an expression of text over the rows of the family; never missing, or the error
            would be none.
        answer: the query that answers, from there on.
        columns: those of the answer.
    """
    return f"""CREATE OR REPLACE MACRO {name}({parameters}) AS TABLE
WITH asked AS (
    SELECT CASE WHEN coalesce(bool_or({where}), false) THEN true ELSE error({refused}) END AS is_known
    FROM {of} WHERE {OF_FAMILY}
)
{answer}
UNION ALL
{refusal(columns, "asked")}"""


# Days are compared as text, which is in order only between four-digit years; DuckDB has others, and an infinity.
DAY = text_of('CAST("day" AS DATE)')
IS_DAY = f"regexp_full_match({DAY}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
_OF_SERIES = (
    f"series = {text_of('of_series')} AND measure = {text_of('of_measure')} AND (of_period IS NULL OR period = CAST(of_period AS VARCHAR))"
)


def macros_of_history(columns: Sequence[Column]) -> tuple[str, ...]:
    """The macros over ``vintages.history``, which has those columns."""

    named = ", ".join(f'"{column.name}"' for column in columns)

    def macro(name: str, parameters: str, *, where: str, refused: str, order: str = "") -> str:
        """The rows of the family that meet a condition, in an order if one is given."""
        history, answer = "vintages.history", f"SELECT {named} FROM vintages.history WHERE {OF_FAMILY} AND {where}"
        return refusing(f"vintages.{name}", parameters, of=history, where=where, refused=refused, answer=answer, columns=columns) + order

    return (
        macro(
            "as_published",
            "month, of_family := NULL",
            where=f"""release_month = {text_of('"month"')} AND is_current""",
            refused=f"""'no release of ' || {FAMILY_SAID} || ' in ' || {said_of('"month"')}
        || coalesce('; releases are of ' || min(release_month) || ' to ' || max(release_month), '')""",
        ),
        macro(
            "as_known",
            "day, of_family := NULL",
            where=f"{IS_DAY} AND known_from <= {DAY} AND (valid_until IS NULL OR {DAY} < valid_until)",
            refused=f"""'nothing of ' || {FAMILY_SAID} || ' was known on ' || {said_of('CAST("day" AS DATE)')}
        || CASE WHEN {IS_DAY} THEN coalesce('; the first release is of ' || min(known_from), '') ELSE ', which is no YYYY-MM-DD' END""",
        ),
        macro(
            "latest",
            "of_family := NULL",
            where="valid_until IS NULL",
            refused=f"'no release of ' || {FAMILY_SAID} || ' is known'",
        ),
        macro(
            "nth_print",
            "number, of_family := NULL",
            where="print >= 1 AND print = coalesce(number, -1) AND is_main",
            refused=f"""'no print ' || {said_of("number")} || ' of ' || {FAMILY_SAID}
        || coalesce('; they count from 1 to ' || max(print), '')""",
        ),
        macro(
            "first_published",
            "of_family := NULL",
            refused=f"'of no print of ' || {FAMILY_SAID} || ' it is known that it was the first published'",
            where="is_first_published AND is_main",
        ),
        macro(
            "revision_triangle",
            "of_series, of_measure := 'value', of_period := NULL, of_family := NULL",
            where=f"is_main AND {_OF_SERIES}",
            refused=f"""'no print of ' || {said_of("of_series")} || ' ' || {said_of("of_measure")}
        || coalesce(' ' || CAST(of_period AS VARCHAR), '') || ' by ' || {FAMILY_SAID}""",
            order="\nORDER BY family, period, release_month, release_number, edition, print",
        ),
    )
