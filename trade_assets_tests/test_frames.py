"""Columns to frames: tables in their types, facts of cells and of rows without figures, and the wide tables that show them."""

import pandas as pd
import pytest

from trade_assets.facts.columns import CORRECTIONS, GAPS, KEY_PERIOD, OF_RELEASE, RELEASE_MONTH, SERIES, figure, text
from trade_assets.facts.frames import conform, empty, in_text_order, parsed_tables, period_kind, tidy, together, wide
from trade_assets.facts.melt import melt
from trade_assets.facts.period_rules import OWN, change
from trade_assets.facts.schemas import Column, Fact, Table
from trade_assets.facts.tables import FACTS
from trade_assets.reading.cells import Reading
from trade_assets.reading.marks import NOT_PUBLISHED, NOT_YET_RELEASED, Mark

SMALL = Table(
    "validated", "small", "A small table.",
    (text("area", "where"), Column("n", "int", "how many"), Column("is_final", "bool", "whether")), key=("n", "area"),
)  # fmt: skip


def test_a_frame_is_given_the_columns_of_its_table():
    frame = pd.DataFrame({"n": [2.0, None], "extra": [1, 2], "area": ["a", None]}, index=[7, 5])
    found = conform(frame, SMALL, is_final=True)
    assert list(found.columns) == ["area", "n", "is_final"]
    assert found.dtypes.astype(str).to_dict() == {"area": "string", "n": "Int64", "is_final": "boolean"}
    assert list(found.index) == [0, 1]
    assert found["n"].tolist() == [2, pd.NA] and found["is_final"].tolist() == [True, True]
    # What is given counts, also for a column that the frame has.
    assert conform(frame, SMALL, is_final=False, area="z")["area"].tolist() == ["z", "z"]
    with pytest.raises(KeyError, match="is_final"):
        conform(frame, SMALL)


def test_a_table_without_rows_is_a_frame_of_its_own():
    first = empty(SMALL)
    assert (len(first), first.dtypes.astype(str).to_dict()) == (0, {"area": "string", "n": "Int64", "is_final": "boolean"})
    first["more"] = 1
    assert list(empty(SMALL).columns) == ["area", "n", "is_final"]


def test_frames_of_a_table_stand_below_each_other_by_its_key():
    def rows(*pairs):
        return conform(pd.DataFrame(pairs, columns=["area", "n"]), SMALL, is_final=True)

    found = together([rows(("b", 2), ("a", 2)), empty(SMALL), rows(("z", 1))], SMALL)
    assert list(zip(found["area"], found["n"], strict=True)) == [("z", 1), ("a", 2), ("b", 2)]
    assert list(found.index) == [0, 1, 2]
    assert together([], SMALL).equals(empty(SMALL)) and together([empty(SMALL)], SMALL).equals(empty(SMALL))


def test_rows_stand_in_the_order_of_a_text():
    frame = pd.DataFrame({"a": ["b", "a", "b", "a"], "n": [1, 2, 3, 4]})
    assert in_text_order(frame, "a")["n"].tolist() == [2, 4, 1, 3]


@pytest.mark.parametrize(("period", "kind"), [("2020", "year"), ("2020-01/2020-03", "year_to_date"), ("2020-01", "month")])
def test_kinds_of_periods(period, kind):
    assert period_kind(period) == kind


# Tidy facts


def _parsed(reading):
    columns = {"cells": reading.cells, "rows": reading.rows, "series": reading.series}
    return parsed_tables(
        columns, release_month="2020-05", family="ft900", product="p", reference_month=reading.reference_month, sha256="a" * 64,
        is_current=True,
    )  # fmt: skip


def _tidy(reading):
    tables = _parsed(reading)
    return tidy(tables["cells"], tables["rows"], tables["series"], "ft900")


