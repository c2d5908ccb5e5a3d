"""Identities drawn kind by kind over made places: the rows, their looks, the gap below, and what a screen reader is told."""

from fractions import Fraction

import pytest

from trade_assets.identities.evaluate import Verdict
from trade_assets.identities.findings import Finding, Suspect
from trade_assets.identities.forms import AGREE, CHANGE_OF_ROUNDED, SHARE, contradicted, limit, never, total, weighted_change
from trade_assets.identities.kinds import (
    Agree,
    Change,
    Limit,
    Marks,
    NeverFalls,
    Regular,
    Rows,
    Share,
    WeightedChange,
    Whole,
)
from trade_assets.review.consequence import Consequence
from trade_assets.review.issues import Issue
from trade_assets.review.report.markup import join
from trade_assets.review.report.sums import drawn, issue_mark
from trade_assets_tests.made_rules import DECLARED, LABEL, SUM
from trade_assets_tests.page_tree import Page, rows
from trade_assets_tests.printed_facts import facts_of


def _page(rule, form, texts, suspects=(), gap=9, allowed=1, **more):
    facts = facts_of(*(("s", "value", f"20{at:02d}", text) for at, text in enumerate(texts)))
    verdict = Verdict(rule, form, tuple(range(len(texts))), Fraction(gap), Fraction(allowed), **more)
    finding = Finding((verdict,), tuple(Suspect(at, (0,), None) for at in suspects), tuple((at,) for at in range(len(suspects))), "likely")
    return Page(join(drawn(Issue("0" * 12, finding, facts, Consequence(0.0, ())), verdict, "n")).html).root


def _table(*given, **more):
    return _page(*given, **more).one("table", "sum")


def _bounds(kind=Limit, **bounds):
    return kind(measure="share", **bounds, **DECLARED)


BODIES = [
    (Agree(measures=("value",), **DECLARED), AGREE, ["5", "7"],
     [["", "5", "printed here: s 2000", "1"], ["≠", "7", "and printed here: s 2001", "2"]]),
    (Marks(flag="r", months=3, **DECLARED), never("x"), ["5"], [["", "5", "marked as revised: s 2000", "1"]]),
    (Regular(flags={"odd": "it is odd"}, **DECLARED), never("it is odd"), ["5.00"], [["", "5.00", "printed: s 2000", "1"]]),
    (Rows(**DECLARED), never("x"), ["5"], [["", "5", "in the row above, or the table's first: s 2000", "1"]]),
    (NeverFalls(measure="count", **DECLARED), total((-1, 1), "at_most"), ["5", "7"],
     [["", "7", "the least it may be: s 2001", "2"], ["<", "5", "printed: s 2000", "1"]]),
    (Change(level="index", basis="rounded", **DECLARED), CHANGE_OF_ROUNDED, ["2.0", "50", "51.5"],
     [["", "50", "earlier: s 2001", "2"], ["", "51.5", "later: s 2002", "3"],
      ["=", "3", "computed: 100 × (later ÷ earlier − 1), in percent", ""], ["≠", "2.0", "printed: s 2000", "1"]]),
    # Computed figures of percent have four decimals, whatever the print has.
    (Share(whole="all", prefix="part.", **DECLARED), SHARE, ["40", "1", "3"],
     [["", "1", "part: s 2001", "2"], ["", "3", "whole: s 2002", "3"],
      ["=", "33.3333", "computed: 100 × part ÷ whole, in percent", ""], ["≠", "40", "printed: s 2000", "1"]]),
    (_bounds(Whole, low=100, high=100), limit(100, 100), ["99"], [["", "99", "printed: s 2000", "1"], ["≠", "100", "what it must be", ""]]),
    (_bounds(low=0, high=0), limit(0, 0), ["3"], [["", "3", "printed: s 2000", "1"], ["≠", "0", "what it must be", ""]]),
    (_bounds(low=0), limit(0, None), ["-3"], [["", "-3", "printed: s 2000", "1"], ["≥", "0", "the least it may be", ""]]),
    (_bounds(high=9), limit(None, 9), ["10"], [["", "10", "printed: s 2000", "1"], ["≤", "9", "the most that it may be", ""]]),
    (_bounds(low=0, is_low_excluded=True), limit(0, None, is_low_excluded=True), ["-3"],
     [["", "-3", "printed: s 2000", "1"], [">", "0", "what it must be above", ""]]),
    (LABEL, contradicted(), ["5", "6"], [["", "5", "printed: s 2000", "1"], ["", "6", "printed: s 2001", "2"]]),
    # Bounds of a label are written as the print is: with its decimals, and grouped where it is.
    (LABEL, limit(1000, 3000), ["5,000.5"],
     [["", "5,000.5", "printed: s 2000", "1"], ["≥", "1,000", "the least that known figures let it be", ""],
      ["≤", "3,000", "the most that they let it be", ""]]),
    (LABEL, limit(1, 2), ["1,000.5"],
     [["", "1,000.5", "printed: s 2000", "1"], ["≥", "1", "the least that known figures let it be", ""],
      ["≤", "2", "the most that they let it be", ""]]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "form", "texts", "body"), BODIES)
