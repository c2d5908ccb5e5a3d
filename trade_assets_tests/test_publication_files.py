"""The files of a publication: figures as they were printed, text that is no formula, tables as their schemas describe them."""

import re

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.schemas import Column, Table
from trade_assets.facts.tables import ALL_TABLES, CHINA_TRADE_GROWTH, GOODS_AND_SERVICES, PRICE_CHANGES, PRINTS, RELEASE_MONTH
from trade_assets.publication.files import as_read, csv_bytes, figure_text, inert, sorted_rows
from trade_assets.publication.package import descriptor, table_resources, table_schema
from trade_assets.reading.marks import parse
from trade_assets.warehouse.partitions import parquet_bytes
from trade_assets_tests.test_publish import _problems


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
