"""The metrics of price indexes over all that was known: each formula once, as data (``metrics.formulas``)."""

from __future__ import annotations

from fractions import Fraction

from trade_assets.facts.cited import PRICE_ROUNDING
from trade_assets.metrics.formulas import Case, Definition, Operand, Window, percent

_LOCALITY = (
    "BLS, release of 2018-08, which announces terms of trade, and its fact sheet on them: the export price index by locality of "
    "destination over the import price index by locality of origin"
)
_WITHIN_PRINT = "The interval is that of the printed indexes; the publisher's change is the value rounded, as it derives changes from them"


def _index_change(months: int) -> Definition:
    name = f"index_change_{months}_month{'s' if months > 1 else ''}_pct"
    return Definition(
        name,
        f"100 · (index(m) / index(m−{months}) − 1)",
        "percent",
        "official",
        PRICE_ROUNDING,
        (percent(Window(), Window(months), "index"),),
        scale=Fraction(100),
        base="any: a change does not depend on it, but both indexes are on one",
        note=_WITHIN_PRINT,
    )


def _index(weight: int, series: str) -> Operand:
    return Operand(weight, series, measure="index")


DEFINITIONS: tuple[Definition, ...] = (
    *(_index_change(months) for months in (1, 3, 12)),
    Definition(
        "export_over_import_prices",
        "100 · index of all exports / index of all imports",
        "index",
        "ours",
        "ratio of two BLS indexes",
        (Case(r"exports\.end_use\.all_commodities", (_index(1, "{series}"),), (_index(1, "imports.end_use.all_commodities"),)),),
        scale=Fraction(100),
        has_one_base=True,
        base="that of both indexes",
        note="All goods; not one of BLS's terms of trade, which are by locality. Stands at the series of exports",
    ),
    Definition(
        "terms_of_trade",
        "100 · export index by destination / import index by origin",
        "index",
        "official",
        _LOCALITY,
        (Case(r"exports\.locality\.(?P<place>.+)", (_index(1, "{series}"),), (_index(1, "imports.locality.{place}"),)),),
        scale=Fraction(100),
        has_one_base=True,
        base="that of both indexes",
        note="Only of localities that both flows print; stands at the series of exports",
    ),
)
