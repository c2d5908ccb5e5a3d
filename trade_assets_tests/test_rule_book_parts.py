"""The rule book as data: whose rules are whose, where they are shown, and how its page is laid out."""

import pytest

from trade_assets.facts.families import families
from trade_assets.identities.kinds import AlikeDecimals, AlikeSize, Limit, OncePrinted, Rule, Sum
from trade_assets.identities.rule_book import _row, markdown
from trade_assets.identities.rules import RULES, STRUCTURE, rule, rules_of, rules_shown_at, structure_of, structure_shown_at
from trade_assets.identities.structure import of_series_files, printed_as_their_columns, rows_of_their_month
from trade_assets.metrics import registry
from trade_assets.metrics.definitions import BY_METRIC, _readable, applies_to, definitions
from trade_assets.metrics.formulas import ANY, Case, Definition, Operand, Window, is_signed, percent, printed
from trade_assets.metrics.registry import Metrics, WideMetrics, metrics_declared

ABOUT = {"name": "r", "table": "t", "description": "It is so.", "source": "made up", "authority": "definition"}


# Rules


def _in_turn(found):
    return list(families()).index(found.family)


def test_each_rule_is_of_the_family_that_declares_it():
    assert [found.name for found in rules_of("fred")] == ["observations_are_of_the_series_named"]
    assert "year_equals_sum_of_months" in {found.name for found in rules_of("ft900")}
    assert [found for name in families() for found in rules_of(name)] == sorted(RULES, key=_in_turn)
    assert [found for name in families() for found in structure_of(name)] == sorted(STRUCTURE, key=_in_turn)
    assert rules_of("no family") == structure_of("no family") == ()
    assert {found.family for found in (*RULES, *STRUCTURE)} <= set(families())


def test_rules_are_shown_at_their_table():
    assert [found.name for found in rules_shown_at("price_changes")] == [
        "same_fact_printed_twice_agrees", "monthly_changes_compound_to_twelve_months", "revised_marks_stand_in_open_months",
    ]  # fmt: skip
    assert {found.table for found in rules_shown_at("price_indexes")} == {"price_indexes"}
    assert [found.name for found in structure_shown_at("goods_and_services")] == ["trade_figures_are_printed_as_their_columns"]
    assert rules_shown_at("no table") == structure_shown_at("no table") == ()
    tables = {found.table for found in RULES}
    assert sum(len(rules_shown_at(table)) for table in tables) == len(RULES)


def test_a_rule_is_found_by_its_name():
    assert rule(RULES[-1].name) is RULES[-1] and rule(RULES[0].name) is RULES[0]
    with pytest.raises(KeyError, match=r"no identity named 'nothing'; known: goods_plus_services_equals_total, balance_equals"):
        rule("nothing")


def test_kinds_prove_by_their_strength():
    strengths = {kind.__name__: kind.strength for kind in {type(found) for found in (*RULES, *STRUCTURE)}}
    assert strengths == {
        **dict.fromkeys(("Sum", "PeriodSum", "PartsSum", "TopSum", "Running", "Agree"), "exact"),
        **dict.fromkeys(("OnYearBefore", "Change", "Whole", "Share"), "exact"),
        **dict.fromkeys(("WeightedChange", "Compound"), "interval"),
        **dict.fromkeys(("PartsWithin", "Limit", "Marks", "Labelled", "Includes", "NeverFalls"), "limit"),
        **dict.fromkeys(("Regular", "AlikeDecimals", "AlikeSize", "OncePrinted", "Rows"), "limit"),
    }  # fmt: skip


# Structure


def test_how_figures_are_printed_is_said_by_flag():
    found = printed_as_their_columns("name", "table")
    assert (found.name, found.table, found.authority, found.is_occasional) == ("name", "table", "inferred", False)
    assert found.flags == {
        "irregular_decimals": "it has other decimals than its column",
        "irregular_sign": "its unit sign is not that of its column",
        "irregular_grouping": "its digits are not grouped by thousands",
        "irregular_gap": "no figure is printed, where its column has one in every row",
    }
    rows = rows_of_their_month("rows", "table")
    assert (rows.name, rows.table, rows.authority, rows.kind, rows.strength) == ("rows", "table", "inferred", "rows", "limit")


