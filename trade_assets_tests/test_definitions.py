"""The code location: what it holds, what every asset says of itself, and who may import Dagster."""

import ast
import graphlib
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from trade_assets.definitions import defs
from trade_assets.facts.tables import ALL_TABLES
from trade_assets.identities.rules import RULES

PACKAGE = Path(__file__).resolve().parents[1] / "trade_assets"
GRAPH = defs.resolve_asset_graph()

EDGES = {
    "raw/documents": [],
    "parsed/cells": ["raw/documents"],
    "parsed/ft900": ["parsed/cells"],
    "parsed/mxp": ["parsed/cells"],
    "parsed/uscc": ["parsed/cells"],
    "parsed/fred": ["parsed/cells"],
    "review/issues": ["parsed/cells"],
    "validated/publication": ["parsed/cells"],
    "validated/goods_and_services": ["parsed/ft900", "review/issues"],
    "validated/goods_on_two_bases": ["parsed/ft900", "review/issues"],
    "validated/annual_changes": ["parsed/ft900", "review/issues"],
    "validated/price_indexes": ["parsed/mxp", "review/issues"],
    "validated/index_levels": ["parsed/mxp", "review/issues"],
    "validated/price_changes": ["parsed/mxp", "review/issues"],
    "validated/fred_observations": ["parsed/fred", "review/issues"],
    "validated/china_trade_growth": ["parsed/uscc", "review/issues"],
    "validated/china_top_five": ["parsed/uscc", "review/issues"],
    "validated/china_advanced_technology": ["parsed/uscc", "review/issues"],
    "validated/china_outbound_investment": ["parsed/uscc", "review/issues"],
    "validated/china_purchasing_manager_surveys": ["parsed/uscc", "review/issues"],
    "vintages/prints": ["parsed/cells", "raw/documents", "review/issues"],
    "vintages/revisions": ["vintages/prints"],
    "metrics/trade_changes": ["validated/goods_and_services"],
    "metrics/price_contributions": ["validated/price_indexes"],
    "metrics/china_balances": ["validated/china_advanced_technology", "validated/china_top_five"],
    "metrics/figures": ["parsed/cells", "review/issues", "vintages/prints", "vintages/revisions"],
    "review/reports": ["parsed/cells", "raw/documents", "review/issues"],
}
KEPT_WITH = {
    "parsed/cells": ["parsed.rows", "parsed.series", "parsed.unread"],
    "review/issues": [
        "review.corrections", "review.decisions", "review.suspects", "validated.in_doubt", "validated.verdicts", "validated.violations",
    ],
    "vintages/revisions": ["vintages.revision_findings", "vintages.revision_statistics"],
    "metrics/trade_changes": ["metrics.trade_ratios"],
    "metrics/price_contributions": ["metrics.fuel_and_nonfuel", "metrics.price_ratios"],
    "metrics/figures": ["metrics.changes", "metrics.definitions", "metrics.reproduced", "metrics.revision_explanations"],
}  # fmt: skip
"""The tables that are written with an asset, and are none themselves."""


def test_definitions_are_loadable():
    dg.Definitions.validate_loadable(defs)


def test_graph_is_the_snapshot():
    found = {
        key.to_user_string(): sorted(parent.to_user_string() for parent in GRAPH.get(key).parent_keys) for key in GRAPH.get_all_asset_keys()
    }
    assert found == EDGES


def test_data_flows_left_to_right():
    layers = ["raw", "parsed", "review", "validated", "vintages", "metrics"]
    for child, parents in EDGES.items():
        for parent in parents:
            assert layers.index(parent.split("/")[0]) <= layers.index(child.split("/")[0]), (parent, child)


def test_groups_of_the_graph_form_no_cycle():
    """As the UI draws them collapsed: a group that is above another is not below it too."""
    above = {}
    for key in GRAPH.get_all_asset_keys():
        node = GRAPH.get(key)
        above.setdefault(node.group_name, set()).update(GRAPH.get(parent).group_name for parent in node.parent_keys)
    others = {group: parents - {group} for group, parents in above.items()}
    assert sorted(graphlib.TopologicalSorter(others).static_order()) == ["metrics", "parsed", "raw", "review", "validated", "vintages"]
    assert others["raw"] == set() and others["parsed"] == {"raw"} and others["validated"] == {"parsed", "review"}


def test_jobs_schedules_and_sensors_are_the_snapshot():
    repository = defs.get_repository_def()
    assert sorted(name for name in repository.job_names if not name.startswith("__")) == ["decide_issue", "release_month", "release_range"]
    assert sorted(schedule.name for schedule in repository.schedule_defs) == ["ft900_release", "mxp_release"]
    assert [sensor.name for sensor in repository.sensor_defs if not sensor.name.startswith("default")] == ["changed_documents"]


