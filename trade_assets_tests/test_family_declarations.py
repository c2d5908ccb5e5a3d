"""What each family declares of itself: its place, when its releases are due, its headlines, and who says its rules."""

import datetime as dt
from decimal import Decimal

import pytest

from trade_assets.facts.assumed import ASSUMED
from trade_assets.facts.columns import figure, metric, text
from trade_assets.facts.declared import Assumption, Declared
from trade_assets.facts.families import IncompleteFamilyError, families, parts
from trade_assets.facts.known import Known, is_index, known_figures, known_from, name_of, names, printed_decimal
from trade_assets.facts.label_judgement import AVERAGE
from trade_assets.facts.licences import UNITED_STATES
from trade_assets.facts.period_rules import OWN
from trade_assets.facts.schemas import Column, Fact
from trade_assets.facts.tables import ALL_TABLES, FACTS
from trade_assets.identities.rules import rule

PLACES = {"ft900": 1, "mxp": 2, "fred": 3, "uscc": 4, "kei": 5}
"""Others may be added; of these nothing may change unseen."""


def _of_these(names):
    return [name for name in names if name in PLACES]


def test_families_stand_in_their_order():
    assert _of_these(families()) == list(PLACES)
    assert {name: families()[name].place for name in PLACES} == PLACES
    places = [family.place for family in families().values()]
    assert places == sorted(set(places))
    assert _of_these(FACTS) == ["ft900", "mxp", "fred", "uscc"]


@pytest.mark.parametrize(
    ("family", "day", "cron", "due"),
    [
        ("ft900", 9, "0 9 9 * *", dt.datetime(2026, 1, 9, 14, tzinfo=dt.UTC)), ("mxp", 17, "0 9 17 * *", dt.datetime(2026, 1, 17, 14,
        tzinfo=dt.UTC)),
    ],
)  # fmt: skip
def test_when_a_release_is_due(family, day, cron, due):
    """At nine in New York, in winter five hours behind."""
    calendar = families()[family].calendar
    assert (calendar.day, calendar.cron) == (day, cron)
    assert calendar.due("2026-01") == due
    assert calendar.due("2026-07") == dt.datetime(2026, 7, day, 13, tzinfo=dt.UTC)


def test_of_other_families_nothing_regular_is_known():
    assert [name for name in PLACES if families()[name].calendar is None] == ["fred", "uscc", "kei"]


def test_parts_are_of_the_families_that_have_them():
    assert _of_these(parts("readers")) == ["ft900", "mxp", "fred", "uscc", "kei"]
    assert _of_these(parts("formulas")) == ["ft900", "mxp"]
    assert _of_these(parts("policy")) == ["ft900", "mxp", "fred"]
    assert _of_these(parts("tables", "METRIC_TABLES")) == ["ft900", "mxp", "fred", "uscc"]
    with pytest.raises(IncompleteFamilyError) as caught:
        parts("tables", "NONE")
    assert str(caught.value) == "trade_assets/families/ft900/tables.py declares no NONE"


def test_what_ids_and_codes_are_is_named_in_the_catalogue():
    assert {name: dict(families()[name].named_in) for name in PLACES if families()[name].named_in} == {
        "mxp": {"bls_series": "label", "bls_footnotes": "meaning"}, "fred": {"fred": "label"},
    }  # fmt: skip


def test_headlines():
    """Name, series, measure, whether it is a change, words, months."""
    found = {
        family: [(h.series, h.measure, h.is_change, h.up, h.down, h.months) for h in of]
        for family, of in parts("headlines").items()
        if family in PLACES
    }
    imports, exports = "imports.end_use.all_commodities", "exports.end_use.all_commodities"
    assert found == {
        "ft900": [("balance.total", "value", True, "narrowed", "widened", 1), ("exports.total", "value", True, "rose", "fell", 1),
                  ("imports.total", "value", True, "rose", "fell", 1)],
        "mxp": [(imports, "percent_change", False, "rose", "fell", 1), (exports, "percent_change", False, "rose", "fell", 1),
                (imports, "percent_change", False, "rose", "fell", 12), (exports, "percent_change", False, "rose", "fell", 12)],
        "uscc": [("exports.china.total", "value", False, "are positive", "are negative", 1),
                 ("imports.china.total", "value", False, "are positive", "are negative", 1)],
    }  # fmt: skip


