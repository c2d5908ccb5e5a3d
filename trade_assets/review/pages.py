"""Where the report's pages stand and what they are called; nothing here draws one."""

from __future__ import annotations

import re

FOLDER = "reports"
"""The folder of the pages within the data root."""
INDEX_PAGE = "index.html"
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


def month_page_name(release_month: str) -> str:
    """The file name of a month's page, beside ``INDEX_PAGE``.

    Raises:
        ValueError: it is no month.
    """
    return f"{_month(release_month)}.html"


def plot_name(release_month: str, plot: str) -> str:
    """The file name of a plot that the metadata of an asset shows. Raises ValueError if it is no month."""
    return f"{_month(release_month)}-{plot}.svg"


def _month(text: str) -> str:
    if _MONTH.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no release month; expected YYYY-MM")
    return text
