"""The figures that the FT-900 is known for."""

from __future__ import annotations

from trade_assets.facts.headline import Headline

HEADLINES = (
    Headline("the change of the total balance on the month before", "balance.total", "value", True, "narrowed", "widened"),
    Headline("the change of total exports on the month before", "exports.total", "value", True, "rose", "fell"),
    Headline("the change of total imports on the month before", "imports.total", "value", True, "rose", "fell"),
)
