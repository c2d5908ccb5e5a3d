"""Which rows the tables of a document must have, told by the facts that they print.

A table of a fixed shape has always the same ones; a price release has those of its classification that the catalogue expects
of its month. What a reader cannot read past (a month of the FT-900, the country above its industries) it refuses by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trade_assets.facts import catalogue
from trade_assets.facts.periods import add_months, month, span

TOP_FIVE = 5
_TABLE_A_MONTHS = 13
_YEARS_OF_INVESTMENT = 2
_FLOWS = ("exports", "imports")


@dataclass(frozen=True)
class ExpectedRow:
    """A row that a table must have, or some rows of a kind.

    Attributes:
        table: which; where it is not printed at all nothing is expected of it.
        said: how people find the row.
        series: series of which the row prints one.
        measure, period: which figure of them it must print; ``None`` for any.
        least: how many of the series must be printed.
    """

    table: str
    said: str
    series: frozenset[str]
    measure: str | None = None
    period: str | None = None
    least: int = 1


def expected_rows(family: str, latest: str) -> Iterator[ExpectedRow]:
    """The rows that the documents of a family must have, table by table in their order.

    Args:
        latest: the latest month that the document prints.
    """
    yield from _EXPECTED[family](latest) if family in _EXPECTED else ()


def _prices(latest: str) -> Iterator[ExpectedRow]:
    series = frozenset(catalogue.TABLE_A_SERIES.values())
    for back in range(_TABLE_A_MONTHS - 1, -1, -1):
        end = add_months(latest, -back)
        yield ExpectedRow("price_changes", f"of {end}", series, period=span(add_months(end, -1), end))
    for back in (12, 0):
        end = add_months(latest, -back)
        yield ExpectedRow("price_changes", f"of the twelve months to {end}", series, period=span(add_months(end, -12), end))
    told = set[str]()
    for entry in catalogue.entries("mxp"):
        if entry.series and entry.series not in told and entry.is_expected_in(latest):
            told.add(entry.series)
            yield ExpectedRow(entry.table, catalogue.row_name("mxp", entry), frozenset({entry.series}))


def _china(latest: str) -> Iterator[ExpectedRow]:
    year = int(latest[:4])
    to_date = span(month(year, 1), latest)
    for measure, over in (("percent_change", "on the month"), ("percent_change_year_to_date", "to date")):
        for flow in _FLOWS:
            yield ExpectedRow("china_trade_growth", f"{flow.capitalize()!r} of growth {over}", frozenset({f"{flow}.china.total"}), measure)
    entries = [entry for entry in catalogue.entries("uscc") if entry.series]
    products = [entry.series for entry in entries if entry.table == "china_top_five" and entry.code]
    for period, name in ((latest, latest), (to_date, f"{year} to date")):
        for flow in _FLOWS:
            yield ExpectedRow(
                "china_top_five", f"of a product of {flow}, {name},", frozenset(f"{flow}.{each}" for each in products), "value", period,
                TOP_FIVE,
            )  # fmt: skip
            for label, each in (("Other", "china.top_five.other"), ("Total", "china.total")):
                yield ExpectedRow("china_top_five", f"{label!r} of {flow}, {name},", frozenset({f"{flow}.{each}"}), "value", period)
    for entry in entries:
        if entry.table == "china_advanced_technology" and entry.is_expected:
            yield ExpectedRow(entry.table, repr(entry.label), frozenset(f"{flow}.{entry.series}" for flow in ("balance", *_FLOWS)))
    investment = frozenset(entry.series for entry in entries if entry.table == "china_outbound_investment")
    months = [month(year, number) for number in range(1, int(latest[5:]) + 1)]
    for period in (*months, *(str(year - back) for back in range(1, _YEARS_OF_INVESTMENT + 1))):
        yield ExpectedRow("china_outbound_investment", f"of {period}", investment, "value", period)


_EXPECTED = {"mxp": _prices, "uscc": _china}
