"""What the page of a month is made from, over documents that are made up: what is unread, missing, withheld and plotted, without a run."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from trade_assets.facts.frames import conform
from trade_assets.facts.tables import IN_DOUBT, METRICS, REPORTS, UNREAD
from trade_assets.reading import ReadError
from trade_assets.review import month
from trade_assets.review.decisions import DecidedCell, Decision, write_decision
from trade_assets.review.month import (
    month_review,
    price_categories,
    trade_months,
    withdraw_page,
    write_index,
    write_page,
)
from trade_assets.review.report import Missing, MonthReview, PriceCategory, TradeMonth, WithheldFigure, WithheldMetric
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.page_tree import parsed, rows
from trade_assets_tests.printed_facts import facts_of
from trade_assets_tests.test_report_parts import _family, _issue, _singles

MONTH, TODAY = "2021-02", dt.date(2021, 3, 1)
INGEST = "trade-assets ingest FILE, then trade-assets run --month 2021-02"
ISSUE = "0123456789ab"


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path / "data")


def _document(family="ft900", product="", reference_month="2020-12", sha256="a" * 64):
    return SimpleNamespace(
        family=family, product=product, title=f"title of {family}", publisher="A publisher", path=f"raw/{family}{product}",
        sha256=sha256, reference_month=reference_month,
    )  # fmt: skip


def _unreadable(path):
    return ReadError(path, 7, expected="a table", found="prose", todo="fetch it again")


def _unread_entry(path):
    return {"path": path, "line": 7, "expected": "a table", "found": "prose", "todo": "fetch it again"}


@pytest.fixture
def reviewed(root, monkeypatch):
    """The review of a month that has these documents, each as (document, whether it is current, its figures or what reading it raises)."""
    shown = {}

    def reading(data, path):
        if isinstance(shown[path], Exception):
            raise shown[path]
        return SimpleNamespace(printed=[f"a line of {path}"], facts=shown[path][0], issues=shown[path][1])

    def examined(facts, family, release_month, product):
        assert release_month == MONTH
        return SimpleNamespace(counts={}, bound=(), violated=()), facts.issues

    def of_reading(found):
        found.facts.issues = found.issues
        return found.facts

    monkeypatch.setattr(month, "content", lambda root, document: document.path)
    monkeypatch.setattr(month, "reading_of", reading)
    monkeypatch.setattr(month, "Facts", SimpleNamespace(of_reading=of_reading))
    monkeypatch.setattr(month, "examine", examined)
    monkeypatch.setattr(month, "coverage", lambda rules, facts: [rules[0].family, facts])

    def review(*documents, damaged=(), metrics=None, awaited=None, today=TODAY):
        shown.update({document.path: figures for document, _, figures in documents})
        monkeypatch.setattr(month, "survey", lambda *_: ([(document, is_current) for document, is_current, _ in documents], list(damaged)))
        return month_review(root, MONTH, metrics or {}, awaited or {}, today)

    return review


def _printed(table="goods_and_services", issues=()):
    facts = facts_of(("s", "value", "2020-12", "5"))
    facts.place["table"][:] = [table]
    return facts, list(issues)


# What was read and what not


def test_the_current_documents_of_known_families_are_shown_in_the_order_of_families(reviewed):
    review = reviewed(
        (_document("uscc"), True, _printed()), (_document("another"), True, _printed()), (_document("ft900"), False, _printed()),
        (_document("mxp", "annual", sha256="b" * 64), True, _printed()), (_document("mxp"), True, _printed()),
    )  # fmt: skip
    assert review.release_month == MONTH and review.unread == [] and review.trade == [] and review.prices == []
    assert [family.family for family in review.families] == ["mxp", "mxp annual", "uscc"]
    annual = review.families[1]
    assert (annual.title, annual.publisher, annual.path, annual.sha256) == ("title of mxp", "A publisher", "raw/mxpannual", "b" * 64)
    assert annual.lines == ["a line of raw/mxpannual"] and annual.coverage == ["mxp", annual.facts] and annual.issues == []
    assert (annual.decisions, annual.states, annual.withheld, annual.withheld_metrics) == ({}, {}, [], [])


def test_what_cannot_be_read_or_examined_is_said_and_takes_nothing_from_the_others(reviewed):
    review = reviewed(
        (_document("ft900"), True, _unreadable("raw/ft900")), (_document("mxp"), True, ZeroDivisionError("by nothing")),
        (_document("uscc"), True, _printed("china_top_five")),
        damaged=[SimpleNamespace(path="raw/damaged", family="fred", error=_unreadable("another name"))],
    )  # fmt: skip
    assert [family.family for family in review.families] == ["uscc"]
    fault = {"line": None, "expected": "a document that can be examined", "found": "ZeroDivisionError: by nothing",
             "todo": "report the fault, with the document"}  # fmt: skip
    assert review.unread == [_unread_entry("raw/damaged"), _unread_entry("raw/ft900"), {"path": "raw/mxp", **fault}]


def test_what_the_run_said_of_a_document_stands_before_what_is_found_now(reviewed, root):
    columns = {"release_month": MONTH, "family": "ft900", "is_current": True, "sha256": "a" * 64, "expected": "as said before",
               "found": "x", "todo": "y"}  # fmt: skip
    told = [columns | {"path": path, "line": line} for path, line in (("raw/ft900", 3), ("raw/damaged", None), ("raw/gone", 5))]
    write_partition(root, UNREAD, MONTH, conform(pd.DataFrame(told), UNREAD))
    review = reviewed(
        (_document("ft900"), True, _unreadable("raw/ft900")), (_document("mxp"), True, KeyError("raw/mxp")),
        damaged=[SimpleNamespace(path="raw/damaged", family="fred", error=_unreadable("raw/damaged"))],
    )  # fmt: skip
    found = {each["path"]: (each["expected"], each["line"]) for each in review.unread}
    assert found == {
        "raw/ft900": ("as said before", 3), "raw/damaged": ("as said before", None), "raw/gone": ("as said before", 5),
        "raw/mxp": ("a document that can be examined", None),
    }  # fmt: skip


def test_a_store_that_cannot_be_surveyed_is_said(root, monkeypatch):
    def broken(*_):
        raise _unreadable("raw/notes.txt")

    monkeypatch.setattr(month, "survey", broken)
    review = month_review(root, MONTH, {}, {}, TODAY)
    assert review.families == [] and review.unread == [_unread_entry("raw/notes.txt")]
    assert [each.what for each in review.missing] == ["ft900, mxp, fred, uscc"]


# What is missing


def test_families_without_a_document_are_missing_and_awaited_ones_are_said_first(reviewed):
    review = reviewed((_document("uscc"), True, _printed("china_top_five")), awaited={"mxp": "Monday", "ft900": "Tuesday"})
    others = ["china_trade_growth", "china_advanced_technology", "china_outbound_investment", "china_purchasing_manager_surveys"]
    why = "no document of uscc that can be read prints what they are made of; so there are no metrics of them either"
    assert review.missing == [
        Missing("mxp", "awaited since Monday", INGEST, True),
        Missing("ft900", "awaited since Tuesday", INGEST, True),
        Missing("fred", "no document of this month is in the store", f"nothing if none was published; else {INGEST}"),
        Missing(", ".join(others), why, "nothing, unless a document that does was published"),
    ]  # fmt: skip


def test_a_document_that_cannot_be_read_is_none_that_is_missing_but_its_tables_are(reviewed):
    every = [(_document(family), True, _unreadable("x")) for family in ("uscc", "fred", "ft900")]
    review = reviewed(*every, damaged=[SimpleNamespace(path="raw/damaged", family="mxp", error=_unreadable("x"))])
    assert [(each.what.partition(",")[0], each.is_awaited) for each in review.missing] == [
        ("goods_and_services", False), ("price_indexes", False), ("fred_observations", False), ("china_trade_growth", False),
    ]  # fmt: skip
    assert review.missing[1].what == "price_indexes, index_levels, price_changes"


def test_a_table_is_not_missing_if_any_of_what_it_is_made_of_is_printed(reviewed):
    indexes, levels = _printed("exports_by_naics"), _printed("index_series")
    review = reviewed(
        (_document("mxp"), True, indexes),
        (_document("mxp", "series"), True, levels),
        (_document("fred"), True, _printed("fred_observations")),
    )
    assert [each.what for each in review.missing] == ["ft900, uscc", "price_changes"]


# States and what is withheld


def _doubt(*figures):
    usual = dict.fromkeys(IN_DOUBT.by_name) | {"release_month": MONTH, "family": "ft900", "sha256": "a" * 64, "line": 1, "start": 0}
    return conform(pd.DataFrame([usual | figure for figure in figures]), IN_DOUBT)


FIGURE = {
    "table": "goods_and_services",
    "column": "exports_goods_musd",
    "series": "exports.goods",
    "period": "2020-12",
    "text": "5",
    "issue": ISSUE,
}


def test_the_figures_withheld_are_those_of_the_document_itself(reviewed, root):
    doubt = _doubt(FIGURE, FIGURE | {"text": "6", "period": None, "issue": "c" * 12}, FIGURE | {"text": "7", "sha256": "b" * 64})
    write_partition(root, IN_DOUBT, MONTH, doubt)
    (family,) = reviewed((_document(), True, _printed())).families
    table, column, series = "goods_and_services", "exports_goods_musd", "exports.goods"
    assert family.withheld == [
        WithheldFigure(table, column, series, "2020-12", "5", ISSUE), WithheldFigure(table, column, series, None, "6", "c" * 12),
    ]  # fmt: skip


def _entry(action="accept", **more):
    usual = {"sha256": "a" * 64, "cells": (DecidedCell(1, 0, "100"),)}
    return Decision("", 1, ISSUE, action, "x", "ada", "2021-02-28", **usual | more)


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ([], "new"), ([_entry()], "decided"), ([_entry(), _entry("reopen", cells=())], "open"), ([_entry(sha256="b" * 64)], "open"),
        ([_entry(expires_on="2021-03-01")], "open"), ([_entry(expires_on="2021-03-02")], "decided"),
    ],
)  # fmt: skip
def test_an_issue_is_new_decided_or_open_again(reviewed, root, entries, state):
    for entry in entries:
        write_decision(root, MONTH, entry)
    issue = _singles(1)
    assert issue.id == ISSUE
    (family,) = reviewed((_document(), True, (issue.facts, [issue]))).families
    assert family.states == {ISSUE: state} and [each.id for each in family.issues] == [ISSUE]
    assert [each.action for each in family.decisions.values()] == (["accept"] if state == "decided" else [])
    assert list(family.decisions) == ([ISSUE] if state == "decided" else [])


def test_each_issue_of_a_document_has_its_own_decision(reviewed, root):
    write_decision(root, MONTH, _entry())
    issue = _singles(1)
    (family,) = reviewed((_document(), True, (issue.facts, [replace(issue, id="f" * 12), issue]))).families
    assert family.states == {"f" * 12: "new", ISSUE: "decided"} and list(family.decisions) == [ISSUE]


def test_metrics_of_every_table_of_the_family_may_be_withheld(reviewed):
    held = {"reference_month": "2020-12", "period": "2020-12", "gaps": f"services_share_of_exports_pct: withheld_by_issue_{ISSUE}"}
    issue = _singles(1)
    metrics = _metrics("trade_changes", _change("exports")) | _metrics("trade_ratios", held)
    (family,) = reviewed((_document(), True, (issue.facts, [issue])), metrics=metrics).families
    assert family.withheld_metrics == [WithheldMetric("trade_ratios", "services_share_of_exports_pct", "2020-12 2020-12", ISSUE)]


def test_the_same_issue_of_a_second_document_has_another_id(reviewed):
    issue = _singles(1)
    families = reviewed(
        (_document(), True, (issue.facts, [issue])), (_document(reference_month="2021-01", sha256="b" * 64), True, (issue.facts, [issue]))
    ).families
    first, second = (each.id for family in families for each in family.issues)
    assert first == ISSUE != second and [list(family.states) for family in families] == [[first], [second]]


def _metrics(name, *rows_):
    table = next(table for table in METRICS if table.name == name)
    usual = dict.fromkeys(table.by_name) | {"release_month": MONTH, "gaps": "", "is_top_level": True}
    return {name: conform(pd.DataFrame([usual | row for row in rows_]), table)}


def _change(flow, gaps="", **more):
    return {"reference_month": "2020-12", "period": "2020-12", "flow": flow, "kind": "total", "gaps": gaps} | more


def test_metrics_withheld_are_those_of_the_documents_own_issues(reviewed, root):
    held = "withheld_by_issue_"
    issue = _singles(1)
    two = f"change_1_month_musd: {held}{ISSUE}, {held}{'b' * 12}"
    metrics = _metrics(
        "trade_changes", _change("exports", f"value_musd: {held}{ISSUE}; change_1_month_pct: no month before; {two}"),
        _change("imports", f"value_musd: not printed, {held}{'c' * 12}"), _change("balance", f"every figure: {held}{ISSUE}", kind="goods"),
    )  # fmt: skip
    document = (_document(), True, (issue.facts, [issue]))
    # The issue c is known to hold figures of another document; of b nobody knows, so it is said with the main document.
    write_partition(root, IN_DOUBT, MONTH, _doubt(FIGURE | {"issue": "c" * 12, "sha256": "c" * 64}))
    (family,) = reviewed(document, metrics=metrics).families
    exports, balance = "2020-12 2020-12 exports total", "2020-12 2020-12 balance goods"
    found = [(each.column, each.key, each.issue) for each in family.withheld_metrics if each.key != balance]
    assert found == [
        ("value_musd", exports, ISSUE), ("change_1_month_musd", exports, ISSUE), ("change_1_month_musd", exports, "b" * 12),
    ]  # fmt: skip
    every = [each for each in family.withheld_metrics if each.key == balance]
    assert {each.issue for each in every} == {ISSUE} and {each.table for each in every} == {"trade_changes"}
    floats = [column.name for table in METRICS if table.name == "trade_changes" for column in table.columns if column.kind == "float"]
    assert [each.column for each in every] == floats
    # Another document of the family has its own issues only; another family has none of these metrics.
    (annual,) = reviewed((_document(product="annual"), True, (issue.facts, [issue])), metrics=metrics).families
    assert {each.issue for each in annual.withheld_metrics} == {ISSUE}
    both = reviewed((_document(product="annual"), True, (issue.facts, [issue, replace(issue, id="b" * 12)])), metrics=metrics).families[0]
    assert {each.issue for each in both.withheld_metrics} == {ISSUE, "b" * 12}
    (other,) = reviewed((_document("mxp"), True, (issue.facts, [issue])), metrics=metrics).families
    assert other.withheld_metrics == []
    assert isinstance(every[0], WithheldMetric)


# Plots


def test_trade_is_plotted_of_the_last_release_month_by_month():
    figures = [("exports", 10.0), ("imports", 30.0), ("balance", -20.0)]
    changes = _metrics(
        "trade_changes",
        *(_change(flow, period=period, value_musd=value) for period in ("2020-12", "2020-11") for flow, value in figures),
        _change("exports", period="2021-01", value_musd=11.0),
        _change("exports", period="2020-10", value_musd=99.0, reference_month="2020-11"),
        _change("exports", period="2020-09", value_musd=99.0, kind="goods"), _change("imports", period="2020-10", value_musd=None),
    )["trade_changes"]  # fmt: skip
    assert list(trade_months(changes)) == [
        TradeMonth("2020-10", None, None, None), TradeMonth("2020-11", -20.0, 10.0, 30.0), TradeMonth("2020-12", -20.0, 10.0, 30.0),
        TradeMonth("2021-01", None, 11.0, None),
    ]  # fmt: skip


def test_a_release_without_a_reference_month_is_plotted_too():
    changes = _metrics("trade_changes", _change("exports", value_musd=1.0, reference_month=None))["trade_changes"]
    assert list(trade_months(changes)) == [TradeMonth("2020-12", None, 1.0, None)]


def _category(label, change, points, **more):
    usual = {"reference_month": "2020-12", "series": label, "label": label, "flow": "imports", "change_latest_month_pct": change}
    return usual | {"contribution_pct_points": points} | more


def test_prices_are_plotted_of_the_imports_of_the_last_release():
    frame = _metrics(
        "price_contributions", _category("Foods", 1.5, 0.1), _category("Fuels", None, None, is_top_level=False),
        _category("Cars", 2.0, 0.2, flow="exports"), _category("Old", 2.0, 0.2, reference_month="2020-11"),
    )["price_contributions"]  # fmt: skip
    assert list(price_categories(frame)) == [PriceCategory("Foods", 1.5, 0.1, True), PriceCategory("Fuels", None, None, False)]


def test_each_plot_takes_its_own_metrics(reviewed):
    metrics = _metrics("trade_changes", _change("exports", value_musd=1.0)) | _metrics("price_contributions", _category("Foods", 1.5, 0.1))
    review = reviewed((_document(), True, _printed()), metrics=metrics)
    assert review.trade == [TradeMonth("2020-12", None, 1.0, None)] and review.prices == [PriceCategory("Foods", 1.5, 0.1, True)]


# Pages


def _summary_row(release_month, documents="A title", awaited=0, **more):
    numbers = ("figures", "holds", "violated", "not_evaluable", "open_issues", "decided_issues", "withheld", "unread")
    return {"release_month": release_month, "page": f"reports/{release_month}.html", "documents": documents, "awaited": awaited} | {
        name: more.get(name, at) for at, name in enumerate(numbers, start=1)
    }


def test_the_index_has_every_month_with_a_page(root):
    for row in (
        _summary_row("2020-12", "", None, open_issues=0, unread=0, decided_issues=0),
        _summary_row("2021-02", "A title\nAnother", 2),
    ):
        write_partition(root, REPORTS, row["release_month"], conform(pd.DataFrame([row]), REPORTS))
    write_index(root)
    page = parsed(root.read("reports", "index.html").decode())
    table = rows(page.one("table"))
    assert [row[0] for row in table[1:]] == ["2021-02February 2021", "2020-12December 2020"]
    assert [row[1] for row in table[1:]] == ["▲ Needs review", "◆ Decided"]
    assert table[1][2] == "A titleAnother8 documents not read2 releases awaited" and table[2][2] == ""
    assert table[1][3:] == ["1", "2", "3", "4", "5", "6", "7"]


def test_a_page_is_written_with_its_row(root, monkeypatch):
    singles = _singles(1)
    family = _family(singles.facts, singles)
    unread = [_unread_entry("raw/x.txt")]
    other = replace(singles, id="f" * 12)
    review = MonthReview(MONTH, [family, _family(other.facts, other)], unread, missing=[Missing("mxp", "awaited", "ingest", True)])
    asked = []
    monkeypatch.setattr(month, "month_review", lambda *given: asked.append(given) or review)
    row = write_page(root, MONTH, {"a": 1}, {"b": "2"})
    assert asked == [(root, MONTH, {"a": 1}, {"b": "2"})]
    assert row.to_dict("records") == [
        {"release_month": MONTH, "page": "reports/2021-02.html", "documents": "A release\nA release", "figures": 6, "holds": 0,
         "violated": 0, "not_evaluable": 0, "open_issues": 2, "decided_issues": 0, "withheld": 0, "unread": 1, "awaited": 1}
    ]  # fmt: skip
    page = parsed(root.read("reports", "2021-02.html").decode())
    assert page.one("title").text == "Release month 2021-02: Needs review - trade-assets"


def test_a_document_that_makes_no_page_is_said_on_the_page_of_the_others(root, monkeypatch):
    singles = _singles(1)
    # A line that is no number cannot be shown.
    broken = _issue(singles.finding, facts_of(*((f"s{at}", "value", "2020-03", "5") for at in range(3))), "f" * 12)
    broken.facts.place["line"][:] = ["nowhere"] * 3
    families = [_family(broken.facts, broken, title="Broken", path="raw/broken"), _family(singles.facts, singles, title="Sound")]
    review = MonthReview(MONTH, families, [_unread_entry("raw/x.txt")])
    monkeypatch.setattr(month, "month_review", lambda *_: review)
    row = write_page(root, MONTH, {}, {})
    assert row["documents"].tolist() == ["Sound"] and row["unread"].tolist() == [2] and row["open_issues"].tolist() == [1]
    entries = list(parsed(root.read("reports", "2021-02.html").decode()).all(class_="unread"))
    assert [entry.one("p").text for entry in entries] == ["raw/x.txt, line 7", "raw/broken"]
    assert "a document that can be examined" in entries[1].text and "report the fault, with the document" in entries[1].text


def test_a_withdrawn_page_says_what_to_run(root):
    withdraw_page(root, MONTH)
    page = parsed(root.read("reports", "2021-02.html").decode())
    assert page.one("title").text == "Release month 2021-02: Not written - trade-assets"
    assert page.one("code").text == "trade-assets run --month 2021-02"
