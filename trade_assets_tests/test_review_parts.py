"""Parts of the review over made rows: decision files field by field, what became of each decision, sections of metrics on the page."""

import datetime as dt
import types
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import CORRECTIONS, ISSUES
from trade_assets.identities.coverage import Coverage
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.findings import Finding, Suspect
from trade_assets.identities.network import Allowed
from trade_assets.identities.rules import rule
from trade_assets.review.check import issue_text
from trade_assets.review.consequence import Consequence
from trade_assets.review.coverage import Proven
from trade_assets.review.coverage import as_text as coverage_text
from trade_assets.review.decided import decisions_table, lingering_decisions
from trade_assets.review.decisions import DecidedCell, Decision, DecisionError, entry_text, parse_decisions, why_not_in_force
from trade_assets.review.issues import Issue
from trade_assets.review.report import MonthReview, PriceCategory, TradeMonth, month_page
from trade_assets.review.verdicts import said_of_revisions
from trade_assets_tests.page_tree import parsed, rows
from trade_assets_tests.printed_facts import facts_of, figure
from trade_assets_tests.test_issue_titles import MARCH

ISSUE, SHA256, PATH = "0123456789ab", "0" * 64, "reviews/2016-11/0123456789ab.yaml"
LINES = {
    "action": "accept", "reason": "as printed", "reviewer": "ada", "decided_on": "2026-11-24", "sha256": f"'{SHA256}'",
    "cells": "[{line: 44, start: 0, text: '36,845'}]",
}  # fmt: skip


def _entry(**changed):
    """An entry of a decision file, a field on each line; ``None`` leaves a field out."""
    told = {name: value for name, value in (LINES | changed).items() if value is not None}
    return "- " + "\n  ".join(f"{name}: {value}" for name, value in told.items()) + "\n"


def _decision(**changed):
    usual = {"path": PATH, "number": 1, "issue": ISSUE, "action": "accept", "reason": "as printed", "reviewer": "ada"}
    usual |= {"decided_on": "2026-11-24", "sha256": SHA256, "cells": (DecidedCell(44, 0, "36,845"),)}
    return Decision(**usual | changed)


# Decision files


@pytest.mark.parametrize(
    ("changed", "meant"),
    [
        ({}, {}),
        ({"action": "withhold", "expires_on": "2026-12-31", "told_publisher_on": "2026-11-23", "publisher_answer": "soon"},
         {"action": "withhold", "expires_on": "2026-12-31", "told_publisher_on": "2026-11-23", "publisher_answer": "soon"}),
        ({"expires_on": "null", "publisher_answer": "", "is_forced": "false"}, {}),
        ({"action": "correct", "is_forced": "true", "cells": "[{line: 44, start: 0, text: '36,845', value: '36,854'}]"},
         {"action": "correct", "is_forced": True, "cells": (DecidedCell(44, 0, "36,845", "36,854"),)}),
        ({"action": "correct", "cells": "[{line: 44, start: 0, text: a, value: '1'}, {line: 45, start: 0, text: b}]"},
         {"action": "correct", "cells": (DecidedCell(44, 0, "a", "1"), DecidedCell(45, 0, "b"))}),
        ({"action": "reopen", "cells": "[]"}, {"action": "reopen", "cells": ()}),
        ({"cells": "[{line: 999999999, start: 7, text: ''}, {line: 999999999, start: 8, text: x}]"},
         {"cells": (DecidedCell(999999999, 7, ""), DecidedCell(999999999, 8, "x"))}),
        ({"reason": "'two\n\n    lines'"}, {"reason": "two lines"}),
    ],
)  # fmt: skip
def test_an_entry_says_what_was_decided(changed, meant):
    (found,) = parse_decisions(_entry(**changed).encode(), PATH, ISSUE)
    assert found == _decision(**meant)
    # And what the program writes it reads again as it was.
    assert parse_decisions(entry_text(found).encode(), PATH, ISSUE) == [found]


