"""What is taken for granted of the bulletins."""

from __future__ import annotations

from trade_assets.facts.declared import REFUSED, Assumption

ASSUMED: tuple[Assumption, ...] = (
    Assumption(
        statement="the bulletin's five tables have these headings, rows and closing titles",
        where="families/uscc/bulletin.py",
        authority="inferred",
        source="the bulletin of 2013-01, the only one at hand",
        guard=REFUSED,
    ),
)
