"""The rule book's page, generated from the rules: ``python -m trade_assets.identities.rule_book FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

from trade_assets.facts.catalogue import records
from trade_assets.facts.families import families
from trade_assets.identities.kinds import Rule
from trade_assets.identities.rules import RULES, STRUCTURE

_BESIDE = (
    "What a document must be whatever its figures are. These have no place that holds, only places that do not: an irregular",
    "mark, a row that is missing. A dash that stands where an exact rule above determines a figure is an issue too, under the",
    "names of the rules that determine it. What a reader cannot read past (a month of a year of the FT-900, headings, closing",
    "notes, a country above its industries) is no rule: the document is refused, and what is missing is named.",
)
_STRENGTHS = {"exact": "to the print", "interval": "within intervals", "limit": "within bounds"}


def markdown() -> str:
    """The whole page."""
    lines = [
        "# The rule book",
        "",
        "Generated from `trade_assets/families/*/rules.py` by `make docs`; do not edit by hand. A rule's name is a true",
        "statement about good data. No tolerance stands here: it follows from the printed decimals of the cells that take",
        "part ([arithmetic](arithmetic.md)). *Proves* says how tightly a rule binds a figure: to the print, within the",
        "intervals that printed figures stand for, or within bounds only. The same declarations feed the pandera models, the",
        "Dagster checks, `trade-assets check`, `trade-assets coverage` and the benchmarks.",
        "",
        "*Who says so* is the document of a publisher (**published**), the meaning of the words (**definition**), or nobody but the",
        "documents at hand (**inferred**), as the rule is judged here, its allowance for rounding included. A violation of an inferred",
        "rule says so in its sentence.",
        "",
        "| kind | what it states |",
        "|---|---|",
        *(f"| {kind.kind}: `{kind.__name__}` | {_summary(kind)} |" for kind in dict.fromkeys(type(rule) for rule in (*RULES, *STRUCTURE))),
    ]
    for family in families().values():
        rules = [_row(rule) for rule in RULES if rule.family == family.name]
        if rules:
            lines += ["", f"## {family.heading}", "", "| rule | kind | proves | statement | who says so |", "|---|---|---|---|---|", *rules]
    lines += [
        "",
        "## What a total consists of",
        "",
        "From `trade_assets/facts/catalogue/parts.csv`. Of a whole list equality is asked where every part is printed, of others that the",
        "parts stay within the total. `{flow}` stands for exports and imports. Where a list is inferred, so is the rule at that place.",
        "",
        "| total | parts | whole | who says so |",
        "|---|---|---|---|",
        *(_list(row) for row in records("parts")),
    ]
    lines += ["", "## Beside the arithmetic", "", *_BESIDE, ""]
    lines += ["| rule | kind | proves | statement | who says so |", "|---|---|---|---|---|", *map(_row, STRUCTURE)]
    return "\n".join(lines) + "\n"


def _summary(kind: type[Rule]) -> str:
    return " ".join(str(kind.__doc__).split("\n\n")[0].split())


def _row(rule: Rule) -> str:
    return f"| `{rule.name}` | {rule.kind} | {_STRENGTHS[rule.strength]} | {rule.description} | **{rule.authority}**: {rule.source} |"


def _list(row: dict[str, str]) -> str:
    return f"| `{row['total']}` | {row['parts']} | {row['is_whole']} | **{row['authority']}**: {row['source']} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
