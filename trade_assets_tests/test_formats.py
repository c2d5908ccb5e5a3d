"""File formats: what they are told by, their rendition as lines, numbers as text, and files that are hostile or damaged."""

import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trade_assets.families.ft900 import exhibits
from trade_assets.reading import ReadError, confined, open_document, read_document, render, suffix_of, workbook
from trade_assets.reading.delimited import header_of, read_delimited
from trade_assets.reading.marks import Mark, parse, whole
from trade_assets.reading.package import MAX_INFLATED
from trade_assets.reading.pages import MAX_PAGES, MAX_PDF_BYTES
from trade_assets.reading.text import TextDocument, decode
from trade_assets.reading.workbook import OLE, number_behind, number_text
from trade_assets_tests.made_files import ADVANCE, annual, annual_page, exhibit_1, pdf, xls, xlsx

WORKBOOK = xlsx(exhibit_1(2019, (2021, 3)))
OLD_WORKBOOK = xls(annual(1960, 1969))
PAGES = pdf(annual_page(1960, 1969))


def refused(data, expected):
    with pytest.raises(ReadError) as caught:
        read_document(data, "hostile")
    assert expected in str(caught.value), str(caught.value)
    assert str(caught.value).startswith("hostile") and caught.value.todo


def repacked(data=WORKBOOK, *, password=False, **members):
    """A workbook with some members replaced or added; a member of ``None`` is left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in members:
                target.writestr(name, source.read(name))
        for name, content in members.items():
            if content is not None:
                target.writestr(name, content)
    return out.getvalue()


with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as archive:
    SHEET = archive.read("xl/worksheets/sheet1.xml")


def test_the_format_is_that_of_the_bytes_whatever_the_name():
    assert [suffix_of(data) for data in (WORKBOOK, OLD_WORKBOOK, PAGES)] == ["xlsx", "xls", "pdf"]
    assert suffix_of(b"date,BOPGSTB\n2024-01-01,5\n") == suffix_of(b"series,year,period,value\n") == "csv"
    assert suffix_of(b"Any text, with a comma\n") == "txt"
    assert open_document(WORKBOOK, "exh1.pdf").kind == "workbook" and open_document(PAGES, "table.txt").kind == "pages"
    assert read_document(WORKBOOK, "exh1.csv").product == "exhibit_1"


def test_rendition_holds_every_cell_at_its_line_and_offsets():
    data = xlsx([["a\nb", None, "  7 "], [], [None, "x\u2028y", 3]], [["z"]])
    document = open_document(data, "book")
    assert document.printed == render(data, "book") == ["a b |  | 7", "", " | x y | 3", "z"]
    fields = [field for row in document.rows for field in row.fields]
    assert all(document.printed[field.line - 1][field.start :].startswith(field.text) for field in fields)
    assert [(field.where.sheet, field.where.cell) for field in fields][-2:] == [("1", "C3"), ("more 1", "A1")]
    lines = render(PAGES, "pages")
    assert lines[0] == "U.S. Trade in Goods and Services - Balance of Payments (BOP) Basis" and len(lines) == 17


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-576865.0, "-576865"), (3, "3"), (0.1, "0.1"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (1e-7, "0.0000001"), (1e21, "1" + "0" * 21),
        (123456789.25, "123456789.25"), (1 / 3, "0.333333333333333"), (float("inf"), "#NUM!"), (float("nan"), "#NUM!"),
    ],
)  # fmt: skip
def test_numbers_have_their_shortest_decimal_form(value, text):
    assert number_text(value) == text


# Artefacts of programs: the text, and the figure and decimals that a person reads in it. 50251.000000000004 and
# 11403.497575000001 stand in files that people have; R writes 100000 as 1e+05; text cells group thousands.
ARTEFACTS = [
    ("50251.000000000004", 50251.0, 0), ("11403.497575000001", 11403.497575, 6), ("113.40000000000001", 113.4, 1),
    ("0.30000000000000004", 0.3, 1), ("1e+05", 100000.0, 0), ("-2.5E-3", -0.0025, 4), ("1,310", 1310.0, 0), ("-1,310.50", -1310.5, 2),
    ("50251.0", 50251.0, 1), ("0.195838084378563", 0.195838084, 9), ("+7", 7.0, 0),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "xls", "pdf"])
def test_artefacts_of_programs_are_read_alike_in_every_format(kind):
    """One in each of the first rows; a page has room for none of ten characters or more."""
    artefacts = [each for each in ARTEFACTS if kind != "pdf" or len(each[0]) < 10]
    rows, page = annual(1960, 1972), annual_page(1960, 1972)
    for at, (text, _, _) in enumerate(artefacts, start=6):
        rows[at][1] = text
        left, printed = page[at][1]
        page[at][1] = (left + (len(printed) - len(text)) * ADVANCE, text)
    cells = read_document({"xlsx": xlsx, "xls": xls, "pdf": pdf}[kind](page if kind == "pdf" else rows), "made").cells
    first = {}
    for line, *cell in zip(*(cells[name] for name in ("line", "text", "value", "decimals")), strict=True):
        first.setdefault(line, tuple(cell))
    assert list(first.values())[: len(artefacts)] == artefacts


@pytest.mark.parametrize(("text", "value", "decimals"), ARTEFACTS)
def test_artefacts_of_programs_are_read_alike_in_a_series_file(text, value, decimals):
    cells = read_document(f'DATE,BOPTEXP\n2025-01-01,"{text}"\n2025-02-01,280908\n'.encode(), "made").cells
    assert (cells["text"][0], cells["value"][0], cells["decimals"][0]) == (text, value, decimals)


def test_a_float_in_full_is_read_in_texts_too():
    assert parse("50251.000000000004") == parse("50251") and parse("(r)4.0000000000000001") == parse("(r)4")
    assert parse("0.3333333333333333") == Mark(0.333333333, 9, "", None)
    assert parse("1234567890123456") is None and parse("1" * 100 + ".5") is None


def test_whole_numbers_that_a_program_wrote_as_floats_are_their_digits():
    found = [whole(text) for text in ("1982.0", "-5.00", "1982", "1982.5", "1982.0.0", "1982. 0", "M01")]
    assert found == ["1982", "-5", "1982", "1982.5", "1982.0.0", "1982. 0", "M01"]


def test_delimited_fields_keep_their_offsets():
    line = ' "a, ""b""" ,\u2212 7 ,,"",x'
    _, row = read_delimited(decode(f"a,b,c,d,e\n{line}".encode(), "made")).rows
    assert [(field.column, field.text) for field in row.fields] == [(0, 'a, ""b""'), (1, "\u2212 7"), (4, "x")]
    assert all(line[field.start :].startswith(field.text) for field in row.fields)
    assert row.fields[1].plain == "- 7"
    whole, named = "at most 2,100 fields, quotes around whole fields and closed in their line", "a name for every column of the header"
    for broken, said in (('a,"b', whole), ('a,b"c', whole), ("," * 2200, whole), ("a,,c\n1,2,3", named), ("a,b,\n1,2,3", named)):
        with pytest.raises(ReadError, match=f"^made, line 1: expected {said}, found "):
            read_delimited(decode(broken.encode(), "made"))


