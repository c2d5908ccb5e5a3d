"""What is said of a file beside it: sidecars, days, and where the release month comes from."""

import re
from pathlib import Path

import pytest

from trade_assets.documents.sidecars import (
    TOLD,
    given_sidecar,
    is_day,
    mapping_of,
    release_month_of,
    series_beside,
    stored_month,
    told_of,
    wrong_day,
)
from trade_assets.reading import ReadError, Reading


def _refused(does, *arguments):
    """The error that is raised, as document, expectation, finding and what to do."""
    with pytest.raises(ReadError) as caught:
        does(*arguments)
    error = caught.value
    return error.document, error.expected, error.found, error.todo


# Lines of a sidecar


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", {}), ("# nothing\n", {}),
        ("note: a b\nsize_bytes: 7\nshare: 1.5\nnone:\n", {"note": "a b", "size_bytes": 7, "share": 1.5, "none": None}),
        ("is_it: true\n", {"is_it": True}), ("release_month: 2018-08\n", {"release_month": "2018-08"}),
    ],
)  # fmt: skip
def test_a_sidecar_is_plain_lines(text, read):
    assert mapping_of(text.encode(), "a.yaml", "mend it") == read


def test_a_day_is_read_as_yaml_has_it():
    assert {key: str(value) for key, value in mapping_of(b"seen_on: 2018-08-01\n", "a.yaml", "").items()} == {"seen_on": "2018-08-01"}


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("- a\n- b\n", "'key: value' lines", "list"),
        ("only words\n", "'key: value' lines", "str"),
        ("7\n", "'key: value' lines", "int"),
        ("a: [1]\n", "one key and one plain value a line", "'a': list"),
        ("a: {b: 1}\n", "one key and one plain value a line", "'a': dict"),
        ("ok: 1\n7: x\n", "one key and one plain value a line", "7: str"),
        ("2018-08-01: x\n", "one key and one plain value a line", "datetime.date(2018, 8, 1): str"),
    ],
)
def test_anything_nested_is_refused(text, expected, found):
    assert _refused(mapping_of, text.encode(), "a.yaml", "mend it") == ("a.yaml", expected, found, "mend it")


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "\x00", "day: 2018-13-45", "a: !!python/object:os.system {}"])
def test_what_is_no_yaml_is_refused(text):
    document, expected, found, todo = _refused(mapping_of, text.encode(), "a.yaml", "mend it")
    assert (document, expected, todo) == ("a.yaml", "YAML", "mend it") and found


# The sidecar beside a file


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "release.txt"
    path.write_text("text")
    return path


def _beside(file, text):
    file.with_name(f"{file.name}.yaml").write_text(text)


TODO = (
    "write 'key: value' lines with keys of release_month, publisher, title, published_date, seen_on, source, note, series"
)  # fmt: skip


def test_what_a_sidecar_says_is_text_and_what_is_empty_is_not_said(file):
    assert given_sidecar(file) == {} and series_beside(file) is None
    _beside(file, "release_month: 2018-08\npublished_date: 2018-08-03\nseen_on: '2018-08-04'\nnote: 7\ntitle:\nseries: BOPTEXP\n")
    said = {"release_month": "2018-08", "published_date": "2018-08-03", "seen_on": "2018-08-04", "note": "7", "series": "BOPTEXP"}
    assert given_sidecar(file) == said
    assert series_beside(file) == "BOPTEXP"
    # One of another name, or of the name without its ending, is not beside it.
    assert given_sidecar(file.with_suffix("")) == {}


def test_every_key_that_may_be_told_is_taken_and_no_other(file):
    values = {"published_date": "2018-08-03", "seen_on": "2018-08-04", "release_month": "2018-08"}
    _beside(file, "".join(f"{key}: {values.get(key, 'x')}\n" for key in TOLD))
    assert given_sidecar(file) == {key: values.get(key, "x") for key in TOLD}
    _beside(file, "note: x\nnotes: y\nfamily: z\n")
    assert _refused(given_sidecar, file) == ("release.txt.yaml", "known keys", "family, notes", TODO)
    assert series_beside(file) is None


