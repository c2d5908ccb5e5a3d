"""Properties of revision statistics: shifts, scales, the order of rows, identical prints, finite results, and their time."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from trade_assets.facts.tables import REVISION_STATISTICS
from trade_assets.vintages.statistics import revision_statistics
from trade_assets_tests.made_prints import by_key, prints_of, random_prints

pytestmark = pytest.mark.filterwarnings("error")

tables = st.lists(
    st.lists(st.one_of(st.none(), st.integers(-500, 500)), min_size=1, max_size=4), min_size=2, max_size=24
)  # fmt: skip


def test_a_shift_of_all_later_prints_shifts_the_mean(is_whole):
    @settings(max_examples=25 if is_whole else 3)
    @given(tables, st.integers(-1000, 1000))
    def holds(values, shift):
        shifted = [[v if v is None or at == 0 else v + shift for at, v in enumerate(row)] for row in values]
        # A balance, so that no shift changes which transform applies.
        before, after = (by_key(revision_statistics(prints_of(v, "balance.total"))) for v in (values, shifted))
        assert list(before.index) == list(after.index)
        assume(len(before))
        before, after = (frame.xs("level", level="transform") for frame in (before, after))
        assert before["n"].equals(after["n"])
        pd.testing.assert_series_equal(before["mean_revision"] + shift, after["mean_revision"], rtol=1e-12, atol=1e-9)

    holds()


def test_scaled_figures_scale_what_has_a_unit_and_nothing_else(is_whole):
    @settings(max_examples=25 if is_whole else 3)
    @given(tables, st.sampled_from([2, 10, 1000]))
    def holds(values, factor):
        scaled = [[None if v is None else v * factor for v in row] for row in values]
        before, after = (revision_statistics(prints_of(v, "balance.total")) for v in (values, scaled))
        with_unit = ["mean_revision", "mean_absolute_revision", "root_mean_square_revision", "mincer_zarnowitz_intercept"]
        before[with_unit] *= factor
        pd.testing.assert_frame_equal(before, after, rtol=1e-7, atol=1e-7)

    holds()


def test_the_order_of_rows_does_not_matter(is_whole):
    @settings(max_examples=25 if is_whole else 3)
    @given(tables, st.randoms(use_true_random=False))
    def holds(values, random):
        prints = pd.concat([prints_of(values), prints_of([row[::-1] for row in values], "balance.total")], ignore_index=True)
        order = list(range(len(prints)))
        random.shuffle(order)
        pd.testing.assert_frame_equal(revision_statistics(prints), revision_statistics(prints.iloc[order]), check_exact=True)

    holds()


def test_robust_covariance_follows_the_periods_and_not_the_rows():
    prints = random_prints(6)
    shuffled = prints.sample(frac=1, random_state=6)
    result = revision_statistics(shuffled)
    pd.testing.assert_frame_equal(result, revision_statistics(prints), check_exact=True)
    assert result["bias_p"].notna().all()


def test_identical_prints_have_no_revision(is_whole):
    @settings(max_examples=25 if is_whole else 3)
    @given(st.lists(st.integers(-500, 500), min_size=2, max_size=24), st.integers(2, 4))
    def holds(firsts, count):
        result = revision_statistics(prints_of([[first] * count for first in firsts], "balance.total"))
        level = result[result["transform"] == "level"]
        assert len(level) == count and (level["n"] == len(firsts)).all()
        for name in ("mean_revision", "mean_absolute_revision", "root_mean_square_revision", "share_of_sign_changes"):
            assert (level[name] == 0).all(), name
        assert level[["bias_p", "mincer_zarnowitz_p", "news_p", "noise_p", "first_efficient_release"]].isna().all(axis=None)

    holds()


def test_no_result_is_ever_infinite_or_not_a_number(is_whole):
    """With warnings as errors: no division by nothing on the way either."""

    @settings(max_examples=25 if is_whole else 3)
    @given(tables)
    def holds(values):
        result = revision_statistics(prints_of(values, "balance.total"))
        for name, dtype in REVISION_STATISTICS.dtypes.items():
            if dtype in ("Float64", "Int64"):
                assert np.isfinite(result[name].dropna().to_numpy("float64")).all(), name
        assert (result["n"] + result["n_without_figure"] + result["n_of_other_base"] > 0).all()

    holds()


@pytest.mark.slow
def test_nine_series_of_three_hundred_months_and_thirteen_prints_take_seconds():
    random = np.random.default_rng(41)
    frames = []
    for at in range(9):
        values = 1000 + np.cumsum(random.integers(-20, 25, (300, 1)), axis=0) + np.cumsum(random.integers(-5, 6, (300, 13)), axis=1)
        frames.append(prints_of(values.tolist(), f"exports.{at}", start="1992-01"))
    prints = pd.concat(frames, ignore_index=True)
    began = time.process_time()
    result = revision_statistics(prints)
    # About a second of one processor, however busy the machine is.
    assert time.process_time() - began < 15
    assert len(result) == 9 * 2 * 13 and (result["note"] == "").all()
