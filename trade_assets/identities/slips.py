"""How a figure is misprinted: for a printed figure, the figures it may have been before one slip.

Slips rank suspects and give proposals; whether a cell can be the wrong one is decided by the identities alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from trade_assets.identities.forms import Printed

SIGN = "sign flipped or lost"
TRANSPOSED = "transposed digits"
WRONG = "one digit wrong"
LOST = "one digit lost"
DOUBLED = "one digit doubled"
DECIMAL_POINT = "decimal point shifted"
THOUSANDS = "thousands group lost or added"
NEIGHBOURS = "exchanged with its neighbour"

_DIGITS = "0123456789"
_USUAL = 1.0
_RARE = 0.1  # beside the five usual slips these are seen seldom


class Original(NamedTuple):
    """What a figure may have been: its figure, the slip that turned it into the print, and the slip's chance.

    The chance is that of this print among all that slips of the kind would make of the original, times the weight
    of the kind.
    """

    figure: Printed
    slip: str
    chance: float


def originals(printed: Printed, decimals: Collection[int], text: str = "") -> dict[Printed, Original]:
    """All figures that one slip turns into the printed one, each with its likeliest slip.

    Args:
        decimals: with how many decimals the original may have been printed.
        text: the mark as printed; it may show zeros before the figure's first digit.
    """
    digits = "".join(char for char in text if char in _DIGITS)
    if not digits or int(digits) != abs(printed.scaled) or len(digits) <= printed.decimals:
        digits = str(abs(printed.scaled)).rjust(printed.decimals + 1, "0")
    found: dict[Printed, Original] = {}
    # A zero keeps no sign, but its mark may show one.
    is_negative = printed.scaled < 0 or (printed.scaled == 0 and "-" in text)
    for original in _all(printed, digits, -1 if is_negative else 1):
        figure = original.figure
        if figure == printed or figure.decimals not in decimals:
            continue
        known = found.get(figure)
        if known is None or known.chance < original.chance:
            found[figure] = original
    return found


def _all(printed: Printed, digits: str, sign: int) -> Iterator[Original]:
    count, point = len(digits), len(digits) - printed.decimals

    def original(text: str, places: int, slip: str, chance: float) -> Iterator[Original]:
        whole = text[: len(text) - places]
        if len(whole) == 1 or whole[:1] != "0":
            yield Original(Printed(sign * int(text), places), slip, chance)

    yield Original(Printed(-printed.scaled, printed.decimals), SIGN, _USUAL)
    pairs = [at for at in range(count - 1) if digits[at] != digits[at + 1]]
    for at in pairs:
        text = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        yield from original(text, printed.decimals, TRANSPOSED, _USUAL / len(pairs))
    for at in range(count):
        for digit in _DIGITS:
            if digit != digits[at]:
                yield from original(digits[:at] + digit + digits[at + 1 :], printed.decimals, WRONG, _USUAL / (9 * count))
    for at in range(count + 1):
        for digit in _DIGITS:
            text = digits[:at] + digit + digits[at:]
            # As many digits of the original as stand together and are alike leave the same print when one is lost.
            alike = _run(text, at)
            for places in {printed.decimals + (at > point), printed.decimals + (at >= point)}:
                yield from original(text, places, LOST, _USUAL * alike / (count + 1))
    for at in range(count - 1):
        if digits[at] == digits[at + 1]:
            alike = _run(digits, at) - 1
            places = printed.decimals - (at + 1 >= point)
            if places >= 0:
                yield from original(digits[:at] + digits[at + 1 :], places, DOUBLED, _USUAL * alike / (count - 1))
    for power in (1, 2):
        if printed.decimals >= power and printed.scaled:
            yield Original(Printed(printed.scaled, printed.decimals - power), DECIMAL_POINT, _RARE)
            yield Original(Printed(printed.scaled * 10**power, printed.decimals), DECIMAL_POINT, _RARE)
        yield Original(Printed(printed.scaled, printed.decimals + power), DECIMAL_POINT, _RARE)
        if printed.scaled % 10**power == 0:
            yield Original(Printed(printed.scaled // 10**power, printed.decimals), DECIMAL_POINT, _RARE)
    if not printed.decimals:  # a point lost with three decimals behind it
        yield Original(Printed(printed.scaled, 3), DECIMAL_POINT, _RARE)
    yield Original(Printed(printed.scaled * 1000, printed.decimals), THOUSANDS, _RARE)
    if printed.scaled % 1000 == 0:
        yield Original(Printed(printed.scaled // 1000, printed.decimals), THOUSANDS, _RARE)


def _run(text: str, at: int) -> int:
    """How many equal digits stand together around a place."""
    first = last = at
    while first > 0 and text[first - 1] == text[at]:
        first -= 1
    while last + 1 < len(text) and text[last + 1] == text[at]:
        last += 1
    return last - first + 1
