"""Where each kind of rule applies among a few printed figures: its places, their cells in order, and what is said of a wrong one."""

import numpy as np
import pytest

from trade_assets.facts.catalogue import Parts
from trade_assets.facts.label_judgement import Label
from trade_assets.facts.rows import ExpectedRow
from trade_assets.identities import binding, forms
from trade_assets.identities.binding import MISSING, Places, bind, chosen
from trade_assets.identities.kinds import (
    Agree,
    AlikeDecimals,
    AlikeSize,
    Change,
    Compound,
    Includes,
    Labelled,
    Limit,
    Marks,
    NeverFalls,
    OncePrinted,
    OnYearBefore,
    PartsSum,
    PartsWithin,
    PeriodSum,
    Regular,
    Rows,
    Rule,
    Running,
    Share,
    Sum,
    TopSum,
    WeightedChange,
)
from trade_assets_tests.printed_facts import facts_of

ABOUT = {"name": "r", "table": "t", "description": ".", "source": "made up", "authority": "definition"}
JAN, FEB, MAR, APR = (f"2001-0{number}" for number in range(1, 5))
_ = MISSING


def _facts(*prints):
    """Prints of (series, period), or of (series, measure, period) or with the text; all of them 1 if none is given."""
    return facts_of(*(each if len(each) == 4 else (*each, "1") if len(each) == 3 else (each[0], "value", each[1], "1") for each in prints))


def _bound(rule, *prints):
    return [(group.form, [group.at(place) for place in range(len(group))]) for group in bind([rule], _facts(*prints))]


def _cells(rule, *prints):
    return [cells for _, places in _bound(rule, *prints) for cells in places]


def _said(rule, facts):
    """What is wrong at which cell."""
    return [(group.form.said, group.at(place)[0]) for group in bind([rule], facts) if group.form.said for place in range(len(group))]


# What places are


def test_a_rule_without_places_is_bound_all_the_same():
    (group,) = bind([Sum(total="x", parts={"y": 1}, **ABOUT)], _facts(("a", JAN)))
    assert group.form is forms.ALWAYS and len(group) == 0 and group.members.shape == (1, 0)
    rules = [Limit(measure="index", low=0, **ABOUT), Limit(measure="value", low=0, **ABOUT)]
    assert [(group.rule, len(group)) for group in bind(rules, _facts(("a", JAN)))] == [(rules[0], 0), (rules[1], 1)]


def test_a_place_says_which_cells_it_has():
    places = Places(Limit(measure="value", low=0, **ABOUT), forms.AGREE, np.array([[3, 5, 7], [4, MISSING, 8]]))
    assert len(places) == 3 and [places.at(place) for place in range(3)] == [(3, 4), (5, MISSING), (7, 8)]


def test_a_kind_that_nobody_binds_is_an_error():
    with pytest.raises(TypeError, match=r"^no binding for rules of type Rule$"):
        bind([Rule(**ABOUT)], _facts(("a", JAN)))


# Sums


def test_a_sum_has_a_place_in_every_period_of_any_of_its_series():
    adds = Sum(total="a", parts={"b": 1, "c": -1}, **ABOUT)
    prints = [("a", JAN), ("b", JAN), ("c", JAN), ("c", FEB), ("b", FEB), ("a", MAR), ("c", MAR), ("b", APR), ("d", JAN)]
    ((form, places),) = _bound(adds, *prints)
    assert form.weights == (-1, 1, -1) and form.sense == "equal"
    # One of three figures alone states nothing: April is left out.
    assert places == [(0, 1, 2), (5, _, 6), (_, 4, 3)]


