"""Reading one BLS release: located cells against pandas.read_csv and pandas.read_html, side by side in one run.

    python benchmarks/reading.py [--repeats N] [--require]

The generic readers get what costs us most work for nothing: the places of the tables are found outside the
clock, and the HTML is rendered outside it too. What they return is numbers without places, and the rows that
have no code stand one column to the left. Times are the best of several repeats, taken in turns; only the
ratios mean anything on another machine. ``--require`` ends with status 1 where a ratio misses its target.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pandas as pd

from trade_assets.reading import read_document
from trade_assets.reading.marks import parse

RELEASE = next((Path(__file__).resolve().parents[1] / "data" / "raw" / "2018-08").glob("mxp-*.txt"))
READ_CSV, READ_HTML = "pandas.read_csv per table", "pandas.read_html (lxml)"
TARGETS = {READ_CSV: 12, READ_HTML: 15}
_SEPARATOR = re.compile(r"\|(?:-+\|)+")
_FLAG = r"^\([a-z]\)"


def blocks(text: str) -> list[list[str]]:
    """The lines of each table's rows, headings left out."""
    lines = text.split("\n")
    found = []
    for at, line in enumerate(lines):
        if _SEPARATOR.fullmatch(line):
            # One line of headings below the separator in Table A, two in the others.
            first = at + (2 if lines[at - 1].startswith("| Month") else 3)
            last = next(end for end in range(first, len(lines)) if lines[end].strip() == "|")
            found.append(lines[first:last])
    return found


def numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Every column but the label as numbers, revision flags taken off; what is no number is missing."""
    return frame.iloc[:, 1:].apply(lambda column: pd.to_numeric(column.str.replace(_FLAG, "", regex=True), errors="coerce"))


def by_read_csv(tables: list[str]) -> list[pd.DataFrame]:
    """One frame per table of lines between bars."""
    return [
        numbers(
            pd.read_csv(StringIO(table), sep="|", header=None, dtype="str", skipinitialspace=True)
            .dropna(axis=1, how="all")
            .apply(lambda column: column.str.strip())
        )
        for table in tables
    ]


def by_read_html(page: str) -> list[pd.DataFrame]:
    """One frame per table of the page."""
    return [numbers(frame.astype("str")) for frame in pd.read_html(StringIO(page), flavor="lxml", header=None)]


def rendered(tables: list[list[str]]) -> str:
    """The tables as a page, as the publisher's own is."""
    rows = [
        ["".join(f"<td>{html.escape(field.strip())}</td>" for field in line.split("|")[1:-1]) for line in lines] for lines in tables
    ]
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
    tables = blocks(data.decode())
    texts, page = ["\n".join(lines) for lines in tables], rendered(tables)

    def cold() -> object:
        parse.cache_clear()
        return read_document(data, RELEASE.name)

    ours, ours_cold = "located cells", "located cells, first document of a process"
    work: dict[str, Callable[[], object]] = {
        ours: lambda: read_document(data, RELEASE.name),
        ours_cold: cold,
        READ_CSV: lambda: by_read_csv(texts),
        READ_HTML: lambda: by_read_html(page),
    }
    figures = sum(value is not None for value in read_document(data, RELEASE.name).cells["value"])
    for name, frames in ((READ_CSV, by_read_csv(texts)), (READ_HTML, by_read_html(page))):
        got = sum(int(frame.notna().sum().sum()) for frame in frames)
        # They take codes such as 311 for figures; fewer numbers than ours would mean that they do less.
        if len(frames) != len(tables) or got < figures:
            raise SystemExit(f"{name} found {got} numbers in {len(frames)} tables; the document prints {figures}: the comparison is not fair")
    best = best_in_turns(work, given.repeats)
    print(f"{RELEASE.name}: {figures:,} figures in {len(tables)} tables; best of {given.repeats}")
    missed = 0
    for name, seconds in best.items():
        ratio = seconds / best[ours]
        target = TARGETS.get(name)
        said = "" if target is None else f"{ratio:6.1f} times as long, target {target}{'' if ratio >= target else ': MISSED'}"
        missed += target is not None and ratio < target
        print(f"{name:45} {1000 * seconds:8.2f} ms  {said}")
    return 1 if missed and given.require else 0


if __name__ == "__main__":
    sys.exit(main())
