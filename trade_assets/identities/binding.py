"""Rules meet facts: for each rule, every place where it applies, with the cells that take part."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatchmethod

import numpy as np

from trade_assets.facts import catalogue
from trade_assets.facts.periods import add_months, is_month, months_apart, months_between, months_of
from trade_assets.identities import forms
from trade_assets.identities.forms import Form
from trade_assets.identities.kinds import (
    Agree,
    Change,
    Compound,
    Includes,
    Limit,
    Marks,
    NeverFalls,
    PartsSum,
    PartsWithin,
    PeriodSum,
    Rule,
    Running,
    Share,
    Sum,
    TopSum,
    WeightedChange,
)
from trade_assets.identities.printed import Facts

MISSING = -1
"""Stands for an operand that no cell prints."""

@dataclass(frozen=True)
class Places:
    """Places of one rule that share a form.

    Attributes:
        members: positions of cells, or ``MISSING``; a row per member of the form, a column per place. The first
            member is the total, the change, the share.
    """

    rule: Rule
    form: Form
    members: np.ndarray

    def __len__(self) -> int:
        return int(self.members.shape[1])

    def at(self, place: int) -> tuple[int, ...]:
        """The cells of a place, ``MISSING`` where an operand is not printed."""
        return tuple(self.members[:, place].tolist())


def bind(rules: Sequence[Rule], facts: Facts) -> list[Places]:
    """All places of the rules, one or more groups a rule; gaps are facts too.

    A place of which fewer than two members (of a limit: none) stand in the document states nothing and is left out.
    """
    binder = _Binder(facts)
    bound = []
    for rule in rules:
        binder.found = defaultdict(list)
        binder.places(rule)
        for form, members in binder.found.items():
            bound.append(Places(rule, form, np.array(members, dtype=np.int64).T))
        if not binder.found:
            bound.append(Places(rule, forms.ALWAYS, np.zeros((1, 0), dtype=np.int64)))
    return bound


class _Binder:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.found: dict[Form, list[tuple[int, ...]]] = {}
        self.cells: dict[tuple[str, str, str | None], int] = {}
        self.again: dict[tuple[str, str, str | None], list[int]] = {}
        self.periods: dict[tuple[str, str], dict[str | None, int]] = {}
        for cell, fact in enumerate(facts.keys):
            first = self.cells.setdefault(fact, cell)
            if first != cell:
                self.again.setdefault(fact, [first]).append(cell)
            series, measure, period = fact
            self.periods.setdefault((series, measure), {}).setdefault(period, cell)

    def add(self, form: Form, members: Sequence[int]) -> None:
        printed = sum(member != MISSING for member in members)
        if printed >= 2 or printed == len(members):
            self.found[form].append(tuple(members))

    def cell(self, series: str, measure: str, period: str | None) -> int:
        return self.cells.get((series, measure, period), MISSING)

    def of(self, measure: str) -> Iterator[tuple[str, str | None, int]]:
        """Series, period and cell of each first print of a measure."""
        for (series, printed, period), cell in self.cells.items():
            if printed == measure:
                yield series, period, cell

    @singledispatchmethod
    def places(self, rule: Rule) -> None:
        raise TypeError(f"no binding for rules of type {type(rule).__name__}")

    @places.register
    def _(self, rule: Sum) -> None:
        form = forms.total((-1, *rule.parts.values()))
        for names in _choices(rule.over):
            series = [rule.total.format(**names), *(part.format(**names) for part in rule.parts)]
            columns = [self.periods.get((name, rule.measure), {}) for name in series]
            for period in dict.fromkeys(itertools.chain(*columns)):
                self.add(form, [column.get(period, MISSING) for column in columns])

    @places.register
    def _(self, rule: TopSum) -> None:
        form = forms.total((-1, *[1] * (rule.size + 1)))
        for names in _choices(rule.over):
            total, others = rule.total.format(**names), rule.others.format(**names)
            prefix = rule.prefix.format(**names)
            leading = [name for name, measure in self.periods if measure == rule.measure and name.startswith(prefix) and name != others]
            columns = [self.periods.get((name, rule.measure), {}) for name in (total, others, *leading)]
            for period in dict.fromkeys(itertools.chain(*columns)):
                whole, rest, *parts = (column.get(period, MISSING) for column in columns)
                parts = [part for part in parts if part != MISSING]
                # With more than so many leading parts nobody knows which lead: the place is not evaluable.
                parts = parts + [MISSING] * (rule.size - len(parts)) if len(parts) <= rule.size else [MISSING] * rule.size
                self.add(form, [whole, rest, *parts])

    @places.register
    def _(self, rule: PeriodSum) -> None:
        for series, period, cell in self.of(rule.measure):
            if period is not None and not is_month(period):
                months = [self.cell(series, rule.measure, month) for month in months_of(period)]
                self.add(forms.total((-1, *[1] * len(months))), [cell, *months])

    @places.register
    def _(self, rule: Running) -> None:
        for series, period, cell in self.of(rule.measure):
            if series.startswith(rule.prefix) and period is not None and "/" in period:
                first, _, last = period.partition("/")
                members = [cell, self.cell(series, rule.measure, last)]
                if first != last:
                    members.append(self.cell(series, rule.measure, f"{first}/{add_months(last, -1)}"))
                self.add(forms.total((-1, *[1] * (len(members) - 1))), members)

    def partitions(self, family: str, measure: str, *, is_whole: bool) -> Iterator[tuple[str, tuple[str, ...], list[str | None]]]:
        """Totals, those of their parts that are printed, and the periods of a measure; whole lists or others.

        A list is whole if the classification's every part is printed, as a row of the document.
        """
        for parts in catalogue.parts_of(family):
            printed = tuple(part for part in parts.parts if (part, measure) in self.periods)
            if printed and (parts.is_whole and printed == parts.parts) is is_whole:
                periods = dict.fromkeys(itertools.chain(*(self.periods.get((name, measure), {}) for name in (parts.total, *printed))))
                yield parts.total, printed, list(periods)

    @places.register
    def _(self, rule: PartsSum) -> None:
        for total, parts, periods in self.partitions(rule.family, rule.measure, is_whole=True):
            for period in periods:
                members = [self.cell(name, rule.measure, period) for name in (total, *parts)]
                self.add(forms.total((-1, *[1] * len(parts))), members)

    @places.register
    def _(self, rule: PartsWithin) -> None:
        for total, parts, periods in self.partitions(rule.family, rule.measure, is_whole=False):
            for period in periods:
                members = [self.cell(name, rule.measure, period) for name in (total, *parts)]
                self.add(forms.total((-1, *[1] * len(parts)), "at_most"), members)

    @places.register
    def _(self, rule: WeightedChange) -> None:
        for total, parts, periods in self.partitions(rule.family, rule.weight, is_whole=True):
            for period in periods:
                if period is None:
                    continue
                members = [
                    self.cell(*fact)
                    for name in (total, *parts)
                    for fact in ((name, rule.weight, period), (name, rule.level, period), (name, rule.level, add_months(period, 1)))
                ]
                self.add(forms.weighted_change(len(parts)), members)

    @places.register
    def _(self, rule: Change) -> None:
        form = forms.CHANGE_OF_ROUNDED if rule.basis == "rounded" else forms.CHANGE_OF_UNROUNDED
        latest = max((period for _, period, _ in self.of(rule.level) if period is not None), default=None)
        for series, period, cell in self.of("percent_change"):
            if period is None:
                continue
            earlier, _, later = period.partition("/")
            levels = [self.cell(series, rule.level, month) for month in (earlier, later)]
            # Older months and the year are printed without levels and stand in no such identity; the latest
            # change has its levels, so that one without them is not evaluable.
            if MISSING not in levels or (later == latest and add_months(earlier, 1) == later):
                for printed in self.again.get((series, "percent_change", period), [cell]):
                    self.add(form, [printed, *levels])

    @places.register
    def _(self, rule: Agree) -> None:
        for first, *others in self.again.values():
            for other in others:
                self.add(forms.AGREE, [first, other])

    @places.register
    def _(self, rule: Share) -> None:
        for names in _choices(rule.over):
            whole, prefix = rule.whole.format(**names), rule.prefix.format(**names)
            for series, period, cell in self.of(rule.measure):
                if series.startswith(prefix):
                    self.add(forms.SHARE, [cell, self.cell(series, rule.of, period), self.cell(whole, rule.of, period)])

    @places.register
    def _(self, rule: Compound) -> None:
        changes: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
        for series, period, cell in self.of("percent_change"):
            if period is not None:
                earlier, _, later = period.partition("/")
                changes[series][earlier, later] = cell
        for found in changes.values():
            for (earlier, later), cell in found.items():
                if months_apart(earlier, later) > 1:
                    ends = months_between(earlier, later)
                    months = [found.get(step, MISSING) for step in itertools.pairwise(ends)]
                    # A year of which only the last months are printed cannot be compounded by this release.
                    if MISSING not in months:
                        self.add(forms.compound(len(months)), [cell, *months])

    @places.register
    def _(self, rule: Limit) -> None:
        chosen = frozenset(rule.series)
        form = forms.limit(rule.low, rule.high, is_low_excluded=rule.is_low_excluded)
        for cell, (series, measure, _) in enumerate(self.facts.keys):
            if measure == rule.measure and (not chosen or series in chosen):
                self.add(form, [cell])

    @places.register
    def _(self, rule: NeverFalls) -> None:
        form = forms.total((-1, 1), "at_most", is_exact=True)
        for (_, measure), periods in self.periods.items():
            if measure == rule.measure:
                dated = sorted((period, cell) for period, cell in periods.items() if period is not None and "/" in period)
                for (before, earlier), (after, later) in itertools.pairwise(dated):
                    if before[:7] == after[:7]:
                        self.add(form, [later, earlier])

    @places.register
    def _(self, rule: Includes) -> None:
        form = forms.total((-1, 1), "at_most")
        for series, period, cell in self.of(rule.measure):
            if period is not None and "/" in period and series.startswith(rule.prefixes):
                month = self.cell(series, rule.measure, period.partition("/")[2])
                if month != MISSING:
                    self.add(form, [cell, month])

    @places.register
    def _(self, rule: Marks) -> None:
        marked = [cell for cell in range(len(self.facts)) if self.facts.has_mark(cell, rule.flag)]
        for cell in marked:
            _, measure, period = self.facts.keys[cell]
            latest = max(found[-7:] for _, found, _ in self.of(measure) if found is not None)
            is_open = period is not None and 1 <= months_apart(period[-7:], latest) <= rule.months
            self.add(forms.ALWAYS if is_open else forms.NEVER, [cell])


def _choices(over: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    for values in itertools.product(*over.values()):
        yield dict(zip(over, values, strict=True))
