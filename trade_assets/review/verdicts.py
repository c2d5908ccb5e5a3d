"""What is said of a month's verdicts: which issues wait, whether an identity holds, what a comparison with earlier releases found.

Sentences only: where they are shown is the business of whoever shows them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from trade_assets.identities.kinds import Rule
from trade_assets.identities.rules import RULES

_SAID = 3  # issues of each kind that a sentence names


@dataclass(frozen=True)
class Waiting:
    """The issues that a month's documents show.

    Attributes:
        open, decided: their rows, by rank.
        description: which of them wait, as sentences.
    """

    open: pd.DataFrame
    decided: pd.DataFrame
    description: str


@dataclass(frozen=True)
class IdentityVerdict:
    """What became of an identity in a month.

    Attributes:
        holds, violated, not_evaluable: places.
        open, decided: its issues, by rank.
        cells: the cells of its violated places, by the schema ``validated.violations``.
        description: the verdict as sentences.
    """

    holds: int
    violated: int
    not_evaluable: int
    open: pd.DataFrame
    decided: pd.DataFrame
    cells: pd.DataFrame
    description: str

    @property
    def is_evaluated(self) -> bool:
        """Whether it could be evaluated anywhere. Missing is never equal to passing."""
        return self.holds + self.violated > 0

    @property
    def has_issues(self) -> bool:
        """Whether there is anything to show beside the counts."""
        return bool(self.violated) or len(self.open) + len(self.decided) > 0


def waiting(issues: pd.DataFrame) -> Waiting:
    """Which issues of a month wait for a decision.

    Args:
        issues: by the schema ``review.issues``.
    """
    open_, decided = _shown(issues, ["rank", "family", "line"])
    if open_.empty and decided.empty:
        return Waiting(open_, decided, "The month's documents show no issue.")
    count = f"{len(open_)} issue{' waits' if len(open_) == 1 else 's wait'} for a decision. " if len(open_) else ""
    return Waiting(open_, decided, f"{count}{_listed(open_, decided)}")


def verdict_of(rule: Rule, verdicts: pd.DataFrame, violations: pd.DataFrame, issues: pd.DataFrame) -> IdentityVerdict:
    """The verdict of a rule on a month.

    Args:
        verdicts, violations, issues: by the schemas ``validated.verdicts``, ``validated.violations``, ``review.issues``.
    """
    counts = verdicts[verdicts["identity"] == rule.name]
    holds, violated, not_evaluable = (int(counts[name].sum()) for name in ("holds", "violated", "not_evaluable"))
    cells = violations[violations["identity"] == rule.name]
    if rule not in RULES:  # what is beside the arithmetic has a place only where it is wrong, and no count
        violated = len(cells.drop_duplicates(["sha256", "place"]))
    open_, decided = _shown(issues[issues["issue"].isin(cells["issue"])], ["rank"])
    if holds + violated == 0 and open_.empty and decided.empty:
        missing = f"an operand is missing in every one of {not_evaluable} places"
        why = missing if not_evaluable else "no figure of the month takes part in it"
        said = f"Not evaluable: {why}, so nothing was proven."
    elif not violated and open_.empty and decided.empty:
        said = f"Holds: {holds} places evaluated, {not_evaluable} not evaluable for a missing operand."
    else:
        said = f"{violated} of {holds + violated} places violated. {_listed(open_, decided)} Not evaluable: {not_evaluable}."
    return IdentityVerdict(holds, violated, not_evaluable, open_, decided, cells, said)


def _shown(issues: pd.DataFrame, order: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The issues that documents show, in order: those that wait, and those that are decided."""
    shown = issues[issues["state"] != "gone"].sort_values(order)
    is_open = shown["state"] != "decided"
    return shown[is_open], shown[~is_open]


def _listed(open_: pd.DataFrame, decided: pd.DataFrame) -> str:
    """Open issues as sentences, then the decided ones with their decisions; the first of each."""
    sentences = [f"{row['where']}: {row['title']} [{row['certainty']}]" for row in open_.head(_SAID).to_dict("records")]
    sentences += [f"{len(open_) - _SAID} more open issues"] if len(open_) > _SAID else []
    sentences += [f"decided, {row['where']}: {row['decision']}" for row in decided.head(_SAID).to_dict("records")]
    sentences += [f"{len(decided) - _SAID} more decided"] if len(decided) > _SAID else []
    return "; ".join(sentences) + "."


def said_of_revisions(findings: pd.DataFrame, evaluated: int) -> str:
    """What a check of revisions found.

    Args:
        findings: of that check, by the schema ``vintages.revision_findings``.
        evaluated: in how many places it was evaluated.
    """
    if findings.empty:
        return f"Holds in {evaluated} places evaluated."
    more = f"; and {len(findings) - _SAID} more" if len(findings) > _SAID else ""
    return f"{'; '.join(findings['sentence'].head(_SAID))}{more}. {evaluated} places evaluated."
