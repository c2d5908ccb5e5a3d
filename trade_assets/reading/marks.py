"""Printed marks: what stands in a cell, as value, decimals and flags; exactly, without judging it."""

from __future__ import annotations

import re
from typing import NamedTuple

_FIGURE = re.compile(
    r"(?:\((?P<flag>[A-Za-z])\)\s?)?(?P<number>[-+]?\$?(?:\d+(?:,\d+)*(?:\.\d+)?|\.\d+))%?"
)
_GROUPED = re.compile(r"[-+]?\$?(?:\d{1,3}(?:,\d{3})*|\d+)?(?:\.\d+)?")
_MAX_DIGITS = 15  # a float64 keeps 15 significant digits, so value and decimals give the print back exactly

MISSING = frozenset({"-", "--", "---"})
NOT_PUBLISHED = "not_published"
NOT_YET_RELEASED = "not_yet_released"


class Mark(NamedTuple):
    """A printed mark. ``value`` and ``decimals`` are ``None`` exactly when ``gap`` gives a reason."""

    value: float | None
    decimals: int | None
    flags: str
    gap: str | None


def parse(text: str) -> Mark | None:
    """What a printed mark says, or ``None`` if the text is no figure.

    ``(r)4.0`` is 4.0 with flag ``r``, ``36.1%`` is 36.1, ``--`` is a gap. Digits grouped other than by
    thousands (``36,54``) are read as printed and flagged ``irregular_grouping``.
    """
    if text in MISSING:
        return Mark(None, None, "", NOT_PUBLISHED)
    found = _FIGURE.fullmatch(text)
    if found is None:
        return None
    number = found["number"]
    plain = number.replace(",", "").replace("$", "")
    if sum(char.isdigit() for char in plain) > _MAX_DIGITS:
        return None
    flags = [found["flag"].lower()] if found["flag"] else []
    if _GROUPED.fullmatch(number) is None:
        flags.append("irregular_grouping")
    return Mark(float(plain), len(plain.partition(".")[2]), " ".join(flags), None)
