"""Parts of an issue over a few made figures: what it withholds, how its column prints, its mark, what stays violated, its ids."""

import hashlib
from dataclasses import replace
from fractions import Fraction

import pytest

from trade_assets.identities.evaluate import Evaluation, Verdict, evaluate
from trade_assets.identities.findings import Finding, Suspect
from trade_assets.identities.forms import contradicted, limit, never, total
from trade_assets.identities.kinds import Labelled, Marks, Regular, Rows
from trade_assets.identities.network import Allowed
from trade_assets.identities.rules import rule
from trade_assets.reading import ReadError
from trade_assets.review.consequence import Consequence
from trade_assets.review.issues import Issue, Place, issue_id, issues_of, judging, merged, still_violated, told_apart, unjudged_id
from trade_assets_tests.made_rules import DECLARED
from trade_assets_tests.printed_facts import facts_of, figure

NAME = "0123456789ab"
SUM = rule("goods_plus_services_equals_total")
FIVE = [("s", "value", f"2020-0{month}", str(100 + month)) for month in range(1, 6)]


def _verdict(*cells, of=SUM, form=None, **more):
    return Verdict(of, form or total((-1, *[1] * (len(cells) - 1))), cells, Fraction(9), Fraction(1), **more)


def _issue(violated=(), suspects=(), sets=(), certainty="ambiguous", prints=FIVE, place=(), **more):
    """An issue of these verdicts and these cells as suspects."""
    facts = facts_of(*prints)
    facts.place.update(dict(place))
    suspects = tuple(each if isinstance(each, Suspect) else Suspect(each, (0,), None) for each in suspects)
    return Issue(NAME, Finding(tuple(violated), suspects, tuple(sets), certainty, **more), facts, Consequence(0.0, ()))


# What it is about


@pytest.mark.parametrize(
    ("sets", "cleared", "withheld", "marked"),
    [
        # Each that explains everything alone, in the order of the document; pairs put nothing more in doubt.
        (((0,),), (), (3,), {3}),
        (((1,), (0,)), (), (1, 3), {1, 3}),
        (((0, 1), (1,)), (), (1,), {1, 3}),
        # None does: all that take part, but for those that cannot be wrong.
        (((0, 1),), (), (0, 1, 3), {1, 3}),
        (((0, 1),), ((0, "another"),), (1, 3), {1, 3}),
        ((), ((3, None), (0, None)), (1,), set()),
        ((), (), (0, 1, 3), set()),
    ],
)  # fmt: skip
def test_what_an_issue_withholds_and_marks(sets, cleared, withheld, marked):
    issue = _issue([_verdict(0, 1), _verdict(3, 1)], [3, 1], sets, cleared=cleared)
    assert issue.withheld == withheld and issue.marked == marked


def test_withheld_cells_stand_in_the_order_of_the_document():
    prints = [("s", "value", f"20{at:02d}", "5") for at in range(40)]
    sets = tuple((at,) for at in range(3))
    assert _issue(suspects=[32, 8, 1], sets=sets, prints=prints).withheld == (1, 8, 32)
    assert _issue([_verdict(32, 8, 1)], prints=prints).withheld == (1, 8, 32)


def test_a_row_that_is_not_printed_puts_no_figure_in_doubt():
    absent = _verdict(0, of=Rows(**DECLARED), form=never("a row is missing"), said="a row is missing", about=(("t", "value", "2020"),))
    assert _issue([absent]).withheld == ()
    both = _issue([absent, _verdict(2, 4)])
    assert both.withheld == (2, 4) and both.cells == {0, 2, 4}
    assert _issue([_verdict(2, 4)], [0]).cells == {0, 2, 4}


@pytest.mark.parametrize(
    ("place", "where"),
    [
        (Place(7, 0, 2, "12", "s", "value", "2020"), "line 7"),
        (Place(7, 0, 2, "12", "s", "value", "2020", page=0), "page 0"),
        (Place(7, 0, 2, "12", "s", "value", "2020", page=3), "page 3"),
        (Place(7, 0, 2, "12", "s", "value", "2020", sheet="1", cell="B8"), "B8"),
        (Place(7, 0, 2, "12", "s", "value", "2020", sheet="1", cell="B8", page=3), "B8"),
    ],
)
def test_a_place_is_said_as_people_find_it(place, where):
    assert place.where == where