def _reading():
    """Two columns of a table: a row with both figures, one whose second is a dash, and one without any."""
    reading = Reading("ft900", "publisher", "title")
    marks = {1: [Mark(1.5, 1, "", None), Mark(2.0, 0, "r", None)], 2: [Mark(3.0, 0, "", None), Mark(None, None, "", NOT_PUBLISHED)]}
    for line, of_row in marks.items():
        row = reading.add_row("t", line, f"row {line}", period=f"2020-0{line}")
        reading.add_cells(
            "t", [row] * 2, columns=["a", "b"], series=["s.a", "s.b"], measures=["value"] * 2, periods=[f"2020-0{line}"] * 2,
            units=["index", "percent"], marks=of_row, lines=[line] * 2, starts=[9, 4], texts=["x", "y"],
        )  # fmt: skip
    reading.add_row("t", 3, "row 3", period="2020-03", gap=NOT_YET_RELEASED)
    reading.add_row("other", 4, "row 4", period="2020-04", gap=NOT_YET_RELEASED)
    for name in ("s.a", "s.b"):
        reading.add_series(series=name, flow="exports", classification="c", code=name[-1], label=f"label {name}", base_period="2000")
    return reading


def test_every_cell_and_every_gap_of_a_row_is_a_fact():
    facts = _tidy(_reading())
    assert list(facts.columns) == list(FACTS["ft900"].dtypes)
    shown = facts[["row", "column", "label", "period", "value", "gap", "flags", "line", "start", "row_period", "series_label"]]
    na = pd.NA
    # By line and place; a row without figures has no place, and gives each column of its table a gap.
    assert [tuple(row) for row in shown.astype(object).where(shown.notna(), na).itertuples(index=False)] == [
        (0, "b", "row 1", "2020-01", 2.0, na, "r", 1, 4, "2020-01", "label s.b"),
        (0, "a", "row 1", "2020-01", 1.5, na, "", 1, 9, "2020-01", "label s.a"),
        (1, "b", "row 2", "2020-02", na, "not_published", "", 2, 4, "2020-02", "label s.b"),
        (1, "a", "row 2", "2020-02", 3.0, na, "", 2, 9, "2020-02", "label s.a"),
        (2, "a", "row 3", "2020-03", na, "not_yet_released", "", 3, na, "2020-03", "label s.a"),
        (2, "b", "row 3", "2020-03", na, "not_yet_released", "", 3, na, "2020-03", "label s.b"),
    ]
    assert facts["unit"].tolist() == ["percent", "index", "percent", "index", "index", "percent"]
    for name, value in (("release_month", "2020-05"), ("product", "p"), ("sha256", "a" * 64), ("reference_month", "2020-02")):
        assert facts[name].tolist() == [value] * 6
    assert facts["code"].tolist() == ["b", "a", "b", "a", "a", "b"]
    assert set(facts["base_period"]) == {"2000"} and set(facts["flow"]) == {"exports"} and set(facts["classification"]) == {"c"}


def test_a_document_without_a_period_has_no_reference_month():
    reading = _reading()
    reading.cells["period"] = [None] * 4
    assert set(_tidy(reading)["reference_month"]) == {""}


def test_a_document_without_cells_has_no_facts():
    assert _tidy(Reading("ft900", "publisher", "title")).equals(empty(FACTS["ft900"]))


def test_a_fact_without_its_series_is_an_error():
    reading = _reading()
    for entries in reading.series.values():
        entries.pop()
    with pytest.raises(ValueError) as caught:
        _tidy(reading)
    assert str(caught.value) == "3 facts of ft900 have no row or no series"


# Wide tables

WIDE = Table(
    "validated", "wide", "A wide table.",
    (
        RELEASE_MONTH, SERIES, KEY_PERIOD, text("period_kind", "kind"), Column("is_revised", "bool", "whether"), text("label", "label"),
        *figure("level", "the level", "index", Fact("{series}", "value", OWN)),
        *figure("growth_pct", "growth", "percent", Fact("{series}", "percent_change", change())),
        GAPS, CORRECTIONS, OF_RELEASE,
    ),
    key=("series", "period"), family="ft900", source_tables=("t", "u"),
)  # fmt: skip


def _facts(*rows, **more):
    """Facts by table, column, series, row's period, own period, value, decimals, gap."""
    names = ["table", "column", "series", "row_period", "period", "value", "decimals", "gap"]
    frame = pd.DataFrame(rows, columns=names)
    frame = frame.astype({"value": "Float64", "decimals": "Int64", **dict.fromkeys(["row_period", "period", "gap"], "string")})
    constants = {"release_month": "2020-05", "series_label": "label", "flags": "", "sha256": "a", "reference_month": "2020-02"}
    return frame.assign(**constants | more)


