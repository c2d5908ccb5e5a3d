"""The proof of a document over a few made facts, row by row: issues and their states, violations, doubt, suspects, corrections."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import FACTS, ISSUES, UNJUDGED
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.findings import Finding, Suspect
from trade_assets.identities.forms import Printed
from trade_assets.identities.rules import rule, rules_of
from trade_assets.review import proof as proofs
from trade_assets.review.consequence import Consequence
from trade_assets.review.decisions import DecidedCell, Decision
from trade_assets.review.issues import Issue, unjudged_id
from trade_assets.review.proof import Ruled, as_figure, corrected_cells, prove, rule_on, wrong_correction
from trade_assets_tests.printed_facts import facts_of

MONTH, SHA256, OTHER, TODAY = "2021-02", "a" * 64, "b" * 64, dt.date(2021, 3, 1)
SUM = rule("goods_plus_services_equals_total")
MISSED = f"{SUM.name} misses by 9, rounding allows 1{SUM.note}"
# 1,330 = 1,012 + 309 misses by nine; nothing else takes part in anything. A dash on line 5 is no figure.
EXPORTS = (("total", "1,330"), ("goods", "1,012"), ("services", "309"))
IMPORTS = (("total", "1,339"), ("goods", "1,012"), ("services", "318"))


def _facts(exports=EXPORTS, flow="exports", **more):
    """The tidy facts of a document that prints these, each on a line of its own from the eleventh on."""
    rows = [
        dict.fromkeys(FACTS["ft900"].by_name)
        | {
            "release_month": MONTH, "sha256": SHA256, "product": "", "reference_month": "2020-12", "table": "goods_and_services", "row": 1,
            "column": f"{flow}_{kind}_musd", "label": "March", "series": f"{flow}.{kind}", "series_label": kind, "measure": "value",
            "period": "2020-03", "value": float(text.replace(",", "")), "decimals": 0, "unit": "million USD", "flags": "", "line": line,
            "start": 2, "end": 2 + len(text), "text": text,
        }
        | more
        for line, (kind, text) in enumerate(exports, start=11)
    ]  # fmt: skip
    return conform(pd.DataFrame(rows), FACTS["ft900"])


@pytest.fixture
def proven(monkeypatch):
    """Prove facts, without the tables that people query."""
    monkeypatch.setattr(proofs, "VALIDATED", ())

    def of(*facts, former=None, **more):
        below = pd.concat(facts, ignore_index=True) if facts else empty(FACTS["ft900"])
        return prove(below, "ft900", empty(ISSUES) if former is None else former, today=TODAY, **more)

    return of


@pytest.fixture(scope="module")
def name():
    """The id of the issue, which is of the facts, whatever they read."""
    (found,) = prove(_facts(), "ft900", empty(ISSUES), today=TODAY).issues["issue"]
    return found


def _rows(frame):
    """The rows of a table, without what is missing."""
    return [{key: value for key, value in row.items() if not pd.isna(value)} for row in frame.to_dict("records")]


def _former(*rows):
    usual = dict.fromkeys(ISSUES.by_name) | {
        "release_month": MONTH,
        "family": "ft900",
        "sha256": SHA256,
        "rank": 1,
        "line": 1,
        "withheld": 7,
    }
    return conform(pd.DataFrame([usual | row for row in rows]), ISSUES) if rows else empty(ISSUES)


def _decision(name, action="accept", value=None, **more):
    usual = {"path": "p", "number": 1, "issue": name, "action": action, "reason": "x", "reviewer": "ada", "decided_on": "2021-02-28"}
    return Decision(**usual | {"sha256": SHA256, "cells": (DecidedCell(12, 2, "1,012", value),)} | more)


ABOUT = {"release_month": MONTH, "family": "ft900", "sha256": SHA256, "reference_month": "2020-12"}


# One document


def test_the_scoreboard_counts_each_identity_of_the_family(proven):
    scores = proven(_facts()).verdicts.set_index("identity")
    assert scores.index.tolist() == [each.name for each in rules_of("ft900")]
    assert scores.loc[SUM.name, ["holds", "violated", "not_evaluable"]].tolist() == [0, 1, 0]
    assert scores[["violated", "sha256", "family"]].drop(SUM.name).drop_duplicates().to_numpy().tolist() == [[0, SHA256, "ft900"]]
    assert proven(_facts((("total", "1,321"), *EXPORTS[1:]))).verdicts.set_index("identity").loc[SUM.name, "holds"] == 1


def test_an_issue_is_a_row(proven, name):
    lines = ["", *["x"] * 10, "  1,012"]
    (row,) = _rows(proven(_facts(), lines={SHA256: lines, OTHER: []}).issues)
    title = "1,012 (exports.goods 2020-03) is probably wrong, 1,021 would fit (transposed digits)"
    assert row == ABOUT | {
        "issue": name, "state": "new", "certainty": "likely", "rank": 1, "effect": 0.0, "title": title, "marked_line": "  »1,012«",
        "line": 12, "last_line": 12, "where": "line 12", "violated": 1, "suspects": 3, "withheld": 3, "is_cut": False,
    }  # fmt: skip
    assert "marked_line" not in _rows(proven(_facts(), lines={OTHER: lines}).issues)[0]
    assert "marked_line" not in _rows(proven(_facts()).issues)[0]


def test_an_issue_of_several_lines_has_its_first_and_its_last(proven, monkeypatch):
    examine = proofs.examine

    def of_all_three(*given):
        evaluation, (issue,) = examine(*given)
        return evaluation, [replace(issue, finding=replace(issue.finding, explanations=((0, 1, 2),), pattern="shifted"))]

    monkeypatch.setattr(proofs, "examine", of_all_three)
    (row,) = _rows(proven(_facts()).issues)
    assert (row["line"], row["last_line"], row["pattern"], row["title"]) == (11, 13, "shifted", "shifted")


def test_a_violated_place_is_a_row_for_each_of_its_cells(proven, name):
    assert [
        (row["identity"], row["place"], row["gap"], row["allowed"], row["is_total"], row["issue"], row["series"], row["line"])
        for row in _rows(proven(_facts()).violations)
    ] == [(SUM.name, 0, "9", "1", at == 0, name, f"exports.{kind}", 11 + at) for at, (kind, _) in enumerate(EXPORTS)]
    # The gap has no sign, and two places have two numbers.
    two = proven(_facts((("total", "1,312"), *EXPORTS[1:])), _facts(IMPORTS, "imports", sha256=OTHER, product="annual")).violations
    assert two[["place", "gap", "sha256"]].drop_duplicates().to_numpy().tolist() == [[0, "9", SHA256], [0, "9", OTHER]]
    both = proven(pd.concat([_facts(), _facts(IMPORTS, "imports")], ignore_index=True)).violations
    assert both["place"].tolist() == [0, 0, 0, 1, 1, 1] and both["is_total"].tolist() == [True, False, False] * 2


def test_the_figures_in_doubt_have_their_identities_and_their_issue(proven, name):
    doubt = proven(_facts()).in_doubt
    assert doubt[["series", "text", "line", "identities", "issue", "family"]].to_numpy().tolist() == [
        [f"exports.{kind}", text, 11 + at, MISSED, name, "ft900"] for at, (kind, text) in enumerate(EXPORTS)
    ]
    assert proven(_facts((("total", "1,321"), *EXPORTS[1:]))).in_doubt.empty


def test_suspects_stand_in_their_rank_with_what_they_should_read(proven, name):
    rows = _rows(proven(_facts()).suspects)
    assert [(row["rank"], row["series"], row["low"], row["high"]) for row in rows] == [
        (1, "exports.goods", "1020", "1022"), (2, "exports.services", "317", "319"), (3, "exports.total", "1320", "1322"),
    ]  # fmt: skip
    assert rows[0] == ABOUT | {
        "issue": name, "rank": 1, "series": "exports.goods", "measure": "value", "period": "2020-03", "text": "1,012", "line": 12,
        "start": 2, "end": 7, "proposal": "1,021", "slip": "transposed digits", "low": "1020", "high": "1022",
        "explains": 1, "is_withheld": True,
    }  # fmt: skip
    accepted = proven(_facts(), decisions={name: [_decision(name)]}).suspects
    assert accepted["is_withheld"].tolist() == [False] * 3


def test_the_place_of_a_suspect_in_a_workbook_or_on_a_page(proven):
    in_workbook = proven(_facts(sheet="1", cell="B8")).suspects.iloc[0]
    assert (in_workbook["sheet"], in_workbook["cell"]) == ("1", "B8") and pd.isna(in_workbook["page"])
    on_page = proven(_facts(page=2, box="1 2 3 4")).suspects.iloc[0]
    assert (on_page["page"], on_page["box"]) == (2, "1 2 3 4") and pd.isna(on_page["cell"])


def test_of_a_sound_document_there_is_the_scoreboard_only(proven):
    found = proven(_facts((("total", "1,321"), *EXPORTS[1:])))
    assert [len(frame) for frame in found] == [len(rules_of("ft900")), 0, 0, 0, 0, 0]
    assert [len(frame) for frame in proven()] == [0] * 6


# States


def _months(number):
    """A document whose sum misses by nine in each of so many months, on three lines for each."""
    months = [_facts(period=f"2020-{month:02d}", row=month) for month in range(1, number + 1)]
    below = pd.concat(months, ignore_index=True)
    below["line"] = pd.Series(range(11, 11 + len(below)), dtype="Int64")
    return below


def test_an_issue_is_new_until_another_document_shows_it_or_it_was_open(proven):
    cases = [
        (None, "new"), ({"state": "new"}, "new"), ({"state": "open"}, "open"), ({"state": "decided"}, "new"), ({"state": "gone"}, "new"),
        # Another document of the month showed it before.
        ({"state": "new", "sha256": OTHER}, "open"), ({"state": "decided", "sha256": OTHER}, "open"),
        ({"state": "gone", "sha256": OTHER}, "new"), ({"state": "open", "family": "mxp"}, "new"),
    ]  # fmt: skip
    facts = _months(len(cases))
    names = proven(facts).issues.sort_values("line")["issue"].tolist()
    assert len(names) == len(cases)
    former = [{"issue": name} | before for name, (before, _) in zip(names, cases, strict=True) if before]
    found = proven(facts, former=_former(*former)).issues.sort_values("line")
    assert found["issue"].tolist() == names and found["state"].tolist() == [state for _, state in cases]


def test_what_no_document_shows_any_more_is_gone_and_withholds_nothing(proven, name):
    before = [
        {"issue": name, "state": "open", "decision": "d"}, {"issue": "c" * 12, "state": "decided", "decision": "d", "title": "t"},
        {"issue": "d" * 12, "state": "gone"}, {"issue": "e" * 12, "state": "new", "family": "mxp"},
    ]  # fmt: skip
    found = _rows(proven(_facts(), former=_former(*before)).issues)
    assert [(row["issue"], row["state"], row["withheld"]) for row in found] == [
        (name, "open", 3), ("c" * 12, "gone", 0), ("d" * 12, "gone", 0),
    ]  # fmt: skip
    assert found[1]["title"] == "t" and "decision" not in found[1]
    assert [row["issue"] for row in _rows(proven(former=_former(*before)).issues)] == [name, "c" * 12, "d" * 12]


def test_the_last_decision_rules_and_all_are_told(proven):
    """Each issue with its entries, of which the last is in force, was taken back, or is in force no more."""
    by, changed = " by ada on 2021-02-28", "the document has changed since"
    accepted, withheld, reopened = f"accepted as published{by}: x", f"withheld{by}: x", f"reopened{by}: x"
    until, no_more = f"accepted as published{by}, until 2021-03-01: x", "in force no more: "
    cases = [
        ([], "new", 3, None, None, None),
        (["accept"], "decided", 0, accepted, accepted, None),
        (["withhold"], "decided", 3, withheld, withheld, None),
        (["accept", "reopen"], "open", 3, None, f"{accepted} | {reopened}", None),
        (["reopen", "accept"], "decided", 0, accepted, f"{reopened} | {accepted}", None),
        ([{"sha256": OTHER}], "open", 3, None, f"{accepted} | {no_more}{changed}", changed),
        ([{"expires_on": "2021-03-01"}], "open", 3, None, f"{until} | {no_more}expired on 2021-03-01", "expired on 2021-03-01"),
        ([{"text": "1,021"}], "open", 3, None, f"{accepted} | {no_more}line 33 prints 1,012 now, not 1,021",
         "line 33 prints 1,012 now, not 1,021"),
        ([{"start": 0}], "open", 3, None, f"{accepted} | {no_more}line 36 prints something else now, not 1,012",
         "line 36 prints something else now, not 1,012"),
    ]  # fmt: skip
    facts = _months(len(cases))
    names = proven(facts).issues.sort_values("line")["issue"].tolist()
    decisions = {"f" * 12: [_decision("f" * 12)]}
    for month, (name, (entries, *_)) in enumerate(zip(names, cases, strict=True)):
        for entry in entries:
            action, more = (entry, {}) if isinstance(entry, str) else ("accept", dict(entry))
            cell = {"line": 12 + 3 * month, "start": 2, "text": "1,012"}
            cell |= {part: more.pop(part) for part in ("start", "text") if part in more}
            decisions.setdefault(name, []).append(_decision(name, action, cells=(DecidedCell(**cell),), **more))
    rows = _rows(proven(facts, decisions=decisions).issues.sort_values("line"))
    told = ("state", "withheld", "decision", "history", "why_not")
    assert [tuple(row.get(each) for each in told) for row in rows] == [tuple(expected) for _, *expected in cases]


def test_a_corrected_figure_stands_beside_the_printed_one(proven, name):
    found = proven(_facts(), decisions={name: [_decision(name, "correct", "1,021")]})
    assert found.issues["state"].tolist() == ["decided"] and found.in_doubt.empty
    ((text, line, column, corrected, value, decimals, issue),) = found.corrections[
        ["text", "line", "column", "corrected_text", "corrected_value", "corrected_decimals", "issue"]
    ].to_numpy().tolist()  # fmt: skip
    assert (text, line, column, corrected, value, decimals, issue) == ("1,012", 12, "exports_goods_musd", "1,021", 1021, 0, name)
    both = _decision(name, "correct", cells=(DecidedCell(13, 2, "309", "310.5"), DecidedCell(12, 2, "1,012", "1,020")))
    rows = proven(_facts(), decisions={name: [both]}).corrections[["line", "corrected_text", "corrected_value", "corrected_decimals"]]
    assert sorted(rows.to_numpy().tolist()) == [[12, "1,020", 1020, 0], [13, "310.5", 310.5, 1]]


def test_without_a_day_decisions_are_judged_by_the_clock(monkeypatch, name):
    monkeypatch.setattr(proofs, "VALIDATED", ())
    states = [
        prove(_facts(), "ft900", empty(ISSUES), decisions={name: [_decision(name, expires_on=day)]}).issues["state"].tolist()
        for day in ("2021-03-01", "9999-12-31")
    ]
    assert states == [["open"], ["decided"]]


# Several documents


def test_two_releases_of_a_month_that_print_the_same_wrong_figure_have_an_issue_each(proven, name):
    second = _facts(sha256=OTHER, reference_month="2021-01")
    found = proven(_facts(), second)
    assert found.issues["sha256"].tolist() == [SHA256, OTHER] and found.issues["issue"].iloc[0] == name
    assert found.issues["issue"].nunique() == 2 and found.issues["rank"].tolist() == [1, 1]
    assert (
        found.in_doubt[["sha256", "issue"]].drop_duplicates().to_numpy().tolist() == found.issues[["sha256", "issue"]].to_numpy().tolist()
    )
    # Their order is that of the rows given.
    assert proven(second, _facts()).issues["sha256"].tolist() == [OTHER, SHA256]


# A document that cannot be judged


@pytest.fixture
def unjudged(proven, monkeypatch):
    """Prove documents of which those that print a wrong total cannot be judged."""
    examine = proofs.examine

    def broken(facts, *more):
        if "1,330" in facts.place["text"]:
            raise ZeroDivisionError("by nothing")
        return examine(facts, *more)

    monkeypatch.setattr(proofs, "examine", broken)
    return proven


def test_of_a_document_that_cannot_be_judged_all_is_withheld(unjudged):
    found = unjudged(_facts())
    name = unjudged_id("ft900", MONTH)
    (row,) = _rows(found.issues)
    assert row.pop("title").startswith("nothing of the document is proven: some that it does not foresee")
    assert row == ABOUT | {
        "issue": name, "state": "new", "certainty": "ambiguous", "rank": 1, "pattern": UNJUDGED, "line": 11, "last_line": 13,
        "where": "line 11", "violated": 0, "suspects": 0, "withheld": 3, "is_cut": False,
    }  # fmt: skip
    assert found.in_doubt[["line", "identities", "issue", "family"]].to_numpy().tolist() == [
        [line, UNJUDGED, name, "ft900"] for line in (11, 12, 13)
    ]
    assert found.verdicts["identity"].tolist() == [each.name for each in rules_of("ft900")]
    assert found.verdicts[["holds", "violated", "not_evaluable"]].to_numpy().tolist() == [[0, 0, 0]] * len(rules_of("ft900"))
    assert found.verdicts["sha256"].unique().tolist() == [SHA256]
    assert found.violations.empty and found.suspects.empty and found.corrections.empty


def test_what_no_mark_prints_is_not_withheld_from_a_document_that_cannot_be_judged(unjudged):
    facts = _facts()
    facts.loc[0, ["start", "end"]] = pd.NA
    found = unjudged(facts)
    assert found.issues[["line", "last_line", "withheld", "where"]].to_numpy().tolist() == [[12, 13, 2, "line 12"]]
    assert found.in_doubt["line"].tolist() == [12, 13]


@pytest.mark.parametrize(("before", "state"), [("new", "open"), ("open", "open"), ("decided", "open"), ("gone", "new")])
def test_a_document_that_still_cannot_be_judged_is_open(unjudged, before, state):
    name = unjudged_id("ft900", MONTH)
    assert unjudged(_facts(), former=_former({"issue": name, "state": before})).issues[["issue", "state"]].to_numpy().tolist() == [
        [name, state]
    ]


def test_its_own_issues_stay_as_they_were_and_those_of_other_documents_go(unjudged):
    before = [
        {"issue": "c" * 12, "state": "open"}, {"issue": "d" * 12, "state": "decided", "sha256": OTHER},
        {"issue": "e" * 12, "state": "gone"},
    ]  # fmt: skip
    found = unjudged(_facts(), former=_former(*before)).issues
    assert found[["issue", "state", "withheld"]].to_numpy().tolist() == [
        [unjudged_id("ft900", MONTH), "new", 3], ["c" * 12, "open", 7], ["d" * 12, "gone", 0], ["e" * 12, "gone", 0],
    ]  # fmt: skip


def test_of_two_that_cannot_be_judged_each_has_an_id_and_the_sound_one_is_proven(unjudged):
    sound = _facts((("total", "1,321"), *EXPORTS[1:]), sha256="c" * 64)
    found = unjudged(_facts(), sound, _facts(sha256=OTHER, reference_month="2021-01"), _facts(sha256="d" * 64, product="annual"))
    assert found.issues[["sha256", "issue"]].to_numpy().tolist() == [
        [SHA256, unjudged_id("ft900", MONTH)], [OTHER, unjudged_id("ft900", MONTH, "", "2021-01")],
        ["d" * 64, unjudged_id("ft900", MONTH, "annual")],
    ]  # fmt: skip
    assert found.verdicts.groupby("sha256", sort=False)["holds"].sum().tolist() == [0, 1, 0, 0]


def test_a_document_whose_tables_cannot_be_published_counts_as_not_judged(monkeypatch):
    asked = []

    def refused(facts, doubt, corrections, table):
        asked.append((table.name, len(facts), len(doubt), len(corrections)))
        if table.name == "annual_changes":
            raise KeyError("a column")

    monkeypatch.setattr(proofs, "publish", refused)
    assert prove(_facts(), "ft900", empty(ISSUES), today=TODAY).issues["pattern"].tolist() == [UNJUDGED]
    # All tables of the family and no other's, each with what is withheld and corrected.
    assert asked == [(table, 3, 3, 0) for table in ("goods_and_services", "goods_on_two_bases", "annual_changes")]


# Rulings


def _issue(*suspects, violated=None, sets=((0,),)):
    others = [("x", "value", "2020-03", ""), ("y", "value", "2020-03", "5")]
    facts = facts_of(*((f"exports.{kind}", "value", "2020-03", text) for kind, text in EXPORTS), *others)
    evaluation = evaluate((SUM,), facts)
    found = tuple(Suspect(cell, (0,), None) for cell in suspects)
    finding = Finding(evaluation.violated if violated is None else violated, found, sets if suspects else (), "certain")
    return Issue("0" * 12, finding, facts, Consequence(0.0, ())), evaluation


def _entry(*cells, action="correct", **more):
    return _decision("0" * 12, action, cells=tuple(DecidedCell(*cell) for cell in cells), **more)


@pytest.mark.parametrize(
    ("entry", "corrected", "wrong"),
    [
        (_entry((2, 0, "1,012", "1,021")), {1: "1,021"}, None),
        (_entry((2, 0, "1,012", "1,022"), (3, 0, "309")), {1: "1,022"}, None),
        (_entry((2, 0, "1,012", "1,023")), {1: "1,023"},
         f"it leaves {SUM.name} violated (misses by 2, rounding allows 1{SUM.note}) and is not forced"),
        (_entry((2, 0, "1,012", "1,023"), is_forced=True), {1: "1,023"}, None),
        (_entry((2, 0, "1,012", "1,021"), (5, 0, "5", "6")), {1: "1,021"}, "it corrects a figure that is none of the issue's"),
        (_entry((5, 0, "5", "6"), is_forced=True), {}, "it corrects a figure that is none of the issue's"),
        (_entry((2, 0, "1,012"), action="accept"), {}, None),
    ],
)  # fmt: skip
def test_a_correction_is_of_the_issue_and_leaves_nothing_violated_or_is_not_in_force(entry, corrected, wrong):
    issue, evaluation = _issue(1)
    assert corrected_cells(issue, entry) == corrected and wrong_correction(issue, evaluation, entry) == wrong
    (ruled,) = rule_on([issue], evaluation, SHA256, {issue.id: [_entry((2, 0, "1,012"), action="accept"), entry]}, TODAY)
    assert ruled.why_not == wrong and ruled.decision == (None if wrong else entry) and ruled.entries[-1] is entry


def test_each_issue_is_ruled_on_by_its_own_entries():
    issue, evaluation = _issue(1)
    other = replace(issue, id="1" * 12)
    entry = _entry((2, 0, "1,012"), action="withhold")
    first, second = rule_on([other, issue], evaluation, SHA256, {issue.id: [entry]}, TODAY)
    assert first == Ruled(other, (), None, None) and second == Ruled(issue, (entry,), entry, None)
    assert rule_on([], evaluation, SHA256, {issue.id: [entry]}, TODAY) == []
    # What is not printed decides nothing: an empty text is no print of line 4.
    gap = _entry((4, 0, ""), action="withhold")
    (ruled,) = rule_on([issue], evaluation, SHA256, {issue.id: [gap]}, TODAY)
    assert ruled.why_not == "line 4 prints something else now, not "


@pytest.mark.parametrize(("action", "withheld"), [("accept", ()), ("correct", ()), ("withhold", (1,)), ("reopen", (1,))])
def test_figures_are_withheld_unless_they_are_decided_to_be_published(action, withheld):
    issue, _ = _issue(1)
    entry = _entry((2, 0, "1,012", "1,021" if action == "correct" else None), action=action)
    ruled = Ruled(issue, (entry,), entry, None)
    assert ruled.withheld == withheld and ruled.corrected == ({1: "1,021"} if action == "correct" else {})
    undecided = Ruled(issue, (entry,), None, "expired on 2021-03-01")
    assert undecided.withheld == (1,) and undecided.corrected == {}


@pytest.mark.parametrize(
    ("text", "scaled", "decimals"),
    # 100 times 0.29 is 28.999999999999996 in binary fractions.
    [("36,854", 36854, 0), ("-0.50", -50, 2), ("1,234.5", 12345, 1), ("0", 0, 0), ("0.29", 29, 2)],
)
def test_a_figure_as_it_is_printed_is_exact(text, scaled, decimals):
    assert as_figure(text) == Printed(scaled, decimals)


@pytest.mark.parametrize("text", ["much", "", "--"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(ValueError, match=f"^{text!r} is no figure$"):
        as_figure(text)
