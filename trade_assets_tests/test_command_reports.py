"""What the commands say of what was published, of issues and decisions, and of months that were run: over results that are made up."""

import json
from contextlib import contextmanager, nullcontext

import pandas as pd
import pytest
from click.testing import CliRunner

from trade_assets import cli
from trade_assets.cli import review as review_module
from trade_assets.cli import run as run_module
from trade_assets.cli.ending import Interrupted
from trade_assets.cli.publish import _published
from trade_assets.defs.ranges import MonthRun
from trade_assets.publication.difference import Difference
from trade_assets.publication.publish import Placed, Publication, PublicationError
from trade_assets.review.actions import Wish
from trade_assets.review.decisions import DecidedCell, Decision
from trade_assets.warehouse.root import DataRoot


def invoke(root, *arguments):
    return CliRunner().invoke(cli.main, ["--data-root", str(root), *arguments])


# publish

FIRST = Difference("2018-08", {}, (), (), (), (), {}, {}, {})
NO_FORMER = "         no earlier release of these documents to compare with"


def _publication(**more):
    usual = {"rows": {"raw.documents": 1}, "families": ("mxp",), "withheld": 0, "open_issues": (), "to_review": (), "difference": FIRST}
    return Publication("2018-08", {}, **usual | more)


@pytest.mark.parametrize(
    ("rows", "counted"),
    [({"a.b": 1}, "1 table, 1 row"), ({"a.b": 1, "a.c": 0}, "2 tables, 1 row"), ({"a.b": 1200, "a.c": 34}, "2 tables, 1,234 rows")],
)
@pytest.mark.parametrize(("is_new", "said"), [(True, "published"), (False, "published before, the same")])
def test_what_was_published_is_counted_and_where_it_stands(capsys, rows, counted, is_new, said):
    assert _published(Placed(_publication(rows=rows, families=("mxp", "uscc")), "/there/2018-08", is_new)) == 0
    assert capsys.readouterr() == (
        f"2018-08  mxp, uscc: {counted}; {said}\n{NO_FORMER}\nPublication: /there/2018-08\n", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"withheld": 2}, 0, []),  # of issues that are decided
        ({"withheld": 1, "open_issues": ("a",)}, 1, ["REVIEW 1 figure withheld, 1 open issue"]),
        ({"withheld": 1200, "open_issues": ("a", "b")}, 1, ["REVIEW 1,200 figures withheld, 2 open issues"]),
        ({"to_review": ("one\n thing", "another")}, 1, ["REVIEW one thing", "REVIEW another"]),
        ({"to_review": ("one",), "open_issues": ("a",)}, 1, ["REVIEW one", "REVIEW 0 figures withheld, 1 open issue"]),
    ],
)
def test_what_is_left_to_review_is_said_and_asks_for_it(capsys, more, status, said):
    assert _published(Placed(_publication(**more), "/there", True)) == status
    tail = "; 'trade-assets review list --month 2018-08'"
    lines = [f"         {line}{tail if 'withheld' in line else ''}" for line in said]
    assert capsys.readouterr().out.splitlines()[1:] == [NO_FORMER, *lines, "Publication: /there"]


def test_a_month_is_published_under_the_root_or_where_it_is_said(monkeypatch, tmp_path):
    asked = []

    def publish_month(root, month, to):
        asked.append((root, month, to))
        return Placed(_publication(), "/there", True)

    monkeypatch.setattr("trade_assets.publication.publish.publish_month", publish_month)
    assert invoke(tmp_path, "publish", "--month", "2018-08").exit_code == 0
    assert invoke(tmp_path, "publish", "--month", "2018-09", "--to", str(tmp_path / "to")).exit_code == 0
    root = DataRoot.of(tmp_path)
    assert asked == [(root, "2018-08", None), (root, "2018-09", DataRoot.of(tmp_path / "to"))]
    result = invoke(tmp_path, "publish")
    said = "trade-assets: Missing option '--month'. To do: 'trade-assets publish --help' says what can be given\n"
    assert (result.exit_code, result.stderr, len(asked)) == (2, said, 2)


