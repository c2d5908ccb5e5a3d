"""What an issue does to the headlines: by how much, whether the sign flips, and the sentence, all reckoned by hand."""

import pytest

from trade_assets.identities.document_facts import Facts
from trade_assets.identities.findings import Finding, Suspect
from trade_assets.reading import read_document
from trade_assets.review import consequence as consequences
from trade_assets.review.consequence import consequence
from trade_assets.review.issues import examine
from trade_assets_tests.made_release import MONTH, cell, release
from trade_assets_tests.printed_facts import facts_of, figure

BALANCE, EXPORTS, IMPORTS = (
    f"the change of {name} on the month before" for name in ("the total balance", "total exports", "total imports")
)
PRICES, YEAR = "the change of import prices", "the change of import prices on a year earlier"


def _exports(before, latest, *more):
    return [("exports.total", "value", "2020-11", before), ("exports.total", "value", "2020-12", latest), *more]


def _prices(*changes):
    return [("imports.end_use.all_commodities", "percent_change", *change) for change in changes]


def _said(family, prints, *explanations, others=()):
    """The consequence of a finding with these explanations, each of cells and what they should read, and other suspects."""
    suspects = [Suspect(at, (), None, figure(text) if text else None) for explained in explanations for at, text in explained]
    places, sets = iter(range(len(suspects))), []
    for explained in explanations:
        sets.append(tuple(next(places) for _ in explained))
    suspects += [Suspect(at, (), None) for at in others]
    finding = Finding((), tuple(suspects), tuple(sets), "likely")
    found = consequence(finding, facts_of(*prints), family)
    return found.effect, list(found.sentences)


