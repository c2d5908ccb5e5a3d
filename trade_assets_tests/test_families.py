"""A family is one folder: found by looking, complete or refused, and named nowhere else."""

import ast
import importlib
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import trade_assets
from trade_assets import families as declared
from trade_assets.facts.columns import figure
from trade_assets.facts.completeness import require_complete
from trade_assets.facts.families import PARTS, IncompleteFamilyError, families
from trade_assets.facts.period_rules import OWN
from trade_assets.facts.schemas import Fact
from trade_assets.families.ft900 import policy as trade_policy
from trade_assets.families.ft900 import tables as trade_tables
from trade_assets.families.uscc import bulletin
from trade_assets.families.uscc import metrics as bulletin_metrics
from trade_assets.families.uscc import rules as bulletin_rules
from trade_assets.families.uscc import tables as bulletin_tables

PACKAGE = Path(trade_assets.__file__).parent
FOLDERS = PACKAGE / "families"
NAMES = sorted(folder.name for folder in FOLDERS.iterdir() if (folder / "__init__.py").is_file())

_INIT = """
from trade_assets.facts.families import Family, Terms

FAMILY = Family(
    name="{name}", place={place}, title="Things that are tried", heading="Tried", called="tried", calendar=None,
    terms=Terms(licence=None, source="made up for a test", authority="definition"), without={without},
)
"""
_READER = """
from types import SimpleNamespace

from trade_assets.reading.text import TextDocument

_tried = SimpleNamespace(
    __name__="tried", FAMILY="tried", READS=TextDocument, RECOGNISED_BY="nothing", TABLES={}, recognises=lambda document: False
)
READERS = (_tried,)
UNPACKERS = ()
"""
_PARTS = {
    "readers": _READER,
    "tables": "TABLES = ()\nMETRIC_TABLES = ()\n",
    "rules": "RULES = ()\nSTRUCTURE = ()\nROWS = None\nEXPECTED = None\n",
    "policy": "from trade_assets.vintages.policy import Policy\nPOLICY = Policy()\n",
    "metrics": "from trade_assets.metrics.registry import Metrics\nMETRICS = Metrics()\nCOMPONENTS = {}\n",
    "formulas": "DEFINITIONS = ()\n",
    "headlines": "HEADLINES = ()\n",
    "assumed": "ASSUMED = ()\n",
}


@pytest.fixture
def tried(tmp_path, monkeypatch):
    """Adds a folder to the families, as if it stood among them."""
    folder = tmp_path / "tried"
    folder.mkdir()

    def declare(name="tried", place=9, without=None, parts=None):
        (folder / "__init__.py").write_text(_INIT.format(name=name, place=place, without=without or {}))
        for part, text in (_PARTS if parts is None else parts).items():
            (folder / f"{part}.py").write_text(text)
        families.cache_clear()

    monkeypatch.setattr(declared, "__path__", [*declared.__path__, str(tmp_path)])
    yield declare
    for module in [name for name in sys.modules if name.startswith("trade_assets.families.tried")]:
        del sys.modules[module]
    families.cache_clear()
    importlib.invalidate_caches()


_ASSETS = """
from trade_assets.definitions import defs
print(*(key.to_user_string() for key in defs.resolve_all_asset_keys()))
"""


