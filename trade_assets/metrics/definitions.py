"""The catalogue of metrics: each formula declared once, as data. How a formula is evaluated stands in ``figures``.

A metric is ``scale · (((Σ above + Σ both) / (Σ below + Σ both))^power − minus)``. Each sum runs over windows of printed
figures. Those that stand above and below the line are named once, in ``both``, and no figure is named twice, so that
interval arithmetic gives the exact range that the print allows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import pandas as pd

from trade_assets.facts.cited import PRICE_ROUNDING
from trade_assets.facts.frames import conform
from trade_assets.facts.tables import METRIC_DEFINITIONS

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
    """

    weight: int
    series: str
    window: Window = Window()
    family: str = "ft900"
    measure: str = "value"


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


_ANY = r".+"
_FLOW = r"(?P<flow>exports|imports)"
_PART = rf"{_FLOW}\.(?P<part>goods|services)"

_MONTHLY = "FT-900 of September 2020, 2020-11-04: change from the month before in dollars and, in the figure of the totals, in percent"
_YEAR_OVER_YEAR = "FT-900 of February 2012, 2012-04-12, text: change from the same month a year earlier, in dollars and in percent"
_ANNUAL = "FT-900 of December 2015, 2016-02-05, text: change of the year from the year before, in dollars and in percent"
_TO_DATE_TEXT = "FT-900 of September 2020, 2020-11-04, text: year to date against the same period a year earlier, in dollars and in percent"
_AVERAGES = (
    "FT-900 of November 2021, 2022-01-06, text and Exhibit 2: three-month moving averages and their change from the month before, in "
    "dollars (average exports increased 3.7 billion)"
)
_AVERAGES_YEAR = "FT-900 of December 2015, 2016-02-05, text: the three-month moving averages' change from a year earlier, in dollars"
_ARITHMETIC = "arithmetic: the change of the publisher's figures in percent of the earlier one"
_LOCALITY = (
    "BLS, release of 2018-08, which announces terms of trade, and its fact sheet on them: the export price index by locality of "
    "destination over the import price index by locality of origin"
)
_WITHIN_PRINT = "The interval is that of the printed indexes; the publisher's change is the value rounded, as it derives changes from them"


def _own(weight: int, lag: int = 0, length: int | None = 1) -> Operand:
    return Operand(weight, "{series}", Window(lag, length))


_Authorities = tuple[tuple[Authority, str], tuple[Authority, str]]
"""Whose a change is and who states it: in the unit of the figures, and in percent."""


def _stated(source: str) -> _Authorities:
    """A change that the publisher states in dollars and in percent."""
    return ("official", source), ("official", source)


def _stated_in_dollars(source: str) -> _Authorities:
    """A change that the publisher states in dollars only."""
    return ("official", source), ("ours", _ARITHMETIC)


_OURS: _Authorities = (("ours", "arithmetic: the difference of the publisher's figures"), ("ours", _ARITHMETIC))


def _percent(now: Window, before: Window, family: str = "ft900", measure: str = "value") -> Case:
    """The sum over one window over that over another, less 1."""
    above, below = (Operand(1, "{series}", window, family, measure) for window in (now, before))
    return Case(_ANY, (above,), (below,), minus=1)


def _change(
    name: str,
    note: str,
    windows: tuple[Window, Window],
    formula: str,
    whose: _Authorities,
    *,
    frequencies: tuple[Frequency, ...] = ("month",),
) -> tuple[Definition, Definition]:
    """The change from the second window to the first, in the unit of the figures and in percent.

    Args:
        formula: the two figures that are compared, as ``a(m) a(m−12), a the average``.
    """
    now, before = windows
    level = Case(_ANY, (Operand(1, "{series}", now), Operand(-1, "{series}", before)))
    # The windows hold sums; where they have a length, averages are meant.
    scale = Fraction(1, now.length or 1)
    return _pair(name, note, formula, whose, level=level, percent=_percent(now, before), scale=scale, frequencies=frequencies)


