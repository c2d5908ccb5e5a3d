"""What is wrong with a mark rather than with a figure: a dash where the other figures say what stands there, an irregular print, a
mark of a revision where none is open.

A publisher prints a dash for what it does not give. What it does not give no exact identity determines: one with all its
other operands printed says the figure, and a dash there is a figure lost. Two dashes may still be two lost figures, each
determined by an identity that lacks it alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from trade_assets.facts.periods import months_apart
from trade_assets.identities.binding import MISSING, Places
from trade_assets.identities.blocks import layout
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import Verdict
from trade_assets.identities.findings import Finding, Suspect
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import Agree, Marks
from trade_assets.identities.network import Allowed, Network, Site
from trade_assets.identities.slips import DECIMAL_POINT

_WORK = 1_000_000
_TRIED = 400  # values of which the most central is taken; sums of a year leave a dozen


def gaps(facts: Facts, bound: Sequence[Places]) -> list[Finding]:
    """A finding for each printed dash that stands among figures and in place of one that exact identities determine.

    A dash that may stand for zero is none, unless its table prints zeros as figures.
    """
    sought = _sought(facts, bound)
    exact = {cell: sites for cell, sites in sought.items() if any(site.rule.strength == "exact" for site in sites)}
    if not exact:
        return []
    network = Network(facts, bound, _WORK)
    rows, columns = layout(facts)
    found = []
    for cell, sites in exact.items():
        table, row, column = (facts.place[name][cell] for name in ("table", "row", "column"))
        if _is_beside_a_figure(facts, cell, rows[table, row]) or _is_beside_a_figure(facts, cell, columns[table, column]):
            finding = _finding(network, cell, sites)
            found += [finding] if finding is not None else []
    return found


def _sought(facts: Facts, bound: Sequence[Places]) -> dict[int, list[Site]]:
    """The printed gaps with the places in which they alone are missing."""
    found: dict[int, list[Site]] = defaultdict(list)
    lines = facts.place.get("line", ())
    for places in bound:
        if len(places) and places.form.term_of and places.form.sense == "equal":
            is_missing = facts.figures.gaps.take(places.members)
            for place in np.flatnonzero(np.count_nonzero(is_missing, axis=0) == 1).tolist():
                cell = int(places.members[int(is_missing[:, place].argmax()), place])
                if cell != MISSING and lines and lines[cell] is not None:
                    found[cell].append(Site(places.rule, places.form, places.at(place)))
    return found


def _is_beside_a_figure(facts: Facts, cell: int, line: Sequence[int]) -> bool:
    """Whether a cell beside it in a row or a column is a figure: within what a publisher leaves out there is none."""
    at = line.index(cell)
    return any(not facts.figures.is_missing[other] for other in (*line[max(at - 1, 0) : at], *line[at + 1 : at + 2]))


def _finding(network: Network, cell: int, sites: Sequence[Site]) -> Finding | None:
    exact = [site for site in sites if site.rule.strength == "exact"]
    decimals = network.decimals(cell)
    values = network.allowed_by(cell, sites, {})
    allowed = values[0] if values and values[0].decimals == decimals[0] else None
    if allowed is not None and (allowed.low is None or allowed.high is None):
        return None
    if allowed is not None and allowed.has(Printed(0, allowed.decimals)) and not _prints_zero(network.facts, cell):
        return None
    figure = None if allowed is None else _most_central(network, cell, allowed, sites)
    gap = Fraction(0) if figure is None else figure.value
    spread = Fraction(0) if allowed is None else Fraction((allowed.high or 0) - (allowed.low or 0), 2 * 10**allowed.decimals)
    violated = tuple(Verdict(site.rule, site.form, site.cells, gap, spread, sought=cell) for site in exact)
    suspect = Suspect(cell, tuple(range(len(violated))), allowed, figure)
    return Finding(violated, (suspect,), ((0,),), "certain" if figure is not None else "likely")


def _prints_zero(facts: Facts, cell: int) -> bool:
    """Whether the table of a cell prints a zero as a figure."""
    tables, figures = facts.place["table"], facts.figures
    return any(
        tables[other] == tables[cell] and not figures.is_missing[other] and figures.scaled[other] == 0 for other in range(len(facts))
    )


def _most_central(network: Network, cell: int, allowed: Allowed, sites: Sequence[Site]) -> Printed:
    low, high = allowed.low or 0, allowed.high or 0
    step = max(1, (high - low) // _TRIED)
    tried = (Printed(scaled, allowed.decimals) for scaled in range(low, high + 1, step))
    return max(tried, key=lambda value: (network.centrality(cell, value, sites), -abs(2 * value.scaled - low - high)))


def of_older_vintages(violated: Sequence[Verdict], network: Network) -> list[Finding]:
    """A finding for each mark of a revision that stands where none is open: it is of an older vintage, and so may its figure be.

    The figure is cleared where another print of the fact, without such a mark, shows the same. So it is where the older vintage
    had it as final already: that printed a later month as well, the latest before the last at which two prints of the document
    differ.

    Args:
        violated: all violated places of the document.
    """
    marked = [(verdict, verdict.rule) for verdict in violated if isinstance(verdict.rule, Marks)]
    if not marked:
        return []
    found, differing = [], _latest_differing(violated, network.facts)
    network.index()  # a file may have thousands of marks
    for verdict, rule in marked:
        cell = verdict.cells[0]
        _, measure, period = network.facts.keys[cell]
        by = _same_without_the_mark(rule, cell, network)
        if by is None and period is not None and measure in differing:
            by = rule.name if months_apart(period[-7:], differing[measure]) >= rule.months else None
        suspects = () if by else (Suspect(cell, (0,), None),)
        found.append(Finding((verdict,), suspects, (), "certain" if by else "ambiguous", ((cell, by),) if by else ()))
    return found


def _latest_differing(violated: Sequence[Verdict], facts: Facts) -> dict[str, str]:
    """By measure the latest month, before the last that is printed, of which two prints differ."""
    printed: dict[str, str] = defaultdict(str)
    for _, measure, period in facts.keys:
        printed[measure] = max(printed[measure], (period or "")[-7:])
    found: dict[str, str] = {}
    for verdict in violated:
        _, measure, period = facts.keys[verdict.cells[0]]
        if isinstance(verdict.rule, Agree) and period is not None and period[-7:] < printed[measure]:
            found[measure] = max(found.get(measure, ""), period[-7:])
    return found


def _same_without_the_mark(rule: Marks, cell: int, network: Network) -> str | None:
    """The rule by which another print of the fact shows the same figure without the mark; ``None`` if none does."""
    for site in network.sites(cell):
        if isinstance(site.rule, Agree):
            (other,) = (each for each in site.cells if each != cell)
            if network.printed(other) == network.printed(cell) and not network.facts.has_mark(other, rule.flag):
                return site.rule.name
    return None


def with_structure(findings: Sequence[Finding], violated: Sequence[Verdict], network: Network) -> list[Finding]:
    """Findings with what is wrong beside the arithmetic: irregular marks, and rows that are not there.

    An irregular mark of a figure that is suspected already is part of the same cause. All else is a finding of its own.
    """
    found = list(findings)
    for verdict in violated:
        at = next((at for at, finding in enumerate(found) if not verdict.about and verdict.cells[0] in finding.suspected), None)
        if at is None:
            found.append(_of_mark(verdict, network))
        else:
            found[at] = _joined(found[at], verdict)
    return found


def _joined(finding: Finding, verdict: Verdict) -> Finding:
    cell, place = verdict.cells[0], len(finding.violated)
    suspects = tuple(
        replace(suspect, explains=(*suspect.explains, place)) if suspect.cell == cell else suspect for suspect in finding.suspects
    )
    return replace(finding, violated=(*finding.violated, verdict), suspects=suspects)


def _of_mark(verdict: Verdict, network: Network) -> Finding:
    if verdict.about:  # what is wrong is not in any cell
        return Finding((verdict,), (), (), "certain")
    cell = verdict.cells[0]
    printed, usual = network.printed(cell), network.decimals(cell)[0]
    is_pointless = not network.facts.figures.is_missing[cell] and printed.decimals < usual
    figure = Printed(printed.scaled, usual) if is_pointless else None
    # Digits behind the point may be lost with it: then what is left has the size of the column's figures already.
    if figure is not None and network.familiarity(cell, figure) < network.familiarity(cell, printed):
        figure = None
    return Finding((verdict,), (Suspect(cell, (0,), None, figure, DECIMAL_POINT if figure is not None else None),), ((0,),), "certain")
