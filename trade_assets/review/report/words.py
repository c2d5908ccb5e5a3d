"""The words of the report: counts, certainties, states, and what people call things."""

from __future__ import annotations

from trade_assets.identities.findings import Certainty
from trade_assets.identities.kinds import Strength
from trade_assets.review.report.contents import State

CERTAINTY: dict[Certainty, str] = {
    "certain": "exactly one figure can be the wrong one: changing any other figure alone would leave an identity violated",
    "likely": "more than one explanation fits, and one stands out because a common slip gives exactly this print",
    "ambiguous": "several explanations fit, and nothing in this document tells them apart",
}
PATTERN = "one cause explains many violations at once: with the figures put back, their identities hold"
STATE: dict[State, str] = {
    "new": "first shown by this document",
    "open": "waits for a decision",
    "decided": "a decision is on record",
}
STRENGTH: dict[Strength, str] = {"exact": "to the print", "interval": "within intervals", "limit": "within bounds"}


def count(number: int, noun: str, plural: str | None = None) -> str:
    """``1 issue``, ``2,310 figures``."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def sentence(said: str) -> str:
    """Text with a capital first letter and a full stop."""
    said = said[:1].upper() + said[1:]
    return said if said.endswith((".", "!", "?")) else f"{said}."


def short(said: str, limit: int) -> str:
    """Text of at most so many characters, with dots where it is cut."""
    return said if len(said) <= limit else f"{said[: limit - 1]}…"
