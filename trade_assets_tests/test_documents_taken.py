"""How documents enter the store, over readings that are made up: months, days, parts, what is kept, and what is refused."""

import datetime as dt
import hashlib

import pytest
import yaml

from trade_assets.documents import ingest as module
from trade_assets.documents.given import Given, given, given_in
from trade_assets.documents.ingest import Received, ingest, ingest_each, receive
from trade_assets.documents.sidecars import TOLD
from trade_assets.documents.store import documents_of, release_months
from trade_assets.reading import Found, Part, ReadError, Reading
from trade_assets.warehouse.root import DataRoot

NOW = dt.datetime(2018, 10, 31, 23, 59, 59, 5, tzinfo=dt.UTC)
WRONG = ReadError("all.csv", 7, expected="a figure", found="a word", todo="look")


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path / "data")


def _reading(product="", latest="2018-07", **more):
    reading = Reading("mxp", "P", "T", product, "S", **more)
    reading.cells["period"].append(latest)
    reading.cells["value"].append(1.0)
    return reading


def _received(tmp_path, *found, data=b"text", name="file.txt", **given):
    return Received(tmp_path / name, data, list(found), given)


def _one(tmp_path, data=b"text", reading=None, **given):
    return _received(tmp_path, Found(data, reading or _reading()), data=data, **given)


def _taken(root, received, month="2018-08", now=NOW):
    """What became of each document: as it was taken, or document, expectation, finding and what to do of the error."""
    outcomes = ingest_each(root, received, release_month=month, now=now)
    return [(each.document, each.expected, each.found, each.todo) if isinstance(each, ReadError) else each for each in outcomes]


def _sidecar(root, document):
    return yaml.safe_load(root.read("raw", document.release_month, f"{document.stem}.yaml"))


# A new document


def test_what_is_read_and_told_of_a_document_stands_in_its_sidecar(root, tmp_path):
    reading = _reading("x", notes=["one", "two"])
    told = {"note": "n", "publisher": "P2", "title": "T2", "source": "S2", "published_date": "2018-08-03", "seen_on": "2018-08-04"}
    (taken,) = _taken(root, _one(tmp_path, reading=reading, **told))
    assert (taken.is_new, taken.notes, taken.is_described_anew) == (True, ("one", "two"), False)
    digest = hashlib.sha256(b"text").hexdigest()
    assert _sidecar(root, taken.document) == {
        "family": "mxp", "release_month": "2018-08", "release_month_from": "option", "publisher": "P2", "title": "T2",
        "published_date": "2018-08-03", "source": "S2", "sha256": digest, "size_bytes": 4,
        "received_at": "2018-10-31T23:59:59.000005+00:00", "note": "n", "product": "x", "suffix": "txt", "seen_on": "2018-08-04",
        "reference_month": "2018-07", "part": None, "received_sha256": None,
    }  # fmt: skip
    assert root.names("raw", "2018-08") == [f"mxp-{digest[:12]}.txt", f"mxp-{digest[:12]}.yaml"]
    assert root.read("raw", "2018-08", f"mxp-{digest[:12]}.txt") == b"text"
    assert documents_of(root, "2018-08") == [(taken.document, True)]
    assert root.names("raw") == ["2018-08"]


def test_what_nobody_tells_is_what_the_document_says(root, tmp_path):
    reading = _reading(published_date="2018-09-05", release_month="2018-09")
    (taken,) = _taken(root, _one(tmp_path, reading=reading))
    document = taken.document
    assert (document.publisher, document.title, document.source, document.published_date) == ("P", "T", "S", "2018-09-05")
    assert (document.release_month, document.release_month_from) == ("2018-09", "document")
    assert (document.note, document.seen_on, document.product) == (None, None, "")


def test_the_time_is_that_of_now_where_none_is_given(root, tmp_path):
    before = dt.datetime.now(dt.UTC)
    (taken,) = list(ingest_each(root, _one(tmp_path), release_month="2018-08"))
    assert before <= dt.datetime.fromisoformat(taken.document.received_at) <= dt.datetime.now(dt.UTC)


MONTH_TODO = "correct the month; it is the month in which the document was published"
DAY_TODO = "correct the day or the month; the release month is the month in which the document was published"


