"""The identities of import and export prices."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from trade_assets.facts import catalogue
from trade_assets.facts.cited import PRICE_FORMULA, PRICE_MONTHS_OPEN, PRICE_REVISIONS, PRICE_ROUNDING, PRICE_WEIGHTS
from trade_assets.facts.periods import add_months, span
from trade_assets.facts.rows import ExpectedRow
from trade_assets.identities.kinds import (
    Agree,
    Change,
    Compound,
    Labelled,
    Limit,
    Marks,
    PartsSum,
    PartsWithin,
    Rule,
    WeightedChange,
    Whole,
)
from trade_assets.identities.structure import KNOWN, of_series_files, printed_as_their_columns, rows_of_their_month

_TABLE_A_MONTHS = 13
_TWICE = (
    "the labels of Table A and of Tables 1 and 2, which both releases at hand, 2012-08 and 2018-08, print with the same changes; that fuel "
    "imports are End Use 10 and nonfuel imports all but these is read from the labels"
)
_RANGE = "what the measure is: a price index, a percentage of a whole, a change of a positive number"
_WITHOUT_PARENT = tuple(
    entry.series
    for entry in catalogue.entries("mxp")
    if entry.series and (entry.series.endswith(".all_commodities") or (not entry.parent and entry.table in catalogue.WITHOUT_CODES))
)

RULES: tuple[Rule, ...] = (
    Change(
        name="percent_change_matches_rounded_indexes",
        table="price_indexes",
        description="A percent change is the exact change of the two printed indexes, rounded to its printed decimals.",
        source=PRICE_ROUNDING,
        authority="published",
        level="index",
        basis="rounded",
    ),
    Agree(
        name="same_fact_printed_twice_agrees",
        table="price_changes",
        description="Table A prints the same changes as Tables 1 and 2.",
        source=_TWICE,
        authority="inferred",
        measures=("percent_change",),
    ),
    Agree(
        name="index_printed_twice_agrees",
        table="index_levels",
        description="A series file that holds the records of a year twice prints the same index both times.",
        source="what a series is: one index a month",
        authority="definition",
        measures=("index",),
        is_occasional=True,
    ),
    PartsSum(
        name="relative_importances_of_parts_sum_to_total",
        table="price_indexes",
        description="Relative importances of all parts of a category sum to that of the category.",
        source=PRICE_WEIGHTS,
        authority="published",
        measure="relative_importance",
    ),
    PartsWithin(
        name="relative_importances_of_some_parts_stay_within_total",
        table="price_indexes",
        description="Relative importances of some parts of a category sum to no more than that of the category.",
        source=PRICE_WEIGHTS,
        authority="published",
        measure="relative_importance",
    ),
    Whole(
        name="relative_importance_of_all_is_100",
        table="price_indexes",
        description="The relative importance of all commodities, of a locality or of a service is 100 percent.",
        source=(
            f"{PRICE_WEIGHTS}. That a locality and a service are each 100 of themselves is inferred from the tables of 2012-08 and 2018-08"
        ),
        authority="inferred",
        measure="relative_importance",
        low=100,
        high=100,
        series=_WITHOUT_PARENT,
    ),
    WeightedChange(
        name="index_change_matches_weighted_parts",
        table="price_indexes",
        description="The index change of a category is that of all its parts, weighted by relative importance.",
        source=PRICE_FORMULA,
        authority="published",
        level="index",
        weight="relative_importance",
    ),
    Compound(
        name="monthly_changes_compound_to_twelve_months",
        table="price_changes",
        description="The changes of twelve months in Table A compound to its change over twelve months.",
        source="arithmetic: Table A prints the changes of twelve months and the change over them, all of one index",
        authority="definition",
    ),
    Limit(
        name="indexes_are_positive",
        table="price_indexes",
        description="A price index is printed as a positive figure: changes are quotients of indexes.",
        source=_RANGE,
        authority="definition",
        measure="index",
        low=0,
        is_low_excluded=True,
        is_print=True,
    ),
    Limit(
        name="relative_importances_lie_within_0_and_100",
        table="price_indexes",
        description="A relative importance lies between 0 and 100 percent.",
        source=_RANGE,
        authority="definition",
        measure="relative_importance",
        low=0,
        high=100,
    ),
    Limit(
        name="percent_changes_lie_above_minus_100",
        table="price_indexes",
        description="A positive figure cannot fall by 100 percent or more.",
        source=_RANGE,
        authority="definition",
        measure="percent_change",
        low=-100,
        is_low_excluded=True,
    ),
    Marks(
        name="revised_marks_stand_in_open_months",
        table="price_changes",
        description="A mark (r) stands only at the three months before the latest, which are open to revision.",
        source=PRICE_REVISIONS,
        authority="published",
        flag="r",
        months=PRICE_MONTHS_OPEN,
    ),
    Labelled(
        name="indexes_are_of_the_series_named",
        table="index_levels",
        description="Figures are of the series, unit, base, adjustment and frequency that the file's label claims.",
        source=KNOWN,
        authority="inferred",
        printed="index_series",
        is_occasional=True,
    ),
)

STRUCTURE: tuple[Rule, ...] = (
    printed_as_their_columns("price_figures_are_printed_as_their_columns", "price_indexes"),
    rows_of_their_month("expected_rows_are_printed", "price_indexes"),
    *of_series_files("index_levels", "index_series", "indexes"),
)
"""What documents must be beside their arithmetic."""


def expected_rows(latest: str) -> Iterator[ExpectedRow]:
    """The rows of Table A, and of the detail tables those of the catalogue that are expected of the month."""
    series = frozenset(catalogue.TABLE_A_SERIES.values())
    for back in range(_TABLE_A_MONTHS - 1, -1, -1):
        end = add_months(latest, -back)
        yield ExpectedRow("price_changes", f"of {end}", series, period=span(add_months(end, -1), end))
    for back in (12, 0):
        end = add_months(latest, -back)
        yield ExpectedRow("price_changes", f"of the twelve months to {end}", series, period=span(add_months(end, -12), end))
    told = set[str]()
    for entry in catalogue.entries("mxp"):
        if entry.series and entry.series not in told and entry.is_expected_in(latest):
            told.add(entry.series)
            yield ExpectedRow(entry.table, catalogue.row_name("mxp", entry), frozenset({entry.series}))


ROWS = expected_rows


def expected_series(tables: Collection[str], reference_month: str | None) -> list[str]:
    """The series of the catalogue, of the tables that a publication has."""
    entries = (entry for entry in catalogue.entries("mxp") if entry.table in tables and entry.is_expected_in(reference_month))
    return list(dict.fromkeys(entry.series for entry in entries if entry.series))


EXPECTED = expected_series
