"""Revision statistics computed by hand: means, bias, changes within a vintage, signs and bases."""

import math
from pathlib import Path

import pytest
from scipy import stats

from trade_assets.vintages.statistics import revision_statistics
from trade_assets.vintages.statistics.inference import lags
from trade_assets.vintages.statistics.pairs import changes, levels
from trade_assets_tests.made_prints import AGREEMENT, by_key, frame_of, prints_of

pytestmark = pytest.mark.filterwarnings("error")


def test_means_by_hand():
    """Revisions 2, −1 and 5: mean 6/3, absolute 8/3, root mean square √(30/3)."""
    result = by_key(revision_statistics(prints_of([[100, 102], [103, 102], [101, 106]])))
    row = result.loc[("exports.total", "level", "1")]
    assert row["n"] == 3 and row["unit"] == "million_usd" and row["mean_revision"] == 2
    assert row["mean_absolute_revision"] == pytest.approx(8 / 3) and row["root_mean_square_revision"] == pytest.approx(math.sqrt(10))


def test_bias_by_hand():
    """Revisions 2, 0, 2, 0, … of ten months, the example of the docs: t is exactly √27.

    Mean 1, residuals ±1 in turn. ⌊4·0.1^(2/9)⌋ = ⌊2.398⌋ = 2 lags of weights 2/3 and 1/3: 10 − 2·⅔·9 + 2·⅓·8 = 10/3.
    Variance of the mean: 10/3 / 10² · 10/9 = 1/27.
    """
    firsts = [100, 104, 99, 101, 107, 103, 98, 105, 102, 106]
    result = by_key(revision_statistics(prints_of([[f, f + 2 - 2 * (at % 2)] for at, f in enumerate(firsts)])))
    row = result.loc[("exports.total", "level", "1")]
    assert (row["n"], row["hac_lags"], row["mean_revision"]) == (10, 2, 1)
    assert row["bias_t"] == pytest.approx(math.sqrt(27), rel=1e-12)
    # Published tables of Student's t with 9 degrees of freedom: 4.781 leaves 0.1 percent in both tails together.
    assert row["bias_p"] < 0.001 and row["bias_p"] == pytest.approx(2 * stats.t.sf(math.sqrt(27), 9), rel=AGREEMENT)
    documented = (Path(__file__).resolve().parents[1] / "docs" / "revision-statistics.md").read_text(encoding="utf-8")
    for name in ("bias_t", "bias_p", "mincer_zarnowitz_intercept", "mincer_zarnowitz_slope", "mincer_zarnowitz_p", "news_p", "noise_p"):
        assert f"| `{name}` | {row[name]:.4f} |" in documented, (name, row[name])


# 4·(n/100)^(2/9) is whole at n = 100 and at n = 51,200, where (n/100)^(2/9) = 512^(2/9) = 4.
@pytest.mark.parametrize(("n", "expected"), [(1, 1), (10, 2), (27, 2), (28, 3), (99, 3), (100, 4), (300, 5), (51_199, 15), (51_200, 16)])
def test_lags_by_hand(n, expected):
    assert lags(n) == expected


def test_change_is_within_one_vintage_by_hand():
    """January is revised from 100 to 110 to 120 while February goes from 121 to 132: the change is 10 percent in both vintages."""
    rows = [
        ("ft900", "exports.total", "value", "2020-01", 1, "2020-03", 100.0, "million_usd", None),
        ("ft900", "exports.total", "value", "2020-01", 2, "2020-04", 110.0, "million_usd", None),
        ("ft900", "exports.total", "value", "2020-01", 3, "2020-05", 120.0, "million_usd", None),
        ("ft900", "exports.total", "value", "2020-02", 1, "2020-04", 121.0, "million_usd", None),
        ("ft900", "exports.total", "value", "2020-02", 2, "2020-05", 132.0, "million_usd", None),
    ]
    result = by_key(revision_statistics(frame_of(rows)))
    change = result.loc[("exports.total", "change_1_month", "1")]
    assert (change["n"], change["n_without_figure"], change["unit"]) == (1, 1, "percent")
    assert change["mean_revision"] == 0 and result.loc[("exports.total", "level", "1"), "mean_revision"] == (10 + 11) / 2
    figures = changes(levels(frame_of(rows)))
    assert [float(f) for f in figures.loc[figures["period"] == "2020-02", "figure"]] == [10, 10]


