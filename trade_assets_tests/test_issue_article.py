"""An issue on the page, part by part, over a few made figures: what is said of one suspect and of several, and how it is decided."""

from dataclasses import replace

import pytest

from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.findings import Finding, Suspect
from trade_assets.identities.forms import total
from trade_assets.identities.network import Allowed
from trade_assets.identities.rules import rule
from trade_assets.review.consequence import Consequence
from trade_assets.review.issues import Issue
from trade_assets.review.report.document import lines_around
from trade_assets.review.report.issue import anchor, corrections, decided, issue_article, paragraphs
from trade_assets.review.report.words import CERTAINTY, PATTERN, STATE, STRENGTH
from trade_assets_tests.page_tree import Page, rows
from trade_assets_tests.printed_facts import facts_of, figure
from trade_assets_tests.reviewed_months import Decided
from trade_assets_tests.test_issue_titles import MARCH
from trade_assets_tests.test_report_parts import _family

SUM, NAME = rule("goods_plus_services_equals_total"), "0123456789ab"
PRINTS = [*MARCH, ("exports.goods", "value", "2020-02", "1,014"), ("s", "index", "2020-03", "7")]
FACTS = facts_of(*PRINTS)
VIOLATED = evaluate((SUM,), FACTS).violated


def _suspect(cell, proposal=None, slip=None, allowed=(None, None), explains=(0,)):
    return Suspect(cell, explains, allowed and Allowed(0, *allowed), figure(proposal) if proposal else None, slip)


def _issue(*suspects, sets=((0,),), certainty="certain", said=(), **more):
    return Issue(NAME, Finding(VIOLATED, suspects, sets, certainty, **more), FACTS, Consequence(0.0, said))


def _article(issue, **more):
    return Page(issue_article(_family(FACTS, issue, **more), issue).html).root.one("article")


def _entries(node):
    return [(entry.one("dt").text, entry.one("dd").text) for entry in node.content]


def _heads(article):
    return [head.text for head in article.all("h4")]


# One suspect


PRINTED, ALLOWED = ("Printed", "1,012 on line 2: exports.goods 2020-03"), "All its identities allow"


@pytest.mark.parametrize(
    ("suspect", "said"),
    [
        (_suspect(1, "1,021", "transposed digits", (1020, 1022)), [
            PRINTED, ("Should read", "1,021"), ("Because", "transposed digits: that slip would turn 1,021 into what is printed"),
            (ALLOWED, "1,020 to 1,022"),
        ]),
        (_suspect(1, None, None, (1021, 1021)), [PRINTED, (ALLOWED, "only 1,021")]),
        (_suspect(1, None, None, (1021, None)), [PRINTED, (ALLOWED, "1,021 or more")]),
        (_suspect(1, None, None, (None, 1021)), [PRINTED, (ALLOWED, "1,021 or less")]),
        (_suspect(1, None, None, (None, None)), [PRINTED, (ALLOWED, "any figure")]),
        (_suspect(1, "0", None, None), [PRINTED, ("Should read", "0")]),
    ],
)  # fmt: skip
def test_one_suspect_is_said_in_a_few_lines_beside_the_sums(suspect, said):
    article = _article(_issue(suspect))
    assert _entries(next(each for each in article.all("dl", "one"))) == said
    beside = article.one(class_="evidence").content[1]
    assert _heads(beside)[0] == "What may be wrong" and list(article.all("table", "sum"))
    assert _heads(article)[:3] == ["In the document", "What does not add up", "What may be wrong"]


def test_several_suspects_stand_below_the_sums():
    article = _article(
        _issue(_suspect(1, "1,021"), _suspect(0, "1,321", "one digit wrong", explains=()), sets=((1,), (0,)), certainty="ambiguous")
    )
    evidence = article.one(class_="evidence")
    assert "What may be wrong" not in _heads(evidence) and "What may be wrong" in _heads(article)
    table = next(table for table in article.all("table") if table.one("caption").text == "Suspect figures")
    # In the order of the explanations, not of the suspects.
    assert rows(table)[1:] == [
        ["1,330", "exports.total 2020-03", "1", "1,321", "one digit wrong", "any figure", "0 of 1"],
        ["1,012", "exports.goods 2020-03", "2", "1,021", "", "any figure", "1 of 1"],
    ]  # fmt: skip


