"""``run``: release months through Dagster, in this process."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import closing, redirect_stderr
from typing import TYPE_CHECKING

import click

from trade_assets.cli.ending import FAULT, NOTHING_TO_REVIEW, TO_REVIEW, UNREADABLE, Interrupted, complain, complain_of
from trade_assets.cli.options import MONTH, root_of
from trade_assets.cli.progress import progress
from trade_assets.faults import kept, one_line

if TYPE_CHECKING:
    from trade_assets.defs.ranges import MonthRun
    from trade_assets.warehouse.root import DataRoot


@click.command(epilog="Exit status: 0 nothing to review, 1 something to review, 2 something could not be built, or has no document.")
@click.option(
    "--month", "months", type=MONTH, multiple=True, help="Only this release month; may be given again. Default: all with documents."
)
@click.pass_context
def run(context: click.Context, months: Sequence[str]) -> int:
    """Build and check release months through Dagster, in this process, those that follow each other in one run.

    The history is in the UI afterwards. A bad month does not stop the others; the exit status says so.
    """
    return run_all(root_of(context), list(dict.fromkeys(months)))


def run_all(root: DataRoot, wanted: Sequence[str] = ()) -> int:
    """Run the months, by default all that have something to build, and say how it went; the exit status.

    Raises:
        InstanceError, RunError, Fault: as the months' run does.
    """
    import logging

    from trade_assets.defs.instance import instance_of
    from trade_assets.defs.ranges import run_months
    from trade_assets.facts.tables import PRINTS
    from trade_assets.vintages.history import months_behind
    from trade_assets.warehouse.partitions import partition_stamps
    from trade_assets.warehouse.sweep import sweep

    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    # First of all: a damaged record would stop whoever looks at any month.
    notes = sweep(root)
    months, status = _to_run(root, wanted)
    if not months:
        return status
    for note in notes:
        click.echo(f"note: {note}")
    before, built, of_runs = partition_stamps(root, PRINTS), list[str](), NOTHING_TO_REVIEW
    try:
        with (
            instance_of(root) as instance,
            progress(len(months), "release months") as advance,
            closing(run_months(root, months, instance, is_swept=True)) as runs,
        ):
            for done, chatter in _quietly(runs):
                advance(done.release_month)
                built.append(done.release_month)
                try:
                    of_runs = max(of_runs, _report(root, done, chatter))
                except Exception as error:
                    of_runs = max(of_runs, complain_of(done.release_month, error))
    except KeyboardInterrupt as interrupt:
        said = f"; {months[len(built)]} was being built: run it again" if len(built) < len(months) else ""
        raise Interrupted(f"{str(interrupt) or 'interrupted'}; {len(built)} of {len(months)} months are built{said}") from None
    except Exception as error:
        if not built:
            raise
        of_runs = max(of_runs, complain(error))
    if of_runs >= UNREADABLE:
        click.echo("Something could not be built, see above; the former validated tables and metrics of those families are untouched.")
    elif of_runs == TO_REVIEW:
        click.echo("Some figures need review: 'trade-assets review list', or the red checks in 'trade-assets ui'.")
    behind = months_behind(root, before, months)
    if behind:
        click.echo(f"Later months were built from former prints: {', '.join(behind)}. 'trade-assets run' builds all, oldest first.")
    click.echo(f"Tables: {root.url}/warehouse" + ("/trade.duckdb" if root.is_local else ""))
    return max(status, of_runs)


def _to_run(root: DataRoot, wanted: Sequence[str]) -> tuple[list[str], int]:
    """The months that can be run, and the exit status that the others ask for; each of these is said."""
    from trade_assets.defs.partitions import RELEASE_MONTHS
    from trade_assets.defs.selection import months_of
    from trade_assets.documents.wanted_month import NothingError, require_documents

    known = months_of(root)
    if not (wanted or known):
        require_documents(root)
    first, last = RELEASE_MONTHS.get_first_partition_key(), RELEASE_MONTHS.get_last_partition_key()
    months, status = list[str](), NOTHING_TO_REVIEW
    for month in wanted or known:
        try:
            if not RELEASE_MONTHS.has_partition_key(month):
                todo = f"correct it, or take its folder out of {root.url}/raw"
                raise NothingError(f"{month} is no release month; they run from {first} to {last}. To do: {todo}")
            if month not in known:
                require_documents(root, month)
        except NothingError as error:
            status = max(status, complain(error))
        else:
            months.append(month)
    return months, status


def _quietly(runs: Iterator[MonthRun]) -> Iterator[tuple[MonthRun, str]]:
    """Each run with what libraries printed to standard error meanwhile: what went wrong is told by us, in one line."""
    while True:
        with redirect_stderr(io.StringIO()) as chatter:
            done = next(runs, None)
        if done is None:
            return
        yield done, chatter.getvalue()


def _report(root: DataRoot, done: MonthRun, chatter: str) -> int:
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
        click.echo(f"         FAILED {step}: {one_line(said)}")
    if done.trace is not None:
        click.echo(f"         That is a fault of the program, {kept(done.trace + chatter)}. To do: report it with that trace.")
    for asset, check, is_warning, description in done.red:
        click.echo(f"         {'note  ' if is_warning else 'REVIEW'} {asset} {check}: {' '.join(description.split())}")
    if len(doubt):
        click.echo(f"         withheld: {len(doubt)} figure{'s' if len(doubt) != 1 else ''}")
    if done.trace is not None:
        return FAULT
    if not done.is_success or len(read_partition(root, UNREAD, month)):
        return UNREADABLE
    return TO_REVIEW if any(not is_warning for _, _, is_warning, _ in done.red) else NOTHING_TO_REVIEW
