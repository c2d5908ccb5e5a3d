"""Series files of FRED and BLS: which series, which periods, which gaps; made files and published ones."""

import csv
from collections import Counter
from functools import cache

import openpyxl
import pytest
from click.testing import CliRunner

from trade_assets.cli import UNREADABLE, main
from trade_assets.facts.frames import wide
from trade_assets.facts.known import known_figures
from trade_assets.facts.melt import melt
from trade_assets.facts.periods import MONTH_NAMES
from trade_assets.facts.tables import VALIDATED
from trade_assets.families.kei import post as kei
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.rules import rules_of
from trade_assets.reading import ReadError, read_document, unpack
from trade_assets.review.check import check_file
from trade_assets_tests.made_files import facts_of_made
from trade_assets_tests.shared_documents import shared_document, shared_sample


def read(text):
    return read_document(text.encode(), "made.csv")


def observations(reading):
    """Period and value of each cell, then those of the rows that only say why there is none."""
    cells, rows = reading.cells, reading.rows
    found = list(zip(cells["period"], cells["value"], cells["gap"], strict=True))
    return found, {period: gap for period, gap in zip(rows["period"], rows["gap"], strict=True) if gap is not None}


def refused(text, expected):
    with pytest.raises(ReadError) as caught:
        read(text)
    assert expected in str(caught.value), str(caught.value)
    assert caught.value.line is not None and caught.value.todo


def fred(*records, header="observation_date,BOPGSTB"):
    return "\n".join([header, *records]) + "\n"


def bls(*records, header="series_id,year,period,periodName,value,footnotes,latest"):
    return "\n".join([header, *records]) + "\n"


@pytest.mark.parametrize(
    "text", ["DATE,\n1992-01-01,5\n", '"date"," "\n1992-01-01,5\n', "series_id,year,period,value,\nEIUIR,2024,M01,1.0,9\n"]
)
def test_a_column_without_a_name_is_refused(text):
    refused(text, "a name for every column of the header, found 1 without")


def test_a_header_of_many_columns_is_seen_to_its_end():
    wide = ",".join(["observation_date", *("X" * 20 + str(number) for number in range(100)), "BOPGSTB"])
    (part,) = unpack(f"{wide}\n1992-01-01{',5' * 100},-2026\n1992-02-01{',5' * 100},-831\n".encode(), "made.csv").parts
    assert part.data == b"observation_date,BOPGSTB\n1992-01-01,-2026\n1992-02-01,-831\n"
    refused(f"observation_date,{'x' * 1000},y\n1992-01-01,5,6\n", "a series of the catalogue")


@pytest.mark.parametrize("error", [ValueError("too many values"), KeyError("value"), IndexError("out of range")])
def test_what_a_reader_does_not_foresee_names_the_document(monkeypatch, tmp_path, error):
    def failing(document):
        raise error

    monkeypatch.setattr(kei, "recognises", lambda document: "broken" in document.name)
    monkeypatch.setattr(kei, "read", failing)
    (tmp_path / "broken.txt").write_text("Some text\n")
    (tmp_path / "good.csv").write_text(fred("2024-01-01,5", "2024-02-01,6"))
    with pytest.raises(ReadError, match=r"broken\.txt: expected a document laid out as the family kei is") as caught:
        read_document(b"Some text\n", "broken.txt")
    assert caught.value.__cause__ is error and "trade_assets/families/kei/post.py" in caught.value.todo
    result = CliRunner().invoke(main, ["cells", str(tmp_path / "broken.txt"), str(tmp_path / "good.csv")])
    assert result.exit_code == UNREADABLE and result.stderr.count("\n") == 1
    assert result.stdout.count("\n") == 3


NO_PLAIN_FIGURES = [
    ("5%", "'5%' (with a percent sign)"),
    ("$5", "'$5' (with a currency sign)"),
    ("(r)5", "'(r)5' (with a flag, or brackets)"),
    ("5 r", "'5 r' (with a flag, or brackets)"),
    ('"36,54"', "'36,54' (with digits grouped as this format does not)"),
    (".5", "'.5' (no figure)"),
    ("--5", "'--5' (no figure)"),
    ("\u0665", "(no figure)"),
    ("1234567890123456", "(more than 15 digits)"),
    ("1e15", "(more than 15 digits)"),
    ("#N/A", "'#N/A' (an error of the workbook)"),
    ("2024-01-05", "(with the format of a date or time)"),
    ("x" * 500, "(no figure)"),
    ("(" * 50_000, "(no figure)"),
    ("9" * 50_000, "(more than 15 digits)"),
]


@pytest.mark.parametrize(("value", "found"), NO_PLAIN_FIGURES)
def test_only_plain_figures_are_figures_of_a_series(value, found):
    refused(fred(f"2024-01-01,{value}", "2024-02-01,6"), found)
    refused(bls(f"EIUIR,2024,M01,January,{value},[{{}}],"), found)


