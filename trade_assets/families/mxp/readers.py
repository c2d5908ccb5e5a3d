"""The readers of import and export prices, that of the release first."""

from __future__ import annotations

from trade_assets.families.mxp import bundles, release, series_files
from trade_assets.reading.answers import BLS
from trade_assets.reading.bundle import Unpacker

READERS = (release, series_files)
UNPACKERS = (Unpacker(series_files, bundles.unpack, BLS),)