@pytest.mark.parametrize(("key", "what"), [("published_date", "a day of publication"), ("seen_on", "a day on which the document was seen")])
@pytest.mark.parametrize("day", ["'2018-02-30'", "soon", "2018", "'20180801'", "2018-08-01 10:00:00"])
def test_a_day_of_a_sidecar_is_a_day(file, key, what, day):
    _beside(file, f"{key}: {day}\n")
    document, expected, found, todo = _refused(given_sidecar, file)
    assert (document, expected, todo) == ("release.txt.yaml", f"{what}, YYYY-MM-DD", "correct it there")
    assert found.startswith(("'", "2018", "datetime"))


@pytest.mark.parametrize(("size", "is_read"), [(65_535, True), (65_536, True), (65_537, False)])
def test_a_sidecar_has_at_most_64_kibibytes(file, size, is_read):
    text = "note: x\n#"
    _beside(file, text + "x" * (size - len(text)))
    if is_read:
        assert given_sidecar(file) == {"note": "x"}
    else:
        assert _refused(given_sidecar, file)[0].endswith("release.txt.yaml")


def test_what_is_told_and_what_stands_beside_go_together(file):
    assert told_of(file, {}) == {}
    assert told_of(file, {"note": "x"}) == {"note": "x"}
    _beside(file, "note: x\nseen_on: 2018-08-04\n")
    assert told_of(file, {}) == {"note": "x", "seen_on": "2018-08-04"}
    assert told_of(file, {"note": "x", "title": "T"}) == {"note": "x", "seen_on": "2018-08-04", "title": "T"}
    assert _refused(told_of, file, {"title": "T", "note": "y"}) == (
        "release.txt.yaml", "note y, as given for the file", "x", "correct the one that is wrong",
    )  # fmt: skip


# The store's own sidecar


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("release_month: 2018-08\nsha256: abc\n", {"release_month": "2018-08"}), ("release_month: 2018-08\nsha256: other\n", {}),
        ("release_month: 2018-08\n", {}), ("sha256: abc\n", {"release_month": "None"}), ("a: [1]\n", {}), (None, {}),
    ],
)  # fmt: skip
def test_the_month_of_a_file_of_the_store_is_that_of_its_sidecar_if_it_is_of_its_bytes(tmp_path, text, said):
    path = tmp_path / "ft900-0123.txt"
    path.write_text("text")
    if text is not None:
        (tmp_path / "ft900-0123.yaml").write_text(text)
    assert stored_month(path, "abc") == said


def test_a_folder_is_no_sidecar(tmp_path):
    (tmp_path / "ft900-0123.yaml").mkdir()
    assert stored_month(tmp_path / "ft900-0123.txt", "abc") == {}


@pytest.mark.parametrize(("size", "is_read"), [(65_536, True), (65_537, False)])
def test_a_sidecar_of_the_store_has_at_most_64_kibibytes(tmp_path, size, is_read):
    text = "release_month: 2018-08\nsha256: abc\n#"
    (tmp_path / "ft900-0123.yaml").write_text(text + "x" * (size - len(text)))
    assert stored_month(tmp_path / "ft900-0123.txt", "abc") == ({"release_month": "2018-08"} if is_read else {})


# Days


