"""Text documents: bounded, decoded, split into lines whose offsets are those of the published text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from trade_assets.reading.errors import ReadError

MAX_BYTES = 16 * 1024 * 1024
MAX_LINE = 100_000

# One character for one character, so that offsets in the cleaned line are offsets in the printed line.
_SPACES = "\t\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
_LINE_END = re.compile(r"\r\n|\n|\r")
_MINUSES = "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
_PLAIN = str.maketrans(_SPACES + _MINUSES, " " * len(_SPACES) + "-" * len(_MINUSES))


def plain(text: str) -> str:
    """The text with every kind of space and minus made plain, character for character."""
    return text.translate(_PLAIN)


@dataclass(frozen=True)
class TextDocument:
    """A decoded document.

    Attributes:
        name: how errors call it.
        printed: the lines as published, without line ends and byte-order mark.
        lines: the same with every kind of space and minus made plain, character for character.
        notes: what a person must know of the file beside its figures, a sentence each.
    """

    name: str
    printed: list[str]
    lines: list[str]
    notes: tuple[str, ...] = ()
    kind: ClassVar[str] = "text"

    @property
    def head(self) -> Iterator[str]:
        """The lines in their order, to look for what the document is."""
        return iter(self.lines)


def _too_large(name: str, size: int, limit: int = MAX_BYTES) -> ReadError:
    return ReadError(
        name,
        expected=f"at most {limit:,} bytes",
        found=f"{size:,} bytes",
        todo="give the published text itself, not an archive or a scan",
    )


def read_bounded(path: str | os.PathLike[str], limit: int = MAX_BYTES) -> bytes:
    """The bytes of a local file, refused by its size before anything is read.

    Raises:
        ReadError: no regular file, unreadable, or larger than ``limit`` bytes.
    """
    file = Path(path)
    try:
        if not file.is_file():
            raise ReadError(str(path), expected="a file", found="a folder" if file.is_dir() else "none at this path", todo="check the path")
        size = file.stat().st_size
        if size > limit:
            raise _too_large(str(path), size, limit)
        with file.open("rb") as stream:
            return stream.read(limit + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReadError(str(path), expected="a readable file", found=reason, todo="check path and permissions") from error


def decode(data: bytes, name: str, max_line: int | None = None) -> TextDocument:
    """Decode a text document: UTF-8 (with or without byte-order mark), else Windows-1252.

    Lines end at LF, CRLF or CR only, also where a file has several of them: a form feed or U+2028 inside a line is part of it.

    Args:
        max_line: how many characters a line may have; ``MAX_LINE``, if not given.

    Raises:
        ReadError: empty, too large, binary, or with a line beyond ``max_line`` characters.
    """
    max_line = MAX_LINE if max_line is None else max_line
    if len(data) > MAX_BYTES:
        raise _too_large(name, len(data))
    if b"\0" in data:
        raise ReadError(
            name,
            len(_split(data[: data.index(b"\0")].decode("latin-1") + " ")),
            expected="text in UTF-8 or Latin-1",
            found="binary data or UTF-16 (a zero byte)",
            todo="save the document as plain text",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Every byte has a meaning in Latin-1; cp1252 adds the printing quotes and dashes of old office files.
        text = data.decode("cp1252", errors="replace")
    if not text.strip():
        raise ReadError(name, expected="a document", found="an empty file", todo="fetch it again")
    printed = _split(text)
    for number, line in enumerate(printed, start=1):
        if len(line) > max_line:
            raise ReadError(
                name,
                number,
                expected=f"lines of at most {max_line:,} characters",
                found=f"one of {len(line):,}",
                todo="check that this is the publisher's text",
            )
    made_plain = plain(text)
    return TextDocument(name, printed, lines=printed if made_plain == text else _split(made_plain))


def _split(text: str) -> list[str]:
    lines = _LINE_END.split(text) if "\r" in text else text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines
