"""Two documents fact by fact, without a store: what became of each fact, what policy, marks and last month's column say, in which words."""

import re

import pandas as pd
import pytest

from trade_assets.facts.tables import PRINTS
from trade_assets.vintages import disagreements, revisions
from trade_assets.vintages.policy import Line, Marks, Policy, Window, months_back, releases_since, said_of
from trade_assets.vintages.revisions import (
    CHECKS,
    DIFFERENT,
    LAST_MONTH,
    LOST,
    OUTSIDE,
    UNCHANGED,
    UNMARKED,
    _Comparison,
    _difference,
    _latest_month,
    _name,
    compare_month,
    summaries,
)
from trade_assets_tests.printed_months import prints_frame

STATED = {"source": "BLS, 2018: as the test says", "authority": "published"}
MONTHLY = Window(kind="monthly", months="the month before", opens=months_back(1), **STATED)
YEARLY = Window(kind="annual", months="the year before", opens=lambda latest, found: found == "2019-01", **STATED)
LINE = Line(name="all", series=re.compile("s|t"), windows=(MONTHLY, YEARLY), **STATED)
ROWS = Marks(of="row", tables=("printed",), **STATED)
FIGURES = Marks(of="figure", tables=("printed",), source="seen in the samples", authority="inferred")


def doc(month="2020-09", facts=(), **of_all):
    """A document of facts (series, period, value), each of the usual table, with more said of each where it is a fourth."""
    rows = [
        {"series": series, "period": period, "value": value, "table": "printed"} | (more[0] if more else {})
        for series, period, value, *more in facts
    ]
    return prints_frame(month, rows, **of_all)


def judged(former, new, policy):
    """What each check found and in how many places, by check: places evaluated, and (series, period, sentence)."""
    comparison = _Comparison(former, new, policy)
    return {
        check: (cases.evaluated, [(row["series"], row["period"], sentence) for row, sentence in cases.found])
        for check, cases in comparison.judged()
    }


def kinds(former, new):
    """What became of each fact, by series and period."""
    pairs = _Comparison(former, new, Policy()).pairs
    return {(row.series, row.period): row.kind for row in pairs.itertuples() if pd.notna(row.kind)}


# What became of a fact


def test_what_became_of_a_fact():
    base = {"base_period": "2000=100"}
    former = doc("2020-09", [
        ("s", "2020-01", 1.0), ("s", "2020-02", 1.0), ("s", "2020-03", 1.0), ("s", "2020-04", None), ("s", "2020-05", None),
        ("s", "2020-06", 1.0), ("s", "2020-07", 1.0, base), ("s", "2020-08", 1.0, base), ("s", "2020-12", None),
        ("s", "2020-10", 2.0, base),
    ])  # fmt: skip
    new = doc("2020-10", [
        ("s", "2020-01", 1.0), ("s", "2020-02", 2.0), ("s", "2020-03", None), ("s", "2020-04", 1.0), ("s", "2020-05", None),
        ("s", "2020-07", 1.0), ("s", "2020-08", 3.0, {"base_period": "2010=100"}), ("s", "2020-09", 1.0), ("s", "2020-11", None),
        ("s", "2020-10", 2.0, base),
    ])  # fmt: skip
    assert kinds(former, new) == {
        ("s", "2020-02"): "changed", ("s", "2020-03"): "withdrawn", ("s", "2020-04"): "filled", ("s", "2020-06"): "deleted",
        ("s", "2020-08"): "rebased", ("s", "2020-09"): "added",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("gone", "still", "kind"),
    [
        # Before the first period that the series still has.
        ("2020-01", ["2020-02"], "rolled_off"), ("2020-02", ["2020-01"], "deleted"), ("2020-02", [], "deleted"),
        ("2019", ["2020"], "rolled_off"), ("2020", ["2019"], "deleted"), ("2019", ["2019-12", "2020-01"], "deleted"),
        ("2019-10/2019-12", ["2020-01/2020-03"], "rolled_off"), ("2019-12", ["2020", "2020-01/2020-03"], "deleted"),
        # Two changes that end alike, over a year and over a month.
        ("2017-08/2018-08", ["2018-07/2018-08"], "deleted"), ("2017-08/2018-08", ["2018-08/2018-09"], "rolled_off"),
        # A year to date gives way to a later one of its year, or to the year.
        ("2020-01/2020-08", ["2019-01/2019-08", "2020-01/2020-09"], "rolled_off"),
        ("2020-01/2020-08", ["2019-01/2019-08", "2020-01/2020-07"], "deleted"),
        ("2020-01/2020-08", ["2019-01/2019-08", "2021-01/2021-08"], "deleted"),
        ("2020-01/2020-11", ["2019-01/2019-08", "2020"], "rolled_off"), ("2020-01/2020-12", ["2019-01/2019-08", "2020"], "deleted"),
        ("2020-01/2020-11", ["2019-01/2019-08", "2019"], "deleted"), ("2020-04/2020-08", ["2019-01/2019-08", "2020-01/2020-09"], "deleted"),
        ("2020-01/2020-08", ["2019-01/2019-08", "2020-12"], "deleted"),
    ],
)  # fmt: skip
def test_a_fact_leaves_with_time_or_is_lost(gone, still, kind):
    beside = [("s", period, 1.0) for period in still]
    found = kinds(doc("2020-09", [("s", gone, 1.0), *beside]), doc("2020-10", [*beside, ("t", "2030-01", 1.0)]))
    assert found[("s", gone)] == kind


