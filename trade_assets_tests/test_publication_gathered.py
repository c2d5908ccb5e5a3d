"""What is gathered for a publication and where it is put: over tables that are made up, and a place that fails."""

import datetime as dt
import hashlib
import json
import re

import pandas as pd
import pytest

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import ALL_TABLES, CORRECTIONS, DECISIONS, DOCUMENTS, IN_DOUBT, ISSUES, METRICS, UNREAD, VALIDATED
from trade_assets.families.mxp.tables import INDEX_LEVELS, PRICE_CHANGES
from trade_assets.publication import publish as module
from trade_assets.publication.difference import Difference, Group
from trade_assets.publication.difference_report import as_json, markdown
from trade_assets.publication.earlier_releases import Former
from trade_assets.publication.files import csv_bytes
from trade_assets.publication.publish import DATA, EVIDENCE, NOT_PUBLISHED, PublicationError, place_of, publication, publish_month
from trade_assets.warehouse.folders import NotOursError
from trade_assets.warehouse.parquet import frame_of
from trade_assets.warehouse.partitions import Draft, write_partition
from trade_assets.warehouse.root import DataRoot

MONTH, TODAY = "2018-08", dt.date(2018, 9, 1)
FOUND = Difference(MONTH, {}, (Group("table", "validated.a", "", None, 7, None, None),), (), (), (), {}, {}, {})


def _rows(table, *rows):
    """Rows of a table; what they do not say is empty."""
    usual = {column.name: "" if column.kind == "string" and not column.is_nullable else None for column in table.columns}
    usual |= {column.name: False for column in table.columns if column.kind == "bool"}
    return conform(pd.DataFrame([usual | {"release_month": MONTH} | row for row in rows]), table)


def _document(sha256="d1", family="mxp", **more):
    return {"sha256": sha256 * 32, "family": family, "size_bytes": 7, "is_current": True, "known_from": "2018-08-31", **more}


def _level(series, period, value=100.0):
    return {"series": series, "period": period, "index": value, "index_decimals": 1, "reference_month": "2018-07"}


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path / "data")


@pytest.fixture
def month(root, monkeypatch):
    """Writes tables of the month, and publishes it; what it was compared with and held against is kept beside."""
    asked = {}
    unfit, former = [], Former({}, {}, {}, {"of the month anew": empty(INDEX_LEVELS)})

    def stale(*given):
        asked["stale"] = given
        return iter(unfit)

    def difference(*given):
        asked["difference"] = given
        return FOUND

    monkeypatch.setattr(module, "stale", stale)
    monkeypatch.setattr(module, "former_release", lambda *given: asked.update(former=given) or former)
    monkeypatch.setattr(module, "difference", difference)

    def publish(today=TODAY, unfit_are=(), **frames):
        by_name = {table.name: table for table in ALL_TABLES}
        frames = {"documents": _rows(DOCUMENTS, _document())} | frames
        for name, frame in frames.items():
            if frame is not None:
                write_partition(root, by_name[name], MONTH, frame)
        unfit[:] = unfit_are
        asked["publication"] = publication(root, MONTH, today)
        return asked["publication"]

    publish.asked = asked
    return publish


NAMES = [f"{table.layer}.{table.name}" for table in EVIDENCE]


def test_evidence_is_published_though_it_is_empty_and_data_where_there_is_some(month, root):
    made = month(index_levels=_rows(INDEX_LEVELS, _level("b", "2018-07"), _level("a", "2018-07"), _level("a", "2018-06")))
    assert made.rows == {"validated.index_levels": 3} | {name: int(name == "raw.documents") for name in NAMES}
    assert list(made.rows) == ["validated.index_levels", *NAMES]
    files = [f"{name}.{form}" for name in made.rows for form in ("csv", "parquet")]
    assert list(made.files) == [*files, "difference.md", "difference.json", "datapackage.json"]
    assert (made.release_month, made.families, made.withheld, made.open_issues, made.to_review) == (MONTH, ("mxp",), 0, (), ())
    assert made.difference is FOUND
    # Rows stand in the order of their key, the same in both files.
    read = frame_of(made.files["validated.index_levels.parquet"])
    assert read[["series", "period"]].to_numpy().tolist() == [["a", "2018-06"], ["a", "2018-07"], ["b", "2018-07"]]
    assert csv_bytes(read, INDEX_LEVELS) == made.files["validated.index_levels.csv"]
    assert (made.files["difference.md"], made.files["difference.json"]) == (markdown(FOUND).encode(), as_json(FOUND).encode())


