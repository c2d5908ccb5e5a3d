"""The table of revision statistics: one row per series, transform and horizon."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_assets.facts.frames import conform, empty, together
from trade_assets.facts.tables import REVISION_STATISTICS
from trade_assets.vintages.statistics.inference import Sample, first_efficient, inferred
from trade_assets.vintages.statistics.pairs import LATEST, SERIES, changes, is_last, levels, pairs_from_first, pairs_to_latest

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
    is_latest = is_last(of_levels)
    rows = []
    for of in (_levels_of, changes):
        # What else was printed in between only the search for the first efficient release asks for, and seldom that.
        figures = of(of_levels, is_latest | (of_levels["print"] <= longest + 1))
        latest = figures[is_last(figures)]
        from_first = pd.concat([pairs_from_first(figures, longest), pairs_to_latest(figures[figures["print"] == 1], latest)])
        of_figures = [_row(pairs) for _, pairs in from_first.groupby([*_GROUP, "horizon"], sort=False, observed=True)]
        to_latest = _ToLatest(of_levels, of, latest)
        for row in of_figures:
            if row["horizon"] == LATEST:
                _add_first_efficient(row, to_latest)
        rows += of_figures
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


def _levels_of(of_levels: pd.DataFrame, wanted: pd.Series) -> pd.DataFrame:
    return of_levels[wanted]


class _ToLatest:
    """The samples of each print with the latest; those of later prints are made when they are asked for, each time twice as many."""

    def __init__(self, of_levels: pd.DataFrame, of: Callable[[pd.DataFrame, pd.Series], pd.DataFrame], latest: pd.DataFrame) -> None:
        self.of_levels, self.of, self.latest = of_levels, of, latest
        self.most, self.next, self.made = int(of_levels["print"].to_numpy().max(initial=0)), 1, dict[tuple[Any, ...], Sample]()

    def samples(self, group: tuple[str, ...]) -> Iterator[tuple[int, Sample]]:
        """The sample from each print of a series to the latest, with the print's number, in its order."""
        for number in range(1, self.most):
            if number == self.next:
                self._make(self.next, 2 * self.next + 1)
            if (*group, number) in self.made:
                yield number, self.made[*group, number]

    def _make(self, first: int, following: int) -> None:
        figures = self.of(self.of_levels, self.of_levels["print"].between(first, following - 1))
        pairs = pairs_to_latest(figures, self.latest)
        self.made |= {key: _sample(of_print) for key, of_print in pairs.groupby([*_GROUP, "print"], sort=False, observed=True)}
        self.next = following


def _add_first_efficient(row: dict[str, Any], to_latest: _ToLatest) -> None:
    results, reasons = first_efficient(to_latest.samples(tuple(row[name] for name in _GROUP)))
    row.update(results)
    row["note"] += reasons


def _sample(pairs: pd.DataFrame) -> Sample:
    compared = pairs[pairs["revision"].notna()]
    return Sample(*(compared[name].to_numpy(dtype="float64") for name in ("first", "later", "revision")))


def _place(horizon: str) -> float:
    return float("inf") if horizon == LATEST else int(horizon)
