"""Under which terms a publication may be used: those of our tables, and those of the figures by where they come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trade_assets.facts.declared import Declared

Licence = dict[str, str]

OURS: Licence = {
    "name": "CC0-1.0",
    "title": "Creative Commons CC0 1.0: our selection, arrangement, metrics and descriptions",
    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
}
_GOVERNMENT: Licence = {
    "name": "other-pd",
    "title": "Public domain in the United States: figures published by U.S. government agencies (17 U.S.C. 105)",
    "path": "https://www.usa.gov/government-copyright",
}
_FRED: Licence = {
    "name": "other-pd",
    "title": "Public domain in the United States (17 U.S.C. 105): series of U.S. government agencies, copied from FRED, which asks to be "
    "cited; that FRED adds no terms of its own to them is inferred",
    "path": "https://fred.stlouisfed.org/legal/",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Terms(Declared):
    """The licence of a family's figures; ``None`` where none are published."""

    licence: Licence | None


_NO_COPYRIGHT = "Copyright Act of 1976, 17 U.S.C. 105: no copyright in works of the United States Government"

FIGURES_OF: dict[str, Terms] = {
    "ft900": Terms(licence=_GOVERNMENT, source=_NO_COPYRIGHT, authority="published"),
    "mxp": Terms(licence=_GOVERNMENT, source=_NO_COPYRIGHT, authority="published"),
    "uscc": Terms(
        licence=_GOVERNMENT, authority="published",
        source=f"{_NO_COPYRIGHT}; the Commission is one of Congress, as the bulletin of 2013-01 says",
    ),
    "fred": Terms(
        licence=_FRED, authority="inferred",
        source=f"{_NO_COPYRIGHT}; Federal Reserve Bank of St. Louis, Data Citations with FRED, 2020-10; its terms of redistribution were "
               "not at hand",
    ),
    "kei": Terms(
        licence=None, authority="definition",
        source="a private institute's post: it gives no figure, and nothing but its title and its hash is published",
    ),
}  # fmt: skip
"""By family."""


def licences(families: Iterable[str]) -> list[Licence]:
    """The licences of a publication that has figures of these families, each once.

    Raises:
        KeyError: nobody has said yet under which terms a family's figures may be published.
    """
    found = [OURS, *(FIGURES_OF[family].licence for family in sorted(set(families)))]
    return [licence for number, licence in enumerate(found) if licence is not None and licence not in found[:number]]
