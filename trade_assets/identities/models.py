"""pandera models of the validated tables: types, keys and ranges from the schemas, arithmetic from the rule book.

``Model.validate(frame)`` raises by itself on a frame with a broken sum. An identity with a missing operand
does not fail a model: it is not evaluable, and ``validated.verdicts`` counts it as such.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from trade_assets.facts.melt import melt
from trade_assets.facts.schemas import Kind, Table
from trade_assets.facts.tables import VALIDATED
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.kinds import Agree, Labelled, Marks, OnYearBefore, Rule
from trade_assets.identities.rules import rule, rules_shown_at


def rows_that_hold(frame: pd.DataFrame, table: Table, identity: str) -> pd.Series:
    """Per row of a wide table, whether no violated place of the identity has its total (or change) there; each release by itself."""
    places: dict[Hashable, bool] = {}
    for _, release in frame.groupby("reference_month", dropna=False):
        facts = melt(release, table)
        violated = {int(facts["place"].iloc[verdict.cells[0]]) for verdict in evaluate((rule(identity),), Facts.of_frame(facts)).violated}
        places.update({row: place not in violated for place, row in enumerate(release.index)})
    return pd.Series(places).reindex(frame.index)


_SERIES: Any = Series  # subscripted with types that the schemas choose
_DTYPES: dict[Kind, type] = {"string": pd.StringDtype, "int": pd.Int64Dtype, "float": pd.Float64Dtype, "bool": pd.BooleanDtype}


def _arithmetic(table: Table, found: Rule) -> Any:
    """A rule of the table as a check of its model, named as the rule."""

    def check(cls: type[pa.DataFrameModel], frame: pd.DataFrame) -> pd.Series:
        return rows_that_hold(frame, table, found.name)

    check.__name__, check.__doc__ = found.name, found.description
    return pa.dataframe_check(check)


def _model(table: Table) -> type[pa.DataFrameModel]:
    """The model of a table: its columns, its key, its arithmetic, and no other columns."""
    name = "".join(word.capitalize() for word in table.name.split("_"))
    body: dict[str, Any] = {"__module__": __name__, "__doc__": table.description, "__annotations__": {}}
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
    for found in rules_shown_at(table.name):
        # What two tables print cannot be seen in one of them, nor marks where flags are no column, nor a label once a
        # document's figures stand beside others; the rule book evaluates these on the document.
        if not isinstance(found, Agree | Labelled | Marks | OnYearBefore):
            body[found.name] = _arithmetic(table, found)
    # coerce: a frame that comes back from SQL has numpy types; its figures are what is checked.
    body["Config"] = type("Config", (), {"strict": True, "coerce": True, "unique": list(table.key)})
    return type(name, (pa.DataFrameModel,), body)


MODELS: dict[str, type[pa.DataFrameModel]] = {table.name: _model(table) for table in VALIDATED}
