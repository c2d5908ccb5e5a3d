"""The store and what lies under it: which months it takes, what is new, what stands in a folder, and when bytes are the same."""

import dataclasses
import datetime as dt
import hashlib
import shutil
from pathlib import Path

import dagster as dg
import duckdb
import pandas as pd
import pytest
import yaml

from trade_assets.defs import ranges
from trade_assets.documents import ingest as storing
from trade_assets.documents.ingest import ingest
from trade_assets.documents.store import content, documents_of, release_months, stored, survey
from trade_assets.facts.frames import conform
from trade_assets.facts.schemas import Column
from trade_assets.families.mxp.tables import INDEX_LEVELS
from trade_assets.reading import ReadError
from trade_assets.warehouse import database
from trade_assets.warehouse.partitions import location, parquet_bytes, read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import SHIPPED
from trade_assets_tests.made_release import release

NOON = dt.datetime(2021, 3, 15, 12, tzinfo=dt.UTC)


@pytest.fixture
def root(tmp_path):
    """An empty data root."""
    return DataRoot.of(tmp_path / "data")


@pytest.fixture
def file(tmp_path):
    """A release that states no month."""
    path = tmp_path / "made.txt"
    path.write_text(release())
    return path


# Documents


@pytest.mark.parametrize(
    ("month", "is_taken"),
    [
        ("1989-12", False), ("2020-11", False), ("2020-12", True), ("2021-02", True), ("2021-03", True), ("2021-04", False),
        ("2022-01", False),
    ],
)  # fmt: skip
def test_a_release_month_lies_between_the_first_and_the_current_one(root, file, month, is_taken):
    if is_taken:
        assert ingest(root, file, release_month=month, now=NOON).document.release_month == month
        assert release_months(root) == [month]
    else:
        with pytest.raises(ReadError, match=f"from 1990-01 to the current one, found {month}|no earlier than 2020-12, .* found {month}"):
            ingest(root, file, release_month=month, now=NOON)
        assert root.names("raw") == []


