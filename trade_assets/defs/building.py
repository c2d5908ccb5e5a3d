"""How a release month is built: part by part into a draft, committed as a whole, and told to Dagster when it stands."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
import pandas as pd
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from dagster._core.events import AssetMaterializationPlannedData, DagsterEvent

from trade_assets import __version__
from trade_assets.defs.parts import Asked, Part, Source
from trade_assets.defs.specs import KEPT_WITH, asset_key
from trade_assets.facts.periods import add_months
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import DOCUMENTS, METRIC_CHANGES, METRIC_FIGURES, REPORTS
from trade_assets.faults import one_line, said, trace_of
from trade_assets.warehouse.commits import DamagedError, OvertakenError, name_of
from trade_assets.warehouse.locks import LockedError
from trade_assets.warehouse.partitions import Draft, partition_path, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.sweep import sweep_month

_AT_MOST = 5
"""How often a month, or the changes of its metrics, are made again while other runs commit months beside it."""

COMMIT = "commit"
"""What stands in place of a part's name where the month as a whole could not be committed."""


@dataclass
class Built:
    """How the building of a month went.

    Attributes:
        events: what Dagster is told: a materialisation per asset, an evaluation per check.
        failures: per failed part its name and message, without a traceback.
        not_built: assets that should have been built.
        traces: of failures that nobody foresaw, which are faults of the program.
    """

    release_month: str
    events: list[dg.AssetMaterialization | dg.AssetCheckEvaluation] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    not_built: list[dg.AssetKey] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)

    @property
    def trace(self) -> str | None:
        """All traces below each other."""
        return "\n".join(self.traces) or None

    @property
    def red(self) -> list[dg.AssetCheckEvaluation]:
        """The checks that did not pass."""
        return [event for event in self.events if isinstance(event, dg.AssetCheckEvaluation) and not event.passed]

    @property
    def made(self) -> set[dg.AssetKey]:
        """The assets that were built."""
        return {event.asset_key for event in self.events if isinstance(event, dg.AssetMaterialization)}

    @property
    def why(self) -> str:
        """The failures in one line."""
        return why_of(self.failures)

    @property
    def summary(self) -> str:
        """How it went, in one line."""
        return f"NOT BUILT: {self.why}" if self.failures else f"built, {len(self.red)} checks to review"

    def fail(self, name: str, error: Exception, log: Any) -> None:
        """Note why a part, or the month, could not be built."""
        message = (error.description or "failed without a message") if isinstance(error, dg.Failure) else said(error)
        trace = None if isinstance(error, dg.Failure) else trace_of(error)
        self.failures.append((name, message))
        self.traces += filter(None, [trace])
        log.error("\n".join(filter(None, [f"{self.release_month} {name}: {message}", trace])))


def why_of(failures: Iterable[tuple[str, str]]) -> str:
    """What failed, in one line: each part by its name, with its message."""
    return one_line("; ".join(f"{name}: {message}" for name, message in failures))


@dataclass(frozen=True)
class Selection:
    """What of a month is to be built."""

    assets: Collection[dg.AssetKey]
    checks: Collection[dg.AssetCheckKey]


def build_month(  # noqa: PLR0917 - what a run has
    root: DataRoot, release_month: str, parts: Sequence[Part], selection: Selection, run: dg.DagsterRun, log: Any
) -> Built:
    """Build what is selected of a month and commit it; what one part raises stays with it and with those that need it.

    Nothing of the month is seen by others before it is committed; a run that is killed leaves the former month whole.
    """
    from trade_assets.review.built_from import inputs_now

    built, asked = Built(release_month), [key for part in parts for key in part.keys if key in selection.assets]
    try:
        for sentence in sweep_month(root, release_month):
            log.warning(sentence)
        # Before anything is read: what comes later is of the next run.
        inputs = inputs_now(root, release_month)
        draft = Draft.of_month(root, release_month)
    except Exception as error:
        built.fail("documents", error, log)
        built.not_built = asked
        return built
    missing: set[dg.AssetKey] = set()
    source = Source(draft)
    for part in parts:
        _build_part(source, draft, part, selection, built, missing, run, log)
    built.not_built = [key for part in parts for key in part.keys if key in missing and _has_failed(key, parts, built, missing)]
    try:
        draft.commit(_inputs_of_all(built, inputs, parts, selection), __version__, lambda: inputs_now(root, release_month) == inputs)
    except Exception as error:
        built.fail(COMMIT, error, log)
        built.events.clear()
        built.not_built = asked
    return built


