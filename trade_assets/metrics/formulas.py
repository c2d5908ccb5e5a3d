"""What a formula is, as data. Families declare theirs (``families/*/formulas.py``); how one is evaluated stands in ``figures``.

A metric is ``scale · (((Σ above + Σ both) / (Σ below + Σ both))^power − minus)``. Each sum runs over windows of printed
figures. Those that stand above and below the line are named once, in ``both``, and no figure is named twice, so that
interval arithmetic gives the exact range that the print allows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Frequency = Literal["month", "year"]
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
    """

    weight: int
    series: str
    window: Window = Window()
    measure: str = "value"
    family: str = ""


@dataclass(frozen=True)
class Case:
    """The series that a metric is of, and its operands for them.

    Attributes:
        of: pattern of series of the first operand's family and measure; its groups name what operands refer to.
        above, below: the operands; without any below the sum itself is meant.
        both: operands that stand in both sums.
        minus: what is taken off the quotient: 1 for a change.
        named: the series of the metric.
    """

    of: str
    above: tuple[Operand, ...]
    below: tuple[Operand, ...] = ()
    both: tuple[Operand, ...] = ()
    minus: int = 0
    named: str = "{series}"


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
