"""``review``: issues, and what a person decides on them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from trade_assets.cli.options import root_of
from trade_assets.cli.outcome import NOTHING_TO_REVIEW, TO_REVIEW, stop
from trade_assets.cli.run import run_all
from trade_assets.reading import ReadError


@click.group()
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

    frame = known_issues(root_of(context), month)
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
        click.echo("\n".join(shown(open_issue(root_of(context), issue))))


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
        stop(" ".join(str(error).split()))


def _decide(context: click.Context, issue: str, action: Any, wish: dict[str, Any]) -> NoReturn:
    import getpass

    from trade_assets.review.actions import Wish, decide

    root, is_run = root_of(context), wish.pop("run")
    wish["reviewer"] = wish["reviewer"] or getpass.getuser()
    with _reviewing():
        month, decision = decide(root, issue, Wish(action=action, **wish))
    click.echo(f"{decision.issue}: {decision.sentence}")
    click.echo(f"written to {root.path('reviews', month, f'{decision.issue}.yaml')}")
    if not is_run:
        click.echo(f"'trade-assets run --month {month}' applies it")
        sys.exit(NOTHING_TO_REVIEW)
    sys.exit(run_all(root, [month]))