@pytest.mark.parametrize(
    ("month", "told", "expected", "found", "todo"),
    [
        (None, {}, "a release month, YYYY-MM", "none stated",
         "give it with --release-month, in a sidecar, or at the start of the file name (2016-11.name.txt)"),
        ("2018-11", {}, "a release month from 1990-01 to the current one", "2018-11", MONTH_TODO),
        ("2018-08", {"published_date": "2018-09-01"}, "a day of publication in the release month 2018-08", "'2018-09-01'", DAY_TODO),
        ("2018-08", {"seen_on": "2018-07-31"}, "a day in the release month 2018-08 or later on which the document was seen",
         "'2018-07-31'", DAY_TODO),
    ],
)  # fmt: skip
def test_a_document_whose_month_or_days_cannot_be_is_refused(root, tmp_path, month, told, expected, found, todo):
    assert _taken(root, _one(tmp_path, **told), month) == [("file.txt", expected, found, todo)]
    assert root.names("raw") == []


@pytest.mark.parametrize(
    ("latest", "month", "is_taken"), [("1989-11", "1989-12", False), ("1989-11", "1990-01", True), ("2018-07", "2018-10", True)]
)
def test_months_from_the_first_to_the_current_one_are_taken(root, tmp_path, latest, month, is_taken):
    (taken,) = _taken(root, _one(tmp_path, reading=_reading(latest=latest)), month)
    assert release_months(root) == ([month] if is_taken else [])
    if not is_taken:
        assert taken[1:3] == ("a release month from 1990-01 to the current one", month)


def test_the_same_bytes_are_a_document_of_one_month(root, tmp_path):
    (first,) = _taken(root, _one(tmp_path))
    assert _taken(root, _one(tmp_path), "2018-09") == [(
        "file.txt", "a document that is not in the store yet", f"the very bytes of {first.document.path}",
        "if 2018-09 is right, remove that file and its sidecar and run 2018-08 again; a document is published once",
    )]  # fmt: skip
    assert release_months(root) == ["2018-08"]


def test_one_without_its_sidecar_is_put_there_again(root, tmp_path):
    (first,) = _taken(root, _one(tmp_path))
    (tmp_path / "data" / "raw" / "2018-08" / f"{first.document.stem}.yaml").unlink()
    (again,) = _taken(root, _one(tmp_path, note="again"))
    assert again.is_new and _sidecar(root, again.document)["note"] == "again"


def test_the_sidecar_is_written_before_the_document(root, tmp_path, monkeypatch):
    """A document without one is an error, a sidecar without its document is nothing."""
    written = []
    monkeypatch.setattr(DataRoot, "write", lambda self, data, *parts: written.append(parts[-1].rpartition(".")[2]))
    _taken(root, _one(tmp_path))
    assert written == ["yaml", "txt"]


# A document that is there


def test_a_sidecar_that_came_later_says_more(root, tmp_path):
    (first,) = _taken(root, _one(tmp_path, publisher="P2"))
    for told, changed in (
        ({}, None), ({"publisher": "P2"}, None), ({"seen_on": "2018-08-04"}, {"seen_on": "2018-08-04"}),
        ({"published_date": "2018-08-03", "title": "T2"}, {"published_date": "2018-08-03", "title": "T2"}),
        ({"source": "S2", "note": "n", "publisher": "P3"}, {"source": "S2", "note": "n", "publisher": "P3"}), ({"note": ""}, None),
    ):  # fmt: skip
        before = _sidecar(root, first.document)
        (again,) = _taken(root, _one(tmp_path, reading=_reading(notes=["one"]), **told), now=NOW + dt.timedelta(days=1))
        assert (again.is_new, again.notes, again.is_described_anew) == (False, ("one",), changed is not None)
        assert _sidecar(root, first.document) == before | (changed or {})
        assert documents_of(root, "2018-08") == [(again.document, True)]
    assert again.document.received_at == first.document.received_at


@pytest.mark.parametrize("key", ["published_date", "seen_on"])
def test_a_day_that_contradicts_the_store_is_refused(root, tmp_path, key):
    (first,) = _taken(root, _one(tmp_path, **{key: "2018-08-03"}))
    before = _sidecar(root, first.document)
    assert _taken(root, _one(tmp_path, **{key: "2018-08-04"})) == [(
        "file.txt.yaml", f"{key} 2018-08-03, as the store has it for this document", "2018-08-04",
        f"correct the one that is wrong; the store's stands in raw/2018-08/{first.document.stem}.yaml",
    )]  # fmt: skip
    assert _sidecar(root, first.document) == before
    assert _taken(root, _one(tmp_path, **{key: "2018-08-03"}))[0].is_described_anew is False


