"""What README's query takes on a store of few months and on one of many, each time from the opening of the database.

    python benchmarks/queries.py [--months 50,398] [--times 15]

The table asked has the rows of a made release in each month, and the database the views that it has in a run. Ratios are of medians, to
the first store.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd

from trade_assets.facts.frames import conform
from trade_assets.facts.periods import add_months
from trade_assets.facts.tables import IN_DATABASE
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.warehouse import database
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot

LAST = "2016-11"
QUERY = f"""
SELECT period, exports_total_musd::INT AS exports, imports_total_musd::INT AS imports, balance_total_musd::INT AS balance
FROM validated.goods_and_services
WHERE release_month = '{LAST}' AND period_kind <> 'month' AND period >= '2012'
ORDER BY period
"""  # noqa: S608  # a constant
_ROWS = 325


def store_of(folder: Path, count: int) -> DataRoot:
    """A store of so many months, with the table's rows made up."""
    root = DataRoot.of(folder / str(count))
    made = {name: ["x" if kind == "string" else 1] * _ROWS for name, kind in GOODS_AND_SERVICES.dtypes.items()}
    for number in range(count):
        month = add_months(LAST, -number)
        frame = pd.DataFrame({**made, "period": [str(1992 + at % 33) for at in range(_ROWS)], "period_kind": "year"})
        write_partition(root, GOODS_AND_SERVICES, month, conform(frame.astype(object), GOODS_AND_SERVICES, release_month=month))
    database.refresh(root, IN_DATABASE)
    return root


def asked(root: DataRoot) -> float:
    """The wall seconds of the query."""
    began = time.perf_counter()
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as connection:
        if not connection.execute(QUERY).fetchall():
            raise SystemExit("the query answers nothing")
    return time.perf_counter() - began


def main() -> None:
    """Measure in turn, print medians and ratios."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--months", default="50,398")
    options.add_argument("--times", type=int, default=15)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stores = {int(count): store_of(Path(folder), int(count)) for count in given.months.split(",")}
        found: dict[int, list[float]] = {count: [] for count in stores}
        for _ in range(given.times):
            for count, root in stores.items():
                found[count].append(asked(root))
    medians = {count: statistics.median(times) for count, times in found.items()}
    first = next(iter(medians.values()))
    for count, seconds in medians.items():
        print(f"{count:4} months: {1000 * seconds:6.1f} ms, ratio {seconds / first:.2f}")


if __name__ == "__main__":
    main()
