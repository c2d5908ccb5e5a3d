"""Whether the identities can show an error at all: each identity once more, in the most obvious way.

Written from the design's section on the arithmetic of rounding, with nothing of ``trade_assets.identities``: what the
package and this module say of a document must be the same, place by place. A figure is an interval of true values;
an identity is missed if no values of the intervals satisfy it, which extremes at the corners of the intervals decide.
"""

from __future__ import annotations

import csv
import itertools
import operator
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache, reduce
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from trade_assets.facts import catalogue
from trade_assets.facts.periods import add_months, is_month, months_apart, months_between, months_of

FLOWS, KINDS = ("balance", "exports", "imports"), ("total", "goods", "services")
OPEN_MONTHS = 3


class Figure(NamedTuple):
    """A printed figure; sums of decimals are exact, since no figure has more than fifteen digits."""

    cell: int
    value: Decimal
    half: Decimal

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The lowest and the highest true value."""
        return Fraction(self.value - self.half), Fraction(self.value + self.half)


class Missed(NamedTuple):
    """An identity that the figures of some cells cannot satisfy."""

    identity: str
    cells: frozenset[int]


class Document:
    """The figures of a reading's cells, by what they print."""

    def __init__(self, cells: Mapping[str, Sequence[Any]]) -> None:
        self.prints: dict[tuple[str, str, str | None], list[Figure]] = {}
        self.rows = set(zip(cells["series"], cells["measure"], strict=True))
        self.flags = cells["flags"]
        columns = (cells[name] for name in ("series", "measure", "period", "value", "decimals"))
        for cell, (series, measure, period, value, decimals) in enumerate(zip(*columns, strict=True)):
            if value is not None:
                figure = Figure(cell, Decimal(f"{value:.{decimals}f}"), _half(decimals))
                self.prints.setdefault((series, measure, period), []).append(figure)

    def __call__(self, series: str, measure: str, period: str | None) -> Figure | None:
        """The figure that first prints a fact."""
        return self.prints.get((series, measure, period), [None])[0]

    def of(self, measure: str) -> Iterator[tuple[str, str, Figure]]:
        """Series, period and first figure of each fact of a measure."""
        for (series, printed, period), figures in self.prints.items():
            if printed == measure and period is not None:
                yield series, period, figures[0]

    def all_of(self, measure: str) -> Iterator[tuple[str, Figure]]:
        """Series and figure of each print of a measure."""
        for (series, printed, _), figures in self.prints.items():
            if printed == measure:
                yield from ((series, figure) for figure in figures)


def missed(family: str, cells: Mapping[str, Sequence[Any]]) -> set[Missed]:
    """The identities that the figures of a document miss."""
    return set(_FAMILIES[family](Document(cells)))


@cache
def _half(decimals: int) -> Decimal:
    return Decimal(5).scaleb(-decimals - 1)


def _missed(identity: str, *figures: Figure) -> Missed:
    return Missed(identity, frozenset(figure.cell for figure in figures))


def _sum(identity: str, total: Figure | None, *parts: Figure | None, less: Sequence[Figure | None] = ()) -> Iterator[Missed]:
    """The total is the sum of its parts, less some."""
    printed = [figure for figure in (total, *parts, *less) if figure is not None]
    if total is None or len(printed) < 1 + len(parts) + len(less):
        return
    gap = total.value - sum(part.value for part in parts if part) + sum(part.value for part in less if part)
    if abs(gap) > sum(figure.half for figure in printed):
        yield _missed(identity, *printed)


def _at_most(identity: str, total: Figure | None, *parts: Figure | None) -> Iterator[Missed]:
    """The parts are no more than the total."""
    printed = [figure for figure in (total, *parts) if figure is not None]
    if total is None or len(printed) < 1 + len(parts):
        return
    if sum(part.value for part in printed[1:]) - total.value > sum(figure.half for figure in printed):
        yield _missed(identity, *printed)


def _quotient(divisor: Figure, *factors: Figure) -> tuple[Fraction, Fraction] | None:
    """The least and the greatest product of some figures over a divisor; ``None`` where that may be zero.

    It is monotone in each figure, so both stand at corners.
    """
    if divisor.ends[0] <= 0 <= divisor.ends[1]:
        return None
    found = [prod(above) / below for below, *above in itertools.product(divisor.ends, *(factor.ends for factor in factors))]
    return min(found), max(found)


