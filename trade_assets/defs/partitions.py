"""The partition of every partitioned asset: the release month, in New York's time."""

import dagster as dg

TIMEZONE = "America/New_York"

# end_offset: without it the current month has no partition, and a release could not be processed in its own month.
RELEASE_MONTHS = dg.MonthlyPartitionsDefinition(start_date="1990-01", fmt="%Y-%m", end_offset=1, timezone=TIMEZONE)
