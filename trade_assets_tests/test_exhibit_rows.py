"""Exhibits and the annual table row by row: what each refusal says, of which line, and what stands in which column."""

import pytest

from trade_assets.families.ft900 import annual as annual_table
from trade_assets.families.ft900 import exhibits
from trade_assets.reading.errors import ReadError
from trade_assets_tests.grids import grid
from trade_assets_tests.made_files import annual, annual_changes, exhibit_1, exhibit_12, goods_and_services, two_bases
from trade_assets_tests.refusals import refusal

COMPARE = "compare the document with the publisher's; it may be cut or altered"
COLUMNS = [f"{flow}_{kind}_musd" for flow in ("balance", "exports", "imports") for kind in ("total", "goods", "services")]


def _changed(rows, at, column, value):
    """The rows with another value in one place; rows count from 1, columns from 0."""
    row = [*rows[at - 1], *[None] * (column + 1 - len(rows[at - 1]))]
    return [*rows[: at - 1], [*row[:column], value, *row[column + 1 :]], *rows[at:]]


def _refused(read, rows, *more, **options):
    return refusal("a.xlsx", lambda: read(grid(rows, *more, **options)))


def _entries(columns, *names):
    return list(zip(*(columns[name] for name in names), strict=True))


# An Exhibit 1 of 2019 to March 2021: each year begins with its heading, its row or rows to date and twelve months.
ROWS = exhibit_1(2019, (2021, 3))


def test_an_exhibit_is_a_row_of_cells_per_period():
    reading = exhibits.read(grid(ROWS))
    assert (reading.family, reading.product, reading.publisher) == (
        "ft900", "exhibit_1", "U.S. Census Bureau and U.S. Bureau of Economic Analysis",
    )  # fmt: skip
    assert reading.title == "Exhibit 1. U.S. International Trade in Goods and Services"
    assert reading.notes == []
    periods = [
        *(p for year in (2019, 2020) for p in (str(year), f"{year}-01/{year}-03", *(f"{year}-{m:02}" for m in range(1, 13)))),
        "2021-01/2021-03", *(f"2021-{m:02}" for m in range(1, 13)), "2021-02",
    ]  # fmt: skip
    assert reading.rows["period"] == periods
    assert reading.rows["gap"] == [None] * 32 + ["not_yet_released"] * 9 + [None]
    assert reading.rows["line"] == [*range(8, 22), *range(23, 37), *range(38, 51), 52]
    assert reading.rows["table"] == ["goods_and_services"] * 41 + ["goods_and_services_last_month"]
    assert reading.rows["label"][-2:] == ["December", "February data as published last month:"]
    cells = reading.cells
    assert cells["column"] == COLUMNS * 33
    assert cells["series"][:9] == [name.removesuffix("_musd").replace("_", ".") for name in COLUMNS]
    assert cells["measure"] == ["value"] * 288 + ["value_last_month"] * 9
    assert set(cells["unit"]) == {"million_usd"}
    assert cells["value"][18:27] == goods_and_services(1)
    assert cells["value"][-9:] == goods_and_services(26)
    assert [(cells["sheet"][at], cells["cell"][at], cells["line"][at]) for at in (0, 8, -1)] == [
        ("1", "B8", 8),
        ("1", "J8", 8),
        ("1", "J52", 52),
    ]
    printed = grid(ROWS).printed
    assert [printed[line - 1][start:end] for line, start, end in _entries(cells, "line", "start", "end")] == cells["text"]
    assert _entries(reading.series, "series", "flow", "classification", "code", "label", "unit", "seasonal_adjustment", "basis")[1:5] == [
        ("balance.goods", "balance", "goods_and_services", "goods", "Balance, goods", "million_usd", "seasonally adjusted",
        "balance of payments"),
        ("balance.services", "balance", "goods_and_services", "services", "Balance, services", "million_usd", "seasonally adjusted",
         "balance of payments"),
        ("exports.total", "exports", "goods_and_services", "total", "Exports, total", "million_usd", "seasonally adjusted",
        "balance of payments"),
        ("exports.goods", "exports", "goods_and_services", "goods", "Exports, goods", "million_usd", "seasonally adjusted",
        "balance of payments"),
    ]  # fmt: skip
    assert reading.unread["line"] == []


