"""Files that are no document, are cut, encoded otherwise, huge or hostile; the store and the command line among them."""

import codecs
import datetime as dt
import gzip
import json
import os
import re
import subprocess
import sys

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from trade_assets.documents.ingest import ingest
from trade_assets.documents.store import content, documents_of, release_months
from trade_assets.reading import MAX_BYTES, ReadError
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.altered_documents import (
    WITH_TABLES,
    as_bytes,
    attempt,
    cells,
    facts_of,
    lines_of,
    outcome,
    reading_of,
    refusal,
    text_of,
)
from trade_assets_tests.conftest import REPOSITORY, shipped_document
from trade_assets_tests.shared_documents import shared_document

every_document = pytest.mark.parametrize("name", WITH_TABLES)

ESCAPES = "\x1b]0;owned\x07\x1b[2J\u202e"  # sets a terminal's title, clears it, turns the text around


# What is no document


NO_DOCUMENT = {
    "empty": (b"", "an empty file"),
    "white space": (b" \r\n\t\n \x0c\n", "an empty file"),
    "white space and a byte-order mark": (codecs.BOM_UTF8 + b"\n \n", "an empty file"),
    "of no family": (b"Dear reader,\n\nplease find no tables below.\n", "none of them"),
    "a zero byte": (b"text\nte\0xt\n", "zero byte"),
    "UTF-16, little end first": (codecs.BOM_UTF16_LE + "U.S. trade\n".encode("utf-16-le"), "zero byte"),
    "UTF-16, big end first": (codecs.BOM_UTF16_BE + "U.S. trade\n".encode("utf-16-be"), "zero byte"),
    "UTF-32": ("U.S. trade\n".encode("utf-32"), "zero byte"),
    "an archive": (gzip.compress(b"U.S. trade" * 999, mtime=0), ""),
    "one endless line": (b"x" * 200_000, "one of 200,000"),
    "old Macintosh line ends": (b"U.S. trade\rno line ends here\r", "none of them"),
}


@pytest.mark.parametrize("case", NO_DOCUMENT)
def test_what_is_no_document_is_refused(case):
    data, found = NO_DOCUMENT[case]
    assert found in refusal(data).found


def test_a_zero_byte_is_named_with_its_line():
    lines = list(lines_of("uscc"))
    lines[6] += "\0"
    assert refusal(lines).line == 7


def test_a_document_of_two_families_is_refused():
    for one, other in [("ft900", "mxp_2018"), ("uscc", "ft900"), ("mxp_2012", "uscc")]:
        found = refusal(text_of(one) + "\n" + text_of(other)).found
        assert found.count(" and ") == 1
        assert all(WITH_TABLES[name][0] in found for name in (one, other))


@every_document
def test_a_document_without_its_title_is_of_no_family(name):
    title = reading_of(name).title
    assert refusal([line for line in lines_of(name) if title not in line]).found.startswith("none of them: a text that begins ")


def test_bars_in_a_post_that_prints_no_tables_are_refused():
    post = shipped_document("kei", "2018-09").read_bytes()
    assert outcome(post) == []
    assert refusal(post + b"\n| year | deficit |\n").found.startswith("'| year")


# Documents cut short


def _first_and_last_figure(name):
    """The offsets in the text of the first figure and of the end of the last."""
    begins = [0]
    for line in lines_of(name):
        begins.append(begins[-1] + len(line) + 1)
    places = [(begins[line - 1] + start, begins[line - 1] + end) for line, start, end in cells(reading_of(name), "line", "start", "end")]
    return min(places)[0], max(places)[1]


@every_document
def test_a_document_cut_at_any_line_is_refused(name):
    lines = lines_of(name)
    first, last = (text_of(name)[:offset].count("\n") for offset in _first_and_last_figure(name))
    step = {"ft900": 23, "uscc": 1}.get(name, 3)
    # Every line near the end, where what is lost is least.
    for end in [*range(first + 1, last - 15, step), *range(max(first + 1, last - 15), last + 1)]:
        error = refusal(lines[:end])
        assert error.line is not None and end - 60 <= error.line <= end, f"cut after line {end}, found out at line {error.line}"


