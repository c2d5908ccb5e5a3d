"""What a check says of a month's issues and identities: how many wait, the first of them, and what could not be evaluated."""

import dagster as dg
import pandas as pd
import pytest

from trade_assets.defs.validated import _identity_result, _issues_table, _model_result, _waiting
from trade_assets.defs.vintages import _result as _of_revisions
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import ISSUES, REVISION_FINDINGS, VALIDATED, VERDICTS, VIOLATIONS
from trade_assets.identities.rules import STRUCTURE, rule
from trade_assets.review.verdicts import verdict_of
from trade_assets.warehouse.root import DataRoot

MONTH, SUM = "2021-02", "goods_plus_services_equals_total"
NO_LINK = {}


def _issue(number, state, **more):
    usual = dict.fromkeys(ISSUES.by_name) | {
        "issue": f"{number:012d}", "sha256": "0" * 64, "family": "ft900", "state": state, "rank": number, "certainty": "likely",
        "title": f"figure {number} is wrong", "where": f"line {10 * number}", "line": 10 * number, "last_line": 10 * number, "violated": 1,
        "suspects": 1, "withheld": 2, "is_cut": False, "decision": "accepted" if state == "decided" else None,
    }  # fmt: skip
    return usual | more


def _issues(*states):
    rows = [_issue(number, state) for number, state in enumerate(states, start=1)]
    return conform(pd.DataFrame(rows), ISSUES, release_month=MONTH) if rows else empty(ISSUES)


def _sentence(number, state):
    return f"decided, line {10 * number}: accepted" if state == "decided" else f"line {10 * number}: figure {number} is wrong [likely]"


@pytest.mark.parametrize(
    ("states", "is_green", "said"),
    [
        ([], True, "The month's documents show no issue."),
        (["gone"], True, "The month's documents show no issue."),
        (["open"], False, "1 issue waits for a decision. {1}."),
        (["new"], False, "1 issue waits for a decision. {1}."),
        (["decided"], True, "{1}."),
        (["decided", "open"], False, "1 issue waits for a decision. {2}; {1}."),
        (["open", "gone", "new"], False, "2 issues wait for a decision. {1}; {3}."),
        (["open"] * 3, False, "3 issues wait for a decision. {1}; {2}; {3}."),
        (["open"] * 4, False, "4 issues wait for a decision. {1}; {2}; {3}; 1 more open issues."),
        (["decided"] * 3, True, "{1}; {2}; {3}."),
        (["decided"] * 5, True, "{1}; {2}; {3}; 2 more decided."),
    ],
)  # fmt: skip
def test_the_one_check_of_a_month_says_what_waits(tmp_path, states, is_green, said):
    for issues in (_issues(*states), _issues(*states).iloc[::-1]):  # by rank, whatever their order
        result = _waiting(DataRoot.of(tmp_path), MONTH, issues)
        assert result.passed is is_green
        assert result.description == said.format("", *(_sentence(number, state) for number, state in enumerate(states, start=1)))
        told = {name: result.metadata[name].value for name in ("issues_open", "issues_decided", "withheld_figures")}
        shown = [state for state in states if state != "gone"]
        decided = shown.count("decided")
        assert told == {"issues_open": len(shown) - decided, "issues_decided": decided, "withheld_figures": 2 * len(shown)}
        assert ("issues" in result.metadata) is bool(shown)


def _result(name, counts, *states, places=()):
    """The result of a rule with (holds, violated, not evaluable) and an issue of each state, each with a violated place."""
    verdicts = conform(
        pd.DataFrame([(name, *counts), ("other", 7, 7, 7)], columns=["identity", "holds", "violated", "not_evaluable"]), VERDICTS,
        release_month=MONTH, sha256="0" * 64, family="ft900", reference_month="2020-12",
    )  # fmt: skip
    rows = [
        dict.fromkeys(VIOLATIONS.by_name) | {
            "identity": name, "issue": f"{number:012d}", "place": number, "gap": "9", "allowed": "1", "line": number, "text": "1,012",
            "series": "exports.goods", "measure": "value", "period": "2020-03", "is_total": False, "start": 0, "end": 5,
            "table": "goods_and_services", "row": 1, "column": "c", "sha256": "0" * 64, "family": "ft900", "release_month": MONTH,
        }
        for number in range(1, len(states) + 1)
    ]  # fmt: skip
    violations = conform(pd.DataFrame(rows), VIOLATIONS) if rows else empty(VIOLATIONS)
    found = next((each for each in STRUCTURE if each.name == name), None) or rule(name)
    return _identity_result(found, verdict_of(found, verdicts, violations, _issues(*states)), month=MONTH, path="p", link=NO_LINK)


