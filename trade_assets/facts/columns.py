"""The columns that several tables have, and what makes the others: each is declared once, here or in its table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from trade_assets.facts.families import families
from trade_assets.facts.schemas import Column, Computed, Fact, decimals_of

MONTH_PATTERN = r"\d{4}-(?:0[1-9]|1[0-2])"
PERIOD_PATTERN = rf"\d{{4}}|{MONTH_PATTERN}(?:/{MONTH_PATTERN})?"


def text(name: str, description: str, **more: object) -> Column:
    """A column of text."""
    return Column(name, "string", description, **more)  # type: ignore[arg-type]  # keywords of Column


def figure(  # noqa: PLR0917 - as a line of a declaration
    name: str, description: str, unit: str, holds: Fact, low: float | None = None, high: float | None = None
) -> tuple[Column, Column]:
    """A printed figure, with the fact that it is, and the number of decimals it was printed with."""
    return (
        Column(name, "float", description, unit=unit, low=low, high=high, holds=holds),
        Column(decimals_of(name), "int", f"printed decimals of {name}", low=0, high=9),
    )


DAY_PATTERN = r"\d{4}-\d\d-\d\d"
KNOWN = (
    text("known_from", "day from which the document's figures count as known", is_nullable=False, pattern=DAY_PATTERN),
    text(
        "known_from_is",
        "how that day is known: stated; inferred from a day on which it was seen; month, the end of it",
        is_nullable=False,
        one_of=("stated", "inferred", "month"),
    ),
)

RELEASE_MONTH = text("release_month", "month in which the document was published; the partition", is_nullable=False, pattern=MONTH_PATTERN)
FAMILY = text("family", "kind of document", is_nullable=False, one_of=tuple(families()))
REFERENCE_MONTH = text(
    "reference_month", "latest month that the document prints; with family and product it tells the release", pattern=MONTH_PATTERN
)
OF_RELEASE = text(
    "reference_month",
    "latest month that the document prints, which tells the release; empty where no figure has a period",
    is_nullable=False,
    pattern=rf"(?:{MONTH_PATTERN})?",
)
PRODUCT = text("product", "which of the family's documents: exhibit_1, annual, a series id; empty for its main one", is_nullable=False)
SHA256 = text("sha256", "SHA-256 of the document's bytes", is_nullable=False, pattern=r"[0-9a-f]{64}")
PATH = text("path", "the document within the data root", is_nullable=False)
IS_CURRENT = Column("is_current", "bool", "whether it is the latest issue of its release in the month", is_nullable=False)
TABLE = text("table", "printed table", is_nullable=False)
ROW = Column("row", "int", "number of the printed row in its document, from 0", is_nullable=False, low=0)
LINE = Column("line", "int", "line in the document, from 1; in workbooks the row, in page formats the line of text", low=1)
START = Column("start", "int", "offset of the mark in its line, from 0", low=0)
END = Column("end", "int", "offset behind the mark", low=1)
WHERE = (
    text("sheet", "sheet of a workbook"),
    text("cell", "cell of the sheet, as B8"),
    Column("page", "int", "page of a page format, from 1", low=1),
    text("box", "where the mark stands on the page: left, top, right, bottom in points"),
)
COLUMN = text("column", "column of the validated table that shows the figure", is_nullable=False)
SERIES = text("series", "what is measured, as flow.classification.code", is_nullable=False)
MEASURE = text("measure", "value, index, relative_importance, percent_change, share, …", is_nullable=False)
PERIOD = text("period", "reference period: month, year, or range of months", pattern=PERIOD_PATTERN)
KEY_PERIOD = text("period", "reference period: month, year, or range of months", pattern=PERIOD_PATTERN, is_nullable=False)
VALUE = Column("value", "float", "the figure, empty for a gap", unit="see the column unit")
DECIMALS = Column("decimals", "int", "decimals as printed", low=0, high=9)
UNIT = text("unit", "unit of the value", is_nullable=False, one_of=("million_usd", "billion_usd", "percent", "index", "count"))
FLAGS = text(
    "flags", "r: revised; irregular_grouping, _decimals, _sign, _gap: printed otherwise than its column; empty for none", is_nullable=False
)
GAP = text("gap", "why there is no value", one_of=("not_published", "not_yet_released", "suppressed"))
TEXT = text("text", "the mark exactly as printed")
LABEL = text("label", "label as printed", is_nullable=False)
FLOW = text("flow", "exports, imports, balance, transportation, china")
CLASSIFICATION = text("classification", "goods_and_services, end_use, naics, harmonized, locality, …")
CODE = text("code", "code in the classification as printed; text")
BASE_PERIOD = text("base_period", "period for which the index is 100")
CORRECTIONS = text(
    "corrections", "figures of the row that a decision corrected, as column: printed text, issue; empty for none", is_nullable=False
)
GAPS = text("gaps", "why figures of the row are missing, as column: reason; empty for none", is_nullable=False)


def metric(  # noqa: PLR0917 - as a line of a declaration
    name: str, description: str, unit: str, metric: str, series: str = "{series}", unless: Mapping[str, str] = MappingProxyType({})
) -> Column:
    """A figure that is computed, with the metric that it is, of which series of the row."""
    return Column(name, "float", description, unit=unit, computes=Computed(metric, series, unless))


FLOW3 = text("flow", "balance, exports or imports", is_nullable=False, one_of=("balance", "exports", "imports"))
KIND = text("kind", "total, goods or services", is_nullable=False, one_of=("total", "goods", "services"))