def test_a_decision_in_words_and_its_corrected_figures():
    cells = (DecidedCell(44, 0, "36,845", "36,854"), DecidedCell(45, 3, "1"), DecidedCell(46, 0, "2", "3"))
    corrected = _decision(action="correct", cells=cells, expires_on="2026-12-31")
    assert corrected.values == {(44, 0): "36,854", (46, 0): "3"}
    assert corrected.sentence == "corrected (36,845 to 36,854; 2 to 3) by ada on 2026-11-24, until 2026-12-31: as printed"
    assert _decision().values == {} and _decision().sentence == "accepted as published by ada on 2026-11-24: as printed"
    said = [_decision(action=action).sentence.partition(" by ")[0] for action in ("withhold", "reopen", "correct")]
    assert said == ["withheld", "reopened", "corrected"]


@pytest.mark.parametrize(
    ("changed", "line", "said"),
    [
        ({"reason": None, "cells": None}, 1, "a decision with reason, cells, found none"),
        ({"because": "it was seen"}, 7, "a key of action, reason, reviewer, decided_on, sha256, cells, expires_on, told_publisher_on, "),
        ({"cells": "[{line: 44, start: 0, text: x, note: y}]"}, 6, "a key of line, start, text, value, found 'note'"),
        ({"cells": "[{line: 44, line: 45, start: 0, text: x}]"}, 6, "each key once in a cell, found a second 'line'"),
        ({"action": "null"}, 1, "one of accept, correct, withhold, reopen, found None"),
        ({"reviewer": ""}, 3, "a reviewer, found none"),
        ({"decided_on": ""}, 4, "a day, YYYY-MM-DD, found None"),
        ({"decided_on": "2026-02-30"}, 4, "a day, YYYY-MM-DD, found '2026-02-30'"),
        ({"expires_on": "20261231"}, 7, "a day, YYYY-MM-DD, found '20261231'"),
        ({"told_publisher_on": "yesterday"}, 7, "a day, YYYY-MM-DD, found 'yesterday'"),
        ({"is_forced": "perhaps"}, 7, "true or false, found 'perhaps'"),
        ({"sha256": "'" + "0" * 63 + "'"}, 5, f"the document's sha256, 64 hexadecimal digits, found '{'0' * 63}'"),
        ({"reason": '"a\\u202eb"'}, 2, "plain text as reason, found"),
        ({"cells": "[]"}, 6, "a list of cells, each with line, start and text, found none"),
        ({"cells": "none"}, 6, "a list of cells, each with line, start and text, found none"),
        ({"cells": "[44]"}, 6, "'key: value' lines of a cell, found ScalarNode"),
        ({"cells": "[{line: 44, start: 0}]"}, 6, "a cell with text, found none"),
        ({"cells": "[{line: 44, start: 0, text: x}, {line: 44, start: 0, text: y}]"}, 6,
         "each cell once, found a second one at the same line and offset"),
        ({"cells": "[{line: 1234567890, start: 0, text: x}]"}, 6, "a number as line, found '1234567890'"),
        ({"cells": "[{line: 44, start: -1, text: x}]"}, 6, "a number as start, found '-1'"),
        ({"action": "correct"}, 6, "a value for at least one corrected cell, found none"),
        ({"cells": "[{line: 44, start: 0, text: x, value: '1'}]"}, 6, "values in corrections only, found one in 'accept'"),
        ({"action": "correct", "cells": "[{line: 44, start: 0, text: x, value: '--'}]"}, 6, "a figure, such as 36,854, found '--'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_entry_is_said_with_its_line(changed, line, said):
    with pytest.raises(DecisionError) as refused:
        parse_decisions(_entry(**changed).encode(), PATH, ISSUE)
    assert str(refused.value).startswith(f"{PATH}, line {line}: expected {said}")
    assert str(refused.value).endswith(". To do: correct the file, or decide anew.")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", ", line 1: expected a list of decisions, each beginning with '- action:', found none."),
        (b"[]", ", line 1: expected a list of decisions, each beginning with '- action:', found none."),
        (b"action: accept", ", line 1: expected a list of decisions, each beginning with '- action:', found none."),
        (b"- accept\n", ", line 1: expected 'key: value' lines of a decision, found ScalarNode."),
        (b"\xff", ": expected YAML in UTF-8, found "),
        (b"- a: 'b\n", ", line 2: expected YAML, found "),
    ],
)
def test_a_file_that_is_no_list_of_decisions_is_refused(data, said):
    with pytest.raises(DecisionError) as refused:
        parse_decisions(data, PATH, ISSUE)
    assert str(refused.value).startswith(f"{PATH}{said}")


# What became of decisions

TODAY = dt.date(2026, 12, 1)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None), ({"expires_on": "2026-12-02"}, None), ({"expires_on": "2026-12-01"}, "expired on 2026-12-01"),
        ({"expires_on": "2026-11-30"}, "expired on 2026-11-30"), ({"action": "reopen"}, "reopened"),
        ({"sha256": "1" * 64}, "the document has changed since"),
        ({"cells": (DecidedCell(44, 0, "36,845"), DecidedCell(45, 0, "1"))}, "line 45 prints 14,828 now, not 1"),
        ({"cells": (DecidedCell(46, 0, "1"),)}, "line 46 prints something else now, not 1"), ({"cells": ()}, None),
    ],
)  # fmt: skip
def test_a_decision_is_in_force_while_the_document_prints_what_it_did(changed, why):
    assert why_not_in_force(_decision(**changed), SHA256, {(44, 0): "36,845", (45, 0): "14,828"}, TODAY) == why