def test_a_sum_is_of_each_measure_and_each_choice_of_names_by_itself():
    adds = Sum(total="{x}.t.{y}", parts={"{x}.p.{y}": 1}, over={"x": ("a", "b"), "y": ("m", "n")}, measures=("value", "index"), **ABOUT)
    assert list(chosen(adds)) == [((x, y), (f"{x}.t.{y}", f"{x}.p.{y}")) for x, y in (("a", "m"), ("a", "n"), ("b", "m"), ("b", "n"))]
    prints = [
        ("a.t.m", JAN),
        ("a.p.m", JAN),
        ("b.t.n", "index", JAN),
        ("b.p.n", "index", JAN),
        ("a.t.n", "share", JAN),
        ("a.p.n", "share", JAN),
    ]
    assert _cells(adds, *prints) == [(0, 1), (2, 3)]


def test_of_a_fact_printed_twice_the_first_print_stands_in_a_sum():
    assert _cells(Sum(total="a", parts={"b": 1}, **ABOUT), ("a", JAN), ("b", JAN), ("a", JAN), ("b", JAN)) == [(0, 1)]


TOP = TopSum(total="{f}.t", others="{f}.p.rest", prefix="{f}.p.", size=2, over={"f": ("a", "b")}, **ABOUT)


def test_leading_parts_are_whichever_begin_so():
    whole = [("a.t", JAN), ("a.p.rest", JAN), ("a.p.1", JAN), ("x", JAN), ("a.p.2", JAN), ("a.p.2", "share", JAN)]
    ((form, places),) = _bound(TOP, *whole)
    assert form.weights == (-1, 1, 1, 1) and places == [(0, 1, 2, 4)]


def test_too_few_leading_parts_and_too_many_are_not_evaluable():
    few = [("a.t", JAN), ("a.p.rest", JAN), ("a.p.1", JAN)]
    assert _cells(TOP, *few) == [(0, 1, 2, _)]
    assert _cells(TOP, *few, ("a.p.2", JAN), ("a.p.3", JAN)) == [(0, 1, _, _)]
    # Which parts lead may change from period to period.
    assert _cells(TOP, *few, ("a.p.3", JAN), ("b.t", FEB), ("b.p.rest", FEB), ("b.p.7", FEB), ("b.p.8", FEB)) == [
        (0, 1, 2, 3),
        (4, 5, 6, 7),
    ]


def test_a_year_and_a_year_to_date_are_sums_of_their_months():
    year = PeriodSum(series=("a",), **ABOUT)
    months = [("a", month) for month in (JAN, FEB, MAR)]
    ((form, places),) = _bound(year, *months, ("a", f"{JAN}/{MAR}"), ("b", f"{JAN}/{MAR}"), ("a", "index", f"{JAN}/{MAR}"))
    assert form.weights == (-1, 1, 1, 1) and places == [(3, 0, 1, 2)]
    ((form, places),) = _bound(year, *months, ("a", f"{JAN}/{JAN}"))
    assert form is forms.AGREE and places == [(3, 0)]
    assert _cells(year, *months, ("a", "2001")) == [(3, 0, 1, 2, *[_] * 9)]
    assert _cells(year, *months, ("a", None)) == _cells(year, *months) == []


def test_a_running_total_is_the_one_before_it_and_the_month():
    running = Running(prefix="run.", **ABOUT)
    prints = [("run.a", f"{JAN}/{JAN}"), ("run.a", JAN), ("run.a", f"{JAN}/{FEB}"), ("run.a", FEB), ("b", f"{JAN}/{FEB}"), ("b", FEB)]
    found = _bound(running, *prints)
    assert [(form.weights, places) for form, places in found] == [((-1, 1), [(0, 1)]), ((-1, 1, 1), [(2, 3, 0)])]
    assert _cells(running, ("run.a", f"{JAN}/{MAR}"), ("run.a", MAR), ("run.a", None)) == [(0, 1, _)]


# Lists of parts


@pytest.fixture
def lists(monkeypatch):
    found = (
        Parts(family="f", total="t", parts=("p", "q"), is_whole=True, source="made up", authority="definition"),
        Parts(family="f", total="u", parts=("p", "q"), is_whole=False, source="seen", authority="inferred"),
    )
    monkeypatch.setattr(binding.catalogue, "parts_of", lambda family: {"f": found}[family])


IN_FAMILY = {**ABOUT, "family": "f"}


