"""The price release of July 2018 with one line altered: what each refusal says and of which line, and what is read all the same."""

from functools import partial

import pytest

from trade_assets.families.mxp import release
from trade_assets.reading.text import decode
from trade_assets_tests.altered_documents import exchanged, lines_of, without
from trade_assets_tests.refusals import refusal

LINES = lines_of("mxp_2018")
COMPARE = "compare the document with the publisher's; it may be cut or altered"
CATALOGUE = "trade_assets/facts/catalogue/mxp.csv"


def _read(lines):
    return release.read(decode("\n".join(lines).encode(), "a.txt"))


def _refusal(lines):
    return refusal("a.txt", _read, lines)


_with, _without = partial(exchanged, LINES), partial(without, LINES)


def _shown(number):
    return repr(LINES[number - 1].strip())


# Title and day


def test_the_title_says_the_month():
    reading = _read(LINES)
    assert (reading.family, reading.product, reading.publisher) == ("mxp", "", "U.S. Bureau of Labor Statistics")
    assert reading.title == "U.S. IMPORT AND EXPORT PRICE INDEXES - JULY 2018"
    assert (reading.published_date, reading.release_month, reading.reference_month) == ("2018-08-14", "2018-08", "2018-07")
    line, expected, found, _ = _refusal(_with(3, "JULY 2018", "JULI 2018"))
    assert (line, expected, found) == (3, "a month and year in the title", "'U.S. IMPORT AND EXPORT PRICE INDEXES - JULI 2018'")


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (_with(2, "August 14", "August 32"), (2, "the date of publication", "'8:30 a.m. (EDT) Tuesday, August 32, 2018'", COMPARE)),
        (_with(2, "August 14", "Augst 14"), (2, "the date of publication", "'8:30 a.m. (EDT) Tuesday, Augst 14, 2018'", COMPARE)),
        (_without(2), (1, "the date of publication, such as '8:30 a.m. (EDT) Tuesday, August 14, 2018'", "no such line", COMPARE)),
    ],
)
def test_the_day_of_publication(lines, refusal):
    assert _refusal(lines) == refusal


def test_the_day_of_publication_is_the_first_that_is_stated():
    lines = [*_with(2, "(EDT) Tuesday, August 14", "(EST) Wednesday, August 8"), "8:30 a.m. (EDT) Friday, September 14, 2018"]
    assert _read(lines).published_date == "2018-08-08"


# Tables in their places


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (_with(5, "| Month |", "| Months |"), (5, "table rows only below a header '| Description |' or '| Month |'",
         "'| Months | IMPORTS | EXPORTS | ||||'", COMPARE)),
        ([*LINES[:26], *LINES[4:26], *LINES[26:]], (27, "one Table A", _shown(5), COMPARE)),
        (_without(5, 26), (len(LINES) - 1 - 22, "Table A, '| Month | IMPORTS | EXPORTS |'", "the end of the document", COMPARE)),
        (_without(324, 350), (len(LINES) - 1 - 27, "8 tables with a column 'Description'", "the end of the document", COMPARE)),
        (_without(26), (26, "the line 'Footnotes' that closes a table", _shown(27), COMPARE)),
        (LINES[:24], (24, "the line 'Footnotes' that closes a table", "the end of the document", COMPARE)),
        (_with(9, "0.3 |", "0.3 | x"), (9, "a bar at the end of the row", "'x'", COMPARE)),
    ],
)  # fmt: skip
def test_tables_stand_whole_and_once(lines, refusal):
    assert _refusal(lines) == refusal


def test_lines_may_be_indented():
    reading, indented = _read(LINES), _read([f"  {line}" for line in LINES])
    for name in ("table", "series", "period", "value", "line", "text"):
        assert indented.cells[name] == reading.cells[name]
    assert indented.cells["start"] == [start + 2 for start in reading.cells["start"]]


def test_a_bar_alone_and_blank_lines_close_a_table():
    assert _read([*LINES[:25], "", " | ", *LINES[25:]]).cells["line"][:6] == [9] * 6
    assert _read(_without(25)).cells["line"][:6] == [9] * 6