# FRED


@pytest.mark.parametrize(
    "header", ["DATE,BOPTEXP", "observation_date,BOPTEXP", "date,BOPTEXP", "\ufeffdate,boptexp", '"date","BOPTEXP"', "DATE\tBOPTEXP"]
)
def test_headers_of_fred(header):
    separator = "\t" if "\t" in header else ","
    reading = read(fred(f"2025-01-01{separator}273946", f"2025-02-01{separator} 280908 ", header=header))
    assert (reading.family, reading.product, reading.cells["series"][0]) == ("fred", "BOPTEXP", "exports.total")
    assert observations(reading)[0] == [("2025-01", 273946.0, None), ("2025-02", 280908.0, None)]
    assert reading.cells["measure"] == ["value", "value"] and set(reading.cells["table"]) == {"fred_observations"}
    line, start, end = (reading.cells[name][1] for name in ("line", "start", "end"))
    assert reading.printed[line - 1][start:end] == reading.cells["text"][1] == "280908"


def test_a_file_without_an_id_is_the_series_whose_known_figures_it_prints():
    months = ["1992-01-01,-2026", "1992-02-01,-831", "1992-03-01,-2641.0", "1992-04-01,5"]
    reading = read(fred(*months, header="date,value"))
    assert (reading.product, reading.cells["decimals"], reading.cells["series"][0]) == ("BOPGSTB", [0, 0, 1, 0], "balance.total")
    refused(fred(*months[1:], header="date,value"), "a known series (BOPGSTB, BOPTEXP, BOPTIMP, BOPGTB, ")
    refused(fred("1992-01-01,-2027", *months[1:], header="date,value"), "put the id of the series in place of 'value'")


def test_quarters_are_averages_of_their_months():
    # -1833 is the mean of -2026, -831 and -2641, rounded.
    reading = read(fred("1992-01-01,-1833", "1992-04-01,-3284", "1992-07-01,"))
    assert reading.product == "BOPGSTB.quarterly" and set(reading.cells["measure"]) == {"average"}
    found, gaps = observations(reading)
    assert found == [("1992-01/1992-03", -1833.0, None), ("1992-04/1992-06", -3284.0, None)]
    assert gaps == {"1992-07/1992-09": "not_yet_released"}
    assert read(fred("1992-01-01,-1832.7", "1992-04-01,-3284")).product == "BOPGSTB.quarterly"
    # -5498 is their sum, -2641 the last of them.
    refused(fred("1992-01-01,-5498", "1992-04-01,-9852"), "these are sums of quarters of BOPGSTB")
    refused(fred("1992-01-01,-2641", "1992-04-01,-9852"), "these are every third month, the last of each quarter, of BOPGSTB")


# The months sum to -5498, a third of which is -1832.67: of each number of decimals only the nearest figure is their average.
@pytest.mark.parametrize(
    ("shown", "is_average"),
    [("-1833", True), ("-1832", False), ("-1834", False), ("-1832.7", True), ("-1832.6", False), ("-1832.8", False), ("-1832.67", True),
     ("-1832.66", False), ("-1832.68", False)],
)  # fmt: skip
def test_an_average_is_right_to_half_of_its_last_place(shown, is_average):
    text = fred(f"1992-01-01,{shown}", "1992-04-01,-3284")
    if is_average:
        assert read(text).cells["value"][0] == float(shown)
    else:
        refused(text, f"the average of -2026, -831, -2641, within rounding, found '{shown}'")


def test_gaps_of_fred_inside_the_series_and_after_it():
    found, gaps = observations(read(fred("2024-01-01,5", "2024-02-01,", "2024-03-01,.", "2024-04-01,7", "2024-05-01,.", "2024-06-01,")))
    assert found == [
        ("2024-01", 5.0, None), ("2024-03", None, "not_published"), ("2024-04", 7.0, None), ("2024-05", None, "not_yet_released"),
    ]  # fmt: skip
    assert gaps == {"2024-02": "not_published", "2024-06": "not_yet_released"}


@pytest.mark.parametrize(
    ("records", "header", "expected"),
    [
        (["2024-01-01,5", "2024-02-01,6"], "date,GDPC1", "add the series to trade_assets/facts/catalogue/fred.csv"),
        (["2024-01-01,5", "2024-03-01,6"], None, "the month, or the quarter, that follows"),
        (["2024-01-01,5", "2024-02-01,6", "2024-02-01,6"], None, "2024-03-01 after 2024-02-01, each once and in order"),
        (["2024-02-01,5", "2024-05-01,6"], None, "the month, or the quarter, that follows"),
        (["2024-01-15,5", "2024-02-01,6"], None, "the first day of a month"),
        (["2024-13-01,5", "2024-02-01,6"], None, "the first day of a month"),
        (["2024-01-01,5"], None, "two observations or more"),
        (["2024-01-01,.", "2024-02-01,"], None, "figures, found none"),
        (["2024-01-01,#N/A", "2024-02-01,6"], None, "a figure, found '#N/A'"),
        (["2024-01-01,=1+1", "2024-02-01,6"], None, "a figure, found '=1+1'"),
        (["2024-01-01,5,6", "2024-02-01,6"], None, "2 fields, as in the header"),
        ([], None, "records below the header"),
    ],
)
def test_what_fred_does_not_offer_is_refused(records, header, expected):
    refused(fred(*records, header=header or "observation_date,BOPGSTB"), expected)


