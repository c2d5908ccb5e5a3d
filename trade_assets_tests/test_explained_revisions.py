"""What explains a revision, row by row, of made components: their order, their words, and what is left."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from trade_assets.facts.frames import conform
from trade_assets.facts.tables import REVISIONS
from trade_assets.metrics import explanations as module
from trade_assets.metrics.explanations import explain_revisions

COMPONENTS = {
    "exports": {"one": ("exports.one", 1), "two": ("exports.two", 1), "less": ("exports.less", -1)},
    "balance": {"exports": ("exports.total", 1), "imports": ("imports.total", -1)},
}


def revisions(*changes: tuple[Any, ...], **of_all: Any) -> pd.DataFrame:
    """Revisions (series, old, new), figures as printed, and what differs from the usual."""
    rows = []
    for series, old, new, *others in changes:
        row = {"release_month": "2021-07", "family": "f", "product": "p", "reference_month": "2021-05", "sha256": "b" * 64,
               "series": series, "measure": "value", "period": "2021-04", "unit": "musd", "kind": "changed"}  # fmt: skip
        for which, said in (("old", old), ("new", new)):
            row |= {f"{which}_value": float(said), f"{which}_decimals": len(said.partition(".")[2])}
        rows.append(row | of_all | (others[0] if others else {}))
    silent = {
        column.name: False if column.kind == "bool" else "" if not column.is_nullable else None
        for column in REVISIONS.columns
        if column.name not in rows[0]
    }
    return conform(pd.DataFrame(rows), REVISIONS, **silent)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Component and contribution of each row of the first flow that is explained, and its sentences, each once."""
    monkeypatch.setattr(module, "parts", lambda *asked: {("metrics", "COMPONENTS"): {"f": COMPONENTS}}[asked])

    def of(*changes: tuple[Any, ...], **of_all: Any) -> tuple[list[tuple[Any, ...]], list[str]]:
        frame = explain_revisions(revisions(*changes, **of_all))
        frame = frame[frame["flow"] == frame["flow"].iloc[0]]
        rows = [tuple(None if pd.isna(each) else each for each in row) for row in frame[["component", "contribution"]].to_numpy().tolist()]
        return rows, frame["sentence"].drop_duplicates().tolist()

    return of


def test_the_component_that_moved_most_is_first_whichever_way(told: Any) -> None:
    rows, said = told(("exports.total", "1000", "3000"), ("exports.one", "100", "600"), ("exports.less", "900", "100"),
                      ("exports.two", "1", "702"))  # fmt: skip
    assert rows == [("less", 800), ("two", 701), ("one", 500), ("rounding", -1)]
    assert said == ["2021-04 exports were revised by 2,000: less 800, two 701, one 500, rounding -1"]


def test_components_that_moved_alike_stand_as_they_are_declared(told: Any) -> None:
    rows, said = told(("exports.total", "10", "20"), ("exports.two", "1", "6"), ("exports.one", "1", "6"))
    assert rows == [("one", 5), ("two", 5), ("less", 0), ("rounding", 0)]
    assert said == ["2021-04 exports were revised by 10: one 5, two 5"]


@pytest.mark.parametrize(
    ("total", "left"),
    # Each of the four figures may have moved by half a unit of both its prints: 4, or 0.4 where all are printed with a tenth.
    [(("100", "109"), "rounding"), (("100", "110"), "unexplained"), (("100", "101"), "rounding"), (("100", "99"), "unexplained")],
)
def test_what_is_left_is_rounding_within_what_all_figures_allow(told: Any, total: tuple[str, str], left: str) -> None:
    rows, _ = told(("exports.total", *total), ("exports.one", "10", "15"))
    assert rows[-1][0] == left


def test_what_is_unchanged_is_printed_as_coarsely_as_the_coarsest_of_its_neighbours(told: Any) -> None:
    """0.1 for a total in tenths, and 0.55 for each of three as one is that was whole: 1.75 together."""
    for total, left in (("101.7", "rounding"), ("101.8", "unexplained")):
        rows, _ = told(("exports.total", "100.0", total), ("exports.one", "10", "10.0"))
        assert rows[-1] == (left, pytest.approx(float(total) - 100))
    rows, _ = told(("exports.total", "100.0", "100.5"), ("exports.one", "10.0", "10.1"))
    assert rows[-1] == ("rounding", 0.4)
    rows, said = told(("exports.total", "100.0", "100.6"), ("exports.one", "10.0", "10.1"))
    assert rows[-1] == ("unexplained", 0.5) and said == ["2021-04 exports were revised by 0.6: one 0.1, unexplained 0.5"]


def test_each_document_and_period_is_explained_by_itself(told: Any) -> None:
    rows, said = told(
        ("exports.total", "10", "20", {"period": "2021-05"}), ("exports.total", "10", "15"), ("exports.one", "1", "6"),
        ("exports.total", "10", "12", {"product": "a"}), ("exports.one", "1", "9", {"measure": "value_last_month"}),
        ("exports.total", "10", "19", {"family": "g"}), ("exports.total", "10", "19", {"period": None}),
    )  # fmt: skip
    assert said == [
        "2021-04 exports were revised by 2: rounding 2", "2021-04 exports were revised by 5: one 5",
        "2021-05 exports were revised by 10: unexplained 10",
    ]  # fmt: skip
    assert len(rows) == 12


def test_a_fact_that_is_revised_twice_is_an_error(told: Any) -> None:
    with pytest.raises(ValueError, match=r"^two revisions of exports\.one 2021-04 in 2021-07 p$"):
        told(("exports.one", "1", "2"), ("exports.one", "1", "3"))


def test_the_rows_say_of_what_they_are(told: Any) -> None:
    frame = explain_revisions(revisions(("exports.total", "10", "20"), ("exports.one", "1", "6")))
    assert frame["flow"].eq("exports").all() and frame["total_revision"].eq(10).all()
    assert frame["share_pct"].tolist() == [50, 0, 0, 50]
    for name, value in (
        ("release_month", "2021-07"),
        ("product", "p"),
        ("reference_month", "2021-05"),
        ("period", "2021-04"),
        ("family", "f"),
    ):
        assert frame[name].eq(value).all()
    assert frame["unit"].eq("musd").all() and frame["sha256"].eq("b" * 64).all() and frame["gap"].isna().all()


def test_a_balance_was_and_its_imports_count_the_other_way(told: Any) -> None:
    rows, said = told(("balance.total", "-10", "-12"), ("imports.total", "20", "22"))
    assert rows == [("imports", -2), ("exports", 0), ("rounding", 0)]
    assert said == ["2021-04 balance was revised by -2: imports -2"]
