"""Decisions: one planted wrong cell from red check to decision and back, and what exactly a doubt withholds."""

import datetime as dt
import json
import random
import shutil

import dagster as dg
import pandas as pd
import pytest
from click.testing import CliRunner

from trade_assets.cli import main
from trade_assets.defs.ranges import run_months
from trade_assets.documents.ingest import ingest
from trade_assets.facts.frames import empty, parsed_tables, tidy
from trade_assets.facts.tables import CORRECTIONS, DECISIONS, IN_DOUBT, ISSUES, VALIDATED
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES, TRADE_CHANGES
from trade_assets.identities.publish import publish
from trade_assets.metrics.registry import metrics_declared
from trade_assets.metrics.wide import metrics_of
from trade_assets.reading import ReadError, read_document
from trade_assets.review.actions import ReviewError, Wish, decide, open_issue
from trade_assets.review.decisions import DecisionError, parse_decisions, read_decisions
from trade_assets.review.proof import prove
from trade_assets.warehouse.partitions import is_month_written, partition_path, read_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.altered_documents import WITH_TABLES, reading_of, text_of, three_years
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.core_runs import run_core

MONTH = "2016-11"
LINE = 44  # exports of goods in February 1992, printed 36,854


@pytest.fixture(scope="module")
def run_once(tmp_path_factory):
    """A data root with the FT-900 table in which one figure has two digits transposed, and what its run said."""
    folder = tmp_path_factory.mktemp("run")
    lines = three_years().split("\n")
    assert lines[LINE - 1] == "36,854"
    lines[LINE - 1] = "36,845"
    file = folder / f"{MONTH}.ft900.txt"
    file.write_text("\n".join(lines))
    made = DataRoot.of(folder / "data")
    ingest(made, file)
    return made, _run(made)


@pytest.fixture
def root(run_once, tmp_path):
    """A copy of it, to decide in."""
    shutil.copytree(run_once[0].path(), tmp_path / "data")
    return DataRoot.of(tmp_path / "data")


def _run(root, month=MONTH):
    """A run of everything."""
    with dg.DagsterInstance.ephemeral() as instance:
        (run,) = run_months(root, [month], instance)
    assert run.is_success, run.failures
    return run


def _run_core(root):
    run = run_core(root, MONTH)
    assert run.is_success, run.failures
    return run


def _red(run):
    return {check for _, check, is_warning, _ in run.red if not is_warning}


def _months(root):
    return read_partition(root, GOODS_AND_SERVICES, MONTH).set_index("period")


def _issue(root):
    issues = read_partition(root, ISSUES, MONTH)
    assert len(issues) == 1
    return issues.iloc[0]


def _published_bytes(root):
    tables = [table for table in VALIDATED if table.family == "ft900"] + list(metrics_declared()["ft900"].tables)
    written = [table for table in (*tables, IN_DOUBT) if is_month_written(root, table, MONTH)]
    assert len(written) >= 4
    return {table.name: open(partition_path(root, table, MONTH), "rb").read() for table in written}  # noqa: PTH123


def _review(root, *arguments):
    return CliRunner().invoke(main, ["--data-root", root.url, "review", *arguments])


