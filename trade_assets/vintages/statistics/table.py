"""The table of revision statistics: one row per series, transform and horizon."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trade_assets.facts.frames import conform, empty, together
from trade_assets.facts.tables import REVISION_STATISTICS
from trade_assets.vintages.statistics.inference import Sample, first_efficient, inferred
from trade_assets.vintages.statistics.pairs import (
    LATEST,
    SERIES,
    MonthsAsKnown,
    changes,
    is_last,
    levels,
    pairs_from_first,
    pairs_to_latest,
)

_GROUP = [*SERIES, "transform"]
_LEFT_OUT = {"first_print_unknown": "is_late", "without_figure": "is_without_figure", "of_other_base": "is_of_other_base"}
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
    known = MonthsAsKnown(of_levels)
    rows = []
    for of in (_levels_of, partial(changes, known=known)):
        # What else was printed in between only the search for the first efficient release asks for, and seldom that.
        figures = of(of_levels, is_latest | (of_levels["print"] <= longest + 1))
        latest = figures[is_last(figures)]
        from_first = pd.concat([pairs_from_first(figures, longest), pairs_to_latest(figures[figures["print"] == 1], latest)])
        for row, sample, series in _rows(from_first):
            if row["horizon"] == LATEST:
                to_latest = _samples_to_latest(sample, of_levels, latest, series, is_change=of is not _levels_of)
                results, reasons = first_efficient(to_latest)
                row.update(results)
                row["note"] += reasons
            rows.append(row)
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
    of_releases = prints.groupby("reference_month", dropna=False, observed=True)
    after = [revision_statistics(until).assign(reference_month=str(month)) for month, until in of_releases]
    return together(after, REVISION_STATISTICS)


def _rows(pairs: pd.DataFrame) -> Iterator[tuple[dict[str, Any], Sample, int]]:
    """Per series and horizon the statistics, ``note`` as a list of reasons; its sample; and the number of the series."""
    horizon, _ = pd.factorize(pairs["horizon"])
    found = list(_samples(pairs, horizon))
    named = pairs[[*_GROUP, "horizon", "unit", "is_signed", "series_number"]].iloc[[at[0] for at, _ in found]].to_dict("records")
    left_out = {f"n_{name}": pairs[column].to_numpy(dtype=bool) for name, column in _LEFT_OUT.items()}
    for (at, sample), names in zip(found, named, strict=True):
        series, is_signed = names.pop("series_number"), names.pop("is_signed") or names["transform"] != "level"
        counts = {"n": len(sample), **{name: int(column[at].sum()) for name, column in left_out.items()}}
        yield {**dict[Any, Any](names), **counts, **_statistics(sample, is_signed=is_signed)}, sample, series


def _statistics(sample: Sample, *, is_signed: bool) -> dict[str, Any]:
    if len(sample) == 0:
        return {"note": ["every figure: no pair can be compared"]}
    found = {
        "mean_revision": sample.revision.mean(),
        "mean_absolute_revision": np.abs(sample.revision).mean(),
        "root_mean_square_revision": np.sqrt(np.square(sample.revision).mean()),
    }
    if is_signed:
        found["share_of_sign_changes"] = (np.sign(sample.first) * np.sign(sample.later) < 0).mean()
    results, reasons = inferred(sample)
    return found | results | {"note": reasons}


def _samples(pairs: pd.DataFrame, within: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.intp], Sample]]:
    """The pairs of each series, and of each number within it, as rows and as a sample, in the order of their periods.

    Args:
        pairs: in that order.
        within: a number per pair.
    """
    of_group, _ = pd.factorize(pairs["series_number"].to_numpy() * (within.max(initial=0) + 1) + within)
    order = np.argsort(of_group, kind="stable")
    first, later, revision = (pairs[name].to_numpy(dtype="float64") for name in ("first", "later", "revision"))
    for at in np.split(order, np.flatnonzero(np.diff(of_group[order])) + 1) if len(order) else ():
        compared = at[~np.isnan(revision[at])]
        yield at, Sample(first[compared], later[compared], revision[compared])


def _levels_of(of_levels: pd.DataFrame, wanted: pd.Series) -> pd.DataFrame:
    return of_levels[wanted]


def _samples_to_latest(
    from_first: Sample, of_levels: pd.DataFrame, latest: pd.DataFrame, series: int, *, is_change: bool
) -> Iterator[tuple[int, Sample]]:
    """The sample from each print of a series to the latest, with the print's number, in its order.

    Those of later prints are made when they are asked for, each time twice as many.
    """
    yield 1, from_first
    own = of_levels[(of_levels["series_number"] == series).to_numpy()].reset_index(drop=True)
    known = MonthsAsKnown(own)
    number, most = 2, int(own["print"].max())
    while number < most:
        following = 2 * number + 1
        wanted = own["print"].between(number, following - 1)
        pairs = pairs_to_latest(changes(own, wanted, known) if is_change else own[wanted], latest)
        of_print = pairs["print"].to_numpy()
        yield from sorted(((int(of_print[at[0]]), sample) for at, sample in _samples(pairs, of_print)), key=itemgetter(0))
        number = following


def _place(horizon: str) -> float:
    return float("inf") if horizon == LATEST else int(horizon)
