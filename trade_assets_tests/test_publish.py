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
from hypothesis import example, given
from hypothesis import strategies as st

from trade_assets import cli
from trade_assets.documents.store import ingest
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.schemas import Column, Table
from trade_assets.facts.tables import (
    ALL_TABLES,
    CHINA_TRADE_GROWTH,
    GOODS_AND_SERVICES,
    IN_DOUBT,
    ISSUES,
    METRICS,
    PRICE_CHANGES,
    PRICE_INDEXES,
    PRINTS,
    RELEASE_MONTH,
    TRADE_RATIOS,
    VALIDATED,
    VERDICTS,
)
from trade_assets.identities.publish import UnprovenError
from trade_assets.publication.difference import UNSAID, difference
from trade_assets.publication.difference_report import as_json, markdown, sentences
from trade_assets.publication.files import as_read, csv_bytes, figure_text, inert, parquet_bytes, sorted_rows
from trade_assets.publication.licences import FIGURES_OF, licences
from trade_assets.publication.package import descriptor, table_resources, table_schema
from trade_assets.publication.publish import PublicationError, publication, publish_month
from trade_assets.reading import FAMILIES
from trade_assets.reading.marks import parse
from trade_assets.review.actions import Wish, decide
from trade_assets.warehouse import folders
from trade_assets.warehouse.partitions import read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import SHIPPED, SHIPPED_MONTHS, shipped_document

ISSUE = "6aefbff643a0"
"""The one open issue of the shipped documents, in 2013-01."""
SEEDS = ("1", "2")


@pytest.fixture(scope="module")
def published(built_root, tmp_path_factory):
    """The publications of all shipped months, by month."""
    to = DataRoot.of(tmp_path_factory.mktemp("published"))
    return {month: publish_month(built_root, month, to) for month in SHIPPED_MONTHS}


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


@pytest.mark.parametrize("month", SHIPPED_MONTHS)
def test_the_standards_tool_finds_nothing_wrong(published, month):
    folder = published[month].path
    assert _problems(folder) == []
    described = {resource["path"]: resource for resource in _package(folder)["resources"]}
    files = _bytes(folder)
    assert {*described, "datapackage.json"} == set(files)
    for name, resource in described.items():
        assert resource["hash"] == f"sha256:{hashlib.sha256(files[name]).hexdigest()}"


@pytest.mark.parametrize("name", ["validated.goods_and_services.csv", "metrics.trade_changes.parquet", "difference.md", "difference.json"])
def test_one_altered_byte_is_found(published, tmp_path, name):
    shutil.copytree(published["2016-11"].path, tmp_path / "altered")
    path = tmp_path / "altered" / name
    data = bytearray(path.read_bytes())
    place = data.index(b"5") if name.endswith((".csv", ".md", ".json")) else len(data) // 2
    data[place] ^= 1  # 5 becomes 4: still a figure, and the same size
    path.write_bytes(data)
    assert "hash-count" in {kind for kind, _ in _problems(tmp_path / "altered")}


@pytest.mark.parametrize("month", SHIPPED_MONTHS)
def test_every_month_is_published_again_with_the_same_bytes(built_root, published, month, tmp_path):
    again = publish_month(built_root, month, DataRoot.of(tmp_path))
    assert _bytes(again.path) == _bytes(published[month].path)
    former = {path: path.stat().st_mtime_ns for path in Path(again.path).iterdir()}
    assert not publish_month(built_root, month, DataRoot.of(tmp_path)).is_new
    assert {path: path.stat().st_mtime_ns for path in Path(again.path).iterdir()} == former


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
    root.write(b"of a former release", "publications", "2013-01", "validated.no_longer.csv")
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


@pytest.mark.parametrize("month", SHIPPED_MONTHS)
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


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(4.0, 1, "4.0"), (-5.0, 0, "-5"), (0.05, 2, "0.05"), (1e15, 0, "1000000000000000"), (0.1, pd.NA, "0.1"), (3.0, pd.NA, "3"),
     (1e-7, pd.NA, "1e-07"), (1 / 3, pd.NA, "0.3333333333333333")],
)  # fmt: skip
def test_figure_text(value, places, text):
    assert figure_text(value, places) == text
    assert float(text) == value


@pytest.mark.parametrize(("value", "places"), [(4.5, 0), (0.123, 2), (float("nan"), pd.NA), (float("inf"), pd.NA)])
def test_a_figure_that_cannot_have_been_printed_so_is_refused(value, places):
    with pytest.raises(ValueError):
        figure_text(value, places)


