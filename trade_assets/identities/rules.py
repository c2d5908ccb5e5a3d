"""The rule book: every identity declared once, as data.

A rule's name is a true statement about good data. ``source`` says who states the rule. Tolerances are not
declared: they follow from the printed decimals of the cells that take part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_FLOWS = ("balance", "exports", "imports")
_KINDS = ("total", "goods", "services")
_TECHNOLOGY_GROUPS = tuple(f"{number:02d}" for number in range(1, 11))


@dataclass(frozen=True)
class Rule:
    """What all rules have.

    Attributes:
        family: the kind of document whose facts the rule is about.
        table: the validated table at which the rule's verdict is shown.
    """

    name: str
    family: str
    table: str
    description: str
    source: str


@dataclass(frozen=True)
class Sum(Rule):
    """A total equals the signed sum of its parts, wherever one of them is printed, period by period.

    ``total`` and ``parts`` are series; ``{name}`` in them runs over ``over[name]``.
    """

    total: str = ""
    parts: Mapping[str, int] = field(default_factory=dict)
    over: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class TopSum(Rule):
    """A flow's total equals the ``size`` leading products plus all others, whichever products they are."""

    total: str = ""
    others: str = ""
    prefix: str = ""
    size: int = 5
    over: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class PeriodSum(Rule):
    """A year, or a year to date, equals the sum of its months."""


@dataclass(frozen=True)
class Running(Rule):
    """A cumulative figure equals the one before it plus the month; in January, the month."""

    prefix: str = ""


@dataclass(frozen=True)
class Change(Rule):
    """A percent change equals the exact change of the two printed indexes, rounded as it is printed.

    At an exact tie both directions pass.
    """


@dataclass(frozen=True)
class Agree(Rule):
    """Cells that print the same fact show the same figure; with different decimals, one that rounds to the other."""


_FT900_NOTE = "FT-900: figures in millions, details may not equal totals because of rounding"
_MXP_NOTE = "BLS, technical note of the 2018-08 release, rounding policy: changes derive from rounded indexes"
_USCC_NOTE = "layout of the bulletin's tables"

RULES: tuple[Rule, ...] = (
    Sum(
        "goods_plus_services_equals_total",
        "ft900",
        "goods_and_services",
        "Total trade is the sum of goods and services.",
        _FT900_NOTE,
        total="{flow}.total",
        parts={"{flow}.goods": 1, "{flow}.services": 1},
        over={"flow": _FLOWS},
    ),
    Sum(
        "balance_equals_exports_minus_imports",
        "ft900",
        "goods_and_services",
        "The balance is exports minus imports.",
        _FT900_NOTE,
        total="balance.{kind}",
        parts={"exports.{kind}": 1, "imports.{kind}": -1},
        over={"kind": _KINDS},
    ),
    PeriodSum(
        "year_equals_sum_of_months", "ft900", "goods_and_services", "A year, or a year to date, is the sum of its months.", _FT900_NOTE
    ),
    Change(
        "percent_change_matches_rounded_indexes",
        "mxp",
        "price_indexes",
        "A percent change is the exact change of the two printed indexes, rounded to its printed decimals.",
        _MXP_NOTE,
    ),
    Agree(
        "same_fact_printed_twice_agrees",
        "mxp",
        "price_changes",
        "Table A prints the same changes as Tables 1 and 2.",
        "layout of the release: Table A selects categories of Tables 1 and 2",
    ),
    Sum(
        "technology_balance_equals_exports_minus_imports",
        "uscc",
        "china_advanced_technology",
        "A technology group's balance is its exports minus its imports.",
        _USCC_NOTE,
        total="balance.china.advanced_technology.{group}",
        parts={"exports.china.advanced_technology.{group}": 1, "imports.china.advanced_technology.{group}": -1},
        over={"group": ("total", *_TECHNOLOGY_GROUPS)},
    ),
    Sum(
        "technology_groups_sum_to_total",
        "uscc",
        "china_advanced_technology",
        "The ten technology groups sum to the total.",
        _USCC_NOTE,
        total="{flow}.china.advanced_technology.total",
        parts={f"{{flow}}.china.advanced_technology.{group}": 1 for group in _TECHNOLOGY_GROUPS},
        over={"flow": _FLOWS},
    ),
    TopSum(
        "top_five_and_other_sum_to_total",
        "uscc",
        "china_top_five",
        "The top five products and all others sum to the total of the flow.",
        _USCC_NOTE,
        total="{flow}.china.total",
        others="{flow}.china.top_five.other",
        prefix="{flow}.china.top_five.",
        over={"flow": ("exports", "imports")},
    ),
    Sum(
        "first_time_plus_reinvested_equals_total",
        "uscc",
        "china_outbound_investment",
        "Outbound investment is first-time investment plus re-invested profits.",
        _USCC_NOTE,
        total="china.outbound_investment.total",
        parts={"china.outbound_investment.first_time": 1, "china.outbound_investment.reinvested_profits": 1},
    ),
    Running(
        "cumulative_equals_previous_plus_month",
        "uscc",
        "china_outbound_investment",
        "A cumulative figure is the one of the month before plus the month.",
        _USCC_NOTE,
        prefix="china.outbound_investment.",
    ),
)


def rules_of(family: str) -> tuple[Rule, ...]:
    """The rules about a family's facts."""
    return tuple(rule for rule in RULES if rule.family == family)


def rules_shown_at(table: str) -> tuple[Rule, ...]:
    """The rules whose verdict is shown at a validated table."""
    return tuple(rule for rule in RULES if rule.table == table)


def rule(name: str) -> Rule:
    """The rule of that name. Raises KeyError if there is none."""
    for found in RULES:
        if found.name == name:
            return found
    raise KeyError(f"no identity named {name!r}; known: {', '.join(r.name for r in RULES)}")
