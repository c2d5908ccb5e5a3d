"""What a reader gives: columns that stay as long as each other, readings put together, and parts that say where they stood."""

import pytest

from trade_assets.reading.bundle import Part, Place, with_part
from trade_assets.reading.cells import CELL_COLUMNS, ROW_COLUMNS, SERIES_COLUMNS, UNREAD_COLUMNS, Reading, Where
from trade_assets.reading.errors import ReadError, about, printable
from trade_assets.reading.marks import NOT_PUBLISHED, Mark


def _reading(product="p"):
    return Reading("f", "pub", "title", product)


def _entries(columns):
    return [dict(zip(columns, entry, strict=True)) for entry in zip(*columns.values(), strict=True)]


def _with_cell(reading, period="2020-01", value=1.5, *, table="t", series="s", line=1, label="l"):
    row = reading.add_row(table, line, label, period=period)
    mark = Mark(value, 1, "r", None) if value is not None else Mark(None, None, "", NOT_PUBLISHED)
    reading.add_cells(
        table, [row], columns=["c"], series=[series], measures=["value"], periods=[period], units=["index"], marks=[mark], lines=[line],
        starts=[4], texts=["(r)1.5"],
    )  # fmt: skip
    return reading


def test_rows_are_counted_over_the_whole_document():
    reading = _reading()
    assert reading.add_row("t", 3, "first") == 0
    assert reading.add_rows("u", lines=[4, 5], labels=["a", "b"], periods=["2020", None], series=[None, "s"], gaps=[None, "g"]) == range(
        1, 3
    )
    assert reading.add_row("t", 9, "last", period="2021", series="x", gap="y") == 3
    assert tuple(reading.rows) == ROW_COLUMNS
    assert _entries(reading.rows) == [
        {"table": "t", "row": 0, "line": 3, "label": "first", "period": None, "series": None, "gap": None},
        {"table": "u", "row": 1, "line": 4, "label": "a", "period": "2020", "series": None, "gap": None},
        {"table": "u", "row": 2, "line": 5, "label": "b", "period": None, "series": "s", "gap": "g"},
        {"table": "t", "row": 3, "line": 9, "label": "last", "period": "2021", "series": "x", "gap": "y"},
    ]


def test_a_cell_has_every_column():
    reading = _with_cell(_reading())
    reading.add_cells(
        "t", [0], columns=["d"], series=["s2"], measures=["share"], periods=[None], units=["percent"], marks=[Mark(None, None, "", "g")],
        lines=[2], starts=[0], texts=["--"], where=[Where("sheet", "B8", 3, "box")],
    )  # fmt: skip
    assert tuple(reading.cells) == CELL_COLUMNS
    assert _entries(reading.cells) == [
        {"table": "t", "row": 0, "column": "c", "series": "s", "measure": "value", "period": "2020-01", "value": 1.5, "decimals": 1,
         "unit": "index", "flags": "r", "gap": None, "line": 1, "start": 4, "end": 10, "text": "(r)1.5", "sheet": None, "cell": None,
         "page": None, "box": None},
        {"table": "t", "row": 0, "column": "d", "series": "s2", "measure": "share", "period": None, "value": None, "decimals": None,
         "unit": "percent", "flags": "", "gap": "g", "line": 2, "start": 0, "end": 2, "text": "--", "sheet": "sheet", "cell": "B8",
         "page": 3, "box": "box"},
    ]  # fmt: skip


def test_unread_figures_and_series_have_every_column():
    reading = _reading()
    reading.add_unread(2, 5, "123", Where("sheet", "B8"), "why")
    assert tuple(reading.unread) == UNREAD_COLUMNS
    assert _entries(reading.unread) == [
        {"line": 2, "start": 5, "end": 8, "text": "123", "sheet": "sheet", "cell": "B8", "page": None, "box": None, "reason": "why"}
    ]
    reading.add_series(series="s", flow="exports", known_figures=3)
    reading.add_all_series(series=["t", "u"], unit=["index", "percent"])
    assert tuple(reading.series) == SERIES_COLUMNS
    assert _entries(reading.series) == [
        {**dict.fromkeys(SERIES_COLUMNS), "series": "s", "flow": "exports", "known_figures": 3},
        {**dict.fromkeys(SERIES_COLUMNS), "series": "t", "unit": "index"},
        {**dict.fromkeys(SERIES_COLUMNS), "series": "u", "unit": "percent"},
    ]
    assert reading.is_labelled
    reading.series["known_figures"] = [None, None, None]
    assert not reading.is_labelled


def test_the_reference_month_is_the_latest_with_a_figure():
    reading = _reading()
    assert reading.reference_month is None
    _with_cell(reading, "2020-03", None)
    assert reading.reference_month is None, "a gap is no figure"
    _with_cell(reading, None)
    assert reading.reference_month is None, "a figure may have no period"
    _with_cell(reading, "2019")
    assert reading.reference_month == "2019-12"
    _with_cell(reading, "2019-11/2020-02")
    _with_cell(reading, "2020-01")
    assert reading.reference_month == "2020-02"


