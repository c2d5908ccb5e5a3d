"""What tests of revisions conclude: nothing of samples that cannot be tested, the first efficient release, news and noise."""

import numpy as np
import pandas as pd
import pytest

from trade_assets.facts.frames import conform
from trade_assets.facts.tables import REVISION_STATISTICS
from trade_assets.vintages.statistics import revision_statistics
from trade_assets.vintages.statistics.inference import ENOUGH, SIGNIFICANCE, TESTS, Sample, Untestable, inferred
from trade_assets_tests.made_prints import AGREEMENT, by_key, inference_of, prints_of, random_prints
from trade_assets_tests.plain_statistics import own_tests

pytestmark = pytest.mark.filterwarnings("error")


def row_of(firsts, laters):
    result = by_key(revision_statistics(prints_of([[a, b] for a, b in zip(firsts, laters, strict=True)])))
    return result.loc[("exports.total", "level", "1")]


def test_small_samples_show_n_and_means_and_nothing_else():
    firsts = [100.0 + (7 * at) % 11 for at in range(ENOUGH)]
    laters = [first + (at * at) % 5 for at, first in enumerate(firsts)]
    small, enough = row_of(firsts[:-1], laters[:-1]), row_of(firsts, laters)
    assert small["n"] == ENOUGH - 1 and small["mean_revision"] > 0 and inference_of(small).isna().all()
    assert small["note"] == "every test: fewer than 10 pairs"
    assert inference_of(enough).notna().all() and enough["note"] == ""


def test_unrevised_figures_are_no_test_passed():
    firsts = [100.0 + at for at in range(15)]
    result = by_key(revision_statistics(prints_of([[first, first] for first in firsts])))
    row = result.loc[("exports.total", "level", "latest")]
    assert (row["n"], row["mean_revision"], row["root_mean_square_revision"]) == (15, 0, 0)
    assert inference_of(row).isna().all() and pd.isna(row["first_efficient_release"])
    assert row["note"] == "every test: every revision is zero; first_efficient_release: print 1: every revision is zero"


@pytest.mark.parametrize(
    ("laters", "tested_columns", "note"),
    [
        (lambda x, at: x + 5, [], "bias: every revision is the same; mincer_zarnowitz: the revision follows exactly from the first print; "
         "news: the revision follows exactly from the first print; noise: the revision follows exactly from the later print"),
        (lambda x, at: 2 * x, ["bias_p"], "mincer_zarnowitz: the revision follows exactly from the first print; "
         "news: the revision follows exactly from the first print; noise: the revision follows exactly from the later print"),
        (lambda x, at: 100.0, ["bias_p"], "mincer_zarnowitz: the revision follows exactly from the first print; "
         "news: the revision follows exactly from the first print; noise: every later print is the same"),
    ],
)  # fmt: skip
def test_degenerate_samples_say_why(laters, tested_columns, note):
    firsts = [100.0 + (7 * at) % 11 for at in range(15)]
    row = row_of(firsts, [laters(first, at) for at, first in enumerate(firsts)])
    inference = inference_of(row).drop(["hac_lags", "bias_t"])
    assert list(inference.index[inference.notna()]) == tested_columns and row["note"] == note


def test_first_prints_that_do_not_vary_explain_nothing():
    row = row_of([100.0] * 15, [100.0 + (7 * at) % 11 for at in range(15)])
    # Then the later print is the revision plus a constant: an exact line again.
    assert pd.notna(row["bias_p"]) and pd.isna(row["news_p"]) and pd.isna(row["mincer_zarnowitz_slope"])
    assert "news: every first print is the same" in row["note"]


def test_a_line_held_by_one_month_has_no_joint_test():
    """All first prints but one are the same, so the line runs through that one exactly: a singular covariance, not p = 0."""
    firsts = [100.0] * 14 + [150.0]
    row = row_of(firsts, [first + (7 * at) % 11 - 3 for at, first in enumerate(firsts)])
    assert pd.isna(row["mincer_zarnowitz_p"]) and pd.isna(row["mincer_zarnowitz_slope"])
    assert "mincer_zarnowitz: the robust variance is zero" in row["note"]


def test_every_test_refuses_a_degenerate_sample():
    zero = np.zeros(ENOUGH)
    for name, test in TESTS.items():
        with pytest.raises(Untestable, match="every revision is zero"):
            test(Sample(zero, zero, zero))
        with pytest.raises(Untestable, match="fewer than"):
            test(Sample(zero[1:], zero[1:], zero[1:] + 1))
        assert name in {"bias", "mincer_zarnowitz", "news", "noise"}