def test_a_document_that_was_damaged_in_the_store_is_said_and_others_are_taken(root, tmp_path):
    (first,) = _taken(root, _one(tmp_path))
    root.write(b"other", "raw", "2018-08", first.document.name)
    ((document, _, found, _),) = _taken(root, _one(tmp_path))
    assert document == first.document.path and found.endswith("the file was changed in the store")
    assert _taken(root, _one(tmp_path, b"another"))[0].is_new


# Series files


@pytest.mark.parametrize("known", [None, 3])
def test_only_files_whose_names_are_all_that_describes_them_are_compared(root, tmp_path, monkeypatch, known):
    compared = []
    monkeypatch.setattr(module, "require_agreement", lambda reading, name, stored: compared.append((reading, name, list(stored))))
    reading = _reading()
    reading.series["known_figures"].append(known)
    (taken,) = _taken(root, _one(tmp_path, reading=reading))
    assert taken.is_new and compared == ([] if known is None else [(reading, "file.txt", [])])


def test_a_file_that_contradicts_the_store_is_not_kept(root, tmp_path, monkeypatch):
    def refused(reading, name, stored):
        raise WRONG

    monkeypatch.setattr(module, "require_agreement", refused)
    reading = _reading()
    reading.series["known_figures"].append(3)
    assert _taken(root, _one(tmp_path, reading=reading)) == [("all.csv", "a figure", "a word", "look")]
    assert root.names("raw") == []


def test_files_of_the_same_series_are_read_the_latest_first(root):
    for month, name in (("2018-08", "mxp-1.csv"), ("2018-09", "mxp-2.csv"), ("2018-09", "mxp-3.txt"), ("2018-09", "mxp-2.yaml"),
                        ("2018-09", "mxpx-4.csv"), ("2018-09", "fred-5.csv"), ("2018-09", "mxp-6.csv")):  # fmt: skip
        root.write(name.encode(), "raw", month, name)
    paths = ["raw/2018-09/mxp-2.csv", "raw/2018-09/mxp-6.csv", "raw/2018-08/mxp-1.csv"]
    assert list(module._series_files(root, "mxp")) == [(path, path.rpartition("/")[2].encode()) for path in paths]


# Files of several documents


def _part(name, told=None, data=None):
    data = data or name.encode()
    return Found(data, _reading(name), Part(f"all.csv ({name})", name, data, told or {}))


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"a,b\n1,2\n", "csv"),
        (b'{"a": 1}', "json"),
        (b' \r\n\t{"a": 1}', "json"),
        (b'\xef\xbb\xbf{"a": 1}', "json"),
        (b"x{", "csv"),
        (b"", "csv"),
    ],
)
def test_a_file_of_several_documents_is_kept_as_received(root, tmp_path, data, suffix):
    received = _received(tmp_path, _part("A"), WRONG, _part("B"), data=data, name="all.csv")
    assert received.sha256 == hashlib.sha256(data).hexdigest()
    name = f"{received.sha256[:12]}.{suffix}"
    assert received.bundle == f"raw/bundles/{name}"
    first, wrong, second = _taken(root, received)
    assert wrong == ("all.csv", "a figure", "a word", "look")
    assert [(each.document.part, each.document.received_sha256, each.document.product) for each in (first, second)] == [
        ("A", received.sha256, "A"), ("B", received.sha256, "B"),
    ]  # fmt: skip
    assert root.names("raw", "bundles") == [name] and root.read("raw", "bundles", name) == data
    assert root.read("raw", "2018-08", first.document.name) == b"A"


def test_a_bundle_that_is_there_is_not_written_again(root, tmp_path, monkeypatch):
    received = _received(tmp_path, _part("A"), data=b"all", name="all.csv")
    received.keep(root)
    monkeypatch.setattr(DataRoot, "write", lambda *_: pytest.fail("it is there"))
    received.keep(root)
    _one(tmp_path).keep(root)  # no bundle


@pytest.mark.parametrize(("found", "is_bundle"), [([Found(b"a", None)], False), ([WRONG], False), ([], False)])
def test_a_file_that_is_its_document_is_no_bundle(tmp_path, found, is_bundle):
    assert _received(tmp_path, *found).bundle is None


def test_an_error_of_a_part_names_the_part(root, tmp_path):
    """Unless it is about something else, such as the sidecar of the file."""
    received = _received(tmp_path, _part("A"), name="all.csv")
    assert [each[0] for each in _taken(root, received, None)] == ["all.csv (A)"]
    assert [each[0] for each in _taken(root, _one(tmp_path), None)] == ["file.txt"]
    _taken(root, _received(tmp_path, _part("A"), name="all.csv", published_date="2018-08-01"))
    later = _received(tmp_path, _part("A"), name="all.csv", published_date="2018-08-02")
    assert [each[0] for each in _taken(root, later)] == ["all.csv.yaml"]


