"""``ingest``: documents into the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trade_assets.cli.ending import NOTHING_TO_REVIEW, complain, complain_of
from trade_assets.cli.options import DAY, RELEASE_MONTH, SERIES, root_of
from trade_assets.cli.progress import progress
from trade_assets.documents.given import Given, given, given_in
from trade_assets.reading import ReadError
from trade_assets.reading.bundle import with_part
from trade_assets.reading.errors import printable

if TYPE_CHECKING:
    from trade_assets.documents.ingest import Ingested, Received
    from trade_assets.warehouse.root import DataRoot

_PARTS = 12  # of a file that are named
_SHOWN = 600


@click.command(epilog="Exit status: 0 stored, 2 a file could not be read.")
@click.argument("files", nargs=-1, metavar="[YYYY-MM=]FILE...")
@RELEASE_MONTH
@click.option("--seen-on", type=DAY, help="A day on which the files were seen to be published; for files of which nothing else says it.")
@click.option(
    "--months",
    "tables",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="TABLE",
    help="A CSV or TSV file with the columns file, release_month, and if wanted published_date, seen_on, publisher, title, source, note, "
    "series.",
)
@SERIES
@click.pass_context
def ingest(  # noqa: PLR0917 - the options of the command
    context: click.Context, files: Sequence[str], release_month: str | None, seen_on: str | None, tables: Sequence[Path], series: str | None
) -> int:
    """Put documents into the store, bytes untouched, under family and release month.

    The family is recognised from the content. The release month is the one stated in the document, else in a
    sidecar FILE.yaml, else given here, else the start of the file name (2016-11.name.txt). Of many files each may
    have its own, before it (2025-12=exh1.xlsx) or in a table, whose names count from the table's folder. A document
    that is there already stays as it is; another one of the same release is a re-issue: both are kept, the later
    one is current. A file of several series or vintages, or an answer of an API, is kept as it is and unpacked into
    a document for each.
    """
    from trade_assets.documents.ingest import Ingested, ingest_each, receive

    if not (files or tables):
        raise click.UsageError("Missing argument '[YYYY-MM=]FILE...' or option '--months'")
    root, status = root_of(context, is_new=True), NOTHING_TO_REVIEW
    wanted = list[Given]()
    for each in _given(files, tables):
        if isinstance(each, Given):
            wanted.append(each)
        else:
            status = max(status, complain(each))
    with progress(len(wanted), "documents") as done:
        for each in wanted:
            told = {**({"seen_on": seen_on} if seen_on else {}), **({"series": series} if series else {}), **each.told}
            try:
                received = receive(each.path, told)
                if received.bundle is not None:
                    _say_bundle(root, received)
                for done_of in ingest_each(root, received, release_month=each.release_month or release_month):
                    if isinstance(done_of, Ingested):
                        _say(root, each, done_of)
                    else:
                        status = max(status, complain(done_of))
            except Exception as error:
                status = max(status, complain_of(each.path, error))
            done(each.path.name)
    return status


def _given(files: Sequence[str], tables: Sequence[Path]) -> Iterator[Given | ReadError]:
    """The files of arguments and tables, and what is wrong with any of these."""
    for file in files:
        try:
            yield given(file)
        except ReadError as error:
            yield error
    for table in tables:
        try:
            yield from given_in(table)
        except ReadError as error:
            yield error


def _say_bundle(root: DataRoot, received: Received) -> None:
    parts = [each.part.what for each in received.found if not isinstance(each, ReadError) and each.part is not None]
    shown = ", ".join(parts[:_PARTS]) + (f" and {len(parts) - _PARTS:,} more" if len(parts) > _PARTS else "")
    documents = f"{len(parts):,} document{'' if len(parts) == 1 else 's'}"
    click.echo(f"{printable(received.path.name)}: unpacked into {documents}: {printable(shown, _SHOWN)}")


def _say(root: DataRoot, each: Given, done: Ingested) -> None:
    document = done.document
    said = "stored" if done.is_new else "already in the store"
    said += ", with what is said of it now," if done.is_described_anew else ""
    source = document.release_month_from.replace("_", " ")
    month = f"release month {document.release_month} (from the {source})"
    name = with_part(each.path.name, document.part)
    click.echo(f"{name}: {document.family}, {month}, {said} as {root.path(document.path)}")
    if each.release_month not in (None, document.release_month):
        click.echo(f"  note: {each.release_month}, as given, does not count: the {source} says {document.release_month}")
    for note in done.notes:
        click.echo(f"  note: {printable(note)}")
