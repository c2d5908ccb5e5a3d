"""The steps at both ends of a month: what it begins with and is recorded, the page it ends with, and the page of a step that fails."""

import datetime as dt
import logging
from types import SimpleNamespace

import dagster as dg
import pandas as pd
import pytest

from trade_assets.defs import pages, raw, report
from trade_assets.defs.calendar import AWAITS
from trade_assets.defs.pages import page_of_failure
from trade_assets.defs.raw import INPUTS, raw_documents
from trade_assets.defs.resources import SHARED_LATER
from trade_assets.documents.store import Damaged, Document
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import DOCUMENTS, FACTS, IN_DATABASE, REPORTS
from trade_assets.metrics.registry import metrics_declared
from trade_assets.reading import ReadError
from trade_assets.review import built_from, month
from trade_assets.warehouse.partitions import read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.steps_called import LOG, MONTH, TABLE, Kept, begun, done, made

GARBLED = ReadError("raw/2021-02/mxp.txt", expected="a table", found="none", todo="look")


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path)


# What a month begins with


@pytest.fixture
def noted(root, monkeypatch):
    """What the first step does besides reading, in order, with what it is given."""
    did = []
    monkeypatch.setattr(built_from, "inputs_of", lambda *said: f"hash of {said[0].url} {said[1]} {type(said[2]).__name__}")
    monkeypatch.setattr(built_from, "record_begun", lambda *said: did.append(("begun", *said)))
    monkeypatch.setattr(raw, "sweep_month", lambda *said: did.append(("swept", *said)) or ["one was damaged", "another was too"])
    monkeypatch.setattr(raw.database, "refresh", lambda *said: did.append(("refreshed", *said)))
    monkeypatch.setattr(raw, "survey", lambda *said: did.append(("survey", *said)) or ([], []))
    did_tag = SimpleNamespace(add_run_tags=lambda *said: did.append(("tagged", *said)))
    return did, did_tag


def test_a_month_is_tagged_with_what_it_begins_with_before_anything_is_read(root, noted, caplog):
    did, instance = noted
    ((output,), checks) = done(raw_documents, Kept(root), instance=instance)
    assert did == [
        ("tagged", "run", {INPUTS: f"hash of {root.url} {MONTH} date"}), ("begun", root, MONTH), ("swept", root, MONTH),
        ("refreshed", root, IN_DATABASE), ("survey", root, MONTH),
    ]  # fmt: skip
    assert INPUTS == "trade_assets/inputs"
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, "one was damaged"), (logging.WARNING, "another was too"),
    ]  # fmt: skip
    pd.testing.assert_frame_equal(output.value, empty(DOCUMENTS))
    assert output.metadata["documents"].value == "no document was published, or none is in the store, in 2021-02" and not checks


def test_the_hash_is_of_today_in_utc(root, noted, monkeypatch):
    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return dt.datetime(2021, 3, 1, 0, 30, tzinfo=tz)

    asked = []
    monkeypatch.setattr(raw.dt, "datetime", Clock)
    monkeypatch.setattr(built_from, "inputs_of", lambda *said: asked.append(said) or "")
    done(raw_documents, Kept(root), instance=noted[1])
    assert asked == [(root, MONTH, dt.date(2021, 3, 1))]


def test_the_documents_of_a_month_are_listed_with_what_is_known_of_their_days(root, noted, monkeypatch):
    first = Document("ft900", MONTH, "option", "BEA", "Exhibit 1", "2021-02-05", "s", "a" * 64, 9, "2021-02-06", product="exhibit_1")
    second = Document("mxp", MONTH, "option", "BLS", "Prices", None, "s", "b" * 64, 8, "2021-02-17", seen_on="2021-02-17")
    monkeypatch.setattr(raw, "survey", lambda *_: ([(first, False), (second, True)], [Damaged("fred", "c" * 64, "p", GARBLED)]))
    ((output,), _) = done(raw_documents, Kept(root), instance=noted[1])
    assert output.output_name == "documents" and output.metadata["documents"].value == "ft900: Exhibit 1, mxp: Prices"
    told = output.value[["sha256", "path", "is_current", "known_from", "known_from_is", "product", "size_bytes"]]
    assert told.to_numpy().tolist() == [
        ["a" * 64, f"raw/2021-02/ft900-{'a' * 12}.txt", False, "2021-02-05", "stated", "exhibit_1", 9],
        ["b" * 64, f"raw/2021-02/mxp-{'b' * 12}.txt", True, "2021-02-17", "inferred", "", 8],
    ]  # fmt: skip


def test_a_root_that_is_none_and_a_file_of_nobody_fail_the_step_in_their_words(root, noted, monkeypatch):
    written = []
    monkeypatch.setattr(month, "write_page", lambda *said: written.append(said) or made(REPORTS, {}))
    did, instance = noted
    with pytest.raises(dg.Failure) as failed:
        done(raw_documents, Kept(DataRoot(f"{root.url}/nowhere")), instance=instance)
    assert "there is no such folder" in failed.value.description and failed.value.allow_retries is False
    assert did == [] and written == []

    def survey(*_):
        raise GARBLED

    monkeypatch.setattr(raw, "survey", survey)
    with pytest.raises(dg.Failure) as failed:
        done(raw_documents, Kept(root), instance=instance)
    assert (failed.value.description, failed.value.allow_retries) == (str(GARBLED), False)
    assert written == [(root, MONTH, {}, {})], "and the month has a page that says so"


# The page of a step that fails


