"""What FRED's series must be: nothing in them is a sum."""

from __future__ import annotations

from trade_assets.identities.kinds import Labelled, Rule
from trade_assets.identities.structure import KNOWN, of_series_files

RULES: tuple[Rule, ...] = (
    Labelled(
        name="observations_are_of_the_series_named",
        table="fred_observations",
        description="Figures are of the series, unit, base, adjustment and frequency that the file's label claims.",
        source=KNOWN,
        authority="inferred",
        printed="fred_observations",
        is_occasional=True,
    ),
)

STRUCTURE: tuple[Rule, ...] = of_series_files("fred_observations", "fred_observations", "observations")
"""What documents must be beside their arithmetic."""

ROWS = None
"""None: a series has the months that it has; gaps are told by the reader."""

EXPECTED = None
"""None: a publication has the series that somebody downloaded."""
