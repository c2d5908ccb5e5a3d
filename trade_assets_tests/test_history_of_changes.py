"""Months come, are built again, and go, in any order: what is known, numbered and current is what a walk over all prints says."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trade_assets.facts.frames import empty
from trade_assets.facts.tables import HISTORY, PRINTS
from trade_assets.vintages import history
from trade_assets.vintages.history import FILE, is_stale, refresh_history
from trade_assets.vintages.knowledge import knowledge, numbered_prints
from trade_assets.warehouse.commits import forget, name_of
from trade_assets.warehouse.database import connect
from trade_assets.warehouse.partitions import existing_months, is_written, parquet_bytes, partition_place, read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.plain_order import FACT, as_rows, history_of, known_of, numbers_of
from trade_assets_tests.printed_months import prints_frame, write_prints

MONTHS = ("2018-11", "2018-12", "2019-01", "2019-12", "2020-01", "2022-06")
PERIODS = ("2018-10", "2018-11", "2019", "2018-01/2018-10", None)
PARTS, YEARS = ("warehouse", "vintages", "history", "parts"), ("warehouse", "vintages", "years")


@st.composite
def documents(draw: st.DrawFn, month: str) -> list[dict[str, Any]]:
    """What a month prints: up to four documents of two families, issues and releases of each, one perhaps of an earlier month's bytes."""
    facts = []
    places = st.tuples(
        st.sampled_from(["ft900", "mxp"]), st.sampled_from(["", "annual"]), st.integers(1, 2), st.integers(1, 2), st.booleans()
    )
    for number, (family, product, release, edition, is_copy) in enumerate(draw(st.lists(places, max_size=4, unique_by=lambda x: x[:4]))):
        document = {
            "family": family, "product": product, "release_number": release, "edition": edition,
            "known_from": f"{month}-{draw(st.integers(1, 28)):02d}",
            "sha256": "c" * 64 if is_copy and number == 0 else f"{month.replace('-', '')}{number}".rjust(64, "0"),
            "reference_month": draw(st.sampled_from(["2018-10", "2018-11", None])),
        }  # fmt: skip
        for series in draw(st.lists(st.sampled_from(["exports.goods", "imports.goods"]), min_size=1, unique=True)):
            for period in draw(st.lists(st.sampled_from(PERIODS), min_size=1, unique=True)):
                value = draw(st.none() | st.integers(0, 3))
                gap = draw(st.sampled_from(["not_yet_released", "suppressed"])) if value is None else None
                held = draw(st.sampled_from([None, None, "0" * 12])) if value is not None else None
                facts.append({**document, "series": series, "period": period, "value": value, "gap": gap, "held_by": held})
    return facts


CHANGES = st.lists(
    st.sampled_from(MONTHS).flatmap(lambda month: st.tuples(st.just(month), st.none() | documents(month))), min_size=1, max_size=7
)


def _change(root: DataRoot, month: str, facts: list[dict[str, Any]] | None) -> None:
    """The month is written with these prints; without any it is there and empty, or it goes."""
    if facts:
        write_prints(root, prints_frame(month, facts))
    elif facts is None:
        forget(root, month, {name_of(PRINTS)})
    elif month in existing_months(root, PRINTS):
        write_partition(root, PRINTS, month, empty(PRINTS))


def _rows(root: DataRoot) -> list[dict[str, Any]]:
    """All rows of the history as it stands."""
    with connect(root, [HISTORY]) as connection:
        return as_rows(connection.sql("SELECT * FROM vintages.history").df())


def _told(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr([row[name] for name in HISTORY.dtypes]) for row in rows)


def test_whatever_came_before_the_history_is_that_of_the_prints_that_are_there(
    tmp_path_factory: pytest.TempPathFactory, is_whole: bool
) -> None:
    @settings(max_examples=60 if is_whole else 6)
    @given(CHANGES)
    def holds(changes: list[tuple[str, list[dict[str, Any]] | None]]) -> None:
        root = DataRoot(str(tmp_path_factory.mktemp("changes")))
        for month, facts in changes:
            _change(root, month, facts)
            refresh_history(root)
            if root.exists(*FILE):
                assert _told(_rows(root)) == _told(history_of(root))
            _assert_known(root, month)

    holds()


