"""What several commands are given: files, a form, a release month, the data root."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from trade_assets.warehouse.root import DataRoot

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
RELEASE_MONTH = click.option("--release-month", metavar="YYYY-MM", help="For documents that do not state it and have no sidecar.")
TEXT_OR_JSON = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For people, or for programs."
)


def root_of(context: click.Context) -> DataRoot:
    """The data root that a command works on."""
    from trade_assets.warehouse.root import DataRoot

    return DataRoot.of(context.obj)
