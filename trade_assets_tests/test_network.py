"""Cells and the identities around them: which values they allow, how likely a value is, and what the search may cost."""

import math

import pytest

from trade_assets.identities.binding import bind
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import Agree, Change, Limit, Marks, Sum, Whole
from trade_assets.identities.network import Allowed, Network, Spent
from trade_assets_tests.printed_facts import facts_of

ABOUT = {"table": "t", "description": ".", "source": "made up", "authority": "definition"}
ADDS = Sum(name="adds", total="a", parts={"b": 1, "c": 1}, **ABOUT)
MOST = Limit(name="most", measure="value", high=10, series=("a",), **ABOUT)


def _network(rules, *prints, work=1000):
    """A network of (series, printed text) in one column, or of (series, measure, period, text), each measure a column."""
    facts = facts_of(*((each[0], "value", "2001-01", each[1]) if len(each) == 2 else each for each in prints))
    return Network(facts, bind(rules, facts), work)


FIVE = (("a", "6"), ("b", "3"), ("c", "2"))


# Values


@pytest.mark.parametrize(
    ("allowed", "figure", "has"),
    [
        (Allowed(1, 10, 20), Printed(10, 1), True),
        (Allowed(1, 10, 20), Printed(20, 1), True),
        (Allowed(1, 10, 20), Printed(9, 1), False),
        (Allowed(1, 10, 20), Printed(21, 1), False),
        (Allowed(1, 10, 20), Printed(15, 0), False),
        (Allowed(0, None, 5), Printed(-999, 0), True),
        (Allowed(0, None, 5), Printed(6, 0), False),
        (Allowed(0, 5, None), Printed(999, 0), True),
        (Allowed(0, 5, None), Printed(4, 0), False),
        (Allowed(0, None, None), Printed(4, 0), True),
    ],
)
def test_a_figure_is_allowed_between_both_ends_at_their_decimals(allowed, figure, has):
    assert allowed.has(figure) is has


@pytest.mark.parametrize(
    ("allowed", "only"),
    [
        (Allowed(1, 10, 10), Printed(10, 1)),
        (Allowed(0, 0, 0), Printed(0, 0)),
        (Allowed(1, 10, 11), None),
        (Allowed(1, None, None), None),
        (Allowed(1, None, 3), None),
        (Allowed(1, 3, None), None),
    ],
)
def test_one_value_alone(allowed, only):
    assert allowed.only == only


# The places of a cell


def test_the_places_of_a_cell_are_those_of_which_all_figures_are_printed():
    again = Sum(name="again", total="d", parts={"a": 1, "x": 1}, **ABOUT)
    network = _network([ADDS, MOST, again], *FIVE, ("d", "9"))
    assert [(site.rule.name, site.cells) for site in network.sites(0)] == [("adds", (0, 1, 2)), ("most", (0,))]
    assert [(site.rule.name, site.cells) for site in network.sites(2)] == [("adds", (0, 1, 2))]
    assert network.sites(3) == []
    gap = _network([ADDS, MOST], ("a", "6"), ("b", "3"), ("c", ""))
    assert [site.rule.name for site in gap.sites(0)] == ["most"] and gap.sites(2) == []


def test_what_says_nothing_of_figures_is_no_place():
    marks = Marks(name="marks", flag="revised", months=3, **ABOUT)
    facts = facts_of(("a", "value", "2001-01", "5"), ("a", "value", "2001-02", "6"))
    facts.place["flags"][0] = "revised"
    network = Network(facts, bind([marks, MOST], facts), 100)
    assert [places.rule.name for places, _ in network.bound] == ["most"]
    assert [site.rule.name for site in network.sites(0)] == ["most"]
    assert Network(facts, bind([ADDS], facts), 100).bound == []


def test_all_places_at_once_are_those_of_each_cell():
    rules = [ADDS, MOST, Agree(name="same", measures=("value",), **ABOUT)]
    prints = [*FIVE, ("a", "5"), ("b", "")]
    one, all_at_once = _network(rules, *prints), _network(rules, *prints)
    all_at_once.index()
    assert [all_at_once.sites(cell) for cell in range(5)] == [one.sites(cell) for cell in range(5)]
    assert [site.rule.name for site in all_at_once.sites(0)] == ["adds", "most", "same"]


# How a column prints


