"""The parts that read, prove and publish a made release, one after the other without a run, and what else parts say and link to."""

import logging
from types import SimpleNamespace

import dagster as dg
import pandas as pd
import pytest

from trade_assets.defs import publication, ranges
from trade_assets.defs.calendar import AWAITS
from trade_assets.defs.pages import awaited_families, report_link, served
from trade_assets.defs.parsed import facts_in, parsed_cells, parsed_facts, read_parsed
from trade_assets.defs.parts import Asked, Source
from trade_assets.defs.ranges import MonthRun, run_in_op
from trade_assets.defs.release_month import PARTS
from trade_assets.defs.shared import RunError
from trade_assets.defs.validated import proof, validated_tables
from trade_assets.defs.vintage_metrics import _soundness
from trade_assets.facts.frames import conform
from trade_assets.facts.tables import ALL_TABLES, DOCUMENTS, FACTS, UNREAD
from trade_assets.faults import Fault
from trade_assets.identities import publish as publishing
from trade_assets.review.actions import Wish, decide
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.made_release import COLUMNS, MONTH, ROWS, cell
from trade_assets_tests.made_store import TODAY, MadeStore
from trade_assets_tests.test_steps_alone import begun, step

TABLES = {table.name: table for table in ALL_TABLES}
LOG = logging.getLogger(__name__)


def _run(part, root):
    """A part's checks by name, and its outputs by table, kept as a run keeps them."""
    outputs, checks = step(part, root)
    frames = {}
    for name, value in outputs.items():
        frames |= {name: value} if isinstance(value, pd.DataFrame) else value
    for name, frame in frames.items():
        write_partition(root, TABLES[name], MONTH, frame)
    return frames, checks


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """A store whose release has one wrong figure, read into cells and facts. Copy it before writing to it."""
    made = MadeStore(tmp_path_factory.mktemp("proof"), {cell(3, 4): "1,012"})
    made.said = _run(parsed_cells, made.root)[1]
    _run(next(each for each in parsed_facts if each.name == "parsed_ft900"), made.root)
    return made


def test_every_document_is_read(read):
    (check,) = read.said.values()
    assert (check.passed, check.description) == (True, f"1 documents, {COLUMNS * ROWS} figures")
    assert {name: value.value for name, value in check.metadata.items()} == {"documents": 1, "unread": 0, "cells": COLUMNS * ROWS}


def test_a_document_that_is_not_read_is_said(read, tmp_path):
    own = read.copied(tmp_path)
    own.root.write(b"garbage", *own.document.path.split("/"))
    frames, checks = _run(parsed_cells, own.root)
    (check,) = checks.values()
    assert (len(frames["cells"]), len(frames["unread"]), check.passed) == (0, 1, False)
    assert check.description.startswith(f"{own.document.path}: expected the bytes as received") and check.metadata["unread"].value == 1


def test_a_decision_is_counted_and_the_issue_waits_no_more(read, tmp_path):
    own = read.copied(tmp_path)
    frames, checks = _run(proof, own.root)
    decided, waits = checks["every_decision_matches_its_issue"], checks["no_issue_waits_for_a_decision"]
    assert (decided.passed, decided.description) == (True, "0 of 0 entries are in force.")
    assert not waits.passed and waits.description.startswith("1 issue waits for a decision. ")
    (issue,) = frames["issues"]["issue"]
    decide(own.root, issue, Wish("withhold", "asked", "ada"), TODAY)
    frames, checks = _run(proof, own.root)
    decided, waits = checks["every_decision_matches_its_issue"], checks["no_issue_waits_for_a_decision"]
    assert (decided.passed, decided.description, waits.passed) == (True, "1 of 1 entries are in force.", True)
    assert {name: value.value for name, value in decided.metadata.items()} == {"entries": 1, "in_force": 1, "unreadable_files": 0}
    own.root.write(b"nonsense", "reviews", MONTH, f"{issue}.yaml")
    _, checks = _run(proof, own.root)
    decided, waits = checks["every_decision_matches_its_issue"], checks["no_issue_waits_for_a_decision"]
    assert (decided.passed, waits.passed, decided.metadata["unreadable_files"].value) == (False, False, 1)
    assert f"{issue}.yaml" in decided.description