def test_whole_lists_are_summed_and_others_stay_within(lists):
    prints = [("t", JAN), ("p", JAN), ("q", JAN), ("u", JAN), ("p", FEB), ("t", FEB)]
    assert [(form.sense, places) for form, places in _bound(PartsSum(measure="value", **IN_FAMILY), *prints)] == [
        ("equal", [(0, 1, 2), (5, 4, _)])
    ]
    assert [(form.sense, places) for form, places in _bound(PartsWithin(measure="value", **IN_FAMILY), *prints)] == [
        ("at_most", [(3, 1, 2)])
    ]


def test_a_whole_list_of_which_a_part_is_no_row_stays_within(lists):
    prints = [("t", JAN), ("q", JAN), ("p", "index", JAN)]
    assert _cells(PartsSum(measure="value", **IN_FAMILY), *prints) == []
    assert [(form.weights, places) for form, places in _bound(PartsWithin(measure="value", **IN_FAMILY), *prints)] == [((-1, 1), [(0, 1)])]
    assert _cells(PartsWithin(measure="value", **IN_FAMILY), ("t", JAN)) == []


def test_a_rule_on_an_inferred_list_is_inferred(lists):
    (group,) = bind([PartsWithin(measure="value", **IN_FAMILY)], _facts(("u", JAN), ("p", JAN), ("q", JAN)))
    assert group.rule.authority == "inferred" and group.rule.name == "r"
    (group,) = bind([PartsSum(measure="value", **IN_FAMILY)], _facts(("t", JAN), ("p", JAN), ("q", JAN)))
    assert group.rule.authority == "definition"


def test_a_change_of_a_whole_is_weighted_by_the_earlier_month(lists):
    rule = WeightedChange(level="index", weight="weight", **IN_FAMILY)
    prints = [(series, *rest) for series in "tpq" for rest in (("weight", JAN), ("index", JAN), ("index", FEB))]
    ((form, places),) = _bound(rule, *prints, ("t", "weight", None), ("p", "weight", None), ("q", "weight", None))
    assert form is forms.weighted_change(2) and places == [tuple(range(9))]


# Changes


@pytest.mark.parametrize("basis", ["rounded", "unrounded"])
def test_a_change_is_that_of_the_levels_at_its_ends(basis):
    rule = Change(level="index", basis=basis, **ABOUT)
    prints = [("a", "percent_change", f"{JAN}/{FEB}"), ("a", "index", JAN), ("a", "index", FEB), ("b", "index", JAN)]
    ((form, places),) = _bound(rule, *prints)
    assert places == [(0, 1, 2)]
    assert form is (forms.CHANGE_OF_ROUNDED if basis == "rounded" else forms.CHANGE_OF_UNROUNDED)


def test_a_change_without_levels_counts_only_if_it_is_the_latest_of_one_month():
    rule = Change(level="index", basis="rounded", **ABOUT)

    def of(*periods):
        return _cells(rule, ("a", "percent_change", periods[0]), *(("a", "index", period) for period in periods[1:]), ("b", "index", FEB))

    assert of(f"{JAN}/{FEB}", FEB) == [(0, _, 1)], "the latest change has its levels, or they are missing"
    assert of(f"{JAN}/{FEB}", JAN) == [(0, 1, _)]
    assert of(f"2000-12/{JAN}", JAN) == [] and of(f"2000-02/{FEB}", FEB) == []
    assert of(f"2000-02/{FEB}", "2000-02", FEB) == [(0, 1, 2)]
    assert of(None, FEB) == []


def test_every_print_of_a_change_is_held_against_its_levels():
    rule = Change(level="index", basis="rounded", **ABOUT)
    change = ("a", "percent_change", f"{JAN}/{FEB}")
    assert _cells(rule, change, ("a", "index", JAN), ("a", "index", FEB), change, ("a", "index", FEB)) == [(0, 1, 2), (3, 1, 2)]