@pytest.mark.parametrize("figure", ["-5", "+0.3%", "--", "-$36,854", "(r)-0.4", "-.5", "36,854"])
def test_printed_figures_are_no_formulas(figure):
    assert inert(figure) == figure


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("http://x")', "+1+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3+cmd", "\t=1", "  =1", "'=1", "a;=1", "a\n@b", "a\r-b+c", "＝1"],
)  # fmt: skip
def test_formulas_do_not_run(text):
    written = inert(text)
    assert written != text
    assert _first_marks(written).isdisjoint("=+-@＝＋－＠")
    assert as_read(written) == text


def _first_marks(text):
    """What each cell would begin with, whatever a spreadsheet takes for a delimiter."""
    return {part.lstrip()[:1] for part in re.split(r"[;\t\r\n]", text)} - {""}


@given(st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("=+-@'; \t\r\n15")), max_size=12))
@example("'-5")
@example("'\t'=")
def test_any_text_comes_back_and_none_runs(text):
    written = inert(text)
    assert as_read(written) == text
    assert parse(text) is not None or _first_marks(written).isdisjoint("=+-@＝＋－＠")


HOSTILE = [
    '=HYPERLINK("http://example.com","click")', "@SUM(1;2)", '"quoted", and, commas', "line\nbreak\r\nand\rreturn", "; =1;=2", "'=1", "-5",
    "<script>alert(1)</script>", "`*_[x](http://example.com)_*`", "é中\u202eabc", "\x00\x07", "", " leading", "trailing ",
]  # fmt: skip


def test_hostile_text_is_read_back_by_the_standards_tool(tmp_path):
    import frictionless

    table = Table(
        "validated", "hostile", "Text of all kinds.",
        (RELEASE_MONTH, Column("label", "string", "label", is_nullable=False), Column("note", "string", "note"),
         Column("row", "int", "row")),
        key=("label",),
    )  # fmt: skip
    frame = conform(
        pd.DataFrame({"label": HOSTILE, "note": [None if text == "" else text for text in HOSTILE], "row": range(len(HOSTILE))}), table,
        release_month="2018-08",
    )  # fmt: skip
    frame = sorted_rows(frame, table)
    csv_data, parquet = csv_bytes(frame, table), parquet_bytes(frame, table)
    evidence = {name: empty(_table(name)) for name in ("documents", "verdicts", "issues", "in_doubt", "decisions", "corrections")}
    (tmp_path / "validated.hostile.csv").write_bytes(csv_data)
    (tmp_path / "validated.hostile.parquet").write_bytes(parquet)
    (tmp_path / "datapackage.json").write_bytes(descriptor("2018-08", table_resources(table, frame, csv_data, parquet), evidence))
    assert _problems(tmp_path) == []
    rows = frictionless.Package(str(tmp_path / "datapackage.json")).get_resource("validated.hostile").read_rows()
    assert {as_read(row["label"]): row["row"] for row in rows} == {text: number for number, text in enumerate(HOSTILE)}
    assert [row["note"] and as_read(row["note"]) for row in rows] == [None if pd.isna(note) else note for note in frame["note"]]
    assert pq.read_table(tmp_path / "validated.hostile.parquet").column("label").to_pylist() == list(frame["label"])


def _table(name):
    return next(table for table in ALL_TABLES if table.name == name)


def test_the_description_is_generated_from_the_schemas():
    schema = table_schema(GOODS_AND_SERVICES, empty(GOODS_AND_SERVICES))
    fields = {field["name"]: field for field in schema["fields"]}
    assert list(fields) == [column.name for column in GOODS_AND_SERVICES.columns]
    assert schema["primaryKey"] == ["period"] and fields["period"]["constraints"]["unique"]
    assert fields["exports_goods_musd"] == {
        "name": "exports_goods_musd", "type": "number", "description": "exports, goods", "unit": "million_usd",
        "constraints": {"minimum": 0},
    }  # fmt: skip
    assert fields["period_kind"]["constraints"] == {"required": True, "enum": ["month", "year", "year_to_date"]}
    assert fields["is_revised"]["type"] == "boolean"
    assert fields["gaps"]["missingValues"] == []  # empty is its text for none
    assert re.fullmatch(fields["release_month"]["constraints"]["pattern"], "2018-08")
    # The period of a print may be missing, and a primary key never is.
    prints = table_schema(PRINTS, empty(PRINTS))
    assert "primaryKey" not in prints and prints["uniqueKeys"] == [list(PRINTS.key)]


