"""What revisions have been like: from prints to pairs, from pairs to statistics and tests, one row per series and horizon."""

from trade_assets.vintages.statistics.table import revision_statistics, statistics_of_releases

__all__ = ["revision_statistics", "statistics_of_releases"]
