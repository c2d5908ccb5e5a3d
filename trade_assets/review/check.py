"""A document checked by itself, without store, warehouse or Dagster: read, evaluated, its wrong cells named."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trade_assets.documents.sidecars import given_sidecar, release_month_of, series_beside, stored_month
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import Evaluation, Verdict
from trade_assets.identities.findings import Suspect
from trade_assets.reading import Found, Reading, documents_in, only, read_bounded
from trade_assets.reading.bundle import with_part
from trade_assets.reading.errors import printable
from trade_assets.review.decimals import decimal_text, range_text
from trade_assets.review.equations import gap_sentence
from trade_assets.review.issues import Issue, examine, judging

_SHOWN_ISSUES = 20
_SHOWN_IDENTITIES = 6
_SHOWN_SUSPECTS = 5
_LINE_WIDTH = 110


@dataclass(frozen=True)
class Checked:
    """What the rule book says of one document.

    Attributes:
        lines: the document as lines of text; line 1 is the first. Of a part they are those of the whole file.
        part: which part of a file of several documents it is; ``None`` if the file is the document.
    """

    path: Path
    sha256: str
    release_month: str | None
    reading: Reading
    lines: list[str]
    facts: Facts
    evaluation: Evaluation
    issues: list[Issue]
    part: str | None = None


def check_file(path: Path, release_month: str | None = None) -> Checked:
    """Read a file of one document, evaluate its family's identities and localise what is violated.

    Args:
        release_month: for a document that does not state it and has no sidecar.

    Raises:
        ReadError: the file cannot be read as a document of a known family, its figures cannot be judged, or a stated
            release month is none.
    """
    data = read_bounded(path)
    return check_document(path, only(documents_in(data, path.name, series_beside(path)), path.name), release_month)


def check_document(path: Path, found: Found, release_month: str | None = None) -> Checked:
    """Judge a document that was found in a file. Arguments and errors as of ``check_file``."""
    reading = found.reading
    sha256 = hashlib.sha256(found.data).hexdigest()
    month, _ = release_month_of(path, reading, given_sidecar(path) or stored_month(path, sha256), release_month)
    with judging(path.name):
        facts = Facts.of_reading(reading)
        evaluation, issues = examine(facts, reading.family, month, reading.product)
    return Checked(path, sha256, month, reading, reading.printed, facts, evaluation, issues, found.which)


# JSON


def as_json(checked: Checked) -> dict[str, Any]:
    """The document's entry of ``trade-assets check --format json``; ``part`` and ``notes`` only where there are any."""
    reading = checked.reading
    rows, cells = (Counter(columns["table"]) for columns in (reading.rows, reading.cells))
    return {
        "document": {
            "family": reading.family,
            "product": reading.product,
            "reference_month": reading.reference_month,
            "release_month": checked.release_month,
            "published_date": reading.published_date,
            "sha256": checked.sha256,
            "path": str(checked.path),
            **({"part": checked.part} if checked.part is not None else {}),
        },
        "tables": [{"name": name, "rows": count, "cells": cells[name]} for name, count in rows.items()],
        "verdicts": [
            {"identity": name, "holds": holds, "violated": violated, "not_evaluable": not_evaluable}
            for name, (holds, violated, not_evaluable) in checked.evaluation.counts.items()
        ],
        "issues": [issue_json(issue) for issue in checked.issues],
        "claims": [],
        "unread": [_unread_json(dict(zip(reading.unread, entry, strict=True))) for entry in zip(*reading.unread.values(), strict=True)],
        **({"notes": reading.notes} if reading.notes else {}),
    }


def issue_json(issue: Issue) -> dict[str, Any]:
    """An issue for programs. ``explanations`` and ``cleared`` point at ``suspects`` and at printed cells."""
    return {
        "id": issue.id,
        "title": issue.sentence,
        "certainty": issue.certainty,
        "violated": [_verdict_json(issue, verdict) for verdict in issue.violated],
        "suspects": [_suspect_json(issue, suspect) for suspect in issue.suspects],
        "explanations": [list(each) for each in issue.finding.explanations],
        "cleared": [{**_cell_json(issue, cell), "by": identity} for cell, identity in issue.finding.cleared],
        "pattern": issue.finding.pattern,
        "consequences": list(issue.consequence.sentences),
        "is_cut": issue.finding.is_cut,
    }


def _cell_json(issue: Issue, cell: int) -> dict[str, Any]:
    place = vars(issue.place(cell))
    return {**location(place), "text": place["text"]}


def _unread_json(entry: dict[str, Any]) -> dict[str, Any]:
    return {**location(entry), "text": entry["text"], "reason": entry["reason"]}


def location(place: Mapping[str, Any]) -> dict[str, Any]:
    """Where a mark stands: sheet and cell of a workbook, page and box of a page, else line and offsets."""
    for names in (("sheet", "cell"), ("page", "box")):
        if place[names[0]] is not None:
            return {name: place[name] for name in names}
    return {name: place[name] for name in ("line", "start", "end")}


def _verdict_json(issue: Issue, verdict: Verdict) -> dict[str, Any]:
    return {
        "identity": verdict.rule.name,
        "gap": decimal_text(abs(verdict.gap)),
        "allowed": decimal_text(verdict.allowed),
        "cells": [_cell_json(issue, cell) for cell in verdict.cells],
    }


