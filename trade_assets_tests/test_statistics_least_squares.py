"""The regressions of the revision statistics against those of statsmodels, on many samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS

from trade_assets.vintages.statistics.inference import Sample, inferred, lags

pytestmark = pytest.mark.filterwarnings("error")


def _fit(explained, *regressors):
    design = np.column_stack([np.ones(len(explained)), *regressors])
    return OLS(explained, design).fit(cov_type="HAC", cov_kwds={"maxlags": lags(len(explained)), "use_correction": True})


def _as_statsmodels_has_it(sample):
    """All tests, each on the equation as the docs write it; figures near zero, where plain equations lose no digits."""
    mean, line = _fit(sample.revision), _fit(sample.later, sample.first)
    return {
        "hac_lags": lags(len(sample)),
        "bias_t": mean.tvalues[0],
        "bias_p": mean.wald_test(np.eye(1), use_f=True, scalar=True).pvalue,
        "mincer_zarnowitz_intercept": line.params[0],
        "mincer_zarnowitz_slope": line.params[1],
        "mincer_zarnowitz_p": line.wald_test((np.eye(2), np.array([0.0, 1.0])), use_f=True, scalar=True).pvalue,
        **{
            name: _fit(sample.revision, prints).wald_test(np.eye(2)[[1]], use_f=True, scalar=True).pvalue
            for name, prints in (("news_p", sample.first), ("noise_p", sample.later))
        },
    }


def test_every_regression_is_that_of_statsmodels(is_whole):
    @settings(max_examples=200 if is_whole else 25)
    @given(st.integers(0, 2**32 - 1), st.sampled_from([10, 11, 25, 96, 97, 400]), st.floats(0, 0.9), st.floats(-2, 2))
    def holds(seed, n, memory, shift):
        random = np.random.default_rng(seed)
        first, shocks = random.standard_normal((2, n))
        # Revisions that hang on the one before, so that the lags count, and of another spread in each half of the sample.
        revision = np.convolve(shocks * np.where(np.arange(n) < n // 2, 1.0, 3.0), memory ** np.arange(5))[:n] + shift
        sample = Sample(first + shift, first + shift + revision, revision)
        found, reasons = inferred(sample)
        assert reasons == []
        assert found == pytest.approx(_as_statsmodels_has_it(sample), rel=1e-9, abs=1e-13)

    holds()