def test_a_place_has_every_part_of_where_its_cell_stands():
    columns = {"line": [7], "start": [3], "end": [6], "sheet": ["1"], "cell": ["B8"], "page": [2], "box": ["1 2 3 4"]}
    issue = _issue(suspects=[0], sets=((0,),), prints=[("s", "index", "2020-01", "101")], place=columns)
    assert issue.place(0) == Place(7, 3, 6, "101", "s", "index", "2020-01", "1", "B8", 2, "1 2 3 4")
    assert _issue(prints=FIVE[:1]).place(0) == Place(1, 0, 3, "101", "s", "value", "2020-01")


# How its column prints


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        # The unit sign of half of the marks or more is the column's; that of fewer may be what is wrong.
        (["5%"], "7%"), (["5%", "6"], "7%"), (["5%", "6", "7"], "7"), (["5%", "6%", "7"], "7%"), (["5%", "6", "7", "8"], "7"),
        (["5%", "6%", "7", "8", "9"], "7"), (["5", "6"], "7"), (["%5", "6"], "7"),
    ],
)  # fmt: skip
def test_a_unit_sign_is_written_where_most_of_the_column_has_it(texts, shown):
    prints = [("s", "value", f"20{at:02d}", "5") for at in range(len(texts))]
    assert _issue(prints=prints, place={"text": texts}).as_printed(0, figure("7")) == shown


@pytest.mark.parametrize("name", ["table", "column"])
def test_a_figure_is_written_as_those_of_its_own_column_of_its_own_table(name):
    prints = [("s", "value", f"20{at:02d}", "5") for at in range(2)]
    issue = _issue(prints=prints, place={"text": ["1,012%", "5"], name: ["a", "b"]})
    assert issue.as_printed(0, figure("1021")) == "1,021%" and issue.as_printed(1, figure("1021")) == "1021"


def test_what_stands_for_no_figure_says_nothing_of_how_figures_are_printed():
    prints = [("s", "value", "2019", "5"), ("s", "value", "2020", ""), ("s", "value", "2021", "")]
    issue = _issue(prints=prints, place={"text": ["5%", "n,a", "--"]})
    assert issue.as_printed(0, figure("1021")) == "1021%"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("-1234", "-1,234"), ("-999", "-999"), ("1000.05", "1,000.05"), ("-0.5", "-0.5"), ("1000000", "1,000,000"), ("0.07", "0.07")],
)
def test_thousands_are_grouped_behind_the_sign_and_before_the_point(value, shown):
    assert _issue(prints=FIVE[:1], place={"text": ["1,012"]}).as_printed(0, figure(value)) == shown


# In words


DASH = _verdict(0, 1, 2, sought=1)
ODD = _verdict(1, of=Regular(flags={"odd": "it is odd"}, **DECLARED), form=never("it is odd"), said="it is odd")


@pytest.mark.parametrize(
    ("violated", "proposal", "title"),
    [
        ([DASH], "7", "printed 102 (s 2020-02), should read 7"),
        ([DASH], None, "printed 102 (s 2020-02), where its identities ask for a figure and do not agree on it"),
        ([ODD], "7", "102 (s 2020-02) is irregular: it is odd, 7 would fit"),
        ([ODD], None, "102 (s 2020-02) is irregular: it is odd"),
        ([DASH, ODD], "7", "printed 102 (s 2020-02), should read 7"),
        # An identity that is violated beside the mark makes it an issue of arithmetic.
        ([DASH, _verdict(0, 1)], "7", "102 (s 2020-02) is wrong, 7 would fit"),
        ([_verdict(0, 1), ODD], "7", "102 (s 2020-02) is wrong, 7 would fit"),
        ([], "7", "102 (s 2020-02) is wrong, 7 would fit"),
    ],
)  # fmt: skip
def test_a_dash_and_an_irregular_print_have_titles_of_their_own(violated, proposal, title):
    suspect = Suspect(1, (0,), Allowed(0, None, None), figure(proposal) if proposal else None)
    assert _issue(violated, [suspect], ((0,),), "certain").title == title


