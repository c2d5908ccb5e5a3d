"""Printed derived figures against what a release month knew from all documents, where the document itself lacks an operand."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

import pandas as pd

from trade_assets.facts.cited import PRICE_MONTHS_OPEN
from trade_assets.facts.periods import is_month, months_apart, months_of
from trade_assets.identities.document_facts import Fact
from trade_assets.identities.forms import Printed

FromVintages = Literal["reproduced_from_vintages", "exceptions_from_vintages"]

OPERANDS = {"percent_change": "index", "average": "value"}
"""Measures of derived figures that follow from printed ones, and the measure of these: a change of the index at both ends of
the period (BLS, technical note of the 2018-08 release: changes derive from the rounded indexes), an average of the values of
its months (FRED, aggregation of a monthly series to quarters by average)."""

FINAL_AFTER = {"index": PRICE_MONTHS_OPEN}
"""By how many months the latest figure of its release is later than one that no release revises any more. Values have no such limit."""


class _Known(NamedTuple):
    """A figure as known, exactly.

    Attributes:
        is_final: whether no later release may have revised it.
    """

    value: Fraction
    base_period: str | None
    is_final: bool


class KnownOperands:
    """The monthly figures of a family that others derive from, as a release month knew them."""

    def __init__(self, knowledge: pd.DataFrame, family: str) -> None:
        """Take what concerns the family from ``vintages.knowledge``."""
        is_operand = (knowledge["family"] == family) & knowledge["measure"].isin(OPERANDS.values()) & knowledge["value"].notna()
        columns = ["series", "measure", "period", "value", "decimals", "base_period", "published_in"]
        rows = knowledge.loc[is_operand & knowledge["period"].notna(), columns].astype(object)
        rows = rows[rows["period"].map(is_month).astype(bool)]
        latest = rows.groupby(["series", "measure", "published_in"])["period"].max().to_dict()
        self.known: dict[tuple[str, str, str], _Known] = {}
        for series, measure, period, value, decimals, base, published_in in rows.itertuples(index=False):
            after = months_apart(period, latest[series, measure, published_in])
            is_final = measure in FINAL_AFTER and after >= FINAL_AFTER[measure]
            exact = Fraction(round(value * 10**decimals), 10**decimals)
            self.known[series, measure, period] = _Known(exact, None if pd.isna(base) else base, is_final)

    def outcome(self, fact: Fact, printed: Printed, base_period: str | None) -> FromVintages | None:
        """What the known operands say of a printed derived figure; ``None`` if they say nothing.

        They say nothing where one is not known, is on another base, or may have been revised between its document and the
        derived figure's and does not agree with it.
        """
        series, measure, period = fact
        if measure not in OPERANDS or period is None:
            return None
        months = period.split("/") if measure == "percent_change" else months_of(period)
        found = [self.known.get((series, OPERANDS[measure], month)) for month in months]
        operands = [each for each in found if each is not None and each.base_period == base_period]
        exact = _derived(measure, [each.value for each in operands]) if len(operands) == len(months) else None
        if exact is None:
            return None
        if abs(exact - Fraction(printed.scaled, 10**printed.decimals)) <= Fraction(1, 2 * 10**printed.decimals):
            return "reproduced_from_vintages"
        return "exceptions_from_vintages" if all(each.is_final for each in operands) else None


def _derived(measure: str, values: list[Fraction]) -> Fraction | None:
    """The derived figure before rounding; ``None`` where a divisor is zero."""
    if measure == "average":
        return sum(values, Fraction(0)) / len(values)
    before, now = values
    return 100 * (now / before - 1) if before else None
