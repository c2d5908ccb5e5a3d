"""Revision statistics against independent computations: by hand, by plain sums, in exact rationals, and by simulation.

The independent side shares nothing with the package: it pairs prints with dictionaries, solves the normal equations, sums
Newey and West's covariance term by term, and takes probabilities from scipy. Any warning is an error here.
"""

import itertools
import math
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from trade_assets.facts.frames import conform
from trade_assets.facts.periods import add_months, months_between
from trade_assets.facts.tables import REVISION_STATISTICS
from trade_assets.vintages.statistics import revision_statistics
from trade_assets.vintages.statistics.inference import ENOUGH, SIGNIFICANCE, TESTS, Sample, Untestable, inferred, lags
from trade_assets.vintages.statistics.pairs import changes, levels

pytestmark = pytest.mark.filterwarnings("error")

SERIES = ["family", "series", "measure"]
KEY = ["series", "transform", "horizon"]
AGREEMENT = 1e-8


def prints_of(values, series="exports.total", measure="value", unit="million_usd", base=None, start="2020-01", family="ft900"):
    """Prints of consecutive months: one list of values per month, its first print two months later and one more each month."""
    rows = []
    for at, of_month in enumerate(values):
        period = add_months(start, at)
        for number, value in enumerate(of_month, start=1):
            released = add_months(period, number + 1)
            rows.append((family, series, measure, period, number, released, value, unit, base))
    return frame_of(rows)


def frame_of(rows):
    columns = ["family", "series", "measure", "period", "print", "release_month", "value", "unit", "base_period"]
    frame = pd.DataFrame(rows, columns=columns)
    texts = dict.fromkeys(["family", "series", "measure", "period", "release_month", "unit", "base_period"], "string")
    return frame.astype({**texts, "value": "Float64", "print": "Int64"})


def by_key(result):
    return result.set_index(KEY)


def inference_of(row):
    """The columns that only tests fill."""
    return row[["hac_lags", "bias_t", "bias_p", "mincer_zarnowitz_intercept", "mincer_zarnowitz_slope", "mincer_zarnowitz_p",
                "news_p", "noise_p"]]  # fmt: skip


# -- The independent computation ---------------------------------------------------------------------------------------


def own_fit(y, x):
    """Coefficients, robust covariance and degrees of freedom of y on the columns of x, term by term."""
    n, k = x.shape
    inverse = np.linalg.inv(x.T @ x)
    coefficients = inverse @ (x.T @ y)
    scores = x * (y - x @ coefficients)[:, None]
    count = math.floor(4 * (n / 100) ** (2 / 9))
    middle = np.zeros((k, k))
    for s, t in itertools.product(range(n), range(n)):
        if abs(s - t) <= count:
            middle += (1 - abs(s - t) / (count + 1)) * np.outer(scores[s], scores[t])
    return coefficients, inverse @ middle @ inverse * n / (n - k), n - k


def own_tests(first, later):
    """All inference columns for one sample, the regressions as the docs write them: the later print on the first."""
    first, later = np.asarray(first), np.asarray(later)
    n = len(first)
    one = np.ones(n)
    revision = later - first
    (mean,), ((variance,),), freedom = own_fit(revision, one[:, None])
    t = mean / math.sqrt(variance)
    result = {"hac_lags": math.floor(4 * (n / 100) ** (2 / 9)), "bias_t": t, "bias_p": 2 * stats.t.sf(abs(t), freedom)}
    coefficients, covariance, freedom = own_fit(later, np.column_stack([one, first]))
    off = coefficients - np.array([0, 1])
    wald = off @ np.linalg.inv(covariance) @ off / 2
    result |= {"mincer_zarnowitz_intercept": coefficients[0], "mincer_zarnowitz_slope": coefficients[1],
               "mincer_zarnowitz_p": stats.f.sf(wald, 2, freedom)}  # fmt: skip
    for name, prints in (("news_p", first), ("noise_p", later)):
        coefficients, covariance, freedom = own_fit(revision, np.column_stack([one, prints]))
        result[name] = 2 * stats.t.sf(abs(coefficients[1]) / math.sqrt(covariance[1, 1]), freedom)
    return result


