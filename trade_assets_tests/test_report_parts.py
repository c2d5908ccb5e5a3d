"""Parts of a month's page over a few made figures: what is cut and where, which periods are compared, coverage, links, what is missing."""

from collections import Counter
from dataclasses import replace

import pytest

from trade_assets.identities.coverage import Coverage
from trade_assets.identities.evaluate import Evaluation
from trade_assets.identities.findings import Finding
from trade_assets.review.consequence import Consequence
from trade_assets.review.issues import Issue
from trade_assets.review.report import (
    FamilyReview,
    Missing,
    MonthReview,
    MonthSummary,
    WithheldFigure,
    WithheldMetric,
    index_page,
    month_page,
)
from trade_assets.review.report.document import lines_around
from trade_assets.review.report.issue import issue_article
from trade_assets.review.report.markup import join
from trade_assets.review.report.words import count, sentence, short
from trade_assets_tests.page_tree import Page, parsed, rows
from trade_assets_tests.printed_facts import facts_of
from trade_assets_tests.reviewed_months import Decided
from trade_assets_tests.test_issue_titles import MARCH, SLIP, _suspect, _violated


def _issue(finding, facts, name="0123456789ab"):
    return Issue(name, finding, facts, Consequence(0.0, ()))


def _family(facts, *issues, **more):
    """A document of these figures, one on each line."""
    values = {
        "family": "ft900", "title": "A release", "publisher": "A publisher", "path": "raw/2020-03/a.txt", "sha256": "0" * 64,
        "lines": list(facts.place["text"]), "facts": facts, "evaluation": Evaluation({}, (), ()), "issues": issues, "coverage": (),
    }  # fmt: skip
    return FamilyReview(**values | more)


def _article(issue, **more):
    return Page(issue_article(_family(issue.facts, issue, **more), issue).html).root.one("article")


def _month(*families, **more):
    return parsed(month_page(MonthReview("2020-03", families, **more)))


def _section(page, name):
    return next(section for section in page.all("section") if section.attributes["aria-labelledby"] == name)


def _singles(number, proposal=None, slip=None):
    """As many figures, each of which alone may be the wrong one."""
    facts = facts_of(*((f"s{at:02d}", "value", "2020-03", str(100 + at)) for at in range(max(number, 3))))
    _, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    suspects = tuple(_suspect(at, proposal, slip) for at in range(number))
    return _issue(Finding((verdict,), suspects, tuple((at,) for at in range(number)), "ambiguous"), facts)


# Lists that are cut


@pytest.mark.parametrize("is_explained", [True, False])
@pytest.mark.parametrize(("number", "more"), [(2, None), (12, None), (13, "and 1 more figure"), (15, "and 3 more figures")])
def test_twelve_suspects_are_shown(number, more, is_explained):
    issue = _singles(number)
    if not is_explained:
        issue = replace(issue, finding=replace(issue.finding, explanations=()))
    article = _article(issue)
    table = next(table for table in article.all("table") if table.one("caption").text == "Suspect figures")
    # The gap of the one violated identity is of each of them; nothing is proposed, and no slip is known.
    assert rows(table) == [
        ["Printed", "What it is", "Line", "All its identities allow", "In violated identities"],
        *([str(100 + at), f"s{at:02d} 2020-03", str(at + 1), "any figure", "1 of 1"] for at in range(min(number, 12))),
    ]
    # What a figure is heads its row; figures stand to the right.
    body = list(table.one("tbody").all("tr"))
    assert [head.text for row in body for head in row.all("th")] == [f"s{at:02d} 2020-03" for at in range(min(number, 12))]
    assert [cell.attributes.get("class") for cell in body[0].content] == ["number", None, "number", None, "number"]
    assert [head.attributes.get("class") for head in table.one("thead").all("th")] == ["number", None, "number", None, "number"]
    assert next((note.text for note in article.all("p", "note") if "suspect" not in note.text), None) == more
    said = f"Any one of these {number} figures, changed alone, makes every identity hold; the likeliest first."
    assert (said in article.text) is is_explained
    assert ("No change of one or two figures makes everything hold. These figures take part:" in article.text) is not is_explained


