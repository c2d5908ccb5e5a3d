"""What is said of a month's verdicts, over made rows: which issues wait, and whether an identity holds, is violated or says nothing."""

import pandas as pd
import pytest

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import ISSUES, VERDICTS, VIOLATIONS
from trade_assets.identities.rules import RULES, STRUCTURE, rule
from trade_assets.review.verdicts import verdict_of, waiting

SUM = rule("goods_plus_services_equals_total")
OTHER = next(each for each in RULES if each is not SUM)


def _frame(table, rows):
    usual = dict.fromkeys(table.by_name)
    return conform(pd.DataFrame([usual | row for row in rows]), table) if rows else empty(table)


def _issues(*rows):
    """Issues as (id, state, rank, family, line)."""
    return _frame(ISSUES, [
        {"issue": name, "state": state, "rank": rank, "family": family, "line": line, "where": f"line {line}", "title": f"title {name}",
         "certainty": "likely", "decision": f"decision {name}"}
        for name, state, rank, family, line in rows
    ])  # fmt: skip


def _open(number):
    return [(f"o{at}", "open" if at % 2 else "new", at, "ft900", 10 + at) for at in range(1, number + 1)]


def _decided(number):
    return [(f"d{at}", "decided", at, "ft900", 20 + at) for at in range(1, number + 1)]


def _listed(number, of):
    return [of.format(at=at, open=10 + at, decided=20 + at) for at in range(1, min(number, 3) + 1)]


# Issues that wait


@pytest.mark.parametrize(
    ("opened", "said"),
    [
        (1, "1 issue waits for a decision. line 11: title o1 [likely]."),
        (2, "2 issues wait for a decision. line 11: title o1 [likely]; line 12: title o2 [likely]."),
        (3, "3 issues wait for a decision. line 11: title o1 [likely]; line 12: title o2 [likely]; line 13: title o3 [likely]."),
        (4, "4 issues wait for a decision. line 11: title o1 [likely]; line 12: title o2 [likely]; line 13: title o3 [likely]; "
            "1 more open issues."),
        (6, "6 issues wait for a decision. line 11: title o1 [likely]; line 12: title o2 [likely]; line 13: title o3 [likely]; "
            "3 more open issues."),
    ],
)  # fmt: skip
def test_three_issues_that_wait_are_named(opened, said):
    found = waiting(_issues(*_open(opened)[::-1]))
    assert found.description == said
    assert found.open["issue"].tolist() == [f"o{at}" for at in range(1, opened + 1)] and found.decided.empty


@pytest.mark.parametrize(("number", "more"), [(1, ""), (3, ""), (4, "; 1 more decided"), (5, "; 2 more decided")])
def test_three_decided_issues_are_named_behind_those_that_wait(number, more):
    named = "; ".join(_listed(number, "decided, line {decided}: decision d{at}"))
    found = waiting(_issues(*_decided(number)))
    assert found.description == f"{named}{more}." and found.open.empty and len(found.decided) == number
    assert waiting(_issues(*_decided(number), *_open(1))).description == (
        f"1 issue waits for a decision. line 11: title o1 [likely]; {named}{more}."
    )


def test_issues_stand_by_rank_then_family_then_line():
    rows = [("a", "new", 2, "ft900", 1), ("b", "new", 1, "uscc", 1), ("c", "open", 1, "mxp", 9), ("d", "open", 1, "mxp", 8)]
    assert waiting(_issues(*rows)).open["issue"].tolist() == ["d", "c", "b", "a"]


def test_issues_that_no_document_shows_do_not_wait():
    found = waiting(_issues(("a", "gone", 1, "ft900", 1)))
    assert found.description == "The month's documents show no issue." and found.open.empty and found.decided.empty
    assert waiting(_issues(("a", "gone", 1, "ft900", 1), *_open(1))).open["issue"].tolist() == ["o1"]


# One identity


def _verdicts(*counts):
    names = ("identity", "holds", "violated", "not_evaluable")
    return _frame(VERDICTS, [dict(zip(names, each, strict=True)) for each in counts])


def _violations(*cells):
    names = ("identity", "issue", "place", "sha256")
    return _frame(VIOLATIONS, [dict(zip(names, each, strict=True)) for each in cells])