def test_a_wrong_cell_from_red_check_to_decision_and_back(root, run_once):
    red = {
        "goods_plus_services_equals_total", "balance_equals_exports_minus_imports", "year_equals_sum_of_months",
        "no_issue_waits_for_a_decision",
    }  # fmt: skip
    assert _red(run_once[1]) == red
    issue = _issue(root)
    assert issue["state"] == "new" and issue["certainty"] == "certain"
    before = _published_bytes(root)
    assert pd.isna(_months(root).loc["1992-02", "exports_goods_musd"])
    assert _months(root).loc["1992-02", "gaps"] == f"exports_goods_musd: withheld_by_issue_{issue['issue']}"
    changes = read_partition(root, TRADE_CHANGES, MONTH).set_index(["period", "flow", "kind"])
    assert f"change_1_month_musd: withheld_by_issue_{issue['issue']}" in changes.loc[("1992-03", "exports", "goods"), "gaps"]
    assert "withheld" not in changes.loc[("1992-03", "exports", "services"), "gaps"]

    # Accepted as published: green, and the figure and all that depends on it are published as printed.
    result = _review(root, "accept", issue["issue"], "--reason", "the publisher says so", "--reviewer", "ada", "--no-run")
    assert result.exit_code == 0, result.output
    assert _red(_run_core(root)) == set()
    accepted = _issue(root)
    assert accepted["state"] == "decided" and accepted["issue"] == issue["issue"]
    assert accepted["decision"].startswith("accepted as published by ada on ")
    assert _months(root).loc["1992-02", "exports_goods_musd"] == 36845
    assert read_partition(root, IN_DOUBT, MONTH).empty
    assert not read_partition(root, TRADE_CHANGES, MONTH)["gaps"].str.contains("withheld").any()

    # Taken back: the tables are the same bytes as before, and the history stays.
    assert _review(root, "reopen", issue["issue"], "--reason", "a mistake", "--reviewer", "ada", "--no-run").exit_code == 0
    assert _red(_run_core(root)) == red
    assert _published_bytes(root) == before
    assert _issue(root)["state"] == "open"
    assert [row["action"] for row in read_partition(root, DECISIONS, MONTH).to_dict("records")] == ["accept", "reopen"]

    # Corrected: the value beside the printed one, joined to its decision by the issue.
    assert _review(root, "correct", issue["issue"], "--value", "36,854", "--reason", "transposed", "--no-run").exit_code == 0
    assert _red(_run_core(root)) == set()
    row = _months(root).loc["1992-02"]
    assert row["exports_goods_musd"] == 36854
    assert row["corrections"] == f"exports_goods_musd: 36,845 printed, corrected by issue {issue['issue']}"
    (correction,) = read_partition(root, CORRECTIONS, MONTH).to_dict("records")
    assert (correction["text"], correction["value"], correction["corrected_text"], correction["corrected_value"]) == (
        "36,845", 36845, "36,854", 36854,
    )  # fmt: skip
    decisions = read_partition(root, DECISIONS, MONTH)
    assert decisions.loc[decisions["is_in_force"], ["issue", "effect"]].to_numpy().tolist() == [
        [issue["issue"], "1 figure published as corrected"]
    ]

    # Without the file everything is as it was before anybody decided.
    shutil.rmtree(root.path("reviews"))
    assert _red(_run(root)) == red
    assert _published_bytes(root) == before
    assert _issue(root)["state"] == "new"


@pytest.mark.slow
def test_a_changed_document_reopens_and_the_lingering_decision_is_said(root, tmp_path):
    issue = _issue(root)["issue"]
    decide(root, issue, Wish("accept", "as printed", "ada"))
    assert _red(_run(root)) == set()
    lines = three_years().split("\n")
    lines[LINE - 1] = "36,485"  # the re-issue misprints the same cell otherwise
    file = tmp_path / f"{MONTH}.again.txt"
    file.write_text("\n".join(lines))
    ingest(root, file)
    run = _run(root)
    assert "every_decision_matches_its_issue" in _red(run)
    assert _issue(root)[["issue", "state"]].tolist() == [issue, "open"]
    assert "in force no more: the document has changed since" in _issue(root)["history"]
    # The right document: the issue is gone, and the decision on it must not linger.
    file.write_text(three_years())
    ingest(root, file)
    said = {check: description for _, check, _, description in _run(root).red}
    # That a re-issue of the month corrects a figure out of turn is news, and said as such.
    assert list(said) == ["every_decision_matches_its_issue", "revisions_follow_the_policy"]
    assert "no document of the month shows the issue" in said["every_decision_matches_its_issue"]
    assert _issue(root)["state"] == "gone"


