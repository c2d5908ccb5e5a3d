"""Validated assets: verdicts, figures in doubt, the wide tables, and the checks that show their verdicts."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from trade_assets.defs.parsed import PARSED, read_parsed
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.specs import asset_deps, asset_out, check_spec
from trade_assets.facts.frames import together
from trade_assets.facts.parse import facts_of
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import FACTS, IN_DOUBT, VALIDATED, VERDICTS, VIOLATIONS
from trade_assets.identities.prove import Proof, prove, publish
from trade_assets.identities.rules import Rule, rules_shown_at
from trade_assets.reading import ReadError
from trade_assets.warehouse.partitions import FOLDER

_SHOWN = 20


@dg.multi_asset(
    name="proof",
    outs={table.name: asset_out(table) for table in (VERDICTS, VIOLATIONS, IN_DOUBT)},
    deps=asset_deps(*PARSED),
    partitions_def=RELEASE_MONTHS,
)
def proof(context: dg.AssetExecutionContext, data_root: DataRootResource) -> Iterator[dg.Output[pd.DataFrame]]:
    """Evaluate every family's identities; a family whose document cannot be read is left to its own asset."""
    parsed = read_parsed(data_root, context.partition_key)
    proofs: list[Proof] = []
    for family in FACTS:
        try:
            facts, sha256 = facts_of(parsed, family)
        except ReadError as error:
            context.log.error(str(error))
            continue
        proofs.append(prove(facts, family, sha256))
    for name, table, position in (("verdicts", VERDICTS, 0), ("violations", VIOLATIONS, 1), ("in_doubt", IN_DOUBT, 2)):
        yield dg.Output(together((found[position] for found in proofs), table), output_name=name)


def _model_check(table: Table) -> dg.AssetCheckSpec:
    return check_spec("rows_match_their_model", table, "Types, keys, ranges and arithmetic of the published rows hold (pandera).")


def _identity_check(rule: Rule, table: Table) -> dg.AssetCheckSpec:
    return check_spec(rule.name, table, f"{rule.description} Tolerance from the printed decimals. {rule.source}.")


def _publish(family: str, tables: list[Table]) -> dg.AssetsDefinition:
    checks = [spec for table in tables for spec in (_model_check(table), *(_identity_check(rule, table) for rule in rules_shown_at(table.name)))]

    @dg.multi_asset(
        name=f"validated_{family}",
        outs={table.name: asset_out(table) for table in tables},
        deps=asset_deps(FACTS[family], VERDICTS, VIOLATIONS, IN_DOUBT),
        check_specs=checks,
        partitions_def=RELEASE_MONTHS,
        can_subset=True,
    )
    def validated(context: dg.AssetExecutionContext, data_root: DataRootResource) -> Iterator[Any]:
        from pandera.errors import SchemaErrors

        month = context.partition_key
        facts, verdicts, violations, in_doubt = (
            data_root.read(table, month) for table in (FACTS[family], VERDICTS, VIOLATIONS, IN_DOUBT)
        )
        selected = context.selected_asset_check_keys
        for table in tables:
            wants_checks = any(spec.key in selected for spec in checks if spec.asset_key == dg.AssetKey([table.layer, table.name]))
            if table.name not in context.op_execution_context.selected_output_names and not wants_checks:
                continue
            try:
                frame = publish(facts, in_doubt, table)
            except SchemaErrors as error:
                cases = error.failure_cases.head(_SHOWN).to_string(index=False)
                raise dg.Failure(f"{table.layer}.{table.name} does not match its model; nothing was replaced:\n{cases}", allow_retries=False) from None
            if table.name in context.op_execution_context.selected_output_names:
                withheld = int(frame["gaps"].str.count("withheld").sum())
                yield dg.Output(frame, output_name=table.name, metadata={"withheld_figures": withheld})
            # A month without the family's document has nothing to check: no result is neither passed nor failed.
            if facts.empty:
                continue
            model = _model_check(table)
            if model.key in selected:
                yield dg.AssetCheckResult(
                    check_name=model.name, asset_key=model.asset_key, passed=True, description=f"{len(frame)} rows match", metadata={"rows": len(frame)}
                )
            for rule in rules_shown_at(table.name):
                if _identity_check(rule, table).key in selected:
                    path = data_root.root.path(FOLDER, VIOLATIONS.layer, VIOLATIONS.name, f"release_month={month}", "data.parquet")
                    yield _result(rule, table, verdicts, violations, month, path)

    return validated


def _result(rule: Rule, table: Table, verdicts: pd.DataFrame, violations: pd.DataFrame, month: str, path: str) -> dg.AssetCheckResult:
    """The verdict of a rule as a check result: one sentence, at most 20 rows, where all rows are, and counts."""
    counts = verdicts[verdicts["identity"] == rule.name].iloc[0]
    holds, violated, not_evaluable = (int(counts[name]) for name in ("holds", "violated", "not_evaluable"))
    cells = violations[violations["identity"] == rule.name]
    metadata: dict[str, Any] = {"holds": holds, "violated": violated, "not_evaluable": not_evaluable}
    if not violated:
        description = f"Holds: {holds} places evaluated, {not_evaluable} not evaluable for a missing operand."
    else:
        totals = cells[cells["is_total"]].to_dict("records")
        places = [f"line {row['line']} {row['series']} {row['period']}: misses by {row['gap']}, rounding allows {row['allowed']}" for row in totals[:3]]
        more = f" and {len(totals) - 3} more" if len(totals) > 3 else ""
        description = f"{violated} of {holds + violated} places violated: {'; '.join(places)}{more}. Not evaluable: {not_evaluable}."
        metadata["violations"] = dg.MetadataValue.table(
            [
                dg.TableRecord(
                    {"reason": f"misses by {row['gap']}, allowed {row['allowed']}", "line": int(row["line"]), "printed": str(row["text"]),
                     "figure": f"{row['series']} {row['measure']} {row['period']}"}
                )
                for row in cells.head(_SHOWN).to_dict("records")
            ],
            dg.TableSchema([dg.TableColumn("reason"), dg.TableColumn("line", "int"), dg.TableColumn("printed"), dg.TableColumn("figure")]),
        )  # fmt: skip
        metadata["all_rows"] = dg.MetadataValue.path(path)
        metadata["sql"] = dg.MetadataValue.text(
            f"SELECT * FROM validated.violations WHERE release_month = '{month}' AND identity = '{rule.name}'"
        )
    return dg.AssetCheckResult(
        check_name=rule.name, asset_key=dg.AssetKey([table.layer, table.name]), passed=violated == 0, description=description, metadata=metadata
    )


validated_tables = [_publish(family, [table for table in VALIDATED if table.family == family]) for family in FACTS]
