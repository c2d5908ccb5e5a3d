"""Every metric once more, month by month on fractions, which knows nothing of the windows of formulas."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache

from trade_assets.facts.periods import add_months, months_between
from trade_assets_tests.printed_knowledge import EXPORT_PRICES, IMPORT_PRICES, INDEXES, KINDS, VALUES


class Hole(Exception):
    """An operand is missing."""


Known = Callable[[str, str], Fraction]


def average(v: Known, series: str, month: str) -> Fraction:
    return (v(series, month) + v(series, add_months(month, -1)) + v(series, add_months(month, -2))) / 3


def to_date(v: Known, series: str, month: str) -> Fraction:
    return sum((v(series, each) for each in months_between(f"{month[:4]}-01", month)), Fraction(0))


def percent(now: Fraction, before: Fraction) -> Fraction:
    return 100 * (now / before - 1)


def moved(v: Known, series: str, month: str, months: int) -> Fraction:
    return v(series, month) - v(series, add_months(month, -months))


def rounding_of_flow(v: Known, flow: str, month: str, months: int) -> Fraction:
    total = moved(v, f"{flow}.total", month, months)
    parts = moved(v, f"{flow}.goods", month, months) + moved(v, f"{flow}.services", month, months)
    return 100 * (total - parts) / v(f"{flow}.total", add_months(month, -months))


def rounding_of_balance(v: Known, month: str, months: int) -> Fraction:
    flows = [moved(v, f"exports.{kind}", month, months) - moved(v, f"imports.{kind}", month, months) for kind in ("goods", "services")]
    return moved(v, "balance.total", month, months) - sum(flows, Fraction(0))


Formula = Callable[[Known, str, str], Fraction]


def months_earlier(months: int, of: Formula) -> Formula:
    return lambda v, s, m: of(v, s, add_months(m, -months))


def figure(v: Known, series: str, month: str) -> Fraction:
    return v(series, month)


PAIRS: dict[str, tuple[Formula, Formula]] = {
    "change_1_month": (figure, months_earlier(1, figure)),
    "change_12_months": (figure, months_earlier(12, figure)),
    "average_3_months_change": (average, months_earlier(1, average)),
    "average_3_months_change_3_months": (average, months_earlier(3, average)),
    "average_3_months_change_12_months": (average, months_earlier(12, average)),
    "year_to_date_change": (to_date, months_earlier(12, to_date)),
    "annualised_change_1_month": (figure, months_earlier(1, figure)),
    "annualised_average_3_months_change": (average, months_earlier(3, average)),
}
"""The two figures that a change compares."""

POWERS = {"annualised_change_1_month": 12, "annualised_average_3_months_change": 4}


def per_series() -> dict[str, Formula]:
    """Metrics that every series of values has."""
    found: dict[str, Formula] = {"average_3_months": average, "year_to_date": to_date}
    for name, (now, before) in PAIRS.items():
        if name in POWERS:
            found[name] = lambda v, s, m, n=now, b=before, k=POWERS[name]: percent(n(v, s, m) ** k, b(v, s, m) ** k)
        else:
            found[name] = lambda v, s, m, n=now, b=before: n(v, s, m) - b(v, s, m)
            found[f"{name}_pct"] = lambda v, s, m, n=now, b=before: percent(n(v, s, m), b(v, s, m))
    return found


PER_SERIES = per_series()
PER_INDEX: dict[str, Formula] = {
    "index_change_1_month_pct": PER_SERIES["change_1_month_pct"],
    "index_change_3_months_pct": lambda v, s, m: percent(v(s, m), v(s, add_months(m, -3))),
    "index_change_12_months_pct": PER_SERIES["change_12_months_pct"],
}


def of_several() -> dict[tuple[str, str], Callable[[Known, str], Fraction]]:
    """Metrics over more than one series, by metric and series."""
    found: dict[tuple[str, str], Callable[[Known, str], Fraction]] = {}
    for name, months in (("1_month", 1), ("12_months", 12)):
        for flow, kind in itertools.product(("exports", "imports"), ("goods", "services")):
            series, sign = f"{flow}.{kind}", 1 if flow == "exports" else -1
            found[f"contribution_{name}", series] = lambda v, m, s=series, f=flow, k=months: (
                100 * moved(v, s, m, k) / v(f"{f}.total", add_months(m, -k))
            )
            found[f"balance_contribution_{name}", series] = lambda v, m, s=series, g=sign, k=months: g * moved(v, s, m, k)
        for flow in ("exports", "imports"):
            found[f"contribution_{name}", f"{flow}.rounding"] = lambda v, m, f=flow, k=months: rounding_of_flow(v, f, m, k)
        found[f"balance_contribution_{name}", "balance.rounding"] = lambda v, m, k=months: rounding_of_balance(v, m, k)
    for kind in KINDS:
        found["exports_to_imports", f"exports.{kind}"] = lambda v, m, k=kind: 100 * v(f"exports.{k}", m) / v(f"imports.{k}", m)
    for flow in ("exports", "imports"):
        found["services_share", f"{flow}.services"] = lambda v, m, f=flow: 100 * v(f"{f}.services", m) / v(f"{f}.total", m)
        found["deflated_goods", f"{flow}.goods"] = lambda v, m, f=flow: 100 * v(f"{f}.goods", m) / v(f"{f}.end_use.all_commodities", m)
    found["export_over_import_prices", EXPORT_PRICES] = lambda v, m: 100 * v(EXPORT_PRICES, m) / v(IMPORT_PRICES, m)
    found["terms_of_trade", "exports.locality.canada"] = lambda v, m: (
        100 * v("exports.locality.canada", m) / v("imports.locality.canada", m)
    )
    return found


OF_SEVERAL = of_several()


def formulas() -> dict[tuple[str, str], Callable[[Known, str], Fraction]]:
    """Every metric of every series."""
    found = dict(OF_SEVERAL)
    for metrics, series in ((PER_SERIES, VALUES), (PER_INDEX, INDEXES)):
        for (metric, formula), each in itertools.product(metrics.items(), series):
            found[metric, each] = lambda v, m, s=each, f=formula: f(v, s, m)
    return found


FORMULAS = formulas()


def known_from(true: Mapping[tuple[str, str], Fraction]) -> Known:
    def known(series: str, period: str) -> Fraction:
        if (series, period) not in true:
            raise Hole
        return true[series, period]

    return known


@cache
def is_in_range(formula: Callable[[Known, str], Fraction], first: str, month: str) -> bool:
    """Whether all operands lie in what is known of their series, which all begin with ``first``."""
    asked: list[str] = []

    def ask(series: str, period: str) -> Fraction:
        asked.append(period)
        return Fraction(1)

    formula(ask, month)
    return min(asked) >= first
