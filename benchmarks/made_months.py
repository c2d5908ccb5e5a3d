"""Made release months of the long goods-and-services table: each release prints every month from January 1992 on, and revises.

Every figure follows from a seed: goods and services add up to the total, exports less imports to the balance, months to the year.
A release revises the latest month before its own; each June's release revises the last three years.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from trade_assets.documents.ingest import ingest
from trade_assets.facts.periods import MONTH_NAMES, add_months
from trade_assets.warehouse.root import DataRoot

FIRST = "1992-01"
LAG = 2
"""A release is published two months after its latest month."""

_HEADER = (
    "U.S. International Trade in Goods and Services, 1992 - Present",
    "In millions of dollars. Seasonally adjusted.",
    "Goods: Balance of Payments (BOP) Basis. Source",
    "U.S. Census Bureau, Foreign Trade Division.",
    "Balance",
    "Exports",
    "Imports",
    "Period",
    *("Total", "Goods", "Services") * 3,
)


def releases(count: int, seed: int = 1992) -> Iterator[tuple[str, str]]:
    """The first releases of the series: release month, and the document."""
    rng = random.Random(seed)  # noqa: S311  # to be repeated, not to be secret
    known: list[list[int]] = []  # per month: exports of goods and of services, imports of goods and of services
    for number in range(count):
        latest = add_months(FIRST, number)
        if known:
            known[-1] = [each + rng.randint(-40, 40) for each in known[-1]]
        if latest.endswith("-04"):
            for past in known[-36:]:
                past[rng.randrange(4)] += rng.randint(-200, 200)
        level = 35_000 + 250 * number
        known.append([level + rng.randint(-900, 900), level // 3, level + 7_000 + rng.randint(-900, 900), level // 4])
        yield add_months(latest, LAG), document(known)


def ingested(root: DataRoot, folder: Path, count: int) -> Iterator[str]:
    """Put the documents of the first releases into a store, one after the other; each release month once its document is there."""
    file = folder / "document.txt"
    for month, text in releases(count):
        file.write_text(text, encoding="utf-8")
        ingest(root, file, release_month=month)
        yield month


def document(months: list[list[int]]) -> str:
    """The table of the months from January 1992 on, of each exports of goods and services, imports of goods and services."""
    lines = list(_HEADER)
    for start in range(0, len(months), 12):
        of_year = months[start : start + 12]
        end = MONTH_NAMES[len(of_year) - 1][:3]
        year = _row([sum(each) for each in zip(*of_year, strict=True)])
        lines += [str(1992 + start // 12), f"Jan. - {end}{'' if end == 'May' else '.'}", *year]
        for at, name in enumerate(MONTH_NAMES):
            lines += [name, *(_row(of_year[at]) if at < len(of_year) else [])]
    return "\n".join([*lines, "(1) Balance of Payments (BOP) Basis.", ""])


def _row(figures: list[int]) -> list[str]:
    """Balance, exports and imports, each as total, goods and services."""
    sold, served, bought, used = figures
    exports, imports = (sold + served, sold, served), (bought + used, bought, used)
    return [f"{figure:,}" for figure in (*(out - back for out, back in zip(exports, imports, strict=True)), *exports, *imports)]