@pytest.mark.parametrize(
    ("is_percent", "basis", "form"),
    [
        (True, "rounded", forms.CHANGE_OF_ROUNDED),
        (True, "unrounded", forms.CHANGE_OF_UNROUNDED),
        (False, "rounded", forms.total((-1, -1, 1), is_exact=True)),
        (False, "unrounded", forms.total((-1, -1, 1))),
    ],
)
def test_a_change_on_the_year_before(is_percent, basis, form):
    rule = OnYearBefore(measure="change", level="value", is_percent=is_percent, basis=basis, **ABOUT)
    prints = [("a", "change", "2001", "3"), ("a", "value", "2000", "1"), ("a", "value", "2001", "4"), ("a", "change", JAN, "3")]
    ((found, places),) = _bound(rule, *prints)
    assert (found.terms, found.exact, places) == (form.terms, form.exact, [(0, 1, 2)])


def test_the_first_year_has_no_change():
    rule = OnYearBefore(measure="change", level="value", is_percent=False, basis="rounded", **ABOUT)
    assert _cells(rule, ("a", "change", "2001", ""), ("a", "value", "2001", "4")) == []
    assert _cells(rule, ("a", "change", "2001", "3"), ("a", "value", "2001", "4")) == [(0, _, 1)]
    assert _cells(rule, ("a", "change", "2001", ""), ("a", "value", "2001", "4"), ("a", "value", "2000", "4")) == [(0, 2, 1)]
    assert _cells(rule, ("a", "change", None, "3"), ("a", "value", "2001", "4")) == []


def test_a_change_over_months_is_compounded_where_all_of_them_are_printed():
    rule = Compound(**ABOUT)
    steps = [("a", "percent_change", f"{one}/{other}") for one, other in ((JAN, FEB), (FEB, MAR))]
    ((form, places),) = _bound(rule, *steps, ("a", "percent_change", f"{JAN}/{MAR}"), ("a", "percent_change", f"{JAN}/{APR}"))
    assert form is forms.compound(2) and places == [(2, 0, 1)]
    assert _cells(rule, *steps, ("a", "value", f"{JAN}/{MAR}"), ("a", "percent_change", None)) == []


# Prints, shares, bounds, order


def test_later_prints_agree_with_the_first():
    rule = Agree(measures=("value", "index"), **ABOUT)
    prints = [
        ("a", JAN),
        ("a", JAN),
        ("b", JAN),
        ("a", JAN),
        ("c", "share", JAN),
        ("c", "share", JAN),
        ("d", "index", JAN),
        ("d", "index", JAN),
    ]
    ((form, places),) = _bound(rule, *prints)
    assert form is forms.AGREE and places == [(0, 1), (0, 3), (6, 7)]


def test_a_share_is_its_part_over_the_whole_of_its_flow():
    rule = Share(whole="{f}.t", prefix="{f}.p", over={"f": ("a", "b")}, **ABOUT)
    prints = [("a.p1", "share", JAN), ("a.p1", JAN), ("a.t", JAN), ("b.p1", "share", JAN), ("b.t", JAN), ("x", "share", JAN)]
    ((form, places),) = _bound(rule, *prints)
    assert form is forms.SHARE and places == [(0, 1, 2), (3, _, 4)]


def test_bounds_are_of_every_print_and_of_some_series_only_if_they_are_named():
    prints = [("a", JAN), ("b", JAN), ("a", JAN), ("a", "index", JAN), ("c", None)]
    assert _cells(Limit(measure="value", low=0, **ABOUT), *prints) == [(0,), (1,), (2,), (4,)]
    assert _cells(Limit(measure="value", low=0, series=("a", "c"), **ABOUT), *prints) == [(0,), (2,), (4,)]
    ((form, places),) = _bound(Limit(measure="index", low=0, is_low_excluded=True, is_print=True, **ABOUT), *prints)
    assert form is forms.limit(0, None, is_low_excluded=True, is_print=True) and places == [(3,)]


