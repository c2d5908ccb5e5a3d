"""What is whole and what is left over, told by the bytes and by the clock at the edge."""

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trade_assets.warehouse import sweep
from trade_assets.warehouse.root import TEMPORARY, DataRoot, temporary_name

DAY = 24 * 3600


def _file(footer, length, begin=b"PAR1", end=b"PAR1"):
    return begin + footer + length.to_bytes(4, "little") + end


@pytest.mark.parametrize(
    ("data", "is_whole"),
    [
        (_file(b"", 0), True), (_file(b"abcde", 5), True), (_file(b"data abcde", 5), True), (_file(b"abcde", 6), False),
        (_file(b"abcde", 5, begin=b"PAR2"), False), (_file(b"abcde", 5, end=b"PAR2"), False), (_file(b"", 0)[:11], False), (b"", False),
        (_file(b"", 2**32 - 1), False),
    ],
)  # fmt: skip
def test_a_table_is_whole_if_its_footer_fits_between_beginning_and_end(tmp_path, data, is_whole):
    path = tmp_path / "data.parquet"
    path.write_bytes(data)
    assert sweep.is_whole(path) is is_whole


def test_a_table_without_rows_is_whole(tmp_path):
    """Nothing stands between the beginning and the footer of one without a group of rows."""
    with pq.ParquetWriter(tmp_path / "data.parquet", pa.schema([("a", pa.int64())])):
        pass
    size = (tmp_path / "data.parquet").stat().st_size
    assert int.from_bytes((tmp_path / "data.parquet").read_bytes()[-8:-4], "little") == size - 12
    assert sweep.is_whole(tmp_path / "data.parquet")


def test_what_is_gone_is_no_damage_and_a_folder_is(tmp_path):
    assert sweep.is_whole(tmp_path / "gone.parquet")
    assert not sweep.is_whole(tmp_path)


@pytest.mark.parametrize(("age", "is_left"), [(0, False), (DAY, False), (DAY + 1, True), (-5, False)])
@pytest.mark.parametrize(
    "name", [f"{TEMPORARY}elsewhere-1-x", f"{TEMPORARY}x", f"{temporary_name()}.txt"], ids=["another machine's", "no process's", "ours"]
)
def test_what_others_write_is_left_over_after_a_day(tmp_path, monkeypatch, name, age, is_left):
    """Also what this process writes, which runs: whoever holds a file for a day has forgotten it."""
    now = 1_800_000_000
    monkeypatch.setattr(sweep.time, "time", lambda: float(now))
    path = tmp_path / "warehouse" / name
    path.parent.mkdir()
    path.write_bytes(b"1")
    os.utime(path, (now - age, now - age))
    assert sweep.sweep(DataRoot.of(tmp_path)) == []
    assert path.exists() is not is_left


def test_what_a_process_wrote_that_is_gone_is_left_over_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(sweep, "is_running", lambda pid: pid != 77)
    machine = temporary_name().split("-")[1]
    for pid in (77, 78):
        (tmp_path / f"{TEMPORARY}{machine}-{pid}-x").write_bytes(b"1")
        (tmp_path / f"{TEMPORARY}elsewhere-{pid}-x").write_bytes(b"1")
        folder = tmp_path / f"{TEMPORARY}{machine}-{pid}-folder"
        folder.mkdir()
        (folder / "within").write_bytes(b"1")
    outside = tmp_path / "mine"
    outside.mkdir()
    (tmp_path / f"{TEMPORARY}{machine}-77-link").symlink_to(outside)
    assert sweep.sweep(DataRoot.of(tmp_path)) == []
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted(["mine", *(f"{TEMPORARY}{name}" for name in (
        f"{machine}-78-x", f"{machine}-78-folder", "elsewhere-77-x", "elsewhere-78-x",
    ))])  # fmt: skip
    assert (tmp_path / f"{TEMPORARY}{machine}-78-folder" / "within").read_bytes() == b"1"
