"""Text as bytes and as lines: what is decoded how, where lines end, which spaces and minuses are made plain, and what is too large."""

import pytest

from trade_assets.reading import text as module
from trade_assets.reading.errors import ReadError
from trade_assets.reading.text import MAX_BYTES, MAX_LINE, decode, plain, read_bounded

SPACES = [0x09, 0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x1F, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
MINUSES = [0x2010, 0x2011, 0x2012, 0x2013, 0x2212, 0xFE63, 0xFF0D]


@pytest.mark.parametrize("code", SPACES)
def test_every_kind_of_space_is_made_plain(code):
    assert plain(f"1{chr(code)}2") == "1 2"


@pytest.mark.parametrize("code", MINUSES)
def test_every_kind_of_minus_is_made_plain(code):
    assert plain(f"{chr(code)}2") == "-2"


@pytest.mark.parametrize("code", [0x0A, 0x0D, 0x20, 0x2D, 0x84, 0x86, 0x1FFE, 0x1FFF, 0x200B, 0x200C, 0x200D, 0x2014, 0x2027, 0x202A])
def test_other_characters_stay(code):
    """Line ends, a zero-width space, an em dash that parts sentences: none of them is a space or a minus."""
    assert plain(f"1{chr(code)}2") == f"1{chr(code)}2"


def test_the_largest_document_and_line():
    assert (MAX_BYTES, MAX_LINE) == (16_777_216, 100_000)


@pytest.mark.parametrize(
    ("data", "printed"),
    [
        (b"a\nb", ["a", "b"]), (b"a\nb\n", ["a", "b"]), (b"a\nb\n\n", ["a", "b", ""]), (b"\na", ["", "a"]),
        (b"a\r\nb\rc\nd", ["a", "b", "c", "d"]), (b"a\r", ["a"]), (b"a\r\n", ["a"]), (b"a\n\rb", ["a", "", "b"]),
        (b"a\x0cb\nc", ["a\x0cb", "c"]), ("a\u2028b".encode(), ["a\u2028b"]),
        (b"\xef\xbb\xbfa", ["a"]), ("−1".encode(), ["−1"]),
        (b"\x93a\x94 \x96 \xe9", ["“a” – é"]), (b"a\x81", ["a\ufffd"]),
    ],
)  # fmt: skip
def test_bytes_are_decoded_and_parted_into_lines(data, printed):
    assert decode(data, "a.txt").printed == printed


def test_lines_are_the_printed_ones_with_plain_spaces_and_minuses():
    document = decode("a\u00a0−1\r\nb".encode(), "a.txt")
    assert (document.name, document.kind, document.notes) == ("a.txt", "text", ())
    assert document.printed == ["a\u00a0−1", "b"]
    assert document.lines == ["a -1", "b"]
    assert list(document.head) == ["a -1", "b"]
    bare = decode(b"a\nb", "a.txt")
    assert bare.lines == bare.printed == ["a", "b"]


def _refused(*arguments, **options):
    with pytest.raises(ReadError) as caught:
        decode(*arguments, **options)
    return caught.value


@pytest.mark.parametrize(("data", "line"), [(b"\0", 1), (b"a\0b\nc", 1), (b"a\nb\0", 2), (b"a\n\0b", 2), (b"a\r\n\r\n\0\n\0", 3)])
def test_a_zero_byte_is_named_by_its_line(data, line):
    error = _refused(data, "a.txt")
    assert (error.line, error.expected) == (line, "text in UTF-8 or Latin-1")
    assert error.found == "binary data or UTF-16 (a zero byte)"
    assert error.todo == "save the document as plain text"


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_nothing_is_no_document(data):
    error = _refused(data, "a.txt")
    assert (error.line, error.expected, error.found, error.todo) == (None, "a document", "an empty file", "fetch it again")


def test_a_line_may_be_as_long_as_is_said():
    assert decode(b"a\n" + b"x" * 100_000, "a.txt").printed[1] == "x" * 100_000
    error = _refused(b"a\n" + b"x" * 100_001 + b"\nb", "a.txt")
    assert (error.line, error.expected, error.found) == (2, "lines of at most 100,000 characters", "one of 100,001")
    assert error.todo == "check that this is the publisher's text"
    assert decode(b"x" * 100_001, "a.txt", 100_001).printed == ["x" * 100_001]
    assert decode(b"xy", "a.txt", 2).printed == ["xy"]
    assert _refused(b"xy", "a.txt", 1).expected == "lines of at most 1 characters"


def test_a_document_may_be_as_large_as_is_said(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 5)
    assert decode(b"12345", "a.txt").printed == ["12345"]
    error = _refused(b"123456", "a.txt")
    assert (error.line, error.found) == (None, "6 bytes")


def test_a_file_is_read_up_to_its_limit(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"12345")
    assert read_bounded(file) == read_bounded(str(file), 5) == b"12345"
    with pytest.raises(ReadError) as caught:
        read_bounded(file, 4)
    error = caught.value
    assert (error.document, error.line, error.expected, error.found) == (str(file), None, "at most 4 bytes", "5 bytes")
    assert error.todo == "give the published text itself, not an archive or a scan"
    with file.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(ReadError) as caught:
        read_bounded(file)
    assert (caught.value.expected, caught.value.found) == ("at most 16,777,216 bytes", "16,777,217 bytes")


def test_what_is_no_file_is_refused(tmp_path):
    for path, found in ((tmp_path, "a folder"), (tmp_path / "none.txt", "none at this path")):
        with pytest.raises(ReadError) as caught:
            read_bounded(path)
        assert (caught.value.document, caught.value.expected, caught.value.found) == (str(path), "a file", found)
        assert caught.value.todo == "check the path"


@pytest.mark.parametrize(("error", "reason"), [(PermissionError(13, "Permission denied"), "Permission denied"), (OSError("gone"), "gone")])
def test_a_file_that_cannot_be_read_says_why(tmp_path, monkeypatch, error, reason):
    file = tmp_path / "a.txt"
    file.write_bytes(b"12345")

    def closed(*_, **__):
        raise error

    monkeypatch.setattr(type(file), "open", closed)
    with pytest.raises(ReadError) as caught:
        read_bounded(file)
    assert (caught.value.expected, caught.value.found) == ("a readable file", reason)
    assert caught.value.todo == "check path and permissions"
