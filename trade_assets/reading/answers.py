"""Answers of the APIs of FRED and BLS: JSON whose observations are records like those of a file, each mark with its place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from trade_assets.reading.errors import ReadError, printable
from trade_assets.reading.grid import Field, GridDocument, GridRow
from trade_assets.reading.json_places import JsonError, Value, named, parse
from trade_assets.reading.text import TextDocument

FRED, BLS = "FRED", "BLS"
_MARKS = ('"observations"', '"Results"')
_HEAD = 10_000  # characters in which an answer says what it is
_SAID = 300
_NAMED = 5  # series that a message names


@dataclass(frozen=True)
class Answer:
    """An answer, as records.

    Attributes:
        api: whose it is.
        grid: the names of the observations' members, then the observations.
        titles: what the answer calls its series, by their ids.
        notes: what a person must know of it.
    """

    api: str
    grid: GridDocument
    titles: Mapping[str, str]
    notes: tuple[str, ...]


def resembles_answer(data: bytes) -> bool:
    """Whether bytes may be an answer with observations, by how they begin."""
    head = data[:_HEAD].decode("utf-8-sig", "replace").lstrip()
    return head.startswith("{") and any(mark in head for mark in _MARKS)


def answer_of(document: TextDocument) -> Answer | None:
    """The observations of an answer; ``None`` if it is none, or a refusal.

    Raises:
        ReadError: it is no whole JSON, has no observation, or not the figures as they were published.
    """
    text = "\n".join(document.printed)
    starts = [0, *accumulate(len(line) + 1 for line in document.printed)]

    def place(at: int) -> tuple[int, int]:
        line = bisect_right(starts, at)
        return line, at - starts[line - 1]

    try:
        root = parse(text)
    except JsonError as error:
        line, start = place(error.at)
        raise ReadError(
            document.name,
            line,
            expected="an answer in JSON, whole",
            found=f"{error} at offset {start}: {text[error.at : error.at + 40]!r}",
            todo="ask the API again; the answer is cut or altered",
        ) from None
    observations = root["observations"]
    if observations is not None and observations.items is not None:
        return _of_fred(document, root, observations.items, place)
    results = root["Results"]
    results = results.items[0] if results is not None and results.items else results
    status, series = root["status"], results["series"] if results is not None else None
    if status is not None and status.text == "REQUEST_SUCCEEDED" and series is not None and series.items:
        return _of_bls(document, root, series.items, place)
    return None


_Where = Callable[[int], tuple[int, int]]


class _Records:
    """Collects records whose members are columns, in the order in which they are first seen."""

    def __init__(self, document: TextDocument, place: _Where) -> None:
        self.document, self.place = document, place
        self.columns: dict[str, Field] = {}
        self.rows: list[GridRow] = []

    def add(self, members: Mapping[str, tuple[int, str]]) -> None:
        """Append a record of names with the offset and the text of each; an empty text is a blank field."""
        fields = []
        for name, (start, text) in members.items():
            line, at = self.place(start)
            column = self.columns.setdefault(name, Field(len(self.columns), name, line, at)).column
            if text.strip():
                fields.append(Field(column, text, line, at))
        if fields:
            self.rows.append(GridRow(fields[0].line, tuple(sorted(fields))))

    def grid(self) -> GridDocument:
        first = self.rows[0].line if self.rows else 1
        header = GridRow(first, tuple(self.columns.values()))
        return GridDocument(self.document.name, "answer", self.document.printed, [header, *self.rows])

    def fail(self, at: int, expected: str, found: str, todo: str = "ask the API again") -> ReadError:
        return ReadError(self.document.name, self.place(at)[0], expected=expected, found=found, todo=todo)


def _of_fred(document: TextDocument, root: Value, observations: list[Value], place: _Where) -> Answer:
    records = _Records(document, place)
    units = root["units"]
    if units is not None and units.text not in ("", "lin"):
        todo = "ask for units=lin, which is what FRED gives if nothing is said"
        raise records.fail(units.start, "the figures as they were published, units=lin", f"units={printable(units.text, 40)}", todo)
    for each in observations:
        if each.members is None:
            raise records.fail(each.start, "observations with date and value", repr(document.printed[place(each.start)[0] - 1][:60]))
        records.add({name: (leaf.start, leaf.text) for name, leaf in each.leaves("")})
    if not records.rows:
        raise records.fail(root.start, "observations", "none in the answer", "ask for a series and days that it has")
    count = root["count"]
    is_part = count is not None and count.text.isdigit() and int(count.text) > len(observations)
    notes = (f"the answer has {len(observations):,} of {int(count.text):,} observations",) if is_part and count is not None else ()
    return Answer(FRED, records.grid(), {}, notes)


def _of_bls(document: TextDocument, root: Value, series: list[Value], place: _Where) -> Answer:
    records = _Records(document, place)
    message = root["message"]
    said = [named(each.text) for each in (message.items if message is not None and message.items else ())]
    notes = [f"the API says: {printable(each, _SAID)}" for each in said if each]
    titles: dict[str, str] = {}
    for each in series:
        name, data, catalog = each["seriesID"], each["data"], each["catalog"]
        if name is None or not name.text:
            raise records.fail(each.start, "the id of each series", "none")
        title = catalog["series_title"] if catalog is not None else None
        if title is not None:
            titles[name.text] = named(title.text)
        if catalog is not None and catalog.members:
            notes.append(f"what the answer says of the series {printable(name.text, 40)} beside its figures (catalog) is not read")
        for observation in data.items if data is not None and data.items else ():
            records.add({"seriesID": (name.start, name.text), **_observation(document, observation, place)})
    if not records.rows:
        ids = ", ".join(printable(each["seriesID"].text, 40) for each in series[:_NAMED] if each["seriesID"] is not None)
        words = "; ".join([f"an answer of the BLS API without figures: series {ids}", *(f"the API says: {each}" for each in said)])
        raise records.fail(root.start, "figures", words, "ask it for a series and years that it has")
    return Answer(BLS, records.grid(), titles, tuple(notes))


def _observation(document: TextDocument, observation: Value, place: _Where) -> dict[str, tuple[int, str]]:
    """The members of an observation of BLS; of its footnotes the whole list, as files have it."""
    found: dict[str, tuple[int, str]] = {}
    for name, value in (observation.members or {}).items():
        if name == "footnotes" and value.items is not None:
            found[name] = value.start, " ".join(_slice(document, value, place).split())
        else:
            found |= {path: (leaf.start, leaf.text) for path, leaf in value.leaves(name)}
    return found


def _slice(document: TextDocument, value: Value, place: _Where) -> str:
    """A value as it stands in the text."""
    (first, start), (last, end) = place(value.start), place(value.end)
    lines = document.printed[first - 1 : last]
    if len(lines) == 1:
        return lines[0][start:end]
    return " ".join([lines[0][start:], *lines[1:-1], lines[-1][:end]])