def test_a_blank_reading_is_of_the_same_document():
    reading = _with_cell(_reading("annual"))
    reading.published_date = "2020-01-01"
    blank = reading.blank()
    assert blank == Reading("f", "pub", "title", "annual")
    assert blank.cells["row"] == []


def test_readings_are_put_together():
    reading, other = _with_cell(_reading()), _with_cell(_reading(), "2020-02", label="m")
    _with_cell(other, "2020-03", series="s2")
    reading.add_series(series="s", label="mine")
    other.add_series(series="s", label="its")
    other.add_series(series="s2", label="its")
    other.add_unread(7, 0, "1", Where(), "why")
    other.title, other.published_date, other.release_month = "its", "2020-05-01", "2020-05"
    reading.notes, other.notes = ["a"], ["b"]
    reading.release_month = "2020-04"
    reading.extend(other)
    assert reading.rows["row"] == reading.cells["row"] == [0, 1, 2]
    assert reading.rows["label"] == ["l", "m", "l"]
    assert reading.cells["period"] == ["2020-01", "2020-02", "2020-03"]
    assert reading.unread["line"] == [7]
    assert list(zip(reading.series["series"], reading.series["label"], strict=True)) == [("s", "mine"), ("s2", "its")]
    assert (reading.title, reading.published_date, reading.release_month) == ("title", "2020-05-01", "2020-04")
    assert reading.notes == ["a", "b"]


# Parts of a received file


def test_a_part_says_where_its_marks_stood():
    """Line 2 of the part holds two texts of line 5 and one of line 9 of the received file."""
    places = {2: (Place(1, 3, 5, 20), Place(6, 2, 5, 40), Place(10, 4, 9, 0))}
    part = Part("a (b)", "b", b"", places=places, received=["received"])
    assert (part.received_line(2), part.received_line(3)) == (5, 3)
    reading = _reading()
    for start in (1, 2, 6, 10):
        reading.add_unread(2, start, "xy", Where(), "why")
    reading.add_unread(2, 0, "x", Where(), "before the first")
    reading.add_unread(2, 9, "x", Where(), "behind its end")
    reading.add_unread(3, 4, "x", Where(), "a line of its own")
    reading.add_row("t", 2, "l")
    _with_cell(reading, line=2)
    part.relocate(reading)
    assert [(line, start, end) for line, start, end in zip(*(reading.unread[c] for c in ("line", "start", "end")), strict=True)] == [
        (5, 20, 22), (5, 21, 23), (5, 40, 42), (9, 0, 2), (5, 0, 1), (5, 42, 43), (3, 4, 5),
    ]  # fmt: skip
    assert reading.rows["line"] == [5, 5]
    assert (reading.cells["line"], reading.cells["start"], reading.cells["end"]) == ([5], [23], [29])
    assert reading.printed == ["received"]


def test_a_document_is_called_by_its_file_and_part():
    assert with_part("a\x1b.csv", None) == "a\\x1b.csv"
    assert with_part("a.csv", "b\n") == "a.csv (b\\n)"
    assert with_part("a.csv", "") == "a.csv ()"


# Errors


def test_text_is_made_safe_to_show():
    assert printable("a\x1b[0m\né\u202e") == "a\\x1b[0m\\né\\u202e"
    assert printable("x" * 120) == "x" * 120
    assert printable("x" * 121) == "x" * 120 + "… (121 characters)"
    assert (printable("abc", 3), printable("abcd", 3)) == ("abc", "abc… (4 characters)")


def test_an_error_is_one_sentence_with_its_place():
    error = ReadError("a\n", 3, expected="b\n", found="c\n", todo="d\n")
    assert str(error) == "a\\n, line 3: expected b\\n, found c\\n. To do: d\\n."
    assert str(ReadError("a", expected="b", found="c", todo="d")) == "a: expected b, found c. To do: d."
    assert error.args == (str(error),)


def test_parts_of_an_error_are_cut():
    error = ReadError("a" * 601, expected="b" * 601, found="c" * 121, todo="d" * 601)
    cut = [f"{letter * 600}… (601 characters)" for letter in "abd"]
    assert [error.document, error.expected, error.todo] == cut
    assert error.found == "c" * 120 + "… (121 characters)"
    whole = ReadError("a" * 600, expected="b" * 600, found="c" * 120, todo="d" * 600)
    assert (whole.document, whole.expected, whole.found, whole.todo) == ("a" * 600, "b" * 600, "c" * 120, "d" * 600)


def test_whatever_is_raised_is_about_the_document():
    with pytest.raises(ReadError) as caught, about("a", expected="b", found="c", todo="d"):
        raise KeyError("x\n  y")
    error = caught.value
    assert (error.document, error.line, error.expected, error.todo) == ("a", None, "b", "d")
    assert error.found == r"c (KeyError: 'x\n y')"
    assert isinstance(error.__cause__, KeyError)
    said = ReadError("z", 7, expected="b", found="c", todo="d")
    with pytest.raises(ReadError) as caught, about("a", expected="b", found="c", todo="d"):
        raise said
    assert caught.value is said
    with pytest.raises(KeyboardInterrupt), about("a", expected="b", found="c", todo="d"):
        raise KeyboardInterrupt
