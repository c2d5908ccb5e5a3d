"""The parts of an .xlsx as its parser may see them: what is made plain, what is left out, and what is refused with its cell."""

import datetime as dt
import io
import zipfile

import pytest

from trade_assets.reading import package
from trade_assets.reading.package import Damaged, bound_area, checked, column_letters, column_number
from trade_assets.reading.workbook import number_behind, number_text, text_of
from trade_assets_tests.test_bounds import zipped

SHEET = "xl/worksheets/sheet1.xml"


def _sheet(rows):
    return f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()


def _checked(content, **more):
    """The sheet as it comes out of the check."""
    found = checked(zipped({"xl/workbook.xml": b"<workbook/>", SHEET: content, **more}))
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        return archive.read(SHEET)


def _damaged(content):
    with pytest.raises(Damaged) as caught:
        _checked(content)
    return str(caught.value)


# Names of columns and rows


@pytest.mark.parametrize(
    ("letters", "number"),
    [("A", 1), ("Z", 26), ("AA", 27), ("AZ", 52), ("BA", 53), ("ZZ", 702), ("AAA", 703), ("XFD", 16384), ("zz", 702)],
)
def test_columns_are_called_by_letters(letters, number):
    assert column_number(letters) == number
    assert column_letters(number - 1) == letters.upper()


def test_no_letters_are_no_column_and_four_are_too_many():
    assert column_number("") == 0
    with pytest.raises(Damaged) as caught:
        column_number("ABCD" * 6)
    assert str(caught.value) == f"a damaged workbook (a column called {('ABCD' * 5)!r})"


@pytest.mark.parametrize(
    ("row", "said"),
    [("x", "a row numbered 'x'"), ("-1", "a row numbered '-1'"), ("12345678", "a row numbered '12345678'"), ("", "a row numbered ''"),
     ("1" * 30, f"a row numbered '{'1' * 20}'")],
)  # fmt: skip
def test_a_row_has_a_number_of_seven_digits_at_most(row, said):
    assert _damaged(_sheet(f'<row r="{row}"/>')) == f"a damaged workbook ({said}) in {SHEET}"


def test_an_area_may_be_as_large_as_is_said():
    assert (package.MAX_AREA, package.MAX_INFLATED, package.MAX_MEMBERS, package.MAX_SHARED) == (1_000_000, 67_108_864, 1000, 67_108_864)
    bound_area(1_000_000)
    with pytest.raises(Damaged) as caught:
        bound_area(1_000_001)
    assert str(caught.value) == "sheets that span 1,000,001 cells, more than 1,000,000"


@pytest.mark.parametrize(
    ("rows", "area"),
    [
        ('<row r="3"><c r="D3"/></row>', 12), ('<row><c/><c/></row><row><c/></row>', 4),
        ('<row r="2"><c/><c r="C2"/></row><row><c/></row>', 9),
        ('<row><c r="B5"/></row>', 10), ('<c/><c/>', 2), ('<row r="7"/><row><c/></row>', 8), ('<row><c r="C1"/><c/></row>', 4),
    ],
)  # fmt: skip
def test_cells_without_an_address_follow_each_other(monkeypatch, rows, area):
    """The rectangle around a sheet's cells, by their addresses or by counting."""
    monkeypatch.setattr(package, "MAX_AREA", area)
    assert _checked(_sheet(rows)) == _sheet(rows)
    monkeypatch.setattr(package, "MAX_AREA", area - 1)
    assert _damaged(_sheet(rows)).endswith(f", more than {area - 1:,}")


# What a parser would misread is made plain


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("<c><v>26<!-- -->6057</v></c>", "<c><v>266057</v></c>"), ("<c><v>26<?x y?>6057</v></c>", "<c><v>266057</v></c>"),
        ("<c><v>&#50;6</v></c>", "<c><v>26</v></c>"), ("<c><v><![CDATA[1&2]]></v></c>", "<c><v>1&amp;2</v></c>"),
        ('<c t="e"><v>#N/A</v></c>', '<c t="str"><v>#N/A</v></c>'),
        ('<x:c xmlns:x="u" r="A1" t="e"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c>',
        '<x:c xmlns:x="u" r="A1" t="str"><x:v>#DIV/0!</x:v></x:c>'),
        ("<c><f>A1&lt;2</f></c>", '<c t="str"><v>=A1&lt;2</v></c>'), ("<c><f>A1</f><v> </v></c>", '<c t="str"><v>=A1</v></c>'),
        ("<c><f/></c>", '<c t="str"><v>=</v></c>'),
        # One cell beside it is no reason to change it.
        ("<c><f>A1</f><v>7</v></c><c><f>B1</f></c>", '<c><f>A1</f><v>7</v></c><c t="str"><v>=B1</v></c>'),
        ('<c><v>1</v></c><c t="e"><v>#REF!</v></c><c><v>2</v></c>', '<c><v>1</v></c><c t="str"><v>#REF!</v></c><c><v>2</v></c>'),
    ],
)  # fmt: skip
def test_what_a_parser_would_misread_is_made_plain(cell, plain):
    assert _checked(_sheet(f"<row>{cell}</row>")) == _sheet(f"<row>{plain}</row>")