def test_a_bound_that_an_accepted_figure_exceeds_is_not_declared():
    growth = {"period": ["2012-01"], "gaps": [""], "corrections": [""], "exports_month_on_month_pct": [-100.5]}
    row = {name: growth.get(name, [None]) for name in CHINA_TRADE_GROWTH.by_name}
    frame = conform(pd.DataFrame(row), CHINA_TRADE_GROWTH, release_month="2013-01")
    fields = {field["name"]: field for field in table_schema(CHINA_TRADE_GROWTH, frame)["fields"]}
    assert "constraints" not in fields["exports_month_on_month_pct"]
    assert fields["imports_month_on_month_pct"]["constraints"] == {"minimum": -100}


def test_two_rows_of_one_key_are_refused(built_root):
    frame = read_partition(built_root, PRICE_CHANGES, "2018-08")
    with pytest.raises(ValueError, match=r"validated\.price_changes has two rows of the key"):
        sorted_rows(pd.concat([frame, frame.head(1)]), PRICE_CHANGES)


def test_sources_say_where_every_document_comes_from(published):
    for month in SHIPPED_MONTHS:
        package = _package(published[month].path)
        documents = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in (SHIPPED / month).glob("*.txt")}
        assert {source["sha256"] for source in package["sources"]} == set(documents)
        assert all(source["release_month"] == month and source["title"] for source in package["sources"])
        assert "CC0-1.0" in {licence["name"] for licence in package["licenses"]}
    assert _package(published["2018-08"].path)["sources"][0]["path"] == "https://www.bls.gov/mxp"
    institute = _package(published["2018-09"].path)
    assert "path" not in institute["sources"][0]  # no address is stated, and none is made up
    assert [licence["name"] for licence in institute["licenses"]] == ["CC0-1.0"]  # none of its figures is published
    said = {identity["family"]: identity for identity in _package(published["2013-01"].path)["identities"]}["uscc"]
    assert (said["holds"], said["violated"], said["not_evaluable"]) == (171, 1, 10)  # as 'trade-assets run' prints, see README.md


def test_every_family_has_terms():
    assert set(FIGURES_OF) == set(FAMILIES)
    assert [licence["name"] for licence in licences(FAMILIES)] == ["CC0-1.0", "other-pd", "other-pd"]
    with pytest.raises(KeyError):
        licences(["unheard_of"])


def test_no_day_is_in_a_publication_but_those_of_documents(published):
    for placed in published.values():
        package = (Path(placed.path) / "datapackage.json").read_text(encoding="utf-8")
        assert '"created"' not in package
        assert str(dt.datetime.now(dt.UTC).year) not in re.sub(r"[0-9a-f]{12,64}", "", package)


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


def _compare(root, former, now, families=frozenset({"ft900"}), tables=(GOODS_AND_SERVICES,)):
    for table, month, frame in former:
        write_partition(root, table, month, frame)
    frames = {table.name: empty(table) for table in (*VALIDATED, *METRICS)} | now
    return difference(root, "2018-08", tables, frames, set(families))


def test_planted_data_loss_is_said_first(tmp_path):
    root = DataRoot.of(tmp_path)
    former = _goods("2018-06", {"2018-01": 10.0, "2018-02": 20.0, "2018-03": 30.0, "2018-04": 40.0, "2018-05": 50.0})
    older = _goods("2018-05", {"2017-01": 1.0})
    now = _goods(
        "2018-08", {"2018-02": 20.0, "2018-04": None, "2018-05": 51.0, "2018-06": 60.0},
        gaps={"2018-04": "exports_goods_musd: withheld_by_issue_0123456789ab"},
    )  # fmt: skip
    found = _compare(root, [(GOODS_AND_SERVICES, "2018-05", older), (GOODS_AND_SERVICES, "2018-06", former)], {"goods_and_services": now})
    assert found.compared_with == {"validated.goods_and_services": "2018-06"}
    assert [(each.kind, each.figures, each.first, each.last, each.reason) for each in found.losses] == [
        ("period", 1, "2018-03", "2018-03", None),  # a hole is graver than a window that moved on
        ("period", 1, "2018-01", "2018-01", "they end before 2018-02, with which the series begins"),
        ("figure", 1, "2018-04", "2018-04", "withheld_by_issue_0123456789ab"),
    ]
    assert [(each.period, each.former, each.now, each.size_pct) for each in found.changes] == [("2018-05", "50", "51", 2.0)]
    assert [(each.kind, each.first) for each in found.additions] == [("period", "2018-06")]
    text = markdown(found)
    assert re.findall("^## .*", text, re.MULTILINE) == ["## Data loss: 3 figures", "## Changed: 1 figure", "## Added: 1 figure"]
    assert list(json.loads(as_json(found)))[:4] == ["release_month", "losses", "changes", "additions"]
    said = list(sentences(found))
    assert said[0] == "against 2018-06: 3 figures lost, 1 changed, 1 added"
    assert all(line.startswith("LOST ") for line in said[1:])