def test_a_count_is_no_less_than_the_one_before_it_in_its_year():
    rule = NeverFalls(measure="count", **ABOUT)
    periods = [f"{JAN}/{FEB}", f"{JAN}/{JAN}", f"{JAN}/{APR}", "2002-01/2002-01", "2002-01/2002-02", JAN, None]
    ((form, places),) = _bound(rule, *(("a", "count", period) for period in periods), ("a", "value", f"{JAN}/{MAR}"))
    assert (form.weights, form.sense, form.exact) == ((-1, 1), "at_most", frozenset({0, 1}))
    assert places == [(0, 1), (2, 0), (4, 3)]


def test_a_year_to_date_includes_its_last_month():
    rule = Includes(prefixes=("exports.", "imports."), **ABOUT)
    prints = [
        ("exports.a", f"{JAN}/{FEB}"),
        ("exports.a", FEB),
        ("imports.a", f"{JAN}/{FEB}"),
        ("balance.a", f"{JAN}/{FEB}"),
        ("balance.a", FEB),
    ]
    ((form, places),) = _bound(rule, *prints, ("exports.a", None), ("exports.a", JAN))
    assert (form.weights, form.sense, form.exact) == ((-1, 1), "at_most", frozenset()) and places == [(0, 1)]


# Marks and print


def test_a_mark_of_a_revision_stands_within_so_many_months_before_the_latest_of_its_measure():
    facts = _facts(("a", "2000-12"), ("a", JAN), ("a", FEB), ("b", MAR), ("a", APR), ("a", "index", "2001-06"), ("a", None))
    facts.place["flags"][:] = ["r", "x r", "r", "", "r", "r", "r"]
    found = [
        (group.form, [group.at(place)[0] for place in range(len(group))]) for group in bind([Marks(flag="r", months=3, **ABOUT)], facts)
    ]
    assert found == [(forms.never("no revision is open there"), [0, 4, 5, 6]), (forms.ALWAYS, [1, 2])]


def test_irregular_marks_are_said_by_their_flags():
    facts = _facts(("a", JAN), ("b", JAN), ("c", JAN), ("d", JAN))
    facts.place["flags"][:] = ["odd r", "", "big odd", None]
    rule = Regular(flags={"odd": "it is odd", "big": "it is big"}, **ABOUT)
    assert sorted(_said(rule, facts)) == [("it is big and it is odd", 2), ("it is odd", 0)]


def _series(*texts, series="a"):
    return [(series, "value", f"{2001 + at // 12}-{at % 12 + 1:02d}", text) for at, text in enumerate(texts)]


ALIKE = AlikeDecimals(printed="table", least=4, rare=3, **ABOUT)


@pytest.mark.parametrize(
    ("texts", "odd"),
    [
        (("1.0", "2.1", "3.25", "4.1"), [2]),
        (("1.1", "2.1", "3.25", ""), []),  # three figures are too few
        (("1.0", "2.1", "3", "4.1"), [2]),
        (("1.1", "2.1", "3", "4.1"), []),  # no zeros are printed: 3 may be 3.0
        (("1.1", "2.1", "3", "40"), []),
        (("1.0", "2.1", "3.25", "4.1", "5.12"), []),  # two of five are another program's
        (("1.0", "2.1", "3.25", "4.1", "5.1", "6.12"), [2, 5]),
        (("1.0", "2.1", "3.25", "4.1", "5.1", "6.12", "7.1", "8.123"), []),
    ],
)
def test_figures_with_other_decimals_than_their_series(texts, odd):
    found = _said(ALIKE, facts_of(*_series(*texts)))
    assert sorted(at for _, at in found) == odd
    assert all(said == f"it has {len(texts[at].partition('.')[2])} decimals, the others of its series 1" for said, at in found)


def test_another_table_is_not_looked_at():
    assert _said(AlikeDecimals(printed="other", least=4, rare=3, **ABOUT), facts_of(*_series("1.0", "2.1", "3.25", "4.1"))) == []


