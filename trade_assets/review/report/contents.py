"""What a page is made from: plain data about a release month, its documents and what was decided of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

from trade_assets.facts.periods import MONTH_NAMES
from trade_assets.identities.coverage import Coverage
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import Evaluation
from trade_assets.review.issues import Issue
from trade_assets.review.pages import month_page_name

State = Literal["new", "open", "decided"]


def month_in_words(release_month: str) -> str:
    """``January 2013`` for ``2013-01``."""
    month_page_name(release_month)
    return f"{MONTH_NAMES[int(release_month[5:]) - 1]} {release_month[:4]}"


class Decision(Protocol):
    """What a person decided of an issue; whatever has these attributes.

    ``values`` are the corrections by printed place, ``line:start`` or (line, start).
    """

    @property
    def action(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def reviewer(self) -> str: ...
    @property
    def decided_on(self) -> str: ...
    @property
    def expires_on(self) -> str | None: ...
    @property
    def values(self) -> Mapping[str, str] | Mapping[tuple[int, int], str]: ...
    @property
    def told_publisher_on(self) -> str | None: ...
    @property
    def publisher_answer(self) -> str | None: ...


class WithheldFigure(NamedTuple):
    """A figure left out of the validated tables, and the issue that holds it."""

    table: str
    column: str
    series: str
    period: str | None
    text: str
    issue: str


class WithheldMetric(NamedTuple):
    """A derived figure left out because one it depends on is withheld."""

    table: str
    column: str
    key: str
    issue: str


class TradeMonth(NamedTuple):
    """Trade of a month in million dollars; ``None`` where a figure is missing or withheld."""

    period: str
    balance: float | None
    exports: float | None
    imports: float | None


class PriceCategory(NamedTuple):
    """A category of imports: its price change in percent and its contribution in percentage points."""

    label: str
    change_pct: float | None
    contribution_pct_points: float | None
    is_top_level: bool


@dataclass(frozen=True)
class FamilyReview:
    """A family's current document and what is known of it.

    Attributes:
        path: the document within the store.
        lines: its lines as printed.
        issues: ordered by consequence.
        decisions, states, consequences: by issue id. An issue without a state is decided if it has a decision, else open;
            one without consequences has its own.
    """

    family: str
    title: str
    publisher: str
    path: str
    sha256: str
    lines: Sequence[str]
    facts: Facts
    evaluation: Evaluation
    issues: Sequence[Issue]
    coverage: Sequence[Coverage]
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)
    consequences: Mapping[str, Sequence[str]] = field(default_factory=dict)
    withheld: Sequence[WithheldFigure] = ()
    withheld_metrics: Sequence[WithheldMetric] = ()

    def state(self, issue: Issue) -> State:
        """Where an issue stands."""
        return self.states.get(issue.id, "decided" if issue.id in self.decisions else "open")

    @property
    def figures(self) -> int:
        """How many figures and marks for missing ones the document prints in its tables, counted as ``check`` counts them."""
        return sum(line is not None for line in self.facts.place["line"])

    @cached_property
    def series(self) -> dict[tuple[str, str], list[int]]:
        """The cells of each series and measure."""
        found: dict[tuple[str, str], list[int]] = {}
        for cell, (series, measure, _) in enumerate(self.facts.keys):
            found.setdefault((series, measure), []).append(cell)
        return found


class Missing(NamedTuple):
    """What a month does not have: what it is, why it is not there, what to do about it, and whether it is awaited."""

    what: str
    why: str
    todo: str
    is_awaited: bool = False


@dataclass(frozen=True)
class MonthReview:
    """A release month.

    Attributes:
        unread: documents that could not be read: path, line, expected, found, todo.
        missing: releases and tables that the month does not have.
    """

    release_month: str
    families: Sequence[FamilyReview]
    unread: Sequence[Mapping[str, Any]] = ()
    trade: Sequence[TradeMonth] = ()
    prices: Sequence[PriceCategory] = ()
    missing: Sequence[Missing] = ()


class Status(NamedTuple):
    """What a month comes to: a word, a sign that is no colour, and the name of the colour."""

    word: str
    sign: str
    tone: str


NEEDS_REVIEW = Status("Needs review", "▲", "red")
DECIDED = Status("Decided", "◆", "amber")
INCOMPLETE = Status("Incomplete", "◐", "amber")
CLEAR = Status("Clear", "●", "green")
NOTHING_TO_PROVE = Status("Nothing to prove", "○", "grey")
NOT_WRITTEN = Status("Not written", "○", "grey")


@dataclass(frozen=True)
class MonthSummary:
    """A release month in a few numbers: a line of the index.

    Attributes:
        documents: the titles of the documents that were read.
        awaited: releases that should be there by now.
    """

    release_month: str
    documents: Sequence[str]
    figures: int
    holds: int
    violated: int
    not_evaluable: int
    open_issues: int
    decided_issues: int
    withheld: int
    unread: int
    awaited: int = 0

    @classmethod
    def of(cls, review: MonthReview) -> MonthSummary:
        """The summary of a month's review."""
        counts = [count for family in review.families for count in family.evaluation.counts.values()]
        decided = sum(family.state(issue) == "decided" for family in review.families for issue in family.issues)
        return cls(
            release_month=review.release_month,
            documents=tuple(family.title for family in review.families),
            figures=sum(family.figures for family in review.families),
            holds=sum(count[0] for count in counts),
            violated=sum(count[1] for count in counts),
            not_evaluable=sum(count[2] for count in counts),
            open_issues=sum(len(family.issues) for family in review.families) - decided,
            decided_issues=decided,
            withheld=sum(len(family.withheld) for family in review.families),
            unread=len(review.unread),
            awaited=sum(each.is_awaited for each in review.missing),
        )

    @property
    def status(self) -> Status:
        """Whether somebody has to act."""
        if self.open_issues or self.unread:
            return NEEDS_REVIEW
        if self.awaited:
            return INCOMPLETE
        if self.decided_issues or self.withheld:
            return DECIDED
        return CLEAR if self.holds else NOTHING_TO_PROVE
