"""What is known of a document beside its bytes: sidecar files, and where the release month comes from."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trade_assets.facts.periods import is_month
from trade_assets.reading import ReadError, Reading, read_bounded

_STEM_MONTH = re.compile(r"(\d{4}-\d\d)\.")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def mapping_of(data: bytes, name: str, todo: str) -> dict[str, Any]:
    """The ``key: value`` lines of a sidecar.

    Raises:
        ReadError: it is no YAML, or nested.
    """
    import yaml

    try:
        read = yaml.safe_load(data)
    except Exception as error:  # PyYAML raises also what int(), dict and re raise within it
        raise ReadError(name, expected="YAML", found=str(error) or type(error).__name__, todo=todo) from None
    if read is None:
        return {}
    if not isinstance(read, dict):
        raise ReadError(name, expected="'key: value' lines", found=type(read).__name__, todo=todo)
    for key, value in read.items():
        if not isinstance(key, str) or not isinstance(value, str | int | float | dt.date | None):
            raise ReadError(name, expected="one key and one plain value a line", found=f"{key!r}: {type(value).__name__}", todo=todo)
    return read


def release_month_of(path: Path, reading: Reading, given: Mapping[str, str], option: str | None) -> tuple[str | None, str | None]:
    """The release month of a file and which source answered, the first of: document, sidecar, option, file name.

    Args:
        given: what the sidecar says.

    Raises:
        ReadError: a source states something that is no month, or one earlier than the latest month that the document prints.
    """
    stem = _STEM_MONTH.match(path.name)
    answers = {
        "document": reading.release_month,
        "sidecar": given.get("release_month"),
        "option": option,
        "file_name": stem[1] if stem else None,
    }
    answered = next((name for name, month in answers.items() if month is not None), None)
    # What a person states must be a month even where the document answers first: a slip is said, not passed over.
    for name in filter(None, ("sidecar", "option", answered)):
        stated = answers[name]
        if stated is not None and not is_month(stated):
            raise ReadError(
                path.name,
                expected=f"a release month, YYYY-MM, from the {name.replace('_', ' ')}",
                found=repr(stated),
                todo="correct it there",
            )
    month = answers[answered] if answered else None
    if answered and month and reading.reference_month and month < reading.reference_month:
        raise ReadError(
            path.name,
            expected=f"a release month no earlier than {reading.reference_month}, the latest month that the document prints",
            found=f"{month}, from the {answered.replace('_', ' ')}",
            todo="correct it there; the release month is the month in which the document was published",
        )
    return month, answered


_MAX_SIDECAR = 64 * 1024
TOLD = ("release_month", "publisher", "title", "published_date", "seen_on", "source", "note", "series")
"""What may be said of a file outside itself, in a sidecar or by whoever gives it."""


def is_day(text: str) -> bool:
    """Whether the text is a day of the calendar, ``YYYY-MM-DD``."""
    try:
        return _DAY.fullmatch(text) is not None and dt.date.fromisoformat(text) is not None
    except ValueError:
        return False


def wrong_day(release_month: str, published_date: str | None, seen_on: str | None) -> tuple[str, str] | None:
    """What was expected of a document's days, and what was found; ``None`` if they can be.

    A document is published in its release month, and nobody saw it before.
    """
    if published_date is not None and (not is_day(published_date) or published_date[:7] != release_month):
        return f"a day of publication in the release month {release_month}", repr(published_date)
    if seen_on is not None and (not is_day(seen_on) or seen_on[:7] < release_month):
        return f"a day in the release month {release_month} or later on which the document was seen", repr(seen_on)
    return None


def stored_month(path: Path, sha256: str) -> dict[str, str]:
    """The release month that the store's own sidecar states of a file in the store; empty for any other file."""
    sidecar = path.with_suffix(".yaml")
    if not sidecar.is_file():
        return {}
    try:
        stated = mapping_of(read_bounded(sidecar, _MAX_SIDECAR), sidecar.name, "")
    except ReadError:
        return {}
    return {"release_month": str(stated.get("release_month"))} if stated.get("sha256") == sha256 else {}


def told_of(path: Path, told: Mapping[str, str]) -> dict[str, str]:
    """What is said of a file: in a sidecar beside it, and by whoever gives it.

    Raises:
        ReadError: the sidecar is none, or one contradicts the other.
    """
    beside = given_sidecar(path)
    for key in told:
        if beside.get(key, told[key]) != told[key]:
            raise ReadError(
                f"{path.name}.yaml",
                expected=f"{key} {told[key]}, as given for the file",
                found=beside[key],
                todo="correct the one that is wrong",
            )
    return beside | dict(told)


def given_sidecar(path: Path) -> dict[str, str]:
    """What a sidecar beside the file says, as text."""
    sidecar = path.with_name(f"{path.name}.yaml")
    if not sidecar.exists():
        return {}
    todo = f"write 'key: value' lines with keys of {', '.join(TOLD)}"
    given = mapping_of(read_bounded(sidecar, _MAX_SIDECAR), sidecar.name, todo)
    unknown = sorted(set(given) - set(TOLD))
    if unknown:
        raise ReadError(sidecar.name, expected="known keys", found=", ".join(unknown), todo=todo)
    for key, what in (("published_date", "a day of publication"), ("seen_on", "a day on which the document was seen")):
        day = given.get(key)
        if day is not None and not is_day(str(day)):
            raise ReadError(sidecar.name, expected=f"{what}, YYYY-MM-DD", found=repr(day), todo="correct it there")
    return {key: str(value) for key, value in given.items() if value is not None}


def series_beside(path: Path) -> str | None:
    """The id of the series that a sidecar beside the file says; a sidecar that is none says nothing."""
    try:
        return given_sidecar(path).get("series")
    except ReadError:
        return None
