"""Every metric of a release month, from what that month knew: value, interval, or the reason why there is none.

A metric of a series begins with the first period for which all its operands lie in what is known of their series, and
ends with the latest period of the series. In between every period has a row: one operand missing is enough for a gap,
which names the operand and its reason. Nothing is computed across a hole.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pandas as pd

from trade_assets.facts.frames import conform, empty, together
from trade_assets.facts.tables import METRIC_FIGURES
from trade_assets.metrics.definitions import BY_METRIC, DEFINITIONS
from trade_assets.metrics.evaluation import Evaluation, Reason, evaluated
from trade_assets.metrics.exact import Interval
from trade_assets.metrics.formulas import Definition, Frequency
from trade_assets.metrics.timelines import Setting, period_of, timelines_of

_MEASURES = {operand.measure for definition in DEFINITIONS for case in definition.cases for sum_ in case.sums for operand in sum_}
"""The measures that any metric is computed from."""


def figures(knowledge: pd.DataFrame) -> pd.DataFrame:
    """All metrics of a release month, by the schema ``metrics.figures``.

    Args:
        knowledge: by the schema ``vintages.knowledge``: each fact as each release of one month left it known.

    Raises:
        ValueError: the facts are not of one release month, one of them was published later, or stands there twice.
    """
    releases = [_of_release(known) for _, known in knowledge.groupby("reference_month", dropna=False)]
    return together(releases, METRIC_FIGURES)


def _of_release(knowledge: pd.DataFrame) -> pd.DataFrame:
    """The metrics after one release of each family."""
    release_month, reference_month = _release_month(knowledge), knowledge["reference_month"].fillna("").iloc[0]
    timelines = timelines_of(knowledge[knowledge["measure"].isin(_MEASURES)])
    filled = [
        _rows(definition, evaluation)
        for definition in DEFINITIONS
        for evaluation in evaluated(definition, definition.frequencies, timelines)
        if len(evaluation.numbers)
    ]
    if not filled:
        return empty(METRIC_FIGURES)
    columns = {name: list(itertools.chain.from_iterable(each[name] for each in filled)) for name in filled[0]}
    return conform(pd.DataFrame(columns, dtype=object), METRIC_FIGURES, release_month=release_month, reference_month=reference_month)


def unsound(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that contradict what every metric promises; empty when all is well.

    A value has its interval around it and no gap, a gap has none of the three, and each metric is defined.

    Args:
        frame: by the schema ``metrics.figures``.
    """
    has_value, has_gap = frame["value"].notna(), frame["gap"].fillna("").ne("")
    is_around = ((frame["low"] <= frame["value"]) & (frame["value"] <= frame["high"])).fillna(False).astype(bool)
    has_interval = frame["low"].notna() | frame["high"].notna()
    is_sound = frame["metric"].isin(list(BY_METRIC)) & ((has_value & is_around & ~has_gap) | (~has_value & ~has_interval & has_gap))
    return frame[~is_sound]


def _release_month(knowledge: pd.DataFrame) -> str:
    months = knowledge["release_month"].unique()
    if len(months) != 1:
        raise ValueError(f"metrics are of one release month, and these facts are of {len(months)}: {', '.join(map(str, months[:5]))}")
    later = knowledge[(knowledge["published_in"] > months[0]).fillna(False)]
    if len(later):
        fact = later.iloc[0]
        raise ValueError(f"{fact['series']} {fact['period']} was published in {fact['published_in']}, which {months[0]} could not know")
    return str(months[0])


def _rows(definition: Definition, evaluation: Evaluation) -> dict[str, Sequence[Any]]:
    """The columns of a metric of one series."""
    count, frequency = len(evaluation.numbers), evaluation.frequency
    found = evaluation.outcomes()
    settings = evaluation.settings()
    return {
        "family": [evaluation.family] * count,
        "metric": [definition.metric] * count,
        "series": [evaluation.named] * count,
        "period": [period_of(number, frequency) for number in evaluation.numbers.tolist()],
        **{name: [None if interval is None else getattr(interval, name) for interval, _ in found] for name in Interval._fields},
        "unit": [_unit(definition, setting) for setting in settings],
        "seasonal_adjustment": [setting.seasonal_adjustment for setting in settings],
        "base_period": [setting.base_period for setting in settings],
        "gap": [_said(gap, evaluation.named, frequency) for _, gap in found],
    }


def _unit(definition: Definition, setting: Setting) -> str:
    return definition.unit.format(unit=setting.unit, base=(setting.base_period or "unknown").removesuffix("=100"))


def _said(reasons: Sequence[Reason], named: str, frequency: Frequency) -> str | None:
    """Why there is no value, with the operands, in order of time; ``None`` where there is one."""
    ordered = sorted({(each.number, "" if each.series == named else f"{each.series} ", each.why) for each in reasons})
    return "; ".join(f"{why}: {series}{period_of(number, frequency)}" for number, series, why in ordered) or None
