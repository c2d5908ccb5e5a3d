"""The first sentences of a month's page: what was published, and what is left to do."""

from __future__ import annotations

from trade_assets.review.report.contents import MonthReview, MonthSummary
from trade_assets.review.report.words import count, sentence, short

LONG_TITLE = 90
"""How much of a document's title is shown within a sentence."""


def headline(review: MonthReview, summary: MonthSummary) -> str:
    """What was published, how much of it is proven, and what is left to do."""
    if not review.families:
        if not summary.unread:
            return f"No document of this month is in the store. {_left(summary) if summary.awaited else ''}".rstrip()
        return f"No document of this month could be read. {_left(summary)}"
    if not summary.figures:
        return f"{_published(review)} no figure in a table, so there is nothing to prove. {_left(summary)}"
    said = f"{_published(review)} {count(summary.figures, 'figure')}; "
    evaluated = summary.holds + summary.violated
    if not evaluated:
        said += "no identity says anything of them"
    elif not summary.violated:
        said += f"all {evaluated:,} identities between them hold" if evaluated > 1 else "the one identity between them holds"
    else:
        verb = "do" if summary.violated > 1 else "does"
        said += f"{summary.holds:,} of {count(evaluated, 'identity', 'identities')} between them hold, {summary.violated:,} {verb} not"
    return f"{said}. {_left(summary)}"


def _published(review: MonthReview) -> str:
    if len(review.families) == 1:
        return f"“{short(review.families[0].title, LONG_TITLE)}” prints"
    return f"{len(review.families)} documents print"


def _left(summary: MonthSummary) -> str:
    """What is open, decided and withheld."""
    said = []
    if summary.unread:
        said.append(f"{count(summary.unread, 'document')} could not be read")
    if summary.awaited:
        said.append(f"{count(summary.awaited, 'release')} {'is' if summary.awaited == 1 else 'are'} awaited")
    if summary.open_issues:
        said.append(f"{count(summary.open_issues, 'issue')} {'waits' if summary.open_issues == 1 else 'wait'} for a decision")
    if summary.decided_issues:
        said.append(f"{count(summary.decided_issues, 'issue')} {'is' if summary.decided_issues == 1 else 'are'} decided")
    if summary.withheld:
        until = " until then" if summary.open_issues and not summary.decided_issues else ""
        said.append(f"{count(summary.withheld, 'figure')} {'is' if summary.withheld == 1 else 'are'} withheld{until}")
    if not said:
        return "Nothing is open and nothing is withheld."
    return sentence(", ".join(said[:-1]) + (" and " if said[:-1] else "") + said[-1])
