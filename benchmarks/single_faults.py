"""Every single fault of a document, and what becomes of it: refused, an issue, or silent with the reason.

    PYTHONPATH=. python benchmarks/single_faults.py [--seed N] [--seconds N] [--list N]

Three enumerations of each shipped text document: every change of one figure that stands in an exact identity (a digit
replaced, exchanged with the next, dropped or doubled; the decimal point or the sign lost; a dash), every row removed, every
row's last line cut at its end. Figures are changed in the facts, since reading 200,000 copies takes hours, and all of them;
``checked`` reads a sample of the copies to show that this says the same. Rows and cuts are always read; what time does not allow
of them is left out and counted: a seed draws the order, rows first.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.planting import Original, Refused
from trade_assets.facts.families import parts
from trade_assets.identities import forms
from trade_assets.identities.binding import bind
from trade_assets.identities.document_facts import Facts, Figures
from trade_assets.identities.forms import Printed
from trade_assets.identities.marks import gaps
from trade_assets.identities.network import Network
from trade_assets.identities.rules import rules_of
from trade_assets.reading import ReadError, Reading, read_document
from trade_assets.reading.marks import parse
from trade_assets.reading.printing import irregular
from trade_assets.review.decimals import value_text
from trade_assets.review.issues import examine

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"
KINDS = ("replaced", "exchanged", "dropped", "doubled", "point lost", "sign", "dash")
OUTCOMES = ("refused", "issue", "same", "silent")
ROUNDING = "rounding: every identity of the figure allows it, too"
UNBOUND = "the figure is in no exact identity, and what is left of it looks like its column"
ZERO = "the figure is zero, and a dash may stand for zero where its table prints none"
_DIGIT = re.compile(r"[0-9]")
_FLAGGED = re.compile(r"((?:\([A-Za-z]\)\s?)?)(.*)", re.DOTALL)


class Fault(NamedTuple):
    """A change of one figure: which, how, what it reads then, and what became of it."""

    kind: str
    cell: int
    text: str
    outcome: str
    reason: str = ""


class Loss(NamedTuple):
    """Lines changed or taken out: what, where, and what became of it."""

    kind: str
    line: int
    said: str
    outcome: str
    reason: str = ""


@dataclass
class Tally:
    """What became of the faults of one document.

    Attributes:
        left_out: how many were not tried for want of time, by kind.
        silent: those that nothing shows, as sentences.
    """

    document: str
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    left_out: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    silent: list[str] = field(default_factory=list)

    def add(self, kind: str, outcome: str, reason: str, said: str) -> None:
        """Count an outcome."""
        self.counts[kind][outcome] += 1
        if outcome == "silent":
            self.reasons[kind][reason or "no reason found"] += 1
            self.silent.append(f"{self.document}, {kind}: {said}")


def changes(text: str) -> Iterator[tuple[str, str]]:
    """Every single change of a mark, with its kind; the same text comes once per kind."""
    flag, mark = _FLAGGED.fullmatch(text).groups()  # type: ignore[union-attr]  # it matches anything
    digits = [found.start() for found in _DIGIT.finditer(mark)]
    made: dict[tuple[str, str], None] = {}

    def add(kind: str, changed: str) -> None:
        if changed != mark:
            made[kind, flag + changed] = None

    for at in digits:
        for digit in "0123456789":
            add("replaced", mark[:at] + digit + mark[at + 1 :])
        add("dropped", mark[:at] + mark[at + 1 :])
        add("doubled", mark[:at] + mark[at] + mark[at:])
    for first, second in pairwise(digits):
        add("exchanged", mark[:first] + mark[second] + mark[first + 1 : second] + mark[first] + mark[second + 1 :])
    add("point lost", mark.replace(".", ""))
    add("sign", mark[1:] if mark.startswith("-") else f"-{mark}")
    made["dash", "--"] = None
    yield from made


def _figures(reading: Reading) -> list[tuple[Any, ...]]:
    """All that a reading's figures say; a dash that is gone was none."""
    names = ("series", "measure", "period", "value", "decimals")
    return [figure for figure in zip(*(reading.cells[name] for name in names), strict=True) if figure[3] is not None]


