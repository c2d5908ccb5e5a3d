"""The Dagster door: everything that ``dagster dev``, ``workspace.yaml`` and ``dg`` load."""

from dagster import Definitions

from trade_assets.defs.jobs import release_month_job
from trade_assets.defs.ranges import release_range_job
from trade_assets.defs.release_month import ASSETS, RESOURCES, executor
from trade_assets.defs.review import decide_issue_job
from trade_assets.defs.schedules import schedules
from trade_assets.defs.sensors import changed_documents

defs = Definitions(
    assets=ASSETS,
    jobs=[release_month_job, release_range_job, decide_issue_job],
    schedules=schedules,
    sensors=[changed_documents],
    resources=RESOURCES,
    executor=executor(),
)
