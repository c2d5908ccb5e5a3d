"""What a release month consists of for Dagster: its assets, what they need, and the job that builds it."""

import os
from functools import cache

import dagster as dg

from trade_assets.defs.jobs import release_month_job
from trade_assets.defs.metrics import metrics
from trade_assets.defs.parsed import parsed_cells, parsed_facts
from trade_assets.defs.publication import publication
from trade_assets.defs.raw import raw_documents
from trade_assets.defs.report import report
from trade_assets.defs.resources import DataRootResource, WarehouseIOManager
from trade_assets.defs.validated import proof, validated_tables
from trade_assets.defs.vintage_metrics import vintage_metrics
from trade_assets.defs.vintages import prints, revisions
from trade_assets.facts.completeness import require_complete

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


ASSETS = (
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

# At launch, so that a run's own root reaches the IO manager too, and not only the steps.
_data_root = DataRootResource.configure_at_launch()
RESOURCES = {"data_root": _data_root, "io_manager": WarehouseIOManager(data_root=_data_root)}


@cache
def month_job() -> dg.JobDefinition:
    """The job that builds a release month, for whoever runs it without a code location: the command line, and jobs that run months."""
    definitions = dg.Definitions(assets=ASSETS, jobs=[release_month_job], resources=RESOURCES, executor=executor())
    return definitions.resolve_job_def(release_month_job.name)
