"""Cells and the identities that bind them: which values of a cell its identities allow, the other cells as printed."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

import numpy as np

from trade_assets.identities import forms
from trade_assets.identities.binding import MISSING, Places
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.forms import Form, Printed
from trade_assets.identities.kinds import Rule


class Site(NamedTuple):
    """A place: its rule, its form, and the cells that take part, all of them printed."""

    rule: Rule
    form: Form
    cells: tuple[int, ...]


class Allowed(NamedTuple):
    """Printed values of a cell, at so many decimals, from the lowest to the highest; ``None`` is no bound."""

    decimals: int
    low: int | None
    high: int | None

    def has(self, figure: Printed) -> bool:
        """Whether the figure is one of them."""
        return (
            figure.decimals == self.decimals
            and (self.low is None or self.low <= figure.scaled)
            and (self.high is None or figure.scaled <= self.high)
        )

    @property
    def only(self) -> Printed | None:
        """The figure, if it is but one."""
        return Printed(self.low, self.decimals) if self.low is not None and self.low == self.high else None


class Spent(Exception):
    """The work that localisation may do on one document is used up."""


class Network:
    """The identities around each cell of a document.

    Args:
        work: how many cells of identities may be looked at before ``Spent`` is raised.

    Attributes:
        bound: the places of each form, with whether all operands of each are printed.
    """

    def __init__(self, facts: Facts, bound: Sequence[Places], work: int) -> None:
        self.facts = facts
        self.work = work
        self.bound = [
            (places, ~(facts.figures.is_missing[places.members] | (places.members == MISSING)).any(axis=0))
            for places in bound
            if len(places) and places.form.term_of  # a form without members says nothing of figures
        ]
        self._sites: dict[int, list[Site]] = {}
        self._allowed: dict[int, list[Allowed]] = {}
        self._magnitudes: dict[tuple[str, str], tuple[float, float]] = {}
        self._decimals: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        for cell, column in enumerate(self._columns()):
            if not facts.figures.is_missing[cell]:
                self._decimals[column][int(facts.figures.decimals[cell])] += 1

    def _columns(self) -> list[tuple[str, str]]:
        return list(zip(self.facts.place["table"], self.facts.place["column"], strict=True))

    def printed(self, cell: int) -> Printed:
        """The figure of a cell."""
        return self.facts.printed(cell)

    def sites(self, cell: int) -> list[Site]:
        """The places that the cell takes part in, of which all operands are printed."""
        if cell not in self._sites:
            self._sites[cell] = [
                Site(places.rule, places.form, places.at(int(place)))
                for places, is_whole in self.bound
                for place in np.flatnonzero((places.members == cell).any(axis=0) & is_whole)
            ]
        return self._sites[cell]

    def index(self) -> None:
        """Find the places of all cells at once, for whoever asks about every cell."""
        self._sites = {cell: [] for cell in range(len(self.facts))}
        for places, is_whole in self.bound:
            for place in np.flatnonzero(is_whole).tolist():
                site = Site(places.rule, places.form, places.at(place))
                for cell in dict.fromkeys(site.cells):
                    self._sites[cell].append(site)

    def decimals(self, cell: int) -> list[int]:
        """The decimals with which the column prints its other figures, the usual first; then the cell's own.

        Of a gap without other figures in its column, the most of any figure.
        """
        others = self._decimals[self.facts.place["table"][cell], self.facts.place["column"][cell]].copy()
        is_gap = self.facts.figures.is_missing[cell]
        own = [self.facts.figures.digits] if is_gap and not others else [] if is_gap else [self.printed(cell).decimals]
        if not is_gap:
            others.subtract(own)
        return list(dict.fromkeys([places for places, count in others.most_common() if count > 0] + own))

    def is_odd(self, cell: int) -> bool:
        """Whether the figure is printed otherwise than its column: other decimals, or digits grouped irregularly."""
        return self.decimals(cell)[0] != self.printed(cell).decimals or self.facts.has_mark(cell, "irregular_grouping")

    def familiarity(self, cell: int, value: Printed) -> float:
        """Log likelihood of a value among those of its column, by magnitude (Laplace around the median)."""
        column = self.facts.place["table"][cell], self.facts.place["column"][cell]
        if column not in self._magnitudes:
            figures = self.facts.figures
            sizes = [
                math.log(abs(figures.scaled[each]) / 10 ** figures.decimals[each] + 0.05)
                for each, other in enumerate(self._columns())
                if other == column and not figures.is_missing[each]
            ]
            middle = median(sizes)
            self._magnitudes[column] = middle, max(0.1, median(abs(size - middle) for size in sizes))
        middle, spread = self._magnitudes[column]
        return -abs(math.log(abs(value.scaled) / 10**value.decimals + 0.05) - middle) / spread

    def centrality(self, cell: int, value: Printed, sites: Iterable[Site]) -> float:
        """Log likelihood of a value by how near to zero it brings the gaps of its identities.

        Rounding errors are uniform, so their sum over n cells is nearly normal, with a third of the n-th part of the
        squared allowance as its variance; one alone says little.
        """
        total = 0.0
        for site in sites:
            if site.form.sense != "equal":
                continue
            found = forms.bounds(site.form, self.members(site, {cell: value}))
            if found is None or found[0] == found[1]:
                continue
            count = len(site.cells) - len(site.form.exact)
            ratio = float((found[0] + found[1]) / (found[1] - found[0]))
            total -= ratio * ratio * (1.5 * count if count > 1 else 0.3)
        return total

    def members(self, site: Site, changes: Mapping[int, Printed]) -> list[Printed]:
        """The figures of a place, some of them changed."""
        return [changes[cell] if cell in changes else self.printed(cell) for cell in site.cells]

    def allowed(self, cell: int) -> list[Allowed]:
        """The values that all identities of the cell allow, for each number of decimals; empty if there are none."""
        if cell not in self._allowed:
            self._allowed[cell] = self.allowed_by(cell, self.sites(cell), {})
        return self._allowed[cell]

    def allowed_by(self, cell: int, sites: Iterable[Site], changes: Mapping[int, Printed]) -> list[Allowed]:
        """The values that some places allow, other cells changed; empty if there are none."""
        sites = list(sites)
        found = []
        for decimals in self.decimals(cell):
            low: int | None = None
            high: int | None = None
            for site in sites:
                ends = self.ends(cell, site, changes, decimals)
                if ends is None:
                    break
                low = ends[0] if low is None else low if ends[0] is None else max(low, ends[0])
                high = ends[1] if high is None else high if ends[1] is None else min(high, ends[1])
                if low is not None and high is not None and low > high:
                    break
            else:
                found.append(Allowed(decimals, low, high))
        return found

    def ends(self, cell: int, site: Site, changes: Mapping[int, Printed], decimals: int) -> tuple[int | None, int | None] | None:
        """The lowest and the highest printed value that one place allows, or ``None`` if it allows none."""
        self.spend(len(site.cells))
        found = forms.solve(site.form, site.cells.index(cell), self.members(site, changes), decimals)
        if found is None:
            return None
        return forms.grid(found, decimals, is_low_excluded=site.form.sense == "below")

    def misses(self, cells: Iterable[int], changes: Mapping[int, Printed], without: frozenset[int] = frozenset()) -> list[Site]:
        """The places of some cells that the changed figures violate; those of cells ``without`` a value are left out."""
        missed = []
        for site in dict.fromkeys(site for cell in cells for site in self.sites(cell)):
            if without.isdisjoint(site.cells):
                self.spend(len(site.cells))
                if forms.holds(site.form, self.members(site, changes)) is False:
                    missed.append(site)
        return missed

    def spend(self, cells: int) -> None:
        """Account for an identity of so many cells being solved or checked."""
        self.work -= cells
        if self.work < 0:
            raise Spent
