"""Files of one series record by record: what each refusal says, of which line, which gaps are which, and what is only noted."""

import pytest

from trade_assets.facts import catalogue
from trade_assets.families.fred import series_files as fred
from trade_assets.families.mxp import series_files as bls
from trade_assets.reading.delimited import header_of, read_delimited
from trade_assets.reading.errors import ReadError
from trade_assets.reading.series_file import SeriesFile, day_of
from trade_assets.reading.text import decode
from trade_assets_tests.refusals import refusal

CODES = ", ".join(line["code"] for line in catalogue.records("bls_footnotes"))
COMPARE = "compare the file with the publisher's; it may be cut or altered"


def _document(*lines):
    return decode("\n".join(lines).encode(), "a.csv")


def _refusal(read, *lines):
    return refusal("a.csv", read, _document(*lines))


def _entries(columns, *names):
    return list(zip(*(columns[name] for name in names), strict=True))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-01-31", "2020-01-31"), ("2020/01/31", "2020-01-31"), ("2020-01/31", "2020-01-31"), ("2020-01-31T00:00:00Z", "2020-01-31"),
        ("2020-01-31 00:00", "2020-01-31"), ("2020-01-31 00:00:00.000", "2020-01-31"), ("2020-01-31T00:00+00:00", "2020-01-31"),
        ("2020-01-31 00:00:00+0000", "2020-01-31"), ("2020-02-30", None), ("2020-1-31", None), ("2020-01-31 12:00", None), ("x", None),
        ("", None), ("2020-01-31T00:00:01", None), ("20200131", None), ("2020-01-31x", None),
    ],
)  # fmt: skip
def test_days_as_programs_write_them(text, day):
    assert day_of(text) == day


# Columns


def _file(*lines):
    return SeriesFile(read_delimited(_document(*lines)))


def test_columns_are_known_by_their_names_in_small_letters():
    file = _file("DATE,Value,X", "2020,1,", "2021,,z")
    assert (file.columns, file.further) == ({"date": 0, "value": 1, "x": 2}, {})
    assert [field.text for field in file.fields_of(1)] == ["1"]
    assert [field.text for field in file.fields_of(0)] == ["2020", "2021"]
    assert file.fields_of(9) == []
    first, second = file.records
    assert (file.text(first, "date"), file.text(first, "x"), file.text(second, "value"), file.text(second, "none")) == ("2020", "", "", "")
    assert file.field(second, "x").start == 6
    assert file.field(second, "value") is None and file.field(second, "none") is None


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (("a,b,A", "1,2,3"), (1, "each column once", "a second 'A'", COMPARE)),
        (("a,b",), (1, "records below the header", "none", COMPARE)),
    ],
)
def test_files_without_columns_or_records(lines, refusal):
    assert _refusal(lambda document: SeriesFile(read_delimited(document)), *lines) == refusal


def test_columns_are_renamed():
    file = _file("a,b,c", "1,2,3")
    file.rename({"a": "x", "c": "z"}, ("x",))
    assert (file.columns, file.further) == ({"x": 0, "z": 2}, {"b": 1})
    for names, required, expected, found in (
        ({"a": "x", "b": "x"}, (), "one column of x", "a second, 'b'"), ({"a": "x"}, ("x", "y", "z"), "a column of y, z", "'a,b,c'"),
    ):  # fmt: skip
        with pytest.raises(ReadError) as caught:
            _file("a,b,c", "1,2,3").rename(names, required)
        assert (caught.value.line, caught.value.expected, caught.value.found) == (1, expected, found)


def test_figures_of_a_record():
    file = _file("a,b", '"1,310",.', "x,")
    first, second = file.records
    assert file.figure(first, "a", {"."}).value == 1310
    assert file.figure(first, "b", {"."}) is None and file.figure(second, "b", ()) is None
    with pytest.raises(ReadError) as caught:
        file.figure(second, "a", {"."})
    error = caught.value
    assert (error.line, error.expected, error.found) == (3, "a figure", "'x' (no figure)")
    assert error.todo == "compare it with the publisher's; correct the figure in a copy of the file"
    with pytest.raises(ReadError) as caught:
        _file("a;b", "1,310;2").figure(_file("a;b", "1,310;2").records[0], "a", ())
    assert caught.value.found == "'1,310' (a comma between semicolons: a decimal point, or not?)"
    assert caught.value.todo == "write the figures with a decimal point, and without commas, in a copy of the file"
    with pytest.raises(ReadError) as caught:
        _file("a;b", "x;2").figure(_file("a;b", "x;2").records[0], "a", ())
    assert caught.value.found == "'x' (no figure)"


