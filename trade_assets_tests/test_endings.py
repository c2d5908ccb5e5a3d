"""How commands end: a status of its own for each kind of end, one line for what went wrong, and the rest of the work done."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from trade_assets import cli, faults
from trade_assets.reading import ReadError
from trade_assets_tests.conftest import REPOSITORY, SHIPPED, shipped_document

POST = "raw/2018-09"
BULLETIN = shipped_document("uscc", "2013-01")
NEEDS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")


@pytest.fixture
def traces(tmp_path, monkeypatch):
    """Where traces of faults are kept in this test."""
    folder = tmp_path / "traces"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def invoke(*arguments):
    return CliRunner().invoke(cli.main, [*map(str, arguments)])


def run(*arguments, code=None, **options):
    """The program in a process of its own, or some code that ends in it."""
    start = ["-c", code] if code else ["-m", "trade_assets"]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 120} | options
    command = [sys.executable, *start, *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, text=True, check=False, **options)


def one_line(text):
    """The only line of what was said on standard error."""
    assert text.count("\n") == 1 and text.startswith("trade-assets: "), text
    return text.removeprefix("trade-assets: ").rstrip("\n")


def raising(error):
    def raises(*_, **__):
        raise error

    return raises


def test_the_statuses_are_those_of_the_contract():
    # design.md: 0 nothing to review, 1 something to review, 2 not there or unreadable, 70 a fault, 130 interrupted
    statuses = (cli.NOTHING_TO_REVIEW, cli.TO_REVIEW, cli.UNREADABLE, cli.FAULT, cli.INTERRUPTED)
    assert statuses == (0, 1, 2, 70, 130)
    assert [line.split()[0] for line in invoke("--help").output.split("Exit status:")[1].split("\n\n")[0].strip().split("\n")] == [
        "0", "1", "2", "70", "130",
    ]  # fmt: skip


class _Odd(BaseException):
    """What is no Exception either."""


FAULTS = [
    KeyError("series"), ValueError("no figure"), TypeError("not that"), IndexError(), RecursionError("too deep"), MemoryError(),
    AssertionError(), ImportError("no module"), ZeroDivisionError(), UnicodeDecodeError("ascii", b"\xff", 0, 1, "odd"), StopIteration(),
    SystemError("odd"), _Odd("odd"), faults.Fault("a month"),
]  # fmt: skip


@pytest.mark.parametrize("error", FAULTS, ids=lambda error: type(error).__name__)
def test_a_fault_of_the_program_is_70_and_a_line_that_says_where_its_trace_is(built_root, traces, monkeypatch, error):
    monkeypatch.setattr("trade_assets.review.actions.known_issues", raising(error))
    result = invoke("--data-root", built_root.url, "review", "list")
    assert (result.exit_code, result.stdout) == (70, "")
    said = one_line(result.stderr)
    assert str(error).strip("'") in said and "a fault of the program" in said and "To do: report it" in said
    (kept,) = traces.iterdir()
    assert f"its trace is in {kept}" in said
    trace = kept.read_text(encoding="utf-8")
    assert trace.rstrip("\n").endswith(repr(error)) or type(error).__name__ in trace.rstrip("\n").split("\n")[-1]
    assert "Traceback (most recent call last)" in trace and "in raises" in trace


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), 2, "/data/x: No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "/data/x"), 2, "/data/x: Permission denied"),
        (OSError(errno.EROFS, "Read-only file system", "/data/x"), 2, "/data/x: Read-only file system"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 2, "Broken pipe"),
        (ConnectionError("refused"), 2, "refused"),
        (ReadError("a.txt", 3, expected="figures", found="\x1b[2J", todo="look"), 2, r"a.txt, line 3: expected figures, found \x1b[2J. To"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)  # fmt: skip
def test_what_was_foreseen_is_said_without_a_trace(built_root, traces, monkeypatch, error, status, said):
    monkeypatch.setattr("trade_assets.review.actions.known_issues", raising(error))
    result = invoke("--data-root", built_root.url, "review", "list")
    assert result.exit_code == status
    assert one_line(result.stderr).startswith(said)
    assert list(traces.iterdir()) == []


def test_an_error_of_duckdb_about_the_disk_is_none_of_the_program():
    import duckdb

    with pytest.raises(duckdb.IOException) as found:
        duckdb.connect("/does/not/exist/x.duckdb")
    assert faults.is_foreseen(found.value)
    assert faults.is_foreseen(duckdb.TransactionException("Failed to commit: Could not write file: No space left on device"))
    with pytest.raises(duckdb.CatalogException) as found:
        duckdb.execute("SELECT * FROM nothing")
    assert not faults.is_foreseen(found.value)


def test_a_trace_that_cannot_be_kept_is_said_all_the_same(built_root, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    monkeypatch.setattr("trade_assets.review.actions.known_issues", raising(KeyError("series")))
    result = invoke("--data-root", built_root.url, "review", "list")
    assert result.exit_code == 70
    assert "KeyError: 'series'" in one_line(result.stderr) and "its trace could not be written (No such file" in result.stderr


# What each command asks for first; arguments that are otherwise fine.
WORK = {
    "cells": ("trade_assets.cli.documents.documents_in", [BULLETIN]),
    "check": ("trade_assets.review.check.check_document", [BULLETIN]),
    "coverage": ("trade_assets.review.coverage.coverage_of_document", [BULLETIN]),
    "ingest": ("trade_assets.documents.ingest.receive", [BULLETIN]),
    "run": ("trade_assets.defs.instance.instance_of", []),
    "publish": ("trade_assets.publication.publish.publish_month", ["--month", "2018-09"]),
    "ui": ("trade_assets.serving.serve", []),
    "review list": ("trade_assets.review.actions.known_issues", []),
    "review show": ("trade_assets.review.actions.open_issue", ["6aef"]),
    "review accept": ("trade_assets.review.actions.decide", ["6aef", "--reason", "x"]),
    "review correct": ("trade_assets.review.actions.decide", ["6aef", "--reason", "x", "--value", "1"]),
    "review withhold": ("trade_assets.review.actions.decide", ["6aef", "--reason", "x"]),
    "review reopen": ("trade_assets.review.actions.decide", ["6aef", "--reason", "x"]),
}


def test_every_command_is_among_those_that_are_broken_here():
    alone = {name for name, command in cli.main.commands.items() if not hasattr(command, "commands")}
    assert set(WORK) == alone | {f"review {name}" for name in cli.main.commands["review"].commands}


@pytest.mark.parametrize("command", WORK)
@pytest.mark.parametrize(
    ("error", "status"), [(KeyError("x"), 70), (OSError(errno.ENOSPC, "No space left on device"), 2), (KeyboardInterrupt(), 130)], ids=repr
)
def test_every_command_ends_in_one_line_and_a_status_of_its_own(built_root, traces, monkeypatch, command, error, status):
    broken, arguments = WORK[command]
    monkeypatch.setattr(broken, raising(error))
    result = invoke("--data-root", built_root.url, *command.split(), *arguments)
    assert result.exit_code == status, result.output
    assert one_line(result.stderr)
    assert len(list(traces.iterdir())) == (status == 70)


def test_wrong_usage_is_one_line_that_says_where_help_is():
    for arguments, said in (
        (["nope"], "No such command 'nope'. To do: 'trade-assets --help'"),
        (["run", "--nope"], "No such option '--nope'. To do: 'trade-assets run --help'"),
        (["review", "accept", "6aef"], "Missing option '--reason'. To do: 'trade-assets review accept --help'"),
        (["ui", "--port", "0"], "Invalid value for '--port': 0 is not in the range 1<=x<=65535. To do: 'trade-assets ui --help'"),
    ):
        result = invoke(*arguments)
        assert result.exit_code == 2
        assert one_line(result.stderr).startswith(said)


@pytest.mark.parametrize("command", ["cells", "check", "coverage", "ingest"])
def test_a_fault_in_one_file_leaves_the_others_to_be_looked_at(tmp_path, traces, monkeypatch, command):
    names = [f"2013-0{number}.copy.txt" for number in (1, 2, 3)]
    for number, name in enumerate(names):  # other bytes each: the same would be the same document
        (tmp_path / name).write_bytes(BULLETIN.read_bytes() + b"\n" * number)
    broken = WORK[command][0]
    module, _, name = broken.rpartition(".")
    sound = getattr(sys.modules[module], name) if module in sys.modules else None
    if sound is None:
        import importlib

        sound = getattr(importlib.import_module(module), name)

    def breaks(*arguments, **options):
        if any(names[1] in str(argument) for argument in arguments):
            raise KeyError("series")
        return sound(*arguments, **options)

    monkeypatch.setattr(broken, breaks)
    result = invoke("--data-root", tmp_path / "data", command, *(tmp_path / name for name in names))
    assert result.exit_code == 70
    assert names[1] in one_line(result.stderr)
    monkeypatch.undo()
    if command == "ingest":
        assert sorted(path.name for path in (tmp_path / "data" / "raw").iterdir()) == ["2013-01", "2013-03"]
    else:
        alone = invoke(command, tmp_path / names[0], tmp_path / names[2])
        assert result.stdout == alone.stdout and names[0][:7] in alone.stdout + names[0]


def test_a_command_in_a_thread_ends_as_anywhere(built_root):
    """Whoever calls the program from a thread, where no handler of signals can be set."""
    found = []
    thread = threading.Thread(target=lambda: found.append(invoke("--data-root", built_root.url, "review", "list", "--all")))
    thread.start()
    thread.join()
    assert found[0].stderr == "" and found[0].exit_code in (0, 1)


def test_an_error_in_a_thread_is_a_fault_of_the_command(built_root, traces, monkeypatch):
    def start(*_):
        thread = threading.Thread(target=raising(KeyError("in a thread")))
        thread.start()
        thread.join()
        return 0

    monkeypatch.setattr("trade_assets.serving.serve", start)
    result = invoke("--data-root", built_root.url, "ui")
    assert result.exit_code == 70
    assert "KeyError: 'in a thread'" in one_line(result.stderr)


OUTPUTS = [
    ["cells", BULLETIN], ["cells", "--format", "json", BULLETIN], ["check", BULLETIN], ["check", "--format", "json", BULLETIN],
    ["coverage", BULLETIN], ["--help"], ["--version"],
]  # fmt: skip


@NEEDS_FULL
@pytest.mark.parametrize("arguments", OUTPUTS, ids=lambda arguments: " ".join(map(str, arguments[:-1])) or str(arguments[0]))
def test_output_that_could_not_be_written_is_said(arguments):
    with Path("/dev/full").open("w") as full:
        done = run(*arguments, stdout=full)
    assert (done.returncode, one_line(done.stderr)) == (2, "standard output could not be written: No space left on device")
    shell = f'exec "{sys.executable}" -m trade_assets "$@" >&-'
    done = subprocess.run(["sh", "-c", shell, "sh", *map(str, arguments)], cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert (done.returncode, one_line(done.stderr)) == (2, "standard output could not be written: it is closed")


@NEEDS_FULL
def test_the_status_stays_where_nobody_can_be_told():
    with Path("/dev/full").open("w") as full:
        assert run("check", "/does/not/exist", stderr=full).returncode == 2
    for closed in ("2>&-", ">&- 2>&-", "<&- >&- 2>&-"):
        shell = f'exec "{sys.executable}" -m trade_assets check /does/not/exist {closed}'
        assert subprocess.run(["sh", "-c", shell], cwd=REPOSITORY, timeout=60).returncode == 2


def test_a_reader_that_has_seen_enough_is_no_loss():
    shell = f'"{sys.executable}" -m trade_assets check "{BULLETIN}" | head -c 1; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", shell], cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (1, "")


def test_what_the_terminal_cannot_show_is_escaped(tmp_path):
    shutil.copy(BULLETIN, tmp_path / "2013-01.überschuß.txt")
    done = run("check", tmp_path / "2013-01.überschuß.txt", env={**os.environ, "PYTHONIOENCODING": "iso8859-5"})
    assert done.returncode == 1 and done.stderr == ""
    assert done.stdout.startswith("2013-01.\\xfcberschu\\xdf.txt: uscc")


INTERRUPTED_WHILE_IMPORTING = """
import os, signal, sys
wanted, number = sys.argv[1], int(sys.argv[2])

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), number)