def _issues(**states):
    usual = {column.name: None for column in ISSUES.columns}
    shown = [usual | {"issue": name, "state": state, "why_not": why} for name, (state, why) in states.items()]
    return conform(pd.DataFrame(shown), ISSUES)


def test_of_each_entry_it_is_said_whether_it_is_in_force_what_it_does_and_why_not():
    issues = _issues(
        first=("decided", None), second=("decided", None), third=("open", "expired on 2026-11-30"),
        fourth=("open", "the document has changed since"), fifth=("new", None), gone=("gone", None),
    )  # fmt: skip
    two = (DecidedCell(44, 0, "36,845", "36,854"), DecidedCell(45, 0, "1"))
    decisions = {
        "first": [_decision(), _decision(number=2, action="correct", cells=two)], "second": [_decision(action="withhold")],
        "third": [_decision(expires_on="2026-11-30")], "fourth": [_decision()], "fifth": [_decision(action="reopen", cells=())],
        "gone": [_decision()],
    }  # fmt: skip
    corrected = conform(
        pd.DataFrame([{column.name: None for column in CORRECTIONS.columns} | {"issue": name} for name in ("first", "other")]), CORRECTIONS
    )
    table = decisions_table("2016-11", decisions, issues, corrected)
    found = table[["issue", "entry", "is_in_force", "why_not", "effect"]]
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        ["first", 1, False, "a later entry follows", None], ["first", 2, True, None, "1 figure published as corrected"],
        ["second", 1, True, None, "figures withheld"], ["third", 1, False, "expired on 2026-11-30", None],
        ["fourth", 1, False, "the document has changed since", None], ["fifth", 1, False, "reopened", None],
        ["gone", 1, False, "no document of the month shows the issue", None],
    ]  # fmt: skip
    assert table["cells"].iloc[1] == "line 44: 36,845 -> 36,854; line 45: 1"
    # Nobody has to look at what was expected: a later entry, a day that has come, an issue that was reopened.
    said = "{}: the decision of 2026-11-24 by ada is in force no more: {}. To do: decide anew, or 'trade-assets review reopen {}'."
    assert lingering_decisions(table) == [
        said.format(PATH, "the document has changed since", "fourth"),
        said.format(PATH, "no document of the month shows the issue", "gone"),
    ]
    assert decisions_table("2016-11", {}, issues, corrected).empty


@pytest.mark.parametrize(
    ("action", "figures", "effect"),
    [("accept", 0, "figures published as printed"), ("correct", 0, "0 figures published as corrected"),
     ("correct", 2, "2 figures published as corrected"), ("withhold", 1, "figures withheld")],
)  # fmt: skip
def test_what_a_decision_in_force_does(action, figures, effect):
    usual = {column.name: None for column in CORRECTIONS.columns} | {"issue": "first"}
    corrected = conform(pd.DataFrame([usual] * figures), CORRECTIONS) if figures else empty(CORRECTIONS)
    table = decisions_table("2016-11", {"first": [_decision(action=action)]}, _issues(first=("decided", None)), corrected)
    assert table["effect"].tolist() == [effect]


