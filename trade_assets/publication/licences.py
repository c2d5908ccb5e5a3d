"""Under which terms a publication may be used: those of our tables, and those of the figures by where they come from."""

from __future__ import annotations

from collections.abc import Iterable

from trade_assets.facts.families import Licence, Terms, families

OURS: Licence = {
    "name": "CC0-1.0",
    "title": "Creative Commons CC0 1.0: our selection, arrangement, metrics and descriptions",
    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
}
FIGURES_OF: dict[str, Terms] = {family.name: family.terms for family in families().values()}
"""By family."""


def licences(families: Iterable[str]) -> list[Licence]:
    """The licences of a publication that has figures of these families, each once.

    Raises:
        KeyError: nobody has said yet under which terms a family's figures may be published.
    """
    found = [OURS, *(FIGURES_OF[family].licence for family in sorted(set(families)))]
    return [licence for number, licence in enumerate(found) if licence is not None and licence not in found[:number]]
