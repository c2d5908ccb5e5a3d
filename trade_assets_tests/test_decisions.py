"""What a decision binds: the document, the print, what it leaves violated, and its file. No run is needed to tell.

In the made release exports of goods in March 2020 are 1,021 (1000 + 3 × 7), services 309, the total 1,330, all three in
sums of three figures that rounding lets miss by one and in a year of thirteen that it lets miss by six.
"""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from trade_assets.review import actions
from trade_assets.review.actions import ReviewError, Wish, decide, known_issues, open_issue, shown
from trade_assets.review.decisions import MAX_BYTES, DecidedCell, Decision, DecisionError, read_decisions, why_not_in_force, write_decision
from trade_assets_tests.made_release import MONTH, cell, line_of
from trade_assets_tests.made_store import TODAY, MadeStore

GOODS = cell(3, 4)
LINE = line_of(GOODS)
INFERRED = " (inferred: no publisher states the rule)"
SUM, BALANCE, YEAR = "goods_plus_services_equals_total", "balance_equals_exports_minus_imports", "year_equals_sum_of_months"


@pytest.fixture(scope="module")
def proven(tmp_path_factory):
    """A store whose release has two digits of exports of goods in March transposed, 1,012 for 1,021, and its issue."""
    made = MadeStore(tmp_path_factory.mktemp("made"), {GOODS: "1,012"})
    return made, made.issue()["issue"]


@pytest.fixture
def store(proven, tmp_path):
    """A copy of the store, to decide in."""
    return proven[0].copied(tmp_path)


@pytest.fixture
def issue(proven):
    """The id of the issue."""
    return proven[1]


def _decide(store, issue, action="accept", **more):
    return decide(store.root, issue, Wish(action, "because", "ada", **more), TODAY)[1]


def _file(store, issue):
    return store.root.read("reviews", MONTH, f"{issue}.yaml").decode()


def _write(store, issue, text):
    store.root.write(text.encode(), "reviews", MONTH, f"{issue}.yaml")


# What the decision says


def test_a_decision_says_who_what_why_when_and_of_which_document(store, issue):
    decision = _decide(store, issue, expires_on="2021-06-30", told_publisher_on="2021-02-28", publisher_answer="it will be revised")
    assert (decision.issue, decision.action, decision.number, decision.decided_on) == (issue, "accept", 1, "2021-03-01")
    assert (decision.reason, decision.reviewer) == ("because", "ada")
    assert decision.sha256 == store.document.sha256
    assert decision.cells == (DecidedCell(LINE, 0, "1,012"),)
    assert _file(store, issue).splitlines() == [
        "- action: accept", "  reason: because", "  reviewer: ada", "  decided_on: '2021-03-01'", "  expires_on: '2021-06-30'",
        "  told_publisher_on: '2021-02-28'", "  publisher_answer: it will be revised", f"  sha256: {store.document.sha256}", "  cells:",
        f"  - line: {LINE}", "    start: 0", "    text: 1,012",
    ]  # fmt: skip
    ((kept,),) = store.decisions().values()
    assert kept.sentence == "accepted as published by ada on 2021-03-01, until 2021-06-30: because"
    assert (kept.told_publisher_on, kept.publisher_answer, kept.is_forced) == ("2021-02-28", "it will be revised", False)
    assert kept.path == f"reviews/{MONTH}/{issue}.yaml"


def test_each_entry_has_its_number_and_only_the_last_one_decides(store, issue):
    assert [_decide(store, issue, action).number for action in ("accept", "withhold", "reopen")] == [1, 2, 3]
    assert _decide(store, issue, "correct", values=("1,021",)).number == 4
    rows, lingering = store.decided()
    assert [(row["entry"], row["action"], row["is_in_force"]) for row in rows] == [
        (1, "accept", False), (2, "withhold", False), (3, "reopen", False), (4, "correct", True),
    ]  # fmt: skip
    assert [row["why_not"] for row in rows[:3]] == ["a later entry follows"] * 3 and pd.isna(rows[3]["why_not"])
    assert rows[3]["effect"] == "1 figure published as corrected" and rows[3]["cells"] == f"line {LINE}: 1,012 -> 1,021"
    assert lingering == []


