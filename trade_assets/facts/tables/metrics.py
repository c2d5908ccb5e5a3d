"""The metrics over all that a release month knew; those of single families are declared with them."""

from __future__ import annotations

from dataclasses import replace

from trade_assets.facts import columns as c
from trade_assets.facts.metric_states import macros_of_figures, shown
from trade_assets.facts.schemas import Column, Table

_METRIC = c.text("metric", "name of the metric; metrics.definitions has its formula", is_nullable=False)
_SERIES = c.text(
    "series", "what the metric is of; of two series the one above the line; rounding: what printed parts miss", is_nullable=False
)
_UNIT = c.text("unit", "unit of the value", is_nullable=False)
_FIGURE = (
    Column("value", "float", "the metric, the float next to its exact value; empty for a gap", unit="see the column unit"),
    Column("low", "float", "least value that true figures can give that print as printed", unit="see the column unit"),
    Column("high", "float", "greatest such value", unit="see the column unit"),
    _UNIT,
    c.text("seasonal_adjustment", "seasonally adjusted or not, as the figures it is made of; mixed if they differ"),
    c.BASE_PERIOD,
    c.text("gap", "why there is no value, as reason: period of the operand, with its series if it is another one; ..."),
)
_HASH = r"(?:[0-9a-f]{64})?"

METRIC_CHANGES = Table(
    "metrics",
    "changes",
    "What each release changed in the metrics of its family, as metrics.figures shows them; and each release, as a row of its own.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.text(
            "kind",
            "state: a release, after which the metrics of the family are as all rows until there leave them; changed: the metric is so "
            "from the release on; gone: there is no such metric from there on",
            is_nullable=False,
            one_of=("state", "changed", "gone"),
        ),
        Column(
            "number",
            "int",
            "1 for the first state of the family in the month, 2 for the next; 0 for none, where it only has what later months rest on",
            is_nullable=False,
            low=0,
        ),
        Column(
            "is_restored",
            "bool",
            "whether the row holds from the next month on only, which was made of other metrics than the month has now",
            is_nullable=False,
        ),
        replace(_METRIC, description=f"{_METRIC.description}; empty in that of a state"),
        replace(_SERIES, description=f"{_SERIES.description}; empty in that of a state"),
        c.text("period", "reference period; empty in that of a state", is_nullable=False, pattern=rf"(?:{c.PERIOD_PATTERN})?"),
        *(replace(column, is_nullable=True) for column in _FIGURE),
        c.OF_RELEASE,
        c.text("known_from", "of a state: day from which all that it is made of counts as known", pattern=c.DAY_PATTERN),
        Column(
            "is_release",
            "bool",
            "of a state: whether the family has a release in the month; else its last one is an earlier one; false in other rows",
            is_nullable=False,
        ),
        c.text("rests_on", "of a state: SHA-256 of the metrics that the month's changes are changes of; empty for none", pattern=_HASH),
        c.text("leaves", "of a state: SHA-256 of the metrics after the month's last release; empty for none", pattern=_HASH),
        c.text("restores", "of a state: SHA-256 of the metrics with the month's restored rows; empty for none", pattern=_HASH),
    ),
    key=("family", "number", "is_restored", "metric", "series", "period"),
    kept_with="metrics.figures",
)

_OF_FIGURES = (c.RELEASE_MONTH, c.FAMILY, _METRIC, _SERIES, c.KEY_PERIOD, *_FIGURE, c.OF_RELEASE)
METRIC_FIGURES = Table(
    "metrics",
    "figures",
    "Every metric of every series, from what the release month knew, with the interval that the print allows.",
    _OF_FIGURES,
    key=("family", "reference_month", "metric", "series", "period"),
    over=METRIC_CHANGES,
    shown=shown(_OF_FIGURES),
    macros=macros_of_figures(_OF_FIGURES),
)

