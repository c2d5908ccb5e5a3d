"""Revision statistics against independent computations: dictionaries, normal equations, exact rationals."""

import numpy as np
import pandas as pd
import pytest

from trade_assets.vintages.statistics import revision_statistics
from trade_assets_tests.made_prints import AGREEMENT, by_key, prints_of, random_prints
from trade_assets_tests.plain_statistics import exact_tests, own_figures, own_statistics

pytestmark = pytest.mark.filterwarnings("error")


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


def test_agreement_does_not_fade_where_levels_are_large_beside_their_revisions():
    """As in FT-900: figures of 200,000 revised by hundreds, where plain normal equations lose most of their digits."""
    random = np.random.default_rng(7)
    first = 200_000 + np.cumsum(random.integers(-1500, 2000, 48))
    later = first + random.integers(-400, 600, 48)
    result = by_key(revision_statistics(prints_of([[int(a), int(b)] for a, b in zip(first, later, strict=True)])))
    row = result.loc[("exports.total", "level", "1")]
    for name, value in exact_tests(map(int, first), map(int, later)).items():
        assert row[name] == pytest.approx(value, rel=AGREEMENT), name
