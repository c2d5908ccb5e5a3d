"""What a release month knew, made from figures as they are printed, and the metrics of it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
from hypothesis import HealthCheck
from hypothesis import strategies as st

from trade_assets.facts.frames import conform
from trade_assets.facts.periods import months_between
from trade_assets.facts.tables import METRIC_FIGURES
from trade_assets.metrics.figures import figures, unsound
from trade_assets.vintages.knowledge import KNOWLEDGE

Places = dict[tuple[str, str], Any]
"""By (series, period) what is known: a figure as printed, ``"1234.5"``, or the reason why there is none, as bytes."""

FLOWS, KINDS = ("exports", "imports", "balance"), ("total", "goods", "services")
SA, NSA = "seasonally adjusted", "not seasonally adjusted"
EXPORT_PRICES, IMPORT_PRICES = "exports.end_use.all_commodities", "imports.end_use.all_commodities"


def knowledge_of(places: Places, month: str = "2026-12", **of_all: Any) -> pd.DataFrame:
    """What a month knew; a series with ``end_use`` or ``locality`` in it is a price index."""
    rows = []
    for (series, period), said in places.items():
        is_index = "end_use" in series or "locality" in series
        figure = said if isinstance(said, str) else None
        rows.append(
            {
                "release_month": month, "reference_month": "2020-12", "published_in": month,
                "family": "mxp" if is_index else "ft900", "series": series,
                "measure": "index" if is_index else "value", "period": period, "value": None if figure is None else float(figure),
                "decimals": None if figure is None else len(figure.partition(".")[2]), "unit": "index" if is_index else "million_usd",
                "seasonal_adjustment": NSA if is_index or series.endswith("_nsa") else SA, "base_period": "2000" if is_index else None,
                "gap": None if figure is not None else said.decode(), **of_all,
            }
        )  # fmt: skip
    return conform(pd.DataFrame(rows), KNOWLEDGE)


def by_place(frame: pd.DataFrame) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The figures by metric, series and period; what is missing is ``None``."""
    assert not frame.duplicated(list(METRIC_FIGURES.key)).any()
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return {(row["metric"], row["series"], row["period"]): row for row in rows}


def computed(places: Places, **of_all: Any) -> dict[tuple[str, str, str], dict[str, Any]]:
    frame = figures(knowledge_of(places, **of_all))
    assert unsound(frame).empty
    return by_place(frame)


VALUES = [f"{flow}.{kind}" for flow in FLOWS for kind in KINDS]
INDEXES = [EXPORT_PRICES, IMPORT_PRICES, "exports.locality.canada", "imports.locality.canada"]


def figures_in(places: Places) -> dict[tuple[str, str], Fraction]:
    return {place: Fraction(said) for place, said in places.items() if isinstance(said, str)}


MONTHS = months_between("2019-01", "2021-06")
REASONS = ("suppressed", "not_published", "not_read", "withheld_by_issue_0123456789ab")


@st.composite
def known_months(draw: st.DrawFn) -> Places:
    """Thirty months of all series, with holes: reasons, and months that are not there at all; the ends are figures."""
    places: Places = {}
    for series in (*VALUES, *INDEXES):
        decimals = draw(st.integers(0, 2))
        low, high = (-9_000, 9_000) if series.startswith("balance") else (500, 9_000)
        for month in MONTHS:
            whole = draw(st.integers(low * 10**decimals, high * 10**decimals))
            places[series, month] = as_shown(whole, decimals)
    inner = MONTHS[1:-1]
    for series, month in draw(st.lists(st.tuples(st.sampled_from([*VALUES, *INDEXES]), st.sampled_from(inner)), max_size=12)):
        reason = draw(st.sampled_from((*REASONS, None)))
        if reason is None:
            places.pop((series, month), None)
        else:
            places[series, month] = reason.encode()
    return places


def as_shown(whole: int, decimals: int) -> str:
    digits = f"{abs(whole):0{decimals + 1}d}"
    return ("-" if whole < 0 else "") + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


LARGE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
