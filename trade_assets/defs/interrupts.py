"""Interrupts that reach who runs many months: Dagster takes one for the failure of a step, or drops it between two steps."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ENDS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interrupts_noted() -> Iterator[Callable[[], None]]:
    """Note each interrupt from here on, whoever handles it.

    The interpreter writes a byte for every signal to the wake-up descriptor, also while Dagster's own handlers are set.

    Yields:
        What is to be called after each run: it puts the handlers back that Dagster changes, and raises KeyboardInterrupt if a
        signal came.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None  # signals are handled in the main thread only
        return
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    handlers = {number: signal.getsignal(number) for number in _ENDS}
    former = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)

    def raise_if_interrupted() -> None:
        for number, handler in handlers.items():
            if handler is not None:
                signal.signal(number, handler)
        try:
            came = reading.recv(4096)
        except BlockingIOError:
            return
        for number in _ENDS:
            if number in came:
                raise KeyboardInterrupt(f"interrupted by {number.name}")

    try:
        yield raise_if_interrupted
    finally:
        signal.set_wakeup_fd(former)
        reading.close()
        writing.close()
