"""What a release changes, from tables made up row by row: every group, change and sentence is written down by hand."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import METRIC_DEFINITIONS, METRIC_FIGURES, METRICS, VALIDATED
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES, TRADE_RATIOS
from trade_assets.families.mxp.tables import INDEX_LEVELS, PRICE_CONTRIBUTIONS, PRICE_INDEXES
from trade_assets.families.uscc.tables import CHINA_TOP_FIVE, CHINA_TRADE_GROWTH
from trade_assets.publication.difference import UNSAID, Change, Difference, Group, difference
from trade_assets.publication.difference_report import as_json, markdown, sentences
from trade_assets.publication.earlier_releases import Distance, Former

BEFORE, NOW = "2018-06", "2018-08"


def _rows(table, *rows):
    """Rows of a table; what they do not say is empty."""
    usual = {column.name: "" if column.kind == "string" and not column.is_nullable else None for column in table.columns}
    usual |= {column.name: False for column in table.columns if column.kind == "bool"}
    return conform(pd.DataFrame([usual | row for row in rows]), table, release_month=NOW) if rows else empty(table)


def _compared(table, former, now, *, compared=True):
    frames = {each.name: empty(each) for each in (*VALIDATED, *METRICS)}
    products = {f"{table.layer}.{table.name}": {"mxp": BEFORE}} if compared else {}
    before = Former(frames | {table.name: _rows(table, *former)}, products, {})
    return difference(NOW, (table,), frames | {table.name: _rows(table, *now)}, before)


def _index(series, period, value, decimals=1, **more):
    return {"series": series, "period": period, "index": value, "index_decimals": decimals, **more}


def _groups(groups):
    return [(each.kind, each.series, each.column, each.figures, each.first, each.last, each.reason) for each in groups]


# Changes


@pytest.mark.parametrize(
    ("table", "column", "before", "after", "size", "is_in_points", "said"),
    [
        # 4.0 to 4.5 percent is half a percentage point, not an eighth. Computed numbers have no printed decimals.
        (CHINA_TRADE_GROWTH, "exports_month_on_month_pct", 4.0, 4.5, 0.5, True, "4.0 → 4.5 (0.50 percentage points)"),
        (CHINA_TRADE_GROWTH, "imports_year_to_date_pct", -2.0, 1.5, 3.5, True, "-2.0 → 1.5 (3.50 percentage points)"),
        (TRADE_RATIOS, "exports_to_imports_pct", 80.0, 84.5, 4.5, True, "80 → 84.5 (4.50 percentage points)"),
        (TRADE_RATIOS, "exports_to_imports_pct", 0.0, 84.0, 84, True, "0 → 84 (84.00 percentage points)"),
        (GOODS_AND_SERVICES, "exports_goods_musd", 80.0, 84.0, 5, False, "80.0 → 84.0 (5.00 %)"),
        (GOODS_AND_SERVICES, "balance_goods_musd", -80.0, 40.0, 150, False, "-80.0 → 40.0 (150.00 %)"),
        (GOODS_AND_SERVICES, "exports_goods_musd", 0.0, 84.0, None, False, "0.0 → 84.0"),
    ],
)
def test_a_change_is_in_percent_and_of_a_percentage_in_points(table, column, before, after, size, is_in_points, said):
    decimals = {name: 1 for name in table.by_name if name.endswith("_decimals")}
    found = _compared(table, *([{"period": "2018-05", column: value, **decimals}] for value in (before, after)))
    (change,) = found.changes
    assert (change.column, change.period, change.series) == (column, "2018-05", "")
    assert (change.size_pct, change.is_in_points) == (size, is_in_points)
    assert found.losses == found.additions == () and found.moved_on == {}
    assert f"* `{column}` `2018-05` of {table.layer}.{table.name}: {said}" in markdown(found).split("\n")
    (told,) = json.loads(as_json(found))["changes"]["listed"]
    assert (told["size_pct"], told["is_in_points"]) == (size, is_in_points)


def test_the_unit_may_stand_in_the_row():
    rows = [{"family": "mxp", "metric": "m", "series": "s", "period": "2018-05", "unit": unit} for unit in ("percent", "million_usd")]
    rows[1]["series"] = "t"
    former, now = ([row | {"value": value, "low": value, "high": value} for row in rows] for value in (80.0, 84.0))
    found = _compared(METRIC_FIGURES, former, now)
    assert {(each.series, each.size_pct, each.is_in_points) for each in found.changes} == {("mxp m s", 4.0, True), ("mxp m t", 5.0, False)}
    assert len(found.changes) == 6


@pytest.mark.parametrize(("step", "count"), [(1e-12, 0), (0.5e-9, 0), (2e-9, 1), (1.0, 1)])
def test_a_computed_number_changes_by_more_than_the_order_of_its_sum(step, count):
    """A billionth of it is the border; a printed figure changes with any digit."""
    former, now = ([{"period": "2018-05", "exports_to_imports_pct": value}] for value in (100.0, 100.0 * (1 + step)))
    assert len(_compared(TRADE_RATIOS, former, now).changes) == count
    former, now = ([{"period": "2018-05", "exports_goods_musd": value, "exports_goods_decimals": 9}] for value in (0.1, 0.100000001))
    assert len(_compared(GOODS_AND_SERVICES, former, now).changes) == 1


def test_the_largest_change_comes_first_and_one_from_zero_before_all():
    def rows(*values):
        return [_index(f"s{number}", "2018-05", value) for number, value in enumerate(values)]

    found = _compared(INDEX_LEVELS, rows(100.0, 200.0, 0.0, 100.0), rows(101.0, 196.0, 5.0, 102.0))
    assert [(each.series, each.size_pct) for each in found.changes] == [("s2", None), ("s1", 2.0), ("s3", 2.0), ("s0", 1.0)]


# What moved on


def test_rows_that_stand_for_another_period_are_counted_and_not_compared():
    """An index table has one row per series, of the month that it is of: June's figures are no change of May's."""
    former = [{"series": name, "period": "2018-05", "index_latest_month": 100.0, "index_latest_month_decimals": 1} for name in "ab"]
    now = [row | {"period": "2018-07", "index_latest_month": 120.0} for row in former]
    now[1]["period"] = "2018-05"
    found = _compared(PRICE_INDEXES, former, now)
    assert found.moved_on == {"validated.price_indexes": 1}
    assert [(each.series, each.period, each.former, each.now) for each in found.changes] == [("b", "2018-05", "100.0", "120.0")]
    text = markdown(found).split("\n")
    at = text.index("## Moved on")
    assert text[at : at + 6] == [
        "## Moved on", "", "Rows that stand for another period now, by design; their figures are not compared.", "",
        "* validated.price_indexes: 1 figure", "",
    ]  # fmt: skip
    assert json.loads(as_json(found))["moved_on"] == {"validated.price_indexes": 1}


def test_a_figure_lost_by_a_row_that_moved_on_is_lost_all_the_same():
    former = [{"series": "a", "period": "2018-05", "index_latest_month": 100.0, "index_latest_month_decimals": 1}]
    now = [{"series": "a", "period": "2018-07", "gaps": "index_latest_month: not_published"}]
    found = _compared(PRICE_INDEXES, former, now)
    assert _groups(found.losses) == [("figure", "a", "index_latest_month", 1, "2018-05", "2018-05", "not_published")]
    assert found.moved_on == {} and found.changes == ()
    # What was missing and is there now has come, with the reason why it was missing.
    back = _compared(PRICE_INDEXES, now, former)
    assert _groups(back.additions) == [("figure", "a", "index_latest_month", 1, "2018-05", "2018-05", "not_published")]
    assert back.losses == ()


# What was lost, and what came


def test_losses_are_grouped_by_what_was_lost_and_the_gravest_stand_first():
    months = [f"2018-{number:02d}" for number in range(1, 6)]
    former = [_index(name, month, 100.0) for name in ("gone", "cut", "hole", "emptied") for month in months]
    now = [
        *(_index("cut", month, 100.0) for month in months[2:]),  # its window moved on
        *(_index("hole", month, 100.0) for month in months if month != "2018-03"),
        *(_index("emptied", month, 100.0) for month in months[:3]),
        _index("emptied", "2018-04", None, None, gaps="index: withheld_by_issue_0123456789ab"),
        _index("emptied", "2018-05", None, None),
        _index("new", "2018-05", 1.0),
    ]
    found = _compared(INDEX_LEVELS, former, now)
    assert _groups(found.losses) == [
        ("series", "gone", None, 5, "2018-01", "2018-05", None),
        ("period", "hole", None, 1, "2018-03", "2018-03", None),
        ("figure", "emptied", "index", 1, "2018-05", "2018-05", UNSAID),
        ("figure", "emptied", "index", 1, "2018-04", "2018-04", "withheld_by_issue_0123456789ab"),
    ]
    # A window that moved on lost nothing.
    assert _groups(found.rolled_off) == [
        ("period", "cut", None, 2, "2018-01", "2018-02", "they end before 2018-03, with which the series begins"),
    ]
    assert _groups(found.additions) == [("series", "new", None, 1, "2018-05", "2018-05", None)]
    assert UNSAID == "no reason is stated"


def test_of_two_releases_of_a_month_each_is_compared_with_its_own():
    """In the first a figure is lost, in the second it changed and another came; of each the reference month is said."""

    def of(reference_month, *rows):
        return [row | {"reference_month": reference_month} for row in rows]

    a, b = (_index("s", month, 100.0) for month in ("2018-01", "2018-02"))
    first, second = of("2018-02", a, b), of("2018-03", a, b)
    now = [*of("2018-02", b), *of("2018-03", a, _index("s", "2018-02", 105.0), _index("t", "2018-02", 1.0))]
    found = _compared(INDEX_LEVELS, [*first, *second], now)
    assert [(each.release, each.first, each.is_routine) for each in found.rolled_off] == [("2018-02", "2018-01", True)]
    assert [(each.release, each.series, each.former, each.now) for each in found.changes] == [("2018-03", "s", "100.0", "105.0")]
    assert [(each.release, each.series) for each in found.additions] == [("2018-03", "t")]
    alone = _compared(INDEX_LEVELS, second, now[1:])
    assert [(each.release, each.former) for each in alone.changes] == [("", "100.0")]


def test_whatever_is_compared_is_told_apart_by_release():
    assert [table.name for table in (*VALIDATED, *METRICS) if "reference_month" not in table.key] == []


def test_a_table_without_rows_is_lost_or_comes_as_a_whole():
    rows = [_index(name, month, 100.0) for name in "ab" for month in ("2017-12", "2018-01")]
    lost, came = _compared(INDEX_LEVELS, rows, []), _compared(INDEX_LEVELS, [], rows)
    assert _groups(lost.losses) == _groups(came.additions) == [("table", "", None, 4, "2017-12", "2018-01", None)]
    assert lost.additions == came.losses == ()
    assert _compared(INDEX_LEVELS, [], []).losses == ()


def test_periods_stand_by_when_they_end():
    """2017 ends before 2018-01, a year to date with its last month."""
    rows = [{"period": period, "exports_goods_musd": 1.0, "exports_goods_decimals": 0} for period in ("2018-01/2018-03", "2017", "2018-02")]
    found = _compared(GOODS_AND_SERVICES, rows, [])
    assert _groups(found.losses) == [("table", "", None, 3, "2017", "2018-01/2018-03", None)]
    now = [rows[2]]
    found = _compared(GOODS_AND_SERVICES, rows, now)
    assert _groups(found.losses) == [("period", "", None, 1, "2018-01/2018-03", "2018-01/2018-03", None)]
    assert _groups(found.rolled_off) == [("period", "", None, 1, "2017", "2017", "they end before 2018-02, with which the series begins")]


def test_rows_without_a_period_are_told_apart_by_their_series():
    former = [{"series": name, "contribution_pct_points": 0.5} for name in "ab"]
    found = _compared(PRICE_CONTRIBUTIONS, former, [{"series": "b", "contribution_pct_points": 0.25}])
    assert _groups(found.losses) == [("series", "a", None, 1, None, None, None)]
    assert [(each.series, each.period, each.size_pct, each.is_in_points) for each in found.changes] == [("b", None, 0.25, True)]


def test_a_table_that_no_product_prints_is_not_compared():
    rows = [_index("a", "2018-05", 100.0)]
    found = _compared(INDEX_LEVELS, rows, [], compared=False)
    assert (found.losses, found.compared_with) == ((), {})
    frames = {"index_levels": _rows(INDEX_LEVELS, *rows), "definitions": empty(METRIC_DEFINITIONS), "china_top_five": empty(CHINA_TOP_FIVE)}
    named = difference(NOW, (), frames, Former({}, {}, {}), (INDEX_LEVELS, CHINA_TOP_FIVE, METRIC_DEFINITIONS))
    assert named.not_compared == ("validated.index_levels",)  # those that have figures, and rows


# What is said


FOUND = Difference(
    NOW,
    {"validated.a": {"mxp": BEFORE, "ft900 annual": None}, "metrics.b": {"mxp": BEFORE, "ft900": "2018-05"}},
    (
        Group("table", "validated.a", "", None, 1200, "2017", "2018-01", None),
        Group("series", "validated.a", "x", None, 2, "2018-01", "2018-01", None),
        Group("figure", "metrics.b", "y", "value", 1, None, None, "suppressed"),
        Group("period", "metrics.b", "", None, 3, "2018-02", "2018-04", None),
    ),
    (Group("period", "validated.a", "", None, 27, "2018-01/2018-04", "2018-01/2018-04", "gave way", is_routine=True),),
    (Change("metrics.b", "y", "2018-05", "value", "1,000", "1,001", 0.1), Change("metrics.b", "", None, "value", "0", "1", None)),
    (Group("series", "validated.a", "z", None, 1, "2018-06", "2018-06", None),),
    {"validated.a": 7},
    {"uscc": "2013-01"},
    {"fred X": Distance("2018-06", "2018-01", "2018-02", 5)},
    ("metrics.figures", "vintages.prints"),
)


def test_the_report_for_people():
    assert (
        markdown(FOUND)
        == """# What 2018-08 changes

