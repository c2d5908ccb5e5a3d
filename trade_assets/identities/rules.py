"""The rule book: every identity declared once, as data.

A rule's name is a true statement about good data. ``source`` and ``authority`` say who states the rule, as it is judged here.
Tolerances are not declared: they follow from the printed decimals of the cells that take part.
"""

from __future__ import annotations

from trade_assets.facts import catalogue
from trade_assets.facts.cited import PRICE_FORMULA, PRICE_MONTHS_OPEN, PRICE_REVISIONS, PRICE_ROUNDING, PRICE_WEIGHTS
from trade_assets.identities.kinds import (
    Agree,
    Change,
    Compound,
    Includes,
    Labelled,
    Limit,
    Marks,
    NeverFalls,
    OnYearBefore,
    PartsSum,
    PartsWithin,
    PeriodSum,
    Rule,
    Running,
    Share,
    Sum,
    TopSum,
    WeightedChange,
    Whole,
)

_FLOWS = ("balance", "exports", "imports")
_KINDS = ("total", "goods", "services")
_TECHNOLOGY_GROUPS = tuple(f"{number:02d}" for number in range(1, 11))

_FT900_MEASURES = ("value", "value_last_month")
_GOODS_AND_SERVICES = tuple(f"{flow}.{kind}" for flow in _FLOWS for kind in _KINDS)
_GOODS_ON_TWO_BASES = tuple(
    dict.fromkeys(line["series"] for line in catalogue.records("ft900_headings") if line["table"] == "goods_on_two_bases")
)

# Who says so, in the words of docs/sources.md.
_SUMS_OF_ADJUSTED = (
    "export.gov, Measuring Goods Trade, 2016-07-21: goods on BOP basis are summed with services. That rounding alone is between them is "
    "inferred: the note of the table says that seasonal adjustment is, too; every place of 2016-11 and of five Exhibits 1 holds"
)
_YEARS_OF_ADJUSTED = (
    "the row's label, January to December. The note of the table says that seasonal adjustment is between details and totals, too; every "
    "place of 2016-11 and of five Exhibits 1 holds within rounding"
)
_TWO_BASES = (
    "export.gov, Measuring Goods Trade, 2016-07-21: BEA's adjustments bring goods from Census to BOP basis; FT-900, note of Exhibit 12, "
    "2021-08 and 2025-12: details may miss totals through rounding"
)
_EXHIBIT_12 = "FT-900, note of Exhibit 12, 2021-08 and 2025-12: details may miss totals through rounding"
_BALANCE = "what a balance is: exports minus imports"
_CHANGES = (
    "the sheets' titles, Dollar Change and Percent Change. That they are computed from the figures as printed is inferred from the annual "
    "workbook of 2014-03: all 918 changes are exactly those of its printed figures"
)
_TWICE = (
    "the labels of Table A and of Tables 1 and 2, which both releases at hand, 2012-08 and 2018-08, print with the same changes; that fuel "
    "imports are End Use 10 and nonfuel imports all but these is read from the labels"
)
_RANGE = "what the measure is: a price index, a percentage of a whole, a change of a positive number"
_OF_A_WHOLE = "what a share of a whole is"
_CUMULATIVE = "what a cumulative figure is: the sum since January"
_KNOWN = (
    "figures known of the series from published files, each with its file, in facts/catalogue/known.csv; their margins are inferred: about "
    "twice what any two vintages at hand differ by"
)
_WITHOUT_PARENT = tuple(
    entry.series
    for entry in catalogue.entries("mxp")
    if entry.series and (entry.series.endswith(".all_commodities") or (not entry.parent and entry.table in catalogue.WITHOUT_CODES))
)


