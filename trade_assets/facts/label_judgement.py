"""Labels against figures: whether a file's figures are of the series, unit and frequency that its header claims.

A file of a series has a name for itself and no unit, base or adjustment; all of these are claims until a known figure
agrees. Where the figures contradict the claim, they are tried as other series, units, signs, bases, changes and
frequencies, so that the reader learns what they are instead. Without a known figure nothing is proven, and that is said.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from statistics import median
from typing import NamedTuple

from trade_assets.facts.known import Known, Months, is_index, known_figures, name_of
from trade_assets.facts.periods import add_months, months_apart, months_of

AVERAGE = "average"
"""The measure of a quarter that is the average of its months."""

Printed = Mapping[str, tuple[Fraction, Fraction]]
"""By period, a printed figure and half a unit of its last place."""

_NO_OTHER_BASE = Fraction(1, 500)  # a constant so near to one is rounding, or revision
_ORIGIN = "1900-01"
_AROUND = 12  # months over which a series keeps its size
_SWAY = 10  # by so many margins, or by half, a shock or the season moves it; 30 percent is the most of any month in 2020
_ENOUGH = 3  # figures that prove what a file is, where fewer are not all there are
_TELLING = 20  # a figure of fewer half units of its last place resembles too much to be evidence


class Expected(NamedTuple):
    """What a period should print, how far another vintage may print it, and how exactly it is known beyond the file's own print."""

    value: Fraction
    margin: Fraction
    doubt: Fraction = Fraction(0)

    def times(self, factor: Fraction) -> Expected:
        return Expected(self.value * factor, self.margin * abs(factor), self.doubt * abs(factor))


Points = Mapping[str, Expected]


@dataclass(frozen=True)
class Label:
    """What known figures say of the label of a series in a file.

    Attributes:
        compared: the known figures among those that the file prints.
        agreeing: those of them that lie where another vintage may print them.
        instead: what the figures are instead, in words; ``None`` if the label stands or nothing was found.
        bounds: by period, where the known figures let a figure lie, in whole units, widened outward; where none is known of the
            period itself, where those of the months around let it lie, which keeps the size and little more.
        far: how many figures lie outside.
        is_final: whether no vintage prints the known figures otherwise, so that a single one proves.
    """

    compared: int
    agreeing: int
    instead: str | None
    bounds: Mapping[str, tuple[int, int]]
    far: int
    is_final: bool

    @property
    def is_contradicted(self) -> bool:
        """Whether the figures are not of the series: they are another one's, or most of at least three cannot be of it."""
        if self.instead is not None:
            return True
        if self.compared >= _ENOUGH or self.is_final:
            return 2 * self.agreeing < self.compared
        return self.far >= _ENOUGH and 2 * self.far > len(self.bounds)

    def allows(self, period: str, value: float | None) -> bool:
        """Whether a figure lies where the known figures let it lie, or is not held against any."""
        bounds = self.bounds.get(period)
        return value is None or bounds is None or bounds[0] <= value <= bounds[1]

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        if self.instead is not None:
            return f"these are {self.instead}"
        if self.is_contradicted and self.compared < _ENOUGH and not self.is_final:
            return f"{self.far} of {len(self.bounds)} figures are of another size than those known of the months around"
        if not self.compared:
            return "no figure is known to compare with"
        said = f"{self.compared - self.agreeing} of {self.compared} known figures differ"
        return f"{said}; what these are was not found" if self.is_contradicted else said


def judge(series: str, measure: str, figures: Mapping[str, Decimal], known: Mapping[str, Months] | None = None) -> Label:
    """Whether figures are of a series.

    Args:
        series, measure: what the label claims; the measure ``average`` is of quarters, others are of months.
        figures: what the file prints, by period, with the printed decimals.
        known: known figures by series; those of the catalogue, if none are given.
    """
    known = known_figures() if known is None else known
    printed = _exact(figures)
    claimed = _points(known.get(series, {}), measure, printed, _hows(measure)[0][1])
    exact, agreeing = _fit(claimed, printed)
    around = _around(known.get(series, {}), printed.keys() - claimed.keys())
    bounds = {p: (floor(each.value - each.margin), ceil(each.value + each.margin)) for p, each in (around | claimed).items()}
    far = sum(not low <= printed[period][0] <= high for period, (low, high) in bounds.items())
    instead = None
    # What is printed as it is known needs no other explanation.
    if 2 * exact < len(claimed) or not claimed:
        instead = _instead(series, measure, printed, known, (len(claimed), exact, agreeing))
    is_final = bool(claimed) and not any(each.margin for each in claimed.values())
    return Label(len(claimed), agreeing, instead, bounds, far, is_final)


