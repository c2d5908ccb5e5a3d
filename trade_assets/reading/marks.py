"""Printed marks: what stands in a cell, as value, decimals and flags; exactly, without judging it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# A flag, and a number.
_FIGURE = re.compile(r"(?:\(([A-Za-z])\)\s?)?([-+]?\$?(?:\d+(?:,\d+)*(?:\.\d+)?|\.\d+))%?")
_GROUPED = re.compile(r"[-+]?\$?(?:\d{1,3}(?:,\d{3})*|\d+)?(?:\.\d+)?")
_MAX_DIGITS = 15  # a float64 keeps 15 significant digits, so value and decimals give the print back exactly

MISSING = frozenset({"-", "--", "---"})
NOT_PUBLISHED = "not_published"
NOT_YET_RELEASED = "not_yet_released"
SUPPRESSED = "suppressed"
"""Gaps: the publisher prints no figure; will print it later; never will, because it could not be collected or shown."""


class Mark(NamedTuple):
    """A printed mark. ``value`` and ``decimals`` are ``None`` exactly when ``gap`` gives a reason."""

    value: float | None
    decimals: int | None
    flags: str
    gap: str | None


@lru_cache(maxsize=16_384)  # most figures are printed again, in the same release or in the next one
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
    flag, number = found.groups()
    plain = number.replace(",", "").replace("$", "")
    if len(plain) > _MAX_DIGITS and sum(map(str.isdigit, plain)) > _MAX_DIGITS:
        return None
    flags = flag.lower() if flag else ""
    if "," in number and _GROUPED.fullmatch(number) is None:
        flags = f"{flags} irregular_grouping".lstrip()
    return Mark(float(plain), len(plain.partition(".")[2]), flags, None)