@pytest.mark.slow
def test_an_expired_decision_reopens(root):
    issue = _issue(root)["issue"]
    then = dt.date(2019, 12, 2)
    decide(root, issue, Wish("withhold", "asked", "ada", expires_on="2020-01-01", told_publisher_on="2019-12-01"), then)
    run = _run(root)
    # Expiry is foreseen: the issue is open again, and no decision lingers.
    assert "goods_plus_services_equals_total" in _red(run) and "every_decision_matches_its_issue" not in _red(run)
    assert _issue(root)["state"] == "open" and "expired on 2020-01-01" in _issue(root)["history"]


def test_a_withheld_figure_stays_withheld_and_is_green(root):
    decide(root, _issue(root)["issue"], Wish("withhold", "nobody knows", "ada"))
    assert _red(_run_core(root)) == set()
    assert pd.isna(_months(root).loc["1992-02", "exports_goods_musd"])


def test_proofs_keep_the_id_whatever_is_printed(root, is_whole):
    issue = _issue(root)["issue"]
    facts = _facts("ft900", root_text=text_of("ft900").replace("\n36,854\n", "\n36,845\n", 1))
    other = _facts("ft900", root_text=text_of("ft900").replace("\n36,854\n", "\n93,854\n", 1))
    for _ in range(5 if is_whole else 1):
        for frame in (facts, other, facts):
            assert prove(frame, "ft900", empty(ISSUES)).issues["issue"].tolist() == [issue]


@pytest.mark.slow
def test_a_correction_that_leaves_an_identity_violated_is_refused_unless_forced(root):
    issue = _issue(root)["issue"]
    with pytest.raises(ReviewError, match=r"3 identities would still be violated: goods_plus_services_equals_total misses by"):
        decide(root, issue, Wish("correct", "guess", "ada", values=("36,000",)))
    assert read_decisions(root, MONTH) == ({}, [])
    decide(root, issue, Wish("correct", "guess", "ada", values=("36,000",), is_forced=True))
    assert _red(_run(root)) == set()
    assert _months(root).loc["1992-02", "exports_goods_musd"] == 36000


def test_commands_say_what_they_cannot_do(root):
    issue = _issue(root)["issue"]
    for arguments, said in (
        (("show", "0000"), "expected one issue with the id '0000' under "),
        (("correct", issue, "--value", "much", "--reason", "x"), "expected a figure as it would be printed"),
        (("correct", issue, "--value", "9=1", "--reason", "x"), "no figure of the issue is at 9; give one of"),
        (("accept", issue, "--reason", " "), "a decision needs a reason"),
        (("accept", issue, "--reason", "x", "--expires", "tomorrow"), "expected a day, YYYY-MM-DD"),
        (("reopen", issue, "--reason", "x"), "is not decided"),
    ):
        result = _review(root, *arguments)
        assert result.exit_code == 2, result.output
        assert said in result.output
    listed = _review(root, "list", "--json")
    assert listed.exit_code == 1
    assert [row["issue"] for row in json.loads(listed.output)] == [issue]
    shown = _review(root, "show", issue[:5])
    assert shown.exit_code == 0
    assert f"line {LINE} | 36,845" in shown.output
    assert f"trade-assets review correct {issue} --value 36,854 --reason" in shown.output


@pytest.mark.slow
def test_a_job_in_the_ui_decides_as_the_command_does(root, tmp_path):
    from trade_assets.definitions import defs

    issue = _issue(root)["issue"]
    config = {"issue": issue, "action": "correct", "reason": "transposed", "reviewer": "ada", "values": ["36,854"]}
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        result = defs.resolve_job_def("decide_issue").execute_in_process(
            instance=instance,
            run_config={"ops": {"write_decision": {"config": config}}, "resources": {"data_root": {"config": {"url": root.url}}}},
        )
        # The month's own run, which shows the decision, is listed with the job as any other.
        (built,) = instance.get_runs(dg.RunsFilter(job_name="release_month", tags={".dagster/repository": "__repository__@trade_assets"}))
        assert built.tags["dagster/partition"] == MONTH
    assert result.success
    assert _issue(root)["state"] == "decided"
    assert _months(root).loc["1992-02", "exports_goods_musd"] == 36854


