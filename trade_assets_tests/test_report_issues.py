"""What a page of the report says of an issue: its lines, its sums, what the figure should read, and the commands that decide it."""

import dataclasses
import shlex

import pytest

from trade_assets.cli import main
from trade_assets.facts.periods import add_months
from trade_assets.review.commands import deciding
from trade_assets.review.report import month_page
from trade_assets_tests.page_tree import parsed, rows
from trade_assets_tests.reviewed_months import Decided, family_review, many_errors, month_of, swapped


def test_an_issue_shows_the_documents_lines_with_the_figure_marked():
    article = parsed(month_page(month_of(swapped()))).one("article")
    assert article.one("h3").text == "Line 44: 36,845 (exports.goods 1992-02) is wrong, probably 36,854 (transposed digits)."
    lines = list(article.one("pre").all("span", "line"))
    assert [line.text for line in lines] == ["42 4,762", "43 51,682", "44 36,845", "45 14,828", "46 52,513"]
    assert [[mark.text for mark in line.all("mark")] for line in lines] == [[], [], ["36,845"], [], []]
    assert "Exactly one figure can be the wrong one" in article.text


def test_an_issue_shows_its_identities_as_the_sums_they_are():
    goods, balance, year = parsed(month_page(month_of(swapped()))).one("article").all("table", "sum")
    assert goods.one("caption").text == "Total trade is the sum of goods and services. goods_plus_services_equals_total"
    assert rows(goods) == [
        ["", "Figure", "What it is", "Line"],
        ["", "36,845", "exports.goods 1992-02", "44"],
        ["+", "14,828", "exports.services 1992-02", "45"],
        ["=", "51,673", "computed from the parts", ""],
        ["≠", "51,682", "printed: exports.total 1992-02", "43"],
        ["", "Misses by 9, rounding allows 1 (inferred: no publisher states the rule)."],
    ]
    assert rows(balance)[2] == ["−", "42,447", "imports.goods 1992-02", "47"]
    assert len(rows(year)) == 1 + 12 + 2 + 1
    assert rows(year)[-1] == ["", "Misses by 9, rounding allows 6 (inferred: no publisher states the rule)."]
    assert [mark.text for table in (goods, balance, year) for mark in table.all("mark")] == ["36,845"] * 3


ALL_EXPORTS = "exports.end_use.all_commodities"
MONTHLY = ("0.6", "0.8", "0.1", "0.5", "0.1", "0.7", "0.2", "0.4", "0.5", "(r)0.7", "(r)0.2", "-0.5")
"""The changes of all exports from August 2017 to July 2018 as Table A prints them, a year's two lines apart."""


