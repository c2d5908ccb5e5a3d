"""Decisions on issues: small YAML files under ``reviews/<release month>/<issue>.yaml`` in the data root.

A file is the history of one issue: a list of entries, the newest last, which people write through ``trade-assets
review`` or by hand and review like code. Runs read them and never write them; writers wait for each other. A decision is
bound to the document's sha256 and to the printed text of the cells: when either changes, or when it expires, it is in force
no more.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from trade_assets.facts.periods import is_month
from trade_assets.reading.errors import printable
from trade_assets.reading.marks import parse
from trade_assets.warehouse.locks import locked
from trade_assets.warehouse.root import DataRoot

FOLDER = "reviews"
MAX_BYTES = 256 * 1024
_ENDINGS = (".yaml", ".yml")

Action = Literal["accept", "correct", "withhold", "reopen"]
ACTIONS: tuple[Action, ...] = ("accept", "correct", "withhold", "reopen")
SAYS: Mapping[str, str] = {
    "accept": "accepted as published",
    "correct": "corrected",
    "withhold": "withheld",
    "reopen": "reopened",
}

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONG = 2000
_ID = re.compile(r"[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REQUIRED = ("action", "reason", "reviewer", "decided_on", "sha256", "cells")
_OPTIONAL = ("expires_on", "told_publisher_on", "publisher_answer", "is_forced")
_DAYS = ("decided_on", "expires_on", "told_publisher_on")


class DecisionError(Exception):
    """A decision file that cannot be taken; the message names file, line, what was expected and what to do."""

    def __init__(self, path: str, line: int | None, expected: str, found: str) -> None:
        place = path if line is None else f"{path}, line {line}"
        super().__init__(f"{place}: expected {expected}, found {printable(found)}. To do: correct the file, or decide anew.")


@dataclass(frozen=True)
class DecidedCell:
    """A cell that a decision is about: where it stands, what is printed there, and what it should read if corrected."""

    line: int
    start: int
    text: str
    value: str | None = None


@dataclass(frozen=True)
class Decision:
    """What a person said of an issue.

    Attributes:
        path: the file within the data root; ``number`` counts its entries from 1.
        cells: the cells decided on, as printed when decided; the decision is bound to their text.
        expires_on: the day from which it is in force no more.
        is_forced: a correction that leaves an identity violated, and was wanted all the same.
    """

    path: str
    number: int
    issue: str
    action: Action
    reason: str
    reviewer: str
    decided_on: str
    sha256: str
    cells: tuple[DecidedCell, ...]
    expires_on: str | None = None
    told_publisher_on: str | None = None
    publisher_answer: str | None = None
    is_forced: bool = False

    @property
    def values(self) -> dict[tuple[int, int], str]:
        """The corrected figures by line and offset."""
        return {(cell.line, cell.start): cell.value for cell in self.cells if cell.value is not None}

    @property
    def sentence(self) -> str:
        """The decision for people."""
        changed = "; ".join(f"{cell.text} to {cell.value}" for cell in self.cells if cell.value is not None)
        until = f", until {self.expires_on}" if self.expires_on else ""
        said = f"{SAYS[self.action]}{f' ({changed})' if changed else ''} by {self.reviewer} on {self.decided_on}{until}: {self.reason}"
        return printable(said, _LONG)


def folder_of(release_month: str) -> tuple[str, str]:
    """Where a month's decisions stand within the data root. Raises ValueError if it is no month."""
    if not is_month(release_month):
        raise ValueError(f"{release_month!r} is no month; expected YYYY-MM")
    return FOLDER, release_month


def read_decisions(root: DataRoot, release_month: str) -> tuple[dict[str, list[Decision]], list[DecisionError]]:
    """All decisions of a release month by issue, oldest first, and what is wrong with files that cannot be taken."""
    found: dict[str, list[Decision]] = {}
    errors = []
    folder = folder_of(release_month)
    for name in root.names(*folder):
        if not name.endswith(_ENDINGS):
            continue
        path = "/".join((*folder, name))
        try:
            stem = name.rpartition(".")[0]
            if stem in found:
                raise DecisionError(path, None, "one file for an issue", f"{stem}{_ENDINGS[0]} beside it")
            if _ID.fullmatch(stem) is None:
                raise DecisionError(path, None, "a file name <issue>.yaml with an issue's 12 hexadecimal digits", name)
            if root.size(*folder, name) > MAX_BYTES:
                raise DecisionError(path, None, f"at most {MAX_BYTES:,} bytes", f"{root.size(*folder, name):,}")
            found[stem] = parse_decisions(root.read(*folder, name), path, stem)
        except DecisionError as error:
            errors.append(error)
        except OSError as error:
            errors.append(DecisionError(path, None, "a file that can be read", f"{type(error).__name__}: {error}"))
    return found, errors


