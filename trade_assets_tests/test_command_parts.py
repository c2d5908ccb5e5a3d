"""Parts of the command line, each asked in this process: what ends a command, its streams, its bar, what it names of many parts."""

import errno
import io
import os
import re
import signal
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

import trade_assets
from trade_assets import __version__, cli
from trade_assets.cli import ending
from trade_assets.cli.ending import complain_of, is_the_program, one_line_ending
from trade_assets.cli.ingest import _say_bundle
from trade_assets.cli.progress import progress
from trade_assets.cli.streams import lasting_streams
from trade_assets.documents.ingest import Received
from trade_assets.reading import Found, Part, ReadError
from trade_assets_tests.conftest import REPOSITORY

PACKAGE = Path(trade_assets.__file__).parent
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NEEDS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")


@pytest.mark.parametrize(
    ("started", "is_ours"),
    [
        (["/usr/local/bin/trade-assets", "check"], True),
        (["trade-assets"], True),
        (["C:/Scripts/trade-assets.exe"], True),
        ([str(PACKAGE / "__main__.py"), "check"], True),
        (["/elsewhere/trade_assets/__main__.py"], False),
        (["/usr/bin/pytest"], False),
        (["trade-assets-x"], False),
        (["-c"], False),
        ([""], False),
        ([], False),
        (None, False),
    ],
)
def test_a_process_is_the_program_by_what_started_it(monkeypatch, started, is_ours):
    if started is None:  # as where Python is part of another program
        monkeypatch.delattr(sys, "argv")
    else:
        monkeypatch.setattr(sys, "argv", started)
    assert is_the_program() is is_ours


def test_no_signal_cuts_off_the_line_that_says_what_went_wrong(monkeypatch, capsys):
    before, while_said = [signal.getsignal(number) for number in SIGNALS], []

    def told(error):
        while_said.extend(signal.getsignal(number) for number in SIGNALS)
        return "what went wrong"

    monkeypatch.setattr(ending, "told", told)
    with pytest.raises(SystemExit) as end, one_line_ending():
        raise OSError(errno.ENOSPC, "No space left on device")
    assert (end.value.code, capsys.readouterr().err) == (2, "trade-assets: what went wrong\n")
    assert while_said == [signal.SIG_IGN] * 3
    assert [signal.getsignal(number) for number in SIGNALS] == before


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (None, None, ""),
        (SystemExit(), 0, ""), (SystemExit(0), 0, ""), (SystemExit(1), 1, ""), (SystemExit(2), 2, ""), (SystemExit("odd"), 70, ""),
        (KeyboardInterrupt(), 130, "interrupted"), (KeyboardInterrupt("asked for"), 130, "asked for"),
        (OSError(errno.EIO, "Input/output error", "a.txt"), 2, "a.txt: Input/output error"),
    ],
)  # fmt: skip
def test_each_end_of_a_command_is_a_status(capsys, raised, status, said):
    try:
        with one_line_ending():
            if raised is not None:
                raise raised
    except SystemExit as end:
        assert end.code == status
    else:
        assert status is None
    assert capsys.readouterr().err == (f"trade-assets: {said}\n" if said else "")


@pytest.mark.parametrize(
    ("of_command", "of_thread", "status"), [(1, OSError("x"), 2), (2, OSError("x"), 2), (130, OSError("x"), 130), (0, None, 0)]
)
def test_of_several_reasons_the_largest_status_counts(of_command, of_thread, status):
    def work():
        if of_thread is not None:
            raise of_thread

    with pytest.raises(SystemExit) as end, one_line_ending():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        raise SystemExit(of_command)
    assert end.value.code == status


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (OSError(errno.EIO, "Input/output error"), 2, "Input/output error (b.txt)"),
        (OSError(errno.EIO, "Input/output error", "a.txt"), 2, "a.txt: Input/output error"),
        (ReadError("a.txt", 3, expected="x", found="y", todo="z"), 2, "a.txt, line 3: expected x, found y. To do: z."),
    ],
)
def test_what_is_wrong_with_one_of_several_names_it(capsys, error, status, said):
    assert complain_of("b.txt", error) == status
    assert capsys.readouterr().err == f"trade-assets: {said}\n"


