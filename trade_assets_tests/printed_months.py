"""Prints of release months made up by the tests, written into a warehouse as a run would."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd

from trade_assets.facts.frames import conform
from trade_assets.facts.periods import last_day
from trade_assets.facts.tables import PRINTS
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot


def prints_frame(release_month: str, facts: list[dict[str, Any]], **of_all: Any) -> pd.DataFrame:
    """A month's prints; each fact gives at least series, period and value (``None`` for a gap), the rest is usual."""
    usual: dict[str, Any] = {
        "release_month": release_month, "family": "ft900", "product": "", "edition": 1, "is_current": True,
        "known_from": last_day(release_month), "known_from_is": "month", "measure": "value", "decimals": 0, "unit": "million_usd",
        "seasonal_adjustment": "seasonally adjusted", "base_period": None, "flags": "", "gap": None, "held_by": None,
        "corrected_value": None, "corrected_decimals": None, "table": "goods_and_services", "line": 1, "start": 0,
        "sheet": None, "cell": None, "page": None, "box": None,
    }  # fmt: skip
    rows = [usual | of_all | fact for fact in facts]
    for row in rows:
        row.setdefault("sha256", hashlib.sha256(f"{release_month} {row['family']} {row['product']} {row['edition']}".encode()).hexdigest())
        if row["value"] is None:
            row |= {"decimals": None, "gap": row["gap"] or "not_published"}
    return conform(pd.DataFrame(rows), PRINTS)


def write_prints(root: DataRoot, frame: pd.DataFrame) -> None:
    """Write the prints, all of one month."""
    write_partition(root, PRINTS, str(frame["release_month"].iloc[0]), frame)
