"""Posts of the Korea Economic Institute of America: kept, and without figures of their own in tables."""

from __future__ import annotations

from trade_assets.facts.families import Family, Terms

FAMILY = Family(
    name="kei",
    place=5,
    title="Posts on trade with Korea",
    heading="Posts of the Korea Economic Institute",
    called="posts of the Korea Economic Institute",
    terms=Terms(
        licence=None,
        source="a private institute's post: it gives no figure, and nothing but its title and its hash is published",
        authority="definition",
    ),
    calendar=None,
    without=dict.fromkeys(
        ("tables", "rules", "policy", "metrics", "formulas", "headlines"), "a post has no table; its figures stand in sentences"
    ),
)