# Table A


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (_with(5, "IMPORTS", "EXPORT"), (5, "the header '| Month | IMPORTS | EXPORTS |'", "'| Month | EXPORT | EXPORTS | ||||'")),
        (_without(6), (6, "the line '|---|---|' of the table's header", _shown(7))),
        (_with(7, "Fuel imports", "All imports"), (7, f"the columns {', '.join(release.TABLE_A_COLUMNS)}", None)),
        (_with(8, "2017", "x2017"), (8, "a year, or a month with its figures", "'| x2017 | ||||||'")),
        (_with(8, "2017", "20177"), (8, "a year, or a month with its figures", "'| 20177 | ||||||'")),
        (_without(8), (8, "the name of a month below its year", _shown(9))),
        (_with(9, "July", "Juli"), (9, "the name of a month below its year", None)),
        (_without(10), (10, "the month after 2017-07", f"2017-09 in {_shown(11)}")),
        (_with(9, "| 0.3 |", "|"), (9, "6 figures", "5 in '| July | -0.2 | -1.0 | -0.1 | 0.5 | 1.8 |'")),
        (_with(9, "| 0.3 |", "| 0.3 | 0.4 |"), (9, "6 figures", "7 in '| July | -0.2 | -1.0 | -0.1 | 0.5 | 1.8 | 0.3 | 0.4 |'")),
        (_with(23, "2016 to 2017", "2017 to 2018"), (24, "each period of Table A once", "a second 2017-07/2018-07")),
        (_with(23, "2016 to 2017", "2016 to 2018"), (23, "twelve months, such as 'July 2017 to 2018'", None)),
        (_with(23, "2016 to 2017", "2017 to 2017"), (23, "twelve months, such as 'July 2017 to 2018'", None)),
        (_with(23, "July 2016", "Juli 2016"), (23, "twelve months, such as 'July 2017 to 2018'", None)),
        (_without(22), (5, "months up to 2018-07, the month of the title", "months up to 2018-06")),
        (_with(9, "-1.0", "-1.x"), (9, "a figure between the bars", "'-1.x'")),
        (_with(24, " 5.0 ", "  "), (24, "a figure between the bars", "''")),
    ],
)  # fmt: skip
def test_what_table_a_does_not_print(lines, refusal):
    line, expected, found, todo = _refusal(lines)
    assert (line, expected) == refusal[:2]
    assert refusal[2] is None or found == refusal[2]
    assert todo == ("correct the figure or its row in the document" if expected == "a figure between the bars" else COMPARE)


def test_table_a_is_a_row_per_month():
    reading = _read(LINES)
    cells = list(zip(*(reading.cells[name] for name in ("table", "column", "series", "period", "text", "flags", "line")), strict=True))
    assert cells[:3] == [
        ("price_changes", "imports_all_pct", "imports.end_use.all_commodities", "2017-06/2017-07", "-0.2", "", 9),
        ("price_changes", "imports_fuel_pct", "imports.end_use.10", "2017-06/2017-07", "-1.0", "", 9),
        ("price_changes", "imports_nonfuel_pct", "imports.end_use.all_imports_excluding_fuels", "2017-06/2017-07", "-0.1", "", 9),
    ]
    assert ("price_changes", "imports_fuel_pct", "imports.end_use.10", "2018-03/2018-04", "(r)4.0", "r", 19) in cells
    assert ("price_changes", "exports_all_pct", "exports.end_use.all_commodities", "2017-07/2018-07", "4.3", "", 24) in cells
    of_rows = list(zip(*(reading.rows[name] for name in ("label", "period", "line", "series")), strict=True))[:16]
    assert of_rows[5:7] == [("December", "2017-11/2017-12", 14, None), ("January", "2017-12/2018-01", 16, None)]
    assert of_rows[13:15] == [("July 2016 to 2017", "2016-07/2017-07", 23, None), ("July 2017 to 2018", "2017-07/2018-07", 24, None)]


# Headers of Tables 1 to 8

