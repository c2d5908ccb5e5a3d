"""What the documents before those of a month gave, product by product: what a release is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from trade_assets.facts.frames import empty
from trade_assets.facts.periods import CHANGES, months_apart, step_of
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import CORRECTIONS, DOCUMENTS, FACTS, IN_DOUBT, VALIDATED
from trade_assets.identities.publish import publish
from trade_assets.metrics.registry import metrics_declared
from trade_assets.metrics.wide import metrics_of
from trade_assets.warehouse.partitions import existing_months, read_partition
from trade_assets.warehouse.root import DataRoot

Months = Mapping[str, str | None]
"""By product, as ``ft900 exhibit_1`` or ``mxp``, the release month of a document; ``None`` without one."""


class Distance(NamedTuple):
    """How far a release lies from the last one of its product that is in the store.

    Attributes:
        reference_month, former_month: the latest months of the two.
        release_month: that of the former document.
        months: how many months the former one lies before.
    """

    reference_month: str
    former_month: str
    release_month: str
    months: int


@dataclass(frozen=True)
class Former:
    """The releases before those of a month, as the tables that they give together, and the month's own that are compared with them.

    Attributes:
        frames: validated tables and metrics by name, under the reference months of the releases that they are compared with. Rows of
            one table may be of several release months.
        now: the same of the month itself, where a product is not compared; other tables are as they are stored.
        compared: by table, as ``layer.name``, the released products that print it, now or in their former document.
        not_released: the products that have documents in earlier months and none in this one, each with the last of these.
        distant: released products whose release before is not in the store.
    """

    frames: Mapping[str, pd.DataFrame]
    compared: Mapping[str, Months]
    not_released: Mapping[str, str]
    now: dict[str, pd.DataFrame] = field(default_factory=dict)
    distant: Mapping[str, Distance] = field(default_factory=dict)


class _Document(NamedTuple):
    """A document: its month and what is needed to build its tables."""

    release_month: str
    reference_month: str
    facts: pd.DataFrame
    doubt: pd.DataFrame
    corrections: pd.DataFrame


class _Pair(NamedTuple):
    """A release of a product and the one before it, if any."""

    label: str
    now: _Document
    before: _Document | None

    @property
    def distance(self) -> Distance | None:
        """How far they lie apart, where the one before is not a neighbour."""
        if self.before is None or not (self.now.reference_month and self.before.reference_month):
            return None
        months = months_apart(self.before.reference_month, self.now.reference_month)
        levels = self.now.facts[~self.now.facts["measure"].isin(CHANGES) & self.now.facts["period"].notna()]
        if 0 <= months <= step_of(levels["period"], self.now.reference_month):
            return None
        return Distance(self.now.reference_month, self.before.reference_month, self.before.release_month, months)


def former_release(root: DataRoot, release_month: str, documents: pd.DataFrame) -> Former:
    """What a month is compared with: of each of its releases the one of the same product before it, if that is its neighbour.

    The tables are built from the documents' facts, withheld and corrected as they are in the warehouse, by the formulas of
    today, so that another formula is no change of the release.

    Args:
        documents: by the schema ``raw.documents``, those of the month.
    """
    earlier = _earlier_months(root, release_month)
    released = _products(documents)
    frames: dict[str, list[pd.DataFrame]] = {}
    now: dict[str, list[pd.DataFrame]] = {}
    compared: dict[str, dict[str, str | None]] = {}
    distant: dict[str, Distance] = {}
    for family, table in FACTS.items():
        # In the order of the month's own facts, which says whose print a wide table shows.
        products = sorted(product for of, product in released if of == family)
        pairs = [pair for product in products for pair in _pairs(root, table, release_month, product, earlier.get((family, product), []))]
        distant |= {pair.label: distance for pair in pairs if (distance := pair.distance) is not None}
        near = [pair for pair in pairs if pair.label not in distant]
        of_family = [validated for validated in VALIDATED if validated.family == family]
        former = [(pair.before, pair.now.reference_month) for pair in near if pair.before is not None]
        for name, frame in _tables(family, former).items():
            frames.setdefault(name, []).append(frame)
        if len(near) < len(pairs):
            for name, frame in _tables(family, [(pair.now, pair.now.reference_month) for pair in near]).items():
                now.setdefault(name, []).append(frame)
        for validated in of_family:
            compared[_name(validated)] = {
                pair.label: None if pair.before is None else pair.before.release_month
                for pair in near
                if _prints(pair.now.facts, validated) or (pair.before is not None and _prints(pair.before.facts, validated))
            }
        declared = metrics_declared()[family]
        for metric in declared.tables:
            compared[_name(metric)] = {product: month for source in declared.sources for product, month in compared[_name(source)].items()}
    absent = {_label(*product): months[-1] for product, months in sorted(earlier.items()) if product not in released}
    return Former(
        {name: pd.concat(each, ignore_index=True) for name, each in frames.items()},
        {name: products for name, products in compared.items() if products},
        absent,
        {name: pd.concat(each, ignore_index=True) for name, each in now.items()},
        distant,
    )


def _tables(family: str, documents: Sequence[tuple[_Document, str]]) -> dict[str, pd.DataFrame]:
    """The validated tables and metrics that documents of a family give, each under the reference month that it is compared under."""
    facts = _below((document.facts.assign(reference_month=month) for document, month in documents), FACTS[family])
    doubt = _below((document.doubt for document, _ in documents), IN_DOUBT)
    corrections = _below((document.corrections for document, _ in documents), CORRECTIONS)
    validated = {table.name: publish(facts, doubt, corrections, table) for table in VALIDATED if table.family == family}
    return validated | metrics_of(family, validated)


def _pairs(root: DataRoot, table: Table, month: str, product: str, earlier: Sequence[str]) -> Iterator[_Pair]:
    """The releases of a product in a month, in order, each with the one before it."""
    before = next((documents[-1] for each in reversed(earlier) if (documents := _releases(root, table, each, product))), None)
    documents = _releases(root, table, month, product)
    for document in documents:
        label = _label(str(table.family), product)
        yield _Pair(label if len(documents) == 1 else f"{label} {document.reference_month}", document, before)
        before = document


def _releases(root: DataRoot, table: Table, month: str, product: str) -> list[_Document]:
    """The current documents of a product in a month that have figures, in the order of releases; one that could not be read has none."""
    facts = read_partition(root, table, month)
    facts = facts[facts["product"] == product]
    if facts.empty:
        return []
    doubt, corrections = (read_partition(root, each, month) for each in (IN_DOUBT, CORRECTIONS))
    documents = []
    for reference_month, of_release in facts.groupby(facts["reference_month"].fillna(""), sort=True):
        held = (each[each["sha256"].isin(of_release["sha256"])] for each in (doubt, corrections))
        documents.append(_Document(month, str(reference_month), of_release, *held))
    return documents


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
