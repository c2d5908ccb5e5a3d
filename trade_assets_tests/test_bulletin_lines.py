"""The bulletin of January 2013 with one line altered: what each refusal says and of which line, and what stands in which column."""

from functools import partial

import pytest

from trade_assets.families.ft900 import long_table
from trade_assets.families.uscc import bulletin
from trade_assets.reading.errors import ReadError
from trade_assets.reading.text import decode
from trade_assets_tests.altered_documents import exchanged, lines_of, without
from trade_assets_tests.refusals import refusal

LINES = lines_of("uscc")
LAST = len(LINES) - 1
"""The last line; the empty text behind the last line end is none."""
END = "the end of the document"
COMPARE = "compare the document with the publisher's; it may be cut or altered"
ADD = "if the publisher prints it so, add a line to trade_assets/facts/catalogue/uscc.csv"


def _read(lines):
    return bulletin.read(decode("\n".join(lines).encode(), "a.txt"))


def _refusal(lines):
    return refusal("a.txt", _read, lines)


_with, _without = partial(exchanged, LINES), partial(without, LINES)


def _cells(reading, table, *names):
    entries = zip(reading.cells["table"], *(reading.cells[name] for name in names), strict=True)
    return [entry[1:] for entry in entries if entry[0] == table]


TITLES = {
    5: "the title of the table china_trade_growth", 28: "the title of the table china_top_five",
    38: "the title of the table china_advanced_technology", 189: "the title of the table china_outbound_investment",
}  # fmt: skip


@pytest.mark.parametrize("number", TITLES)
def test_each_table_has_its_title(number):
    assert _refusal(_without(number)) == (LAST - 1, TITLES[number], END, COMPARE)
    line, expected, found, _ = _refusal(_with(number, "November 2012", "Novembre 2012"))
    assert (line, expected, found) == (number, "the month of the title", repr(LINES[number - 1].replace("November", "Novembre").strip()))


@pytest.mark.parametrize(
    ("number", "table", "unit"),
    [(30, "china_top_five", "millions"), (40, "china_advanced_technology", "millions"), (191, "china_outbound_investment", "billions")],
)
def test_each_table_has_its_unit(number, table, unit):
    line, expected, found, _ = _refusal(_with(number, unit, "thousands"))
    assert (line, expected, found) == (number, rf"the unit of {table}, \(in US\$ {unit}\)", "'(in US$ thousands)'")


def test_a_bulletin_is_recognised_by_title_and_name():
    def recognised(*lines):
        return bulletin.recognises(decode("\n".join(lines).encode(), "a.txt"))

    assert recognised(*LINES)
    name, title = "U.S.-China Economic and Security Review Commission", "The U.S. Balance of Trade with China"
    assert recognised(f" {title} ", f"by the {name}")
    assert not recognised(name) and not recognised(title) and not recognised(name, f"{title} grew")


# Growth


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (_without(11), (LAST - 1, "a line of months, such as 'Feb Mar Apr', above the growth of exports and imports", END)),
        (_with(11, "Oct Nov", "Oct Dec"), (11, "consecutive months up to 2012-11", None)),
        (_with(11, "Oct Nov", "Oct"), (11, "consecutive months up to 2012-11", "'Feb Mar Apr May Jun Jul Aug Sep Oct'")),
        (_with(11, "Mar ", ""), (11, "consecutive months up to 2012-11", None)),
        (_without(17, 19), (18, "two groups of rows 'Exports', 'Imports' of growth", "1")),
        ([*LINES[:20], "Exports 1% 2%", *LINES[20:]], (22, "two groups of rows 'Exports', 'Imports' of growth", "3")),
        (_with(13, "4.6% ", ""), (13, "10 figures after 'Exports'", "9: 12.2% -14.0% 5.2% -4.3% 0.4% 0.6% 2.1% 23.1% -2.1%")),
        (_with(13, "Exports 4.6%", "Exports of goods 4.6%"), (13, "the growth of 'Exports' or 'Imports' by month", None)),
        (_with(13, "-2.1%", "-2.1% x"), (13, "the growth of 'Exports' or 'Imports' by month", None)),
        (_with(13, "4.6%", "4.x%"), (13, "a figure", "'4.x%'")),
        (_with(21, "Month", "Months"), (23, "a row of the table or its closing titles 'Month-on-month growth Year-to-date 2011-2012'",
        None)),
        (_with(27, "2011-2012", "2010-2012"), (28,
        "a row of the table or its closing titles 'Month-on-month growth Year-to-date 2011-2012'",
                                             None)),
    ],
)  # fmt: skip
def test_what_growth_does_not_print(lines, refusal):
    line, expected, found, todo = _refusal(lines)
    assert (line, expected) == refusal[:2]
    assert refusal[2] is None or found == refusal[2]
    assert todo == ("correct the figure in the document" if expected == "a figure" else COMPARE)


