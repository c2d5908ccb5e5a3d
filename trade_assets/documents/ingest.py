"""Files into the store: what a person gives is read, and each document put under its family and release month.

What is there already stays as it is. A file of several documents is kept as received beside the documents unpacked from it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from trade_assets.documents.agreement import require_agreement
from trade_assets.documents.sidecars import release_month_of, told_of, wrong_day
from trade_assets.documents.store import BUNDLES, FIRST_RELEASE_MONTH, FOLDER, NOT_KEPT, Document, release_months, stored
from trade_assets.reading import Found, Part, ReadError, documents_in, only, read_bounded, suffix_of
from trade_assets.warehouse.root import DataRoot


@dataclass(frozen=True)
class Ingested:
    """What became of a file.

    Attributes:
        is_new: whether the document is new to the store.
        notes: what a person must know of it.
        is_described_anew: whether the sidecar beside the file said more than the store knew of a document that it had.
    """

    document: Document
    is_new: bool
    notes: tuple[str, ...] = ()
    is_described_anew: bool = False


@dataclass(frozen=True)
class Received:
    """A file that is put into the store.

    Attributes:
        given: what is said of it, by the keys of sidecars.
        found: its documents, or what is wrong with them.
    """

    path: Path
    data: bytes
    found: list[Found | ReadError]
    given: Mapping[str, str]

    @property
    def sha256(self) -> str:
        """SHA-256 of its bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def bundle(self) -> str | None:
        """Where it is kept within the data root if it holds several documents, or is not itself one; ``None`` if it is the document."""
        is_bundle = any(isinstance(each, Found) and each.part is not None for each in self.found)
        return f"{FOLDER}/{BUNDLES}/{self._name}" if is_bundle else None

    @property
    def _name(self) -> str:
        suffix = "json" if self.data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else "csv"
        return f"{self.sha256[:12]}.{suffix}"

    def keep(self, root: DataRoot) -> None:
        """Write it as it was received, if it is a bundle that the store does not have."""
        if self.bundle is not None and self._name not in root.names(FOLDER, BUNDLES):
            root.write(self.data, FOLDER, BUNDLES, self._name)


def receive(path: Path, told: Mapping[str, str] | None = None) -> Received:
    """Open a file and read its documents.

    Args:
        told: what is said of the file, by the keys of sidecars; it may not contradict the sidecar ``<file>.yaml`` beside it.

    Raises:
        ReadError: it cannot be opened, or its sidecar is none or contradicts what is told.
    """
    data = read_bounded(path)
    given = told_of(path, told or {})
    return Received(path, data, documents_in(data, path.name, given.get("series")), given)


def ingest(
    root: DataRoot, path: Path, *, release_month: str | None = None, told: Mapping[str, str] | None = None, now: dt.datetime | None = None
) -> Ingested:
    """Put a file of one document into the store, as ``ingest_each`` does. Raises also for a file of several."""
    received = receive(path, told)
    only(received.found, path.name)
    for outcome in ingest_each(root, received, release_month=release_month, now=now):
        if isinstance(outcome, ReadError):
            raise outcome
        return outcome
    raise AssertionError("a file of one document has one outcome")


def ingest_each(
    root: DataRoot, received: Received, *, release_month: str | None = None, now: dt.datetime | None = None
) -> Iterator[Ingested | ReadError]:
    """Put the documents of a file into the store, under family and release month. A document already there stays as it is, but
    takes what a sidecar that came after it says more. What is wrong with one does not stop the others.

    The release month is, in this order: stated in the document, in a sidecar ``<file>.yaml`` beside it
    (``release_month``, and if wanted ``source``, ``published_date``, ``seen_on``, ``title``, ``publisher``, ``note``),
    the argument, or the start of the file name (``YYYY-MM.``).

    Yields:
        What became of each document, or an error: it cannot be read as a document of a known family, its release month is
        unknown, no month or earlier than the latest month that it prints, its sidecar contradicts the store, the store holds the
        document damaged or in another month, or a file of the same series that it has contradicts it.
    """
    for found in received.found:
        if isinstance(found, ReadError):
            yield found
            continue
        try:
            yield _put(root, received, found, release_month=release_month, now=now or dt.datetime.now(dt.UTC))
        except ReadError as error:
            if found.part is not None and error.document == received.path.name:
                error.document = found.part.name
            yield error


def _with_part(given: Mapping[str, str], part: Part | None) -> dict[str, str]:
    """What is said of a document: of the file by whoever gives it, and of its part by the file.

    A day on which the part was seen counts if it is the earlier one: any day will do, and the first says most.
    """
    told = dict(given)
    for key, text in (part.told if part is not None else {}).items():
        told[key] = min(told.get(key, text), text)
    return told