RULES: tuple[Rule, ...] = (
    Sum(
        name="goods_plus_services_equals_total",
        family="ft900",
        table="goods_and_services",
        description="Total trade is the sum of goods and services.",
        source=_SUMS_OF_ADJUSTED,
        authority="inferred",
        total="{flow}.total",
        parts={"{flow}.goods": 1, "{flow}.services": 1},
        over={"flow": _FLOWS},
        measures=_FT900_MEASURES,
    ),
    Sum(
        name="balance_equals_exports_minus_imports",
        family="ft900",
        table="goods_and_services",
        description="The balance is exports minus imports.",
        source=_BALANCE,
        authority="definition",
        total="balance.{kind}",
        parts={"exports.{kind}": 1, "imports.{kind}": -1},
        over={"kind": _KINDS},
        measures=_FT900_MEASURES,
    ),
    PeriodSum(
        name="year_equals_sum_of_months",
        family="ft900",
        table="goods_and_services",
        description="A year, or a year to date, is the sum of its months.",
        source=_YEARS_OF_ADJUSTED,
        authority="inferred",
        series=_GOODS_AND_SERVICES,
    ),
    OnYearBefore(
        name="change_on_year_equals_difference_of_years",
        family="ft900",
        table="annual_changes",
        description="The change of a year on the year before is its figure less that of the year before.",
        source=_CHANGES,
        authority="inferred",
        measure="change_on_year",
        level="value",
        is_percent=False,
        basis="rounded",
        is_occasional=True,
    ),
    OnYearBefore(
        name="percent_change_on_year_matches_years",
        family="ft900",
        table="annual_changes",
        description="The percent change of a year on the year before is that of the two printed figures.",
        source=_CHANGES,
        authority="inferred",
        measure="percent_change_on_year",
        level="value",
        is_percent=True,
        basis="rounded",
        is_occasional=True,
    ),
    Agree(
        name="sheets_of_one_table_agree",
        family="ft900",
        table="goods_and_services",
        description="Sheets of a workbook that print the same table print the same figures.",
        source="what a copy is",
        authority="definition",
        measures=(*_FT900_MEASURES, "change_on_year", "percent_change_on_year"),
        is_occasional=True,
    ),
    Sum(
        name="bop_basis_equals_census_basis_plus_adjustments",
        family="ft900",
        table="goods_on_two_bases",
        description="Goods on balance-of-payments basis are goods on Census basis plus net adjustments.",
        source=_TWO_BASES,
        authority="published",
        total="{flow}.goods_bop_nsa",
        parts={"{flow}.goods_census_nsa": 1, "{flow}.goods_adjustments_nsa": 1},
        over={"flow": ("exports", "imports")},
        measures=_FT900_MEASURES,
    ),
    Sum(
        name="goods_balance_equals_exports_minus_imports",
        family="ft900",
        table="goods_on_two_bases",
        description="The balance of goods on each basis is exports minus imports on that basis.",
        source=_BALANCE,
        authority="definition",
        total="balance.goods_{basis}_nsa",
        parts={"exports.goods_{basis}_nsa": 1, "imports.goods_{basis}_nsa": -1},
        over={"basis": ("bop", "census")},
        measures=_FT900_MEASURES,
    ),
    PeriodSum(
        name="year_of_goods_equals_sum_of_months",
        family="ft900",
        table="goods_on_two_bases",
        description="A year of goods on each basis, or a year to date, is the sum of its months.",
        source=_EXHIBIT_12,
        authority="published",
        series=_GOODS_ON_TWO_BASES,
    ),
    Change(
        name="percent_change_matches_rounded_indexes",
        family="mxp",
        table="price_indexes",
        description="A percent change is the exact change of the two printed indexes, rounded to its printed decimals.",
        source=PRICE_ROUNDING,
        authority="published",
        level="index",
        basis="rounded",
    ),
    Agree(
        name="same_fact_printed_twice_agrees",
        family="mxp",
        table="price_changes",
        description="Table A prints the same changes as Tables 1 and 2.",
        source=_TWICE,
        authority="inferred",
        measures=("percent_change",),
    ),
    Agree(
        name="index_printed_twice_agrees",
        family="mxp",
        table="index_levels",
        description="A series file that holds the records of a year twice prints the same index both times.",
        source="what a series is: one index a month",
        authority="definition",
        measures=("index",),
        is_occasional=True,
    ),
    PartsSum(
        name="relative_importances_of_parts_sum_to_total",
        family="mxp",
        table="price_indexes",
        description="Relative importances of all parts of a category sum to that of the category.",
        source=PRICE_WEIGHTS,
        authority="published",
        measure="relative_importance",
    ),
    PartsWithin(
        name="relative_importances_of_some_parts_stay_within_total",
        family="mxp",
        table="price_indexes",
        description="Relative importances of some parts of a category sum to no more than that of the category.",
        source=PRICE_WEIGHTS,
        authority="published",
        measure="relative_importance",
    ),
    Whole(
        name="relative_importance_of_all_is_100",
        family="mxp",
        table="price_indexes",
        description="The relative importance of all commodities, of a locality or of a service is 100 percent.",
        source=(
            f"{PRICE_WEIGHTS}. That a locality and a service are each 100 of themselves is inferred from the tables of 2012-08 and 2018-08"
        ),
        authority="inferred",
        measure="relative_importance",
        low=100,
        high=100,
        series=_WITHOUT_PARENT,
    ),
    WeightedChange(
        name="index_change_matches_weighted_parts",
        family="mxp",
        table="price_indexes",
        description="The index change of a category is that of all its parts, weighted by relative importance.",
        source=PRICE_FORMULA,
        authority="published",
        level="index",
        weight="relative_importance",
    ),
    Compound(
        name="monthly_changes_compound_to_twelve_months",
        family="mxp",
        table="price_changes",
        description="The changes of twelve months in Table A compound to its change over twelve months.",
        source="arithmetic: Table A prints the changes of twelve months and the change over them, all of one index",
        authority="definition",
    ),
    Limit(
        name="indexes_are_positive",
        family="mxp",
        table="price_indexes",
        description="A price index is printed as a positive figure: changes are quotients of indexes.",
        source=_RANGE,
        authority="definition",
        measure="index",
        low=0,
        is_low_excluded=True,
        is_print=True,
    ),
    Limit(
        name="relative_importances_lie_within_0_and_100",
        family="mxp",
        table="price_indexes",
        description="A relative importance lies between 0 and 100 percent.",
        source=_RANGE,
        authority="definition",
        measure="relative_importance",
        low=0,
        high=100,
    ),
    Limit(
        name="percent_changes_lie_above_minus_100",
        family="mxp",
        table="price_indexes",
        description="A positive figure cannot fall by 100 percent or more.",
        source=_RANGE,
        authority="definition",
        measure="percent_change",
        low=-100,
        is_low_excluded=True,
    ),
    Marks(
        name="revised_marks_stand_in_open_months",
        family="mxp",
        table="price_changes",
        description="A mark (r) stands only at the three months before the latest, which are open to revision.",
        source=PRICE_REVISIONS,
        authority="published",
        flag="r",
        months=PRICE_MONTHS_OPEN,
    ),
    *(
        Labelled(
            name=f"{what}_are_of_the_series_named",
            family=family,
            table=table,
            description="Figures are of the series, unit, base, adjustment and frequency that the file's label claims.",
            source=_KNOWN,
            authority="inferred",
            printed=printed,
            is_occasional=True,
        )
        for family, table, printed, what in (
            ("mxp", "index_levels", "index_series", "indexes"),
            ("fred", "fred_observations", "fred_observations", "observations"),
        )
    ),
    Sum(
        name="technology_balance_equals_exports_minus_imports",
        family="uscc",
        table="china_advanced_technology",
        description="A technology group's balance is its exports minus its imports.",
        source=_BALANCE,
        authority="definition",
        total="balance.china.advanced_technology.{group}",
        parts={"exports.china.advanced_technology.{group}": 1, "imports.china.advanced_technology.{group}": -1},
        over={"group": ("total", *_TECHNOLOGY_GROUPS)},
    ),
    Sum(
        name="technology_groups_sum_to_total",
        family="uscc",
        table="china_advanced_technology",
        description="The ten technology groups sum to the total.",
        source="the bulletin numbers ten groups, (01) to (10), below the total; that they are all of it is read from the one of 2013-01",
        authority="inferred",
        total="{flow}.china.advanced_technology.total",
        parts={f"{{flow}}.china.advanced_technology.{group}": 1 for group in _TECHNOLOGY_GROUPS},
        over={"flow": _FLOWS},
    ),
    TopSum(
        name="top_five_and_other_sum_to_total",
        family="uscc",
        table="china_top_five",
        description="The top five products and all others sum to the total of the flow.",
        source="what Other is in the table: all that does not lead",
        authority="definition",
        total="{flow}.china.total",
        others="{flow}.china.top_five.other",
        prefix="{flow}.china.top_five.",
        size=5,
        over={"flow": ("exports", "imports")},
    ),
    TopSum(
        name="shares_of_top_five_and_other_sum_to_total",
        family="uscc",
        table="china_top_five",
        description="The shares of the top five products and of all others sum to that of the total.",
        source="what Other is in the table: all that does not lead",
        authority="definition",
        total="{flow}.china.total",
        others="{flow}.china.top_five.other",
        prefix="{flow}.china.top_five.",
        size=5,
        over={"flow": ("exports", "imports")},
        measure="share",
    ),
    Share(
        name="share_equals_part_over_total",
        family="uscc",
        table="china_top_five",
        description="A share is the product's value over the total of the flow.",
        source=_OF_A_WHOLE,
        authority="definition",
        whole="{flow}.china.total",
        prefix="{flow}.china.top_five.",
        over={"flow": ("exports", "imports")},
    ),
    Whole(
        name="share_of_total_is_100",
        family="uscc",
        table="china_top_five",
        description="The total of a flow is 100 percent of it.",
        source=_OF_A_WHOLE,
        authority="definition",
        measure="share",
        low=100,
        high=100,
        series=("exports.china.total", "imports.china.total"),
    ),
    Limit(
        name="shares_lie_within_0_and_100",
        family="uscc",
        table="china_top_five",
        description="A share lies between 0 and 100 percent.",
        source=_RANGE,
        authority="definition",
        measure="share",
        low=0,
        high=100,
    ),
    Includes(
        name="year_to_date_includes_its_last_month",
        family="uscc",
        table="china_advanced_technology",
        description="Exports and imports of a year to date are no less than those of its last month.",
        source=_CUMULATIVE,
        authority="definition",
        prefixes=("exports.china.advanced_technology.", "imports.china.advanced_technology."),
    ),
    Sum(
        name="first_time_plus_reinvested_equals_total",
        family="uscc",
        table="china_outbound_investment",
        description="Outbound investment is first-time investment plus re-invested profits.",
        source="the headings of the bulletin of 2013-01: a total beside two parts, which add up in every other row",
        authority="inferred",
        total="china.outbound_investment.total",
        parts={"china.outbound_investment.first_time": 1, "china.outbound_investment.reinvested_profits": 1},
    ),
    Running(
        name="cumulative_equals_previous_plus_month",
        family="uscc",
        table="china_outbound_investment",
        description="A cumulative figure is the one of the month before plus the month.",
        source=(
            f"{_CUMULATIVE}. That the ministry revises no earlier month in it is read from the bulletin of 2013-01"
        ),
        authority="inferred",
        prefix="china.outbound_investment.",
    ),
    NeverFalls(
        name="cumulative_counts_never_fall",
        family="uscc",
        table="china_outbound_investment",
        description="A cumulative number of enterprises is no less than the one before it in the same year.",
        source=_CUMULATIVE,
        authority="definition",
        measure="count",
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
