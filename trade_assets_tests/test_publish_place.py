"""The place of a publication: what is not ours stays, and a folder is replaced as a whole or not at all."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from trade_assets import cli
from trade_assets.facts.tables import FACTS
from trade_assets.publication.publish import PublicationError, publish_month
from trade_assets.warehouse import folders
from trade_assets.warehouse.partitions import read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.publications import bytes_of, package_of, problems_of


@pytest.fixture
def made(published, monkeypatch):
    """What is to be published of these two months is there already, in tests of the place that it is put in."""
    there = {month: published[month].publication for month in ("2013-01", "2018-09")}
    monkeypatch.setattr("trade_assets.publication.publish.publication", lambda root, month, today=None: there[month])


def _foreign(folder, what):
    """Put something into a folder that is none of a publication's files; its name."""
    folder.mkdir()
    match what:
        case "a file":
            (folder / "thesis.txt").write_text("mine")
        case "a hidden file":
            (folder / ".htaccess").write_text("mine")
        case "a table of no publication":
            (folder / "validated.mine.csv").write_text("mine")
        case "a folder with the name of a table":
            (folder / "validated.goods_and_services.csv").mkdir()
            (folder / "validated.goods_and_services.csv" / "thesis.txt").write_text("mine")
        case "a link with the name of the description":
            (folder.parent / "elsewhere.json").write_text("mine")
            (folder / "datapackage.json").symlink_to(folder.parent / "elsewhere.json")
        case "a table that another package lists":
            package = {"name": "mine", "resources": [{"path": "validated.mine.csv"}]}
            (folder / "datapackage.json").write_text(json.dumps(package))
            (folder / "validated.mine.csv").write_text("mine")
    return min(path.name for path in folder.iterdir() if path.name != "datapackage.json" or path.is_symlink())


