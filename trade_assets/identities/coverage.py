"""What is proven and what is not: for each figure, the identities that notice when it is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from trade_assets.identities import forms
from trade_assets.identities.binding import bind
from trade_assets.identities.document_facts import Facts
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
    network.index()
    found = []
    for cell in range(len(facts)):
        if facts.figures.is_missing[cell]:
            continue
        sites = network.sites(cell)
        noticed: Counter[Strength] = Counter(site.rule.strength for site in sites if notices(network, cell, site))
        found.append(Coverage(cell, noticed, sum(site.rule.strength == "exact" for site in sites)))
    return found


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
