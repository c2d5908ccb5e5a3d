"""Which metrics each family has: their tables, and the functions that compute them from its validated tables."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from trade_assets.facts.frames import together
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import (
    CHINA_ADVANCED_TECHNOLOGY,
    CHINA_BALANCES,
    CHINA_TOP_FIVE,
    FUEL_AND_NONFUEL,
    GOODS_AND_SERVICES,
    PRICE_CONTRIBUTIONS,
    PRICE_INDEXES,
    PRICE_RATIOS,
    TRADE_CHANGES,
    TRADE_RATIOS,
)
from trade_assets.identities.publish import publish
from trade_assets.metrics import china, prices, trade
from trade_assets.metrics.withheld import Frames, with_gaps

Compute = Callable[..., pd.DataFrame]

METRICS_OF: dict[str, tuple[tuple[Table, ...], tuple[tuple[Table, Compute], ...]]] = {
    "ft900": ((GOODS_AND_SERVICES,), ((TRADE_CHANGES, trade.trade_changes), (TRADE_RATIOS, trade.trade_ratios))),
    "mxp": (
        (PRICE_INDEXES,),
        (
            (PRICE_CONTRIBUTIONS, prices.price_contributions),
            (PRICE_RATIOS, prices.price_ratios),
            (FUEL_AND_NONFUEL, prices.fuel_and_nonfuel),
        ),
    ),
    "uscc": ((CHINA_TOP_FIVE, CHINA_ADVANCED_TECHNOLOGY), ((CHINA_BALANCES, china.china_balances),)),
}
"""Per family: the validated tables that its metrics come from, and each metric's table with its function of them."""


def metrics_of(family: str, validated: Frames) -> dict[str, pd.DataFrame]:
    """The metrics of a family by the name of their table, with the reason of each that is missing; none of a family without.

    Each release of the month has its own: nothing is computed from the tables of two.

    Args:
        validated: the family's validated tables by name, by their schemas; others may be among them.
    """
    sources, computed = METRICS_OF.get(family, ((), ()))
    named = {table.name: table for table in sources}
    releases = sorted({month for name in named for month in validated[name]["reference_month"]})
    found: dict[str, list[pd.DataFrame]] = {table.name: [] for table, _ in computed}
    for release in releases:
        frames = {name: validated[name][validated[name]["reference_month"] == release].reset_index(drop=True) for name in named}
        for table, compute in computed:
            found[table.name].append(with_gaps(table, _by_name(compute, named), frames, named))
    return {table.name: together(found[table.name], table) for table, _ in computed}


def metrics_of_facts(family: str, facts: pd.DataFrame, in_doubt: pd.DataFrame, corrections: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The metrics of a family as ``metrics_of`` has them, from its facts and what was proven of them.

    Args:
        facts: the family's tidy facts.
        in_doubt, corrections: by the schemas ``validated.in_doubt`` and ``review.corrections``.
    """
    sources, _ = METRICS_OF.get(family, ((), ()))
    return metrics_of(family, {table.name: publish(facts, in_doubt, corrections, table) for table in sources})


def _by_name(compute: Compute, sources: dict[str, Table]) -> Callable[[Frames], pd.DataFrame]:
    return lambda frames: compute(*(frames[name] for name in sources))