# BLS


def test_records_of_bls_in_any_order_of_columns_and_time():
    down = bls(
        "2024,M02,February,true,141.2,[{}],EIUIR", "2024,M01,January,,140.9,\"[{'code': 'R', 'text': 'Revised.'}]\",EIUIR",
        header="year,period,periodName,latest,value,footnotes,series_id",
    )  # fmt: skip
    reading = read(down)
    assert (reading.family, reading.product, set(reading.cells["table"])) == ("mxp", "EIUIR", {"index_series"})
    assert observations(reading)[0] == [("2024-02", 141.2, None), ("2024-01", 140.9, None)]
    assert reading.cells["flags"] == ["", "r"] and reading.cells["text"] == ["141.2", "140.9"]
    assert (reading.series["base_period"], reading.series["unit"]) == (["2000"], ["index"])
    short = read("Series,Year,Period,Value\nEIUIQ,2016,M11,120.7")
    assert (short.product, short.cells["series"]) == ("EIUIQ", ["exports.end_use.all_commodities"])
    tabs = read("series_id\tyear\tperiod\tvalue\tfootnote_codes\nEIUIR   \t2024\tM01\t       139.4\tR\n")
    assert (tabs.cells["value"], tabs.cells["flags"], tabs.product) == ([139.4], ["r"], "EIUIR")
    assert tabs.printed[1][tabs.cells["start"][0] : tabs.cells["end"][0]] == "139.4"


def test_a_suppressed_month_is_no_late_one():
    unavailable = "\"[{'code': 'X', 'text': 'Data unavailable due to the 2025 lapse in appropriations.'}]\""
    found, gaps = observations(
        read(
            bls(
                "EIUIR,2025,M09,September,141.0,[{}],", f"EIUIR,2025,M10,October,-,{unavailable},",
                "EIUIR,2025,M11,November,141.3,[{}],true", "EIUIR,2025,M12,December,,[{}],",
            )
        )
    )  # fmt: skip
    assert found == [("2025-09", 141.0, None), ("2025-10", None, "suppressed"), ("2025-11", 141.3, None)]
    assert gaps == {"2025-12": "not_yet_released"}


@pytest.mark.parametrize(
    ("value", "notes", "gap"),
    [
        ("", "\"[{'code': 'X', 'text': ''}]\"", "suppressed"),
        ("", '"[{""code"":""9"",""text"":""Data not available""}]"', "suppressed"),
        ("", '"[{""code"":""9"",""text"":""Index not published this month.""}]"', "suppressed"),
        ("-", "X", "suppressed"),
        ("", "[{}]", "not_published"),
        ("", "", "not_published"),
        ("-", "\"[{'code': 'R', 'text': 'Revised.'}, {}]\"", "not_published"),
    ],
)
def test_reasons_of_a_missing_month(value, notes, gap):
    reading = read(bls(f"EIUIR,2025,M10,October,{value},{notes},", "EIUIR,2025,M11,November,141.3,[{}],true"))
    assert ({**observations(reading)[1], **dict(zip(reading.cells["period"], reading.cells["gap"], strict=True))})["2025-10"] == gap


@pytest.mark.parametrize("blank", ["", "-"])
def test_a_month_with_and_without_a_figure_is_a_contradiction(blank):
    figure, missing = "EIUIR,2020,M01,January,125.2,[{}],", f"EIUIR,2020,M01,January,{blank},[{{}}],"
    refused(bls(figure, missing), "a figure of 2020 M01 in every record of it, or in none, found one in this record or in that of line 2")
    refused(bls(missing, "EIUIR,2020,M02,February,125.0,[{}],", figure), "a figure of 2020 M01 in every record of it, or in none")
    twice = read(bls(missing, missing, "EIUIR,2020,M02,February,125.0,[{}],"))
    assert (twice.cells["gap"] + twice.rows["gap"]).count("not_published") == 2


def test_a_figure_that_its_footnote_calls_unavailable_is_refused():
    expected = "no figure beside a footnote that says it is unavailable, found '139.4'"
    refused(bls("EIUIR,2024,M01,January,139.4,X,"), expected)
    refused(bls("EIUIR,2024,M01,January,139.4,\"[{'code': 'Q', 'text': 'Data unavailable.'}]\","), expected)


