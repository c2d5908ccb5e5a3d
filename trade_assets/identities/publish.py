"""Facts to validated tables: refused without a proof, figures in doubt withheld, checked against their models."""

from __future__ import annotations

import pandas as pd

from trade_assets.facts.frames import WITHHELD, wide
from trade_assets.facts.schemas import Table
from trade_assets.identities.rules import rules_of


class UnprovenError(Exception):
    """Facts that have no verdicts of the same document, so that nobody knows which of them are in doubt."""


def require_proof(facts: pd.DataFrame, verdicts: pd.DataFrame, family: str) -> None:
    """Refuse to publish facts without the verdicts on them: the gate is in the data, not in the order of runs.

    Of a family without rules there are no verdicts: nothing of it is ever in doubt.

    Raises:
        UnprovenError: there are no verdicts of the document whose facts these are.
    """
    documents = set(facts["sha256"]) if rules_of(family) else set()
    if documents - set(verdicts.loc[verdicts["family"] == family, "sha256"]):
        raise UnprovenError(
            f"the facts of {family} have no verdicts of the same document ({', '.join(sorted(documents))}). "
            "To do: materialise validated/verdicts of the month first, or the whole month"
        )


def publish(facts: pd.DataFrame, doubt: pd.DataFrame, corrections: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The validated table of the facts: figures in doubt withheld, decided corrections in place of what is printed.

    Args:
        doubt: by the schema ``validated.in_doubt``.
        corrections: by the schema ``review.corrections``.
    """
    of_family = (frame[frame["family"] == table.family] for frame in (doubt, corrections))
    return wide(as_published(facts[facts["table"].isin(table.source_tables)], *of_family), table)


def as_published(facts: pd.DataFrame, doubt: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """The facts as they are published: corrected, and emptied where they are in doubt.

    Returns:
        The facts; ``reason`` says why a value is missing and which issue holds it, ``correction`` what was printed.
    """
    result = facts.copy()
    if doubt.empty and corrections.empty:  # as of most documents
        return result.assign(correction=pd.Series(pd.NA, index=facts.index, dtype="string"), reason=facts["gap"])
    corrected = dict(zip(_places(corrections), corrections.to_dict("records"), strict=True))
    rows = [corrected.get(place) for place in _places(facts)]
    result["correction"] = pd.Series(
        [None if row is None else f"{row['text']} printed, corrected by issue {row['issue']}" for row in rows],
        index=facts.index,
        dtype="string",
    )
    is_corrected = result["correction"].notna()
    for name in ("value", "decimals"):
        result.loc[is_corrected, name] = [row[f"corrected_{name}"] for row in rows if row is not None]
    issue_of = dict(zip(_places(doubt), doubt["issue"], strict=True))
    issue = pd.Series([issue_of.get(place) for place in _places(facts)], index=facts.index, dtype="string")
    # A dash that is corrected is a gap no more.
    result["reason"] = facts["gap"].mask(is_corrected).mask(issue.notna(), WITHHELD + issue)
    result.loc[issue.notna(), ["value", "decimals"]] = pd.NA
    return result


def _places(frame: pd.DataFrame) -> list[tuple[str, int, int] | None]:
    """Document, line and offset of each row, ``None`` for a gap that no mark prints."""
    places = zip(frame["sha256"], frame["line"], frame["start"], strict=True)
    return [None if pd.isna(start) else (str(sha256), int(line), int(start)) for sha256, line, start in places]


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
