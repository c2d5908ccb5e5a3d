"""Exhibits 1 and 12 and the annual table: what each cell prints and where it stands, made files and published ones.

Figures of made files are those of ``made_files``; a test of a published file counts its figures by another program.
"""

import csv
import datetime as dt
import io
import json
import os
import subprocess
import sys
from collections import Counter

import openpyxl
import pandera.errors
import pdfplumber
import pytest
import python_calamine
from click.testing import CliRunner

from trade_assets.cli import NOTHING_TO_REVIEW, TO_REVIEW, UNREADABLE, main
from trade_assets.facts.frames import wide
from trade_assets.facts.tables import VALIDATED
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.models import MODELS
from trade_assets.identities.rules import rules_of
from trade_assets.reading import ReadError, read_document
from trade_assets.review.check import check_file
from trade_assets_tests.made_files import (
    annual,
    annual_book,
    annual_changes,
    annual_page,
    exhibit_1,
    exhibit_12,
    facts_of_made,
    goods_and_services,
    pdf,
    two_bases,
    xls,
    xlsx,
)
from trade_assets_tests.shared_documents import shared_sample

COLUMNS = [f"{flow}_{kind}_musd" for flow in ("balance", "exports", "imports") for kind in ("total", "goods", "services")]
TWO_BASES = [
    "balance_bop_musd", "balance_census_musd", "exports_bop_musd", "exports_adjustments_musd", "exports_census_musd",
    "imports_bop_musd", "imports_adjustments_musd", "imports_census_musd",
]  # fmt: skip


def read(data):
    return read_document(data, "made")


def values(reading, table, period):
    """The figures of a row, by column."""
    cells = reading.cells
    chosen = [i for i, place in enumerate(zip(cells["table"], cells["period"], strict=True)) if place == (table, period)]
    return {cells["column"][i]: cells["value"][i] for i in chosen}


def counts(reading):
    """Places of each identity that hold, are violated, and are not evaluable; those without places left out."""
    found = evaluate(rules_of(reading.family), Facts.of_reading(reading)).counts
    return {name: count for name, count in found.items() if any(count)}


def refused(data, expected):
    with pytest.raises(ReadError) as caught:
        read(data)
    assert expected in str(caught.value), str(caught.value)
    assert caught.value.todo
    return caught.value


def changed(rows, at, column, value):
    """The rows with one cell changed; ``at`` counts from 1, as in the sheet."""
    copy = [list(row) for row in rows]
    copy[at - 1] += [None] * (column + 1 - len(copy[at - 1]))
    copy[at - 1][column] = value
    return copy


# Exhibit 1, made


def test_years_to_date_stand_inside_every_year():
    reading = read(xlsx(exhibit_1(2019, (2021, 3), revised=["February"])))
    assert (reading.family, reading.product, reading.release_month, reading.published_date) == ("ft900", "exhibit_1", None, None)
    periods = list(dict.fromkeys(reading.cells["period"]))
    assert periods[:3] == ["2019", "2019-01/2019-03", "2019-01"]
    assert [p for p in periods if "/" in p] == ["2019-01/2019-03", "2020-01/2020-03", "2021-01/2021-03"]
    assert values(reading, "goods_and_services", "2020-01/2020-03") == dict(zip(COLUMNS, goods_and_services(13, 15), strict=True))
    unreleased = [p for p, gap in zip(reading.rows["period"], reading.rows["gap"], strict=True) if gap == "not_yet_released"]
    assert unreleased == [f"2021-{month:02d}" for month in range(4, 13)]
    flagged = {p for p, flags in zip(reading.cells["period"], reading.cells["flags"], strict=True) if flags == "r"}
    assert flagged == {"2019-02", "2020-02", "2021-02"}
    # 5 totals and 27 months plus the row as published last month, each three flows; sums of three columns likewise.
    assert counts(reading) == {
        "goods_plus_services_equals_total": (99, 0, 27), "balance_equals_exports_minus_imports": (99, 0, 27),
        "year_equals_sum_of_months": (45, 0, 0),
    }  # fmt: skip


def test_row_as_published_last_month_is_a_fact_of_the_release_before():
    reading = read(xlsx(exhibit_1(2019, (2021, 3))))
    assert values(reading, "goods_and_services_last_month", "2021-02") == dict(zip(COLUMNS, goods_and_services(26), strict=True))
    row = reading.rows["table"].index("goods_and_services_last_month")
    assert reading.rows["label"][row] == "February data as published last month:"
    measures = set(zip(reading.cells["table"], reading.cells["measure"], strict=True))
    assert measures == {("goods_and_services", "value"), ("goods_and_services_last_month", "value_last_month")}
    wrong = changed(exhibit_1(2019, (2021, 3)), 52, 4, 99_999)
    issue = counts(read(xlsx(wrong)))
    assert issue["goods_plus_services_equals_total"][1] == issue["balance_equals_exports_minus_imports"][1] == 1


