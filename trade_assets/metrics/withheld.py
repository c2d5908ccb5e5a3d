"""Metrics over withheld figures: missing with the issue that holds an operand as the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from trade_assets.facts.frames import WITHHELD, conform, noted
from trade_assets.facts.schemas import Table

OPEN_ISSUES = f"{WITHHELD}several"
"""The gap of a metric where too many issues are open to ask each of them."""

_ASKED = 40
_FILLED = 1.0  # stands for a withheld figure; only whether a metric then has a value is asked

Frames = Mapping[str, pd.DataFrame]


def with_gaps(table: Table, compute: Callable[[Frames], pd.DataFrame], frames: Frames, sources: Mapping[str, Table]) -> pd.DataFrame:
    """The metric's table, with ``gaps`` saying which issue withholds each metric that one withholds.

    A metric depends on an issue if it has a value with that issue's figures filled in and none without.

    Args:
        table: the metric's schema.
        compute: from validated tables by name to the metric's table.
        frames, sources: the validated tables and their schemas, by name.
    """
    published = compute(frames)
    held = _held(frames, sources)
    if not held:
        return published
    key = list(table.key)
    complete = compute(_filled(frames, held, set())).set_index(key)
    result, found = complete.copy(), published.set_index(key).reindex(complete.index)
    for column in _measures(table):
        result[column] = found[column]
    reasons: dict[tuple[object, str], str] = {}
    issues = dict.fromkeys(issue for issue, _, _, _ in held)
    for issue in list(issues) if len(issues) <= _ASKED else [""]:
        without = compute(_filled(frames, held, {issue} if issue else set(issues))).set_index(key).reindex(complete.index)
        reason = WITHHELD + issue if issue else OPEN_ISSUES
        for column in _measures(table):
            for place in complete.index[complete[column].notna() & without[column].isna()]:
                reasons[place, column] = f"{reasons[place, column]}, {reason}" if (place, column) in reasons else reason
    said: dict[object, list[str]] = {}
    for (place, column), reason in reasons.items():
        said.setdefault(place, []).append(f"{column}: {reason}")
    result["gaps"] = pd.Series(["; ".join(said.get(place, [])) for place in result.index], index=result.index, dtype="string")
    return conform(result.reset_index(), table)


def _measures(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.kind == "float"]


def _held(frames: Frames, sources: Mapping[str, Table]) -> list[tuple[str, str, int, str]]:
    """Every withheld figure: issue, table, row, column."""
    held = []
    for name, frame in frames.items():
        for row, notes in enumerate(frame["gaps"].astype(str)):
            if WITHHELD in notes:
                for column, reason in noted(notes, sources[name].figures).items():
                    if reason.startswith(WITHHELD):
                        held.append((reason.removeprefix(WITHHELD), name, row, column))
    return held


def _filled(frames: Frames, held: list[tuple[str, str, int, str]], empty: set[str]) -> Frames:
    """The tables with withheld figures filled in, but for those of some issues."""
    filled = {name: frame.reset_index(drop=True) for name, frame in frames.items()}
    for issue, name, row, column in held:
        if issue not in empty:
            # A row of which every figure is held must not pass for one that is not there yet.
            filled[name].at[row, column] = _FILLED
            filled[name].at[row, "gaps"] = ""
    return filled
