"""The documents of a month as tables and facts: small series files, and readings that are made up."""

import hashlib

import pandas as pd
import pytest

from trade_assets.documents import parse as module
from trade_assets.documents.parse import (
    Parsed,
    facts_of,
    facts_of_document,
    parse_documents,
    read_errors,
    readable_facts,
)
from trade_assets.documents.store import Damaged, Document
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import CELLS, FACTS, ROWS, SERIES, UNREAD
from trade_assets.reading import ReadError, Reading

MONTH = "2020-06"


def _prices(*months, year=2020):
    """A series file of one price index, of so many months."""
    lines = [f"EIUIR,{year},M{month:02d},{125 + month / 10:.1f}" for month in months]
    return "\n".join(["series_id,year,period,value", *lines, ""]).encode()


def _document(data, **more):
    usual = {
        "family": "mxp", "release_month": MONTH, "release_month_from": "option", "publisher": "P", "title": "T", "published_date": None,
        "source": "S", "sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data), "received_at": "2020-07-01", "suffix": "csv",
        "product": "EIUIR", "reference_month": "2020-02",
    }  # fmt: skip
    return Document(**usual | more)


def _parsed(*documents, damaged=()):
    """The tables of documents, each with whether it is current."""
    return parse_documents(MONTH, [(_document(data, **more), is_current, data) for (data, more), is_current in documents], damaged)


TWO, OTHER = (_prices(1, 2), {}), (_prices(1, 2, 3), {"reference_month": "2020-03"})
SHA = {name: hashlib.sha256(data).hexdigest() for name, (data, _) in (("two", TWO), ("other", OTHER))}


# Tables


def test_what_is_said_of_a_document_stands_in_all_its_rows():
    parsed = _parsed((TWO, True), (OTHER, False))
    assert parsed.unread.equals(empty(UNREAD))
    for frame, table, counts in ((parsed.cells, CELLS, (2, 3)), (parsed.rows, ROWS, (2, 3)), (parsed.series, SERIES, (1, 1))):
        assert list(frame.columns) == list(table.by_name)
        of_two, of_other = frame[frame["sha256"] == SHA["two"]], frame[frame["sha256"] == SHA["other"]]
        assert (len(of_two), len(of_other)) == counts
        for each, is_current, latest in ((of_two, True, "2020-02"), (of_other, False, "2020-03")):
            said = each[["release_month", "family", "product", "is_current", "reference_month"]].drop_duplicates().to_numpy().tolist()
            assert said == [[MONTH, "mxp", "EIUIR", is_current, latest]]
    two = parsed.cells[parsed.cells["sha256"] == SHA["two"]]
    assert two[["period", "value", "decimals"]].to_numpy().tolist() == [["2020-01", 125.1, 1], ["2020-02", 125.2, 1]]


def test_a_month_without_documents_has_empty_tables():
    assert [frame.equals(empty(table)) for frame, table in zip(_parsed(), (CELLS, ROWS, SERIES, UNREAD), strict=True)] == [True] * 4


def _unread(parsed):
    return parsed.unread[["release_month", "family", "is_current", "path", "line", "expected", "found", "todo"]].astype(object).where(
        parsed.unread.notna(), None
    ).to_numpy().tolist()  # fmt: skip


@pytest.mark.parametrize("is_current", [True, False])
def test_a_document_that_cannot_be_read_is_a_row_and_the_others_are_read(is_current):
    broken = b"series_id,year,period,value\nEIUIR,2020,M01,125.1\nEIUIR,2020,M01,125.1\nEIUIR,2020,M02,one\n"
    parsed = _parsed((TWO, True), ((broken, {}), is_current), (OTHER, False))
    assert set(parsed.cells["sha256"]) == set(SHA.values())
    ((month, family, current, path, line, expected, found, todo),) = _unread(parsed)
    assert (month, family, current, path) == (MONTH, "mxp", is_current, _document(broken).path)
    assert line in (3, 4) and expected and found and todo
    assert parsed.unread["sha256"].tolist() == [hashlib.sha256(broken).hexdigest()]