def test_growth_is_by_month_and_to_date():
    reading = _read(LINES)
    assert (reading.family, reading.product, reading.title) == ("uscc", "", "The U.S. Balance of Trade with China")
    assert reading.publisher == "U.S.-China Economic and Security Review Commission"
    assert (reading.published_date, reading.release_month) == (None, None)
    cells = _cells(reading, "china_trade_growth", "column", "series", "measure", "period", "text", "unit", "line", "start")
    assert len(cells) == 40
    assert cells[0] == (
        "exports_month_on_month_pct", "exports.china.total", "percent_change", "2012-01/2012-02", "4.6%", "percent", 13, 8,
    )  # fmt: skip
    assert cells[19] == (
        "imports_month_on_month_pct", "imports.china.total", "percent_change", "2012-10/2012-11", "-1.8%", "percent", 15,
         LINES[14].rindex("-1.8%"),
    )  # fmt: skip
    assert cells[20][:5] == ("exports_year_to_date_pct", "exports.china.total", "percent_change_year_to_date", "2012-01/2012-02", "4.5%")
    assert cells[39][:5] == ("imports_year_to_date_pct", "imports.china.total", "percent_change_year_to_date", "2012-01/2012-11", "6.6%")
    rows = list(zip(*(reading.rows[name] for name in ("table", "line", "label", "period")), strict=True))
    assert rows[:4] == [("china_trade_growth", line, label, None) for line, label in ((13, "Exports"), (15, "Imports"), (17, "Exports"),
                                                                                     (19, "Imports"))]  # fmt: skip


# Top five


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (_without(46), (LAST - 1, "the column headings of the table china_top_five", END)),
        (_with(58, "Nov'11", "Nov'10"), (76, "changes over 2011-11 in both halves", "Nov'10, Nov'11")),
        ([*_with(58, "Nov'11", "Nov'10")[:71], "Nov'10", *LINES[72:]], (76, "changes over 2011-11 in both halves", "Nov'10, Nov'10")),
        ([*_with(58, "Nov'11", "Foo'11")[:71], "Foo'11", *LINES[72:]], (76, "a month such as Nov'12", '"Foo\'11"')),
        (_with(76, "Monthly", "Month"), (76, "the title 'Monthly (November 2012)'", "'Month (November 2012)'")),
        (_with(92, "thru", "to"), (92, "the title 'Year-to-date (thru November 2012)'", "'Year-to-date (to November 2012)'")),
        (_with(92, "November", "October"), (92, "the title 'Year-to-date (thru November 2012)'", "'Year-to-date (thru October 2012)'")),
        (_without(78, 90), (79, "rows below 'Monthly (November 2012)'", "'Year-to-date (thru November 2012)'")),
        (_with(88, "Other 11,380", "11,380"), (88, "a product of exports and one of imports, each with its figures", None)),
        (_with(78, "Agricultural", "Agri"), (78, "a row of china_top_five that the catalogue knows", "label 'Agri Products'")),
        (_with(78, "31.8% 36.1%", "31.8%"), (
            78, "a value, its share (%) and its change (%) after 'Agricultural Products'", "3,372.78 31.8%")),
        (_with(78, "31.8% 36.1%", "36.1 31.8%"), (
            78, "a value, its share (%) and its change (%) after 'Agricultural Products'", "3,372.78 36.1 31.8%")),
        (_with(94, "18.5%", "18.5% 1.0%"), (94, "a value and its share (%) after 'Agricultural Products'", "18,530.71 18.5% 1.0%")),
        (_with(90, "100.0%", "100.0% 1.0%"), (90, "a value and its share (%) after 'Total'", "10,594.40 100.0% 1.0%")),
        ([*LINES[:78], LINES[77], *LINES[78:]], (79, "each row of china_top_five once", "a second 'Agricultural Products'")),
        (_without(108), (111, "a row of the table or its closing titles 'Monthly (November 2012) Year-to-date (thru November 2012)'",
                         "'Exports Imports'")),
    ],
)  # fmt: skip
def test_what_the_top_five_do_not_print(lines, refusal):
    line, expected, found, todo = _refusal(lines)
    assert (line, expected) == refusal[:2]
    assert refusal[2] is None or found == refusal[2]
    assert todo == (ADD if expected.endswith("catalogue knows") else COMPARE)


