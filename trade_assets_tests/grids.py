"""Grids made of rows of values, as a workbook or pages would give them, without a file."""

from trade_assets.reading.cells import Where
from trade_assets.reading.grid import GridDocument, rendered
from trade_assets.reading.package import column_letters
from trade_assets.reading.workbook import text_of


def grid(*sheets, names=None, hidden=(), kind="workbook") -> GridDocument:
    """A document of these sheets, each a list of rows of values; called ``1``, ``2`` and so on, if nothing else is said."""
    called = [None] * len(sheets) if kind == "pages" else names or [str(number) for number in range(1, len(sheets) + 1)]
    entries = [
        [(column, text_of(value), _place(name, number, column)) for column, value in enumerate(row) if value is not None]
        for name, rows in zip(called, sheets, strict=True)
        for number, row in enumerate(rows, start=1)
    ]
    return rendered("a.xlsx", kind, entries, " | ", is_aligned=True, hidden=frozenset(hidden))


def _place(sheet, number, column):
    if sheet is None:
        return Where(page=1, box=f"{column}.0 {number}.0 {column + 1}.0 {number + 1}.0")
    return Where(sheet, f"{column_letters(column)}{number}")