@pytest.mark.parametrize(
    ("sets", "certainty", "title"),
    [
        (((1,), (0,)), "likely", "104 (s 2020-04) is probably wrong"),
        (((0, 1), (2,)), "likely", "102 (s 2020-02) is probably wrong and 104 (s 2020-04) is probably wrong"),
        (((1, 2), (0,)), "ambiguous", "104 (s 2020-04) may be wrong and 105 (s 2020-05) may be wrong; or another figure is wrong"),
        (((1,), (0,), (2,)), "ambiguous", "104 (s 2020-04) may be wrong; or one of 2 other figures is wrong"),
        (((1,), (1,)), "ambiguous", "104 (s 2020-04) may be wrong"),
    ],
)
def test_a_title_names_the_figures_of_the_first_explanation(sets, certainty, title):
    assert _issue([_verdict(0, 1)], [1, 3, 4], sets, certainty).title == title


def test_a_missing_row_is_titled_as_it_was_found():
    absent = _verdict(0, of=Rows(**DECLARED), form=never("April is missing"), said="April is missing", about=(("t", "value", "2020"),))
    assert _issue([absent]).title == "April is missing"


MARK = Marks(flag="r", months=3, **{**DECLARED, "name": "marks"})


@pytest.mark.parametrize(
    ("cleared", "proof"),
    [
        ((), ""),
        (((1, None),), ""),
        (((1, "marks"),), ". The mark is of an older vintage, which had the figure as final"),
        (((1, "another"),), ". The mark is of an older vintage; another print without it shows the same figure"),
        (((1, "another"), (2, "marks")), ". The mark is of an older vintage; another print without it shows the same figure"),
    ],
)
def test_a_mark_out_of_place_is_said_with_what_proves_the_figure_beside_it(cleared, proof):
    verdict = _verdict(1, 3, of=MARK, form=never("no revision is open there"), said="no revision is open there")
    assert _issue([verdict], cleared=cleared).title == (f"102 (s 2020-02) is marked as revised; no revision is open there{proof}")


def test_a_wrong_label_is_said_of_its_series():
    verdict = _verdict(0, 1, of=Labelled(printed="a_table", **DECLARED), form=contradicted())
    issue = _issue([verdict])
    said = issue.facts.label("s", "value").sentence
    assert issue.title == f"s is not what the file's label claims: {said}"


@pytest.mark.parametrize(("is_cut", "more"), [(False, ""), (True, "; the search for the wrong figure was cut")])
def test_what_nothing_explains_is_titled_by_its_first_identity(is_cut, more):
    issue = _issue([_verdict(1, 0)], is_cut=is_cut)
    assert issue.title == f"102, 101 do not satisfy {SUM.name}: misses by 9, rounding allows 1{SUM.note}{more}"


@pytest.mark.parametrize(
    ("lines", "sets", "where", "found"),
    [
        # Without an explanation all of the first identity, else the first explanation; in the order of the document.
        ([9, 7, 8, 3, 5], (), "lines 5, 7 and 9", (5, 7, 9)),
        ([9, 7, 8, 3, 5], ((0,), (1,)), "line 3", (3,)),
        ([9, 7, 8, 3, 5], ((1, 0),), "lines 3 and 8", (3, 8)),
    ],
)  # fmt: skip
def test_an_issue_stands_where_its_likeliest_cells_stand(lines, sets, where, found):
    issue = _issue([_verdict(0, 1, 4)], [3, 2], sets, place={"line": lines})
    assert issue.lines == found and issue.where == f"line {found[0]}"
    assert issue.sentence == f"{where}: {issue.title}"