def test_a_lost_table_and_a_lost_series_are_said(tmp_path, built_root):
    indexes = read_partition(built_root, PRICE_INDEXES, "2018-08")
    former = [
        (PRICE_INDEXES, "2018-07", indexes.assign(release_month="2018-07")),
        (PRICE_CHANGES, "2018-07", read_partition(built_root, PRICE_CHANGES, "2018-08").assign(release_month="2018-07")),
        (GOODS_AND_SERVICES, "2018-07", _goods("2018-07", {"2018-01": 10.0})),
    ]
    gone = "imports.end_use.all_commodities"
    assert gone in set(indexes["series"])
    now = indexes[indexes["series"] != gone]
    found = _compare(DataRoot.of(tmp_path), former, {"price_indexes": now}, {"mxp"}, (PRICE_INDEXES, PRICE_CHANGES, GOODS_AND_SERVICES))
    assert [(each.kind, each.table, each.series) for each in found.losses] == [
        ("table", "validated.price_changes", ""),
        ("series", "validated.price_indexes", gone),
    ]
    assert found.losses[1].figures == 8  # all eight figures of its row
    # Whose family has no document in the month is not lost.
    assert found.not_released == {"validated.goods_and_services": "2018-07"}
    assert found.changes == found.additions == ()


def test_a_row_of_another_period_is_no_change(built_root):
    found = publication(built_root, "2018-08").difference
    assert found.compared_with["validated.price_indexes"] == "2012-08"
    assert found.moved_on["validated.price_indexes"] > 2000
    assert not [each for each in found.changes if each.table == "validated.price_indexes"]


def test_a_missing_metric_without_a_reason_says_so(tmp_path):
    def ratios(month, value):
        row = {"period": ["2018-01"], "exports_to_imports_pct": [value], "services_share_of_exports_pct": [1.0], "gaps": [""]}
        return conform(pd.DataFrame(row), TRADE_RATIOS, release_month=month)

    root = DataRoot.of(tmp_path)
    former = [(TRADE_RATIOS, "2018-07", ratios("2018-07", 80.0))]
    found = _compare(root, former, {"trade_ratios": ratios("2018-08", None)}, tables=(TRADE_RATIOS,))
    assert [(each.column, each.reason) for each in found.losses] == [("exports_to_imports_pct", UNSAID)]
    # The last digit of a computed number is no change; a printed figure changes with its last digit.
    found = _compare(root, [], {"trade_ratios": ratios("2018-08", 80.0 + 1e-12)}, tables=(TRADE_RATIOS,))
    assert found.changes == ()


def test_lists_are_cut_and_counts_are_not(tmp_path):
    months = [f"{year}-{month:02d}" for year in range(1990, 2018) for month in range(1, 13)]
    former = _goods("2018-06", dict.fromkeys(months, 100.0))
    now = _goods("2018-08", {month: 101.0 + number for number, month in enumerate(months)})
    found = _compare(DataRoot.of(tmp_path), [(GOODS_AND_SERVICES, "2018-06", former)], {"goods_and_services": now})
    assert len(months) == 336 == len(found.changes)
    assert found.changes[0].period == "2017-12"  # the largest
    told = json.loads(as_json(found))["changes"]
    assert told["figures"] == told["entries"] == 336 and len(told["listed"]) == 200
    text = markdown(found)
    assert "## Changed: 336 figures" in text and "* and 316 more, with 316 figures" in text