def parse_decisions(data: bytes, path: str, issue: str) -> list[Decision]:
    """The entries of a decision file.

    Raises:
        DecisionError: it is no YAML, or an entry is not as it must be; with the line.
    """
    import yaml

    try:
        root = yaml.compose(data.decode("utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DecisionError(path, line, "YAML", str(error.problem)) from None
    except Exception as error:  # PyYAML raises also what chr() and decode() raise within it
        raise DecisionError(path, None, "YAML in UTF-8", str(error)) from None
    if not isinstance(root, yaml.SequenceNode) or not root.value:
        raise DecisionError(path, 1, "a list of decisions, each beginning with '- action:'", "none")
    return [_decision(node, path, issue, number) for number, node in enumerate(root.value, start=1)]


def _fields(node: Any, path: str, required: Sequence[str], optional: Sequence[str], what: str) -> dict[str, tuple[Any, int]]:
    """The fields of a mapping as nodes, each with its line."""
    import yaml

    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise DecisionError(path, line, f"'key: value' lines of {what}", type(node).__name__)
    fields: dict[str, tuple[Any, int]] = {}
    for key, value in node.value:
        name, at = str(key.value), key.start_mark.line + 1
        if name not in (*required, *optional):
            raise DecisionError(path, at, f"a key of {', '.join((*required, *optional))}", repr(name))
        if name in fields:
            raise DecisionError(path, at, f"each key once in {what}", f"a second {name!r}")
        fields[name] = value, at
    missing = [name for name in required if name not in fields]
    if missing:
        raise DecisionError(path, line, f"{what} with {', '.join(missing)}", "none")
    return fields


def _text(field: tuple[Any, int], path: str, what: str) -> str | None:
    """A scalar as the text that is written; ``None`` for null and for nothing."""
    import yaml

    node, line = field
    if not isinstance(node, yaml.ScalarNode):
        raise DecisionError(path, line, f"one plain value as {what}", type(node).__name__)
    if node.tag == "tag:yaml.org,2002:null" or not node.value.strip():
        return None
    text = " ".join(str(node.value).split())
    if not text.isprintable():
        raise DecisionError(path, line, f"plain text as {what}", repr(text))
    return text


def as_day(text: str) -> dt.date | None:
    """A day written as YYYY-MM-DD, and in no other way."""
    if _DAY.fullmatch(text) is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _decision(node: Any, path: str, issue: str, number: int) -> Decision:
    import yaml

    fields = _fields(node, path, _REQUIRED, _OPTIONAL, "a decision")
    texts = {name: _text(fields[name], path, name) if name in fields else None for name in (*_REQUIRED, *_OPTIONAL) if name != "cells"}

    def line(name: str) -> int:
        return fields[name][1]

    action = texts["action"]
    if action not in ACTIONS:
        raise DecisionError(path, line("action"), f"one of {', '.join(ACTIONS)}", repr(action))
    for name in ("reason", "reviewer"):
        if texts[name] is None:
            raise DecisionError(path, line(name), f"a {name}", "none")
    if _SHA256.fullmatch(texts["sha256"] or "") is None:
        raise DecisionError(path, line("sha256"), "the document's sha256, 64 hexadecimal digits", repr(texts["sha256"]))
    for name in _DAYS:
        day = texts[name]
        if day is None and name != "decided_on":
            continue
        if as_day(day or "") is None:
            raise DecisionError(path, line(name), "a day, YYYY-MM-DD", repr(day))
    if texts["is_forced"] not in (None, "true", "false"):
        raise DecisionError(path, line("is_forced"), "true or false", repr(texts["is_forced"]))
    cells_node, at = fields["cells"]
    if not isinstance(cells_node, yaml.SequenceNode) or (not cells_node.value and action != "reopen"):
        raise DecisionError(path, at, "a list of cells, each with line, start and text", "none")
    cells = tuple(_cell(each, path) for each in cells_node.value)
    if len({(cell.line, cell.start) for cell in cells}) < len(cells):
        raise DecisionError(path, at, "each cell once", "a second one at the same line and offset")
    if action == "correct" and not any(cell.value for cell in cells):
        raise DecisionError(path, at, "a value for at least one corrected cell", "none")
    if action != "correct" and any(cell.value for cell in cells):
        raise DecisionError(path, at, "values in corrections only", f"one in '{action}'")
    return Decision(
        path,
        number,
        issue,
        action,
        str(texts["reason"]),
        str(texts["reviewer"]),
        str(texts["decided_on"]),
        str(texts["sha256"]),
        cells,
        texts["expires_on"],
        texts["told_publisher_on"],
        texts["publisher_answer"],
        texts["is_forced"] == "true",
    )


def _cell(node: Any, path: str) -> DecidedCell:
    fields = _fields(node, path, ("line", "start", "text"), ("value",), "a cell")
    texts = {name: _text(field, path, name) for name, field in fields.items()}
    for name in ("line", "start"):
        if not (texts[name] or "").isdecimal() or len(str(texts[name])) > 9:
            raise DecisionError(path, fields[name][1], f"a number as {name}", repr(texts[name]))
    value = texts.get("value")
    if value is not None:
        mark = parse(value)
        if mark is None or mark.value is None:
            raise DecisionError(path, fields["value"][1], "a figure, such as 36,854", repr(value))
    return DecidedCell(int(str(texts["line"])), int(str(texts["start"])), str(texts["text"] or ""), value)


def entry_text(decision: Decision) -> str:
    """A decision as an entry of its file."""
    import yaml

    fields: dict[str, Any] = {
        "action": decision.action,
        "reason": decision.reason,
        "reviewer": decision.reviewer,
        "decided_on": decision.decided_on,
    }
    for name in ("expires_on", "told_publisher_on", "publisher_answer"):
        if getattr(decision, name) is not None:
            fields[name] = getattr(decision, name)
    if decision.is_forced:
        fields["is_forced"] = True
    fields["sha256"] = decision.sha256
    fields["cells"] = [
        {"line": cell.line, "start": cell.start, "text": cell.text, **({"value": cell.value} if cell.value is not None else {})}
        for cell in decision.cells
    ]
    return str(yaml.safe_dump([fields], sort_keys=False, allow_unicode=True, width=100))


def write_decision(root: DataRoot, release_month: str, decision: Decision) -> str:
    """Append a decision to its issue's file, one writer after the other; the file's path within the data root.

    Raises:
        DecisionError: the file is there and cannot be read, so that an entry would be lost in it, or would grow too large to be read.
        LockedError: others are writing, and do not end.
        OSError: it cannot be written.
    """
    folder = folder_of(release_month)
    if _ID.fullmatch(decision.issue) is None:
        raise ValueError(f"{decision.issue!r} is no issue's id")
    entry = entry_text(decision).encode()
    with locked(root, FOLDER):
        name = _file_of(root, release_month, decision.issue)
        path = "/".join((*folder, name))
        (meant,) = parse_decisions(entry, path, decision.issue)
        before = root.read(*folder, name) if root.exists(*folder, name) else b""
        whole = before + (b"" if before.endswith(b"\n") or not before else b"\n") + entry
        if len(whole) > MAX_BYTES:
            raise DecisionError(path, None, f"at most {MAX_BYTES:,} bytes", f"{len(whole):,} with the new entry")
        last = parse_decisions(whole, path, decision.issue)[-1]
        # A list that a person wrote in another form may swallow what is put behind it.
        if replace(last, number=meant.number) != meant:
            raise DecisionError(path, None, "a list of entries that begin with '- ' at the start of a line", "another form")
        root.write(whole, *folder, name)
    return path


def _file_of(root: DataRoot, release_month: str, issue: str) -> str:
    """The name of an issue's file: the one that is there, whichever ending a person gave it."""
    folder = folder_of(release_month)
    there = [name for name in (f"{issue}{ending}" for ending in _ENDINGS) if root.exists(*folder, name)]
    if len(there) > 1:
        raise DecisionError("/".join((*folder, there[1])), None, "one file for an issue", f"{there[0]} beside it")
    return there[0] if there else f"{issue}{_ENDINGS[0]}"


REOPENED = "reopened"
"""Why a decision is not in force that somebody took back."""


def expired(day: str) -> str:
    """Why a decision is not in force whose day has come."""
    return f"expired on {day}"


def why_not_in_force(decision: Decision, sha256: str, texts: Mapping[tuple[int, int], str], today: dt.date) -> str | None:
    """Why the last decision on an issue is not in force; ``None`` if it is.

    Args:
        sha256: of the document that shows the issue.
        texts: what is printed at each line and offset of it.
    """
    if decision.action == "reopen":
        return REOPENED
    if decision.sha256 != sha256:
        return "the document has changed since"
    for cell in decision.cells:
        printed = texts.get((cell.line, cell.start))
        if printed != cell.text:
            return f"line {cell.line} prints {printed or 'something else'} now, not {cell.text}"
    if decision.expires_on is not None and today >= dt.date.fromisoformat(decision.expires_on):
        return expired(decision.expires_on)
    return None


def history(entries: Sequence[Decision]) -> Iterator[str]:
    """All that was decided on an issue, oldest first."""
    return (entry.sentence for entry in entries)