@pytest.mark.parametrize("measure", ["percent_change", "average"])
def test_a_change_and_a_quarter_are_no_years_to_date(measure):
    beside = [("s", "2018-01/2018-03", 1.0, {"measure": measure}), ("s", "2020-01/2020-06", 1.0, {"measure": measure})]
    former = doc("2020-09", [("s", "2020-01/2020-03", 1.0, {"measure": measure}), *beside])
    assert kinds(former, doc("2020-10", beside)) == {("s", "2020-01/2020-03"): "deleted"}


def test_another_measure_or_series_excuses_no_loss():
    former = doc("2020-09", [("s", "2020-01/2020-08", 1.0), ("s", "2019-01/2019-08", 1.0), ("s", "2020-01", 1.0), ("s", "2019-12", 1.0)])
    new = doc("2020-10", [
        ("t", "2020-01/2020-09", 1.0), ("s", "2020-01/2020-09", 1.0, {"measure": "share"}), ("s", "2019-01/2019-08", 1.0),
        ("s", "2019-12", 1.0), ("s", "2020-02", 1.0, {"measure": "index"}), ("t", "2020-02", 1.0),
    ])  # fmt: skip
    found = kinds(former, new)
    assert found[("s", "2020-01/2020-08")] == "deleted" and found[("s", "2020-01")] == "deleted"


def test_a_fact_without_a_period_is_compared_as_any_other():
    found = kinds(doc("2020-09", [("s", None, 1.0), ("t", None, 1.0)]), doc("2020-10", [("s", None, 2.0)]))
    assert {series: kind for (series, _), kind in found.items()} == {"s": "changed", "t": "deleted"}


# The latest month


@pytest.mark.parametrize(
    ("facts", "latest"),
    [
        ([], None), ([("s", "2020-08", None), ("s", "2020-07", 1.0)], "2020-07"),
        ([("s", "2020", 1.0), ("s", "2020-01/2020-09", 1.0)], None),
        ([("s", "2020-08", 1.0, {"measure": "percent_change"})], None), ([("s", "2020-08", 1.0, {"measure": "index"})], "2020-08"),
        ([("s", "2020-04/2020-06", 1.0, {"measure": "average"}), ("s", "2020-05", 1.0)], "2020-06"),
        ([("s", "2020-04/2020-06", 1.0, {"measure": "average"}), ("s", "2020-07", 1.0)], "2020-07"),
    ],
)  # fmt: skip
def test_the_latest_month_is_the_last_with_a_figure(facts, latest):
    assert _latest_month(doc("2020-10", [("s", None, 1.0), *facts])) == latest