def build_on_all_before(  # noqa: PLR0917 - what a run has
    root: DataRoot, release_month: str, parts: Sequence[Part], selection: Selection, run: dg.DagsterRun, log: Any
) -> Built:
    """Build a month, and again where another run has committed prints of an earlier one meanwhile, on which it rests too."""
    from trade_assets.vintages.years import stamps_until

    for _ in range(_AT_MOST):
        before = stamps_until(root, add_months(release_month, -1))
        built = build_month(root, release_month, parts, selection, run, log)
        if stamps_until(root, add_months(release_month, -1)) == before:
            break
    return built


def _build_part(  # noqa: PLR0917 - the state of the month's building
    source: Source, draft: Draft, part: Part, selection: Selection, built: Built, missing: set[dg.AssetKey], run: dg.DagsterRun, log: Any
) -> None:
    month = draft.release_month
    outputs = {asset_key(table): table for table in part.tables if asset_key(table) in selection.assets}
    checks = frozenset(key for key in part.check_keys if key in selection.checks)
    if not (outputs or checks):
        return
    made = set[dg.AssetKey]()
    if not any(asset_key(table) in missing for table in part.needs):
        asked = Asked(month, run, log, frozenset(table.name for table in outputs.values()), checks)
        try:
            for each in part.build(asked, source):
                if isinstance(each, dg.AssetCheckResult):
                    check = dg.AssetCheckKey(each.asset_key or part.keys[0], str(each.check_name))
                    if check in checks:
                        built.events.append(_evaluation(check, each, month))
                    continue
                table = next((table for table in outputs.values() if table.name == each.output_name), None)
                if table is not None:
                    built.events.append(_kept(draft, table, each))
                    made.add(asset_key(table))
        except Exception as error:
            built.fail(part.name, error, log)
    missing |= set(outputs) - made


def _has_failed(key: dg.AssetKey, parts: Sequence[Part], built: Built, missing: Collection[dg.AssetKey]) -> bool:
    """Whether an asset was not built because its part failed, or one that this needs; others had nothing to build it of."""
    failed = {name for name, _ in built.failures}
    part = next(part for part in parts if key in part.keys)
    return part.name in failed or any(_has_failed(need, parts, built, missing) for need in map(asset_key, part.needs) if need in missing)


def _inputs_of_all(built: Built, inputs: str, parts: Sequence[Part], selection: Selection) -> str | None:
    """What the month counts as built from: what it began with if all of it was run, nothing if some is missing, else as before.

    All of it are the tables of no family, which every month has.
    """
    if asset_key(DOCUMENTS) not in selection.assets:
        return None
    of_all = {asset_key(table) for part in parts for table in part.tables if table.family is None}
    return inputs if of_all <= set(selection.assets) and asset_key(REPORTS) in built.made else ""


def _kept(draft: Draft, table: Table, output: dg.Output[Any]) -> dg.AssetMaterialization:
    """Write the tables of an output into the draft; what Dagster is told of it."""
    month, value = draft.release_month, output.value
    frames: dict[str, pd.DataFrame] = {table.name: value} if isinstance(value, pd.DataFrame) else dict(value)
    tables = [each for each in (table, *KEPT_WITH[asset_key(table)]) if each.name in frames]
    for each in tables:
        if each.over is None:
            write_partition(draft, each, month, frames[each.name])
    return dg.AssetMaterialization(
        asset_key(table),
        partition=month,
        metadata={
            **output.metadata,
            "dagster/partition_row_count": len(frames[table.name]),
            "path": dg.MetadataValue.path(partition_path(draft, table, month)),
            "sql": dg.MetadataValue.text(_select(table, month)),
            **{f"rows of {each.layer}.{each.name}": len(frames[each.name]) for each in tables if each is not table},
        },
        tags={DATA_VERSION_TAG: draft.made[name_of(table)].sha256[:16]},
    )


