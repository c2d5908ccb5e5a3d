"""What a refusal of a document says."""

import pytest

from trade_assets.reading.errors import ReadError


def refused(document, does, *given, **options):
    """The error that something raises, which is about the document of this name."""
    with pytest.raises(ReadError) as caught:
        does(*given, **options)
    assert caught.value.document == document
    return caught.value


def refusal(document, does, *given, **options):
    """The same by its parts: line, what was expected, what was found, and what to do."""
    error = refused(document, does, *given, **options)
    return error.line, error.expected, error.found, error.todo
