"""How an error is told in one line, and where its trace is kept: by what it is, what it says and what was noted on it."""

import errno
import re
import sys
import tempfile
from pathlib import Path

import pytest

from trade_assets import faults
from trade_assets.documents.wanted_month import NothingError
from trade_assets.faults import Fault, is_foreseen, is_of_the_system, kept, one_line, said, told
from trade_assets.reading import ReadError

READ = ReadError("a.txt", 3, expected="x", found="y", todo="z")


@pytest.fixture
def traces(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


class _OwnError(Exception):
    """Of these tests, whose package only begins like ours."""


class IOException(Exception):  # as DuckDB calls its own
    """An error of another library."""


class _CatalogError(IOException):
    """One of its kinds."""


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (READ, True), (NothingError("x"), True), (OSError("x"), True), (FileNotFoundError(2, "x"), True), (ConnectionError("x"), True),
        (IOException("x"), True), (_CatalogError("x"), True), (_OwnError("x"), False), (ValueError("x"), False), (MemoryError(), False),
        (ValueError("it said: No space left on device (28)"), True), (Fault("x"), False), (Fault("Input/output error"), False),
        (KeyboardInterrupt(), False),
    ],
    ids=repr,
)  # fmt: skip
def test_errors_of_ours_and_of_the_system_are_foreseen(error, is_one):
    assert is_foreseen(error) is is_one


@pytest.mark.parametrize(
    ("kinds", "text", "is_one"),
    [(["OSError"], "", True), (["KeyError", "OutOfMemoryException"], "", True), (["KeyError"], "", False), ([], "Permission denied", True),
     (["KeyError"], "a Read-only file system here", True), ([], "permission denied", False), ([], "", False)],
)  # fmt: skip
def test_an_error_of_the_system_is_told_by_kind_or_words(kinds, text, is_one):
    assert is_of_the_system(iter(kinds), text) is is_one


def _noted(error, *notes):
    for note in notes:
        error.add_note(note)
    return error


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (READ, "a.txt, line 3: expected x, found y. To do: z."),
        (_noted(NothingError("x"), "one", "two"), "x (one) (two)"),
        (ValueError("no figure"), "ValueError: no figure"),
        (ValueError(), "ValueError"),
        (_noted(ValueError(), "b.txt"), "ValueError (b.txt)"),
        (KeyError("series"), "KeyError: 'series'"),
        (Fault("2018-08 was not built"), "2018-08 was not built"),
        (OSError(errno.ENOENT, "No such file", "a"), "a: No such file"),
        (OSError(errno.ENOENT, ""), f"[Errno {errno.ENOENT}] "),
        (_noted(OSError(errno.ENOENT, "No such file", Path("a")), "n"), "No such file (n)"),
        (ValueError("two\n  lines\t\x1b[2Jand\u200b more"), "ValueError: two lines \\x1b[2Jand\\u200b more"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_an_error_says_is_one_line_with_its_notes(error, line):
    assert said(error) == line.strip()


def test_a_line_is_cut_before_it_is_escaped():
    assert one_line(" a \n b ") == "a b" and one_line("") == ""
    assert one_line("\x00" * 2001) == "\\x00" * 2000 + "…"
    assert one_line("ü €") == "ü €"


def _raised(error):
    try:
        raise error
    except BaseException as caught:
        return caught


def test_what_was_foreseen_is_told_as_it_says_it(traces):
    assert told(_raised(READ)) == str(READ)
    assert list(traces.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "beginning"), [(KeyError("series"), "KeyError: 'series'"), (Fault("a month"), "a month"), (IndexError(), "IndexError")]
)
def test_a_fault_is_told_with_the_file_that_keeps_its_trace(traces, monkeypatch, error, beginning):
    monkeypatch.setattr(sys, "argv", ["trade-assets", "check", "a b.txt"])
    line = told(_raised(error))
    (trace,) = traces.iterdir()
    assert line == f"{beginning}; this is a fault of the program, its trace is in {trace}. To do: report it with that trace"
    assert re.fullmatch(r"trade-assets-fault-.+\.txt", trace.name)
    text = trace.read_text(encoding="utf-8")
    assert text.startswith(f"trade-assets check a b.txt\nPython {sys.version}\n\nTraceback (most recent call last):\n")
    assert "in _raised" in text and text.rstrip().split("\n")[-1].startswith(
        f"{type(error).__name__}" if not isinstance(error, Fault) else "trade_assets.faults.Fault: a month"
    )


def test_a_fault_within_the_package_is_told_with_its_line(traces):
    line = told(_raised_within())
    assert re.match(r"TypeError: .*, at faults\.py:\d+; this is a fault of the program, its trace is in ", line)


def _raised_within():
    with pytest.raises(TypeError) as caught:
        faults.is_of_the_system(7, "")
    return caught.value


def test_what_cannot_be_written_as_text_is_escaped_in_a_trace(traces):
    sentence = kept("a\udcff\n")
    (trace,) = traces.iterdir()
    assert sentence == f"its trace is in {trace}" and trace.read_text(encoding="utf-8").endswith("\n\na\\udcff\n")


@pytest.mark.parametrize(
    ("error", "why"), [(OSError(errno.ENOSPC, "No space left on device", "x"), "No space left on device"), (OSError("odd"), "odd")]
)
def test_a_trace_that_cannot_be_kept_says_why(monkeypatch, error, why):
    def refused(**_):
        raise error

    monkeypatch.setattr(tempfile, "mkstemp", refused)
    assert kept("trace") == f"its trace could not be written ({why})"


def test_each_trace_has_a_file_of_its_own(traces):
    assert len({kept("one"), kept("two")}) == 2 == len(list(traces.iterdir()))
