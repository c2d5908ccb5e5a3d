"""What ``metrics.changes`` shows, in SQL: the metrics after each release, and one macro per question about them.

A row of kind ``state`` is a release of a family; the others say what changed. What a metric is after a release is its last change until
there. A month says by a hash which metrics its changes are changes of: those that the month before leaves, or those with its restored
rows, which then hold, and else do not. A month that rests on nothing has all of its metrics, whatever stands before it. If one rests on
something else, a file before it was lost, or made anew: then nothing is answered, since any of its metrics may stand in that file.
"""

from __future__ import annotations

from collections.abc import Sequence

from trade_assets.facts.macros import DAY, FAMILY_SAID, IS_DAY, OF_FAMILY, refusal, refusing, said_of, text_of
from trade_assets.facts.schemas import Column

_METRIC = "family, metric, series, period"
_BROKEN = """'the metrics of ' || release_month || ' do not follow from those of ' || coalesce(former, 'months before')
        || ': a file was lost, or made anew. To do: run ' || coalesce('the months after ' || former, 'all months')
        || ' again, in order; ''trade-assets run'' builds all'"""

# A place orders the states of all months; the restored rows of a month stand behind its last state.
_PLACE = "CAST(replace(release_month, '-', '') AS BIGINT) * 1000 + CASE WHEN is_restored THEN 999 ELSE number END"


def shown(columns: Sequence[Column], which: str = "true") -> str:
    """The columns of ``metrics.figures``, after those states that meet a condition."""
    of_state = ("release_month", "family", "reference_month")
    selected = ", ".join(f"{'states' if column.name in of_state else 'valid'}.{column.name}" for column in columns)
    return f"""WITH months AS (
    SELECT release_month, any_value(rests_on) AS rests_on, any_value(leaves) AS leaves, any_value(restores) AS restores
    FROM metrics.changes WHERE kind = 'state' GROUP BY release_month
), linked AS (
    SELECT *,
        count(CASE WHEN rests_on = '' THEN 1 END) OVER in_order AS beginning,
        lag(release_month) OVER in_order AS former,
        rests_on = '' OR coalesce(rests_on IN (lag(leaves) OVER in_order, lag(restores) OVER in_order), false) AS follows,
        restores <> leaves AND coalesce(restores = lead(rests_on) OVER in_order, false) AS is_restoring
    FROM months WINDOW in_order AS (ORDER BY release_month)
), whole AS (
    SELECT CASE WHEN bool_and(follows) THEN true ELSE error(min_by({_BROKEN}, release_month) FILTER (NOT follows)) END AS is_known
    FROM linked
), states AS (
    SELECT release_month, family, reference_month, beginning, {_PLACE} AS place
    FROM metrics.changes JOIN linked USING (release_month) WHERE kind = 'state' AND number > 0 AND {which}
), placed AS (
    SELECT * EXCLUDE (release_month, reference_month), {_PLACE} AS begins
    FROM metrics.changes JOIN linked USING (release_month) WHERE kind <> 'state' AND (is_restoring OR NOT is_restored)
), valid AS (
    SELECT *, lead(begins) OVER (PARTITION BY beginning, {_METRIC} ORDER BY begins) AS ends FROM placed
)
SELECT {selected}
FROM states JOIN valid ON states.family = valid.family AND states.beginning = valid.beginning
    AND begins <= place AND (ends IS NULL OR place < ends)
WHERE kind = 'changed'
UNION ALL
{refusal(columns, "whole")}"""  # noqa: S608 - made of constants of this module


# What is known of a release is known of those before it: the last one that is, and all before it, count.
_STATES = f"""(
    SELECT family, release_month, number, reference_month, is_release, {_PLACE} AS place,
        max(known_from) OVER (PARTITION BY family ORDER BY {_PLACE}) AS known_from,
        release_month = max(release_month) OVER () AS is_of_last_month
    FROM metrics.changes WHERE kind = 'state' AND number > 0
) AS states"""  # noqa: S608 - made of constants of this module


def macros_of_figures(columns: Sequence[Column]) -> tuple[str, ...]:
    """The macros over ``metrics.changes`` that answer as ``metrics.figures``, which has those columns."""

    def macro(name: str, parameters: str, *, where: str, refused: str, is_last: bool = True) -> str:
        """The metrics after those states that meet a condition, of each family after the last of them or after all."""
        last = "\n    QUALIFY 1 = row_number() OVER (PARTITION BY family ORDER BY place DESC)" if is_last else ""
        chosen = f"SELECT family, release_month, number FROM {_STATES} WHERE {OF_FAMILY} AND {where}{last}"  # noqa: S608  # as above
        answer = f"SELECT * FROM ({shown(columns, f'(family, release_month, number) IN ({chosen})')})"  # noqa: S608  # as above
        return refusing(f"metrics.{name}", parameters, of=_STATES, where=where, refused=refused, answer=answer, columns=columns)

    return (
        macro(
            "as_published",
            "month, of_family := NULL",
            where=f"""release_month = {text_of('"month"')} AND is_release""",
            refused=f"""'no release with metrics of ' || {FAMILY_SAID} || ' in ' || {said_of('"month"')}
        || coalesce('; releases are of ' || min(CASE WHEN is_release THEN release_month END) || ' to '
        || max(CASE WHEN is_release THEN release_month END), '')""",
            is_last=False,
        ),
        macro(
            "as_known",
            "day, of_family := NULL",
            where=f"{IS_DAY} AND known_from <= {DAY}",
            refused=f"""'no metrics of ' || {FAMILY_SAID} || ' were known on ' || {said_of('CAST("day" AS DATE)')}
        || CASE WHEN {IS_DAY} THEN coalesce('; the first are of ' || min(known_from), '') ELSE ', which is no YYYY-MM-DD' END""",
        ),
        macro(
            "latest",
            "of_family := NULL",
            where="is_of_last_month",
            refused=f"'no metrics of ' || {FAMILY_SAID} || ' are known'",
        ),
    )
