"""What documents must be beside their arithmetic, said for the families that declare it: how figures are printed, which rows there are."""

from __future__ import annotations

from trade_assets.identities.kinds import AlikeDecimals, AlikeSize, OncePrinted, Regular, Rows, Rule

KNOWN = (
    "figures known of the series from published files, each with its file, in facts/catalogue/known.csv; their margins are inferred: about "
    "twice what any two vintages at hand differ by"
)
"""Who says which series a file holds."""
_PRINT = "the other figures of the column, in all documents at hand; declared beside each reader"
_WRONG = {
    "irregular_decimals": "it has other decimals than its column",
    "irregular_sign": "its unit sign is not that of its column",
    "irregular_grouping": "its digits are not grouped by thousands",
    "irregular_gap": "no figure is printed, where its column has one in every row",
}


def printed_as_their_columns(name: str, table: str) -> Regular:
    """How every document of a family prints its figures."""
    return Regular(
        name=name,
        table=table,
        description="Every figure has the decimals and the unit sign of its column, and digits grouped by thousands.",
        source=_PRINT,
        authority="inferred",
        flags=_WRONG,
    )


def rows_of_their_month(name: str, table: str) -> Rows:
    """That the rows of ``ROWS`` are printed."""
    return Rows(
        name=name,
        table=table,
        description="Every table has the rows that documents of its month print.",
        source="the rows of the documents at hand; declared in facts/rows.py and facts/catalogue",
        authority="inferred",
    )


def of_series_files(table: str, printed: str, what: str) -> tuple[Rule, ...]:
    """What files of one series must be.

    Args:
        table, printed: the validated and the printed table that holds them.
        what: what their figures are called, in the names of the rules.
    """
    return (
        AlikeDecimals(
            name=f"{what}_have_the_decimals_of_their_series",
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
            table=table,
            description="The records of a year stand once, or all of them twice.",
            source="series files of BLS at hand: one holds whole years twice, where two downloads overlap",
            authority="inferred",
            printed=printed,
        ),
    )