def test_a_fault_in_one_of_several_names_it(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert complain_of("b.txt", KeyError("series")) == 70
    assert capsys.readouterr().err.startswith("trade-assets: KeyError: 'series' (b.txt); this is a fault of the program, its trace is in ")


def test_a_caller_s_mode_of_click_is_not_asked_for(capsys):
    """Commands end with a status in every mode: they have one only."""
    for options in ({}, {"standalone_mode": True}, {"standalone_mode": False}):
        with pytest.raises(SystemExit) as end:
            cli.main.main(["--version"], **options)
        assert end.value.code == 0
        assert capsys.readouterr().out.rstrip("\n").endswith(f"version {__version__}")


# Streams


@pytest.fixture
def as_stdout(monkeypatch):
    """Makes a stream standard output, and standard error one that is no file."""

    def of(stream):
        monkeypatch.setattr(sys, "stdout", stream)
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        return stream

    return of


def test_what_is_printed_to_a_file_is_there_in_order(tmp_path, as_stdout):
    with (tmp_path / "out.txt").open("w", encoding="ascii") as file:
        as_stdout(file)
        print("before")
        with lasting_streams() as lost:
            assert sys.stdout is not file and sys.stdout.encoding == "ascii"
            print("while it lasts: über")
            assert lost() is None
        assert sys.stdout is file
        print("after")
    assert (tmp_path / "out.txt").read_text() == "before\nwhile it lasts: \\xfcber\nafter\n"


@NEEDS_FULL
def test_what_a_full_disk_took_is_told(as_stdout):
    with Path("/dev/full").open("w") as full:
        as_stdout(full)
        with lasting_streams() as lost:
            assert lost() is None, "nothing was printed yet"
            print("one")
            assert lost().errno == errno.ENOSPC
            print("two")
            assert lost().errno == errno.ENOSPC


def test_a_reader_that_has_gone_took_what_it_wanted(as_stdout):
    gone, end = os.pipe()
    os.close(gone)
    with os.fdopen(end, "w") as pipe:
        as_stdout(pipe)
        with lasting_streams() as lost:
            print("x" * 100_000)
            assert lost() is None


def test_a_closed_stream_loses_all_that_is_printed(as_stdout):
    as_stdout(None)
    with lasting_streams() as lost:
        assert lost() is None
        print("one")
        assert (lost().errno, lost().strerror) == (errno.EBADF, "it is closed")
    assert sys.stdout is None


def test_a_stream_that_is_no_file_stays(as_stdout):
    page = as_stdout(io.StringIO())
    with lasting_streams() as lost:
        assert sys.stdout is page
        print("a cell of a notebook")
        assert lost() is None
    assert page.getvalue() == "a cell of a notebook\n"


# The bar


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_long_line_above_the_bar_is_whole(monkeypatch):
    """The terminal breaks it where it ends; a line that was broken before could not be copied."""
    out, err, line = _Terminal(), _Terminal(), "a sentence of [many] words, " * 20
    for name, text in (("TERM", "xterm"), ("COLUMNS", "60")):
        monkeypatch.setenv(name, text)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    with progress(2, "documents") as done:
        print(line)
        done("a.txt")
        done("b.txt")
    seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", err.getvalue())
    assert out.getvalue() == "" and f"\r{line}\n" in seen and "0/2" in seen and "2/2" in seen


# What commands take and name


@pytest.mark.parametrize(("port", "is_one"), [(0, False), (1, True), (2, True), (65534, True), (65535, True), (65536, False)])
def test_every_port_of_tcp_is_taken_and_nothing_else(tmp_path, monkeypatch, port, is_one):
    served = []
    monkeypatch.setattr("trade_assets.serving.serve", lambda root, *ports: served.append(ports) or 0)
    for option, ports in (("--port", (port, 3001)), ("--docs-port", (3000, port))):
        served.clear()
        result = CliRunner().invoke(cli.main, ["--data-root", str(tmp_path), "ui", option, str(port)])
        assert (result.exit_code, served) == ((0, [ports]) if is_one else (2, []))


@pytest.mark.parametrize(
    ("count", "documents", "more"),
    [(1, "1 document", ""), (2, "2 documents", ""), (11, "11 documents", ""), (12, "12 documents", ""), (13, "13 documents", " and 1 more"),
     (1012, "1,012 documents", " and 1,000 more")],
)  # fmt: skip
def test_of_a_file_of_many_parts_twelve_are_named(capsys, count, documents, more):
    parts = [Found(b"", None, Part(f"all.csv, s{number}", f"s{number}", b"")) for number in range(1, count + 1)]
    _say_bundle(None, Received(REPOSITORY / "all.csv", b"", parts, {}))
    named = ", ".join(f"s{number}" for number in range(1, min(count, 12) + 1))
    assert capsys.readouterr().out == f"all.csv: unpacked into {documents}: {named}{more}\n"
