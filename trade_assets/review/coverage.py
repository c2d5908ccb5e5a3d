"""What the identities prove of a document, table by table, and which figures nothing proves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from trade_assets.identities.coverage import MANY, Coverage, coverage
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.rules import rules_of
from trade_assets.reading import Found, Reading, documents_in, only, read_bounded
from trade_assets.reading.bundle import with_part
from trade_assets.review.check import location
from trade_assets.review.issues import judging


@dataclass(frozen=True)
class Proven:
    """The coverage of one document.

    Attributes:
        part: which part of a file of several documents it is; ``None`` if the file is the document.
    """

    path: Path
    reading: Reading
    facts: Facts
    figures: list[Coverage]
    part: str | None = None

    def table(self, name: str) -> list[Coverage]:
        """The figures of one table."""
        return [figure for figure in self.figures if self.facts.place["table"][figure.cell] == name]

    @property
    def tables(self) -> list[str]:
        """The tables in the order of the document."""
        return list(dict.fromkeys(self.reading.cells["table"]))


def coverage_of(path: Path) -> Proven:
    """Read a file of one document and ask who notices each of its figures.

    Raises:
        ReadError: the file cannot be read as a document of a known family, or its figures cannot be judged.
    """
    return coverage_of_document(path, only(documents_in(read_bounded(path), path.name), path.name))


def coverage_of_document(path: Path, found: Found) -> Proven:
    """Ask who notices each figure of a document that was found in a file. Raises ReadError: they cannot be judged."""
    reading = found.reading
    with judging(path.name):
        facts = Facts.of_reading(reading)
        return Proven(path, reading, facts, coverage(rules_of(reading.family), facts), found.which)


def _in_identities(figures: Sequence[Coverage]) -> list[int]:
    """How many figures stand in 0, 1, 2, and 3 or more exact identities."""
    counts = Counter(min(figure.noticed["exact"], MANY) for figure in figures)
    return [counts[number] for number in range(MANY + 1)]


def as_json(proven: Proven) -> dict[str, Any]:
    """The document's entry of ``trade-assets coverage --format json``; ``part`` only where there is one."""
    place, keys = proven.facts.place, proven.facts.keys
    return {
        "document": {
            "family": proven.reading.family,
            "path": str(proven.path),
            **({"part": proven.part} if proven.part is not None else {}),
        },
        "tables": [
            {
                "name": name,
                "figures": len(figures),
                "exact_identities": dict(zip(("0", "1", "2", "3+"), _in_identities(figures), strict=True)),
                "proof": dict(Counter(figure.proof for figure in figures)),
            }
            for name in proven.tables
            if (figures := proven.table(name)) is not None
        ],
        "untouched": [
            {
                **location({name: entries[figure.cell] for name, entries in place.items()}),
                **{name: place[name][figure.cell] for name in ("text", "table", "column")},
                **dict(zip(("series", "measure", "period"), keys[figure.cell], strict=True)),
                "proof": figure.proof,
            }
            for figure in proven.figures
            if figure.proof in ("limit", "none")
        ],
    }


def as_text(proven: Proven) -> Iterator[str]:
    """The document's lines of ``trade-assets coverage``, for people."""
    total = len(proven.figures)
    yield f"{with_part(proven.path.name, proven.part)}: {proven.reading.family}, {total:,} figures"
    if not total:
        yield "  No figure stands in a table."
        return
    width = max(len("all tables"), *map(len, proven.tables)) + 2
    yield "  0 to 3+: how many figures stand in so many exact identities. Those in none of them: what proves them instead."
    headings = ("0", "1", "2", "3+", "interval", "limit", "none")
    yield f"  {'table':<{width}}{'figures':>9}" + "".join(f"{heading:>9}" for heading in headings)
    for name in [*proven.tables, "all tables"]:
        figures = proven.figures if name == "all tables" else proven.table(name)
        proofs = Counter(figure.proof for figure in figures)
        counts = [*_in_identities(figures), *(proofs[proof] for proof in ("interval", "limit", "none"))]
        yield f"  {name:<{width}}{len(figures):>9,}" + "".join(f"{count:>9,}" for count in counts)
    exact = total - _in_identities(proven.figures)[0]
    yield f"  {exact:,} of {total:,} figures ({100 * exact / total:.1f} %) stand in an exact identity."
    yield from _untouched(proven)


def _untouched(proven: Proven) -> Iterator[str]:
    """The figures that no identity proves, as runs of lines per column."""
    place = proven.facts.place
    lines: dict[tuple[str, str], list[int]] = defaultdict(list)
    for figure in proven.figures:
        if figure.proof in ("limit", "none"):
            lines[place["table"][figure.cell], place["column"][figure.cell]].append(place["line"][figure.cell])
    if not lines:
        yield "  Every figure is proven."
        return
    yield "  Not proven by any identity (at most kept within limits):"
    for (table, column), found in lines.items():
        runs = list(_runs(sorted(set(found))))
        count = f"{len(found)} figure{'s' if len(found) > 1 else ''}"
        yield f"    {table} {column}: {count}, line{'s' if len(set(found)) > 1 else ''} {', '.join(runs)}"


def _runs(lines: Sequence[int]) -> Iterator[str]:
    """Line numbers as ranges."""
    for _, run in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0]):
        members = [line for _, line in run]
        yield str(members[0]) if len(members) == 1 else f"{members[0]}-{members[-1]}"