def own_figures(prints, transform):
    """(series, period) to {print: figure or None}, by walking over the rows."""
    rows = list(prints.itertuples(index=False))
    table = {}
    for series in {row.series for row in rows}:
        mine = [row for row in rows if row.series == series]
        signed = series.startswith("balance.") or any(pd.notna(row.value) and row.value <= 0 for row in mine)
        for row in mine:
            value = None if pd.isna(row.value) else row.value
            if transform == "change_1_month":
                month_before = f"{int(row.period[:4]) - (row.period[5:] == '01')}-{(int(row.period[5:]) - 2) % 12 + 1:02d}"
                known = [r for r in mine if r.period == month_before and r.release_month <= row.release_month]
                before = max(known, key=lambda r: (r.release_month, r.print)).value if known else pd.NA
                if value is not None:
                    value = None if pd.isna(before) else value - before if signed else 100 * (value / before - 1)
            table.setdefault((series, row.period), {})[int(row.print)] = value
    return table


def own_statistics(prints, longest=12):
    """(series, transform, horizon) to the expected columns."""
    expected = {}
    for transform in ("level", "change_1_month"):
        table = own_figures(prints, transform)
        for series in {key[0] for key in table}:
            months = [table[key] for key in sorted(table) if key[0] == series]
            length = max(max(figures) for figures in months)
            horizons = {str(k): k + 1 for k in range(1, min(longest, length - 1) + 1)} | {"latest": None}
            for horizon, end in horizons.items():
                there = [(m[1], m[end or max(m)]) for m in months if (end or max(m)) in m and max(m) > 1]
                pairs = [pair for pair in there if None not in pair]
                first, later = (np.array(side) for side in zip(*pairs, strict=True))
                revision = later - first
                expected[series, transform, horizon] = {
                    "n": len(pairs), "n_without_figure": len(there) - len(pairs), "n_of_other_base": 0,
                    "mean_revision": sum(revision) / len(pairs),
                    "mean_absolute_revision": sum(abs(r) for r in revision) / len(pairs),
                    "root_mean_square_revision": math.sqrt(sum(r * r for r in revision) / len(pairs)),
                    **own_tests(first, later), "note": "",
                }  # fmt: skip
            found = {"note": f"first_efficient_release: rejected for every print up to {length - 1}"}
            for number in range(1, length):
                pairs = [(m[number], m[max(m)]) for m in months if max(m) > number]
                first, later = (np.array(side) for side in zip(*[p for p in pairs if None not in p], strict=True))
                p = own_tests(first, later)["mincer_zarnowitz_p"]
                if p >= 0.05:
                    found = {"first_efficient_release": number, "first_efficient_n": len(first), "first_efficient_p": p}
                    break
            expected[series, transform, "latest"] |= found
    return expected


def random_prints(seed, months=60, prints=5):
    """An always positive index and a balance of both signs, revised at random, with gaps in first and later prints."""
    random = np.random.default_rng(seed)
    frames = []
    for series, measure, unit, middle in (("imports.all", "index", "index", 120), ("balance.total", "value", "million_usd", 0)):
        first = middle + 10 * random.standard_normal(months)
        steps = random.normal(0, 2, (months, prints - 1))
        steps[:, 0] -= 0.1 * (first - middle)
        values = np.column_stack([first, first[:, None] + np.cumsum(steps, axis=1)])
        values[random.random(values.shape) < 0.03] = np.nan
        # The last months have not been revised as often, and the very last not at all.
        rows = [list(row[: min(prints, months - at)]) for at, row in enumerate(values)]
        frames.append(prints_of(rows, series, measure, unit, base="2000" if measure == "index" else None))
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize(("seed", "months"), [(1, 40), (2, 60), (3, 150)])
def test_every_statistic_agrees_with_an_independent_computation(seed, months):
    prints = random_prints(seed, months)
    result = by_key(revision_statistics(prints))
    expected = own_statistics(prints)
    assert set(result.index) == set(expected) and len(expected) == 2 * 2 * 5
    for key, columns in expected.items():
        for name, value in columns.items():
            close = value if isinstance(value, str) else pytest.approx(value, rel=AGREEMENT, abs=AGREEMENT)
            assert result.loc[key, name] == close, (key, name)
    assert (result["n_without_figure"] > 0).any() and 2 in set(result["first_efficient_release"].dropna())


