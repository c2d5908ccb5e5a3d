"""The command line: the door for single documents, and for running everything without the UI. One module per command."""

from contextlib import nullcontext

from trade_assets.cli.ending import (
    FAULT,
    INTERRUPTED,
    NOTHING_TO_REVIEW,
    TO_REVIEW,
    UNREADABLE,
    is_the_program,
    one_line_ending,
)

# Also while the rest is loaded; whoever imports it for something else gets the error itself.
with one_line_ending() if is_the_program() else nullcontext():
    from trade_assets.cli.group import main

__all__ = ["FAULT", "INTERRUPTED", "NOTHING_TO_REVIEW", "TO_REVIEW", "UNREADABLE", "main"]