def test_an_exhibit_12_is_of_two_bases():
    reading = exhibits.read(grid(exhibit_12(2025)))
    assert (reading.product, reading.title) == ("exhibit_12", "Exhibit 12. U.S. Trade in Goods")
    assert reading.cells["value"][:8] == two_bases(1, 12)
    assert set(reading.cells["table"]) == {"goods_on_two_bases", "goods_on_two_bases_last_month"}
    assert dict(_entries(reading.series, "series", "basis")) == {
        "balance.goods_bop_nsa": "balance of payments", "balance.goods_census_nsa": "Census",
         "exports.goods_bop_nsa": "balance of payments",
        "exports.goods_adjustments_nsa": "balance of payments", "exports.goods_census_nsa": "Census",
        "imports.goods_bop_nsa": "balance of payments", "imports.goods_adjustments_nsa": "balance of payments",
        "imports.goods_census_nsa": "Census",
    }  # fmt: skip
    assert set(reading.series["seasonal_adjustment"]) == {"not seasonally adjusted"}
    both = exhibits.read(grid(ROWS, exhibit_12(2025)))
    assert both.product == "exhibit_1_and_12"
    assert len(both.rows["row"]) == 42 + 14


def test_exhibits_are_recognised_by_their_whole_titles():
    assert exhibits.recognises(grid(ROWS)) and exhibits.recognises(grid([["x"]], exhibit_12(2025)))
    assert not exhibits.recognises(grid([["Exhibit 12. U.S. Trade in Goods by Country"]]))
    assert not exhibits.recognises(grid([["see Exhibit 12. U.S. Trade in Goods"]]))


def test_what_says_how_figures_are_adjusted_may_stand_anywhere_above_the_headings():
    rows = [["a first line"], ["a second line"], *ROWS[1:]]
    assert len(exhibits.read(grid(rows)).cells["row"]) == 33 * 9
    below = [ROWS[2], ROWS[1], *ROWS[3:]]
    assert len(exhibits.read(grid(below)).cells["row"]) == 33 * 9


def test_revised_rows_are_flagged():
    reading = exhibits.read(grid(exhibit_1(2019, (2021, 3), revised=("March", "Jan. - Dec."))))
    revised = {period for period, flags in _entries(reading.cells, "period", "flags") if flags == "r"}
    assert revised == {"2019", "2020", "2019-03", "2020-03", "2021-03"}
    assert set(reading.cells["flags"]) == {"", "r"}


@pytest.mark.parametrize(("label", "period"), [("Jan. - Mar.", "2021-01/2021-03"), ("Jan.-Mar", "2021-01/2021-03"),
                                               ("January - March (R)", "2021-01/2021-03"), ("Jan - Mar.(R)",
                                               "2021-01/2021-03")])  # fmt: skip