@pytest.mark.parametrize("key", sorted(GRAPH.get_all_asset_keys()), ids=str)
def test_every_asset_says_what_it_is(key):
    node = GRAPH.get(key)
    assert node.description and node.description.endswith(".")
    assert node.owners == ["team:trade-statistics"]
    assert node.kinds == {"parquet", "pandas"}
    assert node.group_name == key.path[0]
    assert node.partitions_def is not None
    columns = node.metadata["dagster/column_schema"].columns
    assert columns and all(column.description for column in columns)


def test_every_table_is_an_asset_or_said_to_be_kept_with_one():
    """By the metadata that the UI shows of each asset."""
    beside = {}
    for key in GRAPH.get_all_asset_keys():
        said = sorted(name.removeprefix("with ") for name in GRAPH.get(key).metadata if name.startswith("with "))
        beside |= {key.to_user_string(): said} if said else {}
    assert beside == KEPT_WITH
    tables = {f"{table.layer}.{table.name}" for table in ALL_TABLES}
    assert tables == {key.to_user_string().replace("/", ".") for key in GRAPH.get_all_asset_keys()}.union(*beside.values())
    assert len(tables) == len(ALL_TABLES)


def test_every_check_says_what_it_holds_and_none_blocks():
    specs = [spec for asset in defs.assets for spec in asset.check_specs]
    assert {spec.key for spec in specs} == set(GRAPH.asset_check_keys)
    for spec in specs:
        assert spec.description and spec.description.endswith("."), spec.key
        assert not spec.blocking, spec.key
        assert spec.partitions_def is not None, spec.key


def test_every_identity_is_a_check_of_its_table():
    checks = {(key.asset_key.to_user_string(), key.name) for key in GRAPH.asset_check_keys}
    for rule in RULES:
        assert (f"validated/{rule.table}", rule.name) in checks


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_dagster_is_imported_in_the_wiring_only():
    doors = {PACKAGE / "definitions.py", PACKAGE / "serving" / "webserver.py"}
    others = [path for path in PACKAGE.rglob("*.py") if "defs" not in path.parts and path not in doors]
    assert len(others) > 20
    offenders = [str(path) for path in others if any(name.split(".")[0].startswith("dagster") for name in _imports(path))]
    assert offenders == []


ORDER = (
    "faults",
    "facts",
    "reading",
    "warehouse",
    "documents",
    "identities",
    "vintages",
    "expectations",
    "metrics",
    "families",
    "review",
    "publication",
    "defs",
    "definitions",
    "serving",
    "cli",
    "__main__",
)
"""The rooms, and the modules beside them: each imports only what stands left of it, at its head or within a function."""


def _room(path):
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def test_rooms_import_only_what_stands_left_of_them():
    rooms = {_room(path) for path in PACKAGE.rglob("*.py")} - {"__init__"}
    assert rooms == set(ORDER)
    for path in PACKAGE.rglob("*.py"):
        if _room(path) == "__init__":
            continue
        used = {name.split(".")[1] for name in _imports(path) if name.startswith("trade_assets.")}
        left = ORDER[: ORDER.index(_room(path)) + 1]
        assert used <= set(left), (path.relative_to(PACKAGE), used - set(left))


def _imported_modules(path, modules):
    """The modules of the package that a module imports, at its head or within a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module in {*modules, "trade_assets"}:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in modules else node.module for name in inner)


def test_modules_form_no_circle():
    modules = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path for path in PACKAGE.rglob("*.py")
    }
    assert len(modules) > 200
    graph = {name: set(_imported_modules(path, modules)) for name, path in modules.items()}
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) == len(modules)


def test_every_module_says_what_belongs_in_it():
    for path in PACKAGE.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


@pytest.mark.parametrize(("setting", "executor"), [("", "in_process"), ("multiprocess", "multiprocess")])
def test_executor_is_a_setting(setting, executor):
    said = subprocess.run(
        [sys.executable, "-c", "from trade_assets.definitions import defs; print(defs.executor.name)"],
        env={**os.environ, "TRADE_ASSETS_EXECUTOR": setting},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == executor


def test_a_long_module_says_why():
    """``wc -l`` over 400 is a module of two subjects, unless its head gives the reason."""
    long = [path for path in PACKAGE.rglob("*.py") if path.read_text(encoding="utf-8").count("\n") > 400]
    silent = [path.name for path in long if "Longer than 400 lines: " not in (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")]
    assert silent == []


def test_no_test_module_is_longer_than_700_lines():
    """``wc -l`` over 700 is tests of several subjects: each is a module of its own, and what they share is one beside them."""
    lengths = {path.name: path.read_text(encoding="utf-8").count("\n") for path in Path(__file__).parent.glob("test_*.py")}
    assert len(lengths) > 90
    assert {name: lines for name, lines in lengths.items() if lines > 700} == {}
