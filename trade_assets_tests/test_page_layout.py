"""Words of a page as lines, fields and columns of figures, at the distances that part them; and which PDFs are read at all."""

import logging

import pytest

from trade_assets.reading import confined, pages
from trade_assets.reading.cells import Where
from trade_assets.reading.errors import ReadError
from trade_assets_tests.made_files import pdf


@pytest.fixture
def laid_out(monkeypatch):
    """Reads pages of words (text, left, top, right, bottom), as if a PDF had them."""

    def read(*words, count=None):
        parsed = {"pages": len(words) if count is None else count, "words": words}
        monkeypatch.setattr(confined, "parsed", lambda parser, data, name, *, expected: parsed)
        return pages.read_pages(b"%PDF-", "a.pdf")

    return read


def _word(text, left, right, top=0.0, height=10.0):
    return text, left, top, right, top + height


@pytest.mark.parametrize(("lower", "printed"), [(0.0, ["a  b"]), (4.0, ["a  b"]), (4.1, ["a", "b"]), (-4.0, ["a  b"]), (-4.1, ["b", "a"])])
def test_words_whose_middles_are_near_stand_in_one_line(laid_out, lower, printed):
    """Up to 0.4 of the line's height apart; from left to right, whatever their order in the file."""
    assert laid_out([_word("b", 50, 60, 100 + lower), _word("a", 0, 10, 100)]).printed == printed


def test_a_line_is_measured_from_its_topmost_word(laid_out):
    """Three words, each 3 lower than the one before: the third is 6 below the first, which is too far."""
    assert laid_out([_word("a", 0, 10, 100), _word("b", 50, 60, 103), _word("c", 90, 95, 106)]).printed == ["a  b", "c"]


@pytest.mark.parametrize(("gap", "texts"), [(0.0, ["a b"]), (3.0, ["a b"]), (6.9, ["a b"]), (7.0, ["a", "b"]), (20.0, ["a", "b"])])
def test_words_that_stand_near_are_one_field(laid_out, gap, texts):
    """Nearer than 0.7 of the line's height."""
    document = laid_out([_word("a", 10, 20), _word("b", 20 + gap, 30 + gap)])
    assert [field.text for field in document.rows[0].fields] == texts


def test_a_field_spans_its_words(laid_out):
    """A lower word, a higher one and one that ends before another."""
    words = [("a", 10.0, 2.0, 40.0, 10.0), ("b", 41.0, 1.0, 46.0, 9.0), ("c", 44.0, 3.0, 45.04, 11.26)]
    (row,) = laid_out(words).rows
    (field,) = row.fields
    assert field.text == "a b c"
    assert field.where == Where(page=1, box="10.0 1.0 46.0 11.3")


def test_rows_say_their_page_and_box(laid_out):
    document = laid_out([_word("a", 10, 20), _word("b", 10, 20, 50)], [_word("c", 30, 40, 5)])
    assert (document.name, document.kind, document.notes, document.hidden) == ("a.pdf", "pages", (), frozenset())
    assert document.printed == ["a", "b", "c"]
    assert [(row.line, row.fields[0].where) for row in document.rows] == [
        (1, Where(page=1, box="10.0 0.0 20.0 10.0")), (2, Where(page=1, box="10.0 50.0 20.0 60.0")),
        (3, Where(page=2, box="30.0 5.0 40.0 15.0")),
    ]  # fmt: skip


def _columns(document):
    return [[(field.column, field.text) for field in row.fields] for row in document.rows]


def _column(right, *texts, left=None, first=0):
    """Texts below each other that end in one place, 20 apart."""
    return [_word(text, right - 10 if left is None else left, right, 20 * number) for number, text in enumerate(texts, start=first)]


def test_three_figures_that_end_below_each_other_make_a_column(laid_out):
    """Columns count from the left by where figures end; what stands left of the first end is of it, what stands right is behind."""
    words = [*_column(100, "1", "2", "3"), *_column(200, "4", "5", "6"), _word("label", 0, 30, 60), _word("x", 110, 120, 60)]
    words.append(_word("behind", 230, 260, 60))
    assert _columns(laid_out(words)) == [
        [(0, "1"), (1, "4")], [(0, "2"), (1, "5")], [(0, "3"), (1, "6")], [(0, "label"), (1, "x"), (2, "behind")],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "is_column"), [(("1", "2", "3"), True), (("1", "2"), False), (("1", "2", "x"), False), (("1", "--", "3"), True)]
)
def test_what_makes_a_column(laid_out, texts, is_column):
    """Figures or dashes, three at least; words and two figures make none."""
    document = laid_out([*_column(100, *texts), _word("behind", 230, 260, 100)])
    assert _columns(document)[-1] == [(1 if is_column else 0, "behind")]


@pytest.mark.parametrize(("right", "is_one"), [(100.0, True), (101.0, True), (102.0, True), (102.1, False), (98.0, True), (97.9, False)])
def test_right_edges_of_a_column_may_differ_by_two_points(laid_out, right, is_one):
    words = [*_column(100, "1", "2"), *_column(right, "3", first=2), _word("behind", 230, 260, 100)]
    assert _columns(laid_out(words))[-1] == [(1 if is_one else 0, "behind")]


