"""Issues: one root cause each, with a stable id, the suspects, the evidence, and a sentence that says it.

An id is a hash of family, product, release month and the facts of the violated places: it stays when lines move, when the
document is issued again, when a rule is renamed, or when another wrong figure is printed at the same place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property

from trade_assets.identities.document_facts import Fact, Facts
from trade_assets.identities.evaluate import Evaluation, Verdict, evaluate, verdicts
from trade_assets.identities.findings import Certainty, Finding, Suspect
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import Labelled, Marks
from trade_assets.identities.localise import localise
from trade_assets.identities.marks import gaps, with_structure
from trade_assets.identities.network import Network
from trade_assets.identities.rules import STRUCTURE, rules_of, structure_of
from trade_assets.reading.errors import about, printable
from trade_assets.review.consequence import WEIGHTS, Consequence, consequence
from trade_assets.review.decimals import value_text
from trade_assets.review.equations import equation, gap_sentence

_NAMED = 3  # figures that a title names
_BEYOND_LINES = ("sheet", "cell", "page", "box")  # where a cell stands in formats that are not made of lines
_AROUND = 60  # characters of a line that are shown before and behind its cells


@dataclass(frozen=True)
class Place:
    """Where a cell stands and what it prints; in workbooks also its sheet and cell, in page formats its page and box."""

    line: int
    start: int
    end: int
    text: str
    series: str
    measure: str
    period: str | None
    sheet: str | None = None
    cell: str | None = None
    page: int | None = None
    box: str | None = None

    @property
    def where(self) -> str:
        """How people find it: ``B8``, ``page 1`` or ``line 101``."""
        return self.cell or (f"line {self.line}" if self.page is None else f"page {self.page}")

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
        sheet, address, page, box = (self.facts.place[name][cell] if name in self.facts.place else None for name in _BEYOND_LINES)
        return Place(
            int(line),
            int(start),
            int(end),
            str(text),
            *self.facts.keys[cell],
            sheet=sheet,
            cell=address,
            page=None if page is None else int(page),
            box=box,
        )

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
    def cells(self) -> frozenset[int]:
        """All cells that the issue is about: those of its violated identities and its suspects."""
        involved = {cell for verdict in self.violated for cell in verdict.cells}
        return frozenset(involved | {suspect.cell for suspect in self.suspects})

    @cached_property
    def withheld(self) -> tuple[int, ...]:
        """The cells that depend on the doubt: all that explain everything alone; if there are none, all that are involved."""
        singles = {suspect.cell for suspect in self.finding.singles}
        if singles:
            return tuple(sorted(singles))
        # A row that is not printed puts no printed figure in doubt, nor does the mark of a figure that is proven otherwise.
        involved = {cell for verdict in self.violated if not verdict.about for cell in verdict.cells}
        return tuple(sorted(involved - {cell for cell, _ in self.finding.cleared}))

    def proposal(self, suspect: Suspect) -> str | None:
        """What the cell probably should read, grouped as its column is."""
        return None if suspect.proposal is None else self.as_printed(suspect.cell, suspect.proposal)

    def as_printed(self, cell: int, value: Printed) -> str:
        """A figure as the column of a cell prints its figures: grouped as any of them, with the unit sign that most of them have."""
        place = self.facts.place
        column = place["table"][cell], place["column"][cell]
        marks = [
            str(text)
            for *where, text, is_gap in zip(place["table"], place["column"], place["text"], self.facts.figures.is_missing, strict=True)
            if (*where,) == column and not is_gap
        ]
        figure = value_text(value)
        if any("," in mark for mark in marks):
            whole, point, fraction = figure.partition(".")
            sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
            figure = f"{sign}{int(whole):,}{point}{fraction}"
        # The sign of one mark alone says nothing: it may be what is wrong.
        signed = sum(mark.endswith("%") for mark in marks)
        return figure + ("%" if signed and 2 * signed >= len(marks) else "")

    @cached_property
    def title(self) -> str:
        """The issue as a sentence, without the lines: it says the same of every print of the same figures."""
        finding = self.finding
        if finding.pattern is not None:
            return finding.pattern
        if not finding.explanations:
            return self._unexplained_title()
        if finding.violated and all(verdict.sought is not None or verdict.said for verdict in finding.violated):
            return self._title_of_mark()
        first = [finding.suspects[at] for at in finding.explanations[0]]
        said = " and ".join(self._suspected(suspect) for suspect in first)
        others = len({at for each in finding.explanations for at in each}) - len(first)
        if finding.certainty == "ambiguous" and others > 0:
            return f"{said}; or {f'one of {others} other figures' if others > 1 else 'another figure'} is wrong"
        return said

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """The lines where the likeliest wrong cells stand, or all cells involved if none is likelier."""
        return tuple(sorted({place.line for place in self._likeliest}))

    @cached_property
    def _likeliest(self) -> list[Place]:
        """Where the likeliest wrong cells stand, or all cells involved if none is likelier, in the order of the document."""
        cells = [self.suspects[at].cell for at in next(iter(self.finding.explanations), ())]
        return sorted((self.place(cell) for cell in cells or self.violated[0].cells), key=lambda place: (place.line, place.start))

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
    def where(self) -> str:
        """The first of the likeliest wrong cells as people find it."""
        return self._likeliest[0].where

    @property
    def sentence(self) -> str:
        """The title with its lines, or with the cells or pages of a format that is not made of lines."""
        found = list(dict.fromkeys(place.where for place in self._likeliest))
        if self._likeliest[0].page is not None or self._likeliest[0].cell is not None:
            where = f"{', '.join(found[:_NAMED])}{f' and {len(found) - _NAMED} more' if len(found) > _NAMED else ''}"
            return f"{where}: {self.title}"
        lines = self.lines
        if len(lines) == 1:
            return f"line {lines[0]}: {self.title}"
        is_run = len(lines) > _NAMED or lines[-1] - lines[0] == len(lines) - 1 > 1
        where = f"{lines[0]} to {lines[-1]}" if is_run else f"{', '.join(map(str, lines[:-1]))} and {lines[-1]}"
        return f"lines {where}: {self.title}"

    def _suspected(self, suspect: Suspect) -> str:
        place, proposal = self.place(suspect.cell), self.proposal(suspect)
        verb = "is" if self.certainty == "certain" else "is probably" if self.certainty == "likely" else "may be"
        said = f"{place.text} ({place.fact}) {verb} wrong"
        if proposal is not None:
            is_bound = suspect.allowed is not None and None not in (suspect.allowed.low, suspect.allowed.high)
            said += f", probably {proposal}" if self.certainty == "certain" and is_bound else f", {proposal} would fit"
        return said + (f" ({suspect.slip})" if suspect.slip else "")

    def _title_of_mark(self) -> str:
        """Of a dash for a figure that the others determine, and of a figure that is printed otherwise than its column."""
        suspect, verdict = self.suspects[0], self.violated[0]
        place, proposal = self.place(suspect.cell), self.proposal(suspect)
        if verdict.sought is not None:
            should = f", should read {proposal}" if proposal else ", where its identities ask for a figure and do not agree on it"
            return f"printed {place.text} ({place.fact}){should}"
        return f"{place.text} ({place.fact}) is irregular: {verdict.said}" + (f", {proposal} would fit" if proposal else "")

    def _unexplained_title(self) -> str:
        verdict = self.violated[0]
        if verdict.about:
            return verdict.said
        if isinstance(verdict.rule, Marks):
            place = self.place(verdict.cells[0])
            return f"{place.text} ({place.fact}) is marked as revised; {gap_sentence(verdict)}{self._proof_of_marked()}"
        if isinstance(verdict.rule, Labelled):
            series, measure, _ = self.facts.keys[verdict.cells[0]]
            return f"{series} is not what the file's label claims: {self.facts.label(series, measure).sentence}"
        texts = [self.place(cell).text for cell in verdict.cells]
        named = ", ".join(texts[:_NAMED]) + (f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else "")
        more = f"; {len(self.violated) - 1} more violated" if len(self.violated) > 1 else ""
        cut = "; the search for the wrong figure was cut" if self.finding.is_cut else ""
        return f"{named} do not satisfy {verdict.rule.name}: {gap_sentence(verdict)}{more}{cut}"

    def _proof_of_marked(self) -> str:
        """Why the figure beside a mark that is out of place is no older one; empty where nobody can say."""
        by = next((identity for _, identity in self.finding.cleared), None)
        if by is None:
            return ""
        if by == self.violated[0].rule.name:
            return ". The mark is of an older vintage, which had the figure as final"
        return ". The mark is of an older vintage; another print without it shows the same figure"

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


def issues_of(facts: Facts, evaluation: Evaluation, family: str, release_month: str | None, product: str = "") -> list[Issue]:
    """The issues of one document, ordered by certainty of the error times its effect on the headlines, then by line."""
    by_id: dict[str, list[Finding]] = {}
    for finding in _findings(facts, evaluation):
        by_id.setdefault(issue_id(family, release_month, facts, finding.violated, product), []).append(finding)
    findings = {identity: merged(found) for identity, found in by_id.items()}
    found = [Issue(identity, finding, facts, consequence(finding, facts, family)) for identity, finding in findings.items()]
    return sorted(found, key=lambda issue: (-WEIGHTS[issue.certainty] * issue.consequence.effect, issue.lines))


def _findings(facts: Facts, evaluation: Evaluation) -> list[Finding]:
    """The root causes of what the document violates, and of dashes where figures belong."""
    is_structure = {rule.name for rule in STRUCTURE}
    structure = [verdict for verdict in evaluation.violated if verdict.rule.name in is_structure]
    arithmetic = replace(evaluation, violated=tuple(verdict for verdict in evaluation.violated if verdict.rule.name not in is_structure))
    found = [*localise(facts, arithmetic), *gaps(facts, evaluation.bound)]
    return with_structure(found, structure, Network(facts, (), 0)) if structure else found


def merged(findings: Sequence[Finding]) -> Finding:
    """Findings about the same facts as one: two prints of a fact, or its figure and its mark, are one root cause.

    All suspects of the only one that has explanations stay suspects; where a figure is in doubt without an explanation, all are.
    """
    if len(findings) == 1:
        return findings[0]
    violated, suspects, explained = list[Verdict](), list[Suspect](), list[list[tuple[int, ...]]]()
    for finding in findings:
        if finding.explanations:
            explained.append([tuple(len(suspects) + at for at in each) for each in finding.explanations])
        suspects += [replace(suspect, explains=tuple(len(violated) + place for place in suspect.explains)) for suspect in finding.suspects]
        violated += finding.violated
    if any(finding.suspects and not finding.explanations for finding in findings):
        explained = []
    explanations = explained[0] if len(explained) == 1 else [tuple(at for each in explained for at in each[0])] if explained else []
    is_cut = any(finding.is_cut for finding in findings)
    return Finding(tuple(violated), tuple(suspects), tuple(explanations), "ambiguous", is_cut=is_cut)


def still_violated(issue: Issue, evaluation: Evaluation, corrected: Mapping[int, Printed]) -> list[Verdict]:
    """The identities of an issue, and of the corrected cells, that stay violated with cells corrected; others' issues left out."""
    after = verdicts(evaluation.bound, issue.facts.figures.replaced(corrected))
    concerned = {cell for verdict in issue.violated for cell in verdict.cells} | set(corrected)
    mine = {(verdict.rule.name, verdict.cells) for verdict in issue.violated}
    others = {(verdict.rule.name, verdict.cells) for verdict in evaluation.violated} - mine
    return [
        verdict
        for verdict in after.violated
        if not concerned.isdisjoint(verdict.cells) and (verdict.rule.name, verdict.cells) not in others
    ]


