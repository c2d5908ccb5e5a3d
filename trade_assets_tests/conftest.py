"""Fixtures: data roots with documents, and one with everything built."""

import shutil
from pathlib import Path

import dagster as dg
import pytest
from hypothesis import settings

from trade_assets.warehouse.root import SETTING, DataRoot

REPOSITORY = Path(__file__).resolve().parents[1]
SHIPPED = REPOSITORY / "data" / "raw"
SHIPPED_MONTHS = ["2012-08", "2013-01", "2016-11", "2018-08", "2018-09"]

settings.register_profile("project", deadline=None, print_blob=True, max_examples=100)
# What .ci/run gives to the laws of arithmetic: --hypothesis-profile=thorough.
settings.register_profile("thorough", settings.get_profile("project"), max_examples=500)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    """No test sees the settings of whoever runs the suite."""
    for name in (SETTING, "DAGSTER_HOME", "TRADE_ASSETS_DATA_DOCS_URL"):
        monkeypatch.delenv(name, raising=False)


def shipped_document(family, month):
    """The path of a shipped document."""
    found = sorted((SHIPPED / month).glob(f"{family}-*.txt"))
    assert len(found) == 1, found
    return found[0]


@pytest.fixture
def shipped_root(tmp_path):
    """A data root with the shipped documents and nothing built."""
    shutil.copytree(SHIPPED, tmp_path / "data" / "raw")
    return DataRoot.of(tmp_path / "data")


@pytest.fixture(scope="session")
def built_root(tmp_path_factory):
    """A data root with everything built from the shipped documents. Do not write to it."""
    from trade_assets.defs.ranges import run_months

    folder = tmp_path_factory.mktemp("built") / "data"
    shutil.copytree(SHIPPED, folder / "raw")
    root = DataRoot.of(folder)
    with dg.DagsterInstance.ephemeral() as instance:
        runs = list(run_months(root, SHIPPED_MONTHS, instance))
    assert {run.release_month: run.failures for run in runs if not run.is_success} == {}
    return root


@pytest.fixture
def instance():
    """A Dagster instance in memory."""
    with dg.DagsterInstance.ephemeral() as made:
        yield made
