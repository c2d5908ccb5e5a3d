"""What a command does about signals, threads and its output while it runs, and what it leaves behind: each in this process."""

import errno
import io
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from trade_assets.cli import ending
from trade_assets.cli.ending import Interrupted, complain, one_line_ending, say
from trade_assets.cli.streams import lasting_streams

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NEEDS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")


@pytest.fixture(autouse=True)
def at_exit(monkeypatch):
    """What a command leaves for the interpreter's end; nothing of it is kept from a test."""
    left = []
    monkeypatch.setattr(ending.atexit, "register", lambda *call: left.append(call))
    return left


@pytest.fixture
def handled():
    """Sets the handlers of the three signals for this test."""
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def handle(*handlers):
        for number, handler in zip(SIGNALS, handlers, strict=True):
            signal.signal(number, handler)

    yield handle
    for number, handler in before.items():
        signal.signal(number, handler)


def _handlers():
    return [signal.getsignal(number) for number in SIGNALS]


# Signals


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("usual", [signal.SIG_DFL, signal.default_int_handler], ids=["default", "Ctrl-C"])
def test_a_signal_that_nobody_handles_interrupts_the_command(handled, capsys, number, usual):
    handled(usual, usual, usual)
    with pytest.raises(SystemExit) as end, one_line_ending():
        os.kill(os.getpid(), number)
    assert (end.value.code, capsys.readouterr().err) == (130, f"trade-assets: interrupted by {number.name}\n")
    assert _handlers() == [usual] * 3


def test_a_signal_that_is_ignored_or_somebody_elses_stays_so(handled):
    caught = []

    def theirs(number, frame):
        caught.append(number)

    handled(signal.SIG_IGN, theirs, signal.SIG_IGN)
    with one_line_ending():
        for number in SIGNALS:
            os.kill(os.getpid(), number)
        assert _handlers() == [signal.SIG_IGN, theirs, signal.SIG_IGN]
    assert caught == [signal.SIGTERM]
    assert _handlers() == [signal.SIG_IGN, theirs, signal.SIG_IGN]


def test_signals_are_those_of_the_command_only_while_it_runs(handled, at_exit):
    handled(signal.SIG_DFL, signal.SIG_IGN, signal.SIG_DFL)
    with one_line_ending():
        interrupts, ignored, closes = _handlers()
        assert interrupts is closes and ignored is signal.SIG_IGN
        with pytest.raises(Interrupted, match=r"^interrupted by SIGHUP$"):
            closes(signal.SIGHUP, None)
        assert at_exit == []
    assert _handlers() == [signal.SIG_DFL, signal.SIG_IGN, signal.SIG_DFL]
    # An interrupt once the command has ended takes the interpreter down without a trace.
    assert at_exit == [(signal.signal, signal.SIGINT, signal.SIG_DFL)]


def test_an_interrupt_of_a_signal_is_one_of_the_keyboard():
    assert issubclass(Interrupted, KeyboardInterrupt)


@pytest.mark.parametrize(("raised", "status"), [(None, None), (OSError(errno.EIO, "Input/output error"), 2), (SystemExit(1), 1)])
def test_a_command_in_another_thread_leaves_the_signals_alone(handled, capsys, at_exit, raised, status):
    """Only the main thread may set handlers."""
    handled(signal.SIG_DFL, signal.SIG_DFL, signal.SIG_DFL)
    seen, ended = [], []

    def work():
        try:
            with one_line_ending():
                seen.append(_handlers())
                if raised is not None:
                    raise raised
        except SystemExit as end:
            ended.append(end.code)
        except BaseException as error:
            ended.append(error)
        else:
            ended.append(None)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert (seen, ended, at_exit) == ([[signal.SIG_DFL] * 3], [status], [])
    assert capsys.readouterr().err == ("trade-assets: Input/output error\n" if status == 2 else "")


# Threads


