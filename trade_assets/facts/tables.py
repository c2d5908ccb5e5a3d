"""All tables of the warehouse. Every column is declared here once; Parquet types, pandera models, Dagster's
column metadata and the data dictionary are generated from it.
"""

from __future__ import annotations

from trade_assets.facts.asked import MACROS, PRINTS_UPGRADED
from trade_assets.facts.schemas import Column, Table, decimals_of

_MONTH_PATTERN = r"\d{4}-(?:0[1-9]|1[0-2])"
_PERIOD_PATTERN = rf"\d{{4}}|{_MONTH_PATTERN}(?:/{_MONTH_PATTERN})?"


def _text(name: str, description: str, **more: object) -> Column:
    return Column(name, "string", description, **more)  # type: ignore[arg-type]  # keywords of Column


def _figure(name: str, description: str, unit: str, low: float | None = None, high: float | None = None) -> tuple[Column, Column]:
    """A printed figure and the number of decimals it was printed with."""
    return (
        Column(name, "float", description, unit=unit, low=low, high=high),
        Column(decimals_of(name), "int", f"printed decimals of {name}", low=0, high=9),
    )


_DAY_PATTERN = r"\d{4}-\d\d-\d\d"
_KNOWN = (
    _text("known_from", "day from which the document's figures count as known", is_nullable=False, pattern=_DAY_PATTERN),
    _text("known_from_is", "how that day is known: stated; inferred from a day on which it was seen; month, the end of it",
          is_nullable=False, one_of=("stated", "inferred", "month")),
)  # fmt: skip

RELEASE_MONTH = _text(
    "release_month", "month in which the document was published; the partition", is_nullable=False, pattern=_MONTH_PATTERN
)
_FAMILY = _text("family", "kind of document", is_nullable=False, one_of=("ft900", "mxp", "fred", "uscc", "kei"))
_REFERENCE_MONTH = _text(
    "reference_month", "latest month that the document prints; with family and product it tells the release", pattern=_MONTH_PATTERN
)
_OF_RELEASE = _text(
    "reference_month", "latest month that the document prints, which tells the release; empty where no figure has a period",
    is_nullable=False, pattern=rf"(?:{_MONTH_PATTERN})?",
)  # fmt: skip
_PRODUCT = _text("product", "which of the family's documents: exhibit_1, annual, a series id; empty for its main one", is_nullable=False)
_SHA256 = _text("sha256", "SHA-256 of the document's bytes", is_nullable=False, pattern=r"[0-9a-f]{64}")
_PATH = _text("path", "the document within the data root", is_nullable=False)
_IS_CURRENT = Column("is_current", "bool", "whether it is the latest issue of its release in the month", is_nullable=False)
_TABLE = _text("table", "printed table", is_nullable=False)
_ROW = Column("row", "int", "number of the printed row in its document, from 0", is_nullable=False, low=0)
_LINE = Column("line", "int", "line in the document, from 1; in workbooks the row, in page formats the line of text", low=1)
_START = Column("start", "int", "offset of the mark in its line, from 0", low=0)
_END = Column("end", "int", "offset behind the mark", low=1)
_WHERE = (
    _text("sheet", "sheet of a workbook"),
    _text("cell", "cell of the sheet, as B8"),
    Column("page", "int", "page of a page format, from 1", low=1),
    _text("box", "where the mark stands on the page: left, top, right, bottom in points"),
)
_COLUMN = _text("column", "column of the validated table that shows the figure", is_nullable=False)
_SERIES = _text("series", "what is measured, as flow.classification.code", is_nullable=False)
_MEASURE = _text("measure", "value, index, relative_importance, percent_change, share, …", is_nullable=False)
_PERIOD = _text("period", "reference period: month, year, or range of months", pattern=_PERIOD_PATTERN)
_KEY_PERIOD = _text("period", "reference period: month, year, or range of months", pattern=_PERIOD_PATTERN, is_nullable=False)
_VALUE = Column("value", "float", "the figure, empty for a gap", unit="see the column unit")
_DECIMALS = Column("decimals", "int", "decimals as printed", low=0, high=9)
_UNIT = _text("unit", "unit of the value", is_nullable=False, one_of=("million_usd", "billion_usd", "percent", "index", "count"))
_FLAGS = _text(
    "flags", "r: revised; irregular_grouping, _decimals, _sign, _gap: printed otherwise than its column; empty for none", is_nullable=False
)
_GAP = _text("gap", "why there is no value", one_of=("not_published", "not_yet_released", "suppressed"))
_TEXT = _text("text", "the mark exactly as printed")
_LABEL = _text("label", "label as printed", is_nullable=False)
_FLOW = _text("flow", "exports, imports, balance, transportation, china")
_CLASSIFICATION = _text("classification", "goods_and_services, end_use, naics, harmonized, locality, …")
_CODE = _text("code", "code in the classification as printed; text")
_BASE_PERIOD = _text("base_period", "period for which the index is 100")
_CORRECTIONS = _text(
    "corrections", "figures of the row that a decision corrected, as column: printed text, issue; empty for none", is_nullable=False
)
_GAPS = _text("gaps", "why figures of the row are missing, as column: reason; empty for none", is_nullable=False)

DOCUMENTS = Table(
    "raw", "documents", "The documents of the release month: manifest of the bytes kept as received.",
    (
        RELEASE_MONTH, _FAMILY,
        _text("publisher", "who published it", is_nullable=False),
        _text("title", "its title", is_nullable=False),
        _PRODUCT, _REFERENCE_MONTH,
        _text("published_date", "day of publication where it is stated", pattern=_DAY_PATTERN),
        _text("seen_on", "a day on which it was seen to be published", pattern=_DAY_PATTERN),
        *_KNOWN,
        _text("release_month_from", "what the release month was taken from", is_nullable=False,
              one_of=("document", "sidecar", "option", "file_name")),
        _text("part", "which part of a received file of several documents it is; empty where the file is the document"),
        _text("received_sha256", "SHA-256 of that file, as it was received", pattern=r"[0-9a-f]{64}"),
        _text("source", "where the publisher offers it", is_nullable=False),
        _IS_CURRENT, _SHA256,
        Column("size_bytes", "int", "size", unit="bytes", is_nullable=False, low=1),
        _PATH,
    ),
    key=("sha256",),
)  # fmt: skip

