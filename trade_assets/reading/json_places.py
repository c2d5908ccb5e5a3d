"""JSON with the place of every value, so that a figure in an answer is located like any other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

MAX_VALUES = 1_000_000
MAX_DEPTH = 20
_SPACE = re.compile(r"[ \t\r\n]*")
_MARK = re.compile(r'[{}\[\],:]|"(?:[^"\\\x00-\x1f]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null')


class JsonError(ValueError):
    """Why a text is no JSON, or more than is read; with the offset at which that is seen."""

    def __init__(self, said: str, at: int) -> None:
        super().__init__(said)
        self.at = at


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a JSON text.

    Attributes:
        start, end: offsets of the value in the text; of a string without its quotes.
        text: a string, number or literal as it stands there; empty for ``null``, objects and arrays.
        members: the values of an object by their names.
        items: the values of an array.
    """

    start: int
    end: int
    text: str = ""
    members: dict[str, Value] | None = None
    items: list[Value] | None = None

    def __getitem__(self, name: str) -> Value | None:
        """A member of an object; ``None`` if it has none of the name, or the value is no object."""
        return self.members.get(name) if self.members is not None else None

    def leaves(self, name: str) -> Iterator[tuple[str, Value]]:
        """The strings, numbers and literals in it, each with its path, ``name.member`` or ``name.0``."""
        if self.members is not None:
            for key, value in self.members.items():
                yield from value.leaves(f"{name}.{key}" if name else key)
        elif self.items is not None:
            for number, value in enumerate(self.items):
                yield from value.leaves(f"{name}.{number}")
        else:
            yield name, self


def parse(text: str) -> Value:
    """The value that a JSON text is.

    Raises:
        JsonError: it is no JSON, an object has a name twice, or it has more values or levels than are read.
    """
    reader = _Reader(text)
    value = reader.value(0)
    if _SPACE.fullmatch(text, reader.at) is None:
        reader.fail("text behind the end")
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.count = text, 0, 0

    def fail(self, said: str) -> NoReturn:
        raise JsonError(said, min(self.at, len(self.text)))

    def mark(self) -> str:
        """The next mark; ``at`` is then behind it."""
        space = _SPACE.match(self.text, self.at)
        self.at = self.at if space is None else space.end()
        found = _MARK.match(self.text, self.at)
        if found is None:
            self.fail("the end of the text" if self.at >= len(self.text) else "no JSON")
        self.at = found.end()
        return found[0]

    def value(self, depth: int, mark: str | None = None) -> Value:
        mark = self.mark() if mark is None else mark
        self.count += 1
        start = self.at - len(mark)
        if depth > MAX_DEPTH or self.count > MAX_VALUES:
            self.fail(f"more than {MAX_DEPTH} levels" if depth > MAX_DEPTH else f"more than {MAX_VALUES:,} values")
        if mark == "{":
            members = dict(self._members(depth))
            return Value(start, self.at, members=members)
        if mark == "[":
            items = list(self._items(depth))
            return Value(start, self.at, items=items)
        if mark in ",:]}":
            self.fail(f"{mark!r} where a value should stand")
        if mark.startswith('"'):
            return Value(start + 1, self.at - 1, mark[1:-1])
        return Value(start, self.at, "" if mark == "null" else mark)

    def _members(self, depth: int) -> Iterator[tuple[str, Value]]:
        names, mark = set[str](), self.mark()
        while mark != "}":
            if not mark.startswith('"'):
                self.fail("no name of a member")
            name = named(mark[1:-1])
            if name in names:
                self.fail(f"a second {name!r} in one object")
            names.add(name)
            if self.mark() != ":":
                self.fail("no colon behind a name")
            yield name, self.value(depth + 1)
            mark = self._next("}")

    def _items(self, depth: int) -> Iterator[Value]:
        mark = self.mark()
        while mark != "]":
            yield self.value(depth + 1, mark)
            mark = self._next("]")

    def _next(self, closing: str) -> str:
        """The closing bracket, or the first mark behind a comma."""
        mark = self.mark()
        if mark == closing:
            return mark
        if mark != ",":
            self.fail(f"no comma or {closing!r}")
        mark = self.mark()
        if mark == closing:
            self.fail("a comma without a value")
        return mark


def named(raw: str) -> str:
    """What a string says, its escapes resolved; as it stands there if they cannot be."""
    try:
        return str(json.loads(f'"{raw}"')) if "\\" in raw else raw
    except ValueError:
        return raw
