"""The group of all commands: the data root that they share, and how they end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from trade_assets import __version__
from trade_assets.cli.documents import cells, check, coverage
from trade_assets.cli.ending import UNREADABLE, one_line_ending, say
from trade_assets.cli.ingest import ingest
from trade_assets.cli.publish import publish
from trade_assets.cli.review import review
from trade_assets.cli.run import run
from trade_assets.cli.ui import ui

_NAME = "trade-assets"


class _Commands(click.Group):
    """Commands that return their exit status, and whose errors are one line each."""

    def main(  # type: ignore[override]  # click's own ends a broken pipe with 1, and an interrupt with two lines
        self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None, **extra: Any
    ) -> NoReturn:
        extra.pop("standalone_mode", None)
        with one_line_ending():
            self._main_shell_completion(extra, _NAME, complete_var)
            try:
                with self.make_context(_NAME, list(sys.argv[1:] if args is None else args), **extra) as context:
                    sys.exit(self.invoke(context))
            except click.exceptions.Exit as done:  # --help, --version
                sys.exit(done.exit_code)
            except click.Abort:
                raise KeyboardInterrupt from None
            except click.exceptions.NoArgsIsHelpError as asked:
                asked.show()
                sys.exit(UNREADABLE)
            except click.ClickException as error:
                path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx is not None else _NAME
                say(f"{' '.join(error.format_message().split()).rstrip('.')}. To do: '{path} --help' says what can be given")
                sys.exit(UNREADABLE)
        raise AssertionError("a command ends with a status")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option(
    "--data-root",
    envvar="TRADE_ASSETS_DATA",
    metavar="PATH|URL",
    help="Where documents and tables are kept; a folder, or a URL that fsspec knows. Default: data/ in the project's "
    "checkout; elsewhere a folder of yours, which every command names.",
)
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

    \b
    Exit status:
      0    nothing to review
      1    something to review
      2    something asked for is not there, or could not be read or written: one line says what
      70   a fault of the program: one line says where its trace is kept
      130  interrupted
    """
    context.obj = data_root
    if data_root is None:
        from trade_assets.warehouse.root import DataRoot

        if (root := DataRoot.of_user()) is not None:
            click.echo(f"Data root: {root.url}", err=True)


for command in (ingest, run, ui, publish, review, check, coverage, cells):
    main.add_command(command)
