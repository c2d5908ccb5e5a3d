"""The metrics of goods and services over all that was known: each formula once, as data (``metrics.formulas``)."""

from __future__ import annotations

from fractions import Fraction

from trade_assets.metrics.formulas import ANY, Authority, Case, Definition, Frequency, Operand, Window
from trade_assets.metrics.formulas import percent as percent_of

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


def _own(weight: int, lag: int = 0, length: int | None = 1) -> Operand:
    return Operand(weight, "{series}", Window(lag, length))


_Compared = tuple[str, str, str]
"""Two figures, the later one first, and what their letter stands for."""

_Authorities = tuple[tuple[Authority, str], tuple[Authority, str]]
"""Whose a change is and who states it: in the unit of the figures, and in percent."""


def _stated(source: str) -> _Authorities:
    """A change that the publisher states in dollars and in percent."""
    return ("official", source), ("official", source)


def _stated_in_dollars(source: str) -> _Authorities:
    """A change that the publisher states in dollars only."""
    return ("official", source), ("ours", _ARITHMETIC)


_OURS: _Authorities = (("ours", "arithmetic: the difference of the publisher's figures"), ("ours", _ARITHMETIC))


def _change(
    name: str,
    note: str,
    windows: tuple[Window, Window],
    formula: _Compared,
    whose: _Authorities,
    *,
    frequencies: tuple[Frequency, ...] = ("month",),
) -> tuple[Definition, Definition]:
    """The change from the second window to the first, in the unit of the figures and in percent.

    Args:
        formula: the two figures that are compared, and what their letter stands for, if it is not the figure.
    """
    now, before = windows
    level = Case(ANY, (Operand(1, "{series}", now), Operand(-1, "{series}", before)))
    # The windows hold sums; where they have a length, averages are meant.
    scale = Fraction(1, now.length or 1)
    return _pair(name, note, formula, whose, level=level, percent=percent_of(now, before), scale=scale, frequencies=frequencies)


def _pair(
    name: str,
    note: str,
    formula: _Compared,
    whose: _Authorities,
    *,
    level: Case,
    percent: Case,
    scale: Fraction,
    frequencies: tuple[Frequency, ...] = ("month",),
) -> tuple[Definition, Definition]:
    """One change in the unit of the figures and in percent."""
    now, before, where = formula
    where = f", {where}" if where else ""
    in_unit, in_percent = whose
    return (
        Definition(name, f"{now} − {before}{where}", "{unit}", *in_unit, (level,), scale=scale, frequencies=frequencies, note=note),
        Definition(
            f"{name}_pct",
            f"100 · ({now} / {before} − 1){where}",
            "percent",
            *in_percent,
            (percent,),
            scale=Fraction(100),
            frequencies=frequencies,
            is_of_signed=False,
            note=note,
        ),
    )


def _average_change() -> tuple[Definition, Definition]:
    """The change of the three-month average on that of the month before, which shares two of its months."""
    shared = Window(1, 2)
    level = Case(ANY, (_own(1), _own(-1, 3), Operand(0, "{series}", shared)))
    percent = Case(ANY, (_own(1),), (_own(1, 3),), (Operand(1, "{series}", shared),), minus=1)
    return _pair(
        "average_3_months_change",
        "Change of the three-month average on that of the month before; a third of what the latest month "
        "differs from the one three months earlier",
        ("a(m)", "a(m−1)", "a the three-month average"),
        _stated_in_dollars(_AVERAGES),
        level=level,
        percent=percent,
        scale=Fraction(1, 3),
    )


def _contribution(name: str, months: int) -> Definition:
    """Contributions of goods and services to the percent change of their flow; what rounding leaves is named as such."""
    before = (Operand(1, "{flow}.total", Window(months)),)
    part = Case(_PART, (_own(1), _own(-1, months)), before)
    # The quotient less 1 holds the earlier total once: as a difference over it, it would stand in both sums.
    rounding = Case(
        rf"{_FLOW}\.total",
        (_own(1), *(Operand(-w, f"{{flow}}.{kind}", Window(lag)) for kind in ("goods", "services") for w, lag in ((1, 0), (-1, months)))),
        before,
        minus=1,
        named="{flow}.rounding",
    )
    return Definition(
        name,
        f"100 · (v(m) − v(m−{months})) / total(m−{months}), v goods or services; rounding: what is left of the change of the total",
        "percentage points",
        "ours",
        "arithmetic: the change of a sum is the sum of the changes of its parts",
        (part, rounding),
        scale=Fraction(100),
        note="Goods, services and rounding add up exactly to the percent change of the total; rounding is what the printed parts "
        "miss the printed total by",
    )


def _balance_contribution(name: str, months: int) -> Definition:
    """Contributions of the four parts to the change of the balance; what rounding leaves is named as such."""
    exports = Case(r"exports\.(?:goods|services)", (_own(1), _own(-1, months)))
    imports = Case(r"imports\.(?:goods|services)", (_own(-1), _own(1, months)))
    parts = [(sign, f"{flow}.{kind}") for flow, sign in (("exports", 1), ("imports", -1)) for kind in ("goods", "services")]
    rounding = Case(
        r"balance\.total",
        (
            _own(1),
            _own(-1, months),
            *(Operand(-sign * w, series, Window(lag)) for sign, series in parts for w, lag in ((1, 0), (-1, months))),
        ),
        named="balance.rounding",
    )
    return Definition(
        name,
        f"v(m) − v(m−{months}) of exports, −(v(m) − v(m−{months})) of imports; rounding: what is left of the change of the balance",
        "{unit}",
        "ours",
        "arithmetic: the balance is exports minus imports, each of goods and services",
        (exports, imports, rounding),
        note="The four parts and rounding add up exactly to the change of the total balance",
    )