# FRED: months of which no figure is known

ALONE = ("observation_date,BOPGTB", "1950-01-01,-5", "1950-02-01,-6.5", "1950-03-01,.", "1950-04-01,7", "1950-05-01,", "1950-06-01,.")


def test_a_series_of_fred_is_a_row_per_month():
    reading = fred.read(_document(*ALONE))
    assert (reading.family, reading.product, reading.publisher) == ("fred", "BOPGTB", "Federal Reserve Bank of St. Louis")
    assert reading.title == "Trade balance: goods, balance of payments basis (BOPGTB, monthly)"
    assert (reading.published_date, reading.release_month) == (None, None)
    assert _entries(reading.rows, "table", "line", "label", "period", "series", "gap") == [
        ("fred_observations", line, f"1950-0{line - 1}-01", f"1950-0{line - 1}", None, "not_yet_released" if line == 6 else None)
        for line in range(2, 8)
    ]
    assert _entries(
        reading.cells, "row", "column", "series", "measure", "period", "value", "decimals", "unit", "gap", "line", "start", "text"
    ) == [
        (0, "value_musd", "balance.goods", "value", "1950-01", -5.0, 0, "million_usd", None, 2, 11, "-5"),
        (1, "value_musd", "balance.goods", "value", "1950-02", -6.5, 1, "million_usd", None, 3, 11, "-6.5"),
        (2, "value_musd", "balance.goods", "value", "1950-03", None, None, "million_usd", "not_published", 4, 11, "."),
        (3, "value_musd", "balance.goods", "value", "1950-04", 7.0, 0, "million_usd", None, 5, 11, "7"),
        (5, "value_musd", "balance.goods", "value", "1950-06", None, None, "million_usd", "not_yet_released", 7, 11, "."),
    ]
    assert {name: of for name, (of,) in reading.series.items()} == {
        "series": "balance.goods", "flow": "balance", "classification": "goods_and_services", "code": "goods", "label":
        "Trade balance: goods, balance of payments basis", "base_period": None, "unit": "million_usd", "seasonal_adjustment":
        "seasonally adjusted", "basis": "balance of payments", "known_figures": 0, "agreeing_figures": 0,
    }  # fmt: skip
    (note,) = reading.notes
    assert note.startswith("BOPGTB: unit, base, adjustment and frequency are not proven: no figure of these periods is known")


def test_a_vintage_of_alfred_states_its_day():
    reading = fred.read(_document("DATE,BOPGTB_20250507", "1950-01-01,-5", "1950-02-01,-6"))
    assert (reading.product, reading.published_date, reading.release_month) == ("BOPGTB", "2025-05-07", "2025-05")
    assert fred.vintage_of("bopgtb_20250507") == ("bopgtb", "2025-05-07")
    assert fred.vintage_of("bopgtb_20251307") == ("bopgtb_20251307", None)
    assert fred.vintage_of("bopgtb") == ("bopgtb", None)
    assert fred.entry_of("bopgtb_20250507")["id"] == fred.entry_of("bopgtb")["id"] == "BOPGTB"
    assert fred.entry_of("bopgtb_20251307") is None


def test_quarters_span_three_months():
    reading = fred.read(_document("date,BOPGTB", "1950-10-01,-5", "1951-01-01,-6"))
    assert (reading.product, reading.title[-39:]) == ("BOPGTB.quarterly", "(BOPGTB, quarterly, averages of months)")
    assert reading.rows["period"] == ["1950-10/1950-12", "1951-01/1951-03"]
    assert set(reading.cells["measure"]) == {"average"}


def test_an_index_is_no_amount():
    reading = fred.read(_document("date,IR", "1950-01-01,100.1", "1950-02-01,100.2"))
    assert set(_entries(reading.cells, "column", "measure", "unit")) == {("index", "index", "index")}


