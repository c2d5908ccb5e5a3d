"""Exact evaluation against brute force, and which cells fall into doubt."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pandera.errors
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trade_assets.facts.frames import wide
from trade_assets.facts.melt import melt
from trade_assets.facts.schemas import decimals_of
from trade_assets.facts.tables import FACTS, VALIDATED
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.identities.document_facts import Facts, Figures
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.models import MODELS
from trade_assets.identities.rules import RULES, rule, rules_of
from trade_assets.review.decimals import decimal_text
from trade_assets.warehouse.partitions import read_partition
from trade_assets_tests.conftest import SHIPPED_MONTHS
from trade_assets_tests.made_files import facts_of_made, made_files


def _facts(rows):
    """Facts of (series, measure, period, printed text); an empty text is a gap."""
    return pd.DataFrame(
        {
            "series": [row[0] for row in rows],
            "measure": [row[1] for row in rows],
            "period": [row[2] for row in rows],
            "value": pd.array([float(row[3]) if row[3] else None for row in rows], dtype="Float64"),
            "decimals": pd.array([len(row[3].partition(".")[2]) if row[3] else None for row in rows], dtype="Int64"),
        }
    )


def _verdict(rule_name, rows):
    evaluation = evaluate((rule(rule_name),), Facts.of_frame(_facts(rows)))
    ((holds, violated, not_evaluable),) = evaluation.counts.values()
    assert holds + violated + not_evaluable == 1
    return "holds" if holds else "violated" if violated else "not evaluable"


def _printed(true_value, decimals):
    """A true value as it would be printed: rounded half away from zero to so many decimals."""
    scaled = true_value * 10**decimals
    rounded = math.floor(abs(scaled) + Fraction(1, 2)) * (1 if scaled >= 0 else -1)
    return Fraction(rounded, 10**decimals)


def _text(number, decimals):
    scaled = int(number * 10**decimals)
    sign, digits = "-" if scaled < 0 else "", str(abs(scaled)).rjust(decimals + 1, "0")
    return f"{sign}{digits[: len(digits) - decimals]}" + (f".{digits[-decimals:]}" if decimals else "")


_true_values = st.fractions(min_value=-10_000, max_value=10_000, max_denominator=10_000)
_places = st.integers(min_value=0, max_value=3)


@given(_true_values, _true_values, _places, _places, _places)
def test_sum_of_true_values_is_never_violated_however_it_is_printed(goods, services, d_goods, d_services, d_total):
    texts = [_text(_printed(x, d), d) for x, d in ((goods, d_goods), (services, d_services), (goods + services, d_total))]
    rows = [(f"exports.{kind}", "value", "2001-01", text) for kind, text in zip(("goods", "services", "total"), texts, strict=True)]
    assert _verdict("goods_plus_services_equals_total", rows) == "holds"


@given(st.integers(-999, 999), st.integers(-999, 999), st.integers(-1999, 1999), _places, _places, _places)
def test_sum_holds_exactly_where_true_values_exist(goods, services, total, d_goods, d_services, d_total):
    """Brute force: true values that print so exist if and only if the intervals of parts and total meet."""
    printed = [Fraction(n, 10**d) for n, d in ((goods, d_goods), (services, d_services), (total, d_total))]
    half = [Fraction(1, 2 * 10**d) for d in (d_goods, d_services, d_total)]
    low = printed[0] - half[0] + printed[1] - half[1]
    high = printed[0] + half[0] + printed[1] + half[1]
    exists = low <= printed[2] + half[2] and printed[2] - half[2] <= high
    rows = [
        (f"exports.{kind}", "value", "2001-01", _text(number, d))
        for kind, number, d in zip(("goods", "services", "total"), printed, (d_goods, d_services, d_total), strict=True)
    ]
    assert (_verdict("goods_plus_services_equals_total", rows) == "holds") is exists


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(-3000, 3000))
def test_percent_change_holds_exactly_where_rounding_gives_it(earlier, later, tenths):
    """Brute force over exact fractions; at a tie both directions pass."""
    exact_change = 100 * (Fraction(later, earlier) - 1)
    expected = abs(exact_change - Fraction(tenths, 10)) <= Fraction(1, 20)
    rows = [
        ("s", "percent_change", "2018-06/2018-07", _text(Fraction(tenths, 10), 1)),
        ("s", "index", "2018-06", _text(Fraction(earlier, 10), 1)),
        ("s", "index", "2018-07", _text(Fraction(later, 10), 1)),
    ]
    assert (_verdict("percent_change_matches_rounded_indexes", rows) == "holds") is expected


@given(st.integers(500, 4000), st.integers(500, 4000))
def test_the_rounded_change_always_holds_and_its_neighbours_only_at_a_tie(earlier, later):
    change = 100 * (Fraction(later, earlier) - 1)
    tenths = int(_printed(change, 1) * 10)
    is_tie = (abs(change) * 10 - Fraction(1, 2)).denominator == 1
    for step, expected in ((0, True), (1, False), (-1, False)):
        rows = [
            ("s", "percent_change", "2018-06/2018-07", _text(Fraction(tenths + step, 10), 1)),
            ("s", "index", "2018-06", _text(Fraction(earlier, 10), 1)),
            ("s", "index", "2018-07", _text(Fraction(later, 10), 1)),
        ]
        found = _verdict("percent_change_matches_rounded_indexes", rows) == "holds"
        if is_tie and step:
            assert found is (abs(change - Fraction(tenths + step, 10)) <= Fraction(1, 20))
        else:
            assert found is expected


@pytest.mark.parametrize("change", ["0.2", "0.3"])
def test_exact_tie_passes_in_both_directions(change):
    # 100.25 / 100 is a change of exactly 0.25 percent.
    rows = [("s", "percent_change", "2018-06/2018-07", change), ("s", "index", "2018-06", "400.0"), ("s", "index", "2018-07", "401.0")]
    assert _verdict("percent_change_matches_rounded_indexes", rows) == "holds"


def test_a_zero_index_is_not_evaluable_rather_than_a_division():
    rows = [("s", "percent_change", "2018-06/2018-07", "0.0"), ("s", "index", "2018-06", "0.0"), ("s", "index", "2018-07", "1.0")]
    assert _verdict("percent_change_matches_rounded_indexes", rows) == "not evaluable"


@given(st.lists(st.integers(-(10**6), 10**6), min_size=12, max_size=12), st.integers(-20, 20))
def test_year_allows_six_and_a_half_units_of_rounding(months, miss):
    """Twelve months and the year, each printed in whole units: at most (12 + 1) halves."""
    rows = [("exports.goods", "value", f"2001-{number:02d}", str(value)) for number, value in enumerate(months, 1)]
    rows.append(("exports.goods", "value", "2001", str(sum(months) + miss)))
    assert (_verdict("year_equals_sum_of_months", rows) == "holds") is (2 * abs(miss) <= 13)


def test_year_to_date_sums_its_own_months_only():
    rows = [("exports.goods", "value", f"2016-{number:02d}", "10") for number in range(1, 10)]
    assert _verdict("year_equals_sum_of_months", [*rows, ("exports.goods", "value", "2016-01/2016-09", "90")]) == "holds"
    assert _verdict("year_equals_sum_of_months", [*rows, ("exports.goods", "value", "2016-01/2016-09", "96")]) == "violated"


def test_missing_operand_is_never_a_pass():
    rows = [
        ("exports.goods", "value", "2001-01", ""),
        ("exports.services", "value", "2001-01", "1"),
        ("exports.total", "value", "2001-01", "1"),
    ]
    assert _verdict("goods_plus_services_equals_total", rows) == "not evaluable"
    assert _verdict("goods_plus_services_equals_total", rows[1:]) == "not evaluable"


@given(st.integers(10**12, 10**15 - 1), st.integers(10**12, 10**14))
def test_figures_near_the_limit_are_exact(goods, services):
    """Beyond 64 bits Python's integers take over: one unit off by two is seen at fifteen digits."""
    assume(goods + services < 10**15 - 3)
    rows = [("exports.goods", "value", "2001-01", str(goods)), ("exports.services", "value", "2001-01", str(services))]
    total = goods + services
    assert _verdict("goods_plus_services_equals_total", [*rows, ("exports.total", "value", "2001-01", str(total + 1))]) == "holds"
    assert _verdict("goods_plus_services_equals_total", [*rows, ("exports.total", "value", "2001-01", str(total + 2))]) == "violated"