@pytest.mark.parametrize(
    ("counts", "said", "is_evaluated"),
    [
        ([(SUM.name, 7, 0, 2)], "Holds: 7 places evaluated, 2 not evaluable for a missing operand.", True),
        # Those of all documents of the month are added up, and no other identity's.
        ([(SUM.name, 7, 0, 2), (OTHER.name, 100, 100, 100), (SUM.name, 3, 0, 1)],
         "Holds: 10 places evaluated, 3 not evaluable for a missing operand.", True),
        ([(SUM.name, 0, 0, 4)], "Not evaluable: an operand is missing in every one of 4 places, so nothing was proven.", False),
        ([(SUM.name, 0, 0, 0)], "Not evaluable: no figure of the month takes part in it, so nothing was proven.", False),
        ([], "Not evaluable: no figure of the month takes part in it, so nothing was proven.", False),
    ],
)  # fmt: skip
def test_an_identity_holds_or_says_nothing(counts, said, is_evaluated):
    found = verdict_of(SUM, _verdicts(*counts), _violations(), _issues())
    assert (found.description, found.is_evaluated) == (said, is_evaluated)
    assert not found.has_issues and found.cells.empty and found.open.empty and found.decided.empty


def test_a_violated_identity_is_said_with_its_own_issues():
    cells = _violations((SUM.name, "o1", 0, "a"), (SUM.name, "o1", 0, "a"), (SUM.name, "d1", 1, "a"), (OTHER.name, "o2", 2, "a"))
    found = verdict_of(SUM, _verdicts((SUM.name, 5, 2, 1)), cells, _issues(*_open(2), *_decided(2), ("g", "gone", 1, "ft900", 1)))
    assert found.description == "2 of 7 places violated. line 11: title o1 [likely]; decided, line 21: decision d1. Not evaluable: 1."
    assert (found.holds, found.violated, found.not_evaluable) == (5, 2, 1) and found.cells["issue"].tolist() == ["o1", "o1", "d1"]
    assert found.open["issue"].tolist() == ["o1"] and found.decided["issue"].tolist() == ["d1"] and found.has_issues


@pytest.mark.parametrize("holds", [0, 5])
def test_what_is_violated_is_evaluated_and_something_to_show(holds):
    found = verdict_of(SUM, _verdicts((SUM.name, holds, 2, 4)), _violations(), _issues())
    assert found.is_evaluated and found.has_issues and found.description.startswith(f"2 of {holds + 2} places violated. ")


def test_the_issues_of_an_identity_stand_by_rank():
    cells = _violations((SUM.name, "a", 0, "x"), (SUM.name, "b", 1, "x"))
    issues = _issues(("a", "new", 2, "ft900", 1), ("b", "new", 1, "ft900", 2))
    assert verdict_of(SUM, _verdicts((SUM.name, 0, 2, 0)), cells, issues).open["issue"].tolist() == ["b", "a"]


@pytest.mark.parametrize(("state", "listed"), [("new", "line 11: title o1 [likely]"), ("decided", "decided, line 11: decision o1")])
def test_an_identity_that_asks_for_a_figure_is_not_said_to_hold(state, listed):
    """Its place is not evaluable, and its issue is about the dash that stands there."""
    cells, issues = _violations((SUM.name, "o1", 0, "a")), _issues(("o1", state, 1, "ft900", 11))
    for counts, places in (((SUM.name, 5, 0, 1), 5), ((SUM.name, 0, 0, 1), 0)):
        found = verdict_of(SUM, _verdicts(counts), cells, issues)
        assert found.description == f"0 of {places} places violated. {listed}. Not evaluable: 1." and found.has_issues


def test_what_is_beside_the_arithmetic_is_counted_where_it_is_wrong():
    beside = STRUCTURE[0]
    cells = _violations((beside.name, "o1", 0, "a"), (beside.name, "o1", 0, "a"), (beside.name, "o1", 1, "a"), (beside.name, "o1", 0, "b"))
    found = verdict_of(beside, _verdicts(), cells, _issues(*_open(1)))
    assert found.violated == 3 and found.description == "3 of 3 places violated. line 11: title o1 [likely]. Not evaluable: 0."
    # What the scoreboard says of an identity of the rule book is taken from there.
    assert (
        verdict_of(SUM, _verdicts((SUM.name, 1, 1, 0)), _violations((SUM.name, "o1", 0, "a"), (SUM.name, "o1", 1, "a")), _issues()).violated
        == 1
    )
