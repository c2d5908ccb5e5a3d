"""What a formula is, as data. Families declare theirs (``families/*/formulas.py``); how one is evaluated stands in ``figures``.

A metric is ``scale · (((Σ above + Σ both) / (Σ below + Σ both) · Σ times / Σ over)^power − minus)``. Each sum runs over windows of
printed figures. Those that stand above and below the line are named once, in ``both``, and no figure is named twice, so that
interval arithmetic gives the exact range that the print allows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

Frequency = Literal["month", "year", "year_to_date", "change_1_month", "change_12_months"]
"""Which line of its series a figure stands in. A year to date and a change stand at their last month."""
Authority = Literal["official", "ours"]


@dataclass(frozen=True)
class Window:
    """The periods that an operand sums over, seen from the period of the metric.

    Attributes:
        lag: how many periods before the metric's own period the window ends.
        length: how many periods it has; ``None``: from January of the year in which it ends.
    """

    lag: int = 0
    length: int | None = 1


@dataclass(frozen=True)
class Operand:
    """A weighted sum of one series over a window. ``{name}`` in the series is what the case's pattern found.

    A weight of 0 is that of figures which cancel out, but without which there is nothing to compare: the months that two
    averages share.

    Attributes:
        family: whose series it is, where that is not the family that declares the metric.
        frequency: the line that it stands in, where that is not the metric's.
    """

    weight: int
    series: str
    window: Window = Window()
    measure: str = "value"
    family: str = ""
    frequency: Frequency | None = None


@dataclass(frozen=True)
class Case:
    """The series that a metric is of, and its operands for them.

    Attributes:
        of: pattern of series of the first operand's family and measure; its groups name what operands refer to.
        above, below: the operands; without any below the sum itself is meant.
        both: operands that stand in both sums.
        times, over: a second quotient, by which the first is multiplied; without any over, a sum.
        minus: what is taken off the quotient: 1 for a change.
        named: the series of the metric.
    """

    of: str
    above: tuple[Operand, ...]
    below: tuple[Operand, ...] = ()
    both: tuple[Operand, ...] = ()
    times: tuple[Operand, ...] = ()
    over: tuple[Operand, ...] = ()
    minus: int = 0
    named: str = "{series}"

    @property
    def sums(self) -> tuple[tuple[Operand, ...], ...]:
        """The operands of each sum: above, below, both, times, over."""
        return self.above, self.below, self.both, self.times, self.over

    def of_family(self, family: str) -> Case:
        """The case with a family at each operand that names none."""
        above, below, both, times, over = (
            tuple(operand if operand.family else replace(operand, family=family) for operand in operands) for operands in self.sums
        )
        return replace(self, above=above, below=below, both=both, times=times, over=over)


@dataclass(frozen=True)
class Definition:
    """A metric.

    Attributes:
        formula: for people; v(m) is the figure of period m.
        unit: ``{unit}`` is the unit of the figures, ``{base}`` the base period of the index.
        authority: ``official`` if a release of the publisher states the metric so, for some of its series, else ``ours``.
        source: that release, with its day; of ours, what the formula rests on.
        note: what a reader must know of it.
        needs_seasonal_adjustment: whether only seasonally adjusted series have the metric.
        is_of_signed: whether a series whose sign may change has the metric at any two figures; if not, only where both sums
            surely have one sign.
        has_one_base: whether all operands must be on one base.
        seasonal_adjustment, base: of the metric, in words.
    """

    metric: str
    formula: str
    unit: str
    authority: Authority
    source: str
    cases: tuple[Case, ...]
    scale: Fraction = Fraction(1)
    power: int = 1
    frequencies: tuple[Frequency, ...] = ("month",)
    needs_seasonal_adjustment: bool = False
    is_of_signed: bool = True
    has_one_base: bool = False
    seasonal_adjustment: str = "as the series"
    base: str = "none: current dollars"
    note: str = ""

    def of_family(self, family: str) -> Definition:
        """The definition with the family that declares it at each operand that names none."""
        return replace(self, cases=tuple(case.of_family(family) for case in self.cases))


_SIGNED = re.compile(r"balance\..+|.+\.(?:.+_)?adjustments?(?:[._].+)?")


def is_signed(series: str) -> bool:
    """Whether figures of a series may be negative: balances, and net adjustments from one basis to another."""
    return _SIGNED.fullmatch(series) is not None


ANY = r".+"
"""The pattern of every series."""


def percent(now: Window, before: Window, measure: str = "value") -> Case:
    """The sum over one window over that over another, less 1."""
    above, below = (Operand(1, "{series}", window, measure=measure) for window in (now, before))
    return Case(ANY, (above,), (below,), minus=1)


def printed(metric: str, unit: str, measure: str, frequency: Frequency | None = None, lag: int = 0) -> Definition:
    """The figure of a series as it is printed."""
    case = Case(ANY, (Operand(1, "{series}", Window(lag), measure, frequency=frequency),))
    return Definition(metric, "v(m)" if not lag else f"v(m−{lag})", unit, "official", "the figure as printed", (case,))
