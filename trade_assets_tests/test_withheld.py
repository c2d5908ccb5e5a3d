"""What an issue withholds: every cell that alone explains it, and nothing else, by brute force over all cells and values.

The identities are written down here once more, as rows of numbers; nothing of the rule book takes part.
"""

import random
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from trade_assets.facts.frames import empty, parsed_tables, tidy
from trade_assets.facts.tables import ISSUES
from trade_assets.identities.document_facts import Facts
from trade_assets.reading import read_document
from trade_assets.review.issues import examine
from trade_assets.review.proof import prove
from trade_assets_tests.made_release import COLUMNS, FIGURES, MONTH, PERIODS, ROWS, SERIES, cell, line_of, release

CELLS = ROWS * COLUMNS
ORIGINAL = np.array([figure for row in FIGURES for figure in row])


def _identities():
    """Each identity of the release as the weights of its cells: the sum is zero."""
    rows = []
    for row in range(ROWS):
        for first in (0, 3, 6):
            rows.append({cell(row, first): 1, cell(row, first + 1): -1, cell(row, first + 2): -1})
        for kind in range(3):
            rows.append({cell(row, kind): 1, cell(row, 3 + kind): -1, cell(row, 6 + kind): 1})
    for column in range(COLUMNS):
        rows.append({cell(0, column): 1, **{cell(month, column): -1 for month in range(1, ROWS)}})
    return np.array([[weights.get(at, 0) for at in range(CELLS)] for weights in rows])


IDENTITIES = _identities()
ALLOWED = np.abs(IDENTITIES).sum(axis=1)
"""Twice the most by which rounding to whole millions lets each identity miss: half a million per figure."""


def violated_by(figures):
    return np.flatnonzero(2 * np.abs(IDENTITIES @ figures) > ALLOWED)


def _explaining(figures, violated):
    """The cells for which some other figure makes all identities hold that the cell is in, and these with them."""
    gaps = IDENTITIES @ figures
    reach = int(np.abs(gaps[violated]).max()) + 20
    steps = np.arange(-reach, reach + 1)
    found = set()
    for at in range(CELLS):
        mine = np.flatnonzero(IDENTITIES[:, at])
        if set(violated) <= set(mine):
            after = gaps[mine, None] + IDENTITIES[mine, at][:, None] * steps
            if (2 * np.abs(after) <= ALLOWED[mine, None]).all(axis=0).any():
                found.add(at)
    return found


def groups_of(violated):
    """The violated identities, those together that share cells."""
    groups = []
    for place in violated:
        cells = set(np.flatnonzero(IDENTITIES[place]))
        touching = [group for group in groups if group[1] & cells]
        groups = [group for group in groups if group not in touching]
        groups.append(([place, *(each for group in touching for each in group[0])], cells.union(*(group[1] for group in touching))))
    return groups


def _expected(figures):
    """The cells in doubt by brute force: of each group those that explain it alone, or, without one, all of its identities."""
    return [_explaining(figures, group) or cells for group, cells in groups_of(violated_by(figures))]


def rounded(rng):
    """The figures as rounding would leave them: every identity holds, many by a hair."""
    figures = ORIGINAL.copy()
    for _ in range(4):
        for at in rng.sample(range(CELLS), CELLS):
            other = figures.copy()
            other[at] += rng.choice((-1, 1))
            if not len(violated_by(other)):
                figures = other
    return figures


def _release(figures):
    return release({at: int(figure) for at, figure in enumerate(figures)}).encode()


def _examined(figures):
    return examine(Facts.of_reading(read_document(_release(figures), "made")), "ft900", MONTH)[1]


def _proof(figures):
    reading = read_document(_release(figures), "made")
    columns = {"cells": reading.cells, "rows": reading.rows, "series": reading.series}
    tables = parsed_tables(columns, family="ft900", product="", release_month=MONTH, sha256="0" * 64, is_current=True, reference_month=None)
    return prove(tidy(*(tables[name] for name in ("cells", "rows", "series")), "ft900"), "ft900", empty(ISSUES))


def test_the_made_release_reads_as_it_was_made():
    cells = read_document(release().encode(), "made").cells
    assert cells["value"] == ORIGINAL.tolist()
    assert list(zip(cells["series"], cells["period"], strict=True)) == [(series, period) for period in PERIODS for series in SERIES]
    assert cells["line"] == [line_of(at) for at in range(CELLS)]
    assert len(violated_by(ORIGINAL)) == 0


