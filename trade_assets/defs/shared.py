"""What all months share, brought up to date once a command is through: history, database, Data Docs, index of pages."""

from __future__ import annotations

from collections.abc import Callable

from trade_assets.expectations.data_docs import build_data_docs
from trade_assets.facts.tables import IN_DATABASE
from trade_assets.faults import Fault, is_foreseen, said
from trade_assets.review.pages import FOLDER as REPORTS
from trade_assets.review.pages import INDEX_PAGE
from trade_assets.warehouse import database
from trade_assets.warehouse.root import DataRoot


class RunError(Exception):
    """Dagster could not run at all, or what all months share could not be brought up to date; the message says why."""


def bring_up_to_date(root: DataRoot, *, with_data_docs: bool = True) -> Exception | None:
    """Each thing that all months share, whatever becomes of the others; what is to be raised if one of them could not be."""
    from trade_assets.review.month import write_index
    from trade_assets.vintages.history import FILE, refresh_history

    shared: dict[str, Callable[[], object]] = {
        "/".join(FILE): lambda: refresh_history(root),
        "warehouse/trade.duckdb": lambda: database.refresh(root, IN_DATABASE),
        **({"the Data Docs": lambda: build_data_docs(root)} if with_data_docs else {}),
        f"{REPORTS}/{INDEX_PAGE}": lambda: write_index(root),
    }
    failed: dict[str, Exception] = {}
    for name, bring in shared.items():
        try:
            bring()
        except Exception as error:
            failed[name] = error
    if not failed:
        return None
    sentences = "; ".join(f"{name} could not be brought up to date: {said(error)}" for name, error in failed.items())
    worst = next((error for error in failed.values() if not is_foreseen(error)), None)
    if worst is not None:
        fault = Fault(sentences)
        fault.__cause__ = worst
        return fault
    return RunError(f"the months are built, but {sentences}. To do: see to it, then 'trade-assets run'")
