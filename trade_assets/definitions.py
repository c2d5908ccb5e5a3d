"""The Dagster door: everything that ``dagster dev``, ``workspace.yaml`` and ``dg`` load."""

import os

from dagster import Definitions, in_process_executor, multiprocess_executor

from trade_assets.defs.jobs import release_month_job
from trade_assets.defs.metrics import metrics
from trade_assets.defs.parsed import parsed_cells, parsed_facts
from trade_assets.defs.publication import publication
from trade_assets.defs.ranges import release_range_job
from trade_assets.defs.raw import raw_documents
from trade_assets.defs.report import report
from trade_assets.defs.resources import DataRootResource, WarehouseIOManager
from trade_assets.defs.review import decide_issue_job
from trade_assets.defs.schedules import schedules
from trade_assets.defs.sensors import changed_documents
from trade_assets.defs.validated import proof, validated_tables
from trade_assets.defs.vintage_metrics import vintage_metrics
from trade_assets.defs.vintages import prints, revision_statistics, revisions
from trade_assets.facts.completeness import require_complete


class SettingError(Exception):
    """A setting that is none; the message says which."""


require_complete()

# A process per step costs more than the step does; parallel runs are the queue's business. Elsewhere it may not.
_EXECUTORS = {"": in_process_executor, "in_process": in_process_executor, "multiprocess": multiprocess_executor}
_executor = os.environ.get("TRADE_ASSETS_EXECUTOR", "")
if _executor not in _EXECUTORS:
    raise SettingError(f"TRADE_ASSETS_EXECUTOR is {_executor!r}. To do: make it multiprocess or in_process, or unset it")

# At launch, so that a run's own root reaches the IO manager too, and not only the steps.
_data_root = DataRootResource.configure_at_launch()

defs = Definitions(
    assets=[
        raw_documents, parsed_cells, *parsed_facts, proof, publication, *validated_tables, prints, revisions, revision_statistics,
        *metrics, vintage_metrics, report,
    ],
    jobs=[release_month_job, release_range_job, decide_issue_job],
    schedules=schedules,
    sensors=[changed_documents],
    resources={"data_root": _data_root, "io_manager": WarehouseIOManager(data_root=_data_root)},
    executor=_EXECUTORS[_executor],
)
