"""Many files at once: their months before them or in a table, days on which they were seen, and what is said while it takes long."""

import csv
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from trade_assets import cli
from trade_assets.documents.given import Given, given, given_in
from trade_assets.documents.store import documents_of
from trade_assets.reading import ReadError
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import REPOSITORY, shipped_document
from trade_assets_tests.made_files import exhibit_1, xlsx
from trade_assets_tests.released_samples import RELEASED
from trade_assets_tests.shared_documents import shared_sample

POST = shipped_document("kei", "2018-09")


@pytest.fixture
def files(tmp_path):
    """Three documents whose names and contents say no month."""
    for name in ("first.txt", "second.txt", "third file.txt"):
        (tmp_path / name).write_bytes(POST.read_bytes() + name.encode() + b"\n")
    return tmp_path


def ingest(folder, *arguments):
    return CliRunner().invoke(cli.main, ["--data-root", str(folder / "data"), "ingest", *map(str, arguments)])


def stored(folder):
    """Release month, day of publication and day seen of each document, as the sidecars in the store say."""
    described = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((folder / "data" / "raw").glob("*/*.yaml")))
    return [(each["release_month"], each["published_date"], each["seen_on"]) for each in described]


def test_each_file_with_its_month_before_it(files):
    two = [f"2018-09={files / 'first.txt'}", f"2018-10={files / 'second.txt'}"]
    result = ingest(files, *two, "--release-month", "2018-11", files / "third file.txt")
    assert result.exit_code == 0, result.output
    assert stored(files) == [("2018-09", None, None), ("2018-10", None, None), ("2018-11", None, None)]
    assert result.stdout.count("release month 2018-10 (from the option), stored as ") == 1


def test_a_file_of_that_very_name_is_that_file(files):
    odd = shutil.copy(files / "first.txt", files / "2018-10=first.txt")
    assert given(str(odd)) == Given(Path(odd))
    assert given(f"2018-10={files / 'first.txt'}") == Given(files / "first.txt", "2018-10")
    assert given("a=b.txt") == Given(Path("a=b.txt"))


@pytest.mark.parametrize("month", ["2018-13", "18-09", "201809", "", "x"])
def test_what_stands_before_a_file_is_a_month(files, month):
    result = ingest(files, f"{month}={files / 'first.txt'}", f"2018-10={files / 'second.txt'}")
    assert result.exit_code == 2 and f"expected YYYY-MM=FILE, found {month!r}" in result.stderr and result.stderr.count("\n") == 1
    assert stored(files) == [("2018-10", None, None)]


def test_a_day_on_which_all_were_seen(files):
    assert ingest(files, "--seen-on", "2018-10-20", f"2018-09={files / 'first.txt'}", f"2018-10={files / 'second.txt'}").exit_code == 0
    assert stored(files) == [("2018-09", None, "2018-10-20"), ("2018-10", None, "2018-10-20")]
    ((document, _),) = documents_of(DataRoot.of(files / "data"), "2018-10")
    assert document.known_from == ("2018-10-20", "inferred")


@pytest.mark.parametrize("day", ["2018-10-32", "yesterday", "", "20181020", "2018-10"])
def test_a_day_that_is_none_is_refused(files, day):
    result = ingest(files, "--seen-on", day, f"2018-10={files / 'first.txt'}")
    assert result.exit_code == 2 and f"{day!r} is no day; expected YYYY-MM-DD" in result.stderr and result.stderr.count("\n") == 1
    assert not (files / "data").exists()


def test_a_day_before_the_month_is_refused_by_the_store(files):
    result = ingest(files, "--seen-on", "2018-08-31", f"2018-09={files / 'first.txt'}")
    assert result.exit_code == 2 and "on which the document was seen, found '2018-08-31'" in result.stderr


