"""The month that BLS never published: October 2025, from the series file to every metric that would have to cross it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from trade_assets.documents.ingest import ingest
from trade_assets.facts.periods import add_months, months_between
from trade_assets.facts.tables import METRIC_FIGURES
from trade_assets.families.mxp.tables import INDEX_LEVELS
from trade_assets.vintages.history import Vintages
from trade_assets.vintages.knowledge import knowledge
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.shown import read_rows
from trade_assets_tests.test_chain import _run

MISSING = "2025-10"
RELEASE = "2026-11"
SERIES = {"EIUIR": "imports.end_use.all_commodities", "EIUIQ": "exports.end_use.all_commodities"}
UNAVAILABLE = "\"[{'code': 'X', 'text': 'Data unavailable due to the 2025 lapse in appropriations.'}]\""


def _level(name: str, period: str) -> str:
    return f"{140 + (7 * int(period[5:]) + int(period[3]) + len(name) + ord(name[-1])) % 13 / 10:.1f}"


def _file(name: str, latest: str) -> str:
    lines = ["series_id,year,period,periodName,value,footnotes,latest"]
    for period in months_between("2024-01", latest):
        year, number = period.split("-")
        value, note = ("-", UNAVAILABLE) if period == MISSING else (_level(name, period), "[{}]")
        lines.append(f"{name},{year},M{number},,{value},{note},")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    folder = tmp_path_factory.mktemp("suppressed")
    root = DataRoot(str(folder / "data"))
    for name in SERIES:
        file = Path(folder, f"{RELEASE}.{name}.csv")
        file.write_text(_file(name, "2026-10"), encoding="utf-8")
        ingest(root, file)
    (run,) = _run(root, [RELEASE])
    assert run.is_success
    assert [check for _, check, is_warning, _ in run.red if not is_warning] == []
    return root


@pytest.fixture(scope="module")
def figures(root: DataRoot) -> pd.DataFrame:
    return read_rows(root, METRIC_FIGURES, RELEASE)


def test_the_month_is_a_gap_with_its_reason_all_the_way(root: DataRoot) -> None:
    levels = read_partition(root, INDEX_LEVELS, RELEASE)
    gap = levels[levels["period"] == MISSING]
    assert gap["index"].isna().all()
    assert set(gap["gaps"]) == {"every figure: suppressed"}
    assert levels.loc[levels["period"] != MISSING, "index"].notna().all()
    known = knowledge(root, RELEASE)
    assert set(known.loc[known["period"] == MISSING, "gap"]) == {"suppressed"}
    with Vintages(root) as vintages:
        known_then = vintages.as_known("2026-12-01")
        assert set(known_then.loc[known_then["period"] == MISSING, "gap"]) == {"suppressed"}


@pytest.mark.parametrize("months", [1, 3, 12])
@pytest.mark.parametrize("series", SERIES.values())
def test_no_change_crosses_the_hole(figures: pd.DataFrame, months: int, series: str) -> None:
    name = f"index_change_{months}_month{'s' if months > 1 else ''}_pct"
    changes = figures[(figures["metric"] == name) & (figures["series"] == series)].set_index("period")
    first = add_months("2024-01", months)
    assert changes.index.tolist() == months_between(first, "2026-10")
    missing = {MISSING, add_months(MISSING, months)}
    assert set(changes.index[changes["value"].isna()]) == missing & set(changes.index)
    assert set(changes.loc[changes["value"].isna(), "gap"]) == {f"suppressed: {MISSING}"}
    letter = next(each for each, of in SERIES.items() if of == series)
    for period, row in changes[changes["value"].notna()].iterrows():
        now, then = (float(_level(letter, each)) for each in (str(period), add_months(str(period), -months)))
        assert row["value"] == pytest.approx(100 * (now / then - 1), abs=1e-12)


def test_the_changes_that_cannot_exist_are_these(figures: pd.DataFrame) -> None:
    none = figures[figures["value"].isna() & (figures["series"] == SERIES["EIUIR"])]
    of = {metric: sorted(group["period"]) for metric, group in none.groupby("metric")}
    assert of["index_change_1_month_pct"] == ["2025-10", "2025-11"]
    assert of["index_change_3_months_pct"] == ["2025-10", "2026-01"]
    assert of["index_change_12_months_pct"] == ["2025-10", "2026-10"]
    assert set(none["gap"]) == {"suppressed: 2025-10"}
    assert not figures["metric"].str.contains("annual").any()  # indexes are not seasonally adjusted


def test_the_ratio_of_both_names_both(figures: pd.DataFrame) -> None:
    ratio = figures[figures["metric"].str.contains("ratio|terms|export_over", regex=True)]
    assert len(ratio)
    hole = ratio[ratio["period"] == MISSING]
    assert hole["value"].isna().all()
    assert all(MISSING in gap for gap in hole["gap"])
