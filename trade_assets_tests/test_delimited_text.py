"""Delimited text: what parts the fields, where each stands, what programs leave beside them, and which records are none."""

import pytest

from trade_assets.reading import delimited
from trade_assets.reading.delimited import MAX_COLUMNS, NUMBERING, header_of, read_delimited
from trade_assets.reading.text import decode
from trade_assets_tests.refusals import refused


def _read(*lines):
    return read_delimited(decode("\n".join(lines).encode(), "a.csv"))


def _header(*lines):
    return header_of(decode("\n".join(lines).encode(), "a.csv"))


def _refused(*lines):
    return refused("a.csv", _read, *lines)


def _fields(document):
    return [(row.line, [(field.column, field.text, field.start) for field in row.fields]) for row in document.rows]


def test_what_programs_call_a_column_of_numbers_and_how_many_columns_there_may_be():
    assert {"", "index", "unnamed: 0"} == NUMBERING
    assert MAX_COLUMNS == 2_100


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("DATE,Value", ["date", "value"]), (" Date ; B", ["date", "b"]), ("a|b", ["a", "b"]), ("a,b\tc", ["a,b", "c"]),
        ('"a,b";c', ["a,b", "c"]), ("a,,b", ["a", "", "b"]), (",a", ["", "a"]), ("a,", ["a", ""]), ("alone", []),
        ('"A";"B,C"', ["a", "b,c"]), ("a;b,c", ["a", "b,c"]),
        # No record: a quote inside a field. What its beginning resembles.
        ('Da"te,Value', ['da"te', "value"]), ('"DATE" x,"Value"', ['date" x', "value"]), ('a"lone', []),
    ],
)  # fmt: skip
def test_the_names_of_a_header(line, names):
    assert _header("", "  ", line, "x,y") == names


def test_no_line_has_no_names():
    assert header_of(delimited.TextDocument("a.csv", [], [])) == []


def test_of_a_long_line_that_is_no_record_the_beginning_tells():
    line = 'a"' + "x" * 993 + ",b" + "y" * 100
    assert [len(name) for name in _header(line)] == [995, 4]


def test_fields_stand_where_they_are_said_to():
    document = _read("", 'Date, "Va ""l""" ,c', "  ", '2020, 1.5 ,"x,y"', "2021,,z")
    assert (document.name, document.kind, document.notes, document.delimiter) == ("a.csv", "delimited", (), ",")
    assert document.printed[3] == '2020, 1.5 ,"x,y"'
    assert _fields(document) == [
        (2, [(0, "Date", 0), (1, 'Va ""l""', 7), (2, "c", 18)]),
        (4, [(0, "2020", 0), (1, "1.5", 6), (2, "x,y", 12)]),
        (5, [(0, "2021", 0), (2, "z", 6)]),
    ]


@pytest.mark.parametrize(("header", "delimiter"), [("a,b", ","), ("a;b", ";"), ("a|b", "|"), ("a\tb", "\t"), ("a;b\tc", "\t"), ("a", ",")])
def test_the_header_says_what_parts_the_fields(header, delimiter):
    assert _read(header).delimiter == delimiter


def test_blanks_within_quotes_are_passed_over():
    assert _fields(_read("a,b", '"  x ",y')) == [(1, [(0, "a", 0), (1, "b", 2)]), (2, [(0, "x", 3), (1, "y", 7)])]


def test_delimiters_at_the_end_of_lines_hold_nothing():
    """Behind the last name or missing there, and records of nothing else."""
    assert _fields(_read("a,b,,", "1,2", "3,4,,", ",,,", ",", "5,")) == [
        (1, [(0, "a", 0), (1, "b", 2)]), (2, [(0, "1", 0), (1, "2", 2)]), (3, [(0, "3", 0), (1, "4", 2)]), (6, [(0, "5", 0)]),
    ]  # fmt: skip


