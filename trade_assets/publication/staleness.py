"""Whether the tables of a month are those of its documents, its decisions, and the releases before it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trade_assets.documents.parse import Parsed
from trade_assets.documents.store import Document, survey
from trade_assets.facts.frames import conform, together
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import (
    ALL_TABLES,
    CELLS,
    CORRECTIONS,
    DECISIONS,
    DOCUMENTS,
    FACTS,
    IN_DOUBT,
    ISSUES,
    METRIC_DEFINITIONS,
    PRINTS,
    REVISION_FINDINGS,
    REVISION_STATISTICS,
    REVISIONS,
    ROWS,
    SERIES,
    UNREAD,
    VALIDATED,
    VERDICTS,
    VINTAGE_METRICS,
)
from trade_assets.identities.publish import publish, require_proof
from trade_assets.metrics.registry import metrics_declared
from trade_assets.metrics.wide import metrics_of
from trade_assets.review.decided import decisions_table
from trade_assets.review.decisions import read_decisions
from trade_assets.warehouse.parquet import frame_of
from trade_assets.warehouse.partitions import parquet_bytes, read_partition
from trade_assets.warehouse.root import DataRoot

Frames = Mapping[str, pd.DataFrame]

# Of statistics, relative and absolute: another machine's linear algebra may round otherwise.
_SAME_STATISTIC = {"rtol": 1e-6, "atol": 1e-9}


def stale(root: DataRoot, month: str, stored: Frames, today: dt.date) -> Iterator[str]:
    """What does not fit together, each table against what it is made of, from the documents on.

    Validated tables, prints, revisions and metrics are built again and compared. What proving a document gave, and the judgement of
    the publication, are not built again: they must be of the month's documents.

    Args:
        stored: the tables that are to be published, by name.
        today: the day on which a decision may have expired.

    Raises:
        UnprovenError: facts have no verdicts of the same document.
        ReadError: a file of the store is none of its documents, by its name.
    """
    documents = stored[DOCUMENTS.name]
    sound, damaged = survey(root, month)
    if damaged:
        yield str(damaged[0].error)
    manifest = dict(zip(documents["sha256"], documents["is_current"], strict=True))
    if manifest != {document.sha256: is_current for document, is_current in sound}:
        yield f"the documents of {month} are not those that its tables were built from"
    parsed = Parsed(*(read_partition(root, table, month) for table in (CELLS, ROWS, SERIES, UNREAD)))
    for row in parsed.unread[parsed.unread["is_current"]].to_dict("records"):
        yield f"{row['path']} could not be read, so the tables of {row['family']} are older than it"
    current = {family: set(rows["sha256"]) for family, rows in documents[documents["is_current"]].groupby("family")}
    facts = {family: read_partition(root, table, month) for family, table in FACTS.items()}
    for family, table in FACTS.items():
        require_proof(facts[family], stored[VERDICTS.name], family)
        if set(facts[family]["sha256"]) != current.get(family, set()):
            yield f"{table.layer}.{table.name} of {month} is not of the month's current documents"
    for table in ALL_TABLES:
        # Issues that a former document showed, and decisions on it, name that document for good.
        is_bound = table.name in stored and "sha256" in table.by_name and table not in (ISSUES, DECISIONS)
        if is_bound and set(stored[table.name]["sha256"]) - set(manifest):
            yield f"{table.layer}.{table.name} of {month} is of a document that the month does not have"
    decisions = decisions_table(month, read_decisions(root, month)[0], stored[ISSUES.name], stored[CORRECTIONS.name])
    if not decisions.equals(stored[DECISIONS.name]):
        yield f"decisions on issues of {month} were taken or changed since its tables were built"
    expired = decisions[decisions["is_in_force"] & (decisions["expires_on"].fillna("9999-12-31") <= today.isoformat())]
    for row in expired.to_dict("records"):
        yield f"the decision on issue {row['issue']} of {month} has expired on {row['expires_on']}"
    made = _Made(root, month, stored, facts, parsed, sound)
    for table, frame, sources in itertools.chain(made.wide_tables(), made.vintages(), made.metrics()):
        if not _is_same(frame, stored[table.name], table):
            yield f"{table.layer}.{table.name} of {month} is not what {sources} give"


Made = Iterator[tuple[Table, pd.DataFrame, str]]
"""Tables that are built again, with what they are built from."""

_BEFORE = "its documents and the releases before it"


@dataclass(frozen=True)
class _Made:
    """The tables of a month built again from the ones that they are made of.

    Attributes:
        stored: the tables that are to be published, by name.
        facts: the tidy facts by family.
        documents: the sound documents of the month, as ``survey`` gives them.
    """

    root: DataRoot
    month: str
    stored: Frames
    facts: Frames
    parsed: Parsed
    documents: Sequence[tuple[Document, bool]]

    def wide_tables(self) -> Made:
        """Validated tables, and the metrics of single families over them."""
        doubt, corrections = self.stored[IN_DOUBT.name], self.stored[CORRECTIONS.name]
        for table in VALIDATED:
            yield table, publish(self.facts[str(table.family)], doubt, corrections, table), "its facts and decisions"
        for family, declared in metrics_declared().items():
            found = metrics_of(family, self.stored)
            for table in declared.tables:
                yield table, found[table.name], "its validated tables"

    def vintages(self) -> Made:
        """Prints, what they changed, and the statistics of it."""
        from trade_assets.vintages.knowledge import numbered_prints
        from trade_assets.vintages.revisions import compare_month
        from trade_assets.vintages.statistics import statistics_of_releases

        yield PRINTS, self._prints(), "its documents and decisions"
        compared = compare_month(self.root, self.month)
        yield REVISIONS, compared.revisions, _BEFORE
        yield REVISION_FINDINGS, compared.findings, _BEFORE
        statistics = statistics_of_releases(numbered_prints(self.root, self.month))
        yield REVISION_STATISTICS, statistics.assign(release_month=self.month), _BEFORE

    def _prints(self) -> pd.DataFrame:
        """The prints of current documents, built again; of replaced ones as they are stored.

        What is in doubt in a replaced document is not stored, so that its prints do not follow from tables.
        """
        from trade_assets.vintages.prints import prints_of

        made = prints_of(self.parsed, self.documents, self.stored[IN_DOUBT.name], self.stored[CORRECTIONS.name])
        kept = self.stored[PRINTS.name]
        is_replaced = ~kept["is_current"] & kept["sha256"].isin(made.loc[~made["is_current"], "sha256"])
        return together([made[made["is_current"]], kept[is_replaced]], PRINTS)

    def metrics(self) -> Made:
        """The metrics over all that the month knew."""
        from trade_assets.metrics.vintage import SOURCES, vintage_metrics
        from trade_assets.vintages.knowledge import release_knowledge

        unread = set(self.parsed.unread.loc[self.parsed.unread["is_current"], "family"])
        known = release_knowledge(self.root, self.month, unread)
        sources = {table.name: self.stored[table.name] for table in SOURCES}
        made = vintage_metrics(self.month, known, self.facts, sources)
        for table in VINTAGE_METRICS:
            yield table, made[table.name], "the definitions of today" if table is METRIC_DEFINITIONS else _BEFORE


def _is_same(made: pd.DataFrame, stored: pd.DataFrame, table: Table) -> bool:
    """Whether rows built again are the stored ones, which have been through a file."""
    written = parquet_bytes(conform(made, table), table)
    made = conform(frame_of(written), table)
    if table is not REVISION_STATISTICS:
        return made.equals(stored)
    numbers = [column.name for column in table.columns if column.kind == "float"]
    if not made.drop(columns=numbers).equals(stored.drop(columns=numbers)):
        return False
    found, kept = (frame[numbers].to_numpy(dtype="float64", na_value=np.nan) for frame in (made, stored))
    return bool(np.isclose(found, kept, equal_nan=True, **_SAME_STATISTIC).all())
