"""The wide table of metrics of trade with China: which rows it has, and what only it computes."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from trade_assets.facts.period_rules import OWN, year_to_date
from trade_assets.families.uscc.tables import CHINA_ADVANCED_TECHNOLOGY, CHINA_BALANCES, CHINA_TOP_FIVE
from trade_assets.metrics.explanations import Components
from trade_assets.metrics.formulas import Case, Definition, Operand, printed
from trade_assets.metrics.registry import Metrics, WideMetrics


def _groups(china_top_five: pd.DataFrame, china_advanced_technology: pd.DataFrame) -> pd.DataFrame:
    """Each product group of the bulletin's two tables, of the month and of the year to date.

    "Other" holds different products in each flow, so that its difference would be the balance of nothing.
    """
    named = china_top_five[~china_top_five["series"].str.endswith(".other")]
    top = named.assign(classification="top_five", group=named["label"], group_series=named["series"].str.replace(r"^\w+\.", "", regex=True))
    code = china_advanced_technology["code"].fillna("total")
    technology = china_advanced_technology.assign(
        classification="advanced_technology",
        group=china_advanced_technology["label"],
        group_series="china.advanced_technology." + code,
    )
    periods = [technology.assign(period=technology["period"].map(rule.of_figure)) for rule in (OWN, year_to_date())]
    return pd.concat([top.drop_duplicates(["period", "group"]), *periods], ignore_index=True)


_EXPORTS_LESS_IMPORTS = (Operand(1, "{series}"), Operand(-1, "imports.{group}"))
_OF_ALL = tuple(Operand(sign, f"{flow}.china.advanced_technology.total") for flow, sign in (("exports", 1), ("imports", -1)))

METRICS = Metrics(
    (CHINA_TOP_FIVE, CHINA_ADVANCED_TECHNOLOGY),
    (WideMetrics(CHINA_BALANCES, _groups),),
    (
        printed("printed_value", "million_usd", "value"),
        Definition(
            "exports_less_imports",
            "exports − imports",
            "million_usd",
            "ours",
            "arithmetic; the product groups are those of the U.S. Census Bureau, as the bulletin prints them",
            (Case(r"exports\.(?P<group>china\..+)", _EXPORTS_LESS_IMPORTS),),
            note="A product that is among the top five of one flow only has no balance: the other flow is not published",
        ),
        Definition(
            "share_of_deficit",
            "100 · (exports − imports) / (exports − imports of all groups)",
            "percent",
            "ours",
            "arithmetic",
            (Case(r"exports\.(?P<group>china\.advanced_technology\..+)", _EXPORTS_LESS_IMPORTS, _OF_ALL),),
            scale=Fraction(100),
            note="A negative share is a surplus within a deficit",
        ),
    ),
)

COMPONENTS: Components = {}
"""None: a bulletin has no series that it prints again."""
