"""Validated assets: verdicts, figures in doubt, the wide tables, and the checks that show their verdicts."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import dagster as dg
import pandas as pd

from trade_assets.defs.pages import page_of_failure, report_link
from trade_assets.defs.parsed import PARSED, facts_in
from trade_assets.defs.parts import Asked, Part, Source, part
from trade_assets.defs.specs import check_spec
from trade_assets.documents.store import content, survey
from trade_assets.facts.frames import together
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import CORRECTIONS, DECISIONS, FACTS, IN_DOUBT, ISSUES, PROOF, VALIDATED, VERDICTS, VIOLATIONS
from trade_assets.identities.kinds import Rule
from trade_assets.identities.rules import RULES, rules_shown_at, structure_shown_at
from trade_assets.reading import ReadError, render
from trade_assets.reading.errors import printable
from trade_assets.review.verdicts import IdentityVerdict, verdict_of, waiting
from trade_assets.warehouse.partitions import is_month_written, partition_path
from trade_assets.warehouse.root import DataRoot

_SHOWN = 20


_DECIDED = check_spec(
    "every_decision_matches_its_issue",
    DECISIONS,
    "Every decision file can be read, and its last decision is about figures and a document that are still there.",
)

_WAITS = check_spec("no_issue_waits_for_a_decision", ISSUES, "Every issue that the month's documents show is decided.")


@part("proof", tables=[ISSUES], needs=PARSED, checks=[_DECIDED, _WAITS])
def proof(context: Asked, data_root: Source) -> Iterator[Any]:
    """Evaluate every family's identities, find the root cause of each violation, and apply the month's decisions.

    A family whose document cannot be read keeps its former verdicts, as it keeps its former facts.
    """
    # Imported here, as in the steps below: whoever only loads the definitions need not wait for the rule book's machinery.
    from trade_assets.review.decided import decisions_table, lingering_decisions
    from trade_assets.review.decisions import read_decisions
    from trade_assets.review.month import withdraw_page
    from trade_assets.review.proof import Proof, prove

    month = context.partition_key
    with page_of_failure(context, data_root.root):
        former = Proof(*(data_root.read(table, month) for table in PROOF))
        decisions, errors = read_decisions(data_root.root, month)
        lines = _lines(data_root.root, month)
        proofs: list[Proof] = []
        for family in FACTS:
            try:
                proofs.append(prove(facts_in(data_root, month, family), family, former.issues, decisions=decisions, lines=lines))
            except ReadError as error:
                context.log.error(str(error))
                proofs.append(Proof(*(frame[frame["family"] == family] for frame in former)))
        tables = Proof(*(together((each[position] for each in proofs), table) for position, table in enumerate(PROOF)))
        # A red check links to the page, which must not be the one of former issues, whatever becomes of this run.
        withdraw_page(data_root.root, month)
    decided = decisions_table(month, decisions, tables.issues, tables.corrections)
    found = {table.name: frame for table, frame in zip(PROOF, tables, strict=True)}
    yield dg.Output({**found, DECISIONS.name: decided}, output_name=ISSUES.name)
    lingering = [*map(str, errors), *lingering_decisions(decided)]
    in_force = int(decided["is_in_force"].sum())
    yield dg.AssetCheckResult(
        check_name=_DECIDED.name,
        asset_key=_DECIDED.asset_key,
        passed=not lingering,
        description=" ".join(lingering) or f"{in_force} of {len(decided)} entries are in force.",
        metadata={"entries": len(decided), "in_force": in_force, "unreadable_files": len(errors)},
    )
    yield _waiting(data_root.root, month, tables.issues)


def _waiting(root: DataRoot, month: str, issues: pd.DataFrame) -> dg.AssetCheckResult:
    """Whether all issues are decided: the one check that is red wherever one of a month's identities is."""
    found = waiting(issues)
    shown = pd.concat([found.open, found.decided])
    metadata: dict[str, Any] = {
        "issues_open": len(found.open),
        "issues_decided": len(found.decided),
        "withheld_figures": int(shown["withheld"].sum()),
    }
    if len(shown):
        metadata |= {"issues": _issues_table(shown), **report_link(root, month)}
        metadata["all_rows"] = dg.MetadataValue.path(partition_path(root, ISSUES, month))
        metadata["sql"] = dg.MetadataValue.text(
            f"SELECT * FROM review.issues WHERE release_month = '{month}' AND state <> 'gone' ORDER BY rank"  # noqa: S608  # shown, not run
        )
    return dg.AssetCheckResult(
        check_name=_WAITS.name,
        asset_key=_WAITS.asset_key,
        passed=found.open.empty,
        description=found.description,
        metadata=metadata,
    )


