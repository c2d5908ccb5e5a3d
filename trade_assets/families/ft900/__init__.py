"""The FT-900 of the Census Bureau and the BEA: U.S. international trade in goods and services, and its annual tables."""

from __future__ import annotations

from trade_assets.facts.families import Calendar, Family, Terms
from trade_assets.facts.licences import NO_COPYRIGHT, UNITED_STATES
from trade_assets.families.ft900.assumed import BY, DAY

FAMILY = Family(
    name="ft900",
    place=1,
    title="U.S. international trade in goods and services",
    heading="FT-900: goods and services",
    called="FT-900",
    terms=Terms(licence=UNITED_STATES, source=NO_COPYRIGHT, authority="published"),
    calendar=Calendar(BY, DAY),
)