def test_ranges_as_they_are_written(label, period):
    assert exhibits.read(grid(_changed(ROWS, 38, 0, label))).rows["period"][28] == period


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        (_changed(ROWS, 2, 0, "Part A"), (7, "a line above the headings that says 'seasonally adjusted'", None)),
        (_changed(ROWS, 7, 0, "Year"), (7, "a year below the headings", "'Year' from cell A7 of sheet '1'")),
        (_changed(ROWS, 7, 1, 5), (7, "a year below the headings", "'2019 | 5' from cell A7 of sheet '1'")),
        (_changed(ROWS, 22, 0, "2021"), (22, "the year 2020", "'2021' from cell A22 of sheet '1'")),
        (_changed(ROWS, 22, 0, "2019"), (22, "the year 2020", "'2019' from cell A22 of sheet '1'")),
        (_changed(ROWS, 8, 0, "Jan. - Foo."), (8, "a range of months of 2019", None)),
        ([*ROWS[:7], *ROWS[9:]], (8, "the row 'Jan. - Dec.' of 2019, or its year to date", None)),
        (_changed(ROWS, 12, 0, "Marz"), (12, "the row 'March' of 2019", None)),
        (_changed(ROWS, 12, 0, "march"), (12, "the row 'March' of 2019", None)),
        ([*ROWS[:39], ["February"], *ROWS[40:]], (40, "figures of 2021-02, which a row above includes",
        "'February' from cell A40 of sheet '1'")),
        (_changed(ROWS, 42, 3, 17), (42, "no figures after 2021-03, the last month of the rows above",
        "'April | 17' from cell A42 of sheet '1'")),
        ([*ROWS[:8], ROWS[7], *ROWS[8:]], (9, "one row of 2019", "a second one from cell A9 of sheet '1'")),
        (_changed(ROWS, 51, 0, "March data as published last month:"), (
            51, "the line 'February data as published last month:', before 2021-03",
            "'March data as published last month:' from cell A51 of sheet '1'")),
        (_changed(ROWS, 51, 4, 1), (51, "the line 'February data as published last month:', before 2021-03", None)),
        (_changed(ROWS, 52, 0, "February"), (52, "the figures of 2021-02 in a row without a label", None)),
        (_changed(ROWS, 52, 4, None), (
            52, "9 figures of 2021-02 as published last month", "8; nothing under Exports Total from cell B52 of sheet '1'")),
        (_changed(ROWS, 53, 0, "Source"), (
            53, "the next year, the figures as published last month, or the notes that close the table",
             "'Source' from cell A53 of sheet '1'")),
        (ROWS[:52], (52, "the next year, the figures as published last month, or the notes that close the table",
                     "the end of the table's sheet")),
        ([*ROWS[:50], ["2022"], *ROWS[50:]], (51, "no further year after months without figures", "'2022' from cell A51 of sheet '1'")),
        (_changed(ROWS, 54, 4, 12), (54, "no figures below the notes that close the table", "'12' in cell E54 of sheet '1'")),
        (_changed(ROWS, 54, 4, "--"), (54, "no figures below the notes that close the table", "'--' in cell E54 of sheet '1'")),
        (_changed(ROWS, 12, 4, "x" * 50), (
            12, "a figure of 2019-03", f"{'x' * 40 + '… (50 characters)'!r} in cell E12 of sheet '1' (no figure)")),
        (_changed(ROWS, 12, 4, "=A1"), (12, "a figure of 2019-03", "a formula without its value in E12 of sheet '1': '=A1'")),
        (_changed(ROWS, 12, 4, "1900-02-29x"), (12, "a figure of 2019-03", "'1900-02-29x' in cell E12 of sheet '1' (with the format of a "
                                               "date or time)")),
        (_changed(ROWS, 12, 4, "1900-03-01"), (12, "a figure of 2019-03", "'1900-03-01' in cell E12 of sheet '1' (with the format of a "
                                              "date or time; as a number, from 1900: 61)")),
    ],
)  # fmt: skip
def test_what_an_exhibit_does_not_print(rows, refusal):
    line, expected, found, todo = _refused(exhibits.read, rows)
    assert (line, expected) == refusal[:2]
    assert refusal[2] is None or found == refusal[2]
    if "formula without" in found:
        assert todo == "open the workbook in a program that computes it and save it there, or fetch the publisher's own"
    elif expected.startswith("a figure of"):
        assert todo == "compare it with the publisher's; correct the figure, or its format, in a copy of the document"
    else:
        assert todo == COMPARE


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        (_changed(ROWS, 4, 0, "In billions"), (5, "the unit 'in millions of dollars' above the headings",
        "none from cell A5 of sheet '1'")),
        (_changed(ROWS, 5, 4, "Balance"), (
            5, "the headings Balance, Exports, Imports, each once", "'Period | Balance | Balance | Imports' from cell A5 of sheet '1'")),
        (ROWS[:4], (4, "the headings Balance, Exports, Imports below the title", "the end of the table's sheet")),
        (_changed(ROWS, 6, 3, "Freight"), (6, "below Balance one column each of Total, Goods, Goods BOP, Services",
                                           "Total, Goods (1), Freight from cell B6 of sheet '1'")),
        ([*ROWS[:5], ROWS[5][:4], *ROWS[6:]], (6, "below Exports one column each of Total, Goods, Goods BOP, Services",
                                               "none from cell B6 of sheet '1'")),
        (_changed(ROWS, 6, 10, "Total"), (6, "9 columns of figures, each in a place of its own", "10 from cell B6 of sheet '1'")),
        ([*ROWS[:4], ["Period", "Balance", *[None] * 5, "Exports", "Imports"], *ROWS[5:]], (6,
        "the columns of Exports below their heading", None)),
        ([*ROWS[:6], ["2019"], ["NOTE"]], (7, "figures below the headings", "none: an empty template from cell A7 of sheet '1'")),
        (ROWS + ROWS, (57, "the table's title once in a sheet", None)),
    ],
)  # fmt: skip
def test_headings_that_an_exhibit_does_not_print(rows, refusal):
    line, expected, found, todo = _refused(exhibits.read, rows)
    assert (line, expected) == refusal[:2]
    assert refusal[2] is None or found == refusal[2]
    if expected.startswith("below"):
        assert todo == "if the publisher now prints it so, add a line to trade_assets/facts/catalogue/ft900_headings.csv"
    elif expected == "figures below the headings":
        assert todo == "fetch the publisher's own file"
    else:
        assert todo == COMPARE