def test_one_suspect_of_no_explanation_is_a_table_below():
    article = _article(_issue(_suspect(1), sets=(), certainty="ambiguous"))
    assert "What may be wrong" not in _heads(article.one(class_="evidence"))
    assert "No change of one or two figures makes everything hold. These figures take part:" in article.text


def test_where_no_printed_figure_is_suspected_that_is_said():
    article = _article(_issue(sets=(), certainty="ambiguous", cleared=((1, None),)))
    assert "No figure that is printed." in article.text and "cannot be the single wrong one" not in article.text
    assert len(list(article.one(class_="evidence").content)) == 1


@pytest.mark.parametrize(
    ("allowed", "columns"),
    [(None, ["Printed", "What it is", "Line", "In violated identities"]),
     ((1020, 1022), ["Printed", "What it is", "Line", "All its identities allow", "In violated identities"])],
)  # fmt: skip
def test_a_column_that_would_be_empty_is_left_out(allowed, columns):
    article = _article(_issue(_suspect(1, allowed=allowed), _suspect(2, allowed=None), sets=((0,), (1,)), certainty="ambiguous"))
    table = next(table for table in article.all("table") if table.one("caption").text == "Suspect figures")
    assert rows(table)[0] == columns
    if allowed:
        assert [row[3] for row in rows(table)[1:]] == ["1,020 to 1,022", ""]


# Words


@pytest.mark.parametrize("certainty", ["certain", "likely", "ambiguous"])
@pytest.mark.parametrize("state", ["new", "open", "decided"])
def test_what_certainty_and_state_mean_is_said(certainty, state):
    article = _article(_issue(_suspect(1), certainty=certainty), states={NAME: state})
    assert [tag.text for tag in article.all("span", "tag")] == [state, certainty]
    assert _entries(article.one("dl", "meaning")) == [
        (certainty.capitalize(), f"{CERTAINTY[certainty][0].upper()}{CERTAINTY[certainty][1:]}."),
        (state.capitalize(), f"{STATE[state][0].upper()}{STATE[state][1:]}."),
    ]


def test_a_pattern_is_explained_as_such():
    article = _article(_issue(_suspect(1), pattern="two figures exchanged"))
    assert _entries(article.one("dl", "meaning"))[0] == ("Certain", f"{PATTERN[0].upper()}{PATTERN[1:]}.")
    assert article.one("h3").text == "Line 2: two figures exchanged." and article.one("h3").attributes["id"] == f"issue-{NAME}-title"
    assert (article.attributes["id"], anchor("x")) == (f"issue-{NAME}", "issue-x")


def test_the_words_are_those_of_the_documents():
    assert set(CERTAINTY) == {"certain", "likely", "ambiguous"} and set(STATE) == {"new", "open", "decided"}
    assert STRENGTH == {"exact": "to the print", "interval": "within intervals", "limit": "within bounds"}


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_search_that_was_cut_is_said(is_cut):
    said = "The search for the wrong figure was cut: there may be more explanations."
    assert (said in [each.text for each in _article(_issue(_suspect(1), is_cut=is_cut)).all("p", "note")]) is is_cut


def test_consequences_are_those_given_else_the_issues_own():
    own = _issue(_suspect(1), said=("it would read 5", "it fell"))
    assert [item.text for item in _article(own).one("ul", "consequences").all("li")] == ["It would read 5.", "It fell."]
    given = _article(own, consequences={NAME: ["something else"], "f" * 12: ["x"]})
    assert [item.text for item in given.one("ul", "consequences").all("li")] == ["Something else."]
    assert list(_article(own, consequences={NAME: []}).all("ul", "consequences")) == []


@pytest.mark.parametrize(("length", "shown"), [(120, "T" * 120), (121, "T" * 119 + "…")])
def test_the_document_of_an_issue_is_named(length, shown):
    assert _article(_issue(_suspect(1)), title="T" * length).one("p", "tags").text == f"open certain {NAME} in {shown}"


# What is cleared


