"""A few known figures by hand, as lines of time are made of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

COLUMNS = [
    "family",
    "measure",
    "series",
    "period",
    "value",
    "decimals",
    "gap",
    "published_in",
    "unit",
    "seasonal_adjustment",
    "base_period",
]


def known(*rows: tuple[Any, ...], **of_all: Any) -> pd.DataFrame:
    """Rows of (period, figure as printed or reason of its gap, and what differs from the usual)."""
    records = []
    for period, said, *others in rows:
        is_figure = said is not None and said[-1:].isdigit()
        usual = {
            "family": "f", "measure": "value", "series": "s", "period": period, "value": float(said) if is_figure else None,
            "decimals": len(said.partition(".")[2]) if is_figure else None, "gap": None if is_figure else said, "published_in": "2001-12",
            "unit": "musd", "seasonal_adjustment": "adjusted", "base_period": None,
        }  # fmt: skip
        records.append({**usual, **of_all, **(others[0] if others else {})})
    return pd.DataFrame(records, columns=COLUMNS)