def test_a_proven_release_is_published_with_its_checks(read, tmp_path):
    own = read.copied(tmp_path)
    _run(proof, own.root)
    validated = next(each for each in validated_tables if each.name == "validated_ft900")
    frames, checks = _run(validated, own.root)
    assert {name: len(frame) for name, frame in frames.items()} == {"goods_and_services": ROWS}, "and no table that is not printed"
    model = checks["rows_match_their_model"]
    assert (model.passed, model.description) == (True, f"{ROWS} rows match.")
    # 1,012 stands for exports of goods in March: they, with services, are no more the total, and the months no more the year.
    red = {name for name, check in checks.items() if not check.passed and check.severity.value == "ERROR"}
    assert "goods_plus_services_equals_total" in red and checks["goods_plus_services_equals_total"].metadata["violated"].value == 1


def test_what_was_not_proven_is_not_published(read, tmp_path):
    own = read.copied(tmp_path)  # the part that proves it did not run
    validated = next(each for each in validated_tables if each.name == "validated_ft900")
    with pytest.raises(dg.Failure) as failed:
        step(validated, own.root)
    said = f"the facts of ft900 have no verdicts of the same document ({own.document.sha256}). To do: "
    assert failed.value.description.startswith(said) and not failed.value.allow_retries


def test_a_table_that_does_not_match_its_model_is_not_replaced(read, tmp_path, monkeypatch):
    own, yielded = read.copied(tmp_path), []
    _run(proof, own.root)
    case = pd.DataFrame([{"check": "unique", "column": "period", "failure_case": "2020-03"}])
    monkeypatch.setattr(publishing, "mismatches", lambda frame, table: case if table.name == "goods_and_services" else case.head(0))
    validated = next(each for each in validated_tables if each.name == "validated_ft900")
    with pytest.raises(dg.Failure) as failed:
        for each in begun(validated, own.root):
            yielded.append(each)  # what came before the failure counts
    assert failed.value.description == (
        "validated.goods_and_services do not match their models and were not replaced; the check rows_match_their_model has the rows"
    )
    assert [each for each in yielded if isinstance(each, dg.Output)] == []
    checks = {each.check_name: each.passed for each in yielded}
    assert (checks["rows_match_their_model"], "balance_equals_exports_minus_imports" in checks) == (False, True)


def test_what_parts_share_none_of_them_changes(read, tmp_path):
    """Each is given what the others are given: a column that one of them adds or fills would be in the figures of the next."""
    own, source = read.copied(tmp_path), Source(read.root)
    shared = {"parsed": read_parsed(source, MONTH)} | {family: (facts_in(source, MONTH, family),) for family in FACTS}
    before = {name: [frame.copy(deep=True) for frame in frames] for name, frames in shared.items()}
    kept = Source(own.root, source._kept)
    for part in PARTS[PARTS.index(parsed_cells) + 1 :]:
        asked = Asked(MONTH, SimpleNamespace(tags={}), LOG, frozenset(table.name for table in part.tables), frozenset(part.check_keys))
        for each in part.build(asked, kept):
            if isinstance(each, dg.Output):
                frames = {each.output_name: each.value} if isinstance(each.value, pd.DataFrame) else each.value
                for name, frame in frames.items():
                    if TABLES[name].over is None:
                        write_partition(own.root, TABLES[name], MONTH, frame)
    assert len(shared["ft900"][0]) == COLUMNS * ROWS
    for name, frames in shared.items():
        for frame, former in zip(frames, before[name], strict=True):
            pd.testing.assert_frame_equal(frame, former)


# What parts say