def test_products_of_exports_and_imports_stand_beside_each_other():
    reading = _read(LINES)
    cells = _cells(reading, "china_top_five", "line", "column", "series", "measure", "period", "text", "unit")
    exports, imports = "exports.china.top_five.agricultural_products", "imports.china.top_five.computer_and_electronic_products"
    assert [cell[1:] for cell in cells if cell[0] == 78] == [
        ("value_musd", exports, "value", "2012-11", "3,372.78", "million_usd"), ("share_pct", exports, "share", "2012-11", "31.8%",
        "percent"),
        ("change_12_months_pct", exports, "percent_change", "2011-11/2012-11", "36.1%", "percent"),
        ("value_musd", imports, "value", "2012-11", "17,559.83", "million_usd"), ("share_pct", imports, "share", "2012-11", "44.4%",
        "percent"),
        ("change_12_months_pct", imports, "percent_change", "2011-11/2012-11", "20.1%", "percent"),
    ]  # fmt: skip
    assert [cell[1:5] for cell in cells if cell[0] == 94][:2] == [
        ("value_musd", exports, "value", "2012-01/2012-11"), ("share_pct", exports, "share", "2012-01/2012-11"),
    ]  # fmt: skip
    other = [cell[1:6] for cell in cells if cell[0] == 104][:3]
    assert other[2] == ("change_12_months_pct", "exports.china.top_five.other", "percent_change_year_to_date", "2012-01/2012-11", "-")


# Advanced technology, surveys and investment


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (_without(112), (LAST - 1, "the column headings of the table china_advanced_technology", END)),
        (_with(116, "Nov'12", "Oct'12"), (126, "balances of 2012-11 and of a year earlier", "Oct'12, Nov'12, Nov'11")),
        (_with(120, "Nov'12", "Nov'11"), (126, "balances of 2012-11 and of a year earlier", "Nov'12, Nov'11, Nov'11")),
        (_with(124, "Nov'11", "Nov'10"), (126, "balances of 2012-11 and of a year earlier", "Nov'12, Nov'12, Nov'10")),
        (_with(128, "193 143", "193 143 x 1"), (128, "a technology group and its figures", None)),
        (_with(128, "(01)", "(11)"), (128, "a row of china_advanced_technology that the catalogue knows", "label '(11) Biotechnology'")),
        (_with(128, " 143", ""), (128, "7 figures after '(01) Biotechnology'", "6: 19 6 13 255 62 193")),
        (_without(126, 147), (126, "rows of the table china_advanced_technology", "'Monthly Cumulative year-to-date'")),
        (_with(148, "Cumulative", "Cumulated"), (149, "a row of the table or its closing titles 'Monthly Cumulative year-to-date'",
                                               "'The Coal Trade'")),
        (_without(179), (LAST - 1, "the column headings of the table china_purchasing_manager_surveys", END)),
        (_with(183, "Institution", "Institutions"), (183, "the row 'Institution'", None)),
        (_with(185, "# of", "Number of"), (185, "the row '# of companies surveyed'", None)),
        (_with(185, "820 430", "820"), (185, "two figures after '# of companies surveyed'", "'# of companies surveyed 820'")),
        (_with(185, "820 430", "820 x"), (185, "two figures after '# of companies surveyed'", None)),
        (_with(187, "Type", "Types"), (187, "the row 'Type of companies' that closes the table", None)),
        (_without(219), (LAST - 1, "the column headings of the table china_outbound_investment", END)),
        (_with(223, "2012", "2011"), (223, "the year 2012 above its months", "'2011'")),
        (_with(227, "Feb", "Jan"), (227, "a month after 2012-01 and up to 2012-11", None)),
        (_with(245, "Nov", "Dec"), (245, "a month after 2012-10 and up to 2012-11", None)),
        (_with(225, "Jan", "Foo"), (225, "a month, or an earlier year", None)),
        (_with(247, "2011", "2012"), (247, "a month, or an earlier year", None)),
        (_with(225, " 355", ""), (225, "7 figures after 'Jan'", "6: 4.38 1.20 3.18 4.38 1.20 3.18")),
        (_with(247, " 3,391", ""), (247, "4 figures after '2011'", "3: 68.58 14.4 45.67")),
        (_with(247, "3,391", "3,391 x 1"), (247, "a month or year and its figures", None)),
        (_without(245), (250, "the months of 2012 up to 2012-11", "none after 2012-10")),
        (_without(225, 245), (230, "the months of 2012 up to 2012-11", "none after the heading")),
        ([*LINES[:248], LINES[246], *LINES[248:]], (249, "each row of china_outbound_investment once", "a second '2011'")),
        (_without(251), (252, "a month, or an earlier year", None)),
        (LINES[:250], (249, "a row of the table or its closing titles 'Monthly Cumulative year-to-date'", END)),
    ],
)  # fmt: skip
def test_what_the_other_tables_do_not_print(lines, refusal):
    line, expected, found, todo = _refusal(lines)
    assert (line, expected) == refusal[:2]
    assert refusal[2] is None or found == refusal[2]
    assert todo == (ADD if expected.endswith("catalogue knows") else COMPARE)


