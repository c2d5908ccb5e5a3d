"""A goods-and-services release of one year, made for tests: few figures, each known by its row and column.

Row 0 is the year 2020, rows 1 to 12 are its months. Columns 0 to 8 are balance, exports and imports, each as total, goods
and services. A cell's position in the document is 9 times its row plus its column.
"""

from trade_assets.facts.periods import MONTH_NAMES
from trade_assets_tests.made_files import goods_and_services

YEAR, MONTH = 2020, "2021-02"
ROWS, COLUMNS = 13, 9
SERIES = [f"{flow}.{kind}" for flow in ("balance", "exports", "imports") for kind in ("total", "goods", "services")]
PERIODS = [str(YEAR), *(f"{YEAR}-{month:02d}" for month in range(1, 13))]
FIGURES = [goods_and_services(1, 12), *(goods_and_services(month) for month in range(1, 13))]
_HEADINGS = ["Balance", "Exports", "Imports", "Period", *["Total", "Goods", "Services"] * 3]
_PREAMBLE = [
    f"U.S. International Trade in Goods and Services, {YEAR} - Present", "In millions of dollars. Seasonally adjusted.",
    "Goods: Balance of Payments (BOP) Basis. Source", "U.S. Census Bureau, Foreign Trade Division.", *_HEADINGS, str(YEAR),
]  # fmt: skip


def cell(row, column):
    """The position of a figure in the document."""
    return COLUMNS * row + column


def line_of(at):
    """The line on which the figure at a position stands; each has a line of its own, each row one for its label."""
    row, column = divmod(at, COLUMNS)
    return len(_PREAMBLE) + row * (COLUMNS + 1) + 2 + column


def text_of(at, changed=()):
    """The figure at a position as it is printed."""
    row, column = divmod(at, COLUMNS)
    figure = dict(changed).get(at, FIGURES[row][column])
    return figure if isinstance(figure, str) else f"{figure:,}"


def release(changed=()):
    """The document, with other figures at some positions: numbers, or texts as they are to stand there."""
    lines = list(_PREAMBLE)
    for row, label in enumerate(("Jan. - Dec.", *MONTH_NAMES)):
        lines += [label, *(text_of(cell(row, column), changed) for column in range(COLUMNS))]
    return "\n".join([*lines, "(1) Data are presented on a balance of payments basis.", ""])
