"""Publications: what the frictionless tool says of them, the same bytes again, and that nothing lost goes unsaid."""

import csv
import dataclasses
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from trade_assets import cli
from trade_assets.documents.ingest import ingest
from trade_assets.facts.families import families
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.periods import last_day
from trade_assets.facts.schemas import Column, Table
from trade_assets.facts.tables import (
    ALL_TABLES,
    DOCUMENTS,
    FACTS,
    IN_DOUBT,
    ISSUES,
    METRIC_DEFINITIONS,
    METRIC_FIGURES,
    METRICS,
    PRINTS,
    REPRODUCED,
    REVISION_STATISTICS,
    REVISIONS,
    VALIDATED,
    VERDICTS,
    VINTAGE_METRICS,
)
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES, TRADE_RATIOS
from trade_assets.families.mxp.tables import PRICE_CHANGES, PRICE_INDEXES, PRICE_RATIOS
from trade_assets.identities.publish import UnprovenError
from trade_assets.publication.difference import UNSAID, difference
from trade_assets.publication.difference_report import as_json, markdown, sentences
from trade_assets.publication.earlier_releases import Former, former_release
from trade_assets.publication.files import as_read, sorted_rows
from trade_assets.publication.licences import FIGURES_OF, licences
from trade_assets.publication.publish import DATA, EVIDENCE, NOT_PUBLISHED, PublicationError, publication, publish_month
from trade_assets.review.actions import Wish, decide
from trade_assets.warehouse import folders
from trade_assets.warehouse.partitions import partition_path, read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import SHIPPED, SHIPPED_MONTHS, shipped_document
from trade_assets_tests.made_files import annual, exhibit_1, xls, xlsx
from trade_assets_tests.test_series_files import fred

ISSUE = "6aefbff643a0"
"""The one open issue of the shipped documents, in 2013-01."""
SEEDS = ("1", "2")


LARGEST = "2018-08"
"""Of its family 2012-08 is there as well: with this month only the slow tests are of all months."""
each_month = pytest.mark.parametrize(
    "month", [pytest.param(month, marks=pytest.mark.slow if month == LARGEST else ()) for month in SHIPPED_MONTHS]
)


class Published(dict):
    """The publications by month, each made when it is first asked for."""

    def __init__(self, root, to):
        super().__init__()
        self.root, self.to = root, to

    def __missing__(self, month):
        self[month] = publish_month(self.root, month, self.to)
        return self[month]


@pytest.fixture(scope="module")
def published(built_root, tmp_path_factory):
    """The publications of the shipped months, by month."""
    return Published(built_root, DataRoot.of(tmp_path_factory.mktemp("published")))


@pytest.fixture
def made(published, monkeypatch):
    """What is to be published of these two months is there already, in tests of the place that it is put in."""
    there = {month: published[month].publication for month in ("2013-01", "2018-09")}
    monkeypatch.setattr("trade_assets.publication.publish.publication", lambda root, month, today=None: there[month])


@pytest.fixture
def own_root(built_root, tmp_path):
    """A copy of the built data root, to write to."""
    return _copy(built_root, tmp_path / "own")


def _copy(root, target):
    for folder in ("raw", "warehouse"):
        shutil.copytree(root.path(folder), target / folder)
    return DataRoot.of(target)


def _problems(folder):
    """What the standard's own tool finds, as type and note."""
    import frictionless

    report = frictionless.validate(str(Path(folder) / "datapackage.json"))
    return [tuple(problem) for problem in report.flatten(["type", "note"])] if not report.valid else []


def _bytes(folder):
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def _package(folder):
    return json.loads((Path(folder) / "datapackage.json").read_text(encoding="utf-8"))


