"""Facts to validated tables: refused without a proof, figures in doubt withheld, checked against their models."""

from __future__ import annotations

import pandas as pd

from trade_assets.facts.frames import wide
from trade_assets.facts.schemas import Table

WITHHELD = "withheld_by_issue_"
"""How the gap of a withheld figure begins; the issue's id follows."""


class UnprovenError(Exception):
    """Facts that have no verdicts of the same document, so that nobody knows which of them are in doubt."""


def require_proof(facts: pd.DataFrame, verdicts: pd.DataFrame, family: str) -> None:
    """Refuse to publish facts without the verdicts on them: the gate is in the data, not in the order of runs.

    Raises:
        UnprovenError: there are no verdicts of the document whose facts these are.
    """
    documents = set(facts["sha256"])
    if documents - set(verdicts.loc[verdicts["family"] == family, "sha256"]):
        raise UnprovenError(
            f"the facts of {family} have no verdicts of the same document ({', '.join(sorted(documents))}). "
            "To do: materialise validated/verdicts of the month first, or the whole month"
        )


def publish(facts: pd.DataFrame, doubt: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The validated table of the facts, figures in doubt withheld.

    Args:
        doubt: by the schema ``validated.in_doubt``.
    """
    return wide(withhold(facts, doubt[doubt["family"] == table.family]), table)


def withhold(facts: pd.DataFrame, doubt: pd.DataFrame) -> pd.DataFrame:
    """The facts with the figures in doubt emptied; ``reason`` says why any value is missing, and which issue holds it."""
    places = ["line", "start"]
    issue_of = dict(zip(zip(*(doubt[name] for name in places), strict=True), doubt["issue"], strict=True))
    at = [None if pd.isna(line) else issue_of.get((line, start)) for line, start in zip(*(facts[name] for name in places), strict=True)]
    issue = pd.Series(at, index=facts.index, dtype="string")
    result = facts.copy()
    result["reason"] = facts["gap"].mask(issue.notna(), WITHHELD + issue)
    result.loc[issue.notna(), ["value", "decimals"]] = pd.NA
    return result


def mismatches(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Where a published table breaks its pandera model: types, keys, ranges, arithmetic.

    Returns:
        pandera's failure cases (columns column, check, failure_case, index, …), empty if the table matches.
    """
    from pandera.errors import SchemaErrors

    from trade_assets.identities.models import MODELS

    try:
        MODELS[table.name].validate(frame, lazy=True)
    except SchemaErrors as error:
        return pd.DataFrame(error.failure_cases)
    return pd.DataFrame()