@every_document
@settings(max_examples=60)
@given(data=st.data())
def test_a_document_cut_at_any_character_is_refused(name, data):
    first, last = _first_and_last_figure(name)
    end = data.draw(st.integers(first, last), label="cut at")
    _assert_found_out_near_the_cut(text_of(name)[:end])


@every_document
def test_a_document_cut_within_or_right_after_its_last_figures_is_refused(name):
    _, last = _first_and_last_figure(name)
    for end in range(last - 80, last + 1):
        _assert_found_out_near_the_cut(text_of(name)[:end])


def _assert_found_out_near_the_cut(text):
    """Within a table of the end of what is left."""
    error, count = refusal(text), len(text.splitlines())
    assert error.line is not None and count - 60 <= error.line <= count, f"cut on line {count}, found out at line {error.line}"


@every_document
def test_a_document_cut_after_its_last_table_is_read_whole(name):
    # From the first place on at which it is read at all, it is read whole.
    _, last = _first_and_last_figure(name)
    got = [outcome(text_of(name)[:end]) for end in range(last, min(last + 70, len(text_of(name))))]
    read = [end for end, found in enumerate(got) if found is not None]
    assert read
    assert all(found == facts_of(name) for found in got[read[0] :])


@every_document
def test_a_document_cut_at_its_beginning_is_refused(name):
    first, _ = _first_and_last_figure(name)
    for begin in range(first, len(text_of(name)), len(text_of(name)) // 40):
        assert outcome(text_of(name)[begin:]) is None


@pytest.mark.parametrize(
    "name",
    [
        "2012-08.bls-import-export-price-indexes.txt", "2013-01.uscc-us-china-trade-bulletin.txt",
        "2016-11.ft900-goods-and-services.txt", "2018-08.bls-import-export-price-indexes.txt",
    ],
)  # fmt: skip
def test_a_whole_published_document_cut_anywhere_is_refused_or_read_whole(name):
    text = shared_document(name).read_bytes().decode()
    whole = outcome(text)
    assert whole
    for end in range(0, len(text), len(text) // 60):
        assert outcome(text[:end]) in (None, whole), f"cut at {end}"


# The same document in other bytes


def _spaces_in_rows(name, space):
    """The document with every single blank in the lines that print figures as another kind of space."""
    rows = set(reading_of(name).cells["line"]) | set(reading_of(name).rows["line"])
    return [line.replace(" ", space) if number in rows else line for number, line in enumerate(lines_of(name), start=1)]


SAME_DOCUMENT = {
    "CRLF": lambda name: text_of(name).replace("\n", "\r\n"),
    "CR": lambda name: text_of(name).replace("\n", "\r"),
    "CR, CRLF and LF in turn": lambda name: "".join(
        line + "\r\n\r\n"[number % 3 : number % 3 + 1 + (number % 3 == 0)] for number, line in enumerate(lines_of(name))
    ),
    "byte-order mark": lambda name: codecs.BOM_UTF8 + text_of(name).encode(),
    "byte-order mark and CRLF": lambda name: codecs.BOM_UTF8 + text_of(name).replace("\n", "\r\n").encode(),
    "no line end at the end": lambda name: text_of(name).rstrip("\n"),
    "cp1252": lambda name: text_of(name).encode("cp1252"),
    "cp1252 and CRLF": lambda name: text_of(name).replace("\n", "\r\n").encode("cp1252"),
    "cp1252 with a byte that means nothing": lambda name: text_of(name).encode("cp1252") + b"\x81 \x8d\n",
    "Latin-1 no-break spaces": lambda name: "\n".join(_spaces_in_rows(name, "\xa0")).encode("cp1252"),
    "no-break spaces": lambda name: _spaces_in_rows(name, "\xa0"),
    "figure spaces": lambda name: _spaces_in_rows(name, "\u2007"),
    "tabs": lambda name: _spaces_in_rows(name, "\t"),
    "form feeds": lambda name: _spaces_in_rows(name, "\x0c"),
    "line separators U+2028": lambda name: _spaces_in_rows(name, "\u2028"),
    "paragraph separators U+2029": lambda name: _spaces_in_rows(name, "\u2029"),
    "next-line characters U+0085": lambda name: _spaces_in_rows(name, "\x85"),
    "information separators": lambda name: _spaces_in_rows(name, "\x1e"),
    "no-break spaces everywhere": lambda name: text_of(name).replace(" ", "\xa0"),
    "minus signs U+2212": lambda name: re.sub(r"(?<![\w-])-(?=\d)", "\u2212", text_of(name)),
    "dashes for minus signs": lambda name: re.sub(r"(?<![\w-])-(?=\d)", "\u2013", text_of(name)),
}


@every_document
@pytest.mark.parametrize("how", SAME_DOCUMENT)
def test_the_same_document_in_other_bytes_is_read_the_same(name, how):
    altered = SAME_DOCUMENT[how](name)
    if how != "cp1252" or not text_of(name).isascii():
        assert as_bytes(altered) != text_of(name).encode()
    reading, error = attempt(altered)
    assert error is None
    original = reading_of(name)
    for column in ("table", "series", "measure", "period", "value", "decimals", "flags", "gap", "line", "start", "end"):
        assert reading.cells[column] == original.cells[column], column
    assert reading.rows["line"] == original.rows["line"]

    data = as_bytes(altered).removeprefix(codecs.BOM_UTF8)
    try:
        printed = data.decode()
    except UnicodeDecodeError:
        printed = data.decode("cp1252", errors="replace")
    lines = printed.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert [lines[line - 1][start:end] for line, start, end in cells(reading, "line", "start", "end")] == reading.cells["text"]
    if "minus" in how:
        assert [value for value, text in cells(reading, "value", "text") if set(text) & {"\u2212", "\u2013"}]
        assert all(not set(text) & {"-", "\u2212", "\u2013"} or (value or -1) <= 0 for value, text in cells(reading, "value", "text"))


def test_the_typographic_apostrophe_of_an_old_office_file():
    assert "’s Outbound FDI Flows" in text_of("uscc")
    data = text_of("uscc").encode("cp1252")
    assert b"\x92s Outbound FDI Flows" in data
    assert outcome(data) == facts_of("uscc")


def test_utf8_with_one_broken_byte_is_refused_or_read_right():
    # The whole is then taken for cp1252, in which a no-break space is two characters.
    for at in range(0, len(text_of("mxp_2018")), 997):
        data = "\n".join(_spaces_in_rows("mxp_2018", "\xa0")).encode()
        assert outcome(data[:at] + b"\xff" + data[at:]) is None


# What an error shows


@every_document
def test_an_error_shows_no_escape_of_the_document(name):
    for line, start, end in cells(reading_of(name), "line", "start", "end")[:: len(reading_of(name).cells["line"]) // 7]:
        lines = list(lines_of(name))
        lines[line - 1] = f"{lines[line - 1][:start]}1{ESCAPES}{lines[line - 1][end:]}"
        error = refusal(lines)  # which is printable, as every refusal must be
        assert error.line == line


def test_an_error_cuts_what_is_too_long_to_show():
    lines = list(lines_of("mxp_2018"))
    lines[40] = f"| {'9' * 90_000} {lines[40][1:]}"
    assert len(str(refusal(lines))) < 2000


def test_an_error_in_a_file_with_escapes_in_its_name_shows_none(tmp_path):
    from trade_assets.reading import read_bounded, read_document

    for name in (f"a{ESCAPES}.txt", "two\nlines.txt"):
        with pytest.raises(ReadError) as caught:
            read_bounded(tmp_path / name)
        assert str(caught.value).isprintable()
        with pytest.raises(ReadError) as caught:
            read_document(b"nothing", name)
        assert str(caught.value).isprintable()


# The store


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path / "store")


def _file(folder, name, data):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(as_bytes(data))
    return path


def _everything(root):
    """Every file of the store with its bytes."""
    return {(month, name): root.read("raw", month, name) for month in root.names("raw") for name in root.names("raw", month)}


BULLETIN = "2013-01.bulletin.txt"
REISSUE = text_of("uscc").replace("1,609 15,860", "1,610 15,860")


def test_the_same_document_given_twice_stays_as_it_is(root, tmp_path):
    first = ingest(root, _file(tmp_path, BULLETIN, text_of("uscc")))
    before = _everything(root)
    # Under another name, and from another month's file name: it is the bytes that count.
    again = ingest(root, _file(tmp_path, "copy.txt", text_of("uscc")), release_month="2013-01")
    assert first.is_new
    assert not again.is_new
    assert again.document == first.document
    assert _everything(root) == before


def test_a_reissue_is_kept_beside_the_first_and_is_current(root, tmp_path):
    first = ingest(root, _file(tmp_path, BULLETIN, text_of("uscc")), now=dt.datetime(2013, 1, 5, tzinfo=dt.UTC))
    second = ingest(root, _file(tmp_path, BULLETIN, REISSUE), now=dt.datetime(2013, 1, 9, tzinfo=dt.UTC))
    other = ingest(root, _file(tmp_path, "2013-01.post.txt", shipped_document("kei", "2018-09").read_bytes()))
    # Given again, the first is still the first: being received anew does not make it current.
    ingest(root, _file(tmp_path, BULLETIN, text_of("uscc")), now=dt.datetime(2013, 1, 11, tzinfo=dt.UTC))
    found = dict(documents_of(root, "2013-01"))
    assert found == {first.document: False, second.document: True, other.document: True}
    assert content(root, first.document) == text_of("uscc").encode()
    assert content(root, second.document) == REISSUE.encode()


@pytest.mark.parametrize("after", [0, 1])
def test_an_interrupted_ingest_does_no_harm(root, tmp_path, monkeypatch, after):
    ingest(root, _file(tmp_path, BULLETIN, text_of("uscc")))
    before, write, writes = _everything(root), DataRoot.write, []

    def interrupted(self, data, *parts):
        if len(writes) == after:
            raise OSError(28, "No space left on device", parts[-1])
        writes.append(parts)
        return write(self, data, *parts)

    monkeypatch.setattr(DataRoot, "write", interrupted)
    with pytest.raises(OSError, match="No space left"):
        ingest(root, _file(tmp_path, BULLETIN, REISSUE))
    monkeypatch.undo()

    # At most a sidecar without its document, which is nothing; what was there is as it was.
    left = {name for place, name in _everything(root) if (place, name) not in before}
    assert all(name.endswith(".yaml") for name in left)
    assert len(left) == after
    assert {place: data for place, data in _everything(root).items() if place in before} == before
    assert [content(root, document) for document, _ in documents_of(root, "2013-01")] == [text_of("uscc").encode()]
    # And the next attempt goes through.
    assert ingest(root, _file(tmp_path, BULLETIN, REISSUE)).is_new
    assert len(documents_of(root, "2013-01")) == 2


@pytest.mark.parametrize("bad", ["", "of no family\n", text_of("uscc")[:5000], text_of("mxp_2018")[:30000], "\0"])
def test_a_file_that_is_refused_leaves_the_store_as_it_was(root, tmp_path, bad):
    ingest(root, _file(tmp_path, BULLETIN, text_of("uscc")))
    before = _everything(root)
    with pytest.raises(ReadError) as caught:
        ingest(root, _file(tmp_path, "2013-01.bad.txt", bad))
    assert caught.value.document == "2013-01.bad.txt"
    assert _everything(root) == before


def test_a_document_altered_in_the_store_is_reported(root, tmp_path):
    document = ingest(root, _file(tmp_path, BULLETIN, text_of("uscc"))).document
    root.write(REISSUE.encode(), *document.path.split("/"))
    for look in (lambda: documents_of(root, "2013-01"), lambda: ingest(root, _file(tmp_path, BULLETIN, text_of("uscc")))):
        with pytest.raises(ReadError, match="changed in the store") as caught:
            look()
        assert caught.value.document == document.path
        assert document.sha256[:12] in caught.value.expected
    # It stops no other document, not even its own re-issue, and is not overwritten.
    assert ingest(root, _file(tmp_path, BULLETIN, REISSUE)).is_new
    assert ingest(root, _file(tmp_path, "2013-01.post.txt", shipped_document("kei", "2018-09").read_bytes())).is_new
    assert content(root, document) == REISSUE.encode()
    # With the published bytes back, all is well.
    root.write(text_of("uscc").encode(), *document.path.split("/"))
    assert len(documents_of(root, "2013-01")) == 3


def test_a_document_without_its_sidecar_is_reported_and_can_be_given_again(root, tmp_path):
    document = ingest(root, _file(tmp_path, BULLETIN, text_of("uscc"))).document
    sidecar = document.path.replace(".txt", ".yaml")
    root.filesystem.rm(root.path(sidecar))
    with pytest.raises(ReadError, match="sidecar") as caught:
        documents_of(root, "2013-01")
    assert caught.value.document == sidecar
    assert ingest(root, _file(tmp_path, BULLETIN, text_of("uscc"))).is_new
    assert [found.sha256 for found, _ in documents_of(root, "2013-01")] == [document.sha256]


BAD_SIDECARS = {
    "no YAML": b"family: [uscc",
    "a list": b"- family\n- uscc\n",
    "empty": b"",
    "a key less": "family: uscc\n",
    "not UTF-8": b"family: \xff\xfe\xff\n",
    "an impossible day": b"published_date: 2018-13-45\n",
    "a key that is a list": b"? [a, b]\n: c\n",
    "a bad number": b"size_bytes: !!int many\n",
    "nested without end": b"[" * 1000,
    "nested": b"family: {of: uscc}\n",
    "a billion laughs": b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (98 + i, 98 + i, 97 + i, 97 + i) for i in range(24)),
}


@pytest.mark.parametrize("case", BAD_SIDECARS)
def test_a_bad_sidecar_is_reported_by_its_name(root, tmp_path, case):
    document = ingest(root, _file(tmp_path, BULLETIN, text_of("uscc"))).document
    bad = as_bytes(BAD_SIDECARS[case])
    sidecar = document.path.replace(".txt", ".yaml")
    root.write(bad, *sidecar.split("/"))
    with pytest.raises(ReadError) as caught:
        documents_of(root, "2013-01")
    assert caught.value.document == sidecar
    assert str(caught.value).isprintable()
    # The same beside a file that is given to the store; an empty one says nothing, as if there were none.
    path = _file(tmp_path / "given", "2013-02.bulletin.txt", text_of("uscc") + "\n")
    path.with_name(f"{path.name}.yaml").write_bytes(bad)
    if case == "empty":
        assert ingest(root, path).is_new
        return
    with pytest.raises(ReadError) as caught:
        ingest(root, path)
    assert caught.value.document == f"{path.name}.yaml"
    assert release_months(root) == ["2013-01"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("sha256", None), ("received_at", dt.datetime(2013, 1, 5, tzinfo=dt.UTC)), ("size_bytes", "many"), ("family", 7), ("title", None)],
)
def test_a_sidecar_with_a_value_of_another_kind_is_reported(root, tmp_path, key, value):
    document = ingest(root, _file(tmp_path, BULLETIN, text_of("uscc"))).document
    sidecar = document.path.replace(".txt", ".yaml")
    described = yaml.safe_load(root.read(sidecar))
    root.write(yaml.safe_dump(described | {key: value}).encode(), *sidecar.split("/"))
    with pytest.raises(ReadError, match=key):
        documents_of(root, "2013-01")