# Words and numbers


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [((0.1, 1), (0.3, 1), 0.2), ((1.25, 2), (1.3, 1), 0.05), ((100.0, 0), (-7.0, 0), -107.0), ((2.0, 0), (2.0, 1), 0.0)],
)
def test_a_revision_is_exact_in_printed_decimals(old, new, expected):
    assert _difference(*old, *new) == expected


@pytest.mark.parametrize(("measure", "said"), [("value", "s 2020-01"), ("index", "s 2020-01"), ("share", "s share 2020-01")])
def test_a_fact_is_named_with_its_measure_unless_it_is_a_level(measure, said):
    assert _name(pd.Series({"series": "s", "measure": measure, "period": "2020-01"})) == said


# Windows


def test_a_change_is_judged_by_the_windows_of_all_releases_since():
    former = doc(
        "2020-09", [("s", "2019-01", 1.0), ("s", "2020-05", 1.0), ("s", "2020-06", 1.0), ("s", "2020-07", 1.0), ("u", "2020-05", 1.0)]
    )
    new = doc("2020-10", [("s", "2019-01", 1234.5, {"decimals": 1}), ("s", "2020-05", 1234.0), ("s", "2020-06", 3.0), ("s", "2020-07", 1.0),
                          ("u", "2020-05", 2.0), ("s", "2020-08", 1.0)])  # fmt: skip
    found = judged(former, new, Policy((LINE,)))
    which = "which no window lets a release with figures up to 2020-08 revise: a reading error, or news"
    # Of u nothing is declared.
    assert found[OUTSIDE] == (4, [
        ("s", "2020-05", f"s 2020-05 was changed from 1 to 1,234, {which}"),
        ("s", "2020-06", f"s 2020-06 was changed from 1 to 3, {which}"),
    ])  # fmt: skip
    assert set(found) == {OUTSIDE, LOST, DIFFERENT} and found[LOST] == (1, []) and found[DIFFERENT] == (0, [])
    later = doc("2020-11", [*[("s", period, 9.0) for period in ("2019-01", "2020-05", "2020-06", "2020-07")], ("s", "2020-09", 1.0)])
    assert [case[:2] for case in judged(former, later, Policy((LINE,)))[OUTSIDE][1]] == [("s", "2020-05"), ("s", "2020-06")]
    told = _Comparison(former, later, Policy((LINE,))).revisions().set_index("period")[["window", "window_authority"]]
    assert told.loc[["2019-01", "2020-06", "2020-07"]].to_numpy().tolist() == [
        ["annual", "published"], ["outside", "published"], ["monthly", "published"],
    ]  # fmt: skip
    assert told.loc["2020-09"].isna().all(), "what was added was not changed"


def test_an_inferred_line_says_so_and_documents_without_months_are_judged_by_none():
    line = Line(name="all", series=LINE.series, windows=(MONTHLY,), source="seen in the samples", authority="inferred")
    former, new = (doc(month, [("s", "2020-01", value), ("s", end, 1.0)]) for month, value, end in (("2020-09", 1.0, "2020-07"),
                                                                                                  ("2020-10", 2.0, "2020-08")))  # fmt: skip
    ((_, _, sentence),) = judged(former, new, Policy((line,)))[OUTSIDE][1]
    assert sentence.endswith("or news (inferred: no publisher states the rule)")
    years = [doc(month, [("s", "2019", value)]) for month, value in (("2020-09", 1.0), ("2020-10", 2.0))]
    assert set(judged(*years, Policy((line,), FIGURES))) == {DIFFERENT}


def test_a_document_that_ends_before_the_former_one_says_what_is_lost():
    former = doc("2020-09", [("t", "2020-07", 2.0), ("s", "2020-07", None), ("s", "2020-06", 1.0)])
    found = judged(former, doc("2020-10", [("s", "2020-06", 1.0)]), Policy())
    assert found[LOST] == (1, [("t", "2020-07", "figures end with 2020-06; the former release had some of 2020-07")])
    assert judged(former, former.assign(release_month="2020-10"), Policy())[LOST] == (1, [])


