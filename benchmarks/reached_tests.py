"""Which tests reach a fault: those that call the function around it, or that mention what it stands in; the most direct first."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from mutants import Mutant


class Test(NamedTuple):
    """A test that passes: what it costs, and what it calls."""

    name: str
    seconds: float
    shared: dict[str, float]
    called: frozenset[str]


class Mentions:
    """Which functions of the package mention which names, so that what stands outside of functions has tests too."""

    def __init__(self, tree: Path) -> None:
        self.by_name: dict[str, set[str]] = defaultdict(set)
        self.bound: dict[str, set[str]] = defaultdict(set)  # names that are bound from other names
        for path in sorted((tree / "trade_assets").rglob("*.py")):
            module = ast.parse(path.read_text())
            for node in module.body:
                self._add(node, f"{path.relative_to(tree)}::", "")

    def _add(self, node: ast.stmt, place: str, within: str) -> None:
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                self._add(inner, place, f"{node.name}.")
            return
        named = [each for each in ast.walk(node) if isinstance(each, ast.Name | ast.Attribute)]
        names = {each.id if isinstance(each, ast.Name) else each.attr for each in named}
        if isinstance(node, ast.FunctionDef):
            for name in names:
                self.by_name[name].add(f"{place}{within}{node.name}")
                self.bound[name].add(node.name)
        elif not within:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []:
                for each in ast.walk(target):
                    if isinstance(each, ast.Name):
                        for name in names - {each.id}:
                            self.bound[name].add(each.id)

    def functions(self, names: Iterable[str]) -> list[set[str]]:
        """The functions that mention the names, and those that mention what is made of them, nearest first."""
        seen, now, rings = set(names), set(names), []
        for _ in range(4):
            rings.append({function for name in now for function in self.by_name[name]})
            now = {other for name in now for other in self.bound[name]} - seen
            seen |= now
        return rings


def reaching(mutant: Mutant, tests: Sequence[Test], mentions: Mentions) -> list[Test]:
    """The tests that reach a fault; for what stands outside of functions those of the nearest that any test calls."""
    if mutant.function:
        found = [test for test in tests if f"{mutant.path}::{mutant.function}" in test.called]
        if found:
            return found
    names = mutant.names or (mutant.function.rpartition(".")[2],)
    reached: set[str] = set()
    for ring in mentions.functions(names):
        reached |= ring
        found = [test for test in tests if not reached.isdisjoint(test.called)]
        if found:
            return found
    return [test for test in tests if any(name.startswith(f"{mutant.path}::") for name in test.called)]


def in_turn(tests: Sequence[Test], seconds: float) -> list[Test]:
    """As many tests as the time allows: first those that call the fewest functions, which are about what they call, then the quicker."""
    chosen, made, left = list[Test](), set[str](), seconds
    for test in sorted(tests, key=lambda test: (len(test.called), test.seconds + sum(test.shared.values()), test.name)):
        cost = test.seconds + sum(took for name, took in test.shared.items() if name not in made)
        if cost <= left or not chosen:
            chosen.append(test)
            made |= set(test.shared)
            left -= cost
    return chosen