class Document:
    """A document whose figures are changed in its facts."""

    def __init__(self, original: Original) -> None:
        self.original = original
        self.family = original.reading.family
        self.columns = parts("readers")[self.family][0].COLUMNS
        self.facts = Facts.of_reading(original.reading)
        self.bound = bind(rules_of(self.family), self.facts)
        self.network = Network(self.facts, self.bound, 10**12)
        self.network.index()
        self.figures = _figures(original.reading)
        own = examine(self.facts, self.family, None)[1]
        self.own = {issue.id for issue in own}
        self.in_doubt = {cell for issue in own for cell in issue.cells}

    def proven(self) -> list[int]:
        """The cells in exact identities, without those that the document's own errors put in doubt."""
        return [
            cell for cell in self.original.figures
            if cell not in self.in_doubt and any(site.rule.strength == "exact" for site in self.network.sites(cell))
        ]  # fmt: skip

    def fault(self, kind: str, cell: int, text: str) -> Fault:
        """What becomes of a figure that is printed otherwise."""
        mark = parse(text)
        if mark is None:
            return Fault(kind, cell, text, "refused")
        cells = self.original.reading.cells
        told = {name: cells[name][cell] for name in ("series", "period", "unit")}
        wrong = irregular(self.columns[cells["column"][cell]], decimals=mark.decimals, text=text, **told)
        if mark.gap is not None:
            is_seen = bool(wrong) or any(cell in finding.suspected for finding in gaps(self._without(cell), self.bound))
            return Fault(kind, cell, text, "issue" if is_seen else "silent", "" if is_seen else self._why_gap(cell))
        figure = Printed(round((mark.value or 0) * 10 ** (mark.decimals or 0)), mark.decimals or 0)
        if figure == self.network.printed(cell) and not wrong:
            return Fault(kind, cell, text, "same")
        is_grouped_oddly = "irregular_grouping" in mark.flags
        sites = self.network.sites(cell)
        if wrong or is_grouped_oddly or any(forms.holds(site.form, self.network.members(site, {cell: figure})) is False for site in sites):
            return Fault(kind, cell, text, "issue")
        return Fault(kind, cell, text, "silent", ROUNDING if any(each.has(figure) for each in self.network.allowed(cell)) else "")

    def _without(self, cell: int) -> Facts:
        figures = self.facts.figures
        value = np.where(figures.is_missing, np.nan, figures.scaled / 10.0**figures.decimals).astype("float64")
        value[cell] = np.nan
        return Facts(self.facts.keys, Figures(value, figures.decimals.astype("float64")), self.facts.place)

    def _why_gap(self, cell: int) -> str:
        return ZERO if self.network.printed(cell).scaled == 0 else ""

    def range_of(self, cell: int) -> str:
        """Which values all identities of a cell allow."""
        allowed = self.network.allowed(cell)
        ends = (allowed[0].low, allowed[0].high) if allowed else (None, None)
        return " to ".join("…" if end is None else value_text(Printed(end, allowed[0].decimals)) for end in ends)

    def read(self, data: bytes) -> tuple[str, str]:
        """What becomes of other bytes: refused, an issue, the same facts, or other facts and no issue; and why that is silent."""
        try:
            reading = read_document(data, self.original.name)
        except ReadError:
            return "refused", ""
        _, issues = examine(Facts.of_reading(reading), reading.family, None, reading.product)
        if {issue.id for issue in issues} - self.own:
            return "issue", ""
        now = _figures(reading)
        return ("same", "") if now == self.figures else ("silent", self._why(Counter(now)))

    def _why(self, now: Counter[tuple[Any, ...]]) -> str:
        """Why no rule sees that figures read otherwise: none of them is in an exact identity, or all are within rounding."""
        lost = [cell for cell, figure in zip(self.original.figures, self.figures, strict=True) if not now[figure]]
        if not any(site.rule.strength == "exact" for cell in lost for site in self.network.sites(cell)):
            return UNBOUND
        left = {figure[:3]: Printed(round(figure[3] * 10 ** figure[4]), figure[4]) for figure in now}
        read = [(cell, left.get(self.facts.keys[cell])) for cell in lost]
        is_within = all(figure is not None and any(each.has(figure) for each in self.network.allowed(cell)) for cell, figure in read)
        return ROUNDING if is_within else ""

    def read_with(self, cell: int, text: str) -> str:
        """What becomes of a copy with another mark in a cell."""
        try:
            planted = self.original.altered("single", {cell: text})
        except Refused:
            return "refused"
        return "same" if planted is None and parse(text) == parse(self.original.texts[cell]) else self.read(self._bytes(cell, text))[0]

    def _bytes(self, cell: int, text: str) -> bytes:
        cells, lines = self.original.reading.cells, list(self.original.lines)
        line = cells["line"][cell] - 1
        lines[line] = lines[line][: cells["start"][cell]] + text + lines[line][cells["end"][cell] :]
        return "\n".join(lines).encode()

    # Rows and lines

    def rows(self) -> Iterator[tuple[int, int, str]]:
        """Each printed row: its first line and the one after its last, from 0, and its label."""
        rows, cells = self.original.reading.rows, self.original.reading.cells
        last = dict(zip(cells["row"], cells["line"], strict=True))
        taken = set()
        for row, line, label in zip(rows["row"], rows["line"], rows["label"], strict=True):
            if line not in taken:  # two rows of a bulletin may share a line
                taken.add(line)
                yield line - 1, last.get(row, line), label

    def without_rows(self) -> Iterator[tuple[str, int, str, Callable[[], bytes]]]:
        """Each row taken out."""
        lines = self.original.lines
        for first, end, label in self.rows():
            yield "row removed", first + 1, label, lambda first=first, end=end: "\n".join(lines[:first] + lines[end:]).encode()  # type: ignore[misc]

    def with_cut_lines(self) -> Iterator[tuple[str, int, str, Callable[[], bytes]]]:
        """Each line with figures cut at its end, by every number of characters down to its first figure."""
        lines, cells = self.original.lines, self.original.reading.cells
        begins: dict[int, int] = {}
        for line, start in zip(cells["line"], cells["start"], strict=True):
            begins[line] = min(start, begins.get(line, start))
        for line, begin in begins.items():
            whole = lines[line - 1].rstrip()
            for end in range(max(begin, len(whole) - 12), len(whole)):
                said = f"{whole[:end][-20:]}|{whole[end:]}"
                yield "line cut", line, said, lambda line=line, end=end: self._cut(line, end)  # type: ignore[misc]

    def _cut(self, line: int, end: int) -> bytes:
        lines = list(self.original.lines)
        lines[line - 1] = lines[line - 1][:end]
        return "\n".join(lines).encode()


