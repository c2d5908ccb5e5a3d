"""Files of several documents: columns or records of several series, vintages beside each other, answers of an API.

Each part becomes a plain text of one series and one vintage, as the publisher offers it alone, made of the marks of the
received file and nothing else. The same bytes always give the same parts. In a file of lines a record keeps its line: what
belongs to other parts is an empty line, so that a longer file of the same records gives the same part.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import NamedTuple, NoReturn

from trade_assets.reading.cells import Reading
from trade_assets.reading.errors import ReadError, printable
from trade_assets.reading.grid import Field, GridDocument

MAX_PARTS = 2_000
"""As many as FRED gives vintages at once."""
MAX_UNPACKED = 32 * 1024 * 1024
"""Characters of all parts of a file."""
_NAMED = 8  # series that a message names


class Unpacker(NamedTuple):
    """What unpacks a family's files of several documents.

    Attributes:
        reader: the reader whose documents they hold.
        unpack: makes a part of each document; whether there are several, or it is an answer.
        api: whose answers it unpacks as well, by ``answers.Answer.api``.
    """

    reader: ModuleType
    unpack: Callable[..., bool]
    api: str


def with_part(name: str, part: str | None) -> str:
    """How a document is called: the file, and of a file of several which part; fit for a terminal."""
    return printable(name) + (f" ({printable(part)})" if part is not None else "")


class Place(NamedTuple):
    """Where a text of a part stood in the received file."""

    start: int
    length: int
    received_line: int
    received_start: int


@dataclass(frozen=True)
class Part:
    """A document of a file of several.

    Attributes:
        name: how errors call it.
        what: which part it is: a column, a series, a vintage.
        data: its text, of the received file's own marks.
        told: what the received file says of it beside its figures, by the keys of sidecars.
        notes: what a person must know of it, a sentence each.
        places: by line of its text, where each text on it stood in the received file, in the order of the line.
        received: the lines of the received file.
    """

    name: str
    what: str
    data: bytes
    told: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    places: Mapping[int, tuple[Place, ...]] = field(default_factory=dict, repr=False)
    received: list[str] = field(default_factory=list, repr=False)

    def received_line(self, line: int) -> int:
        """The line of the received file from which a line of the part is."""
        places = self.places.get(line)
        return places[0].received_line if places else line

    def relocate(self, reading: Reading) -> None:
        """Let everything that was read of the part say where it stands in the received file."""
        rows = reading.rows
        rows["line"] = [self.received_line(line) for line in rows["line"]]
        for columns in (reading.cells, reading.unread):
            for at, (line, start, end) in enumerate(zip(columns["line"], columns["start"], columns["end"], strict=True)):
                columns["line"][at], columns["start"][at] = self._received(line, start)
                columns["end"][at] = columns["start"][at] + end - start
        reading.printed = self.received

    def _received(self, line: int, start: int) -> tuple[int, int]:
        places = self.places.get(line, ())
        at = bisect_right(places, start, key=lambda place: place.start) - 1
        if at < 0:
            return self.received_line(line), start
        place = places[at]
        return place.received_line, place.received_start + min(start - place.start, place.length)


class Unpacked(NamedTuple):
    """What a file of several documents holds: its parts, and what is wrong with those that are none."""

    parts: list[Part]
    errors: list[ReadError]


class Packer:
    """Makes the parts of one received file.

    Args:
        document: its records, the header first.
        delimiter: what stands between the fields of the parts.
        keeps_lines: whether a record's line in the part is its line in the file; else the records follow each other.
    """

    def __init__(self, document: GridDocument, delimiter: str = ",", *, keeps_lines: bool = True) -> None:
        self.document, self.delimiter, self.keeps_lines = document, delimiter, keeps_lines
        self.unpacked = Unpacked([], [])
        self._size = 0

    def add(
        self,
        what: str,
        header: Sequence[str],
        records: Iterable[tuple[int, Sequence[Field | None]]],
        told: Mapping[str, str] | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        """Append a part.

        Args:
            header: the names of its columns.
            records: for each its line in the received file, and its fields, ``None`` for a blank one.
        """
        if len(self.unpacked.parts) >= MAX_PARTS:
            self.fail(f"at most {MAX_PARTS:,} series and vintages in a file", "more", "give them in several files")
        first = self.document.rows[0].line if self.keeps_lines else 1
        lines: dict[int, str] = {first: self.delimiter.join(map(self._quoted, header))}
        places: dict[int, tuple[Place, ...]] = {first: (Place(0, 0, self.document.rows[0].line, 0),)}
        for number, (line, fields) in enumerate(records, start=first + 1):
            at = line if self.keeps_lines else number
            lines[at], places[at] = self._record(line, fields)
        last = max(lines)
        text = "\n".join(lines.get(number, "") for number in range(1, last + 1)) + "\n"
        self._size += len(text)
        if self._size > MAX_UNPACKED:
            self.fail(f"series and vintages of at most {MAX_UNPACKED:,} bytes in a file", "more", "give them in several files")
        name = f"{self.document.name} ({printable(what, 60)})"
        self.unpacked.parts.append(Part(name, what, text.encode(), told or {}, tuple(notes), places, self.document.printed))

    def _record(self, line: int, fields: Sequence[Field | None]) -> tuple[str, tuple[Place, ...]]:
        text, places = "", list[Place]()
        for number, each in enumerate(fields):
            text += self.delimiter if number else ""
            if each is not None:
                shown = self._quoted(each.text)
                places.append(Place(len(text) + (shown != each.text), len(each.text), each.line, each.start))
                text += shown
        return text, tuple(places) or (Place(0, 0, line, 0),)

    def _quoted(self, text: str) -> str:
        """A text as a field of delimited text; one between quotes already has its quotes doubled, one of JSON has not."""
        if self.delimiter not in text and '"' not in text:
            return text
        return f'"{text}"' if self.keeps_lines else '"{}"'.format(text.replace('"', '""'))

    def refuse(self, series: Mapping[str, Field], known: Iterable[str], todo: str) -> None:
        """Say of series that they are none of the catalogue, of many at once.

        Args:
            series: what each is called, and a field of the file that names it.
        """
        if not series:
            return
        first = next(iter(series.values()))
        some = [printable(repr(each), 100) for each in series]
        named = ", ".join(some[:_NAMED]) + (f" and {len(some) - _NAMED:,} more" if len(some) > _NAMED else "")
        expected = f"a series of the catalogue ({', '.join(known)})"
        self.unpacked.errors.append(ReadError(self.document.name, first.line, expected=expected, found=named, todo=todo))

    def fail(self, expected: str, found: str, todo: str, line: int | None = None) -> NoReturn:
        """Raise for the file."""
        raise ReadError(self.document.name, line or self.document.rows[0].line, expected=expected, found=found, todo=todo)