HEADLINES = [
    # A change of 20 that should be 8: three fifths of it go.
    ("less", "ft900", _exports("1,400", "1,420"), [(1, "1,408")], 12 / 20,
     [f"{EXPORTS} in 2020-12 would read 8 instead of 20"]),
    ("more", "ft900", _exports("1,400", "1,420"), [(1, "1,450")], 30 / 20,
     [f"{EXPORTS} in 2020-12 would read 50 instead of 20"]),
    ("the month before is the wrong one", "ft900", _exports("1,400", "1,420"), [(0, "1,395")], 5 / 20,
     [f"{EXPORTS} in 2020-12 would read 25 instead of 20"]),
    ("both months are wrong", "ft900", _exports("1,400", "1,420"), [(0, "1,395"), (1, "1,405")], 10 / 20,
     [f"{EXPORTS} in 2020-12 would read 10 instead of 20"]),
    ("both months are off by the same", "ft900", _exports("1,400", "1,420"), [(0, "1,300"), (1, "1,320")], 0, []),
    # A flip counts for a whole headline at least: -1 instead of 20 is a change by 21 of 20, 19 instead of -100 by 1.19.
    ("a rise turns into a fall", "ft900", _exports("1,400", "1,420"), [(1, "1,399")], 21 / 20,
     [f"{EXPORTS} in 2020-12 would read -1 instead of 20: fell, where the print says rose"]),
    ("a fall turns into a rise", "ft900", _exports("1,500", "1,400"), [(1, "1,519")], 119 / 100,
     [f"{EXPORTS} in 2020-12 would read 19 instead of -100: rose, where the print says fell"]),
    ("imports have their own words", "ft900", [(name.replace("ex", "im"), *rest) for name, *rest in _exports("9", "7")], [(1, "12")], 5 / 2,
     [f"{IMPORTS} in 2020-12 would read 3 instead of -2: rose, where the print says fell"]),
    ("a deficit that widens", "ft900",
     [("balance.total", "value", "2020-11", "-260"), ("balance.total", "value", "2020-12", "-250")], [(1, "-285")], 35 / 10,
     [f"{BALANCE} in 2020-12 would read -25 instead of 10: widened, where the print says narrowed"]),
    # Zero has no share: all of the headline is new.
    ("it was exactly zero", "ft900", _exports("1,420", "1,420"), [(1, "1,421")], 1,
     [f"{EXPORTS} in 2020-12 would read 1 instead of 0: rose, where the print says is unchanged"]),
    ("it was zero and falls", "ft900", _exports("1,420", "1,420"), [(1, "1,419")], 1,
     [f"{EXPORTS} in 2020-12 would read -1 instead of 0: fell, where the print says is unchanged"]),
    ("a fall becomes exactly zero", "ft900", _exports("1,420", "1,400"), [(1, "1,420")], 1,
     [f"{EXPORTS} in 2020-12 would read 0 instead of -20: is unchanged, where the print says fell"]),
    ("it becomes exactly zero", "ft900", _exports("1,400", "1,420"), [(1, "1,400")], 1,
     [f"{EXPORTS} in 2020-12 would read 0 instead of 20: is unchanged, where the print says rose"]),
    ("an operand without a proposal", "ft900", _exports("1,400", "1,420"), [(1, None)], 1,
     [f"{EXPORTS} in 2020-12 rests on a figure in doubt"]),
    ("one of two operands without", "ft900", _exports("1,400", "1,420"), [(0, "1,395"), (1, None)], 1,
     [f"{EXPORTS} in 2020-12 rests on a figure in doubt"]),
    ("no month before the earliest", "ft900", [("exports.total", "value", "2020-12", "1,420")], [(0, "1,402")], 0, []),
    ("a month is left out", "ft900",
     [("exports.total", "value", "2020-10", "1,400"), ("exports.total", "value", "2020-12", "1,420")], [(1, "1,402")], 0, []),
    ("the month before is a gap", "ft900", _exports("", "1,420"), [(1, "1,402")], 0, []),
    ("an earlier month", "ft900", [("exports.total", "value", "2020-10", "7"), *_exports("1,400", "1,420")], [(0, "9")], 0, []),
    ("a year is no month", "ft900", _exports("1,400", "1,420", ("exports.total", "value", "2021", "9,999")), [(2, "9,990")], 0, []),
    ("goods are no headline", "ft900", _exports("1,400", "1,420", ("exports.goods", "value", "2020-12", "7")), [(2, "9")], 0, []),
    ("of another family", "mxp", _exports("1,400", "1,420"), [(1, "1,408")], 0, []),
    ("a change of prices", "mxp", _prices(("2018-06/2018-07", "-0.1")), [(0, "0.1")], 2,
     [f"{PRICES} in 2018-07 would read 0.1 instead of -0.1: rose, where the print says fell"]),
    ("a change on a year earlier", "mxp", _prices(("2018-06/2018-07", "-0.1"), ("2017-07/2018-07", "4.8")), [(1, "4.2")], 0.6 / 4.8,
     [f"{YEAR} in 2018-07 would read 4.2 instead of 4.8"]),
    ("a change of five months is neither", "mxp", _prices(("2018-02/2018-07", "0.5")), [(0, "0.1")], 0, []),
    ("an earlier change", "mxp", _prices(("2018-05/2018-06", "0.3"), ("2018-06/2018-07", "-0.1")), [(0, "0.1")], 0, []),
    ("the second print of a change", "mxp", _prices(("2018-06/2018-07", "0.2"), ("2018-06/2018-07", "0.2")), [(1, "0.3")], 0.5,
     [f"{PRICES} in 2018-07 would read 0.3 instead of 0.2"]),
    ("a level", "uscc", [("exports.china.total", "value", "2012-11", "10,000"), ("exports.china.total", "value", "2012-12", "12,000")],
     [(1, "21,000")], 9 / 12, ["total exports to China in 2012-12 would read 21000 instead of 12000"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("family", "prints", "explanation", "effect", "sentences"), [row[1:] for row in HEADLINES], ids=[row[0] for row in HEADLINES]
)
def test_headline_effect_and_sentence(family, prints, explanation, effect, sentences):
    found, said = _said(family, prints, explanation)
    assert said == sentences
    assert found == pytest.approx(effect)


MONTH_BEFORE = [("2020-11", "100"), ("2020-12", "107")], "95", ("-5", "7")
LATEST = [("2020-12", "7")], "-5", ("-5", "7")
OF_A_MONTH = [("2020-11/2020-12", "0.7")], "-0.5", ("-0.5", "0.7")
OF_A_YEAR = [("2019-12/2020-12", "0.7")], "-0.5", ("-0.5", "0.7")
ALL = "end_use.all_commodities"
EVERY_HEADLINE = [
    ("ft900", "the change of the total balance on the month before", "balance.total", "value", MONTH_BEFORE, "narrowed", "widened"),
    ("ft900", "the change of total exports on the month before", "exports.total", "value", MONTH_BEFORE, "rose", "fell"),
    ("ft900", "the change of total imports on the month before", "imports.total", "value", MONTH_BEFORE, "rose", "fell"),
    ("mxp", "the change of import prices", f"imports.{ALL}", "percent_change", OF_A_MONTH, "rose", "fell"),
    ("mxp", "the change of export prices", f"exports.{ALL}", "percent_change", OF_A_MONTH, "rose", "fell"),
    ("mxp", "the change of import prices on a year earlier", f"imports.{ALL}", "percent_change", OF_A_YEAR, "rose", "fell"),
    ("mxp", "the change of export prices on a year earlier", f"exports.{ALL}", "percent_change", OF_A_YEAR, "rose", "fell"),
    ("uscc", "total exports to China", "exports.china.total", "value", LATEST, "are positive", "are negative"),
    ("uscc", "total imports from China", "imports.china.total", "value", LATEST, "are positive", "are negative"),
]


@pytest.mark.parametrize(("family", "name", "series", "measure", "figures", "up", "down"), EVERY_HEADLINE)
def test_every_headline_is_of_its_series_and_has_its_words(family, name, series, measure, figures, up, down):
    printed, right, (after, before) = figures
    prints = [(series, measure, period, text) for period, text in printed]
    _, said = _said(family, prints, [(len(prints) - 1, right)])
    assert said == [f"{name} in 2020-12 would read {after} instead of {before}: {down}, where the print says {up}"]


def test_no_headline_is_missing_above():
    declared = {(family, headline.name) for family, headlines in consequences.HEADLINES.items() for headline in headlines}
    assert declared == {row[:2] for row in EVERY_HEADLINE}


def test_the_first_explanation_decides_and_without_one_every_suspect():
    prints = _exports("1,400", "1,420")
    assert _said("ft900", prints, [(1, "1,408")], [(0, "1,300")]) == (0.6, [f"{EXPORTS} in 2020-12 would read 8 instead of 20"])
    assert _said("ft900", prints, [(1, "1,408")], others=[0]) == (0.6, [f"{EXPORTS} in 2020-12 would read 8 instead of 20"])
    assert _said("ft900", prints, others=[0]) == (1.0, [f"{EXPORTS} in 2020-12 rests on a figure in doubt"])


def test_the_largest_effect_counts_and_each_headline_has_its_sentence():
    """Exports and imports both wrong: 0.1 of one, 0.5 of the other; the balance is no operand of theirs."""
    prints = _exports("1,400", "1,420", ("imports.total", "value", "2020-11", "500"), ("imports.total", "value", "2020-12", "600"))
    effect, said = _said("ft900", prints, [(1, "1,422"), (3, "550")])
    assert effect == 0.5
    assert said == [f"{EXPORTS} in 2020-12 would read 22 instead of 20", f"{IMPORTS} in 2020-12 would read 50 instead of 100"]
    effect, said = _said("ft900", prints, [(1, "1,430"), (3, "610")])
    assert effect == 0.5 and len(said) == 2


@pytest.mark.parametrize(
    ("changed", "effect", "sentence"),
    [
        # Exports rise by 10 a month, from 1,410 in November to 1,420 in December (made_files.BASE and GROWTH).
        ({cell(12, 3): "1,402"}, 18 / 8, "would read 10 instead of -8: rose, where the print says fell"),
        ({cell(11, 3): "1,401"}, 9 / 19, "would read 10 instead of 19"),
        ({cell(12, 3): "1,410"}, 1, "would read 10 instead of 0: rose, where the print says is unchanged"),
    ],
)
def test_a_misprint_in_a_release_says_what_it_does_to_the_headline(changed, effect, sentence):
    facts = Facts.of_reading(read_document(release(changed).encode(), "made"))
    (issue,) = examine(facts, "ft900", MONTH)[1]
    assert issue.consequence.sentences == (f"{EXPORTS} in 2020-12 {sentence}",)
    assert issue.consequence.effect == pytest.approx(effect)
