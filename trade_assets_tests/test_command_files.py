"""What the commands that are given files print of each, in which order and with which status: over documents that are made up."""

import copy
import json
from contextlib import contextmanager
from dataclasses import replace

import pytest
from click.testing import CliRunner

from trade_assets import cli
from trade_assets.cli import documents as module
from trade_assets.cli.documents import CELL_FIELDS
from trade_assets.documents.ingest import Ingested, Received
from trade_assets.documents.store import Document
from trade_assets.reading import Found, Part, ReadError, Reading

WRONG = ReadError("b.txt", 7, expected="a figure", found="a word", todo="look")
SAID = "trade-assets: b.txt, line 7: expected a figure, found a word. To do: look.\n"


def _anew(error):
    """An error of the system as another one like it: what is noted on one is not said of the next."""
    return error if isinstance(error, ReadError) else copy.copy(error)


def invoke(*arguments):
    return CliRunner().invoke(cli.main, [*map(str, arguments)])


@pytest.fixture
def shown_progress(monkeypatch):
    """What a bar is told in each of the modules that show one: of how much, of what, and each name."""
    told = []

    @contextmanager
    def progress(total, of_what):
        told.append((total, of_what))
        yield told.append

    for name in ("documents", "ingest"):
        monkeypatch.setattr(f"trade_assets.cli.{name}.progress", progress)
    return told


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Makes files that hold what they are told to: documents, and what is wrong with others."""
    held = {}

    def documents_in(data, name, series=None):
        found = held[name]
        if isinstance(found, Exception):
            raise _anew(found)
        return found(series) if callable(found) else found

    monkeypatch.setattr(module, "documents_in", documents_in)

    def made(**contents):
        for name, content in contents.items():
            held[f"{name}.txt"] = content
            (tmp_path / f"{name}.txt").write_text("text")
        return [tmp_path / f"{name}.txt" for name in contents]

    return made


def _cell(**fields):
    usual = {"table": "t", "series": "s", "measure": "value", "period": "2018-01", "value": 36.1, "decimals": 2, "unit": "million_usd",
             "flags": "", "line": 3, "start": 10, "end": 15, "text": "36.10"}  # fmt: skip
    return dict.fromkeys(CELL_FIELDS) | usual | fields


def _found(*cells, **more):
    reading = Reading("uscc", "P", "T", **more)
    for cell in cells:
        for name, value in cell.items():
            reading.cells[name].append(value)
    return Found(b"", reading)


# cells

HEADINGS = "table,series,measure,period,value,decimals,unit,flags,line,start,end,text,sheet,cell,page,box\n"


def test_figures_are_printed_as_they_were_with_their_places(files):
    """A workbook's and a page's are not in lines; a mark has no value."""
    a, b = files(
        a=[
            _found(
                _cell(),
                _cell(value=None, decimals=0, text="--", period=None),
                _cell(value=-5.0, decimals=0, text="-5", flags="r"),
                _cell(sheet="1", cell="B7"),
            )
        ],
        b=[_found(_cell(page=2, box="1 2 3 4")), _found(_cell(value=0.5, decimals=3, text='0.500, "so"'))],
    )
    result = invoke("cells", a, b)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == HEADINGS + (
        "t,s,value,2018-01,36.10,2,million_usd,,3,10,15,36.10,,,,\n"
        "t,s,value,,,0,million_usd,,3,10,15,--,,,,\n"
        "t,s,value,2018-01,-5,0,million_usd,r,3,10,15,-5,,,,\n"
        "t,s,value,2018-01,36.10,2,million_usd,,,,,36.10,1,B7,,\n"
        "t,s,value,2018-01,36.10,2,million_usd,,,,,36.10,,,2,1 2 3 4\n"
        't,s,value,2018-01,0.500,3,million_usd,,3,10,15,"0.500, ""so""",,,,\n'
    )