def _select(table: Table, release_month: str) -> str:
    """SQL for a person to copy; names of the schemas and a partition key only."""
    return f"SELECT * FROM {table.layer}.{table.name} WHERE release_month = '{release_month}'"  # noqa: S608  # shown, not run


def _evaluation(check: dg.AssetCheckKey, result: dg.AssetCheckResult, month: str) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=result.passed,
        metadata=result.metadata,
        severity=result.severity,
        description=result.description,
        partition=month,
    )


@dataclass(eq=False)
class Heard:
    """What is heard of a run in this process.

    Attributes:
        months: those that are built, each as soon as it is.
        is_left: whether nobody listens any more.
    """

    months: deque[Built] = field(default_factory=deque)
    is_left: bool = False


def settle_metrics(root: DataRoot, built: Built, parts: Sequence[Part], run: dg.DagsterRun, log: Any) -> None:
    """Make the changes of the metrics again where another run has stored a month beside this one meanwhile.

    No lock is needed: each run looks once its own month is committed, so that the last of them has seen all.
    """
    from trade_assets.metrics.changes import fits

    figures = asset_key(METRIC_FIGURES)
    for _ in range(_AT_MOST if figures in built.made else 0):
        try:
            if fits(root, built.release_month):
                return
        except DamagedError as error:
            log.warning(said(error))
            return
        again = build_month(root, built.release_month, parts, Selection([figures], []), run, log)
        if again.failures:
            built.failures += again.failures
            return


def forget_former_metrics(root: DataRoot, months: Sequence[str], log: Any) -> None:
    """Of months that were built in order, let go of the metrics that each kept for the next one, which rests on the new ones now."""
    from trade_assets.metrics.changes import without_what_nobody_needs

    for month in months:
        try:
            draft = Draft.of_month(root, month)
            rows = without_what_nobody_needs(draft, month)
            if rows is not None:
                write_partition(draft, METRIC_CHANGES, month, rows)
                draft.commit()
        except (DamagedError, OvertakenError, LockedError) as error:
            log.warning(said(error))


_listening = list[Heard]()
"""Who runs months in this process: runs within runs, as of a job that runs months, are heard by the innermost."""


@contextmanager
def heard() -> Iterator[Heard]:
    """What is heard of the months that are built within."""
    found = Heard()
    _listening.append(found)
    try:
        yield found
    finally:
        _listening.remove(found)


def tell(built: Built) -> None:
    """Let whoever runs the months in this process hear of one."""
    if _listening:
        _listening[-1].months.append(built)


def is_left() -> bool:
    """Whether who runs the months in this process does not want the rest."""
    return bool(_listening) and _listening[-1].is_left


def report_not_built(context: dg.AssetExecutionContext, built: Built) -> None:
    """Let the UI show the assets that should have been built as failed in the month: as planned by a run that fails, and not made.

    A run over many months does not plan each of their partitions: most families publish nothing in most months.
    """
    for key in built.not_built:
        planned = AssetMaterializationPlannedData(key, partition=built.release_month, partitions_subset=None)
        event = DagsterEvent.build_asset_materialization_planned_event(
            context.job_name, context.op_execution_context.get_step_execution_context().step.key, planned
        )
        context.instance.report_dagster_event(event, context.run.run_id, logging.DEBUG)


def failure_of(failed: Sequence[Built], count: int) -> dg.Failure:
    """What fails a run of months of which some could not be built."""
    if count == 1 and len(failed[0].failures) == 1:
        description = failed[0].failures[0][1]
    else:
        of_months = [f"{built.release_month}: {built.why}" for built in failed]
        description = "\n".join([f"{len(failed)} of {count} months could not be built as a whole", *of_months] if count > 1 else of_months)
    return dg.Failure(description, metadata={built.release_month: built.why for built in failed}, allow_retries=False)