@pytest.mark.parametrize(
    ("family", "before", "after", "kind", "shown"),
    [
        # 100 * (119.8 / 117.9 - 1) = 1.6115; with 191.8 it is 62.6802.
        ("mxp", "| X | 1.098 | 117.9 | 119.8 |", "| X | 1.098 | 117.9 | 191.8 |", "percent_change_matches_rounded_indexes", [
            ["", "117.9", "earlier: imports.harmonized.X index 2018-06", "199"],
            ["", "191.8", "later: imports.harmonized.X index 2018-07", "199"],
            ["=", "62.6802", "computed: 100 × (later ÷ earlier − 1), in percent", ""],
            ["≠", "1.6", "printed: imports.harmonized.X percent_change 2018-06/2018-07", "199"],
        ]),
        # 3.389 * 141.3 / 1141.4 = 0.4195 against 2.228 * 144.5 / 144.2 + 1.161 * 137.1 / 137.8 = 2.2326 + 1.1551 = 3.3877.
        ("mxp", "| VII | 3.389 | 141.4 |", "| VII | 3.389 | 1141.4 |", "index_change_matches_weighted_parts", [
            ["", "2.2326", "imports.harmonized.39", "2.228", "144.2", "144.5"],
            ["+", "1.1551", "imports.harmonized.40", "1.161", "137.8", "137.1"],
            ["=", "3.3877", "computed from the parts", "", "", ""],
            ["≠", "0.4195", "as printed: imports.harmonized.VII", "3.389", "1141.4", "141.3"],
        ]),
        # Table A prints 4.3 twice: in Table A and in Table 2.
        ("mxp", "2018 | 4.8 | 40.7 | 1.3 | 4.3 |", "2018 | 4.8 | 40.7 | 1.3 | 5.3 |", "same_fact_printed_twice_agrees", [
            ["", "5.3", f"printed here: {ALL_EXPORTS} percent_change 2017-07/2018-07", "24"],
            ["≠", "4.3", f"and printed here: {ALL_EXPORTS} percent_change 2017-07/2018-07", "69"],
        ]),
        # The growth factors of twelve months, multiplied.
        ("mxp", "2018 | 4.8 | 40.7 | 1.3 | 4.3 |", "2018 | 4.8 | 40.7 | 1.3 | 8.3 |", "monthly_changes_compound_to_twelve_months", [
            *(["×" if at else "", mark, f"{ALL_EXPORTS} percent_change {add_months('2017-07', at)}/{add_months('2017-08', at)}",
               str(10 + at + (at > 4))] for at, mark in enumerate(MONTHLY)),
            ["=", "4.3782", "computed: the growth factors 1 + change ÷ 100 multiplied, in percent", ""],
            ["≠", "8.3", f"printed: {ALL_EXPORTS} percent_change 2017-07/2018-07", "24"],
        ]),
        ("mxp", "| 08 | 0.779 | 124.8 |", "| 08 | 0.779 | -124.8 |", "indexes_are_positive", [
            ["", "-124.8", "printed: imports.harmonized.08 index 2018-06", "173"], [">", "0", "what it must be above", ""],
        ]),
        ("mxp", "| 100.000 | 128.1 | 127.4 |", "| 101.000 | 128.1 | 127.4 |", "relative_importance_of_all_is_100", [
            ["", "101.000", f"printed: {ALL_EXPORTS} relative_importance 2018-06", "69"], ["≠", "100", "what it must be", ""],
        ]),
        # A part of 7.790 that was 0.779 is more than its whole, and the parts that are printed are not all there are.
        ("mxp", "| 08 | 0.779 |", "| 08 | 7.790 |", "relative_importances_of_some_parts_stay_within_total", [
            ["", "0.332", "imports.harmonized.07 relative_importance 2018-06", "172"],
            ["+", "7.790", "imports.harmonized.08 relative_importance 2018-06", "173"],
            ["+", "0.318", "imports.harmonized.09 relative_importance 2018-06", "174"],
            ["=", "8.44", "computed from the parts", ""],
            ["≰", "1.836", "printed, and should be no less: imports.harmonized.II relative_importance 2018-06", "171"],
        ]),
        ("mxp", "| July 2017 to 2018 | 4.8 |", "| July 2017 to 2018 | (r)4.8 |", "revised_marks_stand_in_open_months", [
            ["", "(r)4.8", "marked as revised: imports.end_use.all_commodities percent_change 2017-07/2018-07", "24"],
        ]),
        ("uscc", "Mar 9.11 1.20 7.92 16.55 3.60 12.95 1,096", "Mar 9.11 1.20 7.92 16.55 3.60 12.95 596", "cumulative_counts_never_fall", [
            ["", "706", "the least it may be: china.outbound_investment.enterprises count 2012-01/2012-02", "227"],
            ["<", "596", "printed: china.outbound_investment.enterprises count 2012-01/2012-03", "229"],
        ]),
        # 3,372.78 of 10,594.40 are 31.8355 percent.
        ("uscc", "3,372.78 31.8% 36.1%", "3,372.78 38.8% 36.1%", "share_equals_part_over_total", [
            ["", "3,372.78", "part: exports.china.top_five.agricultural_products 2012-11", "78"],
            ["", "10,594.40", "whole: exports.china.total 2012-11", "90"],
            ["=", "31.8355", "computed: 100 × part ÷ whole, in percent", ""],
            ["≠", "38.8%", "printed: exports.china.top_five.agricultural_products share 2012-11", "78"],
        ]),
    ],
)  # fmt: skip
def test_every_kind_of_identity_is_drawn(family, before, after, kind, shown):
    page = parsed(month_page(month_of(family_review(family, (before, after)))))
    table = next(table for table in page.all("table", "sum") if table.one("code").text == kind)
    assert rows(table)[1:-1] == shown


def test_a_mark_without_a_sum_is_drawn_too():
    flagged = family_review("mxp", ("| July 2017 to 2018 | 4.8 |", "| July 2017 to 2018 | (r)4.8 |"))
    article = parsed(month_page(month_of(flagged))).one("article")
    assert rows(article.one("table", "sum"))[-1] == ["", "No revision is open there."]


def test_an_issue_says_what_the_figure_should_read_and_why_no_other_is_wrong():
    article = parsed(month_page(month_of(swapped()))).one("article")
    said = {entry.one("dt").text: entry.one("dd").text for entry in article.one("dl", "one").content}
    assert said == {
        "Printed": "36,845 on line 44: exports.goods 1992-02",
        "Should read": "36,854",
        "Because": "transposed digits: that slip would turn 36,854 into what is printed",
        "All its identities allow": "36,853 to 36,855",
    }
    assert "16 other figures cannot be the single wrong one" in article.text