sys.meta_path.insert(0, Finder())
sys.argv = ["trade-assets", *sys.argv[3:]]
from trade_assets.cli import main
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("module", ["trade_assets.cli.group", "click", "trade_assets.reading", "trade_assets.review.check"])
def test_an_interrupt_ends_in_one_line_also_while_modules_are_loaded(module, number):
    done = run(module, int(number), "check", BULLETIN, code=INTERRUPTED_WHILE_IMPORTING)
    assert (done.returncode, one_line(done.stderr)) == (130, f"interrupted by {number.name}")


@pytest.mark.parametrize("name", ["trade-assets", "another-program"])
def test_a_package_that_is_broken_is_a_fault_of_the_program_and_an_error_for_others(tmp_path, name):
    code = (
        "import sys; sys.modules['trade_assets.reading'] = None\n"
        f"sys.argv = ['/usr/bin/{name}', 'check', 'x']\n"
        "from trade_assets.cli import main; main()"
    )
    done = run(code=code, env={**os.environ, "TMPDIR": str(tmp_path)})
    if name == "trade-assets":
        assert done.returncode == 70 and "import of trade_assets.reading halted" in one_line(done.stderr)
    else:
        assert done.returncode == 1 and done.stderr.startswith("Traceback") and "ModuleNotFoundError" in done.stderr