@pytest.mark.parametrize(
    "what",
    ["a file", "a hidden file", "a table of no publication", "a folder with the name of a table", "a link with the name of the description",
     "a table that another package lists"],
)  # fmt: skip
@pytest.mark.usefixtures("made")
def test_a_folder_with_anything_else_is_left_alone(built_root, tmp_path, what):
    name = _foreign(tmp_path / "2013-01", what)
    former = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    with pytest.raises(PublicationError, match=rf"holds {re.escape(name)}, which is n.*To do: move it away, or publish to another place"):
        publish_month(built_root, "2013-01", DataRoot.of(tmp_path))
    assert {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")} == former


@pytest.mark.usefixtures("made")
def test_another_folder_at_a_url_is_left_alone(built_root, tmp_path):
    place = DataRoot.of(f"memory://{tmp_path.name}")
    try:
        place.write(b"mine", "2013-01", "deep", "thesis.txt")
        with pytest.raises(PublicationError, match="holds deep, which is no plain file"):
            publish_month(built_root, "2013-01", place)
        assert place.read("2013-01", "deep", "thesis.txt") == b"mine" and place.names("2013-01") == ["deep"]
    finally:
        place.filesystem.rm(place.url, recursive=True)


@pytest.mark.usefixtures("made")
def test_a_link_or_a_file_in_its_place_is_left_alone(built_root, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "2013-01").symlink_to(tmp_path / "mine")
    with pytest.raises(PublicationError, match=r"2013-01 is a link to another place; .* To do: move it away"):
        publish_month(built_root, "2013-01", DataRoot.of(tmp_path))
    assert (tmp_path / "2013-01").is_symlink() and list((tmp_path / "mine").iterdir()) == []
    (tmp_path / "2018-09").write_text("mine")
    with pytest.raises(PublicationError, match=r"2018-09 is no folder; .* To do: move it away"):
        publish_month(built_root, "2018-09", DataRoot.of(tmp_path))
    assert (tmp_path / "2018-09").read_text() == "mine"
    with pytest.raises(PublicationError, match=r"cannot be made, .*/2018-09 is no folder\. To do: move it away"):
        publish_month(built_root, "2018-09", DataRoot.of(tmp_path / "2018-09"))


@pytest.mark.parametrize(
    ("to", "said"),
    [("", "the place to publish to is empty. To do: name a folder or a URL, or leave --to out"),
     ("  ", "the place to publish to is empty"), ("nosuch://x", "nosuch://x is no place to publish to: Protocol not known: nosuch"),
     ("memory://", "memory:// is no place to publish to")],
)  # fmt: skip
def test_no_place_is_said_in_a_line(built_root, to, said):
    result = CliRunner().invoke(cli.main, ["--data-root", built_root.url, "publish", "--month", "2018-09", "--to", to])
    assert result.exit_code == cli.UNREADABLE and result.stderr.startswith(f"trade-assets: {said}") and "To do: " in result.stderr
    assert not (Path(built_root.url) / "publications").exists()


@pytest.mark.usefixtures("made")
def test_a_place_that_cannot_be_written_is_said_in_a_line(built_root, tmp_path, monkeypatch):
    def refused(self, *_, **__):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(PublicationError, match=r"/to/2018-09 cannot be written: Permission denied\. To do: see to rights and space"):
        publish_month(built_root, "2018-09", DataRoot.of(tmp_path / "to"))
    assert list(tmp_path.iterdir()) == []


# Whole or not at all


KILLED = """
import os, sys
from trade_assets.publication.publish import publish_month
from trade_assets.warehouse.root import DataRoot

flushed, left = os.fsync, int(sys.argv[2])

def fsync(file):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    flushed(file)

os.fsync = fsync
publish_month(DataRoot.of(sys.argv[1]), "2018-08")
"""


@pytest.mark.slow
@pytest.mark.parametrize("files", [0, 20])
def test_a_killed_publication_leaves_the_former_one_whole(own_root, files):
    publish_month(own_root, "2018-08")
    folder = Path(own_root.path("publications", "2018-08"))
    former = bytes_of(folder)
    facts = read_partition(own_root, FACTS["mxp"], "2012-08")
    # So that the difference reads otherwise: the former release lies a month further back.
    write_partition(own_root, FACTS["mxp"], "2012-08", facts.assign(reference_month="2012-06"))
    killed = subprocess.run([sys.executable, "-c", KILLED, own_root.url, str(files)], check=False, capture_output=True, text=True)
    assert killed.returncode == 9, killed.stderr
    assert bytes_of(folder) == former and problems_of(folder) == []
    assert own_root.names("publications") == ["2018-08"]  # what it left behind is hidden
    placed = publish_month(own_root, "2018-08")
    assert placed.is_new and bytes_of(folder) == placed.publication.files != former


@pytest.mark.parametrize("one_step", [True, False], ids=["exchange", "renames"])
def test_a_folder_is_replaced_as_a_whole(tmp_path, monkeypatch, one_step):
    root, ours = DataRoot.of(tmp_path), {"a.csv", "b.csv", "c.csv"}
    assert folders.replace_folder(root, {"a.csv": b"1", "b.csv": b"2"}, "there", ours=ours)
    if not one_step:
        monkeypatch.setattr(folders.ctypes, "CDLL", lambda *_, **__: object())
    assert folders.replace_folder(root, {"b.csv": b"3", "c.csv": b"4"}, "there", ours=ours)
    assert bytes_of(tmp_path / "there") == {"b.csv": b"3", "c.csv": b"4"}
    assert not folders.replace_folder(root, {"b.csv": b"3", "c.csv": b"4"}, "there", ours=ours)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_without_an_exchange_a_failed_rename_puts_the_former_folder_back(tmp_path, monkeypatch):
    root = DataRoot.of(tmp_path)
    folders.replace_folder(root, {"a.csv": b"1"}, "there", ours={"a.csv"})
    monkeypatch.setattr(folders.ctypes, "CDLL", lambda *_, **__: object())
    rename = Path.rename

    def failing(self, target):
        if target == tmp_path / "there" and not self.name.endswith("-former"):
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="no"):
        folders.replace_folder(root, {"a.csv": b"2"}, "there", ours={"a.csv"})
    assert bytes_of(tmp_path / "there") == {"a.csv": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_what_came_into_the_folder_meanwhile_is_not_removed(tmp_path, monkeypatch):
    root, exchange = DataRoot.of(tmp_path), folders._exchange

    def late(new, former):
        (former / "thesis.txt").write_text("mine")
        exchange(new, former)

    folders.replace_folder(root, {"a.csv": b"1"}, "there", ours={"a.csv"})
    monkeypatch.setattr(folders, "_exchange", late)
    assert folders.replace_folder(root, {"a.csv": b"2"}, "there", ours={"a.csv"})
    assert bytes_of(tmp_path / "there") == {"a.csv": b"2"}
    assert [path.read_text() for path in tmp_path.glob(".kept-*/*")] == ["mine"]


@pytest.mark.slow
def test_a_new_publication_drops_tables_that_the_former_one_lists(built_root, tmp_path):
    placed = publish_month(built_root, "2013-01", DataRoot.of(tmp_path))
    folder = Path(placed.path)
    (folder / "validated.dropped.csv").write_bytes(b"old")
    package = package_of(folder)
    package["resources"].append({"path": "validated.dropped.csv"})
    (folder / "datapackage.json").write_text(json.dumps(package))
    again = publish_month(built_root, "2013-01", DataRoot.of(tmp_path))
    assert again.is_new and bytes_of(again.path) == again.publication.files
    for damaged in (b"{", b"[]", b'{"name": 1}', b"\xff", b"[" * 100_000):
        (folder / "datapackage.json").write_bytes(damaged)
        assert publish_month(built_root, "2013-01", DataRoot.of(tmp_path)).is_new