@pytest.mark.parametrize(("others", "more"), [(0, None), (1, None), (12, None), (13, "and 1 more"), (14, "and 2 more")])
def test_twelve_other_explanations_are_written(others, more):
    issue = _singles(3, "150", SLIP)
    issue = replace(issue, finding=replace(issue.finding, explanations=((0, 1), *[(1, 2)] * others)))
    article = _article(issue)
    assert "These 2 figures, changed together, make the identities hold." in article.text
    table = next(table for table in article.all("table") if table.one("caption").text == "Suspect figures")
    assert rows(table)[1:] == [
        [str(100 + at), f"s0{at} 2020-03", str(at + 1), "150", "transposed digits", "any figure", "1 of 1"] for at in (0, 1)
    ]
    folded = [each for each in article.all("details") if "explanation" in each.one("summary").text]
    if not others:
        assert folded == []
        return
    (details,) = folded
    assert details.one("summary").text == ("1 other explanation" if others == 1 else f"{others:,} other explanations")
    told = " and ".join(f"10{at} on line {at + 1} (s0{at} 2020-03) should read 150, transposed digits" for at in (1, 2))
    assert [item.text for item in details.all("li")] == [told] * min(others, 12) + ([more] if more else [])


@pytest.mark.parametrize(("violated", "more"), [(1, None), (3, None), (4, None), (15, None), (16, "and 1 more"), (17, "and 2 more")])
def test_three_identities_are_drawn_and_twelve_more_written(violated, more):
    facts, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    article = _article(_issue(Finding((verdict,) * violated, (_suspect(1),), ((0,),), "certain"), facts))
    assert len(list(article.all("table", "sum"))) == min(violated, 3)
    folded = [each for each in article.all("details") if "violated" in each.one("summary").text]
    if violated <= 3:
        assert folded == []
        return
    (details,) = folded
    assert details.one("summary").text == ("1 more violated identity" if violated == 4 else f"{violated - 3} more violated identities")
    missed = "misses by 9, rounding allows 1 (inferred: no publisher states the rule)"
    written = f"goods_plus_services_equals_total: 1,330 = [1,012] + 309; {missed}"
    assert [item.text for item in details.all("li")] == [written] * min(violated - 3, 12) + ([more] if more else [])


@pytest.mark.parametrize(("cleared", "more"), [(1, ""), (24, ""), (25, " and 1 more"), (27, " and 3 more")])
def test_twenty_four_cleared_figures_are_named_for_each_reason(cleared, more):
    facts = facts_of(*((f"s{at:02d}", "value", "2020-03", str(100 + at)) for at in range(30)))
    _, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    why = (*((at, None) for at in range(1, cleared + 1)), (29, "an_identity"))
    (details,) = [
        each
        for each in _article(_issue(Finding((verdict,), (_suspect(0),), ((0,),), "certain", why), facts)).all("details")
        if "cannot be" in each.one("summary").text
    ]
    assert details.one("summary").text == f"{cleared + 1} other figures cannot be the single wrong one"
    named = ", ".join(f"{100 + at} (s{at:02d} 2020-03)" for at in range(1, min(cleared, 24) + 1))
    assert [item.text for item in details.all("li")] == [
        f"Not part of every violated identity: {named}{more}",
        "an_identity holds and would not, whatever the figure read: 129 (s29 2020-03)",
    ]  # fmt: skip


@pytest.mark.parametrize(("figures", "is_folded"), [(2, False), (6, False), (7, True)])
def test_a_command_with_more_than_six_values_is_folded(figures, is_folded):
    issue = _singles(figures, "150")
    issue = replace(issue, finding=replace(issue.finding, explanations=(tuple(range(figures)),)))
    decide = _article(issue).one(class_="decide")
    (command,) = [code.text for code in decide.all("code") if "correct" in code.text]
    assert command.count("--value") == figures
    assert [each.one("summary").text for each in decide.all("details")] == ["The command, with 7 values"] * is_folded


@pytest.mark.parametrize("suspects", [1, 3, 4, 7, 9])
def test_three_series_are_plotted(suspects):
    """Of the first six suspects, those that have another figure beside them: one without is no plot, and takes no place of one."""
    alone = ("alone", "value", "2020-03", "5")
    facts = facts_of(alone, *((f"s{at}", "value", f"2020-{month:02d}", "7") for at in range(1, 9) for month in (3, 4)))
    cells = [0, *range(1, 17, 2)][:suspects]
    _, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    finding = Finding((verdict,), tuple(map(_suspect, cells)), tuple((at,) for at in range(suspects)), "ambiguous")
    shown = [each.text for each in _article(_issue(finding, facts)).all("span", "series")]
    assert shown == [f"s{at}" for at in range(1, suspects)][:3]


