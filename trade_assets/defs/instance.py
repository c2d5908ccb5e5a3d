"""The Dagster instance that keeps a data root's history: under ``dagster/`` in the root, unless DAGSTER_HOME says else."""

import os
from pathlib import Path

import dagster as dg
from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.storage.tags import REPOSITORY_LABEL_TAG

from trade_assets.warehouse.root import DataRoot

SETTINGS = "telemetry:\n  enabled: false\nnux:\n  enabled: false\n"
"""As in the project's dagster.yaml: no telemetry, and no dialog over the first page."""


def home_of(root: DataRoot) -> Path | None:
    """The folder of the instance, made if it is not there; ``None`` for a root that is a URL without DAGSTER_HOME."""
    given = os.environ.get("DAGSTER_HOME")
    if given:
        return Path(given)
    if not root.is_local:
        return None
    home = Path(root.path("dagster"))
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(SETTINGS, encoding="utf-8")
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
