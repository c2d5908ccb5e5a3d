"""What a release month knew, as one line of time per series: exact integers, and a reason wherever there is no figure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from trade_assets.facts.periods import is_month, month, months_apart, span
from trade_assets.metrics.formulas import Frequency, Window
from trade_assets.reading.marks import NOT_PUBLISHED, NOT_YET_RELEASED

NOT_READ = "not_read"
"""The gap of a month of which no document was read."""
NOT_PRINTED = "operand_not_printed"
"""The gap of a metric of which the document has no row, or no column, for an operand: it does not go back so far."""

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
    def distinct_settings(self) -> frozenset[Setting]:
        """The units, adjustments and bases of its figures."""
        return frozenset(self.settings)

    @cached_property
    def has_one_setting(self) -> bool:
        """Whether all figures are on one base, in one unit, adjusted alike."""
        return not any(one.differs(other) for one, other in itertools.combinations(self.distinct_settings, 2))

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
    """A year as a number, and any other period as that of its last month: neighbours differ by one, a January is divisible by 12."""
    return int(period[-7:-3]) * 12 + int(period[-2:]) - 1 if len(period) > 4 else int(period)


_CHANGES: dict[int, Frequency] = {1: "change_1_month", 12: "change_12_months"}


def frequency_of(measure: str, period: str) -> Frequency | None:
    """Which line of time a figure stands in; ``None`` for a range that is neither a year to date nor a change over a month or twelve."""
    if "/" not in period:
        return "month" if is_month(period) else "year"
    first, last = period.split("/")
    if measure == "percent_change":
        return _CHANGES.get(months_apart(first, last))
    return "year_to_date" if first == f"{last[:4]}-01" else None


def period_of(number: int, frequency: Frequency) -> str:
    """The period of a number; of a change, its last month."""
    if frequency == "year":
        return f"{number:04d}"
    last = month(number // 12, number % 12 + 1)
    return span(f"{last[:4]}-01", last) if frequency == "year_to_date" else last


def timelines_of(knowledge: pd.DataFrame) -> dict[Key, dict[str, Timeline]]:
    """The lines of time of all series, by family, measure and frequency; undated figures have none.

    Within the range that is known of a series, a period that nobody printed is ``not_published`` if what one release month
    published has periods before it and after it, and else ``not_read``: no document of it was read. So is a period that was
    not yet released when the last document that has it appeared, and others have later ones.

    Args:
        knowledge: by the schema ``vintages.knowledge``.

    Raises:
        ValueError: a fact stands there twice, or a figure without its decimals.
    """
    grouped: dict[Key, dict[str, Timeline]] = {}
    for (key, series), known in _by_line(knowledge).items():
        # What is yet to be released is no part of the line: with nothing else there is none.
        present = sorted(number for number, each in known.items() if each.reason != NOT_YET_RELEASED)
        if present:
            spans = _spans(present, known)
            missing = {
                number: NOT_PUBLISHED if any(begin < number < end for begin, end in spans) else NOT_READ
                for number in set(range(present[0], present[-1] + 1)).difference(present)
            }
            there = {number: known[number] for number in present}
            grouped.setdefault(key, {})[series] = _timeline(series, key[2], there, missing)
    return grouped


def timelines_of_release(facts: pd.DataFrame) -> dict[Key, dict[str, Timeline]]:
    """The lines of time that one release prints, as it prints them: no figure is taken for a rounded one.

    Args:
        facts: columns family, series, measure, period, value, decimals, gap. What has neither value nor gap is not printed.

    Raises:
        ValueError: a fact stands there twice.
    """
    unknown = {name: None for name in _COLUMNS if name not in facts}
    grouped: dict[Key, dict[str, Timeline]] = {}
    for (key, series), known in _by_line(facts.assign(**unknown), NOT_PRINTED).items():
        missing = dict.fromkeys(set(range(min(known), max(known) + 1)).difference(known), NOT_PRINTED)
        line = _timeline(series, key[2], known, missing)
        grouped.setdefault(key, {})[series] = replace(line, halves=np.zeros(len(line.reasons), dtype=object))
    return grouped


def _by_line(facts: pd.DataFrame, missing: str = NOT_PUBLISHED) -> dict[tuple[Key, str], dict[int, _Known]]:
    """What is known of each series, by the number of its periods."""
    columns = (facts[name].astype(object).where(facts[name].notna(), None) for name in _COLUMNS)
    known: dict[tuple[Key, str], dict[int, _Known]] = {}
    for family, measure, series, period, value, decimals, gap, published_in, *setting in zip(*columns, strict=True):
        frequency = None if period is None else frequency_of(measure, period)
        if frequency is None:
            continue
        of_series, number = known.setdefault(((family, measure, frequency), series), {}), number_of(period)
        if number in of_series:
            raise ValueError(f"{series} {measure} {period} stands twice in what is known")
        if value is not None and decimals is None:
            raise ValueError(f"{series} {measure} {period} is {value} without its printed decimals")
        of_series[number] = _Known(value, decimals or 0, "" if value is not None else gap or missing, published_in, Setting(*setting))
    return dict(sorted(known.items(), key=lambda item: item[0]))


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


def _timeline(series: str, frequency: Frequency, known: Mapping[int, _Known], missing: Mapping[int, str]) -> Timeline:
    """The line of time of a series.

    Args:
        known: what is known of its periods, by their number.
        missing: why the other ones between the first and the last have no figure.
    """
    first, last = min(known), max(known)
    digits = max(each.decimals for each in known.values())
    figures, halves, reasons, settings = list[int](), list[int](), list[str](), list[Setting]()
    setting = next((known[number].setting for number in sorted(known) if known[number].value is not None), known[first].setting)
    for number in range(first, last + 1):
        there = known[number] if number in known else _Known(None, 0, missing[number], "", setting)
        is_figure = there.value is not None
        unit = 10 ** (digits - there.decimals) if is_figure else 0
        # At most 15 digits are printed, so that the float is within a quarter of the integer that it stands for.
        figures.append(2 * round((there.value or 0) * 10**there.decimals) * unit)
        halves.append(unit)
        reasons.append(there.reason)
        setting = there.setting if is_figure else setting
        settings.append(setting)
    return Timeline(series, frequency, first, digits, np.array(figures, dtype=object), np.array(halves, dtype=object), reasons, settings)
