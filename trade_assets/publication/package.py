"""The description of a publication: a Frictionless data package, generated from the schemas and from what was decided."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from trade_assets import __version__
from trade_assets.facts.periods import MONTH_NAMES
from trade_assets.facts.schemas import Column, Table
from trade_assets.publication.licences import licences
from trade_assets.reading.errors import printable

DESCRIPTION = "datapackage.json"

_TYPES = {"string": "string", "int": "integer", "float": "number", "bool": "boolean"}
_DIALECT = {
    "delimiter": ",",
    "lineTerminator": "\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
    "header": True,
}
_ADDRESS = re.compile(r"(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[\w./~?&=%#+,-]*)?", re.IGNORECASE)
_SAYS = (
    "Figures of the U.S. trade releases of the month, as the publishers printed them and as far as they could be proven, and metrics "
    "derived from them. A missing value is empty; the columns gaps and gap say why. What an issue withholds stands in "
    "validated.in_doubt, what a decision corrected in review.corrections. Every table is there twice: as CSV, in which text that a "
    "spreadsheet would take for a formula has an apostrophe in front, and as Parquet, which has it as it was read. difference.md "
    "says what the release changes."
)
_DECISION = (
    "issue",
    "action",
    "reason",
    "reviewer",
    "decided_on",
    "expires_on",
    "told_publisher_on",
    "publisher_answer",
    "sha256",
    "cells",
)
_LONG = 2000


def table_schema(table: Table, frame: pd.DataFrame) -> dict[str, Any]:
    """The Table Schema of a published table.

    Args:
        frame: its rows; a bound that a published figure exceeds, because a person accepted it, is not declared.
    """
    fields = [_field(column, table, frame) for column in table.columns]
    # A primary key is never missing. Where a part of the key may be, it is a unique key, in which nothing equals a missing value.
    is_primary = not any(table.by_name[name].is_nullable for name in table.key)
    keys = {"primaryKey": list(table.key)} if is_primary else {"uniqueKeys": [list(table.key)]}
    return {"fields": fields, "missingValues": [""], **keys}


def _field(column: Column, table: Table, frame: pd.DataFrame) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if not column.is_nullable:
        constraints["required"] = True
    if table.key == (column.name,):
        constraints["unique"] = True
    if column.pattern is not None:
        # The whole value must match; without the group an alternative would reach to one end only.
        constraints["pattern"] = f"({column.pattern})"
    if column.one_of is not None:
        constraints["enum"] = list(column.one_of)
    values = frame[column.name]
    if column.low is not None and not (values < column.low).any():
        constraints["minimum"] = column.low
    if column.high is not None and not (values > column.high).any():
        constraints["maximum"] = column.high
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.kind], "description": column.description}
    if column.unit is not None:
        field["unit"] = column.unit
    if constraints:
        field["constraints"] = constraints
    if column.kind == "string" and not column.is_nullable and column.pattern is None and column.one_of is None:
        # Empty for none is a text, not a missing one.
        field["missingValues"] = []
    return field


def resource(name: str, data: bytes, *, format: str, mediatype: str, title: str) -> dict[str, Any]:
    """A published file: where it is, what it is, and its bytes."""
    return {
        "name": name,
        "path": name if name.endswith(f".{format}") else f"{name}.{format}",
        "title": title,
        "format": format,
        "mediatype": mediatype,
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }


def table_resources(table: Table, frame: pd.DataFrame, csv: bytes, parquet: bytes) -> list[dict[str, Any]]:
    """A published table as CSV, with its schema, and as Parquet, a file that carries types, units and descriptions itself."""
    name = f"{table.layer}.{table.name}"
    family = {} if table.family is None else {"family": table.family}
    return [
        resource(name, csv, format="csv", mediatype="text/csv", title=table.description)
        | {"profile": "tabular-data-resource", "encoding": "utf-8", "rows": len(frame), **family}
        | {"dialect": _DIALECT, "schema": table_schema(table, frame)},
        # Without the type, tools that can read Parquet would hold it against rules for CSV, where missing is no text.
        resource(f"{name}.parquet", parquet, format="parquet", mediatype="application/vnd.apache.parquet", title=table.description)
        | {"profile": "data-resource", "type": "file", "same_rows_as": name, **family},
    ]


def package_name(release_month: str) -> str:
    """The name of the package of a month."""
    return f"trade-assets-{release_month}"


def descriptor(
    release_month: str, resources: Sequence[dict[str, Any]], evidence: Mapping[str, pd.DataFrame], generation: str | None = None
) -> bytes:
    """The package's description as the bytes of ``datapackage.json``.

    It holds no day: its version is made of what it describes, so that the same tables give the same bytes.

    Args:
        evidence: documents, verdicts, issues, in_doubt, decisions and corrections of the month, by the schemas.
        generation: of the tables of the warehouse that it was made from, where these have one.
    """
    year, month = release_month.split("-")
    documents = evidence["documents"]
    package = {
        "profile": "data-package",
        "name": package_name(release_month),
        "title": f"U.S. trade releases of {MONTH_NAMES[int(month) - 1]} {year}",
        "description": _SAYS,
        "release_month": release_month,
        "generator": f"trade-assets {__version__}",
        **({} if generation is None else {"generation": generation}),
        "licenses": licences(documents["family"]),
        "sources": [_source(row) for row in documents.to_dict("records")],
        "identities": _identities(evidence["verdicts"]),
        "issues": _issues(evidence["issues"], len(evidence["in_doubt"])),
        "decisions": _decisions(evidence["decisions"], evidence["corrections"]),
        "resources": list(resources),
    }
    digest = hashlib.sha256(_json(package)).hexdigest()
    return _json({"profile": package["profile"], "name": package["name"], "version": f"{year}.{int(month)}.0+{digest[:12]}"} | package)


def _json(package: Mapping[str, Any]) -> bytes:
    return (json.dumps(package, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _source(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A document: where its publisher offers it, as an address if it is one, and what identifies it."""
    offered = str(row["source"])
    address = offered if "://" in offered else f"https://{offered}"
    told = {
        "title": f"{row['publisher']}: {row['title']}",
        **({"path": address} if _ADDRESS.fullmatch(offered) else {}),
        "offered_at": offered,
        "family": row["family"],
        "product": row["product"],
        "release_month": row["release_month"],
        "known_from": row["known_from"],
        "known_from_is": row["known_from_is"],
        "is_current": bool(row["is_current"]),
        "sha256": row["sha256"],
        "bytes": int(row["size_bytes"]),
    }
    return {name: printable(value, _LONG) if isinstance(value, str) else value for name, value in told.items()}