@pytest.mark.parametrize(("number", "more"), [(1, ""), (3, ""), (4, "; and 1 more"), (5, "; and 2 more")])
def test_three_findings_of_revisions_are_named(number, more):
    findings = pd.DataFrame({"sentence": [f"finding {at}" for at in range(number)]})
    named = "; ".join(findings["sentence"][:3])
    assert said_of_revisions(findings, 7) == f"{named}{more}. 7 places evaluated."
    assert said_of_revisions(findings[:0], 7) == "Holds in 7 places evaluated."


# An issue as check shows it


def _shown(suspects, violated=1, cleared=(), **more):
    """The lines of an issue about figures of a column, 100 and on, one on each line."""
    facts = facts_of(*((f"s{at:02d}", "value", "2020-03", str(100 + at)) for at in range(12)))
    (verdict,) = evaluate((rule("goods_plus_services_equals_total"),), facts_of(*MARCH)).violated
    sets = more.pop("sets", tuple((at,) for at in range(len(suspects))))
    finding = Finding((verdict,) * violated, suspects, sets, "ambiguous", cleared, **more)
    issue = Issue(ISSUE, finding, facts, Consequence(0.0, ("it would read 5 instead of 4",)))
    return list(issue_text(issue, list(facts.place["text"])))


def _suspects(number):
    return tuple(Suspect(at, (0,), None) for at in range(number))


@pytest.mark.parametrize(("number", "more"), [(1, []), (5, []), (6, ["    and 1 more suspects"]), (9, ["    and 4 more suspects"])])
def test_five_suspects_and_their_lines_are_shown(number, more):
    text = _shown(_suspects(number))
    assert [line for line in text if " | " in line] == [f"    line {at + 1} | {100 + at}" for at in range(min(number, 5))]
    first = text.index("    suspect line 1: 100 (s00 2020-03)")
    shown = [f"    suspect line {at + 1}: {100 + at} (s{at:02d} 2020-03)" for at in range(min(number, 5))]
    assert text[first:] == [*shown, *more, "    consequence: it would read 5 instead of 4"]


@pytest.mark.parametrize(
    ("violated", "more"), [(1, []), (6, []), (7, ["    and 1 more violated identities"]), (8, ["    and 2 more violated identities"])]
)
def test_six_violated_identities_are_shown(violated, more):
    text = _shown(_suspects(1), violated)
    missed = "misses by 9, rounding allows 1 (inferred: no publisher states the rule)"
    shown = [f"    goods_plus_services_equals_total at line 1: {missed}", "      [100] = 101 + 102"] * min(violated, 6)
    assert text[:3] == [f"AMBIGUOUS {ISSUE}  {text[0].partition('  ')[2]}", "    line 1 | 100", "             ^^^"]
    assert text[3:-2] == [*shown, *more]


def test_what_cannot_be_the_wrong_figure_is_counted_by_why():
    cleared = ((3, None), (4, "one"), (5, None), (6, "two"), (7, "two"))
    text = _shown(_suspects(1), cleared=cleared, is_cut=True)
    assert text[-5:] == [
        "    cleared: 1 other figure by one, which holds and would not", "    cleared: 2 other figures by two, which holds and would not",
        "    cleared: 2 other figures not in every violated identity", "    consequence: it would read 5 instead of 4",
        "    cut: the search ended before every explanation was tried",
    ]  # fmt: skip
    # Where nothing explains it no suspect is named, and of a mark alone nothing is cleared.
    assert not [line for line in _shown(_suspects(2), sets=()) if "suspect" in line]
    assert not [line for line in _shown((), cleared=cleared) if "cleared" in line]


@pytest.mark.parametrize(
    ("suspect", "said"),
    [
        (Suspect(3, (0,), None), ""), (Suspect(3, (0,), None, figure("130"), "transposed digits"), "; proposal 130, transposed digits"),
        (Suspect(3, (0,), Allowed(0, 129, 131), figure("130")), ", 129 to 131 satisfy all its identities; proposal 130"),
        (Suspect(3, (0,), Allowed(1, 1300, 1300)), ", 130.0 satisfies all its identities"),
        (Suspect(3, (0,), Allowed(0, 129, None)), ", 129 to ... satisfy all its identities"),
        (Suspect(3, (0,), Allowed(0, None, 131)), ", ... to 131 satisfy all its identities"),
        (Suspect(3, (0,), Allowed(0, None, None)), ", ... to ... satisfy all its identities"),
    ],
)  # fmt: skip
def test_a_suspect_is_said_with_what_it_may_read(suspect, said):
    assert _shown((suspect,))[-2] == f"    suspect line 4: 103 (s03 2020-03){said}"