@pytest.mark.parametrize(("count", "broken"), [(3, 0), (3, 1)])
def test_a_metric_has_a_value_or_a_reason(count, broken):
    frame = pd.DataFrame({"metric": [str(number) for number in range(count)]})
    result = _soundness(frame, frame.head(broken))
    assert (result.passed, result.description) == (not broken, f"3 metrics, {broken} with neither value nor reason, or with both.")
    assert {name: value.value for name, value in result.metadata.items()} == {"metrics": 3, "unsound": broken}


def test_months_within_another_run_are_logged_and_those_that_failed_named(monkeypatch, caplog):
    done = [
        MonthRun("2021-01", "a", True, (), (("asset", "check", False, "red"),)),
        MonthRun("2021-02", "b", False, (("proof", "no\nproof"), ("report", "no page")), (), "Traceback"),
        MonthRun("2021-03", "c", False, (), ()),
    ]
    monkeypatch.setattr(ranges, "run_months", lambda root, months, instance: (each for each in done))
    context = SimpleNamespace(instance=None, log=logging.getLogger(__name__))
    with caplog.at_level(logging.INFO, __name__):
        assert run_in_op(context, None, []) == ["2021-02 (proof: no proof; report: no page)", "2021-03"]
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "2021-01: built, 1 checks to review"), ("ERROR", "2021-02: proof: no proof; report: no page\nTraceback"),
        ("ERROR", "2021-03: "),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [RunError, Fault])
def test_what_lets_no_month_run_fails_the_other_run_in_its_words(monkeypatch, kind):
    def run_months(*_):
        raise kind("no history")
        yield

    monkeypatch.setattr(ranges, "run_months", run_months)
    with pytest.raises(dg.Failure) as failed:
        run_in_op(SimpleNamespace(instance=None, log=logging.getLogger(__name__)), None, [])
    assert (failed.value.description, failed.value.allow_retries) == ("no history", False)


# What parts link to


@pytest.mark.parametrize(
    ("setting", "before"), [(None, ""), ("http://docs:3001", "http://docs:3001"), ("http://docs:3001/", "http://docs:3001")]
)
def test_pages_are_linked_where_they_are_served(monkeypatch, tmp_path, setting, before):
    if setting is not None:
        monkeypatch.setenv("TRADE_ASSETS_DATA_DOCS_URL", setting)
    root, elsewhere = DataRoot.of(tmp_path), DataRoot.of("memory://made")
    assert served("a.html") == f"{before}/reports/a.html"
    found = {name: value.value for name, value in report_link(root, MONTH).items()}
    assert found == {"report": f"{before}/reports/2021-02.html", "report_file": f"{tmp_path}/reports/2021-02.html"}
    assert list(report_link(elsewhere, MONTH)) == ["report_file"], "nothing serves what is on no disk of this machine"
    found = {name: value.value for name, value in publication._data_docs_link(root).items()}
    assert found == {
        "data_docs": f"{before}/index.html" if before else "/data-docs/index.html", "data_docs_file": f"{tmp_path}/data_docs/index.html",
    }  # fmt: skip


def test_a_family_is_awaited_unless_a_document_is_there_read_or_not(tmp_path):
    root = DataRoot.of(tmp_path)
    assert awaited_families(root, MONTH, {}) == {}
    assert awaited_families(root, MONTH, {AWAITS: "mxp"}) == {"mxp": "2021-02-17 09:00 New York time"}
    assert awaited_families(root, MONTH, {AWAITS: "uscc"}) == {}, "of which nothing regular is known"
    for table, kind in ((DOCUMENTS, "mxp"), (UNREAD, "ft900")):
        row = {column.name: {"string": "x", "int": 1, "float": 1.0, "bool": True}[column.kind] for column in table.columns}
        write_partition(root, table, MONTH, conform(pd.DataFrame([row | {"family": kind}]), table, release_month=MONTH))
    for family in ("mxp", "ft900"):
        assert awaited_families(root, MONTH, {AWAITS: family}) == {}
