"""What documents must be beside their arithmetic: how figures are printed, which rows there are. Declared once, as data.

Rules as those of ``rules.py``, but only what is wrong has a place: a regular figure is no proof of itself. What has a fixed
shape is no rule: its reader refuses a document without it.
"""

from __future__ import annotations

from trade_assets.identities.kinds import AlikeDecimals, AlikeSize, OncePrinted, Regular, Rows, Rule

_SERIES_FILES = (
    ("mxp", "index_levels", "index_series", "indexes"),
    ("fred", "fred_observations", "fred_observations", "observations"),
)
_PRINT = "the other figures of the column, in all documents at hand; declared beside each reader"
_WRONG = {
    "irregular_decimals": "it has other decimals than its column",
    "irregular_sign": "its unit sign is not that of its column",
    "irregular_grouping": "its digits are not grouped by thousands",
    "irregular_gap": "no figure is printed, where its column has one in every row",
}


def _regular(name: str, family: str, table: str) -> Regular:
    return Regular(
        name=name,
        family=family,
        table=table,
        description="Every figure has the decimals and the unit sign of its column, and digits grouped by thousands.",
        source=_PRINT,
        authority="inferred",
        flags=_WRONG,
    )


def _rows(name: str, family: str, table: str) -> Rows:
    return Rows(
        name=name,
        family=family,
        table=table,
        description="Every table has the rows that documents of its month print.",
        source="the rows of the documents at hand; declared in facts/rows.py and facts/catalogue",
        authority="inferred",
    )


def _of_series_file(family: str, table: str, printed: str, what: str) -> tuple[Rule, ...]:
    return (
        AlikeDecimals(
            name=f"{what}_have_the_decimals_of_their_series",
            family=family,
            table=table,
            description="Every figure has the decimals of the other figures of its series.",
            source="series files of BLS and FRED: figures with other decimals come in long runs, of another program, or not at all",
            authority="inferred",
            printed=printed,
            least=8,
            rare=20,
        ),
        AlikeSize(
            name=f"{what}_are_of_the_size_of_those_around",
            family=family,
            table=table,
            description=(
                "Every figure lies between a quarter of the median of the six before and after it and four times that, and has its sign."
            ),
            source=(
                "28 series of FRED, BLS and the FT-900 since 1982, some 7,000 figures: "
                "none lies further than three times the median from it, but for the balance of 1992-02, less than a third"
            ),
            authority="inferred",
            printed=printed,
            around=6,
            least=4,
            factor=4,
        ),
        OncePrinted(
            name=f"{what}_of_a_year_stand_once_or_all_twice",
            family=family,
            table=table,
            description="The records of a year stand once, or all of them twice.",
            source="series files of BLS at hand: one holds whole years twice, where two downloads overlap",
            authority="inferred",
            printed=printed,
        ),
    )


STRUCTURE: tuple[Rule, ...] = (
    _regular("trade_figures_are_printed_as_their_columns", "ft900", "goods_and_services"),
    _regular("price_figures_are_printed_as_their_columns", "mxp", "price_indexes"),
    _rows("expected_rows_are_printed", "mxp", "price_indexes"),
    _regular("china_figures_are_printed_as_their_columns", "uscc", "china_top_five"),
    _rows("all_rows_of_the_bulletin_are_printed", "uscc", "china_top_five"),
    *(rule for series_file in _SERIES_FILES for rule in _of_series_file(*series_file)),
)


def structure_of(family: str) -> tuple[Rule, ...]:
    """What documents of a family must be beside their arithmetic."""
    return tuple(rule for rule in STRUCTURE if rule.family == family)


def structure_shown_at(table: str) -> tuple[Rule, ...]:
    """The same by the validated table at which it is shown."""
    return tuple(rule for rule in STRUCTURE if rule.table == table)
