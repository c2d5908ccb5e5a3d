"""Each declared formula on made figures: what its operands say is what its words say, computed once more by hand."""

import re
from fractions import Fraction

import pandas as pd
import pytest

from trade_assets.families.ft900.formulas import DEFINITIONS as OF_TRADE
from trade_assets.families.mxp.formulas import DEFINITIONS as OF_PRICES
from trade_assets.families.mxp.metrics import _categories, _fuel_and_nonfuel, _index_months
from trade_assets.families.uscc.metrics import _groups
from trade_assets.metrics.definitions import definitions
from trade_assets.metrics.formulas import Operand, Window
from trade_assets.metrics.registry import metrics_declared

NOW = 12 * 10 + 4
"""The fifth month of a year, counted from a first January."""
DECEMBER = 12 * 10 + 11
SERIES = [f"{flow}.{kind}" for flow in ("balance", "exports", "imports") for kind in ("total", "goods", "services")]


def v(series, month):
    """A made figure of a series, another one in every month and of every series."""
    return Fraction(1000 + 37 * sum(map(ord, series)) % 701 + month * month % 97 + 3 * month)


def _sum(operands, groups, series, month, measure=None):
    total = Fraction(0)
    for operand in operands:
        name = operand.series.format(series=series, **groups)
        last = month - operand.window.lag
        first = last - last % 12 if operand.window.length is None else last - operand.window.length + 1
        total += operand.weight * sum(v(name, each) for each in range(first, last + 1))
    return total


def computed(definition, series, month=NOW):
    """The metric of a series by its operands, and what it is called."""
    for case in definition.cases:
        found = re.fullmatch(case.of, series)
        if found:
            above, below, both, times, over = (_sum(operands, found.groupdict(), series, month) for operands in case.sums)
            value = above + both
            if case.below:
                value /= below + both
            if case.times:
                value *= times
            if case.over:
                value /= over
            return definition.scale * (value**definition.power - case.minus), case.named.format(series=series, **found.groupdict())
    return None


def average(series, month):
    return (v(series, month) + v(series, month - 1) + v(series, month - 2)) / 3


def to_date(series, month):
    return sum(v(series, each) for each in range(month - month % 12, month + 1))


def _moved(series, months, month=NOW):
    return v(series, month) - v(series, month - months)


BY_NAME = {each.metric: each for each in (*OF_TRADE, *OF_PRICES)}


def _defined(name):
    """A definition, which the table of metrics tells as it is declared."""
    told = definitions("2020-03").set_index("metric").loc[name]
    assert (told["formula"], told["authority"], told["source"], told["note"]) == (
        BY_NAME[name].formula, BY_NAME[name].authority, BY_NAME[name].source, BY_NAME[name].note,
    )  # fmt: skip
    return BY_NAME[name]


