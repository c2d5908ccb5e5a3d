"""The description of a publication, from tables and rows made up by hand: every field is written down."""

import hashlib
import json

import pandas as pd
import pytest

from trade_assets import __version__
from trade_assets.facts.schemas import Column, Table
from trade_assets.publication.licences import FIGURES_OF, OURS, licences
from trade_assets.publication.package import descriptor, package_name, resource, table_resources, table_schema


def _table(*columns, key=("id",), **more):
    return Table("validated", "made", "A made table.", columns, key=key, **more)


ID = Column("id", "string", "what it is", is_nullable=False, pattern="a|b")


def _field(column, *values, key=("id",)):
    """How a column of these values is described, beside name and description."""
    table = _table(ID, column, key=key)
    frame = pd.DataFrame({"id": ["a"] * len(values), column.name: values})
    _, field = table_schema(table, frame)["fields"]
    assert (field.pop("name"), field.pop("description")) == (column.name, column.description)
    return field


# Fields


@pytest.mark.parametrize(
    ("kind", "told"), [("string", "string"), ("int", "integer"), ("float", "number"), ("bool", "boolean")]
)  # fmt: skip
def test_each_type_has_its_name_in_the_standard(kind, told):
    assert _field(Column("x", kind, "an x")) == {"type": told}


def test_what_holds_of_a_column_is_said():
    assert _field(Column("x", "string", "an x", is_nullable=False)) == {
        "type": "string", "constraints": {"required": True}, "missingValues": [],
    }  # fmt: skip
    assert _field(Column("x", "float", "an x", unit="percent")) == {"type": "number", "unit": "percent"}
    assert _field(Column("x", "string", "an x", pattern="a|b")) == {"type": "string", "constraints": {"pattern": "(a|b)"}}
    assert _field(Column("x", "string", "an x", one_of=("a", "b"))) == {"type": "string", "constraints": {"enum": ["a", "b"]}}
    all_of_it = Column("x", "int", "an x", is_nullable=False, low=1, high=5)
    assert _field(all_of_it, 3) == {"type": "integer", "constraints": {"required": True, "minimum": 1, "maximum": 5}}


@pytest.mark.parametrize(
    ("more", "is_text_of_its_own"),
    [({}, False), ({"is_nullable": False}, True), ({"is_nullable": False, "pattern": "a*"}, False),
     ({"is_nullable": False, "one_of": ("", "a")}, False), ({"kind": "int", "is_nullable": False}, False)],
)  # fmt: skip
def test_empty_is_a_text_where_any_text_may_stand_and_none_may_be_missing(more, is_text_of_its_own):
    field = _field(Column(**{"name": "x", "kind": "string", "description": "an x"} | more))
    assert field.get("missingValues") == ([] if is_text_of_its_own else None)


@pytest.mark.parametrize(
    ("values", "declared"),
    [((), {"minimum": 0, "maximum": 100}), ((0.0, 100.0), {"minimum": 0, "maximum": 100}), ((-0.1, 50.0), {"maximum": 100}),
     ((50.0, 100.1), {"minimum": 0}), ((-1.0, 101.0), None), ((None, 50.0), {"minimum": 0, "maximum": 100})],
)  # fmt: skip
def test_a_bound_is_declared_unless_a_published_figure_exceeds_it(values, declared):
    assert _field(Column("x", "float", "an x", low=0, high=100), *values).get("constraints") == declared


def test_a_single_key_is_unique_and_of_several_none_is_alone():
    table = _table(ID, Column("x", "string", "an x", is_nullable=False))
    schema = table_schema(table, pd.DataFrame({"id": ["a"], "x": [""]}))
    assert schema["fields"][0]["constraints"] == {"required": True, "unique": True, "pattern": "(a|b)"}
    assert (schema["missingValues"], schema["primaryKey"]) == ([""], ["id"])
    both = _table(ID, Column("x", "string", "an x", is_nullable=False), key=("id", "x"))
    schema = table_schema(both, pd.DataFrame({"id": ["a"], "x": [""]}))
    assert schema["primaryKey"] == ["id", "x"] and "unique" not in schema["fields"][0]["constraints"] and "uniqueKeys" not in schema
    missing = _table(ID, Column("x", "string", "an x"), key=("id", "x"))
    schema = table_schema(missing, pd.DataFrame({"id": ["a"], "x": [None]}))
    assert schema["uniqueKeys"] == [["id", "x"]] and "primaryKey" not in schema


