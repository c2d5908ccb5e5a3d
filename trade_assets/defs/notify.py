"""Telling people of open issues, by Slack or e-mail; off unless the settings say where to.

Each month that is built tells of the issues that wait for a decision in it, and of what failed.
"""

import os
import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from functools import partial
from typing import Any

from trade_assets.defs.building import Built
from trade_assets.defs.specs import asset_key
from trade_assets.facts.tables import ISSUES
from trade_assets.faults import one_line
from trade_assets.reading.errors import printable
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot

SLACK_CHANNEL, SLACK_TOKEN = "TRADE_ASSETS_SLACK_CHANNEL", "TRADE_ASSETS_SLACK_TOKEN"  # names of settings
EMAIL_TO, EMAIL_FROM, SMTP = "TRADE_ASSETS_EMAIL_TO", "TRADE_ASSETS_EMAIL_FROM", "TRADE_ASSETS_SMTP"
"""Settings: where to send; ``TRADE_ASSETS_SMTP`` is ``host:port``, without it ``localhost:25``."""

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


def told_people(root: DataRoot, built: Built, log: Any) -> None:
    """Send the open issues of a month that was built, and what could not be; nothing unless a setting names where to."""
    if not (os.environ.get(SLACK_CHANNEL) or os.environ.get(EMAIL_TO)):
        return
    found = [f"{built.release_month}: {name} failed\n{printable(one_line(said), 600)}" for name, said in built.failures]
    is_proven = asset_key(ISSUES) in built.made
    told: list[Callable[[], str | None]] = [
        *([lambda: message(root, built.release_month)] if is_proven else []),
        *(partial(str, each) for each in found),
    ]
    for tell in told:
        try:
            text = tell()
            if text is not None:
                _send(text)
        except Exception as error:  # whoever cannot be told must not stop what is built
            log.error(f"nobody could be told of {built.release_month}: {type(error).__name__}: {error}")
