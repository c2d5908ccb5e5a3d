"""The documents of a store by hand: from when each counts as known, in which order issues stand, what a sidecar must say."""

import hashlib
import re
from dataclasses import asdict

import pytest
import yaml

from trade_assets.documents import store
from trade_assets.documents.store import (
    Document,
    content,
    documents_of,
    release_months,
    release_numbers,
    stored,
    survey,
)
from trade_assets.documents.wanted_month import NothingError, require_documents
from trade_assets.reading import ReadError, Reading
from trade_assets.warehouse.root import DataRoot

MONTH = "2018-08"


def _document(data=b"text", **more):
    digest = hashlib.sha256(data).hexdigest()
    usual = {
        "family": "mxp", "release_month": MONTH, "release_month_from": "option", "publisher": "P", "title": "T", "published_date": None,
        "source": "S", "sha256": digest, "size_bytes": len(data), "received_at": "2018-09-01T00:00:00", "reference_month": "2018-07",
    }  # fmt: skip
    return Document(**usual | more)


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path / "data")


@pytest.fixture
def put(root):
    """Puts a document into the store as it is described."""

    def of(data=b"text", leaving_out=("replaced_on",), **more):
        document = _document(data, **more)
        said = {key: value for key, value in asdict(document).items() if key not in leaving_out}
        root.write(yaml.safe_dump(said).encode(), "raw", document.release_month, f"{document.stem}.yaml")
        root.write(data, "raw", document.release_month, document.name)
        return document

    return of


# Names and days


def test_a_document_is_named_after_family_bytes_and_format():
    document = _document(sha256="0123456789abcdef", suffix="xlsx", family="ft900")
    assert document.stem == "ft900-0123456789ab"
    assert document.name == "ft900-0123456789ab.xlsx"
    assert document.path == "raw/2018-08/ft900-0123456789ab.xlsx"
    assert document.release == ("ft900", "", "2018-07")
    assert _document(product="exhibit_1", reference_month=None).release == ("mxp", "exhibit_1", "")


@pytest.mark.parametrize(
    ("published", "seen", "replaced", "known"),
    [
        (None, None, None, ("2018-08-31", "month")),
        ("2018-08-03", None, None, ("2018-08-03", "stated")),
        ("2018-08-31", None, None, ("2018-08-31", "stated")),
        (None, "2018-08-10", None, ("2018-08-10", "inferred")),
        (None, "2018-08-31", None, ("2018-08-31", "month")),
        (None, "2018-09-10", None, ("2018-08-31", "month")),
        ("2018-08-03", "2018-08-01", None, ("2018-08-03", "stated")),
        (None, None, "2018-08-20", ("2018-08-20", "inferred")),
        (None, "2018-08-10", "2018-08-20", ("2018-08-10", "inferred")),
        (None, "2018-08-20", "2018-08-10", ("2018-08-10", "inferred")),
        ("2018-08-03", None, "2018-08-20", ("2018-08-03", "stated")),
        ("2018-08-20", None, "2018-08-20", ("2018-08-20", "stated")),
        ("2018-08-21", None, "2018-08-20", ("2018-08-20", "inferred")),
        ("2018-08-21", "2018-08-19", "2018-08-20", ("2018-08-19", "inferred")),
    ],
)  # fmt: skip
def test_no_figure_is_taken_for_known_before_it_was(published, seen, replaced, known):
    assert _document(published_date=published, seen_on=seen, replaced_on=replaced).known_from == known


# The order of documents


def _in_order(*documents, root, put):
    """The titles of a month's documents as ``survey`` orders them, those of current issues in capitals, with their days."""
    for number, more in enumerate(documents):
        put(str(number).encode(), title="abcdefgh"[number], **more)
    sound, damaged = survey(root, MONTH)
    assert damaged == []
    return [(each.title.upper() if is_current else each.title, *each.known_from) for each, is_current in sound]


def test_issues_of_a_release_stand_as_they_were_received_where_a_day_is_not_known(root, put):
    assert _in_order(
        {"received_at": "2018-09-03"}, {"received_at": "2018-09-01", "published_date": "2018-08-20"}, {"received_at": "2018-09-02"},
        root=root, put=put,
    ) == [("b", "2018-08-20", "stated"), ("c", "2018-08-31", "month"), ("A", "2018-08-31", "month")]  # fmt: skip


