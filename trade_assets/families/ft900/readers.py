"""The readers of the FT-900's documents, that of its main one first."""

from __future__ import annotations

from trade_assets.families.ft900 import annual, exhibits, long_table

READERS = (long_table, exhibits, annual)
UNPACKERS = ()
