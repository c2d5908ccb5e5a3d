"""Derived figures of a release, a few by hand: of which kind each is, what becomes of it, and which issue is behind an exception."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from trade_assets.facts.frames import empty
from trade_assets.facts.tables import ISSUES, REPRODUCED, VIOLATIONS
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import (
    Agree,
    Change,
    Compound,
    Limit,
    OnYearBefore,
    PeriodSum,
    Rule,
    Running,
    Share,
    Sum,
    TopSum,
    Whole,
)
from trade_assets.metrics import reproduced as module
from trade_assets.metrics.from_vintages import KnownOperands
from trade_assets.metrics.reproduced import OUTCOMES, reproduced, said_of

ABOUT: dict[str, Any] = {"table": "t", "description": ".", "source": "made up", "authority": "definition"}
NO_VIOLATIONS, NO_ISSUES = empty(VIOLATIONS), empty(ISSUES)
KNOWN = ["family", "reference_month", "series", "measure", "period", "value", "decimals", "base_period", "published_in"]


def facts_of(*prints: tuple[Any, ...], sha256: str = "a", reference_month: str = "2001-02", base_period: str | None = None) -> pd.DataFrame:
    """Prints (series, measure, period, text), on lines 1, 2, …"""
    rows = [
        {
            "release_month": "2001-04", "reference_month": reference_month, "sha256": sha256, "series": series, "measure": measure,
            "period": period, "value": float(text) if text else None, "decimals": len(text.partition(".")[2]) if text else None,
            "base_period": base_period, "line": line, "start": 0,
        }
        for line, (series, measure, period, text) in enumerate(prints, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"value": "Float64", "decimals": "Int64", "period": "string", "base_period": "string"})


def known_of(*rows: tuple[Any, ...], **of_all: Any) -> pd.DataFrame:
    """Known figures (series, measure, period, text)."""
    usual = {"family": "f", "reference_month": "2001-02", "base_period": None, "published_in": "2001-04"} | of_all
    records = [
        usual | {"series": series, "measure": measure, "period": period, "value": float(text), "decimals": len(text.partition(".")[2])}
        for series, measure, period, text in rows
    ]
    return pd.DataFrame(records, columns=KNOWN).astype({"value": "Float64", "decimals": "Int64", "base_period": "string"})


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The rows of what is derived by some rules, without the columns that say nothing."""

    def of(
        facts: pd.DataFrame, *rules: Rule, violations: Any = NO_VIOLATIONS, issues: Any = NO_ISSUES, known: Any = None
    ) -> list[dict[str, Any]]:
        monkeypatch.setattr(module, "rules_of", lambda family: {"f": rules}[family])
        frame = reproduced(facts, "f", violations, issues, known_of() if known is None else known)
        assert (
            frame["family"].eq("f").all() and frame["release_month"].eq("2001-04").all() and list(frame.columns) == list(REPRODUCED.dtypes)
        )
        names = ("kind", "printed", *OUTCOMES, "identities", "issues", "open_issues")
        return [{name: row[name] for name in names if row[name] not in (0, "")} for row in frame.to_dict("records")]

    return of


# Kinds


@pytest.mark.parametrize(
    ("measure", "period", "kind"),
    [
        ("percent_change", "2001-01/2001-02", "change_1_month"),
        ("percent_change", "2000-11/2001-02", "change_3_months"),
        ("percent_change", "2000-02/2001-02", "change_12_months"),
        ("percent_change", None, None),
        ("value", "2001", "year"),
        ("value", "2001-01/2001-02", "year_to_date"),
        ("count", "2001-01/2001-02", "year_to_date"),
        ("value", "2001-02", None),
        ("value", None, None),
        ("index", "2001", None),
        ("share", "2001-02", "share"),
        ("percent_change_year_to_date", "2001-02", "change_year_to_date"),
        ("average", "2001-01/2001-03", "average"),
        ("change_on_year", "2001", "change_on_year"),
        ("percent_change_on_year", "2001", "change_on_year"),
    ],
)
def test_what_is_derived_whether_or_not_a_rule_finds_its_operands(derived: Any, measure: str, period: str | None, kind: str | None) -> None:
    found = derived(facts_of(("a", measure, period, "5"), ("b", measure, period, "")))
    assert found == ([] if kind is None else [{"kind": kind, "printed": 1, "not_evaluable": 1}])


