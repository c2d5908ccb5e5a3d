"""The commands that decide an issue, each on one line to copy. Their grammar stands here, for the report and the command line."""

from __future__ import annotations

from collections.abc import Iterator

from trade_assets.review.issues import Issue

_BLANK = "'...'"
_REASON = f"--reason {_BLANK}"
_PROGRAM = "trade-assets review"


def deciding(issue: Issue) -> Iterator[tuple[str, str]]:
    """What each command says, and the command. Nothing in it is document text: values are figures written anew."""
    yield "The publisher printed it so, and it stands", f"{_PROGRAM} accept {issue.id} {_REASON}"
    if not issue.suspects:  # a row that is not printed: there is nothing to correct or to withhold
        return
    yield _correcting(issue)
    yield "Nobody can tell yet, and it stays out", f"{_PROGRAM} withhold {issue.id} {_REASON}"


def reopening(issue_id: str) -> str:
    """The command that takes a decision back."""
    return f"{_PROGRAM} reopen {issue_id} {_REASON}"


def _correcting(issue: Issue) -> tuple[str, str]:
    """The command that records the first explanation; with a blank for what nobody proposes."""
    first = [issue.suspects[at] for at in next(iter(issue.finding.explanations), ())]
    values = [(suspect.cell, issue.proposal(suspect)) for suspect in first]
    # The command takes a figure without its place only where it is clear which one is meant.
    if len(values) == 1 and issue.certainty != "ambiguous":
        _, value = values[0]
        said = f"It should read {value}" if value else "It should read otherwise"
        return said, f"{_PROGRAM} correct {issue.id} --value {value or _BLANK} {_REASON}"
    if not values or any(value is None for _, value in values):
        place = issue.place(issue.suspects[0].cell)
        said = "A figure should read otherwise, here the first suspect: its line and offset, and what it should read"
        return said, f"{_PROGRAM} correct {issue.id} --value {place.line}:{place.start}={_BLANK} {_REASON}"
    options = " ".join(f"--value {issue.place(cell).line}:{issue.place(cell).start}={value}" for cell, value in values)
    said = "It should read as proposed: each figure by its line and offset" if len(values) > 1 else f"It should read {values[0][1]}"
    return said, f"{_PROGRAM} correct {issue.id} {options} {_REASON}"