def _lines(root: DataRoot, month: str) -> dict[str, list[str]]:
    """The lines of each current document that can be read, by sha256, for issues to show theirs."""
    lines = {}
    for document in (document for document, is_current in survey(root, month)[0] if is_current):
        # What cannot be opened stands in parsed.unread and has no issues.
        with suppress(ReadError):
            lines[document.sha256] = render(content(root, document), document.path)
    return lines


def _model_check(table: Table) -> dg.AssetCheckSpec:
    return check_spec("rows_match_their_model", table, "Types, keys, ranges and arithmetic of the published rows hold (pandera).")


def _shown_at(table: Table) -> tuple[Rule, ...]:
    return (*rules_shown_at(table.name), *structure_shown_at(table.name))


def _identity_check(rule: Rule, table: Table) -> dg.AssetCheckSpec:
    said = f"{rule.description} Tolerance from the printed decimals. {rule.authority.capitalize()}: {rule.source}."
    return check_spec(rule.name, table, said)


def _publish(family: str, tables: list[Table]) -> Part:
    checks = [spec for table in tables for spec in (_model_check(table), *(_identity_check(rule, table) for rule in _shown_at(table)))]

    # Violations and issues are only said in checks; the part that writes them writes these three too.
    @part(f"validated_{family}", tables=tables, needs=[FACTS[family], VERDICTS, IN_DOUBT, CORRECTIONS], checks=checks)
    def validated(context: Asked, data_root: Source) -> Iterator[Any]:
        from trade_assets.identities.publish import UnprovenError, mismatches, publish, require_proof

        month = context.partition_key
        facts, verdicts, violations, in_doubt, issues, corrections = (
            data_root.read(table, month) for table in (FACTS[family], VERDICTS, VIOLATIONS, IN_DOUBT, ISSUES, CORRECTIONS)
        )
        try:
            require_proof(facts, verdicts, family)
        except UnprovenError as error:
            raise dg.Failure(str(error), allow_retries=False) from None
        outputs, selected = context.selected_output_names, context.selected_asset_check_keys
        path, link = partition_path(data_root.root, VIOLATIONS, month), report_link(data_root.root, month)
        # What a person accepted is published, and is not asked again whether it adds up.
        decided = violations[violations["issue"].isin(issues.loc[issues["state"] == "decided", "issue"])]
        held = pd.concat([each[["family", "sha256", "line", "start", "issue"]] for each in (in_doubt, decided)], ignore_index=True)
        broken = []
        for table in tables:
            frame = publish(facts, in_doubt, corrections, table)
            cases = mismatches(publish(facts, held, corrections, table) if len(decided) else frame, table)
            if len(cases):
                broken.append(f"{table.layer}.{table.name}")
            # A table that no document of the month prints has no partition, unless there is one to empty.
            elif table.name in outputs and (len(frame) or is_month_written(data_root.root, table, month)):
                withheld = int(in_doubt["table"].isin(table.source_tables).sum())
                yield dg.Output(frame, output_name=table.name, metadata={"withheld_figures": withheld})
            # Without figures of the table there is nothing to check: no result is neither passed nor failed.
            is_printed = bool(facts["table"].isin(table.source_tables).any())
            if _model_check(table).key in selected and is_printed:
                yield _model_result(table, frame, cases)
            for rule in _shown_at(table):
                found = verdict_of(rule, verdicts, violations, issues)
                is_asked = (is_printed and not rule.is_occasional and rule in RULES) or found.is_evaluated
                if _identity_check(rule, table).key in selected and is_asked:
                    yield _identity_result(rule, found, month=month, path=path, link=link)
        if broken:
            said = "do not match their models and were not replaced; the check rows_match_their_model has the rows"
            raise dg.Failure(f"{', '.join(broken)} {said}", allow_retries=False)

    return validated