# Files


def test_a_file_is_described_by_its_bytes():
    digest = hashlib.sha256(b"bytes").hexdigest()
    told = {"title": "T", "format": "md", "mediatype": "text/markdown", "bytes": 5, "hash": f"sha256:{digest}"}
    for name, path in (("difference", "difference.md"), ("difference.md", "difference.md"), ("differencemd", "differencemd.md")):
        found = resource(name, b"bytes", format="md", mediatype="text/markdown", title="T")
        assert found == told | {"name": name, "path": path}


@pytest.mark.parametrize("family", [None, "mxp"])
def test_a_table_is_two_files_the_first_with_its_schema(family):
    table, frame = _table(ID, family=family), pd.DataFrame({"id": ["a", "b"]})
    of_family = {"family": family} if family else {}
    csv, parquet = table_resources(table, frame, b"csv", b"parquet")
    assert csv == resource("validated.made", b"csv", format="csv", mediatype="text/csv", title="A made table.") | of_family | {
        "profile": "tabular-data-resource", "encoding": "utf-8", "rows": 2, "schema": table_schema(table, frame),
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False,
                    "header": True},
    }  # fmt: skip
    media = "application/vnd.apache.parquet"
    described = resource("validated.made.parquet", b"parquet", format="parquet", mediatype=media, title="A made table.")
    assert parquet == described | of_family | {
        "profile": "data-resource", "type": "file", "same_rows_as": "validated.made",
    }  # fmt: skip
    assert (csv["path"], parquet["path"]) == ("validated.made.csv", "validated.made.parquet")


# The package


def _document(**more):
    usual = {"family": "mxp", "publisher": "BLS", "title": "Prices", "source": "bls.gov/ximpim", "product": "", "release_month": "2018-08",
             "known_from": "2018-08-31", "known_from_is": "month", "is_current": True, "sha256": "d1", "size_bytes": 7}  # fmt: skip
    return usual | more


def _decision(issue, **more):
    usual = {"issue": issue, "action": "correct", "reason": "a slip", "reviewer": "ada", "decided_on": "2018-09-01", "expires_on": None,
             "told_publisher_on": None, "publisher_answer": None, "sha256": "d1", "cells": "7:2", "is_in_force": True}  # fmt: skip
    return usual | more


def _correction(issue, **more):
    usual = {"issue": issue, "table": "t", "series": "s", "measure": "value", "period": "2018-01", "line": 7, "text": "36,845",
             "corrected_text": "36,854"}  # fmt: skip
    return usual | more


def _described(month="2018-08", resources=(), *, documents=None, verdicts=(), issues=(), withheld=0, decisions=(), corrections=()):
    evidence = {
        "documents": pd.DataFrame([_document()] if documents is None else documents),
        "verdicts": pd.DataFrame(verdicts, columns=["family", "sha256", "holds", "violated", "not_evaluable"]),
        "issues": pd.DataFrame(issues, columns=["issue", "state"]),
        "in_doubt": pd.DataFrame({"line": range(withheld)}),
        "decisions": pd.DataFrame(decisions, columns=list(_decision(""))).astype({"is_in_force": bool}),
        "corrections": pd.DataFrame(corrections, columns=list(_correction(""))),
    }
    return descriptor(month, resources, evidence)