def test_a_sidecar_too_large_or_a_folder_is_refused(root, tmp_path):
    path = _file(tmp_path, BULLETIN, text_of("uscc"))
    sidecar = path.with_name(f"{path.name}.yaml")
    sidecar.write_bytes(b"note: " + b"x" * 70_000)
    with pytest.raises(ReadError, match="at most 65,536 bytes"):
        ingest(root, path)
    sidecar.unlink()
    sidecar.mkdir()
    with pytest.raises(ReadError, match="a folder"):
        ingest(root, path)


# Where the release month is from


def _ingested(root, tmp_path, *, name="document.txt", of="uscc", text=None, sidecar=None, option=None):
    path = _file(tmp_path, name, text or text_of(of))
    if sidecar is not None:
        path.with_name(f"{name}.yaml").write_text(sidecar, encoding="utf-8")
    document = ingest(root, path, release_month=option).document
    assert documents_of(root, document.release_month) == [(document, True)]  # stored as it was answered
    return document.release_month, document.release_month_from


def test_the_release_month_is_the_one_stated_in_the_document(root, tmp_path):
    everywhere = {"name": "2011-01.a.txt", "sidecar": "release_month: 2011-02", "option": "2011-03"}
    assert _ingested(root, tmp_path, of="mxp_2018", **everywhere) == ("2018-08", "document")