@pytest.mark.parametrize(
    ("first", "second", "periods"),
    [("2/1/1950", "3/1/1950", ["1950-02", "1950-03"]), ("1/2/1950", "1/3/1950", ["1950-02", "1950-03"]), ("1/1/1950", "01/02/1950",
     ["1950-01", "1950-02"]), ("11/1/1950 0:00", "12/1/1950 00:00:00", ["1950-11", "1950-12"])],
)  # fmt: skip
def test_days_with_slashes_in_either_order(first, second, periods):
    assert fred.read(_document("date,BOPGTB", f"{first},1", f"{second},2")).rows["period"] == periods


@pytest.mark.parametrize(
    ("lines", "line", "expected", "found"),
    [
        (("date,BOPGTB", "1950-01-02,1"), 2, "the first day of a month, YYYY-MM-01", "'1950-01-02'"),
        (("date,BOPGTB", "13/1/1950,1"), 2, "the first day of a month, YYYY-MM-01", "'13/1/1950'"),
        (("date,BOPGTB", "0/1/1950,1"), 2, "the first day of a month, YYYY-MM-01", "'0/1/1950'"),
        (("date,BOPGTB", "2/2/1950,1"), 2, "the first day of a month, YYYY-MM-01", "'2/2/1950'"),
        (("date,BOPGTB", "1950-01-01,1"), 2, "two observations or more, which say the frequency", "one"),
        (("date,BOPGTB", "1950-01-01,1", "1950-03-01,2"), 3, "the month, or the quarter, that follows the one before", "'1950-03-01,2'"),
        (("date,BOPGTB", "1950-02-01,1", "1950-05-01,2"), 3, "the month, or the quarter, that follows the one before", "'1950-05-01,2'"),
        (("date,BOPGTB", "1950-02-01,1", "1950-01-01,2"), 3, "the month, or the quarter, that follows the one before", "'1950-01-01,2'"),
        (("date,BOPGTB", "1950-01-01,1", "1950-02-01,2", "1950-02-01,2"), 4, "1950-03-01 after 1950-02-01, each once and in order",
         "'1950-02-01,2'"),
        (("date,BOPGTB", "1950-01-01,1", "1950-04-01,2", "1950-05-01,2"), 4, "1950-07-01 after 1950-04-01, each once and in order",
         "'1950-05-01,2'"),
        (("date,BOPGTB", "1950-01-01,.", "1950-02-01,"), 2, "figures", "none in any record"),
        (("date,BOPGTB", "1950-01-01,1", "1950-02-01,x"), 3, "a figure", "'x' (no figure)"),
        (("date,BOPGTB,BOPTEXP", "1950-01-01,1,2"), 1, "one column of values beside the dates", "2"),
        (("date,BOPGTB,BOPTEXP", "1950-01-01,,"), 1, "one column of values beside the dates", "0"),
    ],
)  # fmt: skip
def test_what_a_file_of_fred_does_not_hold(lines, line, expected, found):
    assert _refusal(fred.read, *lines)[:3] == (line, expected, found)


def test_a_series_that_is_not_known_is_refused():
    line, expected, found, todo = _refusal(fred.read, "date,NONE", "1950-01-01,1", "1950-02-01,2")
    assert (line, found) == (1, "'date,NONE'")
    assert expected.startswith("a known series (BOPGSTB, BOPTEXP, BOPTIMP, ")
    assert expected.endswith(") in the header, or by its known figures")
    assert todo == "add the series to trade_assets/facts/catalogue/fred.csv"
    *_, todo = _refusal(fred.read, "date,value", "1950-01-01,1", "1950-02-01,2")
    assert todo == (
        "put the id of the series in place of 'value' in a copy of the file; if it is a new one, add the series to "
        "trade_assets/facts/catalogue/fred.csv"
    )


def test_columns_without_figures_beside_the_series_are_passed_over():
    reading = fred.read(_document("observation_date,BOPGTB,x,y", "1950-01-01,1,,", "1950-02-01,2,,"))
    assert reading.rows["period"] == ["1950-01", "1950-02"]
    assert reading.notes[0] == "columns that are not read: 'x' (blank in every record), 'y' (blank in every record)"
    named = fred.read(_document("date,x,value", "1992-01-01,7,-2026", "1992-02-01,8,-831", "1992-03-01,9,-2641"))
    assert (named.product, named.notes) == ("BOPGSTB", ["columns that are not read: 'x' (3 figures, listed as unread)"])