def test_nothing_derived_is_a_table_without_rows() -> None:
    found = reproduced(facts_of(("a", "value", "2001-02", "5")), "ft900", NO_VIOLATIONS, NO_ISSUES, known_of())
    pd.testing.assert_frame_equal(found, empty(REPRODUCED))


@pytest.mark.parametrize(
    ("rule", "prints", "kind"),
    [
        (Sum(name="r", total="a", parts={"b": 1, "c": 1}, **ABOUT), {"a": "5", "b": "3", "c": "2"}, "total"),
        (Sum(name="r", total="a", parts={"b": 1, "c": -1}, **ABOUT), {"a": "1", "b": "3", "c": "2"}, "balance"),
        (TopSum(name="r", total="a", others="c", prefix="b", size=1, **ABOUT), {"a": "5", "b": "3", "c": "2"}, "total"),
        (Limit(name="r", measure="value", low=0, **ABOUT), {"a": "5"}, None),
        (Whole(name="r", measure="value", low=100, high=100, **ABOUT), {"a": "100"}, None),
    ],
    ids=["total", "balance", "leading", "limit", "whole"],
)
def test_a_total_is_derived_where_a_rule_gives_it(derived: Any, rule: Rule, prints: dict[str, str], kind: str | None) -> None:
    found = derived(facts_of(*((series, "value", "2001-02", text) for series, text in prints.items())), rule)
    assert found == ([] if kind is None else [{"kind": kind, "printed": 1, "reproduced": 1, "identities": "r"}])


@pytest.mark.parametrize(
    ("rule", "prints", "kind", "outcome"),
    [
        (
            TopSum(name="r", total="a", others="c", prefix="b", size=1, measure="share", **ABOUT),
            [("a", "share", "2001-02", "100"), ("b", "share", "2001-02", "60"), ("c", "share", "2001-02", "40")],
            "share",
            "reproduced",
        ),
        (Whole(name="r", measure="share", low=100, high=100, **ABOUT), [("a", "share", "2001-02", "100")], "share", "reproduced"),
        (
            Share(name="r", whole="w", prefix="a", **ABOUT),
            [("a", "share", "2001-02", "25"), ("a", "value", "2001-02", "1"), ("w", "value", "2001-02", "4")],
            "share",
            "reproduced",
        ),
        (
            Change(name="r", level="index", basis="rounded", **ABOUT),
            [("a", "percent_change", "2001-01/2001-02", "1.0"), ("a", "index", "2001-01", "100"), ("a", "index", "2001-02", "101")],
            "change_1_month",
            "reproduced",
        ),
        (
            OnYearBefore(name="r", measure="change_on_year", level="value", is_percent=False, basis="rounded", **ABOUT),
            [("a", "change_on_year", "2001", "1"), ("a", "value", "2000", "4"), ("a", "value", "2001", "5")],
            "change_on_year",
            "reproduced",
        ),
        (
            Running(name="r", prefix="a", **ABOUT),
            [("a", "value", "2001-01/2001-01", "3"), ("a", "value", "2001-01", "3")],
            "year_to_date",
            "reproduced",
        ),
        (
            PeriodSum(name="r", series=("a",), **ABOUT),
            [("a", "value", "2001-01/2001-02", "7"), ("a", "value", "2001-01", "3"), ("a", "value", "2001-02", "4")],
            "year_to_date",
            "reproduced",
        ),
        (
            Compound(name="r", **ABOUT),
            [(("a", "percent_change", f"{one}/{other}", text)) for one, other, text in (
                ("2000-12", "2001-02", "2.0"), ("2000-12", "2001-01", "1.0"), ("2001-01", "2001-02", "1.0"),
            )],
            "change_2_months",
            "consistent",
        ),
    ],
    ids=["leading shares", "whole share", "share", "change", "on year", "running", "period", "compound"],
)  # fmt: skip
def test_a_rule_reproduces_the_figure_or_leaves_it_within_an_interval(
    derived: Any, rule: Rule, prints: list[tuple[Any, ...]], kind: str, outcome: str
) -> None:
    found = {row["kind"]: row for row in derived(facts_of(*prints), rule)}
    assert (found[kind].get(outcome), found[kind]["identities"]) == (1, "r")


def test_prints_that_only_agree_derive_nothing(derived: Any) -> None:
    facts = facts_of(("a", "value", "2001-02", "5"), ("a", "value", "2001-02", "5"))
    assert derived(facts, Agree(name="r", measures=("value",), **ABOUT)) == []


# Outcomes

