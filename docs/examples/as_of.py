"""What was known when: the same questions in pandas and in DuckDB, on the tables that ``make run`` builds.

.venv/bin/python docs/examples/as_of.py
"""

import duckdb

from trade_assets.vintages.history import UnknownVintageError, Vintages
from trade_assets.warehouse.root import DataRoot

root = DataRoot.of()

# pandas: each question is one call and gives a frame.
with Vintages(root) as vintages:
    published = vintages.as_published("2016-11", "ft900")
    months = published[(published["series"] == "balance.total") & published["period"].str.fullmatch(r"\d{4}-\d\d")]
    print("Balance of 2016 as the release of 2016-11 printed it, in million dollars:")
    print(months.loc[months["period"] >= "2016", ["period", "value", "flags"]].dropna(subset="value").to_string(index=False))

    known = vintages.as_known("2017-01-01", "ft900")
    print(f"\nKnown of goods and services on New Year's Day 2017: {known['value'].notna().sum():,} figures")

    prints = vintages.revision_triangle("imports.end_use.all_commodities", "index")
    print("\nPrints of the all-import price index, 2000=100:")
    print(prints[["period", "print", "known_from", "known_from_is", "value"]].to_string(index=False))

    try:
        vintages.as_known("2016-11-29", "ft900")
    except UnknownVintageError as error:
        print(f"\nA day earlier than the first release: {error}")

# DuckDB: the same questions are macros beside the views.
with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as connection:
    share = connection.sql(
        """
        SELECT known_from_is, count(*) AS figures, count(value) AS with_value
        FROM vintages.as_known('2018-12-31') GROUP BY known_from_is ORDER BY known_from_is
        """
    )
    print("\nHow exactly the day is known from which figures were current at the end of 2018:")
    print(share.df().to_string(index=False))
