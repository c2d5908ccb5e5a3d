"""Lines of time: which periods a series has, its figures as integers, and why a figure is not there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trade_assets.metrics.formulas import Window
from trade_assets.metrics.timelines import Key, Setting, Timeline, frequency_of, number_of, period_of, timelines_of, timelines_of_release
from trade_assets_tests.known_by_hand import COLUMNS, known

MONTHLY: Key = ("f", "value", "month")
MUSD = Setting("musd", "adjusted", None)


def line_of(*rows: tuple[Any, ...], **of_all: Any) -> Timeline:
    found = timelines_of(known(*rows, **of_all))
    assert list(found) == [MONTHLY] and list(found[MONTHLY]) == ["s"]
    return found[MONTHLY]["s"]


JANUARY = 2001 * 12


# Periods as numbers


@pytest.mark.parametrize(
    ("period", "number"),
    [("2001", 2001), ("2001-01", 24012), ("2001-12", 24023), ("2002-01", 24024), ("2001-01/2001-03", 24014), ("2000-12/2001-01", 24012)],
)
def test_periods_have_numbers(period: str, number: int) -> None:
    assert number_of(period) == number


@pytest.mark.parametrize(
    ("measure", "period", "frequency"),
    [
        ("value", "2001-03", "month"),
        ("value", "2001", "year"),
        ("value", "2001-01/2001-03", "year_to_date"),
        ("value", "2001-01/2001-01", "year_to_date"),
        ("value", "2001-02/2001-03", None),
        ("value", "2000-01/2001-03", None),
        ("percent_change", "2001-02/2001-03", "change_1_month"),
        ("percent_change", "2000-03/2001-03", "change_12_months"),
        ("percent_change", "2001-01/2001-03", None),
        ("percent_change", "2001-01/2001-12", None),
        ("percent_change", "2001-03", "month"),
    ],
)
def test_a_figure_stands_in_the_line_of_its_measure_and_period(measure: str, period: str, frequency: str | None) -> None:
    assert frequency_of(measure, period) == frequency


@pytest.mark.parametrize(
    ("number", "frequency", "period"),
    [
        (2001, "year", "2001"),
        (812, "year", "0812"),
        (24012, "month", "2001-01"),
        (24023, "month", "2001-12"),
        (24014, "year_to_date", "2001-01/2001-03"),
        (24014, "change_1_month", "2001-03"),
        (24014, "change_12_months", "2001-03"),
    ],
)
def test_numbers_have_periods(number: int, frequency: Any, period: str) -> None:
    assert period_of(number, frequency) == period


# What differs


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        (("u", "a", "b"), ("u", "a", "b"), False),
        (("u", "a", "b"), ("v", "a", "b"), True),
        (("u", "a", "b"), ("u", "x", "b"), True),
        (("u", "a", "b"), ("u", "a", "c"), True),
        (("u", "a", "b"), ("u", None, "b"), False),
        (("u", None, "b"), ("u", "a", "b"), False),
        (("u", None, "b"), ("u", None, "b"), False),
        (("u", "a", None), ("u", "a", "b"), True),
        ((None, "a", None), ("u", "a", None), True),
    ],
)
def test_only_an_adjustment_may_be_left_unsaid(one: tuple[Any, ...], other: tuple[Any, ...], differs: bool) -> None:
    assert Setting(*one).differs(Setting(*other)) is differs


def test_a_line_is_on_one_setting_unless_two_of_its_figures_differ() -> None:
    base = {"base_period": "2000"}
    assert line_of(("2001-01", "1"), ("2001-02", "2", {"seasonal_adjustment": None}), ("2001-03", "3")).has_one_setting
    assert not line_of(("2001-01", "1"), ("2001-02", "2", base), ("2001-03", "3")).has_one_setting
    gap = line_of(("2001-01", "1"), ("2001-02", "suppressed", base), ("2001-03", "3"))
    assert gap.has_one_setting and gap.distinct_settings == {MUSD}, "a gap is on nothing of its own"


# Figures, decimals and gaps


def test_figures_are_halves_at_the_most_decimals_of_any() -> None:
    line = line_of(("2001-01", "1.5"), ("2001-02", "-20"), ("2001-03", "suppressed"), ("2001-04", "0.25"))
    assert (line.series, line.frequency, line.first, line.last, line.digits) == ("s", "month", JANUARY, JANUARY + 3, 2)
    assert line.figures.tolist() == [300, -4000, 0, 50]
    assert line.halves.tolist() == [10, 100, 0, 1]
    assert list(line.reasons) == ["", "", "suppressed", ""]
    assert line.settings == [MUSD] * 4


def test_a_gap_has_the_setting_of_the_figure_before_it_or_else_of_the_first_figure() -> None:
    old, new = {"base_period": "1990"}, {"base_period": "2000"}
    other = {"base_period": "1980"}
    line = line_of(
        ("2001-01", "suppressed", other), ("2001-02", "1", old), ("2001-03", "suppressed", other), ("2001-05", "2", new),
        ("2001-06", "suppressed", other),
    )  # fmt: skip
    assert [setting.base_period for setting in line.settings] == ["1990", "1990", "1990", "1990", "2000", "2000"]
    assert [line.setting(JANUARY + at).base_period for at in (0, 3, 4, 5, 6, 99)] == ["1990", "1990", "2000", "2000", "2000", "2000"]
    only_gaps = line_of(("2001-01", "suppressed", old), ("2001-02", "suppressed", new))
    assert [setting.base_period for setting in only_gaps.settings] == ["1990", "1990"]


def test_a_gap_without_a_reason_is_not_published() -> None:
    assert list(line_of(("2001-01", "1"), ("2001-02", None), ("2001-03", "3")).reasons) == ["", "not_published", ""]


def test_beyond_the_latest_period_nothing_is_released_yet() -> None:
    line = line_of(("2001-01", "1"), ("2001-02", "suppressed"))
    assert [line.reason(JANUARY + at) for at in (0, 1, 2, 30)] == ["", "suppressed", "not_yet_released", "not_yet_released"]


def test_what_is_yet_to_be_released_is_no_part_of_a_line() -> None:
    line = line_of(("2001-01", "1"), ("2001-02", "2"), ("2001-03", "not_yet_released"))
    assert line.last == JANUARY + 1 and list(line.reasons) == ["", ""]
    assert timelines_of(known(("2001-03", "not_yet_released"))) == {}


def test_between_figures_of_one_release_nothing_was_published_and_else_nothing_read() -> None:
    """2001-02 lies within what one release printed; 2001-05 between two releases."""
    first, second = {"published_in": "2001-06"}, {"published_in": "2001-09"}
    line = line_of(
        ("2001-01", "1", first), ("2001-03", "3", first), ("2001-04", "4", first), ("2001-06", "6", second), ("2001-07", "7", second)
    )
    assert list(line.reasons) == ["", "not_published", "", "", "not_read", "", ""]


def test_a_month_that_is_said_to_come_while_later_ones_are_there_is_not_read() -> None:
    first, second = {"published_in": "2001-06"}, {"published_in": "2001-09"}
    line = line_of(("2001-01", "1", first), ("2001-02", "not_yet_released", first), ("2001-03", "3", second))
    assert list(line.reasons) == ["", "not_read", ""]


def test_a_month_of_which_no_document_was_read_spans_nothing() -> None:
    """A gap of a document that could not be read is of no release that printed periods around it."""
    one = {"published_in": "2001-09"}
    line = line_of(("2001-01", "not_read", one), ("2001-03", "3", one))
    assert list(line.reasons) == ["not_read", "not_read", ""]
    printed = line_of(("2001-01", "suppressed", one), ("2001-03", "3", one))
    assert list(printed.reasons) == ["suppressed", "not_published", ""]


def test_lines_are_by_family_measure_and_frequency_and_in_order() -> None:
    frame = known(
        ("2001-01", "1", {"series": "z"}), ("2001-01", "2"), ("2001", "3"), ("2001-01", "4", {"measure": "index"}),
        ("2001-01", "5", {"family": "e"}), (None, "6"), ("2001-02/2001-05", "7"), ("2001-01/2001-05", "8"),
    )  # fmt: skip
    found = timelines_of(frame)
    assert {key: list(lines) for key, lines in found.items()} == {
        ("e", "value", "month"): ["s"], ("f", "index", "month"): ["s"], ("f", "value", "month"): ["s", "z"], ("f", "value", "year"): ["s"],
        ("f", "value", "year_to_date"): ["s"],
    }  # fmt: skip
    assert list(found) == sorted(found)
    assert found["f", "value", "year"]["s"].figures.tolist() == [6] and found["f", "value", "year"]["s"].first == 2001
    assert found["f", "value", "year_to_date"]["s"].first == number_of("2001-05")


def test_a_fact_stands_once_and_with_its_decimals() -> None:
    with pytest.raises(ValueError, match=r"^s value 2001-01 stands twice in what is known$"):
        timelines_of(known(("2001-01", "1"), ("2001-01", "1")))
    with pytest.raises(ValueError, match=r"^s value 2001-01 is 1\.0 without its printed decimals$"):
        timelines_of(known(("2001-01", "1", {"decimals": None})))
    whole = timelines_of(known(("2001-01", "1", {"decimals": 0}), ("2001-01", "1", {"series": "t"})))
    assert list(whole[MONTHLY]) == ["s", "t"]


def test_a_release_by_itself_prints_exactly_and_what_it_has_no_row_for_it_does_not_print() -> None:
    frame = known(("2001-01", "1.5"), ("2001-02", None), ("2001-03", "withheld_by_issue_x"), ("2001-05", "2"))
    line = timelines_of_release(frame[COLUMNS[:7]])[MONTHLY]["s"]
    assert line.figures.tolist() == [30, 0, 0, 0, 40] and line.halves.tolist() == [0] * 5
    assert list(line.reasons) == ["", "operand_not_printed", "withheld_by_issue_x", "operand_not_printed", ""]
    assert line.settings == [Setting(None, None, None)] * 5
    with pytest.raises(ValueError, match="stands twice"):
        timelines_of_release(pd.concat([frame, frame])[COLUMNS[:7]])


def test_a_release_may_say_what_a_figure_is() -> None:
    line = timelines_of_release(known(("2001-01", "1")))[MONTHLY]["s"]
    assert line.settings == [MUSD]


# Windows


@pytest.mark.parametrize(
    ("first", "window", "earliest"),
    [
        ("2001-01", Window(), "2001-01"),
        ("2001-01", Window(2), "2001-03"),
        ("2001-01", Window(0, 3), "2001-03"),
        ("2001-02", Window(1, 3), "2001-05"),
        ("2001-01", Window(0, None), "2001-01"),
        ("2001-02", Window(0, None), "2002-01"),
        ("2000-12", Window(0, None), "2001-01"),
        ("2001-02", Window(12, None), "2003-01"),
    ],
)
def test_the_first_window_begins_no_earlier_than_the_series(first: str, window: Window, earliest: str) -> None:
    assert line_of((first, "1"), ("2004-01", "1")).earliest(window) == number_of(earliest)


@pytest.mark.parametrize(
    ("at", "window", "first", "last"),
    [
        ("2001-05", Window(), "2001-05", "2001-05"),
        ("2001-05", Window(1), "2001-04", "2001-04"),
        ("2001-05", Window(0, 3), "2001-03", "2001-05"),
        ("2001-05", Window(2, 3), "2001-01", "2001-03"),
        ("2001-05", Window(0, None), "2001-01", "2001-05"),
        ("2001-01", Window(0, None), "2001-01", "2001-01"),
        ("2001-05", Window(12, None), "2000-01", "2000-05"),
        ("2001-05", Window(5, None), "2000-01", "2000-12"),
    ],
)
def test_windows_end_so_many_periods_before(at: str, window: Window, first: str, last: str) -> None:
    begin, end = line_of(("2001-01", "1")).window(np.array([number_of(at)]), window)
    assert (begin.tolist(), end.tolist()) == ([number_of(first)], [number_of(last)])


def test_windows_are_summed_with_their_rounding_and_their_gaps() -> None:
    line = line_of(("2001-01", "1.5"), ("2001-02", "20"), ("2001-03", "suppressed"), ("2001-04", "7.25"))
    numbers = np.arange(JANUARY + 1, JANUARY + 8)
    figures, halves, gaps = line.summed(numbers, Window(0, 2))
    # Halves of a hundredth: 300, 4000, a gap, 1450; then what is not released yet.
    assert figures.tolist() == [4300, 4000, 1450, 1450, 0, 0, 0]
    assert halves.tolist() == [110, 100, 1, 1, 0, 0, 0]
    assert gaps.tolist() == [0, 1, 1, 1, 2, 2, 2]


def test_a_year_to_date_misses_all_months_that_are_yet_to_come() -> None:
    line = line_of(("2001-01", "1"), ("2001-02", "2"))
    figures, _, gaps = line.summed(np.array([number_of(month) for month in ("2001-02", "2001-04", "2002-01", "2002-03")]), Window(0, None))
    assert figures.tolist() == [6, 6, 0, 0] and gaps.tolist() == [0, 2, 1, 3]