def test_a_month_that_cannot_be_published_is_one_line(monkeypatch, tmp_path):
    def publish_month(*_):
        raise PublicationError("2018-08 is stale. To do: run")

    monkeypatch.setattr("trade_assets.publication.publish.publish_month", publish_month)
    result = invoke(tmp_path, "publish", "--month", "2018-08")
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", "trade-assets: 2018-08 is stale. To do: run\n")


# review list


def _issue(issue, state, decision=None):
    return {"issue": issue, "release_month": "2018-08", "family": "mxp", "state": state, "where": "line 7", "title": f"of {issue}",
            "decision": decision}  # fmt: skip


@pytest.fixture
def listed(monkeypatch, tmp_path):
    """Runs ``review list`` over these issues: its status, the lines of its output, and its errors."""

    def run(issues, *options, not_built=()):
        columns = list(_issue("", ""))
        asked = []
        monkeypatch.setattr(
            "trade_assets.review.actions.known_issues",
            lambda root, month: asked.append((root, month)) or pd.DataFrame(issues, columns=columns),
        )
        monkeypatch.setattr(
            "trade_assets.review.actions.months_not_built", lambda root, month: asked.append((root, month)) or list(not_built)
        )
        result = invoke(tmp_path, "review", "list", *options)
        month = options[options.index("--month") + 1] if "--month" in options else None
        assert asked == [(DataRoot.of(tmp_path), month)] * 2
        return result.exit_code, result.stdout.splitlines(), result.stderr

    run.root = tmp_path
    return run


ISSUES = [_issue("a", "new"), _issue("b", "open", "withheld by ada"), _issue("c", "decided", "accepted by ada"), _issue("d", "gone")]
LINES = {
    "a": "a  2018-08  mxp  new  line 7: of a", "b": "b  2018-08  mxp  open  line 7: of b; withheld by ada",
    "c": "c  2018-08  mxp  decided  line 7: of c; accepted by ada", "d": "d  2018-08  mxp  gone  line 7: of d",
}  # fmt: skip


@pytest.mark.parametrize(
    ("issues", "options", "shown", "status"),
    [("abcd", (), "ab", 1), ("a", (), "a", 1), ("b", (), "b", 1), ("abcd", ("--all",), "abcd", 1), ("cd", ("--all",), "cd", 0),
     ("abcd", ("--month", "2018-08"), "ab", 1)],
)  # fmt: skip
def test_issues_that_wait_are_listed_and_ask_for_review(listed, issues, options, shown, status):
    given = [issue for issue in ISSUES if issue["issue"] in issues]
    assert listed(given, *options) == (status, [LINES[each] for each in shown], "")
    status_too, lines, _ = listed(given, *options, "--json")
    assert (status_too, [each["issue"] for each in json.loads("\n".join(lines))]) == (status, list(shown))


def test_where_no_issue_is_listed_it_is_said(listed):
    assert listed(ISSUES[2:]) == (0, [f"No issue waits for a decision under {listed.root}."], "")
    assert listed([], "--all") == (0, [f"No issue is known under {listed.root}."], "")
    assert json.loads("".join(listed([], "--json")[1])) == []
    assert json.loads("".join(listed(ISSUES[2:], "--json")[1])) == []


@pytest.mark.parametrize("issues", [[], ISSUES[:1]])
def test_months_that_nobody_looked_at_are_unknown_and_no_good_news(listed, issues):
    status, lines, said = listed(issues, not_built=["2018-07", "2018-09"])
    assert (status, lines) == (2, [LINES["a"]] * len(issues))
    assert said == "trade-assets: nobody knows the issues of 2018-07, 2018-09 yet. To do: 'trade-assets run'\n"
    assert listed(issues, "--json", not_built=["2018-07"])[0] == 2


def test_an_issue_is_shown_in_its_lines(monkeypatch, tmp_path):
    monkeypatch.setattr("trade_assets.review.actions.open_issue", lambda root, issue: (root, issue))
    monkeypatch.setattr("trade_assets.review.actions.shown", lambda opened: [opened[0].url, opened[1], "last"])
    result = invoke(tmp_path, "review", "show", "6aef")
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{tmp_path}\n6aef\nlast\n", "")
    assert invoke(tmp_path, "review", "show").exit_code == 2


