"""Many release months in this process: one run of Dagster for each range of them, each month recorded for its partition."""

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import ExecuteRunWithPlanIterable, create_execution_plan, job_execution_iterator
from dagster._core.execution.context_creation_job import PlanOrchestrationContextManager, orchestration_context_event_generator
from dagster._core.execution.plan.objects import StepFailureData
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG, PARTITION_NAME_TAG
from pydantic import Field

from trade_assets.defs.building import Built, heard, why_of
from trade_assets.defs.instance import code_location_tag, history_error, history_errors
from trade_assets.defs.interrupts import interrupts_noted
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.release_month import month_job
from trade_assets.defs.resources import SHARED_LATER, DataRootResource
from trade_assets.defs.selection import assets_of, months_of
from trade_assets.defs.shared import RunError, bring_up_to_date
from trade_assets.facts.periods import add_months, is_month, months_between
from trade_assets.facts.tables import IN_DATABASE
from trade_assets.faults import Fault, said, trace_of
from trade_assets.reading.errors import printable
from trade_assets.warehouse import database
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.sweep import sweep

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class MonthRun:
    """How the run of a month went.

    Attributes:
        failures: per failed part its name and message, without a traceback.
        red: per failed check: asset, check, whether it only warns, description.
        trace: of a failure that nobody foresaw, which is a fault of the program.
    """

    release_month: str
    run_id: str
    is_success: bool
    failures: tuple[tuple[str, str], ...]
    red: tuple[tuple[str, str, bool, str], ...]
    trace: str | None = None

    @classmethod
    def of(cls, built: Built, run_id: str) -> "MonthRun":
        """What is told of a month that was built, or could not be."""
        red = tuple(
            (check.asset_key.to_user_string(), check.check_name, check.severity == dg.AssetCheckSeverity.WARN, check.description or "")
            for check in built.red
        )
        return cls(built.release_month, run_id, not built.failures, tuple(built.failures), red, built.trace)


def run_months(
    root: DataRoot, months: Sequence[str], instance: dg.DagsterInstance, *, is_swept: bool = False
) -> Generator[MonthRun, None, None]:
    """Run the months in order, those that follow each other in one run, and tell of each as soon as it is built; a bad one stops none.

    At the end the DuckDB database, the Data Docs and the report's index are brought up to date; after an interruption all but the
    Data Docs, which take seconds.

    Args:
        is_swept: whether the root was swept just now.

    Raises:
        RunError: Dagster keeps no history, so that no month can be run; or what is to be brought up to date cannot be.
        Fault: the latter, by a fault of the program.
        KeyboardInterrupt: an interrupt came, also where Dagster kept it to itself; the months before are built.
    """
    is_through = False
    month_job()  # a setting that is none is told at once, and not as the failure of every month
    with suppress(Exception):  # what keeps it from being brought up to date is raised at the end
        database.refresh(root, IN_DATABASE)
    for note in () if is_swept else sweep(root):
        _LOG.warning(note)
    try:
        with interrupts_noted() as raise_if_interrupted:
            for of_run in ranges_of(months):
                # Closed whatever comes: a run that is left in the middle is recorded as such while its instance is there.
                with closing(run_together(root, of_run, instance, is_over=raise_if_interrupted)) as runs:
                    yield from runs
                raise_if_interrupted()
        is_through = True
    finally:
        failed = bring_up_to_date(root, with_data_docs=is_through)
    if failed is not None:
        raise failed


def ranges_of(months: Sequence[str]) -> list[list[str]]:
    """The months, those that follow each other in time together."""
    found: list[list[str]] = []
    for month in months:
        if found and month == add_months(found[-1][-1], 1):
            found[-1].append(month)
        else:
            found.append([month])
    return found


def run_in_op(context: dg.OpExecutionContext, root: DataRoot, months: Sequence[str]) -> list[str]:
    """Run months within the run of another job, and log how each went; those that could not be built, with the reason.

    Raises:
        Failure: no month can be run, or what they share cannot be brought up to date.
    """
    failed = []
    try:
        with closing(run_months(root, months, context.instance)) as runs:
            for done in runs:
                if done.is_success:
                    context.log.info(f"{done.release_month}: built, {len(done.red)} checks to review")
                    continue
                why = why_of(done.failures)
                context.log.error("\n".join(filter(None, [f"{done.release_month}: {why}", done.trace])))
                failed.append(f"{done.release_month} ({why})" if why else done.release_month)
    except (RunError, Fault) as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    return failed


