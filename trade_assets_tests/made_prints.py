"""Prints that are made up, drawn at random or written by hand, and the rows of their revision statistics."""

import numpy as np
import pandas as pd

from trade_assets.facts.periods import add_months

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
