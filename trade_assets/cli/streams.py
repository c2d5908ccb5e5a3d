"""Standard streams that outlive their reader, a full disk, and having been closed: the work goes on, and the end says what was lost."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Outlet(io.FileIO):
    """An open file that drops what it cannot write, and remembers the first reason; a reader that has gone is none."""

    lost: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            pass
        except OSError as error:
            self.lost = self.lost or error
        return memoryview(data).nbytes


class _Closed(_Outlet):
    """Takes the place of a stream that is closed, and its descriptor, which the next file that is opened would get otherwise."""

    def __init__(self) -> None:
        super().__init__(os.devnull, "wb")

    def write(self, data: ReadableBuffer, /) -> int:
        self.lost = OSError(errno.EBADF, "it is closed")
        return memoryview(data).nbytes


@contextmanager
def lasting_streams() -> Iterator[Callable[[], OSError | None]]:
    """Let the standard streams last until the end: ``cells FILE | head -1`` ends with its own status.

    Yields:
        Why something that was printed to standard output until now could not be written; ``None`` if all was, or nobody was
        there to read it.
    """
    with _lasting("stderr"), _lasting("stdout") as outlet:

        def lost() -> OSError | None:
            if outlet is None:
                return None
            sys.stdout.flush()
            return outlet.lost

        yield lost


@contextmanager
def _lasting(name: str) -> Iterator[_Outlet | None]:
    stream = getattr(sys, name)
    outlet: _Outlet
    if stream is None:
        outlet, encoding, line_buffering = _Closed(), "utf-8", False
    else:
        try:
            outlet = _Outlet(stream.fileno(), "wb", closefd=False)
        except (AttributeError, OSError, ValueError):
            yield None  # no file: a test's, a notebook's
            return
        stream.flush()
        encoding, line_buffering = stream.encoding, stream.line_buffering or stream.write_through
    # What the terminal's encoding lacks is escaped: no name of a file may stop the rest.
    lasting = io.TextIOWrapper(io.BufferedWriter(outlet), encoding, "backslashreplace", line_buffering=line_buffering)
    setattr(sys, name, lasting)
    try:
        yield outlet
    finally:
        lasting.flush()
        setattr(sys, name, stream)
