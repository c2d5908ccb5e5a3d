"""The command line: the door for single documents, and for running everything without the UI."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from trade_assets import __version__
from trade_assets.reading import ReadError, Reading, read_bounded, read_document
from trade_assets.reading.errors import printable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from trade_assets.defs.ranges import MonthRun
    from trade_assets.publication.publish import Placed
    from trade_assets.warehouse.root import DataRoot

T = TypeVar("T")

NOTHING_TO_REVIEW, TO_REVIEW, UNREADABLE = 0, 1, 2

CELL_FIELDS = (
    "table", "series", "measure", "period", "value", "decimals", "unit", "flags", "line", "start", "end", "text",
    "sheet", "cell", "page", "box",
)  # fmt: skip
_IN_LINES = ("line", "start", "end")

_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")


class _Outlet(io.FileIO):
    """An open file that drops what its reader, once gone, does not take."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes


@contextmanager
def _outliving_its_reader(name: str) -> Iterator[None]:
    """Let a standard stream go on when nobody reads it any more: ``cells FILE | head -1`` ends with its own status."""
    stream = getattr(sys, name)
    try:
        outlet = _Outlet(stream.fileno(), "wb", closefd=False)
    except (AttributeError, OSError, ValueError):
        # There is none, or it is no file: a test's, a notebook's.
        yield
        return
    stream.flush()
    lasting = io.TextIOWrapper(
        io.BufferedWriter(outlet), encoding=stream.encoding, errors=stream.errors, line_buffering=stream.line_buffering
    )
    setattr(sys, name, lasting)
    try:
        yield
    finally:
        setattr(sys, name, stream)
        lasting.flush()


class _Commands(click.Group):
    """Commands whose errors are one line: a disk that is full, a root that is none, a package that is not there."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _outliving_its_reader("stdout"), _outliving_its_reader("stderr"):
                return super().invoke(ctx)
        except (OSError, ImportError, ValueError) as error:
            _stop(f"{type(error).__name__}: {' '.join(str(error).split())}")


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


def _root(context: click.Context) -> DataRoot:
    from trade_assets.warehouse.root import DataRoot

    return DataRoot.of(context.obj)


def _complain(error: Exception) -> None:
    """One clear line on standard error, without what a document could do to a terminal."""
    click.echo(f"trade-assets: {' '.join(str(error).split())}", err=True)


@main.command()
@_FILES
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True, help="How figures are printed.")
def cells(files: Sequence[Path], form: str) -> None:
    """Print every figure of the documents, located.

    LINE counts from 1; START and END are offsets into that line, from 0, half-open; TEXT is exactly what
    stands there. In workbooks SHEET and CELL say where, in page formats PAGE and BOX (left, top, right, bottom,
    in points). A mark for a missing figure has no VALUE. Needs no store and no warehouse.
    """
    status = NOTHING_TO_REVIEW
    readings: list[Reading] = []
    for file in files:
        try:
            readings.append(read_document(read_bounded(file), file.name))
        except ReadError as error:
            _complain(error)
            status = UNREADABLE
    rows = (_located(row) for reading in readings for row in zip(*(reading.cells[name] for name in CELL_FIELDS), strict=True))
    if form == "json":
        json.dump(list(rows), sys.stdout, ensure_ascii=False, indent=None)
        sys.stdout.write("\n")
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(CELL_FIELDS)
        writer.writerows(map(_csv_row, rows))
    sys.exit(status)


def _located(row: Sequence[Any]) -> dict[str, Any]:
    """A figure's fields; lines and offsets only where the document itself is made of lines."""
    fields = dict(zip(CELL_FIELDS, row, strict=True))
    is_in_lines = fields["sheet"] is None and fields["page"] is None
    return fields if is_in_lines else fields | dict.fromkeys(_IN_LINES)


def _csv_row(fields: dict[str, Any]) -> list[Any]:
    """Values as they were printed: 36.10 with two decimals stays 36.10."""
    if fields["value"] is not None:
        fields["value"] = f"{fields['value']:.{fields['decimals']}f}"
    return ["" if value is None else value for value in fields.values()]


_RELEASE_MONTH = click.option("--release-month", metavar="YYYY-MM", help="For documents that do not state it and have no sidecar.")
_TEXT_OR_JSON = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For people, or for programs."
)


