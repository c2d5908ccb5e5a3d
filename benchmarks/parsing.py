"""A process that has imported a parser and forks a bounded child for each file: ``reading/confined.py`` without a start each time.

    python benchmarks/parsing.py PARSER

Both ways a message is its length in four bytes and its bytes: a file, and as JSON what its parser made of it.
"""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import sys
from importlib import import_module
from typing import IO, Any

from trade_assets.reading import confined

_LENGTH = struct.Struct(">I")


def send(out: IO[bytes], message: bytes) -> None:
    """Write a message."""
    out.write(_LENGTH.pack(len(message)) + message)
    out.flush()


def receive(source: IO[bytes]) -> bytes:
    """The next message; empty at the end."""
    head = source.read(_LENGTH.size)
    return source.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""


class Parsers:
    """A process for each parser, started when it is first asked."""

    def __init__(self) -> None:
        self.started: dict[str, subprocess.Popen[bytes]] = {}

    def parsed(self, parser: str, data: bytes, name: str, *, expected: str) -> Any:
        """As ``confined.parsed``."""
        if parser not in self.started:
            self.started[parser] = subprocess.Popen(
                [sys.executable, __file__, parser], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        process = self.started[parser]
        assert process.stdin is not None and process.stdout is not None  # noqa: S101  # for the type checker
        send(process.stdin, data)
        said = json.loads(receive(process.stdout))
        if "refused" in said:
            raise confined._refused(name, expected, said["refused"])
        return said["parsed"]

    def end(self) -> None:
        """End the processes."""
        for process in self.started.values():
            process.kill()
            process.wait()


def _answer(parse: Any, data: bytes) -> bytes:
    """What a child of its own makes of a file."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(reading)
            confined._bound()
            try:
                said = {"parsed": parse(data)}
            except ValueError as error:
                said = {"refused": str(error)[:500]}
            with os.fdopen(writing, "wb") as out:
                out.write(json.dumps(said).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as source:
        is_over = select.select([source], [], [], confined.MAX_WAIT)[0]
        answer = source.read() if is_over else b""
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if answer and status in (0, signal.SIGKILL):
        return answer
    return json.dumps({"refused": "a file that its parser cannot read" if is_over else "a file that takes too long"}).encode()


def main() -> None:
    """Answer until standard input ends."""
    parse = import_module(confined._PARSERS[sys.argv[1]]).parse
    while data := receive(sys.stdin.buffer):
        send(sys.stdout.buffer, _answer(parse, data))


if __name__ == "__main__":
    main()
