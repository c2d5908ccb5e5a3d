"""Documents as tidy facts, what a month with one shipped document knew, and whether a frame is by its schema."""

from __future__ import annotations

import pandas as pd

from trade_assets.facts.frames import conform, parsed_tables, tidy
from trade_assets.facts.schemas import Table
from trade_assets.reading import read_document
from trade_assets.vintages.knowledge import KNOWLEDGE
from trade_assets_tests.conftest import shipped_document


def conforms(frame: pd.DataFrame, table: Table) -> bool:
    """Whether a frame is by its schema: columns, types, key, and what may not be missing."""
    is_complete = all(frame[column.name].notna().all() for column in table.columns if not column.is_nullable)
    in_order = {name: str(dtype) for name, dtype in frame.dtypes.items()} == table.dtypes
    allowed = all(frame[c.name].dropna().isin(list(c.one_of)).all() for c in table.columns if c.one_of is not None)
    matching = all(frame[c.name].dropna().str.fullmatch(c.pattern).all() for c in table.columns if c.pattern is not None)
    return in_order and is_complete and allowed and matching and not frame.duplicated(list(table.key)).any()


def shipped_facts(family: str, month: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A shipped document as tidy facts, and its series."""
    path = shipped_document(family, month)
    return facts_in(path.read_bytes(), path.name, family, month)


def facts_in(document: bytes, name: str, family: str, month: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A document as tidy facts, and its series."""
    reading = read_document(document, name)
    tables = parsed_tables(
        {"cells": reading.cells, "rows": reading.rows, "series": reading.series},
        family=family, product="", release_month=month, sha256="a" * 64, is_current=True, reference_month=reading.reference_month,
    )  # fmt: skip
    return tidy(tables["cells"], tables["rows"], tables["series"], family), tables["series"]


def shipped_knowledge(family: str, month: str) -> pd.DataFrame:
    """What a month with one shipped document knew."""
    facts, series = shipped_facts(family, month)
    known = facts.drop_duplicates(["series", "measure", "period"]).merge(series[["series", "seasonal_adjustment"]], on="series")
    return conform(known, KNOWLEDGE, family=family, published_in=month)