def test_technology_is_of_the_month_to_date_and_a_year_earlier():
    cells = _cells(_read(LINES), "china_advanced_technology", "line", "column", "series", "period", "text", "measure", "unit")
    group = "china.advanced_technology.01"
    assert [cell[1:5] for cell in cells if cell[0] == 128] == [
        ("exports_month_musd", f"exports.{group}", "2012-11", "19"), ("imports_month_musd", f"imports.{group}", "2012-11", "6"),
        ("balance_month_musd", f"balance.{group}", "2012-11", "13"), ("exports_year_to_date_musd", f"exports.{group}", "2012-01/2012-11",
        "255"),
        ("imports_year_to_date_musd", f"imports.{group}", "2012-01/2012-11", "62"),
        ("balance_year_to_date_musd", f"balance.{group}", "2012-01/2012-11", "193"),
        ("balance_year_earlier_to_date_musd", f"balance.{group}", "2011-01/2011-11", "143"),
    ]  # fmt: skip
    assert {cell[5:] for cell in cells} == {("value", "million_usd")}


def test_surveys_have_no_period():
    series = "china.purchasing_manager_surveys"
    assert _cells(_read(LINES), "china_purchasing_manager_surveys", "series", "period", "text", "measure", "unit", "line", "start") == [
        (f"{series}.china_federation_of_logistics_and_purchasing", None, "820", "companies_surveyed", "count", 185, 24),
        (f"{series}.hsbc_markit", None, "430", "companies_surveyed", "count", 185, 28),
    ]


def test_investment_is_of_months_and_of_years():
    cells = _cells(_read(LINES), "china_outbound_investment", "line", "column", "series", "period", "text", "measure", "unit", "gap")
    kinds = ("total", "reinvested_profits", "first_time")
    assert [cell[1:5] for cell in cells if cell[0] == 227] == [
        *((f"month_{kind}_busd", f"china.outbound_investment.{kind}", "2012-02", text)
          for kind, text in zip(kinds, ("3.06", "1.20", "1.86"), strict=True)),
        *((f"cumulative_{kind}_busd", f"china.outbound_investment.{kind}", "2012-01/2012-02", text)
          for kind, text in zip(kinds, ("7.44", "2.40", "5.04"), strict=True)),
        ("cumulative_enterprises", "china.outbound_investment.enterprises", "2012-01/2012-02", "706"),
    ]  # fmt: skip
    assert [cell[1:] for cell in cells if cell[0] == 249][1:] == [
        ("cumulative_reinvested_profits_busd", "china.outbound_investment.reinvested_profits", "2010", "--", "value", "billion_usd",
        "not_published"),
        ("cumulative_first_time_busd", "china.outbound_investment.first_time", "2010", "--", "value", "billion_usd", "not_published"),
        ("cumulative_enterprises", "china.outbound_investment.enterprises", "2010", "3,125", "count", "count", None),
    ]  # fmt: skip


