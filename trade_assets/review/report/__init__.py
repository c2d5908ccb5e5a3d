"""The report a reviewer opens: a static page per release month and an index over all of them, as text.

Plain data in, self-contained HTML out; nothing here reads the store or writes a file. ``contents`` says what goes in,
``page`` and ``index`` what comes out, and only ``markup`` writes HTML. The pages link to each other by ``INDEX_PAGE`` and
``month_page_name``, so they belong into one folder.
"""

from trade_assets.review.pages import INDEX_PAGE, month_page_name
from trade_assets.review.report.contents import (
    Decision,
    FamilyReview,
    Missing,
    MonthReview,
    MonthSummary,
    PriceCategory,
    TradeMonth,
    WithheldFigure,
    WithheldMetric,
)
from trade_assets.review.report.index import index_page
from trade_assets.review.report.page import month_page, withdrawn_page

__all__ = [
    "INDEX_PAGE",
    "Decision",
    "FamilyReview",
    "Missing",
    "MonthReview",
    "MonthSummary",
    "PriceCategory",
    "TradeMonth",
    "WithheldFigure",
    "WithheldMetric",
    "index_page",
    "month_page",
    "month_page_name",
    "withdrawn_page",
]
