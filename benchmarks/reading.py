"""Reading one BLS release: located cells against pandas.read_csv and pandas.read_html, side by side in one run.

    python benchmarks/reading.py [--repeats N] [--require]

All start from what is published: ours and read_csv from the bytes of the text, read_html from a page of the same
tables. The generic readers return numbers without places, series or periods, and where a row has no code its
numbers stand one column to the left. Times are the best of several repeats, taken in turns, in CPU time; only the
ratios mean anything on another machine. ``--require`` ends with status 1 where a ratio misses its target.
"""

from __future__ import annotations

import argparse
import html
import importlib.util
import re
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pandas as pd

from trade_assets.families.mxp import release as mxp
from trade_assets.reading import read_document
from trade_assets.reading.marks import parse

RELEASE = next((Path(__file__).resolve().parents[1] / "data" / "raw" / "2018-08").glob("mxp-*.txt"))
LOCATED, FIRST = "located cells", "located cells, first document of a process"
READ_CSV, READ_CSV_TYPED, READ_HTML = "pandas.read_csv per table", "  the same, types guessed, print lost", "pandas.read_html (lxml)"
TARGETS = {READ_CSV: 12, READ_HTML: 15}
_SEPARATOR = re.compile(r"\|(?:-+\|)+")
_FLAG = r"^\([a-z]\)"


def tables_of(data: bytes) -> list[list[str]]:
    """The lines of each table, headings included, the line between bars left out."""
    lines = data.decode().split("\n")
    found = []
    for at, line in enumerate(lines):
        if _SEPARATOR.fullmatch(line):
            last = next(end for end in range(at, len(lines)) if lines[end].strip() == "|")
            found.append([lines[at - 1], *lines[at + 1 : last]])
    return found


def rows_of(table: list[str]) -> str:
    """The lines below the headings: Table A has two lines of them, the others three."""
    return "\n".join(table[2 if table[0].startswith("| Month") else 3 :])


def to_number(column: pd.Series) -> pd.Series:
    """A column as numbers, revision flags taken off; what is no number is missing."""
    return pd.to_numeric(column.str.replace(_FLAG, "", regex=True), errors="coerce")


def by_read_csv(data: bytes) -> list[pd.DataFrame]:
    """One frame per table; texts first, so that what is printed (100.000, (r)4.0) is not lost."""
    frames = [
        pd.read_csv(StringIO(rows_of(table)), sep="|", header=None, dtype="str").iloc[:, 1:-1].apply(lambda column: column.str.strip())
        for table in tables_of(data)
    ]
    return [frame.iloc[:, 1:].apply(to_number) for frame in frames]


def by_read_csv_typed(data: bytes) -> list[pd.DataFrame]:
    """One frame per table, numbers parsed where a whole column is numeric: faster, and 100.000 becomes 100.0."""
    frames = [pd.read_csv(StringIO(rows_of(table)), sep="|", header=None) for table in tables_of(data)]

    def numeric(column: pd.Series) -> pd.Series:
        return column if pd.api.types.is_numeric_dtype(column) else to_number(column.astype("str").str.strip())

    return [frame.iloc[:, 2:-1].apply(numeric) for frame in frames]


def by_read_html(page: str) -> list[pd.DataFrame]:
    """One frame per table of the page."""
    return [frame.iloc[:, 1:].astype("str").apply(to_number) for frame in pd.read_html(StringIO(page), flavor="lxml")]


def rendered(tables: list[list[str]]) -> str:
    """The tables as a page."""
    rows = [["".join(f"<td>{html.escape(field.strip())}</td>" for field in line.split("|")[1:-1]) for line in lines] for lines in tables]
    return "".join("<table>" + "".join(f"<tr>{row}</tr>" for row in table) + "</table>" for table in rows)


def best_in_turns(work: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """The best time of each in seconds; taken in turns of three, so that a slow moment of the machine hits all alike."""
    best = dict.fromkeys(work, float("inf"))
    for _ in range(repeats):
        for name, call in work.items():
            for _ in range(3):
                start = time.process_time()
                call()
                best[name] = min(best[name], time.process_time() - start)
    return best


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--repeats", type=int, default=20)
    options.add_argument("--require", action="store_true", help="end with status 1 where a target is missed")
    given = options.parse_args()

    data = RELEASE.read_bytes()
    page = rendered(tables_of(data))

    def located() -> object:
        return read_document(data, RELEASE.name)

    def located_first() -> object:
        for kept in (parse, mxp._field, mxp._bare, mxp._plain, mxp._period):
            kept.cache_clear()
        return located()

    generic: dict[str, Callable[[], list[pd.DataFrame]]] = {
        READ_CSV: lambda: by_read_csv(data),
        READ_CSV_TYPED: lambda: by_read_csv_typed(data),
    }
    if importlib.util.find_spec("lxml"):
        generic[READ_HTML] = lambda: by_read_html(page)
    else:
        print(f"{READ_HTML}: left out, lxml is not installed")
    figures = sum(value is not None for value in read_document(data, RELEASE.name).cells["value"])
    for name, read in generic.items():
        found = sum(int(frame.notna().sum().sum()) for frame in read())
        # They take codes such as 311 for figures; fewer numbers than are printed would mean that they do less.
        if found < figures:
            raise SystemExit(f"{name} found {found} numbers where {figures} are printed: the comparison is not fair")

    best = best_in_turns({LOCATED: located, FIRST: located_first, **generic}, given.repeats)
    print(f"{RELEASE.name}: {figures:,} figures; best of {3 * given.repeats}")
    missed = False
    for name, seconds in best.items():
        ratio, target = seconds / best[LOCATED], TARGETS.get(name)
        said = f"{ratio:6.1f} times as long" + (f", target {target}" if target else "")
        if target and ratio < target:
            missed, said = True, f"{said}: MISSED"
        print(f"{name:45} {1000 * seconds:8.2f} ms {said}")
    return 1 if missed and given.require else 0


if __name__ == "__main__":
    sys.exit(main())