def test_the_heading_of_the_periods_may_stand_in_a_row_of_its_own():
    rows = [*ROWS[:4], [None, *ROWS[4][1:]], ["Period"], *ROWS[5:]]
    assert len(exhibits.read(grid(rows)).cells["row"]) == 33 * 9


def test_two_labels_in_a_row_are_none():
    """Two fields of one column, as pages may have them."""
    rows = [list(row) for row in annual(1960, 1962)]
    document = grid(rows, kind="pages")
    at = next(place for place, row in enumerate(document.rows) if row.fields[0].text == "1961")
    row = document.rows[at]
    document.rows[at] = row._replace(fields=(row.fields[0], row.fields[0]._replace(start=99), *row.fields[1:]))
    with pytest.raises(ReadError) as caught:
        annual_table.read(document)
    assert (caught.value.line, caught.value.expected) == (row.line, "one label in the column of periods")
    assert caught.value.found == "'1961' in page 1, box 0.0 8.0 1.0 9.0"
    document.rows[at] = row._replace(fields=(*row.fields[:2], row.fields[1]._replace(start=99), *row.fields[2:]))
    with pytest.raises(ReadError) as caught:
        annual_table.read(document)
    assert caught.value.expected == "one figure of 1961 in each column"
    assert caught.value.found == f"'{row.fields[1].plain}' in page 1, box 1.0 8.0 2.0 9.0"


# The annual table

YEARS = annual(1960, 1962)


def test_the_annual_table_is_a_row_per_year():
    reading = annual_table.read(grid(YEARS))
    assert (reading.product, reading.publisher) == ("annual", "U.S. Census Bureau, Economic Indicator Division")
    assert (reading.published_date, reading.release_month) == ("2016-02-05", "2016-02")
    assert _entries(reading.rows, "period", "label", "line") == [("1960", "1960", 7), ("1961", "1961", 8), ("1962", "1962", 9)]
    assert reading.cells["value"] == [figure for year in (1, 2, 3) for figure in goods_and_services(year)]
    assert reading.cells["column"] == COLUMNS * 3
    assert set(reading.series["seasonal_adjustment"]) == {None}
    assert reading.unread["line"] == []


@pytest.mark.parametrize(
    ("date", "day"),
    [("February 5, 2016", "2016-02-05"), ("2016-02-05", "2016-02-05"), ("December 31, 1962", "1962-12-31"), (None, None), ("Foo 5, 2016",
     None),
     ("February 30, 2016", None), ("2016-13-01", None), ("20160205", None)],
)  # fmt: skip
def test_the_day_above_the_annual_table(date, day):
    reading = annual_table.read(grid([[date], *YEARS[1:]]))
    assert (reading.published_date, reading.release_month) == (day, day and day[:7])


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        (_changed(YEARS, 1, 0, "December 30, 1962"), (
            7, "a day of publication after the last year of the table, 1962-12-31 or later", "1962-12-30 from cell A7 of sheet '1'")),
        (_changed(YEARS, 3, 1, "March 5, 2016"), (
            7, "one day of publication above the headings", "2016-02-05 and 2016-03-05 from cell A7 of sheet '1'")),
        (_changed(YEARS, 4, 0, "1962 through 1960"), (
            7, "a first year that is not after the last", "'1962 through 1960' from cell A7 of sheet '1'")),
        (_changed(YEARS, 4, 0, "1960 to 1962"), (7, "one line 'YYYY through YYYY' above the headings", None)),
        (_changed(YEARS, 4, 1, "1960 through 1961"), (
            7, "one line 'YYYY through YYYY' above the headings", "1960 through 1962; 1960 through 1961 from cell A7 of sheet '1'")),
        ([*YEARS[:7], *YEARS[8:]], (8, "the year 1961 of 1960 through 1962", None)),
        (_changed(YEARS, 10, 0, "Source"), (
            10, "the name of the Census Bureau that closes the table after 1962", "'Source' from cell A10 of sheet '1'")),
        (_changed(YEARS, 8, 2, "x"), (8, "a figure of 1961", "'x' in cell C8 of sheet '1' (no figure)")),
    ],
)  # fmt: skip
def test_what_the_annual_table_does_not_print(rows, refusal):
    line, expected, found, _ = _refused(annual_table.read, rows)
    assert (line, expected) == refusal[:2]
    assert refusal[2] is None or found == refusal[2]


