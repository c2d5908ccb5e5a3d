"""A family's facts proven: verdicts, figures in doubt, and the validated tables without them."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from trade_assets.facts.frames import conform, empty, wide
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import IN_DOUBT, VERDICTS, VIOLATIONS
from trade_assets.identities.doubt import decimal_text, in_doubt, withhold
from trade_assets.identities.evaluate import Evaluation, evaluate
from trade_assets.identities.rules import rules_of


class Proof(NamedTuple):
    """What the rule book says of one document.

    Attributes:
        verdicts, violations, doubt: rows of the validated tables ``verdicts``, ``violations``, ``in_doubt``.
    """

    verdicts: pd.DataFrame
    violations: pd.DataFrame
    doubt: pd.DataFrame


class UnprovenError(Exception):
    """Facts that have no verdicts of the same document, so that nobody knows which of them are in doubt."""


def prove(facts: pd.DataFrame, family: str) -> Proof:
    """Evaluate the family's rules on the facts of its current document; empty without one."""
    if facts.empty:
        return Proof(empty(VERDICTS), empty(VIOLATIONS), empty(IN_DOUBT))
    evaluation = evaluate(rules_of(family), facts)
    counts = [(name, *outcome) for name, outcome in evaluation.counts.items()]
    verdicts = pd.DataFrame(counts, columns=["identity", "holds", "violated", "not_evaluable"])
    return Proof(
        conform(verdicts, VERDICTS, release_month=facts["release_month"].iloc[0], family=family, sha256=facts["sha256"].iloc[0]),
        _violations(facts, evaluation, family),
        in_doubt(facts, evaluation, family=family),
    )


def _violations(facts: pd.DataFrame, evaluation: Evaluation, family: str) -> pd.DataFrame:
    """The violated places, one row per cell."""
    if not evaluation.violated:
        return empty(VIOLATIONS)
    pieces = []
    for place, verdict in enumerate(evaluation.violated):
        cells = facts.iloc[list(verdict.cells)]
        pieces.append(
            cells.assign(
                identity=verdict.rule.name, place=place, gap=decimal_text(abs(verdict.gap)), allowed=decimal_text(verdict.allowed),
                is_total=[cell == verdict.cells[0] for cell in verdict.cells],
            )
        )  # fmt: skip
    return conform(pd.concat(pieces), VIOLATIONS, family=family)


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
    """The validated table of the facts, figures in doubt withheld."""
    return wide(withhold(facts, doubt[doubt["family"] == table.family]), table)


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
