"""The page over all release months."""

from __future__ import annotations

from collections.abc import Sequence

from trade_assets.review.pages import month_page_name
from trade_assets.review.report.contents import NEEDS_REVIEW, MonthSummary, month_in_words
from trade_assets.review.report.frame import framed, pill
from trade_assets.review.report.markup import Markup, element, scrolling, table
from trade_assets.review.report.words import count, short

_NAMED = 6  # months in the headline
_TITLE = 160  # characters


def index_page(reviews: Sequence[MonthSummary]) -> str:
    """All release months, the latest first: a whole HTML document."""
    months = sorted(reviews, key=lambda summary: summary.release_month, reverse=True)
    header = [element("h1", "Release months")]
    worst = NEEDS_REVIEW if any(summary.status == NEEDS_REVIEW for summary in months) else None
    body = [
        element(
            "section",
            element("h2", "Summary", id="summary", class_="unseen"),
            element("p", headline(months), class_="headline"),
            aria_labelledby="summary",
            class_=f"summary {worst.tone if worst else 'green' if months else 'grey'}",
        )
    ]
    if months:
        body.append(element("section", element("h2", "Months", id="months"), _months(months), aria_labelledby="months"))
    return framed("Release months", header, body)


def headline(months: Sequence[MonthSummary]) -> str:
    """How many months and figures there are, and which months need somebody."""
    if not months:
        return "No release month has been built yet."
    figures, holds = sum(summary.figures for summary in months), sum(summary.holds for summary in months)
    said = f"{count(len(months), 'release month')} with {count(figures, 'figure')}; {count(holds, 'identity holds', 'identities hold')}."
    waiting = [summary.release_month for summary in months if summary.status == NEEDS_REVIEW]
    if not waiting:
        return f"{said} No month needs review."
    named = ", ".join(waiting[:_NAMED]) + (f" and {len(waiting) - _NAMED:,} more" if len(waiting) > _NAMED else "")
    return f"{said} {count(len(waiting), 'month needs', 'months need')} review: {named}."


def _months(months: Sequence[MonthSummary]) -> Markup:
    rows = [
        element(
            "tr",
            element(
                "th",
                element("a", summary.release_month, href=month_page_name(summary.release_month)),
                element("br"),
                element("small", month_in_words(summary.release_month)),
                scope="row",
            ),
            element("td", pill(summary.status)),
            element(
                "td",
                *(element("div", short(title, _TITLE)) for title in summary.documents),
                element("div", f"{count(summary.unread, 'document')} not read") if summary.unread else None,
                element("div", f"{count(summary.awaited, 'release')} awaited") if summary.awaited else None,
                class_="titles",
            ),
            *(
                element("td", number, class_="number")
                for number in (
                    summary.figures,
                    summary.holds,
                    summary.violated,
                    summary.not_evaluable,
                    summary.open_issues,
                    summary.decided_issues,
                    summary.withheld,
                )
            ),
        )
        for summary in months
    ]
    headings = ("Month", "Status", "Documents", "Figures", "Hold", "Violated", "Not evaluable", "Open", "Decided", "Withheld")
    shown = table("Release months, the latest first", headings, rows, numbers=range(3, 10), class_="months")
    return scrolling("Release months", shown, "all-months")
