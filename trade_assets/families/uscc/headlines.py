"""The figures that bulletins on trade with China are known for."""

from __future__ import annotations

from trade_assets.facts.headline import Headline

HEADLINES = (
    Headline("total exports to China", "exports.china.total", "value", False, "are positive", "are negative"),
    Headline("total imports from China", "imports.china.total", "value", False, "are positive", "are negative"),
)