_GOOD = """- action: accept
  reason: as printed
  reviewer: ada
  decided_on: 2026-11-24
  sha256: {sha256}
  cells:
  - line: 44
    start: 0
    text: 36,845
""".format(sha256="0" * 64)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("accept", "approve", r"line 1: expected one of accept, correct, withhold, reopen, found 'approve'"),
        ("as printed", "", r"line 2: expected a reason, found none"),
        ("2026-11-24", "yesterday", r"line 4: expected a day, YYYY-MM-DD, found 'yesterday'"),
        ("0" * 64, "abc", r"line 5: expected the document's sha256"),
        ("line: 44", "line: x", r"line 7: expected a number as line, found 'x'"),
        ("text: 36,845", "text: 36,845\n    value: much", r"line 10: expected a figure"),
        ("text: 36,845", "text: 36,845\n    value: 1", r"line 6: expected values in corrections only"),
        ("reviewer:", "reviewed_by:", r"line 3: expected a key of action"),
        ("reason: as printed", "reason: [a, b]", r"line 2: expected one plain value as reason"),
        ("reason: as printed", "reason: as printed\n  reason: twice", r"line 3: expected each key once"),
        ("- action", "action", r"line 2: expected YAML"),
        ("cells:\n", "cells: !!python/object/apply:os.system [ls]\n", r"line \d: expected"),
        ("reason: as", "reason: 'as", r"line \d+: expected YAML"),
    ],
)
def test_a_decision_file_that_is_not_one_says_file_and_line(old, new, said):
    assert len(parse_decisions(_GOOD.encode(), "reviews/2016-11/a.yaml", "a" * 12)) == 1
    assert old in _GOOD
    with pytest.raises(DecisionError, match=r"^reviews/2016-11/a\.yaml, " + said):
        parse_decisions(_GOOD.replace(old, new, 1).encode(), "reviews/2016-11/a.yaml", "a" * 12)


def test_unreadable_decision_files_are_red_and_decide_nothing(root):
    issue = _issue(root)["issue"]
    root.write(b"- action: accept\n", "reviews", MONTH, f"{issue}.yaml")
    root.write(_GOOD.encode(), "reviews", MONTH, "notes.yaml")
    run = _run_core(root)
    (said,) = [description for _, check, _, description in run.red if check == "every_decision_matches_its_issue"]
    assert f"{issue}.yaml, line 1: expected a decision with reason" in said and "a file name <issue>.yaml" in said
    assert _issue(root)["state"] == "new"
    with pytest.raises(DecisionError, match=f"{issue}.yaml, line 1: expected a decision with reason"):
        decide(root, issue, Wish("accept", "x", "ada"))


def test_an_issue_is_opened_by_the_beginning_of_its_id(root):
    issue = _issue(root)["issue"]
    assert open_issue(root, issue[:4]).issue.id == issue


# What a doubt withholds


def _facts(name, *, root_text=None):
    family, month = WITH_TABLES[name]
    reading = reading_of(name) if root_text is None else read_document(root_text.encode(), name)
    columns = {"cells": reading.cells, "rows": reading.rows, "series": reading.series}
    tables = parsed_tables(columns, family=family, release_month=month, sha256="0" * 64, is_current=True, product="", reference_month=month)
    return tidy(tables["cells"], tables["rows"], tables["series"], family)


def _everything(facts, doubt, family):
    """Every published figure and metric by table, key and column."""
    tables = {table.name: table for table in VALIDATED if table.family == family}
    frames = {name: publish(facts, doubt, empty(CORRECTIONS), table) for name, table in tables.items()}
    tables |= {table.name: table for table in metrics_declared()[family].tables}
    frames |= metrics_of(family, frames)
    found = {}
    for name, table in tables.items():
        frame = frames[name].set_index(list(table.key))
        for column in [c.name for c in table.columns if c.kind == "float"]:
            for key, value in frame[column].items():
                found[name, key, column] = (None if pd.isna(value) else value, frame.at[key, "gaps"])
    return found