@each_month
def test_the_standards_tool_finds_nothing_wrong(published, month):
    folder = published[month].path
    assert _problems(folder) == []
    described = {resource["path"]: resource for resource in _package(folder)["resources"]}
    files = _bytes(folder)
    assert {*described, "datapackage.json"} == set(files)
    for name, resource in described.items():
        assert resource["hash"] == f"sha256:{hashlib.sha256(files[name]).hexdigest()}"


@pytest.mark.parametrize("name", ["validated.china_top_five.csv", "metrics.china_balances.parquet", "difference.md", "difference.json"])
def test_one_altered_byte_is_found(published, tmp_path, name):
    shutil.copytree(published["2013-01"].path, tmp_path / "altered")
    path = tmp_path / "altered" / name
    data = bytearray(path.read_bytes())
    is_text = name.endswith((".csv", ".md", ".json"))
    place = next(at for at, byte in enumerate(data) if byte in b"0123456789") if is_text else len(data) // 2
    data[place] ^= 1  # 5 becomes 4: still a figure, and the same size
    path.write_bytes(data)
    assert "hash-count" in {kind for kind, _ in _problems(tmp_path / "altered")}


@pytest.mark.slow
@pytest.mark.parametrize("month", SHIPPED_MONTHS)
def test_every_month_is_published_again_with_the_same_bytes(built_root, published, month, tmp_path):
    again = publish_month(built_root, month, DataRoot.of(tmp_path))
    assert _bytes(again.path) == _bytes(published[month].path)
    former = {path: path.stat().st_mtime_ns for path in Path(again.path).iterdir()}
    assert not publish_month(built_root, month, DataRoot.of(tmp_path)).is_new
    assert {path: path.stat().st_mtime_ns for path in Path(again.path).iterdir()} == former


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_another_process_folder_and_data_root_give_the_same_bytes(own_root, published, tmp_path, seed):
    for month in ("2013-01", "2018-08"):
        command = [sys.executable, "-m", "trade_assets", "--data-root", own_root.url, "publish", "--month", month]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == (cli.TO_REVIEW if month == "2013-01" else cli.NOTHING_TO_REVIEW), done.stderr
        assert done.stdout.endswith(f"Publication: {own_root.url}/publications/{month}\n")
        assert _bytes(own_root.path("publications", month)) == _bytes(published[month].path)


def test_a_url_as_data_root_gives_the_same_bytes(built_root, published, tmp_path, monkeypatch):
    root = DataRoot.of(f"memory://{tmp_path.name}")
    for path in Path(built_root.url).rglob("*"):
        relative = path.relative_to(built_root.url).parts
        if path.is_file() and relative[0] in ("raw", "warehouse") and path.suffix != ".duckdb":
            root.write(path.read_bytes(), *relative)
    root.write(b"of a former issue", "publications", "2013-01", "validated.goods_and_services.csv")
    written, write = [], DataRoot.write
    monkeypatch.setattr(DataRoot, "write", lambda self, data, *parts: written.append(parts[-1]) or write(self, data, *parts))
    try:
        placed = publish_month(root, "2013-01")
        names = root.names("publications", "2013-01")
        found = {name: root.read("publications", "2013-01", name) for name in names}
    finally:
        root.filesystem.rm(root.url, recursive=True)
    assert placed.path == f"{root.url}/publications/2013-01"
    assert found == _bytes(published["2013-01"].path)
    assert written[-1] == "datapackage.json"  # it describes the others, so they are there before it


@each_month
def test_csv_and_parquet_hold_the_rows_of_the_warehouse(built_root, published, month):
    folder, seen = Path(published[month].path), 0
    for table in ALL_TABLES:
        name = f"{table.layer}.{table.name}"
        if f"{name}.csv" not in {path.name for path in folder.iterdir()}:
            continue
        seen += 1
        stored = sorted_rows(read_partition(built_root, table, month), table)
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
    package = _package(published[month].path)
    documents = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in (SHIPPED / month).glob("*.txt")}
    assert {source["sha256"] for source in package["sources"]} == set(documents)
    assert all(source["release_month"] == month and source["title"] for source in package["sources"])
    assert "CC0-1.0" in {licence["name"] for licence in package["licenses"]}
    if month in ("2012-08", "2018-08"):
        assert package["sources"][0]["path"] == "https://www.bls.gov/mxp"


