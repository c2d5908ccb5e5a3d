"""Which metrics each family has: their tables, and the functions that compute them from its validated tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from trade_assets.facts.families import parts
from trade_assets.facts.frames import together
from trade_assets.facts.schemas import Table
from trade_assets.identities.publish import publish
from trade_assets.metrics.withheld import Frames, with_gaps

Compute = Callable[..., pd.DataFrame]


@dataclass(frozen=True)
class Metrics:
    """The metric tables of a family.

    Attributes:
        sources: the validated tables that they come from.
        computed: each table with the function that gives it, of the sources in their order.
    """

    sources: tuple[Table, ...] = ()
    computed: tuple[tuple[Table, Compute], ...] = ()


@cache
def metrics_declared() -> Mapping[str, Metrics]:
    """By family; of a family without, none."""
    return parts("metrics")


def metrics_of(family: str, validated: Frames) -> dict[str, pd.DataFrame]:
    """The metrics of a family by the name of their table, with the reason of each that is missing; none of a family without.

    Each release of the month has its own: nothing is computed from the tables of two.

    Args:
        validated: the family's validated tables by name, by their schemas; others may be among them.
    """
    declared = metrics_declared().get(family, Metrics())
    named = {table.name: table for table in declared.sources}
    releases = sorted({month for name in named for month in validated[name]["reference_month"]})
    found: dict[str, list[pd.DataFrame]] = {table.name: [] for table, _ in declared.computed}
    for release in releases:
        frames = {name: validated[name][validated[name]["reference_month"] == release].reset_index(drop=True) for name in named}
        for table, compute in declared.computed:
            found[table.name].append(with_gaps(table, _by_name(compute, named), frames, named))
    return {table.name: together(found[table.name], table) for table, _ in declared.computed}


def metrics_of_facts(family: str, facts: pd.DataFrame, in_doubt: pd.DataFrame, corrections: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The metrics of a family as ``metrics_of`` has them, from its facts and what was proven of them.

    Args:
        facts: the family's tidy facts.
        in_doubt, corrections: by the schemas ``validated.in_doubt`` and ``review.corrections``.
    """
    declared = metrics_declared().get(family, Metrics())
    return metrics_of(family, {table.name: publish(facts, in_doubt, corrections, table) for table in declared.sources})


def _by_name(compute: Compute, sources: dict[str, Table]) -> Callable[[Frames], pd.DataFrame]:
    return lambda frames: compute(*(frames[name] for name in sources))
