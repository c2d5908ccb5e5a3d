"""The job of a release month, or of a range of them."""

import dagster as dg

release_month_job = dg.define_asset_job(
    "release_month",
    selection=dg.AssetSelection.all(),
    description="Build and check every table of one release month. For a range of months, launch it as a backfill: one run, "
    "with a result for each month.",
)
