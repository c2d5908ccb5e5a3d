"""The table of revision statistics: one row per series, transform and horizon."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trade_assets.facts.frames import conform, empty, together
from trade_assets.facts.tables import REVISION_STATISTICS
from trade_assets.vintages.statistics.inference import Sample, first_efficient, inferred
from trade_assets.vintages.statistics.pairs import LATEST, SERIES, changes, levels, pairs_from_first, pairs_to_latest

_GROUP = [*SERIES, "transform"]
_ORDER = {"level": 0, "change_1_month": 1}


def revision_statistics(prints: pd.DataFrame, longest: int = 12) -> pd.DataFrame:
    """How figures were revised from their first print on, per series, as level and as change on the month before.

    With rₜ = later − first print of month t, over the n pairs that can be compared: mean ``Σrₜ/n``, mean absolute ``Σ|rₜ|/n``
    and root mean square revision ``√(Σrₜ²/n)``, in the row's unit (percentage points for percent); the share of months
    whose sign is the opposite one later, where the figure has a sign. For the tests see ``inference``, for what is paired ``pairs``,
    for both in prose ``docs/revision-statistics.md``.

    Args:
        prints: one row per print of a fact: family, series, measure, period, print (1 for the first), release_month, value
            (missing for a gap), unit, base_period. Periods other than months and measures other than levels are left out.
        longest: the longest horizon besides ``latest``, in prints after the first.

    Returns:
        ``vintages.revision_statistics``, ``release_month`` and ``reference_month`` left to the caller, who knows until when the prints
        go. A horizon
        that no fact has reached has no row. Columns without a result are missing, and ``note`` says why.

    Raises:
        ValueError: a print stands twice, or a value is infinite.
    """
    of_levels = levels(prints)
    rows = []
    for figures in (of_levels, changes(of_levels)):
        to_latest = pairs_to_latest(figures)
        from_first = pd.concat([pairs_from_first(figures, longest), to_latest[to_latest["print"] == 1]])
        for _, pairs in from_first.groupby([*_GROUP, "horizon"], sort=False):
            rows.append(_row(pairs))
        by_latest = {tuple(row[name] for name in _GROUP): row for row in rows if row["horizon"] == LATEST}
        for group, pairs in to_latest.groupby(_GROUP, sort=False):
            if group in by_latest:
                _add_first_efficient(by_latest[group], pairs)
    if not rows:
        return empty(REVISION_STATISTICS)
    rows.sort(key=lambda row: (*(row[name] for name in SERIES), _ORDER[row["transform"]], _place(row["horizon"])))
    for row in rows:
        row["note"] = "; ".join(row["note"])
    return conform(pd.DataFrame(rows, columns=list(REVISION_STATISTICS.dtypes)), REVISION_STATISTICS)


def statistics_of_releases(prints: pd.DataFrame) -> pd.DataFrame:
    """``revision_statistics`` after each release of a month.

    Args:
        prints: as ``knowledge.numbered_prints`` gives them: each release with all prints until it, under its reference month.
    """
    after = [
        revision_statistics(until).assign(reference_month=str(month)) for month, until in prints.groupby("reference_month", dropna=False)
    ]
    return together(after, REVISION_STATISTICS)


def _row(pairs: pd.DataFrame) -> dict[str, Any]:
    """The statistics of one horizon; ``note`` is a list of reasons."""
    sample = _sample(pairs)
    row = {name: pairs[name].iloc[0] for name in (*_GROUP, "horizon", "unit")}
    row |= {
        "n": len(sample),
        "n_first_print_unknown": int(pairs["is_late"].sum()),
        "n_without_figure": int(pairs["is_without_figure"].sum()),
        "n_of_other_base": int(pairs["is_of_other_base"].sum()),
    }
    if len(sample) == 0:
        return row | {"note": ["every figure: no pair can be compared"]}
    row |= {
        "mean_revision": sample.revision.mean(),
        "mean_absolute_revision": np.abs(sample.revision).mean(),
        "root_mean_square_revision": np.sqrt(np.square(sample.revision).mean()),
    }
    if pairs["is_signed"].iloc[0] or row["transform"] != "level":
        row["share_of_sign_changes"] = (np.sign(sample.first) * np.sign(sample.later) < 0).mean()
    results, reasons = inferred(sample)
    return row | results | {"note": reasons}


def _add_first_efficient(row: dict[str, Any], pairs: pd.DataFrame) -> None:
    results, reasons = first_efficient((int(group["print"].iloc[0]), _sample(group)) for _, group in pairs.groupby("print"))
    row.update(results)
    row["note"] += reasons


def _sample(pairs: pd.DataFrame) -> Sample:
    compared = pairs[pairs["revision"].notna()]
    return Sample(*(compared[name].to_numpy(dtype="float64") for name in ("first", "later", "revision")))


def _place(horizon: str) -> float:
    return float("inf") if horizon == LATEST else int(horizon)
