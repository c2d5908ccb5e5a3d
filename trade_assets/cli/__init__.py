"""The command line: the door for single documents, and for running everything without the UI. One module per command."""

from trade_assets.cli.group import main
from trade_assets.cli.outcome import NOTHING_TO_REVIEW, TO_REVIEW, UNREADABLE

__all__ = ["NOTHING_TO_REVIEW", "TO_REVIEW", "UNREADABLE", "main"]
