"""From a few violated identities to their causes: suspects in order, how certain a finding is, who is cleared, and wrong marks."""

import pytest

from trade_assets.identities.binding import bind
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.findings import Finding, Suspect
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import Agree, AlikeDecimals, Labelled, Limit, Marks, Regular, Sum
from trade_assets.identities.localise import localise
from trade_assets.identities.marks import gaps, of_older_vintages, with_structure
from trade_assets.identities.network import Allowed, Network
from trade_assets.identities.slips import DECIMAL_POINT, NEIGHBOURS, SIGN, TRANSPOSED
from trade_assets_tests.printed_facts import facts_of

ABOUT = {"table": "t", "description": ".", "source": "made up", "authority": "definition"}


def _sum(cells):
    """A sum by its series, single letters, the total first."""
    return Sum(name=cells, total=cells[0], parts=dict.fromkeys(cells[1:], 1), **ABOUT)


def _whole(name):
    return Limit(name=name, measure="value", low=100, high=100, **ABOUT)


def _facts(**figures):
    return facts_of(*((series, "value", "2001-01", text) for series, text in figures.items()))


def _found(rules, facts, **options):
    return localise(facts, evaluate(rules, facts), **options)


def _cells(finding):
    return [suspect.cell for suspect in finding.suspects]


# Suspects


def test_what_holds_has_no_cause():
    assert _found([_sum("abc")], _facts(a="5", b="3", c="2")) == []


def test_every_figure_of_one_violated_sum_may_be_the_wrong_one():
    """No slip makes 1000 of 7777, nor the parts of what they would have to be."""
    (finding,) = _found([_sum("abc")], _facts(a="1000", b="3333", c="4444"))
    assert finding.suspects == (
        Suspect(0, (0,), Allowed(0, 7776, 7778)), Suspect(1, (0,), Allowed(0, -3445, -3443)), Suspect(2, (0,), Allowed(0, -2334, -2332)),
    )  # fmt: skip
    assert finding.explanations == ((0,), (1,), (2,)) and finding.certainty == "ambiguous"
    assert finding.cleared == () and finding.pattern is None and not finding.is_cut


def test_a_figure_that_is_printed_otherwise_than_its_column_is_suspected_first():
    (finding,) = _found([_sum("abc")], _facts(a="1000", b="3333", c="4444.0", d="1", e="2"))
    assert _cells(finding) == [2, 0, 1]
    grouped = _facts(a="1000", b="3333", c="4444")
    grouped.place["flags"][1] = "irregular_grouping"
    assert _cells(_found([_sum("abc")], grouped)[0]) == [1, 0, 2]


def test_a_slip_comes_before_what_has_none_and_its_figure_is_proposed():
    (finding,) = _found([_sum("abc")], _facts(a="7777", b="3333", c="-4444"))
    assert finding.suspects[0] == Suspect(2, (0,), Allowed(0, 4443, 4445), Printed(4444, 0), SIGN)
    assert finding.certainty == "likely" and _cells(finding) == [2, 0, 1]


def test_one_cell_in_all_violated_identities_is_certain_and_the_others_are_cleared():
    (finding,) = _found([_sum("abc"), _sum("ade")], _facts(a="1000", b="3333", c="4444", d="3000", e="4777"))
    assert finding.certainty == "certain" and len(finding.violated) == 2
    assert finding.suspects == (Suspect(0, (0, 1), Allowed(0, 7776, 7778)),)
    assert finding.cleared == tuple((cell, None) for cell in (1, 2, 3, 4))


def test_a_holding_identity_clears_its_figure_by_name():
    """Another c would not be the sum of d and e any more."""
    (finding,) = _found([_sum("abc"), _sum("cde")], _facts(a="1000", b="3333", c="4444", d="4000", e="444"))
    assert _cells(finding) == [0, 1] and finding.cleared == ((2, "cde"),)


def test_a_single_allowed_value_is_proposed_without_a_slip():
    (finding,) = _found([_whole("whole")], _facts(a="57"))
    assert finding.suspects == (Suspect(0, (0,), Allowed(0, 100, 100), Printed(100, 0)),) and finding.certainty == "certain"


