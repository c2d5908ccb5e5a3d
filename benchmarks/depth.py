"""What a release month costs on a store of few months and on one of many: made months of the long goods-and-services table.

    python benchmarks/depth.py [--months 12,398] [--times 1]

Of each store the documents and the prints of the months before the last are made directly, as a run leaves them; the last month is then
run through Dagster, once before anything is measured. Processor time is that of this process; the ratios are of medians, to the first
store. What a month of the table costs by itself is in the ratio too: month 398 prints 34 times the figures of month 12.
"""

from __future__ import annotations

import argparse
import tempfile
from functools import partial
from pathlib import Path

from made_months import ingested
from months import built, measured, print_ratios

from trade_assets.defs.instance import instance_of
from trade_assets.documents.parse import parse_documents
from trade_assets.documents.store import content, survey
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import CORRECTIONS, IN_DOUBT, PRINTS
from trade_assets.vintages.ordering import prints_in_order
from trade_assets.vintages.prints import prints_of
from trade_assets.vintages.years import _kept
from trade_assets.warehouse.commits import forget, name_of
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot


def store_of(folder: Path, count: int) -> tuple[DataRoot, str]:
    """A store of so many months, of which the last is not yet run; and that month."""
    root = DataRoot.of(folder / "data")
    for month in ingested(root, folder, count):
        sound, _ = survey(root, month)
        parsed = parse_documents(month, [(each, is_current, content(root, each)) for each, is_current in sound], [])
        last = month, prints_of(parsed, sound, empty(IN_DOUBT), empty(CORRECTIONS))
        write_partition(root, PRINTS, *last)
    return root, last[0]


def run(root: DataRoot, month: str) -> None:
    """The month through Dagster, as the command line runs it, when its documents have just come."""
    # Its prints are new, so that the history has to follow; and a month is not run twice by one process, so that nothing is kept of it.
    forget(root, month, {name_of(PRINTS)})
    prints_in_order.cache_clear()
    _kept.cache_clear()
    with instance_of(root) as instance:
        built(root, month, instance)


def main() -> None:
    """Measure in turn, print medians and ratios."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--months", default="12,398")
    options.add_argument("--times", type=int, default=1)
    given = options.parse_args()
    found: dict[int, list[tuple[float, float]]] = {int(count): [] for count in given.months.split(",")}
    with tempfile.TemporaryDirectory() as folder:
        stores = {}
        for count in found:
            (Path(folder) / str(count)).mkdir()
            stores[count] = store_of(Path(folder) / str(count), count)
            run(*stores[count])
        for _ in range(given.times):
            for count, store in stores.items():
                found[count].append(measured(partial(run, *store)))
    print_ratios({f"{count} months in the store": times for count, times in found.items()})


if __name__ == "__main__":
    main()