def documents() -> list[Document]:
    """The shipped text documents that have tables."""
    found = []
    for family, month in (("ft900", "2016-11"), ("mxp", "2018-08"), ("mxp", "2012-08"), ("uscc", "2013-01")):
        (path,) = (RAW / month).glob(f"{family}-*.txt")
        found.append(Document(Original(f"{family} {month}", path.read_bytes())))
    return found


def figures(document: Document, rng: random.Random, seconds: float, keep: Callable[[Fault], None] | None = None) -> Tally:
    """Every single-figure change in an exact identity, as far as time allows."""
    tally, end = Tally(document.original.name), time.monotonic() + seconds
    cells = document.proven()
    rng.shuffle(cells)
    for at, cell in enumerate(cells):
        made = list(changes(document.original.texts[cell]))
        if time.monotonic() > end:
            tally.left_out.update(kind for later in cells[at:] for kind, _ in changes(document.original.texts[later]))
            break
        for kind, text in made:
            fault = document.fault(kind, cell, text)
            where = document.original.reading.cells["line"][cell]
            said = f"line {where}: {document.original.texts[cell]} as {text}; its identities allow {document.range_of(cell)}"
            tally.add(kind, fault.outcome, fault.reason, said)
            if keep is not None:
                keep(fault)
    return tally