def test_a_package_says_what_it_is_of():
    data = _described(resources=[{"name": "for"}])
    told = json.loads(data)
    assert list(told) == [
        "profile", "name", "version", "title", "description", "release_month", "generator", "licenses", "sources", "identities", "issues",
        "decisions", "resources",
    ]  # fmt: skip
    assert (told["profile"], told["name"], told["release_month"]) == ("data-package", "trade-assets-2018-08", "2018-08")
    assert (told["title"], told["generator"]) == ("U.S. trade releases of August 2018", f"trade-assets {__version__}")
    assert told["description"].startswith("Figures of the U.S. trade releases of the month") and "difference.md" in told["description"]
    assert told["resources"] == [{"name": "for"}]
    assert told["licenses"] == licences(["mxp"])
    assert (told["identities"], told["decisions"], told["issues"]) == ([], [], {"open": [], "decided": [], "withheld_figures": 0})
    assert package_name("2018-08") == "trade-assets-2018-08"


def test_a_description_is_lines_of_text_that_end():
    data = _described(documents=[_document(title="Preise für alle")])
    assert data.startswith(b'{\n "profile": "data-package",\n "name": "trade-assets-2018-08",\n "version": "2018.8.0+')
    assert data.endswith(b"]\n}\n") and "Preise für alle".encode() in data


