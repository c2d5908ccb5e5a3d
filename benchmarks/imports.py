"""What loading the code location costs, against its two large dependencies alone.

Each statement runs in fresh interpreters, in turn, in one run; the least of the times is compared. Target: importing
what Dagster loads costs no more than 1.25 times ``import dagster`` plus ``import pandas``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

REPEATS = 7
STATEMENTS = {
    "nothing": "pass",
    "import dagster": "import dagster",
    "import pandas": "import pandas",
    "import dagster, pandas": "import dagster, pandas",
    "import trade_assets.definitions": "import trade_assets.definitions",
    "import trade_assets.cli": "import trade_assets.cli",
}
TARGET = 1.25
# A machine that never keeps bytecode would compile our modules each time, and the installed packages never.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(statement: str) -> float:
    """Wall time of a fresh interpreter that runs the statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True, env=_ENVIRONMENT)
    return time.perf_counter() - start


def main() -> None:
    """Measure in turns and print the ratios."""
    best = dict.fromkeys(STATEMENTS, float("inf"))
    for _ in range(REPEATS):
        for name, statement in STATEMENTS.items():
            best[name] = min(best[name], seconds(statement))
    bare = best["nothing"]
    for name, least in best.items():
        print(f"{name:34} {least:6.2f} s, {least - bare:6.2f} s above a bare interpreter")
    apart = best["import dagster"] + best["import pandas"] - 2 * bare
    ours = best["import trade_assets.definitions"] - bare
    print(f"definitions / (dagster + pandas)    {ours / apart:6.2f}, target at most {TARGET}")
    together = best["import dagster, pandas"] - bare
    print(f"definitions / (both in one process) {ours / together:6.2f}")


if __name__ == "__main__":
    main()
