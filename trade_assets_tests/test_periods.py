"""Reference periods by a calendar of the standard library's, or by hand: months, years, ranges, and how far they lie apart."""

import calendar
import datetime as dt

import pytest

from trade_assets.facts.periods import add_months, last_day, month_number, months_apart, months_between, months_of, named_month, step_of

NO_MONTHS = ["", "2016", "2016-13", "2016-00", "2016-1", "201611", "16-11", "2016-11-01", "2016/11", " 2016-11", "2016-11\n", "x"]


@pytest.mark.parametrize("text", NO_MONTHS)
def test_nothing_is_counted_from_what_is_no_month(text):
    for ask in (lambda: add_months(text, 1), lambda: last_day(text)):
        with pytest.raises(ValueError) as error:
            ask()
        assert str(error.value) == f"{text!r} is no month; expected YYYY-MM"


@pytest.mark.parametrize(
    ("period", "count", "later"),
    [
        ("2016-11", 0, "2016-11"), ("2016-11", 1, "2016-12"), ("2016-12", 1, "2017-01"), ("2017-01", -1, "2016-12"),
        ("2016-11", 13, "2017-12"), ("2016-11", 14, "2018-01"), ("2016-11", -10, "2016-01"), ("2016-11", -11, "2015-12"),
        ("2016-02", 12, "2017-02"), ("2000-01", -24, "1998-01"),
    ],
)  # fmt: skip
def test_months_are_counted_over_the_turn_of_the_year(period, count, later):
    assert add_months(period, count) == later
    assert (months_apart(period, later), months_apart(later, period)) == (count, -count)


def test_the_last_day_of_a_month_is_that_of_the_calendar():
    for year in (1900, 1999, 2000, 2015, 2016, 2100):
        for number in range(1, 13):
            of_calendar = dt.date(year, number, calendar.monthrange(year, number)[1])
            assert last_day(f"{year}-{number:02d}") == of_calendar.isoformat()


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2016-11", "2016-11", ["2016-11"]), ("2016-11", "2017-02", ["2016-11", "2016-12", "2017-01", "2017-02"]),
        ("2016-11", "2016-10", []), ("2017-01", "2016-12", []),
    ],
)  # fmt: skip
def test_all_months_from_the_first_to_the_last(first, last, months):
    assert months_between(first, last) == months


def test_a_period_consists_of_its_months():
    assert months_of("2016-11") == ["2016-11"]
    assert months_of("2016-01/2016-03") == ["2016-01", "2016-02", "2016-03"]
    assert months_of("2016") == [f"2016-{number:02d}" for number in range(1, 13)]


YEARS_TO_DATE = ["2016-01/2016-09", "2015-01/2015-09"]


@pytest.mark.parametrize(
    ("periods", "last", "step"),
    [
        (["2016-08", "2016-09"], "2016-09", 1),
        (["2016-04/2016-06", "2016-07/2016-09"], "2016-09", 3),
        (["2014", "2015"], "2015-12", 12),
        # The shortest of those that end with the month, whatever else is printed.
        (["2016-09", *YEARS_TO_DATE], "2016-09", 1),
        (YEARS_TO_DATE, "2016-09", 9),
        (["2016-08", "2016-07/2016-09"], "2016-09", 3),
        (["2015", "2015-10/2015-12", "2015-11"], "2015-12", 3),
        (["2016-08"], "2016-09", 1),
        (["2014"], "2015-12", 1),
        ([], "2016-09", 1),
    ],
)
def test_what_prints_periods_goes_on_by_the_shortest_that_ends_with_the_month(periods, last, step):
    assert step_of(periods, last) == step_of(reversed(periods), last) == step_of(periods * 2, last) == step


@pytest.mark.parametrize("number", range(1, 13))
def test_months_have_names_and_abbreviations(number):
    name = dt.date(2016, number, 1).strftime("%B")
    assert {month_number(text) for text in (name, name.upper(), name[:3], f"{name[:3]}.", f" {name[:4]}. ")} == {number}
    assert (named_month(f"{name} 2016"), named_month(f"{name[:3]}. 2016")) == (f"2016-{number:02d}", f"2016-{number:02d}")


@pytest.mark.parametrize("text", ["", "Ja", "Januar y", "Janus", "Sop", "13", "Month"])
def test_other_words_are_no_months(text):
    assert month_number(text) is None
    assert named_month(f"{text} 2016") is None


@pytest.mark.parametrize("text", ["July", "2016", "July 16", "July 20161", "2016 July", "July, 2016 x"])
def test_a_month_has_its_year_behind_it(text):
    assert named_month(text) is None