@pytest.fixture
def written(monkeypatch):
    """The pages that are written, with what they are given."""
    said = []
    page = made(REPORTS, {"release_month": MONTH, "page": "reports/2021-02.html"})
    monkeypatch.setattr(month, "write_page", lambda *given: said.append(given) or page)
    return said


CONTEXT = SimpleNamespace(partition_key=MONTH, run=SimpleNamespace(tags={AWAITS: "mxp"}), log=LOG)


def test_a_step_that_fails_leaves_the_page_of_its_month_and_fails_all_the_same(root, written):
    with pytest.raises(KeyError, match="slip"), page_of_failure(CONTEXT, root):
        raise KeyError("slip")
    assert written == [(root, MONTH, {}, {"mxp": "2021-02-17 09:00 New York time"})]
    assert read_partition(root, REPORTS, MONTH)["page"].tolist() == ["reports/2021-02.html"]


def test_a_step_that_goes_through_or_is_interrupted_leaves_the_page_alone(root, written):
    with page_of_failure(CONTEXT, root):
        pass
    with pytest.raises(KeyboardInterrupt), page_of_failure(CONTEXT, root):
        raise KeyboardInterrupt
    assert written == [] and read_partition(root, REPORTS, MONTH).empty


def test_a_page_that_cannot_be_written_hides_no_failure(root, monkeypatch, caplog):
    def write_page(*_):
        raise OSError("disk full")

    monkeypatch.setattr(month, "write_page", write_page)
    with pytest.raises(KeyError, match="slip"), page_of_failure(CONTEXT, root):
        raise KeyError("slip")
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "the page of 2021-02 could not be written: OSError: disk full")
    ]


# The page a month ends with


@pytest.fixture
def ending(written, monkeypatch):
    """What the last step does after its page, in order."""
    did = []
    monkeypatch.setattr(month, "write_index", lambda *said: did.append(("index", *said)))
    monkeypatch.setattr(report, "_record", lambda context, *said: did.append(("recorded", *said)))
    monkeypatch.setattr(report, "_metrics", lambda context, *said: {"metrics of": said})
    return did


def test_the_page_is_written_and_linked_then_the_index_and_the_record(root, written, ending):
    step = begun(report.report, Kept(root), tags={AWAITS: "mxp"})
    output = next(step)
    assert written == [(root, MONTH, {"metrics of": (root, MONTH)}, {"mxp": "2021-02-17 09:00 New York time"})]
    assert (output.output_name, output.value["page"].tolist()) == ("reports", ["reports/2021-02.html"])
    assert {name: value.value for name, value in output.metadata.items()} == {
        "report": "/reports/2021-02.html", "report_file": root.path("reports", "2021-02.html"),
    }  # fmt: skip
    assert ending == [], "not before the page is kept"
    assert list(step) == [] and ending == [("index", root), ("recorded", root, MONTH)]


def test_of_many_months_each_is_recorded_and_the_index_comes_at_the_end(root, written, ending):
    done(report.report, Kept(root), tags={SHARED_LATER: "true"})
    assert ending == [("recorded", root, MONTH)]


def test_the_page_has_the_metrics_of_each_family_that_can_be_read(root, monkeypatch, caplog):
    asked = []
    facts = {family: made(FACTS[family], {"series": family}) for family in ("ft900", "mxp", "uscc")}
    monkeypatch.setattr(report, "readable_facts", lambda parsed: asked.append(parsed) or (facts, [GARBLED]))
    for table in (TABLE["cells"], TABLE["rows"], TABLE["series"], TABLE["unread"], TABLE["in_doubt"], TABLE["corrections"]):
        write_partition(root, table, MONTH, made(table, {"family": f"of {table.name}"}) if "family" in table.by_name else made(table, {}))
    published = []

    def publish(of_family, doubt, corrections, table):
        published.append((of_family["series"].iloc[0], doubt["family"].iloc[0], corrections["family"].iloc[0], table.name))
        return table.name

    def wide_metrics(family, frames):
        if family == "mxp":
            raise ValueError("two figures")
        return {f"{name} of {family}": frame for name, frame in frames.items()}

    monkeypatch.setattr("trade_assets.identities.publish.publish", publish)
    monkeypatch.setattr(report, "wide_metrics", wide_metrics)
    found = report._metrics(SimpleNamespace(log=LOG), root, MONTH)
    sources = {family: [table.name for table in metrics_declared()[family].sources] for family in facts}
    assert found == {f"{name} of {family}": name for family in ("ft900", "uscc") for name in sources[family]}
    assert published == [(family, "of in_doubt", "of corrections", name) for family in facts for name in sources[family]]
    ((cells, rows, series, unread),) = asked
    assert [frame["family"].iloc[0] for frame in (cells, unread)] == ["of cells", "of unread"]
    assert (list(rows.columns), list(series.columns)) == (list(TABLE["rows"].dtypes), list(TABLE["series"].dtypes))
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "no metrics of mxp on the page: ValueError: two figures")
    ]


# Who is awaited


def test_of_all_awaited_families_those_without_a_document_are_told(root, monkeypatch):
    monkeypatch.setattr(pages, "awaited_since", lambda family, *said: None if family == "fred" else f"{family} {' '.join(map(str, said))}")
    write_partition(root, DOCUMENTS, MONTH, made(DOCUMENTS, {"family": "ft900"}))
    told = pages.awaited_families(root, MONTH, {})
    assert told == {family: f"{family} 2021-02 {{}}" for family in FACTS if family not in ("ft900", "fred")}
