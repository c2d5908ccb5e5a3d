"""The identities of the FT-900."""

from __future__ import annotations

from collections.abc import Collection

from trade_assets.facts import catalogue
from trade_assets.identities.kinds import Agree, OnYearBefore, PeriodSum, Rule, Sum
from trade_assets.identities.structure import printed_as_their_columns

_FLOWS = ("balance", "exports", "imports")
_KINDS = ("total", "goods", "services")
_FT900_MEASURES = ("value", "value_last_month")
_GOODS_AND_SERVICES = tuple(f"{flow}.{kind}" for flow in _FLOWS for kind in _KINDS)
_GOODS_ON_TWO_BASES = tuple(
    dict.fromkeys(line["series"] for line in catalogue.records("ft900_headings") if line["table"] == "goods_on_two_bases")
)
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

RULES: tuple[Rule, ...] = (
    Sum(
        name="goods_plus_services_equals_total",
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
        table="goods_and_services",
        description="A year, or a year to date, is the sum of its months.",
        source=_YEARS_OF_ADJUSTED,
        authority="inferred",
        series=_GOODS_AND_SERVICES,
    ),
    OnYearBefore(
        name="change_on_year_equals_difference_of_years",
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
        table="goods_and_services",
        description="Sheets of a workbook that print the same table print the same figures.",
        source="what a copy is",
        authority="definition",
        measures=(*_FT900_MEASURES, "change_on_year", "percent_change_on_year"),
        is_occasional=True,
    ),
    Sum(
        name="bop_basis_equals_census_basis_plus_adjustments",
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
        table="goods_on_two_bases",
        description="A year of goods on each basis, or a year to date, is the sum of its months.",
        source=_EXHIBIT_12,
        authority="published",
        series=_GOODS_ON_TWO_BASES,
    ),
)

STRUCTURE: tuple[Rule, ...] = (printed_as_their_columns("trade_figures_are_printed_as_their_columns", "goods_and_services"),)
"""What documents must be beside their arithmetic."""

ROWS = None
"""None: a month that is missing is refused by the reader."""


def expected_series(tables: Collection[str], reference_month: str | None) -> list[str]:
    """All of the main table, where a publication has it."""
    return list(_GOODS_AND_SERVICES) if "goods_and_services" in tables else []


EXPECTED = expected_series