# What nothing proves


@pytest.mark.parametrize(
    ("lines", "said"),
    [([5], "1 figure, line 5"), ([3, 1, 2, 7, 7, 9], "6 figures, lines 1-3, 7, 9"), ([4, 5, 10, 11, 12], "5 figures, lines 4-5, 10-12"),
     ([7, 7], "2 figures, line 7")],
)  # fmt: skip
def test_figures_that_nothing_proves_are_told_as_runs_of_lines(lines, said):
    facts = facts_of(*((f"s{at}", "value", "2020-03", "5") for at in range(len(lines) + 1)))
    facts.place["line"][:] = [*lines, 99]
    unproven = [Coverage(at, Counter({"limit": at % 2}), 0) for at in range(len(lines))]
    proven = [*unproven, Coverage(len(lines), Counter({"exact": 1}), 1)]
    reading = types.SimpleNamespace(family="ft900", cells={"table": ["table"] * len(proven)})
    text = list(coverage_text(Proven(Path("made.txt"), reading, facts, proven)))
    assert text[-2:] == ["  Not proven by any identity (at most kept within limits):", f"    table value: {said}"]
    assert list(coverage_text(Proven(Path("made.txt"), reading, facts, proven[-1:])))[-1] == "  Every figure is proven."


# Sections of metrics


def _section(name, **parts):
    page = parsed(month_page(MonthReview("2018-08", (), **parts)))
    return next((section for section in page.all("section") if section.attributes["aria-labelledby"] == name), None)


@pytest.mark.parametrize(("others", "more"), [(0, None), (1, "1 more category"), (2, "2 more categories")])
def test_prices_are_shown_with_their_signs_and_a_bar_on_one_scale(others, more):
    top = [
        PriceCategory("Foods", -1.84, -0.1, True), PriceCategory("Fuels", 2.0, 0.3, True), PriceCategory("Cars", -0.04, 0.0, True),
        PriceCategory("Other", None, None, True),
    ]  # fmt: skip
    section = _section("prices", prices=[*top, *(PriceCategory(f"Crude {at}", 0.05, -0.0004, False) for at in range(others))])
    tables = list(section.all("table"))
    assert rows(tables[0]) == [
        ["Category", "Change, %", "Contribution, points", "Bar"], ["Foods", "-1.8", "-0.100", ""], ["Fuels", "+2.0", "+0.300", ""],
        ["Cars", "0.0", "0.000", ""], ["Other", "", "", "withheld"],
    ]  # fmt: skip
    # From -0.1 to 0.3 on 160: zero stands at 40, and a tenth takes 40.
    bars = [(bar.attributes["class"], bar.attributes["x"], bar.attributes["width"]) for bar in tables[0].all("rect")]
    assert bars == [("down", "0", "40"), ("up", "40", "120"), ("up", "40", "1")]
    assert [summary.text for summary in section.all("summary")] == ([more] if more else [])
    if others:
        assert rows(tables[1])[1:] == [[f"Crude {at}", "+0.1", "0.000", ""] for at in range(others)]


def test_prices_without_a_category_that_adds_up_are_not_shown():
    assert _section("prices", prices=[PriceCategory("Crude", 1.0, 0.1, False)], unread=[{"path": "x"}]) is None


@pytest.mark.parametrize(("months", "folded"), [(1, "1 month as a table"), (2, "2 months as a table")])
def test_trade_is_a_table_of_exports_imports_and_balance(months, folded):
    trade = [TradeMonth("2018-05", -1234.5, 2000.0, 3234.5), TradeMonth("2018-06", None, 2000.4, None)][:months]
    section = _section("trade", trade=trade)
    assert section.one("summary").text == folded
    assert rows(section.one("table")) == [
        ["Month", "Exports", "Imports", "Balance"], ["2018-05", "2,000", "3,234", "-1,234"], ["2018-06", "2,000", "", ""],
    ][: 1 + months]  # fmt: skip
    assert _section("trade", trade=[TradeMonth("2018-06", None, None, None)]) is None
    assert _section("trade", trade=[TradeMonth("2018-06", None, None, 1.0)]) is not None
