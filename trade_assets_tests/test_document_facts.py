"""The facts of a document as columns: what stands in them, in which order, and as which integers."""

import numpy as np
import pandas as pd
import pytest

from trade_assets.identities.document_facts import Facts, Figures
from trade_assets.identities.forms import Printed
from trade_assets.reading.cells import CELL_COLUMNS, ROW_COLUMNS, Reading, Where
from trade_assets_tests.printed_facts import facts_of

PLACE = ["table", "row", "column", "line", "start", "end", "text", "flags", "sheet", "cell", "page", "box"]


def _columns(names, rows):
    return {name: [row.get(name) for row in rows] for name in names}


def _reading(cells, rows=()):
    found = Reading.__new__(Reading)
    found.cells, found.rows = _columns(CELL_COLUMNS, cells), _columns(ROW_COLUMNS, rows)
    return found


def _cell(table, row, column, series, measure, period, value, decimals, **others):
    names = ("table", "row", "column", "series", "measure", "period", "value", "decimals")
    return dict(zip(names, (table, row, column, series, measure, period, value, decimals), strict=True)) | others


GOODS = _cell("t1", 1, "c1", "goods", "value", "2001-01", 12.5, 1, line=3, start=4, end=8, text="12.5", flags="revised", page=2)
SERVICES = _cell("t1", 1, "c2", "services", "value", "2001-01", None, None, line=3, start=9, end=10, text="-", flags="", box="1 2 3 4")
OTHER = _cell("t2", 1, "c1", "other", "value", "2001-01", 7.0, 0, line=9, start=0, end=1, text="7", sheet="S", cell="B8")


def test_a_reading_keeps_the_order_of_its_cells_and_where_they_stand():
    facts = Facts.of_reading(_reading([GOODS, SERVICES, OTHER]))
    assert facts.keys == [("goods", "value", "2001-01"), ("services", "value", "2001-01"), ("other", "value", "2001-01")]
    assert len(facts) == 3
    assert facts.figures.scaled.tolist() == [125, 0, 7] and facts.figures.decimals.tolist() == [1, 0, 0]
    assert facts.figures.is_missing.tolist() == [False, True, False]
    assert list(facts.place) == PLACE
    assert facts.place["table"] == ["t1", "t1", "t2"] and facts.place["column"] == ["c1", "c2", "c1"]
    assert facts.place["line"] == [3, 3, 9] and facts.place["start"] == [4, 9, 0] and facts.place["end"] == [8, 10, 1]
    assert facts.place["text"] == ["12.5", "-", "7"] and facts.place["flags"] == ["revised", "", None]
    assert facts.place["sheet"] == [None, None, "S"] and facts.place["cell"] == [None, None, "B8"]
    assert facts.place["page"] == [2, None, None] and facts.place["box"] == [None, "1 2 3 4", None]


def test_a_row_without_figures_is_a_gap_in_each_column_of_its_table_and_of_no_other():
    again = _cell("t1", 2, "c1", "goods", "value", "2001-02", 3.0, 0, line=4, start=4, end=5, text="3", flags="")
    rows = [
        {"table": "t1", "row": 1, "period": "2001-01", "gap": None},
        {"table": "t1", "row": 3, "period": "2001-03", "gap": "not_yet_released"},
        {"table": "t1", "row": 4, "period": "2001-04", "gap": "not_yet_released"},
    ]
    facts = Facts.of_reading(_reading([GOODS, SERVICES, OTHER, again], rows))
    assert facts.keys[4:] == [
        ("goods", "value", "2001-03"),
        ("services", "value", "2001-03"),
        ("goods", "value", "2001-04"),
        ("services", "value", "2001-04"),
    ]
    assert facts.figures.is_missing.tolist() == [False, True, False, False, True, True, True, True]
    assert facts.place["table"][4:] == ["t1"] * 4
    assert facts.place["row"][4:] == [3, 3, 4, 4] and facts.place["column"][4:] == ["c1", "c2", "c1", "c2"]
    assert all(facts.place[name][4:] == [None] * 4 for name in PLACE[3:])
    assert {len(column) for column in facts.place.values()} == {8}


def test_a_frame_says_where_its_facts_stand_as_far_as_it_knows():
    frame = pd.DataFrame(
        {
            "series": ["a", "b"], "measure": ["value", "index"], "period": pd.array(["2001-01", None], dtype="string"),
            "value": pd.array([1.25, None], dtype="Float64"), "decimals": pd.array([2, None], dtype="Int64"),
            "line": pd.array([7, None], dtype="Int64"), "table": ["t", "u"], "unknown": [1, 2],
        }
    )  # fmt: skip
    facts = Facts.of_frame(frame)
    assert facts.keys == [("a", "value", "2001-01"), ("b", "index", None)]
    assert facts.place == {"table": ["t", "u"], "line": [7, None]}
    assert (facts.printed(0), facts.figures.is_missing.tolist()) == (Printed(125, 2), [False, True])


