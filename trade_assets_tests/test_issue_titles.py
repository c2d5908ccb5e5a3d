"""An issue in words: its title and sentence, the figures as their column prints them, its line and its identities written out."""

import hashlib
from dataclasses import replace

import pytest

from trade_assets.identities.evaluate import Verdict, evaluate
from trade_assets.identities.findings import Finding, Suspect
from trade_assets.identities.forms import total
from trade_assets.identities.network import Allowed
from trade_assets.identities.rules import rule, rules_of
from trade_assets.review.commands import deciding, reopening
from trade_assets.review.consequence import Consequence
from trade_assets.review.decimals import decimal_text, range_text, value_text
from trade_assets.review.equations import equation, gap_sentence
from trade_assets.review.issues import Issue, issue_id, merged
from trade_assets_tests.printed_facts import facts_of, figure

MARCH = [(f"exports.{kind}", "value", "2020-03", text) for kind, text in (("total", "1,330"), ("goods", "1,012"), ("services", "309"))]
SLIP = "transposed digits"
INFERRED = " (inferred: no publisher states the rule)"


def _issue(finding, prints=MARCH, **place):
    facts = facts_of(*prints)
    facts.place.update(place)
    return Issue("0123456789ab", finding, facts, Consequence(0.0, ()))


def _suspect(cell, proposal=None, slip=None, allowed=(None, None)):
    return Suspect(cell, (0,), Allowed(0, *allowed), figure(proposal) if proposal else None, slip)


def _found(*suspects, sets=None, certainty="certain", **more):
    return Finding((), suspects, sets if sets is not None else ((0,),), certainty, **more)


def _violated(name, *prints):
    """The one place at which some prints violate a rule."""
    facts = facts_of(*prints)
    (verdict,) = evaluate((rule(name),), facts).violated
    return facts, verdict


# Titles


@pytest.mark.parametrize(
    ("finding", "title"),
    [
        (_found(_suspect(1, "1,021", SLIP, (1020, 1022))), "1,012 (exports.goods 2020-03) is wrong, probably 1,021 (transposed digits)"),
        (_found(_suspect(1, "1,021", None, (1020, 1022))), "1,012 (exports.goods 2020-03) is wrong, probably 1,021"),
        # Without a bound on either side the proposal is one of endlessly many.
        (_found(_suspect(1, "1,021", None, (1020, None))), "1,012 (exports.goods 2020-03) is wrong, 1,021 would fit"),
        (_found(_suspect(1, "1,021", None, (None, 1022))), "1,012 (exports.goods 2020-03) is wrong, 1,021 would fit"),
        (_found(_suspect(1)), "1,012 (exports.goods 2020-03) is wrong"),
        (_found(_suspect(1, "1,021", SLIP, (1020, 1022)), certainty="likely"),
         "1,012 (exports.goods 2020-03) is probably wrong, 1,021 would fit (transposed digits)"),
        (_found(_suspect(1), certainty="ambiguous"), "1,012 (exports.goods 2020-03) may be wrong"),
        (_found(_suspect(1), _suspect(2), sets=((0,), (1,)), certainty="ambiguous"),
         "1,012 (exports.goods 2020-03) may be wrong; or another figure is wrong"),
        (_found(_suspect(1), _suspect(2), _suspect(0), sets=((0,), (1,), (2,)), certainty="ambiguous"),
         "1,012 (exports.goods 2020-03) may be wrong; or one of 2 other figures is wrong"),
        # The same figures in other sets are no others.
        (_found(_suspect(1), _suspect(2), sets=((0, 1), (0,), (1,)), certainty="ambiguous"),
         "1,012 (exports.goods 2020-03) may be wrong and 309 (exports.services 2020-03) may be wrong"),
        (_found(_suspect(1), _suspect(2), sets=((0,), (1,)), certainty="likely"), "1,012 (exports.goods 2020-03) is probably wrong"),
        (_found(_suspect(1), _suspect(2), sets=((0, 1),), pattern="two neighbouring figures exchanged", certainty="likely"),
         "two neighbouring figures exchanged"),
    ],
)  # fmt: skip
def test_a_title_says_which_figure_is_wrong_and_how_sure_that_is(finding, title):
    issue = _issue(finding)
    assert issue.title == title
    lines = {suspect.cell + 1 for suspect in (finding.suspects[at] for at in finding.explanations[0])}
    assert issue.sentence == (f"line {min(lines)}: {title}" if len(lines) == 1 else f"lines 2 and 3: {title}")