@given(st.integers(0, 10**9), _places)
def test_figures_keep_their_print(scaled, decimals):
    figures = Figures(np.array([scaled / 10**decimals]), np.array([float(decimals)]))
    assert Fraction(int(figures.scaled[0]), 10 ** int(figures.decimals[0])) == Fraction(scaled, 10**decimals)


def test_two_prints_of_a_fact_agree_up_to_the_coarser_print():
    def rows(second):
        return [("s", "percent_change", "2018-06/2018-07", "4.8"), ("s", "percent_change", "2018-06/2018-07", second)]

    assert _verdict("same_fact_printed_twice_agrees", rows("4.8")) == "holds"
    assert _verdict("same_fact_printed_twice_agrees", rows("4.9")) == "violated"
    assert _verdict("same_fact_printed_twice_agrees", rows("4.84")) == "holds"
    assert _verdict("same_fact_printed_twice_agrees", rows("4.85")) == "holds"
    assert _verdict("same_fact_printed_twice_agrees", rows("4.86")) == "violated"


def test_rule_names_are_unique_and_every_rule_has_its_story():
    assert len({r.name for r in RULES}) == len(RULES)
    for found in RULES:
        assert found.description.endswith(".") and found.source
        assert found.table in {table.name for table in VALIDATED}
    kinds = {"agree", "sum", "change", "share", "compound", "weighted change", "bounds", "order", "flag", "label"}
    assert {found.kind for found in RULES} == kinds
    with pytest.raises(KeyError, match="known:"):
        rule("no_such_rule")


