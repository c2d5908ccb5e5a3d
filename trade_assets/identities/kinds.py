"""The kinds of identities: what a rule declares, and nothing of any family.

A new family declares rules of these kinds (``rules.py``) and writes no code. How strongly a kind proves a figure:
``exact`` binds it to the print, ``interval`` to a range, ``limit`` only keeps it within bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from trade_assets.facts.declared import Declared

Strength = Literal["exact", "interval", "limit"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule(Declared):
    """What all rules have. Source and authority say who states the rule as it is judged, its allowance for rounding included.

    Attributes:
        name: a true statement about good data.
        family: the kind of document whose facts the rule is about.
        table: the validated table at which the rule's verdict is shown.
        description: the statement as a sentence.
        is_occasional: whether good documents may give it no place at all. Of any other rule, no place is no pass.
    """

    kind: ClassVar[str]
    strength: ClassVar[Strength] = "exact"

    name: str
    family: str = ""
    table: str
    description: str
    is_occasional: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Agree(Rule):
    """Cells that print the same fact show the same figure; with different decimals, one that rounds to the other.

    Attributes:
        measures: of which measures the facts are.
    """

    kind = "agree"

    measures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sum(Rule):
    """A total equals the signed sum of its parts, wherever one of them is printed, period by period.

    ``total`` and ``parts`` are series; ``{name}`` in them runs over ``over[name]``.

    Attributes:
        measures: of each of these measures by itself.
    """

    kind = "sum"

    total: str
    parts: Mapping[str, int]
    over: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    measures: tuple[str, ...] = ("value",)


@dataclass(frozen=True, kw_only=True, eq=False)
class TopSum(Rule):
    """A total equals its ``size`` leading parts plus all others, whichever parts they are.

    The parts are the series that begin with ``prefix``.
    """

    kind = "sum"

    total: str
    others: str
    prefix: str
    size: int
    over: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    measure: str = "value"


@dataclass(frozen=True, kw_only=True, eq=False)
class PeriodSum(Rule):
    """A year, or a year to date, equals the sum of its months; a year to date of one month prints that month again.

    Attributes:
        series: which series add up over time.
    """

    kind = "sum"

    series: tuple[str, ...]
    measure: str = "value"


@dataclass(frozen=True, kw_only=True, eq=False)
class Running(Rule):
    """A cumulative figure equals the one before it plus the month; in January, the month."""

    kind = "sum"

    prefix: str
    measure: str = "value"


@dataclass(frozen=True, kw_only=True, eq=False)
class PartsSum(Rule):
    """A total equals the sum of its parts, where the classification's whole list of parts is printed.

    Whether it is whole is decided per release, from ``facts/catalogue/parts.csv`` and the rows printed; that
    figures happen to add up proves nothing.
    """

    kind = "sum"

    measure: str


@dataclass(frozen=True, kw_only=True, eq=False)
class PartsWithin(Rule):
    """The parts that are printed sum to no more than their total, where the list of parts is not whole."""

    kind = "sum"
    strength: ClassVar[Strength] = "limit"

    measure: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Change(Rule):
    """A percent change is that of two printed levels, earlier and later.

    Attributes:
        basis: ``rounded``, the change derives from the levels as printed; ``unrounded``, from those before rounding.

    At an exact tie both directions pass.
    """

    kind = "change"

    level: str
    basis: Literal["rounded", "unrounded"]


@dataclass(frozen=True, kw_only=True, eq=False)
class OnYearBefore(Rule):
    """The change of a year on the year before is that of their two levels: later less earlier, or in percent of the earlier.

    Attributes:
        measure: of the change, whose period is the later year.
        level: the measure of the levels.
        is_percent: whether the change is in percent.
        basis: as of ``Change``.
    """

    kind = "change"

    measure: str
    level: str
    is_percent: bool
    basis: Literal["rounded", "unrounded"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Share(Rule):
    """A share in percent is part over whole, from the figures before rounding.

    The parts are the series that begin with ``prefix``.
    """

    kind = "share"

    whole: str
    prefix: str
    over: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    measure: str = "share"
    of: str = "value"


@dataclass(frozen=True, kw_only=True, eq=False)
class Compound(Rule):
    """A change over many months is the product of the changes of its months, where all of them are printed."""

    kind = "compound"
    strength: ClassVar[Strength] = "interval"


@dataclass(frozen=True, kw_only=True, eq=False)
class WeightedChange(Rule):
    """The index change of a total is that of its parts, weighted by the relative importances of the earlier month.

    Only over whole lists of parts, as ``PartsSum``. All figures stand for their intervals.
    """

    kind = "weighted change"
    strength: ClassVar[Strength] = "interval"

    level: str
    weight: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Limit(Rule):
    """Figures of a measure lie within bounds; of all series, or of those in ``series`` only.

    Attributes:
        low, high: bounds in the unit of the measure; equal bounds fix the figure.
        is_print: whether the printed figure itself is meant, not what it was before rounding.
    """

    kind = "bounds"
    strength: ClassVar[Strength] = "limit"

    measure: str
    low: int | None = None
    high: int | None = None
    is_low_excluded: bool = False
    is_print: bool = False
    series: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Whole(Limit):
    """The figure of a whole is a constant: it is 100 percent of itself."""

    kind = "share"
    strength: ClassVar[Strength] = "exact"


@dataclass(frozen=True, kw_only=True, eq=False)
class NeverFalls(Rule):
    """A cumulative count is no less than the one before it in the same year."""

    kind = "order"
    strength: ClassVar[Strength] = "limit"

    measure: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Includes(Rule):
    """A year to date is no less than its last month, for series that cannot be negative.

    Attributes:
        prefixes: what the series begin with.
    """

    kind = "order"
    strength: ClassVar[Strength] = "limit"

    prefixes: tuple[str, ...]
    measure: str = "value"


@dataclass(frozen=True, kw_only=True, eq=False)
class Marks(Rule):
    """A mark for a revised figure stands only where the publisher's policy lets figures be revised.

    Attributes:
        flag: the mark, as ``flags`` has it.
        months: how many months before the latest of the same measure are open to revision.
    """

    kind = "flag"
    strength: ClassVar[Strength] = "limit"

    flag: str
    months: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Regular(Rule):
    """A figure is printed as its column prints figures: decimals, unit sign, groups of three digits; and it is printed.

    What a column prints is declared beside its reader; a mark that differs carries a flag, one of ``flags``.

    Attributes:
        flags: each flag with what is wrong then.
    """

    kind = "print"
    strength: ClassVar[Strength] = "limit"

    flags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class AlikeDecimals(Rule):
    """The figures of a series have the same decimals; a few that differ are wrong, many are those of another program.

    Fewer decimals are no fault where no figure of the series ends in a zero: then a program left zeros out.

    Attributes:
        printed: the printed table that the figures stand in.
        least: of how many figures on nobody can tell what is usual.
        rare: one in how many figures may be wrong; the first always.
    """

    kind = "print"
    strength: ClassVar[Strength] = "limit"

    printed: str
    least: int
    rare: int


@dataclass(frozen=True, kw_only=True, eq=False)
class AlikeSize(Rule):
    """A figure has the size, and the sign, of the figures of the periods around it: a digit too many or too few shows.

    Where figures around it have both signs, it may be as small as it is.

    Attributes:
        printed: the printed table that the figures stand in.
        around: how many figures before and behind it are looked at, as far as there are.
        least: with how many of them nothing is asked.
        factor: how many times their median, or what part of it, the figure may be.
    """

    kind = "print"
    strength: ClassVar[Strength] = "limit"

    printed: str
    around: int
    least: int
    factor: int


@dataclass(frozen=True, kw_only=True, eq=False)
class OncePrinted(Rule):
    """A series file holds the records of a year once, or all of them twice: a download may overlap another by whole years.

    Attributes:
        printed: the printed table that the records are rows of.
    """

    kind = "rows"
    strength: ClassVar[Strength] = "limit"

    printed: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows(Rule):
    """A table that is printed has every row that documents of its month have: ``facts/rows.py``."""

    kind = "rows"
    strength: ClassVar[Strength] = "limit"


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled(Rule):
    """Figures of a file that only names its series lie where the known figures of that series let them lie.

    Where most of them do not, or all are those of another series, unit or frequency, the label is wrong: all figures of the
    series are one violated place, and none of them is the wrong one.

    Attributes:
        printed: the printed table that the figures stand in.
    """

    kind = "label"
    strength: ClassVar[Strength] = "limit"

    printed: str
