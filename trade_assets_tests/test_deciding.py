"""What a reviewer asks for, over an issue made of a few figures: which cells a decision names, what is refused and in which words."""

import datetime as dt
import hashlib
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from trade_assets.documents.wanted_month import NothingError
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import ISSUES
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.findings import Finding, Suspect
from trade_assets.identities.rules import rule
from trade_assets.reading import ReadError
from trade_assets.review import actions
from trade_assets.review.actions import Opened, ReviewError, Wish, decide, known_issues, months_not_built, open_issue, shown
from trade_assets.review.consequence import Consequence
from trade_assets.review.decisions import DecidedCell, Decision, read_decisions, write_decision
from trade_assets.review.issues import Issue
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.printed_facts import facts_of, figure

NAME, SHA256, MONTH, TODAY = "0123456789ab", "a" * 64, "2021-02", dt.date(2021, 3, 1)
SUM = rule("goods_plus_services_equals_total")
# 1,012 for 1,021: lines 1 to 3 are a sum that misses by nine; line 4 stands in nothing that is violated.
PRINTS = [("exports.total", "value", "2020-03", "1,330"), ("exports.goods", "value", "2020-03", "1,012"),
          ("exports.services", "value", "2020-03", "309"), ("imports.goods", "value", "2020-03", "7")]  # fmt: skip
ENTRY = Decision("", 1, NAME, "accept", "as printed", "ada", "2021-03-01", SHA256, (DecidedCell(2, 0, "1,012"),))


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path / "data")


def _opened(suspects=((1, "1,021"),), sets=((0,),), certainty="certain", entries=(), place=(), violated=1, **more):
    facts = facts_of(*PRINTS)
    facts.place.update(dict(place))
    evaluation = evaluate((SUM,), facts)
    found = tuple(Suspect(cell, (0,), None, figure(text) if text else None) for cell, text in suspects)
    issue = Issue(NAME, Finding(evaluation.violated * violated, found, sets, certainty, **more), facts, Consequence(0.0, ()))
    document = SimpleNamespace(family="ft900", path="raw/2021-02/a.txt", sha256=SHA256)
    return Opened(MONTH, document, list(facts.place["text"]), facts, evaluation, issue, tuple(entries))


@pytest.fixture
def asked(monkeypatch):
    """Decide an issue that is opened as it is made; what is written is kept."""
    written = []
    monkeypatch.setattr(actions, "write_decision", lambda root, month, decision: written.append((root, month, decision)))

    def ask(opened, action="accept", *, reason="because", reviewer="ada", **more):
        monkeypatch.setattr(actions, "open_issue", lambda root, issue: opened if (root, issue) == ("root", NAME[:5]) else None)
        month, decision = decide("root", NAME[:5], Wish(action, reason, reviewer, **more), TODAY)
        assert written == [("root", month, decision)]
        return month, decision

    ask.written = written
    return ask


# What is written


def test_a_decision_has_all_that_the_reviewer_and_the_document_say(asked):
    more = {"expires_on": "2021-06-30", "told_publisher_on": "2021-02-27", "publisher_answer": "soon"}
    month, decision = asked(_opened(entries=[ENTRY, ENTRY]), "withhold", reason=" two\n  lines ", reviewer=" ada b ", **more)
    assert month == MONTH
    cells = (DecidedCell(2, 0, "1,012"),)
    assert decision == Decision("", 3, NAME, "withhold", "two lines", "ada b", "2021-03-01", SHA256, cells, **more)


@pytest.mark.parametrize(
    ("opened", "action", "values", "cells"),
    [
        # All that is withheld is decided on, in the order of the document; a corrected cell has its figure.
        (_opened(), "accept", (), [(2, None)]),
        (_opened(((2, None), (1, None)), ((0,), (1,))), "withhold", (), [(2, None), (3, None)]),
        (_opened((), ()), "accept", (), [(1, None), (2, None), (3, None)]),
        (_opened(), "correct", ("1,021",), [(2, "1,021")]),
        (_opened(), "correct", (" 1,021 ",), [(2, "1,021")]),
        (_opened(), "correct", ("3=318",), [(2, None), (3, "318")]),
        (_opened(), "correct", ("2:=1,021",), [(2, "1,021")]),
        (_opened(), "correct", ("1:0=1,321",), [(1, "1,321"), (2, None)]),
        (_opened(((1, None), (2, None)), ((0, 1),)), "correct", ("2=1,015", "3=315"), [(1, None), (2, "1,015"), (3, "315")]),
    ],
)  # fmt: skip
def test_the_cells_of_a_decision_are_those_withheld_and_those_corrected(asked, opened, action, values, cells):
    _, decision = asked(opened, action, values=values)
    assert [(cell.line, cell.value) for cell in decision.cells] == cells
    assert [cell.text for cell in decision.cells] == [PRINTS[cell.line - 1][3] for cell in decision.cells]


