"""Sheet by sheet: which hold a table, which are copies, what is unread, and what a document that no reader reads is called."""

import io
import json
import os
import re
import sys
import zipfile
from types import SimpleNamespace

import pytest

from trade_assets.facts import catalogue
from trade_assets.families.kei import post
from trade_assets.reading import confined, not_read, workbook
from trade_assets.reading.cells import Reading, Where
from trade_assets.reading.errors import ReadError
from trade_assets.reading.label_proof import UNPROVEN, printed_series, prove_labels
from trade_assets.reading.marks import NOT_PUBLISHED, Mark
from trade_assets.reading.not_read import NotRead, beginning_of, document_of, format_of
from trade_assets.reading.package import Damaged
from trade_assets.reading.sheets import note_unread, read_once, sheets_of
from trade_assets.reading.text import decode
from trade_assets_tests.grids import grid
from trade_assets_tests.made_files import xls, xlsx
from trade_assets_tests.test_bounds import zipped

TITLE = re.compile("Title")


def test_sheets_are_those_with_a_row():
    document = grid([["Title", 1], [], ["x"]], [[]], [["y"]], names=["a", "b", "c"], hidden=["c"])
    sheets = sheets_of(document)
    assert [(sheet.name, sheet.is_hidden, [row.line for row in sheet.rows]) for sheet in sheets] == [("a", False, [1, 3]), ("c", True, [5])]
    assert [sheet.called for sheet in sheets] == ["the sheet 'a'", "the hidden sheet 'c'"]
    assert sheets[0].titled(TITLE) == sheets[0].rows[:1]
    assert sheets[1].titled(TITLE) == [] and sheets[0].titled(re.compile("Tit")) == []
    (pages,) = sheets_of(grid([["x"], ["y"]], kind="pages"))
    assert (pages.name, pages.called, len(pages.rows)) == (None, "the pages", 2)


@pytest.mark.parametrize(("above", "says"), [(0, True), (7, True), (8, False)])
def test_words_count_in_the_first_eight_rows(above, says):
    (sheet,) = sheets_of(grid([*[["x"]] * above, ["y", "Title"]]))
    assert sheet.says(TITLE) is says


# Copies


def _read(document, *sheets, values):
    """What is read of these sheets, each with the figures of its months: figure, decimals and flags, or ``None`` for a gap."""
    reading = Reading("f", "p", "t")

    def read(sheet, its):
        for period, value in values[sheet.name].items():
            row = its.add_row("t", sheet.rows[0].line, period, period=period, gap=NOT_PUBLISHED if value is None else None)
            if value is not None:
                its.add_cells(
                    "t", [row], columns=["c"], series=["s"], measures=["m"], periods=[period], units=["index"],
                    marks=[Mark(*value, None)], lines=[1], starts=[0], texts=["x"], where=[Where(sheet.name, "A1")],
                )  # fmt: skip
        return {(sheet.rows[0].line, 0)}

    return reading, read_once(reading, document, sheets, read)


def test_copies_are_read_once_and_the_visible_sheet_first():
    document = grid([["x"]], [["x"]], [["x"]], names=["a", "b", "c"], hidden=["a"])
    sheets = sheets_of(document)
    figures = {"2020-01": (1.0, 0, ""), "2020-02": None}
    reading, is_read = _read(document, *sheets, values={"a": figures, "b": figures, "c": figures})
    assert reading.notes == [
        "the sheet 'c' is a copy of the sheet 'b' and read once", "the hidden sheet 'a' is a copy of the sheet 'b' and read once",
    ]  # fmt: skip
    assert reading.rows["period"] == ["2020-01", "2020-02"]
    assert reading.cells["sheet"] == ["b"]
    assert is_read == {(1, 0), (2, 0), (3, 0)}


def test_a_table_of_a_hidden_sheet_alone_is_noted():
    document = grid([["x"]], names=["a"], hidden=["a"])
    reading, _ = _read(document, *sheets_of(document), values={"a": {"2020-01": (1.0, 0, "")}})
    assert reading.notes == ["a table is read from the hidden sheet 'a'"]


@pytest.mark.parametrize("other", [(2.0, 0, ""), (1.0, 1, ""), (1.0, 0, "r")])
def test_sheets_that_differ_are_both_read(other):
    document = grid([["x"]], [["x"]], names=["a", "b"])
    values = {"a": {"2020-01": (1.0, 0, ""), "2020-02": (3.0, 0, "")}, "b": {"2020-01": other, "2020-02": (3.0, 0, "")}}
    reading, _ = _read(document, *sheets_of(document), values=values)
    assert reading.notes == ["the sheet 'b' prints 1 figures otherwise than the sheet 'a'; both are read"]
    assert reading.cells["sheet"] == ["a", "a", "b", "b"] and reading.rows["row"] == [0, 1, 2, 3]


