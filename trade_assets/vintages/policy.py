"""Which figures a publisher's own rules let a release revise, declared with their sources.

A release is known by its latest month L, the last for which it prints a figure. What a release may revise is a set of
windows; between two releases of which others are not in the store, those of all releases in between count too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from trade_assets.facts.periods import add_months, months_between, months_of

Marks = Literal["row", "figure"]
Kind = Literal["monthly", "annual"]


@dataclass(frozen=True)
class Window:
    """Months that a release may revise.

    Attributes:
        kind: ``monthly``, whose revisions carry the publisher's mark; ``annual``, restatements that need none.
        source: who says so: a document, or the samples that show it.
        reference_months: the calendar months of L to which it applies; ``None`` for every release.
        opens: whether the window of the release whose latest month is the first argument has the month.
    """

    kind: Kind
    source: str
    opens: Callable[[str, str], bool]
    reference_months: tuple[int, ...] | None = None

    def has(self, latest: str, month: str) -> bool:
        """Whether the release whose latest month is ``latest`` may revise the month."""
        return (self.reference_months is None or int(latest[5:]) in self.reference_months) and self.opens(latest, month)


@dataclass(frozen=True)
class Policy:
    """What a publisher revises, and how it marks it.

    Attributes:
        marks: whether a mark speaks for a printed row or for a figure; ``None`` where the documents carry none.
        marked_tables: the printed tables that carry marks.
    """

    windows: tuple[Window, ...]
    marks: Marks | None = None
    marked_tables: tuple[str, ...] = ()


def _months_back(count: int) -> Callable[[str, str], bool]:
    return lambda latest, month: add_months(latest, -count) <= month < latest


def _year_before_last_month(latest: str, month: str) -> bool:
    """The year of the month before L: all of it in the December release, the year just ended in the January release."""
    return month[:4] == add_months(latest, -1)[:4] and month < latest


_TRADE = (
    Window(
        "monthly",
        "FT-900, Exhibits 1 and 12 (reference months 2021-03, 2021-05, 2025-12): (R) at the month before the latest, which "
        "is printed again below the table as it was last month",
        _months_back(1),
    ),
    Window(
        "annual",
        "FT-900, Exhibit 1 of reference months 2021-12 and 2025-12: (R) at all earlier months of the year; FRED's copy of the release "
        "of 2026-01 changed all twelve months of 2025",
        _year_before_last_month,
        (12, 1),
    ),
    Window(
        "annual",
        "FT-900, Exhibit 1 of reference month 2021-05 against 2021-03: every month printed was restated without a mark, by the release of "
        "June, whose latest month is April",
        lambda latest, month: month < latest,
        (4,),
    ),
)

_PRICES = Policy(
    (
        Window(
            "monthly",
            "BLS, technical notes of the 2012-08 and 2018-08 releases, revision policy: each of the three months after the "
            "first publication, and none after that",
            _months_back(3),
        ),
    ),
    "figure",
    ("price_changes", "index_series"),
)

# Annual files print years only, and no document says when one of them is final: nothing is declared for them.
POLICIES: dict[str, Policy] = {
    "ft900": Policy(_TRADE, "row", ("goods_and_services", "goods_on_two_bases")),
    "mxp": _PRICES,
    "fred": Policy(_TRADE),
}
"""By family; where a family has none, or a document prints no months, no revision can be judged."""


def window_of(policy: Policy, releases: Iterable[str], measure: str, period: str | None) -> Kind | Literal["outside"] | None:
    """What the policy says of a change of a fact between two releases.

    A sum over months is open if one of its months is, a change if one of the two figures that it compares is.

    Args:
        releases: the latest months of the releases since the former one, the later one included.

    Returns:
        ``annual`` if a restatement covers it, else ``monthly`` if it is open, else ``outside``; ``None`` without a period.
    """
    if period is None:
        return None
    months = [period[:7], period[-7:]] if measure == "percent_change" else months_of(period)
    kinds = {window.kind for latest in releases for window in policy.windows for month in months if window.has(latest, month)}
    return "annual" if "annual" in kinds else "monthly" if kinds else "outside"


def releases_since(former: str, latest: str) -> list[str]:
    """The latest months of all monthly releases after the one of ``former`` up to that of ``latest``.

    Two releases with the same latest month are a re-issue: the later one may revise what the former might.
    """
    return months_between(add_months(former, 1), latest) or [latest]
