"""What runs are requested and of which assets: by the sensor, by the schedules, and by whoever decides an issue in the UI."""

import datetime as dt
import json
from types import SimpleNamespace

import dagster as dg
import pytest
from pydantic import ValidationError

from trade_assets.defs import review, selection, sensors
from trade_assets.defs.calendar import AWAITS, CALENDARS, awaited_since
from trade_assets.defs.jobs import release_month_job
from trade_assets.defs.release_month import RESOURCES, month_job
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.review import DecideIssue, write_decision
from trade_assets.defs.schedules import schedules
from trade_assets.defs.selection import assets_of, months_of
from trade_assets.defs.sensors import changed_documents
from trade_assets.documents.store import Damaged, Document
from trade_assets.documents.wanted_month import NothingError
from trade_assets.facts.tables import ALL_TABLES, DOCUMENTS, FACTS
from trade_assets.reading import ReadError
from trade_assets.review import actions, built_from
from trade_assets.review.actions import ReviewError, Wish
from trade_assets.review.decisions import DecisionError
from trade_assets.warehouse.partitions import location, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.steps_called import MONTH, TABLE, made

GARBLED = ReadError("raw/2021-02/mxp.txt", expected="a table", found="none", todo="look")


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path)


def names(assets):
    return {key.to_user_string() for key in assets}


SHARED = {
    "raw/documents", "parsed/cells", "review/issues", "validated/publication", "vintages/prints", "vintages/revisions", "metrics/figures",
    "review/reports",
}  # fmt: skip


# Which assets


def _family_assets(*families):
    return {(table.kept_with or f"{table.layer}.{table.name}").replace(".", "/") for table in ALL_TABLES if table.family in families}


def test_without_documents_the_shared_assets_are_run(root):
    found = assets_of(root, MONTH, {})
    assert names(found) == SHARED and len(found) == len(SHARED)
    order = [f"{table.layer}/{table.name}" for table in ALL_TABLES if not table.kept_with]
    assert [key.to_user_string() for key in found] == [name for name in order if name in SHARED]


def test_a_family_is_run_that_is_published_or_damaged_or_built_or_awaited(root, monkeypatch):
    document = Document("ft900", MONTH, "option", "BEA", "t", None, "s", "a" * 64, 1, "2021-02-05")
    asked = []
    monkeypatch.setattr(
        selection, "survey", lambda *said: asked.append(said) or ([(document, False)], [Damaged("uscc", "b", "p", GARBLED)])
    )
    assert names(assets_of(root, MONTH, {})) == SHARED | _family_assets("ft900", "uscc")
    assert names(assets_of(root, MONTH, {AWAITS: "mxp"})) == SHARED | _family_assets("ft900", "uscc", "mxp")
    assert asked == [(root, MONTH)] * 2
    monkeypatch.setattr(selection, "survey", lambda *_: ([], []))
    root.write(b"rows", *location(TABLE["fred_observations"], MONTH))
    assert names(assets_of(root, MONTH, {})) == SHARED | _family_assets("fred"), "of an earlier version, which kept no records"
    assert names(assets_of(root, "2021-03", {})) == SHARED
    write_partition(root, TABLE["index_levels"], "2021-03", made(TABLE["index_levels"], {"release_month": "2021-03"}))
    assert names(assets_of(root, "2021-03", {})) == SHARED | _family_assets("mxp")


def test_a_store_that_cannot_be_read_is_run_whole(root, monkeypatch):
    def survey(*_):
        raise GARBLED

    monkeypatch.setattr(selection, "survey", survey)
    assert names(assets_of(root, MONTH, {})) == SHARED | _family_assets(*FACTS)


def test_months_are_those_of_documents_and_those_whose_tables_are_still_to_be_emptied(root, monkeypatch):
    monkeypatch.setattr(selection, "ALL_TABLES", tuple(TABLE[name] for name in ("cells", "verdicts", "issues", "reports")))
    for month in ("2021-04", "2021-01"):
        root.write(b"A", "raw", month, "mxp-000000000000.txt")
    for month, table in (
        ("2021-01", "cells"),
        ("2021-02", "cells"),
        ("2021-03", "issues"),
        ("2020-12", "reports"),
        ("2020-11", "verdicts"),
    ):
        write_partition(root, DOCUMENTS, month, made(DOCUMENTS))
        write_partition(root, TABLE[table], month, made(TABLE[table], {"release_month": month}))
    write_partition(root, TABLE["cells"], "2020-10", made(TABLE["cells"], {"release_month": "2020-10"}))
    # Of a month that is gone its issues and its page stay; one that no run began has no table of ours to empty.
    assert months_of(root) == ["2020-11", "2021-01", "2021-02", "2021-04"]