def test_share_of_sign_changes_agrees_with_an_independent_count():
    prints = random_prints(4)
    result = by_key(revision_statistics(prints))
    for transform in ("level", "change_1_month"):
        months = [m for (series, _), m in own_figures(prints, transform).items() if series == "balance.total" and len(m) > 2]
        pairs = [(m[1], m[3]) for m in months if m[1] is not None and m[3] is not None]
        share = sum((a > 0 > b) or (a < 0 < b) for a, b in pairs) / len(pairs)
        assert 0 < share < 1 and result.loc[("balance.total", transform, "2"), "share_of_sign_changes"] == pytest.approx(share)
    # An index has no sign; its change has one.
    assert pd.isna(result.loc[("imports.all", "level", "2"), "share_of_sign_changes"])
    assert pd.notna(result.loc[("imports.all", "change_1_month", "2"), "share_of_sign_changes"])


def exact_tests(first, later):
    """The inference columns in exact rationals up to the last square root and distribution function."""
    first, later = [Fraction(v) for v in first], [Fraction(v) for v in later]
    n = len(first)
    count = lags(n)

    def fit(y, x):
        sx, sxx, sy, sxy = sum(x), sum(v * v for v in x), sum(y), sum(a * b for a, b in zip(x, y, strict=True))
        det = n * sxx - sx * sx
        inverse = [[sxx / det, -sx / det], [-sx / det, n / det]]
        a, b = (sxx * sy - sx * sxy) / det, (n * sxy - sx * sy) / det
        scores = [(u, u * v) for u, v in ((yt - a - b * xt, xt) for yt, xt in zip(y, x, strict=True))]
        # Each score weighed by the inverse first, which is the same sandwich.
        weighed = [[row[0] * s[0] + row[1] * s[1] for row in inverse] for s in scores]
        covariance = [[Fraction(0)] * 2 for _ in range(2)]
        for s, t in itertools.product(range(n), range(n)):
            if abs(s - t) <= count:
                for i, j in itertools.product(range(2), range(2)):
                    covariance[i][j] += Fraction(count + 1 - abs(s - t), count + 1) * weighed[s][i] * weighed[t][j]
        return a, b, [[entry * n / (n - 2) for entry in row] for row in covariance]

    a, b, ((v00, v01), (_, v11)) = fit(later, first)
    wald = (a * a * v11 - 2 * a * (b - 1) * v01 + (b - 1) ** 2 * v00) / (v00 * v11 - v01 * v01) / 2
    result = {"mincer_zarnowitz_intercept": float(a), "mincer_zarnowitz_slope": float(b),
              "mincer_zarnowitz_p": stats.f.sf(float(wald), 2, n - 2)}  # fmt: skip
    revision = [y - x for x, y in zip(first, later, strict=True)]
    for name, prints in (("news_p", first), ("noise_p", later)):
        _, slope, covariance = fit(revision, prints)
        result[name] = stats.f.sf(float(slope**2 / covariance[1][1]), 1, n - 2)
    return result


def test_agreement_does_not_fade_where_levels_are_large_beside_their_revisions():
    """As in FT-900: figures of 200,000 revised by hundreds, where plain normal equations lose most of their digits."""
    random = np.random.default_rng(7)
    first = 200_000 + np.cumsum(random.integers(-1500, 2000, 48))
    later = first + random.integers(-400, 600, 48)
    result = by_key(revision_statistics(prints_of([[int(a), int(b)] for a, b in zip(first, later, strict=True)])))
    row = result.loc[("exports.total", "level", "1")]
    for name, value in exact_tests(map(int, first), map(int, later)).items():
        assert row[name] == pytest.approx(value, rel=AGREEMENT), name


# -- By hand -----------------------------------------------------------------------------------------------------------


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


# -- What is missing ---------------------------------------------------------------------------------------------------


def test_suppressed_month_counts_as_missing_and_not_as_unrevised():
    """October 2025 was never published: its level, its change and the change of November are gaps."""
    months = months_between("2025-01", "2026-02")
    values = [[float(100 + at * at), float(101 + at * at + at % 3)] for at in range(len(months))]
    at = months.index("2025-10")
    whole = by_key(revision_statistics(prints_of(values, start="2025-01")))
    values[at] = [None, None]
    result = by_key(revision_statistics(prints_of(values, start="2025-01")))
    level, change = (("exports.total", transform, "1") for transform in ("level", "change_1_month"))
    assert (result.loc[level, "n"], result.loc[level, "n_without_figure"]) == (len(months) - 1, 1)
    assert (result.loc[change, "n"], result.loc[change, "n_without_figure"]) == (len(months) - 3, 3)
    revisions = [v[1] - v[0] for v in values if v[0] is not None]
    assert result.loc[level, "mean_revision"] == pytest.approx(sum(revisions) / len(revisions))
    assert result.loc[level, "mean_absolute_revision"] != whole.loc[level, "mean_absolute_revision"]
    # A month without any row is no pair at all, and leaves the same sample.
    absent = prints_of(values, start="2025-01").query("period != '2025-10'")
    without = by_key(revision_statistics(absent))
    assert (without.loc[level, "n"], without.loc[level, "n_without_figure"]) == (len(months) - 1, 0)
    assert inference_of(without.loc[level]).equals(inference_of(result.loc[level]))


