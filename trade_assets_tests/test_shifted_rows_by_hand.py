"""Rows and columns that stand shifted or exchanged, and what notices a change of a figure: a few figures by hand."""

import pytest

from trade_assets.identities.binding import bind
from trade_assets.identities.blocks import blocks, layout, neighbours
from trade_assets.identities.coverage import Coverage, coverage
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import Change, Compound, Limit, Marks, Sum
from trade_assets.identities.localise import localise
from trade_assets.identities.network import Network
from trade_assets_tests.printed_facts import facts_of

ABOUT = {"table": "t", "description": ".", "source": "made up", "authority": "definition"}


def _sum(cells):
    return Sum(name=cells, total=cells[0], parts=dict.fromkeys(cells[1:], 1), **ABOUT)


def _rows(*rows):
    """Rows of (series, figure) each; the columns are numbered."""
    cells = [(row, column, *cell) for row, line in enumerate(rows) for column, cell in enumerate(line)]
    facts = facts_of(*((series, "value", "2001-01", text) for _, _, series, text in cells))
    facts.place["row"][:] = [row for row, *_ in cells]
    facts.place["column"][:] = [f"c{column}" for _, column, *_ in cells]
    return facts


def _row(series, *figures):
    return list(zip(series, map(str, figures), strict=True))


def _blocks(facts, *rules):
    violated = evaluate(rules, facts).violated
    return blocks(Network(facts, bind(rules, facts), 100_000), violated)


# Where cells stand


def test_cells_stand_in_rows_and_columns_of_their_table_and_gaps_that_no_mark_prints_in_none():
    facts = _rows(_row("abc", 1, 2, 3), _row("def", 4, 5, 6))
    facts.place["line"][4] = None
    facts.place["table"][5] = "other"
    rows, columns = layout(facts)
    assert dict(rows) == {("table", 0): [0, 1, 2], ("table", 1): [3], ("other", 1): [5]}
    assert dict(columns) == {("table", "c0"): [0, 3], ("table", "c1"): [1], ("table", "c2"): [2], ("other", "c2"): [5]}


def test_neighbours_stand_beside_a_cell_in_its_row_and_its_column():
    facts = _rows(_row("abc", 1, 2, 3), _row("def", 4, 5, 6), _row("ghi", 7, 8, 9))
    assert {cell: list(neighbours(facts, cell)) for cell in (0, 4, 5, 8)} == {0: [1, 3], 4: [3, 5, 1, 7], 5: [4, 2, 8], 8: [7, 5]}


# Shifts

RULES = (_sum("abc"), _sum("def"), _sum("gfh"), _sum("iah"))
BESIDE = _row("ghi", 600, 100, 200)  # what proves the first and the last figure of the row
TRUE = (100, 60, 40, 2000, 1500, 500)


@pytest.mark.parametrize(
    ("printed", "way", "lost", "figure"),
    [
        ((7, *TRUE[:5]), "to the right", 5, None),
        ((500, *TRUE[:5]), "to the right", 5, Printed(500, 0)),  # what fell out stands at the other end
        ((*TRUE[1:], 9), "to the left", 0, None),
        ((*TRUE[1:], 100), "to the left", 0, Printed(100, 0)),
    ],
)
def test_a_row_that_stands_one_place_aside(printed, way, lost, figure):
    facts = _rows(BESIDE, _row("abcdef", *printed))
    (block,) = _blocks(facts, *RULES)
    assert (block.title, block.slip) == (f"a row of table stands one place {way}", f"moved one place {way}")
    true = {3 + at: Printed(value, 0) for at, value in enumerate(TRUE)}
    assert block.changes == true | {3 + lost: figure} and block.cells == frozenset(range(3, 9))
    (finding,) = localise(facts, evaluate(RULES, facts))
    assert (
        finding.pattern == block.title and finding.certainty == "likely" and len(finding.violated) == len(evaluate(RULES, facts).violated)
    )
    assert {suspect.cell: suspect.proposal for suspect in finding.suspects} == block.changes
    assert {suspect.slip for suspect in finding.suspects if suspect.proposal is not None} == {block.slip}
    assert all(suspect.slip is None for suspect in finding.suspects if suspect.proposal is None)
    assert finding.explanations == (tuple(range(6)),)


