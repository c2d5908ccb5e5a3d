"""A document's facts proven and decided: the scoreboard, the violated places, issues, decisions, and what they withhold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import CORRECTIONS, IN_DOUBT, ISSUES, PROOF, SUSPECTS, UNJUDGED, VALIDATED, VERDICTS, VIOLATIONS
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import Evaluation
from trade_assets.identities.forms import Printed
from trade_assets.identities.publish import publish
from trade_assets.identities.rules import rules_of
from trade_assets.reading import ReadError
from trade_assets.reading.marks import parse
from trade_assets.review.decimals import decimal_text, range_text
from trade_assets.review.decisions import REOPENED, Decision, history, why_not_in_force
from trade_assets.review.equations import gap_sentence
from trade_assets.review.issues import Issue, examine, judging, still_violated, told_apart, unjudged_id


class Proof(NamedTuple):
    """What the rule book and the reviewers say of one document, as rows of the tables of the same names."""

    verdicts: pd.DataFrame
    violations: pd.DataFrame
    in_doubt: pd.DataFrame
    issues: pd.DataFrame
    suspects: pd.DataFrame
    corrections: pd.DataFrame


@dataclass(frozen=True)
class Ruled:
    """An issue and what was decided on it.

    Attributes:
        entries: all entries on the issue, oldest first.
        decision: the one in force, if any.
        why_not: why the last one is in force no more, if there is one.
    """

    issue: Issue
    entries: tuple[Decision, ...]
    decision: Decision | None
    why_not: str | None

    @property
    def withheld(self) -> tuple[int, ...]:
        """The cells that are withheld: those of the doubt, unless it is decided that the figures are to be published."""
        is_published = self.decision is not None and self.decision.action in ("accept", "correct")
        return () if is_published else self.issue.withheld

    @property
    def corrected(self) -> dict[int, str]:
        """The corrected cells with their decided figures."""
        return {} if self.decision is None else corrected_cells(self.issue, self.decision)


def corrected_cells(issue: Issue, decision: Decision) -> dict[int, str]:
    """The cells of the issue that a decision corrects, with the figures it gives them."""
    places = {(issue.place(cell).line, issue.place(cell).start): cell for cell in issue.cells}
    return {places[at]: text for at, text in decision.values.items() if at in places}


def wrong_correction(issue: Issue, evaluation: Evaluation, decision: Decision) -> str | None:
    """Why a correction cannot be in force, whoever wrote it; ``None`` if it can."""
    corrected = corrected_cells(issue, decision)
    if len(corrected) < len(decision.values):
        return "it corrects a figure that is none of the issue's"
    if decision.is_forced or not corrected:
        return None
    left = still_violated(issue, evaluation, {cell: as_figure(text) for cell, text in corrected.items()})
    return f"it leaves {left[0].rule.name} violated ({gap_sentence(left[0])}) and is not forced" if left else None


def as_figure(text: str) -> Printed:
    """A figure written as it would be printed, exactly. Raises ValueError if it is none."""
    mark = parse(text)
    if mark is None or mark.value is None or mark.decimals is None:
        raise ValueError(f"{text!r} is no figure")
    return Printed(round(mark.value * 10**mark.decimals), mark.decimals)


def rule_on(
    issues: Sequence[Issue], evaluation: Evaluation, sha256: str, decisions: Mapping[str, Sequence[Decision]], today: dt.date
) -> list[Ruled]:
    """Each issue with the decision that is in force."""
    if not issues:
        return []
    place = issues[0].facts.place
    texts = {(line, start): str(text) for line, start, text in zip(place["line"], place["start"], place["text"], strict=True) if text}
    ruled = []
    for issue in issues:
        entries = tuple(decisions.get(issue.id, ()))
        why_not = why_not_in_force(entries[-1], sha256, texts, today) if entries else None
        if entries and why_not is None:
            why_not = wrong_correction(issue, evaluation, entries[-1])
        ruled.append(Ruled(issue, entries, entries[-1] if entries and why_not is None else None, why_not))
    return ruled


def prove(
    facts: pd.DataFrame,
    family: str,
    former: pd.DataFrame,
    *,
    decisions: Mapping[str, Sequence[Decision]] | None = None,
    today: dt.date | None = None,
    lines: Mapping[str, Sequence[str]] | None = None,
) -> Proof:
    """Evaluate the family's rules on the facts of each of its current documents, localise what is violated, apply decisions.

    Args:
        facts: the tidy facts of the family's current documents, those of a product in the order of releases; empty without any.
        former: the issues that were known of the release month, by the schema ``review.issues``.
        decisions: the month's decisions by issue, oldest first.
        today: the day on which decisions must be in force; by default that of the clock.
        lines: the lines of each document as printed, by sha256, so that issues can show theirs.
    """
    former = former[former["family"] == family]
    day = today or dt.datetime.now(dt.UTC).date()
    proofs, taken = list[Proof](), set[str]()
    for sha256, found in facts.groupby("sha256", sort=False):
        document = found.reset_index(drop=True)
        try:
            with judging(str(sha256)):
                of_lines = (lines or {}).get(str(sha256))
                proofs.append(_prove_document(document, family, former, decisions=decisions or {}, day=day, lines=of_lines, taken=taken))
        except ReadError as error:
            proofs.append(_unproven(document, family, former, error, taken))
    present = {issue for each in proofs for issue in each.issues["issue"]}
    gone = Proof(*(_gone(former, present) if table is ISSUES else empty(table) for table in PROOF))
    return Proof(*(_below(frames, table) for table, *frames in zip(PROOF, *proofs, gone, strict=True)))


def _below(frames: Sequence[pd.DataFrame], table: Table) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else empty(table)


def _prove_document(
    facts: pd.DataFrame,
    family: str,
    former: pd.DataFrame,
    *,
    decisions: Mapping[str, Sequence[Decision]],
    day: dt.date,
    lines: Sequence[str] | None,
    taken: set[str],
) -> Proof:
    """The proof of one document."""
    constants = {name: facts[name].iloc[0] for name in ("release_month", "sha256", "reference_month")} | {"family": family}
    evaluation, issues = examine(Facts.of_frame(facts), family, constants["release_month"], facts["product"].iloc[0])
    issues = told_apart(issues, constants["reference_month"], taken)
    ruled = rule_on(issues, evaluation, constants["sha256"], decisions, day)
    proof = Proof(
        _verdicts(evaluation, constants),
        _violations(facts, evaluation, issues, family),
        _in_doubt(facts, ruled, family),
        _issues(ruled, former, constants, lines),
        _suspects(ruled, constants),
        _corrections(facts, ruled, family),
    )
    # For the error alone: what cannot be published of one document must not stop the tables of its family.
    for table in VALIDATED:
        if table.family == family:
            publish(facts, proof.in_doubt, proof.corrections, table)
    return proof


def _unproven(facts: pd.DataFrame, family: str, former: pd.DataFrame, error: ReadError, taken: set[str]) -> Proof:
    """A document of which nothing is proven, since judging it raised: one issue, which withholds all that it prints."""
    constants = {name: facts[name].iloc[0] for name in ("release_month", "sha256", "reference_month")} | {"family": family}
    told = (family, constants["release_month"], facts["product"].iloc[0])
    name = unjudged_id(*told) if unjudged_id(*told) not in taken else unjudged_id(*told, constants["reference_month"])
    taken.add(name)
    printed = facts[facts["start"].notna()]
    seen = former[former["state"] != "gone"]
    # Whether the document still shows its own issues nobody can say: they stay as they were.
    kept = seen[(seen["sha256"] == constants["sha256"]) & (seen["issue"] != name)]
    issue = {
        "issue": name,
        "state": "open" if name in set(seen["issue"]) else "new",
        "decision": None,
        "history": None,
        "why_not": None,
        "rank": 1,
        "effect": None,
        "consequences": None,
        "certainty": "ambiguous",
        "pattern": UNJUDGED,
        "marked_line": None,
        "title": f"nothing of the document is proven: {error.found}. To do: {error.todo}",
        "where": f"line {int(printed['line'].min())}",
        "line": printed["line"].min(),
        "last_line": printed["line"].max(),
        "violated": 0,
        "suspects": 0,
        "withheld": len(printed),
        "is_cut": False,
    }
    counts = pd.DataFrame([(rule.name, 0, 0, 0) for rule in rules_of(family)], columns=["identity", "holds", "violated", "not_evaluable"])
    return Proof(
        conform(counts, VERDICTS, **constants),
        empty(VIOLATIONS),
        conform(printed.assign(identities=UNJUDGED, issue=name), IN_DOUBT, family=family),
        _below([conform(pd.DataFrame([issue]), ISSUES, **constants), kept], ISSUES),
        empty(SUSPECTS),
        empty(CORRECTIONS),
    )


def _verdicts(evaluation: Evaluation, constants: dict[str, Any]) -> pd.DataFrame:
    counts = [(name, *outcome) for name, outcome in evaluation.counts.items()]
    return conform(pd.DataFrame(counts, columns=["identity", "holds", "violated", "not_evaluable"]), VERDICTS, **constants)


def _violations(facts: pd.DataFrame, evaluation: Evaluation, issues: Sequence[Issue], family: str) -> pd.DataFrame:
    """The violated places, and those that lack a figure which they determine; one row per cell."""
    sought = [verdict for issue in issues for verdict in issue.violated if verdict.sought is not None]
    if not evaluation.violated and not sought:
        return empty(VIOLATIONS)
    issue_of = {id(verdict): issue.id for issue in issues for verdict in issue.violated}
    pieces = []
    for place, verdict in enumerate((*evaluation.violated, *sought)):
        cells = facts.iloc[list(verdict.cells)]
        pieces.append(
            cells.assign(
                identity=verdict.rule.name,
                place=place,
                gap=decimal_text(abs(verdict.gap)),
                allowed=decimal_text(verdict.allowed),
                is_total=[cell == verdict.cells[0] for cell in verdict.cells],
                issue=issue_of[id(verdict)],
            )
        )
    return conform(pd.concat(pieces), VIOLATIONS, family=family)


def _in_doubt(facts: pd.DataFrame, ruled: Sequence[Ruled], family: str) -> pd.DataFrame:
    """The withheld figures with place, issue and reason."""
    held: dict[int, list[Issue]] = {}
    for each in ruled:
        for cell in each.withheld:
            held.setdefault(cell, []).append(each.issue)
    if not held:
        return empty(IN_DOUBT)
    frame = facts.iloc[sorted(held)].copy()
    frame["identities"] = [
        "; ".join(f"{v.rule.name} {gap_sentence(v)}" for issue in held[cell] for v in issue.violated if cell in v.cells)
        for cell in sorted(held)
    ]
    frame["issue"] = [held[cell][0].id for cell in sorted(held)]
    return conform(frame, IN_DOUBT, family=family)


def _issues(ruled: Sequence[Ruled], former: pd.DataFrame, constants: dict[str, Any], lines: Sequence[str] | None) -> pd.DataFrame:
    """The issues of the document with their states."""
    seen = former[former["state"] != "gone"].set_index("issue")
    rows = []
    for rank, each in enumerate(ruled, start=1):
        issue, finding = each.issue, each.issue.finding
        was_shown_before = issue.id in seen.index and seen.loc[issue.id, "sha256"] != constants["sha256"]
        was_open = issue.id in seen.index and seen.loc[issue.id, "state"] == "open"
        is_open = was_shown_before or was_open or each.entries
        why_not = None if each.why_not == REOPENED else each.why_not
        history_of = [*history(each.entries), *([f"in force no more: {why_not}"] if why_not else [])]
        rows.append(
            {
                "issue": issue.id,
                "state": "decided" if each.decision else "open" if is_open else "new",
                "decision": each.decision.sentence if each.decision else None,
                "history": " | ".join(history_of) or None,
                "why_not": why_not,
                "rank": rank,
                "effect": issue.consequence.effect,
                "consequences": "; ".join(issue.consequence.sentences) or None,
                "certainty": issue.certainty,
                "title": issue.title,
                "marked_line": issue.marked_line(lines) if lines else None,
                "pattern": finding.pattern,
                "where": issue.where,
                "line": issue.lines[0],
                "last_line": issue.lines[-1],
                "violated": len(issue.violated),
                "suspects": len(issue.suspects),
                "withheld": len(each.withheld),
                "is_cut": finding.is_cut,
            }
        )
    return conform(pd.DataFrame(rows), ISSUES, **constants) if rows else empty(ISSUES)


def _gone(former: pd.DataFrame, present: set[str]) -> pd.DataFrame:
    """The issues that were known and that no document shows any more."""
    gone = former[~former["issue"].isin(present)].assign(state="gone", withheld=0)
    return conform(gone.assign(decision=pd.Series([pd.NA] * len(gone), index=gone.index, dtype="string")), ISSUES)


def _suspects(ruled: Sequence[Ruled], constants: dict[str, Any]) -> pd.DataFrame:
    """Every suspect of every issue, ranked."""
    rows = []
    for each in ruled:
        issue = each.issue
        for rank, suspect in enumerate(issue.suspects, start=1):
            place = issue.place(suspect.cell)
            low, high = (None, None) if suspect.allowed is None else range_text(suspect.allowed)
            rows.append(
                {
                    "issue": issue.id,
                    "rank": rank,
                    "series": place.series,
                    "measure": place.measure,
                    "period": place.period,
                    "text": place.text,
                    "line": place.line,
                    "start": place.start,
                    "end": place.end,
                    "sheet": place.sheet,
                    "cell": place.cell,
                    "page": place.page,
                    "box": place.box,
                    "proposal": issue.proposal(suspect),
                    "slip": suspect.slip,
                    "low": low,
                    "high": high,
                    "explains": len(suspect.explains),
                    "is_withheld": suspect.cell in each.withheld,
                }
            )
    return conform(pd.DataFrame(rows), SUSPECTS, **constants) if rows else empty(SUSPECTS)


def _corrections(facts: pd.DataFrame, ruled: Sequence[Ruled], family: str) -> pd.DataFrame:
    """The corrected figures beside the printed ones."""
    decided = {cell: (text, each.issue.id) for each in ruled for cell, text in each.corrected.items()}
    if not decided:
        return empty(CORRECTIONS)
    marks = {cell: parse(text) for cell, (text, _) in decided.items()}
    frame = facts.iloc[list(decided)].copy()
    frame["issue"] = [issue for _, issue in decided.values()]
    frame["corrected_text"] = [text for text, _ in decided.values()]
    frame["corrected_value"] = [mark.value if mark else None for mark in marks.values()]
    frame["corrected_decimals"] = [mark.decimals if mark else None for mark in marks.values()]
    return conform(frame, CORRECTIONS, family=family)