def test_figures_for_programs_are_one_line_of_json_with_plain_numbers(files):
    result = invoke("cells", "--format", "json", *files(a=[_found(_cell(unit="für"), _cell(sheet="1", cell="B7"))]))
    assert result.exit_code == 0 and result.stdout.count("\n") == 1 and result.stdout.endswith("]\n")
    assert "für" in result.stdout
    first, second = json.loads(result.stdout)
    assert list(first) == list(second) == HEADINGS.strip().split(",")
    assert (first["value"], first["decimals"], first["line"], first["start"], first["end"], first["sheet"]) == (36.1, 2, 3, 10, 15, None)
    assert (second["line"], second["start"], second["end"], second["sheet"], second["cell"]) == (None, None, None, "1", "B7")


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [([WRONG], 2, SAID), (OSError(5, "Input/output error"), 2, "trade-assets: Input/output error ({file})\n"), ([], 0, "")],
    ids=["unreadable", "of the system", "nothing in it"],
)
def test_the_gravest_of_several_files_counts_and_the_others_are_printed(files, shown_progress, place, wrong, status, said):
    names = ["a", "c"]
    names.insert({"first": 0, "middle": 1, "last": 2}[place], "b")
    given = files(**{name: wrong if name == "b" else [_found(_cell(series=name))] for name in names})
    result = invoke("cells", *given)
    file = next(path for path in given if path.name == "b.txt")
    assert (result.exit_code, result.stderr) == (status, said.format(file=file))
    assert [line.split(",")[1] for line in result.stdout.splitlines()] == ["series", "a", "c"]
    assert shown_progress == [(3, "documents"), *(f"{name}.txt" for name in names)]


@pytest.mark.parametrize("command", ["cells", "check", "coverage"])
@pytest.mark.parametrize(
    ("said", "beside", "series"), [(None, None, None), ("A", None, "A"), (None, "B", "B"), ("A", "B", "A")]
)  # fmt: skip
def test_the_series_is_the_one_that_is_said_else_the_one_of_the_sidecar(files, command, said, beside, series):
    asked = []
    (file,) = files(a=lambda given: asked.append(given) or [])
    if beside:
        file.with_name("a.txt.yaml").write_text(f"series: {beside}\n")
    assert invoke(command, *(["--series", said] if said else []), file).exit_code == 0
    assert asked == [series]


@pytest.mark.parametrize("command", ["cells", "check", "coverage"])
def test_a_command_without_a_file_or_with_one_that_is_not_there(tmp_path, command):
    result = invoke(command)
    said = f"trade-assets: Missing argument 'FILE...'. To do: 'trade-assets {command} --help' says what can be given\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", said)
    result = invoke(command, tmp_path / "gone.txt")
    assert result.exit_code == 2 and result.stderr.startswith(f"trade-assets: {tmp_path / 'gone.txt'}: expected a file, found none")
    assert result.stdout == (HEADINGS if command == "cells" else "")


# check and coverage


@pytest.fixture
def looks(monkeypatch):
    """Lets ``check`` and ``coverage`` see of each document its title, and have as many issues as its notes; tells what they were asked."""
    asked = []

    class Seen:
        def __init__(self, path, found):
            self.title, self.issues = found.reading.title, found.reading.notes
            asked.append((path.name, self.title))
            if self.title == "odd":
                raise OSError(5, "Input/output error")

    def as_json(seen):
        return {"title": seen.title, "issues": len(seen.issues)}

    def as_text(seen):
        yield f"{seen.title}:"
        if seen.title == "silent":
            raise ValueError("no words")
        yield f"  {len(seen.issues)} issues"

    monkeypatch.setattr("trade_assets.review.check.check_document", lambda path, found, month: asked.append(month) or Seen(path, found))
    monkeypatch.setattr("trade_assets.review.coverage.coverage_of_document", Seen)
    for name in ("check", "coverage"):
        monkeypatch.setattr(f"trade_assets.review.{name}.as_json", as_json)
        monkeypatch.setattr(f"trade_assets.review.{name}.as_text", as_text)
    return asked


