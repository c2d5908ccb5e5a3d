"""The documents of a release month as the parsed tables; a document that cannot be read is a row, not an end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import pandas as pd

from trade_assets.documents.readings import reading_of
from trade_assets.documents.store import Damaged, Document
from trade_assets.facts.frames import conform, empty, parsed_tables, tidy, together
from trade_assets.facts.tables import CELLS, FACTS, ROWS, SERIES, UNREAD
from trade_assets.reading import ReadError, Reading
from trade_assets.reading.errors import about


class Parsed(NamedTuple):
    """The parsed tables of one release month, by the schemas of the same names."""

    cells: pd.DataFrame
    rows: pd.DataFrame
    series: pd.DataFrame
    unread: pd.DataFrame


def parse_documents(release_month: str, documents: Iterable[tuple[Document, bool, bytes]], damaged: Iterable[Damaged] = ()) -> Parsed:
    """Read all documents of a month.

    Args:
        documents: each with whether it is its release's current issue, and its bytes.
        damaged: files of the store that cannot be trusted. When they were received is not known, so each counts
            as current: its family waits until it is mended.
    """
    frames: dict[str, list[pd.DataFrame]] = {table.name: [] for table in (CELLS, ROWS, SERIES)}
    unread = [_unread(found.family, True, found.sha256, found.path, found.error) for found in damaged]
    for document, is_current, data in documents:
        try:
            tables = _parse(document, is_current, data, release_month)
        except ReadError as error:
            unread.append(_unread(document.family, is_current, document.sha256, document.path, error))
            continue
        for name, frame in tables.items():
            frames[name].append(frame)
    failures = conform(pd.DataFrame(unread), UNREAD, release_month=release_month) if unread else empty(UNREAD)
    cells, rows, series = (together(frames[table.name], table) for table in (CELLS, ROWS, SERIES))
    return Parsed(cells, rows, series, failures)


def _parse(document: Document, is_current: bool, data: bytes, release_month: str) -> dict[str, pd.DataFrame]:
    """The parsed tables of one document, from which its facts can be made.

    Raises:
        ReadError: the document cannot be read, or what was read of it makes no tables.
    """
    reading = _read_as(document, data)
    columns = {"cells": reading.cells, "rows": reading.rows, "series": reading.series}
    with about(
        document.path,
        expected=f"figures that fit the tables of {reading.family}",
        found="some that do not",
        todo="compare the document with the publisher's; if it is whole, report it with the error",
    ):
        tables = parsed_tables(
            columns,
            family=reading.family,
            product=reading.product,
            release_month=release_month,
            sha256=document.sha256,
            is_current=is_current,
            reference_month=document.reference_month,
        )
        # For the error alone: later the facts of all documents of a family are made together.
        if reading.family in FACTS:
            tidy(tables["cells"], tables["rows"], tables["series"], reading.family)
    return tables


def _unread(family: str, is_current: bool, sha256: str, path: str, error: ReadError) -> dict[str, object]:
    return {
        "family": family,
        "is_current": is_current,
        "sha256": sha256,
        "path": path,
        "line": error.line,
        "expected": error.expected,
        "found": error.found,
        "todo": error.todo,
    }


def _read_as(document: Document, data: bytes) -> Reading:
    """Read a stored document, which must still be of the family, the product and the release it is filed under."""
    reading = reading_of(data, document.path)
    if (reading.family, reading.product) != (document.family, document.product):
        filed, found = (f"{each.family} {each.product}".rstrip() for each in (document, reading))
        raise ReadError(
            document.path,
            expected=f"a document of the family {filed}, under which it is stored",
            found=found,
            todo="ingest the document again",
        )
    if reading.reference_month != document.reference_month:
        raise ReadError(
            document.path,
            expected=f"a document whose latest month is {document.reference_month}, as its sidecar says",
            found=f"one that prints figures up to {reading.reference_month}",
            todo="take the line reference_month out of the sidecar; it is then found in the document",
        )
    return reading


def facts_of(parsed: Parsed, family: str) -> pd.DataFrame:
    """The tidy facts of a family's current documents that could be read, below each other; empty without any.

    Raises:
        ReadError: there are current documents, and none of them could be read.
    """
    cells = parsed.cells[(parsed.cells["family"] == family) & parsed.cells["is_current"]]
    found = [facts_of_document(parsed, family, sha256) for sha256 in _in_order(cells)]
    errors = read_errors(parsed.unread[(parsed.unread["family"] == family) & parsed.unread["is_current"]])
    if errors and not found:
        raise errors[0]
    return pd.concat(found, ignore_index=True) if found else empty(FACTS[family])


def readable_facts(facts_of_family: Callable[[str], pd.DataFrame]) -> tuple[dict[str, pd.DataFrame], list[ReadError]]:
    """The tidy facts of every family whose current documents can all be read, and why those of the others cannot.

    Args:
        facts_of_family: ``facts_of`` a family, wherever they come from.
    """
    facts, errors = {}, []
    for family in FACTS:
        try:
            facts[family] = facts_of_family(family)
        except ReadError as error:
            errors.append(error)
    return facts, errors


def _in_order(cells: pd.DataFrame) -> list[str]:
    """The documents by product, the family's main one first, and those of a product by release."""
    documents = cells[["product", "reference_month", "sha256"]].drop_duplicates("sha256")
    return list(documents.sort_values(["product", "reference_month"], na_position="first", kind="stable")["sha256"])


def facts_of_document(parsed: Parsed, family: str, sha256: str) -> pd.DataFrame:
    """The tidy facts of one document of a family, current or replaced; empty if it could not be read."""
    cells, rows, series = (frame[frame["sha256"] == sha256] for frame in (parsed.cells, parsed.rows, parsed.series))
    return tidy(cells, rows, series, family) if len(cells) else empty(FACTS[family])


def read_errors(unread: pd.DataFrame) -> list[ReadError]:
    """The rows of ``parsed.unread`` as the errors that they were."""
    return [
        ReadError(
            row["path"], None if pd.isna(row["line"]) else int(row["line"]), expected=row["expected"], found=row["found"], todo=row["todo"]
        )
        for row in unread.to_dict("records")
    ]
