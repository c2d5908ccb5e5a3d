"""The tables of a month's page and of the index, over a made document: which columns are figures, what is emphasised, what is left out."""

from collections import Counter
from dataclasses import replace

import pytest

from trade_assets.identities.coverage import Coverage
from trade_assets.identities.evaluate import Evaluation, evaluate
from trade_assets.identities.findings import Finding
from trade_assets.identities.rules import rule
from trade_assets.review.report import (
    Missing,
    MonthReview,
    MonthSummary,
    PriceCategory,
    TradeMonth,
    WithheldFigure,
    WithheldMetric,
    index_page,
    withdrawn_page,
)
from trade_assets.review.report.contents import month_in_words
from trade_assets.review.report.index import headline as index_headline
from trade_assets_tests.page_tree import parsed, rows
from trade_assets_tests.printed_facts import facts_of
from trade_assets_tests.reviewed_months import Decided
from trade_assets_tests.test_issue_titles import MARCH, _suspect
from trade_assets_tests.test_report_parts import _family, _issue, _month, _section

SUM = rule("goods_plus_services_equals_total")


def _full(**more):
    """A document with a violated identity, one that holds twice, and one of which nothing is known but its counts."""
    facts = facts_of(*MARCH)
    evaluation = evaluate((SUM,), facts)
    counts = {SUM.name: (0, 1, 1234), "unknown": (2, 0, 0), "silent": (0, 0, 0)}
    issue = _issue(Finding(evaluation.violated, (_suspect(1),), ((0,),), "certain"), facts)
    evaluation = replace(evaluation, counts=counts)
    coverage = [Coverage(at, Counter({"exact": at}), at) for at in range(3)]
    return _family(facts, issue, **{"evaluation": evaluation, "coverage": coverage} | more)


def _figures(table):
    """Which headings of a table stand to the right, as figures do; ``None`` for a corner without one."""
    return [cell.attributes.get("class") == "number" if cell.tag == "th" else None for cell in table.one("thead").one("tr").content]


def _of_rows(table):
    """For each row of the body, which cells are figures."""
    return [[cell.attributes.get("class") == "number" for cell in row.content] for row in table.one("tbody").all("tr")]


def _table(page, caption):
    return next(table for table in page.all("table") if table.one("caption").text == caption)


def test_the_sections_stand_in_the_order_in_which_a_reviewer_needs_them():
    family = _full(decisions={"f" * 12: Decided()}, withheld=[WithheldFigure("t", "c", "s", None, "5", "f" * 12)])
    unread = [{"path": "x", "line": 3, "expected": "a", "found": "b", "todo": "c"}]
    page = _month(
        family, unread=unread, missing=[Missing("fred", "no", "nothing")], trade=[TradeMonth("2020-03", 1.0, 2.0, 3.0)],
        prices=[PriceCategory("Foods", 1.0, 0.1, True)],
    )  # fmt: skip
    order = ["summary", "unread", "issues", "missing", "scoreboard", "coverage", "withheld", "decisions", "trade", "prices"]
    assert [section.attributes["aria-labelledby"] for section in page.all("section")] == order
    assert [link.attributes["href"] for link in page.one("nav").all("a")] == [f"#{name}" for name in order[1:]]
    assert page.one("main").attributes["tabindex"] == "-1" and page.one("main").attributes["id"] == "content"
    assert {block.attributes["tabindex"] for block in page.all(class_="scroll")} == {"0"}
    assert page.one(class_="unread").one("p").text == "x, line 3"
    # What there is nothing of has no section.
    few = [section.attributes["aria-labelledby"] for section in _month(_full()).all("section")]
    assert few == ["summary", "issues", "scoreboard", "coverage"]
    assert [section.attributes["aria-labelledby"] for section in _month().all("section")] == ["summary"]


def test_the_summary_counts_all_documents():
    page = _month(
        _full(),
        _full(path="raw/2020-03/b.txt", family="mxp", issues=(), title="B", withheld=[WithheldFigure("t", "c", "s", None, "5", "x")]),
    )
    numbers = {entry.one("dt").text: entry.one("dd").text for entry in page.one(class_="numbers").content}
    assert numbers == {
        "figures": "6", "proven to the print": "4", "identities hold": "4", "violated": "2", "not evaluable": "2,468", "issues open": "1",
        "issues decided": "0", "figures withheld": "1",
    }  # fmt: skip
    documents = _table(page, "Documents of the month")
    assert rows(documents) == [
        ["Title", "Publisher", "Family", "Figures", "In the store", "SHA-256"],
        ["A release", "A publisher", "ft900", "3", "raw/2020-03/a.txt", "0" * 64],
        ["B", "A publisher", "mxp", "3", "raw/2020-03/b.txt", "0" * 64],
    ]  # fmt: skip
    assert _figures(documents) == [False, False, False, True, False, False] and _of_rows(documents) == [_figures(documents)] * 2
    assert "2 documents" in [each.text for each in page.all("summary")]


