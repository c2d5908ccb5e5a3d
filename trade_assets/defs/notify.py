"""Telling people of open issues, by Slack or e-mail; off unless the settings say where to.

A hook of the step that proves a month: it runs when the step ends and an issue waits for a decision, or fails.
"""

import os
import smtplib
from email.message import EmailMessage

import dagster as dg

from trade_assets.facts.tables import ISSUES
from trade_assets.reading.errors import printable
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot

SLACK_CHANNEL, SLACK_TOKEN = "TRADE_ASSETS_SLACK_CHANNEL", "TRADE_ASSETS_SLACK_TOKEN"  # names of settings
EMAIL_TO, EMAIL_FROM, SMTP = "TRADE_ASSETS_EMAIL_TO", "TRADE_ASSETS_EMAIL_FROM", "TRADE_ASSETS_SMTP"
"""Settings: where to send; ``TRADE_ASSETS_SMTP`` is ``host:port``, without it ``localhost:25``."""

_STEP = "proof"
_SHOWN = 10


def message(root: DataRoot, release_month: str) -> str | None:
    """The open issues of a month as sentences, or ``None`` if there are none."""
    issues = read_partition(root, ISSUES, release_month)
    waiting = issues[issues["state"].isin(["new", "open"])].sort_values(["family", "rank"])
    if waiting.empty:
        return None
    said = [
        f"{row['issue']} {row['family']}, line {row['line']}: {printable(str(row['title']), 300)} [{row['certainty']}]"
        for row in waiting.head(_SHOWN).to_dict("records")
    ]
    more = [f"and {len(waiting) - _SHOWN} more"] if len(waiting) > _SHOWN else []
    return "\n".join([f"{release_month}: {len(waiting)} to review", *said, *more])


def _send(text: str) -> None:
    channel, to = os.environ.get(SLACK_CHANNEL), os.environ.get(EMAIL_TO)
    if channel:
        from dagster_slack import SlackResource

        SlackResource(token=os.environ[SLACK_TOKEN]).get_client().chat_postMessage(channel=channel, text=text, mrkdwn=False)
    if to:
        mail = EmailMessage()
        mail["To"], mail["From"], mail["Subject"] = to, os.environ.get(EMAIL_FROM, to), text.partition("\n")[0]
        mail.set_content(text)
        host, _, port = os.environ.get(SMTP, "localhost:25").rpartition(":")
        with smtplib.SMTP(host, int(port), timeout=20) as server:
            server.send_message(mail)


@dg.success_hook(name="tell_of_open_issues", required_resource_keys={"data_root"})
def tell_of_open_issues(context: dg.HookContext) -> None:
    """Send the month's open issues once they are found."""
    if context.op.name == _STEP:
        root: DataRoot = context.resources.data_root.root
        # A hook of an asset job has no public way to its partition, as of Dagster 1.13.
        month = context._step_execution_context.partition_key
        text = message(root, month)
        if text is not None:
            _send(text)


@dg.failure_hook(name="tell_of_failed_steps")
def tell_of_failed_steps(context: dg.HookContext) -> None:
    """Send what a failed step said."""
    said = context.op_exception
    description = getattr(said, "description", None) or str(said)
    _send(f"{context.job_name}: {context.op.name} failed\n{printable(' '.join(str(description).split()), 600)}")


def hooks() -> set[dg.HookDefinition]:
    """The hooks of the month's job: none unless a setting names a Slack channel or an e-mail address."""
    return {tell_of_open_issues, tell_of_failed_steps} if os.environ.get(SLACK_CHANNEL) or os.environ.get(EMAIL_TO) else set()
