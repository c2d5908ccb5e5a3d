"""Which print of its fact each print is, and from which day until which it was the current figure: from the order of prints alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trade_assets.vintages.ordering import Prints, begins

OPEN = 1 << 40
"""A day after all that have a year of four digits."""


@dataclass(frozen=True)
class Validity:
    """What the order of the prints says of each of them.

    Documents of one release print a fact once: the main document's figure speaks, another's only where that one has none. A later
    release of the month, or a later edition, is a print of its own. The empty row of a month that is not yet released is no print of
    it: the first is the one that brings the figure, or says that there is none. A print ends when the first of those that follow it,
    in the order of releases, begins: what is issued again once a later release is out is never the current figure.

    Attributes:
        rank: the place of each print in their order: by fact, by release and issue, the main one first.
        print, is_first_published, is_main: as of ``vintages.history``.
        valid_until: in days since 1970; ``OPEN`` for the latest.
    """

    rank: NDArray[np.int64]
    print: NDArray[np.int64]
    is_first_published: NDArray[np.bool_]
    is_main: NDArray[np.bool_]
    valid_until: NDArray[np.int64]


def validity(prints: Prints) -> Validity:
    """Number the prints, and say until when each was current; there is at least one."""
    order, mains = prints.in_order("place")
    count = len(order)
    of_place = np.diff(mains, append=count)
    """How many documents print the fact there."""
    is_main = np.zeros(count, dtype=bool)
    is_main[mains] = True
    is_ahead = prints.is_ahead()[order]
    # Of each fact the mains are counted, from its first place on; all are counted through, less those of the facts before.
    fact, is_print = prints.fact[order][mains], ~is_ahead[mains]
    of_fact = np.flatnonzero(begins(fact))
    so_far = np.cumsum(is_print)
    before: NDArray[np.int64] = np.repeat((so_far - is_print)[of_fact], np.diff(of_fact, append=len(mains)))
    number = np.where(is_ahead, 0, np.repeat(np.where(is_print, so_far - before, 0), of_place))
    is_first = (number == 1) & prints.is_earliest()[order]
    days = pd.to_datetime(prints.documents["known_from"]).to_numpy().astype("datetime64[D]").astype("int64")
    begun = days[prints.document[order]]
    next_begun = np.repeat(_least_of_later(begun[mains], fact), of_place)
    return Validity(
        _back(np.arange(count), order),
        _back(number, order),
        _back(np.repeat(np.logical_or.reduceat(is_first, mains), of_place), order),
        _back(is_main, order),
        _back(np.where(~is_main | (next_begun < begun), begun, next_begun), order),
    )


def _least_of_later(days: NDArray[np.int64], fact: NDArray[Any]) -> NDArray[np.int64]:
    """Of each row the least of the days that follow among the rows of its fact; ``OPEN`` for the last.

    Args:
        fact: a number, never less than that of the row before.
    """
    # The least from the end on. A fact's days are moved below all those of the facts after it, so that none goes on into the next.
    moved = days - days.min()
    step = fact.astype("int64") * (moved.max() + 1)
    least = np.minimum.accumulate((moved + step)[::-1])[::-1] - step + days.min()
    is_last = np.append(begins(fact)[1:], True)
    return np.where(is_last, OPEN, np.append(least[1:], OPEN))


def _back(in_order: NDArray[Any], order: NDArray[np.intp]) -> NDArray[Any]:
    """What stands in an order, for the prints as they stand."""
    found = np.empty_like(in_order)
    found[order] = in_order
    return found
