"""What a release month costs through Dagster: a warm month against an empty run of four steps on the same instance, in turn.

    python benchmarks/months.py [--month 2016-11] [--times 7]

The shipped documents are ingested into a folder of its own, and the month is run once before anything is measured. Processor time is
that of this process; the ratios are of medians.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from trade_assets.defs.instance import instance_of
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.ranges import run_months, run_together
from trade_assets.documents.ingest import ingest
from trade_assets.warehouse.root import DataRoot

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "raw"


def empty_job(steps: int) -> dg.JobDefinition:
    """A job of steps that build nothing, one after the other, by month."""

    def step(number: int) -> dg.AssetsDefinition:
        deps = [f"step_{number - 1}"] if number else []

        @dg.asset(name=f"step_{number}", deps=deps, partitions_def=RELEASE_MONTHS)
        def empty() -> None:
            """Nothing."""

        return empty

    assets = [step(number) for number in range(steps)]
    job = dg.define_asset_job("empty", assets, executor_def=dg.in_process_executor)
    return dg.Definitions(assets=assets, jobs=[job]).resolve_job_def("empty")


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Processor and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def built(root: DataRoot, month: str, instance: dg.DagsterInstance) -> None:
    """Run a month as the command line does; a month that fails ends the program."""
    for done in run_months(root, [month], instance):
        if not done.is_success:
            raise SystemExit(f"{done.release_month}: {done.failures}")


def print_ratios(found: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Medians of processor and wall seconds by name, and their ratios to the first."""
    medians = {name: [statistics.median(each) for each in zip(*times, strict=True)] for name, times in found.items()}
    base = next(iter(medians.values()))
    print(f"{'':28}{'cpu s':>8}{'wall s':>8}{'ratio, cpu':>12}{'ratio, wall':>12}")
    for name, (cpu, wall) in medians.items():
        print(f"{name:28}{cpu:8.2f}{wall:8.2f}{cpu / base[0]:12.1f}{wall / base[1]:12.1f}")


def main() -> None:
    """Measure in turn, print medians and ratios."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--month", default="2016-11")
    options.add_argument("--times", type=int, default=7)
    given = options.parse_args()
    quiet: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with tempfile.TemporaryDirectory() as folder:
        root = DataRoot.of(Path(folder) / "data")
        for file in sorted(SHIPPED.glob("*/*.txt")):
            ingest(root, file, release_month=file.parent.name)
        empty = empty_job(4)
        with instance_of(root) as instance:
            runs: dict[str, Callable[[], object]] = {
                "empty run of four steps": lambda: empty.execute_in_process(partition_key=given.month, instance=instance, run_config=quiet),
                f"warm month {given.month}": lambda: list(run_together(root, [given.month], instance)),
            }
            built(root, given.month, instance)
            for work in runs.values():
                work()
            found: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
            for _ in range(given.times):
                for name, work in runs.items():
                    found[name].append(measured(work))
            events = len(instance.all_logs(instance.get_runs(limit=1)[0].run_id))
    print_ratios(found)
    print(f"events of a month: {events}")


if __name__ == "__main__":
    main()
