"""As-of reads of a million prints, beside what people write without the store: SQL with a window, pandas, and merge_asof.

All answer the same question, which figure of each fact was current on a day, from the same 400 monthly releases, and
must give the same figures. Times are the best of several, taken in turns; the ratio is that of the other to ours.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from trade_assets.facts.frames import conform
from trade_assets.facts.periods import add_months, last_day
from trade_assets.facts.tables import IN_DATABASE, PRINTS
from trade_assets.vintages.history import Vintages, refresh_history
from trade_assets.vintages.knowledge import knowledge
from trade_assets.warehouse import database
from trade_assets.warehouse.partitions import read_months, write_partition
from trade_assets.warehouse.root import DataRoot

RELEASES, PERIODS, REPEATS, LIMIT_MS = 400, 280, 5, 100.0
FIRST, ASKED = "1991-01", "2015-06"
SERIES = [f"{flow}.{kind}" for flow in ("balance", "exports", "imports") for kind in ("total", "goods", "services")]


def build(root: DataRoot) -> int:
    """Write the releases; how many prints they hold."""
    random = np.random.default_rng(20261124)
    count = 0
    for number in range(RELEASES):
        month = add_months(FIRST, number)
        periods = [add_months(month, -2 - back) for back in range(PERIODS)]
        frame = pd.DataFrame([(series, period) for series in SERIES for period in periods], columns=["series", "period"])
        frame = frame.assign(value=random.integers(-(10**5), 10**5, len(frame)).astype(float), table="goods_and_services")
        frame["printed_value"] = frame["value"]
        prints = conform(
            frame, PRINTS, release_month=month, family="ft900", product="", sha256=f"{number:064x}", edition=1, is_current=True,
            known_from=last_day(month), known_from_is="month", measure="value", decimals=0, unit="million_usd",
            printed_decimals=0,
            reference_month=add_months(month, -2), release_number=1, seasonal_adjustment="seasonally adjusted",
            base_period=None, flags="", gap=None, held_by=None, corrected_value=None,
            corrected_decimals=None, line=1, start=0, sheet=None, cell=None, page=None, box=None,
        )  # fmt: skip
        write_partition(root, PRINTS, month, prints)
        count += len(prints)
    return count


def best(ways: dict[str, Callable[[], pd.DataFrame]]) -> dict[str, tuple[float, pd.DataFrame]]:
    """The best time of each way in milliseconds, and what it gave; the ways take turns."""
    times, given = {name: float("inf") for name in ways}, {}
    for _ in range(REPEATS):
        for name, way in ways.items():
            start = time.perf_counter()
            given[name] = way()
            times[name] = min(times[name], 1000 * (time.perf_counter() - start))
    return {name: (times[name], given[name]) for name in ways}


def figures(frame: pd.DataFrame) -> pd.Series:
    """The figures by fact, for comparison."""
    plain = frame.astype({"series": "object", "period": "object", "value": "float64"})
    return plain.set_index(["series", "period"])["value"].sort_index()


def main() -> None:
    """Print the times, their ratios and the target."""
    with tempfile.TemporaryDirectory() as folder:
        root = DataRoot(str(Path(folder) / "data"))
        start = time.perf_counter()
        count = build(root)
        written = time.perf_counter() - start
        start = time.perf_counter()
        refresh_history(root)
        print(f"{count:,} prints of {RELEASES} releases: written in {written:.1f} s, history made in {time.perf_counter() - start:.1f} s")
        database.refresh(root, IN_DATABASE)
        day = last_day(ASKED)
        memory = read_months(root, PRINTS, [add_months(FIRST, number) for number in range(RELEASES)])
        with Vintages(root) as vintages, duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as sql:
            sql.execute("CREATE TEMP TABLE prints AS SELECT * FROM vintages.prints")
            window = """SELECT * FROM prints WHERE known_from <= ? QUALIFY 1 = row_number() OVER (
                PARTITION BY family, series, measure, period ORDER BY known_from DESC, release_month DESC)"""
            fact = ["family", "series", "measure", "period"]

            def until() -> pd.DataFrame:
                return memory[memory["known_from"] <= day]

            ways: dict[str, Callable[[], pd.DataFrame]] = {
                "Vintages.as_known": lambda: vintages.as_known(day, "ft900"),
                "SQL: vintages.as_known": lambda: sql.execute("SELECT * FROM vintages.as_known(?)", [day]).df(),
                "SQL window over all prints in memory": lambda: sql.execute(window, [day]).df(),
                "pandas: last of each group, prints in memory": lambda: until().groupby(fact, as_index=False).last(),
                "pandas: drop_duplicates, prints in memory and in order": lambda: until().drop_duplicates(fact, keep="last"),
            }
            found = best(ways)
            ours, expected = found["Vintages.as_known"][0], figures(found["Vintages.as_known"][1])
            for name, (milliseconds, frame) in found.items():
                pd.testing.assert_series_equal(figures(frame), expected, check_names=False)
                target = f"; target {LIMIT_MS:.0f} ms: {'met' if milliseconds < LIMIT_MS else 'MISSED'}" if "as_known" in name else ""
                ratio = milliseconds / ours
                print(f"as known on {day}, {len(expected):,} facts: {milliseconds:8.1f} ms, {ratio:5.1f} times  {name}{target}")
            other = best(
                {
                    "as published in a month": lambda: vintages.as_published(ASKED),
                    "latest": vintages.latest,
                    "first print": lambda: vintages.nth_print(1),
                    "all prints of a period": lambda: vintages.revision_triangle("exports.goods", period="2000-01"),
                    "knowledge of a run, from the partitions until its month": lambda: knowledge(root, ASKED),
                }
            )
            for name, (milliseconds, frame) in other.items():
                print(f"{name}: {milliseconds:.1f} ms, {len(frame):,} rows")


if __name__ == "__main__":
    main()
