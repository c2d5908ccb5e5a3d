"""Parts of a month, each as the function that it is: what it writes, checks and refuses, without a run around it."""

import logging
from types import SimpleNamespace

import dagster as dg
import pytest

from trade_assets.defs import publication, release_month
from trade_assets.defs import shared as sharing
from trade_assets.defs.building import Built, heard
from trade_assets.defs.calendar import AWAITS
from trade_assets.defs.parsed import PARSED, parsed_facts
from trade_assets.defs.parts import Asked, Source
from trade_assets.defs.ranges import run_months
from trade_assets.defs.resources import SHARED_LATER, DataRootResource
from trade_assets.defs.shared import RunError, bring_up_to_date
from trade_assets.defs.specs import KEPT_WITH, asset_key
from trade_assets.documents.parse import parse_documents
from trade_assets.documents.store import content, survey
from trade_assets.expectations.judgement import Judgement, Outcome
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import ALL_TABLES, FACTS, IN_DATABASE, PRINTS, PUBLICATION
from trade_assets.faults import Fault
from trade_assets.warehouse.partitions import partition_stamps, write_partition
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


def step(part, root, month=MONTH, tags=None):
    """What the function of a part yields, all of it asked for: its outputs by name, and the results of its checks by name."""
    yielded = list(begun(part, root, month, tags))
    outputs = {each.output_name: each.value for each in yielded if hasattr(each, "output_name")}
    return outputs, {each.check_name: each for each in yielded if hasattr(each, "check_name")}


def begun(part, root, month=MONTH, tags=None):
    """The generator that a part is."""
    names, keys = frozenset(table.name for table in part.tables), frozenset(part.check_keys)
    return part.build(Asked(month, SimpleNamespace(tags=tags or {}), logging.getLogger(__name__), names, keys), Source(root))


# Facts


_TIDY = {part.name.removeprefix("parsed_"): part for part in parsed_facts}


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


def test_a_document_that_cannot_be_read_fails_the_part_in_its_own_words(store, tmp_path):
    own = store.copied(tmp_path)
    own.root.write(b"garbage", *own.document.path.split("/"))
    _parse(own.root)
    with pytest.raises(dg.Failure) as failed:
        step(_TIDY[FAMILY], own.root)
    assert failed.value.description.startswith(f"{own.document.path}: expected ") and not failed.value.allow_retries
    assert step(_TIDY["mxp"], own.root) == ({}, {}), "another family's part goes on"


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
    _, checks = step(publication.publication, store.root)
    (check,) = checks.values()
    assert (check.passed, check.metadata["unmet"].value) == (not sentences, len(sentences))
    assert check.description == f"{said}. Range not evaluable for 0 of 0 series: fewer than 24 figures were known before."


def test_a_publication_is_judged_by_the_36_months_before_it(store, monkeypatch):
    asked, months = [], [f"{year}-{number:02d}" for year in (2017, 2018, 2019, 2020, 2021) for number in range(1, 13)]
    monkeypatch.setattr(publication, "existing_months", lambda *_: months)
    monkeypatch.setattr(publication, "read_months", lambda root, table, wanted: asked.append(wanted) or empty(table))
    monkeypatch.setattr(publication.expectations, "judge", lambda family, *_: Judgement(family, "2020-12", empty(PUBLICATION), ()))
    monkeypatch.setattr(publication.data_docs, "keep", lambda *_: None)
    step(publication.publication, store.root)
    assert asked == [months[months.index("2018-02") : months.index("2021-02")]]


# What all months share


@pytest.fixture
def shared(monkeypatch):
    """What is brought up to date, in order; the history raises the errors that are put here, one each time."""
    from trade_assets.review import month
    from trade_assets.vintages import history

    brought, errors = [], []

    def refresh_history(root):
        if errors:
            raise errors.pop()
        brought.append(("history", root))

    monkeypatch.setattr(history, "refresh_history", refresh_history)
    monkeypatch.setattr(sharing.database, "refresh", lambda *said: brought.append(("database", *said)))
    monkeypatch.setattr(sharing, "build_data_docs", lambda root: brought.append(("data docs", root)))
    monkeypatch.setattr(month, "write_index", lambda root: brought.append(("index", root)))
    return brought, errors


