"""What proving a document gives, what people decide on it, and what a publication should be."""

from __future__ import annotations

from trade_assets.facts import columns as c
from trade_assets.facts.schemas import Column, Table

_ISSUE = c.text("issue", "id of the issue: its root cause in review.issues", is_nullable=False, pattern=r"[0-9a-f]{12}")

VERDICTS = Table(
    "validated",
    "verdicts",
    "The scoreboard: how often each identity held, was violated, or could not be evaluated.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.SHA256,
        c.text("identity", "name of the identity, a true statement about good data", is_nullable=False),
        Column("holds", "int", "places where it holds within rounding", is_nullable=False, low=0),
        Column("violated", "int", "places where rounding cannot explain the gap", is_nullable=False, low=0),
        Column("not_evaluable", "int", "places where an operand is missing", is_nullable=False, low=0),
        c.REFERENCE_MONTH,
    ),
    key=("sha256", "identity"),
    kept_with="review.issues",
)

IN_DOUBT = Table(
    "validated",
    "in_doubt",
    "Figures withheld from the validated tables, with reason and place; empty when all is well.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.SHA256,
        c.TABLE,
        c.COLUMN,
        c.SERIES,
        c.MEASURE,
        c.PERIOD,
        c.text("text", "the mark as printed", is_nullable=False),
        c.VALUE,
        c.DECIMALS,
        c.LINE,
        c.START,
        c.END,
        c.text("identities", "the violated identities that the figure takes part in, with gap and allowance", is_nullable=False),
        _ISSUE,
        c.ROW,
        *c.WHERE,
        c.REFERENCE_MONTH,
    ),
    key=("sha256", "line", "start"),
    kept_with="review.issues",
)

VIOLATIONS = Table(
    "validated",
    "violations",
    "Every violated identity with its cells, and every one that determines a dash; empty when all is well.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.SHA256,
        c.text("identity", "name of the identity", is_nullable=False),
        Column("place", "int", "number of the violated place in its document, from 0", is_nullable=False, low=0),
        c.text("gap", "how far the cells miss the identity, in their unit; of a dash that they determine, the figure", is_nullable=False),
        c.text("allowed", "how far rounding alone could make them miss it", is_nullable=False),
        Column("is_total", "bool", "whether the cell is the total, or the percent change, of the identity", is_nullable=False),
        _ISSUE,
        c.TABLE,
        c.SERIES,
        c.MEASURE,
        c.PERIOD,
        c.text("text", "the mark as printed", is_nullable=False),
        c.LINE,
        c.START,
        c.END,
        *c.WHERE,
        c.REFERENCE_MONTH,
    ),
    key=("sha256", "place", "line", "start"),
    kept_with="review.issues",
)

UNJUDGED = "the document could not be judged"
"""The pattern of an issue behind which there is no violated identity, but an error of the judge."""

ISSUES = Table(
    "review",
    "issues",
    "One row per root cause behind violated identities, and those that a later document no longer shows.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.SHA256,
        _ISSUE,
        c.text(
            "state",
            "new: first shown by this document; open: shown by an earlier one of the month too, or decided once and "
            "open again; decided; gone: no longer shown",
            is_nullable=False,
            one_of=("new", "open", "decided", "gone"),
        ),
        c.text("decision", "the decision in force, in one sentence"),
        c.text("history", "all that was decided on it, oldest first, and why the last decision is in force no more"),
        c.text("why_not", "why the last decision is in force no more; empty while one is, without any, and where somebody reopened it"),
        c.text(
            "certainty",
            "certain: exactly one cell can be the wrong one; likely: one stands out; ambiguous: several may be",
            is_nullable=False,
            one_of=("certain", "likely", "ambiguous"),
        ),
        Column("rank", "int", "1 to look at first: certainty of the error times effect on the headlines", is_nullable=False, low=1),
        Column("effect", "float", "largest relative change of a headline figure; at least 1 if a sign flips or if it is unknown", low=0),
        c.text("consequences", "what would change in the headline figures"),
        c.text("title", "the issue in one sentence", is_nullable=False),
        c.text("pattern", "what happened to several cells at once, such as a shifted row"),
        c.text("marked_line", "the document's line around the likeliest wrong cells, which stand between » and «"),
        c.LINE,
        Column("last_line", "int", "last line of the likeliest wrong cells; line is the first", low=1),
        c.text("where", "the first of the likeliest wrong cells as people find it: line 247, B8, page 1", is_nullable=False),
        Column("violated", "int", "violated identities that it is behind; 0 if the document could not be judged", is_nullable=False, low=0),
        Column("suspects", "int", "cells that may be wrong", is_nullable=False, low=0),
        Column("withheld", "int", "figures that it withholds", is_nullable=False, low=0),
        Column("is_cut", "bool", "whether the search for the wrong cell was cut", is_nullable=False),
        c.REFERENCE_MONTH,
    ),
    key=("family", "issue"),
)

