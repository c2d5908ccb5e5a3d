"""Series files in which a figure is cut, has lost its point or its sign, or stands twice: an issue, and nothing beside it withheld.

Figures are made by hand, in months of which no figure is known, so that nothing but the file itself can tell.
"""

import random

import pytest

from trade_assets.facts.rows import expected_rows
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.kinds import AlikeSize
from trade_assets.identities.rules import structure_of
from trade_assets.reading import read_document
from trade_assets.review.issues import examine
from trade_assets_tests.made_files import exhibit_1, xlsx
from trade_assets_tests.shared_documents import shared_sample

MONTHS = [f"{2031 + number // 12}-{number % 12 + 1:02d}" for number in range(30)]
EXPORTS = [f"{300_000 + 731 * number}" for number in range(30)]
BALANCES = [f"-{70_302 + 317 * number}" for number in range(30)]
INDEXES = [f"{150 + number // 10}.{number % 10}" for number in range(30)]  # 150.0, 151.0 and 152.0 end in a zero


def fred(figures, name="BOPTEXP"):
    return [f"observation_date,{name}", *(f"{month}-01,{figure}" for month, figure in zip(MONTHS[: len(figures)], figures, strict=True))]


def bls(figures):
    records = (f"EIUIR,{month[:4]},M{month[5:]},{figure}," for month, figure in zip(MONTHS, figures, strict=True))
    return ["series_id,year,period,value,footnotes", *records]


FILES = {"exports": (fred, EXPORTS), "balances": (lambda figures: fred(figures, "BOPGSTB"), BALANCES), "indexes": (bls, INDEXES)}


def examined(lines, end="\n"):
    reading = read_document(("\n".join(lines) + end).encode(), "made.csv")
    facts = Facts.of_reading(reading)
    return facts, examine(facts, reading.family, None, reading.product)[1]


def changed(name, at, figure):
    """The file with one figure replaced: the place of its only issue, and the issue."""
    written, figures = FILES[name]
    facts, found = examined(written([*figures[:at], figure, *figures[at + 1 :]]))
    (issue,) = found
    assert [(facts.keys[cell][2], facts.place["text"][cell]) for cell in issue.withheld] == [(MONTHS[at], figure)]
    return issue


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("end", ["\n", ""], ids=["with its last line end", "without"])
def test_files_as_they_are_have_nothing_to_review(name, end):
    written, figures = FILES[name]
    assert examined(written(figures), end)[1] == []


@pytest.mark.parametrize(
    ("name", "figure", "said"),
    [
        ("exports", "321", "it is not of the size of the figures around it"),  # 321,199 cut at its comma
        ("exports", "32119", "it is not of the size"),  # a last digit lost
        ("exports", "3211990", "it is not of the size"),
        ("balances", "-79", "it is not of the size"),
        ("balances", "79495", "it has not the sign of the figures around it"),
        ("balances", "0", "it is not of the size"),
        ("indexes", "1529", "it has 0 decimals, the others of its series 1 and"),
        ("indexes", "15", "it has 0 decimals"),
        ("indexes", "152", "it has 0 decimals, the others of its series 1"),
        ("indexes", "152.91", "it has 2 decimals"),
        ("indexes", "15.2", "it is not of the size"),
    ],
)
@pytest.mark.parametrize("at", [29, 14, 0])
def test_a_figure_that_is_cut_or_has_lost_its_point_or_sign_is_an_issue(name, figure, said, at):
    issue = changed(name, at, figure)
    if said.endswith(" and"):
        assert said.removesuffix(" and") in issue.title + str([verdict.said for verdict in issue.violated])
        assert {verdict.said for verdict in issue.violated} == {
            "it has 0 decimals, the others of its series 1", "it is not of the size of the figures around it"
        }  # fmt: skip
        assert issue.proposal(issue.suspects[0]) == "152.9"
    else:
        assert said in issue.title
    assert issue.certainty == "certain"


def test_digits_lost_behind_the_point_have_no_proposal():
    issue = changed("indexes", 20, "152")
    assert issue.proposal(issue.suspects[0]) is None


def test_every_number_of_digits_cut_from_the_last_figure_is_an_issue():
    for name, (written, figures) in FILES.items():
        whole = figures[-1]
        for kept in range(1, len(whole)):
            cut = whole[:kept]
            if cut.strip("-") and not cut.endswith("."):
                _, found = examined(written([*figures[:-1], cut]), end="")
                assert len(found) == 1, (name, cut)


def test_a_program_that_leaves_out_last_zeros_is_no_issue():
    # 150, 151 and 152 for 150.0, 151.0 and 152.0; then fewer decimals say nothing, and more of them do.
    without = [figure.removesuffix(".0") for figure in INDEXES]
    assert examined(bls(without))[1] == []
    assert len(examined(bls([*without[:5], "150.55", *without[6:]]))[1]) == 1


