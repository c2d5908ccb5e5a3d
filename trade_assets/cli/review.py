"""``review``: issues, and what a person decides on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from trade_assets.cli.ending import NOTHING_TO_REVIEW, TO_REVIEW, UNREADABLE, say
from trade_assets.cli.options import MONTH, root_of
from trade_assets.cli.run import run_all


@click.group()
def review() -> None:
    """List issues, look at one, and decide it: accept as published, correct, withhold, reopen."""


_AS_RUN = "Exit status: as run; 2 also if it cannot be decided so."
_ISSUE = click.argument("issue", metavar="ID")
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")
_DECIDING = (
    click.option("--reason", required=True, help="Why; kept with the decision."),
    click.option("--reviewer", envvar="TRADE_ASSETS_REVIEWER", help="Who decides. Default: TRADE_ASSETS_REVIEWER, else the login name."),
    click.option("--expires", "expires_on", metavar="YYYY-MM-DD", help="The day from which the decision is in force no more."),
    click.option("--told", "told_publisher_on", metavar="YYYY-MM-DD", help="The day on which the publisher was told."),
    click.option("--answer", "publisher_answer", help="What the publisher answered."),
    click.option("--run/--no-run", default=True, show_default=True, help="Build the month again, or only write the decision."),
)


def _deciding(command: Callable[..., int]) -> Callable[..., int]:
    for option in reversed(_DECIDING):
        command = option(command)
    return command


@review.command(name="list", epilog="Exit status: 0 none waits, 1 one or more wait, 2 a month with documents is not built.")
@click.option("--month", type=MONTH, help="Only this release month.")
@click.option("--all", "everything", is_flag=True, help="Also issues that are decided or gone.")
@_AS_JSON
@click.pass_context
def review_list(context: click.Context, month: str | None, everything: bool, as_json: bool) -> int:
    """The issues that wait for a decision, as the last run found them."""
    from trade_assets.review.actions import known_issues, months_not_built

    root = root_of(context)
    not_built = months_not_built(root, month)
    frame = known_issues(root, month)
    frame = frame if everything else frame[frame["state"].isin(["new", "open"])]
    if as_json:
        click.echo(frame.to_json(orient="records", indent=1))
    for row in [] if as_json else frame.to_dict("records"):
        said = f"; {row['decision']}" if isinstance(row["decision"], str) else ""
        click.echo(f"{row['issue']}  {row['release_month']}  {row['family']}  {row['state']}  {row['where']}: {row['title']}{said}")
    if not_built:
        say(f"nobody knows the issues of {', '.join(not_built)} yet. To do: 'trade-assets run'")
        return UNREADABLE
    if frame.empty and not as_json:
        click.echo(f"No issue {'is known' if everything else 'waits for a decision'} under {root.url}.")
    return TO_REVIEW if frame["state"].isin(["new", "open"]).any() else NOTHING_TO_REVIEW


@review.command(name="show", epilog="Exit status: 0 shown, 2 no such issue.")
@_ISSUE
@click.pass_context
def review_show(context: click.Context, issue: str) -> int:
    """An issue with its lines of the document, its identities, its suspects, what was decided on it, and the commands that decide it."""
    from trade_assets.review.actions import open_issue, shown

    click.echo("\n".join(shown(open_issue(root_of(context), issue))))
    return NOTHING_TO_REVIEW


@review.command(name="accept", epilog=_AS_RUN)
@_ISSUE
@_deciding
@click.pass_context
def review_accept(context: click.Context, /, issue: str, **wish: Any) -> int:
    """The publisher printed it so: publish the figures as printed."""
    return _decide(context, issue, "accept", wish)


@review.command(name="correct", epilog=_AS_RUN)
@_ISSUE
@click.option(
    "--value",
    "values",
    multiple=True,
    required=True,
    metavar="[LINE[:START]=]FIGURE",
    help="What the figure should read; with its line where more than one may be meant. May be given again.",
)
@click.option("--force", "is_forced", is_flag=True, help="Also if an identity stays violated.")
@_deciding
@click.pass_context
def review_correct(context: click.Context, /, issue: str, **wish: Any) -> int:
    """Publish another figure beside the printed one."""
    return _decide(context, issue, "correct", wish)


@review.command(name="withhold", epilog=_AS_RUN)
@_ISSUE
@_deciding
@click.pass_context
def review_withhold(context: click.Context, /, issue: str, **wish: Any) -> int:
    """Keep the figures in doubt out of the tables, as decided."""
    return _decide(context, issue, "withhold", wish)


@review.command(name="reopen", epilog=_AS_RUN)
@_ISSUE
@_deciding
@click.pass_context
def review_reopen(context: click.Context, /, issue: str, **wish: Any) -> int:
    """Take the last decision back."""
    return _decide(context, issue, "reopen", wish)


def _decide(context: click.Context, issue: str, action: Any, wish: dict[str, Any]) -> int:
    from trade_assets.review.actions import Wish, decide

    root, is_run = root_of(context), wish.pop("run")
    if wish["reviewer"] is None:
        wish["reviewer"] = _login_name()
    month, decision = decide(root, issue, Wish(action=action, **wish))
    click.echo(f"{decision.issue}: {decision.sentence}")
    click.echo(f"written to {root.path('reviews', month, f'{decision.issue}.yaml')}")
    if not is_run:
        click.echo(f"'trade-assets run --month {month}' applies it")
        return NOTHING_TO_REVIEW
    return run_all(root, [month])


def _login_name() -> str:
    """Who is logged in; empty where the system does not know, so that the decision asks for a reviewer."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):  # by version of Python
        return ""