SIZE, SIGN = "it is not of the size of the figures around it", "it has not the sign of the figures around it"


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        (("10", "11", "12", "10", "11"), {}),
        (("10", "11", "41", "10", "11"), {}),  # the median is 10.5
        (("10", "11", "43", "10", "11"), {2: SIZE}),
        (("10", "11", "42", "10", "11"), {}),
        (("100", "110", "27", "100", "110"), {}),
        (("100", "110", "26", "100", "110"), {2: SIZE}),
        (("10", "11", "-12", "10", "11"), {2: SIGN}),
        (("-10", "-11", "12", "-10", "-11"), {2: SIGN}),
        (("10", "11", "-1", "10", "11"), {2: SIZE}),
        (("10", "-11", "0", "10", "-11"), {}),  # it passes through zero
        (("10", "11", "0", "10", "-11"), {2: SIZE}),  # one may have lost its sign
        (("0", "0", "5", "0", "0"), {}),
    ],
)
def test_figures_of_another_size_than_those_around(texts, wrong):
    rule = AlikeSize(printed="table", around=2, least=4, factor=4, **ABOUT)
    assert {at: said for said, at in _said(rule, facts_of(*_series(*texts)))} == wrong


def test_so_many_figures_around_are_looked_at_as_there_are():
    texts = ("1", "1", "100", "100", "100", "100", "100", "1", "1")
    far = AlikeSize(printed="table", around=4, least=4, factor=4, **ABOUT)
    near = AlikeSize(printed="table", around=2, least=2, factor=4, **ABOUT)
    assert sorted(at for _, at in _said(far, facts_of(*_series(*texts)))) == [0, 1, 7, 8]
    assert sorted(at for _, at in _said(near, facts_of(*_series(*texts)))) == [0, 1, 7, 8]
    nearest = AlikeSize(printed="table", around=1, least=2, factor=4, **ABOUT)
    assert sorted(at for _, at in _said(nearest, facts_of(*_series(*texts)))) == [1, 7]
    few = AlikeSize(printed="table", around=4, least=5, factor=4, **ABOUT)
    assert sorted(at for _, at in _said(few, facts_of(*_series(*texts)))) == [1, 7]


def test_every_print_of_a_wrong_size_is_named_if_it_shows_the_same():
    rule = AlikeSize(printed="table", around=2, least=4, factor=4, **ABOUT)
    prints = _series("10", "11", "99", "10", "11")
    again = [("a", "value", "2001-03", text) for text in ("99", "12", "99.0")]
    assert _said(rule, facts_of(*prints, *again)) == [(SIZE, 2), (SIZE, 5)]


def _once(*counts):
    """What is said of a year whose months are printed so many times each."""
    prints = [("a", "value", f"2001-{at:02d}", "1") for at, count in enumerate(counts, 1) for _time in range(count)]
    found = bind([OncePrinted(printed="table", **ABOUT)], facts_of(*prints))
    return [(group.form.said, group.form.about, group.at(0)) for group in found if len(group)]


def test_records_of_a_year_stand_once_or_all_twice():
    assert _once(1, 1, 1) == _once(2, 2, 2) == []
    about = (("a", "value", "2001"),)
    said = "records of a are not printed alike: {}, the others of 2001 {}"
    assert _once(1, 2, 1) == [(said.format("2001-02 twice", "once"), about, (1,))]
    assert _once(2, 2, 1) == [(said.format("2001-03 once", "twice"), about, (4,))]
    assert _once(3, 1, 1, 2) == [(said.format("2001-01 3 times, 2001-04 twice", "once"), about, (0,))]
    assert _once(1, 2) == [(said.format("2001-02 twice", "once"), about, (1,))], "of as many the fewer prints are usual"
    assert _once(*[1] * 5, *[2] * 3) == [(said.format("2001-06 twice, 2001-07 twice, 2001-08 twice", "once"), about, (5,))]
    assert _once(*[1] * 5, *[2] * 4)[0][0] == said.format("2001-06 twice, 2001-07 twice, 2001-08 twice and 1 more", "once")
    assert _once(*[1] * 6, *[2] * 5)[0][0] == said.format("2001-07 twice, 2001-08 twice, 2001-09 twice and 2 more", "once")


