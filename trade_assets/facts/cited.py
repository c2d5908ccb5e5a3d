"""The publishers' documents that several declared rules cite: publisher, title, date, and what it says in our words."""

from __future__ import annotations

TRADE_REVISIONS = "export.gov (International Trade Administration), Data Releases and Revisions, 2016-07-21, on the FT-900"
CENSUS_REVISIONS = "Census Bureau, Guide to Foreign Trade Statistics, Revision Procedure for Merchandise Goods Trade, as of 2012-10-19"
PRICE_REVISIONS = (
    "BLS, technical notes of the 2012-08 and 2018-08 releases, revision policy: each of the three months after the first publication, "
    "and none after that"
)
PRICE_MONTHS_OPEN = 3
"""How many months before the latest of its release BLS revises (``PRICE_REVISIONS``)."""
PRICE_ROUNDING = (
    "BLS, technical note of the 2018-08 release, rounding policy: indexes are rounded to a tenth, changes derive from the rounded indexes "
    "and are rounded to a tenth; the note of 2012-08 does not say it"
)
PRICE_FORMULA = (
    "BLS, technical notes of the 2012-08 and 2018-08 releases: indexes are of a modified Laspeyres form, weighted by trade; the note of "
    "2018-08: a relative importance is the price-updated share of a month"
)
PRICE_WEIGHTS = (
    "BLS, technical note of the 2018-08 release: a relative importance is an index's share of all imports or exports, in percent; each "
    "list of parts says who lists them"
)