def test_what_all_months_share_is_brought_up_to_date_each_thing_after_what_it_is_made_of(tmp_path, shared):
    brought, root = shared[0], DataRoot.of(tmp_path)
    assert bring_up_to_date(root) is None
    assert brought == [("history", root), ("database", root, IN_DATABASE), ("data docs", root), ("index", root)]
    brought.clear()
    assert bring_up_to_date(root, with_data_docs=False) is None
    assert [name for name, *_ in brought] == ["history", "database", "index"]


FAILING = [
    (OSError(5, "Input/output error", "data.parquet"), RunError, "data.parquet: Input/output error. To do: see to it, then"),
    (KeyError("series"), Fault, "KeyError: 'series'"),
]


@pytest.mark.parametrize(("error", "kind", "said"), FAILING)
def test_what_months_share_and_cannot_be_brought_up_to_date_is_raised(tmp_path, shared, error, kind, said):
    brought, errors = shared
    errors.append(error)
    with pytest.raises(kind, match=f"history/data.parquet could not be brought up to date: {said}") as failed:
        list(run_months(DataRoot.of(tmp_path), [], None))
    assert [name for name, *_ in brought][-3:] == ["database", "data docs", "index"], "whatever becomes of the others"
    assert failed.value.__cause__ is (error if kind is Fault else None)


def test_of_several_that_fail_each_is_said_and_a_fault_of_the_program_counts_as_one(tmp_path, shared, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sharing, "build_data_docs", full)
    shared[1].append(KeyError("series"))
    failed = bring_up_to_date(DataRoot.of(tmp_path))
    assert isinstance(failed, Fault) and str(failed) == (
        "warehouse/vintages/history/data.parquet could not be brought up to date: KeyError: 'series'; "
        "the Data Docs could not be brought up to date: No space left on device"
    )


# The step of Dagster


@pytest.fixture
def stepped(tmp_path, monkeypatch, shared):
    """The step of months with those it builds made up: calls it, and gives what it yields with what it does, in order."""
    did = shared[0]
    failures = {}

    def build_month(root, month, parts, selection, run, log):
        did.append(("built", month, parts, sorted(selection.assets), selection.checks, run.run_id))
        built = Built(month, events=[f"event of {month}"])
        built.failures += failures.get(month, ())
        return built

    monkeypatch.setattr(release_month, "build_on_all_before", build_month)
    monkeypatch.setattr(release_month, "report_not_built", lambda context, built: did.append(("not built", built.release_month)))
    monkeypatch.setattr(release_month, "told_people", lambda root, built, log: did.append(("told", built.release_month)))
    monkeypatch.setattr("trade_assets.vintages.history.months_behind", lambda *said: behind.append(said) or ["2021-05", "2021-07"])
    behind = []

    def call(*months, tags=None, url=str(tmp_path)):
        context = SimpleNamespace(
            partition_keys=list(months), run=SimpleNamespace(run_id="r", tags=tags or {}), log=logging.getLogger(__name__),
            selected_asset_keys={dg.AssetKey("a")}, selected_asset_check_keys={"check"},
        )  # fmt: skip
        return release_month.months.op.compute_fn.decorated_fn(context, DataRootResource(url=url))

    return SimpleNamespace(call=call, did=did, failures=failures, behind=behind, errors=shared[1])