def _closure(facts, cells, family):
    """What depends on some cells, by changing them to odd values and looking at what changes.

    All figures are moved first, so that no zero hides that a product depends on its other factor.
    """
    moved = facts.assign(value=facts["value"] + 0.37, decimals=facts["decimals"] + 6)
    before = _everything(moved, empty(IN_DOUBT), family)
    altered = moved.copy()
    for number, cell in enumerate(cells):
        altered.loc[altered.index[cell], "value"] = abs(float(moved["value"].iloc[cell])) * (1.37 + 0.013 * number) + 0.71
    now = _everything(altered, empty(IN_DOUBT), family)
    return {place for place, (value, _) in now.items() if value != before[place][0]}


def _planted(name, seed, text=None):
    """Facts of a document, or of another text of its kind, with one wrong digit that an identity shows."""
    rng = random.Random(seed)  # noqa: S311  # planted errors, no secret
    lines = (text or text_of(name)).split("\n")
    cells = (reading_of(name) if text is None else read_document(text.encode(), name)).cells
    while True:
        cell = rng.randrange(len(cells["line"]))
        text, line, start = cells["text"][cell], cells["line"][cell] - 1, cells["start"][cell]
        at = [place for place, char in enumerate(text) if char.isdigit()]
        if not at:
            continue
        place = rng.choice(at)
        digit = rng.choice([each for each in "0123456789" if each != text[place]])
        wrong = list(lines)
        wrong[line] = lines[line][: start + place] + digit + lines[line][start + place + 1 :]
        try:
            facts = _facts(name, root_text="\n".join(wrong))
        except ReadError:
            continue
        proof = prove(facts, WITH_TABLES[name][0], empty(ISSUES))
        if len(proof.in_doubt):
            return facts, proof


def _assert_withheld_is_the_closure(name, seed, text=None):
    family = WITH_TABLES[name][0]
    facts, proof = _planted(name, seed, text)
    held = {(line, start) for line, start in zip(proof.in_doubt["line"], proof.in_doubt["start"], strict=True)}
    cells = [at for at, place in enumerate(zip(facts["line"], facts["start"], strict=True)) if place in held]
    # The suspects: all that explain an issue alone; where there are none, all cells of its violated identities.
    singles = proof.suspects[proof.suspects["is_withheld"]]
    assert {(row["line"], row["start"]) for row in singles.to_dict("records")} <= held
    printed = _everything(facts, empty(IN_DOUBT), family)
    published = _everything(facts, proof.in_doubt, family)
    withheld = {place for place, (value, _) in published.items() if value is None and printed[place][0] is not None}
    assert withheld == _closure(facts, cells, family)
    ids = set(proof.issues["issue"])
    for place in withheld:
        _, gaps = published[place]
        assert any(f"withheld_by_issue_{issue}" in gaps for issue in ids), (place, gaps)
    assert all(value == printed[place][0] for place, (value, _) in published.items() if place not in withheld)


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * name.startswith("mxp")) for name in WITH_TABLES])
def test_what_is_withheld_is_what_depends_on_the_doubt(name):
    _assert_withheld_is_the_closure(name, seed=1, text=three_years() if name == "ft900" else None)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", WITH_TABLES)
def test_what_is_withheld_is_what_depends_on_the_doubt_on_two_hundred_faults(name):
    for seed in range(100, 150):
        _assert_withheld_is_the_closure(name, seed)


# What a stranger's review found


@pytest.mark.slow
def test_two_marks_on_one_fact_are_one_issue_and_a_second_run_is_fine(tmp_path):
    """Both prints of the latest change carry a mark that no revision allows: one id, or tables would have two rows of one key."""
    lines = text_of("mxp_2018").split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("| July | 0.0 |"))
    lines[at] = lines[at].replace("| 0.0 |", "| (r)0.0 |", 1)
    detail = next(number for number, line in enumerate(lines) if line.startswith("| All commodities | 100.000 | 128.1 | 128.1 |"))
    lines[detail] = lines[detail].replace("| 0.0 |", "| (r)0.0 |", 1)
    file = tmp_path / "2018-08.mxp.txt"
    file.write_text("\n".join(lines))
    root = DataRoot.of(tmp_path / "data")
    ingest(root, file)
    for _ in range(2):
        _run(root, "2018-08")
        issues = read_partition(root, ISSUES, "2018-08")
        assert issues["issue"].is_unique and len(issues) == 1
        assert issues["violated"].tolist() == [2]