def test_a_run_of_other_decimals_is_another_program():
    # As published copies have it: whole numbers until a month, then with a zero behind the point.
    assert examined(fred([*EXPORTS[:6], *(f"{figure}.0" for figure in EXPORTS[6:])]))[1] == []


def test_a_short_file_says_nothing_of_its_decimals():
    assert examined(bls(INDEXES)[:4])[1] == []


def test_wild_but_possible_months_are_no_issue():
    rnd = random.Random(7)  # noqa: S311 - no secret
    wild = [str(rnd.randrange(200_000, 400_000)) for _ in MONTHS]
    assert examined(fred(wild))[1] == []
    # A balance that passes through zero has figures of any size and both signs around it.
    crossing = [str(-30_000 + 2_000 * number + (1 if number == 15 else 0)) for number in range(30)]
    assert examined(fred(crossing, "BOPGSTB"))[1] == []
    # Too large it is all the same.
    _, (issue,) = examined(fred([*crossing[:15], "100000", *crossing[16:]], "BOPGSTB"))
    assert "it is not of the size" in issue.title


# Records twice


def test_a_record_that_stands_twice_is_an_issue_that_withholds_nothing():
    lines = bls(INDEXES)
    _, (issue,) = examined([*lines[:8], lines[7], *lines[8:]])
    assert issue.withheld == () and issue.suspects == ()
    assert "2031-07 twice, the others of 2031 once" in issue.title


def test_a_record_that_stands_twice_with_another_figure_is_withheld():
    lines = bls(INDEXES)
    facts, found = examined([*lines[:8], lines[7].replace("150.6", "150.9"), *lines[8:]])
    assert {facts.place["text"][cell] for issue in found for cell in issue.withheld} == {"150.6", "150.9"}


def test_years_that_stand_twice_as_a_whole_are_two_downloads():
    lines = bls(INDEXES)
    assert examined([*lines, *lines[13:25]])[1] == []
    _, (issue,) = examined([*lines, *lines[13:24]])
    assert "2032-12 once, the others of 2032 twice" in issue.title


# Files of publishers, and the same faults in other formats


@pytest.mark.parametrize(
    "name",
    [
        "fred/BOPGSTB_QUARTERLY_asof_2024-12-16.csv", "fred/BOPGSTB_asof_2026-03-15.csv", "fred/BOPTEXP_asof_2025-10-08.csv",
        "bls-labstat/EIUIR_full_1982-2024_asof_2024-12-06.csv", "bls-labstat/EIUIQ_asof_2024-12-13.csv",
        "bls-labstat/EIUIR_labstat_2006-2016.txt",
    ],
)  # fmt: skip
def test_published_files_have_nothing_to_review(name):
    path = shared_sample(name)
    reading = read_document(path.read_bytes(), path.name)
    assert examine(Facts.of_reading(reading), reading.family, None, reading.product)[1] == []


def test_a_workbook_whose_figure_is_cut_is_an_issue():
    rows = exhibit_1(2019, (2021, 3))
    reading = read_document(xlsx(rows), "whole.xlsx")
    own = {issue.id for issue in examine(Facts.of_reading(reading), "ft900", None)[1]}
    at = next(number for number, row in enumerate(rows) if row and row[0] == "February")
    cut = [*rows[:at], [rows[at][0], *rows[at][1:4], int(str(rows[at][4])[:3]), *rows[at][5:]], *rows[at + 1 :]]
    reading = read_document(xlsx(cut), "cut.xlsx")
    found = [issue for issue in examine(Facts.of_reading(reading), "ft900", None)[1] if issue.id not in own]
    assert found and any(issue.place(suspect.cell).text == str(rows[at][4])[:3] for issue in found for suspect in issue.suspects)


def test_nothing_else_is_expected_of_the_rows_of_a_series_file():
    # A file that ends between two records could have been published a month before: only the former release tells.
    assert list(expected_rows("fred", "2031-12")) == []
    assert examined(fred(EXPORTS)[:25])[1] == []


@pytest.mark.parametrize(("nearer", "sixth", "farther", "is_found"), [(6, 900, 100, True), (6, 100, 900, False), (5, 100, 900, False)])
def test_the_size_of_a_figure_is_that_of_the_six_before_and_the_six_after_it(nearer, sixth, farther, is_found):
    """100 among figures of 100 and 900: where six of twelve are 900 the median is 500, of which 100 is less than a quarter."""
    sides = [100] * nearer + [900] * (10 - nearer)  # the ten nearest
    before, after = ([*side, sixth, farther, farther] for side in (sides[::2], sides[1::2]))
    figures = [*before[::-1], 100, *after]
    rule = next(rule for rule in structure_of("fred") if isinstance(rule, AlikeSize))
    lines = fred([*map(str, figures)])
    facts = Facts.of_reading(read_document(("\n".join(lines) + "\n").encode(), "made.csv"))
    assert (len(before) in {verdict.cells[0] for verdict in evaluate((rule,), facts).violated}) is is_found
