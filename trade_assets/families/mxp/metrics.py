"""The wide tables of metrics of import and export prices: which rows they have, and what only they compute."""

from __future__ import annotations

import re
from fractions import Fraction

import pandas as pd

from trade_assets.facts.periods import add_months
from trade_assets.families.mxp.tables import FUEL_AND_NONFUEL, PRICE_CONTRIBUTIONS, PRICE_INDEXES, PRICE_RATIOS
from trade_assets.metrics.explanations import Components
from trade_assets.metrics.formulas import Case, Definition, Operand, Window, printed
from trade_assets.metrics.registry import Metrics, WideMetrics

_EXPORTS, _IMPORTS = "exports.end_use.all_commodities", "imports.end_use.all_commodities"
_COMPONENTS = {"imports.end_use.10": "fuel", "imports.end_use.all_imports_excluding_fuels": "nonfuel"}


def _categories(price_indexes: pd.DataFrame) -> pd.DataFrame:
    """The End Use categories; those of one digit add up to all commodities."""
    frame = price_indexes[price_indexes["classification"] == "end_use"]
    return frame.assign(is_top_level=frame["code"].fillna("").map(lambda code: re.fullmatch(r"\d", code) is not None))


def _index_months(price_indexes: pd.DataFrame) -> pd.DataFrame:
    """The two months of which the release prints the indexes of all exports and all imports."""
    frame = price_indexes[price_indexes["series"] == _EXPORTS]
    if not (price_indexes["series"] == _IMPORTS).any():
        return frame.iloc[:0]
    months = frame["period"].map(lambda month: add_months(month, -1))
    return pd.concat([frame.assign(period=months), frame], ignore_index=True)


def _fuel_and_nonfuel(price_indexes: pd.DataFrame) -> pd.DataFrame:
    frame = price_indexes[price_indexes["series"].isin(list(_COMPONENTS))]
    return frame.assign(component=frame["series"].map(_COMPONENTS))


def _index(weight: int, series: str, lag: int = 0) -> Operand:
    return Operand(weight, series, Window(lag), "index")


_CHANGE_OF_MONTH = Operand(1, "{series}", measure="percent_change", frequency="change_1_month")

METRICS = Metrics(
    (PRICE_INDEXES,),
    (
        WideMetrics(PRICE_CONTRIBUTIONS, _categories),
        WideMetrics(PRICE_RATIOS, _index_months),
        WideMetrics(FUEL_AND_NONFUEL, _fuel_and_nonfuel),
    ),
    (
        printed("printed_importance", "percent", "relative_importance", lag=1),
        printed("printed_change_1_month", "percent", "percent_change", "change_1_month"),
        printed("printed_change_12_months", "percent", "percent_change", "change_12_months"),
        Definition(
            "contribution_to_change",
            "relative importance(m−1) · change(m) / 100",
            "percentage points",
            "ours",
            "BLS, relative importances of Tables 1 and 2, which are those of the earlier month",
            (
                Case(
                    r".+\.end_use\..+",
                    (_CHANGE_OF_MONTH,),
                    times=(Operand(1, "{series}", Window(1), "relative_importance"),),
                ),
            ),
            scale=Fraction(1, 100),
            note="The top-level categories add up to the change of all commodities, up to rounding",
        ),
        Definition(
            "export_over_import_prices_change",
            "100 · (r(m) / r(m−1) − 1), r the index of all exports over that of all imports",
            "percent",
            "ours",
            "ratio of two BLS indexes",
            (
                Case(
                    re.escape(_EXPORTS),
                    (_index(1, _EXPORTS),),
                    (_index(1, _IMPORTS),),
                    times=(_index(1, _IMPORTS, 1),),
                    over=(_index(1, _EXPORTS, 1),),
                    minus=1,
                ),
            ),
            scale=Fraction(100),
        ),
    ),
)

COMPONENTS: Components = {}
"""None: an index is no sum of indexes."""