UNREAD = Table(
    "parsed", "unread", "Documents that could not be read, with the place and what to do; empty when all is well.",
    (
        RELEASE_MONTH, _FAMILY, _IS_CURRENT, _SHA256, _PATH, _LINE,
        _text("expected", "what the reader was looking for", is_nullable=False),
        _text("found", "what stood there", is_nullable=False),
        _text("todo", "what to do about it", is_nullable=False),
    ),
    key=("sha256",),
)  # fmt: skip

CELLS = Table(
    "parsed", "cells", "Every printed figure and mark, located, of every document of the month.",
    (
        RELEASE_MONTH, _FAMILY, _IS_CURRENT, _SHA256, _TABLE, _ROW, _COLUMN, _SERIES, _MEASURE, _PERIOD, _VALUE,
        _DECIMALS, _UNIT, _FLAGS, _GAP, _LINE, _START, _END,
        _text("text", "the mark exactly as printed, flag and unit sign included", is_nullable=False), *_WHERE, _PRODUCT, _REFERENCE_MONTH,
    ),
    key=("sha256", "line", "start"),
)  # fmt: skip

ROWS = Table(
    "parsed", "rows", "Every printed row of a table, also those without figures.",
    (RELEASE_MONTH, _FAMILY, _IS_CURRENT, _SHA256, _TABLE, _ROW, _LINE, _LABEL, _PERIOD,
     _text("series", "the series of the row where the row has one"),
     _text("gap", "why the row has no figures", one_of=("not_published", "not_yet_released", "suppressed")), _PRODUCT, _REFERENCE_MONTH),
    key=("sha256", "row"),
)  # fmt: skip

SERIES = Table(
    "parsed", "series", "The series that the documents print, as they describe them.",
    (RELEASE_MONTH, _FAMILY, _IS_CURRENT, _SHA256, _SERIES, _FLOW, _CLASSIFICATION, _CODE, _LABEL, _BASE_PERIOD, _UNIT,
     _text("seasonal_adjustment", "seasonally adjusted or not, where stated"),
     _text("basis", "basis of valuation, where stated"), _PRODUCT, _REFERENCE_MONTH,
     Column("known_figures", "int", "figures that the file prints and that are known of the series from elsewhere, where only its name "
            "describes it; 0: its unit, base, adjustment and frequency are unproven; empty where the document itself states them", low=0),
     Column("agreeing_figures", "int", "those of them that lie where another vintage may print them", low=0)),
    key=("sha256", "series"),
)  # fmt: skip


def _facts(family: str, what: str) -> Table:
    return Table(
        "parsed", family, f"{what}: every fact that the current documents print, tidy; missing ones with their reason.",
        (RELEASE_MONTH, _SHA256, _TABLE, _ROW, _COLUMN, _LABEL, _SERIES, _FLOW, _CLASSIFICATION, _CODE, _BASE_PERIOD, _MEASURE,
         _PERIOD, _VALUE, _DECIMALS, _UNIT, _FLAGS, _GAP, _LINE, _START, _END, _TEXT,
         _text("row_period", "the period of the printed row where the row has one", pattern=_PERIOD_PATTERN),
         _text("series_label", "label of the series, without footnote marks", is_nullable=False), *_WHERE, _PRODUCT, _OF_RELEASE),
        key=("sha256", "table", "row", "column", "period", "series"), family=family,
    )  # fmt: skip


FACTS = {
    "ft900": _facts("ft900", "U.S. international trade in goods and services"),
    "mxp": _facts("mxp", "U.S. import and export price indexes"),
    "uscc": _facts("uscc", "Tables of the bulletin on U.S. trade with China"),
    "fred": _facts("fred", "Series of U.S. trade as FRED offers them"),
}

_ISSUE = _text("issue", "id of the issue: its root cause in review.issues", is_nullable=False, pattern=r"[0-9a-f]{12}")

VERDICTS = Table(
    "validated", "verdicts", "The scoreboard: how often each identity held, was violated, or could not be evaluated.",
    (RELEASE_MONTH, _FAMILY, _SHA256,
     _text("identity", "name of the identity, a true statement about good data", is_nullable=False),
     Column("holds", "int", "places where it holds within rounding", is_nullable=False, low=0),
     Column("violated", "int", "places where rounding cannot explain the gap", is_nullable=False, low=0),
     Column("not_evaluable", "int", "places where an operand is missing", is_nullable=False, low=0),
     _REFERENCE_MONTH),
    key=("sha256", "identity"),
)  # fmt: skip

IN_DOUBT = Table(
    "validated", "in_doubt", "Figures withheld from the validated tables, with reason and place; empty when all is well.",
    (RELEASE_MONTH, _FAMILY, _SHA256, _TABLE, _COLUMN, _SERIES, _MEASURE, _PERIOD,
     _text("text", "the mark as printed", is_nullable=False), _VALUE, _DECIMALS, _LINE, _START, _END,
     _text("identities", "the violated identities that the figure takes part in, with gap and allowance", is_nullable=False),
     _ISSUE, _ROW, *_WHERE, _REFERENCE_MONTH),
    key=("sha256", "line", "start"),
)  # fmt: skip

VIOLATIONS = Table(
    "validated", "violations", "Every violated identity with its cells, and every one that determines a dash; empty when all is well.",
    (RELEASE_MONTH, _FAMILY, _SHA256,
     _text("identity", "name of the identity", is_nullable=False),
     Column("place", "int", "number of the violated place in its document, from 0", is_nullable=False, low=0),
     _text("gap", "how far the cells miss the identity, in their unit; of a dash that they determine, the figure", is_nullable=False),
     _text("allowed", "how far rounding alone could make them miss it", is_nullable=False),
     Column("is_total", "bool", "whether the cell is the total, or the percent change, of the identity", is_nullable=False),
     _ISSUE, _TABLE, _SERIES, _MEASURE, _PERIOD, _text("text", "the mark as printed", is_nullable=False), _LINE, _START, _END, *_WHERE,
     _REFERENCE_MONTH),
    key=("sha256", "place", "line", "start"),
)  # fmt: skip