def test_causes_stand_in_the_order_of_their_first_cells():
    rules = [_sum("dc"), _sum("ba")]
    findings = _found(rules, _facts(a="1000", b="7777", c="2000", d="9555"))
    assert [[verdict.rule.name for verdict in finding.violated] for finding in findings] == [["ba"], ["dc"]]


def test_where_much_is_wrong_nothing_is_certain():
    """Twenty figures that are wrong each by themselves are certain; with one more, two may pose as one."""
    for count, certainty in ((20, "certain"), (21, "likely")):
        findings = _found([_whole("whole")], _facts(**{f"s{at}": "57" for at in range(count)}))
        assert [finding.certainty for finding in findings] == [certainty] * count


def test_of_two_like_slips_the_one_that_makes_the_figure_more_usual_is_first():
    """45 printed as 54, or 21 as 12, among figures about 33: not so much likelier that it would be called so."""
    (finding,) = _found([_sum("abc")], _facts(a="54", b="12", c="33"))
    assert [(suspect.proposal, suspect.slip) for suspect in finding.suspects[:2]] == [
        (Printed(21, 0), TRANSPOSED), (Printed(45, 0), TRANSPOSED),
    ]  # fmt: skip
    assert finding.certainty == "ambiguous"


def test_two_slips_explain_what_no_single_one_does():
    (finding,) = _found([_sum("abc"), _sum("dbe")], _facts(a="7777", b="3333", c="-4444", d="7654", e="-4321"))
    assert finding.suspects[:2] == (
        Suspect(2, (0,), Allowed(0, 4443, 4445), Printed(4444, 0), SIGN), Suspect(4, (1,), Allowed(0, 4320, 4322), Printed(4321, 0), SIGN),
    )  # fmt: skip
    assert finding.explanations[0] == (0, 1) and finding.certainty == "likely" and finding.pattern is None and finding.cleared == ()


def test_many_wrong_figures_are_taken_off_one_after_another():
    """Three sums ask three different totals, and a fourth one shares a part: no pair mends them all."""
    facts = _facts(a="1111", b="3333", c="6666", d="13333", e="6666", f="23333", g="6666", h="50000", i="7777")
    findings = _found([_sum("abc"), _sum("ade"), _sum("afg"), _sum("chi")], facts)
    assert [[verdict.rule.name for verdict in finding.violated] for finding in findings] == [["abc", "ade", "afg"], ["chi"]]
    assert findings[0].suspects == (Suspect(0, (0, 1, 2), None),) and findings[0].explanations == ((0,),)
    assert {suspect.cell for suspect in findings[1].suspects} >= {7, 8}
    assert all(finding.certainty != "certain" for finding in findings)


@pytest.mark.parametrize("rules", [("abc", "dbe"), ("dbe", "abc")])
def test_two_wrong_figures_explain_what_no_single_one_does(rules):
    """Sums that share b: with a and d wrong, b cannot be made to fit both.

    Every pair that mends both: one of each sum beside b, or b with any other, in whichever order the rules stand.
    """
    facts = _facts(a="1000", b="3333", c="4444", d="2000", e="4321")
    (finding,) = _found([_sum(cells) for cells in rules], facts)
    assert len(finding.violated) == 2 and finding.certainty != "certain"
    pairs = ["".join(sorted("abcde"[finding.suspects[place].cell] for place in explained)) for explained in finding.explanations]
    assert sorted(pairs) == ["ab", "ad", "ae", "bc", "bd", "be", "cd", "ce"]


def test_exchanged_neighbours_are_one_cause():
    """Two sums that share no cell, and figures below each other in one column that each fit the other's place."""
    (finding,) = _found([_sum("abc"), _sum("def")], _facts(b="4000", c="333", a="7777", d="4333", e="5555", f="2222"))
    assert finding.pattern == "two neighbouring figures exchanged"
    assert finding.suspects == (
        Suspect(2, (0,), None, Printed(4333, 0), NEIGHBOURS), Suspect(3, (1,), None, Printed(7777, 0), NEIGHBOURS),
    )  # fmt: skip
    assert len(finding.violated) == 2 and finding.explanations == ((0, 1),)