* first release, nothing to compare with: validated.a (`ft900 annual`)
* compared with 2018-05: metrics.b (`ft900`)
* compared with 2018-06: validated.a (`mxp`), metrics.b (`mxp`)
* not compared: `fred X`, since the last release in the store is that of 2018-02, which ends with 2018-01, 5 months before 2018-06

## Data loss: 1,206 figures

* table validated.a: 1,200 figures, `2017` to `2018-01`
* series `x` of validated.a: 2 figures, `2018-01`
* figure `y` `value` of metrics.b: 1 figure: `suppressed`
* period of metrics.b: 3 figures, `2018-02` to `2018-04`

## Changed: 2 figures

* `y` `value` `2018-05` of metrics.b: 1,000 → 1,001 (0.10 %)
* `value` of metrics.b: 0 → 1

## Added: 1 figure

* series `z` of validated.a: 1 figure, `2018-06`

## Rolled off: 27 figures

What left with time, by the publisher's own layout: nothing of it is lost.

* period of validated.a: 27 figures, `2018-01/2018-04`: `gave way`

## Moved on

Rows that stand for another period now, by design; their figures are not compared.

* validated.a: 7 figures

## Not released this month

Documents that the month does not have, so that nothing of them is lost; the month in which each was last released:

* `uscc`: 2013-01

