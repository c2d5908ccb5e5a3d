"""How an error is told: what counts as foreseen, how long a line may be, and the doors that tell it."""

import errno
import os
import runpy
import sys

import pytest

from trade_assets import __version__, faults
from trade_assets.defs.release_month import SettingError, executor

LONGEST = 2000


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