def test_else_the_sidecars_else_the_option_else_the_file_names(root, tmp_path):
    assert _ingested(root, tmp_path, name="2013-01.a.txt", sidecar="release_month: 2013-02", option="2013-03") == ("2013-02", "sidecar")
    text = text_of("uscc")
    of_files = (("2013-01.b.txt", "note: no month", ("2013-03", "option")), ("2013-01.c.txt", None, ("2013-01", "file_name")))
    for name, sidecar, expected in of_files:
        text += "\n"  # the same bytes would be the same document
        said = {} if sidecar is None else {"sidecar": sidecar, "option": "2013-03"}
        assert _ingested(root, tmp_path, name=name, text=text, **said) == expected


@pytest.mark.parametrize("name", ["document.txt", "2011-1.a.txt", "x2011-01.a.txt", "2011-01-a.txt", "2011.01.a.txt"])
def test_without_a_release_month_nothing_is_stored(root, tmp_path, name):
    # The bulletin says "through November 2012": periods are never taken for the month of publication.
    with pytest.raises(ReadError, match="none stated") as caught:
        _ingested(root, tmp_path, name=name)
    assert "--release-month" in caught.value.todo
    assert release_months(root) == []


@pytest.mark.parametrize("bad", ["2018-13", "2018-00", "2018-1", "201801", "18-01", "2018-01-05", "January 2018", "../2018-01", "", " "])
def test_a_bad_release_month_is_refused_by_whoever_states_it(root, tmp_path, bad):
    with pytest.raises(ReadError, match="from the option"):
        _ingested(root, tmp_path, name="2011-01.a.txt", option=bad)
    with pytest.raises(ReadError, match="from the sidecar"):
        _ingested(root, tmp_path, name="2011-01.b.txt", sidecar=f"release_month: '{bad}'", option="2011-03")
    # Also where the document answers: a slip is said, not passed over.
    with pytest.raises(ReadError, match="from the option"):
        _ingested(root, tmp_path, of="mxp_2018", option=bad)
    assert release_months(root) == []