def test_why_other_figures_cannot_be_the_wrong_one():
    cleared = ((0, "one"), (2, None), (3, "one"))
    article = _article(_issue(_suspect(1), cleared=cleared))
    (details,) = [each for each in article.all("details") if "cannot be" in each.one("summary").text]
    assert details.one("summary").text == "3 other figures cannot be the single wrong one"
    assert [item.text for item in details.all("li")] == [
        "one holds and would not, whatever the figure read: 1,330 (exports.total 2020-03), 1,014 (exports.goods 2020-02)",
        "Not part of every violated identity: 309 (exports.services 2020-03)",
    ]  # fmt: skip
    assert [code.text for code in details.all("code")] == ["one"]


# The series


def test_a_series_is_plotted_with_its_proposal_and_named():
    article = _article(_issue(_suspect(1, "1,021")))
    assert article.one("figcaption").text == "exports.goods ◆ printed, ○ proposed"
    assert article.one("desc").text == "Printed 1,012 in 2020-03, proposed 1,021. As printed: 2020-02 1,014; 2020-03 1,012."
    assert article.one("svg").one("title").text == "exports.goods, 2 periods"
    without = _article(_issue(_suspect(1)))
    assert without.one("figcaption").text == "exports.goods ◆ printed"
    assert without.one("svg").one("title").attributes["id"] == f"issue-{NAME}-plot-0-title"
    assert _heads(without)[-2:] == ["The series around it", "Decide"]


def test_a_figure_alone_in_its_series_is_not_plotted():
    assert "The series around it" not in _heads(_article(_issue(_suspect(4))))
    assert "The series around it" not in _heads(_article(_issue(_suspect(2))))


@pytest.mark.parametrize(("alone", "plotted"), [(5, ["last"]), (6, [])])
def test_six_suspects_are_tried_for_a_plot(alone, plotted):
    """The last suspect is the only one that has another figure beside it."""
    prints = [(f"s{at}", "value", "2020-03", "5") for at in range(alone)] + [
        ("last", "value", f"2020-{month:02d}", "7") for month in (3, 4)
    ]
    finding = Finding(VIOLATED, tuple(_suspect(at) for at in range(alone + 1)), tuple((at,) for at in range(alone + 1)), "ambiguous")
    issue = Issue(NAME, finding, facts_of(*prints), Consequence(0.0, ()))
    article = Page(issue_article(_family(issue.facts, issue), issue).html).root
    assert [each.text for each in article.all("span", "series")] == plotted


# The lines


def _block(lines, *places):
    """The lines around figures at (line, start, end)."""
    facts = facts_of(*(("s", "value", f"20{at:02d}", "5") for at in range(len(places))))
    for name, column in zip(("line", "start", "end"), zip(*places, strict=True), strict=True):
        facts.place[name][:] = column
    finding = Finding(VIOLATED, tuple(map(_suspect, range(len(places)))), (tuple(range(len(places))),), "likely")
    return Page(lines_around(Issue(NAME, finding, facts, Consequence(0.0, ())), lines, "n").html).root


def test_a_line_that_the_document_does_not_have_changes_nothing_of_those_that_it_has():
    wide = "x" * 201
    for missing in (0, 9):
        block = _block(["a" * 95 + "5", "b", "c", wide], (1, 95, 96), (missing, 95, 96))
        # Neither is the wide last line taken for it, which would cut all of them.
        assert [line.text for line in block.one("code").content][:3] == ["1 " + "a" * 95 + "5", "2 b", "3 c"]


def test_a_block_of_lines_is_told_by_them():
    block = _block(["5"] * 20, (3, 0, 1), (9, 0, 1), (3, 0, 1))
    assert block.one("span", "unseen").text == "Document lines around line 3, 9"
    assert block.one("pre").attributes == {"class": "lines", "dir": "ltr"}
    assert [line.attributes["class"] for line in block.one("code").content] == [
        "line", "line", "line hit", "line", "line", "cut", "line", "line", "line hit", "line", "line",
    ]  # fmt: skip