@pytest.mark.parametrize(
    ("months", "holes"),
    [
        ("2025-07 2025-08 2025-10 2025-11", "2025-09"),
        ("2025-08 2025-09 2025-11", "2025-10"),
        ("2025-11 2025-09 2025-08", "2025-10"),
        ("2025-09 2025-11 2025-12", "2025-10"),
        ("2025-06 2025-07 2025-09 2025-11 2025-12", "2025-08 2025-10"),
        ("2025-01 2025-02 2025-05 2025-06 2025-01 2025-02", "2025-03 2025-04"),
        ("1988-09 1988-12 1989-01 1989-03 1989-04", "1989-02"),
        ("1988-06 1988-09 1988-12 1989-01 1989-02", ""),
        ("1988-09 1988-12 1989-02 1989-03", ""),  # where months begin, nobody can say
        ("1982-09 1982-12 1983-03 1983-06", ""),
        ("1982-06 1982-12 1983-06 1983-12", ""),
        ("2025-01 2025-02 2025-03 2025-06 2025-09", ""),
        ("1988-12 1989-01 1989-02", ""),
        ("2025-01 2025-02 2025-05", ""),  # two months at the end: a quarter might have begun
        ("2025-01 2025-03", ""),
        ("2025-01", ""),
    ],
)
def test_a_month_without_a_record_is_a_gap_where_the_series_is_monthly(months, holes):
    numbered = [(each[:4], int(each[5:])) for each in months.split()]
    text = bls(*(f"EIUIR,{year},M{number:02d},{MONTH_NAMES[number - 1]},100.{number},[{{}}]," for year, number in numbered))
    reading = read(text)
    figures = [(each, float(f"100.{int(each[5:])}"), None) for each in months.split()]
    assert observations(reading) == (figures, dict.fromkeys(holes.split(), "not_published"))
    for period, gap, line, label in zip(*(reading.rows[name] for name in ("period", "gap", "line", "label")), strict=True):
        later = min((each for each in months.split() if each >= period), default=period)
        assert label == f"{period[:4]} M{period[5:]}" and later.replace("-", ",M") in reading.printed[line - 1], (period, gap)


def test_a_hole_is_shown_in_the_validated_table():
    data = bls("EIUIR,2025,M08,August,141.0,[{}],", "EIUIR,2025,M09,September,141.2,[{}],", "EIUIR,2025,M11,November,141.3,[{}],").encode()
    frame = wide(facts_of_made(data), next(table for table in VALIDATED if table.name == "index_levels"))
    assert list(frame["period"]) == ["2025-08", "2025-09", "2025-10", "2025-11"]
    assert frame["index"].isna().tolist() == [False, False, True, False] and "not_published" in frame["gaps"].iloc[2]


def test_early_years_have_two_and_four_observations():
    reading = read(bls("EIUIR,1982,M09,September,80.0,[{}],", "EIUIR,1982,M12,December,79.9,[{}],", "EIUIR,1983,M03,March,77.7,[{}],"))
    assert observations(reading) == ([("1982-09", 80.0, None), ("1982-12", 79.9, None), ("1983-03", 77.7, None)], {})


def test_records_that_stand_twice_must_agree():
    twice = ["EIUIR,2020,M01,January,125.2,[{}],", "EIUIR,2020,M02,February,124.3,[{}],"]
    agreeing, differing = read(bls(*twice, *twice)), read(bls(*twice, twice[0], twice[1].replace("124.3", "124.8")))
    counts = [evaluate(rules_of("mxp"), Facts.of_reading(each)).counts["index_printed_twice_agrees"] for each in (agreeing, differing)]
    assert counts == [(2, 0, 0), (1, 1, 0)]


@pytest.mark.parametrize(
    ("record", "header", "expected"),
    [
        ("EIUXX,2024,M01,January,139.4,[{}],", None, "add the series to trade_assets/facts/catalogue/bls_series.csv"),
        ("EIUIR,2024,M13,Annual,139.4,[{}],", None, "a record of a month, M01 to M12, found only records of longer periods"),
        ("EIUIR,2024,M14,,139.4,[{}],", None, "a year and a month, M01 to M12"),
        ("EIUIR,24,M01,January,139.4,[{}],", None, "a year and a month, M01 to M12"),
        ("EIUIR,2024,M01,February,139.4,[{}],", None, "January as the name of M01, found 'February'"),
        ("EIUIR,2024,M01,January,n/a,[{}],", None, "a figure, found 'n/a'"),
        ("EIUIR,2024,M01,January,139.4,\"[{'code': 'Z', 'text': 'New.'}]\",", None, "a footnote's code of R, P, C, X"),
        ("EIUIR,2024,M01,January,139.4,__import__('os'),", None, "footnotes as a list, or as codes"),
        ('EIUIR,2024,M01,January,139.4,"[{1: 2}]",', None, "footnotes with code and text"),
        ("EIUIR,2024,M01,January,,[{}],", None, "figures, found none"),
        ("EIUIR,2024,M01,1,2,3,4", "series_id,year,period,value,footnotes,latest,value", "each column once"),
        ("EIUIR,2024,M01,1,2", "series_id,year,period,value,series", "one column of series"),
    ],
)
def test_what_bls_does_not_offer_is_refused(record, header, expected):
    refused(bls(record, **({"header": header} if header else {})), expected)