# Marks


def _marked(*places, month="2020-10", table="printed"):
    """A document of (series, period, value, flags) and the latest month August, and one before it of 1.0 everywhere to July."""
    facts = [(series, period, value, {"flags": flags, "table": table}) for series, period, value, flags in places]
    former = doc("2020-09", [(series, period, 1.0, {"table": table}) for series, period, *_ in places] + [("s", "2020-07", 1.0)])
    return former, doc(month, [*facts, ("s", "2020-07", 1.0), ("s", "2020-08", 1.0)])


def test_each_figure_answers_for_its_own_mark():
    former, new = _marked(
        ("s", "2020-01", 2.0, "r"), ("s", "2020-02", 2.0, ""), ("s", "2020-03", 1.0, "p r"), ("s", "2020-04", 1.0, "p"),
        ("t", "2020-02", 2.0, "rx"), ("s", "2019", 2.0, ""), ("t", "2020-03", 1.0, "r"),
    )  # fmt: skip
    found, note = judged(former, new, Policy((), FIGURES)), " (inferred: no publisher states the rule)"
    assert found[UNMARKED] == (8, [
        ("s", "2019", f"s 2019 was changed from 1 to 2 without a mark{note}"),
        ("s", "2020-02", f"s 2020-02 was changed from 1 to 2 without a mark{note}"),
        ("t", "2020-02", f"t 2020-02 was changed from 1 to 2 without a mark{note}"),
    ])  # fmt: skip
    assert found[UNCHANGED] == (3, [
        ("s", "2020-03", f"s 2020-03 is marked as revised and is still 1{note}"),
        ("t", "2020-03", f"t 2020-03 is marked as revised and is still 1{note}"),
    ])  # fmt: skip


def test_a_row_answers_for_all_its_figures_and_a_sum_over_months_for_no_missing_mark():
    former, new = _marked(
        ("s", "2020-01", 1.0, "r"), ("t", "2020-01", 2.0, ""), ("s", "2020-02", 1.0, ""), ("t", "2020-02", 2.0, ""),
        ("s", "2020-03", 1.0, "r"), ("t", "2020-03", 1.0, ""), ("t", "2019", 2.0, ""), ("t", "2018", 1.0, "r"),
    )  # fmt: skip
    found = judged(former, new, Policy((), ROWS))
    assert found[UNMARKED] == (4, [("t", "2020-02", "t 2020-02 was changed from 1 to 2 without a mark")])
    said = "the row {} of printed is marked as revised and prints what it printed before"
    assert found[UNCHANGED] == (3, [("s", "2020-03", said.format("2020-03")), ("t", "2018", said.format("2018"))])


def test_of_a_restatement_no_mark_is_missed_and_of_other_tables_none_is_asked():
    former, new = _marked(("s", "2019-01", 2.0, ""), ("s", "2020-05", 2.0, ""))
    found = judged(former, new, Policy((LINE,), FIGURES))
    assert (found[UNMARKED][0], [case[1] for case in found[UNMARKED][1]]) == (2, ["2020-05"])
    former, new = _marked(("s", "2020-05", 2.0, ""), ("s", "2020-04", 1.0, "r"), table="elsewhere")
    found = judged(former, new, Policy((), FIGURES))
    assert found[UNMARKED] == (1, []) and found[UNCHANGED] == (0, [])


def test_what_a_missing_release_may_have_marked_is_not_asked():
    former, new = _marked(("s", "2020-05", 2.0, ""), ("s", "2020-04", 1.0, "r"))
    beyond = pd.concat([new, doc("2020-10", [("s", "2020-09", 1.0)])], ignore_index=True)
    again = new[new["period"] != "2020-08"]
    for other in (beyond, again):
        found = judged(former, other, Policy((), FIGURES))
        assert found[UNMARKED] == found[UNCHANGED] == (0, [])


# Last month's column


