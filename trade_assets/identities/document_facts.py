"""The facts of one document as columns, the way the rule book takes them: what is printed, how, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from trade_assets.facts.label_judgement import Label, judge
from trade_assets.identities.forms import Printed
from trade_assets.reading.cells import Reading

if TYPE_CHECKING:
    import pandas as pd

Fact = tuple[str, str, str | None]
"""(series, measure, period)"""

_SAFE = 2.0**62  # beyond it sums and products may leave 64 bits; then Python's integers take over
_PLACE = ("table", "row", "column", "line", "start", "end", "text", "flags", "sheet", "cell", "page", "box")


@dataclass
class Facts:
    """One entry per cell or gap, in the order of the document.

    Attributes:
        keys: what each prints, as (series, measure, period).
        figures: the printed figures as exact integers.
        place: where and how each is printed: columns table, row, column, line, start, end, text, flags, and sheet, cell,
            page and box of formats that have them; lines and offsets are ``None`` for a gap that no mark prints.
    """

    keys: Sequence[Fact]
    figures: Figures
    place: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    cache: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.keys)

    def printed(self, cell: int) -> Printed:
        """The figure of a cell, exactly."""
        return Printed(int(self.figures.scaled[cell]), int(self.figures.decimals[cell]))

    def has_mark(self, cell: int, flag: str) -> bool:
        """Whether the figure carries a printed flag."""
        flags = self.place.get("flags")
        return flags is not None and flag in str(flags[cell] or "").split()

    def label(self, series: str, measure: str) -> Label:
        """What known figures say of the figures under the label of a series."""
        key = f"label {series} {measure}"
        if key not in self.cache:
            printed: dict[str, Decimal] = {}
            for cell, (name, of, period) in enumerate(self.keys):
                if (name, of) == (series, measure) and period is not None and not self.figures.is_missing[cell]:
                    figure = self.printed(cell)
                    printed.setdefault(period, Decimal(figure.scaled).scaleb(-figure.decimals))
            self.cache[key] = judge(series, measure, printed)
        label: Label = self.cache[key]
        return label

    @classmethod
    def of_frame(cls, frame: pd.DataFrame) -> Facts:
        """Facts of a frame with series, measure, period, value, decimals; where they stand, if it says so."""
        columns = [frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in ("series", "measure", "period")]
        place = {name: frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in _PLACE if name in frame.columns}
        value = frame["value"].to_numpy(dtype="float64", na_value=np.nan)
        decimals = frame["decimals"].to_numpy(dtype="float64", na_value=0)
        return cls(list(zip(*columns, strict=True)), Figures(value, decimals), place)

    @classmethod
    def of_reading(cls, reading: Reading) -> Facts:
        """Facts of a document as read; a row without figures gives a gap for each column of its table."""
        cells, rows = reading.cells, reading.rows
        columns = {name: list(cells[name]) for name in ("series", "measure", "period", "value", "decimals", *_PLACE)}
        layout = dict.fromkeys(zip(cells["table"], cells["column"], cells["series"], cells["measure"], strict=True))
        for table, row, period, gap in zip(rows["table"], rows["row"], rows["period"], rows["gap"], strict=True):
            if gap is not None:
                for other, column, series, measure in layout:
                    if other == table:
                        gap_cell = {"table": table, "row": row, "column": column, "series": series, "measure": measure, "period": period}
                        for name, entries in columns.items():
                            entries.append(gap_cell.get(name))
        keys = list(zip(columns["series"], columns["measure"], columns["period"], strict=True))
        value = np.array([np.nan if value is None else value for value in columns["value"]], dtype="float64")
        decimals = np.array([decimals or 0 for decimals in columns["decimals"]], dtype="float64")
        return cls(keys, Figures(value, decimals), {name: columns[name] for name in _PLACE})


class Figures:
    """Printed figures as exact integers.

    Attributes:
        scaled: value times 10 to the printed decimals; 0 for gaps.
        decimals: printed decimals; 0 for gaps.
        digits: the most decimals of any figure.
        common: the figures at ``digits`` decimals.
        resolution: one unit of each figure's last printed place, at ``digits`` decimals.
        is_missing: whether the cell is a gap.
        gaps: the same, and a gap after the last cell: position -1, which stands for an operand that no cell prints.
    """

    def __init__(self, value: np.ndarray, decimals: np.ndarray) -> None:
        self.is_missing = np.isnan(value)
        self.gaps = np.append(self.is_missing, True)
        self.decimals = np.where(self.is_missing, 0, decimals).astype(np.int64)
        scaled = np.rint(np.where(self.is_missing, 0.0, value) * 10.0**self.decimals)
        self.digits = int(self.decimals.max(initial=0))
        largest = float(np.abs(scaled).max(initial=1.0)) * 10.0**self.digits
        # The largest number that a sum of weights or a percent change multiplied out can reach.
        reach = 2 * largest * max(200.0 * 10.0**self.digits + largest, float(len(value)))
        kind = np.int64 if reach < _SAFE else object
        # From float to Python's integers without a detour over 64 bits.
        self.scaled = scaled.astype(np.int64) if kind is np.int64 else np.array([int(x) for x in scaled], dtype=object)
        factor = np.array([10 ** (self.digits - d) for d in self.decimals.tolist()], dtype=kind)
        self.common = self.scaled * factor
        self.resolution = factor

    def replaced(self, changes: Mapping[int, Printed]) -> Figures:
        """The same figures with some of them printed otherwise."""
        value = np.where(self.is_missing, np.nan, self.scaled / 10.0**self.decimals).astype("float64")
        decimals = self.decimals.astype("float64")
        for cell, printed in changes.items():
            value[cell], decimals[cell] = printed.scaled / 10**printed.decimals, printed.decimals
        return Figures(value, decimals)