OCCASIONAL = {
    "change_on_year_equals_difference_of_years", "percent_change_on_year_matches_years", "sheets_of_one_table_agree",
    "index_printed_twice_agrees", "indexes_are_of_the_series_named", "observations_are_of_the_series_named",
}  # fmt: skip
"""Rules of what only some documents of a family print."""


def _rules():
    """The rules that families declare, as the rule book has them by name."""
    return [rule(each.name) for of in parts("rules").values() for each in of]


def test_which_rules_only_some_documents_have():
    assert {each.name for each in _rules() if each.is_occasional} >= OCCASIONAL
    assert not rule("goods_plus_services_equals_total").is_occasional


def test_limits_of_rules():
    found = {
        each.name: (each.low, each.high, getattr(each, "is_low_excluded", False), getattr(each, "is_print", False))
        for each in _rules() if hasattr(each, "low")
    }  # fmt: skip
    limits = {
        "relative_importance_of_all_is_100": (100, 100, False, False), "indexes_are_positive": (0, None, True, True),
        "relative_importances_lie_within_0_and_100": (0, 100, False, False), "percent_changes_lie_above_minus_100": (-100, None, True,
         False),
        "share_of_total_is_100": (100, 100, False, False), "shares_lie_within_0_and_100": (0, 100, False, False),
    }  # fmt: skip
    assert {name: found[name] for name in limits} == limits
    whole = rule("relative_importance_of_all_is_100")
    assert {"imports.end_use.all_commodities", "exports.end_use.all_commodities"} <= set(whole.series)
    assert all(s.endswith(".all_commodities") or s.startswith(("imports.locality.", "transportation.")) for s in whole.series)
    assert "imports.end_use.10" not in whole.series


def test_sums_of_rules():
    found = {each.name: dict(each.parts) for each in _rules() if isinstance(getattr(each, "parts", None), dict)}
    sums = {
        "goods_plus_services_equals_total": {"{flow}.goods": 1, "{flow}.services": 1},
        "balance_equals_exports_minus_imports": {"exports.{kind}": 1, "imports.{kind}": -1},
        "bop_basis_equals_census_basis_plus_adjustments": {"{flow}.goods_census_nsa": 1, "{flow}.goods_adjustments_nsa": 1},
        "goods_balance_equals_exports_minus_imports": {"exports.goods_{basis}_nsa": 1, "imports.goods_{basis}_nsa": -1},
        "technology_balance_equals_exports_minus_imports": {
            "exports.china.advanced_technology.{group}": 1, "imports.china.advanced_technology.{group}": -1},
        "technology_groups_sum_to_total": {f"{{flow}}.china.advanced_technology.{number:02}": 1 for number in range(1, 11)},
        "first_time_plus_reinvested_equals_total": {
            "china.outbound_investment.first_time": 1, "china.outbound_investment.reinvested_profits": 1},
    }  # fmt: skip
    assert {name: found[name] for name in sums} == sums


# Declarations


@pytest.mark.parametrize(
    ("source", "authority", "said"),
    [
        ("", "inferred", "a declared rule needs a source and one of published, definition, inferred, not 'inferred'"),
        (" ", "definition", "a declared rule needs a source and one of published, definition, inferred, not 'definition'"),
        ("x", "guessed", "a declared rule needs a source and one of published, definition, inferred, not 'guessed'"),
        ("BLS says so", "published", "what a publisher states needs a document with its year, not 'BLS says so'"),
        ("BLS, 1850", "published", "what a publisher states needs a document with its year, not 'BLS, 1850'"),
        ("BLS, 20180", "published", "what a publisher states needs a document with its year, not 'BLS, 20180'"),
    ],
)
def test_half_a_declaration_is_none(source, authority, said):
    with pytest.raises(ValueError) as caught:
        Declared(source=source, authority=authority)
    assert str(caught.value) == said