def test_change_uses_the_latest_print_of_the_month_before_and_none_published_since():
    """March's first print appears in May; February was last printed in April, and again in June."""
    rows = [
        ("ft900", "balance.total", "value", "2020-02", 1, "2020-04", -50.0, "million_usd", None),
        ("ft900", "balance.total", "value", "2020-02", 2, "2020-06", -70.0, "million_usd", None),
        ("ft900", "balance.total", "value", "2020-03", 1, "2020-05", -40.0, "million_usd", None),
        ("ft900", "balance.total", "value", "2020-03", 2, "2020-06", -75.0, "million_usd", None),
    ]
    result = by_key(revision_statistics(frame_of(rows)))
    row = result.loc[("balance.total", "change_1_month", "1")]
    # −40 − (−50) = 10, later −75 − (−70) = −5: revised by −15, with another sign, in dollars.
    assert (row["n"], row["mean_revision"], row["share_of_sign_changes"], row["unit"]) == (1, -15, 1, "million_usd")


def test_of_two_prints_in_one_release_month_the_later_one_is_known():
    rows = [
        ("ft900", "balance.total", "value", "2020-01", 2, "2020-04", -7.0, "million_usd", None),
        ("ft900", "balance.total", "value", "2020-01", 1, "2020-04", -5.0, "million_usd", None),
        ("ft900", "balance.total", "value", "2020-02", 1, "2020-04", -10.0, "million_usd", None),
    ]
    for order in ([0, 1, 2], [2, 1, 0]):
        figures = changes(levels(frame_of(rows).iloc[order]))
        assert [float(f) for f in figures["figure"].dropna()] == [-3]


BASES = [
    # Of each: the base of what was printed last, by release, and what is foreign to it, row by row.
    ([("2020-01", 1, "2020-03", 1.0, "A"), ("2020-02", 1, "2020-04", 2.0, "B")], [True, False]),
    # The later month was printed before the earlier one was printed anew on another base.
    ([("2020-01", 1, "2020-03", 1.0, "A"), ("2020-01", 2, "2020-05", 9.0, "B"), ("2020-02", 1, "2020-04", 2.0, "A")], [True, False, True]),
    # A gap says no base, though it was published last.
    ([("2020-01", 1, "2020-03", 1.0, "A"), ("2020-02", 1, "2020-04", None, "B")], [False, True]),
    ([("2020-01", 1, "2020-03", None, "A"), ("2020-02", 1, "2020-04", None, "B")], [True, False]),
    # Of one release the latest month speaks, of a month the last print.
    ([("2020-02", 1, "2020-04", 2.0, "B"), ("2020-01", 1, "2020-04", 1.0, "A")], [False, True]),
    ([("2020-01", 2, "2020-03", 2.0, "B"), ("2020-01", 1, "2020-03", 1.0, "A")], [False, True]),
]


@pytest.mark.parametrize(("prints", "foreign"), BASES)
def test_todays_base_is_that_of_the_figure_published_last(prints, foreign):
    rows = [("mxp", "s", "index", *print_, "index", base) for *print_, base in prints]
    for order in (list(range(len(rows))), list(range(len(rows)))[::-1]):
        found = levels(frame_of(rows).iloc[order])
        assert found["is_foreign"].tolist() == [foreign[at] for at in order]


def test_zero_has_no_sign_to_change():
    """Of five months, one goes from a deficit to a surplus and one the other way; three touch zero or keep their side."""
    result = by_key(revision_statistics(prints_of([[-5, 3], [4, -1], [0, 6], [2, 0], [-8, -9]], "balance.total")))
    assert result.loc[("balance.total", "level", "1"), "share_of_sign_changes"] == 2 / 5


def test_a_balance_is_differenced_even_while_it_is_a_surplus():
    result = by_key(revision_statistics(prints_of([[10, 12], [20, 25]], series="balance.services")))
    row = result.loc[("balance.services", "change_1_month", "1")]
    # First print of the second month beside the second print of the first: 20 − 12, then 25 − 12.
    assert (row["unit"], row["mean_revision"]) == ("million_usd", 5)


def test_equal_changes_of_decimal_figures_are_no_revision():
    """0.3 − 0.2 and 0.2 − 0.1 differ as binary fractions; as printed they are the same change."""
    assert 0.3 - 0.2 != 0.2 - 0.1
    rows = [
        ("ft900", "balance.total", "value", "2020-01", 1, "2020-03", 0.1, "billion_usd", None),
        ("ft900", "balance.total", "value", "2020-01", 2, "2020-04", 0.2, "billion_usd", None),
        ("ft900", "balance.total", "value", "2020-02", 1, "2020-03", 0.2, "billion_usd", None),
        ("ft900", "balance.total", "value", "2020-02", 2, "2020-04", 0.3, "billion_usd", None),
    ]
    row = by_key(revision_statistics(frame_of(rows))).loc[("balance.total", "change_1_month", "1")]
    assert row["mean_absolute_revision"] == 0
