"""What a publication holds: the rows of the warehouse, figures as printed, sources, terms, issues and decisions."""

import csv
import datetime as dt
import hashlib
import shutil
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from trade_assets import cli
from trade_assets.facts.families import families
from trade_assets.facts.frames import conform
from trade_assets.facts.tables import ALL_TABLES, ISSUES, VINTAGE_METRICS
from trade_assets.publication.files import as_read, sorted_rows
from trade_assets.publication.licences import FIGURES_OF, licences
from trade_assets.publication.publish import DATA, EVIDENCE, NOT_PUBLISHED, PublicationError, publication
from trade_assets.review.actions import Wish, decide
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.shown import read_rows
from trade_assets_tests.conftest import SHIPPED
from trade_assets_tests.publications import ISSUE, each_month, package_of, problems_of


@each_month
def test_csv_and_parquet_hold_the_rows_of_the_warehouse(built_root, published, month):
    folder, seen = Path(published[month].path), 0
    for table in ALL_TABLES:
        name = f"{table.layer}.{table.name}"
        if f"{name}.csv" not in {path.name for path in folder.iterdir()}:
            continue
        seen += 1
        stored = sorted_rows(read_rows(built_root, table, month), table)
        if table is ISSUES:
            stored["state"] = stored["state"].replace("new", "open")
        parquet = pq.read_table(folder / f"{name}.parquet").to_pandas()
        pd.testing.assert_frame_equal(conform(parquet, table), stored)
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(stored)
        for column in table.columns:
            read = [_value(row[column.name], column) for row in rows]
            assert read == [None if pd.isna(value) else value for value in stored[column.name].astype(object)], (name, column.name)
    assert seen == len(published[month].publication.rows) >= 9


def _value(text, column):
    if text == "":
        return "" if column.kind == "string" and not column.is_nullable else None
    return {"string": as_read, "int": int, "float": float, "bool": {"true": True, "false": False}.get}[column.kind](text)


def test_figures_are_written_as_they_were_printed(published):
    with (Path(published["2013-01"].path) / "validated.china_outbound_investment.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["period"]: row for row in csv.DictReader(file)}
    # data/raw/2013-01/uscc-8f2357e0a0f5.txt prints 1.20, 355 and 60.16.
    assert rows["2012-01"]["month_reinvested_profits_busd"] == "1.20"
    assert rows["2012-01"]["cumulative_enterprises"] == "355"
    assert rows["2010"]["cumulative_total_busd"] == "60.16"
    assert rows["2011"]["cumulative_total_busd"] == ""
    assert f"cumulative_total_busd: withheld_by_issue_{ISSUE}" in rows["2011"]["gaps"]
    with (Path(published["2016-11"].path) / "validated.goods_and_services.csv").open(newline="", encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["period"] == "1992-02")
    # data/raw/2016-11/ft900-53880adbf212.txt, lines 41 to 47: -5,593 and 36,854.
    assert (row["balance_goods_musd"], row["balance_goods_decimals"], row["exports_goods_musd"]) == ("-5593", "0", "36854")


@each_month
def test_sources_say_where_every_document_comes_from(published, month):
    package = package_of(published[month].path)
    documents = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in (SHIPPED / month).glob("*.txt")}
    assert {source["sha256"] for source in package["sources"]} == set(documents)
    assert all(source["release_month"] == month and source["title"] for source in package["sources"])
    assert "CC0-1.0" in {licence["name"] for licence in package["licenses"]}
    if month in ("2012-08", "2018-08"):
        assert package["sources"][0]["path"] == "https://www.bls.gov/mxp"


def test_a_source_without_an_address_has_none(published):
    institute = package_of(published["2018-09"].path)
    assert "path" not in institute["sources"][0]  # no address is stated, and none is made up
    assert [licence["name"] for licence in institute["licenses"]] == ["CC0-1.0"]  # none of its figures is published
    said = {identity["family"]: identity for identity in package_of(published["2013-01"].path)["identities"]}["uscc"]
    assert (said["holds"], said["violated"], said["not_evaluable"]) == (171, 1, 10)  # as 'trade-assets run' prints, see README.md


def test_every_family_has_terms():
    assert set(FIGURES_OF) == set(families())
    assert [licence["name"] for licence in licences(families())] == ["CC0-1.0", "other-pd", "other-pd"]
    with pytest.raises(KeyError, match="unheard_of"):
        licences(["unheard_of"])


