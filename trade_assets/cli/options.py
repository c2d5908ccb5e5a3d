"""What several commands are given: files, a form, a release month, the data root."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trade_assets.facts.periods import is_month

if TYPE_CHECKING:
    from trade_assets.warehouse.root import DataRoot


class _Month(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.3 only
    name = "YYYY-MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not is_month(value):
            self.fail(f"{value!r} is no month; expected YYYY-MM", param, ctx)
        return str(value)


class _ReleaseMonth(_Month):
    """One in which a document can have been published."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from trade_assets.documents.store import FIRST_RELEASE_MONTH

        month, now = super().convert(value, param, ctx), dt.datetime.now(dt.UTC).strftime("%Y-%m")
        if not FIRST_RELEASE_MONTH <= month <= now:
            self.fail(f"{month} is no release month; they run from {FIRST_RELEASE_MONTH} to {now}", param, ctx)
        return month


class _Day(click.ParamType):  # type: ignore[type-arg]  # as above
    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from trade_assets.documents.sidecars import is_day

        if not is_day(value):
            self.fail(f"{value!r} is no day; expected YYYY-MM-DD", param, ctx)
        return str(value)


MONTH, DAY = _Month(), _Day()
FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
RELEASE_MONTH = click.option("--release-month", type=_ReleaseMonth(), help="For documents that do not state it and have no sidecar.")
SERIES = click.option("--series", metavar="ID", help="The series of files that may not name it, such as answers of FRED's API.")
TEXT_OR_JSON = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For people, or for programs."
)


def root_of(context: click.Context, *, is_new: bool = False) -> DataRoot:
    """The data root that a command works on.

    Args:
        is_new: whether the command may make it.

    Raises:
        RootError: the setting names no place, or nothing is there.
    """
    from trade_assets.warehouse.root import DataRoot

    return DataRoot.of(context.obj).require(is_new=is_new)