def test_a_source_without_an_address_has_none(published):
    institute = _package(published["2018-09"].path)
    assert "path" not in institute["sources"][0]  # no address is stated, and none is made up
    assert [licence["name"] for licence in institute["licenses"]] == ["CC0-1.0"]  # none of its figures is published
    said = {identity["family"]: identity for identity in _package(published["2013-01"].path)["identities"]}["uscc"]
    assert (said["holds"], said["violated"], said["not_evaluable"]) == (171, 1, 10)  # as 'trade-assets run' prints, see README.md


def test_every_family_has_terms():
    assert set(FIGURES_OF) == set(families())
    assert [licence["name"] for licence in licences(families())] == ["CC0-1.0", "other-pd", "other-pd"]
    with pytest.raises(KeyError, match="unheard_of"):
        licences(["unheard_of"])


@each_month
def test_no_day_is_in_a_publication_but_those_of_documents(published, month):
    text = (Path(published[month].path) / "datapackage.json").read_text(encoding="utf-8")
    sidecars = "".join(path.read_text(encoding="utf-8") for path in (SHIPPED / month).glob("*.yaml"))
    stated = set(re.findall(r"published_date: '?(\d{4}-\d\d-\d\d)", sidecars))
    assert '"created"' not in text
    # Of a document without a day, the last day of its month counts.
    assert set(re.findall(r"\b\d{4}-\d\d-\d\d\b", text)) <= {*stated, last_day(month)}
    assert not re.search(r"\d\d:\d\d:\d\d", text)


# Planted differences


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


def test_an_issue_that_is_gone_is_memory_and_not_published(built_root, published, monkeypatch):
    """Of the issues those that a document shows are published, as open whether or not a former run knew them."""
    shown = read_partition(built_root, ISSUES, "2013-01")
    assert shown[["issue", "state"]].to_numpy().tolist() == [[ISSUE, "new"]]
    gone = shown.assign(issue="0" * 12, state="gone", sha256="0" * 64)

    def with_memory(root, table, month):
        return pd.concat([shown, gone], ignore_index=True) if table is ISSUES else read_partition(root, table, month)

    monkeypatch.setattr("trade_assets.publication.publish.read_partition", with_memory)
    made = publication(built_root, "2013-01")
    assert made.files == published["2013-01"].publication.files
    (row,) = csv.DictReader(made.files["review.issues.csv"].decode().splitlines())
    assert (row["issue"], row["state"]) == (ISSUE, "open")
    assert (made.open_issues, made.rows["review.issues"]) == ((ISSUE,), 1)


# Products that take turns

TURNS = ("2024-11", "2024-12", "2025-01")
KNOWN = {"BOPTEXP": (50251, 51682, 50294), "BOPTIMP": (52277, 52513, 52935)}
"""The first figures of each series in trade_assets/facts/catalogue/fred.csv, by which a file is known."""


def _fred(series, latest):
    months = [f"1992-{number:02d}-01,{value}" for number, value in enumerate((*KNOWN[series], latest), start=1)]
    return fred(*months, header=f"observation_date,{series}").encode()


def _run(root, months, instance):
    from trade_assets.defs.ranges import run_months

    assert [run.release_month for run in run_months(root, months, instance) if not run.is_success] == []


