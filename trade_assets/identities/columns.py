"""Sums of the rule book over wide columns of integers, for tables of millions of rows: a row is a place.

Declarations, tolerances and verdicts are those of ``evaluate.py``. Every column is read once, in blocks that stay in
the processor's cache together with what is computed of them. One thread: two gain little where memory is what takes
time, and lose much where others use the cores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from trade_assets.identities.binding import chosen
from trade_assets.identities.kinds import Sum

BLOCK = 1 << 16
"""Rows at a time: smaller blocks cost more calls, larger ones leave the cache."""


class Instance(NamedTuple):
    """A rule with its names chosen."""

    rule: str
    names: tuple[str, ...]


class _Check(NamedTuple):
    """An instance's arithmetic: the total less its weighted parts is at most so far from zero."""

    instance: Instance
    total: str
    parts: Mapping[str, int]
    allowed: int

    @property
    def reach(self) -> int:
        """How many times the largest figure the gap can be."""
        return 1 + sum(map(abs, self.parts.values()))

    def gap(self, block: Mapping[str, np.ndarray], work: np.ndarray) -> np.ndarray:
        """The size of the gap in each row, written over ``work``."""
        rest, (gap, product) = block[self.total], work
        for name, weight in self.parts.items():
            part = block[name] if abs(weight) == 1 else np.multiply(block[name], abs(weight), out=product)
            rest = (np.subtract if weight > 0 else np.add)(rest, part, out=gap)
        found: np.ndarray = np.absolute(rest, out=gap)
        return found


def failing_rows(rules: Sequence[Sum], columns: Mapping[str, np.ndarray], decimals: Mapping[str, int]) -> dict[Instance, np.ndarray]:
    """The rows that violate each instance of the rules, ascending.

    Args:
        columns: the figures of each series, without gaps, as signed integers at the most decimals of any series.
            Reading them takes most of the time, so that 32 bits are better than 64 where the figures fit.
        decimals: how many decimals each series is printed with.

    Raises:
        ValueError: a series that a rule needs has no column of signed integers, or columns differ in length.
    """
    checks = list(_checks(rules, decimals))
    used = {name: _integers(columns, name) for check in checks for name in (check.total, *check.parts)}
    lengths = {len(column) for column in used.values()}
    if len(lengths) > 1:
        raise ValueError(f"columns differ in length: {', '.join(f'{name} {len(column)}' for name, column in used.items())}")
    rows = max(lengths, default=0)
    reach = max((check.reach for check in checks), default=0)
    failing: dict[Instance, list[np.ndarray]] = {check.instance: [np.zeros(0, dtype=np.int64)] for check in checks}
    buffers: dict[np.dtype, np.ndarray] = {}
    for start in range(0, rows, BLOCK):
        size = min(BLOCK, rows - start)
        block = _without_overflow({name: column[start : start + size] for name, column in used.items()}, reach)
        dtype = block[checks[0].total].dtype
        if dtype not in buffers:
            buffers[dtype] = np.empty((2, min(BLOCK, rows)), dtype)
        for check in checks:
            gap = check.gap(block, buffers[dtype][:, :size])
            if np.maximum.reduce(gap) > check.allowed:
                failing[check.instance].append(np.flatnonzero(gap > check.allowed) + start)
    return {instance: np.concatenate(found) for instance, found in failing.items()}


def _checks(rules: Sequence[Sum], decimals: Mapping[str, int]) -> Iterator[_Check]:
    digits = max(decimals.values(), default=0)
    for rule in rules:
        for names, (total, *parts) in chosen(rule):
            weights = dict(zip(parts, rule.parts.values(), strict=True))
            # Half a unit of each figure's last place; gaps are whole units.
            halves = sum(abs(weight) * 10 ** (digits - decimals[name]) for name, weight in ((total, 1), *weights.items()))
            yield _Check(Instance(rule.name, names), total, weights, halves // 2)


def _integers(columns: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    column = columns.get(name)
    if column is None or column.dtype.kind != "i":
        found = "none" if column is None else column.dtype
        raise ValueError(f"expected a column of signed integers for {name}, found {found}: give one, or leave out the rule that needs it")
    return column


def _without_overflow(block: Mapping[str, np.ndarray], reach: int) -> Mapping[str, np.ndarray]:
    """Columns of one type that holds every weighted sum of them: their own, else 64 bits, else Python's integers."""
    largest = max(max(int(np.maximum.reduce(column)), -int(np.minimum.reduce(column))) for column in block.values())
    for dtype in (np.result_type(*block.values()), np.dtype(np.int64)):
        if reach * max(largest, 1) <= np.iinfo(dtype).max:
            return {name: column.astype(dtype, copy=False) for name, column in block.items()}
    return {name: column.astype(object) for name, column in block.items()}
