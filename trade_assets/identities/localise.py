"""From violated identities to the wrong cell: all minimal explanations, ranked, one finding per root cause.

A cell explains violated identities if it takes part in all of them and some printed value of it makes every identity
of the cell hold, the holding ones included. Single cells come first, then pairs; rows and columns that stand shifted
are one cause, not many (``blocks.py``). A finding is ``certain`` exactly if one single cell explains it: that is
structure. Slips and the position in the range of allowed values only rank suspects and choose proposals.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from trade_assets.identities import slips
from trade_assets.identities.blocks import Block, blocks, neighbours
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import Evaluation, Verdict
from trade_assets.identities.findings import Certainty, Explanation, Finding, Suspect, connected, explains, share, uncertain
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import Marks
from trade_assets.identities.marks import of_older_vintages
from trade_assets.identities.network import Allowed, Network, Site, Spent

WORK = 400_000
"""How many cells of identities may be looked at for one document: a few seconds; one error takes some thousands."""

_LIKELY = 0.8  # share of the likelihood that makes the first explanation likely
_NO_SLIP = math.log(1e-5)
_ODD = math.log(1e3)
_VALUES_TRIED = 40
_RIFE = 20  # groups of violated identities; with more, no finding is certain
_GROUPS_OF_AN_EXCHANGE = 6  # two cells stand in few identities that share no cell


def localise(facts: Facts, evaluation: Evaluation, work: int = WORK) -> list[Finding]:
    """The root causes behind the violated identities of a document, in the order of their first cell.

    Args:
        work: how much may be tried; what is left then is reported without explanation, and says so.
    """
    if not evaluation.violated:
        return []
    search = _Search(Network(facts, evaluation.bound, work))
    found = search.findings(list(evaluation.violated))
    return sorted(found, key=lambda finding: min(cell for verdict in finding.violated for cell in verdict.cells))


@dataclass
class _Search:
    network: Network
    is_cut: bool = False
    kept: list[Finding] = field(default_factory=list)

    def findings(self, violated: list[Verdict]) -> list[Finding]:
        """One finding per root cause: first what happened to several cells at once."""
        before = connected(violated)
        try:
            violated = self.take_exchange(violated)
            violated = self.take_blocks(violated)
        except Spent:
            self.is_cut = True
        # Where some violated identities of a group are taken away, what is left of it proves nothing by its structure.
        left = {id(verdict) for verdict in violated}
        torn = {id(verdict) for group in before if any(id(each) not in left for each in group) for verdict in group}
        # What is wrong with a mark is wrong with no figure: each is a finding of its own.
        self.kept.extend(of_older_vintages(violated, self.network))
        others = [each for each in violated if not each.form.term_of and not isinstance(each.rule, Marks)]
        self.kept.extend(self.unexplained([verdict]) for verdict in others)
        violated = [verdict for verdict in violated if verdict.form.term_of]
        singles = [(group, self.explain(group)) for group in connected(violated)]
        # Where much is wrong, two errors may well pose as one.
        is_rife = len(singles) > _RIFE
        for group, explanations in self.joined(singles):
            found = [self.finding(group, explanations)] if explanations else self.broken_up(group)
            self.kept.extend(uncertain(found) if is_rife or any(id(verdict) in torn for verdict in group) else found)
        return self.kept

    # One exchange of neighbours behind everything

    def take_exchange(self, violated: list[Verdict]) -> list[Verdict]:
        """Keep a finding for one exchange of neighbours that explains everything; what is left of the violated identities.

        Before blocks are looked for: an exchange is less than a shift. With many groups there is none.
        """
        figures = [verdict for verdict in violated if verdict.form.term_of]
        groups = connected(figures)
        if not 1 < len(groups) <= _GROUPS_OF_AN_EXCHANGE:
            return violated
        explained = [(group, self.exchanges(group) + self.single_cells(group)) for group in groups]
        for group, explanations in self.joined(explained):
            if explanations and explanations[0].pattern and len(group) == len(figures):
                self.kept.append(self.finding(group, explanations))
                return [verdict for verdict in violated if verdict not in group]
        return violated

    # Blocks: rows and columns that stand shifted or exchanged

    def take_blocks(self, violated: list[Verdict]) -> list[Verdict]:
        """Keep a finding for each block; the violated identities that no block explains.

        One cause for several groups, or for one that no single cell explains by a slip: else no block is looked for.
        """
        figures = [verdict for verdict in violated if verdict.form.term_of]
        groups = connected(figures)
        if not groups or (len(groups) == 1 and self.has_plain_explanation(groups[0])):
            return violated
        for block in blocks(self.network, figures):
            mine = [group for group in groups if any(not block.cells.isdisjoint(verdict.cells) for verdict in group)]
            if len(mine) > 1 or (mine and not self.has_plain_explanation(mine[0])):
                explained = [verdict for verdict in violated if not block.cells.isdisjoint(verdict.cells)]
                self.kept.append(self.block_finding(block, explained))
                violated = [verdict for verdict in violated if verdict not in explained]
        return violated

    def has_plain_explanation(self, group: list[Verdict]) -> bool:
        """Whether one cell explains the group by a slip, or an exchange of neighbours does."""
        singles = self.single_cells(group)
        return any(suspect.slip for explanation in singles for suspect in explanation.suspects) or bool(self.exchanges(group))

    def block_finding(self, block: Block, violated: list[Verdict]) -> Finding:
        suspects = tuple(
            Suspect(cell, explains(cell, violated), None, value, block.slip if value is not None else None)
            for cell, value in block.changes.items()
        )
        return Finding(tuple(violated), suspects, (tuple(range(len(suspects))),), "likely", pattern=block.title)

    # Single cells and pairs

    def explain(self, group: list[Verdict]) -> list[Explanation]:
        """The smallest explanations of a group: single cells, else exchanged neighbours and pairs."""
        try:
            found = self.single_cells(group)
            if not any(suspect.slip for explanation in found for suspect in explanation.suspects):
                found = self.exchanges(group) + found
            return found or self.pairs(group)
        except Spent:
            self.is_cut = True
            return []

    def single_cells(self, group: Sequence[Verdict]) -> list[Explanation]:
        common = set(group[0].cells).intersection(*(verdict.cells for verdict in group))
        found = []
        for cell in sorted(common):
            allowed = self.network.allowed(cell)
            if allowed:
                suspect, score = self.suspect(cell, group, allowed, self.network.sites(cell))
                found.append(Explanation([suspect], score))
        return sorted(found, key=lambda explanation: explanation.rank)

    def suspect(self, cell: int, group: Sequence[Verdict], allowed: list[Allowed], sites: Iterable[Site]) -> tuple[Suspect, float]:
        """A cell with the best of its values: a slip away, and central among the allowed ones."""
        printed = self.network.printed(cell)
        sites = list(sites)
        best, best_score = None, _NO_SLIP
        usual = self.network.decimals(cell)[0]
        for original in self.originals(cell, allowed):
            if any(values.has(original.figure) for values in allowed):
                score = math.log(original.chance) + self.network.centrality(cell, original.figure, sites)
                score += self.network.familiarity(cell, original.figure) - self.network.familiarity(cell, printed)
                score -= _ODD if original.figure.decimals != usual else 0.0
                if best is None or score > best_score:
                    best, best_score = original, score
        score = best_score if best is not None else _NO_SLIP
        score += _ODD if self.network.is_odd(cell) else 0.0
        # Without a slip, a single allowed value is a proposal all the same.
        proposal = best.figure if best is not None else allowed[0].only if allowed[0].only != printed else None
        return Suspect(cell, explains(cell, group), allowed[0], proposal, best.slip if best is not None else None), score

    def originals(self, cell: int, allowed: Iterable[Allowed]) -> Iterable[slips.Original]:
        """What the cell may have read before one slip."""
        text = self.network.facts.place["text"][cell]
        return slips.originals(self.network.printed(cell), {values.decimals for values in allowed}, text).values()

    def exchanges(self, group: Sequence[Verdict]) -> list[Explanation]:
        """Neighbouring cells that, exchanged, make everything hold; all violated identities contain one of them."""
        cells = {cell for verdict in group for cell in verdict.cells}
        found = {}
        for cell in sorted(cells):
            for other in neighbours(self.network.facts, cell):
                pair = frozenset((cell, other))
                if pair not in found and all(not pair.isdisjoint(verdict.cells) for verdict in group):
                    found[pair] = self.exchange(cell, other, group)
        return [explanation for explanation in found.values() if explanation is not None]

    def exchange(self, cell: int, other: int, group: Sequence[Verdict]) -> Explanation | None:
        first, second = self.network.printed(cell), self.network.printed(other)
        if first == second or self.network.misses((cell, other), {cell: second, other: first}):
            return None
        suspects = [
            Suspect(cell, explains(cell, group), None, second, slips.NEIGHBOURS),
            Suspect(other, explains(other, group), None, first, slips.NEIGHBOURS),
        ]
        return Explanation(suspects, 0.0, f"two neighbouring figures {slips.NEIGHBOURS.partition(' ')[0]}")

    def joined(self, explained: list[tuple[list[Verdict], list[Explanation]]]) -> list[tuple[list[Verdict], list[Explanation]]]:
        """Groups that one exchange of neighbours explains become one group."""
        taken: set[int] = set()
        result = []
        for pair in self.candidates([explanation for _, explanations in explained for explanation in explanations]):
            mine = [
                place
                for place, (group, _) in enumerate(explained)
                if place not in taken and all(not pair.isdisjoint(verdict.cells) for verdict in group)
            ]
            if len(mine) < 2:
                continue
            together = [verdict for place in mine for verdict in explained[place][0]]
            cell, other = sorted(pair)
            try:
                exchange = self.exchange(cell, other, together)
            except Spent:
                self.is_cut = True
                break
            if exchange is not None:
                taken.update(mine)
                result.append((together, [exchange]))
        return result + [found for place, found in enumerate(explained) if place not in taken]

    def candidates(self, explanations: Iterable[Explanation]) -> list[frozenset[int]]:
        """Pairs that may be exchanged: those found so already, and neighbours that are both suspected alone."""
        explanations = list(explanations)
        alone = {explanation.suspects[0].cell for explanation in explanations if len(explanation.suspects) == 1}
        exchanged = [frozenset(suspect.cell for suspect in each.suspects) for each in explanations if each.pattern]
        adjacent = [frozenset((cell, other)) for cell in sorted(alone) for other in neighbours(self.network.facts, cell) if other in alone]
        return list(dict.fromkeys(exchanged + adjacent))

    def pairs(self, group: Sequence[Verdict]) -> list[Explanation]:
        """Two cells that together explain the group: each violated identity contains one, and values exist.

        The partner of a cell that stands in all of them may be any cell of theirs.
        """
        found: dict[frozenset[int], Explanation] = {}
        first = min(group, key=lambda verdict: len(verdict.cells))
        all_cells = {cell for verdict in group for cell in verdict.cells}
        for cell in sorted(first.cells):
            rest = [verdict for verdict in group if cell not in verdict.cells]
            others = set(rest[0].cells).intersection(*(verdict.cells for verdict in rest)) if rest else all_cells
            for other in sorted(others - {cell}):
                pair = frozenset((cell, other))
                if pair not in found:
                    explanation = self.pair(cell, other, group)
                    if explanation is not None:
                        found[pair] = explanation
        return sorted(found.values(), key=lambda explanation: explanation.rank)

    def pair(self, cell: int, other: int, group: Sequence[Verdict]) -> Explanation | None:
        """The pair with its best values, or ``None`` if no values are found that make all their identities hold."""
        network = self.network
        mine, others = network.sites(cell), network.sites(other)
        shared = [site for site in mine if other in site.cells]
        alone = network.allowed_by(cell, [site for site in mine if other not in site.cells], {})
        if not alone or not network.allowed_by(other, [site for site in others if cell not in site.cells], {}):
            return None
        best: Explanation | None = None
        for value, slip, chance in self.values(cell, alone):
            allowed = network.allowed_by(other, others, {cell: value})
            if not allowed:
                continue
            suspect, score = self.suspect(other, group, allowed, [site for site in others if cell not in site.cells])
            score += math.log(chance) + self.network.centrality(cell, value, [site for site in mine if site not in shared])
            score += _ODD if network.is_odd(cell) else 0.0
            if best is None or score > best.score:
                first = Suspect(cell, explains(cell, group), alone[0], value if slip else alone[0].only, slip)
                best = Explanation([first, suspect], score)
        return best

    def values(self, cell: int, allowed: list[Allowed]) -> list[tuple[Printed, str | None, float]]:
        """Values to try for a cell: what it was before a slip, then the middle, the ends and what lies between."""
        tried: dict[Printed, tuple[Printed, str | None, float]] = {}
        for original in sorted(self.originals(cell, allowed), key=lambda original: -original.chance):
            if any(values.has(original.figure) for values in allowed):
                tried[original.figure] = (original.figure, original.slip, original.chance)
        for values in allowed:
            if values.low is not None and values.high is not None:
                step = max(1, (values.high - values.low) // _VALUES_TRIED)
                for scaled in range(values.low, values.high + 1, step):
                    figure = Printed(scaled, values.decimals)
                    tried.setdefault(figure, (figure, None, math.exp(_NO_SLIP)))
        return list(tried.values())[: 2 * _VALUES_TRIED]

    # Many errors at once

    def broken_up(self, group: list[Verdict]) -> list[Finding]:
        """A group that no pair explains: the cell that explains most is taken off, again and again."""
        findings: list[Finding] = []
        rest = group
        while rest:
            cell = self.most_explaining(rest)
            if cell is None:
                findings.append(self.unexplained(rest))
                break
            mine = [verdict for verdict in rest if cell in verdict.cells]
            rest = [verdict for verdict in rest if cell not in verdict.cells]
            explanation = self.partial(cell, mine)
            findings.append(self.finding(mine, [explanation]) if explanation is not None else self.unexplained(mine))
            for part in connected(rest):
                explanations = self.explain(part)
                if explanations:
                    findings.append(self.finding(part, explanations))
                    rest = [verdict for verdict in rest if verdict not in part]
        return uncertain(findings)  # taken off one after another these are no structural proof

    def most_explaining(self, group: Sequence[Verdict]) -> int | None:
        """The cell of most violated identities, if it is in more than one."""
        counts = Counter(cell for verdict in group for cell in dict.fromkeys(verdict.cells))
        cell, most = min(counts.items(), key=lambda item: (-item[1], item[0]))
        return cell if most > 1 and not self.is_cut else None

    def partial(self, cell: int, mine: Sequence[Verdict]) -> Explanation | None:
        """A cell with values that satisfy as many of its identities as go together."""
        network = self.network
        violated = {(verdict.rule.name, verdict.cells) for verdict in mine}
        sites = [site for site in network.sites(cell) if (site.rule.name, site.cells) not in violated]
        holding = len(sites)
        try:
            for verdict in sorted(mine, key=lambda verdict: len(verdict.cells)):
                wider = [*sites, Site(verdict.rule, verdict.form, verdict.cells)]
                if network.allowed_by(cell, wider, {}):
                    sites = wider
            allowed = network.allowed_by(cell, sites, {})
        except Spent:
            self.is_cut = True
            return None
        if not allowed or len(sites) == holding:
            return None
        suspect, score = self.suspect(cell, mine, allowed, sites)
        if len(sites) < len(network.sites(cell)):
            suspect = replace(suspect, allowed=None)  # they are not all satisfied: other cells are wrong too
        return Explanation([suspect], score)

    # Findings

    def finding(self, group: Sequence[Verdict], explanations: list[Explanation]) -> Finding:
        """The explanations as one finding; suspects of better explanations come first."""
        explanations = sorted(explanations, key=lambda explanation: explanation.rank)
        suspects: dict[int, Suspect] = {}
        for explanation in explanations:
            for suspect in explanation.suspects:
                suspects.setdefault(suspect.cell, suspect)
        places = {cell: place for place, cell in enumerate(suspects)}
        sets = tuple(tuple(places[suspect.cell] for suspect in explanation.suspects) for explanation in explanations)
        is_single = all(len(explanation.suspects) == 1 for explanation in explanations)
        best = explanations[0]
        if is_single and len(explanations) == 1:
            certainty: Certainty = "certain"
        elif any(suspect.slip for suspect in best.suspects) and share(explanations) >= _LIKELY:
            certainty = "likely"
        else:
            certainty = "ambiguous"
        cleared = self.cleared(group, suspects) if is_single else ()
        return Finding(tuple(group), tuple(suspects.values()), sets, certainty, cleared, best.pattern, self.is_cut)

    def cleared(self, group: Sequence[Verdict], suspects: Iterable[int]) -> tuple[tuple[int, str | None], ...]:
        """The other cells of the violated identities, each with the identity that clears it."""
        counts = Counter(cell for verdict in group for cell in dict.fromkeys(verdict.cells))
        cleared: list[tuple[int, str | None]] = []
        for cell, count in sorted(counts.items()):
            if cell not in set(suspects):
                cleared.append((cell, self.clearing(cell, group) if count == len(group) else None))
        return tuple(cleared)

    def clearing(self, cell: int, group: Sequence[Verdict]) -> str | None:
        """The holding identity that no value of the cell which mends the violated ones would leave holding."""
        violated = {(verdict.rule.name, verdict.cells) for verdict in group}
        sites = self.network.sites(cell)
        kept = [site for site in sites if (site.rule.name, site.cells) in violated]
        try:
            for site in sites:
                if site not in kept:
                    kept.append(site)
                    if not self.network.allowed_by(cell, kept, {}):
                        return site.rule.name
        except Spent:
            self.is_cut = True
        return None

    def unexplained(self, group: Sequence[Verdict]) -> Finding:
        """Violated identities without an explanation: all their cells are suspects, those in most of them first."""
        counts = Counter(cell for verdict in group for cell in dict.fromkeys(verdict.cells))
        ranked = sorted(counts, key=lambda cell: (-counts[cell], not self.network.is_odd(cell), cell))
        suspects = tuple(Suspect(cell, explains(cell, group), None) for cell in ranked)
        return Finding(tuple(group), suspects, (), "ambiguous", is_cut=self.is_cut)