@pytest.mark.parametrize(
    ("count", "named"),
    [(2, "1,330, 1,012"), (3, "1,330, 1,012, 309"), (4, "1,330, 1,012, 309 and 1 more"), (5, "1,330, 1,012, 309 and 2 more")],
)
def test_what_nothing_explains_names_three_figures(count, named):
    facts, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    wider = replace(verdict, cells=(0, 1, 2, 2, 2)[:count])
    missed = f"do not satisfy goods_plus_services_equals_total: misses by 9, rounding allows 1{INFERRED}"
    issue = Issue("0" * 12, Finding((wider,), (), (), "ambiguous"), facts, Consequence(0.0, ()))
    assert issue.title == f"{named} {missed}"
    assert replace(issue, finding=Finding((wider, wider), (), (), "ambiguous")).title == f"{named} {missed}; 1 more violated"
    cut = Finding((wider,) * 4, (), (), "ambiguous", is_cut=True)
    assert replace(issue, finding=cut).title == f"{named} {missed}; 3 more violated; the search for the wrong figure was cut"


def test_a_mark_that_no_revision_allows_is_named_as_such():
    facts = facts_of(("s", "percent_change", "2018-01/2018-02", "0.4"), ("s", "percent_change", "2018-06/2018-07", "0.1"))
    facts.place["flags"][0] = "r"
    facts.place["text"][0] = "(r)0.4"
    (verdict,) = evaluate(rules_of("mxp"), facts).violated
    issue = Issue("0" * 12, Finding((verdict,), (), (), "ambiguous"), facts, Consequence(0.0, ()))
    assert issue.title == f"(r)0.4 (s percent_change 2018-01/2018-02) is marked as revised; no revision is open there{verdict.rule.note}"


# Where


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ([7], "line 7"), ([7, 8], "lines 7 and 8"), ([7, 9], "lines 7 and 9"), ([7, 8, 9], "lines 7 to 9"),
        ([7, 8, 10], "lines 7, 8 and 10"), ([3, 7, 8, 30], "lines 3 to 30"), ([9, 7], "lines 7 and 9"), ([7, 7], "line 7"),
    ],
)  # fmt: skip
def test_lines_are_said_as_a_run_or_one_by_one(lines, where):
    prints = [("s", "value", f"20{number:02d}", "5") for number in range(len(lines))]
    finding = _found(*map(_suspect, range(len(lines))), sets=(tuple(range(len(lines))),), pattern="shifted")
    issue = _issue(finding, prints, line=lines)
    assert issue.sentence == f"{where}: shifted"
    assert issue.lines == tuple(sorted(set(lines)))
    assert issue.where == f"line {min(lines)}"


def test_cells_and_pages_are_said_in_place_of_lines():
    prints = [("s", "value", f"20{number:02d}", "5") for number in range(4)]
    finding = _found(*map(_suspect, range(4)), sets=((0, 1, 2, 3),), pattern="shifted")
    cells = _issue(finding, prints, sheet=["1"] * 4, cell=["B5", "C5", "D5", "E5"], page=[None] * 4, box=[None] * 4)
    assert cells.sentence == "B5, C5, D5 and 1 more: shifted" and cells.where == "B5"
    three = replace(cells, finding=_found(*map(_suspect, range(3)), sets=((0, 1, 2),), pattern="shifted"))
    assert three.sentence == "B5, C5, D5: shifted"
    pages = _issue(finding, prints, sheet=[None] * 4, cell=[None] * 4, page=[1, 1, 2, 2], box=["a"] * 4)
    assert pages.sentence == "page 1, page 2: shifted" and pages.place(2).page == 2 and pages.place(0).where == "page 1"


