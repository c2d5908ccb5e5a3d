"""The publication of a release month: gathered from the warehouse, refused where it is stale, and put in its place."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from trade_assets.documents.parse import read_errors
from trade_assets.documents.wanted_month import require_documents
from trade_assets.facts.periods import is_month
from trade_assets.facts.tables import (
    CORRECTIONS,
    DECISIONS,
    DOCUMENTS,
    IN_DOUBT,
    ISSUES,
    METRIC_CHANGES,
    METRICS,
    PARSED,
    PUBLICATION,
    REPORTS,
    SUSPECTS,
    UNREAD,
    VALIDATED,
    VERDICTS,
    VINTAGE_METRICS,
    VINTAGES,
    VIOLATIONS,
)
from trade_assets.publication.difference import Difference, difference
from trade_assets.publication.difference_report import as_json, markdown
from trade_assets.publication.earlier_releases import former_release
from trade_assets.publication.files import csv_bytes, sorted_rows
from trade_assets.publication.licences import FIGURES_OF
from trade_assets.publication.package import DESCRIPTION, descriptor, package_name, resource, table_resources
from trade_assets.publication.staleness import stale
from trade_assets.review.decided import lingering_decisions
from trade_assets.review.decisions import read_decisions
from trade_assets.warehouse.folders import NotOursError, entries, replace_folder
from trade_assets.warehouse.partitions import Draft, is_month_written, parquet_bytes, read_partition
from trade_assets.warehouse.root import DataRoot, RootError
from trade_assets.warehouse.shown import read_rows

FOLDER = "publications"

DATA = (*VALIDATED, *METRICS, *VINTAGES, *VINTAGE_METRICS)
"""Published where they have rows."""
EVIDENCE = (DOCUMENTS, VERDICTS, VIOLATIONS, IN_DOUBT, ISSUES, SUSPECTS, DECISIONS, CORRECTIONS, PUBLICATION)
"""Always published: an empty table says that nothing was found, a missing one says nothing."""
NOT_PUBLISHED = {
    **dict.fromkeys(PARSED, "holds withheld figures without saying so; vintages.prints has them with the issue"),
    METRIC_CHANGES: "metrics.figures has what they lead to, whole",
    UNREAD: "a month with a current document that cannot be read is refused; the others are said when it is published",
    REPORTS: "names pages of this warehouse; issues, suspects and verdicts say the same",
}
"""The other tables, with the reason."""

_NAMES = {f"{table.layer}.{table.name}.{form}" for table in (*DATA, *EVIDENCE) for form in ("csv", "parquet")}
_OURS = _NAMES | {"difference.md", "difference.json", DESCRIPTION}
_OF_A_TABLE = re.compile(r"(?:raw|parsed|validated|review|vintages|metrics)\.[a-z0-9_]+\.(?:csv|parquet)")
_LARGEST_DESCRIPTION = 64_000_000  # bytes


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


def place_of(setting: str) -> DataRoot:
    """The folder or URL to publish to.

    Raises:
        PublicationError: it is none.
    """
    if not setting.strip():
        raise PublicationError("the place to publish to is empty. To do: name a folder or a URL, or leave --to out")
    try:
        return DataRoot.of(setting)
    except RootError as error:
        todo = "name a folder, or a URL that fsspec knows"
        raise PublicationError(f"{setting} is no place to publish to: {error.why}. To do: {todo}") from None


def publish_month(root: DataRoot, release_month: str, to: DataRoot | None = None, today: dt.date | None = None) -> Placed:
    """Publish a month to ``<to>/<month>/``, by default ``publications/<month>/`` under the data root.

    Raises:
        PublicationError: the month has nothing to publish, its tables are stale, or the place is taken by something else or
            cannot be written to.
        UnprovenError: facts have no verdicts of the same document.
        NothingError: the store has no document of the month, and the warehouse no table.
    """
    made = publication(root, release_month, today)
    place, parts = (root, (FOLDER, release_month)) if to is None else (to, (release_month,))
    path = place.path(*parts)
    elsewhere = "or publish to another place with --to"
    try:
        return Placed(made, path, replace_folder(place, made.files, *parts, ours=_OURS | _listed(place, release_month, *parts)))
    except NotOursError as error:
        raise PublicationError(f"{path} {error}; a publication replaces the whole folder. To do: move it away, {elsewhere}") from None
    except (FileExistsError, NotADirectoryError) as error:
        raise PublicationError(f"{path} cannot be made, {error.filename or path} is no folder. To do: move it away, {elsewhere}") from None
    except OSError as error:
        raise PublicationError(
            f"{path} cannot be written: {error.strerror or error}. To do: see to rights and space there, {elsewhere}"
        ) from None


def _listed(place: DataRoot, release_month: str, *parts: str) -> set[str]:
    """The tables that the present publication of the month lists; another version of the program may have published others."""
    if not entries(place, *parts).get(DESCRIPTION) or place.size(*parts, DESCRIPTION) > _LARGEST_DESCRIPTION:
        return set()
    try:
        package = json.loads(place.read(*parts, DESCRIPTION))
        if package["name"] != package_name(release_month):
            return set()
        paths = [resource["path"] for resource in package["resources"]]
    except (ValueError, LookupError, TypeError, RecursionError):
        return set()
    return {path for path in paths if isinstance(path, str) and _OF_A_TABLE.fullmatch(path)}


def publication(root: DataRoot, release_month: str, today: dt.date | None = None) -> Publication:
    """What is to be published of a month. The same warehouse gives the same bytes, wherever and whenever it is asked.

    Raises:
        PublicationError, UnprovenError, NothingError: as ``publish_month``.
    """
    if not is_month(release_month) or not is_month_written(root, DOCUMENTS, release_month):
        require_documents(root, release_month)
        raise PublicationError(f"{release_month} has no tables under {root.url}. To do: 'trade-assets run --month {release_month}'")
    # All of one state of the month, whatever a run commits meanwhile.
    root = Draft.of_month(root, release_month)
    stored = {table.name: read_rows(root, table, release_month) for table in (*DATA, *EVIDENCE)}
    documents = stored[DOCUMENTS.name]
    if documents.empty:
        raise PublicationError(f"{release_month} has no document, so there is nothing to publish")
    families = set(documents["family"])
    if families - set(FIGURES_OF):
        raise PublicationError(
            f"nobody has said under which terms figures of {', '.join(sorted(families - set(FIGURES_OF)))} may be published. "
            "To do: say it in terms of trade_assets/families/<family>/__init__.py"
        )
    unfit = next(stale(root, release_month, stored, today or dt.datetime.now(dt.UTC).date()), None)
    if unfit is not None:
        raise PublicationError(f"{unfit}. To do: 'trade-assets run --month {release_month}', then publish")
    frames = stored | {ISSUES.name: _issues_of_the_release(stored[ISSUES.name])}
    former = former_release(root, release_month, documents)
    found = difference(release_month, (*VALIDATED, *METRICS), frames | former.now, former, (*VINTAGES, *VINTAGE_METRICS))
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
    files[DESCRIPTION] = descriptor(release_month, resources, frames, root.begun.generation_without(ISSUES, REPORTS))
    issues = frames[ISSUES.name]
    return Publication(
        release_month,
        files,
        rows,
        tuple(sorted(families)),
        len(frames[IN_DOUBT.name]),
        tuple(issues.loc[issues["state"] == "open", "issue"]),
        tuple(_to_review(root, release_month, stored[DECISIONS.name])),
        found,
    )


def _issues_of_the_release(issues: pd.DataFrame) -> pd.DataFrame:
    """The issues that the documents show. Whether a former run knew them, or others, is memory of this warehouse only."""
    shown = issues[issues["state"] != "gone"]
    return shown.assign(state=shown["state"].replace("new", "open"))


def _to_review(root: DataRoot, month: str, decisions: pd.DataFrame) -> Iterator[str]:
    """What a person has to look at beside open issues: re-issued documents that cannot be read, and decisions that decide nothing."""
    yield from map(str, read_errors(read_partition(root, UNREAD, month)))
    yield from map(str, read_decisions(root, month)[1])
    yield from lingering_decisions(decisions)