def _pair(
    name: str,
    note: str,
    formula: str,
    whose: _Authorities,
    *,
    level: Case,
    percent: Case,
    scale: Fraction,
    frequencies: tuple[Frequency, ...] = ("month",),
) -> tuple[Definition, Definition]:
    """One change in the unit of the figures and in percent."""
    figures, comma, where = formula.partition(", ")
    now, before = figures.split()
    in_unit, in_percent = whose
    return (
        Definition(
            name, f"{now} − {before}{comma}{where}", "{unit}", *in_unit, (level,), scale=scale, frequencies=frequencies, note=note
        ),
        Definition(
            f"{name}_pct", f"100 · ({now} / {before} − 1){comma}{where}", "percent", *in_percent, (percent,), scale=Fraction(100),
            frequencies=frequencies, is_of_signed=False, note=note,
        ),
    )  # fmt: skip


def _average_change() -> tuple[Definition, Definition]:
    """The change of the three-month average on that of the month before, which shares two of its months."""
    shared = Window(1, 2)
    level = Case(_ANY, (_own(1), _own(-1, 3), Operand(0, "{series}", shared)))
    percent = Case(_ANY, (_own(1),), (_own(1, 3),), (Operand(1, "{series}", shared),), minus=1)
    return _pair(
        "average_3_months_change", "Change of the three-month average on that of the month before; a third of what the latest month "
        "differs from the one three months earlier", "a(m) a(m−1), a the three-month average", _stated_in_dollars(_AVERAGES),
        level=level, percent=percent, scale=Fraction(1, 3),
    )  # fmt: skip


def _contribution(name: str, months: int) -> Definition:
    """Contributions of goods and services to the percent change of their flow; what rounding leaves is named as such."""
    before = (Operand(1, "{flow}.total", Window(months)),)
    part = Case(_PART, (_own(1), _own(-1, months)), before)
    # The quotient less 1 holds the earlier total once: as a difference over it, it would stand in both sums.
    rounding = Case(
        rf"{_FLOW}\.total",
        (_own(1), *(Operand(-w, f"{{flow}}.{kind}", Window(lag)) for kind in ("goods", "services") for w, lag in ((1, 0), (-1, months)))),
        before, minus=1, named="{flow}.rounding",
    )  # fmt: skip
    return Definition(
        name, f"100 · (v(m) − v(m−{months})) / total(m−{months}), v goods or services; rounding: what is left of the change of the total",
        "percentage points", "ours", "arithmetic: the change of a sum is the sum of the changes of its parts", (part, rounding),
        scale=Fraction(100),
        note="Goods, services and rounding add up exactly to the percent change of the total; rounding is what the printed parts "
             "miss the printed total by",
    )  # fmt: skip


def _balance_contribution(name: str, months: int) -> Definition:
    """Contributions of the four parts to the change of the balance; what rounding leaves is named as such."""
    exports = Case(r"exports\.(?:goods|services)", (_own(1), _own(-1, months)))
    imports = Case(r"imports\.(?:goods|services)", (_own(-1), _own(1, months)))
    parts = [(sign, f"{flow}.{kind}") for flow, sign in (("exports", 1), ("imports", -1)) for kind in ("goods", "services")]
    rounding = Case(
        r"balance\.total",
        (_own(1), _own(-1, months),
         *(Operand(-sign * w, series, Window(lag)) for sign, series in parts for w, lag in ((1, 0), (-1, months)))),
        named="balance.rounding",
    )  # fmt: skip
    return Definition(
        name, f"v(m) − v(m−{months}) of exports, −(v(m) − v(m−{months})) of imports; rounding: what is left of the change of the balance",
        "{unit}", "ours", "arithmetic: the balance is exports minus imports, each of goods and services", (exports, imports, rounding),
        note="The four parts and rounding add up exactly to the change of the total balance",
    )  # fmt: skip


