"""What went wrong, told in one line: what was foreseen as a sentence, a fault of the program with the file that keeps its trace.

Imports nothing but the standard library, so that it is there when nothing else is.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

_PACKAGE = __name__.partition(".")[0]
_LONGEST = 2000  # characters
_ENVIRONMENT = {"OSError", "IOException", "OutOfMemoryException"}
"""Errors of disk, network and rights, by the names that Python's own and DuckDB's classes or their parents have."""
_SYSTEM = tuple(os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EACCES))
"""The system's own words for these, which other libraries pass on in errors of their own."""


class Fault(Exception):
    """A fault of the program, where more is known of it than its own error says; that error is its cause."""


def is_foreseen(error: BaseException) -> bool:
    """Whether the error says by itself what a person can do: this package's own errors do, and those of disk and network."""
    if isinstance(error, Fault):
        return False
    is_own = type(error).__module__.partition(".")[0] == _PACKAGE
    return is_own or is_of_the_system([kind.__name__ for kind in type(error).__mro__], str(error))


def is_of_the_system(kinds: Iterable[str], text: str) -> bool:
    """Whether an error of these kinds, by name, that says this is about disk, network or rights."""
    return not _ENVIRONMENT.isdisjoint(kinds) or any(words in text for words in _SYSTEM)


def said(error: BaseException) -> str:
    """An error in one line, without what a document could do to a terminal; what was noted on it stands behind."""
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        files = (os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes))
        text = ": ".join([*files, error.strerror])
    elif not is_foreseen(error) and not isinstance(error, Fault):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return one_line(" ".join([text, *(f"({note})" for note in getattr(error, "__notes__", ()))]))


def one_line(text: str) -> str:
    """Text on one line of bounded length, with everything else that does not print escaped."""
    line = " ".join(text.split())
    cut = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)


def trace_of(error: BaseException) -> str | None:
    """The trace of an error that nobody foresaw; ``None`` for one that says by itself what a person can do."""
    return None if is_foreseen(error) else "".join(traceback.format_exception(error))


def told(error: BaseException) -> str:
    """What to tell of an error in one line; of a fault also where in the program it was and where its trace is kept."""
    trace = trace_of(error)
    if trace is None:
        return said(error)
    where = _place(error)
    return f"{said(error)}{where and f', at {where}'}; this is a fault of the program, {kept(trace)}. To do: report it with that trace"


def _place(error: BaseException) -> str:
    """The innermost line of this package on the way to the error."""
    package = Path(__file__).parent
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(package)]
    return f"{Path(frames[-1].filename).relative_to(package).as_posix()}:{frames[-1].lineno}" if frames else ""


def kept(trace: str) -> str:
    """Where a new file in the folder for temporary files has the trace, or why none has."""
    import tempfile

    try:
        descriptor, path = tempfile.mkstemp(prefix="trade-assets-fault-", suffix=".txt")
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123  # a descriptor
            file.write(f"{' '.join(sys.argv)}\nPython {sys.version}\n\n{trace}")
    except OSError as error:
        return f"its trace could not be written ({error.strerror or error})"
    return f"its trace is in {path}"