@pytest.mark.parametrize(("waiting", "named"), [(1, "2010-01"), (6, None), (7, " and 1 more"), (8, " and 2 more")])
def test_the_index_names_six_months_that_need_review(waiting, named):
    months = [f"{2010 + number // 12}-{number % 12 + 1:02d}" for number in range(waiting)]
    numbers = dict.fromkeys(
        ("figures", "holds", "violated", "not_evaluable", "open_issues", "decided_issues", "withheld", "unread", "awaited"), 0
    )
    summaries = [MonthSummary(release_month=month, documents=(), **numbers | {"open_issues": 1}) for month in months]
    latest = ", ".join(months[::-1][:6])
    said = named if waiting == 1 else f"{latest}{named or ''}"
    month = "1 month needs" if waiting == 1 else f"{waiting:,} months need"
    release = "1 release month" if waiting == 1 else f"{waiting:,} release months"
    assert parsed(index_page(summaries)).one(class_="headline").text == (
        f"{release} with 0 figures; 0 identities hold. {month} review: {said}."
    )


@pytest.mark.parametrize(("number", "more"), [(1, ""), (300, ""), (301, "1 more {}"), (302, "2 more {}s")])
def test_three_hundred_withheld_figures_and_metrics_are_shown(number, more):
    facts = facts_of(*MARCH)
    figures = [WithheldFigure("table", "column", "exports.goods", "2020-03", str(at), "0" * 12) for at in range(number)]
    metrics = [WithheldMetric("trade", "value", f"key {at}", "0" * 12) for at in range(number)]
    section = _section(_month(_family(facts, withheld=figures, withheld_metrics=metrics)), "withheld")
    assert section.one("h2").text == f"Withheld ({2 * number:,})"
    shown, derived = section.all("table")
    assert rows(shown) == [
        ["Printed", "What it is", "Column", "Issue"],
        *([str(at), "exports.goods 2020-03", "table.column", "0" * 12] for at in range(min(number, 300))),
    ]
    assert rows(derived) == [["What it is", "Column", "Issue"], *([f"key {at}", "trade.value", "0" * 12] for at in range(min(number, 300)))]
    places = [("figure", "validated.in_doubt"), ("metric", "metrics")] if more else []
    assert [note.text for note in section.all("p", "note")] == [
        f"and {more.format(noun)}, all of them in {place}" for noun, place in places
    ]
    # An issue that is not on the page has no place to lead to.
    assert list(section.all("a")) == []


@pytest.mark.parametrize(("number", "more"), [(50, None), (51, None), (350, None), (351, "and 1 more issue, all of them in review.issues")])
def test_fifty_issues_are_shown_in_full_and_three_hundred_more_in_a_line(number, more):
    facts, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    finding = Finding((verdict,), (_suspect(1, "1,021", SLIP, (1020, 1022)),), ((0,),), "certain")
    issues = [_issue(finding, facts, f"{at:012x}") for at in range(number)]
    decided = {issues[0].id: "decided"}
    section = _section(_month(_family(facts, *issues, states=decided)), "issues")
    assert section.one("h2").text == f"Issues ({number})"
    order = [*issues[1:], issues[0]]  # what is decided comes last
    assert [each.attributes["id"] for each in section.all("article")] == [f"issue-{issue.id}" for issue in order[:50]]
    tables = [table for table in section.all("table") if table.one("caption").text == "More issues"]
    assert [rows(table)[1:] for table in tables] == [
        [["2", "1,012 (exports.goods 2020-03) is wrong, probably 1,021 (transposed digits).", "certain",
          "decided" if issue is issues[0] else "open", issue.id, "1"] for issue in order[50:350]]
    ] * (number > 50)  # fmt: skip
    notes = [note.text for note in section.content if note.tag == "p" and note.attributes.get("class") == "note"]
    assert notes == ([more] if more else [])
    if number > 50:
        assert next(head.text for head in section.all("h3") if "more issue" in head.text) == count(number - 50, "more issue")


