"""Every metric of a release month, from what that month knew: value, interval, or the reason why there is none.

A metric of a series begins with the first period for which all its operands lie in what is known of their series, and
ends with the latest period of the series. In between every period has a row: one operand missing is enough for a gap,
which names the operand and its reason. Nothing is computed across a hole.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trade_assets.facts.frames import conform, empty, together
from trade_assets.facts.tables import METRIC_FIGURES
from trade_assets.metrics.definitions import BY_METRIC, DEFINITIONS
from trade_assets.metrics.exact import Interval, Rounded, power_of_quotient
from trade_assets.metrics.formulas import Case, Definition, Frequency, Operand, is_signed
from trade_assets.metrics.timelines import Key, Setting, Timeline, period_of, timelines_of

OTHER_BASE = "other_base"
"""The gap of a metric whose operands are not on one base, in one unit, or adjusted alike."""
NO_DIVISOR = "divisor_may_be_zero"
"""The gap of a metric whose divisor may be zero before rounding."""
OTHER_SIGN = "other_sign"
"""The gap of a percent change of a balance, or of adjustments, of which the two figures do not surely have one sign."""
TOO_LARGE = "too_large"
"""The gap of a metric that no float can hold."""

_ADJUSTED = "seasonally adjusted"
_MIXED = "mixed"


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
    timelines = timelines_of(knowledge)
    rows: list[dict[str, Sequence[Any]]] = []
    for definition in DEFINITIONS:
        for case, frequency in itertools.product(definition.cases, definition.frequencies):
            for bound in _bound(case, frequency, timelines):
                rows.append(_Evaluation(definition, case, bound).rows())
    filled = [each for each in rows if len(each["period"])]
    if not filled:
        return empty(METRIC_FIGURES)
    columns = {name: list(itertools.chain.from_iterable(each[name] for each in filled)) for name in filled[0]}
    return conform(pd.DataFrame(columns, dtype=object), METRIC_FIGURES, release_month=release_month, reference_month=reference_month)


def unsound(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that contradict what every metric promises; empty when all is well.

    A value has its interval around it and no gap, a gap has none of the three, and each metric is in the catalogue.

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


Operands = tuple[tuple[Operand, Timeline], ...]


class _Bound(NamedTuple):
    """A case met by a series: its operands with their lines of time, and what the metric's series is called.

    Attributes:
        own: the series that the case is of.
        above, below, both: the operands of the two sums, and those in both.
    """

    family: str
    frequency: Frequency
    own: Timeline
    named: str
    above: Operands
    below: Operands
    both: Operands

    @property
    def operands(self) -> Operands:
        """All of them."""
        return (*self.above, *self.below, *self.both)


def _bound(case: Case, frequency: Frequency, timelines: dict[Key, dict[str, Timeline]]) -> Iterator[_Bound]:
    """Every series that the case is of and whose operands are all known as series."""
    leading = case.above[0]
    for series, own in timelines.get((leading.family, leading.measure, frequency), {}).items():
        found = re.fullmatch(case.of, series)
        if found is None:
            continue
        names = {"series": series, **found.groupdict()}
        above, below, both = (
            tuple(
                (operand, line)
                for operand in operands
                for line in (timelines.get((operand.family, operand.measure, frequency), {}).get(operand.series.format(**names)),)
                if line is not None
            )
            for operands in (case.above, case.below, case.both)
        )
        if (len(above), len(below), len(both)) == (len(case.above), len(case.below), len(case.both)):
            yield _Bound(leading.family, frequency, own, case.named.format(**names), above, below, both)


class _Evaluation:
    """One metric of one series, over all its periods."""

    def __init__(self, definition: Definition, case: Case, bound: _Bound) -> None:
        self.definition, self.case, self.bound = definition, case, bound
        first = max(line.earliest(operand.window) for operand, line in bound.operands)
        self.numbers = np.arange(first, bound.own.last + 1)
        if definition.needs_seasonal_adjustment:
            is_adjusted = [bound.own.setting(number).seasonal_adjustment == _ADJUSTED for number in self.numbers.tolist()]
            self.numbers = self.numbers[np.array(is_adjusted, dtype=bool)]

    def rows(self) -> dict[str, Sequence[Any]]:
        """The columns of the metric."""
        count = len(self.numbers)
        if not count:
            return {"period": []}
        found, gaps = self._computed()
        settings = [self._setting(number) for number in self.numbers.tolist()]
        return {
            "family": [self.bound.family] * count,
            "metric": [self.definition.metric] * count,
            "series": [self.bound.named] * count,
            "period": [period_of(number, self.bound.frequency) for number in self.numbers.tolist()],
            **{name: [None if each is None else getattr(each, name) for each in found] for name in Interval._fields},
            "unit": [self._unit(setting) for setting in settings],
            "seasonal_adjustment": [setting.seasonal_adjustment for setting in settings],
            "base_period": [setting.base_period for setting in settings],
            "gap": gaps,
        }

    def _computed(self) -> tuple[list[Interval | None], list[str | None]]:
        """Each period's interval, or its gap."""
        digits = max(line.digits for _, line in self.bound.operands)
        above, above_half, above_missing = self._added(self.bound.above, digits)
        below, below_half, below_missing = self._added(self.bound.below, digits)
        both, both_half, both_missing = self._added(self.bound.both, digits)
        is_missing = above_missing + below_missing + both_missing > 0
        if not self.bound.below:
            below = below + 2 * 10**digits  # the sum itself is meant, and this is 1 in its measure
        others = self._others() if self._may_differ() else {}
        found, gaps = list[Interval | None](), list[str | None]()
        for at, number in enumerate(self.numbers.tolist()):
            interval, gap = None, None
            if is_missing[at]:
                gap = self._missing(number)
            elif number in others:
                gap = others[number]
            else:
                sums = zip((above, below, both), (above_half, below_half, both_half), strict=True)
                interval, gap = self._interval(number, *(Rounded(total[at], half[at]) for total, half in sums))
            found.append(interval)
            gaps.append(gap)
        return found, gaps

    def _added(self, operands: Operands, digits: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Per period, the weighted sum in halves of a unit at ``digits`` decimals, its rounding, and its missing figures."""
        total, half, missing = (np.zeros(len(self.numbers), dtype=object) for _ in range(3))
        for operand, line in operands:
            figures, halves, gaps = line.summed(self.numbers, operand.window)
            factor = 10 ** (digits - line.digits)
            total, half = total + operand.weight * factor * figures, half + abs(operand.weight) * factor * halves
            missing = missing + gaps
        return total, half, missing

    def _interval(self, number: int, above: Rounded, below: Rounded, both: Rounded) -> tuple[Interval | None, str | None]:
        """The interval of a period whose figures are all there, or why there is none."""
        if not self.definition.is_of_signed and is_signed(self.bound.own.series):
            ends = ((line, number - operand.window.lag) for operand, line in (*self.bound.above, *self.bound.below))
            if above.plus(both).sign * below.plus(both).sign <= 0:
                return None, self._said((OTHER_SIGN, line, at) for line, at in ends)
        try:
            interval = power_of_quotient(above, below, self.definition.scale, self.definition.power, self.case.minus, both=both)
        except OverflowError:
            return None, self._said((TOO_LARGE, line, at) for line, at in _places(self.bound.operands, number))
        if interval is None:
            return None, self._said((NO_DIVISOR, line, at) for line, at in _places((*self.bound.below, *self.bound.both), number))
        return interval, None

    def _said(self, reasons: Iterator[tuple[str, Timeline, int]]) -> str:
        """Reasons with their operands, in order of time."""
        ordered = sorted({(number, "" if line.series == self.bound.named else f"{line.series} ", why) for why, line, number in reasons})
        return "; ".join(f"{why}: {series}{period_of(number, self.bound.frequency)}" for number, series, why in ordered)

    def _missing(self, number: int) -> str:
        """The gaps that the metric of a period inherits."""
        return self._said((line.reason(at), line, at) for line, at in _places(self.bound.operands, number) if line.reason(at))

    def _may_differ(self) -> bool:
        lines = [line for _, line in self.bound.operands]
        has_other_base = self.definition.has_one_base and len({line.settings[0].base_period for line in lines}) > 1
        return has_other_base or not all(line.has_one_setting for line in lines)

    def _others(self) -> dict[int, str]:
        """The periods whose figures, of one series or of all, cannot be compared, with those that differ from the latest."""
        found = {}
        for number in self.numbers.tolist():
            places = sorted(_places(self.bound.operands, number), key=lambda place: place[1], reverse=True)
            differing = list(_differing(places))
            if self.definition.has_one_base:
                bases = [line.setting(at).base_period for line, at in places]
                differing += [place for place, base in zip(places, bases, strict=True) if base != bases[0]]
            if differing:
                found[number] = self._said((OTHER_BASE, line, at) for line, at in differing)
        return found

    def _setting(self, number: int) -> Setting:
        """Unit and base of the figures at a period, and their adjustment where all agree on it."""
        settings = dict.fromkeys(line.setting(number) for _, line in self.bound.operands)
        if len(settings) == 1:
            return next(iter(settings))
        adjustments = {setting.seasonal_adjustment for setting in settings}
        base = next((setting.base_period for setting in settings if setting.base_period is not None), None)
        adjustment = adjustments.pop() if len(adjustments) == 1 else _MIXED
        return Setting(self.bound.own.setting(number).unit, adjustment, base)

    def _unit(self, setting: Setting) -> str:
        return self.definition.unit.format(unit=setting.unit, base=(setting.base_period or "unknown").removesuffix("=100"))


def _differing(places: Sequence[tuple[Timeline, int]]) -> Iterator[tuple[Timeline, int]]:
    """The figures that cannot be compared with the latest of their series; one that states no adjustment leaves it to the next that does.

    Args:
        places: the latest first.
    """
    leading: dict[str, Setting] = {}
    for line, number in places:
        setting = line.setting(number)
        latest = leading.setdefault(line.series, setting)
        if setting.differs(latest):
            yield line, number
        elif latest.seasonal_adjustment is None:
            leading[line.series] = setting


def _places(operands: Operands, number: int) -> Iterator[tuple[Timeline, int]]:
    """Every figure that the operands sum over at a period."""
    for operand, line in operands:
        first, last = line.window(np.array([number]), operand.window)
        yield from ((line, at) for at in range(int(first[0]), int(last[0]) + 1))