def test_last_month_s_column_is_compared_with_what_was_printed_of_its_latest_month():
    former = doc("2020-09", [("s", "2020-07", 1234.0), ("t", "2020-07", None), ("s", "2020-06", 5.0), ("v", "2020-07", 2.0)])
    column = {"measure": LAST_MONTH}
    new = doc("2020-10", [
        ("s", "2020-08", 1.0), ("s", "2020-07", 1234.5, column | {"decimals": 1}), ("t", "2020-07", 1.0, column),
        ("s", "2020-06", 9.0, column),
        ("u", "2020-07", 1.0, column), ("v", "2020-07", 2.0, column),
    ])  # fmt: skip
    comparison = _Comparison(former, new, Policy())
    (cases,) = (cases for check, cases in comparison.judged() if check == DIFFERENT)
    ((row, sentence),) = cases.found
    assert cases.evaluated == 2
    assert sentence == "s 2020-07 is printed as 1,234.5 last month; the former release printed 1,234"
    finding = comparison.finding(DIFFERENT, row, sentence)
    assert (finding["measure"], finding["old_value"], finding["new_value"], finding["check"]) == ("value", 1234.0, 1234.5, DIFFERENT)
    assert finding["sha256"] == new["sha256"].iloc[0] and finding["release_month"] == "2020-10" and finding["line"] == 1
    assert set(comparison.pairs["measure"]) == {"value"}, "it is no fact of the document"


# Revisions as rows


def test_a_revision_says_what_both_documents_say_of_its_figure():
    held = {"held_by": "0123456789ab", "unit": "old_unit"}
    former = doc("2020-09", [("s", "2020-05", 1.5, {"decimals": 1}), ("s", "2020-06", 1.0, held), ("s", "2020-07", 1.0)], product="p")
    corrected = {"corrected_value": 7.0, "corrected_decimals": 0, "flags": "r", "line": 42}
    new = doc("2020-10", [("s", "2020-05", 2.25, {"decimals": 2} | corrected), ("s", "2020-07", 1.0), ("s", "2020-08", 3.0)], product="p")
    printed = [revisions.as_printed(frame) for frame in (former, new)]
    found = _Comparison(*printed, Policy()).revisions().set_index("period")
    assert found["kind"].to_dict() == {"2020-05": "changed", "2020-06": "deleted", "2020-08": "added"}
    changed = found.loc["2020-05"]
    assert changed[["old_value", "old_decimals", "new_value", "new_decimals", "revision"]].tolist() == [1.5, 1, 2.25, 2, 0.75]
    assert changed[["is_old_corrected", "is_new_corrected", "flags", "line"]].tolist() == [False, True, "r", 42]
    assert found.loc["2020-06", ["old_held_by", "unit", "flags"]].tolist() == ["0123456789ab", "old_unit", ""]
    assert found.loc["2020-08", "unit"] == "million_usd" and found["revision"].notna().tolist() == [True, False, False]
    assert changed[["former_release_month", "former_reference_month", "release_month", "reference_month", "product"]].tolist() == [
        "2020-09", "2020-07", "2020-10", "2020-08", "p",
    ]  # fmt: skip
    assert changed["former_sha256"] == former["sha256"].iloc[0] and changed["sha256"] == new["sha256"].iloc[0]
    assert _Comparison(printed[0], printed[0], Policy()).revisions().empty


# A month


@pytest.fixture
def store(monkeypatch):
    """Prints by month, as a store has them; the months that are read."""
    months, read = {}, []

    def read_partition(root, table, month):
        assert (root, table) == ("root", PRINTS)
        read.append(month)
        return months[month]

    monkeypatch.setattr(revisions, "read_partition", read_partition)
    monkeypatch.setattr(revisions, "existing_months", lambda root, table: sorted(months))
    monkeypatch.setattr(revisions, "policies", lambda: {"ft900": Policy((LINE,), FIGURES)})
    return months, read


