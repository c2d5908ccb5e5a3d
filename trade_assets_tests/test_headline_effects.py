"""What an issue does to a headline, case by case in one table: by how much, whether it flips, and what cannot be told."""

from trade_assets.identities.findings import Finding, Suspect
from trade_assets.review.consequence import WEIGHTS, Consequence, consequence
from trade_assets_tests.printed_facts import facts_of, figure

EXPORTS, PRICES = "the change of total exports on the month before", "the change of import prices"
SERIES = "imports.end_use.all_commodities"


def _exports(*figures):
    """Exports of November and December, and a year and a first half that are no months."""
    months = [("exports.total", "value", f"2020-{11 + at}", text) for at, text in enumerate(figures)]
    return [*months, ("exports.total", "value", "2020", "9,999"), ("exports.total", "value", "2020-01/2020-06", "5,000")]


# The latest month, the month before, the year and half a year.
CHANGES = [
    (SERIES, "percent_change", period, text)
    for period, text in (("2020-11/2020-12", "0.4"), ("2020-10/2020-11", "0.3"), ("2019-12/2020-12", "2.0"), ("2020-06/2020-12", "1.0"))
]

CASES = [
    # family, prints, (cell, what it should read), effect, sentence
    ("ft900", _exports("1,400", "1,420"), (1, "1,430"), 0.5, f"{EXPORTS} in 2020-12 would read 30 instead of 20"),
    ("ft900", _exports("1,400", "1,420"), (1, "1,421"), 0.05, f"{EXPORTS} in 2020-12 would read 21 instead of 20"),
    ("ft900", _exports("1,400", "1,420"), (1, "1,399"), 1.05,
     f"{EXPORTS} in 2020-12 would read -1 instead of 20: fell, where the print says rose"),
    ("ft900", _exports("1,500", "1,400"), (1, "1,500"), 1.0,
     f"{EXPORTS} in 2020-12 would read 0 instead of -100: is unchanged, where the print says fell"),
    ("ft900", _exports("1,400", "1,400"), (1, "1,401"), 1.0,
     f"{EXPORTS} in 2020-12 would read 1 instead of 0: rose, where the print says is unchanged"),
    # What would read the same is no change.
    ("ft900", _exports("1,400", "1,420"), (1, "1,420"), 0.0, None),
    ("ft900", _exports("1,400", "1,420"), (1, None), 1.0, f"{EXPORTS} in 2020-12 rests on a figure in doubt"),
    # A dash that should be a figure: there is nothing to compare with.
    ("ft900", _exports("1,400", ""), (1, "1,402"), 1.0, f"{EXPORTS} in 2020-12 would read 2, where a figure is not printed"),
    ("ft900", _exports("", "1,402"), (0, "1,400"), 1.0, f"{EXPORTS} in 2020-12 would read 2, where a figure is not printed"),
    ("ft900", _exports("1,400", "1,420"), (2, "9,000"), 0.0, None),
    ("ft900", _exports("1,400", "1,420"), (3, "9,000"), 0.0, None),
    ("mxp", CHANGES, (0, "0.3"), 0.25, f"{PRICES} in 2020-12 would read 0.3 instead of 0.4"),
    ("mxp", CHANGES, (2, "1.5"), 0.25, f"{PRICES} on a year earlier in 2020-12 would read 1.5 instead of 2"),
    ("mxp", CHANGES, (1, "0.1"), 0.0, None),
    ("mxp", CHANGES, (3, "0.1"), 0.0, None),
    ("uscc", [("exports.china.total", "value", "2020-12", "8"), ("exports.china.total", "value", "2020-11", "5")], (0, "6"), 0.25,
     "total exports to China in 2020-12 would read 6 instead of 8"),
]  # fmt: skip


def test_the_effect_on_a_headline_and_its_sentence():
    for family, prints, (cell, right), effect, sentence in CASES:
        suspect = Suspect(cell, (), None, figure(right) if right else None)
        found = consequence(Finding((), (suspect,), ((0,),), "likely"), facts_of(*prints), family)
        assert (round(found.effect, 9), found.sentences) == (effect, (sentence,) if sentence else ()), (family, prints, cell, right)


def test_a_second_print_is_judged_by_the_first_and_by_what_is_proposed():
    twice = [*_exports("1,400", "1,420"), ("exports.total", "value", "2020-12", "1,490")]
    found = consequence(Finding((), (Suspect(4, (), None, figure("1,410")),), ((0,),), "likely"), facts_of(*twice), "ft900")
    assert found == Consequence(0.5, (f"{EXPORTS} in 2020-12 would read 10 instead of 20",))


def test_without_an_explanation_every_suspect_is_in_doubt():
    suspects = (Suspect(2, (), None), Suspect(0, (), None, figure("1,300")))
    facts = facts_of(*_exports("1,400", "1,420"))
    assert consequence(Finding((), suspects, (), "ambiguous"), facts, "ft900") == Consequence(
        1.0, (f"{EXPORTS} in 2020-12 rests on a figure in doubt",)
    )
    assert consequence(Finding((), suspects, ((0,), (1,)), "ambiguous"), facts, "ft900") == Consequence(0.0, ())
    assert consequence(Finding((), suspects, ((1,), (0,)), "ambiguous"), facts, "another") == Consequence(0.0, ())


def test_certainty_weighs_as_three_two_and_one():
    assert WEIGHTS == {"certain": 3, "likely": 2, "ambiguous": 1}
