"""How the period of a figure and that of its row follow from each other, in both directions, and months as text."""

import pytest

from trade_assets.facts.period_rules import CUMULATIVE, MONTH_BEFORE, NONE, OWN, YEAR_EARLIER, change, year_to_date
from trade_assets.facts.periods import CHANGES, is_month, month, month_number, months_apart, named_month, span, step_of


@pytest.mark.parametrize(
    ("rule", "row", "figure"),
    [
        (OWN, "2020-03", "2020-03"), (OWN, "2020", "2020"),
        (MONTH_BEFORE, "2020-01", "2019-12"), (MONTH_BEFORE, "2020-03", "2020-02"),
        (change(), "2020-01", "2019-12/2020-01"), (change(1), "2020-01", "2019-11/2019-12"), (change(3), "2020-03", "2019-11/2019-12"),
        (change(0, 12), "2020-02", "2019-02/2020-02"), (change(2, 3), "2020-05", "2019-12/2020-03"),
        (change(months=2), "2020-05", "2020-03/2020-05"),
        (year_to_date(), "2020-03", "2020-01/2020-03"), (year_to_date(), "2020-01", "2020-01/2020-01"),
        (year_to_date(1), "2020-03", "2019-01/2019-03"), (year_to_date(2), "2020-12", "2018-01/2018-12"),
        (YEAR_EARLIER, "2020-03", "2019-03/2020-03"), (YEAR_EARLIER, "2020-01/2020-03", "2020-01/2020-03"),
        (CUMULATIVE, "2012", "2012"), (CUMULATIVE, "2012-11", "2012-01/2012-11"), (CUMULATIVE, "2012-01", "2012-01/2012-01"),
    ],
)  # fmt: skip
def test_the_period_of_a_figure_and_of_its_row(rule, row, figure):
    assert rule.of_figure(row) == figure
    assert rule.of_row(figure) == row


def test_a_figure_without_a_period():
    assert NONE.of_figure("2020-03") is None
    assert NONE.of_row("2020-03") == "2020-03"


@pytest.mark.parametrize(
    ("figure", "row"), [("2020-01/2020-12", "2020-01/2020-12"), ("2019-12/2020-12", "2020-12"), ("2020-03", "2020-03")]
)
def test_a_change_on_a_year_earlier_spans_twelve_months(figure, row):
    assert YEAR_EARLIER.of_row(figure) == row


@pytest.mark.parametrize(
    ("name", "number"),
    [("Jan", 1), (" jan. ", 1), ("JANUARY", 1), ("Sept.", 9), ("Septem", 9), ("May", 5), ("Dec", 12), ("June.", 6), ("Ma", None),
     ("Janu-", None),
     ("Januarys", None), ("", None), (".", None), ("Marx", None)],
)  # fmt: skip
def test_names_of_months(name, number):
    assert month_number(name) == number


@pytest.mark.parametrize(
    ("text", "found"),
    [("July 2018", "2018-07"), (" Mar. 2018 ", "2018-03"), ("2018", None), ("July", None), ("July 18", None), ("July 20180", None),
     ("July  2018", "2018-07"), ("x July 2018", None)],
)  # fmt: skip
def test_named_months(text, found):
    assert named_month(text) == found


@pytest.mark.parametrize(("text", "is_one"), [("2020-01", True), ("2020-12", True), ("2020-00", False), ("2020-13", False), ("2020", False),
                                              ("2020-01-01", False), ("x2020-01", False), ("2020-1", False)])  # fmt: skip
def test_months_as_text(text, is_one):
    assert is_month(text) is is_one


def test_months_are_written_and_counted():
    assert (month(7, 3), month(1997, 12)) == ("0007-03", "1997-12")
    assert span("2016-01", "2016-09") == "2016-01/2016-09"
    assert [months_apart("2019-11", last) for last in ("2019-11", "2019-12", "2020-01", "2020-11", "2019-10", "2018-11")] == [
        0,
        1,
        2,
        12,
        -1,
        -12,
    ]
    assert CHANGES == ("percent_change", "percent_change_year_to_date")


def test_without_a_period_that_ends_there_a_series_goes_on_by_month():
    assert step_of([], "2020-03") == 1
    assert step_of(["2020-01/2020-03", "2020-02"], "2020-03") == 3
    assert step_of(["2019"], "2020-12") == 1
