"""The bytes of a published CSV file, from rows written down by hand."""

import pandas as pd
import pytest

from trade_assets.facts.frames import conform
from trade_assets.facts.schemas import Column, Table
from trade_assets.publication.files import as_read, csv_bytes, decimals_column, figure_text, inert, sorted_rows


def _table(*columns, key=("name",)):
    return Table("validated", "made", "A made table.", (Column("name", "string", "a name", is_nullable=False), *columns), key=key)


WIDE = _table(
    Column("exports_musd", "float", "exports", unit="million_usd"), Column("exports_decimals", "int", "decimals"),
    Column("share_pct", "float", "computed", unit="percent"), Column("count", "int", "a count"), Column("is_it", "bool", "whether"),
    Column("note", "string", "a note"),
)  # fmt: skip
TIDY = _table(Column("value", "float", "a figure"), Column("decimals", "int", "decimals"), Column("low", "float", "computed"))
CORRECTED = _table(
    Column("value", "float", "a figure"), Column("decimals", "int", "decimals"), Column("corrected_value", "float", "a figure"),
    Column("corrected_decimals", "int", "decimals"),
)  # fmt: skip


def _frame(table, *rows):
    usual = dict.fromkeys(table.by_name) | {name: False for name in table.by_name if table.by_name[name].kind == "bool"}
    return conform(pd.DataFrame([usual | row for row in rows], columns=list(usual)), table)


def test_a_table_is_lines_of_quoted_text_and_bare_numbers():
    frame = _frame(
        WIDE,
        {"name": 'a "b", c', "exports_musd": 36854.0, "exports_decimals": 1, "share_pct": 50.0, "count": 1200, "is_it": True, "note": "ü"},
        {"name": "", "exports_musd": -0.5, "exports_decimals": 2, "share_pct": 1 / 3, "count": 0, "note": "=1"},
        {"name": "x"},
    )
    assert csv_bytes(frame, WIDE).decode() == (
        '"name","exports_musd","exports_decimals","share_pct","count","is_it","note"\n'
        '"a ""b"", c",36854.0,1,50,1200,true,"ü"\n'
        '"",-0.50,2,0.3333333333333333,0,false,"\'=1"\n'
        '"x",,,,,false,\n'
    )
    assert csv_bytes(_frame(WIDE), WIDE).count(b"\n") == 1


def test_a_tidy_table_has_the_decimals_of_its_value_in_one_column():
    frame = _frame(TIDY, {"name": "a", "value": 5.0, "decimals": 2, "low": 5.0}, {"name": "b", "value": 5.25, "low": 0.1})
    assert csv_bytes(frame, TIDY).decode() == '"name","value","decimals","low"\n"a",5.00,2,5\n"b",5.25,,0.1\n'


@pytest.mark.parametrize(
    ("table", "figure", "column"),
    [(WIDE, "exports_musd", "exports_decimals"), (WIDE, "share_pct", None), (TIDY, "value", "decimals"), (TIDY, "low", None),
     (CORRECTED, "corrected_value", "corrected_decimals"), (CORRECTED, "value", "decimals"), (TIDY, "decimals", None)],
)  # fmt: skip
def test_the_decimals_of_a_figure_stand_beside_it(table, figure, column):
    assert decimals_column(table, figure) == column


@pytest.mark.parametrize(
    ("row", "said"),
    [({"exports_musd": 0.55, "exports_decimals": 1}, "0.55 cannot have been printed with 1 decimals"),
     ({"share_pct": float("inf")}, "inf is no number to publish"), ({"exports_musd": float("-inf")}, "-inf is no number to publish")],
)  # fmt: skip
def test_a_figure_that_was_not_printed_so_is_not_written(row, said):
    with pytest.raises(ValueError, match=f"^{said}$"):
        csv_bytes(_frame(WIDE, {"name": "a"} | row), WIDE)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(5.0, 0, "5"), (5.0, 3, "5.000"), (-0.0, 1, "-0.0"), (1e16, pd.NA, "1e+16"), (100.0, pd.NA, "100"), (100.0, None, "100"),
     (-7.5, float("nan"), "-7.5"), (10.05, pd.NA, "10.05"), (5.0, 1.0, "5.0")],
)  # fmt: skip
def test_a_figure_is_text_with_its_decimals_or_the_shortest(value, places, text):
    assert figure_text(value, places) == text


KEYED = _table(Column("period", "string", "a period"), Column("row", "int", "a row"), key=("period", "name"))


def test_rows_are_sorted_by_their_key_and_numbered_anew():
    frame = _frame(
        KEYED,
        {"name": "b", "period": "2018", "row": 1},
        {"name": "b", "period": "2017", "row": 2},
        {"name": "a", "period": "2018", "row": 3},
    )
    found = sorted_rows(frame, KEYED)
    assert (found["row"].tolist(), found.index.tolist()) == ([2, 3, 1], [0, 1, 2])
    assert frame["row"].tolist() == [1, 2, 3]


def test_the_first_key_that_two_rows_have_is_named():
    rows = [
        {"name": "a", "period": "2018"},
        {"name": "b", "period": "2018"},
        {"name": "b", "period": "2018"},
        {"name": "a", "period": "2018"},
    ]
    with pytest.raises(ValueError, match=r"^validated\.made has two rows of the key 2018, b$"):
        sorted_rows(_frame(KEYED, *rows), KEYED)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""), ("plain", "plain"), ("a=b", "a=b"), ("a -b", "a -b"), ("a,-b", "a,-b"), ("=1", "'=1"), ("+a", "'+a"), ("-a", "'-a"),
        ("@a", "'@a"), (" =1", "' =1"), ("a;=1", "a;'=1"), ("a; =1", "a;' =1"), ("a\t+b\n-c\r@d", "a\t'+b\n'-c\r'@d"), ("'=1", "''=1"),
        ("'a", "'a"), ("-5", "-5"), ("--", "--"), ("－1x", "'－1x"), ("＠a", "'＠a"), ("＋a", "'＋a"),
    ],
)  # fmt: skip
def test_only_what_would_run_has_an_apostrophe_in_front(text, written):
    assert inert(text) == written
    assert as_read(written) == text
