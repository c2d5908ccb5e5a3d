"""What many release months cost in one command, from ingested documents to the index of reports: made months of the long table.

    python benchmarks/many_months.py [--months 24,48]

Each store is ingested first, then run by the command line in a process of its own; measured are its processor and wall seconds and its
peak memory, and beside them the files and bytes that a month leaves. Ratios are to the first store.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from made_months import ingested

from trade_assets.warehouse.root import DataRoot

REPOSITORY = Path(__file__).resolve().parents[1]


def store_of(folder: Path, count: int) -> DataRoot:
    """A store of so many documents, of which nothing is built."""
    root = DataRoot.of(folder / "data")
    for _ in ingested(root, folder, count):
        pass
    return root


def run(root: DataRoot) -> tuple[float, float, float]:
    """Processor seconds, wall seconds and peak megabytes of a run of all months."""
    command = [sys.executable, "-m", "trade_assets", "--data-root", root.url, "run"]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"the run ended with {process.returncode}")
    wall = time.perf_counter() - began
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024


def main() -> None:
    """Run each store once, print seconds, memory and ratios."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--months", default="24,48")
    given = options.parse_args()
    first: tuple[float, ...] | None = None
    print(f"{'months':>7}{'cpu s':>9}{'wall s':>9}{'peak MB':>9}{'cpu s a month':>15}{'ratio':>7}{'files a month':>15}{'MB a month':>12}")
    for count in map(int, given.months.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            root = store_of(Path(folder), count)
            cpu, wall, peak = run(root)
            files = [path.stat().st_size for path in Path(root.path("warehouse")).rglob("*") if path.is_file()]
        first = first or (cpu, count)
        ratio = cpu / count / (first[0] / first[1])
        sizes = f"{len(files) / count:15.1f}{sum(files) / count / 1e6:12.2f}"
        print(f"{count:7}{cpu:9.1f}{wall:9.1f}{peak:9.0f}{cpu / count:15.2f}{ratio:7.2f}{sizes}")


if __name__ == "__main__":
    main()