def issue_id(family: str, release_month: str | None, facts: Facts, violated: Sequence[Verdict], product: str = "") -> str:
    """The stable id of an issue: 12 hexadecimal digits. A family's main document has no product."""
    printed = {fact for verdict in violated if not verdict.about for fact in _facts_of(facts, verdict)}
    places = sorted(printed | {fact for verdict in violated for fact in verdict.about}, key=str)
    return _id(family, release_month, product, places)


def unjudged_id(family: str, release_month: str | None, product: str = "", reference_month: str | None = None) -> str:
    """The stable id of the issue that a document could not be judged; of a second release of the month, with what it is of."""
    return _id(family, release_month, product, ["unjudged", reference_month])


def _id(family: str, release_month: str | None, product: str, about_what: object) -> str:
    said = json.dumps([f"{family}/{product}" if product else family, release_month, about_what], separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def told_apart(issues: Sequence[Issue], reference_month: str | None, taken: set[str]) -> list[Issue]:
    """The issues of a document, each with an id of its own where an earlier release of the month shows the same facts violated.

    Two releases of a product in one month may print the same wrong figure; each print is decided by itself.

    Args:
        taken: the ids of the month's documents before, in the order of releases; those of this one are added.
    """
    named = [
        issue if issue.id not in taken else replace(issue, id=hashlib.sha256(f"{issue.id} {reference_month}".encode()).hexdigest()[:12])
        for issue in issues
    ]
    taken.update(issue.id for issue in named)
    return named


def _facts_of(facts: Facts, verdict: Verdict) -> Iterator[Fact]:
    """The facts that an issue is about: a wrong label is one, however many months stand under it."""
    for cell in verdict.cells:
        series, measure, period = facts.keys[cell]
        yield series, measure, period if verdict.form.term_of or not isinstance(verdict.rule, Labelled) else None


def examine(facts: Facts, family: str, release_month: str | None, product: str = "") -> tuple[Evaluation, list[Issue]]:
    """Evaluate the family's rule book on a document's facts and find what is behind every violation.

    Returns:
        The evaluation, with what is wrong beside the arithmetic among the violated places, though not in the counts; the issues.
    """
    evaluation, structure = evaluate(rules_of(family), facts), evaluate(structure_of(family), facts)
    evaluation = replace(evaluation, violated=evaluation.violated + structure.violated)
    return evaluation, issues_of(facts, evaluation, family, release_month, product)


def judging(document: str) -> AbstractContextManager[None]:
    """Make whatever a judge of one document raises a ``ReadError`` about that document: its arithmetic, its words, its page."""
    return about(
        document,
        expected="figures that the rule book can judge",
        found="some that it does not foresee",
        todo="report the document with the error; nothing of it is published until it can be judged",
    )
