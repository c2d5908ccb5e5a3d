"""Jobs: one release month, and a range of months, one run each."""

import dagster as dg

from trade_assets.defs.notify import hooks

release_month_job = dg.define_asset_job(
    "release_month",
    selection=dg.AssetSelection.all(),
    hooks=hooks(),
    description="Build and check every table of one release month. For a range of months, launch it as a backfill: one run per month.",
)