def test_each_kind_is_drawn_with_its_figures_and_what_they_are(rule, form, texts, body):
    table = _table(rule, form, texts)
    assert rows(table)[1:-1] == body
    lines = list(table.one("tbody").all("tr"))
    # What a figure is heads its line; signs, figures and lines stand each in their column.
    assert [[cell.tag for cell in line.content] for line in lines] == [["td", "td", "th", "td"]] * len(lines)
    assert {tuple(cell.attributes.get("class") for cell in line.content) for line in lines} == {("sign", "figure", None, "number")}
    assert {line.one("th").attributes["scope"] for line in lines} == {"row"}


@pytest.mark.parametrize(
    ("rule", "form", "texts", "looks"),
    [
        (SUM, total((-1, 1, 1)), ["9", "4", "5"], [None, None, "computed", "printed"]),
        (SUM, total((-1, 1, 1), "at_most"), ["9", "4", "5"], [None, None, "computed", "printed"]),
        (Agree(measures=("value",), **DECLARED), AGREE, ["5", "7"], ["printed", "printed"]),
        (Change(level="index", basis="rounded", **DECLARED), CHANGE_OF_ROUNDED, ["2.0", "50", "51"], [None, None, "computed", "printed"]),
        (NeverFalls(measure="count", **DECLARED), total((-1, 1), "at_most"), ["5", "7"], [None, "printed"]),
        (_bounds(low=0, high=9), limit(0, 9), ["10"], ["printed", "computed", "computed"]),
        (_bounds(low=9, high=9), limit(9, 9), ["10"], ["printed", "computed"]),
        (Marks(flag="r", months=3, **DECLARED), never("x"), ["5"], ["printed"]),
        (Rows(**DECLARED), never("x"), ["5"], [None]),
        (LABEL, limit(1, 2), ["5"], ["printed", "computed", "computed"]),
    ],
)  # fmt: skip
def test_what_is_computed_and_what_is_printed_look_different(rule, form, texts, looks):
    assert [line.attributes.get("class") for line in _table(rule, form, texts).one("tbody").all("tr")] == looks


def test_a_table_is_headed_named_and_closed_with_the_gap():
    table = _table(SUM, total((-1, 1, 1)), ["2,000", "400", "500"], gap=-1100, allowed=2)
    assert table.one("caption").text == "A rule. a_rule" and table.one("caption").one("code").text == "a_rule"
    assert rows(table)[0] == ["", "Figure", "What it is", "Line"]
    heads = list(table.one("thead").all("th"))
    assert [(head.text, head.attributes.get("class"), head.attributes["scope"]) for head in heads] == [
        ("Figure", "number", "col"), ("What it is", None, "col"), ("Line", "number", "col"),
    ]  # fmt: skip
    # The gap is grouped as the print is.
    assert table.one("tfoot").one("strong").text == "Misses by 1,100, rounding allows 2."
    assert _table(SUM, total((-1, 1, 1)), ["2000", "400", "500"], gap=-1100).one("tfoot").one("strong").text == (
        "Misses by 1100, rounding allows 1."
    )


@pytest.mark.parametrize(
    ("texts", "computed"),
    [
        (["1,000", "500", "499"], "999"), (["1,000", "500", "500"], "1,000"), (["1,000", "-600", "-400"], "-1,000"),
        (["9", "600", "400"], "1000"),
        (["9", "5", "-5"], "0"), (["9.5", "0.25", "0.5"], "0.75"), (["9.50", "0.25", "0.5"], "0.75"),
    ],
)  # fmt: skip
def test_a_computed_total_is_written_as_the_print_is(texts, computed):
    assert rows(_table(SUM, total((-1, 1, 1)), texts))[3] == ["=", computed, "computed from the parts", ""]


