"""Metrics of import and export prices."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.periods import add_months
from trade_assets.families.mxp.tables import FUEL_AND_NONFUEL, PRICE_CONTRIBUTIONS, PRICE_INDEXES, PRICE_RATIOS
from trade_assets.metrics.explanations import Components
from trade_assets.metrics.registry import Metrics

_ALL = {"exports": "exports.end_use.all_commodities", "imports": "imports.end_use.all_commodities"}
_FUEL = {"fuel": "imports.end_use.10", "nonfuel": "imports.end_use.all_imports_excluding_fuels"}


def price_contributions(price_indexes: pd.DataFrame) -> pd.DataFrame:
    """Contribution of each End Use category to the change of all imports or all exports.

    ``relative importance (percent, month before) · change (percent) / 100``, in percentage points. The
    top-level categories (one-digit codes) add up to the change of all commodities up to rounding.
    Source of the weights: BLS, relative importances of Tables 1 and 2, which are those of the earlier month.

    Args:
        price_indexes: ``validated.price_indexes``.
    """
    frame = price_indexes[price_indexes["classification"] == "end_use"]
    if frame.empty:
        return empty(PRICE_CONTRIBUTIONS)
    result = frame.assign(
        is_top_level=frame["code"].fillna("").map(lambda code: re.fullmatch(r"\d", code) is not None),
        contribution_pct_points=_contribution(frame),
    )
    return conform(result, PRICE_CONTRIBUTIONS, gaps="")


def price_ratios(price_indexes: pd.DataFrame) -> pd.DataFrame:
    """Export prices over import prices, ``100 · all exports / all imports``, and its change on the month.

    Ours, from two indexes on base 2000=100; not one of BLS's terms-of-trade indexes, which are by locality.

    Args:
        price_indexes: ``validated.price_indexes``.

    Returns:
        ``metrics.price_ratios``: the two index months of the release.
    """
    by_series: dict[str, dict[str, Any]] = price_indexes.set_index("series").to_dict("index")  # type: ignore[assignment]  # keys are text
    if not set(_ALL.values()) <= set(by_series):
        return empty(PRICE_RATIOS)
    exports, imports = by_series[_ALL["exports"]], by_series[_ALL["imports"]]
    ratios = [_quotient(exports[name], imports[name]) for name in ("index_previous_month", "index_latest_month")]
    quotient = _quotient(ratios[1], ratios[0])
    frame = pd.DataFrame(
        {
            "release_month": exports["release_month"],
            "reference_month": exports["reference_month"],
            "period": [add_months(exports["period"], -1), exports["period"]],
            "export_over_import_prices": [100 * ratio for ratio in ratios],
            "change_1_month_pct": [pd.NA, 100 * (quotient - 1)],
        }
    )
    return conform(frame, PRICE_RATIOS, gaps="")


def fuel_and_nonfuel(price_indexes: pd.DataFrame) -> pd.DataFrame:
    """Import prices of fuel (End Use 10) and of all else: weight, changes, contribution to all imports.

    Contribution as in ``price_contributions``, in percentage points.

    Args:
        price_indexes: ``validated.price_indexes``.
    """
    component = {series: name for name, series in _FUEL.items()}
    frame = price_indexes[price_indexes["series"].isin(component)]
    if frame.empty:
        return empty(FUEL_AND_NONFUEL)
    result = frame.assign(component=frame["series"].map(component), contribution_pct_points=_contribution(frame))
    return conform(result.sort_values("component"), FUEL_AND_NONFUEL, gaps="")


def _contribution(frame: pd.DataFrame) -> pd.Series:
    return frame["relative_importance_pct"] * frame["change_latest_month_pct"] / 100


def _quotient(above: float, below: float) -> float:
    """The quotient, missing where an operand is missing or the divisor is zero."""
    if pd.isna(above) or pd.isna(below) or below == 0:
        return pd.NA  # type: ignore[return-value]  # pandas' missing number
    return above / below


METRICS = Metrics(
    (PRICE_INDEXES,),
    (
        (PRICE_CONTRIBUTIONS, price_contributions),
        (PRICE_RATIOS, price_ratios),
        (FUEL_AND_NONFUEL, fuel_and_nonfuel),
    ),
)

COMPONENTS: Components = {}
"""None: an index is no sum of indexes."""