UNJUDGED = "the document could not be judged"
"""The pattern of an issue behind which there is no violated identity, but an error of the judge."""

ISSUES = Table(
    "review", "issues", "One row per root cause behind violated identities, and those that a later document no longer shows.",
    (RELEASE_MONTH, _FAMILY, _SHA256, _ISSUE,
     _text("state", "new: first shown by this document; open: shown by an earlier one of the month too, or decided once and "
                    "open again; decided; gone: no longer shown",
           is_nullable=False, one_of=("new", "open", "decided", "gone")),
     _text("decision", "the decision in force, in one sentence"),
     _text("history", "all that was decided on it, oldest first, and why the last decision is in force no more"),
     _text("certainty", "certain: exactly one cell can be the wrong one; likely: one stands out; ambiguous: several may be",
           is_nullable=False, one_of=("certain", "likely", "ambiguous")),
     Column("rank", "int", "1 to look at first: certainty of the error times effect on the headlines", is_nullable=False, low=1),
     Column("effect", "float", "largest relative change of a headline figure; at least 1 if a sign flips or if it is unknown", low=0),
     _text("consequences", "what would change in the headline figures"),
     _text("title", "the issue in one sentence", is_nullable=False),
     _text("pattern", "what happened to several cells at once, such as a shifted row"),
     _text("marked_line", "the document's line around the likeliest wrong cells, which stand between » and «"),
     _LINE, Column("last_line", "int", "last line of the likeliest wrong cells; line is the first", low=1),
     _text("where", "the first of the likeliest wrong cells as people find it: line 247, B8, page 1", is_nullable=False),
     Column("violated", "int", "violated identities that it is behind; 0 if the document could not be judged", is_nullable=False, low=0),
     Column("suspects", "int", "cells that may be wrong", is_nullable=False, low=0),
     Column("withheld", "int", "figures that it withholds", is_nullable=False, low=0),
     Column("is_cut", "bool", "whether the search for the wrong cell was cut", is_nullable=False), _REFERENCE_MONTH),
    key=("family", "issue"),
)  # fmt: skip

SUSPECTS = Table(
    "review", "suspects", "The cells that may be wrong, ranked within their issue; empty when all is well.",
    (RELEASE_MONTH, _FAMILY, _SHA256, _ISSUE,
     Column("rank", "int", "1 for the likeliest", is_nullable=False, low=1),
     _SERIES, _MEASURE, _PERIOD, _text("text", "the mark as printed", is_nullable=False), _LINE, _START, _END, *_WHERE,
     _text("proposal", "what it probably should read; never applied by itself"),
     _text("slip", "the slip that would turn the proposal into the print"),
     _text("low", "lowest value that satisfies all its identities; empty for no bound"),
     _text("high", "highest value that satisfies all its identities; empty for no bound"),
     Column("explains", "int", "violated identities of the issue that it takes part in", is_nullable=False, low=0),
     Column("is_withheld", "bool", "whether the figure is withheld", is_nullable=False), _REFERENCE_MONTH),
    key=("issue", "rank"),
)  # fmt: skip

DECISIONS = Table(
    "review", "decisions", "Every entry of every decision file of the month: who decided what, when, why, and what came of it.",
    (RELEASE_MONTH, _ISSUE,
     Column("entry", "int", "number of the entry in the issue's file, from 1", is_nullable=False, low=1),
     _text("action", "what was decided", is_nullable=False, one_of=("accept", "correct", "withhold", "reopen")),
     _text("reason", "why", is_nullable=False), _text("reviewer", "who decided", is_nullable=False),
     _text("decided_on", "day of the decision", is_nullable=False, pattern=r"\d{4}-\d\d-\d\d"),
     _text("expires_on", "day from which it is in force no more", pattern=r"\d{4}-\d\d-\d\d"),
     _text("told_publisher_on", "day on which the publisher was told", pattern=r"\d{4}-\d\d-\d\d"),
     _text("publisher_answer", "what the publisher answered"),
     _text("cells", "the cells decided on: line, printed text, corrected text", is_nullable=False),
     Column("is_in_force", "bool", "whether it decides the issue today", is_nullable=False),
     _text("why_not", "why it is in force no more"),
     _text("effect", "what changed in the published tables because of it"),
     _text("sha256", "SHA-256 of the document that it was decided on", is_nullable=False), _PATH),
    key=("issue", "entry"),
)  # fmt: skip

CORRECTIONS = Table(
    "review", "corrections", "Every corrected figure: what is printed, what is published instead, and by which issue's decision.",
    (RELEASE_MONTH, _FAMILY, _SHA256, _ISSUE, _TABLE, _COLUMN, _SERIES, _MEASURE, _PERIOD,
     _text("text", "the mark as printed", is_nullable=False), _VALUE, _DECIMALS,
     _text("corrected_text", "the figure published instead, as decided", is_nullable=False),
     Column("corrected_value", "float", "the figure published instead", is_nullable=False),
     Column("corrected_decimals", "int", "its decimals", is_nullable=False, low=0, high=9), _LINE, _START, _END, *_WHERE,
     _REFERENCE_MONTH),
    key=("sha256", "line", "start"),
)  # fmt: skip

REPORTS = Table(
    "review", "reports", "The report page of the month, and the month in a few numbers.",
    (RELEASE_MONTH,
     _text("page", "the page within the data root", is_nullable=False),
     _text("documents", "titles of the documents that were read, a line each", is_nullable=False),
     *(Column(name, "int", description, is_nullable=False, low=0) for name, description in (
         ("figures", "figures and marks for missing ones"), ("holds", "identities that hold"), ("violated", "violated identities"),
         ("not_evaluable", "identities of which an operand is missing"), ("open_issues", "issues that wait for a decision"),
         ("decided_issues", "decided issues"), ("withheld", "withheld figures"), ("unread", "documents that could not be read"),
         ("awaited", "releases that should be there by now"),
     ))),
    key=("release_month",),
)  # fmt: skip