@pytest.mark.parametrize(
    ("action", "effect", "held"),
    [("accept", "figures published as printed", 0), ("withhold", "figures withheld", 1)],
)
def test_what_a_decision_does_to_the_figures(store, issue, action, effect, held):
    _decide(store, issue, action)
    proof = store.prove()
    assert proof.issues["state"].tolist() == ["decided"]
    assert len(proof.in_doubt) == proof.issues["withheld"][0] == held
    assert proof.corrections.empty
    assert [row["effect"] for row in store.decided()[0]] == [effect]


def test_an_issue_is_new_then_open_then_gone(store, issue):
    assert store.issue()["state"] == "new"
    _decide(store, issue)
    _decide(store, issue, "reopen")
    assert store.issue()["state"] == "open"
    assert store.decided()[0][-1]["why_not"] == "reopened" and store.decided()[1] == []
    store.put({})
    row = store.issue()
    assert (row["state"], row["withheld"]) == ("gone", 0) and pd.isna(row["decision"])
    assert store.issue()["state"] == "gone"
    assert known_issues(store.root, MONTH)["issue"].tolist() == [issue] and known_issues(store.root, "2021-03").empty


# What it is bound to


def test_a_decision_is_bound_to_the_bytes_of_the_document(store, issue):
    """The re-issue prints the same wrong figure, and differs elsewhere: 309 services and 1,330 in total become 310 and 1,331."""
    _decide(store, issue)
    assert store.issue()["state"] == "decided"
    store.put({GOODS: "1,012", cell(3, 5): "310", cell(3, 3): "1,331"})
    row = store.issue()
    assert (row["issue"], row["state"], row["withheld"]) == (issue, "open", 1)
    assert row["history"].endswith("in force no more: the document has changed since")
    rows, lingering = store.decided()
    assert rows[0]["is_in_force"] is False and rows[0]["why_not"] == "the document has changed since"
    assert lingering == [
        f"reviews/{MONTH}/{issue}.yaml: the decision of 2021-03-01 by ada is in force no more: the document has changed since. "
        f"To do: decide anew, or 'trade-assets review reopen {issue}'."
    ]


_ENTRY = Decision("", 1, "0" * 12, "accept", "x", "ada", "2021-03-01", "a" * 64, (DecidedCell(7, 3, "12"), DecidedCell(9, 0, "5")))


@pytest.mark.parametrize(
    ("sha256", "texts", "said"),
    [
        ("a" * 64, {(7, 3): "12", (9, 0): "5", (1, 1): "other"}, None),
        ("b" * 64, {(7, 3): "12", (9, 0): "5"}, "the document has changed since"),
        ("a" * 64, {(7, 3): "13", (9, 0): "5"}, "line 7 prints 13 now, not 12"),
        ("a" * 64, {(7, 3): "12", (9, 0): "(R)5"}, "line 9 prints (R)5 now, not 5"),
        ("a" * 64, {(7, 4): "12", (9, 0): "5"}, "line 7 prints something else now, not 12"),
        ("a" * 64, {}, "line 7 prints something else now, not 12"),
    ],
)
def test_a_decision_is_bound_to_every_print_that_it_is_about(sha256, texts, said):
    assert why_not_in_force(_ENTRY, sha256, texts, TODAY) == said


def test_a_decision_about_another_print_of_the_same_document_is_not_in_force(store, issue):
    """Written by hand: the line is right, the text is that of another figure."""
    _decide(store, issue)
    _write(store, issue, _file(store, issue).replace("text: 1,012", "text: 1,021"))
    row = store.issue()
    assert row["state"] == "open" and row["history"].endswith(f"in force no more: line {LINE} prints 1,012 now, not 1,021")


# What a correction leaves violated


def test_a_correction_must_satisfy_all_identities_of_the_issue(store, issue):
    """1,015 is six short of 1,021: too much for sums of three figures, and just what a year of thirteen allows."""
    with pytest.raises(ReviewError) as refused:
        _decide(store, issue, "correct", values=("1,015",))
    assert str(refused.value) == (
        f"2 identities would still be violated: {SUM} misses by 6, rounding allows 1{INFERRED}; {BALANCE} misses by 6, rounding allows 1. "
        "To do: correct the value, or add --force"
    )
    with pytest.raises(ReviewError, match=rf"3 identities would still be violated: .*{YEAR} misses by 7, rounding allows 6"):
        _decide(store, issue, "correct", values=("1,014",))
    assert store.decisions() == {}
    for value in ("1,020", "1,021", "1,022"):
        _decide(store, issue, "correct", values=(value,))
        (correction,) = store.prove().corrections.to_dict("records")
        assert (correction["text"], correction["corrected_text"], correction["corrected_value"]) == ("1,012", value, int(value[-2:]) + 1000)
        assert (correction["line"], correction["issue"], correction["corrected_decimals"]) == (LINE, issue, 0)


