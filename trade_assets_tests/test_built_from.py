"""What a month was built from: a hash that tells other bytes, other names, other decisions and expiry, which its record keeps."""

import datetime as dt
import hashlib

import pytest

from trade_assets.review import built_from as module
from trade_assets.review.built_from import built_from, inputs_now, inputs_of
from trade_assets.review.decisions import DecidedCell, Decision, write_decision
from trade_assets.review.pages import FOLDER, INDEX_PAGE, month_page_name, plot_name
from trade_assets.warehouse.partitions import Draft, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.steps_called import TABLE, made

MONTH, ISSUE, TODAY = "2021-02", "0123456789ab", dt.date(2021, 3, 1)


@pytest.fixture
def root(tmp_path):
    made = DataRoot.of(tmp_path / "data")
    made.write(b"a document", "raw", MONTH, "ft900-a.txt")
    made.write(b"another month", "raw", "2021-01", "ft900-a.txt")
    return made


def _decide(root, expires_on=None, issue=ISSUE):
    cells = (DecidedCell(1, 0, "100"),)
    return write_decision(root, MONTH, Decision("", 1, issue, "accept", "x", "ada", "2021-02-28", "a" * 64, cells, expires_on))


def _hash(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def _file(name, data):
    return name.encode() + b"\0" + hashlib.sha256(data).digest()


def test_the_inputs_are_the_names_and_bytes_of_documents_and_decisions(root):
    document = _file("ft900-a.txt", b"a document")
    assert inputs_of(root, MONTH, TODAY) == _hash(document)
    path = _decide(root)
    decision = _file(f"{ISSUE}.yaml", root.read("reviews", MONTH, f"{ISSUE}.yaml"))
    assert inputs_of(root, MONTH, TODAY) == _hash(document, decision)
    assert path == f"reviews/{MONTH}/{ISSUE}.yaml"
    assert inputs_of(root, "2021-01", TODAY) == _hash(_file("ft900-a.txt", b"another month"))
    assert inputs_of(root, "2020-01", TODAY) == _hash()


@pytest.mark.parametrize(
    ("days", "is_expired"),
    [(["2021-03-01"], True), (["2021-02-28"], True), (["2021-03-02"], False), (["2021-01-01", None], False), ([None, "2021-03-01"], True)],
)
def test_a_decision_that_has_expired_makes_other_inputs(root, days, is_expired):
    for day in days:
        path = _decide(root, day)
    content = root.read("reviews", MONTH, f"{ISSUE}.yaml")
    parts = [_file("ft900-a.txt", b"a document"), _file(f"{ISSUE}.yaml", content)]
    assert inputs_of(root, MONTH, TODAY) == _hash(*parts, *([path.encode()] if is_expired else []))


def test_every_document_and_every_decision_counts(root):
    root.write(b"another", "raw", MONTH, "mxp-b.txt")
    documents = [_file("ft900-a.txt", b"a document"), _file("mxp-b.txt", b"another")]
    assert inputs_of(root, MONTH, TODAY) == _hash(*documents)
    # The first has not expired, the second and the third have.
    paths = [_decide(root, day, issue=name * 12) for name, day in (("a", None), ("b", "2021-03-01"), ("c", "2021-01-01"))]
    decisions = [_file(path.rpartition("/")[2], root.read(*path.split("/"))) for path in paths]
    assert inputs_of(root, MONTH, TODAY) == _hash(*documents, *decisions, paths[1].encode(), paths[2].encode())


def test_a_file_that_cannot_be_read_counts_by_why(root, monkeypatch):
    read = DataRoot.read

    def refused(self, *parts):
        if parts[0] == "raw":
            raise PermissionError("no")
        return read(self, *parts)

    monkeypatch.setattr(DataRoot, "read", refused)
    assert inputs_of(root, MONTH, TODAY) == _hash(_file("ft900-a.txt", b"PermissionError"))


@pytest.mark.parametrize(
    ("now", "is_expired"), [(dt.datetime(2021, 2, 28, 23, 59, tzinfo=dt.UTC), False), (dt.datetime(2021, 3, 1, tzinfo=dt.UTC), True)]
)
def test_the_day_of_now_is_that_of_utc(root, monkeypatch, now, is_expired):
    """A decision that expires on 1 March is in force in the last minute of February in UTC, wherever the program runs."""

    class Then(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return now.astimezone(tz)

    _decide(root, "2021-03-01")
    monkeypatch.setattr(module.dt, "datetime", Then)
    assert inputs_now(root, MONTH) == inputs_of(root, MONTH, dt.date(2021, 3, 1) if is_expired else dt.date(2021, 2, 28))
    assert inputs_of(root, MONTH, dt.date(2021, 3, 1)) != inputs_of(root, MONTH, dt.date(2021, 2, 28))


def test_what_a_month_was_built_from_stands_in_its_record_once_it_is_committed(root):
    assert built_from(root, MONTH) is None
    drafts = {month: Draft.of_month(root, month) for month in (MONTH, "2021-01")}
    for month, draft in drafts.items():
        write_partition(draft, TABLE["cells"], month, made(TABLE["cells"], {"release_month": month}))
    assert built_from(root, MONTH) is None, "not before it is committed"
    drafts[MONTH].commit("a" * 16)
    drafts["2021-01"].commit("b" * 16)
    assert (built_from(root, MONTH), built_from(root, "2021-01")) == ("a" * 16, "b" * 16)
    write_partition(root, TABLE["cells"], MONTH, made(TABLE["cells"]))
    assert built_from(root, MONTH) == "a" * 16, "a run of some tables says nothing of what all of them were built from"
    Draft.of_month(root, MONTH).commit("")
    assert (built_from(root, MONTH), built_from(root, "2021-01")) == (None, "b" * 16)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"format": 1, "release_month": "2021-01"}'])
def test_of_a_damaged_record_nobody_knows_what_it_was_built_from(root, content):
    Draft.of_month(root, MONTH).commit("a" * 16)
    root.write(content, "warehouse", "commits", f"{MONTH}.json")
    assert built_from(root, MONTH) is None


def test_pages_and_plots_are_called_by_their_month():
    assert (FOLDER, INDEX_PAGE) == ("reports", "index.html")
    assert [month_page_name(each) for each in ("2021-01", "1999-12")] == ["2021-01.html", "1999-12.html"]
    assert plot_name("2021-10", "trade") == "2021-10-trade.svg"


@pytest.mark.parametrize("text", ["2021-00", "2021-13", "2021-1", "21-01", "2021-01\n", "2021-011", "../2021-01", ""])
def test_what_is_no_month_has_no_page(text):
    for name in (month_page_name, lambda month: plot_name(month, "trade")):
        with pytest.raises(ValueError, match="is no release month; expected YYYY-MM"):
            name(text)
