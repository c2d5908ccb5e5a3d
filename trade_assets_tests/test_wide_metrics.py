"""Wide tables of metrics, of a made table: a row per period of each release, its metrics or why they are missing."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from trade_assets.facts.period_rules import OWN
from trade_assets.facts.schemas import Column, Computed, Fact, Table
from trade_assets.metrics import wide as module
from trade_assets.metrics.formulas import Case, Definition, Operand, Window, printed
from trade_assets.metrics.registry import Metrics, WideMetrics
from trade_assets.metrics.wide import metrics_of

KEY = (Column("reference_month", "string", "."), Column("period", "string", "."))
SOURCE = Table(
    "validated", "source", ".",
    (
        *KEY,
        *(Column(f"{kind}_musd", "float", ".", "musd", holds=Fact(f"exports.{kind}", "value", OWN)) for kind in ("goods", "services")),
        *(Column(f"{kind}_decimals", "int", ".") for kind in ("goods", "services")),
        Column("gaps", "string", "."),
    ),
    key=("reference_month", "period"),
)  # fmt: skip
WIDE = Table(
    "metrics", "made", ".",
    (
        *KEY,
        *(
            Column(name, "float", ".", computes=Computed(metric, series, unless))
            for name, metric, series, unless in (
                ("value", "v", "exports.goods", {}), ("change", "d", "exports.goods", {}), ("ratio", "q", "exports.goods", {}),
                ("other", "v", "imports.goods", {}), ("never", "d", "exports.goods", {"exports.*": "not_of_exports"}),
            )
        ),
        Column("gaps", "string", "."),
    ),
    key=("reference_month", "period"),
)  # fmt: skip
DEFINITIONS = (
    printed("v", "musd", "value"),
    Definition("d", "", "musd", "ours", "", (Case(".+", (Operand(1, "{series}"), Operand(-1, "{series}", Window(1)))),)),
    Definition("q", "", "", "ours", "", (Case(r"exports\.goods", (Operand(1, "exports.goods"),), (Operand(1, "exports.services"),)),)),
)
ALWAYS = {"other": "operand_not_printed", "never": "not_of_exports"}


def source(*rows: tuple[Any, ...], release: str = "2001-04") -> pd.DataFrame:
    """Rows of (period, goods, services, gaps)."""
    frame = pd.DataFrame(
        [
            {
                "reference_month": release, "period": period, "goods_musd": goods, "services_musd": services,
                "goods_decimals": None if goods is None else 0, "services_decimals": None if services is None else 0, "gaps": gaps,
            }
            for period, goods, services, gaps in rows
        ]
    )  # fmt: skip
    return frame.astype(SOURCE.dtypes)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The rows of the wide table, by release and period: what is there, and why the rest is not."""
    wide = (WideMetrics(WIDE, lambda frame: frame[["reference_month", "period"]]),)
    monkeypatch.setattr(module, "metrics_declared", lambda: {"f": Metrics((SOURCE,), wide, DEFINITIONS)})

    def of(*frames: pd.DataFrame) -> dict[tuple[str, str], tuple[dict[str, float], dict[str, str]]]:
        (name, frame), *others = metrics_of("f", {"source": pd.concat(frames), "unused": pd.DataFrame()}).items()
        assert (name, others) == ("made", []) and {each: str(dtype) for each, dtype in frame.dtypes.items()} == WIDE.dtypes
        found = {}
        for row in frame.to_dict("records"):
            values = {each: row[each] for each in WIDE.metrics if not pd.isna(row[each])}
            gaps = dict(each.split(": ") for each in row["gaps"].split("; ") if each)
            assert not values.keys() & gaps.keys() and values.keys() | gaps.keys() == set(WIDE.metrics)
            assert {name: gaps.pop(name) for name in ALWAYS} == ALWAYS
            found[row["reference_month"], row["period"]] = values, gaps
        return found

    return of


def test_a_row_has_its_metrics_or_why_it_has_none(made: Any) -> None:
    found = made(source(("2001-01", 6.0, 3.0, ""), ("2001-02", 8.0, 2.0, "")))
    assert found == {
        ("2001-04", "2001-01"): ({"value": 6, "ratio": 2}, {"change": "operand_not_printed"}),
        ("2001-04", "2001-02"): ({"value": 8, "ratio": 4, "change": 2}, {}),
    }