# Decisions


@pytest.fixture
def deciding(monkeypatch, tmp_path):
    """Runs a command that decides: its status, its output, the wish, and the months that were run."""
    wishes, months = [], []

    def decide(root, issue, wish):
        wishes.append((root, issue, wish))
        return "2018-08", Decision(
            "", 1, "6aef01234567", wish.action, wish.reason, wish.reviewer, "2021-03-01", "", (DecidedCell(1, 2, "3", "4"),)
        )

    def run_all(root, wanted):
        months.append((root, wanted))
        return 1

    monkeypatch.setattr("trade_assets.review.actions.decide", decide)
    monkeypatch.setattr(review_module, "run_all", run_all)
    monkeypatch.setattr("getpass.getuser", lambda: "login")
    monkeypatch.delenv("TRADE_ASSETS_REVIEWER", raising=False)

    def run(*arguments):
        wishes.clear()
        months.clear()
        result = invoke(tmp_path, "review", *arguments)
        return result.exit_code, result.output.splitlines(), wishes[0] if wishes else None, list(months)

    run.root = DataRoot.of(tmp_path)
    return run


@pytest.mark.parametrize(
    ("action", "more", "wish"),
    [
        ("accept", (), {}), ("withhold", (), {}), ("reopen", (), {}),
        ("correct", ("--value", "7=1", "--value", "2"), {"values": ("7=1", "2")}),
        ("correct", ("--value", "1", "--force"), {"values": ("1",), "is_forced": True}),
        ("accept", ("--expires", "2021-05-01", "--told", "2021-03-02", "--answer", "yes"),
         {"expires_on": "2021-05-01", "told_publisher_on": "2021-03-02", "publisher_answer": "yes"}),
    ],
)  # fmt: skip
def test_a_decision_is_written_and_the_month_built_again(deciding, action, more, wish):
    status, lines, asked, months = deciding(action, "6aef", "--reason", "asked", "--reviewer", "ada", *more)
    root = deciding.root
    assert asked == (root, "6aef", Wish(action, "asked", "ada", **wish))
    assert lines[0].startswith("6aef01234567: ") and "by ada on 2021-03-01: asked" in lines[0]
    assert lines[1:] == [f"written to {root.url}/reviews/2018-08/6aef01234567.yaml"]
    assert (status, months) == (1, [(root, ["2018-08"])])  # as the run ended
    status, lines, again, months = deciding(action, "6aef", "--reason", "asked", "--reviewer", "ada", *more, "--no-run")
    assert (status, lines[2:], again, months) == (0, ["'trade-assets run --month 2018-08' applies it"], asked, [])


def test_who_decides_is_said_or_set_or_logged_in(deciding, monkeypatch):
    def reviewer(*arguments):
        return deciding("accept", "6aef", "--reason", "asked", *arguments)[2][2].reviewer

    assert (reviewer(), reviewer("--reviewer", "ada"), reviewer("--reviewer", "")) == ("login", "ada", "")
    monkeypatch.setenv("TRADE_ASSETS_REVIEWER", "bob")
    assert (reviewer(), reviewer("--reviewer", "ada")) == ("bob", "ada")
    monkeypatch.delenv("TRADE_ASSETS_REVIEWER")
    for error in (KeyError("uid"), ImportError("pwd"), OSError("no user")):

        def unknown(error=error):
            raise error

        monkeypatch.setattr("getpass.getuser", unknown)
        assert reviewer() == ""


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [(("accept", "6aef"), "option '--reason'"), (("withhold", "6aef"), "option '--reason'"), (("reopen", "6aef"), "option '--reason'"),
     (("correct", "6aef", "--reason", "x"), "option '--value'"), (("correct", "6aef", "--value", "1"), "option '--reason'"),
     (("accept", "--reason", "x"), "argument 'ID'")],
)  # fmt: skip
def test_what_a_decision_needs_is_said(deciding, arguments, missing):
    status, (line,), wish, months = deciding(*arguments)
    assert (status, wish, months) == (2, None, [])
    assert line.startswith(f"trade-assets: Missing {missing}. To do: 'trade-assets review {arguments[0]} --help'")