@pytest.mark.parametrize(
    ("given_day", "of_part", "seen"),
    [(None, "2018-09-05", "2018-09-05"), ("2018-09-04", "2018-09-05", "2018-09-04"), ("2018-09-06", "2018-09-05", "2018-09-05"),
     ("2018-09-06", None, "2018-09-06")],
)  # fmt: skip
def test_of_two_days_on_which_a_part_was_seen_the_first_counts(root, tmp_path, given_day, of_part, seen):
    part = _part("A", {"seen_on": of_part} if of_part else {})
    (taken,) = _taken(root, _received(tmp_path, part, name="all.csv", **({"seen_on": given_day} if given_day else {})))
    assert taken.document.seen_on == seen


@pytest.mark.parametrize(
    ("first", "then", "seen", "is_described_anew"),
    [("2018-09-05", "2018-09-05", "2018-09-05", False), ("2018-09-05", "2018-09-06", "2018-09-05", False),
     ("2018-09-05", "2018-09-04", "2018-09-04", True), (None, "2018-09-04", "2018-09-04", True)],
)  # fmt: skip
def test_the_same_figures_seen_on_another_day_are_known_from_the_earlier_one(root, tmp_path, first, then, seen, is_described_anew):
    _taken(root, _received(tmp_path, _part("A", {"seen_on": first} if first else {}), name="all.csv"))
    (again,) = _taken(root, _received(tmp_path, _part("A", {"seen_on": then}), name="all.csv"))
    assert (again.is_new, again.is_described_anew, again.document.seen_on) == (False, is_described_anew, seen)
    assert _sidecar(root, again.document)["seen_on"] == seen


# Files as they are given


def test_a_file_is_received_with_what_is_said_of_it(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(module, "documents_in", lambda data, name, series: asked.append((data, name, series)) or [WRONG])
    file = tmp_path / "a.txt"
    file.write_bytes(b"text")
    assert receive(file) == Received(file, b"text", [WRONG], {})
    (tmp_path / "a.txt.yaml").write_text("series: BOPTEXP\n")
    assert receive(file, {"note": "n"}).given == {"series": "BOPTEXP", "note": "n"}
    assert asked == [(b"text", "a.txt", None), (b"text", "a.txt", "BOPTEXP")]


def test_a_file_of_one_document_is_taken_or_refused_with_its_error(root, tmp_path, monkeypatch):
    file = tmp_path / "a.txt"
    file.write_bytes(b"text")
    found = [Found(b"text", _reading())]
    monkeypatch.setattr(module, "documents_in", lambda *_: found)
    taken = ingest(root, file, release_month="2018-08", told={"note": "n"}, now=NOW)
    assert (taken.is_new, taken.document.note, taken.document.received_at[:10]) == (True, "n", "2018-10-31")
    with pytest.raises(ReadError, match="found 2018-11"):
        ingest(root, file, release_month="2018-11", now=NOW)
    found[:] = [_part("A"), _part("B")]
    with pytest.raises(ReadError, match=r"a\.txt"):
        ingest(root, file, release_month="2018-08", now=NOW)
    assert root.names("raw") == ["2018-08"]


@pytest.mark.parametrize(
    ("argument", "path", "month"),
    [("a.txt", "a.txt", None), ("2018-08=a.txt", "a.txt", "2018-08"), ("2018-08=none.txt", "none.txt", "2018-08"),
     ("x=none.txt", "x=none.txt", None), ("2018-08=x=a.txt", "x=a.txt", "2018-08"), ("2018-09=there.txt", "2018-09=there.txt", None)],
)  # fmt: skip
def test_an_argument_is_a_file_or_a_month_and_a_file(tmp_path, monkeypatch, argument, path, month):
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "2018-09=there.txt"):
        (tmp_path / name).write_text("text")
    found = given(argument)
    assert (str(found.path), found.release_month, found.told) == (path, month, {})


def test_a_slip_before_a_file_that_is_there_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(ReadError) as caught:
        given("2018-8=a.txt")
    error = caught.value
    assert (error.document, error.expected, error.found, error.todo) == (
        "2018-8=a.txt", "YYYY-MM=FILE", "'2018-8'", "correct the month, or leave it and the sign out",
    )  # fmt: skip


