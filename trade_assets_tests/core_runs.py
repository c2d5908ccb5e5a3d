"""Runs of a month in Dagster up to its published tables and their metrics, for tests of what stands in them."""

import dagster as dg

from trade_assets.defs.ranges import run_together
from trade_assets.defs.selection import assets_of
from trade_assets.defs.specs import asset_key
from trade_assets.facts.tables import PUBLICATION, REPORTS, VINTAGE_METRICS, VINTAGES

_WITHOUT = (PUBLICATION, REPORTS, *VINTAGES, *VINTAGE_METRICS)
"""What compares the month with others, and its page: half of the time of a run."""


def core_assets(root, month, also=()):
    """The assets of such a run.

    Args:
        also: tables that it builds nevertheless.
    """
    left_out = {asset_key(table) for table in _WITHOUT} - {asset_key(table) for table in also}
    return [key for key in assets_of(root, month, {}) if key not in left_out]


def run_core(root, month, also=()):
    """How the run of a month went, as ``run_months`` says it; the database, the Data Docs and the pages are left as they are."""
    with dg.DagsterInstance.ephemeral() as instance:
        (done,) = run_together(root, [month], instance, core_assets(root, month, also))
    return done