def test_an_exchange_takes_no_group_that_has_neither_of_its_figures():
    figures = {"b": "4000", "c": "333", "a": "7777", "d": "4333", "e": "5555", "f": "2222", "x": "1000", "y": "66666", "z": "88888"}
    findings = _found([_sum("abc"), _sum("def"), _sum("xyz")], _facts(**figures))
    assert [[verdict.rule.name for verdict in finding.violated] for finding in findings] == [["abc", "def"], ["xyz"]]
    assert [finding.pattern for finding in findings] == ["two neighbouring figures exchanged", None]
    assert [_cells(finding) for finding in findings] == [[2, 3], [6, 7, 8]]


def test_exchanged_figures_of_one_group_are_named_in_the_order_of_the_document():
    """Seventh and eighth of the column, in two sums of one total."""
    figures = {**{f"_{at}": str(at) for at in range(5)}, "x": "9000", "q": "4000", "p": "3300", "r": "5000", "s": "5700"}
    (finding,) = _found([_sum("xpq"), _sum("xrs")], _facts(**figures))
    assert [(suspect.cell, suspect.proposal) for suspect in finding.suspects] == [(7, Printed(5000, 0)), (8, Printed(3300, 0))]
    assert finding.pattern == "two neighbouring figures exchanged" and finding.certainty == "likely"


def test_without_work_all_cells_are_suspects_the_commonest_and_the_odd_first():
    facts = _facts(c="4444", b="3333.0", a="1000", d="3000", e="4777", f="1")
    (finding,) = _found([_sum("abc"), _sum("ade")], facts, work=0)
    assert finding.is_cut and finding.certainty == "ambiguous" and finding.explanations == ()
    assert finding.suspects == tuple(
        Suspect(cell, explained, None) for cell, explained in ((2, (0, 1)), (1, (0,)), (0, (0,)), (3, (1,)), (4, (1,)))
    )


def test_what_was_not_searched_to_the_end_says_so(monkeypatch):
    """Whatever the search was at when its work was used up."""
    facts = _facts(a="7777", b="3333", c="-4444", x="1", y="2", d="7654", e="3333", f="-4321")
    evaluation = evaluate([_sum("abc"), _sum("def")], facts)
    spent, spend = [], Network.spend
    monkeypatch.setattr(Network, "spend", lambda network, cells: (spent.append(cells), spend(network, cells)))
    assert [finding.is_cut for finding in localise(facts, evaluation)] == [False, False]
    needed = sum(spent)
    assert not any(finding.is_cut for finding in localise(facts, evaluation, work=needed))
    for work in range(0, needed, 3):
        found = localise(facts, evaluation, work=work)
        assert any(finding.is_cut for finding in found) and len(found) == 2


def test_what_proves_no_figure_wrong_is_said_of_all_of_them(monkeypatch):
    """A label that the figures contradict; an irregular mark is left to others."""
    facts = facts_of(("a", "value", "2001-01", "5"), ("a", "value", "2001-02", "6"))
    facts.cache["label a value"] = type("Contradicted", (), {"is_contradicted": True})()
    (finding,) = _found([Labelled(name="label", printed="table", **ABOUT)], facts)
    assert finding.suspects == (Suspect(0, (0,), None), Suspect(1, (0,), None)) and finding.certainty == "ambiguous"
    assert finding.explanations == () and finding.cleared == ()


# Marks of a revision where none is open

MARKS = Marks(name="open", flag="r", months=3, **ABOUT)
SAME = Agree(name="same", measures=("value", "index"), **ABOUT)


def _older(flags, *prints):
    facts = facts_of(*prints)
    facts.place["flags"][:] = flags
    bound = bind([MARKS, SAME], facts)
    violated = evaluate([MARKS, SAME], facts).violated
    return of_older_vintages(violated, Network(facts, bound, 1000))


OLD, LATE = ("a", "value", "2001-01", "5"), ("z", "value", "2001-12", "9")


