"""Marks that are not printed as their column is: by the bare rule, and where each column of the price tables may print a dash."""

import pytest

from trade_assets.reading import read_document
from trade_assets.reading.printing import Column, irregular
from trade_assets_tests.altered_documents import text_of

DECIMALS, SIGN, GAP = "irregular_decimals", "irregular_sign", "irregular_gap"


@pytest.mark.parametrize(
    ("column", "mark", "flags"),
    [
        (Column(1), ("2020-01", "index", 1, "1.5"), []),
        (Column(1), ("2020-01", "index", 2, "1.55"), [DECIMALS]),
        (Column(1), ("2020-01", "index", 0, "1"), [DECIMALS]),
        (Column(1), ("2020-01", "index", 1, "1.5%"), [SIGN]),
        (Column(1, "%"), ("2020-01", "percent", 1, "1.5%"), []),
        (Column(1, "%"), ("2020-01", "percent", 1, "1.5"), [SIGN]),
        (Column(1, "%"), ("2020-01", "percent", 0, "1"), [DECIMALS, SIGN]),
        # A dollar sign before an amount in dollars says nothing new; before anything else, or with a percent sign, it does.
        (Column(0), ("2020-01", "million_usd", 0, "$36"), []),
        (Column(0), ("2020-01", "index", 0, "$36"), [SIGN]),
        (Column(0, "%"), ("2020-01", "percent", 0, "$36%"), [SIGN]),
        (Column(0, "%"), ("2020-01", "million_usd", 0, "$36%"), []),
        # Other decimals of a year, where its last zero may be left out, and of nothing else.
        (Column(2, of_years=(1,)), ("2020", "billion_usd", 1, "1.5"), []),
        (Column(2, of_years=(1,)), ("2020", "billion_usd", 2, "1.50"), []),
        (Column(2, of_years=(1,)), ("2020", "billion_usd", 0, "1"), [DECIMALS]),
        (Column(2, of_years=(1,)), ("2020-01", "billion_usd", 1, "1.5"), [DECIMALS]),
        (Column(2, of_years=(1,)), (None, "billion_usd", 1, "1.5"), [DECIMALS]),
        # A dash
        (Column(1), ("2020-01", "index", None, "--"), [GAP]),
        (Column(1, has_gaps=True), ("2020-01", "index", None, "--"), []),
        (Column(1, "%", has_gaps=True), ("2020-01", "index", None, "--"), []),
        (Column(1, has_gaps=frozenset({"s"})), ("2020-01", "index", None, "--"), []),
        (Column(1, has_gaps=frozenset({"t"})), ("2020-01", "index", None, "--"), [GAP]),
    ],
)
def test_a_mark_is_held_against_its_column(column, mark, flags):
    period, unit, decimals, text = mark
    assert irregular(column, series="s", period=period, unit=unit, decimals=decimals, text=text) == flags


def test_each_column_of_a_price_table_may_print_a_dash():
    """BLS prints one wherever an index is not published; the row of chapter X with a dash in one column after the other."""
    text = text_of("mxp_2018")
    (row,) = (line for line in text.split("\n") if "| X | 1.098 | 117.9 | 119.8 |" in line)
    fields = row.split("|")
    assert fields[2:4] == [" X ", " 1.098 "] and len(fields) > 8
    for at in range(3, len(fields) - 1):
        dashed = "|".join([*fields[:at], " - ", *fields[at + 1 :]])
        cells = read_document(text.replace(row, dashed).encode(), "made").cells
        found = [(gap, flags) for gap, flags, mark, line in zip(*(cells[name] for name in ("gap", "flags", "text", "line")), strict=True)
                 if mark == "-" and line == text.split("\n").index(row) + 1]  # fmt: skip
        assert found == [("not_published", "")], fields[at]
