"""The licence of works of the United States, which several families share."""

from __future__ import annotations

from trade_assets.facts.families import Licence

UNITED_STATES: Licence = {
    "name": "other-pd",
    "title": "Public domain in the United States: figures published by U.S. government agencies (17 U.S.C. 105)",
    "path": "https://www.usa.gov/government-copyright",
}
NO_COPYRIGHT = "Copyright Act of 1976, 17 U.S.C. 105: no copyright in works of the United States Government"
