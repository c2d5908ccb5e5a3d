"""Forms by hand: the gap of printed figures, the range that rounding leaves, the values that one figure may have, and verdicts."""

from fractions import Fraction

import numpy as np
import pytest

from trade_assets.identities import forms
from trade_assets.identities.document_facts import Facts, Figures
from trade_assets.identities.evaluate import evaluate, linear_misses
from trade_assets.identities.forms import (
    CHANGE_OF_ROUNDED,
    CHANGE_OF_UNROUNDED,
    SHARE,
    Form,
    Printed,
    Range,
    Term,
    bounds,
    gap,
    grid,
    holds,
    solve,
)
from trade_assets.identities.kinds import Change, Limit, Marks, Sum
from trade_assets_tests.printed_facts import facts_of, figure

ABOUT = {"name": "r", "table": "t", "description": ".", "source": "made up", "authority": "definition"}
F = Fraction


def _members(*texts):
    return list(map(figure, texts))


def test_a_printed_figure_and_by_how_much_it_was_rounded():
    assert (Printed(125, 2).value, Printed(125, 2).half) == (F(5, 4), F(1, 200))
    assert (Printed(-7, 0).value, Printed(-7, 0).half) == (-7, F(1, 2))


# What a form is


def test_linear_forms_have_weights_and_a_constant():
    assert forms.total((-1, 2, 3)).weights == (-1, 2, 3) and forms.total((-1, 2)).constant == 0
    assert forms.limit(0, 10).weights == (1,) and forms.limit(0, 10).constant == -5 and forms.limit(0, 10).slack == 5
    assert forms.limit(3, None).weights == (-1,) and forms.limit(3, None).constant == 3
    assert forms.limit(None, 3).weights == (1,) and forms.limit(None, 3).constant == -3
    assert forms.ALWAYS.weights == () and forms.ALWAYS.constant == -1 and forms.never("x").constant == 1
    for form in (SHARE, CHANGE_OF_ROUNDED, forms.compound(2), forms.weighted_change(1)):
        assert form.weights is None
    half = Form((Term(F(1, 2), ((0, 0),)),))
    swapped = Form((Term(F(1), ((1, 0),)), Term(F(1), ((0, 0),))))
    shifted = Form((Term(F(1), ((0, 100),)),))
    assert half.weights is swapped.weights is shifted.weights is None


def test_each_member_stands_in_one_term():
    assert {member: SHARE.terms.index(term) for member, term in SHARE.term_of.items()} == {1: 0, 2: 0, 0: 1}
    assert forms.ALWAYS.term_of == {}


@pytest.mark.parametrize(
    ("low", "high", "excluded", "sense", "inside", "outside"),
    [
        (0, 10, False, "equal", ("0", "10", "-0.4", "10.4"), ("-1", "11")),
        (5, 5, False, "equal", ("5", "5.0"), ("4", "6", "5.1")),
        (0, None, False, "at_most", ("0", "7"), ("-1",)),
        (0, None, True, "below", ("0", "0.0", "1"), ("-1",)),
        (None, 10, False, "at_most", ("10", "-99"), ("11",)),
    ],
)
def test_bounds_of_one_figure(low, high, excluded, sense, inside, outside):
    form = forms.limit(low, high, is_low_excluded=excluded)
    assert form.sense == sense
    # -0.4 and 10.4 lie beyond, and by more than half of their own last place.
    beyond = {"-0.4", "10.4"}
    assert {text: holds(form, _members(text)) for text in (*inside, *outside)} == {
        **{text: text not in beyond for text in inside}, **dict.fromkeys(outside, False),
    }  # fmt: skip


def test_the_printed_figure_itself_may_be_meant():
    assert holds(forms.limit(0, None, is_low_excluded=True, is_print=True), _members("0")) is False
    assert holds(forms.limit(0, None, is_print=True), _members("0")) is True
    assert holds(forms.limit(None, 0, is_print=True), _members("0.1")) is False and holds(forms.limit(None, 0), _members("0.1")) is False
    assert holds(forms.limit(None, 0), _members("0.05")) is False and holds(forms.limit(None, 1), _members("1.5")) is False
    assert holds(forms.limit(0, 1), _members("1")) is True and holds(forms.limit(0, 1, is_print=True), _members("1")) is True


