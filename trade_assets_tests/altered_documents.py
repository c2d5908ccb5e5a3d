"""Shipped documents and what may come of them once altered: the same facts, fewer, or a whole error message."""

from collections import Counter
from functools import cache

from trade_assets.reading import ReadError, read_document
from trade_assets_tests.conftest import shipped_document

WITH_TABLES = {
    "ft900": ("ft900", "2016-11"),
    "mxp_2012": ("mxp", "2012-08"),
    "mxp_2018": ("mxp", "2018-08"),
    "uscc": ("uscc", "2013-01"),
}
PRICE_INDEXES = ("mxp_2012", "mxp_2018")
ALTERED = "altered.txt"

# What a cell says and where it says it from; not where it stands.
_FACT = ("table", "column", "series", "measure", "period", "value", "decimals", "unit", "flags", "gap", "text")


@cache
def text_of(name):
    """A shipped document's text."""
    return shipped_document(*WITH_TABLES[name]).read_bytes().decode()


@cache
def lines_of(name):
    """Its lines; line 1 is the first entry."""
    return tuple(text_of(name).split("\n"))


@cache
def reading_of(name):
    """What the reader makes of it unaltered."""
    return read_document(text_of(name).encode(), name)


def cells(reading, *columns):
    """The cells as tuples of the columns."""
    return list(zip(*(reading.cells[column] for column in columns), strict=True))


def facts(reading, *, without=()):
    """All facts, counted, so that one that is read twice shows."""
    return Counter(cells(reading, *(column for column in _FACT if column not in without)))


@cache
def facts_of(name):
    """The facts of a shipped document."""
    return facts(reading_of(name))


def facts_on(name, first, count=1):
    """The facts that lines ``first`` (from 0) and on print."""
    lines = range(first + 1, first + 1 + count)
    return Counter(fact for line, *fact in map(_split, cells(reading_of(name), "line", *_FACT)) if line in lines for fact in [tuple(fact)])


def _split(cell):
    return cell


def read(altered):
    """The reading of an altered document, given as text, lines or bytes."""
    return read_document(as_bytes(altered), ALTERED)


def as_bytes(altered):
    """Text or lines as a file's bytes."""
    if isinstance(altered, bytes):
        return altered
    return (altered if isinstance(altered, str) else "\n".join(altered)).encode()


def refusal(altered):
    """The error if the document is refused, which must then say everything it has to; ``None`` if it is read."""
    try:
        read(altered)
    except ReadError as error:
        assert_says_everything(error, as_bytes(altered).count(b"\n") + 1)
        return error
    return None


def assert_says_everything(error, lines):
    """Document, a line of it, what was expected, what was found, what to do; on one line that is safe to show."""
    assert error.document == ALTERED
    assert error.line is None or 1 <= error.line <= lines
    for part in (error.expected, error.found, error.todo):
        assert part.strip()
        assert part in str(error)
    assert str(error).startswith(ALTERED if error.line is None else f"{ALTERED}, line {error.line}: ")
    assert str(error).isprintable()


def outcome(altered):
    """The facts of an altered document, or ``None`` if it is refused with a whole message."""
    try:
        reading = read(altered)
    except ReadError as error:
        assert_says_everything(error, as_bytes(altered).count(b"\n") + 1)
        return None
    return facts(reading)
