"""What a document is that no reader reads: its refusal says so. Made files of each format, and the publishers' own."""

import csv
import gzip
import io
import json
import re
import struct
import tarfile
import time
import zipfile

import openpyxl
import pytest
import xlwt
from click.testing import CliRunner

from trade_assets.cli import UNREADABLE, main
from trade_assets.facts import catalogue
from trade_assets.reading import ReadError, not_read, open_document, read_document, suffix_of
from trade_assets.reading.workbook import OLE
from trade_assets_tests.made_files import annual, exhibit_1, exhibit_12, pdf, xls, xlsx
from trade_assets_tests.shared_documents import shared_sample


def refusal(data):
    with pytest.raises(ReadError) as caught:
        read_document(data, "given")
    error = caught.value
    assert str(error).startswith("given") and error.todo and "\n" not in str(error)
    return error


def archive(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in members.items():
            target.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


# Formats that are told by their bytes


def _tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as target:
        info = tarfile.TarInfo("exh1.xlsx")
        info.size = 4
        target.addfile(info, io.BytesIO(b"text"))
    return out.getvalue()


def _stream(name):
    return OLE + bytes(500) + name.encode("utf-16-le")


FORMATS = {
    "an archive of workbooks (2: exh1.xlsx, exh13.xlsx)": archive(exh1_dot_xlsx=b"x", release__exh13_dot_xlsx=b"x"),
    "an archive of workbooks (31: ": archive(**{f"exh{n}_dot_xls": b"x" for n in range(31)}),
    "an archive of files (1: ft900.pdf)": archive(ft900_dot_pdf=b"x"),
    "an empty archive": archive(),
    "a binary workbook (.xlsb)": archive(xl__workbook_dot_bin=b"x"),
    "an OpenDocument file, such as .ods": archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_dot_xml=b"<a/>"),
    "a Word document": archive(word__document_dot_xml=b"<a/>"),
    "a presentation": archive(ppt__presentation_dot_xml=b"<a/>"),
    "a gzip archive": gzip.compress(b"observation_date,BOPGSTB\n"),
    "a tar archive": _tar(),
    "a 7z archive": b"7z\xbc\xaf\x27\x1c" + bytes(50),
    "an encrypted workbook": _stream("EncryptedPackage"),
    "a Word document ": _stream("WordDocument"),
    "an e-mail message of Outlook": _stream("__substg1.0_0037001F"),
    "an image (PNG)": b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13),
    "an image (JPEG)": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "a text in Rich Text Format": b"{\\rtf1\\ansi U.S. trade}",
    "a SQLite database": b"SQLite format 3\0" + bytes(80),
    "a Parquet file": b"PAR1" + bytes(20) + b"PAR1",
}


@pytest.mark.parametrize("what", FORMATS)
def test_a_format_that_is_not_read_is_named(what):
    data = FORMATS[what]
    error = refusal(data)
    assert error.found.startswith(what.strip())
    with pytest.raises(ReadError):
        open_document(data, "given")
    if "archive" in what and "empty" not in what:
        assert "unpack it" in error.todo


def test_a_damaged_archive_is_not_called_a_format_that_it_may_not_be():
    data = FORMATS["an archive of files (1: ft900.pdf)"]
    assert not_read.format_of(data[:40]) is None and "damaged or protected archive" in refusal(data[:40]).found


def test_a_workbook_is_not_taken_for_an_archive():
    for data in (xlsx(exhibit_1(2019, (2021, 3))), xls(annual(1960, 1969))):
        assert not_read.format_of(data) is None


# Workbooks

TITLES = {
    # As the publisher prints them; years and adjustment change from release to release.
    "Exhibit 13. U.S. Trade in Goods by Principal End-Use Category": "Exhibit 13 of the FT-900, which is not read: goods by end use",
    "Exhibit 14. U.S. Trade in Goods by Selected Countries and Areas: 2024": "Exhibit 14 of the FT-900, which is not read",
    "Exhibit 4. Exports, Imports, and Trade Balance of Goods by Country and Area, Not Seasonally Adjusted: 2024": "Exhibit 4s of the",
    "Exhibit 5. U.S. Trade in Goods": "Exhibit 5 of the FT-900, which is not read: goods on two bases",
    "Exhibit 5. U.S. Services by Major Category": "Exhibit 5 of the FT-900, which is not read: U.S. Services by Major Category",
    "Exhibit 21. Something New": "Exhibit 21 of the FT-900, which is not read: Something New",
    "Table 1. U.S. International Trade in Goods and Services": "a workbook of BEA tables, which is not read: Table 1",
    "A title of nobody": "none of them: a workbook that begins 'A title of nobody'",
}  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_a_workbook_that_is_not_read_is_named_by_its_title(title):
    for data in (xlsx([[" "], [title], ["In millions of dollars."], ["Period", 5]]), xls([[None, title]])):
        assert refusal(data).found.startswith(TITLES[title])


