"""What releases of import and export prices may revise, and how they mark it."""

from __future__ import annotations

import re

from trade_assets.facts.cited import PRICE_MONTHS_OPEN, PRICE_REVISIONS
from trade_assets.vintages.policy import Line, Marks, Policy, Window, months_back

_PRICES = Line(
    name="import and export price indexes",
    series=re.compile(r"(?:exports|imports)\.(?:end_use|naics|harmonized|locality)\..+|transportation\..+"),
    windows=(
        Window(
            kind="monthly",
            months="the three months before L",
            opens=months_back(PRICE_MONTHS_OPEN),
            source=PRICE_REVISIONS,
            authority="published",
        ),
    ),
    source=PRICE_REVISIONS,
    authority="published",
)
_MARKED_FIGURES = Marks(
    of="figure",
    tables=("price_changes", "index_series"),
    authority="inferred",
    source="BLS's footnote R says what it means, revised, and not that every revised figure has it; so it is in Table A of 2012-08 and "
    "2018-08, and in the series files of 2024-12-08 and 2024-12-13",
)


POLICY = Policy((_PRICES,), _MARKED_FIGURES)