@pytest.mark.parametrize("kind", ["cell", "formula"])
def test_errors_of_workbooks_are_texts(kind):
    typed = b'<c r="C9" t="e"><f>1/0</f><v>#DIV/0!</v></c>' if kind == "formula" else b"<c t='e' r=\"C9\"><v>#DIV/0!</v></c>"
    assert SHEET.count(b'<c r="C9" t="n"><v>') == 1
    start = SHEET.index(b'<c r="C9"')
    sheet = SHEET[:start] + typed + SHEET[SHEET.index(b"</c>", start) + 4 :]
    for mark in (b"", b"\xef\xbb\xbf"):
        lines = render(repacked(**{"xl/worksheets/sheet1.xml": mark + sheet}), "book")
        assert lines[8].split(" | ")[2] == "#DIV/0!" and lines[9] == render(WORKBOOK, "book")[9]
    refused(repacked(**{"xl/worksheets/sheet1.xml": sheet.replace(b"#DIV/0!", b"").replace(b"1/0", b"")}), "an error without a name in C9")


def with_cell(content, kind=b""):
    """The made Exhibit 1 with other XML in place of the first figure, exports minus imports of the year 2019: -3456 in B8."""
    start = SHEET.index(b'<c r="B8"')
    cell = b'<c r="B8"' + kind + b">" + content + b"</c>"
    return repacked(**{"xl/worksheets/sheet1.xml": SHEET[:start] + cell + SHEET[SHEET.index(b"</c>", start) + 4 :]})