@pytest.mark.parametrize(
    ("raised", "statuses", "said"),
    [
        ((OSError(errno.EIO, "Input/output error"),), 2, ["trade-assets: Input/output error"]),
        ((SystemExit(3),), None, []),  # a thread that ends itself
        ((KeyboardInterrupt(),), None, []),
        ((OSError("one"), OSError("two")), 2, ["trade-assets: one", "trade-assets: two"]),
    ],
)
def test_what_a_thread_raises_is_said_unless_it_is_an_end(capsys, raised, statuses, said):
    former = threading.excepthook

    def raising(error):
        raise error

    def work():
        for error in raised:
            thread = threading.Thread(target=raising, args=(error,))
            thread.start()
            thread.join()

    if statuses is None:
        with one_line_ending():
            work()
    else:
        with pytest.raises(SystemExit) as end, one_line_ending():
            work()
        assert end.value.code == statuses
    assert capsys.readouterr().err.splitlines() == said
    assert threading.excepthook is former


def test_a_thread_without_an_error_raises_no_other(capsys):
    """As the interpreter calls the hook where the error is gone."""
    with one_line_ending():
        threading.excepthook(type("Args", (), {"exc_value": None}))
    assert capsys.readouterr().err == ""


# What is said


def test_a_sentence_stands_on_standard_error_behind_the_programs_name(capsys):
    say("one thing")
    assert capsys.readouterr() == ("", "trade-assets: one thing\n")
    assert complain(OSError(errno.ENOENT, "No such file or directory", "a.txt")) == 2
    assert capsys.readouterr() == ("", "trade-assets: a.txt: No such file or directory\n")


@NEEDS_FULL
@pytest.mark.parametrize(("raised", "status"), [(None, 2), (SystemExit(0), 2), (SystemExit(1), 2), (SystemExit(70), 70)])
def test_output_that_was_lost_is_a_reason_among_others(monkeypatch, capsys, raised, status):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as end, one_line_ending():
            print("lost")
            if raised is not None:
                raise raised
    assert end.value.code == status
    assert capsys.readouterr().err == "trade-assets: standard output could not be written: No space left on device\n"


@pytest.mark.parametrize("code", [None, 0])
def test_output_that_arrived_is_no_reason(monkeypatch, tmp_path, capsys, code):
    with (tmp_path / "out.txt").open("w") as file:
        monkeypatch.setattr(sys, "stdout", file)
        try:
            with one_line_ending():
                print("there")
                if code is not None:
                    sys.exit(code)
        except SystemExit as end:
            assert end.code == code == 0
    assert ((tmp_path / "out.txt").read_text(), capsys.readouterr().err) == ("there\n", "")


# Streams


@pytest.mark.parametrize(("line_buffering", "write_through"), [(False, False), (True, False), (False, True), (True, True)])
def test_lines_arrive_as_soon_as_they_did_before(monkeypatch, tmp_path, line_buffering, write_through):
    with (tmp_path / "out.txt").open("wb", buffering=0) as file:
        stream = io.TextIOWrapper(file, "utf-8", line_buffering=line_buffering, write_through=write_through)
        monkeypatch.setattr(sys, "stdout", stream)
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        with lasting_streams():
            print("one")
            assert (tmp_path / "out.txt").read_text() == ("one\n" if line_buffering or write_through else "")
        assert (tmp_path / "out.txt").read_text() == "one\n"
        assert sys.stdout is stream
        print("two", flush=True)
    assert (tmp_path / "out.txt").read_text() == "one\ntwo\n"


@NEEDS_FULL
def test_errors_that_nobody_can_be_told_are_no_loss_of_output(monkeypatch, tmp_path):
    with Path("/dev/full").open("w") as full, (tmp_path / "out.txt").open("w") as file:
        monkeypatch.setattr(sys, "stdout", file)
        monkeypatch.setattr(sys, "stderr", full)
        with lasting_streams() as lost:
            assert sys.stderr is not full
            print("said", file=sys.stderr, flush=True)
            print("printed")
            assert lost() is None
        assert sys.stderr is full
    assert (tmp_path / "out.txt").read_text() == "printed\n"


@NEEDS_FULL
def test_the_first_reason_counts(monkeypatch, tmp_path):
    """A disk that is full, and then a file that may not be written to at all."""
    (tmp_path / "read.txt").write_text("as it is")
    with Path("/dev/full").open("w") as full, (tmp_path / "read.txt").open() as read_only:
        monkeypatch.setattr(sys, "stdout", full)
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        with lasting_streams() as lost:
            print("one")
            assert lost().errno == errno.ENOSPC
            os.dup2(read_only.fileno(), full.fileno())
            print("two")
            assert lost().errno == errno.ENOSPC
    assert (tmp_path / "read.txt").read_text() == "as it is"