COLUMNS = "the columns Description, a classification, Relative importance, Index, Percent change"


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (_with(27, "End Use", "End Uses"), (27, "one of the classifications End Use, NAICS, Harmonized system", None)),
        (_with(27, "Relative", "Relatives"), (27, COLUMNS, None)), (_with(27, "| Index", "| Indexes"), (27, COLUMNS, None)),
        (_with(27, "Percent change", "Percent"), (27, COLUMNS, None)), (_with(27, "| Index | Percent change", "| Index"), (27, COLUMNS,
        None)),
        (_without(28), (28, "the line '|---|---|' of the table's header", _shown(29))),
        (_with(28, "|---|", "|--x|"), (28, "the line '|---|---|' of the table's header", None)),
        (_with(29, "Annual", "Yearly"), (29, "two index months, 'Annual' and 'Monthly'", None)),
        (_with(29, "Monthly", "x | Monthly"), (29, "two index months, 'Annual' and 'Monthly'", None)),
        (_with(30, "| July 2017 to July 2018 ", ""), (30, "five periods of change, such as 'Mar. 2018 to Apr. 2018'", None)),
        (_with(27, "June 2018", "May 2018"), (
            27, "the column relative_importance_pct to be of 2018-06, as the title's month says", "'May 2018'")),
        (_with(29, "June 2018", "May 2018"), (27, "the column index_previous_month to be of 2018-06, as the title's month says",
        "'May 2018'")),
        (_with(29, "July 2018", "Aug. 2018"), (27, "the column index_latest_month to be of 2018-07, as the title's month says",
        "'Aug. 2018'")),
        (_with(30, "July 2017 to", "June 2017 to"), (
            27, "the column change_12_months_pct to be of 2017-07/2018-07, as the title's month says", "'June 2017 to July 2018'")),
        (_with(30, "Mar. 2018 to", "Feb. 2018 to"), (
            27, "the column change_month_minus_3_pct to be of 2018-03/2018-04, as the title's month says", "'Feb. 2018 to Apr. 2018'")),
        (_with(30, "to May 2018", "to May 2017"), (
            27, "the column change_month_minus_2_pct to be of 2018-04/2018-05, as the title's month says", "'Apr. 2018 to May 2017'")),
        (_with(30, "May 2018 to June 2018", "x"), (
            27, "the column change_month_minus_1_pct to be of 2018-05/2018-06, as the title's month says", "'x'")),
        (_with(30, "to July 2018 | |", "to July 2019 | |"), (
            27, "the column change_latest_month_pct to be of 2018-06/2018-07, as the title's month says", "'June 2018 to July 2019'")),
        ([*LINES[:29], "x", *LINES[29:]], (30, "a line of the table's header", "'x'")),
        (LINES[:29], (29, "a line of the table's header", "the end of the document")),
        ([*LINES[:30], *LINES[62:]], (27, "rows below the table's header", "none")),
    ],
)  # fmt: skip
def test_what_a_header_does_not_print(lines, refusal):
    line, expected, found, todo = _refusal(lines)
    assert (line, expected, todo) == (*refusal[:2], COMPARE)
    assert refusal[2] is None or found == refusal[2]


# Rows of Tables 1 to 8


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (_with(61, "| -0.1 |", "|"), (61, "8 figures", None)), (_with(61, "| -0.1 |", "| -0.1 | 0.1 |"), (61, "8 figures", None)),
        (_with(31, "| 0.0 | |", "| 0.0 |"), (31, "8 figures", None)), (_with(299, "| 0.1 |", "| 0.1 | |"), (299, "8 figures", None)),
        (_with(61, "| 41 |", "| 4X |"), (
            61, "a row of imports_by_end_use that the catalogue knows", "code '4X', label 'Durables, manufactured'",
            f"if the publisher prints it so, add a line to {CATALOGUE}")),
        (_with(302, "Canada", "Kanada"), (
            302, "a row of imports_by_locality that the catalogue knows", "code '', label 'Kanada'",
            f"if the publisher prints it so, add a line to {CATALOGUE}")),
        (_with(328, "| ||||||||", "| 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 |"), (328, "a group heading without figures", None)),
        (_with(329, LINES[328].partition("Freight")[2], " | ||||||||"), (329, "figures", None)),
        ([*LINES[:61], LINES[60], *LINES[61:]], (62, "each row of imports_by_end_use once", "a second imports.end_use.41", COMPARE)),
        (_with(299, "(2)", "(3)"), (299, "footnote (2) before (3); a row above may be missing", None)),
        (_without(300, 302), (295, "the row 'Canada' in imports_by_locality",
        "none, so that rows below it could be taken for those of another",
                         f"{COMPARE}; if it is no longer published, write so (until) in {CATALOGUE}")),
    ],
)  # fmt: skip
def test_what_rows_do_not_print(lines, refusal):
    error = _refusal(lines)
    assert error[:2] == refusal[:2]
    assert refusal[2] is None or error[2] == refusal[2]
    assert error[3] == (refusal[3] if len(refusal) > 3 else COMPARE)


def test_tables_stand_in_the_order_of_a_release():
    imports, exports = LINES[26:64], LINES[64:93]
    line, expected, found, todo = _refusal([*LINES[:26], *exports, *imports, *LINES[93:]])
    assert (line, expected) == (27, "the table imports_by_end_use at this place")
    assert (found, todo) == ("the rows of exports_by_end_use", "restore the order of the release's tables")
    line, expected, found, todo = _refusal([*LINES[:294], *LINES[323:350], *LINES[294:323], *LINES[350:]])
    assert (line, expected, found) == (295, "the table imports_by_locality at this place", "the rows of transportation_services")
    line, expected, found, todo = _refusal([*LINES[:26], *LINES[93:130], *exports, *imports, *LINES[130:]])
    assert (line, expected, found, todo) == (27, "the table imports_by_end_use (End Use) at this place", "NAICS", COMPARE)
    line, expected, found, todo = _refusal([*LINES[:26], *LINES[294:323], *LINES[64:294], *imports, *LINES[323:]])
    assert (line, expected, found, todo) == (27, "the table imports_by_end_use (End Use) at this place", "a table without codes", COMPARE)
    line, expected, found, todo = _refusal([*LINES[:294], *imports, *LINES[323:]])
    assert (line, expected, found, todo) == (295, "the table imports_by_locality (without codes) at this place", "End Use", COMPARE)