def test_a_bad_month_at_the_start_of_a_file_name_is_refused_where_it_is_needed(root, tmp_path):
    with pytest.raises(ReadError, match="from the file name"):
        _ingested(root, tmp_path, name="2018-99.a.txt")
    assert _ingested(root, tmp_path, name="2018-99.b.txt", of="mxp_2018") == ("2018-08", "document")


def test_a_bad_day_of_publication_in_a_sidecar_is_refused(root, tmp_path):
    with pytest.raises(ReadError, match="YYYY-MM-DD"):
        _ingested(root, tmp_path, sidecar="release_month: 2013-01\npublished_date: next week")
    assert _ingested(root, tmp_path, sidecar="release_month: 2013-01\npublished_date: 2013-01-05") == ("2013-01", "sidecar")
    ((document, _),) = documents_of(root, "2013-01")
    assert document.published_date == "2013-01-05"


# The command line


def _run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "trade_assets", *map(os.fspath, arguments)],
        cwd=REPOSITORY, env={**os.environ, "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"},
        capture_output=True, encoding="utf-8", timeout=60, check=False, **options,
    )  # fmt: skip


def _assert_one_clear_line_each(done, count):
    """Status 2, and for each bad file one line that says who speaks, what is wrong and what to do."""
    assert done.returncode == 2, done.stderr
    complaints = done.stderr.split("\n")
    assert complaints.pop() == ""
    assert len(complaints) == count, done.stderr
    for complaint in complaints:
        assert complaint.startswith("trade-assets: ")
        assert complaint.isprintable(), repr(complaint)
        assert "Traceback" not in complaint
        assert "To do: " in complaint
    return complaints