@pytest.mark.parametrize(
    "cell",
    [
        "<c><v>266057</v></c>", "<c><f>A1</f><v>7</v></c>", '<c t="str"><f>A1</f></c>', '<c t="str"><f>A1</f><v></v></c>',
        '<c t="inlineStr"><f>A1</f><is><t>x</t></is></c>', "<c/>", "<c><v/></c>", '<c t="s"><v>0</v></c>', "<c><v>1</v></c><f>A1</f>",
        "<v>1</v><v>2</v>", '<c t="b"><v>1</v></c>', '<c s = "1" />',
    ],
)  # fmt: skip
def test_what_is_plain_stays_byte_for_byte(cell):
    content = b'<?xml version="1.0" encoding="UTF-8"?>\n' + _sheet(f"<row>{cell}</row>")
    assert _checked(content) == content


def test_parts_of_other_encodings_become_utf_8():
    cell = "<row><c><v>é</v></c></row>"
    assert _checked(b'<?xml version="1.0" encoding="iso-8859-1"?>' + _sheet("<row><c><v>E</v></c></row>").replace(b"E", b"\xe9")) == _sheet(
        cell
    )
    assert _checked(_sheet(cell).decode().encode("utf-16")) == _sheet(cell)
    for encoding in ("utf-8", "UTF-8"):
        content = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + _sheet(cell)
        assert _checked(content) == content
    bare = b'<?xml version="1.0"?>' + _sheet(cell)
    assert _checked(bare) == bare


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_sheet('<row><c r="B2"/><c r="B2"/></row>'), f"a damaged workbook (a second cell B2) in {SHEET}"),
        (_sheet("<row><c><v>1</v><v>2</v></c></row>"), f"a damaged workbook (a second value in A1) in {SHEET}"),
        (_sheet("<row><c/><c><v>1<b/>2</v></c></row>"), f"a damaged workbook (a value that is more than text in B1) in {SHEET}"),
        (_sheet('<row r="3"><c t="e"/></row>'), f"a damaged workbook (an error without a name in A3) in {SHEET}"),
        (_sheet('<row><c t="e"><v></v></c></row>'), f"a damaged workbook (an error without a name in A1) in {SHEET}"),
        (b"<!DOCTYPE a><a/>", "a workbook whose XML declares a document type"),
        (b"<a>", f"a damaged workbook ({SHEET}: no element found: line 1, column 3)"),
        (b'<?xml version="1.0" encoding="none"?><a/>', f"a damaged workbook ({SHEET}: unknown encoding: none)"),
    ],
)
def test_what_is_damaged_is_said(content, said):
    assert _damaged(content) == said


def test_a_cell_stands_in_one_part_and_again_in_another():
    content = _sheet('<row><c r="A1"/></row>')
    assert checked(zipped({"xl/workbook.xml": b"<workbook/>", SHEET: content, "xl/worksheets/sheet2.xml": content}))


def test_areas_of_all_parts_add_up(monkeypatch):
    parts = {"xl/workbook.xml": b"<workbook/>", SHEET: _sheet('<c r="B3"/>'), "xl/worksheets/sheet2.xml": _sheet('<c r="C2"/>')}
    monkeypatch.setattr(package, "MAX_AREA", 12)
    assert checked(zipped(parts))
    monkeypatch.setattr(package, "MAX_AREA", 11)
    with pytest.raises(Damaged, match=r"^sheets that span 12 cells, more than 11$"):
        checked(zipped(parts))


def test_shared_texts_are_measured_one_by_one(monkeypatch):
    """The longest of them, times the cells that refer to one; pieces of one text add up."""
    shared = b"<sst><si><t>four</t></si><si><r><t>one</t></r><r><t>two</t></r></si><si><t>a</t></si></sst>"
    cells = _sheet('<c t="s"><v>0</v></c><c t="s"><v>0</v></c><c><v>1</v></c>')
    parts = {"xl/workbook.xml": b"<workbook/>", "xl/sharedStrings.xml": shared, SHEET: cells}
    monkeypatch.setattr(package, "MAX_SHARED", 12)
    assert checked(zipped(parts))
    monkeypatch.setattr(package, "MAX_SHARED", 11)
    with pytest.raises(Damaged, match=r"^2 cells that refer to texts of up to 6 characters$"):
        checked(zipped(parts))