def test_each_damaged_file_counts_as_current():
    errors = {name: ReadError(f"raw/2020-06/{name}.yaml", None, expected="a", found=name, todo="c") for name in ("mxp-1", "fred-2")}
    damaged = [Damaged(name[:-2], name[-1] * 64, f"raw/2020-06/{name}.csv", error) for name, error in errors.items()]
    parsed = _parsed((TWO, True), damaged=damaged)
    assert _unread(parsed) == [
        [MONTH, "mxp", True, "raw/2020-06/mxp-1.csv", None, "a", "mxp-1", "c"],
        [MONTH, "fred", True, "raw/2020-06/fred-2.csv", None, "a", "fred-2", "c"],
    ]
    assert parsed.unread["sha256"].tolist() == ["1" * 64, "2" * 64] and len(parsed.cells) == 2


@pytest.mark.parametrize(
    ("more", "expected", "found", "todo"),
    [
        ({"family": "fred", "product": "BOPTEXP"}, "a document of the family fred BOPTEXP, under which it is stored", "mxp EIUIR",
         "ingest the document again"),
        ({"family": "uscc", "product": ""}, "a document of the family uscc, under which it is stored", "mxp EIUIR",
         "ingest the document again"),
        ({"product": "EIUIQ"}, "a document of the family mxp EIUIQ, under which it is stored", "mxp EIUIR", "ingest the document again"),
        ({"reference_month": "2020-01"}, "a document whose latest month is 2020-01, as its sidecar says",
         "one that prints figures up to 2020-02", "take the line reference_month out of the sidecar; it is then found in the document"),
        ({"reference_month": None}, "a document whose latest month is None, as its sidecar says", "one that prints figures up to 2020-02",
         "take the line reference_month out of the sidecar; it is then found in the document"),
    ],
)  # fmt: skip
def test_a_document_is_what_it_is_filed_under(more, expected, found, todo):
    parsed = _parsed(((TWO[0], more), True))
    assert _unread(parsed) == [[MONTH, more.get("family", "mxp"), True, _document(TWO[0], **more).path, None, expected, found, todo]]
    assert parsed.cells.empty


@pytest.mark.parametrize("what", ["parsed_tables", "tidy"])
def test_figures_that_make_no_tables_are_about_their_document(monkeypatch, what):
    def broken(*_, **__):
        raise ValueError("no\ntable")

    monkeypatch.setattr(module, what, broken)
    assert _unread(_parsed((TWO, True))) == [[
        MONTH, "mxp", True, _document(TWO[0]).path, None, "figures that fit the tables of mxp", "some that do not (ValueError: no table)",
        "compare the document with the publisher's; if it is whole, report it with the error",
    ]]  # fmt: skip


def test_a_document_of_a_family_without_figures_needs_to_make_none(monkeypatch):
    monkeypatch.setattr(module, "reading_of", lambda data, path: Reading("kei", "P", "T"))
    assert "kei" not in FACTS
    parsed = _parsed(((b"prose", {"family": "kei", "product": "", "reference_month": None}), True))
    assert parsed.unread.empty and parsed.cells.empty


# Facts


def _facts(parsed, family="mxp"):
    return facts_of(parsed, family)[["sha256", "period", "value"]].to_numpy().tolist()


OF_TWO = [[SHA["two"], "2020-01", 125.1], [SHA["two"], "2020-02", 125.2]]
OF_OTHER = [[SHA["other"], "2020-01", 125.1], [SHA["other"], "2020-02", 125.2], [SHA["other"], "2020-03", 125.3]]
BROKEN = (b"series_id,year,period,value\nEIUIR,2020,M13x,125.1\n", {})


@pytest.fixture(scope="module")
def three():
    """Two documents that can be read, and one that cannot."""
    return _parsed((OTHER, True), (BROKEN, True), (TWO, True))