def test_january_release_prints_a_year_to_date_of_one_month_and_december_of_the_year_before():
    reading = read(xlsx(exhibit_1(2024, (2026, 1), revised=["Jan. - Dec.", "Jan. -"])))
    assert values(reading, "goods_and_services", "2026-01/2026-01") == values(reading, "goods_and_services", "2026-01")
    assert values(reading, "goods_and_services", "2026-01") == dict(zip(COLUMNS, goods_and_services(25), strict=True))
    assert "2025-01/2025-01" in reading.cells["period"]
    assert set(values(reading, "goods_and_services_last_month", "2025-12")) == set(COLUMNS)
    flags = dict(zip(reading.cells["period"], reading.cells["flags"], strict=True))
    assert flags["2025"] == flags["2026-01/2026-01"] == "r" and flags["2026-01"] == ""
    # Both rows print January: a difference of 1 that two roundings would explain is none of rounding here.
    rows = exhibit_1(2024, (2026, 1))
    at = next(number for number, row in enumerate(rows, start=1) if row[:1] == ["2026"]) + 1
    found = evaluate(rules_of("ft900"), Facts.of_reading(read(xlsx(changed(rows, at, 9, rows[at - 1][9] + 1)))))
    assert [verdict.rule.name for verdict in found.violated] == ["year_equals_sum_of_months"]


def test_labels_are_read_with_their_spaces_and_marks():
    rows = exhibit_1(2024, (2025, 12), revised=["January", "Jan. - Dec."], to_date=False)
    rows[7][0], rows[8][0] = "Jan.- Dec.", "\u00a0January  (R) "
    reading = read(xlsx(rows))
    assert reading.cells["period"][0] == "2024" and reading.cells["flags"][:10] == [""] * 9 + ["r"]
    assert reading.rows["label"][1] == "January (R)"


def test_columns_are_known_by_their_headings_not_by_their_order():
    rows = exhibit_1(2024, (2025, 12), to_date=False)
    order = [0, 9, 8, 7, 1, 3, 2, 6, 4, 5]  # imports first, each flow's columns mixed

    def mixed(row):
        padded = list(row) + [None] * (10 - len(row))
        return [padded[column] for column in order]

    mixed_rows = [*rows[:4], ["Period", "Imports", None, None, "Balance", None, None, "Exports"], *map(mixed, rows[5:])]
    reading, straight = read(xlsx(mixed_rows)), read(xlsx(rows))
    assert values(reading, "goods_and_services", "2025-05") == values(straight, "goods_and_services", "2025-05")
    assert counts(reading) == counts(straight)


@pytest.mark.parametrize(
    ("at", "column", "value", "expected"),
    [
        (6, 3, "Goods (1)", "below Balance one column each of Total, Goods"),
        (6, 3, "Freight", "below Balance one column each of Total, Goods"),
        (5, 4, "Balance", "the headings Balance, Exports, Imports, each once"),
        (4, 0, "In billions of dollars.", "the unit 'in millions of dollars'"),
        (2, 0, "Part B: NOT Seasonally Adjusted", "a line above the headings that says 'seasonally adjusted'"),
        (8, 0, "Jan. - Foo.", "a range of months of 2019"),
        (10, 0, "Janvier", "the row 'January' of 2019"),
        (22, 0, "2021", "the year 2020"),
        (12, 4, "n/a", "a figure of 2019-03, found 'n/a' in cell E12 of sheet '1'"),
        (12, 4, "=1+1", "a figure of 2019-03, found a formula without its value in E12 of sheet '1': '=1+1'"),
        (12, 4, None, "9 figures of 2019-03, found 8; nothing under Exports Total"),
        (12, 4, "TRUE", "a figure of 2019-03, found 'TRUE'"),
        (12, 4, "0.1.2", "a figure of 2019-03"),
        (44, 4, 17, "no figures after 2021-03"),
        (51, 0, "March data as published last month:", "the line 'February data as published last month:'"),
        (52, 0, "February", "the figures of 2021-02 in a row without a label"),
        (53, 0, "Source: the Bureau.", "the next year, the figures as published last month, or the notes"),
        (54, 4, 12, "no figures below the notes"),
    ],
)
def test_what_the_exhibit_does_not_print_is_refused(at, column, value, expected):
    error = refused(xlsx(changed(exhibit_1(2019, (2021, 3)), at, column, value)), expected)
    assert error.line is not None


def test_a_row_printed_twice_or_lost_is_refused():
    rows = exhibit_1(2019, (2021, 3))
    refused(xlsx(rows[:9] + rows[8:]), "one row of 2019-01/2019-03, found a second one")
    refused(xlsx(rows[:11] + rows[12:]), "the row 'March' of 2019")
    refused(xlsx(rows[:40]), "the row 'March' of 2021, found the end of the table's sheet")
    refused(xlsx(rows[:52]), "or the notes that close the table, found the end of the table's sheet")
    refused(xlsx(rows + rows), "the table's title once in a sheet")


def test_figures_beside_the_table_and_in_other_sheets_are_listed_as_unread(tmp_path):
    wide = changed(exhibit_1(2019, (2021, 3)), 12, 232, 4711)  # 233 columns
    path = tmp_path / "exh1.xlsx"
    path.write_bytes(xlsx(wide, [["a figure", 7.5]]))
    result = CliRunner().invoke(main, ["check", "--format", "json", str(path)])
    assert result.exit_code == NOTHING_TO_REVIEW, result.output
    assert json.loads(result.output)[0]["unread"] == [
        {"sheet": "1", "cell": "HY12", "text": "4711", "reason": "beside the columns of the table"},
        {"sheet": "more 1", "cell": "B1", "text": "7.5", "reason": "in no table that is read"},
    ]
    assert "2 other figures in no table that is read" in CliRunner().invoke(main, ["check", str(path)]).output