def test_what_is_left_out_of_a_long_sum_is_added_up_as_it_counts():
    """Seventeen parts of which the last two count twice and against: 2 x 16 - 17 is 15."""
    weights = (-1, *[1] * 15, 2, -1)
    table = rows(_table(SUM, total(weights), ["1", *map(str, range(1, 18))]))[1:-1]
    assert table[15] == ["+", "15", "2 more parts", ""] and table[14] == ["+", "15", "s 2015", "16"]
    assert table[16] == ["=", str(sum(range(1, 16)) + 15), "computed from the parts", ""]


def test_a_place_that_lacks_a_figure_is_drawn_without_a_sum_whatever_its_kind():
    for rule, form in ((SUM, total((-1, 1, 1))), (WeightedChange(level="i", weight="w", **DECLARED), weighted_change(0))):
        table = _table(rule, form, ["5", "7", "9"], sought=1, gap=0)
        assert rows(table)[1:-1] == [["", "5", "s 2000", "1"], ["?", "7", "not printed: s 2001", "2"], ["", "9", "s 2002", "3"]]
        assert [line.attributes.get("class") for line in table.one("tbody").all("tr")] == [None, "printed", None]
        assert table.one("tfoot").one("strong").text == "Asks for a figure."


def test_a_weighted_change_scrolls_and_says_what_it_is():
    page = _page(WeightedChange(level="i", weight="w", **DECLARED), weighted_change(1), ["1", "2", "5", "3", "4", "8"], suspects=[1, 5])
    assert page.one(class_="unseen").text == "Sum that does not add up: A rule." and page.one(class_="unseen").attributes["id"] == "n-label"
    table = page.one("table", "sum")
    assert rows(table) == [
        ["", "Weight × later ÷ earlier", "What it is", "Weight", "Earlier", "Later"], ["", "6", "s", "3", "4", "8"],
        ["=", "6", "computed from the parts", "", "", ""], ["≠", "2.5", "as printed: s", "1", "2", "5"],
        ["", "Misses by 9, rounding allows 1."],
    ]  # fmt: skip
    assert [mark.text for mark in table.all("mark")] == ["8", "2"]
    assert [line.attributes.get("class") for line in table.one("tbody").all("tr")] == [None, "computed", "printed"]
    assert [cell.attributes.get("colspan") for cell in table.one("tfoot").all("td")] == [None, "5"]
    line = next(iter(table.one("tbody").all("tr")))
    assert [cell.attributes.get("class") for cell in line.content] == ["sign", "figure", None, "number", "number", "number"]


def test_what_is_suspected_is_marked_wherever_it_stands():
    table = _table(SUM, total((-1, 1, 1)), ["9", "4", "6"], suspects=[2, 0])
    assert [mark.text for mark in table.all("mark")] == ["6", "9"]


def test_a_long_mark_is_cut():
    facts = facts_of(("s", "value", "2000", "5"), ("s", "value", "2001", "6"))
    facts.place["text"][:] = ["1" * 60, "2" * 61]
    issue = Issue("0" * 12, Finding((), (), (), "likely"), facts, Consequence(0.0, ()))
    assert Page(issue_mark(issue, 0).html).root.one("span").text == "1" * 60
    assert Page(issue_mark(issue, 1).html).root.one("span").text.startswith("2" * 60 + "…")


@pytest.mark.parametrize(
    ("texts", "blanks"),
    [
        (["9", "4", "5"], [0, 0, 0]),
        (["9", "4.5", "5"], [0, 2, 2]),
        (["9.25", "4.5", "5"], [1, 3, 0]),
        (["9.25", "4.50", "5.75"], [0, 0, 0]),
    ],
)
def test_blanks_keep_decimal_points_below_each_other(texts, blanks):
    table = _table(SUM, total((-1, 1, 1)), texts)
    first, second, _, printed = table.one("tbody").all("tr")
    kept = [[blank for blank in line.all("span") if "aria-hidden" in blank.attributes] for line in (first, second, printed)]
    assert [sum(len("".join(blank.content)) for blank in each) for each in kept] == blanks
