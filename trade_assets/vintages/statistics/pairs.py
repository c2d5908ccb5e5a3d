"""From prints to pairs: a monthly figure as one print gives it and as a later one does, as a level and as a change.

Figures are ``Decimal`` until the revision is taken, so that a figure that was not revised has a revision of exactly zero
and a change of nothing has no sign: with binary fractions 0.3 − 0.2 and 0.2 − 0.1 differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trade_assets.facts.periods import is_month

SERIES = ["family", "series", "measure"]
LEVELS = ("value", "index")
"""The measures that are levels; changes and shares that are themselves printed are derived figures."""
LATEST = "latest"

_FACT = [*SERIES, "period"]
_MOST_RELEASES = 1000
"""More releases than a family has in a month, so that month and number of a release are one number."""
_MOST_MONTHS = 12 * 10_000
"""More months than years of four digits have, so that series and month are one number."""
_MOST = 1 << 62
"""More than any number that is computed with."""
_NEEDED = [*_FACT, "print", "release_month", "value", "unit", "base_period"]
_TEXTS = (*_FACT, "release_month", "unit", "base_period")


def levels(prints: pd.DataFrame) -> pd.DataFrame:
    """The monthly prints of levels, each with what it can be compared with.

    Args:
        prints: one row per print of a fact: family, series, measure, period, print, release_month, value, unit, base_period;
            release_number, where a month has several releases; and is_first_estimate: whether the fact's print 1 is known to be the
            first that was published; without the column, each is.

    Returns:
        Besides ``SERIES``, period and print: ``transform``; ``figure``, a Decimal or None for a gap; ``unit``, that of the
        series' latest figure; ``scale``, a number per unit and base period; ``is_foreign``, whether that is another one than
        the scale of the series' latest figure; ``is_late``, whether the store's first print is not the first that was
        published; ``is_signed``, whether figures of the series can be negative;
        ``month``, ``released``, ``series_number`` and ``fact``, a number of the fact's, which order and tell apart.

    Raises:
        ValueError: a print stands twice, or a value is infinite.
    """
    texts = {name: prints[name].astype("category") for name in _TEXTS}
    used = (texts["measure"].isin(LEVELS) & _each(texts["period"], is_month, otherwise=False).astype(bool)).to_numpy()
    frame = pd.DataFrame({name: texts.get(name, prints[name])[used] for name in _NEEDED}).astype({"print": "int64"})
    frame = frame.reset_index(drop=True)
    is_first = prints["is_first_estimate"].to_numpy(dtype=bool)[used] if "is_first_estimate" in prints else True
    frame["is_late"] = np.logical_not(np.broadcast_to(is_first, len(frame)))
    series, fact = (_numbered(frame, names) for names in (SERIES, _FACT))
    frame["series_number"], frame["fact"] = series, fact
    twice = _twice(fact * (frame["print"].max() + 1) + frame["print"].to_numpy())
    if twice.any():
        raise ValueError(f"two rows for print {_place(frame, twice)}; expected one row per print of a fact")
    value = frame["value"].to_numpy("float64", na_value=np.nan)
    infinite = np.isinf(value)
    if infinite.any():
        raise ValueError(f"an infinite value for print {_place(frame, infinite)}")
    at, distinct = pd.factorize(value)
    exact = np.array([*(Decimal(repr(number)) for number in distinct.tolist()), None], dtype="object")
    frame["figure"] = exact[at]
    frame["month"] = _each(frame["period"], _number, otherwise=0).astype("int64")
    frame["released"] = _each(frame["release_month"], _number, otherwise=0).astype("int64") * _MOST_RELEASES
    if "release_number" in prints:
        frame["released"] += prints["release_number"].to_numpy()[used].astype("int64")
    frame["scale"] = _numbered(frame, ["unit", "base_period"])
    # The latest figure says in which unit and on which base the series is today; a gap only where there is no figure.
    latest = _latest_of_series(frame, at >= 0)
    frame["is_foreign"] = frame["scale"].to_numpy() != frame["scale"].to_numpy()[latest][series]
    frame["unit"] = frame["unit"].take(latest).take(series).array
    is_signed = (value <= 0) | _each(frame["series"], lambda name: name.startswith("balance."), otherwise=False).to_numpy(dtype=bool)
    frame["is_signed"] = np.bincount(series[is_signed], minlength=len(latest))[series] > 0
    return frame.drop(columns=["value", "base_period", "release_month"]).assign(transform="level")


def _latest_of_series(frame: pd.DataFrame, has_figure: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The row of each series' latest figure, by its number: of those last released that of the latest month, of it the last print."""
    # Only what was released last need be put in order.
    told = frame["released"].to_numpy() + has_figure * (frame["released"].max() + 1)
    series = frame["series_number"].to_numpy()
    most = np.full(series.max(initial=-1) + 1, -1)
    np.maximum.at(most, series, told)
    rows = np.flatnonzero(told == most[series])
    rows = rows[np.lexsort([frame[name].to_numpy()[rows] for name in ("print", "month")])]
    latest = np.empty(len(most), dtype="intp")
    latest[series[rows]] = rows
    return latest