def test_a_column_s_decimals_are_those_of_its_other_figures_the_usual_first():
    network = _network([], ("a", "1.5"), ("b", "2.5"), ("c", "3.25"), ("d", "4"), ("e", "5.5"), ("f", ""))
    assert [network.decimals(cell) for cell in range(6)] == [[1, 2, 0], [1, 2, 0], [1, 0, 2], [1, 2, 0], [1, 2, 0], [1, 2, 0]]


def test_the_only_figure_of_a_column_has_its_own_decimals_and_a_gap_the_most_of_any():
    network = _network([], ("a", "value", "2001-01", "1.25"), ("a", "index", "2001-01", ""), ("a", "share", "2001-01", "7"))
    assert [network.decimals(cell) for cell in range(3)] == [[2], [2], [0]]


def test_a_figure_is_odd_by_its_decimals_or_by_its_groups():
    network = _network([], ("a", "1.5"), ("b", "2.5"), ("c", "3"), ("d", "4.5"))
    network.facts.place["flags"][3] = "irregular_grouping"
    assert [network.is_odd(cell) for cell in range(4)] == [False, False, True, True]


def test_a_value_is_familiar_by_its_size_among_those_of_its_column():
    network = _network([], ("a", "1"), ("b", "-100"), ("c", "10000"), ("d", "index", "2001-01", "7"), ("e", ""))
    low, middle, high = (math.log(size + 0.05) for size in (1, 100, 10000))
    spread = sorted((middle - low, 0.0, high - middle))[1]
    assert network.familiarity(0, Printed(100, 0)) == network.familiarity(4, Printed(-1000, 1)) == 0
    assert network.familiarity(0, Printed(1, 0)) == pytest.approx(-(middle - low) / spread)
    assert network.familiarity(1, Printed(100000, 1)) == pytest.approx(-(high - middle) / spread)
    assert network.familiarity(3, Printed(14, 0)) == pytest.approx(-math.log(14.05 / 7.05) / 0.1), "alike figures differ by a tenth"


def test_decimals_count_in_the_sizes_of_a_column():
    network = _network([], ("a", "1.00"), ("b", "100.0"), ("c", "10000"))
    assert network.familiarity(0, Printed(100, 0)) == 0 and network.familiarity(0, Printed(100, 2)) == pytest.approx(-1.0, abs=0.02)


# How central a value is


def test_a_value_is_central_where_its_identities_miss_by_little():
    """Of a sum of three whole figures the gap may be 1.5 either way; a miss g counts 1.5 · 3 · (2 g / 3)²."""
    network = _network([ADDS, MOST], *FIVE)
    assert network.centrality(0, Printed(5, 0), network.sites(0)) == 0
    assert network.centrality(0, Printed(6, 0), network.sites(0)) == pytest.approx(-2 / 9 * 9)
    assert network.centrality(0, Printed(7, 0), network.sites(0)) == pytest.approx(-8)
    assert network.centrality(1, Printed(5, 0), network.sites(1)) == pytest.approx(-2)
    assert network.centrality(0, Printed(7, 0), network.sites(0) * 2) == pytest.approx(-16)
    assert network.centrality(0, Printed(7, 0), []) == 0


def test_one_rounded_figure_alone_says_little():
    whole = Whole(name="whole", measure="value", low=100, high=100, **ABOUT)
    network = _network([whole], ("a", "101"))
    # The gap is 0.5 to 1.5: twice its middle over its width is 2.
    assert network.centrality(0, Printed(101, 0), network.sites(0)) == pytest.approx(-0.3 * 4)
    change = Change(name="change", level="index", basis="rounded", **ABOUT)
    levels = (("a", "percent_change", "2001-01/2001-02", "1.2"), ("a", "index", "2001-01", "100"), ("a", "index", "2001-02", "101"))
    network = _network([change], *levels)
    # 1.2 for 1.0, by ± 0.05: only the change is rounded.
    assert network.centrality(0, Printed(12, 1), network.sites(0)) == pytest.approx(-0.3 * 16)


def test_what_leaves_no_room_says_nothing_of_a_value():
    same = Agree(name="same", measures=("value",), **ABOUT)
    network = _network([same], ("a", "7"), ("a", "9"))
    assert network.centrality(0, Printed(7, 0), network.sites(0)) == 0
    # Printed more finely, 7.0 lies 2 from 9, where rounding allows 0.55.
    assert network.centrality(0, Printed(70, 1), network.sites(0)) == pytest.approx(-3 * (4 / 1.1) ** 2)


# Which values are allowed