def test_the_options_of_a_decision_stand_in_one_order_in_its_help(tmp_path):
    said = invoke(tmp_path, "review", "correct", "--help").output
    names = ["--value", "--force", "--reason", "--reviewer", "--expires", "--told", "--answer", "--run"]
    assert sorted(names, key=said.index) == names
    assert "[required]" in said and "[default: run]" in " ".join(said.split())


# run


@pytest.fixture
def frames(monkeypatch):
    """The rows that a month has of each table, of which no more is told than their number and their counts."""
    rows = {}
    monkeypatch.setattr("trade_assets.warehouse.partitions.read_partition", lambda root, table, month: rows[table.name, month])
    monkeypatch.setattr("trade_assets.vintages.revisions.summaries", lambda frame: [f"revised {number}" for number in frame["n"]])

    def of(month, *, families=("mxp",), cells=0, verdicts=(), doubt=0, revisions=0, unread=0):
        counts = ["holds", "violated", "not_evaluable"]
        rows.update({
            ("documents", month): pd.DataFrame({"family": list(families)}), ("cells", month): pd.DataFrame({"n": range(cells)}),
            ("verdicts", month): pd.DataFrame(list(verdicts), columns=counts), ("in_doubt", month): pd.DataFrame({"n": range(doubt)}),
            ("revisions", month): pd.DataFrame({"n": range(revisions)}), ("unread", month): pd.DataFrame({"n": range(unread)}),
        })  # fmt: skip

    return of


def _run(is_success=True, failures=(), red=(), trace=None):
    return MonthRun("2018-08", "", is_success, failures, red, trace)


RED, NOTE = ("fact", "holds", False, "one is\n red"), ("fact", "is usual", True, "odd")


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ({}, ["2018-08  mxp: 0 figures; built"]),
        ({"families": ()}, ["2018-08  no documents: 0 figures; built"]),
        ({"families": ("uscc", "mxp", "uscc"), "cells": 1234}, ["2018-08  uscc, mxp: 1,234 figures; built"]),
        ({"verdicts": [(1000, 2, 3), (500, 0, 1001)]},
         ["2018-08  mxp: 0 figures; built", "         proven: 1,500 identities hold, 2 violated, 1,004 not evaluable"]),
        ({"revisions": 2, "doubt": 1}, ["2018-08  mxp: 0 figures; built", "         revised 0", "         revised 1",
                                        "         withheld: 1 figure"]),
        ({"doubt": 2}, ["2018-08  mxp: 0 figures; built", "         withheld: 2 figures"]),
    ],
)  # fmt: skip
def test_what_a_month_built_is_counted(frames, capsys, rows, lines):
    frames("2018-08", **rows)
    assert run_module._report(None, _run(), "") == 0
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize(
    ("done", "unread", "status"),
    [
        (_run(), 0, 0), (_run(red=(NOTE,)), 0, 0), (_run(red=(NOTE, RED)), 0, 1), (_run(red=(RED,)), 0, 1), (_run(), 1, 2),
        (_run(red=(RED,)), 1, 2), (_run(is_success=False), 0, 2), (_run(is_success=False, red=(RED,)), 0, 2),
        (_run(is_success=False, trace="trace"), 0, 70), (_run(trace="trace"), 1, 70),
    ],
)  # fmt: skip
def test_the_gravest_of_a_month_is_its_status(frames, monkeypatch, done, unread, status):
    monkeypatch.setattr(run_module, "kept", lambda trace: "kept")
    frames("2018-08", unread=unread)
    assert run_module._report(None, done, "") == status


def test_failures_and_red_checks_of_a_month_are_a_line_each(frames, monkeypatch, capsys):
    traces = []
    monkeypatch.setattr(run_module, "kept", lambda trace: traces.append(trace) or "its trace is there")
    frames("2018-08", doubt=3)
    done = _run(is_success=False, failures=(("proof", "a\n b"), ("metrics", "c")), red=(RED, NOTE), trace="trace\n")
    assert run_module._report(None, done, "chatter") == 70
    assert capsys.readouterr().out.splitlines() == [
        "2018-08  mxp: 0 figures; NOT BUILT",
        "         FAILED proof: a b",
        "         FAILED metrics: c",
        "         That is a fault of the program, its trace is there. To do: report it with that trace.",
        "         REVIEW fact holds: one is red",
        "         note   fact is usual: odd",
        "         withheld: 3 figures",
    ]
    assert traces == ["trace\nchatter"]


