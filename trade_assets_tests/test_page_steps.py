"""The parts at both ends of a month: the documents it begins with, the page it ends with, and the page of a part that fails."""

import datetime as dt
import logging
from types import SimpleNamespace

import dagster as dg
import pandas as pd
import pytest

from trade_assets.defs import pages, raw, report
from trade_assets.defs.calendar import AWAITS
from trade_assets.defs.pages import page_of_failure
from trade_assets.defs.raw import raw_documents
from trade_assets.documents.store import Damaged, Document
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import DOCUMENTS, FACTS, REPORTS
from trade_assets.metrics.registry import metrics_declared
from trade_assets.reading import ReadError
from trade_assets.review import built_from, month
from trade_assets.warehouse.partitions import read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.steps_called import LOG, MONTH, TABLE, Kept, done, made

GARBLED = ReadError("raw/2021-02/mxp.txt", expected="a table", found="none", todo="look")


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path)


# What a month begins with


def test_a_month_without_documents_says_so(root):
    ((output,), checks) = done(raw_documents, Kept(root))
    pd.testing.assert_frame_equal(output.value, empty(DOCUMENTS))
    assert output.metadata["documents"].value == "no document was published, or none is in the store, in 2021-02" and not checks


def test_what_a_month_is_built_from_is_hashed_with_today_in_utc(root, monkeypatch):
    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return dt.datetime(2021, 3, 1, 0, 30, tzinfo=tz) if tz is dt.UTC else dt.datetime(2021, 2, 28, 19, 30)

    monkeypatch.setattr(built_from.dt, "datetime", Clock)
    monkeypatch.setattr(built_from, "inputs_of", lambda *said: said)
    assert built_from.inputs_now(root, MONTH) == (root, MONTH, dt.date(2021, 3, 1))


def test_the_documents_of_a_month_are_listed_with_what_is_known_of_their_days(root, monkeypatch):
    first = Document("ft900", MONTH, "option", "BEA", "Exhibit 1", "2021-02-05", "s", "a" * 64, 9, "2021-02-06", product="exhibit_1")
    second = Document("mxp", MONTH, "option", "BLS", "Prices", None, "s", "b" * 64, 8, "2021-02-17", seen_on="2021-02-17")
    monkeypatch.setattr(raw, "survey", lambda *_: ([(first, False), (second, True)], [Damaged("fred", "c" * 64, "p", GARBLED)]))
    ((output,), _) = done(raw_documents, Kept(root))
    assert output.output_name == "documents" and output.metadata["documents"].value == "ft900: Exhibit 1, mxp: Prices"
    told = output.value[["sha256", "path", "is_current", "known_from", "known_from_is", "product", "size_bytes"]]
    assert told.to_numpy().tolist() == [
        ["a" * 64, f"raw/2021-02/ft900-{'a' * 12}.txt", False, "2021-02-05", "stated", "exhibit_1", 9],
        ["b" * 64, f"raw/2021-02/mxp-{'b' * 12}.txt", True, "2021-02-17", "inferred", "", 8],
    ]  # fmt: skip


def test_a_root_that_is_none_and_a_file_of_nobody_fail_the_part_in_their_words(root, monkeypatch):
    written = []
    monkeypatch.setattr(month, "write_page", lambda *said: written.append(said) or made(REPORTS, {}))
    with pytest.raises(dg.Failure) as failed:
        done(raw_documents, Kept(DataRoot(f"{root.url}/nowhere")))
    assert "there is no such folder" in failed.value.description and failed.value.allow_retries is False
    assert written == []

    def survey(*_):
        raise GARBLED

    monkeypatch.setattr(raw, "survey", survey)
    with pytest.raises(dg.Failure) as failed:
        done(raw_documents, Kept(root))
    assert (failed.value.description, failed.value.allow_retries) == (str(GARBLED), False)
    assert written == [(root, MONTH, {}, {})], "and the month has a page that says so"


# The page of a part that fails


@pytest.fixture
def written(monkeypatch):
    """The pages that are written, with what they are given."""
    said = []
    page = made(REPORTS, {"release_month": MONTH, "page": "reports/2021-02.html"})
    monkeypatch.setattr(month, "write_page", lambda *given: said.append(given) or page)
    return said


CONTEXT = SimpleNamespace(partition_key=MONTH, run=SimpleNamespace(tags={AWAITS: "mxp"}), log=LOG)


def test_a_part_that_fails_leaves_the_page_of_its_month_and_fails_all_the_same(root, written):
    with pytest.raises(KeyError, match="slip"), page_of_failure(CONTEXT, root):
        raise KeyError("slip")
    assert written == [(root, MONTH, {}, {"mxp": "2021-02-17 09:00 New York time"})]
    assert read_partition(root, REPORTS, MONTH)["page"].tolist() == ["reports/2021-02.html"]