def test_force_takes_a_correction_that_leaves_identities_violated_and_the_file_says_so(store, issue):
    assert _decide(store, issue, "correct", values=("1,000",), is_forced=True).is_forced
    assert "  is_forced: true" in _file(store, issue).splitlines()
    row = store.issue()
    assert row["state"] == "decided" and row["decision"] == "corrected (1,012 to 1,000) by ada on 2021-03-01: because"
    # By hand the word is taken away: the correction is in force no more.
    _write(store, issue, _file(store, issue).replace("is_forced: true", "is_forced: false"))
    row = store.issue()
    assert row["state"] == "open"
    why = f"it leaves {SUM} violated (misses by 21, rounding allows 1{INFERRED}) and is not forced"
    assert row["history"].endswith(f"in force no more: {why}")


def test_a_correction_that_breaks_another_identity_is_refused(store, issue):
    """Goods are corrected rightly, and services, which are right, by nine: their sum, their balance and their year break."""
    services = line_of(cell(3, 5))
    with pytest.raises(ReviewError, match=rf"3 identities would still be violated: {SUM} misses by 9"):
        _decide(store, issue, "correct", values=("1,021", f"{services}=300"))
    # Goods stay wrong and services, balance and year move by nine with them: the issue's own three hold, six others do not.
    moved = {services: "318", line_of(cell(3, 1)): "-403", line_of(cell(0, 4)): "12,537"}
    with pytest.raises(ReviewError, match=r"^6 identities would still be violated: "):
        _decide(store, issue, "correct", values=[f"{line}={value}" for line, value in moved.items()])
    assert store.decisions() == {}


def test_a_correction_of_a_figure_beside_the_issue_is_refused_by_hand_too(store, issue):
    _decide(store, issue, "correct", values=("1,021",))
    other = line_of(cell(8, 4))  # exports of goods in August, 1000 + 8 × 7
    _write(store, issue, _file(store, issue).replace(f"line: {LINE}", f"line: {other}").replace("text: 1,012", "text: 1,056"))
    row = store.issue()
    # The August figure is in the year that the issue is about: it can be corrected there, but mends nothing.
    assert row["state"] == "open" and f"it leaves {SUM} violated" in row["history"]
    beyond = line_of(cell(8, 5))  # services in August stand in none of the issue's identities
    _write(store, issue, _file(store, issue).replace(f"line: {other}", f"line: {beyond}").replace("text: 1,056", "text: 324"))
    assert store.issue()["history"].endswith("in force no more: it corrects a figure that is none of the issue's")


# Its file


@pytest.mark.parametrize("ending", ["", "\n", "\n\n", "\n# seen by the office", "\n# seen by the office\n"])
def test_an_entry_is_appended_to_a_file_written_by_hand_whatever_it_ends_with(store, issue, ending):
    _decide(store, issue)
    written = _file(store, issue).rstrip("\n") + ending
    _write(store, issue, written)
    _decide(store, issue, "reopen")
    appended = _file(store, issue).removeprefix(written)
    assert appended.removeprefix("\n").startswith("- action: reopen\n") and appended.startswith("\n") is not ending.endswith("\n")
    assert [entry.action for entry in store.decisions()[issue]] == ["accept", "reopen"]


def test_a_file_that_cannot_be_read_takes_no_entry_and_stays_as_it_is(store, issue):
    _write(store, issue, "- action: accept\n")
    with pytest.raises(DecisionError, match=rf"^reviews/{MONTH}/{issue}\.yaml, line 1: expected a decision with reason"):
        _decide(store, issue)
    assert _file(store, issue) == "- action: accept\n"