def test_a_fact_with_one_print_is_no_unrevised_fact():
    revised = [[100.0 + at, 102.0 + at % 4] for at in range(12)]
    alone = by_key(revision_statistics(prints_of(revised)))
    # They come last, so that no change of the others has another month before it.
    joined = by_key(revision_statistics(prints_of([*revised, [1.0], [2.0]])))
    pd.testing.assert_frame_equal(alone, joined)
    assert len(revision_statistics(prints_of([[1.0], [2.0], [3.0]]))) == 0


def test_a_gap_as_first_or_as_latest_print_is_no_revision():
    result = by_key(revision_statistics(prints_of([[None, 5, 6], [4, 5, None], [4, None, 7]])))
    for horizon, n, missing, mean in (("1", 1, 2, 1), ("2", 1, 2, 3), ("latest", 1, 2, 3)):
        row = result.loc[("exports.total", "level", horizon)]
        assert (row["n"], row["n_without_figure"], row["mean_revision"]) == (n, missing, mean), horizon
    row = by_key(revision_statistics(prints_of([[None, 5], [4, None]]))).loc[("exports.total", "level", "1")]
    assert (row["n"], row["n_without_figure"], row["note"]) == (0, 2, "every figure: no pair can be compared")
    assert pd.isna(row["mean_revision"]) and inference_of(row).isna().all()


def rebased(values, at):
    """Prints of an index whose releases from one on stand on base 2010 instead of 2000."""
    frame = prints_of(values, series="imports.all", measure="index", unit="index", base="2000", family="mxp")
    frame.loc[frame["release_month"] >= at, "base_period"] = "2010"
    return frame


def test_prints_on_another_base_are_never_compared():
    """Releases: January in March to May, February in April to June, …; rebased from June 2020 on."""
    values = [[200.0, 201.0, 202.0], [210.0, 211.0, 106.0], [215.0, 108.0, 109.0], [110.0, 112.0, 113.0]]
    result = by_key(revision_statistics(rebased(values, "2020-06")))
    row = result.loc[("imports.all", "level", "1")]
    # January and February were printed twice on the former base, March once on each, April on the latest one only.
    assert (row["n"], row["n_of_other_base"], row["mean_revision"]) == (1, 3, 2)
    row = result.loc[("imports.all", "level", "latest")]
    assert (row["n"], row["n_of_other_base"], row["mean_revision"]) == (1, 3, 3)
    # Percent changes of February compare (both prints on the former base), as do those of April (both on the latest);
    # those of March, on two bases, do not; January has no month before it.
    row = result.loc[("imports.all", "change_1_month", "1")]
    assert (row["n"], row["n_of_other_base"], row["n_without_figure"]) == (2, 1, 1)
    february = 100 * (211 / 202 - 1) - 100 * (210 / 201 - 1)
    april = 100 * (112 / 109 - 1) - 100 * (110 / 108 - 1)
    assert row["mean_revision"] == pytest.approx((february + april) / 2, rel=1e-12)


def test_a_month_beside_one_on_another_base_has_no_change():
    """January was not printed again when February's releases moved to the latest base."""
    rows = [
        ("mxp", "imports.all", "index", "2020-01", 1, "2020-03", 200.0, "index", "2000"),
        ("mxp", "imports.all", "index", "2020-02", 1, "2020-04", 105.0, "index", "2010"),
        ("mxp", "imports.all", "index", "2020-02", 2, "2020-05", 106.0, "index", "2010"),
    ]
    result = by_key(revision_statistics(frame_of(rows)))
    row = result.loc[("imports.all", "change_1_month", "1")]
    assert (row["n"], row["n_of_other_base"], row["note"]) == (0, 1, "every figure: no pair can be compared")
    assert result.loc[("imports.all", "level", "1"), "mean_revision"] == 1


