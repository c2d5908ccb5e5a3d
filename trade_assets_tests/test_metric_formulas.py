"""Metrics and their intervals, against plain fractions and against the extremes of what is printed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trade_assets.facts.periods import add_months, months_between
from trade_assets.metrics.definitions import BY_METRIC
from trade_assets.metrics.exact import Quotient, Rounded, power_of_product, quotients
from trade_assets_tests.plain_formulas import FORMULAS, PAIRS, Formula, Known, is_in_range, known_from, moved, percent
from trade_assets_tests.printed_knowledge import LARGE, MONTHS, Places, computed, figures_in, known_months


def test_every_metric_is_what_the_plain_formula_gives_and_nothing_across_a_hole(is_whole: bool) -> None:
    @settings(max_examples=12 if is_whole else 5, suppress_health_check=LARGE)
    @given(known_months())
    def holds(places: Places) -> None:
        found = computed(places)
        true, halves = known_from(figures_in(places)), known_from(halves_of(places))
        expected = set()
        for (metric, series), formula in FORMULAS.items():
            for month in MONTHS:
                if not is_in_range(formula, MONTHS[0], month):
                    assert (metric, series, month) not in found
                    continue
                expected.add((metric, series, month))
                row = found[metric, series, month]
                missing = gaps_of(formula, series, month, places)
                if not missing and series.startswith("balance") and not BY_METRIC[metric].is_of_signed:
                    pair = PAIRS[metric.removesuffix("_pct")]
                    is_one_sided = are_surely_of_one_sign(pair, series, month, true, halves)
                    assert row["value"] == (float(formula(true, month)) if is_one_sided else None), (metric, series, month)
                    assert (row["gap"] is None) == is_one_sided and (is_one_sided or row["gap"].startswith("other_sign: "))
                elif not missing:
                    assert row["value"] == float(formula(true, month)), (metric, series, month)
                else:
                    assert row["value"] is row["low"] is row["high"] is None
                    assert set(row["gap"].split("; ")) == missing, (metric, series, month)
        assert set(found) == expected

    holds()


def halves_of(places: Places) -> dict[tuple[str, str], Fraction]:
    """How far the true figures may lie from those that are printed."""
    return {place: Fraction(1, 2 * 10 ** len(said.partition(".")[2])) for place, said in places.items() if isinstance(said, str)}


def are_surely_of_one_sign(pair: tuple[Formula, Formula], series: str, month: str, true: Known, halves: Known) -> bool:
    """Whether both sums lie on one side of zero for all true figures that print so."""
    ranges = [(of(true, series, month), of(halves, series, month)) for of in pair]
    return all(value > half for value, half in ranges) or all(value < -half for value, half in ranges)


def gaps_of(formula: Callable[[Known, str], Fraction], own: str, month: str, places: Places) -> set[str]:
    """The reasons of all missing operands of a formula."""
    found = set()

    def ask(series: str, period: str) -> Fraction:
        said = places.get((series, period), b"not_published")
        if isinstance(said, bytes):
            found.add(f"{said.decode()}: {'' if series == own else f'{series} '}{period}")
        return Fraction(1)

    formula(ask, month)
    return found


def test_the_interval_holds_every_metric_of_true_figures_that_print_so(is_whole: bool) -> None:
    @settings(max_examples=12 if is_whole else 5, suppress_health_check=LARGE)
    @given(known_months(), st.randoms(use_true_random=False))
    def holds(places: Places, random: Any) -> None:
        found = computed(places)
        printed = figures_in(places)
        true = {
            place: value + Fraction(random.randint(-1000, 1000), 2000) / 10 ** len(places[place].partition(".")[2])
            for place, value in printed.items()
        }
        checked = 0
        for (metric, series), formula in FORMULAS.items():
            for month in MONTHS:
                row = found.get((metric, series, month))
                if row is not None and row["value"] is not None:
                    assert Fraction(row["low"]) <= formula(known_from(true), month) <= Fraction(row["high"]), (metric, series, month)
                    checked += 1
        assert checked > 1000

    holds()


def test_the_interval_is_no_wider_than_the_extremes_of_the_print() -> None:
    """Every corner of what few operands may have been: the least and the greatest are the bounds."""
    places = {(f"{flow}.{kind}", month): str(figure) for (flow, kind, month), figure in {
        ("exports", "total", "2020-01"): 70, ("exports", "total", "2020-02"): 80, ("exports", "goods", "2020-01"): 50,
        ("exports", "goods", "2020-02"): 48, ("exports", "services", "2020-01"): 20, ("exports", "services", "2020-02"): 31,
    }.items()}  # fmt: skip
    found = computed(places)
    printed = figures_in(places)
    corners = [
        {place: value + offset for (place, value), offset in zip(printed.items(), offsets, strict=True)}
        for offsets in itertools.product((Fraction(-1, 2), Fraction(1, 2)), repeat=len(printed))
    ]
    for metric, series in (
        ("change_1_month", "exports.goods"), ("change_1_month_pct", "exports.goods"), ("annualised_change_1_month", "exports.services"),
        ("contribution_1_month", "exports.goods"), ("contribution_1_month", "exports.services"), ("services_share", "exports.services"),
    ):  # fmt: skip
        reached = [FORMULAS[metric, series](known_from(corner), "2020-02") for corner in corners]
        row = found[metric, series, "2020-02"]
        assert row["low"] == pytest.approx(float(min(reached)), rel=1e-12), metric
        assert row["high"] == pytest.approx(float(max(reached)), rel=1e-12), metric
        assert row["low"] <= min(reached) and row["high"] >= max(reached)


@given(
    st.tuples(st.integers(-50, 50), st.integers(0, 20)), st.tuples(st.integers(-60, 60), st.integers(0, 20)),
    st.tuples(st.integers(-90, 90), st.integers(0, 9)), st.sampled_from([1, 2, 4, 12]), st.integers(0, 1),
)  # fmt: skip
def test_powers_of_quotients_are_bounded_by_their_extremes(
    above: tuple[int, int], below: tuple[int, int], both: tuple[int, int], power: int, minus: int
) -> None:
    """Whatever the signs, and with a part in both sums: the extremes are at corners, and of even powers at zero."""
    found = power_of_product([Quotient(Rounded(*above), Rounded(*below), Rounded(*both))], Fraction(100), power, minus)
    corners = list(itertools.product(*((total - half, total + half) for total, half in (above, below, both))))
    divisors = [bottom + shared for _, bottom, shared in corners]
    if min(divisors) <= 0 <= max(divisors):
        assert found is None
        return
    tops = [top + shared for top, _, shared in corners]
    reached = [100 * (Fraction(top, bottom) ** power - minus) for top, bottom in zip(tops, divisors, strict=True)]
    if min(tops) <= 0 <= max(tops):
        reached.append(Fraction(-100 * minus))
    assert found is not None and found.low <= min(reached) and found.high >= max(reached)
    assert found.value == float(100 * (Fraction(above[0] + both[0], below[0] + both[0]) ** power - minus))
    # The bounds are the floats next to the exact ones.
    assert math.nextafter(found.low, math.inf) > min(reached) and math.nextafter(found.high, -math.inf) < max(reached)


_SUM = st.tuples(st.integers(-50, 50), st.integers(0, 20))


@given(
    st.lists(st.tuples(_SUM, _SUM, _SUM), min_size=1, max_size=20),
    st.sampled_from([Fraction(1), Fraction(100), Fraction(1, 3), Fraction(1, 100)]),
    st.integers(0, 1),
    st.sampled_from([1, 10**3, 10**9, 10**13]),
)
def test_many_quotients_at_once_are_those_one_by_one(
    sums: list[tuple[tuple[int, int], ...]], scale: Fraction, minus: int, size: int
) -> None:
    """To the last digit; or the sums are too large for floats to hold them, and nothing is said of any."""
    columns = [
        (
            np.array([size * each[at][0] + each[at][1] for each in sums], dtype=object),
            np.array([each[at][1] for each in sums], dtype=object),
        )
        for at in range(3)
    ]
    made = quotients(*columns, scale, minus)
    largest = max(abs(number) for pair in columns for column in pair for number in column)
    if made is None:
        assert largest > 10**10
        return
    assert largest < 2**53
    for at in range(len(sums)):
        one = power_of_product([Quotient(*(Rounded(total[at], half[at]) for total, half in columns))], scale, 1, minus)
        assert bool(made.is_defined[at]) == (one is not None)
        if one is not None:
            assert (made.value[at], made.low[at], made.high[at]) == tuple(one)


@given(_SUM, _SUM, _SUM, _SUM, st.integers(0, 1))
def test_products_of_quotients_are_bounded_by_their_extremes(
    above: tuple[int, int], below: tuple[int, int], times: tuple[int, int], over: tuple[int, int], minus: int
) -> None:
    """Whatever the signs: a product of quotients of four sums is at its extremes where each of them is at one end."""
    found = power_of_product(
        [Quotient(Rounded(*above), Rounded(*below)), Quotient(Rounded(*times), Rounded(*over))], Fraction(100), 1, minus
    )
    ends = [(total - half, total + half) for total, half in (above, below, times, over)]
    if any(low <= 0 <= high for low, high in (ends[1], ends[3])):
        assert found is None
        return
    reached = [100 * (Fraction(a * t, b * o) - minus) for a, b, t, o in itertools.product(*ends)]
    printed = 100 * (Fraction(above[0] * times[0], below[0] * over[0]) - minus)
    assert found is not None and found.value == float(printed)
    assert (Fraction(found.low) <= min(reached), Fraction(found.high) >= max(reached)) == (True, True)
    assert (found.low, found.high) == (pytest.approx(float(min(reached)), rel=1e-12), pytest.approx(float(max(reached)), rel=1e-12))


def test_the_interval_of_a_change_between_averages_that_share_months_is_exact(is_whole: bool) -> None:
    """Against every corner of what four months may have been: no wider, and no narrower, in dollars and in percent."""

    @settings(max_examples=100 if is_whole else 25)
    @given(st.lists(st.integers(2, 40), min_size=4, max_size=4), st.sampled_from([1, -1]))
    def holds(figures_of: list[int], sign: int) -> None:
        months = months_between("2020-01", "2020-04")
        places: Places = {("balance.goods", month): str(sign * figure) for month, figure in zip(months, figures_of, strict=True)}
        found = computed(places)
        corners = [
            {place: value + Fraction(offset, 2) for (place, value), offset in zip(figures_in(places).items(), offsets, strict=True)}
            for offsets in itertools.product((-1, 1), repeat=4)
        ]
        for metric in ("average_3_months_change", "average_3_months_change_pct"):
            reached = [FORMULAS[metric, "balance.goods"](known_from(corner), "2020-04") for corner in corners]
            row = found[metric, "balance.goods", "2020-04"]
            assert row["low"] <= min(reached) < math.nextafter(row["low"], math.inf)
            assert math.nextafter(row["high"], -math.inf) < max(reached) <= row["high"]

    holds()


def test_contributions_add_up(is_whole: bool) -> None:
    @settings(max_examples=12 if is_whole else 5, suppress_health_check=LARGE)
    @given(known_months())
    def holds(places: Places) -> None:
        found = computed(places)
        true = known_from(figures_in(places))
        for months, name in ((1, "1_month"), (12, "12_months")):
            for month in MONTHS[months:]:
                for flow in ("exports", "imports"):
                    parts = [("contribution_" + name, f"{flow}.{part}") for part in ("goods", "services", "rounding")]
                    total = found[f"change_{name}_pct", f"{flow}.total", month]["value"]
                    added_up(
                        found,
                        parts,
                        month,
                        total,
                        lambda m=month, f=flow, k=months: percent(true(f"{f}.total", m), true(f"{f}.total", add_months(m, -k))),
                        true,
                    )
                parts = [
                    ("balance_contribution_" + name, f"{flow}.{part}") for flow in ("exports", "imports") for part in ("goods", "services")
                ]
                parts.append(("balance_contribution_" + name, "balance.rounding"))
                total = found[f"change_{name}", "balance.total", month]["value"]
                added_up(found, parts, month, total, lambda m=month, k=months: moved(true, "balance.total", m, k), true)

    holds()


def added_up(
    found: Mapping[Any, Any], parts: list[tuple[str, str]], month: str, total: float | None, exact: Callable[[], Fraction], true: Known
) -> None:
    """The parts sum to the change of the total; one of them is missing wherever the change is."""
    values = [found[metric, series, month]["value"] for metric, series in parts]
    if None in values:
        return
    assert total is not None
    # Each part is the float next to its exact value, and the exact values sum to the exact change.
    assert [float(FORMULAS[part](true, month)) for part in parts] == values
    assert sum((FORMULAS[part](true, month) for part in parts), Fraction(0)) == exact()
    assert math.fsum(values) == pytest.approx(total, rel=1e-12, abs=1e-9)
