"""Facts that documents of one month print differently, each document being right by itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from trade_assets.facts.assumed import SAME_RELEASE
from trade_assets.vintages.prints import FACT

DISAGREEING = "documents_of_a_month_agree"
"""The check that finds them."""
DOCUMENT = ["release_month", "family", "product", "reference_month", "sha256"]
"""The columns that say which document a finding is about."""
LOCATION = ["line", "start", "sheet", "cell", "page", "box"]
"""The columns that say where in it."""


def disagreements(prints: pd.DataFrame) -> tuple[list[dict[str, Any]], int]:
    """Facts that current documents of the month print differently, of whichever family; two releases of a family may.

    Args:
        prints: by the schema ``vintages.prints``, as printed.

    Returns:
        A finding for each, by column; and how many facts were compared.
    """
    found, compared = list[dict[str, Any]](), 0
    figures = prints[prints["is_current"] & prints["value"].notna()]
    comparable = [*FACT, "base_period", "unit"]
    last = prints.groupby("family")["release_number"].max().fillna(1).to_dict()
    for _, of_fact in figures[figures.duplicated(comparable, keep=False)].groupby(comparable, sort=False, dropna=False):
        pairs = list(_comparable(of_fact.to_dict("records"), last))
        compared += bool(pairs)
        for first, other in pairs:
            # Printed with other decimals, one must round to the other.
            decimals = int(min(first["decimals"], other["decimals"]))
            if abs(first["value"] - other["value"]) > (0.5 + 1e-9) * 10.0**-decimals * (first["decimals"] != other["decimals"]):
                names = [f"{each['family']} {each['product']}".rstrip() for each in (first, other)]
                said = f"{names[0]} prints {first['value']:,.{first['decimals']}f}, {names[1]} {other['value']:,.{other['decimals']}f}"
                finding = {
                    **{name: other[name] for name in (*DOCUMENT, *FACT, *LOCATION)},
                    "check": DISAGREEING,
                    "sentence": f"of {first['series']} {first['period']} {said}{SAME_RELEASE.note}",
                    "old_value": first["value"],
                    "new_value": other["value"],
                }
                found.append(finding)
    return found, compared


_Print = Mapping[Hashable, Any]


def _comparable(prints: Sequence[_Print], last: Mapping[Hashable, int]) -> Iterator[tuple[_Print, _Print]]:
    """Each print of a fact with the first one before it that it must agree with."""
    for at, other in enumerate(prints):
        first = next((each for each in prints[:at] if _stand_together(each, other, last)), None)
        if first is not None:
            yield first, other


def _stand_together(one: _Print, other: _Print, last: Mapping[Hashable, int]) -> bool:
    """Whether two documents of a month are of one release: of one family the same, of two the one with the same latest month.

    Where neither family has two releases in the month, their documents stand beside each other whatever their latest months.
    """
    if one["family"] == other["family"]:
        return _number(one) == _number(other)
    is_only = last[one["family"]] == last[other["family"]] == 1
    return is_only or one["reference_month"] == other["reference_month"]


def _number(document: _Print) -> int:
    return 1 if pd.isna(document["release_number"]) else int(document["release_number"])
