"""Publications of the shipped months, each made when it is first asked for, and what their folders hold."""

import json
import shutil
from pathlib import Path

import pytest

from trade_assets.publication.publish import publish_month
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import SHIPPED_MONTHS

ISSUE = "6aefbff643a0"
"""The one open issue of the shipped documents, in 2013-01."""

LARGEST = ("2016-11", "2018-08")
"""With these months only the slow tests are of all months: a price release is there as 2012-08 as well, and the smaller ones."""

each_month = pytest.mark.parametrize(
    "month", [pytest.param(month, marks=pytest.mark.slow if month in LARGEST else ()) for month in SHIPPED_MONTHS]
)


class Published(dict):
    """The publications by month, each made when it is first asked for."""

    def __init__(self, root, to):
        super().__init__()
        self.root, self.to = root, to

    def __missing__(self, month):
        self[month] = publish_month(self.root, month, self.to)
        return self[month]


def copy_of(root, target):
    for folder in ("raw", "warehouse"):
        shutil.copytree(root.path(folder), target / folder)
    return DataRoot.of(target)


def problems_of(folder):
    """What the standard's own tool finds, as type and note."""
    import frictionless

    report = frictionless.validate(str(Path(folder) / "datapackage.json"))
    return [tuple(problem) for problem in report.flatten(["type", "note"])] if not report.valid else []


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def package_of(folder):
    return json.loads((Path(folder) / "datapackage.json").read_text(encoding="utf-8"))
