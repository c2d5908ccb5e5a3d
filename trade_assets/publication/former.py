"""What the documents before those of a month gave, product by product: what a release is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from trade_assets.facts.frames import empty
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import CORRECTIONS, DOCUMENTS, FACTS, IN_DOUBT, VALIDATED
from trade_assets.identities.publish import publish
from trade_assets.metrics.registry import METRICS_OF, metrics_of
from trade_assets.warehouse.partitions import existing_months, read_partition
from trade_assets.warehouse.root import DataRoot

Months = Mapping[str, str | None]
"""By product, as ``ft900 exhibit_1`` or ``mxp``, the release month of a document; ``None`` without one."""


@dataclass(frozen=True)
class Former:
    """The last documents of the products that a month releases, as the tables that they give together.

    Attributes:
        frames: validated tables and metrics by name. Rows of one table may be of several release months.
        compared: by table, as ``layer.name``, the released products that print it, now or in their former document.
        not_released: the products that have documents in earlier months and none in this one, each with the last of these.
    """

    frames: Mapping[str, pd.DataFrame]
    compared: Mapping[str, Months]
    not_released: Mapping[str, str]


class _Document(NamedTuple):
    """A former document: its month and what is needed to build its tables."""

    release_month: str
    facts: pd.DataFrame
    doubt: pd.DataFrame
    corrections: pd.DataFrame


def former_release(root: DataRoot, release_month: str, documents: pd.DataFrame) -> Former:
    """What a month is compared with: of each of its products the last document of an earlier month that has figures.

    The tables are built from the former documents' facts, withheld and corrected as they are in the warehouse, by the formulas of
    today, so that another formula is no change of the release.

    Args:
        documents: by the schema ``raw.documents``, those of the month.
    """
    earlier = _earlier_months(root, release_month)
    released = _products(documents)
    frames: dict[str, pd.DataFrame] = {}
    compared: dict[str, dict[str, str | None]] = {}
    for family, table in FACTS.items():
        now = read_partition(root, table, release_month)
        # In the order of the month's own facts, which says whose print a wide table shows.
        products = sorted(product for of, product in released if of == family)
        last = {product: _last(root, table, product, earlier.get((family, product), [])) for product in products}
        found = [document for document in last.values() if document is not None]
        facts = _below((document.facts for document in found), table)
        doubt = _below((document.doubt for document in found), IN_DOUBT)
        corrections = _below((document.corrections for document in found), CORRECTIONS)
        of_family = [validated for validated in VALIDATED if validated.family == family]
        frames |= {validated.name: publish(facts, doubt, corrections, validated) for validated in of_family}
        frames |= metrics_of(family, frames)
        for validated in of_family:
            compared[_name(validated)] = {
                _label(family, product): None if document is None else document.release_month
                for product, document in last.items()
                if _prints(now[now["product"] == product], validated) or (document is not None and _prints(document.facts, validated))
            }
        sources, computed = METRICS_OF.get(family, ((), ()))
        for metric, _ in computed:
            compared[_name(metric)] = {product: month for source in sources for product, month in compared[_name(source)].items()}
    absent = {_label(*product): months[-1] for product, months in sorted(earlier.items()) if product not in released}
    return Former(frames, {name: products for name, products in compared.items() if products}, absent)


def _earlier_months(root: DataRoot, release_month: str) -> dict[tuple[str, str], list[str]]:
    """The earlier release months of each family and product, in order."""
    found: dict[tuple[str, str], list[str]] = {}
    for month in existing_months(root, DOCUMENTS):
        if month < release_month:
            for product in _products(read_partition(root, DOCUMENTS, month)):
                found.setdefault(product, []).append(month)
    return found


def _products(documents: pd.DataFrame) -> set[tuple[str, str]]:
    """Family and product of each document that gives figures."""
    with_figures = documents[documents["family"].isin(list(FACTS))]
    return set(zip(with_figures["family"], with_figures["product"], strict=True))


def _last(root: DataRoot, table: Table, product: str, months: Sequence[str]) -> _Document | None:
    """The last document of a product with figures; one that could not be read has none."""
    for month in reversed(months):
        facts = read_partition(root, table, month)
        facts = facts[facts["product"] == product]
        if len(facts):
            doubt, corrections = (read_partition(root, each, month) for each in (IN_DOUBT, CORRECTIONS))
            return _Document(month, facts, *(each[each["sha256"].isin(facts["sha256"])] for each in (doubt, corrections)))
    return None


def _below(frames: Iterable[pd.DataFrame], table: Table) -> pd.DataFrame:
    """Frames of one table below each other, in their order."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else empty(table)


def _prints(facts: pd.DataFrame, table: Table) -> bool:
    return bool(facts["table"].isin(table.source_tables).any())


def _name(table: Table) -> str:
    return f"{table.layer}.{table.name}"


def _label(family: str, product: str) -> str:
    return f"{family} {product}".rstrip()
