"""A publication's observations per series, beside what was known before it: earlier vintages, and the catalogue's figures.

What the document itself prints is no measure of it: a file in another unit agrees with itself.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

import pandas as pd

from trade_assets.facts.families import parts
from trade_assets.facts.frames import in_text_order
from trade_assets.facts.known import known_figures, known_from, printed_decimal
from trade_assets.facts.label_judgement import judge
from trade_assets.facts.periods import is_month, months_apart

ENOUGH = 24
"""Fewer observations known before than this give no range to compare with."""

_KEYS = ["series", "measure", "months_long"]
_LEVELS = ("value", "index")
_MONTH = len("2016-11")


def expected_series(family: str, tables: Collection[str], reference_month: str | None = None) -> list[str]:
    """The series without which a publication of the family deserves a warning.

    Args:
        tables: the printed tables of the publication; of a table that its documents do not have nothing is expected.
        reference_month: the latest month that it prints; rows may be expected of some months only.
    """
    expected = parts("rules", "EXPECTED").get(family)
    return expected(tables, reference_month) if expected is not None else []


def observations(facts: pd.DataFrame, earlier_vintages: pd.DataFrame) -> pd.DataFrame:
    """Per series, measure and length of period: how complete it is, and where its latest figure lies.

    The range is that of all earlier periods, as the latest earlier vintage printed them and else as the catalogue knows them,
    widened on both sides by the largest step between two neighbouring ones: a new record is expected, a leap beyond any
    earlier leap is not. Figures that both printed say whether it is still the same series, in the same unit.

    Args:
        facts: tidy facts of the publication.
        earlier_vintages: tidy facts of the family's earlier release months, oldest first.

    Returns:
        Columns series, measure, months_long, first, last, missing_months, latest_value, earlier_observations,
        low, high, beyond_range (0 inside; missing where fewer than ``ENOUGH`` observations were known before), contradiction
        (what the figures are, if not those known before).
    """
    own, earlier = _comparable(facts), _comparable(earlier_vintages)
    known = pd.concat([_of_catalogue(own), earlier]).drop_duplicates([*_KEYS, "last"], keep="last").sort_values("last", kind="stable")
    printed = own[own["value"].notna()].sort_values("last", kind="stable")
    latest = printed.drop_duplicates(_KEYS, keep="last")[[*_KEYS, "last", "value"]].rename(columns={"value": "latest_value"})
    summary = latest.merge(_months(own), on=_KEYS).merge(_ranges(known, latest), on=_KEYS, how="left")
    summary["earlier_observations"] = summary["earlier_observations"].fillna(0).astype("int64")
    beyond = (
        pd.concat(
            [summary["low"] - summary["step"] - summary["latest_value"], summary["latest_value"] - summary["high"] - summary["step"]],
            axis=1,
        )
        .max(axis=1)
        .clip(lower=0.0)
    )
    summary["beyond_range"] = beyond.where(summary["earlier_observations"] >= ENOUGH).astype("float64")
    contradictions = _contradictions(facts, earlier_vintages)
    keys = zip(*(summary[name] for name in _KEYS), strict=True)
    summary["contradiction"] = pd.Series([contradictions.get(key) for key in keys], index=summary.index, dtype="object")
    undated = _undated(facts)
    if len(undated):
        summary = pd.concat([summary, undated], ignore_index=True)
    return summary[
        [*_KEYS, "first", "last", "missing_months", "latest_value", "earlier_observations", "low", "high", "beyond_range", "contradiction"]
    ]


def _of_catalogue(own: pd.DataFrame) -> pd.DataFrame:
    """The catalogue's known figures of the series, as ``_comparable`` has them."""
    monthly = own.loc[(own["months_long"] == 1) & own["measure"].isin(_LEVELS), ["series", "measure"]].drop_duplicates()
    rows = [
        {"series": series, "measure": measure, "period": month, "value": float(known.value), "last": month, "months_long": 1}
        for series, measure in monthly.itertuples(index=False)
        for month, known in known_figures().get(series, {}).items()
    ]
    return pd.DataFrame(rows, columns=own.columns).astype({"value": "float64", "months_long": "int64"})


