"""In which order prints follow each other, which of them is one print, and which was the first: asked of numbers, not of text.

A number per fact, per document and per place in the order of releases is found once; then a million prints are put in order in a
moment, where to sort them by their texts takes seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trade_assets.vintages.years import DOCUMENT, FACT, SAID, parts, prints_of
from trade_assets.warehouse.root import DataRoot

if TYPE_CHECKING:
    import pyarrow as pa

GATHERING = ("annual",)
"""Products whose documents gather what documents of other products of the family have published before."""

Numbers = NDArray[np.integer[Any]]
Order = NDArray[np.intp]


@dataclass(frozen=True)
class Prints:
    """Prints of any months, each document once; what a print is of stands in three small tables, which its numbers point at.

    The index of these tables is the text of which they were made.

    Attributes:
        facts: ``FACT``, in the order of its columns, what is missing last.
        documents: ``DOCUMENT``; ``release``, which orders releases by month and within it by what they print; ``place``, which also
            orders the issues of a release as they appeared; ``speaks``, in which order the documents of one place do; ``latest``, the
            latest month that it prints; ``year``, that of the release month.
        said: ``SAID``.
        fact, document, said_at: per print the rows of these tables.
        value, decimals: the figure that holds, not a number and -1 where there is none.
        is_empty: whether nothing is printed.
    """

    facts: pd.DataFrame
    documents: pd.DataFrame
    said: pd.DataFrame
    fact: Numbers
    document: Numbers
    said_at: Numbers
    value: NDArray[np.float64]
    decimals: Numbers
    is_empty: NDArray[np.bool_]

    @classmethod
    def of(cls, years: Sequence[pa.Table]) -> Prints:
        """The prints of years, as ``years.prints_of`` gives them.

        A month of the store may hold bytes that an earlier one holds too; ingest refuses them today, earlier versions did not. Then
        they count in the first.
        """
        import pyarrow as pa

        if not sum(map(len, years)):
            nothing = np.array([], dtype="int32")
            tables = (_frame([], FACT), _placed(_frame([], DOCUMENT)), _frame([], SAID))
            return cls(*tables, nothing, nothing, nothing, nothing.astype("float64"), nothing, nothing.astype("bool"))
        table = pa.concat_tables(years).unify_dictionaries()
        texts = {name: table[name].combine_chunks() for name in ("fact", "document", "said")}
        facts, documents, said = (texts[name].dictionary.to_pylist() for name in texts)
        order = sorted(range(len(facts)), key=facts.__getitem__)
        number = np.empty(len(facts), dtype="int32")
        number[order] = np.arange(len(facts), dtype="int32")
        fact, document, said_at = (text.indices.to_numpy() for text in texts.values())
        prints = cls(
            _frame([facts[each] for each in order], FACT),
            _placed(_frame(documents, DOCUMENT)),
            _frame(said, SAID),
            number[fact],
            document,
            said_at,
            table["value"].to_numpy(),
            table["decimals"].combine_chunks().fill_null(-1).to_numpy(),
            table["is_empty"].to_numpy(),
        )
        prints.documents["latest"] = prints._latest()
        first = prints.documents.groupby(["sha256", "product"])["release_month"].transform("min")
        is_first = (prints.documents["release_month"] == first).to_numpy(dtype=bool)
        return prints if is_first.all() else prints.only(is_first[prints.document])

    def _latest(self) -> pd.Series:
        """The latest month of each document: that of its release, or else the last with which a period ends of which it prints a figure."""
        ends = self.facts["period"].map(_end, na_action="ignore")
        months = pd.Index(sorted(ends.dropna().unique()))
        at = np.full(len(self.documents), -1)
        np.maximum.at(at, self.document[~self.is_empty], months.get_indexer(pd.Index(ends))[self.fact][~self.is_empty])
        printed = pd.Series([None, *months], dtype="object").take(at + 1)
        return self.documents["reference_month"].where(self.documents["reference_month"].notna(), printed.to_numpy())

    def __len__(self) -> int:
        return len(self.fact)

    def only(self, wanted: NDArray[Any]) -> Prints:
        """Some of the prints, by a mask or by their places."""
        columns = ("fact", "document", "said_at", "value", "decimals", "is_empty")
        return replace(self, **{name: getattr(self, name)[wanted] for name in columns})

    def in_order(self, by: str, *, last_edition_first: bool = False) -> tuple[Order, Order]:
        """In which order the prints stand, and where in it the first of each fact and ``release``, or ``place``, stands.

        By fact, then by the one or the other of the document, then in the order in which those of one speak: a figure before an empty
        row, and of these the first document.
        """
        told = self.documents
        edition = told["edition"].max() - told["edition"] if last_edition_first else told["edition"] * 0
        # One number that is in this order.
        key = self.fact.astype("int64")
        key *= int(told[by].max()) + 1
        key += told[by].to_numpy(dtype="int64")[self.document]
        group = key.copy()
        key *= int(edition.max()) + 1
        key += edition.to_numpy(dtype="int64")[self.document]
        key *= 2
        key += self.is_empty
        key *= len(told)
        key += told["speaks"].to_numpy(dtype="int64")[self.document]
        order = np.argsort(key, kind="stable")
        return order, np.flatnonzero(begins(group[order]))

    def of_documents(self, name: str) -> Any:
        """A column of the prints' documents."""
        return np.asarray(self.documents[name])[self.document]

    def is_ahead(self) -> NDArray[np.bool_]:
        """Which are the empty rows of months that are not yet released."""
        return (self.said["gap"] == "not_yet_released").to_numpy(dtype=bool)[self.said_at]

    def is_earliest(self) -> NDArray[np.bool_]:
        """Which stand in the document that is the first that could print the fact.

        That is the first issue of the release whose latest month the period ends with, of a product that gathers nothing.
        """
        ends = self.facts["period"].map(_end, na_action="ignore")
        latest = self.documents["latest"]
        # Months as numbers, by which they are compared faster.
        months = pd.Index(sorted({*ends.dropna(), *latest.dropna()}))
        end, last = (months.get_indexer(pd.Index(each)) for each in (ends, latest))
        can_be = (self.documents["edition"].eq(1) & ~self.documents["product"].isin(GATHERING)).to_numpy(dtype=bool)
        return np.asarray((can_be & (last >= 0))[self.document] & (end[self.fact] == last[self.document]))