@pytest.mark.parametrize("text", ["2018-08-01", "2020-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_of_the_calendar_is_one(text):
    assert is_day(text) is True


@pytest.mark.parametrize(
    "text",
    ["2018-02-29", "2018-13-01", "2018-00-01", "2018-01-00", "2018-8-1", "20180801", "2018-W01-1", "2018-08", "2018-08-01 ",
     " 2018-08-01", "2018-08-01T00", "12018-08-01", "0000-01-01", "", "soon", "2018-08-01\n"],
)  # fmt: skip
def test_nothing_else_is_a_day(text):
    assert is_day(text) is False


PUBLISHED = "a day of publication in the release month 2018-08"
SEEN = "a day in the release month 2018-08 or later on which the document was seen"


@pytest.mark.parametrize(
    ("published", "seen", "wrong"),
    [
        (None, None, None),
        ("2018-08-01", None, None), ("2018-08-31", None, None), ("2018-07-31", None, (PUBLISHED, "'2018-07-31'")),
        ("2018-09-01", None, (PUBLISHED, "'2018-09-01'")), ("2018-08-32", None, (PUBLISHED, "'2018-08-32'")),
        ("2018-08", None, (PUBLISHED, "'2018-08'")), ("", None, (PUBLISHED, "''")),
        (None, "2018-08-01", None), (None, "2018-08-31", None), (None, "2018-09-01", None), (None, "2025-01-01", None),
        (None, "2018-07-31", (SEEN, "'2018-07-31'")), (None, "2018-08-32", (SEEN, "'2018-08-32'")), (None, "", (SEEN, "''")),
        ("2018-08-20", "2018-08-01", None), ("2018-07-01", "2018-07-01", (PUBLISHED, "'2018-07-01'")),
        ("2018-08-01", "2018-07-01", (SEEN, "'2018-07-01'")),
    ],
)  # fmt: skip
def test_a_document_is_published_in_its_month_and_seen_no_earlier(published, seen, wrong):
    assert wrong_day("2018-08", published, seen) == wrong


# The release month


def _reading(stated=None, latest=None):
    reading = Reading("uscc", "P", "T", release_month=stated)
    if latest is not None:
        reading.cells["period"].append(latest)
        reading.cells["value"].append(1.0)
    return reading


@pytest.mark.parametrize(
    ("name", "stated", "sidecar", "option", "answer"),
    [
        ("2018-04.a.txt", "2018-01", "2018-02", "2018-03", ("2018-01", "document")),
        ("2018-04.a.txt", None, "2018-02", "2018-03", ("2018-02", "sidecar")),
        ("2018-04.a.txt", None, None, "2018-03", ("2018-03", "option")),
        ("2018-04.a.txt", None, None, None, ("2018-04", "file_name")),
        ("2018-04.txt", None, None, None, ("2018-04", "file_name")),
        ("a.2018-04.txt", None, None, None, (None, None)),
        ("2018-04-a.txt", None, None, None, (None, None)),
        ("2018-4.a.txt", None, None, None, (None, None)),
        ("12018-04.a.txt", None, None, None, (None, None)),
    ],
)  # fmt: skip
def test_the_first_that_states_a_month_answers(name, stated, sidecar, option, answer):
    given = {} if sidecar is None else {"release_month": sidecar}
    assert release_month_of(Path("/there") / name, _reading(stated), given, option) == answer


@pytest.mark.parametrize(
    ("stated", "sidecar", "option", "name", "where", "found"),
    [
        (None, "2018-13", None, "a.txt", "sidecar", "'2018-13'"),
        ("2018-01", "2018-13", None, "a.txt", "sidecar", "'2018-13'"),
        ("2018-01", None, "now", "a.txt", "option", "'now'"),
        (None, "2018-13", "now", "a.txt", "sidecar", "'2018-13'"),
        ("2018-99", None, None, "a.txt", "document", "'2018-99'"),
        (None, None, None, "2018-00.a.txt", "file name", "'2018-00'"),
    ],
)
def test_a_slip_is_said_also_where_another_answers(stated, sidecar, option, name, where, found):
    given = {} if sidecar is None else {"release_month": sidecar}
    assert _refused(release_month_of, Path(name), _reading(stated), given, option) == (
        name, f"a release month, YYYY-MM, from the {where}", found, "correct it there",
    )  # fmt: skip


def test_a_month_that_a_file_name_only_looks_like_is_not_asked():
    assert release_month_of(Path("2018-99.a.txt"), _reading("2018-01"), {}, None) == ("2018-01", "document")


@pytest.mark.parametrize(
    ("latest", "month", "is_taken"),
    [("2018-06", "2018-05", False), ("2018-06", "2018-06", True), ("2018-06", "2018-07", True), (None, "1990-01", True),
     ("2018", "2018-11", False), ("2018", "2018-12", True), ("2018-01/2018-06", "2018-05", False)],
)  # fmt: skip
@pytest.mark.parametrize("where", ["sidecar", "file_name"])
def test_no_release_is_earlier_than_what_it_prints(latest, month, is_taken, where):
    name, given = ("a.txt", {"release_month": month}) if where == "sidecar" else (f"{month}.a.txt", {})
    if is_taken:
        assert release_month_of(Path(name), _reading(latest=latest), given, None) == (month, where)
        return
    document, expected, found, todo = _refused(release_month_of, Path(name), _reading(latest=latest), given, None)
    assert re.fullmatch(r"a release month no earlier than 2018-\d\d, the latest month that the document prints", expected)
    assert (document, found) == (name, f"{month}, from the {where.replace('_', ' ')}")
    assert todo == "correct it there; the release month is the month in which the document was published"