@pytest.mark.parametrize(
    ("series", "measure", "period", "fact"),
    [
        ("exports.goods", "value", "2020-03", "exports.goods 2020-03"), ("s", "index", "2020-03", "s index 2020-03"),
        ("s", "value", None, "s"), ("s", "count", None, "s count"),
    ],
)  # fmt: skip
def test_a_fact_is_said_with_its_measure_unless_it_is_a_value(series, measure, period, fact):
    assert _issue(_found(_suspect(0)), [(series, measure, period, "5")]).place(0).fact == fact


# Figures


@pytest.mark.parametrize(
    ("texts", "value", "shown"),
    [
        (["1,012", "5"], "1021", "1,021"), (["1012", "5"], "1021", "1021"), (["1,012", "5"], "-1234567", "-1,234,567"),
        (["1,012.5", "5"], "1021.50", "1,021.50"), (["36.1%", "5"], "36.4", "36.4%"), (["0.5", "7"], "-0.5", "-0.5"),
        (["1,012%", "5"], "1021", "1,021%"), (["1,012", "5"], "999", "999"), (["1,012", "5"], "-0.05", "-0.05"),
    ],
)  # fmt: skip
def test_a_proposal_is_written_as_its_column_prints_figures(texts, value, shown):
    facts = facts_of(*(("s", "value", f"20{number:02d}", text.rstrip("%")) for number, text in enumerate(texts)))
    facts.place["text"][:] = texts
    issue = Issue("0" * 12, _found(_suspect(0, value)), facts, Consequence(0.0, ()))
    assert issue.as_printed(0, figure(value)) == shown == issue.proposal(issue.suspects[0])
    # Another column's commas group nothing.
    facts.place["column"][:] = ["a", "b"]
    assert issue.as_printed(1, figure("1021")) == ("1021%" if texts[1].endswith("%") else "1021")
    assert issue.proposal(_suspect(0)) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [("1021", "1021"), ("-5", "-5"), ("0.05", "0.05"), ("-0.05", "-0.05"), ("10.0", "10.0"), ("0.000", "0.000"), ("7.10", "7.10")],
)
def test_a_printed_figure_keeps_its_decimals(number, text):
    assert value_text(figure(number)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [("9", "9"), ("-9.50", "-9.5"), ("0", "0"), ("100", "100"), ("0.00004", "0"), ("0.00005", "0"), ("0.00006", "0.0001"),
     ("1.23456", "1.2346"), ("-0.00001", "0"), ("1200", "1200")],
)  # fmt: skip
def test_a_number_for_people_is_short(number, text):
    assert decimal_text(figure(number).value) == text
    assert decimal_text(figure(number).value, 1) == {"0.0001": "0", "1.2346": "1.2"}.get(text, text)


def test_a_range_has_the_decimals_of_its_print():
    assert range_text(Allowed(1, 5, 15)) == ["0.5", "1.5"] and range_text(Allowed(0, None, -3)) == [None, "-3"]


# Lines and identities


@pytest.mark.parametrize(
    ("text", "places", "shown"),
    [
        ("1,012", [(0, 5)], "»1,012«"),
        ("a 1,012 b 309 c", [(2, 7), (10, 13)], "a »1,012« b »309« c"),
        ("x" * 100 + "1,012" + "y" * 100, [(100, 105)], "…" + "x" * 60 + "»1,012«" + "y" * 60 + "…"),
        ("x" * 60 + "1,012" + "y" * 60, [(60, 65)], "x" * 60 + "»1,012«" + "y" * 60),
        ("x" * 61 + "1,012" + "y" * 61, [(61, 66)], "…" + "x" * 60 + "»1,012«" + "y" * 60 + "…"),
        ("a\x1b[1m 5", [(6, 7)], "a\\x1b[1m »5«"),
    ],
)
def test_the_document_line_is_shown_around_its_figures(text, places, shown):
    prints = [("s", "value", f"20{number:02d}", "5") for number in range(len(places) + 1)]
    finding = _found(*map(_suspect, range(len(places))), sets=(tuple(range(len(places))),))
    starts, ends = ([place[end] for place in places] + [0] for end in (0, 1))
    issue = _issue(finding, prints, line=[2] * len(places) + [1], start=starts, end=ends)
    assert issue.marked_line(["first", text]) == shown