def _with(parsed, **is_current):
    """The same of which only some are current."""
    digests = {SHA[name] if name in SHA else hashlib.sha256(BROKEN[0]).hexdigest(): current for name, current in is_current.items()}
    frames = (frame[frame["sha256"].isin(digests)] for frame in parsed)
    return Parsed(*(frame.assign(is_current=frame["sha256"].map(digests).astype("bool")) for frame in frames))


@pytest.mark.parametrize(
    ("two", "other", "facts"), [(True, False, OF_TWO), (False, True, OF_OTHER), (True, True, OF_TWO + OF_OTHER), (False, False, [])]
)
def test_facts_are_those_of_current_documents_by_release(three, two, other, facts):
    parsed = _with(three, two=two, other=other)
    assert _facts(parsed) == facts
    assert list(facts_of(parsed, "mxp").columns) == list(FACTS["mxp"].by_name)


@pytest.mark.parametrize(("name", "facts"), [("two", OF_TWO), ("other", OF_OTHER), ("none", [])])
def test_facts_of_one_document_are_there_whether_it_is_current_or_not(three, name, facts):
    found = facts_of_document(_with(three, two=False, other=True), "mxp", SHA.get(name, "0" * 64))
    assert found[["sha256", "period", "value"]].to_numpy().tolist() == facts
    assert list(found.columns) == list(FACTS["mxp"].by_name)


def test_a_family_without_documents_has_no_facts(three):
    assert facts_of(three, "fred").equals(empty(FACTS["fred"]))


def test_documents_stand_by_product_and_by_release():
    """The family's main one first, and one of which no figure has a period before all others of its product."""
    rows = [("b", "2018-01", "1"), ("", "2018-02", "2"), ("a", "2018-01", "3"), ("", "2018-01", "4"), ("a", None, "5"),
            ("a", "2018-01", "6"), ("b", "2018-01", "1")]  # fmt: skip
    cells = pd.DataFrame(rows, columns=["product", "reference_month", "sha256"])
    assert module._in_order(cells) == ["4", "2", "5", "3", "6", "1"]


@pytest.mark.parametrize(
    ("current", "facts"),
    [({"broken": True}, None), ({"broken": False}, []), ({"broken": True, "two": True}, OF_TWO), ({"broken": True, "two": False}, None)],
)
def test_a_family_of_which_nothing_current_can_be_read_has_no_facts(three, current, facts):
    parsed = _with(three, **current)
    found, errors = readable_facts(lambda family: facts_of(parsed, family))
    if facts is not None:
        assert list(found) == list(FACTS) and errors == []
        assert found["mxp"][["sha256", "period", "value"]].to_numpy().tolist() == facts
        return
    with pytest.raises(ReadError) as caught:
        facts_of(parsed, "mxp")
    assert caught.value.document == _document(BROKEN[0]).path
    assert [str(error) for error in errors] == [str(caught.value)]
    assert list(found) == [family for family in FACTS if family != "mxp"]


def test_errors_are_read_back_as_they_were():
    errors = [ReadError("raw/a.txt", 7, expected="a", found="b", todo="c"), ReadError("raw/b.txt", expected="d", found="e", todo="f")]
    rows = [
        {"family": "mxp", "is_current": True, "sha256": str(at), "path": error.document, "line": error.line, "expected": error.expected,
         "found": error.found, "todo": error.todo}
        for at, error in enumerate(errors)
    ]  # fmt: skip
    frame = conform(pd.DataFrame(rows), UNREAD, release_month=MONTH)
    found = read_errors(frame)
    assert [str(error) for error in found] == [
        "raw/a.txt, line 7: expected a, found b. To do: c.", "raw/b.txt: expected d, found e. To do: f.",
    ]  # fmt: skip
    assert [type(error.line) for error in found] == [int, type(None)]
    assert read_errors(empty(UNREAD)) == []


def test_parsed_tables_are_taken_apart_in_this_order():
    assert Parsed._fields == ("cells", "rows", "series", "unread")