def test_a_change_of_minus_100_is_no_crash(tmp_path):
    lines = text_of("mxp_2018").split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("| July | 0.0 |"))
    file = tmp_path / "2018-08.mxp.txt"
    for text in ("-100", "-100.0", "-150.0"):
        file.write_text("\n".join([*lines[:at], lines[at].replace("| 0.0 |", f"| {text} |", 1), *lines[at + 1 :]]))
        result = CliRunner().invoke(main, ["check", "--format", "json", str(file)])
        assert result.exit_code == 1
        (found,) = json.loads(result.output)
        assert all(suspect["proposal"] != suspect["text"] for issue in found["issues"] for suspect in issue["suspects"])


@pytest.mark.slow
def test_a_correction_written_by_hand_is_proven_too(root):
    issue = _issue(root)["issue"]
    decide(root, issue, Wish("correct", "transposed", "ada", values=("36,854",)))
    path = ("reviews", MONTH, f"{issue}.yaml")
    written = root.read(*path).decode()
    for old, new, said in (
        ("value: 36,854", "value: '7'", "it leaves goods_plus_services_equals_total violated"),
        (f"line: {LINE}", "line: 94", "line 94 prints"),
    ):
        assert old in written
        root.write(written.replace(old, new).encode(), *path)
        run = _run(root)
        assert "every_decision_matches_its_issue" in _red(run)
        assert said in _issue(root)["history"]
        assert pd.isna(_months(root).loc["1992-02", "exports_goods_musd"])


@pytest.mark.slow
def test_a_decision_on_an_issue_that_is_gone_can_be_taken_back(root, tmp_path):
    issue = _issue(root)["issue"]
    decide(root, issue, Wish("accept", "as printed", "ada"))
    file = tmp_path / f"{MONTH}.right.txt"
    file.write_text(three_years())
    ingest(root, file)
    assert "every_decision_matches_its_issue" in _red(_run(root))
    assert _review(root, "reopen", issue, "--reason", "the publisher mended it", "--no-run").exit_code == 0
    assert _red(_run(root)) == set()
    # Without any document of the family the issue is history, not forgotten.
    shutil.rmtree(root.path("raw", MONTH))
    _run(root)
    assert _issue(root)["state"] == "gone"


@pytest.mark.slow
def test_days_that_make_no_sense_are_refused(root):
    issue = _issue(root)["issue"]
    for wish, said in (
        (Wish("accept", "x", "ada", expires_on="2020-01-01"), "would never be in force"),
        (Wish("accept", "x", "ada", expires_on="20990101"), "expected a day, YYYY-MM-DD"),
        (Wish("accept", "x", "ada", told_publisher_on="2150-01-01"), "cannot have been told"),
        (Wish("accept", "...", "ada"), "needs a reason"),
        (Wish("accept", "x", "a\x1b[31mda"), "plain text"),
    ):
        with pytest.raises(ReviewError, match=said):
            decide(root, issue, wish)
    assert read_decisions(root, MONTH) == ({}, [])


@pytest.mark.slow
def test_a_damaged_document_of_another_family_stops_no_decision_and_shows_on_the_page(root):
    other = ingest(root, shipped_document("uscc", "2013-01"), release_month=MONTH).document
    _run(root)
    issue = read_partition(root, ISSUES, MONTH).set_index("family").loc["ft900", "issue"]
    root.write(b"damaged", *other.path.split("/"))
    decide(root, issue, Wish("accept", "as printed", "ada"))
    with dg.DagsterInstance.ephemeral() as instance:
        (run,) = run_months(root, [MONTH], instance)
    assert not run.is_success
    page = root.read("reports", f"{MONTH}.html").decode()
    assert other.path in page and "as printed" in page
