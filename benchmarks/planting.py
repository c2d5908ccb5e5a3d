"""Known errors planted into copies of documents: one misprinted figure, exchanged figures, shifted rows and columns."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from trade_assets.reading import ReadError, Reading, read_document

KINDS = ("sign", "transposed", "wrong", "lost", "doubled")
_DIGIT = re.compile(r"[0-9]")


class Refused(Exception):
    """The reader does not read the altered copy, or does not find the same cells in it."""


class Planted(NamedTuple):
    """An altered copy: its bytes, its reading, and which cells (by their position) read otherwise than before."""

    kind: str
    data: bytes
    reading: Reading
    cells: tuple[int, ...]


class Original:
    """A document to plant errors into."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.data = name, data
        self.reading = read_document(data, name)
        self.lines = data.decode().split("\n")
        cells = self.reading.cells
        self.texts: list[str] = cells["text"]
        self.figures = [place for place, value in enumerate(cells["value"]) if value is not None]

    def altered(self, kind: str, texts: dict[int, str]) -> Planted | None:
        """The document with other marks in some cells; ``None`` if it reads the same.

        Raises:
            Refused: the reader refuses it.
        """
        cells = self.reading.cells
        lines = list(self.lines)
        by_line = defaultdict(list)
        for cell in texts:
            by_line[cells["line"][cell]].append(cell)
        for line, members in by_line.items():
            text = lines[line - 1]
            for cell in sorted(members, key=lambda cell: -cells["start"][cell]):
                text = text[: cells["start"][cell]] + texts[cell] + text[cells["end"][cell] :]
            lines[line - 1] = text
        data = "\n".join(lines).encode()
        try:
            reading = read_document(data, self.name)
        except ReadError as error:
            raise Refused(str(error)) from error
        if len(reading.cells["text"]) != len(self.texts):
            raise Refused(f"{len(reading.cells['text'])} cells instead of {len(self.texts)}")
        changed = tuple(
            cell for cell in texts
            if (reading.cells["value"][cell], reading.cells["decimals"][cell]) != (cells["value"][cell], cells["decimals"][cell])
        )  # fmt: skip
        return Planted(kind, data, reading, changed) if changed else None


def misprint(text: str, kind: str, rng: random.Random) -> str | None:
    """A mark with one error of a kind at a random position; ``None`` where the mark allows none."""
    flag, mark = re.fullmatch(r"((?:\([A-Za-z]\)\s?)?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]  # it matches anything
    digits = [found.start() for found in _DIGIT.finditer(mark)]
    if not digits:
        return None
    if kind == "sign":
        return flag + (mark[1:] if mark.startswith("-") else "-" + mark)
    if kind == "transposed":
        pairs = [(a, b) for a, b in pairwise(digits) if mark[a] != mark[b]]
        if not pairs:
            return None
        first, second = rng.choice(pairs)
        letters = list(mark)
        letters[first], letters[second] = letters[second], letters[first]
        return flag + "".join(letters)
    at = rng.choice(digits)
    if kind == "wrong":
        return flag + mark[:at] + rng.choice([digit for digit in "0123456789" if digit != mark[at]]) + mark[at + 1 :]
    if kind == "lost":
        return flag + mark[:at] + mark[at + 1 :]
    return flag + mark[: at + 1] + mark[at] + mark[at + 1 :]


def single(original: Original, cells: Sequence[int], rng: random.Random, kinds: Sequence[str] = KINDS) -> Planted:
    """One misprinted figure among some cells: the kind drawn uniformly, then the cell and the position."""
    while True:
        kind = rng.choice(kinds)
        cell = rng.choice(cells)
        text = misprint(original.texts[cell], kind, rng)
        planted = original.altered(kind, {cell: text}) if text is not None else None
        if planted is not None:
            return planted


def grid(original: Original) -> tuple[dict[tuple[str, int], list[int]], dict[tuple[str, str], list[int]]]:
    """The cells by row and by column."""
    rows, columns = defaultdict(list), defaultdict(list)
    cells = original.reading.cells
    for cell, (table, row, column) in enumerate(zip(cells["table"], cells["row"], cells["column"], strict=True)):
        rows[table, row].append(cell)
        columns[table, column].append(cell)
    return rows, columns


def pair(original: Original, rng: random.Random) -> Planted:
    """Two misprinted figures that share a row or a column."""
    rows, columns = grid(original)
    cells = original.reading.cells
    while True:
        cell = rng.choice(original.figures)
        table, row, column = (cells[name][cell] for name in ("table", "row", "column"))
        line = rows[table, row] if rng.random() < 0.5 else columns[table, column]
        other = rng.choice(line)
        kinds = [rng.choice(KINDS) for _ in range(2)]
        texts = [misprint(original.texts[each], kind, rng) for each, kind in zip((cell, other), kinds, strict=True)]
        if other == cell or None in texts:
            continue
        planted = original.altered("pair", {cell: str(texts[0]), other: str(texts[1])})
        if planted is not None and len(planted.cells) == 2:
            return planted


def swap(original: Original, rng: random.Random) -> Planted:
    """Two neighbouring figures exchanged, in a row or in a column."""
    rows, columns = grid(original)
    while True:
        line = rng.choice(list((rows if rng.random() < 0.5 else columns).values()))
        if len(line) < 2:
            continue
        at = rng.randrange(len(line) - 1)
        first, second = line[at], line[at + 1]
        planted = original.altered("swap", {first: original.texts[second], second: original.texts[first]})
        if planted is not None and len(planted.cells) == 2:
            return planted


def _shift(line: Sequence[int], original: Original, rng: random.Random) -> dict[int, str]:
    """Each figure in the place of the one before or after it; the vacated place repeats, or takes what fell out."""
    texts = [original.texts[cell] for cell in line]
    if rng.random() < 0.5:
        moved = [texts[-1] if rng.random() < 0.5 else texts[0], *texts[:-1]]
    else:
        moved = [*texts[1:], texts[0] if rng.random() < 0.5 else texts[-1]]
    return dict(zip(line, moved, strict=True))


def shifted_row(original: Original, rng: random.Random) -> Planted:
    """A row whose figures stand one column to the right or to the left."""
    rows, _ = grid(original)
    while True:
        planted = original.altered("row", _shift(rng.choice([line for line in rows.values() if len(line) > 3]), original, rng))
        if planted is not None and len(planted.cells) > 2:
            return planted


def shifted_column(original: Original, rng: random.Random) -> Planted:
    """A column whose figures stand one row too high or too low, over the whole table."""
    _, columns = grid(original)
    while True:
        planted = original.altered("column", _shift(rng.choice([line for line in columns.values() if len(line) > 3]), original, rng))
        if planted is not None and len(planted.cells) > 2:
            return planted


MANY: dict[str, Callable[[Original, random.Random], Planted]] = {
    "pair": pair, "swap": swap, "row": shifted_row, "column": shifted_column,
}  # fmt: skip