def test_a_mark_of_an_older_vintage_suspects_its_figure():
    (finding,) = _older(["r", ""], OLD, LATE)
    assert finding == Finding(finding.violated, (Suspect(0, (0,), None),), (), "ambiguous")
    assert [verdict.rule.name for verdict in finding.violated] == ["open"]
    assert _older(["", ""], OLD, LATE) == []


@pytest.mark.parametrize(
    ("flags", "text", "by"),
    [(["r", "", ""], "5", "same"), (["", "r", ""], "5", "same"), (["r", "", ""], "7", None), (["r", "", ""], "5.0", None)],
)
def test_another_print_without_the_mark_clears_the_figure(flags, text, by):
    (finding,) = _older(flags, OLD, ("a", "value", "2001-01", text), LATE)
    cell = flags.index("r")
    if by is None:
        assert finding.suspects == (Suspect(cell, (0,), None),) and finding.certainty == "ambiguous" and finding.cleared == ()
    else:
        assert finding.suspects == () and finding.certainty == "certain" and finding.cleared == ((cell, by),)


def test_a_print_with_the_same_mark_clears_nothing():
    found = _older(["r", "r", ""], OLD, OLD, LATE)
    assert [(finding.suspected, finding.certainty) for finding in found] == [({0}, "ambiguous"), ({1}, "ambiguous")]


@pytest.mark.parametrize(("month", "is_cleared"), [("2001-04", True), ("2001-06", True), ("2001-03", False), ("2001-12", False)])
def test_an_older_vintage_that_printed_later_months_had_the_figure_as_final(month, is_cleared):
    """Two prints of a later month differ: the older one was printed then. In the latest month any vintage may differ."""
    differing = [("b", "value", month, text) for text in ("3", "8")]
    (finding,) = _older(["r", "", "", ""], OLD, *differing, LATE)
    assert finding.cleared == (((0, "open"),) if is_cleared else ())
    assert finding.certainty == ("certain" if is_cleared else "ambiguous")


def test_prints_that_differ_are_of_the_same_measure():
    differing = [("b", "index", "2001-06", text) for text in ("3", "8")]
    (finding,) = _older(["r", "", "", "", ""], OLD, *differing, LATE, ("b", "index", "2001-12", "8"))
    assert finding.cleared == ()


# Dashes


def _dashes(facts, *rules):
    return gaps(facts, bind(rules, facts))


def test_a_dash_beside_figures_asks_for_the_figure_that_its_sum_determines():
    (finding,) = _dashes(_facts(a="7777", b="", c="4444"), _sum("abc"))
    assert finding.suspects == (Suspect(1, (0,), Allowed(0, 3332, 3334), Printed(3333, 0)),) and finding.certainty == "certain"
    (verdict,) = finding.violated
    assert (verdict.gap, verdict.allowed, verdict.sought, verdict.cells) == (3333, 1, 1, (0, 1, 2)) and finding.explanations == ((0,),)


def test_each_dash_is_found_by_itself():
    facts = _facts(a="7777", b="", c="4444", d="9000", e="", f="1000")
    assert [finding.suspects[0].proposal for finding in _dashes(facts, _sum("abc"), _sum("def"))] == [Printed(3333, 0), Printed(8000, 0)]
    months = facts_of(*((series, "value", f"2001-0{month}", "" if series == "b" else "5") for month in (1, 2) for series in "abc"))
    months.figures = months.figures.replaced({0: Printed(30, 0), 3: Printed(40, 0)})
    assert [finding.suspects[0].proposal for finding in _dashes(months, _sum("abc"))] == [Printed(25, 0), Printed(35, 0)]


def test_a_dash_between_a_figure_and_a_dash_is_one():
    assert [finding.suspects[0].cell for finding in _dashes(_facts(a="7777", b="", x="", c="4444"), _sum("abc"))] == [1]


def test_what_no_mark_prints_is_no_dash():
    facts = _facts(a="7777", b="", c="4444")
    facts.place["line"][1] = None
    assert _dashes(facts, _sum("abc")) == []


