"""Printed marks: what stands in a cell, as value, decimals and flags; exactly, without judging it."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

# A flag, and a number.
_FIGURE = re.compile(r"(?:\(([A-Za-z])\)\s?)?([-+]?\$?(?:\d+(?:,\d+)*(?:\.\d+)?|\.\d+))%?")
_GROUPED = re.compile(r"[-+]?\$?(?:\d{1,3}(?:,\d{3})*|\d+)?(?:\.\d+)?")
# A figure and nothing else; and what a person would take for one: signs, digits, brackets and flags of one letter, an error
# of a workbook or a formula without its value, a day or a time.
_NUMBER = re.compile(r"(?P<plain>[-+]?[0-9]+(?:\.[0-9]+)?)(?P<power>[eE][-+]?[0-9]{1,3})?")
_WHOLE = re.compile(r"([-+]?[0-9]+)\.0+")
_IN_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_RESEMBLING = re.compile(
    r"(?=.*[0-9])(?:[-+.,:/$%*()\[\]\s0-9]|\([A-Za-z]\)|(?<=[0-9\s])(?:days?|[A-Za-z])(?![A-Za-z]))+|#[A-Z0-9/_]+[!?]?|=.*"
)
_MAX_LENGTH = 60  # longer texts are no figures, and are not searched further
MAX_DECIMALS = 9
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
        plain = _kept(plain)
        if sum(map(str.isdigit, plain)) > _MAX_DIGITS:
            return None
    flags = flag.lower() if flag else ""
    if "," in number and _GROUPED.fullmatch(number) is None:
        flags = f"{flags} irregular_grouping".lstrip()
    return Mark(float(plain), len(plain.partition(".")[2]), flags, None)


class FigureError(ValueError):
    """Why a text is no plain figure, in a few words."""


def entered(number: str) -> str:
    """What was entered where a program wrote a number in full: ``50251.000000000004`` is ``50251``, ``1e+05`` is ``100000``.

    Programs keep numbers as floats, which are exact to 15 significant digits; what stands behind them was never entered. A
    number of no more digits stays as it is printed, zeros behind its point included; so does any other text.
    """
    found = _NUMBER.fullmatch(number) if len(number) <= _MAX_LENGTH else None
    if found is None:
        return number
    is_full = "." in number and sum(map(str.isdigit, found["plain"].strip("-+0."))) > _MAX_DIGITS
    if not is_full and found["power"] is None:
        return number
    text = format(Decimal(f"{Decimal(number):.{_MAX_DIGITS}g}") if is_full else Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if is_full and "." in text else text


def _kept(number: str) -> str:
    """A number with as many digits and decimals as are kept of it."""
    number = entered(number)
    return format(Decimal(number), f".{MAX_DECIMALS}f") if len(number.partition(".")[2]) > MAX_DECIMALS else number


def whole(text: str) -> str:
    """A whole number that a program wrote as a float, ``1982.0``, as its digits; any other text as it is."""
    found = _WHOLE.fullmatch(text)
    return text if found is None else found[1]


def plain_figure(text: str, *, is_grouped: bool = True) -> Mark:
    """The figure that a text is where figures stand alone: ``-2641.0``, ``1,310``, or as programs write it, ``1e+05``.

    Of the whole text at most 15 digits and 9 decimals are kept, rounded: no publisher prints more, only floats show more.

    Args:
        text: with plain spaces and minus signs.
        is_grouped: whether commas may group digits by thousands; they may not where they could be decimal points.

    Raises:
        FigureError: it is no figure, has something beside it, or more digits than are kept.
    """
    number = text.replace(",", "") if is_grouped and _IN_THOUSANDS.fullmatch(text) else text
    if _NUMBER.fullmatch(number) is not None and len(number) <= _MAX_LENGTH:
        mark = parse(_kept(number))
        if mark is not None:
            return mark
    raise FigureError(next(reason for found, reason in _REASONS if found.search(text[:_MAX_LENGTH])))


_REASONS = tuple(
    (re.compile(found), reason)
    for found, reason in (
        (r"^#", "an error of the workbook"),
        (r"^[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]:[0-9]", "with the format of a date or time"),
        (r"%", "with a percent sign"),
        (r"\$", "with a currency sign"),
        (r"\(.*\)|[0-9]\s?[A-Za-z]$", "with a flag, or brackets"),
        (r"^[-+]?[0-9,.]*,[0-9,.]*$", "with digits grouped as this format does not"),
        (r"^[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", f"more than {_MAX_DIGITS} digits"),
        (r"", "no figure"),
    )
)
"""What a text that is no plain figure shows, and how that is said; the first that is found."""


def resembles_figure(text: str) -> bool:
    """Whether a person would take a text for a figure, an error, a day or a time, whether or not it can be read."""
    return len(text) <= _MAX_LENGTH and _RESEMBLING.fullmatch(text) is not None
