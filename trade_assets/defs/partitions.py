"""The partition of every partitioned asset: the release month, in New York's time."""

import dagster as dg

from trade_assets.documents.store import FIRST_RELEASE_MONTH
from trade_assets.facts.families import TIMEZONE

# end_offset: without it the current month has no partition, and a release could not be processed in its own month.
RELEASE_MONTHS = dg.MonthlyPartitionsDefinition(start_date=FIRST_RELEASE_MONTH, fmt="%Y-%m", end_offset=1, timezone=TIMEZONE)