def test_several_suspects_are_a_table_with_what_each_may_read():
    # Outbound investment of 2011: 45.67 + 14.4 is 8.51 less than the printed 68.58 (docs/limits.md); nothing tells which is wrong.
    article = parsed(month_page(month_of(family_review("uscc")))).one("article")
    table = next(table for table in article.all("table") if table.one("caption").text == "Suspect figures")
    assert rows(table) == [
        ["Printed", "What it is", "Line", "All its identities allow", "In violated identities"],
        ["14.4", "china.outbound_investment.reinvested_profits 2011", "247", "22.90 to 22.92", "1 of 1"],
        ["68.58", "china.outbound_investment.total 2011", "247", "60.01 to 60.13", "1 of 1"],
        ["45.67", "china.outbound_investment.first_time 2011", "247", "54.12 to 54.24", "1 of 1"],
    ]
    assert [mark.text for mark in article.one("pre").all("mark")] == ["68.58", "14.4", "45.67"]


def test_figures_changed_together_are_said_to_be():
    exchanged = family_review("ft900", ("\n51,682\n36,854\n14,828\n", "\n51,682\n14,828\n36,854\n"))
    article = parsed(month_page(month_of(exchanged))).one("article")
    assert "changed together" in article.text
    assert len(list(article.one("pre").all("mark"))) == 2


def test_the_series_around_the_figure_is_plotted_with_print_and_proposal():
    drawing = parsed(month_page(month_of(swapped()))).one("article").one("svg")
    said = drawing.one("desc").text
    assert said.startswith("Printed 36,845 in 1992-02, proposed 36,854. As printed: 1992-01 35,498; 1992-02 36,845; 1992-03 35,711;")
    assert len(list(drawing.all("circle", "point"))) == 7  # January, and March to August
    assert len(list(drawing.all(class_="suspect"))) == 2
    assert {label.text for label in drawing.all("text", "proposed")} == {"36,854"}


def test_an_issues_consequences_stand_in_it():
    issue = swapped().issues[0]
    told = dataclasses.replace(swapped(), consequences={issue.id: ["the sign of the change of total exports in 2016-09 would flip"]})
    listed = parsed(month_page(month_of(told))).one("article").one("ul", "consequences")
    assert [item.text for item in listed.all("li")] == ["The sign of the change of total exports in 2016-09 would flip."]


def test_commands_are_one_line_each_and_are_taken_by_the_command_line():
    issue = swapped().issues[0]
    article = parsed(month_page(month_of(swapped()))).one("article")
    commands = [code.text for code in article.all("code", "command")]
    assert commands == [
        f"trade-assets review accept {issue.id} --reason '...'",
        f"trade-assets review correct {issue.id} --value 36,854 --reason '...'",
        f"trade-assets review withhold {issue.id} --reason '...'",
    ]
    shifted = family_review("ft900", ("\n51,682\n36,854\n14,828\n", "\n51,682\n14,828\n36,854\n")).issues[0]
    ambiguous = family_review("uscc").issues[0]
    for each in (issue, shifted, ambiguous):
        for _, command in deciding(each):
            assert "\n" not in command
            program, group, name, *arguments = shlex.split(command)
            assert (program, group) == ("trade-assets", "review")
            assert main.commands[group].commands[name].make_context(name, arguments).params["reason"] == "..."
    assert [command for _, command in deciding(ambiguous)][1] == (
        f"trade-assets review correct {ambiguous.id} --value 247:11='...' --reason '...'"
    )
    assert [command for _, command in deciding(shifted)][1].count("--value 44:0=36,854") == 1


def test_a_decision_stands_at_its_issue_and_in_the_list():
    issue = swapped().issues[0]
    page = parsed(month_page(month_of(dataclasses.replace(swapped(), decisions={issue.id: Decided(reason="One.\nTwo.")}))))
    box = page.one("article").one(class_="decision")
    for said in (
        "corrected",
        "One.Two.",
        "A. Reviewer on 2026-11-20",
        "36,854 on line 44",
        "2027-11-20",
        "2026-11-19",
        "It will be revised.",
    ):
        assert said in box.text
    assert [code.text for code in page.one("article").all("code", "command")] == [f"trade-assets review reopen {issue.id} --reason '...'"]
    table = next(table for table in page.all("table") if table.one("caption").text == "Decisions on record")
    assert rows(table)[1][:3] == [issue.id, "corrected", "36,854 on line 44"]
    assert table.one("a").attributes["href"] == f"#issue-{issue.id}"
    keyed_by_line_and_offset = dataclasses.replace(swapped(), decisions={issue.id: Decided(values={(44, 0): "36,854"})})
    assert "36,854 on line 44" in month_page(month_of(keyed_by_line_and_offset))


def test_open_issues_stand_before_decided_ones():
    family = many_errors(count=30)
    first, second = family.issues[:2]
    told = dataclasses.replace(family, states={first.id: "decided", second.id: "new"})
    page = parsed(month_page(month_of(told)))
    shown = [article.attributes["id"].removeprefix("issue-") for article in page.all("article")]
    assert shown[0] == second.id
    assert shown[-1] == first.id
