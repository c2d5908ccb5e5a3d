"""The reader's cells against figures typed from the printed documents.

Each file in ``typed_samples`` holds figures typed from looking at one document's
text, with the line each stands in.  They are not output of the reader.
"""

import csv
import json
import os
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from trade_assets_tests.shared_documents import shared_document

REPOSITORY = Path(__file__).resolve().parents[1]
SAMPLES = Path(__file__).resolve().parent / "typed_samples"
COLUMNS = ["line", "text", "value", "series", "measure", "period", "table"]
LEAST_ROWS = 40

PRICE_INDEX_TABLES = {
    "price_changes",
    "imports_by_end_use",
    "exports_by_end_use",
    "imports_by_naics",
    "exports_by_naics",
    "imports_by_harmonized_system",
    "exports_by_harmonized_system",
    "imports_by_locality",
    "transportation_services",
}

# sample -> the document it was typed from, the tables it must touch
DOCUMENTS = {
    "ft900": ("2016-11.ft900-goods-and-services.txt", {"goods_and_services"}),
    "mxp_2018_08": ("2018-08.bls-import-export-price-indexes.txt", PRICE_INDEX_TABLES),
    "mxp_2012_08": ("2012-08.bls-import-export-price-indexes.txt", PRICE_INDEX_TABLES),
    "uscc": (
        "2013-01.uscc-us-china-trade-bulletin.txt",
        {
            "china_trade_growth",
            "china_top_five",
            "china_advanced_technology",
            "china_purchasing_manager_surveys",
            "china_outbound_investment",
        },
    ),
}

every_sample = pytest.mark.parametrize("sample", sorted(DOCUMENTS))


def typed_rows(sample):
    with (SAMPLES / f"{sample}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == COLUMNS
        return list(reader)


def read_cells(path):
    """The cells the command line prints for a document, figures kept exact."""
    done = subprocess.run(
        [sys.executable, "-m", "trade_assets", "cells", str(path), "--format", "json"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, f"`trade_assets cells` ended with {done.returncode}:\n{done.stderr}"
    return json.loads(done.stdout, parse_float=Decimal)


def figure(printed):
    """A value as a number: None for a missing one, 4.0 and 4.00 the same."""
    return None if printed is None or printed == "" else Decimal(str(printed))


def key_of(row):
    return row["table"], row["series"], row["measure"], row["period"] or ""


def mismatches(rows, cells):
    by_key = defaultdict(list)
    for cell in cells:
        by_key[key_of(cell)].append(cell)
    found = []
    for row in rows:
        key = key_of(row)
        where = f"line {row['line']}, {' / '.join(key)}"
        matching = by_key.get(key, [])
        if len(matching) != 1:
            lines = ", ".join(str(cell["line"]) for cell in matching)
            found.append(f"{where}: typed {row['text']!r}, read {len(matching)} cells" + (f" (lines {lines})" if lines else ""))
            continue
        (cell,) = matching
        if cell["line"] != int(row["line"]):
            found.append(f"{where}: read from line {cell['line']}")
        if cell["text"] != row["text"]:
            found.append(f"{where}: typed text {row['text']!r}, read {cell['text']!r}")
        if figure(cell["value"]) != figure(row["value"]):
            found.append(f"{where}: typed value {row['value'] or None}, read {cell['value']}")
    return found


@every_sample
def test_sample_is_large_and_touches_every_table(sample):
    rows = typed_rows(sample)
    assert len(rows) >= LEAST_ROWS
    assert {row["table"] for row in rows} == DOCUMENTS[sample][1]
    keys = [key_of(row) for row in rows]
    assert len(set(keys)) == len(keys), "a figure is typed twice"


@every_sample
def test_typed_texts_stand_in_their_lines(sample):
    lines = shared_document(DOCUMENTS[sample][0]).read_bytes().decode("utf-8").split("\n")
    absent = [
        f"line {row['line']}: {row['text']!r} not in {lines[int(row['line']) - 1]!r}"
        for row in typed_rows(sample)
        if row["text"] not in lines[int(row["line"]) - 1].replace("|", " ").split()
    ]
    assert not absent, "\n".join(absent)


@every_sample
def test_reader_gives_the_typed_figures(sample):
    cells = read_cells(shared_document(DOCUMENTS[sample][0]))
    rows = typed_rows(sample)
    found = mismatches(rows, cells)
    assert not found, f"{len(found)} mismatches in {len(rows)} typed rows of {sample}:\n" + "\n".join(found)