def test_the_scoreboard_says_what_each_identity_proves_and_where_it_is_violated():
    page = _month(_full())
    table = _table(page, "Identities of A release")
    assert rows(table) == [
        ["Identity", "Proves", "Holds", "Violated", "Not evaluable"],
        [f"{SUM.description}{SUM.name}", "to the print", "0", "1 ✗", "1,234"],
        ["unknown", "", "2", "0", "0"], ["silent", "", "0", "0", "0"],
    ]  # fmt: skip
    assert _figures(table) == [False, False, True, True, True] and _of_rows(table) == [_figures(table)] * 3
    assert [row.attributes.get("class") for row in table.one("tbody").all("tr")] == ["violated", None, None]
    assert [strong.text for strong in table.all("strong")] == ["1 ✗"]


@pytest.mark.parametrize(("counts", "is_shown"), [({"one": (0, 0, 0)}, False), ({}, False), ({"one": (0, 0, 0), "two": (0, 0, 1)}, True)])
def test_a_document_of_which_no_identity_says_anything_has_no_scoreboard(counts, is_shown):
    page = _month(_full(evaluation=Evaluation(counts, (), ()), issues=(), coverage=()))
    shown = [section.attributes["aria-labelledby"] for section in page.all("section")]
    assert ("scoreboard" in shown) is is_shown and "coverage" not in shown


def test_figures_of_the_coverage_stand_to_the_right():
    table = _table(_month(_full()), "Coverage of A release")
    assert _figures(table) == [False, *[True] * 8, None]
    assert _of_rows(table) == [[False, *[True] * 8, False]]
    assert rows(table)[1:] == [["table", "3", "0", "1", "1", "0", "0", "1", "67 %", ""]]


def test_every_block_that_scrolls_says_what_it_is():
    family = _full(decisions={"f" * 12: Decided()}, withheld=[WithheldFigure("t", "c", "s", None, "5", "x")])
    family = replace(family, withheld_metrics=[WithheldMetric("trade", "value", "key", "x")])
    page = _month(
        family, missing=[Missing("fred", "no", "nothing")], trade=[TradeMonth("2020-03", 1.0, 2.0, 3.0)],
        prices=[PriceCategory("Foods", 1.0, 0.1, True), PriceCategory("Crude", 1.0, 0.1, False)],
    )  # fmt: skip
    labels = {each.attributes["id"]: each.text for each in page.all("span", "unseen") if "id" in each.attributes}
    found = [(labels[block.attributes["aria-labelledby"]], block.content[0].tag) for block in page.all(class_="scroll")]
    assert found == [
        ("Documents", "table"), ("Document lines around line 2", "pre"), ("Missing", "table"), ("Identities of A release", "table"),
        ("Coverage of A release", "table"), ("Withheld figures", "table"), ("Withheld metrics", "table"), ("Decisions", "table"),
        ("Plot of trade by month", "svg"), ("Trade by month", "table"), ("Categories that add up", "table"),
        ("Further categories", "table"),
    ]  # fmt: skip
    # And folded blocks say what is in them.
    folded = [each.one("summary").text for each in page.all("details")]
    assert folded == ["1 document", "What these words mean", "1 month as a table", "1 more category"]


def test_the_words_of_the_page_are_explained():
    words = {entry.one("dt").text: entry.one("dd").text for entry in _month(_full()).one("dl", "words").content}
    assert list(words) == ["Figure", "Identity", "Not evaluable", "Proven to the print", "Issue", "Withheld"]
    assert words["Figure"].startswith("one printed number") and words["Issue"].startswith(
        "one cause behind one or more violated identities"
    )
    assert words["Not evaluable"].endswith("That never counts as holding.") and words["Withheld"].startswith("left out of the tables")


def test_a_long_title_is_cut_in_captions():
    page = _month(_full(title="T" * 91))
    captions = [table.one("caption").text for table in page.all("table")]
    assert f"Identities of {'T' * 89}…" in captions and f"Coverage of {'T' * 89}…" in captions
    assert f"Identities of {'T' * 90}" in [table.one("caption").text for table in _month(_full(title="T" * 90)).all("table")]