def _assert_known(root: DataRoot, month: str) -> None:
    # Of a family with several releases in the month there is an answer after each; the last one is of all that is out.
    found = {}
    for row in as_rows(knowledge(root, month)):
        found.setdefault(tuple(row[name] for name in FACT), []).append(tuple(row[n] for n in ("value", "decimals", "gap", "published_in")))
    expected = known_of(root, month)
    assert set(found) >= set(expected)
    assert all(told in found[fact] for fact, told in expected.items())
    numbered = numbered_prints(root, month)
    if len(read_partition(root, PRINTS, month)):
        names = ("release_month", "release_number", "value", "unit", "base_period", "is_first_estimate")
        rows = [(tuple(row[name] for name in (*FACT, "print")), tuple(row[name] for name in names)) for row in as_rows(numbered)]
        assert set(rows) >= set(numbers_of(root, month).items())
    else:
        assert numbered.empty


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    """Three years of a release each, all of which print the same month."""
    root = DataRoot(str(tmp_path / "data"))
    for month in ("2018-12", "2019-12", "2020-12"):
        write_prints(root, prints_frame(month, [_fact(int(month[:4]))]))
    refresh_history(root)
    return root


def _fact(value: float | None, **more: Any) -> dict[str, Any]:
    return {"series": "exports.goods", "period": "2018-10", "value": value, **more}


def _files(root: DataRoot, folder: tuple[str, ...]) -> dict[str, bytes]:
    return {name: root.read(*folder, name) for name in root.names(*folder)}


def test_a_new_month_writes_its_year_and_that_of_what_it_ends(root: DataRoot) -> None:
    before = _files(root, PARTS)
    assert [name[:4] for name in before] == ["2018", "2019", "2020"]
    write_prints(root, prints_frame("2021-01", [_fact(5)]))
    refresh_history(root)
    new = {name: data for name, data in _files(root, PARTS).items() if name not in before}
    assert [name[:4] for name in new] == ["2020", "2021"]
    assert {name: root.read(*PARTS, name) for name in before} == before, "a part is never changed"
    assert [(row["value"], row["valid_until"]) for row in sorted(_rows(root), key=lambda row: row["print"])] == [
        (2018, "2019-12-31"), (2019, "2020-12-31"), (2020, "2021-01-31"), (5, None),
    ]  # fmt: skip