# The sensor


def _tick(root, cursor=None):
    """What the sensor requests, what it remembers, and what it warns of."""
    warned = []
    context = SimpleNamespace(cursor=cursor, log=SimpleNamespace(warning=warned.append))
    result = changed_documents._raw_fn(context, DataRootResource(url=root.url))
    return result.run_requests, json.loads(result.cursor), warned


@pytest.fixture
def store(monkeypatch):
    """Months with what they hold now, and those that were built with what they were built from."""
    of = SimpleNamespace(now={}, built={}, asked=[])
    monkeypatch.setattr(sensors, "months_of", lambda root: sorted(of.now))
    monkeypatch.setattr(sensors, "assets_of", lambda root, month, tags: of.asked.append((month, tags)) or [dg.AssetKey([month])])
    monkeypatch.setattr(built_from, "inputs_of", lambda root, month, today: of.now[month])
    monkeypatch.setattr(built_from, "built_from", lambda root, month: of.built.get(month))
    return of


def test_changed_months_are_requested_with_their_assets_and_remembered(root, store):
    store.now |= {"2001-01": "a", "2001-02": "b", "2001-03": "c", "2001-04": "d"}
    store.built |= {"2001-02": "b", "2001-03": "former"}
    requests, cursor, _ = _tick(root, json.dumps({"2001-01": "a", "1999-12": "gone"}))
    assert [(each.partition_key, names(each.asset_selection), each.run_key) for each in requests] == [
        ("2001-03", {"2001-03"}, None), ("2001-04", {"2001-04"}, None),
    ]  # fmt: skip
    assert store.asked == [("2001-03", {}), ("2001-04", {})]
    assert cursor == {"2001-01": "a", "1999-12": "gone", "2001-02": "b", "2001-03": "c", "2001-04": "d"}


def test_twelve_months_a_tick_and_none_of_those_that_were_built_or_are_none(root, store):
    months = [f"{year}-{number:02d}" for year in (2001, 2002) for number in range(1, 13)]
    store.now |= dict.fromkeys([*months, "1985-03", "2999-01"], "x")
    store.built |= dict.fromkeys(months[:5], "x")
    requests, cursor, warned = _tick(root)
    assert [each.partition_key for each in requests] == months[5:17]
    assert list(cursor) == months[:17]
    assert warned == [f"documents of {month} are in the store, but that is no release month" for month in ("1985-03", "2999-01")]


def test_the_sensor_looks_once_a_minute_for_the_job_of_a_month():
    assert (changed_documents.minimum_interval_seconds, changed_documents.job_name) == (60, "release_month")
    with pytest.raises(ValueError, match="there is no such folder"):
        _tick(DataRoot("/nowhere/at/all"))


# Schedules


@pytest.mark.parametrize(("schedule", "family"), list(zip(schedules, CALENDARS, strict=True)), ids=list(CALENDARS))
def test_a_schedule_says_when_and_why_and_asks_for_the_awaited_month(root, schedule, family):
    calendar = CALENDARS[family]
    assert (schedule.name, schedule.job_name, schedule.cron_schedule) == (f"{family}_release", "release_month", calendar.cron)
    day = f"day {calendar.day}: {calendar.usual.statement}{calendar.usual.note}"
    assert schedule.description == f"Runs the current month's partition on {day}."
    at = dt.datetime(2021, 3, 1, 4, 59, tzinfo=dt.UTC)
    context = SimpleNamespace(scheduled_execution_time=at)
    request = schedule._execution_fn.decorated_fn(context, DataRootResource(url=root.url))
    assert (request.run_key, request.partition_key, request.tags[AWAITS]) == (f"{family}-2021-02", "2021-02", family)
    assert names(request.asset_selection) == SHARED | _family_assets(family)


