"""Deliberate faults in a module's source: each changes one thing, and what it changes is a slip that a programmer makes."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

KINDS = (
    "comparison", "bound", "negation", "boolean", "arithmetic", "constant", "key", "arguments", "call", "statement", "guard", "return",
    "first only",
)  # fmt: skip
"""``bound``: off by one; ``key``: a text that is looked up or compared; ``call``: one left out, or its opposite; ``guard``: an
``if`` that ends its block left out; ``return``: the rest of a function left out, or a truth turned; ``first only``: a loop that
ends after one pass."""

_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt,
}  # fmt: skip
_OFF_BY_ONE: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_OPPOSITE: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_OPPOSITE_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}
_CALLS_LEFT_OUT = {"sorted", "abs", "set", "round", "reversed"}
_METHODS_LEFT_OUT = {
    "strip", "rstrip", "lstrip", "lower", "upper", "casefold", "copy", "drop_duplicates", "dropna", "sort_values", "sort_index",
    "fillna", "removeprefix", "removesuffix",
}  # fmt: skip
_METHODS_OF_TEXT = {"get", "partition", "rpartition", "split", "startswith", "endswith", "removeprefix", "removesuffix", "pop"}
_ANY_ORDER = {"isinstance", "issubclass", "getattr", "max", "min"}
# Arguments that state what holds anyway, or how a thing is said, not what is done.
_STATED = {"strict", "frozen", "slots", "ensure_ascii", "allow_unicode", "width", "indent", "stacklevel", "ignore_index", "copy"}
_ENDS = ast.Return | ast.Raise | ast.Continue | ast.Break


class Mutant(NamedTuple):
    """One fault: a piece of a module's source and what stands there instead.

    Attributes:
        path: of the module, from the repository's root.
        function: the function or method around it by its dotted name; empty for a module's or class's own statements.
        names: for those, the names that they bind.
        start, end: offsets into the source, half-open.
    """

    path: str
    function: str
    names: tuple[str, ...]
    kind: str
    line: int
    start: int
    end: int
    text: str

    def applied(self, source: str) -> str:
        """The module's source with the fault in it."""
        return source[: self.start] + self.text + source[self.end :]

    def changed_lines(self, source: str) -> tuple[list[str], list[str]]:
        """The lines that the fault changes, before and after."""
        first, last = source.rfind("\n", 0, self.start) + 1, source.find("\n", self.end)
        last = len(source) if last < 0 else last
        after = source[first : self.start] + self.text + source[self.end : last]
        return source[first:last].split("\n"), after.split("\n")


def mutants_of(path: str, source: str) -> list[Mutant]:
    """All faults of a module, in the order of its text; whether one is a fault at all is asked of those that are drawn."""
    tree = ast.parse(source)
    made = _Maker(path, source, tree)
    return list(dict.fromkeys(mutant for statement in tree.body for mutant in made.statement(statement, "", (), None)))


def is_fault(source: str, mutant: Mutant) -> bool:
    """Whether the altered source compiles and says something else."""
    try:
        altered = ast.parse(mutant.applied(source))
    except SyntaxError:
        return False
    return ast.dump(altered) != ast.dump(ast.parse(source))