def test_sheets_of_other_periods_are_refused():
    document = grid([["x"]], [["y"], ["x"]], names=["a", "b"])
    values = {"a": {"2020-01": (1.0, 0, "")}, "b": {"2020-01": (1.0, 0, ""), "2020-02": (1.0, 0, "")}}
    with pytest.raises(ReadError) as caught:
        _read(document, *sheets_of(document), values=values)
    error = caught.value
    assert (error.document, error.line) == ("a.xlsx", 2)
    assert error.expected == "in the sheet 'b' the periods of the sheet 'a', which prints the same table"
    assert error.found == "t 2020-02 in one of them only"
    assert error.todo == "remove the sheet that is not current in a copy of the workbook"


# Unread


def test_what_is_not_read_is_listed_with_the_reason():
    read = [["Title", 1], ["x", 2, "note"]]
    document = grid(read, [["words"], ["more"]], [["7", "8"]], [["Exhibit 2. Of trade"]], names=["a", "b", "c", "d"], hidden=["c"])
    reading = Reading("f", "p", "t")
    sheets = sheets_of(document)
    note_unread(reading, document, sheets[:1], {(1, 0), (1, 8)})
    assert reading.notes == [
        "the sheet 'b' holds no table that is read", "the hidden sheet 'c' holds no table that is read",
        "the sheet 'd' is Exhibit 2 of the FT-900, which is not read: Of trade",
    ]  # fmt: skip
    unread = reading.unread
    assert list(zip(*(unread[name] for name in ("line", "start", "end", "text", "sheet", "cell", "reason")), strict=True)) == [
        (2, 4, 5, "2", "a", "B2", "beside the columns of the table"), (3, 0, 5, "words", "b", "A1", "in no table that is read"),
        (5, 0, 1, "7", "c", "A1", "in no table that is read"), (5, 4, 5, "8", "c", "B1", "in no table that is read"),
        (6, 0, 19, "Exhibit 2. Of trade", "d", "A1", "in no table that is read"),
    ]  # fmt: skip


# Documents and formats that are not read


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x1f\x8b", "a gzip archive"), (b"BZh", "a bzip2 archive"), (b"x" * 257 + b"ustar", "a tar archive"), (b"xxxxftyp",
        "an image or a video"),
        (b"RIFFxxxxWEBP", "an image (WebP)"), (b"{\\rtf", "a text in Rich Text Format"), (b"PAR1", "a Parquet file"),
        (b"PK\x05\x06", "an empty archive"), (b"GIF8", "an image (GIF)"),
    ],
)  # fmt: skip
def test_formats_are_told_by_their_marks(data, what):
    assert format_of(data).what == what
    assert format_of(b"y" + data) is None


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["a.txt"], ("an archive of files (1: a.txt)", "unpack it, and give what is inside")),
        (["f/", "f/a.txt", "g/b.XLSX", "c"], ("an archive of workbooks (3: a.txt, b.XLSX, c)", "unpack it, and give what is inside")),
        (["a", "b", "c", "d.xlsm"], ("an archive of workbooks (4: a, b, c, …)", "unpack it, and give what is inside")),
        (["word/document.xml"], ("a Word document", "save it as the publisher's own text, workbook or page of text")),
        (["xl/workbook.bin"], ("a binary workbook (.xlsb)", "save it as .xlsx")), (["xl/workbook.xml"], None), (["[Content_Types].xml"],
        None),
    ],
)  # fmt: skip
def test_archives_are_told_by_their_members(names, found):
    assert format_of(zipped(dict.fromkeys(names, b""))) == (found and NotRead(*found))


def test_streams_tell_what_an_old_file_is():
    ole = b"\xd0\xcf\x11\xe0"
    assert format_of(ole + "WordDocument".encode("utf-16-le")).what == "a Word document"
    assert format_of(ole) is None and format_of(b"PK\x03\x04 damaged") is None