def test_issues_of_a_release_stand_by_their_days_where_each_is_known(root, put):
    assert _in_order(
        {"received_at": "2018-09-01", "published_date": "2018-08-20"}, {"received_at": "2018-09-03", "seen_on": "2018-08-10"},
        {"received_at": "2018-09-02", "published_date": "2018-08-15"}, root=root, put=put,
    ) == [("b", "2018-08-10", "inferred"), ("c", "2018-08-15", "stated"), ("A", "2018-08-20", "stated")]  # fmt: skip


def test_an_issue_appeared_before_the_one_that_replaces_it(root, put):
    assert _in_order(
        {"received_at": "2018-09-01"}, {"received_at": "2018-09-02", "published_date": "2018-08-25"}, {"received_at": "2018-09-03"},
        {"received_at": "2018-09-04", "published_date": "2018-08-20"}, root=root, put=put,
    ) == [*((title, "2018-08-20", "inferred") for title in "abc"), ("D", "2018-08-20", "stated")]  # fmt: skip


def test_of_two_releases_the_earlier_one_appeared_first_unless_its_day_is_stated(root, put):
    """What is issued again once a later release is out stays known from its own day."""
    earlier, later = {"reference_month": "2018-06"}, {"reference_month": "2018-07", "published_date": "2018-08-10"}
    assert _in_order(later, earlier, root=root, put=put) == [("B", "2018-08-10", "inferred"), ("A", "2018-08-10", "stated")]


def test_a_stated_day_is_not_capped_by_a_later_release(root, put):
    earlier, later = (
        {"reference_month": "2018-06", "published_date": "2018-08-20"}, {"reference_month": "2018-07", "published_date": "2018-08-10"},
    )  # fmt: skip
    assert _in_order(later, earlier, root=root, put=put) == [("B", "2018-08-20", "stated"), ("A", "2018-08-10", "stated")]


def test_documents_of_other_products_and_families_have_nothing_to_do_with_it(root, put):
    assert _in_order(
        {"family": "uscc"}, {"family": "mxp", "product": "x"}, {"family": "mxp", "published_date": "2018-08-03"}, {"family": "ft900"},
        root=root, put=put,
    ) == [
        ("D", "2018-08-31", "month"), ("C", "2018-08-03", "stated"), ("B", "2018-08-31", "month"), ("A", "2018-08-31", "month"),
    ]  # fmt: skip