def test_a_workbook_of_nothing_and_an_empty_template_are_named():
    assert refusal(xlsx([])).found == "none of them: a workbook without any text or figure"
    for rows in (exhibit_1(2019, (2021, 3)), exhibit_12(2025), annual(1960, 1969)):
        template = [[value if isinstance(value, str) else None for value in row] for row in rows]
        assert "none: an empty template" in refusal(xlsx(template)).found


def test_exhibits_of_a_release_that_are_not_read_stand_beside_those_that_are():
    other = [["Exhibit 13. U.S. Trade in Goods by Principal End-Use Category"], [5]]
    reading = read_document(xlsx(exhibit_1(2019, (2021, 3)), other), "book")
    assert reading.notes == ["the sheet 'more 1' is Exhibit 13 of the FT-900, which is not read: goods by end use, not seasonally adjusted"]
    assert reading.unread["text"] == ["5"]


NAMED = re.compile(r"exh(\d+[ab]?s?)\.xlsx")
"""The number of an exhibit, as its file is called."""


@pytest.mark.slow
def test_every_workbook_of_a_published_release_is_named_rightly():
    """Expected: the exhibit's number as its file name says it, and its title as openpyxl reads it, found in the catalogue."""
    about = {line["exhibit"]: line["title"] for line in catalogue.records("ft900_exhibits")}
    seen = 0
    for path in sorted(shared_sample("ft900-2021-08/exh1.xlsx").parent.glob("exh*.xlsx")):
        (exhibit,) = NAMED.fullmatch(path.name).groups()
        seen += 1
        if exhibit in {"1", "12"}:
            assert read_document(path.read_bytes(), path.name).product == f"exhibit_{exhibit}"
            continue
        sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
        title = next(str(cell).strip() for row in sheet.iter_rows(max_row=4, values_only=True) for cell in row if "Exhibit" in str(cell))
        assert title.startswith(about[exhibit])
        supplement = " supplement" if exhibit.endswith("s") else ""
        assert refusal(path.read_bytes()).found.startswith(f"Exhibit {exhibit} of the FT-900{supplement}, which is not read: ")
    assert seen == 31


@pytest.mark.slow
def test_other_published_files_are_named():
    for name, found in (
        ("census-historical/country_2023-01.xlsx", "Census's workbook of trade in goods by country, which is not read"),
        ("bls-calendar/bls_2025.ics", "a calendar of release days, which is not read"),
        ("bls-api/refusal_with_status_200.json", "a refusal of the BLS API, no figures: Request could not be serviced"),
    ):
        assert refusal(shared_sample(name).read_bytes()).found.startswith(found)


def test_macros_are_said_and_are_no_reason_to_refuse(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(exhibit_1(2019, (2021, 3))))) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
        target.writestr("xl/vbaProject.bin", b"x")
    # In an old workbook the project is a stream of the container, which its directory names.
    old = xls(annual(1960, 1969)) + "_VBA_PROJECT_CUR".encode("utf-16-le")
    said = "the workbook holds macros; nothing of them is run, or read"
    plain = {"a.xlsm": xlsx(exhibit_1(2019, (2021, 3))), "a.xls": xls(annual(1960, 1969))}
    for name, data in (("a.xlsm", out.getvalue()), ("a.xls", old)):
        reading = read_document(data, "book")
        assert (reading.notes, reading.cells) == ([said], read_document(plain[name], "book").cells)
        path = tmp_path / name
        path.write_bytes(data)
        assert f"  note: {said}\n" in CliRunner().invoke(main, ["check", str(path)]).output
        assert json.loads(CliRunner().invoke(main, ["check", "--format", "json", str(path)]).output)[0]["notes"] == [said]
        stored = ["--data-root", str(tmp_path / "root"), "ingest", "--release-month", "2021-05", str(path)]
        assert f"  note: {said}\n" in CliRunner().invoke(main, stored).output
    path.write_bytes(plain["a.xls"])
    assert "notes" not in json.loads(CliRunner().invoke(main, ["check", "--format", "json", str(path)]).output)[0]


def test_a_sheet_of_macros_is_left_out_and_said():
    """The second sheet of the file becomes one of macros, as Excel 4.0 had them: its place, its relation, its element."""
    out, base = io.BytesIO(), xlsx(exhibit_1(2019, (2021, 3)), [["=ALERT(1)"], [5]])
    with zipfile.ZipFile(io.BytesIO(base)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name).replace(b"xl/worksheets/sheet2.xml", b"xl/macrosheets/sheet1.xml")
            is_moved = name == "xl/worksheets/sheet2.xml"
            target.writestr("xl/macrosheets/sheet1.xml" if is_moved else name, content)
    reading = read_document(out.getvalue(), "book")
    assert reading.cells == read_document(base, "book").cells
    assert reading.notes == ["the workbook holds macros; nothing of them is run, or read"]


# Pages and texts


def test_pages_that_are_not_read_are_named():
    release = [[(40, "FOR RELEASE AT 8:30 AM EST")], [(40, "U.S. INTERNATIONAL TRADE IN GOODS AND SERVICES")]]
    assert refusal(pdf(release)).found == "the FT-900 as pages, which is not read"
    assert refusal(pdf(*[release] * 51)).found == "the FT-900 as pages, which is not read (51 pages, more than 50)"
    prices = [[(40, "U.S. IMPORT AND EXPORT PRICE INDEXES - AUGUST 2018")]]
    assert refusal(pdf(prices)).found == "the BLS price release as pages, which is not read"
    assert refusal(pdf([[(40, "A menu")]])).found == "none of them: a PDF that begins 'A menu'"


