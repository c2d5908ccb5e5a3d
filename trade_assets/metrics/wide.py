"""The wide tables of metrics: what one release gives by itself, a row per period and a column per metric, or the reason why not.

They are pivots of the same evaluation that gives ``metrics.figures``, over the figures of one release instead of all that was known.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from trade_assets.facts.frames import WITHHELD, conform, together
from trade_assets.facts.melt import melt
from trade_assets.facts.notes import noted, notes_of
from trade_assets.facts.schemas import Computed, Table
from trade_assets.metrics.definitions import BY_METRIC
from trade_assets.metrics.evaluation import NO_DIVISOR, evaluated
from trade_assets.metrics.formulas import Definition, Frequency
from trade_assets.metrics.registry import Metrics, WideMetrics, metrics_declared
from trade_assets.metrics.timelines import NOT_PRINTED, frequency_of, period_of, timelines_of_release

OPEN_ISSUES = f"{WITHHELD}several"
"""The gap of a metric of a release in which more issues are open than anybody reads in one cell."""
ZERO = "divisor_is_zero"
"""The gap of a quotient whose divisor is printed as zero."""

_NAMED = 40
"""Up to so many open issues of a release are named one by one."""

Frames = Mapping[str, pd.DataFrame]


class _Cell(NamedTuple):
    """A metric of one row: its value, or the reasons why it has none, each once."""

    value: float | None
    reasons: tuple[str, ...]


def metrics_of(family: str, validated: Frames) -> dict[str, pd.DataFrame]:
    """The wide tables of metrics of a family by name, ``gaps`` saying of each missing one why; none of a family without.

    Each release of the month has its own: nothing is computed from the tables of two. A metric of which the release has no
    row, or no column, for an operand is ``operand_not_printed``; else it has the reasons of all operands that are missing.

    Args:
        validated: the family's validated tables by name, by their schemas; others may be among them.
    """
    declared = metrics_declared()[family]
    releases = sorted({month for table in declared.sources for month in validated[table.name]["reference_month"]})
    found: dict[str, list[pd.DataFrame]] = {table.name: [] for table in declared.tables}
    for release in releases:
        frames = [_of_release(validated[table.name], release) for table in declared.sources]
        figures = _Figures(family, declared, frames)
        for wide in declared.wide:
            found[wide.table.name].append(_filled(wide, wide.rows(*frames), figures))
    return {table.name: together(found[table.name], table) for table in declared.tables}


def _of_release(frame: pd.DataFrame, release: str) -> pd.DataFrame:
    return frame[frame["reference_month"] == release].reset_index(drop=True)


def _filled(wide: WideMetrics, rows: pd.DataFrame, figures: _Figures) -> pd.DataFrame:
    """The rows with their metrics."""
    each = rows.to_dict("records")
    cells = {name: [figures.cell(computed, row) for row in each] for name, computed in wide.table.metrics.items()}
    said = [
        notes_of({name: ", ".join(cell.reasons) for name, cell in zip(cells, row, strict=True) if cell.reasons})
        for row in zip(*cells.values(), strict=True)
    ]
    filled = rows.assign(gaps=said)
    for name, column in cells.items():
        filled[name] = [cell.value for cell in column]
    return conform(filled, wide.table)


class _Figures:
    """What one release gives for each metric."""

    def __init__(self, family: str, declared: Metrics, frames: Iterable[pd.DataFrame]) -> None:
        facts = pd.concat([_facts(frame, table) for table, frame in zip(declared.sources, frames, strict=True)])
        self.timelines = timelines_of_release(facts.assign(family=family))
        self.definitions = BY_METRIC | {each.metric: each.of_family(family) for each in declared.definitions}
        reasons = list(dict.fromkeys(facts["gap"].dropna()))
        issues = [reason for reason in reasons if reason.startswith(WITHHELD)]
        self.order = {NO_DIVISOR: -1, **{reason: place for place, reason in enumerate(reasons)}}
        self.told = {NO_DIVISOR: ZERO, **(dict.fromkeys(issues, OPEN_ISSUES) if len(issues) > _NAMED else {})}
        self.found: dict[tuple[str, Frequency], dict[tuple[str, str], _Cell]] = {}

    def cell(self, computed: Computed, row: Mapping[Hashable, Any]) -> _Cell:
        """The metric of a row's column."""
        series, period = computed.series_of(row), str(row["period"])
        without, frequency = computed.without(series), frequency_of("value", period)
        if without is not None:
            return _Cell(None, (without,))
        if frequency is None:
            return _Cell(None, (NOT_PRINTED,))
        key = computed.metric, frequency
        if key not in self.found:
            self.found[key] = dict(self._cells(self.definitions[computed.metric], frequency))
        return self.found[key].get((series, period), _Cell(None, (NOT_PRINTED,)))

    def _cells(self, definition: Definition, frequency: Frequency) -> Iterable[tuple[tuple[str, str], _Cell]]:
        for evaluation in evaluated(definition, (frequency,), self.timelines):
            for number, (interval, gap) in zip(evaluation.numbers.tolist(), evaluation.outcomes(), strict=True):
                cell = _Cell(None if interval is None else interval.value, self._said({reason.why for reason in gap}))
                yield (evaluation.named, period_of(number, frequency)), cell

    def _said(self, reasons: set[str]) -> tuple[str, ...]:
        """The reasons in the order in which the release gives them; what is not printed at all is said alone."""
        if NOT_PRINTED in reasons:
            return (NOT_PRINTED,)
        ordered = sorted(reasons, key=lambda reason: self.order.get(reason, len(self.order)))
        return tuple(dict.fromkeys(self.told.get(reason, reason) for reason in ordered))


def _facts(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The figures of a validated table with the reasons of those that are missing."""
    facts = melt(frame, table)
    notes = [noted(text, table.figures) for text in frame["gaps"].astype(str)]
    gaps = [notes[place].get(column) for place, column in zip(facts["place"], facts["column"], strict=True)]
    return facts.assign(decimals=facts["decimals"].astype("int64"), gap=pd.Series(gaps, index=facts.index, dtype="string"))