def _put(root: DataRoot, received: Received, found: Found, *, release_month: str | None, now: dt.datetime) -> Ingested:
    """Put one document into the store. Raises ReadError as ``ingest_each`` says."""
    path, data, reading, part = received.path, found.data, found.reading, found.part
    given = _with_part(received.given, part)
    month, answered = release_month_of(path, reading, given, release_month)
    if answered is None or month is None:
        raise ReadError(
            path.name,
            expected="a release month, YYYY-MM",
            found="none stated",
            todo="give it with --release-month, in a sidecar, or at the start of the file name (2016-11.name.txt)",
        )
    if not FIRST_RELEASE_MONTH <= month <= now.strftime("%Y-%m"):
        raise ReadError(
            path.name,
            expected=f"a release month from {FIRST_RELEASE_MONTH} to the current one",
            found=month,
            todo="correct the month; it is the month in which the document was published",
        )
    published = given.get("published_date") or reading.published_date
    _require_days(path.name, month, published, given.get("seen_on"))
    document = Document(
        family=reading.family,
        release_month=month,
        release_month_from=answered,
        publisher=given.get("publisher") or reading.publisher,
        title=given.get("title") or reading.title,
        published_date=published,
        source=given.get("source") or reading.source,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        received_at=now.isoformat(timespec="microseconds"),
        note=given.get("note"),
        product=reading.product,
        suffix=suffix_of(data),
        seen_on=given.get("seen_on"),
        reference_month=reading.reference_month,
        part=found.which,
        received_sha256=None if part is None else received.sha256,
    )
    # Only this document is looked at: another one that was damaged in the store must not stop it.
    if {document.name, f"{document.stem}.yaml"} <= set(root.names(FOLDER, month)):
        known = stored(root, month, document.name)
        if part is not None and "seen_on" in part.told and known.seen_on is not None:
            # The same figures were seen on another day: the earlier one says more, the later one is no contradiction.
            if part.told["seen_on"] < known.seen_on:
                known = replace(known, seen_on=None)
            else:
                given = {key: text for key, text in given.items() if key != "seen_on"}
        return _described_anew(root, path.name, known, given, tuple(reading.notes))
    elsewhere = [each for each in release_months(root) if each != month and document.name in root.names(FOLDER, each)]
    if elsewhere:
        raise ReadError(
            path.name,
            expected="a document that is not in the store yet",
            found=f"the very bytes of {FOLDER}/{elsewhere[0]}/{document.name}",
            todo=f"if {month} is right, remove that file and its sidecar and run {elsewhere[0]} again; a document is published once",
        )
    if reading.is_labelled:
        require_agreement(reading, path.name, _series_files(root, reading.family))
    received.keep(root)
    # The sidecar first: a document without one is an error, a sidecar without its document is nothing.
    _describe(root, document)
    root.write(data, FOLDER, month, document.name)
    return Ingested(document, True, tuple(reading.notes))


def _require_days(name: str, month: str, published: str | None, seen_on: str | None) -> None:
    wrong = wrong_day(month, published, seen_on)
    if wrong is not None:
        todo = "correct the day or the month; the release month is the month in which the document was published"
        raise ReadError(name, expected=wrong[0], found=wrong[1], todo=todo)


def _described_anew(root: DataRoot, name: str, known: Document, given: Mapping[str, str], notes: tuple[str, ...]) -> Ingested:
    """A document that is in the store, with what a sidecar that came after it says more.

    Raises:
        ReadError: the sidecar contradicts a day that the store knows.
    """
    days = ("published_date", "seen_on")
    for key in days:
        if given.get(key) and getattr(known, key) not in (None, given[key]):
            raise ReadError(
                f"{name}.yaml",
                expected=f"{key} {getattr(known, key)}, as the store has it for this document",
                found=given[key],
                todo=f"correct the one that is wrong; the store's stands in {FOLDER}/{known.release_month}/{known.stem}.yaml",
            )
    said = {key: given[key] for key in (*days, "publisher", "title", "source", "note") if given.get(key)}
    more = {key: text for key, text in said.items() if text != getattr(known, key)}
    if not more:
        return Ingested(known, False, notes)
    document = Document(**(asdict(known) | more))
    _require_days(name, document.release_month, document.published_date, document.seen_on)
    _describe(root, document)
    return Ingested(document, False, notes, is_described_anew=True)


def _describe(root: DataRoot, document: Document) -> None:
    """Write the sidecar of a document."""
    import yaml

    described = {key: value for key, value in asdict(document).items() if key not in NOT_KEPT}
    text = yaml.safe_dump(described, sort_keys=False, allow_unicode=True)
    root.write(text.encode(), FOLDER, document.release_month, f"{document.stem}.yaml")


def _series_files(root: DataRoot, family: str) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of the series files of a family, those of the latest release months first."""
    for month in reversed(release_months(root)):
        for name in root.names(FOLDER, month):
            if name.startswith(f"{family}-") and name.endswith(".csv"):
                yield f"{FOLDER}/{month}/{name}", root.read(FOLDER, month, name)