def test_force_is_written_down_and_leaves_out_the_question_what_stays_violated(asked):
    decision = asked(_opened(), "correct", values=("9",), is_forced=True)[1]
    assert decision.is_forced is True and decision.cells == (DecidedCell(2, 0, "1,012", "9"),)


# What is refused


@pytest.mark.parametrize(
    ("opened", "values", "said"),
    [
        (_opened(), ("1,012",), f"1 identity would still be violated: {SUM.name} misses by 9, rounding allows 1{SUM.note}. "
         "To do: correct the value, or add --force"),
        (_opened(), ("1,019",), f"1 identity would still be violated: {SUM.name} misses by 2, rounding allows 1{SUM.note}. "
         "To do: correct the value, or add --force"),
        (_opened(), (), "which value? --value 1,021, or LINE=FIGURE"),
        (_opened(((1, None),)), (), "which value? --value FIGURE, or LINE=FIGURE"),
        (_opened(((1, None), (2, "318")), ((0,), (1,))), (), "which value? --value FIGURE, or LINE=FIGURE"),
        (_opened((), ()), (), "which value? --value FIGURE, or LINE=FIGURE"),
        (_opened(), ("--",), "expected a figure as it would be printed, such as 36,854, found '--'"),
        (_opened(), ("2=",), "expected a figure as it would be printed, such as 36,854, found ''"),
        (_opened(), ("2=x=1,021",), "expected LINE=FIGURE or LINE:START=FIGURE, found '2=x' before '='"),
        (_opened(), ("3 = 318",), "expected LINE=FIGURE or LINE:START=FIGURE, found '3 ' before '='"),
        (_opened(), ("2=1,021", "x=1"), "expected LINE=FIGURE or LINE:START=FIGURE, found 'x' before '='"),
        (_opened(), (":0=1,021",), "expected LINE=FIGURE or LINE:START=FIGURE, found ':0' before '='"),
        (_opened(), ("2:-1=1,021",), "expected LINE=FIGURE or LINE:START=FIGURE, found '2:-1' before '='"),
        (_opened(), ("4=8",), "no figure of the issue is at 4; give one of 1:0 1,330, 2:0 1,012, 3:0 309"),
        (_opened(), ("2:1=8",), "no figure of the issue is at 2:1; give one of 1:0 1,330, 2:0 1,012, 3:0 309"),
        # A suspect of no violated identity is one of the issue's figures too.
        (_opened(((3, None),)), ("9=8",), "no figure of the issue is at 9; give one of 1:0 1,330, 2:0 1,012, 3:0 309, 4:0 7"),
        (_opened(place={"line": [1, 2, 2, 4], "start": [0, 0, 7, 0]}), ("2=1,021",),
         "more than one figure of the issue is at 2; give one of 2:0 1,012, 2:7 309"),
        (_opened((), ()), ("1,021",), "it is not clear which figure is meant; give LINE=FIGURE, or LINE:START=FIGURE"),
        (_opened(((1, None), (2, None)), ((0, 1),)), ("1,021",),
         "it is not clear which figure is meant; give LINE=FIGURE, or LINE:START=FIGURE"),
        (_opened(certainty="ambiguous"), ("1,021",), "it is not clear which figure is meant; give LINE=FIGURE, or LINE:START=FIGURE"),
    ],
)  # fmt: skip
def test_what_cannot_be_corrected_is_refused_in_so_many_words(asked, opened, values, said):
    with pytest.raises(ReviewError) as refused:
        asked(opened, "correct", values=values)
    assert str(refused.value) == said
    assert asked.written == []


def test_of_many_identities_that_stay_violated_three_are_named(asked):
    opened = _opened()
    (places,) = opened.evaluation.bound
    missed = f"{SUM.name} misses by 9, rounding allows 1{SUM.note}"
    for number in (2, 3, 4):
        several = replace(opened, evaluation=replace(opened.evaluation, bound=(places,) * number))
        with pytest.raises(ReviewError) as refused:
            asked(several, "correct", values=("1,012",))
        assert str(refused.value) == (
            f"{number} identities would still be violated: {'; '.join([missed] * min(number, 3))}. To do: correct the value, or add --force"
        )


