"""``publish``: a release month for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from trade_assets.cli.ending import NOTHING_TO_REVIEW, TO_REVIEW
from trade_assets.cli.options import MONTH, root_of

if TYPE_CHECKING:
    from trade_assets.publication.publish import Placed


@click.command(
    epilog="Exit status: 0 nothing to review, 1 something to review, 2 nothing was published, such as for tables older than their "
    "documents."
)
@click.option("--month", required=True, type=MONTH, help="The release month.")
@click.option(
    "--to",
    metavar="DIRECTORY|URL",
    help="Where the month's folder is put, and replaced if it is there. Default: publications/ under the data root.",
)
@click.pass_context
def publish(context: click.Context, month: str, to: str | None) -> int:
    """Publish a release month as a data package: its tables as CSV and Parquet, described in datapackage.json.

    The same tables give the same bytes. What open issues withhold is missing, with the reason; what the release changes
    against the one before stands in difference.md, data loss first. A month whose tables are not those of its documents and
    decisions is refused.
    """
    from trade_assets.publication.publish import place_of, publish_month

    return _published(publish_month(root_of(context), month, None if to is None else place_of(to)))


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
