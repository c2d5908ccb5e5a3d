"""Facts as they are published: what a decision corrects, what an issue withholds, and which table a fact belongs to."""

import pandas as pd
import pytest

from trade_assets.facts.frames import empty
from trade_assets.facts.tables import CORRECTIONS, IN_DOUBT
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.identities import publish as module
from trade_assets.identities.publish import as_published, mismatches, publish

A, B = "a" * 64, "b" * 64


def _facts(*rows):
    """Facts (document, line, start, value, gap)."""
    frame = pd.DataFrame(rows, columns=["sha256", "line", "start", "value", "gap"]).assign(table="t", decimals=1)
    frame.loc[frame["value"].isna(), "decimals"] = None
    dtypes = {"line": "Int64", "start": "Int64", "value": "Float64", "decimals": "Int64", "gap": "string"}
    return frame.astype(dtypes)


def _doubt(*rows):
    return pd.DataFrame(rows, columns=["sha256", "line", "start", "issue"]).assign(family="f")


def _corrections(*rows):
    names = ["sha256", "line", "start", "issue", "text", "corrected_value", "corrected_decimals"]
    return pd.DataFrame(rows, columns=names).assign(family="f")


FACTS = _facts(
    (A, 1, 0, 1.5, None), (A, 1, 5, 2.5, None), (B, 1, 0, 3.5, None), (A, 2, 0, None, "not_published"), (A, None, None, None, "later")
)
NO_DOUBT, NO_CORRECTIONS = _doubt(), _corrections()


def _told(frame):
    return frame[["value", "decimals", "reason", "correction"]].astype(object).where(lambda each: each.notna(), None).to_numpy().tolist()


PRINTED = [
    [1.5, 1, None, None],
    [2.5, 1, None, None],
    [3.5, 1, None, None],
    [None, None, "not_published", None],
    [None, None, "later", None],
]


def test_facts_without_doubt_are_published_as_they_are_printed():
    assert _told(as_published(FACTS, NO_DOUBT, NO_CORRECTIONS)) == PRINTED
    elsewhere = (_doubt((A, 9, 0, "i")), _corrections((A, 9, 0, "i", "7", 8.0, 0)))
    assert _told(as_published(FACTS, *elsewhere)) == PRINTED
    assert _told(as_published(FACTS, elsewhere[0], NO_CORRECTIONS)) == _told(as_published(FACTS, NO_DOUBT, elsewhere[1])) == PRINTED


def test_a_figure_in_doubt_is_withheld_at_its_place_of_its_document():
    found = _told(as_published(FACTS, _doubt((A, 1, 5, "i1"), (A, 2, 0, "i2")), NO_CORRECTIONS))
    withheld = [[None, None, f"withheld_by_issue_{issue}", None] for issue in ("i1", "i2")]
    assert found == [PRINTED[0], withheld[0], PRINTED[2], withheld[1], PRINTED[4]]
    other = _told(as_published(FACTS, _doubt((B, 1, 0, "i")), NO_CORRECTIONS))
    assert other == [*PRINTED[:2], [None, None, "withheld_by_issue_i", None], *PRINTED[3:]]


def test_a_correction_stands_in_place_of_the_print_and_says_so():
    found = _told(as_published(FACTS, NO_DOUBT, _corrections((A, 1, 0, "i1", "1.5", 2.25, 2), (A, 2, 0, "i2", "-", 7.0, 0))))
    assert found == [
        [2.25, 2, None, "1.5 printed, corrected by issue i1"], *PRINTED[1:3], [7.0, 0, None, "- printed, corrected by issue i2"],
        PRINTED[4],
    ]  # fmt: skip


def test_a_corrected_figure_in_doubt_is_withheld():
    found = _told(as_published(FACTS, _doubt((A, 1, 0, "i2")), _corrections((A, 1, 0, "i1", "1.5", 2.25, 2))))
    assert found[0] == [None, None, "withheld_by_issue_i2", "1.5 printed, corrected by issue i1"] and found[1:] == PRINTED[1:]


def test_the_facts_themselves_stay():
    before = FACTS.copy()
    as_published(FACTS, _doubt((A, 1, 0, "i")), _corrections((A, 1, 5, "i", "2.5", 9.0, 0)))
    pd.testing.assert_frame_equal(FACTS, before)


def test_a_table_is_made_of_its_printed_tables_and_of_what_its_family_says(monkeypatch):
    asked = {}
    monkeypatch.setattr(module, "wide", lambda facts, table: asked.setdefault("wide", (facts["start"].tolist(), table)))
    monkeypatch.setattr(module, "as_published", lambda facts, *others: asked.setdefault("given", others) and facts)
    facts = FACTS.assign(table=["goods_and_services", "other", "goods_and_services", "other", "other"])
    ours, theirs = (_doubt((A, 1, 0, "i")).assign(family=family) for family in ("ft900", "mxp"))
    corrections = _corrections((A, 1, 5, "i", "2.5", 9.0, 0)).assign(family="mxp")
    publish(facts, pd.concat([ours, theirs]), corrections, GOODS_AND_SERVICES)
    assert asked["wide"] == ([0, 0], GOODS_AND_SERVICES)
    assert [len(frame) for frame in asked["given"]] == [1, 0] and asked["given"][0]["family"].tolist() == ["ft900"]


def test_the_tables_that_say_so_have_the_columns_that_are_asked_for():
    assert set(_doubt().columns) <= set(empty(IN_DOUBT).columns) and set(_corrections().columns) <= set(empty(CORRECTIONS).columns)


@pytest.mark.parametrize(("kinds", "failing"), [(["month", "month"], []), (["month", "quarter"], [1])])
def test_a_table_that_breaks_its_model_says_where(kinds, failing):
    frame = empty(GOODS_AND_SERVICES).reindex(range(2))
    frame = frame.assign(release_month="2001-04", reference_month="2001-02", period=["2001-01", "2001-02"], period_kind=kinds)
    found = mismatches(frame.assign(is_revised=False, gaps="", corrections=""), GOODS_AND_SERVICES)
    if not failing:
        assert isinstance(found, pd.DataFrame) and found.empty
    else:
        assert found[["column", "index", "failure_case"]].to_numpy().tolist() == [["period_kind", 1, "quarter"]]