def test_a_column_is_named_by_itself_and_its_table():
    facts = _rows(*([cell] for cell in _row("abcdef", 7, *TRUE[:5])))
    (block,) = _blocks(facts, *RULES)
    assert block.title == "the column c0 of table stands one place down"
    up = _rows(*([cell] for cell in _row("abcdef", *TRUE[1:], 9)))
    assert [block.title for block in _blocks(up, *RULES)] == ["the column c0 of table stands one place up"]


def test_a_cell_that_shows_the_same_after_the_shift_is_not_wrong():
    """Two figures that are alike beside each other: the first of them reads what it should."""
    facts = _rows(_row("abcdef", 7, 100, 50, 50, 2000, 1500), BESIDE)
    (block,) = _blocks(facts, *RULES)
    assert block.cells == {0, 1, 3, 4, 5} and block.changes[3] == Printed(2000, 0)


def test_two_moved_figures_are_no_shift():
    assert _blocks(_rows(_row("abc", 60, 40, 7)), _sum("abc")) == []
    assert _blocks(_rows(_row("abcd", 100, 60, 40, 3)), _sum("abc")) == []


def test_a_shift_must_make_everything_hold():
    facts = _rows(_row("abcdef", 7, *TRUE[:5]), _row("g", 1234))
    assert _blocks(facts, *RULES, _sum("gc")) == []


def test_exchanged_rows():
    swapped = _rows(
        [("a", "60"), ("d", "1500"), ("g", "28")], [("b", "100"), ("e", "2000"), ("h", "31")], [("c", "40"), ("f", "500"), ("i", "3")]
    )  # fmt: skip
    rules = (_sum("abc"), _sum("def"), _sum("ghi"))
    (block,) = _blocks(swapped, *rules)
    assert (block.title, block.slip) == ("two neighbouring rows of table are exchanged", "row exchanged with its neighbour")
    figures = (100, 2000, 31, 60, 1500, 28)
    assert block.changes == {cell: Printed(value, 0) for cell, value in enumerate(figures)}


def test_a_row_is_exchanged_with_one_that_is_seen_to_be_wrong_too():
    """A row of no identity has the figures that are sought: it may be anything."""
    facts = _rows(
        _row("beh", 60, 1500, 28), _row("cfi", 40, 500, 3), _row("adg", 9000, 700, 7), _row("xyz", 100, 2000, 31)
    )  # fmt: skip
    assert _blocks(facts, _sum("abc"), _sum("def"), _sum("ghi")) == []


def test_one_figure_that_is_seen_to_be_wrong_is_no_shift():
    """Ten for 99, above figures that rise by one: a column one place too low would look the same, but for one figure."""
    column = _row("abcde", 10, 10, 99, 100, 101)
    totals = _row("ABCDE", 1010, 1099, 1100, 1101, 1102)
    facts = _rows(*([cell, total, (f"{cell[0]}'", "1000")] for cell, total in zip(column, totals, strict=True)))
    rules = [Sum(name=each, total=each.upper(), parts={each: 1, f"{each}'": 1}, **ABOUT) for each in "abcde"]
    assert [verdict.rule.name for verdict in evaluate(rules, facts).violated] == ["b"]
    assert _blocks(facts, *rules) == []


# What notices a change


def _covered(rules, facts):
    return {each.cell: (dict(each.noticed), each.declared, each.proof) for each in coverage(rules, facts)}


