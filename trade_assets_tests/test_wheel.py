"""Installed as a package, outside a checkout: every command names its data root, and nothing of it is in the environment."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.request
from pathlib import Path

import platformdirs
import pytest
from click.testing import CliRunner

from trade_assets import cli
from trade_assets.warehouse import root as roots
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import REPOSITORY, SHIPPED, shipped_document
from trade_assets_tests.served import free_ports, is_listening

BULLETIN, POST = shipped_document("uscc", "2013-01"), shipped_document("kei", "2018-09")


@pytest.fixture
def no_checkout(tmp_path, monkeypatch):
    """The package as if it were installed, and a home of the user's own; where its data root then is."""
    monkeypatch.setattr(roots, "_PROJECT", tmp_path / "lib" / "python" / "site-packages")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.chdir(tmp_path)
    return Path(platformdirs.user_data_dir("trade-assets", appauthor=False))


def test_a_checkout_is_known_by_its_own_project_file(tmp_path, monkeypatch):
    assert DataRoot.of().url == str(REPOSITORY / "data")
    monkeypatch.setattr(roots, "_PROJECT", tmp_path)
    home = str(tmp_path / "share")
    monkeypatch.setenv("XDG_DATA_HOME", home)
    expected = platformdirs.user_data_dir("trade-assets", appauthor=False)
    assert expected.startswith(home) or sys.platform != "linux"
    assert DataRoot.of().url == expected
    # Installed into a project of somebody else's, as with pip's --target: its data are its own.
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "theirs"\nversion = "1.0"\ndependencies = ["trade-assets"]\n')
    assert DataRoot.of().url == expected
    (tmp_path / "pyproject.toml").write_text((REPOSITORY / "pyproject.toml").read_text())
    assert DataRoot.of().url == str(tmp_path / "data")


JSON = ["check", "--format", "json", BULLETIN]


@pytest.mark.parametrize("arguments", [["cells", BULLETIN], ["check", BULLETIN], JSON, ["coverage", POST]])
def test_outside_a_checkout_commands_name_the_users_folder(no_checkout, arguments):
    result = CliRunner().invoke(cli.main, [*map(str, arguments)])
    assert result.stderr.startswith(f"Data root: {no_checkout}\n") and result.stderr.count("\n") == 1
    assert str(no_checkout) not in result.stdout and not no_checkout.exists()
    named = CliRunner().invoke(cli.main, ["--data-root", "mine", *map(str, arguments)])
    assert (named.exit_code, named.stdout, named.stderr) == (result.exit_code, result.stdout, "")


def test_outside_a_checkout_the_users_folder_is_made_by_ingest_and_missed_by_the_others(no_checkout):
    missed = CliRunner().invoke(cli.main, ["review", "list"])
    assert missed.exit_code == 2 and f"{str(no_checkout)!r} cannot be used: there is no such folder" in missed.stderr
    stored = CliRunner().invoke(cli.main, ["ingest", "--release-month", "2013-01", str(BULLETIN)])
    assert (stored.exit_code, stored.stderr) == (0, f"Data root: {no_checkout}\n")
    assert f"stored as {no_checkout}/raw/2013-01/uscc-8f2357e0a0f5.txt" in stored.stdout
    assert (no_checkout / "raw" / "2013-01" / "uscc-8f2357e0a0f5.txt").read_bytes() == BULLETIN.read_bytes()


def _install(folder):
    """An environment with the wheel of this project, and everything else from the one that runs the tests."""
    source = folder / "source"
    for name in ("trade_assets", "pyproject.toml", "README.md", "LICENSE"):
        path = REPOSITORY / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(path, source / name)
    quiet = {"check": True, "capture_output": True, "timeout": 240, "env": _environment(folder)}
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", folder / "wheels", source], **quiet)
    shutil.rmtree(source)
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], **quiet)
    (wheel,) = (folder / "wheels").glob("trade_assets-*.whl")
    pip += ["--python", str(environment / "bin" / "python")]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", wheel], **quiet)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "rest.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return environment


def _environment(home):
    settings = ("TRADE_ASSETS", "DAGSTER", "XDG", "PYTHON", "VIRTUAL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
    return {**kept, "HOME": str(home)}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="where the folder of the user's is differs by system")
def test_what_a_wheel_made_outlives_its_environment(tmp_path):
    environment = _install(tmp_path)
    root = tmp_path / ".local" / "share" / "trade-assets"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def command(*arguments):
        program = environment / "bin" / "trade-assets"
        return subprocess.run(
            [program, *map(str, arguments)], cwd=elsewhere, env=_environment(tmp_path), capture_output=True, text=True, timeout=240
        )

    checked = command("check", BULLETIN)
    assert (checked.returncode, checked.stderr) == (1, f"Data root: {root}\n") and not root.exists()
    stored = command("ingest", "--release-month", "2013-01", BULLETIN)
    assert (stored.returncode, stored.stderr) == (0, f"Data root: {root}\n") and f"{root}/raw/2013-01/" in stored.stdout
    ran = command("run")
    assert ran.stderr.startswith(f"Data root: {root}\n"), ran.stderr
    assert ran.returncode == 1 and f"Tables: {root}/warehouse/trade.duckdb" in ran.stdout, ran.stderr
    decided = command("review", "accept", "6aef", "--reason", "as printed", "--reviewer", "Ada")
    assert decided.returncode == 0 and f"written to {root}/reviews/2013-01/6aefbff643a0.yaml" in decided.stdout, decided.stderr

    port, docs_port = free_ports(2)
    ui = [environment / "bin" / "trade-assets", "ui", "--port", str(port), "--docs-port", str(docs_port)]
    log = (tmp_path / "ui.log").open("w+")
    process = subprocess.Popen(ui, cwd=elsewhere, env=_environment(tmp_path), stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        deadline = time.monotonic() + 120
        while not is_listening(port) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.5)
        asked = json.dumps({"query": "{ repositoriesOrError { ... on RepositoryConnection { nodes { location { name } } } } }"}).encode()
        question = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", asked, {"Content-Type": "application/json"})
        with urllib.request.urlopen(question, timeout=30) as answer:
            assert json.load(answer)["data"]["repositoriesOrError"]["nodes"] == [{"location": {"name": "trade_assets"}}]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/reports/2013-01.html", timeout=10) as page:
            assert "as printed" in page.read().decode()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        log.seek(0)
        said = log.read()
    assert f"Data root: {root}\n" in said and "Traceback" not in said

    made = {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert {path.parts[0] for path in made} >= {"raw", "reviews", "warehouse", "reports", "dagster"}
    kinds = {".yaml", ".db", ".duckdb", ".parquet", ".txt", ".html"}
    assert [path for path in environment.rglob("*") if path.suffix in kinds and "dist-info" not in str(path)] == []
    assert list(elsewhere.iterdir()) == []
    shutil.rmtree(environment)
    assert {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()} == made
    # Another installation, here the checkout, goes on with it.
    again = CliRunner().invoke(cli.main, ["--data-root", str(root), "review", "list", "--all", "--json"])
    assert [row["state"] for row in json.loads(again.stdout)] == ["decided"]
    assert (SHIPPED / "2013-01" / root.joinpath("raw/2013-01/uscc-8f2357e0a0f5.txt").name).read_bytes() == BULLETIN.read_bytes()
