"""How sure an issue is of the wrong figure, and which issue comes first. What is certain is structure; the rest is a stated rate."""

import random

import pytest

from benchmarks.planting import KINDS, misprint
from trade_assets.identities.document_facts import Facts
from trade_assets.reading import read_document
from trade_assets.review.issues import examine
from trade_assets_tests.made_files import goods_and_services
from trade_assets_tests.made_release import COLUMNS, MONTH, ROWS, SERIES, cell, release, text_of
from trade_assets_tests.printed_facts import facts_of
from trade_assets_tests.test_withheld import CELLS, ORIGINAL, groups_of, rounded, violated_by

COUNTS = {"certain": 3, "likely": 2, "ambiguous": 1}
"""What the certainty counts when issues are ordered."""


def _examined(changed):
    facts = Facts.of_reading(read_document(release(changed).encode(), "made"))
    return examine(facts, "ft900", MONTH)[1]


@pytest.mark.parametrize("wrong", [1, 20, 21, 24])
def test_with_more_than_twenty_groups_nothing_is_certain(wrong):
    """Months without their years: each is a group of its own, and one figure of each is off by a hundred."""
    prints = []
    for number in range(24):
        figures = goods_and_services(number + 1)
        figures[4] += 100 * (number < wrong)
        month = f"{2001 + number // 12}-{number % 12 + 1:02d}"
        prints += [(series, "value", month, str(figure)) for series, figure in zip(SERIES, figures, strict=True)]
    issues = examine(facts_of(*prints), "ft900", MONTH)[1]
    assert sorted(issue.suspects[0].cell for issue in issues) == [9 * number + 4 for number in range(wrong)]
    assert {issue.certainty for issue in issues} == {"certain" if wrong <= 20 else "likely"}
    assert all([suspect.cell for suspect in issue.finding.singles] == [issue.suspects[0].cell] for issue in issues)


def test_what_several_findings_share_is_never_certain():
    """A group of violated identities that is torn into findings proves nothing by its structure, whatever was taken out first."""
    rng, torn, patterns = random.Random(4), 0, 0  # noqa: S311  # to be repeated, no secret
    for _ in range(30):
        first = rng.randrange(CELLS - 1)
        first -= first % COLUMNS == COLUMNS - 1
        changed = {first: text_of(first + 1), first + 1: text_of(first)}  # exchanged with its neighbour
        for at in rng.sample(range(CELLS), rng.choice((1, 2))):
            changed.setdefault(at, int(ORIGINAL[at]) + rng.choice((40, -70, 300)))
        groups = [cells for _, cells in groups_of(violated_by(_read(ORIGINAL, changed)))]
        issues = _examined(changed)
        for cells in groups:
            mine = [issue for issue in issues if any(not cells.isdisjoint(verdict.cells) for verdict in issue.violated)]
            if len(mine) > 1:
                torn += 1
                patterns += any(issue.finding.pattern is not None for issue in mine)
                assert "certain" not in {issue.certainty for issue in mine}
    assert torn > 10 and patterns > 5


def _misprinted(places, figures, rng):
    """The release with a misprint of some kind at each place, or nothing if it reads as before."""
    changed = {at: misprint(f"{int(figures[at]):,}", rng.choice(KINDS), rng) for at in places}
    # A mark without its first group is no figure, and refused by the reader.
    if any(text is None or text.lstrip("-").startswith(",") for text in changed.values()) or not len(violated_by(_read(figures, changed))):
        return None
    return {at: int(figure) for at, figure in enumerate(figures)} | changed


def _read(figures, changed):
    figures = figures.copy()
    for at, figure in changed.items():
        figures[at] = int(str(figure).replace(",", ""))
    return figures


def test_a_misprinted_figure_comes_first_and_its_original_is_proposed():
    """Of a hundred misprints in releases that rounding has used up all come first, nine of ten with what stood there."""
    rng, first, proposed = random.Random(11), [], []  # noqa: S311
    while len(first) < 100:
        figures, at = rounded(rng), rng.randrange(CELLS)
        changed = _misprinted([at], figures, rng)
        if changed is not None:
            (issue,) = _examined(changed)
            first.append(issue.suspects[0].cell == at)
            proposed.append(issue.proposal(issue.suspects[0]) == f"{int(figures[at]):,}")
    assert sum(first) >= 99 and sum(proposed) >= 90


def test_two_misprints_of_a_series_are_likely_and_rightly_so():
    """They share a year, no figure explains both, and what is called likely is right nine times in ten."""
    rng, likely = random.Random(3), []  # noqa: S311
    while len(likely) < 30:
        column, rows = rng.randrange(COLUMNS), rng.sample(range(ROWS), 2)
        planted = [cell(row, column) for row in rows]
        changed = _misprinted(planted, ORIGINAL, rng)
        for issue in _examined(changed) if changed else ():
            assert issue.certainty != "certain"
            if issue.certainty == "likely":
                likely.append({issue.suspects[at].cell for at in issue.finding.explanations[0]} == set(planted))
    assert sum(likely) >= 0.9 * len(likely)


@pytest.mark.parametrize(
    ("seed", "cells", "certainties", "effects"),
    [
        # Twice a half before once a whole; three times an eighth before twice a seventh. By effect alone it were the other way round.
        (238, ((11, 7), (12, 1), (12, 4)), ["likely", "ambiguous"], [1 / 2, 1]),
        (360, ((11, 0), (11, 6), (12, 3)), ["certain", "likely"], [1 / 8, 1 / 7]),
    ],
)
def test_issues_stand_in_the_order_of_certainty_times_effect(seed, cells, certainties, effects):
    rng = random.Random(seed)  # noqa: S311
    figures = rounded(rng)
    assert rng.sample([cell(row, column) for row in (11, 12) for column in range(COLUMNS)], 3) == [cell(*at) for at in cells]
    for at in cells:
        figures[cell(*at)] += rng.choice((-1, 1, 1, -1, 2, -2, 5))
    issues = _examined({at: int(figure) for at, figure in enumerate(figures)})
    assert [issue.certainty for issue in issues] == certainties
    assert [issue.consequence.effect for issue in issues] == pytest.approx(effects)


def test_without_an_effect_issues_stand_by_their_lines():
    """Figures of spring are no headline; the December total is, and stands first though it is printed last."""
    changed = {cell(3, 8): 300, cell(1, 1): 0, cell(12, 3): "1,402"}
    issues = _examined(changed)
    assert [issue.suspects[0].cell for issue in issues] == [cell(12, 3), cell(1, 1), cell(3, 8)]
    assert [COUNTS[issue.certainty] * issue.consequence.effect for issue in issues] == pytest.approx([3 * 18 / 8, 0, 0])