def test_one_year_is_a_table_too():
    assert annual_table.read(grid(annual(1960, 1960))).rows["period"] == ["1960"]


# Changes on the year before

DOLLARS, PERCENT = annual_changes(1960, 1962), annual_changes(1960, 1962, is_percent=True)


def test_changes_are_facts_of_their_own():
    reading = annual_table.read(grid(YEARS, DOLLARS, PERCENT))
    assert reading.notes == []
    of_dollars = [(p, v) for t, p, v in _entries(reading.cells, "table", "period", "value") if t == "annual_dollar_change"]
    first, second = goods_and_services(1), goods_and_services(2)
    assert of_dollars[:9] == [("1961", b - a) for a, b in zip(first, second, strict=True)]
    names = {
        of: {entry[1:] for entry in _entries(reading.cells, "table", "measure", "unit", "column") if entry[0] == of}
        for of in ("annual_dollar_change", "annual_percent_change")
    }
    assert names == {
        "annual_dollar_change": {("change_on_year", "million_usd", "dollar_change_musd")},
        "annual_percent_change": {("percent_change_on_year", "percent", "percent_change_pct")},
    }
    changes = [e[1:] for e in _entries(reading.rows, "table", "period", "label", "gap") if e[0] == "annual_percent_change"]
    assert changes == [("1960", "1960", "not_published"), ("1961", "1961", None), ("1962", "1962", None)]


def test_fractions_become_percent_with_the_decimals_of_the_longest():
    rows = [*PERCENT[:7], [1961, *["0.5", "0.25", "-0.125"] * 3], [1962, *["1", "0", "0.1"] * 3]]
    cells = annual_table.read(grid(YEARS, rows)).cells
    of_changes = [e[1:] for e in _entries(cells, "table", "value", "decimals", "text") if e[0] == "annual_percent_change"]
    assert of_changes[:3] == [(50.0, 1, "0.5"), (25.0, 1, "0.25"), (-12.5, 1, "-0.125")]
    assert of_changes[9:12] == [(100.0, 1, "1"), (0.0, 1, "0"), (10.0, 1, "0.1")]
    whole = [*PERCENT[:7], [1961, *["0.5", "--", "1"] * 3], [1962, *["1", "0", "0.1"] * 3]]
    cells = annual_table.read(grid(YEARS, whole)).cells
    of_changes = [e[1:] for e in _entries(cells, "table", "value", "decimals", "gap") if e[0] == "annual_percent_change"]
    assert of_changes[:3] == [(50.0, 0, None), (None, None, "not_published"), (100.0, 0, None)]


def test_changes_that_end_earlier_are_noted():
    reading = annual_table.read(grid(YEARS, [*DOLLARS[:8]], names=["BOP", "Dollar"]))
    assert reading.notes == ["the sheet 'Dollar' ends with the change to 1961, the table itself with 1962"]


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        (_changed(DOLLARS, 7, 0, "first"), (17, "a year below the headings")),
        ([*DOLLARS[:7], ["U.S. Census Bureau", None], [None, 5]], (18, "changes below the headings")),
        ([*DOLLARS[:8], [1963, *DOLLARS[8][1:]]], (19, "the year 1962, or the notes that close the table")),
        (_changed(DOLLARS, 9, 4, None), (19, "9 figures of the change to 1962")),
        ([*DOLLARS, ["NOTE"], [None, 5]], (21, "no figures below the notes that close the table")),
    ],
)
def test_what_changes_do_not_print(rows, refusal):
    """The sheet of changes begins on line 11, behind the table's ten."""
    assert len(YEARS) == 11
    line, expected, _, _ = _refused(annual_table.read, YEARS, rows)
    assert (line - 1, expected) == refusal
