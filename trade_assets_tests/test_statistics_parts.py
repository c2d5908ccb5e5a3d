"""The steps of the revision statistics one by one: levels, changes, pairs, what is tested and what is not, and the order of rows."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from trade_assets.facts.tables import REVISION_STATISTICS
from trade_assets.vintages.statistics import inference, revision_statistics, statistics_of_releases
from trade_assets.vintages.statistics.inference import TESTS, Sample, Untestable, bias, first_efficient, inferred, mincer_zarnowitz, news
from trade_assets.vintages.statistics.pairs import changes, is_last, levels, pairs_from_first, pairs_to_latest
from trade_assets_tests.made_prints import by_key, frame_of, prints_of
from trade_assets_tests.plain_statistics import exact_tests

pytestmark = pytest.mark.filterwarnings("error")


def prints(*rows, series="exports.total", measure="value"):
    """Prints (period, number, release month, value[, unit[, base]])."""
    return frame_of([("ft900", series, measure, *row, *("million_usd", None)[len(row) - 4 :]) for row in rows])


# Levels


def test_levels_keep_what_orders_them_and_figures_as_they_are_printed():
    found = levels(prints(("2020-01", 1, "2020-03", 0.1), ("2020-02", 1, "2020-04", None), ("2019-12", 2, "2020-04", 7.0)))
    assert found["figure"].tolist() == [Decimal("0.1"), None, Decimal("7.0")]
    assert found["month"].tolist() == [2020 * 12 + 1, 2020 * 12 + 2, 2020 * 12]
    assert (found["released"] - found["released"].iloc[0]).tolist() == [0, 1000, 1000]
    assert set(found["transform"]) == {"level"} and found["series_number"].tolist() == [0, 0, 0]
    assert not found["is_late"].any() and list(found.columns) == [
        "family", "series", "measure", "period", "print", "unit", "is_late", "series_number", "fact", "figure", "month", "released",
        "scale", "is_foreign", "is_signed", "transform",
    ]  # fmt: skip


def test_releases_of_a_month_follow_each_other_and_a_late_first_print_is_known():
    frame = prints(
        ("2020-01", 1, "2020-03", 1.0), ("2020-01", 2, "2020-03", 2.0), ("2020-01", 3, "2020-04", 3.0), ("2020", 1, "2020-04", 9.0)
    )
    found = levels(frame.assign(release_number=[1, 2, 1, 1], is_first_estimate=[True, False, True, False]))
    assert (found["released"] - found["released"].iloc[0]).tolist() == [0, 1, 1000]
    assert found["is_late"].tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("series", "values", "is_signed"),
    [
        ("exports.total", (1.0, 2.0), False), ("exports.total", (0.0, 2.0), True), ("exports.total", (3.0, -0.1), True),
        ("exports.total", (None, 1.0), False), ("balance.total", (1.0, 2.0), True), ("imports.balance.x", (1.0, 2.0), False),
    ],
)  # fmt: skip
def test_a_series_is_signed_if_it_is_a_balance_or_was_ever_zero_or_less(series, values, is_signed):
    rows = [("2020-01", number, f"2020-0{number + 2}", value) for number, value in enumerate(values, start=1)]
    others = prints(("2020-01", 1, "2020-03", -5.0), series="exports.other")
    found = levels(pd.concat([prints(*rows, series=series), others], ignore_index=True))
    assert found.loc[found["series"] == series, "is_signed"].tolist() == [is_signed] * len(values)


def test_only_months_of_levels_are_levels():
    frame = pd.concat([
        prints(("2020-01", 1, "2020-03", 1.0), ("2020", 1, "2020-03", 1.0), ("2020-01/2020-03", 1, "2020-05", 1.0)),
        prints(("2020-02", 1, "2020-04", 1.0), measure="index"), prints(("2020-02", 1, "2020-04", 1.0), measure="percent_change"),
    ])  # fmt: skip
    assert levels(frame)[["measure", "period"]].to_numpy().tolist() == [["value", "2020-01"], ["index", "2020-02"]]


@pytest.mark.parametrize("infinite", [np.inf, -np.inf])
def test_what_cannot_be_is_refused_with_its_place(infinite):
    with pytest.raises(ValueError, match=r"^an infinite value for print 2 of ft900 exports\.total value 2020-01$"):
        levels(prints(("2020-01", 1, "2020-03", 1.0), ("2020-01", 2, "2020-04", infinite)))
    twice = prints(("2020-01", 1, "2020-03", 1.0), ("2020-02", 3, "2020-03", 1.0), ("2020-02", 3, "2020-04", 1.0))
    with pytest.raises(
        ValueError, match=r"^two rows for print 3 of ft900 exports\.total value 2020-02; expected one row per print of a fact$"
    ):
        levels(twice)


# Changes


def test_a_change_is_in_percent_or_of_a_signed_series_in_its_unit():
    rows = [("2020-01", 1, "2020-03", 80.0), ("2020-02", 1, "2020-04", 100.0), ("2020-03", 1, "2020-05", 90.0)]
    found = changes(levels(prints(*rows)))
    assert found["figure"].tolist() == [None, Decimal(25), Decimal(-10)] and set(found["unit"]) == {"percent"}
    assert set(found["transform"]) == {"change_1_month"} and list(found.columns) == list(levels(prints(*rows)).columns)
    found = changes(levels(prints(*rows, series="balance.total")))
    assert found["figure"].tolist() == [None, Decimal(20), Decimal(-10)] and set(found["unit"]) == {"million_usd"}


def test_a_change_over_the_turn_of_the_year_and_none_over_a_missing_month():
    found = changes(levels(prints(("2019-12", 1, "2020-02", 50.0), ("2020-01", 1, "2020-03", 60.0), ("2020-03", 1, "2020-05", 70.0))))
    assert found["figure"].tolist() == [None, Decimal(20), None]


def test_a_percentage_is_foreign_only_between_two_scales_and_a_difference_on_an_old_one_too():
    rows = [
        ("2020-01", 1, "2020-03", 10.0, "u", "A"), ("2020-02", 1, "2020-04", 11.0, "u", "A"), ("2020-03", 1, "2020-05", 12.0, "u", "B"),
        ("2020-04", 1, "2020-06", 13.0, "u", "B"),
    ]  # fmt: skip
    assert changes(levels(prints(*rows)))["is_foreign"].tolist() == [True, False, True, False]
    assert changes(levels(prints(*rows, series="balance.total")))["is_foreign"].tolist() == [True, True, True, False]


# Pairs


FOUR = [("2020-01", number, f"2020-0{number + 2}", float(number)) for number in (1, 2, 3, 4)]


@pytest.mark.parametrize(("longest", "horizons"), [(1, ["1"]), (2, ["1", "2"]), (3, ["1", "2", "3"]), (9, ["1", "2", "3"])])
def test_the_first_print_is_paired_with_so_many_after_it(longest, horizons):
    found = pairs_from_first(levels(prints(*FOUR)), longest)
    assert found["horizon"].tolist() == horizons
    assert (found["first"].tolist(), found["later"].tolist()) == ([1.0] * len(horizons), [1.0 + int(each) for each in horizons])
    assert found["revision"].tolist() == [float(each) for each in horizons]


def test_each_print_is_paired_with_the_latest_of_its_fact():
    figures = levels(prints(*FOUR[::-1], ("2020-02", 1, "2020-04", 5.0)))
    found = pairs_to_latest(figures, figures[is_last(figures)])
    assert sorted(found["print"]) == [1, 2, 3] and set(found["print_later"]) == {4} and set(found["horizon"]) == {"latest"}
    assert found.set_index("print")["revision"].to_dict() == {1: 3.0, 2: 2.0, 3: 1.0}


def test_what_is_not_compared_has_one_reason():
    frame = prints(
        ("2020-06", 1, "2020-08", 1.0), ("2020-06", 2, "2020-09", 2.0),
        ("2020-05", 1, "2020-07", None), ("2020-05", 2, "2020-08", 2.0),
        ("2020-04", 1, "2020-06", 1.0), ("2020-04", 2, "2020-07", None),
        ("2020-03", 1, "2020-05", 1.0, "u", "A"), ("2020-03", 2, "2020-06", 2.0),
        ("2020-02", 1, "2020-04", None), ("2020-02", 2, "2020-05", 2.0),
        ("2020-01", 1, "2020-03", 1.0, "u", "A"), ("2020-01", 2, "2020-04", 2.0, "u", "A"),
    ).assign(is_first_estimate=[True] * 8 + [False] * 2 + [True] * 2)  # fmt: skip
    found = pairs_from_first(levels(frame), 1).set_index("period")
    assert list(found.index) == [f"2020-0{number}" for number in range(1, 7)], "by period, whatever the rows' order"
    told = found[["is_late", "is_without_figure", "is_of_other_base"]].astype(bool).to_numpy().tolist()
    assert told == [
        [False, False, True], [True, False, False], [False, False, True], [False, True, False], [False, True, False], [False, False, False],
    ]  # fmt: skip
    assert found["revision"].isna().tolist() == [True] * 5 + [False] and found.loc["2020-06", ["first", "later"]].tolist() == [1.0, 2.0]


# What is tested


X = np.array([100.0, 104.0, 99.0, 101.0, 107.0, 103.0, 98.0, 105.0, 102.0, 106.0, 97.0, 110.0])
R = np.array([1.0, -2.0, 0.5, 3.0, -1.0, 2.0, 0.0, -0.5, 1.5, -3.0, 2.5, 1.0])


def sample(first=X, revision=R):
    return Sample(first, first + revision, revision)


@pytest.mark.parametrize("unit", [1e-9, 1e-3, 1e3, 1e9])
def test_no_test_depends_on_the_unit(unit):
    expected, reasons = inferred(sample())
    found, _ = inferred(sample(X * unit, R * unit))
    assert reasons == [] and len(expected) == 8
    in_unit = {"mincer_zarnowitz_intercept": unit}
    assert found == pytest.approx({name: value * in_unit.get(name, 1) for name, value in expected.items()}, rel=1e-6)


@pytest.mark.parametrize(("seed", "spread", "moved"), [(3, 2_000, 500), (4, 5_000, 800), (5, 500, 300), (6, 100, 900)])
def test_levels_may_be_large_beside_what_they_vary_by(seed, spread, moved):
    """A year of imports of 340,000: the variances of line and constant are so far apart that one looks like zero beside the other."""
    random = np.random.default_rng(seed)
    first, revision = (np.round(size * random.standard_normal(12)) for size in (spread, moved))
    of = sample(340_000 + first, revision + moved // 3)
    exact = exact_tests(of.first.tolist(), of.later.tolist())
    found = inferred(of)[0]
    assert {name: found[name] for name in exact} == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_what_follows_exactly_is_no_test_in_any_unit(unit):
    for test, of, said in (
        (bias, sample(X * unit, np.full(12, 0.1 * unit)), "every revision is the same"),
        (news, sample(X * unit, 0.3 * X * unit), "the revision follows exactly from the first print"),
        (news, sample(np.full(12, 7 * unit), R * unit), "every first print is the same"),
        (news, sample(np.zeros(12), R * unit), "every first print is the same"),
        (inference.noise, sample(-R * unit, R * unit), "every later print is the same"),
    ):
        with pytest.raises(Untestable, match=f"^{said}$"):
            test(of)


def test_a_sample_of_ten_is_enough_and_one_revision_that_is_not_zero():
    assert set(bias(sample(X[:10], R[:10]))) == {"bias_t", "bias_p"}
    with pytest.raises(Untestable, match=r"^fewer than 10 pairs$"):
        bias(sample(X[:9], R[:9]))
    one = np.zeros(12)
    one[5] = 1.0
    assert bias(sample(X, one))["bias_t"] > 0
    with pytest.raises(Untestable, match=r"^every revision is zero$"):
        bias(sample(X, np.zeros(12)))


def test_a_line_that_one_month_holds_is_tested_for_nothing():
    """All first prints but one are the same: the line runs through that one exactly, whatever its revision."""
    first = np.full(12, 100.0)
    first[-1] = 150.0
    with pytest.raises(Untestable, match=r"^the robust variance is zero$"):
        mincer_zarnowitz(sample(first))


def test_the_line_of_the_later_print_on_the_first_is_that_of_its_revision():
    found = mincer_zarnowitz(sample())
    slope, intercept = np.polyfit(X, X + R, 1)
    assert (found["mincer_zarnowitz_slope"], found["mincer_zarnowitz_intercept"]) == pytest.approx((slope, intercept))
    assert 0 < found["mincer_zarnowitz_p"] < 1


def _test_of(result):
    def test(_):
        if isinstance(result, str):
            raise Untestable(result)
        return result

    return test


@pytest.mark.parametrize(
    ("outcomes", "results", "reasons"),
    [
        (["no", "no", "no", "no"], {}, ["every test: no"]),
        (["no", "no", "no", "never"], {}, ["bias: no", "mincer_zarnowitz: no", "news: no", "noise: never"]),
        ([{"b": 1.0}, "no", "no", "no"], {"b": 1.0, "hac_lags": 2}, ["mincer_zarnowitz: no", "news: no", "noise: no"]),
        ([{"b": 1.0}, {"c": 2.0}, "no", {"d": 3.0}], {"b": 1.0, "c": 2.0, "d": 3.0, "hac_lags": 2}, ["news: no"]),
        ([{"b": 1.0}] * 4, {"b": 1.0, "hac_lags": 2}, []),
    ],
)
def test_results_and_reasons_of_all_tests(monkeypatch, outcomes, results, reasons):
    monkeypatch.setattr(inference, "TESTS", dict(zip(TESTS, map(_test_of, outcomes), strict=True)))
    assert inferred(sample()) == (results, reasons)


@pytest.mark.parametrize(
    ("p_values", "results", "reasons"),
    [
        ([0.05], {"first_efficient_release": 1, "first_efficient_n": 12, "first_efficient_p": 0.05}, []),
        ([0.049, 0.2, 0.9], {"first_efficient_release": 2, "first_efficient_n": 12, "first_efficient_p": 0.2}, []),
        ([0.049, 0.01], {}, ["first_efficient_release: rejected for every print up to 2"]),
        ([0.049, "no", 0.9], {}, ["first_efficient_release: print 2: no"]),
        ([], {}, ["first_efficient_release: rejected for every print up to 0"]),
    ],
)
def test_the_first_print_that_is_not_rejected_is_the_first_efficient_one(monkeypatch, p_values, results, reasons):
    told = iter(p_values)
    monkeypatch.setattr(inference, "mincer_zarnowitz", lambda of: _test_of(said if isinstance(said := next(told), str) else
                                                                          {"mincer_zarnowitz_p": said})(of))  # fmt: skip
    assert first_efficient((number, sample()) for number in range(1, len(p_values) + 1)) == (results, reasons)


# The table


def test_horizons_go_up_to_twelve_prints_after_the_first_and_stand_in_order():
    rows = [("2020-01", number, f"{2020 + (number + 1) // 12}-{(number + 1) % 12 + 1:02d}", float(number)) for number in range(1, 15)]
    frame = pd.concat([prints(*rows), prints(*rows[:2], series="balance.total"), prints(*rows[:2], series="a", measure="index")])
    found = revision_statistics(frame)
    found = found[found["transform"] == "level"]
    assert found[["series", "measure", "horizon"]].to_numpy().tolist() == [
        ["a", "index", "1"], ["a", "index", "latest"], ["balance.total", "value", "1"], ["balance.total", "value", "latest"],
        *(["exports.total", "value", each] for each in (*map(str, range(1, 13)), "latest")),
    ]  # fmt: skip
    assert found.loc[found["series"] == "exports.total", "mean_revision"].tolist() == [*map(float, range(1, 13)), 13.0]


def test_levels_stand_before_changes_and_each_has_its_counts():
    frame = prints_of([[100.0, 110.0], [105.0, 106.0, 107.0], [None, 5.0]], "exports.total")
    found = revision_statistics(frame, longest=1)
    assert found[["transform", "horizon"]].to_numpy().tolist() == [
        ["level", "1"], ["level", "latest"], ["change_1_month", "1"], ["change_1_month", "latest"],
    ]  # fmt: skip
    assert found[["n", "n_without_figure", "n_of_other_base", "n_first_print_unknown"]].to_numpy().tolist() == [
        [2, 1, 0, 0], [2, 1, 0, 0], [1, 2, 0, 0], [1, 2, 0, 0],
    ]  # fmt: skip
    level = by_key(found).loc[("exports.total", "level", "latest")]
    assert (level["mean_revision"], level["mean_absolute_revision"], level["unit"]) == (6.0, 6.0, "million_usd")
    assert level["root_mean_square_revision"] == pytest.approx(np.sqrt((100 + 4) / 2))
    assert dict(found.dtypes.astype(str)) == REVISION_STATISTICS.dtypes


@pytest.mark.parametrize(
    ("series", "values", "level", "change"),
    [
        # What is always positive has no sign as a level, and has one as a change: 110/100 up, then 95/110 down; 95 on 100, then on 110.
        ("exports.total", [[100.0, 110.0], [110.0, 95.0]], None, 1.0), ("exports.total", [[100.0, 90.0], [110.0, 95.0]], None, 0.0),
        ("balance.total", [[5.0, -5.0], [5.0, 6.0]], 0.5, None), ("balance.total", [[0.0, -5.0], [5.0, 0.0]], 0.0, None),
        ("exports.total", [[1.0, -5.0], [5.0, -2.0]], 1.0, None),
    ],
)  # fmt: skip
def test_the_share_of_figures_whose_sign_is_another_later(series, values, level, change):
    found = by_key(revision_statistics(prints_of(values, series)))
    told = found["share_of_sign_changes"]
    of_level = told[(series, "level", "1")]
    assert (None if pd.isna(of_level) else of_level) == level
    if change is not None:
        # The first change: February's first print on what January was then; the later one on the same print of January.
        assert told[(series, "change_1_month", "1")] == (1.0 if values[1][1] < values[0][1] < values[1][0] else 0.0)


def test_an_unknown_first_print_is_counted_and_not_compared():
    frame = prints(*FOUR[:2], ("2020-02", 1, "2020-04", 5.0), ("2020-02", 2, "2020-05", 7.0))
    found = by_key(revision_statistics(frame.assign(is_first_estimate=[False, True, True, True])))
    row = found.loc[("exports.total", "level", "1")]
    assert (row["n"], row["n_first_print_unknown"], row["n_without_figure"], row["mean_revision"]) == (1, 1, 0, 2.0)


def test_each_release_of_a_month_has_its_own_statistics():
    after = [("2020-05", prints(*FOUR[:2])), ("2020-06", prints(*FOUR[:3]))]
    numbered = pd.concat([frame.assign(reference_month=month) for month, frame in after], ignore_index=True)
    found = statistics_of_releases(numbered)
    latest = found[found["horizon"] == "latest"].set_index("reference_month")["mean_revision"].to_dict()
    assert latest == {"2020-05": 1.0, "2020-06": 2.0}
    assert statistics_of_releases(numbered.head(0)).empty


# Many prints


@pytest.mark.parametrize("longest", [1, 3, 12, 20])
def test_the_first_efficient_release_is_found_however_late_it_comes(longest):
    """Sixty months of twenty prints: the first fifteen are all five too low, from the sixteenth on they err to both sides alike."""
    latest = [1000 + 37 * month % 101 for month in range(60)]
    low = [-5 + (-1) ** month for month in range(60)]
    both = [(-1) ** month for month in range(60)]
    values = [[*[level + low[at]] * 15, *[level + both[at]] * 4, level] for at, level in enumerate(latest)]
    row = by_key(revision_statistics(prints_of(values), longest)).loc[("exports.total", "level", "latest")]
    assert (row["first_efficient_release"], row["first_efficient_n"]) == (16, 60)
    assert row["mincer_zarnowitz_p"] < 0.05 <= row["first_efficient_p"]


def test_how_far_the_horizons_go_changes_nothing_about_efficiency():
    values = [[100 + 3 * month + (7 * month * print_ + month) % 5 for print_ in range(1, 10)] for month in range(40)]
    columns = ["first_efficient_release", "first_efficient_n", "first_efficient_p", "n", "mean_revision"]
    short, long = (by_key(revision_statistics(prints_of(values), longest)) for longest in (1, 12))
    for transform in ("level", "change_1_month"):
        one, other = (found.loc[("exports.total", transform, "latest"), columns] for found in (short, long))
        assert one.astype("float64").fillna(-1).tolist() == other.astype("float64").fillna(-1).tolist()
    assert sorted(set(short.index.get_level_values(2))) == ["1", "latest"] and len(set(long.index.get_level_values(2))) == 9
