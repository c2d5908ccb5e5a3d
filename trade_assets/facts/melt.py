"""Wide tables back to facts: which (series, measure, period) each figure of a validated table prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from trade_assets.facts.catalogue import TABLE_A_SERIES, records
from trade_assets.facts.known import is_index
from trade_assets.facts.periods import add_months, span
from trade_assets.facts.schemas import Table, decimals_of

_Row = pd.Series


class Printed(NamedTuple):
    """The fact behind a figure's column, as functions of the wide row; without a measure, it is the row's own.

    Attributes:
        is_of: whether a row can have a figure in the column, where only some can.
    """

    series: Callable[[_Row], str]
    measure: str | None
    period: Callable[[_Row], str | None]
    is_of: Callable[[_Row], bool] = lambda row: True


def _own_period(row: _Row) -> str:
    return str(row["period"])


def _change(lag: int, months: int = 1) -> Callable[[_Row], str]:
    """The change over ``months`` that ends ``lag`` months before the row's period."""

    def period(row: _Row) -> str:
        last = add_months(row["period"], -lag)
        return span(add_months(last, -months), last)

    return period


def _year_to_date(row: _Row, years: int = 0) -> str:
    last = add_months(row["period"], -12 * years)
    return span(f"{last[:4]}-01", last)


def _year_earlier(row: _Row) -> str:
    """The change of a month on the same a year earlier; of a year to date, its own period."""
    period = str(row["period"])
    return period if "/" in period else span(add_months(period, -12), period)


def _cumulative(row: _Row) -> str:
    return str(row["period"]) if len(row["period"]) == 4 else _year_to_date(row)


def _constant(series: str) -> Callable[[_Row], str]:
    return lambda row: series


def _own_series(row: _Row) -> str:
    return str(row["series"])


def _technology(flow: str) -> Callable[[_Row], str]:
    return lambda row: f"{flow}.china.advanced_technology.{'total' if pd.isna(row['code']) else row['code']}"


def _price(lag: int) -> Printed:
    return Printed(_own_series, "percent_change", _change(lag))


FIGURES: dict[str, dict[str, Printed]] = {
    "goods_and_services": {
        f"{flow}_{kind}_musd": Printed(_constant(f"{flow}.{kind}"), "value", _own_period)
        for flow in ("balance", "exports", "imports")
        for kind in ("total", "goods", "services")
    },
    "goods_on_two_bases": {
        line["column"]: Printed(_constant(line["series"]), "value", _own_period)
        for line in records("ft900_headings")
        if line["table"] == "goods_on_two_bases"
    },
    "annual_changes": {
        "dollar_change_musd": Printed(_own_series, "change_on_year", _own_period),
        "percent_change_pct": Printed(_own_series, "percent_change_on_year", _own_period),
    },
    "fred_observations": {
        "value_musd": Printed(_own_series, None, _own_period, lambda row: not is_index(row["series"])),
        "index": Printed(_own_series, None, _own_period, lambda row: is_index(row["series"])),
    },
    "index_levels": {"index": Printed(_own_series, "index", _own_period)},
    "price_indexes": {
        "relative_importance_pct": Printed(_own_series, "relative_importance", lambda row: add_months(row["period"], -1)),
        "index_previous_month": Printed(_own_series, "index", lambda row: add_months(row["period"], -1)),
        "index_latest_month": Printed(_own_series, "index", _own_period),
        "change_12_months_pct": Printed(_own_series, "percent_change", _change(0, 12)),
        "change_month_minus_3_pct": _price(3),
        "change_month_minus_2_pct": _price(2),
        "change_month_minus_1_pct": _price(1),
        "change_latest_month_pct": _price(0),
    },
    "price_changes": {column: Printed(_constant(series), "percent_change", _own_period) for column, series in TABLE_A_SERIES.items()},
    "china_trade_growth": {
        f"{flow}_{name}_pct": Printed(_constant(f"{flow}.china.total"), measure, period)
        for flow in ("exports", "imports")
        for name, measure, period in (
            ("month_on_month", "percent_change", _change(0)),
            ("year_to_date", "percent_change_year_to_date", _year_to_date),
        )
    },
    "china_top_five": {
        "value_musd": Printed(_own_series, "value", _own_period),
        "share_pct": Printed(_own_series, "share", _own_period),
        "change_12_months_pct": Printed(_own_series, "percent_change", _year_earlier),
    },
    "china_advanced_technology": {
        **{f"{flow}_month_musd": Printed(_technology(flow), "value", _own_period) for flow in ("exports", "imports", "balance")},
        **{f"{flow}_year_to_date_musd": Printed(_technology(flow), "value", _year_to_date) for flow in ("exports", "imports", "balance")},
        "balance_year_earlier_to_date_musd": Printed(_technology("balance"), "value", lambda row: _year_to_date(row, 1)),
    },
    "china_outbound_investment": {
        **{
            f"{kind}_{name}_busd": Printed(_constant(f"china.outbound_investment.{name}"), "value", period)
            for kind, period in (("month", _own_period), ("cumulative", _cumulative))
            for name in ("total", "reinvested_profits", "first_time")
        },
        "cumulative_enterprises": Printed(_constant("china.outbound_investment.enterprises"), "count", _cumulative),
    },
    "china_purchasing_manager_surveys": {"companies_surveyed": Printed(_own_series, "companies_surveyed", lambda row: None)},
}


def melt(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The facts of a wide table: columns place (row position), column, series, measure, period, value, decimals.

    A figure that the table leaves empty is a fact without a value, so that identities over it are not
    evaluable rather than absent.

    Raises:
        KeyError: the frame lacks a column of the table.
    """
    pieces = []
    every = [row for _, row in frame.iterrows()]
    for column, printed in FIGURES[table.name].items():
        places = [place for place, row in enumerate(every) if printed.is_of(row)]
        rows, figures = [every[place] for place in places], frame.iloc[places]
        pieces.append(
            pd.DataFrame(
                {
                    "place": places,
                    "column": column,
                    "series": [printed.series(row) for row in rows],
                    "measure": printed.measure if printed.measure is not None else [row["measure"] for row in rows],
                    "period": [printed.period(row) for row in rows],
                    "value": figures[column].astype("Float64").to_numpy(dtype="float64", na_value=float("nan")),
                    "decimals": figures[decimals_of(column)].astype("Int64").to_numpy(dtype="float64", na_value=0),
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)