SUSPECTS = Table(
    "review",
    "suspects",
    "The cells that may be wrong, ranked within their issue; empty when all is well.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.SHA256,
        _ISSUE,
        Column("rank", "int", "1 for the likeliest", is_nullable=False, low=1),
        c.SERIES,
        c.MEASURE,
        c.PERIOD,
        c.text("text", "the mark as printed", is_nullable=False),
        c.LINE,
        c.START,
        c.END,
        *c.WHERE,
        c.text("proposal", "what it probably should read; never applied by itself"),
        c.text("slip", "the slip that would turn the proposal into the print"),
        c.text("low", "lowest value that satisfies all its identities; empty for no bound"),
        c.text("high", "highest value that satisfies all its identities; empty for no bound"),
        Column("explains", "int", "violated identities of the issue that it takes part in", is_nullable=False, low=0),
        Column("is_withheld", "bool", "whether the figure is withheld", is_nullable=False),
        c.REFERENCE_MONTH,
    ),
    key=("issue", "rank"),
    kept_with="review.issues",
)

DECISIONS = Table(
    "review",
    "decisions",
    "Every entry of every decision file of the month: who decided what, when, why, and what came of it.",
    (
        c.RELEASE_MONTH,
        _ISSUE,
        Column("entry", "int", "number of the entry in the issue's file, from 1", is_nullable=False, low=1),
        c.text("action", "what was decided", is_nullable=False, one_of=("accept", "correct", "withhold", "reopen")),
        c.text("reason", "why", is_nullable=False),
        c.text("reviewer", "who decided", is_nullable=False),
        c.text("decided_on", "day of the decision", is_nullable=False, pattern=r"\d{4}-\d\d-\d\d"),
        c.text("expires_on", "day from which it is in force no more", pattern=r"\d{4}-\d\d-\d\d"),
        c.text("told_publisher_on", "day on which the publisher was told", pattern=r"\d{4}-\d\d-\d\d"),
        c.text("publisher_answer", "what the publisher answered"),
        c.text("cells", "the cells decided on: line, printed text, corrected text", is_nullable=False),
        Column("is_in_force", "bool", "whether it decides the issue today", is_nullable=False),
        c.text("why_not", "why it is in force no more"),
        c.text("effect", "what changed in the published tables because of it"),
        c.text("sha256", "SHA-256 of the document that it was decided on", is_nullable=False),
        c.PATH,
    ),
    key=("issue", "entry"),
    kept_with="review.issues",
)

CORRECTIONS = Table(
    "review",
    "corrections",
    "Every corrected figure: what is printed, what is published instead, and by which issue's decision.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.SHA256,
        _ISSUE,
        c.TABLE,
        c.COLUMN,
        c.SERIES,
        c.MEASURE,
        c.PERIOD,
        c.text("text", "the mark as printed", is_nullable=False),
        c.VALUE,
        c.DECIMALS,
        c.text("corrected_text", "the figure published instead, as decided", is_nullable=False),
        Column("corrected_value", "float", "the figure published instead", is_nullable=False),
        Column("corrected_decimals", "int", "its decimals", is_nullable=False, low=0, high=9),
        c.LINE,
        c.START,
        c.END,
        *c.WHERE,
        c.REFERENCE_MONTH,
    ),
    key=("sha256", "line", "start"),
    kept_with="review.issues",
)

REPORTS = Table(
    "review",
    "reports",
    "The report page of the month, and the month in a few numbers.",
    (
        c.RELEASE_MONTH,
        c.text("page", "the page within the data root", is_nullable=False),
        c.text("documents", "titles of the documents that were read, a line each", is_nullable=False),
        *(
            Column(name, "int", description, is_nullable=False, low=0)
            for name, description in (
                ("figures", "figures and marks for missing ones"),
                ("holds", "identities that hold"),
                ("violated", "violated identities"),
                ("not_evaluable", "identities of which an operand is missing"),
                ("open_issues", "issues that wait for a decision"),
                ("decided_issues", "decided issues"),
                ("withheld", "withheld figures"),
                ("unread", "documents that could not be read"),
                ("awaited", "releases that should be there by now"),
            )
        ),
    ),
    key=("release_month",),
)

PUBLICATION = Table(
    "validated",
    "publication",
    "Each series of a publication against what a publication should be.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.SERIES,
        c.text("measure", "value, index, …; empty for a series that is not there"),
        Column("months_long", "int", "length of the period; 0 for year to date and for undated figures", unit="months", low=0, high=12),
        c.text("first", "first period, as its last month"),
        c.text("last", "latest period with a figure, as its last month"),
        Column("missing_months", "int", "months absent between the first and the last", low=0),
        Column("latest_value", "float", "the latest figure"),
        Column("earlier_observations", "int", "observations before it that earlier vintages or the catalogue know", low=0),
        Column("low", "float", "least of them"),
        Column("high", "float", "greatest of them"),
        Column("beyond_range", "float", "how far the latest figure lies beyond their range, widened by their largest step", low=0),
        c.text("contradiction", "what the figures are, where they are neither those of earlier vintages nor revisions of them"),
        c.text(
            "status",
            "what the expectations say",
            is_nullable=False,
            one_of=("as_expected", "beyond_range", "months_missing", "series_missing", "contradicted", "not_evaluable"),
        ),
        c.OF_RELEASE,
    ),
    key=("family", "reference_month", "series", "measure", "months_long"),
)
