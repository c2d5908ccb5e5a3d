"""The command line: the door for single documents, and for running everything without the UI. One module per command."""

from trade_assets.cli.ending import FAULT, INTERRUPTED, NOTHING_TO_REVIEW, TO_REVIEW, UNREADABLE, one_line_ending

with one_line_ending():  # also while the rest is being loaded
    from trade_assets.cli.group import main

__all__ = ["FAULT", "INTERRUPTED", "NOTHING_TO_REVIEW", "TO_REVIEW", "UNREADABLE", "main"]
