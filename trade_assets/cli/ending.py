"""Whatever happens in a command ends as a status of its own, and what went wrong as one line on standard error."""

from __future__ import annotations

import atexit
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from trade_assets.cli.streams import lasting_streams
from trade_assets.faults import is_foreseen, told

NOTHING_TO_REVIEW, TO_REVIEW, UNREADABLE, FAULT, INTERRUPTED = 0, 1, 2, 70, 130
"""The exit statuses; of several reasons the largest counts."""

_ENDS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def is_the_program() -> bool:
    """Whether this process is ``trade-assets``, or ``python -m trade_assets``."""
    started = Path(sys.argv[0] if getattr(sys, "argv", None) else "")
    return started.stem == "trade-assets" or started == Path(__file__).parents[1] / "__main__.py"


class Interrupted(KeyboardInterrupt):
    """An interrupt that was asked for by a signal.

    A class of its own: where the plain one passes through ``exec``, the interpreter kills itself in the end, whoever caught it.
    """


def say(sentence: str) -> None:
    """One line on standard error."""
    print(f"trade-assets: {sentence}", file=sys.stderr)


def complain(error: BaseException) -> int:
    """Say what went wrong in one line; the exit status that it asks for."""
    say(told(error))
    return UNREADABLE if is_foreseen(error) else FAULT


def complain_of(name: object, error: Exception) -> int:
    """``complain`` about one of several things, which a fault does not name by itself, nor what a system says of no file."""
    if not is_foreseen(error) or (isinstance(error, OSError) and error.filename is None):
        error.add_note(f"{name}")
    return complain(error)


@contextmanager
def one_line_ending() -> Iterator[None]:
    """Turn every exception into one line and ``SystemExit``; without any, nothing happens.

    SIGTERM and a closed terminal count as Ctrl-C. An exception in a thread is a fault as well: what the thread was to do is missing.
    """
    status: int | None = None
    with lasting_streams() as lost, _signals_interrupt(), _threads_told() as in_threads:
        try:
            yield
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0 if end.code is None else FAULT
        except BaseException as error:
            _ignore_signals()
            status = _ended_by(error)
        statuses = [each for each in (status, *in_threads) if each is not None]
        reason = lost()
        if reason is not None:
            say(f"standard output could not be written: {reason.strerror}")
            statuses.append(UNREADABLE)
    if statuses:
        raise SystemExit(max(statuses))


def _ended_by(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt):
        say(str(error) or "interrupted")
        return INTERRUPTED
    return complain(error)


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only there can handlers be set
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise Interrupted(f"interrupted by {signal.Signals(number).name}")

    former = {number: signal.getsignal(number) for number in _ENDS}
    for number, handler in former.items():
        if handler in (signal.SIG_DFL, signal.default_int_handler):  # not where it is to be ignored, or somebody else's
            signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        # What is left to do is the interpreter's: an interrupt ends it at once, without a trace.
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_DFL)


def _ignore_signals() -> None:
    """Until the former handlers are back: what ends the command is being said."""
    if threading.current_thread() is threading.main_thread():
        for number in _ENDS:
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def _threads_told() -> Iterator[list[int]]:
    """Uncaught exceptions of threads are said as they come; their statuses."""
    statuses: list[int] = []

    def told_in_thread(args: Any) -> None:
        if args.exc_value is not None and isinstance(args.exc_value, Exception):
            statuses.append(complain(args.exc_value))

    former, threading.excepthook = threading.excepthook, told_in_thread
    try:
        yield statuses
    finally:
        threading.excepthook = former