def test_the_base_of_a_series_is_that_of_its_latest_figure_not_of_a_later_gap():
    frame = prints_of([[100.0, 101.0], [102.0, 104.0], [None]], "imports.all", "index", "index", base="2000")
    frame.loc[frame["value"].isna(), "base_period"] = pd.NA
    row = by_key(revision_statistics(frame)).loc[("imports.all", "level", "1")]
    assert (row["n"], row["n_of_other_base"], row["mean_revision"]) == (2, 0, 1.5)


def test_prints_in_another_unit_are_never_compared():
    frame = prints_of([[5.0, 5000.0], [6000.0, 6010.0]])
    frame.loc[frame["value"] == 5.0, "unit"] = "billion_usd"
    row = by_key(revision_statistics(frame)).loc[("exports.total", "level", "1")]
    assert (row["n"], row["n_of_other_base"], row["mean_revision"], row["unit"]) == (1, 1, 10, "million_usd")


def test_only_months_and_levels_take_part():
    months = prints_of([[100.0, 101.0], [102.0, 104.0]])
    year, change = months.assign(period="2020").drop_duplicates(["print"]), months.assign(measure="percent_change")
    quarter = months.assign(period="2020-01/2020-03").drop_duplicates(["print"])
    undated = months.assign(period=pd.NA).drop_duplicates(["print"])
    mixed = pd.concat([months, year, change, quarter, undated.astype(months.dtypes)], ignore_index=True)
    pd.testing.assert_frame_equal(revision_statistics(mixed), revision_statistics(months))


@pytest.mark.parametrize("kept", [[], None])
def test_nothing_to_compare_gives_an_empty_table(kept):
    frame = prints_of([[1.0], [2.0]])
    result = revision_statistics(frame.iloc[:0] if kept is None else frame)
    assert len(result) == 0 and dict(result.dtypes.astype(str)) == REVISION_STATISTICS.dtypes


def test_a_print_that_stands_twice_or_is_infinite_is_refused():
    frame = prints_of([[1.0, 2.0]])
    with pytest.raises(ValueError, match=r"two rows for print 1 of ft900 exports\.total value 2020-01"):
        revision_statistics(pd.concat([frame, frame]))
    with pytest.raises(ValueError, match=r"infinite value for print 2 of ft900 exports\.total value 2020-01"):
        revision_statistics(frame.assign(value=frame["value"].mask(frame["print"] == 2, np.inf)))


# -- What cannot be tested ---------------------------------------------------------------------------------------------


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


# -- First efficient release -------------------------------------------------------------------------------------------


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


# -- Simulation --------------------------------------------------------------------------------------------------------


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


# -- Properties --------------------------------------------------------------------------------------------------------

tables = st.lists(
    st.lists(st.one_of(st.none(), st.integers(-500, 500)), min_size=1, max_size=4), min_size=2, max_size=24
)  # fmt: skip


def test_a_shift_of_all_later_prints_shifts_the_mean(is_whole):
    @settings(max_examples=25 if is_whole else 8)
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
    @settings(max_examples=25 if is_whole else 8)
    @given(tables, st.sampled_from([2, 10, 1000]))
    def holds(values, factor):
        scaled = [[None if v is None else v * factor for v in row] for row in values]
        before, after = (revision_statistics(prints_of(v, "balance.total")) for v in (values, scaled))
        with_unit = ["mean_revision", "mean_absolute_revision", "root_mean_square_revision", "mincer_zarnowitz_intercept"]
        before[with_unit] *= factor
        pd.testing.assert_frame_equal(before, after, rtol=1e-7, atol=1e-7)

    holds()


def test_the_order_of_rows_does_not_matter(is_whole):
    @settings(max_examples=25 if is_whole else 8)
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
    @settings(max_examples=25 if is_whole else 8)
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

    @settings(max_examples=25 if is_whole else 8)
    @given(tables)
    def holds(values):
        result = revision_statistics(prints_of(values, "balance.total"))
        for name, dtype in REVISION_STATISTICS.dtypes.items():
            if dtype in ("Float64", "Int64"):
                assert np.isfinite(result[name].dropna().to_numpy("float64")).all(), name
        assert (result["n"] + result["n_without_figure"] + result["n_of_other_base"] > 0).all()

    holds()


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
