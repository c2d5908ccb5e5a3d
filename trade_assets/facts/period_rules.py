"""How the period of a figure and that of its printed row follow from each other, declared once for both directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trade_assets.facts.periods import add_months, months_apart, span

_YEAR = 12


@dataclass(frozen=True)
class PeriodRule:
    """A rule, in both directions.

    Attributes:
        of_figure: the figure's period from the row's; ``None`` for a figure without one.
        of_row: the row's period from the figure's.
    """

    of_figure: Callable[[str], str | None]
    of_row: Callable[[str], str]


def _last(period: str) -> str:
    """A year, or the last month of a period."""
    return period[-7:]


def change(lag: int = 0, months: int = 1) -> PeriodRule:
    """The change over ``months`` that ends ``lag`` months before the row's month."""

    def of_figure(row: str) -> str:
        last = add_months(row, -lag)
        return span(add_months(last, -months), last)

    return PeriodRule(of_figure, lambda figure: add_months(_last(figure), lag))


def year_to_date(years: int = 0) -> PeriodRule:
    """From January to the row's month, ``years`` earlier."""

    def of_figure(row: str) -> str:
        last = add_months(row, -_YEAR * years)
        return span(f"{last[:4]}-01", last)

    return PeriodRule(of_figure, lambda figure: add_months(_last(figure), _YEAR * years))


def _year_earlier(row: str) -> str:
    return row if "/" in row else span(add_months(row, -_YEAR), row)


def _row_of_year_earlier(figure: str) -> str:
    return _last(figure) if "/" in figure and months_apart(*figure.split("/")) == _YEAR else figure


OWN = PeriodRule(lambda row: row, lambda figure: figure)
MONTH_BEFORE = PeriodRule(lambda row: add_months(row, -1), lambda figure: add_months(figure, 1))
YEAR_EARLIER = PeriodRule(_year_earlier, _row_of_year_earlier)
"""The change of a month on the same a year earlier; of a year to date, its own period."""
CUMULATIVE = PeriodRule(lambda row: row if len(row) == len("2012") else span(f"{row[:4]}-01", row), _last)
"""A year, or from January to the row's month."""
NONE = PeriodRule(lambda row: None, lambda figure: figure)
"""A figure without a period."""
