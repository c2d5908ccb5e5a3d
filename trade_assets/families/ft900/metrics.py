"""Metrics of goods and services."""

from __future__ import annotations

import pandas as pd

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.periods import add_months
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES, TRADE_CHANGES, TRADE_RATIOS
from trade_assets.metrics.explanations import Components
from trade_assets.metrics.registry import Metrics

_FLOWS = ("balance", "exports", "imports")
_KINDS = ("total", "goods", "services")
_PERCENTAGES = ("change_1_month_pct", "change_12_months_pct")
MAY_CHANGE_SIGN = "may_change_sign"
"""The gap of a percentage of a figure whose sign may change."""


def trade_changes(goods_and_services: pd.DataFrame) -> pd.DataFrame:
    """Changes, three-month average and year to date of every flow and kind, by month.

    With v(m) the value of month m: change on the month ``v(m) − v(m−1)`` in million dollars and
    ``100·(v(m)/v(m−1) − 1)`` in percent, the same against m−12; three-month average
    ``(v(m) + v(m−1) + v(m−2)) / 3``; year to date, the sum from January to m. The changes in dollars, the average and
    the year to date are those of the FT-900 release's text and Exhibits 1 and 2; the percentages are ours. Percentages
    of balances, whose sign may change, are left out and say so in ``gaps``; ``metrics.figures`` has them where the sign
    stays.

    Args:
        goods_and_services: ``validated.goods_and_services`` of one release.

    Returns:
        ``metrics.trade_changes``; months not yet released are left out.
    """
    months = goods_and_services[goods_and_services["period_kind"] == "month"].set_index("period")
    if months.empty:
        return empty(TRADE_CHANGES)
    pieces = []
    for flow in _FLOWS:
        for kind in _KINDS:
            value = months[f"{flow}_{kind}_musd"]
            before, year_before = _earlier(value, 1), _earlier(value, 12)
            frame = pd.DataFrame(
                {
                    "value_musd": value,
                    "change_1_month_musd": value - before,
                    "change_1_month_pct": _percent_change(value, before, flow),
                    "change_12_months_musd": value - year_before,
                    "change_12_months_pct": _percent_change(value, year_before, flow),
                    "average_3_months_musd": (value + before + _earlier(value, 2)) / 3,
                    "year_to_date_musd": _year_to_date(value),
                }
            )
            none = "; ".join(f"{column}: {MAY_CHANGE_SIGN}" for column in _PERCENTAGES) if flow == "balance" else ""
            pieces.append(frame.assign(flow=flow, kind=kind, gaps=none).reset_index())
    released = months.index[months["gaps"] != "every figure: not_yet_released"]
    frame = pd.concat(pieces, ignore_index=True)
    frame = frame[frame["period"].isin(released)].sort_values(["period", "flow", "kind"])
    return conform(frame, TRADE_CHANGES, **{name: months[name].iloc[0] for name in ("release_month", "reference_month")})


def trade_ratios(goods_and_services: pd.DataFrame) -> pd.DataFrame:
    """Exports as a percentage of imports, ``100·exports/imports``, and services' share of exports,
    ``100·services/total``, for months, years and year to date; in percent, ours.

    Args:
        goods_and_services: ``validated.goods_and_services``.
    """
    if goods_and_services.empty:
        return empty(TRADE_RATIOS)
    frame = goods_and_services[goods_and_services["gaps"] != "every figure: not_yet_released"]
    ratios = frame.assign(
        exports_to_imports_pct=100 * _ratio(frame["exports_total_musd"], frame["imports_total_musd"]),
        services_share_of_exports_pct=100 * _ratio(frame["exports_services_musd"], frame["exports_total_musd"]),
    )
    return conform(ratios, TRADE_RATIOS, gaps="")


def _earlier(value: pd.Series, months: int) -> pd.Series:
    """For each month the value ``months`` earlier by the calendar, missing where there is none."""
    return value.reindex([add_months(period, -months) for period in value.index]).set_axis(value.index)


def _percent_change(value: pd.Series, base: pd.Series, flow: str) -> pd.Series:
    if flow == "balance":
        return pd.Series(pd.NA, index=value.index, dtype="Float64")
    return 100 * (_ratio(value, base) - 1)


def _ratio(above: pd.Series, below: pd.Series) -> pd.Series:
    """The quotient, missing where the divisor is zero."""
    return above / below.mask(below == 0)


def _year_to_date(value: pd.Series) -> pd.Series:
    """The running sum from January, missing from the first missing month of the year on."""
    year = value.index.str.slice(0, 4)
    total = value.fillna(0).groupby(year).cumsum()
    complete = value.notna().groupby(year).cummin()
    # As many rows since January as the month's number: a month that is not there is missing too.
    number = pd.Series(value.index.str.slice(5).astype(int), index=value.index)
    return total.where(complete & (number.groupby(year).cumcount() + 1 == number))


METRICS = Metrics(
    (GOODS_AND_SERVICES,),
    (
        (TRADE_CHANGES, trade_changes),
        (TRADE_RATIOS, trade_ratios),
    ),
)

COMPONENTS: Components = {
    "exports": {"goods": ("exports.goods", 1), "services": ("exports.services", 1)},
    "imports": {"goods": ("imports.goods", 1), "services": ("imports.services", 1)},
    "balance": {"exports": ("exports.total", 1), "imports": ("imports.total", -1)},
}
"""The components of each flow's total: their series and the sign with which they enter it."""
