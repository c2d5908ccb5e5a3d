"""Which figures of two releases are lost, came, changed or gave way, and in which order: over a table made for tests."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.schemas import Column, Table
from trade_assets.publication.difference import Change, Difference, Group, difference
from trade_assets.publication.difference_report import as_json, markdown, sentences
from trade_assets.publication.earlier_releases import Distance, Former

NOW = "2018-08"
GAVE_WAY = "a later year to date, or the year, stands in their place"


def _text(name, **more):
    return Column(name, "string", name, **more)


def _table(name="made", *, figures=(("value", "million_usd"),), key=("reference_month", "series", "period"), more=("gaps",)):
    columns = [_text("reference_month"), _text("series"), _text("period")]
    for figure, unit in figures:
        columns.append(Column(figure, "float", figure, unit=unit))
        columns.append(Column(f"{figure.removesuffix('_pct')}_decimals", "int", "its decimals"))
    return Table("validated", name, "A made table.", (*columns, *map(_text, more)), key=key)


MADE = _table()


def _frame(table, rows):
    usual = {name: "" if name == "gaps" else None for name in table.by_name} | {"reference_month": "2018-07"}
    decimals = {name: 0 for name in table.by_name if name.endswith("_decimals")}
    return conform(pd.DataFrame([usual | decimals | row for row in rows]), table) if rows else empty(table)


def _row(period, value=1.0, series="s", **more):
    return {"series": series, "period": period, "value": value, **more}


def _differs(former, now, *tables, compared=None):
    """The difference of tables, of which each has these rows: one list for all, or one by name."""
    tables = tables or (MADE,)
    before, after = (
        {table.name: _frame(table, rows[table.name] if isinstance(rows, dict) else rows) for table in tables} for rows in (former, now)
    )
    products = {f"validated.{table.name}": {"mxp": "2018-07"} for table in tables} if compared is None else compared
    return difference(NOW, tables, after, Former(before, products, {}))


# Periods that left


LEFT = [
    # A window that moved on, and a hole.
    (["2018-01", "2018-02", "2018-03"], ["2018-02", "2018-03"], [],
     {"2018-01": "they end before 2018-02, with which the series begins"}),
    (["2018-01", "2018-02", "2018-03"], ["2018-01", "2018-03"], [("2018-02", "2018-02")], {}),
    (["2018-01", "2018-02"], ["2018-01"], [("2018-02", "2018-02")], {}),
    # What ends with the first period that is there does not lie before it.
    (["2018-02/2018-03", "2018-03"], ["2018-03", "2018-04"], [("2018-02/2018-03", "2018-02/2018-03")], {}),
    (["2017", "2018-03"], ["2018-03"], [], {"2017": "they end before 2018-03, with which the series begins"}),
    (["2018", "2018-03"], ["2018-03"], [("2018", "2018")], {}),
    # A year to date gives way to a later one of its year, or to the year.
    (["2017-12", "2018-01/2018-05"], ["2017-12", "2018-01/2018-06"], [], {"2018-01/2018-05": GAVE_WAY}),
    (["2017-12", "2018-01/2018-05"], ["2017-12", "2018"], [], {"2018-01/2018-05": GAVE_WAY}),
    (["2017-12", "2018-01/2018-05"], ["2017-12", "2018-01/2018-04"], [("2018-01/2018-05", "2018-01/2018-05")], {}),
    (["2017-12", "2018-01/2018-05"], ["2017-12", "2019-01/2019-06"], [("2018-01/2018-05", "2018-01/2018-05")], {}),
    (["2017-12", "2018-01/2018-05"], ["2017-12", "2018-06"], [("2018-01/2018-05", "2018-01/2018-05")], {}),
    (["2017-12", "2018-01/2018-05"], ["2017-12", "2018-02/2018-06"], [("2018-01/2018-05", "2018-01/2018-05")], {}),
    (["2017-12", "2018-01/2018-12"], ["2017-12", "2018"], [("2018-01/2018-12", "2018-01/2018-12")], {}),  # no later one
    # A year gives way to nothing, nor does a range that is no year to date.
    (["2016-12", "2017"], ["2016-12", "2018"], [("2017", "2017")], {}),
    (["2017-12", "2018"], ["2017-12", "2018-01/2018-12"], [("2018", "2018")], {}),
    (["2017-12", "2018-02/2018-05"], ["2017-12", "2018-01/2018-06"], [("2018-02/2018-05", "2018-02/2018-05")], {}),
]  # fmt: skip
"""Periods of a series before and now; those of them that are lost, and those that left with time, with the reason."""


def test_what_left_with_time_is_no_loss():
    """All at once, a series each."""
    former, now = ([_row(period, series=f"s{at:02d}") for at, case in enumerate(LEFT) for period in case[which]] for which in (0, 1))
    found = _differs(former, now)
    assert {each.kind for each in (*found.losses, *found.rolled_off)} == {"period"}
    for at, (_, _, lost, left) in enumerate(LEFT):
        gone, routine = ([each for each in groups if each.series == f"s{at:02d}"] for groups in (found.losses, found.rolled_off))
        assert [(each.first, each.last) for each in gone] == lost, LEFT[at]
        assert {each.first: each.reason for each in routine} == left, LEFT[at]


def test_a_year_to_date_gives_way_to_one_of_its_own_series():
    former = [_row("2017-12"), _row("2018-01/2018-05"), _row("2017-12", series="t")]
    now = [_row("2017-12"), _row("2017-12", series="t"), _row("2018-01/2018-06", series="t")]
    assert [(each.series, each.first) for each in _differs(former, now).losses] == [("s", "2018-01/2018-05")]


def test_a_series_begins_with_its_own_first_period():
    former = [_row("2018-01"), _row("2018-02"), _row("2018-01", series="t")]
    now = [_row("2018-02"), _row("2018-01", series="t")]
    found = _differs(former, now)
    assert found.losses == () and [(each.series, each.first) for each in found.rolled_off] == [("s", "2018-01")]
    # The rows may stand in any order.
    now = [_row("2018-03"), _row("2018-01")]
    assert [each.first for each in _differs([_row("2018-01"), _row("2018-02"), _row("2018-03")], now).losses] == ["2018-02"]


def test_losses_of_one_series_are_one_group_by_their_reason():
    former = [_row(f"2018-{month:02d}") for month in range(1, 8)]
    found = _differs(former, [_row("2018-03"), _row("2018-05")])
    assert [(each.figures, each.first, each.last, each.reason, each.is_routine) for each in found.losses] == [
        (3, "2018-04", "2018-07", None, False)
    ]
    assert [(each.figures, each.first, each.last, each.is_routine) for each in found.rolled_off] == [(2, "2018-01", "2018-02", True)]


def test_what_came_is_no_routine():
    found = _differs([_row("2018-02")], [_row("2018-01"), _row("2018-02"), _row("2018-03")])
    assert [(each.figures, each.first, each.last, each.is_routine) for each in found.additions] == [
        (1, "2018-03", "2018-03", False), (1, "2018-01", "2018-01", False),
    ]  # fmt: skip
    assert found.additions[1].reason == "they end before 2018-02, with which the series begins"


def test_the_first_and_last_period_are_those_that_end_so():
    former = [_row(each) for each in ("2018-03", "2017", "2018-01/2018-03", "2018-02")]
    (lost,) = _differs(former, [_row("2018-01", series="t")]).losses
    assert (lost.kind, lost.figures, lost.first, lost.last) == ("series", 4, "2017", "2018-03")


# What is lost


def test_a_table_that_is_gone_as_a_whole_is_one_loss():
    two = _table("two", figures=(("value", None), ("other", None)))
    former = [_row("2018-01", other=2.0), _row("2018-02", other=None), _row("2018-01", series="t", other=3.0)]
    (lost,) = _differs(former, [], two).losses
    assert lost == Group("table", "validated.two", "", None, 5, "2018-01", "2018-02")
    back = _differs([], former, two)
    assert [(each.kind, each.figures, each.first, each.last) for each in back.additions] == [("table", 5, "2018-01", "2018-02")]
    assert back.losses == ()


def test_rows_without_a_figure_lose_nothing():
    empty_rows = [_row("2018-01", None), _row("2018-02", None)]
    for now in ([], [_row("2018-03", None)], empty_rows):
        found = _differs(empty_rows, now)
        assert (found.losses, found.rolled_off, found.additions, found.changes) == ((), (), (), ())


@pytest.mark.parametrize(
    ("more", "row", "reason"),
    [
        (("gaps",), {"gaps": "value: suppressed"}, "suppressed"), (("gaps",), {"gaps": "other: suppressed"}, "no reason is stated"),
        (("gaps",), {"gaps": ""}, "no reason is stated"), (("gap",), {"gap": "suppressed"}, "suppressed"),
        (("gap",), {"gap": None}, "no reason is stated"), ((), {}, "no reason is stated"),
    ],
)  # fmt: skip
def test_why_a_figure_is_missing_is_what_its_row_says(more, row, reason):
    table = _table(more=more, figures=(("value", None), ("other", None)))
    former, now = [_row("2018-01", other=1.0), _row("2018-02")], [_row("2018-01", None, other=1.0, **row), _row("2018-02")]
    (lost,) = _differs(former, now, table).losses
    assert (lost.kind, lost.series, lost.column, lost.figures, lost.first, lost.last, lost.reason, lost.is_routine) == (
        "figure", "s", "value", 1, "2018-01", "2018-01", reason, False,
    )  # fmt: skip


# Order


def test_the_gravest_losses_stand_first():
    """Tables, series, periods, figures; then the most figures; then by table, series, column and reason."""
    b, a = (_table(name, figures=(("value", None), ("other", None))) for name in "ba")
    gone = _table("gone")
    former = [
        *(_row("2018-01", series=series, other=1.0) for series in ("z", "y")), _row("2018-02", series="z", other=1.0),
        *(_row(f"2018-0{month}", series="kept", other=1.0) for month in (1, 2, 3, 4, 5)),
    ]  # fmt: skip
    now = [
        _row("2018-01", series="kept", value=None, other=None, gaps="value: withheld; other: suppressed"),
        _row("2018-03", series="kept", value=None, other=1.0), _row("2018-05", series="kept", other=1.0),
    ]  # fmt: skip
    found = _differs({"b": former, "a": former, "gone": [_row("2018-01")]}, {"b": now, "a": now, "gone": []}, b, a, gone)
    assert [(each.kind, each.table[-1], each.series[-4:], each.column, each.figures) for each in found.losses] == [
        ("table", "e", "", None, 1),
        ("series", "a", "z", None, 4), ("series", "b", "z", None, 4), ("series", "a", "y", None, 2), ("series", "b", "y", None, 2),
        ("period", "a", "kept", None, 4), ("period", "b", "kept", None, 4),
        ("figure", "a", "kept", "other", 1), ("figure", "a", "kept", "value", 1), ("figure", "a", "kept", "value", 1),
        ("figure", "b", "kept", "other", 1), ("figure", "b", "kept", "value", 1), ("figure", "b", "kept", "value", 1),
    ]  # fmt: skip
    assert [each.reason for each in found.losses[-3:]] == ["suppressed", "no reason is stated", "withheld"]


def test_the_largest_changes_stand_first_then_by_place():
    b, a = (_table(name, figures=(("value", None), ("other", None))) for name in "ba")

    def rows(*values):
        return [
            _row("2018-02", values[0], series="t", other=values[1]), _row("2018-01", values[2], series="t", other=values[3]),
            _row("2018-01", values[4], other=values[5]),
        ]  # fmt: skip

    found = _differs(rows(100.0, 100.0, 100.0, 0.0, 100.0, 100.0), rows(101.0, 101.0, 101.0, 1.0, 101.0, 98.0), b, a)
    assert [(each.table[-1], each.series, each.period, each.column, each.size_pct) for each in found.changes] == [
        ("a", "t", "2018-01", "other", None), ("b", "t", "2018-01", "other", None),
        ("a", "s", "2018-01", "other", 2.0), ("b", "s", "2018-01", "other", 2.0),
        ("a", "s", "2018-01", "value", 1.0), ("a", "t", "2018-01", "value", 1.0),
        ("a", "t", "2018-02", "other", 1.0), ("a", "t", "2018-02", "value", 1.0),
        ("b", "s", "2018-01", "value", 1.0), ("b", "t", "2018-01", "value", 1.0),
        ("b", "t", "2018-02", "other", 1.0), ("b", "t", "2018-02", "value", 1.0),
    ]  # fmt: skip


# Changes


@pytest.mark.parametrize(
    ("unit", "in_row", "is_in_points"),
    [("percent", None, True), ("percentage points", None, True), ("million_usd", None, False), (None, None, False),
     ("million_usd", "percent", False), ("percent", "million_usd", True), ("see unit", "percent", True), ("see unit", "million_usd", False),
     ("see note", None, False)],
)  # fmt: skip
def test_a_unit_is_that_of_the_column_or_of_the_row_where_the_column_says_so(unit, in_row, is_in_points):
    table = _table(figures=(("value", unit),), more=("gaps",) if in_row is None else ("gaps", "unit"))
    former, now = ([_row("2018-01", value) | ({} if in_row is None else {"unit": in_row})] for value in (50.0, 60.0))
    assert _differs(former, now, table).changes == (
        Change("validated.made", "s", "2018-01", "value", "50", "60", 10.0 if is_in_points else 20.0, is_in_points),
    )  # fmt: skip


def test_a_change_is_as_large_as_its_share_of_the_former_figure():
    pairs = [(50.0, 40.0), (-50.0, -40.0), (-50.0, 50.0), (0.0, 5.0), (5.0, 0.0)]
    former, now = ([_row("2018-01", pair[which], series=f"s{at}") for at, pair in enumerate(pairs)] for which in (0, 1))
    assert [(each.series, each.former, each.now, each.size_pct) for each in _differs(former, now).changes] == [
        ("s3", "0", "5", None), ("s2", "-50", "50", 200.0), ("s4", "5", "0", 100.0), ("s0", "50", "40", 20.0), ("s1", "-50", "-40", 20.0),
    ]  # fmt: skip


def test_what_stands_in_one_release_only_or_is_the_same_is_no_change():
    former = [_row("2018-01", 1.0), _row("2018-02", None), _row("2018-03", 3.0), _row("2018-04", 4.0)]
    now = [_row("2018-01", None), _row("2018-02", 2.0), _row("2018-03", 3.0), _row("2018-05", 4.0)]
    assert _differs(former, now).changes == ()


def test_more_decimals_of_the_same_figure_are_no_change():
    assert _differs([_row("2018-01", 5.0)], [_row("2018-01", 5.0, value_decimals=1)]).changes == ()
    (change,) = _differs([_row("2018-01", 5.0)], [_row("2018-01", 5.5, value_decimals=1)]).changes
    assert (change.former, change.now) == ("5", "5.5")


def test_rows_without_a_period_in_their_key_stand_for_the_one_that_they_name():
    """A row that stands for another period is counted, in all releases of the month together."""
    latest = _table(key=("reference_month", "series"))
    former = [_row("2018-05", 1.0, reference_month=month) for month in ("2018-06", "2018-07")] + [_row("2018-05", 1.0, "t")]
    now = [_row("2018-06", 2.0, reference_month=month) for month in ("2018-06", "2018-07")] + [_row("2018-05", 2.0, "t")]
    found = _differs(former, now, latest)
    assert found.moved_on == {"validated.made": 2}
    assert [(each.release, each.series, each.period) for each in found.changes] == [("2018-07", "t", "2018-05")]
    lost = _differs([_row("2018-05"), _row("2018-06", series="t")], [_row("2018-06", series="t")], latest).losses
    assert [(each.kind, each.series, each.first, each.last) for each in lost] == [("series", "s", "2018-05", "2018-05")]
    with_none = _differs([_row(None, 1.0)], [_row(None, 2.0)], latest).changes
    assert [(each.period, each.size_pct) for each in with_none] == [(None, 100.0)]


def test_a_row_is_known_by_all_of_its_key_but_the_period_and_the_release():
    several = _table(key=("reference_month", "series", "label", "period"), more=("gaps", "label"))
    former = [_row("2018-01", 1.0, label="a"), _row("2018-01", 2.0, label=None)]
    now = [_row("2018-01", 3.0, label="a"), _row("2018-01", 2.0, label=None)]
    assert [(each.series, each.former, each.now) for each in _differs(former, now, several).changes] == [("s a", "1", "3")]
    alone = _table(key=("reference_month", "period"))
    assert [(each.series, each.now) for each in _differs([_row("2018-01")], [_row("2018-01", 2.0)], alone).changes] == [("", "2")]


# Releases and tables


def test_the_release_is_named_only_where_the_month_has_several():
    def of(month, value):
        return _row("2018-01", value, reference_month=month)

    one = _differs([of("2018-06", 1.0)], [of("2018-06", 2.0)])
    assert [each.release for each in one.changes] == [""]
    unsaid = _differs([of(None, 1.0)], [of(None, 2.0)])
    assert [(each.release, each.now) for each in unsaid.changes] == [("", "2")]
    several = _differs([of("2018-07", 1.0), of("2018-06", 1.0)], [of("2018-06", 2.0), of("2018-07", 3.0)])
    assert [(each.release, each.now) for each in several.changes] == [("2018-07", "3"), ("2018-06", "2")]
    gone = _differs([of("2018-07", 1.0), of("2018-06", 1.0)], [of("2018-06", 1.0)])
    assert [(each.kind, each.release) for each in gone.losses] == [("table", "2018-07")]
    came = _differs([of("2018-06", 1.0)], [of("2018-07", 1.0), of("2018-06", 1.0)])
    assert [(each.kind, each.release) for each in came.additions] == [("table", "2018-07")]


def test_only_tables_with_figures_that_a_product_prints_are_compared():
    other, words = _table("other"), Table("validated", "words", "No figures.", (_text("reference_month"), _text("series")), key=("series",))
    former, now = ({table.name: _frame(table, rows) for table in (MADE, other)} for rows in ([_row("2018-01")], [_row("2018-01", 2.0)]))
    compared = {"validated.made": {"mxp": "2018-07"}, "validated.words": {"mxp": "2018-07"}}
    not_compared = (other, words, _table("empty"))
    frames = now | {"words": _frame(words, [{"series": "a"}]), "empty": empty(MADE)}
    distant = {"fred X": Distance("2018-07", "2018-01", "2018-02", 6)}
    found = difference(NOW, (other, words, MADE), frames, Former(former, compared, {"uscc": "2013-01"}, {}, distant), not_compared)
    assert [each.table for each in found.changes] == ["validated.made"]
    assert found.compared_with == {"validated.made": {"mxp": "2018-07"}}
    assert found.not_compared == ("validated.other",)
    assert (found.release_month, found.not_released, found.distant) == (NOW, {"uscc": "2013-01"}, distant)


# In words


@pytest.mark.parametrize(
    ("months", "said"),
    [(2, "2 months before 2018-07"), (1, "1 month before 2018-07"), (12, "12 months before 2018-07"), (-1, "1 month after 2018-07"),
     (-3, "3 months after 2018-07"), (1200, "1,200 months before 2018-07")],
)  # fmt: skip
def test_how_far_back_the_release_before_lies_is_said_in_months(months, said):
    found = Difference(NOW, {}, (), (), (), (), {}, {}, {"fred X": Distance("2018-07", "2018-01", "2018-02", months)})
    words = f"since the last release in the store is that of 2018-02, which ends with 2018-01, {said}"
    assert list(sentences(found)) == [f"fred X is not compared, {words}"]
    assert markdown(found).split("\n")[2] == f"* not compared: `fred X`, {words}"
    assert "The month has no table with figures." not in markdown(found)


@pytest.mark.parametrize(
    ("each", "said"),
    [
        (Group("table", "a.b", "", None, 1, None, None), "table a.b: 1 figure"),
        (Group("series", "a.b", "", None, 2, "2018", "2018"), "series of a.b: 2 figures, `2018`"),
        (Group("period", "a.b", "s", "c", 1000, "2017", "2018", "r", release="2018-07"),
         "period `s` `c` of a.b in the release of `2018-07`: 1,000 figures, `2017` to `2018`: `r`"),
        (Group("figure", "a.b", "", "c", 1, "2017", None), "figure `c` of a.b: 1 figure"),
        (Group("figure", "a.b", "", "c", 1, None, "2017", ""), "figure `c` of a.b: 1 figure"),
        (Change("a.b", "s", "2018", "c", "1", "2", 1234.567), "`s` `c` `2018` of a.b: 1 → 2 (1,234.57 %)"),
        (Change("a.b", "", None, "c", "1", "2", 0.005, True, "2018-07"),
         "`c` of a.b in the release of `2018-07`: 1 → 2 (0.01 percentage points)"),
        (Change("a.b", "s", None, "c", "0", "2", None), "`s` `c` of a.b: 0 → 2"),
        (Change("a.b", "s", None, "c", "0", "0.0", 0.0), "`s` `c` of a.b: 0 → 0.0 (0.00 %)"),
    ],
)  # fmt: skip
def test_each_entry_is_a_line(each, said):
    usual = Difference(NOW, {}, (), (), (), (), {}, {}, {})
    found = replace(usual, **({"changes": (each,)} if isinstance(each, Change) else {"losses": (each,)}))
    assert f"* {said}" in markdown(found).split("\n")


def test_programs_are_given_all_fields_of_an_entry_but_what_the_list_says():
    lost = Group("period", "a.b", "s\x07" + "x" * 300, "c", 2, "2017", "2018", "r", is_routine=True, release="2018-07")
    changed = Change("a.b", "s", None, "c", "1", "2", 1.23456789)
    told = json.loads(as_json(Difference(NOW, {"a.b": {"p": None}}, (), (lost,), (changed,), (), {"a.b": 3}, {}, {}, ("a.c",))))
    assert list(told) == [
        "release_month", "losses", "changes", "additions", "rolled_off", "moved_on", "compared_with", "not_released", "distant",
        "not_compared",
    ]  # fmt: skip
    assert told["rolled_off"] == {"figures": 2, "entries": 1, "listed": [{
        "kind": "period", "table": "a.b", "series": f"s\\x07{'x' * 198}… (302 characters)", "column": "c", "figures": 2, "first": "2017",
        "last": "2018", "reason": "r", "release": "2018-07",
    }]}  # fmt: skip
    assert told["changes"] == {"figures": 1, "entries": 1, "listed": [{
        "table": "a.b", "series": "s", "period": None, "column": "c", "former": "1", "now": "2", "size_pct": 1.2346, "is_in_points": False,
    }]}  # fmt: skip
    nothing = {"figures": 0, "entries": 0, "listed": []}
    assert (told["losses"], told["additions"]) == (nothing, nothing)
    assert (told["moved_on"], told["compared_with"], told["not_compared"]) == ({"a.b": 3}, {"a.b": {"p": None}}, ["a.c"])
    assert (told["not_released"], told["distant"]) == ({"entries": 0, "listed": {}}, {"entries": 0, "listed": {}})