def test_documents_are_told_by_the_words_at_their_head():
    assert document_of("text", ["x", "  BEGIN:VCALENDAR"]).what == "a calendar of release days, which is not read"
    assert document_of("workbook", ["BEGIN:VCALENDAR"]) is None
    assert document_of("text", [*["x"] * 399, "BEGIN:VCALENDAR"]) is not None
    assert document_of("text", [*["x"] * 400, "BEGIN:VCALENDAR"]) is None
    assert document_of("text", ["x" * 19_984, "BEGIN:VCALENDAR"]) is not None
    assert document_of("text", ["x" * 19_985, "BEGIN:VCALENDAR"]) is None
    refused = document_of("text", [f"error: {'bad   key ' * 10}"])
    assert refused.what == f"a refusal of the Census API, no figures: {('bad key ' * 10).strip()[:60]}… (79 characters)"
    assert document_of("workbook", ["Exhibit 2. Of trade"]).what == "Exhibit 2 of the FT-900, which is not read: Of trade"


@pytest.mark.parametrize("line", catalogue.records("ft900_exhibits"), ids=lambda line: line["exhibit"])
def test_exhibits_are_told_by_their_titles(line):
    """With what stands behind the title, the year or the adjustment; those of the supplement are said to be."""
    number, of = line["exhibit"], "FT-900 supplement" if line["exhibit"].endswith("s") else "FT-900"
    said = NotRead(f"Exhibit {number} of the {of}, which is not read: {line['about']}", "of the FT-900's workbooks give Exhibits 1 and 12")
    for text in (line["title"], line["title"].upper(), f"{line['title']}, 2020", f"{line['title']}: adjusted"):
        assert document_of("workbook", ["x", text]) == said
    assert document_of("workbook", [f"x {line['title']}"]) != said
    assert document_of("workbook", [f"{line['title']} x"]) != said
    assert document_of("text", [line["title"]]) is None


@pytest.mark.parametrize(
    ("kind", "texts", "what"),
    [
        ("text", ["", " a ", "b"], "a text that begins 'a'"), ("workbook", ["x" * 70],
        f"a workbook that begins {'x' * 60 + '… (70 characters)'!r}"),
        ("pages", ["", " "], "a PDF without any text or figure"), ("text", [], "a text without any text or figure"),
    ],
)  # fmt: skip
def test_what_a_document_begins_with(kind, texts, what):
    assert beginning_of(kind, iter(texts)) == what


# Workbooks


def test_a_workbook_is_read_cell_by_cell():
    document = workbook.read_workbook(xlsx([["a", None, 1.5], [], ["b"]], [[2]], title="one", hidden=(1,)), "a.xlsx")
    assert (document.name, document.kind, document.notes, document.hidden) == ("a.xlsx", "workbook", (), {"more 1"})
    assert document.printed == ["a |  | 1.5", "", "b", "2"]
    assert [[(field.text, field.where) for field in row.fields] for row in document.rows] == [
        [("a", Where("one", "A1")), ("1.5", Where("one", "C1"))], [("b", Where("one", "A3"))], [("2", Where("more 1", "A1"))],
    ]  # fmt: skip


def test_an_old_workbook_keeps_its_errors():
    sheets = workbook.parse(xls([["a", "#N/A"], [1, 2]], [["#N/A"]], title="one"))
    assert [(sheet.name, sheet.is_hidden, sheet.rows) for sheet in sheets] == [
        ("one", False, [["a", "#N/A"], ["1", "2"]]),
        ("more 1", False, [["#N/A"]]),
    ]


def test_what_is_no_workbook_is_said(monkeypatch):
    expected = "a workbook, .xlsx or .xls, whole and without protection"
    todo = "fetch the file again from the publisher, or save it anew without protection"
    monkeypatch.setattr(workbook, "MAX_BYTES", 10)
    for data, found in ((b"PK\x03\x04", "a damaged or protected archive (File is not a zip file)"), (b"x" * 11, "11 bytes, more than 10")):
        with pytest.raises(ReadError) as caught:
            workbook.read_workbook(data, "a.xlsx")
        error = caught.value
        assert (error.document, error.line, error.expected, error.found, error.todo) == ("a.xlsx", None, expected, found, todo)