@main.command()
@_FILES
@_TEXT_OR_JSON
@_RELEASE_MONTH
def check(files: Sequence[Path], form: str, release_month: str | None) -> None:
    """Check documents: read every figure, prove what can be proven, name the wrong cell.

    For each root cause one issue: the suspect cell on its line, the identities that it violates, by how much and
    how much rounding allows, and what it probably should read. Needs no store and no warehouse.
    """
    from trade_assets.review.check import as_json, as_text, check_file

    _each_file(
        files, form, look=lambda file: check_file(file, release_month), as_json=as_json, as_text=as_text,
        asks_review=lambda checked: bool(checked.issues),
    )  # fmt: skip


@main.command()
@_FILES
@_TEXT_OR_JSON
def coverage(files: Sequence[Path], form: str) -> None:
    """Say what is not proven: per table, how many figures stand in how many identities.

    Every figure is changed, and every identity asked whether it notices. Figures that none proves are listed.
    """
    from trade_assets.review.proven import as_json, as_text, coverage_of

    _each_file(files, form, look=coverage_of, as_json=as_json, as_text=as_text, asks_review=lambda proven: False)


def _each_file(
    files: Sequence[Path],
    form: str,
    *,
    look: Callable[[Path], T],
    as_json: Callable[[T], dict[str, Any]],
    as_text: Callable[[T], Iterator[str]],
    asks_review: Callable[[T], bool],
) -> NoReturn:
    """Look at each file and print what was found; a file that cannot be read is said, the others go on."""
    status, found = NOTHING_TO_REVIEW, []
    for number, file in enumerate(files):
        try:
            seen = look(file)
        except ReadError as error:
            _complain(error)
            status = UNREADABLE
            continue
        status = max(status, TO_REVIEW if asks_review(seen) else NOTHING_TO_REVIEW)
        if form == "json":
            found.append(as_json(seen))
        else:
            click.echo("\n".join([*([""] if number else []), *as_text(seen)]))
    if form == "json":
        # Whole or not at all; a path that is no UTF-8 is written with escapes.
        text = json.dumps(found, ensure_ascii=False, indent=1)
        click.echo(text.encode("utf-8", "backslashreplace").decode())
    sys.exit(status)


@main.command()
@_FILES
@_RELEASE_MONTH
@click.pass_context
def ingest(context: click.Context, files: Sequence[Path], release_month: str | None) -> None:
    """Put documents into the store, bytes untouched, under family and release month.

    The family is recognised from the content. The release month is the one stated in the document, else in a
    sidecar FILE.yaml, else given here, else the start of the file name (2016-11.name.txt). A document that
    is there already stays as it is; a different one of the same family and month is a re-issue: both are
    kept, the later one is current.
    """
    from trade_assets.documents.store import ingest as put

    root, status = _root(context), NOTHING_TO_REVIEW
    for file in files:
        try:
            done = put(root, file, release_month=release_month)
        except (ReadError, OSError) as error:
            _complain(error)
            status = UNREADABLE
            continue
        document = done.document
        said = "stored" if done.is_new else "already in the store"
        month = f"release month {document.release_month} (from the {document.release_month_from.replace('_', ' ')})"
        click.echo(f"{printable(file.name)}: {document.family}, {month}, {said} as {document.path}")
    sys.exit(status)


@main.command()
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

    root = _root(context)
    for month in months:
        if not is_month(month):
            raise click.BadParameter(f"{month!r} is no month; expected YYYY-MM", param_hint="--month")
    wanted = list(dict.fromkeys(months)) or months_of(root)
    if not wanted:
        click.echo(f"No documents under {root.url}/raw. Put some there with 'trade-assets ingest FILE...'.")
        return
    sys.exit(_run(root, wanted))


def _run(root: DataRoot, months: list[str]) -> int:
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
        _stop("interrupted; the months before are built, the one under way keeps its former tables where they were not yet replaced", 130)
    except (InstanceError, RunError) as error:
        _stop(str(error))
    if status == UNREADABLE:
        click.echo("Something could not be built, see above; the former validated tables and metrics of those families are untouched.")
    elif status == TO_REVIEW:
        click.echo("Some figures need review: 'trade-assets review list', or the red checks in 'trade-assets ui'.")
    behind = months_behind(root, before, months)
    if behind:
        click.echo(f"Later months were built from former prints: {', '.join(behind)}. 'trade-assets run' builds all, oldest first.")
    click.echo(f"Tables: {root.url}/warehouse" + ("/trade.duckdb" if root.is_local else ""))
    return status