@pytest.mark.parametrize(
    ("counts", "states", "passed", "severity", "said"),
    [
        ((5, 0, 0), [], True, "ERROR", "Holds: 5 places evaluated, 0 not evaluable for a missing operand."),
        ((5, 0, 2), [], True, "ERROR", "Holds: 5 places evaluated, 2 not evaluable for a missing operand."),
        # Missing is never passing.
        ((0, 0, 3), [], False, "WARN", "Not evaluable: an operand is missing in every one of 3 places, so nothing was proven."),
        ((0, 0, 0), [], False, "WARN", "Not evaluable: no figure of the month takes part in it, so nothing was proven."),
        ((4, 1, 2), ["open"], False, "ERROR", "1 of 5 places violated. {1}. Not evaluable: 2."),
        ((4, 1, 0), ["decided"], True, "ERROR", "1 of 5 places violated. {1}. Not evaluable: 0."),
        ((4, 1, 0), ["gone"], True, "ERROR", "1 of 5 places violated. . Not evaluable: 0."),
        # A dash that the others determine: nothing is evaluated there, and an issue is open all the same.
        ((0, 0, 1), ["new"], False, "ERROR", "0 of 0 places violated. {1}. Not evaluable: 1."),
        ((3, 0, 1), ["new"], False, "ERROR", "0 of 3 places violated. {1}. Not evaluable: 1."),
    ],
)  # fmt: skip
def test_the_check_of_an_identity_says_what_holds_and_what_does_not(counts, states, passed, severity, said):
    result = _result(SUM, counts, *states)
    assert (result.passed, result.severity.value) == (passed, severity)
    assert result.description == said.format("", *(_sentence(number, state) for number, state in enumerate(states, start=1)))
    holds, violated, not_evaluable = counts
    told = {name: result.metadata[name].value for name in ("identities_evaluated", "holds", "violated", "not_evaluable")}
    assert told == {"identities_evaluated": holds + violated, "holds": holds, "violated": violated, "not_evaluable": not_evaluable}
    assert result.asset_key == dg.AssetKey(["validated", "goods_and_services"]) and result.check_name == SUM


def test_at_most_twenty_violated_places_are_shown_with_what_they_miss_by():
    result = _result(SUM, (0, 25, 0), *["open"] * 25)
    records = [record.data for record in result.metadata["violations"].records]
    assert len(records) == 20
    assert records[1] == {"reason": "misses by 9, allowed 1", "line": 2, "printed": "1,012", "figure": "exports.goods value 2020-03"}
    assert "22 more open issues" in result.description


ROWS = pytest.mark.parametrize(("found", "shown"), [(1, 1), (19, 19), (20, 20), (21, 20), (23, 20)])


@ROWS
def test_the_first_twenty_issues_are_rows_with_the_line_as_it_is_printed(found, shown):
    rows = [_issue(number, "open", marked_line=None if number % 2 else f"Total >>{number}<<") for number in range(1, found + 1)]
    records = [record.data for record in _issues_table(conform(pd.DataFrame(rows), ISSUES, release_month=MONTH)).records]
    assert records == [
        {
            "what": f"figure {number} is wrong", "certainty": "likely", "state": "open", "line": 10 * number,
            "document_line": "" if number % 2 else f"Total >>{number}<<", "issue": f"{number:012d}",
        }
        for number in range(1, shown + 1)
    ]  # fmt: skip


@ROWS
def test_the_first_twenty_violated_places_are_rows(found, shown):
    records = [record.data for record in _result(SUM, (0, found, 0), *["open"] * found).metadata["violations"].records]
    assert [record["line"] for record in records] == list(range(1, shown + 1))


@ROWS
def test_the_first_twenty_rows_that_do_not_match_their_model_are_shown_and_three_of_them_said(found, shown):
    table = next(each for each in VALIDATED if each.name == "goods_and_services")
    cases = pd.DataFrame([{"check": "greater_than(0)", "column": f"c{number}", "failure_case": -number} for number in range(1, found + 1)])
    result = _model_result(table, empty(table), cases)
    records = [record.data for record in result.metadata["first_cases"].value.records]
    assert records == [{"check": "greater_than(0)", "column": f"c{number}", "found": f"-{number}"} for number in range(1, shown + 1)]
    said = "; ".join(f"c{number} greater_than(0): -{number}" for number in range(1, min(found, 3) + 1))
    assert (result.passed, result.description) == (False, f"{found} cases in 0 rows do not match: {said}")
    assert (result.metadata["rows"].value, result.metadata["cases"].value) == (0, found)


def test_rows_that_match_their_model_are_green_and_counted():
    table = next(each for each in VALIDATED if each.name == "goods_and_services")
    result = _model_result(table, empty(table), pd.DataFrame(columns=["check", "column", "failure_case"]))
    assert (result.passed, result.description, set(result.metadata)) == (True, "0 rows match.", {"rows", "cases"})


def _findings(count):
    rows = [
        dict.fromkeys(REVISION_FINDINGS.by_name) | {
            "check": "revisions_are_marked", "sentence": f"s{number}", "family": "fred", "product": "BOPGSTB" if number % 2 else "",
            "sha256": "0" * 64, "series": "s", "measure": "value", "line": number if number % 3 else None,
        }
        for number in range(1, count + 1)
    ]  # fmt: skip
    return conform(pd.DataFrame(rows), REVISION_FINDINGS, release_month=MONTH) if rows else empty(REVISION_FINDINGS)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "Holds in 7 places evaluated."),
        (1, "s1. 7 places evaluated."),
        (2, "s1; s2. 7 places evaluated."),
        (3, "s1; s2; s3. 7 places evaluated."),
        (4, "s1; s2; s3; and 1 more. 7 places evaluated."),
        (20, "s1; s2; s3; and 17 more. 7 places evaluated."),
        (21, "s1; s2; s3; and 18 more. 7 places evaluated."),
    ],
)
def test_the_check_of_revisions_says_three_findings_and_shows_twenty(count, said):
    spec = dg.AssetCheckSpec("revisions_are_marked", asset=dg.AssetKey(["vintages", "revisions"]))
    result = _of_revisions(spec, _findings(count), 7)
    assert (result.passed, result.severity.value, result.description) == (not count, "WARN", said)
    assert (result.metadata["places_evaluated"].value, result.metadata["findings"].value) == (7, count)
    shown = result.metadata["first_findings"].value.records if count else []
    assert [record.data for record in shown] == [
        {"what": f"s{number}", "document": "fred BOPGSTB" if number % 2 else "fred", "line": number if number % 3 else None}
        for number in range(1, min(count, 20) + 1)
    ]
