"""Identities drawn as sums, of a few figures: long ones cut, weights, bounds, figures that are sought, decimals below each other."""

from dataclasses import replace
from fractions import Fraction

import pytest

from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.findings import Finding
from trade_assets.identities.forms import SHARE, compound, contradicted, limit, total, weighted_change
from trade_assets.identities.kinds import Labelled
from trade_assets.identities.rules import rule, rules_of
from trade_assets.review.consequence import Consequence
from trade_assets.review.issues import Issue
from trade_assets.review.report.markup import join
from trade_assets.review.report.sums import drawn, grouped
from trade_assets_tests.page_tree import Page, rows
from trade_assets_tests.printed_facts import facts_of
from trade_assets_tests.test_issue_titles import MARCH, _suspect, _violated


def _drawn(facts, verdict):
    issue = Issue("0" * 12, Finding((verdict,), (_suspect(verdict.cells[0]),), ((0,),), "certain"), facts, Consequence(0.0, ()))
    return Page(join(drawn(issue, verdict, "n")).html).root.one("table", "sum")


def _rows(name, *prints):
    """The body of the one violated identity."""
    return rows(_drawn(*_violated(name, *prints)))[1:-1]


def _wide(weights, texts, sense="equal"):
    """A sum with other weights, over figures of which the first is the total."""
    prints = [("s", "value", f"20{number:02d}", text) for number, text in enumerate(texts)]
    verdict = _violated("goods_plus_services_equals_total", *MARCH)[1]
    form = replace(verdict.form, terms=total(weights).terms, sense=sense)
    return _drawn(facts_of(*prints), replace(verdict, form=form, cells=tuple(range(len(texts)))))


