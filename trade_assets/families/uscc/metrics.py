"""Metrics of trade with China."""

from __future__ import annotations

import pandas as pd

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.periods import span
from trade_assets.families.uscc.tables import CHINA_ADVANCED_TECHNOLOGY, CHINA_BALANCES, CHINA_TOP_FIVE
from trade_assets.metrics.explanations import Components
from trade_assets.metrics.registry import Metrics

NO_PARTS = "no_parts_of_one_balance"
"""The gap of the share of groups that do not make up one balance."""


def china_balances(china_top_five: pd.DataFrame, china_advanced_technology: pd.DataFrame) -> pd.DataFrame:
    """Balance by product group, ``exports − imports`` in million dollars, and each advanced technology
    group's share of the balance of all groups, ``100 · balance / total balance`` in percent.

    A product that is among the top five of one flow only has no balance: the other flow is not published. A
    negative share is a surplus within a deficit; the top five are no parts of one balance and have none, which
    ``gaps`` says. Source of the groups: U.S. Census Bureau, as the bulletin prints them.

    Args:
        china_top_five, china_advanced_technology: the validated tables.
    """
    pieces = [_top_five(china_top_five), _technology(china_advanced_technology)]
    pieces = [piece for piece in pieces if len(piece)]
    if not pieces:
        return empty(CHINA_BALANCES)
    return pd.concat(pieces, ignore_index=True).sort_values(list(CHINA_BALANCES.key), ignore_index=True)


def _top_five(frame: pd.DataFrame) -> pd.DataFrame:
    if frame.empty:
        return empty(CHINA_BALANCES)
    # "Other" holds different products in each flow, so its difference would be the balance of nothing.
    named = frame[~frame["series"].str.endswith(".other")]
    flows = named.pivot(index=["period", "label"], columns="flow", values="value_musd").reset_index()
    return _balances(flows, frame, "top_five", flows["exports"], flows["imports"])


def _technology(frame: pd.DataFrame) -> pd.DataFrame:
    if frame.empty:
        return empty(CHINA_BALANCES)
    pieces = []
    for name, period in (("month", lambda p: p), ("year_to_date", lambda p: span(f"{p[:4]}-01", p))):
        part = frame.assign(period=frame["period"].map(period))
        exports, imports = frame[f"exports_{name}_musd"], frame[f"imports_{name}_musd"]
        piece = _balances(part, frame, "advanced_technology", exports, imports)
        total = piece.loc[piece["group"] == "TOTAL", "balance_musd"]
        if len(total) == 1 and total.notna().all() and total.iloc[0] != 0:
            piece["share_of_deficit_pct"] = 100 * piece["balance_musd"] / total.iloc[0]
        pieces.append(piece)
    return pd.concat(pieces, ignore_index=True)


def _balances(groups: pd.DataFrame, release: pd.DataFrame, classification: str, exports: pd.Series, imports: pd.Series) -> pd.DataFrame:
    result = groups.assign(
        group=groups["label"], exports_musd=exports, imports_musd=imports, balance_musd=exports - imports, share_of_deficit_pct=float("nan")
    )
    none = f"share_of_deficit_pct: {NO_PARTS}" if classification == "top_five" else ""
    constants = {name: release[name].iloc[0] for name in ("release_month", "reference_month")}
    return conform(result, CHINA_BALANCES, **constants, classification=classification, gaps=none)


METRICS = Metrics(
    (
        CHINA_TOP_FIVE,
        CHINA_ADVANCED_TECHNOLOGY,
    ),
    ((CHINA_BALANCES, china_balances),),
)

COMPONENTS: Components = {}
"""None: a bulletin has no series that it prints again."""