@pytest.mark.parametrize("start", ["0", "7"])
def test_of_two_figures_on_a_line_the_offset_tells_which(asked, start):
    opened = _opened(place={"line": [1, 2, 2, 4], "start": [0, 0, 7, 0]})
    _, decision = asked(opened, "correct", values=(f"2:{start}=55",), is_forced=True)
    assert [cell.start for cell in decision.cells if cell.value == "55"] == [int(start)]


def test_twenty_places_of_a_large_issue_are_named(asked):
    facts = facts_of(*((f"s{at}", "value", "2020", str(at)) for at in range(25)))
    opened = _opened()
    wide = replace(opened.issue.violated[0], cells=tuple(range(25)))
    finding = replace(opened.issue.finding, violated=(wide,), suspects=(), explanations=())
    with pytest.raises(ReviewError) as refused:
        asked(replace(opened, issue=replace(opened.issue, facts=facts, finding=finding)), "correct", values=("99=1",))
    named = ", ".join(f"{at + 1}:0 {at}" for at in range(20))
    assert str(refused.value) == f"no figure of the issue is at 99; give one of {named}"


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish("approve", "x", "ada"), "expected one of accept, correct, withhold, reopen, found 'approve'"),
        (Wish("accept", "...", "ada"), "a decision needs a reason and a reviewer: --reason '...' and --reviewer NAME"),
        (Wish("accept", "x", ""), "a decision needs a reason and a reviewer: --reason '...' and --reviewer NAME"),
        (Wish("withhold", "x", "ada", values=("1",)), "--value goes with 'correct' only"),
        (Wish("reopen", "x", "ada", values=("1",)), "--value goes with 'correct' only"),
        (Wish("reopen", "", "ada"), "a decision needs a reason and a reviewer: --reason '...' and --reviewer NAME"),
        (Wish("accept", "x", "ada", expires_on=""), "expected a day, YYYY-MM-DD, after --expires, found ''"),
        (Wish("accept", "x", "ada", told_publisher_on=""), "expected a day, YYYY-MM-DD, after --told, found ''"),
        (Wish("accept", "x", "ada", publisher_answer="a\tb"), "reviewer and answer are one line of plain text each"),
        (Wish("accept", "x", "ada", expires_on="2021-03-01"),
         "a decision that expires on 2021-03-01 would never be in force; give a day after 2021-03-01"),
        (Wish("accept", "x", "ada", told_publisher_on="2021-03-02"),
         "the publisher cannot have been told on 2021-03-02; give a day up to 2021-03-01"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_before_anything_is_opened(monkeypatch, wish, said):
    monkeypatch.setattr(actions, "open_issue", lambda *_: pytest.fail("opened"))
    with pytest.raises(ReviewError) as refused:
        decide("root", NAME, wish, TODAY)
    assert str(refused.value) == said


# Taking back


def test_taking_back_needs_the_file_of_the_decision_only(root):
    first = replace(ENTRY, sha256="b" * 64)
    for entry in (first, replace(ENTRY, number=2)):
        write_decision(root, MONTH, entry)
    month, decision = decide(root, NAME[:3], Wish("reopen", " a\n mistake", " bob "), TODAY)
    assert month == MONTH
    assert decision == Decision("", 3, NAME, "reopen", "a mistake", "bob", "2021-03-01", SHA256, ())
    ((entries,), errors) = read_decisions(root, MONTH)[0].values(), read_decisions(root, MONTH)[1]
    assert [entry.action for entry in entries] == ["accept", "accept", "reopen"] and errors == []
    with pytest.raises(ReviewError, match=f"^issue '{NAME}' is not decided under "):
        decide(root, NAME, Wish("reopen", "again", "bob"), TODAY)


@pytest.fixture
def decided(root):
    """Decisions in two months, and a folder that is no month."""
    for month, name in (("2021-01", "01234c000000"), (MONTH, NAME), (MONTH, "01234d000000")):
        write_decision(root, month, replace(ENTRY, issue=name))
    root.write(b"no month", "reviews", "notes", "x.yaml")
    return root


@pytest.mark.parametrize(
    ("asked_for", "said"),
    [
        ("", "issue '' is not decided under {}. To do: 'trade-assets review list --all' shows what is"),
        ("f", "issue 'f' is not decided under {}. To do: 'trade-assets review list --all' shows what is"),
        ("0123", "more than one issue begins with '0123'. To do: 'trade-assets review list --all' shows what is"),
    ],
)  # fmt: skip
def test_what_is_taken_back_must_be_the_one_decision_with_its_beginning(decided, asked_for, said):
    with pytest.raises(ReviewError) as refused:
        decide(decided, asked_for, Wish("reopen", "x", "ada"), TODAY)
    assert str(refused.value) == said.format(decided.url)


@pytest.mark.parametrize(
    ("asked_for", "month", "name"), [("01234c", "2021-01", "01234c000000"), ("01234d", MONTH, "01234d000000"), (NAME, MONTH, NAME)]
)
def test_what_is_taken_back_is_found_in_whichever_month(decided, asked_for, month, name):
    found, decision = decide(decided, asked_for, Wish("reopen", "x", "ada"), TODAY)
    assert (found, decision.issue, decision.number) == (month, name, 2)


# What is known


def _known(root, *issues):
    """Write issues, each as (month, family, line, id)."""
    rows = [
        {column.name: None for column in ISSUES.columns} | {"release_month": month, "family": family, "line": line, "issue": name}
        for month, family, line, name in issues
    ]
    for month in {row["release_month"] for row in rows}:
        write_partition(root, ISSUES, month, conform(pd.DataFrame([row for row in rows if row["release_month"] == month]), ISSUES))


def test_known_issues_stand_by_month_family_and_line(root):
    found = [("2021-02", "mxp", 1, "c"), ("2021-02", "ft900", 9, "b"), ("2021-02", "ft900", 8, "a"), ("2021-01", "uscc", 99, "d")]
    _known(root, *((*rest, name * 12) for *rest, name in found))
    assert [name[0] for name in known_issues(root)["issue"]] == ["d", "a", "b", "c"]
    assert [name[0] for name in known_issues(root, "2021-02")["issue"]] == ["a", "b", "c"]
    assert known_issues(root)["line"].tolist() == [99, 8, 9, 1] and known_issues(root).index.tolist() == [0, 1, 2, 3]
    assert known_issues(root, "2021-03").empty


def _put(root, *months):
    for month in months:
        root.write(b"", "raw", month, "x.txt")


def test_a_month_whose_issues_nobody_looked_for_is_said(root):
    with pytest.raises(NothingError, match="there is no document under"):
        months_not_built(root)
    _put(root, "2021-01", "2021-02")
    with pytest.raises(ReviewError) as refused:
        months_not_built(root)
    assert str(refused.value) == f"nobody knows the issues of 2021-01, 2021-02 yet under {root.url}. To do: 'trade-assets run'"
    with pytest.raises(ReviewError) as refused:
        months_not_built(root, "2021-02")
    assert str(refused.value) == (f"nobody knows the issues of 2021-02 yet under {root.url}. To do: 'trade-assets run --month 2021-02'")
    with pytest.raises(NothingError, match="there is no document of 2021-03 under"):
        months_not_built(root, "2021-03")


def test_where_some_months_are_built_the_others_are_named(root):
    _put(root, "2021-01", "2021-02", "2021-03")
    write_partition(root, ISSUES, "2021-02", empty(ISSUES))
    assert months_not_built(root) == ["2021-01", "2021-03"]
    assert months_not_built(root, "2021-02") == []
    with pytest.raises(ReviewError, match=r"^nobody knows the issues of 2021-03 yet"):
        months_not_built(root, "2021-03")
    # Issues of former documents are known without any document.
    _known(root, ("2020-12", "ft900", 1, "a" * 12))
    assert months_not_built(root, "2020-12") == []


def test_an_issue_must_be_the_only_one_with_its_beginning(root):
    with pytest.raises(NothingError, match="there is no document under"):
        open_issue(root, "a")
    _put(root, MONTH)
    _known(root, (MONTH, "ft900", 1, "ab" * 6), (MONTH, "ft900", 2, "ac" * 6), ("2021-01", "ft900", 2, "ac" * 6))
    for asked_for, found in (("a", "abababababab, acacacacacac"), ("", "none"), ("b", "none")):
        with pytest.raises(ReviewError) as refused:
            open_issue(root, asked_for)
        said = f"expected one issue with the id {asked_for!r} under {root.url}, found {found}"
        assert str(refused.value) == f"{said}. To do: 'trade-assets review list --all' shows them"


# The document that shows it


def _document(product, family="ft900", reference_month="2020-12"):
    return SimpleNamespace(family=family, product=product, path=f"raw/{product}", reference_month=reference_month, sha256=product)


def _unreadable(path):
    return ReadError(path, expected="a table", found="prose", todo="fetch it again")


@pytest.fixture
def stored(root, monkeypatch):
    """A month of documents, each with the ids of the issues that it shows, or with nothing that could be read; then one is opened."""
    _put(root, MONTH)
    _known(root, (MONTH, "ft900", 1, NAME))
    issue = _opened().issue

    def reading(data, path):
        if data is None:
            raise _unreadable(path)
        return SimpleNamespace(printed=[f"a line of {path}"], shows=data)

    def examined(facts, family, month, product):
        assert (family, month) == ("ft900", MONTH) and facts.product == product
        return "evaluation", [replace(issue, id=name) for name in facts.shows]

    monkeypatch.setattr(actions, "reading_of", reading)
    monkeypatch.setattr(actions, "examine", examined)

    def opened(*documents, damaged=()):
        monkeypatch.setattr(
            actions, "survey", lambda *_: ([(document, is_current) for document, is_current, _ in documents], list(damaged))
        )
        monkeypatch.setattr(actions, "content", lambda _, document: next(shows for each, _, shows in documents if each is document))
        of = {f"raw/{document.product}": document.product for document, _, _ in documents}
        facts = SimpleNamespace(of_reading=lambda found: SimpleNamespace(shows=found.shows, product=of[found.printed[0][10:]]))
        monkeypatch.setattr(actions, "Facts", facts)
        return open_issue(root, NAME)

    return opened


def test_of_the_current_documents_of_the_family_the_one_that_shows_the_issue_is_opened(stored):
    former, other = (_document("former"), False, [NAME]), (_document("other", "mxp"), True, [NAME])
    found = stored(former, other, (_document("first"), True, ["b" * 12]), (_document("second"), True, ["c" * 12, NAME]))
    assert (found.document.product, found.lines, found.release_month) == ("second", ["a line of raw/second"], MONTH)
    assert found.issue.id == NAME and found.evaluation == "evaluation" and found.entries == ()


def test_a_document_that_cannot_be_read_does_not_hide_the_one_that_shows_the_issue(stored):
    assert stored((_document("first"), True, None), (_document("second"), True, [NAME])).document.product == "second"


def test_if_none_shows_it_the_first_that_could_not_be_read_is_said(stored):
    with pytest.raises(ReadError, match="raw/first: expected a table, found prose"):
        stored((_document("whole"), True, []), (_document("first"), True, None), (_document("second"), True, None))
    with pytest.raises(ReviewError) as refused:
        stored((_document("whole"), True, ["b" * 12]))
    assert str(refused.value) == f"no document of {MONTH} shows issue {NAME} any more. To do: run the month again"
    with pytest.raises(ReviewError) as refused:
        stored((_document("former"), False, [NAME]), (_document("other", "mxp"), True, [NAME]))
    assert str(refused.value) == f"ft900 has no document in {MONTH} any more. To do: run the month again; the issue will be gone"


def test_a_damaged_document_of_the_family_is_said_first_and_one_of_another_does_not_matter(stored):
    other = SimpleNamespace(family="mxp", error=_unreadable("raw/other"))
    mine = SimpleNamespace(family="ft900", error=_unreadable("raw/mine"))
    shows = (_document("first"), True, [NAME])
    assert stored(shows, damaged=[other]).document.product == "first"
    with pytest.raises(ReadError, match="raw/mine: expected a table"):
        stored(shows, damaged=[other, mine])


def test_the_second_release_of_a_month_with_the_same_wrong_figure_is_opened_by_its_own_id(stored, root):
    """Its id is that of the figure and its own reference month; the figure's alone is the first release's."""
    shows = [(_document("first"), True, [NAME]), (_document("second", reference_month="2021-01"), True, [NAME])]
    assert stored(*shows).document.product == "first"
    own = hashlib.sha256(f"{NAME} 2021-01".encode()).hexdigest()[:12]
    _known(root, (MONTH, "ft900", 1, own))
    found = open_issue(root, own)
    assert (found.document.product, found.issue.id) == ("second", own)


# What is shown


def test_an_issue_is_shown_with_its_history_and_how_to_decide_it():
    lines = list(shown(_opened(entries=[ENTRY, replace(ENTRY, action="reopen", reason="a mistake", cells=())])))
    assert lines[0] == "2021-02  ft900  raw/2021-02/a.txt"
    assert lines[1] == f"CERTAIN {NAME}  line 2: 1,012 (exports.goods 2020-03) is wrong, 1,021 would fit"
    assert lines[-6:] == [
        "    decided: accepted as published by ada on 2021-03-01: as printed",
        "    decided: reopened by ada on 2021-03-01: a mistake",
        "  To decide it:",
        f"    trade-assets review accept {NAME} --reason '...'    # The publisher printed it so, and it stands",
        f"    trade-assets review correct {NAME} --value 1,021 --reason '...'    # It should read 1,021",
        f"    trade-assets review withhold {NAME} --reason '...'    # Nobody can tell yet, and it stays out",
    ]
    assert [line for line in shown(_opened()) if "decided" in line] == []