def test_macros_are_noted():
    data = xlsx([["a"]])
    with_macros = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(with_macros, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/vbaProject.bin", b"")
    assert workbook.read_workbook(with_macros.getvalue(), "a").notes == ("the workbook holds macros; nothing of them is run, or read",)


def test_too_many_sheets_are_refused(monkeypatch):
    assert workbook.MAX_SHEETS == 64
    data = xlsx([["a"]], [["b"]])
    monkeypatch.setattr(workbook, "MAX_SHEETS", 1)
    with pytest.raises(Damaged) as caught:
        workbook.parse(data)
    assert str(caught.value) == "2 sheets, more than 1"


# Confined parsers


def test_a_parser_is_asked_in_a_process_of_its_own(monkeypatch):
    asked = []

    def run(command, **options):
        asked.append((command, options))
        return SimpleNamespace(returncode=0, stdout=b'{"parsed": [1]}')

    monkeypatch.setattr(confined.subprocess, "run", run)
    assert confined.parsed("pages", b"x", "a.pdf", expected="e") == [1]
    ((command, options),) = asked
    assert command == [sys.executable, "-P", "-m", "trade_assets.reading.confined", "pages"]
    assert (options["input"], options["capture_output"], options["check"], options["timeout"]) == (b"x", True, False, 600)
    assert options["env"]["PYTHONPATH"].split(os.pathsep) == [each for each in sys.path if each]
    assert {**options["env"], "PYTHONPATH": ""} == {**os.environ, "PYTHONPATH": ""}
    assert (confined.MAX_SECONDS, confined.MAX_WAIT, confined.MAX_MEMORY) == (60, 600, 1_610_612_736)


@pytest.mark.parametrize(
    ("done", "found"),
    [
        (SimpleNamespace(returncode=1, stdout=b""), "a file that its parser cannot read, or not within the memory and time it may take"),
        (SimpleNamespace(returncode=-9, stdout=b""), "a file that its parser cannot read, or not within the memory and time it may take"),
        (SimpleNamespace(returncode=0, stdout=b'{"refused": "why"}'), "why"),
        (confined.subprocess.TimeoutExpired("x", 600), "a file that takes more than 600 seconds"),
    ],
)
def test_what_a_parser_cannot_read_is_refused(monkeypatch, done, found):
    def run(*_, **__):
        if isinstance(done, Exception):
            raise done
        return done

    monkeypatch.setattr(confined.subprocess, "run", run)
    with pytest.raises(ReadError) as caught:
        confined.parsed("pages", b"x", "a.pdf", expected="e")
    error = caught.value
    assert (error.document, error.line, error.expected, error.found) == ("a.pdf", None, "e", found)
    assert error.todo == "fetch the file again from the publisher; save it anew without protection"


@pytest.mark.parametrize(("data", "answer"), [(b"ab", {"parsed": "ba"}), (b"", {"refused": "x" * 500})])
def test_a_confined_parser_answers_in_json(monkeypatch, data, answer):
    def parse(given):
        if not given:
            raise ValueError("x" * 600)
        return given[::-1].decode()

    out = io.StringIO()
    monkeypatch.setattr(confined, "import_module", lambda name: {"trade_assets.reading.workbook": SimpleNamespace(parse=parse)}[name])
    monkeypatch.setattr(confined, "_bound", lambda: None)
    monkeypatch.setattr(sys, "argv", ["confined", "old_workbook"])
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    monkeypatch.setattr(sys, "stdout", out)
    confined.main()
    assert json.loads(out.getvalue()) == answer


@pytest.mark.parametrize(("most", "memory"), [(-1, 1_610_612_736), (10**12, 1_610_612_736), (10**6, 10**6)])
def test_a_confined_process_is_bounded(monkeypatch, most, memory):
    resource = pytest.importorskip("resource")
    limits = {}
    monkeypatch.setattr(resource, "getrlimit", lambda which: (0, most))
    monkeypatch.setattr(resource, "setrlimit", lambda which, limit: limits.update({which: limit}))
    confined._bound()
    assert limits == {resource.RLIMIT_AS: (memory, most), resource.RLIMIT_CPU: (60, 60), resource.RLIMIT_CORE: (0, 0)}


# Labels


def _labelled(figures, series="balance.total", measure="value"):
    reading = Reading("fred", "p", "t", "BOPGSTB")
    for line, (period, value) in enumerate(figures.items(), start=2):
        row = reading.add_row("t", line, period, period=period)
        mark = Mark(value, 0, "", None) if value is not None else Mark(None, None, "", NOT_PUBLISHED)
        reading.add_cells(
            "t", [row], columns=["c"], series=[series], measures=[measure], periods=[period], units=["million_usd"], marks=[mark],
            lines=[line], starts=[0], texts=[str(value)],
        )  # fmt: skip
    reading.add_series(series=series, seasonal_adjustment="seasonally adjusted")
    return reading


def test_figures_of_a_reading_by_series():
    reading = _labelled({"1992-01": -2026.0, "1992-02": None})
    reading.cells["period"].append("1992-01")
    for name, entries in reading.cells.items():
        if name != "period":
            entries.append({"value": -9.0, "decimals": 0, "series": "balance.total", "measure": "value"}.get(name))
    (((series, measure), figures),) = printed_series(reading).items()
    assert (series, measure, {period: str(value) for period, value in figures.items()}) == ("balance.total", "value", {"1992-01": "-2026"})


def test_known_figures_are_counted():
    reading = _labelled({"1992-01": -2026.0, "1992-02": -831.0, "1992-03": -2641.0, "1960-01": 5.0})
    prove_labels(reading, "a.csv")
    assert (reading.series["known_figures"], reading.series["agreeing_figures"], reading.notes) == ([3], [3], [])
    unknown = _labelled({"1940-01": 5.0})
    prove_labels(unknown, "a.csv")
    assert (unknown.series["known_figures"], unknown.notes) == ([0], [f"BOPGSTB: {UNPROVEN}"])


def test_each_series_of_a_reading_is_counted():
    """One that is contradicted among others is read: the rule book withholds it."""
    reading = _labelled({"1992-01": -2026.0, "1992-02": -831.0})
    wrong = _labelled({"1992-01": 7.0, "1992-02": 8.0, "1992-03": 9.0}, series="exports.total")
    reading.extend(wrong)
    prove_labels(reading, "a.csv")
    assert (reading.series["known_figures"], reading.series["agreeing_figures"], reading.notes) == ([2, 3], [2, 0], [])
    reading = _labelled({"1940-01": 5.0})
    reading.extend(_labelled({"1940-01": 7.0}, series="exports.total"))
    prove_labels(reading, "a.csv")
    assert (reading.series["known_figures"], reading.notes) == ([0, 0], [f"BOPGSTB: {UNPROVEN}", f"BOPTEXP: {UNPROVEN}"])


def test_figures_of_another_series_are_refused():
    exports = {"1992-01": 50251.0, "1992-02": 51682.0, "1992-03": 50294.0}
    with pytest.raises(ReadError) as caught:
        prove_labels(_labelled(exports), "a.csv")
    error = caught.value
    assert (error.document, error.line) == ("a.csv", 2)
    assert error.expected == (
        "the figures of BOPGSTB (million_usd, months, seasonally adjusted), as the file claims: -2026 in 1992-01, or a revision of it"
    )
    assert error.found == "'50251.0': these are the figures of BOPTEXP"
    assert (
        error.todo
        == "in a copy, name the file after what its figures are, if the catalogue has that; or fetch the series again, as claimed"
    )
    quarter = _labelled({"1992-01/1992-03": 50251.0, "1992-04/1992-06": 9.0}, measure="average")
    quarter.series["base_period"] = ["2000"]
    with pytest.raises(ReadError) as caught:
        prove_labels(quarter, "a.csv")
    assert caught.value.expected == (
        "the figures of BOPGSTB (million_usd, 2000=100, averages of quarters, seasonally adjusted), as the file claims: the average of "
        "-2026, -831, -2641, within rounding"
    )


def test_the_first_figure_that_is_not_as_known_is_named():
    figures = {"1992-01": -2026.0, "1992-02": 51682.0, "1992-03": 50294.0, "1960-01": 3.0}
    with pytest.raises(ReadError) as caught:
        prove_labels(_labelled(figures), "a.csv")
    assert (caught.value.line, caught.value.found[:9]) == (3, "'51682.0'")


# Posts without tables


def test_a_post_is_its_title():
    title, name = "U.S.-Korea Trade Imbalance: what it is", "by the Korea Economic Institute of America"
    document = decode(f"{name}\n  {title} \n|x|".encode(), "a.txt")
    assert post.recognises(document)
    reading = post.read(document)
    assert (reading.family, reading.publisher, reading.title, reading.rows["row"]) == (
        "kei",
        "Korea Economic Institute of America",
        title,
        [],
    )
    for text in (title, name, f"{name}\nOn the {title}", f"{name}\nU.S.-Korea Trade Imbalances", f"{name}\n{title} {'x' * 120}"):
        assert not post.recognises(decode(text.encode(), "a.txt"))
    with pytest.raises(ReadError) as caught:
        post.read(decode(f"{title}\n\n | a | b | ".encode(), "a.txt"))
    error = caught.value
    assert (error.document, error.line, error.found) == ("a.txt", 3, "'| a | b |'")
    assert error.expected == "prose only in a post of the Korea Economic Institute"
    assert error.todo == "if the publisher now prints tables, add a reader for them"
    assert not_read.document_of("text", [title]) is None
