"""Great Expectations on publications that are not as they should be."""

from pathlib import Path

import pandas as pd
import pytest

from trade_assets.facts.frames import empty
from trade_assets.facts.tables import FACTS, PUBLICATION
from trade_assets.vintages.expectations import FOLDER, build_data_docs, judge
from trade_assets.vintages.observations import ENOUGH, expected_series, observations
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot

FT900 = FACTS["ft900"]


@pytest.fixture
def facts(built_root):
    return read_partition(built_root, FT900, "2016-11")


def _judge(tmp_path, facts, family="ft900", earlier=None):
    earlier = empty(FACTS[family]) if earlier is None else earlier
    return judge(DataRoot.of(tmp_path), family, "2016-11", facts, earlier)


def test_a_publication_as_it_should_be(tmp_path, facts):
    frame, unmet = _judge(tmp_path, facts)
    assert unmet == []
    assert list(frame.columns) == list(PUBLICATION.dtypes)


def test_missing_series_are_named(tmp_path, facts):
    frame, unmet = _judge(tmp_path, facts[~facts["series"].isin(["exports.goods", "imports.services"])])
    assert len(unmet) == 1
    assert unmet[0].startswith("2 expected series have no figure") and "exports.goods" in unmet[0] and "imports.services" in unmet[0]
    assert sorted(frame.loc[frame["status"] == "series_missing", "series"]) == ["exports.goods", "imports.services"]


def test_missing_months_are_named(tmp_path, facts):
    frame, unmet = _judge(tmp_path, facts[~((facts["series"] == "exports.goods") & facts["period"].isin(["2001-02", "2001-03"]))])
    assert unmet == ["exports.goods value 2016-09 lacks months between its first and last 2"]
    assert frame.loc[frame["status"] == "months_missing", "series"].tolist() == ["exports.goods"]


def test_a_leap_beyond_any_earlier_leap_is_named_and_a_new_record_is_not(tmp_path, facts):
    at = (facts["series"] == "exports.services") & (facts["period"] == "2016-09")
    months = facts[(facts["series"] == "exports.services") & (facts["period"].str.len() == 7) & facts["value"].notna()]
    before = months[months["period"] < "2016-09"]["value"].astype(float)
    step = before.diff().abs().max()
    facts.loc[at, "value"] = before.max() + step
    assert _judge(tmp_path, facts)[1] == []
    facts.loc[at, "value"] = before.max() + step + 1
    frame, unmet = _judge(tmp_path, facts)
    assert unmet == ["exports.services value 2016-09 lies beyond the range of its earlier figures by 1"]
    assert frame.loc[frame["status"] == "beyond_range", "beyond_range"].tolist() == [1.0]


def test_fewer_than_enough_observations_are_not_evaluable(tmp_path, facts):
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


def test_one_result_per_family_and_month_is_kept(tmp_path, facts):
    root = DataRoot.of(tmp_path)
    for _ in range(3):
        _judge(tmp_path, facts)
    page = build_data_docs(root)
    assert page is not None and "ft900" in page.read_text()
    assert len(list(Path(root.path(FOLDER)).rglob("validations/ft900/**/*.json"))) == 1
    assert len(list(page.parent.rglob("validations/ft900/**/*.html"))) == 1


def test_without_results_there_are_no_data_docs(tmp_path):
    assert build_data_docs(DataRoot.of(tmp_path / "nothing")) is None
    assert build_data_docs(DataRoot.of("memory://nothing")) is None