def test_the_version_is_made_of_the_month_and_of_all_that_is_described():
    """Of the description without it, so that anybody can make it again."""
    data = _described(issues=[("i1", "open")])
    told = json.loads(data)
    version = told.pop("version")
    digest = hashlib.sha256((json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()).hexdigest()
    assert version == f"2018.8.0+{digest[:12]}"
    assert data == _described(issues=[("i1", "open")]) != _described(issues=[("i2", "open")])
    assert json.loads(_described("2018-11"))["version"].startswith("2018.11.0+")
    assert json.loads(_described("2018-01"))["title"] == "U.S. trade releases of January 2018"
    assert json.loads(_described("2018-12"))["title"] == "U.S. trade releases of December 2018"


def test_a_description_holds_no_number_that_is_none():
    with pytest.raises(ValueError, match="JSON"):
        _described(resources=[{"rows": float("nan")}])


@pytest.mark.parametrize(
    ("offered", "path"),
    [
        ("bls.gov/ximpim", "https://bls.gov/ximpim"), ("https://www.census.gov/ft900?x=1&y=%20#a", "https://www.census.gov/ft900?x=1&y=%20#a"),
        ("http://bls.gov", "http://bls.gov"), ("WWW.BLS.GOV", "https://WWW.BLS.GOV"), ("by mail", None), ("bls", None), ("", None),
        ("see bls.gov", None), ("bls.gov and others", None), ("ftp://bls.gov", None), ("bls.gov/a b", None),
    ],
)  # fmt: skip
def test_a_source_has_an_address_if_what_is_stated_is_one(offered, path):
    (source,) = json.loads(_described(documents=[_document(source=offered)]))["sources"]
    assert (source.get("path"), source["offered_at"]) == (path, offered)


def test_a_source_is_identified_by_its_bytes():
    rows = [_document(), _document(family="uscc", product="p", is_current=False, sha256="d2", size_bytes=8, title="a\x1b[2Jb", source="x")]
    told = json.loads(_described(documents=rows))
    assert told["sources"] == [
        {"title": "BLS: Prices", "path": "https://bls.gov/ximpim", "offered_at": "bls.gov/ximpim", "family": "mxp", "product": "",
         "release_month": "2018-08", "known_from": "2018-08-31", "known_from_is": "month", "is_current": True, "sha256": "d1", "bytes": 7},
        {"title": "BLS: a\\x1b[2Jb", "offered_at": "x", "family": "uscc", "product": "p", "release_month": "2018-08",
         "known_from": "2018-08-31", "known_from_is": "month", "is_current": False, "sha256": "d2", "bytes": 8},
    ]  # fmt: skip
    assert told["licenses"] == licences(["mxp", "uscc"])


@pytest.mark.parametrize(("length", "is_cut"), [(1994, False), (1995, False), (1996, True)])
def test_a_title_is_cut_behind_two_thousand_characters(length, is_cut):
    (source,) = json.loads(_described(documents=[_document(title="x" * length)]))["sources"]
    assert source["title"] == (f"BLS: {'x' * 1995}… (2001 characters)" if is_cut else f"BLS: {'x' * length}")


def test_identities_are_counted_by_document():
    verdicts = [("mxp", "d1", True, False, False), ("mxp", "d1", False, True, False), ("mxp", "d1", True, False, False),
                ("mxp", "d2", False, False, True), ("ft900", "d3", True, False, False)]  # fmt: skip
    assert json.loads(_described(verdicts=verdicts))["identities"] == [
        {"family": "ft900", "sha256": "d3", "holds": 1, "violated": 0, "not_evaluable": 0},
        {"family": "mxp", "sha256": "d1", "holds": 2, "violated": 1, "not_evaluable": 0},
        {"family": "mxp", "sha256": "d2", "holds": 0, "violated": 0, "not_evaluable": 1},
    ]  # fmt: skip


def test_issues_are_open_or_decided_each_in_order():
    issues = [("i3", "open"), ("i1", "open"), ("i4", "decided"), ("i2", "decided"), ("i5", "gone")]
    assert json.loads(_described(issues=issues, withheld=4))["issues"] == {
        "open": ["i1", "i3"], "decided": ["i2", "i4"], "withheld_figures": 4,
    }  # fmt: skip


def test_decisions_in_force_have_what_was_said_and_the_cells_that_they_correct():
    decisions = [
        _decision("i1"),
        _decision("i2", is_in_force=False),
        _decision("i3", action="accept", expires_on="2019-01-01", told_publisher_on="2018-09-02", publisher_answer="yes\x07", cells="8:1"),
    ]
    corrections = [_correction("i1"), _correction("i1", period=None, line=None, text="a\x07", corrected_text="b\x07"), _correction("i2")]
    assert json.loads(_described(decisions=decisions, corrections=corrections))["decisions"] == [
        {"issue": "i1", "action": "correct", "reason": "a slip", "reviewer": "ada", "decided_on": "2018-09-01", "sha256": "d1",
         "cells": "7:2",
         "corrected": [
             {"table": "t", "series": "s", "measure": "value", "period": "2018-01", "line": 7, "printed": "36,845",
              "published": "36,854"},
             {"table": "t", "series": "s", "measure": "value", "period": None, "line": None, "printed": "a\\x07", "published": "b\\x07"},
         ]},
        {"issue": "i3", "action": "accept", "reason": "a slip", "reviewer": "ada", "decided_on": "2018-09-01", "expires_on": "2019-01-01",
         "told_publisher_on": "2018-09-02", "publisher_answer": "yes\\x07", "sha256": "d1", "cells": "8:1", "corrected": []},
    ]  # fmt: skip


def test_a_long_reason_is_cut_behind_two_thousand_characters():
    for length, reason in ((2000, "x" * 2000), (2001, f"{'x' * 2000}… (2001 characters)")):
        (told,) = json.loads(_described(decisions=[_decision("i1", reason="x" * length)]))["decisions"]
        assert told["reason"] == reason


# Licences


def test_ours_comes_first_then_those_of_the_families_each_once():
    assert licences([]) == licences(["kei"]) == [OURS]
    us, fred = FIGURES_OF["mxp"].licence, FIGURES_OF["fred"].licence
    assert us != fred and us == FIGURES_OF["ft900"].licence == FIGURES_OF["uscc"].licence
    assert licences(["mxp", "ft900", "uscc", "mxp"]) == [OURS, us]
    assert licences(["mxp", "fred"]) == licences(["fred", "mxp", "kei"]) == [OURS, fred, us]
    with pytest.raises(KeyError):
        licences(["another"])
    assert OURS["name"] == "CC0-1.0"