def recognised(measure: str, figures: Mapping[str, Decimal]) -> list[str]:
    """The series of the catalogue whose known figures a file prints, most of them and at least three, to the last digit."""
    printed, found = _exact(figures), []
    for series, months in known_figures().items():
        points = _points(months, measure, printed, _hows(measure)[0][1])
        exact, _ = _fit(points, printed)
        if exact >= _ENOUGH and 2 * exact > len(points):
            found.append(series)
    return found


def _instead(series: str, measure: str, printed: Printed, known: Mapping[str, Months], claim: tuple[int, int, int]) -> str | None:
    """What the figures are, if not what is claimed: of all explanations the one that most figures fit to the last digit.

    Args:
        claim: how many figures can be compared with the claim, fit it to the last digit, and may be its another vintage's. An
            explanation must fit more than twice as many to the last digit; of a plausible claim, nothing less refutes it.
    """
    compared, exact, agreeing = claim
    is_plausible = 2 * agreeing >= compared
    for explanations in (_other_labels(series, measure, printed, known), _multiples(measure, printed, known)):
        best: tuple[int, str] | None = None
        for words, other, points in explanations:
            fitting, _ = _fit(points, printed)
            # By chance one of many thousand figures of other series is near a plausible one.
            enough = _ENOUGH if is_plausible and other != series else min(_ENOUGH, len(points))
            if fitting >= enough and 2 * fitting >= len(points) and fitting > (2 * exact if best is None else best[0]):
                best = fitting, words
        if best is not None:
            return best[1]
    if is_plausible:
        return None
    near = [
        (_distance(points, printed), words)
        for words, _, points in _other_labels(series, measure, printed, known)
        if len(points) >= _ENOUGH and _fit(points, printed)[1] == len(points)
    ]
    return f"near {min(near)[1]}" if near else None


def _fit(points: Points, printed: Printed) -> tuple[int, int]:
    """How many figures are as expected to the last digit, and how many lie where another vintage may print them."""
    exact = agreeing = 0
    for period, expected in points.items():
        value, half = printed[period]
        gap, rounding = abs(value - expected.value), max(half, expected.doubt)
        if gap <= rounding + expected.margin:
            agreeing += 1
            exact += gap <= rounding and abs(value) >= _TELLING * rounding
    return exact, agreeing


def _distance(points: Points, printed: Printed) -> Fraction:
    """How far the figures lie from what is expected, as the mean of their shares."""
    return sum((abs(printed[p][0] - each.value) / (abs(each.value) + 1) for p, each in points.items()), Fraction(0)) / len(points)


def _exact(figures: Mapping[str, Decimal]) -> Printed:
    return {period: (Fraction(figure), _half(figure)) for period, figure in figures.items()}


def _half(figure: Decimal) -> Fraction:
    """Half a unit of a figure's last printed place."""
    return Fraction(1, 2) * Fraction(Decimal(1).scaleb(int(figure.as_tuple().exponent)))


# What a period should print

_How = Callable[[list[Expected]], Expected]


def _sum(months: list[Expected]) -> Expected:
    return Expected(*(sum(column, Fraction(0)) for column in zip(*months, strict=True)))


def _average(quarter: list[Expected]) -> Expected:
    return _sum(quarter).times(Fraction(1, 3))


_QUARTERS: tuple[tuple[str, _How], ...] = (
    ("averages of quarters of", _average),
    ("sums of quarters of", _sum),
    ("every third month, the first of each quarter, of", lambda quarter: quarter[0]),
    ("every third month, the second of each quarter, of", lambda quarter: quarter[1]),
    ("every third month, the last of each quarter, of", lambda quarter: quarter[2]),
)
_MONTHS: tuple[tuple[str, _How], ...] = (("the figures of", lambda month: month[0]),)


def _hows(measure: str) -> tuple[tuple[str, _How], ...]:
    """What the figures of a file of quarters, or of months, may stand for; a label claims the first."""
    return _QUARTERS if measure == AVERAGE else _MONTHS


def _points(months: Months, measure: str, periods: Iterable[str], how: _How) -> dict[str, Expected]:
    """What periods should print, as far as all their months are known."""
    points = {}
    for period in periods:
        found = [months[month] for month in months_of(period) if month in months]
        if len(found) == (3 if measure == AVERAGE else 1):
            points[period] = how(list(map(_expected, found)))
    return points


