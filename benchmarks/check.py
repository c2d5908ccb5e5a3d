"""``trade-assets check`` beside the start of a Python that imports numpy and pandas alone, and a hundred releases in one call."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "raw"
RUNS, RELEASES = 7, 100


def seconds(*command: str) -> float:
    """The median time of a command, after one run to warm the disk."""
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], capture_output=True, check=False)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main() -> None:
    """Print the times, their ratios and the targets."""
    start = seconds("-c", "import numpy, pandas")
    print(f"start of Python with numpy and pandas: {1000 * start:.0f} ms")
    for family, month in (("ft900", "2016-11"), ("mxp", "2018-08")):
        (release,) = (SHIPPED / month).glob(f"{family}-*.txt")
        one = seconds("-m", "trade_assets", "check", str(release))
        met = "met" if one <= 1.5 * start + 1 else "MISSED"
        print(f"check of one {family} release: {1000 * one:.0f} ms, {one / start:.2f} times; target 1.5 times and a second: {met}")
        with tempfile.TemporaryDirectory() as folder:
            copies = [str(shutil.copy(release, Path(folder) / f"{number}.txt")) for number in range(RELEASES)]
            each = (seconds("-m", "trade_assets", "check", *copies)) / RELEASES
        met = "met" if each <= 0.06 else "MISSED"
        print(f"check of {RELEASES} {family} releases in one call: {1000 * each:.1f} ms each; target 60: {met}")


if __name__ == "__main__":
    main()