def test_errors_in_the_table_are_no_blanks():
    rows = exhibit_1(2019, (2021, 3))
    refused(xlsx(changed(rows, 12, 4, "#N/A")), "a figure of 2019-03, found '#N/A' in cell E12 of sheet '1' (an error of the workbook)")
    # April 2021, not yet released.
    april = next(number for number, row in enumerate(rows, start=1) if number > 40 and row[:1] == ["April"])
    refused(xlsx(changed(rows, april, 4, "#N/A")), "no figures after 2021-03, the last month of the rows above, found 'April | #N/A'")
    refused(xls(changed(annual(1960, 1969), 9, 3, "#N/A")), "a figure of 1962, found '#N/A' in cell D9")
    refused(xlsx(changed(rows, 54, 4, "#N/A")), "no figures below the notes")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (dt.date(1903, 5, 14), "'1903-05-14' in cell E12 of sheet '1' (with the format of a date or time; as a number, from 1900: 1230)"),
        (dt.date(1900, 2, 1), "as a number, from 1900: 32)"),
        (dt.time(12), "'12:00:00' in cell E12 of sheet '1' (with the format of a date or time)"),
        (12345678901234567, "(more than 15 digits)"),
        ("36.1%", "'36.1%' in cell E12 of sheet '1' (with a percent sign)"),
        ("$1,234", "(with a currency sign)"),
        ("(r)1234", "(with a flag, or brackets)"),
        ("12,34", "(with digits grouped as this format does not)"),
        ("x" * 300, "in cell E12 of sheet '1' (no figure)"),
    ],
)
def test_a_cell_of_the_table_is_a_plain_figure(value, found):
    """1903-05-14 is what a spreadsheet shows for 1230 with the format of a date; 1900-02-01 for 32."""
    refused(xlsx(changed(exhibit_1(2019, (2021, 3)), 12, 4, value)), found)


def test_pages_group_by_thousands_and_only_so():
    lines = annual_page(1960, 1969)
    lines[8][4] = (lines[8][4][0], "13,10")
    refused(pdf(lines), "'13,10' in page 1")


def test_whatever_could_be_a_figure_beside_the_table_is_listed():
    listed = [1 / 3, 10**20, "#N/A", dt.date(2025, 1, 31), dt.time(12), "(5)", "1,234 (r)", "(r)4.0", "5 p", "36.1%", "$1,234.5", -7]
    beside = changed(exhibit_1(2019, (2021, 3)), 12, 20, 4711)
    for at, value in enumerate(listed, start=13):
        beside = changed(beside, at, 20, value)
    texts = ["a figure", "n/a", "-", "Table 3 of 5", "x" * 500]
    unread = read(xlsx(beside, [texts, ["#DIV/0!"]])).unread
    assert unread["text"] == [
        "4711", "0.333333333333333", "1" + "0" * 20, "#N/A", "2025-01-31", "12:00:00", *listed[5:11], "-7", "#DIV/0!",
    ]  # fmt: skip
    assert unread["cell"][:3] == ["U12", "U13", "U14"] and unread["reason"][-1] == "in no table that is read"


def test_a_published_formula_without_its_value_is_named_by_its_cell():
    refused(shared_sample("cases/exhibit_formula_without_value.xlsx").read_bytes(), "a formula without its value in B12 of sheet '1'")


def test_a_formula_without_its_value_is_named_by_its_cell():
    rows = exhibit_1(2019, (2021, 3))
    for at, column, cell in ((8, 1, "B8"), (52, 9, "J52")):
        refused(xlsx(changed(rows, at, column, "=A1+B$2")), f"a formula without its value in {cell} of sheet '1': '=A1+B$2'")
    # Beside the table it may be a figure that is not read.
    assert read(xlsx(changed(rows, 12, 20, "=SUM(B8:B9)"))).unread["text"] == ["=SUM(B8:B9)"]


def test_years_that_a_program_wrote_as_floats_are_years():
    rows = annual(1960, 1969)
    floats = [[f"{row[0]}.0", *row[1:]] if isinstance(row[0], int) else row for row in rows]
    for data in (xlsx(floats), xls(floats)):
        assert read(data).cells["period"] == read(xls(rows)).cells["period"]
    years = [[f"{row[0]}.0"] if row and row[0] in {"2019", "2020", "2021"} else row for row in exhibit_1(2019, (2021, 3))]
    assert read(xlsx(years)).cells == read(xlsx(exhibit_1(2019, (2021, 3)))).cells


# Sheet by sheet, made