def test_only_what_is_inferred_says_so():
    assert [Declared(source="of 2018", authority=of).note for of in ("published", "definition", "inferred")] == [
        "", "", " (inferred: no publisher states the rule)",
    ]  # fmt: skip
    assert [Declared(source="of 2018", authority=of).is_inferred for of in ("published", "definition", "inferred")] == [False, False, True]
    assert Declared(source="nobody", authority="definition")


def test_assumptions_name_the_module_that_relies_on_them():
    from trade_assets_tests.conftest import REPOSITORY

    assert all(isinstance(each, Assumption) and (REPOSITORY / "trade_assets" / each.where).is_file() for each in ASSUMED)
    assert [each for each in ASSUMED if not each.statement or not each.guard] == []
    assert len({each.statement for each in ASSUMED}) == len(ASSUMED) >= 20


# Known figures


def test_figures_are_exactly_as_printed():
    assert [str(printed_decimal(value, decimals)) for value, decimals in ((1.5, 1), (1.5, 2), (100.0, 0), (-0.1, 1), (1e15, 0))] == [
        "1.5", "1.50", "100", "-0.1", "1000000000000000",
    ]  # fmt: skip


def test_what_a_document_lets_us_know():
    printed = {
        ("a", "value"): {"2020-01": Decimal("-8"), "2020": Decimal(5), "2020-01/2020-02": Decimal(7), "2020-02": Decimal("0.4")},
        ("b", "value"): {"2020": Decimal(5)},
    }
    assert known_from(printed) == {"a": {"2020-01": Known(Decimal(-8), Decimal(2)), "2020-02": Known(Decimal("0.4"), Decimal("0.1"))}}


def test_known_figures_are_read_from_the_catalogue():
    found = known_figures()["balance.total"]
    assert (found["1992-01"], found["1993-03"]) == (Known(Decimal(-2026), Decimal(0)), Known(Decimal(-6777), Decimal(3600)))
    assert (is_index("imports.end_use.10"), is_index("imports.goods"), is_index("end_use.")) == (True, False, False)


def test_series_are_called_as_bls_or_else_fred_calls_them():
    assert (name_of("balance.total"), name_of("imports.end_use.all_commodities"), name_of("x")) == ("BOPGSTB", "EIUIR", "x")
    assert names()["exports.end_use.all_commodities"] == "EIUIQ"
    assert AVERAGE == "average"


# Columns


def test_a_figure_stands_beside_its_decimals():
    fact = Fact("s", "value", OWN)
    assert figure("x_musd", "of x", "million_usd", fact, 0, 100) == (
        Column("x_musd", "float", "of x", unit="million_usd", low=0, high=100, holds=fact),
        Column("x_decimals", "int", "printed decimals of x_musd", low=0, high=9),
    )
    bare = figure("x", "of x", "index", fact)[0]
    assert (bare.low, bare.high, bare.is_nullable) == (None, None, True)


def test_a_metric_is_computed():
    column = metric("x_pct", "of x", "percent", "share", "a", {"b": "c"})
    assert (column.name, column.kind, column.unit, column.holds) == ("x_pct", "float", "percent", None)
    assert (column.computes.metric, column.computes.series, dict(column.computes.unless)) == ("share", "a", {"b": "c"})
    assert metric("x", "of x", "percent", "share").computes.series == "{series}"
    assert text("a", "b") == Column("a", "string", "b")


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: f"{table.layer}.{table.name}")
def test_the_key_of_a_table_is_never_missing_and_flags_are_known(table):
    """But for the place of a mark: a figure of a row without figures has none."""
    for name in table.key:
        column = table.by_name[name]
        assert not column.is_nullable or name in {"line", "start", "row", "period", "months_long", "measure", "series"}, name
    for column in table.columns:
        if column.name in ("release_month", "family", "sha256") or column.kind == "bool":
            assert not column.is_nullable, column.name


def test_works_of_the_united_states_have_the_licence_of_data_packages():
    """Data Package, version 2: name of the Open Definition, path and title; https://datapackage.org/standard/data-package/#licenses."""
    assert set(UNITED_STATES) == {"name", "path", "title"} and UNITED_STATES["name"] == "other-pd"
    assert UNITED_STATES["path"] == "https://www.usa.gov/government-copyright"