@pytest.mark.parametrize(("record", "count"), [("1", 1), ("1,2,3", 3), ("1,2,,4", 4), ("1 2", 1)])
def test_a_record_has_the_fields_of_its_header(record, count):
    error = _refused("a,b", "1,2", record)
    assert (error.line, error.expected, error.found) == (3, "2 fields, as in the header", f"{count}: {record!r}")
    assert error.todo == "correct the record in the file, or fetch it again"


def test_a_field_under_a_blank_end_of_the_header_has_no_name():
    error = _refused("a,b,", "1,2,3")
    assert (error.line, error.expected) == (1, "a name for every column of the header")
    assert error.found == "1 without: 'a,b,'"
    assert error.todo == "name the columns in a copy of the file, or fetch it again"
    assert _refused("", "a,,b,,", "1,2,3,4,", "1,2,3,,5").found == "3 without: 'a,,b,,'"


@pytest.mark.parametrize(("record", "found"), [('"1,2', '"1,2'), ('1,"2', '"2'), ('1,2"x', '2"x'), ('"1"x,2', '"1"x,2')])
def test_quotes_stand_around_whole_fields(record, found):
    error = _refused("a,b", record)
    assert error.line == 2
    assert error.expected == "at most 2,100 fields, quotes around whole fields and closed in their line"
    assert error.found == repr(found)
    assert error.todo == "correct the record in the file, or fetch it again"


def test_a_record_may_have_so_many_fields(monkeypatch):
    monkeypatch.setattr(delimited, "MAX_COLUMNS", 3)
    assert len(_read("a,b,c").rows[0].fields) == 3
    assert _refused("a,b,c,d").found == "'d'"


# A first column that numbers the records

NOTE = "the first column numbers the records and is read past"


@pytest.mark.parametrize(
    "numbers",
    [("0",), ("1",), ("0", "1", "2"), ("1", "2", "3"), ("7", "8", "9"), ("3", "2", "1"), ("5", "4"), ("0", "1", "2", "0", "1"),
     ("1", "2", "1", "2"), ("0", "1", "2", "1"), ("7", "8", "0"), ("999999998", "999999999")],
)  # fmt: skip
def test_a_first_column_that_counts_is_read_past(numbers):
    document = _read(",a,b", *(f"{number},x,y" for number in numbers))
    assert document.notes == (NOTE,)
    assert [[field.column for field in row.fields] for row in document.rows] == [[1, 2]] * (1 + len(numbers))


@pytest.mark.parametrize(
    "numbers",
    [("2",), ("0", "0"), ("1", "1"), ("0", "2"), ("2", "1", "3"), ("1", "0", "1"), ("0", "1", "0"), ("1", "2", "2"), ("1", "2", "x"),
     ("1.0", "2.0"), ("9999999998", "9999999999"), ("1", ""), ("4", "2"), ("3", "2", "0")],
)  # fmt: skip
def test_a_first_column_that_does_not_count_needs_a_name(numbers):
    error = _refused(",a,b", *(f"{number},x,y" for number in numbers))
    assert (error.line, error.found) == (1, "1 without: ',a,b'")
    # With a name of its own it is a column like any other.
    assert _read("id,a,b", *(f"{number},x,y" for number in numbers)).notes == ()


@pytest.mark.parametrize("name", ["index", "Index", "Unnamed: 0", "INDEX"])
def test_a_column_that_programs_call_so_is_named_in_the_note(name):
    assert _read(f"{name},a", "0,x", "1,y").notes == (f"the first column ({name}) numbers the records and is read past",)
    assert _read(f"{name},a", "0,x", "5,y").notes == ()


def test_a_named_first_column_stays_though_it_counts():
    document = _read("year,a", "1,x", "2,y")
    assert (document.notes, document.rows[1].fields[0].text) == ((), "1")
    assert _read("index,a").notes == ()


def test_what_numbers_the_records_stands_first():
    """A second column called so, below a first one that is blank in a record, numbers nothing."""
    assert _read("a,index", "x,0", "y,1").notes == ()
    assert _refused(",a", "0,x", ",y").found == "1 without: ',a'"
