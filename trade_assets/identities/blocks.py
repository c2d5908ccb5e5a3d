"""Rows and columns that stand shifted by one place, and rows that stand exchanged: one cause for many wrong cells.

A hypothesis says what every cell of the block should read, from the figures as printed: those of the next cell along
a row or a column. It is kept if all identities of the block hold then. The figure that a shift pushed out of the
block is not printed any more; its cell has no proposal unless one value alone fits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import Verdict
from trade_assets.identities.forms import Printed
from trade_assets.identities.network import Network

_LINES_TRIED = 16  # rows, and columns, with most violated identities; one of them is it, or none
_LEAST = 3  # figures that must have moved: two may be exchanged, or be wrong each for itself
_REACH = 2  # how far a shift may reach beyond the first and the last violated identity


@dataclass(frozen=True, eq=False)
class Block:
    """A hypothesis that holds.

    Attributes:
        changes: what each wrong cell should read; ``None`` for the figure that is not printed any more.
    """

    title: str
    slip: str
    changes: dict[int, Printed | None]

    @cached_property
    def cells(self) -> frozenset[int]:
        """The wrong cells."""
        return frozenset(self.changes)


def layout(facts: Facts) -> tuple[dict[tuple[str, int], list[int]], dict[tuple[str, str], list[int]]]:
    """The printed cells by row and by column of their table, in the order in which they stand."""
    rows: dict[tuple[str, int], list[int]] = defaultdict(list)
    columns: dict[tuple[str, str], list[int]] = defaultdict(list)
    place = facts.place
    for cell, (table, row, column, line) in enumerate(zip(place["table"], place["row"], place["column"], place["line"], strict=True)):
        if line is not None:
            rows[table, row].append(cell)
            columns[table, column].append(cell)
    return rows, columns


def neighbours(facts: Facts, cell: int) -> Iterator[int]:
    """The printed cells next to a cell, in its row and in its column."""
    rows, columns = _layout_of(facts)
    place = facts.place
    for line in (rows[place["table"][cell], place["row"][cell]], columns[place["table"][cell], place["column"][cell]]):
        at = line.index(cell)
        yield from line[max(at - 1, 0) : at]
        yield from line[at + 1 : at + 2]


def _layout_of(facts: Facts) -> tuple[dict[tuple[str, int], list[int]], dict[tuple[str, str], list[int]]]:
    if "rows and columns" not in facts.cache:
        facts.cache["rows and columns"] = layout(facts)
    found: tuple[dict[tuple[str, int], list[int]], dict[tuple[str, str], list[int]]] = facts.cache["rows and columns"]
    return found


def blocks(network: Network, violated: Sequence[Verdict]) -> list[Block]:
    """The blocks that explain all violated identities of a row or column; no two of them share a cell."""
    rows, columns = _layout_of(network.facts)
    place = network.facts.place
    of_cell: Counter[int] = Counter(cell for verdict in violated for cell in set(verdict.cells))
    found: list[Block | None] = []
    for column in _most(((place["table"][cell], place["column"][cell]), count) for cell, count in of_cell.items()):
        found.append(_shift(network, columns[column], violated, f"the column {column[1]} of {column[0]}", ("down", "up")))
    for row in _most(((place["table"][cell], place["row"][cell]), count) for cell, count in of_cell.items()):
        found.append(_shift(network, rows[row], violated, f"a row of {row[0]}", ("to the right", "to the left")))
        found.append(_exchanged_rows(network, rows, row, of_cell))
    explained = {
        block: {at for at, verdict in enumerate(violated) if not block.cells.isdisjoint(verdict.cells)} for block in found if block
    }
    kept: list[Block] = []
    # The one that explains most, with the fewest cells, is the likeliest; no violated identity needs two.
    for block in sorted(explained, key=lambda block: (-len(explained[block]), len(block.cells))):
        if all(explained[block].isdisjoint(explained[other]) for other in kept):
            kept.append(block)
    return kept


def _most(counted: Iterator[tuple[tuple[str, int], int]] | Iterator[tuple[tuple[str, str], int]]) -> list:  # type: ignore[type-arg]
    totals: Counter[tuple[str, int | str]] = Counter()
    for key, count in counted:
        totals[key] += count
    return [key for key, _ in totals.most_common(_LINES_TRIED)]


def _shift(network: Network, line: Sequence[int], violated: Sequence[Verdict], name: str, ways: tuple[str, str]) -> Block | None:
    """The shortest shift by one place along a line of cells that makes all identities of its cells hold."""
    verdicts = [verdict for verdict in violated if not set(line).isdisjoint(verdict.cells)]
    missed = [verdict.cells for verdict in verdicts]
    exact = [verdict.cells for verdict in verdicts if verdict.rule.strength == "exact"]
    touched = [at for at, cell in enumerate(line) if any(cell in cells for cells in missed)]
    if len(touched) < 2:
        return None
    first, last = touched[0], touched[-1]
    starts = sorted({max(0, first - reach) for reach in range(_REACH + 1)} | set(touched[:2]) | {0}, reverse=True)
    ends = sorted({min(len(line) - 1, last + reach) for reach in range(_REACH + 1)} | set(touched[-2:]) | {len(line) - 1})
    spans = sorted(((start, end) for start in starts for end in ends if end - start >= _LEAST), key=lambda span: span[1] - span[0])
    for start, end in spans:
        part = list(line[start : end + 1])
        for way, cells in zip(ways, (part, part[::-1]), strict=True):
            # Moved down, each cell's own figure stands in the next one, and the last one's is lost.
            changes = {cell: network.printed(after) for cell, after in pairwise(cells)}
            lost = cells[-1]
            moved = {cell: value for cell, value in changes.items() if value != network.printed(cell)}
            explained = {*moved, lost}
            if len(explained) < _LEAST or any(explained.isdisjoint(cells) for cells in missed) or _first_miss(network, changes, lost):
                continue
            values = network.allowed_by(lost, network.sites(lost), changes)
            # What fell out at one end may stand at the other; else an exact identity without the lost figure must prove
            # the shift: intervals and bounds hold for many an order. Figures that get their column's decimals prove it
            # too, and so does one cause for all that is wrong, if that is more than one thing.
            fallen = network.printed(cells[0])
            is_turned = any(each.has(fallen) for each in values)
            is_proven = bool(exact) and (is_turned or any(lost not in cells for cells in exact))
            is_proven = is_proven or _is_tidier(network, changes)
            is_proven = is_proven or (1 < len(missed) == len(violated) and any(lost not in cells for cells in missed))
            if values and is_proven:
                return Block(
                    f"{name} stands one place {way}", f"moved one place {way}", {**moved, lost: fallen if is_turned else values[0].only}
                )
    return None


def _is_tidier(network: Network, changes: dict[int, Printed]) -> bool:
    """Whether more of the changed figures have the usual decimals of their columns than of the printed ones."""
    usual = {cell: network.decimals(cell)[0] for cell in changes}
    before = sum(network.printed(cell).decimals != usual[cell] for cell in changes)
    return sum(value.decimals != usual[cell] for cell, value in changes.items()) < before


def _first_miss(network: Network, changes: dict[int, Printed], lost: int) -> bool:
    """Whether an identity of the changed cells does not hold; stops at the first."""
    without = frozenset((lost,))
    return any(network.misses((cell,), changes, without) for cell in changes)


def _exchanged_rows(network: Network, rows: dict[tuple[str, int], list[int]], row: tuple[str, int], of_cell: Counter[int]) -> Block | None:
    """The row and the one below or above it, exchanged."""
    for other in ((row[0], row[1] + 1), (row[0], row[1] - 1)):
        pairs = list(zip(rows[row], rows.get(other, []), strict=False))
        if len(pairs) < 2 or len(pairs) != len(rows[row]) or not any(of_cell[cell] for _, cell in pairs):
            continue
        changes: dict[int, Printed | None] = {}
        for cell, mate in pairs:
            if network.printed(cell) != network.printed(mate):
                changes |= {cell: network.printed(mate), mate: network.printed(cell)}
        figures = {cell: value for cell, value in changes.items() if value is not None}
        if len(changes) > 2 and not any(network.misses((cell,), figures) for cell in figures):
            return Block(f"two neighbouring rows of {row[0]} are exchanged", "row exchanged with its neighbour", changes)
    return None