def test_files_of_one_series_have_three_rules():
    decimals, size, once = of_series_files("shown", "printed", "levels")
    assert isinstance(decimals, AlikeDecimals) and (decimals.least, decimals.rare) == (8, 20)
    assert isinstance(size, AlikeSize) and (size.around, size.least, size.factor) == (6, 4, 4)
    assert isinstance(once, OncePrinted)
    assert [(each.name, each.table, each.printed, each.authority) for each in (decimals, size, once)] == [
        (name, "shown", "printed", "inferred")
        for name in (
            "levels_have_the_decimals_of_their_series", "levels_are_of_the_size_of_those_around",
            "levels_of_a_year_stand_once_or_all_twice",
        )
    ]  # fmt: skip


# The page


def test_a_rule_is_a_row_of_the_page():
    found = Sum(total="a", parts={"b": 1}, **ABOUT)
    assert _row(found) == "| `r` | sum | to the print | It is so. | **definition**: made up |"
    assert _row(Limit(measure="value", low=0, **ABOUT)).startswith("| `r` | bounds | within bounds | ")


def test_the_page_has_a_section_per_family_with_rules_and_ends_with_what_stands_beside():
    page = markdown()
    headings = [line.removeprefix("## ") for line in page.split("\n") if line.startswith("## ")]
    of_families = [family.heading for family in families().values() if rules_of(family.name)]
    assert headings == [*of_families, "What a total consists of", "Beside the arithmetic"]
    assert page.startswith("# The rule book\n\nGenerated from ") and page.endswith(" |\n") and not page.endswith("\n\n")
    for found in (*RULES, *STRUCTURE):
        assert page.count(f"\n{_row(found)}\n") == 1
    beside = page[page.index("## Beside the arithmetic") :]
    assert all(_row(found) in beside for found in STRUCTURE) and not any(_row(found) in beside for found in RULES)
    assert page.index(_row(rules_of("mxp")[0])) > page.index(f"## {families()['mxp'].heading}")
    assert "\n| sum: `Sum` | A total equals the signed sum of its parts, wherever one of them is printed, period by period. |\n" in page


# Metrics: declarations


def test_a_family_without_metrics_has_none_of_each():
    assert list(metrics_declared()) == list(families())
    assert metrics_declared()["fred"] == Metrics() and metrics_declared()["fred"].tables == ()
    assert [table.name for table in metrics_declared()["ft900"].tables] == ["trade_changes", "trade_ratios"]
    assert registry.metrics_declared() is metrics_declared()


def test_the_tables_of_a_family_are_those_of_its_wide_metrics():
    tables = metrics_declared()["ft900"].tables
    wide = tuple(WideMetrics(table, list) for table in reversed(tables))
    assert Metrics(wide=wide).tables == tuple(reversed(tables))


@pytest.mark.parametrize(
    ("series", "signed"),
    [
        ("balance.goods", True), ("balance.", False), ("balance", False), ("exports.goods", False), ("exports.balance.goods", False),
        ("exports.goods_adjustments_nsa", True), ("imports.adjustments", True), ("imports.adjustment", True),
        ("exports.net_adjustment.x", True),
        ("adjustments", False), ("exports.adjustmentsx", False), ("exports.readjustments", False),
    ],
)  # fmt: skip
def test_figures_that_may_be_negative(series, signed):
    assert is_signed(series) is signed


def test_a_percent_change_is_of_two_windows_less_one():
    now, before = Window(0, 3), Window(12, 3)
    assert percent(now, before, "index") == Case(
        ".+", (Operand(1, "{series}", now, "index"),), (Operand(1, "{series}", before, "index"),), minus=1
    )
    assert percent(now, before).above[0].measure == percent(now, before).below[0].measure == "value"