def test_two_dashes_of_one_sum_determine_nothing_nor_does_a_bound():
    assert _dashes(_facts(a="7777", b="", c=""), _sum("abc")) == []
    assert _dashes(_facts(a="7777", b="", c="4444"), Limit(name="most", measure="value", high=9, **ABOUT)) == []


@pytest.mark.parametrize(("other", "is_found"), [("0", True), ("5", False)])
def test_a_dash_may_stand_for_a_zero_where_the_table_prints_none(other, is_found):
    found = _dashes(_facts(a="4444", b="", c="4444", d=other), _sum("abc"))
    assert bool(found) is is_found
    another_table = _facts(a="4444", b="", c="4444", d="0")
    another_table.place["table"][3] = "another"
    assert _dashes(another_table, _sum("abc")) == []


def test_within_what_a_publisher_leaves_out_a_dash_is_none():
    """Neither neighbour of the dash, in its row or its column, is a figure."""
    facts = _facts(b="", x="", a="7777", c="4444")
    assert _dashes(facts, _sum("abc")) == []
    facts.place["row"][:] = [1, 2, 1, 4]
    assert [finding.suspects[0].cell for finding in _dashes(facts, _sum("abc"))] == [0]


# Irregular marks beside findings

IRREGULAR = Regular(name="regular", flags={"odd": "it is odd"}, **ABOUT)


def _with(findings, facts, *rules):
    return with_structure(findings, evaluate(rules, facts).violated, Network(facts, bind(rules, facts), 1000))


def test_an_irregular_mark_of_a_suspected_figure_is_part_of_its_cause():
    facts = _facts(a="1000", b="3333", c="4444")
    facts.place["flags"][1] = "odd"
    findings = _found([_sum("abc")], facts)
    (finding,) = _with(findings, facts, IRREGULAR)
    assert [verdict.rule.name for verdict in finding.violated] == ["abc", "regular"]
    assert {suspect.cell: suspect.explains for suspect in finding.suspects} == {0: (0,), 1: (0, 1), 2: (0,)}
    assert len(findings[0].violated) == 1, "the former one stays"


def test_an_irregular_mark_of_another_figure_is_a_finding_of_its_own():
    facts = _facts(a="1000", b="3333", c="4444", d="5")
    facts.place["flags"][3] = "odd"
    findings = _found([_sum("abc")], facts)
    first, own = _with(findings, facts, IRREGULAR)
    assert first == findings[0]
    assert own == Finding(own.violated, (Suspect(3, (0,), None),), ((0,),), "certain")


def test_every_irregular_mark_is_told():
    facts = _facts(a="1000", b="3333", c="4444", d="5", e="6")
    facts.place["flags"][:] = ["odd", "", "odd", "odd", "odd"]
    found = _with(_found([_sum("abc")], facts), facts, IRREGULAR)
    assert [[verdict.cells[0] for verdict in finding.violated] for finding in found] == [[0, 0, 2], [3], [4]]
    assert {suspect.cell: suspect.explains for suspect in found[0].suspects} == {0: (0, 1), 1: (0,), 2: (0, 2)}


@pytest.mark.parametrize(
    ("texts", "at", "figure"),
    [
        (("12.0", "13.1", "121", "12.3", "13.4"), 2, Printed(121, 1)),  # 12.1 lost its point
        (("12.0", "13.1", "12", "12.3", "13.4"), 2, None),  # 1.2 would be further from the others than 12
        (("12.0", "13.1", "12.25", "12.3", "13.4"), 2, None),
        (("12", "13", "121", "12", "13.0"), 4, None),
    ],
)
def test_fewer_decimals_than_the_others_propose_a_lost_point(texts, at, figure):
    rule = AlikeDecimals(name="alike", printed="table", least=3, rare=9, **ABOUT)
    facts = facts_of(*(("a", "value", f"2001-{number:02d}", text) for number, text in enumerate(texts, 1)))
    (finding,) = _with([], facts, rule)
    assert finding.suspects == (Suspect(at, (0,), None, figure, DECIMAL_POINT if figure else None),) and finding.certainty == "certain"