def test_a_release_is_awaited_from_its_due_minute_on():
    due = CALENDARS["mxp"].due("2026-11")
    assert awaited_since("mxp", "2026-11", {}, due - dt.timedelta(minutes=1)) is None
    assert awaited_since("mxp", "2026-11", {}, due) == "2026-11-17 09:00 New York time"
    # In the first hours of December in UTC it is still November in New York.
    late = dt.datetime(2026, 12, 1, 4, 59, tzinfo=dt.UTC)
    assert awaited_since("mxp", "2026-11", {}, late) == "2026-11-17 09:00 New York time"
    assert awaited_since("mxp", "2026-11", {}, late + dt.timedelta(minutes=2)) is None
    assert awaited_since("uscc", "2026-11", {AWAITS: "uscc"}, due) is None


# The job of a month


def test_the_job_of_a_month_is_made_once_and_runs_in_its_own_process_unless_told_otherwise():
    assert month_job() is month_job()
    assert (month_job().name, release_month_job.name) == ("release_month", "release_month")
    assert month_job().executor_def.name == "in_process"
    assert [node.name for node in month_job().nodes] == ["build_months"], "a month is one step: it is committed whole or not at all"
    asked = set(month_job().asset_layer.executable_asset_keys)
    assert names(asked) == SHARED | _family_assets(*FACTS)
    assert set(RESOURCES) == {"data_root"}


# Decisions from the UI


class _Deciding:
    """The op that writes a decision, run on what is asked, and what it asks of others."""

    def __init__(self, monkeypatch):
        self.wishes, self.logged, self.ran, self.failed = [], [], [], []
        monkeypatch.setattr(actions, "decide", self.decide)
        monkeypatch.setattr(review, "run_in_op", self.run_in_op)

    def decide(self, root, issue, wish):
        self.wishes.append((root, issue, wish))
        return MONTH, SimpleNamespace(issue="0123456789ab", sentence="figures accepted")

    def run_in_op(self, context, root, months):
        self.ran.append((root, months))
        return self.failed

    def __call__(self, root, **config):
        usual = {"issue": "0123", "action": "accept", "reason": "asked", "reviewer": "ada"}
        context = SimpleNamespace(log=SimpleNamespace(info=self.logged.append))
        write_decision.compute_fn.decorated_fn(context, DecideIssue(**(usual | config)), DataRootResource(url=root.url))


@pytest.fixture
def deciding(monkeypatch):
    return _Deciding(monkeypatch)


def test_a_decision_is_written_and_its_month_built_again(root, deciding):
    deciding(root)
    assert deciding.wishes == [(root, "0123", Wish("accept", "asked", "ada", (), None, None, None, False))]
    assert deciding.logged == ["0123456789ab: figures accepted"] and deciding.ran == [(root, [MONTH])]
    deciding(
        root, action="correct", values=["36,854", "7=1"], expires_on="2021-04-01", told_publisher_on="2021-03-02", publisher_answer="yes",
        is_forced=True,
    )  # fmt: skip
    assert deciding.wishes[1][2] == Wish("correct", "asked", "ada", ("36,854", "7=1"), "2021-04-01", "2021-03-02", "yes", True)


def test_a_decision_whose_month_is_not_built_says_so(root, deciding):
    deciding.failed = ["2021-02 (proof: no proof)", "another"]
    with pytest.raises(dg.Failure) as failed:
        deciding(root)
    assert failed.value.description == "the decision is written, but 2021-02 (proof: no proof) could not be built"
    assert failed.value.allow_retries is False


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ReviewError("no issue\n  begins so"), "no issue begins so"), (NothingError("nothing  there"), "nothing there"),
        (GARBLED, str(GARBLED)), (DecisionError("reviews/a.yaml", 3, "a day", "none"), None), (OSError("disk full"), "disk full"),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_taken_fails_in_one_line(root, deciding, monkeypatch, error, said):
    def decide(*_):
        raise error

    monkeypatch.setattr(actions, "decide", decide)
    with pytest.raises(dg.Failure) as failed:
        deciding(root)
    assert failed.value.description == (said or " ".join(str(error).split())) and failed.value.allow_retries is False
    assert deciding.ran == deciding.logged == []


@pytest.mark.parametrize("left_out", ["issue", "action", "reason", "reviewer"])
def test_what_a_decision_must_say_has_no_default(left_out):
    said = {"issue": "0123", "action": "accept", "reason": "asked", "reviewer": "ada"}
    with pytest.raises(ValidationError):
        DecideIssue(**{name: value for name, value in said.items() if name != left_out})
    assert {each.value for each in review.Action} == {"accept", "correct", "withhold", "reopen"}