def test_a_copy_of_a_sheet_is_read_once_whether_hidden_or_not():
    rows = exhibit_1(2019, (2021, 3))
    alone = read(xlsx(rows))
    for hidden, called in (((), "the sheet 'more 1'"), ((1,), "the hidden sheet 'more 1'")):
        reading = read(xlsx(rows, rows, hidden=hidden))
        assert (reading.cells, reading.rows, reading.series, reading.unread) == (alone.cells, alone.rows, alone.series, alone.unread)
        assert reading.notes == [f"{called} is a copy of the sheet '1' and read once"]
    # The visible one is read, wherever it stands.
    reading = read(xlsx(rows, rows, hidden=(0,)))
    assert set(reading.cells["sheet"]) == {"more 1"} and reading.cells["value"] == alone.cells["value"]
    assert read(xlsx([["a figure", 7.5]], rows, hidden=(1,))).notes == [
        "a table is read from the hidden sheet 'more 1'", "the sheet '1' holds no table that is read",
    ]  # fmt: skip
    # A copy with other notes below it, and figures that a program wrote otherwise, is a copy.
    as_texts = [[f"{value}" if isinstance(value, int) else value for value in row] for row in rows]
    assert read(xlsx(rows, [*as_texts, ["printed twice"]])).cells == alone.cells


def test_a_figure_in_which_copies_differ_is_an_issue(tmp_path):
    """E12 of one sheet is 100 too much: exports of March 2019 are then not goods plus services, nor those of the other sheet."""
    rows = exhibit_1(2019, (2021, 3))
    wrong = changed(rows, 12, 4, rows[11][4] + 100)
    for sheets, sheet in (((rows, wrong), "more 1"), ((wrong, rows), "1")):
        path = tmp_path / "exh1.xlsx"
        path.write_bytes(xlsx(*sheets, hidden=(1,)))
        result = CliRunner().invoke(main, ["check", "--format", "json", str(path)])
        assert result.exit_code == TO_REVIEW
        (found,) = json.loads(result.output)
        (issue,) = found["issues"]
        places = {(cell["sheet"], cell["cell"]) for violated in issue["violated"] for cell in violated["cells"]}
        assert {("1", "E12"), ("more 1", "E12")} <= places
        suspect = issue["suspects"][0]
        assert (suspect["sheet"], suspect["cell"], suspect["proposal"]) == (sheet, "E12", str(rows[11][4]))
        assert found["notes"] == ["the hidden sheet 'more 1' prints 1 figures otherwise than the sheet '1'; both are read"]
        agree = {each["identity"]: each["violated"] for each in found["verdicts"]}["sheets_of_one_table_agree"]
        assert agree == 1


def test_sheets_that_print_one_table_of_other_periods_are_refused():
    error = refused(xlsx(exhibit_1(2019, (2021, 3)), exhibit_1(2019, (2021, 2)), hidden=(1,)), "2019-01/2019-02 in one of them only")
    assert "in the hidden sheet 'more 1' the periods of the sheet '1'" in error.expected
    refused(xls(annual(1960, 1969), annual(1960, 1968)), "1969 in one of them only")


def test_two_exhibits_in_one_workbook_are_both_read():
    first, other = read(xlsx(exhibit_1(2019, (2021, 3)))), read(xlsx(exhibit_12(2025)))
    for sheets in ((exhibit_1(2019, (2021, 3)), exhibit_12(2025)), (exhibit_12(2025), exhibit_1(2019, (2021, 3)))):
        reading = read(xlsx(*sheets))
        assert (reading.product, reading.notes) == ("exhibit_1_and_12", [])
        for name in ("table", "series", "measure", "period", "value", "cell"):
            assert sorted(map(str, reading.cells[name])) == sorted(map(str, (*first.cells[name], *other.cells[name])))
        assert reading.rows["row"] == list(range(len(first.rows["row"]) + len(other.rows["row"])))
        assert counts(reading) == {**counts(first), **counts(other)}


def test_a_sheet_that_is_not_known_is_listed_with_the_reason():
    reading = read(xlsx(exhibit_1(2019, (2021, 3)), [["A note"], ["without a figure"]], [["7.5"]]))
    assert [(sheet, text) for sheet, text in zip(reading.unread["sheet"], reading.unread["text"], strict=True)] == [
        ("more 1", "A note"), ("more 2", "7.5"),
    ]  # fmt: skip
    assert set(reading.unread["reason"]) == {"in no table that is read"}
    assert reading.notes == [f"the sheet 'more {number}' holds no table that is read" for number in (1, 2)]


# Changes on the year before, made


