"""Whether every family is declared completely and to the end: asked once, when the definitions load.

A column, a table or a rule that one declaration has and another does not know would be a green run with figures missing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from trade_assets.facts.families import PARTS, Family, IncompleteFamilyError, families, parts
from trade_assets.facts.schemas import Table


def require_complete() -> None:
    """Compare what the families declare.

    Raises:
        IncompleteFamilyError: a half of a declaration is missing; the message says which, of which family, and what to do.
    """
    found = [f"{family.name}: {sentence}" for family in families().values() for sentence in _missing(family)]
    if found:
        raise IncompleteFamilyError("; ".join(found))


def _missing(family: Family) -> Iterator[str]:
    """What is missing of a family, a sentence each."""
    declared = {
        attribute: family.part(part, attribute)
        for part, attributes in PARTS.items()
        if part not in family.without
        for attribute in attributes
    }
    tables: tuple[Table, ...] = declared.get("TABLES", ())
    yield from _tables(family, tables)
    yield from _printed(tables, declared["READERS"])
    shown = {table.name for table in tables}
    for rule in (*declared.get("RULES", ()), *declared.get("STRUCTURE", ())):
        if rule.table not in shown:
            yield f"the rule {rule.name} is shown at {rule.table}, which is none of its tables: declare the table, or name another"
    if "METRICS" in declared:
        yield from _metrics(tables, declared["METRICS"], declared.get("METRIC_TABLES", ()))
    printed = {name for table in tables for name in table.source_tables}
    marks = getattr(declared.get("POLICY"), "marks", None)
    for name in marks.tables if marks is not None else ():
        if name not in printed:
            yield f"its policy has marks in {name}, which no table shows: correct the name in policy.py"


def _tables(family: Family, tables: tuple[Table, ...]) -> Iterator[str]:
    for table in tables:
        if table.family != family.name:
            yield f"the table {table.name} says that it is of {table.family}: its family is that of the folder"
        if table.name in families():
            yield f"the table {table.name} has the name of a family, whose facts are the table parsed.{table.name}: name it otherwise"
        for name in table.figures:
            if table.by_name[name].holds is None:
                yield f"the figure {table.name}.{name} has no fact: say in tables.py which series, measure and period it holds"
        if table.kept_with:
            yield f"the table {table.name} is kept with {table.kept_with}: a validated table is an asset of its own"
        for name in ("gaps", "corrections", "reference_month"):
            if name not in table.by_name:
                yield f"the table {table.name} has no column {name}: without it a missing figure has no reason"


def _printed(tables: tuple[Table, ...], readers: tuple[object, ...]) -> Iterator[str]:
    """Tables and columns that readers give and no table shows, and the other way round."""
    given: dict[str, set[str]] = {}
    for reader in readers:
        unshown = getattr(reader, "UNSHOWN", {})
        for printed, columns in reader.TABLES.items():  # type: ignore[attr-defined]  # a module
            if not unshown.get(printed):
                given.setdefault(printed, set()).update(columns)
    shown = {printed: table for table in tables for printed in table.source_tables}
    for printed, columns in given.items():
        if printed not in shown:
            yield (
                f"its reader gives the table {printed}, which no validated table shows: "
                "name it in source_tables of one in tables.py, or say in UNSHOWN of the reader why not"
            )
        else:
            for column in sorted(columns - set(shown[printed].figures)):
                yield f"its reader gives the column {column} of {printed}, which {shown[printed].name} does not have: add it in tables.py"
    for printed, table in shown.items():
        if printed not in given:
            yield f"the table {table.name} shows {printed}, which no reader gives: add it to TABLES of a reader"
    for table in tables:
        given_of_table = set().union(*(given.get(printed, set()) for printed in table.source_tables))
        for column in table.figures:
            if column not in given_of_table:
                yield f"the figure {table.name}.{column} is given by no reader: add it to TABLES of one, or take it away"


def _metrics(tables: tuple[Table, ...], metrics: Any, declared: tuple[Table, ...]) -> Iterator[str]:
    """Wide tables of metrics without rows, and columns without a metric.

    Args:
        metrics: the family's ``metrics.registry.Metrics``.
    """
    for table in declared:
        if table not in metrics.tables:
            yield f"the metric table {table.name} has no rows: name it in METRICS of metrics.py with the function that gives them"
    known = {each.metric for each in (*metrics.definitions, *itertools.chain.from_iterable(parts("formulas").values()))}
    for table in metrics.tables:
        if table not in declared:
            yield f"the metric table {table.name} is not among METRIC_TABLES: add it in tables.py"
        for column in table.columns:
            if column.kind == "float" and column.computes is None:
                yield f"the figure {table.name}.{column.name} is computed by nothing: say in tables.py which metric it is"
            elif column.computes is not None and column.computes.metric not in known:
                yield (
                    f"the figure {table.name}.{column.name} is the metric {column.computes.metric}, which nothing defines: "
                    "add it to DEFINITIONS in formulas.py, or to METRICS in metrics.py"
                )
    for table in metrics.sources:
        if table not in tables:
            yield f"its metrics come from {table.name}, which is not among its TABLES"
    by_themselves = {f"{table.layer}.{table.name}" for table in declared if not table.kept_with}
    for table in declared:
        if table.kept_with and table.kept_with not in by_themselves:
            yield f"the metric table {table.name} is kept with {table.kept_with}, which is none of its METRIC_TABLES: name one of them"