ADDS = Sum(name="adds", total="a", parts={"b": 1, "c": 1}, **ABOUT)
TAKES = Sum(name="takes", total="a", parts={"d": 1, "e": 1}, **ABOUT)
FIVE = [("a", "value", "2001-02", "5"), ("b", "value", "2001-02", "3"), ("c", "value", "2001-02", "2")]


def test_one_violated_identity_makes_an_exception_of_what_others_reproduce(derived: Any) -> None:
    facts = facts_of(*FIVE, ("d", "value", "2001-02", "3"), ("e", "value", "2001-02", "9"))
    assert derived(facts, ADDS, TAKES) == [{"kind": "total", "printed": 1, "exceptions": 1, "identities": "adds, takes"}]
    assert derived(facts, TAKES, ADDS) == [{"kind": "total", "printed": 1, "exceptions": 1, "identities": "adds, takes"}]


def test_an_identity_without_an_operand_proves_nothing_and_is_not_named(derived: Any) -> None:
    assert derived(facts_of(*FIVE, ("d", "value", "2001-02", "3")), ADDS, TAKES) == [
        {"kind": "total", "printed": 1, "reproduced": 1, "identities": "adds"}
    ]
    gap = facts_of(FIVE[0], FIVE[1], ("c", "value", "2001-02", ""))
    assert derived(gap, ADDS) == [{"kind": "total", "printed": 1, "not_evaluable": 1}]
    assert derived(facts_of(("a", "value", "2001-02", ""), *FIVE[1:]), ADDS) == []


def test_kinds_are_counted_apart_and_in_order(derived: Any) -> None:
    year = ("a", "value", "2001", "12")
    facts = facts_of(*FIVE, year, ("b", "value", "2001", "8"), ("c", "value", "2001", "4"))
    assert derived(facts, ADDS) == [
        {"kind": "total", "printed": 2, "reproduced": 2, "identities": "adds"}, {"kind": "year", "printed": 3, "not_evaluable": 3},
    ]  # fmt: skip


def test_a_figure_printed_twice_is_one_derived_figure(derived: Any) -> None:
    facts = facts_of(("x", "value", "2001", "5"), ("x", "value", "2001", "5"))
    assert derived(facts) == [{"kind": "year", "printed": 1, "not_evaluable": 1}]


def violation(sha256: str, identity: str, line: int, issue: str, is_total: bool | None = True, start: int = 0) -> dict[str, Any]:
    return {"sha256": sha256, "identity": identity, "line": line, "start": start, "is_total": is_total, "issue": issue}


def test_the_issues_behind_an_exception_are_those_of_its_place(derived: Any) -> None:
    wrong = [("a", "value", "2001-02", "9"), *FIVE[1:]]
    facts = pd.concat([facts_of(*wrong), facts_of(*wrong, sha256="b")])
    rows = [
        violation("a", "adds", 1, "i2"), violation("b", "adds", 1, "i1"), violation("a", "takes", 1, "other rule"),
        violation("a", "adds", 2, "other line"), violation("a", "adds", 1, "other start", start=3),
        violation("c", "adds", 1, "other document"),
        violation("a", "adds", 1, "part", False), violation("b", "adds", 1, "unsaid", None),
    ]  # fmt: skip
    violations = pd.DataFrame(rows).astype({"is_total": "boolean"})
    issues = pd.DataFrame({"issue": ["i1", "i2", "i3"], "state": ["decided", "open", "open"]})
    expected = {"kind": "total", "printed": 2, "exceptions": 2, "identities": "adds", "issues": "i1, i2"}
    assert derived(facts, ADDS, violations=violations, issues=issues) == [expected | {"open_issues": "i2"}]
    assert derived(facts, ADDS, violations=violations, issues=issues.assign(state=["gone", "decided", "open"])) == [expected]
    assert derived(facts, ADDS, violations=violations, issues=issues.assign(state="reopened")) == [expected | {"open_issues": "i1, i2"}]


def test_what_holds_has_no_issue_behind_it(derived: Any) -> None:
    violations = pd.DataFrame([violation("a", "adds", 1, "i1")])
    assert derived(facts_of(*FIVE), ADDS, violations=violations) == [{"kind": "total", "printed": 1, "reproduced": 1, "identities": "adds"}]


# Releases and what was known after each


def change_of(reference_month: str) -> pd.DataFrame:
    return facts_of(("a", "percent_change", "2001-01/2001-02", "10.0"), reference_month=reference_month)


def levels(later: str, **of_all: Any) -> pd.DataFrame:
    return known_of(("a", "index", "2001-01", "100.0"), ("a", "index", "2001-02", later), **of_all)