# Archives


def test_an_archive_without_a_workbook_is_none():
    with pytest.raises(Damaged) as caught:
        checked(zipped({"a.xml": b"<a/>"}))
    assert str(caught.value) == "an archive that is no .xlsx workbook"
    with pytest.raises(Damaged) as caught:
        checked(b"PK\x03\x04 nothing")
    assert str(caught.value) == "a damaged or protected archive (File is not a zip file)"


def test_only_the_parts_of_xml_are_kept_and_none_of_other_workbooks():
    found = checked(
        zipped({
            "xl/workbook.xml": b"<workbook/>", "xl/_rels/workbook.xml.rels": b"<r/>", "xl/externalLinks/a.xml": b"no XML",
             "xl/media/a.png": b"x",
            "docProps/app.xml": b"<p/>",
        })
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        assert archive.namelist() == ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "docProps/app.xml"]
    assert not found.has_macros


def test_a_member_stands_once():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive, pytest.warns(UserWarning):
        for _ in range(2):
            archive.writestr("xl/workbook.xml", b"<workbook/>")
    with pytest.raises(Damaged) as caught:
        checked(data.getvalue())
    assert str(caught.value) == "a damaged workbook (its member xl/workbook.xml stands in it twice)"


def test_macros_are_told_and_their_sheets_left_out():
    sheets = "".join(f'<sheet name="{name}" r:id="r{number}"/>' for number, name in enumerate("amb", start=1))
    book = f'<workbook xmlns:r="u"><sheets>{sheets}</sheets></workbook>'.encode()
    relations = (
        b'<R><x Id="r1" Target="worksheets/a.xml"/><x Id="r2" Target="macrosheets/m.xml"/><x Id="r3" Target="worksheets/b.xml"/></R>'
    )
    parts = {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": relations}
    found = checked(zipped({**parts, "xl/macrosheets/m.xml": b"<m/>"}))
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        assert archive.read("xl/workbook.xml").decode() == (
            '<workbook xmlns:r="u"><sheets><sheet name="a" r:id="r1"></sheet><sheet name="b" r:id="r3"></sheet></sheets></workbook>'
        )
    assert found.has_macros
    assert checked(zipped({**parts, "xl/vbaProject.bin": b""})).has_macros
    without = checked(zipped(parts))
    assert not without.has_macros
    with zipfile.ZipFile(io.BytesIO(without.data)) as archive:
        assert archive.read("xl/workbook.xml") == book
    # Without relations nothing says which sheets they are.
    assert checked(zipped({"xl/workbook.xml": book, "xl/macrosheets/m.xml": b"<m/>"})).has_macros


# Values as texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a ", "a "), (True, "TRUE"), (False, "FALSE"), (-576865, "-576865"), (0, "0"), (1.0, "1"), (-0.0, "0"), (0.1, "0.1"), (100.0,
        "100"),
        (1e5, "100000"), (1e20, "100000000000000000000"), (1e-7, "0.0000001"), (50251.000000000004, "50251"), (0.30000000000000004, "0.3"),
        (10.50, "10.5"), (float("nan"), "#NUM!"), (float("inf"), "#NUM!"), (float("-inf"), "#NUM!"),
        (dt.datetime(2016, 2, 5), "2016-02-05"), (dt.datetime(2016, 2, 5, 12, 30), "2016-02-05T12:30:00"), (dt.date(2016, 2, 5),
        "2016-02-05"),
        (dt.time(12), "12:00:00"), (dt.timedelta(1), "1 day, 0:00:00"),
    ],
)  # fmt: skip
def test_values_as_texts(value, text):
    assert text_of(value) == text


def test_whole_numbers_keep_their_zeros():
    assert (number_text(100), number_text(-10), number_text(12345678901234567)) == ("100", "-10", "12345678901234567")


@pytest.mark.parametrize(
    ("day", "number"),
    [("1900-01-01", "1"), ("1900-02-28", "59"), ("1900-03-01", "61"), ("1903-05-14", "1230"), ("1899-12-31", "0"), ("2020-13-01", None),
     ("x", None), ("12:00:00", None)],
)  # fmt: skip
def test_the_number_behind_a_day(day, number):
    """A spreadsheet has a 29 February 1900, its day 60."""
    assert number_behind(day) == number