@pytest.mark.parametrize(
    ("header", "is_fred"),
    [
        ("date,value", True), ("observation_date,anything", True), ("date,x,y", False), ("observation_date,x,y", True), ("date,x,value",
        True),
        ("date,x,bopgtb", True), (",date,x", True), ("index,date,x", True), ("date,observation_date,x", True), ("value,x", False),
        ("date,year,period", False), ("date,year,period,value", False), ("year,period", False), ("date,bopgtb_20250507,x", True),
        ("date,bopgtb_20251307,x", False),
    ],
)  # fmt: skip
def test_headers_of_fred(header, is_fred):
    assert fred.recognises(_document(header, "1,2,3")) is is_fred
    assert header_of(_document(header)) == header.split(",")


# BLS: months of which no figure is known

HEADER = "series_id,year,period,value,footnotes"


def _bls(*records, header=HEADER):
    return bls.read(_document(header, *(f"EIUIR,{record}" for record in records)))


def _bls_refusal(*records, header=HEADER):
    return _refusal(bls.read, header, *(f"EIUIR,{record}" for record in records))


@pytest.mark.parametrize("named", ["periodName", "period_name", "Period Name", "month"])
def test_the_name_of_a_month_must_be_that_of_its_period_whatever_the_column_is_called(named):
    header = f"series_id,year,period,{named},value,footnotes"
    assert _bls("2030,M02,February,1.5,", header=header).rows["period"] == ["2030-02"]
    assert "February as the name of M02" in str(_bls_refusal("2030,M02,March,1.5,", header=header))


def test_a_series_of_bls_is_a_row_per_month():
    reading = _bls(
        "1950,M01,100.1,", "1950,M02,100.2,R", "1950,M03,-,X", '1950,M04,,"[{""code"": ""X"", ""text"": ""unavailable""}]"', "1950,M05,9.0,"
    )
    assert (reading.family, reading.product, reading.publisher) == ("mxp", "EIUIR", "U.S. Bureau of Labor Statistics")
    assert reading.title == "Import price index, all commodities, BEA End Use (EIUIR)"
    assert _entries(reading.rows, "table", "line", "label", "period", "gap") == [
        ("index_series", line, f"1950 M0{line - 1}", f"1950-0{line - 1}", "suppressed" if line == 5 else None) for line in range(2, 7)
    ]
    assert _entries(reading.cells, "column", "series", "measure", "period", "value", "flags", "gap", "unit") == [
        ("index", "imports.end_use.all_commodities", "index", "1950-01", 100.1, "", None, "index"),
        ("index", "imports.end_use.all_commodities", "index", "1950-02", 100.2, "r", None, "index"),
        ("index", "imports.end_use.all_commodities", "index", "1950-03", None, "x", "suppressed", "index"),
        ("index", "imports.end_use.all_commodities", "index", "1950-05", 9.0, "", None, "index"),
    ]
    assert {name: of for name, (of,) in reading.series.items()} == {
        "series": "imports.end_use.all_commodities", "flow": "imports", "classification": "end_use", "code": "all_commodities",
        "label": "Import price index, all commodities, BEA End Use", "base_period": "2000", "unit": "index",
        "seasonal_adjustment": "not seasonally adjusted", "basis": None, "known_figures": 0, "agreeing_figures": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("months", "holes"),
    [
        # Between months that follow each other one that has no record is missing.
        ((1, 2, 4, 5), [3]), ((1, 2, 5, 6), [3, 4]), ((1, 2, 4), [3]), ((1, 3, 4), [2]), ((1, 2, 3), []), ((1, 3), []),
        # At an end one neighbour proves a single month only; quarters have no holes.
        ((1, 2, 5), []), ((1, 4, 5), []), ((1, 4, 7), []), ((1, 4, 7, 8), []), ((1, 2, 6, 7, 8), [3, 4, 5]), ((1, 3, 5), [2, 4]),
        ((1, 4, 6, 9), []),
    ],
)  # fmt: skip
def test_a_month_without_a_record(months, holes):
    reading = _bls(*(f"1950,M{month:02},1.0," for month in months))
    missing = [(p, gap, label) for p, gap, label in _entries(reading.rows, "period", "gap", "label") if gap is not None]
    assert missing == [(f"1950-{month:02}", "not_published", f"1950 M{month:02}") for month in holes]