def test_each_release_is_held_against_what_was_known_after_it(derived: Any) -> None:
    known = pd.concat([levels("110.0", reference_month="2001-02"), levels("120.0", reference_month="2001-03")])
    outcomes = {
        month: derived(change_of(month), known=known)[0] for month in ("2001-01", "2001-02", "2001-03", "2001-04")
    }  # fmt: skip
    usual = {"kind": "change_1_month", "printed": 1}
    assert outcomes == {
        "2001-01": usual | {"reproduced_from_vintages": 1}, "2001-02": usual | {"reproduced_from_vintages": 1},
        "2001-03": usual | {"not_evaluable": 1}, "2001-04": usual | {"not_evaluable": 1},
    }  # fmt: skip
    unnamed = levels("110.0", reference_month=None)
    assert derived(change_of("2001-02"), known=unnamed) == [usual | {"reproduced_from_vintages": 1}]
    assert derived(change_of("2001-02"), known=levels("110.0", family="other")) == [usual | {"not_evaluable": 1}]


def test_releases_stand_below_each_other_in_order(derived: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "rules_of", lambda family: ())
    found = reproduced(pd.concat([change_of("2001-03"), change_of("2001-02")]), "f", NO_VIOLATIONS, NO_ISSUES, known_of())
    assert found["reference_month"].tolist() == ["2001-02", "2001-03"] and found["printed"].tolist() == [1, 1]


def test_a_reproduced_figure_is_not_asked_of_other_documents(derived: Any) -> None:
    change = Change(name="r", level="index", basis="rounded", **ABOUT)
    facts = facts_of(("a", "percent_change", "2001-01/2001-02", "10.0"), ("a", "index", "2001-01", "100"), ("a", "index", "2001-02", "110"))
    assert derived(facts, change, known=levels("110.0"))[0]["reproduced"] == 1


def test_levels_must_be_on_the_base_of_the_figure_s_series(derived: Any) -> None:
    own = change_of("2001-02").assign(base_period="2000")
    for base, outcome in (("2000", "reproduced_from_vintages"), ("1990", "not_evaluable"), (None, "not_evaluable")):
        assert derived(own, known=levels("110.0", base_period=base)) == [{"kind": "change_1_month", "printed": 1, outcome: 1}]


# Operands known from other documents


def outcome(
    fact: tuple[str, str, str | None], printed: Printed, *rows: tuple[Any, ...], base: str | None = None, **of_all: Any
) -> str | None:
    return KnownOperands(known_of(*rows, **of_all), "f").outcome(fact, printed, base)


QUARTER = ("a", "average", "2001-01/2001-03")
MONTHS = [("a", "value", "2001-01", "1.0"), ("a", "value", "2001-02", "2.0"), ("a", "value", "2001-03", "4.5")]


def test_an_average_is_that_of_its_months() -> None:
    assert outcome(QUARTER, Printed(25, 1), *MONTHS) == "reproduced_from_vintages"
    assert outcome(QUARTER, Printed(24, 1), *MONTHS) is None, "values may be revised at any time"
    assert outcome(QUARTER, Printed(25, 1), *MONTHS[1:]) is None
    assert outcome(("b", "average", "2001-01/2001-03"), Printed(25, 1), *MONTHS) is None


def test_what_derives_from_nothing_known_has_no_outcome() -> None:
    assert outcome(("a", "value", "2001"), Printed(25, 1), *MONTHS) is None
    assert outcome(("a", "average", None), Printed(25, 1), *MONTHS) is None
    assert outcome(QUARTER, Printed(25, 1), *MONTHS, family="other") is None


def test_only_months_are_operands() -> None:
    """A year is no month, and what is not dated or has no figure is not known."""
    change = ("a", "percent_change", "2000/2001")
    assert outcome(change, Printed(100, 1), ("a", "index", "2000", "100"), ("a", "index", "2001", "110")) is None
    gaps = known_of(*MONTHS)
    gaps.loc[0, ["value", "decimals"]] = pd.NA
    assert KnownOperands(gaps, "f").outcome(QUARTER, Printed(25, 1), None) is None
    assert set(KnownOperands(gaps, "f").known) == {("a", "value", "2001-02"), ("a", "value", "2001-03")}
    undated = known_of(*MONTHS, ("a", "value", None, "7"), ("a", "share", "2001-01", "7"))
    assert set(KnownOperands(undated, "f").known) == {(series, measure, period) for series, measure, period, _ in MONTHS}