# By the XML standard each of these is the text 266057 in its element.
@pytest.mark.parametrize(
    "content",
    [
        b"<v>26<!-- a comment -->6057</v>", b"<v><!----><?an instruction?>266057</v>", b"<v>26<?an instruction?>6057</v>",
        b"<v><![CDATA[266057]]></v>", b"<v>26<![CDATA[60]]>57</v>", b"<v>26&#54;&#x30;57</v>", b"<!-- <v>1</v> --><v>266057</v>",
        b"<v> 266057 </v>", b"<v>2.66057E5</v>",
    ],
)  # fmt: skip
def test_nothing_inside_a_cells_xml_hides_or_cuts_its_figure(content):
    cells = read_document(with_cell(content), "book").cells
    assert (cells["cell"][0], cells["text"][0], cells["value"][0]) == ("B8", "266057", 266057.0)
    whole_book = read_document(WORKBOOK, "book").cells
    assert all(cells[name][1:] == whole_book[name][1:] for name in ("cell", "text", "value"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<v>26</v><v>6057</v>", "a second value in B8"),
        (b"<v>26<b>6</b>057</v>", "a value that is more than text in B8"),
        (b'<v>1</v></c><c r="B8"><v>2</v>', "a second cell B8"),
        (b'<v>1</v></c><c r="B8"/><c r="b8"><v>2</v>', "a second cell B8"),
    ],
)
def test_a_cell_of_which_nobody_can_say_which_figure_it_shows_is_refused(content, expected):
    refused(with_cell(content), expected)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "iso-8859-1", "cp1252", "ascii"])
def test_parts_in_other_encodings_are_read(encoding):
    text = SHEET.decode("utf-8")
    assert not text.startswith("<?xml")
    declared = f"<?xml version='1.0' encoding='{encoding.removesuffix('-le')}'?>" + text
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    data = repacked(**{"xl/worksheets/sheet1.xml": mark + declared.encode(encoding)})
    assert read_document(data, "book").cells == read_document(WORKBOOK, "book").cells


