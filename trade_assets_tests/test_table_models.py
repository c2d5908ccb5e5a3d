"""The pandera models of the validated tables: which rows an identity fails, and what each model asks of its columns."""

import pandas as pd
import pandera.errors
import pytest

from trade_assets.facts.period_rules import OWN
from trade_assets.facts.schemas import Column, Fact, Table
from trade_assets.facts.tables import VALIDATED
from trade_assets.identities.models import MODELS, rows_that_hold
from trade_assets.identities.rules import rule

ADDS = "goods_plus_services_equals_total"
YEAR = "year_equals_sum_of_months"
KINDS = ("goods", "services", "total")
TABLE = Table(
    "validated",
    "made",
    "Made up.",
    (
        Column("reference_month", "string", "."),
        Column("period", "string", "."),
        *(Column(f"{kind}_musd", "float", ".", "million_usd", holds=Fact(f"exports.{kind}", "value", OWN)) for kind in KINDS),
        *(Column(f"{kind}_decimals", "int", ".") for kind in KINDS),
    ),
    key=("reference_month", "period"),
)


def _frame(*rows, index=None):
    """Rows of (release, period, goods, services, total) in whole millions; ``None`` is a gap."""
    records = [
        {"reference_month": release, "period": period}
        | {f"{kind}_musd": figure for kind, figure in zip(KINDS, figures, strict=True)}
        | {f"{kind}_decimals": None if figure is None else 0 for kind, figure in zip(KINDS, figures, strict=True)}
        for release, period, *figures in rows
    ]
    frame = pd.DataFrame(records, index=index)
    return frame.astype({column.name: {"float": "Float64", "int": "Int64", "string": "string"}[column.kind] for column in TABLE.columns})


def test_a_row_fails_where_its_own_sum_does_not_hold():
    frame = _frame(
        ("2001-03", "2001-01", 3, 2, 5), ("2001-03", "2001-02", 3, 2, 9), ("2001-03", "2001-03", 3, None, 9),
        ("2001-03", "2001-04", 3, 2, 1),
    )  # fmt: skip
    held = rows_that_hold(frame, TABLE, ADDS)
    assert held.tolist() == [True, False, True, False], "a sum with a gap is not evaluable and fails nothing"


def test_rows_keep_their_names_and_their_order():
    frame = _frame(
        ("2001-04", "2001-01", 3, 2, 9), ("2001-03", "2001-01", 3, 2, 5), ("2001-04", "2001-02", 3, 2, 5), ("2001-03", "2001-02", 3, 2, 9),
        index=[30, 10, 20, 40],
    )  # fmt: skip
    held = rows_that_hold(frame, TABLE, ADDS)
    assert held.index.tolist() == [30, 10, 20, 40] and held.tolist() == [False, True, True, False]


def test_a_year_is_summed_from_the_months_of_its_own_release():
    """Two releases print the same year; only the one whose months do not add up fails, at the row of the year."""
    months = [f"2001-{month:02d}" for month in range(1, 13)]
    rows = [(release, month, 1, 1, 2) for release in ("2002-01", "2002-02") for month in months]
    frame = _frame(*rows, ("2002-01", "2001", 12, 12, 24), ("2002-02", "2001", 30, 12, 24))
    held = rows_that_hold(frame, TABLE, YEAR)
    assert held.tolist() == [True] * 25 + [False]


def test_a_release_without_a_name_is_a_release():
    frame = _frame((None, "2001-01", 3, 2, 9), (None, "2001-02", 3, 2, 5))
    assert rows_that_hold(frame, TABLE, ADDS).tolist() == [False, True]


