"""Schedules, the sensor, and when a release counts as awaited."""

import datetime as dt
import json
import shutil
from zoneinfo import ZoneInfo

import dagster as dg
import pandas as pd
import pytest

from trade_assets.definitions import defs
from trade_assets.defs.calendar import AWAITS, CALENDARS, awaited_since
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.sensors import PER_TICK, changed_documents
from trade_assets.documents.store import FOLDER
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import DOCUMENTS
from trade_assets.families.ft900.tables import TRADE_RATIOS
from trade_assets.review.built_from import inputs_of
from trade_assets.review.decisions import DecidedCell, Decision, write_decision
from trade_assets.warehouse.partitions import Draft, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import SHIPPED_MONTHS

NEW_YORK = ZoneInfo("America/New_York")


def _requests(name, instant, root):
    schedule = defs.resolve_schedule_def(name)
    context = dg.build_schedule_context(
        scheduled_execution_time=instant, repository_def=defs.get_repository_def(), resources=_resources(root)
    )
    return schedule.evaluate_tick(context).run_requests


@pytest.mark.parametrize("name", ["ft900_release", "mxp_release"])
@pytest.mark.parametrize(
    ("instant", "month"),
    [
        # Either side of the change to daylight-saving time on 2026-03-08 and back on 2026-11-01.
        (dt.datetime(2026, 3, 7, 14, 0, tzinfo=dt.UTC), "2026-03"),
        (dt.datetime(2026, 3, 9, 13, 0, tzinfo=dt.UTC), "2026-03"),
        (dt.datetime(2026, 10, 31, 13, 0, tzinfo=dt.UTC), "2026-10"),
        (dt.datetime(2026, 11, 2, 14, 0, tzinfo=dt.UTC), "2026-11"),
        # The first hours of a month in UTC are still the month before in New York.
        (dt.datetime(2026, 4, 1, 3, 59, tzinfo=dt.UTC), "2026-03"),
        (dt.datetime(2026, 4, 1, 4, 1, tzinfo=dt.UTC), "2026-04"),
        (dt.datetime(2026, 12, 1, 4, 59, tzinfo=dt.UTC), "2026-11"),
        (dt.datetime(2026, 12, 1, 5, 1, tzinfo=dt.UTC), "2026-12"),
    ],
)
def test_schedule_requests_the_month_of_new_york(tmp_path, name, instant, month):
    (request,) = _requests(name, instant, DataRoot.of(tmp_path))
    assert request.partition_key == month
    family = name.removesuffix("_release")
    assert request.tags[AWAITS] == family
    # What is awaited is looked at; a family that has nothing in the month and is not awaited is left alone.
    selected = {key.to_user_string() for key in request.asset_selection}
    assert {f"parsed/{family}", "raw/documents"} <= selected and "parsed/uscc" not in selected


@pytest.mark.parametrize("family", CALENDARS)
def test_schedule_ticks_once_a_month_at_nine_in_new_york(family):
    schedule = defs.resolve_schedule_def(f"{family}_release")
    assert schedule.execution_timezone == "America/New_York"
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    from dagster._utils.schedules import schedule_execution_time_iterator

    ticks = schedule_execution_time_iterator(start.timestamp(), schedule.cron_schedule, "America/New_York")
    year = [next(ticks).astimezone(NEW_YORK) for _ in range(12)]
    assert [tick.month for tick in year] == list(range(1, 13))
    assert {(tick.day, tick.hour, tick.minute) for tick in year} == {(CALENDARS[family].day, 9, 0)}
    # After the release's 08:30, whatever the clock's offset.
    assert {tick.utcoffset() for tick in year} == {dt.timedelta(hours=-5), dt.timedelta(hours=-4)}


def test_current_month_is_a_partition():
    before = dt.datetime.now(NEW_YORK).strftime("%Y-%m")
    last = RELEASE_MONTHS.get_last_partition_key()
    assert last in (before, dt.datetime.now(NEW_YORK).strftime("%Y-%m"))  # a month may end meanwhile


def test_release_is_awaited_by_its_schedule_and_in_its_own_month():
    before, after = (dt.datetime(2026, 11, day, 12, tzinfo=NEW_YORK) for day in (16, 18))
    assert awaited_since("mxp", "2026-11", {}, before) is None
    assert awaited_since("mxp", "2026-11", {}, after) == "2026-11-17 09:00 New York time"
    assert awaited_since("mxp", "2026-10", {}, after) is None
    assert awaited_since("mxp", "2026-10", {AWAITS: "mxp"}, after) == "2026-10-17 09:00 New York time"
    assert awaited_since("ft900", "2026-10", {AWAITS: "mxp"}, after) is None
    assert awaited_since("uscc", "2026-11", {AWAITS: "uscc"}, after) is None


def _resources(root):
    return {"data_root": DataRootResource(url=root.url)}


def _tick(root, cursor):
    context = dg.build_sensor_context(cursor=cursor, resources=_resources(root))
    result = changed_documents(context)
    return [request.partition_key for request in result.run_requests], result.cursor


