"""The report: a page per release month that a reviewer reads."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from trade_assets.defs.pages import awaited_families, report_link
from trade_assets.defs.parsed import readable_facts
from trade_assets.defs.parts import Asked, Source, part
from trade_assets.facts.tables import CORRECTIONS, DECISIONS, DOCUMENTS, IN_DOUBT, ISSUES, REPORTS, UNREAD
from trade_assets.metrics.registry import metrics_declared


# Only what every month has: a part is left out when a table that it needs was not made, and a month without its page looks like one
# without issues. What a family may not have is made from the facts.
@part("report", tables=[REPORTS], needs=[DOCUMENTS, UNREAD, ISSUES, DECISIONS, CORRECTIONS])
def report(context: Asked, data_root: Source) -> Iterator[Any]:
    """Write the month's page."""
    from trade_assets.review.month import write_page

    root, month = data_root.root, context.partition_key
    frame = write_page(root, month, _metrics(context, data_root, month), awaited_families(root, month, context.run.tags))
    yield dg.Output(frame, output_name=REPORTS.name, metadata=report_link(root, month))


def _metrics(context: Asked, data_root: Source, month: str) -> dict[str, pd.DataFrame]:
    """The metrics of each family whose documents can be read: those of the run, else made of the facts as they are."""
    from trade_assets.identities.publish import publish
    from trade_assets.metrics.wide import metrics_of

    doubt, corrections = (data_root.read(table, month) for table in (IN_DOUBT, CORRECTIONS))
    found: dict[str, pd.DataFrame] = {}
    for family, facts in readable_facts(data_root, month)[0].items():
        declared = metrics_declared()[family]
        if all(data_root.is_made(table) for table in (*declared.sources, *declared.tables)):
            found |= {table.name: data_root.read(table, month) for table in declared.tables}
            continue
        try:
            found |= metrics_of(family, {table.name: publish(facts, doubt, corrections, table) for table in declared.sources})
        except Exception as error:  # the part of the metrics fails by itself; here they are only not shown
            context.log.error(f"no metrics of {family} on the page: {type(error).__name__}: {error}")
    return found
