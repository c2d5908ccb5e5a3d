"""Which functions of the package each test calls: a plugin of pytest, for ``mutation.py``.

What is made once and used by many tests counts for each of them: the fixtures of a session or a module, and what
``functools.cache`` holds. Calls in other processes are not seen.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

Called = set[tuple[str, str]]
"""Functions as the path of their file and their qualified name."""


class TracedCalls:
    """The plugin, for any number of test modules. To be made before the package or its tests are imported.

    Of each module it tells, as soon as its last test is done:

    * called: by test that passed, the functions as ``path::name`` from the repository's root; methods by class and name.
    * seconds: by test that passed, the processor time that it took without the fixtures that others use too.
    * shared: by fixture of a session or module, that which it took.
    * uses: by test that passed, the shared fixtures that it needs.

    Args:
        told: takes the file of a module and these.
    """

    def __init__(self, repository: Path, told: Callable[[Path, dict[str, Any]], None]) -> None:
        self.root = str(repository / "trade_assets") + "/"
        self.repository = str(repository) + "/"
        self.stack: list[Called] = [set()]
        self.told = told
        self.of_fixture: dict[str, Called] = {}
        self.of_session: set[str] = set()
        self.called: dict[str, list[str]] = {}
        self.seconds: dict[str, float] = {}
        self.shared: dict[str, float] = {}
        self.uses: dict[str, list[str]] = {}
        self._spent = 0.0
        functools.cache = self._cache  # type: ignore[assignment]
        functools.lru_cache = self._lru_cache  # type: ignore[assignment]
        sys.settrace(self._trace)

    def _trace(self, frame: Any, event: str, argument: Any) -> None:
        code = frame.f_code
        if code.co_filename.startswith(self.root):
            self.stack[-1].add((code.co_filename, code.co_qualname))

    def _cache(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """``functools.cache`` that remembers what was called for each result."""
        results: dict[Any, tuple[Any, Called]] = {}

        @functools.wraps(function)
        def cached(*arguments: Any, **named: Any) -> Any:
            key = (arguments, tuple(sorted(named.items())))
            if key not in results:
                with self._recorded() as called:
                    result = function(*arguments, **named)
                results[key] = result, called
            result, called = results[key]
            self.stack[-1] |= called
            return result

        cached.cache_clear = results.clear  # type: ignore[attr-defined]
        return cached

    def _lru_cache(self, maxsize: Any = None, typed: bool = False) -> Any:
        """``functools.lru_cache`` with its arguments or without; what it would forget stays."""
        return self._cache(maxsize) if callable(maxsize) else self._cache

    def _recorded(self) -> _Recording:
        return _Recording(self.stack)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """A few examples of each property call what all of them call, in far less time."""
        hypothesis.settings.register_profile("traced", deadline=None, max_examples=10, database=None)
        hypothesis.settings.load_profile("traced")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Iterator[None]:
        """Fixtures that many tests use are recorded by themselves."""
        if fixturedef.scope == "function":
            return (yield)
        start = _used()
        with self._recorded() as called:
            made = yield
        self.of_fixture[fixturedef.argname] = called
        if fixturedef.scope == "session":
            self.of_session.add(fixturedef.argname)
        took = _used() - start
        self.shared[fixturedef.argname] = took
        self._spent += took
        return made

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        """A test with all that its fixtures do."""
        start, self._spent, self._passed = _used(), 0.0, True
        sys.settrace(self._trace)
        with self._recorded() as called:
            done = yield
        if self._passed:
            uses = [name for name in getattr(item, "fixturenames", ()) if name in self.of_fixture]
            for name in uses:
                called |= self.of_fixture[name]
            self.called[item.nodeid] = sorted({self._name(*each) for each in called})
            self.seconds[item.nodeid] = _used() - start - self._spent
            self.uses[item.nodeid] = uses
        if nextitem is None or nextitem.path != item.path:
            self._end_of_module(item.path)
        return done

    def _end_of_module(self, path: Path) -> None:
        """Tell what is known of a module, and forget all but what the session made: another may have a fixture of the same name."""
        names = {name for uses in self.uses.values() for name in uses}
        shared = {name: took for name, took in self.shared.items() if name in names}
        self.told(path, {"called": self.called, "seconds": self.seconds, "shared": shared, "uses": self.uses})
        self.called, self.seconds, self.uses = {}, {}, {}
        for known in (self.of_fixture, self.shared):
            for name in known.keys() - self.of_session:
                del known[name]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tests that fail or are skipped notice nothing."""
        self._passed = self._passed and report.passed

    def _name(self, file: str, function: str) -> str:
        return f"{file.removeprefix(self.repository)}::{function.partition('.<locals>')[0]}"


class _Recording:
    def __init__(self, stack: list[Called]) -> None:
        self.stack, self.called = stack, Called()

    def __enter__(self) -> Called:
        self.stack.append(self.called)
        return self.called

    def __exit__(self, *raised: object) -> None:
        self.stack.pop()


def _used() -> float:
    """The processor time of this process and of those that it waited for: the same however busy the machine is."""
    return sum(os.times()[:4])