@pytest.fixture(scope="module")
def turns(tmp_path_factory):
    """Two Exhibits with the annual file between them, and two series of FRED in alternating months. Do not write to it."""
    import dagster as dg

    folder = tmp_path_factory.mktemp("turns")
    root = DataRoot.of(folder / "data")
    files = {
        "2024-11": {"exhibit.xlsx": xlsx(exhibit_1(2022, (2024, 9))), "exports.csv": _fred("BOPTEXP", 50000)},
        "2024-12": {"annual.xls": xls(annual(1960, 2023, date="updated")), "imports.csv": _fred("BOPTIMP", 53000)},
        "2025-01": {"exhibit.xlsx": xlsx(exhibit_1(2022, (2024, 10))), "exports.csv": _fred("BOPTEXP", 50001)},
    }
    for month, of_month in files.items():
        for name, data in of_month.items():
            (folder / name).write_bytes(data)
            ingest(root, folder / name, release_month=month)
    with dg.DagsterInstance.ephemeral() as instance:
        _run(root, TURNS, instance)
    return root


@pytest.fixture(scope="module")
def exports_twice(tmp_path_factory):
    """One series of FRED in the first and the last of these months: what the quick tests need of them. Do not write to it."""
    import dagster as dg

    folder = tmp_path_factory.mktemp("twice")
    root = DataRoot.of(folder / "data")
    for month, latest in (("2024-11", 50000), ("2025-01", 50001)):
        (folder / "exports.csv").write_bytes(_fred("BOPTEXP", latest))
        ingest(root, folder / "exports.csv", release_month=month)
    with dg.DagsterInstance.ephemeral() as instance:
        _run(root, ("2024-11", "2025-01"), instance)
    return root


@pytest.mark.slow
def test_documents_are_compared_with_the_last_ones_of_their_product(turns):
    annual_, exhibit = (publication(turns, month).difference for month in ("2024-12", "2025-01"))
    assert exhibit.compared_with == {
        "validated.goods_and_services": {"ft900 exhibit_1": "2024-11"},
        "metrics.trade_changes": {"ft900 exhibit_1": "2024-11"},
        "metrics.trade_ratios": {"ft900 exhibit_1": "2024-11"},
        "validated.fred_observations": {"fred BOPTEXP": "2024-11"},
    }
    assert exhibit.not_released == {"fred BOPTIMP": "2024-12", "ft900 annual": "2024-12"}
    # Only the rows to date end with another month now; of no year and no series anything is lost.
    assert exhibit.losses == ()
    assert {(each.kind, each.first, each.last) for each in exhibit.rolled_off} == {("period", "2022-01/2022-09", "2024-01/2024-09")}
    assert {each.table for each in exhibit.rolled_off} == {"validated.goods_and_services", "metrics.trade_ratios"}
    changes = [(each.period, each.former, each.now) for each in exhibit.changes if each.table == "validated.fred_observations"]
    assert changes == [("1992-04", "50000", "50001")]
    # The annual file and imports are released for the first time, so nothing can be lost.
    assert set(map(str, (month for products in annual_.compared_with.values() for month in products.values()))) == {"None"}
    assert annual_.losses == annual_.changes == ()
    assert annual_.not_released == {"fred BOPTEXP": "2024-11", "ft900 exhibit_1": "2024-11"}
    assert list(sentences(annual_)) == ["no earlier release of these documents to compare with"]


def test_a_former_document_without_figures_is_passed_over(exports_twice, tmp_path):
    root = _copy(exports_twice, tmp_path)
    # As if 2024-12 had an issue of the product that could not be read: a document without facts.
    documents = read_partition(root, DOCUMENTS, "2024-11").assign(release_month="2024-12")
    write_partition(root, DOCUMENTS, "2024-12", documents)
    found = former_release(root, "2025-01", read_partition(root, DOCUMENTS, "2025-01"))
    assert found.compared["validated.fred_observations"] == {"fred BOPTEXP": "2024-11"}
    assert found.not_released == {}