# Gaps


@pytest.mark.parametrize(
    ("form", "texts", "expected"),
    [
        (forms.total((-1, 1, 1)), ("5", "3", "4"), (2, F(3, 2))),
        (forms.total((-1, 1, 1)), ("9", "3", "4"), (-2, F(3, 2))),
        (forms.total((-1, 1, 1)), ("9.00", "3.0", "4"), (-2, F(1, 2) + F(1, 20) + F(1, 200))),
        (forms.total((-1, 2, -3)), ("1", "2", "1"), (0, 3)),
        (forms.total((-1, 1), is_exact=True), ("5", "8"), (3, 0)),
        (forms.AGREE, ("5", "8"), (-3, 0)),
        (forms.AGREE, ("5.0", "8"), (-3, F(11, 20))),
        (forms.limit(0, 10), ("13",), (8, F(11, 2))),
        (CHANGE_OF_ROUNDED, ("5.0", "100", "107"), (2, F(1, 20))),
        (CHANGE_OF_ROUNDED, ("9.0", "100", "107"), (-2, F(1, 20))),
        (SHARE, ("50", "1", "4"), (-25, F(100 * 3, 2 * 1) / F(7, 2) - 25 + F(1, 2))),
        (SHARE, ("50", "3", "4"), (25, 75 - F(100) * F(5, 2) / F(9, 2) + F(1, 2))),
    ],
)
def test_the_gap_is_that_of_the_print_and_allowed_is_what_rounding_makes_of_it(form, texts, expected):
    assert gap(form, _members(*texts)) == expected


def test_a_gap_below_zero_is_allowed_what_lies_above_it():
    """6 over −0.4 is −15; over −0.45, the nearest to zero that it may be, −40/3."""
    over = Form((Term(F(6), (), ((0, 0),)),))
    assert gap(over, [Printed(-4, 1)]) == (-15, F(5, 3))
    assert gap(over, [Printed(4, 1)]) == (15, F(5, 3))
    with pytest.raises(ZeroDivisionError):
        gap(SHARE, _members("50", "1", "0"))


# Ranges of products and quotients of any sign


@pytest.mark.parametrize(
    ("form", "texts", "expected"),
    [
        (CHANGE_OF_UNROUNDED, ("0", "2", "4"), (F(100 * 7, 2) / F(5, 2) - 100 - F(1, 2), F(100 * 9, 2) / F(3, 2) - 100 + F(1, 2))),
        (CHANGE_OF_UNROUNDED, ("0", "-2", "4"), (F(100 * 9, 2) / F(-3, 2) - 100 - F(1, 2), F(100 * 7, 2) / F(-5, 2) - 100 + F(1, 2))),
        (CHANGE_OF_UNROUNDED, ("0", "2", "0"), (F(-50) / F(3, 2) - 100 - F(1, 2), F(50) / F(3, 2) - 100 + F(1, 2))),
        (CHANGE_OF_UNROUNDED, ("0", "0", "4"), None),
        (CHANGE_OF_UNROUNDED, ("0", "0.5", "4"), (F(350) / F(11, 20) - F(201, 2), F(450) / F(9, 20) - F(199, 2))),
        (forms.limit(0, 10), ("4",), (-1 - F(11, 2), -1 + F(11, 2))),
    ],
)
def test_the_range_of_a_gap(form, texts, expected):
    assert bounds(form, _members(*texts)) == expected


# Solving


