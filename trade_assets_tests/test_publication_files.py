"""The files of a publication: figures as they were printed, text that is no formula, tables as their schemas describe them."""

import json
import re

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trade_assets.facts.columns import RELEASE_MONTH
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.schemas import Column, Table
from trade_assets.facts.tables import ALL_TABLES, PRINTS
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.families.mxp.tables import PRICE_CHANGES
from trade_assets.families.uscc.tables import CHINA_TRADE_GROWTH
from trade_assets.publication import publish
from trade_assets.publication.files import as_read, csv_bytes, figure_text, inert, sorted_rows
from trade_assets.publication.package import descriptor, package_name, table_resources, table_schema
from trade_assets.reading.marks import parse
from trade_assets.warehouse.partitions import parquet_bytes
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.publications import problems_of


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
    said = "is no number to publish" if places is pd.NA else f"{value} cannot have been printed with {places} decimals"
    with pytest.raises(ValueError, match=said):
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
    assert problems_of(tmp_path) == []
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
    assert schema["primaryKey"] == ["reference_month", "period"] and "unique" not in fields["period"]["constraints"]
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
    frame = conform(pd.DataFrame(row), CHINA_TRADE_GROWTH, release_month="2013-01", reference_month="2012-11")
    fields = {field["name"]: field for field in table_schema(CHINA_TRADE_GROWTH, frame)["fields"]}
    assert "constraints" not in fields["exports_month_on_month_pct"]
    assert fields["imports_month_on_month_pct"]["constraints"] == {"minimum": -100}


def _prices(*rows):
    usual = {"series": "s", "period": "2018-06/2018-07", "gaps": "", "corrections": ""}
    frame = pd.DataFrame([dict.fromkeys(PRICE_CHANGES.by_name) | usual | row for row in rows])
    return conform(frame, PRICE_CHANGES, release_month="2018-08")


def test_rows_stand_in_the_order_of_their_key_and_two_of_one_key_are_refused():
    key = ["reference_month", "period"]
    assert list(PRICE_CHANGES.key) == key
    frame = _prices({"reference_month": "2018-07", "period": "b"}, {"reference_month": "2018-06", "period": "c"},
                    {"reference_month": "2018-07", "period": "a"})  # fmt: skip
    assert sorted_rows(frame, PRICE_CHANGES)[key].to_numpy().tolist() == [["2018-06", "c"], ["2018-07", "a"], ["2018-07", "b"]]
    with pytest.raises(ValueError, match=r"validated\.price_changes has two rows of the key"):
        sorted_rows(pd.concat([frame, frame.tail(1)]), PRICE_CHANGES)


# The folder of a month

MONTH = "2018-08"


def _published(monkeypatch, to, **files):
    """Publish a month of these files, by table, as the given place takes it; what the folder holds then."""
    described = {"name": package_name(MONTH), "resources": [{"path": f"validated.{name}.csv"} for name in files]}
    made = {f"validated.{name}.csv": data for name, data in files.items()} | {"datapackage.json": json.dumps(described).encode()}
    monkeypatch.setattr(publish, "publication", lambda *_: publish.Publication(MONTH, made, {}, (), 0, (), (), None))
    placed = publish.publish_month(DataRoot.of("memory://nowhere"), MONTH, to)
    assert placed.path == to.path(MONTH)
    return placed.is_new, {name: to.read(MONTH, name) for name in to.names(MONTH)} == made


@pytest.mark.parametrize("place", ["a folder", "a URL"])
def test_a_publication_takes_the_place_of_the_former_one(monkeypatch, tmp_path, place):
    """Also of its tables that are published no more; the same again touches nothing."""
    to = DataRoot.of(tmp_path / "to" if place == "a folder" else f"memory://{tmp_path.name}")
    assert _published(monkeypatch, to, price_changes=b"1", index_levels=b"2") == (True, True)
    assert _published(monkeypatch, to, price_changes=b"1", index_levels=b"2") == (False, True)
    assert _published(monkeypatch, to, price_changes=b"3", index_levels=b"2") == (True, True)
    assert _published(monkeypatch, to, price_changes=b"3") == (True, True)
    assert _published(monkeypatch, to, price_changes=b"3", index_levels=b"2") == (True, True)


@pytest.mark.parametrize(
    ("name", "listed", "is_ours"),
    [
        # A table that another version of the program published, and lists; one that it does not list, and what is none of a package.
        ("validated.of_old.csv", "validated.of_old.csv", True),
        ("metrics.of_old.parquet", "metrics.of_old.parquet", True),
        ("validated.of_old.csv", "validated.other.csv", False),
        ("validated.of_old.txt", "validated.of_old.txt", False),
        ("thesis.csv", "thesis.csv", False),
    ],
)
def test_what_the_former_publication_lists_goes_with_it_and_nothing_else(monkeypatch, tmp_path, name, listed, is_ours):
    to = DataRoot.of(tmp_path)
    package = {"name": package_name(MONTH), "resources": [{"path": listed}]}
    to.write(json.dumps(package).encode(), MONTH, "datapackage.json")
    to.write(b"old", MONTH, name)
    if is_ours:
        assert _published(monkeypatch, to, price_changes=b"1") == (True, True)
    else:
        with pytest.raises(publish.PublicationError, match=f"holds {name}, which is none of its files"):
            _published(monkeypatch, to, price_changes=b"1")
        assert to.read(MONTH, name) == b"old"


@pytest.mark.parametrize("package", [b"{", b"[]", b"null", b'{"name": 1}', b'{"resources": 7}', b"\xff", b"[" * 100_000])
def test_a_description_that_is_none_lists_nothing(monkeypatch, tmp_path, package):
    to = DataRoot.of(tmp_path)
    to.write(package, MONTH, "datapackage.json")
    assert _published(monkeypatch, to, price_changes=b"1") == (True, True)
    to.write(package, MONTH, "datapackage.json")
    to.write(b"old", MONTH, "validated.of_old.csv")
    with pytest.raises(publish.PublicationError, match=r"holds validated\.of_old\.csv, which is none of its files"):
        _published(monkeypatch, to, price_changes=b"1")
