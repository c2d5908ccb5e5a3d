"""How a command ends: the exit statuses, and what is said on standard error."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

NOTHING_TO_REVIEW, TO_REVIEW, UNREADABLE = 0, 1, 2


def complain(error: Exception) -> None:
    """One clear line on standard error, without what a document could do to a terminal."""
    click.echo(f"trade-assets: {' '.join(str(error).split())}", err=True)


def stop(message: str, status: int = UNREADABLE) -> NoReturn:
    """Say one line on standard error, and end."""
    click.echo(f"trade-assets: {message}", err=True)
    sys.exit(status)