def test_two_series_are_no_document():
    refused(bls("EIUIR,2024,M01,January,139.4,[{}],", "EIUIQ,2024,M01,January,148.6,[{}],"), "one document, found 2: EIUIR, EIUIQ")


# What programs leave in files


ALIKE = {
    "a delimiter at the end of every line": lambda lines: [f"{line}," for line in lines],
    "delimiters at the end of records": lambda lines: [lines[0], *(f"{line},," for line in lines[1:])],
    "a delimiter behind the header": lambda lines: [f"{lines[0]},", *lines[1:]],
    "records of nothing but delimiters": lambda lines: [*lines, ",", ",,"],
    "semicolons": lambda lines: [line.replace(",", ";") for line in lines],
    "bars": lambda lines: [line.replace(",", "|") for line in lines],
    "tabs": lambda lines: [line.replace(",", "\t") for line in lines],
    "quotes around everything": lambda lines: [",".join(f'"{each}"' for each in line.split(",")) for line in lines],
    "a byte-order mark": lambda lines: ["\ufeff" + lines[0], *lines[1:]],
    "numbers of records without a name": lambda lines: numbered(lines, "", 0, 1, 2, 3),
    "numbers of records called Unnamed: 0": lambda lines: numbered(lines, "Unnamed: 0", 1, 2, 3, 4),
    "numbers of pieces": lambda lines: numbered(lines, "index", 0, 1, 2, 0),
    "numbers downwards": lambda lines: numbered(lines, "", 4, 3, 2, 1),
}  # fmt: skip


def numbered(lines, name, *numbers):
    """The lines with a first column."""
    return [f"{name},{lines[0]}", *(f"{number},{line}" for number, line in zip(numbers, lines[1:], strict=True))]


OF_FRED = fred("1992-01-01,-2026", "1992-02-01,-831.0", "1992-03-01,-2641", "1992-04-01,-3109")
OF_BLS = "series_id,year,period,value\nEIUIR,2024,M09,140.9\nEIUIR,2024,M10,141.0\nEIUIR,2024,M11,141.2\nEIUIR,2024,M12,141.4\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", [OF_FRED, OF_BLS], ids=["fred", "bls"])
@pytest.mark.parametrize("how", ALIKE)
def test_what_programs_leave_in_a_file_changes_nothing(how, text, end):
    plain, reading = read(text), read(end.join(ALIKE[how](text.splitlines())) + end)
    for column in ("series", "measure", "period", "value", "decimals", "line", "text", "flags", "gap"):
        assert reading.cells[column] == plain.cells[column]
    for line, start, stop, mark in zip(*(reading.cells[name] for name in ("line", "start", "end", "text")), strict=True):
        assert reading.printed[line - 1][start:stop] == mark
    assert [note for note in reading.notes if "numbers the records" in note] == ([] if "numbers" not in how else reading.notes[:1])


@pytest.mark.parametrize(
    ("how", "months"),
    [
        ("{0}-{1:02d}-01 00:00:00", 4), ("{0}-{1:02d}-01T00:00:00", 4), ("{0}-{1:02d}-01T00:00:00.000Z", 4), ("{0}-{1:02d}-01 00:00", 4),
        ("{0}/{1:02d}/01", 4), ("{1}/1/{0}", 4), ("{1:02d}/01/{0}", 4), ("01/{1:02d}/{0}", 12), ("{1}/1/{0} 0:00", 12),
    ],
)  # fmt: skip
def test_days_as_programs_write_them(how, months):
    numbers = range(1, months + 1)
    marks = [-2026, -831, -2641] + [-3109] * (months - 3)
    reading = read(fred(*(f"{how.format(1992, number)},{mark}" for number, mark in zip(numbers, marks, strict=True))))
    assert reading.cells["period"] == [f"1992-{number:02d}" for number in numbers]


@pytest.mark.parametrize(
    "day", ["1/2/92", "2/3/1992", "13/1/1992", "0/1/1992", "1992-02-01 12:00:00", "1992-02-01 00:00:01", "1992-2-1", "Feb 1992"]
)
def test_a_day_that_is_no_first_of_a_month_is_refused(day):
    refused(fred("1992-01-01,-2026", f"{day},-831", "1992-03-01,-2641"), "the first day of a month")


@pytest.mark.parametrize("value", ["113,3", "1,310", "-2.026,5"])
def test_a_comma_between_semicolons_is_not_guessed(value):
    refused(f"observation_date;BOPGSTB\n1992-01-01;-2026\n1992-02-01;{value}\n", "(a comma between semicolons: a decimal point, or not?)")


