"""How much of a document is read at all: what reaches a bound is read, what goes beyond it by one is refused and says so."""

import io
import zipfile

import pytest

from trade_assets.families.fred import bundles as fred_bundle
from trade_assets.reading import ReadError, bundle, delimited, json_places, package, pages, text, unpack, workbook
from trade_assets.reading.marks import FigureError, entered, plain_figure, resembles_figure
from trade_assets.reading.package import bound_area, checked
from trade_assets.reading.text import decode
from trade_assets.reading.workbook import Sheet, text_of
from trade_assets_tests.made_files import pdf, xls, xlsx


def zipped(members):
    """An archive of these members."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


BOOK = xlsx([["one", "two"], [None, "three"], ["one"]], [[1, 2, 3]])
"""Two sheets: the cells of the first stand within three rows and two columns, those of the second in one row of three."""
_MEMBERS = zipfile.ZipFile(io.BytesIO(BOOK)).infolist()
_CELLS = b"".join(b'<c r="%s" t="s"><v>0</v></c>' % place for place in (b"A1", b"B1", b"C1", b"D1"))
SHARED = zipped({
    "xl/workbook.xml": b"<workbook/>", "xl/sharedStrings.xml": b"<sst><si><t>one</t></si><si><t>three</t></si></sst>",
    "xl/worksheets/sheet1.xml": b'<worksheet><sheetData><row r="1">%s</row></sheetData></worksheet>' % _CELLS,
})  # fmt: skip
PAGES = pdf([[(40, "one two")], [(40, "three")]], [[(40, "four")]])


def _decoded(data):
    return decode(data, "made").printed


VINTAGES = "realtime_start,realtime_end,date,value,series_id\n" + "".join(
    f"2025-0{month}-01,9999-12-31,1992-0{month}-01,{value},BOPGSTB\n" for month, value in enumerate((-2026, -831, -2641), 1)
)
"""Three observations that begin to be in force on three days: six records of parts, and what makes them up."""
UNPACKED = sum(len(part.data) for part in unpack(VINTAGES.encode(), "made.csv").parts)
JSON = '{"a": [1, {"b": null}], "c": "d"}'
"""Three levels, six values."""


def _parts():
    return unpack(VINTAGES.encode(), "made.csv").parts


BOUNDS = {
    "parts of a file": (bundle, "MAX_PARTS", 3, _parts, "expected at most 2 series and vintages in a file, found more"),
    "characters of all parts": (bundle, "MAX_UNPACKED", UNPACKED, _parts, f"series and vintages of at most {UNPACKED - 1} bytes"),
    "observations times vintages": (fred_bundle, "MAX_LOOKED_AT", 9, _parts, "fewer observations and vintages in a file, found 3 of 3"),
    "columns of delimited text": (delimited, "MAX_COLUMNS", 5, _parts, "at most 4 fields"),
    "values of JSON": (json_places, "MAX_VALUES", 6, lambda: json_places.parse(JSON), "more than 5 values"),
    "levels of JSON": (json_places, "MAX_DEPTH", 3, lambda: json_places.parse(JSON), "more than 2 levels"),
    "bytes of a text": (text, "MAX_BYTES", 7, lambda: _decoded(b"one\ntwo"), "found 7 bytes"),
    "characters of a line": (text, "MAX_LINE", 5, lambda: _decoded(b"one\nthree\ntwo\n"), "lines of at most 4 characters, found one of 5"),
    "bytes of a workbook": (
        workbook, "MAX_BYTES", len(BOOK), lambda: workbook.read_workbook(BOOK, "made").printed,
        f"{len(BOOK):,} bytes, more than {len(BOOK) - 1:,}",
    ),
    "bytes of a PDF": (
        pages, "MAX_PDF_BYTES", len(PAGES), lambda: pages.read_pages(PAGES, "made").printed, f"found {len(PAGES):,} bytes",
    ),
    "words of a PDF": (pages, "MAX_WORDS", 4, lambda: pages.parse(PAGES), "more than 3 words"),
    "members of a workbook": (package, "MAX_MEMBERS", len(_MEMBERS), lambda: checked(BOOK), f"{len(_MEMBERS)} members, more than"),
    "bytes of a workbook, inflated": (
        package, "MAX_INFLATED", sum(member.file_size for member in _MEMBERS), lambda: checked(BOOK), "bytes when inflated",
    ),
    "cells around a sheet's": (package, "MAX_AREA", 9, lambda: checked(BOOK), "sheets that span 9 cells, more than 8"),
    "cells around those of two sheets": (package, "MAX_AREA", 9, lambda: workbook.parse(BOOK), "sheets that span 9 cells, more than 8"),
    "texts that cells share": (package, "MAX_SHARED", 4 * 5, lambda: checked(SHARED), "4 cells that refer to texts of up to 5 characters"),
    "sheets of a workbook": (workbook, "MAX_SHEETS", 2, lambda: workbook.parse(xls([["a"]], [["b"]])), "2 sheets, more than 1"),
}  # fmt: skip


@pytest.mark.parametrize("bound", BOUNDS)
def test_what_reaches_a_bound_is_read_and_what_exceeds_it_is_refused(monkeypatch, bound):
    module, name, most, read, said = BOUNDS[bound]
    assert getattr(module, name) > most  # the bound itself is far above
    monkeypatch.setattr(module, name, most)
    assert read()
    monkeypatch.setattr(module, name, most - 1)
    with pytest.raises((ReadError, ValueError)) as caught:
        read()
    assert said in str(caught.value)


def test_of_too_many_pages_only_the_first_is_looked_at(monkeypatch):
    monkeypatch.setattr(pages, "MAX_PAGES", 2)
    found = pages.parse(PAGES)
    assert (found["pages"], [[word[0] for word in page] for page in found["words"]]) == (2, [["one", "two", "three"], ["four"]])
    monkeypatch.setattr(pages, "MAX_PAGES", 1)
    found = pages.parse(PAGES)
    assert (found["pages"], [[word[0] for word in page] for page in found["words"]]) == (2, [["one", "two", "three"]])


def test_the_area_of_sheets_is_bounded_by_its_own_number():
    bound_area(1_000_000)
    with pytest.raises(ValueError, match="sheets that span 1,000,001 cells, more than 1,000,000"):
        bound_area(1_000_001)


@pytest.mark.parametrize("length", [59, 60, 61])
def test_a_text_of_more_than_sixty_characters_is_no_figure(length):
    """Zeros make a figure as long as one likes; a float in full, of as many characters, is rounded to what was entered."""
    figure, full = "1.5" + "0" * (length - 3), "0" * (length - 20) + "50251.00000000000004"
    assert len(figure) == len(full) == length
    assert resembles_figure(figure) is (length <= 60)
    assert entered(full) == ("50251" if length <= 60 else full)
    if length <= 60:
        assert plain_figure(figure).value == 1.5
    else:
        with pytest.raises(FigureError):
            plain_figure(figure)


def test_the_line_of_a_zero_byte_is_named():
    """Counted from 1, up to the first of them."""
    for data, line in ((b"\0", 1), (b"one\ntwo\0\n\0", 2), (b"one\n\ntwo\n\0", 4)):
        with pytest.raises(ReadError) as caught:
            decode(data, "made")
        assert (caught.value.line, caught.value.found) == (line, "binary data or UTF-16 (a zero byte)")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-12, "-12"), (-1.5, "-1.5"), (0.25, "0.25"), (1200.0, "1200"), (-0.0, "0"), (float("nan"), "#NUM!"), (float("inf"), "#NUM!"),
        (float("-inf"), "#NUM!"), (True, "TRUE"), ("x", "x"),
    ],
)  # fmt: skip
def test_a_value_of_a_workbook_is_its_text(value, shown):
    assert text_of(value) == shown


def test_the_sheets_of_an_old_workbook_are_its_rows():
    assert workbook.parse(xls([["one", 2], [None, 3.5]], [["x"]])) == [
        Sheet("BOP History", False, [["one", "2"], ["", "3.5"]]), Sheet("more 1", False, [["x"]]),
    ]  # fmt: skip


def test_an_archive_that_breaks_without_a_word_is_said_by_what_broke(monkeypatch):
    """Decompressors raise EOFError and others without a message."""

    def broken(data):
        raise EOFError

    monkeypatch.setattr(package, "_inflated", broken)
    with pytest.raises(ValueError, match=r"a damaged or protected archive \(EOFError\)"):
        checked(BOOK)


@pytest.mark.parametrize(
    ("encoding", "is_kept"), [(None, True), ("utf-8", True), ("UTF-8", True), ("ISO-8859-1", False), ("us-ascii", False), ("UTF-16", False)]
)
def test_a_part_of_a_workbook_in_another_encoding_is_written_anew(encoding, is_kept):
    """Its parser takes every part for UTF-8."""
    declared = "" if encoding is None else f' encoding="{encoding}"'
    mark = "-" if encoding == "us-ascii" else "é"
    part = f'<?xml version="1.0"{declared}?><workbook><a>{mark}</a></workbook>'.encode(encoding or "utf-8")
    with zipfile.ZipFile(io.BytesIO(checked(zipped({"xl/workbook.xml": part})).data)) as archive:
        written = archive.read("xl/workbook.xml")
    assert (written == part) is is_kept
    assert f"<a>{mark}</a>" in written.decode("utf-8")
