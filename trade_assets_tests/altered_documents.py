"""Shipped documents, and what may come of them once altered: the same facts, fewer, or a whole error message."""

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

# What a cell says, not where it stands.
_FACT = ("table", "column", "series", "measure", "period", "value", "decimals", "unit", "flags", "gap", "text")


@cache
def text_of(name):
    """A shipped document's text."""
    return shipped_document(*WITH_TABLES[name]).read_bytes().decode()


@cache
def three_years():
    """The FT-900 table from 1992 to 1994, 351 figures in 39 rows: what is built again and again needs no more."""
    lines = text_of("ft900").split("\n")
    return "\n".join([*lines[: lines.index("1995")], *lines[-4:]])


@cache
def lines_of(name):
    """Its lines; line 1 is the first entry."""
    return tuple(text_of(name).split("\n"))


def exchanged(lines, number, old, new):
    """The lines with a text of one line exchanged, by its number from 1."""
    line = lines[number - 1]
    assert old in line
    return [*lines[: number - 1], line.replace(old, new, 1), *lines[number:]]


def without(lines, first, last=None):
    """The lines without those from one number to another."""
    return [*lines[: first - 1], *lines[last or first :]]


@cache
def reading_of(name):
    """What the reader makes of it unaltered."""
    return read_document(text_of(name).encode(), name)


def cells(reading, *columns):
    """The cells as tuples of the columns."""
    return list(zip(*(reading.cells[column] for column in columns), strict=True))


def facts(reading):
    """All facts in the order of the reading."""
    return cells(reading, *_FACT)


@cache
def facts_of(name):
    """The facts of a shipped document."""
    return facts(reading_of(name))


def facts_without(name, at, count=1):
    """The facts of a shipped document but for those on ``count`` lines from index ``at`` on."""
    lost = range(at + 1, at + 1 + count)
    return [fact for line, fact in zip(reading_of(name).cells["line"], facts_of(name), strict=True) if line not in lost]


def as_bytes(altered):
    """A document given as bytes, text or lines."""
    if isinstance(altered, bytes):
        return altered
    return (altered if isinstance(altered, str) else "\n".join(altered)).encode()


def attempt(altered):
    """The reading of an altered document and no error, or no reading and an error that says everything it must."""
    data = as_bytes(altered)
    try:
        return read_document(data, ALTERED), None
    except ReadError as error:
        assert error.document == ALTERED
        assert error.line is None or 1 <= error.line <= data.count(b"\n") + 1
        assert str(error).startswith(ALTERED if error.line is None else f"{ALTERED}, line {error.line}: ")
        for part in (error.expected, error.found, error.todo):
            assert part.strip()
            assert part in str(error)
        assert str(error).isprintable()  # one line, and nothing that a terminal would obey
        return None, error


def outcome(altered):
    """The facts of an altered document, or ``None`` if it is refused."""
    reading, _ = attempt(altered)
    return None if reading is None else facts(reading)


def refusal(altered):
    """The error with which an altered document is refused, as it must be."""
    _, error = attempt(altered)
    assert error is not None, "the document was read"
    return error
