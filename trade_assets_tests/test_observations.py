"""What a publication's figures are held against, by hand on a few figures: the range known before, and what the outcome is called."""

import json

import pandas as pd
import pytest

from trade_assets.expectations.data_docs import FOLDER, keep, write_index
from trade_assets.expectations.judgement import EXPECTED, Judgement, Outcome, _outcome, _with_status
from trade_assets.expectations.observations import observations
from trade_assets.facts.frames import conform
from trade_assets.facts.tables import PUBLICATION
from trade_assets.warehouse.root import DataRoot

KEYS = ["series", "measure", "months_long"]


def _facts(figures, series="made.up", measure="value"):
    """Facts of a series from its figures by period; a figure of ``None`` is a gap."""
    rows = [(series, measure, period, value, 0) for period, value in figures.items()]
    frame = pd.DataFrame(rows, columns=["series", "measure", "period", "value", "decimals"])
    return frame.astype({**dict.fromkeys(["series", "measure", "period"], "string"), "value": "Float64", "decimals": "Int64"})


def _months(*values, start="2020-01"):
    year, number = map(int, start.split("-"))
    counted = range(12 * year + number - 1, 12 * year + number - 1 + len(values))
    return {f"{at // 12}-{at % 12 + 1:02d}": value for at, value in zip(counted, values, strict=True)}


NOTHING = _facts({})


def _row(facts, earlier=NOTHING):
    (row,) = observations(facts, earlier).to_dict("records")
    return row


# Two years, each month 10 more or less than the one before, from 100 to 110; the next month is judged.
BEFORE = _months(*[100, 110] * 12)


@pytest.mark.parametrize(
    ("value", "beyond"),
    [(110, 0), (111, 0), (120, 0), (121, 1), (150, 30), (100, 0), (90, 0), (89, 1), (-10, 100)],
)
def test_the_latest_figure_lies_in_the_range_widened_by_the_largest_step(value, beyond):
    row = _row(_facts(_months(110, value, start="2021-12")), _facts(BEFORE))
    assert {name: row[name] for name in ("first", "last", "latest_value", "earlier_observations", "low", "high", "beyond_range")} == {
        "first": "2021-12", "last": "2022-01", "latest_value": value, "earlier_observations": 24, "low": 100, "high": 110,
        "beyond_range": beyond,
    }  # fmt: skip


@pytest.mark.parametrize(("count", "is_evaluable"), [(23, False), (24, True), (25, True)])
def test_a_range_is_of_at_least_24_observations(count, is_evaluable):
    before = _months(*[100] * count)
    row = _row(_facts({"2030-01": 100}), _facts(before))
    assert row["earlier_observations"] == count and pd.notna(row["beyond_range"]) is is_evaluable


@pytest.mark.parametrize(
    ("absent", "missing"), [([], 0), (["2020-02"], 1), (["2020-02", "2020-03", "2021-05"], 3), (["2020-01", "2021-12"], 0)]
)
def test_months_are_missing_between_the_first_and_the_last(absent, missing):
    assert _row(_facts({month: value for month, value in BEFORE.items() if month not in absent}))["missing_months"] == missing


def test_years_miss_no_months():
    assert _row(_facts({"2018": 1, "2020": 2}))["missing_months"] == 0


@pytest.mark.parametrize(
    ("figures", "months_long", "known"),
    [
        # The first that the catalogue knows of the total balance; of years it knows none.
        ({"1992-04": -2000}, 1, (3, -2641, -831)), ({"1992-03": -2641}, 1, (2, -2026, -831)), ({"1992-01": -2026}, 1, (0, None, None)),
        ({"1992": -39212}, 12, (0, None, None)), ({"1992-01/1992-04": -7500}, 0, (0, None, None)),
    ],
)  # fmt: skip
def test_the_catalogue_knows_months_and_nothing_else(figures, months_long, known):
    row = _row(_facts(figures, "balance.total"))
    found = tuple(None if pd.isna(row[name]) else row[name] for name in ("earlier_observations", "low", "high"))
    assert (row["months_long"], found) == (months_long, known)


def test_what_is_no_level_is_held_against_no_level():
    change = _row(_facts({"1992-04": -2000}, "balance.total", "percent_change"))
    assert change["earlier_observations"] == 0


YEARS = {"2018": 1200, "2019": 1260}


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (BEFORE, BEFORE, None),
        (BEFORE, {month: -value for month, value in BEFORE.items()}, "these are the figures of made.up with the opposite sign"),
        # Of years nothing is known to compare with, and they say nothing of months.
        (YEARS, {year: -value for year, value in YEARS.items()}, None),
        (BEFORE | YEARS, BEFORE | {year: -value for year, value in YEARS.items()}, None),
    ],
)
def test_months_are_held_against_what_earlier_vintages_printed_of_them(before, now, said):
    told = observations(_facts(now), _facts(before)).set_index(KEYS)["contradiction"].dropna().to_dict()
    assert told == ({} if said is None else {("made.up", "value", 1): said})


def test_figures_without_a_period_are_there_and_nothing_more():
    row = _row(_facts({None: 5.0}))
    assert (row["latest_value"], row["months_long"], row["missing_months"], row["earlier_observations"]) == (5, 0, 0, 0)
    assert all(pd.isna(row[name]) for name in ("first", "last", "low", "high", "beyond_range", "contradiction"))


