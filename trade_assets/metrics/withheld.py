"""Metrics over missing figures: missing too, with the reason why an operand is as the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from trade_assets.facts.frames import WITHHELD, conform, noted
from trade_assets.facts.schemas import Table

OPEN_ISSUES = f"{WITHHELD}several"
"""The gap of a metric where too many issues are open to ask each of them."""
NOT_PRINTED = "operand_not_printed"
"""The gap of a metric of which the document has no row, or no column, for an operand: it does not go back so far."""
ZERO = "divisor_is_zero"
"""The gap of a quotient whose divisor is printed as zero."""

_ASKED = 40

Frames = Mapping[str, pd.DataFrame]


class _Gap(NamedTuple):
    """A figure of a validated table that can leave a metric without a value, with the reason."""

    reason: str
    table: str
    row: int
    column: str


def with_gaps(table: Table, compute: Callable[[Frames], pd.DataFrame], frames: Frames, sources: Mapping[str, Table]) -> pd.DataFrame:
    """The metric's table, with ``gaps`` saying of each missing metric why it is missing.

    A metric depends on a reason (an issue that withholds figures, suppressed, not published, …) if it has a value with all
    gaps filled in and none with those of the reason left open. One that has no value even then has a reason of its own,
    which ``compute`` says in ``gaps``, or its document does not print what it would be computed from.

    Args:
        table: the metric's schema.
        compute: from validated tables by name to the metric's table.
        frames, sources: the validated tables and their schemas, by name.
    """
    published = compute(frames)
    if published.empty:
        return published
    key, measures = list(table.key), [column.name for column in table.columns if column.kind == "float"]
    found = published.set_index(key)
    gaps = list(_gaps(frames, sources))
    said = _reasons(lambda filled: compute(filled).set_index(key).reindex(found.index)[measures], frames, gaps)
    own = [noted(notes, measures) for notes in published["gaps"].astype(str)]
    found["gaps"] = [
        "; ".join(
            f"{column}: {reasons.get(column) or ', '.join(said.get((row, column), ())) or NOT_PRINTED}"
            for column in measures
            if is_missing[column]
        )
        for row, (is_missing, reasons) in enumerate(zip(found[measures].isna().to_dict("records"), own, strict=True))
    ]
    return conform(found.reset_index(), table)


def _reasons(compute: Callable[[Frames], pd.DataFrame], frames: Frames, gaps: list[_Gap]) -> dict[tuple[int, str], list[str]]:
    """By row and measure of the metric's table, the reasons that leave it without a value."""
    found: dict[tuple[int, str], list[str]] = {}
    if not gaps:
        return found
    complete = compute(_filled(frames, gaps, ()))
    for reason, left_open in _asked(dict.fromkeys(gap.reason for gap in gaps)).items():
        without = compute(_filled(frames, gaps, left_open))
        for column in complete.columns:
            for row in (complete[column].notna() & without[column].isna()).to_numpy().nonzero()[0].tolist():
                found.setdefault((row, column), []).append(reason)
    return found


def _asked(reasons: Iterable[str]) -> dict[str, set[str]]:
    """Each reason to ask about, with the reasons of gaps that it stands for: itself, or many issues as one."""
    asked = {reason: {reason} for reason in reasons}
    issues = {reason for reason in asked if reason.startswith(WITHHELD)}
    if len(issues) <= _ASKED:
        return asked
    return {OPEN_ISSUES: issues, **{reason: each for reason, each in asked.items() if reason not in issues}}


def _gaps(frames: Frames, sources: Mapping[str, Table]) -> Iterable[_Gap]:
    """Every missing figure of which its row says why, and every zero."""
    for name, frame in frames.items():
        for column in sources[name].figures:
            yield from (_Gap(ZERO, name, row, column) for row in frame[column].eq(0).fillna(False).to_numpy().nonzero()[0].tolist())
        for row, notes in enumerate(frame["gaps"].astype(str)):
            for column, reason in noted(notes, sources[name].figures).items():
                yield _Gap(reason, name, row, column)


def _filled(frames: Frames, gaps: Iterable[_Gap], left_open: Iterable[str]) -> Frames:
    """The tables with gaps filled in, but for those of some reasons."""
    filled = {name: frame.reset_index(drop=True) for name, frame in frames.items()}
    columns: dict[tuple[str, str], dict[int, float]] = {}
    for number, gap in enumerate(gaps, start=1):
        if gap.reason not in left_open:
            # Only whether a metric then has a value is asked. No print, and no other gap, is this number: no difference is zero.
            columns.setdefault((gap.table, gap.column), {})[gap.row] = number + 1 / 3
    for (name, column), values in columns.items():
        filled[name][column] = filled[name][column].where(~filled[name].index.isin(list(values)), pd.Series(values, dtype="Float64"))
    return filled
