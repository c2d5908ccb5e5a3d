"""A progress bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(total: int, of_what: str) -> Iterator[Callable[[str], None]]:
    """Show how far work has come, on standard error; what is yielded is called with a name for each thing that is done."""
    if total < 2 or sys.stderr is None or not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Lines of the output stand above the bar where both go to the terminal; a file gets them as they are.
    console, is_shared = Console(file=sys.stderr, highlight=False, markup=False, soft_wrap=True), sys.stdout.isatty()
    with Progress(*columns, console=console, transient=True, redirect_stdout=is_shared) as bar:
        task = bar.add_task(of_what, total=total)
        yield lambda done: bar.update(task, advance=1, description=done)
