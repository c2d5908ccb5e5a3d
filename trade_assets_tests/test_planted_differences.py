"""Planted differences between two publications: nothing that is lost goes unsaid, and nothing else is called a loss."""

import dataclasses
import json
import re

import pandas as pd
import pytest

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.schemas import Column
from trade_assets.facts.tables import METRICS, VALIDATED
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES, TRADE_RATIOS
from trade_assets.families.mxp.tables import PRICE_CHANGES, PRICE_INDEXES
from trade_assets.publication.difference import UNSAID, difference
from trade_assets.publication.difference_report import as_json, markdown, sentences
from trade_assets.publication.earlier_releases import Former
from trade_assets.publication.publish import publication
from trade_assets.warehouse.partitions import read_partition


def _goods(month, values, *, gaps=None, column="exports_goods_musd"):
    """A month's goods and services: a value, or none, of one column by period."""
    rows = [
        dict.fromkeys(GOODS_AND_SERVICES.by_name)
        | {"release_month": month, "period": period, "period_kind": "month", "is_revised": False, column: value,
           column.replace("_musd", "_decimals"): None if value is None else 0, "gaps": (gaps or {}).get(period, ""), "corrections": ""}
        for period, value in values.items()
    ]  # fmt: skip
    return conform(pd.DataFrame(rows), GOODS_AND_SERVICES)


def _compare(former, now, table=GOODS_AND_SERVICES, *more):
    """The difference of tables that one product prints, the former ones of 2018-06."""
    frames = {each.name: empty(each) for each in (*VALIDATED, *METRICS)}
    compared = {f"{each.layer}.{each.name}": {"ft900": "2018-06"} for each in (table, *more)}
    return difference("2018-08", (table, *more), frames | now, Former(frames | former, compared, {}))


def test_planted_data_loss_is_said_first():
    former = _goods("2018-06", {"2018-01": 10.0, "2018-02": 20.0, "2018-03": 30.0, "2018-04": 40.0, "2018-05": 50.0})
    now = _goods(
        "2018-08", {"2018-02": 20.0, "2018-04": None, "2018-05": 51.0, "2018-06": 60.0},
        gaps={"2018-04": "exports_goods_musd: withheld_by_issue_0123456789ab"},
    )  # fmt: skip
    found = _compare({"goods_and_services": former}, {"goods_and_services": now})
    assert found.compared_with == {"validated.goods_and_services": {"ft900": "2018-06"}}
    assert [(each.kind, each.figures, each.first, each.last, each.reason) for each in found.losses] == [
        ("period", 1, "2018-03", "2018-03", None),
        ("figure", 1, "2018-04", "2018-04", "withheld_by_issue_0123456789ab"),
    ]
    # A window that moved on is no loss.
    assert [(each.kind, each.figures, each.first, each.reason) for each in found.rolled_off] == [
        ("period", 1, "2018-01", "they end before 2018-02, with which the series begins"),
    ]
    assert [(each.period, each.former, each.now, each.size_pct) for each in found.changes] == [("2018-05", "50", "51", 2.0)]
    assert [(each.kind, each.first) for each in found.additions] == [("period", "2018-06")]
    text = markdown(found)
    assert re.findall("^## .*", text, re.MULTILINE) == [
        "## Data loss: 2 figures", "## Changed: 1 figure", "## Added: 1 figure", "## Rolled off: 1 figure",
    ]  # fmt: skip
    assert list(json.loads(as_json(found)))[:4] == ["release_month", "losses", "changes", "additions"]
    said = list(sentences(found))
    assert said[0] == "against 2018-06: 2 figures lost, 1 changed, 1 added"
    assert all(line.startswith("LOST ") for line in said[1:])


def test_a_lost_table_and_a_lost_series_are_said(built_root):
    indexes, changes = (read_partition(built_root, table, "2018-08") for table in (PRICE_INDEXES, PRICE_CHANGES))
    gone = "imports.end_use.all_commodities"
    assert gone in set(indexes["series"])
    now = {"price_indexes": indexes[indexes["series"] != gone]}
    found = _compare({"price_indexes": indexes, "price_changes": changes}, now, PRICE_INDEXES, PRICE_CHANGES)
    assert [(each.kind, each.table, each.series) for each in found.losses] == [
        ("table", "validated.price_changes", ""),
        ("series", "validated.price_indexes", gone),
    ]
    assert found.losses[1].figures == 8  # all eight figures of its row
    assert found.changes == found.additions == ()


def test_a_row_of_another_period_is_no_change(built_root):
    indexes = read_partition(built_root, PRICE_INDEXES, "2018-08")
    found = _compare({"price_indexes": indexes.assign(period="2018-06")}, {"price_indexes": indexes}, PRICE_INDEXES)
    assert found.moved_on["validated.price_indexes"] == int(indexes[list(PRICE_INDEXES.figures)].notna().sum().sum()) > 2000
    assert found.changes == ()