def test_an_index_without_months_says_so_and_figures_of_months_stand_to_the_right():
    empty = parsed(index_page([]))
    assert empty.one(class_="headline").text == "No release month has been built yet." and list(empty.all("table")) == []
    numbers = ("figures", "holds", "violated", "not_evaluable", "open_issues", "decided_issues", "withheld", "unread", "awaited")
    month = MonthSummary(release_month="2020-03", documents=("A release",), **{name: at for at, name in enumerate(numbers, start=1)})
    table = parsed(index_page([month])).one("table")
    assert [head.attributes.get("class") for head in table.one("thead").all("th")] == [None] * 3 + ["number"] * 7
    assert rows(table)[1][3:] == ["1", "2", "3", "4", "5", "6", "7"]


# What a figure is compared with


@pytest.mark.parametrize(
    ("measure", "period", "others", "shown"),
    [
        ("value", "2020-03", ["2019", "2020-01", "2020-01/2020-03", "2020-02"], ["2020-01", "2020-02", "2020-03"]),
        ("value", "2020", ["2018", "2019", "2020-01", "2020-02"], ["2018", "2019", "2020"]),
        ("value", "2020-01/2020-03", ["2019-01/2019-03", "2020-01/2020-02", "2020-03"],
         ["2019-01/2019-03", "2020-01/2020-02", "2020-01/2020-03"]),
        ("percent_change", "2020-02/2020-03", ["2020-01/2020-02", "2019-03/2020-03", "2019-02/2020-02"],
         ["2020-01/2020-02", "2020-02/2020-03"]),
        ("percent_change", "2019-03/2020-03", ["2020-01/2020-02", "2020-02/2020-03", "2019-02/2020-02"],
         ["2019-02/2020-02", "2019-03/2020-03"]),
        ("value", "2020-08", [f"2020-{month:02d}" for month in range(1, 13) if month != 8],
         [f"2020-{month:02d}" for month in range(2, 13)]),
        ("value", "2020-05", [f"2020-{month:02d}" for month in range(1, 13) if month != 5],
         [f"2020-{month:02d}" for month in range(1, 12)]),
    ],
)  # fmt: skip
def test_a_figure_is_plotted_among_the_six_nearest_periods_of_its_kind(measure, period, others, shown):
    prints = [("s", measure, period, "7"), *(("s", measure, other, "5") for other in others), ("t", measure, "2020-03", "9")]
    prints += [("s", measure, shown[0], "6")] if shown[0] != period else []  # a second print of a fact adds no place
    _, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    article = _article(_issue(Finding((verdict,), (_suspect(0),), ((0,),), "certain"), facts_of(*prints)))
    listed = "; ".join(f"{each} {'7' if each == period else '5'}" for each in shown)
    assert article.one("desc").text == f"Printed 7 in {period}. As printed: {listed}."
    assert article.one("span", "series").text == ("s" if measure == "value" else f"s {measure}")


def test_a_figure_without_another_beside_it_is_not_plotted():
    _, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    finding = Finding((verdict,), (_suspect(0),), ((0,),), "certain")
    for period, other in (("2020-03", "2020"), (None, None)):
        prints = [("s", "value", period, "7"), ("s", "value", other, "9"), ("t", "value", "2020-03", "8")]
        assert list(_article(_issue(finding, facts_of(*prints))).all("svg")) == []


# The document's lines


