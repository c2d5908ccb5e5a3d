"""Which rows the tables of a document must have, told by the facts that they print.

A table of a fixed shape has always the same ones; a price release has those of its classification that the catalogue expects
of its month. What a reader cannot read past (a month of the FT-900, the country above its industries) it refuses by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trade_assets.facts.families import parts


@dataclass(frozen=True)
class ExpectedRow:
    """A row that a table must have, or some rows of a kind.

    Attributes:
        table: which; where it is not printed at all nothing is expected of it.
        said: how people find the row.
        series: series of which the row prints one.
        measure, period: which figure of them it must print; ``None`` for any.
        least: how many of the series must be printed.
    """

    table: str
    said: str
    series: frozenset[str]
    measure: str | None = None
    period: str | None = None
    least: int = 1


def expected_rows(family: str, latest: str) -> Iterator[ExpectedRow]:
    """The rows that the documents of a family must have, table by table in their order.

    Args:
        latest: the latest month that the document prints.
    """
    rows = parts("rules", "ROWS").get(family)
    yield from rows(latest) if rows is not None else ()
