"""``cells``, ``check`` and ``coverage``: single documents, without store and warehouse."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from trade_assets.cli.ending import NOTHING_TO_REVIEW, TO_REVIEW, complain, complain_of
from trade_assets.cli.options import FILES, RELEASE_MONTH, SERIES, TEXT_OR_JSON
from trade_assets.cli.progress import progress
from trade_assets.documents.sidecars import series_beside
from trade_assets.reading import Found, ReadError, Reading, documents_in, read_bounded

T = TypeVar("T")

CELL_FIELDS = (
    "table",
    "series",
    "measure",
    "period",
    "value",
    "decimals",
    "unit",
    "flags",
    "line",
    "start",
    "end",
    "text",
    "sheet",
    "cell",
    "page",
    "box",
)
_IN_LINES = ("line", "start", "end")


@click.command(epilog="Exit status: 0 read, 2 a file could not be read.")
@FILES
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True, help="How figures are printed.")
@SERIES
def cells(files: Sequence[Path], form: str, series: str | None) -> int:
    """Print every figure of the documents, located.

    LINE counts from 1; START and END are offsets into that line, from 0, half-open; TEXT is exactly what
    stands there. In workbooks SHEET and CELL say where, in page formats PAGE and BOX (left, top, right, bottom,
    in points). A mark for a missing figure has no VALUE. Needs no store and no warehouse.
    """
    status = NOTHING_TO_REVIEW
    readings: list[Reading] = []
    with progress(len(files), "documents") as done:
        for file in files:
            try:
                for found in documents_in(read_bounded(file), file.name, series or series_beside(file)):
                    if isinstance(found, ReadError):
                        status = max(status, complain(found))
                    else:
                        readings.append(found.reading)
            except Exception as error:
                status = max(status, complain_of(file, error))
            done(file.name)
    rows = (_located(row) for reading in readings for row in zip(*(reading.cells[name] for name in CELL_FIELDS), strict=True))
    if form == "json":
        json.dump(list(rows), sys.stdout, ensure_ascii=False, indent=None)
        sys.stdout.write("\n")
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(CELL_FIELDS)
        writer.writerows(map(_csv_row, rows))
    return status


def _located(row: Sequence[Any]) -> dict[str, Any]:
    """A figure's fields; lines and offsets only where the document itself is made of lines."""
    fields = dict(zip(CELL_FIELDS, row, strict=True))
    is_in_lines = fields["sheet"] is None and fields["page"] is None
    return fields if is_in_lines else fields | dict.fromkeys(_IN_LINES)


def _csv_row(fields: dict[str, Any]) -> list[Any]:
    """Values as they were printed: 36.10 with two decimals stays 36.10."""
    if fields["value"] is not None:
        fields["value"] = f"{fields['value']:.{fields['decimals']}f}"
    return ["" if value is None else value for value in fields.values()]


@click.command(epilog="Exit status: 0 nothing to review, 1 something to review, 2 a file could not be read.")
@FILES
@TEXT_OR_JSON
@RELEASE_MONTH
@SERIES
def check(files: Sequence[Path], form: str, release_month: str | None, series: str | None) -> int:
    """Check documents: read every figure, prove what can be proven, name the wrong cell.

    For each root cause one issue: the suspect cell on its line, the identities that it violates, by how much and
    how much rounding allows, and what it probably should read. A file of several documents is checked document by
    document. Needs no store and no warehouse.
    """
    from trade_assets.review.check import as_json, as_text, check_document

    return _each_document(
        files,
        form,
        series,
        look=lambda file, found: check_document(file, found, release_month),
        as_json=as_json,
        as_text=as_text,
        asks_review=lambda checked: bool(checked.issues),
    )


@click.command(epilog="Exit status: 0 read, 2 a file could not be read.")
@FILES
@TEXT_OR_JSON
@SERIES
def coverage(files: Sequence[Path], form: str, series: str | None) -> int:
    """Say what is not proven: per table, how many figures stand in how many identities.

    Every figure is changed, and every identity asked whether it notices. Figures that none proves are listed.
    Needs no store and no warehouse.
    """
    from trade_assets.review.coverage import as_json, as_text, coverage_of_document

    return _each_document(
        files, form, series, look=coverage_of_document, as_json=as_json, as_text=as_text, asks_review=lambda proven: False
    )


def _each_document(
    files: Sequence[Path],
    form: str,
    series: str | None,
    *,
    look: Callable[[Path, Found], T],
    as_json: Callable[[T], dict[str, Any]],
    as_text: Callable[[T], Iterator[str]],
    asks_review: Callable[[T], bool],
) -> int:
    """Look at each document of each file and print what was found; what goes wrong with one is said, and the others go on."""
    from trade_assets.review.issues import judging

    status, shown = NOTHING_TO_REVIEW, list[Any]()
    for file in files:
        try:
            documents = documents_in(read_bounded(file), file.name, series or series_beside(file))
        except Exception as error:
            status = max(status, complain_of(file, error))
            continue
        for found in documents:
            if isinstance(found, ReadError):
                status = max(status, complain(found))
                continue
            try:
                seen = look(file, found)
                with judging(file.name):
                    said = as_json(seen) if form == "json" else "\n".join([*([""] if shown else []), *as_text(seen)])
            except Exception as error:
                status = max(status, complain_of(file, error))
                continue
            status = max(status, TO_REVIEW if asks_review(seen) else NOTHING_TO_REVIEW)
            shown.append(said)
            if form != "json":
                click.echo(said)
    if form == "json":
        # Whole or not at all; a path that is no UTF-8 is written with escapes.
        text = json.dumps(shown, ensure_ascii=False, indent=1)
        click.echo(text.encode("utf-8", "backslashreplace").decode())
    return status