def _titled(title, issues=0):
    found = _found(notes=["x"] * issues)
    return replace(found, reading=replace(found.reading, title=title))


def test_each_document_is_shown_below_the_one_before_and_asks_for_review(files, looks):
    given = files(a=[_titled("one"), _titled("two", 2)], b=[_titled("three")])
    text = "one:\n  0 issues\n\ntwo:\n  2 issues\n\nthree:\n  0 issues\n"
    result = invoke("check", "--release-month", "2018-01", *given)
    assert (result.exit_code, result.stdout, result.stderr) == (1, text, "")
    assert looks == ["2018-01", ("a.txt", "one"), "2018-01", ("a.txt", "two"), "2018-01", ("b.txt", "three")]
    # What is not proven is no fault of anybody's.
    result = invoke("coverage", *given)
    assert (result.exit_code, result.stdout, result.stderr) == (0, text, "")
    assert invoke("check", given[1]).exit_code == 0 and looks[-2:] == [None, ("b.txt", "three")]


@pytest.mark.parametrize(("command", "status"), [("check", 1), ("coverage", 0)])
def test_for_programs_all_documents_stand_in_one_list(files, looks, command, status):
    result = invoke(command, "--format", "json", *files(a=[_titled("für", 1), _titled("two")], b=[]))
    assert result.exit_code == status
    assert result.stdout == '[\n {\n  "title": "für",\n  "issues": 1\n },\n {\n  "title": "two",\n  "issues": 0\n }\n]\n'
    assert invoke(command, "--format", "json", *files(b=[])).stdout == "[]\n"


def test_a_name_that_is_no_text_is_written_with_escapes(files, looks):
    result = invoke("check", "--format", "json", *files(a=[_titled("\udcff")]))
    assert (result.exit_code, result.stdout) == (0, '[\n {\n  "title": "\\udcff",\n  "issues": 0\n }\n]\n')


NO_WORDS = (
    "trade-assets: {name}: expected figures that the rule book can judge, found some that it does not foresee (ValueError: no words). "
    "To do: report the document with the error; nothing of it is published until it can be judged.\n"
)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([WRONG], SAID), (OSError(5, "Input/output error"), "trade-assets: Input/output error ({file})\n"),
        ([_titled("odd")], "trade-assets: Input/output error ({file})\n"), ([_titled("silent")], NO_WORDS),
        ([WRONG, _titled("odd"), WRONG], SAID + "trade-assets: Input/output error ({file})\n" + SAID),
    ],
    ids=["unreadable", "of the system", "cannot be judged", "cannot be told", "several"],
)  # fmt: skip
@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_goes_wrong_with_one_is_said_and_the_others_are_shown(files, looks, place, wrong, said):
    names = ["a", "c"]
    names.insert(place, "b")
    given = files(**{name: wrong if name == "b" else [_titled(name, 1)] for name in names})
    result = invoke("check", *given)
    assert result.exit_code == 2
    assert result.stdout == "a:\n  1 issues\n\nc:\n  1 issues\n"
    assert result.stderr == said.format(name="b.txt", file=given[place])


