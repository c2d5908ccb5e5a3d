"""Deciding an issue from the UI: a job that writes the decision and builds the month again."""

from enum import Enum

import dagster as dg
from pydantic import Field

from trade_assets.defs.ranges import run_in_op
from trade_assets.defs.resources import DataRootResource
from trade_assets.documents.wanted_month import NothingError
from trade_assets.reading import ReadError
from trade_assets.review.decisions import ACTIONS

Action = Enum("Action", {name: name for name in ACTIONS})  # type: ignore[misc]  # declared once, in the room of decisions


class DecideIssue(dg.Config):
    """A decision on an issue. What must be said has no default, so that the launchpad asks for it."""

    issue: str = Field(description="its id, or how that begins; review.issues and the check no_issue_waits_for_a_decision have it")
    action: Action = Field(description="accept as published, correct, withhold, or reopen")
    reason: str = Field(description="why")
    reviewer: str = Field(description="who decides")
    values: list[str] = Field(default_factory=list, description="corrected figures: 36,854, or LINE=36,854 where several may be meant")
    expires_on: str = Field(default="", description="the day from which it is in force no more, YYYY-MM-DD; empty for never")
    told_publisher_on: str = Field(default="", description="the day on which the publisher was told, YYYY-MM-DD; empty if it was not")
    publisher_answer: str = Field(default="", description="what the publisher answered")
    is_forced: bool = Field(default=False, description="take a correction that leaves an identity violated")


@dg.op
def write_decision(context: dg.OpExecutionContext, config: DecideIssue, data_root: DataRootResource) -> None:
    """Write the decision into the issue's file under ``reviews/`` and run its month, so that it shows."""
    from trade_assets.review.actions import ReviewError, Wish, decide
    from trade_assets.review.decisions import DecisionError

    wish = Wish(
        config.action.value,
        config.reason,
        config.reviewer,
        tuple(config.values),
        config.expires_on or None,
        config.told_publisher_on or None,
        config.publisher_answer or None,
        config.is_forced,
    )
    try:
        month, decision = decide(data_root.root, config.issue, wish)
    except (ReviewError, DecisionError, ReadError, NothingError, OSError) as error:
        raise dg.Failure(" ".join(str(error).split()), allow_retries=False) from None
    context.log.info(f"{decision.issue}: {decision.sentence}")
    failed = run_in_op(context, data_root.root, [month])
    if failed:
        raise dg.Failure(f"the decision is written, but {failed[0]} could not be built", allow_retries=False)


@dg.job(
    name="decide_issue",
    description="Decide an issue: accept as published, correct, withhold, or reopen. Fill in the launchpad; review.issues has the ids.",
)
def decide_issue_job() -> None:
    """One decision."""
    write_decision()