@pytest.mark.parametrize(
    ("flags", "is_marked"),
    [("revised", True), ("estimate revised", True), ("revised estimate", True), ("revised2", False), ("", False), (None, False)],
)
def test_a_mark_is_one_of_the_words_of_the_flags(flags, is_marked):
    facts = Facts([("a", "value", None)], Figures(np.array([1.0]), np.array([0.0])), {"flags": [flags]})
    assert facts.has_mark(0, "revised") is is_marked


def test_without_flags_nothing_is_marked():
    facts = Facts([("a", "value", None)] * 2, Figures(np.array([1.0, 2.0]), np.array([0.0, 0.0])))
    assert not facts.has_mark(1, "revised") and facts.place == {} and len(facts) == 2


def test_the_label_is_judged_by_the_first_print_of_each_figure_that_is_there(monkeypatch):
    from decimal import Decimal

    from trade_assets.identities import document_facts

    asked = []

    def judge(*given):
        asked.append(given)
        return f"label {len(asked)}"

    monkeypatch.setattr(document_facts, "judge", judge)
    facts = facts_of(
        ("a", "value", "2001-01", "1.50"), ("a", "value", "2001-02", ""), ("a", "index", "2001-03", "3"), ("b", "value", "2001-04", "4"),
        ("a", "value", None, "5"), ("a", "value", "2001-01", "6"), ("a", "value", "2001-05", "-0.7"),
    )  # fmt: skip
    assert facts.label("a", "value") == "label 1"
    assert asked == [("a", "value", {"2001-01": Decimal("1.50"), "2001-05": Decimal("-0.7")})]
    assert str(asked[0][2]["2001-01"]) == "1.50"
    assert (facts.label("a", "value"), facts.label("b", "value"), facts.label("a", "index"), facts.label("a", "value")) == (
        "label 1", "label 2", "label 3", "label 1",
    )  # fmt: skip
    assert asked[1:] == [("b", "value", {"2001-04": Decimal(4)}), ("a", "index", {"2001-03": Decimal(3)})]


# Figures as integers


def test_figures_are_integers_at_their_own_decimals_and_at_the_most_of_any():
    figures = Figures(np.array([1.5, np.nan, -2.0, 0.125]), np.array([1.0, 4.0, 0.0, 3.0]))
    assert figures.scaled.tolist() == [15, 0, -2, 125] and figures.decimals.tolist() == [1, 0, 0, 3]
    assert figures.digits == 3
    assert figures.common.tolist() == [1500, 0, -2000, 125]
    assert figures.resolution.tolist() == [100, 1000, 1000, 1]
    assert figures.is_missing.tolist() == [False, True, False, False]
    assert figures.gaps.tolist() == [False, True, False, False, True]
    assert figures.scaled.dtype == figures.common.dtype == np.int64


def test_no_figures_at_all():
    figures = Figures(np.array([]), np.array([]))
    assert (figures.digits, figures.gaps.tolist(), figures.scaled.tolist()) == (0, [True], [])


@pytest.mark.parametrize(
    ("largest", "decimals", "dtype"),
    # 2 · L · (200 · 10^d + L) for L = largest · 10^2d stays below 2^62 for 1.5186e9 at no decimals, and for 15,186 at two.
    [
        (1_518_500_000.0, 0, np.int64),
        (1_518_500_150.0, 0, object),
        (151_840.0, 2, np.int64),
        (151_860.0, 2, object),
        (-151_860.0, 2, object),
    ],
)
def test_large_figures_are_integers_without_bounds(largest, decimals, dtype):
    figures = Figures(np.array([largest]), np.array([float(decimals)]))
    assert figures.scaled.dtype == figures.common.dtype == figures.resolution.dtype == dtype
    assert figures.scaled.tolist() == [int(largest) * 10**decimals]
    assert all(type(each) is int for each in figures.scaled.tolist())


def test_replaced_figures_stand_beside_the_others():
    figures = Figures(np.array([1.5, np.nan, -2.25, 4.0]), np.array([1.0, 0.0, 2.0, 0.0]))
    changed = figures.replaced({1: Printed(77, 1), 3: Printed(-5, 3)})
    assert changed.scaled.tolist() == [15, 77, -225, -5] and changed.decimals.tolist() == [1, 1, 2, 3]
    assert changed.is_missing.tolist() == [False] * 4
    assert figures.is_missing.tolist() == [False, True, False, False], "the former ones stay"
    kept = figures.replaced({})
    assert kept.scaled.tolist() == figures.scaled.tolist() and kept.is_missing.tolist() == figures.is_missing.tolist()


def test_a_place_that_no_format_has_is_of_none():
    assert Where() == (None, None, None, None)