@pytest.mark.parametrize(
    ("form", "position", "texts", "decimals", "expected"),
    [
        (forms.total((-1, 1, 1)), 0, ("0", "3", "4"), 0, (F(11, 2), F(17, 2))),
        (forms.total((-1, 1, 1)), 1, ("7", "0", "4"), 0, (F(3, 2), F(9, 2))),
        (forms.total((-1, 1, 1)), 0, ("0", "3", "4"), 1, (6 - F(1, 20), 8 + F(1, 20))),
        (forms.total((-1, 1), "at_most"), 0, ("0", "4"), 0, (3, None)),
        (forms.total((-1, 1), "at_most"), 1, ("4", "0"), 0, (None, 5)),
        (forms.total((-1, 2), is_exact=True), 1, ("4", "0"), 0, (2, 2)),
        (forms.limit(0, 10), 0, ("99",), 0, (-F(1, 2), F(21, 2))),
        (forms.limit(0, None, is_low_excluded=True, is_print=True), 0, ("99",), 0, (0, None)),
        (CHANGE_OF_ROUNDED, 0, ("0.0", "100", "107"), 1, (7 - F(1, 20), 7 + F(1, 20))),
        (CHANGE_OF_ROUNDED, 2, ("5.0", "200", "0"), 0, (200 * F(10495, 10000), 200 * F(10505, 10000))),
        (CHANGE_OF_ROUNDED, 1, ("5.0", "0", "210"), 0, (210 / F(10505, 10000), 210 / F(10495, 10000))),
        # Of what fell by all, any positive figure before it may be meant; of what fell by more than all, negative ones.
        (CHANGE_OF_ROUNDED, 1, ("-100.0", "0", "7"), 0, (7 / F(5, 10000), None)),
        (CHANGE_OF_ROUNDED, 1, ("-300.0", "0", "7"), 0, (7 / F(-19995, 10000), 7 / F(-20005, 10000))),
        (SHARE, 1, ("50", "0", "4"), 0, (F(7, 2) * F(99, 200) - F(1, 2), F(9, 2) * F(101, 200) + F(1, 2))),
    ],
)
def test_the_values_that_one_figure_may_have(form, position, texts, decimals, expected):
    assert solve(form, position, _members(*texts), decimals) == Range(*expected)


def test_where_nothing_is_asked_or_nothing_does():
    assert solve(forms.ALWAYS, 0, _members("5"), 0) == Range(None, None)
    assert solve(forms.never("wrong"), 0, _members("5"), 0) is None
    assert solve(SHARE, 0, _members("50", "1", "0"), 0) == Range(None, None), "without a value nothing is restricted"
    assert solve(SHARE, 2, _members("50", "0", "4"), 0) == Range(None, None), "a part that may be zero"
    assert solve(CHANGE_OF_ROUNDED, 1, _members("-100", "7", "0"), 0) == Range(None, None)


@pytest.mark.parametrize(
    ("low", "high", "decimals", "excluded", "expected"),
    [
        (F(3, 2), F(7, 2), 0, False, (2, 3)),
        (F(2), F(3), 0, False, (2, 3)),
        (F(2), F(3), 0, True, (3, 3)),
        (F(3, 2), F(3), 0, True, (2, 3)),
        (F(3, 2), F(7, 2), 1, False, (15, 35)),
        (F(3, 2), F(7, 2), 1, True, (16, 35)),
        (F(-7, 2), F(-3, 2), 0, False, (-3, -2)),
        (None, F(7, 2), 0, True, (None, 3)),
        (F(3, 2), None, 0, False, (2, None)),
        (None, None, 2, True, (None, None)),
    ],
)
def test_the_printed_values_in_a_range(low, high, decimals, excluded, expected):
    assert grid(Range(low, high), decimals, is_low_excluded=excluded) == expected


# Verdicts

ADDS = Sum(total="a", parts={"b": 1, "c": 1}, **ABOUT)


def _sum(*texts):
    return facts_of(*((series, "value", "2001-01", text) for series, text in zip("abc", texts, strict=True)))


@pytest.mark.parametrize(
    ("texts", "gap", "allowed"),
    [
        (("9", "3", "4"), -2, 1),  # rounding allows 1.5, and sums miss by whole units
        (("9.0", "3", "4"), -2, 1),
        (("9.0", "3.0", "4"), -2, F(6, 10)),
        (("9.0", "3.0", "4.0"), -2, F(1, 10)),
        (("5", "3", "4"), 2, 1),
    ],
)
def test_a_violated_sum_says_how_far_it_misses_in_units_of_its_finest_place(texts, gap, allowed):
    (verdict,) = evaluate([ADDS], _sum(*texts)).violated
    assert (verdict.gap, verdict.allowed, verdict.cells, verdict.sought, verdict.said, verdict.about) == (
        gap,
        allowed,
        (0, 1, 2),
        None,
        "",
        (),
    )
    assert verdict.rule is ADDS and verdict.form.weights == (-1, 1, 1)