def test_changes_on_the_year_before_are_facts_of_their_own():
    reading = read(annual_book(1960, 1969))
    # The made figures of 1963 are those of month 4: exports of goods 1028 after 1021, a balance of goods of -392 after -394.
    changes = {
        (series, measure): (value, decimals)
        for series, measure, period, value, decimals in zip(
            *(reading.cells[name] for name in ("series", "measure", "period", "value", "decimals")), strict=True
        )
        if period == "1963"
    }
    assert changes["exports.goods", "change_on_year"] == (7, 0) and changes["balance.goods", "change_on_year"] == (2, 0)
    assert changes["exports.goods", "percent_change_on_year"] == (round(700 / 1021, 7), 7)
    assert changes["balance.goods", "percent_change_on_year"] == (round(-200 / 394, 7), 7)
    assert (reading.product, reading.release_month) == ("annual", "2016-02")
    gaps = [(table, period) for table, period, gap in zip(*(reading.rows[n] for n in ("table", "period", "gap")), strict=True) if gap]
    assert gaps == [("annual_dollar_change", "1960"), ("annual_percent_change", "1960")]
    assert counts(reading) == {
        "goods_plus_services_equals_total": (30, 0, 0), "balance_equals_exports_minus_imports": (30, 0, 0),
        "change_on_year_equals_difference_of_years": (81, 0, 0), "percent_change_on_year_matches_years": (81, 0, 0),
    }  # fmt: skip
    frame = wide(facts_of_made(annual_book(1960, 1969)), next(table for table in VALIDATED if table.name == "annual_changes"))
    row = frame[(frame["series"] == "exports.goods") & (frame["period"] == "1963")].iloc[0]
    assert (row["dollar_change_musd"], row["percent_change_pct"]) == (7, round(700 / 1021, 7)) and len(frame) == 90


@pytest.mark.parametrize(
    ("sheet", "at", "column", "value", "cell", "proposal"),
    [
        ("changes", 10, 5, 70, "F10", "7"),  # exports of goods, 1963
        ("changes", 10, 2, -2, "C10", "2"),  # the balance of goods
        ("percent", 10, 5, 70 / 1021, "F10", f"{700 / 1021:.7f}"),
        ("percent", 10, 2, 2 / 394, "C10", f"{-200 / 394:.7f}"),
        ("levels", 10, 2, -329, "C10", "-392"),  # divides the change of 1964
        ("levels", 10, 5, 1082, "F10", "1028"),
    ],
)
def test_a_wrong_change_or_level_is_named(tmp_path, sheet, at, column, value, cell, proposal):
    sheets = {
        "levels": annual(1960, 1969), "percent": annual_changes(1960, 1969, is_percent=True), "changes": annual_changes(1960, 1969),
    }  # fmt: skip
    sheets[sheet] = changed(sheets[sheet], at, column, value)
    path = tmp_path / "gands.xls"
    path.write_bytes(xls(*sheets.values()))
    (found,) = json.loads(CliRunner().invoke(main, ["check", "--format", "json", str(path)]).output)
    (issue,) = found["issues"]
    suspect = issue["suspects"][0]
    name = {"levels": "BOP History", "percent": "more 1", "changes": "more 2"}[sheet]
    assert (suspect["sheet"], suspect["cell"], suspect["proposal"], issue["certainty"]) == (name, cell, proposal, "certain")


def test_a_sheet_of_changes_is_read_whole_or_refused():
    levels, changes = annual(1960, 1969), annual_changes(1960, 1969)
    assert read(xls(levels, changes[:-2])).notes == ["the sheet 'more 1' ends with the change to 1967, the table itself with 1969"]
    assert read(xls(levels, [*changes, ["NOTE: closed"]])).notes == []
    refused(xls(levels, changes[:9] + changes[10:]), "the year 1963, or the notes that close the table, found '1964 | ")
    refused(xls(levels, changed(changes, 10, 5, None)), "9 figures of the change to 1963, found 8; nothing under Exports Goods BOP")
    refused(xls(levels, [*changes[:7], [1961], *changes[8:]]), "9 figures of the change to 1961, found 0")
    refused(xls(levels, changes[:7]), "figures below the headings, found none: an empty template")
    refused(xls(levels, changed(changes, 10, 5, "#N/A")), "a figure of the change to 1963, found '#N/A' in cell F10 of sheet 'more 1'")
    # Without the table itself nothing says what changed.
    refused(xls(changes), "the unit 'in millions of dollars' above the headings")


# Exhibit 12 and the annual table, made


def test_exhibit_12_has_eight_columns_of_series_of_its_own():
    reading = read(xlsx(exhibit_12(2025), title="12"))
    assert (reading.product, reading.cells["sheet"][0], reading.cells["cell"][0]) == ("exhibit_12", "12", "B8")
    assert values(reading, "goods_on_two_bases", "2025-04") == dict(zip(TWO_BASES, two_bases(4), strict=True))
    assert values(reading, "goods_on_two_bases_last_month", "2025-11") == dict(zip(TWO_BASES, two_bases(11), strict=True))
    assert not set(reading.series["series"]) & set(read(xlsx(exhibit_1(2019, (2021, 3)))).series["series"])
    assert set(reading.series["seasonal_adjustment"]) == {"not seasonally adjusted"}
    # One year, twelve months and the row of last month: two flows with adjustments, two balances; a year for each column.
    assert counts(reading) == {
        "bop_basis_equals_census_basis_plus_adjustments": (28, 0, 0), "goods_balance_equals_exports_minus_imports": (28, 0, 0),
        "year_of_goods_equals_sum_of_months": (8, 0, 0),
    }  # fmt: skip


