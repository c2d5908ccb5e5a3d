"""What a file's label claims of its figures, tested against known ones: refused, or said how far it is proven.

Only of files that describe a series by its name alone. Documents with titles, units and notes say themselves what they are.
"""

from __future__ import annotations

from decimal import Decimal

from trade_assets.facts.known import known_figures, name_of, printed_decimal
from trade_assets.facts.label_judgement import AVERAGE, Label, judge
from trade_assets.facts.periods import months_of
from trade_assets.reading.cells import Reading
from trade_assets.reading.errors import ReadError

UNPROVEN = (
    "unit, base, adjustment and frequency are not proven: no figure of these periods is known to compare with (facts/catalogue/known.csv)"
)
"""What is said of a label that nothing contradicts and nothing proves."""


def prove_labels(reading: Reading, name: str) -> None:
    """Say of each series of a reading how many known figures there are and how many of them agree.

    Raises:
        ReadError: the figures of every series are known to be others than its label claims. Of several series one may be
            so: the others are read, and the rule book withholds that one.
    """
    labels = {series: (measure, printed, judge(series, measure, printed)) for (series, measure), printed in printed_series(reading).items()}
    reading.series["known_figures"] = [labels[series][2].compared for series in reading.series["series"]]
    reading.series["agreeing_figures"] = [labels[series][2].agreeing for series in reading.series["series"]]
    reading.notes += [f"{name_of(series)}: {UNPROVEN}" for series, (_, _, label) in labels.items() if not label.compared]
    if all(label.is_contradicted for _, _, label in labels.values()):
        series, (measure, _, label) = next(iter(labels.items()))
        raise _refusal(reading, name, series, measure, label)


def printed_series(reading: Reading) -> dict[tuple[str, str], dict[str, Decimal]]:
    """The figures of a reading by series and measure, each period's first."""
    cells = reading.cells
    found: dict[tuple[str, str], dict[str, Decimal]] = {}
    for series, measure, period, value, decimals in zip(
        *(cells[column] for column in ("series", "measure", "period", "value", "decimals")), strict=True
    ):
        if value is not None and period is not None:
            found.setdefault((series, measure), {}).setdefault(period, printed_decimal(value, decimals))
    return found


def _refusal(reading: Reading, name: str, series: str, measure: str, label: Label) -> ReadError:
    """What the file claims, what its figures are, and what to do; at the first figure that is not as known."""
    cells, described = reading.cells, reading.series
    at = described["series"].index(series)
    base, adjustment = described["base_period"][at], described["seasonal_adjustment"][at]
    frequency = "averages of quarters" if measure == AVERAGE else "months"
    of_series = [cell for cell, found in enumerate(cells["series"]) if found == series]
    first = next((cell for cell in of_series if not label.allows(cells["period"][cell], cells["value"][cell])), of_series[0])
    unit = cells["unit"][first]
    claim = ", ".join(filter(None, (f"{unit}, {base}=100" if base else unit, frequency, adjustment)))
    known = _known(series, cells["period"][first])
    return ReadError(
        name,
        cells["line"][first],
        expected=f"the figures of {name_of(series)} ({claim}), as the file claims{known}",
        found=f"{cells['text'][first]!r}: {label.sentence}",
        todo="in a copy, name the file after what its figures are, if the catalogue has that; or fetch the series again, as claimed",
    )


def _known(series: str, period: str) -> str:
    """What is known of a period, in words; empty if nothing is."""
    months = known_figures().get(series, {})
    found = [f"{months[month].value:f}" for month in months_of(period) if month in months]
    if len(found) < len(months_of(period)):
        return ""
    return f": the average of {', '.join(found)}, within rounding" if len(found) > 1 else f": {found[0]} in {period}, or a revision of it"