def _loaded(house):
    done = subprocess.run(
        [sys.executable, "-c", _ASSETS],
        cwd=house, env={"PYTHONPATH": str(house), "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
def test_a_family_is_one_folder_and_half_of_it_fails_the_definitions(tmp_path):
    house = tmp_path / "house"
    shutil.copytree(PACKAGE, house / "trade_assets", ignore=shutil.ignore_patterns("__pycache__"))
    folder = house / "trade_assets" / "families" / "tried"
    folder.mkdir()
    (folder / "__init__.py").write_text(_INIT.format(name="tried", place=9, without={}))
    for part, text in _PARTS.items():
        (folder / f"{part}.py").write_text(text)
    status, said, wrong = _loaded(house)
    assert status == 0, wrong
    assert "parsed/tried" in said.split()
    (folder / "policy.py").unlink()
    status, _, wrong = _loaded(house)
    assert status != 0
    assert "trade_assets/families/tried/policy.py with POLICY is missing, and FAMILY.without does not say why there is none" in wrong


def _all_but(part):
    return {name: text for name, text in _PARTS.items() if name != part}


HALVES = [
    *(
        pytest.param(
            {"parts": _all_but(part)}, rf"families/tried/{part}\.py with .*is missing, and FAMILY\.without does not say why", id=part
        )
        for part in PARTS
    ),
    *(
        pytest.param(
            {"parts": _PARTS | {part: re.sub(rf"(?m)^{attribute} = .*$", "", _PARTS[part])}},
            rf"families/tried/{part}\.py declares no {attribute}",
            id=attribute,
        )
        for part, attributes in PARTS.items()
        for attribute in attributes
    ),
    pytest.param({"without": {"policy": "nothing is known"}}, r"has policy\.py, and FAMILY\.without says that it has none", id="both"),
    pytest.param({"without": {"polices": "a slip"}}, r"there is no part polices; parts are readers, tables", id="unknown part"),
    pytest.param({"without": {"policy": ""}, "parts": _all_but("policy")}, r"policy\.py with POLICY is missing", id="no reason"),
    pytest.param({"name": "other"}, "declares the family 'other': its name is that of the folder", id="another name"),
    pytest.param({"place": 1}, r"have the place 1: give each its own", id="place taken"),
]


@pytest.mark.parametrize(("half", "message"), HALVES)
def test_half_a_family_is_refused(tried, half, message):
    tried(**half)
    with pytest.raises(IncompleteFamilyError, match=message):
        require_complete()


def test_a_folder_without_a_family_is_refused(tried, tmp_path):
    tried()
    (tmp_path / "tried" / "__init__.py").write_text('"""Nothing yet."""\n')
    with pytest.raises(IncompleteFamilyError, match=r"families/tried/__init__\.py declares no FAMILY"):
        require_complete()


def test_a_whole_family_is_none_of_them(tried):
    tried()
    require_complete()
    assert list(families())[-1] == "tried"


def _without_column(table, *names):
    return replace(table, columns=tuple(column for column in table.columns if column.name not in names), by_name={})


def _share_taken_away(table):
    return _without_column(table, "share_pct", "share_decimals")


def _of(tables, name, change):
    return tuple(change(table) if table.name == name else table for table in tables)


def _new_figure(table):
    return replace(table, columns=(*table.columns, *figure("growth_pct", "growth", "percent", Fact("{series}", "growth", OWN))), by_name={})


def _fact_forgotten(table):
    columns = tuple(replace(column, holds=None) if column.name == "share_pct" else column for column in table.columns)
    return replace(table, columns=columns, by_name={})


def _kept_with_none(table):
    return replace(table, kept_with="metrics.lost", by_name={})


def _metric_forgotten(metrics):
    (wide,) = metrics.wide
    columns = tuple(replace(column, computes=None) if column.name == "balance_musd" else column for column in wide.table.columns)
    return replace(metrics, wide=(replace(wide, table=replace(wide.table, columns=columns, by_name={})),))


UNFINISHED = {
    "a column that no table has": (
        bulletin_tables, "TABLES", lambda tables: _of(tables, "china_top_five", _share_taken_away),
        r"uscc: its reader gives the column share_pct of china_top_five, which china_top_five does not have: add it in tables\.py",
    ),
    "a column that no reader gives": (
        bulletin_tables, "TABLES", lambda tables: _of(tables, "china_top_five", _new_figure),
        r"uscc: the figure china_top_five\.growth_pct is given by no reader: add it to TABLES of one",
    ),
    "a figure without its fact": (
        bulletin_tables, "TABLES", lambda tables: _of(tables, "china_top_five", _fact_forgotten),
        r"uscc: the figure china_top_five\.share_pct has no fact: say in tables\.py which series",
    ),
    "a printed table that none shows": (
        bulletin, "TABLES", lambda printed: {**printed, "china_ports": ("value_musd",)},
        r"uscc: its reader gives the table china_ports, which no validated table shows: .*UNSHOWN of the reader why not",
    ),
    "a table that none prints": (
        bulletin, "TABLES", lambda printed: {name: columns for name, columns in printed.items() if name != "china_top_five"},
        r"uscc: the table china_top_five shows china_top_five, which no reader gives",
    ),
    "a reader without tables": (bulletin, "TABLES", lambda printed: {}, r"china_trade_growth, which no reader gives"),
    "no reason for gaps": (
        bulletin_tables, "TABLES", lambda tables: _of(tables, "china_top_five", lambda table: _without_column(table, "gaps")),
        r"uscc: the table china_top_five has no column gaps",
    ),
    "a table of another family": (
        bulletin_tables, "TABLES", lambda tables: _of(tables, "china_top_five", lambda table: replace(table, family="mxp", by_name={})),
        r"uscc: the table china_top_five says that it is of mxp",
    ),
    "a table with the name of a family": (
        bulletin_tables, "TABLES", lambda tables: _of(tables, "china_top_five", lambda table: replace(table, name="uscc", by_name={})),
        r"uscc: the table uscc has the name of a family, whose facts are the table parsed\.uscc: name it otherwise",
    ),
    "a rule shown nowhere": (
        bulletin_rules, "RULES", lambda rules: (*rules, replace(rules[0], name="lost", table="china_ports")),
        r"uscc: the rule lost is shown at china_ports, which is none of its tables",
    ),
    "a metric table without rows": (
        bulletin_metrics, "METRICS", lambda metrics: replace(metrics, wide=()),
        r"uscc: the metric table china_balances has no rows: name it in METRICS of metrics\.py",
    ),
    "a metric table kept with none": (
        trade_tables, "METRIC_TABLES", lambda tables: _of(tables, "trade_ratios", _kept_with_none),
        r"ft900: the metric table trade_ratios is kept with metrics\.lost, which is none of its METRIC_TABLES",
    ),
    "a validated table that is no asset": (
        bulletin_tables, "TABLES", lambda tables: _of(tables, "china_top_five", lambda table: replace(table, kept_with="x.y", by_name={})),
        r"uscc: the table china_top_five is kept with x\.y: a validated table is an asset of its own",
    ),
    "a metric that nothing defines": (
        bulletin_metrics, "METRICS", lambda metrics: replace(metrics, definitions=metrics.definitions[:-1]),
        r"uscc: the figure china_balances\.share_of_deficit_pct is the metric share_of_deficit, which nothing defines: add it",
    ),
    "a figure that is no metric": (
        bulletin_metrics, "METRICS", _metric_forgotten,
        r"uscc: the figure china_balances\.balance_musd is computed by nothing: say in tables\.py which metric it is",
    ),
    "a metric table that is not declared": (
        bulletin_tables, "METRIC_TABLES", lambda tables: (), r"uscc: the metric table china_balances is not among METRIC_TABLES",
    ),
    "a metric of a table that is not declared": (
        bulletin_metrics, "METRICS", lambda metrics: replace(metrics, sources=(replace(metrics.sources[0], name="lost", by_name={}),)),
        r"uscc: its metrics come from lost, which is not among its TABLES",
    ),
    "marks in a table that is not shown": (
        trade_policy, "POLICY", lambda policy: replace(policy, marks=replace(policy.marks, tables=("goods_and_servics",))),
        r"ft900: its policy has marks in goods_and_servics, which no table shows",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", UNFINISHED)
def test_an_unfinished_declaration_is_refused(monkeypatch, what):
    module, name, change, message = UNFINISHED[what]
    require_complete()
    monkeypatch.setattr(module, name, change(getattr(module, name)))
    with pytest.raises(IncompleteFamilyError, match=message):
        require_complete()


def _texts(path):
    """The texts of a module that are no docstrings, with their lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def test_no_family_is_named_outside_of_the_families():
    assert len(NAMES) >= 5 and set(NAMES) == set(families())
    word = re.compile(rf"(?<![\w-])(?:{'|'.join(NAMES)})(?![\w-])")
    named = [
        f"{path.relative_to(PACKAGE)}:{line} {text[:60]}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if FOLDERS not in path.parents
        for line, text in _texts(path)
        if word.search(text)
    ]
    assert named == []


def test_nothing_outside_imports_from_a_family():
    importing = re.compile(r"^\s*(?:from|import) trade_assets\.families\b", re.MULTILINE)
    others = [path for path in PACKAGE.rglob("*.py") if FOLDERS not in path.parents]
    assert len(others) > 150
    assert [str(path) for path in others if importing.search(path.read_text(encoding="utf-8"))] == []
