"""What a release month knew, as one line of time per series: exact integers, and a reason wherever there is no figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from trade_assets.facts.periods import is_month, month
from trade_assets.metrics.definitions import Frequency, Window
from trade_assets.reading.marks import NOT_PUBLISHED, NOT_YET_RELEASED

Key = tuple[str, str, Frequency]
"""(family, measure, frequency)"""


class Setting(NamedTuple):
    """What must be the same in all figures of a series that are compared; ``None`` where it is not stated."""

    unit: str | None
    seasonal_adjustment: str | None
    base_period: str | None


@dataclass(frozen=True)
class Timeline:
    """The figures of one series, period by period, from the first known one to the latest.

    Attributes:
        first: the number of the first period (``number_of``).
        digits: the most printed decimals of any figure.
        figures: each figure in halves of its unit at ``digits`` decimals, 2 · value · 10^digits; 0 for a gap.
        halves: half a unit of each figure's last printed decimal, in the same measure; 0 for a gap.
        reasons: why there is no figure, empty where there is one.
        settings: unit, adjustment and base of each period; of a gap, those of the figure before it.
    """

    series: str
    frequency: Frequency
    first: int
    digits: int
    figures: np.ndarray
    halves: np.ndarray
    reasons: Sequence[str]
    settings: Sequence[Setting]

    @property
    def last(self) -> int:
        """The number of the latest period."""
        return self.first + len(self.reasons) - 1

    @cached_property
    def has_one_setting(self) -> bool:
        """Whether all figures are on one base, in one unit, adjusted alike."""
        return len(set(self.settings)) == 1

    @cached_property
    def _sums(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Figures, halves and gaps before each period, added up."""
        gaps = np.array([int(bool(reason)) for reason in self.reasons], dtype=object)
        return tuple(np.concatenate(([0], np.cumsum(each))) for each in (self.figures, self.halves, gaps))  # type: ignore[return-value]

    def earliest(self, window: Window) -> int:
        """The number of the first period whose window begins no earlier than the series."""
        if window.length is not None:
            return self.first + window.lag + window.length - 1
        return -(-self.first // 12) * 12 + window.lag

    def window(self, numbers: np.ndarray, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the first and the last period of each window."""
        last = numbers - window.lag
        return (last - last % 12 if window.length is None else last - window.length + 1), last

    def summed(self, numbers: np.ndarray, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Over the window of each period: the sum of figures, by how much rounding may have moved it, and how many are missing."""
        first, last = self.window(numbers, window)
        beyond = np.maximum(last - np.maximum(self.last, first - 1), 0)  # periods of the window after the latest
        start, stop = (np.minimum(at - self.first, len(self.reasons)) for at in (first, last + 1))
        figures, halves, gaps = (sums[stop] - sums[start] for sums in self._sums)
        return figures, halves, gaps + beyond

    def reason(self, number: int) -> str:
        """Why a period has no figure; empty if it has one."""
        return self.reasons[number - self.first] if number <= self.last else NOT_YET_RELEASED

    def setting(self, number: int) -> Setting:
        """Unit, adjustment and base at a period."""
        return self.settings[min(number, self.last) - self.first]


def number_of(period: str) -> int:
    """A month or a year as a number: neighbours differ by one, and that of each January is divisible by 12."""
    return int(period[:4]) * 12 + int(period[5:]) - 1 if len(period) > 4 else int(period)


def frequency_of(period: str) -> Frequency | None:
    """Which line of time a period stands in; ``None`` for a range."""
    return "month" if is_month(period) else "year" if len(period) == 4 else None


def period_of(number: int, frequency: Frequency) -> str:
    """The period of a number."""
    return month(number // 12, number % 12 + 1) if frequency == "month" else f"{number:04d}"


def timelines_of(knowledge: pd.DataFrame) -> dict[Key, dict[str, Timeline]]:
    """The lines of time of all series, by family, measure and frequency; ranges and undated figures have none.

    Args:
        knowledge: by the schema ``vintages.knowledge``.

    Raises:
        ValueError: a fact stands there twice, or a figure without its decimals.
    """
    frequencies = knowledge["period"].map(frequency_of, na_action="ignore").rename("frequency")
    grouped: dict[Key, dict[str, Timeline]] = {}
    by = [knowledge["family"], knowledge["measure"], frequencies, knowledge["series"]]
    for (family, measure, frequency, series), rows in knowledge.groupby(by, sort=True):
        timeline = _timeline(series, frequency, rows)
        if timeline is not None:
            grouped.setdefault((family, measure, frequency), {})[series] = timeline
    return grouped


class _Known(NamedTuple):
    """A row of the knowledge about one period."""

    value: float | None
    decimals: int | None
    reason: str
    setting: Setting


def _timeline(series: str, frequency: Frequency, rows: pd.DataFrame) -> Timeline | None:
    known: dict[int, _Known] = {}
    for period, each in _by_period(rows):
        number = number_of(period)
        if number in known:
            raise ValueError(f"{series} {period} stands twice in what is known")
        if each.value is not None and each.decimals is None:
            raise ValueError(f"{series} {period} is {each.value} without its printed decimals")
        known[number] = each
    present = [number for number, each in known.items() if each.reason != NOT_YET_RELEASED]
    if not present:
        return None
    first, last = min(present), max(present)
    digits = max((each.decimals for each in known.values() if each.value is not None and each.decimals is not None), default=0)
    figures, halves, reasons, settings = list[int](), list[int](), list[str](), list[Setting]()
    setting = next((known[n].setting for n in sorted(present) if known[n].value is not None), known[first].setting)
    for number in range(first, last + 1):
        there = known.get(number)
        if there is None or there.value is None or there.decimals is None:
            figures.append(0)
            halves.append(0)
            reasons.append(NOT_PUBLISHED if there is None else there.reason)
        else:
            unit = 10 ** (digits - there.decimals)
            # At most 15 digits are printed, so that the float is within a quarter of the integer that it stands for.
            figures.append(2 * round(there.value * 10**there.decimals) * unit)
            halves.append(unit)
            reasons.append("")
            setting = there.setting
        settings.append(setting)
    return Timeline(
        series, frequency, first, digits, np.array(figures, dtype=object), np.array(halves, dtype=object), reasons, settings
    )


_COLUMNS = ("period", "value", "decimals", "gap", "unit", "seasonal_adjustment", "base_period")


def _by_period(rows: pd.DataFrame) -> Iterator[tuple[str, _Known]]:
    columns = (rows[name].astype(object).where(rows[name].notna(), None) for name in _COLUMNS)
    for period, value, decimals, gap, *setting in zip(*columns, strict=True):
        yield period, _Known(value, decimals, "" if value is not None else gap or NOT_PUBLISHED, Setting(*setting))