def test_a_column_ends_with_the_last_of_its_edges(laid_out):
    """Edges at 100, 101 and 102: a field whose middle is 101.5 is of the column, one at 102.5 is not."""
    words = [*_column(100, "1"), *_column(101, "2", first=1), *_column(102, "3", first=2)]
    for middle, column in ((101.5, 0), (102.0, 0), (102.5, 1)):
        assert _columns(laid_out([*words, _word("x", middle - 5, middle + 5, 100)]))[-1] == [(column, "x")]


def test_columns_are_those_of_each_page(laid_out):
    document = laid_out([*_column(100, "1", "2", "3"), _word("x", 200, 210, 100)], [_word("y", 200, 210, 100)])
    assert _columns(document)[-2:] == [[(1, "x")], [(0, "y")]]


def test_fields_of_one_column_in_a_row_stay_apart(laid_out):
    document = laid_out([*_column(100, "1", "2", "3"), _word("4", 20, 30)])
    assert _columns(document)[0] == [(0, "4"), (0, "1")]


# Which PDFs are read


def test_a_pdf_may_be_as_large_as_is_said(laid_out, monkeypatch):
    assert (pages.MAX_PDF_BYTES, pages.MAX_PAGES, pages.MAX_WORDS) == (8_388_608, 50, 100_000)
    monkeypatch.setattr(pages, "MAX_PDF_BYTES", 5)
    assert laid_out([_word("a", 0, 10)]).printed == ["a"]
    monkeypatch.setattr(pages, "MAX_PDF_BYTES", 4)
    with pytest.raises(ReadError) as caught:
        laid_out([_word("a", 0, 10)])
    error = caught.value
    assert (error.line, error.expected, error.found) == (None, "a PDF of at most 4 bytes", "5 bytes")
    assert error.todo == "give the publisher's file of this table alone, no scan"


def test_a_pdf_is_parsed_as_pages(monkeypatch):
    asked = []

    def parsed(parser, data, name, *, expected):
        asked.append((parser, data, name, expected))
        return {"pages": 1, "words": [[_word("a", 0, 10)]]}

    monkeypatch.setattr(confined, "parsed", parsed)
    pages.read_pages(b"%PDF-1", "a.pdf")
    assert asked == [("pages", b"%PDF-1", "a.pdf", "a PDF of text, whole and without protection")]


def test_a_pdf_may_have_fifty_pages(laid_out):
    assert laid_out([_word("a", 0, 10)], count=50).printed == ["a"]
    with pytest.raises(ReadError) as caught:
        laid_out([_word("a", 0, 10)], count=51)
    error = caught.value
    assert (error.expected, error.found) == ("a PDF of at most 50 pages", "a PDF (51 pages, more than 50)")
    assert error.todo == "give the publisher's file of the table alone"


def test_a_pdf_of_too_many_pages_is_named_by_its_head(laid_out):
    with pytest.raises(ReadError) as caught:
        laid_out([_word("U.S. IMPORT AND", 0, 100), _word("EXPORT PRICE INDEXES", 105, 200)], count=51)
    assert caught.value.found == "the BLS price release as pages, which is not read (51 pages, more than 50)"
    assert caught.value.todo == "give the release as text"


# The parser itself, which otherwise runs confined


@pytest.fixture(autouse=True)
def _logging_as_before():
    """The parser silences its library; a process of its own would end with it."""
    yield
    logging.disable(logging.NOTSET)


def _texts(parsed):
    return [[word[0] for word in words] for words in parsed["words"]]


def test_the_parser_gives_each_page_its_words():
    parsed = pages.parse(pdf([[(50, "one two")], [(50, "three")]], [[(100, "four")]]))
    assert parsed["pages"] == 2
    assert _texts(parsed) == [["one", "two", "three"], ["four"]]
    text, left, top, right, bottom = parsed["words"][1][0]
    assert (text, left, right) == ("four", 100.0, pytest.approx(100 + 4 * 3.6))
    assert top < bottom < 30


def test_of_too_many_pages_the_first_is_parsed(monkeypatch):
    monkeypatch.setattr(pages, "MAX_PAGES", 1)
    data = pdf([[(50, "one")]], [[(50, "two")]])
    assert pages.parse(data)["pages"] == 2
    assert _texts(pages.parse(data)) == [["one"]]
    assert pages.parse(pdf([], []))["words"] == [[]]
    with pytest.raises(ValueError) as caught:
        pages.parse(pdf([]))
    assert str(caught.value) == "pages without text: a scan, or an empty document"


def test_words_are_counted_over_all_pages(monkeypatch):
    monkeypatch.setattr(pages, "MAX_WORDS", 3)
    assert _texts(pages.parse(pdf([[(50, "a b")]], [[(50, "c")]]))) == [["a", "b"], ["c"]]
    with pytest.raises(ValueError) as caught:
        pages.parse(pdf([[(50, "a b")]], [[(50, "c d")]]))
    assert str(caught.value) == "more than 3 words"


def test_a_damaged_pdf_is_said_to_be_so():
    with pytest.raises(ValueError, match=r"^a damaged PDF \(\w+\)$"):
        pages.parse(b"%PDF-1.4\nnothing")


def test_an_encrypted_pdf_is_said_to_be_so():
    keys = b"/O (%s) /U (%s)" % (b"o" * 32, b"u" * 32)
    with pytest.raises(ValueError) as caught:
        pages.parse(pdf([[(40, "x")]], trailer=b"/Encrypt << /Filter /Standard /V 1 /R 2 %s /P -4 >> /ID [(a) (b)]" % keys))
    assert str(caught.value) == "an encrypted PDF"