def test_series_of_a_bulletin_are_described():
    series = _read(LINES).series
    found = {entry[0]: entry[1:] for entry in zip(*(series[name] for name in (
        "series", "flow", "classification", "code", "label", "unit", "seasonal_adjustment", "basis")), strict=True)}  # fmt: skip
    adjusted, valued = "not seasonally adjusted", "exports f.a.s., imports customs value"
    assert found["exports.china.total"] == ("exports", "china", "total", "Total", "percent", adjusted, valued)
    assert found["exports.china.top_five.chemicals"] == ("exports", "china.top_five", "325", "Chemicals", "million_usd", adjusted, valued)
    assert found["exports.china.top_five.other"] == ("exports", "china.top_five", "other", "Other", "million_usd", adjusted, valued)
    assert found["balance.china.advanced_technology.01"] == (
        "balance", "china.advanced_technology", "01", "(01) Biotechnology", "million_usd", adjusted, valued,
    )  # fmt: skip
    assert found["china.outbound_investment.enterprises"] == (
        "china", "outbound_investment", "enterprises", "No. of enterprises", "count", None, None,
    )  # fmt: skip


def test_a_row_behind_its_table_is_refused():
    line, expected, found, todo = _refusal([*LINES[:252], "Corn 1.0 2.0 3.0", *LINES[252:]])
    assert (line, expected, found, todo) == (253, "this row in the place of its table", "'Corn 1.0 2.0 3.0'", COMPARE)


# The long table of goods and services

LONG = lines_of("ft900")[:31]
"""Header, the year 1992 and its January's label and first figure."""


def _long_refusal(lines):
    with pytest.raises(ReadError) as caught:
        long_table.read(decode("\n".join(lines).encode(), "a.txt"))
    error = caught.value
    assert error.todo == COMPARE
    return error.line, error.expected, error.found


def _changed(number, text):
    return [*LONG[: number - 1], text, *LONG[number:]]


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (_changed(2, "In billions"), (2, "the unit 'In millions of dollars. Seasonally adjusted'", "'In billions'")),
        (_changed(3, "Goods"), (3, "the basis of goods, '... Balance of Payments (BOP) Basis'", "'Goods'")),
        (_changed(4, "BEA"), (4, "the source's name", "'BEA'")),
        (_changed(6, "Imports"), (6, "the column heading 'Exports'", "'Imports'")),
        (_changed(8, "Total"), (8, "the column heading 'Period'", "'Total'")),
        (_changed(17, "Total"), (17, "the column heading 'Services'", "'Total'")),
        (_changed(18, "x"), (18, "the year 1992, or the closing note '(1) ...'", "'x'")),
        (_changed(18, "1993"), (18, "the year 1992, or the closing note '(1) ...'", "'1993'")),
        ([*_changed(1, "U.S. International Trade in Goods and Services")[:17], "x"], (18, "a year, or the closing note '(1) ...'", "'x'")),
        (_changed(18, "(1) Basis"), (18, "a year after the table's header", "'(1) Basis'")),
        (_changed(19, "Jan."), (19, "the row 'Jan. - Dec.' of 1992, or its year to date", "'Jan.'")),
        (_changed(19, "Jan. - Foo."), (19, "the row 'Jan. - Dec.' of 1992, or its year to date", "'Jan. - Foo.'")),
        (_changed(22, "x"), (22, "figure 3 of 9 (balance_services_musd) of 1992", "'x'")),
        (_changed(20, "x"), (20, "figure 1 of 9 (balance_total_musd) of 1992", "'x'")),
        (_changed(20, "January"), (20, "nine figures for 1992", "'January'")),
        (_changed(29, "Januar"), (29, "the row 'January' of 1992", "'Januar'")),
        (_changed(29, "February"), (29, "the row 'January' of 1992", "'February'")),
        (LONG, (31, "figure 3 of 9 (balance_services_musd) of 1992-01", "the end of the document")),
        ([*LONG[:29], "February"], (29, "nine figures for 1992-01, which the row '1992' includes", "'January'")),
        ([*LONG[:18], "Jan. - Feb.", *LONG[19:29], *LONG[19:28], "March"], (39, "the row 'February' of 1992", "'March'")),
    ],
)  # fmt: skip
def test_what_the_long_table_does_not_print(lines, refusal):
    line, expected, found = _long_refusal(lines)
    assert (line, expected) == refusal[:2]
    assert refusal[2] is None or found == refusal[2]
