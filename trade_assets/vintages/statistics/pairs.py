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
    used = texts["measure"].isin(LEVELS) & _each(texts["period"], is_month, otherwise=False).astype(bool)
    of_texts = {name: texts[name][used].cat.remove_unused_categories() for name in _TEXTS}
    frame = pd.DataFrame({name: of_texts.get(name, prints.loc[used, name]) for name in _NEEDED}).astype({"print": "int64"})
    frame = frame.reset_index(drop=True)
    is_first = prints.loc[used, "is_first_estimate"] if "is_first_estimate" in prints else pd.Series(True, index=prints.index)[used]
    frame["is_late"] = ~is_first.reset_index(drop=True).astype(bool)
    frame["series_number"], frame["fact"] = _numbered(frame, SERIES), _numbered(frame, _FACT)
    twice = frame.duplicated(["fact", "print"])
    if twice.any():
        raise ValueError(f"two rows for print {_place(frame, twice)}; expected one row per print of a fact")
    value = pd.Series(frame["value"].to_numpy("float64", na_value=np.nan), index=frame.index)
    infinite = value.abs() == np.inf
    if infinite.any():
        raise ValueError(f"an infinite value for print {_place(frame, infinite)}")
    has_figure = value.notna()
    at, distinct = pd.factorize(value)
    exact = np.array([*(Decimal(repr(number)) for number in distinct.tolist()), None], dtype="object")
    frame["figure"] = exact[at]
    frame["month"] = _each(frame["period"], _number, otherwise=0).astype("int64")
    frame["released"] = _each(frame["release_month"], _number, otherwise=0).astype("int64") * _MOST_RELEASES
    if "release_number" in prints:
        frame["released"] += prints.loc[used, "release_number"].reset_index(drop=True).astype("int64")
    frame["scale"] = _numbered(frame, ["unit", "base_period"])
    # The latest figure says in which unit and on which base the series is today; a gap only where there is no figure.
    order = np.lexsort([frame[name].to_numpy() for name in ("print", "month", "released")] + [has_figure.to_numpy()])
    latest = frame.iloc[order].drop_duplicates("series_number", keep="last").set_index("series_number")
    frame["is_foreign"] = frame["scale"] != frame["series_number"].map(latest["scale"])
    frame["unit"] = frame["series_number"].map(latest["unit"].astype("string"))
    is_signed = (value <= 0) | _each(frame["series"], lambda series: series.startswith("balance."), otherwise=False).astype(bool)
    frame["is_signed"] = is_signed.groupby(frame["series_number"]).transform("any")
    return frame.drop(columns=["value", "base_period", "release_month"]).assign(transform="level")


def changes(of_levels: pd.DataFrame, wanted: pd.Series | None = None) -> pd.DataFrame:
    """The change of each print on the month before, within one vintage.

    Print k of month m was published in some release month. The month before is taken as it was known then: its latest
    print up to that release month. ``100·(m / (m−1) − 1)`` in percent; ``m − (m−1)`` in the series' unit where the series
    can be negative, as balances are. A gap in either month is a gap of the change.

    Args:
        of_levels: as ``levels`` gives them.
        wanted: of which of them; of all without it.

    Returns:
        The same columns. A percentage does not depend on the base, so that it is foreign only where the two months stand on
        different scales.
    """
    of_month = of_levels["series_number"] * _MOST_MONTHS + of_levels["month"]
    asked = of_levels.assign(of_month=of_month)[slice(None) if wanted is None else wanted]
    asked = asked.sort_values(["released", "print"], kind="stable")
    in_order = np.lexsort([of_levels["print"], of_levels["released"]])
    earlier = of_levels[["released", "figure", "scale", "is_foreign"]].assign(of_month=of_month + 1).iloc[in_order]
    frame = pd.merge_asof(asked, earlier, on="released", by="of_month", suffixes=("", "_before"))
    has_figure = frame["figure"].notna() & frame["figure_before"].notna()
    now, before = frame.loc[has_figure, "figure"], frame.loc[has_figure, "figure_before"]
    # A difference in the unit of a signed series has no divisor, one in percent divides by figures that are all positive.
    divisor = before.where(~frame["is_signed"], Decimal(100))
    frame["figure"] = _figures(frame.index, has_figure, 100 * (now - before) / divisor)
    is_of_one_scale = frame["scale_before"] == frame["scale"]
    frame["is_foreign"] = ~is_of_one_scale | (frame["is_signed"] & frame["is_foreign"])
    frame["unit"] = frame["unit"].where(frame["is_signed"], "percent")
    return frame[of_levels.columns].assign(transform="change_1_month")


def is_last(figures: pd.DataFrame) -> pd.Series:
    """Which prints are the latest of their fact."""
    return figures["print"] == figures.groupby("fact")["print"].transform("max")


def pairs_from_first(figures: pd.DataFrame, longest: int) -> pd.DataFrame:
    """The first print with each of the ``longest`` prints after it; the horizon of print k+1 is ``k``."""
    later = figures[figures["print"].between(2, longest + 1)]
    return _paired(figures[figures["print"] == 1], later).assign(horizon=lambda pairs: (pairs["print_later"] - 1).astype(str))


def pairs_to_latest(figures: pd.DataFrame, latest: pd.DataFrame) -> pd.DataFrame:
    """Each print with the latest print of its fact, where that is another; the horizon is ``latest``."""
    return _paired(figures, latest).loc[lambda pairs: pairs["print"] < pairs["print_later"]].assign(horizon=LATEST)


def _paired(start: pd.DataFrame, end: pd.DataFrame) -> pd.DataFrame:
    """Prints of the same fact side by side, in the order of their periods.

    Returns:
        The columns of the former print; of the later one with ``_later``. ``first``, ``later`` and ``revision``, later less
        first, as floats and empty where there is nothing to compare, for one of three reasons: ``is_late``, the first print
        is not known; ``is_without_figure``, a print is a gap; ``is_of_other_base``, a print is foreign, or the two stand on
        different scales.
    """
    pairs = start.merge(end[["fact", "print", "figure", "scale", "is_foreign"]], on="fact", suffixes=("", "_later"))
    has_figures = ~pairs["is_late"] & pairs["figure"].notna() & pairs["figure_later"].notna()
    is_other = pairs["is_foreign"] | pairs["is_foreign_later"] | (pairs["scale"] != pairs["scale_later"])
    compared = has_figures & ~is_other
    first, later = pairs.loc[compared, "figure"], pairs.loc[compared, "figure_later"]
    for name, figure in (("first", first), ("later", later), ("revision", later - first)):
        pairs[name] = figure.astype("float64").reindex(pairs.index)
    is_without = ~has_figures & ~pairs["is_late"]
    return pairs.assign(is_without_figure=is_without, is_of_other_base=has_figures & is_other).sort_values("month", kind="stable")


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
    answers = np.array([*map(answer, texts.cat.categories), otherwise])
    return pd.Series(answers[texts.cat.codes], index=texts.index)


def _numbered(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """A number for each combination of texts, in the order of their first rows.

    Args:
        frame: these columns as categories.
    """
    number = np.zeros(len(frame), dtype="int64")
    for name in names:
        codes = frame[name].cat.codes.to_numpy(dtype="int64")
        number = pd.factorize(number * (codes.max(initial=0) + 2) + codes + 1)[0]
    return pd.Series(number, index=frame.index)


def _place(frame: pd.DataFrame, at: pd.Series) -> str:
    """The first of the marked rows, in words."""
    row = frame.loc[at].iloc[0]
    return f"{row['print']} of {row['family']} {row['series']} {row['measure']} {row['period']}"