@pytest.mark.parametrize("parts", [2, 15, 16, 17, 20])
def test_of_more_than_sixteen_parts_fifteen_are_drawn_and_the_others_added_up(parts):
    table = rows(_wide((-1, *[1] * parts), ["1", *map(str, range(1, parts + 1))]))[1:-1]
    shown = parts if parts <= 16 else 15
    assert table[:shown] == [["" if at == 1 else "+", str(at), f"s 20{at:02d}", str(at + 1)] for at in range(1, shown + 1)]
    rest = range(shown + 1, parts + 1)
    assert table[shown:-2] == ([["+", str(sum(rest)), f"{len(rest)} more parts", ""]] if rest else [])
    assert table[-2:] == [["=", str(parts * (parts + 1) // 2), "computed from the parts", ""], ["≠", "1", "printed: s 2000", "1"]]


def test_weights_and_signs_stand_before_their_figures():
    """1,000 = 3 x 200 - 50 + 2 x 10.5, which is 571; figures are grouped as the print is, and have its decimals."""
    table = rows(_wide((-1, 3, -1, 2), ["1,000", "200", "50", "10.5"]))[1:-1]
    assert table == [
        ["3 ×", "200", "s 2001", "2"], ["−", "50", "s 2002", "3"], ["+ 2 ×", "10.5", "s 2003", "4"],
        ["=", "571", "computed from the parts", ""], ["≠", "1,000", "printed: s 2000", "1"],
    ]  # fmt: skip
    assert rows(_wide((-2, 1, 1), ["9", "2,500", "500"]))[-3] == ["=", "1,500", "computed from the parts", ""]
    assert rows(_wide((-1, 1, 1), ["9", "2500", "500"]))[-3] == ["=", "3000", "computed from the parts", ""]
    assert rows(_wide((-1, 1, 1), ["9", "-2,500", "500"]))[-3] == ["=", "-2,000", "computed from the parts", ""]
    assert rows(_wide((-1, 1, 0), ["9", "4", "5"]))[2:4] == [["+ 0 ×", "5", "s 2002", "3"], ["=", "4", "computed from the parts", ""]]
    assert rows(_wide((-1, 1, 1), ["7", "4", "5"], "below"))[-2] == ["≰", "7", "printed, and should be no less: s 2000", "1"]


def test_decimal_points_stand_below_each_other():
    """Of 10.25 and 3.5 the second lacks a place, of 7 three with the point."""
    table = _wide((-1, 1, 1), ["10.25", "3.5", "7"])
    figures = [row.content[1] for row in table.one("tbody").all("tr")]
    blanks = [["".join(blank.content) for blank in figure.all("span") if blank.attributes.get("aria-hidden")] for figure in figures]
    assert blanks == [[" "], ["   "], [], []]
    assert [figure.text for figure in figures] == ["3.5 ", "7   ", "10.5", "10.25"]


@pytest.mark.parametrize(
    ("name", "prints", "body"),
    [
        ("relative_importances_lie_within_0_and_100", [("s", "relative_importance", "2018-06", "103.000")], [
            ["", "103.000", "printed: s relative_importance 2018-06", "1"], ["≥", "0", "the least it may be", ""],
            ["≤", "100", "the most that it may be", ""],
        ]),
        ("percent_changes_lie_above_minus_100", [("s", "percent_change", "2018-06/2018-07", "-101.0")], [
            ["", "-101.0", "printed: s percent_change 2018-06/2018-07", "1"], [">", "-100", "what it must be above", ""],
        ]),
    ],
)  # fmt: skip
def test_bounds_are_drawn_on_the_sides_that_they_have(name, prints, body):
    assert _rows(name, *prints) == body


CHANGE, JUNE, JULY = "2018-06/2018-07", "2018-06", "2018-07"


@pytest.mark.parametrize(
    ("name", "prints", "body"),
    [
        ("same_fact_printed_twice_agrees", [("s", "percent_change", CHANGE, "0.5"), ("s", "percent_change", CHANGE, "0.7")], [
            ["", "0.5", f"printed here: s percent_change {CHANGE}", "1"],
            ["≠", "0.7", f"and printed here: s percent_change {CHANGE}", "2"],
        ]),
        # 100 × (102 ÷ 96 − 1) is 6.25.
        ("percent_change_matches_rounded_indexes",
         [("s", "percent_change", CHANGE, "0.5"), ("s", "index", JUNE, "96.0"), ("s", "index", JULY, "102.0")], [
            ["", "96.0", "earlier: s index 2018-06", "2"], ["", "102.0", "later: s index 2018-07", "3"],
            ["=", "6.25", "computed: 100 × (later ÷ earlier − 1), in percent", ""],
            ["≠", "0.5", f"printed: s percent_change {CHANGE}", "1"],
        ]),
        ("indexes_are_positive", [("s", "index", JUNE, "-2.0")], [
            ["", "-2.0", "printed: s index 2018-06", "1"], [">", "0", "what it must be above", ""],
        ]),
    ],
)  # fmt: skip
def test_two_prints_a_change_and_a_bound_are_drawn_each_in_its_way(name, prints, body):
    assert _rows(name, *prints) == body


@pytest.mark.parametrize(
    ("kind", "family", "form", "texts", "body"),
    [
        # 1.1 × 1.2 × 0.5 is 0.66.
        ("compound", "mxp", compound(3), ["1.0", "10.0", "20.0", "-50.0"], [
            ["", "10.0", "s 2001", "2"], ["×", "20.0", "s 2002", "3"], ["×", "-50.0", "s 2003", "4"],
            ["=", "-34", "computed: the growth factors 1 + change ÷ 100 multiplied, in percent", ""], ["≠", "1.0", "printed: s 2000", "1"],
        ]),
        # 3 of 8 are 37.5 percent.
        ("share", "uscc", SHARE, ["40.0", "3", "8"], [
            ["", "3", "part: s 2001", "2"], ["", "8", "whole: s 2002", "3"],
            ["=", "37.5", "computed: 100 × part ÷ whole, in percent", ""], ["≠", "40.0", "printed: s 2000", "1"],
        ]),
        ("order", "uscc", total((-1, 1), "at_most"), ["5", "7"], [
            ["", "7", "the least it may be: s 2001", "2"], ["<", "5", "printed: s 2000", "1"],
        ]),
    ],
)  # fmt: skip
def test_growth_shares_and_counts_are_drawn_each_in_its_way(kind, family, form, texts, body):
    found = next(each for each in rules_of(family) if each.kind == kind)
    verdict = replace(_violated("goods_plus_services_equals_total", *MARCH)[1], rule=found, form=form, cells=tuple(range(len(texts))))
    prints = [("s", "value", f"20{number:02d}", text) for number, text in enumerate(texts)]
    assert rows(_drawn(facts_of(*prints), verdict))[1:-1] == body


def test_a_figure_that_is_sought_is_drawn_without_a_sum():
    """A dash for exports of services: computing the total would take nothing for zero."""
    facts, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    sought = replace(verdict, sought=verdict.cells[2], gap=Fraction(318))
    assert rows(_drawn(facts, sought))[1:-1] == [
        ["", "1,330", "exports.total 2020-03", "1"], ["", "1,012", "exports.goods 2020-03", "2"],
        ["?", "309", "not printed: exports.services 2020-03", "3"],
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "least", "most"), [("25", "10", "20"), ("1,025", "10", "20"), ("-25", "10", "20")])
def test_what_known_figures_let_a_labelled_one_be_is_drawn(text, least, most):
    label = next(each for each in rules_of("fred") if isinstance(each, Labelled))
    verdict = _violated("goods_plus_services_equals_total", *MARCH)[1]
    bound = replace(verdict, rule=label, form=limit(10, 20), cells=(0,))
    assert rows(_drawn(facts_of(("s", "value", "2020-03", text)), bound))[1:-1] == [
        ["", text, "printed: s 2020-03", "1"],
        ["≥", least, "the least that known figures let it be", ""], ["≤", most, "the most that they let it be", ""],
    ]  # fmt: skip


@pytest.mark.parametrize(("figures", "more"), [(1, None), (16, None), (17, "and 1 more figure"), (18, "and 2 more figures")])
def test_of_the_figures_under_a_wrong_label_sixteen_are_drawn(figures, more):
    label = next(each for each in rules_of("fred") if isinstance(each, Labelled))
    verdict = _violated("goods_plus_services_equals_total", *MARCH)[1]
    wrong = replace(verdict, rule=label, form=contradicted(), cells=tuple(range(figures)))
    drawn_rows = rows(_drawn(facts_of(*(("s", "value", f"20{at:02d}", "5") for at in range(figures))), wrong))[1:-1]
    assert drawn_rows == [
        *(["", "5", f"printed: s 20{at:02d}", str(at + 1)] for at in range(min(figures, 16))), *([["", "", more, ""]] if more else []),
    ]  # fmt: skip


@pytest.mark.parametrize("parts", [1, 2, 15, 16, 17, 18])
def test_of_weighted_parts_sixteen_are_drawn_and_the_others_added_up(parts):
    """Each part weighs twice its number and rises from 4 to 6, which makes three times its number."""
    numbers = range(1, parts + 1)
    threes = [("1", "2", "5"), *((str(2 * number), "4", "6") for number in numbers)]
    prints = [
        (f"s{at}", measure, "2018-07", text)
        for at, three in enumerate(threes)
        for measure, text in zip(("w", "e", "l"), three, strict=True)
    ]
    verdict = _violated("goods_plus_services_equals_total", *MARCH)[1]
    weighted = next(each for each in rules_of("mxp") if each.kind == "weighted change")
    verdict = replace(verdict, rule=weighted, form=weighted_change(parts), cells=tuple(range(3 * parts + 3)))
    table = rows(_drawn(facts_of(*prints), verdict))
    assert table[0] == ["", "Weight × later ÷ earlier", "What it is", "Weight", "Earlier", "Later"]
    assert _drawn(facts_of(*prints), verdict).one("tfoot").one("strong").text.startswith("Misses by ")
    shown = parts if parts <= 16 else 15
    assert table[1 : shown + 1] == [
        ["+" if number > 1 else "", str(3 * number), f"s{number}", str(2 * number), "4", "6"] for number in numbers[:shown]
    ]
    rest = numbers[shown:]
    more = [["+", str(3 * sum(rest)), f"and {len(rest)} more part{'s' * (len(rest) > 1)}", "", "", ""]] if rest else []
    assert table[shown + 1 : -1] == [
        *more, ["=", str(3 * sum(numbers)), "computed from the parts", "", "", ""], ["≠", "2.5", "as printed: s0", "1", "2", "5"],
    ]  # fmt: skip


def test_what_it_misses_by_stands_below_all_columns_but_that_of_the_signs():
    facts, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    cells = list(_drawn(facts, verdict).one("tfoot").all("td"))
    assert [cell.attributes.get("colspan") for cell in cells] == [None, "3"]
    assert [cell.text for cell in cells] == ["", "Misses by 9, rounding allows 1 (inferred: no publisher states the rule)."]


def test_a_suspect_figure_is_marked_and_others_are_not():
    facts, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    assert [mark.text for mark in _drawn(facts, verdict).all("mark")] == ["1,330"]


@pytest.mark.parametrize(
    ("number", "said"),
    [("1234", "1,234"), ("-1234567.25", "-1,234,567.25"), ("999", "999"), ("0.5", "0.5"), ("-0.5", "-0.5"), ("-12", "-12")],
)
def test_thousands_are_grouped(number, said):
    assert grouped(number) == said


def test_of_several_violations_each_is_drawn():
    prints = [*MARCH, *(("imports" + name[7:], *rest) for name, *rest in MARCH)]
    violated = evaluate((rule("goods_plus_services_equals_total"),), facts_of(*prints)).violated
    assert [rows(_drawn(facts_of(*prints), verdict))[1][2] for verdict in violated] == ["exports.goods 2020-03", "imports.goods 2020-03"]
