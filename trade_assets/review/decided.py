"""What became of every decision of a month: whether it is in force, what it changed, and which match nothing any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import DECISIONS
from trade_assets.review.decisions import REOPENED, SAYS, Decision, expired

NO_ISSUE = "no document of the month shows the issue"
LATER = "a later entry follows"


def decisions_table(
    release_month: str, decisions: Mapping[str, Sequence[Decision]], issues: pd.DataFrame, corrections: pd.DataFrame
) -> pd.DataFrame:
    """Every entry of every decision file, whether it is in force, and what it changed.

    Args:
        issues, corrections: of all families of the month, by the schemas of the same names.
    """
    present = issues[issues["state"] != "gone"].set_index("issue")
    rows = []
    for name, entries in decisions.items():
        for entry in entries:
            is_last = entry is entries[-1]
            is_known = name in present.index
            in_force = is_last and is_known and present.loc[name, "state"] == "decided"
            rows.append(
                {
                    "issue": name,
                    "entry": entry.number,
                    "action": entry.action,
                    "reason": entry.reason,
                    "reviewer": entry.reviewer,
                    "decided_on": entry.decided_on,
                    "expires_on": entry.expires_on,
                    "told_publisher_on": entry.told_publisher_on,
                    "publisher_answer": entry.publisher_answer,
                    "sha256": entry.sha256,
                    "path": entry.path,
                    "cells": "; ".join(f"line {c.line}: {c.text}{f' -> {c.value}' if c.value else ''}" for c in entry.cells),
                    "is_in_force": in_force,
                    "why_not": None if in_force else _why_not(entry, is_last, present, name),
                    "effect": _effect(entry, int((corrections["issue"] == name).sum())) if in_force else None,
                }
            )
    return conform(pd.DataFrame(rows), DECISIONS, release_month=release_month) if rows else empty(DECISIONS)


def _why_not(entry: Decision, is_last: bool, present: pd.DataFrame, name: str) -> str:
    if not is_last:
        return LATER
    if name not in present.index:
        return NO_ISSUE
    if entry.action == "reopen":
        return REOPENED
    return str(present.loc[name, "why_not"])


def _effect(entry: Decision, corrected: int) -> str:
    if entry.action == "correct":
        return f"{corrected} figure{'s' if corrected != 1 else ''} published as corrected"
    return f"figures {SAYS[entry.action]}" if entry.action == "withhold" else "figures published as printed"


def lingering_decisions(decided: pd.DataFrame) -> list[str]:
    """Decisions that match nothing any more, as sentences: nobody reopened them, and what they were about has changed.

    Args:
        decided: by the schema ``review.decisions``.
    """
    why = decided["why_not"].fillna("").astype(str)
    is_expired = why == decided["expires_on"].map(expired, na_action="ignore")
    is_expected = why.isin(["", LATER]) | is_expired.fillna(False) | (decided["action"] == "reopen")
    last = decided[~is_expected]
    return [
        f"{row['path']}: the decision of {row['decided_on']} by {row['reviewer']} is in force no more: {row['why_not']}. "
        f"To do: decide anew, or 'trade-assets review reopen {row['issue']}'."
        for row in last.to_dict("records")
    ]