def run_together(
    root: DataRoot,
    months: Sequence[str],
    instance: dg.DagsterInstance,
    selection: Sequence[dg.AssetKey] | None = None,
    is_over: Callable[[], None] = lambda: None,
) -> Generator[MonthRun, None, None]:
    """One run over months that follow each other; what they share is left as it is.

    Args:
        selection: the assets to build; by default those for which any of the months has something.
        is_over: called when the run is over, before months are told of that it did not come to; raises where it was interrupted.

    Raises:
        RunError: Dagster keeps no history.
    """
    if len(months) == 1:
        tags = {PARTITION_NAME_TAG: months[0]}
    else:
        tags = {ASSET_PARTITION_RANGE_START_TAG: months[0], ASSET_PARTITION_RANGE_END_TAG: months[-1]}
    tags |= {SHARED_LATER: "true", **code_location_tag()}
    left, run_id = list(months), ""
    why: tuple[str, str, str | None] = "run", "failed without a message", None
    try:
        if selection is None:
            selection = list(dict.fromkeys(key for month in months for key in assets_of(root, month, tags)))
        with heard() as built:
            run_id, events = _begun(root, selection, tags, instance)
            for event in events:
                while built.months:
                    done = built.months.popleft()
                    left.remove(done.release_month)
                    try:
                        yield MonthRun.of(done, run_id)
                    except GeneratorExit:
                        # Nobody listens any more: the run ends before its next month, as an interrupted one does.
                        built.is_left = True
                        for _ in events:
                            pass
                        raise
                if event.is_step_failure:
                    why = event.step_key or "run", _message(event.step_failure_data), None
    except history_errors() as error:
        raise RunError(f"{left[0] if left else months[-1]} could not be run: {history_error(root, error)}") from error
    except Exception as error:
        why = "run", said(error), trace_of(error)
    is_over()
    for month in left:
        step, message, trace = why
        yield MonthRun(month, run_id, False, ((step, message),), (), trace)


def _begun(
    root: DataRoot, selection: Sequence[dg.AssetKey], tags: Mapping[str, str], instance: dg.DagsterInstance
) -> tuple[str, Iterator[dg.DagsterEvent]]:
    """A run in this process: its id, and its events as they come, which ``execute_in_process`` gives only once all are there."""
    job = month_job().as_ephemeral_job({}, {}, asset_selection=selection)
    config = {
        "resources": {"data_root": {"config": {"url": root.url}}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    plan = create_execution_plan(InMemoryJob(job), run_config=config, instance_ref=instance.get_ref() if instance.is_persistent else None)
    run = instance.create_run_for_job(
        job_def=job, run_config=config, tags={**job.run_tags, **tags}, asset_selection=frozenset(selection), execution_plan=plan
    )
    events = ExecuteRunWithPlanIterable(
        execution_plan=plan,
        iterator=job_execution_iterator,
        execution_context_manager=PlanOrchestrationContextManager(
            context_event_generator=orchestration_context_event_generator,
            job=InMemoryJob(job),
            execution_plan=plan,
            dagster_run=run,
            instance=instance,
            run_config=config,
            executor_defs=None,
            output_capture=None,
            raise_on_error=False,
        ),
    )
    return run.run_id, iter(events)


def _message(data: StepFailureData) -> str:
    """What a failed step said: its own words, else those of the error that it raised."""
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    if data.error is None:
        return "failed without a message"
    error = data.error
    while error.cause is not None and str(error.cls_name).startswith("Dagster"):
        error = error.cause
    return error.message.strip()


class ReleaseRange(dg.Config):
    """The first and the last release month, both included. What is left out is that of the store."""

    first: str = Field(default="", description="YYYY-MM; empty for the first month that has documents")
    last: str = Field(default="", description="YYYY-MM; empty for the last month that has documents")


def months_of_range(root: DataRoot, first: str, last: str) -> list[str]:
    """Every month from the first to the last; of the store's only, if one end is open.

    Raises:
        Failure: an end is no release month, the last is before the first, or no month has documents.
    """
    ends = [month for month in (first, last) if month]
    for month in ends:
        if not (is_month(month) and RELEASE_MONTHS.has_partition_key(month)):
            known = f"YYYY-MM, from {RELEASE_MONTHS.get_first_partition_key()} to {RELEASE_MONTHS.get_last_partition_key()}"
            raise dg.Failure(f"expected a release month, {known}, found {printable(month)!r}", allow_retries=False)
    if ends != sorted(ends):
        raise dg.Failure(f"{first} to {last} is no range: the first month is after the last", allow_retries=False)
    if len(ends) == 2:
        return months_between(first, last)
    months = [month for month in months_of(root) if (first or month) <= month <= (last or month)]
    if not months:
        raise dg.Failure(f"no month of the range has documents under {root.url}/raw; put some there with 'trade-assets ingest'")
    return months


@dg.op
def run_range(context: dg.OpExecutionContext, config: ReleaseRange, data_root: DataRootResource) -> None:
    """Run every month of the range, in order; fails at the end if a month failed."""
    wanted = months_of_range(data_root.root, config.first, config.last)
    months = [month for month in wanted if RELEASE_MONTHS.has_partition_key(month)]
    failed = [month for month in wanted if month not in months]
    for month in failed:
        context.log.error(f"documents of {month} are in the store, but that is no release month; remove its folder")
    failed += run_in_op(context, data_root.root, months)
    if failed:
        raise dg.Failure(f"{len(failed)} of {len(wanted)} months failed: {', '.join(failed)}", allow_retries=False)


@dg.job(
    name="release_range",
    description="Build and check release months, in order, those that follow each other in one run: all that have documents, or a range.",
)
def release_range_job() -> None:
    """All months of the range."""
    run_range()
