"""What the command line says of the months that it ran, and its status, whatever became of each: without Dagster."""

from contextlib import nullcontext

import pytest

from trade_assets.cli.ending import Interrupted
from trade_assets.cli.run import run_all
from trade_assets.defs.ranges import MonthRun
from trade_assets.warehouse.root import DataRoot

MONTHS = ["2016-01", "2017-01", "2018-01"]
REVIEW = "Some figures need review: 'trade-assets review list', or the red checks in 'trade-assets ui'."
UNBUILT = "Something could not be built, see above; the former validated tables and metrics of those families are untouched."


def _run(month, *, is_success=True, failures=(), red=(), trace=None):
    return MonthRun(month, "", is_success, failures, red, trace)


RED, NOTE = ("fact", "holds", False, "one is\n red"), ("fact", "is usual", True, "odd")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run months of which each becomes what it is told: a run, or what is raised in its place."""
    root = DataRoot.of(tmp_path / "data")
    for month in MONTHS:
        root.write(b"prose", "raw", month, "kei-0.txt")
    monkeypatch.setattr("trade_assets.defs.instance.instance_of", lambda root: nullcontext())

    def called(*outcomes, months=(), sound=MONTHS):
        def runs(root, wanted, instance, *, is_swept):
            assert list(wanted) == list(sound) and is_swept
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
                yield outcome

        monkeypatch.setattr("trade_assets.defs.ranges.run_months", runs)
        try:
            status = run_all(root, months)
        except BaseException as error:
            status = error
        told = capsys.readouterr()
        return status, [line for line in told.out.split("\n") if line and not line.startswith("Tables: ")], told.err

    return called


def _built(*months):
    return [f"{month}  no documents: 0 figures; built" for month in months]


def test_each_month_has_its_line_and_the_gravest_decides(run):
    clean = [_run(month) for month in MONTHS]
    assert run(*clean) == (0, _built(*MONTHS), "")
    status, lines, _ = run(clean[0], _run(MONTHS[1], red=(RED, NOTE)), clean[2])
    assert status == 1
    said = ["         REVIEW fact holds: one is red", "         note   fact is usual: odd"]
    assert lines == [*_built(*MONTHS[:2]), *said, *_built(MONTHS[2]), REVIEW]
    status, lines, _ = run(_run(MONTHS[0], red=(NOTE,)), *clean[1:])
    assert (status, lines[-1]) == (0, _built(MONTHS[2])[0])
    failed = _run(MONTHS[0], is_success=False, failures=(("proof", "a\n b"),))
    status, lines, _ = run(failed, _run(MONTHS[1], red=(RED,)), clean[2])
    assert status == 2
    assert lines[:2] == ["2016-01  no documents: 0 figures; NOT BUILT", "         FAILED proof: a b"] and lines[-1] == UNBUILT
    status, lines, _ = run(_run(MONTHS[0], is_success=False, trace="Traceback"), _run(MONTHS[1], is_success=False), clean[2])
    assert (status, lines[-1]) == (70, UNBUILT)
    assert "That is a fault of the program, its trace is in " in lines[1]


@pytest.mark.parametrize(
    ("built", "said"),
    [
        (0, "interrupted by SIGINT; 0 of 3 months are built; 2016-01 was being built: run it again"),
        (1, "interrupted by SIGINT; 1 of 3 months are built; 2017-01 was being built: run it again"),
        (2, "interrupted by SIGINT; 2 of 3 months are built; 2018-01 was being built: run it again"),
        (3, "interrupted by SIGINT; 3 of 3 months are built"),
    ],
)
def test_an_interrupt_says_what_is_built_and_which_month_was_not_finished(run, built, said):
    error, lines, _ = run(*map(_run, MONTHS[:built]), Interrupted("interrupted by SIGINT"))
    assert isinstance(error, Interrupted) and str(error) == said
    assert lines == _built(*MONTHS[:built])
    # What is raised without a word is an interrupt by somebody at the keyboard.
    assert str(run(KeyboardInterrupt())[0]).startswith("interrupted; 0 of 3 months")


def test_what_ends_the_months_is_said_with_those_that_are_built(run):
    status, lines, said = run(_run(MONTHS[0]), OSError(28, "No space left on device"))
    assert status == 2 and lines == [*_built(MONTHS[0]), UNBUILT]
    assert said.startswith("trade-assets: ") and "No space left on device" in said and said.count("\n") == 1
    assert run(_run(MONTHS[0], red=(RED,)), ZeroDivisionError("odd"))[0] == 70
    # Before any month it is the command that failed.
    assert isinstance(run(OSError(28, "No space left on device"))[0], OSError)


def test_a_month_that_cannot_be_told_of_stops_no_other(run, monkeypatch):
    from trade_assets.cli import run as module

    sound = module._report

    def report(root, done, chatter):
        if done.release_month == MONTHS[0]:
            raise OSError(5, "Input/output error")
        return sound(root, done, chatter)

    monkeypatch.setattr(module, "_report", report)
    status, lines, said = run(_run(MONTHS[0]), _run(MONTHS[1], red=(RED,)), _run(MONTHS[2]))
    assert status == 2 and lines[:2] == [_built(MONTHS[1])[0], "         REVIEW fact holds: one is red"] and lines[-1] == UNBUILT
    assert said == f"trade-assets: Input/output error ({MONTHS[0]})\n"


def test_months_that_are_none_are_said_and_the_others_run(run):
    status, lines, said = run(_run(MONTHS[1]), months=["1989-12", MONTHS[1], "2015-07"], sound=[MONTHS[1]])
    assert status == 2
    assert lines == _built(MONTHS[1])
    first, second = said.strip().split("\n")
    assert first.startswith("trade-assets: 1989-12 is no release month; they run from 1990-01 to ")
    assert second.startswith("trade-assets: there is no document of 2015-07 under ")