def test_a_wrong_adjustment_is_named_by_its_cell(tmp_path):
    path = tmp_path / "exh12.xlsx"
    path.write_bytes(xlsx(changed(exhibit_12(2025), 12, 4, 50), title="12"))
    result = CliRunner().invoke(main, ["check", "--format", "json", str(path)])
    assert result.exit_code == TO_REVIEW
    (issue,) = json.loads(result.output)[0]["issues"]
    suspect = issue["suspects"][0]
    assert (suspect["sheet"], suspect["cell"], suspect["text"], suspect["proposal"]) == ("12", "E12", "50", "5")
    assert issue["certainty"] == "certain" and not {"line", "start", "end", "page", "box"} & set(suspect)
    assert issue["title"].startswith("E12: 50 (exports.goods_adjustments_nsa 2025-04) is wrong, probably 5")
    text = CliRunner().invoke(main, ["check", str(path)]).output
    assert "E12 | April | " in text and "at D12: " in text and "line" not in text.replace("lines", "")


@pytest.mark.parametrize(
    ("column", "change", "check"),
    [
        ("exports_adjustments_musd", 40, "bop_basis_equals_census_basis_plus_adjustments"),
        ("balance_census_musd", 40, "goods_balance_equals_exports_minus_imports"),
        ("balance_census_musd", 40, "year_of_goods_equals_sum_of_months"),
    ],
)
def test_the_wide_table_of_exhibit_12_is_checked_by_its_model(column, change, check):
    table = next(table for table in VALIDATED if table.name == "goods_on_two_bases")
    frame = wide(facts_of_made(xlsx(exhibit_12(2025))), table)
    MODELS[table.name].validate(frame)
    assert list(frame["period"])[:2] == ["2025", "2025-01"] and len(frame) == 13
    frame.loc[frame["period"] == "2025", column] += change
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        MODELS[table.name].validate(frame, lazy=True)
    assert check in set(raised.value.failure_cases["check"])


def test_annual_workbook_states_its_day_and_has_no_sums_over_months():
    reading = read(xls(annual(1960, 1969)))
    assert (reading.family, reading.product, reading.published_date, reading.release_month) == ("ft900", "annual", "2016-02-05", "2016-02")
    assert values(reading, "goods_and_services", "1963") == dict(zip(COLUMNS, goods_and_services(4), strict=True))
    assert counts(reading) == {"goods_plus_services_equals_total": (30, 0, 0), "balance_equals_exports_minus_imports": (30, 0, 0)}
    assert reading.unread["text"] == []
    assert read(xls(annual(1960, 1969, date="updated"))).release_month is None
    dated = read(xlsx(annual(1960, 1969, date=dt.date(2016, 2, 5))))
    assert (dated.published_date, dated.unread["text"]) == ("2016-02-05", [])


@pytest.mark.parametrize(
    ("at", "column", "value", "expected"),
    [
        (9, 0, 1963, "the year 1962 of 1960 through 1969"),
        (4, 0, "since 1960", "one line 'YYYY through YYYY' above the headings"),
        (9, 3, "(D)", "a figure of 1962, found '(D)' in cell D9 of sheet 'BOP History'"),
        (17, 0, 1970, "the name of the Census Bureau"),
        (6, 2, "Goods CIF", "below Balance one column each of"),
        (1, 1, "March 5, 2016", "one day of publication above the headings, found 2016-02-05 and 2016-03-05"),
        (1, 0, "December 30, 1969", "after the last year of the table, 1969-12-31 or later, found 1969-12-30"),
        (4, 0, "1969 through 1960", "a first year that is not after the last, found '1969 through 1960'"),
        (3, 1, "1960 through 1968", "one line 'YYYY through YYYY' above the headings, found 1960 through 1968; 1960 through 1969"),
    ],
)
def test_what_the_annual_table_does_not_print_is_refused(at, column, value, expected):
    refused(xls(changed(annual(1960, 1969), at, column, value)), expected)


def test_page_and_workbook_of_the_annual_table_say_the_same():
    page, book = read(pdf(annual_page(1960, 1969))), read(xls(annual(1960, 1969)))
    for name in ("table", "column", "series", "measure", "period", "value", "decimals", "unit"):
        assert page.cells[name] == book.cells[name], name
    assert page.cells["text"][3] == "1,310" and set(page.cells["page"]) == {1} and set(page.cells["sheet"]) == {None}
    # Left = right edge less the letters' width; Courier takes 3.6 points a letter.
    x0, top, x1, bottom = map(float, page.cells["box"][3].split())
    assert (x0, x1) == (280 - 5 * 3.6, 280) and 0 < bottom - top < 9
    assert (page.release_month, book.release_month) == (None, "2016-02")


def test_a_figure_that_a_page_lacks_is_missed_in_its_own_column():
    refused(pdf(annual_page(1960, 1969, without=(1964, 4))), "9 figures of 1964, found 8; nothing under Exports Goods BOP")


def test_a_page_cut_in_two_goes_on():
    lines = annual_page(1960, 1969)
    reading = read(pdf(lines[:11], lines[11:]))
    assert Counter(reading.cells["page"]) == {1: 45, 2: 45}


# The command line


