"""Parsers whose needs cannot be bounded from outside, run in a child process with bounded memory and time.

A few kilobytes of a PDF or of an old workbook can ask for any amount of memory or time. What such a file makes of its
parser ends with the child, and is a document that cannot be read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from typing import Any

from trade_assets.reading.errors import ReadError

MAX_SECONDS = 60
"""Of the processor, where the system can bound that."""
MAX_WAIT = 10 * MAX_SECONDS
"""Seconds of the clock: a busy machine gives a child little of its processor, and that says nothing of the file."""
MAX_MEMORY = 1536 * 1024 * 1024
"""Address space, in bytes; the parsers' libraries alone map some hundred megabytes."""

_PARSERS = {"pages": "trade_assets.reading.pages", "old_workbook": "trade_assets.reading.workbook"}
"""Modules with a function ``parse`` from bytes to what JSON can hold; it raises ValueError with a reason."""


def parsed(parser: str, data: bytes, name: str, *, expected: str) -> Any:
    """What a parser makes of a file's bytes.

    Args:
        parser: ``pages`` or ``old_workbook``.
        name: how errors call the document.
        expected: what the file should have been, for the error.

    Raises:
        ReadError: the parser refuses the file, fails, or needs more memory or time than it may.
    """
    path = os.pathsep.join(each for each in sys.path if each)
    command = [sys.executable, "-P", "-m", "trade_assets.reading.confined", parser]
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, a module of this package, a name of the table above
            command,
            input=data,
            capture_output=True,
            check=False,
            timeout=MAX_WAIT,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        raise _refused(name, expected, f"a file that takes more than {MAX_WAIT} seconds") from None
    if done.returncode:
        raise _refused(name, expected, "a file that its parser cannot read, or not within the memory and time it may take")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise _refused(name, expected, answer["refused"])
    return answer["parsed"]


def _refused(name: str, expected: str, found: str) -> ReadError:
    return ReadError(name, expected=expected, found=found, todo="fetch the file again from the publisher; save it anew without protection")


def _bound() -> None:
    """Bound this process, where the system can: Unix has limits, and elsewhere the time limit of the caller remains."""
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    memory = MAX_MEMORY if most == resource.RLIM_INFINITY else min(MAX_MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (memory, most))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Parse standard input and write JSON; errors of the parser end the process."""
    parse = import_module(_PARSERS[sys.argv[1]]).parse
    _bound()
    try:
        answer = {"parsed": parse(sys.stdin.buffer.read())}
    except ValueError as error:
        answer = {"refused": str(error)[:500]}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
