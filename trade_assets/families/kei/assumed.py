"""What is taken for granted of the posts."""

from __future__ import annotations

from trade_assets.facts.declared import REFUSED, Assumption

ASSUMED: tuple[Assumption, ...] = (
    Assumption(
        statement="posts of the Korea Economic Institute have no tables",
        where="families/kei/post.py",
        authority="inferred",
        source="the post of 2018-09, the only one at hand",
        guard=REFUSED,
    ),
)