def losses(document: Document, rng: random.Random, seconds: float, keep: Callable[[Loss], None] | None = None) -> Tally:
    """Every row removed, and every line with figures cut at its end, as far as time allows; rows first."""
    tally, end = Tally(document.original.name), time.monotonic() + seconds
    rows, cuts = list(document.without_rows()), list(document.with_cut_lines())
    rng.shuffle(rows)
    rng.shuffle(cuts)
    for at, (kind, line, said, made) in enumerate(tried := rows + cuts):
        if time.monotonic() > end:
            tally.left_out.update(kind for kind, *_ in tried[at:])
            break
        loss = Loss(kind, line, said, *document.read(made()))
        tally.add(kind, loss.outcome, loss.reason, f"line {line}: {said}")
        if keep is not None:
            keep(loss)
    return tally


def checked(document: Document, rng: random.Random, copies: int) -> list[str]:
    """Changes of which the facts say silent and the read copy does not, or the other way round; none is right."""
    cells, wrong = document.proven(), []
    for _ in range(copies):
        cell = rng.choice(cells)
        kind, text = rng.choice(list(changes(document.original.texts[cell])))
        expected, found = document.fault(kind, cell, text).outcome, document.read_with(cell, text)
        if (expected == "silent") != (found == "silent"):
            wrong.append(f"{document.original.name}: cell {cell} as {text}: {expected} by its facts, {found} as read")
    return wrong


def table(tallies: Sequence[Tally]) -> Iterator[str]:
    """The counts as lines."""
    yield f"{'document':<14}{'fault':<14}" + "".join(f"{outcome:>10}" for outcome in OUTCOMES) + f"{'left out':>10}"
    for tally in tallies:
        for kind in dict.fromkeys([*tally.counts, *tally.left_out]):
            counts = "".join(f"{tally.counts[kind][outcome]:>10,}" for outcome in OUTCOMES)
            yield f"{tally.document:<14}{kind:<14}{counts}{tally.left_out[kind]:>10,}"
    for tally in tallies:
        for kind, reasons in tally.reasons.items():
            for reason, count in reasons.items():
                yield f"silent: {tally.document}, {kind}: {count:,}: {reason}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the counts; 1 if a fault is silent without a reason, or facts and copies disagree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--seconds", type=float, default=120.0, help="for the rows and lines of all documents together")
    parser.add_argument("--copies", type=int, default=20, help="of each document that are read, to check the facts against")
    parser.add_argument("--list", type=int, default=0, help="how many silent faults of each document to list")
    given = parser.parse_args(arguments)
    rng = random.Random(given.seed)  # noqa: S311  # to be repeated, not to be secret
    print(f"seed {given.seed}")
    tallies, wrong, began = [], list[str](), time.monotonic()
    found = documents()
    for document in found:
        tallies += [figures(document, rng, math.inf), losses(document, rng, given.seconds / len(found))]
        wrong += checked(document, rng, given.copies)
    print("\n".join(table(tallies)))
    for tally in tallies:
        for said in tally.silent[: given.list]:
            print(said)
    print("\n".join(wrong) or f"{given.copies * len(found)} read copies say the same")
    unexplained = sum(reasons["no reason found"] for tally in tallies for reasons in tally.reasons.values())
    lost = f"{unexplained} silent without a reason"
    print(f"{'FAILED: ' if wrong or unexplained else ''}{lost}; {time.monotonic() - began:.0f} s")
    return 1 if wrong or unexplained else 0


if __name__ == "__main__":
    raise SystemExit(main())
