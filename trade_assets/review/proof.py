"""A document's facts proven: the scoreboard, the violated places, the issues, and the figures they withhold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import IN_DOUBT, ISSUES, SUSPECTS, VERDICTS, VIOLATIONS
from trade_assets.identities.evaluate import Evaluation
from trade_assets.identities.printed import Facts
from trade_assets.review.formulas import decimal_text, gap_sentence
from trade_assets.review.issues import Issue, examine, range_text


class Proof(NamedTuple):
    """What the rule book says of one document, as rows of the tables of the same names."""

    verdicts: pd.DataFrame
    violations: pd.DataFrame
    in_doubt: pd.DataFrame
    issues: pd.DataFrame
    suspects: pd.DataFrame


PROOF: tuple[Table, ...] = (VERDICTS, VIOLATIONS, IN_DOUBT, ISSUES, SUSPECTS)
"""The tables of a proof, in the order of its fields."""


def prove(facts: pd.DataFrame, family: str, former: pd.DataFrame) -> Proof:
    """Evaluate the family's rules on the facts of its current document, and localise what is violated.

    Args:
        facts: the tidy facts of the family's current document; empty without one.
        former: the issues that were known of the release month, by the schema ``review.issues``.
    """
    former = former[former["family"] == family]
    if facts.empty:
        return Proof(*(empty(table) for table in PROOF))
    month, sha256 = facts["release_month"].iloc[0], facts["sha256"].iloc[0]
    columns = Facts.of_frame(facts)
    evaluation, issues = examine(columns, family, month)
    constants = {"release_month": month, "family": family, "sha256": sha256}
    return Proof(
        _verdicts(evaluation, constants),
        _violations(facts, evaluation, issues, family),
        _in_doubt(facts, issues, family),
        _issues(issues, former, constants),
        _suspects(issues, constants),
    )


def _verdicts(evaluation: Evaluation, constants: dict[str, Any]) -> pd.DataFrame:
    counts = [(name, *outcome) for name, outcome in evaluation.counts.items()]
    return conform(pd.DataFrame(counts, columns=["identity", "holds", "violated", "not_evaluable"]), VERDICTS, **constants)


def _violations(facts: pd.DataFrame, evaluation: Evaluation, issues: Sequence[Issue], family: str) -> pd.DataFrame:
    """The violated places, one row per cell."""
    if not evaluation.violated:
        return empty(VIOLATIONS)
    issue_of = {id(verdict): issue.id for issue in issues for verdict in issue.violated}
    pieces = []
    for place, verdict in enumerate(evaluation.violated):
        cells = facts.iloc[list(verdict.cells)]
        pieces.append(
            cells.assign(
                identity=verdict.rule.name, place=place, gap=decimal_text(abs(verdict.gap)), allowed=decimal_text(verdict.allowed),
                is_total=[cell == verdict.cells[0] for cell in verdict.cells], issue=issue_of[id(verdict)],
            )
        )  # fmt: skip
    return conform(pd.concat(pieces), VIOLATIONS, family=family)


def _in_doubt(facts: pd.DataFrame, issues: Sequence[Issue], family: str) -> pd.DataFrame:
    """The withheld figures with place, issue and reason."""
    held: dict[int, list[Issue]] = {}
    for issue in issues:
        for cell in issue.withheld:
            held.setdefault(cell, []).append(issue)
    if not held:
        return empty(IN_DOUBT)
    frame = facts.iloc[sorted(held)].copy()
    reasons = [
        "; ".join(f"{v.rule.name} {gap_sentence(v)}" for issue in held[cell] for v in issue.violated if cell in v.cells)
        for cell in sorted(held)
    ]
    frame["identities"] = reasons
    frame["issue"] = [held[cell][0].id for cell in sorted(held)]
    return conform(frame, IN_DOUBT, family=family)


def _issues(issues: Sequence[Issue], former: pd.DataFrame, constants: dict[str, Any]) -> pd.DataFrame:
    """The issues of the document with their states, and those of earlier documents of the month that are gone.

    An issue is new in the first document of the month that shows it, and open in a later one. Proving the same
    document again changes no state.
    """
    seen = former[former["state"] != "gone"].set_index("issue")
    rows = []
    for issue in issues:
        is_known = issue.id in seen.index
        state = "new"
        if is_known:
            is_same = seen.loc[issue.id, "sha256"] == constants["sha256"]
            state = str(seen.loc[issue.id, "state"]) if is_same else "open"
        rows.append(
            {
                "issue": issue.id, "state": state, "certainty": issue.certainty, "title": issue.title, "pattern": issue.finding.pattern,
                "line": issue.lines[0], "last_line": issue.lines[-1], "violated": len(issue.violated), "suspects": len(issue.suspects),
                "withheld": len(issue.withheld), "is_cut": issue.finding.is_cut,
            }
        )  # fmt: skip
    present = {issue.id for issue in issues}
    gone = former[~former["issue"].isin(present)].assign(state="gone")
    frames = [frame for frame in (conform(pd.DataFrame(rows), ISSUES, **constants) if rows else empty(ISSUES), gone) if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else empty(ISSUES)


def _suspects(issues: Sequence[Issue], constants: dict[str, Any]) -> pd.DataFrame:
    """Every suspect of every issue, ranked."""
    rows = []
    for issue in issues:
        for rank, suspect in enumerate(issue.suspects, start=1):
            place = issue.place(suspect.cell)
            low, high = (None, None) if suspect.allowed is None else range_text(suspect.allowed)
            rows.append(
                {
                    "issue": issue.id, "rank": rank, "series": place.series, "measure": place.measure, "period": place.period,
                    "text": place.text, "line": place.line, "start": place.start, "end": place.end,
                    "proposal": issue.proposal(suspect), "slip": suspect.slip, "low": low, "high": high,
                    "explains": len(suspect.explains), "is_withheld": suspect.cell in issue.withheld,
                }
            )  # fmt: skip
    return conform(pd.DataFrame(rows), SUSPECTS, **constants) if rows else empty(SUSPECTS)
