"""All tables of the warehouse: those of every family's documents, and those that are about all of them.

A family's own tables are declared in its folder. Parquet types, pandera models, Dagster's column metadata and the data dictionary are
generated from the declarations.
"""

from __future__ import annotations

from trade_assets.facts.families import parts
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables.metrics import METRIC_CHANGES, METRIC_DEFINITIONS, METRIC_FIGURES, REPRODUCED, REVISION_EXPLANATIONS
from trade_assets.facts.tables.parsed import CELLS, DOCUMENTS, FACTS, ROWS, SERIES, UNREAD
from trade_assets.facts.tables.review import (
    CORRECTIONS,
    DECISIONS,
    IN_DOUBT,
    ISSUES,
    PUBLICATION,
    REPORTS,
    SUSPECTS,
    UNJUDGED,
    VERDICTS,
    VIOLATIONS,
)
from trade_assets.facts.tables.vintages import HISTORY, PRINTS, REVISION_FINDINGS, REVISION_STATISTICS, REVISIONS

VALIDATED: tuple[Table, ...] = tuple(table for tables in parts("tables").values() for table in tables)
"""The tables of printed figures, as the families declare them."""

METRICS: tuple[Table, ...] = tuple(table for tables in parts("tables", "METRIC_TABLES").values() for table in tables)
"""The metrics of single families, each computed from the wide tables of its documents."""

VINTAGE_METRICS = (METRIC_FIGURES, METRIC_DEFINITIONS, REVISION_EXPLANATIONS, REPRODUCED)
"""The metrics over all that a release month knew; ``METRIC_CHANGES`` is how the first of them is kept."""

PARSED = (CELLS, ROWS, SERIES, UNREAD, *FACTS.values())

PROOF = (VERDICTS, VIOLATIONS, IN_DOUBT, ISSUES, SUSPECTS, CORRECTIONS)
"""What proving a document gives, in the order of ``trade_assets.review.proof.Proof``."""

REVIEW = (ISSUES, SUSPECTS, DECISIONS, CORRECTIONS, REPORTS)

VINTAGES = (PRINTS, REVISIONS, REVISION_FINDINGS, REVISION_STATISTICS)

ALL_TABLES = (
    *(DOCUMENTS, *PARSED, VERDICTS, VIOLATIONS, IN_DOUBT, *REVIEW, PUBLICATION),
    *(*VALIDATED, *VINTAGES, *METRICS, *VINTAGE_METRICS, METRIC_CHANGES),
)
"""The tables that have rows per release month: the assets, and what is kept with them."""

IN_DATABASE = (*ALL_TABLES, HISTORY)
"""All tables that people query."""

__all__ = [
    "ALL_TABLES",
    "CELLS",
    "CORRECTIONS",
    "DECISIONS",
    "DOCUMENTS",
    "FACTS",
    "HISTORY",
    "IN_DATABASE",
    "IN_DOUBT",
    "ISSUES",
    "METRICS",
    "METRIC_CHANGES",
    "METRIC_DEFINITIONS",
    "METRIC_FIGURES",
    "PARSED",
    "PRINTS",
    "PROOF",
    "PUBLICATION",
    "REPORTS",
    "REPRODUCED",
    "REVIEW",
    "REVISIONS",
    "REVISION_EXPLANATIONS",
    "REVISION_FINDINGS",
    "REVISION_STATISTICS",
    "ROWS",
    "SERIES",
    "SUSPECTS",
    "UNJUDGED",
    "UNREAD",
    "VALIDATED",
    "VERDICTS",
    "VINTAGES",
    "VINTAGE_METRICS",
    "VIOLATIONS",
]
