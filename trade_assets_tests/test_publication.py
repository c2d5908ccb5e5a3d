"""Great Expectations on publications that are not as they should be."""

import functools

import pandas as pd
import pytest

from trade_assets.expectations.judgement import judge
from trade_assets.expectations.observations import ENOUGH, expected_series, observations
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import FACTS, PUBLICATION
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.made_files import facts_of_made

FT900 = FACTS["ft900"]


@functools.cache
def _shipped(family, month):
    return facts_of_made(shipped_document(family, month).read_bytes(), month)


@pytest.fixture
def facts():
    """Those of the release of November 2016, to be altered."""
    return _shipped("ft900", "2016-11").copy()


def _judge(facts, earlier=None):
    judged = judge("ft900", "2016-11", facts, empty(FT900) if earlier is None else earlier)
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
    """What was known before is the vintage before: the same months but the last."""
    at = (facts["series"] == "exports.services") & (facts["period"] == "2016-09")
    earlier = facts[facts["period"] < "2016-09"]
    months = earlier[(earlier["series"] == "exports.services") & (earlier["period"].str.len() == 7) & earlier["value"].notna()]
    before = months["value"].astype(float)
    step = before.diff().abs().max()
    facts.loc[at, "value"] = before.max() + step
    assert _judge(facts, earlier=earlier)[1] == []
    facts.loc[at, "value"] = before.max() + step + 1
    frame, unmet = _judge(facts, earlier=earlier)
    assert unmet == ["exports.services value 2016-09 lies beyond the range of what was known by 1"]
    assert frame.loc[frame["status"] == "beyond_range", "beyond_range"].tolist() == [1.0]


def test_a_document_is_no_measure_of_itself(facts):
    """In thousands a document agrees with itself; the catalogue's 75 first quarters' months of 1992 to 2016 do not agree with it."""
    months = facts[(facts["period"].str.len() == 7) & (facts["measure"] == "value")]
    frame = observations(months.assign(value=months["value"] * 1000), empty(FT900))
    assert frame["earlier_observations"].unique().tolist() == [75]
    assert (frame.loc[frame["series"].isin(["exports.total", "imports.goods"]), "beyond_range"] > 0).all()
    # What the catalogue does not know is known from nowhere.
    unknown = observations(months.assign(series="somewhere." + months["series"]), empty(FT900))
    assert unknown["earlier_observations"].unique().tolist() == [0] and unknown["beyond_range"].isna().all()


@pytest.mark.parametrize(
    ("factor", "said"), [(0.001, "in billions of dollars"), (-1, "with the opposite sign"), (0.8, "in another unit, times 0.8")]
)
def test_figures_that_are_not_those_of_the_vintage_before_are_told(facts, factor, said):
    frame = observations(_altered(facts, factor), facts).set_index(["series", "measure", "months_long"])["contradiction"]
    assert said in frame["exports.goods", "value", 1] and frame.notna().sum() == 1


def test_figures_that_are_not_those_of_the_vintage_before_are_named(facts):
    frame, unmet = _judge(_altered(facts, 12), earlier=facts)
    said = "exports.goods value 2016-09 is not what earlier vintages printed: these are the figures of BOPGEXP at annual rates"
    assert said in unmet
    assert frame.loc[frame["status"] == "contradicted", "series"].tolist() == ["exports.goods"]


def _altered(facts, factor):
    """Exports of goods, times a factor."""
    altered = facts.copy()
    at = altered["series"] == "exports.goods"
    altered.loc[at, "value"] = (altered.loc[at, "value"] * factor).round(3)
    altered.loc[at, "decimals"] = altered.loc[at, "decimals"].where(altered.loc[at, "value"].isna(), 3)
    return altered


def test_a_revision_is_no_contradiction(facts):
    """Three percent more in every month since 2014, as the restatements of June are at most."""
    revised = facts.copy()
    at = (revised["series"] == "exports.goods") & (revised["period"] >= "2014")
    revised.loc[at, "value"] = (revised.loc[at, "value"] * 1.03).round(0)
    assert observations(revised, facts)["contradiction"].isna().all()


def test_fewer_than_enough_observations_are_not_evaluable(facts):
    months = facts[(facts["period"].str.len() == 7) & (facts["measure"] == "value")]
    months = months.assign(series="somewhere." + months["series"])  # of which the catalogue knows nothing
    latest = months[months["period"] >= "2016-01"]
    # October 2014 to August 2016: one observation too few.
    frame = observations(latest, months[(months["period"] >= "2014-10")])
    assert frame["earlier_observations"].unique().tolist() == [ENOUGH - 1]
    assert frame["beyond_range"].isna().all()
    frame = observations(latest, months[(months["period"] >= "2014-09")])
    assert frame["earlier_observations"].unique().tolist() == [ENOUGH]
    assert frame["beyond_range"].notna().all()


def test_year_to_date_is_another_series_than_the_month():
    """January to February looks like a change of one month; for a value it is a cumulative figure."""
    facts = _shipped("uscc", "2013-01")
    frame = observations(facts, facts).set_index(["series", "measure", "months_long"])
    months = frame.loc[("china.outbound_investment.total", "value", 1)]
    assert (months["low"], months["earlier_observations"], months["latest_value"]) == (3.06, 10, 4.36)
    to_date = frame.loc[("china.outbound_investment.total", "value", 0)]
    assert (to_date["low"], to_date["earlier_observations"], to_date["latest_value"]) == (4.38, 10, 62.53)


def test_earlier_vintages_count_once_and_the_latest_speaks(facts):
    wrong = facts.assign(value=facts["value"] * 1000)
    twice = pd.concat([wrong, facts], ignore_index=True)
    pd.testing.assert_frame_equal(observations(facts, twice), observations(facts, facts))
    assert observations(facts, wrong)["contradiction"].notna().any()


def test_expected_series_of_each_family_are_printed_by_every_release():
    for month, family in (("2018-08", "mxp"), ("2012-08", "mxp"), ("2013-01", "uscc"), ("2016-11", "ft900")):
        facts = _shipped(family, month)
        expected = expected_series(family, set(facts["table"]))
        assert set(expected) <= set(facts["series"])
        assert len(expected) > 5


@pytest.mark.parametrize(
    ("breaks", "error"),
    [
        ("trade_assets.expectations.judgement._results", OSError(28, "No space left on device")),
        ("trade_assets.expectations.judgement._results", ImportError("No module named 'great_expectations'")),
        ("trade_assets.expectations.judgement._results", SystemError("of somebody else's")),
        ("trade_assets.expectations.judgement.observations", ZeroDivisionError("of our own")),
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
    monkeypatch.setattr("trade_assets.expectations.judgement._with_status", lambda *arguments: empty(PUBLICATION))
    monkeypatch.setattr("trade_assets.expectations.judgement.observations", lambda *arguments: whole.drop(columns=["beyond_range"]))
    judged = judge("ft900", "2016-11", facts, empty(FT900))
    assert [outcome.could_run for outcome in judged.outcomes] == [True, True, False, True]
    assert len(judged.unmet) == 1 and judged.unmet[0].startswith("could not run: beyond_range: ")
