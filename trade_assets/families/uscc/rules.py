"""The identities of the bulletins on trade with China."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from trade_assets.facts import catalogue
from trade_assets.facts.periods import month, span
from trade_assets.facts.rows import ExpectedRow
from trade_assets.identities.kinds import Includes, Limit, NeverFalls, Rule, Running, Share, Sum, TopSum, Whole
from trade_assets.identities.structure import printed_as_their_columns, rows_of_their_month

_FLOWS = ("balance", "exports", "imports")
_TOP = 5
_YEARS_OF_INVESTMENT = 2
_TRADED = ("exports", "imports")
_TECHNOLOGY_GROUPS = tuple(f"{number:02d}" for number in range(1, 11))
_BALANCE = "what a balance is: exports minus imports"
_RANGE = "what the measure is: a price index, a percentage of a whole, a change of a positive number"
_OF_A_WHOLE = "what a share of a whole is"
_CUMULATIVE = "what a cumulative figure is: the sum since January"

RULES: tuple[Rule, ...] = (
    Sum(
        name="technology_balance_equals_exports_minus_imports",
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
        table="china_advanced_technology",
        description="Exports and imports of a year to date are no less than those of its last month.",
        source=_CUMULATIVE,
        authority="definition",
        prefixes=("exports.china.advanced_technology.", "imports.china.advanced_technology."),
    ),
    Sum(
        name="first_time_plus_reinvested_equals_total",
        table="china_outbound_investment",
        description="Outbound investment is first-time investment plus re-invested profits.",
        source="the headings of the bulletin of 2013-01: a total beside two parts, which add up in every other row",
        authority="inferred",
        total="china.outbound_investment.total",
        parts={"china.outbound_investment.first_time": 1, "china.outbound_investment.reinvested_profits": 1},
    ),
    Running(
        name="cumulative_equals_previous_plus_month",
        table="china_outbound_investment",
        description="A cumulative figure is the one of the month before plus the month.",
        source=(f"{_CUMULATIVE}. That the ministry revises no earlier month in it is read from the bulletin of 2013-01"),
        authority="inferred",
        prefix="china.outbound_investment.",
    ),
    NeverFalls(
        name="cumulative_counts_never_fall",
        table="china_outbound_investment",
        description="A cumulative number of enterprises is no less than the one before it in the same year.",
        source=_CUMULATIVE,
        authority="definition",
        measure="count",
    ),
)

STRUCTURE: tuple[Rule, ...] = (
    printed_as_their_columns("china_figures_are_printed_as_their_columns", "china_top_five"),
    rows_of_their_month("all_rows_of_the_bulletin_are_printed", "china_top_five"),
)
"""What documents must be beside their arithmetic."""


def expected_rows(latest: str) -> Iterator[ExpectedRow]:
    """The rows of every table of a bulletin."""
    year = int(latest[:4])
    to_date = span(month(year, 1), latest)
    for measure, over in (("percent_change", "on the month"), ("percent_change_year_to_date", "to date")):
        for flow in _TRADED:
            yield ExpectedRow("china_trade_growth", f"{flow.capitalize()!r} of growth {over}", frozenset({f"{flow}.china.total"}), measure)
    entries = [entry for entry in catalogue.entries("uscc") if entry.series]
    products = [entry.series for entry in entries if entry.table == "china_top_five" and entry.code]
    for period, name in ((latest, latest), (to_date, f"{year} to date")):
        for flow in _TRADED:
            yield ExpectedRow(
                "china_top_five",
                f"of a product of {flow}, {name},",
                frozenset(f"{flow}.{each}" for each in products),
                "value",
                period,
                _TOP,
            )
            for label, each in (("Other", "china.top_five.other"), ("Total", "china.total")):
                yield ExpectedRow("china_top_five", f"{label!r} of {flow}, {name},", frozenset({f"{flow}.{each}"}), "value", period)
    for entry in entries:
        if entry.table == "china_advanced_technology" and entry.is_expected:
            yield ExpectedRow(entry.table, repr(entry.label), frozenset(f"{flow}.{entry.series}" for flow in ("balance", *_TRADED)))
    investment = frozenset(entry.series for entry in entries if entry.table == "china_outbound_investment")
    months = [month(year, number) for number in range(1, int(latest[5:]) + 1)]
    for period in (*months, *(str(year - back) for back in range(1, _YEARS_OF_INVESTMENT + 1))):
        yield ExpectedRow("china_outbound_investment", f"of {period}", investment, "value", period)


ROWS = expected_rows


def expected_series(tables: Collection[str], reference_month: str | None) -> list[str]:
    """The series of the catalogue, of the tables that a publication has; of products and groups those of each flow."""
    flows = {"china_top_five": _TRADED, "china_advanced_technology": (*_TRADED, "balance")}
    expected: dict[str, None] = {}
    for entry in catalogue.entries("uscc"):
        if entry.table in tables and entry.is_expected_in(reference_month):
            of_flows = [f"{flow}.{entry.series}" for flow in flows.get(entry.table, ())]
            expected |= dict.fromkeys(of_flows or filter(None, [entry.series]))
    return list(expected)


EXPECTED = expected_series