def test_what_libraries_print_meanwhile_is_kept_for_the_trace(capsys):
    import sys

    def runs():
        for number in (1, 2):
            print(f"chatter of {number}", file=sys.stderr)
            print(f"output of {number}")
            yield number
        print("at the end", file=sys.stderr)

    given = []
    for each in run_module._quietly(runs()):
        print("between", file=sys.stderr)
        given.append(each)
    assert given == [(1, "chatter of 1\n"), (2, "chatter of 2\n")]
    assert capsys.readouterr() == ("output of 1\noutput of 2\n", "between\nbetween\n")


@pytest.fixture
def months(tmp_path, monkeypatch, frames):
    """Runs months of a root that has documents of two, each of which becomes what it is told to: status, output, and what was asked."""
    root, asked = DataRoot.of(tmp_path / "data"), []
    for month in ("2018-07", "2018-08"):
        root.write(b"prose", "raw", month, "kei-0.txt")
        frames(month, families=("kei",))

    @contextmanager
    def progress(total, of_what):
        asked.append((total, of_what))
        yield asked.append

    monkeypatch.setattr(run_module, "progress", progress)
    monkeypatch.setattr("trade_assets.defs.instance.instance_of", lambda root: nullcontext("instance"))
    monkeypatch.setattr("trade_assets.warehouse.sweep.sweep", lambda root: ["one was damaged"])
    monkeypatch.setattr("trade_assets.warehouse.partitions.partition_stamps", lambda root, table: f"stamps of {table.name}")
    monkeypatch.setattr("trade_assets.vintages.history.months_behind", lambda *given: asked.append(given[1:]) or list(behind))
    behind = []

    def run(outcomes, *arguments, later=()):
        def run_months(root, wanted, instance, *, is_swept):
            assert is_swept, "what was swept is noted once, by the command"
            asked.append((list(wanted), instance))
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
                yield MonthRun(outcome[0], "", True, (), outcome[1:])

        monkeypatch.setattr("trade_assets.defs.ranges.run_months", run_months)
        behind[:] = later
        asked.clear()
        result = invoke(root.url, "run", *arguments)
        return result.exit_code, result.stdout.splitlines(), result.stderr

    run.asked, run.root = asked, root
    return run


NEEDS_REVIEW = "Some figures need review: 'trade-assets review list', or the red checks in 'trade-assets ui'."


def _lines(*months):
    return [f"{month}  kei: 0 figures; built" for month in months]


def test_all_months_are_run_or_those_that_are_named_once_each(months):
    tables = f"Tables: {months.root.url}/warehouse/trade.duckdb"
    both = [("2018-07",), ("2018-08",)]
    assert months(both) == (0, ["note: one was damaged", *_lines("2018-07", "2018-08"), tables], "")
    assert months.asked == [
        (2, "release months"), (["2018-07", "2018-08"], "instance"), "2018-07", "2018-08", ("stamps of prints", ["2018-07", "2018-08"]),
    ]  # fmt: skip
    named = ["--month", "2018-08", "--month", "2018-07", "--month", "2018-08"]
    assert months(both[::-1], *named)[:2] == (0, ["note: one was damaged", *_lines("2018-08", "2018-07"), tables])
    assert months.asked[1] == (["2018-08", "2018-07"], "instance")


def test_later_months_that_were_built_before_are_named(months):
    said = "Later months were built from former prints: 2018-08, 2018-09. 'trade-assets run' builds all, oldest first."
    status, lines, _ = months([("2018-07", RED)], "--month", "2018-07", later=["2018-08", "2018-09"])
    tables = f"Tables: {months.root.url}/warehouse/trade.duckdb"
    assert (status, lines[1:]) == (1, [*_lines("2018-07"), "         REVIEW fact holds: one is red", NEEDS_REVIEW, said, tables])