def test_a_hole_stands_at_the_line_of_the_month_that_follows():
    assert _entries(_bls("1950,M01,1,", "1950,M03,1,", "1950,M04,1,").rows, "period", "line")[-1] == ("1950-02", 3)


def test_figures_of_longer_periods_are_listed():
    codes = ("M13", "A01", "S01", "S02", "S03", "Q01", "Q04", "Q05")
    reading = _bls("1950,M01,1.0,", *(f"1950,{code},2.{number}," for number, code in enumerate(codes)), "1950,Q02,-,", "1950,Q03,,")
    assert _entries(reading.unread, "line", "text", "reason") == [
        (3, "2.0", "a figure of the year 1950, not of a month"), (4, "2.1", "a figure of the year 1950, not of a month"),
        (5, "2.2", "a figure of a half of 1950, not of a month"), (6, "2.3", "a figure of a half of 1950, not of a month"),
        (7, "2.4", "a figure of the year 1950, not of a month"), (8, "2.5", "a figure of a quarter of 1950, not of a month"),
        (9, "2.6", "a figure of a quarter of 1950, not of a month"), (10, "2.7", "a figure of the year 1950, not of a month"),
    ]  # fmt: skip
    assert reading.notes[0] == "8 figures of quarters, half-years or years are in no table; they are listed as unread"


@pytest.mark.parametrize(
    ("footnotes", "flags"),
    [("", ""), ("[]", ""), ("R", "r"), ("r", None), ('"R,P"', "r p"), ('"R, P"', "r p"), ("[{}]", ""), ('"[{}, {""code"": ""C""}]"', "c"),
     ("\"[{'code': 'P', 'text': 'It''s'}]\"", None), ("\"[{'code': 'P', 'text': 'soon'}]\"", "p"), ('"[{""text"": ""x""}]"', None), ("{",
     None),
     ('"[{""code"": ""Z"", ""text"": ""odd""}]"', None)],
)  # fmt: skip
def test_footnotes_of_a_figure(footnotes, flags):
    if flags is None:
        line, expected, _, _ = _bls_refusal(f"1950,M01,1.0,{footnotes}")
        assert line == 2 and "footnote" in expected
    else:
        assert _bls(f"1950,M01,1.0,{footnotes}").cells["flags"] == [flags]


@pytest.mark.parametrize(
    ("said", "is_suppressed"),
    [
        ("Data unavailable", True),
        ("not available", True),
        ("Not published.", True),
        ("suppressed", True),
        ("availability", False),
        ("notpublished", False),
    ],
)
def test_a_footnote_says_that_a_figure_is_unavailable(said, is_suppressed):
    records = ("1950,M01,1.0,", f'1950,M02,-,"[{{""code"": ""R"", ""text"": ""{said}""}}]"', "1950,M03,1.0,")
    assert _bls(*records).cells["gap"][1] == ("suppressed" if is_suppressed else "not_published")


@pytest.mark.parametrize(
    ("records", "refusal"),
    [
        (("1950,M14,1,",), (2, "a year and a month, M01 to M12", "'EIUIR,1950,M14,1,'", COMPARE)),
        (("1850,M01,1,",), (2, "a year and a month, M01 to M12", "'EIUIR,1850,M01,1,'", COMPARE)),
        (("1850,M13,1,",), (2, "a year and a month, M01 to M12", "'EIUIR,1850,M13,1,'", COMPARE)),
        (("1950,M13,1,",), (2, "a record of a month, M01 to M12", "only records of longer periods", COMPARE)),
        (("1950,M01,1,X",), (2, "no figure beside a footnote that says it is unavailable", "'1'", COMPARE)),
        (("1950,M01,1,", "1950,M02,1,", "1950,M01,-,"), (
            4, "a figure of 1950 M01 in every record of it, or in none", "one in this record or in that of line 2, not in both", COMPARE)),
        (("1950,M01,1,{}",), (2, "footnotes as a list, or as codes", "'{}'", COMPARE)),
        (("1950,M01,1,Z",), (2, f"a footnote's code of {CODES}", "'Z: '",
        "add the code to trade_assets/facts/catalogue/bls_footnotes.csv")),
        (("1950,M01,1,\"[{'a': 'b'}]\"",), (2, "footnotes with code and text", "\"{'a': 'b'}\"", COMPARE)),
    ],
)  # fmt: skip
def test_what_a_file_of_bls_does_not_hold(records, refusal):
    assert _bls_refusal(*records) == refusal