def test_cells_locates_by_sheet_and_cell_or_page_and_box(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(xlsx(exhibit_1(2019, (2021, 3))))
    (tmp_path / "b.pdf").write_bytes(pdf(annual_page(1960, 1969)))
    result = CliRunner().invoke(main, ["cells", str(tmp_path / "a.xlsx"), str(tmp_path / "b.pdf")])
    assert result.exit_code == NOTHING_TO_REVIEW
    rows = list(csv.DictReader(io.StringIO(result.output)))
    assert list(rows[0]) == [
        "table", "series", "measure", "period", "value", "decimals", "unit", "flags", "line", "start", "end", "text",
        "sheet", "cell", "page", "box",
    ]  # fmt: skip
    assert all(row["line"] == row["start"] == row["end"] == "" for row in rows)
    assert (rows[0]["sheet"], rows[0]["cell"], rows[0]["page"], rows[0]["box"]) == ("1", "B8", "", "")
    assert (rows[-1]["sheet"], rows[-1]["cell"], rows[-1]["page"]) == ("", "", "1") and len(rows[-1]["box"].split()) == 4
    shown = json.loads(CliRunner().invoke(main, ["cells", "--format", "json", str(tmp_path / "b.pdf")]).output)
    assert shown[0]["line"] is None and shown[0]["page"] == 1 and shown[0]["text"] == f"{goods_and_services(1)[0]:,}"


def test_a_wrong_figure_of_a_page_is_named_by_page_and_box(tmp_path):
    lines = annual_page(1960, 1969)
    year = lines[8]
    year[4] = (year[4][0], "9,999")
    path = tmp_path / "annual.pdf"
    path.write_bytes(pdf(lines))
    result = CliRunner().invoke(main, ["check", "--format", "json", str(path)])
    assert result.exit_code == TO_REVIEW
    (issue,) = json.loads(result.output)[0]["issues"]
    assert issue["suspects"][0]["page"] == 1 and issue["suspects"][0]["text"] == "9,999" and "line" not in issue["suspects"][0]
    assert {cell["page"] for verdict in issue["violated"] for cell in verdict["cells"]} == {1}
    assert "page 1 | " in CliRunner().invoke(main, ["check", str(path)]).output


def test_an_unreadable_file_does_not_stop_the_others(tmp_path):
    (tmp_path / "bad.xlsx").write_bytes(xlsx(exhibit_1(2019, (2021, 3)))[:3000])
    (tmp_path / "good.xlsx").write_bytes(xlsx(exhibit_1(2019, (2021, 3))))
    result = CliRunner().invoke(main, ["check", str(tmp_path / "bad.xlsx"), str(tmp_path / "good.xlsx")])
    assert result.exit_code == UNREADABLE
    assert result.stderr.count("\n") == 1 and "bad.xlsx: expected a workbook" in result.stderr
    assert "Nothing to review" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Unix")
@pytest.mark.parametrize(("files", "status"), [(["a.xlsx"], NOTHING_TO_REVIEW), (["none.xlsx", "a.xlsx"], UNREADABLE)])
def test_a_reader_that_has_gone_changes_nothing(tmp_path, files, status):
    """As ``trade-assets cells FILE | head -1`` does: the pipe is closed before the figures are written."""
    (tmp_path / "a.xlsx").write_bytes(xlsx(exhibit_1(2019, (2021, 3))))
    for command in (["cells"], ["cells", "--format", "json"], ["check"]):
        reader, writer = os.pipe()
        os.close(reader)
        code = "from trade_assets.cli import main; main()"
        run = subprocess.run(
            [sys.executable, "-c", code, *command, *files], stdout=writer, stderr=subprocess.PIPE, cwd=tmp_path, check=False,
            encoding="utf-8", env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
        os.close(writer)
        assert run.returncode == status and run.stderr.count("\n") == (status == UNREADABLE), (command, run.stderr)


# Published files


def numbers_of(path):
    """Number cells below the headings of a workbook's only sheet, by address, as another program reads them."""
    sheet = openpyxl.load_workbook(path, data_only=True).active
    return {
        cell.coordinate: cell.value for row in sheet.iter_rows(min_row=7, min_col=2) for cell in row if isinstance(cell.value, int | float)
    }


@pytest.mark.parametrize(
    ("name", "figures", "sums", "years"),
    [
        ("ft900-exhibit-1/exh1_2021-03.xlsx", 297, 99, 45),
        ("ft900-exhibit-1/exh1_2021-05.xlsx", 315, 105, 45),
        ("ft900-exhibit-1/exh1_2021-12.xlsx", 360, 120, 27),
        ("ft900-exhibit-1/exh1_2025-12.xlsx", 360, 120, 27),
        ("ft900-exhibit-12/exh12_2025-12.xlsx", 320, 80, 24),
    ],
)
def test_every_number_of_a_published_exhibit_is_read_and_all_identities_hold(name, figures, sums, years):
    """Counts: rows with figures times columns; three sums a row, or two; a year for each column, and a year to date."""
    path = shared_sample(name)
    checked = check_file(path)
    cells = checked.reading.cells
    assert dict(zip(cells["cell"], cells["value"], strict=True)) == numbers_of(path)
    assert len(cells["cell"]) == figures and checked.reading.unread["line"] == []
    found = {rule: count for rule, count in checked.evaluation.counts.items() if any(count)}
    assert [count[:2] for count in found.values()] == [(sums, 0), (sums, 0), (years, 0)]
    assert checked.issues == []
    lines = checked.reading.printed
    places = zip(*(cells[column] for column in ("line", "start", "end", "text")), strict=True)
    assert all(lines[line - 1][start:end] == text for line, start, end, text in places)


def test_revised_marks_of_published_exhibits():
    revised = {}
    for name in ("2021-03", "2021-05", "2021-12", "2025-12"):
        cells = check_file(shared_sample(f"ft900-exhibit-1/exh1_{name}.xlsx")).reading.cells
        revised[name] = sorted({p for p, flags in zip(cells["period"], cells["flags"], strict=True) if "r" in flags})
    assert revised["2021-03"] == ["2021-02"] and revised["2021-05"] == ["2021-04"]  # restated years carry no mark
    assert revised["2021-12"] == [f"2021-{month:02d}" for month in range(1, 12)]
    assert revised["2025-12"] == [f"2025-{month:02d}" for month in range(1, 12)]


def test_every_number_of_the_published_annual_workbook_is_read_and_all_identities_hold():
    xlrd = pytest.importorskip("xlrd", reason="another reader of .xls")
    path = shared_sample("census-gands/gands_annual_1960-2015.xls")
    sheet = xlrd.open_workbook(path).sheet_by_index(0)
    numbers = [cell.value for row in range(6, sheet.nrows) for cell in sheet.row(row)[1:] if cell.ctype == xlrd.XL_CELL_NUMBER]
    checked = check_file(path)
    assert checked.reading.cells["value"] == numbers and len(numbers) == 56 * 9
    assert (checked.release_month, checked.reading.published_date) == ("2016-02", "2016-02-05")
    assert {name: count for name, count in checked.evaluation.counts.items() if any(count)} == {
        "goods_plus_services_equals_total": (168, 0, 0), "balance_equals_exports_minus_imports": (168, 0, 0),
    }  # fmt: skip
    assert checked.issues == []


def test_every_sheet_of_the_published_annual_workbook_is_read():
    """Expected: the numbers as another use of the parser gives them, percent changes times 100 to seven decimals."""
    path = shared_sample("census-historical/gands_2014-03.xls")
    sheets = {}
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        for name in book.sheet_names:
            sheets[name] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    checked = check_file(path)
    cells = checked.reading.cells
    found = {(sheet, cell): value for sheet, cell, value in zip(cells["sheet"], cells["cell"], cells["value"], strict=True)}
    expected = {}
    for name, last, factor in (("BOP History", 2013, 1), ("Dollar Change", 2011, 1), ("Percent Change", 2011, 100)):
        for at, row in enumerate(sheets[name], start=1):
            if isinstance(row[0], float) and 1960 <= row[0] <= last:
                expected |= {(name, f"{'ABCDEFGHIJ'[n]}{at}"): round(factor * v, 7) for n, v in enumerate(row[:10]) if n and v != ""}
    assert found == expected and len(found) == 9 * (54 + 51 + 51)
    assert (checked.reading.published_date, checked.release_month, checked.issues) == ("2014-03-07", "2014-03", [])
    # 54 years, three sums and three balances each; 51 changes of nine columns, twice.
    assert counts(checked.reading) == {
        "goods_plus_services_equals_total": (162, 0, 0), "balance_equals_exports_minus_imports": (162, 0, 0),
        "change_on_year_equals_difference_of_years": (459, 0, 0), "percent_change_on_year_matches_years": (459, 0, 0),
    }  # fmt: skip
    assert set(checked.reading.unread["sheet"]) == {"BOP History XML"}
    assert "the sheet 'BOP History XML' holds no table that is read" in checked.reading.notes


def test_nine_years_of_the_published_annual_page_miss_their_balance_by_two():
    """Expected: integers of the page's text, and where |balance − (exports − imports)| exceeds 1, for each of three kinds."""
    path = shared_sample("census-gands/gands_annual_1960-2024.pdf")
    with pdfplumber.open(path) as document:
        lines = [line.split() for line in document.pages[0].extract_text().split("\n")]
    printed = {words[0]: [int(word.replace(",", "")) for word in words[1:]] for words in lines if len(words) == 10 and words[0].isdigit()}
    missed = sorted(
        (year, kind) for year, row in printed.items() for kind in range(3) if abs(row[kind] - row[3 + kind] + row[6 + kind]) > 1
    )
    checked = check_file(path)
    cells = checked.reading.cells
    assert len(printed) == 65 and cells["value"] == [figure for row in printed.values() for figure in row]
    assert checked.evaluation.counts["balance_equals_exports_minus_imports"] == (195 - 13, 13, 0)
    assert checked.evaluation.counts["goods_plus_services_equals_total"] == (195, 0, 0)
    violated = [(issue.place(verdict.cells[0]).period, verdict) for issue in checked.issues for verdict in issue.violated]
    assert sorted(period for period, _ in violated) == [year for year, _ in missed] and len(missed) == 13
    assert sorted({period for period, _ in violated}) == ["1960", "1968", "1971", "1972", "1977", "1979", "1982", "1984", "1988"]
    assert all(abs(verdict.gap) == 2 and verdict.allowed == 1 for _, verdict in violated)
    assert len(checked.issues) == 13