def test_a_part_that_goes_through_or_is_interrupted_leaves_the_page_alone(root, written):
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


def test_the_page_is_written_and_linked(root, written, monkeypatch):
    monkeypatch.setattr(report, "_metrics", lambda context, *said: {"metrics of": said})
    kept = Kept(root)
    ((output,), checks) = done(report.report, kept, tags={AWAITS: "mxp"})
    assert written == [(root, MONTH, {"metrics of": (kept, MONTH)}, {"mxp": "2021-02-17 09:00 New York time"})]
    assert (output.output_name, output.value["page"].tolist(), checks) == ("reports", ["reports/2021-02.html"], {})
    assert {name: value.value for name, value in output.metadata.items()} == {
        "report": "/reports/2021-02.html", "report_file": root.path("reports", "2021-02.html"),
    }  # fmt: skip


@pytest.fixture
def of_facts(root, monkeypatch):
    """A source whose families ft900, mxp and uscc can be read; metrics of mxp cannot be made of their facts. What was published."""
    facts = {family: made(FACTS[family], {"series": family}) for family in ("ft900", "mxp", "uscc")}
    published = []
    kept = Kept(root, **{table.name: made(table, {"family": f"of {table.name}"}) for table in (TABLE["in_doubt"], TABLE["corrections"])})
    monkeypatch.setattr(report, "readable_facts", lambda *said: (facts, [GARBLED]) if said == (kept, MONTH) else None)

    def publish(of_family, doubt, corrections, table):
        published.append((of_family["series"].iloc[0], doubt["family"].iloc[0], corrections["family"].iloc[0], table.name))
        return table.name

    def metrics_of(family, frames):
        if family == "mxp":
            raise ValueError("two figures")
        return {f"{name} of {family}": frame for name, frame in frames.items()}

    monkeypatch.setattr("trade_assets.identities.publish.publish", publish)
    monkeypatch.setattr("trade_assets.metrics.wide.metrics_of", metrics_of)
    return kept, published


SOURCES = {family: [table.name for table in metrics_declared()[family].sources] for family in ("ft900", "mxp", "uscc")}


def test_the_page_has_the_metrics_of_each_family_that_can_be_read(of_facts, caplog):
    kept, published = of_facts
    found = report._metrics(SimpleNamespace(log=LOG), kept, MONTH)
    assert found == {f"{name} of {family}": name for family in ("ft900", "uscc") for name in SOURCES[family]}
    assert published == [(family, "of in_doubt", "of corrections", name) for family in SOURCES for name in SOURCES[family]]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "no metrics of mxp on the page: ValueError: two figures")
    ]


def test_metrics_that_the_run_has_made_are_those_of_the_page(of_facts, caplog):
    kept, published = of_facts
    tables = metrics_declared()["mxp"].tables
    kept.frames |= {table.name: made(table, {}) for table in tables}
    kept.made_in_run = {*SOURCES["mxp"], *(table.name for table in tables)}
    found = report._metrics(SimpleNamespace(log=LOG), kept, MONTH)
    assert len(tables) > 1 and all(found[table.name] is kept.frames[table.name] for table in tables)
    assert {family for family, *_ in published} == {"ft900", "uscc"} and caplog.records == []


@pytest.mark.parametrize("missing", [SOURCES["mxp"][0], metrics_declared()["mxp"].tables[-1].name])
def test_metrics_of_a_former_run_or_of_former_figures_are_not_those_of_the_page(of_facts, missing):
    """They stand where they were, and today's documents may say otherwise."""
    kept, published = of_facts
    tables = metrics_declared()["mxp"].tables
    kept.frames |= {table.name: made(table, {}) for table in tables}
    kept.made_in_run = {*SOURCES["mxp"], *(table.name for table in tables)} - {missing}
    found = report._metrics(SimpleNamespace(log=LOG), kept, MONTH)
    assert "mxp" in {family for family, *_ in published} and found.keys().isdisjoint(table.name for table in tables)


# Who is awaited


def test_of_all_awaited_families_those_without_a_document_are_told(root, monkeypatch):
    monkeypatch.setattr(pages, "awaited_since", lambda family, *said: None if family == "fred" else f"{family} {' '.join(map(str, said))}")
    write_partition(root, DOCUMENTS, MONTH, made(DOCUMENTS, {"family": "ft900"}))
    told = pages.awaited_families(root, MONTH, {})
    assert told == {family: f"{family} 2021-02 {{}}" for family in FACTS if family not in ("ft900", "fred")}