def test_a_printed_figure_is_a_metric():
    found = printed("m", "musd", "value")
    assert found == Definition(
        "m", "v(m)", "musd", "official", "the figure as printed", (Case(".+", (Operand(1, "{series}", Window(0), "value"),)),)
    )
    before = printed("m", "musd", "index", "change_1_month", 2)
    assert before.formula == "v(m−2)"
    assert before.cases[0].above == (Operand(1, "{series}", Window(2), "index", frequency="change_1_month"),)


def test_operands_are_of_the_family_that_declares_them_unless_they_name_one():
    def operands(family):
        return tuple(Operand(weight, "s", family=family if weight % 2 else "other") for weight in range(2))

    case = Case("s", operands(""), operands("")[1:], operands("")[:1], operands(""), operands(""), minus=1, named="n")
    given = case.of_family("f")
    assert given == Case("s", operands("f"), operands("f")[1:], operands("f")[:1], operands("f"), operands("f"), minus=1, named="n")
    assert given.sums == (given.above, given.below, given.both, given.times, given.over)
    definition = Definition("m", "", "", "ours", "", (case, case), power=2).of_family("f")
    assert definition.cases == (given, given) and definition.power == 2


def test_what_a_family_need_not_say_of_a_metric():
    found = Definition("m", "", "", "ours", "", ())
    assert (found.scale, found.power, found.frequencies, found.seasonal_adjustment, found.base, found.note) == (
        1, 1, ("month",), "as the series", "none: current dollars", "",
    )  # fmt: skip
    assert (found.needs_seasonal_adjustment, found.is_of_signed, found.has_one_base) == (False, True, False)
    assert Window() == Window(0, 1) and Operand(2, "s") == Operand(2, "s", Window(0, 1), "value", "", None)
    case = Case("s", ())
    assert (case.sums, case.minus, case.named) == (((),) * 5, 0, "{series}")


# Metrics: what is said of them


def test_the_definitions_are_told_in_order_with_their_units_in_words():
    told = definitions("2026-12")
    assert told["metric"].tolist() == sorted(told["metric"]) and told["release_month"].eq("2026-12").all()
    units = dict(zip(told["metric"], told["unit"], strict=True))
    assert {name: units[name] for name in ("change_1_month", "change_1_month_pct", "deflated_goods", "terms_of_trade")} == {
        "change_1_month": "that of the figures", "change_1_month_pct": "percent",
        "deflated_goods": "million_usd at base-period prices", "terms_of_trade": "index",
    }  # fmt: skip
    own = BY_METRIC["deflated_goods"]
    (row,) = told[told["metric"] == "deflated_goods"].to_dict("records")
    assert {name: row[name] for name in ("formula", "seasonal_adjustment", "base", "authority", "source", "note")} == {
        "formula": own.formula, "seasonal_adjustment": own.seasonal_adjustment, "base": own.base, "authority": own.authority,
        "source": own.source, "note": own.note,
    }  # fmt: skip
    assert row["applies_to"] == applies_to(own)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (ANY, "every series"),
        (r"(?P<flow>exports|imports)\.total", "(exports|imports).total"),
        (r"(?:exports|imports)\.end_use\..+", "(exports|imports).end_use.*"),
        (r"exports\.goods", "exports.goods"),
    ],
)
def test_patterns_are_said_as_people_write_them(pattern, said):
    assert _readable(pattern) == said


def test_what_a_metric_applies_to():
    case = Case(r"exports\..+", (Operand(1, "x", measure="index", family="f"), Operand(1, "y", family="g")))
    other = Case(ANY, (Operand(1, "x", family="f"),))
    assert applies_to(Definition("m", "", "", "ours", "", (case, other))) == "f index: exports.*; f value: every series"
    yearly = Definition("m", "", "", "ours", "", (other,), frequencies=("month", "year"))
    assert applies_to(yearly) == "f value: every series, per year too"
    assert applies_to(Definition("m", "", "", "ours", "", (other,), frequencies=("year",))) == "f value: every series"


def test_a_rule_needs_its_source():
    with pytest.raises(ValueError, match=r"^a declared rule needs a source"):
        Rule(**ABOUT | {"source": " "})
