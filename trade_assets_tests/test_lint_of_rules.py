"""What is said of a rule book that contradicts itself, repeats itself, or never applies: rules over a few figures by hand."""

import pytest

from trade_assets.identities.kinds import Change, Includes, Limit, Marks, NeverFalls, PeriodSum, Sum
from trade_assets.identities.lint import lint
from trade_assets_tests.printed_facts import facts_of

_ABOUT = {"table": "t", "description": ".", "source": "made up", "authority": "definition"}


def _sum(name, total, **parts):
    return Sum(name=name, total=total, parts=parts, **_ABOUT)


def _limit(name, low=None, high=None, **others):
    return Limit(name=name, measure="value", low=low, high=high, **others, **_ABOUT)


def _month(**figures):
    return facts_of(*((series, "value", "2001-01", text) for series, text in figures.items()))


SUMS = _month(a="5", b="3", c="2")
REPEATED = "{} is implied by other rules wherever it applies"


def test_a_rule_that_is_used_and_alone_is_not_complained_of():
    assert lint([_sum("adds", "a", b=1, c=1)], [SUMS]) == []
    assert lint([], [SUMS]) == []


def test_a_rule_without_places_or_with_unknown_ones_only_is_never_evaluated():
    rules = [_sum("elsewhere", "x", y=1), _sum("unknown", "a", b=1, d=1), _sum("adds", "a", b=1, c=1)]
    assert lint(rules, [SUMS]) == ["elsewhere is never evaluated", "unknown is never evaluated"]
    assert lint(rules, []) == ["elsewhere is never evaluated", "unknown is never evaluated", "adds is never evaluated"]


def test_a_rule_holds_nowhere_if_no_document_bears_it_out():
    wrong = _sum("differs", "b", a=1, c=1)
    assert lint([wrong], [SUMS]) == ["differs holds nowhere"]
    assert lint([wrong], [SUMS, SUMS]) == ["differs holds nowhere"]
    assert lint([wrong], [SUMS, _month(a="1", b="3", c="2")]) == []
    assert lint([wrong], [_month(a="1", b="3", c="2"), SUMS]) == []


def test_the_same_sum_said_twice_is_said_of_both():
    other = Sum(name="again", total="a", parts={"b": 1, "c": 1}, **_ABOUT)
    assert lint([_sum("adds", "a", b=1, c=1), other], [SUMS]) == [REPEATED.format("adds"), REPEATED.format("again")]


@pytest.mark.parametrize(
    ("total", "parts", "is_same"),
    [
        ("b", {"a": 1, "c": -1}, True),  # a − b − c = 0, solved for another
        ("c", {"a": 1, "b": -1}, True),
        ("a", {"c": 1, "b": 1}, True),
        ("a", {"b": 1, "c": -1}, False),
        ("a", {"b": 1, "c": 2}, False),
        ("a", {"b": 2, "c": 1}, False),
        ("b", {"a": -1, "c": -1}, False),
    ],
)
def test_a_sum_solved_for_another_figure_says_the_same(total, parts, is_same):
    rules = [_sum("adds", "a", b=1, c=1), Sum(name="other", total=total, parts=parts, **_ABOUT)]
    found = [said for said in lint(rules, [SUMS]) if "implied" in said]
    assert found == ([REPEATED.format("adds"), REPEATED.format("other")] if is_same else [])


def test_two_prints_of_a_fact_are_no_second_rule():
    """A rule at the same cells twice implies nothing of itself."""
    assert lint([_limit("small", high=9)], [facts_of(("a", "value", "2001-01", "5"), ("a", "value", "2001-01", "5"))]) == []


def test_what_is_repeated_in_one_document_only_is_needed():
    narrow = _sum("narrow", "n", n1=1, n2=1)
    wide = Sum(name="wide", total="{of}", parts={"{of}1": 1, "{of}2": 1}, over={"of": ("n", "m")}, **_ABOUT)
    first, second = _month(n="5", n1="3", n2="2"), _month(m="5", m1="3", m2="2")
    assert lint([narrow, wide], [first]) == [REPEATED.format("narrow"), REPEATED.format("wide")]
    # The second document has a place of the one that the other does not state.
    assert lint([narrow, wide], [first, second]) == [REPEATED.format("narrow")]
    assert lint([narrow, wide], [second, first]) == [REPEATED.format("narrow")]