@pytest.mark.parametrize("encoding", ["klingon", "utf-8-klingon", "hex", "rot13", "big5", "idna", "undefined", "utf-7", "x" * 300])
def test_an_unknown_encoding_is_about_its_document(encoding):
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "docProps/app.xml"):
        refused(repacked(**{part: f"<?xml version='1.0' encoding='{encoding}'?><worksheet/>".encode()}), "a damaged workbook")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_about_its_document_whatever_its_compression(method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>" * 100)
        at = archive.fp.tell()
        archive.writestr("xl/worksheets/sheet1.xml", SHEET)
        end = archive.fp.tell()
    start = at + 30 + len("xl/worksheets/sheet1.xml")
    for place in range(start, min(end, start + 40)):
        data = bytearray(out.getvalue())
        data[place] ^= 0xFF
        refused(bytes(data), "a workbook, .xlsx or .xls, whole and without protection")


def test_a_method_of_compression_that_nobody_knows_is_about_its_document():
    data = bytearray(WORKBOOK)
    for mark, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            struct.pack_into("<H", data, at + offset, 97)
    refused(bytes(data), "a damaged or protected archive")


@pytest.mark.parametrize("error", [LookupError("x"), RecursionError(), MemoryError(), struct.error("x"), AssertionError(), TypeError("x")])
@pytest.mark.parametrize("what", ["open", "recognise", "read"])
def test_whatever_is_raised_about_a_document_stays_with_it(monkeypatch, what, error):
    def failing(*_):
        raise error

    target, name = {"open": (workbook, "checked"), "recognise": (exhibits, "recognises"), "read": (exhibits, "read")}[what]
    monkeypatch.setattr(target, name, failing)
    with pytest.raises(ReadError, match=r"^book: .*does not foresee") as caught:
        read_document(WORKBOOK, "book")
    assert caught.value.__cause__ is error and type(error).__name__ in caught.value.found
    assert f"{target.__name__.replace('.', '/')}.py" in caught.value.todo


def test_errors_of_old_workbooks_are_texts():
    rows = [["a", 1, xlwt.Formula("1/0")], [None, "#N/A", 2]]
    assert render(xls(rows), "book")[1] == " | #N/A | 2"
    # A formula's result, eight bytes: an empty text as the writer leaves it, and an error as Excel does.
    empty, error = bytes.fromhex("03 00 00 00 00 00 ff ff"), bytes.fromhex("02 00 07 00 00 00 ff ff")
    data = xls(rows)
    assert data.count(empty) == 1
    assert render(data.replace(empty, error), "book")[0] == "a | 1 | #DIV/0!"
    # With the beginning of another sheet somewhere in the file, nobody can say which sheet holds the error.
    sheet = bytes.fromhex("09 08 10 00 00 06 10 00")
    assert data.count(sheet) == 1
    refused(data + sheet, "an error, #N/A, in a cell B2 that cannot be told from a blank one")


@pytest.mark.parametrize(
    ("day", "number"),
    [("1899-12-31", "0"), ("1900-01-01", "1"), ("1900-02-28", "59"), ("1900-03-01", "61"), ("1901-01-01", "367"), ("2016-02-05", "42405"),
     ("1900-02-29", None), ("5.2.2016", None), ("", None)],
)  # fmt: skip
def test_the_number_behind_a_day_counts_a_day_that_never_was(day, number):
    """As spreadsheets count from 1900: day 60 is 29 February 1900, and 5 February 2016 is 42405."""
    assert number_behind(day) == number


@pytest.mark.parametrize(
    ("code", "name"),
    [(0x00, "#NULL!"), (0x07, "#DIV/0!"), (0x0F, "#VALUE!"), (0x17, "#REF!"), (0x1D, "#NAME?"), (0x24, "#NUM!"), (0x2A, "#N/A")],
)
def test_every_error_of_an_old_workbook_has_its_name(code, name):
    data = xls([["a", "#N/A"]])
    cell = bytes.fromhex("05 02 08 00 00 00 01 00")
    at = data.index(cell)
    assert data[at + 10 : at + 12] == b"\x2a\x01"
    assert render(data[: at + 10] + bytes([code]) + data[at + 11 :], "book")[0] == f"a | {name}"


def test_an_error_of_no_known_name_is_left_to_the_parser():
    data = xls([["a", "#N/A"]])
    at = data.index(bytes.fromhex("05 02 08 00 00 00 01 00"))
    refused(data[: at + 10] + b"\x99" + data[at + 11 :], "a workbook, .xlsx or .xls, whole and without protection")


# Hostile and damaged workbooks


def test_zip_bombs_are_refused():
    refused(repacked(**{"xl/media.xml": bytes(MAX_INFLATED + 1)}), f"more than {MAX_INFLATED:,} bytes when inflated")
    refused(repacked(**{f"xl/part{n}.xml": b"<a/>" for n in range(1001)}), "members, more than 1000")


def test_a_member_whose_size_is_a_lie_is_refused():
    data = bytearray(repacked(**{"xl/worksheets/sheet1.xml": SHEET + b" " * 5_000_000}))
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46  # the directory's entry: size inflated at 24
    assert data[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, at + 24, 100)
    refused(bytes(data), "a workbook, .xlsx or .xls, whole and without protection")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b'r="A7"', b'r="XFD1048576"', "sheets that span"),
        (b'<row r="7"', b'<row r="1048576"', "sheets that span"),
        (b'r="A7"', b'r="AAAAA7"', "a column called 'AAAAA'"),
        (b'r="A7"', b'r="A99999999999"', "a row numbered '99999999999'"),
        (b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "ha">]><worksheet', "declares a document type"),
        (b"</worksheet>", b"", "a damaged workbook (xl/worksheets/sheet1.xml"),
    ],
)
def test_sheets_that_would_span_too_much_are_refused(old, new, expected):
    assert SHEET.count(old) >= 1
    refused(repacked(**{"xl/worksheets/sheet1.xml": SHEET.replace(old, new, 1)}), expected)


