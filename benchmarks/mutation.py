"""How many deliberate faults the quick suite notices: a seeded sample per room, each fault alone, the tests that reach it.

    python benchmarks/mutation.py [--seed N] [--rooms review,facts] [--tests review,report] [--mutants N] [--minutes N]
                                  [--seconds N] [--state FOLDER] [--again] [--kept]

A copy of the repository in the folder of the state is mutated, never the repository itself. First every test runs once,
under a tracer, so that it is known which functions it calls (``traced_calls.py``); a test module that changes is traced
again, and so is all with ``--trace``. Then each fault is run against the tests that call the function around it, or, for
what stands outside of functions, the functions that mention its name; those that call the fewest functions first,
until one fails, or until they would take longer than ``--seconds``. A fault that makes the tests run far longer than they
should is noticed too. Results are kept: a run that was ended goes on where it was, and ``--again`` runs those once more that
were not noticed. Faults that change no behaviour stand in ``equivalent_mutants.csv`` with the reason.

Tried first, on ``review/consequence.py``: mutmut 3.8 is quick (it forks a process that has everything loaded), but it
leaves out methods with decorators (most of ``review/issues.py``) and all declarations, makes neither dropped statements nor
swapped arguments, and draws no seeded sample. cosmic-ray 8.7 is restartable and draws no sample either; it has no fault
that drops a statement, swaps arguments or changes a key, three of four of its mutants exchange one operator for ten
others, and each starts Python anew (4 s, here 0.4). So this one forks, and is about what mutmut and cosmic-ray leave out.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import hashlib
import importlib
import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutants as faults
import pytest
from mutants import Mutant
from reached_tests import Mentions, Test, in_turn, reaching
from traced_calls import TracedCalls

REPOSITORY = Path(__file__).resolve().parents[1]
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.csv")
PRELOADED = (
    "numpy", "pandas", "pandera.pandas", "pyarrow.parquet", "duckdb", "dagster", "fsspec", "hypothesis", "yaml", "click.testing",
    "rich.console", "python_calamine", "openpyxl", "pdfplumber", "statsmodels.api", "great_expectations", "pytest_timeout",
)  # fmt: skip
"""What a test loads besides the package; loaded once, before the processes of the tests fork."""
OPTIONS = ["-q", "-x", "--no-header", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:randomly", "-o", "addopts=", "--tb=no"]
QUICK = ["-m", "not slow and not browser"]
TRACE_LIMIT = 3600


@dataclass
class Result:
    """What became of a fault.

    Attributes:
        by: the test that noticed it; "time" if it made them run too long; empty if none did.
        tests: how many tests reach it.
        left_out: how many of them were not run, for lack of time.
    """

    mutant: Mutant
    by: str
    tests: int
    left_out: int
    diff: str


# The copy


def copied(state: Path) -> Path:
    """The tree that is mutated: the repository's files as they are now, beside a link to what is beside it."""
    tree = state / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=REPOSITORY, capture_output=True, check=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, tree / name)
    shared, link = REPOSITORY.parent / "shared", state / "shared"
    if shared.is_dir() and not link.exists():
        link.symlink_to(shared.resolve())
    # Bytecode told by the hash of its source: a mutated module is never taken for the one before it.
    compiled = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "trade_assets"]
    subprocess.run(compiled, cwd=tree, check=True)
    return tree


def in_child(tree: Path, log: Path, limit: float, work: Callable[[], str]) -> str | None:
    """What a function returns in a process of its own, in the copy; ``None`` if it takes too long."""
    answer = log.with_suffix(".answer")
    answer.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            with log.open("wb") as file:
                for stream in (1, 2):
                    os.dup2(file.fileno(), stream)
            os.chdir(tree)
            os.environ.update(PYTHONPATH=str(tree), PYTHONDONTWRITEBYTECODE="1")
            sys.dont_write_bytecode = True
            sys.path[0] = str(tree)
            answer.write_text(work())
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    end, waited = time.monotonic() + limit, 0.02
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(waited)
        waited = min(waited * 1.2, 0.2)
    return answer.read_text() if answer.exists() else "the process ended"


# Which tests reach what


def traced(tree: Path, state: Path, wanted: Sequence[str], is_anew: bool) -> list[Test]:
    """The quick tests of some modules with what they call, from the state or run now: in one process, which builds once what they share."""
    folder = state / "calls"
    folder.mkdir(exist_ok=True)
    modules = sorted({path for pattern in wanted for path in (tree / "trade_assets_tests").glob(f"test_{pattern}.py")})
    waiting = [module for module in modules if is_anew or "digest" not in _known_calls(folder, module)]
    if waiting:
        start = time.perf_counter()
        answer = in_child(tree, state / "trace.log", TRACE_LIMIT, lambda: _trace(tree, state, waiting))
        print(f"traced in {time.perf_counter() - start:.0f} s, {answer or 'cut off'}: see {state / 'trace.log'}", flush=True)
    found: list[Test] = []
    for module in modules:
        known = _known_calls(folder, module)
        if not known:
            print(f"{module.name} was not traced", flush=True)
            continue
        for name, called in known["called"].items():
            shared = {fixture: known["shared"][fixture] for fixture in known["uses"][name]}
            found.append(Test(name, known["seconds"][name], shared, frozenset(called)))
    return found