def test_no_rule_is_without_a_place_on_the_documents(built_root):
    for month, family in (("2016-11", "ft900"), ("2018-08", "mxp"), ("2012-08", "mxp"), ("2013-01", "uscc")):
        facts = [read_partition(built_root, FACTS[family], month), *map(facts_of_made, made_files(family))]
        counts = [evaluate(rules_of(family), Facts.of_frame(each)).counts for each in facts]
        assert all(any(count[name][0] for count in counts) for name in counts[0]), counts


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(-(10**9), 10**9), st.integers(5, 9))
def test_percent_changes_of_many_decimals_are_exact(earlier, later, scaled, decimals):
    expected = abs(100 * (Fraction(later, earlier) - 1) - Fraction(scaled, 10**decimals)) <= Fraction(1, 2 * 10**decimals)
    rows = [
        ("s", "percent_change", "2018-06/2018-07", _text(Fraction(scaled, 10**decimals), decimals)),
        ("s", "index", "2018-06", _text(Fraction(earlier, 10), 1)),
        ("s", "index", "2018-07", _text(Fraction(later, 10), 1)),
    ]
    assert (_verdict("percent_change_matches_rounded_indexes", rows) == "holds") is expected


def test_a_change_without_its_index_is_not_evaluable():
    rows = [("s", "percent_change", "2018-06/2018-07", "1.0"), ("s", "index", "2018-06", "100.0"), ("t", "index", "2018-07", "101.0")]
    assert _verdict("percent_change_matches_rounded_indexes", rows) == "not evaluable"


def test_top_five_without_the_others_are_not_evaluable():
    rows = [(f"exports.china.top_five.p{n}", "value", "2012-11", "1") for n in range(5)] + [
        ("exports.china.total", "value", "2012-11", "9")
    ]
    assert _verdict("top_five_and_other_sum_to_total", rows) == "not evaluable"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(9), "9"),
        (Fraction(3, 2), "1.5"),
        (Fraction(-851, 100), "-8.51"),
        (Fraction(1, 3), "0.3333"),
        (Fraction(0), "0"),
        (Fraction(-1, 20), "-0.05"),
    ],
)
def test_numbers_are_shown_short(number, text):
    assert decimal_text(number) == text


# Wide tables and their pandera models


@pytest.mark.parametrize("table", VALIDATED, ids=lambda table: table.name)
def test_wide_tables_say_the_same_as_the_facts(built_root, table):
    """A figure's column and row lead back to the fact it prints: the models' arithmetic is about the same facts."""
    compared = 0
    shipped = [read_partition(built_root, FACTS[table.family], month) for month in SHIPPED_MONTHS]
    for printed in (*shipped, *map(facts_of_made, made_files(table.family))):
        facts = printed[printed["table"].isin(table.source_tables) & printed["value"].notna()]
        if len(facts):
            melted = melt(wide(facts, table), table)
            melted = melted[melted["value"].notna()]
            found = {(r.series, r.measure, r.period, r.value, r.decimals) for r in melted.itertuples()}
            expected = {(r.series, r.measure, None if pd.isna(r.period) else r.period, r.value, r.decimals) for r in facts.itertuples()}
            assert found == expected
            compared += len(found)
    assert compared
    assert {column.name for column in table.columns if column.holds is not None} == set(table.figures)


@pytest.mark.parametrize("table", VALIDATED, ids=lambda table: table.name)
def test_published_tables_match_their_model(built_root, table):
    for month in SHIPPED_MONTHS:
        frame = read_partition(built_root, table, month)
        MODELS[table.name].validate(frame, lazy=True)


