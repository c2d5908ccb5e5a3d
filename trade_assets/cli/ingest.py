"""``ingest``: documents into the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from trade_assets.cli.ending import NOTHING_TO_REVIEW, complain_of
from trade_assets.cli.options import FILES, RELEASE_MONTH, root_of
from trade_assets.reading.errors import printable


@click.command()
@FILES
@RELEASE_MONTH
@click.pass_context
def ingest(context: click.Context, files: Sequence[Path], release_month: str | None) -> int:
    """Put documents into the store, bytes untouched, under family and release month.

    The family is recognised from the content. The release month is the one stated in the document, else in a
    sidecar FILE.yaml, else given here, else the start of the file name (2016-11.name.txt). A document that
    is there already stays as it is; a different one of the same family and month is a re-issue: both are
    kept, the later one is current.
    """
    from trade_assets.documents.store import ingest as put

    root, status = root_of(context, is_new=True), NOTHING_TO_REVIEW
    for file in files:
        try:
            done = put(root, file, release_month=release_month)
        except Exception as error:
            status = max(status, complain_of(file, error))
            continue
        document = done.document
        said = "stored" if done.is_new else "already in the store"
        said += ", with what its sidecar says now," if done.is_described_anew else ""
        month = f"release month {document.release_month} (from the {document.release_month_from.replace('_', ' ')})"
        click.echo(f"{printable(file.name)}: {document.family}, {month}, {said} as {root.path(document.path)}")
        for note in done.notes:
            click.echo(f"  note: {printable(note)}")
    return status
