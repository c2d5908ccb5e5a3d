"""Tests on a sample of revisions: bias, Mincer-Zarnowitz, news against noise, the first efficient release.

All are ordinary least squares with the robust (HAC) covariance of Newey and West (1987), A Simple, Positive Semi-definite,
Heteroskedasticity and Autocorrelation Consistent Covariance Matrix, Econometrica 55: Bartlett's weights ``1 − l/(L+1)`` on
the lags 1 to L, multiplied by ``n/(n−k)`` for the k coefficients (small-sample correction). Statistics are judged by
Student's t with n−k, or F with q and n−k degrees of freedom. Neighbours in the sample count as one month apart, also across
a month that is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

ENOUGH = 10
"""Fewer pairs than this are shown with their means, and tested for nothing."""
SIGNIFICANCE = 0.05
"""Below this probability a print is not efficient."""

_ROUNDING = 1e-10
"""What is smaller than this, relative to what it is a part of, is binary rounding and not data."""


class Untestable(Exception):
    """A sample of which a test can say nothing; the message says why."""


@dataclass(frozen=True)
class Sample:
    """Pairs of prints in the order of their periods.

    Attributes:
        first, later: the two prints' figures.
        revision: later less first, exact before it became a float.
    """

    first: NDArray[np.float64]
    later: NDArray[np.float64]
    revision: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.revision)

    @cached_property
    def on_first(self) -> _Fit:
        """The fit of the revisions on the first prints, which several tests ask for. Raises Untestable."""
        return _on_prints(self, self.first, "first")


@cache
def lags(n: int) -> int:
    """The lags of the robust covariance, ``⌊4·(n/100)^(2/9)⌋``.

    Source: Newey and West (1994), Automatic Lag Selection in Covariance Matrix Estimation, Review of Economic Studies 61: their rule
    for Bartlett's weights, here the number of lags itself. Decided in integers: the greatest L with ``L⁹·100² ≤ 4⁹·n²``.
    """
    count = 0
    while (count + 1) ** 9 * 100**2 <= 4**9 * n**2:
        count += 1
    return count


def bias(sample: Sample) -> dict[str, float]:
    """Whether the mean revision is zero: t-statistic and p-value of the constant of ``revision = a``."""
    _check(sample)
    fit = _Fit(sample.revision, np.ones((1, len(sample))), alike="every revision is the same")
    return {"bias_p": fit.p_value([0]), "bias_t": float(fit.coefficients[0] / np.sqrt(fit.covariance[0, 0]))}


def mincer_zarnowitz(sample: Sample) -> dict[str, float]:
    """``later = a + b·first``: a, b, and the p-value of Wald's joint test of a = 0 and b = 1.

    Source: Mincer and Zarnowitz (1969), The Evaluation of Economic Forecasts, in: Economic Forecasts and Expectations, NBER.
    """
    # With first taken from both sides it is revision = a + (b−1)·first: the same residuals and covariance, and the
    # revision is exact, where later − first of two large floats would not be.
    fit = sample.on_first
    at_mean, slope = fit.coefficients.tolist()
    return {
        "mincer_zarnowitz_intercept": at_mean - slope * float(sample.first.mean()),
        "mincer_zarnowitz_slope": 1.0 + slope,
        "mincer_zarnowitz_p": fit.p_value([0, 1]),
    }


def news(sample: Sample) -> dict[str, float]:
    """p-value of no correlation between revision and first print, b = 0 in ``revision = a + b·first``.

    So it must be if the revision is news, unknown when the first print was made. Source: Mankiw and Shapiro (1986), News or
    Noise: An Analysis of GNP Revisions, Survey of Current Business 66.
    """
    return {"news_p": sample.on_first.p_value([1])}


def noise(sample: Sample) -> dict[str, float]:
    """p-value of no correlation between revision and later print, b = 0 in ``revision = a + b·later``.

    So it must be if the first print was the later one with an error of measurement. Source: as of ``news``.
    """
    return {"noise_p": _on_prints(sample, sample.later, "later").p_value([1])}


TESTS = {"bias": bias, "mincer_zarnowitz": mincer_zarnowitz, "news": news, "noise": noise}


def inferred(sample: Sample) -> tuple[dict[str, float], list[str]]:
    """The results of all tests that the sample allows, and the reasons for those that it does not, as ``test: reason``."""
    results: dict[str, float] = {}
    reasons = {}
    for name, test in TESTS.items():
        try:
            results |= test(sample)
        except Untestable as why:
            reasons[name] = str(why)
    if results:
        results["hac_lags"] = lags(len(sample))
    if len(reasons) == len(TESTS) and len(set(reasons.values())) == 1:
        return results, [f"every test: {reasons['bias']}"]
    return results, [f"{name}: {why}" for name, why in reasons.items()]


def first_efficient(samples: Iterable[tuple[int, Sample]]) -> tuple[dict[str, float], list[str]]:
    """The earliest print for which ``latest = a + b·print``, a = 0 and b = 1, is not rejected at ``SIGNIFICANCE``.

    Source: Aruoba (2008), Data Revisions Are Not Well Behaved, Journal of Money, Credit and Banking 40, for efficiency against a
    final value; the search from print to print as the R package reviser does it. A print that cannot be tested ends the search:
    a later one might not be the first.

    Args:
        samples: from each print to the latest, with the print's number, in its order.

    Returns:
        first_efficient_release, its sample size and p-value; or nothing of that, and the reason.
    """
    number = 0
    for number, sample in samples:
        try:
            p_value = mincer_zarnowitz(sample)["mincer_zarnowitz_p"]
        except Untestable as why:
            return {}, [f"first_efficient_release: print {number}: {why}"]
        if p_value >= SIGNIFICANCE:
            return {"first_efficient_release": number, "first_efficient_n": len(sample), "first_efficient_p": p_value}, []
    return {}, [f"first_efficient_release: rejected for every print up to {number}"]


def _check(sample: Sample) -> None:
    if len(sample) < ENOUGH:
        raise Untestable(f"fewer than {ENOUGH} pairs")
    if not sample.revision.any():
        raise Untestable("every revision is zero")


def _on_prints(sample: Sample, prints: NDArray[np.float64], which: str) -> _Fit:
    """The fit of the revisions on a constant and the prints less their mean: the constant is the line's height at that mean."""
    _check(sample)
    if np.ptp(prints) <= _ROUNDING * np.abs(prints).max():
        raise Untestable(f"every {which} print is the same")
    regressors = np.vstack([np.ones(len(sample)), prints - prints.mean()])
    return _Fit(sample.revision, regressors, alike=f"the revision follows exactly from the {which} print")


