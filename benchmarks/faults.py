"""How well errors are localised: one known error per altered copy of a document, or one shift, swap or pair.

    python benchmarks/faults.py [--seed N] [--copies N] [--many N]

Whether the identities can show an error at all is decided apart, by ``brute_force.py``; shares are those of the errors
that can be shown. A seed is drawn anew in each run and printed; given again it repeats the run, times aside. The
China bulletin has an error of its own (outbound investment 2011): its cells take no part.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

from brute_force import missed
from planting import MANY, Original, Planted, Refused, single

from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.findings import Finding
from trade_assets.identities.forms import Printed
from trade_assets.identities.localise import localise
from trade_assets.identities.rules import rules_of

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"
FT900, PRICES, USCC = ("ft900", "2016-11"), (("mxp", "2018-08"), ("mxp", "2012-08")), ("uscc", "2013-01")
PROVEN_COLUMNS = ("index_previous_month", "index_latest_month", "change_latest_month_pct")

ALL = 1.0
TARGETS = {
    ("ft900", "any figure"): {"detected": ALL, "first": 0.99, "proposed": 0.97, "certain": 0.99, "wrong": 0},
    ("mxp", "index or change"): {"detected": ALL, "first": 0.87, "listed": ALL, "proposed": 0.84, "certain": 0.20, "wrong": 0},
    ("mxp", "table A"): {"detected": ALL, "first": 0.87, "wrong": 0},
    ("uscc", "any figure"): {"detected": ALL, "wrong": 0},
    ("ft900", "pair"): {"both named": 0.90},
    ("ft900", "swap"): {"as a swap": 0.95},
    ("ft900", "row"): {"one issue": ALL},
    ("ft900", "column"): {"one issue": ALL},
    ("mxp", "row"): {"one issue": ALL},
    ("mxp", "column"): {"one issue": ALL},
}
"""The least share of the errors shown, by family and kind; of wrong claims of certainty, the most."""


class Task(NamedTuple):
    """Some copies of one document with errors of one kind."""

    document: tuple[str, str]
    kind: str
    copies: int
    seed: str


@dataclass(frozen=True)
class Outcome:
    """What became of one copy; ``None`` says nothing of a share.

    Attributes:
        is_refused: the reader did not take it.
        is_shown: some identity is violated, by brute force.
        agrees: the identities and brute force say the same of every place.
        shares: what localisation made of it, by the column of the report.
        wrong: how many findings claim certainty for a cell that was not altered.
        ms: evaluation and localisation.
    """

    is_refused: bool
    is_shown: bool = False
    agrees: bool = True
    shares: dict[str, bool | None] = field(default_factory=dict)
    wrong: int = 0
    ms: float = 0.0


@cache
def original(family: str, month: str) -> Original:
    """A shipped document."""
    (path,) = (RAW / month).glob(f"{family}-*.txt")
    return Original(path.name, path.read_bytes())


def figures(document: Original, kind: str) -> list[int]:
    """The cells that single errors are planted in."""
    cells, found = document.reading.cells, document.figures
    if kind == "index or change":
        return [cell for cell in found if cells["column"][cell] in PROVEN_COLUMNS]
    if kind == "table A":
        facts = list(zip(cells["series"], cells["measure"], cells["period"], strict=True))
        again = {fact for cell, fact in enumerate(facts) if cells["table"][cell] != "price_changes"}
        return [cell for cell in found if cells["table"][cell] == "price_changes" and facts[cell] in again]
    return found


@cache
def own_errors(document: Original) -> frozenset[frozenset[int]]:
    """The cells of each identity that the document violates as published."""
    return frozenset(cells for _, cells in missed(document.reading.family, document.reading.cells))


def run(task: Task) -> list[Outcome]:
    """Plant, evaluate and localise; a refused copy is counted and drawn again."""
    document, found = original(*task.document), list[Outcome]()
    rng = random.Random(task.seed)  # noqa: S311  # to be repeated, not to be secret
    single_cells = figures(document, task.kind) if task.kind not in MANY else []
    own = {cell for cells in own_errors(document) for cell in cells}
    while sum(not outcome.is_refused for outcome in found) < task.copies:
        try:
            planted = MANY[task.kind](document, rng) if task.kind in MANY else single(document, single_cells, rng)
        except Refused:
            found.append(Outcome(is_refused=True))
            continue
        if own.isdisjoint(planted.cells):
            found.append(outcome_of(document, planted))
    return found


def outcome_of(document: Original, planted: Planted) -> Outcome:
    """What the package makes of a copy, against brute force."""
    family, own = document.reading.family, own_errors(document)
    start = time.process_time()
    facts = Facts.of_reading(planted.reading)
    evaluation = evaluate(rules_of(family), facts)
    findings = localise(facts, evaluation)
    ms = 1000 * (time.process_time() - start)
    shown = missed(family, planted.reading.cells)
    agrees = {(verdict.rule.name, frozenset(verdict.cells)) for verdict in evaluation.violated} == shown
    findings = [finding for finding in findings if not {frozenset(verdict.cells) for verdict in finding.violated} <= own]
    wrong = sum(finding.certainty == "certain" and finding.suspects[0].cell not in planted.cells for finding in findings)
    if all(cells in own for _, cells in shown):
        return Outcome(False, agrees=agrees, wrong=wrong, ms=ms)
    shares = single_shares(document, planted, findings) if len(planted.cells) == 1 else many_shares(document, planted, findings)
    return Outcome(False, True, agrees, shares, wrong, ms)


def single_shares(document: Original, planted: Planted, findings: Sequence[Finding]) -> dict[str, bool | None]:
    """One wrong cell: is it named, and named first, and with its original?"""
    (cell,) = planted.cells
    cells = document.reading.cells
    was = Printed(round(cells["value"][cell] * 10 ** cells["decimals"][cell]), cells["decimals"][cell])
    first = [finding.suspects[0] for finding in findings if finding.suspects[0].cell == cell]
    return {
        "detected": any(cell in verdict.cells for finding in findings for verdict in finding.violated),
        "one issue": len(findings) == 1,
        "first": bool(first),
        "listed": any(suspect.cell == cell for finding in findings for suspect in finding.suspects),
        "proposed": any(suspect.proposal == was for suspect in first),
        "certain": any(finding.certainty == "certain" and finding.suspects[0].cell == cell for finding in findings),
    }


def many_shares(document: Original, planted: Planted, findings: Sequence[Finding]) -> dict[str, bool | None]:
    """Many wrong cells: how many issues, and do their first explanations name the cells that can be shown alone?"""
    wrong = set(planted.cells)
    named = {finding.suspects[each].cell for finding in findings if finding.explanations for each in finding.explanations[0]}
    swaps = [finding for finding in findings if finding.pattern and "exchanged" in finding.pattern]
    is_one_swap = len(findings) == len(swaps) == 1 and named == wrong
    if len(wrong) > 2:
        return {"one issue": len(findings) == 1, "all named": wrong <= named}
    seen = {cell for cell in wrong if is_shown_alone(document, planted, cell)}
    return {
        "one issue": len(findings) == 1,
        "both named": wrong <= named if len(seen) == 2 else None,
        "only one seen, named": seen <= named if len(seen) == 1 else None,
        "as a swap": is_one_swap if planted.kind == "swap" else None,
    }


def is_shown_alone(document: Original, planted: Planted, cell: int) -> bool:
    """Whether the document with this one of the errors violates an identity."""
    before, after = document.reading.cells, planted.reading.cells
    columns = dict(before)
    for name in ("value", "decimals", "flags"):
        columns[name] = [*before[name][:cell], after[name][cell], *before[name][cell + 1 :]]
    return any(cells not in own_errors(document) for _, cells in missed(document.reading.family, columns))


# The report

SINGLE_COLUMNS = ("detected", "one issue", "first", "listed", "proposed", "certain")
MANY_COLUMNS = ("one issue", "both named", "only one seen, named", "as a swap", "all named")


def report(title: str, columns: Sequence[str], found: dict[tuple[tuple[str, str], str], list[Outcome]]) -> list[str]:
    """Print one table, each share with its target behind it, and return the targets that are missed."""
    print(f"\n{title}")
    print(f"{'':31}{'copies':>7}{'refused':>8}{'shown':>6}" + "".join(f"{column:>{_width(column)}}" for column in columns) + _END)
    misses = []
    for (document, kind), outcomes in found.items():
        name = f"{' '.join(document)}, {kind}"
        targets = TARGETS.get((document[0], kind), {})
        shown = [outcome for outcome in outcomes if outcome.is_shown]
        line = f"{name:31}{len(outcomes):7}{sum(outcome.is_refused for outcome in outcomes):8}{len(shown):6}"
        for column in columns:
            share = mean(outcome.shares.get(column) for outcome in shown)
            target = targets.get(column)
            is_missed = share is not None and target is not None and share < target
            text = "" if share is None else f"{100 * share:.1f}%" + ("" if target is None else f" ≥{100 * target:.0f}")
            line += f"{text + '!' * is_missed:>{_width(column)}}"
            if is_missed:
                misses.append(f"{name}: {column} {text}")
        wrong = sum(outcome.wrong for outcome in outcomes)
        if "wrong" in targets and wrong > targets["wrong"]:
            misses.append(f"{name}: {wrong} wrong claims of certainty")
        times = [outcome.ms for outcome in outcomes if not outcome.is_refused]
        print(line + f"{wrong:7}{' ≤0' if 'wrong' in targets else '':3}{median(times):7.1f}{max(times):7.0f}")
        differing = sum(not outcome.agrees for outcome in outcomes)
        if differing:
            misses.append(f"{name}: the identities say otherwise than brute force of {differing} copies")
    return misses


_END = f"{'wrong':>7}{'':3}{'ms':>7}{'max':>7}"


def _width(column: str) -> int:
    return max(13, len(column) + 2)


def mean(values: Iterable[bool | None]) -> float | None:
    """The share of those that are true, of those that say anything."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def main() -> None:
    """Plant, localise, report."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seed", type=int, help="repeats the run of that seed")
    options.add_argument("--copies", type=int, default=400, help="copies read with one error, per document and kind")
    options.add_argument("--many", type=int, default=100, help="copies read with a pair, swap or shift, per document and kind")
    options.add_argument("--processes", type=int, default=2)
    given = options.parse_args()
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)

    singles = [(FT900, "any figure"), *((price, kind) for price in PRICES for kind in ("index or change", "table A")), (USCC, "any figure")]
    many = [(document, kind) for document in (FT900, *PRICES, USCC) for kind in MANY]
    counted = [*((each, given.copies) for each in singles), *((each, given.many) for each in many)]
    tasks = [
        Task(document, kind, len(range(part, copies, _PARTS)), f"{seed} {document} {kind} {part}")
        for (document, kind), copies in counted
        for part in range(_PARTS)
    ]
    start = time.perf_counter()
    found: dict[tuple[tuple[str, str], str], list[Outcome]] = {}
    with multiprocessing.Pool(given.processes) as pool:
        for task, outcomes in zip(tasks, pool.imap(run, tasks), strict=True):
            found.setdefault((task.document, task.kind), []).extend(outcomes)
    misses = report("One error per copy", SINGLE_COLUMNS, {each: found[each] for each in singles})
    misses += report("A pair, a swap of neighbours, a row shifted by a column, a column shifted by a row", MANY_COLUMNS, {
        each: found[each] for each in many
    })  # fmt: skip
    print(f"\n{time.perf_counter() - start:.0f} s; ms: evaluation and localisation of a copy, the median and the most")
    print("\n".join(["Targets missed:", *misses]) if misses else "All targets are met.")


_PARTS = 4  # of each kind, so that the processes end together

if __name__ == "__main__":
    main()
