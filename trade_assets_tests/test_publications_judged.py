"""A publication as it is judged, a few figures by hand: what is observed, what is asked of whom, and the pages that say so."""

import json
import os
import sys
import types

import pandas as pd
import pytest
from tqdm import tqdm

from trade_assets.expectations import judgement
from trade_assets.expectations.data_docs import FOLDER, build_data_docs, keep, write_index
from trade_assets.expectations.judgement import EXPECTED, Judgement, Outcome, judge
from trade_assets.expectations.observations import expected_series, observations
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import PUBLICATION
from trade_assets.warehouse.root import DataRoot


def _facts(*rows, measure="value"):
    """Facts of (series, period, figure) or with their measure before the period."""
    full = [(row[0], measure, *row[1:]) if len(row) == 3 else row for row in rows]
    frame = pd.DataFrame(full, columns=["series", "measure", "period", "value"]).assign(decimals=0, table="t", reference_month="2020-03")
    return frame.astype({**dict.fromkeys(["series", "measure", "period"], "string"), "value": "Float64", "decimals": "Int64"})


NOTHING = _facts()


def _observed(facts, earlier=NOTHING):
    rows = observations(facts, earlier).to_dict("records")
    return {(row["series"], row["measure"], row["months_long"]): row for row in rows}


# Observations


def test_the_columns_of_what_is_observed():
    assert list(observations(_facts(("a", "2020-01", 1)), NOTHING).columns) == [
        "series", "measure", "months_long", "first", "last", "missing_months", "latest_value", "earlier_observations", "low", "high",
        "beyond_range", "contradiction",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "period", "months_long", "last"),
    [
        ("value", "2020-03", 1, "2020-03"),
        ("value", "2020", 12, "2020-12"),
        ("value", "2020-01/2020-03", 0, "2020-03"),
        ("value", "2019-03/2020-03", 0, "2020-03"),
        ("percent_change", "2019-03/2020-03", 12, "2020-03"),
        ("percent_change", "2020-02/2020-03", 1, "2020-03"),
        ("percent_change", "2020-01/2020-03", 0, "2020-03"),
        ("percent_change", "2019-12/2020-12", 12, "2020-12"),
    ],
)
def test_series_are_told_apart_by_the_length_of_their_periods(measure, period, months_long, last):
    ((key, row),) = _observed(_facts(("a", measure, period, 5))).items()
    assert key == ("a", measure, months_long) and (row["first"], row["last"], row["latest_value"]) == (last, last, 5)


def test_the_latest_figure_is_that_of_the_last_period_and_of_its_last_print():
    row = _observed(_facts(("a", "2020-03", 1), ("a", "2020-02", 2), ("a", "2020-03", 3), ("a", "2020-01", 4)))["a", "value", 1]
    assert (row["first"], row["last"], row["latest_value"], row["missing_months"]) == ("2020-01", "2020-03", 3, 0)


def test_a_gap_is_no_latest_figure_and_no_missing_month():
    row = _observed(_facts(("a", "2020-01", 1), ("a", "2020-03", 2), ("a", "2020-04", None), ("a", "2020-05", None)))["a", "value", 1]
    assert (row["last"], row["latest_value"], row["missing_months"]) == ("2020-03", 2, 1)


def test_only_months_one_after_another_can_be_missing():
    found = _observed(_facts(("a", "2018", 1), ("a", "2020", 2), ("a", "2020-01/2020-01", 1), ("a", "2020-01/2020-03", 2)))
    assert {key: row["missing_months"] for key, row in found.items()} == {("a", "value", 12): 0, ("a", "value", 0): 0}


def test_what_the_latest_earlier_vintage_printed_counts():
    """The range is of the periods before the latest, each as it was printed last."""
    earlier = _facts(("a", "2020-01", 900), ("a", "2020-02", 20), ("a", "2020-01", 10), ("a", "2020-04", 7000), ("b", "2020-01", 1))
    row = _observed(_facts(("a", "2020-03", 15), ("a", "2020-02", -5)), earlier)["a", "value", 1]
    assert (row["earlier_observations"], row["low"], row["high"]) == (2, 10, 20)
    assert pd.isna(row["beyond_range"])