def _identities(verdicts: pd.DataFrame) -> list[dict[str, Any]]:
    """How many identities held in each document; those of which an operand is missing count as nothing but that."""
    counts = verdicts.groupby(["family", "sha256"])[["holds", "violated", "not_evaluable"]].sum()
    return [
        {"family": family, "sha256": sha256, **{str(name): int(number) for name, number in row.items()}}
        for (family, sha256), row in zip(counts.index, counts.to_dict("records"), strict=True)
    ]


def _issues(issues: pd.DataFrame, withheld: int) -> dict[str, Any]:
    by_state = {state: sorted(issues.loc[issues["state"] == state, "issue"]) for state in ("open", "decided")}
    return {**by_state, "withheld_figures": withheld}


def _decisions(decisions: pd.DataFrame, corrections: pd.DataFrame) -> list[dict[str, Any]]:
    """The decisions in force, each with the cells it corrects."""
    told = []
    for row in decisions[decisions["is_in_force"]].to_dict("records"):
        corrected = corrections[corrections["issue"] == row["issue"]]
        told.append(
            {name: printable(str(row[name]), _LONG) for name in _DECISION if not pd.isna(row[name])}
            | {
                "corrected": [
                    {
                        "table": cell["table"],
                        "series": cell["series"],
                        "measure": cell["measure"],
                        "period": None if pd.isna(cell["period"]) else cell["period"],
                        "line": None if pd.isna(cell["line"]) else int(cell["line"]),
                        "printed": printable(cell["text"]),
                        "published": printable(cell["corrected_text"]),
                    }
                    for cell in corrected.to_dict("records")
                ]
            }
        )
    return told
