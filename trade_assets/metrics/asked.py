"""The metrics of a data root, asked for by day or release month: the macros of ``metrics``, in Python."""

from __future__ import annotations

import datetime as dt
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pandas as pd

from trade_assets.facts.tables import METRIC_FIGURES
from trade_assets.vintages.history import UnknownVintageError, answer
from trade_assets.warehouse.database import connect
from trade_assets.warehouse.partitions import DamagedError
from trade_assets.warehouse.root import DataRoot

if TYPE_CHECKING:
    import duckdb


class KnownMetrics:
    """Each question one call, each answer a frame by ``metrics.figures``, as ``vintages.history.Vintages`` gives prints.

    ``with KnownMetrics(root) as metrics: metrics.as_known("2016-12-01", "ft900")``.

    Every question raises DamagedError where the changes of a month do not follow from those before it.
    """

    def __init__(self, root: DataRoot) -> None:
        self._place = root.url
        self._connection: duckdb.DuckDBPyConnection = connect(root, [METRIC_FIGURES])

    def __enter__(self) -> KnownMetrics:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def as_published(self, release_month: str, family: str | None = None) -> pd.DataFrame:
        """The metrics of each family that has a release in a month, after each of its releases.

        Raises:
            UnknownVintageError: no release (of the family) with metrics was published in the month.
        """
        return self._asked("SELECT * FROM metrics.as_published(?, of_family := ?)", [release_month, family])

    def as_known(self, day: dt.date | str, family: str | None = None) -> pd.DataFrame:
        """The metrics of each family after the last release of which all was known at the end of a day.

        Raises:
            UnknownVintageError: no metric (of the family) was known then, or the day is in no year of four digits.
            ValueError: it is no day.
        """
        return self._asked("SELECT * FROM metrics.as_known(?, of_family := ?)", [str(day), family])

    def latest(self, family: str | None = None) -> pd.DataFrame:
        """The metrics of each family after its last release.

        Raises:
            UnknownVintageError: none (of the family) is known.
        """
        return self._asked("SELECT * FROM metrics.latest(of_family := ?)", [family])

    def _asked(self, question: str, values: list[Any]) -> pd.DataFrame:
        try:
            return answer(self._connection, self._place, question, values, METRIC_FIGURES)
        except UnknownVintageError as error:
            if str(error).startswith("no "):
                raise
            raise DamagedError(str(error)) from None