def test_figures_beyond_what_is_shown_of_a_line_are_left_out():
    """From the first mark at 0 on two hundred characters, or up to four hundred where a mark ends there."""
    line = "5" + "x" * 349 + "67" + "y" * 100 + "8" + "z" * 100
    (shown,) = _block([line], (1, 0, 1), (1, 350, 352), (1, 452, 453)).one("code").content
    assert [mark.text for mark in shown.all("mark")] == ["5", "67"]
    assert shown.text == f"1 {line[:352]}… ({len(line)} characters)"


# Deciding


def test_an_issue_that_waits_has_its_commands():
    decide = _article(_issue(_suspect(1, "1,021"))).one(class_="decide")
    assert [code.text for code in decide.all("code", "command")] == [
        f"trade-assets review accept {NAME} --reason '...'", f"trade-assets review correct {NAME} --value 1,021 --reason '...'",
        f"trade-assets review withhold {NAME} --reason '...'",
    ]  # fmt: skip
    assert [p.text for p in decide.all("p")][::2] == [
        "The publisher printed it so, and it stands:", "It should read 1,021:", "Nobody can tell yet, and it stays out:",
    ]  # fmt: skip
    assert list(decide.all("details")) == []


def test_a_long_command_is_not_cut():
    issue = _issue(*(_suspect(1, "1" * 50) for _ in range(20)), sets=(tuple(range(20)),))
    (command,) = [code.text for code in _article(issue).all("code", "command") if " correct " in code.text]
    assert command.count("--value") == 20 and command.endswith("--reason '...'") and len(command) > 1000


@pytest.mark.parametrize(
    ("action", "word"), [("accept", "accepted as published"), ("correct", "corrected"), ("withhold", "withheld"), ("another", "another")]
)
def test_an_issue_that_is_decided_has_the_decision_and_how_to_take_it_back(action, word):
    article = _article(_issue(_suspect(1)), decisions={NAME: Decided(action=action)})
    decision = article.one(class_="decision")
    assert decision.one("p").text == f"Decided: {word}." and list(article.all(class_="decide")) == []
    assert [code.text for code in decision.all("code", "command")] == [f"trade-assets review reopen {NAME} --reason '...'"]
    assert "To take it back:" in [p.text for p in decision.all("p")]
    assert article.one("span", "tag").text == "decided"


def test_a_decision_is_told_name_by_name():
    names = ["Reason", "By", "Reads", "Until", "Publisher told", "Publisher's answer"]
    assert [name for name, _ in decided(Decided())] == names
    bare = dict(decided(Decided(expires_on=None, told_publisher_on=None, publisher_answer=None, values={})))
    assert list(bare) == ["Reason", "By", "Until"] and (bare["By"], bare["Until"]) == ("A. Reviewer on 2026-11-20", "no expiry")
    full = dict(decided(Decided()))
    assert (full["Until"], full["Reads"], full["Publisher told"]) == ("2027-11-20", "36,854 on line 44", "2026-11-19")
    assert full["Publisher's answer"].html == "It will be revised."


def test_corrected_figures_are_told_by_their_line():
    assert corrections(Decided(values={(44, 7): "1", "45:3": "2", "46": "3"})) == "1 on line 44; 2 on line 45; 3 on line 46"


@pytest.mark.parametrize(
    ("said", "html"), [("one line", "one line"), ("two\nlines", "two<br>lines<br>"), ("", ""), ("a < b\n", "a &lt; b<br>")]
)
def test_text_of_several_lines_keeps_them(said, html):
    assert paragraphs(said).html == html


def test_an_issue_shows_its_lines_and_the_identity_with_the_fewest_figures_first():
    wide = replace(VIOLATED[0], cells=(0, 1, 2, 3), form=total((-1, 1, 1, 1)))
    issue = _issue(_suspect(1))
    issue = replace(issue, finding=replace(issue.finding, violated=(wide, VIOLATED[0], VIOLATED[0], VIOLATED[0], VIOLATED[0])))
    article = _article(issue)
    assert [len(list(table.one("tbody").all("tr"))) for table in article.all("table", "sum")] == [4, 4, 4]
    (details,) = [each for each in article.all("details") if "more violated" in each.one("summary").text]
    assert details.one("summary").text == "2 more violated identities" and len(list(details.all("li"))) == 2
    assert [line.text for line in article.one("pre").one("code").content][:2] == ["1 1,330", "2 1,012"]