def test_the_current_month_is_that_of_utc(root, file):
    """An hour before midnight in UTC it is still March, however late it is elsewhere."""
    east = dt.datetime(2021, 4, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    with pytest.raises(ReadError, match="the current one, found 2021-04"):
        ingest(root, file, release_month="2021-04", now=east.astimezone(dt.UTC))
    assert ingest(root, file, release_month="2021-03", now=east.astimezone(dt.UTC)).is_new


def test_a_document_is_new_once_and_is_what_it_was(root, file):
    first = ingest(root, file, release_month="2021-02", now=NOON)
    names = root.names("raw", "2021-02")
    stamps = [Path(root.path("raw", "2021-02", name)).stat().st_mtime_ns for name in names]
    again = ingest(root, file, release_month="2021-02", now=NOON + dt.timedelta(days=1))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.document == first.document and first.document.received_at == "2021-03-15T12:00:00.000000+00:00"
    assert names == [f"{first.document.stem}.txt", f"{first.document.stem}.yaml"]
    assert [Path(root.path("raw", "2021-02", name)).stat().st_mtime_ns for name in names] == stamps
    assert content(root, first.document) == release().encode()
    # A document is published once: the same bytes in another month are refused, and the first month is named.
    with pytest.raises(ReadError, match=rf"found the very bytes of raw/2021-02/{first.document.name}"):
        ingest(root, file, release_month="2021-03", now=NOON)
    assert release_months(root) == ["2021-02"]


def test_the_last_issue_received_is_current(root, file):
    first = ingest(root, file, release_month="2021-02", now=NOON).document
    file.write_text(release({4: "12,547"}))
    second = ingest(root, file, release_month="2021-02", now=NOON + dt.timedelta(seconds=1)).document
    assert documents_of(root, "2021-02") == [(first, False), (second, True)]
    file.write_text(release({4: "12,548"}))
    earlier = ingest(root, file, release_month="2021-02", now=NOON - dt.timedelta(seconds=1)).document
    assert [(document.sha256, is_current) for document, is_current in survey(root, "2021-02")[0]] == [
        (earlier.sha256, False), (first.sha256, False), (second.sha256, True),
    ]  # fmt: skip


def test_a_damaged_document_is_told_with_its_family_its_bytes_and_what_is_wrong(root, file):
    document = ingest(root, file, release_month="2021-02", now=NOON).document
    path = Path(root.path("raw", "2021-02", document.name))
    path.write_bytes(b"other bytes")
    sound, (damaged,) = survey(root, "2021-02")
    assert sound == []
    assert (damaged.family, damaged.sha256, damaged.path) == ("ft900", hashlib.sha256(b"other bytes").hexdigest(), document.path)
    with pytest.raises(ReadError, match="the file was changed in the store"):
        documents_of(root, "2021-02")
    # A file whose name says no family is none of the store's.
    path.rename(path.with_name("letter-0123456789ab.txt"))
    with pytest.raises(ReadError, match="a sidecar beside the document, found none"):
        survey(root, "2021-02")


SIDECAR = {
    "family": "ft900", "release_month": "2021-02", "release_month_from": "option", "publisher": "P", "title": "T", "source": "S",
    "sha256": "0", "size_bytes": 1, "received_at": "2021-03-15", "product": "", "suffix": "txt",
}  # fmt: skip
"""The keys of a sidecar that are never empty; those below may be."""
MAY_BE_EMPTY = ["published_date", "note", "seen_on", "reference_month", "part", "received_sha256"]


@pytest.mark.parametrize("key", [*SIDECAR, *MAY_BE_EMPTY])
def test_each_key_of_a_sidecar_is_text_or_a_number_and_some_may_be_empty(root, key):
    """Refused for the kind of the value, or, once all are of their kind, for a name that is not the described one."""

    def refusal(value):
        root.write(yaml.safe_dump(SIDECAR | dict.fromkeys(MAY_BE_EMPTY) | {key: value}).encode(), "raw", "2021-02", "ft900-1.yaml")
        with pytest.raises(ReadError) as caught:
            stored(root, "2021-02", "ft900-1.txt")
        return caught.value.expected

    kind, of_kind, others = ("a number", 7, ["7", 7.5]) if key == "size_bytes" else ("text", "7", [7, True])
    passed = "the sidecar to describe ft900-1.txt in 2021-02"
    assert refusal(of_kind) == passed
    for value in others:
        assert refusal(value) == f"{key} as {kind}"
    assert refusal(None) == (passed if key in MAY_BE_EMPTY else f"{key} as {kind}")


def test_a_series_file_is_held_against_the_series_files_of_its_family_the_latest_first(root, tmp_path, monkeypatch):
    """Not against releases, sidecars, or what another family calls its series."""
    compared = []
    monkeypatch.setattr(storing, "require_agreement", lambda reading, name, stored: compared.append([path for path, _ in stored]))

    def given(month, name, text):
        (tmp_path / name).write_text(text)
        return ingest(root, tmp_path / name, release_month=month, now=dt.datetime(2025, 3, 1, tzinfo=dt.UTC)).document.path

    known = "50251\n1992-02-01,51682\n1992-03-01,50294"  # the first figures of BOPTEXP in the catalogue
    months = [given(month, f"{month}.csv", f"DATE,BOPTEXP\n1992-01-01,{known}\n1992-04-01,5000{number}\n")
              for number, month in enumerate(("2024-11", "2024-12", "2025-01"))]  # fmt: skip
    given("2025-02", "prices.csv", "series_id,year,period,value\nEIUIR,2020,M01,125.2\n")
    given("2025-02", "release.txt", release())
    given("2025-02", "last.csv", f"DATE,BOPTEXP\n1992-01-01,{known}\n1992-04-01,50009\n")
    assert compared == [[], months[:1], months[1::-1], [], months[::-1]]


# Files


def test_writing_says_whether_anything_changed(root):
    assert root.write(b"one", "a", "b.txt") is True
    stamp = Path(root.path("a", "b.txt")).stat().st_mtime_ns
    assert root.write(b"one", "a", "b.txt") is False
    assert Path(root.path("a", "b.txt")).stat().st_mtime_ns == stamp
    assert root.write(b"two", "a", "b.txt") is True  # as many bytes, others
    assert root.write(b"three", "a", "b.txt") is True
    assert root.read("a", "b.txt") == b"three" and root.size("a", "b.txt") == 5


def test_temporary_and_hidden_names_are_no_files_of_a_folder(root):
    for name in ("b.txt", "a.txt", ".tmp-1", ".tmp-a.txt", ".hidden", "tmp-1", "x.tmp-1"):
        Path(root.path("a")).mkdir(parents=True, exist_ok=True)
        Path(root.path("a", name)).write_bytes(b"1")
    assert root.names("a") == ["a.txt", "b.txt", "tmp-1", "x.tmp-1"]
    assert root.names("b") == [] == root.names("a", "a.txt", "c")
    assert root.write(b"2", "a", "b.txt")
    assert sorted(path.name for path in Path(root.path("a")).iterdir()) == [
        ".hidden", ".tmp-1", ".tmp-a.txt", "a.txt", "b.txt", "tmp-1", "x.tmp-1",
    ]  # fmt: skip


def test_a_half_written_document_is_none_of_the_store(root, file):
    document = ingest(root, file, release_month="2021-02", now=NOON).document
    Path(root.path("raw", "2021-02", f".tmp-{document.name}")).write_bytes(b"half")
    assert documents_of(root, "2021-02") == [(document, True)]


# Views


def _levels(month, *rows):
    usual = {"series": "s", "period": month, "index_decimals": 1, "gaps": "", "corrections": ""}
    blank = dict.fromkeys(INDEX_LEVELS.by_name)
    return conform(pd.DataFrame([blank | usual | row for row in rows]), INDEX_LEVELS, release_month=month)


EARLIER = dataclasses.replace(
    INDEX_LEVELS,
    columns=(*(column for column in INDEX_LEVELS.columns if column.name != "label"), Column("dropped", "int", "a column that is none now")),
    by_name={},
)
"""The table as a former version declared it."""


@pytest.mark.parametrize("older", ["2018-08", "2018-10"], ids=["the earlier month", "the later month"])
@pytest.mark.parametrize("has_record", [True, False], ids=["of its record", "of a version without records"])
def test_a_view_reads_partitions_of_an_older_and_a_newer_schema(root, older, has_record):
    """A month that was written before a column was declared, on either side of one that has it; and one with a column since dropped."""
    for month, value in (("2018-08", 1.0), ("2018-09", 2.0), ("2018-10", 3.0)):
        frame = _levels(month, {"index": value, "label": f"of {month}"})
        if month != older:
            write_partition(root, INDEX_LEVELS, month, frame)
        elif has_record:
            write_partition(root, EARLIER, month, frame.assign(dropped=7))
        else:
            root.write(parquet_bytes(conform(frame.assign(dropped=7), EARLIER), EARLIER), *location(INDEX_LEVELS, month))
    database.refresh(root, (INDEX_LEVELS,))
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as connection:
        rows = connection.sql('SELECT release_month, "index", label FROM validated.index_levels ORDER BY 1').fetchall()
        columns = [name for name, *_ in connection.sql("DESCRIBE validated.index_levels").fetchall()]
    assert rows == [
        (month, value, None if month == older else f"of {month}") for month, value in (("2018-08", 1.0), ("2018-09", 2.0), ("2018-10", 3.0))
    ]
    assert set(columns) >= set(INDEX_LEVELS.by_name)
    assert read_partition(root, INDEX_LEVELS, older)["label"].isna().all()


# Ranges


def _run_range(monkeypatch, first, last, failing):
    def months(root, wanted, instance):
        for month in wanted:
            yield ranges.MonthRun(month, "", month not in failing, (), ())

    monkeypatch.setattr(ranges, "run_months", months)
    config = {
        "ops": {"run_range": {"config": {"first": first, "last": last}}},
        "resources": {"data_root": {"config": {"url": "memory://x"}}},
    }
    from trade_assets.definitions import defs

    job = defs.resolve_job_def("release_range")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(run_config=config, instance=instance, raise_on_error=False)
    messages = [event.step_failure_data.user_failure_data.description for event in result.all_events if event.is_step_failure]
    return result.success, messages


@pytest.mark.parametrize(
    ("first", "last", "failing", "said"),
    [
        ("2018-08", "2018-10", [], []),
        ("2018-08", "2018-10", ["2018-09"], ["1 of 3 months failed: 2018-09"]),
        ("2018-08", "2018-10", ["2018-10", "2018-08"], ["2 of 3 months failed: 2018-08, 2018-10"]),
        ("2018-08", "2018-08", ["2018-08"], ["1 of 1 months failed: 2018-08"]),
    ],
)
def test_a_range_fails_if_a_month_failed_and_names_it(monkeypatch, first, last, failing, said):
    assert _run_range(monkeypatch, first, last, failing) == (not said, said)


@pytest.mark.slow
def test_a_document_is_read_once_in_a_run(tmp_path, monkeypatch):
    """For its tables, its proof and its page: by a reader that counts."""
    from trade_assets.families.ft900 import long_table

    read, counted = long_table.read, []
    monkeypatch.setattr(long_table, "read", lambda document: counted.append(document.name) or read(document))
    root = DataRoot.of(tmp_path / "data")
    shutil.copytree(SHIPPED / "2016-11", tmp_path / "data" / "raw" / "2016-11")
    with dg.DagsterInstance.ephemeral() as instance:
        (run,) = ranges.run_months(root, ["2016-11"], instance)
    assert run.is_success
    assert len(counted) == 1
    page = root.read("reports", "2016-11.html").decode()
    assert "goods_and_services" in page
