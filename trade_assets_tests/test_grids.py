"""Rows and columns as lines: where each text stands in the rendition, what breaks no line, and how places are called."""

import pytest

from trade_assets.reading.cells import IN_LINES, Where
from trade_assets.reading.errors import ReadError
from trade_assets.reading.grid import Field, GridDocument, GridRow, head_of, rendered


def _rendered(*rows, separator=" | ", is_aligned=True, **more):
    entries = [[(column, text, Where("s", f"c{column}")) for column, text in row] for row in rows]
    return rendered("a.xlsx", "workbook", entries, separator, is_aligned=is_aligned, **more)


def test_an_aligned_line_counts_the_columns_passed_over():
    document = _rendered([(0, "a"), (1, "b"), (4, "c")], [], [(2, " d ")], [(1, " ")])
    assert document.printed == ["a | b |  |  | c", "", " |  | d", ""]
    assert [(row.line, [(field.column, field.text, field.start) for field in row.fields]) for row in document.rows] == [
        (1, [(0, "a", 0), (1, "b", 4), (4, "c", 14)]), (3, [(2, "d", 6)]),
    ]  # fmt: skip
    assert document.rows[1].fields[0].where == Where("s", "c2")


def test_a_line_that_is_not_aligned_has_one_separator():
    document = _rendered([(0, "a"), (3, "b"), (3, "c")], [(5, "d")], separator="  ", is_aligned=False)
    assert document.printed == ["a  b  c", "d"]
    assert [field.start for field in document.rows[0].fields] == [0, 3, 6]


def test_a_document_keeps_what_is_said_of_it():
    document = _rendered(notes=("macros",), hidden=frozenset({"s"}))
    assert document == GridDocument("a.xlsx", "workbook", [], [], ("macros",), frozenset({"s"}))


@pytest.mark.parametrize("code", [0, 0x09, 0x0A, 0x0D, 0x1F, 0x7F, 0x85, 0x2028, 0x2029])
def test_what_would_break_a_line_is_a_space(code):
    assert _rendered([(0, f"a{chr(code)}b"), (1, f"{chr(code)}c")]).printed == ["a b | c"]


@pytest.mark.parametrize("code", [0x20, 0x21, 0x7E, 0x80, 0xA0, 0xD7FF, 0xE000])
def test_other_characters_stay(code):
    assert _rendered([(0, f"a{chr(code)}b")]).printed == [f"a{chr(code)}b"]


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDFFF])
def test_half_a_character_is_replaced(code):
    assert _rendered([(0, f"a{chr(code)}b")]).printed == ["a\ufffdb"]


def test_a_line_may_be_as_long_as_one_of_a_text():
    assert len(_rendered([(0, "x" * 100_000)]).printed[0]) == 100_000
    with pytest.raises(ReadError) as caught:
        _rendered([(0, "a")], [(0, "x" * 50_000), (1, "x" * 49_998)])
    error = caught.value
    assert (error.document, error.line, error.expected) == ("a.xlsx", 2, "rows of at most 100,000 characters")
    assert (error.found, error.todo) == ("one of 100,001", "check that this is the publisher's file")


@pytest.mark.parametrize(
    ("where", "place"),
    [
        (IN_LINES, "column 3"), (Where("S 1", "B8"), "cell B8 of sheet 'S 1'"),
        (Where(page=2, box="1.0 2.0 3.0 4.0"), "page 2, box 1.0 2.0 3.0 4.0"),
    ],
)  # fmt: skip
def test_places_as_errors_call_them(where, place):
    assert Field(2, "x", 1, 0, where).place == place


def test_a_text_made_plain():
    assert Field(0, "a\u00a0 −1\t b", 1, 0).plain == "a -1 b"


def test_the_head_of_pages_is_by_row_and_of_others_by_field():
    rows = [GridRow(1, (Field(0, "a", 1, 0), Field(1, "b  c", 1, 4))), GridRow(2, (Field(0, "d", 2, 0),))]
    assert list(head_of("pages", rows)) == ["a b c", "d"]
    assert list(head_of("workbook", rows)) == ["a", "b c", "d"]
    for kind, head in (("pages", ["a b c", "d"]), ("workbook", ["a", "b c", "d"])):
        document = GridDocument("a", kind, [], rows)
        assert list(document.head) == head
        assert document.texts == {"a", "b c", "d"}
