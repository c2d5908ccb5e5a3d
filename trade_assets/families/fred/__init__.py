"""Series of U.S. trade as FRED offers them: copies of the agencies' figures."""

from __future__ import annotations

from trade_assets.facts.families import Family, Licence, Terms
from trade_assets.facts.licences import NO_COPYRIGHT

_FRED: Licence = {
    "name": "other-pd",
    "title": "Public domain in the United States (17 U.S.C. 105): series of U.S. government agencies, copied from FRED, which asks to be "
    "cited; that FRED adds no terms of its own to them is inferred",
    "path": "https://fred.stlouisfed.org/legal/",
}

FAMILY = Family(
    name="fred",
    place=3,
    title="Series of U.S. trade as FRED offers them",
    heading="Series of FRED",
    called="FRED's copies",
    terms=Terms(
        licence=_FRED,
        source=f"{NO_COPYRIGHT}; Federal Reserve Bank of St. Louis, Data Citations with FRED, 2020-10; its terms of redistribution were "
        "not at hand",
        authority="inferred",
    ),
    calendar=None,
    named_in={"fred": "label"},
    without={
        "formulas": "its series are those of the agencies, which have them",
        "metrics": "metrics over series of any document are those of metrics.figures; its one table has no others",
        "headlines": "a series is not known for one of its figures",
    },
)
