"""Standard streams that outlive their reader."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Outlet(io.FileIO):
    """An open file that drops what its reader, once gone, does not take."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes


@contextmanager
def outliving_its_reader(name: str) -> Iterator[None]:
    """Let a standard stream go on when nobody reads it any more: ``cells FILE | head -1`` ends with its own status."""
    stream = getattr(sys, name)
    try:
        outlet = _Outlet(stream.fileno(), "wb", closefd=False)
    except (AttributeError, OSError, ValueError):
        # There is none, or it is no file: a test's, a notebook's.
        yield
        return
    stream.flush()
    lasting = io.TextIOWrapper(
        io.BufferedWriter(outlet), encoding=stream.encoding, errors=stream.errors, line_buffering=stream.line_buffering
    )
    setattr(sys, name, lasting)
    try:
        yield
    finally:
        setattr(sys, name, stream)
        lasting.flush()