@lru_cache(maxsize=1)
def prints_in_order(root: DataRoot, stamps: tuple[str, ...]) -> Prints:
    """The prints of the partitions of ``years.stamps_until``; a run asks for them several times."""
    return Prints.of(prints_of(root, stamps))


def begins(numbers: Numbers) -> NDArray[np.bool_]:
    """Which rows begin a group of rows with the same number, of rows in which each group stands together."""
    found = np.ones(len(numbers), dtype=bool)
    np.not_equal(numbers[1:], numbers[:-1], out=found[1:])
    return found


def _frame(texts: list[str], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame([parts(text) for text in texts], columns=list(columns), index=texts, dtype="object")


def _placed(documents: pd.DataFrame) -> pd.DataFrame:
    """The documents with what puts them in order."""
    documents = documents.astype({"release_number": "int64", "edition": "int64"})
    documents["year"] = documents["release_month"].str[:4].astype("int64")
    for name, of in (("release", ["release_month", "release_number"]), ("place", ["release_month", "release_number", "edition"])):
        # A group's number is its place in the order of the groups.
        documents[name] = documents.groupby(of, sort=True).ngroup()
    documents.loc[documents.sort_values(["known_from", "product", "sha256"]).index, "speaks"] = range(len(documents))
    return documents


def _end(period: str) -> str:
    """The month with which a period ends."""
    return f"{period}-12" if len(period) == 4 else period[-7:]