NA = pd.NA
LEVEL = ("t", "level", "s", "2020-02", "2020-02", 1.5, 1, NA)
GROWTH = ("u", "growth_pct", "s", "2020-02", "2020-01/2020-02", 7.0, 0, NA)


def _rows(frame, *columns):
    chosen = frame[list(columns)].astype(object)
    return [tuple(row) for row in chosen.where(chosen.notna(), None).itertuples(index=False)]


def test_figures_of_a_row_stand_beside_each_other():
    frame = wide(_facts(GROWTH, LEVEL, ("v", "level", "x", "2020-02", "2020-02", 9.0, 0, NA)), WIDE)
    assert list(frame.columns) == list(WIDE.dtypes)
    assert _rows(
        frame, "series", "period", "period_kind", "is_revised", "label", "level", "level_decimals", "growth_pct", "growth_decimals"
    ) == [("s", "2020-02", "month", False, "label", 1.5, 1, 7.0, 0)]
    assert _rows(frame, "release_month", "gaps", "corrections", "reference_month") == [("2020-05", "", "", "2020-02")]


def test_rows_are_sorted_by_the_key_and_need_not_have_every_figure():
    later, other = (*LEVEL[:3], "2020-03", "2020-03", 2.5, 1, NA), (*LEVEL[:2], "a", *LEVEL[3:])
    frame = wide(_facts(later, LEVEL, GROWTH, other), WIDE)
    assert _rows(frame, "series", "period", "level", "growth_pct", "growth_decimals", "gaps") == [
        ("a", "2020-02", 1.5, None, None, ""), ("s", "2020-02", 1.5, 7.0, 0, ""), ("s", "2020-03", 2.5, None, None, ""),
    ]  # fmt: skip
    # A figure that no fact has is a column all the same.
    assert _rows(wide(_facts(LEVEL), WIDE), "level", "growth_pct", "growth_decimals") == [(1.5, None, None)]


def test_other_tables_are_not_shown():
    assert wide(_facts(("v", *LEVEL[1:])), WIDE).equals(empty(WIDE))


def test_a_missing_figure_says_why():
    gap = (*LEVEL[:5], NA, NA, "not_published")
    assert _rows(wide(_facts(gap, GROWTH), WIDE), "level", "level_decimals", "gaps") == [(None, None, "level: not_published")]
    every = (*GROWTH[:5], NA, NA, "not_published")
    assert wide(_facts(gap, every), WIDE)["gaps"].tolist() == ["every figure: not_published"]
    # A reason, where there is one, stands in place of the gap.
    assert wide(_facts(gap, GROWTH, reason=["withheld_by_issue_1", NA]), WIDE)["gaps"].tolist() == ["level: withheld_by_issue_1"]


def test_a_corrected_figure_says_what_was_printed():
    frame = wide(_facts(LEVEL, GROWTH, correction=pd.array([NA, "printed 8"], dtype="string")), WIDE)
    assert _rows(frame, "corrections", "gaps") == [("growth_pct: printed 8", "")]


def test_a_row_of_several_periods_says_which_by_its_figure():
    """Where the printed row has no period of its own: that of the level, or the last month of its change."""
    level, growth = ("t", "level", "s", NA, "2020-02", 1.5, 1, NA), ("t", "growth_pct", "s", NA, "2020-01/2020-02", 7.0, 0, NA)
    assert _rows(wide(_facts(level, growth), WIDE), "period", "level", "growth_pct") == [("2020-02", 1.5, 7.0)]