@pytest.mark.slow
def test_tables_older_than_an_earlier_release_are_refused(turns, tmp_path, instance):
    root = _copy(turns, tmp_path / "own")
    (tmp_path / "again.csv").write_bytes(_fred("BOPTEXP", 49000))
    ingest(root, tmp_path / "again.csv", release_month="2024-11")
    _run(root, ["2024-11"], instance)
    with pytest.raises(PublicationError) as caught:
        publish_month(root, "2025-01")
    said = "vintages.revisions of 2025-01 is not what its documents and the releases before it give"
    assert str(caught.value) == f"{said}. To do: 'trade-assets run --month 2025-01', then publish"
    _run(root, ["2025-01"], instance)
    changes = publish_month(root, "2025-01").publication.difference.changes
    assert ("1992-04", "49000", "50001") in {(each.period, each.former, each.now) for each in changes}


def test_months_built_in_the_wrong_order_are_refused(exports_twice, tmp_path):
    root = _copy(exports_twice, tmp_path)
    Path(partition_path(root, PRINTS, "2024-11")).unlink()  # as before that month was built
    with pytest.raises(PublicationError, match=r"vintages\.revisions of 2025-01 is not what .* the releases before it give"):
        publication(root, "2025-01")


# What is refused


def test_a_month_without_tables_or_documents_is_refused(built_root, tmp_path):
    runner = CliRunner()
    result = runner.invoke(cli.main, ["--data-root", built_root.url, "publish", "--month", "1999-01", "--to", str(tmp_path)])
    assert result.exit_code == cli.UNREADABLE
    said = f"trade-assets: there is no document of 1999-01 under {built_root.url}/raw; 5 months have some, 2012-08 to 2018-09. To do: "
    assert result.stderr.startswith(said) and result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
    result = runner.invoke(cli.main, ["--data-root", built_root.url, "publish", "--month", "soon"])
    assert result.exit_code == cli.UNREADABLE and "is no month" in result.stderr


def test_tables_older_than_the_documents_are_refused(own_root, tmp_path):
    document = tmp_path / "2016-11.later.txt"
    text = shipped_document("ft900", "2016-11").read_text(encoding="utf-8")
    document.write_text(text.replace("\n36,854\n", "\n36,845\n", 1), encoding="utf-8")
    ingest(own_root, document)
    with pytest.raises(PublicationError, match=r"documents of 2016-11 are not those .* To do: 'trade-assets run --month 2016-11'"):
        publish_month(own_root, "2016-11")
    assert own_root.names("publications") == []


def test_a_document_that_was_damaged_in_the_store_is_refused(own_root):
    path = own_root.path("raw", "2016-11", "ft900-53880adbf212.txt")
    Path(path).write_bytes(Path(path).read_bytes() + b"\n")
    with pytest.raises(PublicationError, match="the file was changed in the store"):
        publish_month(own_root, "2016-11")


def test_facts_without_verdicts_of_the_same_document_are_refused(own_root):
    verdicts = read_partition(own_root, VERDICTS, "2016-11")
    write_partition(own_root, VERDICTS, "2016-11", verdicts.assign(sha256="0" * 64))
    with pytest.raises(UnprovenError, match="no verdicts of the same document"):
        publish_month(own_root, "2016-11")
    result = CliRunner().invoke(cli.main, ["--data-root", own_root.url, "publish", "--month", "2016-11"])
    assert result.exit_code == cli.UNREADABLE and result.stderr.startswith("trade-assets: the facts of ft900 have no verdicts")


