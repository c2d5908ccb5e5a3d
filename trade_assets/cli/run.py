"""``run``: release months through Dagster, in this process."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from trade_assets.cli.options import root_of
from trade_assets.cli.outcome import NOTHING_TO_REVIEW, TO_REVIEW, UNREADABLE, stop

if TYPE_CHECKING:
    from trade_assets.defs.ranges import MonthRun
    from trade_assets.warehouse.root import DataRoot


@click.command()
@click.option(
    "--month", "months", metavar="YYYY-MM", multiple=True,
    help="Only this release month; may be given again. Default: all with documents.",
)  # fmt: skip
@click.pass_context
def run(context: click.Context, months: Sequence[str]) -> None:
    """Materialise release months through Dagster, in this process, one run each.

    The history is in the UI afterwards. A bad month does not stop the others; the exit status says so.
    """
    from trade_assets.defs.selection import months_of
    from trade_assets.facts.periods import is_month

    root = root_of(context)
    for month in months:
        if not is_month(month):
            raise click.BadParameter(f"{month!r} is no month; expected YYYY-MM", param_hint="--month")
    wanted = list(dict.fromkeys(months)) or months_of(root)
    if not wanted:
        click.echo(f"No documents under {root.url}/raw. Put some there with 'trade-assets ingest FILE...'.")
        return
    sys.exit(run_all(root, wanted))


def run_all(root: DataRoot, months: list[str]) -> int:
    import logging

    from trade_assets.defs.instance import InstanceError, instance_of
    from trade_assets.defs.partitions import RELEASE_MONTHS
    from trade_assets.defs.ranges import RunError, run_months
    from trade_assets.facts.tables import PRINTS
    from trade_assets.vintages.history import months_behind
    from trade_assets.warehouse.partitions import partition_stamps

    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    unknown = [month for month in months if not RELEASE_MONTHS.has_partition_key(month)]
    first, last = RELEASE_MONTHS.get_first_partition_key(), RELEASE_MONTHS.get_last_partition_key()
    for month in unknown:
        click.echo(f"trade-assets: {month} is no release month; they run from {first} to {last}", err=True)
    months = [month for month in months if month not in unknown]
    status = UNREADABLE if unknown else NOTHING_TO_REVIEW
    before = partition_stamps(root, PRINTS)
    try:
        with instance_of(root) as instance, _progress(len(months)) as advance:
            for done in run_months(root, months, instance):
                advance(done.release_month)
                status = max(status, _report(root, done))
    except KeyboardInterrupt:
        stop("interrupted; the months before are built, the one under way keeps its former tables where they were not yet replaced", 130)
    except (InstanceError, RunError) as error:
        stop(str(error))
    if status == UNREADABLE:
        click.echo("Something could not be built, see above; the former validated tables and metrics of those families are untouched.")
    elif status == TO_REVIEW:
        click.echo("Some figures need review: 'trade-assets review list', or the red checks in 'trade-assets ui'.")
    behind = months_behind(root, before, months)
    if behind:
        click.echo(f"Later months were built from former prints: {', '.join(behind)}. 'trade-assets run' builds all, oldest first.")
    click.echo(f"Tables: {root.url}/warehouse" + ("/trade.duckdb" if root.is_local else ""))
    return status


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda month: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("release months", total=total)
        yield lambda month: progress.update(task, advance=1, description=month)


def _report(root: DataRoot, done: MonthRun) -> int:
    """Say what a month's run built, proved and left to review; the exit status it asks for."""
    from trade_assets.facts.tables import CELLS, DOCUMENTS, IN_DOUBT, REVISIONS, UNREAD, VERDICTS
    from trade_assets.vintages.revisions import summaries
    from trade_assets.warehouse.partitions import read_partition

    month = done.release_month
    documents, figures = read_partition(root, DOCUMENTS, month), read_partition(root, CELLS, month)
    verdicts, doubt = read_partition(root, VERDICTS, month), read_partition(root, IN_DOUBT, month)
    families = ", ".join(dict.fromkeys(documents["family"])) or "no documents"
    click.echo(f"{month}  {families}: {len(figures):,} figures; {'built' if done.is_success else 'NOT BUILT'}")
    if len(verdicts):
        click.echo(
            f"         proven: {int(verdicts['holds'].sum()):,} identities hold, {int(verdicts['violated'].sum()):,} violated, "
            f"{int(verdicts['not_evaluable'].sum()):,} not evaluable"
        )
    for said in summaries(read_partition(root, REVISIONS, month)):
        click.echo(f"         {said}")
    for step, said in done.failures:
        click.echo(f"         FAILED {step}: {' '.join(said.split())}")
    for asset, check, is_warning, description in done.red:
        click.echo(f"         {'note  ' if is_warning else 'REVIEW'} {asset} {check}: {' '.join(description.split())}")
    if len(doubt):
        click.echo(f"         withheld: {len(doubt)} figure{'s' if len(doubt) != 1 else ''}")
    if not done.is_success or len(read_partition(root, UNREAD, month)):
        return UNREADABLE
    return TO_REVIEW if any(not is_warning for _, _, is_warning, _ in done.red) else NOTHING_TO_REVIEW
