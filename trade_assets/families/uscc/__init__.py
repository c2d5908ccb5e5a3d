"""Bulletins on U.S. trade with China, of the U.S.-China Economic and Security Review Commission."""

from __future__ import annotations

from trade_assets.facts.families import Family, Terms
from trade_assets.facts.licences import NO_COPYRIGHT, UNITED_STATES

FAMILY = Family(
    name="uscc",
    place=4,
    title="Tables of the bulletin on U.S. trade with China",
    heading="Bulletins on trade with China",
    called="bulletins on trade with China",
    terms=Terms(
        licence=UNITED_STATES,
        source=f"{NO_COPYRIGHT}; the Commission is one of Congress, as the bulletin of 2013-01 says",
        authority="published",
    ),
    calendar=None,
    without={
        "policy": "a bulletin copies figures of agencies and says nothing of what it revises",
        "formulas": "a bulletin has few months; what it prints of them is in its own metrics",
    },
)
