"""What the frictionless tool says of publications, and that they are made of the same bytes again, wherever they are made."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trade_assets import cli
from trade_assets.facts.periods import last_day
from trade_assets.publication.publish import publish_month
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import SHIPPED, SHIPPED_MONTHS
from trade_assets_tests.publications import bytes_of, each_month, package_of, problems_of

SEEDS = ("1", "2")


@each_month
def test_the_standards_tool_finds_nothing_wrong(published, month):
    folder = published[month].path
    assert problems_of(folder) == []
    described = {resource["path"]: resource for resource in package_of(folder)["resources"]}
    files = bytes_of(folder)
    assert {*described, "datapackage.json"} == set(files)
    for name, resource in described.items():
        assert resource["hash"] == f"sha256:{hashlib.sha256(files[name]).hexdigest()}"


@pytest.mark.parametrize("name", ["validated.china_top_five.csv", "metrics.china_balances.parquet", "difference.md", "difference.json"])
def test_one_altered_byte_is_found(published, tmp_path, name):
    shutil.copytree(published["2013-01"].path, tmp_path / "altered")
    path = tmp_path / "altered" / name
    data = bytearray(path.read_bytes())
    is_text = name.endswith((".csv", ".md", ".json"))
    place = next(at for at, byte in enumerate(data) if byte in b"0123456789") if is_text else len(data) // 2
    data[place] ^= 1  # 5 becomes 4: still a figure, and the same size
    path.write_bytes(data)
    assert "hash-count" in {kind for kind, _ in problems_of(tmp_path / "altered")}


@pytest.mark.slow
@pytest.mark.parametrize("month", SHIPPED_MONTHS)
def test_every_month_is_published_again_with_the_same_bytes(built_root, published, month, tmp_path):
    again = publish_month(built_root, month, DataRoot.of(tmp_path))
    assert bytes_of(again.path) == bytes_of(published[month].path)
    former = {path: path.stat().st_mtime_ns for path in Path(again.path).iterdir()}
    assert not publish_month(built_root, month, DataRoot.of(tmp_path)).is_new
    assert {path: path.stat().st_mtime_ns for path in Path(again.path).iterdir()} == former


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_another_process_folder_and_data_root_give_the_same_bytes(own_root, published, tmp_path, seed):
    for month in ("2013-01", "2018-08"):
        command = [sys.executable, "-m", "trade_assets", "--data-root", own_root.url, "publish", "--month", month]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == (cli.TO_REVIEW if month == "2013-01" else cli.NOTHING_TO_REVIEW), done.stderr
        assert done.stdout.endswith(f"Publication: {own_root.url}/publications/{month}\n")
        assert bytes_of(own_root.path("publications", month)) == bytes_of(published[month].path)


def test_a_url_as_data_root_gives_the_same_bytes(built_root, published, tmp_path, monkeypatch):
    root = DataRoot.of(f"memory://{tmp_path.name}")
    for path in Path(built_root.url).rglob("*"):
        relative = path.relative_to(built_root.url).parts
        if path.is_file() and relative[0] in ("raw", "warehouse") and path.suffix != ".duckdb":
            root.write(path.read_bytes(), *relative)
    root.write(b"of a former issue", "publications", "2013-01", "validated.goods_and_services.csv")
    written, write = [], DataRoot.write
    monkeypatch.setattr(DataRoot, "write", lambda self, data, *parts: written.append(parts[-1]) or write(self, data, *parts))
    try:
        placed = publish_month(root, "2013-01")
        names = root.names("publications", "2013-01")
        found = {name: root.read("publications", "2013-01", name) for name in names}
    finally:
        root.filesystem.rm(root.url, recursive=True)
    assert placed.path == f"{root.url}/publications/2013-01"
    assert found == bytes_of(published["2013-01"].path)
    assert written[-1] == "datapackage.json"  # it describes the others, so they are there before it


@each_month
def test_no_day_is_in_a_publication_but_those_of_documents(published, month):
    text = (Path(published[month].path) / "datapackage.json").read_text(encoding="utf-8")
    sidecars = "".join(path.read_text(encoding="utf-8") for path in (SHIPPED / month).glob("*.yaml"))
    stated = set(re.findall(r"published_date: '?(\d{4}-\d\d-\d\d)", sidecars))
    assert '"created"' not in text
    # Of a document without a day, the last day of its month counts.
    assert set(re.findall(r"\b\d{4}-\d\d-\d\d\b", text)) <= {*stated, last_day(month)}
    assert not re.search(r"\d\d:\d\d:\d\d", text)