def test_a_huge_dimension_that_no_cell_fills_does_no_harm():
    old = SHEET[SHEET.index(b"<dimension") : SHEET.index(b"/>", SHEET.index(b"<dimension"))]
    data = repacked(**{"xl/worksheets/sheet1.xml": SHEET.replace(old, b'<dimension ref="A1:XFD1048576"')})
    assert read_document(data, "book").cells == read_document(WORKBOOK, "book").cells


def test_a_long_text_that_many_cells_share_is_refused():
    strings = b"<sst><si><t>" + b"x" * 1_000_000 + b"</t></si></sst>"
    sheet = b"<worksheet><sheetData><row>" + b'<c t="s"><v>0</v></c>' * 100 + b"</row></sheetData></worksheet>"
    data = repacked(**{"xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": sheet})
    refused(data, "100 cells that refer to texts of up to 1,000,000 characters")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"xl/workbook.xml": None}, "an archive that is no .xlsx workbook"),
        ({"xl/worksheets/sheet1.xml": None}, "a damaged workbook"),
        ({"xl/workbook.xml": b"<workbook"}, "a damaged workbook"),
        ({"xl/sharedStrings.xml": b"\xff\xfe\x00"}, "a damaged workbook"),
    ],
)
def test_what_is_no_whole_workbook_is_refused(members, expected):
    refused(repacked(**members), expected)


def test_a_member_that_stands_twice_is_refused():
    out = io.BytesIO(WORKBOOK)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    refused(out.getvalue(), "its member xl/worksheets/sheet1.xml stands in it twice")


def test_a_member_with_a_password_is_refused():
    data = bytearray(WORKBOOK)
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1  # the flag 'encrypted' of the directory's entry
    at = -1
    while (at := data.find(b"PK\x03\x04", at + 1)) >= 0:
        data[at + 6] |= 1
    refused(bytes(data), "a damaged or protected archive")


def test_protected_office_containers_are_refused():
    for data in (OLD_WORKBOOK, OLE):
        refused(data + "EncryptedPackage".encode("utf-16-le"), "an encrypted workbook")


def test_an_old_workbook_that_claims_a_huge_sheet_is_refused():
    dimension = struct.pack("<HH", 0x0200, 14)  # the record that says how large a sheet is
    at = OLD_WORKBOOK.index(dimension) + 4
    data = bytearray(OLD_WORKBOOK)
    struct.pack_into("<IIHH", data, at, 0, 0xFFFFFFF0, 0, 0xFFF0)
    refused(bytes(data), "a workbook, .xlsx or .xls, whole and without protection")