@pytest.fixture
def bad_files(tmp_path):
    """Files that cannot be read, each in its own way; the last three are no files."""
    folder = tmp_path / "bad"
    files = [_file(folder, f"{number}.txt", data) for number, (data, _) in enumerate(NO_DOCUMENT.values())]
    files += [
        _file(folder, "two families.txt", text_of("uscc") + text_of("ft900")),
        _file(folder, "cut.txt", text_of("mxp_2018")[:20_000]),
        _file(folder, "wrong.txt", text_of("ft900").replace("-39,212", "-39,2x2")),
        _file(folder, f"escapes{ESCAPES}.txt", "nothing"),
        _file(folder, "two\nlines.txt", f"{ESCAPES}\n"),
        _file(folder, "figure.txt", text_of("mxp_2018").replace("| 128.1 |", f"| {ESCAPES} |", 1)),
        folder / f"missing{ESCAPES}.txt",
        folder / "no such folder" / "file.txt",
        folder,
    ]
    return files


@pytest.mark.parametrize("form", ["csv", "json"])
def test_cells_prints_the_good_files_and_one_line_for_each_bad_one(bad_files, form):
    good = shipped_document("uscc", "2013-01")
    done = _run("cells", "--format", form, *bad_files[:9], good, *bad_files[9:])
    _assert_one_clear_line_each(done, len(bad_files))
    assert done.stdout == _run("cells", "--format", form, good).stdout
    if form == "json":
        assert len(json.loads(done.stdout)) == len(facts_of("uscc"))


