"""How an error is told: what counts as foreseen, how long a line may be, and the doors that tell it."""

import errno
import os
import runpy
import sys
import tempfile
from pathlib import Path

import pytest

from trade_assets import __version__, faults
from trade_assets.defs.release_month import SettingError, executor

LONGEST = 2000
PACKAGE, OUTSIDE = Path(faults.__file__).parent, "/usr/lib/python3/dist-packages/pandas/core.py"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_the_system_s_own_words_are_foreseen_in_any_error(number):
    assert faults.is_foreseen(RuntimeError(f"cannot store the event: {os.strerror(number)}"))
    assert not faults.is_foreseen(RuntimeError("cannot store the event"))


def test_a_fault_of_the_program_is_foreseen_by_nobody():
    assert not faults.is_foreseen(faults.Fault(os.strerror(errno.ENOSPC)))


@pytest.mark.parametrize(("length", "is_cut"), [(LONGEST - 1, False), (LONGEST, False), (LONGEST + 1, True)])
def test_a_line_is_cut_behind_its_longest(length, is_cut):
    text = "x" * length
    assert faults.one_line(text) == (f"{'x' * LONGEST}…" if is_cut else text)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOENT, "No such file"), "No such file"),
        (OSError(errno.ENOENT, "No such file", "a"), "a: No such file"),
        (OSError(errno.EXDEV, "Invalid cross-device link", "a", None, "b"), "a: b: Invalid cross-device link"),
        (OSError(errno.EXDEV, "Invalid cross-device link", b"a", None, b"b\xff"), "a: b\\udcff: Invalid cross-device link"),
        (OSError(errno.EBADF, "Bad file descriptor", 7), "Bad file descriptor"),
        (OSError("refused"), "refused"),
    ],
)
def test_an_error_of_the_system_names_each_file_that_it_is_about(error, said):
    assert faults.said(error) == said


def _raised_through(*places):
    """An error that came through calls at these places, the outermost first, each a file and a line."""

    def innermost():
        raise KeyError("series")

    call = innermost
    for file, line in reversed(places):
        names = {"call": call}
        exec(compile("\n" * (line - 1) + "def through(): call()", str(file), "exec"), names)  # noqa: S102  # a made frame
        call = names["through"]
    with pytest.raises(KeyError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ([("cli/group.py", 5), ("defs/raw.py", 7), ("reading/text.py", 9)], ", at reading/text.py:9"),
        ([("cli/group.py", 5), ("defs/raw.py", 7), (OUTSIDE, 9)], ", at defs/raw.py:7"),
        ([(OUTSIDE, 5), ("defs/raw.py", 7), (OUTSIDE, 9), (OUTSIDE, 11)], ", at defs/raw.py:7"),
        ([(OUTSIDE, 5), (OUTSIDE, 9)], ""),
    ],
)
def test_a_fault_is_told_with_the_innermost_line_of_the_package(monkeypatch, tmp_path, files, where):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    error = _raised_through(*((PACKAGE / file, line) for file, line in files))
    told = faults.told(error)
    (trace,) = tmp_path.iterdir()
    assert told == f"KeyError: 'series'{where}; this is a fault of the program, its trace is in {trace}. To do: report it with that trace"


def test_the_module_is_the_command_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["trade-assets", "--version"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("trade_assets", run_name="__main__")
    assert end.value.code == 0
    assert __version__ in capsys.readouterr().out


@pytest.mark.parametrize(
    ("setting", "name"), [(None, "in_process"), ("", "in_process"), ("in_process", "in_process"), ("multiprocess", "multiprocess")]
)
def test_the_executor_is_that_of_its_own_setting(monkeypatch, setting, name):
    monkeypatch.delenv("TRADE_ASSETS_EXECUTOR", raising=False)
    if setting is not None:
        monkeypatch.setenv("TRADE_ASSETS_EXECUTOR", setting)
    assert executor().name == name


def test_a_mistyped_executor_is_named(monkeypatch):
    monkeypatch.setenv("TRADE_ASSETS_EXECUTOR", "multi")
    with pytest.raises(SettingError, match=r"TRADE_ASSETS_EXECUTOR is 'multi'\. To do: make it multiprocess or in_process, or unset it"):
        executor()
