"""Rational numbers and printed figures as decimal text."""

from __future__ import annotations

from fractions import Fraction

from trade_assets.identities.forms import Printed
from trade_assets.identities.network import Allowed


def decimal_text(number: Fraction, places: int = 4) -> str:
    """A rational number for people: exact if it is short, else rounded to ``places`` decimals."""
    scaled = round(number * 10**places)
    text = f"{'-' if scaled < 0 else ''}{abs(scaled) // 10**places}.{abs(scaled) % 10**places:0{places}d}"
    return text.rstrip("0").rstrip(".")


def value_text(value: Printed) -> str:
    """A figure with its printed decimals, ungrouped."""
    sign, digits = "-" if value.scaled < 0 else "", str(abs(value.scaled)).rjust(value.decimals + 1, "0")
    return sign + digits[: len(digits) - value.decimals] + (f".{digits[-value.decimals :]}" if value.decimals else "")


def range_text(allowed: Allowed) -> list[str | None]:
    """The ends of a range of values with their printed decimals; ``None`` is no bound."""
    return [None if end is None else value_text(Printed(end, allowed.decimals)) for end in (allowed.low, allowed.high)]