CHANGE = ("2018-06/2018-07", "2018-06", "2018-07")
WRITTEN = [
    ("goods_plus_services_equals_total", MARCH, "1,330 = 1,012 + 309", f"misses by 9, rounding allows 1{INFERRED}"),
    ("balance_equals_exports_minus_imports",
     [("balance.goods", "value", "2020-03", "-394"), MARCH[1], ("imports.goods", "value", "2020-03", "-1,415")],
     "-394 = 1,012 - (-1,415)", "misses by 2821, rounding allows 1"),
    ("percent_change_matches_rounded_indexes",
     [("s", "percent_change", CHANGE[0], "0.5"), ("s", "index", CHANGE[1], "100.0"), ("s", "index", CHANGE[2], "101.0")],
     "0.5 = 100 * (101.0 / 100.0 - 1)", "misses by 0.5, rounding allows 0.05"),
    ("same_fact_printed_twice_agrees", [("s", "percent_change", CHANGE[0], "0.5"), ("s", "percent_change", CHANGE[0], "0.7")],
     "0.5 = 0.7", "misses by 0.2, rounding allows 0"),
    ("indexes_are_positive", [("s", "index", "2018-06", "-2.0")], "0 < -2.0", "lies 2 outside"),
    ("relative_importances_lie_within_0_and_100", [("s", "relative_importance", "2018-06", "103.000")], "0 <= 103.000 <= 100",
     "lies 3 outside"),
    ("percent_changes_lie_above_minus_100", [("s", "percent_change", CHANGE[0], "-101.0")], "-100 < -101.0", "lies 1 outside"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "prints", "written", "missed"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_an_identity_is_written_as_the_sum_or_ratio_that_it_is(name, prints, written, missed):
    facts, verdict = _violated(name, *prints)
    assert equation(verdict, [facts.place["text"][cell] for cell in verdict.cells]) == written
    said = gap_sentence(verdict)
    assert said.removesuffix(INFERRED) == missed.removesuffix(INFERRED)
    issue = Issue("0" * 12, Finding((verdict,), (_suspect(verdict.cells[0]),), ((0,),), "certain"), facts, Consequence(0.0, ()))
    first = facts.place["text"][verdict.cells[0]]
    assert issue.equation(verdict) == written.replace(first, f"[{first}]", 1)


@pytest.mark.parametrize(("months", "last"), [(12, " + 12"), (14, " + 14"), (15, " + 2 more"), (20, " + 7 more")])
def test_a_long_sum_is_cut_behind_thirteen_parts(months, last):
    _, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    wide = replace(verdict, form=replace(verdict.form, terms=total((-1, *[1] * months)).terms))
    texts = ["1", *(str(number) for number in range(1, months + 1))]
    shown = months if months <= 14 else 13
    assert equation(wide, texts) == "1 = " + " + ".join(texts[1 : shown + 1]) + ("" if months <= 14 else last)
    assert equation(wide, texts).endswith(last)


# Ids


def test_an_id_is_of_the_facts_and_not_of_the_print():
    facts, verdict = _violated("goods_plus_services_equals_total", *MARCH)
    otherwise = [(*row[:3], text) for row, text in zip(MARCH, ("9", "1", "2"), strict=True)]
    others, other = _violated("goods_plus_services_equals_total", *otherwise)
    said = issue_id("ft900", "2021-02", facts, [verdict])
    assert issue_id("ft900", "2021-02", others, [other]) == said and len(said) == 12 and set(said) <= set("0123456789abcdef")
    assert issue_id("ft900", "2021-02", facts, [verdict, verdict]) == said
    different = {
        said, issue_id("fred", "2021-02", facts, [verdict]), issue_id("ft900", "2021-03", facts, [verdict]),
        issue_id("ft900", None, facts, [verdict]), issue_id("ft900", "2021-02", facts, [verdict], "annual"),
        issue_id("ft900", "2021-02", facts, [replace(verdict, cells=(0, 1))]),
    }  # fmt: skip
    assert len(different) == 6
    assert issue_id("ft900", "2021-02", facts, [verdict], "annual") == issue_id("ft900/annual", "2021-02", facts, [verdict])
    # The text that is hashed: ids on file depend on it.
    facts_said = ",".join(f'["exports.{kind}","value","2020-03"]' for kind in ("goods", "services", "total"))
    text = f'["ft900","2021-02",[{facts_said}]]'
    assert said == hashlib.sha256(text.encode()).hexdigest()[:12]


def test_findings_about_the_same_facts_are_one():
    one = Finding(("a",), (_suspect(1), _suspect(2)), ((1,), (0,)), "certain")
    two = Finding(("b", "c"), (Suspect(5, (1,), None),), ((0,),), "likely", is_cut=True)
    both = merged([one, two])
    assert merged([one]) is one
    assert both.violated == ("a", "b", "c") and [suspect.cell for suspect in both.suspects] == [1, 2, 5]
    assert [suspect.explains for suspect in both.suspects] == [(0,), (0,), (2,)]
    assert both.explanations == ((1, 2),) and both.certainty == "ambiguous" and both.is_cut
    unexplained = merged([Finding(("a",), (_suspect(1),), (), "ambiguous")] * 2)
    assert unexplained.explanations == () and not unexplained.is_cut


# Commands


@pytest.mark.parametrize(
    ("finding", "said", "command"),
    [
        (_found(_suspect(1, "1,021")), "It should read 1,021", "correct 0123456789ab --value 1,021 --reason '...'"),
        (_found(_suspect(1)), "It should read otherwise", "correct 0123456789ab --value '...' --reason '...'"),
        (_found(_suspect(1, "1,021"), _suspect(2), sets=((0,), (1,)), certainty="likely"), "It should read 1,021",
         "correct 0123456789ab --value 1,021 --reason '...'"),
        (_found(_suspect(1, "1,021"), _suspect(2), sets=((0,), (1,)), certainty="ambiguous"), "It should read 1,021",
         "correct 0123456789ab --value 2:0=1,021 --reason '...'"),
        (_found(_suspect(1, "1,021"), _suspect(2, "311"), sets=((0, 1),), certainty="likely"),
         "It should read as proposed: each figure by its line and offset",
         "correct 0123456789ab --value 2:0=1,021 --value 3:0=311 --reason '...'"),
        (_found(_suspect(1, "1,021"), _suspect(2), sets=((0, 1),), certainty="likely"),
         "A figure should read otherwise, here the first suspect: its line and offset, and what it should read",
         "correct 0123456789ab --value 2:0='...' --reason '...'"),
        (_found(_suspect(2), sets=(), certainty="ambiguous"),
         "A figure should read otherwise, here the first suspect: its line and offset, and what it should read",
         "correct 0123456789ab --value 3:0='...' --reason '...'"),
    ],
)  # fmt: skip
def test_the_commands_that_decide_an_issue(finding, said, command):
    assert list(deciding(_issue(finding))) == [
        ("The publisher printed it so, and it stands", "trade-assets review accept 0123456789ab --reason '...'"),
        (said, f"trade-assets review {command}"),
        ("Nobody can tell yet, and it stays out", "trade-assets review withhold 0123456789ab --reason '...'"),
    ]
    assert reopening("0123456789ab") == "trade-assets review reopen 0123456789ab --reason '...'"


def test_withheld_are_the_singles_or_all_that_take_part():
    verdict = Verdict(rule("goods_plus_services_equals_total"), None, (0, 2), 0, 0)
    assert _issue(_found(_suspect(2), _suspect(1), sets=((0,), (1,)))).withheld == (1, 2)
    assert _issue(replace(_found(_suspect(2), _suspect(1), sets=((0, 1),)), violated=(verdict,))).withheld == (0, 2)
    issue = _issue(replace(_found(_suspect(1)), violated=(verdict,)))
    assert issue.cells == {0, 1, 2} and issue.marked == {1}
    assert _issue(_found(_suspect(2), _suspect(1), sets=((0, 1), (1,)))).marked == {1, 2}
