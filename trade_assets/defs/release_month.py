"""What a release month consists of for Dagster: its assets, what they need, the step that builds them, and the job that runs it."""

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import dagster as dg

from trade_assets.defs.building import (
    Built,
    Selection,
    build_on_all_before,
    failure_of,
    forget_former_metrics,
    is_left,
    report_not_built,
    settle_metrics,
    tell,
)
from trade_assets.defs.jobs import release_month_job
from trade_assets.defs.metrics import metrics
from trade_assets.defs.notify import told_people
from trade_assets.defs.parsed import parsed_cells, parsed_facts
from trade_assets.defs.parts import Part
from trade_assets.defs.publication import publication
from trade_assets.defs.raw import raw_documents
from trade_assets.defs.report import report
from trade_assets.defs.resources import SHARED_LATER, DataRootResource
from trade_assets.defs.specs import asset_spec
from trade_assets.defs.validated import proof, validated_tables
from trade_assets.defs.vintage_metrics import vintage_metrics
from trade_assets.defs.vintages import prints, revisions
from trade_assets.facts.completeness import require_complete
from trade_assets.facts.tables import PRINTS
from trade_assets.faults import said
from trade_assets.warehouse.partitions import partition_stamps
from trade_assets.warehouse.root import RootError
from trade_assets.warehouse.sweep import set_aside, sweep

# Here, since every door to a run comes by: the code location, and the command line.
require_complete()


class SettingError(Exception):
    """A setting that is none; the message says which."""


# A process per step costs more than the step does; parallel runs are the queue's business. Elsewhere it may not.
_EXECUTORS = {"": dg.in_process_executor, "in_process": dg.in_process_executor, "multiprocess": dg.multiprocess_executor}


def executor() -> dg.ExecutorDefinition:
    """How the steps of a run are executed, as ``TRADE_ASSETS_EXECUTOR`` says.

    Raises:
        SettingError: it says something else.
    """
    name = os.environ.get("TRADE_ASSETS_EXECUTOR", "")
    if name not in _EXECUTORS:
        raise SettingError(f"TRADE_ASSETS_EXECUTOR is {name!r}. To do: make it multiprocess or in_process, or unset it")
    return _EXECUTORS[name]


PARTS: tuple[Part, ...] = (
    raw_documents,
    parsed_cells,
    *parsed_facts,
    proof,
    publication,
    *validated_tables,
    prints,
    revisions,
    *metrics,
    vintage_metrics,
    report,
)
"""In the order in which they are built: each after those that it needs."""


@dg.multi_asset(
    name="build_months",
    description="Reads, proves and publishes release months, one after the other, each committed as a whole.",
    specs=[asset_spec(table, part.needs) for part in PARTS for table in part.tables],
    check_specs=[spec for part in PARTS for spec in part.checks],
    can_subset=True,
    # A range of months is one run; what each of them did is recorded with its partition.
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def months(context: dg.AssetExecutionContext, data_root: DataRootResource) -> Iterator[Any]:
    """Every month of the run's partitions, in order of time; a bad one stops no other, and fails the run at its end."""
    from trade_assets.defs.shared import bring_up_to_date
    from trade_assets.vintages.history import months_behind

    try:
        root = data_root.root.require()
    except RootError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    for sentence in set_aside(root):
        context.log.warning(sentence)
    asked = Selection(context.selected_asset_keys, context.selected_asset_check_keys)
    keys = sorted(set(context.partition_keys))
    before = partition_stamps(root, PRINTS)
    failed = list[Built]()
    for at, month in enumerate(keys, 1):
        if is_left():
            raise dg.Failure(f"left before {month}, at the wish of who began it", allow_retries=False)
        built = build_on_all_before(root, month, PARTS, asked, context.run, context.log)
        settle_metrics(root, built, PARTS, context.run, context.log)
        tell(built)
        yield from built.events
        if built.failures:
            failed.append(built)
            report_not_built(context, built)
        if len(keys) > 1:
            context.log.info(f"{month}, {at} of {len(keys)}: {built.summary}")
        told_people(root, built, context.log)
    forget_former_metrics(root, keys, context.log)
    if SHARED_LATER not in context.run.tags:
        if behind := months_behind(root, before, keys):
            context.log.warning(f"Later months were built from former prints: {', '.join(behind)}. Run them again, in order.")
        not_shared = bring_up_to_date(root)
        # Behind the database, which names no former file any more.
        for sentence in sweep(root):
            context.log.warning(sentence)
        if not_shared is not None:
            raise dg.Failure(said(not_shared), allow_retries=False) from not_shared
    if failed:
        raise failure_of(failed, len(keys))


# At launch, so that a run's own root reaches the months too.
RESOURCES = {"data_root": DataRootResource.configure_at_launch()}
ASSETS = (months,)


@cache
def month_job() -> dg.JobDefinition:
    """The job that builds release months, for whoever runs it without a code location: the command line, and jobs that run months."""
    definitions = dg.Definitions(assets=ASSETS, jobs=[release_month_job], resources=RESOURCES, executor=executor())
    return definitions.resolve_job_def(release_month_job.name)