def test_rows_that_both_flows_print_do_not_say_which_they_are():
    """Of all rows by end use only the total is left, in both tables: order alone would decide."""
    both = [*LINES[:31], *LINES[62:69], *LINES[91:]]
    line, expected, found, todo = _refusal(both)
    assert (line, expected) == (27, "rows that only imports_by_end_use or only exports_by_end_use prints")
    assert (found, todo) == (
        "none, so order alone would decide",
        f"compare with the release; if it is right, add the new rows to {CATALOGUE}",
    )
    # A single row that only one of them prints is enough.
    _read([*LINES[:32], *LINES[62:69], *LINES[91:]])
    _read([*LINES[:31], *LINES[62:70], *LINES[91:]])


def test_rows_have_series_labels_and_bases():
    reading = _read(LINES)
    found = dict(zip(reading.series["series"], zip(*(reading.series[n] for n in ("flow", "classification", "code", "label", "base_period")),
                                                   strict=True), strict=True))  # fmt: skip
    assert found["imports.end_use.all_commodities"] == ("imports", "end_use", None, "All commodities", "2000")
    assert found["imports.end_use.41"] == ("imports", "end_use", "41", "Durables, manufactured", "2000")
    excluded = [about for about in found.values() if about[3] == "All imports excluding food and fuels"]
    assert excluded == [("imports", "end_use", None, "All imports excluding food and fuels", "Dec. 2010")]
    near_east = [about for about in found.values() if about[3] == "Asia Near East"]
    assert near_east == [("imports", "locality", None, "Asia Near East", "Dec. 2003")]
    freight = [about for about in found.values() if about[3] == "Import Air Freight"]
    assert [about[:3] for about in freight] == [("transportation", "transportation", None)]
    assert set(reading.series["unit"]) == {"index"} and set(reading.series["seasonal_adjustment"]) == {"not seasonally adjusted"}
    at = [number for number, label in enumerate(reading.rows["label"]) if label == "Asia Near East (Dec. 2003=100)(7)"]
    assert [(reading.rows["line"][n], reading.rows["period"][n]) for n in at] == [(321, "2018-07")]
    cells = [
        entry[1:] for entry in zip(*(reading.cells[n] for n in ("line", "column", "measure", "period", "unit", "text")), strict=True)
        if entry[0] == 61
    ]  # fmt: skip
    assert cells == [
        ("relative_importance_pct", "relative_importance", "2018-06", "percent", "11.872"),
        ("index_previous_month", "index", "2018-06", "index", "92.8"), ("index_latest_month", "index", "2018-07", "index", "92.7"),
        ("change_12_months_pct", "percent_change", "2017-07/2018-07", "percent", "-0.4"),
        ("change_month_minus_3_pct", "percent_change", "2018-03/2018-04", "percent", "0.0"),
        ("change_month_minus_2_pct", "percent_change", "2018-04/2018-05", "percent", "-0.2"),
        ("change_month_minus_1_pct", "percent_change", "2018-05/2018-06", "percent", "-0.3"),
        ("change_latest_month_pct", "percent_change", "2018-06/2018-07", "percent", "-0.1"),
    ]  # fmt: skip


def test_table_a_describes_what_no_other_table_prints():
    """Without the row of fuels in Table 1 its column in Table A still has a series, without a base."""
    at = next(number for number, line in enumerate(LINES) if line.startswith("|") and "| 10 |" in line)
    reading = _read(_without(at + 1))
    number = reading.series["series"].index("imports.end_use.10")
    assert {name: of[number] for name, of in reading.series.items()} == {
        "series": "imports.end_use.10", "flow": "imports", "classification": "end_use", "code": "10",
        "label": LINES[at].split("|")[1].strip(), "base_period": None, "unit": "index",
        "seasonal_adjustment": "not seasonally adjusted", "basis": None, "known_figures": None, "agreeing_figures": None,
    }  # fmt: skip
    assert reading.series["series"].count("imports.end_use.all_commodities") == 1


def test_a_release_is_recognised_by_its_title():
    def recognised(text):
        return release.recognises(decode(text.encode(), "a.txt"))

    assert recognised("x\n  U.S. IMPORT AND EXPORT PRICE INDEXES - JULY 2018 \n")
    for text in ("U.S. IMPORT AND EXPORT PRICE INDEXES", "The U.S. IMPORT AND EXPORT PRICE INDEXES - JULY 2018", "x"):
        assert not recognised(text)