def test_a_cell_is_allowed_what_all_its_identities_allow():
    network = _network([ADDS, MOST], *FIVE)
    assert network.allowed(0) == [Allowed(0, 4, 6)]
    assert network.allowed(0) is network.allowed(0)
    assert network.allowed(1) == [Allowed(0, 3, 5)]
    assert network.allowed_by(0, network.sites(0), {1: Printed(8, 0)}) == [Allowed(0, 9, 10)]
    assert network.allowed_by(0, network.sites(0), {1: Printed(20, 0)}) == []
    assert network.allowed_by(0, network.sites(0)[1:], {}) == [Allowed(0, None, 10)]
    assert network.allowed_by(0, reversed(network.sites(0)), {1: Printed(8, 0)}) == [Allowed(0, 9, 10)]
    assert network.allowed_by(0, iter(network.sites(0)), {}) == [Allowed(0, 4, 6)]
    assert network.allowed_by(0, [], {}) == [Allowed(0, None, None)]


def test_the_strictest_bounds_of_several_identities_count():
    least = [Limit(name=f"least{low}", measure="value", low=low, series=("a",), **ABOUT) for low in (2, 4, 3)]
    most = [Limit(name=f"most{high}", measure="value", high=high, series=("a",), **ABOUT) for high in (9, 7, 8)]
    network = _network([*least, *most], ("a", "6"))
    assert network.allowed(0) == [Allowed(0, 4, 7)]
    exact = _network([least[1], Limit(name="four", measure="value", high=4, **ABOUT)], ("a", "9"))
    assert exact.allowed(0) == [Allowed(0, 4, 4)]


def test_each_number_of_decimals_of_the_column_has_its_own_values():
    network = _network([ADDS], ("a", "6"), ("b", "3.0"), ("c", "2.0"))
    # In tenths ± 0.15 for all three; in units ± 0.5 for the total and ± 0.1 for the parts.
    assert network.decimals(0) == [1, 0]
    assert network.allowed(0) == [Allowed(1, 49, 51), Allowed(0, 5, 5)]


def test_a_bound_that_is_excluded_is_no_value():
    above = Limit(name="above", measure="value", low=0, is_low_excluded=True, is_print=True, **ABOUT)
    assert _network([above], ("a", "6")).allowed(0) == [Allowed(0, 1, None)]
    at_least = Limit(name="at least", measure="value", low=0, is_print=True, **ABOUT)
    assert _network([at_least], ("a", "6")).allowed(0) == [Allowed(0, 0, None)]


# What is missed


def test_identities_are_missed_with_the_figures_as_changed():
    network = _network([ADDS, MOST], ("a", "12"), ("b", "3"), ("c", "2"))
    assert [site.rule.name for site in network.misses((0,), {})] == ["adds", "most"]
    assert [site.rule.name for site in network.misses((0, 1, 2), {})] == ["adds", "most"], "each once"
    assert [site.rule.name for site in network.misses((1,), {})] == ["adds"]
    assert [site.rule.name for site in network.misses((0,), {1: Printed(9, 0)})] == ["most"]
    assert network.misses((0,), {0: Printed(5, 0)}) == []
    assert [site.rule.name for site in network.misses((0,), {}, frozenset((2,)))] == ["most"]
    assert network.misses((0,), {}, frozenset((0,))) == []


def test_an_identity_that_has_no_value_is_not_missed():
    change = Change(name="change", level="index", basis="unrounded", **ABOUT)
    levels = (("a", "percent_change", "2001-01/2001-02", "1.2"), ("a", "index", "2001-01", "0"), ("a", "index", "2001-02", "101"))
    assert _network([change], *levels).misses((0,), {}) == []


# What it costs


def test_work_is_counted_in_cells_and_ends_when_it_is_used_up():
    network = _network([ADDS, MOST], *FIVE, work=8)
    network.allowed_by(0, network.sites(0), {})
    assert network.work == 4
    network.misses((0,), {}, frozenset((2,)))
    assert network.work == 3
    network.allowed_by(1, network.sites(1), {})
    assert network.work == 0, "all of it may be used"
    with pytest.raises(Spent):
        network.spend(1)
    network.work = 5
    network.spend(5)
    with pytest.raises(Spent):
        network.allowed_by(0, network.sites(0), {})


def test_values_that_were_asked_for_once_cost_nothing_again():
    network = _network([ADDS], *FIVE, work=3)
    assert network.allowed(0) == network.allowed(0) == [Allowed(0, 4, 6)]