class MonthsAsKnown:
    """The prints of each month of a series in the order in which they were released, to find what one was at a time."""

    def __init__(self, of_levels: pd.DataFrame) -> None:
        self._start = int(of_levels["released"].min()) if len(of_levels) else 0
        self._step = int(of_levels["released"].max()) - self._start + 1 if len(of_levels) else 1
        key = self._key(of_levels)
        self._order = np.lexsort([of_levels["print"].to_numpy(), key])
        self._in_order = key[self._order]

    def month_before(self, asked: pd.DataFrame) -> NDArray[np.intp]:
        """Of each print the row of the latest print of the month before that was out by then; -1 where none was."""
        wanted = self._key(asked) - self._step
        at = np.searchsorted(self._in_order, wanted, side="right") - 1
        is_known = (at >= 0) & (self._in_order[np.maximum(at, 0)] // self._step == wanted // self._step)
        return np.where(is_known, self._order[np.maximum(at, 0)], -1)

    def _key(self, prints: pd.DataFrame) -> NDArray[np.int64]:
        """Series, month and release as one number, of which the month before is one step less."""
        of_month = prints["series_number"].to_numpy() * _MOST_MONTHS + prints["month"].to_numpy()
        return np.asarray(of_month * self._step + (prints["released"].to_numpy() - self._start))


def changes(of_levels: pd.DataFrame, wanted: pd.Series | None = None, known: MonthsAsKnown | None = None) -> pd.DataFrame:
    """The change of each print on the month before, within one vintage.

    Print k of month m was published in some release month. The month before is taken as it was known then: its latest
    print up to that release month. ``100·(m / (m−1) − 1)`` in percent; ``m − (m−1)`` in the series' unit where the series
    can be negative, as balances are. A gap in either month is a gap of the change.

    Args:
        of_levels: as ``levels`` gives them.
        wanted: of which of them; of all without it.
        known: of the same levels, where changes are asked for several times.

    Returns:
        The same columns. A percentage does not depend on the base, so that it is foreign only where the two months stand on
        different scales.
    """
    known = MonthsAsKnown(of_levels) if known is None else known
    asked = of_levels[slice(None) if wanted is None else wanted]
    frame = asked.sort_values(["released", "print"], kind="stable").reset_index(drop=True)
    at = known.month_before(frame)
    for name in ("figure", "scale"):
        frame[f"{name}_before"] = of_levels[name].take(np.maximum(at, 0)).reset_index(drop=True).where(at >= 0)
    has_figure = frame["figure"].notna() & frame["figure_before"].notna()
    now, before = frame.loc[has_figure, "figure"], frame.loc[has_figure, "figure_before"]
    # A difference in the unit of a signed series has no divisor, one in percent divides by figures that are all positive.
    divisor = before.where(~frame["is_signed"], Decimal(100))
    frame["figure"] = _figures(frame.index, has_figure, 100 * (now - before) / divisor)
    is_of_one_scale = frame["scale_before"] == frame["scale"]
    frame["is_foreign"] = ~is_of_one_scale | (frame["is_signed"] & frame["is_foreign"])
    in_percent = frame["unit"].cat.add_categories([name for name in ("percent",) if name not in frame["unit"].cat.categories])
    frame["unit"] = in_percent.where(frame["is_signed"], "percent")
    return frame[of_levels.columns].assign(transform="change_1_month")


def is_last(figures: pd.DataFrame) -> pd.Series:
    """Which prints are the latest of their fact."""
    fact, number = figures["fact"].to_numpy(), figures["print"].to_numpy()
    last = np.zeros(fact.max(initial=-1) + 1, dtype="int64")
    np.maximum.at(last, fact, number)
    return pd.Series(number == last[fact], index=figures.index)


def pairs_from_first(figures: pd.DataFrame, longest: int) -> pd.DataFrame:
    """The first print with each of the ``longest`` prints after it; the horizon of print k+1 is ``k``."""
    later = figures[figures["print"].between(2, longest + 1)]
    first = figures[figures["print"] == 1]
    at = _at(first, later)
    pairs = _paired(first.iloc[at[at >= 0]], later[at >= 0])
    return pairs.assign(horizon=(pairs["print_later"] - 1).astype(str))


def pairs_to_latest(figures: pd.DataFrame, latest: pd.DataFrame) -> pd.DataFrame:
    """Each print with the latest print of its fact, where that is another; the horizon is ``latest``."""
    at = _at(latest, figures)
    is_other = (at >= 0) & (figures["print"].to_numpy() < latest["print"].to_numpy()[at])
    return _paired(figures[is_other], latest.iloc[at[is_other]]).assign(horizon=LATEST)


def _at(of_facts: pd.DataFrame, prints: pd.DataFrame) -> NDArray[np.intp]:
    """Where each print's fact stands among prints of which each fact has one; -1 where it has none there."""
    of, asked = of_facts["fact"].to_numpy(), prints["fact"].to_numpy()
    at: NDArray[np.intp] = np.full(max(of.max(initial=-1), asked.max(initial=-1)) + 1, -1)
    at[of] = np.arange(len(of))
    return np.asarray(at[asked])


def _paired(start: pd.DataFrame, end: pd.DataFrame) -> pd.DataFrame:
    """Prints side by side, row by row, in the order of their periods.

    Returns:
        The columns of the former print; of the later one with ``_later``. ``first``, ``later`` and ``revision``, later less
        first, as floats and empty where there is nothing to compare, for one of three reasons: ``is_late``, the first print
        is not known; ``is_without_figure``, a print is a gap; ``is_of_other_base``, a print is foreign, or the two stand on
        different scales.
    """
    order = np.argsort(start["month"].to_numpy(), kind="stable")
    pairs = start.iloc[order].reset_index(drop=True)
    for name in ("print", "figure", "scale", "is_foreign"):
        pairs[f"{name}_later"] = end[name].to_numpy()[order]
    has_figures = ~pairs["is_late"] & pairs["figure"].notna() & pairs["figure_later"].notna()
    is_other = pairs["is_foreign"] | pairs["is_foreign_later"] | (pairs["scale"] != pairs["scale_later"])
    compared = (has_figures & ~is_other).to_numpy(dtype=bool)
    first, later = (pairs[name].to_numpy()[compared] for name in ("figure", "figure_later"))
    for name, figure in (("first", first), ("later", later), ("revision", later - first)):
        column = np.full(len(pairs), np.nan)
        column[compared] = figure.astype("float64")
        pairs[name] = column
    is_without = ~has_figures & ~pairs["is_late"]
    return pairs.assign(is_without_figure=is_without, is_of_other_base=has_figures & is_other)


def _figures(index: pd.Index, has_figure: pd.Series, figures: pd.Series) -> pd.Series:
    """The figures as a column of objects, ``None`` where there is none."""
    column = pd.Series([None] * len(index), index=index, dtype="object")
    column[has_figure] = figures.astype("object")
    return column


def _number(month: str) -> int:
    """A month ``YYYY-MM`` as a number; the next month has the next one."""
    return int(month[:4]) * 12 + int(month[5:])


def _each(texts: pd.Series, answer: Callable[[str], Any], *, otherwise: object) -> pd.Series:
    """What is answered of each text, asked once of each that occurs, and ``otherwise`` where there is none.

    Args:
        texts: as categories.
    """
    codes = texts.cat.codes.to_numpy()
    occurs = np.bincount(codes + 1, minlength=len(texts.cat.categories) + 1)[1:] > 0
    answers = [answer(text) if there else otherwise for text, there in zip(texts.cat.categories, occurs, strict=True)]
    return pd.Series(np.array([*answers, otherwise])[codes], index=texts.index)


def _numbered(frame: pd.DataFrame, names: Sequence[str]) -> NDArray[np.int64]:
    """A number for each combination of texts, in the order of their first rows.

    Args:
        frame: these columns as categories.
    """
    number, most = np.zeros(len(frame), dtype="int64"), 1
    for name in names:
        count = len(frame[name].cat.categories) + 1
        if most * count >= _MOST:
            number = pd.factorize(number)[0]
            most = int(number.max(initial=0)) + 1
        number, most = number * count + frame[name].cat.codes.to_numpy() + 1, most * count
    return np.asarray(pd.factorize(number)[0], dtype="int64")


def _twice(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which numbers stood before; asked first is what is answered at once, whether each is greater than the one before."""
    if (numbers[1:] > numbers[:-1]).all():
        return np.zeros(len(numbers), dtype=bool)
    return pd.Series(numbers).duplicated().to_numpy()


def _place(frame: pd.DataFrame, at: NDArray[np.bool_]) -> str:
    """The first of the marked rows, in words."""
    row = frame.loc[at].iloc[0]
    return f"{row['print']} of {row['family']} {row['series']} {row['measure']} {row['period']}"
