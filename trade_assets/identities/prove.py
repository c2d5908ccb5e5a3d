"""A family's facts proven: verdicts, figures in doubt, and the validated tables without them."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from trade_assets.facts.frames import conform, empty, wide
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import IN_DOUBT, VERDICTS
from trade_assets.identities.doubt import in_doubt, withhold
from trade_assets.identities.evaluate import Evaluation, evaluate
from trade_assets.identities.rules import rules_of


class Proof(NamedTuple):
    """What the rule book says of one document.

    Attributes:
        verdicts, doubt: rows of ``validated.verdicts`` and ``validated.in_doubt``.
        evaluation: the verdicts themselves; cells are positions in the facts.
    """

    verdicts: pd.DataFrame
    doubt: pd.DataFrame
    evaluation: Evaluation


def prove(facts: pd.DataFrame, family: str, sha256: str | None) -> Proof:
    """Evaluate the family's rules on the facts of its current document; empty without one."""
    if sha256 is None:
        return Proof(empty(VERDICTS), empty(IN_DOUBT), Evaluation({}, ()))
    evaluation = evaluate(rules_of(family), facts)
    counts = [(name, *outcome) for name, outcome in evaluation.counts.items()]
    verdicts = pd.DataFrame(counts, columns=["identity", "holds", "violated", "not_evaluable"])
    return Proof(
        conform(verdicts, VERDICTS, release_month=facts["release_month"].iloc[0], family=family),
        in_doubt(facts, evaluation, family=family, sha256=sha256),
        evaluation,
    )


def publish(facts: pd.DataFrame, doubt: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The validated table of the facts, figures in doubt withheld, checked by its pandera model.

    Raises:
        pandera.errors.SchemaErrors: a row breaks the model: wrong types, keys, ranges, or arithmetic.
    """
    from trade_assets.identities.models import MODELS

    frame = wide(withhold(facts, doubt[doubt["family"] == table.family]), table)
    MODELS[table.name].validate(frame, lazy=True)
    return frame
