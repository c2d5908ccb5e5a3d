"""A release month as a reviewer sees it: gathered from store and warehouse, and written as a page under ``reports/``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from trade_assets.documents.readings import reading_of
from trade_assets.documents.store import Document, content, survey
from trade_assets.facts.frames import WITHHELD, conform
from trade_assets.facts.notes import noted
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import FACTS, IN_DOUBT, METRICS, REPORTS, UNREAD, VALIDATED
from trade_assets.identities.coverage import coverage
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.rules import rules_of
from trade_assets.reading import ReadError
from trade_assets.review.decisions import read_decisions
from trade_assets.review.issues import examine, told_apart
from trade_assets.review.pages import FOLDER, INDEX_PAGE, month_page_name
from trade_assets.review.proof import rule_on
from trade_assets.review.report import (
    FamilyReview,
    Missing,
    MonthReview,
    MonthSummary,
    PriceCategory,
    TradeMonth,
    WithheldFigure,
    WithheldMetric,
    index_page,
    month_page,
    withdrawn_page,
)
from trade_assets.warehouse.locks import settled
from trade_assets.warehouse.partitions import existing_months, read_months, read_partition
from trade_assets.warehouse.root import DataRoot


def month_review(
    root: DataRoot, release_month: str, metrics: Mapping[str, pd.DataFrame], awaited: Mapping[str, str], today: dt.date | None = None
) -> MonthReview:
    """Everything that the page of a month shows, whatever the month lacks; documents that cannot be examined are on it as such.

    Args:
        metrics: the metrics of single families, by the name of their table; those that are left out are not shown.
        awaited: per family whose release should be there by now, since when.
    """
    today = today or dt.datetime.now(dt.UTC).date()
    documents, damaged = _surveyed(root, release_month)
    unread = {str(row["path"]): row for row in _rows(read_partition(root, UNREAD, release_month))}
    unread = {path: _said(path, error) for path, _, error in damaged} | unread
    families, taken = [], set[str]()
    for document in documents:
        try:
            families.append(_family(root, release_month, document, today, metrics, taken))
        except ReadError as error:
            unread.setdefault(document.path, _said(document.path, error))
        except Exception as error:  # what is wrong with one document must not take the page from the others
            unread.setdefault(document.path, _said(document.path, _fault(document.path, error)))
    published = {document.family for document in documents} | {family for _, family, _ in damaged}
    return MonthReview(
        release_month,
        sorted(families, key=lambda family: family.family),
        list(unread.values()),
        [month for frame in _plotted(metrics, "trade") for month in trade_months(frame)],
        [category for frame in _plotted(metrics, "prices") for category in price_categories(frame)],
        list(_missing(published, families, awaited, release_month)),
    )


def _of_last_release(metrics: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last of a month's releases, which a plot shows."""
    releases = metrics["reference_month"].fillna("")
    return pd.DataFrame(metrics[releases == releases.max()])


def _surveyed(root: DataRoot, release_month: str) -> tuple[list[Document], list[tuple[str, str, ReadError]]]:
    """The month's current documents that have figures; and path, family and error of what cannot be trusted in the store."""
    try:
        sound, damaged = survey(root, release_month)
    except ReadError as error:
        return [], [(error.document, "", error)]
    documents = [document for document, is_current in sound if is_current and document.family in FACTS]
    return documents, [(each.path, each.family, each.error) for each in damaged]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): None if pd.isna(value) else value for name, value in row.items()} for row in frame.to_dict("records")]


def _said(path: str, error: ReadError) -> dict[str, Any]:
    return {"path": path, "line": error.line, "expected": error.expected, "found": error.found, "todo": error.todo}


def _fault(path: str, error: Exception) -> ReadError:
    found = f"{type(error).__name__}: {error}"
    return ReadError(path, expected="a document that can be examined", found=found, todo="report the fault, with the document")


def _missing(
    published: Collection[str], families: Sequence[FamilyReview], awaited: Mapping[str, str], release_month: str
) -> Iterator[Missing]:
    """What the month does not have: releases that are awaited, families without a document, and tables that no document prints."""
    ingest = f"trade-assets ingest FILE, then trade-assets run --month {release_month}"
    for family, since in awaited.items():
        yield Missing(family, f"awaited since {since}", ingest, is_awaited=True)
    absent = [family for family in FACTS if family not in {*published, *awaited}]
    if absent:
        yield Missing(", ".join(absent), "no document of this month is in the store", f"nothing if none was published; else {ingest}")
    printed = {str(table) for family in families for table in family.facts.place["table"]}
    for family in (family for family in FACTS if family in published):
        tables = [table.name for table in VALIDATED if table.family == family and not printed & set(table.source_tables)]
        if tables:
            why = f"no document of {family} that can be read prints what they are made of; so there are no metrics of them either"
            yield Missing(", ".join(tables), why, "nothing, unless a document that does was published")


