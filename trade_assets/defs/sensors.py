"""The sensor that requests the months whose documents or decisions are new or changed."""

import datetime as dt
import json

import dagster as dg

from trade_assets.defs.jobs import release_month_job
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.selection import assets_of, months_of
from trade_assets.warehouse.sweep import set_aside

PER_TICK = 12
"""At most so many months a tick, so that a first tick over a long store does not flood the queue."""


@dg.sensor(
    job=release_month_job,
    minimum_interval_seconds=60,
    description="Requests a run for each month with new or changed documents or decisions.",
)
def changed_documents(context: dg.SensorEvaluationContext, data_root: DataRootResource) -> dg.SensorResult:
    """One run request per changed month, and none for what was requested before, or was built by another run."""
    from trade_assets.review.built_from import built_from, inputs_of

    known: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
    root, today = data_root.root.require(), dt.datetime.now(dt.UTC).date()
    for sentence in set_aside(root):
        context.log.warning(sentence)
    # Also months that were built before and whose documents are gone.
    found = {month: inputs_of(root, month, today) for month in months_of(root)}
    changed = {month: inputs for month, inputs in found.items() if known.get(month) != inputs}
    built = {month: inputs for month, inputs in changed.items() if built_from(root, month) == inputs}
    unknown = [month for month in changed if not RELEASE_MONTHS.has_partition_key(month)]
    now = dict([(month, inputs) for month, inputs in changed.items() if month not in (*built, *unknown)][:PER_TICK])
    for month in unknown:
        context.log.warning(f"documents of {month} are in the store, but that is no release month")
    # No run key: the cursor tells what was requested, and a month may well return to documents that it had before.
    requests = [dg.RunRequest(partition_key=month, asset_selection=assets_of(root, month, {})) for month in now]
    return dg.SensorResult(run_requests=requests, cursor=json.dumps(known | built | now))