def _table(tmp_path, text):
    """What a table gives, line by line: files with what is said of them, or line, expectation and finding of an error."""
    (tmp_path / "table.csv").write_text(text)
    for each in given_in(tmp_path / "table.csv"):
        if isinstance(each, Given):
            yield str(each.path.relative_to(tmp_path)), each.release_month, dict(each.told)
        else:
            assert (each.document, each.todo) == ("table.csv", "correct the line; the others are taken")
            yield each.line, each.expected, each.found


@pytest.mark.parametrize(
    ("text", "given_files"),
    [
        ("file\na.txt\n", [("a.txt", None, {})]),
        ("file\n", []),
        ("file,release_month\na.txt,2018-08\nb.txt,\n", [("a.txt", "2018-08", {}), ("b.txt", None, {})]),
        ("\ufeffrelease_month ; file\n 2018-08 ; deep/a, b.txt \n", [("deep/a, b.txt", "2018-08", {})]),
        ("file\tnote\n\n \t \na.txt\tone, two; three\n", [("a.txt", None, {"note": "one, two; three"})]),
        ('file,note\n"a.txt","one\ntwo"\nb.txt\n', [("a.txt", None, {"note": "one\ntwo"}), (4, "2 fields, as there are headings", "1")]),
        ("file,seen_on\na.txt,2018-08-01,x\n", [(2, "2 fields, as there are headings", "3")]),
        ("file,note\n,x\n", [(2, "the name of a file", "an empty field")]),
        ("file,release_month\na.txt,2018-8\n", [(2, "a release month, YYYY-MM", "'2018-8'")]),
        ("file,published_date,seen_on\na.txt,2018-08-01,2018-08-02\nb.txt,x,y\nc.txt,,y\n",
         [("a.txt", None, {"published_date": "2018-08-01", "seen_on": "2018-08-02"}), (3, "the day of publication, YYYY-MM-DD", "'x'"),
          (4, "a day on which the file was seen, YYYY-MM-DD", "'y'")]),
    ],
)  # fmt: skip
def test_a_table_gives_a_file_for_each_line(tmp_path, text, given_files):
    assert list(_table(tmp_path, text)) == given_files


def test_a_table_may_say_all_that_sidecars_may(tmp_path):
    values = {"release_month": "2018-08", "published_date": "2018-08-01", "seen_on": "2018-08-02"}
    text = f"file,{','.join(TOLD)}\na.txt,{','.join(values.get(key, key) for key in TOLD)}\n"
    told = {key: values.get(key, key) for key in TOLD if key != "release_month"}
    assert list(_table(tmp_path, text)) == [("a.txt", "2018-08", told)]


@pytest.mark.parametrize(
    ("text", "found"), [("", "none"), ("release_month\n", "release_month"), ("file,file\n", "file, file"), ("file,month\n", "file, month"),
                        ("file,note,note\n", "file, note, note"), ("file|note\n", "file|note")],
)  # fmt: skip
def test_headings_that_are_none_are_refused(tmp_path, text, found):
    with pytest.raises(ReadError) as caught:
        list(_table(tmp_path, text))
    error = caught.value
    assert (error.document, error.line, error.found) == ("table.csv", 1, found)
    assert error.expected == f"headings, each once: file, and any of {', '.join(TOLD)}"
    assert error.todo == "name the columns so; a column that is not one of them has no place in the store"


@pytest.mark.parametrize(
    ("data", "line", "expected", "found", "todo"),
    [(b"file\n\xff.txt\n", None, "a table in UTF-8", "other bytes", "save it as CSV in UTF-8"),
     (b'file\na.txt\n"b.txt\n', 3, "a line of CSV", "unexpected end of data", "correct its quotes")],
)  # fmt: skip
def test_a_table_that_is_none_is_refused_at_its_line(tmp_path, data, line, expected, found, todo):
    (tmp_path / "table.csv").write_bytes(data)
    with pytest.raises(ReadError) as caught:
        list(given_in(tmp_path / "table.csv"))
    error = caught.value
    assert (error.document, error.line, error.expected, error.found, error.todo) == ("table.csv", line, expected, found, todo)


def test_sidecars_are_text_that_people_read(root, tmp_path):
    (taken,) = _taken(root, _one(tmp_path, title="Außenhandel"))
    text = root.read("raw", "2018-08", f"{taken.document.stem}.yaml").decode()
    assert text.startswith("family: mxp\nrelease_month: 2018-08\n") and "title: Außenhandel\n" in text
