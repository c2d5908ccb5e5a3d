"""The sensor that requests the months whose documents or decisions are new or changed."""

import datetime as dt
import hashlib
import json

import dagster as dg

from trade_assets.defs.jobs import release_month_job
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.selection import assets_of, months_of
from trade_assets.documents.store import FOLDER
from trade_assets.warehouse.root import DataRoot

PER_TICK = 12
"""At most so many months a tick, so that a first tick over a long store does not flood the queue."""


def fingerprints(root: DataRoot) -> dict[str, str]:
    """Per release month a hash of its documents' and decisions' bytes; also of months built before whose documents are gone."""
    from trade_assets.review.decisions import FOLDER as REVIEWS
    from trade_assets.review.decisions import read_decisions

    found, today = {}, dt.datetime.now(dt.UTC).date().isoformat()
    for month in months_of(root):
        digest = hashlib.sha256()
        for folder in (FOLDER, REVIEWS):
            for name in root.names(folder, month):
                digest.update(name.encode() + b"\0" + hashlib.sha256(root.read(folder, month, name)).digest())
        # A decision that has expired since asks for a run too.
        for entries in read_decisions(root, month)[0].values():
            expires = entries[-1].expires_on
            if expires is not None and expires <= today:
                digest.update(entries[-1].path.encode())
        found[month] = digest.hexdigest()[:16]
    return found


@dg.sensor(
    job=release_month_job,
    minimum_interval_seconds=60,
    description="Requests a run for each month with new or changed documents or decisions.",
)
def changed_documents(context: dg.SensorEvaluationContext, data_root: DataRootResource) -> dg.SensorResult:
    """One run request per changed month, and none for what was requested before."""
    known: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
    root = data_root.root
    changed = {month: print_ for month, print_ in fingerprints(root).items() if known.get(month) != print_}
    unknown = [month for month in changed if not RELEASE_MONTHS.has_partition_key(month)]
    now = dict([(month, print_) for month, print_ in changed.items() if month not in unknown][:PER_TICK])
    for month in unknown:
        context.log.warning(f"documents of {month} are in the store, but that is no release month")
    # No run key: the cursor tells what was requested, and a month may well return to documents that it had before.
    requests = [dg.RunRequest(partition_key=month, asset_selection=assets_of(root, month, {})) for month in now]
    return dg.SensorResult(run_requests=requests, cursor=json.dumps(known | now))
