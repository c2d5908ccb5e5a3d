"""The document store: bytes as received, under family and release month, each with a sidecar that describes it.

``raw/<release month>/<family>-<first 12 of sha256>.<format>`` and the same with ``.yaml``. Names are made from the
family, the hash and the format that the bytes have, never from a document or from the file a person gave. A file that holds
several documents is kept too, as ``raw/bundles/<first 12 of sha256>.<format>``; what is read are the documents unpacked from it.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields, replace
from functools import lru_cache
from typing import Literal

from trade_assets.documents.readings import reading_of
from trade_assets.documents.sidecars import mapping_of, wrong_day
from trade_assets.facts.families import families
from trade_assets.facts.periods import is_month, last_day
from trade_assets.reading import ReadError
from trade_assets.warehouse.root import DataRoot

FOLDER = "raw"
BUNDLES = "bundles"
"""Where files of several documents are kept as received, in the folder of documents."""
FIRST_RELEASE_MONTH = "1990-01"
SUFFIXES = ("txt", "csv", "xlsx", "xls", "pdf")
"""The formats that documents are kept in; other files in the folder are none of the store's."""

Precision = Literal["stated", "inferred", "month"]
"""How the day of publication is known: stated, inferred from a day on which it was seen, or only its month."""


@dataclass(frozen=True)
class Document:
    """A document in the store; its sidecar's content.

    Attributes:
        release_month_from: what the release month was taken from: document, sidecar, option or file_name.
        published_date: day of publication where the document, or whoever ingested it, states it.
        source: where the publisher offers it.
        received_at: when it entered the store, UTC; orders the issues of one product and month.
        note: what a reader of the file should know of it.
        product: which of the family's documents it is.
        reference_month: the latest month that it prints; with the product it tells the release, and a later document of the same
            release is its re-issue. ``None`` where no figure has a period: then the release month tells the release.
        suffix: the format, as the ending of its file.
        seen_on: a day on which it was seen to be published, where the day of publication is not known.
        part: which part of a received file of several documents it is; ``None`` if the file is the document.
        received_sha256: of that file; ``None`` likewise.
        replaced_on: day from which another issue of the month replaces it, where it would count as known only later; not kept.
    """

    family: str
    release_month: str
    release_month_from: str
    publisher: str
    title: str
    published_date: str | None
    source: str
    sha256: str
    size_bytes: int
    received_at: str
    note: str | None = None
    product: str = ""
    suffix: str = "txt"
    seen_on: str | None = None
    reference_month: str | None = None
    part: str | None = None
    received_sha256: str | None = None
    replaced_on: str | None = None

    @property
    def release(self) -> tuple[str, str, str]:
        """The release that it is an issue of, as family, product and reference month; sorts in the order of releases."""
        return self.family, self.product, self.reference_month or ""

    @property
    def known_from(self) -> tuple[str, Precision]:
        """The day from which its figures count as known, and how exactly that day is known.

        A day that is not stated is the last on which the document can have appeared, so that no figure is ever
        taken for known before it was: the day it was seen, or the end of the release month.
        """
        if self.published_date is not None and (self.replaced_on is None or self.published_date <= self.replaced_on):
            return self.published_date, "stated"
        last = last_day(self.release_month)
        inferred = min(day for day in (self.seen_on, self.replaced_on, last) if day is not None)
        return inferred, "month" if inferred == last else "inferred"

    @property
    def stem(self) -> str:
        """File name without ending."""
        return f"{self.family}-{self.sha256[:12]}"

    @property
    def path(self) -> str:
        """Path within the data root."""
        return f"{FOLDER}/{self.release_month}/{self.name}"

    @property
    def name(self) -> str:
        """File name."""
        return f"{self.stem}.{self.suffix}"


@dataclass(frozen=True)
class Damaged:
    """A file of the store that is not what its sidecar says, or has none; ``sha256`` is that of its bytes as they are."""

    family: str
    sha256: str
    path: str
    error: ReadError


def survey(root: DataRoot, release_month: str) -> tuple[list[tuple[Document, bool]], list[Damaged]]:
    """The sound documents of a month by release, each with whether it is its release's current issue; and the damaged.

    The releases of a product follow each other by reference month, the issues of a release as they appeared.

    Raises:
        ReadError: a file is none of the store's, by its name.
    """
    sound, damaged = [], []
    for name in root.names(FOLDER, release_month):
        if name.rpartition(".")[2] in SUFFIXES:
            try:
                sound.append(stored(root, release_month, name))
            except ReadError as error:
                family = name.partition("-")[0]
                if family not in families():
                    raise
                digest = hashlib.sha256(root.read(FOLDER, release_month, name)).hexdigest()
                damaged.append(Damaged(family, digest, f"{FOLDER}/{release_month}/{name}", error))
    sound.sort(key=lambda document: (*document.release, document.received_at, document.sha256))
    ordered: list[Document] = []
    for _, of_product in itertools.groupby(sound, key=lambda document: (document.family, document.product)):
        releases = [_in_order(list(issues)) for _, issues in itertools.groupby(of_product, key=lambda document: document.release)]
        ordered += _capped([document for issues in releases for document in issues])
    latest = {document.release: document.sha256 for document in ordered}
    return [(document, latest[document.release] == document.sha256) for document in ordered], damaged