CHANGED = ("a", "percent_change", "2001-01/2001-02")


@pytest.mark.parametrize(
    ("printed", "later", "expected"),
    [
        (Printed(100, 1), "110.0", "reproduced_from_vintages"),
        (Printed(100, 1), "110.05", "reproduced_from_vintages"),  # a tie
        (Printed(101, 1), "110.05", "reproduced_from_vintages"),
        (Printed(99, 1), "110.05", "exceptions_from_vintages"),
        (Printed(10, 0), "110.5", "reproduced_from_vintages"),
        (Printed(10, 0), "110.6", "exceptions_from_vintages"),
        (Printed(-100, 1), "110.0", "exceptions_from_vintages"),
    ],
)
def test_a_change_agrees_within_half_a_unit_of_its_last_place(printed: Printed, later: str, expected: str) -> None:
    rows = [("a", "index", "2001-01", "100.0"), ("a", "index", "2001-02", later), ("a", "index", "2001-05", "1")]
    assert outcome(CHANGED, printed, *rows) == expected


@pytest.mark.parametrize(("latest", "is_final"), [("2001-04", False), ("2001-05", True), ("2002-01", True)])
def test_a_level_is_final_three_months_before_the_latest_of_its_release(latest: str, is_final: bool) -> None:
    rows = [("a", "index", "2001-01", "100.0"), ("a", "index", "2001-02", "110.0"), ("a", "index", latest, "1")]
    assert outcome(CHANGED, Printed(99, 1), *rows) == ("exceptions_from_vintages" if is_final else None)


def test_the_latest_is_that_of_the_same_series_measure_and_release() -> None:
    both = [("a", "index", "2001-01", "100.0"), ("a", "index", "2001-02", "110.0")]
    others = [("b", "index", "2001-09", "1"), ("a", "value", "2001-09", "1")]
    assert outcome(CHANGED, Printed(99, 1), *both, *others) is None
    apart = pd.concat([known_of(*both), known_of(("a", "index", "2001-09", "1"), published_in="2001-10")])
    assert KnownOperands(apart, "f").outcome(CHANGED, Printed(99, 1), None) is None


def test_a_change_from_zero_says_nothing() -> None:
    assert outcome(CHANGED, Printed(99, 1), ("a", "index", "2001-01", "0.0"), ("a", "index", "2001-02", "110.0")) is None


# What is said of a month


def month_of(**counts: Any) -> pd.DataFrame:
    row = {"family": "f", "kind": "total", "printed": 10, "issues": "", "open_issues": "", **dict.fromkeys(OUTCOMES, 0), **counts}
    return pd.DataFrame([row])


def test_all_reproduced_is_said_in_one_sentence() -> None:
    said = said_of(month_of(reproduced=10))
    assert said.description == "10 of 10 derived figures reproduced, 0 within their interval, 0 not evaluable."
    assert said.is_explained and said.counts == {"printed": 10, **dict.fromkeys(OUTCOMES, 0), "reproduced": 10}


def test_the_counts_of_all_rows_are_added_and_their_issues_named_once() -> None:
    rows = [
        month_of(reproduced=5, consistent=1, not_evaluable=2, exceptions=2, issues="i2, i1", open_issues="i2"),
        month_of(
            kind="year", reproduced=3, reproduced_from_vintages=4, exceptions=1, exceptions_from_vintages=2, issues="i2, i3",
            open_issues="i2, i3",
        ),
    ]  # fmt: skip
    said = said_of(pd.concat(rows))
    assert said.description == (
        "8 of 20 derived figures reproduced, 4 from other documents, 1 within their interval, 2 not evaluable. "
        "Exceptions by kind: f total: 2; f year: 1. Open issues: i2, i3. Against final figures of other documents, by kind: f year: 2."
    )
    assert not said.is_explained


@pytest.mark.parametrize(
    ("counts", "is_explained"),
    [
        ({"exceptions": 1, "issues": "i"}, True),
        ({"exceptions": 1}, False),
        ({"exceptions": 1, "issues": "i", "open_issues": "i"}, False),
        ({"exceptions_from_vintages": 1}, False),
        ({"exceptions": 1, "issues": "i", "exceptions_from_vintages": 1}, False),
        ({"consistent": 3, "not_evaluable": 2, "reproduced_from_vintages": 5}, True),
    ],
)
def test_exceptions_are_explained_by_issues_that_are_closed(counts: dict[str, Any], is_explained: bool) -> None:
    assert said_of(month_of(**counts)).is_explained is is_explained