def _known_calls(folder: Path, module: Path) -> dict[str, Any]:
    """What is kept of a test module as it is now; empty without it."""
    kept = folder / f"{module.stem}.json"
    known: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    return known if known.get("digest") == hashlib.sha256(module.read_bytes()).hexdigest() else {}


def _trace(tree: Path, state: Path, modules: Sequence[Path]) -> str:
    """Run modules under the tracer and keep what each calls as soon as it is known."""
    ran = set()

    def keep(module: Path, told: dict[str, Any]) -> None:
        ran.add(module.name)
        kept, written = state / "calls" / f"{module.stem}.json", state / "calls.new"
        written.write_text(json.dumps({"digest": hashlib.sha256(module.read_bytes()).hexdigest(), **told}))
        written.replace(kept)

    plugin = TracedCalls(tree, keep)
    options = [each for each in OPTIONS if each != "-x"]
    names = [f"trade_assets_tests/{module.name}" for module in modules]
    status = pytest.main([*options, *QUICK, f"--basetemp={state / 'tmp'}", *names], plugins=[plugin])
    without = [module for module in modules if module.name not in ran]
    if status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        for module in without:
            keep(module, {"called": {}, "seconds": {}, "shared": {}, "uses": {}})
    return f"{len(modules)} test modules, {len(without)} of them without a quick test, status {int(status)} of pytest"


# The faults


def drawn(tree: Path, room: str, count: int, seed: int, known: set[tuple[str, ...]]) -> list[Mutant]:
    """A sample of a room's faults: first the kind, then one of that kind; at most one of a kind per line."""
    paths = sorted((tree / "trade_assets").rglob("*.py"))
    sources = {str(path.relative_to(tree)): path.read_text() for path in paths if room_of(path.relative_to(tree)) == room}
    by_kind = defaultdict(list)
    for path, source in sources.items():
        for mutant in faults.mutants_of(path, source):
            by_kind[mutant.kind].append(mutant)
    rng = random.Random(f"{seed} {room}")  # noqa: S311  # to be repeated, not to be secret
    found: list[Mutant] = []
    places = set()
    while len(found) < count and by_kind:
        kind = rng.choice(sorted(by_kind))
        mutant = by_kind[kind].pop(rng.randrange(len(by_kind[kind])))
        if not by_kind[kind]:
            del by_kind[kind]
        source, place = sources[mutant.path], (mutant.path, mutant.line, kind)
        if place not in places and faults.is_fault(source, mutant) and identity(mutant, source) not in known:
            places.add(place)
            found.append(mutant)
    return found


def room_of(path: Path) -> str:
    """The room of a module: its folder in the package, or ``doors`` for the modules beside them."""
    return path.parts[1] if len(path.parts) > 2 else "doors"


def rooms_of(tree: Path) -> list[str]:
    """All rooms."""
    return sorted({room_of(path.relative_to(tree)) for path in (tree / "trade_assets").rglob("*.py")})


def identity(mutant: Mutant, source: str) -> tuple[str, ...]:
    """A fault by what it changes, so that it is known again where lines have moved."""
    before, after = mutant.changed_lines(source)
    return (mutant.path, *("\n".join(line.strip() for line in lines) for lines in (before, after)))


def equivalents() -> set[tuple[str, ...]]:
    """The faults that change no behaviour."""
    with EQUIVALENT.open(newline="", encoding="utf-8") as file:
        return {(row["module"], row["before"], row["after"]) for row in csv.DictReader(file)}


def run(mutant: Mutant, tree: Path, state: Path, chosen: Sequence[Test]) -> str:
    """Which test notices a fault."""
    path = tree / mutant.path
    source = path.read_text()
    expected = sum(test.seconds for test in chosen) + sum({name: took for test in chosen for name, took in test.shared.items()}.values())
    path.write_text(mutant.applied(source))
    try:
        answer = in_child(tree, state / "mutant.log", 20 * expected + 120, lambda: _first_failure(state, [test.name for test in chosen]))
    finally:
        path.write_text(source)
    return "time" if answer is None else answer


class _Failures:
    first = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and not self.first:
            self.first = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed and not self.first:
            self.first = f"import of {report.nodeid}"