def test_sensor_requests_changed_months_once(shipped_root):
    months, cursor = _tick(shipped_root, None)
    assert months == ["2012-08", "2013-01", "2016-11", "2018-08", "2018-09"]
    assert _tick(shipped_root, cursor)[0] == []
    name = next(name for name in shipped_root.names(FOLDER, "2018-08") if name.endswith(".txt"))
    shipped_root.write(shipped_root.read(FOLDER, "2018-08", name) + b"\n", FOLDER, "2018-08", name)
    months, cursor = _tick(shipped_root, cursor)
    assert months == ["2018-08"]
    assert _tick(shipped_root, cursor)[0] == []


def test_the_sensor_starts_from_what_is_built(built_root, tmp_path):
    """Without a cursor: months that another run built from the same documents and decisions are no work."""
    root = DataRoot.of(tmp_path / "data")
    shutil.copytree(built_root.url, root.url)
    months, cursor = _tick(root, None)
    assert months == [] and set(json.loads(cursor)) == set(SHIPPED_MONTHS)
    name = next(name for name in root.names(FOLDER, "2018-08") if name.endswith(".txt"))
    root.write(root.read(FOLDER, "2018-08", name) + b"\n", FOLDER, "2018-08", name)
    write_decision(root, "2013-01", _decision(None))
    assert _tick(root, None)[0] == _tick(root, cursor)[0] == ["2013-01", "2018-08"]
    # A run that did not come to the month's end leaves it built from nothing; it is asked for again.
    _built_from(root, "2016-11", "")
    assert _tick(root, None)[0] == ["2013-01", "2016-11", "2018-08"]


def test_a_month_is_built_from_what_its_run_began_with(tmp_path):
    root = DataRoot.of(tmp_path)
    today = dt.datetime.now(dt.UTC).date()
    root.write(b"A", FOLDER, "2001-01", "mxp-000000000000.txt")
    began = inputs_of(root, "2001-01", today)
    root.write(b"B", FOLDER, "2001-01", "mxp-000000000001.txt")
    _built_from(root, "2001-01", began)
    assert _tick(root, None)[0] == ["2001-01"]
    _built_from(root, "2001-01", inputs_of(root, "2001-01", today))
    assert _tick(root, None)[0] == []
    # Built while a decision was in force, which has expired since.
    write_decision(root, "2001-01", _decision(today.isoformat()))
    before = today - dt.timedelta(days=1)
    _built_from(root, "2001-01", inputs_of(root, "2001-01", before))
    assert _tick(root, None)[0] == ["2001-01"]


def _built_from(root, month, inputs):
    """A run that made what the month has of other inputs, or did not come to its end where they are empty."""
    Draft.of_month(root, month).commit(inputs)


def _decision(expires_on):
    return Decision(
        "", 1, "6aefbff643a0", "withhold", "asked", "ada", "2026-11-24", "0" * 64, (DecidedCell(247, 5, "68.58"),), expires_on
    )  # fmt: skip


def test_sensor_spreads_a_long_store_over_ticks(tmp_path):
    root = DataRoot.of(tmp_path)
    expected = [f"20{year:02d}-{month:02d}" for year in (1, 2) for month in range(1, 13)]
    for month in expected:
        root.write(month.encode(), FOLDER, month, "mxp-000000000000.txt")
    first, cursor = _tick(root, None)
    second, cursor = _tick(root, cursor)
    assert len(first) == len(second) == PER_TICK
    assert first + second == expected
    assert _tick(root, cursor)[0] == []


def test_sensor_passes_over_a_month_that_is_no_partition(tmp_path):
    root = DataRoot.of(tmp_path)
    for month in ("1985-03", "2001-01", "2999-01"):
        root.write(month.encode(), FOLDER, month, "mxp-000000000000.txt")
    assert _tick(root, None)[0] == ["2001-01"]


def test_sensor_requests_a_month_whose_documents_are_gone_or_back(tmp_path):
    root = DataRoot.of(tmp_path)
    root.write(b"A", FOLDER, "2001-01", "mxp-000000000000.txt")
    write_partition(root, DOCUMENTS, "2001-01", empty(DOCUMENTS))
    row = {"period": ["2001-01"], "exports_to_imports_pct": [80.0], "services_share_of_exports_pct": [1.0]}
    ratios = conform(pd.DataFrame(row), TRADE_RATIOS, release_month="2001-01", reference_month="2000-11", gaps="")
    write_partition(root, TRADE_RATIOS, "2001-01", ratios)
    requested, cursor = _tick(root, None)
    root.filesystem.rm(root.path(FOLDER, "2001-01"), recursive=True)
    for _ in range(2):
        months, cursor = _tick(root, cursor)
        requested += months
    root.write(b"A", FOLDER, "2001-01", "mxp-000000000000.txt")
    for _ in range(2):
        months, cursor = _tick(root, cursor)
        requested += months
    assert requested == ["2001-01"] * 3


def test_sensor_requests_a_month_that_was_decided_and_one_whose_decision_expired(shipped_root, monkeypatch):
    _, cursor = _tick(shipped_root, None)
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).date()
    write_decision(shipped_root, "2013-01", _decision(str(tomorrow)))
    months, cursor = _tick(shipped_root, cursor)
    assert months == ["2013-01"]
    assert _tick(shipped_root, cursor)[0] == []

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) + dt.timedelta(days=2)

    monkeypatch.setattr("trade_assets.defs.sensors.dt.datetime", Later)
    months, cursor = _tick(shipped_root, cursor)
    assert months == ["2013-01"]
    assert _tick(shipped_root, cursor)[0] == []
