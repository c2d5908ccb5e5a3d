"""What is proven and what is not: for each figure, the identities that notice when it is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trade_assets.identities import forms
from trade_assets.identities.binding import Places, bind
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import linear_misses
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import Rule, Strength
from trade_assets.identities.network import Network, Site

_UNBOUNDED = 10**12
MANY = 3
"""Figures in so many identities, or more, are counted together."""


@dataclass(frozen=True)
class Coverage:
    """Which identities notice a change of a figure.

    Attributes:
        cell: the position of the figure.
        noticed: how many identities of each strength notice: ``exact`` ones bind it to the print, ``interval``
            ones to a range, ``limit`` ones keep it within bounds.
        declared: how many exact identities it takes part in; all of them should notice.
    """

    cell: int
    noticed: Counter[Strength]
    declared: int

    @property
    def proof(self) -> str:
        """The strongest kind of identity that notices: exact, interval, limit or none."""
        return next((strength for strength in ("exact", "interval", "limit") if self.noticed[strength]), "none")


def coverage(rules: Sequence[Rule], facts: Facts) -> list[Coverage]:
    """Change each printed figure, up and down by far more than rounding, and ask every identity of it.

    Counted are identities whose operands are all printed; a mark for a missing figure is no figure.
    """
    network = Network(facts, bind(rules, facts), work=_UNBOUNDED)
    noticed: list[Counter[Strength]] = [Counter() for _ in range(len(facts))]
    declared = [0] * len(facts)
    for places, is_whole in network.bound:
        strength = places.rule.strength
        for cell, is_noticed in _asked(network, places, np.flatnonzero(is_whole)):
            noticed[cell].update([strength] if is_noticed else [])
            declared[cell] += strength == "exact"
    printed = np.flatnonzero(~facts.figures.is_missing).tolist()
    return [Coverage(cell, noticed[cell], declared[cell]) for cell in printed]


def _asked(network: Network, places: Places, whole: np.ndarray) -> Iterator[tuple[int, bool]]:
    """Every figure of every whole place, with whether the identity there notices its change; sums at once, others one by one."""
    form, members, figures = places.form, places.members.take(whole, axis=1), network.facts.figures
    is_linear = form.weights is not None and len(form.weights) == len(members) and not form.said
    if not is_linear or any(len(set(cells)) < len(cells) for cells in members.T.tolist()):
        for place in whole.tolist():
            site = Site(places.rule, form, places.at(place))
            yield from ((cell, notices(network, cell, site)) for cell in dict.fromkeys(site.cells))
        return
    before = linear_misses(form, members, figures)
    for member, cells in enumerate(members):
        far = 10 * abs(figures.common.take(cells).astype(object)) + 1000 * 10**figures.digits
        after = [linear_misses(form, members, figures, (member, step)) for step in (far, -far)]
        is_noticed = (after[0] != before) | (after[1] != before)
        for at, cell in enumerate(cells.tolist()):
            # What is violated as printed notices if some value mends it.
            yield cell, notices(network, cell, Site(places.rule, form, places.at(int(whole[at])))) if before[at] else bool(is_noticed[at])


def notices(network: Network, cell: int, site: Site) -> bool:
    """Whether an identity's verdict changes when the figure of a cell is far higher or far lower; of an identity
    that is violated as printed, whether some value of the cell mends it.
    """
    printed = network.printed(cell)
    before = forms.holds(site.form, network.members(site, {}))
    if before is False:
        return bool(network.allowed_by(cell, [site], {}))
    far = 10 * abs(printed.scaled) + 1000 * 10**printed.decimals
    changed = (Printed(printed.scaled + step, printed.decimals) for step in (far, -far))
    return any(forms.holds(site.form, network.members(site, {cell: value})) != before for value in changed)
