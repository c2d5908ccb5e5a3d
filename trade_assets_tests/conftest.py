"""Fixtures: data roots with documents, and one with everything built."""

import logging
import os
import shutil
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
from hypothesis import settings

from trade_assets.documents.readings import reading_of
from trade_assets.warehouse.locks import locked_file
from trade_assets.warehouse.root import SETTING, DataRoot
from trade_assets.warehouse.shown import read_rows

# Their assertions are of the tests that call them, and are to say as much when they fail.
pytest.register_assert_rewrite("trade_assets_tests.page_tree", "trade_assets_tests.turn_taking")

REPOSITORY = Path(__file__).resolve().parents[1]
SHIPPED = REPOSITORY / "data" / "raw"
SHIPPED_MONTHS = ["2012-08", "2013-01", "2016-11", "2018-08", "2018-09"]

settings.register_profile("project", deadline=None, print_blob=True, max_examples=30)
# What .ci/run gives to the laws of arithmetic: --hypothesis-profile=thorough.
settings.register_profile("thorough", settings.get_profile("project"), max_examples=500)
settings.load_profile("project")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What reads the built root comes first: then one worker builds it and goes on with it, and the other does not wait meanwhile."""
    items.sort(key=lambda item: "built_root" not in getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    """No test sees the settings of whoever runs the suite."""
    for name in (SETTING, "DAGSTER_HOME", "TRADE_ASSETS_DATA_DOCS_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _nothing_silenced():
    """No test is left without log records by another that reads pages, which silences their library in a process of its own."""
    logging.disable(logging.NOTSET)


@pytest.fixture(params=["few", pytest.param("all", marks=pytest.mark.slow)])
def is_whole(request):
    """Whether a sweep is walked to its end, as the slow tests do; the quick ones take the same steps, fewer of them."""
    return request.param == "all"


@pytest.fixture
def thinned(is_whole):
    """Every so-and-so-many-th of the cases in the quick suite, the first among them; all of them in the slow one."""

    def of(cases, step):
        return list(cases)[:: 1 if is_whole else step]

    return of


def shipped_document(family, month):
    """The path of a shipped document."""
    found = sorted((SHIPPED / month).glob(f"{family}-*.txt"))
    assert len(found) == 1, found
    return found[0]


@pytest.fixture(autouse=True)
def _nothing_read():
    """No test is given what another one read of the same document, perhaps by another reader."""
    reading_of.cache_clear()


@pytest.fixture
def shipped_root(tmp_path):
    """A data root with the shipped documents and nothing built."""
    shutil.copytree(SHIPPED, tmp_path / "data" / "raw")
    return DataRoot.of(tmp_path / "data")


def built_once(tmp_path_factory, name, build):
    """A folder that the first worker to ask for it fills, and all of them read. Do not write to it.

    Args:
        build: is given the folder, which is there and empty.
    """
    of_run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        of_run = of_run.parent
    folder, done = of_run / name, of_run / f"{name}.done"
    with locked_file(of_run / f"{name}.lock", within=600):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a worker whose build failed
            folder.mkdir()
            build(folder)
            done.touch()
    return folder


def build_shipped(folder):
    """Everything from the shipped documents, in ``data`` under the folder."""
    from trade_assets.defs.ranges import run_months

    shutil.copytree(SHIPPED, folder / "data" / "raw")
    with dg.DagsterInstance.ephemeral() as instance:
        runs = list(run_months(DataRoot.of(folder / "data"), SHIPPED_MONTHS, instance))
    assert {run.release_month: run.failures for run in runs if not run.is_success} == {}


def rows_of_months(root, table):
    """The rows of the shipped months, stored or shown, below each other."""
    return pd.concat([read_rows(root, table, month) for month in SHIPPED_MONTHS], ignore_index=True)


@pytest.fixture(scope="session")
def built_root(tmp_path_factory):
    """A data root with everything built from the shipped documents. Do not write to it."""
    return DataRoot.of(built_once(tmp_path_factory, "shipped", build_shipped) / "data")


@pytest.fixture
def own_root(built_root, tmp_path):
    """A copy of the built data root, to write to."""
    from trade_assets_tests.publications import copy_of

    return copy_of(built_root, tmp_path / "own")


@pytest.fixture(scope="session")
def published(built_root, tmp_path_factory):
    """The publications of the shipped months, by month."""
    from trade_assets_tests.publications import Published

    return Published(built_root, DataRoot.of(tmp_path_factory.mktemp("published")))


@pytest.fixture(scope="session")
def turns(tmp_path_factory):
    """Two Exhibits with the annual file between them, and two series of FRED in alternating months. Do not write to it."""
    from trade_assets_tests.turn_taking import build_turns

    return DataRoot.of(built_once(tmp_path_factory, "turns", build_turns) / "data")


@pytest.fixture
def instance():
    """A Dagster instance in memory."""
    with dg.DagsterInstance.ephemeral() as made:
        yield made