def test_an_interrupt_that_passes_through_exec_is_130_too():
    # The interpreter ends itself by SIGINT where a plain KeyboardInterrupt left an exec() of text, as in a dataclass.
    code = (
        "import os, signal, trade_assets.review.check as check\n"
        "check.check_document = lambda *_: exec('os.kill(os.getpid(), signal.SIGINT)', {'os': os, 'signal': signal})\n"
        "from trade_assets.cli import main; main()"
    )
    done = run("check", BULLETIN, code=code)
    assert (done.returncode, one_line(done.stderr)) == (130, "interrupted by SIGINT")


def test_handlers_and_streams_are_as_before_when_a_command_has_ended():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)], sys.stdout, threading.excepthook
    invoke("check", BULLETIN)
    after = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)], sys.stdout, threading.excepthook
    assert after == before


@pytest.mark.parametrize("broken", ["runs.db", "runs/index.db"])
def test_a_broken_history_of_dagster_is_one_line_that_names_it(tmp_path, broken):
    shutil.copytree(SHIPPED / "2018-09", tmp_path / "raw" / "2018-09")
    file = tmp_path / "dagster" / "history" / broken
    file.parent.mkdir(parents=True)
    file.write_bytes(b"garbage" * 400)
    result = invoke("--data-root", tmp_path, "run")
    assert (result.exit_code, result.stdout) == (2, "")
    said = one_line(result.stderr)
    assert f"Dagster's history under {tmp_path}/dagster cannot be " in said and "file is not a database" in said and "To do: " in said


