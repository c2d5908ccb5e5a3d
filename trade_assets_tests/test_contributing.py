"""The recipes of docs/contributing.md, done as they stand there on a copy of the package: each half of one says what is missing."""

import ast
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

import trade_assets
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.made_files import exhibit_12, xlsx

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = Path(trade_assets.__file__).parent
GUIDE = (REPOSITORY / "docs" / "contributing.md").read_text(encoding="utf-8")
RECIPES = {
    section.partition("\n")[0].removeprefix("## "): section
    for section in re.split(r"^(?=## )", GUIDE, flags=re.MULTILINE)
    if "\n**1. " in section
}
_BLOCKS = re.compile(r"(?:^`(?P<path>trade_assets/\S+)`(?:, (?P<where>below|before) `(?P<anchor>[^\n]+)`|, (?P<end>at the end))?:\n\n)?"
                     r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)  # fmt: skip


def blocks_of(recipe):
    return [found.groupdict() for found in _BLOCKS.finditer(RECIPES[recipe])]


@pytest.fixture
def house(tmp_path):
    """A checkout of the package alone, and the folder that stands for ``/tmp``."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "house").mkdir()
    shutil.copytree(PACKAGE, tmp_path / "house" / "trade_assets", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path / "house")
    document = shipped_document("ft900", "2016-11")
    copy = tmp_path / "house" / document.relative_to(REPOSITORY)
    copy.parent.mkdir(parents=True)
    shutil.copy(document, copy)
    exhibit_5 = [[], ["Part A: Seasonally Adjusted"], ["Exhibit 5. U.S. Trade in Goods"], *exhibit_12(2025)[3:]]
    (tmp_path / "tmp" / "2026-02.exh5.xlsx").write_bytes(xlsx(exhibit_5, title="5"))
    return tmp_path / "house"


def write(house, block):
    """Put a block where the line before it says."""
    path = house / block["path"]
    if not (block["where"] or block["end"]):
        assert not path.exists()
        path.parent.mkdir(exist_ok=True)
        path.write_text(block["text"], encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    if block["end"]:
        path.write_text(text + block["text"], encoding="utf-8")
        return
    anchor = f"\n{block['anchor']}\n"
    assert text.count(anchor) == 1, block["anchor"]
    added = block["text"] if block["where"] == "below" else f"{block['text']}\n\n"
    at = text.index(anchor) + (len(anchor) if block["where"] == "below" else 1)
    path.write_text(text[:at] + added + text[at:], encoding="utf-8")


def said(house, commands):
    """What commands of the guide print, with paths as the guide has them."""
    here = house.parent / "tmp"
    script = commands.replace("/tmp/", f"{here}/").replace(".venv/bin/trade-assets", ".venv/bin/python -m trade_assets")
    script = script.replace(".venv/bin/python", sys.executable)
    done = subprocess.run(
        ["bash", "-c", script], cwd=house, env={**os.environ, "PYTHONPATH": str(house), "TMPDIR": str(here)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False, timeout=300,
    )  # fmt: skip
    return done.stdout.replace(f"{here}/", "/tmp/")


def is_as_shown(printed, shown):
    return re.fullmatch(r"[^\n]*?".join(map(re.escape, shown.split("…"))), printed) is not None


def test_there_are_three_recipes():
    assert list(RECIPES) == ["An exhibit", "A family", "A metric"]


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_block_of_a_recipe_is_written_or_run_or_compared(recipe):
    blocks = blocks_of(recipe)
    assert len(blocks) * 2 == RECIPES[recipe].count("```")
    for before, block in pairwise(blocks):
        assert (before["kind"] == "sh") == (block["kind"] == "text" and not block["path"])
    assert all(block["path"] for block in blocks if block["kind"] not in {"sh", "text"})
    assert sum(block["kind"] == "sh" for block in blocks) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
def test_each_half_of_a_recipe_says_what_is_missing(house, recipe):
    printed = ""
    for block in blocks_of(recipe):
        if block["path"]:
            write(house, block)
        elif block["kind"] == "sh":
            printed = said(house, block["text"])
        else:
            assert is_as_shown(printed, block["text"]), printed
    assert "built" in printed


def test_every_test_that_the_guide_names_is_there():
    tests = {
        node.name
        for path in (REPOSITORY / "trade_assets_tests").glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    named = set(re.findall(r"`(test_\w+)`", GUIDE))
    assert len(named) >= 12 and named <= tests


@pytest.mark.parametrize(("words", "where"), [
    ("run 'make docs'", "trade_assets_tests/test_readme.py"), ("is never evaluated", "trade_assets/identities/lint.py"),
])  # fmt: skip
def test_what_the_guide_says_of_tests_is_what_they_say(words, where):
    assert f"`{words}`" in GUIDE and words in (REPOSITORY / where).read_text(encoding="utf-8")


def test_hooks_are_local_and_run_the_project_s_own_ruff():
    config = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [each["repo"] for each in config["repos"]] == ["local"]
    (hooks,) = (each["hooks"] for each in config["repos"])
    assert [hook["entry"].split()[:2] for hook in hooks] == [[".venv/bin/ruff", "check"], [".venv/bin/ruff", "format"]]
    assert "pre-commit" in GUIDE


def test_issues_have_two_templates():
    templates = sorted((REPOSITORY / ".github" / "ISSUE_TEMPLATE").glob("*"))
    assert [path.name for path in templates] == ["new-document.md", "wrong-figure.md"]
    for path in templates:
        head = yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])
        assert set(head) == {"name", "about", "title", "labels"}
        for page in re.findall(r"\bdocs/\S+?\.md\b", path.read_text(encoding="utf-8")):
            assert (REPOSITORY / page).is_file()
