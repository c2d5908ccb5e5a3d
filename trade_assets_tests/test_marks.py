"""Marks as they are printed: values, decimals and flags to the last digit, and what is no figure, with the reason."""

import pytest

from trade_assets.reading.marks import (
    MAX_DECIMALS,
    MISSING,
    NOT_PUBLISHED,
    NOT_YET_RELEASED,
    SUPPRESSED,
    FigureError,
    Mark,
    entered,
    parse,
    plain_figure,
    resembles_figure,
    whole,
)


def test_names_of_gaps_and_the_digits_that_are_kept():
    assert {"-", "--", "---"} == MISSING
    assert (NOT_PUBLISHED, NOT_YET_RELEASED, SUPPRESSED, MAX_DECIMALS) == ("not_published", "not_yet_released", "suppressed", 9)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("4.0", (4.0, 1, "")), ("(r)4.0", (4.0, 1, "r")), ("(R) 4", (4.0, 0, "r")), ("36.1%", (36.1, 1, "")), ("-39,212", (-39212.0, 0,
        "")),
        ("+1", (1.0, 0, "")), ("$36", (36.0, 0, "")), ("-$1,234.50", (-1234.5, 2, "")), (".5", (0.5, 1, "")), ("-.05%", (-0.05, 2, "")),
        ("36,54", (3654.0, 0, "irregular_grouping")), ("(p)36,54", (3654.0, 0, "p irregular_grouping")), ("1,234,567", (1234567.0, 0, "")),
        ("1234,567", (1234567.0, 0, "irregular_grouping")), ("0,123", (123.0, 0, "")), ("1,23.4", (123.4, 1, "irregular_grouping")),
        ("0.10", (0.1, 2, "")), ("123456789012345", (123456789012345.0, 0, "")), ("50251.000000000004", (50251.0, 0, "")),
        ("0.1234567890", (0.123456789, 10, "")), ("0.12345678901234567", (0.123456789, 9, "")),
    ],
)  # fmt: skip
def test_a_printed_mark(text, mark):
    assert parse(text) == Mark(*mark, None)


@pytest.mark.parametrize("text", ["-", "--", "---"])
def test_a_dash_is_a_gap(text):
    assert parse(text) == Mark(None, None, "", "not_published")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "----",
        "(rr)4",
        "(r)  4",
        "4.",
        "1,,2",
        ",1",
        "1,",
        "4 %",
        "$",
        "%",
        "1.2.3",
        "--1",
        "1e5",
        "4 (r)",
        "1234567890123456",
        "- 4",
    ],
)
def test_other_texts_are_no_marks(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("number", "was"),
    [
        ("50251.000000000004", "50251"), ("0.30000000000000004", "0.3"), ("1e+05", "100000"), ("1E-3", "0.001"), ("-1.5e2", "-150"),
        ("1.50", "1.50"), ("100", "100"), ("12345678901234567", "12345678901234567"), ("1.23456789012345", "1.23456789012345"),
        ("1.234567890123456", "1.23456789012346"), ("123456789012345.6", "123456789012346"), ("0.000000000000012", "0.000000000000012"),
        ("x", "x"), ("", ""), ("1,000", "1,000"), ("-0.30000000000000004", "-0.3"), ("1.0000000000000002", "1"), ("1e1234", "1e1234"),
        ("1." + "0" * 57 + "1", "1"), ("1." + "0" * 58 + "1", "1." + "0" * 58 + "1"),
    ],
)  # fmt: skip
def test_what_was_entered(number, was):
    """What programs write behind 15 digits was never entered; zeros that were printed stay. Texts of 60 characters are looked at."""
    assert entered(number) == was


@pytest.mark.parametrize(
    ("text", "number"),
    [("1982.0", "1982"), ("1982.000", "1982"), ("-5.0", "-5"), ("+5.0", "+5"), ("1982", "1982"), ("1982.5", "1982.5"), ("1982.", "1982."),
     ("x1982.0", "x1982.0"), ("", "")],
)  # fmt: skip
def test_whole_numbers(text, number):
    assert whole(text) == number


@pytest.mark.parametrize(
    ("text", "mark"),
    [("-2641.0", (-2641.0, 1)), ("1,310", (1310.0, 0)), ("1e+05", (100000.0, 0)), ("+1,234,567.89", (1234567.89, 2)), ("0.1234567891",
     (0.123456789, 9)),
     ("0.12345678949", (0.123456789, 9)), ("0.1234567895001", (0.123456790, 9)), ("1.5E1", (15.0, 0)), ("007", (7.0, 0))],
)  # fmt: skip
def test_a_plain_figure(text, mark):
    assert plain_figure(text) == Mark(*mark, "", None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("#N/A", "an error of the workbook"), ("1903-05-14", "with the format of a date or time"), ("12:00",
        "with the format of a date or time"),
        ("36.1%", "with a percent sign"), ("$1%", "with a percent sign"), ("$1,234", "with a currency sign"), ("(r)4",
        "with a flag, or brackets"),
        ("(1,234)", "with a flag, or brackets"), ("4 r", "with a flag, or brackets"), ("4r", "with a flag, or brackets"),
        ("12,34", "with digits grouped as this format does not"), ("-1,2", "with digits grouped as this format does not"),
        ("1234567890123456", "more than 15 digits"), ("1e123", "more than 15 digits"), ("1e1234", "more than 15 digits"), ("x",
        "no figure"),
        ("", "no figure"), ("--", "no figure"), ("1.2.3", "no figure"), (".5", "no figure"), ("1 2", "no figure"), ("#",
        "an error of the workbook"),
        ("x" * 60 + "%", "no figure"), ("x" * 59 + "%", "with a percent sign"), ("1" * 61, "more than 15 digits"),
    ],
)  # fmt: skip
def test_why_a_text_is_no_plain_figure(text, reason):
    with pytest.raises(FigureError) as caught:
        plain_figure(text)
    assert str(caught.value) == reason


def test_commas_group_only_where_they_may():
    assert plain_figure("1,310", is_grouped=True).value == 1310
    for text in ("1,310", "1,3"):
        with pytest.raises(FigureError, match="with digits grouped as this format does not"):
            plain_figure(text, is_grouped=False)


@pytest.mark.parametrize(
    "text",
    ["1", "-1,234.5", "(1.5)", "$5", "50%", "[3]", "1 2", "12:30", "2020-01-01", "(r) 4", "4 r", "4r", "5 days", "1 day", "#N/A",
     "#DIV/0!", "#NAME?",
     "=", "=A1+B2", "1*", "1" * 60],
)  # fmt: skip
def test_what_a_person_would_take_for_a_figure(text):
    assert resembles_figure(text)


@pytest.mark.parametrize("text", ["", "-", "--", "x", "(r)", "4rs", "5 dayss", "r4", "4 rx", "# 1", "#n/a", "Q1", "1" * 61, "$", "a1b"])
def test_what_nobody_would_take_for_a_figure(text):
    assert not resembles_figure(text)