def test_a_file_has_at_most_a_quarter_of_a_megabyte(store, issue):
    _decide(store, issue)
    entry = _file(store, issue)
    assert MAX_BYTES == 256 * 1024
    _write(store, issue, entry + "#" * (MAX_BYTES - len(entry)))
    assert [each.action for each in store.decisions()[issue]] == ["accept"]
    _write(store, issue, entry + "#" * (MAX_BYTES - len(entry) + 1))
    found, (error,) = read_decisions(store.root, MONTH)
    assert found == {}
    assert str(error) == (
        f"reviews/{MONTH}/{issue}.yaml: expected at most 262,144 bytes, found 262,145. To do: correct the file, or decide anew."
    )
    assert store.root.size("reviews", MONTH, f"{issue}.yaml") == MAX_BYTES + 1


def test_an_issue_without_an_id_has_no_file(store):
    for name in ("", "..", "0" * 11, "0" * 13, "A" * 12, "../../etc/x"):
        with pytest.raises(ValueError, match="is no issue's id"):
            write_decision(store.root, MONTH, Decision("", 1, name, "reopen", "x", "ada", "2021-03-01", "a" * 64, ()))
    with pytest.raises(ValueError, match="is no month"):
        write_decision(store.root, "2021-13", _ENTRY)
    assert store.root.names("reviews") == []


