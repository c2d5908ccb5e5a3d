"""A table as the data dictionary shows it, and what is asked of the vintages by name."""

import re

import pytest

from trade_assets.facts.dictionary import _row, _table, markdown
from trade_assets.facts.schemas import Column, Table
from trade_assets.facts.tables import HISTORY, IN_DATABASE


@pytest.mark.parametrize(
    ("column", "row"),
    [
        (Column("a", "string", "what it is"), "| `a` | string |  | may be | what it is. |"),
        (Column("b", "int", "how many", unit="months", is_nullable=False), "| `b` | int | months | never | how many. |"),
        (Column("c", "string", "which", one_of=("x", "y")), "| `c` | string |  | may be | which. One of: x, y. |"),
    ],
)
def test_a_column_is_a_row(column, row):
    assert _row(column) == row


def test_a_table_is_a_section():
    columns = (Column("release_month", "string", "month"), Column("a_musd", "float", "a"), Column("a_decimals", "int", "decimals"))
    assert _table(Table("raw", "small", "A small table.", columns, key=("a_musd",))) == [
        "", "### raw.small", "", "A small table.", "", "Key: `release_month`, `a_musd`.", "",
         "| column | type | unit | missing | what it is |",
        "|---|---|---|---|---|", "| `release_month` | string |  | may be | month. |", "| `a_musd` | float |  | may be | a. |",
    ]  # fmt: skip


def test_the_dictionary_has_every_table_once_by_layers():
    text = markdown()
    assert re.findall(r"(?m)^## (\w+)$", text) == ["raw", "parsed", "validated", "review", "vintages", "metrics"]
    found = re.findall(r"(?m)^### (\w+)\.(\w+)$", text)
    assert sorted(found) == sorted((table.layer, table.name) for table in IN_DATABASE)
    layers = [layer for layer, _ in found]
    assert layers == sorted(layers, key=["raw", "parsed", "validated", "review", "vintages", "metrics"].index)
    assert text.startswith("# Data dictionary\n\nGenerated from ") and text.endswith(" |\n")


PARAMETERS = {
    "as_published": "month, of_family := NULL", "as_known": "day, of_family := NULL", "latest": "of_family := NULL",
    "nth_print": "number, of_family := NULL", "first_published": "of_family := NULL",
    "revision_triangle": "of_series, of_measure := 'value', of_period := NULL, of_family := NULL",
}  # fmt: skip


def test_macros_by_name_and_parameters():
    found = [re.match(r"CREATE OR REPLACE MACRO vintages\.(\w+)\((.*)\) AS TABLE\n", macro) for macro in HISTORY.macros]
    assert {each[1]: each[2] for each in found} == PARAMETERS
    assert [macro.endswith("WHERE NOT is_known") for macro in HISTORY.macros] == [True] * 5 + [False]
    assert HISTORY.macros[-1].endswith("\nORDER BY family, period, release_month, release_number, edition, print")
