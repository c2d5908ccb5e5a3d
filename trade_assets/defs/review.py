"""Deciding an issue from the UI: a job that writes the decision and builds the month again."""

import dagster as dg
from pydantic import Field

from trade_assets.defs.ranges import run_months
from trade_assets.defs.resources import DataRootResource
from trade_assets.reading import ReadError

_EXAMPLE = {
    "issue": "ID of the issue, from review.issues",
    "action": "accept, correct, withhold or reopen",
    "reason": "why",
    "reviewer": "who decides",
    "values": [],
    "expires_on": "",
    "told_publisher_on": "",
    "publisher_answer": "",
    "is_forced": False,
}


class DecideIssue(dg.Config):
    """A decision on an issue.

    ``action`` is accept, correct, withhold or reopen; ``values`` are corrected figures, ``36,854`` or ``LINE=36,854``;
    days are ``YYYY-MM-DD`` or empty.
    """

    issue: str
    action: str
    reason: str
    reviewer: str
    values: list[str] = Field(default_factory=list)
    expires_on: str = ""
    told_publisher_on: str = ""
    publisher_answer: str = ""
    is_forced: bool = False


@dg.op
def write_decision(context: dg.OpExecutionContext, config: DecideIssue, data_root: DataRootResource) -> None:
    """Write the decision into the issue's file under ``reviews/`` and run its month, so that it shows."""
    from trade_assets.review.actions import ReviewError, Wish, decide
    from trade_assets.review.decisions import ACTIONS, DecisionError

    action = next((each for each in ACTIONS if each == config.action), None)
    if action is None:
        raise dg.Failure(f"expected one of {', '.join(ACTIONS)} as action, found {config.action!r}", allow_retries=False)
    wish = Wish(
        action, config.reason, config.reviewer, tuple(config.values), config.expires_on or None, config.told_publisher_on or None,
        config.publisher_answer or None, config.is_forced,
    )  # fmt: skip
    try:
        month, decision = decide(data_root.root, config.issue, wish)
    except (ReviewError, DecisionError, ReadError, OSError) as error:
        raise dg.Failure(" ".join(str(error).split()), allow_retries=False) from None
    context.log.info(f"{decision.issue}: {decision.sentence}")
    for run in run_months(data_root.root, [month], context.instance):
        context.log.info(f"{run.release_month}: {'built' if run.is_success else 'failed'}, {len(run.red)} checks to review")
        if not run.is_success:
            raise dg.Failure(f"the decision is written, but {run.release_month} could not be built", allow_retries=False)


@dg.job(
    name="decide_issue",
    description="Decide an issue: accept as published, correct, withhold, or reopen. Fill in the launchpad; review.issues has the ids.",
    config={"ops": {"write_decision": {"config": _EXAMPLE}}},
)
def decide_issue_job() -> None:
    """One decision."""
    write_decision()