# What is asked for


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish("approve", "x", "ada"), "expected one of accept, correct, withhold, reopen, found 'approve'"),
        (Wish("accept", " . ", "ada"), "a decision needs a reason and a reviewer: --reason '...' and --reviewer NAME"),
        (Wish("accept", "x", " "), "a decision needs a reason and a reviewer: --reason '...' and --reviewer NAME"),
        (Wish("accept", "x", "a\nda"), "reviewer and answer are one line of plain text each"),
        (Wish("accept", "x", "ada", publisher_answer="a\x1b[31m"), "reviewer and answer are one line of plain text each"),
        (Wish("accept", "x", "ada", values=("1",)), "--value goes with 'correct' only"),
        (Wish("accept", "x", "ada", expires_on="1.6.2021"), "expected a day, YYYY-MM-DD, after --expires, found '1.6.2021'"),
        (Wish("accept", "x", "ada", told_publisher_on="2021-02-30"), "expected a day, YYYY-MM-DD, after --told, found '2021-02-30'"),
        (Wish("accept", "x", "ada", expires_on="2021-02-28"),
         "a decision that expires on 2021-02-28 would never be in force; give a day after 2021-03-01"),
        (Wish("accept", "x", "ada", expires_on="2021-03-01"),
         "a decision that expires on 2021-03-01 would never be in force; give a day after 2021-03-01"),
        (Wish("accept", "x", "ada", told_publisher_on="2021-03-02"),
         "the publisher cannot have been told on 2021-03-02; give a day up to 2021-03-01"),
        (Wish("correct", "x", "ada"), "which value? --value 1,021, or LINE=FIGURE"),
        (Wish("correct", "x", "ada", values=("much",)), "expected a figure as it would be printed, such as 36,854, found 'much'"),
        (Wish("correct", "x", "ada", values=("here=1,021",)), "expected LINE=FIGURE or LINE:START=FIGURE, found 'here' before '='"),
        (Wish("correct", "x", "ada", values=(f"{LINE}:x=1,021",)),
         f"expected LINE=FIGURE or LINE:START=FIGURE, found '{LINE}:x' before '='"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_is_written(store, issue, wish, said):
    with pytest.raises(ReviewError) as refused:
        decide(store.root, issue, wish, TODAY)
    assert str(refused.value) == said
    assert store.decisions() == {}


def test_the_first_and_the_last_day_that_make_sense(store, issue):
    decision = _decide(store, issue, expires_on="2021-03-02", told_publisher_on="2021-03-01")
    assert (decision.expires_on, decision.told_publisher_on) == ("2021-03-02", "2021-03-01")


@pytest.mark.parametrize("where", ["", f"{LINE}=", f"{LINE}:0="])
def test_a_figure_is_corrected_by_its_place_in_each_form(store, issue, where):
    assert _decide(store, issue, "correct", values=(f"{where} 1,021 ",)).values == {(LINE, 0): "1,021"}


def test_a_place_that_is_none_of_the_issue_is_answered_with_its_places(store, issue):
    with pytest.raises(ReviewError) as refused:
        _decide(store, issue, "correct", values=("1=1,021",))
    said = str(refused.value)
    assert said.startswith("no figure of the issue is at 1; give one of ") and f"{LINE}:0 1,012" in said
    with pytest.raises(ReviewError, match=f"no figure of the issue is at {LINE}:1; give one of"):
        _decide(store, issue, "correct", values=(f"{LINE}:1=1,021",))


def test_an_issue_is_found_by_the_beginning_of_its_id_and_nothing_else(store, issue):
    for beginning in (issue, issue[:5]):
        opened = open_issue(store.root, beginning)
        assert opened.issue.id == issue and opened.document.sha256 == store.document.sha256 and opened.entries == ()
    for wrong in ("", "0" * 12, issue + "0"):
        with pytest.raises(ReviewError, match=rf"expected one issue with the id '{wrong}' under .*, found none"):
            open_issue(store.root, wrong)
    with pytest.raises(ReviewError, match=f"issue '{issue}' is not decided"):
        _decide(store, issue, "reopen")


def test_what_is_shown_of_an_issue(store, issue):
    _decide(store, issue, "withhold")
    lines = list(shown(open_issue(store.root, issue)))
    assert lines[0] == f"{MONTH}  ft900  {store.document.path}"
    assert lines[1].startswith(f"CERTAIN {issue}  line {LINE}: 1,012 (exports.goods 2020-03) is wrong, probably 1,021 (transposed digits)")
    assert f"    {SUM} at line {line_of(cell(3, 3))}: misses by 9, rounding allows 1{INFERRED}" in lines
    assert "    decided: withheld by ada on 2021-03-01: because" in lines
    assert lines[-1] == f"    trade-assets review withhold {issue} --reason '...'    # Nobody can tell yet, and it stays out"


def test_an_issue_whose_document_changed_or_went_is_answered_with_what_to_do(store, issue):
    store.put({})
    with pytest.raises(ReviewError, match=f"no document of {MONTH} shows issue {issue} any more. To do: run the month again"):
        open_issue(store.root, issue)
    for name in store.root.names("raw", MONTH):
        Path(store.root.path("raw", MONTH, name)).unlink()
    with pytest.raises(ReviewError, match=f"ft900 has no document in {MONTH} any more. To do: run the month again; the issue will be gone"):
        open_issue(store.root, issue)


def test_of_several_documents_the_one_that_showed_the_issue_last_is_opened(store, issue):
    first = store.document.sha256
    store.put({GOODS: "1,012", cell(9, 8): "281"})
    assert store.document.sha256 != first
    store.prove()
    assert open_issue(store.root, issue).document.sha256 == store.document.sha256
    assert _decide(store, issue).sha256 == store.document.sha256


def test_the_day_of_a_decision_is_that_of_the_clock_unless_given(store, issue):
    decision = decide(store.root, issue, Wish("accept", "x", "ada"))[1]
    days = {dt.datetime.now(dt.UTC).date() - dt.timedelta(days=back) for back in (0, 1)}
    assert dt.date.fromisoformat(decision.decided_on) in days


@pytest.mark.parametrize(
    ("cells", "certainty", "is_clear"),
    [
        (1, "certain", True), (1, "likely", True), (1, "ambiguous", False),
        (2, "certain", False), (2, "likely", False), (2, "ambiguous", False),
    ],
)  # fmt: skip
def test_a_value_without_a_place_is_taken_only_where_one_figure_is_meant(monkeypatch, store, issue, cells, certainty, is_clear):
    """One cell explains the issue, and nothing else does as well: else nobody knows which figure the value is of."""
    opened = open_issue(store.root, issue)
    suspect = opened.issue.suspects[0]
    finding = replace(opened.issue.finding, suspects=(suspect,) * cells, explanations=(tuple(range(cells)),), certainty=certainty)
    changed = replace(opened, issue=replace(opened.issue, finding=finding))
    monkeypatch.setattr(actions, "open_issue", lambda *_: changed)
    wish = Wish("correct", "x", "ada", values=("1,021",), is_forced=True)
    if is_clear:
        _, decision = decide(store.root, issue, wish, TODAY)
        assert [(cell.line, cell.value) for cell in decision.cells] == [(LINE, "1,021")]
    else:
        with pytest.raises(ReviewError, match="it is not clear which figure is meant; give LINE=FIGURE, or LINE:START=FIGURE"):
            decide(store.root, issue, wish, TODAY)
        assert store.decisions() == {}