_BREAKS = [
    ("goods_and_services", "2016-11", {"period": "1992-05"}, "exports_goods_musd", 100, "goods_plus_services_equals_total"),
    ("goods_and_services", "2016-11", {"period": "1992-05"}, "imports_total_musd", 2, "balance_equals_exports_minus_imports"),
    ("goods_and_services", "2016-11", {"period": "2001"}, "balance_services_musd", 20, "year_equals_sum_of_months"),
    ("price_indexes", "2018-08", {"series": "imports.naics.315"}, "change_latest_month_pct", 0.1, "percent_change_matches_rounded_indexes"),
    ("price_indexes", "2018-08", {"series": "imports.naics.315"}, "index_latest_month", 1, "percent_change_matches_rounded_indexes"),
    (
        "china_top_five",
        "2013-01",
        {"series": "exports.china.top_five.other", "period": "2012-11"},
        "value_musd",
        1,
        "top_five_and_other_sum_to_total",
    ),
    ("china_advanced_technology", "2013-01", {"code": "03"}, "balance_month_musd", 20, "technology_balance_equals_exports_minus_imports"),
    ("china_advanced_technology", "2013-01", {"code": "03"}, "imports_month_musd", 20, "technology_groups_sum_to_total"),
    ("china_outbound_investment", "2013-01", {"period": "2012-02"}, "month_first_time_busd", 1, "first_time_plus_reinvested_equals_total"),
    ("china_outbound_investment", "2013-01", {"period": "2012-02"}, "cumulative_total_busd", 1, "cumulative_equals_previous_plus_month"),
]


@pytest.mark.parametrize(("name", "month", "where", "column", "change", "check"), _BREAKS, ids=lambda value: str(value)[:40])
def test_model_raises_by_itself_on_one_broken_figure(built_root, name, month, where, column, change, check):
    table = next(table for table in VALIDATED if table.name == name)
    frame = read_partition(built_root, table, month)
    place = np.logical_and.reduce([(frame[key] == value).fillna(False).to_numpy(dtype=bool) for key, value in where.items()])
    assert place.sum() == 1
    frame.loc[place, column] += change
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        MODELS[name].validate(frame, lazy=True)
    assert check in set(raised.value.failure_cases["check"])
    with pytest.raises(pandera.errors.SchemaError):
        MODELS[name].validate(frame)


def test_model_takes_tolerance_from_the_printed_decimals(built_root):
    """The same gap of 2 is a violation in whole millions and none where the total was printed in tens."""
    frame = read_partition(built_root, GOODS_AND_SERVICES, "2016-11").iloc[:0].copy()
    row = dict.fromkeys(frame.columns)
    row |= {"release_month": "2016-11", "reference_month": "2016-09"}
    row |= {"period": "1992-01", "period_kind": "month", "is_revised": False, "gaps": "", "corrections": ""}
    row |= {"exports_goods_musd": 10.04, "exports_services_musd": 10.04, "exports_total_musd": 20.2}
    for decimals, holds in (((2, 2, 1), False), ((1, 1, 1), True)):
        row |= {decimals_of(f"exports_{kind}_musd"): d for kind, d in zip(("goods", "services", "total"), decimals, strict=True)}
        values = {"exports_goods_musd": round(10.04, decimals[0]), "exports_services_musd": round(10.04, decimals[1])}
        broken = pd.DataFrame([row | values]).astype(frame.dtypes.to_dict())
        if holds:
            broken["exports_total_musd"] = 20.1
            MODELS["goods_and_services"].validate(broken)
        else:
            with pytest.raises(pandera.errors.SchemaError):
                MODELS["goods_and_services"].validate(broken)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("period", "1992-13"),
        ("period", "1992-02"),
        ("exports_goods_musd", -1.0),
        ("period_kind", "quarter"),
        ("release_month", None),
        ("exports_goods_decimals", 10),
    ],
)
def test_model_refuses_wrong_types_keys_and_ranges(built_root, column, value):
    frame = read_partition(built_root, GOODS_AND_SERVICES, "2016-11")
    MODELS["goods_and_services"].validate(frame)
    frame.loc[1, column] = value  # 1992-01; 1992-02 would stand twice
    with pytest.raises(pandera.errors.SchemaError):
        MODELS["goods_and_services"].validate(frame)


def test_model_refuses_a_frame_with_a_column_missing_or_unknown(built_root):
    frame = read_partition(built_root, GOODS_AND_SERVICES, "2016-11")
    for wrong in (frame.drop(columns="exports_goods_musd"), frame.assign(surprise=1)):
        with pytest.raises((pandera.errors.SchemaErrors, pandera.errors.SchemaError, KeyError)):
            MODELS["goods_and_services"].validate(wrong, lazy=True)
