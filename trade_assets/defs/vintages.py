"""Vintage assets: what the month's documents printed, what they changed, and how the series have been revised so far."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg
import pandas as pd

from trade_assets.defs.parsed import PARSED, read_parsed
from trade_assets.defs.parts import Asked, Source, part
from trade_assets.defs.specs import check_spec
from trade_assets.documents.parse import Parsed, facts_of_document
from trade_assets.documents.store import Document, survey
from trade_assets.facts.frames import empty, together
from trade_assets.facts.tables import (
    CORRECTIONS,
    DOCUMENTS,
    FACTS,
    IN_DOUBT,
    ISSUES,
    PRINTS,
    REVISION_FINDINGS,
    REVISION_STATISTICS,
    REVISIONS,
    VERDICTS,
)
from trade_assets.reading import ReadError
from trade_assets.review.verdicts import said_of_revisions
from trade_assets.vintages.revisions import CHECKS
from trade_assets.warehouse.root import DataRoot

if TYPE_CHECKING:
    from trade_assets.review.proof import Proof

_SHOWN = 20


@part("prints", tables=[PRINTS], needs=[DOCUMENTS, *PARSED, VERDICTS, IN_DOUBT, CORRECTIONS])
def prints(context: Asked, data_root: Source) -> Iterator[Any]:
    """Remember what each document of the month printed, withheld and corrected figures marked as such."""
    from trade_assets.identities.publish import UnprovenError, require_proof
    from trade_assets.vintages.prints import prints_of

    root, month = data_root.root, context.partition_key
    parsed = read_parsed(data_root, month)
    verdicts, doubt, corrections = (data_root.read(table, month) for table in (VERDICTS, IN_DOUBT, CORRECTIONS))
    try:
        documents, _ = survey(root, month)
        replaced = _proofs_of_replaced(root, month, parsed, documents)
        doubt = together([doubt, *(proof.in_doubt for proof in replaced)], IN_DOUBT)
        corrections = together([corrections, *(proof.corrections for proof in replaced)], CORRECTIONS)
        frame = prints_of(parsed, documents, doubt, corrections)
        for family, of_family in frame[frame["is_current"]].groupby("family"):
            require_proof(of_family, verdicts, str(family))
    except (ReadError, UnprovenError) as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    yield dg.Output(frame, output_name=PRINTS.name, metadata={"documents": int(frame["sha256"].nunique())})


def _proofs_of_replaced(root: DataRoot, month: str, parsed: Parsed, documents: Sequence[tuple[Document, bool]]) -> "list[Proof]":
    """The proofs of documents that were re-issued since: what was in doubt then stays so for whoever asks what was known then."""
    from trade_assets.review.decisions import read_decisions
    from trade_assets.review.proof import prove

    decisions, _ = read_decisions(root, month)
    replaced = [document for document, is_current in documents if not is_current and document.family in FACTS]
    return [
        prove(facts_of_document(parsed, document.family, document.sha256), document.family, empty(ISSUES), decisions=decisions)
        for document in replaced
    ]


_CHECKS = {name: check_spec(name, REVISIONS, said) for name, said in CHECKS.items()}


@part("revisions", tables=[REVISIONS], needs=[PRINTS], checks=list(_CHECKS.values()))
def revisions(context: Asked, data_root: Source) -> Iterator[Any]:
    """Compare the month's documents with the ones before them, and all that was published until now print by print.

    What the publisher's rules do not explain is a warning.
    """
    from trade_assets.vintages.knowledge import numbered_prints
    from trade_assets.vintages.revisions import compare_month
    from trade_assets.vintages.statistics import statistics_of_releases

    root, month = data_root.root, context.partition_key
    compared = compare_month(root, month)
    if REVISIONS.name in context.selected_output_names:
        kinds = {str(kind): int(count) for kind, count in compared.revisions["kind"].value_counts().items()}
        statistics = statistics_of_releases(numbered_prints(root, month)).assign(release_month=month)
        frames = {REVISIONS.name: compared.revisions, REVISION_FINDINGS.name: compared.findings, REVISION_STATISTICS.name: statistics}
        yield dg.Output(frames, output_name=REVISIONS.name, metadata=kinds)
    for name, spec in _CHECKS.items():
        # Without a former release, a mark or a policy there is nothing to judge: no result is neither passed nor failed.
        if compared.evaluated[name] and spec.key in context.selected_asset_check_keys:
            yield _result(spec, compared.findings[compared.findings["check"] == name], compared.evaluated[name])


def _result(spec: dg.AssetCheckSpec, found: pd.DataFrame, evaluated: int) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {"places_evaluated": evaluated, "findings": len(found)}
    if len(found):
        metadata["first_findings"] = dg.MetadataValue.table(
            [
                dg.TableRecord({"what": row["sentence"], "document": f"{row['family']} {row['product']}".rstrip(), "line": _line(row)})
                for row in found.head(_SHOWN).to_dict("records")
            ],
            dg.TableSchema([dg.TableColumn("what"), dg.TableColumn("document"), dg.TableColumn("line", "int")]),
        )
    return dg.AssetCheckResult(
        check_name=spec.name,
        asset_key=spec.asset_key,
        passed=found.empty,
        severity=dg.AssetCheckSeverity.WARN,
        description=said_of_revisions(found, evaluated),
        metadata=metadata,
    )


def _line(row: dict[Any, Any]) -> int | None:
    return None if pd.isna(row["line"]) else int(row["line"])
