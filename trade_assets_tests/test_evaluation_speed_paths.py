"""The quick ways to a verdict against the plain one: rationals, place by place."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trade_assets.identities import columns, forms
from trade_assets.identities.binding import MISSING, Places, bind
from trade_assets.identities.columns import Instance, failing_rows
from trade_assets.identities.document_facts import Facts, Figures
from trade_assets.identities.evaluate import evaluate, outcomes, verdicts
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import Sum
from trade_assets.identities.rules import RULES, rule, rules_shown_at

FORMS = (
    forms.total((-1, 1, 1)), forms.total((-1, 1, -1)), forms.total((-1, *[1] * 12)), forms.total((-1, 2, -3)),
    forms.total((-1, 1, 1), "at_most"), forms.total((-1, 1), "at_most", is_exact=True), forms.total((-1, 1), "below"),
    forms.AGREE, forms.CHANGE_OF_ROUNDED, forms.CHANGE_OF_UNROUNDED, forms.SHARE,
    forms.compound(2), forms.compound(12), forms.weighted_change(1), forms.weighted_change(3), forms.weighted_change(8),
    forms.limit(0, None, is_low_excluded=True), forms.limit(-100, None), forms.limit(0, 100), forms.limit(100, 100), forms.limit(None, 7),
    forms.ALWAYS, forms.never("it stands in the wrong place"),
)  # fmt: skip


def _size(form):
    return 1 + max(form.term_of, default=0)


def _plainly(form, members):
    """Whether the form holds, from the exact range of its gap."""
    found = forms._bounds_of_any_sign(form, members)
    if found is None:
        return None
    low, high = found
    return {"equal": low <= 0 <= high, "at_most": low <= 0, "below": low < 0}[form.sense]


# Small figures meet ties and zero; ordinary ones resemble a release.
_figures = st.one_of(
    st.builds(Printed, st.integers(-12, 12), st.integers(0, 1)),
    st.builds(Printed, st.integers(1, 3000), st.integers(0, 3)),
    st.builds(Printed, st.integers(-(10**9), 10**9), st.integers(0, 3)),
)


@st.composite
def _members(draw, form):
    """Figures of a form; half of the time those of similar size, among which it may well hold."""
    if draw(st.booleans()):
        return draw(st.lists(_figures, min_size=_size(form), max_size=_size(form)))
    base, decimals = draw(st.integers(1, 2000)), draw(st.integers(0, 2))
    near = st.builds(Printed, st.integers(-2, 2).map(lambda step: base + step), st.just(decimals))
    return draw(st.lists(near, min_size=_size(form), max_size=_size(form)))


@settings(max_examples=4 * settings.default.max_examples)
@given(st.data())
def test_integers_decide_as_rationals_do(data):
    form = data.draw(st.sampled_from(FORMS), label="form")
    members = data.draw(_members(form), label="members")
    assert forms.holds(form, members) is _plainly(form, members)
    plain = forms._bounds_of_any_sign(form, members)
    assert forms.bounds(form, members) == plain
    if 0 not in [members[member].value + shift for term in form.terms for member, shift in term.below]:
        printed = forms._printed_gap(form, members)
        low, high = plain or (printed, printed)
        assert forms.gap(form, members) == (printed, printed - low if printed >= 0 else high - printed)


def test_exact_ties_hold_and_a_unit_beyond_them_does_not():
    """A dividend of three decimals over a divisor of none, such that the least quotient is an odd half of a percent."""
    for odd, divisor in itertools.product(range(1, 40, 2), range(1, 8)):
        dividend = (5 * odd * (2 * divisor + 1) + 1) // 2
        percent = (odd - 1) // 2
        for printed, holds in ((percent, True), (percent - 1, False)):
            share = [Printed(printed, 0), Printed(dividend, 3), Printed(divisor, 0)]
            change = [Printed(printed - 100, 0), Printed(divisor, 0), Printed(dividend, 3)]
            for form, members in ((forms.SHARE, share), (forms.CHANGE_OF_UNROUNDED, change)):
                assert (forms._bounds_of_any_sign(form, members)[0] == 0) is holds
                assert forms.holds(form, members) is holds


def test_a_tie_of_many_factors_holds_and_a_unit_beyond_it_does_not():
    # Each part at most 1.5 * 1.5 / 0.5 = 4.5, the three 13.5; the whole 14 at least 13.5 * 1.5 / 1.5.
    parts = [Printed(1, 0)] * 9
    for whole, holds in ((13, True), (14, True), (15, False)):
        members = [Printed(whole, 0), Printed(1, 0), Printed(2, 0), *parts]
        assert forms.holds(forms.weighted_change(3), members) is _plainly(forms.weighted_change(3), members) is holds
    assert forms._bounds_of_any_sign(forms.weighted_change(3), [Printed(14, 0), Printed(1, 0), Printed(2, 0), *parts])[1] == 0


def test_figures_of_a_release_never_take_the_slow_way(monkeypatch):
    monkeypatch.setattr(forms, "_bounds_of_any_sign", lambda *_: pytest.fail("rationals"))
    month = [Printed(1002, 1), Printed(-3, 1), Printed(5, 1)]
    forms.holds(forms.compound(2), month)
    forms.holds(forms.SHARE, [Printed(123, 1), Printed(250, 0), Printed(2030, 0)])
    forms.holds(forms.weighted_change(1), [Printed(100000, 3), Printed(1282, 1), Printed(1281, 1)] * 2)
    forms.holds(forms.total((-1, 1, -1)), [Printed(-40, 0), Printed(0, 0), Printed(40, 0)])


# A group of places at a time


@st.composite
def _groups(draw):
    """Figures with gaps, some of them beyond 64 bits when multiplied out, and places of one form among them."""
    form = draw(st.sampled_from(FORMS))
    largest = draw(st.sampled_from((30, 3000, 10**12)))
    figure = st.one_of(st.none(), st.builds(Printed, st.integers(-largest, largest), st.integers(0, 3)))
    printed = draw(st.lists(figure, min_size=1, max_size=12))
    place = st.lists(st.integers(MISSING, len(printed) - 1), min_size=_size(form), max_size=_size(form))
    places = draw(st.lists(place, min_size=0, max_size=6))
    return form, printed, places


def _as_figures(printed):
    value = [np.nan if figure is None else figure.scaled / 10**figure.decimals for figure in printed]
    return Figures(np.array(value), np.array([0.0 if figure is None else figure.decimals for figure in printed]))


@settings(max_examples=settings.default.max_examples)
@given(_groups())
def test_groups_of_places_are_judged_as_each_place(group):
    form, printed, places = group
    members = np.array(places, dtype=np.int64).reshape(len(places), _size(form)).T
    is_violated, is_unknown = outcomes(Places(RULES[0], form, members), _as_figures(printed))
    for place, cells in enumerate(places):
        figures = [None if cell == MISSING else printed[cell] for cell in cells]
        # What was found wrong already is so without any figure.
        expected = False if form.said else None if None in figures else _plainly(form, figures)
        assert (is_violated[place], is_unknown[place]) == (expected is False, expected is None)


def test_counts_add_up_over_the_groups_of_a_rule():
    """Two years, one of them of nine months only: two forms, one rule."""
    months = [f"{year}-{month:02d}" for year in (2015, 2016) for month in range(1, 13 if year == 2015 else 10)]
    keys = [("exports.total", "value", period) for period in (*months, "2015", "2016-01/2016-09")]
    facts = Facts(keys, Figures(np.array([1.0] * 21 + [12, 99]), np.zeros(23)))
    found = evaluate((rule("year_equals_sum_of_months"),), facts)
    assert found.counts == {"year_equals_sum_of_months": (1, 1, 0)}
    assert [(verdict.cells[0], verdict.gap, verdict.allowed) for verdict in found.violated] == [(22, -90, 5)]


def test_a_gap_that_gets_a_figure_counts_from_then_on():
    keys = [(f"exports.{kind}", "value", "2001-01") for kind in ("total", "goods", "services")]
    facts = Facts(keys, _as_figures([Printed(9, 0), None, Printed(1, 0)]))
    bound = bind((rule("goods_plus_services_equals_total"),), facts)
    name = "goods_plus_services_equals_total"
    assert verdicts(bound, facts.figures).counts[name] == (0, 0, 1)
    assert verdicts(bound, facts.figures.replaced({1: Printed(8, 0)})).counts[name] == (1, 0, 0)
    assert verdicts(bound, facts.figures.replaced({1: Printed(6, 0)})).counts[name] == (0, 1, 0)


def test_places_of_one_printed_figure_state_nothing():
    keys = [("exports.goods", "value", "2001-01"), ("exports.goods", "value", "2001-02"), ("exports.services", "value", "2001-02")]
    bound = bind((rule("goods_plus_services_equals_total"),), Facts(keys, Figures(np.ones(3), np.zeros(3))))
    assert [places.at(0) for places in bound if len(places)] == [(MISSING, 1, 2)]
    bound = bind((rule("goods_plus_services_equals_total"),), Facts(keys[:1], Figures(np.ones(1), np.zeros(1))))
    assert [len(places) for places in bound] == [0]


# Wide columns

ROW_RULES = tuple(found for found in rules_shown_at("goods_and_services") if isinstance(found, Sum))
SERIES = tuple(f"{flow}.{kind}" for flow in ("balance", "exports", "imports") for kind in ("total", "goods", "services"))
_OTHER = Sum(
    name="weighted", family="ft900", table="goods_and_services", description="", source="made up", authority="definition",
    total="balance.total", parts={"exports.total": 3, "imports.goods": -2, "imports.services": 1},
)  # fmt: skip


def test_two_rules_give_six_identities_over_nine_columns():
    found = failing_rows(ROW_RULES, dict.fromkeys(SERIES, np.zeros(1, dtype=np.int32)), dict.fromkeys(SERIES, 0))
    sums, balances = (found.name for found in ROW_RULES)
    assert list(found) == [Instance(sums, (flow,)) for flow in ("balance", "exports", "imports")] + [
        Instance(balances, (kind,)) for kind in ("total", "goods", "services")
    ]


@st.composite
def _tables(draw):
    rows = draw(st.integers(0, 12))
    decimals = {name: draw(st.integers(0, 2)) for name in SERIES}
    figure = st.integers(-30, 30)
    return decimals, {name: draw(st.lists(figure, min_size=rows, max_size=rows)) for name in SERIES}


@settings(max_examples=200, deadline=None)
@given(_tables(), st.sampled_from((np.int8, np.int32, np.int64)), st.integers(1, 5))
def test_columns_are_judged_as_places(table, dtype, block):
    decimals, printed = table
    digits = max(decimals.values())
    keys = [(name, "value", str(row)) for name in SERIES for row in range(len(printed[name]))]
    value = [scaled / 10 ** decimals[name] for name in SERIES for scaled in printed[name]]
    facts = Facts(keys, Figures(np.array(value, dtype=float), np.array([float(decimals[name]) for name, _, _ in keys])))
    violated = [(verdict.rule, keys[verdict.cells[0]]) for verdict in evaluate((*ROW_RULES, _OTHER), facts).violated]
    wide = {name: np.array(printed[name], dtype=np.int64) * 10 ** (digits - decimals[name]) for name in SERIES}
    narrow = {name: column.astype(dtype) if (np.abs(column) < 128).all() else column for name, column in wide.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "BLOCK", block)  # several of them
        found = failing_rows((*ROW_RULES, _OTHER), narrow, decimals)
    total = {
        Instance(each.name, tuple(names)): each.total.format(**dict(zip(each.over, names, strict=True)))
        for each in (*ROW_RULES, _OTHER)
        for names in itertools.product(*each.over.values())
    }
    assert {(each.name, series, int(row)) for each, (series, _, row) in violated} == {
        (instance.rule, total[instance], row) for instance, rows in found.items() for row in rows.tolist()
    }
    assert all((np.diff(rows) > 0).all() for rows in found.values())


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@pytest.mark.parametrize("miss", [0, 1, 2, 2**31, 2**32])
def test_no_sum_overflows(dtype, miss):
    """Where a sum leaves the columns' type, wider integers take over for that block: a wrapped gap would look small."""
    top = int(np.iinfo(dtype).max)
    wide = {name: np.zeros(3, dtype=dtype) for name in SERIES}
    wide["exports.goods"][1], wide["exports.services"][1], wide["exports.total"][1] = top, top, -2
    # Modulo the type's width goods plus services equal the total.
    found = failing_rows(ROW_RULES[:1], wide, dict.fromkeys(SERIES, 0))
    assert found[Instance(ROW_RULES[0].name, ("exports",))].tolist() == [1]
    wide["exports.services"][1], wide["exports.total"][1] = -miss if miss < top else -top, top
    found = failing_rows(ROW_RULES[:1], wide, dict.fromkeys(SERIES, 0))
    assert found[Instance(ROW_RULES[0].name, ("exports",))].tolist() == ([1] if miss > 1 else [])


def test_columns_that_no_verdict_can_rest_on_are_refused():
    whole, decimals = {name: np.zeros(2, dtype=np.int32) for name in SERIES}, dict.fromkeys(SERIES, 0)
    for wrong in (None, np.zeros(2), np.zeros(2, dtype=np.uint8)):
        given_columns = {name: column for name, column in {**whole, "exports.goods": wrong}.items() if column is not None}
        with pytest.raises(ValueError, match=r"signed integers for exports\.goods"):
            failing_rows(ROW_RULES, given_columns, decimals)
    with pytest.raises(ValueError, match="differ in length"):
        failing_rows(ROW_RULES, {**whole, "exports.goods": np.zeros(3, dtype=np.int32)}, decimals)
    assert failing_rows((), whole, decimals) == {}
