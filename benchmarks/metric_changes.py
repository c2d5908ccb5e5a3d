"""What metrics over vintages cost to keep and to ask: made months of the long goods-and-services table, stored as changes.

    python benchmarks/metric_changes.py [--months 398]

Each month's metrics are computed and stored in order, as a run does it; beside that, what a file of all of them would hold is counted.
Then come the seconds of queries, each on a connection of its own, and whether months read back are what was computed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import pandas as pd
from depth import store_of

from trade_assets.facts.tables import METRIC_CHANGES, METRIC_FIGURES, PRINTS
from trade_assets.metrics.changes import changes
from trade_assets.metrics.figures import figures
from trade_assets.vintages.knowledge import release_knowledge
from trade_assets.warehouse.database import connect
from trade_assets.warehouse.partitions import existing_months, parquet_bytes, partition_place, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.shown import read_rows

_LOOKED_AT = 20
"""One month of so many is read back."""
_ONE = ("balance.total", "year_to_date", "1992-02")
"""A metric of a period, asked for as each month knew it."""


def filled(root: DataRoot) -> dict[str, pd.DataFrame]:
    """Store the changes of all months, and say what they take; the metrics of those that are to be read back."""
    kept, rows, size, computing, storing = dict[str, pd.DataFrame](), [0, 0], [0, 0], 0.0, 0.0
    months = existing_months(root, PRINTS)
    for at, month in enumerate(months):
        start = time.process_time()
        known = release_knowledge(root, month)
        whole = figures(known)
        between = time.process_time()
        changed = changes(root, month, whole, known)
        write_partition(root, METRIC_CHANGES, month, changed)
        computing, storing = computing + between - start, storing + time.process_time() - between
        rows = [rows[0] + len(whole), rows[1] + len(changed)]
        size = [
            size[0] + len(parquet_bytes(whole, METRIC_FIGURES)),
            size[1] + root.size(*(partition_place(root, METRIC_CHANGES, month) or ())),
        ]
        if at % _LOOKED_AT == 0 or month == months[-1]:
            kept[month] = whole
    for name, count, taken in zip(("whole", "as changes"), rows, size, strict=True):
        print(f"{name}: {count:,} rows, {taken / 1e6:.1f} MB")
    print(f"a month on average: {computing / len(months):.2f} s of processor to know and compute, {storing / len(months):.2f} s to store")
    return kept


def asked(root: DataRoot, last: str) -> None:
    """The seconds of queries."""
    for question, *values in (
        ("SELECT * FROM metrics.figures WHERE release_month = ?", last),
        ("SELECT * FROM metrics.as_known(?, of_family := ?)", f"{last}-28", "ft900"),
        ("SELECT * FROM metrics.latest()",),
        ("SELECT release_month, value FROM metrics.figures WHERE series = ? AND metric = ? AND period = ?", *_ONE),
        ("SELECT count(*), max(release_month) FROM metrics.figures",),
    ):
        with connect(root, [METRIC_FIGURES]) as connection:
            start, used = time.perf_counter(), time.process_time()
            count = len(connection.execute(question, values).fetchall())
            print(f"{time.perf_counter() - start:.2f} s ({time.process_time() - used:.2f} of processor), {count:,} rows: {question}")


def main() -> None:
    """Make the store, fill it, ask."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--months", type=int, default=398)
    with tempfile.TemporaryDirectory() as folder:
        root, last = store_of(Path(folder), options.parse_args().months)
        kept = filled(root)
        asked(root, last)
        same = [read_rows(root, METRIC_FIGURES, month).equals(whole) for month, whole in kept.items()]
        print(f"{sum(same)} of {len(same)} months read back as they were computed")


if __name__ == "__main__":
    main()