def test_what_is_no_sum_is_allowed_as_exactly_as_rounding_allows():
    change = Change(level="index", basis="rounded", **ABOUT)
    levels = (("a", "percent_change", "2001-01/2001-02", "9.00"), ("a", "index", "2001-01", "100"), ("a", "index", "2001-02", "107"))
    (verdict,) = evaluate([change], facts_of(*levels)).violated
    assert (verdict.gap, verdict.allowed) == (-2, F(1, 200))


def test_what_was_found_wrong_already_is_so_without_a_figure():
    facts = facts_of(("a", "value", "2001-01", ""), ("a", "value", "2001-09", "5"), ("a", "value", "2001-08", ""))
    facts.place["flags"][:] = ["r", "", "r"]
    found = evaluate([Marks(flag="r", months=3, **ABOUT)], facts)
    assert found.counts == {"r": (0, 1, 1)}, "a mark in an open month is of no figure there"
    (verdict,) = found.violated
    assert (verdict.cells, verdict.said) == ((0,), "no revision is open there")


@pytest.mark.parametrize(("texts", "counts"), [(("7", "3", "4"), (1, 0, 0)), (("9", "3", "4"), (0, 1, 0)), (("7", "", "4"), (0, 0, 1))])
def test_places_are_counted_by_what_became_of_them(texts, counts):
    assert evaluate([ADDS], _sum(*texts)).counts == {"r": counts}


def test_a_rule_without_places_counts_none():
    assert evaluate([Limit(measure="index", low=0, **ABOUT)], _sum("7", "3", "4")).counts == {"r": (0, 0, 0)}


@pytest.mark.parametrize(
    ("change", "earlier", "later", "is_violated"),
    [
        ("4.7", "100.00", "104.75", False), ("4.8", "100.00", "104.75", False), ("4.9", "100.00", "104.75", True),
        ("4.6", "100.00", "104.75", True), ("-4.7", "100.00", "95.25", False), ("-4.8", "100.00", "95.25", False),
        ("-4.9", "100.00", "95.25", True), ("5", "-100", "-105", False), ("6", "-100", "-105", True), ("5", "100.00", "105.51", True),
        ("5", "100.00", "105.50", False), ("5.00", "100", "105", False), ("5.01", "100", "105", True),
    ],
)  # fmt: skip
def test_a_change_of_rounded_figures_misses_beyond_half_a_unit_of_its_own_last_place(change, earlier, later, is_violated):
    rule = Change(level="index", basis="rounded", **ABOUT)
    prints = (("a", "percent_change", "2001-01/2001-02", change), ("a", "index", "2001-01", earlier), ("a", "index", "2001-02", later))
    assert evaluate([rule], facts_of(*prints)).counts == {"r": (0, 1, 0) if is_violated else (1, 0, 0)}


def test_a_member_may_be_moved():
    figures = Figures(np.array([7.0, 3.0, 4.0, 70.0]), np.array([0.0, 1.0, 0.0, 0.0]))
    members, form = np.array([[0, 3], [1, 1], [2, 2]]), forms.total((-1, 1, 1))
    assert linear_misses(form, members, figures).tolist() == [False, True]
    # In tenths: rounding allows 5 + 0.5 + 5 of them.
    for step, misses in ((10, False), (11, True), (-10, False), (-11, True)):
        for member in range(3):
            assert linear_misses(form, members[:, :1], figures, (member, np.array([step]))).tolist() == [misses]
    assert linear_misses(form, members, figures, (0, np.array([-11, -630]))).tolist() == [True, False]


def test_facts_without_places_are_evaluated_too():
    facts = Facts([(series, "value", "2001-01") for series in "abc"], Figures(np.array([9.0, 3.0, 4.0]), np.zeros(3)))
    assert [verdict.cells for verdict in evaluate([ADDS], facts).violated] == [(0, 1, 2)]