def test_years_and_series_are_told_apart():
    prints = [
        ("a", "value", "2001-01", "1"),
        ("a", "value", "2002-01", "1"),
        ("a", "value", "2002-01", "1"),
        ("b", "value", "2001-01", "1"),
    ]
    assert _said(OncePrinted(printed="table", **ABOUT), facts_of(*prints, prints[3])) == []


# Rows


@pytest.fixture
def expected(monkeypatch):
    asked = []

    def rows(*found):
        monkeypatch.setattr(binding, "expected_rows", lambda *given: asked.append(given) or found)
        return asked

    return rows


def _missing_rows(*prints):
    found = bind([Rows(**IN_FAMILY)], _facts(*prints))
    return [(group.form.said, group.form.about, group.at(0)) for group in found if len(group)]


def test_a_row_that_is_missing_is_named_below_the_one_before_it(expected):
    rows = [ExpectedRow("table", f"'{name}'", frozenset({name})) for name in "abcd"]
    asked = expected(*rows)
    assert _missing_rows(("a", JAN), ("x", FEB), ("c", JAN), ("x", JAN)) == [
        ("the row 'b' of table is not printed", (("b", "table", None),), (0,)),
        ("the row 'd' of table is not printed", (("d", "table", None),), (2,)),
    ]
    assert asked == [("f", FEB)]
    assert _missing_rows(("x", JAN), ("b", JAN), ("c", JAN), ("d", JAN)) == [
        ("the row 'a' of table is not printed", (("a", "table", None),), (0,))
    ]
    expected(ExpectedRow("table", "'a or b'", frozenset("ab"), least=2), rows[3])
    ((_said, _about, at),) = _missing_rows(("x", JAN), ("b", JAN), ("a", JAN))
    assert at == (1,), "the first figure of the rows before it"


def test_a_row_may_be_asked_for_a_measure_a_period_and_a_number_of_series(expected):
    expected(ExpectedRow("table", "'some'", frozenset("abc"), "value", JAN, least=2))
    said = ("the row 'some' of table is not printed: {} of 2", (("a b c", "value", JAN),))
    assert _missing_rows(("a", JAN), ("c", JAN)) == []
    assert _missing_rows(("a", JAN), ("c", FEB)) == [(said[0].format(1), said[1], (0,))]
    assert _missing_rows(("a", JAN), ("c", "index", JAN)) == [(said[0].format(1), said[1], (0,))]
    assert _missing_rows(("x", JAN)) == [(said[0].format(0), said[1], (0,))]


def test_of_a_table_that_is_not_printed_and_of_a_document_without_periods_nothing_is_expected(expected):
    expected(ExpectedRow("another", "'a'", frozenset("a")))
    assert _missing_rows(("x", JAN)) == []
    asked = expected(ExpectedRow("table", "'a'", frozenset("a")))
    assert _missing_rows(("x", None)) == []
    assert asked == [("f", JAN)], "only the document with a period was asked of"


# Labels


def _labelled(label):
    facts = _facts(("a", JAN), ("b", JAN), ("a", FEB), ("a", "value", MAR, ""), ("a", None))
    facts.cache["label b value"] = Label(0, 0, None, {}, 0, False)
    facts.cache["label a value"] = label
    return [(group.form, [group.at(place) for place in range(len(group))]) for group in bind([Labelled(printed="table", **ABOUT)], facts)]


def test_figures_lie_where_what_is_known_lets_them():
    found = _labelled(Label(2, 2, None, {JAN: (0, 9), FEB: (1, 9), APR: (0, 9)}, 0, False))
    assert found == [(forms.limit(0, 9), [(0,)]), (forms.limit(1, 9), [(2,)])]


def test_a_label_that_is_contradicted_is_one_place_of_all_its_figures():
    ((form, places),) = _labelled(Label(3, 0, "figures of another", {JAN: (0, 9), FEB: (1, 9)}, 2, False))
    assert places == [(0, 2, 4)] and form.sense == "at_most" and form.constant == 1 and not form.said