def _first_failure(state: Path, names: Sequence[str]) -> str:

    plugin = _Failures()
    status = pytest.main([*OPTIONS, "--hypothesis-seed=0", f"--basetemp={state / 'tmp'}", *names], plugins=[plugin])
    return plugin.first or ("" if status == 0 else f"status {int(status)} of pytest")


# The report


def report(results: Sequence[Result]) -> None:
    """What was not noticed, then the score per room."""
    for result in results:
        if not result.by:
            reached = f"{result.tests} tests reach it" + (f", {result.left_out} were left out" if result.left_out else "")
            print(f"\nnot noticed: {result.mutant.kind}, {result.mutant.function or 'a declaration'}; {reached}\n{result.diff}")
    by_room = defaultdict(list)
    for result in results:
        by_room[room_of(Path(result.mutant.path))].append(result)
    print(f"\n{'room':14}{'faults':>8}{'noticed':>9}{'share':>8}{'reached by no test':>20}")
    for room, found in [*sorted(by_room.items()), ("all", list(results))]:
        noticed = sum(bool(result.by) for result in found)
        unreached = sum(not result.tests for result in found)
        print(f"{room:14}{len(found):8}{noticed:9}{100 * noticed / max(1, len(found)):7.0f}%{unreached:20}")


def kept_results(file: Path) -> dict[str, Result]:
    """The results of former runs."""
    found = {}
    for line in file.read_text().splitlines() if file.exists() else ():
        entry = json.loads(line)
        entry["mutant"] = Mutant(**entry["mutant"] | {"names": tuple(entry["mutant"]["names"])})
        name = entry.pop("id")
        found[name] = Result(**entry)
    return found


def main() -> None:
    """Draw, run, report."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seed", type=int, help="repeats the sample of that seed")
    options.add_argument("--rooms", help="some rooms, with commas; by default all")
    options.add_argument("--tests", default="*", help="some test modules, test_NAME.py, as patterns of NAME with commas; by default all")
    options.add_argument("--mutants", type=int, default=30, help="faults per room")
    options.add_argument("--minutes", type=float, default=60, help="no fault is begun after so many minutes")
    options.add_argument("--seconds", type=float, default=60, help="processor time of the tests run per fault, as the tracer saw it")
    options.add_argument("--state", type=Path, default=Path(tempfile.gettempdir()) / "trade_assets_mutation", help="outside the repository")
    options.add_argument("--again", action="store_true", help="run those once more that were not noticed")
    options.add_argument("--trace", action="store_true", help="ask anew which tests call what")
    options.add_argument("--kept", action="store_true", help="report what is known, and run nothing")
    given = options.parse_args()
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    state = given.state.resolve()
    if state.is_relative_to(REPOSITORY):
        options.error("the state stands outside the repository")
    state.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    tree = copied(state)
    rooms = given.rooms.split(",") if given.rooms else rooms_of(tree)
    print(f"seed {seed}, state in {state}", flush=True)
    kept = state / f"results-{seed}.jsonl"
    known, same = kept_results(kept), equivalents()
    results, waiting = [], []
    for room in rooms:
        for mutant in drawn(tree, room, given.mutants, seed, same):
            name = hashlib.sha256("\0".join(identity(mutant, (tree / mutant.path).read_text())).encode()).hexdigest()[:16]
            if name in known and not (given.again and not known[name].by):
                results.append(known[name])
            else:
                waiting.append((name, mutant))
    if waiting and not given.kept:
        for name in PRELOADED:
            try:
                importlib.import_module(name)
            except ImportError:
                continue
        tests, mentions = traced(tree, state, given.tests.split(","), given.trace), Mentions(tree)
        for number, (name, mutant) in enumerate(waiting, start=1):
            if time.monotonic() - start > 60 * given.minutes:
                print(f"{len(waiting) - number + 1} faults wait for the next run")
                break
            reached = reaching(mutant, tests, mentions)
            chosen = in_turn(reached, given.seconds)
            by = run(mutant, tree, state, chosen) if chosen else ""
            source = (tree / mutant.path).read_text()
            diff = "\n".join(difflib.unified_diff(*mutant.changed_lines(source), mutant.path, f"line {mutant.line}", n=0, lineterm=""))
            result = Result(mutant, by, len(reached), len(reached) - len(chosen), diff)
            results.append(result)
            with kept.open("a") as file:
                file.write(json.dumps({"id": name, **vars(result), "mutant": mutant._asdict()}) + "\n")
            print(f"{number}/{len(waiting)} {mutant.path}:{mutant.line} {mutant.kind}: {by or 'NOT NOTICED'}", flush=True)
    report(results)


if __name__ == "__main__":
    main()
