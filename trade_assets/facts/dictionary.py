"""The data dictionary, generated from the schemas: ``python -m trade_assets.facts.dictionary FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

from trade_assets.facts.schemas import Column, Table
from trade_assets.facts.tables import IN_DATABASE

_LAYERS = {
    "raw": "What was published, as received.",
    "parsed": "Every figure, located; and each family's document in tidy form.",
    "validated": "Verdicts, figures in doubt, and the wide tables that people query.",
    "review": "Issues, the cells that may be wrong, decisions, and corrected figures.",
    "vintages": "What was known when: every print of every fact, what each release changed, and whether it may.",
    "metrics": "Derived series, one formula and one unit each.",
}


def markdown() -> str:
    """The whole dictionary."""
    lines = [
        "# Data dictionary",
        "",
        "Generated from `trade_assets/facts/tables/` and `trade_assets/families/*/tables.py` by `make docs`; do not edit by hand.",
        "Every table is a view in",
        "`data/warehouse/trade.duckdb` over Parquet files, one per release month. A column `x_decimals` holds the",
        "decimals with which the figure in the column beside it was printed.",
    ]
    for layer, sentence in _LAYERS.items():
        lines += ["", f"## {layer}", "", sentence]
        for table in IN_DATABASE:
            if table.layer == layer:
                lines += _table(table)
    return "\n".join(lines) + "\n"


def _table(table: Table) -> list[str]:
    key = ", ".join(f"`{name}`" for name in table.key_of_all)
    return [
        "",
        f"### {table.layer}.{table.name}",
        "",
        table.description,
        "",
        f"Key: {key}." + (f" A view over `{table.over.layer}.{table.over.name}`, by release month." if table.over else ""),
        "",
        "| column | type | unit | missing | what it is |",
        "|---|---|---|---|---|",
        *(_row(column) for column in table.columns if not column.name.endswith("_decimals")),
    ]


def _row(column: Column) -> str:
    allowed = f" One of: {', '.join(column.one_of)}." if column.one_of else ""
    missing = "may be" if column.is_nullable else "never"
    return f"| `{column.name}` | {column.kind} | {column.unit or ''} | {missing} | {column.description}.{allowed} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
