"""A release month as a reviewer sees it: gathered from store and warehouse, and written as a page under ``reports/``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict

import pandas as pd

from trade_assets.documents.store import Document, content, survey
from trade_assets.facts.frames import WITHHELD, conform, empty, noted
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import FACTS, IN_DOUBT, METRICS, PRICE_CONTRIBUTIONS, REPORTS, TRADE_CHANGES, UNREAD
from trade_assets.identities.coverage import coverage
from trade_assets.identities.printed import Facts
from trade_assets.identities.rules import rules_of
from trade_assets.reading import ReadError, read_document
from trade_assets.review.decisions import read_decisions
from trade_assets.review.issues import examine
from trade_assets.review.pages import FOLDER, INDEX_PAGE, month_page_name
from trade_assets.review.proof import rule_on
from trade_assets.review.report import (
    FamilyReview,
    MonthReview,
    MonthSummary,
    PriceCategory,
    TradeMonth,
    WithheldFigure,
    WithheldMetric,
    index_page,
    month_page,
)
from trade_assets.warehouse.partitions import read_months, read_partition, written_months
from trade_assets.warehouse.root import DataRoot


def month_review(root: DataRoot, release_month: str, today: dt.date | None = None) -> MonthReview:
    """Everything that the page of a month shows; documents that cannot be read are on it as such."""
    families = []
    for document, is_current in survey(root, release_month)[0]:
        if is_current and document.family in FACTS:
            try:
                families.append(_family(root, release_month, document, today or dt.datetime.now(dt.UTC).date()))
            except ReadError:
                continue  # parsed.unread has it
    unread = read_partition(root, UNREAD, release_month)
    return MonthReview(
        release_month,
        sorted(families, key=lambda family: family.family),
        [{str(name): None if pd.isna(value) else value for name, value in row.items()} for row in unread.to_dict("records")],
        list(trade_months(read_partition(root, TRADE_CHANGES, release_month))),
        list(price_categories(read_partition(root, PRICE_CONTRIBUTIONS, release_month))),
    )


def _family(root: DataRoot, release_month: str, document: Document, today: dt.date) -> FamilyReview:
    data = content(root, document)
    reading = read_document(data, document.path)
    facts = Facts.of_reading(reading)
    evaluation, issues = examine(facts, document.family, release_month, document.product)
    ruled = rule_on(issues, evaluation, document.sha256, read_decisions(root, release_month)[0], today)
    doubt = read_partition(root, IN_DOUBT, release_month)
    # A metric that too many issues hold names none of them; it is said once, with the family's main document.
    own, known = {issue.id for issue in issues}, set(doubt["issue"])
    return FamilyReview(
        family=f"{document.family} {document.product}".rstrip(), title=document.title, publisher=document.publisher,
        path=document.path, sha256=document.sha256,
        lines=reading.printed, facts=facts, evaluation=evaluation, issues=issues,
        coverage=coverage(rules_of(document.family), facts),
        decisions={each.issue.id: each.decision for each in ruled if each.decision is not None},
        states={each.issue.id: "decided" if each.decision else "open" if each.entries else "new" for each in ruled},
        withheld=[
            WithheldFigure(row["table"], row["column"], row["series"], None if pd.isna(row["period"]) else row["period"], row["text"],
                           row["issue"])
            for row in doubt[doubt["sha256"] == document.sha256].to_dict("records")
        ],
        withheld_metrics=[
            held
            for table in METRICS
            if table.family == document.family
            for held in _withheld_metrics(read_partition(root, table, release_month), table)
            if held.issue in own or (held.issue not in known and not document.product)
        ],
    )  # fmt: skip


def _withheld_metrics(frame: pd.DataFrame, table: Table) -> Iterator[WithheldMetric]:
    measures = [column.name for column in table.columns if column.kind == "float"]
    for row in frame[frame["gaps"].str.contains(WITHHELD, regex=False)].to_dict("records"):
        key = " ".join(str(row[name]) for name in table.key)
        for column, reason in noted(str(row["gaps"]), measures).items():
            for each in reason.split(", "):
                if each.startswith(WITHHELD):
                    yield WithheldMetric(table.name, column, key, each.removeprefix(WITHHELD))


def trade_months(changes: pd.DataFrame) -> Iterator[TradeMonth]:
    """Total trade by month, for a plot; by the schema ``metrics.trade_changes``."""
    totals = changes[changes["kind"] == "total"].pivot(index="period", columns="flow", values="value_musd")
    for period, row in totals.sort_index().iterrows():
        figures = (None if pd.isna(row.get(flow)) else float(row[flow]) for flow in ("balance", "exports", "imports"))
        yield TradeMonth(str(period), *figures)


def price_categories(contributions: pd.DataFrame) -> Iterator[PriceCategory]:
    """Categories of import prices, for a plot; by the schema ``metrics.price_contributions``."""
    for row in contributions[contributions["flow"] == "imports"].to_dict("records"):
        change, points = (None if pd.isna(row[n]) else float(row[n]) for n in ("change_latest_month_pct", "contribution_pct_points"))
        yield PriceCategory(str(row["label"]), change, points, bool(row["is_top_level"]))


def write_page(root: DataRoot, release_month: str) -> pd.DataFrame:
    """Write the page of a month; its row of ``review.reports``, empty for a month without documents to show."""
    review = month_review(root, release_month)
    if not review.families and not review.unread:
        return empty(REPORTS)
    name = month_page_name(release_month)
    root.write(month_page(review).encode(), FOLDER, name)
    summary = asdict(MonthSummary.of(review))
    summary["documents"] = "\n".join(summary["documents"])
    return conform(pd.DataFrame([summary]), REPORTS, page=f"{FOLDER}/{name}")


def write_index(root: DataRoot) -> None:
    """Write the index over all months that have a page."""
    frame = read_months(root, REPORTS, written_months(root, REPORTS))
    fields = [name for name in MonthSummary.__dataclass_fields__ if name != "documents"]
    summaries = [
        MonthSummary(documents=tuple(row["documents"].split("\n")), **{name: row[name] for name in fields})
        for row in frame.sort_values("release_month").to_dict("records")
    ]
    root.write(index_page(summaries).encode(), FOLDER, INDEX_PAGE)
