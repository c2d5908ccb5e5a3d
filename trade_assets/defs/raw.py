"""Raw assets: what was published in the month."""

import datetime as dt
from collections.abc import Iterator

import dagster as dg
import pandas as pd

from trade_assets.defs.pages import page_of_failure
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.specs import asset_out
from trade_assets.documents.store import Document, survey
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import DOCUMENTS, IN_DATABASE
from trade_assets.reading import ReadError
from trade_assets.warehouse import database
from trade_assets.warehouse.root import DataRoot, RootError
from trade_assets.warehouse.sweep import sweep_month

INPUTS = "trade_assets/inputs"
"""Run tag: a hash of the documents and decisions that the run began with."""


def _documents(root: DataRoot, month: str) -> list[tuple[Document, bool]]:
    try:
        return survey(root, month)[0]
    except ReadError as error:
        raise dg.Failure(str(error), allow_retries=False) from None


@dg.multi_asset(name="raw_documents", outs={"documents": asset_out(DOCUMENTS)}, partitions_def=RELEASE_MONTHS)
def raw_documents(context: dg.AssetExecutionContext, data_root: DataRootResource) -> Iterator[dg.Output[pd.DataFrame]]:
    """The manifest of the month's documents."""
    from trade_assets.review.built_from import inputs_of, record_begun

    month = context.partition_key
    try:
        root = data_root.root.require()
    except RootError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    # Before anything is read: what comes later is of the next run.
    context.instance.add_run_tags(context.run.run_id, {INPUTS: inputs_of(root, month, dt.datetime.now(dt.UTC).date())})
    record_begun(root, month)
    for said in sweep_month(root, month):
        context.log.warning(said)
    database.refresh(root, IN_DATABASE)
    with page_of_failure(context, root):
        documents = _documents(root, month)
    rows = [
        {**vars(document), "path": document.path, "is_current": is_current}
        | dict(zip(("known_from", "known_from_is"), document.known_from, strict=True))
        for document, is_current in documents
    ]
    frame = conform(pd.DataFrame(rows), DOCUMENTS) if rows else empty(DOCUMENTS)
    said = (
        ", ".join(f"{row['family']}: {row['title']}" for row in rows) or f"no document was published, or none is in the store, in {month}"
    )
    yield dg.Output(frame, output_name="documents", metadata={"documents": said})