def test_ingest_stores_the_good_files_and_says_one_line_for_each_bad_one(bad_files, tmp_path):
    good = _file(tmp_path, f"2013-01.{ESCAPES}.txt", text_of("uscc"))
    done = _run("--data-root", tmp_path / "store", "ingest", "--release-month", "2013-01", *bad_files[:9], good, *bad_files[9:])
    _assert_one_clear_line_each(done, len(bad_files))
    assert done.stdout.count("\n") == 1
    assert done.stdout.rstrip("\n").isprintable()  # the name of a good file has escapes too
    ((document, _),) = documents_of(DataRoot.of(tmp_path / "store"), "2013-01")
    assert content(DataRoot.of(tmp_path / "store"), document) == text_of("uscc").encode()


def test_a_bad_release_month_on_the_command_line(tmp_path):
    done = _run("--data-root", tmp_path / "store", "ingest", "--release-month", "2013-13", shipped_document("uscc", "2013-01"))
    (said,) = _assert_one_clear_line_each(done, 1)
    assert "'2013-13'" in said


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_one_line(tmp_path):
    path = _file(tmp_path, BULLETIN, text_of("uscc"))
    path.chmod(0)
    for command in (["cells"], ["--data-root", tmp_path / "store", "ingest"]):
        (said,) = _assert_one_clear_line_each(_run(*command, path), 1)
        assert "Permission denied" in said


def test_a_file_that_the_system_does_not_open_is_one_line(tmp_path, monkeypatch, capsys):
    # The same as without permission, for those whom the system lets read everything.
    from pathlib import Path

    from trade_assets.cli import main

    path = _file(tmp_path, BULLETIN, text_of("uscc"))

    opened = Path.open

    def closed(self, *arguments, **options):
        if self != path:
            return opened(self, *arguments, **options)
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", closed)
    for command in (["cells"], ["--data-root", str(tmp_path / "store"), "ingest"]):
        with pytest.raises(SystemExit) as ended:
            main([*command, str(path)])
        assert ended.value.code == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "Permission denied" in said


def test_a_name_too_long_for_the_system_is_one_line(tmp_path):
    for command in (["cells"], ["--data-root", tmp_path / "store", "ingest"]):
        _assert_one_clear_line_each(_run(*command, tmp_path / ("x" * 300)), 1)


MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True, timeout=30)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, done.stdout, done.stderr, used.ru_maxrss * 1024, used.ru_utime + used.ru_stime]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux only")
@pytest.mark.parametrize("command", ["cells", "ingest"])
@pytest.mark.parametrize("size", [100_000_000, MAX_BYTES + 1])
def test_a_huge_file_is_refused_by_its_size(tmp_path, command, size):
    path = tmp_path / "2013-01.huge.txt"
    with path.open("wb") as file:
        file.write(text_of("uscc").encode())
        file.truncate(size)  # sparse: takes no room on the disk
    # A small process in between: a child is charged for the memory of the process that it was forked from.
    wanted = [sys.executable, "-m", "trade_assets", "--data-root", str(tmp_path / "store"), command, str(path)]
    done = subprocess.run([sys.executable, "-c", MEASURED, *wanted], cwd=REPOSITORY, capture_output=True, text=True, timeout=40, check=True)
    status, _, said, memory, seconds = json.loads(done.stdout)
    assert status == 2
    assert said.count("\n") == 1
    assert "at most 16,777,216 bytes" in said
    assert f"{size:,} bytes" in said
    assert memory < 200e6
    assert seconds < 5
    assert not (tmp_path / "store").exists()