def _ft900(document: Document) -> Iterator[Missed]:
    for period in {period for _, period, _ in document.of("value")}:
        figure = {f"{flow}.{kind}": document(f"{flow}.{kind}", "value", period) for flow in FLOWS for kind in KINDS}
        for flow in FLOWS:
            total, goods, services = (figure[f"{flow}.{kind}"] for kind in KINDS)
            yield from _sum("goods_plus_services_equals_total", total, goods, services)
        for kind in KINDS:
            balance, exports, imports = (figure[f"{flow}.{kind}"] for flow in FLOWS)
            yield from _sum("balance_equals_exports_minus_imports", balance, exports, less=[imports])
    for series, period, year in document.of("value"):
        if not is_month(period):
            yield from _sum("year_equals_sum_of_months", year, *(document(series, "value", month) for month in months_of(period)))


@cache
def _parts() -> tuple[tuple[str, tuple[str, ...], bool], ...]:
    """Totals of the price releases, their parts, and whether the classification has no other parts."""
    found = []
    with (Path(catalogue.__file__).parent / "parts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for flow in ("imports", "exports") if "{flow}" in row["total"] else ("",):
                total, prefix = (row[name].replace("{flow}", flow) for name in ("total", "prefix"))
                found.append((total, tuple(prefix + part for part in row["parts"].split()), row["is_whole"] == "yes"))
    return tuple(found)


def _mxp(document: Document) -> Iterator[Missed]:
    yield from _changes(document)
    yield from _weights(document)
    yield from _compounds(document)
    for first, *others in document.prints.values():
        for other in others:
            apart, is_same_print = abs(first.value - other.value), first.half == other.half
            if apart > (0 if is_same_print else first.half + other.half):
                yield _missed("same_fact_printed_twice_agrees", first, other)
    for _, index in document.all_of("index"):
        if index.value <= 0:
            yield _missed("indexes_are_positive", index)
    for _, change in document.all_of("percent_change"):
        if change.value + change.half <= -100:
            yield _missed("percent_changes_lie_above_minus_100", change)
    latest = max(period[-7:] for _, period, _ in document.of("percent_change"))
    for (_, _, period), figures in document.prints.items():
        for figure in figures:
            if "r" in document.flags[figure.cell].split() and not 1 <= months_apart(str(period)[-7:], latest) <= OPEN_MONTHS:
                yield _missed("revised_marks_stand_in_open_months", figure)


def _changes(document: Document) -> Iterator[Missed]:
    """A change derives from the indexes as printed."""
    for (series, measure, period), figures in document.prints.items():
        if measure == "percent_change" and period is not None:
            earlier, later = (document(series, "index", month) for month in period.split("/"))
            if earlier is not None and later is not None and earlier.value != 0:
                exact = 100 * (Fraction(later.value) / Fraction(earlier.value) - 1)
                for change in figures:
                    if not change.ends[0] <= exact <= change.ends[1]:
                        yield _missed("percent_change_matches_rounded_indexes", change, earlier, later)


def _weights(document: Document) -> Iterator[Missed]:
    """Relative importances and, weighted by them, the index changes."""
    for series, weight in document.all_of("relative_importance"):
        if not -weight.half <= weight.value <= 100 + weight.half:
            yield _missed("relative_importances_lie_within_0_and_100", weight)
        # A place is one name below ``imports.locality``, a service one below ``transportation``.
        is_place = series.startswith("imports.locality.") and series.count(".") == 2
        is_service = series.startswith("transportation.") and series.count(".") == 1
        if (series.endswith(".all_commodities") or is_place or is_service) and abs(weight.value - 100) > weight.half:
            yield _missed("relative_importance_of_all_is_100", weight)
    periods = {period for _, period, _ in document.of("relative_importance")}
    for (total, parts, is_whole), period in itertools.product(_parts(), periods):
        printed = [part for part in parts if (part, "relative_importance") in document.rows]
        if not printed:
            continue
        weights = [document(series, "relative_importance", period) for series in (total, *printed)]
        if not is_whole or len(printed) < len(parts):
            yield from _at_most("relative_importances_of_some_parts_stay_within_total", *weights)
            continue
        yield from _sum("relative_importances_of_parts_sum_to_total", *weights)
        earlier = [document(series, "index", period) for series in (total, *parts)]
        later = [document(series, "index", add_months(period, 1)) for series in (total, *parts)]
        threes = [(w, e, n) for w, e, n in zip(weights, earlier, later, strict=True) if w and e and n]
        ranges = [found for weight, before, after in threes if (found := _quotient(before, weight, after))]
        if len(ranges) == 1 + len(parts):
            (low, high), lows, highs = ranges[0], *zip(*ranges[1:], strict=True)
            if sum(lows) > high or sum(highs) < low:
                yield _missed("index_change_matches_weighted_parts", *itertools.chain(*threes))


def _compounds(document: Document) -> Iterator[Missed]:
    """The monthly changes of a year multiply to that of the year."""
    for series, period, change in document.of("percent_change"):
        first, _, last = period.partition("/")
        if months_apart(first, last) > 1:
            months = [document(series, "percent_change", step) for step in _steps(first, last)]
            printed = [month for month in months if month is not None]
            if len(printed) == len(months):
                low, high = reduce(_times, ([1 + end / 100 for end in month.ends] for month in printed), [Fraction(1), Fraction(1)])
                if 100 * (low - 1) > change.ends[1] or 100 * (high - 1) < change.ends[0]:
                    yield _missed("monthly_changes_compound_to_twelve_months", change, *printed)


@cache
def _steps(first: str, last: str) -> list[str]:
    return ["/".join(step) for step in itertools.pairwise(months_between(first, last))]


def _times(one: list[Fraction], other: list[Fraction]) -> list[Fraction]:
    corners = list(itertools.starmap(operator.mul, itertools.product(one, other)))
    return [min(corners), max(corners)]


def _uscc(document: Document) -> Iterator[Missed]:
    yield from _technology(document)
    yield from _top_five(document)
    yield from _investment(document)


def _technology(document: Document) -> Iterator[Missed]:
    groups = [f"{number:02d}" for number in range(1, 11)]
    for period in {period for _, period, _ in document.of("value")}:
        figure = {
            (flow, group): document(f"{flow}.china.advanced_technology.{group}", "value", period)
            for flow in FLOWS
            for group in ("total", *groups)
        }
        for flow in FLOWS:
            yield from _sum("technology_groups_sum_to_total", figure[flow, "total"], *(figure[flow, group] for group in groups))
        for group in ("total", *groups):
            balance, exports, imports = (figure[flow, group] for flow in FLOWS)
            yield from _sum("technology_balance_equals_exports_minus_imports", balance, exports, less=[imports])
    for series, period, year in document.of("value"):
        if "/" in period and ".china.advanced_technology." in series and not series.startswith("balance"):
            yield from _at_most("year_to_date_includes_its_last_month", year, document(series, "value", period[-7:]))


def _top_five(document: Document) -> Iterator[Missed]:
    for flow in ("exports", "imports"):
        total, leading = f"{flow}.china.total", f"{flow}.china.top_five."
        products = {series for series, _, _ in document.of("value") if series.startswith(leading)} - {f"{leading}other"}
        periods = {period for series, period, _ in document.of("value") if series.startswith(leading)}
        for measure, identity in (
            ("value", "top_five_and_other_sum_to_total"),
            ("share", "shares_of_top_five_and_other_sum_to_total"),
        ):
            for period in periods:
                five = [figure for figure in (document(series, measure, period) for series in products) if figure is not None]
                if len(five) == 5:
                    yield from _sum(identity, document(total, measure, period), document(f"{leading}other", measure, period), *five)
        for series, period, share in document.of("share"):
            if series == total and abs(share.value - 100) > share.half:
                yield _missed("share_of_total_is_100", share)
            part, whole = document(series, "value", period), document(total, "value", period)
            ratio = _quotient(whole, part) if series.startswith(leading) and part and whole else None
            if ratio and part and whole and (100 * ratio[0] > share.ends[1] or 100 * ratio[1] < share.ends[0]):
                yield _missed("share_equals_part_over_total", share, part, whole)
    for _, share in document.all_of("share"):
        if not -share.half <= share.value <= 100 + share.half:
            yield _missed("shares_lie_within_0_and_100", share)


def _investment(document: Document) -> Iterator[Missed]:
    prefix = "china.outbound_investment."
    for series, period, figure in document.of("value"):
        if series == f"{prefix}total":
            first_time, reinvested = (document(prefix + name, "value", period) for name in ("first_time", "reinvested_profits"))
            yield from _sum("first_time_plus_reinvested_equals_total", figure, first_time, reinvested)
        if series.startswith(prefix) and "/" in period:
            first, _, last = period.partition("/")
            before = [] if first == last else [document(series, "value", f"{first}/{add_months(last, -1)}")]
            yield from _sum("cumulative_equals_previous_plus_month", figure, document(series, "value", last), *before)
    for series, period, count in document.of("count"):
        first, _, last = period.partition("/")
        earlier = document(series, "count", f"{first}/{add_months(last, -1)}") if last else None
        if earlier is not None and earlier.value > count.value:
            yield _missed("cumulative_counts_never_fall", count, earlier)


_FAMILIES = {"ft900": _ft900, "mxp": _mxp, "uscc": _uscc}
