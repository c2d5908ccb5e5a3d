"""The wide tables of metrics of goods and services: which rows they have, and what only they compute."""

from __future__ import annotations

import pandas as pd

from trade_assets.facts.notes import of_every_figure
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES, TRADE_CHANGES, TRADE_RATIOS
from trade_assets.metrics.explanations import Components
from trade_assets.metrics.formulas import printed
from trade_assets.metrics.registry import Metrics, WideMetrics
from trade_assets.reading.marks import NOT_YET_RELEASED

_SERIES = pd.DataFrame(
    [(flow, kind, f"{flow}.{kind}") for flow in ("balance", "exports", "imports") for kind in ("total", "goods", "services")],
    columns=["flow", "kind", "series"],
)


def _released(goods_and_services: pd.DataFrame) -> pd.DataFrame:
    """The months, years and years to date of a release that have figures."""
    return goods_and_services[goods_and_services["gaps"] != of_every_figure(NOT_YET_RELEASED)]


def _months(goods_and_services: pd.DataFrame) -> pd.DataFrame:
    """Each month with each flow and kind."""
    frame = _released(goods_and_services)
    return frame[frame["period_kind"] == "month"].merge(_SERIES, how="cross")


METRICS = Metrics(
    (GOODS_AND_SERVICES,),
    (
        WideMetrics(TRADE_CHANGES, _months),
        WideMetrics(TRADE_RATIOS, _released),
    ),
    (printed("printed_value", "million_usd", "value"),),
)

COMPONENTS: Components = {
    "exports": {"goods": ("exports.goods", 1), "services": ("exports.services", 1)},
    "imports": {"goods": ("imports.goods", 1), "services": ("imports.services", 1)},
    "balance": {"exports": ("exports.total", 1), "imports": ("imports.total", -1)},
}
"""The components of each flow's total: their series and the sign with which they enter it."""