def test_a_fault_with_one_is_graver_than_what_another_asks_for(files, looks, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    given = files(a=KeyError("odd"), b=[WRONG], c=[_titled("c", 1)])
    for order in (given, given[::-1]):
        result = invoke("check", *order)
        assert result.exit_code == 70 and result.stdout == "c:\n  1 issues\n"
        assert SAID in result.stderr and f"KeyError: 'odd' ({given[0]}), at cli/documents.py:" in result.stderr


# ingest

DOCUMENT = Document(
    "ft900", "2018-01", "file_name", "P", "T", None, "S", "0123456789abcdef", 1, "2018-02-01T00:00:00.000000+00:00", product="exhibit_1"
)  # fmt: skip


@pytest.fixture
def ingested(tmp_path, monkeypatch):
    """Runs ``ingest`` with files that become what they are told to; what was asked for is kept beside."""
    asked = []

    def run(outcomes, *arguments, found=()):
        def receive(path, told):
            asked.append((path.name, dict(told)))
            if isinstance(outcomes[path.name], Exception):
                raise _anew(outcomes[path.name])
            return Received(path, b"date", list(found), told)

        def ingest_each(root, received, release_month=None):
            asked.append((root.url, received.path.name, release_month))
            return iter(outcomes[received.path.name])

        monkeypatch.setattr("trade_assets.documents.ingest.receive", receive)
        monkeypatch.setattr("trade_assets.documents.ingest.ingest_each", ingest_each)
        asked.clear()
        result = invoke("--data-root", tmp_path / "data", "ingest", *arguments)
        return result.exit_code, result.stdout, result.stderr

    run.asked, run.root = asked, str(tmp_path / "data")
    return run


STEM = "ft900-0123456789ab"
STORED = "{name}: ft900, release month 2018-01 (from the file name), {said} as {root}/raw/2018-01/" + STEM + ".txt\n"


@pytest.mark.parametrize(
    ("is_new", "is_described_anew", "said"),
    [(True, False, "stored"), (False, False, "already in the store"), (False, True, "already in the store, with what is said of it now,")],
)
def test_what_became_of_a_file_is_a_line_with_its_place(ingested, is_new, is_described_anew, said):
    outcome = Ingested(DOCUMENT, is_new, ("one\tnote", "another"), is_described_anew)
    notes = "  note: one\\tnote\n  note: another\n"
    expected = STORED.format(name="a.txt", said=said, root=ingested.root) + notes
    assert ingested({"a.txt": [outcome]}, "a.txt") == (0, expected, "")
    part = replace(outcome, document=replace(DOCUMENT, part="BOPGSTB"), notes=())
    expected = STORED.format(name="a.txt (BOPGSTB)", said=said, root=ingested.root)
    assert ingested({"a.txt": [part]}, "a.txt") == (0, expected, "")


@pytest.mark.parametrize(
    ("given", "note"),
    [("a.txt", ""), ("2018-01=a.txt", ""), ("2018-02=a.txt", "  note: 2018-02, as given, does not count: the file name says 2018-01\n")],
)
def test_a_month_that_does_not_count_is_said(ingested, given, note):
    status, said, _ = ingested({"a.txt": [Ingested(DOCUMENT, True)]}, given)
    assert (status, said) == (0, STORED.format(name="a.txt", said="stored", root=ingested.root) + note)


def test_what_is_said_of_all_files_and_of_one(ingested, tmp_path, shown_progress):
    """The option is for files of which nothing else says it."""
    (tmp_path / "table.csv").write_text("file,release_month,seen_on,series,note\nc.txt,2018-03,2018-03-05,X,mine\nd.txt,,,,\n")
    outcomes = {f"{name}.txt": [] for name in "abcd"}
    options = ["--release-month", "2018-01", "--seen-on", "2018-04-02", "--series", "Y", "--months", tmp_path / "table.csv"]
    assert ingested(outcomes, *options, "a.txt", "2018-02=b.txt") == (0, "", "")
    usual = {"seen_on": "2018-04-02", "series": "Y"}
    assert ingested.asked == [
        ("a.txt", usual), (ingested.root, "a.txt", "2018-01"), ("b.txt", usual), (ingested.root, "b.txt", "2018-02"),
        ("c.txt", {"seen_on": "2018-03-05", "series": "X", "note": "mine"}), (ingested.root, "c.txt", "2018-03"),
        ("d.txt", usual), (ingested.root, "d.txt", "2018-01"),
    ]  # fmt: skip
    assert shown_progress == [(4, "documents"), "a.txt", "b.txt", "c.txt", "d.txt"]
    assert ingested(outcomes, "a.txt") == (0, "", "")
    assert ingested.asked == [("a.txt", {}), (ingested.root, "a.txt", None)]


def test_nothing_to_ingest_is_wrong_usage(ingested, tmp_path):
    said = "Missing argument '[YYYY-MM=]FILE...' or option '--months'. To do: 'trade-assets ingest --help' says what can be given"
    assert ingested({}) == (2, "", f"trade-assets: {said}\n")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    ("wrong", "said"), [([WRONG], SAID), (OSError(5, "Input/output error"), "trade-assets: Input/output error (b.txt)\n"), (WRONG, SAID)]
)
def test_a_file_that_cannot_be_stored_stops_no_other(ingested, place, wrong, said, shown_progress):
    names = ["a.txt", "c.txt"]
    names.insert(place, "b.txt")
    outcomes = {name: wrong if name == "b.txt" else [Ingested(DOCUMENT, True)] for name in names}
    stored = "".join(STORED.format(name=name, said="stored", root=ingested.root) for name in ("a.txt", "c.txt"))
    assert ingested(outcomes, *names) == (2, stored, said)
    assert shown_progress == [(3, "documents"), *names]