def test_a_kill_before_the_parts_are_named_leaves_the_former_history_whole(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    before, write = _told(_rows(root)), DataRoot.write

    def killed(self: DataRoot, data: bytes, *parts: str) -> bool:
        if parts == FILE:
            raise KeyboardInterrupt
        return write(self, data, *parts)

    write_prints(root, prints_frame("2021-01", [_fact(5)]))
    monkeypatch.setattr(DataRoot, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        refresh_history(root)
    assert len(root.names(*PARTS)) == 5, "the new parts stand there"
    assert _told(_rows(root)) == before and is_stale(root)
    monkeypatch.undo()
    assert refresh_history(root) and _told(_rows(root)) == _told(history_of(root)) and len(_rows(root)) == 4


def test_replaced_parts_stay_a_day_for_who_reads_them(root: DataRoot) -> None:
    write_prints(root, prints_frame("2021-01", [_fact(5)]))
    refresh_history(root)
    replaced = next(name for name in root.names(*PARTS) if name.startswith("2020"))
    assert [name[:4] for name in root.names(*PARTS)] == ["2018", "2019", "2020", "2020", "2021"]
    for name in root.names(*PARTS):  # all of them two days old
        os.utime(root.path(*PARTS, name), (time.time() - 2 * 24 * 3600,) * 2)
    write_prints(root, prints_frame("2021-02", [_fact(6)]))
    refresh_history(root)
    assert [name[:4] for name in root.names(*PARTS)] == ["2018", "2019", "2020", "2021"]
    assert _told(_rows(root)) == _told(history_of(root)) and replaced


def test_a_part_that_is_gone_is_made_again(root: DataRoot) -> None:
    before = _files(root, PARTS)
    Path(root.path(*PARTS, next(iter(before)))).unlink()
    assert is_stale(root) and refresh_history(root)
    assert _files(root, PARTS) == before


def test_the_one_file_of_an_earlier_version_is_replaced(root: DataRoot) -> None:
    for name in root.names(*PARTS):
        Path(root.path(*PARTS, name)).unlink()
    root.write(parquet_bytes(empty(HISTORY), HISTORY), *FILE)
    assert not is_written(root, HISTORY), "no view is made of it"
    assert refresh_history(root) and is_written(root, HISTORY)
    assert _told(_rows(root)) == _told(history_of(root))


def test_a_history_without_a_print_is_empty_and_is_there(root: DataRoot) -> None:
    for month in existing_months(root, PRINTS):
        forget(root, month, {name_of(PRINTS)})
    assert refresh_history(root) and _rows(root) == []
    assert not refresh_history(root)


def test_the_latest_month_of_a_document_is_that_of_all_that_it_prints(tmp_path: Path) -> None:
    """Also of what is no print of its own: the second issue prints January to October again, the first alone has October's row."""
    root = DataRoot(str(tmp_path))
    told = {"reference_month": None, "known_from_is": "stated"}
    first = told | {"edition": 1, "is_current": False, "known_from": "2018-12-05", "sha256": "1" * 64}
    facts = [
        _fact(3, **first) | {"period": "2018-01/2018-10"}, _fact(None, **first),
        _fact(4, **told, edition=2, known_from="2018-12-09", sha256="2" * 64) | {"period": "2018-01/2018-10"},
    ]  # fmt: skip
    write_prints(root, prints_frame("2018-12", facts))
    assert {row["period"]: row["is_first_estimate"] for row in as_rows(numbered_prints(root, "2018-12"))} == {
        "2018-10": True, "2018-01/2018-10": False,
    }  # fmt: skip


# The years that are kept


@pytest.mark.parametrize("damage", ["garbage", "cut", "of other partitions"])
def test_a_kept_year_that_is_damaged_or_out_of_date_is_made_again(root: DataRoot, damage: str) -> None:
    expected, kept = as_rows(knowledge(root, "2020-12")), Path(root.path(*YEARS, "2019.parquet"))
    data = kept.read_bytes()
    if damage == "of other partitions":
        write_prints(root, prints_frame("2019-12", [_fact(7, series="imports.goods")]))
        expected += [expected[0] | {"series": "imports.goods", "value": 7, "published_in": "2019-12"}]
    else:
        kept.write_bytes(b"this is no Parquet file" if damage == "garbage" else data[: len(data) // 2])
        _forget()
    assert as_rows(knowledge(root, "2020-12")) == expected
    assert (kept.read_bytes() == data) == (damage != "of other partitions")


def _forget() -> None:
    """As in another process: nothing is kept in memory."""
    from trade_assets.vintages import ordering, years

    ordering.prints_in_order.cache_clear()
    years._kept.cache_clear()


def test_no_later_month_is_opened_nor_a_year_that_is_kept_of_later_ones(root: DataRoot) -> None:
    expected, of_numbers = as_rows(knowledge(root, "2019-12")), as_rows(numbered_prints(root, "2019-12"))
    knowledge(root, "2020-12")
    for place in ((*YEARS, "2019.parquet"), (*YEARS, "2020.parquet"), partition_place(root, PRINTS, "2020-12"), FILE):
        root.write(b"this is no Parquet file", *place)
    for name in root.names(*PARTS):
        root.write(b"this is no Parquet file", *PARTS, name)
    _forget()
    assert as_rows(knowledge(root, "2019-12")) == expected and as_rows(numbered_prints(root, "2019-12")) == of_numbers
    assert [row["value"] for row in of_numbers] == [2018, 2019]


def test_where_no_year_can_be_kept_the_partitions_are_read(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = as_rows(knowledge(root, "2020-12"))
    for name in root.names(*YEARS):
        Path(root.path(*YEARS, name)).unlink()
    _forget()

    def full(self: DataRoot, data: bytes, *parts: str) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DataRoot, "write", full)
    assert as_rows(knowledge(root, "2020-12")) == expected and root.names(*YEARS) == []


def test_a_partition_that_comes_in_while_the_history_is_made_is_in_it(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    made = history.prints_in_order

    def meanwhile(root: DataRoot, stamps: tuple[str, ...]) -> Any:
        if len(stamps) == 4:
            write_prints(root, prints_frame("2021-02", [_fact(6)]))
        return made(root, stamps)

    monkeypatch.setattr(history, "prints_in_order", meanwhile)
    write_prints(root, prints_frame("2021-01", [_fact(5)]))
    assert refresh_history(root) and not is_stale(root)
    assert sorted(row["value"] for row in _rows(root)) == [5, 6, 2018, 2019, 2020]