class _Fit:
    """Least squares with robust covariance, on regressors of which the products of any two sum to zero.

    Then each coefficient is found by itself, and none loses digits where levels are large beside what they vary by.

    Attributes:
        coefficients: one per regressor.
        covariance: of the coefficients, robust.
        classical: their variances without robustness; never zero here.

    Raises:
        Untestable: with ``alike``, because nothing remains unexplained that a test could weigh.
    """

    def __init__(self, explained: NDArray[np.float64], regressors: NDArray[np.float64], alike: str) -> None:
        squares = np.square(regressors).sum(axis=1)
        self.coefficients = regressors @ explained / squares
        residuals = explained - self.coefficients @ regressors
        if np.linalg.norm(residuals) <= _ROUNDING * np.linalg.norm(explained):
            raise Untestable(alike)
        n, k = len(explained), len(regressors)
        self.freedom = n - k
        scores = regressors * residuals / squares[:, None]
        # Bartlett's weights are what products of sums over L+1 neighbours give, each pair of months once for each sum that has both.
        window = np.ones(lags(n) + 1)
        sums = np.array([np.convolve(score, window) for score in scores])
        self.covariance = sums @ sums.T / len(window) * n / self.freedom
        self.classical = residuals @ residuals / self.freedom / squares

    def p_value(self, at: list[int]) -> float:
        """The p-value of Wald's test, as F, that the coefficients at these places are all zero.

        Raises:
            Untestable: the robust covariance of them is singular. Where only one month has another first print, say, its residual
                is zero, and the data tell nothing of how exact the line is.
        """
        from scipy.special import fdtrc  # type: ignore[import-untyped]  # scipy ships no types

        # Relative to the covariance without robustness, so that units cancel.
        spread = np.sqrt(self.classical[at])
        relative = self.covariance[np.ix_(at, at)] / np.outer(spread, spread)
        if np.linalg.eigvalsh(relative).min() <= _ROUNDING:
            raise Untestable("the robust variance is zero")
        off = self.coefficients[at] / spread
        return float(fdtrc(len(at), self.freedom, off @ np.linalg.solve(relative, off) / len(at)))