@pytest.mark.parametrize("order", [1, -1])
def test_the_gravest_month_counts_wherever_it_stands(months, order):
    assert months([("2018-07", RED), ("2018-08", NOTE)][::order])[0] == 1
    assert months([("2018-07", NOTE), ("2018-08",)][::order])[0] == 0


def test_months_that_cannot_be_run_are_said_and_nothing_is_built_for_them(months):
    status, lines, said = months([], "--month", "1989-12", "--month", "2017-01")
    assert (status, lines, months.asked) == (2, [], [])
    first, second = said.splitlines()
    assert first.startswith("trade-assets: 1989-12 is no release month; they run from 1990-01 to ")
    assert first.endswith(f". To do: correct it, or take its folder out of {months.root.url}/raw")
    known = (
        f"there is no document of 2017-01 under {months.root.url}/raw; 2 months have some, 2018-07 to 2018-08. To do: correct the month, "
    )
    assert second.startswith(f"trade-assets: {known}")
    status, lines, said = months([("2018-07", RED)], "--month", "2017-01", "--month", "2018-07")
    assert (status, months.asked[1], lines[-2]) == (2, (["2018-07"], "instance"), NEEDS_REVIEW) and said == f"{second}\n"


def test_a_root_without_documents_has_nothing_to_run(months, tmp_path):
    (tmp_path / "empty").mkdir()
    result = invoke(tmp_path / "empty", "run")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(
        f"trade-assets: there is no document under {tmp_path / 'empty'}/raw. To do: 'trade-assets ingest FILE...'"
    )


@pytest.mark.parametrize(
    ("built", "said"),
    [
        ([], "interrupted by SIGINT; 0 of 2 months are built; 2018-07 was being built: run it again"),
        ([("2018-07", RED)], "interrupted by SIGINT; 1 of 2 months are built; 2018-08 was being built: run it again"),
        ([("2018-07",), ("2018-08",)], "interrupted by SIGINT; 2 of 2 months are built"),
    ],
)
def test_an_interrupt_ends_the_months_with_what_is_built(months, built, said):
    status, lines, errors = months([*built, Interrupted("interrupted by SIGINT")])
    assert (status, errors) == (130, f"trade-assets: {said}\n")
    assert not any(line.startswith("Tables") for line in lines)


def test_an_error_between_months_is_graver_than_what_the_months_ask_for(months):
    status, lines, said = months([("2018-07", RED), OSError(28, "No space left on device")])
    assert (status, said) == (2, "trade-assets: No space left on device\n")
    assert lines[-2].startswith("Something could not be built, see above; ") and lines[-1].startswith("Tables: ")
    status, lines, said = months([OSError(28, "No space left on device")])
    assert (status, lines, said) == (2, ["note: one was damaged"], "trade-assets: No space left on device\n")


def _one_built():
    yield MonthRun("2018-07", "", True, (), ())


def test_the_tables_of_a_url_have_no_database(monkeypatch, capsys, months):
    root = DataRoot.of("memory://of-a-command")
    monkeypatch.setattr(run_module, "_to_run", lambda root, wanted: (["2018-07"], 0))
    monkeypatch.setattr("trade_assets.defs.ranges.run_months", lambda *_, is_swept: _one_built())
    assert run_module.run_all(root) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Tables: memory://of-a-command/warehouse"


@pytest.mark.parametrize(("status", "of_runs", "all_in_all"), [(0, 0, 0), (2, 0, 2), (2, 70, 70), (0, 1, 1), (2, 1, 2)])
def test_of_months_that_are_not_run_and_those_that_are_the_gravest_counts(monkeypatch, months, status, of_runs, all_in_all):
    monkeypatch.setattr(run_module, "_to_run", lambda root, wanted: (["2018-07"], status))
    monkeypatch.setattr("trade_assets.defs.ranges.run_months", lambda *_, is_swept: _one_built())
    monkeypatch.setattr(run_module, "_report", lambda *_: of_runs)
    assert run_module.run_all(months.root) == all_in_all