@pytest.mark.slow
def test_without_the_broken_history_everything_is_built(tmp_path):
    test_a_broken_history_of_dagster_is_one_line_that_names_it(tmp_path, "runs.db")
    (tmp_path / "dagster").rename(tmp_path / "aside")  # as the line says
    assert invoke("--data-root", tmp_path, "run").exit_code == 0


@pytest.mark.parametrize("settings", ["a: [", "nonsense: 1\n", "telemetry: what\n"])
def test_settings_of_dagster_that_are_none_are_one_line(tmp_path, settings):
    shutil.copytree(SHIPPED / "2018-09", tmp_path / "raw" / "2018-09")
    (tmp_path / "dagster").mkdir()
    (tmp_path / "dagster" / "dagster.yaml").write_text(settings)
    result = invoke("--data-root", tmp_path, "run")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "settings" in one_line(result.stderr)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="limits of files are POSIX")
@pytest.mark.parametrize("blocks", [8, 100, 400, 1000])
def test_a_run_that_may_write_no_more_is_no_success(tmp_path, blocks):
    """A limit on the size of files stands for a full disk: every file that grows beyond it is an error."""
    shutil.copytree(SHIPPED, tmp_path / "raw")
    shell = f'ulimit -f {blocks}; exec "{sys.executable}" -m trade_assets --data-root "{tmp_path}" run'
    done = subprocess.run(["bash", "-c", shell], cwd=REPOSITORY, capture_output=True, text=True, timeout=280)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.count("\n") <= 1 and re.search("File too large|disk I/O error|full", done.stdout + done.stderr)
    assert run("--data-root", tmp_path, "run", timeout=280).returncode == 1  # with room again: the bulletin's year 2011