@pytest.mark.parametrize(
    ("pages", "cells", "where"),
    [
        ([1, 1, 1, 1, 1], [None] * 5, "page 1"),
        ([2, 1, 3, 5, 4], [None] * 5, "page 2, page 1, page 3 and 2 more"),
        ([None] * 5, ["B1", "B2", "B3", "B4", "B5"], "B1, B2, B3 and 2 more"),
        ([None] * 5, ["B1", "B1", "B3", "B3", "B1"], "B1, B3"),
        ([None] * 5, [None] * 5, "lines 1 to 5"),
    ],
)
def test_an_issue_of_pages_or_cells_is_said_by_them(pages, cells, where):
    place = {"page": pages, "cell": cells, "sheet": ["1"] * 5, "box": [None] * 5}
    issue = _issue(suspects=range(5), sets=(tuple(range(5)),), pattern="shifted", place=place)
    assert issue.sentence == f"{where}: shifted"


@pytest.mark.parametrize(
    ("sets", "starts", "shown"),
    [
        # All that are to be looked at on the first line, from left to right, and none of another line.
        (((0, 1),), [10, 4, 0], "abcd»e«fghij»k«lmnop"),
        (((1,),), [10, 4, 0], "abcd»e«fghijklmnop"),
        (((1,), (0,)), [10, 4, 0], "abcd»e«fghij»k«lmnop"),
        # Without an explanation those of the first identity.
        ((), [10, 4, 0], "»a«bcd»e«fghij»k«lmnop"),
    ],
)  # fmt: skip
def test_the_marks_of_a_line_stand_around_the_figures_to_look_at(sets, starts, shown):
    place = {"line": [2, 2, 2], "start": starts, "end": [start + 1 for start in starts]}
    issue = _issue([_verdict(0, 1, 2)], [0, 1], sets, prints=FIVE[:3], place=place)
    assert issue.marked_line(["first", "abcdefghijklmnop"]) == shown


def test_without_a_suspect_the_figures_of_the_first_identity_are_marked():
    place = {"line": [1, 1, 1], "start": [0, 2, 4], "end": [1, 3, 5]}
    issue = _issue([_verdict(0, 2), _verdict(1, 2)], prints=FIVE[:3], place=place)
    assert issue.marked_line(["a b c"]) == "»a« b »c«"


def test_a_long_line_is_shown_around_its_figures_up_to_240_characters():
    line = "a" + "." * 400 + "b"
    place = {"line": [1, 1], "start": [0, 401], "end": [1, 402]}
    # With the marks around both figures it has 406.
    assert _issue([_verdict(0, 1)], prints=FIVE[:2], place=place).marked_line([line]) == f"»a«{'.' * 237}… (406 characters)"


def test_figures_are_marked_in_an_identity_by_what_is_suspected():
    issue = _issue([_verdict(0, 1, 2)], [2, 0], ((0,),))
    assert issue.equation(issue.violated[0]) == "101 = 102 + [103]"
    assert _issue([_verdict(0, 1, 2)]).equation(_verdict(2, 1, 0)) == "103 = 102 + 101"


@pytest.mark.parametrize(
    ("low", "high", "certainty", "said"),
    [
        (5, 9, "certain", "is wrong, probably 7"), (0, 9, "certain", "is wrong, probably 7"), (5, 0, "certain", "is wrong, probably 7"),
        (None, 9, "certain", "is wrong, 7 would fit"), (5, None, "certain", "is wrong, 7 would fit"),
        (5, 9, "likely", "is probably wrong, 7 would fit"), (5, 9, "ambiguous", "may be wrong, 7 would fit"),
    ],
)  # fmt: skip
def test_a_proposal_is_called_probable_where_bounds_on_both_sides_leave_nothing_else(low, high, certainty, said):
    suspect = Suspect(1, (0,), Allowed(0, low, high), figure("7"))
    assert _issue([_verdict(0, 1)], [suspect], ((0,),), certainty).title == f"102 (s 2020-02) {said}"
    unbound = replace(suspect, allowed=None)
    assert "probably 7" not in _issue([_verdict(0, 1)], [unbound], ((0,),), "certain").title


