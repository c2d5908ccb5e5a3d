"""What each document of a release month printed, fact by fact, with what was withheld and corrected: one month's memory."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from trade_assets.documents.parse import Parsed
from trade_assets.documents.store import Document, release_numbers
from trade_assets.facts.frames import conform, tidy, together
from trade_assets.facts.tables import FACTS, PRINTS

FACT = ["series", "measure", "period"]
FIGURE = ("value", "decimals")


def prints_of(parsed: Parsed, documents: Sequence[tuple[Document, bool]], doubt: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """The prints of a month: one row per document and fact, of current documents and of those re-issued since.

    A fact that a document prints twice is one print: a figure that is not withheld, the most precise, and the first of these; a
    withheld figure rather than a gap, which would hide the doubt.

    Args:
        parsed: the month's parsed tables.
        documents: the month's documents, those of one release in the order in which they appeared.
        doubt: by the schema ``validated.in_doubt``, of replaced documents too.
        corrections: by the schema ``review.corrections``.
    """
    frames, editions = [], dict[tuple[str, str, str], int]()
    numbers = release_numbers(document for document, _ in documents)
    for document, is_current in documents:
        editions[document.release] = editions.get(document.release, 0) + 1
        cells, rows, series = (frame[frame["sha256"] == document.sha256] for frame in (parsed.cells, parsed.rows, parsed.series))
        if document.family in FACTS and len(cells):
            facts = _printed_once(_ruled(tidy(cells, rows, series, document.family), doubt, corrections))
            known_from, known_from_is = document.known_from
            facts = facts.merge(series[["series", "seasonal_adjustment"]], on="series", how="left")
            facts = facts.rename(columns={name: f"printed_{name}" for name in FIGURE})
            for name in FIGURE:
                facts[name] = facts[f"corrected_{name}"].fillna(facts[f"printed_{name}"]).where(facts["held_by"].isna())
            constants = {
                "family": document.family,
                "edition": editions[document.release],
                "is_current": is_current,
                "known_from": known_from,
                "known_from_is": known_from_is,
                "reference_month": document.reference_month,
                "release_number": numbers[document.sha256],
            }
            frames.append(conform(facts, PRINTS, **constants))
    return together(frames, PRINTS)


def as_printed(prints: pd.DataFrame) -> pd.DataFrame:
    """Prints with what is printed as their value; those of earlier versions have it there already.

    Args:
        prints: by the schema ``vintages.prints``, as a partition has them.
    """
    return prints.assign(**{name: prints[f"printed_{name}"].fillna(prints[name]) for name in FIGURE})


def _printed_once(facts: pd.DataFrame) -> pd.DataFrame:
    """Each fact once: of its prints a figure, of these one that is not withheld, of these the most precise, of these the first."""
    order = facts.assign(
        is_gap=facts["decimals"].isna(), is_held=facts["held_by"].notna(), precision=-facts["decimals"].fillna(0).astype("int64")
    )
    return facts.loc[order.sort_values(["is_gap", "is_held", "precision"], kind="stable").drop_duplicates(FACT).index.sort_values()]


def _ruled(facts: pd.DataFrame, doubt: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """The cells with the issue that withholds each, and the figure that a decision puts in its place."""
    cell = ["sha256", "line", "start"]
    held = doubt[[*cell, "issue"]].rename(columns={"issue": "held_by"}).drop_duplicates(cell)
    corrected = corrections[[*cell, "corrected_value", "corrected_decimals"]].drop_duplicates(cell)
    return facts.merge(held, on=cell, how="left").merge(corrected, on=cell, how="left")
