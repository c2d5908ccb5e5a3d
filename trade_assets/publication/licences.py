"""Under which terms a publication may be used: those of our tables, and those of the figures by where they come from."""

from __future__ import annotations

from collections.abc import Iterable

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
    "title": "Public domain: series of U.S. government agencies as FRED offers them; its terms of use ask to cite agency and FRED",
    "path": "https://fred.stlouisfed.org/legal/",
}

FIGURES_OF: dict[str, Licence | None] = {
    "ft900": _GOVERNMENT,
    "mxp": _GOVERNMENT,
    "uscc": _GOVERNMENT,
    "fred": _FRED,
    # A private institute's post: it gives no figure, and nothing but its title and its hash is published.
    "kei": None,
}
"""By family, the licence of the figures; ``None`` where none are published."""


def licences(families: Iterable[str]) -> list[Licence]:
    """The licences of a publication that has figures of these families, each once.

    Raises:
        KeyError: nobody has said yet under which terms a family's figures may be published.
    """
    found = [OURS, *(FIGURES_OF[family] for family in sorted(set(families)))]
    return [licence for number, licence in enumerate(found) if licence is not None and licence not in found[:number]]
