"""The figures that import and export prices are known for."""

from __future__ import annotations

from trade_assets.facts.headline import Headline

_IMPORTS, _EXPORTS = "imports.end_use.all_commodities", "exports.end_use.all_commodities"

HEADLINES = (
    Headline("the change of import prices", _IMPORTS, "percent_change", False, "rose", "fell"),
    Headline("the change of export prices", _EXPORTS, "percent_change", False, "rose", "fell"),
    Headline("the change of import prices on a year earlier", _IMPORTS, "percent_change", False, "rose", "fell", months=12),
    Headline("the change of export prices on a year earlier", _EXPORTS, "percent_change", False, "rose", "fell", months=12),
)