PUBLICATION = Table(
    "validated", "publication", "Each series of a publication against what a publication should be.",
    (RELEASE_MONTH, _FAMILY, _SERIES,
     _text("measure", "value, index, …; empty for a series that is not there"),
     Column("months_long", "int", "length of the period; 0 for year to date and for undated figures", unit="months", low=0, high=12),
     _text("first", "first period, as its last month"), _text("last", "latest period with a figure, as its last month"),
     Column("missing_months", "int", "months absent between the first and the last", low=0),
     Column("latest_value", "float", "the latest figure"),
     Column("earlier_observations", "int", "observations before it that earlier vintages or the catalogue know", low=0),
     Column("low", "float", "least of them"), Column("high", "float", "greatest of them"),
     Column("beyond_range", "float", "how far the latest figure lies beyond their range, widened by their largest step", low=0),
     _text("contradiction", "what the figures are, where they are neither those of earlier vintages nor revisions of them"),
     _text("status", "what the expectations say", is_nullable=False,
           one_of=("as_expected", "beyond_range", "months_missing", "series_missing", "contradicted", "not_evaluable")), _OF_RELEASE),
    key=("family", "reference_month", "series", "measure", "months_long"),
)  # fmt: skip

_FACT = (_SERIES, _MEASURE, _PERIOD)
_ADJUSTED = _text("seasonal_adjustment", "seasonally adjusted or not, where stated")
_HELD_BY = _text("held_by", "issue that withholds the figure", pattern=r"[0-9a-f]{12}")

PRINTS = Table(
    "vintages", "prints", "Every fact as each document of the month published it, re-issues too: the memory of what was known when.",
    (RELEASE_MONTH, _FAMILY, _PRODUCT, _SHA256,
     Column("edition", "int", "1 for the first issue of the release in the month, 2 for its re-issue, and so on", is_nullable=False, low=1),
     _IS_CURRENT, *_KNOWN, *_FACT,
     Column("value", "float", "the figure that holds: as printed, or as a decision corrects it; empty for a gap, and while an issue "
                              "withholds it", unit="see the column unit"),
     Column("decimals", "int", "its decimals", low=0, high=9),
     Column("printed_value", "float", "the figure as printed, also while it is withheld or corrected", unit="see the column unit"),
     Column("printed_decimals", "int", "decimals as printed", low=0, high=9),
     _UNIT, _ADJUSTED, _BASE_PERIOD, _FLAGS, _GAP, _HELD_BY,
     Column("corrected_value", "float", "the figure published instead, where a decision corrects it"),
     Column("corrected_decimals", "int", "its decimals", low=0, high=9), _TABLE, _LINE, _START, *_WHERE, _REFERENCE_MONTH,
     Column("release_number", "int", "1 for the first release of the family in the month, 2 for the next; empty in months built by "
                                     "earlier versions, which are one release", low=1)),
    key=("sha256", "series", "measure", "period"), upgraded=PRINTS_UPGRADED,
)  # fmt: skip

HISTORY = Table(
    "vintages", "history",
    "All prints of all months, numbered, with the days from and until which each was the current figure. One file, remade from the prints.",
    (*PRINTS.columns,
     Column("print", "int", "1 for the first print of the fact by its family, 2 for the next, and so on; 0 for the empty row of a "
                            "month not yet released", is_nullable=False, low=0),
     Column("is_first_published", "bool", "whether the print is known to be the first that was published of the fact: its document is "
                                          "the first that could print the period, and its first issue", is_nullable=False),
     Column("is_main", "bool", "false where another document of the family printed the fact on the same day and speaks for it",
            is_nullable=False),
     _text("valid_until", "day from which the next print is the current figure; empty for the latest; known_from is where it begins",
           pattern=_DAY_PATTERN)),
    key=("sha256", "series", "measure", "period"), is_partitioned=False, macros=MACROS,
)  # fmt: skip

_KINDS_OF_REVISION = ("deleted", "withdrawn", "added", "filled", "rebased", "changed", "rolled_off")
REVISIONS = Table(
    "vintages", "revisions",
    "What a release changed: each of its documents against the one of the same product before it; losses first.",
    (RELEASE_MONTH, _FAMILY, _PRODUCT, _SHA256,
     _text("former_release_month", "release month of the document compared with", is_nullable=False, pattern=_MONTH_PATTERN),
     _text("former_reference_month", "latest month that the document compared with prints", pattern=_MONTH_PATTERN),
     _text("former_sha256", "SHA-256 of the document compared with", is_nullable=False, pattern=r"[0-9a-f]{64}"),
     _text("kind", "deleted: printed no more; withdrawn: a gap instead; added; filled: a figure instead of a gap; rebased: on another "
                   "base; changed; rolled_off: before the first period of the document, or a year to date that gave way to the next",
           is_nullable=False, one_of=_KINDS_OF_REVISION),
     *_FACT, _UNIT,
     Column("old_value", "float", "the figure before"), Column("old_decimals", "int", "its decimals", low=0, high=9),
     Column("new_value", "float", "the figure now"), Column("new_decimals", "int", "its decimals", low=0, high=9),
     Column("revision", "float", "new less old, exactly", unit="see the column unit"),
     *(_text(f"{which}_held_by", f"issue that withholds the figure {when}", pattern=r"[0-9a-f]{12}")
       for which, when in (("old", "before"), ("new", "now"))),
     *(Column(f"is_{which}_corrected", "bool", f"whether a decision puts another figure in place of the one {when}", is_nullable=False)
       for which, when in (("old", "before"), ("new", "now"))),
     _text("flags", "printed flags of the new figure", is_nullable=False),
     _text("window", "what the publisher's policy says of a change there: monthly, quarterly, annual, outside; empty where none is "
                     "declared, or nothing was changed", one_of=("monthly", "quarterly", "annual", "outside")),
     _text("window_authority", "who says so: published, a publisher states it; inferred, none does", one_of=("published", "inferred")),
     _LINE, _START, *_WHERE, _REFERENCE_MONTH),
    key=("sha256", "series", "measure", "period"),
)  # fmt: skip