def test_each_identity_of_a_figure_notices_its_change():
    rules = [_sum("abc"), _sum("cde"), Limit(name="small", measure="value", high=10_000_000, series=("a", "f"), **ABOUT)]
    facts = facts_of(
        *((name, "value", "2001-01", text) for name, text in zip("abcdefgh", ("5", "3", "2", "1", "1", "4", "9", ""), strict=True))
    )
    exact = ({"exact": 1}, 1, "exact")
    assert _covered(rules, facts) == {
        0: ({"exact": 1}, 1, "exact"), 1: exact, 2: ({"exact": 2}, 2, "exact"), 3: exact, 4: exact, 5: ({}, 0, "none"), 6: ({}, 0, "none"),
    }  # fmt: skip
    near = [*rules[:2], Limit(name="small", measure="value", high=1000, series=("a", "f"), **ABOUT)]
    assert _covered(near, facts)[0] == ({"exact": 1, "limit": 1}, 1, "exact") and _covered(near, facts)[5] == ({"limit": 1}, 0, "limit")


def test_a_bound_below_notices_a_fall():
    facts = facts_of(("a", "value", "2001-01", "5"))
    assert _covered([Limit(name="positive", measure="value", low=0, **ABOUT)], facts) == {0: ({"limit": 1}, 0, "limit")}
    far = Limit(name="far", measure="value", low=-1046, **ABOUT)
    # Changed by ten times itself and a thousand: 5 falls to −1045.
    assert _covered([far], facts) == {0: ({}, 0, "none")}
    assert _covered([Limit(name="near", measure="value", low=-1044, **ABOUT)], facts) == {0: ({"limit": 1}, 0, "limit")}


def test_what_is_violated_notices_if_a_value_mends_it():
    facts = facts_of(*((name, "value", "2001-01", text) for name, text in (("a", "9"), ("b", "3"), ("c", "2"))))
    assert _covered([_sum("abc")], facts) == dict.fromkeys(range(3), ({"exact": 1}, 1, "exact"))
    # Nothing that b could be makes a fit into its bounds.
    apart = [Limit(name="low", measure="value", high=4, series=("a",), **ABOUT), Limit(name="high", measure="value", low=20, **ABOUT)]
    assert _covered(apart, facts) == {0: ({"limit": 2}, 0, "limit"), 1: ({"limit": 1}, 0, "limit"), 2: ({"limit": 1}, 0, "limit")}


def test_a_place_with_a_gap_notices_nothing():
    facts = facts_of(*((name, "value", "2001-01", text) for name, text in (("a", "5"), ("b", "3"), ("c", ""))))
    assert _covered([_sum("abc")], facts) == {0: ({}, 0, "none"), 1: ({}, 0, "none")}


def test_quotients_notice_too():
    levels = (("a", "percent_change", "2001-01/2001-02", "1.0"), ("a", "index", "2001-01", "100"), ("a", "index", "2001-02", "101"))
    change = Change(name="change", level="index", basis="rounded", **ABOUT)
    assert _covered([change], facts_of(*levels)) == dict.fromkeys(range(3), ({"exact": 1}, 1, "exact"))
    periods = ("2001-01/2001-03", "2001-01/2001-02", "2001-02/2001-03")
    changes = facts_of(*(("a", "percent_change", period, text) for period, text in zip(periods, ("3.0", "2.0", "1.0"), strict=True)))
    assert _covered([Compound(name="compound", **ABOUT)], changes) == dict.fromkeys(range(3), ({"interval": 1}, 0, "interval"))


def test_a_mark_is_about_no_figure():
    facts = facts_of(("a", "value", "2001-01", "5"), ("a", "value", "2001-02", "5"))
    facts.place["flags"][0] = "r"
    assert _covered([Marks(name="marks", flag="r", months=1, **ABOUT)], facts) == dict.fromkeys(range(2), ({}, 0, "none"))


@pytest.mark.parametrize(
    ("strengths", "proof"),
    [(("limit", "exact", "interval"), "exact"), (("limit", "interval"), "interval"), (("limit",), "limit"), ((), "none")],
)
def test_the_strongest_proof_counts(strengths, proof):
    from collections import Counter

    assert Coverage(0, Counter(strengths), 0).proof == proof
