"""The Dagster instance that keeps a data root's history: under ``dagster/`` in the root, unless DAGSTER_HOME says else."""

import os
from pathlib import Path

import dagster as dg
from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.storage.tags import REPOSITORY_LABEL_TAG

from trade_assets.warehouse.root import DataRoot

SETTINGS = "telemetry:\n  enabled: false\nnux:\n  enabled: false\n"
_SETTINGS_FILE = "dagster.yaml"
"""As in the project's dagster.yaml: no telemetry, and no dialog over the first page."""

WORKSPACE = "load_from:\n  - python_module:\n      module_name: trade_assets.definitions\n      location_name: trade_assets\n"
"""As in the project's workspace.yaml, which an installed package does not have. Schedules are keyed by the location's name."""


def home_of(root: DataRoot) -> Path | None:
    """The folder of the instance, made if it is not there; ``None`` for a root that is a URL without DAGSTER_HOME."""
    given = os.environ.get("DAGSTER_HOME")
    if given:
        return Path(given)
    if not root.is_local:
        return None
    return settle(Path(root.path("dagster")))


def settle(home: Path) -> Path:
    """Make a folder one of an instance, with our settings unless it has some; an empty file, as a kill leaves it, is none."""
    settings = DataRoot(str(home.absolute()))
    if not settings.exists(_SETTINGS_FILE) or not settings.read(_SETTINGS_FILE).strip(b"\0 \t\r\n"):
        settings.write(SETTINGS.encode(), _SETTINGS_FILE)
    return home


CODE_LOCATION = "trade_assets"
"""The name of the code location, as in the project's workspace.yaml."""


def code_location_tag() -> dict[str, str]:
    """The tag by which the UI counts a run among those of the location's jobs; a run that is started in a process has none by itself."""
    return {REPOSITORY_LABEL_TAG: f"{SINGLETON_REPOSITORY_NAME}@{CODE_LOCATION}"}


class InstanceError(Exception):
    """The instance cannot be opened; the message says why."""


def instance_of(root: DataRoot) -> dg.DagsterInstance:
    """The instance, opened; its tables are made before anybody else can start on them.

    Raises:
        InstanceError: its settings are wrong or its storage cannot be reached.
    """
    home = home_of(root)
    if home is None:
        return dg.DagsterInstance.ephemeral()
    if not home.is_dir():
        raise InstanceError(f"DAGSTER_HOME is {home}, and there is no such folder; make it, or unset DAGSTER_HOME")
    try:
        return dg.DagsterInstance.from_config(str(home))
    except dg.DagsterError as error:
        raise InstanceError(" ".join(str(error).split())) from error
