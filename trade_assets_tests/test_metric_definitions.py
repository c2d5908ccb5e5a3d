"""The definitions of metrics: every one is used, sound and as official as it says, and applies to its series only."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from trade_assets.facts.frames import empty
from trade_assets.facts.periods import months_between
from trade_assets.facts.tables import METRIC_DEFINITIONS, METRIC_FIGURES
from trade_assets.metrics.definitions import BY_METRIC, DEFINITIONS, definitions
from trade_assets.metrics.figures import figures
from trade_assets.vintages.knowledge import KNOWLEDGE
from trade_assets_tests.facts_by_schema import conforms
from trade_assets_tests.plain_formulas import FORMULAS
from trade_assets_tests.printed_knowledge import EXPORT_PRICES, IMPORT_PRICES, INDEXES, MONTHS, VALUES, Places, computed, knowledge_of


def test_annualised_changes_are_of_seasonally_adjusted_series_only() -> None:
    places: Places = {
        (series, month): "100" for series in ("exports.goods", "exports.goods_census_nsa") for month in months_between("2020-01", "2020-12")
    }
    found = computed(places)
    annualised = [key for key in found if key[0].startswith("annualised")]
    assert {series for _, series, _ in annualised} == {"exports.goods"} and len(annualised) == 11 + 7
    assert found["change_1_month_pct", "exports.goods_census_nsa", "2020-02"]["value"] == 0
    # What is not stated is not taken for adjusted.
    assert not [key for key in computed(places, seasonal_adjustment=None) if key[0].startswith("annualised")]


def test_terms_of_trade_only_of_localities_that_both_flows_print() -> None:
    places: Places = {(f"imports.locality.{place}", "2020-01"): "102.5" for place in ("canada", "canada.manufacturing", "china")}
    places |= {(f"exports.locality.{place}", "2020-01"): "110.7" for place in ("canada", "canada.manufacturing", "japan")}
    found = {series: row for (metric, series, _), row in computed(places).items() if metric == "terms_of_trade"}
    assert set(found) == {"exports.locality.canada", "exports.locality.canada.manufacturing"}
    assert found["exports.locality.canada"]["value"] == 108.0  # 1107 / 1025
    assert (found["exports.locality.canada"]["unit"], found["exports.locality.canada"]["base_period"]) == ("index", "2000")


def test_goods_are_deflated_each_by_its_own_index() -> None:
    places: Places = {
        ("exports.goods", "2020-01"): "120000", ("imports.goods", "2020-01"): "200000", (EXPORT_PRICES, "2020-01"): "120.0",
        (IMPORT_PRICES, "2020-01"): "125.0",
    }  # fmt: skip
    found = computed(places)
    exports, imports = (found["deflated_goods", f"{flow}.goods", "2020-01"] for flow in ("exports", "imports"))
    assert (exports["value"], imports["value"]) == (100_000, 160_000)
    assert exports["low"] == pytest.approx(100 * 119_999.5 / 120.05) and exports["high"] == pytest.approx(100 * 120_000.5 / 119.95)
    assert (exports["unit"], exports["seasonal_adjustment"], exports["family"]) == ("million_usd at 2000 prices", "mixed", "ft900")
    assert "seasonally adjusted" in BY_METRIC["deflated_goods"].note and "approximation" in BY_METRIC["deflated_goods"].note
    # Without the index there is nothing to deflate by, and no row pretends so.
    assert not [key for key in computed({("exports.goods", "2020-01"): "120000"}) if key[0] == "deflated_goods"]


def test_years_are_compared_with_years() -> None:
    places: Places = {("exports.total", "2018"): "2000", ("exports.total", "2019"): "2100", ("exports.total", "2019-01/2019-09"): "1500",
                      ("imports.total", "2018"): "2500", ("imports.total", "2019"): "2500"}  # fmt: skip
    found = computed(places)
    assert found["change_1_year_pct", "exports.total", "2019"]["value"] == 5
    assert found["exports_to_imports", "exports.total", "2019"]["value"] == 84
    assert {period for _, _, period in found} == {"2018", "2019"}


def test_other_families_give_no_metrics() -> None:
    places: Places = {("exports.total", month): "100" for month in months_between("2020-01", "2020-12")}
    for family in ("fred", "uscc"):
        assert figures(knowledge_of(places, family=family)).empty
    # Nor do their figures fill a hole of the release's own.
    own = knowledge_of({place: said for place, said in places.items() if place[1] != "2020-06"})
    both = pd.concat([own, knowledge_of(places, family="fred")], ignore_index=True)
    pd.testing.assert_frame_equal(figures(both), figures(own))


def test_what_is_known_must_be_of_one_month_and_once() -> None:
    known = knowledge_of({("exports.total", "2020-01"): "100", ("exports.total", "2020-02"): "100"}, "2020-05")
    assert figures(empty(KNOWLEDGE)).empty
    with pytest.raises(ValueError, match="these facts are of 2: 2020-05, 2020-06"):
        figures(pd.concat([known, known.assign(release_month="2020-06")]))
    with pytest.raises(ValueError, match="was published in 2020-06, which 2020-05 could not know"):
        figures(known.assign(published_in="2020-06"))
    with pytest.raises(ValueError, match=r"exports\.total value 2020-01 stands twice"):
        figures(pd.concat([known, known]))
    with pytest.raises(ValueError, match="without its printed decimals"):
        figures(known.assign(decimals=pd.array([pd.NA, 0], dtype="Int64")))


def test_every_metric_is_defined_and_every_definition_is_used() -> None:
    table = definitions("2026-12")
    assert conforms(table, METRIC_DEFINITIONS)
    places: Places = {(series, month): "150.0" for series in (*VALUES, *INDEXES) for month in MONTHS}
    places |= {(series, year): "900" for series in VALUES for year in ("2019", "2020")}
    frame = figures(knowledge_of(places))
    assert conforms(frame, METRIC_FIGURES)
    assert set(frame["metric"]) == set(table["metric"]) == {definition.metric for definition in DEFINITIONS}
    assert len(BY_METRIC) == len(DEFINITIONS)
    # The plain formulas are of all of them, but those of years.
    assert {metric for metric, _ in FORMULAS} == {d.metric for d in DEFINITIONS if d.frequencies != ("year",)}
    said = table.set_index("metric")
    assert (
        said.loc["contribution_1_month", "applies_to"]
        == "ft900 value: (exports|imports).(goods|services); ft900 value: (exports|imports).total"
    )
    assert said.loc["change_1_month_pct", "of_signed"].startswith("where both figures surely have one sign")
    assert said.loc["change_1_month", "of_signed"] == "as of any series"


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.metric)
def test_no_figure_stands_twice_in_a_formula(definition: Any) -> None:
    """What makes the interval exact: no dependency between the two sums, nor within them."""
    for case in definition.cases:
        for month in (24, 29, 35):  # a January, a June, a December
            placed = []
            for operand in (*case.above, *case.below, *case.both):
                last = month - operand.window.lag
                first = last - last % 12 if operand.window.length is None else last - operand.window.length + 1
                series = operand.series.replace("{series}", case.of.replace("\\", "").replace("(?P<flow>exports|imports)", "{flow}"))
                placed += [(operand.family, operand.measure, series, at) for at in range(first, last + 1)]
            assert len(placed) == len(set(placed))
        assert all(operand.weight for operand in (*case.below, *case.both))
    assert (definition.scale == Fraction(1, 3)) == ("average" in definition.metric and definition.unit == "{unit}")


def test_official_is_only_what_a_release_states() -> None:
    """By release: 2012-04-12 (the same month a year earlier), 2016-02-05 (the year), 2020-11-04 (month, year to date), 2022-01-06
    (averages); all but the averages in percent, too."""
    official = {definition.metric for definition in DEFINITIONS if definition.authority == "official"}
    assert official == {
        "change_1_month_pct", "change_12_months_pct", "change_1_year_pct", "change_1_month", "change_12_months", "change_1_year",
        "average_3_months", "average_3_months_change",
        "average_3_months_change_12_months", "year_to_date", "year_to_date_change", "year_to_date_change_pct",
        "index_change_1_month_pct", "index_change_3_months_pct", "index_change_12_months_pct", "terms_of_trade",
    }  # fmt: skip
    for definition in DEFINITIONS:
        assert definition.authority == "ours" or re.match(r"(FT-900|BLS)\b.*\b20\d\d-\d\d", definition.source), definition.source