# Findings as one


def _finding(cells, sets, explains=(0,), violated=1, **more):
    suspects = tuple(Suspect(at, explains, None) for at in cells)
    return Finding(tuple(f"v{cells[0]}{at}" for at in range(violated)), suspects, sets, "certain", **more)


def test_findings_of_which_one_has_an_explanation_keep_all_of_its():
    """The figure and its mark: the mark suspects nothing, so every explanation of the figure stays one."""
    mark = Finding(("m",), (), (), "ambiguous")
    found = merged([mark, _finding([1, 2], ((1,), (0,)), explains=(0, 1), violated=2)])
    assert found.violated == ("m", "v10", "v11")
    assert found.explanations == ((1,), (0,)) and [each.explains for each in found.suspects] == [(1, 2), (1, 2)]
    assert found.certainty == "ambiguous" and not found.is_cut


def test_findings_that_each_explain_are_explained_by_the_first_of_each():
    found = merged([_finding([1, 2], ((1,), (0,))), _finding([5], ((0,),)), _finding([7, 8], ((0, 1), (1,)), is_cut=True)])
    assert [each.cell for each in found.suspects] == [1, 2, 5, 7, 8]
    assert found.explanations == ((1, 2, 3, 4),) and found.is_cut


def test_a_finding_with_suspects_and_no_explanation_leaves_all_unexplained():
    found = merged([_finding([1], ((0,),)), _finding([5], ())])
    assert found.explanations == () and [each.cell for each in found.suspects] == [1, 5]
    assert merged([_finding([1], ()), _finding([5], ((0,),))]).explanations == ()


# What stays violated


EXPORTS = [("exports.total", "value", "2020-03", "1,330"), ("exports.goods", "value", "2020-03", "1,012"),
           ("exports.services", "value", "2020-03", "309")]  # fmt: skip
IMPORTS = [("imports" + name[7:], *rest) for name, *rest in EXPORTS]


def _two():
    """Exports and imports, each with a sum that misses by nine, the issue of the exports, and the evaluation of both."""
    facts = facts_of(*EXPORTS, *IMPORTS)
    evaluation = evaluate((SUM,), facts)
    (mine,) = [verdict for verdict in evaluation.violated if 0 in verdict.cells]
    finding = Finding((mine,), (Suspect(1, (0,), None),), ((0,),), "certain")
    return Issue(NAME, finding, facts, Consequence(0.0, ())), evaluation


@pytest.mark.parametrize(
    ("corrected", "left"),
    [
        ({1: "1,021"}, []), ({1: "1,020"}, []), ({1: "1,022"}, []), ({1: "1,019"}, [(0, 1, 2)]), ({1: "1,023"}, [(0, 1, 2)]),
        ({}, [(0, 1, 2)]),
        # Another issue's own violation stays its own; what a correction breaks anew does not.
        ({1: "1,021", 4: "1,020"}, []), ({1: "1,021", 4: "9"}, []), ({1: "1,021", 2: "300"}, [(0, 1, 2)]),
    ],
)  # fmt: skip
def test_what_a_correction_leaves_violated(corrected, left):
    issue, evaluation = _two()
    found = still_violated(issue, evaluation, {cell: figure(text) for cell, text in corrected.items()})
    assert [verdict.cells for verdict in found] == left


def test_a_correction_elsewhere_is_answered_with_what_it_breaks():
    issue, evaluation = _two()
    sound = replace(evaluation, violated=issue.violated)
    assert [verdict.cells for verdict in still_violated(issue, sound, {1: figure("1021"), 4: figure("9")})] == [(3, 4, 5)]
    # Nothing of it is touched: what is violated there is none of this issue's.
    assert still_violated(issue, sound, {1: figure("1021")}) == []


# Ids


