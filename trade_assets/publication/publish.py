"""The publication of a release month: gathered from the warehouse, refused where it is stale, and put in its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from trade_assets.documents.store import survey
from trade_assets.facts.parse import read_errors
from trade_assets.facts.periods import is_month
from trade_assets.facts.tables import (
    CORRECTIONS,
    DECISIONS,
    DOCUMENTS,
    FACTS,
    IN_DOUBT,
    ISSUES,
    METRICS,
    PUBLICATION,
    SUSPECTS,
    UNREAD,
    VALIDATED,
    VERDICTS,
    VINTAGES,
    VIOLATIONS,
)
from trade_assets.identities.publish import publish, require_proof
from trade_assets.publication.difference import Difference, difference
from trade_assets.publication.difference_report import as_json, markdown
from trade_assets.publication.files import csv_bytes, parquet_bytes, sorted_rows
from trade_assets.publication.licences import FIGURES_OF
from trade_assets.publication.package import DESCRIPTION, descriptor, resource, table_resources
from trade_assets.review.decisions import read_decisions
from trade_assets.review.proof import decisions_table, lingering_decisions
from trade_assets.warehouse.folders import replace_folder
from trade_assets.warehouse.partitions import is_month_written, read_partition
from trade_assets.warehouse.root import DataRoot

FOLDER = "publications"

DATA = (*VALIDATED, *METRICS, *VINTAGES)
"""Published where they have rows. Parsed tables are not: they hold withheld figures without saying so; prints say it."""
EVIDENCE = (DOCUMENTS, VERDICTS, VIOLATIONS, IN_DOUBT, ISSUES, SUSPECTS, DECISIONS, CORRECTIONS, PUBLICATION)
"""Always published: an empty table says that nothing was found, a missing one says nothing."""

_LAYERS = "|".join(sorted({table.layer for table in (*DATA, *EVIDENCE)}))
_FILE = re.compile(rf"(?:{_LAYERS})\.[a-z0-9_]+\.(?:csv|parquet)|difference\.(?:md|json)|datapackage\.json")


class PublicationError(Exception):
    """A month that cannot be published as it is; the message says why and what to do."""


@dataclass(frozen=True)
class Publication:
    """What is published of a release month.

    Attributes:
        files: the bytes by file name; the description comes last.
        rows: the number of rows by table, as ``layer.name``.
        open_issues: the issues that wait for a decision; their figures are withheld.
        to_review: what else a person has to look at, as sentences.
    """

    release_month: str
    files: dict[str, bytes]
    rows: dict[str, int]
    families: tuple[str, ...]
    withheld: int
    open_issues: tuple[str, ...]
    to_review: tuple[str, ...]
    difference: Difference


@dataclass(frozen=True)
class Placed:
    """A publication and where it stands now; ``is_new`` is false if the very same was there."""

    publication: Publication
    path: str
    is_new: bool


def publish_month(root: DataRoot, release_month: str, to: DataRoot | None = None, today: dt.date | None = None) -> Placed:
    """Publish a month to ``<to>/<month>/``, by default ``publications/<month>/`` under the data root.

    Raises:
        PublicationError: the month has nothing to publish, its tables are stale, or the place is taken by something else.
        UnprovenError: facts have no verdicts of the same document.
    """
    made = publication(root, release_month, today)
    place, parts = (root, (FOLDER, release_month)) if to is None else (to, (release_month,))
    foreign = [name for name in place.names(*parts) if _FILE.fullmatch(name) is None]
    if foreign:
        raise PublicationError(
            f"{place.path(*parts)} holds {foreign[0]}, which is no file of a publication, and a publication replaces the folder. "
            "To do: move it away, or publish to another place with --to"
        )
    return Placed(made, place.path(*parts), replace_folder(place, made.files, *parts))


def publication(root: DataRoot, release_month: str, today: dt.date | None = None) -> Publication:
    """What is to be published of a month. The same warehouse gives the same bytes, wherever and whenever it is asked.

    Raises:
        PublicationError, UnprovenError: as ``publish_month``.
    """
    if not is_month(release_month) or not is_month_written(root, DOCUMENTS, release_month):
        raise PublicationError(f"{release_month} has no tables under {root.url}. To do: 'trade-assets run --month {release_month}'")
    stored = {table.name: read_partition(root, table, release_month) for table in (*DATA, *EVIDENCE)}
    documents = stored[DOCUMENTS.name]
    if documents.empty:
        raise PublicationError(f"{release_month} has no document, so there is nothing to publish")
    families = set(documents["family"])
    if families - set(FIGURES_OF):
        raise PublicationError(
            f"nobody has said under which terms figures of {', '.join(sorted(families - set(FIGURES_OF)))} may be published. "
            "To do: say it in trade_assets/publication/licences.py"
        )
    _require_fresh(root, release_month, stored, today or dt.datetime.now(dt.UTC).date())
    frames = stored | {ISSUES.name: _issues_of_the_release(stored[ISSUES.name])}
    found = difference(root, release_month, (*VALIDATED, *METRICS), frames, families)
    files, resources, rows = dict[str, bytes](), [], dict[str, int]()
    for table in (*DATA, *EVIDENCE):
        if table in DATA and frames[table.name].empty:
            continue
        frame = sorted_rows(frames[table.name], table)
        csv, parquet = csv_bytes(frame, table), parquet_bytes(frame, table)
        described = table_resources(table, frame, csv, parquet)
        files |= dict(zip((each["path"] for each in described), (csv, parquet), strict=True))
        resources += described
        rows[f"{table.layer}.{table.name}"] = len(frame)
    for form, mediatype, text in (("md", "text/markdown", markdown(found)), ("json", "application/json", as_json(found))):
        told = resource(f"difference.{form}", text.encode(), format=form, mediatype=mediatype, title="What the release changes")
        files[told["path"]] = text.encode()
        resources.append(told | {"profile": "data-resource", "type": "file", "encoding": "utf-8"})
    files[DESCRIPTION] = descriptor(release_month, resources, frames)
    issues = frames[ISSUES.name]
    return Publication(
        release_month, files, rows, tuple(sorted(families)), len(frames[IN_DOUBT.name]),
        tuple(issues.loc[issues["state"] == "open", "issue"]), tuple(_to_review(root, release_month, stored[DECISIONS.name])), found,
    )  # fmt: skip


def _issues_of_the_release(issues: pd.DataFrame) -> pd.DataFrame:
    """The issues that the documents show. Whether a former run knew them, or others, is memory of this warehouse only."""
    shown = issues[issues["state"] != "gone"]
    return shown.assign(state=shown["state"].replace("new", "open"))


def _require_fresh(root: DataRoot, month: str, stored: Mapping[str, pd.DataFrame], today: dt.date) -> None:
    """Refuse tables that are not those of the month's documents and decisions."""
    stale = next(_stale(root, month, stored, today), None)
    if stale is not None:
        raise PublicationError(f"{stale}. To do: 'trade-assets run --month {month}', then publish")