def test_the_months_of_a_run_are_built_in_order_of_time_and_what_they_share_once_at_the_end(tmp_path, stepped, caplog):
    root = DataRoot.of(tmp_path)
    write_partition(root, PRINTS, "2021-01", empty(PRINTS))
    before = partition_stamps(root, PRINTS)
    with caplog.at_level(logging.INFO), heard() as built:
        step = stepped.call("2021-03", "2021-02")
        assert next(step) == "event of 2021-02" and [each.release_month for each in built.months] == ["2021-02"]
        write_partition(root, PRINTS, "2021-02", empty(PRINTS))
        assert list(step) == ["event of 2021-03"] and [each.release_month for each in built.months] == ["2021-02", "2021-03"]
    asked = release_month.PARTS, [dg.AssetKey("a")], {"check"}, "r"
    assert stepped.did == [
        ("built", "2021-02", *asked), ("told", "2021-02"), ("built", "2021-03", *asked), ("told", "2021-03"),
        ("history", root), ("database", root, IN_DATABASE), ("data docs", root), ("index", root),
    ]  # fmt: skip
    assert stepped.behind == [(root, before, ["2021-02", "2021-03"])], "compared with the prints of before"
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.INFO, "2021-02, 1 of 2: built, 0 checks to review"), (logging.INFO, "2021-03, 2 of 2: built, 0 checks to review"),
        (logging.WARNING, "Later months were built from former prints: 2021-05, 2021-07. Run them again, in order."),
    ]  # fmt: skip


def test_whoever_started_several_runs_brings_what_months_share_up_to_date(stepped, caplog):
    with caplog.at_level(logging.INFO):
        assert list(stepped.call("2021-02", tags={SHARED_LATER: "true"})) == ["event of 2021-02"]
    assert [name for name, *_ in stepped.did] == ["built", "told"] and stepped.behind == [] and caplog.records == []


def test_without_later_months_nothing_is_said_of_them(stepped, monkeypatch, caplog):
    monkeypatch.setattr("trade_assets.vintages.history.months_behind", lambda *_: [])
    assert list(stepped.call("2021-02")) == ["event of 2021-02"] and caplog.records == []


def test_a_run_that_is_left_ends_before_its_next_month(stepped):
    with heard() as built:
        step = stepped.call("2021-02", "2021-03", "2021-04", tags={SHARED_LATER: "true"})
        assert [next(step), next(step)] == ["event of 2021-02", "event of 2021-03"]
        built.is_left = True
        with pytest.raises(dg.Failure) as failed:
            next(step)
    assert failed.value.description.startswith("left before 2021-04") and failed.value.allow_retries is False
    assert [(name, *rest[:1]) for name, *rest in stepped.did] == [
        ("built", "2021-02"), ("told", "2021-02"), ("built", "2021-03"), ("told", "2021-03"),
    ]  # fmt: skip


def test_a_month_that_fails_stops_no_other_and_fails_the_run_at_its_end(stepped):
    stepped.failures["2021-02"] = [("proof", "no proof")]
    events = []
    with pytest.raises(dg.Failure) as failed:
        events.extend(stepped.call("2021-02", "2021-03"))
    assert "2021-02: proof: no proof" in failed.value.description and failed.value.allow_retries is False
    assert [(name, *rest[:1]) for name, *rest in stepped.did][:5] == [
        ("built", "2021-02"), ("not built", "2021-02"), ("told", "2021-02"), ("built", "2021-03"), ("told", "2021-03"),
    ]  # fmt: skip
    assert stepped.did[-1][0] == "index", "what months share is of those that were built"


def test_what_months_share_and_cannot_be_brought_up_to_date_fails_the_run(stepped):
    stepped.errors.append(KeyError("series"))
    with pytest.raises(dg.Failure) as failed:
        list(stepped.call("2021-02"))
    assert "history/data.parquet could not be brought up to date: KeyError: 'series'" in failed.value.description


def test_a_root_that_is_none_fails_the_run_in_its_words_and_nothing_is_made(tmp_path, stepped):
    with pytest.raises(dg.Failure) as failed:
        list(stepped.call("2021-02", url=f"{tmp_path}/nowhere"))
    assert "there is no such folder" in failed.value.description and stepped.did == [] and not (tmp_path / "nowhere").exists()


def test_each_part_comes_after_those_that_it_needs_and_each_table_is_of_one_part():
    made, tables = set(), set()
    for part in release_month.PARTS:
        assert set(map(asset_key, part.needs)) <= made, part.name
        assert made.isdisjoint(part.keys), part.name
        made |= set(part.keys)
        tables |= {table for key in part.keys for table in KEPT_WITH[key]} | set(part.tables)
    assert tables == {table for table in ALL_TABLES if table.is_partitioned}
    assert len({part.name for part in release_month.PARTS}) == len(release_month.PARTS)