@pytest.mark.parametrize("table", [GOODS_AND_SERVICES, IN_DOUBT, PRINTS], ids=lambda table: table.name)
def test_a_table_that_does_not_follow_from_the_others_is_refused(own_root, table):
    month = "2013-01" if table is IN_DOUBT else "2016-11"
    frame = read_partition(own_root, table, month)
    if table is GOODS_AND_SERVICES:
        frame.loc[0, "exports_goods_musd"] += 1
    elif table is IN_DOUBT:
        frame = frame.iloc[1:]  # one withheld figure fewer
    else:
        frame = frame.assign(sha256="0" * 64)
    write_partition(own_root, table, month, frame)
    with pytest.raises(PublicationError, match=f"of {month} is"):
        publish_month(own_root, month)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "column", "sources"),
    [
        (PRICE_RATIOS, "export_over_import_prices", "its validated tables"),
        (PRINTS, "value", "its documents and decisions"),
        (REVISIONS, "new_value", "its documents and the releases before it"),
        (METRIC_FIGURES, "value", "its documents and the releases before it"),
        (METRIC_DEFINITIONS, "formula", "the definitions of today"),
        (REPRODUCED, "printed", "its documents and the releases before it"),
    ],
    ids=lambda each: each.name if isinstance(each, Table) else "",
)
@pytest.mark.parametrize("is_cut", [True, False], ids=["a row fewer", "another value"])
def test_a_derived_table_that_its_sources_do_not_give_is_refused(own_root, table, column, sources, is_cut):
    frame = read_partition(own_root, table, "2018-08")
    place = frame[column].first_valid_index()
    if is_cut:
        frame = frame.drop(index=place)
    else:
        frame.loc[place, column] = frame.loc[place, column] + (" " if table.by_name[column].kind == "string" else 1)
    write_partition(own_root, table, "2018-08", frame)
    with pytest.raises(PublicationError) as caught:
        publish_month(own_root, "2018-08")
    said = f"{table.layer}.{table.name} of 2018-08 is not what {sources} give"
    assert str(caught.value) == f"{said}. To do: 'trade-assets run --month 2018-08', then publish"


@pytest.mark.slow
def test_the_last_digits_of_a_statistic_may_differ_and_no_others(turns, tmp_path):
    root = _copy(turns, tmp_path)
    frame = read_partition(root, REVISION_STATISTICS, "2025-01")
    mean = frame["mean_absolute_revision"]
    assert (mean > 0).any()
    write_partition(root, REVISION_STATISTICS, "2025-01", frame.assign(mean_absolute_revision=mean * (1 + 1e-12)))
    assert publication(root, "2025-01").rows["vintages.revision_statistics"] == len(frame)
    for other in (frame.assign(mean_absolute_revision=mean * 1.001), frame.assign(n=frame["n"] + 1), frame.iloc[1:]):
        write_partition(root, REVISION_STATISTICS, "2025-01", other)
        with pytest.raises(PublicationError, match=r"vintages\.revision_statistics of 2025-01 is not what .* To do: "):
            publication(root, "2025-01")


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


# The place


def _foreign(folder, what):
    """Put something into a folder that is none of a publication's files; its name."""
    folder.mkdir()
    match what:
        case "a file":
            (folder / "thesis.txt").write_text("mine")
        case "a hidden file":
            (folder / ".htaccess").write_text("mine")
        case "a table of no publication":
            (folder / "validated.mine.csv").write_text("mine")
        case "a folder with the name of a table":
            (folder / "validated.goods_and_services.csv").mkdir()
            (folder / "validated.goods_and_services.csv" / "thesis.txt").write_text("mine")
        case "a link with the name of the description":
            (folder.parent / "elsewhere.json").write_text("mine")
            (folder / "datapackage.json").symlink_to(folder.parent / "elsewhere.json")
        case "a table that another package lists":
            package = {"name": "mine", "resources": [{"path": "validated.mine.csv"}]}
            (folder / "datapackage.json").write_text(json.dumps(package))
            (folder / "validated.mine.csv").write_text("mine")
    return min(path.name for path in folder.iterdir() if path.name != "datapackage.json" or path.is_symlink())


