"""How a formula is evaluated: one metric of one series over its periods, each a value within its interval or the reasons of its gap."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from trade_assets.metrics.exact import Interval, Quotient, Rounded, power_of_product, quotients
from trade_assets.metrics.formulas import Case, Definition, Frequency, Operand, is_signed
from trade_assets.metrics.timelines import Key, Setting, Timeline

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

Timelines = Mapping[Key, Mapping[str, Timeline]]
Operands = tuple[tuple[Operand, Timeline], ...]


class Reason(NamedTuple):
    """Why a metric has no value: what is wrong with one figure of one operand.

    Attributes:
        number: of the figure's period (``timelines.number_of``).
    """

    why: str
    series: str
    number: int


Outcome = tuple[Interval | None, Sequence[Reason]]
"""A value and no reason, or no value and its reasons."""


def evaluated(definition: Definition, frequencies: Iterable[Frequency], timelines: Timelines) -> Iterator[Evaluation]:
    """The metric of every series that has it."""
    for case, frequency in itertools.product(definition.cases, frequencies):
        for bound in _bound(case, frequency, timelines):
            yield Evaluation(definition, case, bound)


class _Bound(NamedTuple):
    """A case met by a series: its operands with their lines of time, and what the metric's series is called.

    Attributes:
        own: the series that the case is of.
        sums: the operands of each sum of the case.
    """

    family: str
    frequency: Frequency
    own: Timeline
    named: str
    sums: tuple[Operands, ...]


def _bound(case: Case, frequency: Frequency, timelines: Timelines) -> Iterator[_Bound]:
    """Every series that the case is of and whose operands are all known as series."""

    def lines(operand: Operand) -> Mapping[str, Timeline]:
        return timelines.get((operand.family, operand.measure, operand.frequency or frequency), {})

    leading = case.above[0]
    for series, own in lines(leading).items():
        found = re.fullmatch(case.of, series)
        if found is None:
            continue
        names = {"series": series, **found.groupdict()}
        sums = [[(operand, lines(operand).get(operand.series.format(**names))) for operand in operands] for operands in case.sums]
        known = tuple(tuple((operand, line) for operand, line in operands if line is not None) for operands in sums)
        if [len(operands) for operands in known] == [len(operands) for operands in sums]:
            yield _Bound(leading.family, frequency, own, case.named.format(**names), known)


class Evaluation:
    """One metric of one series, over all its periods.

    Attributes:
        numbers: of its periods (``timelines.number_of``).
        named: what its series is called.
    """

    def __init__(self, definition: Definition, case: Case, bound: _Bound) -> None:
        self.definition, self.case, self.bound = definition, case, bound
        self.family, self.frequency, self.named = bound.family, bound.frequency, bound.named
        self.operands: Operands = tuple(itertools.chain.from_iterable(bound.sums))
        first = max(line.earliest(operand.window) for operand, line in self.operands)
        self.numbers = np.arange(first, bound.own.last + case.above[0].window.lag + 1)
        if definition.needs_seasonal_adjustment:
            is_adjusted = [bound.own.setting(number).seasonal_adjustment == _ADJUSTED for number in self.numbers.tolist()]
            self.numbers = self.numbers[np.array(is_adjusted, dtype=bool)]

    def outcomes(self) -> list[Outcome]:
        """Each period's interval, or the reasons of its gap."""
        digits = max(line.digits for _, line in self.operands)
        sums = [self._added(operands, digits) for operands in self.bound.sums]
        is_missing = np.sum([missing for *_, missing in sums], axis=0) > 0
        others = self._others() if self._may_differ() else {}
        many = self._many(sums, digits)
        found = list[Outcome]()
        for at, number in enumerate(self.numbers.tolist()):
            if is_missing[at]:
                found.append((None, self._missing(number)))
            elif number in others:
                found.append((None, others[number]))
            elif many is not None and many[at] is not None:
                found.append((many[at], ()))
            else:
                rounded = [Rounded(total[at], half[at]) for total, half, _ in sums]
                found.append(self._outcome(number, self._quotients(rounded, digits)))
        return found

    def _many(self, sums: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]], digits: int) -> list[Interval | None] | None:
        """The intervals of all periods at once, where the metric is a plain quotient; ``None`` for one that is to be looked at alone."""
        is_asked_for_signs = not self.definition.is_of_signed and is_signed(self.bound.own.series)
        if self.definition.power != 1 or self.case.times or is_asked_for_signs:
            return None
        above, below, both = ((total, half) for total, half, _ in sums[:3])
        if not self.case.below:
            below = np.full(len(self.numbers), _one(digits), dtype=object), below[1]
        made = quotients(above, below, both, self.definition.scale, self.case.minus)
        if made is None:
            return None
        intervals = zip(made.value.tolist(), made.low.tolist(), made.high.tolist(), made.is_defined.tolist(), strict=True)
        return [Interval(value, low, high) if is_defined else None for value, low, high, is_defined in intervals]

    def _quotients(self, sums: Sequence[Rounded], digits: int) -> list[Quotient]:
        """The one quotient of the case, or both of them."""
        one = Rounded(_one(digits), 0)
        above, below, both, times, over = sums
        first = Quotient(above, below if self.case.below else one, both)
        return [first, Quotient(times, over if self.case.over else one)] if self.case.times else [first]

    def _added(self, operands: Operands, digits: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Per period, the weighted sum in halves of a unit at ``digits`` decimals, its rounding, and its missing figures."""
        total, half, missing = (np.zeros(len(self.numbers), dtype=object) for _ in range(3))
        for operand, line in operands:
            figures, halves, gaps = line.summed(self.numbers, operand.window)
            factor = 10 ** (digits - line.digits)
            total, half = total + operand.weight * factor * figures, half + abs(operand.weight) * factor * halves
            missing = missing + gaps
        return total, half, missing

    def _outcome(self, number: int, quotients: Sequence[Quotient]) -> Outcome:
        """The interval of a period whose figures are all there, or why there is none."""
        above, below, both, _, over = self.bound.sums
        if not self.definition.is_of_signed and is_signed(self.bound.own.series):
            first = quotients[0]
            if first.above.plus(first.both).sign * first.below.plus(first.both).sign <= 0:
                ends = ((line, number - operand.window.lag) for operand, line in (*above, *below))
                return None, [Reason(OTHER_SIGN, line.series, at) for line, at in ends]
        try:
            interval = power_of_product(quotients, self.definition.scale, self.definition.power, self.case.minus)
        except OverflowError:
            return None, [Reason(TOO_LARGE, line.series, at) for line, at in _places(self.operands, number)]
        if interval is None:
            return None, [Reason(NO_DIVISOR, line.series, at) for line, at in _places((*below, *both, *over), number)]
        return interval, ()

    def _missing(self, number: int) -> list[Reason]:
        """The gaps that the metric of a period inherits."""
        places = _places(self.operands, number)
        return [Reason(line.reason(at), line.series, at) for line, at in places if line.reason(at)]

    def _may_differ(self) -> bool:
        lines = [line for _, line in self.operands]
        has_other_base = self.definition.has_one_base and len({line.settings[0].base_period for line in lines}) > 1
        return has_other_base or not all(line.has_one_setting for line in lines)

    def _others(self) -> dict[int, list[Reason]]:
        """The periods whose figures, of one series or of all, cannot be compared, with those that differ from the latest."""
        found = {}
        for number in self.numbers.tolist():
            places = sorted(_places(self.operands, number), key=lambda place: place[1], reverse=True)
            differing = list(_differing(places))
            if self.definition.has_one_base:
                bases = [line.setting(at).base_period for line, at in places]
                differing += [place for place, base in zip(places, bases, strict=True) if base != bases[0]]
            if differing:
                found[number] = [Reason(OTHER_BASE, line.series, at) for line, at in differing]
        return found

    def settings(self) -> list[Setting]:
        """Unit, base and adjustment of each period."""
        distinct = {setting for _, line in self.operands for setting in line.distinct_settings}
        if len(distinct) == 1:
            return [*distinct] * len(self.numbers)
        return [self.setting(number) for number in self.numbers.tolist()]

    def setting(self, number: int) -> Setting:
        """Unit and base of the figures at a period, and their adjustment where all agree on it."""
        settings = dict.fromkeys(line.setting(number) for _, line in self.operands)
        if len(settings) == 1:
            return next(iter(settings))
        adjustments = {setting.seasonal_adjustment for setting in settings}
        base = next((setting.base_period for setting in settings if setting.base_period is not None), None)
        adjustment = adjustments.pop() if len(adjustments) == 1 else _MIXED
        return Setting(self.bound.own.setting(number).unit, adjustment, base)


def _one(digits: int) -> int:
    """1 in the measure of the sums, for a sum that nothing divides and that is meant itself."""
    return int(2 * 10**digits)


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
