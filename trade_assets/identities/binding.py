"""Rules meet facts: for each rule, every place where it applies, with the cells that take part.

Longer than 400 lines: one method per kind of rule, which share the index of the facts.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, singledispatchmethod

import numpy as np

from trade_assets.facts import catalogue
from trade_assets.facts.periods import add_months, is_month, months_apart, months_between, months_of, span
from trade_assets.facts.rows import expected_rows
from trade_assets.identities import forms
from trade_assets.identities.document_facts import Fact, Facts
from trade_assets.identities.forms import Form
from trade_assets.identities.kinds import (
    Agree,
    AlikeDecimals,
    AlikeSize,
    Change,
    Compound,
    Includes,
    Labelled,
    Limit,
    Marks,
    NeverFalls,
    OncePrinted,
    OnYearBefore,
    PartsSum,
    PartsWithin,
    PeriodSum,
    Regular,
    Rows,
    Rule,
    Running,
    Share,
    Sum,
    TopSum,
    WeightedChange,
)

MISSING = -1
"""Stands for an operand that no cell prints."""

_NAMED = 3  # records that a sentence names


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
        groups = [Places(stated, form, _stated(members)) for (stated, form), members in binder.found.items() if members]
        bound.extend([group for group in groups if len(group)] or [Places(rule, forms.ALWAYS, np.zeros((1, 0), dtype=np.int64))])
    return bound


def _stated(places: Sequence[Sequence[int]]) -> np.ndarray:
    """Members of the places that state something, a row per member."""
    members = np.array(places, dtype=np.int64).T.copy()
    printed = np.count_nonzero(members != MISSING, axis=0)
    return members if (printed == len(members)).all() else members[:, (printed >= 2) | (printed == len(members))]


class _Binder:
    """Facts by what they print.

    Attributes:
        found: the places of the rule at hand, by form; those that rest on an inferred list are of the rule as inferred.
        prints: series, period and cell of every print of a measure.
        firsts: the same without those of facts that are printed further up already.
        cells: the first print of each fact.
        again: all prints of the facts that are printed more than once.
        periods: the first prints of a series and measure, by period.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.found: dict[tuple[Rule, Form], list[Sequence[int]]] = {}
        self.prints: dict[str, list[tuple[str, str | None, int]]] = defaultdict(list)
        self.firsts: dict[str, list[tuple[str, str | None, int]]] = defaultdict(list)
        self.cells: dict[tuple[str, str, str | None], int] = {}
        self.again: dict[tuple[str, str, str | None], list[int]] = {}
        self.periods: dict[tuple[str, str], dict[str | None, int]] = defaultdict(dict)
        for cell, fact in enumerate(facts.keys):
            series, measure, period = fact
            self.prints[measure].append((series, period, cell))
            first = self.cells.setdefault(fact, cell)
            if first == cell:
                self.firsts[measure].append((series, period, cell))
                self.periods[series, measure][period] = cell
            else:
                self.again.setdefault(fact, [first]).append(cell)

    def add(self, rule: Rule, form: Form, members: Sequence[int]) -> None:
        self.found[rule, form].append(members)

    def cell(self, series: str, measure: str, period: str | None) -> int:
        return self.cells.get((series, measure, period), MISSING)

    @singledispatchmethod
    def places(self, rule: Rule) -> None:
        raise TypeError(f"no binding for rules of type {type(rule).__name__}")

    @places.register
    def _(self, rule: Sum) -> None:
        form = forms.total((-1, *rule.parts.values()))
        for (_, series), measure in itertools.product(chosen(rule), rule.measures):
            columns = [self.periods.get((name, measure), {}) for name in series]
            periods = dict.fromkeys(itertools.chain(*columns))
            self.found[rule, form].extend(zip(*([column.get(period, MISSING) for period in periods] for column in columns), strict=True))

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
                self.add(rule, form, [whole, rest, *parts])

    @places.register
    def _(self, rule: PeriodSum) -> None:
        summed = frozenset(rule.series)
        for series, period, cell in self.firsts[rule.measure]:
            if period is not None and not is_month(period) and series in summed:
                months = [self.cell(series, rule.measure, month) for month in _months_of(period)]
                self.add(rule, forms.total((-1, *[1] * len(months))) if len(months) > 1 else forms.AGREE, [cell, *months])

    @places.register
    def _(self, rule: Running) -> None:
        for series, period, cell in self.firsts[rule.measure]:
            if series.startswith(rule.prefix) and period is not None and "/" in period:
                first, _, last = period.partition("/")
                members = [cell, self.cell(series, rule.measure, last)]
                if first != last:
                    members.append(self.cell(series, rule.measure, f"{first}/{add_months(last, -1)}"))
                self.add(rule, forms.total((-1, *[1] * (len(members) - 1))), members)

    def partitions(self, rule: Rule, measure: str, *, is_whole: bool) -> Iterator[tuple[Rule, str, tuple[str, ...], list[str | None]]]:
        """Totals, those of their parts that are printed, and the periods of a measure; whole lists or others.

        A list is whole if the classification's every part is printed, as a row of the document. With an inferred list the rule is one.
        """
        for parts in catalogue.parts_of(rule.family):
            printed = tuple(part for part in parts.parts if (part, measure) in self.periods)
            if printed and (parts.is_whole and printed == parts.parts) is is_whole:
                periods = dict.fromkeys(itertools.chain(*(self.periods.get((name, measure), {}) for name in (parts.total, *printed))))
                yield _inferred(rule) if parts.is_inferred else rule, parts.total, printed, list(periods)

    @places.register
    def _(self, rule: PartsSum) -> None:
        for stated, total, parts, periods in self.partitions(rule, rule.measure, is_whole=True):
            for period in periods:
                members = [self.cell(name, rule.measure, period) for name in (total, *parts)]
                self.add(stated, forms.total((-1, *[1] * len(parts))), members)

    @places.register
    def _(self, rule: PartsWithin) -> None:
        for stated, total, parts, periods in self.partitions(rule, rule.measure, is_whole=False):
            for period in periods:
                members = [self.cell(name, rule.measure, period) for name in (total, *parts)]
                self.add(stated, forms.total((-1, *[1] * len(parts)), "at_most"), members)

    @places.register
    def _(self, rule: WeightedChange) -> None:
        for stated, total, parts, periods in self.partitions(rule, rule.weight, is_whole=True):
            for period in periods:
                if period is None:
                    continue
                members = [
                    self.cell(*fact)
                    for name in (total, *parts)
                    for fact in ((name, rule.weight, period), (name, rule.level, period), (name, rule.level, add_months(period, 1)))
                ]
                self.add(stated, forms.weighted_change(len(parts)), members)

    @places.register
    def _(self, rule: Change) -> None:
        form = forms.CHANGE_OF_ROUNDED if rule.basis == "rounded" else forms.CHANGE_OF_UNROUNDED
        latest = max((period for _, period, _ in self.firsts[rule.level] if period is not None), default=None)
        for series, period, cell in self.firsts["percent_change"]:
            if period is None:
                continue
            earlier, _, later = period.partition("/")
            levels = [self.cell(series, rule.level, month) for month in (earlier, later)]
            # Older months and the year are printed without levels and stand in no such identity; the latest
            # change has its levels, so that one without them is not evaluable.
            if MISSING not in levels or (later == latest and add_months(earlier, 1) == later):
                for printed in self.again.get((series, "percent_change", period), [cell]):
                    self.add(rule, form, [printed, *levels])

    @places.register
    def _(self, rule: OnYearBefore) -> None:
        is_rounded = rule.basis == "rounded"
        difference = forms.total((-1, -1, 1), is_exact=is_rounded)
        form = (forms.CHANGE_OF_ROUNDED if is_rounded else forms.CHANGE_OF_UNROUNDED) if rule.is_percent else difference
        for series, period, cell in self.firsts[rule.measure]:
            if period is not None and len(period) == 4:
                levels = [self.cell(series, rule.level, year) for year in (str(int(period) - 1), period)]
                # The first year of a table has nothing to be compared with, and prints no change.
                if not (self.facts.figures.is_missing[cell] and levels[0] == MISSING):
                    self.add(rule, form, [cell, *levels])

    @places.register
    def _(self, rule: Agree) -> None:
        for (_, measure, _), (first, *others) in self.again.items():
            for other in others if measure in rule.measures else ():
                self.add(rule, forms.AGREE, [first, other])

    @places.register
    def _(self, rule: Share) -> None:
        for names in _choices(rule.over):
            whole, prefix = rule.whole.format(**names), rule.prefix.format(**names)
            for series, period, cell in self.firsts[rule.measure]:
                if series.startswith(prefix):
                    self.add(rule, forms.SHARE, [cell, self.cell(series, rule.of, period), self.cell(whole, rule.of, period)])

    @places.register
    def _(self, rule: Compound) -> None:
        for (_, measure), changes in self.periods.items():
            if measure == "percent_change":
                for period, cell in changes.items():
                    steps = _steps(period) if period is not None else ()
                    months = [changes.get(step, MISSING) for step in steps]
                    # A year of which only the last months are printed cannot be compounded by this release.
                    if len(months) > 1 and MISSING not in months:
                        self.add(rule, forms.compound(len(months)), [cell, *months])

    @places.register
    def _(self, rule: Limit) -> None:
        chosen = frozenset(rule.series)
        form = forms.limit(rule.low, rule.high, is_low_excluded=rule.is_low_excluded, is_print=rule.is_print)
        self.found[rule, form].extend((cell,) for series, _, cell in self.prints[rule.measure] if not chosen or series in chosen)

    @places.register
    def _(self, rule: NeverFalls) -> None:
        form = forms.total((-1, 1), "at_most", is_exact=True)
        for (_, measure), periods in self.periods.items():
            if measure == rule.measure:
                dated = sorted((period, cell) for period, cell in periods.items() if period is not None and "/" in period)
                for (before, earlier), (after, later) in itertools.pairwise(dated):
                    if before[:7] == after[:7]:
                        self.add(rule, form, [later, earlier])

    @places.register
    def _(self, rule: Includes) -> None:
        form = forms.total((-1, 1), "at_most")
        for series, period, cell in self.firsts[rule.measure]:
            if period is not None and "/" in period and series.startswith(rule.prefixes):
                month = self.cell(series, rule.measure, period.partition("/")[2])
                if month != MISSING:
                    self.add(rule, form, [cell, month])

    @places.register
    def _(self, rule: Marks) -> None:
        latest: dict[str, str] = {}
        for cell in [cell for cell in range(len(self.facts)) if self.facts.has_mark(cell, rule.flag)]:
            _, measure, period = self.facts.keys[cell]
            if measure not in latest:
                latest[measure] = max(found[-7:] for _, found, _ in self.firsts[measure] if found is not None)
            is_open = period is not None and 1 <= months_apart(period[-7:], latest[measure]) <= rule.months
            self.add(rule, forms.ALWAYS if is_open else forms.never("no revision is open there"), [cell])

    @places.register
    def _(self, rule: Regular) -> None:
        for cell, flags in enumerate(self.facts.place.get("flags", ())):
            wrong = [rule.flags[flag] for flag in str(flags or "").split() if flag in rule.flags]
            if wrong:
                self.add(rule, forms.never(" and ".join(wrong)), [cell])

    def series_printed(self, table: str) -> dict[tuple[str, str], list[int]]:
        """The figures of each series and measure in a printed table, in its order."""
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        tables = self.facts.place.get("table", ())
        for cell, (series, measure, _) in enumerate(self.facts.keys):
            if tables and tables[cell] == table and not self.facts.figures.is_missing[cell]:
                found[series, measure].append(cell)
        return found

    @places.register
    def _(self, rule: AlikeDecimals) -> None:
        figures = self.facts.figures
        for cells in self.series_printed(rule.printed).values():
            decimals = {cell: int(figures.decimals[cell]) for cell in cells}
            usual, _ = Counter(decimals.values()).most_common(1)[0]
            has_zeros = any(decimals[cell] == usual and figures.scaled[cell] % 10 == 0 for cell in cells)
            odd = [cell for cell in cells if decimals[cell] > usual or (decimals[cell] < usual and has_zeros)]
            if len(cells) >= rule.least and len(odd) <= max(1, len(cells) // rule.rare):
                for cell in odd:
                    self.add(rule, forms.never(f"it has {decimals[cell]} decimals, the others of its series {usual}"), [cell])

    @places.register
    def _(self, rule: AlikeSize) -> None:
        for series, measure in self.series_printed(rule.printed):
            dated = sorted((period, cell) for period, cell in self.periods[series, measure].items() if period is not None)
            cells = [cell for _, cell in dated if not self.facts.figures.is_missing[cell]]
            values = self.facts.figures.common.take(cells).tolist()
            for at, cell in enumerate(cells):
                around = values[max(at - rule.around, 0) : at] + values[at + 1 : at + 1 + rule.around]
                said = _unlike(values[at], around, rule.factor) if len(around) >= rule.least else ""
                for printed in self.again.get(self.facts.keys[cell], [cell]) if said else ():
                    if self.facts.printed(printed) == self.facts.printed(cell):
                        self.add(rule, forms.never(said), [printed])

    @places.register
    def _(self, rule: OncePrinted) -> None:
        years: dict[tuple[str, str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for (series, measure), cells in self.series_printed(rule.printed).items():
            for cell in cells:
                period = self.facts.keys[cell][2] or ""
                years[series, measure, period[:4]][period].append(cell)
        for (series, measure, year), records in years.items():
            counts = Counter(map(len, records.values()))
            if len(counts) > 1:
                usual = max(counts, key=lambda count: (counts[count], -count))
                odd = {period: cells for period, cells in sorted(records.items()) if len(cells) != usual}
                named = ", ".join(f"{period} {_times(len(cells))}" for period, cells in list(odd.items())[:_NAMED])
                more = f" and {len(odd) - _NAMED} more" if len(odd) > _NAMED else ""
                said = f"records of {series} are not printed alike: {named}{more}, the others of {year} {_times(usual)}"
                self.add(rule, forms.never(said, ((series, measure, year),)), [min(itertools.chain(*odd.values()))])

    @places.register
    def _(self, rule: Rows) -> None:
        printed: dict[str, dict[Fact, int]] = defaultdict(dict)
        for cell, (table, key) in enumerate(zip(self.facts.place.get("table", ()), self.facts.keys, strict=False)):
            printed[table].setdefault(key, cell)
        latest = max((period[-7:] for _, _, period in self.facts.keys if period is not None), default=None)
        above: dict[str, int] = {}
        for row in expected_rows(rule.family, latest) if latest is not None else ():
            if row.table not in printed:
                continue
            found = {
                series: cell
                for (series, measure, period), cell in printed[row.table].items()
                if series in row.series and row.measure in (None, measure) and row.period in (None, period)
            }
            if found:
                above[row.table] = min(found.values())
            if len(found) < row.least:
                # The place is where it is missing: below the row before it, or at the table's first figure.
                at = above.get(row.table, min(printed[row.table].values()))
                count = f": {len(found)} of {row.least}" if row.least > 1 else ""
                said = f"the row {row.said} of {row.table} is not printed{count}"
                self.add(rule, forms.never(said, ((" ".join(sorted(row.series)), row.measure or row.table, row.period),)), [at])

    @places.register
    def _(self, rule: Labelled) -> None:
        for (series, measure), cells in self.series_printed(rule.printed).items():
            label = self.facts.label(series, measure)
            if label.is_contradicted:
                self.add(rule, forms.contradicted(), cells)
                continue
            for cell in cells:
                bounds = label.bounds.get(self.facts.keys[cell][2] or "")
                if bounds is not None:
                    self.add(rule, forms.limit(*bounds), [cell])


def _unlike(value: int, around: Sequence[int], factor: int) -> str:
    """How a figure differs from the figures around it, all at the same decimals; empty if it does not."""
    sizes = sorted(map(abs, around))
    double_median = sizes[len(sizes) // 2] + sizes[(len(sizes) - 1) // 2]
    if not double_median:
        return ""
    others = sum((other < 0) != (value < 0) for other in around)
    # One of those around may have lost its sign itself; a series that passes through zero is small there.
    is_crossing = 1 < others < len(around) - 1
    if 2 * abs(value) > factor * double_median or (2 * factor * abs(value) < double_median and not is_crossing):
        return "it is not of the size of the figures around it"
    return "it has not the sign of the figures around it" if others >= len(around) - 1 else ""


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


@cache
def _inferred(rule: Rule) -> Rule:
    """The rule as one that rests on a list of parts which no publisher prints."""
    return replace(rule, authority="inferred")


@lru_cache(maxsize=4096)  # a release has many series of the same periods
def _months_of(period: str) -> tuple[str, ...]:
    return tuple(months_of(period))


@lru_cache(maxsize=4096)
def _steps(period: str) -> tuple[str, ...]:
    """The periods of the monthly changes that make up a change."""
    earlier, _, later = period.partition("/")
    return tuple(span(*months) for months in itertools.pairwise(months_between(earlier, later)))


def chosen(rule: Sum) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Each choice of the rule's names, with the series that it makes of the total and of the parts."""
    for names in _choices(rule.over):
        yield tuple(names.values()), (rule.total.format(**names), *(part.format(**names) for part in rule.parts))


def _choices(over: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    for values in itertools.product(*over.values()):
        yield dict(zip(over, values, strict=True))