def test_between_commas_a_quoted_comma_groups_thousands():
    assert read(fred('1992-01-01,"50,251"', '1992-02-01,"51,682"', header="date,BOPTEXP")).cells["value"] == [50251, 51682]


@pytest.mark.parametrize("numbers", ["0 2 3 4", "5 5 5 5", "1 0 1 0", "1.5 2.5 3.5 4.5", "0 1 2 x"])
def test_a_first_column_without_a_name_that_does_not_count_is_refused(numbers):
    head, *records = OF_FRED.splitlines()
    text = "\n".join([f",{head}", *(f"{number},{line}" for number, line in zip(numbers.split(), records, strict=True))])
    refused(text, "a name for every column of the header, found 1 without")


def test_years_that_are_floats_and_figures_in_full():
    reading = read("series_id,year,period,value\nEIUIR,2024.0,M09,140.90000000000001\nEIUIR,2024.0,M10,141.0\n")
    assert reading.cells["period"] == ["2024-09", "2024-10"] and reading.cells["value"] == [140.9, 141.0]
    assert reading.cells["text"] == ["140.90000000000001", "141.0"]


@pytest.mark.parametrize("month", ["November", "Nov", "11", "11.0"])
@pytest.mark.parametrize("name", ["month", "periodName", "Period Name"])
def test_the_name_of_the_month_in_other_columns(month, name):
    reading = read(f"year,period,{name},value,series_id\n2024,M11,{month},141.2,EIUIR\n2024,M10,,141.0,EIUIR\n")
    assert reading.cells["period"] == ["2024-11", "2024-10"] and not reading.unread["text"]
    refused(f"year,period,{name},value,series_id\n2024,M10,{month},141.2,EIUIR\n", "October as the name of M10")


def further(name, *texts):
    """A file of BLS with a further column, and what was said of it."""
    records = ["EIUIR,2024,M09,140.9", "EIUIR,2024,M10,141.0", "EIUIR,2024,M11,141.2"]
    reading = read("\n".join([f"series_id,year,period,value,{name}", *(f"{r},{t}" for r, t in zip(records, texts, strict=True))]))
    assert reading.cells["value"] == [140.9, 141.0, 141.2]
    for line, start, end, text in zip(*(reading.unread[each] for each in ("line", "start", "end", "text")), strict=True):
        assert reading.printed[line - 1][start:end] == text
    (said,) = [note for note in reading.notes if note.startswith("columns that are not read")]
    return said.removeprefix("columns that are not read: "), reading.unread["text"]


@pytest.mark.parametrize(
    ("name", "texts", "said", "unread"),
    [
        ("calculations", ["", "", ""], "'calculations' (blank in every record)", []),
        ("date", ["2024-12-06"] * 3, "'date' ('2024-12-06' in every record)", []),
        ("date", ["2024-09-01", "2024-10-01", "2024-11-01 00:00:00"], "'date' (repeats the period)", []),
        ("date", ["2024-09-01", "", "2024-12-01"], "'date' (2 figures, listed as unread)", ["2024-09-01", "2024-12-01"]),
        ("number", ["9", "10", "11"], "'number' (repeats the period)", []),
        ("net_change", ["0.1", "", "0.2"], "'net_change' (2 figures, listed as unread)", ["0.1", "0.2"]),
        ("net_change", ["", "", "0.2"], "'net_change' (1 figures, listed as unread)", ["0.2"]),
        ("aspects", ["none", "", "some"], "'aspects' (texts such as 'none')", []),
    ],
)  # fmt: skip
def test_a_further_column_is_said_and_its_figures_are_listed(name, texts, said, unread):
    assert further(name, *texts) == (said, unread)


def test_a_further_column_beside_a_series_of_fred():
    reading = read("date,value,vintage,other\n1992-01-01,-2026,5,\n1992-02-01,-831,5,\n1992-03-01,-2641,5,7\n")
    assert reading.product == "BOPGSTB" and reading.unread["text"] == ["7"]
    assert reading.notes == ["columns that are not read: 'vintage' ('5' in every record), 'other' (1 figures, listed as unread)"]


def test_figures_of_years_and_halves_are_listed_and_no_months():
    reading = read(
        bls(
            "EIUIR,2024,M11,November,141.2,[{}],", "EIUIR,2024,M12,December,141.4,[{}],", "EIUIR,2024,M13,Annual,140.8,[{}],",
            "EIUIR,2024,S01,1st Half,140.1,[{}],", "EIUIR,2024,S02,2nd Half,-,[{}],", "EIUIR,2024,Q04,4th Quarter,141.2,[{}],",
        )
    )  # fmt: skip
    assert reading.cells["period"] == ["2024-11", "2024-12"] and reading.cells["value"] == [141.2, 141.4]
    assert list(zip(reading.unread["line"], reading.unread["text"], reading.unread["reason"], strict=True)) == [
        (4, "140.8", "a figure of the year 2024, not of a month"), (5, "140.1", "a figure of a half of 2024, not of a month"),
        (7, "141.2", "a figure of a quarter of 2024, not of a month"),
    ]  # fmt: skip
    assert "3 figures of quarters, half-years or years are in no table; they are listed as unread" in reading.notes
    # Between months they are no holes.
    assert set(reading.rows["gap"]) == {None}