# What the outcome is called


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ({}, "as_expected"),
        ({"earlier_observations": 23, "beyond_range": None}, "not_evaluable"),
        ({"beyond_range": 0.5}, "beyond_range"),
        ({"missing_months": 1}, "months_missing"),
        ({"contradiction": "another series"}, "contradicted"),
        # Of several, the worst.
        ({"earlier_observations": 0, "beyond_range": None, "missing_months": 2}, "months_missing"),
        ({"beyond_range": 0.5, "missing_months": 2}, "months_missing"),
        ({"beyond_range": 0.5, "missing_months": 2, "contradiction": "another series"}, "contradicted"),
    ],
)
def test_the_status_of_a_series(found, status):
    usual = {
        "series": "b", "measure": "value", "months_long": 1, "first": "2020-01", "last": "2022-01", "missing_months": 0,
        "latest_value": 100.0, "earlier_observations": 24, "low": 100.0, "high": 110.0, "beyond_range": 0.0, "contradiction": None,
    }  # fmt: skip
    summary = pd.DataFrame([usual | found]).astype({"beyond_range": "float64", "contradiction": "object"})
    constants = {"family": "ft900", "release_month": "2022-03", "reference_month": "2022-01"}
    assert _with_status(summary, [], constants)["status"].tolist() == [status]
    rows = _with_status(summary, ["c", "a"], constants)
    assert rows[["series", "status"]].to_records(index=False).tolist() == [("a", "series_missing"), ("b", status), ("c", "series_missing")]
    assert rows["measure"].isna().tolist() == [True, False, True]


PLACE = {"series": "exports.goods", "measure": "value", "last": "2016-09"}


@pytest.mark.parametrize(
    ("column", "found", "said"),
    [
        ("missing_months", [2.0], ["lacks months between its first and last 2"]),
        (
            "beyond_range",
            [1.5, 1234567.0],
            ["lies beyond the range of what was known by 1.5", "lies beyond the range of what was known by 1.23457e+06"],
        ),
        ("contradiction", ["these are imports"], ["is not what earlier vintages printed: these are imports"]),
    ],
)
def test_what_is_not_as_expected_is_said_place_by_place(column, found, said):
    item = {"success": False, "exception_info": {}, "result": {"unexpected_index_list": [PLACE | {column: each} for each in found]}}
    assert _outcome(column, item, []) == Outcome(EXPECTED[column], tuple(f"exports.goods value 2016-09 {each}" for each in said))
    assert _outcome(column, item | {"success": True}, []) == Outcome(EXPECTED[column])
    for without in ({}, {"unexpected_index_list": None}, {"unexpected_index_list": []}):
        nowhere = f"not met, and Great Expectations does not say where: {column}"
        assert _outcome(column, item | {"result": without}, []) == Outcome(EXPECTED[column], (nowhere,))
    for raised in (
        {"raised_exception": True, "exception_message": "of\n theirs"},
        {"a": {"raised_exception": True, "exception_message": "of theirs"}},
    ):
        said_of_it = f"could not run: {column}: of theirs"
        assert _outcome(column, item | {"exception_info": raised}, []) == Outcome(EXPECTED[column], (said_of_it,), False)


def test_series_that_are_not_there_are_named():
    item = {"success": False, "result": {}}
    assert _outcome("series", item, ["a", "b"]).unmet == ("2 expected series have no figure: a, b",)


# What is kept of it


def _judged(*statuses):
    rows = [dict.fromkeys(PUBLICATION.by_name) | {"series": f"s{number}", "status": status} for number, status in enumerate(statuses)]
    frame = conform(pd.DataFrame(rows), PUBLICATION, family="ft900", release_month="2022-03")
    return Judgement("ft900", "2022-01", frame, (Outcome("Months are complete."),))


def test_what_is_kept_counts_the_series_and_those_without_a_range(tmp_path):
    root = DataRoot.of(tmp_path)
    keep(root, "2022-03", [_judged("as_expected", "not_evaluable", "beyond_range", "not_evaluable", "series_missing")])
    assert json.loads(root.read(FOLDER, "2022-03.json")) == [
        {
            "family": "ft900", "reference_month": "2022-01", "series": 5, "not_evaluable": 2,
            "outcomes": [{"expectation": "Months are complete.", "unmet": [], "could_run": True}],
        }
    ]  # fmt: skip
    assert "<p>5 series, the range of 2 not evaluable." in root.read(FOLDER, "2022-03.html").decode()


def test_the_index_says_whether_it_is_new(tmp_path):
    root = DataRoot.of(tmp_path)
    assert [write_index(root), write_index(root)] == [True, False]
    keep(root, "2022-03", [_judged("as_expected")])
    assert [write_index(root), write_index(root)] == [True, False]


@pytest.mark.parametrize(
    ("unmet", "could_run", "word", "state", "count"),
    [
        ((), True, "met", "met", "1 of 1 met"), (("s is absent",), True, "not met", "unmet", "0 of 1 met"),
        (("could not run: x",), False, "could not run", "unmet", "0 of 1 met"), ((), False, "could not run", "unmet", "0 of 1 met"),
    ],
)  # fmt: skip
def test_an_outcome_is_met_not_met_or_could_not_run(tmp_path, unmet, could_run, word, state, count):
    root = DataRoot.of(tmp_path)
    judged = Judgement("ft900", "2022-01", _judged("as_expected").rows, (Outcome("All of them.", unmet, could_run),))
    keep(root, "2022-03", [judged])
    write_index(root)
    said = f"<ul><li>{unmet[0]}</ul>" if unmet else ""
    assert f'<tr><td>All of them.<td><span class="{state}">{word}</span>{said}\n' in root.read(FOLDER, "2022-03.html").decode()
    for page in ("2022-03.html", "index.html"):
        assert f'<span class="{state}">{count}</span>' in root.read(FOLDER, page).decode()