def test_the_table_is_as_its_schema_declares():
    frames = [random_prints(5), prints_of([[a, a] for a in range(100, 112)], "exports.same"),
              prints_of([[None, 5], [4, None]], "exports.gaps"), prints_of([[1, 2, 3]], "exports.few")]  # fmt: skip
    statistics = revision_statistics(pd.concat(frames, ignore_index=True))
    # Whoever asks for a release month says which; without the column the table is not whole.
    assert statistics["release_month"].isna().all()
    result = conform(statistics, REVISION_STATISTICS, release_month="2026-01", reference_month="2025-11")
    assert dict(statistics.dtypes.astype(str)) == REVISION_STATISTICS.dtypes and not result.duplicated(list(REVISION_STATISTICS.key)).any()
    for column in REVISION_STATISTICS.columns:
        values = result[column.name]
        assert column.is_nullable or values.notna().all(), column.name
        there = values.dropna()
        if column.kind in ("int", "float"):
            assert np.isfinite(there.to_numpy("float64")).all(), column.name
            assert column.low is None or (there >= column.low).all(), column.name
            assert column.high is None or (there <= column.high).all(), column.name
        assert column.one_of is None or there.isin(column.one_of).all(), column.name
        assert column.pattern is None or there.str.fullmatch(column.pattern).all(), column.name
    horizons = result[(result["series"] == "balance.total") & (result["transform"] == "level")]["horizon"]
    assert list(horizons) == ["1", "2", "3", "4", "latest"]
    # A result is missing if and only if the note says why; levels without a sign apart.
    is_missing = result[["mean_revision", "bias_p", "mincer_zarnowitz_p", "news_p", "noise_p"]].isna().any(axis=1)
    assert (is_missing == result["note"].str.contains("every test|every figure|bias:|mincer_zarnowitz:|news:|noise:")).all()


# First efficient release


def test_first_efficient_release_is_the_first_that_is_not_rejected():
    """The first print is biased, the second is the final figure less news: rejected, then not."""
    random = np.random.default_rng(11)
    second = 100 + 10 * random.standard_normal(200)
    values = np.column_stack([second - 3 + random.standard_normal(200), second, second + random.standard_normal(200)])
    row = by_key(revision_statistics(prints_of(values.tolist()))).loc[("exports.total", "level", "latest")]
    assert (row["first_efficient_release"], row["first_efficient_n"]) == (2, 200)
    assert row["first_efficient_p"] == pytest.approx(own_tests(values[:, 1], values[:, 2])["mincer_zarnowitz_p"], rel=AGREEMENT)
    assert row["mincer_zarnowitz_p"] < SIGNIFICANCE <= row["first_efficient_p"] and row["note"] == ""


def test_first_efficient_release_is_missing_when_all_are_rejected_or_one_cannot_be_tested():
    random = np.random.default_rng(12)
    first = 100 + 10 * random.standard_normal(50)
    latest = first + 5 + random.standard_normal(50)
    row = by_key(revision_statistics(prints_of(np.column_stack([first, latest]).tolist()))).loc[("exports.total", "level", "latest")]
    assert pd.isna(row["first_efficient_release"]) and row["note"] == "first_efficient_release: rejected for every print up to 1"
    # With a second print that equals the latest there is nothing to test, which is no acceptance.
    row = by_key(revision_statistics(prints_of(np.column_stack([first, latest, latest]).tolist()))).loc[
        ("exports.total", "level", "latest")
    ]
    assert pd.isna(row["first_efficient_release"]) and row["note"] == "first_efficient_release: print 2: every revision is zero"


def test_a_print_is_not_compared_with_itself_as_the_latest():
    """Half of the months have one print more: only they say how the second print was revised."""
    random = np.random.default_rng(13)
    values = [[100 + a, 110 + a + b, 110 + a + b + c][: 2 + at % 2] for at, (a, b, c) in enumerate(10 * random.standard_normal((60, 3)))]
    row = by_key(revision_statistics(prints_of(values))).loc[("exports.total", "level", "latest")]
    assert (row["first_efficient_release"], row["first_efficient_n"], row["n"]) == (2, 30, 60)


# Simulation


def simulated(process, seed, n=400):
    """Pairs of a first print and a later one, as Mankiw and Shapiro describe them.

    news: the first print is an efficient forecast, and the revision is what nobody could know then; noise: the later print is the
    truth, and the first is that with an error of measurement.
    """
    random = np.random.default_rng(seed)
    base, shock = 100 + 10 * random.standard_normal(n), 5 * random.standard_normal(n)
    pairs = (base, base + shock) if process == "news" else (base + shock, base)
    return by_key(revision_statistics(prints_of(np.column_stack(pairs).tolist(), start="1985-01"))).loc[("exports.total", "level", "1")]


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_news_and_noise_are_told_apart(seed):
    news, noise = simulated("news", seed), simulated("noise", seed)
    assert news["n"] == noise["n"] == 400
    assert news["news_p"] > 0.05 and news["noise_p"] < 1e-6
    assert noise["noise_p"] > 0.05 and noise["news_p"] < 1e-6
    assert news["mincer_zarnowitz_p"] > 0.05 and noise["mincer_zarnowitz_p"] < 1e-6
    # Of noise, the slope is var(truth) / (var(truth) + var(error)) = 100 / 125.
    assert noise["mincer_zarnowitz_slope"] == pytest.approx(0.8, abs=0.08)


def test_tests_reject_a_true_hypothesis_about_as_often_as_they_say():
    """Of 400 samples of news without bias about 5 percent are rejected at 5 percent; robust tests somewhat more."""
    random = np.random.default_rng(31)
    rejected = dict.fromkeys(["bias_p", "mincer_zarnowitz_p", "news_p"], 0)
    for _ in range(400):
        first, revision = random.standard_normal((2, 200))
        results, reasons = inferred(Sample(first, first + revision, revision))
        assert reasons == []
        for name in rejected:
            rejected[name] += results[name] < 0.05
    assert all(8 <= count <= 48 for count in rejected.values()), rejected