def test_a_product_is_compared_with_its_last_document_in_the_latest_earlier_month_that_has_one(store):
    months, read = store
    first, second = doc("2020-07", [("s", "2020-04", 1.0)], product="a"), doc("2020-07", [("s", "2020-05", 1.0)], product="a")
    months["2020-07"] = pd.concat([second.assign(sha256="2" * 64), first.assign(sha256="1" * 64)], ignore_index=True)
    months["2020-08"] = doc("2020-08", [("s", "2020-06", 1.0)], product="b")
    months["2020-09"] = pd.concat([
        doc("2020-09", [("s", "2020-07", 1.0)], product="a").assign(is_current=False),
        doc("2020-09", [("s", "2020-07", 1.0)], product="b", family="mxp"),
    ])  # fmt: skip
    months["2020-11"] = doc("2020-11", [("s", "2020-09", 1.0)], product="a")
    months["2020-10"] = pd.concat([doc("2020-10", [("s", "2020-08", 1.0)], product=name) for name in "ab"], ignore_index=True)
    found = compare_month("root", "2020-10").revisions
    told = found[["product", "former_release_month", "former_sha256"]].drop_duplicates().to_numpy().tolist()
    assert sorted(told) == [["a", "2020-07", "2" * 64], ["b", "2020-08", months["2020-08"]["sha256"].iloc[0]]]
    assert read == ["2020-10", "2020-09", "2020-08", "2020-07"], "each once, and none that is later"


def test_two_releases_of_a_month_are_compared_one_after_the_other_and_losses_come_first(store):
    months, _ = store
    months["2020-09"] = doc("2020-09", [("s", "2020-06", 1.0), ("s", "2020-07", 1.0)])
    later = doc("2020-10", [("s", "2020-07", 2.0), ("s", "2020-09", 1.0)]).assign(sha256="9" * 64, release_number=2)
    first = doc("2020-10", [("s", "2020-06", 1.0), ("s", "2020-07", 2.0), ("s", "2020-08", 1.0)]).assign(sha256="1" * 64)
    months["2020-10"] = pd.concat([later, first])
    compared = compare_month("root", "2020-10")
    assert compared.revisions[["kind", "period", "reference_month", "former_reference_month"]].to_numpy().tolist() == [
        ["deleted", "2020-08", "2020-09", "2020-08"], ["added", "2020-08", "2020-08", "2020-07"],
        ["added", "2020-09", "2020-09", "2020-08"],
        ["changed", "2020-07", "2020-08", "2020-07"], ["rolled_off", "2020-06", "2020-09", "2020-08"],
    ]  # fmt: skip
    assert compared.evaluated == dict.fromkeys(CHECKS, 0) | {OUTSIDE: 3, UNMARKED: 3, LOST: 2}
    assert compared.findings[["check", "period"]].to_numpy().tolist() == [[UNMARKED, "2020-07"]]


# What a document changed, in a line


def _revisions(*rows, **of_all):
    usual = {
        "family": "mxp", "product": "", "reference_month": "2020-09", "former_release_month": "2020-09",
        "former_reference_month": "2020-07",
        "measure": "index", "period": "2020-09", "kind": "changed",
    }  # fmt: skip
    return pd.DataFrame([usual | of_all | row for row in rows]).astype("string")


@pytest.mark.parametrize(
    ("of_all", "said"),
    [
        ({}, "mxp: 2020-09 comes 2 months after 2020-07, the last that is in the store; of what both print 1 changed"),
        ({"former_reference_month": "2020-08"}, "revised since 2020-09: mxp: 1 changed"),
        # By the quarter, three months are the next.
        ({"former_reference_month": "2020-06", "period": "2020-07/2020-09"}, "revised since 2020-09: mxp: 1 changed"),
        ({"former_reference_month": "2020-03", "period": "2020-07/2020-09"},
         "mxp: 2020-09 comes 6 months after 2020-03, the last that is in the store; of what both print 1 changed"),
        # A change over a year is no length of what is measured.
        ({"measure": "percent_change", "period": "2019-09/2020-09"},
         "mxp: 2020-09 comes 2 months after 2020-07, the last that is in the store; of what both print 1 changed"),
        ({"kind": "deleted"},
         "mxp: 2020-09 comes 2 months after 2020-07, the last that is in the store; of what both print nothing was revised"),
        ({"kind": "rolled_off"},
         "mxp: 2020-09 comes 2 months after 2020-07, the last that is in the store; of what both print nothing was revised"),
        ({"former_reference_month": "2020-08", "kind": "deleted", "product": "P"}, "revised since 2020-09: mxp P: 1 deleted"),
    ],
)  # fmt: skip
def test_neighbours_count_all_and_others_what_both_print(of_all, said):
    assert list(summaries(_revisions({}, **of_all))) == [said]