REVISION_FINDINGS = Table(
    "vintages", "revision_findings", "Revisions that the publisher's own rules do not explain; empty when all is well.",
    (RELEASE_MONTH, _FAMILY, _PRODUCT, _SHA256,
     _text("check", "the check that found it", is_nullable=False), *_FACT,
     _text("sentence", "what was found, for people", is_nullable=False),
     Column("old_value", "float", "the figure before"), Column("new_value", "float", "the figure now"), _LINE, _START, *_WHERE,
     _REFERENCE_MONTH),
    key=("sha256", "check", "series", "measure", "period"),
)  # fmt: skip


def _fraction(name: str, description: str) -> Column:
    """A share or a probability."""
    return Column(name, "float", description, low=0, high=1)


REVISION_STATISTICS = Table(
    "vintages", "revision_statistics",
    "How figures were revised after their first print, and what tests say of it, per series and horizon. See docs/revision-statistics.md.",
    (RELEASE_MONTH, _FAMILY, _SERIES, _MEASURE,
     _text("transform", "level: the figure; change_1_month: its change on the month before as the same release month knew it",
           is_nullable=False, one_of=("level", "change_1_month")),
     _text("horizon", "k: from the first print to print k+1; latest: from the first print to the latest one",
           is_nullable=False, pattern=r"[1-9]\d*|latest"),
     _text("unit", "unit of the figure; of a change percent, or the unit of the level where that can be negative. Revisions of "
                   "percent are in percentage points", is_nullable=False),
     Column("n", "int", "sample size: months with both prints, comparable", is_nullable=False, low=0),
     Column("n_first_print_unknown", "int", "months left out because the first print in the store is not the first that was published",
            is_nullable=False, low=0),
     Column("n_without_figure", "int", "months left out because a print, or the month before it, is a gap", is_nullable=False, low=0),
     Column("n_of_other_base", "int", "months left out because a print is on another base or in another unit", is_nullable=False, low=0),
     Column("mean_revision", "float", "mean of later less first print", unit="see the column unit"),
     Column("mean_absolute_revision", "float", "mean of its absolute amount", unit="see the column unit", low=0),
     Column("root_mean_square_revision", "float", "square root of the mean of its square", unit="see the column unit", low=0),
     _fraction("share_of_sign_changes", "share of months whose sign is the opposite one later; empty for levels that have none"),
     Column("hac_lags", "int", "lags of the robust covariance of the row's tests", low=0),
     Column("bias_t", "float", "t-statistic of the mean revision, with robust standard error"),
     _fraction("bias_p", "p-value of a mean revision of zero"),
     Column("mincer_zarnowitz_intercept", "float", "a of later = a + b * first", unit="see the column unit"),
     Column("mincer_zarnowitz_slope", "float", "b of later = a + b * first"),
     _fraction("mincer_zarnowitz_p", "p-value of a = 0 and b = 1 together"),
     _fraction("news_p", "p-value of a revision uncorrelated with the first print; small: it is not news"),
     _fraction("noise_p", "p-value of a revision uncorrelated with the later print; small: it is not noise"),
     Column("first_efficient_release", "int", "earliest print not rejected as efficient for the latest; only at horizon latest", low=1),
     Column("first_efficient_n", "int", "sample size of that test", low=0),
     _fraction("first_efficient_p", "p-value of that test"),
     _text("note", "why results are missing, as test: reason; empty for none", is_nullable=False), _OF_RELEASE),
    key=("family", "reference_month", "series", "measure", "transform", "horizon"),
)  # fmt: skip

_GANDS = tuple(
    column
    for flow in ("balance", "exports", "imports")
    for kind in ("total", "goods", "services")
    for column in _figure(f"{flow}_{kind}_musd", f"{flow}, {kind}", "million_usd", low=None if flow == "balance" else 0)
)
GOODS_AND_SERVICES = Table(
    "validated", "goods_and_services",
    "U.S. trade in goods and services, seasonally adjusted, balance-of-payments basis: months, years, year to date.",
    (RELEASE_MONTH, _KEY_PERIOD,
     _text("period_kind", "month, year or year_to_date", is_nullable=False, one_of=("month", "year", "year_to_date")),
     Column("is_revised", "bool", "whether the row carries the mark (R)", is_nullable=False), *_GANDS, _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "period"), family="ft900", source_tables=("goods_and_services",),
)  # fmt: skip

GOODS_ON_TWO_BASES = Table(
    "validated", "goods_on_two_bases",
    "U.S. trade in goods, not seasonally adjusted, on balance-of-payments and Census basis: months, years, year to date.",
    (RELEASE_MONTH, _KEY_PERIOD,
     _text("period_kind", "month, year or year_to_date", is_nullable=False, one_of=("month", "year", "year_to_date")),
     Column("is_revised", "bool", "whether the row carries the mark (R)", is_nullable=False),
     *_figure("balance_bop_musd", "balance, balance-of-payments basis", "million_usd"),
     *_figure("balance_census_musd", "balance, Census basis", "million_usd"),
     *_figure("exports_bop_musd", "exports, balance-of-payments basis", "million_usd", 0),
     *_figure("exports_adjustments_musd", "exports, net adjustments from Census to balance-of-payments basis", "million_usd"),
     *_figure("exports_census_musd", "exports, Census basis", "million_usd", 0),
     *_figure("imports_bop_musd", "imports, balance-of-payments basis", "million_usd", 0),
     *_figure("imports_adjustments_musd", "imports, net adjustments from Census to balance-of-payments basis", "million_usd"),
     *_figure("imports_census_musd", "imports, Census basis", "million_usd", 0), _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "period"), family="ft900", source_tables=("goods_on_two_bases",),
)  # fmt: skip

ANNUAL_CHANGES = Table(
    "validated", "annual_changes",
    "Changes of goods and services on the year before, as the annual workbook prints them on sheets of their own.",
    (RELEASE_MONTH, _SERIES, _LABEL, _text("period", "the later year", is_nullable=False, pattern=r"\d{4}"),
     *_figure("dollar_change_musd", "the year's figure less that of the year before", "million_usd"),
     *_figure("percent_change_pct", "change in percent of the year before; of a balance, in percent of its signed figure", "percent"),
     _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "series", "period"), family="ft900", source_tables=("annual_dollar_change", "annual_percent_change"),
)  # fmt: skip

