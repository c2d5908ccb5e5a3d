"""The reader of the posts."""

from __future__ import annotations

from trade_assets.families.kei import post

READERS = (post,)
UNPACKERS = ()
