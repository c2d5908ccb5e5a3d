"""What was known when, and what releases revised."""

from __future__ import annotations

from trade_assets.facts import columns as c
from trade_assets.facts.macros import PRINTS_UPGRADED, macros_of_history
from trade_assets.facts.schemas import Column, Table

_FACT = (c.SERIES, c.MEASURE, c.PERIOD)
_ADJUSTED = c.text("seasonal_adjustment", "seasonally adjusted or not, where stated")
_HELD_BY = c.text("held_by", "issue that withholds the figure", pattern=r"[0-9a-f]{12}")

PRINTS = Table(
    "vintages",
    "prints",
    "Every fact as each document of the month published it, re-issues too: the memory of what was known when.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.PRODUCT,
        c.SHA256,
        Column(
            "edition", "int", "1 for the first issue of the release in the month, 2 for its re-issue, and so on", is_nullable=False, low=1
        ),
        c.IS_CURRENT,
        *c.KNOWN,
        *_FACT,
        Column(
            "value",
            "float",
            "the figure that holds: as printed, or as a decision corrects it; empty for a gap, and while an issue withholds it",
            unit="see the column unit",
        ),
        Column("decimals", "int", "its decimals", low=0, high=9),
        Column("printed_value", "float", "the figure as printed, also while it is withheld or corrected", unit="see the column unit"),
        Column("printed_decimals", "int", "decimals as printed", low=0, high=9),
        c.UNIT,
        _ADJUSTED,
        c.BASE_PERIOD,
        c.FLAGS,
        c.GAP,
        _HELD_BY,
        Column("corrected_value", "float", "the figure published instead, where a decision corrects it"),
        Column("corrected_decimals", "int", "its decimals", low=0, high=9),
        c.TABLE,
        c.LINE,
        c.START,
        *c.WHERE,
        c.REFERENCE_MONTH,
        Column(
            "release_number",
            "int",
            "1 for the first release of the family in the month, 2 for the next; empty in months built by "
            "earlier versions, which are one release",
            low=1,
        ),
    ),
    key=("sha256", "series", "measure", "period"),
    upgraded=PRINTS_UPGRADED,
)

_OF_HISTORY = (
    *PRINTS.columns,
    Column(
        "print",
        "int",
        "1 for the first print of the fact by its family, 2 for the next, and so on; 0 for the empty row of a month not yet released",
        is_nullable=False,
        low=0,
    ),
    Column(
        "is_first_published",
        "bool",
        "whether the print is known to be the first that was published of the fact: its document is "
        "the first that could print the period, and its first issue",
        is_nullable=False,
    ),
    Column(
        "is_main",
        "bool",
        "false where another document of the family printed the fact on the same day and speaks for it",
        is_nullable=False,
    ),
    c.text(
        "valid_until",
        "day from which the next print is the current figure; empty for the latest; known_from is where it begins",
        pattern=c.DAY_PATTERN,
    ),
)
HISTORY = Table(
    "vintages",
    "history",
    "All prints of all months, numbered, with the days from and until which each was the current figure. In parts, by year of release.",
    _OF_HISTORY,
    key=("sha256", "series", "measure", "period"),
    is_partitioned=False,
    macros=macros_of_history(_OF_HISTORY),
)

_KINDS_OF_REVISION = ("deleted", "withdrawn", "added", "filled", "rebased", "changed", "rolled_off")
REVISIONS = Table(
    "vintages",
    "revisions",
    "What a release changed: each of its documents against the one of the same product before it; losses first.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.PRODUCT,
        c.SHA256,
        c.text("former_release_month", "release month of the document compared with", is_nullable=False, pattern=c.MONTH_PATTERN),
        c.text("former_reference_month", "latest month that the document compared with prints", pattern=c.MONTH_PATTERN),
        c.text("former_sha256", "SHA-256 of the document compared with", is_nullable=False, pattern=r"[0-9a-f]{64}"),
        c.text(
            "kind",
            "deleted: printed no more; withdrawn: a gap instead; added; filled: a figure instead of a gap; rebased: on another "
            "base; changed; rolled_off: before the first period of the document, or a year to date that gave way to the next",
            is_nullable=False,
            one_of=_KINDS_OF_REVISION,
        ),
        *_FACT,
        c.UNIT,
        Column("old_value", "float", "the figure before"),
        Column("old_decimals", "int", "its decimals", low=0, high=9),
        Column("new_value", "float", "the figure now"),
        Column("new_decimals", "int", "its decimals", low=0, high=9),
        Column("revision", "float", "new less old, exactly", unit="see the column unit"),
        *(
            c.text(f"{which}_held_by", f"issue that withholds the figure {when}", pattern=r"[0-9a-f]{12}")
            for which, when in (("old", "before"), ("new", "now"))
        ),
        *(
            Column(f"is_{which}_corrected", "bool", f"whether a decision puts another figure in place of the one {when}", is_nullable=False)
            for which, when in (("old", "before"), ("new", "now"))
        ),
        c.text("flags", "printed flags of the new figure", is_nullable=False),
        c.text(
            "window",
            "what the publisher's policy says of a change there: monthly, quarterly, annual, outside; empty where none is "
            "declared, or nothing was changed",
            one_of=("monthly", "quarterly", "annual", "outside"),
        ),
        c.text("window_authority", "who says so: published, a publisher states it; inferred, none does", one_of=("published", "inferred")),
        c.LINE,
        c.START,
        *c.WHERE,
        c.REFERENCE_MONTH,
    ),
    key=("sha256", "series", "measure", "period"),
)

REVISION_FINDINGS = Table(
    "vintages",
    "revision_findings",
    "Revisions that the publisher's own rules do not explain; empty when all is well.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.PRODUCT,
        c.SHA256,
        c.text("check", "the check that found it", is_nullable=False),
        *_FACT,
        c.text("sentence", "what was found, for people", is_nullable=False),
        Column("old_value", "float", "the figure before"),
        Column("new_value", "float", "the figure now"),
        c.LINE,
        c.START,
        *c.WHERE,
        c.REFERENCE_MONTH,
    ),
    key=("sha256", "check", "series", "measure", "period"),
    kept_with="vintages.revisions",
)


def _fraction(name: str, description: str) -> Column:
    """A share or a probability."""
    return Column(name, "float", description, low=0, high=1)


REVISION_STATISTICS = Table(
    "vintages",
    "revision_statistics",
    "How figures were revised after their first print, and what tests say of it, per series and horizon. See docs/revision-statistics.md.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.SERIES,
        c.MEASURE,
        c.text(
            "transform",
            "level: the figure; change_1_month: its change on the month before as the same release month knew it",
            is_nullable=False,
            one_of=("level", "change_1_month"),
        ),
        c.text(
            "horizon",
            "k: from the first print to print k+1; latest: from the first print to the latest one",
            is_nullable=False,
            pattern=r"[1-9]\d*|latest",
        ),
        c.text(
            "unit",
            "unit of the figure; of a change percent, or the unit of the level where that can be negative. Revisions of "
            "percent are in percentage points",
            is_nullable=False,
        ),
        Column("n", "int", "sample size: months with both prints, comparable", is_nullable=False, low=0),
        Column(
            "n_first_print_unknown",
            "int",
            "months left out because the first print in the store is not the first that was published",
            is_nullable=False,
            low=0,
        ),
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
        c.text("note", "why results are missing, as test: reason; empty for none", is_nullable=False),
        c.OF_RELEASE,
    ),
    key=("family", "reference_month", "series", "measure", "transform", "horizon"),
    kept_with="vintages.revisions",
)
