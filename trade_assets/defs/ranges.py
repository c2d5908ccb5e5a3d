"""Many release months, one run each, one after the other in this process: the form for first loads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dagster as dg
from dagster._core.execution.plan.objects import StepFailureData
from pydantic import Field

from trade_assets.defs.instance import code_location_tag
from trade_assets.defs.jobs import release_month_job
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.publication import DATA_DOCS_LATER
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.selection import assets_of, months_of
from trade_assets.facts.periods import is_month, months_between
from trade_assets.facts.tables import CATALOGUE
from trade_assets.reading.errors import printable
from trade_assets.vintages.data_docs import build_data_docs
from trade_assets.warehouse import catalogue
from trade_assets.warehouse.root import DataRoot


class RunError(Exception):
    """Dagster could not run at all; the message says why."""


@dataclass(frozen=True)
class MonthRun:
    """How the run of a month went.

    Attributes:
        failures: per failed step its message, without a traceback.
        red: per failed check: asset, check, whether it only warns, description.
    """

    release_month: str
    run_id: str
    is_success: bool
    failures: tuple[tuple[str, str], ...]
    red: tuple[tuple[str, str, bool, str], ...]


def run_months(root: DataRoot, months: Sequence[str], instance: dg.DagsterInstance) -> Iterator[MonthRun]:
    """Run the months in order, one run each, so that each has its own history in the UI; a bad month stops none.

    At the end the DuckDB catalogue, the Data Docs and the report's index are brought up to date, also after an interruption.

    Raises:
        RunError: Dagster could not run, for instance because its instance cannot be opened.
    """
    from trade_assets.definitions import defs

    job = defs.resolve_job_def(release_month_job.name)
    try:
        for month in months:
            tags = {DATA_DOCS_LATER: "true", **code_location_tag()}
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
            yield _month_run(month, result)
    except dg.DagsterError as error:
        raise RunError(" ".join(str(error).split())) from error
    finally:
        from trade_assets.review.month import write_index
        from trade_assets.vintages.history import refresh_history

        refresh_history(root)
        catalogue.refresh(root, CATALOGUE)
        build_data_docs(root)
        write_index(root)


def _month_run(month: str, result: dg.ExecuteInProcessResult) -> MonthRun:
    failures = []
    for event in result.filter_events(lambda event: event.is_step_failure):
        failures.append((str(event.step_key), _message(event.step_failure_data)))
    red = tuple(
        (check.asset_key.to_user_string(), check.check_name, check.severity == dg.AssetCheckSeverity.WARN, check.description or "")
        for check in result.get_asset_check_evaluations()
        if not check.passed
    )
    return MonthRun(month, result.run_id, result.success, tuple(failures), red)


def _message(data: StepFailureData) -> str:
    """What a failed step said: its own words, else the innermost error's."""
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error is not None else "failed without a message"


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
    for run in run_months(data_root.root, months, context.instance):
        context.log.info(f"{run.release_month}: {'built' if run.is_success else 'failed'}, {len(run.red)} checks to review")
        failed += [] if run.is_success else [run.release_month]
    if failed:
        raise dg.Failure(f"{len(failed)} of {len(wanted)} months failed: {', '.join(failed)}", allow_retries=False)


@dg.job(
    name="release_range",
    description="Build and check release months, one run each, in order: all that have documents, or every month of a range.",
)
def release_range_job() -> None:
    """One run per month of the range."""
    run_range()