def _model_result(table: Table, frame: pd.DataFrame, cases: pd.DataFrame) -> dg.AssetCheckResult:
    spec = _model_check(table)
    shown = [
        dg.TableRecord({"check": str(case["check"]), "column": str(case["column"]), "found": printable(str(case["failure_case"]))})
        for case in cases.head(_SHOWN).to_dict("records")
    ]
    places = "; ".join(f"{record.data['column']} {record.data['check']}: {record.data['found']}" for record in shown[:3])
    return dg.AssetCheckResult(
        check_name=spec.name,
        asset_key=spec.asset_key,
        passed=cases.empty,
        description=f"{len(frame)} rows match." if cases.empty else f"{len(cases)} cases in {len(frame)} rows do not match: {places}",
        metadata={"rows": len(frame), "cases": len(cases), **({"first_cases": dg.MetadataValue.table(shown)} if shown else {})},
    )


def _identity_result(rule: Rule, found: IdentityVerdict, *, month: str, path: str, link: Mapping[str, Any]) -> dg.AssetCheckResult:
    """The verdict of a rule as a check result: its issues as sentences, at most 20 rows, where all rows are, and counts."""
    metadata: dict[str, Any] = {
        "identities_evaluated": found.holds + found.violated,
        "holds": found.holds,
        "violated": found.violated,
        "not_evaluable": found.not_evaluable,
        "issues_open": len(found.open),
        "issues_decided": len(found.decided),
    }
    if found.has_issues:
        metadata["issues"] = _issues_table(pd.concat([found.open, found.decided]))
        metadata["violations"] = dg.MetadataValue.table(
            [
                dg.TableRecord(
                    {
                        "reason": f"misses by {row['gap']}, allowed {row['allowed']}",
                        "line": int(row["line"]),
                        "printed": str(row["text"]),
                        "figure": f"{row['series']} {row['measure']} {row['period']}",
                    }
                )
                for row in found.cells.head(_SHOWN).to_dict("records")
            ],
            dg.TableSchema([dg.TableColumn("reason"), dg.TableColumn("line", "int"), dg.TableColumn("printed"), dg.TableColumn("figure")]),
        )
        metadata |= link
        metadata["all_rows"] = dg.MetadataValue.path(path)
        metadata["sql"] = dg.MetadataValue.text(
            f"SELECT * FROM validated.violations WHERE release_month = '{month}' AND identity = '{rule.name}'"  # noqa: S608  # shown, not run
        )
    return dg.AssetCheckResult(
        check_name=rule.name,
        asset_key=dg.AssetKey(["validated", rule.table]),
        # Missing is never equal to passing: where nothing could be evaluated, the check warns.
        passed=found.is_evaluated and found.open.empty,
        severity=dg.AssetCheckSeverity.ERROR if found.is_evaluated or len(found.open) else dg.AssetCheckSeverity.WARN,
        description=found.description,
        metadata=metadata,
    )


def _issues_table(issues: pd.DataFrame) -> dg.TableMetadataValue:
    """The first issues as rows, for the metadata of a check."""
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {
                    "what": row["title"],
                    "certainty": row["certainty"],
                    "state": row["state"],
                    "line": int(row["line"]),
                    "document_line": "" if pd.isna(row["marked_line"]) else row["marked_line"],
                    "issue": row["issue"],
                }
            )
            for row in issues.head(_SHOWN).to_dict("records")
        ],
        dg.TableSchema(
            [
                dg.TableColumn("what"),
                dg.TableColumn("certainty"),
                dg.TableColumn("state"),
                dg.TableColumn("line", "int"),
                dg.TableColumn("document_line"),
                dg.TableColumn("issue"),
            ]
        ),
    )


validated_tables = [_publish(family, [table for table in VALIDATED if table.family == family]) for family in FACTS]