## Not compared

Prints, which vintages.revisions compares one by one, and what is computed over several releases: metrics.figures, vintages.prints.
"""
    )


def test_the_report_for_programs():
    told = json.loads(as_json(FOUND))
    assert {name: (told[name]["figures"], told[name]["entries"]) for name in ("losses", "changes", "additions")} == {
        "losses": (1206, 4), "changes": (2, 2), "additions": (1, 1),
    }  # fmt: skip
    assert told["losses"]["listed"][2] == {
        "kind": "figure", "table": "metrics.b", "series": "y", "column": "value", "figures": 1, "first": None, "last": None,
        "reason": "suppressed",
    }  # fmt: skip
    assert told["changes"]["listed"][0] == {
        "table": "metrics.b", "series": "y", "period": "2018-05", "column": "value", "former": "1,000", "now": "1,001", "size_pct": 0.1,
        "is_in_points": False,
    }  # fmt: skip
    assert (told["release_month"], told["compared_with"], told["not_compared"]) == (
        NOW, {"validated.a": {"mxp": BEFORE, "ft900 annual": None}, "metrics.b": {"mxp": BEFORE, "ft900": "2018-05"}},
        ["metrics.figures", "vintages.prints"],
    )  # fmt: skip
    assert told["not_released"] == {"entries": 1, "listed": {"uscc": "2013-01"}}
    assert told["rolled_off"]["figures"] == 27
    assert told["distant"]["listed"] == {
        "fred X": {"reference_month": "2018-06", "former_month": "2018-01", "release_month": "2018-02", "months": 5}
    }


def test_the_lines_for_a_terminal():
    last = "the last release in the store is that of 2018-02, which ends with 2018-01, 5 months before 2018-06"
    apart = f"fred X is not compared, since {last}"
    assert list(sentences(FOUND)) == [
        apart,
        "against 2018-05, 2018-06: 1,206 figures lost, 2 changed, 1 added",
        "LOST table validated.a: 1,200 figures, 2017 to 2018-01",
        "LOST series x of validated.a: 2 figures, 2018-01",
        "LOST figure y value of metrics.b: 1 figure: suppressed",
        "and 3 figures more lost, see difference.md",
    ]
    several = replace(FOUND, losses=FOUND.losses[:3], compared_with={"a.b": {f"p{n}": f"2018-0{n}" for n in range(1, 5)}})
    assert list(sentences(several))[1] == "against 4 releases from 2018-01 to 2018-04: 1,203 figures lost, 2 changed, 1 added"
    assert len(list(sentences(several))) == 5
    first = replace(FOUND, compared_with={"a.b": {"p": None}}, distant={})
    assert list(sentences(first)) == ["no earlier release of these documents to compare with"]
    nothing = Difference(NOW, {}, (), (), (), (), {}, {}, {})
    assert markdown(nothing).split("\n")[:6] == ["# What 2018-08 changes", "", "The month has no table with figures.", "",
                                                 "## Data loss: 0 figures", ""]  # fmt: skip
    assert "## Moved on" not in markdown(nothing) and "## Not" not in markdown(nothing)
