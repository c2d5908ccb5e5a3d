"""The reader of the bulletins."""

from __future__ import annotations

from trade_assets.families.uscc import bulletin

READERS = (bulletin,)
UNPACKERS = ()