def test_an_earlier_vintage_counts_before_the_catalogue():
    """Of the balance the catalogue knows -2,026 and -831 of the first two months; another vintage printed -5,000 for the second."""
    row = _observed(_facts(("balance.total", "1992-03", -2600)), _facts(("balance.total", "1992-02", -5000)))["balance.total", "value", 1]
    assert (row["earlier_observations"], row["low"], row["high"]) == (2, -5000, -2026)


def test_gaps_that_were_known_are_no_observations():
    row = _observed(_facts(("a", "2020-03", 15)), _facts(("a", "2020-01", None), ("a", "2020-02", 20)))["a", "value", 1]
    assert (row["earlier_observations"], row["low"], row["high"]) == (1, 20, 20)


def test_dated_and_undated_figures_of_one_series_stand_below_each_other():
    rows = observations(_facts(("a", None, 5), ("a", "2020-01", 6), ("b", None, None)), NOTHING)
    assert rows[["series", "months_long", "latest_value"]].to_numpy().tolist() == [["a", 1, 6], ["a", 0, 5]]


@pytest.mark.parametrize("measure", ["value", "index", "percent_change"])
def test_only_levels_are_held_against_earlier_prints(measure):
    months = [f"20{year}-{number:02d}" for year in (18, 19) for number in range(1, 13)]
    before = _facts(*(("a", month, 100 + 7 * at) for at, month in enumerate(months)), measure=measure)
    now = _facts(*(("a", month, 1000 * (100 + 7 * at)) for at, month in enumerate(months)), measure=measure)
    said = {key: row["contradiction"] for key, row in _observed(now, before).items()}
    assert (said["a", measure, 1] is None) is (measure == "percent_change")
    assert all(row["contradiction"] is None for row in _observed(before, before).values())


def test_all_months_are_held_against_earlier_prints_not_the_first_alone():
    before = {f"2019-{number:02d}": 100 + 7 * number for number in range(1, 13)}
    now = {month: figure if month == "2019-01" else -figure for month, figure in before.items()}
    row = _observed(_facts(*(("a", *each) for each in now.items())), _facts(*(("a", *each) for each in before.items())))["a", "value", 1]
    assert row["contradiction"] is not None


def test_expected_series_are_those_that_the_family_says():
    flows = [f"{flow}.{kind}" for flow in ("balance", "exports", "imports") for kind in ("total", "goods", "services")]
    assert expected_series("ft900", {"goods_and_services"}, "2020-03") == flows
    assert expected_series("ft900", {"another"}) == [] == expected_series("no such family", {"goods_and_services"})


# Judgement


@pytest.fixture
def asked(monkeypatch):
    """What is asked of the families and of Great Expectations, which says that all is well."""
    found = {}

    def series(*given):
        found["family"] = given
        return ["a", "z"]

    def results(summary, expected):
        found["asked"] = (sorted(summary["series"]), expected)
        well = {column: {"success": True, "exception_info": {}, "result": {}} for column in EXPECTED}
        return well | {"series": {"success": False, "result": {}}}

    monkeypatch.setattr(judgement, "expected_series", series)
    monkeypatch.setattr(judgement, "_results", results)
    return found


def test_a_publication_is_asked_for_the_series_of_its_tables_and_latest_month(asked):
    facts = _facts(("a", "2020-01/2020-03", 1), ("b", "2020-02", 2), ("b", None, 3))
    found = judge("f", "2020-05", facts, NOTHING)
    assert asked == {"family": ("f", {"t"}, "2020-03"), "asked": (["a", "b", "b"], ["a", "z"])}
    assert (found.family, found.reference_month) == ("f", "2020-03")
    assert found.outcomes == (
        Outcome(EXPECTED["series"], ("1 expected series have no figure: z",)),
        *(Outcome(EXPECTED[column]) for column in ("missing_months", "beyond_range", "contradiction")),
    )
    assert found.unmet == ["1 expected series have no figure: z"]
    rows = found.rows
    assert rows[["series", "months_long", "status"]].fillna(-1).to_numpy().tolist() == [
        ["a", 0, "not_evaluable"], ["b", 0, "not_evaluable"], ["b", 1, "not_evaluable"], ["z", -1, "series_missing"],
    ]  # fmt: skip
    assert rows["family"].eq("f").all() and rows["release_month"].eq("2020-05").all() and rows["reference_month"].eq("2020-03").all()