@pytest.mark.parametrize("part", [8, 100, 600, len(OLD_WORKBOOK) // 2])
def test_cut_old_workbooks_are_refused(part):
    refused(OLD_WORKBOOK[:part], "a workbook, .xlsx or .xls, whole and without protection")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_workbook_is_an_error_or_reads_as_before(data):
    damaged = bytearray(WORKBOOK)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(4, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(4, len(damaged)))
    for each in (bytes(damaged), bytes(damaged[:cut])):
        try:
            found = read_document(each, "damaged")
        except ReadError:
            continue
        assert found.cells["value"] == read_document(WORKBOOK, "whole").cells["value"]


# Hostile and damaged pages

ENCRYPTED = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O (%s) /U (%s) /P -4 >> /ID [(a) (b)]" % (b"o" * 32, b"u" * 32)


@pytest.mark.parametrize("pages", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_too_many_pages_and_too_large_files_are_refused(pages):
    page = [[(40, "one")]]
    refused(pdf(*[page] * pages), f"pages, more than {MAX_PAGES}")
    refused(PAGES + bytes(MAX_PDF_BYTES), f"a PDF of at most {MAX_PDF_BYTES:,} bytes")


def inflating(blocks):
    """A page that is inflated to so many blocks of 64 MB of blanks, compressed once: blocks that end at a full flush can be repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 15)
    first = packer.compress(b" " * 1024) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * (1 << 26)) + packer.flush(zlib.Z_FULL_FLUSH)
    return pdf([], content=first + block * blocks, filters=b"/Filter /FlateDecode")


SMALLER = "import sys; from trade_assets.reading import confined; confined.MAX_MEMORY = {}; confined.main()"


def test_a_page_that_inflates_beyond_its_memory_is_refused(monkeypatch):
    """With less memory than a document may really have, so that less has to be inflated; it ends long before its time is over."""
    resource, run = pytest.importorskip("resource"), subprocess.run  # Unix has bounds for a process

    def bounded(command, **options):
        return run([*command[:2], "-c", SMALLER.format(512 << 20), command[-1]], **options)

    monkeypatch.setattr(confined.subprocess, "run", bounded)
    assert read_document(PAGES, "whole").product == "annual"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    refused(inflating(7), "a PDF of text, whole and without protection")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < confined.MAX_SECONDS / 2


@pytest.mark.slow
def test_a_page_that_inflates_without_end_is_refused():
    bomb = inflating(48)  # 3 GB
    assert len(bomb) < MAX_PDF_BYTES
    refused(bomb, "a PDF of text, whole and without protection")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pdf([[(40, "x")]], trailer=ENCRYPTED), "an encrypted PDF"),
        (pdf([[]]), "pages without text"),
        (PAGES[: len(PAGES) // 2], "a PDF of text, whole and without protection"),
        (b"%PDF-1.7\n" + b"garbage " * 100, "a PDF of text, whole and without protection"),
        (pdf([[(40, "A page of something else")]]), "found none of them"),
    ],
)  # fmt: skip
def test_pages_that_cannot_be_read_are_refused(data, expected):
    refused(data, expected)


def test_damaged_pages_and_old_workbooks_are_errors_or_readings(is_whole):
    @settings(max_examples=8 if is_whole else 4)
    @given(st.data())
    def holds(data):
        source = data.draw(st.sampled_from([PAGES, OLD_WORKBOOK]))
        damaged = bytearray(source)
        for _ in range(data.draw(st.integers(1, 6))):
            damaged[data.draw(st.integers(8, len(damaged) - 1))] = data.draw(st.integers(0, 255))
        try:
            found = read_document(bytes(damaged), "damaged")
        except ReadError:
            return
        lines = found.printed
        places = zip(*(found.cells[name] for name in ("line", "start", "end", "text")), strict=True)
        assert all(lines[line - 1][start:end] == text for line, start, end, text in places)

    holds()


def test_the_room_loads_no_parser_until_a_file_needs_one():
    code = "import json, sys, trade_assets.reading; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8").stdout)
    assert not {"python_calamine", "pdfplumber", "pandas", "numpy"} & set(loaded)


def test_an_old_workbook_with_errors_is_read_in_this_process_too():
    """What the confined process does: errors of cells and of formulas, each in its sheet."""
    empty = bytes.fromhex("03 00 00 00 00 00 ff ff")
    data = xls([["a", 1, xlwt.Formula("1/0")], [None, "#N/A", 2]])
    for code, name in ((0x07, "#DIV/0!"), (0x00, "#NULL!"), (0x2A, "#N/A")):
        (sheet,) = workbook.parse(data.replace(empty, bytes([2, 0, code, 0, 0, 0, 0xFF, 0xFF])))
        assert sheet.rows == [["a", "1", name], ["", "#N/A", "2"]]


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        (["", "  ", "\t ", "Date,Value", "1,2"], ["date", "value"]), ([" Date \t Value"], ["date", "value"]), (["date", "1,2"], []),
        (["", "   "], []), ([], []), (['"A, b";C'], ["a, b", "c"]), (['"A, b;C,d'], ["a", "b;c", "d"]),
    ],
)  # fmt: skip
def test_the_header_is_the_first_line_that_is_not_blank(printed, names):
    assert header_of(TextDocument("made", printed, printed)) == names