class _Maker:
    """Walks a module's statements and expressions, and says of each what could be wrong about it."""

    def __init__(self, path: str, source: str, tree: ast.Module) -> None:
        self.path, self.source = path, source
        self.offsets = [0]
        for line in source.split("\n"):
            self.offsets.append(self.offsets[-1] + len(line) + 1)
        self.lines = source.split("\n")
        self.keys = sorted({each.value for node in ast.walk(tree) for each in _keys(node)})

    # Statements

    def statement(self, node: ast.stmt, function: str, names: tuple[str, ...], returns: ast.expr | None) -> Iterator[Mutant]:
        """The faults of a statement and of all within it."""
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal) or _is_not_run(node):
            return
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from self._definition(node, function, names)
            return
        here = (function, names or _bound(node))

        def fault(kind: str, at: ast.AST, text: str) -> Mutant:
            return self._mutant(*here, kind, at, text)

        is_done_for_effect = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom)
        if is_done_for_effect or isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break | ast.Delete):
            yield fault("statement", node, "pass")
        elif isinstance(node, ast.If | ast.While):
            yield fault("negation", node.test, f"not ({ast.unparse(node.test)})")
            if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], _ENDS):
                yield fault("guard", node, "pass")
        elif isinstance(node, ast.Return) and node.value is not None and isinstance(returns, ast.Name) and returns.id == "bool":
            yield fault("return", node.value, f"not ({ast.unparse(node.value)})")
        if isinstance(node, ast.For | ast.While) and not isinstance(node.body[-1], _ENDS):
            yield self._inserted(*here, "first only", node.body[-1], "break")
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.stmt):
                yield from self.statement(part, *here, returns)
            elif isinstance(part, ast.ExceptHandler | ast.match_case):
                for inner in part.body:
                    yield from self.statement(inner, *here, returns)
            elif not (isinstance(node, ast.AnnAssign) and part is node.annotation):
                yield from self.expression(part, *here)

    def _definition(self, node: ast.FunctionDef | ast.ClassDef, function: str, names: tuple[str, ...]) -> Iterator[Mutant]:
        bound = names or (node.name,)
        decorators = [each for each in node.decorator_list if "dataclass" not in ast.unparse(each)]
        for part in decorators:
            yield from self.expression(part, "", bound)
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield from self._method(inner, f"{node.name}.{inner.name}", bound)
                else:
                    yield from self.statement(inner, "", bound, None)
            return
        yield from self._method(node, function or node.name, bound)

    def _method(self, node: ast.FunctionDef, function: str, names: tuple[str, ...]) -> Iterator[Mutant]:
        for default in (*node.args.defaults, *(each for each in node.args.kw_defaults if each)):
            yield from self.expression(default, function, names)
        body = node.body[1:] if _is_docstring(node.body[0]) else node.body
        if not any(isinstance(each, ast.Return) and each.value for each in ast.walk(node)):
            for inner in body[1:]:
                yield self._early(function, inner)
        for inner in body:
            yield from self.statement(inner, function, (), node.returns)

    def _early(self, function: str, node: ast.stmt) -> Mutant:
        at = self._offset(node.lineno, node.col_offset)
        return Mutant(self.path, function, (), "return", node.lineno, at, at, "return\n" + " " * node.col_offset)

    # Expressions

    def expression(self, node: ast.AST, function: str, names: tuple[str, ...]) -> Iterator[Mutant]:
        """The faults of an expression and of all within it.

        What stands within a formatted text has no place of its own; a type says nothing when the program runs.
        """
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal"):
            return
        for kind, at, text in _faults(node, self.keys):
            yield self._mutant(function, names, kind, at, text)
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.keyword) and part.arg in _STATED:
                continue
            yield from self.expression(part, function, names)

    # Places

    def _offset(self, line: int, column: int) -> int:
        """The offset of a place that ``ast`` gives in bytes of UTF-8."""
        return self.offsets[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def _mutant(self, function: str, names: tuple[str, ...], kind: str, node: ast.AST, text: str) -> Mutant:
        line, column, end_line, end_column = (getattr(node, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"))
        return Mutant(self.path, function, names, kind, line, self._offset(line, column), self._offset(end_line, end_column), text)

    def _inserted(self, function: str, names: tuple[str, ...], kind: str, after: ast.stmt, text: str) -> Mutant:
        at = self._offset(after.end_lineno or after.lineno, after.end_col_offset or 0)
        return Mutant(self.path, function, names, kind, after.lineno, at, at, "\n" + " " * after.col_offset + text)


def _faults(node: ast.AST, keys: Sequence[str]) -> Iterator[tuple[str, ast.AST, str]]:
    """What could be wrong about one node: the kind, the piece, and what stands there instead."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        operator = type(node.ops[0])
        for kind, others in (("comparison", _FLIPPED), ("bound", _OFF_BY_ONE)):
            if operator in others:
                yield kind, node, f"({ast.unparse(ast.Compare(node.left, [others[operator]()], node.comparators))})"
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "boolean", node, f"({ast.unparse(ast.BoolOp(other, node.values))})"
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPPOSITE and not isinstance(node.left, ast.JoinedStr):
        yield "arithmetic", node, f"({ast.unparse(ast.BinOp(node.left, _OPPOSITE[type(node.op)](), node.right))})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield "negation" if isinstance(node.op, ast.Not) else "arithmetic", node, f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.IfExp):
        yield "negation", node.test, f"(not ({ast.unparse(node.test)}))"
    elif isinstance(node, ast.comprehension):
        yield "first only", node.iter, f"list({ast.unparse(node.iter)})[:1]"
        for test in node.ifs:
            yield "negation", test, f"(not ({ast.unparse(test)}))"
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        others = [not node.value] if isinstance(node.value, bool) else [node.value + 1, node.value - 1]
        yield from (("constant", node, f"({other})" if other < 0 else str(other)) for other in others)
    elif isinstance(node, ast.Call):
        yield from _faults_of_call(node)
    for key in _keys(node):
        yield "key", key, repr(_other(key.value, keys))


def _faults_of_call(node: ast.Call) -> Iterator[tuple[str, ast.AST, str]]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in _OPPOSITE_CALLS:
        yield "call", node.func, _OPPOSITE_CALLS[name]
    if name in _CALLS_LEFT_OUT and node.args:
        yield "call", node, f"({ast.unparse(node.args[0])})"
    if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS_LEFT_OUT:
        yield "call", node, f"({ast.unparse(node.func.value)})"
    plain = [each for each in node.args if not isinstance(each, ast.Starred)]
    if len(plain) == len(node.args) >= 2 and name not in _ANY_ORDER and ast.dump(plain[0]) != ast.dump(plain[1]):
        swapped = copy.copy(node)
        swapped.args = [plain[1], plain[0], *plain[2:]]
        yield "arguments", node, ast.unparse(swapped)


def _keys(node: ast.AST) -> Iterator[ast.Constant]:
    """The texts of a node by which something is looked up or told apart."""
    candidates: Iterable[ast.AST | None] = ()
    if isinstance(node, ast.Dict):
        candidates = node.keys
    elif isinstance(node, ast.Subscript):
        candidates = node.slice.elts if isinstance(node.slice, ast.Tuple | ast.List) else [node.slice]
    elif isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        candidates = [part for side in sides for part in (side.elts if isinstance(side, ast.Tuple | ast.Set | ast.List) else [side])]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS_OF_TEXT:
        candidates = node.args[:1]
    for each in candidates:
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value:
            yield each


def _other(key: str, keys: Sequence[str]) -> str:
    """Another of the module's keys, or this one with a letter more."""
    others = [each for each in keys if each != key]
    return others[keys.index(key) % len(others)] if others else f"{key}_"


def _bound(node: ast.stmt) -> tuple[str, ...]:
    """The names that a statement of a module binds."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign | ast.AugAssign) else []
    return tuple(each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_not_run(node: ast.stmt) -> bool:
    """Documentation, and what only a type checker or a script's caller reads."""
    is_guarded = isinstance(node, ast.If) and any(name in ast.unparse(node.test) for name in ("TYPE_CHECKING", "__name__"))
    return _is_docstring(node) or is_guarded or isinstance(node, ast.Pass | ast.Assert)