_LAST_3, _BEFORE_3, _YEAR_EARLIER_3 = Window(0, 3), Window(3, 3), Window(12, 3)
_TO_DATE, _EARLIER_TO_DATE = Window(0, None), Window(12, None)

DEFINITIONS: tuple[Definition, ...] = (
    *_change("change_1_month", "Change on the month before", (Window(), Window(1)), ("v(m)", "v(m−1)", ""), _stated(_MONTHLY)),
    *_change(
        "change_12_months",
        "Change on the same month a year earlier",
        (Window(), Window(12)),
        ("v(m)", "v(m−12)", ""),
        _stated(_YEAR_OVER_YEAR),
    ),
    *_change(
        "change_1_year",
        "Change of a printed year on the year before",
        (Window(), Window(1)),
        ("v(y)", "v(y−1)", ""),
        _stated(_ANNUAL),
        frequencies=("year",),
    ),
    Definition(
        "average_3_months",
        "(v(m) + v(m−1) + v(m−2)) / 3",
        "{unit}",
        "official",
        _AVERAGES,
        (Case(ANY, (_own(1, 0, 3),)),),
        scale=Fraction(1, 3),
        note="Mean of the month and the two before it",
    ),
    *_average_change(),
    *_change(
        "average_3_months_change_3_months",
        "Change of the three-month average on that of the three months before",
        (_LAST_3, _BEFORE_3),
        ("a(m)", "a(m−3)", "a the three-month average"),
        _OURS,
    ),
    *_change(
        "average_3_months_change_12_months",
        "Change of the three-month average on that of a year earlier",
        (_LAST_3, _YEAR_EARLIER_3),
        ("a(m)", "a(m−12)", "a the three-month average"),
        _stated_in_dollars(_AVERAGES_YEAR),
    ),
    Definition(
        "year_to_date",
        "v(January) + … + v(m)",
        "{unit}",
        "official",
        "FT-900, Exhibit 1 of 2021-08: the year to date",
        (Case(ANY, (_own(1, 0, None),)),),
        note="In December the sum of the year; the printed year may differ from it by rounding",
    ),
    *_change(
        "year_to_date_change",
        "Change of the year to date on the same months a year earlier",
        (_TO_DATE, _EARLIER_TO_DATE),
        ("t(m)", "t(m−12)", "t the year to date"),
        _stated(_TO_DATE_TEXT),
    ),
    Definition(
        "annualised_change_1_month",
        "100 · ((v(m) / v(m−1))^12 − 1)",
        "percent",
        "ours",
        "compounding over twelve months",
        (percent_of(Window(), Window(1)),),
        scale=Fraction(100),
        power=12,
        needs_seasonal_adjustment=True,
        is_of_signed=False,
        seasonal_adjustment="seasonally adjusted only",
        note="Twelve such months would give it; rounding and noise are multiplied too",
    ),
    Definition(
        "annualised_average_3_months_change",
        "100 · ((a(m) / a(m−3))^4 − 1), a the three-month average",
        "percent",
        "ours",
        "compounding over four quarters",
        (percent_of(_LAST_3, _BEFORE_3),),
        scale=Fraction(100),
        power=4,
        needs_seasonal_adjustment=True,
        is_of_signed=False,
        seasonal_adjustment="seasonally adjusted only",
        note="Four such quarters would give it",
    ),
    _contribution("contribution_1_month", 1),
    _contribution("contribution_12_months", 12),
    _balance_contribution("balance_contribution_1_month", 1),
    _balance_contribution("balance_contribution_12_months", 12),
    Definition(
        "exports_to_imports",
        "100 · exports / imports",
        "percent",
        "ours",
        "arithmetic",
        (Case(r"exports\.(?P<kind>total|goods|services)", (_own(1),), (Operand(1, "imports.{kind}"),)),),
        scale=Fraction(100),
        frequencies=("month", "year"),
        note="Below 100 is a deficit; stands at the series of exports",
    ),
    Definition(
        "services_share",
        "100 · services / total",
        "percent",
        "ours",
        "arithmetic",
        (Case(rf"{_FLOW}\.services", (_own(1),), (Operand(1, "{flow}.total"),)),),
        scale=Fraction(100),
        frequencies=("month", "year"),
        note="Share of services in the total of their flow",
    ),
    Definition(
        "deflated_goods",
        "100 · goods / price index of all commodities of the flow",
        "million_usd at {base} prices",
        "ours",
        "deflation of a value by the price index of its own flow",
        (Case(rf"{_FLOW}\.goods", (_own(1),), (Operand(1, "{flow}.end_use.all_commodities", measure="index", family="mxp"),)),),
        scale=Fraction(100),
        seasonal_adjustment="mixed: a seasonally adjusted value over an index that is not",
        base="of the price index",
        note="An approximation, not the publisher's chained dollars: the values are seasonally adjusted and on a balance-of-payments "
        "basis, the index is neither and has weights of its own. Exports and imports are deflated each by its own index; a "
        "difference of the two is no real balance",
    ),
)
