"""The page on who says what is declared, generated from the declarations: ``python -m trade_assets.publication.who_says FILE``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from trade_assets.facts.assumed import ASSUMED
from trade_assets.facts.catalogue import records
from trade_assets.facts.declared import Declared
from trade_assets.facts.families import families
from trade_assets.identities.rules import RULES
from trade_assets.metrics.definitions import DEFINITIONS
from trade_assets.publication.licences import FIGURES_OF
from trade_assets.vintages.policy import Line, policies


def markdown() -> str:
    """The whole page."""
    return "\n".join(
        [
            "# Who says so",
            "",
            "Generated from the declarations by `make docs`; do not edit by hand. What this product holds of publishers and their figures",
            "is **published**, where a publisher's document states it; a **definition**, where it follows from what the words mean; or",
            "**inferred**, where it was seen in the documents at hand and nobody states it. Samples confirm a rule; they do not make it a",
            "published one. A finding that rests on an inferred rule says so in its sentence.",
            "",
            "## What a release may revise",
            "",
            "L is the latest month of a release ([vintages](vintages.md#revision-policy)).",
            "",
            *_table(("series", "months", "kind", "who says so"), _windows()),
            "",
            "## Marks",
            "",
            *_table(
                ("family", "mark", "tables", "who says so"),
                (
                    (families()[family].called, f"of a {policy.marks.of}", ", ".join(policy.marks.tables), _said(policy.marks))
                    for family, policy in policies().items()
                    if policy.marks is not None
                ),
            ),
            "",
            "## Rules",
            "",
            "All rules and lists of parts are in the [rule book](rule-book.md). Inferred are:",
            "",
            *_table(("rule", "who says so"), ((f"`{rule.name}`", _said(rule)) for rule in RULES if rule.is_inferred)),
            "",
            "## Metrics",
            "",
            "Official is what a release states. All others are ours; `metrics.definitions` says what they rest on.",
            "",
            *_table(("metric", "official by"), ((f"`{each.metric}`", each.source) for each in DEFINITIONS if each.authority == "official")),
            "",
            "## Series and codes of series files",
            "",
            *_table(("name", "means", "who says so"), _names()),
            "",
            "## Licences of figures",
            "",
            *_table(
                ("family", "licence", "who says so"),
                ((f"`{family}`", (each.licence or {}).get("name", "none published"), _said(each)) for family, each in FIGURES_OF.items()),
            ),
            "",
            "## What is taken for granted",
            "",
            "What readers, calendars and comparisons rely on, and what happens where it does not hold.",
            "",
            *_table(
                ("statement", "relied on in", "otherwise", "who says so"),
                ((each.statement, f"`{each.where}`", each.guard, _said(each)) for each in ASSUMED),
            ),
            "",
        ]
    )


def _windows() -> Iterator[tuple[str, ...]]:
    """The windows of each line, and who says that there are no others; a line that two families share once."""
    lines: dict[Line, list[str]] = {}
    for family, policy in policies().items():
        for line in policy.lines:
            lines.setdefault(line, []).append(families()[family].called)
    for line, called in lines.items():
        yield from ((f"{line.name} ({', '.join(called)})", each.months, each.kind, _said(each)) for each in line.windows)
        yield line.name, "nothing else", "", _said(line)


def _names() -> Iterator[tuple[str, ...]]:
    for name, what in (file for family in families().values() for file in family.named_in.items()):
        for line in records(name):
            key = line.get("id") or f"footnote {line['code']}"
            yield f"`{key}`", line[what], f"**{line['authority']}**: {line['source']}"


def _said(declared: Declared) -> str:
    return f"**{declared.authority}**: {declared.source}"


def _table(headings: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