# Price indexes and other series of FRED


def test_an_index_of_fred_is_the_fact_that_bls_prints():
    reading = read(fred("2024-09-01,140.9", "2024-10-01,141.0", "2024-11-01,141.2", header="DATE,IR"))
    own = read(OF_BLS)
    for column in ("series", "measure", "period", "value", "unit"):
        assert reading.cells[column] == own.cells[column][:3], column
    assert (reading.series["base_period"], reading.series["classification"], reading.series["basis"]) == (["2000"], ["end_use"], [None])
    assert read(fred("2024-09-01,149.9", "2024-10-01,148.7", header="DATE,IQ")).cells["series"][0] == "exports.end_use.all_commodities"


def test_the_validated_table_keeps_indexes_and_amounts_apart():
    table = next(table for table in VALIDATED if table.name == "fred_observations")
    index = wide(facts_of_made(fred("2024-09-01,140.9", "2024-10-01,", "2024-11-01,141.2", header="DATE,IR").encode()), table)
    amount = wide(facts_of_made(fred("1992-01-01,-2026", "1992-02-01,", "1992-03-01,-2641").encode()), table)
    assert index["index"].tolist()[::2] == [140.9, 141.2] and index["value_musd"].isna().all() and set(index["base_period"]) == {"2000"}
    assert amount["value_musd"].tolist()[::2] == [-2026, -2641] and amount["index"].isna().all() and amount["base_period"].isna().all()
    assert index["gaps"].tolist() == ["", "index: not_published", ""] and amount["gaps"].tolist() == ["", "value_musd: not_published", ""]
    for frame, column in ((index, "index"), (amount, "value_musd")):
        facts = melt(frame, table)
        assert set(facts["column"]) == {column} and len(facts) == 3


def test_an_index_under_the_name_of_the_other_is_refused():
    months = list(zip(read(OF_BLS).cells["period"], read(OF_BLS).cells["value"], strict=True))
    known = {month: value.value for month, value in known_figures()["imports.end_use.all_commodities"].items() if month.startswith("2012")}
    assert months and len(known) >= 3
    text = fred(*(f"{month}-01,{value}" for month, value in sorted(known.items())), header="DATE,IQ")
    refused(text, "these are the figures of EIUIR")


# Published files

SAMPLES = [
    ("bls-labstat/EIUIQ_asof_2024-12-08.csv", "EIUIQ", 58, 0),
    ("bls-labstat/EIUIQ_asof_2024-12-13.csv", "EIUIQ", 214, 59),
    ("bls-labstat/EIUIR_asof_2024-12-08.csv", "EIUIR", 58, 0),
    ("bls-labstat/EIUIR_asof_2024-12-13.csv", "EIUIR", 214, 59),
    ("bls-labstat/EIUIR_full_1982-2024_asof_2024-12-06.csv", "EIUIR", 456, 0),
    ("bls-labstat/EIUIR_labstat_2006-2016.txt", "EIUIR", 131, 0),
    ("fred/BOPGSTB_QUARTERLY_asof_2024-12-16.csv", "BOPGSTB.quarterly", 131, 0),
    ("fred/BOPGSTB_asof_2026-01-07.csv", "BOPGSTB", 405, 0),
    ("fred/BOPGSTB_asof_2026-02-22.csv", "BOPGSTB", 408, 0),
    ("fred/BOPGSTB_asof_2026-03-15.csv", "BOPGSTB", 409, 0),
    ("fred/BOPTEXP_asof_2025-10-08.csv", "BOPTEXP", 402, 0),
    ("fred/BOPTIMP_asof_2025-10-08.csv", "BOPTIMP", 402, 0),
    ("fred/BOPGTB_asof_unknown.csv", "BOPGTB", 24, 0),
    ("fred/IMPCH_asof_unknown.csv", "IMPCH", 411, 0),
    ("fred/IR_asof_unknown.csv", "IR", 252, 0),
    ("cases/fred_cr_only.csv", "BOPGSTB", 399, 0),
    ("cases/fred_trailing_comma.csv", "BOPGSTB", 399, 0),
    ("cases/fred_float_artefact.csv", "BOPTEXP", 2, 0),
    ("cases/bls_extra_columns.csv", "EIUIR", 214, 59),
    ("cases/bls_date_column.csv", "EIUIR", 214, 59),
    ("cases/bls_month_column.csv", "EIUIR", 214, 59),
]


