"""The sections of a month's page that show its metrics: trade by month, and price changes by category."""

from __future__ import annotations

from collections.abc import Sequence

from trade_assets.review.report.contents import MonthReview
from trade_assets.review.report.markup import Content, Markup, element, scrolling, table
from trade_assets.review.report.plots import contribution_bar, trade_plot
from trade_assets.review.report.words import count

Section = tuple[str, str, Content]
"""A section of the page: its anchor, its heading, what it holds."""


def trade_section(review: MonthReview) -> Section | None:
    """Trade by month, as a plot and as a table; none without figures."""
    if not any(value is not None for month in review.trade for value in month[1:]):
        return None
    rows = [
        element(
            "tr",
            element("th", period, scope="row"),
            *(element("td", "" if value is None else f"{value:,.0f}", class_="number") for value in (exports, imports, balance)),
        )
        for period, balance, exports, imports in review.trade
    ]
    headings = ("Month", "Exports", "Imports", "Balance")
    figures = table("Trade by month, million dollars", headings, rows, numbers=(1, 2, 3))
    return (
        "trade",
        "Trade balance by month",
        [
            element("p", "Billion dollars, as this release printed them. Where a figure is withheld the line is broken.", class_="lead"),
            element("figure", scrolling("Plot of trade by month", trade_plot(review.trade, "trade-plot"), "trade-scroll")),
            element(
                "details",
                element("summary", f"{count(len(rows), 'month')} as a table"),
                scrolling("Trade by month", figures, "trade-table"),
            ),
        ],
    )


def prices_section(review: MonthReview) -> Section | None:
    """What each category contributed to the change of import prices; none without categories."""
    top = [category for category in review.prices if category.is_top_level]
    if not top:
        return None
    others = [category for category in review.prices if not category.is_top_level]
    lead = "Contribution: relative importance times price change, in percentage points. These categories add up to all imports."
    content: list[Content] = [
        element("p", lead, class_="lead"),
        _contributions("Categories that add up", top, "prices-top"),
    ]
    if others:
        more = element("summary", count(len(others), "more category", "more categories"))
        content.append(element("details", more, _contributions("Further categories", others, "prices-more")))
    return "prices", "Import prices by category", content


def _contributions(caption: str, categories: Sequence[tuple[str, float | None, float | None, bool]], name: str) -> Markup:
    values = [value for _, _, value, _ in categories if value is not None] or [0.0]
    low, high = min(0.0, *values), max(0.0, *values)
    rows = [
        element(
            "tr",
            element("th", label, scope="row"),
            element("td", _signed(change, 1), class_="number"),
            element("td", _signed(value, 3), class_="number"),
            element("td", "withheld" if value is None else contribution_bar(value, low, high)),
        )
        for label, change, value, _ in categories
    ]
    headings = ("Category", "Change, %", "Contribution, points", "Bar")
    return scrolling(caption, table(caption, headings, rows, numbers=(1, 2)), name)


def _signed(value: float | None, places: int) -> str:
    if value is None:
        return ""
    shown = f"{value:+.{places}f}"
    return shown if float(shown) else shown[1:]
