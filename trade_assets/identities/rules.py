"""The rule book: the identities that families declare (``families/*/rules.py``), each once, as data.

A rule's name is a true statement about good data. ``source`` and ``authority`` say who states the rule, as it is judged here.
Tolerances are not declared: they follow from the printed decimals of the cells that take part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from trade_assets.facts.families import parts
from trade_assets.identities.kinds import Rule


def _named(declared: Mapping[str, Iterable[Rule]]) -> tuple[Rule, ...]:
    return tuple(replace(rule, family=family) for family, rules in declared.items() for rule in rules)


RULES: tuple[Rule, ...] = _named(parts("rules"))

STRUCTURE: tuple[Rule, ...] = _named(parts("rules", "STRUCTURE"))
"""What documents must be beside their arithmetic: how figures are printed, which rows there are.

Only what is wrong has a place: a regular figure is no proof of itself. What has a fixed shape is no rule: its reader refuses a
document without it.
"""


def rules_of(family: str) -> tuple[Rule, ...]:
    """The rules about a family's facts."""
    return tuple(rule for rule in RULES if rule.family == family)


def structure_of(family: str) -> tuple[Rule, ...]:
    """What documents of a family must be beside their arithmetic."""
    return tuple(rule for rule in STRUCTURE if rule.family == family)


def rules_shown_at(table: str) -> tuple[Rule, ...]:
    """The rules whose verdict is shown at a validated table."""
    return tuple(rule for rule in RULES if rule.table == table)


def structure_shown_at(table: str) -> tuple[Rule, ...]:
    """The same of what documents must be beside their arithmetic."""
    return tuple(rule for rule in STRUCTURE if rule.table == table)


def rule(name: str) -> Rule:
    """The rule of that name. Raises KeyError if there is none."""
    for found in RULES:
        if found.name == name:
            return found
    raise KeyError(f"no identity named {name!r}; known: {', '.join(r.name for r in RULES)}")