def test_two_documents_of_a_month_have_tables_with_ids_of_their_own():
    page = _month(_full(family="ft900"), _full(family="ft900 Annual-É", issues=()))
    labels = [each.attributes["id"] for each in page.all(class_="unseen") if each.attributes.get("id", "").startswith(("score", "cover"))]
    assert labels == ["scoreboard-ft900-label", "scoreboard-ft900annual-label", "coverage-ft900-label", "coverage-ft900annual-label"]


def test_what_is_withheld_leads_to_its_issue_if_that_is_on_the_page():
    family = _full()
    (issue,) = family.issues
    figures = [WithheldFigure("t", "c", "s", "2020-03", "1,012", issue.id), WithheldFigure("t", "c", "s", None, "5", "f" * 12)]
    metrics = [WithheldMetric("trade", "value", "2020-03 exports", issue.id)]
    section = _section(_month(replace(family, withheld=figures, withheld_metrics=metrics)), "withheld")
    assert section.one("h2").text == "Withheld (3)"
    assert rows(_table(section, "Figures"))[1:] == [["1,012", "s 2020-03", "t.c", issue.id], ["5", "s", "t.c", "f" * 12]]
    assert [head.text for head in _table(section, "Figures").one("tbody").all("th")] == ["s 2020-03", "s"]
    assert rows(_table(section, "Metrics"))[1:] == [["2020-03 exports", "trade.value", issue.id]]
    assert _figures(_table(section, "Figures")) == [True, False, False, False] and _figures(_table(section, "Metrics")) == [False] * 3
    assert [link.attributes["href"] for link in section.all("a")] == [f"#issue-{issue.id}"] * 2
    only = [_section(_month(replace(family, **each)), "withheld") for each in ({"withheld": figures}, {"withheld_metrics": metrics})]
    assert [[table.one("caption").text for table in each.all("table")] for each in only] == [["Figures"], ["Metrics"]]


@pytest.mark.parametrize("known", ["balance", "exports", "imports"])
def test_one_figure_of_trade_is_enough_to_show_it(known):
    month = TradeMonth("2020-03", None, None, None)
    assert [section.attributes["aria-labelledby"] for section in _month(trade=[month]).all("section")] == ["summary"]
    page = _month(trade=[month, month._replace(**{known: 5.0})])
    assert [section.attributes["aria-labelledby"] for section in page.all("section")] == ["summary", "trade"]


def test_figures_of_trade_and_prices_stand_to_the_right():
    page = _month(trade=[TradeMonth("2020-03", 1.0, 2.0, None)], prices=[PriceCategory("Foods", 1.0, 0.1, True)])
    trade = _table(page, "Trade by month, million dollars")
    assert _figures(trade) == [False, True, True, True] and _of_rows(trade) == [_figures(trade)]
    prices = _table(page, "Categories that add up")
    assert _figures(prices) == [False, True, True, False] and _of_rows(prices) == [_figures(prices)]


@pytest.mark.parametrize(("number", "is_folded"), [(50, False), (51, True)])
def test_beyond_fifty_issues_figures_of_the_list_stand_to_the_right(number, is_folded):
    family = _full()
    issues = [replace(family.issues[0], id=f"{at:012x}") for at in range(number)]
    section = _section(_month(replace(family, issues=issues)), "issues")
    more = [table for table in section.all("table") if table.one("caption").text == "More issues"]
    assert [(_figures(table), _of_rows(table)) for table in more] == [
        ([True, *[False] * 4, True], [[True, *[False] * 4, True]])
    ] * is_folded


def test_open_issues_stand_before_decided_ones_and_the_gravest_of_each_document_before_the_next_of_any():
    first, second = _full(), _full(family="mxp", title="B")
    names = [f"{at:012x}" for at in range(6)]
    first = replace(first, issues=[replace(first.issues[0], id=name) for name in names[:3]], states={names[0]: "decided"})
    second = replace(second, issues=[replace(second.issues[0], id=name) for name in names[3:]], decisions={names[4]: Decided()})
    section = _section(_month(first, second), "issues")
    shown = [article.attributes["id"].removeprefix("issue-") for article in section.all("article")]
    # Rank 1 of either, rank 2, rank 3; then those decided, by rank.
    assert shown == [names[3], names[1], names[2], names[5], names[0], names[4]]