FRED_OBSERVATIONS = Table(
    "validated", "fred_observations", "Series of U.S. trade as FRED offers them: months, and quarters, read as averages of their months.",
    (RELEASE_MONTH, _SERIES, _LABEL, _MEASURE, _KEY_PERIOD, *_figure("value_musd", "value of an amount", "million_usd"),
     *_figure("index", "value of a price index", "index", 0), _BASE_PERIOD, _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "series", "measure", "period"), family="fred", source_tables=("fred_observations",),
)  # fmt: skip

_PRICE_TABLES = (
    "imports_by_end_use", "exports_by_end_use", "imports_by_naics", "exports_by_naics", "imports_by_harmonized_system",
    "exports_by_harmonized_system", "imports_by_locality", "transportation_services",
)  # fmt: skip
PRICE_INDEXES = Table(
    "validated", "price_indexes", "BLS import and export price indexes, relative importances and changes, Tables 1 to 8.",
    (RELEASE_MONTH, _TABLE, _SERIES, _FLOW, _CLASSIFICATION, _CODE, _LABEL, _BASE_PERIOD,
     _text("period", "latest index month; other columns are named by their distance from it", is_nullable=False, pattern=_MONTH_PATTERN),
     *_figure("relative_importance_pct", "share in all imports or exports in the month before", "percent", 0, 100),
     *_figure("index_previous_month", "index one month earlier", "index", 0),
     *_figure("index_latest_month", "index of the period", "index", 0),
     *_figure("change_12_months_pct", "change on the same month a year earlier", "percent", -100),
     *_figure("change_month_minus_3_pct", "change in the month three months earlier", "percent", -100),
     *_figure("change_month_minus_2_pct", "change in the month two months earlier", "percent", -100),
     *_figure("change_month_minus_1_pct", "change in the month before", "percent", -100),
     *_figure("change_latest_month_pct", "change in the period", "percent", -100), _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "series"), family="mxp", source_tables=_PRICE_TABLES,
)  # fmt: skip

INDEX_LEVELS = Table(
    "validated", "index_levels", "BLS import and export price indexes by month, from BLS's series files.",
    (RELEASE_MONTH, _SERIES, _LABEL, _BASE_PERIOD, _text("period", "month", is_nullable=False, pattern=_MONTH_PATTERN),
     *_figure("index", "index", "index", 0), _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "series", "period"), family="mxp", source_tables=("index_series",),
)  # fmt: skip

PRICE_CHANGES = Table(
    "validated", "price_changes", "BLS Table A: percent changes of selected categories, twelve months back.",
    (RELEASE_MONTH, _KEY_PERIOD,
     Column("months", "int", "length of the change: 1 or 12", unit="months", is_nullable=False, low=1, high=12),
     *_figure("imports_all_pct", "all imports", "percent", -100),
     *_figure("imports_fuel_pct", "fuel imports", "percent", -100),
     *_figure("imports_nonfuel_pct", "nonfuel imports", "percent", -100),
     *_figure("exports_all_pct", "all exports", "percent", -100),
     *_figure("exports_agricultural_pct", "agricultural exports", "percent", -100),
     *_figure("exports_nonagricultural_pct", "nonagricultural exports", "percent", -100), _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "period"), family="mxp", source_tables=("price_changes",),
)  # fmt: skip

CHINA_TRADE_GROWTH = Table(
    "validated", "china_trade_growth", "Growth of U.S. trade with China, month on month and year to date.",
    (RELEASE_MONTH, _KEY_PERIOD,
     *_figure("exports_month_on_month_pct", "exports on the month before", "percent", -100),
     *_figure("imports_month_on_month_pct", "imports on the month before", "percent", -100),
     *_figure("exports_year_to_date_pct", "exports from January on the same months a year earlier", "percent", -100),
     *_figure("imports_year_to_date_pct", "imports from January on the same months a year earlier", "percent", -100),
     _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "period"), family="uscc", source_tables=("china_trade_growth",),
)  # fmt: skip

CHINA_TOP_FIVE = Table(
    "validated", "china_top_five", "Top five U.S. exports to and imports from China, month and year to date.",
    (RELEASE_MONTH, _SERIES, _text("flow", "exports or imports", is_nullable=False, one_of=("exports", "imports")),
     _CODE, _LABEL, _KEY_PERIOD,
     *_figure("value_musd", "value", "million_usd", 0),
     *_figure("share_pct", "share of the flow's total", "percent", 0, 100),
     *_figure("change_12_months_pct", "change on the same month a year earlier", "percent", -100), _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "series", "period"), family="uscc", source_tables=("china_top_five",),
)  # fmt: skip

CHINA_ADVANCED_TECHNOLOGY = Table(
    "validated", "china_advanced_technology", "U.S. trade with China in advanced technology products.",
    (RELEASE_MONTH, _text("period", "the month; year to date runs from January to it", is_nullable=False, pattern=_MONTH_PATTERN),
     _CODE, _LABEL,
     *_figure("exports_month_musd", "exports of the month", "million_usd", 0),
     *_figure("imports_month_musd", "imports of the month", "million_usd", 0),
     *_figure("balance_month_musd", "balance of the month", "million_usd"),
     *_figure("exports_year_to_date_musd", "exports, year to date", "million_usd", 0),
     *_figure("imports_year_to_date_musd", "imports, year to date", "million_usd", 0),
     *_figure("balance_year_to_date_musd", "balance, year to date", "million_usd"),
     *_figure("balance_year_earlier_to_date_musd", "balance of the same months a year earlier", "million_usd"),
     _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "label"), family="uscc", source_tables=("china_advanced_technology",),
)  # fmt: skip

CHINA_OUTBOUND_INVESTMENT = Table(
    "validated", "china_outbound_investment", "China's outbound non-financial investment, month and cumulative.",
    (RELEASE_MONTH, _KEY_PERIOD,
     *_figure("month_total_busd", "investment of the month", "billion_usd", 0),
     *_figure("month_reinvested_profits_busd", "of it re-investment of overseas profits", "billion_usd", 0),
     *_figure("month_first_time_busd", "of it first-time outbound investment", "billion_usd", 0),
     *_figure("cumulative_total_busd", "from January, or of the year", "billion_usd", 0),
     *_figure("cumulative_reinvested_profits_busd", "of it re-investment of overseas profits", "billion_usd", 0),
     *_figure("cumulative_first_time_busd", "of it first-time outbound investment", "billion_usd", 0),
     *_figure("cumulative_enterprises", "enterprises invested in", "count", 0), _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "period"), family="uscc", source_tables=("china_outbound_investment",),
)  # fmt: skip