def test_the_period_that_a_row_prints_counts():
    """Also where its figure is of another one; and a row without any, whose figure has none, stays without."""
    other = ("t", "level", "s", "2020-03", "2020-02", 1.5, 1, NA)
    assert _rows(wide(_facts(other), WIDE), "period", "level") == [("2020-03", 1.5)]
    columns = (SERIES, *figure("level", "the level", "index", Fact("{series}", "value", OWN)), GAPS, CORRECTIONS, OF_RELEASE)
    undated = Table("validated", "undated", "Without periods.", columns, key=("series",), source_tables=("t",))
    assert _rows(wide(_facts(("t", "level", "s", NA, NA, 1.5, 1, NA)), undated), "series", "level") == [("s", 1.5)]
    gap = ("t", "level", "u", NA, NA, NA, NA, "not_published")
    found = wide(_facts(("t", "level", "s", NA, NA, 1.5, 1, NA), gap), undated)
    assert _rows(found, "series", "level", "gaps") == [("s", 1.5, ""), ("u", None, "every figure: not_published")]


def test_flags_say_whether_a_row_is_revised():
    assert wide(_facts(LEVEL, flags="irregular_sign r"), WIDE)["is_revised"].tolist() == [True]
    assert wide(_facts(LEVEL, flags="irregular_sign"), WIDE)["is_revised"].tolist() == [False]


def test_what_is_printed_twice_is_shown_once():
    gap = (*LEVEL[:5], NA, NA, "not_published")
    for facts in (_facts(gap, LEVEL, sha256=["a", "b"]), _facts(LEVEL, gap, sha256=["a", "b"]), _facts(LEVEL, LEVEL)):
        assert _rows(wide(facts, WIDE), "level", "gaps") == [(1.5, "")]
    # Of two documents' figures the first is shown; one document's must be the same.
    other = (*LEVEL[:5], 1.6, 1, NA)
    assert wide(_facts(LEVEL, other, sha256=["a", "b"]), WIDE)["level"].tolist() == [1.5]
    with pytest.raises(ValueError) as caught:
        wide(_facts(LEVEL, other), WIDE)
    assert str(caught.value) == "two figures for s, 2020-02, level in the document a, and no rule compares them"


def test_a_change_says_how_many_months_it_spans():
    columns = (SERIES, KEY_PERIOD, Column("months", "int", "length"),
               *figure("growth_pct", "growth", "percent", Fact("{series}", None, OWN)), GAPS, CORRECTIONS, OF_RELEASE)  # fmt: skip
    table = Table("validated", "growth", "Growth.", columns, key=("series", "period"), source_tables=("u",))
    year = (*GROWTH[:2], "t", "2020-02", "2019-02/2020-02", 1.0, 0, NA)
    assert wide(_facts(GROWTH, year), table)["months"].tolist() == [1, 12]


def test_a_wide_table_is_melted_into_its_facts():
    frame = wide(_facts(LEVEL, (*LEVEL[:2], "a", *LEVEL[3:]), GROWTH), WIDE)
    facts = melt(frame, WIDE)
    assert list(facts.columns) == ["place", "column", "series", "measure", "period", "value", "decimals"]
    assert [tuple(row) for row in facts.iloc[:, :5].itertuples(index=False)] == [
        (0, "level", "a", "value", "2020-02"), (1, "level", "s", "value", "2020-02"),
        (0, "growth_pct", "a", "percent_change", "2020-01/2020-02"), (1, "growth_pct", "s", "percent_change", "2020-01/2020-02"),
    ]  # fmt: skip
    assert facts["value"].fillna(-1).tolist() == [1.5, 1.5, -1.0, 7.0]
    assert facts["decimals"].tolist() == [1.0, 1.0, 0.0, 0.0]


def test_only_rows_that_can_have_a_figure_are_melted():
    """The measure is the row's, where the column says none."""
    columns = (SERIES, text("measure", "measure"), KEY_PERIOD,
               *figure("level", "the level", "index", Fact("x.{series}", None, OWN, lambda series: series.endswith(".a"))))  # fmt: skip
    table = Table("validated", "some", "Some.", columns, key=("series",))
    frame = pd.DataFrame(
        {"series": ["a", "b"], "measure": ["m", "n"], "period": ["2020", "2021"], "level": [1.0, 2.0], "level_decimals": [1, 2]}
    )
    frame["series"] = ["b", "a.a"]
    assert melt(frame, table).to_dict("records") == [
        {"place": 1, "column": "level", "series": "x.a.a", "measure": "n", "period": "2021", "value": 2.0, "decimals": 2.0}
    ]