def _contradictions(facts: pd.DataFrame, earlier_vintages: pd.DataFrame) -> dict[tuple[str, str, int], str]:
    """What the monthly levels are, by key, where they are not those of earlier vintages, nor revisions of them."""
    before = known_from(_printed(earlier_vintages))
    found = {}
    for (series, measure), printed in _printed(facts).items():
        if series in before:
            label = judge(series, measure, printed, {series: before[series]})
            if label.is_contradicted:
                found[series, measure, 1] = label.sentence
    return found


def _printed(facts: pd.DataFrame) -> dict[tuple[str, str], dict[str, Decimal]]:
    """Monthly levels by series and measure, and by month; of several prints the last."""
    levels = facts[facts["measure"].isin(_LEVELS) & facts["value"].notna() & (facts["period"].str.len() == _MONTH).fillna(False)]
    found: dict[tuple[str, str], dict[str, Decimal]] = {}
    for series, measure, period, value, decimals in levels[["series", "measure", "period", "value", "decimals"]].itertuples(index=False):
        found.setdefault((series, measure), {})[period] = printed_decimal(value, int(decimals))
    return found


def _months(own: pd.DataFrame) -> pd.DataFrame:
    """Per key the first month and how many months are absent between the first and the last."""
    groups = in_text_order(own, "last").groupby(_KEYS, sort=False)["last"]
    months = groups.agg(first="first", end="last", count="nunique").reset_index()
    spanned = [months_apart(first, end) + 1 for first, end in zip(months["first"], months["end"], strict=True)]
    months["missing_months"] = (pd.Series(spanned) - months["count"]).where(months["months_long"] == 1, 0)
    return months[[*_KEYS, "first", "missing_months"]]


def _ranges(history: pd.DataFrame, latest: pd.DataFrame) -> pd.DataFrame:
    """Per key the range and the largest step of the observations before the latest."""
    before = history.merge(latest[[*_KEYS, "last"]].rename(columns={"last": "until"}), on=_KEYS)
    before = before[(before["last"] < before["until"]) & before["value"].notna()]
    before = before.assign(step=before.groupby(_KEYS, sort=False)["value"].diff().abs())
    return (
        before.groupby(_KEYS, sort=False)
        .agg(earlier_observations=("value", "size"), low=("value", "min"), high=("value", "max"), step=("step", "max"))
        .reset_index()
    )


def _undated(facts: pd.DataFrame) -> pd.DataFrame:
    """Series whose figures have no period: they are there, and nothing more can be said."""
    frame = facts.loc[facts["period"].isna() & facts["value"].notna(), ["series", "measure", "value"]]
    return frame.rename(columns={"value": "latest_value"}).assign(months_long=0, missing_months=0, earlier_observations=0)


def _comparable(facts: pd.DataFrame) -> pd.DataFrame:
    """Each fact once, with the last month of its period and the period's length in months."""
    frame = facts.loc[facts["period"].notna(), ["series", "measure", "period", "value"]].drop_duplicates(
        ["series", "measure", "period"], keep="last"
    )
    return frame.astype({"value": "float64"}).assign(
        last=frame["period"].map(_last_month), months_long=frame["period"].map(_length).where(~_is_to_date(frame), 0)
    )


def _is_to_date(frame: pd.DataFrame) -> pd.Series:
    """Whether a range of months is a year to date, not a change from its first to its last month."""
    return frame["period"].str.contains("/") & ~frame["measure"].isin(["percent_change"])


def _last_month(period: str) -> str:
    return f"{period}-12" if len(period) == 4 else period[-7:]


def _length(period: str) -> int:
    """Months that a period spans; a year to date counts as 0, being of another length each month."""
    if is_month(period):
        return 1
    if len(period) == 4:
        return 12
    first, last = period[:7], period[-7:]
    length = months_apart(first, last)
    return length if length in (1, 12) else 0
