"""Many release months, one run each, one after the other in this process: the form for first loads."""

import builtins
import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import dagster as dg
from dagster._core.execution.plan.objects import StepFailureData
from dagster_shared.error import SerializableErrorInfo
from pydantic import Field

from trade_assets.defs.instance import code_location_tag, history_error, history_errors
from trade_assets.defs.interrupts import interrupts_noted
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.release_month import month_job
from trade_assets.defs.resources import SHARED_LATER, DataRootResource
from trade_assets.defs.selection import assets_of, months_of
from trade_assets.expectations.data_docs import build_data_docs
from trade_assets.facts.periods import is_month, months_between
from trade_assets.facts.tables import IN_DATABASE
from trade_assets.faults import Fault, is_foreseen, is_of_the_system, one_line, said
from trade_assets.reading.errors import printable
from trade_assets.review.pages import FOLDER as REPORTS
from trade_assets.review.pages import INDEX_PAGE
from trade_assets.warehouse import database
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.sweep import sweep

_LOG = logging.getLogger(__name__)


class RunError(Exception):
    """Dagster could not run at all, or what all months share could not be brought up to date; the message says why."""


@dataclass(frozen=True)
class MonthRun:
    """How the run of a month went.

    Attributes:
        failures: per failed step its message, without a traceback.
        red: per failed check: asset, check, whether it only warns, description.
        trace: of a failure that nobody foresaw, which is a fault of the program.
    """

    release_month: str
    run_id: str
    is_success: bool
    failures: tuple[tuple[str, str], ...]
    red: tuple[tuple[str, str, bool, str], ...]
    trace: str | None = None


def run_months(root: DataRoot, months: Sequence[str], instance: dg.DagsterInstance) -> Iterator[MonthRun]:
    """Run the months in order, one run each, so that each has its own history in the UI; a bad month stops none.

    At the end the DuckDB database, the Data Docs and the report's index are brought up to date; after an interruption all but the
    Data Docs, which take seconds.

    Raises:
        RunError: Dagster keeps no history, so that no month can be run; or what is to be brought up to date cannot be.
        Fault: the latter, by a fault of the program.
        KeyboardInterrupt: an interrupt came, also where Dagster kept it to itself; the months before are built.
    """
    job, is_through = month_job(), False
    for note in sweep(root):
        _LOG.warning(note)
    try:
        with interrupts_noted() as raise_if_interrupted:
            for month in months:
                done = _run_month(job, root, month, instance)
                with suppress(Exception):  # what keeps it from being brought up to date is raised at the end
                    database.refresh(root, IN_DATABASE)
                raise_if_interrupted()
                yield done
        is_through = True
    finally:
        failed = _bring_up_to_date(root, with_data_docs=is_through)
    if failed is not None:
        raise failed


def run_in_op(context: dg.OpExecutionContext, root: DataRoot, months: Sequence[str]) -> list[str]:
    """Run months within the run of another job, and log how each went; those that could not be built, with the reason.

    Raises:
        Failure: no month can be run, or what they share cannot be brought up to date.
    """
    failed = []
    try:
        for done in run_months(root, months, context.instance):
            if done.is_success:
                context.log.info(f"{done.release_month}: built, {len(done.red)} checks to review")
                continue
            why = one_line("; ".join(f"{step}: {message}" for step, message in done.failures))
            context.log.error("\n".join(filter(None, [f"{done.release_month}: {why}", done.trace])))
            failed.append(f"{done.release_month} ({why})" if why else done.release_month)
    except (RunError, Fault) as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    return failed


def _run_month(job: dg.JobDefinition, root: DataRoot, month: str, instance: dg.DagsterInstance) -> MonthRun:
    tags = {SHARED_LATER: "true", **code_location_tag()}
    try:
        result = job.execute_in_process(
            partition_key=month,
            instance=instance,
            raise_on_error=False,
            asset_selection=assets_of(root, month, tags),
            tags=tags,
            run_config={
                "resources": {"data_root": {"config": {"url": root.url}}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
        )
    except history_errors() as error:
        raise RunError(f"{month} could not be run: {history_error(root, error)}") from error
    except Exception as error:
        return MonthRun(month, "", False, (("run", said(error)),), (), _trace(error))
    return _month_run(month, result)


def _bring_up_to_date(root: DataRoot, *, with_data_docs: bool) -> Exception | None:
    """Each thing that all months share, whatever becomes of the others; what is to be raised if one of them could not be."""
    from trade_assets.review.month import write_index
    from trade_assets.vintages.history import FILE, refresh_history

    shared: dict[str, Callable[[], object]] = {
        "/".join(FILE): lambda: refresh_history(root),
        "warehouse/trade.duckdb": lambda: database.refresh(root, IN_DATABASE),
        **({"the Data Docs": lambda: build_data_docs(root)} if with_data_docs else {}),
        f"{REPORTS}/{INDEX_PAGE}": lambda: write_index(root),
    }
    failed: dict[str, Exception] = {}
    for name, bring in shared.items():
        try:
            bring()
        except Exception as error:
            failed[name] = error
    if not failed:
        return None
    sentences = "; ".join(f"{name} could not be brought up to date: {said(error)}" for name, error in failed.items())
    worst = next((error for error in failed.values() if not is_foreseen(error)), None)
    raised = RunError(f"the months are built, but {sentences}. To do: see to it, then 'trade-assets run'")
    if worst is not None:
        fault = Fault(sentences)
        fault.__cause__ = worst
        return fault
    return raised


def _trace(error: Exception) -> str | None:
    return None if is_foreseen(error) else "".join(traceback.format_exception(error))


def _month_run(month: str, result: dg.ExecuteInProcessResult) -> MonthRun:
    failures, traces = [], list[str]()
    for event in result.filter_events(lambda event: event.is_step_failure):
        failures.append((str(event.step_key), _message(event.step_failure_data)))
        traces += _unforeseen(event.step_failure_data)
    red = tuple(
        (check.asset_key.to_user_string(), check.check_name, check.severity == dg.AssetCheckSeverity.WARN, check.description or "")
        for check in result.get_asset_check_evaluations()
        if not check.passed
    )
    return MonthRun(month, result.run_id, result.success, tuple(failures), red, "\n".join(traces) or None)


def _message(data: StepFailureData) -> str:
    """What a failed step said: its own words, else those of the error that it raised."""
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    return _raised(data.error).message.strip() if data.error is not None else "failed without a message"


def _raised(error: SerializableErrorInfo) -> SerializableErrorInfo:
    """The error as the step raised it, without what Dagster wraps around it."""
    while error.cause is not None and str(error.cls_name).startswith("Dagster"):
        error = error.cause
    return error


def _unforeseen(data: StepFailureData) -> Iterator[str]:
    """The trace of a step that failed neither by its own words nor by an error that ``is_foreseen``; of these only names are left."""
    if data.user_failure_data is not None or data.error is None:
        return
    raised = _raised(data.error)
    is_own = raised.message.startswith(f"{__name__.partition('.')[0]}.")
    kind = getattr(builtins, str(raised.cls_name), None)
    kinds = [each.__name__ for each in kind.__mro__] if isinstance(kind, type) else [str(raised.cls_name)]
    if not (is_own or is_of_the_system(kinds, raised.message)):
        yield data.error.to_string()


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
    description="Build and check release months, one run each, in order: all that have documents, or every month of a range.",
)
def release_range_job() -> None:
    """One run per month of the range."""
    run_range()
