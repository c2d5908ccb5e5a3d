"""What makes a table makes the columns that the data dictionary documents: their types, units, values, bounds, and what may be missing."""

import datetime as dt
import re
from functools import cache

import pandas as pd
import pytest

from trade_assets.documents.parse import parse_documents
from trade_assets.expectations.judgement import _with_status
from trade_assets.facts import completeness
from trade_assets.facts.families import families, parts
from trade_assets.facts.frames import empty, parsed_tables, tidy
from trade_assets.facts.tables import ALL_TABLES, CORRECTIONS, IN_DATABASE, ISSUES, PRINTS, PROOF, REVIEW, REVISIONS, VINTAGE_METRICS
from trade_assets.metrics.vintage import vintage_metrics
from trade_assets.reading.cells import Reading
from trade_assets.reading.marks import Mark
from trade_assets.review.decided import decisions_table
from trade_assets.review.proof import prove
from trade_assets.vintages.knowledge import KNOWLEDGE
from trade_assets.vintages.prints import prints_of
from trade_assets.vintages.revisions import _as_table, _sorted
from trade_assets.vintages.statistics.table import revision_statistics
from trade_assets_tests.conftest import REPOSITORY
from trade_assets_tests.test_declared_bounds import _of as bounds_of

TABLES = {f"{table.layer}.{table.name}": table for table in IN_DATABASE}


@cache
def _documented():
    """Of each table its key, and of each column type, unit, whether it may be missing, and its values."""
    found = {}
    for section in (REPOSITORY / "docs" / "data-dictionary.md").read_text(encoding="utf-8").split("\n### ")[1:]:
        name, *lines = section.split("\n")
        rows = (re.fullmatch(r"\| `(\w+)` \| (\w+) \| ([^|]*) \| ([\w ]+) \| (.*) \|", line) for line in lines)
        key = next(line for line in lines if line.startswith("Key: "))
        columns = {row[1]: (row[2], row[3], row[4] == "may be", *re.findall(r" One of: ([^.]*)\.", row[5])) for row in rows if row}
        found[name] = re.findall(r"`(\w+)`", key), columns
    return found


def _declared(table):
    columns = [column for column in table.columns if not column.name.endswith("_decimals")]
    return list(table.key_of_all), {
        each.name: (each.kind, each.unit or "", each.is_nullable, *([", ".join(each.one_of)] if each.one_of else [])) for each in columns
    }


def _assert_as_documented(name, frame=None):
    table = TABLES[name]
    assert _declared(table) == _documented()[name]
    for column in table.columns:
        if column.low is not None or column.high is not None:
            assert (column.low, column.high) == bounds_of(column.name), column.name
    if frame is not None:
        kinds = {"string": "string", "int": "Int64", "float": "Float64", "bool": "boolean"}
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == {each.name: kinds[each.kind] for each in table.columns}


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: f"{table.layer}.{table.name}")
def test_every_table_is_as_it_is_documented(table):
    _assert_as_documented(f"{table.layer}.{table.name}")


@pytest.mark.parametrize("family", families().values(), ids=families().keys())
def test_the_tables_of_a_family_are_whole_and_documented(family):
    assert list(completeness._missing(family)) == []
    for part in ("TABLES", "METRIC_TABLES"):
        for table in parts("tables", part).get(family.name, ()):
            _assert_as_documented(f"{table.layer}.{table.name}")


def _parsed():
    """The tables of a document of one row, whose exports are 5, of goods 1 and services 1."""
    reading = Reading("ft900", "publisher", "title")
    row = reading.add_row("goods_and_services", 1, "January", period="2020-01")
    kinds = ("total", "goods", "services")
    reading.add_cells(
        "goods_and_services", [row] * 3, columns=[f"exports_{kind}_musd" for kind in kinds], series=[f"exports.{kind}" for kind in kinds],
        measures=["value"] * 3, periods=["2020-01"] * 3, units=["million_usd"] * 3,
        marks=[Mark(value, 0, "", None) for value in (5.0, 1.0, 1.0)], lines=[1] * 3, starts=[0, 2, 4], texts=["5", "1", "1"],
    )  # fmt: skip
    for kind in kinds:
        reading.add_series(series=f"exports.{kind}", flow="exports", classification="goods_and_services", code=kind, label=kind)
    columns = {"cells": reading.cells, "rows": reading.rows, "series": reading.series}
    return parsed_tables(
        columns, release_month="2020-03", family="ft900", product="", reference_month="2020-01", sha256="a" * 64, is_current=True
    )  # fmt: skip


def _facts():
    tables = _parsed()
    return tidy(tables["cells"], tables["rows"], tables["series"], "ft900")


def test_parsed_tables():
    for name, frame in _parsed().items():
        _assert_as_documented(f"parsed.{name}", frame)
    _assert_as_documented("parsed.ft900", _facts())
    parsed = parse_documents("2020-03", [])
    for name in ("cells", "rows", "series", "unread"):
        _assert_as_documented(f"parsed.{name}", getattr(parsed, name))


def test_tables_of_a_proof():
    proof = prove(_facts(), "ft900", empty(ISSUES), today=dt.date(2020, 4, 1))
    assert proof.verdicts.set_index("identity").loc["goods_plus_services_equals_total", ["holds", "violated"]].tolist() == [0, 1]
    assert proof.issues["state"].tolist() == ["new"] and len(proof.in_doubt) == 3
    for table, frame in zip(PROOF, proof, strict=True):
        _assert_as_documented(f"{table.layer}.{table.name}", frame)
    for table in REVIEW:
        _assert_as_documented(f"{table.layer}.{table.name}")


def test_tables_of_decisions_and_expectations():
    _assert_as_documented("review.decisions", decisions_table("2020-03", {}, empty(ISSUES), empty(CORRECTIONS)))
    publication = TABLES["validated.publication"]
    constants = {"family": "ft900", "release_month": "2020-03", "reference_month": "2020-01"}
    rows = _with_status(empty(publication).drop(columns="status"), ["a", "b"], constants)
    _assert_as_documented("validated.publication", rows)
    assert rows["status"].tolist() == ["series_missing"] * 2


def test_tables_of_vintages():
    parsed = parse_documents("2020-03", [])
    _assert_as_documented("vintages.prints", prints_of(parsed, [], empty(TABLES["validated.in_doubt"]), empty(CORRECTIONS)))
    _assert_as_documented("vintages.history")
    _assert_as_documented("vintages.revisions", _sorted([empty(REVISIONS)]))
    _assert_as_documented("vintages.revision_findings", _as_table([]))
    prints = empty(PRINTS).assign(print=pd.Series([], dtype="int64"), is_first_estimate=pd.Series([], dtype="bool"))
    assert len(revision_statistics(prints)) == 0
    _assert_as_documented("vintages.revision_statistics")


def test_tables_of_metrics():
    sources = {name: empty(TABLES[full]) for full in TABLES for name in (full.partition(".")[2],)}
    made = vintage_metrics("2020-03", empty(KNOWLEDGE), {"ft900": _facts()}, sources)
    assert list(made) == [table.name for table in VINTAGE_METRICS]
    for table in VINTAGE_METRICS:
        _assert_as_documented(f"{table.layer}.{table.name}", made[table.name])
