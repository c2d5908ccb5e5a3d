"""The reader of FRED's files."""

from __future__ import annotations

from trade_assets.families.fred import bundles, series_files
from trade_assets.reading.answers import FRED
from trade_assets.reading.bundle import Unpacker

READERS = (series_files,)
UNPACKERS = (Unpacker(series_files, bundles.unpack, FRED),)