def test_what_is_wrong_with_arguments_and_tables_stops_no_other(ingested, tmp_path):
    (tmp_path / "table.csv").write_text("file,release_month\nc.txt,2018-13\na.txt,\n")
    (tmp_path / "none.csv").write_text("files\n")
    (tmp_path / "x.txt").write_text("x")
    outcomes = {name: [Ingested(DOCUMENT, True)] for name in ("a.txt", "b.txt")}
    tables = ["--months", tmp_path / "none.csv", "--months", tmp_path / "table.csv"]
    status, stored, said = ingested(outcomes, *tables, f"2018-13={tmp_path / 'x.txt'}", "b.txt")
    assert status == 2
    assert stored == "".join(STORED.format(name=name, said="stored", root=ingested.root) for name in ("b.txt", "a.txt"))
    assert [line.split(": expected ")[0] for line in said.splitlines()] == [
        f"trade-assets: 2018-13={tmp_path / 'x.txt'}", "trade-assets: none.csv, line 1", "trade-assets: table.csv, line 2",
    ]  # fmt: skip


def test_the_parts_of_a_file_are_named_before_what_became_of_them(ingested):
    """What is wrong with one is none of them; a file that is its document has none."""
    parts = [Found(b"", None, Part(f"all.csv, {name}", name, b"")) for name in ("S1", "S2")]
    outcome = Ingested(DOCUMENT, True)
    stored = STORED.format(name="all.csv", said="stored", root=ingested.root)
    assert ingested({"all.csv": [outcome]}, "all.csv", found=[parts[0], WRONG, parts[1]])[1] == (
        f"all.csv: unpacked into 2 documents: S1, S2\n{stored}"
    )
    assert ingested({"all.csv": [outcome]}, "all.csv", found=[Found(b"", None)])[1] == stored


def test_long_names_of_parts_are_cut(ingested):
    parts = [Found(b"", None, Part("x", "S" * 700, b""))]
    said = ingested({"all.csv": []}, "all.csv", found=parts)[1]
    assert said == f"all.csv: unpacked into 1 document: {'S' * 600}… (700 characters)\n"


def test_the_help_says_what_holds_where_an_option_is_left_out(files):
    """Beside what a command then does: figures are printed as CSV, issues for people."""

    def helps(command):
        return " ".join(invoke(command, "--help").output.split())

    assert invoke("cells", *files(a=[])).stdout == HEADINGS
    assert "--format [csv|json] How figures are printed. [default: csv]" in helps("cells")
    for command in ("check", "coverage"):
        assert invoke(command, *files(a=[])).stdout == ""
        assert "--format [text|json] For people, or for programs. [default: text]" in helps(command)
    assert "--seen-on YYYY-MM-DD A day on which the files were seen" in helps("ingest") and "--months TABLE" in helps("ingest")
    assert "Usage: trade-assets ingest [OPTIONS] [YYYY-MM=]FILE..." in helps("ingest")
    assert [name for name in ("cells", "check", "coverage", "ingest") if "--series ID" not in helps(name)] == []