CHINA_PURCHASING_MANAGER_SURVEYS = Table(
    "validated", "china_purchasing_manager_surveys", "How many companies China's purchasing-manager surveys ask.",
    (RELEASE_MONTH, _SERIES, _LABEL, *_figure("companies_surveyed", "companies surveyed", "count", 0), _GAPS, _CORRECTIONS, _OF_RELEASE),
    key=("reference_month", "series"), family="uscc", source_tables=("china_purchasing_manager_surveys",),
)  # fmt: skip

VALIDATED = (
    GOODS_AND_SERVICES, GOODS_ON_TWO_BASES, ANNUAL_CHANGES, PRICE_INDEXES, INDEX_LEVELS, PRICE_CHANGES, FRED_OBSERVATIONS,
    CHINA_TRADE_GROWTH, CHINA_TOP_FIVE, CHINA_ADVANCED_TECHNOLOGY, CHINA_OUTBOUND_INVESTMENT, CHINA_PURCHASING_MANAGER_SURVEYS,
)  # fmt: skip

_FLOW3 = _text("flow", "balance, exports or imports", is_nullable=False, one_of=("balance", "exports", "imports"))
_KIND = _text("kind", "total, goods or services", is_nullable=False, one_of=("total", "goods", "services"))


def _metric(name: str, description: str, unit: str) -> Column:
    return Column(name, "float", description, unit=unit)


TRADE_CHANGES = Table(
    "metrics", "trade_changes", "Goods and services by month: changes, three-month average, year to date.",
    (RELEASE_MONTH, _text("period", "month", is_nullable=False, pattern=_MONTH_PATTERN), _FLOW3, _KIND,
     _metric("value_musd", "the published figure", "million_usd"),
     _metric("change_1_month_musd", "value minus the value one month earlier", "million_usd"),
     _metric("change_1_month_pct", "change on the month before; not for balances", "percent"),
     _metric("change_12_months_musd", "value minus the value twelve months earlier", "million_usd"),
     _metric("change_12_months_pct", "change on the same month a year earlier; not for balances", "percent"),
     _metric("average_3_months_musd", "mean of the month and the two before it", "million_usd"),
     _metric("year_to_date_musd", "sum from January to the month", "million_usd"), _GAPS, _OF_RELEASE),
    key=("reference_month", "period", "flow", "kind"), family="ft900",
)  # fmt: skip

TRADE_RATIOS = Table(
    "metrics", "trade_ratios", "Ratios of exports and imports, by month, year and year to date.",
    (RELEASE_MONTH, _KEY_PERIOD,
     _metric("exports_to_imports_pct", "total exports as a percentage of total imports", "percent"),
     _metric("services_share_of_exports_pct", "services as a percentage of total exports", "percent"), _GAPS, _OF_RELEASE),
    key=("reference_month", "period"), family="ft900",
)  # fmt: skip

PRICE_CONTRIBUTIONS = Table(
    "metrics", "price_contributions", "Contribution of each End Use category to the change of all imports and all exports.",
    (RELEASE_MONTH, _text("period", "latest index month", is_nullable=False, pattern=_MONTH_PATTERN), _SERIES, _FLOW, _CODE, _LABEL,
     Column("is_top_level", "bool", "whether the category is one of those that add up to all commodities", is_nullable=False),
     _metric("relative_importance_pct", "share in the month before", "percent"),
     _metric("change_latest_month_pct", "published change in the period", "percent"),
     _metric("contribution_pct_points", "relative importance times change", "percentage points"), _GAPS, _OF_RELEASE),
    key=("reference_month", "series"), family="mxp",
)  # fmt: skip

PRICE_RATIOS = Table(
    "metrics", "price_ratios", "Export prices over import prices, all commodities. Our ratio, not a published terms-of-trade index.",
    (RELEASE_MONTH, _text("period", "index month", is_nullable=False, pattern=_MONTH_PATTERN),
     _metric("export_over_import_prices", "index of all exports over index of all imports, times 100; ours", "index"),
     _metric("change_1_month_pct", "change of the ratio on the month before; ours", "percent"), _GAPS, _OF_RELEASE),
    key=("reference_month", "period"), family="mxp",
)  # fmt: skip

FUEL_AND_NONFUEL = Table(
    "metrics", "fuel_and_nonfuel", "Import prices split into fuel and nonfuel.",
    (RELEASE_MONTH, _text("period", "latest index month", is_nullable=False, pattern=_MONTH_PATTERN),
     _text("component", "fuel or nonfuel", is_nullable=False, one_of=("fuel", "nonfuel")), _SERIES,
     _metric("relative_importance_pct", "share of all imports in the month before", "percent"),
     _metric("change_latest_month_pct", "published change in the period", "percent"),
     _metric("change_12_months_pct", "published change on a year earlier", "percent"),
     _metric("contribution_pct_points", "relative importance times change in the period", "percentage points"), _GAPS, _OF_RELEASE),
    key=("reference_month", "component"), family="mxp",
)  # fmt: skip

CHINA_BALANCES = Table(
    "metrics", "china_balances", "Trade balance with China by product group, and its share of the deficit in advanced technology.",
    (RELEASE_MONTH, _KEY_PERIOD,
     _text("classification", "top_five or advanced_technology", is_nullable=False, one_of=("top_five", "advanced_technology")),
     _text("group", "product group", is_nullable=False),
     _metric("exports_musd", "exports", "million_usd"),
     _metric("imports_musd", "imports", "million_usd"),
     _metric("balance_musd", "exports minus imports", "million_usd"),
     _metric("share_of_deficit_pct", "balance in percent of that of all advanced technology products; only for these", "percent"),
     _GAPS, _OF_RELEASE),
    key=("reference_month", "period", "classification", "group"), family="uscc",
)  # fmt: skip