def test_each_release_has_its_own_in_order(made: Any) -> None:
    later, earlier = source(("2001-02", 8.0, 2.0, ""), release="2001-05"), source(("2001-01", 6.0, 3.0, ""), ("2001-02", 7.0, 1.0, ""))
    found = made(later, earlier)
    assert list(found) == [("2001-04", "2001-01"), ("2001-04", "2001-02"), ("2001-05", "2001-02")]
    assert [values.get("change") for values, _ in found.values()] == [None, 1, None]
    assert found["2001-05", "2001-02"] == ({"value": 8, "ratio": 4}, {"change": "operand_not_printed"})


def test_figures_are_taken_as_they_are_printed(made: Any) -> None:
    """No rounding is allowed for: what is divided by 0.0 is, and by the least figure is not."""
    found = made(source(("2001-01", 6.0, 0.0, ""), ("2001-02", 8.0, 1.0, "")))
    assert found["2001-04", "2001-01"] == ({"value": 6}, {"change": "operand_not_printed", "ratio": "divisor_is_zero"})
    assert found["2001-04", "2001-02"][0]["ratio"] == 8


def test_reasons_stand_in_the_order_in_which_the_release_gives_them_each_once(made: Any) -> None:
    found = made(
        source(
            ("2001-01", None, 3.0, "goods_musd: suppressed"),
            ("2001-02", None, None, "goods_musd: not_published; services_musd: a_reason"),
            ("2001-03", None, 2.0, "goods_musd: suppressed"),
            ("2001-04", None, 2.0, "goods_musd: suppressed"),
        )
    )
    gaps = {period: said for (_, period), (_, said) in found.items()}
    assert gaps["2001-01"] == {"value": "suppressed", "change": "operand_not_printed", "ratio": "suppressed"}
    assert gaps["2001-02"] == {"value": "not_published", "change": "suppressed, not_published", "ratio": "not_published, a_reason"}
    assert gaps["2001-03"]["change"] == "suppressed, not_published" and gaps["2001-04"]["change"] == "suppressed"


def test_what_is_said_of_every_figure_is_said_of_each(made: Any) -> None:
    found = made(source(("2001-01", None, None, "every figure: suppressed")))
    assert found["2001-04", "2001-01"][1] == {"value": "suppressed", "change": "operand_not_printed", "ratio": "suppressed"}


@pytest.mark.parametrize("count", [40, 41])
def test_more_issues_than_anybody_reads_are_several(made: Any, count: int) -> None:
    months = [f"20{at // 12:02d}-{at % 12 + 1:02d}" for at in range(count)]
    rows = [(month, None, 1.0, f"goods_musd: withheld_by_issue_{at:02d}") for at, month in enumerate(months)]
    gaps = [said for _, said in made(source(*rows, ("2009-01", None, 1.0, "goods_musd: suppressed"))).values()]
    if count == 40:
        assert gaps[39]["change"] == "withheld_by_issue_38, withheld_by_issue_39"
    else:
        assert gaps[39]["change"] == gaps[39]["value"] == "withheld_by_issue_several"
    assert gaps[-1]["value"] == "suppressed"


def test_a_hole_in_the_rows_is_not_printed(made: Any) -> None:
    found = made(source(("2001-01", 6.0, 3.0, ""), ("2001-03", 8.0, None, "services_musd: suppressed")))
    assert found["2001-04", "2001-03"] == ({"value": 8}, {"change": "operand_not_printed", "ratio": "suppressed"})


def test_years_stand_in_their_own_line_and_other_periods_in_none(made: Any) -> None:
    found = made(
        source(("2001", 6.0, 3.0, ""), ("2002", 9.0, 3.0, ""), ("2001-02/2001-05", 9.0, 3.0, ""), ("2001-01/2001-05", 4.0, 2.0, ""))
    )
    assert found["2001-04", "2002"] == ({"value": 9, "change": 3, "ratio": 3}, {})
    assert found["2001-04", "2001-01/2001-05"] == ({"value": 4, "ratio": 2}, {"change": "operand_not_printed"})
    assert found["2001-04", "2001-02/2001-05"] == ({}, dict.fromkeys(("value", "change", "ratio"), "operand_not_printed"))


def test_a_release_without_rows_has_no_metrics(made: Any) -> None:
    assert made(source(("2001-01", 6.0, 3.0, "")).iloc[:0]) == {}