def test_a_figure_to_date_that_gave_way_is_no_loss_and_one_that_did_not_is():
    """January to September gives way to January to October, or to the year; that of another year does not."""
    former = _goods("2018-06", dict.fromkeys(("2015", "2016-01/2016-09", "2017-01/2017-09", "2018-01/2018-03"), 1.0))
    now = _goods("2018-08", dict.fromkeys(("2015", "2016", "2017-01/2017-10"), 1.0))
    found = _compare({"goods_and_services": former}, {"goods_and_services": now})
    assert [(each.first, each.last) for each in found.rolled_off] == [("2016-01/2016-09", "2017-01/2017-09")]
    assert [(each.first, each.last) for each in found.losses] == [("2018-01/2018-03", "2018-01/2018-03")]


@pytest.mark.slow
def test_releases_that_are_no_neighbours_are_not_compared(built_root):
    """The shipped price releases end with 2012-07 and 2018-07: 72 months apart, and nobody knows what went in which release."""
    found = publication(built_root, "2018-08").difference
    assert {product: tuple(distance) for product, distance in found.distant.items()} == {"mxp": ("2018-07", "2012-07", "2012-08", 72)}
    assert found.losses == found.changes == found.additions == () and found.compared_with == {}
    said = "since the last release in the store is that of 2012-08, which ends with 2012-07, 72 months before 2018-07"
    assert list(sentences(found)) == [f"mxp is not compared, {said}"]
    assert f"* not compared: `mxp`, {said}" in markdown(found)
    # Families without a document in the month are not lost.
    assert found.not_released == {"ft900": "2016-11", "uscc": "2013-01"}
    assert "validated.goods_and_services" not in found.compared_with
    assert "metrics.figures" in found.not_compared and "metrics.definitions" not in found.not_compared  # which has no figures
    assert "metrics.figures" in markdown(found).partition("## Not compared")[2]


def test_a_missing_metric_without_a_reason_says_so():
    def ratios(month, value):
        row = {"period": ["2018-01"], "exports_to_imports_pct": [value], "services_share_of_exports_pct": [1.0], "gaps": [""]}
        return conform(pd.DataFrame(row), TRADE_RATIOS, release_month=month, reference_month="")

    former = {"trade_ratios": ratios("2018-07", 80.0)}
    found = _compare(former, {"trade_ratios": ratios("2018-08", None)}, TRADE_RATIOS)
    assert [(each.column, each.reason) for each in found.losses] == [("exports_to_imports_pct", UNSAID)]
    # The last digit of a computed number is no change; a printed figure changes with its last digit.
    found = _compare(former, {"trade_ratios": ratios("2018-08", 80.0 + 1e-12)}, TRADE_RATIOS)
    assert found.changes == ()


def test_lists_are_cut_and_counts_are_not():
    months = [f"{year}-{month:02d}" for year in range(1990, 2018) for month in range(1, 13)]
    former = _goods("2018-06", dict.fromkeys(months, 100.0))
    now = _goods("2018-08", {month: 101.0 + number for number, month in enumerate(months)})
    found = _compare({"goods_and_services": former}, {"goods_and_services": now})
    assert len(months) == 336 == len(found.changes)
    assert found.changes[0].period == "2017-12"  # the largest
    told = json.loads(as_json(found))["changes"]
    assert told["figures"] == told["entries"] == 336 and len(told["listed"]) == 200
    text = markdown(found)
    assert "## Changed: 336 figures" in text and "* and 316 more, with 316 figures" in text
    products = {f"fred S{number:03d}": "2018-06" for number in range(300)}
    found = dataclasses.replace(found, compared_with={"validated.fred_observations": products}, not_released=products)
    assert "* compared with 2018-06: validated.fred_observations (`fred S000`, `fred S001`" in markdown(found)
    assert "`fred S004`, 295 more)" in markdown(found) and "\n* and 280 more\n" in markdown(found)
    told = json.loads(as_json(found))["not_released"]
    assert told["entries"] == 300 and len(told["listed"]) == 200


def test_hostile_labels_are_code_in_the_report():
    columns = (*TRADE_RATIOS.columns, Column("label", "string", "label"))
    table = dataclasses.replace(TRADE_RATIOS, key=("label", "period"), columns=columns, by_name={})

    def frame(month, labels):
        row = {"period": "2018-01", "exports_to_imports_pct": 1.0, "services_share_of_exports_pct": 1.0, "gaps": ""}
        return conform(pd.DataFrame([row | {"label": label} for label in labels]), table, release_month=month, reference_month="")

    labels = ["<img src=x onerror=alert(1)>", "`` `x` [a](http://example.com)", "a\n# heading\n* item", "\x1b[31m"]
    found = _compare({"trade_ratios": frame("2018-07", labels)}, {"trade_ratios": frame("2018-08", ["sound"])}, table)
    assert len(found.losses) == len(labels)
    lines = [line for line in markdown(found).split("\n") if line.startswith("* series")]
    assert len(lines) == len(labels) + 1  # and the one that was added
    assert not [line for line in markdown(found).split("\n") if line.startswith(("# heading", "* item"))]
    for line in lines:
        outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
        assert not set("<>[`") & set(outside), line
    assert all(line.isprintable() for line in sentences(found))