@pytest.mark.parametrize(
    "what",
    ["a file", "a hidden file", "a table of no publication", "a folder with the name of a table", "a link with the name of the description",
     "a table that another package lists"],
)  # fmt: skip
@pytest.mark.usefixtures("made")
def test_a_folder_with_anything_else_is_left_alone(built_root, tmp_path, what):
    name = _foreign(tmp_path / "2013-01", what)
    former = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    with pytest.raises(PublicationError, match=rf"holds {re.escape(name)}, which is n.*To do: move it away, or publish to another place"):
        publish_month(built_root, "2013-01", DataRoot.of(tmp_path))
    assert {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")} == former


@pytest.mark.usefixtures("made")
def test_another_folder_at_a_url_is_left_alone(built_root, tmp_path):
    place = DataRoot.of(f"memory://{tmp_path.name}")
    try:
        place.write(b"mine", "2013-01", "deep", "thesis.txt")
        with pytest.raises(PublicationError, match="holds deep, which is no plain file"):
            publish_month(built_root, "2013-01", place)
        assert place.read("2013-01", "deep", "thesis.txt") == b"mine" and place.names("2013-01") == ["deep"]
    finally:
        place.filesystem.rm(place.url, recursive=True)


@pytest.mark.usefixtures("made")
def test_a_link_or_a_file_in_its_place_is_left_alone(built_root, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "2013-01").symlink_to(tmp_path / "mine")
    with pytest.raises(PublicationError, match=r"2013-01 is a link to another place; .* To do: move it away"):
        publish_month(built_root, "2013-01", DataRoot.of(tmp_path))
    assert (tmp_path / "2013-01").is_symlink() and list((tmp_path / "mine").iterdir()) == []
    (tmp_path / "2018-09").write_text("mine")
    with pytest.raises(PublicationError, match=r"2018-09 is no folder; .* To do: move it away"):
        publish_month(built_root, "2018-09", DataRoot.of(tmp_path))
    assert (tmp_path / "2018-09").read_text() == "mine"
    with pytest.raises(PublicationError, match=r"cannot be made, .*/2018-09 is no folder\. To do: move it away"):
        publish_month(built_root, "2018-09", DataRoot.of(tmp_path / "2018-09"))


@pytest.mark.parametrize(
    ("to", "said"),
    [("", "the place to publish to is empty. To do: name a folder or a URL, or leave --to out"),
     ("  ", "the place to publish to is empty"), ("nosuch://x", "nosuch://x is no place to publish to: Protocol not known: nosuch"),
     ("memory://", "memory:// is no place to publish to")],
)  # fmt: skip
def test_no_place_is_said_in_a_line(built_root, to, said):
    result = CliRunner().invoke(cli.main, ["--data-root", built_root.url, "publish", "--month", "2018-09", "--to", to])
    assert result.exit_code == cli.UNREADABLE and result.stderr.startswith(f"trade-assets: {said}") and "To do: " in result.stderr
    assert not (Path(built_root.url) / "publications").exists()


@pytest.mark.usefixtures("made")
def test_a_place_that_cannot_be_written_is_said_in_a_line(built_root, tmp_path, monkeypatch):
    def refused(self, *_, **__):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(PublicationError, match=r"/to/2018-09 cannot be written: Permission denied\. To do: see to rights and space"):
        publish_month(built_root, "2018-09", DataRoot.of(tmp_path / "to"))
    assert list(tmp_path.iterdir()) == []


# Decisions


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
    assert _package(root.path("publications", "2013-01"))["issues"] == {"open": [ISSUE], "decided": [], "withheld_figures": 3}

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
    assert _problems(folder) == []
    package = _package(folder)
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


# Whole or not at all


KILLED = """
import os, sys
from trade_assets.publication.publish import publish_month
from trade_assets.warehouse.root import DataRoot

flushed, left = os.fsync, int(sys.argv[2])

def fsync(file):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    flushed(file)

os.fsync = fsync
publish_month(DataRoot.of(sys.argv[1]), "2018-08")
"""


@pytest.mark.slow
@pytest.mark.parametrize("files", [0, 20])
def test_a_killed_publication_leaves_the_former_one_whole(own_root, files):
    publish_month(own_root, "2018-08")
    folder = Path(own_root.path("publications", "2018-08"))
    former = _bytes(folder)
    facts = read_partition(own_root, FACTS["mxp"], "2012-08")
    # So that the difference reads otherwise: the former release lies a month further back.
    write_partition(own_root, FACTS["mxp"], "2012-08", facts.assign(reference_month="2012-06"))
    killed = subprocess.run([sys.executable, "-c", KILLED, own_root.url, str(files)], check=False, capture_output=True, text=True)
    assert killed.returncode == 9, killed.stderr
    assert _bytes(folder) == former and _problems(folder) == []
    assert own_root.names("publications") == ["2018-08"]  # what it left behind is hidden
    placed = publish_month(own_root, "2018-08")
    assert placed.is_new and _bytes(folder) == placed.publication.files != former


@pytest.mark.parametrize("one_step", [True, False], ids=["exchange", "renames"])
def test_a_folder_is_replaced_as_a_whole(tmp_path, monkeypatch, one_step):
    root, ours = DataRoot.of(tmp_path), {"a.csv", "b.csv", "c.csv"}
    assert folders.replace_folder(root, {"a.csv": b"1", "b.csv": b"2"}, "there", ours=ours)
    if not one_step:
        monkeypatch.setattr(folders.ctypes, "CDLL", lambda *_, **__: object())
    assert folders.replace_folder(root, {"b.csv": b"3", "c.csv": b"4"}, "there", ours=ours)
    assert _bytes(tmp_path / "there") == {"b.csv": b"3", "c.csv": b"4"}
    assert not folders.replace_folder(root, {"b.csv": b"3", "c.csv": b"4"}, "there", ours=ours)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_without_an_exchange_a_failed_rename_puts_the_former_folder_back(tmp_path, monkeypatch):
    root = DataRoot.of(tmp_path)
    folders.replace_folder(root, {"a.csv": b"1"}, "there", ours={"a.csv"})
    monkeypatch.setattr(folders.ctypes, "CDLL", lambda *_, **__: object())
    rename = Path.rename

    def failing(self, target):
        if target == tmp_path / "there" and not self.name.endswith("-former"):
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="no"):
        folders.replace_folder(root, {"a.csv": b"2"}, "there", ours={"a.csv"})
    assert _bytes(tmp_path / "there") == {"a.csv": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_what_came_into_the_folder_meanwhile_is_not_removed(tmp_path, monkeypatch):
    root, exchange = DataRoot.of(tmp_path), folders._exchange

    def late(new, former):
        (former / "thesis.txt").write_text("mine")
        exchange(new, former)

    folders.replace_folder(root, {"a.csv": b"1"}, "there", ours={"a.csv"})
    monkeypatch.setattr(folders, "_exchange", late)
    assert folders.replace_folder(root, {"a.csv": b"2"}, "there", ours={"a.csv"})
    assert _bytes(tmp_path / "there") == {"a.csv": b"2"}
    assert [path.read_text() for path in tmp_path.glob(".kept-*/*")] == ["mine"]


@pytest.mark.slow
def test_a_new_publication_drops_tables_that_the_former_one_lists(built_root, tmp_path):
    placed = publish_month(built_root, "2013-01", DataRoot.of(tmp_path))
    folder = Path(placed.path)
    (folder / "validated.dropped.csv").write_bytes(b"old")
    package = _package(folder)
    package["resources"].append({"path": "validated.dropped.csv"})
    (folder / "datapackage.json").write_text(json.dumps(package))
    again = publish_month(built_root, "2013-01", DataRoot.of(tmp_path))
    assert again.is_new and _bytes(again.path) == again.publication.files
    for damaged in (b"{", b"[]", b'{"name": 1}', b"\xff", b"[" * 100_000):
        (folder / "datapackage.json").write_bytes(damaged)
        assert publish_month(built_root, "2013-01", DataRoot.of(tmp_path)).is_new
