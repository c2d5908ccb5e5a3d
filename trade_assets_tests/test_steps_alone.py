"""Steps of a run, each as the function that it is: what it writes, checks and refuses, without a run around it."""

import logging
from types import SimpleNamespace

import dagster as dg
import pytest

from trade_assets.defs import publication, ranges, vintages
from trade_assets.defs.calendar import AWAITS
from trade_assets.defs.parsed import PARSED, parsed_facts
from trade_assets.defs.ranges import RunError, run_months
from trade_assets.defs.resources import SHARED_LATER, DataRootResource
from trade_assets.documents.parse import parse_documents
from trade_assets.documents.store import content, survey
from trade_assets.expectations.judgement import Judgement, Outcome
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import FACTS, PUBLICATION
from trade_assets.faults import Fault
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.made_release import COLUMNS, MONTH, ROWS
from trade_assets_tests.made_store import MadeStore

FAMILY = "ft900"
FIGURES = COLUMNS * ROWS


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A root with the document of a made release, and the parsed tables of its month. Do not write to it."""
    made = MadeStore(tmp_path_factory.mktemp("steps"))
    _parse(made.root)
    return made


def _parse(root):
    sound, damaged = survey(root, MONTH)
    parsed = parse_documents(MONTH, [(document, is_current, content(root, document)) for document, is_current in sound], damaged)
    for table, frame in zip(PARSED, parsed, strict=True):
        write_partition(root, table, MONTH, frame)


def step(assets, root, month=MONTH, tags=None):
    """What the function of a step yields, all of it asked for: its outputs by name, and the results of its checks by name."""
    yielded = list(begun(assets, root, month, tags))
    outputs = {each.output_name: each.value for each in yielded if hasattr(each, "output_name")}
    return outputs, {each.check_name: each for each in yielded if hasattr(each, "check_name")}


def begun(assets, root, month=MONTH, tags=None):
    """The generator that a step is."""
    context = SimpleNamespace(
        partition_key=month,
        run=SimpleNamespace(tags=tags or {}),
        op_execution_context=SimpleNamespace(selected_output_names=set(assets.op.outs)),
        selected_asset_check_keys=set(assets.check_keys),
        log=logging.getLogger(__name__),
    )
    return assets.op.compute_fn.decorated_fn(context, DataRootResource(url=root.url))


# Facts


_TIDY = {assets.op.name.removeprefix("parsed_"): assets for assets in parsed_facts}


@pytest.mark.parametrize("tags", [{}, {AWAITS: FAMILY}])
def test_a_release_that_is_in_the_store_has_arrived(store, tags):
    outputs, checks = step(_TIDY[FAMILY], store.root, tags=tags)
    assert {name: len(frame) for name, frame in outputs.items()} == {FAMILY: FIGURES}
    assert [(check.passed, check.description) for check in checks.values()] == [(True, "arrived")]


def test_a_family_without_a_document_gets_no_partition(store):
    assert step(_TIDY["mxp"], store.root) == ({}, {}), "not arrived and not awaited says nothing"


def test_a_release_that_is_awaited_and_not_there_has_not_arrived(store):
    outputs, checks = step(_TIDY["mxp"], store.root, tags={AWAITS: "mxp"})
    assert outputs == {}
    (check,) = checks.values()
    assert (check.check_name, check.passed, check.severity.value) == ("release_has_arrived", False, "WARN")
    assert check.description.startswith("mxp of 2021-02 is awaited since 2021-02-17 09:00 New York time")


def test_a_partition_whose_document_went_is_emptied(tmp_path):
    root = DataRoot.of(tmp_path)
    write_partition(root, FACTS[FAMILY], MONTH, empty(FACTS[FAMILY]))
    outputs, checks = step(_TIDY[FAMILY], root)
    assert {name: len(frame) for name, frame in outputs.items()} == {FAMILY: 0}
    assert checks == {}


def test_a_document_that_cannot_be_read_fails_the_step_in_its_own_words(store, tmp_path):
    own = store.copied(tmp_path)
    own.root.write(b"garbage", *own.document.path.split("/"))
    _parse(own.root)
    with pytest.raises(dg.Failure) as failed:
        step(_TIDY[FAMILY], own.root)
    assert failed.value.description.startswith(f"{own.document.path}: expected ") and not failed.value.allow_retries
    assert step(_TIDY["mxp"], own.root) == ({}, {}), "another family's step goes on"


# Prints


@pytest.mark.parametrize(("tags", "is_shared_now"), [({}, True), ({SHARED_LATER: "true"}, False)])
def test_a_run_alone_brings_the_database_and_the_history_up_to_date(tmp_path, monkeypatch, tags, is_shared_now):
    from trade_assets.vintages import history

    brought, root = [], DataRoot.of(tmp_path)
    monkeypatch.setattr(history, "refresh_history", brought.append)
    outputs, _ = step(vintages.prints, root, tags=tags)
    assert {name: len(frame) for name, frame in outputs.items()} == {"prints": 0}
    assert brought == ([root] if is_shared_now else [])
    assert root.exists("warehouse", "trade.duckdb") is is_shared_now


# The publication


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        ("", "As expected"), ("a", "ft900: a"), ("abc", "ft900: a; ft900: b; ft900: c"),
        ("abcd", "ft900: a; ft900: b; ft900: c; and 1 more"), ("abcde", "ft900: a; ft900: b; ft900: c; and 2 more"),
    ],
)  # fmt: skip
def test_the_first_three_things_that_are_not_as_expected_are_said(store, monkeypatch, sentences, said):
    outcome = Outcome("All of them.", tuple(sentences))
    monkeypatch.setattr(publication.expectations, "judge", lambda family, *_: Judgement(family, "2020-12", empty(PUBLICATION), (outcome,)))
    monkeypatch.setattr(publication.data_docs, "keep", lambda *_: None)
    _, checks = step(publication.publication, store.root, tags={SHARED_LATER: "true"})
    (check,) = checks.values()
    assert (check.passed, check.metadata["unmet"].value) == (not sentences, len(sentences))
    assert check.description == f"{said}. Range not evaluable for 0 of 0 series: fewer than 24 figures were known before."


def test_a_publication_is_judged_by_the_36_months_before_it(store, monkeypatch):
    asked, months = [], [f"{year}-{number:02d}" for year in (2017, 2018, 2019, 2020, 2021) for number in range(1, 13)]
    monkeypatch.setattr(publication, "existing_months", lambda *_: months)
    monkeypatch.setattr(publication, "read_months", lambda root, table, wanted: asked.append(wanted) or empty(table))
    monkeypatch.setattr(publication.expectations, "judge", lambda family, *_: Judgement(family, "2020-12", empty(PUBLICATION), ()))
    monkeypatch.setattr(publication.data_docs, "keep", lambda *_: None)
    step(publication.publication, store.root, tags={SHARED_LATER: "true"})
    assert asked == [months[months.index("2018-02") : months.index("2021-02")]]


# What all months share


def test_what_months_share_and_cannot_be_brought_up_to_date_is_raised(tmp_path, monkeypatch):
    from trade_assets.review import month
    from trade_assets.vintages import history

    brought, errors = [], []

    def refresh_history(_):
        if errors:
            raise errors.pop()
        brought.append("history")

    monkeypatch.setattr(ranges, "month_job", lambda: None)
    monkeypatch.setattr(history, "refresh_history", refresh_history)
    monkeypatch.setattr(ranges.database, "refresh", lambda *_: brought.append("database"))
    monkeypatch.setattr(ranges, "build_data_docs", lambda _: brought.append("data docs"))
    monkeypatch.setattr(month, "write_index", lambda _: brought.append("index"))
    root = DataRoot.of(tmp_path)
    assert list(run_months(root, [], None)) == []
    assert brought == ["history", "database", "data docs", "index"]
    for error, kind, said in (
        (OSError(5, "Input/output error", "data.parquet"), RunError, "data.parquet: Input/output error. To do: see to it, then"),
        (KeyError("series"), Fault, "KeyError: 'series'"),
    ):
        brought.clear()
        errors.append(error)
        with pytest.raises(kind, match=f"history/data.parquet could not be brought up to date: {said}"):
            list(run_months(root, [], None))
        assert brought == ["database", "data docs", "index"], "whatever becomes of the others"