def _hashed(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def test_the_id_of_a_wrong_label_is_of_its_series_and_not_of_its_months():
    label = Labelled(printed="a_table", **DECLARED)
    facts = facts_of(*FIVE)
    contradicted_ = _verdict(0, 1, 2, of=label, form=contradicted())
    assert issue_id("fred", "2020-06", facts, [contradicted_]) == _hashed('["fred","2020-06",[["s","value",null]]]')
    # A single figure under a right label is a fact of its month.
    bound = _verdict(1, of=label, form=limit(10, 20))
    assert issue_id("fred", "2020-06", facts, [bound]) == _hashed('["fred","2020-06",[["s","value","2020-02"]]]')
    mark = _verdict(1, of=MARK, form=never("x"))
    assert issue_id("fred", "2020-06", facts, [mark]) == _hashed('["fred","2020-06",[["s","value","2020-02"]]]')


def test_the_id_of_a_missing_row_is_of_what_is_missing_and_not_of_the_row_above():
    facts = facts_of(*FIVE)
    absent = _verdict(0, of=Rows(**DECLARED), form=never("x"), about=(("t", "value", "2020"), ("a", "value", None)))
    assert issue_id("ft900", None, facts, [absent]) == _hashed('["ft900",null,[["a","value",null],["t","value","2020"]]]')
    assert issue_id("ft900", None, facts, [absent, _verdict(0)]) == _hashed(
        '["ft900",null,[["a","value",null],["s","value","2020-01"],["t","value","2020"]]]'
    )


def test_the_id_of_a_document_that_cannot_be_judged():
    assert unjudged_id("fred", "2020-06") == _hashed('["fred","2020-06",["unjudged",null]]')
    assert unjudged_id("fred", None, "BOPGSTB", "2020-05") == _hashed('["fred/BOPGSTB",null,["unjudged","2020-05"]]')


def test_a_second_release_of_the_month_has_ids_of_its_own():
    one, other = _issue(), replace(_issue(), id="b" * 12)
    taken = set()
    assert [issue.id for issue in told_apart([one, other], "2020-01", taken)] == [NAME, "b" * 12]
    assert taken == {NAME, "b" * 12}
    again = told_apart([one, replace(one, id="c" * 12)], "2020-02", taken)
    assert [issue.id for issue in again] == [_hashed(f"{NAME} 2020-02"), "c" * 12]
    assert taken == {NAME, "b" * 12, "c" * 12, again[0].id}
    assert again[0].finding is one.finding


# In order


def _off(series, month, by):
    """A total that is off by so much, with its parts."""
    return [(f"{series}.{kind}", "value", month, str(text)) for kind, text in (("total", 300 + by), ("goods", 200), ("services", 100))]


def test_issues_of_no_effect_stand_in_the_order_of_the_document():
    prints = [*_off("imports", "2020-01", 9), *_off("exports", "2020-02", 0), *_off("exports", "2020-01", 7)]
    facts = facts_of(*prints)
    found = issues_of(facts, evaluate((SUM,), facts), "another", "2020-06")
    assert [(issue.id, issue.violated[0].cells) for issue in found] == [
        (issue_id("another", "2020-06", facts, issue.violated), cells) for issue, cells in zip(found, [(0, 1, 2), (6, 7, 8)], strict=True)
    ]
    assert {issue.consequence for issue in found} == {Consequence(0.0, ())}
    # A product's issues are others than those of the main document.
    product = issues_of(facts, evaluate((SUM,), facts), "another", "2020-06", "annual")
    assert [issue.id for issue in product] == [issue_id("another", "2020-06", facts, issue.violated, "annual") for issue in found]
    assert issues_of(facts, Evaluation({}, (), ()), "another", "2020-06") == []


def test_whatever_a_judge_raises_is_an_error_about_the_document():
    with pytest.raises(ReadError) as raised, judging("a.txt"):
        raise ZeroDivisionError("by nothing")
    error = raised.value
    assert error.document == "a.txt"
    assert error.expected == "figures that the rule book can judge" and error.found.startswith("some that it does not foresee")
    assert error.todo == "report the document with the error; nothing of it is published until it can be judged"
