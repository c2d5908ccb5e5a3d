"""The rule book checked against itself and against documents: rules that contradict, repeat, or never apply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations

from trade_assets.identities.binding import MISSING, bind
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import verdicts
from trade_assets.identities.forms import Form
from trade_assets.identities.kinds import Rule

_Place = tuple[Form, tuple[int, ...]]


def lint(rules: Sequence[Rule], documents: Iterable[Facts]) -> list[str]:
    """What is wrong with rules of one family, seen on documents of that family; empty if nothing is.

    * A rule that is evaluated at no place of any document.
    * A rule that holds at no place of any document, though it is evaluated: the documents contradict it.
    * A rule each of whose places another rule states too, or more strictly.
    * Two rules that no figures can satisfy at once, at a place that they share.
    """
    holding, evaluated = set[str](), set[str]()
    implied: dict[str, bool] = {}
    found: list[str] = []
    for facts in documents:
        bound = bind(rules, facts)
        for name, (holds, violated, _) in verdicts(bound, facts.figures).counts.items():
            holding |= {name} if holds else set()
            evaluated |= {name} if holds or violated else set()
        places: dict[frozenset[int], list[tuple[str, _Place]]] = defaultdict(list)
        for group in bound:
            for number in range(len(group)):
                cells = group.at(number)
                if MISSING not in cells:
                    places[frozenset(cells)].append((group.rule.name, (group.form, cells)))
        for stated in places.values():
            for (name, place), (other, its) in combinations(stated, 2):
                if name != other and _excludes(place, its):
                    found.append(f"{name} and {other} cannot both hold")
            for name, place in stated:
                is_implied = any(name != other and _implies(its, place) for other, its in stated)
                implied[name] = implied.get(name, True) and is_implied
    found += [f"{rule.name} is never evaluated" for rule in rules if rule.name not in evaluated]
    found += [f"{rule.name} holds nowhere" for rule in rules if rule.name in evaluated - holding]
    found += [f"{name} is implied by other rules wherever it applies" for name, is_implied in implied.items() if is_implied]
    return list(dict.fromkeys(found))


def _line(place: _Place) -> tuple[tuple[tuple[int, Fraction], ...], Fraction, Fraction] | None:
    """A linear place as weights by cell (the first is one), and the lowest and the highest weighted sum it allows.

    Rounding is left out: it widens all places of the same cells alike.
    """
    form, cells = place
    if form.weights is None or not form.weights:
        return None
    scale = Fraction(form.weights[0] if cells[0] == min(cells) else form.weights[cells.index(min(cells))])
    weights = tuple(sorted((cell, weight / scale) for cell, weight in zip(cells, form.weights, strict=True)))
    ends = ((-form.constant - form.slack) / scale, (-form.constant + form.slack) / scale)
    if form.sense == "equal":
        return weights, min(ends), max(ends)
    unbounded = Fraction(10**30)
    return (weights, -unbounded, max(ends)) if scale > 0 else (weights, min(ends), unbounded)


def _excludes(first: _Place, second: _Place) -> bool:
    """Whether no figures satisfy both places."""
    one, other = _line(first), _line(second)
    return one is not None and other is not None and one[0] == other[0] and (one[1] > other[2] or other[1] > one[2])


def _implies(first: _Place, second: _Place) -> bool:
    """Whether whatever satisfies the first place satisfies the second; of two alike, only the second is implied."""
    if first[0] is second[0] and first[1] == second[1]:
        return True
    one, other = _line(first), _line(second)
    return one is not None and other is not None and one[0] == other[0] and other[1] <= one[1] and one[2] <= other[2]