def _index_change(months: int) -> Definition:
    name = f"index_change_{months}_month{'s' if months > 1 else ''}_pct"
    return Definition(
        name, f"100 · (index(m) / index(m−{months}) − 1)", "percent", "official", PRICE_ROUNDING,
        (_percent(Window(), Window(months), "mxp", "index"),),
        scale=Fraction(100), base="any: a change does not depend on it, but both indexes are on one", note=_WITHIN_PRINT,
    )  # fmt: skip


def _index(weight: int, series: str) -> Operand:
    return Operand(weight, series, family="mxp", measure="index")


_LAST_3, _BEFORE_3, _YEAR_EARLIER_3 = Window(0, 3), Window(3, 3), Window(12, 3)
_TO_DATE, _EARLIER_TO_DATE = Window(0, None), Window(12, None)

DEFINITIONS: tuple[Definition, ...] = (
    *_change("change_1_month", "Change on the month before", (Window(), Window(1)), "v(m) v(m−1)", _stated(_MONTHLY)),
    *_change("change_12_months", "Change on the same month a year earlier", (Window(), Window(12)), "v(m) v(m−12)",
             _stated(_YEAR_OVER_YEAR)),
    *_change("change_1_year", "Change of a printed year on the year before", (Window(), Window(1)), "v(y) v(y−1)", _stated(_ANNUAL),
             frequencies=("year",)),
    Definition(
        "average_3_months", "(v(m) + v(m−1) + v(m−2)) / 3", "{unit}", "official", _AVERAGES, (Case(_ANY, (_own(1, 0, 3),)),),
        scale=Fraction(1, 3), note="Mean of the month and the two before it",
    ),
    *_average_change(),
    *_change("average_3_months_change_3_months", "Change of the three-month average on that of the three months before",
             (_LAST_3, _BEFORE_3), "a(m) a(m−3), a the three-month average", _OURS),
    *_change("average_3_months_change_12_months", "Change of the three-month average on that of a year earlier",
             (_LAST_3, _YEAR_EARLIER_3), "a(m) a(m−12), a the three-month average", _stated_in_dollars(_AVERAGES_YEAR)),
    Definition(
        "year_to_date", "v(January) + … + v(m)", "{unit}", "official", "FT-900, Exhibit 1 of 2021-08: the year to date",
        (Case(_ANY, (_own(1, 0, None),)),),
        note="In December the sum of the year; the printed year may differ from it by rounding",
    ),
    *_change("year_to_date_change", "Change of the year to date on the same months a year earlier", (_TO_DATE, _EARLIER_TO_DATE),
             "t(m) t(m−12), t the year to date", _stated(_TO_DATE_TEXT)),
    Definition(
        "annualised_change_1_month", "100 · ((v(m) / v(m−1))^12 − 1)", "percent", "ours", "compounding over twelve months",
        (_percent(Window(), Window(1)),), scale=Fraction(100), power=12, needs_seasonal_adjustment=True, is_of_signed=False,
        seasonal_adjustment="seasonally adjusted only", note="Twelve such months would give it; rounding and noise are multiplied too",
    ),
    Definition(
        "annualised_average_3_months_change", "100 · ((a(m) / a(m−3))^4 − 1), a the three-month average", "percent", "ours",
        "compounding over four quarters", (_percent(_LAST_3, _BEFORE_3),), scale=Fraction(100), power=4,
        needs_seasonal_adjustment=True, is_of_signed=False, seasonal_adjustment="seasonally adjusted only",
        note="Four such quarters would give it",
    ),
    _contribution("contribution_1_month", 1),
    _contribution("contribution_12_months", 12),
    _balance_contribution("balance_contribution_1_month", 1),
    _balance_contribution("balance_contribution_12_months", 12),
    Definition(
        "exports_to_imports", "100 · exports / imports", "percent", "ours", "arithmetic",
        (Case(r"exports\.(?P<kind>total|goods|services)", (_own(1),), (Operand(1, "imports.{kind}"),)),),
        scale=Fraction(100), frequencies=("month", "year"), note="Below 100 is a deficit; stands at the series of exports",
    ),
    Definition(
        "services_share", "100 · services / total", "percent", "ours", "arithmetic",
        (Case(rf"{_FLOW}\.services", (_own(1),), (Operand(1, "{flow}.total"),)),),
        scale=Fraction(100), frequencies=("month", "year"), note="Share of services in the total of their flow",
    ),
    Definition(
        "deflated_goods", "100 · goods / price index of all commodities of the flow", "million_usd at {base} prices", "ours",
        "deflation of a value by the price index of its own flow",
        (Case(rf"{_FLOW}\.goods", (_own(1),), (_index(1, "{flow}.end_use.all_commodities"),)),),
        scale=Fraction(100), seasonal_adjustment="mixed: a seasonally adjusted value over an index that is not",
        base="of the price index",
        note="An approximation, not the publisher's chained dollars: the values are seasonally adjusted and on a balance-of-payments "
             "basis, the index is neither and has weights of its own. Exports and imports are deflated each by its own index; a "
             "difference of the two is no real balance",
    ),
    *(_index_change(months) for months in (1, 3, 12)),
    Definition(
        "export_over_import_prices", "100 · index of all exports / index of all imports", "index", "ours", "ratio of two BLS indexes",
        (Case(r"exports\.end_use\.all_commodities", (_index(1, "{series}"),), (_index(1, "imports.end_use.all_commodities"),)),),
        scale=Fraction(100), has_one_base=True, base="that of both indexes",
        note="All goods; not one of BLS's terms of trade, which are by locality. Stands at the series of exports",
    ),
    Definition(
        "terms_of_trade", "100 · export index by destination / import index by origin", "index", "official", _LOCALITY,
        (Case(r"exports\.locality\.(?P<place>.+)", (_index(1, "{series}"),), (_index(1, "imports.locality.{place}"),)),),
        scale=Fraction(100), has_one_base=True, base="that of both indexes",
        note="Only of localities that both flows print; stands at the series of exports",
    ),
)  # fmt: skip

