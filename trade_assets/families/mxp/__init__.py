"""Import and export price indexes of the BLS: releases and series files."""

from __future__ import annotations

from trade_assets.facts.families import Calendar, Family, Terms
from trade_assets.facts.licences import NO_COPYRIGHT, UNITED_STATES
from trade_assets.families.mxp.assumed import BY, DAY

FAMILY = Family(
    name="mxp",
    place=2,
    title="U.S. import and export price indexes",
    heading="Import and export price indexes",
    called="BLS releases and series files",
    terms=Terms(licence=UNITED_STATES, source=NO_COPYRIGHT, authority="published"),
    calendar=Calendar(BY, DAY),
    named_in={"bls_series": "label", "bls_footnotes": "meaning"},
)