@pytest.mark.parametrize(
    ("marked", "shown", "more"),
    [
        ([5], ["3", "4", "5", "6", "7"], None), ([1], ["1", "2", "3"], None), ([20], ["18", "19", "20"], None),
        ([3, 8], ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"], None),
        ([3, 9], ["1", "2", "3", "4", "5", "⋮", "7", "8", "9", "10", "11"], None),
        ([1, 3, 5, 7, 9, 11], [str(line) for line in range(1, 14)], None),
        # The seventh is near the sixth; those behind it are not shown.
        ([1, 3, 5, 7, 9, 11, 13, 14], [str(line) for line in range(1, 14)], "and 1 more line with suspect figures"),
        ([1, 3, 5, 7, 9, 11, 14, 16], [str(line) for line in range(1, 14)], "and 2 more lines with suspect figures"),
    ],
)  # fmt: skip
def test_two_lines_before_and_after_each_figure_are_shown(marked, shown, more):
    facts = facts_of(*(("s", "value", f"20{at:02d}", "5") for at in range(len(marked))))
    facts.place["line"][:] = marked
    _, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    finding = Finding((verdict,), tuple(map(_suspect, range(len(marked)))), (tuple(range(len(marked))),), "likely")
    block = Page(join(lines_around(_issue(finding, facts), ["5"] * 20, "n")).html).root
    assert [each.text.split()[0] for each in block.one("code").content] == shown
    hits = [each.text.split()[0] for each in block.all("span", "hit")]
    assert hits == [str(line) for line in marked if str(line) in shown]
    assert next((note.text for note in block.all("p", "note")), None) == more


@pytest.mark.parametrize(
    ("length", "start", "before", "behind"),
    [
        (200, 150, "x" * 150, "y" * 49),
        # Wider than 200: cut from 90 characters before the mark on, 200 of them.
        (201, 150, "…" + "x" * 90, "y" * 50), (500, 150, "…" + "x" * 90, "y" * 109 + "… (500 characters)"),
        (500, 90, "x" * 90, "y" * 109 + "… (500 characters)"), (500, 91, "…" + "x" * 90, "y" * 109 + "… (500 characters)"),
        (500, 0, "", "y" * 199 + "… (500 characters)"),
    ],
)  # fmt: skip
def test_a_wide_line_is_cut_around_its_figure(length, start, before, behind):
    facts = facts_of(("s", "value", "2020", "5"))
    facts.place["start"][0], facts.place["end"][0] = start, start + 1
    _, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    issue = _issue(Finding((verdict,), (_suspect(0),), ((0,),), "certain"), facts)
    block = Page(join(lines_around(issue, ["x" * start + "5" + "y" * (length - start - 1)], "n")).html).root
    (line,) = block.one("code").content
    assert line.text == f"1 {before}5{behind}"
    assert [mark.text for mark in line.all("mark")] == ["5"]


def test_lines_are_cut_at_the_same_place_if_one_of_them_is_wide():
    """The wide one is marked at 150, the other at 95: both begin five characters in."""
    facts = facts_of(("s", "value", "2019", "5"), ("s", "value", "2020", "7"))
    facts.place["start"][:], facts.place["end"][:] = [150, 95], [151, 96]
    _, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    finding = Finding((verdict,), (_suspect(0), _suspect(1)), ((0, 1),), "likely")
    lines = ["x" * 150 + "5" + "y" * 149, "a" * 95 + "7" + "b" * 4, "", "c" * 8]
    block = Page(join(lines_around(_issue(finding, facts), lines, "n")).html).root
    assert [line.text for line in block.one("code").content] == [
        "1 …" + "x" * 145 + "5" + "y" * 54 + "… (300 characters)", "2 …" + "a" * 90 + "7" + "b" * 4, "3 ", "4 …ccc",
    ]  # fmt: skip


def test_a_wide_line_is_cut_before_the_first_of_its_figures_whichever_is_suspected_first():
    facts = facts_of(("s", "value", "2019", "5"), ("s", "value", "2020", "7"))
    facts.place["line"][:], facts.place["start"][:], facts.place["end"][:] = [1, 1], [150, 140], [151, 141]
    _, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    finding = Finding((verdict,), (_suspect(0), _suspect(1)), ((0, 1),), "likely")
    text = "x" * 140 + "7" + "y" * 9 + "5" + "z" * 149
    (line,) = Page(join(lines_around(_issue(finding, facts), [text], "n")).html).root.one("code").content
    assert line.text == "1 …" + "x" * 90 + "7" + "y" * 9 + "5" + "z" * 99 + "… (300 characters)"
    assert [mark.text for mark in line.all("mark")] == ["7", "5"]


# Coverage, links, what is missing


def test_coverage_counts_figures_by_the_strongest_identity_that_would_notice():
    facts = facts_of(*((f"s{at}", "value", "2020-03", "5") for at in range(8)))
    facts.place["table"][:] = ["a"] * 4 + ["b"] * 4
    noticed = [{"exact": 4}, {"exact": 3, "limit": 1}, {"exact": 2}, {"interval": 1}, {"exact": 1}, {"interval": 2}, {"limit": 1}, {}]
    coverage = [Coverage(cell, Counter(each), each.get("exact", 0)) for cell, each in enumerate(noticed)]
    table = _month(_family(facts, coverage=coverage)).one("table", "coverage")
    assert rows(table) == [
        ["Table", "Figures", "3 or more exact", "2 exact", "1 exact", "Interval", "Bounds", "None", "Proven to the print", ""],
        ["a", "4", "2", "1", "0", "1", "0", "0", "75 %", ""], ["b", "4", "0", "0", "1", "1", "1", "1", "25 %", ""],
        ["all tables", "8", "2", "1", "1", "2", "1", "1", "50 %", ""],
    ]  # fmt: skip
    bars = [
        [(part.attributes["class"], part.attributes["x"], part.attributes["width"]) for part in bar.all("rect")] for bar in table.all("svg")
    ]
    assert bars == [
        [("exact", "0", "90"), ("interval", "90", "30"), ("limit", "120", "0"), ("none", "120", "0")],
        [("exact", "0", "30"), ("interval", "30", "30"), ("limit", "60", "30"), ("none", "90", "30")],
        [("exact", "0", "60"), ("interval", "60", "30"), ("limit", "90", "15"), ("none", "105", "15")],
    ]
    alone = _month(_family(facts, coverage=coverage[:4])).one("table", "coverage")
    assert [row[0] for row in rows(alone)] == ["Table", "a"]
    assert [row.attributes.get("class") for row in table.one("tbody").all("tr")] == [None, None, "computed"]


UNREAD = {"path": "raw/2020-03/x.txt", "line": None, "expected": "a table", "found": "prose", "todo": "fetch it again"}


def test_a_page_of_more_than_one_section_has_links_to_them():
    missing = [Missing("fred", "no document", "nothing"), Missing("mxp", "awaited since Monday", "ingest it", is_awaited=True)]
    alone = _month(missing=missing)
    assert list(alone.all("nav")) == []
    page = _month(missing=missing, unread=[UNREAD])
    assert [(link.text, link.attributes["href"]) for link in page.one("nav").all("a")] == [
        ("Documents that could not be read", "#unread"), ("Missing (2)", "#missing"),
    ]  # fmt: skip
    # What is awaited comes first.
    assert rows(_section(page, "missing").one("table"))[1:] == [
        ["mxp", "awaited since Monday", "ingest it"], ["fred", "no document", "nothing"],
    ]  # fmt: skip
    (entry,) = page.all(class_="unread")
    assert entry.one("p").text == "raw/2020-03/x.txt"
    assert [(each.one("dt").text, each.one("dd").text) for each in entry.one("dl").content] == [
        ("Expected", "a table"), ("Found", "prose"), ("To do", "fetch it again"),
    ]  # fmt: skip


def test_a_decision_leads_to_its_issue_if_that_is_on_the_page():
    facts, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    issue = _issue(Finding((verdict,), (_suspect(1),), ((0,),), "certain"), facts)
    unlimited = Decided(expires_on=None, told_publisher_on=None, publisher_answer=None, values={(2, 0): "1,021", "3:0": "310"})
    page = _month(_family(facts, issue, decisions={issue.id: unlimited, "f" * 12: Decided(action="accept")}))
    section = _section(page, "decisions")
    assert rows(section.one("table"))[1:] == [
        [issue.id, "corrected", "1,021 on line 2; 310 on line 3", "The publisher confirmed it by telephone.", "A. Reviewer", "2026-11-20",
         "never", "no", ""],
        ["f" * 12, "accepted as published", "36,854 on line 44", "The publisher confirmed it by telephone.", "A. Reviewer", "2026-11-20",
         "2027-11-20", "2026-11-19", "It will be revised."],
    ]  # fmt: skip
    assert [link.attributes["href"] for link in section.all("a")] == [f"#issue-{issue.id}"]
    entries = [(entry.one("dt").text, entry.one("dd").text) for entry in page.one(class_="decision").one("dl").content]
    assert entries == [
        ("Reason", "The publisher confirmed it by telephone."), ("By", "A. Reviewer on 2026-11-20"),
        ("Reads", "1,021 on line 2; 310 on line 3"), ("Until", "no expiry"),
    ]  # fmt: skip


# Words


def test_words_are_counted_ended_and_cut():
    assert [count(number, "issue") for number in (0, 1, 2, 2310)] == ["0 issues", "1 issue", "2 issues", "2,310 issues"]
    assert [count(number, "identity", "identities") for number in (1, 2)] == ["1 identity", "2 identities"]
    assert [sentence(said) for said in ("it is.", "it is", "is it?", "it is!", "")] == ["It is.", "It is.", "Is it?", "It is!", "."]
    assert [short("abcdef", limit) for limit in (5, 6, 7)] == ["abcd…", "abcdef", "abcdef"]