def test_each_file_is_described_in_order_by_its_bytes(month):
    made = month(index_levels=_rows(INDEX_LEVELS, _level("a", "2018-07")))
    package = json.loads(made.files["datapackage.json"])
    assert [each["path"] for each in package["resources"]] == list(made.files)[:-1]
    for each in package["resources"]:
        data = made.files[each["path"]]
        assert (each["bytes"], each["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
    last, json_too = package["resources"][-2:]
    told = {"title": "What the release changes", "profile": "data-resource", "type": "file", "encoding": "utf-8"}
    assert last.items() >= ({"name": "difference.md", "path": "difference.md", "format": "md", "mediatype": "text/markdown"} | told).items()
    assert json_too.items() >= ({"name": "difference.json", "format": "json", "mediatype": "application/json"} | told).items()
    assert [source["sha256"] for source in package["sources"]] == ["d1" * 32]


def test_issues_and_figures_that_wait_are_counted(month):
    states = {"i3": "open", "i2": "new", "i1": "decided", "i0": "gone"}
    issues = _rows(ISSUES, *({"issue": issue, "state": state, "sha256": "d1" * 32} for issue, state in states.items()))
    doubt = _rows(IN_DOUBT, *({"line": line, "start": 1, "sha256": "d1" * 32, "family": "mxp"} for line in (1, 2)))
    made = month(issues=issues, in_doubt=doubt, documents=_rows(DOCUMENTS, _document(), _document("d2", "fred"), _document("d3", "mxp")))
    assert (made.withheld, set(made.open_issues), made.families) == (2, {"i3", "i2"}, ("fred", "mxp"))
    published = frame_of(made.files["review.issues.parquet"])
    assert dict(zip(published["issue"], published["state"], strict=True)) == {"i3": "open", "i2": "open", "i1": "decided"}
    assert json.loads(made.files["datapackage.json"])["issues"] == {"open": ["i2", "i3"], "decided": ["i1"], "withheld_figures": 2}


def test_the_month_is_compared_with_the_releases_before_and_held_against_its_documents(month, root):
    month(index_levels=_rows(INDEX_LEVELS, _level("a", "2018-07")))
    released, tables, frames, former, others = month.asked["difference"]
    assert (released, tables) == (MONTH, (*VALIDATED, *METRICS))
    assert set(frames) == {table.name for table in (*DATA, *EVIDENCE)} | {"of the month anew"}
    assert len(frames["index_levels"]) == 1 and former.now.keys() == {"of the month anew"}
    assert others == tuple(table for table in DATA if table not in (*VALIDATED, *METRICS))
    seen = month.asked["former"][0]
    assert isinstance(seen, Draft) and seen.committed == root, "all is read of one state of the month"
    assert month.asked["former"][:2] == (seen, MONTH) and month.asked["former"][2].equals(frames["documents"])
    held_root, held_month, stored, today = month.asked["stale"]
    assert (held_root, held_month, today) == (seen, MONTH, TODAY) and set(stored) == {table.name for table in (*DATA, *EVIDENCE)}


def test_today_is_the_day_in_utc_where_no_other_is_said(month, monkeypatch):
    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return dt.datetime(2018, 12, 31, 23, 30, tzinfo=dt.UTC).astimezone(tz)

    monkeypatch.setattr(module.dt, "datetime", Clock)
    month(today=None)
    assert month.asked["stale"][3] == dt.date(2018, 12, 31)


def test_what_does_not_fit_together_is_refused_with_the_first_reason(month):
    said = "one thing. To do: 'trade-assets run --month 2018-08', then publish"
    with pytest.raises(PublicationError, match=f"^{re.escape(said)}$"):
        month(unfit_are=["one thing", "another"])


def test_a_month_without_documents_or_terms_is_refused(month):
    with pytest.raises(PublicationError, match=r"^2018-08 has no document, so there is nothing to publish$"):
        month(documents=empty(DOCUMENTS))


def test_a_family_without_terms_is_named(month, monkeypatch):
    monkeypatch.setattr(module, "FIGURES_OF", {"mxp": None})
    said = (
        "nobody has said under which terms figures of fred, uscc may be published. "
        "To do: say it in terms of trade_assets/families/<family>/__init__.py"
    )
    with pytest.raises(PublicationError, match=f"^{re.escape(said)}$"):
        month(documents=_rows(DOCUMENTS, _document(), _document("d2", "uscc"), _document("d3", "fred")))


@pytest.mark.parametrize("released", ["2018-08", "2018-07", "soon"])
def test_a_month_that_was_never_run_is_told_from_one_without_documents(root, monkeypatch, released):
    asked = []
    monkeypatch.setattr(module, "require_documents", lambda *given: asked.append(given))
    said = f"{released} has no tables under {root.url}. To do: 'trade-assets run --month {released}'"
    with pytest.raises(PublicationError, match=f"^{re.escape(said)}$"):
        publication(root, released)
    assert asked == [(root, released)]


def test_what_else_a_person_has_to_look_at_is_said(month, root, monkeypatch):
    monkeypatch.setattr(module, "read_decisions", lambda *given: ({}, [f"no decision of {given[1]}"]))
    monkeypatch.setattr(module, "lingering_decisions", lambda decisions: [f"{len(decisions)} linger"])
    unread = {"family": "mxp", "sha256": "d2" * 32, "path": "raw/x.txt", "line": 3, "expected": "a", "found": "b", "todo": "c"}
    made = month(unread=_rows(UNREAD, unread), decisions=_rows(DECISIONS, {"issue": "i1", "number": 1, "action": "accept"}))
    assert made.to_review == ("raw/x.txt, line 3: expected a, found b. To do: c.", "no decision of 2018-08", "1 linger")


def test_no_table_is_published_twice_or_forgotten():
    assert len({*DATA, *EVIDENCE}) == len(DATA) + len(EVIDENCE)
    assert {*DATA, *EVIDENCE}.isdisjoint(NOT_PUBLISHED) and CORRECTIONS in EVIDENCE and PRICE_CHANGES in DATA
    names = {f"{table.layer}.{table.name}.{form}" for table in (*DATA, *EVIDENCE) for form in ("csv", "parquet")}
    assert names | {"difference.md", "difference.json", "datapackage.json"} == module._OURS


# The place


@pytest.fixture
def put(root, monkeypatch):
    """Publishes a month that is made already, where ``replace_folder`` does as it is told."""
    asked = []
    made = module.Publication(MONTH, {"a.csv": b"1"}, {}, (), 0, (), (), FOUND)
    monkeypatch.setattr(module, "publication", lambda *given: asked.append(given) or made)
    monkeypatch.setattr(module, "_listed", lambda place, month, *parts: {f"listed of {month} in {place.path(*parts)}"})

    def publish(outcome, to=None, today=None):
        def replace_folder(place, files, *parts, ours):
            asked.append((place, files, parts, ours))
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        monkeypatch.setattr(module, "replace_folder", replace_folder)
        asked.clear()
        return publish_month(root, MONTH, to, today)

    publish.asked, publish.made = asked, made
    return publish


@pytest.mark.parametrize("is_new", [True, False])
def test_a_publication_stands_under_the_root_or_where_it_is_to(put, root, tmp_path, is_new):
    placed = put(is_new, today=TODAY)
    path = f"{root.url}/publications/2018-08"
    assert (placed.publication, placed.path, placed.is_new) == (put.made, path, is_new)
    ours = module._OURS | {f"listed of 2018-08 in {path}"}
    assert put.asked == [(root, MONTH, TODAY), (root, {"a.csv": b"1"}, ("publications", "2018-08"), ours)]
    to = DataRoot.of(tmp_path / "to")
    assert put(is_new, to).path == f"{to.url}/2018-08"
    assert put.asked[1][0] == to and put.asked[1][2] == ("2018-08",) and put.asked[0] == (root, MONTH, None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotOursError("is a link"), "{path} is a link; a publication replaces the whole folder. To do: move it away, {else_}"),
        (FileExistsError(17, "File exists", "/there"), "{path} cannot be made, /there is no folder. To do: move it away, {else_}"),
        (NotADirectoryError(20, "Not a directory"), "{path} cannot be made, {path} is no folder. To do: move it away, {else_}"),
        (PermissionError(13, "Permission denied", "/there"),
         "{path} cannot be written: Permission denied. To do: see to rights and space there, {else_}"),
        (OSError("lost"), "{path} cannot be written: lost. To do: see to rights and space there, {else_}"),
    ],
)  # fmt: skip
def test_a_place_that_cannot_be_written_says_what_to_do(put, root, error, said):
    expected = said.format(path=f"{root.url}/publications/2018-08", else_="or publish to another place with --to")
    with pytest.raises(PublicationError, match=f"^{re.escape(expected)}$"):
        put(error)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("", "the place to publish to is empty. To do: name a folder or a URL, or leave --to out"),
        (" \t", "the place to publish to is empty. To do: name a folder or a URL, or leave --to out"),
        (
            "nosuch://x",
            "nosuch://x is no place to publish to: Protocol not known: nosuch. To do: name a folder, or a URL that fsspec knows",
        ),
    ],
)
def test_no_place_is_said(setting, said):
    with pytest.raises(PublicationError, match=f"^{re.escape(said)}$"):
        place_of(setting)


def test_a_folder_or_a_url_is_a_place(tmp_path):
    assert place_of(str(tmp_path)) == DataRoot.of(tmp_path)
    assert place_of("memory://there").url == "memory://there"