@pytest.mark.parametrize(
    ("wide", "narrow", "is_implied"),
    [
        ((0, 10), (2, 8), True),
        ((0, 10), (0, 8), True),
        ((0, 10), (2, 10), True),
        ((0, 10), (2, 11), False),
        ((3, 10), (2, 8), False),
        ((0, None), (2, 8), True),
        ((2, None), (2, 8), True),
        ((3, None), (2, 8), False),
        ((None, 10), (2, 8), True),
        ((None, 8), (2, 8), True),
        ((None, 7), (2, 8), False),
        ((None, 10), (None, 8), True),
        ((0, None), (2, None), True),
        ((0, None), (None, 8), False),
    ],
)
def test_bounds_within_other_bounds_imply_them(wide, narrow, is_implied):
    found = lint([_limit("wide", *wide), _limit("narrow", *narrow)], [_month(a="5")])
    assert found == ([REPEATED.format("wide")] if is_implied else [])


@pytest.mark.parametrize(
    ("first", "second", "is_excluded"),
    [
        ((0, 4), (6, 9), True),
        ((6, 9), (0, 4), True),
        ((0, 5), (5, 9), False),
        ((5, 9), (0, 5), False),
        ((None, 4), (5, None), True),
        ((5, None), (None, 4), True),
        ((None, 5), (5, None), False),
        ((5, None), (4, None), False),
        ((None, 5), (None, 4), False),
    ],
)
def test_bounds_that_no_figure_meets_exclude_each_other(first, second, is_excluded):
    found = lint([_limit("one", *first), _limit("other", *second)], [_month(a="5")])
    assert (found[:1] == ["one and other cannot both hold"]) is is_excluded
    assert ("one and other cannot both hold" in found) is is_excluded


def test_what_contradicts_itself_in_many_places_is_said_once():
    found = lint([_limit("low", high=4), _limit("high", low=5)], [_month(a="3", b="6", c="2"), _month(a="3")])
    assert found == ["low and high cannot both hold"]


@pytest.mark.parametrize("order", [("2001-01", "2001-01/2001-01"), ("2001-01/2001-01", "2001-01")])
def test_an_inequality_is_implied_by_the_equality_of_its_cells_and_not_the_other_way_round(order):
    """The year to date of a January is the January, and so no less than it; whichever stands first in the document."""
    equal = PeriodSum(name="equal", series=("exports.a",), **_ABOUT)
    no_less = Includes(name="no_less", prefixes=("exports.",), **_ABOUT)
    found = lint([equal, no_less], [facts_of(*(("exports.a", "value", period, "5") for period in order))])
    assert found == [REPEATED.format("no_less")]


def test_figures_may_be_no_less_and_no_more_than_each_other():
    """Two inequalities that both hold only where the figures are equal do not exclude each other, nor does one imply the other."""
    no_less = Includes(name="no_less", prefixes=("exports.",), **_ABOUT)
    falls = NeverFalls(name="never_falls", measure="value", **_ABOUT)
    facts = facts_of(("exports.a", "value", "2001-01/2001-01", "4"), ("exports.a", "value", "2001-01/2001-02", "5"))
    assert lint([no_less, falls], [facts]) == ["no_less is never evaluated"]


def test_what_is_no_sum_is_held_against_no_other_rule():
    """Quotients, and what is decided where the place is found."""
    changes = [
        Change(name=f"of_{basis}", level="index", basis=basis, **_ABOUT) for basis in ("rounded", "unrounded")
    ]  # fmt: skip
    facts = facts_of(("a", "percent_change", "2001-01/2001-02", "1.0"), ("a", "index", "2001-01", "100"), ("a", "index", "2001-02", "101"))
    assert lint(changes, [facts]) == []
    again = Change(name="again", level="index", basis="rounded", **_ABOUT)
    assert lint([*changes, again], [facts]) == [REPEATED.format("of_rounded"), REPEATED.format("again")]
    marks = [Marks(name=f"within_{months}", flag="revised", months=months, **_ABOUT) for months in (1, 3)]
    facts = facts_of(("a", "value", "2001-01", "5"), ("a", "value", "2001-03", "6"))
    facts.place["flags"][0] = "revised"
    assert lint(marks, [facts]) == ["within_1 holds nowhere"]


def test_relations_are_of_the_same_cells_only():
    rules = [_limit("of_a", 0, 3, series=("a",)), _limit("of_b", 4, 9, series=("b",))]
    assert lint(rules, [_month(a="2", b="5")]) == []
    assert lint([_sum("adds", "a", b=1, c=1), _sum("fewer", "a", b=1)], [SUMS]) == ["fewer holds nowhere"]


def test_a_place_with_an_operand_that_is_not_printed_says_nothing_of_other_rules():
    rules = [_sum("adds", "a", b=1, d=1), _sum("again", "a", b=1, d=1)]
    assert lint(rules, [SUMS]) == ["adds is never evaluated", "again is never evaluated"]