def _suspect_json(issue: Issue, suspect: Suspect) -> dict[str, Any]:
    place = issue.place(suspect.cell)
    return {
        **_cell_json(issue, suspect.cell),
        "series": place.series,
        "measure": place.measure,
        "period": place.period,
        "proposal": issue.proposal(suspect),
        "slip": suspect.slip,
        "interval": [None, None] if suspect.allowed is None else range_text(suspect.allowed),
        "explains": list(suspect.explains),
    }


# Text


def as_text(checked: Checked) -> Iterator[str]:
    """The document's lines of ``trade-assets check``, for people."""
    counts = checked.evaluation.counts.values()
    holds, violated, not_evaluable = (sum(count[outcome] for count in counts) for outcome in range(3))
    cells, rows = len(checked.reading.cells["line"]), len(checked.reading.rows["row"])
    month = f"release month {checked.release_month}" if checked.release_month else "release month unknown"
    family = f"{checked.reading.family} {checked.reading.product}".rstrip()
    name = with_part(checked.path.name, checked.part)
    yield f"{name}: {family}, {month}, {cells:,} figures in {rows:,} rows"
    yield f"  {holds:,} identities hold, {violated:,} violated, {not_evaluable:,} not evaluable (an operand is not printed)"
    yield from (f"  note: {printable(note)}" for note in checked.reading.notes)
    unread = len(checked.reading.unread["line"])
    if unread:
        yield f"  {_figures(unread)} in no table that is read; --format json lists them"
    if not checked.issues:
        yield "  Nothing to review."
        return
    for issue in checked.issues[:_SHOWN_ISSUES]:
        yield ""
        yield from (f"  {line}".rstrip() for line in issue_text(issue, checked.lines))
    if len(checked.issues) > _SHOWN_ISSUES:
        yield ""
        yield f"  and {len(checked.issues) - _SHOWN_ISSUES} more issues; --format json lists all {len(checked.issues)}"


def issue_text(issue: Issue, lines: list[str]) -> Iterator[str]:
    """An issue with its lines of the document, its identities and its suspects."""
    yield f"{issue.certainty.upper()} {issue.id}  {issue.sentence}"
    marked = issue.marked or frozenset(issue.violated[0].cells)
    for line in sorted({issue.place(cell).line for cell in marked})[:_SHOWN_SUSPECTS]:
        yield from (f"    {shown}" for shown in marked_line(issue, line, marked, lines))
    for verdict in issue.violated[:_SHOWN_IDENTITIES]:
        yield f"    {verdict.rule.name} at {issue.place(verdict.cells[0]).where}: {gap_sentence(verdict)}"
        yield f"      {issue.equation(verdict)}"
    if len(issue.violated) > _SHOWN_IDENTITIES:
        yield f"    and {len(issue.violated) - _SHOWN_IDENTITIES} more violated identities"
    if issue.finding.explanations:
        for suspect in issue.suspects[:_SHOWN_SUSPECTS]:
            yield f"    suspect {_suspect_text(issue, suspect)}"
        if len(issue.suspects) > _SHOWN_SUSPECTS:
            yield f"    and {len(issue.suspects) - _SHOWN_SUSPECTS} more suspects"
    cleared = Counter(identity for _, identity in issue.finding.cleared if issue.suspects)
    partly = cleared.pop(None, 0)
    for identity, count in cleared.items():
        yield f"    cleared: {_figures(count)} by {identity}, which holds and would not"
    if partly:
        yield f"    cleared: {_figures(partly)} not in every violated identity"
    for sentence in issue.consequence.sentences:
        yield f"    consequence: {sentence}"
    if issue.finding.is_cut:
        yield "    cut: the search ended before every explanation was tried"


def _suspect_text(issue: Issue, suspect: Suspect) -> str:
    place, proposal = issue.place(suspect.cell), issue.proposal(suspect)
    said = f"{place.where}: {place.text} ({place.fact})"
    if suspect.allowed is not None:
        low, high = range_text(suspect.allowed)
        said += f", {low} satisfies" if low == high and low is not None else f", {low or '...'} to {high or '...'} satisfy"
        said += " all its identities"
    if proposal is not None:
        said += f"; proposal {proposal}" + (f", {suspect.slip}" if suspect.slip else "")
    return said


def _figures(count: int) -> str:
    return f"{count} other figure{'s' if count > 1 else ''}"


def marked_line(issue: Issue, line: int, cells: frozenset[int], lines: list[str]) -> tuple[str, str]:
    """A line of the document and a line below it that marks the cells; long lines are cut around the first."""
    marked = sorted((place for cell in cells if (place := issue.place(cell)).line == line), key=lambda place: place.start)
    places = [(place.start, place.end) for place in marked]
    text = lines[line - 1]
    first = max(0, min(places[0][0] - 20, len(text) - _LINE_WIDTH)) if len(text) > _LINE_WIDTH else 0
    shown = text[first : first + _LINE_WIDTH]
    label = f"{marked[0].where} | {'...' if first else ''}"
    marks = [" "] * len(shown)
    for start, end in places:
        for at in range(start - first, min(end - first, len(shown))):
            marks[at] = "^"
    # Control characters take one place each here, so that the marks stay below their figures.
    plain = "".join(char if char.isprintable() else "?" for char in shown)
    return label + plain, " " * len(label) + "".join(marks).rstrip()