def test_a_withdrawn_page_says_what_to_do():
    page = parsed(withdrawn_page("2020-03"))
    assert page.one("h1").text == "Release month 2020-03 March 2020" and page.one(class_="pill").text == "○ Not written"
    assert page.one(class_="headline").text == (
        "The documents of this month have been proven anew, and what was shown here before is not shown any more. The page is written at "
        "the end of the run that is under way. If none is, it was ended, or was of some tables only: run the month again."
    )
    assert [code.text for code in page.all("code")] == ["trade-assets run --month 2020-03"]
    assert [link.attributes["href"] for link in page.one("header").all("a")] == ["index.html"]
    assert page.one("section").attributes["class"] == "summary grey"


# The index


NUMBERS = ("figures", "holds", "violated", "not_evaluable", "open_issues", "decided_issues", "withheld", "unread", "awaited")


def _summary(month="2020-03", documents=(), **numbers):
    return MonthSummary(release_month=month, documents=documents, **dict.fromkeys(NUMBERS, 0) | numbers)


@pytest.mark.parametrize(
    ("summaries", "said", "tone"),
    [
        ([], "No release month has been built yet.", "grey"),
        ([_summary(figures=1, holds=1)], "1 release month with 1 figure; 1 identity holds. No month needs review.", "green"),
        ([_summary(figures=1200, holds=34), _summary("2020-04", figures=34, holds=1200)],
         "2 release months with 1,234 figures; 1,234 identities hold. No month needs review.", "green"),
        ([_summary(unread=1)], "1 release month with 0 figures; 0 identities hold. 1 month needs review: 2020-03.", "red"),
        ([_summary(awaited=1, decided_issues=2)], "1 release month with 0 figures; 0 identities hold. No month needs review.", "green"),
    ],
)  # fmt: skip
def test_the_index_says_how_many_months_there_are_and_which_need_review(summaries, said, tone):
    page = parsed(index_page(summaries))
    assert page.one(class_="headline").text == said == index_headline(summaries)
    assert page.one("section").attributes["class"] == f"summary {tone}"
    assert len(list(page.all("table"))) == bool(summaries)


def test_a_month_of_the_index_has_its_documents_and_what_is_not_there():
    page = parsed(
        index_page([_summary("2020-03", ("T" * 160, "T" * 161), unread=1, awaited=2), _summary("2020-04", (), unread=2, awaited=1)])
    )
    table = page.one("table")
    assert [row[0] for row in rows(table)[1:]] == ["2020-04April 2020", "2020-03March 2020"]
    assert [[div.text for div in row.content[2].content] for row in table.one("tbody").all("tr")] == [
        ["2 documents not read", "1 release awaited"], ["T" * 160, "T" * 159 + "…", "1 document not read", "2 releases awaited"],
    ]  # fmt: skip
    assert [link.attributes["href"] for link in table.all("a")] == ["2020-04.html", "2020-03.html"]
    labels = {each.attributes["id"]: each.text for each in page.all("span", "unseen") if "id" in each.attributes}
    assert [labels[block.attributes["aria-labelledby"]] for block in page.all(class_="scroll")] == ["Release months"]


def test_a_month_in_words():
    assert [month_in_words(each) for each in ("2013-01", "1999-12")] == ["January 2013", "December 1999"]
    with pytest.raises(ValueError, match="is no release month"):
        month_in_words("2013-13")


# Numbers of a summary


def test_a_summary_adds_up_the_documents_of_a_month():
    family = _full()
    (issue,) = family.issues
    other = replace(issue, id="f" * 12)
    figures = [WithheldFigure("t", "c", "s", None, "5", "x")]
    families = [
        replace(family, issues=[other, issue], states={issue.id: "decided", other.id: "new"}, withheld=figures * 2),
        replace(family, issues=[issue], decisions={issue.id: Decided()}, withheld=figures), replace(family, title="C"),
    ]  # fmt: skip
    unread = [{"path": "x"}, {"path": "y"}]
    missing = [Missing("fred", "no", "nothing"), Missing("mxp", "awaited", "ingest", is_awaited=True)]
    summary = MonthSummary.of(MonthReview("2020-03", families, unread, missing=missing))
    assert summary == MonthSummary("2020-03", ("A release", "A release", "C"), 9, 6, 3, 3702, 2, 2, 3, 2, 1)


def test_a_mark_for_a_missing_figure_is_counted_and_a_gap_that_nothing_prints_is_not():
    facts = facts_of(*MARCH)
    facts.place["line"][1] = None
    assert _family(facts).figures == 2
    assert _family(facts).series == {("exports.total", "value"): [0], ("exports.goods", "value"): [1], ("exports.services", "value"): [2]}
    twice = facts_of(*MARCH, (*MARCH[0][:2], "2020-04", "5"))
    assert _family(twice).series["exports.total", "value"] == [0, 3]