METRIC_DEFINITIONS = Table(
    "metrics",
    "definitions",
    "What each metric of metrics.figures is: formula, unit, whose, and what one must know of it.",
    (
        c.RELEASE_MONTH,
        *(
            c.text(name, description, is_nullable=False)
            for name, description in (
                ("metric", "name of the metric"),
                ("formula", "v(m) is the figure of month m"),
                ("unit", "unit; where it is that of the figures, metrics.figures has it"),
                ("applies_to", "family, measure and series that have it"),
                ("seasonal_adjustment", "of the metric"),
                ("base", "base of the metric"),
                ("of_signed", "what a balance, whose sign may change, has"),
            )
        ),
        c.text(
            "authority", "official: a line of the publisher's release states it so; ours", is_nullable=False, one_of=("official", "ours")
        ),
        c.text("source", "that line; of ours, what the formula rests on", is_nullable=False),
        c.text("note", "what a reader must know", is_nullable=False),
    ),
    key=("metric",),
    kept_with="metrics.figures",
)

REVISION_EXPLANATIONS = Table(
    "metrics",
    "revision_explanations",
    "What moved a headline that a release revised: each component's part, and what rounding left.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.PRODUCT,
        c.SHA256,
        c.FLOW3,
        c.KEY_PERIOD,
        c.text(
            "component",
            "goods or services of a flow, exports or imports of the balance; rounding: what is left, within what the print "
            "allows; unexplained: what is left beyond that",
            is_nullable=False,
            one_of=("goods", "services", "exports", "imports", "rounding", "unexplained"),
        ),
        Column(
            "total_revision",
            "float",
            "new less old total, exactly; 0 if only components moved; empty if an issue holds, or a decision corrects, one of the two",
            unit="see the column unit",
        ),
        Column(
            "contribution",
            "float",
            "the component's part, exactly; of imports to the balance with the sign turned; the parts add up",
            unit="see the column unit",
        ),
        Column("share_pct", "float", "contribution in percent of the revision of the total; empty if that is 0", unit="percent"),
        c.UNIT,
        c.text(
            "gap",
            "why there is no contribution: withheld_by_issue_<id>, corrected_by_decision, or what became of the figure; of what is "
            "left, of which figures",
        ),
        c.text("sentence", "the explanation of the total, for people", is_nullable=False),
        c.REFERENCE_MONTH,
    ),
    key=("sha256", "flow", "period", "component"),
    kept_with="metrics.figures",
)

REPRODUCED = Table(
    "metrics",
    "reproduced",
    "The derived figures that a release prints, by kind, and how many of them follow from other figures.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.text("kind", "total, balance, year, year_to_date, share, average, change_1_month, change_on_year, …", is_nullable=False),
        Column("printed", "int", "facts of the kind of which a figure is printed", is_nullable=False, low=0),
        Column("reproduced", "int", "of them, those that follow to the print from figures of the release", is_nullable=False, low=0),
        Column(
            "reproduced_from_vintages",
            "int",
            "of them, those that follow only from figures that were known from other documents",
            is_nullable=False,
            low=0,
        ),
        Column("consistent", "int", "of them, those that only an interval bears on, and lie in it", is_nullable=False, low=0),
        Column(
            "not_evaluable", "int", "of them, those of which an operand is not known, or may have been revised", is_nullable=False, low=0
        ),
        Column("exceptions", "int", "of them, those that contradict their operands in the document", is_nullable=False, low=0),
        Column(
            "exceptions_from_vintages", "int", "of them, those that contradict final figures of other documents", is_nullable=False, low=0
        ),
        c.text("identities", "the identities that reproduce the kind; empty for none", is_nullable=False),
        c.text("issues", "the issues behind the exceptions; empty for none", is_nullable=False),
        c.text("open_issues", "those of them that are neither decided nor gone; empty for none", is_nullable=False),
        c.OF_RELEASE,
    ),
    key=("family", "reference_month", "kind"),
    kept_with="metrics.figures",
)