def _family(  # noqa: PLR0917 - what all documents of the page have in common
    root: DataRoot, release_month: str, document: Document, today: dt.date, metrics: Mapping[str, pd.DataFrame], taken: set[str]
) -> FamilyReview:
    data = content(root, document)
    reading = reading_of(data, document.path)
    facts = Facts.of_reading(reading)
    evaluation, issues = examine(facts, document.family, release_month, document.product)
    issues = told_apart(issues, document.reference_month, taken)
    ruled = rule_on(issues, evaluation, document.sha256, read_decisions(root, release_month)[0], today)
    doubt = read_partition(root, IN_DOUBT, release_month)
    # A metric that too many issues hold names none of them; it is said once, with the family's main document.
    own, known = {issue.id for issue in issues}, set(doubt["issue"])
    return FamilyReview(
        family=f"{document.family} {document.product}".rstrip(),
        title=document.title,
        publisher=document.publisher,
        path=document.path,
        sha256=document.sha256,
        lines=reading.printed,
        facts=facts,
        evaluation=evaluation,
        issues=issues,
        coverage=coverage(rules_of(document.family), facts),
        decisions={each.issue.id: each.decision for each in ruled if each.decision is not None},
        states={each.issue.id: "decided" if each.decision else "open" if each.entries else "new" for each in ruled},
        withheld=[
            WithheldFigure(
                row["table"], row["column"], row["series"], None if pd.isna(row["period"]) else row["period"], row["text"], row["issue"]
            )
            for row in doubt[doubt["sha256"] == document.sha256].to_dict("records")
        ],
        withheld_metrics=[
            held
            for table in METRICS
            if table.family == document.family and table.name in metrics
            for held in _withheld_metrics(metrics[table.name], table)
            if held.issue in own or (held.issue not in known and not document.product)
        ],
    )


def _withheld_metrics(frame: pd.DataFrame, table: Table) -> Iterator[WithheldMetric]:
    measures = [column.name for column in table.columns if column.kind == "float"]
    for row in frame[frame["gaps"].str.contains(WITHHELD, regex=False)].to_dict("records"):
        key = " ".join(str(row[name]) for name in table.key)
        for column, reason in noted(str(row["gaps"]), measures).items():
            for each in reason.split(", "):
                if each.startswith(WITHHELD):
                    yield WithheldMetric(table.name, column, key, each.removeprefix(WITHHELD))


def _plotted(metrics: Mapping[str, pd.DataFrame], plot: str) -> Iterator[pd.DataFrame]:
    """The rows of the tables that a plot shows."""
    yield from (metrics[table.name] for table in METRICS if table.plot == plot and table.name in metrics)


def trade_months(changes: pd.DataFrame) -> Iterator[TradeMonth]:
    """Total trade by month as the month's last release has it, for a plot; by the schema ``metrics.trade_changes``."""
    totals = _of_last_release(changes[changes["kind"] == "total"]).pivot(index="period", columns="flow", values="value_musd")
    for period, row in totals.sort_index().iterrows():
        figures = (None if pd.isna(row.get(flow)) else float(row[flow]) for flow in ("balance", "exports", "imports"))
        yield TradeMonth(str(period), *figures)


def price_categories(contributions: pd.DataFrame) -> Iterator[PriceCategory]:
    """Categories of import prices in the month's last release, for a plot; by the schema ``metrics.price_contributions``."""
    for row in _of_last_release(contributions[contributions["flow"] == "imports"]).to_dict("records"):
        change, points = (None if pd.isna(row[n]) else float(row[n]) for n in ("change_latest_month_pct", "contribution_pct_points"))
        yield PriceCategory(str(row["label"]), change, points, bool(row["is_top_level"]))


def write_page(root: DataRoot, release_month: str, metrics: Mapping[str, pd.DataFrame], awaited: Mapping[str, str]) -> pd.DataFrame:
    """Write the page of a month, as ``month_review`` has it; its row of ``review.reports``."""
    review = month_review(root, release_month, metrics, awaited)
    name = month_page_name(release_month)
    try:
        page = month_page(review)
    except Exception:
        # Whichever document cannot be shown is said; the others are.
        review = _without_unshown(review)
        page = month_page(review)
    root.write(page.encode(), FOLDER, name)
    summary = asdict(MonthSummary.of(review))
    summary["documents"] = "\n".join(summary["documents"])
    return conform(pd.DataFrame([summary]), REPORTS, page=f"{FOLDER}/{name}")


def _without_unshown(review: MonthReview) -> MonthReview:
    """The month with those documents that make no page among the unread ones."""
    families, unread = [], list(review.unread)
    for family in review.families:
        try:
            month_page(replace(review, families=[family], unread=()))
        except Exception as error:
            unread.append(_said(family.path, _fault(family.path, error)))
        else:
            families.append(family)
    return replace(review, families=families, unread=unread)


def withdraw_page(root: DataRoot, release_month: str) -> None:
    """Put a note in place of the month's page, which may say of former documents that nothing is open."""
    root.write(withdrawn_page(release_month).encode(), FOLDER, month_page_name(release_month))


def write_index(root: DataRoot) -> None:
    """Write the index over all months that have a page."""
    settled(lambda: root.write(index_page(_summaries(root)).encode(), FOLDER, INDEX_PAGE))


def _summaries(root: DataRoot) -> list[MonthSummary]:
    frame = read_months(root, REPORTS, existing_months(root, REPORTS))
    frame["awaited"] = frame["awaited"].fillna(0)  # which earlier versions did not count
    fields = [name for name in MonthSummary.__dataclass_fields__ if name != "documents"]
    return [
        MonthSummary(documents=tuple(filter(None, row["documents"].split("\n"))), **{name: row[name] for name in fields})
        for row in frame.sort_values("release_month").to_dict("records")
    ]