BY_METRIC: dict[str, Definition] = {definition.metric: definition for definition in DEFINITIONS}


_TOLD = ("metric", "formula", "seasonal_adjustment", "base", "authority", "source", "note")


def definitions(release_month: str) -> pd.DataFrame:
    """The catalogue as the figures of a release month were computed by, by the schema ``metrics.definitions``."""
    rows = [
        {name: getattr(each, name) for name in _TOLD} | {"unit": _unit(each), "applies_to": applies_to(each), "of_signed": _of_signed(each)}
        for each in sorted(DEFINITIONS, key=lambda each: each.metric)
    ]
    return conform(pd.DataFrame(rows), METRIC_DEFINITIONS, release_month=release_month)


def _unit(definition: Definition) -> str:
    """The unit as people read it: of a metric that has several, where each comes from."""
    return definition.unit.format(unit="that of the figures", base="base-period")


def applies_to(definition: Definition) -> str:
    """Which series have the metric, as family, measure and pattern."""
    said = (f"{case.above[0].family} {case.above[0].measure}: {_readable(case.of)}" for case in definition.cases)
    return "; ".join(said) + (", per year too" if definition.frequencies == ("month", "year") else "")


def _readable(pattern: str) -> str:
    """A pattern of series as people write it: groups without their names, a point for a point."""
    return "every series" if pattern == _ANY else re.sub(r"\?(?:P<\w+>|:)", "", pattern).replace("\\.", ".").replace(".+", "*")


def _of_signed(definition: Definition) -> str:
    if definition.is_of_signed:
        return "as of any series"
    return "where both figures surely have one sign: positive if the deficit, or surplus, grew; else gap other_sign"