PRICES = "U.S. IMPORT AND EXPORT PRICE INDEXES - JULY 2018"
TEXTS = {
    f"<!DOCTYPE html>\n<html><head><title>U.S. Import and Export Price Indexes</title></head><pre>\n{PRICES}\n</pre></html>":
        "the BLS price release as a web page, which is not read: U.S. Import and Export Price Indexes",
    f"<html><body><pre>\n{PRICES}\n</pre></body></html>": "a web page, which is not read",
    "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD>": "a web page that a server sent instead of a document: Access Denied",
    "<html><head><title>404 Not Found</title>": "a web page that a server sent instead of a document: 404 Not Found",
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>\n Home </title>': "a web page, which is not read: Home",
    "<html><title>U.S. International Trade in Goods and Services, July 2024 | BEA</title>": "the FT-900 as a web page, which is not read",
    "<html>" + "x" * 200_000: "a web page, which is not read",
    '{"error_code":400,"error_message":"Bad Request. The value for variable api_key is not registered."}':
        "a refusal of the FRED API, no figures: Bad Request.",
    '{"status":"REQUEST_SUCCEEDED","Results":{"series":[{"seriesID":"CUUR0000SA0","data":[]}]}}':
        "an answer of the BLS API without figures: series CUUR0000SA0",
    '{"realtime_start":"2026-01-01","seriess":[{"id":"BOPGSTB"}]}': "an answer of the FRED API without observations",
    "series_id\tseasonal\tindex_code\tseries_name\tbase_period\tseries_title\nEIUIR\tU\tIR\tAll\t2000=100\tImports\n":
        "BLS's list of series (ei.series), which carries no figures",
    '<?xml version="1.0" encoding="utf-8" ?>\n<error code="400" message="Bad Request. The series does not exist."/>':
        "a refusal of the FRED API, no figures: Bad Request. The series does not exist.",
    "error: unknown variable 'X'": "a refusal of the Census API, no figures: unknown variable 'X'",
    '[["CTY_CODE","time"],["-","2026-01"]]': "an answer of the Census API, which is not read",
    '{"a": 1}': "JSON, which is not read",
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>': "a workbook as XML of 2003",
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>': "a feed of news, which is not read",
    "Dear reader,\nno table.\n": "none of them: a text that begins 'Dear reader,'",
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:30])
def test_texts_that_are_not_read_are_named(text):
    assert refusal(text.encode()).found.startswith(TEXTS[text])
    assert suffix_of(text.encode()) == "txt" if len(text) < 100_000 else True


def test_the_refusal_of_a_file_is_one_line_and_its_status_says_so(tmp_path):
    path = tmp_path / "ft900xlsx.zip"
    path.write_bytes(FORMATS["an archive of workbooks (2: exh1.xlsx, exh13.xlsx)"])
    result = CliRunner().invoke(main, ["check", str(path)])
    assert (result.exit_code, result.output.count("\n")) == (UNREADABLE, 1)
    assert "found an archive of workbooks (2: exh1.xlsx, exh13.xlsx). To do: unpack it" in result.output


def test_what_is_declared_is_whole():
    """Every line has its kind, an expression, as many groups as are shown, and what to do."""
    for line in catalogue.records("not_read"):
        assert set(line["kind"].split("|")) <= {"text", "workbook", "pages"} and all(line.values())
        groups = re.compile(line["words"]).groups
        assert line["what"].format(*["x"] * groups) and set(re.findall(r"\{(\d)\}", line["what"])) == set(map(str, range(groups)))
    exhibits = [line["exhibit"] for line in catalogue.records("ft900_exhibits")]
    assert len(exhibits) == len(set(exhibits)) == 31 - 2


def test_a_hostile_head_takes_no_time():
    long = ("<title>" + "Import Export Price " * 5_000, "<html>" * 20_000, '{"status": "REQUEST_SUCCEEDED"' + " " * 20_000, "<" * 50_000)
    started = time.process_time()
    for data in (*(text.encode() for text in long), xlsx([["Table 1. U.S. " + "Trade " * 5_000]])):
        refusal(data)
    assert time.process_time() - started < 10


def test_the_catalogue_files_are_plain_csv():
    for name in ("not_read", "ft900_exhibits"):
        with open(catalogue.__path__[0] + f"/{name}.csv", encoding="utf-8", newline="") as file:  # noqa: PTH123 - as csv wants it
            assert all(len(row) == len(next(iter(catalogue.records(name)))) for row in csv.reader(file))


def test_an_old_workbook_of_another_office_program_is_named():
    book = xlwt.Workbook()
    book.add_sheet("x").write(0, 0, "Federal Reserve Economic Data")
    out = io.BytesIO()
    book.save(out)
    assert refusal(out.getvalue()).found == "a workbook of FRED, which is not read"