@pytest.mark.parametrize(("name", "product", "figures", "twice"), SAMPLES)
def test_every_value_of_a_published_series_is_read_and_nothing_is_violated(name, product, figures, twice):
    """Counts: records with a value, by the csv module; months that stand in two of them."""
    path = shared_sample(name)
    checked = check_file(path)
    with path.open(encoding="utf-8", newline="") as file:
        records = [{key.lower(): value for key, value in record.items()} for record in csv.DictReader(file)]
    column = "value" if "value" in records[0] else product.partition(".")[0].lower()
    values = [record[column] for record in records if record[column]]
    cells = checked.reading.cells
    assert cells["text"] == values and len(values) == figures
    assert checked.reading.product == product
    assert sum(count - 1 for count in Counter(cells["period"]).values()) == twice
    assert checked.evaluation.counts.get("index_printed_twice_agrees", (0, 0, 0)) == (twice, 0, 0)
    assert checked.issues == [] and not any(violated for _, violated, _ in checked.evaluation.counts.values())
    places = zip(*(cells[each] for each in ("line", "start", "end", "text")), strict=True)
    assert all(checked.lines[line - 1][start:end] == text for line, start, end, text in places)
    assert len(checked.reading.rows["row"]) == len(records)  # no month is missing in these, so no row is added


@cache
def _trade_with_china():
    """By year the columns of the sheet of all countries."""
    sheet = openpyxl.load_workbook(shared_sample("census-historical/country_2023-01.xlsx"), read_only=True).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows if row[header.index("CTYNAME")] == "China"}


@pytest.mark.parametrize(("name", "letter"), [("IMPCH", "I"), ("EXPCH", "E")])
def test_trade_with_china_as_census_prints_it_is_what_fred_calls_so(name, letter):
    """Of every month until 2023-01, whatever the season: no figure is taken for a wrong one, and under another name all are refused."""
    years = _trade_with_china()
    numbers = {number: letter + month[:3].upper() for number, month in enumerate(MONTH_NAMES, 1)}
    printed = [(f"{year}-{number:02d}-01", years[year][column]) for year in sorted(years) for number, column in numbers.items()]
    text = fred(*(f"{day},{value}" for day, value in printed if value), header=f"DATE,{name}")
    reading = read(text)
    assert len(reading.cells["value"]) == 457
    assert evaluate(rules_of("fred"), Facts.of_reading(reading)).counts["observations_are_of_the_series_named"] == (457, 0, 0)
    refused(text.replace(name, {"IMPCH": "EXPCH", "EXPCH": "IMPCH"}[name]), f"these are the figures of {name}")


@pytest.mark.parametrize(
    ("name", "series"),
    [("BOPGTB", "balance.goods"), ("BOPSTB", "balance.services"), ("BOPGEXP", "exports.goods"), ("BOPGIMP", "imports.goods"),
     ("BOPSEXP", "exports.services"), ("BOPSIMP", "imports.services")],
)  # fmt: skip
def test_goods_and_services_as_the_ft900_prints_them_are_what_fred_calls_so(name, series):
    cells = check_file(shared_document("2016-11.ft900-goods-and-services.txt")).reading.cells
    facts = zip(cells["series"], cells["period"], cells["value"], strict=True)
    printed = sorted((period, value) for each, period, value in facts if each == series and len(period) == 7)
    text = fred(*(f"{period}-01,{value:.0f}" for period, value in printed), header=f"DATE,{name}")
    reading = read(text)
    assert len(printed) == 297 and reading.cells["series"] == [series] * 297
    assert evaluate(rules_of("fred"), Facts.of_reading(reading)).counts["observations_are_of_the_series_named"] == (297, 0, 0)
    refused(text.replace(name, "BOPGSTB"), f"these are the figures of {name}")


def test_published_series_begin_as_the_catalogue_knows_them():
    files = (shared_sample(f"fred/{name}_asof_2025-10-08.csv") for name in ("BOPTEXP", "BOPTIMP"))
    trade = [check_file(file).reading.cells["value"][:3] for file in files]
    balance = check_file(shared_sample("fred/BOPGSTB_asof_2026-03-15.csv")).reading.cells["value"][:3]
    assert [exports - imports for exports, imports in zip(*trade, strict=True)] == balance == [-2026, -831, -2641]


def test_published_quarters_are_averages_of_published_months():
    """Months of 1992 to 1994, which no revision since has touched."""
    quarters = check_file(shared_sample("fred/BOPGSTB_QUARTERLY_asof_2024-12-16.csv")).reading.cells
    months = check_file(shared_sample("fred/BOPGSTB_asof_2026-03-15.csv")).reading.cells["value"]
    for number, value in enumerate(quarters["value"][:12]):
        assert abs(sum(months[3 * number : 3 * number + 3]) - 3 * value) <= 1.5
    assert quarters["period"][0] == "1992-01/1992-03"
