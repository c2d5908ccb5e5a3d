"""The group of all commands: what they share is the data root."""

from __future__ import annotations

from typing import Any

import click

from trade_assets import __version__
from trade_assets.cli.documents import cells, check, coverage
from trade_assets.cli.ingest import ingest
from trade_assets.cli.outcome import stop
from trade_assets.cli.publish import publish
from trade_assets.cli.review import review
from trade_assets.cli.run import run
from trade_assets.cli.streams import outliving_its_reader
from trade_assets.cli.ui import ui


class _Commands(click.Group):
    """Commands whose errors are one line: a disk that is full, a root that is none, a package that is not there."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with outliving_its_reader("stdout"), outliving_its_reader("stderr"):
                return super().invoke(ctx)
        except (OSError, ImportError, ValueError) as error:
            stop(f"{type(error).__name__}: {' '.join(str(error).split())}")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option(
    "--data-root", envvar="TRADE_ASSETS_DATA", metavar="PATH|URL",
    help="Where documents and tables are kept; a folder, or a URL that fsspec knows. Default: data/ in the project.",
)  # fmt: skip
@click.pass_context
def main(context: click.Context, data_root: str | None) -> None:
    """U.S. trade releases: every figure located, every identity proven, every doubt on record.

    \b
    trade-assets ingest 2018-08.release.txt     put documents into the store
    trade-assets run                            build and check every release month
    trade-assets ui                             the same in Dagster, in the browser
    trade-assets publish --month 2018-08        a month as a data package: CSV, Parquet, and what it changes
    trade-assets review list                    issues that wait for a decision; show, accept, correct, withhold, reopen
    trade-assets check 2018-08.release.txt      prove a document's figures and name the wrong ones, without store
    trade-assets coverage 2018-08.release.txt   which of its figures are proven, and which are not
    trade-assets cells 2018-08.release.txt      every figure of a document, without store or warehouse

    Exit status: 0 nothing to review, 1 something to review, 2 a file could not be read.
    """
    context.obj = data_root


for command in (ingest, run, ui, publish, review, check, coverage, cells):
    main.add_command(command)