def test_a_publication_need_not_tell_its_months(asked):
    facts = _facts(("a", None, 1)).assign(reference_month=pd.Series([None], dtype="string"))
    found = judge("f", "2020-05", facts, NOTHING)
    assert found.reference_month is None and asked["family"] == ("f", {"t"}, None)
    assert found.rows["reference_month"].isna().all()


def test_whatever_is_raised_is_a_sentence(monkeypatch):
    def breaks(*given):
        raise ValueError("no  such\n thing")

    monkeypatch.setattr(judgement, "observations", breaks)
    found = judge("f", "2020-05", _facts(("a", "2020-01", 1)), NOTHING)
    assert found.outcomes == (Outcome("All of them.", ("could not run: ValueError: no such thing",), False),)
    pd.testing.assert_frame_equal(found.rows, empty(PUBLICATION))


class _Asked:
    """Great Expectations as far as it is used: what is made of it, by name, and with which arguments."""

    def __init__(self, results):
        self.made = []
        self.results = results
        self.variables = types.SimpleNamespace()
        self.data_sources = self

    def __getattr__(self, name):
        def make(*given, **named):
            self.made.append((name, *given, named) if given else (name, named))
            return self if name != "to_json_dict" else {"results": self.results}

        return make


@pytest.fixture
def great_expectations(monkeypatch):
    results = [{"success": True, "expectation_config": {"kwargs": {"column": column}}} for column in EXPECTED]
    asked = _Asked(results)
    module, expectations = (types.ModuleType(name) for name in ("great_expectations", "great_expectations.expectations"))
    module.get_context, module.ExpectationSuite = asked.get_context, asked.ExpectationSuite
    expectations.core = types.SimpleNamespace(
        **{
            name: lambda name=name, **named: (name, named)
            for name in (
                "ExpectColumnDistinctValuesToContainSet", "ExpectColumnValuesToBeInSet", "ExpectColumnValuesToBeBetween",
                "ExpectColumnValuesToBeNull",
            )
        }
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "great_expectations", module)
    monkeypatch.setitem(sys.modules, "great_expectations.expectations", expectations)
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "unsaid")
    monkeypatch.setattr(tqdm, "monitor_interval", 10)
    return asked


def test_great_expectations_is_asked_four_things_keeps_nothing_and_tells_nobody(great_expectations, monkeypatch):
    summary = pd.DataFrame({"series": ["a"]})
    found = judgement._results(summary, ["a", "z"])
    assert found == {column: great_expectations.results[at] for at, column in enumerate(EXPECTED)}
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false" and tqdm.monitor_interval == 0
    assert great_expectations.variables.progress_bars == {"globally": False}
    made = {name: rest for name, *rest in great_expectations.made}
    assert made["get_context"] == [{"mode": "ephemeral"}]
    (suite,) = made["ExpectationSuite"]
    assert suite["expectations"] == [
        ("ExpectColumnDistinctValuesToContainSet", {"column": "series", "value_set": ["a", "z"]}),
        ("ExpectColumnValuesToBeInSet", {"column": "missing_months", "value_set": [0]}),
        ("ExpectColumnValuesToBeBetween", {"column": "beyond_range", "max_value": 0}),
        ("ExpectColumnValuesToBeNull", {"column": "contradiction"}),
    ]
    assert made["get_batch"][0]["dataframe"] is summary
    # The place of what is not met is told as data: series, measure and period.
    ((_suite, named),) = [made["validate"]]
    assert named == {"result_format": {"result_format": "COMPLETE", "unexpected_index_column_names": ["series", "measure", "last"]}}


def test_all_that_is_not_met_in_order():
    outcomes = (Outcome("x", ("1", "2")), Outcome("y"), Outcome("z", ("3",), False))
    assert Judgement("f", None, empty(PUBLICATION), outcomes).unmet == ["1", "2", "3"]


def test_what_is_expected_is_said_with_its_number():
    assert list(EXPECTED) == ["series", "missing_months", "beyond_range", "contradiction"]
    assert "at least 24 earlier ones" in EXPECTED["beyond_range"]


