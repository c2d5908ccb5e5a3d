"""Which component moved a headline that a release revised, and by how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from trade_assets.facts.families import parts
from trade_assets.facts.frames import WITHHELD, conform, empty
from trade_assets.facts.tables import REVISION_EXPLANATIONS

Components = Mapping[str, Mapping[str, tuple[str, int]]]
"""By flow, the components of its total: their series and the sign with which they enter it. A family declares its own."""

CORRECTED = "corrected_by_decision"
"""The gap of a revision of which a decision corrects one of the two figures."""

_NO_FIGURE = {"old": "no figure before", "new": "no figure any more"}
_PLACE = ["release_month", "product", "reference_month", "sha256", "period", "unit"]


class _Figure(NamedTuple):
    """A revised figure: by how much it moved, ``None`` where that is not known; half a unit of both prints; why it is not."""

    moved: Fraction | None
    rounding: Fraction
    gap: str | None


def explain_revisions(revisions: pd.DataFrame) -> pd.DataFrame:
    """How much each component contributed to the revision of each flow's total, period by period.

    The contribution is the component's own revision, in the unit of the figures; that of imports to the balance has the
    sign turned. What is left is rounding as long as the printed decimals allow it: each figure can have moved by half a
    unit of each of its two prints. Beyond that it is unexplained, as where a document prints no components.

    A figure that an issue holds, or that a decision corrects, before or now, is in doubt as printed: by how much it moved is
    a gap, and what is left of its total is then unknown.

    Args:
        revisions: by the schema ``vintages.revisions``. A figure that is not among them is unchanged.

    Returns:
        ``metrics.revision_explanations``. A total that has no figure before, or none any more, is not revised. One that is
        unchanged is there only if its components moved and cancel out; else nobody knows whether the document prints it.

    Raises:
        ValueError: one document has two revisions of one fact.
    """
    levels = revisions[(revisions["measure"] == "value") & revisions["period"].notna()]
    rows: list[dict[str, Any]] = []
    for family, components in parts("metrics", "COMPONENTS").items():
        for place, group in levels[levels["family"] == family].groupby(_PLACE, sort=True, dropna=False):
            rows += _explained(dict(zip(_PLACE, place, strict=True), family=family), group, components)
    return conform(pd.DataFrame(rows), REVISION_EXPLANATIONS) if rows else empty(REVISION_EXPLANATIONS)


def _explained(place: dict[str, Any], group: pd.DataFrame, components: Components) -> Iterator[dict[str, Any]]:
    """The rows of one period of one document."""
    figures: dict[str, _Figure] = {}
    for row in group.to_dict("records"):
        if row["series"] in figures:
            raise ValueError(f"two revisions of {row['series']} {row['period']} in {row['release_month']} {row['product']}")
        figures[row["series"]] = _figure(row)
    # What is unchanged is printed as its neighbours are.
    unchanged = _Figure(Fraction(0), max(figure.rounding for figure in figures.values()), None)
    for flow, of_flow in components.items():
        total = figures.get(f"{flow}.total", unchanged)
        known = {name: (figures.get(series, unchanged), sign) for name, (series, sign) in of_flow.items()}
        if total.gap in _NO_FIGURE.values():
            continue
        contributions = _contributions(total, known)
        if total is unchanged and ("rounding" not in contributions or all(figure is unchanged for figure, _ in known.values())):
            continue
        sentence = _sentence(place["period"], flow, total, contributions)
        for name, (contribution, gap) in contributions.items():
            yield {
                **place,
                "flow": flow,
                "component": name,
                "total_revision": None if total.moved is None else float(total.moved),
                "contribution": None if contribution is None else float(contribution),
                "share_pct": None if contribution is None or not total.moved else float(100 * contribution / total.moved),
                "gap": gap,
                "sentence": sentence,
            }


def _figure(row: Mapping[Any, Any]) -> _Figure:
    """A row of the revisions, exactly."""
    old, new = (None if pd.isna(row[f"{which}_value"]) else int(row[f"{which}_decimals"]) for which in ("old", "new"))
    if old is None or new is None:
        return _Figure(None, Fraction(0), _NO_FIGURE["old" if old is None else "new"])
    doubt = _doubt(row)
    if doubt is not None:
        return _Figure(None, Fraction(0), doubt)
    before, now = (Fraction(round(row[f"{which}_value"] * 10**digits), 10**digits) for which, digits in (("old", old), ("new", new)))
    return _Figure(now - before, Fraction(1, 2 * 10**old) + Fraction(1, 2 * 10**new), None)


def _doubt(row: Mapping[Any, Any]) -> str | None:
    """Why the printed figures of a revision do not stand; ``None`` if they do."""
    holding = dict.fromkeys(row[f"{which}_held_by"] for which in ("old", "new") if pd.notna(row[f"{which}_held_by"]))
    if holding:
        return ", ".join(f"{WITHHELD}{issue}" for issue in holding)
    return CORRECTED if row["is_old_corrected"] or row["is_new_corrected"] else None


Contributions = dict[str, tuple[Fraction | None, str | None]]
"""By component what it contributed, or why that is not known."""


def _contributions(total: _Figure, components: Mapping[str, tuple[_Figure, int]]) -> Contributions:
    """What each component contributed, largest first, and what is left."""
    found: Contributions = {
        name: (None if figure.moved is None else sign * figure.moved, figure.gap) for name, (figure, sign) in components.items()
    }
    ordered = dict(sorted(found.items(), key=lambda item: -abs(item[1][0] or Fraction(0))))
    known = [contribution for contribution, _ in found.values() if contribution is not None]
    if total.moved is None or len(known) < len(found):
        unknown = {"total": total.gap, **{name: gap for name, (_, gap) in ordered.items()}}
        return {**ordered, "unexplained": (None, "; ".join(f"{name}: {gap}" for name, gap in unknown.items() if gap))}
    left = total.moved - sum(known, Fraction(0))
    allowed = total.rounding + sum((figure.rounding for figure, _ in components.values()), Fraction(0))
    return {**ordered, "rounding" if abs(left) <= allowed else "unexplained": (left, None)}


def _sentence(period: str, flow: str, total: _Figure, contributions: Contributions) -> str:
    verb = "was" if flow == "balance" else "were"
    said = f"revised by {_number(total.moved)}" if total.moved else "not revised"
    if total.moved is None:
        said = f"revised by an amount not known ({total.gap})"
    parts = [
        f"{name} not known ({gap})" if contribution is None else f"{name} {_number(contribution)}"
        for name, (contribution, gap) in contributions.items()
        if contribution or (contribution is None and name != "unexplained")
    ]
    return f"{period} {flow} {verb} {said}" + (f": {', '.join(parts)}" if parts else "")


def _number(exact: Fraction) -> str:
    """A difference of printed figures, all its decimals and no more."""
    number = float(exact)
    return f"{number:,.0f}" if exact.denominator == 1 else f"{number:,}"
