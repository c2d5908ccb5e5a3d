"""Revision statistics once more: dictionaries, normal equations, the covariance of Newey and West term by term, exact rationals."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats

from trade_assets.vintages.statistics.inference import lags


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