CHANGES = {
    "change_1_month": lambda s, m: (v(s, m), v(s, m - 1)), "change_12_months": lambda s, m: (v(s, m), v(s, m - 12)),
    "change_1_year": lambda s, m: (v(s, m), v(s, m - 1)), "average_3_months_change": lambda s, m: (average(s, m), average(s, m - 1)),
    "average_3_months_change_3_months": lambda s, m: (average(s, m), average(s, m - 3)),
    "average_3_months_change_12_months": lambda s, m: (average(s, m), average(s, m - 12)),
    "year_to_date_change": lambda s, m: (to_date(s, m), to_date(s, m - 12)),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("month", [NOW, DECEMBER, 12 * 10])
def test_a_change_in_its_unit_and_in_percent(name, month):
    now, before = CHANGES[name]("exports.goods", month)
    assert computed(_defined(name), "exports.goods", month) == (now - before, "exports.goods")
    assert computed(_defined(f"{name}_pct"), "exports.goods", month) == (100 * (now / before - 1), "exports.goods")
    level, percent = _defined(name), _defined(f"{name}_pct")
    assert (level.unit, percent.unit) == ("{unit}", "percent")
    assert (level.is_of_signed, percent.is_of_signed) == (True, False)
    frequencies = ("year",) if name == "change_1_year" else ("month",)
    assert level.frequencies == percent.frequencies == frequencies
    assert level.note == percent.note != ""


OF_TWO = ("exports_to_imports", "services_share", "deflated_goods", "export_over_import_prices", "terms_of_trade")
WORDS = {
    "change_1_month": ("v(m) − v(m−1)", "100 · (v(m) / v(m−1) − 1)"), "change_12_months": ("v(m) − v(m−12)", "100 · (v(m) / v(m−12) − 1)"),
    "change_1_year": ("v(y) − v(y−1)", "100 · (v(y) / v(y−1) − 1)"),
    "average_3_months_change": ("a(m) − a(m−1), a the three-month average", "100 · (a(m) / a(m−1) − 1), a the three-month average"),
    "average_3_months_change_3_months": ("a(m) − a(m−3), a the three-month average",
     "100 · (a(m) / a(m−3) − 1), a the three-month average"),
    "average_3_months_change_12_months": (
        "a(m) − a(m−12), a the three-month average", "100 · (a(m) / a(m−12) − 1), a the three-month average"),
    "year_to_date_change": ("t(m) − t(m−12), t the year to date", "100 · (t(m) / t(m−12) − 1), t the year to date"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_in_words(name):
    level, percent = _defined(name), _defined(f"{name}_pct")
    assert (level.formula, percent.formula) == WORDS[name]
    in_dollars_only = name in ("average_3_months_change", "average_3_months_change_12_months")
    whose = ("ours", "ours") if name == "average_3_months_change_3_months" else ("official", "ours" if in_dollars_only else "official")
    assert (level.authority, percent.authority) == whose
    assert (percent.source == "arithmetic: the change of the publisher's figures in percent of the earlier one") is (whose[1] == "ours")


OTHERS = {
    "average_3_months": lambda s: average(s, NOW), "year_to_date": lambda s: to_date(s, NOW),
    "annualised_change_1_month": lambda s: 100 * ((v(s, NOW) / v(s, NOW - 1)) ** 12 - 1),
    "annualised_average_3_months_change": lambda s: 100 * ((average(s, NOW) / average(s, NOW - 3)) ** 4 - 1),
    **{f"index_change_{name}_pct": lambda s, lag=lag: 100 * (v(s, NOW) / v(s, NOW - lag) - 1)
       for name, lag in (("1_month", 1), ("3_months", 3), ("12_months", 12))},
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_other_metrics_of_one_series(name):
    assert computed(_defined(name), "imports.total") == (OTHERS[name]("imports.total"), "imports.total")


@pytest.mark.parametrize(
    ("name", "series", "expected"),
    [
        ("exports_to_imports", "exports.goods", 100 * v("exports.goods", NOW) / v("imports.goods", NOW)), ("exports_to_imports",
        "imports.goods", None),
        ("services_share", "imports.services", 100 * v("imports.services", NOW) / v("imports.total", NOW)), ("services_share",
        "exports.goods", None),
        ("services_share", "balance.services", None),
        ("deflated_goods", "exports.goods", 100 * v("exports.goods", NOW) / v("exports.end_use.all_commodities", NOW)),
        ("deflated_goods", "exports.total", None),
        ("export_over_import_prices", "exports.end_use.all_commodities",
         100 * v("exports.end_use.all_commodities", NOW) / v("imports.end_use.all_commodities", NOW)),
        ("terms_of_trade", "exports.locality.china", 100 * v("exports.locality.china", NOW) / v("imports.locality.china", NOW)),
        ("terms_of_trade", "imports.locality.china", None),
    ],
)  # fmt: skip
def test_metrics_of_two_series(name, series, expected):
    assert computed(_defined(name), series) == (None if expected is None else (expected, series))


@pytest.mark.parametrize(("name", "months"), [("1_month", 1), ("12_months", 12)])
def test_contributions_and_rounding_add_up(name, months):
    definition = _defined(f"contribution_{name}")
    before = v("exports.total", NOW - months)
    goods, services = (100 * _moved(f"exports.{kind}", months) / before for kind in ("goods", "services"))
    total = 100 * _moved("exports.total", months) / before
    assert computed(definition, "exports.goods") == (goods, "exports.goods")
    assert computed(definition, "exports.services") == (services, "exports.services")
    assert computed(definition, "exports.total") == (total - goods - services, "exports.rounding")
    assert computed(definition, "balance.goods") is None
    balance = _defined(f"balance_contribution_{name}")
    parts = {f"{flow}.{kind}": sign * _moved(f"{flow}.{kind}", months) for flow, sign in (("exports", 1), ("imports", -1))
             for kind in ("goods", "services")}  # fmt: skip
    for series, part in parts.items():
        assert computed(balance, series) == (part, series)
    assert computed(balance, "balance.total") == (_moved("balance.total", months) - sum(parts.values()), "balance.rounding")
    assert computed(balance, "exports.total") is None


def test_the_months_that_two_averages_share_stand_in_both():
    level, percent = _defined("average_3_months_change").cases[0], _defined("average_3_months_change_pct").cases[0]
    assert level.above == (Operand(1, "{series}"), Operand(-1, "{series}", Window(3)), Operand(0, "{series}", Window(1, 2)))
    assert (percent.above, percent.below, percent.both) == (
        (Operand(1, "{series}"),), (Operand(1, "{series}", Window(3)),), (Operand(1, "{series}", Window(1, 2)),),
    )  # fmt: skip


def test_which_metrics_need_what():
    known = {*CHANGES, *(f"{name}_pct" for name in CHANGES), *OTHERS, *OF_TWO}
    declared = [BY_NAME[name] for name in known]
    assert set(BY_NAME) <= set(definitions("2020-03")["metric"])
    assert {each.metric for each in declared if each.needs_seasonal_adjustment} == {
        "annualised_change_1_month", "annualised_average_3_months_change",
    }  # fmt: skip
    assert {each.metric for each in declared if each.has_one_base} == {"export_over_import_prices", "terms_of_trade"}
    assert {each.metric for each in declared if not each.is_of_signed} == {
        *(f"{name}_pct" for name in CHANGES), "annualised_change_1_month", "annualised_average_3_months_change",
    }  # fmt: skip
    assert {each.metric: each.power for each in declared if each.power != 1} == {
        "annualised_change_1_month": 12, "annualised_average_3_months_change": 4,
    }  # fmt: skip
    assert {each.metric: each.frequencies for each in declared if each.frequencies != ("month",)} == {
        "change_1_year": ("year",), "change_1_year_pct": ("year",), "exports_to_imports": ("month", "year"), "services_share": ("month",
         "year"),
    }  # fmt: skip
    measured = {each.metric for each in declared for case in each.cases for of in case.sums for operand in of if operand.measure == "index"}
    assert measured == {
        "deflated_goods",
        "export_over_import_prices",
        "terms_of_trade",
        *(name for name in OTHERS if name.startswith("index_")),
    }
    families = {
        (each.metric, operand.family) for each in declared for case in each.cases for of in case.sums for operand in of if operand.family
    }
    assert families == {("deflated_goods", "mxp")}


# Metrics of single releases


def test_metrics_of_a_price_release():
    found = {each.metric: each for each in metrics_declared()["mxp"].definitions}
    lags = {name: (each.cases[0].above[0].window.lag, each.cases[0].above[0].measure, each.cases[0].above[0].frequency)
            for name, each in found.items() if name.startswith("printed_")}  # fmt: skip
    assert lags == {
        "printed_importance": (1, "relative_importance", None), "printed_change_1_month": (0, "percent_change", "change_1_month"),
        "printed_change_12_months": (0, "percent_change", "change_12_months"),
    }  # fmt: skip
    contribution = found["contribution_to_change"]
    series = "imports.end_use.1"
    assert computed(contribution, series) == (v(series, NOW) * v(series, NOW - 1) / 100, series)
    assert computed(contribution, "imports.naics.11") is None
    (case,) = contribution.cases
    assert (case.above[0].measure, case.above[0].frequency, case.times[0].measure) == (
        "percent_change",
        "change_1_month",
        "relative_importance",
    )
    exports, imports = "exports.end_use.all_commodities", "imports.end_use.all_commodities"
    ratio = [v(exports, month) / v(imports, month) for month in (NOW, NOW - 1)]
    assert computed(found["export_over_import_prices_change"], exports) == (100 * (ratio[0] / ratio[1] - 1), exports)
    assert {operand.measure for of in found["export_over_import_prices_change"].cases[0].sums for operand in of} == {"index"}


def test_metrics_of_a_bulletin():
    found = {each.metric: each for each in metrics_declared()["uscc"].definitions}
    group = "china.advanced_technology.01"
    balance = v(f"exports.{group}", NOW) - v(f"imports.{group}", NOW)
    assert computed(found["exports_less_imports"], f"exports.{group}") == (balance, f"exports.{group}")
    assert computed(found["exports_less_imports"], f"imports.{group}") is None
    total = v("exports.china.advanced_technology.total", NOW) - v("imports.china.advanced_technology.total", NOW)
    assert computed(found["share_of_deficit"], f"exports.{group}") == (100 * balance / total, f"exports.{group}")
    assert computed(found["share_of_deficit"], "exports.china.top_five.chemicals") is None


# The rows of their wide tables


def _price_indexes(*rows):
    return pd.DataFrame(rows, columns=["series", "classification", "code", "period"])


def test_rows_of_price_metrics():
    exports, imports = "exports.end_use.all_commodities", "imports.end_use.all_commodities"
    frame = _price_indexes(
        (imports, "end_use", None, "2018-07"), ("imports.end_use.1", "end_use", "1", "2018-07"), ("imports.end_use.10", "end_use", "10",
        "2018-07"),
        ("imports.naics.1", "naics", "1", "2018-07"), (exports, "end_use", None, "2018-07"),
        ("imports.end_use.all_imports_excluding_fuels", "end_use", None, "2018-07"),
    )  # fmt: skip
    categories = _categories(frame)
    assert list(zip(categories["series"], categories["is_top_level"], strict=True)) == [
        (imports, False), ("imports.end_use.1", True), ("imports.end_use.10", False), (exports, False),
        ("imports.end_use.all_imports_excluding_fuels", False),
    ]  # fmt: skip
    assert _index_months(frame)["period"].tolist() == ["2018-06", "2018-07"]
    assert set(_index_months(frame)["series"]) == {exports}
    assert len(_index_months(frame[frame["series"] != imports])) == len(_index_months(frame[frame["series"] != exports])) == 0
    fuel = _fuel_and_nonfuel(frame)
    assert list(zip(fuel["series"], fuel["component"], strict=True)) == [
        ("imports.end_use.10", "fuel"), ("imports.end_use.all_imports_excluding_fuels", "nonfuel"),
    ]  # fmt: skip


def test_rows_of_the_balances_with_china():
    top = pd.DataFrame(
        [("exports.china.top_five.chemicals", "Chemicals", "2012-11"), ("imports.china.top_five.chemicals", "Chemicals", "2012-11"),
         ("exports.china.top_five.other", "Other", "2012-11"), ("exports.china.total", "Total", "2012-01/2012-11")],
        columns=["series", "label", "period"],
    )  # fmt: skip
    technology = pd.DataFrame([("TOTAL", pd.NA, "2012-11"), ("(01) Biotechnology", "01", "2012-11")], columns=["label", "code", "period"])
    found = _groups(top, technology)
    assert list(zip(found["period"], found["classification"], found["group"], found["group_series"], strict=True)) == [
        ("2012-11", "top_five", "Chemicals", "china.top_five.chemicals"), ("2012-01/2012-11", "top_five", "Total", "china.total"),
        ("2012-11", "advanced_technology", "TOTAL", "china.advanced_technology.total"),
        ("2012-11", "advanced_technology", "(01) Biotechnology", "china.advanced_technology.01"),
        ("2012-01/2012-11", "advanced_technology", "TOTAL", "china.advanced_technology.total"),
        ("2012-01/2012-11", "advanced_technology", "(01) Biotechnology", "china.advanced_technology.01"),
    ]  # fmt: skip
