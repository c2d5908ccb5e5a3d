"""The one error of the reading room: which document, which line, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_SHOWN = 120
_LONG = 600


def printable(text: str, limit: int = _SHOWN) -> str:
    """Document text made safe to show: control characters escaped, long text cut and said so."""
    cut = text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)


class ReadError(Exception):
    """A document that is not laid out as its family is.

    Attributes:
        document: the name under which the document was read.
        line: the line, counted from 1, or ``None`` if it is about the whole document.
        expected, found: what the reader was looking for, and the text that stood there.
        todo: what a person can do about it.
    """

    def __init__(self, document: str, line: int | None = None, *, expected: str, found: str, todo: str) -> None:
        self.document = printable(document, _LONG)
        self.line = line
        self.expected = printable(expected, _LONG)
        self.found = printable(found)
        self.todo = printable(todo, _LONG)
        super().__init__(str(self))

    def __str__(self) -> str:
        place = self.document if self.line is None else f"{self.document}, line {self.line}"
        return f"{place}: expected {self.expected}, found {self.found}. To do: {self.todo}."


@contextmanager
def about(document: str, *, expected: str, found: str, todo: str) -> Iterator[None]:
    """Make whatever is raised inside an error about this one document, so that the others of the month go on.

    Args:
        found: what the document is then; the error follows in brackets.

    Raises:
        ReadError: in place of any other exception. One that says it all already is raised as it is.
    """
    try:
        yield
    except ReadError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())
        raise ReadError(document, expected=expected, found=f"{found} ({type(error).__name__}: {said})", todo=todo) from error