def _to_review(root: DataRoot, month: str, decisions: pd.DataFrame) -> Iterator[str]:
    """What a person has to look at beside open issues: re-issued documents that cannot be read, and decisions that decide nothing."""
    yield from map(str, read_errors(read_partition(root, UNREAD, month)))
    yield from map(str, read_decisions(root, month)[1])
    yield from lingering_decisions(decisions)


def _stale(root: DataRoot, month: str, stored: Mapping[str, pd.DataFrame], today: dt.date) -> Iterator[str]:
    """What does not fit together, each table against what it was made of, from the documents on."""
    documents = stored[DOCUMENTS.name]
    sound, damaged = survey(root, month)
    if damaged:
        yield str(damaged[0].error)
    manifest = dict(zip(documents["sha256"], documents["is_current"], strict=True))
    if manifest != {document.sha256: is_current for document, is_current in sound}:
        yield f"the documents of {month} are not those that its tables were built from"
    unread = read_partition(root, UNREAD, month)
    for row in unread[unread["is_current"]].to_dict("records"):
        yield f"{row['path']} could not be read, so the tables of {row['family']} are older than it"
    current = {family: set(rows["sha256"]) for family, rows in documents[documents["is_current"]].groupby("family")}
    for family, table in FACTS.items():
        facts = read_partition(root, table, month)
        require_proof(facts, stored[VERDICTS.name], family)
        if set(facts["sha256"]) != current.get(family, set()):
            yield f"{table.layer}.{table.name} of {month} is not of the month's current documents"
        for wide in (wide for wide in VALIDATED if wide.family == family):
            if not publish(facts, stored[IN_DOUBT.name], stored[CORRECTIONS.name], wide).equals(stored[wide.name]):
                yield f"{wide.layer}.{wide.name} of {month} is not what its facts and decisions give"
    for table in (*DATA, *EVIDENCE):
        # Issues that a former document showed, and decisions on it, name that document for good.
        if "sha256" in table.by_name and table not in (ISSUES, DECISIONS) and set(stored[table.name]["sha256"]) - set(manifest):
            yield f"{table.layer}.{table.name} of {month} is of a document that the month does not have"
    decisions = decisions_table(month, read_decisions(root, month)[0], stored[ISSUES.name], stored[CORRECTIONS.name])
    if not decisions.equals(stored[DECISIONS.name]):
        yield f"decisions on issues of {month} were taken or changed since its tables were built"
    expired = decisions[decisions["is_in_force"] & (decisions["expires_on"].fillna("9999-12-31") <= today.isoformat())]
    for row in expired.to_dict("records"):
        yield f"the decision on issue {row['issue']} of {month} has expired on {row['expires_on']}"
