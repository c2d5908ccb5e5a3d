"""What a release month knew, as one line of time per series: exact integers, and a reason wherever there is no figure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from trade_assets.facts.periods import is_month, month
from trade_assets.metrics.formulas import Frequency, Window
from trade_assets.reading.marks import NOT_PUBLISHED, NOT_YET_RELEASED

NOT_READ = "not_read"
"""The gap of a month of which no document was read."""

Key = tuple[str, str, Frequency]
"""(family, measure, frequency)"""


class Setting(NamedTuple):
    """What must be the same in all figures of a series that are compared; ``None`` where it is not stated."""

    unit: str | None
    seasonal_adjustment: str | None
    base_period: str | None

    def differs(self, other: Setting) -> bool:
        """Whether figures of the two cannot be compared. An adjustment that one document does not state is no other one."""
        adjustments = {self.seasonal_adjustment, other.seasonal_adjustment} - {None}
        return (self.unit, self.base_period) != (other.unit, other.base_period) or len(adjustments) > 1


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
        distinct = set(self.settings)
        return not any(one.differs(other) for one, other in itertools.combinations(distinct, 2))

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

    Within the range that is known of a series, a period that nobody printed is ``not_published`` if what one release month
    published has periods before it and after it, and else ``not_read``: no document of it was read. So is a period that was
    not yet released when the last document that has it appeared, and others have later ones.

    Args:
        knowledge: by the schema ``vintages.knowledge``.

    Raises:
        ValueError: a fact stands there twice, or a figure without its decimals.
    """
    columns = (knowledge[name].astype(object).where(knowledge[name].notna(), None) for name in _COLUMNS)
    known: dict[tuple[str, str, Frequency, str], dict[int, _Known]] = {}
    for family, measure, series, period, value, decimals, gap, published_in, *setting in zip(*columns, strict=True):
        frequency = None if period is None else frequency_of(period)
        if frequency is None:
            continue
        of_series, number = known.setdefault((family, measure, frequency, series), {}), number_of(period)
        if number in of_series:
            raise ValueError(f"{series} {measure} {period} stands twice in what is known")
        if value is not None and decimals is None:
            raise ValueError(f"{series} {measure} {period} is {value} without its printed decimals")
        of_series[number] = _Known(value, decimals or 0, "" if value is not None else gap or NOT_PUBLISHED, published_in, Setting(*setting))
    grouped: dict[Key, dict[str, Timeline]] = {}
    for (family, measure, frequency, series), of_series in sorted(known.items()):
        timeline = _timeline(series, frequency, of_series)
        if timeline is not None:
            grouped.setdefault((family, measure, frequency), {})[series] = timeline
    return grouped


_COLUMNS = (
    "family",
    "measure",
    "series",
    "period",
    "value",
    "decimals",
    "gap",
    "published_in",
    "unit",
    "seasonal_adjustment",
    "base_period",
)


class _Known(NamedTuple):
    """What is known of one period of a series."""

    value: float | None
    decimals: int
    reason: str
    published_in: str
    setting: Setting


def _spans(present: Sequence[int], known: Mapping[int, _Known]) -> list[tuple[int, int]]:
    """The first and the last period of a series that each release month printed, of those known from it."""
    printed: dict[str, list[int]] = {}
    for number in present:
        if known[number].reason != NOT_READ:
            printed.setdefault(known[number].published_in, []).append(number)
    return [(numbers[0], numbers[-1]) for numbers in printed.values()]


def _timeline(series: str, frequency: Frequency, known: Mapping[int, _Known]) -> Timeline | None:
    """The line of time of a series; ``None`` where all of it is yet to be released."""
    present = sorted(number for number, each in known.items() if each.reason != NOT_YET_RELEASED)
    if not present:
        return None
    first, last = present[0], present[-1]
    digits = max(each.decimals for each in known.values())
    figures, halves, reasons, settings = list[int](), list[int](), list[str](), list[Setting]()
    setting = next((known[number].setting for number in present if known[number].value is not None), known[first].setting)
    spans, holes = _spans(present, known), set(range(first, last + 1)).difference(present)
    for number in range(first, last + 1):
        if number in holes:
            is_spanned = any(begin < number < end for begin, end in spans)
            there = _Known(None, 0, NOT_PUBLISHED if is_spanned else NOT_READ, "", setting)
        else:
            there = known[number]
        is_figure = there.value is not None
        unit = 10 ** (digits - there.decimals) if is_figure else 0
        # At most 15 digits are printed, so that the float is within a quarter of the integer that it stands for.
        figures.append(2 * round((there.value or 0) * 10**there.decimals) * unit)
        halves.append(unit)
        reasons.append(there.reason)
        setting = there.setting if is_figure else setting
        settings.append(setting)
    return Timeline(series, frequency, first, digits, np.array(figures, dtype=object), np.array(halves, dtype=object), reasons, settings)