def test_hostile_labels_are_code_in_the_report(tmp_path):
    columns = (*TRADE_RATIOS.columns, Column("label", "string", "label"))
    table = dataclasses.replace(TRADE_RATIOS, key=("label", "period"), columns=columns, by_name={})

    def frame(month, labels):
        row = {"period": "2018-01", "exports_to_imports_pct": 1.0, "services_share_of_exports_pct": 1.0, "gaps": ""}
        return conform(pd.DataFrame([row | {"label": label} for label in labels]), table, release_month=month)

    labels = ["<img src=x onerror=alert(1)>", "`` `x` [a](http://example.com)", "a\n# heading\n* item", "\x1b[31m"]
    former, now = [(table, "2018-07", frame("2018-07", labels))], {"trade_ratios": frame("2018-08", ["sound"])}
    found = _compare(DataRoot.of(tmp_path), former, now, tables=(table,))
    assert len(found.losses) == len(labels)
    lines = [line for line in markdown(found).split("\n") if line.startswith("* series")]
    assert len(lines) == len(labels) + 1  # and the one that was added
    assert not [line for line in markdown(found).split("\n") if line.startswith(("# heading", "* item"))]
    for line in lines:
        outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
        assert not set("<>[`") & set(outside), line
    assert all(line.isprintable() for line in sentences(found))


# What is refused


def test_a_month_without_tables_or_documents_is_refused(built_root, tmp_path):
    runner = CliRunner()
    result = runner.invoke(cli.main, ["--data-root", built_root.url, "publish", "--month", "1999-01", "--to", str(tmp_path)])
    assert result.exit_code == cli.UNREADABLE
    assert result.stderr == f"trade-assets: 1999-01 has no tables under {built_root.url}. To do: 'trade-assets run --month 1999-01'\n"
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


def test_a_folder_with_other_files_is_left_alone(built_root, tmp_path):
    (tmp_path / "2013-01").mkdir()
    (tmp_path / "2013-01" / "thesis.txt").write_text("mine")
    with pytest.raises(PublicationError, match=r"holds thesis\.txt"):
        publish_month(built_root, "2013-01", DataRoot.of(tmp_path))
    assert _bytes(tmp_path / "2013-01") == {"thesis.txt": b"mine"}


# Decisions


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


@pytest.mark.parametrize("files", [0, 20])
def test_a_killed_publication_leaves_the_former_one_whole(own_root, files):
    publish_month(own_root, "2018-08")
    folder = Path(own_root.path("publications", "2018-08"))
    former = _bytes(folder)
    changed = read_partition(own_root, PRICE_CHANGES, "2012-08")
    write_partition(own_root, PRICE_CHANGES, "2012-08", changed.iloc[1:])  # so that the difference reads otherwise
    killed = subprocess.run([sys.executable, "-c", KILLED, own_root.url, str(files)], check=False, capture_output=True, text=True)
    assert killed.returncode == 9, killed.stderr
    assert _bytes(folder) == former and _problems(folder) == []
    assert own_root.names("publications") == ["2018-08"]  # what it left behind is hidden
    placed = publish_month(own_root, "2018-08")
    assert placed.is_new and _bytes(folder) == placed.publication.files != former


@pytest.mark.parametrize("one_step", [True, False], ids=["exchange", "renames"])
def test_a_folder_is_replaced_as_a_whole(tmp_path, monkeypatch, one_step):
    root = DataRoot.of(tmp_path)
    assert folders.replace_folder(root, {"a.csv": b"1", "b.csv": b"2"}, "there")
    if not one_step:
        monkeypatch.setattr(folders.ctypes, "CDLL", lambda *_, **__: object())
    assert folders.replace_folder(root, {"b.csv": b"3", "c.csv": b"4"}, "there")
    assert _bytes(tmp_path / "there") == {"b.csv": b"3", "c.csv": b"4"}
    assert not folders.replace_folder(root, {"b.csv": b"3", "c.csv": b"4"}, "there")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_without_an_exchange_a_failed_rename_puts_the_former_folder_back(tmp_path, monkeypatch):
    root = DataRoot.of(tmp_path)
    folders.replace_folder(root, {"a.csv": b"1"}, "there")
    monkeypatch.setattr(folders.ctypes, "CDLL", lambda *_, **__: object())
    rename = Path.rename

    def failing(self, target):
        if target == tmp_path / "there" and not self.name.endswith("-former"):
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="no"):
        folders.replace_folder(root, {"a.csv": b"2"}, "there")
    assert _bytes(tmp_path / "there") == {"a.csv": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_new_publication_drops_files_that_no_longer_belong(built_root, tmp_path):
    placed = publish_month(built_root, "2013-01", DataRoot.of(tmp_path))
    (Path(placed.path) / "validated.dropped.csv").write_bytes(b"old")
    again = publish_month(built_root, "2013-01", DataRoot.of(tmp_path))
    assert again.is_new and _bytes(again.path) == again.publication.files