@pytest.mark.parametrize("seed", range(4))
def test_all_that_explains_an_issue_alone_is_in_doubt_and_nothing_else(seed):
    """Where rounding has used up what an identity allows, one unit more breaks it alone, and up to thirteen figures explain it."""
    rng = random.Random(seed)  # noqa: S311  # to be repeated, no secret
    figures, sizes = rounded(rng), set()
    assert len(violated_by(figures)) == 0
    for at in rng.sample(range(CELLS), 40):
        wrong = figures.copy()
        wrong[at] += rng.choice((-1, 1, -1, 1, 3, -8, 100))
        expected = _expected(wrong)
        if len(expected) != 1:
            assert expected == []
            continue
        (issue,) = _examined(wrong)
        assert set(issue.withheld) == expected[0]
        assert at in expected[0]
        sizes.add(len(expected[0]))
    assert min(sizes) == 1 and len(sizes) > 2


def test_the_tables_of_a_proof_withhold_all_suspects_that_explain_it_alone():
    rng = random.Random(9)  # noqa: S311
    figures = rounded(rng)
    wrong = next(
        other for at in range(CELLS) for other in [figures + (np.arange(CELLS) == at)] if [len(each) for each in _expected(other)] == [3]
    )
    proof = _proof(wrong)
    lines = {line_of(at) for at in _expected(wrong)[0]}
    assert set(proof.in_doubt["line"]) == lines and len(proof.in_doubt) == 3
    assert set(proof.suspects.loc[proof.suspects["is_withheld"], "line"]) == lines
    assert proof.issues["withheld"].tolist() == [3]
    assert proof.issues["certainty"].tolist() != ["certain"]


@pytest.mark.parametrize("count", [2, 3])
def test_several_wrong_figures_are_all_held(count):
    """Two withhold just what brute force says; of three that hang together no cell explains all, and still each is held."""
    rng, apart, together = random.Random(count), 0, 0  # noqa: S311
    for _ in range(60 // count):
        planted = set(rng.sample(range(CELLS), count))
        wrong = rounded(rng)
        for at in planted:
            wrong[at] += rng.choice((4, 9, -40, 500))
        expected, issues = _expected(wrong), _examined(wrong)
        held = set().union(*(issue.withheld for issue in issues))
        assert planted <= held
        if count == 2:
            assert held == set().union(*expected)
        apart += len(expected) > 1
        together += len(expected) == 1
    assert apart and together


def test_a_price_and_its_change_are_in_doubt_with_every_value_tried():
    """Two indexes and the change between them, the change printed twice: each figure tries all values of its decimals."""
    place = {"series": "imports.end_use.all_commodities", "table": "price_indexes", "row": 1, "line": 1, "end": 5, "text": "", "flags": ""}
    again = place | {"table": "price_changes", "row": 2, "line": 2}
    months = ("2018-06", "2018-07")
    for change, other in (("-0.1", "-0.1"), ("0.1", "-0.1"), ("0.1", "0.1"), ("5.0", "0.3"), ("-0.1", "0.0")):
        rows = [  # the positions 0 to 3
            place | {"measure": "index", "period": months[0], "value": 128.1, "decimals": 1, "column": "earlier"},
            place | {"measure": "index", "period": months[1], "value": 128.0, "decimals": 1, "column": "later"},
            place | {"measure": "percent_change", "period": "/".join(months), "value": float(change), "decimals": 1, "column": "change"},
            again | {"measure": "percent_change", "period": "/".join(months), "value": float(other), "decimals": 1, "column": "change"},
        ]
        printed = [Fraction(str(row["value"])) for row in rows]
        issues = examine(Facts.of_frame(pd.DataFrame(rows).assign(start=range(4))), "mxp", "2018-08")[1]
        held = set().union(*(issue.withheld for issue in issues))
        explains = {
            at for at in range(4) if any(_prices_hold([*printed[:at], Fraction(n, 10), *printed[at + 1 :]]) for n in range(-990, 3000))
        }
        assert held == (set() if _prices_hold(printed) else explains or {0, 1, 2, 3})


def _prices_hold(figures):
    """A change is that of the indexes as printed, within half a tenth; two prints of it are the same."""
    earlier, later, change, other = figures
    if earlier <= 0 or later <= 0:
        return False
    exact = 100 * (later / earlier - 1)
    return change == other and abs(exact - change) <= Fraction(1, 20)
