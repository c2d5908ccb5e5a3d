"""pandera models of the validated tables: types, keys and ranges from the schemas, arithmetic from the rule book.

``Model.validate(frame)`` raises by itself on a frame with a broken sum. An identity with a missing operand
does not fail a model: it is not evaluable, and ``validated.verdicts`` counts it as such.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from trade_assets.facts.melt import melt
from trade_assets.facts.schemas import Kind, Table
from trade_assets.facts.tables import (
    CHINA_ADVANCED_TECHNOLOGY,
    CHINA_OUTBOUND_INVESTMENT,
    CHINA_PURCHASING_MANAGER_SURVEYS,
    CHINA_TOP_FIVE,
    CHINA_TRADE_GROWTH,
    GOODS_AND_SERVICES,
    PRICE_CHANGES,
    PRICE_INDEXES,
)
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.rules import rule


def rows_that_hold(frame: pd.DataFrame, table: Table, identity: str) -> pd.Series:
    """Per row of a wide table, whether no violated place of the identity has its total (or change) there."""
    facts = melt(frame, table)
    violated = {int(facts["place"].iloc[verdict.cells[0]]) for verdict in evaluate((rule(identity),), facts).violated}
    return pd.Series([place not in violated for place in range(len(frame))], index=frame.index)


_SERIES: Any = Series  # subscripted with types that the schemas choose
_DTYPES: dict[Kind, type] = {"string": pd.StringDtype, "int": pd.Int64Dtype, "float": pd.Float64Dtype, "bool": pd.BooleanDtype}


def _columns(table: Table) -> type[pa.DataFrameModel]:
    """A model with the table's columns, key and nothing else, to be subclassed with its arithmetic."""
    body: dict[str, Any] = {"__module__": __name__, "__annotations__": {}}
    for column in table.columns:
        body["__annotations__"][column.name] = _SERIES[_DTYPES[column.kind]]
        body[column.name] = pa.Field(
            nullable=column.is_nullable,
            ge=column.low,
            le=column.high,
            isin=list(column.one_of) if column.one_of else None,
            str_matches=rf"^(?:{column.pattern})$" if column.pattern else None,
            description=column.description,
            metadata={"unit": column.unit} if column.unit else None,
        )
    # coerce: a frame that comes back from SQL has numpy types; its figures are what is checked.
    body["Config"] = type("Config", (), {"strict": True, "coerce": True, "unique": list(table.key)})
    return type(f"{table.name}_columns", (pa.DataFrameModel,), body)


class GoodsAndServices(_columns(GOODS_AND_SERVICES)):  # type: ignore[misc]  # a base made from the schema
    """Goods and services: totals, balances, years."""

    @pa.dataframe_check
    def goods_plus_services_equals_total(cls, frame: pd.DataFrame) -> pd.Series:
        """Total trade is the sum of goods and services."""
        return rows_that_hold(frame, GOODS_AND_SERVICES, "goods_plus_services_equals_total")

    @pa.dataframe_check
    def balance_equals_exports_minus_imports(cls, frame: pd.DataFrame) -> pd.Series:
        """The balance is exports minus imports."""
        return rows_that_hold(frame, GOODS_AND_SERVICES, "balance_equals_exports_minus_imports")

    @pa.dataframe_check
    def year_equals_sum_of_months(cls, frame: pd.DataFrame) -> pd.Series:
        """A year, or a year to date, is the sum of its months."""
        return rows_that_hold(frame, GOODS_AND_SERVICES, "year_equals_sum_of_months")


class PriceIndexes(_columns(PRICE_INDEXES)):  # type: ignore[misc]  # a base made from the schema
    """Price indexes: changes follow from the printed indexes."""

    @pa.dataframe_check
    def percent_change_matches_rounded_indexes(cls, frame: pd.DataFrame) -> pd.Series:
        """The latest change is the exact change of the two printed indexes, rounded."""
        return rows_that_hold(frame, PRICE_INDEXES, "percent_change_matches_rounded_indexes")


class PriceChanges(_columns(PRICE_CHANGES)):  # type: ignore[misc]  # a base made from the schema
    """Table A. Its arithmetic needs Tables 1 and 2 and is in the rule book."""


class ChinaTradeGrowth(_columns(CHINA_TRADE_GROWTH)):  # type: ignore[misc]  # a base made from the schema
    """Growth of trade with China; it prints no levels, so it states no arithmetic."""


class ChinaTopFive(_columns(CHINA_TOP_FIVE)):  # type: ignore[misc]  # a base made from the schema
    """Top five products: with all others they sum to the total."""

    @pa.dataframe_check
    def top_five_and_other_sum_to_total(cls, frame: pd.DataFrame) -> pd.Series:
        """The top five products and all others sum to the total of the flow."""
        return rows_that_hold(frame, CHINA_TOP_FIVE, "top_five_and_other_sum_to_total")


class ChinaAdvancedTechnology(_columns(CHINA_ADVANCED_TECHNOLOGY)):  # type: ignore[misc]  # a base made from the schema
    """Advanced technology: balances and the sum of the groups."""

    @pa.dataframe_check
    def technology_balance_equals_exports_minus_imports(cls, frame: pd.DataFrame) -> pd.Series:
        """A group's balance is its exports minus its imports."""
        return rows_that_hold(frame, CHINA_ADVANCED_TECHNOLOGY, "technology_balance_equals_exports_minus_imports")

    @pa.dataframe_check
    def technology_groups_sum_to_total(cls, frame: pd.DataFrame) -> pd.Series:
        """The ten groups sum to the total."""
        return rows_that_hold(frame, CHINA_ADVANCED_TECHNOLOGY, "technology_groups_sum_to_total")


class ChinaOutboundInvestment(_columns(CHINA_OUTBOUND_INVESTMENT)):  # type: ignore[misc]  # a base made from the schema
    """Outbound investment: its two parts, and cumulative figures."""

    @pa.dataframe_check
    def first_time_plus_reinvested_equals_total(cls, frame: pd.DataFrame) -> pd.Series:
        """Investment is first-time investment plus re-invested profits."""
        return rows_that_hold(frame, CHINA_OUTBOUND_INVESTMENT, "first_time_plus_reinvested_equals_total")

    @pa.dataframe_check
    def cumulative_equals_previous_plus_month(cls, frame: pd.DataFrame) -> pd.Series:
        """A cumulative figure is the one of the month before plus the month."""
        return rows_that_hold(frame, CHINA_OUTBOUND_INVESTMENT, "cumulative_equals_previous_plus_month")


class ChinaPurchasingManagerSurveys(_columns(CHINA_PURCHASING_MANAGER_SURVEYS)):  # type: ignore[misc]  # a base made from the schema
    """Survey sizes; they stand in no arithmetic."""


MODELS: dict[str, type[pa.DataFrameModel]] = {
    "goods_and_services": GoodsAndServices,
    "price_indexes": PriceIndexes,
    "price_changes": PriceChanges,
    "china_trade_growth": ChinaTradeGrowth,
    "china_top_five": ChinaTopFive,
    "china_advanced_technology": ChinaAdvancedTechnology,
    "china_outbound_investment": ChinaOutboundInvestment,
    "china_purchasing_manager_surveys": ChinaPurchasingManagerSurveys,
}