METRIC_FIGURES = Table(
    "metrics", "figures", "Every metric of every series, from what the release month knew, with the interval that the print allows.",
    (RELEASE_MONTH, _FAMILY,
     _text("metric", "name of the metric; metrics.definitions has its formula", is_nullable=False),
     _text("series", "what the metric is of; of two series the one above the line; rounding: what printed parts miss", is_nullable=False),
     _KEY_PERIOD,
     Column("value", "float", "the metric, the float next to its exact value; empty for a gap", unit="see the column unit"),
     Column("low", "float", "least value that true figures can give that print as printed", unit="see the column unit"),
     Column("high", "float", "greatest such value", unit="see the column unit"),
     _text("unit", "unit of the value", is_nullable=False),
     _text("seasonal_adjustment", "seasonally adjusted or not, as the figures it is made of; mixed if they differ"),
     _BASE_PERIOD,
     _text("gap", "why there is no value, as reason: period of the operand, with its series if it is another one; ..."), _OF_RELEASE),
    key=("family", "reference_month", "metric", "series", "period"),
)  # fmt: skip

METRIC_DEFINITIONS = Table(
    "metrics", "definitions", "What each metric of metrics.figures is: formula, unit, whose, and what one must know of it.",
    (RELEASE_MONTH,
     *(_text(name, description, is_nullable=False) for name, description in (
         ("metric", "name of the metric"), ("formula", "v(m) is the figure of month m"),
         ("unit", "unit; where it is that of the figures, metrics.figures has it"),
         ("applies_to", "family, measure and series that have it"), ("seasonal_adjustment", "of the metric"),
         ("base", "base of the metric"), ("of_signed", "what a balance, whose sign may change, has"),
     )),
     _text("authority", "official: a line of the publisher's release states it so; ours", is_nullable=False, one_of=("official", "ours")),
     _text("source", "that line; of ours, what the formula rests on", is_nullable=False),
     _text("note", "what a reader must know", is_nullable=False)),
    key=("metric",),
)  # fmt: skip

REVISION_EXPLANATIONS = Table(
    "metrics", "revision_explanations", "What moved a headline that a release revised: each component's part, and what rounding left.",
    (RELEASE_MONTH, _FAMILY, _PRODUCT, _SHA256, _FLOW3, _KEY_PERIOD,
     _text("component", "goods or services of a flow, exports or imports of the balance; rounding: what is left, within what the print "
                        "allows; unexplained: what is left beyond that", is_nullable=False,
           one_of=("goods", "services", "exports", "imports", "rounding", "unexplained")),
     Column("total_revision", "float", "new less old total, exactly; 0 if only components moved; empty if an issue holds, or a decision "
                                       "corrects, one of the two", unit="see the column unit"),
     Column("contribution", "float", "the component's part, exactly; of imports to the balance with the sign turned; the parts add up",
            unit="see the column unit"),
     Column("share_pct", "float", "contribution in percent of the revision of the total; empty if that is 0", unit="percent"),
     _UNIT,
     _text("gap", "why there is no contribution: withheld_by_issue_<id>, corrected_by_decision, or what became of the figure; of what is "
                  "left, of which figures"),
     _text("sentence", "the explanation of the total, for people", is_nullable=False), _REFERENCE_MONTH),
    key=("sha256", "flow", "period", "component"),
)  # fmt: skip

REPRODUCED = Table(
    "metrics", "reproduced", "The derived figures that a release prints, by kind, and how many of them follow from other figures.",
    (RELEASE_MONTH, _FAMILY,
     _text("kind", "total, balance, year, year_to_date, share, average, change_1_month, change_on_year, …", is_nullable=False),
     Column("printed", "int", "facts of the kind of which a figure is printed", is_nullable=False, low=0),
     Column("reproduced", "int", "of them, those that follow to the print from figures of the release", is_nullable=False, low=0),
     Column("reproduced_from_vintages", "int", "of them, those that follow only from figures that were known from other documents",
            is_nullable=False, low=0),
     Column("consistent", "int", "of them, those that only an interval bears on, and lie in it", is_nullable=False, low=0),
     Column("not_evaluable", "int", "of them, those of which an operand is not known, or may have been revised", is_nullable=False, low=0),
     Column("exceptions", "int", "of them, those that contradict their operands in the document", is_nullable=False, low=0),
     Column("exceptions_from_vintages", "int", "of them, those that contradict final figures of other documents", is_nullable=False, low=0),
     _text("identities", "the identities that reproduce the kind; empty for none", is_nullable=False),
     _text("issues", "the issues behind the exceptions; empty for none", is_nullable=False),
     _text("open_issues", "those of them that are neither decided nor gone; empty for none", is_nullable=False), _OF_RELEASE),
    key=("family", "reference_month", "kind"),
)  # fmt: skip

METRICS = (TRADE_CHANGES, TRADE_RATIOS, PRICE_CONTRIBUTIONS, PRICE_RATIOS, FUEL_AND_NONFUEL, CHINA_BALANCES)
"""The metrics of single families, each computed from the wide tables of its documents."""

VINTAGE_METRICS = (METRIC_FIGURES, METRIC_DEFINITIONS, REVISION_EXPLANATIONS, REPRODUCED)
"""The metrics over all that a release month knew."""

PARSED = (CELLS, ROWS, SERIES, UNREAD, *FACTS.values())

PROOF = (VERDICTS, VIOLATIONS, IN_DOUBT, ISSUES, SUSPECTS, CORRECTIONS)
"""What proving a document gives, in the order of ``trade_assets.review.proof.Proof``."""

REVIEW = (ISSUES, SUSPECTS, DECISIONS, CORRECTIONS, REPORTS)

VINTAGES = (PRINTS, REVISIONS, REVISION_FINDINGS, REVISION_STATISTICS)

ALL_TABLES = (DOCUMENTS, *PARSED, VERDICTS, VIOLATIONS, IN_DOUBT, *REVIEW, PUBLICATION, *VALIDATED, *VINTAGES, *METRICS, *VINTAGE_METRICS)
"""The tables that have a partition per release month: the assets."""

CATALOGUE = (*ALL_TABLES, HISTORY)
"""All tables that people query."""
