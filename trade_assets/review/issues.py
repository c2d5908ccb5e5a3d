"""Issues: one root cause each, with a stable id, the suspects, the evidence, and a sentence that says it.

An id is a hash of family, release month and the facts of the violated places: it stays when lines move, when the
document is issued again, when a rule is renamed, or when another wrong figure is printed at the same place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from trade_assets.identities.evaluate import Evaluation, Verdict, evaluate
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import Marks
from trade_assets.identities.localise import Certainty, Finding, Suspect, localise
from trade_assets.identities.printed import Facts
from trade_assets.identities.rules import rules_of
from trade_assets.reading.errors import printable
from trade_assets.review.consequence import WEIGHTS, Consequence, consequence
from trade_assets.review.decimals import value_text
from trade_assets.review.formulas import equation, gap_sentence

_NAMED = 3  # figures that a title names
_AROUND = 60  # characters of a line that are shown before and behind its cells


@dataclass(frozen=True)
class Place:
    """Where a cell stands and what it prints."""

    line: int
    start: int
    end: int
    text: str
    series: str
    measure: str
    period: str | None

    @property
    def fact(self) -> str:
        """What the cell prints, for people."""
        what = "" if self.measure == "value" else f" {self.measure}"
        return f"{self.series}{what} {self.period or ''}".rstrip()


@dataclass(frozen=True)
class Issue:
    """A finding as people see it.

    Attributes:
        facts: the facts of the document that it was found in.
    """

    id: str
    finding: Finding
    facts: Facts
    consequence: Consequence

    def place(self, cell: int) -> Place:
        """Where a cell stands and what it prints."""
        line, start, end, text = (self.facts.place[name][cell] for name in ("line", "start", "end", "text"))
        return Place(int(line), int(start), int(end), str(text), *self.facts.keys[cell])

    @property
    def certainty(self) -> Certainty:
        """How sure it is which cell is wrong."""
        return self.finding.certainty

    @property
    def violated(self) -> tuple[Verdict, ...]:
        """The violated identities."""
        return self.finding.violated

    @property
    def suspects(self) -> tuple[Suspect, ...]:
        """The suspects, the likeliest first."""
        return self.finding.suspects

    @cached_property
    def withheld(self) -> tuple[int, ...]:
        """The cells that depend on the doubt: all that explain everything alone; if there are none, all that are involved."""
        singles = {suspect.cell for suspect in self.finding.singles}
        return tuple(sorted(singles or {cell for verdict in self.violated for cell in verdict.cells}))

    def proposal(self, suspect: Suspect) -> str | None:
        """What the cell probably should read, grouped as its column is."""
        return None if suspect.proposal is None else self.as_printed(suspect.cell, suspect.proposal)

    def as_printed(self, cell: int, value: Printed) -> str:
        """A figure as the column of a cell prints its figures: grouped, and with its unit sign."""
        text = value_text(value) + ("%" if str(self.facts.place["text"][cell]).endswith("%") else "")
        place = self.facts.place
        column = place["table"][cell], place["column"][cell]
        is_grouped = any(
            "," in str(mark)
            for table, name, mark in zip(place["table"], place["column"], place["text"], strict=True)
            if (table, name) == column
        )
        if not is_grouped:
            return text
        whole, point, fraction = text.partition(".")
        sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        return f"{sign}{int(whole):,}{point}{fraction}"

    @cached_property
    def title(self) -> str:
        """The issue as a sentence, without the lines: it says the same of every print of the same figures."""
        finding = self.finding
        if finding.pattern is not None:
            return finding.pattern
        if not finding.explanations:
            return self._unexplained_title()
        first = [finding.suspects[at] for at in finding.explanations[0]]
        said = " and ".join(self._suspected(suspect) for suspect in first)
        others = len({at for each in finding.explanations for at in each}) - len(first)
        if finding.certainty == "ambiguous" and others > 0:
            return f"{said}; or {f'one of {others} other figures' if others > 1 else 'another figure'} is wrong"
        return said

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """The lines where the likeliest wrong cells stand, or all cells involved if none is likelier."""
        cells = [self.suspects[at].cell for at in next(iter(self.finding.explanations), ())]
        return tuple(sorted({self.place(cell).line for cell in cells or self.violated[0].cells}))

    def marked_line(self, lines: Sequence[str]) -> str:
        """The document's first line of the issue, with the cells to look at between » and «, safe to show."""
        line = self.lines[0]
        cells = self.marked or frozenset(self.violated[0].cells)
        places = sorted((place.start, place.end) for cell in cells if (place := self.place(cell)).line == line)
        text, shown, at = lines[line - 1], "", max(0, (places[0][0] if places else 0) - _AROUND)
        end = min(len(text), (places[-1][1] if places else 0) + _AROUND)
        shown = "…" if at else ""
        for first, last in places:
            shown += f"{text[at:first]}»{text[first:last]}«"
            at = last
        return printable(shown + text[at:end] + ("…" if end < len(text) else ""), 4 * _AROUND)

    @property
    def sentence(self) -> str:
        """The title with its lines."""
        lines = self.lines
        return f"line{'s' if len(lines) > 1 else ''} {lines[0]}{f' to {lines[-1]}' if len(lines) > 1 else ''}: {self.title}"

    def _suspected(self, suspect: Suspect) -> str:
        place, proposal = self.place(suspect.cell), self.proposal(suspect)
        verb = "is" if self.certainty == "certain" else "is probably" if self.certainty == "likely" else "may be"
        said = f"{place.text} ({place.fact}) {verb} wrong"
        if proposal is not None:
            is_bound = suspect.allowed is not None and None not in (suspect.allowed.low, suspect.allowed.high)
            said += f", probably {proposal}" if self.certainty == "certain" and is_bound else f", {proposal} would fit"
        return said + (f" ({suspect.slip})" if suspect.slip else "")

    def _unexplained_title(self) -> str:
        verdict = self.violated[0]
        if isinstance(verdict.rule, Marks):
            place = self.place(verdict.cells[0])
            return f"{place.text} ({place.fact}) is marked as revised; {gap_sentence(verdict)}"
        texts = [self.place(cell).text for cell in verdict.cells]
        named = ", ".join(texts[:_NAMED]) + (f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else "")
        more = f"; {len(self.violated) - 1} more violated" if len(self.violated) > 1 else ""
        cut = "; the search for the wrong figure was cut" if self.finding.is_cut else ""
        return f"{named} do not satisfy {verdict.rule.name}: {gap_sentence(verdict)}{more}{cut}"

    def equation(self, verdict: Verdict) -> str:
        """An identity written out, suspects of the issue marked."""
        texts = (self.place(cell).text for cell in verdict.cells)
        marked = self.marked
        return equation(verdict, [f"[{text}]" if cell in marked else text for cell, text in zip(verdict.cells, texts, strict=True)])

    @cached_property
    def marked(self) -> frozenset[int]:
        """The cells to mark where the issue is shown: those of the first explanation, and all that explain it alone."""
        first = {self.suspects[at].cell for at in next(iter(self.finding.explanations), ())}
        return frozenset(first | {suspect.cell for suspect in self.finding.singles})


def issues_of(facts: Facts, evaluation: Evaluation, family: str, release_month: str | None) -> list[Issue]:
    """The issues of one document, ordered by certainty of the error times its effect on the headlines, then by line."""
    found = [
        Issue(issue_id(family, release_month, facts, finding.violated), finding, facts, consequence(finding, facts, family))
        for finding in localise(facts, evaluation)
    ]
    return sorted(found, key=lambda issue: (-WEIGHTS[issue.certainty] * issue.consequence.effect, issue.lines))


def issue_id(family: str, release_month: str | None, facts: Facts, violated: Sequence[Verdict]) -> str:
    """The stable id of an issue: 12 hexadecimal digits."""
    places = sorted({facts.keys[cell] for verdict in violated for cell in verdict.cells}, key=str)
    said = json.dumps([family, release_month, places], separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def examine(facts: Facts, family: str, release_month: str | None) -> tuple[Evaluation, list[Issue]]:
    """Evaluate the family's rule book on a document's facts and find what is behind every violation."""
    evaluation = evaluate(rules_of(family), facts)
    return evaluation, issues_of(facts, evaluation, family, release_month)
