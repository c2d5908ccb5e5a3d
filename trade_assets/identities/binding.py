"""Rules meet facts: for each rule, every place where it applies, with the cells that take part."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatchmethod

import numpy as np

from trade_assets.facts.periods import add_months, is_month, months_of
from trade_assets.identities.rules import Agree, Change, PeriodSum, Rule, Running, Sum, TopSum

Fact = tuple[str, str, str | None]
"""(series, measure, period)"""

MISSING = -1
"""Stands for an operand that no cell prints."""


@dataclass
class Places:
    """The places of one rule. Place ``k`` has the members ``offsets[k]:offsets[k + 1]``.

    Attributes:
        kind: ``linear`` (the weighted members sum to zero), ``change`` (members: percent, earlier index,
            later index) or ``agree`` (two members).
        members: positions of cells, or ``MISSING``. The first member is the total, the change, the fact.
        weights: weight of each member in a linear identity.
    """

    rule: Rule
    kind: str
    members: list[int] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=lambda: [0])

    def add(self, members: Sequence[int], weights: Sequence[int] | None = None) -> None:
        """Append a place, unless fewer than two of its members stand in the document: then it states nothing."""
        if sum(member != MISSING for member in members) < 2:
            return
        self.members.extend(members)
        self.weights.extend(weights if weights is not None else [1] * len(members))
        self.offsets.append(len(self.members))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def at(self, place: int) -> list[int]:
        """The cells of a place, without missing operands."""
        members = self.members[self.offsets[place] : self.offsets[place + 1]]
        return [member for member in members if member != MISSING]


def bind(rules: Sequence[Rule], facts: Sequence[Fact]) -> list[Places]:
    """All places of the rules.

    Args:
        rules: rules of the facts' family.
        facts: what each cell prints, in the order of the cells; gaps are facts too.
    """
    binder = _Binder(facts)
    return [binder.places(rule) for rule in rules]


class _Binder:
    def __init__(self, facts: Sequence[Fact]) -> None:
        self.cells: dict[Fact, int] = {}
        self.again: dict[Fact, list[int]] = {}
        self.periods: dict[str, dict[tuple[str, str | None], None]] = {}
        for cell, fact in enumerate(facts):
            first = self.cells.setdefault(fact, cell)
            if first != cell:
                self.again.setdefault(fact, [first]).append(cell)
            self.periods.setdefault(fact[0], {})[fact[1], fact[2]] = None

    def cell(self, series: str, measure: str, period: str | None) -> int:
        return self.cells.get((series, measure, period), MISSING)

    @singledispatchmethod
    def places(self, rule: Rule) -> Places:
        raise TypeError(f"no binding for rules of type {type(rule).__name__}")

    @places.register
    def _(self, rule: Sum) -> Places:
        places = Places(rule, "linear")
        for names in _choices(rule.over):
            series = [rule.total.format(**names), *(part.format(**names) for part in rule.parts)]
            weights = [-1, *rule.parts.values()]
            keys: dict[tuple[str, str | None], None] = {}
            for name in series:
                keys.update({key: None for key in self.periods.get(name, {}) if key[0] == "value"})
            for measure, period in keys:
                places.add([self.cell(name, measure, period) for name in series], weights)
        return places

    @places.register
    def _(self, rule: TopSum) -> Places:
        places = Places(rule, "linear")
        for names in _choices(rule.over):
            total, others = rule.total.format(**names), rule.others.format(**names)
            prefix = rule.prefix.format(**names)
            products = [name for name in self.periods if name.startswith(prefix) and name != others]
            printed = {key for name in (total, others, *products) for key in self.periods.get(name, {}) if key[0] == "value"}
            for measure, period in sorted(printed, key=str):
                parts = [cell for name in products if (cell := self.cell(name, measure, period)) != MISSING]
                parts += [MISSING] * (rule.size - len(parts))
                members = [self.cell(total, measure, period), self.cell(others, measure, period), *parts]
                places.add(members, [-1, *[1] * (len(members) - 1)])
        return places

    @places.register
    def _(self, rule: PeriodSum) -> Places:
        places = Places(rule, "linear")
        for (series, measure, period), cell in self.cells.items():
            if measure == "value" and period is not None and not is_month(period):
                months = [self.cell(series, measure, month) for month in months_of(period)]
                places.add([cell, *months], [-1, *[1] * len(months)])
        return places

    @places.register
    def _(self, rule: Running) -> Places:
        places = Places(rule, "linear")
        for (series, measure, period), cell in self.cells.items():
            if measure != "value" or not series.startswith(rule.prefix) or period is None or "/" not in period:
                continue
            first, _, last = period.partition("/")
            members = [cell, self.cell(series, measure, last)]
            if first != last:
                members.append(self.cell(series, measure, f"{first}/{add_months(last, -1)}"))
            places.add(members, [-1, *[1] * (len(members) - 1)])
        return places

    @places.register
    def _(self, rule: Change) -> Places:
        places = Places(rule, "change")
        latest = max((period for _, measure, period in self.cells if measure == "index" and period is not None), default=None)
        for fact, cell in self.cells.items():
            series, measure, period = fact
            if measure == "percent_change" and period is not None:
                earlier, _, later = period.partition("/")
                indexes = [self.cell(series, "index", month) for month in (earlier, later)]
                # Older months and the year are printed without indexes and stand in no such identity; the latest
                # change has its indexes, so that one without them is not evaluable.
                if MISSING not in indexes or (later == latest and add_months(earlier, 1) == later):
                    for printed in self.again.get(fact, [cell]):
                        places.add([printed, *indexes])
        return places

    @places.register
    def _(self, rule: Agree) -> Places:
        places = Places(rule, "agree")
        for first, *others in self.again.values():
            for other in others:
                places.add([first, other], [1, -1])
        return places


def _choices(over: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    for values in itertools.product(*over.values()):
        yield dict(zip(over, values, strict=True))


def arrays(places: Places) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Members, weights and offsets as integer arrays."""
    return (
        np.asarray(places.members, dtype=np.int64),
        np.asarray(places.weights, dtype=np.int64),
        np.asarray(places.offsets, dtype=np.int64),
    )