def test_an_issue_that_is_gone_is_memory_and_not_published(built_root, published, monkeypatch):
    """Of the issues those that a document shows are published, as open whether or not a former run knew them."""
    shown = read_partition(built_root, ISSUES, "2013-01")
    assert shown[["issue", "state"]].to_numpy().tolist() == [[ISSUE, "new"]]
    gone = shown.assign(issue="0" * 12, state="gone", sha256="0" * 64)

    def with_memory(root, table, month):
        return pd.concat([shown, gone], ignore_index=True) if table is ISSUES else read_rows(root, table, month)

    monkeypatch.setattr("trade_assets.publication.publish.read_rows", with_memory)
    made = publication(built_root, "2013-01")
    assert made.files == published["2013-01"].publication.files
    (row,) = csv.DictReader(made.files["review.issues.csv"].decode().splitlines())
    assert (row["issue"], row["state"]) == (ISSUE, "open")
    assert (made.open_issues, made.rows["review.issues"]) == ((ISSUE,), 1)


def test_every_table_is_published_or_there_is_a_reason():
    published = [*DATA, *EVIDENCE, *NOT_PUBLISHED]
    assert sorted(table.name for table in published) == sorted(table.name for table in ALL_TABLES)
    assert all(len(reason) > 20 for reason in NOT_PUBLISHED.values())
    assert set(VINTAGE_METRICS) <= set(DATA)


@pytest.mark.slow
def test_metrics_of_vintages_are_published(published):
    rows = published["2018-08"].publication.rows
    assert rows["metrics.figures"] > 1000 and rows["metrics.definitions"] > 10 and rows["metrics.reproduced"] > 1
    assert "metrics.figures" not in published["2018-09"].publication.rows  # nothing was published that they could be of


@pytest.mark.slow
def test_a_decision_is_published_with_its_cells_and_only_while_its_tables_are_of_it(tmp_path, instance):
    from trade_assets.defs.ranges import run_months

    shutil.copytree(SHIPPED / "2013-01", tmp_path / "raw" / "2013-01")
    root = DataRoot.of(tmp_path)
    list(run_months(root, ["2013-01"], instance))
    command = ["--data-root", root.url, "publish", "--month", "2013-01"]
    before = CliRunner().invoke(cli.main, command)
    assert before.exit_code == cli.TO_REVIEW
    assert "REVIEW 3 figures withheld, 1 open issue; 'trade-assets review list --month 2013-01'" in before.stdout
    assert package_of(root.path("publications", "2013-01"))["issues"] == {"open": [ISSUE], "decided": [], "withheld_figures": 3}

    today = dt.datetime.now(dt.UTC).date()
    wish = Wish(
        "correct", "14.4 is for another year; =1+1", "Ada", values=("247:11=22.91",), expires_on=(today + dt.timedelta(days=30)).isoformat()
    )
    decide(root, ISSUE, wish)
    stale = CliRunner().invoke(cli.main, command)
    assert stale.exit_code == cli.UNREADABLE and "decisions on issues of 2013-01 were taken or changed" in stale.stderr

    list(run_months(root, ["2013-01"], instance))
    after = CliRunner().invoke(cli.main, command)
    assert after.exit_code == cli.NOTHING_TO_REVIEW, after.output
    folder = Path(root.path("publications", "2013-01"))
    assert problems_of(folder) == []
    package = package_of(folder)
    assert package["issues"] == {"open": [], "decided": [ISSUE], "withheld_figures": 0}
    (decision,) = package["decisions"]
    assert (decision["issue"], decision["action"], decision["reviewer"], decision["reason"]) == (ISSUE, "correct", "Ada", wish.reason)
    assert decision["decided_on"] == today.isoformat() and decision["expires_on"] == wish.expires_on
    (cell,) = decision["corrected"]
    assert (cell["line"], cell["printed"], cell["published"], cell["period"]) == (247, "14.4", "22.91", "2011")
    with (folder / "validated.china_outbound_investment.csv").open(newline="", encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["period"] == "2011")
    assert Decimal(row["cumulative_reinvested_profits_busd"]) == Decimal("22.91")
    assert "14.4 printed" in row["corrections"]
    with pytest.raises(PublicationError, match=f"issue {ISSUE} of 2013-01 has expired"):
        publication(root, "2013-01", today + dt.timedelta(days=30))