def test_each_document_has_a_line_and_many_are_counted_with_commas():
    rows = [
        *[{"period": f"{number}-01"} for number in range(1000, 2001)],
        {"kind": "added"},
        {"family": "fred", "product": "B", "period": None},
    ]
    found = list(summaries(_revisions(*rows, former_reference_month="2020-08")))
    assert found == ["revised since 2020-09: fred B: 1 changed", "revised since 2020-09: mxp: 1,001 changed, 1 added"]


# Documents of a month that disagree


def test_documents_disagree_where_they_stand_together_and_each_is_compared_with_the_first_before_it():
    frames = [
        doc("2020-10", [("s", "2020-08", value)], product=product) for product, value in (("a", 1.0), ("b", 2.0), ("c", 1.0), ("d", 3.0))
    ]
    found, compared = disagreements.disagreements(pd.concat(frames, ignore_index=True))
    assert compared == 1 and [(each["product"], each["old_value"], each["new_value"]) for each in found] == [
        ("b", 1.0, 2.0),
        ("d", 1.0, 3.0),
    ]
    note = "(inferred: no publisher states the rule)"
    assert found[0]["sentence"] == f"of s 2020-08 ft900 a prints 1, ft900 b 2 {note}"
    assert found[0]["check"] == "documents_of_a_month_agree" and found[0]["sha256"] == frames[1]["sha256"].iloc[0]
    assert set(found[0]) == {
        *disagreements.DOCUMENT, "series", "measure", "period", *disagreements.LOCATION, "check", "sentence", "old_value", "new_value",
    }  # fmt: skip


@pytest.mark.parametrize(("decimals", "differ"), [((0, 0), True), ((1, 1), True), ((0, 1), False), ((1, 0), False)])
def test_only_figures_of_other_decimals_may_differ_by_what_was_rounded(decimals, differ):
    rows = [{"series": "s", "period": "2020-08", "value": value, "decimals": places, "product": f"{at}"}
            for at, (value, places) in enumerate(zip((5.0, 5.25), decimals, strict=True))]  # fmt: skip
    found, _ = disagreements.disagreements(pd.concat([prints_frame("2020-10", [row]) for row in rows], ignore_index=True))
    assert len(found) == int(differ)


@pytest.mark.parametrize(
    ("one", "other", "compared"),
    [
        ({}, {"product": "b"}, 1), ({"value": None}, {"product": "b"}, 0), ({"is_current": False}, {"product": "b"}, 0),
        ({"base_period": "2000"}, {"product": "b"}, 0), ({"unit": "index"}, {"product": "b"}, 0),
        ({"measure": "index"}, {"product": "b"}, 0),
        # Two releases of one family may differ; a number that was not kept is the first.
        ({}, {"product": "b", "release_number": 2}, 0), ({"release_number": None}, {"product": "b"}, 1),
        ({"release_number": None}, {"product": "b", "release_number": 2}, 0),
        # Of two families, whatever their latest months, unless one has two releases in the month.
        ({}, {"family": "fred", "reference_month": "2020-07"}, 1), ({}, {"family": "fred", "release_number": 2}, 1),
        ({}, {"family": "fred", "release_number": 2, "reference_month": "2020-07"}, 0),
        ({"release_number": 2}, {"family": "fred", "reference_month": "2020-07"}, 0),
        ({"release_number": None}, {"family": "fred", "release_number": None, "reference_month": "2020-07"}, 1),
    ],
)  # fmt: skip
def test_which_documents_stand_together(one, other, compared):
    rows = [{"series": "s", "period": "2020-08", "value": value, "product": "a", "reference_month": "2020-08"} | more
            for value, more in ((1.0, one), (2.0, other))]  # fmt: skip
    found, count = disagreements.disagreements(pd.concat([prints_frame("2020-10", [row]) for row in rows], ignore_index=True))
    assert (count, len(found)) == (compared, compared)


