"""The documents, and what they print."""

from __future__ import annotations

from trade_assets.facts import columns as c
from trade_assets.facts.families import families
from trade_assets.facts.schemas import Column, Table

DOCUMENTS = Table(
    "raw",
    "documents",
    "The documents of the release month: manifest of the bytes kept as received.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.text("publisher", "who published it", is_nullable=False),
        c.text("title", "its title", is_nullable=False),
        c.PRODUCT,
        c.REFERENCE_MONTH,
        c.text("published_date", "day of publication where it is stated", pattern=c.DAY_PATTERN),
        c.text("seen_on", "a day on which it was seen to be published", pattern=c.DAY_PATTERN),
        *c.KNOWN,
        c.text(
            "release_month_from",
            "what the release month was taken from",
            is_nullable=False,
            one_of=("document", "sidecar", "option", "file_name"),
        ),
        c.text("part", "which part of a received file of several documents it is; empty where the file is the document"),
        c.text("received_sha256", "SHA-256 of that file, as it was received", pattern=r"[0-9a-f]{64}"),
        c.text("source", "where the publisher offers it", is_nullable=False),
        c.IS_CURRENT,
        c.SHA256,
        Column("size_bytes", "int", "size", unit="bytes", is_nullable=False, low=1),
        c.PATH,
    ),
    key=("sha256",),
)

UNREAD = Table(
    "parsed",
    "unread",
    "Documents that could not be read, with the place and what to do; empty when all is well.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.IS_CURRENT,
        c.SHA256,
        c.PATH,
        c.LINE,
        c.text("expected", "what the reader was looking for", is_nullable=False),
        c.text("found", "what stood there", is_nullable=False),
        c.text("todo", "what to do about it", is_nullable=False),
    ),
    key=("sha256",),
    kept_with="parsed.cells",
)

CELLS = Table(
    "parsed",
    "cells",
    "Every printed figure and mark, located, of every document of the month.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.IS_CURRENT,
        c.SHA256,
        c.TABLE,
        c.ROW,
        c.COLUMN,
        c.SERIES,
        c.MEASURE,
        c.PERIOD,
        c.VALUE,
        c.DECIMALS,
        c.UNIT,
        c.FLAGS,
        c.GAP,
        c.LINE,
        c.START,
        c.END,
        c.text("text", "the mark exactly as printed, flag and unit sign included", is_nullable=False),
        *c.WHERE,
        c.PRODUCT,
        c.REFERENCE_MONTH,
    ),
    key=("sha256", "line", "start"),
)

ROWS = Table(
    "parsed",
    "rows",
    "Every printed row of a table, also those without figures.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.IS_CURRENT,
        c.SHA256,
        c.TABLE,
        c.ROW,
        c.LINE,
        c.LABEL,
        c.PERIOD,
        c.text("series", "the series of the row where the row has one"),
        c.text("gap", "why the row has no figures", one_of=("not_published", "not_yet_released", "suppressed")),
        c.PRODUCT,
        c.REFERENCE_MONTH,
    ),
    key=("sha256", "row"),
    kept_with="parsed.cells",
)

SERIES = Table(
    "parsed",
    "series",
    "The series that the documents print, as they describe them.",
    (
        c.RELEASE_MONTH,
        c.FAMILY,
        c.IS_CURRENT,
        c.SHA256,
        c.SERIES,
        c.FLOW,
        c.CLASSIFICATION,
        c.CODE,
        c.LABEL,
        c.BASE_PERIOD,
        c.UNIT,
        c.text("seasonal_adjustment", "seasonally adjusted or not, where stated"),
        c.text("basis", "basis of valuation, where stated"),
        c.PRODUCT,
        c.REFERENCE_MONTH,
        Column(
            "known_figures",
            "int",
            "figures that the file prints and that are known of the series from elsewhere, where only its name "
            "describes it; 0: its unit, base, adjustment and frequency are unproven; empty where the document itself states them",
            low=0,
        ),
        Column("agreeing_figures", "int", "those of them that lie where another vintage may print them", low=0),
    ),
    key=("sha256", "series"),
    kept_with="parsed.cells",
)


def _facts(family: str, what: str) -> Table:
    return Table(
        "parsed",
        family,
        f"{what}: every fact that the current documents print, tidy; missing ones with their reason.",
        (
            c.RELEASE_MONTH,
            c.SHA256,
            c.TABLE,
            c.ROW,
            c.COLUMN,
            c.LABEL,
            c.SERIES,
            c.FLOW,
            c.CLASSIFICATION,
            c.CODE,
            c.BASE_PERIOD,
            c.MEASURE,
            c.PERIOD,
            c.VALUE,
            c.DECIMALS,
            c.UNIT,
            c.FLAGS,
            c.GAP,
            c.LINE,
            c.START,
            c.END,
            c.TEXT,
            c.text("row_period", "the period of the printed row where the row has one", pattern=c.PERIOD_PATTERN),
            c.text("series_label", "label of the series, without footnote marks", is_nullable=False),
            *c.WHERE,
            c.PRODUCT,
            c.OF_RELEASE,
        ),
        key=("sha256", "table", "row", "column", "period", "series"),
        family=family,
    )


FACTS = {family.name: _facts(family.name, family.title) for family in families().values() if "tables" not in family.without}
"""The facts of each family that prints any."""