def _around(months: Months, periods: Iterable[str]) -> dict[str, Expected]:
    """What periods can hardly fail to print, by the nearest known month within a year."""
    numbered = sorted((months_apart(_ORIGIN, month), month) for month in months)
    points = {}
    for period in periods if numbered else ():
        number = months_apart(_ORIGIN, period[:7])
        at = bisect_left(numbered, (number, ""))
        distance, nearest = min((abs(other - number), month) for other, month in numbered[max(at - 1, 0) : at + 1])
        if distance <= _AROUND:
            known = _expected(months[nearest])
            margin = max(_expected(months[month]).margin for _, month in numbered[max(at - 3, 0) : at + 3])
            points[period] = known._replace(margin=max(_SWAY * margin, abs(known.value) / 2))
    return points


@lru_cache(maxsize=8192)  # each known figure is asked for by every explanation
def _expected(known: Known) -> Expected:
    return Expected(Fraction(known.value), Fraction(known.margin))


_FACTORS = (
    (Fraction(1), ""),
    (Fraction(1, 1000), " in billions of dollars"),
    (Fraction(1000), " in thousands of dollars"),
    (Fraction(1_000_000), " in dollars"),
    (Fraction(12), " at annual rates"),
)
_CHANGES: tuple[tuple[str, int, Callable[[Fraction, Fraction], Fraction]], ...] = (
    ("percent changes from the period before of", 1, lambda before, now: 100 * (now / before - 1)),
    ("percent changes from a year before of", 12, lambda before, now: 100 * (now / before - 1)),
    ("annual rates of change of", 1, lambda before, now: 100 * ((now / before) ** 12 - 1)),
    ("changes from the period before of", 1, lambda before, now: now - before),
    ("changes from a year before of", 12, lambda before, now: now - before),
)


def _other_labels(series: str, measure: str, printed: Printed, known: Mapping[str, Months]) -> Iterator[tuple[str, str, Points]]:
    """What else the figures may be, in words, of which series, and what they should print then; that of the label first."""
    for other in sorted(known, key=lambda each: each != series):
        name = name_of(other)
        for how_words, how in _hows(measure):
            points = _points(known[other], measure, printed, how)
            ratios = [float(printed[period][0] / each.value) for period, each in points.items() if each.value]
            size = median(ratios) if ratios else 0.0
            for factor, words in _FACTORS[:1] if is_index(other) else _FACTORS:
                for sign, sign_words in ((1, ""), (-1, " with the opposite sign")):
                    is_claim = other == series and how is _hows(measure)[0][1] and factor * sign == 1
                    if 0.5 < size / float(factor * sign) < 2 and not is_claim:  # else no such figure is near
                        yield f"{how_words} {name}{words}{sign_words}", other, {p: each.times(factor * sign) for p, each in points.items()}
        for words, lag, change in _CHANGES:
            points = _changes(known[other], measure, printed, lag if lag > 1 or measure != AVERAGE else 3, change)
            if points:
                yield f"{words} {name}", other, points


def _changes(
    months: Months, measure: str, periods: Iterable[str], lag: int, change: Callable[[Fraction, Fraction], Fraction]
) -> dict[str, Expected]:
    """The change of each period on the one ``lag`` months before it."""
    how = _hows(measure)[0][1]
    found = {}
    for period, now in _points(months, measure, periods, how).items():
        first, slash, last = period.partition("/")
        earlier = add_months(first, -lag) + (f"/{add_months(last, -lag)}" if slash else "")
        before = _points(months, measure, [earlier], how).get(earlier)
        if before is not None and before.value:
            found[period] = Expected(change(before.value, now.value), Fraction(0))
    return found


def _multiples(measure: str, printed: Printed, known: Mapping[str, Months]) -> Iterator[tuple[str, str, Points]]:
    """Each known series multiplied by the constant that makes its largest figure fit: another base, another unit."""
    for other, months in known.items():
        for how_words, how in _hows(measure):
            points = _points(months, measure, printed, how)
            largest = max(points, key=lambda period: abs(points[period].value), default=None)
            if largest is None or len(points) <= _ENOUGH or not points[largest].value:
                continue
            at, (figure, half) = points[largest], printed[largest]
            factor = figure / at.value
            if factor and abs(abs(factor) - 1) > _NO_OTHER_BASE:
                # The constant is as uncertain as the two figures that it is taken from, which are rounded as all of theirs are.
                resolution = abs(factor) * max(_half(each.value) for each in months.values())
                doubt = (half + resolution) / abs(at.value)
                words = f"{how_words} {name_of(other)} on another base or in another unit, times {float(factor):.4g}"
                yield (
                    words,
                    other,
                    {
                        period: Expected(each.value * factor, Fraction(0), abs(each.value) * doubt + resolution + printed[period][1])
                        for period, each in points.items()
                    },
                )