# Policies


def _window(kind, authority="published", due_in=None, opens=lambda latest, found: True):
    source = "BLS, 2018: as the test says" if authority == "published" else "seen in the samples"
    return Window(kind=kind, months="m", opens=opens, due_in=due_in, source=source, authority=authority)


def test_a_window_has_earlier_months_of_the_releases_in_which_it_is_due():
    assert [_window("monthly").has("2020-08", month) for month in ("2020-07", "2020-08", "2020-09")] == [True, False, False]
    # Due two months after its latest month: that of November in January.
    assert [_window("annual", due_in=(1, 3)).has(latest, "2020-01") for latest in ("2020-10", "2020-11", "2020-12", "2021-01")] == [
        False, True, False, True,
    ]  # fmt: skip
    assert not _window("monthly", opens=lambda latest, found: (latest, found) != ("2020-08", "2020-07")).has("2020-08", "2020-07")


@pytest.mark.parametrize(("count", "opened"), [(1, ["2020-07"]), (3, ["2020-05", "2020-06", "2020-07"])])
def test_so_many_months_before_the_latest_are_open(count, opened):
    months = ["2020-04", "2020-05", "2020-06", "2020-07"]
    assert [month for month in months if months_back(count)("2020-08", month)] == opened


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([], ("outside", "inferred")), (["monthly"], ("monthly", "published")), (["quarterly", "monthly"], ("monthly", "published")),
        (["quarterly", "monthly", "annual"], ("annual", "published")), (["-annual", "quarterly"], ("quarterly", "published")),
        (["-annual", "-monthly"], ("annual", "inferred")),
    ],
)  # fmt: skip
def test_of_open_windows_a_stated_one_is_named_and_then_by_kind(windows, expected):
    declared = tuple(_window(name.lstrip("-"), "inferred" if name.startswith("-") else "published") for name in windows)
    line = Line(name="all", series=re.compile("s"), windows=declared, source="seen in the samples", authority="inferred")
    assert said_of(line, ["2020-08"], "value", "2020-07") == expected


@pytest.mark.parametrize(
    ("measure", "period", "is_open"),
    [
        ("value", "2020-07", True), ("value", "2020-06", False), ("value", "2020", True), ("value", "2019", False),
        ("value", "2020-05/2020-07", True), ("value", "2020-05/2020-09", True), ("percent_change", "2020-07/2020-12", True),
        ("percent_change", "2019-07/2020-07", True), ("percent_change", "2020-05/2020-09", False), ("value", "2020-03/2020-06", False),
    ],
)  # fmt: skip
def test_a_sum_is_open_if_one_of_its_months_is_and_a_change_if_one_of_its_ends_is(measure, period, is_open):
    line = Line(name="all", series=re.compile("s"), windows=(MONTHLY,), **STATED)
    assert said_of(line, ["2020-03", "2020-08"], measure, period) == ("monthly" if is_open else "outside", "published")


def test_a_series_has_the_first_line_that_is_wholly_its_own():
    other = Line(name="other", series=re.compile("s.*"), windows=(), **STATED)
    policy = Policy((LINE, other))
    assert [policy.line_of(series) for series in ("s", "st", "u")] == [LINE, other, None]
    assert said_of(None, ["2020-08"], "value", "2020-07") is None and said_of(LINE, ["2020-08"], "value", None) is None


@pytest.mark.parametrize(
    ("former", "latest", "releases"),
    [("2020-07", "2020-08", ["2020-08"]), ("2020-11", "2021-01", ["2020-12", "2021-01"]), ("2020-08", "2020-08", ["2020-08"])],
)
def test_the_releases_since_the_former_one(former, latest, releases):
    assert releases_since(former, latest) == releases
