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


def prove(facts: pd.DataFrame, family: str, sha256: str | None) -> Proof:
    """Evaluate the family's rules on the facts of its current document; empty without one."""
    if sha256 is None:
        return Proof(empty(VERDICTS), empty(VIOLATIONS), empty(IN_DOUBT))
    evaluation = evaluate(rules_of(family), facts)
    counts = [(name, *outcome) for name, outcome in evaluation.counts.items()]
    verdicts = pd.DataFrame(counts, columns=["identity", "holds", "violated", "not_evaluable"])
    return Proof(
        conform(verdicts, VERDICTS, release_month=facts["release_month"].iloc[0], family=family),
        _violations(facts, evaluation, family, sha256),
        in_doubt(facts, evaluation, family=family, sha256=sha256),
    )


def _violations(facts: pd.DataFrame, evaluation: Evaluation, family: str, sha256: str) -> pd.DataFrame:
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
    return conform(pd.concat(pieces), VIOLATIONS, family=family, sha256=sha256)


def publish(facts: pd.DataFrame, doubt: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The validated table of the facts, figures in doubt withheld, checked by its pandera model.

    Raises:
        pandera.errors.SchemaErrors: a row breaks the model: wrong types, keys, ranges, or arithmetic.
    """
    from trade_assets.identities.models import MODELS

    frame = wide(withhold(facts, doubt[doubt["family"] == table.family]), table)
    MODELS[table.name].validate(frame, lazy=True)
    return frame
