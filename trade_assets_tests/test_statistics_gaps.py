"""Revision statistics of what is missing, or stands on another base or in another unit: counted, and never compared."""

import numpy as np
import pandas as pd
import pytest

from trade_assets.facts.periods import months_between
from trade_assets.facts.tables import REVISION_STATISTICS
from trade_assets.vintages.statistics import revision_statistics
from trade_assets_tests.made_prints import by_key, frame_of, inference_of, prints_of

pytestmark = pytest.mark.filterwarnings("error")


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
