"""Great Expectations on publications that are not as they should be."""

import pandas as pd
import pytest

from trade_assets.facts.frames import empty
from trade_assets.facts.tables import FACTS, PUBLICATION
from trade_assets.vintages.expectations import judge
from trade_assets.vintages.observations import ENOUGH, expected_series, observations
from trade_assets.warehouse.partitions import read_partition

FT900 = FACTS["ft900"]


@pytest.fixture
def facts(built_root):
    return read_partition(built_root, FT900, "2016-11")


def _judge(facts):
    judged = judge("ft900", "2016-11", facts, empty(FT900))
    return judged.rows, judged.unmet


def test_a_publication_as_it_should_be(facts):
    frame, unmet = _judge(facts)
    assert unmet == []
    assert list(frame.columns) == list(PUBLICATION.dtypes)


def test_missing_series_are_named(facts):
    frame, unmet = _judge(facts[~facts["series"].isin(["exports.goods", "imports.services"])])
    assert len(unmet) == 1
    assert unmet[0].startswith("2 expected series have no figure") and "exports.goods" in unmet[0] and "imports.services" in unmet[0]
    assert sorted(frame.loc[frame["status"] == "series_missing", "series"]) == ["exports.goods", "imports.services"]


def test_missing_months_are_named(facts):
    frame, unmet = _judge(facts[~((facts["series"] == "exports.goods") & facts["period"].isin(["2001-02", "2001-03"]))])
    assert unmet == ["exports.goods value 2016-09 lacks months between its first and last 2"]
    assert frame.loc[frame["status"] == "months_missing", "series"].tolist() == ["exports.goods"]


def test_a_leap_beyond_any_earlier_leap_is_named_and_a_new_record_is_not(facts):
    at = (facts["series"] == "exports.services") & (facts["period"] == "2016-09")
    months = facts[(facts["series"] == "exports.services") & (facts["period"].str.len() == 7) & facts["value"].notna()]
    before = months[months["period"] < "2016-09"]["value"].astype(float)
    step = before.diff().abs().max()
    facts.loc[at, "value"] = before.max() + step
    assert _judge(facts)[1] == []
    facts.loc[at, "value"] = before.max() + step + 1
    frame, unmet = _judge(facts)
    assert unmet == ["exports.services value 2016-09 lies beyond the range of its earlier figures by 1"]
    assert frame.loc[frame["status"] == "beyond_range", "beyond_range"].tolist() == [1.0]


def test_fewer_than_enough_observations_are_not_evaluable(facts):
    recent = facts[(facts["period"] >= "2014-10") & (facts["period"].str.len() == 7)]
    frame = observations(recent, empty(FT900))
    # October 2014 to August 2016: one observation too few.
    assert frame["earlier_observations"].unique().tolist() == [ENOUGH - 1]
    assert frame["beyond_range"].isna().all()
    earlier = facts[facts["period"] == "2014-09"]
    frame = observations(recent, earlier)
    assert frame["earlier_observations"].unique().tolist() == [ENOUGH]
    assert frame["beyond_range"].notna().all()


def test_year_to_date_is_another_series_than_the_month(built_root):
    """January to February looks like a change of one month; for a value it is a cumulative figure."""
    frame = observations(read_partition(built_root, FACTS["uscc"], "2013-01"), empty(FACTS["uscc"])).set_index(
        ["series", "measure", "months_long"]
    )
    months = frame.loc[("china.outbound_investment.total", "value", 1)]
    assert (months["low"], months["earlier_observations"], months["latest_value"]) == (3.06, 10, 4.36)
    to_date = frame.loc[("china.outbound_investment.total", "value", 0)]
    assert (to_date["low"], to_date["earlier_observations"], to_date["latest_value"]) == (4.38, 10, 62.53)


def test_earlier_vintages_count_once_and_the_document_comes_first(facts):
    wrong = facts.assign(value=facts["value"] * 1000)
    pd.testing.assert_frame_equal(observations(facts, wrong), observations(facts, empty(FT900)))


def test_expected_series_of_each_family_are_printed_by_every_release(built_root):
    for month, family in (("2018-08", "mxp"), ("2012-08", "mxp"), ("2013-01", "uscc"), ("2016-11", "ft900")):
        printed = set(read_partition(built_root, FACTS[family], month)["series"])
        expected = expected_series(family, set(read_partition(built_root, FACTS[family], month)["table"]))
        assert set(expected) <= printed
        assert len(expected) > 5


@pytest.mark.parametrize(
    ("breaks", "error"),
    [
        ("trade_assets.vintages.expectations._results", OSError(28, "No space left on device")),
        ("trade_assets.vintages.expectations._results", ImportError("No module named 'great_expectations'")),
        ("trade_assets.vintages.expectations._results", SystemError("of somebody else's")),
        ("trade_assets.vintages.expectations.observations", ZeroDivisionError("of our own")),
    ],
)
def test_whatever_it_raises_is_a_sentence(facts, monkeypatch, breaks, error):
    def broken(*arguments):
        raise error

    monkeypatch.setattr(breaks, broken)
    judged = judge("ft900", "2016-11", facts, empty(FT900))
    assert judged.unmet == [f"could not run: {type(error).__name__}: {error}"]
    assert list(judged.rows.columns) == list(PUBLICATION.dtypes)


def test_an_expectation_that_great_expectations_cannot_evaluate_is_a_sentence(facts, monkeypatch):
    whole = observations(facts, empty(FT900))
    monkeypatch.setattr("trade_assets.vintages.expectations._with_status", lambda *arguments: empty(PUBLICATION))
    monkeypatch.setattr("trade_assets.vintages.expectations.observations", lambda *arguments: whole.drop(columns=["beyond_range"]))
    judged = judge("ft900", "2016-11", facts, empty(FT900))
    assert [outcome.could_run for outcome in judged.outcomes] == [True, True, False]
    assert len(judged.unmet) == 1 and judged.unmet[0].startswith("could not run: beyond_range: ")