def test_a_file_of_bls_is_of_one_known_series():
    records = ("EIUIR,1950,M01,1,", "EIUIQ,1950,M01,1,")
    assert _refusal(bls.read, HEADER, *records) == (
        3, "the series EIUIR in every record", "'EIUIQ'", "give each series as a file of its own",
    )  # fmt: skip
    assert _refusal(bls.read, HEADER, "NONE,1950,M01,1,") == (
        2, "a series of the catalogue", "'NONE'", "add the series to trade_assets/facts/catalogue/bls_series.csv",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "is_right"),
    [("March", True), ("mar.", True), ("3", True), ("03", True), ("3.0", True), ("", True), ("April", False), ("4", False), ("M03", False)],
)
def test_the_name_of_the_month_beside_its_code(name, is_right):
    header = "series_id,year,period,periodName,value"
    if is_right:
        assert _bls(f"1950,M03,{name},1", header=header).rows["period"] == ["1950-03"]
    else:
        assert _bls_refusal(f"1950,M03,{name},1", header=header)[:3] == (2, "March as the name of M03", repr(name))


def test_what_some_programs_call_the_month_counts_where_no_column_has_the_name():
    assert _bls_refusal("1950,M03,April,1", header="series_id,year,period,month,value")[1] == "March as the name of M03"
    both = _bls("1950,M03,April,March,1", header="series_id,year,period,month,periodName,value")
    assert both.rows["period"] == ["1950-03"]
    assert "columns that are not read: 'month' (texts such as 'April')" in both.notes


@pytest.mark.parametrize(
    ("texts", "said", "unread"),
    [
        (("", "", ""), "'x' (blank in every record)", []), (("a", "a", "a"), "'x' ('a' in every record)", []),
        (("1950-01-01", "1950-02-01", "1950-03-01"), "'x' (repeats the period)", []), (("1", "2", "3"), "'x' (repeats the period)", []),
        (("1", "2", "4"), "'x' (3 figures, listed as unread)", ["1", "2", "4"]), (("a", "", "a"), "'x' (texts such as 'a')", []),
        (("a", "b", "5"), "'x' (1 figures, listed as unread)", ["5"]), (("", "2", "3"), "'x' (2 figures, listed as unread)", ["2", "3"]),
        (("7", "", "7"), "'x' (2 figures, listed as unread)", ["7", "7"]),
    ],
)  # fmt: skip
def test_what_a_further_column_holds(texts, said, unread):
    records = [f"1950,M0{number},1.0,{text}" for number, text in enumerate(texts, start=1)]
    reading = _bls(*records, header="series_id,year,period,value,x")
    assert f"columns that are not read: {said}" in reading.notes
    assert _entries(reading.unread, "text", "reason") == [(text, "in the column 'x', which is not read") for text in unread]


def test_one_record_does_not_say_what_is_the_same_in_every_one():
    reading = _bls("1950,M01,1.0,a", header="series_id,year,period,value,x")
    assert "columns that are not read: 'x' (texts such as 'a')" in reading.notes


def test_twelve_further_columns_are_named():
    names = [f"x{number}" for number in range(1, 15)]
    for count, end in ((12, ""), (13, " and 1 more"), (14, " and 2 more")):
        reading = _bls("1950,M01,1.0" + "," * count, header=",".join(["series_id", "year", "period", "value", *names[:count]]))
        shown = ", ".join(f"'{name}' (blank in every record)" for name in names[:12])
        assert f"columns that are not read: {shown}{end}" in reading.notes
