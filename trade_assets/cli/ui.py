"""``ui``: everything in the browser."""

from __future__ import annotations

import click

from trade_assets.cli.options import root_of


@click.command(epilog="Exit status: 0 when ended, 2 could not start, such as a taken port.")
@click.option("--port", metavar="PORT", type=click.IntRange(1, 65535), default=3000, show_default=True, help="Port of Dagster.")
@click.option(
    "--docs-port", metavar="PORT", type=click.IntRange(1, 65535), default=3001, show_default=True,
    help="Port of the reports and the Data Docs.",
)  # fmt: skip
@click.pass_context
def ui(context: click.Context, port: int, docs_port: int) -> int:
    """Open Dagster on this machine, the reports and the Data Docs beside it; all on loopback, until Ctrl-C."""
    from trade_assets.serving import serve

    return serve(root_of(context), port, docs_port)