ARITHMETIC = {
    "goods_and_services": [ADDS, "balance_equals_exports_minus_imports", YEAR],
    "goods_on_two_bases": [
        "bop_basis_equals_census_basis_plus_adjustments",
        "goods_balance_equals_exports_minus_imports",
        "year_of_goods_equals_sum_of_months",
    ],
    # The sheets of a workbook, and years before its first row, cannot be seen in the rows of one table.
    "annual_changes": [],
    "price_indexes": [
        "percent_change_matches_rounded_indexes",
        "relative_importances_of_parts_sum_to_total",
        "relative_importances_of_some_parts_stay_within_total",
        "relative_importance_of_all_is_100",
        "index_change_matches_weighted_parts",
        "indexes_are_positive",
        "relative_importances_lie_within_0_and_100",
        "percent_changes_lie_above_minus_100",
    ],
    "index_levels": [],
    "price_changes": ["monthly_changes_compound_to_twelve_months"],
    "fred_observations": [],
    "china_trade_growth": [],
    "china_top_five": [
        "top_five_and_other_sum_to_total",
        "shares_of_top_five_and_other_sum_to_total",
        "share_equals_part_over_total",
        "share_of_total_is_100",
        "shares_lie_within_0_and_100",
    ],
    "china_advanced_technology": [
        "technology_balance_equals_exports_minus_imports",
        "technology_groups_sum_to_total",
        "year_to_date_includes_its_last_month",
    ],
    "china_outbound_investment": [
        "first_time_plus_reinvested_equals_total",
        "cumulative_equals_previous_plus_month",
        "cumulative_counts_never_fall",
    ],
    "china_purchasing_manager_surveys": [],
}


def test_every_validated_table_has_a_model_named_as_it():
    assert list(MODELS) == [table.name for table in VALIDATED] == list(ARITHMETIC)
    assert {name: model.__name__ for name, model in MODELS.items()} == {
        name: "".join(word.capitalize() for word in name.split("_")) for name in ARITHMETIC
    }
    assert MODELS["china_top_five"].__name__ == "ChinaTopFive"
    assert MODELS["goods_and_services"].__doc__ == VALIDATED[0].description
    assert {model.__module__ for model in MODELS.values()} == {"trade_assets.identities.models"}


@pytest.mark.parametrize(("name", "identities"), ARITHMETIC.items())
def test_a_model_checks_the_arithmetic_that_its_table_can_show(name, identities):
    checks = MODELS[name].to_schema().checks
    assert [check.name for check in checks] == identities
    assert [check.description for check in checks] == [rule(identity).description for identity in identities]


@pytest.mark.parametrize("table", VALIDATED, ids=lambda table: table.name)
def test_a_model_asks_of_its_columns_what_the_table_declares(table):
    schema = MODELS[table.name].to_schema()
    assert list(schema.columns) == [column.name for column in table.columns]
    assert (schema.strict, schema.coerce, schema.unique) == (True, True, list(table.key))
    for column in table.columns:
        found = schema.columns[column.name]
        assert found.nullable is column.is_nullable and found.description == column.description
        assert (found.metadata or {}) == ({"unit": column.unit} if column.unit else {})
        asked = {check.name: check.statistics for check in found.checks}
        declared = {
            "greater_than_or_equal_to": None if column.low is None else {"min_value": column.low},
            "less_than_or_equal_to": None if column.high is None else {"max_value": column.high},
            "isin": None if column.one_of is None else {"allowed_values": list(column.one_of)},
        }
        pattern = asked.pop("str_matches", None)
        assert asked == {check: said for check, said in declared.items() if said is not None}
        assert (pattern is None) is (column.pattern is None)


def test_a_pattern_is_of_the_whole_text():
    """``2001-1`` and ``2001-01-01`` hold a month, or are one with more behind it; neither is a period."""
    schema = MODELS["goods_and_services"].to_schema()
    for period, is_one in (
        ("2001", True),
        ("2001-01", True),
        ("2001-01/2001-03", True),
        ("2001-01-01", False),
        ("x2001", False),
        ("2001-1", False),
    ):
        frame = pd.DataFrame({"period": [period]})
        column = schema.columns["period"]
        if is_one:
            column.validate(frame)
        else:
            with pytest.raises(pandera.errors.SchemaError):
                column.validate(frame)
