"""All metrics over what was known: the formulas that families declare, and what is said of each."""

from __future__ import annotations

import re

import pandas as pd

from trade_assets.facts.families import parts
from trade_assets.facts.frames import conform
from trade_assets.facts.tables import METRIC_DEFINITIONS
from trade_assets.metrics.formulas import ANY, Definition

DEFINITIONS: tuple[Definition, ...] = tuple(
    definition.of_family(family) for family, declared in parts("formulas").items() for definition in declared
)
"""Every metric over what was known, as the families declare them."""

BY_METRIC: dict[str, Definition] = {definition.metric: definition for definition in DEFINITIONS}


_TOLD = ("metric", "formula", "seasonal_adjustment", "base", "authority", "source", "note")


def definitions(release_month: str) -> pd.DataFrame:
    """The definitions as the figures of a release month were computed by, by the schema ``metrics.definitions``."""
    rows = [
        {name: getattr(each, name) for name in _TOLD} | {"unit": _unit(each), "applies_to": applies_to(each), "of_signed": _of_signed(each)}
        for each in sorted(DEFINITIONS, key=lambda each: each.metric)
    ]
    return conform(pd.DataFrame(rows), METRIC_DEFINITIONS, release_month=release_month)


def _unit(definition: Definition) -> str:
    """The unit as people read it: of a metric that has several, where each comes from."""
    return definition.unit.format(unit="that of the figures", base="base-period")


def applies_to(definition: Definition) -> str:
    """Which series have the metric, as family, measure and pattern."""
    said = (f"{case.above[0].family} {case.above[0].measure}: {_readable(case.of)}" for case in definition.cases)
    return "; ".join(said) + (", per year too" if definition.frequencies == ("month", "year") else "")


def _readable(pattern: str) -> str:
    """A pattern of series as people write it: groups without their names, a point for a point."""
    return "every series" if pattern == ANY else re.sub(r"\?(?:P<\w+>|:)", "", pattern).replace("\\.", ".").replace(".+", "*")


def _of_signed(definition: Definition) -> str:
    if definition.is_of_signed:
        return "as of any series"
    return "where both figures surely have one sign: positive if the deficit, or surplus, grew; else gap other_sign"
