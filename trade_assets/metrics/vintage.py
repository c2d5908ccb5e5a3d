"""The metric tables of a release month over all that it knew, from documents of every family."""

from __future__ import annotations

import pandas as pd

from trade_assets.facts.frames import empty, together
from trade_assets.facts.tables import (
    ISSUES,
    METRIC_DEFINITIONS,
    METRIC_FIGURES,
    REPRODUCED,
    REVISION_EXPLANATIONS,
    REVISIONS,
    UNJUDGED,
    VIOLATIONS,
)
from trade_assets.metrics.definitions import definitions
from trade_assets.metrics.explanations import explain_revisions
from trade_assets.metrics.figures import figures
from trade_assets.metrics.reproduced import reproduced
from trade_assets.metrics.wide import Frames

SOURCES = (REVISIONS, VIOLATIONS, ISSUES)
"""The tables of the month that these come from, besides its facts and its knowledge."""


def vintage_metrics(release_month: str, known: pd.DataFrame, facts: Frames, sources: Frames) -> dict[str, pd.DataFrame]:
    """The rows of each of ``tables.VINTAGE_METRICS`` for a release month, by the name of the table.

    Args:
        known: ``vintages.knowledge`` of the month; empty without a release.
        facts: the tidy facts of the month by family, of the families that can be read.
        sources: the rows of each of ``SOURCES`` for the month, by name.
    """
    violations, issues = sources[VIOLATIONS.name], sources[ISSUES.name]
    # What the rule book could not judge it cannot derive either.
    unjudged = set(issues.loc[issues["pattern"] == UNJUDGED, "sha256"])
    derived = [
        reproduced(of_family[~of_family["sha256"].isin(unjudged)], family, violations, issues, known) for family, of_family in facts.items()
    ]
    return {
        METRIC_FIGURES.name: figures(known),
        METRIC_DEFINITIONS.name: empty(METRIC_DEFINITIONS) if known.empty else definitions(release_month),
        REVISION_EXPLANATIONS.name: explain_revisions(sources[REVISIONS.name]),
        REPRODUCED.name: together(derived, REPRODUCED),
    }