def _stop(message: str, status: int = UNREADABLE) -> NoReturn:
    click.echo(f"trade-assets: {message}", err=True)
    sys.exit(status)


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
    for (former, family, product), group in read_partition(root, REVISIONS, month).groupby(["former_release_month", "family", "product"]):
        counts = ", ".join(f"{count:,} {kind}" for kind, count in group.groupby("kind", sort=False).size().items())
        click.echo(f"         revised since {former}: {f'{family} {product}'.rstrip()}: {counts}")
    for step, said in done.failures:
        click.echo(f"         FAILED {step}: {' '.join(said.split())}")
    for asset, check, is_warning, description in done.red:
        click.echo(f"         {'note  ' if is_warning else 'REVIEW'} {asset} {check}: {' '.join(description.split())}")
    if len(doubt):
        click.echo(f"         withheld: {len(doubt)} figure{'s' if len(doubt) != 1 else ''}")
    if not done.is_success or len(read_partition(root, UNREAD, month)):
        return UNREADABLE
    return TO_REVIEW if any(not is_warning for _, _, is_warning, _ in done.red) else NOTHING_TO_REVIEW


@main.command()
@click.option("--month", required=True, metavar="YYYY-MM", help="The release month.")
@click.option(
    "--to", metavar="DIRECTORY|URL",
    help="Where the month's folder is put, and replaced if it is there. Default: publications/ under the data root.",
)  # fmt: skip
@click.pass_context
def publish(context: click.Context, month: str, to: str | None) -> None:
    """Publish a release month as a data package: its tables as CSV and Parquet, described in datapackage.json.

    The same tables give the same bytes. What open issues withhold is missing, with the reason; what the release changes
    against the one before stands in difference.md, data loss first. A month whose tables are not those of its documents and
    decisions is refused.
    """
    from trade_assets.facts.periods import is_month
    from trade_assets.identities.publish import UnprovenError
    from trade_assets.publication.publish import PublicationError, place_of, publish_month

    if not is_month(month):
        raise click.BadParameter(f"{month!r} is no month; expected YYYY-MM", param_hint="--month")
    try:
        placed = publish_month(_root(context), month, None if to is None else place_of(to))
    except (PublicationError, UnprovenError, ReadError) as error:
        _stop(" ".join(str(error).split()))
    sys.exit(_published(placed))


def _published(placed: Placed) -> int:
    """Say what was published, what it changes and what is left to review; the exit status it asks for."""
    from trade_assets.publication.difference_report import count, sentences

    made = placed.publication
    tables = f"{count(len(made.rows), 'table')}, {count(sum(made.rows.values()), 'row')}"
    said = "published" if placed.is_new else "published before, the same"
    click.echo(f"{made.release_month}  {', '.join(made.families)}: {tables}; {said}")
    for sentence in sentences(made.difference):
        click.echo(f"         {sentence}")
    for sentence in made.to_review:
        click.echo(f"         REVIEW {' '.join(sentence.split())}")
    if made.open_issues:
        issues = f"{count(len(made.open_issues), 'open issue')}; 'trade-assets review list --month {made.release_month}'"
        click.echo(f"         REVIEW {count(made.withheld, 'figure')} withheld, {issues}")
    click.echo(f"Publication: {placed.path}")
    return TO_REVIEW if made.open_issues or made.to_review else NOTHING_TO_REVIEW


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="Port of Dagster.")
@click.option("--docs-port", type=click.IntRange(1, 65535), default=3001, show_default=True, help="Port of the reports and the Data Docs.")
@click.pass_context
def ui(context: click.Context, port: int, docs_port: int) -> None:
    """Open Dagster on this machine, the reports and the Data Docs beside it; all on loopback, until Ctrl-C."""
    from trade_assets.defs.instance import InstanceError
    from trade_assets.serving import serve

    try:
        sys.exit(serve(_root(context), port, docs_port))
    except (InstanceError, OSError) as error:
        _stop(str(error))


@main.group()
def review() -> None:
    """List issues, look at one, and decide it: accept as published, correct, withhold, reopen."""