def test_of_what_was_received_at_once_the_order_is_that_of_the_bytes(root, put):
    for data in (b"0", b"1", b"2", b"3"):
        put(data)
    digests = sorted(hashlib.sha256(data).hexdigest() for data in (b"0", b"1", b"2", b"3"))
    assert [(each.sha256, is_current) for each, is_current in survey(root, MONTH)[0]] == [
        *((digest, False) for digest in digests[:3]), (digests[3], True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("documents", "numbers"),
    [
        ([("mxp", "", "2018-06")], [1]),
        ([("mxp", "", "2018-06"), ("mxp", "", "2018-07")], [1, 2]),
        ([("mxp", "", "2018-07"), ("mxp", "", "2018-05"), ("mxp", "", "2018-06")], [3, 1, 2]),
        ([("mxp", "", "2018-06"), ("mxp", "", "2018-06")], [1, 1]),  # issues of one release
        ([("ft900", "a", "2018-06"), ("ft900", "b", "2018-07")], [1, 1]),  # no product has a later one
        ([("ft900", "a", "2018-06"), ("ft900", "a", "2018-07"), ("ft900", "b", "2018-06"), ("ft900", "b", "2018-07")], [1, 2, 1, 2]),
        ([("ft900", "a", "2018-06"), ("ft900", "a", "2018-07"), ("ft900", "b", "2018-05"), ("ft900", "c", "2018-08")], [1, 2, 1, 2]),
        ([("mxp", "", "2018-06"), ("uscc", "", "2018-07"), ("uscc", "", "2018-08")], [1, 1, 2]),
        ([("mxp", "", None), ("mxp", "", "2018-06")], [1, 2]),
        ([], []),
    ],
)  # fmt: skip
def test_releases_of_a_month_are_numbered_by_family(documents, numbers):
    made = [
        _document(str(at).encode(), family=family, product=product, reference_month=month)
        for at, (family, product, month) in enumerate(documents)
    ]
    assert release_numbers(iter(made)) == {document.sha256: number for document, number in zip(made, numbers, strict=True)}


# What stands in a folder


def test_only_formats_of_the_store_are_its_documents(root, put):
    kept = [put(suffix.encode(), suffix=suffix) for suffix in ("txt", "csv", "xlsx", "xls", "pdf")]
    for name in ("mxp-0.doc", "notes.md", "mxp", "mxp-0.json", "mxp-0.TXT"):
        root.write(b"none of them", "raw", MONTH, name)
    assert {document.suffix for document, _ in documents_of(root, MONTH)} == {document.suffix for document in kept}
    assert [content(root, document) for document in kept] == [b"txt", b"csv", b"xlsx", b"xls", b"pdf"]


def test_a_damaged_document_leaves_the_others(root, put):
    sound, damaged = put(b"sound"), put(b"damaged")
    root.write(b"other", "raw", MONTH, damaged.name)
    found, (told,) = survey(root, MONTH)
    assert found == [(sound, True)]
    assert (told.family, told.sha256, told.path) == ("mxp", hashlib.sha256(b"other").hexdigest(), damaged.path)
    assert (told.error.document, told.error.expected, told.error.found) == (
        damaged.path, f"the bytes as received, sha256 {damaged.sha256[:12]}…",
        f"sha256 {hashlib.sha256(b'other').hexdigest()[:12]}…: the file was changed in the store",
    )  # fmt: skip
    with pytest.raises(ReadError) as caught:
        documents_of(root, MONTH)
    assert str(caught.value) == str(told.error)


def test_a_file_of_no_family_is_none_of_the_store(root):
    root.write(b"mine", "raw", MONTH, "thesis.txt")
    with pytest.raises(ReadError, match=r"raw/2018-08/thesis\.yaml: expected a sidecar beside the document, found none"):
        survey(root, MONTH)


def test_months_with_documents_are_folders_named_so(root, put):
    assert release_months(root) == []
    for month in ("2018-09", "2012-01", "2018-08"):
        put(month.encode(), release_month=month)
    for name in ("bundles", "2018", "2018-13", "x"):
        root.write(b"1", "raw", name, "a.txt")
    assert release_months(root) == ["2012-01", "2018-08", "2018-09"]


@pytest.mark.parametrize(
    ("month", "said"),
    [
        (None, None), ("2018-08", None), ("2018-07", None),
        ("2018-06", "there is no document of 2018-06 under {url}/raw; 2 months have some, 2018-07 to 2018-08. "
         "To do: correct the month, or {todo}"),
    ],
)  # fmt: skip
def test_a_month_without_a_document_is_said_with_those_that_have_some(root, put, month, said):
    todo = "'trade-assets ingest FILE...', or correct TRADE_ASSETS_DATA or --data-root"
    for empty_month, expected in (
        (None, f"there is no document under {root.url}/raw. To do: {todo}"),
        ("2018-08", f"there is no document of 2018-08 under {root.url}/raw. To do: correct the month, or {todo}"),
    ):
        with pytest.raises(NothingError, match=f"^{re.escape(expected)}$"):
            require_documents(root, empty_month)
    put(b"a", release_month="2018-07")
    put(b"b", release_month="2018-08")
    if said is None:
        require_documents(root, month)
    else:
        with pytest.raises(NothingError, match=f"^{re.escape(said.format(url=root.url, todo=todo))}$"):
            require_documents(root, month)


# Sidecars

RESTORE = "restore the sidecar, or delete it and give the published document to 'trade-assets ingest' again"
NEEDED = [
    "family", "publisher", "published_date", "received_at", "release_month", "release_month_from", "sha256", "size_bytes", "source",
    "title",
]  # fmt: skip
LATER = ["note", "part", "product", "received_sha256", "reference_month", "replaced_on", "seen_on", "suffix"]


def _refused(root, document):
    with pytest.raises(ReadError) as caught:
        stored(root, MONTH, document.name)
    error = caught.value
    return error.document, error.expected, error.found, error.todo


@pytest.mark.parametrize("missing", sorted({*NEEDED, *LATER} - {"replaced_on"}))
def test_a_sidecar_says_what_it_needs_to_and_may_leave_out_what_came_later(root, put, monkeypatch, missing):
    monkeypatch.setattr(store, "_reference_month", lambda root, path: f"read from {path}")
    document = put(leaving_out=("replaced_on", missing))
    if missing in LATER:
        found = stored(root, MONTH, document.name)
        assert found == (document if missing != "reference_month" else _document(reference_month=f"read from {document.path}"))
    else:
        sidecar, expected, said, todo = _refused(root, document)
        assert (sidecar, todo) == (f"raw/2018-08/{document.stem}.yaml", RESTORE)
        assert expected == f"the keys {sorted(set(NEEDED))} and none but these and {LATER}"
        assert missing not in said.split(", ")


@pytest.mark.parametrize("more", ["replaced_on", "notes"])
def test_a_sidecar_says_nothing_else(root, put, more):
    document = put()
    path = ("raw", MONTH, f"{document.stem}.yaml")
    root.write(root.read(*path) + f"{more}: x\n".encode(), *path)
    sidecar, expected, _, _ = _refused(root, document)
    assert sidecar == "/".join(path) and expected.startswith("the keys ")


@pytest.mark.parametrize(
    ("more", "expected", "found"),
    [
        ({"size_bytes": "4"}, "size_bytes as a number", "'4'"), ({"size_bytes": None}, "size_bytes as a number", "None"),
        ({"title": 7}, "title as text", "7"), ({"title": None}, "title as text", "None"), ({"suffix": None}, "suffix as text", "None"),
        ({"seen_on": 7}, "seen_on as text", "7"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_named(root, put, more, expected, found):
    document = put()
    said = {key: value for key, value in asdict(document).items() if key != "replaced_on"} | more
    root.write(yaml.safe_dump(said).encode(), "raw", MONTH, f"{document.stem}.yaml")
    assert _refused(root, document) == (f"raw/2018-08/{document.stem}.yaml", expected, found, RESTORE)


@pytest.mark.parametrize("key", ["published_date", "note", "seen_on", "reference_month", "part", "received_sha256"])
def test_what_is_not_known_may_be_empty(root, put, key):
    document = put(**{key: None})
    assert stored(root, MONTH, document.name) == document


@pytest.mark.parametrize(
    ("more", "found"),
    [({"family": "uscc"}, "uscc-{digest}.txt in 2018-08"), ({"suffix": "csv"}, "mxp-{digest}.csv in 2018-08"),
     ({"release_month": "2018-07"}, "mxp-{digest}.txt in 2018-07"), ({"sha256": "0" * 64}, "mxp-000000000000.txt in 2018-08")],
)  # fmt: skip
def test_a_sidecar_describes_the_document_beside_it(root, put, more, found):
    document = put()
    said = {key: value for key, value in asdict(document).items() if key != "replaced_on"} | more
    root.write(yaml.safe_dump(said).encode(), "raw", MONTH, f"{document.stem}.yaml")
    assert _refused(root, document) == (
        f"raw/2018-08/{document.stem}.yaml", f"the sidecar to describe {document.name} in 2018-08",
        found.format(digest=document.sha256[:12]), "put both back where they were",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "expected"),
    [({"published_date": "2018-09-01"}, "a day of publication in the release month 2018-08"),
     ({"seen_on": "2018-07-31"}, "a day in the release month 2018-08 or later on which the document was seen")],
)  # fmt: skip
def test_a_day_that_cannot_be_is_of_the_sidecar(root, put, more, expected):
    document = put(**more)
    (value,) = more.values()
    sidecar = f"raw/2018-08/{document.stem}.yaml"
    assert _refused(root, document) == (sidecar, expected, repr(value), "correct the day in the sidecar")


def test_a_document_without_a_sidecar_and_one_without_plain_lines(root, put):
    document = put()
    sidecar = f"raw/2018-08/{document.stem}.yaml"
    root.write(b"- 1\n", "raw", MONTH, f"{document.stem}.yaml")
    assert _refused(root, document) == (sidecar, "'key: value' lines", "list", RESTORE)
    assert _refused(root, _document(b"other")) == (
        f"raw/2018-08/{_document(b'other').stem}.yaml", "a sidecar beside the document", "none", RESTORE,
    )  # fmt: skip


@pytest.mark.parametrize(("latest", "month"), [("2018-06", "2018-06"), (None, None), ("unreadable", None)])
def test_the_latest_month_is_read_where_an_older_sidecar_does_not_say_it(root, put, monkeypatch, latest, month):
    read = []

    def reading_of(data, path):
        read.append((data, path))
        if latest == "unreadable":
            raise ReadError(path, expected="a", found="b", todo="c")
        reading = Reading("mxp", "P", "T")
        reading.cells["period"].append(latest)
        reading.cells["value"].append(1.0)
        return reading

    monkeypatch.setattr(store, "reading_of", reading_of)
    document = put(leaving_out=("replaced_on", "reference_month"))
    assert stored(root, MONTH, document.name) == stored(root, MONTH, document.name) == _document(reference_month=month)
    assert read == [(b"text", document.path)]
