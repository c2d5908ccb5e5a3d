"""Metrics over all that a release month knew, what moved the headlines it revised, and the derived figures it reproduces."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from trade_assets.defs.parsed import PARSED, read_parsed, readable_facts
from trade_assets.defs.parts import Asked, Source, part
from trade_assets.defs.specs import check_spec
from trade_assets.facts.tables import (
    ISSUES,
    METRIC_CHANGES,
    METRIC_FIGURES,
    PRINTS,
    REPRODUCED,
    REVISIONS,
    VIOLATIONS,
)

_SOUND = check_spec(
    "metrics_have_a_value_or_a_reason", METRIC_FIGURES, "A metric has a value within its interval, or a gap with its reason."
)
_REPRODUCED = check_spec(
    "derived_figures_are_reproduced", REPRODUCED, "Every derived figure that the month's documents print follows from other figures."
)


@part("vintage_metrics", tables=[METRIC_FIGURES], needs=[*PARSED, PRINTS, REVISIONS, VIOLATIONS, ISSUES], checks=[_SOUND, _REPRODUCED])
def vintage_metrics(context: Asked, data_root: Source) -> Iterator[Any]:
    """Compute all metrics of the month from what was known in it, and nothing that was published later."""
    from trade_assets.metrics.changes import changes
    from trade_assets.metrics.figures import unsound
    from trade_assets.metrics.vintage import SOURCES
    from trade_assets.metrics.vintage import vintage_metrics as computed
    from trade_assets.vintages.knowledge import release_knowledge

    month = context.partition_key
    parsed = read_parsed(data_root, month)
    unread = set(parsed.unread.loc[parsed.unread["is_current"], "family"])
    known = release_knowledge(data_root.root, month, unread)
    sources = {table.name: data_root.read(table, month) for table in SOURCES}
    facts, errors = readable_facts(data_root, month)
    for error in errors:
        context.log.error(str(error))
    made = computed(month, known, facts, sources)
    metrics, found = made[METRIC_FIGURES.name], made[REPRODUCED.name]
    missing = {str(reason): int(count) for reason, count in metrics["gap"].str.split(":").str[0].value_counts().items()}
    if METRIC_FIGURES.name in context.selected_output_names:
        made = {**made, METRIC_CHANGES.name: changes(data_root.root, month, metrics, known)}
        said: dict[str, Any] = {"values": int(metrics["value"].notna().sum()), "gaps": missing}
        yield dg.Output(made, output_name=METRIC_FIGURES.name, metadata=said)
    # Without a metric, or a derived figure, there is nothing to judge: no result is neither passed nor failed.
    selected = context.selected_asset_check_keys
    if len(metrics) and _SOUND.key in selected:
        yield _soundness(metrics, unsound(metrics))
    if len(found) and _REPRODUCED.key in selected:
        yield _verdict(found)


def _soundness(metrics: pd.DataFrame, broken: pd.DataFrame) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=_SOUND.name,
        asset_key=_SOUND.asset_key,
        passed=broken.empty,
        description=f"{len(metrics)} metrics, {len(broken)} with neither value nor reason, or with both.",
        metadata={"metrics": len(metrics), "unsound": len(broken)},
    )


def _verdict(found: pd.DataFrame) -> dg.AssetCheckResult:
    """A warning only: the identity that an exception violates asks for the review, and its issue says the rest."""
    from trade_assets.metrics.reproduced import said_of

    said = said_of(found)
    return dg.AssetCheckResult(
        check_name=_REPRODUCED.name,
        asset_key=_REPRODUCED.asset_key,
        passed=said.is_explained,
        severity=dg.AssetCheckSeverity.WARN,
        description=said.description,
        metadata=said.counts,
    )
