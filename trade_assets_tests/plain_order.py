"""The order of prints once more: which print each one is, until when it was current, and what was known, by walking over rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from trade_assets.facts.tables import PRINTS
from trade_assets.warehouse.partitions import existing_months, read_months
from trade_assets.warehouse.root import DataRoot

Row = dict[str, Any]
FACT = ("family", "series", "measure", "period")


def rows_until(root: DataRoot, release_month: str = "9999-12") -> list[Row]:
    """All prints of the months until one, a document that stands in several of them in the first."""
    frame = read_months(root, PRINTS, [month for month in existing_months(root, PRINTS) if month <= release_month])
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    first: dict[tuple[str, str], str] = {}
    for row in rows:
        first.setdefault((row["sha256"], row["product"]), row["release_month"])
    return [row for row in rows if row["release_month"] == first[row["sha256"], row["product"]]]


def _of_facts(rows: Iterable[Row]) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in FACT), []).append(row)
    return found


def _in_steps(rows: list[Row], *names: str) -> Iterator[list[Row]]:
    """The rows by release, or issue, in order; those of one as they speak."""
    steps: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        steps.setdefault(tuple(row[name] for name in names), []).append(row)
    for step in sorted(steps):
        yield sorted(steps[step], key=lambda row: (row["printed_value"] is None, row["known_from"], row["product"], row["sha256"]))


def _is_ahead(row: Row) -> bool:
    return row["gap"] == "not_yet_released"


def _end(period: str) -> str:
    return f"{period}-12" if len(period) == 4 else period[-7:]


def _is_earliest(row: Row, rows: list[Row]) -> bool:
    if row["edition"] != 1 or row["product"] == "annual" or row["period"] is None:
        return False
    told = [_end(each["period"]) for each in rows if each["sha256"] == row["sha256"] and each["product"] == row["product"]
            and each["printed_value"] is not None and each["period"] is not None]  # fmt: skip
    return _end(row["period"]) == (row["reference_month"] or max(told, default=None))


def history_of(root: DataRoot) -> list[Row]:
    """All prints with their number, whether they speak, whether they are first published, and until when they were current."""
    rows, found = rows_until(root), []
    for of_fact in _of_facts(rows).values():
        count, steps = 0, list(_in_steps(of_fact, "release_month", "release_number", "edition"))
        for at, step in enumerate(steps):
            count += not _is_ahead(step[0])
            later = [other[0]["known_from"] for other in steps[at + 1 :]]
            told = []
            for row in step:
                number = count if not _is_ahead(row) and not _is_ahead(step[0]) else 0
                until: str | None = min(later, default=None)
                if row is not step[0] or (until is not None and until < row["known_from"]):
                    until = row["known_from"]
                told.append(row | {"print": number, "is_main": row is step[0], "valid_until": until})
            is_first = any(row["print"] == 1 and _is_earliest(row, rows) for row in told)
            found += [row | {"is_first_published": is_first} for row in told]
    return found


def numbers_of(root: DataRoot, release_month: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """One print a release and fact, by (fact, number): month, release, value, unit, base, whether the first is a first estimate."""
    rows, found = rows_until(root, release_month), {}
    for fact, of_fact in _of_facts(row for row in rows if not _is_ahead(row)).items():
        chosen = []
        for step in _in_steps(of_fact, "release_month", "release_number"):
            last = max(row["edition"] for row in step)
            chosen.append(next(row for row in step if row["edition"] == last))
        is_first = _is_earliest(chosen[0], rows)
        for number, row in enumerate(chosen, start=1):
            told = tuple(row[name] for name in ("release_month", "release_number", "value", "unit", "base_period"))
            found[(*fact, number)] = (*told, is_first)
    return found


def known_of(root: DataRoot, release_month: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Each fact with the value, the gap and the release month of the print that was current."""
    found = {}
    for fact, of_fact in _of_facts(rows_until(root, release_month)).items():
        row = list(_in_steps(of_fact, "release_month", "release_number", "edition"))[-1][0]
        gap = f"withheld_by_issue_{row['held_by']}" if row["held_by"] is not None else row["gap"]
        found[fact] = (row["value"], row["decimals"], gap, row["release_month"])
    return found


def as_rows(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame, what is missing as ``None``."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")