_ISSUE = click.argument("issue", metavar="ID")
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")
_DECIDING = (
    click.option("--reason", required=True, help="Why; kept with the decision."),
    click.option("--reviewer", envvar="TRADE_ASSETS_REVIEWER", help="Who decides. Default: TRADE_ASSETS_REVIEWER, else the login name."),
    click.option("--expires", "expires_on", metavar="YYYY-MM-DD", help="The day from which the decision is in force no more."),
    click.option("--told", "told_publisher_on", metavar="YYYY-MM-DD", help="The day on which the publisher was told."),
    click.option("--answer", "publisher_answer", help="What the publisher answered."),
    click.option("--run/--no-run", default=True, show_default=True, help="Build the month again, so that the decision shows."),
)


def _deciding(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_DECIDING):
        command = option(command)
    return command


@review.command(name="list")
@click.option("--month", metavar="YYYY-MM", help="Only this release month.")
@click.option("--all", "everything", is_flag=True, help="Also issues that are decided or gone.")
@_AS_JSON
@click.pass_context
def review_list(context: click.Context, month: str | None, everything: bool, as_json: bool) -> None:
    """The issues that wait for a decision, as the last run found them."""
    from trade_assets.review.actions import known_issues

    frame = known_issues(_root(context), month)
    frame = frame if everything else frame[frame["state"].isin(["new", "open"])]
    if as_json:
        click.echo(frame.to_json(orient="records", indent=1))
    for row in [] if as_json else frame.to_dict("records"):
        said = f"; {row['decision']}" if isinstance(row["decision"], str) else ""
        click.echo(f"{row['issue']}  {row['release_month']}  {row['family']}  {row['state']}  {row['where']}: {row['title']}{said}")
    sys.exit(TO_REVIEW if frame["state"].isin(["new", "open"]).any() else NOTHING_TO_REVIEW)


@review.command(name="show")
@_ISSUE
@click.pass_context
def review_show(context: click.Context, issue: str) -> None:
    """An issue with its lines of the document, its identities, its suspects, and what was decided on it."""
    from trade_assets.review.actions import open_issue, shown

    with _reviewing():
        click.echo("\n".join(shown(open_issue(_root(context), issue))))


@review.command(name="accept")
@_ISSUE
@_deciding
@click.pass_context
def review_accept(context: click.Context, /, issue: str, **wish: Any) -> None:
    """The publisher printed it so: publish the figures as printed."""
    _decide(context, issue, "accept", wish)


@review.command(name="correct")
@_ISSUE
@click.option(
    "--value", "values", multiple=True, required=True, metavar="[LINE[:START]=]FIGURE",
    help="What the figure should read; with its line where more than one may be meant. May be given again.",
)  # fmt: skip
@click.option("--force", "is_forced", is_flag=True, help="Also if an identity stays violated.")
@_deciding
@click.pass_context
def review_correct(context: click.Context, /, issue: str, **wish: Any) -> None:
    """Publish another figure beside the printed one."""
    _decide(context, issue, "correct", wish)


@review.command(name="withhold")
@_ISSUE
@_deciding
@click.pass_context
def review_withhold(context: click.Context, /, issue: str, **wish: Any) -> None:
    """Keep the figures in doubt out of the tables, as decided."""
    _decide(context, issue, "withhold", wish)


@review.command(name="reopen")
@_ISSUE
@_deciding
@click.pass_context
def review_reopen(context: click.Context, /, issue: str, **wish: Any) -> None:
    """Take the last decision back."""
    _decide(context, issue, "reopen", wish)


@contextmanager
def _reviewing() -> Iterator[None]:
    """What cannot be done is one line."""
    from trade_assets.review.actions import ReviewError
    from trade_assets.review.decisions import DecisionError

    try:
        yield
    except (ReviewError, DecisionError, ReadError) as error:
        _stop(" ".join(str(error).split()))


def _decide(context: click.Context, issue: str, action: Any, wish: dict[str, Any]) -> NoReturn:
    import getpass

    from trade_assets.review.actions import Wish, decide

    root, is_run = _root(context), wish.pop("run")
    wish["reviewer"] = wish["reviewer"] or getpass.getuser()
    with _reviewing():
        month, decision = decide(root, issue, Wish(action=action, **wish))
    click.echo(f"{decision.issue}: {decision.sentence}")
    click.echo(f"written to {root.path('reviews', month, f'{decision.issue}.yaml')}")
    if not is_run:
        click.echo(f"'trade-assets run --month {month}' applies it")
        sys.exit(NOTHING_TO_REVIEW)
    sys.exit(_run(root, [month]))
