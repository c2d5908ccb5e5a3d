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
    """A month's prints; each fact gives at least series, period and value (``None`` for a gap), the rest is usual.

    ``value`` is what is printed; what an issue holds (``held_by``) or a decision corrects is put in its place here, as a run does.
    """
    usual: dict[str, Any] = {
        "release_month": release_month, "family": "ft900", "product": "", "edition": 1, "is_current": True,
        "known_from": last_day(release_month), "known_from_is": "month", "measure": "value", "decimals": 0, "unit": "million_usd",
        "seasonal_adjustment": "seasonally adjusted", "base_period": None, "flags": "", "gap": None, "held_by": None,
        "corrected_value": None, "corrected_decimals": None, "table": "goods_and_services", "line": 1, "start": 0,
        "sheet": None, "cell": None, "page": None, "box": None, "release_number": 1,
    }  # fmt: skip
    rows = [usual | of_all | fact for fact in facts]
    ends: dict[str, str] = {}
    for row in rows:
        said = "/".join(str(row[name]) for name in ("release_month", "family", "product", "edition"))
        row.setdefault("sha256", hashlib.sha256(said.encode()).hexdigest())
        if row["value"] is None:
            row |= {"decimals": None, "gap": row["gap"] or "not_published"}
        elif row["period"] is not None:
            end = f"{row['period']}-12" if len(row["period"]) == 4 else row["period"][-7:]
            ends[row["sha256"]] = max(end, ends.get(row["sha256"], ""))
        row |= {"printed_value": row["value"], "printed_decimals": row["decimals"]}
        if row["corrected_value"] is not None:
            row |= {"value": row["corrected_value"], "decimals": row["corrected_decimals"]}
        if row["held_by"] is not None:
            row |= {"value": None, "decimals": None}
    for row in rows:
        row.setdefault("reference_month", ends.get(row["sha256"]))
    return conform(pd.DataFrame(rows), PRINTS)


def write_prints(root: DataRoot, frame: pd.DataFrame) -> None:
    """Write the prints, all of one month."""
    write_partition(root, PRINTS, str(frame["release_month"].iloc[0]), frame)
