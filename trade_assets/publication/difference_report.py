"""The difference of a release as people and programs read it. Lists are cut, counts never."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from trade_assets.publication.difference import Change, Difference, Group
from trade_assets.publication.earlier_releases import Distance
from trade_assets.reading.errors import printable

_LISTED_FOR_PEOPLE, _LISTED_FOR_PROGRAMS, _LISTED_IN_TERMINAL, _LISTED_IN_LINE = 20, 200, 3, 5
_LONG = 200


def markdown(found: Difference) -> str:
    """The report for people: data loss first, then what changed, then what came."""
    lines = [f"# What {found.release_month} changes", "", *_compared(found), ""]
    for heading, groups in (("Data loss", found.losses), ("Changed", found.changes), ("Added", found.additions)):
        lines += [f"## {heading}: {count(_figures(groups), 'figure')}", ""]
        shown = [f"* {_said(each, _code)}" for each in groups[:_LISTED_FOR_PEOPLE]] or ["None."]
        left = groups[_LISTED_FOR_PEOPLE:]
        more = [f"* and {len(left):,} more, with {count(_figures(left), 'figure')}"] if left else []
        lines += [*shown, *more, ""]
    if found.rolled_off:
        lines += [f"## Rolled off: {count(_figures(found.rolled_off), 'figure')}", ""]
        lines += ["What left with time, by the publisher's own layout: nothing of it is lost.", ""]
        left = found.rolled_off[_LISTED_FOR_PEOPLE:]
        more = [f"* and {len(left):,} more, with {count(_figures(left), 'figure')}"] if left else []
        lines += [*(f"* {_said(each, _code)}" for each in found.rolled_off[:_LISTED_FOR_PEOPLE]), *more, ""]
    if found.moved_on:
        lines += ["## Moved on", "", "Rows that stand for another period now, by design; their figures are not compared.", ""]
        lines += [*(f"* {table}: {count(figures, 'figure')}" for table, figures in found.moved_on.items()), ""]
    if found.not_released:
        said = "Documents that the month does not have, so that nothing of them is lost; the month in which each was last released:"
        lines += ["## Not released this month", "", said, ""]
        absent = list(found.not_released.items())
        lines += [f"* {_code(product)}: {month}" for product, month in absent[:_LISTED_FOR_PEOPLE]]
        lines += [f"* and {len(absent) - _LISTED_FOR_PEOPLE:,} more", ""] if len(absent) > _LISTED_FOR_PEOPLE else [""]
    if found.not_compared:
        said = "Prints, which vintages.revisions compares one by one, and what is computed over several releases:"
        lines += ["## Not compared", "", f"{said} {', '.join(found.not_compared)}.", ""]
    return "\n".join(lines)


def _compared(found: Difference) -> Iterator[str]:
    """With what each table is compared: months, the tables, and the products whose documents they are."""
    by_month: dict[str | None, dict[str, list[str]]] = {}
    for table, products in found.compared_with.items():
        for product, month in products.items():
            by_month.setdefault(month, {}).setdefault(table, []).append(product)
    for month in sorted(by_month, key=lambda month: month or ""):
        tables = ", ".join(f"{table} ({_few(products)})" for table, products in by_month[month].items())
        yield f"* {f'compared with {month}' if month else 'first release, nothing to compare with'}: {tables}"
    for product, distance in found.distant.items():
        yield f"* not compared: {_code(product)}, {_apart(distance)}"
    if not by_month and not found.distant:
        yield "The month has no table with figures."


def _apart(distance: Distance) -> str:
    """How far the release before lies back, in words."""
    months = abs(distance.months)
    said = f"{count(months, 'month')} {'before' if distance.months > 0 else 'after'} {distance.reference_month}"
    return f"since the last release in the store is that of {distance.release_month}, which ends with {distance.former_month}, {said}"


def _few(products: Sequence[str]) -> str:
    more = [f"{len(products) - _LISTED_IN_LINE:,} more"] if len(products) > _LISTED_IN_LINE else []
    return ", ".join([*map(_code, products[:_LISTED_IN_LINE]), *more])


def count(number: int, noun: str) -> str:
    """``1 figure``, ``2,310 figures``."""
    return f"{number:,} {noun if number == 1 else f'{noun}s'}"


def _figures(groups: Sequence[Group | Change]) -> int:
    return sum(each.figures if isinstance(each, Group) else 1 for each in groups)


def _said(each: Group | Change, quoted: Callable[[str], str]) -> str:
    """One entry in words; all that may come from a document goes through ``quoted``."""
    names = " ".join(quoted(text) for text in (each.series, each.column) if text)
    release = f" in the release of {quoted(each.release)}" if each.release else ""
    if isinstance(each, Change):
        period = f" {quoted(each.period)}" if each.period else ""
        unit = "percentage points" if each.is_in_points else "%"
        size = "" if each.size_pct is None else f" ({each.size_pct:,.2f} {unit})"
        return f"{names}{period} of {each.table}{release}: {each.former} → {each.now}{size}"
    of = f"{names} of " if names else "of " if each.kind != "table" else ""
    said = f"{each.kind} {of}{each.table}{release}: {count(each.figures, 'figure')}"
    if each.first and each.last:
        said += f", {quoted(each.first)}" + (f" to {quoted(each.last)}" if each.last != each.first else "")
    return said + (f": {quoted(each.reason)}" if each.reason else "")


def _code(text: str) -> str:
    """Text as a code span of Markdown, whatever it holds."""
    text = printable(text, _LONG)
    fence = "`"
    while fence in text:
        fence += "`"
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def sentences(found: Difference) -> Iterator[str]:
    """The difference in a few lines for a terminal, the gravest losses first."""
    losses, changed, added = _figures(found.losses), len(found.changes), _figures(found.additions)
    months = sorted({month for products in found.compared_with.values() for month in products.values() if month})
    for product, distance in found.distant.items():
        yield f"{printable(product, _LONG)} is not compared, {_apart(distance)}"
    if not months:
        if not found.distant:
            yield "no earlier release of these documents to compare with"
        return
    named = ", ".join(months) if len(months) <= _LISTED_IN_TERMINAL else f"{len(months)} releases from {months[0]} to {months[-1]}"
    yield f"against {named}: {count(losses, 'figure')} lost, {changed:,} changed, {added:,} added"
    for each in found.losses[:_LISTED_IN_TERMINAL]:
        yield f"LOST {_said(each, lambda text: printable(text, _LONG))}"
    if len(found.losses) > _LISTED_IN_TERMINAL:
        yield f"and {count(_figures(found.losses[_LISTED_IN_TERMINAL:]), 'figure')} more lost, see difference.md"


def as_json(found: Difference) -> str:
    """The report for programs; ``figures`` and ``entries`` count everything, ``listed`` are the first of them."""
    said = {
        "release_month": found.release_month,
        "losses": _listed(found.losses),
        "changes": _listed(found.changes),
        "additions": _listed(found.additions),
        "rolled_off": _listed(found.rolled_off),
        "moved_on": found.moved_on,
        "compared_with": found.compared_with,
        "not_released": {"entries": len(found.not_released), "listed": dict(list(found.not_released.items())[:_LISTED_FOR_PROGRAMS])},
        "distant": {"entries": len(found.distant), "listed": _first(found.distant)},
        "not_compared": found.not_compared,
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _first(distant: Mapping[str, Distance]) -> dict[str, Any]:
    return {product: distance._asdict() for product, distance in list(distant.items())[:_LISTED_FOR_PROGRAMS]}


def _listed(groups: Sequence[Group | Change]) -> dict[str, Any]:
    return {"figures": _figures(groups), "entries": len(groups), "listed": [_plain(each) for each in groups[:_LISTED_FOR_PROGRAMS]]}


def _plain(each: Group | Change) -> dict[str, Any]:
    told = {name: printable(value, _LONG) if isinstance(value, str) else value for name, value in vars(each).items()}
    told.pop("is_routine", None)  # the list says it
    if not told["release"]:
        del told["release"]
    if isinstance(each, Change) and each.size_pct is not None:
        told["size_pct"] = round(each.size_pct, 4)
    return told
