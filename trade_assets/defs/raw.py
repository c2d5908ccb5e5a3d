"""Raw assets: what was published in the month."""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from trade_assets.defs.pages import page_of_failure
from trade_assets.defs.parts import Asked, Source, part
from trade_assets.documents.store import Document, survey
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import DOCUMENTS
from trade_assets.reading import ReadError
from trade_assets.warehouse.root import DataRoot, RootError


def _documents(root: DataRoot, month: str) -> list[tuple[Document, bool]]:
    try:
        return survey(root, month)[0]
    except ReadError as error:
        raise dg.Failure(str(error), allow_retries=False) from None


@part("raw_documents", tables=[DOCUMENTS])
def raw_documents(context: Asked, data_root: Source) -> Iterator[dg.Output[pd.DataFrame]]:
    """The manifest of the month's documents."""
    month = context.partition_key
    try:
        root = data_root.root.require()
    except RootError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
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