def test_a_month_that_the_document_itself_contradicts_is_said(tmp_path):
    release = shipped_document("mxp", "2018-08")
    result = ingest(tmp_path, f"2018-09={shutil.copy(release, tmp_path / 'copy.txt')}")
    assert result.exit_code == 0 and "release month 2018-08 (from the document)" in result.stdout
    assert "note: 2018-09, as given, does not count" in result.stdout


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_says_month_and_days_of_each_file(files, delimiter, end):
    lines = [
        ["file", "release_month", "published_date", "seen_on", "note"],
        ["first.txt", "2018-09", "2018-09-27", "", "as mailed"],
        ["second.txt", "2018-10", "", "2018-10-20", ""],
        ["", "", "", "", ""],
        [str(files / "third file.txt"), "", "", "", "a note; with, separators"],
    ]
    with (files / "table.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=end).writerows(lines)
    result = ingest(files, "--months", files / "table.csv", "--release-month", "2018-11")
    assert result.exit_code == 0, result.output
    assert stored(files) == [("2018-09", "2018-09-27", None), ("2018-10", None, "2018-10-20"), ("2018-11", None, None)]
    notes = [yaml.safe_load(path.read_text())["note"] for path in sorted((files / "data" / "raw").glob("*/*.yaml"))]
    assert notes == ["as mailed", None, "a note; with, separators"]
    again = ingest(files, "--months", files / "table.csv", "--release-month", "2018-11")
    assert again.exit_code == 0 and again.stdout.count("already in the store") == 3


TABLES = {
    "file,month\nfirst.txt,2018-09\n": "table.csv, line 1: expected headings, each once: file, and any of release_month, ",
    "release_month\n2018-09\n": "table.csv, line 1: expected headings",
    "file,file\na,b\n": "table.csv, line 1: expected headings",
    "": "table.csv, line 1: expected headings",
    "first.txt,2018-09\n": "table.csv, line 1: expected headings",
}


@pytest.mark.parametrize("text", TABLES)
def test_a_table_that_is_none_is_refused_as_a_whole(files, text):
    (files / "table.csv").write_text(text)
    result = ingest(files, "--months", files / "table.csv")
    assert result.exit_code == 2 and TABLES[text] in result.stderr and result.stderr.count("\n") == 1
    assert not (files / "data").exists()


def test_a_line_that_is_wrong_is_said_and_the_others_are_taken(files):
    (files / "table.csv").write_text(
        "file,release_month,published_date,seen_on\n"
        "first.txt,2018-13,,\n"
        "first.txt,2018-09,2018-09-31,\n"
        "first.txt,2018-09,,soon\n"
        "first.txt,2018-09\n"
        ",2018-09,,\n"
        "gone.txt,2018-09,,\n"
        "second.txt,2018-10,,\n"
        'third file.txt,"2018-11\n'
    )
    result = ingest(files, "--months", files / "table.csv")
    assert result.exit_code == 2
    said = result.stderr.rstrip("\n").split("\n")
    assert [line.split(": expected ")[1].split(". To do")[0] for line in said] == [
        "a release month, YYYY-MM, found '2018-13'",
        "the day of publication, YYYY-MM-DD, found '2018-09-31'",
        "a day on which the file was seen, YYYY-MM-DD, found 'soon'",
        "4 fields, as there are headings, found 2",
        "the name of a file, found an empty field",
        "a line of CSV, found unexpected end of data",
        "a file, found none at this path",
    ]
    assert [line.split(", line ")[1].split(":")[0] for line in said[:5]] == ["2", "3", "4", "5", "6"]
    assert stored(files) == [("2018-10", None, None)]


def test_tables_of_other_kinds_are_refused(files):
    (files / "table.csv").write_bytes("file;release_month\nfürst.txt;2018-09\n".encode("latin-1"))
    with pytest.raises(ReadError, match="a table in UTF-8"):
        list(given_in(files / "table.csv"))
    result = ingest(files, "--months", files / "none.csv")
    assert result.exit_code == 2 and "found none at this path" in result.stderr
    assert "Missing" in ingest(files).stderr and ingest(files).exit_code == 2


def test_a_sidecar_and_a_table_may_not_contradict_each_other(files):
    (files / "first.txt.yaml").write_text("release_month: 2018-09\nseen_on: 2018-09-30\n")
    refused = ingest(files, "--seen-on", "2018-09-28", files / "first.txt")
    assert refused.exit_code == 2
    assert "first.txt.yaml: expected seen_on 2018-09-28, as given for the file, found 2018-09-30" in refused.stderr
    assert ingest(files, "--seen-on", "2018-09-30", files / "first.txt").exit_code == 0
    assert stored(files) == [("2018-09", None, "2018-09-30")]


def test_several_exhibits_in_one_call_have_the_months_of_a_table(tmp_path):
    """A made twin of the samples below: Exhibit 1 of several months, whose bytes say no release month."""
    months = {"exh1_a.xlsx": ("2019-03", 1), "exh1_b.xlsx": ("2019-04", 2), "exh1_c.xlsx": ("2019-05", 3)}
    for name, (_, latest) in months.items():
        (tmp_path / name).write_bytes(xlsx(exhibit_1(2017, (2019, latest))))
    table = "".join(f"{name},{month}\n" for name, (month, _) in months.items())
    (tmp_path / "table.csv").write_text(f"file,release_month\n{table}")
    assert ingest(tmp_path, "--months", tmp_path / "table.csv").exit_code == 0
    assert [month for month, _, _ in stored(tmp_path)] == ["2019-03", "2019-04", "2019-05"]


@pytest.mark.slow
def test_all_samples_in_one_call(tmp_path):
    """The files that needed a call each: months and days from their names and from the releases' calendar (released_samples.py)."""
    lines = ["file\trelease_month\tseen_on"]
    lines += [f"{shared_sample(name)}\t{month}\t{seen_on or ''}" for name, (month, seen_on) in RELEASED.items()]
    (tmp_path / "table.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = ingest(tmp_path, "--months", tmp_path / "table.tsv")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count(", stored as ") == len(RELEASED) == 18
    expected = sorted((month, seen or "") for month, seen in RELEASED.values())
    assert sorted((month, seen or "") for month, _, seen in stored(tmp_path)) == expected


@pytest.mark.parametrize(("size", "is_read"), [(4_194_303, True), (4_194_304, True), (4_194_305, False)])
def test_a_table_has_at_most_four_mebibytes(tmp_path, size, is_read):
    table, lines = tmp_path / "table.csv", "file\nfirst.txt\n"
    blank = " " * 99_999 + "\n"
    whole, rest = divmod(size - len(lines), len(blank))
    table.write_text(lines + blank * whole + " " * rest, encoding="ascii")
    assert table.stat().st_size == size
    if is_read:
        assert list(given_in(table)) == [Given(tmp_path / "first.txt", None, {})]
    else:
        with pytest.raises(ReadError, match="found 4,194,305 bytes"):
            list(given_in(table))


@pytest.mark.skipif(os.name != "posix", reason="a terminal of its own is POSIX")
def test_progress_is_shown_on_a_terminal_and_output_stays_output(files):
    """Standard error is a terminal, standard output a file: the bar is seen there, the lines are here, whole."""
    terminal, side = pty.openpty()
    arguments = [f"2018-{month}={files / name}" for month, name in (("09", "first.txt"), ("10", "second.txt"))]
    with (files / "out.txt").open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "trade_assets", "--data-root", str(files / "data"), "ingest", *arguments],
            cwd=REPOSITORY, stdout=out, stderr=side, env={**os.environ, "TERM": "xterm"},
        )  # fmt: skip
        os.close(side)
        seen = b""
        while True:
            try:
                part = os.read(terminal, 4096)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            seen += part
        assert process.wait(timeout=60) == 0
    os.close(terminal)
    assert b"0/2" in seen and b"2/2" in seen
    lines = (files / "out.txt").read_text().split("\n")
    assert [line.split(":")[0] for line in lines] == ["first.txt", "second.txt", ""]