def _in_order(issues: list[Document]) -> list[Document]:
    """The issues of a release in the order in which they appeared: by day if each day is known, else as they were received."""
    if all(document.known_from[1] != "month" for document in issues):
        issues.sort(key=lambda document: document.known_from[0])
    return issues


def _capped(documents: list[Document]) -> list[Document]:
    """The documents of a product, in order: one of which no day is stated appeared before the next, so its day is capped by the next one's.

    A stated day is capped by that of another issue of the same release only: what is issued again once a later release is out stays
    known from its own day.
    """
    for at in reversed(range(len(documents) - 1)):
        document, following = documents[at], documents[at + 1]
        is_bound = document.published_date is None or document.release == following.release
        if is_bound and document.known_from[0] > following.known_from[0]:
            documents[at] = replace(document, replaced_on=following.known_from[0])
    return documents


def release_numbers(documents: Iterable[Document]) -> dict[str, int]:
    """Which release of its family in the month each document belongs to, by sha256: 1 for the first, 2 for the next.

    Documents of several products are one release as long as none of the products has a later one: where a product has two, what
    ends with the first of them or before belongs to the first.
    """
    documents = list(documents)
    months: dict[tuple[str, str], set[str]] = {}
    for document in documents:
        months.setdefault((document.family, document.product), set()).add(document.reference_month or "")
    ends: dict[str, set[str]] = {}
    for (family, _), ended in months.items():
        ends.setdefault(family, set()).update(sorted(ended)[:-1])
    return {document.sha256: 1 + sum(end < (document.reference_month or "") for end in ends[document.family]) for document in documents}


def documents_of(root: DataRoot, release_month: str) -> list[tuple[Document, bool]]:
    """The documents of a month by release, each with whether it is its release's current issue.

    Raises:
        ReadError: a sidecar is missing or not as it should be, or does not describe the document's bytes.
    """
    documents, damaged = survey(root, release_month)
    if damaged:
        raise damaged[0].error
    return documents


def release_months(root: DataRoot) -> list[str]:
    """The release months that have documents."""
    return [name for name in root.names(FOLDER) if is_month(name)]


def content(root: DataRoot, document: Document) -> bytes:
    """The bytes of a stored document."""
    return root.read(FOLDER, document.release_month, document.name)


_OPTIONAL = ("published_date", "note", "seen_on", "reference_month", "part", "received_sha256")
NOT_KEPT = {"replaced_on"}
"""What a sidecar does not say."""
_LATER = {field.name for field in fields(Document) if field.default is not MISSING}
"""What a sidecar need not say: keys that came later, or that have nothing to say of most documents."""


def stored(root: DataRoot, release_month: str, name: str) -> Document:
    """A document by its file name.

    Raises:
        ReadError: its sidecar is missing or not as it should be, or does not describe the document's bytes.
    """
    path = f"{FOLDER}/{release_month}/{name}"
    stem = name.rpartition(".")[0]
    sidecar = f"{FOLDER}/{release_month}/{stem}.yaml"
    todo = "restore the sidecar, or delete it and give the published document to 'trade-assets ingest' again"
    try:
        described = mapping_of(root.read(FOLDER, release_month, f"{stem}.yaml"), sidecar, todo)
    except FileNotFoundError:
        raise ReadError(sidecar, expected="a sidecar beside the document", found="none", todo=todo) from None
    wanted = {field.name for field in fields(Document)} - NOT_KEPT
    if not wanted - _LATER <= set(described) <= wanted:
        said = f"the keys {sorted(wanted - _LATER)} and none but these and {sorted(_LATER)}"
        raise ReadError(sidecar, expected=said, found=", ".join(described), todo=todo)
    for key, value in described.items():
        kind = int if key == "size_bytes" else str
        if not isinstance(value, kind) and not (value is None and key in _OPTIONAL):
            raise ReadError(sidecar, expected=f"{key} as {'a number' if kind is int else 'text'}", found=repr(value), todo=todo)
    document = Document(**described)
    if name != document.name or document.release_month != release_month:
        raise ReadError(
            sidecar,
            expected=f"the sidecar to describe {name} in {release_month}",
            found=f"{document.name} in {document.release_month}",
            todo="put both back where they were",
        )
    wrong = wrong_day(release_month, document.published_date, document.seen_on)
    if wrong is not None:
        raise ReadError(sidecar, expected=wrong[0], found=wrong[1], todo="correct the day in the sidecar")
    sha256 = hashlib.sha256(root.read(FOLDER, release_month, name)).hexdigest()
    if sha256 != document.sha256:
        raise ReadError(
            path,
            expected=f"the bytes as received, sha256 {document.sha256[:12]}…",
            found=f"sha256 {sha256[:12]}…: the file was changed in the store",
            todo="put the published bytes back; a text that differs from them is ingested from a file of its own, as a new issue",
        )
    if "reference_month" not in described:
        return replace(document, reference_month=_reference_month(DataRoot(root.url), document.path))
    return document


@lru_cache(maxsize=4096)
def _reference_month(root: DataRoot, path: str) -> str | None:
    """The latest month that a document prints whose sidecar does not say it yet, as those of earlier versions do not."""
    try:
        return reading_of(root.read(*path.split("/")), path).reference_month
    except ReadError:
        return None
