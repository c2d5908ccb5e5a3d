"""The families of documents, each a folder of ``trade_assets/families``: found by looking, never by name.

A folder says in ``__init__.py`` what the family is (``FAMILY``), and in a module per *part* what its documents are: ``PARTS`` lists them
with the attribute that each must have. What a family does not have it says with the reason, in ``FAMILY.without``. A folder that
declares half of this is refused as soon as anything asks for families, so that no run is green with half a declaration.
"""

from __future__ import annotations

import datetime as dt
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from trade_assets.facts.declared import Assumption, Declared

TIMEZONE = "America/New_York"
"""Publishers' release times are New York's."""

FOLDER = "trade_assets.families"

PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "readers": ("READERS", "UNPACKERS"),
        "tables": ("TABLES", "METRIC_TABLES"),
        "rules": ("RULES", "STRUCTURE", "ROWS", "EXPECTED"),
        "policy": ("POLICY",),
        "metrics": ("METRICS", "COMPONENTS"),
        "formulas": ("DEFINITIONS",),
        "headlines": ("HEADLINES",),
        "assumed": ("ASSUMED",),
    }
)
"""The modules of a family's folder, with what each declares."""

Licence = dict[str, str]


class IncompleteFamilyError(Exception):
    """A family that is declared half; the message says which half is missing, and where it goes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Terms(Declared):
    """The licence of a family's figures; ``None`` where none are published."""

    licence: Licence | None


@dataclass(frozen=True)
class Calendar:
    """When a family's release of a month is due: the latest usual day, 08:30 New York time plus half an hour.

    Attributes:
        usual: that it has appeared by that day, and who says so.
    """

    day: int
    usual: Assumption
    time: dt.time = dt.time(9, 0)

    @property
    def cron(self) -> str:
        """The schedule as cron expression, in New York's time."""
        return f"{self.time.minute} {self.time.hour} {self.day} * *"

    def due(self, release_month: str) -> dt.datetime:
        """The instant at which the month's release is due."""
        year, month = map(int, release_month.split("-"))
        return dt.datetime.combine(dt.date(year, month, self.day), self.time, ZoneInfo(TIMEZONE))


@dataclass(frozen=True, kw_only=True)
class Family:
    """A kind of documents.

    Attributes:
        name: the folder, and the name in commands, file names and columns.
        place: where it stands in lists.
        title: what its facts are, for the description of their table.
        heading: what its documents are, as a heading.
        called: the same within a sentence.
        terms: under which its figures may be published.
        calendar: when its releases are due; ``None`` where nothing regular is known.
        named_in: the files of the catalogue that say what its ids and codes are, with the column that says it.
        without: why it does not have a part, by part.
    """

    name: str
    place: int
    title: str
    heading: str
    called: str
    terms: Terms
    calendar: Calendar | None
    named_in: Mapping[str, str] = field(default_factory=dict)
    without: Mapping[str, str] = field(default_factory=dict)

    def part(self, name: str, attribute: str) -> Any:
        """What a part of the family declares under a name.

        Raises:
            IncompleteFamilyError: its module does not.
        """
        module = import_module(f"{FOLDER}.{self.name}.{name}")
        if not hasattr(module, attribute):
            raise IncompleteFamilyError(f"trade_assets/families/{self.name}/{name}.py declares no {attribute}")
        return getattr(module, attribute)


@cache
def families() -> Mapping[str, Family]:
    """The families by name, in their order.

    Raises:
        IncompleteFamilyError: a folder declares half a family.
    """
    names = [module.name for module in pkgutil.iter_modules(import_module(FOLDER).__path__) if module.ispkg]
    found = [_checked(name) for name in names]
    places = [family.place for family in found]
    for place in places:
        if places.count(place) > 1:
            of = " and ".join(each.name for each in found if each.place == place)
            raise IncompleteFamilyError(f"{of} have the place {place}: give each its own")
    return {family.name: family for family in sorted(found, key=lambda family: family.place)}


def _checked(name: str) -> Family:
    where = f"trade_assets/families/{name}"
    package = import_module(f"{FOLDER}.{name}")
    family = getattr(package, "FAMILY", None)
    if not isinstance(family, Family):
        raise IncompleteFamilyError(f"{where}/__init__.py declares no FAMILY")
    if family.name != name:
        raise IncompleteFamilyError(f"{where}/__init__.py declares the family {family.name!r}: its name is that of the folder")
    unknown = set(family.without) - set(PARTS)
    if unknown:
        raise IncompleteFamilyError(f"{where}: there is no part {', '.join(sorted(unknown))}; parts are {', '.join(PARTS)}")
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    for part, attributes in PARTS.items():
        reason = family.without.get(part)
        if part in modules and reason is not None:
            raise IncompleteFamilyError(f"{where} has {part}.py, and FAMILY.without says that it has none: {reason}")
        if part not in modules and not reason:
            raise IncompleteFamilyError(
                f"{where}/{part}.py with {' and '.join(attributes)} is missing, and FAMILY.without does not say why there is none"
            )
    return family


def parts(name: str, attribute: str | None = None) -> dict[str, Any]:
    """What a part of every family declares, by family; families without it are left out.

    Args:
        attribute: under which name; by default the first of ``PARTS``.

    Raises:
        IncompleteFamilyError: a module of that part does not declare it.
    """
    wanted = PARTS[name][0] if attribute is None else attribute
    return {family.name: family.part(name, wanted) for family in families().values() if name not in family.without}
