"""What a declared table says of itself, on a small one: its columns, its key, its figures, the facts and metrics that they hold."""

import pytest

from trade_assets.facts.period_rules import OWN
from trade_assets.facts.schemas import Column, Computed, Fact, Table

COLUMNS = (
    Column("release_month", "string", "the month"),
    Column("area", "string", "where"),
    Column("exports_musd", "float", "exports", unit="million_usd"),
    Column("exports_decimals", "int", "printed decimals"),
    Column("share_pct", "float", "computed", computes=Computed("share", "{area}.total", {r"world\..*": "of all there is no share"})),
    Column("index", "float", "an index"),
    Column("index_decimals", "int", "printed decimals"),
    Column("is_final", "bool", "whether"),
)


def _table(*columns, **more):
    return Table("validated", "made", "A made table.", columns, **{"key": ("area",), **more})


def test_a_table_of_two_columns_of_one_name_is_refused():
    for twice in (COLUMNS[1], Column("area", "float", "how large")):
        with pytest.raises(ValueError) as error:
            _table(*COLUMNS, twice)
        assert str(error.value) == "two columns of validated.made have one name; give each figure a name of its own, unit aside"


def test_a_table_tells_its_columns():
    table = _table(*COLUMNS)
    assert list(table.by_name.items()) == [(column.name, column) for column in COLUMNS]
    assert table.dtypes == {
        "release_month": "string", "area": "string", "exports_musd": "Float64", "exports_decimals": "Int64", "share_pct": "Float64",
        "index": "Float64", "index_decimals": "Int64", "is_final": "boolean",
    }  # fmt: skip
    assert table.figures == ("exports_musd", "index")
    assert list(table.metrics) == ["share_pct"]


@pytest.mark.parametrize(
    ("key", "is_partitioned", "of_all"),
    [
        (("area",), True, ("release_month", "area")), (("area", "release_month"), True, ("release_month", "area")),
        (("area",), False, ("area",)), (("area", "release_month"), False, ("area", "release_month")),
    ],
)  # fmt: skip
def test_the_key_of_a_table_of_months_begins_with_the_month(key, is_partitioned, of_all):
    assert _table(*COLUMNS, key=key, is_partitioned=is_partitioned).key_of_all == of_all


def test_a_row_says_of_which_series_its_columns_are():
    row = {"area": "china", "good": None}
    assert Fact("exports.{area}", "value", OWN).series_of(row) == "exports.china"
    assert Fact("exports.{area}.{good}", "value", OWN, blank="all").series_of(row) == "exports.china.all"
    assert Fact("exports.total", "value", OWN).series_of(row) == "exports.total"
    share = COLUMNS[4].computes
    assert share.series_of(row) == "china.total"
    assert (share.without("china.total"), share.without("world.total")) == (None, "of all there is no share")
    assert share.without("world") is None, "a pattern is of the whole name"
