"""The worked examples of the documentation, computed again from the shipped documents by other means than the program's."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

from trade_assets.cli import main
from trade_assets.vintages.statistics.inference import Sample, inferred, lags
from trade_assets_tests.conftest import shipped_document

DOCS = Path(__file__).resolve().parents[1] / "docs"


def _page(name: str) -> str:
    return " ".join((DOCS / f"{name}.md").read_text(encoding="utf-8").split())


def _row(document: list[str], label: str, which: int = 0) -> list[str]:
    """The fields of a row of a price release, told by its first field."""
    rows = [[field.strip() for field in line.strip().strip("|").split("|")] for line in document if line.startswith(f"| {label} |")]
    return rows[which]


def _shown(value: Fraction, places: int) -> str:
    """A number as people write it down: rounded, no zero behind the last digit."""
    return f"{float(round(value, places)):.{places}f}".rstrip("0").rstrip(".").replace("-", "−")


def _ends(number: str) -> tuple[Fraction, Fraction]:
    """A printed figure as the interval that it stands for."""
    half = Fraction(1, 2 * 10 ** len(number.partition(".")[2]))
    return Fraction(number) - half, Fraction(number) + half


@pytest.fixture(scope="module")
def prices() -> list[str]:
    return shipped_document("mxp", "2018-08").read_text(encoding="utf-8").splitlines()


def test_changes_and_shares(prices: list[str]) -> None:
    page = _page("arithmetic")
    _, code, _, before, now, _, _, _, _, change, *_ = _row(prices, "Fuels & lubricants")
    assert code == "10"
    assert (before, now, change) == ("228.2", "231.9", "1.6")
    exact = 100 * (Fraction(now) / Fraction(before) - 1)
    assert f"{_shown(exact, 4)}…" in page
    assert f"it would miss by {_shown(Fraction('1.7') - exact, 4)} where 0.05 is allowed" in page

    assert "3,372.78 of 10,594.40" in page
    part, whole = _ends("3372.78"), _ends("10594.40")
    share = 100 * Fraction("3372.78") / Fraction("10594.40")
    allowed = Fraction("0.05") + (100 * part[1] / whole[0] - 100 * part[0] / whole[1]) / 2
    assert f"{_shown(share, 4)} %: a gap of {_shown(share - Fraction('31.8'), 4)} where {_shown(allowed, 4)} is allowed" in page


def test_compound_changes(prices: list[str]) -> None:
    start = next(at for at, line in enumerate(prices) if line.startswith("| August |"))
    rows = [[field.strip() for field in line.split("|")] for line in prices[start : start + 13]]
    months = [row[2].removeprefix("(r)") for row in rows if len(row) > 3 and row[2]]
    assert len(months) == 12
    low, high = (math.prod((1 + _ends(month)[end] / 100 for month in months), start=Fraction(1)) for end in (0, 1))
    assert f"between {_shown(low, 4)} and {_shown(high, 4)}, so that the change over twelve months, printed 4.8" in _page("arithmetic")
    assert f"from {_shown(100 * (low - 1), 1)} to {_shown(100 * (high - 1), 1)}" in _page("arithmetic")


def test_weighted_changes(prices: list[str]) -> None:
    foods = _row(prices, "Foods, feeds, & beverages")
    parts = [_row(prices, "Agricultural foods, feeds & beverages, excluding distilled beverages"),
             _row(prices, "Nonagricultural foods (fish, distilled beverages)")]  # fmt: skip
    assert [row[1:5] for row in (foods, *parts)] == [
        ["0", "5.910", "178.2", "175.0"], ["00", "4.631", "195.0", "190.3"], ["01", "1.279", "140.4", "141.2"],
    ]  # fmt: skip
    terms = [(row[2], row[3], now) for row, now in zip((foods, *parts), ("175.0", "193.0", "141.2"), strict=True)]
    total, *others = (Fraction(weight) * Fraction(now) / Fraction(before) for weight, before, now in terms)
    widths = [(_ends(w)[1] * _ends(n)[1] / _ends(b)[0] - _ends(w)[0] * _ends(n)[0] / _ends(b)[1]) / 2 for w, b, n in terms]
    page = _page("arithmetic")
    assert f"| {_shown(sum(others) - total, 4)} | {_shown(sum(widths, Fraction(0)), 4)} |" in page
    assert f"| {_shown(Fraction('-2.4') - 100 * (Fraction('193.0') / Fraction('195.0') - 1), 4).lstrip('−')} | 0.05 |" in page


def test_how_many_places_hold() -> None:
    counts = []
    for month in ("2012-08", "2018-08"):
        said = CliRunner().invoke(main, ["check", "--format", "json", str(shipped_document("mxp", month))])
        (found,) = json.loads(said.output)
        counts += [each["holds"] for each in found["verdicts"] if each["identity"] == "index_change_matches_weighted_parts"]
    assert f"It holds at all {sum(counts)} places of the two shipped price releases" in _page("arithmetic")


def test_a_change_of_total_exports_and_what_the_print_allows() -> None:
    page = _page("metrics")
    (low_now, high_now), (low_before, high_before) = _ends("189195"), _ends("188159")
    assert "print as 189,195 and 188,159. The change is 1,036, between 1,035 and 1,037" in page
    ratio, low, high = Fraction(189195, 188159), low_now / high_before, high_now / low_before
    percent = [_shown(100 * (each - 1), 4) for each in (ratio, low, high)]
    assert f"in percent {percent[0]}, between {percent[1]} and {percent[2]}" in page
    annual = [f"{float(100 * (each**12 - 1)):.2f}" for each in (ratio, low, high)]
    assert f"annualised {annual[0]}, between {annual[1]} and {annual[2]}" in page


def test_the_example_of_revision_statistics() -> None:
    page = _page("revision-statistics")
    first = np.array([100, 104, 99, 101, 107, 103, 98, 105, 102, 106], dtype=float)
    later = first + np.array([2, 0] * 5)
    for name, prints in (("first", first), ("second", later)):
        assert f"| {name} | {' | '.join(f'{value:.0f}' for value in prints)} |" in page
    # The bias by hand: t is the root of 27, with nine degrees of freedom; the line by the normal equations.
    assert f"| `bias_t` | {math.sqrt(27):.4f} |" in page
    assert f"| `bias_p` | {2 * stats.t.sf(math.sqrt(27), 9):.4f} |" in page
    slope = float(np.cov(first, later, bias=True)[0, 1] / first.var())
    assert f"| `mincer_zarnowitz_slope` | {slope:.4f} |" in page
    assert f"| `mincer_zarnowitz_intercept` | {later.mean() - slope * first.mean():.4f} |" in page
    results, reasons = inferred(Sample(first, later, later - first))
    assert reasons == [] and lags(10) == 2
    for name in ("mincer_zarnowitz_p", "news_p", "noise_p"):
        assert f"| `{name}` | {results[name]:.4f} |" in page
