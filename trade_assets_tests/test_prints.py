"""What a document printed, fact by fact: of two prints of a fact the one that says most, unless it is withheld."""

import pandas as pd
import pytest

from trade_assets.documents.parse import parse_documents
from trade_assets.documents.store import content, survey
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import CORRECTIONS, IN_DOUBT
from trade_assets.vintages.prints import prints_of
from trade_assets_tests.made_release import FIGURES, MONTH, PERIODS, SERIES
from trade_assets_tests.made_store import MadeStore

FACT = (SERIES[0], "value", PERIODS[0])
FIGURE = FIGURES[0][0]


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """The made release as the store has it, with its parsed tables."""
    store = MadeStore(tmp_path_factory.mktemp("prints"))
    found, _ = survey(store.root, MONTH)
    return found, parse_documents(MONTH, [(document, is_current, content(store.root, document)) for document, is_current in found])


def _told(documents, *others, held=(), corrected=()):
    """The print of the fact, where the document prints it at other places too: (value, decimals) on lines from 1000 on, or before all."""
    found, parsed = documents
    own = parsed.cells.iloc[:1]
    assert (own["series"].iloc[0], own["period"].iloc[0], own["value"].iloc[0], own["decimals"].iloc[0]) == (FACT[0], FACT[2], FIGURE, 0)
    before = [own.assign(value=value, decimals=decimals, line=line) for line, value, decimals in others if line == 0]
    behind = [own.assign(value=value, decimals=decimals, line=line) for line, value, decimals in others if line]
    cells = pd.concat([*before, parsed.cells, *behind], ignore_index=True).astype(parsed.cells.dtypes)
    doubt, corrections = empty(IN_DOUBT), empty(CORRECTIONS)
    if held:
        rows = cells[cells["line"].isin(held)]
        doubt = rows[["sha256", "line", "start"]].assign(issue="0" * 12)
    if corrected:
        rows = cells[cells["line"].isin(corrected)]
        corrections = rows[["sha256", "line", "start"]].assign(corrected_value=5.5, corrected_decimals=1)
    prints = prints_of(parsed._replace(cells=cells), found, doubt, corrections)
    assert len(prints) == len(parsed.cells)  # each fact once
    (row,) = prints[(prints["series"] == FACT[0]) & (prints["period"] == FACT[2])].to_dict("records")
    return tuple(None if pd.isna(row[name]) else row[name] for name in ("value", "decimals", "printed_value", "held_by"))


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([], (FIGURE, 0, FIGURE, None)),
        # A gap says nothing, wherever it stands; a figure without decimals says more.
        ([(0, None, None)], (FIGURE, 0, FIGURE, None)), ([(1000, None, None)], (FIGURE, 0, FIGURE, None)),
        # The more decimals the better; of two alike the first.
        ([(0, 1.25, 2)], (1.25, 2, 1.25, None)), ([(1000, 1.25, 2)], (1.25, 2, 1.25, None)),
        ([(1000, 1.25, 2), (1001, 1.5, 2), (1002, 1.1, 1)], (1.25, 2, 1.25, None)), ([(0, 9.0, 0)], (9.0, 0, 9.0, None)),
        ([(1000, 9.0, 0)], (FIGURE, 0, FIGURE, None)),
    ],
)  # fmt: skip
def test_of_several_prints_the_most_precise_and_of_these_the_first(documents, others, told):
    assert _told(documents, *others) == told


def test_a_print_that_is_withheld_leaves_the_word_to_another(documents):
    line = int(documents[1].cells["line"].iloc[0])
    assert _told(documents, (1000, 1.25, 2), held=[1000]) == (FIGURE, 0, FIGURE, None)
    assert _told(documents, (1000, 9.0, 0), held=[line]) == (9.0, 0, 9.0, None)
    # A gap at another place would hide the doubt.
    assert _told(documents, (1000, None, None), held=[line]) == (None, None, FIGURE, "0" * 12)
    assert _told(documents, (0, None, None), held=[line]) == (None, None, FIGURE, "0" * 12)
    assert _told(documents, held=[line]) == (None, None, FIGURE, "0" * 12)
    assert _told(documents, (1000, 1.25, 2), held=[line, 1000]) == (None, None, 1.25, "0" * 12)


def test_a_corrected_print_is_told_beside_what_is_printed(documents):
    line = int(documents[1].cells["line"].iloc[0])
    assert _told(documents, corrected=[line]) == (5.5, 1, FIGURE, None)
    assert _told(documents, corrected=[line], held=[line]) == (None, None, FIGURE, "0" * 12)