# Pages


MET = (Outcome("Met."),)


def _judged(family="f", reference_month="2020-03", outcomes=MET):
    return Judgement(family, reference_month, empty(PUBLICATION), tuple(outcomes))


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path)


def _page(root, name):
    return root.read(FOLDER, name).decode()


def test_nothing_is_kept_of_a_month_without_judgements_unless_there_was_one(root):
    keep(root, "2020-05", [])
    assert not root.exists(FOLDER, "2020-05.json") and build_data_docs(root) is None
    keep(root, "2020-05", [_judged()])
    keep(root, "2020-05", [])
    assert json.loads(root.read(FOLDER, "2020-05.json")) == []
    assert build_data_docs(root) == root.path(FOLDER, "index.html")
    assert "2020-05" not in _page(root, "index.html")
    assert "No publication was judged yet." in _page(root, "index.html")


def test_the_page_of_a_month(root):
    outcomes = (Outcome("Months & more.", ("<a> lacks", "b lacks")), Outcome("Met."))
    keep(root, "2020-05", [_judged(outcomes=outcomes), _judged("g&", None)])
    page = _page(root, "2020-05.html")
    head, body = page.split("</head>\n")
    title = "2020-05: publications against what they should be"
    assert head.startswith('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">')
    assert f"<title>Data Docs: {title}</title>" in head
    note = "<p class='note'>Data Docs, judged by Great Expectations. A warning, never a gate: nothing is withheld for what stands here."
    table = "<table><thead><tr><th>Expectation<th>Outcome<tbody>"
    assert body == (
        f'<body><h1>{title}</h1>\n<p><a href="index.html">All months</a>\n{note}\n'
        '<h2>f of 2020-03: <span class="unmet">1 of 2 met</span></h2>\n<p>0 series, the range of 0 not evaluable.'
        f'{table}<tr><td>Months &amp; more.<td><span class="unmet">not met</span><ul><li>&lt;a&gt; lacks<li>b lacks</ul>\n'
        '<tr><td>Met.<td><span class="met">met</span>\n</table>\n'
        '<h2>g&amp; of a month that it does not tell: <span class="met">1 of 1 met</span></h2>\n<p>0 series, the range of 0 not evaluable.'
        f'{table}<tr><td>Met.<td><span class="met">met</span>\n</table></body></html>\n'
    )


def test_the_index_page(root):
    for month, *judged in (("2020-05", _judged(), _judged("g", None)), ("2019-12", _judged(outcomes=(Outcome("x", (), False),)))):
        keep(root, month, judged)
    root.write(b"[{}]", FOLDER, "2020-01.json")
    root.write(b"[]", FOLDER, "notes.json")
    root.write(b"[]", FOLDER, "2020-02.txt")
    write_index(root)
    _, body = _page(root, "index.html").split("</head>\n")
    expected = "".join(f"<li>{said}" for said in EXPECTED.values())
    assert body.startswith("<body><h1>Publications against what they should be</h1>\n<p class='note'>")
    assert body.split("stands here.\n")[1] == (
        "<table><thead><tr><th>Release month<th>Release<th>Expectations<tbody>"
        '<tr><td><a href="2020-05.html">2020-05</a><td>f of 2020-03<td><span class="met">1 of 1 met</span>\n'
        '<tr><td><a href="2020-05.html">2020-05</a><td>g of a month that it does not tell<td><span class="met">1 of 1 met</span>\n'
        '<tr><td><a href="2020-01.html">2020-01</a><td><td><span class="note">damaged: run the month again</span>\n'
        '<tr><td><a href="2019-12.html">2019-12</a><td>f of 2020-03<td><span class="unmet">0 of 1 met</span>\n'
        f"</table>\n<h2>What is expected</h2><ul>{expected}</ul></body></html>\n"
    )


@pytest.mark.parametrize(
    "left", [b"", b"{}x", b"[1]", b'[{"family": "f"}]', b'[{"family": "f", "reference_month": null, "outcomes": [1]}]', b"1"]
)
def test_a_damaged_file_is_said(root, left):
    root.write(left, FOLDER, "2020-01.json")
    write_index(root)
    assert "damaged: run the month again" in _page(root, "index.html")
