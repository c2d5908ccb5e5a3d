"""What a reviewer does: find an issue in the store, look at it, decide it, take the decision back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from trade_assets.documents.readings import reading_of
from trade_assets.documents.store import Document, content, release_months, survey
from trade_assets.documents.wanted_month import require_documents
from trade_assets.facts.periods import is_month
from trade_assets.facts.tables import ISSUES
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import Evaluation
from trade_assets.reading import ReadError
from trade_assets.reading.marks import parse
from trade_assets.review.check import issue_text
from trade_assets.review.commands import deciding
from trade_assets.review.decisions import (
    ACTIONS,
    FOLDER,
    Action,
    DecidedCell,
    Decision,
    as_day,
    history,
    read_decisions,
    write_decision,
)
from trade_assets.review.equations import gap_sentence
from trade_assets.review.issues import Issue, examine, judging, still_violated, told_apart
from trade_assets.review.proof import as_figure
from trade_assets.warehouse.partitions import existing_months, read_months
from trade_assets.warehouse.root import DataRoot


class ReviewError(Exception):
    """What a reviewer asked for cannot be done; the message says why and what to do."""


@dataclass(frozen=True)
class Opened:
    """An issue with the document that shows it.

    Attributes:
        entries: what was decided on it, oldest first.
    """

    release_month: str
    document: Document
    lines: list[str]
    facts: Facts
    evaluation: Evaluation
    issue: Issue
    entries: tuple[Decision, ...]


def known_issues(root: DataRoot, release_month: str | None = None) -> pd.DataFrame:
    """All issues that the warehouse knows, by the schema ``review.issues``, sorted by month and line."""
    months = [month for month in existing_months(root, ISSUES) if release_month in (None, month)]
    frame = read_months(root, ISSUES, months)
    return frame.sort_values(["release_month", "family", "line"], ignore_index=True)


def months_not_built(root: DataRoot, release_month: str | None = None) -> list[str]:
    """The months that have documents and whose issues no run has looked for yet.

    Raises:
        NothingError: there is no document, or none of the month, and no issue of former ones.
        ReviewError: the month, or every one, is not built.
    """
    if known_issues(root, release_month).empty:
        require_documents(root, release_month)
    built = existing_months(root, ISSUES)
    missing = [month for month in release_months(root) if month not in built and release_month in (None, month)]
    if missing and (release_month is not None or not built):
        run = f"'trade-assets run{f' --month {release_month}' if release_month else ''}'"
        raise ReviewError(f"nobody knows the issues of {', '.join(missing)} yet under {root.url}. To do: {run}")
    return missing


def open_issue(root: DataRoot, issue: str) -> Opened:
    """Find an issue by its id, or by the beginning of it, and read the document that shows it.

    Raises:
        ReviewError: no issue, or more than one, has such an id, or the current document does not show it.
        ReadError: no document shows it, and one cannot be read or judged.
    """
    known = known_issues(root)
    found = known[known["issue"].str.startswith(issue)] if issue else known.iloc[:0]
    if found["issue"].nunique() != 1:
        names = ", ".join(sorted(set(found["issue"]))) or "none"
        require_documents(root)
        raise ReviewError(
            f"expected one issue with the id {issue!r} under {root.url}, found {names}. To do: 'trade-assets review list --all' shows them"
        )
    row = found.iloc[0]
    month, family, identity = str(row["release_month"]), str(row["family"]), str(row["issue"])
    sound, damaged = survey(root, month)
    for found_damaged in damaged:
        if found_damaged.family == family:
            raise found_damaged.error
    current = [document for document, is_current in sound if is_current and document.family == family]
    if not current:
        raise ReviewError(f"{family} has no document in {month} any more. To do: run the month again; the issue will be gone")
    errors: list[ReadError] = []
    taken: set[str] = set()
    for document in current:
        try:
            reading = reading_of(content(root, document), document.path)
            with judging(document.path):
                facts = Facts.of_reading(reading)
                evaluation, issues = examine(facts, family, month, document.product)
        except ReadError as error:
            errors.append(error)
            continue
        for shown in told_apart(issues, document.reference_month, taken):
            if shown.id == identity:
                entries = read_decisions(root, month)[0].get(identity, [])
                return Opened(month, document, reading.printed, facts, evaluation, shown, tuple(entries))
    if errors:
        raise errors[0]
    raise ReviewError(f"no document of {month} shows issue {identity} any more. To do: run the month again")


def shown(opened: Opened) -> Iterator[str]:
    """The issue for people: where it is, its lines and identities, what was decided, and how to decide it."""
    yield f"{opened.release_month}  {opened.document.family}  {opened.document.path}"
    yield from issue_text(opened.issue, opened.lines)
    for said in history(opened.entries):
        yield f"    decided: {said}"
    yield "  To decide it:"
    for said, command in deciding(opened.issue):
        yield f"    {command}    # {said}"


@dataclass(frozen=True)
class Wish:
    """What a reviewer wants.

    Attributes:
        values: corrected figures as written: ``36,854`` for the likeliest cell, ``LINE=36,854`` or
            ``LINE:START=36,854`` for another.
        is_forced: take a correction that leaves an identity violated.
    """

    action: Action
    reason: str
    reviewer: str
    values: Sequence[str] = ()
    expires_on: str | None = None
    told_publisher_on: str | None = None
    publisher_answer: str | None = None
    is_forced: bool = False


def decide(root: DataRoot, issue: str, wish: Wish, today: dt.date | None = None) -> tuple[str, Decision]:
    """Write a decision on an issue into its file; a run of the month applies it.

    Returns:
        The release month and the decision.

    Raises:
        ReviewError: the decision cannot be taken as it is.
        DecisionError: the issue's file cannot be read.
        ReadError: the document cannot be read.
    """
    today = today or dt.datetime.now(dt.UTC).date()
    _require_sense(wish, today)
    if wish.action == "reopen":
        return _reopen(root, issue, wish, today)
    opened = open_issue(root, issue)
    corrected = _corrected(opened.issue, wish.values) if wish.action == "correct" else {}
    if corrected and not wish.is_forced:
        _require_satisfied(opened, corrected)
    decided: dict[int, str | None] = {**dict.fromkeys(opened.issue.withheld), **corrected}
    cells = tuple(
        DecidedCell(place.line, place.start, place.text, value)
        for cell, value in sorted(decided.items())
        if (place := opened.issue.place(cell))
    )
    decision = Decision(
        "",
        len(opened.entries) + 1,
        opened.issue.id,
        wish.action,
        " ".join(wish.reason.split()),
        wish.reviewer.strip(),
        today.isoformat(),
        opened.document.sha256,
        cells,
        wish.expires_on,
        wish.told_publisher_on,
        wish.publisher_answer,
        wish.is_forced,
    )
    write_decision(root, opened.release_month, decision)
    return opened.release_month, decision


def _require_sense(wish: Wish, today: dt.date) -> None:
    """Refuse what is no decision, whatever it is about."""
    if wish.action not in ACTIONS:
        raise ReviewError(f"expected one of {', '.join(ACTIONS)}, found {wish.action!r}")
    if not wish.reason.strip(" .") or not wish.reviewer.strip():
        raise ReviewError("a decision needs a reason and a reviewer: --reason '...' and --reviewer NAME")
    if not all(text.isprintable() for text in (wish.reviewer, wish.publisher_answer or "")):
        raise ReviewError("reviewer and answer are one line of plain text each")
    if wish.values and wish.action != "correct":
        raise ReviewError("--value goes with 'correct' only")
    for name, given in (("--expires", wish.expires_on), ("--told", wish.told_publisher_on)):
        if given is not None and as_day(given) is None:
            raise ReviewError(f"expected a day, YYYY-MM-DD, after {name}, found {given!r}")
    expires, told = (as_day(day or "") for day in (wish.expires_on, wish.told_publisher_on))
    if expires is not None and expires <= today:
        raise ReviewError(f"a decision that expires on {expires} would never be in force; give a day after {today}")
    if told is not None and told > today:
        raise ReviewError(f"the publisher cannot have been told on {told}; give a day up to {today}")


def _reopen(root: DataRoot, issue: str, wish: Wish, today: dt.date) -> tuple[str, Decision]:
    """Take the last decision back, also where no document shows the issue any more: its file says all that is needed."""
    found = [
        (month, entries)
        for month in root.names(FOLDER)
        if is_month(month)
        for name, entries in read_decisions(root, month)[0].items()
        if issue and name.startswith(issue)
    ]
    if len(found) != 1 or found[0][1][-1].action == "reopen":
        said = f"issue {issue!r} is not decided under {root.url}" if len(found) < 2 else f"more than one issue begins with {issue!r}"
        raise ReviewError(f"{said}. To do: 'trade-assets review list --all' shows what is")
    month, entries = found[0]
    decision = Decision(
        "",
        len(entries) + 1,
        entries[-1].issue,
        "reopen",
        " ".join(wish.reason.split()),
        wish.reviewer.strip(),
        today.isoformat(),
        entries[-1].sha256,
        (),
    )
    write_decision(root, month, decision)
    return month, decision


def _corrected(issue: Issue, values: Sequence[str]) -> dict[int, str]:
    """Which cell each given value corrects."""
    cells = sorted({cell for verdict in issue.violated for cell in verdict.cells} | {suspect.cell for suspect in issue.suspects})
    corrected: dict[int, str] = {}
    for given in values:
        where, _, value = given.rpartition("=")
        mark = parse(value.strip())
        if mark is None or mark.value is None:
            raise ReviewError(f"expected a figure as it would be printed, such as 36,854, found {value!r}")
        corrected[_cell(issue, cells, where)] = value.strip()
    if not corrected:
        proposal = issue.proposal(issue.suspects[0]) if issue.suspects else None
        raise ReviewError(f"which value? --value {proposal or 'FIGURE'}, or LINE=FIGURE")
    return corrected


def _cell(issue: Issue, cells: Sequence[int], where: str) -> int:
    """The cell that a place names: the likeliest one, the one on a line, or the one at an offset."""
    if not where:
        if len(next(iter(issue.finding.explanations), ())) == 1 and issue.certainty != "ambiguous":
            return issue.suspects[0].cell
        raise ReviewError("it is not clear which figure is meant; give LINE=FIGURE, or LINE:START=FIGURE")
    line, _, start = where.partition(":")
    if not line.isdecimal() or (start and not start.isdecimal()):
        raise ReviewError(f"expected LINE=FIGURE or LINE:START=FIGURE, found {where!r} before '='")
    found = [c for c in cells if issue.place(c).line == int(line) and (not start or issue.place(c).start == int(start))]
    if len(found) != 1:
        places = ", ".join(f"{issue.place(c).line}:{issue.place(c).start} {issue.place(c).text}" for c in found or cells[:20])
        raise ReviewError(f"{'no' if not found else 'more than one'} figure of the issue is at {where}; give one of {places}")
    return found[0]


def _require_satisfied(opened: Opened, corrected: Mapping[int, str]) -> None:
    """Refuse corrections that leave an identity of the issue or of the corrected cells violated."""
    left = still_violated(opened.issue, opened.evaluation, {cell: as_figure(text) for cell, text in corrected.items()})
    if left:
        said = "; ".join(f"{verdict.rule.name} {gap_sentence(verdict)}" for verdict in left[:3])
        count = f"{len(left)} identities" if len(left) > 1 else "1 identity"
        raise ReviewError(f"{count} would still be violated: {said}. To do: correct the value, or add --force")
